#!/usr/bin/env node
import { C as verbFirst, a as needsRoot, b as positionalInputs, c as programHelp, d as kindOf, f as commandLineInputs, g as withForgeInputs, h as placeInputs, l as verbHelp, m as isRehearsed, o as errorAnswer, r as versionLine, s as rehearsalAnswer, u as exitCodeOf, v as filesLine, x as readArguments, y as commonInputs } from "./chunks/cli.mjs";
import { C as oneLine, E as createLog, F as cacheFolder, N as isRehearsal, O as styled, P as rehearsalVariable, V as writeFileAtomically, dt as init_errors, ft as messageOf, j as answerOfRehearsal, k as forTerminal, st as nearest, ut as UsageError, x as runAgainAsRoot } from "./chunks/host.mjs";
import module from "node:module";
import { readdir } from "node:fs/promises";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
// src/main.ts
init_errors();
const { enableCompileCache } = module;
enableCompileCache?.(cacheFolder("compiled", process.env));
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
		process.stdout.write(`${await versionLine(fileURLToPath(import.meta.url))}\n`);
		return 0;
	}
	if (name === "__complete") {
		process.stdout.write(await answerShell(rest, names));
		return 0;
	}
	if (name === "help" && rest[0] !== void 0) return main([rest[0], "--help"]);
	if (name === void 0 || name === "--help" || name === "-h" || name === "help") {
		const summaries = await Promise.all(names.map(async (each) => [each, (await loadVerb(each)).summary]));
		process.stdout.write(programHelp(summaries));
		return name === void 0 ? 2 : 0;
	}
	if (!names.includes(name)) {
		const meant = nearest(name, names);
		throw new UsageError(`unknown verb ${JSON.stringify(name)}${meant === void 0 ? "" : `. Did you mean ${meant}?`}`);
	}
	const verb = await loadVerb(name);
	if (process.env.COXSWAIN_INPUTS !== void 0 && rest.length === 0) {
		const { runAsAction } = await import("./chunks/cli-actions.mjs").then((n) => n.t);
		return runAsAction(name, verb, process.env);
	}
	if (rest.includes("--help") || rest.includes("-h")) {
		process.stdout.write(verbHelp(name, verb));
		return 0;
	}
	const values = readArguments({
		...commonInputs,
		...commandLineInputs(verb)
	}, rest);
	if (isRehearsed(verb, values)) process.env[rehearsalVariable] = "1";
	const code = needsRoot(verb, process.env) ? await runAgainAsRoot() : void 0;
	if (code !== void 0) return code;
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
/** What the completion scripts ask: one line for each proposal. */
async function answerShell(words, names) {
	const { complete } = await import("./chunks/cli-completion.mjs").then((n) => n.t);
	const { fleets, versions } = await import("./chunks/cli-completion.mjs").then((n) => n.n);
	const { candidates, files } = await complete(words, {
		verbs: async () => [...await Promise.all(names.map(async (each) => ({
			value: each,
			about: (await loadVerb(each)).summary
		}))), {
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
for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => {
	if (error.code !== "EPIPE") throw error;
});
main(process.argv.slice(2)).then((code) => {
	process.exitCode = code;
}, (error) => {
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
});
export {};
