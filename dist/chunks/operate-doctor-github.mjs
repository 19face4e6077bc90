import { S as string, d as boolean, l as array, y as object } from "./libraries.mjs";
import { M as documentation, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Oa as formatRepository, T as refusalOf, Wr as createRegistryClient, Zr as NotFoundError, wa as atTag } from "./shared.mjs";
import { a as ours } from "./project-init.mjs";
// src/operate/doctor/github/setting-check.ts
init_errors();
/** A setting that this token may not read. */
var Unreadable = class extends Error {
	name = "Unreadable";
};
function error(where, message, remedy) {
	return {
		severity: "error",
		where,
		message,
		remedy
	};
}
function warning(where, message, remedy) {
	return {
		severity: "warning",
		where,
		message,
		remedy
	};
}
// src/operate/doctor/github/actions-checks.ts
const permissionsSchema = object({
	enabled: boolean(),
	allowed_actions: string().optional(),
	sha_pinning_required: boolean().optional()
});
const selectedSchema = object({
	github_owned_allowed: boolean(),
	verified_allowed: boolean().optional(),
	patterns_allowed: array(string()).default([])
});
/** Settings → Actions → General. */
const allowedActions = {
	name: "allowed-actions",
	run: async (checked) => {
		const { read, link } = checked;
		const page = link("settings/actions");
		const set = await read("the permissions of Actions", "GET /repos/{owner}/{repo}/actions/permissions", permissionsSchema);
		if (set === void 0) throw new Unreadable("the permissions of Actions");
		if (!set.enabled) return [error(page, "Actions are switched off", "Allow them: Actions permissions.")];
		const findings = [];
		const unpinned = set.sha_pinning_required === true ? await unpinnedCalls(checked) : [];
		if (unpinned.length > 0) findings.push(error(page, `actions have to be pinned by a full commit, and these are not: ${unpinned.join(", ")}`, "Pin them by their commits. For ours, take the lines that coxswain init --directory NEW-FOLDER writes."));
		if (set.allowed_actions === "local_only") findings.push(error(page, "only actions of this owner are allowed", `Allow actions by GitHub, and ${ours.repository}/*@*.`));
		if (set.allowed_actions !== "selected") return findings;
		const selected = await read("the list of allowed actions", "GET /repos/{owner}/{repo}/actions/permissions/selected-actions", selectedSchema);
		if (selected === void 0) return findings;
		if (!selected.github_owned_allowed) findings.push(error(page, "actions by GitHub are not allowed, such as actions/checkout", "Allow actions created by GitHub."));
		if (!selected.patterns_allowed.some((pattern) => pattern.toLowerCase().startsWith(ours.repository) || pattern.startsWith("*"))) findings.push(error(page, "actions and workflows of Coxswain are not on the list of allowed ones", `Add ${ours.repository}/*@* to the list.`));
		return findings;
	}
};
/** What the workflows on the default branch call by a tag or a branch. */
async function unpinnedCalls({ read, defaultBranch }) {
	const calls = (await Promise.all(workflowNames.map(async (name) => {
		const file = await read(`.github/workflows/${name}.yml`, "GET /repos/{owner}/{repo}/contents/{+path}", object({ content: string() }), {
			path: `.github/workflows/${name}.yml`,
			ref: defaultBranch
		});
		return Buffer.from(file?.content ?? "", "base64").toString("utf8");
	}))).flatMap((text) => [...text.matchAll(/^\s*(?:- )?uses: *([^\s#]+@[^\s#]+)/gm)].map(([, call = ""]) => call));
	return [...new Set(calls.filter((call) => !/@[0-9a-f]{40}$/.test(call)))];
}
/** Settings → Actions → General → Workflow permissions. */
const pullRequestsByActions = {
	name: "pull-requests-by-actions",
	run: async ({ read, link, secrets }) => {
		const set = await read("the permissions of workflows", "GET /repos/{owner}/{repo}/actions/permissions/workflow", object({ can_approve_pull_request_reviews: boolean() }));
		const app = secrets?.includes("COXSWAIN_APP_CLIENT_ID") === true;
		if (set === void 0) throw new Unreadable("the permissions of workflows");
		if (set.can_approve_pull_request_reviews || app) return [];
		return [error(link("settings/actions"), "workflows may not open pull requests, so no base and no promotion is proposed", `Allow GitHub Actions to create and approve pull requests, or give the workflows a GitHub App (${documentation("github-tokens.md")}).`)];
	}
};
const workflowsSchema = object({ workflows: array(object({
	path: string(),
	state: string()
})) });
const workflowNames = [
	"watch",
	"pull-request",
	"release",
	"operate"
];
/** Checks that the four files of init exist, and that GitHub runs them. */
const workflowFiles = {
	name: "workflows",
	run: async ({ read, link, defaultBranch }) => {
		const found = await read("the workflows", "GET /repos/{owner}/{repo}/actions/workflows", workflowsSchema, { per_page: 100 });
		if (found === void 0) return [];
		return workflowNames.flatMap((name) => {
			const path = `.github/workflows/${name}.yml`;
			const workflow = found.workflows.find((each) => each.path === path);
			if (workflow === void 0) return [warning(link("actions"), `${path} does not exist on ${defaultBranch}`, "Write it with coxswain init, unless your own workflows do its work.")];
			if (workflow.state === "active") return [];
			const why = workflow.state === "disabled_inactivity" ? "GitHub switched it off: nothing happened in the repository for 60 days" : `it is switched off (${workflow.state})`;
			return [error(link(`actions/workflows/${name}.yml`), `${path} does not run: ${why}`, "Enable the workflow on this page.")];
		});
	}
};
// src/operate/doctor/github/branch-checks.ts
const rulesSchema = array(object({
	type: string(),
	parameters: object({ required_status_checks: array(object({ context: string() })).optional() }).optional()
}));
const requiredCheck = "image / ok";
/** Every fleet has its branch. */
const fleetBranches = {
	name: "fleet-branches",
	run: async ({ read, link, config }) => {
		const findings = [];
		for (const { name, branch } of Object.values(config.fleets)) {
			if (await read(`branch ${branch}`, "GET /repos/{owner}/{repo}/branches/{branch}", object({ name: string() }), { branch }) !== void 0) continue;
			findings.push(error(link("branches"), `fleet ${name} is released from branch ${branch}, which does not exist`, `Make it: git push origin HEAD:refs/heads/${branch}`));
		}
		return findings;
	}
};
/** Rules that stop the suite from writing its state, and missing rules that should require its checks. */
const branchRules = {
	name: "branch-rules",
	run: async ({ read, link, config }) => {
		const page = link("settings/rules");
		const rulesOf = (branch) => read(`the rules of branch ${branch}`, "GET /repos/{owner}/{repo}/rules/branches/{branch}", rulesSchema, { branch });
		const findings = [];
		const ofState = await rulesOf(config.stateBranch) ?? [];
		const closed = ofState.find(({ type }) => [
			"pull_request",
			"required_status_checks",
			"update",
			"required_signatures",
			"creation"
		].includes(type));
		if (closed !== void 0) findings.push(error(page, `a rule (${closed.type}) keeps workflows from writing the state branch ${config.stateBranch}`, "Leave the state branch out of the rule, or let GitHub Actions and your App bypass it."));
		if (!ofState.some(({ type }) => type === "deletion")) findings.push(warning(page, `anybody who may push can delete the state branch ${config.stateBranch}`, "Add a rule for it: restrict deletions, block force pushes."));
		for (const { branch } of Object.values(config.fleets)) {
			const rules = await rulesOf(branch) ?? [];
			if (!rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? []).some(({ context }) => context === requiredCheck)) findings.push(warning(page, `pull requests into ${branch} can be merged without the check ${requiredCheck}`, `Require the status check ${requiredCheck} for ${branch}.`));
			if (rules.some(({ type }) => type === "required_linear_history")) findings.push(error(page, `${branch} accepts no merge commits, and a promotion is one`, "Remove the rule for a linear history from the branches of fleets."));
		}
		return findings;
	}
};
/** Promotions are merge commits, which show what earlier promotions brought. */
const mergeMethod = {
	name: "merge-method",
	run: async ({ mergeCommits, config, link }) => mergeCommits || Object.values(config.fleets).every(({ approve }) => approve === "manual") ? [] : [error(link("settings"), "merge commits are not allowed, and approve: auto needs them for promotions", "Allow merge commits: General, Pull Requests.")]
};
/** Labels that steer and mark pull requests. */
const labels = {
	name: "labels",
	run: async ({ read, link }) => {
		const there = await read("the labels", "GET /repos/{owner}/{repo}/labels", array(object({ name: string() })), { per_page: 100 }) ?? [];
		const missing = [
			"coxswain",
			"base-image",
			"promotion"
		].filter((name) => !there.some((label) => label.name === name));
		return missing.length === 0 ? [] : [warning(link("labels"), `labels are missing: ${missing.join(", ")}`, "Make them, or give the jobs issues: write, which lets them create labels when they are needed.")];
	}
};
/** Names of secrets that belong together, or that the configuration needs. */
const secretNames = {
	name: "secrets",
	run: async ({ secrets, config, link }) => {
		if (secrets === void 0) return [];
		const page = link("settings/secrets/actions");
		const has = (name) => secrets.includes(name);
		const findings = [];
		for (const [one, other] of [
			["COXSWAIN_APP_CLIENT_ID", "COXSWAIN_APP_PRIVATE_KEY"],
			["REGISTRY_USERNAME", "REGISTRY_PASSWORD"],
			["TEST_REGISTRY_USERNAME", "TEST_REGISTRY_PASSWORD"]
		]) {
			if (has(one) === has(other)) continue;
			const [there, missing] = has(one) ? [one, other] : [other, one];
			findings.push(error(page, `there is a secret ${there} and no ${missing}`, `Add ${missing}.`));
		}
		if (config.image.registry !== "ghcr.io" && !has("REGISTRY_USERNAME") && !has("REGISTRY_PASSWORD")) findings.push(warning(page, `no secret REGISTRY_USERNAME, so pushes to ${config.image.registry} are anonymous`, "Add REGISTRY_USERNAME and REGISTRY_PASSWORD; secrets of an organization are not seen here."));
		return findings;
	}
};
// src/operate/doctor/github/publishing-checks.ts
/** Settings → Pages. */
const pagesSource = {
	name: "pages",
	run: async ({ read, link, config }) => {
		const { url } = config.publish;
		if (url !== void 0 && !/\.github\.io\//.test(url)) return [];
		const [found, why] = url === void 0 ? [warning, "the workflows publish there, unless they have pages: false"] : [error, "coxswain.yaml publishes there"];
		const page = link("settings/pages");
		const set = await read("the settings of Pages", "GET /repos/{owner}/{repo}/pages", object({
			build_type: string().nullish(),
			html_url: string().optional(),
			public: boolean().optional()
		}));
		if (set === void 0) return [found(page, `GitHub Pages is off, and ${why}`, "Choose the source GitHub Actions.")];
		if (set.build_type === "legacy") return [found(page, "GitHub Pages is built from a branch, so deployments by workflows are refused", "Choose the source GitHub Actions.")];
		if (url !== void 0 && set.public === false) return [error(page, "the site is private: nodes have no login for it", "Make the site public, or publish to another web server.")];
		return [];
	}
};
const environmentsSchema = object({ environments: array(object({
	name: string(),
	protection_rules: array(object({ type: string() })).optional(),
	deployment_branch_policy: object({
		protected_branches: boolean(),
		custom_branch_policies: boolean()
	}).nullish()
})) });
/** Settings → Environments: which branches may deploy, and who approves. */
const environments = {
	name: "environments",
	run: async (checked) => {
		const { read, link, config } = checked;
		const found = await read("the environments", "GET /repos/{owner}/{repo}/environments", environmentsSchema);
		if (found === void 0) return [];
		const fleets = Object.values(config.fleets);
		const findings = [];
		for (const environment of found.environments) {
			const { name } = environment;
			const fleet = fleets.find((each) => each.name === name);
			const needed = name === "github-pages" ? fleets.map(({ branch }) => branch) : fleet === void 0 ? [] : [fleet.branch];
			const open = await openBranches(checked, environment, needed);
			const shut = needed.filter((branch) => !open.includes(branch));
			if (shut.length === 0) continue;
			findings.push(error(link("settings/environments"), `the environment ${name} does not allow ${shut.join(" and ")}, which ${name === "github-pages" ? "publish" : "releases"} through it`, "Add the branch to its deployment branches."));
		}
		for (const { name, promoteFrom, approve } of fleets) {
			if (promoteFrom === void 0 || approve === "auto") continue;
			if ((found.environments.find((each) => each.name === name)?.protection_rules ?? []).some(({ type }) => type === "required_reviewers")) continue;
			findings.push(warning(link("settings/environments"), `releases of fleet ${name} need no approval: the environment ${name} has no required reviewers`, "Add reviewers, unless merging the promotion is approval enough."));
		}
		return findings;
	}
};
/** Which of some branches may deploy to an environment. */
async function openBranches({ read }, environment, branches) {
	const policy = environment.deployment_branch_policy;
	if (policy === null || policy === void 0 || branches.length === 0) return branches;
	if (policy.custom_branch_policies) {
		const patterns = (await read(`the branches of the environment ${environment.name}`, "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", object({ branch_policies: array(object({ name: string() })) }), { environment_name: environment.name }))?.branch_policies ?? [];
		return branches.filter((branch) => patterns.some(({ name }) => matches(name, branch)));
	}
	const guarded = [];
	for (const branch of branches) {
		const schema = object({ protected: boolean() });
		if ((await read(`branch ${branch}`, "GET /repos/{owner}/{repo}/branches/{branch}", schema, { branch }))?.protected === true) guarded.push(branch);
	}
	return guarded;
}
/** GitHub's patterns for branches: `*` is everything but a slash, `**` everything. */
function matches(pattern, branch) {
	const expression = pattern.split(/(\*\*|\*|\?)/).map((part) => part === "**" ? ".*" : part === "*" ? "[^/]*" : part === "?" ? "[^/]" : part.replace(/[.+^${}()|[\]\\]/g, "\\$&")).join("");
	return new RegExp(`^${expression}$`).test(branch);
}
// src/operate/doctor/github/doctor-github.ts
/** All checks, in the order in which people meet the settings. */
const checks = [
	allowedActions,
	pullRequestsByActions,
	workflowFiles,
	fleetBranches,
	branchRules,
	mergeMethod,
	labels,
	secretNames,
	pagesSource,
	environments,
	{
		name: "package-visibility",
		run: async ({ config, repository }) => {
			const client = createRegistryClient({
				credentials: async () => void 0,
				retryDelays: []
			});
			const name = formatRepository(config.image);
			const page = config.image.registry === "ghcr.io" ? `https://github.com/orgs/${repository.split("/")[0]}/packages` : `https://${config.image.registry}`;
			try {
				await client.resolve(atTag(config.image, config.stream));
				return [];
			} catch (failure) {
				if (failure instanceof NotFoundError) return [];
				return [warning(page, `${name} does not answer without a login (${failure instanceof Error ? failure.message.split("\n")[0] ?? "" : "no answer"})`, "Make the package public, or give every node a pull secret in /etc/ostree/auth.json. A new package of an organization is private, and nodes get 401.")];
			}
		}
	}
];
const repositorySchema = object({
	default_branch: string(),
	private: boolean(),
	archived: boolean().optional(),
	allow_merge_commit: boolean().optional()
});
/**
* Checks every setting of a repository on GitHub that the suite depends on. It only reads.
* @throws InputError if the repository itself cannot be read
*/
async function examineGitHub(repository, config) {
	const { api, page } = repository;
	const link = (path) => `${page}/${path}`;
	const read = async (what, route, schema, params = {}) => {
		try {
			return await api.find({
				doing: `reading ${what}`,
				route,
				schema,
				params
			});
		} catch (failure) {
			const status = refusalOf(failure)?.status;
			if (status === 401 || status === 403) throw new Unreadable(what);
			throw failure;
		}
	};
	const about = await api.call({
		doing: `reading the settings of ${repository.repository}`,
		route: "GET /repos/{owner}/{repo}",
		schema: repositorySchema
	});
	if (about.archived === true) throw new InputError({
		where: page,
		problem: "this repository is archived: nothing can be written to it"
	});
	const findings = [];
	const secrets = await secretsOf(read).catch((failure) => {
		findings.push(unknown("secrets", failure, link("settings/secrets/actions")));
	});
	const checked = {
		...repository,
		config,
		defaultBranch: about.default_branch,
		isPrivate: about.private,
		mergeCommits: about.allow_merge_commit ?? true,
		secrets,
		read,
		link
	};
	for (const check of checks) try {
		findings.push(...(await check.run(checked)).map((found) => ({
			...found,
			check: check.name
		})));
	} catch (failure) {
		findings.push(unknown(check.name, failure, link("settings")));
	}
	return findings;
}
/** A setting that may not be read is never treated as correct. @throws errors that are not about permissions */
function unknown(check, failure, where) {
	if (!(failure instanceof Unreadable)) throw failure;
	return {
		severity: "unknown",
		check,
		where,
		message: `could not check: this token may not read ${failure.message}`,
		remedy: "Run it with the token of an administrator of the repository (gh auth login)."
	};
}
async function secretsOf(read) {
	return (await read("the names of secrets", "GET /repos/{owner}/{repo}/actions/secrets", object({ secrets: array(object({ name: string() })) }), { per_page: 100 }))?.secrets.map(({ name }) => name);
}
export { examineGitHub as t };
