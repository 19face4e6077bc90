import { r as __exportAll } from "./rolldown-runtime.mjs";
import { A as messageOf, D as InputError, E as parseTime, T as parseDuration, c as Git, h as createLog, j as quote, k as UsageError, l as runAgainAsRoot, n as codeBlock, r as plainText } from "./host.mjs";
import { P as architectures, h as createRegistryClient } from "./registry.mjs";
import { r as readConfig, s as nearest } from "./config.mjs";
import { f as readGitHubRun, p as openGitForge } from "./forge.mjs";
import { t as openState } from "./state.mjs";
import { a as isDebug, c as startGroup, i as exportVariable, l as warning, n as endGroup, o as setOutput, r as error, s as setSecret, t as debug, u as summary } from "./actions-core.mjs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
// src/cli/inputs.ts
function text(about, options = {}) {
	return valueInput(about, options, (raw) => raw);
}
/** A point in time, as UNIX seconds or ISO 8601; read as UNIX seconds. */
function time(about, options = {}) {
	return valueInput(about, {
		placeholder: "TIME",
		...options
	}, (raw, name) => parseTime(raw, { field: `--${name}` }));
}
function duration(about, options = {}) {
	return valueInput(about, {
		placeholder: "DURATION",
		...options
	}, (raw, name) => parseDuration(raw, { field: `--${name}` }));
}
function parsed(about, read, options = {}) {
	return valueInput(about, options, read);
}
/** Present or absent. */
function flag(about) {
	return {
		kind: "flag",
		about,
		placeholder: "",
		required: false,
		fallback: "false",
		read: (raw) => raw[0] === "true"
	};
}
/** May be given several times. */
function many(about, options = {}) {
	return {
		kind: "many",
		about,
		placeholder: options.placeholder ?? "TEXT",
		required: false,
		read: (raw) => raw
	};
}
function valueInput(about, options, read) {
	return {
		kind: "one",
		about,
		placeholder: options.placeholder ?? "TEXT",
		required: options.required ?? false,
		...options.fallback === void 0 ? {} : { fallback: options.fallback },
		read: (raw, name) => read(raw[0], name)
	};
}
// src/cli/arguments.ts
/** Inputs that every verb has on the command line. */
const commonInputs = {
	now: time("pretend that it is this time (rehearsals, tests)"),
	json: flag("print the answer as JSON"),
	"json-file": text("also write the answer as JSON to this file", { placeholder: "FILE" }),
	verbose: flag("say more"),
	quiet: flag("say only warnings and errors"),
	help: flag("show this help")
};
/**
* Reads a command line by a verb's inputs.
* @throws UsageError for an unknown or missing flag
* @throws InputError for a value that its input does not take
*/
function readArguments(inputs, args) {
	const options = {};
	for (const [name, input] of Object.entries(inputs)) options[name] = {
		type: input.kind === "flag" ? "boolean" : "string",
		multiple: input.kind === "many"
	};
	let given;
	try {
		given = parseArgs({
			args: [...args],
			options,
			strict: true,
			allowPositionals: false
		}).values;
	} catch (error) {
		throw new UsageError(messageOf(error));
	}
	return readValues(inputs, given, (name) => `--${name}`);
}
/**
* Turns given texts into typed values.
* @param spell how an input's name is written where the user wrote it
*/
function readValues(inputs, given, spell) {
	const values = {};
	for (const [name, input] of Object.entries(inputs)) {
		const raw = [given[name]].flat().map(String).filter((text) => text !== "" && text !== "undefined");
		if (raw.length === 0 && input.fallback !== void 0) raw.push(input.fallback);
		if (raw.length === 0 && input.required) throw new UsageError(`${spell(name)} is required: ${input.about}`);
		values[name] = raw.length === 0 && input.kind !== "many" ? void 0 : input.read(raw, name);
	}
	return values;
}
// src/cli/help.ts
/** Help for one verb. */
function verbHelp(name, verb) {
	const synopsis = Object.entries(verb.inputs).filter(([, input]) => input.required).map(([flag, input]) => ` --${flag} ${input.placeholder}`).join("");
	return `${[
		`${verb.summary}`,
		`Usage: coxswain ${name}${synopsis}${Object.keys(verb.inputs).length === 0 ? "" : " [options]"}`,
		...verb.about === void 0 ? [] : [verb.about.trim()],
		...Object.keys(verb.inputs).length === 0 ? [] : [`Options:\n${optionTable(verb.inputs)}`],
		`Always:\n${optionTable(commonInputs)}`
	].join("\n\n")}\n`;
}
/** Help for the whole program. @param verbs name and summary of each verb */
function programHelp(verbs) {
	const width = Math.max(...verbs.map(([name]) => name.length));
	return `coxswain: GitOps for derived Fedora CoreOS images

Usage: coxswain VERB [options]

${verbs.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`).join("\n")}

coxswain VERB --help says more about one of them. Exit codes: 0 done, 1 failed or refused, 2 wrong usage.
`;
}
function optionTable(inputs) {
	const rows = Object.entries(inputs).map(([name, input]) => {
		const shown = input.kind === "flag" ? `--${name}` : `--${name} ${input.placeholder}`;
		const notes = [
			input.required ? "required" : void 0,
			input.kind === "many" ? "may be repeated" : void 0,
			input.kind !== "flag" && input.fallback !== void 0 ? `default: ${input.fallback}` : void 0
		].filter((note) => note !== void 0);
		return [shown, `${input.about}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`];
	});
	const width = Math.max(...rows.map(([shown]) => shown.length));
	return rows.map(([shown, about]) => `  ${shown.padEnd(width)}  ${about}`).join("\n");
}
// src/cli/verb.ts
/** Keeps the types of the inputs and of the answer while a verb is written down. */
function defineVerb(verb) {
	return verb;
}
/** Whether a verb looks at files of images in this run. */
function needsRoot({ asRoot }, env) {
	return typeof asRoot === "function" ? asRoot(env) : asRoot === true;
}
// src/cli/architecture.ts
/** An input that names one architecture, by the name FCOS has for it. */
function architecture(about) {
	return parsed(about, readArchitecture, { placeholder: "NAME" });
}
function readArchitecture(raw, name) {
	const found = architectures.find((each) => each === raw);
	if (found !== void 0) return found;
	throw new InputError({
		field: `--${name}`,
		problem: "unknown architecture",
		found: raw,
		expected: architectures.join(", ")
	});
}
// src/cli/directory.ts
/** The input by which every verb that works on a checkout takes it. */
const directory = text("the checkout to work on", {
	placeholder: "DIR",
	fallback: "."
});
// src/cli/project.ts
/**
* Opens the checkout that holds `directory`. In a workflow run its forge is GitHub, otherwise the clone itself;
* COXSWAIN_FORGE (`github`, `git`) decides otherwise.
* @throws InputError when it is not in a git repository, or coxswain.yaml is missing or wrong
*/
async function openProject(options) {
	const root = await new Git(options.directory).try(["rev-parse", "--show-toplevel"]);
	if (root === void 0) throw new InputError({
		field: "--directory",
		problem: "not inside a git work tree",
		found: options.directory,
		remedy: "Run this in a clone of your repository, or make one: git init, then coxswain init."
	});
	const config = await readConfig(root);
	const git = new Git(root);
	const run = readGitHubRun(options.env);
	const forge = run === void 0 ? await openGitForge(root) : await openGitHub(git, run, options);
	return {
		root,
		config,
		git,
		forge,
		state: openState(forge.branches, config),
		client: createRegistryClient({
			env: options.env,
			log: options.log
		})
	};
}
/** Loaded only where it is used: GitHub's client takes a third of the time that a quick verb takes in all. */
async function openGitHub(...args) {
	const { openGitHubForge } = await import("./github.mjs").then((n) => n.t);
	return openGitHubForge(...args);
}
// src/cli/action-inputs.ts
/** Inputs of actions that are not a verb's: the steps of action.yml use them. */
const stepInputs = ["token"];
/** How an action's input is called in messages. */
function spellInput(name) {
	return `input ${name}`;
}
/**
* Reads the inputs of an action by its verb's inputs.
* @param json the context `inputs` of the action, as JSON: texts, for typed callers also booleans and numbers
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
/** Replaces `--name` in a message by how the input is called in a workflow, for names that are inputs. */
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
		problem: `there is no input ${quote(name)}`,
		expected: `one of ${names.join(", ")}`,
		...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
	});
}
// src/cli/action-hints.ts
/**
* What else to do about an error in a workflow run, where a command line would need another answer.
* @returns a sentence to add, or undefined
*/
function hintFor(message) {
	const [, host, known] = /unauthorised: (\S+) answered \d+( to the credentials)?/.exec(message) ?? [];
	if (host === void 0) return void 0;
	if (host === "ghcr.io") return "In a workflow: the job needs \"permissions: packages: write\" (\"read\" where nothing is pushed) and a step with the action log-in before this one; a package that is there already has to let this repository in (its page, Package settings, Manage Actions access).";
	return known === void 0 ? `In a workflow: a step with the action log-in before this one, given the name and password for ${host} from secrets. A secret that is not set is empty, and runs for pull requests from forks have none.` : void 0;
}
// src/cli/action-log.ts
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
* Text from outside that the runner will not take for a command of ours: what a guest prints may look like one.
* (actions/runner, ActionCommand.cs: a line that begins with `::`, after spaces, or `##[` anywhere.)
*/
function harmless(text) {
	return text.replaceAll("##[", "## [").replaceAll(/^(\s*):(?=:)/gm, "$1: ");
}
// src/cli/action.ts
var action_exports = /* @__PURE__ */ __exportAll({ runAsAction: () => runAsAction });
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
		...file === void 0 ? {} : { file },
		...line === void 0 ? {} : { startLine: line }
	});
	const told = outcome.annotations?.some(({ level }) => level === "error") === true;
	const [headline = "the answer is no"] = outcome.text.split("\n");
	if (outcome.exitCode === 1 && !told) error(harmless(headline), { title: name });
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
/** GitHub takes a mebibyte from a step, and then nothing at all. */
const summaryCharacters = 3e5;
async function addSummary(markdown, env) {
	if ((env.GITHUB_STEP_SUMMARY ?? "") === "") return;
	const text = markdown.length > summaryCharacters ? `${markdown.slice(0, summaryCharacters)}\n\n(cut: the log has the rest)` : markdown;
	await summary.addRaw(`${text.trimEnd()}\n\n`).write();
}
/** `coxswain.yaml:3:5` as the properties of an annotation, where there is such a file in the checkout. */
async function placeOf(where, directory) {
	const [, path, line, column] = /^([^:\s][^:]*?)(?::(\d+))?(?::(\d+))?$/.exec(where) ?? [];
	if (path === void 0 || path.startsWith("/")) return {};
	const file = join(directory, path);
	if (!await stat(file).then((found) => found.isFile(), () => false)) return {};
	return {
		file,
		...line === void 0 ? {} : { startLine: Number(line) },
		...column === void 0 ? {} : { startColumn: Number(column) }
	};
}
/** The token, and inputs whose names say that they are passwords. */
function secretsIn(json, env) {
	const passwords = [...json.matchAll(/"[a-z-]*password"\s*:\s*("(?:[^"\\]|\\.)*")/g)].map(([, text = ""]) => String(JSON.parse(text)));
	return [env.GITHUB_TOKEN ?? "", ...passwords].filter((secret) => secret.trim() !== "");
}
/** The input `directory`, whatever else is wrong with the inputs. */
function directoryOf(json) {
	try {
		const { directory } = JSON.parse(json);
		return typeof directory === "string" && directory !== "" ? directory : ".";
	} catch {
		return ".";
	}
}
export { text as _, architecture as a, programHelp as c, readArguments as d, readValues as f, parsed as g, many as h, directory as i, verbHelp as l, flag as m, spellInput as n, defineVerb as o, duration as p, openProject as r, needsRoot as s, action_exports as t, commonInputs as u };
