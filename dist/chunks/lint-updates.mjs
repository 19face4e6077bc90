import { Dt as parsed, Et as many, Lt as defined, Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, s as renderFindings, x as count } from "./host.mjs";
import { n as firstRelease } from "./cli-inputs.mjs";
import { Ha as findFleet, ft as lintState, ii as findCommit, qa as shortCommit, zn as openProject } from "./shared.mjs";
init_errors();
var lint_updates_default = defineVerb({
	summary: "Check a change of the state branch: nodes that would lose their update path, mistakes, and what a person should check",
	about: `
For pull requests against the state branch, and for edits by hand. Exit code 1 if there is an error;
warnings alone are 0. It compares the commit with the state branch before it.

  coxswain lint-updates                                the newest commit of the state branch
  coxswain lint-updates --commit origin/my-change      a branch that will be merged into it`,
	inputs: {
		commit: text("the commit or branch to check (default: the tip of the state branch)", { placeholder: "REV" }),
		against: text("what to compare it with (default: its parent, or the commit at which it branched off the state branch)", { placeholder: "REV" }),
		fleet: many("only this fleet", { placeholder: "NAME" }),
		"time-zone": parsed("time zone that decides what a weekend is", readTimeZone, {
			placeholder: "ZONE",
			fallback: "UTC"
		}),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: inputs["first-release"]
		});
		const { config, forge } = project;
		const fleets = inputs.fleet.map((name) => findFleet(config, name).name);
		const { commit, against } = await findCommits(project, inputs);
		const after = await forge.branches.readFolder(commit, "");
		const before = against === void 0 ? /* @__PURE__ */ new Map() : await forge.branches.readFolder(against, "");
		const now = context.now();
		const findings = lintState(after, before, {
			config,
			fleets,
			now,
			timeZone: inputs["time-zone"]
		}).flatMap(({ fleet, findings: list }) => list.map((finding) => ({
			...defined({ fleet }),
			...finding
		})));
		const errors = findings.filter(({ severity }) => severity === "error");
		const warnings = findings.filter(({ severity }) => severity === "warning");
		const counts = findings.length === 0 ? "no finding" : `${count(errors.length, "error")}, ${count(warnings.length, "warning")}`;
		const compared = `${shortCommit(commit)}${against === void 0 ? "" : ` against ${shortCommit(against)}`}`;
		return {
			data: {
				commit,
				against: against ?? null,
				errors,
				warnings
			},
			...renderFindings([...errors, ...warnings], {
				headline: `lint-updates: ${counts}`,
				facts: [compared]
			}),
			annotations: [...errors, ...warnings].map(({ severity, message, rule, where }) => ({
				level: severity,
				title: `lint-updates: ${rule}`,
				message: `${where}: ${message}`
			})),
			exitCode: errors.length > 0 ? 1 : 0
		};
	},
	action: { token: true },
	outputs: {
		errors: {
			about: "how many errors",
			of: ({ errors }) => errors.length
		},
		warnings: {
			about: "how many warnings",
			of: ({ warnings }) => warnings.length
		}
	}
});
async function findCommits({ git, forge, config }, given) {
	const tip = await forge.branches.resolve(config.stateBranch);
	if (given.commit !== void 0 && /^[0-9a-f]{40}$/.test(given.commit)) await forge.branches.fetchHistory(given.commit, ...tip === void 0 ? [] : [tip]);
	const commit = given.commit === void 0 ? tip : await resolve(git, given.commit, "--commit");
	if (commit === void 0) throw new InputError({
		field: "state-branch",
		problem: `this repository has no branch ${config.stateBranch}`,
		remedy: "start-rollout creates it with the first release; in a fresh clone, fetch it."
	});
	if (given.against !== void 0) return {
		commit,
		against: await resolve(git, given.against, "--against")
	};
	return {
		commit,
		against: tip !== void 0 && await forge.branches.isAncestor(commit, tip) || tip === void 0 ? await git.try([
			"rev-parse",
			"--verify",
			"--quiet",
			`${commit}^`
		]) : await git.try([
			"merge-base",
			commit,
			tip
		])
	};
}
async function resolve(git, name, field) {
	const found = await findCommit(git, name);
	if (found !== void 0) return found;
	throw new InputError({
		field,
		problem: "this commit cannot be found",
		found: name,
		remedy: "Fetch it first."
	});
}
function readTimeZone(raw, name) {
	try {
		new Intl.DateTimeFormat("en-US", { timeZone: raw });
		return raw;
	} catch {
		throw new InputError({
			field: `--${name}`,
			problem: "unknown time zone",
			found: raw,
			expected: "UTC, or a name such as Europe/Berlin"
		});
	}
}
export { lint_updates_default as t };
