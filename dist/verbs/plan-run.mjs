import { a as untested, c as purposes, i as matrixOf, o as readEvent, s as decide } from "../chunks/cli-actions.mjs";
import { Ct as choice, Et as many, ft as directory, nt as defineVerb } from "../chunks/host.mjs";
import { Ga as overtaken, zn as openProject } from "../chunks/shared.mjs";
// src/verbs/plan-run.ts
var plan_run_default = defineVerb({
	summary: "Say what a workflow run has to do, and on which runners",
	about: `For the first job of a workflow: the event, the branch and coxswain.yaml decide what the other jobs do. A push to a
fleet's branch whose image is built and tested already needs no build; a pull request from a fork has no credentials.
A release is made from the commit that the event names. If the branch has moved on, there is nothing to do.`,
	inputs: {
		purpose: choice("what a manual start of the workflow does: watch or release", purposes, {
			placeholder: "PURPOSE",
			fallback: "watch"
		}),
		runner: many("the runner for an architecture, in place of GitHub's own", { placeholder: "ARCHITECTURE=LABEL" }),
		directory
	},
	run: async (inputs, { env, log }) => {
		const project = await openProject({
			directory: inputs.directory,
			env,
			log,
			firstRelease: true
		});
		const job = await plan(project, decide(await readEvent(env), project.config, inputs.purpose));
		const matrix = matrixOf(project.config, inputs.runner, "--runner");
		const missing = job.kind === "release" ? await untested(project, job.commit, job.fleet) : project.config.architectures;
		const work = matrix.filter(({ architecture }) => missing.includes(architecture));
		const fleet = "fleet" in job ? job.fleet.name : void 0;
		return {
			data: {
				job: job.kind,
				fork: job.kind === "test" && job.fork,
				fleet,
				commit: "commit" in job ? job.commit : void 0,
				matrix: [
					"nothing",
					"lint",
					"halt"
				].includes(job.kind) ? [] : work
			},
			text: describe(job, work)
		};
	},
	action: { token: true },
	outputs: {
		job: {
			about: "watch, test, lint, halt, release or nothing",
			of: ({ job }) => job
		},
		fleet: {
			about: "the fleet whose branch this is about",
			of: ({ fleet }) => fleet
		},
		commit: {
			about: "the commit to release, or to check; empty if there is none",
			of: ({ commit }) => commit
		},
		fork: {
			about: "true for a pull request from another repository",
			of: ({ fork }) => fork
		},
		matrix: {
			about: "what has to be built and tested, for strategy.matrix.include: [{\"architecture\": …, \"runner\": …}, …]",
			of: ({ matrix }) => JSON.stringify(matrix)
		},
		work: {
			about: "true when anything has to be built or tested",
			of: ({ matrix }) => matrix.length > 0
		},
		several: {
			about: "true when there is more than one architecture",
			of: ({ matrix }) => matrix.length > 1
		}
	}
});
/** A release whose commit was overtaken has nothing to do. */
async function plan({ forge }, job) {
	if (job.kind !== "release") return job;
	const reason = await overtaken(forge.branches, job.fleet, job.commit);
	return reason === void 0 ? job : {
		kind: "nothing",
		reason
	};
}
function describe(job, work) {
	const jobs = work.map(({ architecture, runner }) => `  ${architecture} on ${runner}`);
	switch (job.kind) {
		case "watch": return "watch the base";
		case "test": return [`build and test for ${job.fleet.name}${job.fork ? ", without credentials" : ""}`, ...jobs].join("\n");
		case "release": return work.length === 0 ? `release to ${job.fleet.name}: its image is built and tested` : [`build, test and release to ${job.fleet.name}`, ...jobs].join("\n");
		case "halt": return "hand an alert to watch-fleet";
		case "lint": return "check a change of the state branch";
		case "nothing": return `nothing to do: ${job.reason}`;
	}
}
export { plan_run_default as default };
