import { M as beforeWriting, N as isRehearsal, T as withoutTrailingSlashes, Y as findTool, ct as InputError, dt as init_errors, ft as messageOf, it as defined, lt as OutsideError, q as exec } from "./host.mjs";
import { a as boolean, d as looseObject, g as string, l as int, n as _enum, p as object, r as array, y as unknown } from "./zod.mjs";
import { F as formatRepository } from "./world-registry.mjs";
import { A as shortCommit, T as listTree, a as writeCommit, b as readCommitTime, c as remoteRefs, d as Git, f as fetchedObjects, g as findRemote, i as commitTree, k as readTexts, l as localRefs, m as RemoteError, n as forecastMerge, o as isAncestor, p as localObjects, s as mergeBase, u as refOf, x as changedPaths } from "./world-git.mjs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { homedir } from "node:os";
import { readFileSync } from "node:fs";
// src/world/forge/announce-writes.ts
init_errors();
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
	const { branches, pullRequests, statuses, workflowRuns, issues } = forge;
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
		...defined({
			workflowRuns: workflowRuns && {
				...workflowRuns,
				start: first(workflowRuns.start)
			},
			issues: issues && {
				...issues,
				open: first(issues.open),
				update: first(issues.update),
				close: first(issues.close)
			}
		})
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
			return readCommitTime(git, commit);
		},
		log: async ({ from, to }) => {
			await fetchHistory(from, to);
			return log(git, [to, `^${from}`]);
		},
		newest: async (commit, count) => {
			await objects.fetchNewest(commit, count);
			return log(git, [
				"--first-parent",
				`--max-count=${count}`,
				commit
			]);
		},
		changedFiles: async (from, to) => {
			await Promise.all([fetchCommit(from), fetchCommit(to)]);
			return changedPaths(git, from, to);
		}
	};
}
/**
* After a squash or a rebase the base has other commits than the pull request, so the history does not show it. The
* content does: every path that `head` changed since the merge base is the same in `base`.
*/
async function contains(git, base, head) {
	const common = await mergeBase(git, base, head);
	if (common === head) return true;
	if (common === void 0) return false;
	const different = new Set(await changedPaths(git, head, base));
	return !(await changedPaths(git, common, head)).some((path) => different.has(path));
}
async function log(git, range) {
	return (await git.run([
		...plainLog,
		"-z",
		"--format=%H%n%P%n%ct%n%B",
		...range
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
init_errors();
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
init_errors();
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
	if (head === void 0 || base === void 0) throw new InputError({ problem: `a pull request needs both branches, and branch ${head === void 0 ? request.head : request.base} does not exist` });
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
init_errors();
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
init_errors();
/**
* A git repository as a forge: branches are its branches; pull requests and statuses are records on refs of its own;
* merging one is `git merge`.
* @param place a bare repository, or a folder inside a clone; a Git that is used elsewhere too: its repository
* @param remote whose branches these are; undefined: those of the repository itself
* @throws InputError when a given folder is in no repository
*/
async function openGitForge(place, remote) {
	const git = typeof place === "string" ? await openRepository(place) : place;
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
async function openRepository(directory) {
	const given = new Git(directory);
	const top = await given.try(["rev-parse", "--show-toplevel"]) ?? await given.try(["rev-parse", "--absolute-git-dir"]);
	if (top === void 0) throw new InputError({
		where: directory,
		problem: "not a git repository"
	});
	return new Git(top);
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
// src/world/forge/github/github-remote.ts
/**
* The repository on GitHub that a remote's address names: https, ssh, or `git@HOST:OWNER/NAME`.
* A host is GitHub's if it is github.com, a name beneath ghe.com, or one that GH_HOST, GITHUB_SERVER_URL or the
* configuration of the program gh names.
* @returns undefined for any other remote
*/
async function gitHubOf({ url }, env) {
	const found = addressPattern.exec(url)?.groups;
	const host = found?.host ?? found?.scpHost;
	const repository = found?.repository;
	if (host === void 0 || repository === void 0) return void 0;
	const name = host.toLowerCase().replace(/^ssh\.(?=github\.com$)/, "");
	if (name === "github.com") return {
		host: name,
		repository,
		serverUrl: "https://github.com",
		apiUrl: "https://api.github.com"
	};
	const serverUrl = `https://${name}`;
	if (name.endsWith(".ghe.com")) return {
		host: name,
		repository,
		serverUrl,
		apiUrl: `https://api.${name}`
	};
	return [env.GH_HOST, hostOf(env.GITHUB_SERVER_URL)].includes(name) || await ghKnows(name, env) ? {
		host: name,
		repository,
		serverUrl,
		apiUrl: `${serverUrl}/api/v3`
	} : void 0;
}
/** `https://HOST/OWNER/NAME.git`, `ssh://git@HOST:22/OWNER/NAME`, `git@HOST:OWNER/NAME`. */
const addressPattern = /^(?:(?:https?|ssh|git):\/\/(?:[^@/]*@)?(?<host>[^/:]+)(?::\d+)?\/|(?:[^@/:]+@)?(?<scpHost>[^/:]+):)(?<repository>[\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/;
/**
* A token for a host of GitHub, as the program gh finds one: from the environment, then from its own login.
* A token in the environment goes to the host that it is meant for, and to no other.
* (https://cli.github.com/manual/gh_help_environment)
*/
async function findToken(host, env) {
	const ofServer = hostOf(env.GITHUB_SERVER_URL) === host ? env.GITHUB_TOKEN : void 0;
	const token = (host === "github.com" || host.endsWith(".ghe.com") ? [env.GH_TOKEN, hostOf(env.GITHUB_SERVER_URL) === void 0 ? env.GITHUB_TOKEN : ofServer] : [
		env.GH_ENTERPRISE_TOKEN,
		env.GITHUB_ENTERPRISE_TOKEN,
		ofServer
	]).find((each) => each !== void 0 && each !== "");
	if (token !== void 0 || findTool("gh") === void 0) return token;
	const { exitCode, stdout } = await exec("gh", [
		"auth",
		"token",
		"--hostname",
		host
	], {
		doing: "asking gh for a token",
		seconds: ghSeconds,
		allow: [
			0,
			1,
			2,
			4
		]
	});
	return exitCode === 0 && stdout.trim() !== "" ? stdout.trim() : void 0;
}
/** gh may ask a keyring, which may ask a person. */
const ghSeconds = 30;
function hostOf(url) {
	return url !== void 0 && URL.canParse(url) ? new URL(url).hostname : void 0;
}
/** Whether the program gh has a login for a host. */
async function ghKnows(host, env) {
	const config = env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), ".config");
	const folder = env.GH_CONFIG_DIR ?? join(config, "gh");
	return (await readFile(join(folder, "hosts.yml"), "utf8").catch(() => "")).split("\n").some((line) => line.trimEnd() === `${host}:`);
}
// src/world/forge/github/run.ts
init_errors();
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
/** A forge whose writes end a rehearsal; in every other run it is the same forge. */
function rehearseWrites(forge) {
	const { branches, pullRequests, statuses, workflowRuns, issues, attestations } = forge;
	const { place } = forge;
	const guarded = (write, what) => (...args) => {
		beforeWriting(() => `${what(...args)} (${place})`);
		return write(...args);
	};
	return {
		...forge,
		branches: {
			...branches,
			commit: guarded(branches.commit, ({ branch, message, changes }) => {
				const [subject = ""] = message.split("\n");
				return `commit to the branch ${branch}: ${JSON.stringify(subject)}, files: ${changes.map(({ path }) => path).join(", ")}`;
			}),
			setBranch: guarded(branches.setBranch, ({ branch, to }) => `set the branch ${branch} to ${to}`)
		},
		pullRequests: {
			...pullRequests,
			open: guarded(pullRequests.open, ({ title, head, base }) => `open the pull request ${JSON.stringify(title)}, ${head} into ${base}`),
			update: guarded(pullRequests.update, (number) => `update pull request #${number}`),
			comment: guarded(pullRequests.comment, (number) => `comment on pull request #${number}`),
			merge: guarded(pullRequests.merge, (number) => `merge pull request #${number}`)
		},
		statuses: {
			...statuses,
			set: guarded(statuses.set, (commit, { context }) => `set the status ${context} of commit ${commit}`)
		},
		...defined({
			workflowRuns: workflowRuns && {
				...workflowRuns,
				start: guarded(workflowRuns.start, ({ workflow, branch }) => `start the workflow ${workflow} on ${branch}`)
			},
			attestations: attestations && { keep: guarded(attestations.keep, () => "write an attestation") },
			issues: issues && {
				...issues,
				open: guarded(issues.open, ({ title }) => `open the issue ${JSON.stringify(title)}`),
				update: guarded(issues.update, ({ number }) => `update issue #${number}`),
				close: guarded(issues.close, ({ number }) => `close issue #${number}`)
			}
		})
	};
}
// src/world/forge/without-token.ts
init_errors();
/**
* A repository on GitHub by plain git, because there is no token: branches work, and that is enough to steer a fleet.
* Its pull requests and statuses are on GitHub, so they are refused: an empty list would be wrong.
*/
function withoutToken(forge, host) {
	const refuse = (what) => async () => {
		throw new InputError({
			where: forge.place,
			problem: `${what} of this repository are on GitHub, and no token for it was found`,
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
init_errors();
/**
* Opens the forge of a checkout. In a workflow run it is GitHub. Elsewhere it is the checkout's remote: GitHub if the
* remote is there and a token is available, plain git if not. A checkout without a remote is its own forge.
* @param git the top of the checkout
* @throws InputError when it does not say which remote, or the wanted forge cannot be opened
*/
async function openForge(git, options) {
	const forge = await openForgeOf(git, options);
	return isRehearsal() ? rehearseWrites(forge) : forge;
}
async function openForgeOf(git, options) {
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
		const forge = await openGitForge(git, remote);
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
	const forge = withoutToken(await openGitForge(git, remote), gitHub.host);
	return announceWrites(forge, `${forge.place} by git, because no token for GitHub was found`, log);
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
	const { openGitHubForge } = await import("./github.mjs").then((n) => n.n);
	return openGitHubForge(...args);
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
// src/world/forge/github/failures.ts
init_errors();
/** GitHub's refusal behind an error that explainFailure made; undefined if there was no answer. */
function refusalOf(error) {
	const cause = error instanceof Error && error.cause !== void 0 ? error.cause : error;
	if (!(cause instanceof Error) || !("status" in cause) || typeof cause.status !== "number") return void 0;
	const response = "response" in cause ? cause.response : void 0;
	if (response === void 0) return void 0;
	const headers = response.headers ?? {};
	return {
		status: cause.status,
		message: wordsOf(response.data) ?? cause.message,
		headers
	};
}
/**
* Turns a failed call into an error that people can act on. Whatever the workflow, the repository's settings or the
* token lacks is an InputError; everything else is an OutsideError, and a re-run is safe.
* @param call.doing gerund phrase
* @param call.route `POST /repos/{owner}/{repo}/pulls`, or the name of a GraphQL operation
*/
function explainFailure(error, call) {
	const refusal = refusalOf(error);
	const cause = { cause: error };
	if (refusal === void 0) return new OutsideError(call.doing, messageOf(error), void 0, cause);
	const { status, message, headers } = refusal;
	const where = `GitHub, ${call.repository}`;
	if (status === 401) return new InputError({
		where,
		field: "GITHUB_TOKEN",
		problem: `${call.doing} failed: GitHub does not accept the token (${message})`,
		remedy: "It may have expired: tokens of a GitHub App live for an hour. Give the step a new one, or ${{ github.token }}."
	}, cause);
	if (/not permitted to create or approve pull requests/i.test(message)) return new InputError({
		where,
		problem: `${call.doing} failed: GitHub Actions may not open pull requests in this repository`,
		remedy: "Allow it in Settings → Actions → General → Workflow permissions → “Allow GitHub Actions to create and approve pull requests” (an organization may have to allow it first), or use the token of a GitHub App."
	}, cause);
	if (isRateLimit(refusal)) return new OutsideError(call.doing, `GitHub limits the rate of requests (${message})`, `Running the same command again ${waitOf(refusal)} is safe.`, cause);
	if (status === 403 && /without [`'"]?workflows?[`'"]? permission/i.test(message)) return new InputError({
		where,
		...workflowFiles(".github/workflows")
	}, cause);
	if (status === 403 && /resource not accessible/i.test(message)) return new InputError({
		where,
		...missingPermission(call, headers["x-accepted-github-permissions"])
	}, cause);
	if (/repository rule violations/i.test(message)) return new InputError({
		where,
		problem: `${call.doing} failed: a rule of the repository forbids it (${message.replaceAll(/\s+/g, " ").trim()})`,
		remedy: "Leave the branches that workflows write (the state branch, coxswain-…) out of the rule, or let GitHub Actions and your App bypass it: Settings → Rules → Rulesets. coxswain doctor --github names the rule."
	}, cause);
	if (status === 404) return new InputError({
		where,
		problem: `${call.doing} failed: GitHub finds nothing there, or the token may not see it`,
		remedy: `Check that ${call.repository} is the right repository, and that the token is for it.`
	}, cause);
	if (status === 422 || status === 403 || status === 405 || status === 409) return new InputError({
		where,
		problem: `${call.doing} failed: ${message}`
	}, cause);
	return new OutsideError(call.doing, `GitHub answers ${status}: ${message}`, void 0, cause);
}
/** The error for a commit that changes workflows. @param path the file, or the folder */
function workflowFiles(path) {
	return {
		problem: `the commit changes ${path}, and GITHUB_TOKEN may never change that`,
		remedy: "Use the token of a GitHub App with the permission workflows: write, or make that change by hand."
	};
}
/** The permission that each call needs, if GitHub does not name it. */
const permissions = [
	[/^(?:PUT .*\/merge|updateRefs)$/, "contents=write"],
	[/^(?:markPullRequestReadyForReview|convertPullRequestToDraft)$/, "contents=write,pull_requests=write"],
	[/^GET .*\/pulls/, "pull_requests=read"],
	[/^[A-Z]+ .*\/(?:pulls|issues)/, "pull_requests=write"],
	[/^POST .*\/attestations$/, "attestations=write"],
	[/^POST .*\/statuses\//, "statuses=write"],
	[/^GET .*\/statuses$/, "statuses=read"],
	[/^GET /, "contents=read"],
	[/^[A-Z]+ /, "contents=write"]
];
function missingPermission(call, accepted) {
	const sets = (accepted ?? "").split(";").map((set) => set.trim());
	const known = permissions.find(([pattern]) => pattern.test(call.route))?.[1] ?? "contents=write";
	const lines = (sets.find((set) => set.includes("pull_requests=")) ?? (sets[0] === "" ? known : sets[0] ?? known)).split(",").map((each) => each.trim().replaceAll("_", "-").replace("=", ": ")).filter((line) => line !== "");
	const list = lines.join(", ");
	if (call.token.startsWith("github_pat_") || call.token.startsWith("ghp_")) return {
		problem: `${call.doing} failed: the personal access token lacks ${list}`,
		remedy: `Give it that repository permission: Settings → Developer settings → Fine-grained tokens.`
	};
	const workflows = /(?:git\/refs|updateRefs)$/.test(call.route) ? " If the job has it, the commits change .github/workflows, and GITHUB_TOKEN may never change those: use the token of a GitHub App with workflows: write." : "";
	return {
		problem: `${call.doing} failed: the token lacks the permission ${list}`,
		remedy: `Add to the job: permissions:\n${lines.map((line) => `      ${line}`).join("\n")}\n(for the token of a GitHub App: give the app that permission). Runs for pull requests from forks and by Dependabot can only read, whatever the workflow says.${workflows}`
	};
}
function isRateLimit({ status, message, headers }) {
	return status === 429 || status === 403 && (headers["x-ratelimit-remaining"] === "0" || /rate limit|abuse detection/i.test(message));
}
function waitOf({ headers }) {
	const after = Number(headers["retry-after"]);
	if (after > 0) return `in ${after} s`;
	const reset = Number(headers["x-ratelimit-reset"]);
	return reset > 0 ? `after ${(/* @__PURE__ */ new Date(reset * 1e3)).toISOString().replace(".000", "")}` : "in some minutes";
}
/** `message`, and what its `errors` add. HTML (from a proxy) is cut to one line. */
function wordsOf(data) {
	if (typeof data === "string") {
		const text = data.replaceAll(/<[^<>]*>/g, " ").replaceAll(/\s+/g, " ");
		return text.trim() === "" ? void 0 : `${text.trim().slice(0, 120)}`;
	}
	if (typeof data !== "object" || data === null || !("message" in data)) return void 0;
	const more = ("errors" in data && Array.isArray(data.errors) ? data.errors : []).map((error) => {
		if (typeof error === "string") return error;
		if (typeof error !== "object" || error === null) return "";
		if ("message" in error) return String(error.message);
		return "field" in error && "code" in error ? `${error.field} is ${error.code}` : "";
	});
	return [String(data.message), ...more.filter((text) => text !== "")].join(": ");
}
// src/world/forge/github/package-deletion.ts
init_errors();
/** True for GitHub's own registries, which answer 405 to deletions by the registry's interface. @param serverUrl of the web pages */
function isGitHubRegistry(host, serverUrl) {
	return host === "ghcr.io" || host === `containers.${new URL(serverUrl).host}`;
}
const versionSchema = object({
	id: int(),
	name: string()
});
/**
* Deletion at ghcr.io: by the Packages API, where every manifest is a version whose name is its digest, whether it is
* tagged, the image of an index, or attached to another one.
* (https://docs.github.com/rest/packages/packages)
* @param api of any repository: it brings the address and the token
*/
function packageDeletion(api) {
	const places = /* @__PURE__ */ new Map();
	const versions = /* @__PURE__ */ new Map();
	/** Reads the list again if it does not have the digest: it may have been pushed since. */
	async function idOf(repository, place, digest) {
		const known = (await versions.get(repository.path))?.get(digest);
		if (known !== void 0) return known;
		const list = listVersions(api, repository, place);
		versions.set(repository.path, list);
		return (await list).get(digest);
	}
	return async (repository, digest) => {
		const [owner = ""] = repository.path.split("/");
		const place = places.get(owner) ?? findPlace(api, owner);
		places.set(owner, place);
		const id = await idOf(repository, await place, digest);
		if (id === void 0) return;
		const { route, params } = await place;
		try {
			await api.call({
				doing: `deleting ${formatRepository(repository)}@${digest}`,
				route: `DELETE ${route}/versions/{package_version_id}`,
				params: {
					...params,
					package_name: nameOf(repository),
					package_version_id: id
				},
				schema: unknown()
			});
		} catch (error) {
			if (refusalOf(error)?.status === 404) return;
			throw explain(error, repository);
		}
	};
}
/** Packages of organizations and of people have routes of their own. */
async function findPlace(api, owner) {
	const { type } = await api.call({
		doing: `looking up ${owner}`,
		route: "GET /users/{username}",
		params: { username: owner },
		schema: object({ type: string() })
	});
	return type === "Organization" ? {
		route: "/orgs/{org}/packages/container/{package_name}",
		params: { org: owner }
	} : {
		route: "/users/{username}/packages/container/{package_name}",
		params: { username: owner }
	};
}
async function listVersions(api, repository, { route, params }) {
	try {
		const list = await api.all({
			doing: `listing the versions of ${formatRepository(repository)}`,
			route: `GET ${route}/versions`,
			params: {
				...params,
				package_name: nameOf(repository)
			},
			schema: versionSchema
		});
		return new Map(list.map(({ id, name }) => [name, id]));
	} catch (error) {
		throw explain(error, repository);
	}
}
/** What follows the owner: a slash in it is part of the name. */
function nameOf({ path }) {
	return path.slice(path.indexOf("/") + 1);
}
function explain(error, repository) {
	const { status = 0, message = "" } = refusalOf(error) ?? {};
	if (![
		400,
		403,
		404
	].includes(status)) return error;
	const where = formatRepository(repository);
	if (status === 400) return new InputError({
		where,
		problem: `GitHub does not delete it: ${message}`
	}, { cause: error });
	return new InputError({
		where,
		problem: `this token may not delete packages (${message})`,
		remedy: "In a workflow: permissions: packages: write, and give the repository the role Admin in the settings of the package, Manage Actions access. Elsewhere: gh auth refresh --scopes read:packages,delete:packages."
	}, { cause: error });
}
export { StaleBranchError as C, readCommits as S, readGitHubRun as _, workflowFiles as a, openGitForge as b, ourMessage as c, withdrawProposal as d, fitBody as f, openForge as g, rollBackBranch as h, refusalOf as i, proposeChanges as l, promotionBranch as m, packageDeletion as n, closedKey as o, baseBranch as p, explainFailure as r, isOurs as s, isGitHubRegistry as t, proposeCommit as u, findToken as v, untilNotStale as x, gitHubOf as y };
