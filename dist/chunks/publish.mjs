import { u as readFileIfThere, v as InputError } from "./host.mjs";
import { a as nextSettling, o as settle, r as commitMessage } from "./operations.mjs";
import { n as renderSite, o as graphPath, r as nextChangeDue, t as writeSite } from "./site.mjs";
import { E as parseReference, a as titleAnnotation, b as digestOf, f as isIndex, i as readArtifact, r as pushArtifact, x as formatReference, y as atTag } from "./registry.mjs";
import { C as parseGraph, d as aliasesOf, u as addAliases, x as buildGraph } from "./updates.mjs";
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
	const due = [nextChangeDue(chosen, rings, now), ...chosen.map((fleet) => nextSettling(fleet.state))].filter((moment) => moment !== void 0);
	return {
		written,
		unchanged,
		artifacts,
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
export { readFleetArtifact as n, publishUpdates as t };
