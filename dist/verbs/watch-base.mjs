import { t as watchBase } from "../chunks/base.mjs";
import { n as openProject, r as directory, t as defineVerb } from "../chunks/cli.mjs";
// src/verbs/watch-base.ts
var watch_base_default = defineVerb({
	summary: "Propose the new base by a pull request when its tag has moved, or a rebuild when the last is too old",
	about: `Looks up the base's tag (one HEAD request; nothing more where it has not moved) and keeps one pull request
for each fleet that is promoted from no other. Run it as often as you like.`,
	inputs: { directory },
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log
		});
		const answers = await watchBase(project, context.now());
		return {
			data: {
				...answers[0],
				fleets: answers
			},
			text: answers.map(describe).join("\n")
		};
	}
});
function describe({ fleet, moved, base, action, pullRequest, title }) {
	const to = base.toVersion ?? base.to;
	return `${fleet}: ${!moved ? `the base has not moved: ${to}` : base.from === void 0 ? `the base is not pinned; its tag is at ${to}` : `the base has moved: ${base.fromVersion ?? base.from} → ${to}`}${action === "none" ? "" : `\n  pull request #${pullRequest} ${action}: ${title}`}`;
}
export { watch_base_default as default };
