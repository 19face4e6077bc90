import { Et as many, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "../chunks/host.mjs";
import { t as startRelease } from "../chunks/operate-start-release.mjs";
import { Ha as findFleet, zn as openProject } from "../chunks/shared.mjs";
// src/verbs/start-release.ts
var start_release_default = defineVerb({
	summary: "Start the release of what was merged and never released",
	about: `GitHub starts no workflow for a merge that a workflow's own token made, and a fleet that was held or frozen at the
moment of a merge released nothing. This finds such a commit, and starts the release workflow on the fleet's branch. It starts nothing
while the fleet is held or frozen, while a run for the commit goes on, or after three runs that failed.`,
	writes: true,
	inputs: {
		fleet: many("only this fleet", { placeholder: "NAME" }),
		workflow: text("file name of the workflow that releases", {
			placeholder: "FILE",
			fallback: "release.yml"
		}),
		directory
	},
	run: async (inputs, { env, log, now }) => {
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const { config } = project;
		const fleets = inputs.fleet.length > 0 ? inputs.fleet.map((name) => findFleet(config, name)) : Object.values(config.fleets);
		const answers = [];
		for (const fleet of fleets) answers.push(await startRelease(project, {
			fleet,
			workflow: inputs.workflow,
			now: now()
		}));
		return {
			data: answers,
			...renderReports(...answers.map(({ fleet, what }) => ({
				headline: `${fleet}: ${what}`,
				facts: []
			})))
		};
	},
	action: { token: true },
	outputs: { started: {
		about: "the fleets whose release was started, one on each line",
		of: (answers) => answers.filter(({ action }) => action === "started").map(({ fleet }) => fleet).join("\n")
	} }
});
export { start_release_default as default };
