import { Ut as UsageError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "../chunks/host.mjs";
import { n as firstRelease } from "../chunks/cli-inputs.mjs";
import { t as rollBack } from "../chunks/operate-roll-back.mjs";
import { Fn as describeMovedTags, Ha as findFleet, Sn as readStatement, xn as findOperator, zn as openProject } from "../chunks/shared.mjs";
// src/verbs/roll-back.ts
init_errors();
var roll_back_default = defineVerb({
	summary: "Withdraw a release of a fleet, and propose the last good content as a new release",
	about: `Withdraws the release (it is no longer offered to any node), and keeps one pull request that restores the
content of an earlier release as a new one, because nodes do not downgrade. If it was interrupted, run it again: it continues.

  coxswain roll-back --fleet stable --reason "boot loop, https://acme.example/issues/7"`,
	writes: true,
	inputs: {
		fleet: text("the fleet to roll back", {
			placeholder: "NAME",
			required: true
		}),
		reason: text("why: for the commit, the pull request and the dashboard", {
			placeholder: "WHY",
			required: true
		}),
		version: text("the release to withdraw (default: the newest)", { placeholder: "VERSION" }),
		to: text("the release whose content is restored (default: the newest good one before it)", { placeholder: "VERSION" }),
		by: text("who does it (default: the name that git knows)", { placeholder: "NAME" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: inputs["first-release"]
		});
		const fleet = findFleet(project.config, inputs.fleet);
		const reason = readStatement(inputs.reason, "--reason");
		if (reason === "") throw new UsageError("roll-back needs a --reason");
		const order = {
			fleet: fleet.name,
			by: await findOperator(project.git, inputs.by),
			now: context.now()
		};
		const answer = await rollBack(project, {
			fleet,
			bad: inputs.version,
			good: inputs.to,
			order,
			reason
		});
		return {
			data: answer,
			...renderReports(reportOn(answer)),
			annotations: answer.warnings.map((message) => ({
				level: "warning",
				title: "roll-back",
				message
			}))
		};
	},
	action: { token: true },
	outputs: { "pull-request": {
		about: "Number of the pull request",
		of: ({ pullRequest }) => pullRequest
	} }
});
function reportOn(answer) {
	const { fleet, insteadOf, restores, movedTags, summary, warnings, action, pullRequest, reason } = answer;
	return {
		headline: `${fleet}: ${summary}`,
		facts: [
			...warnings.map((warning) => ({ warning })),
			...describeMovedTags(movedTags),
			reason === void 0 ? `pull request #${pullRequest} ${action}: the content of ${restores} instead of ${insteadOf}, as a new release` : `no pull request: ${reason}`,
			"public with the next publish-updates"
		]
	};
}
export { roll_back_default as default };
