import { T as addRelease } from "./guidance.mjs";
import { Ht as OutsideError, Lt as defined, M as documentation, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Ca as atDigest, Cn as commitMessage, Da as formatReference, Ft as buildReleasePath, It as buildReleaseUrl, Ma as parseReference, N as tagReader, Oa as formatRepository, Pa as sameRepository, Rt as createdOf, Ta as digestIn, Vt as requireCreated, va as readImage, wa as atTag, ya as isIndex, zt as isoTime } from "./shared.mjs";
// src/operate/import-release/existing-builds.ts
init_errors();
/**
* The builds that these images are of, oldest first. Each architecture may have been given as an image of its own:
* images of one version that are for different architectures are one build.
*/
function buildsOf(images) {
	const builds = [];
	for (const image of images.toSorted((one, other) => Number(one.index === void 0) - Number(other.index === void 0) || one.created - other.created)) {
		if (builds.flat().some(({ digest }) => digest === image.digest)) continue;
		const build = builds.find(([first, ...rest]) => first?.version === image.version && first.index === image.index && [first, ...rest].every(({ architecture }) => architecture !== image.architecture));
		if (build === void 0) builds.push([image]);
		else build.push(image);
	}
	return builds.toSorted((one, other) => oldest(one) - oldest(other));
}
/**
* The builds as releases of a fleet. Builds that took their version from the same base have the same label: the first
* one has it as its version, and the others get a part of their digest, because a version names one build. Nodes find
* themselves by the digest alone.
*/
function releasesOf(config, fleet, { builds, known }) {
	const taken = new Set(known.map(({ version }) => version));
	return builds.map((images) => {
		const same = known.find((release) => images.every(({ digest }) => digestsOf(release).includes(digest)));
		const version = same?.version ?? freeVersion(images, taken);
		taken.add(version);
		return {
			version,
			images,
			release: same ?? releaseOf(config, fleet, version, images),
			isKnown: same !== void 0
		};
	});
}
/** UNIX seconds. */
function oldest(images) {
	return Math.min(...images.map(({ created }) => created));
}
function freeVersion(images, taken) {
	const [first] = images;
	if (!taken.has(first.version)) return first.version;
	const digest = first.index ?? first.digest;
	return `${first.version}-${digest.slice(7, 15)}`;
}
function digestsOf(release) {
	return (release["oci-images"] ?? []).map((image) => digestIn(image["digest-ref"]));
}
function releaseOf(config, fleet, version, images) {
	const { url } = config.publish;
	const index = images[0]?.index;
	return {
		"oci-images": images.map(({ architecture, digest }) => ({
			architecture,
			image: formatReference(atTag(config.image, config.stream)),
			"digest-ref": formatReference(atDigest(config.image, digest))
		})),
		...defined({ "oci-index": index === void 0 ? void 0 : formatReference(atDigest(config.image, index)) }),
		version,
		metadata: url === void 0 ? buildReleasePath(fleet, version) : buildReleaseUrl({
			url,
			fleet,
			version
		})
	};
}
const versionLabel = "org.opencontainers.image.version";
const streamLabel = "com.coreos.stream";
/**
* Reads images that nodes run from the production repository.
* @param references as people write them, by tag or digest
* @throws InputError for an image on which no node of this project could find itself, or could update
*/
async function readExistingImages(client, config, references) {
	const parsed = references.map((text) => readOwnReference(text, config));
	const images = [];
	for (const reference of parsed) images.push(...await readOne(client, config, reference));
	return images;
}
function readOwnReference(text, config) {
	const reference = parseReference(text, { field: "--image" });
	if (sameRepository(reference.repository, config.image)) return reference;
	throw new InputError({
		field: "--image",
		problem: "this image is in another repository, and graphs name only images of the production repository",
		found: text,
		expected: `an image of ${formatRepository(config.image)}`,
		remedy: `Nodes that run it change over by node.migrate-from in coxswain.yaml (coxswain node-kit).`
	});
}
async function readOne(client, config, reference) {
	const where = formatReference(reference);
	const { json, descriptor } = await client.getManifest(reference);
	const pinned = atDigest(reference.repository, descriptor.digest);
	const images = [];
	let refused;
	for (const architecture of config.architectures) try {
		const image = await readImage(client, pinned, architecture);
		images.push(describeImage(image, architecture, {
			where,
			config
		}));
	} catch (error) {
		if (!(error instanceof InputError) || !/not made for/.test(error.details.problem)) throw error;
		refused = error;
	}
	if (images.length > 0) return images;
	throw new InputError({
		where,
		problem: `this ${isIndex(json) ? "index has no image" : "image is not"} for an architecture of this project`,
		expected: `architectures: ${config.architectures.join(", ")}`,
		remedy: "Correct architectures in coxswain.yaml, or import another image."
	}, { cause: refused });
}
function describeImage(image, architecture, { where, config }) {
	const { labels } = image.config;
	const version = labels[versionLabel] ?? "";
	if (version.trim() === "") throw new InputError({
		where,
		field: `label ${versionLabel}`,
		problem: "missing, and it is the version that nodes report",
		remedy: `Nodes cannot find themselves by this image. Rebase them to a release of the fleet (${documentation("nodes.md")}).`
	});
	if (labels[streamLabel] !== config.stream) throw new InputError({
		where,
		field: `label ${streamLabel}`,
		problem: labels[streamLabel] === void 0 ? "missing, and Zincati does not start without it" : "Zincati refuses an update to another stream, so nodes on this image would never update",
		...defined({ found: labels[streamLabel] }),
		expected: JSON.stringify(config.stream),
		remedy: `Set stream in coxswain.yaml to it, or rebase these nodes to a release of the fleet (${documentation("nodes.md")}).`
	});
	return {
		architecture,
		version,
		digest: image.manifest.descriptor.digest,
		created: requireCreated(image, where, `Rebase the nodes on it to a release of the fleet (${documentation("nodes.md")}).`),
		...defined({ index: image.index?.digest })
	};
}
// src/operate/import-release/import-release.ts
init_errors();
/**
* Adds images that nodes run already to a fleet, as its oldest releases: by one commit on the state branch. They get no
* update entry, so no node is sent to them. Nodes on them find themselves, and get what is released next.
* @param options.references images of the production repository, by tag or digest, in any order
* @throws InputError if nodes could not use one of them, or if the fleet has a newer release
*/
async function importRelease({ config, client, state }, options) {
	const { order, references, rehearse } = options;
	const builds = buildsOf(await readExistingImages(client, config, references));
	const before = await state.readFleet(order.fleet);
	const newest = before.releases.releases.at(-1)?.version;
	const wanted = releasesOf(config, order.fleet, {
		builds,
		known: before.releases.releases
	});
	await refuseOlder(client, before, {
		fleet: order.fleet,
		wanted
	});
	const fresh = wanted.filter(({ isKnown }) => !isKnown);
	const imported = fresh.map(({ version }) => version);
	const change = (current) => {
		if (current.releases.releases.at(-1)?.version !== newest) throw new OutsideError(`importing into fleet ${order.fleet}`, "the fleet got another release meanwhile", "Run the same command again.");
		if (fresh.length === 0) return current;
		const releases = fresh.reduce((index, { release }) => addRelease(index, release, order.now), current.releases);
		return {
			...current,
			releases
		};
	};
	const answer = {
		fleet: order.fleet,
		imported,
		known: wanted.filter(({ isKnown }) => isKnown).map(({ version }) => version),
		notes: await untagged({
			config,
			client
		}, wanted)
	};
	if (rehearse) {
		const files = await state.previewFleet(order.fleet, change);
		return {
			...answer,
			changed: files.length > 0,
			stateCommit: void 0,
			files
		};
	}
	const message = () => commitMessage(order, `import ${imported.join(", ")}`, void 0);
	const { changed, commit } = await state.changeFleet(order.fleet, message, change);
	return {
		...answer,
		changed,
		stateCommit: commit
	};
}
/** A position in the release index is an age, and releases are only added at its end. */
async function refuseOlder(client, state, { fleet, wanted }) {
	const added = wanted.filter(({ isKnown }) => !isKnown);
	const newest = state.releases.releases.at(-1);
	let before = newest === void 0 ? void 0 : await timeOf(client, state, newest);
	for (const { version, images } of added) {
		const from = oldest(images);
		if (before !== void 0 && from <= before.created) throw new InputError({
			where: `fleet ${fleet}`,
			field: "created",
			problem: `${version} is not newer than ${before.version}, after which it would come, and nodes never go back`,
			found: isoTime(from),
			expected: `after ${isoTime(before.created)}`,
			remedy: `Import what nodes run before the first release of the fleet. Rebase nodes on older images to a release of the fleet (${documentation("nodes.md")}).`
		});
		before = {
			version,
			created: Math.max(...images.map(({ created }) => created))
		};
	}
}
/** The time of the newest image of a release; undefined if it is not known. */
async function timeOf(client, state, release) {
	const known = (await Promise.all((release["oci-images"] ?? []).map((image) => createdOf(client, state, release.version, image)))).filter((time) => time !== void 0);
	return known.length === 0 ? void 0 : {
		version: release.version,
		created: Math.max(...known)
	};
}
/** Registries delete what has no tag. */
async function untagged({ config, client }, releases) {
	const notes = [];
	const readTag = tagReader(client, config.image);
	for (const { version } of releases) {
		if (await readTag(version) !== void 0) continue;
		notes.push(`${formatReference(atTag(config.image, version))} does not exist: set it, because registries delete images without a tag`);
	}
	return notes;
}
export { importRelease as t };
