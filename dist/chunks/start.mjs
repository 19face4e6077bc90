import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
// src/cli/made-help.ts
/** The file beside main.mjs. */
const helpFile = "help.json";
/** @returns undefined if the command line asks for something else. The verb may not exist. */
function askedHelp([name, ...rest]) {
	if (name === void 0) return { exitCode: 2 };
	if (name === "help") return rest[0] === void 0 ? { exitCode: 0 } : {
		verb: rest[0],
		exitCode: 0
	};
	if (name === "--help" || name === "-h") return { exitCode: 0 };
	return !name.startsWith("-") && (rest.includes("--help") || rest.includes("-h")) ? {
		verb: name,
		exitCode: 0
	} : void 0;
}
/**
* The help that a command line asks for, from the file of help texts.
* @param program the URL of main.mjs
* @returns undefined if it asks for something else, or for a verb that does not exist, and if there is no such file
*/
function madeHelp(args, program) {
	const asked = askedHelp(args);
	const texts = asked === void 0 ? void 0 : readTexts(new URL(helpFile, program));
	if (asked === void 0 || texts === void 0) return void 0;
	const { verb, exitCode } = asked;
	if (verb === void 0) return {
		text: texts.program,
		exitCode
	};
	const text = Object.hasOwn(texts.verbs, verb) ? texts.verbs[verb]?.help : void 0;
	return text === void 0 ? void 0 : {
		text,
		exitCode
	};
}
/** Our own file, of the same build. A schema would take longer than everything else here. */
function readTexts(file) {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return;
	}
}
// src/host/cache-folder.ts
/** A folder for what is kept between runs: `$XDG_CACHE_HOME/coxswain/NAME`. */
function cacheFolder(name, env) {
	const home = env.XDG_CACHE_HOME;
	const cache = home !== void 0 && isAbsolute(home) ? home : join(env.HOME ?? homedir(), ".cache");
	return join(cache, "coxswain", name);
}
export { readTexts as a, madeHelp as i, askedHelp as n, helpFile as r, cacheFolder as t };
