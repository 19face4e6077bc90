import { g as addRelease } from "./guidance.mjs";
import { I as InputError, L as OutsideError, P as defined } from "./host.mjs";
import { v as createdOf, y as isoTime } from "./release-gates.mjs";
import { t as commitMessage } from "./release-operations.mjs";
import { m as buildReleaseUrl, p as buildReleasePath } from "./release-published.mjs";
import { A as formatRepository, E as atTag, I as sameRepository, P as parseReference, S as isIndex, T as atDigest, b as imageTimestamp, k as formatReference, x as readImage } from "./world-registry.mjs";
// src/operate/import-release/existing-images.ts
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
		remedy: "Nodes cannot find themselves by this image. Rebase them to a release of the fleet (docs/nodes.md)."
	});
	if (labels[streamLabel] !== config.stream) throw new InputError({
		where,
		field: `label ${streamLabel}`,
		problem: labels[streamLabel] === void 0 ? "missing, and Zincati does not start without it" : "Zincati refuses an update to another stream, so nodes on this image would never update",
		...defined({ found: labels[streamLabel] }),
		expected: JSON.stringify(config.stream),
		remedy: "Set stream in coxswain.yaml to it, or rebase these nodes to a release of the fleet (docs/nodes.md)."
	});
	const created = imageTimestamp(image);
	if (created === void 0 || created <= 0) throw new InputError({
		where,
		field: "created",
		problem: "the image has no creation time, and nodes compare it to find out which image is newer",
		found: image.config.created,
		remedy: "Rebase the nodes on it to a release of the fleet (docs/nodes.md)."
	});
	return {
		architecture,
		version,
		digest: image.manifest.descriptor.digest,
		created,
		...defined({ index: image.index?.digest })
	};
}
// src/operate/import-release/import-release.ts
/**
* Adds images that nodes run already to a fleet, as its oldest releases: by one commit on the state branch. They get no
* update entry, so no node is sent to them. Nodes on them find themselves, and get what is released next.
* @param options.references images of the production repository, by tag or digest, in any order
* @throws InputError if nodes could not use one of them, or if the fleet has a newer release
*/
async function importRelease({ config, client, state }, options) {
	const { order, references, rehearse } = options;
	const images = await readExistingImages(client, config, references);
	const wanted = releasesOf(config, order.fleet, images);
	const before = await state.readFleet(order.fleet);
	const newest = before.releases.releases.at(-1)?.version;
	await refuseOlder(client, before, {
		fleet: order.fleet,
		wanted
	});
	let imported = [];
	const change = (current) => {
		if (current.releases.releases.at(-1)?.version !== newest) throw new OutsideError(`importing into fleet ${order.fleet}`, "the fleet got another release meanwhile", "Run the same command again.");
		const fresh = wanted.filter(({ version, release }) => !isKnown(current, version, release));
		imported = fresh.map(({ version }) => version);
		if (fresh.length === 0) return current;
		const releases = fresh.reduce((index, { release }) => addRelease(index, release, order.now), current.releases);
		return {
			...current,
			releases
		};
	};
	const answer = (rest) => ({
		fleet: order.fleet,
		imported,
		known: wanted.map(({ version }) => version).filter((version) => !imported.includes(version)),
		notes: [],
		...rest
	});
	const notes = await untagged({
		config,
		client
	}, wanted);
	if (rehearse) {
		const files = await state.previewFleet(order.fleet, change);
		return {
			...answer({
				changed: files.length > 0,
				stateCommit: void 0,
				files
			}),
			notes
		};
	}
	const message = () => commitMessage(order, `import ${imported.join(", ")}`, void 0);
	const { changed, commit } = await state.changeFleet(order.fleet, message, change);
	return {
		...answer({
			changed,
			stateCommit: commit
		}),
		notes
	};
}
/** The images by version, oldest first. Each architecture may have been given as an image of its own. */
function releasesOf(config, fleet, images) {
	return [...groupBy(images, ({ version }) => version)].map(([version, all]) => {
		const own = withoutRepetition(version, all);
		return {
			version,
			images: own,
			release: releaseOf(config, fleet, version, own)
		};
	}).toSorted((one, other) => oldest(one.images) - oldest(other.images));
}
/** @throws InputError if two images for one architecture have the same version */
function withoutRepetition(version, images) {
	return [...groupBy(images, ({ architecture }) => architecture).values()].map((same) => {
		const [first, ...others] = same;
		const other = others.find(({ digest }) => digest !== first.digest);
		if (other === void 0) return same.find(({ index }) => index !== void 0) ?? first;
		throw new InputError({
			field: "--image",
			problem: `two images for ${first.architecture} have the version ${version}, and a version names one build`,
			found: `${first.digest} and ${other.digest}`,
			remedy: "Import the one that more nodes run, and rebase the others to a release of the fleet (docs/nodes.md)."
		});
	});
}
function releaseOf(config, fleet, version, images) {
	const { url } = config.publish;
	const index = images.find((image) => image.index !== void 0)?.index;
	return {
		"oci-images": images.map(({ architecture, digest }) => ({
			architecture,
			image: formatReference(atTag(config.image, config.stream)),
			"digest-ref": formatReference(atDigest(config.image, digest))
		})),
		...index === void 0 ? {} : { "oci-index": formatReference(atDigest(config.image, index)) },
		version,
		metadata: url === void 0 ? buildReleasePath(fleet, version) : buildReleaseUrl({
			url,
			fleet,
			version
		})
	};
}
/** The same images. start-rollout may have recorded them. @throws InputError for other images of this version */
function isKnown(state, version, release) {
	const known = state.releases.releases.find((each) => each.version === version);
	if (known === void 0) return false;
	const digests = (each) => (each["oci-images"] ?? []).map((image) => `${image.architecture} ${image["digest-ref"]}`);
	const own = digests(known);
	const other = digests(release).find((digest) => !own.includes(digest));
	if (other === void 0) return true;
	throw new InputError({
		field: "--image",
		problem: `release ${version} of this fleet has other images`,
		found: other,
		expected: own.join(", "),
		remedy: "A version names one build. Rebase nodes on this image to a release of the fleet (docs/nodes.md)."
	});
}
/** A position in the release index is an age, and releases are only added at its end. */
async function refuseOlder(client, state, { fleet, wanted }) {
	const added = wanted.filter(({ version, release }) => !isKnown(state, version, release));
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
			remedy: "Import what nodes run before the first release of the fleet. Rebase nodes on older images to a release of the fleet (docs/nodes.md)."
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
	for (const { version } of releases) {
		const tag = atTag(config.image, version);
		if (await client.resolve(tag) !== void 0) continue;
		notes.push(`${formatReference(tag)} does not exist: set it, because registries delete images without a tag`);
	}
	return notes;
}
function oldest(images) {
	return Math.min(...images.map(({ created }) => created));
}
/** The items by key, in the order in which the keys first occur. */
function groupBy(items, key) {
	const groups = /* @__PURE__ */ new Map();
	for (const item of items) groups.set(key(item), [...groups.get(key(item)) ?? [], item]);
	return groups;
}
export { importRelease as t };
