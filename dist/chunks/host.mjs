import { n as __esmMin } from "./rolldown-runtime.mjs";
import { S as string, _ as looseObject, g as literal, y as object } from "./libraries.mjs";
import { accessSync, closeSync, constants, openSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { lstat, mkdir, mkdtemp, open, readFile, readdir, readlink, realpath, rename, rm, stat, statfs } from "node:fs/promises";
import { parseArgs, styleText } from "node:util";
import { createHash, randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
// src/host/errors.ts
function describeProblem(details) {
	const place = [details.where, details.field].filter((part) => part !== void 0).join(": ");
	const facts = [details.found === void 0 ? void 0 : `found ${quote(details.found)}`, details.expected === void 0 ? void 0 : `expected ${details.expected}`].filter((part) => part !== void 0);
	const sentence = [details.problem, ...facts].join(", ");
	return `${place === "" ? "" : `${place}: `}${sentence}.${details.remedy === void 0 ? "" : ` ${details.remedy}`}`;
}
/** Renders a found value so that its type is visible, and short. */
function quote(value) {
	const text = typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value) ?? String(value);
	return text.length > 200 ? `${text.slice(0, 197)}…` : text;
}
/** The message of anything that was thrown. */
function messageOf(error) {
	return error instanceof Error ? error.message : String(error);
}
var InputError, UsageError, OutsideError;
var init_errors = __esmMin((() => {
	InputError = class extends Error {
		name = "InputError";
		details;
		constructor(details, options) {
			super(describeProblem(details), options);
			this.details = details;
		}
	};
	UsageError = class extends Error {
		name = "UsageError";
	};
	OutsideError = class extends Error {
		name = "OutsideError";
		/**
		* @param tried what was attempted, as a gerund phrase: `pushing 127.0.0.1:5000/os:key-…`
		* @param happened what came back instead
		* @param remedy a full sentence; by default that a re-run is safe
		*/
		constructor(tried, happened, remedy = "Running the same command again is safe.", options) {
			super(`${tried} failed: ${happened}. ${remedy}`, options);
		}
	};
}));
// src/host/nearest.ts
init_errors();
/** The candidate that a mistyped word most likely meant; undefined when none is near. */
function nearest(word, candidates) {
	const simple = (text) => text.toLowerCase().replaceAll(/[-_ ]/g, "");
	return candidates.map((candidate) => ({
		candidate,
		distance: editDistance(simple(word), simple(candidate))
	})).filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3))).sort((one, other) => one.distance - other.distance)[0]?.candidate;
}
/** Levenshtein distance. */
function editDistance(one, other) {
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= other.length; j++) {
			const substitution = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
			next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, substitution));
		}
		row = next;
	}
	return row[other.length] ?? 0;
}
// src/host/defined.ts
/**
* The properties that have a value. Optional values are written this way everywhere: a property of our own types is
* absent or has a value, it is never undefined (exactOptionalPropertyTypes), and JSON has no undefined at all.
*/
function defined(properties) {
	return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== void 0));
}
/** The variables of an environment that have a value. */
function definedVariables(env) {
	return Object.fromEntries(Object.entries(env).filter((entry) => entry[1] !== void 0));
}
var init_defined = __esmMin((() => {}));
/** The longest duration that is accepted: ten years. Anything longer is a mistake, and would overflow times. */
const longestDuration = 31536e4;
const unitSeconds = {
	s: 1,
	m: 60,
	h: 3600,
	d: 86400,
	w: 604800
};
/**
* Reads a duration such as `48h`, `7d`, `90m`, `1d12h`; the answer is in whole seconds.
* @throws InputError; `where` and `field` go into its message
*/
function parseDuration(text, place = {}) {
	const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
	if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) throw new InputError({
		...place,
		problem: "not a duration",
		found: text,
		expected: "a number with a unit, such as 48h, 7d or 1d12h"
	});
	const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit], 0);
	if (seconds <= 31536e4) return seconds;
	throw new InputError({
		...place,
		problem: "this duration is too long",
		found: text,
		expected: `at most ${longestDuration / 86400}d`
	});
}
/** Seconds as people say them: `2 d 3 h`, `48 min`, `12 s`. */
function formatDuration(seconds) {
	const units = [
		["d", 86400],
		["h", 3600],
		["min", 60]
	];
	const rounded = Math.round(seconds);
	for (const [index, [unit, size]] of units.entries()) {
		if (rounded < size) continue;
		const next = units[index + 1];
		const rest = next === void 0 ? 0 : Math.floor(rounded % size / next[1]);
		return `${Math.floor(rounded / size)} ${unit}${next === void 0 || rest === 0 ? "" : ` ${rest} ${next[0]}`}`;
	}
	return `${rounded} s`;
}
/**
* Reads a point in time: UNIX seconds, or ISO 8601. The answer is in UNIX seconds.
* @throws InputError, with a hint if the number looks like milliseconds
*/
function parseTime(text, place = {}) {
	if (/^\d+$/.test(text)) {
		const seconds = Number(text);
		if (seconds > 1e11) throw new InputError({
			...place,
			problem: "this looks like milliseconds",
			found: text,
			expected: "UNIX seconds",
			remedy: `Divide by 1000: ${Math.floor(seconds / 1e3)}`
		});
		return seconds;
	}
	const parsed = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : NaN;
	if (Number.isNaN(parsed)) throw new InputError({
		...place,
		problem: "not a time",
		found: text,
		expected: "UNIX seconds, or ISO 8601 with a zone, such as 2026-07-21T14:00:00Z"
	});
	requireDay(text, place);
	return Math.floor(parsed / 1e3);
}
/**
* Reads the day at the start of an ISO 8601 text. Date would read 30 February as 2 March.
* @throws InputError for a day that does not exist
*/
function requireDay(text, place = {}) {
	const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number);
	const date = new Date(Date.UTC(year, month - 1, day));
	if (date.getUTCMonth() === month - 1 && date.getUTCDate() === day) return {
		year,
		month,
		day
	};
	throw new InputError({
		...place,
		problem: "this day does not exist",
		found: text
	});
}
/** UNIX seconds as upstream writes them in `last-modified`: `2026-07-21T14:07:12Z`. */
function formatTime(seconds) {
	return (/* @__PURE__ */ new Date(seconds * 1e3)).toISOString().replace(/\.\d{3}Z$/, "Z");
}
// src/cli/inputs.ts
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
// src/host/dry-run.ts
/** Set in the environment of a rehearsal, for programs that this one starts again too. */
const rehearsalVariable = "COXSWAIN_DRY_RUN";
/** What ends a rehearsal (`--dry-run`): its first write, which did not happen. */
var Rehearsed = class extends Error {
	name = "Rehearsed";
};
/** What people read at the end of a rehearsal. */
function answerOfRehearsal({ message }) {
	return `dry run: would ${message}\nEverything before that was checked; nothing was written.\n`;
}
/** Whether this run must not write anything. */
function isRehearsal() {
	return process.env[rehearsalVariable] === "1";
}
/**
* Goes before a write. It ends a rehearsal there, because what comes after depends on what was written.
* @param what what would be written, as a phrase that follows "would": `push ghcr.io/acme/os:stable`
* @throws Rehearsed in a rehearsal; otherwise nothing happens
*/
function beforeWriting(what) {
	if (isRehearsal()) throw new Rehearsed(what());
}
// src/host/cleanup.ts
/**
* Steps that undo things when this process ends early (Ctrl-C, SIGTERM), newest first. Code that ends normally cleans
* up after itself and calls the returned function.
*/
const pending = [];
let installed = false;
let taken = false;
/** Registers an undo step; returns the function that takes it off the list again. */
function onInterrupt(undo) {
	install();
	pending.push(undo);
	return () => {
		const index = pending.indexOf(undo);
		if (index >= 0) pending.splice(index, 1);
	};
}
/** From now on a signal undoes nothing and ends nothing here: the caller handles signals, and ends this process. */
function takeSignals() {
	taken = true;
}
/**
* The first signal that asks a server to stop. It then ends in order, and its own code cleans up; a second signal ends the
* process at once.
*/
function untilSignal() {
	takeSignals();
	return new Promise((resolve) => {
		for (const signal of [
			"SIGTERM",
			"SIGINT",
			"SIGHUP"
		]) process.once(signal, resolve);
	});
}
function install() {
	if (installed) return;
	installed = true;
	for (const [signal, code] of [
		["SIGINT", 130],
		["SIGTERM", 143],
		["SIGHUP", 129]
	]) process.once(signal, () => {
		if (taken) return;
		undoAll().finally(() => process.exit(code));
	});
}
async function undoAll() {
	for (const undo of pending.splice(0).reverse()) try {
		await undo();
	} catch {}
}
// src/host/temporary-names.ts
const pattern = /^coxswain-[a-z]+-([0-9a-f]{8}\.\d+\.\d+)-[A-Za-z0-9]{6}$/;
/** How the names of this process's temporary folders begin. Without /proc, they do not say who made them. */
function temporaryPrefix(prefix) {
	const owner = thisProcess();
	return `coxswain-${prefix}-${owner === void 0 ? "" : `${owner}-`}`;
}
/** Names this process, and no other one since the machine started. Undefined without /proc. */
function thisProcess() {
	const [own, started] = [sameSystem(), startTime(process.pid)];
	return own === void 0 || started === void 0 ? void 0 : `${own}.${process.pid}.${started}`;
}
/** A process that `thisProcess` named has ended: not if that cannot be known. */
function surelyEnded(name) {
	const [owner, pid, started] = name.split(".");
	return owner !== void 0 && owner === sameSystem() && startTime(Number(pid)) !== started;
}
/**
* Removes the temporary folders of processes that surely ended: of this user, and made since this machine started, in
* the same container. Nothing is an error, because others may remove them at the same time.
* @returns the paths that were removed
*/
async function removeAbandoned(place) {
	const removed = [];
	for (const name of namesIn(place)) {
		const owner = pattern.exec(name)?.[1];
		if (owner === void 0 || !surelyEnded(owner)) continue;
		const path = join(place, name);
		try {
			const { uid } = await lstat(path);
			if (uid !== process.geteuid?.()) continue;
			await rm(path, {
				recursive: true,
				force: true
			});
			removed.push(path);
		} catch {}
	}
	return removed;
}
function namesIn(place) {
	try {
		return readdirSync(place);
	} catch {
		return [];
	}
}
let system;
/** Process ids mean the same only in one start of one machine, and in one namespace of process ids. */
function sameSystem() {
	if (system !== void 0) return system;
	try {
		const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
		const namespace = readlinkSync("/proc/self/ns/pid");
		system = createHash("sha256").update(`${boot}${namespace}`).digest("hex").slice(0, 8);
		return system;
	} catch {
		return;
	}
}
/**
* When a process started, in ticks since the machine did (proc(5)): another one with the same id has another time.
* Undefined for one that ended, also if nothing has collected it yet.
*/
function startTime(pid) {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" ? void 0 : fields[19];
	} catch {
		return;
	}
}
// src/host/files.ts
init_errors();
/**
* Runs `work` with a temporary folder that is gone afterwards, also after an error or Ctrl-C.
* @param place where it is made; for much data not in memory
*/
async function withTemporaryFolder(prefix, work, place = tmpdir()) {
	const folder = await mkdtemp(join(place, temporaryPrefix(prefix)));
	const remove = () => rm(folder, {
		recursive: true,
		force: true
	});
	const forget = onInterrupt(remove);
	try {
		return await work(folder);
	} finally {
		forget();
		await remove();
	}
}
/**
* Makes a folder and those above it. Not by `mkdir({ recursive: true })`, which never ends in a file system that
* refuses to make a folder with the error "not found" (/proc).
*/
async function makeFolder(path, attempts = 12) {
	try {
		await mkdir(path);
	} catch (error) {
		if (codeOf(error) === "EEXIST" && (await stat(path)).isDirectory()) return;
		const above = dirname(path);
		if (codeOf(error) !== "ENOENT" || above === path || attempts === 0) throw error;
		await makeFolder(above, attempts - 1);
		await makeFolder(path, attempts - 1);
	}
}
function codeOf(error) {
	return error.code;
}
/** Why a place cannot be written to, in words; undefined for errors of another kind. */
const unwritable = {
	EACCES: "this user may not write there",
	EPERM: "this user may not write there",
	EROFS: "the file system is read-only",
	ENOENT: "its folder cannot be made",
	ENOTDIR: "a part of the path is a file, not a folder",
	EISDIR: "it is a folder",
	EBUSY: "it is a folder that is in use",
	ENOTEMPTY: "it is a folder",
	EEXIST: "a part of the path is a file, not a folder",
	ENAMETOOLONG: "the name is too long",
	ELOOP: "the path is a circle of links",
	ENOSPC: "the disk is full"
};
/**
* Writes a whole file or nothing: readers see the old content or the new, never half of it.
* @throws InputError for a place that cannot be written to
*/
async function writeFileAtomically(path, content) {
	try {
		await writeWhole(path, content);
	} catch (error) {
		const why = unwritable[codeOf(error) ?? ""];
		if (why === void 0) throw error;
		throw new InputError({
			where: path,
			problem: `the file cannot be written: ${why}`
		}, { cause: error });
	}
}
async function writeWhole(path, content) {
	await makeFolder(dirname(path));
	const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
	try {
		const file = await open(temporary, "wx");
		try {
			await file.writeFile(content);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
}
/** A file's text, or undefined if the file does not exist. Other errors are thrown. */
async function readFileIfThere(path) {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
/** Whether a path exists; links are followed. Errors other than "no such file" are thrown. */
async function exists(path) {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
/** True for "no such file or directory". */
function isMissing(error) {
	return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
// src/host/locale.ts
/** The ASCII text for each other character that we print, for terminals that cannot show it. */
const plain = {
	"…": "...",
	"–": "-",
	"—": "-",
	"→": "->",
	"×": "x",
	"─": "-",
	"│": "|",
	"┤": "|",
	"┬": "+",
	"└": "+",
	"✓": "ok",
	"▁": ".",
	"▂": ".",
	"▃": ":",
	"▄": ":",
	"▅": "#",
	"▆": "#",
	"▇": "#",
	"█": "#"
};
/**
* Text for a terminal. If the locale names another encoding than UTF-8, only ASCII is left; a locale that names none
* (C, POSIX, or no variable at all, as in containers) says nothing about the terminal, and UTF-8 is what terminals are.
*/
function forTerminal(text, env) {
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
	const [, encoding = ""] = /\.([\w-]+)/.exec(locale) ?? [];
	if (encoding === "" || /^utf-?8$/i.test(encoding)) return text;
	return text.replaceAll(/[^\u0000-\u007f]/gu, (character) => plain[character] ?? "?");
}
// src/host/log.ts
const patienceMilliseconds = 2e3;
const reminderMilliseconds = 1e4;
/** A log for a terminal (one live line while a task runs) or for a file (a line at intervals). */
function createLog(options = {}) {
	const stream = options.stream ?? process.stderr;
	const live = stream.isTTY === true && process.env.TERM !== "dumb" && !options.quiet;
	const shown = (line) => stream.isTTY === true ? forTerminal(line, process.env) : line;
	const write = (line) => stream.write(`${live ? "\r\x1B[K" : ""}${shown(line)}\n`);
	return {
		info: (message) => {
			if (!options.quiet) write(message);
		},
		detail: (message) => {
			if (options.verbose) write(styled("dim", message, stream));
		},
		warn: (message) => write(`${styled("yellow", "warning:", stream)} ${message}`),
		task: async (title, work) => {
			const started = performance.now();
			const seconds = () => (performance.now() - started) / 1e3;
			let note = "";
			const line = () => `${title}${note === "" ? "" : `: ${note}`} (${seconds().toFixed(0)} s)`;
			const beat = setInterval(() => {
				if (options.quiet) return;
				if (live) stream.write(`\r\u001b[K${shown(line())}`);
				else write(`… ${line()}`);
			}, live ? patienceMilliseconds / 4 : reminderMilliseconds);
			const first = setTimeout(() => {
				if (!live && !options.quiet) write(`… ${line()}`);
			}, patienceMilliseconds);
			beat.unref();
			first.unref();
			try {
				const result = await work((text) => {
					note = text;
				});
				stop();
				if (seconds() * 1e3 >= patienceMilliseconds && !options.quiet) write(`${title}: done in ${seconds().toFixed(1)} s`);
				else if (options.verbose) write(styled("dim", `${title}: ${seconds().toFixed(2)} s`, stream));
				return result;
			} finally {
				stop();
			}
			function stop() {
				clearInterval(beat);
				clearTimeout(first);
				if (live) stream.write("\r\x1B[K");
			}
		}
	};
}
/** A log that says nothing; for tests and for library use. */
const silentLog = {
	info: () => {},
	detail: () => {},
	warn: () => {},
	task: (_title, work) => work(() => {})
};
/**
* Colours text. FORCE_COLOR decides if it is set (`0` and `false` mean no); otherwise NO_COLOR if it is not empty
* (no-color.org); otherwise whether the stream is a terminal that can show colours.
*/
function styled(style, text, stream = process.stdout) {
	return hasColours(process.env, stream.isTTY === true) ? styleText(style, text, { validateStream: false }) : text;
}
/** @param isTerminal whether the stream is a terminal */
function hasColours(env, isTerminal) {
	const { FORCE_COLOR: forced, NO_COLOR: none = "", TERM: terminal } = env;
	if (forced !== void 0) return !["0", "false"].includes(forced);
	return none === "" && isTerminal && terminal !== "dumb";
}
// src/host/one-line.ts
/**
* A text on one line: each line break, with the blanks around it, becomes one space. Line breaks are those of Unicode
* (UAX #14: LF, CR, VT, FF, NEL, LS, PS), because the program that shows the text may know more of them than
* JavaScript does. Runs in linear time for any text.
*/
function oneLine(text) {
	return text.split(/[\n\r\v\f\u0085\u2028\u2029]/).map((line, at, all) => at === 0 ? line.trimEnd() : at === all.length - 1 ? line.trimStart() : line.trim()).filter((line, at, all) => line !== "" || at === 0 || at === all.length - 1).join(" ");
}
/**
* A text from outside on one line, for messages: control characters, which could steer a terminal, become spaces, and a
* long text is cut.
* @param longest in characters
*/
function plainLine(text, longest) {
	const line = oneLine(text).replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, " ").trim();
	return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
/** The text without the slashes at its end. */
function withoutTrailingSlashes(text) {
	let end = text.length;
	while (end > 0 && text[end - 1] === "/") end -= 1;
	return text.slice(0, end);
}
// src/host/documentation.ts
/**
* The address of a page of the documentation, for messages: most users of the program do not have this repository.
* @param page file name in docs/
*/
function documentation(page) {
	return `https://github.com/coxswain-os/coxswain/blob/main/docs/${page}`;
}
// src/host/markdown.ts
/** Text as a code block that nothing in the text can end. */
function codeBlock(text) {
	const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
	return `${fence}text\n${text.trimEnd()}\n${fence}`;
}
/**
* Plain text: no markup, no mention of a person, no reference to an issue. Addresses stay links, as GitHub makes them.
* GitHub looks for mentions and references after Markdown is read, so a backslash does not stop them: a word joiner
* does.
*/
function plainText(text) {
	return oneLine(text).trim().replace(/[\\`*_[\]|~]/g, "\\$&").replace(/[@#](?=\w)/g, "$&⁠").replace(/^(?=[-+#=]|\d{1,9}[.)](\s|$))/, "​").replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
/** Text in code type, inside a sentence or a table. */
function code(text) {
	const inner = oneLine(text).replaceAll("|", "\\|");
	const fence = "`".repeat(longestRun(inner) + 1);
	const gap = /^`|`$/.test(inner) || inner.trim() !== inner ? " " : "";
	return `${fence}${gap}${inner}${gap}${fence}`;
}
function longestRun(text) {
	return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
/** A table; cells are Markdown already. */
function table(head, rows) {
	const line = (cells) => `| ${cells.join(" | ")} |`;
	return [
		line(head),
		`|${head.map(() => "---|").join("")}`,
		...rows.map(line)
	].join("\n");
}
// src/host/report.ts
/** A sentence with values: say`pushed ${exact(reference)}`. */
function say(parts, ...values) {
	const words = values.map((value) => wordsOf(typeof value === "number" ? String(value) : value));
	return {
		text: String.raw({ raw: parts }, ...words.map(({ text }) => text)),
		markdown: String.raw({ raw: parts }, ...words.map(({ markdown }) => markdown))
	};
}
/** A value that people copy, such as a digest or a command: in code type in a job summary. */
function exact(value) {
	return {
		text: value,
		markdown: code(value)
	};
}
/** Values that people copy, one after the other. */
function exactly(values, separator = ", ") {
	return {
		text: values.join(separator),
		markdown: values.map(code).join(separator)
	};
}
/** `1 error`, `2 errors` */
function count(number, noun) {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
/** The texts of a verb's outcome. Several reports, one for each fleet for example, follow one another. */
function renderReports(...reports) {
	return {
		text: reports.map(reportText).join("\n"),
		summary: reports.map(reportMarkdown).join("\n\n")
	};
}
/** For the terminal: the headline, and the facts indented under it. */
function reportText({ headline, facts }) {
	return [wordsOf(headline).text, ...facts.flatMap((fact) => fact === void 0 ? [] : factLines(fact))].join("\n");
}
/** For a job summary and a comment: a heading of level 3, and under it lists, tables and code blocks. */
function reportMarkdown({ headline, facts }) {
	const blocks = [`### ${wordsOf(headline).markdown}`];
	let items = [];
	const endList = () => {
		if (items.length > 0) blocks.push(items.join("\n"));
		items = [];
	};
	for (const fact of facts) {
		if (fact === void 0) continue;
		if (isSentence(fact)) items.push(`- ${wordsOf(fact).markdown}`);
		else {
			endList();
			blocks.push(...factBlocks(fact));
		}
	}
	endList();
	return blocks.join("\n\n");
}
function factLines(fact) {
	if (isSentence(fact)) return [`  ${wordsOf(fact).text}`];
	if ("warning" in fact) return [`  warning: ${wordsOf(fact.warning).text}`];
	if ("rows" in fact) return alignedRows(fact.rows).map((row) => `  ${row}`);
	if ("lines" in fact) return fact.lines.map((line) => `  ${line}`);
	if (fact.block.trim() === "") return [];
	return [
		"",
		...fact.title === void 0 ? [] : [`--- ${fact.title} ---`],
		fact.block.trimEnd()
	];
}
function factBlocks(fact) {
	if ("warning" in fact) return [`> [!WARNING]\n> ${wordsOf(fact.warning).markdown}`];
	if ("rows" in fact) {
		const rows = fact.rows.map((row) => row.map((cell) => wordsOf(cell).markdown));
		return rows.length === 0 ? [] : [table(fact.head, rows)];
	}
	if ("lines" in fact) return fact.lines.length === 0 ? [] : [section(fact.title, fact.lines.join("\n"), "")];
	if (fact.block.trim() === "") return [];
	return [fact.title === void 0 ? codeBlock(fact.block) : section(fact.title, fact.block, " open")];
}
/** A section that a reader can open and close. */
function section(title, text, state) {
	return `<details${state}><summary>${plainText(title)}</summary>\n\n${codeBlock(text)}\n\n</details>`;
}
function alignedRows(rows) {
	const texts = rows.map((row) => row.map((cell) => wordsOf(cell).text));
	const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
	return texts.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}
function isSentence(fact) {
	return typeof fact === "string" || "markdown" in fact;
}
function wordsOf(sentence) {
	return typeof sentence === "string" ? {
		text: sentence,
		markdown: plainText(sentence)
	} : sentence;
}
// src/host/tools.ts
init_errors();
/** The Debian and Ubuntu package of each program that we call. */
const packages = {
	"apt-cache": "apt",
	"apt-get": "apt",
	buildah: "buildah",
	busybox: "busybox-static",
	cpio: "cpio",
	"docker-registry": "docker-registry",
	depmod: "kmod",
	dpkg: "dpkg",
	"dpkg-deb": "dpkg",
	git: "git",
	"fuse-overlayfs": "fuse-overlayfs",
	gzip: "gzip",
	"mkfs.erofs": "erofs-utils",
	debugfs: "e2fsprogs",
	du: "coreutils",
	e2fsck: "e2fsprogs",
	"mkfs.ext4": "e2fsprogs",
	mmdebstrap: "mmdebstrap",
	modprobe: "kmod",
	newuidmap: "uidmap",
	"qemu-system-aarch64": "qemu-system-arm",
	"qemu-system-x86_64": "qemu-system-x86",
	rpm: "rpm",
	sbverify: "sbsigntool",
	skopeo: "skopeo",
	slirp4netns: "slirp4netns",
	mount: "mount",
	unshare: "util-linux",
	xmllint: "libxml2-utils",
	xz: "xz-utils",
	zstd: "zstd"
};
/** Fedora packages that have another name than Debian's. */
const fedoraPackages = {
	"busybox-static": "busybox",
	"qemu-system-arm": "qemu-system-aarch64-core",
	"qemu-system-x86": "qemu-system-x86-core",
	mount: "util-linux-core",
	sbsigntool: "sbsigntools",
	uidmap: "shadow-utils",
	"util-linux": "util-linux-core",
	"xz-utils": "xz"
};
/** The Fedora package of a program. */
function fedoraPackageOf(program) {
	const debian = packageOf(program);
	return fedoraPackages[debian] ?? debian;
}
/** The Debian package of a program. */
function packageOf(program) {
	return packages[program] ?? program;
}
/** Where programs were found, by PATH and name: a verb starts the same few programs dozens of times. */
const found = /* @__PURE__ */ new Map();
/** Full path of a program, looked up in PATH and the system folders that a user's PATH may lack. */
function findTool(name, env = process.env) {
	if (name.includes("/")) return isExecutable(name) ? name : void 0;
	const question = `${env.PATH ?? ""}\0${name}`;
	const known = found.get(question);
	if (known !== void 0 && isExecutable(known)) return known;
	const folders = [
		...(env.PATH ?? "").split(delimiter),
		"/usr/sbin",
		"/sbin"
	].filter((folder) => folder !== "");
	for (const folder of folders) {
		const path = join(folder, name);
		if (!isExecutable(path)) continue;
		found.set(question, path);
		return path;
	}
}
function isExecutable(path) {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
/**
* Makes sure that programs are installed, before any work begins.
* @throws InputError that names every missing program and the packages that contain them
*/
function requireTools(names, env = process.env) {
	const missing = names.filter((name) => findTool(name, env) === void 0);
	if (missing.length === 0) return;
	const wanted = [...new Set(missing.map(packageOf))];
	throw new InputError({
		problem: `${missing.length === 1 ? "a program is" : "programs are"} not installed: ${missing.join(", ")}`,
		remedy: `On Debian or Ubuntu: apt-get install --no-install-recommends ${wanted.join(" ")}`
	});
}
init_errors();
/**
* Runs a program to its end, without a shell.
* @throws InputError when the program is not installed
* @throws OutsideError on any other exit code, with the last lines it printed, and when its time is over
*/
async function exec(program, args, options = {}) {
	requireTools([program]);
	const { onLine, input, seconds } = options;
	const doing = options.doing ?? `running ${[program, ...args].join(" ")}`;
	const child = spawn(findTool(program) ?? program, args, {
		stdio: [
			input === void 0 ? "ignore" : "pipe",
			"pipe",
			"pipe"
		],
		env: {
			...process.env,
			...options.env
		},
		...defined({ cwd: options.cwd })
	});
	const forget = endWithUs(child);
	try {
		const result = await withinTime(child, seconds, runToEnd(child, input, onLine));
		if (result === void 0) throw new OutsideError(doing, `${program} did not end within ${seconds} s`);
		const { exitCode, end, stdout, stderr } = result;
		if (exitCode === void 0 || !(options.allow ?? [0]).includes(exitCode)) throw new OutsideError(doing, `${end}${lastLines(stderr || stdout)}`);
		return {
			exitCode,
			stdout,
			stderr
		};
	} finally {
		forget();
	}
}
/** More output than this would fill the memory. */
const maximumBytes = 1e8;
/** @returns when the program has ended and its output is closed */
function runToEnd(child, input, onLine) {
	let failure;
	const fail = (problem) => {
		failure ??= problem;
		child.kill();
	};
	const read = (stream) => {
		const chunks = [];
		let size = 0;
		stream.on("data", (chunk) => {
			size += chunk.length;
			if (size > maximumBytes) fail(`it printed more than ${maximumBytes} bytes`);
			else chunks.push(chunk);
		});
		if (onLine !== void 0) createInterface({ input: stream }).on("line", onLine);
		return chunks;
	};
	const [stdout, stderr] = [read(child.stdout), read(child.stderr)];
	if (child.stdin !== null && input !== void 0) {
		child.stdin.on("error", () => {});
		if (input instanceof Readable) {
			input.once("error", (error) => fail(messageOf(error)));
			input.pipe(child.stdin);
		} else child.stdin.end(input);
	}
	return new Promise((resolve) => {
		const textOf = (chunks) => Buffer.concat(chunks).toString("utf8");
		const settle = (exitCode, end) => resolve({
			exitCode,
			end,
			stdout: textOf(stdout),
			stderr: textOf(stderr)
		});
		child.once("error", (error) => settle(void 0, messageOf(error)));
		child.once("close", (code, signal) => {
			if (failure !== void 0) settle(void 0, failure);
			else settle(code ?? void 0, code === null ? String(signal) : `exit code ${code}`);
		});
	});
}
const running = /* @__PURE__ */ new Set();
/** The program is ended when this process ends before it. @returns a function to call when it has ended */
function endWithUs(child) {
	if (running.size === 0) process.on("exit", endAll);
	running.add(child);
	const forget = onInterrupt(() => {
		child.kill();
	});
	return () => {
		forget();
		running.delete(child);
		if (running.size === 0) process.off("exit", endAll);
	};
}
function endAll() {
	for (const child of running) child.kill();
}
/** Seconds between asking a program to end and killing it. */
const graceSeconds = 2;
/**
* Ends a program whose time is over. Its children may keep its output open, so nothing waits for that.
* @returns undefined if it was ended
*/
async function withinTime(child, seconds, ended) {
	if (seconds === void 0) return ended;
	let timer;
	const over = new Promise((resolve) => {
		timer = setTimeout(() => {
			child.kill("SIGTERM");
			setTimeout(() => child.kill("SIGKILL"), graceSeconds * 1e3).unref();
			child.stdout?.destroy();
			child.stderr?.destroy();
			resolve(void 0);
		}, seconds * 1e3);
	});
	try {
		return await Promise.race([ended, over]);
	} finally {
		clearTimeout(timer);
	}
}
function lastLines(text) {
	const lines = text.trimEnd().split("\n").slice(-12);
	return lines.join("") === "" ? "" : `\n  ${lines.join("\n  ")}\n`;
}
// src/host/container-storage.ts
init_errors();
const infoSchema = looseObject({ store: looseObject({
	GraphRoot: string(),
	GraphDriverName: string()
}) });
/**
* Asks buildah: it knows of configuration files, the environment and what the kernel can do.
* @param env for buildah; default: that of this process
*/
async function readContainerStorage(env) {
	const given = Object.entries(env ?? {}).filter((entry) => entry[1] !== void 0);
	const doing = "asking buildah for its folder of images";
	const { stdout } = await exec("buildah", ["info"], {
		doing,
		env: Object.fromEntries(given)
	});
	const parsed = infoSchema.safeParse(JSON.parse(stdout));
	if (!parsed.success) throw new OutsideError(doing, `its answer does not name it: ${stdout.slice(0, 200)}`);
	return {
		folder: parsed.data.store.GraphRoot,
		driver: parsed.data.store.GraphDriverName
	};
}
// src/host/disk-space.ts
init_errors();
/**
* Makes sure that there is enough disk space for a task, before it begins. The needs of folders in the same file system
* are added.
* @throws InputError that names every need, if a file system has too little space
*/
async function requireSpace(needs) {
	const devices = /* @__PURE__ */ new Map();
	for (const need of needs) {
		const folder = await existing(need.folder);
		const { dev } = await stat(folder);
		const device = devices.get(dev) ?? {
			folder,
			needs: []
		};
		device.needs.push(need);
		devices.set(dev, device);
	}
	for (const { folder, needs: here } of devices.values()) {
		const { bavail, bsize } = await statfs(folder);
		const free = bavail * bsize;
		const wanted = here.reduce((sum, { bytes }) => sum + bytes, 0);
		if (free >= wanted) continue;
		const parts = here.map(({ bytes, what, folder: of }) => `${inGigabytes(bytes)} for ${what} in ${of}`);
		throw new InputError({
			where: folder,
			problem: "there is not enough disk space, and nothing was begun",
			found: `${inGigabytes(free)} free`,
			expected: `about ${inGigabytes(wanted)} (${parts.join(", ")})`,
			remedy: "Free some, or use a larger disk: TMPDIR moves temporary files, CONTAINERS_STORAGE_CONF the images."
		});
	}
}
/** The folder, or the nearest one above it that exists. */
async function existing(folder) {
	for (let each = folder;; each = dirname(each)) try {
		await stat(each);
		return each;
	} catch (error) {
		if (!isMissing(error) || each === dirname(each)) throw error;
	}
}
function inGigabytes(bytes) {
	return `${(bytes / 1e9).toFixed(1)} GB`;
}
// src/host/parallel.ts
/**
* Calls a function for many items, with a limit on how many calls run at the same time. After the first failure no more
* are started; the failure is thrown when the running calls have ended.
*/
async function inParallel(items, parallel, work) {
	const waiting = [...items];
	const failures = [];
	const worker = async () => {
		for (let next = waiting.shift(); next !== void 0 && failures.length === 0; next = waiting.shift()) try {
			await work(next);
		} catch (error) {
			failures.push(error);
		}
	};
	await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
	if (failures.length > 0) throw failures[0];
}
/**
* Waits for all that was started together. If several fail, the first in the list is thrown, and not the fastest: so the
* same mistake gets the same error.
*/
async function allInOrder(started) {
	await Promise.allSettled(started);
	const results = [];
	for (const each of started) results.push(await each);
	return results;
}
/**
* Starts a program that outlives this call (a registry, a virtual machine), and writes its output to a file. It is
* stopped on Ctrl-C and SIGTERM of this process, and killed when this process is; otherwise the caller stops it.
* @throws InputError when the program is not installed
*/
async function startProcess(program, args, options) {
	requireTools([program]);
	const log = openSync(options.logFile, "a");
	const path = findTool(program) ?? program;
	const dyingWithUs = findTool("setpriv");
	const [file, ...prefix] = dyingWithUs === void 0 ? [path] : [
		dyingWithUs,
		"--pdeathsig",
		"KILL",
		"--",
		path
	];
	const child = spawn(file, [...prefix, ...args], {
		stdio: [
			"ignore",
			log,
			log
		],
		detached: true,
		env: {
			...process.env,
			...options.env
		},
		...defined({ cwd: options.cwd })
	});
	closeSync(log);
	let gone = false;
	const ended = new Promise((resolve) => {
		child.once("exit", (code, signal) => {
			gone = true;
			forget();
			resolve({
				code,
				signal
			});
		});
	});
	await new Promise((resolve, reject) => {
		child.once("spawn", resolve);
		child.once("error", reject);
	});
	const stop = async (graceMilliseconds = 5e3) => {
		if (gone) return;
		child.kill("SIGTERM");
		const timer = setTimeout(() => child.kill("SIGKILL"), graceMilliseconds);
		await ended;
		clearTimeout(timer);
	};
	const forget = onInterrupt(() => stop(1e3));
	return {
		pid: child.pid,
		ended,
		stop
	};
}
// src/host/inside-root.ts
init_errors();
/** The kernel's own limit (path_resolution(7)). */
const mostLinks = 40;
const mostParts = 4096;
/**
* Opens a root file system whose content is not ours: absolute links, and `..` above the top, stay inside it, as for a
* process whose root it is (openat2(2), RESOLVE_IN_ROOT). Devices and pipes are never opened. The tree must not change
* meanwhile.
*/
function insideRoot(folder) {
	const resolve = (path) => resolveIn(folder, path);
	return {
		folder,
		resolve,
		readFile: async (path, { largest }) => {
			const found = await resolve(path);
			if (found?.kind !== "file") return void 0;
			if (found.size > largest) throw new InputError({
				where: path,
				problem: "a file of the image is too large",
				found: found.size,
				expected: `at most ${largest} bytes`
			});
			const file = await open(found.hostPath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
			try {
				return await file.readFile();
			} finally {
				await file.close();
			}
		},
		list: async (path) => {
			const found = await resolve(path);
			return found?.kind === "folder" ? (await readdir(found.hostPath)).sort() : [];
		}
	};
}
async function resolveIn(root, path) {
	const waiting = path.split("/").reverse();
	const reached = [];
	let links = 0;
	for (let parts = 0; waiting.length > 0; parts += 1) {
		if (parts > mostParts) return void 0;
		const part = waiting.pop();
		if (part === "" || part === ".") continue;
		if (part === "..") {
			reached.pop();
			continue;
		}
		const hostPath = join(root, ...reached, part);
		const entry = await entryAt(hostPath);
		if (entry === void 0) return void 0;
		if (!entry.isSymbolicLink()) {
			if (!entry.isDirectory() && waiting.some((each) => each !== "" && each !== ".")) return void 0;
			reached.push(part);
			continue;
		}
		links += 1;
		if (links > mostLinks) return void 0;
		const target = await readlink(hostPath);
		if (target.startsWith("/")) reached.length = 0;
		waiting.push(...target.split("/").reverse());
	}
	const hostPath = join(root, ...reached);
	const entry = await entryAt(hostPath);
	if (entry === void 0) return void 0;
	const kind = entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
	return {
		path: `/${reached.join("/")}`,
		hostPath,
		kind,
		size: entry.size
	};
}
async function entryAt(path) {
	try {
		return await lstat(path);
	} catch (error) {
		const code = error.code;
		if (isMissing(error) || code === "ENOTDIR" || code === "ENAMETOOLONG") return void 0;
		throw error;
	}
}
// src/host/percent.ts
/**
* A share of 0 to 1 as people read it: `12.5 %`. It is rounded, but never to 0 % or 100 % if that would not be true:
* `< 0.1 %`, `> 99.9 %`.
* @param digits how many decimals at most
*/
function formatPercent(share, digits = 1) {
	const least = 1 / 10 ** digits;
	const value = share * 100;
	if (value > 0 && value < least) return `< ${least} %`;
	if (value < 100 && value > 100 - least) return `> ${(100 - least).toFixed(digits)} %`;
	return `${Number(value.toFixed(digits))} %`;
}
// src/host/hash-file.ts
/** The digest of a stream's content, and its length in bytes. */
async function hashOfFile(content) {
	const hash = createHash("sha256");
	let size = 0;
	for await (const chunk of content) {
		hash.update(chunk);
		size += chunk.length;
	}
	return {
		hash: `sha256:${hash.digest("hex")}`,
		size
	};
}
// src/host/findings.ts
/**
* Findings as the texts of a verb's outcome: errors come first. The terminal shows the report after them, because its
* end stays visible.
*/
function renderFindings(findings, report) {
	const sorted = findings.toSorted((one, other) => rank(one) - rank(other));
	return {
		text: [...sorted.flatMap(findingLines), reportText(report)].join("\n"),
		summary: [reportMarkdown(report), ...sorted.length === 0 ? [] : [findingsTable(sorted)]].join("\n\n")
	};
}
function rank({ severity }) {
	return severity === "error" ? 0 : 1;
}
/** A line, as compilers write it, with the remedy under it. */
function findingLines({ severity, rule, where, message, remedy }) {
	return [`${where}: ${severity}: ${message} [${rule}]`, ...remedy === void 0 ? [] : [`    ${remedy}`]];
}
function findingsTable(findings) {
	return table([
		"",
		"where",
		"what",
		"what to do",
		"rule"
	], findings.map(({ severity, where, message, remedy, rule }) => [
		severity,
		/^https?:/.test(where) ? plainText(where) : code(where),
		plainText(message),
		plainText(remedy ?? ""),
		code(rule)
	]));
}
// src/cli/questions.ts
init_errors();
/** Whether a person is there to answer: a pipe, a file and a workflow run never are. */
function canAsk(env) {
	return process.stdin.isTTY === true && process.stderr.isTTY === true && env.TERM !== "dumb" && (env.CI ?? "") === "";
}
/** Questions on the terminal. They are written to standard error, so that standard output stays the answer. */
async function askOnTerminal() {
	const { select, text } = await import("./dist.mjs");
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
// src/host/repeat.ts
/**
* Does something again and again until a signal asks to stop. What is being done then is finished first; a second
* signal ends the process at once.
* @param seconds between the end of one time and the start of the next
* @returns the signal
*/
async function repeat(seconds, work) {
	let stoppedBy;
	const signalled = untilSignal().then((signal) => {
		stoppedBy = signal;
	});
	for (;;) {
		await work();
		let timer;
		const passed = new Promise((resolve) => {
			timer = setTimeout(resolve, seconds * 1e3);
		});
		await Promise.race([signalled, passed]);
		clearTimeout(timer);
		if (stoppedBy !== void 0) return stoppedBy;
	}
}
// src/host/root.ts
init_errors();
/** Set in the environment of the second run, so that there is never a third. */
const secondRun = "COXSWAIN_RUNS_AS_ROOT";
/**
* A user namespace rather than sudo: what is written then belongs to the user. But sudo is better if buildah can only
* copy whole file systems in a user namespace (storage driver vfs).
* @throws InputError that says why neither works
*/
function chooseWay({ namespace, sudo }, user) {
	const inNamespace = {
		kind: "namespace",
		command: ["buildah", "unshare"]
	};
	if ("storageDriver" in namespace && (namespace.storageDriver !== "vfs" || sudo !== "works")) return inNamespace;
	if (sudo === "works") return {
		kind: "sudo",
		command: [
			"sudo",
			"-n",
			"--preserve-env"
		]
	};
	const problems = [`buildah unshare: ${"problem" in namespace ? namespace.problem : "works"}`, `sudo: ${sudo.problem}`];
	throw new InputError({
		problem: `the files of an image are seen as they are by root only, and ${user} cannot become root here (${problems.join("; ")})`,
		remedy: `Give ${user} subordinate IDs (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}; package uidmap), allow it sudo without a password, or run this as root.`
	});
}
/**
* If this process is not root, runs its own command line again as root, and returns the exit code of that run.
* @returns undefined if this process is root: continue
* @throws InputError when this user cannot become root
*/
async function runAgainAsRoot() {
	if (process.getuid?.() === 0) return void 0;
	if (process.env[secondRun] !== void 0) throw new InputError({ problem: `${process.env[secondRun]} was to make this process root, and did not` });
	requireTools(["buildah"]);
	const way = chooseWay(await probe(), userInfo().username);
	const [program = "", ...first] = way.command;
	const kept = way.kind === "sudo" ? ["env", ...keptBySudo()] : [];
	const again = [
		process.execPath,
		...process.execArgv,
		...process.argv.slice(1)
	];
	return runToItsEnd(findTool(program) ?? program, [
		...first,
		...kept,
		...again
	], {
		...process.env,
		[secondRun]: way.command.join(" ")
	});
}
function keptBySudo() {
	return ["PATH", "HOME"].flatMap((name) => process.env[name] === void 0 ? [] : [`${name}=${process.env[name]}`]);
}
/** It is tried, because reading settings is not enough: it depends on the kernel, profiles, files and packages. */
async function probe() {
	return {
		namespace: await probeNamespace(),
		sudo: await probeSudo()
	};
}
/** One ID is not enough for the files of an image: then `buildah unshare` works, but building does not. */
const enoughIds = 65536;
async function probeNamespace() {
	try {
		const { stdout } = await exec("buildah", [
			"unshare",
			"cat",
			"/proc/self/uid_map"
		]);
		const ids = stdout.trim().split("\n").reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0);
		if (ids < enoughIds) return { problem: `this user has no subordinate IDs (${ids} in /proc/self/uid_map)` };
		return { storageDriver: (await readContainerStorage()).driver };
	} catch (error) {
		return { problem: lastLine(messageOf(error)) };
	}
}
async function probeSudo() {
	if (findTool("sudo") === void 0) return { problem: "not installed" };
	try {
		await exec("sudo", ["-n", "true"]);
		return "works";
	} catch (error) {
		return { problem: lastLine(messageOf(error)) };
	}
}
function lastLine(text) {
	return text.trim().split("\n").at(-1)?.trim() ?? "";
}
/** How long the second run may take to clean up when it is interrupted. */
const graceMilliseconds = 3e4;
/** It has its own process group, which gets each signal once, because not all programs between us pass signals on. */
async function runToItsEnd(program, args, env) {
	const child = spawn(program, [...args], {
		stdio: "inherit",
		detached: true,
		env
	});
	const signalGroup = (signal) => {
		try {
			return process.kill(-child.pid, signal);
		} catch {
			return false;
		}
	};
	let interrupted;
	takeSignals();
	for (const signal of [
		"SIGINT",
		"SIGTERM",
		"SIGHUP"
	]) process.on(signal, () => {
		if (interrupted === void 0) signalGroup(signal);
		interrupted ??= signal;
	});
	const code = await new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", resolve);
	});
	if (interrupted === void 0) return code ?? 1;
	const until = performance.now() + graceMilliseconds;
	while (signalGroup(0) && performance.now() < until) await setTimeout$1(100);
	return {
		SIGINT: 130,
		SIGTERM: 143,
		SIGHUP: 129
	}[interrupted];
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
export { beforeWriting as $, plainText as A, wholeNumber as At, exists as B, nearest as Bt, exactly as C, choice as Ct, say as D, parsed as Dt, reportText as E, many as Et, withoutTrailingSlashes as F, parseTime as Ft, writeFileAtomically as G, messageOf as Gt, makeFolder as H, OutsideError as Ht, createLog as I, requireDay as It, thisProcess as J, removeAbandoned as K, quote as Kt, silentLog as L, defined as Lt, documentation as M, formatTime as Mt, oneLine as N, longestDuration as Nt, code as O, readChoice as Ot, plainLine as P, parseDuration as Pt, answerOfRehearsal as Q, styled as R, definedVariables as Rt, exact as S, verbFirst as St, reportMarkdown as T, flag as Tt, readFileIfThere as U, UsageError as Ut, isMissing as V, InputError as Vt, withTemporaryFolder as W, init_errors as Wt, untilSignal as X, onInterrupt as Y, Rehearsed as Z, fedoraPackageOf as _, filesLine as _t, askOnTerminal as a, rehearsalAnswer as at, requireTools as b, readArguments as bt, hashOfFile as c, exitCodeOf as ct, startProcess as d, commandLineInputs as dt, isRehearsal as et, allInOrder as f, directory as ft, exec as g, completeWord as gt, readContainerStorage as h, withForgeInputs as ht, repeat as i, errorAnswer as it, table as j, formatDuration as jt, codeBlock as k, text as kt, formatPercent as l, exitCodes as lt, requireSpace as m, placeInputs as mt, chooseWay as n, defineVerb as nt, canAsk as o, programHelp as ot, inParallel as p, isRehearsed as pt, surelyEnded as q, runAgainAsRoot as r, needsRoot as rt, renderFindings as s, verbHelp as st, versionLine as t, rehearsalVariable as tt, insideRoot as u, kindOf as ut, findTool as v, commonInputs as vt, renderReports as w, duration as wt, count as x, readValues as xt, packageOf as y, positionalInputs as yt, forTerminal as z, init_defined as zt };
