#!/usr/bin/env node
import { a as programHelp, c as readArguments, i as needsRoot, o as verbHelp, s as commonInputs } from "./chunks/cli.mjs";
import { A as messageOf, _ as styled, h as createLog, k as UsageError, l as runAgainAsRoot, x as writeFileAtomically } from "./chunks/host.mjs";
import { readdir } from "node:fs/promises";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
// src/main.ts
const folder = new URL("./verbs/", import.meta.url);
const ending = extname(fileURLToPath(import.meta.url));
async function verbNames() {
	return (await readdir(folder)).filter((file) => extname(file) === ending).map((file) => basename(file, ending)).sort();
}
async function loadVerb(name) {
	return (await import(new URL(`${name}${ending}`, folder).href)).default;
}
async function main(args) {
	const [name, ...rest] = args;
	const names = await verbNames();
	if (name === void 0 || name === "--help" || name === "-h" || name === "help") {
		const summaries = await Promise.all(names.map(async (each) => [each, (await loadVerb(each)).summary]));
		process.stdout.write(programHelp(summaries));
		return name === void 0 ? 2 : 0;
	}
	if (!names.includes(name)) throw new UsageError(`no verb ${JSON.stringify(name)}; the verbs are ${names.join(", ")}`);
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
		...verb.inputs
	}, rest);
	const code = needsRoot(verb, process.env) ? await runAgainAsRoot() : void 0;
	if (code !== void 0) return code;
	const common = readCommon(values);
	const context = {
		log: createLog(common),
		env: process.env,
		now: () => common.now ?? Math.floor(Date.now() / 1e3)
	};
	const outcome = await verb.run(values, context);
	const json = `${JSON.stringify(outcome.data, null, 2)}\n`;
	if (common["json-file"] !== void 0) await writeFileAtomically(common["json-file"], json);
	process.stdout.write(common.json ? json : withNewline(outcome.text));
	return outcome.exitCode ?? 0;
}
function readCommon(values) {
	return values;
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
	const known = error instanceof Error && [
		"InputError",
		"OutsideError",
		"UsageError"
	].includes(error.name);
	process.stderr.write(`${styled("red", "error:", process.stderr)} ${messageOf(error)}\n`);
	if (error instanceof UsageError) process.stderr.write("coxswain --help lists the verbs; coxswain VERB --help the options.\n");
	if (!known && error instanceof Error) process.stderr.write(`${error.stack}\nThis is a defect in coxswain; please report it.\n`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
});
export {};
