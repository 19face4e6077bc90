import { B as withTemporaryFolder, Y as findTool, ct as InputError, dt as init_errors, ft as messageOf, it as defined, lt as OutsideError, q as exec, w as plainLine } from "./host.mjs";
import { C as StaleBranchError } from "./world-forge.mjs";
import { stat, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { randomBytes } from "node:crypto";
// src/world/git/full-hash.ts
init_errors();
/** Whether a text is the whole hash of an object, of SHA-1 or SHA-256. */
function isFullHash(text) {
	return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
// src/world/git/short-commit.ts
/** The first 12 digits of a commit (or tree), as messages show it. */
function shortCommit(commit) {
	return commit.slice(0, 12);
}
/**
* Reads blobs by hash, byte for byte (no end-of-line conversion, no filters), one after the other so that only
* one is in memory at a time.
* @throws OutsideError when git does not have one of them
*/
async function readBlobs(git, hashes, each) {
	for (const hash of hashes) await each(hash, await readBlob(git, hash));
}
/** Reads one blob. @throws OutsideError when git does not have it */
async function readBlob(git, hash) {
	const object = await git.objects.read(hash);
	if (object?.kind === "blob") return object.bytes;
	throw new OutsideError(`reading ${hash} from git`, `it is ${object?.kind ?? "missing"}, expected a file`);
}
/**
* A file's text, for files that have to be text.
* @throws InputError when the bytes are not UTF-8
*/
async function readTextBlob(git, entry) {
	return decode(await readBlob(git, entry.hash), entry);
}
/**
* Texts of several files.
* @returns path → text
* @throws InputError naming the file that is not UTF-8 text
*/
async function readTexts(git, entries) {
	const texts = await Promise.all(entries.map(async (entry) => {
		const known = git.memory.get(entry.hash);
		if (known !== void 0) return known;
		const text = await readTextBlob(git, entry);
		git.memory.set(entry.hash, text);
		return text;
	}));
	return new Map(entries.map(({ path }, index) => [path, texts[index]]));
}
function decode(bytes, entry) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch (error) {
		throw new InputError({
			where: entry.path,
			problem: "this file is not UTF-8 text"
		}, { cause: error });
	}
}
// src/world/git/list-tree.ts
init_errors();
/** The mode of a folder. */
const folder = "40000";
/** The mode of a submodule. */
const submodule = "160000";
/** Every file of a commit or tree, in git's order (by the bytes of the path). Submodules are in it. */
async function listCommit(git, commit) {
	return walk(git, {
		mode: folder,
		hash: await treeOf(git, commit),
		path: ""
	});
}
/**
* Files at or beneath a path in a commit or tree, without submodules.
* @param path from the top of the repository; '' for all
*/
async function listTree(git, commit, path) {
	const start = await findEntry(git, commit, path);
	return (start === void 0 ? [] : await walk(git, start)).filter(({ mode }) => mode !== submodule);
}
/**
* What is at a path of a commit or tree.
* @param path from the top of the repository; '' for the top itself
* @returns undefined if there is nothing; mode `40000` for a folder
*/
async function findEntry(git, commit, path) {
	let here = {
		mode: folder,
		hash: await treeOf(git, commit),
		path: ""
	};
	for (const name of path.split("/").filter((part) => part !== "" && part !== ".")) {
		if (here === void 0 || !isFolder(here)) return void 0;
		here = (await readTree(git, here)).find((entry) => nameOf$1(entry.path) === name);
	}
	return here;
}
/**
* The paths of all files that differ between two commits or trees, in the order of their names. A renamed file is two paths.
* Folders that are the same are not read.
*/
async function changedPaths(git, from, to) {
	const [one, other] = await Promise.all([treeOf(git, from), treeOf(git, to)]);
	const top = (hash) => ({
		mode: folder,
		hash,
		path: ""
	});
	return (await differences(git, top(one), top(other))).sort();
}
async function differences(git, one, other) {
	if (one?.hash === other?.hash && one?.mode === other?.mode) return [];
	const paths = [one, other].flatMap((each) => each === void 0 || isFolder(each) ? [] : [each.path]);
	const before = await entriesOf(git, one);
	const after = await entriesOf(git, other);
	const inside = [.../* @__PURE__ */ new Set([...before.keys(), ...after.keys()])].map((path) => differences(git, before.get(path), after.get(path)));
	return [...new Set(paths), ...(await Promise.all(inside)).flat()];
}
async function entriesOf(git, entry) {
	const entries = entry === void 0 || !isFolder(entry) ? [] : await readTree(git, entry);
	return new Map(entries.map((each) => [each.path, each]));
}
function isFolder({ mode }) {
	return mode === folder;
}
function nameOf$1(path) {
	return path.slice(path.lastIndexOf("/") + 1);
}
async function walk(git, from) {
	if (!isFolder(from)) return [from];
	const entries = await readTree(git, from);
	return (await Promise.all(entries.map((entry) => walk(git, entry)))).flat();
}
/** Trees that were read, by repository. A tree never changes. */
const trees = /* @__PURE__ */ new WeakMap();
const mostTrees = 2e3;
/** The entries of a folder, with paths from the top. */
async function readTree(git, { hash, path }) {
	const known = trees.get(git) ?? /* @__PURE__ */ new Map();
	trees.set(git, known);
	let entries = known.get(hash);
	if (entries === void 0) {
		const object = await git.objects.read(hash);
		if (object?.kind !== "tree") throw new OutsideError(`reading ${hash} from git`, `it is ${object?.kind ?? "missing"}, expected a folder`);
		entries = parseTree(object.bytes, hash.length / 2);
		known.set(hash, entries);
		if (known.size > mostTrees) known.delete(known.keys().next().value);
	}
	return path === "" ? entries : entries.map((entry) => ({
		...entry,
		path: `${path}/${entry.path}`
	}));
}
/**
* The content of a tree object: for each entry its mode, a space, its name, a zero byte and the bytes of its hash.
* @param hashBytes 20 for SHA-1, 32 for SHA-256
*/
function parseTree(bytes, hashBytes) {
	const entries = [];
	for (let at = 0; at < bytes.length;) {
		const space = bytes.indexOf(32, at);
		const end = bytes.indexOf(0, space);
		const next = end + 1 + hashBytes;
		entries.push({
			mode: bytes.toString("latin1", at, space),
			path: bytes.toString("utf8", space + 1, end),
			hash: bytes.toString("hex", end + 1, next)
		});
		at = next;
	}
	return entries;
}
/** The tree of a commit, a tag or another name. */
async function treeOf(git, name) {
	const question = `tree of ${name}`;
	const known = git.memory.get(question);
	if (known !== void 0) return known;
	const hash = (await git.objects.find(`${name}^{tree}`))?.hash ?? await git.run([
		"rev-parse",
		"--verify",
		`${name}^{tree}`
	]);
	if (isFullHash(name)) git.memory.set(question, hash);
	return hash;
}
// src/world/git/read-commit.ts
/**
* The commit that a name stands for.
* @param name a hash, also a short one, a branch, a tag, `HEAD` and the like
* @returns its hash; undefined if there is no such commit
*/
async function findCommit(git, name) {
	const object = await git.objects.find(`${name}^{commit}`);
	if (object !== void 0) return object.hash;
	return git.try([
		"rev-parse",
		"--verify",
		"--quiet",
		"--end-of-options",
		`${name}^{commit}`
	]);
}
/** When a commit was made (the committer's time), in UNIX seconds. @param commit a full hash */
async function readCommitTime(git, commit) {
	const object = isFullHash(commit) ? await git.objects.find(commit) : void 0;
	const [, time] = /^committer .*> (\d+) [+-]\d+$/m.exec(object?.bytes.toString() ?? "") ?? [];
	if (object?.kind === "commit" && time !== void 0) return Number(time);
	const line = await git.run([
		"rev-list",
		"--max-count=1",
		"--timestamp",
		commit
	]);
	return Number(line.split(" ")[0]);
}
/**
* The parents of a commit, as it names them: they may be missing here.
* @param commit a full hash
* @returns none for a commit that is not here
*/
async function parentsOf(git, commit) {
	const object = isFullHash(commit) ? await git.objects.find(commit) : void 0;
	if (object?.kind !== "commit") return [];
	const [header = ""] = object.bytes.toString("latin1").split("\n\n", 1);
	return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = ""]) => parent);
}
// src/world/git/remote.ts
init_errors();
/**
* Finds the remote to work with.
* @param wanted its name; `.` is the clone itself. Default: `origin`, else the only one
* @returns undefined for the clone itself: it has no remote, or `.` is wanted
* @throws InputError when there is no remote of that name, or nothing says which of several
*/
async function findRemote(git, wanted) {
	if (wanted === ".") return void 0;
	const names = (await git.run(["remote"])).split("\n").filter((name) => name !== "");
	if (wanted === void 0 && names.length === 0) return void 0;
	const only = names.length === 1 ? names[0] : void 0;
	const name = wanted ?? (names.includes("origin") ? "origin" : only);
	if (name === void 0 || !names.includes(name)) throw new InputError({
		where: git.directory,
		field: "--remote",
		problem: wanted === void 0 ? "several remotes, and none is named origin" : "no such remote",
		found: wanted ?? names.join(", "),
		expected: [...names, ". (this clone alone)"].join(", ")
	});
	const url = withoutCredentials(await git.run([
		"remote",
		"get-url",
		name
	]));
	return {
		name,
		url,
		place: `${name} (${url})`
	};
}
/** Removes the user and password of an address, wherever it stands in a text. */
function withoutCredentials(text) {
	return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/@\s']*@/gi, "$1");
}
/** Seconds for a command that only asks or sends a little, and for one that may move many objects. */
const remoteSeconds = {
	short: 60,
	long: 900
};
const settings = [
	["http.lowSpeedLimit", "1"],
	["http.lowSpeedTime", "45"],
	["gc.auto", "0"],
	["maintenance.auto", "false"]
].flatMap(([name, value]) => ["-c", `${name}=${value}`]);
/**
* Runs a git command that talks to a remote. Credentials are git's own business (helpers, ssh agent, netrc); nothing
* asks for a password on the terminal over http.
* @param options.env added to the environment
* @returns also for a failure: the caller decides
* @throws OutsideError when the remote does not answer in time
*/
async function runWithRemote(git, args, options) {
	const { doing, seconds, env = {} } = options;
	return exec("git", [
		"-C",
		git.directory,
		...settings,
		...args
	], {
		doing,
		seconds,
		env: {
			GIT_TERMINAL_PROMPT: "0",
			LC_ALL: "C",
			...env
		},
		allow: anyExit
	});
}
const anyExit = Array.from({ length: 256 }, (_, code) => code);
/** A remote refuses, for a reason that people can fix. */
var RemoteError = class extends InputError {};
/**
* The error for a git command that failed at a remote.
* @param text what git wrote to standard error
* @param place of the remote, for messages
* @returns RemoteError for what people can fix; OutsideError, which says that a re-run is safe, for the rest
*/
function explainRemoteFailure(text, call) {
	const { doing, place } = call;
	const said = lastLines(withoutCredentials(text));
	const known = explanations.find(({ pattern }) => pattern.test(text));
	if (known === void 0) return new OutsideError(doing, `${place} answered: ${said}`);
	if ("isOutside" in known) return new OutsideError(doing, `${known.problem} (${said})`, known.remedy);
	return new RemoteError({
		problem: `${doing} failed: ${known.problem} (${said})`,
		remedy: known.remedy
	});
}
const explanations = [
	{
		pattern: /Host key verification failed/i,
		problem: "ssh does not know the host",
		remedy: "Connect once by hand (ssh HOST), compare the key, and run this again."
	},
	{
		pattern: /authentication failed|could not read (?:username|password)|terminal prompts disabled|permission denied \(|error: 40[13]\b|access denied|not allowed to push/i,
		problem: "the remote does not accept the login, or there is none",
		remedy: "Log in as git does: a credential helper (git config credential.helper), an ssh key, or a token. A git fetch or git push of your own must work first."
	},
	{
		pattern: /does not appear to be a git repository|repository .*not found|error: 404\b|project you were looking for/i,
		problem: "no repository at this address, or this login may not see it",
		remedy: "Check the address with git remote -v, and that your login may read it."
	},
	{
		pattern: /could not resolve host|name or service not known/i,
		isOutside: true,
		problem: "the name of the host cannot be resolved",
		remedy: "Check the address with git remote -v, and the network. Nothing was changed; running the same command again is safe."
	}
];
/** True for failures that may not happen again a moment later. */
function isTransient(text) {
	return /error: 5\d\d\b|connection (?:was )?(?:reset|closed)|early EOF|hung up unexpectedly|RPC failed|gnutls_handshake|timed out/i.test(text);
}
function lastLines(text) {
	return text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !/^hint:/.test(line)).slice(-6).join("; ");
}
// src/world/git/fetched-objects.ts
init_errors();
/** Objects of a repository that has everything it will ever have. */
function localObjects(git) {
	return {
		fetchCommit: async () => {},
		fetchHistory: async () => {},
		fetchNewest: async () => {},
		findCommit: async (commit) => await findCommit(git, commit) !== void 0
	};
}
/** The remote has no such object. */
var UnknownObject = class extends Error {};
/**
* Objects of a clone; missing ones are fetched when they are needed. One `git fetch` replaces many calls, and git
* answers questions about history. The clone may be shallow, partial, or one commit by actions/checkout.
* @param from.remedy what to do if the history cannot be fetched
*/
function fetchedObjects(git, from) {
	const { address, place, env = {} } = from;
	/** Commits whose history is complete here. */
	const complete = /* @__PURE__ */ new Set();
	const fetch = fetchQueue(git, from);
	const isShallow = async () => await git.run(["rev-parse", "--is-shallow-repository"]) === "true";
	/** @throws UnknownObject */
	async function fetchMissing(commit) {
		if (await has(git, commit)) return;
		const depth = await isShallow() ? ["--depth=1"] : [];
		const doing = `fetching ${shortCommit(commit)} from ${place}`;
		try {
			await fetch([
				...depth,
				address,
				commit
			], doing);
		} catch (error) {
			if (!(error instanceof UnknownObject)) throw error;
			for (const depth of await isShallow() ? [[], ["--unshallow"]] : [[]]) {
				await fetchBranches(depth, doing);
				if (await has(git, commit)) return;
			}
			throw error;
		}
	}
	/**
	* Fetches everything that branches lead to. The refs are listed first, because git accepts a pattern of refs only
	* together with a place to write refs to.
	*/
	async function fetchBranches(depth, doing) {
		const listed = await runWithRemote(git, [
			"ls-remote",
			"--quiet",
			address,
			"refs/heads/*",
			"refs/coxswain/*"
		], {
			doing,
			seconds: remoteSeconds.short,
			env
		});
		if (listed.exitCode !== 0) throw explainRemoteFailure(listed.stderr, {
			doing,
			place
		});
		const refs = listed.stdout.split("\n").flatMap((line) => line.split("	")[1] ?? []);
		for (let start = 0; start < refs.length; start += refsAtOnce) await fetch([
			...start === 0 ? depth : [],
			address,
			...refs.slice(start, start + refsAtOnce)
		], doing);
	}
	async function fetchCommit(commit) {
		try {
			await fetchMissing(commit);
		} catch (error) {
			if (!(error instanceof UnknownObject)) throw error;
			throw explainRemoteFailure(error.message, {
				doing: `fetching ${shortCommit(commit)} from ${place}`,
				place
			});
		}
	}
	return {
		fetchCommit,
		findCommit: async (commit) => {
			try {
				await fetchMissing(commit);
				return true;
			} catch (error) {
				if (error instanceof UnknownObject) return false;
				throw error;
			}
		},
		fetchNewest: async (commit, count) => {
			if (await isShallow()) {
				const doing = `fetching the newest commits before ${shortCommit(commit)} from ${place}`;
				await fetch([
					`--depth=${count}`,
					address,
					commit
				], doing);
			} else await fetchCommit(commit);
		},
		fetchHistory: async (...commits) => {
			const missing = [...new Set(commits)].filter((commit) => !complete.has(commit));
			await Promise.all(missing.map(fetchCommit));
			if (missing.length > 0 && await isShallow()) try {
				await fetch([
					"--unshallow",
					address,
					...missing
				], "fetching the history of the checkout");
			} catch (error) {
				throw new InputError({
					where: git.directory,
					problem: `this checkout has no history, and fetching it failed: ${messageOf(error)}`,
					remedy: from.remedy
				}, { cause: error });
			}
			for (const commit of missing) complete.add(commit);
		}
	};
}
/** `git fetch`, one after the other: git locks what it writes. */
function fetchQueue(git, { place, env = {} }) {
	let last = Promise.resolve();
	const fetchNow = async (args, doing) => {
		for (let attempt = 1;; attempt += 1) {
			const { exitCode, stderr } = await runWithRemote(git, [
				"fetch",
				...fetchOptions,
				...args
			], {
				doing,
				seconds: remoteSeconds.long,
				env
			});
			if (exitCode === 0) return;
			if (attempt < 4 && (isTransient(stderr) || /\.lock|shallow|not our ref/.test(stderr))) {
				await setTimeout$1((.2 + Math.random()) * 400 * attempt);
				continue;
			}
			if (unknownObject.test(stderr)) throw new UnknownObject(stderr);
			throw explainRemoteFailure(stderr, {
				doing,
				place
			});
		}
	};
	return (args, doing) => {
		const next = last.then(() => fetchNow(args, doing));
		last = next.catch(() => {});
		return next;
	};
}
/** Names of refs in one command line. */
const refsAtOnce = 500;
const fetchOptions = [
	"--quiet",
	"--no-tags",
	"--no-write-fetch-head",
	"--no-recurse-submodules"
];
const unknownObject = /not our ref|unadvertised object|couldn't find remote ref|no such remote ref/i;
/** In a partial clone git would fetch the object to answer. Newer versions of git can be told not to. */
async function has(git, object) {
	return await git.try([
		"cat-file",
		"-e",
		object
	], { env: { GIT_NO_LAZY_FETCH: "1" } }) !== void 0;
}
// src/world/git/memory.ts
/** How many answers are kept, and how many characters each may have. */
const most = 1e3;
const longest = 1e5;
/** The newest short answers of git about objects: objects never change, so an answer stays right. */
var Memory = class {
	#answers = /* @__PURE__ */ new Map();
	get(question) {
		return this.#answers.get(question);
	}
	set(question, answer) {
		if (answer.length > longest) return;
		this.#answers.set(question, answer);
		if (this.#answers.size > most) this.#answers.delete(this.#answers.keys().next().value);
	}
};
// src/world/git/object-reader.ts
init_errors();
/** Milliseconds without a question after which the process ends. */
const idle = 1e3;
/**
* Reads objects by one `git cat-file --batch` that goes on running: to start git takes longer than to read. It reads a ref
* again for each question, and finds objects that other processes add. It never keeps our own process running.
*/
var ObjectReader = class {
	#directory;
	#process;
	#timer;
	constructor(directory) {
		this.#directory = directory;
	}
	/**
	* @param name a hash, a full ref name, or an expression such as `HEAD^{commit}`
	* @returns undefined if git has no such object, or the name is ambiguous
	* @throws OutsideError if git cannot read
	*/
	read(name) {
		if (name === "" || name.includes("\n")) return Promise.resolve(void 0);
		const process = this.#process ?? this.#start();
		clearTimeout(this.#timer);
		if (process.questions.length === 0) keepRunning(process, true);
		return new Promise((answer, fail) => {
			process.questions.push({
				answer,
				fail
			});
			process.child.stdin.write(`${name}\n`);
		});
	}
	/** Like `read`; undefined also if git cannot read. For questions that are asked otherwise then. */
	find(name) {
		return this.read(name).catch(() => void 0);
	}
	#start() {
		const child = spawn(findTool("git") ?? "git", [
			"-C",
			this.#directory,
			"cat-file",
			"--batch"
		], {
			stdio: [
				"pipe",
				"pipe",
				"pipe"
			],
			env: {
				...process.env,
				LC_ALL: "C",
				GIT_TERMINAL_PROMPT: "0"
			}
		});
		const started = {
			child,
			questions: []
		};
		const { questions } = started;
		this.#process = started;
		keepRunning(started, false);
		let complaint = "";
		child.stderr.on("data", (data) => {
			complaint = (complaint + data.toString()).slice(-2e3);
		});
		const answers = answerParser();
		child.stdout.on("data", (data) => {
			for (const object of answers(data)) questions.shift()?.answer(object);
			if (questions.length === 0) this.#rest(started);
		});
		const end = (why) => {
			if (this.#process === started) this.#process = void 0;
			for (const { fail } of questions.splice(0)) fail(new OutsideError("reading objects from git", complaint.trim() || why));
		};
		child.once("error", ({ message }) => end(message));
		child.once("close", (code) => end(`git ended with exit code ${code}`));
		child.stdin.on("error", () => {});
		return started;
	}
	#rest(process) {
		keepRunning(process, false);
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			if (this.#process === process) this.#process = void 0;
			process.child.stdin.end();
		}, idle).unref();
	}
};
/** Whether our own process waits for this one. */
function keepRunning({ child }, wait) {
	const how = wait ? "ref" : "unref";
	child[how]();
	for (const stream of [
		child.stdin,
		child.stdout,
		child.stderr
	]) stream[how]?.();
}
/** Splits the output of `cat-file --batch` into answers; undefined: there is no such object. */
function answerParser() {
	let held = [];
	let length = 0;
	let header;
	const take = (count) => {
		const all = Buffer.concat(held, length);
		held = [all.subarray(count)];
		length -= count;
		return all.subarray(0, count);
	};
	return (data) => {
		held.push(data);
		length += data.length;
		const answers = [];
		for (;;) if (header === void 0) {
			const all = held.length === 1 ? held[0] : Buffer.concat(held, length);
			held = [all];
			const end = all.indexOf(10);
			if (end < 0) return answers;
			const line = take(end + 1).toString("utf8", 0, end);
			const [, hash = "", kind = "", size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
			if (size === void 0) answers.push(void 0);
			else header = {
				hash,
				kind,
				size: Number(size)
			};
		} else {
			if (length <= header.size) return answers;
			const { hash, kind, size } = header;
			answers.push({
				hash,
				kind,
				bytes: take(size + 1).subarray(0, size)
			});
			header = void 0;
		}
	};
}
// src/world/git/git.ts
/** Environment that makes git's output the same for every user. */
const neutral = {
	GIT_TERMINAL_PROMPT: "0",
	LC_ALL: "C"
};
/** Runs git in one repository. */
var Git = class {
	directory;
	/** What git said about objects: by the hash of a blob, its text; by a question about a commit, the answer. */
	memory = new Memory();
	objects;
	/** @param directory a work tree, a folder inside one, or a bare repository */
	constructor(directory) {
		this.directory = directory;
		this.objects = new ObjectReader(directory);
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
	/** Runs `git ARGS`; undefined if it answers with exit code 1 or 128 ("no such thing"). */
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
// src/world/git/ref-store.ts
/** The full ref name of a branch. */
function refOf(branch) {
	return `refs/heads/${branch}`;
}
/** `refs/heads/main` → `main`; other refs keep their whole name. */
function shortRef(ref) {
	return ref.replace(/^refs\/heads\//, "");
}
// src/world/git/stale-lock.ts
init_errors();
/** Milliseconds after which an unchanged lock is stale. git itself holds one for a few milliseconds. */
const staleAfter = 5e3;
/** The lock file in git's error message, if there is one. */
function lockIn(error) {
	const file = /Unable to create '([^']+\.lock)': File exists/.exec(messageOf(error))?.[1];
	return file === void 0 ? void 0 : resolve(file);
}
/**
* Watches the locks that git runs into. A killed git leaves its lock behind, and git never removes it, so
* people would have to.
* @param within locks elsewhere are not touched
* @returns a function that receives git's error (or its text), removes the lock in it if it is stale, and says whether to try again
*/
function lockWatch(within = "/") {
	let watched;
	return async (error) => {
		const file = lockIn(error);
		if (file === void 0 || !isInside(file, within)) return false;
		const id = await identity(file);
		if (id === void 0) return true;
		if (watched?.file !== file || watched.id !== id) watched = {
			file,
			id,
			since: performance.now()
		};
		else if (performance.now() - watched.since > staleAfter && await identity(file) === id) {
			await unlink(file).catch(() => {});
			watched = void 0;
		}
		return true;
	};
}
function isInside(file, folder) {
	return file.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
/** Distinguishes a lock from the next one of the same name. */
async function identity(file) {
	const found = await stat(file, { bigint: true }).catch(() => void 0);
	return found === void 0 ? void 0 : `${found.ino} ${found.mtimeNs}`;
}
// src/world/git/local-refs.ts
init_errors();
/** How often is tried; with the pauses, it is long enough to find out that a lock is stale. */
const attempts = 200;
/** The refs of a repository on this machine. A branch that a work tree has checked out is not moved. */
function localRefs(git) {
	return {
		read: (ref) => readRef(git, ref),
		move: async (move, guard) => {
			await refuseCheckedOut(git, move.ref);
			return guard === void 0 ? moveRef(git, move) : moveRefWhile(git, move, guard);
		}
	};
}
/** The commit a full ref name (`refs/heads/main`) is at; undefined if there is no such ref. */
async function readRef(git, ref) {
	const object = await git.objects.find(ref);
	if (object !== void 0) return object.hash;
	const found = await git.run([
		"rev-parse",
		"--verify",
		"--quiet",
		ref
	], { allow: [0, 1] });
	return found === "" ? void 0 : found;
}
/**
* Moves a ref, if it is still at `from`; creates it if `from` is undefined.
* @throws StaleBranchError when it moved meanwhile
* @throws OutsideError when git cannot write it
*/
async function moveRef(git, move) {
	const { ref, from, to } = move;
	await untilUnlocked(() => git.run([
		"update-ref",
		ref,
		to,
		from ?? ""
	], { doing: `moving ${ref}` }), async () => {
		const now = await readRef(git, ref);
		if (now !== from) throw new StaleBranchError(shortRef(ref), from, now);
	});
}
/**
* Moves a ref like moveRef, if another one is still at the commit that the caller saw.
* @throws StaleBranchError for the one that moved
*/
async function moveRefWhile(git, move, guard) {
	const lines = [
		"start",
		`verify ${guard.ref} ${guard.at}`,
		`update ${move.ref} ${move.to} ${move.from ?? "0".repeat(move.to.length)}`
	];
	await untilUnlocked(() => git.run(["update-ref", "--stdin"], {
		input: [
			...lines,
			"commit",
			""
		].join("\n"),
		doing: `moving ${move.ref}`
	}), async () => {
		for (const { ref, at } of [guard, {
			ref: move.ref,
			at: move.from
		}]) {
			const now = await readRef(git, ref);
			if (now !== at) throw new StaleBranchError(shortRef(ref), at, now);
		}
	});
}
/**
* Tries again while another process holds a lock that git needs.
* @param check throws if a ref moved
*/
async function untilUnlocked(move, check) {
	const isLocked = lockWatch();
	for (let attempt = 1;; attempt += 1) try {
		await move();
		return;
	} catch (error) {
		await check();
		if (attempt === attempts || !await isLocked(error)) throw error;
		await setTimeout$1(Math.random() * 200);
	}
}
/**
* If we moved a checked-out branch, its work tree would look as if the user had reverted our commit.
* @throws InputError
*/
async function refuseCheckedOut(git, ref) {
	if (ref === shortRef(ref)) return;
	const listed = await git.run([
		"worktree",
		"list",
		"--porcelain"
	]);
	for (const block of listed.split("\n\n")) {
		const lines = block.split("\n");
		if (!lines.includes(`branch ${ref}`) || lines.some((line) => line.startsWith("prunable"))) continue;
		const folder = lines.find((line) => line.startsWith("worktree "))?.slice(9);
		throw new InputError({
			...defined({ where: folder }),
			problem: `branch ${shortRef(ref)} is checked out here, and Coxswain moves it`,
			remedy: "Switch that work tree to another branch, then run this again."
		});
	}
}
// src/world/git/remote-refs.ts
/** Attempts of a push that the remote did not refuse for good; with the pauses enough for a lock to become stale. */
const pushAttempts = 12;
const readAttempts = 3;
/**
* The refs of a remote. Every read asks the remote; every move is a push that names the old value
* (`--force-with-lease`), and the server compares it again when it writes. Local branches and work trees are never
* touched.
* @param objects finds out whether a push whose answer was lost arrived
*/
function remoteRefs(git, remote, objects) {
	const read = batched((refs) => listRemote(git, remote, refs));
	async function move(wanted, guard) {
		if (wanted.from === wanted.to) return requireAt(wanted.ref, wanted.to);
		const doing = `moving ${shortRef(wanted.ref)} at ${remote.place}`;
		const folder = localFolder(remote.url);
		const isLocked = folder === void 0 ? async () => false : lockWatch(folder);
		for (let attempt = 1;; attempt += 1) {
			const failure = await push(git, remote, wanted, guard, doing);
			if (failure === void 0 || await hasArrived(wanted, failure)) return;
			if (guard !== void 0) await requireAt(guard.ref, guard.at);
			if (!(await isLocked(failure) || isTransient(failure) || isRace(failure)) || attempt === pushAttempts) throw explainPushFailure(failure, doing, remote.place);
			await setTimeout$1((.5 + Math.random()) * 200 * attempt);
		}
	}
	async function requireAt(ref, expected) {
		const now = await read(ref);
		if (now !== expected) throw new StaleBranchError(shortRef(ref), expected, now);
	}
	/**
	* Looks at the ref after a failed push.
	* @returns true if the push arrived and only the answer was lost; false if the ref did not move
	* @throws StaleBranchError if somebody else moved it
	*/
	async function hasArrived({ ref, from, to }, failure) {
		const now = await read(ref);
		if (now === to) return true;
		if (now === from) return false;
		const answered = /\[(?:remote )?rejected\]/.test(failure);
		if (now !== void 0 && !answered) {
			await objects.fetchHistory(now);
			if (await git.try([
				"merge-base",
				"--is-ancestor",
				to,
				now
			]) !== void 0) return true;
		}
		throw new StaleBranchError(shortRef(ref), from, now);
	}
	return {
		read,
		move
	};
}
/** @returns undefined if the push succeeded; else what git and the remote said */
async function push(git, remote, { ref, from, to }, guard, doing) {
	const moves = [...guard === void 0 ? [] : [{
		ref: guard.ref,
		from: guard.at,
		to: guard.at
	}], {
		ref,
		from,
		to
	}];
	const { exitCode, stdout, stderr } = await runWithRemote(git, [
		"push",
		"--porcelain",
		"--no-verify",
		"--no-follow-tags",
		"--recurse-submodules=no",
		...moves.length > 1 ? ["--atomic"] : [],
		...moves.map((each) => `--force-with-lease=${each.ref}:${each.from ?? ""}`),
		remote.name,
		...moves.map((each) => `${each.to}:${each.ref}`)
	], {
		doing,
		seconds: remoteSeconds.long
	});
	if (exitCode === 0) return void 0;
	const rejected = stdout.split("\n").filter((line) => line.startsWith("!"));
	return [stderr.trimEnd(), ...rejected].join("\n");
}
/** Where refs of a remote are now, by one connection. */
async function listRemote(git, remote, refs) {
	const doing = `reading the branches of ${remote.place}`;
	for (let attempt = 1;; attempt += 1) {
		const { exitCode, stdout, stderr } = await runWithRemote(git, [
			"ls-remote",
			"--quiet",
			remote.name,
			...refs
		], {
			doing,
			seconds: remoteSeconds.short
		});
		if (exitCode === 0) {
			const lines = stdout.split("\n").filter((line) => line !== "");
			return new Map(lines.map((line) => line.split("	").reverse()));
		}
		if (attempt === readAttempts || !isTransient(stderr)) throw explainRemoteFailure(stderr, {
			doing,
			place: remote.place
		});
		await setTimeout$1((.5 + Math.random()) * 500 * attempt);
	}
}
/** Answers all questions of one turn of the event loop with one request for the list of refs. */
function batched(list) {
	let waiting;
	return async (ref) => {
		if (waiting === void 0) {
			const refs = /* @__PURE__ */ new Set();
			waiting = {
				refs,
				answer: new Promise((resolve) => setImmediate(resolve)).then(() => {
					waiting = void 0;
					return list([...refs]);
				})
			};
		}
		waiting.refs.add(ref);
		return (await waiting.answer).get(ref);
	};
}
/** Another writer was faster, or held a lock: what the remote says then. */
function isRace(failure) {
	return /stale info|fetch first|failed to update ref|cannot lock ref|incorrect old value|already exists|failed to lock/i.test(failure);
}
function explainPushFailure(failure, doing, place) {
	const refused = /\[remote rejected\].*\((.*)\)/.exec(failure)?.[1];
	if (refused === void 0 || isRace(failure)) return explainRemoteFailure(failure, {
		doing,
		place
	});
	return new RemoteError({
		problem: `${doing} failed: the remote refuses it (${refused})${wordsOfRemote(failure)}`,
		remedy: "Its hooks or branch protection decide that: let this login push to that branch. Nothing was changed; running the same command again is safe."
	});
}
/** What a hook or the server itself said: `: error: GH006: Protected branch update failed`. */
function wordsOfRemote(failure) {
	const lines = [...failure.matchAll(/^remote: *(.*\S)/gm)].map(([, line = ""]) => line);
	const words = plainLine(lines.join(" "), 300);
	return words === "" ? "" : `: ${words}`;
}
/** The folder of a remote on this machine, for locks that a killed git left there; undefined for any other remote. */
function localFolder(url) {
	if (url.startsWith("file://")) return decodeURIComponent(new URL(url).pathname);
	return url.startsWith("/") ? url : void 0;
}
// src/world/git/ancestry.ts
/** Commits that are read here before git is asked: one process of git takes the time of some dozens of them. */
const near = 32;
/**
* The best common ancestor of two commits whose history is here.
* @returns undefined if they share none; one of them if there are several
* @throws OutsideError if git does not have a commit
*/
async function mergeBase(git, one, other) {
	if (await isNear(git, one, other)) return one;
	if (await isNear(git, other, one)) return other;
	const common = await git.run([
		"merge-base",
		one,
		other
	], { allow: [0, 1] });
	return common === "" ? void 0 : common;
}
/** Whether a commit is, or is an ancestor of, another one whose history is here. */
async function isAncestor(git, ancestor, descendant) {
	return await mergeBase(git, ancestor, descendant) === ancestor;
}
/** True if the nearest commits of a history contain this one. False proves nothing. */
async function isNear(git, ancestor, descendant) {
	const seen = /* @__PURE__ */ new Set([descendant]);
	for (const commit of seen) {
		if (commit === ancestor) return true;
		if (seen.size >= near) return seen.has(ancestor);
		for (const parent of await parentsOf(git, commit)) seen.add(parent);
	}
	return false;
}
// src/world/git/identity.ts
/** git's own guess, of a machine without a user name, is useless. */
const ours = {
	name: "Coxswain",
	address: "coxswain@localhost"
};
const identities = /* @__PURE__ */ new WeakMap();
/** The user's name and address as git knows them; Coxswain's if git has none. Asked once for a repository. */
function readIdentity(git) {
	const known = identities.get(git) ?? askBoth(git);
	identities.set(git, known);
	return known;
}
/** The environment in which git uses this identity. */
function identityEnvironment({ author, committer }) {
	return {
		GIT_AUTHOR_NAME: nameOf(author),
		GIT_AUTHOR_EMAIL: addressOf(author),
		GIT_COMMITTER_NAME: nameOf(committer),
		GIT_COMMITTER_EMAIL: addressOf(committer)
	};
}
async function askBoth(git) {
	const [author, committer] = await Promise.all([ask(git, "AUTHOR"), ask(git, "COMMITTER")]);
	return {
		author,
		committer
	};
}
async function ask(git, role) {
	const answer = await git.try([
		"-c",
		"user.useConfigOnly=true",
		"var",
		`GIT_${role}_IDENT`
	]);
	const [, who = `${ours.name} <${ours.address}>`, when] = /^(.* <.*>) (\d+ [+-]\d+)$/.exec(answer ?? "") ?? [];
	return {
		who,
		...process.env[`GIT_${role}_DATE`] === void 0 || when === void 0 ? {} : { when }
	};
}
function nameOf({ who }) {
	return who.slice(0, who.lastIndexOf(" <"));
}
function addressOf({ who }) {
	return who.slice(who.lastIndexOf("<") + 1, -1);
}
// src/world/git/write-objects.ts
init_errors();
/**
* Writes a commit that no ref names yet, by one `git fast-import`. Works in a bare repository, and touches neither the
* index nor the work tree of a clone. Hooks and signing are for what people commit.
* @throws OutsideError if git cannot write it, or a path could not be in a work tree
*/
async function writeCommit(git, commit) {
	const { parent, merges = [], changes } = commit;
	const { author, committer } = await readIdentity(git);
	const ref = `refs/coxswain/new/${randomBytes(8).toString("hex")}`;
	const stream = [
		`commit ${ref}\nmark :1\nauthor ${signed(author)}\ncommitter ${signed(committer)}\n`,
		...data(commit.message.endsWith("\n") ? commit.message : `${commit.message}\n`),
		...parent === void 0 ? [] : [`from ${parent}\n`],
		...merges.map((merge) => `merge ${merge}\n`)
	];
	for (const { path, content } of changes) if (content === null) stream.push(`D ${quoted(path)}\n`);
	for (const change of changes) {
		if (change.content === null) continue;
		const mode = await isExecutable(git, parent, change) ? "100755" : "100644";
		stream.push(`M ${mode} inline ${quoted(change.path)}\n`, ...data(change.content));
	}
	stream.push(`get-mark :1\nreset ${ref}\nfrom ${"0".repeat(parent?.length ?? 40)}\n\ndone\n`);
	const written = await git.run([
		"fast-import",
		"--quiet",
		"--done"
	], {
		input: Buffer.concat(stream.map((part) => typeof part === "string" ? Buffer.from(part) : part)),
		doing: "writing a commit"
	});
	if (isFullHash(written)) return written;
	throw new OutsideError("writing a commit", `git fast-import answered ${JSON.stringify(written)}`);
}
/** Writes a commit of an existing tree; no ref names it yet. */
async function commitTree(git, commit) {
	const parents = commit.parents.flatMap((parent) => ["-p", parent]);
	return git.run([
		"commit-tree",
		commit.tree,
		...parents,
		"-F",
		"-"
	], {
		input: commit.message,
		env: identityEnvironment(await readIdentity(git))
	});
}
function data(content) {
	const bytes = Buffer.from(content);
	return [
		`data ${bytes.length}\n`,
		bytes,
		"\n"
	];
}
/** As in C, which git also understands for names that need no quotes. */
function quoted(path) {
	if (path.split("/").some((part) => /^(?:\.{0,2}|\.git)$/i.test(part)) || path.includes("\0")) throw new OutsideError("writing a commit", `${JSON.stringify(path)} cannot be the path of a file`);
	return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
/** A file keeps its mode, unless the change says another one. */
async function isExecutable(git, parent, change) {
	if (change.executable !== void 0) return change.executable;
	return parent !== void 0 && (await findEntry(git, parent, change.path))?.mode === "100755";
}
/** As git stores it. */
function signed({ who, when }) {
	return `${who} ${when ?? `${Math.floor(Date.now() / 1e3)} +0000`}`;
}
// src/world/git/merge-trees.ts
/** Computes the merge of a commit into another. Changes no branch and no work tree. */
async function forecastMerge(git, into, commit) {
	const { exitCode, stdout } = await exec("git", [
		"-C",
		git.directory,
		"merge-tree",
		"--write-tree",
		"--name-only",
		"--no-messages",
		"-z",
		into,
		commit
	], {
		allow: [
			0,
			1,
			128,
			129
		],
		doing: "trying the merge"
	});
	const [tree = "", ...paths] = stdout.split("\0").filter((part) => part !== "");
	if (exitCode === 0) return {
		result: "clean",
		tree
	};
	if (exitCode === 1) return {
		result: "conflict",
		paths: [...new Set(paths)]
	};
	return forecastByIndex(git, into, commit);
}
/**
* Computes the merge as if `base` were the merge base, whatever the histories say. After a squash or a roll-back,
* history names another merge base than the content has.
*/
async function forecastMergeFrom(git, sides) {
	const asChild = async (commit, parents) => commitTree(git, {
		tree: `${commit}^{tree}`,
		parents,
		message: "only to merge\n"
	});
	const base = await asChild(sides.base, []);
	return forecastMerge(git, await asChild(sides.into, [base]), await asChild(sides.commit, [base]));
}
/**
* For git before 2.38, which has no `merge-tree --write-tree`. If each path changed on one side at most, the merge is
* clean; otherwise only a merge of the contents could decide.
*/
async function forecastByIndex(git, into, commit) {
	const base = await git.run([
		"merge-base",
		into,
		commit
	], { allow: [0, 1] });
	if (base === "") return {
		result: "unknown",
		why: "the two branches share no history here"
	};
	return withTemporaryFolder("merge", async (folder) => {
		const env = { GIT_INDEX_FILE: join(folder, "index") };
		await git.run([
			"read-tree",
			"-i",
			"-m",
			"--aggressive",
			base,
			into,
			commit
		], { env });
		if (await git.run([
			"ls-files",
			"--unmerged",
			"-z"
		], { env }) !== "") return {
			result: "unknown",
			why: "both sides changed the same files, and git before 2.38 cannot merge them without a work tree"
		};
		return {
			result: "clean",
			tree: await git.run(["write-tree"], { env })
		};
	});
}
// src/world/git/tree-changes.ts
/**
* The changes that turn one commit's files into another's (or a tree's), byte for byte.
* @param options.keep paths that stay as they are
* @returns undefined if links or submodules differ: FileChange cannot express those
*/
async function treeChanges({ git, branches }, options) {
	const changes = [];
	for (const path of await branches.changedFiles(options.from, options.to)) {
		if (options.keep?.(path) === true) continue;
		const entry = await findEntry(git, options.to, path);
		if (entry === void 0) changes.push({
			path,
			content: null
		});
		else if (!/^100/.test(entry.mode)) return;
		else {
			const content = asText(await readBlob(git, entry.hash));
			changes.push({
				path,
				content,
				executable: entry.mode === "100755"
			});
		}
	}
	return changes;
}
/** Text if it is UTF-8, because text can be compared with a branch's files. */
function asText(bytes) {
	const text = bytes.toString("utf8");
	return Buffer.from(text).equals(bytes) && !text.includes("�") ? text : bytes;
}
export { shortCommit as A, isFolder as C, readBlobs as D, readBlob as E, readTextBlob as O, findEntry as S, listTree as T, remoteSeconds as _, writeCommit as a, readCommitTime as b, remoteRefs as c, Git as d, fetchedObjects as f, findRemote as g, explainRemoteFailure as h, commitTree as i, isFullHash as j, readTexts as k, localRefs as l, RemoteError as m, forecastMerge as n, isAncestor as o, localObjects as p, forecastMergeFrom as r, mergeBase as s, treeChanges as t, refOf as u, runWithRemote as v, listCommit as w, changedPaths as x, findCommit as y };
