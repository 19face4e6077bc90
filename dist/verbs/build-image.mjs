import { a as defineVerb, f as directory, r as architecture, w as text } from "../chunks/cli.mjs";
import { K as InputError, U as defined, d as renderReports, l as exact, m as say } from "../chunks/host.mjs";
import { n as buildImage, t as buildLocally } from "../chunks/loop-build-image.mjs";
import { r as readCandidate } from "../chunks/release-candidate.mjs";
import { m as openProject } from "../chunks/release.mjs";
import { S as shortCommit } from "../chunks/world-git.mjs";
import { k as formatReference } from "../chunks/world-registry.mjs";
import { resolve } from "node:path";
// src/verbs/build-image.ts
var build_image_default = defineVerb({
	summary: "Build the image of this commit and push it to the test registry",
	about: `Builds the commit that is checked out, without uncommitted changes. If the test registry already has an image of
the same inputs (the same build key), nothing is built. The digest that is printed is what
boot-test tests and promote-image promotes, byte for byte.

Several architectures are built one after the other, and joined to one image. To use several machines, run it
with --architecture on each, and then once without: that joins the pushed images and builds only what is missing.

--local is for those who may not push, such as the pull request of a fork: the image goes into a folder, no credential is
needed, and boot-test --local reads it from there.`,
	inputs: {
		directory,
		architecture: architecture("build only this one of the architectures, and no image of all of them"),
		local: text("build into this folder (an OCI layout) instead of the test registry", { placeholder: "FOLDER" })
	},
	asRoot: true,
	run: async (inputs, context) => {
		const { env, log } = context;
		const { git, config, client } = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		requireConfigured(config, inputs.architecture);
		const candidate = await log.task("reading the commit and its base", () => readCandidate({
			git,
			config,
			client
		}));
		if (await git.run(["status", "--porcelain"]) !== "") log.warn(`there are uncommitted changes: they are not part of the build of ${shortCommit(candidate.commit)}`);
		for (const image of candidate.unpinned) log.warn(`${image} is not pinned by a digest: when it changes, nothing is built again automatically`);
		const options = {
			git,
			config,
			client,
			candidate,
			log,
			env,
			...defined({ architecture: inputs.architecture })
		};
		if (inputs.local !== void 0) {
			const images = await buildLocally({
				...options,
				folder: resolve(inputs.local)
			});
			const [first] = images;
			const where = {
				image: first?.image,
				digest: first?.digest,
				images
			};
			const facts = images.map(({ image, digest }) => say`image: ${exact(image)}, digest ${exact(digest)}`);
			return outcome(candidate, {
				...where,
				built: images.some(({ built }) => built)
			}, facts);
		}
		const { image, built } = await buildImage(options);
		const name = formatReference(image);
		return outcome(candidate, {
			image: name,
			digest: image.digest,
			built
		}, [say`image: ${exact(name)}`, say`tag: ${exact(candidate.tag)}${inputs.architecture === void 0 ? "" : ` (only its part for ${inputs.architecture})`}`]);
	},
	action: {
		setUp: true,
		token: true
	},
	outputs: {
		image: {
			about: "the image in the test registry, as `repository@sha256:…`",
			of: ({ image }) => image
		},
		digest: {
			about: "its digest",
			of: ({ digest }) => digest
		},
		version: {
			about: "its version",
			of: ({ version }) => version
		},
		"build-key": {
			about: "hash over everything that decides the image",
			of: ({ buildKey }) => buildKey
		},
		built: {
			about: "false when it existed already",
			of: ({ built }) => built
		}
	}
});
function requireConfigured(config, architecture) {
	if (architecture === void 0 || config.architectures.includes(architecture)) return;
	throw new InputError({
		field: "--architecture",
		problem: `${config.file} has no such architecture`,
		found: architecture,
		expected: config.architectures.join(", "),
		remedy: `Add it to architectures in ${config.file}, or leave out the option.`
	});
}
function outcome(candidate, made, facts) {
	const { base, key, tag, version, commit } = candidate;
	const reference = formatReference(base.reference);
	return {
		data: {
			...made,
			version,
			buildKey: key,
			tag,
			commit,
			base: {
				reference,
				version: base.version,
				digest: base.reference.digest
			}
		},
		...renderReports({
			headline: `${version}: ${made.built ? "built" : "built already, from the same inputs"}`,
			facts: [
				...facts,
				say`base: ${exact(reference)}, version ${exact(base.version)}`,
				say`build key: ${exact(key.slice(0, 16))}`
			]
		})
	};
}
export { build_image_default as default };
