import { r as architecture } from "./cli-inputs.mjs";
import { D as say, Lt as defined, S as exact, Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "./host.mjs";
import { n as buildImage, t as buildLocally } from "./loop-build-image.mjs";
import { Br as formatProvenance, Da as formatReference, Ki as attestationSigner, Qr as readCandidate, Rr as pushStatement, Ur as keepAtForge, Vr as provenanceType, qa as shortCommit, qi as withoutSigningSecrets, zn as openProject, zr as trustOf } from "./shared.mjs";
import { t as requireSignedBase } from "./release-base-signature.mjs";
import { resolve } from "node:path";
init_errors();
var build_image_default = defineVerb({
	summary: "Build the image of this commit and push it to the test registry",
	about: `Builds the commit that is checked out, without uncommitted changes. If the test registry already has an image of
the same inputs (the same build key), nothing is built. The digest that is printed is what
boot-test tests and promote-image promotes, byte for byte.

Several architectures are built one after the other, and joined to one image. To use several machines, run it
with --architecture on each, and then once without: that joins the pushed images and builds only what is missing.

--local is for those who may not push, such as the pull request of a fork: the image goes into a folder, no credential is
needed, and boot-test --local reads it from there.`,
	writes: true,
	inputs: {
		directory,
		architecture: architecture("build only this one of the architectures, and no image of all of them"),
		local: text("build into this folder (an OCI layout) instead of the test registry", { placeholder: "FOLDER" })
	},
	asRoot: true,
	run: async (inputs, context) => {
		const { env, log, now } = context;
		const { git, config, client, root, forge } = await openProject({
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
		await requireSignedBase({
			config,
			client,
			root
		}, candidate.base.reference);
		if (await git.run(["status", "--porcelain"]) !== "") log.warn(`there are uncommitted changes: they are not part of the build of ${shortCommit(candidate.commit)}`);
		for (const image of candidate.unpinned) log.warn(`${image} is not pinned by a digest: when it changes, nothing is built again automatically`);
		const only = defined({ architecture: inputs.architecture });
		const options = {
			git,
			config,
			client,
			candidate,
			log,
			env: withoutSigningSecrets(env),
			...only
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
		const startedAt = now();
		const signer = keepAtForge(await attestationSigner(trustOf({
			config,
			root
		}), env), forge, log);
		const { image, built, joined } = await buildImage({
			...options,
			onBuilt: async ({ architecture, descriptor }) => {
				const made = {
					config,
					candidate,
					architecture,
					digest: descriptor.digest,
					env
				};
				await pushStatement(client, {
					repository: config.testImage,
					subject: descriptor,
					predicateType: provenanceType,
					statement: formatProvenance({
						...made,
						startedAt,
						finishedAt: now()
					}),
					signer
				});
			}
		});
		const name = formatReference(image);
		return outcome(candidate, {
			image: name,
			digest: image.digest,
			built,
			joined
		}, [
			say`image: ${exact(name)}`,
			inputs.architecture === void 0 ? say`tag: ${exact(candidate.tag)}` : say`tag: ${exact(candidate.tag)} (only its part for ${inputs.architecture})`,
			...joined ? [say`joined from: ${config.architectures.join(", ")}`] : []
		]);
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
			headline: `${version}: ${whatHappened(made)}`,
			facts: [
				...facts,
				say`base: ${exact(reference)}, version ${exact(base.version)}`,
				say`build key: ${exact(key.slice(0, 16))}`
			]
		})
	};
}
function whatHappened({ built, joined }) {
	if (built) return "built";
	return joined === true ? "joined to one image" : "built already, from the same inputs";
}
export { build_image_default as t };
