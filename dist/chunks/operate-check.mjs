import { Lt as defined, Mt as formatTime, U as readFileIfThere, V as isMissing, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { $r as refuseOverriddenBase, ci as stagesOnBase, di as examineConfig, en as examineHoldFile, ga as upgradeStages, hi as urgentTemplate, in as unknownHoldFiles, li as parseContainerfile, mi as readConfigText, nn as holdFolder, oi as findBase, ui as configFileName } from "./shared.mjs";
import { r as renderForFleet } from "./release-rollout-entry.mjs";
import { C as readTestTimeout } from "./loop-boot-test.mjs";
import { S as string, T as unknown, _ as looseObject, b as record, i as require_dist, l as array } from "./libraries.mjs";
import { join } from "node:path";
import { readdir, stat } from "node:fs/promises";
init_errors();
/** The problem as a finding. @param fallback the place, if the problem names none */
function errorOf(problem, fallback) {
	const { where, remedy, ...rest } = problem;
	return {
		severity: "error",
		where: where ?? fallback,
		message: new InputError(rest).message,
		...defined({ remedy })
	};
}
/** What a function throws about bad input, as findings; none if it throws nothing. */
function errorsOf(fallback, judge) {
	try {
		judge();
		return [];
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return [errorOf(error.details, fallback)];
	}
}
// src/operate/check/examined.ts
/** Paths of all files that are committed or staged. */
async function readTracked(git) {
	return new Set((await git.run(["ls-files", "-z"])).split("\0").filter((path) => path !== ""));
}
/** Text of a file of the checkout; undefined if there is no such file. */
function readText({ root }, path) {
	return readFileIfThere(join(root, path)).catch((error) => {
		if (error instanceof Error && "code" in error && error.code === "EISDIR") return void 0;
		throw error;
	});
}
/** Names of the plain files of a folder, sorted; none if there is no such folder. */
async function fileNames({ root }, folder) {
	try {
		return (await readdir(join(root, folder), { withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}
/** A warning about a file that is in no commit; none if it is. */
function untracked({ tracked }, path) {
	if (tracked === void 0 || tracked.has(path)) return [];
	return [{
		severity: "warning",
		where: path,
		message: "git does not know this file, and every run reads commits.",
		remedy: `git add ${path}, and commit it.`
	}];
}
// src/operate/check/containerfile.ts
/** The Containerfile must be readable, and must be derived from the configured base. */
async function checkContainerfile(examined) {
	const { config } = examined;
	const path = config.containerfile;
	const text = await readText(examined, path);
	if (text === void 0) {
		const other = (await fileNames(examined, "")).find((name) => /^(containerfile|dockerfile)$/i.test(name));
		return [{
			severity: "error",
			where: path,
			message: "This file does not exist.",
			remedy: other === void 0 ? "coxswain init writes one to start with." : `Set containerfile: ${other} in ${config.file}.`
		}];
	}
	return [...untracked(examined, path), ...errorsOf(path, () => {
		const parsed = parseContainerfile(text, path);
		findBase(parsed, config.base);
		for (const stage of stagesOnBase(parsed, config.base)) refuseOverriddenBase(stage, config);
	})];
}
// src/operate/check/hold-files.ts
/** Each file in .coxswain/hold must name a fleet, and its content must be readable. */
async function checkHoldFiles(examined) {
	const fleets = Object.keys(examined.config.fleets);
	const names = await fileNames(examined, holdFolder);
	const found = unknownHoldFiles(names, fleets).map(({ name, problem, remedy }) => ({
		severity: "error",
		where: `${holdFolder}/${name}`,
		message: problem,
		remedy
	}));
	for (const fleet of fleets.filter((each) => names.includes(`${each}.yaml`))) {
		const where = `${holdFolder}/${fleet}.yaml`;
		for (const problem of examineHoldFile(await readText(examined, where) ?? "")) found.push({
			severity: "warning",
			where,
			message: `The file holds fleet ${fleet}, but ${problem}.`,
			remedy: "Write reason: WHY, and if you like by: WHO and until: 2026-08-01T12:00:00Z."
		});
	}
	return found;
}
// src/operate/check/templates.ts
const hour = 3600;
/** Every fleet's template must exist and render: for a first release, for a later one, and at any time of day. */
async function checkTemplates(examined) {
	const { config } = examined;
	const found = [];
	for (const fleet of Object.values(config.fleets)) {
		const text = await readText(examined, fleet.template);
		if (text === void 0) found.push(await missing(examined, fleet));
		else found.push(...untracked(examined, fleet.template), ...judge$1(examined, fleet, fleet.template, text));
		const urgent = urgentTemplate(fleet);
		const urgentText = await readText(examined, urgent);
		if (urgentText !== void 0) found.push(...untracked(examined, urgent), ...judge$1(examined, fleet, urgent, urgentText));
	}
	return found;
}
async function missing(examined, fleet) {
	const names = (await fileNames(examined, "rollouts")).filter((name) => name.endsWith(".hbs"));
	return {
		severity: "error",
		where: fleet.template,
		message: `This file does not exist, and fleet ${fleet.name} takes its rollout from it.`,
		remedy: names.length === 0 ? "coxswain init writes one to start with." : `Write it, or set fleets.${fleet.name}.template; in rollouts/ there is ${names.join(", ")}.`
	};
}
function judge$1(examined, fleet, path, source) {
	const { config, now } = examined;
	const render = (release, at) => () => {
		renderForFleet({
			config,
			fleet,
			source,
			where: path,
			release,
			now: at
		});
	};
	for (const release of sampleReleases(examined)) {
		const found = errorsOf(path, render(release, now));
		if (found.length > 0) return found;
	}
	const [release] = sampleReleases(examined);
	for (let hours = 1; hours < 24; hours += 1) {
		const at = now + hours * hour;
		const found = errorsOf(path, render(release, at));
		if (found.length > 0) return found.map((each) => ({
			...each,
			message: `It renders now, and does not at ${formatTime(at)}: ${each.message}`
		}));
	}
	return [];
}
/** A fleet's first release, and one that follows another and crosses a barrier of the base. */
function sampleReleases({ config }) {
	const baseVersion = "44.20260707.3.1";
	const digest = `sha256:${"0".repeat(64)}`;
	const first = {
		version: `${baseVersion}-3f9a1c02`,
		baseVersion,
		digests: Object.fromEntries(config.architectures.map((architecture) => [architecture, digest])),
		previousVersion: void 0,
		barriersCrossed: []
	};
	return [first, {
		...first,
		previousVersion: "44.20260621.3.0-aa04be17",
		barriersCrossed: ["44.20260628.3.0"]
	}];
}
// src/operate/check/tests.ts
/** There must be tests, and the machine must be able to run each of them. */
async function checkTests(examined) {
	const { tests: folder } = examined.config;
	const found = [];
	const own = await testsIn(examined, folder);
	if (own.length === 0) found.push({
		severity: "error",
		where: `${folder}/`,
		message: `Nothing would be tested: ${folder}/ has no file that ends in .sh or is executable.`,
		remedy: `Write ${folder}/10-boots.sh, which exits with 0 if the machine is as it should be.`
	});
	const paths = own;
	for (const stage of upgradeStages) paths.push(...await testsIn(examined, `${folder}/${stage}`));
	for (const path of paths) found.push(...untracked(examined, path), ...await judge(examined, path));
	return found;
}
async function testsIn(examined, folder) {
	const paths = [];
	for (const name of await fileNames(examined, folder)) {
		const { mode } = await stat(join(examined.root, folder, name));
		if (!name.startsWith(".") && (name.endsWith(".sh") || (mode & 73) !== 0)) paths.push(`${folder}/${name}`);
	}
	return paths;
}
async function judge(examined, path) {
	const text = await readText(examined, path) ?? "";
	const timeout = errorsOf(path, () => {
		readTestTimeout(text, path);
	});
	if (!text.split("\n", 1)[0]?.endsWith("\r")) return timeout;
	return [...timeout, {
		severity: "error",
		where: `${path}:1`,
		message: "The lines end in CR LF, as Windows writes them: Linux looks for an interpreter whose name ends in CR, and finds none.",
		remedy: "Write \"*.sh text eol=lf\" into .gitattributes, then git add --renormalize . and commit."
	}];
}
// src/operate/check/workflows.ts
var import_dist = require_dist();
const folder = ".github/workflows";
/** Reads only what matters here; actionlint checks everything else. */
const workflowSchema = looseObject({
	on: unknown(),
	jobs: record(string(), looseObject({
		uses: string().optional(),
		steps: array(looseObject({
			uses: string().optional(),
			run: string().optional()
		})).optional()
	}))
});
const branchFilter = looseObject({ branches: array(string()) });
/** A step of the loop that workflows must call, and the event that each fleet's branch must start. */
const required = [{
	name: "release",
	event: "push",
	calls: /coxswain[^/]*\/(\.github\/workflows\/release\.yml|actions\/start-rollout)@|\bcoxswain start-rollout\b/,
	effect: "a merge would release nothing"
}, {
	name: "pull-request",
	event: "pull_request",
	calls: /coxswain[^/]*\/(\.github\/workflows\/pull-request\.yml|actions\/boot-test)@|\bcoxswain boot-test\b/,
	effect: "no pull request would be built and tested"
}];
/** If workflows call Coxswain, they must call its release and its test, for every fleet's branch. */
async function checkWorkflows(examined) {
	const names = (await fileNames(examined, folder)).filter((name) => /\.ya?ml$/.test(name));
	if (names.length === 0) return [];
	const found = [];
	const workflows = [];
	for (const name of names) {
		const path = `${folder}/${name}`;
		const workflow = readWorkflow(path, await readText(examined, path) ?? "");
		if (workflow === void 0) found.push({
			severity: "warning",
			where: path,
			message: "This is not a workflow: it cannot be read."
		});
		else workflows.push(workflow);
	}
	const usesCoxswain = workflows.some(({ calls }) => calls.some((call) => /coxswain[^/]*\/(\.github\/workflows|actions)\/|\bcoxswain [a-z]+-/.test(call)));
	const fleets = Object.values(examined.config.fleets);
	for (const step of required) {
		const callers = workflows.filter(({ calls }) => calls.some((call) => step.calls.test(call)));
		if (callers.length === 0) {
			found.push({
				severity: usesCoxswain ? "error" : "warning",
				where: `${folder}/`,
				message: `No workflow calls Coxswain's ${step.name}.yml, so ${step.effect}.`,
				remedy: `coxswain init writes ${folder}/${step.name}.yml; it does not change an existing file of that name, so rename yours first.`
			});
			continue;
		}
		for (const fleet of fleets.filter((each) => !callers.some((caller) => startsFor(caller, step.event, each)))) found.push({
			severity: "error",
			where: callers[0].path,
			message: `It does not run for branch ${fleet.branch} of fleet ${fleet.name} (on.${step.event}.branches), so ${step.effect} there.`,
			remedy: `Add ${fleet.branch} to on.${step.event}.branches.`
		});
	}
	return found;
}
function readWorkflow(path, text) {
	const document = (0, import_dist.parseDocument)(text, { prettyErrors: false });
	if (document.errors.length > 0) return void 0;
	const read = workflowSchema.safeParse(document.toJS());
	if (!read.success) return void 0;
	const calls = Object.values(read.data.jobs).flatMap(({ uses, steps = [] }) => [uses, ...steps.flatMap((step) => [step.uses, step.run])]);
	return {
		path,
		on: read.data.on,
		calls: calls.filter((call) => call !== void 0)
	};
}
/** Whether an event on the fleet's branch starts the workflow. A filter with patterns is assumed to match. */
function startsFor({ on }, event, { branch }) {
	if (typeof on !== "object" || on === null || !(event in on)) return true;
	const filter = branchFilter.safeParse(on[event]);
	if (!filter.success) return true;
	return filter.data.branches.some((each) => each === branch || /[*?+[\]!]/.test(each));
}
// src/operate/check/check.ts
init_errors();
/** Every check of a checkout whose configuration can be read. */
const checks = [
	{
		name: "containerfile",
		run: checkContainerfile
	},
	{
		name: "template",
		run: checkTemplates
	},
	{
		name: "test",
		run: checkTests
	},
	{
		name: "hold-file",
		run: checkHoldFiles
	},
	{
		name: "workflow",
		run: checkWorkflows
	}
];
/**
* Checks everything in a checkout that Coxswain reads. Reads files only: no registry, no forge, no state.
* @param git undefined in a folder that is not a repository yet
* @param now UNIX seconds: templates are rendered for the day that begins then
*/
async function checkCheckout(git, root, now) {
	const configuration = "configuration";
	let text;
	try {
		text = await readConfigText(root);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return {
			findings: [{
				check: configuration,
				...errorOf({
					...error.details,
					where: configFileName
				}, "")
			}],
			ran: [configuration]
		};
	}
	const examinedConfig = examineConfig(text, configFileName);
	if (examinedConfig.config === void 0) return {
		findings: examinedConfig.problems.map((problem) => ({
			check: configuration,
			...errorOf(problem, configFileName)
		})),
		ran: [configuration]
	};
	const examined = {
		root,
		config: examinedConfig.config,
		tracked: git === void 0 ? void 0 : await readTracked(git),
		now
	};
	const findings = [];
	for (const { name, run } of checks) for (const found of await run(examined)) findings.push({
		check: name,
		...found
	});
	return {
		findings,
		ran: [configuration, ...checks.map(({ name }) => name)]
	};
}
export { checkCheckout as t };
