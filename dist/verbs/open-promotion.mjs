import { f as text, n as openProject, r as directory, t as defineVerb } from "../chunks/cli.mjs";
import { h as formatTime } from "../chunks/host.mjs";
import { n as promotionTargets, t as openPromotion } from "../chunks/promotion.mjs";
import { n as upstreamReader } from "../chunks/upstream.mjs";
// src/verbs/open-promotion.ts
var open_promotion_default = defineVerb({
	summary: "Propose by a pull request that a fleet gets what the fleet before it runs",
	about: `Keeps one pull request for each fleet with promote-from: its branch is the commit of the source fleet's newest
release. It is ready once that release has run for the soak time, its rollout is complete, and nothing else holds it.
Merging it promotes the same image under the target's own rollout policy.`,
	inputs: {
		fleet: text("the fleet to promote to (default: every fleet with promote-from)", { placeholder: "NAME" }),
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const opened = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const project = {
			...opened,
			readUpstream: upstreamReader(opened.config, {
				env,
				log
			})
		};
		const answers = [];
		for (const target of promotionTargets(project.config, inputs.fleet)) answers.push(await openPromotion(project, target, context.now()));
		const promotions = answers.map((answer) => ({
			...answer,
			gates: answer.gates.map(({ until, ...gate }) => ({
				...gate,
				...until === void 0 ? {} : { until: formatTime(until) }
			}))
		}));
		return {
			data: {
				...promotions[0],
				promotions
			},
			text: answers.length === 0 ? `no fleet in ${project.config.file} has promote-from: nothing to promote` : answers.map(describe).join("\n")
		};
	}
});
function describe(answer) {
	const { from, fleet, version, action, pullRequest, ready, gates, reason } = answer;
	const request = action === "none" ? [] : [`  pull request #${pullRequest} ${action}`];
	if (reason !== void 0) return [`${from} → ${fleet}: nothing to promote: ${reason}`, ...request].join("\n");
	return [
		`${from} → ${fleet}: ${version} is ${ready ? "ready" : "not ready yet"}`,
		...request,
		...gates.map((gate) => `  ${gate.state.padEnd(7)} ${gate.name}: ${gate.note}`)
	].join("\n");
}
export { open_promotion_default as default };
