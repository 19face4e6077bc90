import { D as InputError, y as readFileIfThere } from "./host.mjs";
import { A as parseReference, C as atTag, D as isDigest, M as sameRepository, O as isTag, S as atDigest, T as formatReference, o as readArtifact } from "./world-registry.mjs";
import { C as parseReleaseIndex, D as nextHoldEnd, H as parseGraph, I as parseUpdateMetadata } from "./guidance.mjs";
import { a as readPublished, c as notPublished, i as refuseUnserved, l as publishFleetArtifact, n as findUnserved, o as nextChangeDue, r as namedImages, s as writeSite, t as renderSite, u as readFleetArtifact } from "./release-published.mjs";
import { d as settle, i as commitMessage, u as nextSettling } from "./release-operations.mjs";
import { join } from "node:path";
// src/loop/publish-updates/from-artifact.ts
/**
* Writes the files of a fleet's artifact to a folder, as publish-updates wrote them: for a web server that has a
* registry at hand and no checkout. Everything is read and looked at before the first file is written.
* @throws InputError for an artifact that publish-updates did not make, and for one that is older than the folder:
*   nodes on the releases that it lacks would be lost
*/
async function publishFromArtifact(client, reference, folder) {
	const where = formatReference(reference);
	const { manifest, layers } = await readArtifact(client, reference);
	if (manifest.json.artifactType !== "application/vnd.coxswain.updates.v1+json") throw notPublished(where, manifest.json.artifactType ?? "an image");
	const files = /* @__PURE__ */ new Map();
	for (const { descriptor, bytes } of layers) files.set(descriptor.annotations?.["org.opencontainers.image.title"] ?? "", new TextDecoder().decode(bytes));
	const fleet = [...files.keys()][0]?.split("/")[0] ?? "";
	for (const [path, text] of files) checkFile(path, text, {
		fleet,
		where
	});
	const releases = files.get(`${fleet}/releases.json`);
	if (releases === void 0 || !files.has(`${fleet}/updates.json`)) throw notPublished(where, `the files ${[...files.keys()].join(", ")}`);
	await refuseLoss(join(folder, fleet, "releases.json"), releases, where);
	return {
		fleet,
		...await writeSite(folder, files)
	};
}
/** What comes from a registry becomes a file here: one of this fleet, and of a kind that we know. */
function checkFile(path, text, about) {
	const { fleet, where } = about;
	const parts = path.split("/");
	if (!(parts.length > 1 && parts.every((part) => part !== "" && !/^\.|[\\\0]/.test(part))) || parts[0] !== fleet) throw notPublished(where, `a file ${JSON.stringify(path)}`);
	const file = `${where} ${path}`;
	const name = parts.slice(1).join("/");
	if (name === "releases.json") parseReleaseIndex(text, file);
	else if (name === "updates.json") parseUpdateMetadata(text, file);
	else if (/(^|\/)v1\/graph$/.test(name)) parseGraph(text, file);
	else if (!/^builds\/[^/]+\/release\.json$/.test(name)) throw notPublished(where, `a file ${path}`);
}
/** A release is never taken out, nor moved: an older artifact must not replace newer files. */
async function refuseLoss(file, text, where) {
	const there = await readFileIfThere(file);
	if (there === void 0) return;
	const before = parseReleaseIndex(there, file).releases.map(({ version }) => version);
	const after = parseReleaseIndex(text, where).releases.map(({ version }) => version);
	const lost = before.find((version, position) => after[position] !== version);
	if (lost === void 0) return;
	throw new InputError({
		where,
		problem: `the artifact is older than ${file}: nodes on release ${lost} would be lost`,
		remedy: "Run coxswain publish-updates in a checkout: it pushes the artifact anew."
	});
}
// src/loop/publish-updates/symbolic-tags.ts
/**
* Tags the barriers and dead-ends of a fleet: `<version>-<fleet>-barrier`, `<version>-<fleet>-deadend`. Only ever
* adds: a tag of a mark that was taken back stays, since registries do not let go of a tag without its image.
* @returns the tags that were set now
*/
async function tagLandmarks(parts, fleet) {
	const { config, client, log } = parts;
	const set = [];
	if (!config.symbolicTags) return set;
	for (const { version, metadata } of fleet.state.updates.releases) {
		const endings = [...metadata.barrier === void 0 ? [] : ["barrier"], ...metadata.deadend === void 0 ? [] : ["deadend"]];
		const release = fleet.state.releases.releases.find((each) => each.version === version);
		const digest = release === void 0 ? void 0 : imageIn(config, release);
		for (const ending of digest === void 0 ? [] : endings) {
			const tag = `${version}-${fleet.name}-${ending}`;
			if (!isTag(tag) || digest === void 0) continue;
			const now = (await client.resolve(atTag(config.image, tag)))?.digest;
			if (now === digest) continue;
			if (now !== void 0) {
				log.warn(`${formatReference(atTag(config.image, tag))} leads to ${now}, not to ${digest}: left as it is`);
				continue;
			}
			const manifest = await client.findManifest(atDigest(config.image, digest));
			if (manifest === void 0) continue;
			await client.putManifest(config.image, tag, manifest.bytes, manifest.descriptor.mediaType);
			set.push(tag);
		}
	}
	return set;
}
/** What the version's own tag leads to: the index, or the only image. */
function imageIn(config, release) {
	const images = (release["oci-images"] ?? []).map((image) => image["digest-ref"]);
	const text = release["oci-index"] || (images.length === 1 ? images[0] : void 0);
	if (text === void 0 || text === "") return void 0;
	const reference = parseReference(text);
	if (reference.kind !== "digest" || !sameRepository(reference.repository, config.image)) return void 0;
	return isDigest(reference.digest) ? reference.digest : void 0;
}
// src/loop/publish-updates/publish-updates.ts
/**
* Lets rollouts go on whose pause has ended, then publishes the state branch as it is: files in a folder, and an artifact for each fleet.
* @throws InputError, before anything is written, for a dirty state branch, for an image that production cannot
*   serve, and when a published release would be lost
*/
async function publishUpdates(project, options) {
	const { forge, config } = project;
	const written = /* @__PURE__ */ new Set();
	const artifacts = /* @__PURE__ */ new Map();
	const tagged = /* @__PURE__ */ new Set();
	const resumed = [];
	for (;;) {
		for (const fleet of chosenFleets(config, options)) {
			const what = await endPauses(project.state, fleet, options.now);
			if (what !== void 0) resumed.push({
				fleet,
				what
			});
		}
		const commit = await forge.branches.resolve(config.stateBranch);
		const moved = async () => await forge.branches.resolve(config.stateBranch) !== commit;
		let answer;
		try {
			answer = await publishOnce(project, options);
		} catch (error) {
			if (await moved()) continue;
			throw error;
		}
		for (const path of answer.written) written.add(path);
		for (const tag of answer.tagged) tagged.add(tag);
		for (const artifact of answer.artifacts) {
			const changed = artifact.changed || artifacts.get(artifact.fleet)?.changed === true;
			artifacts.set(artifact.fleet, {
				...artifact,
				changed
			});
		}
		if (await moved()) continue;
		return {
			written: [...written],
			unchanged: answer.unchanged.filter((path) => !written.has(path)),
			artifacts: [...artifacts.values()],
			tagged: [...tagged],
			resumed,
			nextChange: answer.nextChange
		};
	}
}
function chosenFleets(config, { fleets }) {
	return Object.keys(config.fleets).filter((name) => fleets.length === 0 || fleets.includes(name));
}
/** @returns what was resumed, undefined where nothing was */
async function endPauses(state, fleet, now) {
	let done = [];
	const change = (current) => {
		const settled = settle(current, now);
		done = settled.done;
		return settled.state;
	};
	const order = {
		fleet,
		by: "coxswain publish-updates",
		now
	};
	await state.changeFleet(fleet, () => commitMessage(order, done.join("; "), void 0), change);
	return done.length === 0 ? void 0 : done.join("; ");
}
async function publishOnce(project, options) {
	const { config, client, state } = project;
	const { folder, now } = options;
	const all = [];
	for (const name of Object.keys(config.fleets)) all.push({
		name,
		state: await state.readFleet(name)
	});
	const names = chosenFleets(config, options);
	const chosen = all.filter(({ name }) => names.includes(name));
	await checkImages(project, chosen, folder);
	const { architectures, rings, stream, publish } = config;
	const files = renderSite({
		fleets: all,
		architectures,
		rings,
		stream,
		now,
		url: publish.url
	});
	const filesOf = (name) => new Map([...files].filter(([path]) => path.startsWith(`${name}/`)));
	const others = all.filter((fleet) => !chosen.includes(fleet)).flatMap(({ name }) => [...filesOf(name).keys()]);
	const { written, unchanged } = await writeSite(folder, new Map([...files].filter(([path]) => !others.includes(path))));
	const artifacts = [];
	for (const { name } of config.publish.oci ? chosen : []) artifacts.push(await publishFleetArtifact(client, {
		config,
		fleet: name,
		files: filesOf(name)
	}));
	const tagged = [];
	for (const fleet of chosen) tagged.push(...await tagLandmarks(project, fleet));
	const due = [nextChangeDue(chosen, rings, now), ...chosen.flatMap((fleet) => [nextSettling(fleet.state), nextHoldEnd(fleet.state.operations, now)])].filter((moment) => moment !== void 0);
	return {
		written,
		unchanged,
		artifacts,
		tagged,
		nextChange: due.length === 0 ? void 0 : Math.min(...due)
	};
}
async function checkImages(project, fleets, folder) {
	const { config, client, log } = project;
	const images = namedImages(fleets, config.architectures);
	const published = await readPublished((path) => readFileIfThere(join(folder, path)), {
		fleets,
		architectures: config.architectures,
		images
	});
	const missing = await findUnserved(client, images, published);
	const known = missing.every((image) => image.target) ? /* @__PURE__ */ new Set() : await inArtifacts(project, fleets, images);
	const lost = (image) => !image.target && known.has(image.digestRef);
	refuseUnserved(missing.filter((image) => !lost(image)));
	for (const { fleet, version, digestRef } of missing.filter(lost)) log.warn(`${fleet}: the registry has lost ${digestRef} (release ${version}). No node is offered it; those that run it are still told what comes next.`);
}
async function inArtifacts({ config, client }, fleets, images) {
	if (!config.publish.oci) return /* @__PURE__ */ new Set();
	const found = /* @__PURE__ */ new Set();
	for (const fleet of fleets) {
		const files = await readFleetArtifact(client, config, fleet.name);
		const published = await readPublished(async (path) => files.get(path), {
			fleets: [fleet],
			architectures: config.architectures,
			images
		});
		for (const digestRef of published) found.add(digestRef);
	}
	return found;
}
export { publishFromArtifact as n, publishUpdates as t };
