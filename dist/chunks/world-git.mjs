import { A as messageOf, D as InputError, O as OutsideError, b as withTemporaryFolder, d as exec, f as findTool } from "./host.mjs";
import { h as StaleBranchError } from "./world-forge.mjs";
import { stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
// src/world/git/read-objects.ts
/** Every file of a commit, in git's order (by the bytes of the path). */
async function listCommit(git, commit) {
	return (await git.run([
		"ls-tree",
		"-r",
		"-z",
		"--full-tree",
		commit
	])).split("\0").filter((line) => line !== "").map((line) => {
		const [, mode = "", hash = "", path = ""] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
		return {
			mode,
			hash,
			path
		};
	});
}
/**
* Reads blobs by hash, byte for byte (no end-of-line conversion, no filters), one after the other so that only
* one is in memory at a time. `git cat-file --batch` is run directly: host/exec is for text.
* @throws OutsideError when git does not have one of them
*/
async function readBlobs(git, hashes, each) {
	if (hashes.length === 0) return;
	const child = spawn(findTool("git") ?? "git", [
		"-C",
		git.directory,
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
	let complaint = "";
	child.stderr.on("data", (data) => {
		complaint = (complaint + data.toString()).slice(-2e3);
	});
	const ended = new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	child.stdin.on("error", () => {});
	child.stdin.end(hashes.map((hash) => `${hash}\n`).join(""));
	try {
		const stream = byteReader(child.stdout);
		for (const hash of hashes) {
			const header = await stream.line();
			const size = /^\w+ blob (\d+)$/.exec(header ?? "")?.[1];
			if (size === void 0) throw new OutsideError(`reading ${hash} from git`, header ?? (complaint.trim() || "git ended early"));
			const bytes = await stream.take(Number(size));
			await stream.take(1);
			await each(hash, bytes);
		}
	} catch (error) {
		child.kill();
		await ended.catch(() => {});
		throw error;
	}
	const code = await ended;
	if (code !== 0) throw new OutsideError("reading files from git", `exit code ${code}: ${complaint.trim()}`);
}
/** Reads one blob. */
async function readBlob(git, hash) {
	let content = Buffer.alloc(0);
	await readBlobs(git, [hash], async (_hash, bytes) => {
		content = bytes;
	});
	return content;
}
/**
* A file's text, for files that have to be text.
* @throws InputError when the bytes are not UTF-8
*/
async function readTextBlob(git, entry) {
	const bytes = await readBlob(git, entry.hash);
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch (error) {
		throw new InputError({
			where: entry.path,
			problem: "the file is not UTF-8 text"
		}, { cause: error });
	}
}
/** Takes lines and counted bytes off a stream. */
function byteReader(source) {
	const chunks = source[Symbol.asyncIterator]();
	let held = [];
	let length = 0;
	const more = async () => {
		const next = await chunks.next();
		if (next.done) return false;
		held.push(next.value);
		length += next.value.length;
		return true;
	};
	const take = async (count) => {
		while (length < count) if (!await more()) throw new OutsideError("reading files from git", "git ended early");
		const all = Buffer.concat(held, length);
		held = [all.subarray(count)];
		length -= count;
		return all.subarray(0, count);
	};
	const line = async () => {
		for (;;) {
			const all = Buffer.concat(held, length);
			held = [all];
			const end = all.indexOf(10);
			if (end >= 0) return (await take(end + 1)).subarray(0, end).toString();
			if (!await more()) return void 0;
		}
	};
	return {
		take,
		line
	};
}
// src/world/git/git.ts
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
// src/world/git/stale-lock.ts
/** Milliseconds that a lock must have been there, the same all along. git itself holds one for some milliseconds. */
const staleAfter = 5e3;
/** The lock file that git ran into, if that is what its error says. */
function lockIn(error) {
	return /Unable to create '([^']+\.lock)': File exists/.exec(messageOf(error))?.[1];
}
/**
* Watches the locks that git runs into. A git that was killed leaves its lock behind, and no other ever takes it
* away: who runs the verb again would have to do it by hand.
* @returns a function that takes an error of git's, removes the lock in it once that is stale, and says whether to
* try again
*/
function lockWatch() {
	let watched;
	return async (error) => {
		const file = lockIn(error);
		if (file === void 0) return false;
		const id = await identity$1(file);
		if (id === void 0) return true;
		if (watched?.file !== file || watched.id !== id) watched = {
			file,
			id,
			since: performance.now()
		};
		else if (performance.now() - watched.since > staleAfter && await identity$1(file) === id) {
			await unlink(file).catch(() => {});
			watched = void 0;
		}
		return true;
	};
}
/** Tells a lock from the next one of the same name. */
async function identity$1(file) {
	const found = await stat(file, { bigint: true }).catch(() => void 0);
	return found === void 0 ? void 0 : `${found.ino} ${found.mtimeNs}`;
}
// src/world/git/refs.ts
/** With the pauses between them, enough for a lock to turn out stale. */
const attempts = 200;
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
	await untilUnlocked(() => git.run([
		"update-ref",
		ref,
		to,
		from ?? ""
	], { doing: `moving ${ref}` }), async () => {
		const now = await readRef(git, ref);
		if (now !== from) throw new StaleBranchError(shortName(ref), from, now);
	});
}
/**
* Moves a ref like moveRef, if another one is still where the caller saw it: both or nothing.
* @throws StaleBranchError for whichever is elsewhere
*/
async function moveRefWhile(git, move, guard) {
	const lines = [
		"start",
		`verify ${guard.ref} ${guard.at}`,
		`update ${move.ref} ${move.to} ${move.from}`
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
			if (now !== at) throw new StaleBranchError(shortName(ref), at, now);
		}
	});
}
/**
* Tries again while another process holds a lock that git needs.
* @param check throws where the refs are no longer where they should be
*/
async function untilUnlocked(move, check) {
	const isLocked = lockWatch();
	for (let attempt = 1;; attempt += 1) try {
		await move();
		return;
	} catch (error) {
		await check();
		if (attempt === attempts || !await isLocked(error)) throw error;
		await setTimeout(Math.random() * 200);
	}
}
/** `refs/heads/main` → `main`; other refs keep their whole name. */
function shortName(ref) {
	return ref.replace(/^refs\/heads\//, "");
}
// src/world/git/write-objects.ts
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
	return commitTree(git, {
		tree: await writeTree(git, commit.parent, commit.changes),
		parents: [...commit.parent === void 0 ? [] : [commit.parent], ...commit.merges ?? []],
		message: commit.message
	});
}
/** Writes a commit of a tree that is there already; no ref names it yet. */
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
// src/world/git/merge-trees.ts
/** What merging a commit into another would give. Touches no branch and no work tree. */
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
* What merging would give if the two sides had parted at `base`, whatever their histories say: where a branch was
* squashed into another, or rolled back, history tells of another beginning than the content.
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
* For git before 2.38, which has no `merge-tree --write-tree`: where each path was changed on one side at most, the
* merge is clean; otherwise only a merge of the contents could tell.
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
			why: "both sides changed the same files, and git before 2.38 cannot tell"
		};
		return {
			result: "clean",
			tree: await git.run(["write-tree"], { env })
		};
	});
}
// src/world/git/tree-changes.ts
/**
* What turns one commit's files into another's (or a tree's), byte for byte.
* @param options.keep paths that stay as they are
* @returns undefined where links or submodules differ: those are no files that a forge can be told
*/
async function treeChanges({ git, branches }, options) {
	const changes = [];
	for (const path of await branches.changedFiles(options.from, options.to)) {
		if (options.keep?.(path) === true) continue;
		const listed = await git.run([
			"ls-tree",
			"-z",
			"--full-tree",
			options.to,
			"--",
			path
		]);
		const [, mode, hash] = /^(\d+) blob (\w+)\t/.exec(listed) ?? [];
		if (listed === "") changes.push({
			path,
			content: null
		});
		else if (hash === void 0 || mode === "120000") return;
		else changes.push({
			path,
			content: asText(await readBlob(git, hash)),
			executable: mode === "100755"
		});
	}
	return changes;
}
/** A text where it is one: texts can be compared with what a branch has. */
function asText(bytes) {
	const text = bytes.toString("utf8");
	return Buffer.from(text).equals(bytes) && !text.includes("�") ? text : bytes;
}
export { listTree as a, moveRef as c, Git as d, listCommit as f, readTextBlob as h, commitTree as i, moveRefWhile as l, readBlobs as m, forecastMerge as n, readTexts as o, readBlob as p, forecastMergeFrom as r, writeCommit as s, treeChanges as t, readRef as u };
