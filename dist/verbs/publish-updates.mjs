import { f as text, n as openProject, r as directory, t as defineVerb, u as many } from "../chunks/cli.mjs";
import { n as findFleet } from "../chunks/fleets.mjs";
import { h as formatTime, m as formatDuration } from "../chunks/host.mjs";
import { t as publishUpdates } from "../chunks/publish.mjs";
import { resolve } from "node:path";
// src/verbs/publish-updates.ts
var publish_updates_default = defineVerb({
	summary: "Publish releases and rollouts of all fleets as static files, and as OCI artifacts",
	about: `Writes release indexes, update metadata, one update graph for each ring, and a dashboard. First it makes sure
that the registry has every image that a graph names. While a rollout is in progress the graphs change with time: run
it again when the next change is due, or every few minutes.`,
	inputs: {
		output: text("folder to write to", {
			placeholder: "FOLDER",
			fallback: "site"
		}),
		fleet: many("only this fleet", { placeholder: "NAME" }),
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const fleets = inputs.fleet.map((name) => findFleet(project.config, name).name);
		const now = context.now();
		const folder = resolve(inputs.output);
		const answer = await publishUpdates({
			...project,
			log
		}, {
			folder,
			fleets,
			now
		});
		const { nextChange } = answer;
		return {
			data: {
				...answer,
				nextChange: nextChange === void 0 ? null : formatTime(nextChange)
			},
			text: describe(answer, inputs.output, now)
		};
	}
});
function describe(answer, folder, now) {
	const { written, unchanged, artifacts, resumed, nextChange } = answer;
	const changed = artifacts.filter((artifact) => artifact.changed);
	return [
		...resumed.map(({ fleet, what }) => `${fleet}: ${what}`),
		written.length === 0 ? `${folder}: all ${unchanged.length} files are up to date` : `${folder}: ${written.length} of ${written.length + unchanged.length} files written`,
		...written.map((path) => `  ${path}`),
		...changed.map(({ reference, digest }) => `pushed ${reference} (${digest})`),
		...artifacts.length > 0 && changed.length === 0 ? ["the artifacts in the registry are up to date"] : [],
		nextChange === void 0 ? "no further change is due until something is released or steered" : `the next change is due at ${formatTime(nextChange)} (in ${formatDuration(nextChange - now)})`
	].join("\n");
}
export { publish_updates_default as default };
