import { K as InputError, S as withoutTrailingSlashes, U as defined, q as OutsideError } from "./host.mjs";
import { a as boolean, c as int, f as object, h as string, n as _enum, r as array, u as looseObject } from "./zod.mjs";
import { C as Git, S as shortCommit, a as writeCommit, c as localRefs, d as localObjects, f as RemoteError, i as commitTree, l as refOf, m as findRemote, n as forecastMerge, o as readTexts, s as remoteRefs, u as fetchedObjects, v as listTree } from "./world-git.mjs";
import { o as findToken, s as gitHubOf } from "./github.mjs";
import { setTimeout } from "node:timers/promises";
import { readFileSync } from "node:fs";
// src/world/forge/announce-writes.ts
/**
* Logs the place that a run writes to, before its first write and only once.
* @param where phrase such as `origin (https://git.example.com/acme/os)`
*/
function announceWrites(forge, where, log) {
	let announced = false;
	const first = (write) => (...args) => {
		if (!announced) log.info(`writing to ${where}`);
		announced = true;
		return write(...args);
	};
	const { branches, pullRequests, statuses, workflowRuns } = forge;
	return {
		...forge,
		branches: {
			...branches,
			commit: first(branches.commit),
			setBranch: first(branches.setBranch)
		},
		pullRequests: {
			...pullRequests,
			open: first(pullRequests.open),
			update: first(pullRequests.update),
			comment: first(pullRequests.comment),
			merge: first(pullRequests.merge)
		},
		statuses: {
			...statuses,
			set: first(statuses.set)
		},
		...defined({ workflowRuns: workflowRuns && {
			...workflowRuns,
			start: first(workflowRuns.start)
		} })
	};
}
// src/world/forge/forge.ts
/** A compare-and-swap failed: somebody else moved the branch first. Read again, apply again. */
var StaleBranchError = class extends Error {
	name = "StaleBranchError";
	branch;
	constructor(branch, expected, found) {
		super(`${branch} is at ${found ?? "nothing"}, no longer at ${expected ?? "nothing"}`);
		this.branch = branch;
	}
};
// src/world/forge/git/branches.ts
/** git log in one format, whatever the user's settings. */
const plainLog = [
	"-c",
	"log.showSignature=false",
	"log",
	"--no-color",
	"--no-decorate"
];
/** Branches by git's plumbing. Commits are made in `git`, then a ref moves to them. */
function openGitBranches({ git, refs, objects }) {
	return {
		...readCommits(git, objects),
		resolve: (branch) => refs.read(refOf(branch)),
		commit: async ({ branch, parent, from = parent, merges, changes, message }) => {
			if (from !== void 0) await objects.fetchCommit(from);
			const sha = await writeCommit(git, {
				parent: from,
				merges,
				changes,
				message
			});
			await refs.move({
				ref: refOf(branch),
				from: parent,
				to: sha
			});
			return sha;
		},
		setBranch: ({ branch, from, to }) => refs.move({
			ref: refOf(branch),
			from,
			to
		})
	};
}
/** Reads commits, which are fetched before. */
function readCommits(git, objects) {
	const { fetchCommit, fetchHistory, findCommit } = objects;
	return {
		fetchCommit,
		fetchHistory,
		readFile: async (commit, path) => {
			await fetchCommit(commit);
			const entries = (await listTree(git, commit, path)).filter((entry) => entry.path === path);
			return (await readTexts(git, entries)).get(path);
		},
		listFiles: async (commit, folder) => {
			await fetchCommit(commit);
			return (await listTree(git, commit, folder)).map((entry) => entry.path).sort();
		},
		readFolder: async (commit, folder) => {
			await fetchCommit(commit);
			return readTexts(git, await listTree(git, commit, folder));
		},
		isAncestor: async (ancestor, descendant) => {
			await fetchHistory(descendant);
			return await findCommit(ancestor) && isAncestor(git, ancestor, descendant);
		},
		contains: async (base, head) => {
			await fetchHistory(base, head);
			return contains(git, base, head);
		},
		commitTime: async (commit) => {
			await fetchCommit(commit);
			return Number(await git.run([
				...plainLog,
				"-1",
				"--format=%ct",
				commit
			]));
		},
		log: async ({ from, to }) => {
			await fetchHistory(from, to);
			return log(git, from, to);
		},
		changedFiles: async (from, to) => {
			await Promise.all([fetchCommit(from), fetchCommit(to)]);
			return [...await changedFiles(git, from, to)].sort();
		}
	};
}
async function isAncestor(git, ancestor, descendant) {
	return await git.run([
		"merge-base",
		ancestor,
		descendant
	], { allow: [0, 1] }) === ancestor;
}
/**
* After a squash or a rebase the base has other commits than the pull request, so the history does not show it. The
* content does: every path that `head` changed since the merge base is the same in `base`.
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
	const listed = await git.runOnObjects([
		"diff-tree",
		"-r",
		"-z",
		"--no-renames",
		"--name-only",
		from,
		to
	], from, to);
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
// src/world/forge/retry.ts
const attempts = 40;
/**
* Runs a read-apply-write step until its compare-and-swap succeeds. One writer wins each round, so there need be only
* as many rounds as writers. The pauses are random, and grow with the time that a step takes, so losers do not slow
* the others down.
* @param step reads again each time
* @param moves the branch that may move. Default: any
* @throws StaleBranchError if another branch moved
* @throws OutsideError when it failed 40 times
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
// src/world/forge/git/merge.ts
/**
* Merges a pull request's branch into its base by a merge commit, without a work tree.
* @param head commit at which the caller saw the branch
* @throws StaleBranchError for the head if it moved, for the base if another writer was first
* @throws InputError as PullRequests.merge
*/
async function mergePullRequest({ git, refs, objects }, request, head) {
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
	const base = await refs.read(refOf(request.base));
	if (base === void 0) throw new StaleBranchError(request.base, void 0, void 0);
	await objects.fetchHistory(base, head);
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
	await refs.move({
		ref: refOf(request.base),
		from: base,
		to: merged
	}, {
		ref: refOf(request.head),
		at: head
	});
}
// src/world/forge/git/pull-requests.ts
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
* Pull requests on plain git. People merge with git, and git reports that to nobody. So the state of an open one is
* computed from the branches at each read, and stored once it is final (a later revert does not open it again).
*/
function openGitPullRequests(repository, branches) {
	const { git, refs } = repository;
	const list = async (filter = {}) => {
		return (await recordStates()).filter((request) => filter.state === void 0 || request.state === filter.state);
	};
	/** Stores what is final. Someone who may only read gets the same answer, and the next writer stores it. */
	async function recordStates() {
		try {
			return await change("record the state of pull requests", async () => void 0);
		} catch (error) {
			if (!(error instanceof RemoteError)) throw error;
			return (await read(repository, branches)).requests;
		}
	}
	/** Applies one change to the records, and again if it loses a race. Returns all pull requests afterwards. */
	async function change(message, apply) {
		return untilNotStale(async () => {
			const before = await read(repository, branches);
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
				await refs.move({
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
			return requireNumber(await change(`update pull request ${number}`, async (known) => {
				const request = requireNumber(known, number);
				return {
					...request,
					...wanted,
					state: request.state === "open" ? wanted.state ?? "open" : request.state
				};
			}), number);
		},
		merge: async (number, { head }) => {
			const merge = async () => mergePullRequest(repository, requireNumber(await list(), number), head);
			await untilNotStale(merge, requireNumber(await list(), number).base);
			return requireNumber(await list(), number);
		},
		comment: async (number, key, body) => {
			await change(`comment on pull request ${number}`, async (known) => {
				const request = requireNumber(known, number);
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
async function read(repository, branches) {
	const { git, refs, objects } = repository;
	const commit = await refs.read(pullRequestsRef);
	if (commit === void 0) return {
		commit,
		requests: [],
		texts: /* @__PURE__ */ new Map()
	};
	await objects.fetchCommit(commit);
	const texts = await readTexts(git, await listTree(git, commit, ""));
	const records = [...texts].map(([file, text]) => {
		return parse$1(text, file, `${pullRequestsRef} (commit ${shortCommit(commit)}): ${file}`);
	});
	return {
		commit,
		requests: (await Promise.all(records.map((record) => withCurrentState(repository, branches, record)))).sort((a, b) => a.number - b.number),
		texts
	};
}
/** Computes the state of an open pull request. */
async function withCurrentState({ objects }, branches, request) {
	if (request.state !== "open") return request;
	const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
	if (base !== void 0) for (const commit of /* @__PURE__ */ new Set([request.headCommit, head])) {
		if (commit === void 0 || commit !== head && !await objects.findCommit(commit)) continue;
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
async function mergeableHead(branches, request) {
	const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
	if (head === void 0 || base === void 0) throw new InputError({ problem: `a pull request needs both branches, and there is no branch ${head === void 0 ? request.head : request.base}` });
	if (await branches.contains(base, head)) throw new InputError({
		problem: `there is nothing to merge from ${request.head} into ${request.base}`,
		remedy: "Everything on it is merged already."
	});
	return head;
}
function requireNumber(requests, number) {
	const found = requests.find((request) => request.number === number);
	if (found === void 0) throw new InputError({
		problem: "no such pull request",
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
/** Always in the same order, so an unchanged record is the same text. */
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
// src/world/forge/git/statuses.ts
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
function openGitStatuses({ git, refs, objects }) {
	async function read(commit) {
		const tip = await refs.read(statusesRef);
		if (tip !== void 0) await objects.fetchCommit(tip);
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
			await refs.move({
				ref: statusesRef,
				from: tip,
				to: made
			});
		})
	};
}
/** Always in the same order, so unchanged statuses are the same text. */
function format(statuses) {
	const ordered = statuses.map(({ context, state, description, url }) => ({
		context,
		state,
		description,
		...defined({ url })
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
// src/world/forge/git/git-forge.ts
/**
* A git repository as a forge: branches are its branches; pull requests and statuses are records on refs of its own;
* merging one is `git merge`.
* @param directory a bare repository, or a folder inside a clone
* @param remote whose branches these are; undefined: those of the repository itself
* @throws InputError when `directory` is in no repository
*/
async function openGitForge(directory, remote) {
	const given = new Git(directory);
	const top = await given.try(["rev-parse", "--show-toplevel"]) ?? await given.try(["rev-parse", "--absolute-git-dir"]);
	if (top === void 0) throw new InputError({
		where: directory,
		problem: "not a git repository"
	});
	const git = new Git(top);
	const repository = remote === void 0 ? localRepository(git) : remoteRepository(git, remote);
	const branches = openGitBranches(repository);
	return {
		kind: "git",
		place: repository.place,
		branches,
		pullRequests: openGitPullRequests(repository, branches),
		statuses: openGitStatuses(repository)
	};
}
function localRepository(git) {
	return {
		git,
		refs: localRefs(git),
		objects: localObjects(git),
		place: git.directory
	};
}
function remoteRepository(git, remote) {
	const objects = fetchedObjects(git, {
		address: remote.name,
		place: remote.place,
		remedy: `Fetch the whole history: git fetch --unshallow ${remote.name}`
	});
	return {
		git,
		objects,
		refs: remoteRefs(git, remote, objects),
		place: remote.place
	};
}
// src/world/forge/github/run.ts
const eventSchema = object({ pull_request: object({
	number: int(),
	head: object({ repo: object({ full_name: string() }).nullish() })
}) });
/** The forge that --forge or COXSWAIN_FORGE asks for; undefined: none. @throws InputError for any other */
function wantedForge(env) {
	const wanted = env.COXSWAIN_FORGE ?? "";
	if (wanted === "") return void 0;
	if (wanted === "git" || wanted === "github") return wanted;
	throw new InputError({
		field: "--forge (COXSWAIN_FORGE)",
		problem: "no such forge",
		found: wanted,
		expected: "git or github"
	});
}
/**
* Reads which repository on GitHub a workflow run works on. Elsewhere GITHUB_REPOSITORY can name it together with
* COXSWAIN_FORGE=github.
* (https://docs.github.com/actions/reference/workflows-and-actions/variables)
* @returns undefined if the remote of the checkout decides
*/
function readGitHubRun(env) {
	const wanted = wantedForge(env);
	const inRun = env.GITHUB_ACTIONS === "true";
	const named = wanted === "github" && (env.GITHUB_REPOSITORY ?? "") !== "";
	if (wanted === "git" || !inRun && !named) return void 0;
	const repository = env.GITHUB_REPOSITORY ?? "";
	if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new InputError({
		field: "GITHUB_REPOSITORY",
		problem: "not the name of a repository on GitHub",
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
	if (URL.canParse(text)) return withoutTrailingSlashes(text);
	throw new InputError({
		field,
		problem: "not an address",
		found: text,
		expected: "https://…"
	});
}
/**
* GitHub gives runs for a fork's pull request, and those that Dependabot causes, a token that can only read, whatever
* the workflow's permissions say. `pull_request_target` is different: it runs the base's own workflow.
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
// src/world/forge/without-token.ts
/**
* A repository on GitHub by plain git, because there is no token: branches work, and that is enough to steer a fleet.
* Its pull requests and statuses are on GitHub, so they are refused: an empty list would be wrong.
*/
function withoutToken(forge, host) {
	const refuse = (what) => async () => {
		throw new InputError({
			where: forge.place,
			problem: `${what} of this repository are on GitHub, and there is no token for it`,
			expected: "a token in GH_TOKEN or GITHUB_TOKEN, or a login of the program gh",
			remedy: `Log in: gh auth login --hostname ${host}. With --forge git, records on the remote take their place.`
		});
	};
	const pullRequests = refuse("pull requests");
	const statuses = refuse("statuses");
	return {
		...forge,
		pullRequests: {
			list: pullRequests,
			find: pullRequests,
			latest: pullRequests,
			findByCommit: pullRequests,
			open: pullRequests,
			update: pullRequests,
			comment: pullRequests,
			merge: pullRequests
		},
		statuses: {
			set: statuses,
			list: statuses
		}
	};
}
// src/world/forge/open-forge.ts
/**
* Opens the forge of a checkout. In a workflow run it is GitHub. Elsewhere it is the checkout's remote: GitHub if the
* remote is there and a token is available, plain git if not. A checkout without a remote is its own forge.
* @param git the top of the checkout
* @throws InputError when it does not say which remote, or the wanted forge cannot be opened
*/
async function openForge(git, options) {
	const { env, log } = options;
	const run = readGitHubRun(env);
	if (run !== void 0) {
		const forge = await openGitHub(git, run, options);
		return env.GITHUB_ACTIONS === "true" ? forge : announced(forge, log);
	}
	const wanted = wantedForge(env);
	const remote = await findRemote(git, env.COXSWAIN_REMOTE || void 0);
	const gitHub = remote === void 0 || wanted === "git" ? void 0 : await gitHubOf(remote, env);
	if (remote === void 0 || gitHub === void 0) {
		if (wanted === "github") throw notOnGitHub(git, remote);
		const forge = await openGitForge(git.directory, remote);
		return remote === void 0 ? announceWrites(forge, `${forge.place} alone, not to a remote`, log) : announced(forge, log);
	}
	return openWithGitHub(git, remote, gitHub, options);
}
async function openWithGitHub(git, remote, gitHub, options) {
	const { env, log } = options;
	const token = await findToken(gitHub.host, env);
	if (token !== void 0 || wantedForge(env) === "github") return announced(await openGitHub(git, {
		...gitHub,
		token,
		pullRequest: void 0,
		readOnly: void 0
	}, options), log);
	const forge = withoutToken(await openGitForge(git.directory, remote), gitHub.host);
	return announceWrites(forge, `${forge.place} by git: there is no token for GitHub`, log);
}
function announced(forge, log) {
	return announceWrites(forge, forge.place, log);
}
function notOnGitHub(git, remote) {
	return new InputError({
		where: git.directory,
		field: "--forge",
		problem: remote === void 0 ? "this checkout has no remote on GitHub" : `the address of its remote ${remote.name} is not on GitHub`,
		found: remote?.url ?? "no remote",
		remedy: "Name the remote with --remote, or set GITHUB_REPOSITORY=OWNER/NAME."
	});
}
/** Loaded only when needed: GitHub's client takes a third of the whole time of a quick verb. */
async function openGitHub(...args) {
	const { openGitHubForge } = await import("./github.mjs").then((n) => n.t);
	return openGitHubForge(...args);
}
// src/world/forge/fit-body.ts
/** Longest text of a pull request or a comment on GitHub, in characters. */
const bodyLimit = 65536;
/**
* Cuts a Markdown text that is too long, and says so at its end. It is cut between paragraphs: never inside a table, a
* fenced block or a `<details>`.
* @param tail kept after the cut, such as a hidden marker
*/
function fitBody(body, options = {}) {
	const { tail = "", limit = bodyLimit } = options;
	if (body.length + tail.length <= limit) return `${body}${tail}`;
	const note = `> **Cut here**: this text has ${body.length} characters, more than GitHub accepts. The workflow run has the rest.\n`;
	const room = limit - note.length - tail.length - 2;
	return `${body.slice(0, cutAt(body, room)).trimEnd()}\n\n${note}${tail}`;
}
/** The last place up to `room` between two paragraphs; if there is none, between two lines. */
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
// src/world/forge/propose-changes.ts
/** Last line of the messages of our own commits on branches that we propose. */
const trailer = "Proposed-by: coxswain";
/**
* Proposes changes to a branch by ONE pull request: its branch is one commit on top of `tip`, rebuilt whenever
* it is not. Commits that people added to it while it is open are kept; ours then goes on top of theirs.
* If it is killed and run again, it continues.
* @param change.tip commit of the base branch
* @param change.again also if a person declined it
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
* @param move.from commit at which the caller saw the branch of the pull request
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
* Closes the pull request, if it is open. Its branch stays: the next proposal uses it again.
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
/** Key of our comment on a pull request that we close. One that a person closed has none. */
const closedKey = "closed";
const reopened = "Open again.";
function wasWithdrawn({ comments }) {
	return comments.some(({ key, body }) => key === "closed" && body.trim() !== reopened);
}
/** A hidden line that says what a pull request is about. */
function subjectMark({ subject }) {
	return subject === void 0 ? "" : `\n<!-- coxswain proposes: ${subject} -->\n`;
}
/** The last pull request, if it was about the same and a person closed it. Its branch is left alone, so people can reopen it. */
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
		if (await hasChanges(branches, there, changes)) return false;
		await branches.commit({
			branch,
			parent: there,
			changes,
			message
		});
		return true;
	}
	if (await hasOnlyChanges(branches, {
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
async function hasChanges(branches, commit, changes) {
	if (changes.some(({ content }) => content !== null && typeof content !== "string")) return false;
	const found = await Promise.all(changes.map(({ path }) => branches.readFile(commit, path)));
	return changes.every(({ content }, index) => (found[index] ?? null) === content);
}
async function hasOnlyChanges(branches, { tip, there, changes }) {
	const wanted = new Set(changes.map(({ path }) => path));
	return (await branches.changedFiles(tip, there)).filter((path) => !wanted.has(path)).length === 0 && await hasChanges(branches, there, changes);
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
// src/world/forge/branch-names.ts
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
export { isOurs as a, proposeCommit as c, openForge as d, readGitHubRun as f, StaleBranchError as g, readCommits as h, closedKey as i, withdrawProposal as l, untilNotStale as m, promotionBranch as n, ourMessage as o, openGitForge as p, rollBackBranch as r, proposeChanges as s, baseBranch as t, fitBody as u };
