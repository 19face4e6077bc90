import { S as string, T as unknown, c as _enum, d as boolean, h as int, l as array, v as number, y as object } from "./libraries.mjs";
import { Gt as messageOf, Ht as OutsideError, Lt as defined, M as documentation, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { E as workflowFiles, Ji as fetchWhole, T as refusalOf, Yi as init_fetch_whole, Zi as isLoopback, er as readGitHubRun, fr as fetchedObjects, lt as fitBody, mr as findRemote, nr as gitHubOf, pa as listTree, qa as shortCommit, sr as readCommits, tr as findToken, ur as StaleBranchError, w as explainFailure } from "./shared.mjs";
import { t as Octokit$1 } from "./octokit-core.mjs";
import { t as retry } from "./octokit-plugin-retry.mjs";
import { t as throttling } from "./octokit-plugin-throttling.mjs";
import { setTimeout } from "node:timers/promises";
init_errors();
init_fetch_whole();
/** Longest wait for a rate limit, in seconds. GitHub's own lasts up to an hour; a job should end instead. */
const patience = 120;
const Octokit = Octokit$1.plugin(retry, throttling);
/** Opens the API. Nothing is asked yet. */
function openGitHubApi(access) {
	const { repository } = access;
	const [owner = "", repo = ""] = repository.split("/");
	let opened;
	const octokit = () => {
		opened ??= createOctokit(access);
		return opened;
	};
	/** Owner and name of the repository, if the route has a place for them. Otherwise they would be sent as a query. */
	const placeOf = (route) => route.includes("/repos/{owner}/{repo}") ? {
		owner,
		repo
	} : {};
	/** Asks, and explains a failure. */
	async function ask(call, work) {
		const token = requireToken(access);
		try {
			return await work();
		} catch (error) {
			if (error instanceof InputError || error instanceof OutsideError) throw error;
			throw explainFailure(error, {
				...call,
				repository,
				token
			});
		}
	}
	function read(call, data) {
		const parsed = call.schema.safeParse(data);
		if (parsed.success) return parsed.data;
		const what = parsed.error.issues[0];
		throw new OutsideError(call.doing, `this is not GitHub's answer (${[what?.path.join("."), what?.message].filter(Boolean).join(": ")})`, `A proxy may have answered instead of ${access.apiUrl}; running the same command again is safe.`);
	}
	const call = (wanted) => ask(wanted, async () => {
		const { data } = await octokit().request(wanted.route, {
			...placeOf(wanted.route),
			...wanted.params
		});
		return read(wanted, data);
	});
	async function readPage(route, params) {
		const { data, headers } = await octokit().request(route, { ...params });
		return {
			data,
			next: /<([^>]+)>; *rel="next"/.exec(headers.link ?? "")?.[1]
		};
	}
	return {
		call,
		find: async (wanted) => {
			try {
				return await call(wanted);
			} catch (error) {
				if (refusalOf(error)?.status === 404) return void 0;
				throw error;
			}
		},
		all: (wanted) => ask(wanted, async () => {
			const items = [];
			let route = wanted.route;
			let params = {
				...placeOf(wanted.route),
				per_page: 100,
				...wanted.params
			};
			while (route !== void 0) {
				const page = await readPage(route, params);
				items.push(...read({
					...wanted,
					schema: array(unknown())
				}, page.data));
				route = page.next === void 0 ? void 0 : `GET ${page.next}`;
				params = {};
			}
			return items.map((item) => read(wanted, item));
		}),
		graphql: ({ doing, operation, text, variables, schema }) => ask({
			doing,
			route: operation
		}, async () => {
			const { data } = await octokit().request(`POST ${graphqlUrl(access.apiUrl)}`, {
				query: text,
				variables: variables ?? {}
			});
			const answer = data;
			const failed = graphqlFailure(answer);
			if (failed !== void 0) throw failed;
			return read({
				doing,
				schema
			}, answer.data);
		})
	};
}
/** GraphQL refuses with status 200. The status that REST would use lets one function explain both. */
function graphqlFailure(answer) {
	if (typeof answer !== "object" || answer === null || !("errors" in answer)) return void 0;
	const [first] = answer.errors;
	const status = {
		FORBIDDEN: 403,
		NOT_FOUND: 404,
		RATE_LIMITED: 429
	}[first?.type ?? ""] ?? 422;
	const message = first?.message ?? "refused";
	return Object.assign(new Error(message), {
		status,
		response: {
			data: { message },
			headers: {}
		}
	});
}
/** `…/api/v3` of GitHub Enterprise Server has its GraphQL at `…/api/graphql`. */
function graphqlUrl(apiUrl) {
	return `${apiUrl.replace(/\/api\/v3\/?$/, "/api").replace(/\/$/, "")}/graphql`;
}
function requireToken({ token, repository }) {
	if (token !== void 0 && token !== "") return token;
	throw new InputError({
		field: "GITHUB_TOKEN",
		problem: `no token for ${repository} on GitHub`,
		remedy: "The actions take it from their input token, ${{ github.token }} by default; in a step of your own, set env: GITHUB_TOKEN: ${{ github.token }}. To work on the clone alone, set COXSWAIN_FORGE=git."
	});
}
function createOctokit(access) {
	const { apiUrl, log, second = 1e3 } = access;
	const url = new URL(apiUrl);
	const { origin, protocol } = url;
	const loopback = isLoopback(url);
	if (protocol !== "https:" && !loopback) throw new InputError({
		field: "GITHUB_API_URL",
		problem: "a token must not travel unencrypted",
		found: apiUrl,
		expected: "https://…"
	});
	const onLimit = (what) => (after, options, _, retries) => {
		const request = options;
		if (retries >= 2 || after > patience) return false;
		log.warn(`GitHub's ${what} is reached (${request.method} ${request.url}); going on in ${after} s`);
		return true;
	};
	const octokit = new Octokit({
		auth: requireToken(access),
		baseUrl: apiUrl,
		request: { fetch: fetchWhole },
		userAgent: "coxswain",
		log: {
			debug: () => {},
			info: () => {},
			warn: () => {},
			error: () => {}
		},
		retry: {
			retryAfterBaseValue: second,
			doNotRetry: [
				400,
				401,
				403,
				404,
				405,
				409,
				410,
				422,
				429,
				451
			]
		},
		throttle: {
			retryAfterBaseValue: second,
			onRateLimit: onLimit("rate limit"),
			onSecondaryRateLimit: onLimit("secondary rate limit"),
			...defined({
				write: loopback ? atOnce : void 0,
				notifications: loopback ? atOnce : void 0
			})
		}
	});
	octokit.hook.before("request", ({ url }) => {
		if (new URL(url, apiUrl).origin === origin) return;
		throw new OutsideError("asking GitHub", `an answer points to ${new URL(url).origin}, which is not ${origin}`);
	});
	return octokit;
}
/** Replaces plugin-throttling's queue. The type of that is Bottleneck.Group, of which only this is used. */
const atOnce = { key: () => ({ schedule: async (_, job) => job() }) };
// src/world/forge/github/attestations.ts
init_errors();
/** GitHub shows them under Actions → Attestations, and `gh attestation verify` finds them there. */
function openGitHubAttestations(api) {
	return { keep: async (bundle) => {
		try {
			await api.call({
				doing: "writing an attestation",
				route: "POST /repos/{owner}/{repo}/attestations",
				params: { bundle: JSON.parse(new TextDecoder().decode(bundle)) },
				schema: unknown()
			});
			return;
		} catch (error) {
			if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
			return whyNot(error);
		}
	} };
}
function whyNot(error) {
	const refusal = refusalOf(error);
	if (refusal === void 0) return messageOf(error).replaceAll(/\s+/g, " ");
	if (refusal.status === 403 && /resource not accessible/i.test(refusal.message)) return "the job lacks the permission attestations: write";
	if (refusal.status === 404) return "this repository has none (private ones have them on GitHub Enterprise Cloud)";
	return `GitHub answers ${refusal.status}: ${refusal.message.replaceAll(/\s+/g, " ")}`;
}
init_errors();
const objectSchema = object({ sha: string().regex(/^[0-9a-f]{40,64}$/) });
const refSchema = object({ object: objectSchema });
/**
* Branches on GitHub. What is on them is read from the checkout, completed by git; commits are made through the API:
* GitHub signs those of a bot that names neither author nor committer, so they are shown as verified.
* (https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification,
* “Signature verification for bots”.)
*/
function openGitHubBranches(api, clone) {
	let seen = false;
	let repositoryId;
	async function resolve(branch) {
		const doing = `looking up branch ${branch}`;
		const found = await api.find({
			doing,
			route: "GET /repos/{owner}/{repo}/git/ref/{ref}",
			params: { ref: `heads/${branch}` },
			schema: refSchema
		});
		if (found === void 0 && !seen) await api.call({
			doing: "looking up the repository",
			route: "GET /repos/{owner}/{repo}",
			schema: object({})
		});
		seen = true;
		return found?.object.sha;
	}
	/** Moves or creates a branch. @param move.force also if that drops commits */
	async function move(move) {
		const { branch, from, to } = move;
		for (let attempt = 1;; attempt += 1) try {
			if (from === void 0) return await createRef(api, branch, to);
			repositoryId ??= nodeId(api);
			return await swapRef(api, await repositoryId, {
				...move,
				from
			});
		} catch (error) {
			const now = await resolve(branch);
			if (now === to) return;
			if (now !== from) throw new StaleBranchError(branch, from, now);
			const retriable = [409, 422].includes(refusalOf(error)?.status ?? 0);
			if (attempt === 4 || !retriable) throw error;
			await setTimeout(Math.random() * 250 * attempt);
		}
	}
	return {
		...readCommits(clone.git, clone),
		resolve,
		commit: async ({ branch, parent, from = parent, merges = [], changes, message }) => {
			const tree = await writeTree(api, clone, from, changes);
			const { sha } = await api.call({
				doing: `committing to ${branch}`,
				route: "POST /repos/{owner}/{repo}/git/commits",
				params: {
					message,
					tree,
					parents: [...from === void 0 ? [] : [from], ...merges]
				},
				schema: objectSchema
			});
			await move({
				branch,
				from: parent,
				to: sha,
				force: from !== parent
			});
			return sha;
		},
		setBranch: async ({ branch, from, to }) => {
			if (from !== to) return move({
				branch,
				from,
				to,
				force: true
			});
			const now = await resolve(branch);
			if (now !== to) throw new StaleBranchError(branch, from, now);
		}
	};
}
/** Fails if the branch exists: that makes it a compare-and-swap. */
async function createRef(api, branch, sha) {
	await api.call({
		doing: `creating branch ${branch}`,
		route: "POST /repos/{owner}/{repo}/git/refs",
		params: {
			ref: `refs/heads/${branch}`,
			sha
		},
		schema: unknown()
	});
}
const updateRefs = `mutation($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}`;
/**
* REST cannot compare and swap: “update a reference” knows no old value. Without `force` it only makes sure that the
* new commit descends from the current one. That also holds after somebody removed commits, and it never holds for a
* branch that is rebuilt. GraphQL's updateRefs has `beforeOid`, and is atomic.
* (https://docs.github.com/graphql/reference/mutations#updaterefs)
*/
async function swapRef(api, repositoryId, move) {
	const update = {
		name: `refs/heads/${move.branch}`,
		beforeOid: move.from,
		afterOid: move.to,
		force: move.force
	};
	await api.graphql({
		doing: `moving branch ${move.branch}`,
		operation: "updateRefs",
		text: updateRefs,
		variables: { input: {
			repositoryId,
			refUpdates: [update]
		} },
		schema: unknown()
	});
}
async function nodeId(api) {
	const { node_id } = await api.call({
		doing: "looking up the repository",
		route: "GET /repos/{owner}/{repo}",
		schema: object({ node_id: string() })
	});
	return node_id;
}
async function writeTree(api, clone, from, changes) {
	const { git } = clone;
	if (from !== void 0) await clone.fetchCommit(from);
	const base = from === void 0 ? void 0 : await git.run(["rev-parse", `${from}^{tree}`]);
	const tree = (await Promise.all(changes.map(async ({ path, content, executable }) => {
		const there = from === void 0 ? void 0 : (await listTree(git, from, path)).find((entry) => entry.path === path);
		if (content === null) return there === void 0 ? [] : [{
			path,
			mode: there.mode,
			type: "blob",
			sha: null
		}];
		return [{
			path,
			mode: executable ?? there?.mode === "100755" ? "100755" : "100644",
			type: "blob",
			...await contentOf(api, path, content)
		}];
	}))).flat();
	if (tree.length === 0 && base !== void 0) return base;
	if (tree.length === 0) throw new InputError({ problem: "a first commit needs a file" });
	const workflow = changes.find(({ path }) => path.startsWith(".github/workflows/"))?.path;
	try {
		const { sha } = await api.call({
			doing: "writing files to GitHub",
			route: "POST /repos/{owner}/{repo}/git/trees",
			params: {
				tree,
				...defined({ base_tree: base })
			},
			schema: objectSchema
		});
		return sha;
	} catch (error) {
		if (workflow === void 0 || ![403, 404].includes(refusalOf(error)?.status ?? 0)) throw error;
		throw new InputError(workflowFiles(workflow), { cause: error });
	}
}
/** Text is sent with the tree; other bytes need a call of their own. */
async function contentOf(api, path, content) {
	if (typeof content === "string") return { content };
	const text = Buffer.from(content).toString("utf8");
	if (Buffer.from(text).equals(content)) return { content: text };
	const { sha } = await api.call({
		doing: `writing ${path} to GitHub`,
		route: "POST /repos/{owner}/{repo}/git/blobs",
		params: {
			content: Buffer.from(content).toString("base64"),
			encoding: "base64"
		},
		schema: objectSchema
	});
	return { sha };
}
// src/world/forge/github/clone.ts
/** @param remote.url of the repository, for git */
function openClone(git, remote) {
	return {
		git,
		...fetchedObjects(git, {
			address: remote.url,
			place: "GitHub",
			env: credentials(remote),
			remedy: "Check out the whole history: uses: actions/checkout with fetch-depth: 0."
		})
	};
}
/**
* The token reaches git through the environment, because everybody on the machine can read arguments, and .git/config
* stays. The empty value comes first: actions/checkout leaves a header of its own, and GitHub refuses two.
*/
function credentials({ url, token }) {
	const { origin } = new URL(url);
	const key = `http.${origin}/.extraheader`;
	const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
	const settings = [
		["credential.helper", ""],
		["http.followRedirects", "false"],
		[key, ""],
		...token === void 0 ? [] : [[key, header]]
	];
	const first = Number(process.env.GIT_CONFIG_COUNT ?? 0);
	return Object.fromEntries([["GIT_CONFIG_COUNT", String(first + settings.length)], ...settings.flatMap(([name, value], index) => [[`GIT_CONFIG_KEY_${first + index}`, name], [`GIT_CONFIG_VALUE_${first + index}`, value]])]);
}
// src/world/forge/github/comments.ts
const commentSchema = object({
	id: number(),
	body: string().nullish(),
	user: object({ login: string() }).nullish()
});
const viewer = "query { viewer { login } }";
function whoAmI(api) {
	let asked;
	return () => {
		asked ??= api.graphql({
			doing: "asking whose token this is",
			operation: "viewer",
			text: viewer,
			schema: object({ viewer: object({ login: string() }) })
		}).then((data) => data.viewer.login, (error) => {
			if (refusalOf(error) === void 0) throw error;
		});
		return asked;
	};
}
/** Our comments begin with a hidden mark that holds their key. */
function markOf(key) {
	return `<!-- coxswain: ${key} -->\n`;
}
/** Our comments on a pull request, in the order of GitHub. Anybody can write a mark, so only comments by our own login count. */
async function keyedComments(api, who, number) {
	const marked = (await api.all({
		doing: `reading the comments on pull request #${number}`,
		route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
		params: { issue_number: number },
		schema: commentSchema
	})).flatMap(({ id, body, user }) => {
		const [mark = "", key] = /^<!-- coxswain: ([\w./-]+) -->\r?\n/.exec(body ?? "") ?? [];
		const text = (body ?? "").slice(mark.length).replaceAll("\r\n", "\n");
		return key === void 0 ? [] : [{
			id,
			key,
			body: text,
			login: user?.login ?? ""
		}];
	});
	if (marked.length === 0) return [];
	const own = await who();
	const isOwn = ({ login }) => own === void 0 ? login.endsWith("[bot]") : plainLogin(login) === plainLogin(own);
	return marked.filter(isOwn).map(({ id, key, body }) => ({
		id,
		key,
		body
	}));
}
/** REST writes `name[bot]`, GraphQL in places only `name`. */
function plainLogin(login) {
	return login.replace(/\[bot\]$/, "").toLowerCase();
}
/** The comments as a pull request lists them. */
function commentsOf(comments) {
	return comments.map(({ key, body }) => ({
		key,
		body
	}));
}
/** Writes a comment, or replaces the one with this key; writes nothing if nothing would change. */
async function putComment(api, who, comment) {
	const { number, key } = comment;
	const body = fitBody(`${markOf(key)}${comment.body}`);
	const [first, ...others] = (await keyedComments(api, who, number)).filter((each) => each.key === key);
	if (first === void 0) {
		await api.call({
			doing: `commenting on pull request #${number}`,
			route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
			params: {
				issue_number: number,
				body
			},
			schema: unknown()
		});
		return;
	}
	if (`${markOf(key)}${first.body}`.trim() !== body.trim()) await api.call({
		doing: `changing the comment on pull request #${number}`,
		route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
		params: {
			comment_id: first.id,
			body
		},
		schema: unknown()
	});
	for (const { id } of others) await api.find({
		doing: `removing a second comment from pull request #${number}`,
		route: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
		params: { comment_id: id },
		schema: unknown()
	});
}
// src/world/forge/github/issues.ts
/**
* The label of our issues. Only people with write access can set it, so nobody else can make an issue that we take for
* ours: a mark alone can be written by anyone.
*/
const issueLabel = "coxswain";
const issueSchema = object({
	number: number(),
	title: string(),
	body: string().nullish(),
	html_url: string(),
	pull_request: unknown().optional()
});
/** Issues on GitHub, found again by a label and a hidden mark. Reading needs `issues: read`, the rest `issues: write`. */
function openGitHubIssues(api) {
	return {
		list: async () => {
			return (await api.all({
				doing: "reading the issues",
				route: "GET /repos/{owner}/{repo}/issues",
				params: {
					state: "open",
					labels: issueLabel,
					sort: "created",
					direction: "asc"
				},
				schema: issueSchema
			})).filter((issue) => issue.pull_request === void 0).flatMap((issue) => readIssue(issue) ?? []);
		},
		open: async ({ key, title, body }) => {
			const opened = await api.call({
				doing: `opening the issue ${JSON.stringify(title)}`,
				route: "POST /repos/{owner}/{repo}/issues",
				params: {
					title,
					body: textOf(key, body),
					labels: [issueLabel]
				},
				schema: issueSchema
			});
			return {
				number: opened.number,
				key,
				title,
				body,
				url: opened.html_url
			};
		},
		update: async ({ number, key }, { title, body }) => {
			await api.call({
				doing: `changing issue #${number}`,
				route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
				params: {
					issue_number: number,
					title,
					body: textOf(key, body)
				},
				schema: unknown()
			});
		},
		close: async ({ number }, reason) => {
			await api.call({
				doing: `commenting on issue #${number}`,
				route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
				params: {
					issue_number: number,
					body: reason
				},
				schema: unknown()
			});
			await api.call({
				doing: `closing issue #${number}`,
				route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
				params: {
					issue_number: number,
					state: "closed",
					state_reason: "completed"
				},
				schema: unknown()
			});
		}
	};
}
function textOf(key, body) {
	return fitBody(`<!-- coxswain issue: ${key} -->\n${body}`);
}
function readIssue({ number, title, body, html_url: url }) {
	const text = (body ?? "").replaceAll("\r\n", "\n");
	const [mark = "", key] = /^<!-- coxswain issue: ([\w./-]+) -->\n/.exec(text) ?? [];
	return key === void 0 ? void 0 : {
		number,
		key,
		title,
		body: text.slice(mark.length),
		url
	};
}
// src/world/forge/github/drafts.ts
/** Stands for “draft” in repositories without drafts: private ones on free plans. */
const notReadyLabel = "coxswain: not ready";
const markReady = `mutation($input: MarkPullRequestReadyForReviewInput!) {
  markPullRequestReadyForReview(input: $input) { pullRequest { isDraft } }
}`;
const convertToDraft = `mutation($input: ConvertPullRequestToDraftInput!) {
  convertPullRequestToDraft(input: $input) { pullRequest { isDraft } }
}`;
/** REST can open drafts, but cannot change that afterwards. GITHUB_TOKEN also needs contents: write for it. */
async function setDraft(api, pull, draft) {
	await api.graphql({
		doing: draft ? `making pull request #${pull.number} a draft` : `marking pull request #${pull.number} as ready`,
		operation: draft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview",
		text: draft ? convertToDraft : markReady,
		variables: { input: { pullRequestId: pull.node_id } },
		schema: unknown()
	});
}
/** GitHub's answer if the repository's plan has no drafts. */
function draftsRefused(error) {
	const refusal = refusalOf(error);
	return refusal?.status === 422 && /drafts? pull requests? (?:are|is) not supported/i.test(refusal.message);
}
// src/world/forge/github/pull.ts
init_errors();
/** The fields of GitHub's pull request that we use. */
const pullSchema = object({
	number: int().positive(),
	node_id: string(),
	title: string(),
	body: string().nullish(),
	state: _enum(["open", "closed"]),
	draft: boolean().nullish(),
	merged_at: string().nullish(),
	user: object({ login: string() }).nullish(),
	labels: array(object({ name: string() })),
	head: object({
		ref: string(),
		sha: string(),
		repo: object({ full_name: string() }).nullish()
	}),
	base: object({ ref: string() })
});
/** @throws InputError for one that is not open, or a draft */
function refuseToMerge(pull, { state, ready }) {
	const where = `pull request #${pull.number}`;
	if (state !== "open") throw new InputError({
		where,
		problem: "only an open one can be merged",
		found: state
	});
	if (!ready) throw new InputError({
		where,
		problem: "it is a draft, which cannot be merged"
	});
}
/** Neither a draft, nor labelled as one (in repositories without drafts). */
function isReady({ draft, labels }) {
	return draft !== true && labels.every(({ name }) => name !== "coxswain: not ready");
}
/** GitHub knows open and closed; a merged one has a merge time. */
function stateOf(pull) {
	if (pull.state === "open") return "open";
	return pull.merged_at === null || pull.merged_at === void 0 ? "closed" : "merged";
}
/** A clearer error than GitHub's “Validation Failed”, if we know the cause. */
async function whyNotOpened(branches, wanted, cause) {
	for (const branch of [wanted.head, wanted.base]) {
		if (await branches.resolve(branch) !== void 0) continue;
		return new InputError({ problem: `a pull request needs both branches, and branch ${branch} does not exist` }, { cause });
	}
	if (!/no commits between/i.test(refusalOf(cause)?.message ?? "")) return cause;
	return new InputError({
		problem: `there is nothing to merge from ${wanted.head} into ${wanted.base}`,
		remedy: "Everything on it is merged already."
	}, { cause });
}
/** Compares without line endings: browsers write CRLF. */
function sameText(one, other) {
	const plain = (text) => text.replaceAll("\r\n", "\n").trim();
	return plain(one) === plain(other);
}
/** Whether two lists have the same texts, in any order. */
function sameSet(one, other) {
	return [...new Set(one)].sort().join("\n") === [...new Set(other)].sort().join("\n");
}
// src/world/forge/github/read-pulls.ts
function createPullReader(api, options) {
	const { repository, who, run } = options;
	const owner = repository.split("/")[0] ?? "";
	/** A fork can have branches of the same names. */
	const isOwn = ({ head }) => head.repo?.full_name.toLowerCase() === repository.toLowerCase();
	const toPullRequest = async (pull) => {
		const labels = pull.labels.map(({ name }) => name);
		return {
			number: pull.number,
			title: pull.title,
			body: (pull.body ?? "").replaceAll("\r\n", "\n"),
			head: pull.head.ref,
			base: pull.base.ref,
			headCommit: pull.head.sha,
			state: stateOf(pull),
			ready: isReady(pull),
			labels: labels.filter((label) => label !== notReadyLabel),
			comments: commentsOf(await keyedComments(api, who, pull.number))
		};
	};
	const toPullRequestIfAny = (pull) => pull === void 0 ? void 0 : toPullRequest(pull);
	const read = (number) => api.call({
		doing: `reading pull request #${number}`,
		route: "GET /repos/{owner}/{repo}/pulls/{pull_number}",
		params: { pull_number: number },
		schema: pullSchema
	});
	const listPulls = (params) => api.all({
		doing: "listing pull requests",
		route: "GET /repos/{owner}/{repo}/pulls",
		params: {
			sort: "created",
			direction: "asc",
			...params
		},
		schema: pullSchema
	});
	return {
		read,
		toPullRequest,
		list: async ({ state } = {}) => {
			const wanted = (await listPulls({ state: state === void 0 ? "all" : state === "open" ? "open" : "closed" })).filter((pull) => state === void 0 || stateOf(pull) === state);
			return Promise.all(wanted.map(toPullRequest));
		},
		find: async ({ head, base }) => {
			const pulls = await listPulls({
				state: "open",
				base,
				head: `${owner}:${head}`
			});
			return toPullRequestIfAny(pulls.find(isOwn));
		},
		latest: async ({ head, base }) => {
			const newest = await api.call({
				doing: "looking for the last pull request",
				route: "GET /repos/{owner}/{repo}/pulls",
				params: {
					state: "all",
					base,
					head: `${owner}:${head}`,
					sort: "created",
					direction: "desc"
				},
				schema: array(pullSchema)
			});
			return toPullRequestIfAny(newest.find(isOwn));
		},
		findByCommit: async (commit) => {
			if (run?.commit === commit) {
				const pull = await read(run.number);
				return toPullRequestIfAny(pull.state === "open" ? pull : void 0);
			}
			const pulls = await api.find({
				doing: `looking for the pull request of ${shortCommit(commit)}`,
				route: "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
				params: {
					commit_sha: commit,
					per_page: 100
				},
				schema: array(pullSchema)
			});
			return toPullRequestIfAny(pulls?.find(({ state, head }) => state === "open" && head.sha === commit));
		}
	};
}
// src/world/forge/github/labels.ts
/** Adds labels to a pull request; GitHub makes those that the repository does not have. */
function addLabels(api, wanted) {
	return write(api, "POST /repos/{owner}/{repo}/issues/{issue_number}/labels", wanted);
}
/** Makes these the labels of a pull request. */
function replaceLabels(api, wanted) {
	return write(api, "PUT /repos/{owner}/{repo}/issues/{issue_number}/labels", wanted);
}
async function write(api, route, { number, labels, log }) {
	try {
		await api.call({
			doing: `labelling pull request #${number}`,
			route,
			params: {
				issue_number: number,
				labels
			},
			schema: unknown()
		});
	} catch (error) {
		if (refusalOf(error)?.status !== 403) throw error;
		log.warn(`pull request #${number} has no labels: GitHub lets this token set none. Add issues: write to the permissions of the job, or make the labels ${labels.join(", ")} by hand.`);
	}
}
/** Opens, changes and merges pull requests. Nothing is written if GitHub has it already: approvals stay. */
function createPullWriter(api, tools) {
	const { reader, log } = tools;
	const update = async (number, change) => {
		const patched = await patch(api, await reader.read(number), change);
		const names = patched.labels.map(({ name }) => name);
		const labels = [...change.labels ?? [], ...names.filter((name) => name === notReadyLabel)];
		const relabel = change.labels !== void 0 && !sameSet(labels, names);
		if (relabel) await replaceLabels(api, {
			number,
			labels,
			log
		});
		const turn = change.ready !== void 0 && patched.state === "open" && change.ready !== isReady(patched);
		if (turn) await setReady(api, relabel ? await reader.read(number) : patched, change.ready === true, log);
		return reader.toPullRequest(relabel || turn ? await reader.read(number) : patched);
	};
	return {
		update,
		open: async (wanted) => {
			let created;
			try {
				created = await createDraftOrLabelled(api, wanted, log);
			} catch (error) {
				if (refusalOf(error)?.status !== 422) throw error;
				const existing = await reader.find(wanted);
				if (existing !== void 0) return update(existing.number, wanted);
				throw await whyNotOpened(tools.branches, wanted, error);
			}
			const { pull, labels } = created;
			if (labels.length > 0) await addLabels(api, {
				number: pull.number,
				labels,
				log
			});
			return reader.toPullRequest(await reader.read(pull.number));
		},
		merge: async (number, { head }) => {
			const pull = await reader.read(number);
			refuseToMerge(pull, await reader.toPullRequest(pull));
			try {
				await api.call({
					doing: `merging pull request #${number}`,
					route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
					params: {
						pull_number: number,
						sha: head,
						merge_method: "merge"
					},
					schema: unknown()
				});
			} catch (error) {
				const now = await reader.read(number);
				if (stateOf(now) !== "merged" && now.head.sha !== head) throw new StaleBranchError(now.head.ref, head, now.head.sha);
				if (stateOf(now) !== "merged") throw error;
			}
			return reader.toPullRequest(await reader.read(number));
		}
	};
}
/** Sends what differs from what GitHub has. */
async function patch(api, pull, change) {
	const body = change.body === void 0 ? void 0 : fitBody(change.body);
	const params = defined({
		title: change.title === pull.title ? void 0 : change.title,
		body: body === void 0 || sameText(body, pull.body ?? "") ? void 0 : body,
		state: pull.state === "closed" ? void 0 : change.state
	});
	if (Object.keys(params).length === 0) return pull;
	return api.call({
		doing: `updating pull request #${pull.number}`,
		route: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
		params: {
			pull_number: pull.number,
			...params
		},
		schema: pullSchema
	});
}
async function setReady(api, pull, ready, log) {
	const labelled = pull.labels.some(({ name }) => name === notReadyLabel);
	if (ready && labelled) {
		const labels = pull.labels.map(({ name }) => name).filter((label) => label !== notReadyLabel);
		await replaceLabels(api, {
			number: pull.number,
			labels,
			log
		});
	}
	if (ready && pull.draft !== true) return;
	try {
		await setDraft(api, pull, !ready);
	} catch (error) {
		if (!draftsRefused(error)) throw error;
		await addLabels(api, {
			number: pull.number,
			labels: [notReadyLabel],
			log
		});
	}
}
/** A repository without drafts gets a label in their place. */
async function createDraftOrLabelled(api, wanted, log) {
	try {
		return {
			pull: await create(api, wanted, !wanted.ready),
			labels: wanted.labels
		};
	} catch (error) {
		if (wanted.ready || !draftsRefused(error)) throw error;
		log.warn(`this repository has no drafts (they need a public repository or a paid plan): the label “${notReadyLabel}” says that the pull request is not to be merged yet`);
		return {
			pull: await create(api, wanted, false),
			labels: [...wanted.labels, notReadyLabel]
		};
	}
}
function create(api, wanted, draft) {
	const { head, base, title, body } = wanted;
	return api.call({
		doing: `opening a pull request from ${head} into ${base}`,
		route: "POST /repos/{owner}/{repo}/pulls",
		params: {
			head,
			base,
			title,
			body: fitBody(body),
			draft
		},
		schema: pullSchema
	});
}
// src/world/forge/github/pull-requests.ts
/** Pull requests on GitHub. */
function openGitHubPullRequests(api, options) {
	const { branches, who, log } = options;
	const reader = createPullReader(api, options);
	const { list, find, latest, findByCommit } = reader;
	return {
		list,
		find,
		latest,
		findByCommit,
		...createPullWriter(api, {
			reader,
			branches,
			log
		}),
		comment: async (number, key, body) => {
			await putComment(api, who, {
				number,
				key,
				body
			});
			return true;
		}
	};
}
const statusSchema = object({
	context: string(),
	state: _enum([
		"success",
		"pending",
		"failure",
		"error"
	]),
	description: string().nullish(),
	target_url: string().nullish()
});
/** Commit statuses on GitHub, which keeps every one that was ever set, at most 1000 a context. */
function openGitHubStatuses(api) {
	async function list(commit) {
		const all = await api.all({
			doing: `reading the statuses of ${shortCommit(commit)}`,
			route: "GET /repos/{owner}/{repo}/commits/{ref}/statuses",
			params: { ref: commit },
			schema: statusSchema
		});
		const newest = /* @__PURE__ */ new Map();
		for (const { context, state, description, target_url } of all) {
			if (newest.has(context)) continue;
			newest.set(context, {
				context,
				state: state === "error" ? "failure" : state,
				description: description ?? "",
				...defined({ url: target_url || void 0 })
			});
		}
		return [...newest.values()].sort((one, other) => one.context < other.context ? -1 : 1);
	}
	return {
		list,
		set: async (commit, status) => {
			const { context, state, description, url } = status;
			if (description.length > 140) throw new Error(`the description of status ${context} is longer than 140`);
			const now = (await list(commit)).find((each) => each.context === context);
			if (now?.state === state && now.description === description && now.url === url) return;
			await api.call({
				doing: `setting status ${context}`,
				route: "POST /repos/{owner}/{repo}/statuses/{sha}",
				params: {
					sha: commit,
					context,
					state,
					description,
					...defined({ target_url: url })
				},
				schema: unknown()
			});
		}
	};
}
// src/world/forge/github/workflow-runs.ts
const runsSchema = object({ workflow_runs: array(object({
	status: string().nullable(),
	conclusion: string().nullable(),
	html_url: string(),
	created_at: string()
})) });
/**
* Runs of workflows. GITHUB_TOKEN may start one by dispatch, though its pushes start none (docs.github.com, "Triggering
* a workflow from a workflow"). Reading needs `actions: read`, starting `actions: write`.
*/
function openWorkflowRuns(api) {
	return {
		list: async ({ workflow, commit }) => {
			return (await api.find({
				doing: `reading the runs of ${workflow}`,
				route: "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
				params: {
					workflow_id: workflow,
					head_sha: commit,
					per_page: 20
				},
				schema: runsSchema
			}))?.workflow_runs.map(readRun);
		},
		start: async ({ workflow, branch }) => {
			await api.call({
				doing: `starting ${workflow} on ${branch}`,
				route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
				params: {
					workflow_id: workflow,
					ref: branch
				},
				schema: unknown()
			});
		}
	};
}
function readRun(run) {
	return {
		state: run.status !== "completed" ? "running" : run.conclusion === "success" ? "success" : "failure",
		url: run.html_url
	};
}
init_errors();
/**
* GitHub, or a GitHub Enterprise Server. Nothing is requested before the first call, so a verb that needs no forge
* needs no token.
* @param git the checkout; objects that it has are not fetched
* @param options.second milliseconds that stand for a second of waiting
*/
function openGitHubForge(git, run, options) {
	const { log } = options;
	const { repository, serverUrl, token, readOnly } = run;
	const api = openGitHubApi({
		...run,
		...options
	});
	const who = whoAmI(api);
	const branches = openGitHubBranches(api, openClone(git, {
		url: `${serverUrl}/${repository}`,
		token
	}));
	const pullRequests = openGitHubPullRequests(api, {
		repository,
		branches,
		who,
		run: run.pullRequest,
		log
	});
	const isWorkflowsToken = async () => (await who())?.replace(/\[bot\]$/, "") === "github-actions";
	const forge = {
		kind: "github",
		place: `${repository} on ${new URL(serverUrl).host}`,
		page: `${serverUrl}/${repository}`,
		branches,
		pullRequests: {
			...pullRequests,
			merge: async (number, expected) => {
				const merged = await pullRequests.merge(number, expected);
				if (await isWorkflowsToken()) log.warn(`pull request #${number} was merged with the workflow's own GITHUB_TOKEN: GitHub starts no workflow for that push, so start the release of ${merged.base} by hand. With the token of a GitHub App it starts automatically: ${documentation("github-tokens.md")}`);
				return merged;
			}
		},
		statuses: openGitHubStatuses(api),
		workflowRuns: openWorkflowRuns(api),
		issues: openGitHubIssues(api),
		attestations: openGitHubAttestations(api),
		announce: async ({ number }) => {
			if (!await isWorkflowsToken()) return;
			const what = `pull request #${number} was written with the workflow's own GITHUB_TOKEN`;
			const then = new URL(serverUrl).hostname === "github.com" ? "its workflows wait until somebody with write access presses “Approve workflows to run” in it" : "no workflow starts for it until somebody closes and reopens it";
			log.warn(`${what}: ${then}. With the token of a GitHub App they start automatically: ${documentation("github-tokens.md")}`);
		}
	};
	return readOnly === void 0 ? forge : readOnlyForge(forge, readOnly, log);
}
/** Reads as before. What only informs people is skipped, with a line in the log; what the loop needs is refused. */
function readOnlyForge(forge, why, log) {
	const refuse = (what) => async () => {
		throw new InputError({
			problem: `${what} is not possible: ${why}, and the token of such a run can only read`,
			remedy: "Run this on the branch itself, for example on a schedule or after the merge."
		});
	};
	const skip = (what) => {
		log.info(`${what} is skipped: ${why}, and the token of this run can only read`);
		return false;
	};
	const branches = {
		...forge.branches,
		commit: refuse("committing"),
		setBranch: refuse("moving a branch")
	};
	const pullRequests = {
		...forge.pullRequests,
		open: refuse("opening a pull request"),
		update: refuse("changing a pull request"),
		merge: refuse("merging"),
		comment: async (number) => skip(`commenting on pull request #${number}`)
	};
	const statuses = {
		list: forge.statuses.list,
		set: async (_, { context }) => void skip(`setting status ${context}`)
	};
	return {
		kind: forge.kind,
		place: forge.place,
		...defined({ page: forge.page }),
		branches,
		pullRequests,
		statuses
	};
}
// src/world/forge/github/open-repository.ts
init_errors();
/**
* Opens the repository on GitHub of a checkout: that of the workflow run, or of the checkout's remote.
* @throws InputError if there is none, or no token for it
*/
async function openGitHubRepository(git, { env, log }) {
	const run = readGitHubRun(env);
	const remote = run === void 0 ? await findRemote(git, env.COXSWAIN_REMOTE || void 0) : void 0;
	const place = run ?? (remote === void 0 ? void 0 : await gitHubOf(remote, env));
	if (place === void 0) throw new InputError({
		where: git.directory,
		field: "--github",
		problem: "this checkout has no remote on GitHub",
		remedy: "Run it in a clone of the repository on GitHub, or set GITHUB_REPOSITORY=OWNER/NAME and COXSWAIN_FORGE=github."
	});
	const { repository, serverUrl } = place;
	const token = "token" in place ? place.token : await findToken(place.host, env);
	return {
		api: openGitHubApi({
			...place,
			token,
			log
		}),
		repository,
		page: `${serverUrl}/${repository}`
	};
}
export { openGitHubForge as n, openGitHubRepository as t };
