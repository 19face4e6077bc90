import { m as text, r as defineVerb, t as directory } from "../chunks/cli.mjs";
import { A as messageOf, O as OutsideError } from "../chunks/host.mjs";
import { n as summariseFleets, r as readFleetStatus, t as describeFleets } from "../chunks/operate-status.mjs";
import { r as findFleet } from "../chunks/project.mjs";
import { s as openProject } from "../chunks/release.mjs";
import { n as upstreamReader } from "../chunks/release-upstream.mjs";
// src/verbs/status.ts
var status_default = defineVerb({
	summary: "Show on one screen what each fleet runs, how far its rollout is, and what it waits for",
	about: "Looks only: nothing is changed.",
	inputs: {
		fleet: text("only this fleet (default: all)", { placeholder: "NAME" }),
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const now = context.now();
		const guidance = await upstreamReader(project.config, {
			env,
			log
		})().catch((error) => {
			if (!(error instanceof OutsideError)) throw error;
			log.warn(messageOf(error));
			return error;
		});
		const names = inputs.fleet === void 0 ? Object.keys(project.config.fleets) : [inputs.fleet];
		const fleets = [];
		for (const name of names) fleets.push(await readFleetStatus({
			...project,
			guidance
		}, findFleet(project.config, name), now));
		return {
			data: {
				now,
				fleets
			},
			text: describeFleets(fleets, now),
			summary: summariseFleets(fleets, now)
		};
	},
	action: { token: true }
});
export { status_default as default };
