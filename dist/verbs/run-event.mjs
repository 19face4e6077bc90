import { a as untested, o as readEvent, r as spellInput, s as decide } from "../chunks/cli-actions.mjs";
import { Ht as OutsideError, Vt as InputError, Wt as init_errors, ft as directory, k as codeBlock, kt as text, nt as defineVerb, xt as readValues } from "../chunks/host.mjs";
import { Ga as overtaken, zn as openProject } from "../chunks/shared.mjs";
import { t as boot_test_default } from "../chunks/boot-test.mjs";
import { t as build_image_default } from "../chunks/build-image.mjs";
import { t as lint_updates_default } from "../chunks/lint-updates.mjs";
import { t as open_promotion_default } from "../chunks/open-promotion.mjs";
import { t as promote_image_default } from "../chunks/promote-image.mjs";
import { t as publish_updates_default } from "../chunks/publish-updates.mjs";
import { t as start_rollout_default } from "../chunks/start-rollout.mjs";
import { t as watch_base_default } from "../chunks/watch-base.mjs";
import { t as watch_fleet_default } from "../chunks/watch-fleet.mjs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// src/verbs/run-event.ts
init_errors();
var run_event_default = defineVerb({
	summary: "Do the whole job for the event of this workflow run",
	about: `What the action at the top of the repository does, for small repositories: one job, one architecture after the other.

  schedule, workflow_dispatch   watch-base, open-promotion; if something is published, publish-updates, and watch-fleet
                                before it if coxswain.yaml has halt-when or success-threshold
  repository_dispatch           of the type coxswain-halt: watch-fleet with the alert, publish-updates
  pull_request                  build-image, boot-test; without any credential for a fork's
  pull_request_target           into the state branch: lint-updates
  push to a fleet's branch      build and test what is not tested yet; promote-image, start-rollout, publish-updates`,
	inputs: {
		output: text("folder for the published files", {
			placeholder: "FOLDER",
			fallback: "site"
		}),
		directory
	},
	asRoot: (env) => ["pull_request", "push"].includes(env.GITHUB_EVENT_NAME ?? ""),
	run: async (inputs, context) => {
		const { env, log } = context;
		const project = await openProject({
			directory: inputs.directory,
			env,
			log,
			firstRelease: true
		});
		const decided = decide(await readEvent(env), project.config);
		const late = decided.kind === "release" ? await overtaken(project.forge.branches, decided.fleet, decided.commit) : void 0;
		const job = late === void 0 ? decided : {
			kind: "nothing",
			reason: late
		};
		const done = [];
		let published = false;
		for (const [verb, name, given] of await stepsOf(job, project, inputs.output)) {
			log.info(`── ${name} ──`);
			const values = readValues(verb.inputs, {
				directory: inputs.directory,
				...given
			}, spellInput);
			const outcome = await verb.run(values, context).catch((error) => failed(name, error));
			done.push(outcome);
			log.info(outcome.text);
			if (outcome.exitCode === 1) break;
			published ||= name === "publish-updates";
		}
		return {
			data: {
				job: job.kind,
				fleet: "fleet" in job ? job.fleet.name : void 0,
				site: published ? inputs.output : void 0,
				answers: done.map(({ data }) => data)
			},
			text: job.kind === "nothing" ? `nothing to do: ${job.reason}` : done.at(-1)?.text.split("\n")[0] ?? "",
			summary: done.flatMap(({ summary }) => summary ?? []).join("\n\n"),
			annotations: done.flatMap(({ annotations }) => annotations ?? []),
			exitCode: done.some(({ exitCode }) => exitCode === 1) ? 1 : 0
		};
	},
	outputs: {
		job: {
			about: "watch, test, lint, halt, release or nothing",
			of: ({ job }) => job
		},
		fleet: {
			about: "the fleet whose branch this is about",
			of: ({ fleet }) => fleet
		},
		site: {
			about: "folder with the published files; empty if nothing is published",
			of: ({ site }) => site
		}
	}
});
/** An error becomes an outcome, so that the results of the steps before it are shown too. */
function failed(name, error) {
	if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
	return {
		data: null,
		text: `${name}: ${error.message}`,
		summary: `### ${name} did not run\n\n${codeBlock(error.message)}`,
		annotations: [{
			level: "error",
			title: name,
			message: error.message
		}],
		exitCode: 1
	};
}
async function stepsOf(job, project, site) {
	const { config, forge } = project;
	const publish = [
		publish_updates_default,
		"publish-updates",
		{ output: site }
	];
	switch (job.kind) {
		case "nothing": return [];
		case "watch": {
			const promoted = Object.values(config.fleets).some((fleet) => fleet.promoteFrom !== void 0);
			const released = await forge.branches.resolve(config.stateBranch) !== void 0;
			return [
				[
					watch_base_default,
					"watch-base",
					{}
				],
				...promoted && released ? [[
					open_promotion_default,
					"open-promotion",
					{}
				]] : [],
				...released && isWatched(config) ? [[
					watch_fleet_default,
					"watch-fleet",
					{}
				]] : [],
				...released ? [publish] : []
			];
		}
		case "halt": return [[
			watch_fleet_default,
			"watch-fleet",
			{ alert: job.alert }
		], publish];
		case "lint": return [[
			lint_updates_default,
			"lint-updates",
			{ commit: job.commit }
		]];
		case "test": return testSteps(config.architectures, job.fork ? { local: localFolder() } : {});
		case "release": {
			const { commit } = job;
			const missing = await untested(project, commit, job.fleet);
			const fleet = {
				fleet: job.fleet.name,
				commit
			};
			return [
				...missing.length > 0 ? testSteps(missing, {}) : [],
				[
					promote_image_default,
					"promote-image",
					fleet
				],
				[
					start_rollout_default,
					"start-rollout",
					fleet
				],
				publish
			];
		}
	}
}
/** Some fleet has something that watch-fleet evaluates. */
function isWatched({ fleets }) {
	return Object.values(fleets).some(({ haltWhen, successThreshold }) => haltWhen.length > 0 || successThreshold !== void 0);
}
function testSteps(architectures, where) {
	return [[
		build_image_default,
		"build-image",
		where
	], ...architectures.map((architecture) => [
		boot_test_default,
		`boot-test (${architecture})`,
		{
			...where,
			architecture,
			output: join("boot-test-output", architecture)
		}
	])];
}
function localFolder() {
	return join(process.env.RUNNER_TEMP ?? tmpdir(), "coxswain-images");
}
export { run_event_default as default };
