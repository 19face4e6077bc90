import { Dt as parsed, E as reportText, Tt as flag, Ut as UsageError, Wt as init_errors, et as isRehearsal, ft as directory, nt as defineVerb, w as renderReports, wt as duration, x as count } from "../chunks/host.mjs";
import { n as firstRelease } from "../chunks/cli-inputs.mjs";
import { t as planPruning } from "../chunks/operate-prune-images.mjs";
import { C as packageDeletion, S as isGitHubRegistry, zn as openProject } from "../chunks/shared.mjs";
import { createInterface } from "node:readline/promises";
// src/verbs/prune-images.ts
init_errors();
var prune_images_default = defineVerb({
	summary: "Delete images that no fleet needs from the production repository and the test registry",
	about: `Shows what it would delete. With --delete it asks, and then deletes; scripts and workflows add --yes.

Production keeps every release of every fleet, and everything attached to it. With --releases N older releases are
deleted, unless nodes are offered them, or they are barriers or paused. The test registry keeps young images, images that a
fleet will still get, and images that branches and open pull requests build now. Images that this project did not build and
tag always stay.

At ghcr.io it deletes by GitHub's Packages API: every manifest, also the images of an index and what is attached.

Two witnesses must agree: the state branch, and the guidance that publish-updates put into the registry or that is served
at publish.url. The registry frees disk space by its own garbage collection.`,
	writes: true,
	inputs: {
		delete: flag("delete instead of only showing"),
		yes: flag("delete without asking; needed if nobody is at a terminal"),
		"older-than": duration("images whose commit is younger stay", { fallback: "30d" }),
		releases: parsed("number of the newest releases of each fleet that stay; default: all", readCount, { placeholder: "N" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		if (inputs.delete && !isRehearsal() && !inputs.yes && !process.stdin.isTTY) throw new UsageError("--delete asks for confirmation, and nobody is at a terminal: add --yes");
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: inputs["first-release"]
		});
		const { repositories, remove } = await context.log.task("reading the registries", (report) => planPruning(project, {
			olderThan: inputs["older-than"],
			releases: inputs.releases,
			now: context.now(),
			report,
			deletionIn: (repository) => deletionIn(repository, project, context)
		}));
		const removals = repositories.reduce((sum, { removed }) => sum + removed.length, 0);
		const deleted = inputs.delete && !isRehearsal() && (inputs.yes || removals === 0 || await confirm(repositories));
		if (deleted) await context.log.task(`deleting ${removals} manifests`, remove);
		return {
			data: {
				deleted,
				repositories
			},
			...renderReports(...repositories.map((each) => reportOn(each, deleted)))
		};
	},
	action: { token: true },
	outputs: { removed: {
		about: "how many manifests were deleted, or would be",
		of: ({ repositories }) => repositories.reduce((sum, { removed }) => sum + removed.length, 0)
	} }
});
/** GitHub's registries delete by the Packages API alone. */
async function deletionIn(repository, { git }, context) {
	if (!isGitHubRegistry(repository.registry, context.env.GITHUB_SERVER_URL || "https://github.com")) return void 0;
	const { openGitHubRepository } = await import("../chunks/open-repository.mjs");
	const { api } = await openGitHubRepository(git, context);
	return packageDeletion(api);
}
/** Asks on the terminal. */
async function confirm(repositories) {
	const terminal = createInterface({
		input: process.stdin,
		output: process.stderr
	});
	try {
		const answer = await terminal.question(`${repositories.map((each) => reportText(reportOn(each, false))).join("\n")}\nDelete these? [y/N] `);
		return /^y(es)?$/i.test(answer.trim());
	} finally {
		terminal.close();
	}
}
function readCount(raw, name) {
	const number = /^\d{1,9}$/.test(raw) ? Number(raw) : 0;
	if (number >= 2) return number;
	throw new UsageError(`--${name}: found ${JSON.stringify(raw)}, expected a number of at least 2`);
}
function reportOn({ repository, removed, kept }, done) {
	const manifests = count(removed.length, "manifest");
	if (removed.length === 0) return {
		headline: `${repository}: nothing to delete, ${kept} stay`,
		facts: []
	};
	return {
		headline: `${repository}: ${done ? `deleted ${manifests}` : `would delete ${manifests} (--delete does)`}, ${kept} stay`,
		facts: [{
			title: manifests,
			lines: removed.map(({ digest, tags }) => `${digest}${tags.length === 0 ? "" : `  ${tags.join(" ")}`}`)
		}]
	};
}
export { prune_images_default as default };
