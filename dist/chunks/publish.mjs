import { D as InputError, y as readFileIfThere } from "./host.mjs";
import { A as parseReference, C as atTag, D as isDigest, M as sameRepository, O as isTag, S as atDigest, T as formatReference, _ as isIndex, d as readArtifact, f as titleAnnotation, u as pushArtifact, w as digestOf } from "./registry.mjs";
import { C as parseGraph, M as nextHoldEnd, d as aliasesOf, k as parseReleaseIndex, u as addAliases, x as buildGraph, z as parseUpdateMetadata } from "./updates.mjs";
import { i as notPublished, n as nextChangeDue, r as writeSite, s as graphPath, t as renderSite } from "./site.mjs";
import { a as commitMessage, d as nextSettling, f as settle } from "./operations.mjs";
import { join } from "node:path";
// src/publish/fleet-artifact.ts
/** One layer a file; its title is the file's path, as `oras pull` takes it. */
const updatesArtifactType = "application/vnd.coxswain.updates.v1+json";
/** Pushes a fleet's published files as one artifact, unless the registry has just these. */
async function publishFleetArtifact(client, options) {
	const { config, fleet, files } = options;
	const tag = atTag(config.image, artifactTag(fleet));
	const reference = formatReference(tag);
	const contents = [...files].map(([title, text]) => ({
		title,
		bytes: Buffer.from(text)
	}));
	const wanted = contents.map(({ title, bytes }) => `${title} ${digestOf(bytes)}`);
	const current = await client.findManifest(tag);
	const there = current === void 0 || isIndex(current.json) ? [] : current.json.layers.map((layer) => `${layer.annotations?.[titleAnnotation]} ${layer.digest}`);
	if (current !== void 0 && there.join("\n") === wanted.join("\n")) return {
		fleet,
		reference,
		digest: current.descriptor.digest,
		changed: false
	};
	const { digest } = await pushArtifact(client, {
		repository: config.image,
		artifactType: updatesArtifactType,
		layers: contents.map(({ title, bytes }) => ({
			mediaType: "application/json",
			bytes,
			annotations: { [titleAnnotation]: title }
		})),
		tag: tag.tag
	});
	return {
		fleet,
		reference,
		digest,
		changed: true
	};
}
/** The files of the artifact as it is in the registry: path → text; none where there is no artifact. */
async function readFleetArtifact(client, config, fleet) {
	const tag = atTag(config.image, artifactTag(fleet));
	if (await client.resolve(tag) === void 0) return /* @__PURE__ */ new Map();
	const { layers } = await readArtifact(client, tag);
	return new Map(layers.map(({ descriptor, bytes }) => [descriptor.annotations?.["org.opencontainers.image.title"] ?? "", new TextDecoder().decode(bytes)]));
}
function artifactTag(fleet) {
	return `updates-${fleet}`;
}
// src/publish/from-artifact.ts
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
// src/publish/published.ts
/**
* The graph that is published for a fleet and architecture now.
* What cannot be read as a graph is as good as nothing: no node can use it either.
*/
async function publishedGraph(read, fleet, basearch) {
	const path = graphPath({
		fleet,
		basearch
	});
	const text = await read(path);
	if (text === void 0) return void 0;
	try {
		return parseGraph(text, path);
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
/**
* Looks at what is published now.
* @returns digest references that the published graphs name
* @throws InputError when publishing would take a node out of a graph, or give it another place: nodes on that
*   release would be lost
*/
async function readPublished(read, options) {
	const { fleets, architectures, images } = options;
	const published = /* @__PURE__ */ new Set();
	for (const { name } of fleets) for (const architecture of architectures) {
		const graph = await publishedGraph(read, name, architecture);
		const next = images.filter((image) => image.fleet === name && image.architecture === architecture);
		for (const [position, node] of (graph?.nodes ?? []).entries()) {
			published.add(node.payload);
			if (next[position]?.version === node.version && next[position].digestRef === node.payload) continue;
			throw new InputError({
				where: graphPath({
					fleet: name,
					basearch: architecture
				}),
				field: `nodes[${position}]`,
				problem: "the published graph has a release that the state branch has not, or has elsewhere",
				found: `${node.version} ${node.payload}`,
				remedy: "A release is never removed or reordered. Put the state branch right (was it reset?), or publish to another folder."
			});
		}
	}
	return published;
}
// src/publish/served-images.ts
/** All images that the graphs of these fleets name, for every ring and at any time. */
function namedImages(fleets, architectures) {
	return fleets.flatMap(({ name, state }) => architectures.flatMap((architecture) => {
		const graph = addAliases(buildGraph(state.releases, state.updates, {
			basearch: architecture,
			scheme: "oci"
		}), aliasesOf(state.releases));
		const targets = new Set(graph.edges.map(([, to]) => to));
		return graph.nodes.map((node, position) => ({
			fleet: name,
			version: node.version,
			architecture,
			digestRef: node.payload,
			target: targets.has(position)
		}));
	}));
}
/** Requests at a time: quick, and no registry takes it for an attack. */
const parallel = 8;
/**
* Finds the images that production cannot serve, with one HEAD for each digest. Targets are always looked up;
* where a node only comes from, an image that is published already needs no second look.
* @param published digest references that published graphs name
*/
async function findUnserved(client, images, published) {
	const wanted = [...new Set(images.filter((image) => image.target || !published.has(image.digestRef)).map((image) => image.digestRef))];
	const missing = /* @__PURE__ */ new Set();
	const queue = wanted.values();
	const worker = async () => {
		for (const digestRef of queue) if (await client.resolve(parseReference(digestRef)) === void 0) missing.add(digestRef);
	};
	await Promise.all(Array.from({ length: parallel }, worker));
	return images.filter((image) => missing.has(image.digestRef));
}
/** @throws InputError that names every image */
function refuseUnserved(missing) {
	const [first] = missing;
	if (first === void 0) return;
	const list = missing.map(({ fleet, version, architecture, digestRef }) => `\n  ${fleet} ${version} (${architecture}): ${digestRef}`);
	throw new InputError({
		problem: `the registry cannot serve ${missing.length === 1 ? "an image" : `${missing.length} images`} that graphs would name, so nothing was published:${list.join("")}\n`,
		remedy: `Push it there again by its digest (coxswain promote-image --fleet ${first.fleet} does so while the test registry has it), then publish again.`
	});
}
// src/publish/symbolic-tags.ts
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
// src/publish/publish-updates.ts
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
	const missing = await findUnserved(client, images, await readPublished((path) => readFileIfThere(join(folder, path)), {
		fleets,
		architectures: config.architectures,
		images
	}));
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
export { publishFromArtifact as n, readFleetArtifact as r, publishUpdates as t };
