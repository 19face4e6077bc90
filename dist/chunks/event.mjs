import { D as InputError, j as quote } from "./host.mjs";
import { i as boolean, l as looseObject, m as string, u as number } from "./zod.mjs";
import { a as readCandidate, p as findBuilt } from "./build.mjs";
import { i as passImage, n as requireRehearsed } from "./production.mjs";
import { readFile } from "node:fs/promises";
// src/event/decide.ts
/**
* Decides what a workflow run does: a schedule watches the base, a pull request into a fleet's branch is built and
* tested, a push to a fleet's branch is released.
* @throws InputError for an event that none of it fits
*/
function decide(event, config) {
	switch (event.kind) {
		case "schedule":
		case "workflow_dispatch": {
			const { branch, defaultBranch } = event;
			if (event.kind === "schedule" && defaultBranch !== void 0 && branch !== defaultBranch) throw new InputError({
				field: "GITHUB_REF",
				problem: "GitHub runs schedules on the default branch only, and this run is on another",
				found: branch,
				expected: defaultBranch,
				remedy: `Have the workflow file on ${defaultBranch}.`
			});
			return { kind: "watch" };
		}
		case "pull_request": {
			const fleet = fleetOf(config, event.base);
			if (fleet !== void 0) return {
				kind: "test",
				fleet,
				fork: event.fork
			};
			if (event.base === config.stateBranch) return {
				kind: "nothing",
				reason: `pull requests into ${event.base} are for lint-updates`
			};
			throw noFleet(config, event.base, "pull_request");
		}
		case "push": {
			if (event.deleted) return {
				kind: "nothing",
				reason: `branch ${event.branch} was deleted`
			};
			const fleet = fleetOf(config, event.branch);
			if (fleet !== void 0) return {
				kind: "release",
				fleet
			};
			throw noFleet(config, event.branch, "push");
		}
		case "other": throw new InputError({
			field: "GITHUB_EVENT_NAME",
			problem: "there is nothing to do for this event",
			found: event.name,
			expected: "schedule, workflow_dispatch, pull_request, or push to the branch of a fleet",
			...event.name === "pull_request_target" ? { remedy: "pull_request_target would give code from forks your credentials: use pull_request, which tests them without." } : {}
		});
	}
}
/** The fleet that a branch releases to. */
function fleetOf(config, branch) {
	return Object.values(config.fleets).find((fleet) => fleet.branch === branch);
}
function noFleet(config, branch, event) {
	const branches = Object.values(config.fleets).map((fleet) => fleet.branch);
	return new InputError({
		where: config.file,
		field: "fleets",
		problem: `no fleet is released from branch ${quote(branch)}`,
		expected: `one of ${branches.join(", ")}`,
		remedy: `Start the workflow for these only: on: { ${event}: { branches: [${branches.join(", ")}] } }.`
	});
}
// src/event/event.ts
const dependabot = "dependabot[bot]";
const repositorySchema = looseObject({
	full_name: string().optional(),
	default_branch: string().optional()
});
const payloadSchema = looseObject({
	deleted: boolean().optional(),
	repository: repositorySchema.optional(),
	pull_request: looseObject({
		number: number().int().positive(),
		base: looseObject({
			ref: string(),
			repo: repositorySchema.nullish()
		}),
		head: looseObject({
			ref: string(),
			repo: repositorySchema.nullish()
		})
	}).optional()
});
/**
* Reads the event of a workflow run from the runner's environment (docs.github.com, "Variables reference").
* @throws InputError outside of a workflow run
*/
async function readEvent(env) {
	const name = env.GITHUB_EVENT_NAME ?? "";
	const path = env.GITHUB_EVENT_PATH ?? "";
	if (name === "" || path === "") throw new InputError({
		field: "GITHUB_EVENT_NAME",
		problem: "this is no workflow run: the runner names no event",
		remedy: "On a machine of your own, run the verbs one by one."
	});
	const payload = payloadSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
	if (!payload.success) throw new InputError({
		where: path,
		problem: `the payload of the event ${name} has an unexpected shape`
	});
	return eventOf(name, payload.data, env);
}
function eventOf(name, payload, env) {
	const branch = /^refs\/heads\/(.+)$/.exec(env.GITHUB_REF ?? "")?.[1];
	const { pull_request: pull, repository, deleted = false } = payload;
	if ((name === "schedule" || name === "workflow_dispatch") && branch !== void 0) return {
		kind: name,
		branch,
		defaultBranch: repository?.default_branch
	};
	if (name === "push" && branch !== void 0) return {
		kind: "push",
		branch,
		deleted
	};
	if (name === "pull_request" && pull !== void 0) {
		const own = pull.base.repo?.full_name ?? repository?.full_name;
		const fork = pull.head.repo?.full_name !== own || own === void 0 || env.GITHUB_ACTOR === dependabot;
		return {
			kind: "pull_request",
			number: pull.number,
			base: pull.base.ref,
			fork
		};
	}
	return {
		kind: "other",
		name
	};
}
// src/event/plan.ts
/** GitHub's hosted runners, by what they are. The others are emulated, or runners of your own. */
const hostedRunners = {
	x86_64: "ubuntu-24.04",
	aarch64: "ubuntu-24.04-arm",
	s390x: "ubuntu-24.04",
	ppc64le: "ubuntu-24.04"
};
/**
* Which runner each architecture's jobs go to.
* @param given `ARCHITECTURE=LABEL`, in place of GitHub's own runners
* @throws InputError
*/
function matrixOf(config, given, field) {
	const runners = { ...hostedRunners };
	for (const entry of given) {
		const [, name, label] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? [];
		if (name === void 0 || label === void 0 || !Object.hasOwn(hostedRunners, name)) throw new InputError({
			field,
			problem: "not an architecture and the label of a runner",
			found: entry,
			expected: `${Object.keys(hostedRunners).join("=LABEL, ")}=LABEL`
		});
		runners[name] = label;
	}
	return config.architectures.map((architecture) => ({
		architecture,
		runner: runners[architecture]
	}));
}
/** The architectures for which the test registry has no image of a commit that was tested for a fleet as it is now. */
async function untested(parts, commit, fleet) {
	const { git, config, client } = parts;
	const candidate = await readCandidate({
		...parts,
		commit
	});
	const built = await findBuilt(client, config, candidate);
	if (built === void 0) return config.architectures;
	const { version } = candidate;
	const state = await parts.state.readFleet(fleet.name);
	const missing = [];
	for (const architecture of config.architectures) try {
		const passed = [await passImage({
			client,
			config,
			candidate
		}, built, architecture)];
		await requireRehearsed({
			git,
			config,
			commit,
			version,
			fleet,
			state,
			passed
		});
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		missing.push(architecture);
	}
	return missing;
}
export { decide as i, untested as n, readEvent as r, matrixOf as t };
