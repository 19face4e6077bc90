import { C as readFileIfThere, F as InputError, S as isMissing, T as writeFileAtomically } from "./host.mjs";
import { b as Git } from "./world-git.mjs";
import { i as readConfig, l as configJsonSchema, r as parseConfig, t as configFileName } from "./project-configuration.mjs";
import { a as parseContainerfile, n as findBase } from "./project-containerfile.mjs";
import { t as require_dist } from "./yaml.mjs";
import { k as formatReference } from "./world-registry.mjs";
import { chmod, lstat, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
// src/project/init/workflows.ts
var import_dist = require_dist();
/** Where Coxswain's actions and workflows are, and the version that users call; script/release stamps it. */
const coxswain = "coxswain-os/coxswain";
const version = "v1";
/** The workflows of a user's repository: short callers of ours, for the fleets and registries of its configuration. */
function workflowFiles(config) {
	return [
		{
			path: ".github/workflows/watch.yml",
			text: watchText(config)
		},
		{
			path: ".github/workflows/pull-request.yml",
			text: pullRequestText(config)
		},
		{
			path: ".github/workflows/release.yml",
			text: releaseText(config)
		},
		{
			path: ".github/workflows/operate.yml",
			text: operateText(config)
		}
	];
}
function uses(workflow) {
	return `uses: ${coxswain}/.github/workflows/${workflow}@${version}`;
}
const hourly = "41 * * * *";
function watchText(config) {
	const promoted = hasPromotions(config);
	return `# Looks for a new base${promoted ? ", proposes promotions," : ""} and keeps rollouts going.
name: Watch
on:
  schedule:
    - cron: '11 */6 * * *' # the base${promoted ? " and promotions" : ""}
    - cron: '${hourly}' # the published graphs: more often makes rollouts smoother
  workflow_dispatch:
${promoted ? labelTrigger(config) : ""}
permissions: {}

jobs:
${promoted ? labelJob : ""}  base:
    name: base
    if: github.event_name != 'pull_request' && github.event.schedule != '${hourly}'
    permissions:
      contents: write # the branch of the pull request
      pull-requests: write # opens, updates and closes it
      issues: write # makes its labels if the repository lacks them
      packages: read # images at ghcr.io
    ${uses("watch.yml")}
${secrets(config, "all", app)}${promoted ? `
  promotion:
    name: promotion
    if: github.event_name != 'pull_request' && github.event.schedule != '${hourly}'
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
    if: github.event_name != 'pull_request'
    permissions:
      contents: write # a pause that has ended is a commit on the state branch
      packages: write # artifacts at ghcr.io
      pages: write # GitHub Pages
      id-token: write # GitHub Pages
    ${uses("tick.yml")}
${secrets(config, "production")}`;
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
function pullRequestText(config) {
	return `# Builds the image of a pull request and boots it. Pull requests from forks see no secret.
# Require the check "image / ok": it reports for every pull request, also of forks and in a merge queue.
name: Pull request
on:
  pull_request:
    branches: ${branches(config)}
  merge_group:

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
function releaseText(config) {
	return `# Releases what was merged: promotes the tested image, starts the rollout, publishes.
# For a release that somebody has to approve, give the environment named as the fleet required reviewers.
name: Release
on:
  push:
    branches: ${branches(config)}
  workflow_dispatch: # by hand, or by the workflow Watch: releases the branch that it is started on

permissions: {}

jobs:
  fleet:
    name: fleet
    permissions:
      contents: write # the state branch
      packages: write # the registries
      pull-requests: read # whose boot test this is, where one is needed
      pages: write # GitHub Pages
      id-token: write # GitHub Pages
    ${uses("release.yml")}
${secrets(config, "all")}`;
}
function operateText(config) {
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
        description: why; best the URL of an issue
      start:
        description: rollout - when it starts, such as next tuesday 14:00 UTC
      duration:
        description: rollout - until every node is offered it, such as 48h
      for:
        description: pause, hold - ends by itself, such as 6h
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
      id-token: write # GitHub Pages
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
/** What the form offers: urgent is about promotions only. */
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
/** GitHub's own registry takes the token of the run; others have a name and a password each. */
function secrets({ image, testImage }, which, more = {}) {
	const own = image.registry !== "ghcr.io";
	const other = which === "all" && testImage.registry !== image.registry && testImage.registry !== "ghcr.io";
	const passed = {
		...more,
		...own ? {
			"registry-username": "REGISTRY_USERNAME",
			"registry-password": "REGISTRY_PASSWORD"
		} : {},
		...other ? {
			"test-registry-username": "TEST_REGISTRY_USERNAME",
			"test-registry-password": "TEST_REGISTRY_PASSWORD"
		} : {}
	};
	const lines = Object.entries(passed).map(([name, secret]) => `      ${name}: \${{ secrets.${secret} }}\n`);
	return lines.length === 0 ? "" : `    secrets:\n${lines.join("")}`;
}
// src/project/init/texts.ts
/** Where the JSON Schema for editors lies in the user's repository: no network needed, always the right version. */
const schemaFile = ".coxswain/coxswain.schema.json";
function configText(settings) {
	const value = (text) => (0, import_dist.stringify)(text).trimEnd();
	const { image, testImage, base, stream, architectures, fleets } = settings;
	return `# yaml-language-server: $schema=${schemaFile}

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
# Build again after this time though the base did not move: packages of yours may have.
refresh: 7d

# Each fleet is a branch, and the nodes that follow it. Merging to the branch releases to the fleet.
fleets:
${fleetLines(fleets)}

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
function fleetLines(fleets) {
	return fleets.map((name, at) => at === 0 ? `  ${name}: {}` : `  ${name}: { promote-from: ${fleets[at - 1]}, soak: 48h }`).join("\n");
}
/** GitHub Pages where the image is in GitHub's registry. */
function suggestedUrl(image) {
	const [, owner, name] = /^ghcr\.io\/([^/]+)\/([^/]+)$/.exec(image) ?? [];
	return owner === void 0 ? "https://updates.example.com/" : `https://${owner}.github.io/${name}/`;
}
/** The line of the Containerfile that the sample file comes in by. */
const copyLine = "COPY rootfs/ /";
function containerfileText(config) {
	return `FROM ${formatReference(config.base)}

# Files of your own: what is in rootfs/ comes to the same place in the image.
${copyLine}

# Packages of your own:
# RUN dnf -y install tmux && dnf clean all
`;
}
const containerignoreText = `# Only what is named here is part of the build, and of the build key: an edit of anything else rebuilds nothing.
# Name every file and folder that the Containerfile copies.
*
!rootfs
`;
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
echo "Programs can write where they have to"
echo written >/run/derived-test
grep -q written /run/derived-test
rm /run/derived-test
`;
}
/** A rollout policy: fleets that others are promoted to are given more time. */
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
// src/project/init/init.ts
/**
* Writes the files of a user's repository that are not there yet. A file that is there is never changed, but for the
* JSON Schema, which is Coxswain's own. Where there is a coxswain.yaml, everything else follows it.
* @param settings needed where there is no coxswain.yaml
* @throws InputError inside another folder's repository, and for a coxswain.yaml that is there and wrong
*/
async function initRepository(directory, settings) {
	const root = resolve(directory);
	const isRepository = await checkTop(root);
	const existing = await exists(join(root, configFileName));
	if (!existing && settings === void 0) throw new InputError({
		field: "--image",
		problem: `there is no ${configFileName} yet, so the production repository has to be named`,
		expected: "a repository, such as ghcr.io/acme/os",
		remedy: "In a clone of a repository on GitHub it is found out."
	});
	const text = settings === void 0 ? "" : configText(settings);
	const config = existing ? await readConfig(root) : parseConfig(text, configFileName);
	const containerfile = await readFileIfThere(join(root, config.containerfile));
	const files = initialFiles(config, text, containerfile);
	const written = [];
	const kept = [];
	for (const file of files) {
		if (await exists(join(root, file.path))) {
			kept.push(file.path);
			continue;
		}
		await writeFileAtomically(join(root, file.path), file.text);
		if (file.executable === true) await chmod(join(root, file.path), 493);
		written.push(file.path);
	}
	const schema = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
	if (await readFileIfThere(join(root, ".coxswain/coxswain.schema.json")) === schema) kept.push(schemaFile);
	else {
		await writeFileAtomically(join(root, schemaFile), schema);
		written.push(schemaFile);
	}
	return {
		root,
		config,
		written,
		kept,
		isRepository,
		doubt: doubtAbout(containerfile, config)
	};
}
/** The sample in rootfs/ and what goes with it belong to our Containerfile: with another they would only break it. */
function initialFiles(config, configText, containerfile) {
	const ours = containerfile ?? containerfileText(config);
	const hasSample = ours.includes(copyLine);
	return [
		{
			path: configFileName,
			text: configText
		},
		{
			path: config.containerfile,
			text: ours
		},
		...hasSample ? [{
			path: ".containerignore",
			text: containerignoreText
		}, {
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
		},
		...workflowFiles(config)
	];
}
/** What is wrong with a Containerfile that was there, if anything: better known now than at the first build. */
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
* The image that a repository on GitHub has in GitHub's registry, as its remote `origin` says where it is.
* @returns undefined where it is not on GitHub
*/
async function imageOfRemote(directory) {
	if (!await exists(directory)) return void 0;
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
	if (!await exists(root)) return false;
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
export { initRepository as n, coxswain as r, imageOfRemote as t };
