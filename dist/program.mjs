import { Bt as nearest, G as writeFileAtomically, Gt as messageOf, I as createLog, N as oneLine, Q as answerOfRehearsal, R as styled, St as verbFirst, Ut as UsageError, Wt as init_errors, _t as filesLine, at as rehearsalAnswer, bt as readArguments, ct as exitCodeOf, dt as commandLineInputs, et as isRehearsal, ht as withForgeInputs, it as errorAnswer, lt as exitCodes, mt as placeInputs, ot as programHelp, pt as isRehearsed, rt as needsRoot, st as verbHelp, tt as rehearsalVariable, ut as kindOf, vt as commonInputs, yt as positionalInputs, z as forTerminal } from "./chunks/host.mjs";
import { D as config } from "./chunks/libraries.mjs";
import { a as readTexts, n as askedHelp } from "./chunks/start.mjs";
import { basename, extname } from "node:path";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
// src/program.ts
init_errors();
config({ jitless: true });
const folder = new URL("./verbs/", import.meta.url);
const ending = extname(fileURLToPath(import.meta.url));
async function verbNames() {
	return (await readdir(folder)).filter((file) => extname(file) === ending).map((file) => basename(file, ending)).sort();
}
async function loadVerb(name) {
	return (await import(new URL(`${name}${ending}`, folder).href)).default;
}
const ownOptions = [
	"--version",
	"-V",
	"--help",
	"-h"
];
async function main(args) {
	const [name, ...rest] = args[0]?.startsWith("-") === true && !ownOptions.includes(args[0]) ? verbFirst(args, {
		...commonInputs,
		...placeInputs
	}) : args;
	const names = await verbNames();
	if (name === "--version" || name === "-V" || name === "version") {
		const { versionLine } = await import("./chunks/version.mjs");
		process.stdout.write(`${await versionLine(fileURLToPath(import.meta.url))}\n`);
		return 0;
	}
	if (name === "__complete") {
		process.stdout.write(await answerShell(rest, names));
		return 0;
	}
	const asked = askedHelp(name === void 0 ? [] : [name, ...rest]);
	if (asked !== void 0 || name === void 0) {
		process.stdout.write(await helpText(asked?.verb, names));
		return asked?.exitCode ?? exitCodes.usage.code;
	}
	const verb = await loadVerb(requireVerb(name, names));
	if (process.env.COXSWAIN_INPUTS !== void 0 && rest.length === 0) {
		const { runAsAction } = await import("./chunks/run-action.mjs");
		return runAsAction(name, verb, process.env);
	}
	const values = readArguments({
		...commonInputs,
		...commandLineInputs(verb)
	}, rest);
	if (isRehearsed(verb, values)) process.env[rehearsalVariable] = "1";
	if (needsRoot(verb, process.env)) {
		const { runAgainAsRoot } = await import("./chunks/root.mjs");
		const code = await runAgainAsRoot();
		if (code !== void 0) return code;
	}
	const common = readCommon(values);
	const context = {
		log: createLog({
			verbose: common.verbose,
			quiet: common.quiet
		}),
		env: withForgeInputs(process.env, values),
		now: () => common.now ?? Math.floor(Date.now() / 1e3),
		json: common.json
	};
	const outcome = await verb.run(values, context);
	if (isRehearsal()) context.log.info("dry run: nothing was written");
	const json = jsonText(outcome.data);
	if (common["json-file"] !== void 0) await writeFileAtomically(common["json-file"], json);
	process.stdout.write(common.json ? json : forPeople(withNewline(outcome.text), process.stdout));
	return outcome.exitCode ?? 0;
}
/** @throws UsageError if there is no such verb */
function requireVerb(name, names) {
	if (names.includes(name)) return name;
	const meant = nearest(name, names);
	throw new UsageError(`unknown verb ${JSON.stringify(name)}${meant === void 0 ? "" : `. Did you mean ${meant}?`}`);
}
/** @param verb absent: of the program @throws UsageError if there is no such verb */
async function helpText(verb, names) {
	if (verb !== void 0) return verbHelp(verb, await loadVerb(requireVerb(verb, names)));
	return programHelp(await summaries(names));
}
/** Name and summary of each verb: of the file of help texts, or of the verbs themselves. */
async function summaries(names) {
	const made = readTexts(new URL("help.json", import.meta.url))?.verbs ?? {};
	return Promise.all(names.map(async (name) => [name, made[name]?.summary ?? (await loadVerb(name)).summary]));
}
/** Every help text: `script/build` writes them to a file (cli/made-help.ts). */
async function helpTexts() {
	const verbs = {};
	for (const name of await verbNames()) {
		const verb = await loadVerb(name);
		verbs[name] = {
			summary: verb.summary,
			help: verbHelp(name, verb)
		};
	}
	return {
		program: programHelp(Object.entries(verbs).map(([name, { summary }]) => [name, summary])),
		verbs
	};
}
/** What the completion scripts ask: one line for each proposal. */
async function answerShell(words, names) {
	const { complete } = await import("./chunks/complete.mjs");
	const { fleets, versions } = await import("./chunks/checkout-values.mjs");
	const { candidates, files } = await complete(words, {
		verbs: async () => [...(await summaries(names)).map(([value, about]) => ({
			value,
			about
		})), {
			value: "help",
			about: "Show the verbs, or what one of them does"
		}],
		inputsOf: async (verb) => names.includes(verb) ? {
			...commandLineInputs(await loadVerb(verb)),
			...commonInputs
		} : void 0,
		positionals: positionalInputs,
		fleets,
		versions
	});
	return `${candidates.map(({ value, about }) => `${value}\t${oneLine(about)}\n`).join("")}${files ? `${filesLine}\n` : ""}`;
}
function readCommon(values) {
	return values;
}
/** The end of a rehearsal, which is an answer. */
function tellRehearsal(error) {
	if (process.argv.includes("--json")) return jsonText(rehearsalAnswer(error));
	return forPeople(answerOfRehearsal(error), process.stdout);
}
/** A file or a pipe gets UTF-8; a terminal what it can show. */
function forPeople(text, stream) {
	return stream.isTTY === true ? forTerminal(text, process.env) : text;
}
function jsonText(answer) {
	return `${JSON.stringify(answer, null, 2)}\n`;
}
function withNewline(text) {
	return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
/** Runs what the command line says, and sets the exit code. */
async function runProgram(args) {
	try {
		process.exitCode = await main(args);
	} catch (error) {
		report(error);
	}
}
function report(error) {
	if (error instanceof Error && error.name === "Rehearsed") {
		process.stdout.write(tellRehearsal(error));
		return;
	}
	if (process.argv.includes("--json")) process.stdout.write(jsonText(errorAnswer(error)));
	const kind = kindOf(error);
	const line = `${styled("red", "error:", process.stderr)} ${messageOf(error)}\n`;
	process.stderr.write(forPeople(line, process.stderr));
	if (kind === "usage") process.stderr.write("coxswain --help lists the verbs; coxswain VERB --help the options.\n");
	if (kind === "defect" && error instanceof Error) process.stderr.write(`${error.stack}\nThis is a defect in coxswain; please report it.\n`);
	process.exitCode = exitCodeOf(error);
}
export { helpTexts, runProgram };
