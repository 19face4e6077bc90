import { t as watchBase } from "../chunks/base.mjs";
import { f as text, n as openProject, r as directory, t as defineVerb, u as many } from "../chunks/cli.mjs";
import { l as doubts, n as upstreamReader, o as describeRollout, u as readDoubt } from "../chunks/upstream.mjs";
// src/verbs/watch-base.ts
var watch_base_default = defineVerb({
	summary: "Propose the new base by a pull request when its tag has moved, or a rebuild when the last is too old",
	about: `Looks up the base's tag (one HEAD request; nothing more where it has not moved) and keeps one pull request
for each fleet that is promoted from no other. Run it as often as you like.

Where the base has update guidance of its own (upstream in coxswain.yaml; Fedora's by default), it is read when the
base has moved: a base that upstream has paused or dead-ended is not proposed, and a barrier on the way to the new base
is proposed before it.`,
	inputs: {
		"base-version": text("propose this version of the base instead of what its tag points at", { placeholder: "VERSION" }),
		"accept-upstream": many(`propose it although upstream holds it back: ${doubts.join(", ")}`, { placeholder: "WHAT" }),
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const accept = inputs["accept-upstream"].map(readDoubt);
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const readUpstream = upstreamReader(project.config, {
			env,
			log
		});
		const now = context.now();
		const baseVersion = inputs["base-version"];
		const answers = await watchBase({
			...project,
			readUpstream
		}, {
			now,
			baseVersion,
			accept
		});
		return {
			data: {
				...answers[0],
				fleets: answers
			},
			text: answers.map((answer) => describe(answer, now)).join("\n")
		};
	}
});
function describe(answer, now) {
	const { fleet, moved, base, action, pullRequest, title, upstream, blocked } = answer;
	const to = base.toVersion ?? base.to;
	return [
		`${fleet}: ${!moved ? `the base has not moved: ${to}` : base.from === void 0 ? `the base is not pinned; its tag is at ${to}` : `the base has moved: ${base.fromVersion ?? base.from} → ${to}`}`,
		...upstream?.rollout === void 0 ? [] : [`  ${describeRollout(upstream.rollout, now)}`],
		...upstream?.barrier === void 0 ? [] : [`  a barrier upstream: ${upstream.barrier}`],
		...blocked === void 0 ? [] : [`  not proposed: ${blocked}`],
		...action === "none" ? [] : [`  pull request #${pullRequest} ${action}: ${title}`]
	].join("\n");
}
export { watch_base_default as default };
