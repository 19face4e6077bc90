import { S as string, T as unknown, _ as looseObject, b as record, d as boolean, v as number } from "./libraries.mjs";
import { A as plainText, Bt as nearest, Gt as messageOf, I as createLog, Kt as quote, Lt as defined, Vt as InputError, Wt as init_errors, k as codeBlock, r as runAgainAsRoot, rt as needsRoot, xt as readValues } from "./host.mjs";
import { A as requireRehearsed, Bt as passImage, Di as findBuilt, Kr as readAuthFile, Oa as formatRepository, Qr as readCandidate } from "./shared.mjs";
import { c as setSecret, d as summary, i as exportVariable, l as startGroup, n as endGroup, o as isDebug, r as error, s as setOutput, t as debug, u as warning } from "./actions-core.mjs";
import { join } from "node:path";
import { readFile, stat, writeFile } from "node:fs/promises";
// src/cli/actions/job-logins.ts
init_errors();
/** GitHub's registry, which accepts the token of a workflow run. */
const githubRegistry = "ghcr.io";
/** The credentials for each repository: the given ones, else the run's own token for GitHub's registry, else none. */
function chooseLogins(given) {
	const { image, testImage, imageLogin, actor } = given;
	const sameRegistry = image.registry === testImage.registry;
	const testLogin = given.testLogin ?? (sameRegistry ? imageLogin : void 0);
	return [{
		repository: image,
		login: imageLogin ?? ownLogin(image, actor)
	}, {
		repository: testImage,
		login: testLogin ?? ownLogin(testImage, actor)
	}].filter((each) => each.login !== void 0);
}
function ownLogin({ registry }, actor) {
	return registry === githubRegistry ? actor : void 0;
}
const fileSchema = looseObject({ auths: record(string(), unknown()).optional() });
/**
* Adds logins to a file of registry credentials (containers-auth.json(5)) that only this user can read. Each is for its
* repository alone: no other path of the same registry gets it.
* @param path a file that does not exist yet
* @param before files whose logins are copied, because from now on only the new file is read
*/
async function writeLogins(path, logins, before) {
	const auths = {};
	for (const file of before) for (const [key, value] of Object.entries(await readAuths(file))) auths[key] ??= value;
	for (const { repository, login } of logins) {
		const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
		auths[formatRepository(repository)] = { auth };
	}
	await writeFile(path, `${JSON.stringify({ auths })}\n`, { mode: 384 });
}
async function readAuths(file) {
	const text = await readAuthFile(file);
	if (text === void 0 || text.trim() === "") return {};
	try {
		return fileSchema.parse(JSON.parse(text)).auths ?? {};
	} catch {
		throw new InputError({
			where: file,
			problem: "this file of registry credentials is not readable"
		});
	}
}
// src/cli/actions/event/decide.ts
init_errors();
/** The type of a repository_dispatch that halts a rollout. */
const haltType = "coxswain-halt";
/** What a workflow is for. It decides what a manual start does, because that event has no other information. */
const purposes = ["watch", "release"];
/**
* Decides what a workflow run does: a schedule watches the base, a pull request into a fleet's branch (or a merge
* queue's group of them) is built and tested, one into the state branch is judged, a push to a fleet's branch is released, an alert halts a
* rollout.
* @throws InputError for any other event
*/
function decide(event, config, purpose = "watch") {
	switch (event.kind) {
		case "workflow_dispatch": {
			if (purpose === "watch") return { kind: "watch" };
			const fleet = fleetOf(config, event.branch);
			if (fleet !== void 0) return {
				kind: "release",
				fleet,
				commit: event.commit
			};
			throw noFleet(config, event.branch, "push", "Start the workflow on one of these branches.");
		}
		case "schedule": {
			const { branch, defaultBranch } = event;
			if (defaultBranch !== void 0 && branch !== defaultBranch) throw new InputError({
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
				reason: `pull requests into ${event.base} belong to the event pull_request_target`
			};
			throw noFleet(config, event.base, "pull_request");
		}
		case "pull_request_target":
			if (event.base === config.stateBranch) return {
				kind: "lint",
				commit: event.commit
			};
			throw wrongEvent(event.kind, config.stateBranch);
		case "merge_group": {
			const fleet = fleetOf(config, event.base);
			if (fleet !== void 0) return {
				kind: "test",
				fleet,
				fork: false
			};
			throw noFleet(config, event.base, "pull_request");
		}
		case "repository_dispatch":
			if (event.type === haltType) return {
				kind: "halt",
				alert: JSON.stringify(event.payload)
			};
			throw new InputError({
				field: "repository_dispatch",
				problem: "coxswain does nothing for this type of event",
				found: event.type,
				expected: haltType,
				remedy: `on: { repository_dispatch: { types: [${haltType}] } }`
			});
		case "push": {
			if (event.deleted) return {
				kind: "nothing",
				reason: `branch ${event.branch} was deleted`
			};
			const fleet = fleetOf(config, event.branch);
			if (fleet !== void 0 && event.created && fleet.promoteFrom !== void 0) return {
				kind: "nothing",
				reason: newBranch(fleet)
			};
			if (fleet !== void 0) return {
				kind: "release",
				fleet,
				commit: event.commit
			};
			throw noFleet(config, event.branch, "push");
		}
		case "other": throw wrongEvent(event.name, config.stateBranch);
	}
}
function wrongEvent(name, stateBranch) {
	return new InputError({
		field: "GITHUB_EVENT_NAME",
		problem: "there is nothing to do for this event",
		found: name,
		expected: "schedule, workflow_dispatch, repository_dispatch, pull_request, merge_group, or push to the branch of a fleet",
		...name === "pull_request_target" ? { remedy: `pull_request_target would give code from forks your credentials: use pull_request, which tests them without. Only for ${stateBranch}, whose files are never run, on: { pull_request_target: { branches: [${stateBranch}] } } is right.` } : {}
	});
}
/** The fleet that a branch releases to. */
function fleetOf(config, branch) {
	return Object.values(config.fleets).find((fleet) => fleet.branch === branch);
}
/** A new branch has content that has not passed this fleet's gates. */
function newBranch({ branch, promoteFrom }) {
	return `branch ${branch} is new, and its content has passed no gate of this fleet. The next promotion from ${promoteFrom} releases; to release this content, start this workflow by hand on ${branch}`;
}
function noFleet(config, branch, event, remedy) {
	const branches = Object.values(config.fleets).map((fleet) => fleet.branch);
	return new InputError({
		where: config.file,
		field: "fleets",
		problem: `no fleet is released from branch ${quote(branch)}`,
		expected: `one of ${branches.join(", ")}`,
		remedy: remedy ?? `Start the workflow for these only: on: { ${event}: { branches: [${branches.join(", ")}] } }.`
	});
}
// src/cli/actions/event/event.ts
init_errors();
const dependabot = "dependabot[bot]";
const repositorySchema = looseObject({
	full_name: string().optional(),
	default_branch: string().optional()
});
const payloadSchema = looseObject({
	/** With repository_dispatch: its type. */
	action: unknown().optional(),
	client_payload: unknown().optional(),
	created: boolean().optional(),
	deleted: boolean().optional(),
	merge_group: looseObject({ base_ref: string() }).optional(),
	repository: repositorySchema.optional(),
	pull_request: looseObject({
		number: number().int().positive(),
		base: looseObject({
			ref: string(),
			repo: repositorySchema.nullish()
		}),
		head: looseObject({
			ref: string(),
			sha: string().optional(),
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
		problem: "this is not a workflow run: no runner gave an event",
		remedy: "On a machine of your own, run the verbs one by one."
	});
	const payload = payloadSchema.safeParse(await readPayload(path));
	if (!payload.success) throw new InputError({
		where: path,
		problem: `the payload of the event ${name} has an unexpected shape`
	});
	return eventOf(name, payload.data, env);
}
async function readPayload(path) {
	try {
		return JSON.parse(await readFile(path, "utf8"));
	} catch (error) {
		throw new InputError({
			where: path,
			field: "GITHUB_EVENT_PATH",
			problem: `the payload of the event cannot be read: ${messageOf(error)}`,
			expected: "a file with JSON, as the runner writes it"
		});
	}
}
function eventOf(name, payload, env) {
	const branch = branchOf(env.GITHUB_REF);
	const commit = env.GITHUB_SHA ?? "";
	const { pull_request: pull, merge_group: group, repository, created = false, deleted = false } = payload;
	if (name === "schedule" && branch !== void 0) return {
		kind: name,
		branch,
		defaultBranch: repository?.default_branch
	};
	if (name === "workflow_dispatch" && branch !== void 0) return {
		kind: name,
		branch,
		commit
	};
	if (name === "push" && branch !== void 0) return {
		kind: "push",
		branch,
		commit,
		created,
		deleted
	};
	const queued = branchOf(group?.base_ref);
	if (name === "merge_group" && queued !== void 0) return {
		kind: "merge_group",
		base: queued
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
	if (name === "repository_dispatch" && typeof payload.action === "string") return {
		kind: name,
		type: payload.action,
		payload: payload.client_payload ?? {}
	};
	if (name === "pull_request_target" && pull?.head.sha !== void 0) return {
		kind: name,
		base: pull.base.ref,
		commit: pull.head.sha
	};
	return {
		kind: "other",
		name
	};
}
function branchOf(ref) {
	return /^refs\/heads\/(.+)$/.exec(ref ?? "")?.[1];
}
// src/cli/actions/event/plan.ts
init_errors();
/** GitHub's hosted runners, by architecture. Other architectures need emulation or your own runners. */
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
/**
* The architectures for which the test registry has no tested image of a commit. The tests must be those of the fleet
* as it is configured now.
*/
async function untested(parts, commit, fleet) {
	const { git, config, client, root } = parts;
	const candidate = await readCandidate({
		...parts,
		commit
	});
	const built = await findBuilt(client, config, candidate);
	if (built === void 0) return config.architectures;
	const { version } = candidate;
	const state = await parts.state.readFleet(fleet.name);
	const isTested = async (architecture) => {
		try {
			const passed = [await passImage({
				client,
				config,
				root,
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
			return true;
		} catch (error) {
			if (error instanceof InputError) return false;
			throw error;
		}
	};
	const missing = [];
	for (const architecture of config.architectures) if (!await isTested(architecture) && !await isTested(architecture)) missing.push(architecture);
	return missing;
}
init_errors();
/** Inputs of actions that no verb has: the steps of action.yml use them. */
const stepInputs = ["token"];
/** How messages name an input of an action. */
function spellInput(name) {
	return `input ${name}`;
}
/**
* Reads the inputs of an action as its verb defines them.
* @param json the context `inputs` of the action, as JSON: texts, and from a caller with types booleans and numbers too
* @throws InputError that names an unknown or malformed input and what it can be
* @throws UsageError for one that is missing
*/
function readActionInputs(inputs, json) {
	const given = {};
	for (const [name, value] of Object.entries(parseObject(json))) {
		if (stepInputs.includes(name)) continue;
		const input = Object.hasOwn(inputs, name) ? inputs[name] : void 0;
		if (input === void 0) throw unknownInput(name, Object.keys(inputs));
		given[name] = readInput(name, input, value);
	}
	return readValues(inputs, given, spellInput);
}
/** Replaces `--name` in a message by the name that this input has in a workflow. */
function inWordsOfActions(message, inputs) {
	return message.replaceAll(/(?<![\w-])--([a-z][a-z-]*)/g, (flag, name) => Object.hasOwn(inputs, name) ? spellInput(name) : flag);
}
function parseObject(json) {
	let value;
	try {
		value = JSON.parse(json);
	} catch (error) {
		throw new InputError({
			field: "COXSWAIN_INPUTS",
			problem: `this is not JSON: ${messageOf(error)}`
		});
	}
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
	throw new InputError({
		field: "COXSWAIN_INPUTS",
		problem: "the inputs of an action are an object",
		found: value,
		expected: "{\"name\": \"value\"}"
	});
}
function readInput(name, input, value) {
	if (value === null) return [];
	if (![
		"string",
		"number",
		"boolean"
	].includes(typeof value)) throw new InputError({
		field: spellInput(name),
		problem: "not a text",
		found: value
	});
	const text = String(value);
	if (input.kind === "many") return text.split("\n").map((line) => line.trim());
	if (input.kind === "one") return [text];
	if ([
		"",
		"true",
		"false"
	].includes(text.toLowerCase())) return [text.toLowerCase()];
	throw new InputError({
		field: spellInput(name),
		problem: `neither true nor false`,
		found: text,
		expected: "true or false"
	});
}
function unknownInput(name, names) {
	const meant = nearest(name, names);
	return new InputError({
		field: spellInput(name),
		problem: "this input does not exist",
		expected: `one of ${names.join(", ")}`,
		...defined({ remedy: meant && `Did you mean ${meant}?` })
	});
}
// src/cli/actions/hints.ts
/**
* More advice about an error, for a workflow run only.
* @returns a sentence to add, or undefined
*/
function hintFor(message) {
	const [, host, known] = /unauthorised: (\S+) answered \d+( to the credentials)?/.exec(message) ?? [];
	if (host === void 0) return void 0;
	if (host === "ghcr.io") return "In a workflow: the job needs \"permissions: packages: write\" (\"read\" if nothing is pushed) and a step with the action log-in before this one; an existing package has to give this repository access (its page, Package settings, Manage Actions access).";
	return known === void 0 ? `In a workflow: a step with the action log-in before this one, given the name and password for ${host} from secrets. A secret that is not set is empty, and runs for pull requests from forks have none.` : void 0;
}
// src/cli/actions/workflow-log.ts
/**
* A log for a workflow run: a group for each task, warnings as annotations, details where the run is debugged. A group
* cannot hold another, so a task inside a task, or beside one, is a line.
*/
function createActionLog(options) {
	const lines = createLog({
		verbose: options.verbose,
		stream: process.stdout
	});
	let grouped = false;
	return {
		info: (message) => lines.info(harmless(message)),
		detail: (message) => debug(harmless(message)),
		warn: (message) => {
			warning(harmless(message));
			options.onWarn?.(message);
		},
		task: async (title, work) => {
			if (grouped) return lines.task(harmless(title), (report) => work((note) => report(harmless(note))));
			grouped = true;
			startGroup(harmless(title));
			try {
				return await lines.task(harmless(title), (report) => work((note) => report(harmless(note))));
			} finally {
				endGroup();
				grouped = false;
			}
		}
	};
}
/**
* Text from outside that cannot act as a workflow command: what a guest prints may look like one. (actions/runner,
* ActionCommand.cs: a line that begins with `::` after String.Trim, or `##[` anywhere. .NET also trims U+0085, which is
* not white space in JavaScript.)
*/
function harmless(text) {
	return text.replaceAll("##[", "## [").split(/(?<=[\n\r\v\f\u0085\u2028\u2029])/).map((line) => line.replace(/^([\s\u0085]*):(?=:)/, "$1: ")).join("");
}
init_errors();
/**
* Runs a verb as the step of a workflow: inputs from `COXSWAIN_INPUTS`, answers to outputs, the job summary and
* annotations.
* @returns the exit code
*/
async function runAsAction(name, verb, env) {
	const json = env.COXSWAIN_INPUTS ?? "{}";
	for (const secret of secretsIn(json, env)) setSecret(secret);
	try {
		const code = needsRoot(verb, env) ? await runAgainAsRoot() : void 0;
		if (code !== void 0) return code;
	} catch (error) {
		await tellError(name, error, {
			inputs: verb.inputs,
			directory: directoryOf(json),
			env
		});
		return 1;
	}
	delete env.COXSWAIN_INPUTS;
	try {
		const values = readActionInputs(verb.inputs, json);
		const warnings = [];
		const log = createActionLog({
			verbose: isDebug(),
			onWarn: (message) => warnings.push(message)
		});
		const outcome = await verb.run(values, {
			log,
			env,
			now: readClock(env)
		});
		process.stdout.write(`${harmless(outcome.text).trimEnd()}\n`);
		await tell(name, verb, outcome, env);
		if (warnings.length > 0) await addSummary(warnings.map(alert).join("\n\n"), env);
		return outcome.exitCode ?? 0;
	} catch (error) {
		await tellError(name, error, {
			inputs: verb.inputs,
			directory: directoryOf(json),
			env
		});
		return 1;
	}
}
/** A warning as GitHub shows one in Markdown. */
function alert(message) {
	return `> [!WARNING]\n${message.split("\n").map((line) => `> ${plainText(line)}`).join("\n")}`;
}
/** The current time, or the one that a rehearsal pretends. */
function readClock(env) {
	const pretended = Number(env.COXSWAIN_NOW ?? "");
	return () => pretended > 0 ? pretended : Math.floor(Date.now() / 1e3);
}
async function tell(name, verb, outcome, env) {
	for (const [output, { of }] of Object.entries(verb.outputs ?? {})) setOutput(output, of(outcome.data) ?? "");
	for (const [variable, value] of Object.entries(outcome.environment ?? {})) exportVariable(variable, value);
	if (outcome.summary !== void 0) await addSummary(outcome.summary, env);
	for (const { level, title, message, file, line } of outcome.annotations ?? []) (level === "error" ? error : warning)(harmless(message), {
		title,
		...defined({
			file,
			startLine: line
		})
	});
	const told = outcome.annotations?.some(({ level }) => level === "error") === true;
	const [headline = "the answer is no"] = outcome.text.split("\n");
	if ((outcome.exitCode ?? 0) !== 0 && !told) error(harmless(headline), { title: name });
}
async function tellError(name, error$1, from) {
	const told = messageOf(error$1);
	const hint = hintFor(told);
	const message = harmless(inWordsOfActions(hint === void 0 ? told : `${told} ${hint}`, from.inputs));
	const where = error$1 instanceof InputError ? error$1.details.where : void 0;
	const listed = message.split("\n").flatMap((line) => /^ +(\S+:\d+:\d+): (.*)$/.exec(line)?.slice(1, 3) ?? []);
	if (where === void 0 || listed.length === 0) error(message, {
		title: name,
		...await placeOf(where ?? "", from.directory)
	});
	else {
		process.stdout.write(`${message}\n`);
		for (let at = 0; at < listed.length; at += 2) error(listed[at + 1], {
			title: name,
			...await placeOf(listed[at], from.directory)
		});
	}
	if (!(error$1 instanceof Error && [
		"InputError",
		"OutsideError",
		"UsageError"
	].includes(error$1.name)) && error$1 instanceof Error) process.stdout.write(`${harmless(error$1.stack ?? "")}\nThis is a defect in coxswain; please report it.\n`);
	await addSummary(`### ${name} did not run\n\n${codeBlock(message)}`, from.env);
}
/** GitHub accepts at most one mebibyte from a step, and drops a larger text completely. */
const summaryCharacters = 3e5;
async function addSummary(markdown, env) {
	if ((env.GITHUB_STEP_SUMMARY ?? "") === "") return;
	const text = markdown.length > summaryCharacters ? `${markdown.slice(0, summaryCharacters)}\n\n(cut: the log has the rest)` : markdown;
	await summary.addRaw(`${text.trimEnd()}\n\n`).write();
}
/** `coxswain.yaml:3:5` as the properties of an annotation, if the checkout has such a file. */
async function placeOf(where, directory) {
	const [, path, line, column] = /^([^:\s][^:]*?)(?::(\d+))?(?::(\d+))?$/.exec(where) ?? [];
	if (path === void 0 || path.startsWith("/")) return {};
	const file = join(directory, path);
	if (!await stat(file).then((found) => found.isFile(), () => false)) return {};
	return {
		file,
		...defined({
			startLine: line === void 0 ? void 0 : Number(line),
			startColumn: column === void 0 ? void 0 : Number(column)
		})
	};
}
/** The token, and inputs whose names say that they are passwords. */
function secretsIn(json, env) {
	const passwords = [...json.matchAll(/"[a-z-]*password"\s*:\s*("(?:[^"\\]|\\.)*")/g)].map(([, text = ""]) => String(JSON.parse(text)));
	return [env.GITHUB_TOKEN ?? "", ...passwords].filter((secret) => secret.trim() !== "");
}
/** The input `directory`, also if other inputs are wrong. */
function directoryOf(json) {
	try {
		const { directory } = JSON.parse(json);
		return typeof directory === "string" && directory !== "" ? directory : ".";
	} catch {
		return ".";
	}
}
export { untested as a, purposes as c, matrixOf as i, chooseLogins as l, runAsAction as n, readEvent as o, spellInput as r, decide as s, readClock as t, writeLogins as u };
