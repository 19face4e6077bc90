import { Gt as messageOf, Ht as OutsideError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "../chunks/host.mjs";
import { n as firstRelease } from "../chunks/cli-inputs.mjs";
import { n as readFleetStatus, t as reportFleet } from "../chunks/operate-status.mjs";
import { Ha as findFleet, v as pinState, zn as openProject } from "../chunks/shared.mjs";
// src/verbs/status.ts
init_errors();
var status_default = defineVerb({
	summary: "Show on one screen what each fleet runs, how far its rollout is, and what it waits for",
	about: "It only reads, and changes nothing.",
	inputs: {
		fleet: text("only this fleet (default: all)", { placeholder: "NAME" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const project = await openProject({
			directory: inputs.directory,
			env,
			log,
			firstRelease: inputs["first-release"]
		});
		const now = context.now();
		const wanted = (inputs.fleet === void 0 ? Object.keys(project.config.fleets) : [inputs.fleet]).map((name) => findFleet(project.config, name));
		const guidance = await project.readUpstream().catch((error) => {
			if (!(error instanceof OutsideError)) throw error;
			log.warn(messageOf(error));
			return error;
		});
		const commit = await project.forge.branches.resolve(project.config.stateBranch);
		const parts = {
			...pinState(project, commit),
			guidance
		};
		const fleets = [];
		for (const fleet of wanted) fleets.push(await readFleetStatus(parts, fleet, now));
		return {
			data: {
				now,
				fleets
			},
			...renderReports(...fleets.map((status) => reportFleet(status, now)))
		};
	},
	action: { token: true }
});
export { status_default as default };
