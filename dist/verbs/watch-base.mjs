import { C as many, E as text, S as flag, m as directory, s as defineVerb, t as firstRelease } from "../chunks/cli.mjs";
import { a as table, i as plainText, n as code } from "../chunks/host.mjs";
import { t as watchBase } from "../chunks/loop-watch-base.mjs";
import { p as openProject } from "../chunks/release.mjs";
import { a as describeRollout, c as doubts, l as readDoubt } from "../chunks/release-upstream.mjs";
import { L as shortDigest } from "../chunks/world-registry.mjs";
// src/verbs/watch-base.ts
var watch_base_default = defineVerb({
	summary: "Propose the new base by a pull request when its tag has moved, or a rebuild when the last is too old",
	about: `Looks up the base's tag (one HEAD request; nothing more if it has not moved) and keeps one pull request
for each fleet that is promoted from no other. Run it as often as you like.

If the base has its own update guidance (upstream in coxswain.yaml; Fedora's by default), it is read when the
base has moved: a base that upstream has paused or dead-ended is not proposed, and a barrier on the way to the new base
is proposed before it.

A pull request that a person closes means “not this one”: it stays closed until the base moves on.`,
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
			text: answers.map((answer) => describe(answer, now)).join("\n"),
			summary: summarise(answers, now)
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
function summarise(answers, now) {
	const rows = answers.map((answer) => {
		const { fleet, moved, base, action, pullRequest, title } = answer;
		const to = base.toVersion ?? shortDigest(base.to);
		return [
			code(fleet),
			moved && base.from !== void 0 ? `${code(base.fromVersion ?? shortDigest(base.from))} → ${code(to)}` : code(to),
			action === "none" ? "none needed" : `#${pullRequest} ${action}: ${plainText(title ?? "")}`
		];
	});
	const notes = answers.flatMap(({ upstream, blocked }) => [...upstream?.rollout === void 0 ? [] : [plainText(describeRollout(upstream.rollout, now))], ...blocked === void 0 ? [] : [`**Not proposed**: ${plainText(blocked)}`]]);
	if (answers.some(({ otherArchitectures }) => otherArchitectures === true)) notes.push(`${unaffected}.`);
	const declined = answers.filter(({ action }) => action === "declined");
	notes.push(...declined.map(({ pullRequest }) => `#${pullRequest} was closed by a person and ${stays}`));
	return [
		`### ${answers.some((answer) => answer.moved) ? "The base has moved" : "The base has not moved"}`,
		table([
			"fleet",
			"base",
			"pull request"
		], rows),
		...new Set(notes)
	].join("\n\n");
}
const unaffected = "the tag moved, but only images of other architectures changed";
const stays = "stays closed until the base moves on; to have it anyway, reopen it or run this with propose-again";
function describe(answer, now) {
	const { fleet, moved, base, action, pullRequest, title, upstream, blocked, noChange, otherArchitectures } = answer;
	const to = base.toVersion ?? base.to;
	return [
		`${fleet}: ${!moved ? `the base has not moved: ${to}` : base.from === void 0 ? `the base is not pinned; its tag is at ${to}` : `the base has moved: ${base.fromVersion ?? base.from} → ${to}`}`,
		...upstream?.rollout === void 0 ? [] : [`  ${describeRollout(upstream.rollout, now)}`],
		...upstream?.barrier === void 0 ? [] : [`  a barrier upstream: ${upstream.barrier}`],
		...blocked === void 0 ? [] : [`  not proposed: ${blocked}`],
		...action === "none" ? [] : [`  pull request #${pullRequest} ${action}: ${title}`],
		...action === "declined" ? [`  a person closed it: it ${stays}`] : [],
		...noChange === void 0 ? [] : [`  ${noChange}`],
		...otherArchitectures === true ? [`  ${unaffected}`] : []
	].join("\n");
}
export { watch_base_default as default };
