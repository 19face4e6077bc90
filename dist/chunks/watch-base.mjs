import { Et as many, Tt as flag, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "./host.mjs";
import { n as firstRelease } from "./cli-inputs.mjs";
import { t as watchBase } from "./loop-watch-base.mjs";
import { Xt as doubts, Zt as readDoubt, qt as describeRollout, zn as openProject } from "./shared.mjs";
// src/verbs/watch-base.ts
var watch_base_default = defineVerb({
	summary: "Propose the new base by a pull request when its tag has moved, or a rebuild when the last is too old",
	about: `Looks up the base's tag (one HEAD request; nothing more if it has not moved) and keeps one pull request
for each fleet that is promoted from no other. Run it as often as you like.

If the base has its own update guidance (upstream in coxswain.yaml; Fedora's by default), it is read when the
base has moved: a base that upstream has paused or dead-ended is not proposed, and a barrier on the way to the new base
is proposed before it.

A pull request that a person closes means “not this one”: it stays closed until the base moves on.`,
	writes: true,
	inputs: {
		"base-version": text("propose this version of the base instead of what its tag points at", { placeholder: "VERSION" }),
		"accept-upstream": many(`propose it although upstream holds it back: ${doubts.join(", ")}`, { placeholder: "WHAT" }),
		"propose-again": flag("propose it although a person closed the pull request for it"),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const accept = inputs["accept-upstream"].map(readDoubt);
		const project = await openProject({
			directory: inputs.directory,
			env,
			log,
			firstRelease: inputs["first-release"]
		});
		const now = context.now();
		const [baseVersion, again] = [inputs["base-version"], inputs["propose-again"]];
		const answers = await watchBase(project, {
			now,
			baseVersion,
			accept,
			again
		});
		return {
			data: {
				...answers[0],
				fleets: answers
			},
			...renderReports(...answers.map((answer) => reportOn(answer, now)))
		};
	},
	action: { token: true },
	outputs: {
		moved: {
			about: "true when the base has moved (of the first fleet)",
			of: ({ moved }) => moved
		},
		action: {
			about: "what happened to the pull request: opened, updated, unchanged, closed, declined (a person closed it), none",
			of: ({ action }) => action
		},
		"pull-request": {
			about: "its number",
			of: ({ pullRequest }) => pullRequest
		},
		"base-version": {
			about: "the version of the base that is proposed or pinned",
			of: ({ base }) => base?.toVersion
		}
	}
});
function reportOn(answer, now) {
	const { fleet, moved, base, action, pullRequest, title, upstream, blocked, noChange } = answer;
	const to = base.toVersion ?? base.to;
	return {
		headline: `${fleet}: ${!moved ? `the base has not moved: ${to}` : base.from === void 0 ? `the base is not pinned; its tag is at ${to}` : `the base has moved: ${base.fromVersion ?? base.from} → ${to}`}`,
		facts: [
			upstream?.rollout === void 0 ? void 0 : describeRollout(upstream.rollout, now),
			upstream?.barrier === void 0 ? void 0 : `a barrier upstream: ${upstream.barrier}`,
			blocked === void 0 ? void 0 : `not proposed: ${blocked}`,
			action === "none" ? void 0 : `pull request #${pullRequest} ${action}: ${title}`,
			action === "declined" ? "a person closed it: it stays closed until the base moves on; to have it anyway, reopen it or run this with propose-again" : void 0,
			noChange,
			answer.otherArchitectures === true ? "the tag moved, but only images of other architectures changed" : void 0
		]
	};
}
export { watch_base_default as t };
