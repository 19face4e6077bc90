import { A as messageOf, D as InputError, E as parseTime, T as parseDuration, k as UsageError } from "./host.mjs";
import { P as architectures } from "./world-registry.mjs";
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
export { programHelp as a, readArguments as c, flag as d, many as f, needsRoot as i, readValues as l, text as m, architecture as n, verbHelp as o, parsed as p, defineVerb as r, commonInputs as s, directory as t, duration as u };
