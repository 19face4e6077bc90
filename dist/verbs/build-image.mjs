import { i as readCandidate, t as buildImage } from "../chunks/build.mjs";
import { n as openProject, r as directory, t as defineVerb } from "../chunks/cli.mjs";
import { x as formatReference } from "../chunks/registry.mjs";
// src/verbs/build-image.ts
var build_image_default = defineVerb({
	summary: "Build the image of this commit and push it to the test registry",
	about: `What is built is the commit that is checked out, not the files as they lie there. Where the test registry has an
image of the same inputs already (the same build key), nothing is built. The digest that is printed is what
boot-test tests and promote-image promotes, byte for byte.`,
	inputs: { directory },
	run: async (inputs, context) => {
		const { env, log } = context;
		const { git, config, client } = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const candidate = await log.task("reading the commit and its base", () => readCandidate({
			git,
			config,
			client
		}));
		if (await git.run(["status", "--porcelain"]) !== "") log.warn(`there are uncommitted changes: they are not part of the build of ${candidate.commit.slice(0, 12)}`);
		for (const image of candidate.unpinned) log.warn(`${image} is not pinned by a digest: when it changes, nothing is built again by itself`);
		const { image, built } = await buildImage({
			git,
			config,
			client,
			candidate,
			log,
			env
		});
		const { base, key, tag, version } = candidate;
		const baseReference = formatReference(base.reference);
		return {
			data: {
				built,
				image: formatReference(image),
				digest: image.digest,
				version,
				buildKey: key,
				tag,
				commit: candidate.commit,
				base: {
					reference: baseReference,
					version: base.version,
					digest: base.reference.digest
				}
			},
			text: [
				`${built ? "built" : "built already:"} ${version}`,
				`  image  ${formatReference(image)}`,
				`  tag    ${tag}`,
				`  base   ${base.version}  ${baseReference}`
			].join("\n")
		};
	}
});
export { build_image_default as default };
