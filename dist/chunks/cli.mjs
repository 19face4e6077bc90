import { ct as InputError, dt as init_errors, ft as messageOf, it as defined, nt as parseTime, q as exec, st as nearest, tt as parseDuration, ut as UsageError, z as readFileIfThere } from "./host.mjs";
import { g as string, p as object, u as literal } from "./zod.mjs";
import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
init_errors();
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
function choice(about, choices, options = {}) {
	const read = (raw, name) => readChoice(raw, choices, { field: `--${name}` });
	return {
		...valueInput(about, options, read),
		choices
	};
}
/** @throws InputError that lists the choices and names the nearest */
function readChoice(raw, choices, place) {
	const found = choices.find((each) => each === raw);
	if (found !== void 0) return found;
	const meant = nearest(raw, choices);
	throw new InputError({
		...place,
		problem: "no such choice",
		found: raw,
		expected: `${choices.length > 1 ? "one of " : ""}${choices.join(", ")}`,
		...defined({ remedy: meant === void 0 ? void 0 : `Did you mean ${meant}?` })
	});
}
function wholeNumber(about, range, options = {}) {
	return valueInput(about, {
		placeholder: "N",
		...options
	}, (raw, name) => {
		const number = /^\d[\d_,]{0,20}$/.test(raw) ? Number(raw.replaceAll(/[_,]/g, "")) : NaN;
		if (number >= range.from && number <= range.to) return number;
		throw new InputError({
			field: `--${name}`,
			problem: "not a number in the range",
			found: raw,
			expected: `a whole number from ${range.from} to ${range.to}`
		});
	});
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
		...defined({ fallback: options.fallback }),
		read: (raw, name) => read(raw[0], name)
	};
}
// src/cli/arguments.ts
init_errors();
/** Inputs that every verb has on the command line. */
const commonInputs = {
	now: time("pretend that it is this time (rehearsals, tests)"),
	json: flag("print the answer as JSON"),
	"json-file": text("also write the answer as JSON to this file", { placeholder: "FILE" }),
	verbose: flag("say more"),
	quiet: flag("say only warnings and errors"),
	help: flag("show this help")
};
/** Inputs that may be given without their flag, in this order: `coxswain edit-updates stable pause`. */
const positionals = [
	"log",
	"fleet",
	"action",
	"shell"
];
/** The inputs of a verb that may be given without their flag. */
function positionalInputs(inputs) {
	return positionals.filter((name) => Object.hasOwn(inputs, name));
}
/**
* Options before the verb go after it, as in `coxswain --directory os status`.
* @param globals the options that may be there
* @throws UsageError for any other option
*/
function verbFirst(args, globals) {
	let at = 0;
	for (let word = args[at]; word?.startsWith("-") === true; word = args[at]) {
		const [, name = "", value] = /^--([\w-]+)(=.*)?$/s.exec(word) ?? [];
		const input = Object.hasOwn(globals, name) ? globals[name] : void 0;
		if (input === void 0) throw unknownFlag(word.replace(/=.*/s, ""), globals);
		at += input.kind === "flag" || value !== void 0 ? 1 : 2;
	}
	return [...args.slice(at), ...args.slice(0, at)];
}
/**
* Reads a command line by a verb's inputs.
* @throws UsageError for an unknown, missing or repeated flag, and for an argument that belongs to none
* @throws InputError for a value that its input does not accept
*/
function readArguments(inputs, args) {
	const options = {};
	for (const [name, input] of Object.entries(inputs)) options[name] = {
		type: input.kind === "flag" ? "boolean" : "string",
		multiple: input.kind === "many"
	};
	const { tokens } = parseArgs({
		args: [...args],
		options,
		strict: false,
		allowPositionals: true,
		tokens: true
	});
	const given = {};
	const stray = [];
	for (const token of tokens) {
		if (token.kind === "positional") stray.push(token.value);
		if (token.kind !== "option") continue;
		const input = Object.hasOwn(inputs, token.name) ? inputs[token.name] : void 0;
		if (input === void 0) throw unknownFlag(token.rawName, inputs);
		given[token.name] = [...given[token.name] ?? [], readToken(token, input)];
	}
	placePositionals(stray, inputs, given);
	for (const [name, values] of Object.entries(given)) {
		if (inputs[name]?.kind === "many" || values.length === 1) continue;
		throw new UsageError(`--${name} is given ${values.length} times: ${values.join(", ")}. Give it once`);
	}
	return readValues(inputs, given, (name) => `--${name}`);
}
function readToken(token, input) {
	const { rawName, value, inlineValue } = token;
	if (input.kind === "flag") {
		if (value === void 0) return "true";
		throw new UsageError(`${rawName} takes no value, found ${JSON.stringify(value)}`);
	}
	if (value === void 0 || inlineValue !== true && /^-./.test(value)) {
		const hint = value === void 0 ? "" : `. For a value that begins with "-" write ${rawName}=${value}`;
		throw new UsageError(`${rawName} needs a value: ${rawName} ${input.placeholder}${hint}`);
	}
	return value;
}
function unknownFlag(rawName, inputs) {
	const names = Object.keys(inputs);
	const meant = nearest(rawName.replace(/^-+/, ""), names);
	const what = `unknown option ${rawName}`;
	return new UsageError(meant === void 0 ? what : `${what}. Did you mean --${meant}?`);
}
/** Gives arguments without a flag to the inputs that take them. */
function placePositionals(stray, inputs, given) {
	const places = positionalInputs(inputs).filter((name) => !Object.hasOwn(given, name));
	for (const argument of stray) {
		const name = places.shift();
		if (name === void 0) throw new UsageError(`unexpected argument ${JSON.stringify(argument)}`);
		given[name] = [...given[name] ?? [], argument];
		if (inputs[name]?.kind === "many") places.unshift(name);
	}
}
/**
* Turns given texts into typed values.
* @param spell writes the name of an input as the user wrote it: `--name`, or as in a workflow
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
// src/cli/completion-protocol.ts
/** The hidden verb that the completion scripts call; the words of the line follow it. */
const completeWord = "__complete";
/** The line of an answer which means "propose files too". Every other line is: value, tab, description. */
const filesLine = ":files";
/** The input for the checkout, for every verb that works on one. */
const directory = text("the checkout to work on", {
	placeholder: "DIR",
	fallback: "."
});
/** Further inputs of every such verb on the command line; in a workflow run GitHub is the forge. */
const forgeInputs = {
	remote: text("the git remote whose branches are used (default: origin, else the only one; '.': this clone alone)", { placeholder: "NAME" }),
	forge: choice("git or github (default: GitHub if the remote is on GitHub and there is a token)", ["git", "github"], { placeholder: "KIND" })
};
/** Options that may stand before the verb too; those of `commonInputs` may as well. */
const placeInputs = {
	directory,
	...forgeInputs
};
/** Of every verb that writes. */
const rehearsalInput = { "dry-run": flag("check everything, say what would be written first, and write nothing") };
/** The inputs of a verb on the command line, without those that all verbs have. */
function commandLineInputs({ inputs, writes }) {
	return {
		...writes === true ? rehearsalInput : {},
		...inputs,
		...inputs.directory === directory ? forgeInputs : {}
	};
}
/** Whether a run of a verb ends before its first write. Verbs with an input of their own for it do not. */
function isRehearsed(verb, values) {
	return !("dry-run" in verb.inputs) && "dry-run" in values && values["dry-run"] === true;
}
/**
* The environment of a verb: these inputs become COXSWAIN_REMOTE and COXSWAIN_FORGE, for the verb and for programs
* that it starts.
* @param values of the inputs of commandLineInputs
*/
function withForgeInputs(env, values) {
	const { remote, forge } = values;
	return {
		...env,
		...defined({
			COXSWAIN_REMOTE: remote,
			COXSWAIN_FORGE: forge
		})
	};
}
// src/cli/exit-code.ts
/** What the program's exit code means: one list, which the help shows too. In a workflow run a step only passes or fails. */
const exitCodes = {
	done: {
		code: 0,
		about: "done"
	},
	refused: {
		code: 1,
		about: "refused: bad input, or the answer is no (findings, a failed test)"
	},
	usage: {
		code: 2,
		about: "wrong usage of the command line"
	},
	outside: {
		code: 3,
		about: "something outside failed (network, registry, another program): try again"
	},
	notReady: {
		code: 4,
		about: "not ready: the fleet is held or frozen; the same command may succeed later"
	},
	defect: {
		code: 70,
		about: "a defect in coxswain"
	}
};
const kinds = {
	InputError: "input",
	UsageError: "usage",
	OutsideError: "outside"
};
/** What kind of error was thrown. By name, because each chunk of the bundle may have its own copy of a class. */
function kindOf(error) {
	if (!(error instanceof Error) || !Object.hasOwn(kinds, error.name)) return "defect";
	return isNotYet(error) ? "not-ready" : kinds[error.name];
}
function isNotYet(error) {
	const { details } = error;
	return details?.notYet === true;
}
const codes = {
	input: exitCodes.refused.code,
	usage: exitCodes.usage.code,
	outside: exitCodes.outside.code,
	"not-ready": exitCodes.notReady.code,
	defect: exitCodes.defect.code
};
/** The exit code for something that was thrown. */
function exitCodeOf(error) {
	return codes[kindOf(error)];
}
// src/cli/answer-schemas.ts
/** Where the schemas of this major version can always be read. script/stamp writes the repository. */
const schemas = "https://raw.githubusercontent.com/coxswain-os/coxswain/v1/";
/** The schema of what a verb prints with --json: its path in this repository and in the package. @param name of a verb; `error`; `dry-run` */
function answerSchemaPath(name) {
	return `schema/answers/${name}.schema.json`;
}
/** Its stable address. */
function schemaAddress(name) {
	return `${schemas}${answerSchemaPath(name)}`;
}
// src/cli/verb-groups.ts
/** How `coxswain --help` groups the verbs: one list, in the order in which people meet them. A test keeps it complete. */
const verbGroups = [
	{
		title: "Set up",
		verbs: [
			"init",
			"check",
			"set-up-host",
			"make-key",
			"node-kit",
			"demo"
		]
	},
	{
		title: "The loop",
		verbs: [
			"watch-base",
			"build-image",
			"boot-test",
			"promote-image",
			"start-rollout",
			"publish-updates",
			"open-promotion"
		]
	},
	{
		title: "Operating a fleet",
		verbs: [
			"edit-updates",
			"bridge",
			"watch-fleet",
			"roll-back",
			"start-release",
			"import-release",
			"prune-images",
			"sign-image",
			"restore-state"
		]
	},
	{
		title: "Look",
		verbs: [
			"status",
			"doctor",
			"observe",
			"explain",
			"lint-updates",
			"simulate-rollout",
			"node-policy"
		]
	},
	{
		title: "Plumbing",
		verbs: [
			"render-graph",
			"serve-graph",
			"plan-run",
			"run-event",
			"log-in",
			"completion"
		]
	}
];
// src/cli/help.ts
/** Help for one verb. */
function verbHelp(name, verb) {
	const inputs = commandLineInputs(verb);
	return `${[
		`${verb.summary}`,
		`Usage: ${usageLine(name, verb)}`,
		...verb.about === void 0 ? [] : [verb.about.trim()],
		...Object.keys(inputs).length === 0 ? [] : [`Options:\n${optionTable(inputs)}`],
		`Always:\n${optionTable(commonInputs)}`,
		`The JSON Schema of the answer: ${schemaAddress(name)}`
	].join("\n\n")}\n`;
}
/** How a verb is called, in one line. */
function usageLine(name, verb) {
	const inputs = commandLineInputs(verb);
	const positional = positionalInputs(inputs);
	const required = Object.entries(inputs).filter(([flag, input]) => input.required && !positional.includes(flag)).map(([flag, input]) => ` --${flag} ${input.placeholder}`);
	return `coxswain ${name}${[...positional.map((flag) => {
		const input = inputs[flag];
		const shown = input?.kind === "many" ? `${flag.toUpperCase()}…` : flag.toUpperCase();
		return input?.required === true ? ` ${shown}` : ` [${shown}]`;
	}), ...required].join("")}${Object.keys(inputs).length === 0 ? "" : " [options]"}`;
}
/** Help for the whole program. @param verbs name and summary of each verb */
function programHelp(verbs) {
	const width = Math.max(...verbs.map(([name]) => name.length));
	const grouped = verbGroups.flatMap((group) => group.verbs);
	const more = {
		title: "More",
		verbs: verbs.map(([name]) => name).filter((name) => !grouped.includes(name))
	};
	return `coxswain: GitOps for derived Fedora CoreOS images

Usage: coxswain VERB [options]

${[...verbGroups, more].flatMap((group) => {
		const lines = group.verbs.flatMap((name) => verbs.filter(([verb]) => verb === name)).map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
		return lines.length === 0 ? [] : [`${group.title}:\n${lines.join("\n")}`];
	}).join("\n\n")}

coxswain help VERB says more about one of them; coxswain --version names this version.

Exit codes:
${Object.values(exitCodes).map(({ code, about }) => `  ${String(code).padEnd(2)}  ${about}`).join("\n")}
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
// src/cli/json-answers.ts
init_errors();
/** An error, for programs. */
function errorAnswer(error) {
	return { error: {
		kind: kindOf(error),
		exitCode: exitCodeOf(error),
		message: messageOf(error),
		...detailsOf(error)
	} };
}
/** By name, because each chunk of the bundle may have its own copy of a class. */
function detailsOf(error) {
	if (!(error instanceof Error) || error.name !== "InputError") return {};
	return error.details ?? {};
}
/** The end of a rehearsal, for programs. */
function rehearsalAnswer({ message }) {
	return {
		dryRun: true,
		would: message
	};
}
// src/cli/verb.ts
/** Defines a verb and keeps the types of its inputs and of its answer. */
function defineVerb(verb) {
	return verb;
}
/** Whether a verb reads files of images in this run. */
function needsRoot({ asRoot }, env) {
	return typeof asRoot === "function" ? asRoot(env) : asRoot === true;
}
// src/cli/version.ts
const packageSchema = object({
	name: literal("coxswain"),
	version: string()
});
/**
* One line: the version, the commit if the program runs from a checkout of Coxswain, and Node.js.
* @param program path of the program
*/
async function versionLine(program) {
	const found = await findPackage(dirname(await realpath(program)));
	const node = `Node.js ${process.versions.node}`;
	if (found === void 0) return `coxswain (its package.json cannot be found), ${node}`;
	const commit = await commitOf(found.folder);
	return `coxswain ${found.version}${commit === void 0 ? "" : ` (commit ${commit})`}, ${node}`;
}
/** Our package.json, in the folder or above it: dist/ and the tests' builds are at different depths. */
async function findPackage(folder) {
	const text = await readFileIfThere(join(folder, "package.json"));
	const parsed = text === void 0 ? void 0 : packageSchema.safeParse(JSON.parse(text));
	if (parsed?.success === true) return {
		folder,
		version: parsed.data.version
	};
	const above = dirname(folder);
	return above === folder ? void 0 : findPackage(above);
}
async function commitOf(folder) {
	try {
		const { stdout } = await exec("git", [
			"-C",
			folder,
			"rev-parse",
			"--show-toplevel",
			"--short=12",
			"HEAD"
		]);
		const [top, commit] = stdout.trimEnd().split("\n");
		return top === folder ? commit : void 0;
	} catch {
		return;
	}
}
// src/cli/questions.ts
init_errors();
/** Whether a person is there to answer: a pipe, a file and a workflow run never are. */
function canAsk(env) {
	return process.stdin.isTTY === true && process.stderr.isTTY === true && env.TERM !== "dumb" && (env.CI ?? "") === "";
}
/** Questions on the terminal. They are written to standard error, so that standard output stays the answer. */
async function askOnTerminal() {
	const { select, text } = await import("./clack-prompts.mjs").then((n) => n.t);
	const output = process.stderr;
	/** Ctrl-C is a symbol. */
	function answered(answer) {
		if (typeof answer === "string") return answer;
		throw new UsageError("cancelled, and nothing was written");
	}
	return {
		text: async (message, { suggestion, problemOf }) => answered(await text({
			message,
			output,
			...suggestion === "" ? {} : {
				placeholder: suggestion,
				defaultValue: suggestion
			},
			validate: (answer) => problemOf(answer === void 0 || answer === "" ? suggestion : answer)
		})),
		choose: async (message, choices) => {
			const options = choices.map(({ value, about }) => ({
				value,
				label: about
			}));
			const answer = answered(await select({
				message,
				output,
				options
			}));
			return choices.find(({ value }) => value === answer)?.value ?? choices[0].value;
		}
	};
}
export { text as A, verbFirst as C, many as D, flag as E, parsed as O, readValues as S, duration as T, completeWord as _, needsRoot as a, positionalInputs as b, programHelp as c, kindOf as d, commandLineInputs as f, withForgeInputs as g, placeInputs as h, defineVerb as i, wholeNumber as j, readChoice as k, verbHelp as l, isRehearsed as m, canAsk as n, errorAnswer as o, directory as p, versionLine as r, rehearsalAnswer as s, askOnTerminal as t, exitCodeOf as u, filesLine as v, choice as w, readArguments as x, commonInputs as y };
