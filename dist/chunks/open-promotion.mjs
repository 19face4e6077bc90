import { Lt as defined, Mt as formatTime, Ut as UsageError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "./host.mjs";
import { n as firstRelease } from "./cli-inputs.mjs";
import { n as promotionTargets, r as gateMarks, t as openPromotion } from "./loop-open-promotion.mjs";
import { Sn as readStatement, xn as findOperator, zn as openProject } from "./shared.mjs";
init_errors();
var open_promotion_default = defineVerb({
	summary: "Propose in a pull request that a fleet gets the release of its source fleet",
	about: `Keeps one pull request for each fleet with promote-from: its branch is the commit of the newest release of the
source fleet that has passed its gates. It is ready once that release has run for the soak time, its rollout is complete, and
nothing else holds it. Merging it promotes the same image under the target's own rollout policy; with approve: auto it
is merged automatically when all gates are green. The gates are also a commit status: coxswain/promotion/<fleet>.

Labels on the pull request steer it: "hold: WHY" stops it and the target's running rollouts, "urgent: WHY" skips the soak
time, "freeze-exception: WHY" lets it through a freeze.

  coxswain open-promotion --fleet stable --urgent "CVE-2026-1234"`,
	writes: true,
	inputs: {
		fleet: text("the fleet to promote to (default: every fleet with promote-from)", { placeholder: "NAME" }),
		urgent: text("the newest release need not soak, for this reason; needs --fleet", { placeholder: "WHY" }),
		by: text("who decided that it is urgent (default: the name that git knows)", { placeholder: "NAME" }),
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
		const reason = inputs.urgent === void 0 ? void 0 : readStatement(inputs.urgent, "--urgent");
		if (reason !== void 0 && inputs.fleet === void 0) throw new UsageError("--urgent needs --fleet");
		const urgent = reason === void 0 ? void 0 : {
			reason,
			by: await findOperator(project.git, inputs.by)
		};
		const answers = [];
		for (const target of promotionTargets(project.config, inputs.fleet)) answers.push(await openPromotion(project, target, {
			now: context.now(),
			urgent
		}));
		const promotions = answers.map((answer) => ({
			...answer,
			gates: answer.gates.map(({ until, ...gate }) => ({
				...gate,
				...defined({ until: until === void 0 ? void 0 : formatTime(until) })
			}))
		}));
		return {
			data: {
				...promotions[0],
				promotions
			},
			...defined({ exitCode: answers.some(({ action, note }) => note !== void 0 && action !== "merged") ? 1 : void 0 }),
			...renderReports(...answers.length === 0 ? [{
				headline: `no fleet in ${project.config.file} has promote-from: nothing to promote`,
				facts: []
			}] : answers.map(reportOn))
		};
	},
	action: { token: true },
	outputs: {
		ready: {
			about: "true when the promotion may be merged (of the first fleet)",
			of: ({ ready }) => ready
		},
		action: {
			about: "what happened to the pull request: opened, updated, adopted, unchanged, merged, closed, none",
			of: ({ action }) => action
		},
		"pull-request": {
			about: "its number",
			of: ({ pullRequest }) => pullRequest
		},
		version: {
			about: "the release that is proposed",
			of: ({ version }) => version
		}
	}
});
function reportOn(answer) {
	const { from, fleet, version, action, pullRequest, ready, gates, reason, note } = answer;
	const request = action === "none" ? void 0 : `pull request #${pullRequest} ${action}`;
	if (reason !== void 0) return {
		headline: `${from} → ${fleet}: nothing to promote: ${reason}`,
		facts: [request]
	};
	return {
		headline: `${from} → ${fleet}: ${version} is ${ready ? "ready" : "not ready yet"}`,
		facts: [
			note === void 0 ? void 0 : { warning: note },
			request,
			{
				head: [
					"",
					"gate",
					""
				],
				rows: gates.map((gate) => [
					{
						text: gate.state,
						markdown: gateMarks[gate.state]
					},
					gate.name,
					gate.note
				])
			}
		]
	};
}
export { open_promotion_default as t };
