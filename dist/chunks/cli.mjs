import { $ as formatTime, B as formatRepository, C as NotFoundError, D as unauthorised, E as notARegistry, I as atDigest, J as readFileIfThere, K as sameRepository, L as atTag, M as readConfig, O as untilNotStale, P as architectures, R as digestOf, S as parseManifest, T as connectionFailure, V as isDigest, Y as withTemporaryFolder, _ as bareType, at as messageOf, b as mediaTypes, et as parseDuration, it as UsageError, k as StaleBranchError, nt as InputError, rt as OutsideError, tt as parseTime, v as isIndex, w as PassingFailure, x as parseJson, y as manifestMediaTypes, z as formatReference } from "./base.mjs";
import { a as custom, c as looseObject, d as record, i as boolean, l as number, n as _enum, o as int, p as string, r as array, u as object } from "./zod.mjs";
import { c as createAuthentication, d as findTool, l as isLoopback, u as exec } from "./build.mjs";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs, styleText } from "node:util";
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
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
// src/host/log.ts
const patienceMilliseconds = 2e3;
const reminderMilliseconds = 1e4;
/** A log for a terminal (one live line while a task runs) or for a file (a line now and then). */
function createLog(options = {}) {
	const stream = options.stream ?? process.stderr;
	const live = stream.isTTY === true && !options.quiet;
	const write = (line) => stream.write(`${line}\n`);
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
				if (live) stream.write(`\r\u001b[K${line()}`);
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
/** Colours text when the stream is a terminal and NO_COLOR is unset. */
function styled(style, text, stream = process.stdout) {
	return process.env.FORCE_COLOR !== void 0 || stream.isTTY === true && process.env.NO_COLOR === void 0 ? styleText(style, text) : text;
}
// src/cli/directory.ts
/** The input by which every verb that works on a checkout takes it. */
const directory = text("the checkout to work on", {
	placeholder: "DIR",
	fallback: "."
});
// src/host/git.ts
/** Environment for git that nobody's personal settings can change the outcome of. */
const neutral = {
	GIT_TERMINAL_PROMPT: "0",
	LC_ALL: "C"
};
/** Runs git in one repository. */
var Git = class {
	directory;
	/** @param directory a work tree, a folder inside one, or a bare repository */
	constructor(directory) {
		this.directory = directory;
	}
	/** Runs `git ARGS` and returns standard output without its final newline. @throws OutsideError */
	async run(args, options = {}) {
		return (await exec("git", [
			"-C",
			this.directory,
			...args
		], {
			...options,
			env: {
				...neutral,
				...options.env
			}
		})).stdout.replace(/\n$/, "");
	}
	/** Runs `git ARGS`; undefined where it answers with exit code 1 or 128 ("no such thing"). */
	async try(args, options = {}) {
		const result = await exec("git", [
			"-C",
			this.directory,
			...args
		], {
			...options,
			env: {
				...neutral,
				...options.env
			},
			allow: [
				0,
				1,
				128
			]
		});
		return result.exitCode === 0 ? result.stdout.replace(/\n$/, "") : void 0;
	}
};
// src/forge/git-objects.ts
/** Files at or beneath a path in a commit or tree. @param path '' for all */
async function listTree(git, commit, path) {
	return (await git.run([
		"ls-tree",
		"-r",
		"-z",
		"--full-tree",
		commit,
		...path === "" ? [] : [`${path}`]
	])).split("\0").filter((line) => line !== "").map((line) => {
		const [facts = "", name = ""] = splitOnce(line, "	");
		const [mode = "", kind = "", sha = ""] = facts.split(" ");
		return {
			mode,
			kind,
			sha,
			path: name
		};
	}).filter((entry) => entry.kind === "blob");
}
/**
* Texts of several files with one git process.
* @throws InputError naming the file that is not UTF-8 text
*/
async function readTexts(git, entries) {
	const texts = /* @__PURE__ */ new Map();
	if (entries.length === 0) return texts;
	const { stdout } = await exec("git", [
		"-C",
		git.directory,
		"cat-file",
		"--batch"
	], {
		input: entries.map((entry) => `${entry.sha}\n`).join(""),
		doing: "reading files from git"
	});
	const bytes = Buffer.from(stdout);
	let offset = 0;
	for (const entry of entries) {
		const end = bytes.indexOf("\n", offset);
		const [sha, kind, size] = bytes.toString("utf8", offset, end).split(" ");
		const next = end + 1 + Number(size) + 1;
		if (end < 0 || sha !== entry.sha || kind !== "blob" || bytes[next - 1] !== 10) throw notText(entry.path);
		const text = bytes.toString("utf8", end + 1, next - 1);
		if (text.includes("�")) throw notText(entry.path);
		texts.set(entry.path, text);
		offset = next;
	}
	return texts;
}
function notText(path) {
	return new InputError({
		where: path,
		problem: "this file is not UTF-8 text"
	});
}
/**
* Writes a commit that no ref names yet. Works in a bare repository, and leaves the index of a clone alone: the
* tree is put together in an index file of its own.
*/
async function writeCommit(git, commit) {
	const tree = await writeTree(git, commit.parent, commit.changes);
	return git.run([
		"commit-tree",
		tree,
		...commit.parent === void 0 ? [] : ["-p", commit.parent],
		"-F",
		"-"
	], {
		input: commit.message,
		env: await identity(git)
	});
}
async function writeTree(git, parent, changes) {
	const lines = await Promise.all(changes.map((change) => indexLine(git, parent, change)));
	return withTemporaryFolder("index", async (folder) => {
		const env = { GIT_INDEX_FILE: join(folder, "index") };
		if (parent !== void 0) await git.run(["read-tree", parent], { env });
		await git.run([
			"update-index",
			"-z",
			"--index-info"
		], {
			env,
			input: lines.join("")
		});
		return git.run(["write-tree"], { env });
	});
}
/** A line for `update-index --index-info`; mode 0 removes. */
async function indexLine(git, parent, change) {
	if (change.content === null) return `0 ${"0".repeat(parent?.length ?? 40)}\t${change.path}\0`;
	const sha = await git.run([
		"hash-object",
		"-w",
		"--stdin"
	], { input: Buffer.from(change.content) });
	return `${change.executable ?? (parent !== void 0 && (await listTree(git, parent, change.path)).some((entry) => entry.path === change.path && entry.mode === "100755")) ? "100755" : "100644"} ${sha}\t${change.path}\0`;
}
const identities = /* @__PURE__ */ new WeakMap();
/** Environment that names Coxswain where the user has not told git who they are; git's own guess is of no use. */
function identity(git) {
	const known = identities.get(git) ?? readIdentity(git);
	identities.set(git, known);
	return known;
}
async function readIdentity(git) {
	const env = {};
	for (const role of ["AUTHOR", "COMMITTER"]) {
		if (await git.try([
			"-c",
			"user.useConfigOnly=true",
			"var",
			`GIT_${role}_IDENT`
		]) !== void 0) continue;
		env[`GIT_${role}_NAME`] = "Coxswain";
		env[`GIT_${role}_EMAIL`] = "coxswain@localhost";
	}
	return env;
}
function splitOnce(text, separator) {
	const at = text.indexOf(separator);
	return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
// src/forge/git-refs.ts
/** The commit a full ref name (`refs/heads/main`) is at; undefined where there is no such ref. */
async function readRef(git, ref) {
	const found = await git.run([
		"rev-parse",
		"--verify",
		"--quiet",
		ref
	], { allow: [0, 1] });
	return found === "" ? void 0 : found;
}
/**
* Moves a ref, if it is still at `from`; makes it where `from` is undefined.
* @throws StaleBranchError when it is elsewhere
* @throws OutsideError when git cannot write it
*/
async function moveRef(git, move) {
	const { ref, from, to } = move;
	for (let attempt = 1;; attempt += 1) try {
		await git.run([
			"update-ref",
			ref,
			to,
			from ?? ""
		], { doing: `moving ${ref}` });
		return;
	} catch (error) {
		const now = await readRef(git, ref);
		if (now !== from) throw new StaleBranchError(shortName(ref), from, now);
		if (attempt === 5 || !messageOf(error).includes(".lock")) throw error;
		await setTimeout$1(Math.random() * 100);
	}
}
/** `refs/heads/main` → `main`; other refs keep their whole name. */
function shortName(ref) {
	return ref.replace(/^refs\/heads\//, "");
}
// src/forge/git-branches.ts
/** git log, whatever the user's settings say on how it looks. */
const plainLog = [
	"-c",
	"log.showSignature=false",
	"log",
	"--no-color",
	"--no-decorate"
];
/** Branches of a repository on this machine, by git's plumbing. */
function openGitBranches(git) {
	return {
		resolve: (branch) => readRef(git, refOf(branch)),
		readFile: async (commit, path) => {
			return (await readTexts(git, (await listTree(git, commit, path)).filter((entry) => entry.path === path))).get(path);
		},
		listFiles: async (commit, folder) => (await listTree(git, commit, folder)).map((entry) => entry.path).sort(),
		readFolder: async (commit, folder) => readTexts(git, await listTree(git, commit, folder)),
		commit: async ({ branch, parent, from = parent, changes, message }) => {
			await refuseCheckedOut(git, branch);
			const sha = await writeCommit(git, {
				parent: from,
				changes,
				message
			});
			await moveRef(git, {
				ref: refOf(branch),
				from: parent,
				to: sha
			});
			return sha;
		},
		setBranch: async ({ branch, from, to }) => {
			await refuseCheckedOut(git, branch);
			await moveRef(git, {
				ref: refOf(branch),
				from,
				to
			});
		},
		isAncestor: (ancestor, descendant) => isAncestor(git, ancestor, descendant),
		contains: (base, head) => contains(git, base, head),
		commitTime: async (commit) => Number(await git.run([
			...plainLog,
			"-1",
			"--format=%ct",
			commit
		])),
		log: ({ from, to }) => log(git, from, to),
		changedFiles: async (from, to) => [...await changedFiles(git, from, to)].sort()
	};
}
function refOf(branch) {
	return `refs/heads/${branch}`;
}
/** Moving a checked-out branch would make its work tree look as if the user had undone our commit. */
async function refuseCheckedOut(git, branch) {
	const listed = await git.run([
		"worktree",
		"list",
		"--porcelain"
	]);
	for (const block of listed.split("\n\n")) {
		const lines = block.split("\n");
		if (!lines.includes(`branch ${refOf(branch)}`) || lines.some((line) => line.startsWith("prunable"))) continue;
		const folder = lines.find((line) => line.startsWith("worktree "))?.slice(9);
		throw new InputError({
			...folder === void 0 ? {} : { where: folder },
			problem: `branch ${branch} is checked out here, and Coxswain moves it`,
			remedy: "Switch that work tree to another branch, then run this again."
		});
	}
}
async function isAncestor(git, ancestor, descendant) {
	return await git.run([
		"merge-base",
		ancestor,
		descendant
	], { allow: [0, 1] }) === ancestor;
}
/**
* A squash or a rebase leaves other commits than those of the pull request, so history does not tell; content
* does: every path that `head` changed since the two parted is in `base` just as in `head`.
*/
async function contains(git, base, head) {
	const common = await git.run([
		"merge-base",
		base,
		head
	], { allow: [0, 1] });
	if (common === head) return true;
	if (common === "") return false;
	const [changed, different] = await Promise.all([changedFiles(git, common, head), changedFiles(git, head, base)]);
	return ![...changed].some((path) => different.has(path));
}
async function changedFiles(git, from, to) {
	const listed = await git.run([
		"diff-tree",
		"-r",
		"-z",
		"--no-renames",
		"--name-only",
		from,
		to
	]);
	return new Set(listed.split("\0").filter((path) => path !== ""));
}
async function log(git, from, to) {
	return (await git.run([
		...plainLog,
		"-z",
		"--format=%H%n%P%n%ct%n%B",
		to,
		`^${from}`
	])).split("\0").filter((text) => text !== "").map((text) => {
		const [sha = "", parents = "", time = "", ...message] = text.split("\n");
		return {
			sha,
			parents: parents.split(" ").filter((parent) => parent !== ""),
			time: Number(time),
			message: message.join("\n").trimEnd()
		};
	});
}
// src/forge/git-pull-requests.ts
/** Pull requests of a repository without a forge: `<number>.json` each, in the tree of this ref. */
const pullRequestsRef = "refs/coxswain/pull-requests";
const sha = string().regex(/^[0-9a-f]{40,64}$/, "expected a full commit name");
const recordSchema$1 = looseObject({
	number: int().positive(),
	title: string(),
	body: string(),
	head: string().min(1),
	base: string().min(1),
	headCommit: sha,
	state: _enum([
		"open",
		"merged",
		"closed"
	]),
	ready: boolean(),
	labels: array(string()),
	comments: array(object({
		key: string(),
		body: string()
	}))
});
/**
* Pull requests on plain git. Who merges does it with git, and nothing tells us; so what became of an open one is
* computed from the branches at each look, and kept once it is final (a later revert does not open it again).
*/
function openGitPullRequests(git, branches) {
	const list = async (filter = {}) => {
		return (await change("note what became of pull requests", async () => void 0)).filter((request) => filter.state === void 0 || request.state === filter.state);
	};
	/** Applies one change to what is stored, as often as it takes; returns all pull requests afterwards. */
	async function change(message, apply) {
		return untilNotStale(async () => {
			const before = await read(git, branches);
			const changed = await apply(before.requests);
			const after = changed === void 0 ? [...before.requests] : [...before.requests.filter((request) => request.number !== changed.number), changed].sort((a, b) => a.number - b.number);
			const changes = after.map((request) => ({
				path: fileOf(request.number),
				content: format(request)
			})).filter(({ path, content }) => before.texts.get(path) !== content);
			if (changes.length > 0) {
				const commit = await writeCommit(git, {
					parent: before.commit,
					changes,
					message
				});
				await moveRef(git, {
					ref: pullRequestsRef,
					from: before.commit,
					to: commit
				});
			}
			return after;
		});
	}
	return {
		list,
		find: async ({ head, base }) => (await list({ state: "open" })).find((request) => request.head === head && request.base === base),
		findByCommit: async (commit) => (await list({ state: "open" })).find((request) => request.headCommit === commit),
		open: async (wanted) => {
			return (await change(`open: ${wanted.title}`, async (known) => {
				const existing = known.find(({ state, head, base }) => state === "open" && head === wanted.head && base === wanted.base);
				const headCommit = await mergeableHead(branches, wanted);
				return existing === void 0 ? {
					...wanted,
					number: nextNumber(known),
					headCommit,
					state: "open",
					comments: []
				} : {
					...existing,
					...wanted,
					headCommit
				};
			})).find(({ state, head, base }) => state === "open" && head === wanted.head && base === wanted.base);
		},
		update: async (number, wanted) => {
			return numbered(await change(`update pull request ${number}`, async (known) => {
				const request = numbered(known, number);
				return {
					...request,
					...wanted,
					state: request.state === "open" ? wanted.state ?? "open" : request.state
				};
			}), number);
		},
		comment: async (number, key, body) => {
			await change(`comment on pull request ${number}`, async (known) => {
				const request = numbered(known, number);
				const at = request.comments.findIndex((comment) => comment.key === key);
				return {
					...request,
					comments: at < 0 ? [...request.comments, {
						key,
						body
					}] : request.comments.with(at, {
						key,
						body
					})
				};
			});
		}
	};
}
async function read(git, branches) {
	const commit = await readRef(git, pullRequestsRef);
	if (commit === void 0) return {
		commit,
		requests: [],
		texts: /* @__PURE__ */ new Map()
	};
	const texts = await readTexts(git, await listTree(git, commit, ""));
	const requests = [];
	for (const [file, text] of texts) {
		const where = `${pullRequestsRef} (commit ${commit.slice(0, 12)}): ${file}`;
		requests.push(await settle(git, branches, parse(text, file, where)));
	}
	return {
		commit,
		requests: requests.sort((a, b) => a.number - b.number),
		texts
	};
}
/** What an open pull request has become. */
async function settle(git, branches, request) {
	if (request.state !== "open") return request;
	const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
	if (base !== void 0) for (const commit of /* @__PURE__ */ new Set([request.headCommit, head])) {
		if (commit === void 0 || commit !== head && !await exists(git, commit)) continue;
		if (await branches.contains(base, commit)) return {
			...request,
			headCommit: commit,
			state: "merged"
		};
	}
	if (head === void 0 || base === void 0) return {
		...request,
		state: "closed"
	};
	return {
		...request,
		headCommit: head
	};
}
/** False once git has thrown away the commits of a deleted branch; then they were merged nowhere. */
async function exists(git, commit) {
	return await git.try([
		"cat-file",
		"-e",
		`${commit}^{commit}`
	]) !== void 0;
}
async function mergeableHead(branches, request) {
	const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
	if (head === void 0 || base === void 0) throw new InputError({ problem: `a pull request needs both branches, and there is no branch ${head === void 0 ? request.head : request.base}` });
	if (await branches.contains(base, head)) throw new InputError({
		problem: `there is nothing to merge from ${request.head} into ${request.base}`,
		remedy: "Everything on it is merged already."
	});
	return head;
}
function numbered(requests, number) {
	const found = requests.find((request) => request.number === number);
	if (found === void 0) throw new InputError({
		problem: "there is no such pull request",
		found: number
	});
	return found;
}
function nextNumber(requests) {
	return Math.max(0, ...requests.map((request) => request.number)) + 1;
}
function fileOf(number) {
	return `${number}.json`;
}
/** Always in the same order: what did not change must come out as the same text. */
function format(request) {
	const { number, title, state, ready, head, base, headCommit, labels, body, comments, ...others } = request;
	const ordered = {
		number,
		title,
		state,
		ready,
		head,
		base,
		headCommit,
		labels,
		body,
		comments,
		...others
	};
	return `${JSON.stringify(ordered, null, 2)}\n`;
}
function parse(text, file, where) {
	let json;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON",
			expected: "the record of a pull request"
		}, { cause: error });
	}
	const parsed = recordSchema$1.safeParse(json);
	const issue = parsed.error?.issues[0];
	if (issue !== void 0) throw new InputError({
		where,
		field: issue.path.join("."),
		problem: issue.message
	});
	const record = parsed.data;
	if (fileOf(record.number) !== file) throw new InputError({
		where,
		field: "number",
		problem: "not the number in the file name",
		found: record.number
	});
	return record;
}
// src/forge/git-forge.ts
/**
* The forge of one machine: a git repository and nothing else. Branches are its own branches (`refs/heads/…`),
* pull requests are records on a ref; merging one is `git merge`.
* @param directory a bare repository, or a folder inside a clone
* @throws InputError when it is neither
*/
async function openGitForge(directory) {
	const given = new Git(directory);
	const top = await given.try(["rev-parse", "--show-toplevel"]) ?? await given.try(["rev-parse", "--absolute-git-dir"]);
	if (top === void 0) throw new InputError({
		where: directory,
		problem: "not a git repository"
	});
	const git = new Git(top);
	const branches = openGitBranches(git);
	return {
		kind: "git",
		branches,
		pullRequests: openGitPullRequests(git, branches)
	};
}
// src/registry/credentials.ts
const entrySchema = looseObject({
	auth: string().optional(),
	username: string().optional(),
	password: string().optional(),
	identitytoken: string().optional()
});
const fileSchema = looseObject({
	auths: record(string(), entrySchema).optional(),
	credHelpers: record(string(), string()).optional(),
	credsStore: string().optional()
});
const helperAnswerSchema = looseObject({
	Username: string(),
	Secret: string()
});
/**
* Credentials as podman, skopeo and docker keep them (containers-auth.json(5), docker's config.json): the first file
* that knows the repository wins. $REGISTRY_AUTH_FILE, where set, is the only file read.
*/
function credentialsFromFiles(env = process.env) {
	return async (repository) => {
		for (const path of authFiles(env)) {
			const found = await fromFile(path, repository, env);
			if (found !== void 0) return found;
		}
	};
}
function authFiles(env) {
	if (set(env.REGISTRY_AUTH_FILE)) return [env.REGISTRY_AUTH_FILE];
	const home = set(env.HOME) ? env.HOME : homedir();
	const runtime = set(env.XDG_RUNTIME_DIR) ? env.XDG_RUNTIME_DIR : `/run/containers/${process.getuid?.() ?? 0}`;
	return [
		set(env.XDG_RUNTIME_DIR) ? join(runtime, "containers/auth.json") : join(runtime, "auth.json"),
		join(set(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(home, ".config"), "containers/auth.json"),
		join(set(env.DOCKER_CONFIG) ? env.DOCKER_CONFIG : join(home, ".docker"), "config.json")
	];
}
function set(value) {
	return value !== void 0 && value !== "";
}
async function fromFile(path, repository, env) {
	const text = await readFileIfThere(path);
	if (text === void 0) {
		if (path !== env.REGISTRY_AUTH_FILE) return void 0;
		throw new InputError({
			field: "REGISTRY_AUTH_FILE",
			problem: "this file does not exist",
			found: path,
			remedy: `Log in (podman login ${repository.registry}) or unset the variable.`
		});
	}
	const file = parseAuthFile(text, path);
	const host = repository.registry;
	const helper = Object.entries(file.credHelpers ?? {}).find(([key]) => canonicalHost(key) === host)?.[1];
	if (helper !== void 0) return askHelper({
		helper,
		server: serverName(host),
		path,
		env
	});
	const entry = bestEntry(file.auths ?? {}, repository);
	const credentials = entry === void 0 ? void 0 : readEntry(entry.value, path, entry.key);
	if (credentials !== void 0) return credentials;
	if (!set(file.credsStore)) return void 0;
	return askHelper({
		helper: file.credsStore,
		server: serverName(host),
		path,
		env
	});
}
function parseAuthFile(text, path) {
	let value;
	try {
		value = text.trim() === "" ? {} : JSON.parse(text);
	} catch {
		throw new InputError({
			where: path,
			problem: "this file of registry credentials is not JSON"
		});
	}
	const parsed = fileSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	throw new InputError({
		where: path,
		field: parsed.error.issues[0]?.path.join(".") ?? "",
		problem: "this file of registry credentials has an unexpected shape"
	});
}
/**
* The entry whose key names the repository most closely: `host/team/os` before `host/team` before `host`. Whole
* segments only: credentials of `host/team` are not for `host/team-b`, nor those of `quay.io` for `quay.io.evil.example`.
*/
function bestEntry(entries, repository) {
	const wanted = [repository.registry, ...repository.path.split("/")];
	let best;
	for (const [key, value] of Object.entries(entries)) {
		const segments = keySegments(key);
		if (segments.length <= wanted.length && segments.every((segment, at) => segment === wanted[at]) && segments.length > (best?.length ?? 0)) best = {
			key,
			value,
			length: segments.length
		};
	}
	return best;
}
function keySegments(key) {
	const bare = key.replace(/^https?:\/\//, "").replace(/\/+$/, "");
	const [host = "", ...path] = bare.split("/");
	const isUrl = bare.length !== key.replace(/\/+$/, "").length || /^v[12]$/.test(path.join("/"));
	return [canonicalHost(host), ...isUrl ? [] : path];
}
function canonicalHost(key) {
	const host = key.replace(/^https?:\/\//, "").split("/")[0].toLowerCase();
	return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host;
}
/** The name under which docker stores Docker Hub in credential helpers. */
function serverName(host) {
	return host === "docker.io" ? "https://index.docker.io/v1/" : host;
}
function readEntry(entry, path, key) {
	if (set(entry.identitytoken)) return {
		kind: "identity",
		token: entry.identitytoken
	};
	if (set(entry.username) && set(entry.password)) return {
		kind: "password",
		username: entry.username,
		password: entry.password
	};
	if (!set(entry.auth)) return void 0;
	const decoded = Buffer.from(entry.auth, "base64").toString("utf8");
	const colon = decoded.indexOf(":");
	if (colon <= 0) throw new InputError({
		where: path,
		field: `auths.${key}.auth`,
		problem: "not a name and password in base64",
		remedy: `Log in again: podman login ${key}`
	});
	const password = decoded.slice(colon + 1).replace(/\0+$/, "");
	return {
		kind: "password",
		username: decoded.slice(0, colon),
		password
	};
}
async function askHelper(options) {
	const { helper, server, path } = options;
	const program = `docker-credential-${helper}`;
	if (!/^[A-Za-z0-9._-]+$/.test(helper) || findTool(program) === void 0) throw new InputError({
		where: path,
		problem: `the credential helper ${JSON.stringify(program)} is not installed`,
		remedy: `It keeps the credentials of ${server}: install it, or take it out of that file.`
	});
	const env = Object.fromEntries(Object.entries(options.env).filter((pair) => pair[1] !== void 0));
	const result = await exec(program, ["get"], {
		input: server,
		env,
		allow: [0, 1]
	});
	if (result.exitCode === 1) {
		if (/credentials not found/i.test(result.stdout + result.stderr)) return void 0;
		throw new OutsideError(`asking ${program} for the credentials of ${server}`, "exit code 1");
	}
	const parsed = helperAnswerSchema.safeParse(jsonOrUndefined(result.stdout));
	if (!parsed.success) throw new OutsideError(`asking ${program} for the credentials of ${server}`, "its answer is not readable");
	const { Username: username, Secret: secret } = parsed.data;
	if (username === "<token>") return {
		kind: "identity",
		token: secret
	};
	return username === "" ? void 0 : {
		kind: "password",
		username,
		password: secret
	};
}
function jsonOrUndefined(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
// src/registry/secrets.ts
function createScrubber() {
	const secrets = /* @__PURE__ */ new Set();
	return {
		add: (secret) => {
			if (secret.length >= 4) secrets.add(secret);
		},
		scrub: (text) => {
			let clean = text;
			for (const secret of secrets) clean = clean.replaceAll(secret, "***");
			return clean;
		}
	};
}
// src/registry/transport.ts
const defaultRetryDelays = [
	500,
	1500,
	4500
];
const longestRetryAfterSeconds = 60;
const answerSeconds = 60;
const maximumRedirects = 5;
const maximumBodyBytes = 67108864;
const maximumErrorBytes = 65536;
const passingStatuses = [
	408,
	429,
	500,
	502,
	503,
	504
];
const redirectStatuses = [
	301,
	302,
	303,
	307,
	308
];
/** HTTP with what registries need on top: logging in, redirects, retries, and errors that say which side is at fault. */
function createTransport(options) {
	const log = options.log ?? silentLog;
	const delays = options.retryDelays ?? defaultRetryDelays;
	const counters = {
		requests: 0,
		bytesSent: 0,
		bytesReceived: 0
	};
	const scrubber = createScrubber();
	const overTls = /* @__PURE__ */ new Set();
	const registries = /* @__PURE__ */ new Map();
	const authentication = createAuthentication({
		credentials: options.credentials,
		scrubber,
		fetchToken: async ({ url, headers, form, doing }) => {
			const response = await exchange(url, {
				method: form === void 0 ? "GET" : "POST",
				headers: form === void 0 ? headers : {
					...headers,
					"content-type": "application/x-www-form-urlencoded"
				},
				doing,
				...form === void 0 ? {} : { body: Buffer.from(form.toString()) }
			});
			const body = await readWhole(response, url, maximumErrorBytes);
			if (passingStatuses.includes(response.status)) throw new PassingFailure(doing, `${url.host} answered ${response.status}`, retryAfter(response));
			if ([
				200,
				400,
				401,
				403
			].includes(response.status)) return {
				status: response.status,
				body
			};
			throw new OutsideError(doing, `the token endpoint at ${url.host} answered ${response.status}`);
		}
	});
	function url(repository, rest) {
		const host = repository.registry === "docker.io" ? "registry-1.docker.io" : repository.registry;
		const secure = new URL(`https://${host}/v2/${repository.path}/${rest}`);
		if (!isLoopback(secure) || overTls.has(secure.host)) return secure;
		return new URL(`http://${host}/v2/${repository.path}/${rest}`);
	}
	/** One HTTP request, nothing followed and nothing judged. */
	async function exchange(target, request) {
		counters.requests += 1;
		const { body } = request;
		const abort = new AbortController();
		const streamed = body !== void 0 && !(body instanceof Uint8Array);
		const content = streamed ? counted(await body.open(), (bytes) => counters.bytesSent += bytes) : body;
		if (content instanceof Uint8Array) counters.bytesSent += content.length;
		const timer = streamed ? void 0 : setTimeout(() => abort.abort(new PassingFailure(request.doing, `no answer from ${target.host} in ${answerSeconds} s`)), answerSeconds * 1e3);
		try {
			return await fetch(target, {
				method: request.method,
				redirect: "manual",
				signal: abort.signal,
				headers: {
					"accept-encoding": "identity",
					"user-agent": "coxswain",
					...request.headers,
					...streamed ? { "content-length": String(body.size) } : {}
				},
				...content === void 0 ? {} : { body: content },
				...streamed ? { duplex: "half" } : {}
			});
		} catch (error) {
			throw connectionFailure(request.doing, target.host, error);
		} finally {
			clearTimeout(timer);
		}
	}
	/** Follows redirects. Credentials are for the registry's own origin alone, also when a later hop leads back. */
	async function follow(request, authorization) {
		let target = request.url;
		let elsewhere = target.origin !== url(request.repository, "").origin;
		for (let hop = 0; hop <= maximumRedirects; hop++) {
			const headers = {
				...request.headers,
				...authorization === void 0 || elsewhere ? {} : { authorization }
			};
			const response = await exchange(target, {
				...request,
				headers
			});
			const location = response.headers.get("location");
			if (!redirectStatuses.includes(response.status) || location === null) return {
				response,
				url: target,
				elsewhere
			};
			await discard(response);
			const next = secureLocation(location, target, request.doing);
			if (!(request.method === "GET" || request.method === "HEAD") && response.status !== 307 && response.status !== 308) throw new OutsideError(request.doing, `${target.host} answered a ${request.method} with ${response.status}`);
			if (next.origin !== target.origin) elsewhere = true;
			target = next;
		}
		throw new OutsideError(request.doing, `${request.url.host} redirected more than ${maximumRedirects} times`);
	}
	async function authorised(asked) {
		const request = {
			...asked,
			url: new URL(asked.url)
		};
		if (overTls.has(request.url.host)) request.url.protocol = "https:";
		for (let attempt = 0;; attempt++) {
			const header = await authentication.header(request, url(request.repository, ""));
			const { response, url: from, elsewhere } = await follow(request, header);
			if (await expectsTls(request, response, from)) {
				overTls.add(from.host);
				return authorised(asked);
			}
			if (response.status === 401 && !elsewhere && attempt === 0) {
				const challenge = response.headers.get("www-authenticate");
				if (authentication.challenged(request, challenge, header)) {
					await discard(response);
					continue;
				}
			}
			if (request.answers.includes(response.status)) {
				if (response.status === 404 && !request.mayLack) await requireRegistry(request, response);
				return {
					response,
					url: from
				};
			}
			throw await failure(request, response, from, elsewhere);
		}
	}
	/** Go's HTTP server says so when it speaks TLS: then a registry on loopback is asked again over https. */
	async function expectsTls(request, response, from) {
		if (response.status !== 400 || from.protocol !== "http:") return false;
		const { doing } = request;
		const body = await readWhole(request.method === "HEAD" ? await exchange(new URL("/v2/", from), {
			method: "GET",
			doing
		}) : response.clone(), from, maximumErrorBytes);
		return new TextDecoder().decode(body).includes("HTTP request to an HTTPS server");
	}
	async function failure(request, response, from, elsewhere) {
		const { status } = response;
		const what = request.what ?? formatRepository(request.repository);
		const html = isHtml(response);
		const said = describeErrors(await readWhole(response, from, maximumErrorBytes));
		const text = scrubber.scrub(`${from.host} answered ${status}${said === "" ? "" : `: ${said}`}`);
		if (passingStatuses.includes(status)) return new PassingFailure(request.doing, text, retryAfter(response));
		if (elsewhere) return new OutsideError(request.doing, text);
		if (status === 401 || status === 403) {
			const hadCredentials = await authentication.hasCredentials(request.repository);
			const host = request.repository.registry;
			return unauthorised({
				what,
				host,
				status,
				push: request.push,
				hadCredentials
			});
		}
		if (html) return notARegistry(request.repository.registry, `it answered ${status} with an HTML page`);
		if (status === 404) {
			await requireRegistry(request, response);
			return new NotFoundError(what);
		}
		return new OutsideError(request.doing, text);
	}
	/**
	* "Not there" counts only from a registry: a 404 of some web server must not pass for "no such image".
	* Registries answer errors in JSON; where this one did not, /v2/ decides, once for each host.
	*/
	async function requireRegistry(request, response) {
		if (bareType(response.headers.get("content-type") ?? "").endsWith("json") || response.headers.has("docker-distribution-api-version")) return;
		const host = request.repository.registry;
		let problem = registries.get(host);
		if (problem === void 0) {
			problem = registryProblem(request);
			registries.set(host, problem);
			problem.catch(() => registries.delete(host));
		}
		const seen = await problem;
		if (seen !== void 0) throw notARegistry(host, seen);
	}
	async function registryProblem(request) {
		const base = new URL("/v2/", url(request.repository, ""));
		const response = await exchange(base, {
			method: "GET",
			doing: request.doing
		});
		await discard(response);
		const { status } = response;
		if (passingStatuses.includes(status)) throw new PassingFailure(request.doing, `${base.host} answered ${status}`, retryAfter(response));
		const challenged = status === 401 && response.headers.has("www-authenticate");
		const fine = status === 200 && !isHtml(response);
		if (challenged || fine) return void 0;
		return `/v2/ answers ${status}${isHtml(response) ? " with an HTML page" : ""}`;
	}
	async function retrying(operation) {
		for (let attempt = 0;; attempt++) try {
			return await operation();
		} catch (error) {
			const delay = delays[attempt];
			if (!(error instanceof PassingFailure) || delay === void 0) throw error;
			const asked = error.retryAfterSeconds;
			if (asked !== void 0 && asked > longestRetryAfterSeconds) throw error;
			const wait = asked === void 0 ? delay * (.75 + Math.random() / 2) : asked * 1e3;
			log.info(`${error.message.replace(/ Running the same.*$/, "")} Trying again in ${(wait / 1e3).toFixed(1)} s.`);
			await setTimeout$1(wait);
		}
	}
	async function send(request) {
		const attempt = async () => {
			const { response, url: from } = await authorised(request);
			const body = await readWhole(response, from, maximumBodyBytes, request.doing);
			counters.bytesReceived += body.length;
			return {
				status: response.status,
				headers: response.headers,
				body,
				url: from
			};
		};
		return request.once ? attempt() : retrying(attempt);
	}
	return {
		counters,
		url,
		send,
		retrying,
		stream: async (request) => {
			const { response, url: from } = await retrying(() => authorised(request));
			if (response.body === null) throw new OutsideError(request.doing, `${from.host} sent no content`);
			return response.body.pipeThrough(new TransformStream({ transform: (chunk, controller) => {
				counters.bytesReceived += chunk.length;
				controller.enqueue(chunk);
			} }));
		}
	};
}
/**
* Where a redirect or an upload session leads.
* @throws OutsideError when that would leave https for plain http (this machine's own addresses excepted)
*/
function secureLocation(location, from, doing) {
	if (!URL.canParse(location, from.href)) throw new OutsideError(doing, `${from.host} sent an unreadable Location`);
	const next = new URL(location, from);
	const plain = next.protocol === "http:" && from.protocol === "http:" && isLoopback(next);
	if (next.protocol !== "https:" && !plain) throw new OutsideError(doing, `${from.host} led to ${next.protocol}//${next.host}, which is not encrypted`);
	next.username = "";
	next.password = "";
	return next;
}
function isHtml(response) {
	return bareType(response.headers.get("content-type") ?? "") === "text/html";
}
async function discard(response) {
	try {
		await response.body?.cancel();
	} catch {}
}
/**
* Reads a body up to a limit.
* @param doing what a broken or too large body is reported as; without it the body only explains another error, and is cut
*/
async function readWhole(response, from, limit, doing) {
	if (response.body === null) return /* @__PURE__ */ new Uint8Array();
	const chunks = [];
	let size = 0;
	try {
		for await (const chunk of response.body) {
			chunks.push(chunk);
			size += chunk.length;
			if (size > limit) break;
		}
	} catch (error) {
		if (doing !== void 0) throw connectionFailure(doing, from.host, error);
	}
	if (size > limit && doing !== void 0) throw new OutsideError(doing, `${from.host} sent more than ${limit} bytes`);
	return Buffer.concat(chunks);
}
function counted(source, count) {
	return source.pipeThrough(new TransformStream({ transform: (chunk, controller) => {
		count(chunk.length);
		controller.enqueue(chunk);
	} }));
}
function retryAfter(response) {
	const text = response.headers.get("retry-after");
	if (text === null) return {};
	const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1e3;
	return Number.isFinite(seconds) ? { retryAfterSeconds: Math.max(0, seconds) } : {};
}
/** The error list of the distribution specification, as one short line. */
function describeErrors(body) {
	try {
		const value = JSON.parse(new TextDecoder().decode(body));
		if (typeof value !== "object" || value === null || !("errors" in value) || !Array.isArray(value.errors)) return "";
		return value.errors.map((error) => typeof error === "object" && error !== null ? error : {}).map((error) => ["code", "message"].map((key) => Reflect.get(error, key)).filter((part) => typeof part === "string").join(" ")).join("; ").slice(0, 300);
	} catch {
		return "";
	}
}
// src/registry/pages.ts
/** Reads a list to its last page. */
async function readPages(transport, request) {
	const { repository, first, doing, answers } = request;
	const pages = [];
	const seen = /* @__PURE__ */ new Set();
	let next = first;
	while (next !== void 0) {
		if (seen.has(next.href)) throw new OutsideError(doing, "the pages of the list lead in a circle");
		seen.add(next.href);
		const page = await transport.send({
			method: "GET",
			repository,
			push: false,
			url: next,
			doing,
			answers,
			mayLack: request.mayLack ?? false
		});
		pages.push(page);
		next = page.status === 200 ? nextPage(page, doing) : void 0;
	}
	return pages;
}
function nextPage(page, doing) {
	const link = page.headers.get("link");
	const target = link === null ? void 0 : /<([^>]*)>[^,]*;\s*rel="?next"?/i.exec(link)?.[1];
	return target === void 0 ? void 0 : secureLocation(target, page.url, doing);
}
// src/registry/upload.ts
/**
* Uploads a blob in a session of its own: POST, then one PUT with the whole content (specification, "POST then PUT").
* Unlike chunks, every registry takes that.
*/
async function uploadOnce(transport, repository, digest, body) {
	const doing = `uploading ${digest} to ${formatRepository(repository)}`;
	const url = uploadLocation(await transport.send({
		method: "POST",
		repository,
		push: true,
		url: transport.url(repository, "blobs/uploads/"),
		doing,
		once: true,
		answers: [202]
	}), doing);
	url.search += `${url.search === "" ? "?" : "&"}digest=${encodeURIComponent(digest)}`;
	const stored = (await transport.send({
		method: "PUT",
		repository,
		push: true,
		url,
		doing,
		headers: { "content-type": "application/octet-stream" },
		body,
		once: true,
		answers: [201]
	})).headers.get("docker-content-digest");
	if (stored !== null && stored !== digest) throw new OutsideError(doing, `the registry stored ${stored}`);
}
/** Absolute or relative, with or without a query (specification, "Pushing a blob monolithically"). */
function uploadLocation(answer, doing) {
	const location = answer.headers.get("location");
	if (location === null) throw new OutsideError(doing, "the registry opened an upload without saying where");
	return secureLocation(location, answer.url, doing);
}
/** Closes an upload session that nothing will be sent to. */
async function cancelUpload(transport, repository, session, doing) {
	if (!session.headers.has("location")) return;
	await transport.send({
		method: "DELETE",
		repository,
		push: true,
		url: uploadLocation(session, doing),
		doing,
		answers: [
			200,
			202,
			204,
			400,
			404,
			405
		],
		mayLack: true
	});
}
// src/registry/verified.ts
/** Passes a stream through, and errors in place of ending when it was not what the descriptor says. */
function verified(source, descriptor, what) {
	const hash = createHash("sha256");
	const reader = source.getReader();
	let size = 0;
	return new ReadableStream({
		pull: async (controller) => {
			try {
				const { done, value } = await reader.read();
				if (!done) {
					hash.update(value);
					size += value.length;
					if (size > descriptor.size) throw wrongSize(what, descriptor.size, `more than ${descriptor.size}`);
					controller.enqueue(value);
					return;
				}
				if (size !== descriptor.size) throw wrongSize(what, descriptor.size, `${size}`);
				const found = `sha256:${hash.digest("hex")}`;
				if (found !== descriptor.digest) throw wrongBytes(what, found);
				controller.close();
			} catch (error) {
				await reader.cancel().catch(() => {});
				controller.error(connectionFailure(`reading ${what}`, what.split("/")[0], error));
			}
		},
		cancel: (reason) => reader.cancel(reason)
	});
}
function wrongSize(what, expected, found) {
	return new PassingFailure(`reading ${what}`, `${expected} bytes were promised and ${found} came`);
}
function wrongBytes(what, found) {
	return new OutsideError(`reading ${what}`, `the content does not match its digest: it is ${found}`, "Nothing of it was used. The registry, or something on the way to it, damages or replaces content.");
}
// src/registry/client.ts
const octets = "application/octet-stream";
/** The tag under which referrers of a digest are listed where a registry lacks the Referrers API. */
function fallbackTag(digest) {
	return digest.replace(":", "-");
}
function createRegistryClient(options = {}) {
	const transport = createTransport({
		credentials: options.credentials ?? credentialsFromFiles(options.env),
		...options.log === void 0 ? {} : { log: options.log },
		...options.retryDelays === void 0 ? {} : { retryDelays: options.retryDelays }
	});
	/** Registries seen to lack the Referrers API. */
	const withoutReferrers = /* @__PURE__ */ new Set();
	async function resolve(reference) {
		const answer = await manifestRequest(transport, "HEAD", reference, [
			200,
			404,
			405
		]);
		if (answer.status === 404) return void 0;
		const digest = answer.headers.get("docker-content-digest") ?? "";
		const size = answer.headers.get("content-length") ?? "";
		const mediaType = bareType(answer.headers.get("content-type") ?? "");
		if (answer.status !== 200 || !isDigest(digest) || !/^\d+$/.test(size) || !manifestMediaTypes.includes(mediaType)) return (await findManifest(reference))?.descriptor;
		requireDigest(reference, digest);
		return {
			mediaType,
			digest,
			size: Number(size)
		};
	}
	async function findManifest(reference) {
		const answer = await manifestRequest(transport, "GET", reference, [200, 404]);
		return answer.status === 404 ? void 0 : readManifest(reference, answer);
	}
	async function putAnywhere(repository, tagOrDigest, bytes, mediaType) {
		const digest = digestOf(bytes);
		const reference = isDigest(tagOrDigest) ? atDigest(repository, tagOrDigest) : atTag(repository, tagOrDigest);
		requireDigest(reference, digest);
		const what = formatReference(reference);
		const answer = await transport.send({
			method: "PUT",
			repository,
			push: true,
			url: transport.url(repository, `manifests/${isDigest(tagOrDigest) ? tagOrDigest : encodeURIComponent(tagOrDigest)}`),
			doing: `pushing ${what}`,
			what,
			headers: { "content-type": mediaType },
			body: bytes,
			answers: [201]
		});
		const stored = answer.headers.get("docker-content-digest");
		if (stored !== null && stored !== digest) throw new OutsideError(`pushing ${what}`, `the registry stored ${stored} in place of ${digest}`);
		return answer;
	}
	async function hasBlob(repository, digest) {
		return (await transport.send({
			method: "HEAD",
			repository,
			push: false,
			url: transport.url(repository, `blobs/${digest}`),
			doing: `looking for ${formatRepository(repository)}@${digest}`,
			answers: [200, 404]
		})).status === 200;
	}
	async function getBlob(repository, digest) {
		const what = `${formatRepository(repository)}@${digest}`;
		const answer = await transport.send({
			...blobRequest(transport, repository, digest),
			method: "GET"
		});
		const found = digestOf(answer.body);
		if (found !== digest) throw wrongBytes(what, found);
		return answer.body;
	}
	async function openBlob(repository, descriptor) {
		const what = `${formatRepository(repository)}@${descriptor.digest}`;
		return verified(await transport.stream({
			...blobRequest(transport, repository, descriptor.digest),
			method: "GET"
		}), descriptor, what);
	}
	async function uploadBlob(repository, content, known = {}) {
		const descriptor = content instanceof Uint8Array ? {
			mediaType: octets,
			digest: digestOf(content),
			size: content.length
		} : content.descriptor;
		if (!known.absent && await hasBlob(repository, descriptor.digest)) return descriptor;
		const body = content instanceof Uint8Array ? content : {
			size: descriptor.size,
			open: () => content.open()
		};
		await transport.retrying(() => uploadOnce(transport, repository, descriptor.digest, body));
		return descriptor;
	}
	async function mountBlob(repository, digest, from) {
		if (repository.registry !== from.registry) return false;
		if (sameRepository(repository, from)) return hasBlob(repository, digest);
		const doing = `mounting ${digest} of ${formatRepository(from)} in ${formatRepository(repository)}`;
		const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from.path)}`;
		const answer = await transport.send({
			method: "POST",
			repository,
			push: true,
			alsoPull: from,
			url: transport.url(repository, `blobs/uploads/?${query}`),
			doing,
			answers: [201, 202]
		});
		if (answer.status === 201) return true;
		await cancelUpload(transport, repository, answer, doing);
		return false;
	}
	async function listTags(repository) {
		const doing = `listing the tags of ${formatRepository(repository)}`;
		return (await readPages(transport, {
			repository,
			first: transport.url(repository, "tags/list"),
			doing,
			answers: [200, 404]
		})).filter((page) => page.status === 200).flatMap((page) => {
			const value = parseJson(page.body, formatRepository(repository));
			const tags = typeof value === "object" && value !== null && "tags" in value ? value.tags : void 0;
			if (tags === null) return [];
			if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
			throw notARegistry(repository.registry, "its answer holds no list of tags");
		});
	}
	async function referrers(repository, digest, artifactType) {
		const all = await fromApi(repository, digest, artifactType) ?? await fromFallbackTag(repository, digest);
		return artifactType === void 0 ? all : all.filter((each) => each.artifactType === artifactType);
	}
	async function fromApi(repository, digest, artifactType) {
		if (withoutReferrers.has(repository.registry)) return void 0;
		const query = artifactType === void 0 ? "" : `?artifactType=${encodeURIComponent(artifactType)}`;
		const what = `${formatRepository(repository)}@${digest}`;
		const pages = await readPages(transport, {
			repository,
			first: transport.url(repository, `referrers/${digest}${query}`),
			doing: `listing what refers to ${what}`,
			answers: [
				200,
				400,
				404,
				405,
				501
			],
			mayLack: true
		});
		if (!pages.every((page) => page.status === 200 && bareType(page.headers.get("content-type") ?? "") === mediaTypes.ociIndex)) {
			withoutReferrers.add(repository.registry);
			return;
		}
		return pages.flatMap((page) => {
			const { json } = parseManifest(page.body, what, mediaTypes.ociIndex);
			return isIndex(json) ? json.manifests : [];
		});
	}
	async function fromFallbackTag(repository, digest) {
		const index = await findManifest(atTag(repository, fallbackTag(digest)));
		return index !== void 0 && isIndex(index.json) ? index.json.manifests : [];
	}
	return {
		counters: transport.counters,
		resolve,
		getManifest: async (reference) => readManifest(reference, await manifestRequest(transport, "GET", reference, [200])),
		findManifest,
		putManifest: async (repository, tagOrDigest, bytes, mediaType) => {
			await putAnywhere(repository, tagOrDigest, bytes, mediaType);
			return digestOf(bytes);
		},
		putReferrer: async (repository, bytes, mediaType) => {
			const digest = digestOf(bytes);
			return {
				digest,
				listed: (await putAnywhere(repository, digest, bytes, mediaType)).headers.has("oci-subject")
			};
		},
		hasBlob,
		getBlob,
		openBlob,
		uploadBlob,
		mountBlob,
		listTags,
		referrers
	};
}
function manifestRequest(transport, method, reference, answers) {
	const { repository } = reference;
	const what = formatReference(reference);
	return transport.send({
		method,
		repository,
		push: false,
		url: transport.url(repository, `manifests/${reference.kind === "digest" ? reference.digest : encodeURIComponent(reference.tag)}`),
		doing: `reading ${what}`,
		what,
		headers: { accept: manifestMediaTypes.join(", ") },
		answers
	});
}
function readManifest(reference, answer) {
	const what = formatReference(reference);
	const contentType = answer.headers.get("content-type") ?? void 0;
	if (contentType !== void 0 && bareType(contentType) === "text/html") throw notARegistry(reference.repository.registry, "it answered with an HTML page");
	const found = digestOf(answer.body);
	const promised = answer.headers.get("docker-content-digest");
	if (reference.kind === "digest" && found !== reference.digest) throw wrongBytes(what, found);
	if (reference.kind === "tag" && promised !== null && promised !== found) throw wrongBytes(what, found);
	return parseManifest(answer.body, what, contentType);
}
function requireDigest(reference, digest) {
	if (reference.kind === "digest" && reference.digest !== digest) throw wrongBytes(formatReference(reference), digest);
}
function blobRequest(transport, repository, digest) {
	const what = `${formatRepository(repository)}@${digest}`;
	return {
		repository,
		push: false,
		url: transport.url(repository, `blobs/${digest}`),
		doing: `reading ${what}`,
		what,
		answers: [200]
	};
}
// src/updates/json.ts
const maximumDepth = 200;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const plainCharacters = /[^"\\\p{Cc}]+|[\u007f-\u009f]+/uy;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/**
* Reads JSON strictly. JSON.parse gives the value; a scan before it finds what JSON.parse does not tell:
* line and column of a mistake, and keys that occur twice (serde refuses those, JSON.parse keeps the last
* one: a botched merge of two `rollout` objects would go unseen).
* @throws InputError with `where:line:column`
*/
function readJson(text, where) {
	scan(text, where, () => {});
	return {
		value: JSON.parse(text),
		placeOf(path) {
			let best = {
				depth: -1,
				offset: 0
			};
			scan(text, where, (visited, offset) => {
				if (visited.length > best.depth && visited.length <= path.length && visited.every((key, index) => key === path[index])) best = {
					depth: visited.length,
					offset
				};
			});
			return `${where}:${lineAndColumn(text, best.offset)}`;
		}
	};
}
function lineAndColumn(text, offset) {
	const before = text.slice(0, offset).split("\n");
	return `${before.length}:${before.at(-1).length + 1}`;
}
function scan(text, where, visit) {
	let at = 0;
	const path = [];
	value();
	space();
	if (at < text.length) fail("the end of the file");
	function value() {
		space();
		visit(path, at);
		if (path.length > maximumDepth) fail(`at most ${maximumDepth} levels of nesting`);
		const character = text[at];
		if (character === "{") object();
		else if (character === "[") list();
		else if (character === "\"") string();
		else if (!literal() && !take(numberPattern)) fail("a JSON value");
	}
	function object() {
		const seen = /* @__PURE__ */ new Set();
		at += 1;
		space();
		if (text[at] === "}") {
			at += 1;
			return;
		}
		for (;;) {
			space();
			const start = at;
			if (text[at] !== "\"") fail("a key in double quotes");
			string();
			const key = JSON.parse(text.slice(start, at));
			if (seen.has(key)) throw new InputError({
				where: `${where}:${lineAndColumn(text, start)}`,
				problem: "this key occurs twice in one object",
				found: key,
				remedy: "Keep one of the two."
			});
			seen.add(key);
			space();
			if (text[at] !== ":") fail("':' after the key");
			at += 1;
			path.push(key);
			value();
			path.pop();
			if (closes("}")) return;
		}
	}
	function list() {
		at += 1;
		space();
		if (text[at] === "]") {
			at += 1;
			return;
		}
		for (let index = 0;; index += 1) {
			path.push(index);
			value();
			path.pop();
			if (closes("]")) return;
		}
	}
	/** After an entry: true at the closing bracket, false after a comma. */
	function closes(bracket) {
		space();
		const character = text[at];
		if (character !== bracket && character !== ",") fail(`',' or '${bracket}'`);
		at += 1;
		if (character === bracket) return true;
		space();
		if (text[at] === bracket) fail("another entry: JSON takes no comma after the last one");
		return false;
	}
	function string() {
		at += 1;
		while (take(plainCharacters) || take(escapeSequence));
		if (text[at] !== "\"") fail("a string that ends on its line, with known escapes");
		at += 1;
	}
	function literal() {
		const word = [
			"true",
			"false",
			"null"
		].find((each) => text.startsWith(each, at));
		at += word?.length ?? 0;
		return word !== void 0;
	}
	function take(pattern) {
		pattern.lastIndex = at;
		if (!pattern.test(text)) return false;
		at = pattern.lastIndex;
		return true;
	}
	function space() {
		while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "	") at += 1;
	}
	function fail(expected) {
		throw new InputError({
			where: `${where}:${lineAndColumn(text, at)}`,
			problem: "not valid JSON",
			found: at >= text.length ? "the end of the file" : text.slice(at, at + 12).split("\n")[0],
			expected
		});
	}
}
// src/updates/document.ts
const issueNotes = object({
	problem: string().optional(),
	remedy: string().optional()
});
/**
* Reads a JSON document by a schema. The answer is the parsed JSON itself, not the schema's copy of it: fields
* that the schema does not know, and the order of keys, survive. Where upstream's serde takes null for "absent"
* (the fields in `nullable`), null is dropped.
* @throws InputError with `where:line:column` and the path of the field
*/
function readDocument(schema, text, options) {
	const json = readJson(text, options.where);
	const value = options.nullable === void 0 ? json.value : withoutNulls(json.value, options.nullable);
	checkValue(schema, value, json.placeOf);
	return value;
}
/**
* Checks a value by a schema.
* @param placeOf says where the value at a path stands; without it only the field is named
* @throws InputError for the first thing that is wrong
*/
function checkValue(schema, value, placeOf) {
	const result = schema.safeParse(value);
	if (result.success) return;
	const issue = result.error.issues[0];
	const found = valueAt(value, issue.path);
	const notes = issueNotes.safeParse(issue.code === "custom" ? issue.params : void 0);
	const problem = notes.data?.problem ?? (found === void 0 ? "missing" : "not what belongs here");
	throw new InputError({
		...placeOf === void 0 ? {} : { where: placeOf(issue.path) },
		...issue.path.length === 0 ? {} : { field: fieldPath(issue.path) },
		problem,
		...found === void 0 ? {} : { found },
		expected: issue.message,
		...notes.data?.remedy === void 0 ? {} : { remedy: notes.data.remedy }
	});
}
/** `releases[3].metadata.rollout` */
function fieldPath(path) {
	return path.map((key, index) => typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`).join("");
}
/** A text that must not be empty. */
function someText(expected) {
	return string({ error: expected }).min(1, { error: expected });
}
/** An object of which only these fields are looked at. */
function openObject(expected, shape) {
	return looseObject(shape, { error: expected });
}
/** The head that releases.json and updates.json share. */
const documentHead = {
	stream: someText("the name of a stream, such as \"stable\""),
	metadata: openObject("an object such as {\"last-modified\": \"2026-07-21T14:07:12Z\"}", { "last-modified": string({ error: "a time, such as \"2026-07-21T14:07:12Z\"" }) })
};
function valueAt(value, path) {
	let current = value;
	for (const key of path) {
		if (typeof current !== "object" || current === null) return void 0;
		current = current[key];
	}
	return current;
}
function withoutNulls(value, keys) {
	if (Array.isArray(value)) return value.map((each) => withoutNulls(each, keys));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([key, each]) => each !== null || !keys.has(key)).map(([key, each]) => [key, withoutNulls(each, keys)]));
}
// src/updates/metadata.ts
const largestEpoch = 1e11;
const startEpoch = int({ error: "UNIX seconds, a whole number" }).superRefine((value, context) => {
	if (Math.abs(value) <= largestEpoch) return;
	context.addIssue({
		code: "custom",
		message: "UNIX seconds",
		params: {
			problem: "this looks like milliseconds",
			remedy: `Divide by 1000: ${Math.floor(value / 1e3)}`
		}
	});
});
const startPercentage = number({ error: "a fraction from 0 to 1" }).superRefine((value, context) => {
	if (value >= 0 && value <= 1) return;
	context.addIssue({
		code: "custom",
		message: "a fraction from 0 to 1",
		params: {
			problem: "out of range",
			remedy: "Despite its name it is a fraction: 0.05 means 5 %."
		}
	});
});
const durationMinutes = int({ error: "minutes, a whole number" }).nonnegative({ error: "minutes, 0 or more" });
const reason = openObject("an object {\"reason\": \"…\"}", { reason: string({ error: "a text, best the URL of an explanation" }) });
/** One entry of updates.json; unknown fields pass. */
const updateEntry = openObject("an entry: {version, metadata}", {
	version: someText("a version, such as \"44.20260707.3.1\""),
	metadata: openObject("an object with rollout, barrier or deadend", {
		rollout: openObject("an object {start_epoch, start_percentage, duration_minutes}", {
			start_epoch: startEpoch.optional(),
			start_percentage: startPercentage.optional(),
			duration_minutes: durationMinutes.optional()
		}).optional(),
		barrier: reason.optional(),
		deadend: reason.optional()
	})
});
const entries = array(updateEntry, { error: "the list of entries" });
const updateMetadata = openObject("update metadata: {stream, metadata, releases}", {
	...documentHead,
	releases: entries
});
const graphUpdates = openObject("update metadata: {stream, metadata, releases}", {
	stream: documentHead.stream.optional(),
	releases: entries
});
/** Fields of an entry in which upstream's serde reads null as "absent". */
const nullableEntryFields = /* @__PURE__ */ new Set([
	"rollout",
	"barrier",
	"deadend",
	"start_epoch",
	"start_percentage",
	"duration_minutes"
]);
/**
* Reads update metadata (upstream's updates.json); fields that are not known survive.
* @param where the file's name, for messages
* @throws InputError with line, column and field: broken JSON, a wrong type, a percentage outside 0 to 1,
*   an epoch in milliseconds
*/
function parseUpdateMetadata(text, where) {
	return readDocument(updateMetadata, text, {
		where,
		nullable: nullableEntryFields
	});
}
/** Reads only what the graph depends on: `releases`; as strict as parseUpdateMetadata about that part. */
function parseGraphUpdates(text, where) {
	return readDocument(graphUpdates, text, {
		where,
		nullable: nullableEntryFields
	});
}
/**
* As upstream's rollout.py writes it: indent of two spaces, final newline, and `1.0` where JSON.stringify says
* `1`, so that a file of Fedora's comes back byte for byte.
*/
function formatUpdateMetadata(metadata) {
	return `${JSON.stringify(metadata, null, 2).replace(/^( *"start_percentage": -?\d+)(,?)$/gm, "$1.0$2")}\n`;
}
/** Metadata without entries. @param now UNIX seconds */
function emptyUpdateMetadata(stream, now) {
	return {
		stream,
		metadata: { "last-modified": formatTime(now) },
		releases: []
	};
}
/**
* Tidies, then appends an entry, as `rollout.py add` does. The very same entry again gives the same object back.
* @param now UNIX seconds
* @throws InputError when the entry is wrong, or the version has an entry already (upstream refuses that, too)
*/
function addUpdate(metadata, entry, now) {
	checkValue(updateEntry, entry);
	const known = metadata.releases.find(({ version }) => version === entry.version);
	if (known !== void 0) {
		if (isDeepStrictEqual(known, entry)) return metadata;
		throw new InputError({
			field: `updates for ${entry.version}`,
			problem: "this version has an entry in the update metadata already",
			found: known,
			remedy: "Change that entry instead of adding a second one."
		});
	}
	return {
		...metadata,
		metadata: {
			...metadata.metadata,
			"last-modified": formatTime(now)
		},
		releases: [...tidyEntries(metadata.releases, now), entry]
	};
}
function tidyEntries(before, now) {
	const finished = before.map((entry) => hasRunOut(entry.metadata.rollout, now) ? {
		...entry,
		metadata: {
			...entry.metadata,
			rollout: { start_percentage: 1 }
		}
	} : entry);
	const lastCompleted = finished.findLastIndex(isCompleted);
	return finished.map((entry, index) => index < lastCompleted && isCompleted(entry) ? withoutRollout(entry) : entry).filter(({ metadata: { rollout, barrier, deadend } }) => [
		rollout,
		barrier,
		deadend
	].some(isThere));
}
function hasRunOut(rollout, now) {
	if (!rollout?.duration_minutes) return false;
	return (rollout.start_epoch ?? 0) + 60 * rollout.duration_minutes < now;
}
/** Upstream compares whole objects: `{"start_epoch": …, "start_percentage": 1.0}` does not count as completed. */
function isCompleted(entry) {
	return isDeepStrictEqual(entry.metadata.rollout, { start_percentage: 1 });
}
function withoutRollout(entry) {
	const { rollout: _, ...rest } = entry.metadata;
	return {
		...entry,
		metadata: rest
	};
}
function isThere(value) {
	return value !== void 0;
}
// src/updates/releases.ts
const digestReference = /^[^\s@/]+(?:\/[^\s@:/]+)+@sha256:[0-9a-f]{64}$|^[^\s@:/]+@sha256:[0-9a-f]{64}$/;
const architecture = someText("an architecture, such as \"x86_64\"");
const releaseFields = {
	version: someText("a version, such as \"44.20260707.3.1\""),
	commits: array(openObject("an object {architecture, checksum}", {
		architecture,
		checksum: string({ error: "an ostree checksum" })
	}), { error: "a list of {architecture, checksum}" }).optional(),
	"oci-images": array(openObject("an object {architecture, image, digest-ref}", {
		architecture,
		image: string({ error: "an image by tag, such as \"quay.io/acme/os:stable\"" }),
		"digest-ref": string({ error: "repository@sha256: and 64 hex digits" }).refine((text) => text === "" || digestReference.test(text), { error: "repository@sha256: and 64 hex digits, without a tag" })
	}), { error: "a list of {architecture, image, digest-ref}" }).optional()
};
const release = openObject("a release: {version, metadata, oci-images}", {
	...releaseFields,
	metadata: string({ error: "the URL of the release's release.json" })
});
const releaseIndex = openObject("a release index: {stream, metadata, releases}", {
	...documentHead,
	note: string({ error: "a text" }).optional(),
	releases: releaseList(release)
});
const graphReleases = openObject("a release index: {stream, metadata, releases}", {
	stream: documentHead.stream.optional(),
	releases: releaseList(openObject("a release: {version, metadata, oci-images}", releaseFields))
});
function releaseList(each) {
	return array(each, { error: "the list of releases, oldest first" }).superRefine((list, context) => {
		const firstAt = /* @__PURE__ */ new Map();
		for (const [index, { version }] of list.entries()) {
			const first = firstAt.get(version);
			if (first !== void 0) context.addIssue({
				code: "custom",
				path: [index, "version"],
				message: "each version once",
				params: {
					problem: `releases[${first}] has this version already`,
					remedy: "A version names one build: remove the entry that was added by mistake."
				}
			});
			firstAt.set(version, first ?? index);
		}
	});
}
const nullable = /* @__PURE__ */ new Set([
	"commits",
	"oci-images",
	"note"
]);
/**
* Reads a release index (upstream's releases.json); fields that are not known survive.
* @param where the file's name, for messages
* @throws InputError with line, column and field: broken JSON, a wrong type, a version that occurs twice,
*   a digest-ref other than repository@sha256:…
*/
function parseReleaseIndex(text, where) {
	return readDocument(releaseIndex, text, {
		where,
		nullable
	});
}
/**
* Reads only what the graph depends on: upstream's graph builder looks at nothing but `releases` either.
* As strict as parseReleaseIndex about that part.
*/
function parseGraphReleases(text, where) {
	return readDocument(graphReleases, text, {
		where,
		nullable
	});
}
/** As upstream writes it: indent of two spaces, final newline. */
function formatReleaseIndex(index) {
	return `${JSON.stringify(index, null, 2)}\n`;
}
/** An index without releases. @param now UNIX seconds */
function emptyReleaseIndex(stream, now) {
	return {
		stream,
		metadata: { "last-modified": formatTime(now) },
		releases: []
	};
}
/**
* Appends a release. Nothing is ever changed or moved: positions are ages, and nodes look for themselves in them.
* The very same release again gives the same object back.
* @param now UNIX seconds, for `last-modified`
* @throws InputError when the version is there with other content, or an image is another release's already
*   (Zincati takes the first node with its payload, so it would believe to run that one)
*/
function addRelease(index, added, now) {
	checkValue(release, added);
	const known = index.releases.find(({ version }) => version === added.version);
	if (known !== void 0) {
		if (isDeepStrictEqual(known, added)) return index;
		throw new InputError({
			field: `release ${added.version}`,
			problem: "this version is in the release index already, with other content",
			found: added,
			expected: JSON.stringify(known),
			remedy: "A version names one build for ever: a new build needs a new version."
		});
	}
	for (const image of added["oci-images"] ?? []) {
		const owner = index.releases.find((each) => each["oci-images"]?.some((other) => sameImage(other, image)));
		if (owner !== void 0 && image["digest-ref"] !== "") throw new InputError({
			field: `release ${added.version}`,
			problem: `its ${image.architecture} image is release ${owner.version} already`,
			found: image["digest-ref"],
			remedy: "One image is one release of a fleet: promote an image that was built for this version."
		});
	}
	return {
		...index,
		metadata: {
			...index.metadata,
			"last-modified": formatTime(now)
		},
		releases: [...index.releases, added]
	};
}
function sameImage(one, other) {
	return one.architecture === other.architecture && one["digest-ref"] === other["digest-ref"];
}
// src/state/release-record.ts
const digest = custom((value) => typeof value === "string" && isDigest(value), { message: "not a sha256 digest" });
const imageSchema = looseObject({
	architecture: _enum(architectures),
	/** `repository:tag`, the tag being the release's version. */
	image: string().min(1),
	/** `repository@digest` of the manifest for this architecture, as read back from production. */
	digestRef: string().regex(/^[^@]+@sha256:[0-9a-f]{64}$/, "not repository@sha256:…"),
	/** Digest of the evidence that this image passed the tests. */
	evidence: digest.optional()
});
const recordSchema = looseObject({
	version: string().min(1),
	fleet: string().min(1),
	/** Source commit, on the fleet's branch. */
	commit: string().regex(/^[0-9a-f]{40,64}$/, "not a full commit name"),
	buildKey: string().regex(/^[0-9a-f]{64}$/, "not a build key (64 hex digits)"),
	baseVersion: string().min(1),
	/** The image's own creation time, ISO 8601: grows strictly along a fleet's releases. */
	created: string().refine((text) => !Number.isNaN(Date.parse(text)), "not an ISO 8601 time"),
	/** When the release was recorded, UNIX seconds. */
	recordedAt: int().nonnegative(),
	/** Start of the first rollout, UNIX seconds; tidied update metadata does not say it any more. */
	rolloutStart: int().nonnegative().optional(),
	/** When the first rollout was planned to be complete, UNIX seconds. */
	rolloutEnd: int().nonnegative().optional(),
	images: array(imageSchema).min(1),
	/** The fleet that had this version before. */
	promotedFrom: string().optional()
});
/** @throws InputError naming file and field */
function parseRecord(text, where) {
	let json;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON",
			expected: "the record of a release"
		}, { cause: error });
	}
	const parsed = recordSchema.safeParse(json);
	const issue = parsed.error?.issues[0];
	if (issue !== void 0 || parsed.data === void 0) throw new InputError({
		where,
		field: issue?.path.join(".") ?? "",
		problem: `not the record of a release: ${issue?.message ?? "wrong shape"}`
	});
	return parsed.data;
}
/** As it is on the state branch: two spaces, a final newline. */
function formatRecord(record) {
	return `${JSON.stringify(record, null, 2)}\n`;
}
// src/state/fleet-files.ts
/** Folder of a fleet on the state branch. */
function fleetFolder(fleet) {
	return `fleets/${fleet}`;
}
/**
* Reads a fleet's files, and refuses what does not fit together: people may edit them, and a slip there must not
* reach a node.
* @param files path on the state branch → text
* @throws InputError naming branch, commit, file and field
*/
function parseFleet(files, options) {
	const { fleet, config, commit } = options;
	const folder = fleetFolder(fleet);
	const place = (file) => `${config.stateBranch} (commit ${commit?.slice(0, 12) ?? "none"}): ${file}`;
	const releasesFile = `${folder}/releases.json`;
	const updatesFile = `${folder}/updates.json`;
	const releasesText = files.get(releasesFile);
	const updatesText = files.get(updatesFile);
	const records = {};
	for (const [path, text] of files) {
		if (path === releasesFile || path === updatesFile) continue;
		const version = /^records\/([^/]+)\.json$/.exec(path.slice(folder.length + 1))?.[1];
		if (version === void 0) throw unexpected(place(path));
		const record = parseRecord(text, place(path));
		expectSame(place(path), "version", record.version, version);
		expectSame(place(path), "fleet", record.fleet, fleet);
		records[version] = record;
	}
	const releases = releasesText === void 0 ? emptyReleaseIndex(config.stream, 0) : parseReleaseIndex(releasesText, place(releasesFile));
	const updates = updatesText === void 0 ? emptyUpdateMetadata(config.stream, 0) : parseUpdateMetadata(updatesText, place(updatesFile));
	expectSame(place(releasesFile), "stream", releases.stream, config.stream);
	expectSame(place(updatesFile), "stream", updates.stream, config.stream);
	const versions = /* @__PURE__ */ new Set();
	for (const [index, release] of releases.releases.entries()) {
		const field = `releases[${index}]`;
		const images = release["oci-images"] ?? [];
		if (images.length === 0 || images.some((image) => image["digest-ref"] === "")) throw new InputError({
			where: place(releasesFile),
			field: `${field}.oci-images`,
			problem: `release ${release.version} lacks an image, so no node could find itself or update to it`,
			expected: "one {architecture, image, digest-ref} for each architecture"
		});
		versions.add(release.version);
	}
	for (const [index, entry] of updates.releases.entries()) {
		if (versions.has(entry.version)) continue;
		throw new InputError({
			where: place(updatesFile),
			field: `releases[${index}].version`,
			problem: `fleet ${fleet} has no such release, so this entry would have no effect`,
			found: entry.version,
			expected: "a version that releases.json has"
		});
	}
	for (const version of Object.keys(records)) {
		if (versions.has(version)) continue;
		throw new InputError({
			where: place(releasesFile),
			field: "releases",
			problem: `release ${version} has a record but is missing here; a release is never removed`,
			remedy: `Put it back where it was (git log ${config.stateBranch} -- ${releasesFile}).`
		});
	}
	return {
		releases,
		updates,
		records
	};
}
/**
* The files that differ. A part that is the very same object keeps its text, however somebody formatted it.
* @throws Error where the change removes or reorders releases: no caller may
*/
function changedFleetFiles(fleet, before, after, files) {
	refuseLoss(fleet, before, after);
	const folder = fleetFolder(fleet);
	const wanted = /* @__PURE__ */ new Map();
	if (after.releases !== before.releases) wanted.set(`${folder}/releases.json`, formatReleaseIndex(after.releases));
	if (after.updates !== before.updates) wanted.set(`${folder}/updates.json`, formatUpdateMetadata(after.updates));
	for (const [version, record] of Object.entries(after.records)) if (record !== before.records[version]) wanted.set(`${folder}/records/${version}.json`, formatRecord(record));
	return [...wanted].filter(([path, content]) => files.get(path) !== content).map(([path, content]) => ({
		path,
		content
	}));
}
function refuseLoss(fleet, before, after) {
	for (const [index, release] of before.releases.releases.entries()) {
		if (after.releases.releases[index]?.version === release.version) continue;
		throw new Error(`a change to fleet ${fleet} removes or reorders release ${release.version}`);
	}
	for (const version of Object.keys(before.records)) if (after.records[version] === void 0) throw new Error(`a change to fleet ${fleet} removes the record of ${version}`);
}
function unexpected(where) {
	return new InputError({
		where,
		problem: "an unexpected file on the state branch",
		expected: "releases.json, updates.json and records/<version>.json only",
		remedy: "Remove it with a commit on that branch."
	});
}
function expectSame(where, field, found, expected) {
	if (found !== expected) throw new InputError({
		where,
		field,
		problem: "this does not belong here",
		found,
		expected: JSON.stringify(expected)
	});
}
// src/state/state.ts
/** Opens the state branch, which may not exist yet. */
function openState(branches, config) {
	const branch = config.stateBranch;
	async function read(fleet) {
		const commit = await branches.resolve(branch);
		const files = commit === void 0 ? /* @__PURE__ */ new Map() : await branches.readFolder(commit, fleetFolder(fleet));
		return {
			commit,
			files,
			state: parseFleet(files, {
				fleet,
				config,
				commit
			})
		};
	}
	return {
		readFleet: async (fleet) => (await read(fleet)).state,
		changeFleet: (fleet, message, change) => untilNotStale(async () => {
			const { commit, files, state } = await read(fleet);
			const after = change(state);
			const changes = after === state ? [] : changedFleetFiles(fleet, state, after, files);
			if (changes.length === 0) return {
				changed: false,
				commit
			};
			if (commit === void 0) changes.push({
				path: "README.md",
				content: readme
			});
			return {
				changed: true,
				commit: await branches.commit({
					branch,
					parent: commit,
					changes,
					message
				})
			};
		})
	};
}
const readme = `# State of the fleets

Coxswain keeps on this branch what every fleet runs and how updates reach it. It shares no history with the
branches your images are built from.

    fleets/<fleet>/releases.json            the fleet's releases, oldest first (FCOS release index)
    fleets/<fleet>/updates.json             rollouts, barriers and dead-ends (FCOS update metadata)
    fleets/<fleet>/records/<version>.json   where each release came from: commit, build key, images, evidence

Every change is a commit. To steer updates, edit \`updates.json\` here, in a pull request or by \`coxswain
edit-updates\`; \`coxswain publish-updates\` then turns it into the files that nodes read. Releases are only ever
added, at the end: removing or reordering them would strand nodes.
`;
// src/cli/project.ts
/**
* Opens the checkout that holds `directory`.
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
	const forge = await openGitForge(root);
	return {
		root,
		config,
		git: new Git(root),
		forge,
		state: openState(forge.branches, config),
		client: createRegistryClient({
			env: options.env,
			log: options.log
		})
	};
}
// src/cli/verb.ts
/** Keeps the types of the inputs while a verb is written down. */
function defineVerb(verb) {
	return verb;
}
export { many as A, styled as C, readArguments as D, commonInputs as E, text as M, duration as O, silentLog as S, verbHelp as T, fallbackTag as _, parseGraphReleases as a, directory as b, formatUpdateMetadata as c, parseUpdateMetadata as d, updateEntry as f, createRegistryClient as g, someText as h, formatReleaseIndex as i, parsed as j, flag as k, nullableEntryFields as l, readDocument as m, openProject as n, parseReleaseIndex as o, openObject as p, addRelease as r, addUpdate as s, defineVerb as t, parseGraphUpdates as u, openGitForge as v, programHelp as w, createLog as x, Git as y };
