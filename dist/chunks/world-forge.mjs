import { D as InputError, O as OutsideError } from "./host.mjs";
import { d as object, i as boolean, l as looseObject, m as string, n as _enum, r as array, s as int } from "./zod.mjs";
import { a as listTree, c as moveRef, d as Git, i as commitTree, l as moveRefWhile, n as forecastMerge, o as readTexts, s as writeCommit, u as readRef } from "./world-git.mjs";
import { setTimeout } from "node:timers/promises";
import { readFileSync } from "node:fs";
// src/world/forge/forge.ts
/** A compare-and-swap was lost: somebody else moved the branch first. Read again, apply again. */
var StaleBranchError = class extends Error {
	name = "StaleBranchError";
	branch;
	constructor(branch, expected, found) {
		super(`${branch} is at ${found ?? "nothing"}, not at ${expected ?? "nothing"} any more`);
		this.branch = branch;
	}
};
// src/world/forge/git/branches.ts
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
			const entries = (await listTree(git, commit, path)).filter((entry) => entry.path === path);
			return (await readTexts(git, entries)).get(path);
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
// src/world/forge/retry.ts
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
// src/world/forge/git/merge.ts
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
// src/world/forge/git/git-forge.ts
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
// src/world/forge/github/run.ts
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
// src/world/forge/propose.ts
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
export { proposeCommit as a, baseBranch as c, readGitHubRun as d, openGitForge as f, StaleBranchError as h, proposeChanges as i, promotionBranch as l, openGitBranches as m, isOurs as n, withdrawProposal as o, untilNotStale as p, ourMessage as r, fitBody as s, closedKey as t, rollBackBranch as u };
