import { A as messageOf, D as InputError, O as OutsideError, b as withTemporaryFolder, c as Git, d as exec } from "./host.mjs";
import { d as object, i as boolean, l as looseObject, m as string, n as _enum, r as array, s as int } from "./zod.mjs";
import { s as readBlob } from "./build.mjs";
import { stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { readFileSync } from "node:fs";
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
		env: await identity$1(git)
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
function identity$1(git) {
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
// src/forge/forge.ts
/** A compare-and-swap was lost: somebody else moved the branch first. Read again, apply again. */
var StaleBranchError = class extends Error {
	name = "StaleBranchError";
	branch;
	constructor(branch, expected, found) {
		super(`${branch} is at ${found ?? "nothing"}, not at ${expected ?? "nothing"} any more`);
		this.branch = branch;
	}
};
// src/forge/stale-lock.ts
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
/** Tells a lock from the next one of the same name. */
async function identity(file) {
	const found = await stat(file, { bigint: true }).catch(() => void 0);
	return found === void 0 ? void 0 : `${found.ino} ${found.mtimeNs}`;
}
// src/forge/git-refs.ts
/** With the pauses between them, enough for a lock to turn out stale. */
const attempts$1 = 200;
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
		if (attempt === attempts$1 || !await isLocked(error)) throw error;
		await setTimeout(Math.random() * 200);
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
		bring: async () => {},
		bringHistory: async () => {},
		readFile: async (commit, path) => {
			return (await readTexts(git, (await listTree(git, commit, path)).filter((entry) => entry.path === path))).get(path);
		},
		listFiles: async (commit, folder) => (await listTree(git, commit, folder)).map((entry) => entry.path).sort(),
		readFolder: async (commit, folder) => readTexts(git, await listTree(git, commit, folder)),
		commit: async ({ branch, parent, from = parent, merges, changes, message }) => {
			await refuseCheckedOut(git, branch);
			const sha = await writeCommit(git, {
				parent: from,
				merges,
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
/** The full ref name of a branch. */
function refOf(branch) {
	return `refs/heads/${branch}`;
}
/**
* Moving a checked-out branch would make its work tree look as if the user had undone our commit.
* @throws InputError
*/
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
// src/forge/merge-trees.ts
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
// src/forge/git-merge.ts
/**
* Merges a pull request's branch into its base by a merge commit, without a work tree.
* @param head where the caller saw the branch
* @throws StaleBranchError for the head when it has moved, for the base when somebody was faster
* @throws InputError as PullRequests.merge
*/
async function mergePullRequest(git, request, head) {
	const where = `pull request #${request.number}`;
	if (request.state !== "open") throw new InputError({
		where,
		problem: "only an open one can be merged",
		found: request.state
	});
	if (!request.ready) throw new InputError({
		where,
		problem: "it is a draft, which cannot be merged"
	});
	if (request.headCommit !== head) throw new StaleBranchError(request.head, head, request.headCommit);
	const base = await readRef(git, refOf(request.base));
	if (base === void 0) throw new StaleBranchError(request.base, void 0, void 0);
	await refuseCheckedOut(git, request.base);
	const forecast = await forecastMerge(git, base, head);
	if (forecast.result !== "clean") throw new InputError({
		where,
		problem: forecast.result === "conflict" ? `it conflicts in ${forecast.paths.join(", ")}` : forecast.why,
		remedy: `Merge ${request.base} into ${request.head} by hand.`
	});
	const merged = await commitTree(git, {
		tree: forecast.tree,
		parents: [base, head],
		message: `Merge pull request #${request.number}: ${request.title}\n`
	});
	await moveRefWhile(git, {
		ref: refOf(request.base),
		from: base,
		to: merged
	}, {
		ref: refOf(request.head),
		at: head
	});
}
// src/forge/retry.ts
const attempts = 40;
/**
* Runs a read-apply-write step until its compare-and-swap is won. Each round somebody wins, so that as many
* rounds as there are writers are enough. The pauses are random, and grow with the time that a step takes: losers
* then wait for their turn instead of slowing the others down.
* @param step reads afresh each time
* @param moves the branch that may move; another one that does is the caller's matter. Default: any
* @throws StaleBranchError for another branch than that
* @throws OutsideError when it was lost over and over
*/
async function untilNotStale(step, moves) {
	for (let attempt = 1;; attempt += 1) {
		const started = performance.now();
		try {
			return await step();
		} catch (error) {
			if (!(error instanceof StaleBranchError) || moves !== void 0 && error.branch !== moves) throw error;
			if (attempt === attempts) throw new OutsideError(`changing ${error.branch}`, `somebody else changed it first, ${attempts} times in a row`, void 0, { cause: error });
			const took = performance.now() - started;
			await setTimeout(Math.random() * took * Math.min(8, 2 ** attempt));
		}
	}
}
// src/forge/git-pull-requests.ts
/** Pull requests of a repository without a forge: `<number>.json` each, in the tree of this ref. */
const pullRequestsRef = "refs/coxswain/pull-requests";
const sha = string().regex(/^[0-9a-f]{40,64}$/, "expected a full commit name");
const recordSchema = looseObject({
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
				content: format$1(request)
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
		latest: async ({ head, base }) => (await list()).findLast((request) => request.head === head && request.base === base),
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
		merge: async (number, { head }) => {
			const merge = async () => mergePullRequest(git, numbered(await list(), number), head);
			await untilNotStale(merge, numbered(await list(), number).base);
			return numbered(await list(), number);
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
			return true;
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
		requests.push(await settle(git, branches, parse$1(text, file, where)));
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
function format$1(request) {
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
function parse$1(text, file, where) {
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
	const parsed = recordSchema.safeParse(json);
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
// src/forge/git-statuses.ts
/** Statuses of a repository without a forge: `<commit>.json` each, in the tree of this ref. */
const statusesRef = "refs/coxswain/statuses";
const statusesSchema = array(object({
	context: string().min(1),
	state: _enum([
		"success",
		"pending",
		"failure"
	]),
	description: string(),
	url: string().optional()
}));
/** Commit statuses on plain git: records on a ref of their own. */
function openGitStatuses(git) {
	async function read(commit) {
		const tip = await readRef(git, statusesRef);
		const path = `${commit}.json`;
		const text = tip === void 0 ? void 0 : (await readTexts(git, await listTree(git, tip, path))).get(path);
		return {
			tip,
			statuses: text === void 0 ? [] : parse(text, path)
		};
	}
	return {
		list: async (commit) => (await read(commit)).statuses,
		set: (commit, status) => untilNotStale(async () => {
			if (status.description.length > 140) throw new Error(`the description of status ${status.context} is longer than 140`);
			const { tip, statuses } = await read(commit);
			const [before, content] = [statuses, [...statuses.filter(({ context }) => context !== status.context), status].sort((one, other) => one.context < other.context ? -1 : 1)].map(format);
			if (before === content) return;
			const made = await writeCommit(git, {
				parent: tip,
				changes: [{
					path: `${commit}.json`,
					content
				}],
				message: `${status.context}: ${status.state}`
			});
			await moveRef(git, {
				ref: statusesRef,
				from: tip,
				to: made
			});
		})
	};
}
/** Always in the same order: what did not change must come out as the same text. */
function format(statuses) {
	const ordered = statuses.map(({ context, state, description, url }) => ({
		context,
		state,
		description,
		...url === void 0 ? {} : { url }
	}));
	return `${JSON.stringify(ordered, null, 2)}\n`;
}
function parse(text, file) {
	const where = `${statusesRef}: ${file}`;
	try {
		return statusesSchema.parse(JSON.parse(text));
	} catch (error) {
		throw new InputError({
			where,
			problem: "not the statuses of a commit"
		}, { cause: error });
	}
}
// src/forge/git-forge.ts
/**
* The forge of one machine: a git repository and nothing else. Branches are its own branches (`refs/heads/…`),
* pull requests
* and statuses are records on refs; merging one is `git merge`.
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
		pullRequests: openGitPullRequests(git, branches),
		statuses: openGitStatuses(git)
	};
}
// src/forge/github-run.ts
const eventSchema = object({ pull_request: object({
	number: int(),
	head: object({ repo: object({ full_name: string() }).nullish() })
}) });
/**
* Whether a verb works on GitHub, and where there: in a workflow run, or where COXSWAIN_FORGE=github asks for it.
* (https://docs.github.com/actions/reference/workflows-and-actions/variables)
* @returns undefined for the clone alone
*/
function readGitHubRun(env) {
	const wanted = env.COXSWAIN_FORGE ?? "";
	if (wanted !== "" && wanted !== "git" && wanted !== "github") throw new InputError({
		field: "COXSWAIN_FORGE",
		problem: "there is no such forge",
		found: wanted,
		expected: "git or github"
	});
	if (wanted === "git" || wanted === "" && env.GITHUB_ACTIONS !== "true") return void 0;
	const repository = env.GITHUB_REPOSITORY ?? "";
	if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new InputError({
		field: "GITHUB_REPOSITORY",
		problem: "this does not say which repository on GitHub is meant",
		found: repository,
		expected: "OWNER/NAME"
	});
	return {
		apiUrl: address(env.GITHUB_API_URL, "GITHUB_API_URL", "https://api.github.com"),
		serverUrl: address(env.GITHUB_SERVER_URL, "GITHUB_SERVER_URL", "https://github.com"),
		repository,
		token: env.GITHUB_TOKEN,
		...aboutPullRequest(env, repository)
	};
}
function address(text, field, fallback) {
	if (text === void 0 || text === "") return fallback;
	if (URL.canParse(text)) return text.replace(/\/+$/, "");
	throw new InputError({
		field,
		problem: "not an address",
		found: text,
		expected: "https://…"
	});
}
/**
* GitHub gives runs for a fork's pull request, and those that Dependabot causes, a token that can only read, whatever
* the workflow's permissions say. Not so `pull_request_target`, which runs the base's own workflow.
*/
function aboutPullRequest(env, repository) {
	const nothing = {
		pullRequest: void 0,
		readOnly: void 0
	};
	if (env.GITHUB_EVENT_NAME !== "pull_request" || env.GITHUB_EVENT_PATH === void 0) return nothing;
	const event = eventSchema.safeParse(JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8")));
	if (!event.success) return nothing;
	const { number, head } = event.data.pull_request;
	const fork = head.repo?.full_name.toLowerCase() !== repository.toLowerCase();
	return {
		pullRequest: {
			number,
			commit: env.GITHUB_SHA ?? ""
		},
		readOnly: fork ? `pull request #${number} comes from a fork` : env.GITHUB_ACTOR === "dependabot[bot]" ? "Dependabot caused this run" : void 0
	};
}
// src/forge/branch-names.ts
/** The branch on which watch-base proposes changes to a fleet's branch. */
function baseBranch(fleet) {
	return `coxswain-base-${fleet}`;
}
/** The branch on which open-promotion proposes what one fleet runs to the next fleet. */
function promotionBranch(source, target) {
	return `coxswain-promote-${source}-to-${target}`;
}
/** The branch on which roll-back proposes an earlier content to a fleet's branch. */
function rollBackBranch(fleet) {
	return `coxswain-roll-back-${fleet}`;
}
// src/forge/fit-body.ts
/** What GitHub takes as the text of a pull request or a comment, in characters. */
const bodyLimit = 65536;
/**
* Cuts a Markdown text that is too long, and says so at its end. It is cut between paragraphs: never inside a table, a
* fenced block or a `<details>`.
* @param tail kept behind the cut, such as a hidden marker
*/
function fitBody(body, options = {}) {
	const { tail = "", limit = bodyLimit } = options;
	if (body.length + tail.length <= limit) return `${body}${tail}`;
	const note = `> **Cut here**: this text has ${body.length} characters, more than GitHub takes. The workflow run tells the rest.\n`;
	const room = limit - note.length - tail.length - 2;
	return `${body.slice(0, cutAt(body, room)).trimEnd()}\n\n${note}${tail}`;
}
/** The last place up to `room` between two paragraphs; where there is none, between two lines. */
function cutAt(body, room) {
	let at = 0;
	let fence;
	let details = 0;
	let best = 0;
	for (const line of body.slice(0, room).split("\n")) {
		const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
		if (mark !== void 0 && fence === void 0) fence = mark;
		else if (mark !== void 0 && fence !== void 0 && mark.startsWith(fence)) fence = void 0;
		if (fence === void 0) details += (line.match(/<details\b/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
		if (line.trim() === "" && fence === void 0 && details <= 0) best = at;
		at += line.length + 1;
	}
	return best > 0 ? best : body.lastIndexOf("\n", room);
}
// src/forge/propose.ts
/** Last line of the messages of our own commits on branches that we propose. */
const trailer = "Proposed-by: coxswain";
/**
* Proposes changes to a branch by ONE pull request: its branch is one commit on top of `tip`, rebuilt whenever
* that is not so. Commits that people added to it while it is open are kept; ours then goes on top of theirs.
* Killed anywhere and run again, it goes on where it was.
* @param change.tip where the base branch is now
* @param change.again also what a person has declined
*/
async function proposeChanges(forge, proposal, change) {
	const declined = change.again === true ? void 0 : await findDeclined(forge, proposal);
	if (declined !== void 0) return {
		action: "declined",
		pullRequest: declined
	};
	return keepPullRequest(forge, proposal, await untilNotStale(() => placeChanges(forge, proposal, change)));
}
/**
* Proposes to merge a commit as it is, by ONE pull request.
* @param move.from where the caller saw the branch of the pull request
* @throws StaleBranchError when it is elsewhere by now
*/
async function proposeCommit(forge, proposal, move) {
	const moved = move.from !== move.to;
	if (moved) await forge.branches.setBranch({
		branch: proposal.head,
		...move
	});
	return keepPullRequest(forge, proposal, moved);
}
/**
* Closes the pull request, if it is open. Its branch stays: the next proposal takes it over.
* @param reason goes into a comment
*/
async function withdrawProposal(forge, branches, reason) {
	const open = await forge.pullRequests.find(branches);
	if (open === void 0) return {
		action: "none",
		pullRequest: void 0
	};
	await forge.pullRequests.comment(open.number, closedKey, reason);
	return {
		action: "closed",
		pullRequest: await forge.pullRequests.update(open.number, { state: "closed" })
	};
}
/** Comment of our own on a pull request that we close: what people close has none. */
const closedKey = "closed";
const reopened = "Open again.";
function wasWithdrawn({ comments }) {
	return comments.some(({ key, body }) => key === "closed" && body.trim() !== reopened);
}
/** A hidden line that tells what a pull request is about. */
function subjectMark({ subject }) {
	return subject === void 0 ? "" : `\n<!-- coxswain proposes: ${subject} -->\n`;
}
/** “Not this one”: the last pull request was about the same, and a person closed it. Its branch is left alone, so that it can be reopened. */
async function findDeclined(forge, proposal) {
	if (proposal.subject === void 0) return void 0;
	const last = await forge.pullRequests.latest(proposal);
	if (last?.state !== "closed" || wasWithdrawn(last)) return void 0;
	return last.body.includes(subjectMark(proposal).trim()) ? last : void 0;
}
/** @returns whether the branch moved */
async function placeChanges(forge, proposal, { tip, changes }) {
	const { branches } = forge;
	const branch = proposal.head;
	const message = ourMessage(proposal.title);
	const open = await forge.pullRequests.find(proposal);
	const there = await branches.resolve(branch);
	if (there === void 0) {
		await branches.commit({
			branch,
			parent: void 0,
			from: tip,
			changes,
			message
		});
		return true;
	}
	const ahead = await branches.log({
		from: tip,
		to: there
	});
	if (open !== void 0 && !ahead.every(isOurs)) {
		if (await holds(branches, there, changes)) return false;
		await branches.commit({
			branch,
			parent: there,
			changes,
			message
		});
		return true;
	}
	if (await holdsOnly(branches, {
		tip,
		there,
		changes
	})) return false;
	await branches.commit({
		branch,
		parent: there,
		from: tip,
		changes,
		message
	});
	return true;
}
/** The message of a commit that we may replace later. */
function ourMessage(subject) {
	return `${subject}\n\n${trailer}\n`;
}
/** Whether a commit is one that we made for a proposal. */
function isOurs(commit) {
	return commit.message.split("\n").includes(trailer);
}
async function holds(branches, commit, changes) {
	if (changes.some(({ content }) => content !== null && typeof content !== "string")) return false;
	const found = await Promise.all(changes.map(({ path }) => branches.readFile(commit, path)));
	return changes.every(({ content }, index) => (found[index] ?? null) === content);
}
async function holdsOnly(branches, { tip, there, changes }) {
	const wanted = new Set(changes.map(({ path }) => path));
	return (await branches.changedFiles(tip, there)).filter((path) => !wanted.has(path)).length === 0 && await holds(branches, there, changes);
}
async function keepPullRequest(forge, proposal, moved) {
	const { head, base, title, ready } = proposal;
	const body = fitBody(proposal.body, { tail: subjectMark(proposal) });
	const open = await forge.pullRequests.find(proposal);
	if (open === void 0) {
		const labels = proposal.labels;
		const pullRequest = await forge.pullRequests.open({
			head,
			base,
			title,
			body,
			ready,
			labels
		});
		await forge.announce?.(pullRequest);
		return {
			action: "opened",
			pullRequest
		};
	}
	if (wasWithdrawn(open)) await forge.pullRequests.comment(open.number, closedKey, reopened);
	if (moved) await forge.announce?.(open);
	const labels = [.../* @__PURE__ */ new Set([...open.labels, ...proposal.labels])];
	if (open.title === title && open.body.trim() === body.trim() && open.ready === ready && labels.length === open.labels.length) return {
		action: moved ? "updated" : "unchanged",
		pullRequest: open
	};
	return {
		action: "updated",
		pullRequest: await forge.pullRequests.update(open.number, {
			title,
			body,
			ready,
			labels
		})
	};
}
// src/forge/tree-changes.ts
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
export { openGitBranches as _, proposeChanges as a, listTree as b, fitBody as c, rollBackBranch as d, readGitHubRun as f, forecastMergeFrom as g, forecastMerge as h, ourMessage as i, baseBranch as l, untilNotStale as m, closedKey as n, proposeCommit as o, openGitForge as p, isOurs as r, withdrawProposal as s, treeChanges as t, promotionBranch as u, StaleBranchError as v, writeCommit as x, commitTree as y };
