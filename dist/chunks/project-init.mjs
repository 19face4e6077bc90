import { i as require_dist } from "./libraries.mjs";
import { $ as beforeWriting, G as writeFileAtomically, U as readFileIfThere, V as isMissing, Vt as InputError, Wt as init_errors, v as findTool } from "./host.mjs";
import { Da as formatReference, Ti as migrateConfigText, dr as Git, fi as parseConfig, gi as configJsonSchema, gr as runWithRemote, hr as remoteSeconds, li as parseContainerfile, mi as readConfigText, oi as findBase, ot as proposeChanges, pi as readConfig, pr as explainRemoteFailure, ui as configFileName } from "./shared.mjs";
import { basename, dirname, join, resolve } from "node:path";
import { chmod, lstat, realpath } from "node:fs/promises";
// src/project/init/pin.ts
var import_dist = require_dist();
init_errors();
/** What follows `uses:` for a workflow or an action. @param path inside the repository */
function calledBy({ repository, commit, version }, path) {
	return `${repository}/${path}@${commit}${version === void 0 ? "" : ` # ${version}`}`;
}
/** @param field for the message @throws InputError */
function parseSource(raw, field) {
	const [, repository, ref] = /^([A-Za-z0-9][\w.-]*\/[\w.-]+)@([\w./-]+)$/.exec(raw) ?? [];
	if (repository !== void 0 && ref !== void 0 && !ref.startsWith("-") && !ref.includes("..")) return {
		repository,
		ref
	};
	throw new InputError({
		field,
		problem: "not a release of Coxswain",
		found: raw,
		expected: "OWNER/REPO@TAG or OWNER/REPO@COMMIT, such as acme/coxswain@v1.2.3"
	});
}
/**
* Finds the commit of a release, and the version of that commit. A full commit is taken as it is if GitHub cannot be
* asked for its version.
* @param serverUrl `https://github.com`
* @throws InputError if there is no such tag or branch, OutsideError if GitHub cannot be reached and the name is not a commit
*/
async function findPin({ repository, ref }, serverUrl) {
	const address = `${serverUrl}/${repository}`;
	const doing = `looking up ${repository}@${ref}`;
	const isCommit = /^[0-9a-f]{40}$/.test(ref);
	const { exitCode, stdout, stderr } = await runWithRemote(new Git("."), [
		"ls-remote",
		"--quiet",
		address
	], {
		doing,
		seconds: remoteSeconds.short
	});
	if (exitCode !== 0) {
		if (isCommit) return {
			repository,
			commit: ref,
			version: void 0
		};
		throw explainRemoteFailure(stderr, {
			doing,
			place: address
		});
	}
	const refs = new Map(stdout.split("\n").map((line) => line.split("	").reverse()));
	const commitOf = (name) => refs.get(`${name}^{}`) ?? refs.get(name);
	const commit = isCommit ? ref : commitOf(`refs/tags/${ref}`) ?? commitOf(`refs/heads/${ref}`);
	if (commit === void 0) throw new InputError({
		field: "--from",
		problem: `${repository} has no tag and no branch ${ref}`,
		remedy: `See ${address}/tags.`
	});
	return {
		repository,
		commit,
		version: [...refs.keys()].map((name) => /^refs\/tags\/(v\d+\.\d+\.\d+[^^]*)/.exec(name)?.[1]).filter((tag) => tag !== void 0 && commitOf(`refs/tags/${tag}`) === commit)[0]
	};
}
// src/project/init/workflow-files.ts
/** File of the user's workflow that steers fleets by a form. */
const operateWorkflow = "operate.yml";
/**
* The workflows of a user's repository: short callers of ours, for the fleets and registries of its configuration.
* @param pin the release of ours that they call
*/
function workflowFiles(config, pin) {
	const uses = (workflow) => `uses: ${calledBy(pin, `.github/workflows/${workflow}`)}`;
	return [
		{
			path: ".github/workflows/watch.yml",
			text: watchText(config, uses)
		},
		{
			path: ".github/workflows/pull-request.yml",
			text: pullRequestText(config, uses)
		},
		{
			path: ".github/workflows/release.yml",
			text: releaseText(config, uses)
		},
		{
			path: `.github/workflows/${operateWorkflow}`,
			text: operateText(config, uses)
		}
	];
}
const hourly = "41 * * * *";
/** When to look at the base and the promotions: every six hours, and by hand. */
const seldom = `>-
      github.event_name != 'pull_request' && github.event_name != 'repository_dispatch' &&
      github.event.schedule != '${hourly}'`;
function watchText(config, uses) {
	const promoted = hasPromotions(config);
	return `# Looks for a new base${promoted ? ", proposes promotions," : ","} keeps rollouts going, and halts those that make trouble.
name: Watch
on:
  schedule:
    - cron: '11 */6 * * *' # the base${promoted ? " and promotions" : ""}
    - cron: '${hourly}' # the published graphs: more often makes rollouts smoother
  workflow_dispatch:
  repository_dispatch: # an alert that halts a rollout: webhook in halt-when
    types: [coxswain-halt]
${promoted ? labelTrigger(config) : ""}
permissions: {}

jobs:
${promoted ? labelJob : ""}  base:
    name: base
    if: ${seldom}
    permissions:
      contents: write # the branch of the pull request
      pull-requests: write # opens, updates and closes it
      issues: write # makes its labels if the repository lacks them
      packages: read # images at ghcr.io
    ${uses("watch.yml")}
${secrets(config, "all", app)}${promoted ? `
  promotion:
    name: promotion
    if: ${seldom}
    permissions:
      contents: write # the branch of the pull request
      pull-requests: write # opens, updates and closes it
      issues: write # makes its labels if the repository lacks them
      statuses: write # each gate is a status
      actions: write # starts a release that is due
      packages: read # images at ghcr.io
    ${uses("promotion.yml")}
${secrets(config, "all", app)}` : ""}
  publish:
    name: publish
    if: github.event_name != 'pull_request' && github.event_name != 'repository_dispatch'
    permissions:
      contents: write # a pause that has ended is a commit on the state branch
      packages: write # artifacts at ghcr.io
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
    ${uses("tick.yml")}
${secrets(config, "production")}
  halt:
    name: halt
    needs: publish
    # Every hour only while a rollout is in progress: else there is nothing to halt.
    if: >-
      \${{ !cancelled() && github.event_name != 'pull_request' &&
      (github.event.schedule != '${hourly}' || needs.publish.outputs.next-change != '') }}
    permissions:
      contents: write # a halt is a commit on the state branch
      issues: write # one issue for each failure
      pull-requests: read # finds the pull request of the base
      actions: read # looks at the runs of releases and tests
      packages: write # artifacts at ghcr.io
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
    ${uses("watch-fleet.yml")}
    with:
      alert: \${{ github.event_name == 'repository_dispatch' && toJSON(github.event.client_payload) || '' }}
      prometheus-origin: \${{ vars.COXSWAIN_PROMETHEUS_ORIGIN }}
${secrets(config, "production", prometheus)}`;
}
/** "hold: WHY" and "urgent: WHY" on the pull request of a promotion act at once. */
function labelTrigger(config) {
	return `  pull_request:
    types: [labeled, unlabeled]
    branches: ${list(Object.values(config.fleets).filter((fleet) => fleet.promoteFrom !== void 0).map((fleet) => fleet.branch))}
`;
}
const labelJob = `  label:
    name: label
    if: github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    concurrency:
      group: coxswain-label
      cancel-in-progress: true
    permissions:
      actions: write # starts this workflow on the default branch
    steps:
      - env:
          BRANCH: \${{ github.event.repository.default_branch }}
          TOKEN: \${{ github.token }}
        run: |
          printf 'Authorization: Bearer %s\\n' "$TOKEN" |
            curl --fail --silent --show-error --header @- --data "{\\"ref\\":\\"$BRANCH\\"}" \\
              "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/workflows/watch.yml/dispatches"

`;
function pullRequestText(config, uses) {
	return `# Builds the image of a pull request and boots it. Pull requests from forks see no secret.
# Require the check "image / ok": it reports for every pull request, also of forks, in a merge
# queue, and to the state branch.
name: Pull request
on:
  pull_request:
    branches: ${branches(config)}
  merge_group:
  # To the state branch, which has no workflow files: GitHub runs this file as the default branch has it. What is proposed
  # is read as data, and none of it is run.
  pull_request_target: # zizmor: ignore[dangerous-triggers] into ${config.stateBranch} alone, and no code of it is checked out
    branches: ${list([config.stateBranch])}

permissions: {}

jobs:
  image:
    name: image
    permissions:
      contents: read # the commit
      packages: write # the test registry
      pull-requests: write # the result of the boot test
    ${uses("pull-request.yml")}
${secrets(config, "all")}`;
}
function releaseText(config, uses) {
	return `# Releases what was merged: promotes the tested image, starts the rollout, publishes.
# If somebody has to approve a release, give required reviewers to the environment with the fleet's name.
name: Release
on:
  push:
    branches: ${branches(config)}
  workflow_dispatch: # by hand, or by the workflow Watch: releases the branch that it is started on
    inputs:
      freeze-exception:
        description: release it although the fleet is frozen, for this reason
      first-release:
        description: the fleet is new, although the registry or the site gives no answer
        type: boolean

permissions: {}

jobs:
  fleet:
    name: fleet
    permissions:
      contents: write # the state branch
      packages: write # the registries
      pull-requests: read # whose boot test this is, if one is needed
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
      attestations: write # what such a run signs, among GitHub's attestations too
    ${uses("release.yml")}
    with:
      freeze-exception: \${{ inputs.freeze-exception }}
      first-release: \${{ inputs.first-release == true }}
${secrets(config, "all")}`;
}
function operateText(config, uses) {
	return `# A form to steer a fleet: Actions, Operate, Run workflow.
name: Operate
on:
  workflow_dispatch:
    inputs:
      fleet:
        type: choice
        options: ${list(Object.keys(config.fleets))}
      action:
        type: choice
        options: [${operations(config).join(", ")}]
      version:
        description: the release (rollout, roll-back, pause and resume may go without)
      reason:
        description: why; preferably the URL of an issue
      start:
        description: rollout - when it starts, such as next tuesday 14:00 UTC
      duration:
        description: rollout - time until every node is offered it, such as 48h
      for:
        description: pause, hold - ends automatically after this, such as 6h
      force:
        type: boolean
      keep-rollouts:
        description: hold - rollouts that are under way go on
        type: boolean
      dry-run:
        description: only show what would change
        type: boolean

permissions: {}

jobs:
  fleet:
    name: fleet
    permissions:
      contents: write # the state branch; the branch of a pull request
      pull-requests: write # roll-back and urgent write one
      issues: write # makes its labels if the repository lacks them
      statuses: write # urgent: the gates of a promotion
      actions: write # release: starts the workflow Release
      packages: write # artifacts at ghcr.io
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
    ${uses("operate.yml")}
    with:
      fleet: \${{ inputs.fleet }}
      action: \${{ inputs.action }}
      version: \${{ inputs.version }}
      reason: \${{ inputs.reason }}
      start: \${{ inputs.start }}
      duration: \${{ inputs.duration }}
      for: \${{ inputs.for }}
      force: \${{ inputs.force }}
      keep-rollouts: \${{ inputs.keep-rollouts }}
      dry-run: \${{ inputs.dry-run }}
${secrets(config, "all", app)}`;
}
/** The choices of the form: urgent is for promotions only. */
function operations(config) {
	return [
		...[
			"pause",
			"resume",
			"rollout",
			"barrier",
			"deadend",
			"withdraw",
			"hold",
			"release-hold"
		],
		"roll-back",
		...hasPromotions(config) ? ["urgent"] : [],
		"release"
	];
}
function hasPromotions(config) {
	return Object.values(config.fleets).some((fleet) => fleet.promoteFrom !== void 0);
}
function branches(config) {
	return list(Object.values(config.fleets).map((fleet) => fleet.branch));
}
function list(names) {
	return `[${names.map((name) => /^[A-Za-z][\w./-]*$/.test(name) ? name : JSON.stringify(name)).join(", ")}]`;
}
const app = {
	"app-client-id": "COXSWAIN_APP_CLIENT_ID",
	"app-private-key": "COXSWAIN_APP_PRIVATE_KEY"
};
const prometheus = {
	COXSWAIN_PROMETHEUS_TOKEN: "COXSWAIN_PROMETHEUS_TOKEN",
	COXSWAIN_PROMETHEUS_USERNAME: "COXSWAIN_PROMETHEUS_USERNAME",
	COXSWAIN_PROMETHEUS_PASSWORD: "COXSWAIN_PROMETHEUS_PASSWORD"
};
/** GitHub's own registry accepts the token of the run; each other registry has a name and a password. */
function secrets({ image, testImage }, which, more = {}) {
	const own = image.registry !== "ghcr.io";
	const other = which === "all" && testImage.registry !== image.registry && testImage.registry !== "ghcr.io";
	const names = [...own ? ["registry-username", "registry-password"] : [], ...other ? ["test-registry-username", "test-registry-password"] : []];
	const lines = [...Object.entries(more), ...names.map((name) => [name, name.replaceAll("-", "_").toUpperCase()])].map(([name, secret]) => `      ${name}: \${{ secrets.${secret} }}\n`);
	return lines.length === 0 ? "" : `    secrets:\n${lines.join("")}`;
}
// src/project/init/adopt.ts
/**
* The branch that the work of a repository happens on, if it has commits: the default branch of its remote, else the one
* that is checked out.
*/
async function workingBranch(directory) {
	if (findTool("git") === void 0) return void 0;
	const git = new Git(directory);
	if ((await git.try([
		"rev-parse",
		"--verify",
		"--quiet",
		"HEAD"
	]) ?? "") === "") return void 0;
	const remote = await git.try([
		"symbolic-ref",
		"--quiet",
		"--short",
		"refs/remotes/origin/HEAD"
	]);
	const here = await git.try([
		"symbolic-ref",
		"--quiet",
		"--short",
		"HEAD"
	]);
	return remote?.replace(/^origin\//, "") || here || void 0;
}
/**
* Gives our workflows other names if the repository has workflows of those names that call nothing of ours.
* @returns the files, and a sentence about each that was renamed
*/
async function besideOthers(root, files) {
	const names = /* @__PURE__ */ new Map();
	for (const { path } of files) {
		const text = await readFileIfThere(join(root, path));
		if (text === void 0 || callsOurs(text, basename(path))) continue;
		names.set(path, `${dirname(path)}/coxswain-${basename(path)}`);
	}
	const watch = basename(names.get(".github/workflows/watch.yml") ?? "watch.yml");
	return {
		files: files.map(({ path, text }) => ({
			path: names.get(path) ?? path,
			text: text.replaceAll("/workflows/watch.yml/dispatches", `/workflows/${watch}/dispatches`)
		})),
		notes: [...names].map(([path, own]) => `${path} is yours and calls nothing of Coxswain, so it stays as it is: ours is ${own}`)
	};
}
/** A file that init wrote, or that does the same. */
function callsOurs(text, name) {
	return new RegExp(`uses: *\\S+/\\.github/workflows/(?:${name.replace(".yml", "")}|tick)\\.yml@`).test(text);
}
/**
* The .gitignore with the lines of ours that were missing; undefined if there is no .gitignore, or if no line is
* missing.
*/
async function mergeIgnored(root, text) {
	const there = await readFileIfThere(join(root, ".gitignore"));
	if (there === void 0) return void 0;
	const lines = new Set(there.split("\n").map((line) => line.trim()));
	const missing = text.split("\n").filter((line) => line.startsWith("/") && !lines.has(line));
	if (missing.length === 0) return void 0;
	const [comment = ""] = text.split("\n");
	return `${there.replace(/\n?$/, "\n")}${[comment, ...missing].join("\n")}\n`;
}
// src/project/init/texts.ts
/**
* Path of the JSON Schema for editors in the user's repository: it needs no network, and is always the right version.
*/
const schemaFile = ".coxswain/coxswain.schema.json";
function configText(settings) {
	const value = (text) => (0, import_dist.stringify)(text).trimEnd();
	const { image, testImage, base, stream, architectures } = settings;
	return `# yaml-language-server: $schema=${schemaFile}
version: 1

# Where fleets get their images, and where images are pushed before they are tested.
image: ${value(image)}
test-image: ${value(testImage)}

# The tag to follow. watch-base pins its digest in the Containerfile, by a pull request each time it moves.
base: ${value(base)}
# Fedora's own barriers, dead-ends and pauses are respected, and read from Fedora. Another base publishes its own, or none:
# upstream: { updates: https://…/updates.json, releases: https://…/releases.json }
# Label com.coreos.stream of every build. Zincati follows a tag of this name in image, on every fleet.
stream: ${value(stream)}
architectures: [${architectures.join(", ")}]
# Build again after this time even if the base did not move: your packages may have newer versions.
refresh: 7d

# Each fleet is a branch, and the nodes that follow it. Merging to the branch releases to the fleet.
fleets:
${fleetLines(settings)}

# Who is offered an update when, while it is rolled out: 0 is first, 1 is when the rollout is complete. A node picks
# its ring by the address it asks: <url>/<fleet>/<architecture>/<ring>/
rings: { canary: 0.0, early: 0.1, broad: 0.5, late: 1.0 }

publish:
  # Where the published files can be read. Any web server or bucket will do.
  # url: ${suggestedUrl(image)}
  # Publish them as an OCI artifact beside the images too.
  oci: true
`;
}
function fleetLines({ fleets, branch }) {
	const own = branch === void 0 || branch === fleets[0] ? "{}" : `{ branch: ${(0, import_dist.stringify)(branch).trimEnd()} }`;
	return fleets.map((name, at) => at === 0 ? `  ${name}: ${own}` : `  ${name}: { promote-from: ${fleets[at - 1]}, soak: 48h }`).join("\n");
}
/** GitHub Pages, if the image is in GitHub's registry. */
function suggestedUrl(image) {
	const [, owner, name] = /^ghcr\.io\/([^/]+)\/([^/]+)$/.exec(image) ?? [];
	return owner === void 0 ? "https://updates.example.com/" : `https://${owner}.github.io/${name}/`;
}
/** The line of the Containerfile that copies the sample file. */
const copyLine = "COPY rootfs/ /";
function containerfileText(config) {
	return `FROM ${formatReference(config.base)}

# Your own files: what is in rootfs/ is copied to the same place in the image.
${copyLine}

# Your own packages:
# RUN dnf -y install tmux && dnf clean all
`;
}
const containerignoreText = `# Only what is named here is part of the build and of the build key: a change of anything else rebuilds nothing.
# Name every file and folder that the Containerfile copies.
*
!rootfs
`;
/** Files and folders that are not part of the image in most repositories. */
const notInImages = [
	".git",
	".github",
	".coxswain",
	"coxswain.yaml",
	"rollouts",
	"tests",
	"docs",
	"README.md",
	"LICENSE"
];
/**
* .containerignore for an existing Containerfile: names what most images do not need, unless the Containerfile names
* it. @param tests the folder of tests
*/
function containerignoreFor(containerfile, tests) {
	return `# Not part of the build, nor of the build key: an edit of these rebuilds nothing. Add everything else that is not part of the image.
${[.../* @__PURE__ */ new Set([...notInImages, tests])].filter((name) => !containerfile.includes(name)).join("\n")}
`;
}
const gitignoreText = `# What boot-test and publish-updates leave in the checkout.
/boot-test-output/
/coxswain-image/
/site/
`;
const motdFile = "rootfs/etc/motd.d/50-derived.motd";
const motdText = `A derived Fedora CoreOS: see https://docs.fedoraproject.org/en-US/fedora-coreos/
`;
/** A test that passes on any image that boots. @param hasSample the image has the sample file of rootfs/ */
function testText(hasSample) {
	return `#!/bin/sh
# Tests run as root inside the booted image, in the order of their names; exit code 0 passes.
# One that needs more than two minutes says so in a line of its own: coxswain: timeout=300 (after a #).
set -eu

echo "The kernel that runs is this image's: $(uname -r)"
test -d "/usr/lib/modules/$(uname -r)"
${hasSample ? `
echo "What the Containerfile adds is there"
test -s /etc/motd.d/50-derived.motd
` : ""}
echo "Programs can write to /run"
echo written >/run/derived-test
grep -q written /run/derived-test
rm /run/derived-test
`;
}
/** A rollout policy: fleets that releases are promoted to get more time. */
function templateText(fleet) {
	const { start, duration } = fleet.promoteFrom === void 0 ? {
		start: "now",
		duration: "24h"
	} : {
		start: "+1h",
		duration: "48h"
	};
	return `{{!-- How a release is rolled out to ${fleet.name}. Rendered once, when it is released.
start takes "now", "+2h", "next tuesday 14:00 UTC", or a date and time; minutes takes a duration. --}}
{
  "version": "{{version}}",
  "metadata": {
    "rollout": {
      "duration_minutes": {{minutes "${duration}"}},
      "start_epoch": {{start "${start}"}},
      "start_percentage": 0.0
    }
  }
}
`;
}
// src/project/init/explain-file.ts
/** What a file that init writes is for, in a few words. */
function explainFile(path, config) {
	const template = Object.values(config.fleets).find((fleet) => fleet.template === path);
	if (template !== void 0) return `how a release is rolled out to ${template.name}`;
	if (path === config.containerfile) return "your image: what you add to the base";
	if (path.startsWith(`${config.tests}/`)) return "a test that runs as root in the booted image";
	return explanations[path] ?? (path.startsWith(".github/workflows/") ? workflowOf(path) : "");
}
const explanations = {
	[configFileName]: "the configuration: images, base, fleets, rings",
	".containerignore": "what is not part of the build, nor of the build key",
	".gitignore": "what verbs leave in the checkout",
	[motdFile]: "a sample file of the image",
	[schemaFile]: "completion and checks for your editor"
};
function workflowOf(path) {
	const [, name = ""] = /([\w-]+)\.yml$/.exec(path) ?? [];
	return {
		watch: "on a schedule: looks for a new base, and keeps promotions and graphs up to date",
		"pull-request": "in a pull request: builds and boots the image",
		release: "on a merge: promotes, rolls out, publishes",
		operate: "a form for operators: pause, withdraw, roll back"
	}[name.replace(/^coxswain-/, "")] ?? "a workflow";
}
// src/project/init/ours.ts
/**
* The release of Coxswain that init writes into workflows. script/stamp writes these lines, for a release and for a fork of
* the project; a commit cannot name itself, so this is the last one that was stamped.
*/
const ours = {
	repository: "coxswain-os/coxswain",
	commit: "e0c50635ac100e613fcab67e9d3152aa7437a4b0",
	version: "v0.1.0"
};
// src/project/init/init.ts
init_errors();
/** Writes the files of a plan. */
async function writeInit(plan) {
	if (plan.files.length > 0) beforeWriting(() => `write in ${plan.root}: ${plan.files.map(({ path }) => path).join(", ")}`);
	for (const file of plan.files) {
		await writeFileAtomically(join(plan.root, file.path), file.text);
		if (file.executable === true) await chmod(join(plan.root, file.path), 493);
	}
	return {
		...plan,
		written: plan.files.map(({ path }) => path)
	};
}
/**
* Decides which files of a user's repository are to be written. A file that exists is never changed, except for the
* JSON Schema, which is Coxswain's own, and .gitignore, which gets the lines that it lacks. If there is a coxswain.yaml,
* everything else follows it. A foreign workflow with the name of one of ours is kept, and ours gets another name.
* @param settings needed if there is no coxswain.yaml
* @param pin the release of Coxswain that its workflows call
* @param options.migrate also brings an existing coxswain.yaml to the newest version of its format
* @throws InputError inside another folder's repository, and for a coxswain.yaml that exists and is wrong
*/
async function planInit(directory, settings, pin = ours, { migrate = false } = {}) {
	const root = resolve(directory);
	const isRepository = await checkTop(root);
	const existing = await exists(join(root, configFileName));
	if (!existing && settings === void 0) throw new InputError({
		field: "--image",
		problem: `${configFileName} does not exist yet, so the production repository has to be given`,
		expected: "a repository, such as ghcr.io/acme/os",
		remedy: "In a clone of a repository on GitHub it is found automatically."
	});
	const text = settings === void 0 ? "" : configText(settings);
	const config = existing ? await readConfig(root) : parseConfig(text, configFileName);
	const containerfile = await readFileIfThere(join(root, config.containerfile));
	const { files: workflows, notes } = await besideOthers(root, workflowFiles(config, pin));
	const ignored = await mergeIgnored(root, gitignoreText);
	const wanted = [...initialFiles(config, text, containerfile, await exists(join(root, ".dockerignore"))), ...workflows];
	const files = [];
	const kept = [];
	for (const file of wanted) if (file.path === ".gitignore" && ignored !== void 0) files.push({
		path: file.path,
		text: ignored
	});
	else if (file.path === "coxswain.yaml" && existing) {
		const before = await readConfigText(root);
		const after = migrate ? migrateConfigText(before) : before;
		if (after === before) kept.push(file.path);
		else files.push({
			path: file.path,
			text: after
		});
	} else if (await exists(join(root, file.path))) kept.push(file.path);
	else files.push(file);
	const schema = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
	if (await readFileIfThere(join(root, ".coxswain/coxswain.schema.json")) === schema) kept.push(schemaFile);
	else files.push({
		path: schemaFile,
		text: schema
	});
	return {
		root,
		config,
		files,
		kept,
		notes,
		isRepository,
		doubt: doubtAbout(containerfile, config)
	};
}
/** The sample in rootfs/ and what goes with it belong to our Containerfile: with another they would only break it. */
function initialFiles(config, configText, containerfile, hasDockerignore) {
	const text = containerfile ?? containerfileText(config);
	const hasSample = text.includes(copyLine);
	const ignore = hasSample ? containerignoreText : containerignoreFor(text, config.tests);
	return [
		{
			path: configFileName,
			text: configText
		},
		{
			path: config.containerfile,
			text
		},
		...hasSample || !hasDockerignore ? [{
			path: ".containerignore",
			text: ignore
		}] : [],
		...hasSample ? [{
			path: motdFile,
			text: motdText
		}] : [],
		{
			path: ".gitignore",
			text: gitignoreText
		},
		...Object.values(config.fleets).map((fleet) => ({
			path: fleet.template,
			text: templateText(fleet)
		})),
		{
			path: `${config.tests}/10-image.sh`,
			text: testText(hasSample),
			executable: true
		}
	];
}
/** What is wrong with an existing Containerfile, if anything, so that it is reported now and not at the first build. */
function doubtAbout(containerfile, config) {
	if (containerfile === void 0) return void 0;
	try {
		findBase(parseContainerfile(containerfile, config.containerfile), config.base);
		return;
	} catch (error) {
		if (error instanceof InputError) return error.message;
		throw error;
	}
}
/**
* The image of this repository in GitHub's registry, by the address of its remote `origin`.
* @returns undefined if it is not on GitHub
*/
async function imageOfRemote(directory) {
	if (!await exists(directory) || findTool("git") === void 0) return void 0;
	const url = await new Git(directory).try([
		"config",
		"--get",
		"remote.origin.url"
	]);
	const [, owner, name] = /^(?:https:\/\/(?:[^@/]*@)?github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(url ?? "") ?? [];
	return owner === void 0 || name === void 0 ? void 0 : `ghcr.io/${owner}/${name}`.toLowerCase();
}
/** True in a repository's top folder, false outside of any. */
async function checkTop(root) {
	if (!await exists(root) || findTool("git") === void 0) return false;
	const top = await new Git(root).try(["rev-parse", "--show-toplevel"]);
	if (top === void 0 || top === "") return false;
	if (await realpath(top) === await realpath(root)) return true;
	throw new InputError({
		field: "--directory",
		problem: "this folder is inside a repository, and coxswain.yaml belongs at its top",
		found: root,
		expected: top
	});
}
async function exists(path) {
	try {
		await lstat(path);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
// src/project/init/propose-init.ts
init_errors();
/** The branch of the pull request. */
const initBranch = "coxswain-init";
/**
* Offers the files of a plan as a pull request into the first fleet's branch. Nothing in the checkout is written.
* @throws InputError if that branch does not exist on the forge, or there is nothing to write
*/
async function proposeInit(forge, plan) {
	const [first] = Object.values(plan.config.fleets);
	const base = first?.branch ?? "";
	const tip = await forge.branches.resolve(base);
	if (tip === void 0) throw new InputError({
		field: "--pull-request",
		problem: `${forge.place} has no branch ${base} to propose the files to`,
		remedy: `Push it first: git push origin HEAD:refs/heads/${base}`
	});
	if (plan.files.length === 0) throw new InputError({
		field: "--pull-request",
		problem: "there is nothing to propose: no file is missing"
	});
	const changes = plan.files.map(({ path, text, executable = false }) => ({
		path,
		content: text,
		executable
	}));
	const { pullRequest } = await proposeChanges(forge, {
		head: initBranch,
		base,
		title: "Build, test and release Fedora CoreOS images with Coxswain",
		body: bodyOf(plan),
		ready: true,
		labels: ["coxswain"]
	}, {
		tip,
		changes
	});
	return pullRequest;
}
function bodyOf({ files, kept, notes, doubt, config }) {
	const [, ...others] = Object.values(config.fleets).map(({ branch }) => branch);
	const list = (paths) => paths.map((path) => `- \`${path}\``).join("\n");
	return [
		"`coxswain init` wrote these files. Read coxswain.yaml first, and change what is not yours.",
		list(files.map(({ path }) => path)),
		...kept.length === 0 ? [] : ["Left as they are:", list(kept)],
		...notes.map((note) => `${note}.`),
		...doubt === void 0 ? [] : [`**To do:** ${doubt}`],
		...others.length === 0 ? [] : [`After the merge, make the other fleets' branches: \`git branch ${others.join(" && git branch ")}\`.`],
		"The settings on GitHub that the workflows need: `coxswain doctor --github`."
	].join("\n\n");
}
export { ours as a, operateWorkflow as c, writeInit as i, findPin as l, imageOfRemote as n, explainFile as o, planInit as r, workingBranch as s, proposeInit as t, parseSource as u };
