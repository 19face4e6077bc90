import { B as exists, Lt as defined, ft as directory, nt as defineVerb, s as renderFindings, v as findTool, x as count } from "../chunks/host.mjs";
import { t as checkCheckout } from "../chunks/operate-check.mjs";
import { Zn as findRoot, dr as Git } from "../chunks/shared.mjs";
import { join, resolve } from "node:path";
var check_default = defineVerb({
	summary: "Check a whole checkout before anything runs: configuration, templates, tests, workflows",
	about: `Reads the files of the checkout, committed or not, and reports everything that would fail later. It asks no
registry and no forge, and writes nothing. In a folder that is not a repository yet it checks the same, except for commits. Exit code 1 if there is an error; warnings alone are 0.

  configuration  coxswain.yaml
  containerfile  it can be read, and builds on the configured base
  template       every fleet's rollout template renders, now and at every hour of the next day
  test           there are tests, and Linux can run them
  hold-file      each file in .coxswain/hold names a fleet
  workflow       the workflows call the release and the test, for every fleet's branch

  coxswain check`,
	inputs: { directory },
	run: async (inputs, context) => {
		const { git, root } = await findCheckout(inputs.directory, context.log);
		const { findings, ran } = await checkCheckout(git, root, context.now());
		const errors = findings.filter(({ severity }) => severity === "error");
		const warnings = findings.filter(({ severity }) => severity === "warning");
		const reported = findings.map(({ check, ...finding }) => ({
			rule: check,
			...finding
		}));
		const counts = `${count(errors.length, "error")}, ${count(warnings.length, "warning")}`;
		return {
			data: {
				findings,
				errors: errors.length,
				warnings: warnings.length,
				checks: ran
			},
			...renderFindings(reported, {
				headline: `check: ${findings.length === 0 ? "no finding" : counts}`,
				facts: [`checked: ${ran.join(", ")}`]
			}),
			annotations: findings.map(annotationOf),
			exitCode: errors.length > 0 ? 1 : 0
		};
	},
	action: {},
	outputs: {
		errors: {
			about: "how many errors",
			of: ({ errors }) => errors
		},
		warnings: {
			about: "how many warnings",
			of: ({ warnings }) => warnings
		}
	}
});
/** The checkout; before the first `git init` also a folder with a configuration, for which git is not needed. */
async function findCheckout(directory, log) {
	if (findTool("git") !== void 0 && await new Git(directory).try(["rev-parse", "--show-toplevel"]).catch(() => void 0) !== void 0 || !await exists(join(directory, "coxswain.yaml"))) {
		const root = await findRoot(directory);
		return {
			git: new Git(root),
			root
		};
	}
	log.warn("this folder is not a git repository yet, so nothing was checked about commits: git init");
	return {
		git: void 0,
		root: resolve(directory)
	};
}
function annotationOf({ check, severity, where, message, remedy }) {
	const place = /^([^:]+?)( \(rendered\))?(?::(\d+)|:|$)/.exec(where);
	const line = place?.[2] === void 0 ? place?.[3] : void 0;
	return {
		level: severity,
		title: `check: ${check}`,
		message: remedy === void 0 ? message : `${message} ${remedy}`,
		...defined({
			file: place?.[1]?.replace(/\/$/, ""),
			line: line === void 0 ? void 0 : Number(line)
		})
	};
}
export { check_default as default };
