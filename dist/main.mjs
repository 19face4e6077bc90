#!/usr/bin/env node
import { i as madeHelp, t as cacheFolder } from "./chunks/start.mjs";
import module from "node:module";
// src/main.ts
const { enableCompileCache } = module;
enableCompileCache?.(cacheFolder("compiled", process.env));
for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => {
	if (error.code !== "EPIPE") throw error;
});
const help = madeHelp(process.argv.slice(2), import.meta.url);
if (help === void 0) {
	const { runProgram } = await import("./program.mjs");
	await runProgram(process.argv.slice(2));
} else {
	process.stdout.write(help.text);
	process.exitCode = help.exitCode;
}
export {};
