import { S as flag, m as directory, s as defineVerb, t as firstRelease, w as parsed, x as duration } from "../chunks/cli.mjs";
import { R as UsageError } from "../chunks/host.mjs";
import { t as planPruning } from "../chunks/operate-prune-images.mjs";
import { p as openProject } from "../chunks/release.mjs";
import { i as openGitHubRepository, n as isGitHubRegistry, r as packageDeletion } from "../chunks/github.mjs";
import { createInterface } from "node:readline/promises";
// src/verbs/prune-images.ts
var prune_images_default = defineVerb({
	summary: "Delete images that no fleet needs from the production repository and the test registry",
	about: `Shows what it would delete. With --delete it asks, and then deletes; scripts and workflows add --yes.

Production keeps every release of every fleet, and everything attached to it. With --releases N older releases are
deleted, unless nodes are offered them, or they are barriers or paused. The test registry keeps young images, images that a
fleet will still get, and images that branches and open pull requests build now. Images that this project did not build and
tag always stay.

At ghcr.io the Packages API of GitHub deletes: every manifest, the images of an index and what is attached included.

Two witnesses must agree: the state branch, and the guidance that publish-updates put into the registry or that is served
at publish.url. The registry frees disk space by its own garbage collection.`,
	inputs: {
		delete: flag("delete instead of only showing"),
		yes: flag("delete without asking; needed if nobody is at a terminal"),
		"older-than": duration("images whose commit is younger stay", { fallback: "30d" }),
		releases: parsed("number of the newest releases of each fleet that stay; default: all", readCount, { placeholder: "N" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		if (inputs.delete && !inputs.yes && !process.stdin.isTTY) throw new UsageError("--delete asks for confirmation, and nobody is at a terminal: add --yes");
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
		const count = repositories.reduce((sum, { removed }) => sum + removed.length, 0);
		const deleted = inputs.delete && (inputs.yes || count === 0 || await confirm(repositories));
		if (deleted) await context.log.task(`deleting ${count} manifests`, remove);
		return {
			data: {
				deleted,
				repositories
			},
			text: describeAll(repositories, deleted)
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
		const answer = await terminal.question(`${describeAll(repositories, false)}\nDelete these? [y/N] `);
		return /^y(es)?$/i.test(answer.trim());
	} finally {
		terminal.close();
	}
}
function readCount(raw, name) {
	const count = /^\d{1,9}$/.test(raw) ? Number(raw) : 0;
	if (count >= 2) return count;
	throw new UsageError(`--${name}: found ${JSON.stringify(raw)}, expected a number from 2 on`);
}
function describeAll(repositories, done) {
	return repositories.map((each) => describe(each, done)).join("\n");
}
function describe({ repository, removed, kept }, done) {
	const count = `${removed.length} ${removed.length === 1 ? "manifest" : "manifests"}`;
	if (removed.length === 0) return `${repository}: nothing to delete, ${kept} stay`;
	return [`${repository}: ${done ? `deleted ${count}` : `would delete ${count} (--delete does)`}, ${kept} stay`, ...removed.map(({ digest, tags }) => `  ${digest}${tags.length === 0 ? "" : `  ${tags.join(" ")}`}`)].join("\n");
}
export { prune_images_default as default };
