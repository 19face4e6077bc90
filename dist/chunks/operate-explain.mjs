import { Ht as OutsideError, Lt as defined, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Ca as atDigest, Da as formatReference, F as downloadBetween, Ma as parseReference, Oa as formatRepository, Or as comparePackages, P as describeDownload, Sr as layerEntries, _r as readPackages, ka as isDigest, va as readImage, xa as parseJson } from "./shared.mjs";
import { createHash } from "node:crypto";
// src/operate/explain/compare-layers.ts
init_errors();
/** Streams two layers, and compares their files by all properties. */
async function compareLayers(client, one, other) {
	const [ours, theirs] = await Promise.all([readFiles(client, one), readFiles(client, other)]);
	const changed = [];
	for (const [path, facts] of ours) {
		const others = theirs.get(path);
		if (others === void 0) continue;
		const differs = [.../* @__PURE__ */ new Set([...Object.keys(facts), ...Object.keys(others)])].filter((name) => facts[name] !== others[name]);
		if (differs.length > 0) changed.push({
			path,
			differs,
			one: facts,
			other: others
		});
	}
	const onlyInOne = [...ours.keys()].filter((path) => !theirs.has(path));
	const onlyInOther = [...theirs.keys()].filter((path) => !ours.has(path));
	return {
		onlyInOne,
		onlyInOther,
		changed,
		reordered: changed.length + onlyInOne.length + onlyInOther.length === 0 && [...ours.keys()].join("\0") !== [...theirs.keys()].join("\0")
	};
}
async function readFiles(client, { repository, layer }) {
	const files = /* @__PURE__ */ new Map();
	const what = `${formatRepository(repository)}@${layer.digest}`;
	for await (const entry of layerEntries(await client.openBlob(repository, layer), what)) files.set(entry.path, await factsOf(entry));
	return files;
}
/** A difference in any of these changes the digest of the layer. */
async function factsOf({ header, content }) {
	const attributes = Object.entries(header.pax ?? {}).filter(([name]) => name.startsWith("SCHILY.xattr."));
	const isFile = header.type === "file";
	return {
		type: header.type ?? "file",
		mode: (header.mode ?? 0).toString(8),
		owner: `${header.uid ?? 0}:${header.gid ?? 0}`,
		names: `${header.uname ?? ""}:${header.gname ?? ""}`,
		mtime: header.mtime?.toISOString() ?? "",
		...defined({
			link: header.linkname === void 0 || header.linkname === "" ? void 0 : header.linkname,
			size: isFile ? String(header.size) : void 0,
			content: isFile ? await hashOf(content) : void 0
		}),
		...Object.fromEntries(attributes.map(([name, value]) => [name.slice(7), value]))
	};
}
async function hashOf(content) {
	const hash = createHash("sha256");
	for await (const chunk of content) hash.update(chunk);
	return `sha256:${hash.digest("hex")}`;
}
/** The differences of two images for one architecture, down to the files of their layers. */
async function compareImages(client, references, architecture) {
	const one = await readSide(client, references.one, architecture);
	const other = await readSide(client, references.other, architecture);
	const names = {
		one: formatReference(one.exact),
		other: formatReference(other.exact)
	};
	if (one.exact.digest === other.exact.digest) return {
		...names,
		same: true,
		settings: [],
		layers: []
	};
	const layers = [];
	const count = Math.max(layersOf(one).length, layersOf(other).length);
	for (let index = 0; index < count; index += 1) {
		const explained = await explainLayer(client, one, other, index);
		if (explained !== void 0) layers.push(explained);
	}
	const packages = await packagesOf(client, one, other);
	return {
		...names,
		same: false,
		settings: [...differences("config", withoutLayers(one.config), withoutLayers(other.config)), ...differences("manifest.annotations", annotationsOf(one), annotationsOf(other))],
		layers,
		...defined({ packages })
	};
}
async function readSide(client, reference, architecture) {
	const image = await readImage(client, reference, architecture);
	const exact = atDigest(reference.repository, image.manifest.descriptor.digest);
	const bytes = await client.getBlob(reference.repository, image.config.digest);
	return {
		exact,
		image,
		config: parseJson(bytes, formatReference(exact))
	};
}
function layersOf({ image }) {
	return image.manifest.json.layers;
}
function annotationsOf({ image }) {
	return image.manifest.json.annotations ?? {};
}
/** Layers are compared by their files, so differences of their digests are left out. */
function withoutLayers(config) {
	if (typeof config !== "object" || config === null) return config;
	return Object.fromEntries(Object.entries(config).filter(([key]) => key !== "rootfs"));
}
async function explainLayer(client, one, other, index) {
	const [ours, theirs] = [layersOf(one)[index], layersOf(other)[index]];
	if (ours?.digest === theirs?.digest) return void 0;
	const place = {
		position: index + 1,
		one: ours?.digest,
		other: theirs?.digest,
		madeBy: commandOf(one.config, index)
	};
	if (ours === void 0 || theirs === void 0) return {
		...place,
		onlyCompression: false
	};
	if (one.image.config.diffIds[index] === other.image.config.diffIds[index]) return {
		...place,
		onlyCompression: true
	};
	const files = await compareLayers(client, {
		repository: one.exact.repository,
		layer: ours
	}, {
		repository: other.exact.repository,
		layer: theirs
	});
	return {
		...place,
		onlyCompression: false,
		files
	};
}
/** The history has an entry for each step; those without a layer are marked (OCI image specification, config.md). */
function commandOf(config, index) {
	const history = typeof config === "object" && config !== null ? Reflect.get(config, "history") : [];
	if (!Array.isArray(history)) return void 0;
	const command = history.filter((step) => step?.empty_layer !== true)[index]?.created_by;
	return typeof command === "string" && command !== "" ? command : void 0;
}
async function packagesOf(client, one, other) {
	try {
		const before = await readPackages(client, one.exact);
		const after = before === void 0 ? void 0 : await readPackages(client, other.exact);
		return before === void 0 || after === void 0 ? void 0 : comparePackages(before, after);
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
function differences(path, one, other) {
	if (isTree(one) && isTree(other)) return [.../* @__PURE__ */ new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => differences(`${path}.${key}`, one[key], other[key]));
	return JSON.stringify(one) === JSON.stringify(other) ? [] : [{
		path,
		one,
		other
	}];
}
function isTree(value) {
	return typeof value === "object" && value !== null;
}
init_errors();
/** What a node on the one image downloads to update to the other. Only manifests and configs are read. */
async function explainSize(client, references, architecture) {
	const [one, other] = await Promise.all([readImage(client, references.one, architecture), readImage(client, references.other, architecture)]);
	const download = downloadBetween(one, other, await baseOf(client, other, architecture));
	const name = (reference, image) => formatReference(atDigest(reference.repository, image.manifest.descriptor.digest));
	return {
		one: name(references.one, one),
		other: name(references.other, other),
		versions: defined({
			one: versionOf(one),
			other: versionOf(other)
		}),
		download,
		summary: describeDownload(download, other)
	};
}
function versionOf({ config }) {
	return config.labels["org.opencontainers.image.version"];
}
/** The base that the image's annotations name; undefined if there is none, or it cannot be read here. */
async function baseOf(client, { manifest }, architecture) {
	const annotations = manifest.json.annotations ?? {};
	const name = annotations["org.opencontainers.image.base.name"];
	const digest = annotations["org.opencontainers.image.base.digest"];
	if (name === void 0 || digest === void 0 || !isDigest(digest)) return void 0;
	try {
		const { repository } = parseReference(name, { field: "org.opencontainers.image.base.name" });
		return await readImage(client, atDigest(repository, digest), architecture);
	} catch (error) {
		if (error instanceof InputError || error instanceof OutsideError) return void 0;
		throw error;
	}
}
export { compareImages as n, explainSize as t };
