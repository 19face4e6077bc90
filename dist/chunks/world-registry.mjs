import { D as silentLog, M as beforeWriting, T as withoutTrailingSlashes, Y as findTool, Z as requireTools, ct as InputError, dt as init_errors, ft as messageOf, g as code, it as defined, lt as OutsideError, q as exec, s as inParallel, z as readFileIfThere } from "./host.mjs";
import { d as looseObject, f as number, g as string, l as int, m as record, o as custom, r as array, u as literal } from "./zod.mjs";
import { c as exchange, d as init_http_answer, f as redirectStatuses, l as init_http_exchange, s as ConnectionError } from "./world-http.mjs";
import { r as isLoopback } from "./world.mjs";
import { t as createTarDecoder } from "./modern-tar.mjs";
import { open, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { homedir } from "node:os";
import { Readable } from "node:stream";
import { createHash } from "node:crypto";
import { createGunzip } from "node:zlib";
// src/world/registry/architecture.ts
init_errors();
/** The architectures Fedora CoreOS is made for, by the names FCOS uses ("basearch"). */
const architectures = [
	"x86_64",
	"aarch64",
	"s390x",
	"ppc64le"
];
const goNames = {
	x86_64: "amd64",
	aarch64: "arm64",
	s390x: "s390x",
	ppc64le: "ppc64le"
};
/** The name that image configs and indexes use (GOARCH): `amd64` for `x86_64`. */
function goArchitecture(architecture) {
	return goNames[architecture];
}
/** The FCOS name of a GOARCH; undefined for one that FCOS is not made for. */
function architectureOfGo(name) {
	return architectures.find((architecture) => goNames[architecture] === name);
}
/** The architecture of the machine that this runs on; undefined for one that FCOS is not made for. */
function hostArchitecture() {
	return {
		x64: "x86_64",
		arm64: "aarch64",
		s390x: "s390x",
		ppc64: "ppc64le"
	}[process.arch];
}
// src/world/registry/reference.ts
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const longestRepository = 255;
const largestPort = 65535;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const registryPattern = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;
/** @throws InputError unless the text is `sha256:` and 64 lower-case hex digits */
function parseDigest(text, place = {}) {
	if (!isDigest(text)) throw new InputError({
		...place,
		problem: "not a digest",
		found: text,
		expected: "sha256: and 64 lower-case hex digits"
	});
	return text;
}
function isDigest(text) {
	return digestPattern.test(text);
}
/** True for a text that may be a tag (at most 128 letters, digits, `_`, `.` and `-`). */
function isTag(text) {
	return tagPattern.test(text);
}
/** The digest in a text such as `host/path@sha256:…`: what follows the `@`. Nothing is checked. */
function digestIn(reference) {
	return reference.slice(reference.indexOf("@") + 1);
}
/** `sha256:952c72d6ce3a`: enough to compare two digests by eye, and short enough for a table. */
function shortDigest(digest) {
	return digest.slice(0, 19);
}
/** The digest of some bytes; of the UTF-8 form of a text. */
function digestOf(bytes) {
	return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
/**
* Reads `quay.io/fedora/fedora-coreos`.
* @throws InputError; also for a text that has a tag or a digest
*/
function parseRepository(text, place = {}) {
	const { repository, tag, digest } = splitReference(text, place);
	const extra = digest === void 0 ? tag && `:${tag}` : `@${digest}`;
	if (extra !== void 0) throw new InputError({
		...place,
		problem: `a repository has no ${digest === void 0 ? "tag" : "digest"}`,
		found: text,
		expected: formatRepository(repository),
		remedy: `Leave out ${extra}.`
	});
	return repository;
}
/**
* Reads `host/path:tag`, `host/path@sha256:…` or `host/path:tag@sha256:…`. The host is required: a short name
* (`fedora-coreos:stable`) means another image on every machine.
* @throws InputError
*/
function parseReference(text, place = {}) {
	const { repository, tag, digest } = splitReference(text, place);
	if (digest !== void 0) return {
		kind: "digest",
		repository,
		digest,
		...defined({ tag })
	};
	if (tag !== void 0) return {
		kind: "tag",
		repository,
		tag
	};
	throw new InputError({
		...place,
		problem: "this image has neither a tag nor a digest",
		found: text,
		expected: `${formatRepository(repository)}:TAG or ${formatRepository(repository)}@sha256:…`
	});
}
function formatRepository(repository) {
	return `${repository.registry}/${repository.path}`;
}
function formatReference(reference) {
	const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
	const digest = reference.kind === "digest" ? `@${reference.digest}` : "";
	return `${formatRepository(reference.repository)}${tag}${digest}`;
}
function atDigest(repository, digest) {
	return {
		kind: "digest",
		repository,
		digest
	};
}
function atTag(repository, tag) {
	return {
		kind: "tag",
		repository,
		tag
	};
}
function sameRepository(one, other) {
	return one.registry === other.registry && one.path === other.path;
}
function splitReference(text, place) {
	const scheme = /^[a-z-]+:\/\//.exec(text)?.[0];
	if (scheme !== void 0) throw new InputError({
		...place,
		problem: "an image name has no scheme",
		found: text,
		expected: text.slice(scheme.length),
		remedy: `Leave out ${scheme}`
	});
	const at = text.indexOf("@");
	const named = at < 0 ? text : text.slice(0, at);
	const digest = at < 0 ? void 0 : parseDigest(text.slice(at + 1), place);
	const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
	const name = colon < 0 ? named : named.slice(0, colon);
	const tag = colon < 0 ? void 0 : named.slice(colon + 1);
	const repository = splitName(name, text, place);
	if (tag !== void 0 && !isTag(tag)) throw new InputError({
		...place,
		problem: "not a tag",
		found: tag,
		expected: "at most 128 letters, digits, \"_\", \".\" and \"-\", not starting with \".\" or \"-\""
	});
	return {
		repository,
		tag,
		digest
	};
}
function splitName(name, text, place) {
	if (name.length > longestRepository) throw new InputError({
		...place,
		problem: "this image name is too long",
		found: `${name.length} characters`,
		expected: `at most ${longestRepository} characters`
	});
	const slash = name.indexOf("/");
	const registry = slash < 0 ? "" : name.slice(0, slash);
	if (!/[.:]/.test(registry) && registry !== "localhost") throw new InputError({
		...place,
		problem: "this image name has no registry host",
		found: text,
		expected: `a full name, such as quay.io/${slash < 0 ? "example/" : ""}${name || "os"}`
	});
	if (!registryPattern.test(registry)) throw new InputError({
		...place,
		problem: "not a registry host",
		found: registry,
		expected: "host or host:port"
	});
	const port = Number(/:(\d+)$/.exec(registry)?.[1] ?? 443);
	if (port < 1 || port > largestPort) throw new InputError({
		...place,
		problem: "this is not a port",
		found: port,
		expected: `1 to ${largestPort}`
	});
	const path = name.slice(slash + 1);
	if (!pathPattern.test(path)) throw new InputError({
		...place,
		problem: "not a repository path",
		found: path,
		expected: "lower-case letters and digits, separated by single \".\", \"_\", \"-\" and \"/\"",
		...defined({ remedy: pathPattern.test(path.toLowerCase()) ? `Write ${path.toLowerCase()}` : void 0 })
	});
	const host = registry.toLowerCase();
	return {
		registry: host,
		path: host === "docker.io" && !path.includes("/") ? `library/${path}` : path
	};
}
init_errors();
const mediaTypes = {
	ociManifest: "application/vnd.oci.image.manifest.v1+json",
	ociIndex: "application/vnd.oci.image.index.v1+json",
	ociConfig: "application/vnd.oci.image.config.v1+json",
	ociEmpty: "application/vnd.oci.empty.v1+json",
	dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
	dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json"
};
/** Sent as Accept with every manifest request. A registry may convert or refuse types that are missing here. */
const manifestMediaTypes = [
	mediaTypes.ociManifest,
	mediaTypes.ociIndex,
	mediaTypes.dockerManifest,
	mediaTypes.dockerIndex
];
const indexMediaTypes = [mediaTypes.ociIndex, mediaTypes.dockerIndex];
const digestSchema = custom((value) => typeof value === "string" && isDigest(value), { message: "not a sha256 digest" });
const descriptorSchema = looseObject({
	mediaType: string(),
	digest: digestSchema,
	size: int().nonnegative(),
	annotations: record(string(), string()).optional(),
	artifactType: string().optional(),
	platform: looseObject({
		architecture: string(),
		os: string(),
		variant: string().optional()
	}).optional()
});
const manifestSchema = looseObject({
	schemaVersion: literal(2),
	mediaType: string().optional(),
	artifactType: string().optional(),
	config: descriptorSchema,
	layers: array(descriptorSchema),
	subject: descriptorSchema.optional(),
	annotations: record(string(), string()).optional()
});
const indexSchema = looseObject({
	schemaVersion: literal(2),
	mediaType: string().optional(),
	artifactType: string().optional(),
	manifests: array(descriptorSchema),
	subject: descriptorSchema.optional(),
	annotations: record(string(), string()).optional()
});
function isIndex(json) {
	return "manifests" in json;
}
/** The type of an artifact, as lists of referrers show it (distribution specification, "Listing Referrers"). */
function artifactTypeOf({ json }) {
	return json.artifactType ?? (isIndex(json) ? void 0 : json.config.mediaType);
}
/**
* Reads a manifest or an index.
* @param where the reference, for the error
* @param contentType media type in the registry's answer; used if the document names none
* @throws InputError when it is neither
*/
function parseManifest(bytes, where, contentType) {
	const value = parseJson(bytes, where);
	refuseBoth(value, where);
	const declared = mediaTypeIn(value) ?? (contentType === void 0 ? void 0 : bareType(contentType));
	const known = declared !== void 0 && manifestMediaTypes.includes(declared) ? declared : inferMediaType(value);
	if (known === void 0) throw new InputError({
		where,
		problem: "not an image manifest or index",
		...defined({ found: declared }),
		expected: "an OCI or Docker (schema 2) manifest or index"
	});
	const parsed = indexMediaTypes.includes(known) ? indexSchema.safeParse(value) : manifestSchema.safeParse(value);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw new InputError({
			where,
			field: issue?.path.join(".") ?? "",
			problem: `not a valid manifest: ${issue?.message ?? "wrong shape"}`
		});
	}
	return {
		descriptor: {
			mediaType: known,
			digest: digestOf(bytes),
			size: bytes.length
		},
		bytes,
		json: parsed.data
	};
}
/**
* A document that is a manifest and an index at once means different images to different readers (CVE-2021-41190).
* @throws InputError
*/
function refuseBoth(value, where) {
	if (typeof value !== "object" || value === null || !("manifests" in value)) return;
	const other = ["layers", "config"].find((field) => field in value);
	if (other === void 0) return;
	throw new InputError({
		where,
		field: other,
		problem: "this document is a manifest and an index at once: it has manifests as well"
	});
}
/** Reads JSON from bytes. @throws InputError */
function parseJson(bytes, where) {
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON"
		}, { cause: error });
	}
}
function mediaTypeIn(value) {
	return typeof value === "object" && value !== null && "mediaType" in value && typeof value.mediaType === "string" ? value.mediaType : void 0;
}
function inferMediaType(value) {
	if (typeof value !== "object" || value === null) return void 0;
	if ("manifests" in value) return mediaTypes.ociIndex;
	if ("config" in value && "layers" in value) return mediaTypes.ociManifest;
}
/** A Content-Type without its parameters, in lower case. */
function bareType(contentType) {
	return contentType.split(";")[0].trim().toLowerCase();
}
init_errors();
const configSchema = looseObject({
	architecture: string(),
	os: string(),
	created: string().nullish(),
	config: looseObject({ Labels: record(string(), string()).nullish() }).nullish(),
	rootfs: looseObject({ diff_ids: array(string()) })
});
/**
* Reads the image that a reference means for one architecture, through an index if there is one.
* @throws InputError when there is no such image, or none for the architecture
*/
async function readImage(client, reference, architecture) {
	const where = formatReference(reference);
	const top = await client.getManifest(reference);
	if (!isIndex(top.json)) return withConfig(client, reference, architecture, top, {});
	const wanted = goArchitecture(architecture);
	const entry = top.json.manifests.find(({ platform }) => platform?.architecture === wanted && platform.os === "linux");
	if (entry === void 0) throw new InputError({
		where,
		problem: `this image is not made for ${architecture}`,
		found: architecturesOf(top.json.manifests).join(", ")
	});
	return withConfig(client, reference, architecture, await client.getManifest(atDigest(reference.repository, entry.digest)), { index: top.descriptor });
}
/**
* The time by which rpm-ostree decides what is older (`--disallow-downgrade`): the manifest's annotation
* org.opencontainers.image.created, else the config's `created` (ostree-ext, container/store.rs). UNIX seconds with
* fractions; undefined if the image has neither, or it is not a time.
*/
function imageTimestamp(image) {
	const text = image.manifest.json.annotations?.["org.opencontainers.image.created"] ?? image.config.created;
	const milliseconds = text === void 0 ? NaN : Date.parse(text);
	return Number.isNaN(milliseconds) ? void 0 : milliseconds / 1e3;
}
async function withConfig(client, reference, architecture, manifest, index) {
	const where = formatReference(reference);
	const { json } = manifest;
	if (isIndex(json)) throw new InputError({
		where,
		problem: "an index inside an index"
	});
	const bytes = await client.getBlob(reference.repository, json.config.digest);
	const parsed = configSchema.safeParse(parseJson(bytes, `${where} (config)`));
	if (!parsed.success) throw new InputError({
		where,
		field: `config.${parsed.error.issues[0]?.path.join(".") ?? ""}`,
		problem: "not a bootable image: its config is not an image config",
		found: json.artifactType ?? json.config.mediaType
	});
	const { data } = parsed;
	if (data.architecture !== goArchitecture(architecture)) throw new InputError({
		where,
		problem: `this image is not made for ${architecture}`,
		found: architectureOfGo(data.architecture) ?? data.architecture
	});
	return {
		manifest: {
			...manifest,
			json
		},
		config: {
			architecture: data.architecture,
			os: data.os,
			labels: data.config?.Labels ?? {},
			diffIds: data.rootfs.diff_ids,
			digest: json.config.digest,
			...defined({ created: data.created ?? void 0 })
		},
		...index
	};
}
function architecturesOf(manifests) {
	return manifests.flatMap(({ platform }) => platform === void 0 || platform.os !== "linux" ? [] : [architectureOfGo(platform.architecture) ?? platform.architecture]);
}
// src/world/registry/copy.ts
/** How many mounts run at the same time: each is only a request and its answer. */
const parallelMounts = 16;
/** How many blobs are copied between registries at the same time. */
const parallelStreams = 8;
/**
* Copies an image or an index with all its images, byte for byte, and then tags it in the given order. Blobs come
* before the manifest that names them, so every manifest at the destination is complete, also after a crash.
*/
async function copyImage(client, options) {
	const { from, to, tags } = options;
	const report = {
		mounted: 0,
		copied: 0,
		present: 0,
		bytes: 0
	};
	const manifest = await client.getManifest(from);
	if (!sameRepository(from.repository, to)) {
		await copyContent(client, {
			manifest,
			from: from.repository,
			to
		}, report);
		await putBytes(client, to, manifest, manifest.descriptor.digest);
	}
	await setTags(client, {
		manifest,
		repository: to,
		tags
	});
	return report;
}
/** Sets tags in the given order on a manifest that the repository has. */
async function setTags(client, options) {
	for (const tag of options.tags) await putBytes(client, options.repository, options.manifest, tag);
}
/** Everything below a manifest: the images of an index, the config and layers of an image. */
async function copyContent(client, options, report, seen = /* @__PURE__ */ new Set()) {
	const { manifest, from, to } = options;
	const { json } = manifest;
	if (isIndex(json)) {
		for (const child of json.manifests) {
			if (seen.has(child.digest)) continue;
			seen.add(child.digest);
			const image = await client.getManifest(atDigest(from, child.digest));
			await copyContent(client, {
				manifest: image,
				from,
				to
			}, report, seen);
			await putBytes(client, to, image, image.descriptor.digest);
		}
		return;
	}
	const blobs = [json.config, ...json.layers].filter((blob) => {
		const first = !seen.has(blob.digest);
		seen.add(blob.digest);
		return first;
	});
	const parallel = from.registry === to.registry ? parallelMounts : parallelStreams;
	await inParallel(blobs, parallel, async (blob) => {
		const how = await copyBlob(client, blob, from, to);
		report[how] += 1;
		if (how === "copied") report.bytes += blob.size;
	});
}
async function copyBlob(client, blob, from, to) {
	if (from.registry === to.registry && await client.mountBlob(to, blob.digest, from)) return "mounted";
	const content = {
		descriptor: blob,
		open: (range) => client.openBlob(from, blob, range)
	};
	return client.ensureBlob(to, content);
}
function putBytes(client, to, manifest, name) {
	return client.putManifest(to, name, manifest.bytes, manifest.descriptor.mediaType);
}
// src/world/registry/referrer-list.ts
init_errors();
/** The tag that lists the referrers of a digest in a registry without the Referrers API. */
function fallbackTag(digest) {
	return digest.replace(":", "-");
}
const emptyReferrerList = {
	json: {
		schemaVersion: 2,
		mediaType: mediaTypes.ociIndex,
		manifests: []
	},
	entries: [],
	odd: []
};
/**
* Reads a list of referrers (OCI distribution specification, "Listing Referrers"). One odd entry does not make the
* list unreadable.
* @param where for the error
* @throws InputError when it is not an index at all
*/
function parseReferrerList(bytes, where) {
	const json = parseJson(bytes, where);
	if (!isList(json)) throw new InputError({
		where,
		problem: "this tag is reserved for the referrers of an image, and holds something else",
		remedy: "Move that content to another tag."
	});
	const entries = [];
	const odd = [];
	for (const value of json.manifests) {
		const parsed = descriptorSchema.safeParse(value);
		if (parsed.success && manifestMediaTypes.includes(parsed.data.mediaType)) entries.push(parsed.data);
		else odd.push(describeOdd(value, parsed.error?.issues[0]));
	}
	return {
		json,
		entries,
		odd
	};
}
function isList(value) {
	return typeof value === "object" && value !== null && "manifests" in value && Array.isArray(value.manifests) && (!("mediaType" in value) || value.mediaType === mediaTypes.ociIndex);
}
function describeOdd(value, issue) {
	const fields = typeof value === "object" && value !== null ? value : {};
	const text = (name) => {
		const field = fields[name];
		return typeof field === "string" ? field : void 0;
	};
	const digest = text("digest");
	const problem = issue !== void 0 ? `${issue.path.map(String).join(".") || "entry"}: ${issue.message}` : `${text("mediaType") ?? "no media type"} is not a manifest that we know`;
	return {
		digest: digest === void 0 ? "unnamed" : isDigest(digest) ? digest : digest.slice(0, 80),
		artifactType: text("artifactType"),
		problem
	};
}
// src/world/registry/fallback-tag.ts
init_errors();
const attempts = 10;
/**
* Adds an entry to the list under the fallback tag. Registries have no compare-and-swap for tags, so two writers that
* read the same list lose one entry. Each therefore reads again after the time that a rival's read and write may
* take, and adds what is missing: the writer whose entry was lost puts it back. Entries that we cannot read are kept.
*
* The list is replaced as a whole, so entries that an incomplete answer lacks would be lost. Before the first write it
* is read twice, and every entry of either answer stays.
*/
function addToFallbackTag(client, repository, subject, entry) {
	return inSequence(`${formatRepository(repository)}@${subject}`, () => addNow(client, repository, subject, entry));
}
async function addNow(client, repository, subject, entry) {
	const tag = fallbackTag(subject);
	const read = () => client.fallbackList(repository, subject);
	let wanted = [...((await read())?.json.manifests ?? []).filter((each) => digestOfEntry(each) !== entry.digest), entry];
	for (let attempt = 0; attempt < attempts; attempt++) {
		const started = performance.now();
		const { json } = await read() ?? emptyReferrerList;
		const there = json.manifests.map(digestOfEntry);
		const missing = wanted.filter((each) => !there.includes(digestOfEntry(each)));
		if (missing.length === 0) return;
		wanted = [...json.manifests, ...missing];
		const bytes = new TextEncoder().encode(JSON.stringify({
			...json,
			manifests: wanted
		}));
		await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
		const took = performance.now() - started;
		await setTimeout$1(Math.max(40, took * 2) * (1 + Math.random()));
	}
	throw new OutsideError(`adding ${entry.digest} to the list ${formatRepository(repository)}:${tag}`, "other writers kept replacing the list");
}
/** Whatever an entry has as its digest; the whole entry if it has none. */
function digestOfEntry(entry) {
	const digest = typeof entry === "object" && entry !== null && "digest" in entry ? entry.digest : void 0;
	return typeof digest === "string" ? digest : JSON.stringify(entry);
}
const queues = /* @__PURE__ */ new Map();
/** Writers inside this process run one after the other, so they do not race. */
async function inSequence(key, work) {
	const turn = (queues.get(key) ?? Promise.resolve()).then(work, work);
	const tail = turn.then(() => {}, () => {});
	queues.set(key, tail);
	try {
		await turn;
	} finally {
		if (queues.get(key) === tail) queues.delete(key);
	}
}
init_errors();
/** Annotation with the file name of an artifact's layer, as `oras pull` uses it (OCI image spec, annotations). */
const titleAnnotation = "org.opencontainers.image.title";
const emptyBytes = new TextEncoder().encode("{}");
const empty = {
	mediaType: mediaTypes.ociEmpty,
	digest: digestOf(emptyBytes),
	size: emptyBytes.length
};
/**
* Pushes an artifact as an OCI image manifest with an empty config (image specification 1.1, "Guidelines for Artifact
* Usage"). The same input makes the same digest, and pushing it again changes nothing.
*/
async function pushArtifact(client, options) {
	const { repository, artifactType, subject, layers, annotations, tag } = options;
	await client.uploadBlob(repository, emptyBytes);
	const pushed = [];
	const uploaded = /* @__PURE__ */ new Set();
	for (const layer of layers) {
		const digest = digestOf(layer.bytes);
		const size = layer.bytes.length;
		if (!uploaded.has(digest)) await client.uploadBlob(repository, layer.bytes);
		uploaded.add(digest);
		pushed.push({
			mediaType: layer.mediaType,
			digest,
			size,
			...defined({ annotations: layer.annotations && { ...layer.annotations } })
		});
	}
	const json = {
		schemaVersion: 2,
		mediaType: mediaTypes.ociManifest,
		artifactType,
		config: empty,
		layers: pushed.length === 0 ? [empty] : pushed,
		...defined({
			subject: subject && plain(subject),
			annotations: annotations && { ...annotations }
		})
	};
	const bytes = new TextEncoder().encode(JSON.stringify(json));
	const manifest = parseManifest(bytes, formatRepository(repository));
	await putListed(client, repository, manifest);
	if (tag !== void 0) await client.putManifest(repository, tag, bytes, mediaTypes.ociManifest);
	return listEntry(manifest);
}
/** Reads an artifact with all its layers, verified. For small ones: everything is held in memory. */
async function readArtifact(client, reference) {
	return readLayers(client, reference.repository, await client.getManifest(reference));
}
async function readLayers(client, repository, manifest) {
	if (isIndex(manifest.json)) throw new InputError({
		where: formatReference(atDigest(repository, manifest.descriptor.digest)),
		problem: "an index, not an artifact"
	});
	const layers = [];
	for (const descriptor of manifest.json.layers) layers.push({
		descriptor,
		bytes: await client.getBlob(repository, descriptor.digest)
	});
	return {
		manifest,
		layers
	};
}
/**
* Reads the manifest of a referrer that a list names.
* @returns undefined if it was deleted after it was listed
* @throws OutsideError when the registry lists it and does not have it: nothing may be believed then
*/
async function findReferrer(client, listed) {
	const { repository, subject, digest } = listed;
	const reference = atDigest(repository, digest);
	const manifest = await client.findManifest(reference) ?? await client.findManifest(reference);
	if (manifest !== void 0) return manifest;
	if (!(await client.referrers(repository, subject)).some((each) => each.digest === digest)) return void 0;
	if ((await client.fallbackList(repository, subject))?.entries.some((each) => each.digest === digest) === true) return void 0;
	throw new OutsideError(`reading ${formatReference(reference)}`, `${repository.registry} lists it as a referrer of ${shortDigest(subject)}, and does not have it`);
}
/** Reads a referrer that a list names with all its layers. @returns and @throws like findReferrer */
async function readReferrer(client, listed) {
	const manifest = await findReferrer(client, listed);
	return manifest === void 0 ? void 0 : readLayers(client, listed.repository, manifest);
}
/** The same for a manifest that was read. */
async function copyReferrer(client, options) {
	const report = {
		mounted: 0,
		copied: 0,
		present: 0,
		bytes: 0
	};
	await copyContent(client, options, report);
	await putListed(client, options.to, options.manifest);
	return report;
}
/**
* Puts a manifest that has a subject, and makes sure that the list of the subject's referrers has it. A registry may
* promise to keep that list (it answers OCI-Subject) and not keep it. So the list is read back, and if the entry is
* missing, it goes to the list under the fallback tag.
* @throws OutsideError when the registry accepted the manifest and does not have it
*/
async function putListed(client, repository, manifest) {
	const { bytes, descriptor, json } = manifest;
	const { listed } = await client.putReferrer(repository, bytes, descriptor.mediaType);
	const subject = json.subject?.digest;
	if (subject === void 0) return;
	if (listed) {
		if ((await client.referrers(repository, subject)).some(({ digest }) => digest === descriptor.digest)) return;
	}
	const reference = atDigest(repository, descriptor.digest);
	if (await client.resolve(reference) === void 0) throw new OutsideError(`pushing ${formatReference(reference)}`, "the registry accepted it, and does not have it");
	await addToFallbackTag(client, repository, subject, listEntry(manifest));
}
/** A manifest as a list of referrers shows it (distribution specification, "Listing Referrers"). */
function listEntry(manifest) {
	const { descriptor, json } = manifest;
	return {
		...descriptor,
		...defined({
			artifactType: artifactTypeOf(manifest),
			annotations: json.annotations
		})
	};
}
function plain({ mediaType, digest, size }) {
	return {
		mediaType,
		digest,
		size
	};
}
// src/world/registry/registry-failures.ts
init_errors();
init_http_exchange();
/** A failure that may not happen again a little later. */
var TransientError = class extends OutsideError {
	/** What the server asked for with Retry-After. */
	retryAfterSeconds;
	constructor(tried, happened, options = {}) {
		super(tried, happened, void 0, options);
		this.retryAfterSeconds = options.retryAfterSeconds;
	}
};
/** A server took a request and did not answer. It costs much time, so it is tried only once more. */
var NoAnswerError = class extends TransientError {};
/** The registry answered that it has no such thing. */
var NotFoundError = class extends InputError {
	constructor(what) {
		super({
			where: what,
			problem: "not found: the registry has no such image",
			remedy: "Check the name, and that it was pushed."
		});
	}
};
function unauthorised(options) {
	const { what, host, status, push, hadCredentials } = options;
	const verb = push ? "push to" : "pull from";
	return new InputError({
		where: what,
		problem: `unauthorised: ${host} answered ${status}${hadCredentials ? " to the credentials we have for it" : ", and no credentials for it were found"}`,
		remedy: hadCredentials ? `Check that this account may ${verb} the repository, and that the repository exists.` : `Log in first: podman login ${host} (or docker login). A repository that does not exist may give the same answer.`
	});
}
function notARegistry(host, seen) {
	return new InputError({
		where: host,
		problem: `not a registry: ${seen}`,
		remedy: "Check the host name and the port."
	});
}
const permanentCodes = {
	ENOTFOUND: "no such host",
	ERR_INVALID_URL: "not a valid address",
	ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
	DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed and not trusted here (NODE_EXTRA_CA_CERTS adds one)",
	SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted here (NODE_EXTRA_CA_CERTS adds an authority)",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted here (NODE_EXTRA_CA_CERTS adds an authority)",
	CERT_HAS_EXPIRED: "its certificate has expired"
};
const transientCodes = {
	ECONNREFUSED: "connection refused",
	ECONNRESET: "the connection broke",
	EPIPE: "the connection broke",
	ERR_STREAM_PREMATURE_CLOSE: "the connection broke",
	ETIMEDOUT: "no answer in time",
	EAI_AGAIN: "its name cannot be resolved"
};
/** Turns what an exchange threw into our error: the host is not reachable, or the connection broke. */
function connectionFailure(doing, host, error) {
	const chain = causes(error);
	for (const each of chain) if (each instanceof OutsideError || each instanceof InputError) return each;
	const codes = chain.map(codeOf);
	const proxy = chain.find((each) => each instanceof ConnectionError)?.proxy;
	const through = proxy === void 0 ? "" : ` through the proxy ${proxy}`;
	const permanent = codes.find((code) => code !== void 0 && code in permanentCodes);
	if (permanent !== void 0) return new OutsideError(doing, `${host} is not reachable${through}: ${permanentCodes[permanent]} (${permanent})`, void 0, { cause: error });
	const passing = codes.find((code) => code !== void 0 && code in transientCodes);
	const told = chain.find((each) => each instanceof ConnectionError)?.reason ?? messageOf(chain.at(-1));
	return new TransientError(doing, `${host} is not reachable${through}: ${passing === void 0 ? told : `${transientCodes[passing]} (${passing})`}`, { cause: error });
}
/** The error, what caused it, what caused that, and what an AggregateError holds. */
function causes(error) {
	const chain = [];
	const open = [error];
	while (open.length > 0 && chain.length < 20) {
		const next = open.shift();
		if (next === void 0 || chain.includes(next)) continue;
		chain.push(next);
		if (next instanceof AggregateError) open.push(...next.errors);
		if (next instanceof Error) open.push(next.cause);
	}
	return chain;
}
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
// src/world/registry/verified.ts
init_errors();
/** Passes a stream through. At its end it errors if the content does not match the descriptor. */
function verified(source, descriptor, what) {
	const hash = createHash("sha256");
	const reader = source.getReader();
	let size = 0;
	return new ReadableStream({
		pull: async (controller) => {
			try {
				const { done, value } = await reader.read();
				if (!done) {
					hash.update(value);
					size += value.length;
					if (size > descriptor.size) throw wrongSize(what, descriptor.size, `more than ${descriptor.size}`);
					controller.enqueue(value);
					return;
				}
				if (size !== descriptor.size) throw wrongSize(what, descriptor.size, `${size}`);
				const found = `sha256:${hash.digest("hex")}`;
				if (found !== descriptor.digest) throw wrongBytes(what, found);
				controller.close();
			} catch (error) {
				await reader.cancel().catch(() => {});
				controller.error(connectionFailure(`reading ${what}`, what.split("/")[0], error));
			}
		},
		cancel: (reason) => reader.cancel(reason)
	});
}
/** Cuts a range from a stream of the whole content. */
function part(source, range) {
	let position = 0;
	const end = range.offset + range.length;
	return source.pipeThrough(new TransformStream({ transform: (chunk, controller) => {
		const wanted = chunk.subarray(Math.max(range.offset - position, 0), Math.max(end - position, 0));
		position += chunk.length;
		if (wanted.length > 0) controller.enqueue(wanted);
		if (position >= end) controller.terminate();
	} }));
}
function wrongSize(what, expected, found) {
	return new TransientError(`reading ${what}`, `${expected} bytes were expected, and ${found} came`);
}
function wrongBytes(what, found) {
	return new OutsideError(`reading ${what}`, `the content does not match its digest: it is ${found}`, "None of it was used. The registry, or a proxy before it, damages or replaces content.");
}
// src/world/registry/layout.ts
init_errors();
/** The annotation that holds an image's name in a layout. */
const nameAnnotation = "org.opencontainers.image.ref.name";
/**
* A name of an image in a layout; its text is what buildah and skopeo call it: `oci:/folder:tag`.
* @throws InputError for a folder whose name buildah or skopeo would misread
*/
function inLayout(folder, tag) {
	const path = resolve(folder);
	if (path.includes(":")) throw new InputError({
		problem: "the path of a folder for images may not contain a colon",
		found: path
	});
	return atTag({
		registry: "oci:",
		path: path.slice(1)
	}, tag);
}
/** Digest of the image with that name in a layout; undefined if there is none. */
async function resolveInLayout(reference) {
	const folder = folderOf(reference.repository);
	const text = await readFileIfThere(join(folder, "index.json"));
	if (text === void 0) return void 0;
	const { json } = parseManifest(Buffer.from(text), join(folder, "index.json"), mediaTypes.ociIndex);
	if (!isIndex(json)) return void 0;
	return json.manifests.find(({ annotations }) => annotations?.[nameAnnotation] === reference.tag)?.digest;
}
/** Reads the images of a layout as `readImage` wants them; every byte is checked against its digest. */
const layoutReader = {
	getManifest: async (reference) => {
		const where = formatReference(reference);
		const digest = reference.kind === "digest" ? reference.digest : await resolveInLayout(reference);
		if (digest === void 0) throw new InputError({
			where,
			problem: "this folder does not have this image",
			remedy: "Run coxswain build-image --local first, on the same commit."
		});
		return parseManifest(await readBlob(folderOf(reference.repository), digest), where);
	},
	getBlob: (repository, digest) => readBlob(folderOf(repository), digest)
};
/** Opens a blob of a layout; the stream errors at its end if digest or size are wrong. A range is not checked. */
async function openInLayout(repository, descriptor, range) {
	const file = join(folderOf(repository), "blobs", descriptor.digest.replace(":", "/"));
	const handle = await open(file);
	const part = range === void 0 ? {} : {
		start: range.offset,
		end: range.offset + range.length - 1
	};
	const stream = Readable.toWeb(handle.createReadStream(part));
	return range === void 0 ? verified(stream, descriptor, file) : stream;
}
function folderOf({ path }) {
	return `/${path}`;
}
async function readBlob(folder, digest) {
	const file = join(folder, "blobs", digest.replace(":", "/"));
	const bytes = await readFile(file);
	if (digestOf(bytes) === digest) return bytes;
	throw new InputError({
		where: file,
		problem: "the file does not match its name",
		found: digestOf(bytes)
	});
}
// src/world/registry/resumed.ts
init_http_answer();
/** A connection that breaks again before this many bytes came is not worth another one. */
const worthwhile = 1048576;
/**
* A content that goes on where its connection broke: a layer can have gigabytes, and one broken connection would end
* a boot test after minutes. The caller compares the whole content with its digest.
* @param size bytes of the whole content
* @param open gives all of it, or the rest
*/
async function resumed(size, open) {
	let reader = (await open()).getReader();
	let position = 0;
	let sinceBreak = worthwhile;
	return new ReadableStream({
		pull: async (controller) => {
			for (;;) try {
				const { done, value } = await reader.read();
				if (done) return controller.close();
				position += value.length;
				sinceBreak += value.length;
				return controller.enqueue(value);
			} catch (error) {
				if (!(error instanceof TransientError) || sinceBreak < worthwhile || position >= size) throw error;
				sinceBreak = 0;
				reader = (await open({
					offset: position,
					length: size - position
				})).getReader();
			}
		},
		cancel: (reason) => reader.cancel(reason)
	});
}
/** Bytes per second of the slowest connection that we wait for. */
const slowestBytes = 65536;
/** How many seconds this many bytes may take. */
function secondsFor(bytes, answerSeconds) {
	return answerSeconds + bytes / slowestBytes;
}
/**
* The pieces of a body, as fast as its reader takes them. Only the time that we wait for the server counts.
* @throws TransientError when the server is too slow, or the connection breaks
*/
async function* piecesOf(source, watch) {
	const { doing, host, answerSeconds, count } = watch;
	const pieces = source[Symbol.asyncIterator]();
	let received = 0;
	let waited = 0;
	async function next() {
		const started = performance.now();
		const left = secondsFor(received, answerSeconds) * 1e3 - waited;
		let timer;
		const late = new Promise((_, reject) => {
			timer = setTimeout(() => {
				const seconds = Math.round((waited + left) / 1e3);
				reject(new TransientError(doing, `${host} sent only ${received} bytes in ${seconds} s`));
			}, left);
		});
		try {
			return await Promise.race([pieces.next(), late]);
		} finally {
			clearTimeout(timer);
			waited += performance.now() - started;
		}
	}
	let ended = false;
	try {
		for (;;) {
			const { done, value } = await next();
			ended = done === true;
			if (done === true) return;
			received += value.length;
			count?.(value.length);
			yield value;
		}
	} catch (error) {
		throw connectionFailure(doing, host, error);
	} finally {
		if (!ended) source.on("error", () => {}).destroy();
	}
}
/** The same as a stream; cancelling it closes the connection. */
function watched(source, watch) {
	const pieces = piecesOf(source, watch);
	return new ReadableStream({
		pull: async (controller) => {
			try {
				const { done, value } = await pieces.next();
				if (done === true) controller.close();
				else controller.enqueue(value);
			} catch (error) {
				controller.error(error);
			}
		},
		cancel: async () => {
			source.on("error", () => {}).destroy();
			await pieces.return(void 0);
		}
	});
}
// src/world/registry/answers.ts
init_errors();
/** Limit for a body that only explains an error. */
const maximumErrorBytes = 65536;
/** Statuses of failures that may be over a little later. */
const transientStatuses = [
	408,
	429,
	500,
	502,
	503,
	504
];
/**
* The address of a redirect or an upload session.
* @throws OutsideError if that would leave https for plain http (except to this machine's own addresses)
*/
function secureLocation(location, from, doing) {
	if (!URL.canParse(location, from.href)) throw new OutsideError(doing, `${from.host} sent an unreadable Location`);
	const next = new URL(location, from);
	const plain = next.protocol === "http:" && from.protocol === "http:" && isLoopback(next);
	if (next.protocol !== "https:" && !plain) throw new OutsideError(doing, `${from.host} redirected to ${next.protocol}//${next.host}, which is not encrypted`);
	next.username = "";
	next.password = "";
	return next;
}
function isHtml(response) {
	return bareType(response.headers.get("content-type") ?? "") === "text/html";
}
/**
* Reads a body up to a limit.
* @param answerSeconds how long to wait, besides the time that its size takes
* @param doing for the error about a broken or too large body; without it, the body only explains another error and is cut
*/
async function readWhole(response, from, limit, doing, answerSeconds = 25) {
	const body = piecesOf(response.body, {
		doing: doing ?? "reading an error",
		host: from.host,
		answerSeconds
	});
	const chunks = [];
	let size = 0;
	try {
		for await (const chunk of body) {
			chunks.push(chunk);
			size += chunk.length;
			if (size > limit) break;
		}
	} catch (error) {
		if (doing !== void 0) throw connectionFailure(doing, from.host, error);
	}
	if (size > limit && doing !== void 0) throw new OutsideError(doing, `${from.host} sent more than ${limit} bytes`);
	return Buffer.concat(chunks);
}
function retryAfter(response) {
	const text = response.headers.get("retry-after");
	if (text === null) return {};
	const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1e3;
	return Number.isFinite(seconds) ? { retryAfterSeconds: Math.max(0, seconds) } : {};
}
/** The error list of the distribution specification, as one short line. */
function describeErrors(body) {
	try {
		const value = JSON.parse(new TextDecoder().decode(body));
		if (typeof value !== "object" || value === null || !("errors" in value) || !Array.isArray(value.errors)) return "";
		return value.errors.map((error) => typeof error === "object" && error !== null ? error : {}).map((error) => ["code", "message"].map((key) => Reflect.get(error, key)).filter((part) => typeof part === "string").join(" ")).join("; ").slice(0, 300);
	} catch {
		return "";
	}
}
// src/world/registry/upload-session.ts
init_errors();
/** Opens an upload session (specification, "POST then PUT"). */
function openSession(transport, repository, doing) {
	return transport.send({
		method: "POST",
		repository,
		push: true,
		url: transport.url(repository, "blobs/uploads/"),
		doing,
		once: true,
		answers: [202]
	});
}
/** Ends a session with the rest of the content, or all of it. */
async function finishUpload(transport, repository, digest, session, body) {
	const doing = `uploading ${digest} to ${formatRepository(repository)}`;
	const url = new URL(session);
	url.search += `${url.search === "" ? "?" : "&"}digest=${encodeURIComponent(digest)}`;
	const stored = (await transport.send({
		method: "PUT",
		repository,
		push: true,
		url,
		doing,
		headers: { "content-type": "application/octet-stream" },
		body,
		once: true,
		answers: [201]
	})).headers.get("docker-content-digest");
	if (stored !== null && stored !== digest) throw new OutsideError(doing, `the registry stored ${stored}`);
}
/** Absolute or relative, with or without a query (specification, "Pushing a blob monolithically"). */
function uploadLocation(answer, doing) {
	const location = answer.headers.get("location");
	if (location === null) throw new OutsideError(doing, "the registry opened an upload without a Location");
	return secureLocation(location, answer.url, doing);
}
/** Closes an upload session that nothing will be sent to. */
async function cancelUpload(transport, repository, session, doing) {
	if (!session.headers.has("location")) return;
	await transport.send({
		method: "DELETE",
		repository,
		push: true,
		url: uploadLocation(session, doing),
		doing,
		answers: [
			200,
			202,
			204,
			400,
			404,
			405
		],
		mayLack: true
	});
}
// src/world/registry/chunked-upload.ts
init_errors();
/** Large enough to make few requests, small enough to hold six of them in memory. */
const chunkBytes = 16777216;
/**
* Uploads a blob in chunks (specification, "Pushing a blob in chunks"): a broken connection costs one chunk. Then
* we ask the registry how far it got.
* @throws LostSession if the registry lost what was sent: the caller starts again
*/
async function uploadInChunks(transport, repository, digest, content) {
	const doing = `uploading ${digest} to ${formatRepository(repository)} in chunks`;
	const opened = await openSession(transport, repository, doing);
	const least = Number(opened.headers.get("oci-chunk-min-length") ?? 0);
	const size = Math.max(chunkBytes, Number.isSafeInteger(least) ? least : 0);
	let session = {
		url: uploadLocation(opened, doing),
		stored: 0
	};
	while (session.stored < content.size) session = await sendChunk(transport, {
		repository,
		session,
		content,
		size,
		doing
	});
	await finishUpload(transport, repository, digest, session.url, /* @__PURE__ */ new Uint8Array());
}
/** Sends the next chunk, with retries. */
async function sendChunk(transport, chunk) {
	let { session } = chunk;
	let broke = false;
	return transport.retrying(async () => {
		if (broke) session = await askSession(transport, chunk, session);
		broke = true;
		const { content, doing, repository } = chunk;
		const start = session.stored;
		if (start >= content.size) return session;
		const bytes = await readRange(content, start, Math.min(chunk.size, content.size - start), doing);
		const answer = await transport.send({
			method: "PATCH",
			repository,
			push: true,
			url: session.url,
			doing,
			headers: {
				"content-type": "application/octet-stream",
				"content-range": `${start}-${start + bytes.length - 1}`
			},
			body: bytes,
			once: true,
			answers: [202]
		});
		return {
			url: uploadLocation(answer, doing),
			stored: storedIn(answer) ?? start + bytes.length
		};
	});
}
/** How far a session got (specification, "Resuming an upload"). */
async function askSession(transport, chunk, session) {
	const { repository, doing } = chunk;
	const answer = await transport.send({
		method: "GET",
		repository,
		push: true,
		url: session.url,
		doing: `asking how far ${doing} got`,
		once: true,
		answers: [
			204,
			400,
			404,
			416
		],
		mayLack: true
	});
	const stored = storedIn(answer) ?? 0;
	if (answer.status !== 204 || stored < session.stored) throw new LostSession(doing);
	return {
		url: answer.headers.has("location") ? uploadLocation(answer, doing) : session.url,
		stored
	};
}
/** This request is not retried alone: the session no longer exists, and what was sent is lost. */
var LostSession = class extends OutsideError {
	constructor(doing) {
		super(doing, "the registry no longer knows the upload");
	}
};
/** `Range: 0-1023`, or `bytes=0-1023`: the last byte that arrived. A fresh session says `0-0`. */
function storedIn(answer) {
	const last = /(?:^|=)0-(\d+)$/.exec(answer.headers.get("range")?.trim() ?? "")?.[1];
	return last === void 0 ? void 0 : Number(last) === 0 ? 0 : Number(last) + 1;
}
async function readRange(content, offset, length, doing) {
	const chunks = [];
	let size = 0;
	for await (const chunk of await content.open({
		offset,
		length
	})) {
		chunks.push(chunk);
		size += chunk.length;
	}
	if (size !== length) throw new TransientError(doing, `${length} bytes were expected, and ${size} came`);
	return Buffer.concat(chunks);
}
// src/world/registry/upload.ts
init_errors();
/**
* Uploads a blob in one request, which every registry accepts. If that breaks off and the blob is large, it continues
* in chunks; a registry that refuses chunks gets the whole blob again.
* @param opened a session for the first attempt
*/
async function upload(transport, repository, digest, body, opened) {
	const doing = `uploading ${digest} to ${formatRepository(repository)}`;
	const large = body instanceof Uint8Array || body.size <= 16777216 ? void 0 : body;
	let unused = opened;
	let inChunks = false;
	let chunksRefused = false;
	await transport.retrying(async () => {
		if (inChunks && large !== void 0 && !chunksRefused) try {
			return await uploadInChunks(transport, repository, digest, large);
		} catch (error) {
			if (error instanceof TransientError || !(error instanceof OutsideError)) throw error;
			chunksRefused = !(error instanceof LostSession);
			throw new TransientError(doing, error.message, { cause: error });
		}
		inChunks = true;
		const session = unused ?? await openSession(transport, repository, doing);
		unused = void 0;
		return finishUpload(transport, repository, digest, uploadLocation(session, doing), body);
	});
}
// src/world/registry/blobs.ts
const octets = "application/octet-stream";
/** The part of a client that is about blobs. */
function createBlobs(transport) {
	async function hasBlob(repository, digest) {
		return (await transport.send({
			method: "HEAD",
			repository,
			push: false,
			url: transport.url(repository, `blobs/${digest}`),
			doing: `looking for ${formatRepository(repository)}@${digest}`,
			answers: [200, 404]
		})).status === 200;
	}
	async function getBlob(repository, digest) {
		const what = `${formatRepository(repository)}@${digest}`;
		const answer = await transport.send({
			...blobRequest(transport, repository, digest),
			method: "GET"
		});
		const found = digestOf(answer.body);
		if (found !== digest) throw wrongBytes(what, found);
		return answer.body;
	}
	async function openBlob(repository, descriptor, range) {
		const what = `${formatRepository(repository)}@${descriptor.digest}`;
		const request = {
			...blobRequest(transport, repository, descriptor.digest),
			method: "GET"
		};
		const openPart = async (wanted) => {
			const { offset, length } = wanted;
			const answer = await transport.stream({
				...request,
				headers: { range: `bytes=${offset}-${offset + length - 1}` },
				answers: [200, 206]
			});
			return answer.status === 206 ? answer.body : part(answer.body, wanted);
		};
		if (range !== void 0) return openPart(range);
		return verified(await resumed(descriptor.size, async (rest) => rest === void 0 ? (await transport.stream(request)).body : openPart(rest)), descriptor, what);
	}
	async function uploadBlob(repository, content, known = {}) {
		const descriptor = content instanceof Uint8Array ? {
			mediaType: octets,
			digest: digestOf(content),
			size: content.length
		} : content.descriptor;
		if (!known.absent && await hasBlob(repository, descriptor.digest)) return descriptor;
		const body = content instanceof Uint8Array ? content : {
			size: descriptor.size,
			open: (range) => content.open(range)
		};
		await upload(transport, repository, descriptor.digest, body);
		return descriptor;
	}
	async function ensureBlob(repository, content) {
		const { digest, size } = content.descriptor;
		const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(repository.path)}`;
		const answer = await transport.send({
			method: "POST",
			repository,
			push: true,
			url: transport.url(repository, `blobs/uploads/?${query}`),
			doing: `looking for ${digest} in ${formatRepository(repository)}`,
			answers: [
				201,
				202,
				400,
				403,
				404,
				405
			],
			mayLack: true
		});
		if (answer.status === 201) return "present";
		const session = answer.status === 202 ? answer : void 0;
		if (session === void 0 && await hasBlob(repository, digest)) return "present";
		await upload(transport, repository, digest, {
			size,
			open: (range) => content.open(range)
		}, session);
		return "copied";
	}
	async function mountBlob(repository, digest, from) {
		if (repository.registry !== from.registry) return false;
		if (sameRepository(repository, from)) return hasBlob(repository, digest);
		const doing = `mounting ${digest} of ${formatRepository(from)} in ${formatRepository(repository)}`;
		const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from.path)}`;
		const answer = await transport.send({
			method: "POST",
			repository,
			push: true,
			alsoPull: from,
			url: transport.url(repository, `blobs/uploads/?${query}`),
			doing,
			answers: [
				201,
				202,
				400,
				401,
				403,
				404,
				405
			],
			mayLack: true
		});
		if (answer.status === 201) return true;
		if (answer.status !== 202) return false;
		await cancelUpload(transport, repository, answer, doing);
		return false;
	}
	return {
		hasBlob,
		getBlob,
		openBlob,
		uploadBlob,
		ensureBlob,
		mountBlob
	};
}
function blobRequest(transport, repository, digest) {
	const what = `${formatRepository(repository)}@${digest}`;
	return {
		repository,
		push: false,
		url: transport.url(repository, `blobs/${digest}`),
		doing: `reading ${what}`,
		what,
		answers: [200]
	};
}
// src/world/registry/credentials.ts
init_errors();
const entrySchema = looseObject({
	auth: string().optional(),
	username: string().optional(),
	password: string().optional(),
	identitytoken: string().optional()
});
const fileSchema = looseObject({
	auths: record(string(), entrySchema).optional(),
	credHelpers: record(string(), string()).optional(),
	credsStore: string().optional()
});
/** A helper may unlock a keyring; a verb must not wait for ever. */
const defaultHelperSeconds = 30;
const helperAnswerSchema = looseObject({
	Username: string(),
	Secret: string()
});
/**
* Credentials as podman, skopeo and docker keep them (containers-auth.json(5), docker's config.json): the first file
* that knows the repository wins. If $REGISTRY_AUTH_FILE is set, only that file is read.
*/
function credentialsFromFiles(env = process.env, helperSeconds = defaultHelperSeconds) {
	return async (repository) => {
		for (const path of authFiles(env)) {
			const found = await fromFile(path, repository, env, helperSeconds);
			if (found !== void 0) return found;
		}
	};
}
/**
* The files that are read; the first with an entry for the repository wins. In buildah's user namespace our user id
* is 0, so a variable has the real one.
*/
function authFiles(env) {
	if (set(env.REGISTRY_AUTH_FILE)) return [env.REGISTRY_AUTH_FILE];
	const home = set(env.HOME) ? env.HOME : homedir();
	const runtime = set(env.XDG_RUNTIME_DIR) ? env.XDG_RUNTIME_DIR : `/run/containers/${env._CONTAINERS_ROOTLESS_UID ?? process.getuid?.() ?? 0}`;
	return [
		set(env.XDG_RUNTIME_DIR) ? join(runtime, "containers/auth.json") : join(runtime, "auth.json"),
		join(set(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(home, ".config"), "containers/auth.json"),
		join(set(env.DOCKER_CONFIG) ? env.DOCKER_CONFIG : join(home, ".docker"), "config.json")
	];
}
/**
* Reads one of these files.
* @returns undefined if there is none. A user without a session has none in `/run/containers`, which belongs to root if
* root used it first.
*/
async function readAuthFile(path) {
	try {
		return await readFileIfThere(path);
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "EACCES" && path.startsWith("/run/containers/")) return void 0;
		throw error;
	}
}
function set(value) {
	return value !== void 0 && value !== "";
}
async function fromFile(path, repository, env, helperSeconds) {
	const text = await readAuthFile(path);
	if (text === void 0) {
		if (path !== env.REGISTRY_AUTH_FILE) return void 0;
		throw new InputError({
			field: "REGISTRY_AUTH_FILE",
			problem: "this file does not exist",
			found: path,
			remedy: `Log in (podman login ${repository.registry}) or unset the variable.`
		});
	}
	const file = parseAuthFile(text, path);
	const host = repository.registry;
	const helper = Object.entries(file.credHelpers ?? {}).find(([key]) => canonicalHost(key) === host)?.[1];
	if (helper !== void 0) return askHelper({
		helper,
		server: serverName(host),
		path,
		env,
		helperSeconds
	});
	const entry = bestEntry(file.auths ?? {}, repository);
	const credentials = entry === void 0 ? void 0 : readEntry(entry.value, path, entry.key);
	if (credentials !== void 0) return credentials;
	if (!set(file.credsStore)) return void 0;
	return askHelper({
		helper: file.credsStore,
		server: serverName(host),
		path,
		env,
		helperSeconds
	});
}
function parseAuthFile(text, path) {
	let value;
	try {
		value = text.trim() === "" ? {} : JSON.parse(text);
	} catch {
		throw new InputError({
			where: path,
			problem: "this file of registry credentials is not JSON"
		});
	}
	const parsed = fileSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	throw new InputError({
		where: path,
		field: parsed.error.issues[0]?.path.join(".") ?? "",
		problem: "this file of registry credentials has an unexpected shape"
	});
}
/**
* The entry whose key names the repository most closely: `host/team/os` before `host/team` before `host`. Whole
* segments only: credentials of `host/team` are not for `host/team-b`, nor those of `quay.io` for `quay.io.evil.example`.
*/
function bestEntry(entries, repository) {
	const wanted = [repository.registry, ...repository.path.split("/")];
	let best;
	for (const [key, value] of Object.entries(entries)) {
		const segments = keySegments(key);
		if (segments.length <= wanted.length && segments.every((segment, at) => segment === wanted[at]) && segments.length > (best?.length ?? 0)) best = {
			key,
			value,
			length: segments.length
		};
	}
	return best;
}
function keySegments(key) {
	const bare = withoutTrailingSlashes(key.replace(/^https?:\/\//, ""));
	const [host = "", ...path] = bare.split("/");
	const isUrl = bare.length !== withoutTrailingSlashes(key).length || /^v[12]$/.test(path.join("/"));
	return [canonicalHost(host), ...isUrl ? [] : path];
}
function canonicalHost(key) {
	const host = key.replace(/^https?:\/\//, "").split("/")[0].toLowerCase();
	return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host;
}
/** The name under which docker stores Docker Hub in credential helpers. */
function serverName(host) {
	return host === "docker.io" ? "https://index.docker.io/v1/" : host;
}
function readEntry(entry, path, key) {
	if (set(entry.identitytoken)) return {
		kind: "identity",
		token: entry.identitytoken
	};
	if (set(entry.username) && set(entry.password)) return {
		kind: "password",
		username: entry.username,
		password: entry.password
	};
	if (!set(entry.auth)) return void 0;
	const decoded = Buffer.from(entry.auth, "base64").toString("utf8");
	const colon = decoded.indexOf(":");
	if (colon <= 0) throw new InputError({
		where: path,
		field: `auths.${key}.auth`,
		problem: "not a name and password in base64",
		remedy: `Log in again: podman login ${key}`
	});
	const password = decoded.slice(colon + 1).replace(/\0+$/, "");
	return {
		kind: "password",
		username: decoded.slice(0, colon),
		password
	};
}
async function askHelper(options) {
	const { helper, server, path } = options;
	const program = `docker-credential-${helper}`;
	if (!/^[A-Za-z0-9._-]+$/.test(helper) || findTool(program) === void 0) throw new InputError({
		where: path,
		problem: `the credential helper ${JSON.stringify(program)} is not installed`,
		remedy: `It keeps the credentials of ${server}: install it, or remove it from that file.`
	});
	const env = Object.fromEntries(Object.entries(options.env).filter((pair) => pair[1] !== void 0));
	const result = await exec(program, ["get"], {
		input: server,
		env,
		allow: [0, 1],
		doing: `asking ${program} for the credentials of ${server}`,
		seconds: options.helperSeconds
	});
	if (result.exitCode === 1) {
		if (/credentials not found/i.test(result.stdout + result.stderr)) return void 0;
		throw new OutsideError(`asking ${program} for the credentials of ${server}`, "exit code 1");
	}
	const parsed = helperAnswerSchema.safeParse(jsonOrUndefined$1(result.stdout));
	if (!parsed.success) throw new OutsideError(`asking ${program} for the credentials of ${server}`, "its answer is not readable");
	const { Username: username, Secret: secret } = parsed.data;
	if (username === "<token>") return {
		kind: "identity",
		token: secret
	};
	return username === "" ? void 0 : {
		kind: "password",
		username,
		password: secret
	};
}
function jsonOrUndefined$1(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
// src/world/registry/pages.ts
init_errors();
/** No list that we read is that long. The limit ends a list whose server always names another page. */
const maximumPages = 1e4;
/** Reads a list to its last page. */
async function readPages(transport, request) {
	const { repository, first, doing, answers } = request;
	const pages = [];
	const seen = /* @__PURE__ */ new Set();
	let next = first;
	while (next !== void 0) {
		if (seen.has(next.href)) throw new OutsideError(doing, "the pages of the list lead in a circle");
		seen.add(next.href);
		const page = await transport.send({
			method: "GET",
			repository,
			push: false,
			url: next,
			doing,
			answers,
			mayLack: request.mayLack ?? false
		});
		pages.push(page);
		if (pages.length > maximumPages) throw new OutsideError(doing, `the list has more than ${maximumPages} pages`);
		next = page.status === 200 ? nextPage(page, doing) : void 0;
	}
	return pages;
}
function nextPage(page, doing) {
	const link = page.headers.get("link");
	const target = link === null ? void 0 : /<([^>]*)>[^,]*;\s*rel="?next"?/i.exec(link)?.[1];
	return target === void 0 ? void 0 : secureLocation(target, page.url, doing);
}
// src/world/registry/list-tags.ts
/** The part of a client that lists tags. */
function createTags(transport) {
	async function listTags(repository) {
		const doing = `listing the tags of ${formatRepository(repository)}`;
		return (await readPages(transport, {
			repository,
			first: transport.url(repository, "tags/list"),
			doing,
			answers: [200, 404]
		})).filter((page) => page.status === 200).flatMap((page) => {
			const value = parseJson(page.body, formatRepository(repository));
			const tags = typeof value === "object" && value !== null && "tags" in value ? value.tags : void 0;
			if (tags === null) return [];
			if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
			throw notARegistry(repository.registry, "its answer holds no list of tags");
		});
	}
	return { listTags };
}
// src/world/registry/manifests.ts
init_errors();
/** The part of a client that is about manifests and tags. */
function createManifests(transport) {
	async function resolve(reference) {
		const answer = await manifestRequest(transport, "HEAD", reference, [
			200,
			404,
			405
		]);
		if (answer.status === 404) return void 0;
		const digest = answer.headers.get("docker-content-digest") ?? "";
		const size = answer.headers.get("content-length") ?? "";
		const mediaType = bareType(answer.headers.get("content-type") ?? "");
		if (answer.status !== 200 || !isDigest(digest) || !/^\d+$/.test(size) || !manifestMediaTypes.includes(mediaType)) return (await findManifest(reference))?.descriptor;
		requireDigest(reference, digest);
		return {
			mediaType,
			digest,
			size: Number(size)
		};
	}
	async function findManifest(reference) {
		const answer = await manifestRequest(transport, "GET", reference, [200, 404]);
		return answer.status === 404 ? void 0 : readManifest(reference, answer);
	}
	async function putAnywhere(repository, tagOrDigest, bytes, mediaType) {
		const digest = digestOf(bytes);
		const reference = isDigest(tagOrDigest) ? atDigest(repository, tagOrDigest) : atTag(repository, tagOrDigest);
		requireDigest(reference, digest);
		const what = formatReference(reference);
		const answer = await transport.send({
			method: "PUT",
			repository,
			push: true,
			url: transport.url(repository, `manifests/${isDigest(tagOrDigest) ? tagOrDigest : encodeURIComponent(tagOrDigest)}`),
			doing: `pushing ${what}`,
			what,
			headers: { "content-type": mediaType },
			body: bytes,
			answers: [201]
		});
		const stored = answer.headers.get("docker-content-digest");
		if (stored !== null && stored !== digest) throw new OutsideError(`pushing ${what}`, `the registry stored ${stored} in place of ${digest}`);
		return answer;
	}
	async function deleteManifest(repository, digest) {
		const what = `${formatRepository(repository)}@${digest}`;
		if ((await transport.send({
			method: "DELETE",
			repository,
			push: true,
			remove: true,
			url: transport.url(repository, `manifests/${digest}`),
			doing: `deleting ${what}`,
			what,
			answers: [
				200,
				202,
				204,
				404,
				405
			]
		})).status !== 405) return;
		throw new InputError({
			where: formatRepository(repository),
			problem: "this registry does not delete images when asked by its standard interface",
			remedy: "Delete them by the registry's own means: --json lists their digests."
		});
	}
	return {
		resolve,
		getManifest: async (reference) => readManifest(reference, await manifestRequest(transport, "GET", reference, [200])),
		findManifest,
		findContent: async (reference) => {
			const answer = await manifestRequest(transport, "GET", reference, [200, 404]);
			return answer.status === 404 ? void 0 : verifiedContent(reference, answer);
		},
		putManifest: async (repository, tagOrDigest, bytes, mediaType) => {
			await putAnywhere(repository, tagOrDigest, bytes, mediaType);
			return digestOf(bytes);
		},
		putReferrer: async (repository, bytes, mediaType) => {
			const digest = digestOf(bytes);
			return {
				digest,
				listed: (await putAnywhere(repository, digest, bytes, mediaType)).headers.has("oci-subject")
			};
		},
		deleteManifest
	};
}
function manifestRequest(transport, method, reference, answers) {
	const { repository } = reference;
	const what = formatReference(reference);
	return transport.send({
		method,
		repository,
		push: false,
		url: transport.url(repository, `manifests/${reference.kind === "digest" ? reference.digest : encodeURIComponent(reference.tag)}`),
		doing: `reading ${what}`,
		what,
		headers: { accept: manifestMediaTypes.join(", ") },
		answers
	});
}
function readManifest(reference, answer) {
	const contentType = answer.headers.get("content-type") ?? void 0;
	return parseManifest(verifiedContent(reference, answer), formatReference(reference), contentType);
}
/** @throws when it is not what was asked for */
function verifiedContent(reference, answer) {
	const what = formatReference(reference);
	const contentType = answer.headers.get("content-type") ?? void 0;
	if (contentType !== void 0 && bareType(contentType) === "text/html") throw notARegistry(reference.repository.registry, "it answered with an HTML page");
	const found = digestOf(answer.body);
	const promised = answer.headers.get("docker-content-digest");
	if (reference.kind === "digest" && found !== reference.digest) throw wrongBytes(what, found);
	if (reference.kind === "tag" && promised !== null && promised !== found) throw wrongBytes(what, found);
	return answer.body;
}
function requireDigest(reference, digest) {
	if (reference.kind === "digest" && reference.digest !== digest) throw wrongBytes(formatReference(reference), digest);
}
init_errors();
/**
* The part of a client that finds what refers to a digest: the Referrers API, and the fallback tag of registries that
* lack it. That an API is missing is believed only for a repository that exists, and only if two answers agree.
*/
function createReferrers(transport, manifests, log) {
	/** Registries that have answered by the API. */
	const withApi = /* @__PURE__ */ new Set();
	/** Registries that lack it, and repositories whose lists are under fallback tags. */
	const withoutApi = /* @__PURE__ */ new Set();
	const warned = /* @__PURE__ */ new Set();
	/** What a list does not say about a referrer, by its digest. */
	const described = /* @__PURE__ */ new Map();
	async function referrers(repository, digest, artifactType) {
		const where = formatRepository(repository);
		const ask = () => askApi(repository, digest, artifactType);
		const lacks = () => withoutApi.has(where) || withoutApi.has(repository.registry);
		const lists = lacks() ? void 0 : await ask();
		const found = await usable(repository, lists ?? [], artifactType);
		if (found.length > 0) return found;
		const fallback = await fallbackList(repository, digest);
		if (fallback !== void 0) {
			if (lists === void 0) withoutApi.add(where);
			return usable(repository, [fallback], artifactType);
		}
		if (lists !== void 0 || lacks()) return [];
		const again = await ask();
		if (again === void 0) await learnFromMissingApi(repository, digest);
		return usable(repository, again ?? [], artifactType);
	}
	/**
	* Two answers agree that there is no API. A repository that does not exist yet gives the same answer.
	* @throws TransientError if the registry has the API, and the image exists
	*/
	async function learnFromMissingApi(repository, digest) {
		const what = `${formatRepository(repository)}@${digest}`;
		if (await manifests.resolve(atDigest(repository, digest)) === void 0) return;
		if (withApi.has(repository.registry)) throw new TransientError(`listing what refers to ${what}`, `${repository.registry} has a Referrers API, and does not answer by it for an image that exists`);
		withoutApi.add(repository.registry);
	}
	async function askApi(repository, digest, artifactType) {
		const query = artifactType === void 0 ? "" : `?artifactType=${encodeURIComponent(artifactType)}`;
		const what = `${formatRepository(repository)}@${digest}`;
		const pages = await readPages(transport, {
			repository,
			first: transport.url(repository, `referrers/${digest}${query}`),
			doing: `listing what refers to ${what}`,
			answers: [
				200,
				400,
				404,
				405,
				501
			],
			mayLack: true
		});
		if (!pages.every(({ status, headers }) => status === 200 && bareType(headers.get("content-type") ?? "") === mediaTypes.ociIndex)) return void 0;
		withApi.add(repository.registry);
		return pages.map(({ body }) => parseReferrerList(body, what));
	}
	async function fallbackList(repository, digest) {
		const where = `${formatRepository(repository)}:${fallbackTag(digest)}`;
		const content = await manifests.findContent(atTag(repository, fallbackTag(digest)));
		if (content === void 0) return void 0;
		return parseReferrerList(content, where);
	}
	/** The entries that we can read, each once. @throws InputError for one that is wanted and cannot be read */
	async function usable(repository, lists, artifactType) {
		for (const { digest, problem, artifactType: type } of lists.flatMap(({ odd }) => odd)) {
			const where = `${formatRepository(repository)}@${digest}`;
			const text = `this referrer cannot be read (${problem})`;
			if (artifactType !== void 0 && type === artifactType) throw new InputError({
				where,
				problem: text,
				remedy: "Delete it, or attach it again."
			});
			if (!warned.has(where)) log.warn(`${where}: ${text}: it is left out`);
			warned.add(where);
		}
		const wanted = (await Promise.all(lists.flatMap((list) => list.entries).map((entry) => describe(repository, entry)))).filter((entry) => artifactType === void 0 || entry.artifactType === artifactType);
		return [...new Map(wanted.map((entry) => [entry.digest, entry])).values()];
	}
	/**
	* go-containerregistry, and so cosign, lists an artifact under the fallback tag by the type of its empty config, and
	* without its annotations. What it is, only its manifest says then.
	*/
	async function describe(repository, entry) {
		const { artifactType, digest } = entry;
		if (artifactType !== void 0 && artifactType !== mediaTypes.ociEmpty) return entry;
		const known = described.get(digest);
		if (known !== void 0) return {
			...entry,
			...known
		};
		const reference = atDigest(repository, digest);
		try {
			const manifest = await manifests.findManifest(reference) ?? await manifests.findManifest(reference);
			if (manifest === void 0) return entry;
			const found = defined({
				artifactType: artifactTypeOf(manifest),
				annotations: manifest.json.annotations
			});
			described.set(digest, found);
			return {
				...entry,
				...found
			};
		} catch (error) {
			if (error instanceof InputError) return entry;
			throw error;
		}
	}
	return {
		referrers,
		fallbackList
	};
}
// src/world/registry/challenge.ts
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterPattern = new RegExp(`^(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`);
const schemePattern = new RegExp(`^(${token})(?=\\s|,|$)`);
/**
* Reads a WWW-Authenticate header: any number of challenges, each with any number of parameters.
* Everything after an unreadable part is ignored.
*/
function parseChallenges(header) {
	const challenges = [];
	let rest = header.trim();
	while (rest !== "") {
		const parameter = parameterPattern.exec(rest);
		const current = challenges.at(-1);
		if (parameter !== null && current !== void 0) {
			const [matched, name = "", quoted, plain] = parameter;
			current.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "";
			rest = rest.slice(matched.length);
		} else {
			const scheme = schemePattern.exec(rest);
			if (scheme === null) break;
			challenges.push({
				scheme: scheme[1].toLowerCase(),
				parameters: {}
			});
			rest = rest.slice(scheme[0].length);
		}
		rest = rest.replace(/^[\s,]+/, "");
	}
	return challenges;
}
init_errors();
const tokenSchema = looseObject({
	token: string().optional(),
	access_token: string().optional(),
	expires_in: number().optional()
});
const defaultTokenSeconds = 60;
const tokenMarginSeconds = 10;
/** Basic and Bearer (CNCF distribution, spec/auth/token and spec/auth/oauth). Remembers the scheme per host and tokens per scope. */
function createAuthentication(options) {
	const learnt = /* @__PURE__ */ new Map();
	const tokens = /* @__PURE__ */ new Map();
	const known = /* @__PURE__ */ new Map();
	function credentialsFor(repository) {
		const key = formatRepository(repository);
		let found = known.get(key);
		if (found === void 0) {
			found = options.credentials(repository).then((credentials) => {
				if (credentials?.kind === "password") {
					options.scrubber.add(credentials.password);
					options.scrubber.add(basic(credentials).slice(6));
				} else if (credentials !== void 0) options.scrubber.add(credentials.token);
				return credentials;
			});
			known.set(key, found);
		}
		return found;
	}
	async function token(purpose, challenge, registryUrl) {
		const key = tokenKey(purpose);
		let cached = tokens.get(key);
		if (cached !== void 0 && (await cached).expires <= Date.now()) cached = void 0;
		if (cached === void 0) {
			cached = requestToken(purpose, challenge, registryUrl);
			tokens.set(key, cached);
			cached.catch(() => tokens.delete(key));
		}
		return (await cached).token;
	}
	async function requestToken(purpose, challenge, registryUrl) {
		const { repository } = purpose;
		const what = formatRepository(repository);
		const doing = `logging in to ${repository.registry}`;
		const url = realmOf(challenge, registryUrl, doing);
		const { service } = challenge.parameters;
		const credentials = await credentialsFor(repository);
		const headers = { accept: "application/json" };
		let form;
		if (credentials?.kind === "identity") form = new URLSearchParams({
			grant_type: "refresh_token",
			refresh_token: credentials.token,
			client_id: "coxswain",
			scope: scopesOf(purpose).join(" "),
			...defined({ service })
		});
		else {
			if (service !== void 0) url.searchParams.set("service", service);
			for (const scope of scopesOf(purpose)) url.searchParams.append("scope", scope);
			if (credentials !== void 0) headers.authorization = basic(credentials);
		}
		const answer = await options.fetchToken({
			url,
			headers,
			doing,
			...defined({ form })
		});
		if (answer.status !== 200) throw unauthorised({
			what,
			host: url.host,
			status: answer.status,
			push: purpose.push,
			hadCredentials: credentials !== void 0
		});
		const parsed = tokenSchema.safeParse(jsonOrUndefined(answer.body));
		const text = parsed.success ? parsed.data.token ?? parsed.data.access_token : void 0;
		if (text === void 0 || text === "") throw new OutsideError(doing, `the token endpoint at ${url.host} answered without a token`);
		options.scrubber.add(text);
		const seconds = (parsed.data?.expires_in ?? defaultTokenSeconds) - tokenMarginSeconds;
		return {
			token: text,
			expires: Date.now() + Math.max(seconds, 1) * 1e3
		};
	}
	return {
		header: async (purpose, registryUrl) => {
			const challenge = learnt.get(purpose.repository.registry);
			if (challenge === void 0) return void 0;
			if (challenge.scheme === "bearer") return `Bearer ${await token(purpose, challenge, registryUrl)}`;
			const credentials = await credentialsFor(purpose.repository);
			return credentials?.kind === "password" ? basic(credentials) : void 0;
		},
		challenged: (purpose, challengeHeader, sent) => {
			const challenges = parseChallenges(challengeHeader ?? "");
			const challenge = challenges.find((each) => each.scheme === "bearer" && each.parameters.realm !== void 0) ?? challenges.find((each) => each.scheme === "basic");
			if (challenge === void 0) return false;
			learnt.set(purpose.repository.registry, challenge);
			if (sent?.startsWith("Bearer ")) tokens.delete(tokenKey(purpose));
			return challenge.scheme === "bearer" || !sent?.startsWith("Basic ");
		},
		hasCredentials: async (repository) => await credentialsFor(repository) !== void 0
	};
}
function scopesOf(purpose) {
	const scopes = [`repository:${purpose.repository.path}:${actionsOf(purpose)}`];
	if (purpose.alsoPull !== void 0 && purpose.alsoPull.path !== purpose.repository.path) scopes.push(`repository:${purpose.alsoPull.path}:pull`);
	return scopes;
}
function actionsOf({ push, remove }) {
	return [
		"pull",
		...push ? ["push"] : [],
		...remove === true ? ["delete"] : []
	].join(",");
}
function tokenKey(purpose) {
	return [purpose.repository.registry, ...scopesOf(purpose)].join(" ");
}
function basic(credentials) {
	return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
}
/** The token endpoint. It receives the password, so its connection must not be weaker than the registry's. */
function realmOf(challenge, registryUrl, doing) {
	const realm = challenge.parameters.realm ?? "";
	const url = URL.canParse(realm) ? new URL(realm) : void 0;
	if (!(url !== void 0 && url.username === "" && url.password === "" && (url.protocol === "https:" || url.protocol === "http:" && registryUrl.protocol === "http:" && isLoopback(url)))) throw new OutsideError(doing, `${registryUrl.host} names a token endpoint that is not https, or holds a user name (${JSON.stringify(withoutUser(url, realm))})`, "Nothing was sent there.");
	return url;
}
function withoutUser(url, realm) {
	if (url === void 0 || url.username === "" && url.password === "") return realm;
	return `${url.protocol}//…@${url.host}${url.pathname}`;
}
function jsonOrUndefined(bytes) {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return;
	}
}
init_http_exchange();
/** A stream gets more seconds, because the registry checks the content before it answers. */
const streamSeconds = 300;
/**
* @param counters every request is counted there
* @param answerSeconds until an answer begins; a body that is sent may take longer, by its size
*/
function createExchange(counters, answerSeconds) {
	return async (target, request) => {
		counters.requests += 1;
		const { body } = request;
		const abort = new AbortController();
		const streamed = body !== void 0 && !(body instanceof Uint8Array);
		const content = streamed ? counted(await body.open(), (bytes) => counters.bytesSent += bytes) : body;
		if (content instanceof Uint8Array) counters.bytesSent += content.length;
		const seconds = secondsFor(streamed ? body.size : body?.length ?? 0, answerSeconds + (streamed ? streamSeconds : 0));
		const late = () => abort.abort(new NoAnswerError(request.doing, `no answer from ${target.host} in ${Math.round(seconds)} s`));
		const timer = setTimeout(late, seconds * 1e3);
		try {
			return await exchange(target, {
				method: request.method,
				signal: abort.signal,
				headers: {
					"accept-encoding": "identity",
					"user-agent": "coxswain",
					...request.headers,
					...defined({ "content-length": streamed ? String(body.size) : void 0 })
				},
				...defined({ body: content })
			});
		} catch (error) {
			throw connectionFailure(request.doing, target.host, error);
		} finally {
			clearTimeout(timer);
		}
	};
}
/** Counts the bytes that pass. */
async function* counted(source, count) {
	for await (const chunk of source) {
		count(chunk.length);
		yield chunk;
	}
}
// src/world/registry/redirects.ts
init_errors();
const maximumRedirects = 5;
/**
* Sends a request and follows redirects. The authorization goes to the registry's own origin only, and no longer to
* any origin after a redirect has left it.
* @param options.origin of the registry
* @throws OutsideError for a redirect that leaves https, that would repeat a write, or for too many of them
*/
async function followRedirects(exchange, request, options) {
	const { authorization } = options;
	let target = request.url;
	let elsewhere = target.origin !== options.origin;
	for (let hop = 0; hop <= maximumRedirects; hop++) {
		const headers = authorization !== void 0 && !elsewhere ? {
			...request.headers,
			authorization
		} : { ...request.headers };
		const response = await exchange(target, {
			...request,
			headers
		});
		const location = response.headers.get("location");
		if (!redirectStatuses.includes(response.status) || location === null) return {
			response,
			url: target,
			elsewhere
		};
		response.discard();
		const next = secureLocation(location, target, request.doing);
		if (!(request.method === "GET" || request.method === "HEAD") && response.status !== 307 && response.status !== 308) throw new OutsideError(request.doing, `${target.host} answered a ${request.method} with ${response.status}`);
		if (next.origin !== target.origin) elsewhere = true;
		target = next;
	}
	throw new OutsideError(request.doing, `${request.url.host} redirected more than ${maximumRedirects} times`);
}
// src/world/registry/refusals.ts
init_errors();
/** Says what a registry's refusal means: who is at fault, and whether another attempt may help. */
function createExplainRefusal(options) {
	const { authentication, check, scrubber } = options;
	return async (request, { response, url, elsewhere }) => {
		const { status } = response;
		const what = request.what ?? formatRepository(request.repository);
		const html = isHtml(response);
		const said = describeErrors(await readWhole(response, url, maximumErrorBytes));
		const text = scrubber.scrub(`${url.host} answered ${status}${said === "" ? "" : `: ${said}`}`);
		if (transientStatuses.includes(status) || said.includes("MANIFEST_BLOB_UNKNOWN")) return new TransientError(request.doing, text, retryAfter(response));
		if (elsewhere) return new OutsideError(request.doing, text);
		if (status === 401 || status === 403) {
			const hadCredentials = await authentication.hasCredentials(request.repository);
			const host = request.repository.registry;
			return unauthorised({
				what,
				host,
				status,
				push: request.push,
				hadCredentials
			});
		}
		if (html) return notARegistry(request.repository.registry, `it answered ${status} with an HTML page`);
		if (status === 404 && request.push) {
			await check.fromRegistry(request, response);
			return new InputError({
				where: what,
				problem: `${url.host} answered 404 to ${request.doing}${said === "" ? "" : ` (${scrubber.scrub(said)})`}`,
				remedy: "Check that this repository exists there, and that this account may push to it: some registries do not create one automatically. Nothing was lost; running the same command again is safe."
			});
		}
		if (status === 404) {
			await check.fromRegistry(request, response);
			return new NotFoundError(what);
		}
		return new OutsideError(request.doing, text);
	};
}
// src/world/registry/registry-check.ts
function createRegistryCheck(exchange, url) {
	const registries = /* @__PURE__ */ new Map();
	async function fromRegistry(request, response) {
		if (bareType(response.headers.get("content-type") ?? "").endsWith("json") || response.headers.has("docker-distribution-api-version")) return true;
		const host = request.repository.registry;
		let problem = registries.get(host);
		if (problem === void 0) {
			problem = registryProblem(request);
			registries.set(host, problem);
			problem.catch(() => registries.delete(host));
		}
		const seen = await problem;
		if (seen !== void 0) throw notARegistry(host, seen);
		return false;
	}
	async function registryProblem(request) {
		const base = new URL("/v2/", url(request.repository, ""));
		const response = await exchange(base, {
			method: "GET",
			doing: request.doing
		});
		response.discard();
		const { status } = response;
		if (transientStatuses.includes(status)) throw new TransientError(request.doing, `${base.host} answered ${status}`, retryAfter(response));
		const challenged = status === 401 && response.headers.has("www-authenticate");
		const fine = status === 200 && !isHtml(response);
		if (challenged || fine) return void 0;
		return `/v2/ answers ${status}${isHtml(response) ? " with an HTML page" : ""}`;
	}
	return { fromRegistry };
}
// src/world/registry/retries.ts
/** Milliseconds before each further attempt. */
const defaultRetryDelays = [
	500,
	1500,
	4500
];
const longestRetryAfterSeconds = 60;
/**
* A server's Retry-After replaces our own delay, up to a minute; we do not wait longer.
* @param delays milliseconds before each further attempt; also how many there are
*/
function createRetry(delays, log) {
	return async (operation) => {
		for (let attempt = 0;; attempt++) try {
			return await operation();
		} catch (error) {
			const delay = delays[attempt];
			if (!(error instanceof TransientError) || delay === void 0) throw error;
			if (error instanceof NoAnswerError && attempt > 0) throw error;
			const asked = error.retryAfterSeconds;
			if (asked !== void 0 && asked > longestRetryAfterSeconds) throw error;
			const wait = asked === void 0 ? delay * (.75 + Math.random() / 2) : asked * 1e3;
			log.info(`${error.message.replace(/ Running the same.*$/, "")} Trying again in ${(wait / 1e3).toFixed(1)} s.`);
			await setTimeout$1(wait);
		}
	};
}
// src/world/registry/secrets.ts
function createScrubber() {
	const secrets = /* @__PURE__ */ new Set();
	return {
		add: (secret) => {
			if (secret.length >= 4) secrets.add(secret);
		},
		scrub: (text) => {
			let clean = text;
			for (const secret of secrets) clean = clean.replaceAll(secret, "***");
			return clean;
		}
	};
}
init_errors();
/** Statuses that answer the request, with a token or with a refusal. */
const answers = [
	200,
	400,
	401,
	403
];
/**
* Asks a token endpoint once. Redirects are not followed: they lead to a place that the registry did not name.
* @returns a fetch that throws TransientError for a failure that may not happen again, OutsideError for a wrong answer
*/
function createTokenFetch(exchange) {
	return async ({ url, headers, form, doing }) => {
		const response = await exchange(url, {
			doing,
			method: form === void 0 ? "GET" : "POST",
			headers: form === void 0 ? headers : {
				...headers,
				"content-type": "application/x-www-form-urlencoded"
			},
			...defined({ body: form === void 0 ? void 0 : Buffer.from(form.toString()) })
		});
		const body = await readWhole(response, url, maximumErrorBytes);
		if (transientStatuses.includes(response.status)) throw new TransientError(doing, `${url.host} answered ${response.status}`, retryAfter(response));
		if (answers.includes(response.status)) return {
			status: response.status,
			body
		};
		throw new OutsideError(doing, `the token endpoint at ${url.host} answered ${response.status}`);
	};
}
const maximumBodyBytes = 67108864;
/** HTTP with what registries need on top: logging in, redirects, retries, and errors that say which side is at fault. */
function createTransport(options) {
	const counters = {
		requests: 0,
		bytesSent: 0,
		bytesReceived: 0
	};
	const answerSeconds = options.answerSeconds ?? 25;
	const exchange = createExchange(counters, answerSeconds);
	const scrubber = createScrubber();
	/** Hosts on loopback that speak TLS. */
	const overTls = /* @__PURE__ */ new Set();
	const check = createRegistryCheck(exchange, url);
	const authentication = createAuthentication({
		credentials: options.credentials,
		scrubber,
		fetchToken: createTokenFetch(exchange)
	});
	const explainRefusal = createExplainRefusal({
		authentication,
		check,
		scrubber
	});
	const retrying = createRetry(options.retryDelays ?? defaultRetryDelays, options.log ?? silentLog);
	function url(repository, rest) {
		const host = repository.registry === "docker.io" ? "registry-1.docker.io" : repository.registry;
		const secure = new URL(`https://${host}/v2/${repository.path}/${rest}`);
		if (!isLoopback(secure) || overTls.has(secure.host)) return secure;
		return new URL(`http://${host}/v2/${repository.path}/${rest}`);
	}
	async function authorised(asked) {
		const request = {
			...asked,
			url: new URL(asked.url)
		};
		if (overTls.has(request.url.host)) request.url.protocol = "https:";
		for (let attempt = 0;; attempt++) {
			const registry = url(request.repository, "");
			const authorization = await authentication.header(request, registry);
			const answer = await followRedirects(exchange, request, {
				origin: registry.origin,
				authorization
			});
			const { url: from, elsewhere } = answer;
			const response = await unlessTlsExpected(exchange, request, answer);
			if (response === void 0) {
				overTls.add(from.host);
				return authorised(asked);
			}
			if (response.status === 401 && !elsewhere && attempt === 0) {
				const challenge = response.headers.get("www-authenticate");
				if (authentication.challenged(request, challenge, authorization)) {
					response.discard();
					continue;
				}
			}
			if (request.answers.includes(response.status)) {
				if (response.status === 404 && !request.mayLack && !await check.fromRegistry(request, response)) await confirmAbsence(asked);
				return {
					response,
					url: from
				};
			}
			throw await explainRefusal(request, {
				...answer,
				response
			});
		}
	}
	/**
	* The registry is one, but something before it may have answered (a balancer while the registry restarts). A tag
	* that is believed to be absent would be set again, so we ask the same again.
	*/
	async function confirmAbsence(asked) {
		const { response, url: from } = await authorised({
			...asked,
			mayLack: true
		});
		response.discard();
		if (response.status === 404) return;
		throw new TransientError(asked.doing, `${from.host} answered 404 in a way that registries do not, and ${response.status} when asked again`);
	}
	async function send(request) {
		if (request.method !== "GET" && request.method !== "HEAD") beforeWriting(() => `send ${request.method} to ${request.url.host} (${request.doing})`);
		const attempt = async () => {
			const { response, url: from } = await authorised(request);
			const body = await readWhole(response, from, maximumBodyBytes, request.doing, answerSeconds);
			counters.bytesReceived += body.length;
			return {
				status: response.status,
				headers: response.headers,
				body,
				url: from
			};
		};
		return request.once ? attempt() : retrying(attempt);
	}
	return {
		counters,
		url,
		send,
		retrying,
		stream: async (request) => {
			const { response, url: from } = await retrying(() => authorised(request));
			const body = watched(response.body, {
				doing: request.doing,
				host: from.host,
				answerSeconds,
				count: (bytes) => {
					counters.bytesReceived += bytes;
				}
			});
			return {
				status: response.status,
				body
			};
		}
	};
}
/**
* Go's HTTP server says so when it speaks TLS: then a registry on loopback is asked again over https.
* @returns the answer if the server did not say that; it can still be read
*/
async function unlessTlsExpected(exchange, { method, doing }, { response, url }) {
	if (response.status !== 400 || url.protocol !== "http:") return response;
	const body = await readWhole(method === "HEAD" ? await exchange(new URL("/v2/", url), {
		method: "GET",
		doing
	}) : response, url, maximumErrorBytes);
	if (new TextDecoder().decode(body).includes("HTTP request to an HTTPS server")) return void 0;
	return method === "HEAD" ? response : response.withBody(body);
}
function createRegistryClient(options = {}) {
	const transport = createTransport({
		credentials: options.credentials ?? credentialsFromFiles(options.env),
		...defined({
			log: options.log,
			retryDelays: options.retryDelays,
			answerSeconds: options.answerSeconds
		})
	});
	const manifests = createManifests(transport);
	return {
		counters: transport.counters,
		...manifests,
		...createBlobs(transport),
		...createTags(transport),
		...createReferrers(transport, manifests, options.log ?? silentLog)
	};
}
// src/world/registry/layer.ts
init_errors();
/**
* Goes through the files of a layer as it streams in: gzip, zstd or plain, recognised by the first bytes.
* Leaving the loop ends the stream.
* @param what for messages
* @throws InputError when it is not a tar archive
*/
async function* layerEntries(source, what) {
	const reader = toWeb(await decompressed(source, what)).pipeThrough(createTarDecoder({ strict: true })).getReader();
	let finished = false;
	try {
		for (;;) {
			const { done, value } = await reader.read().catch((error) => {
				finished = true;
				throw asOurs(error, what);
			});
			if (done) {
				finished = true;
				return;
			}
			yield {
				header: value.header,
				path: plainPath(value.header.name),
				content: value.body
			};
			await drain(value);
		}
	} finally {
		if (!finished) await reader.cancel().catch(() => {});
	}
}
/** The usual form of a path in an archive: `./usr/bin/` becomes `usr/bin`. */
function plainPath(name) {
	return withoutTrailingSlashes(name.replace(/^(\.?\/)+/, ""));
}
async function drain({ body }) {
	if (body.locked) return;
	for (const reader = body.getReader();;) if ((await reader.read()).done) return;
}
/** A layer without its compression: gzip, zstd or none, recognised by the first bytes. Closing it closes the source. */
async function decompressed(source, what) {
	const iterator = source[Symbol.asyncIterator]();
	let start = /* @__PURE__ */ new Uint8Array();
	while (start.length < 4) {
		const { done, value } = await iterator.next();
		if (done) break;
		start = start.length === 0 ? value : Buffer.concat([start, value]);
	}
	const bytes = Readable.from((async function* () {
		try {
			yield start;
			for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
		} finally {
			await iterator.return?.();
		}
	})(), { objectMode: false });
	const [one, two, three, four] = start;
	if (one === 31 && two === 139) return pipe(bytes, createGunzip());
	if (one === 40 && two === 181 && three === 47 && four === 253) return unzstd(bytes, what);
	return bytes;
}
/** An error at the source ends the sink, and closing the sink closes the source. */
function pipe(source, sink) {
	source.once("error", (error) => sink.destroy(error));
	sink.once("close", () => source.destroy());
	source.pipe(sink);
	return sink;
}
/** The program zstd decompresses it, because Node.js 20 cannot. */
function unzstd(source, what) {
	requireTools(["zstd"]);
	const child = spawn(findTool("zstd") ?? "zstd", [
		"--decompress",
		"--stdout",
		"--quiet"
	], { stdio: [
		"pipe",
		"pipe",
		"ignore"
	] });
	const { stdin, stdout } = child;
	child.once("error", (error) => stdout.destroy(error));
	child.once("exit", (code) => {
		if (code !== 0 && code !== null) stdout.destroy(new OutsideError(`decompressing ${what}`, `zstd ended with exit code ${code}`));
	});
	source.once("error", (error) => stdout.destroy(error));
	stdout.once("close", () => {
		source.destroy();
		child.kill();
	});
	stdin.on("error", () => {});
	source.pipe(stdin);
	return stdout;
}
function toWeb(stream) {
	return Readable.toWeb(stream);
}
function asOurs(error, what) {
	if (error instanceof InputError || error instanceof OutsideError) return error;
	return new InputError({
		where: what,
		problem: "not a tar archive, or a damaged one"
	}, { cause: error });
}
// src/world/registry/remembering.ts
/**
* The same client with a cache of what it read by digest, which never changes. For one run of a verb, which reads few
* images. Not for reading back what was written: that must ask the registry.
*/
function rememberingClient(client) {
	const manifests = /* @__PURE__ */ new Map();
	const blobs = /* @__PURE__ */ new Map();
	return {
		...client,
		getManifest: (reference) => reference.kind === "digest" ? remembered(manifests, formatReference(reference), () => client.getManifest(reference)) : client.getManifest(reference),
		getBlob: (repository, digest) => remembered(blobs, `${formatRepository(repository)}@${digest}`, () => client.getBlob(repository, digest))
	};
}
function remembered(known, key, read) {
	const there = known.get(key);
	if (there !== void 0) return there;
	const reading = read();
	known.set(key, reading);
	reading.catch(() => known.delete(key));
	return reading;
}
// src/world/registry/page.ts
/** Registries with a page for people, and its address. */
const pages = {
	"quay.io": (path, digest) => `https://quay.io/repository/${path}/manifest/${digest}`,
	"ghcr.io": (path, digest) => `https://ghcr.io/${path}@${digest}`
};
/** The page of an image; undefined if its registry has none that we know. */
function imagePage({ repository, digest }) {
	return pages[repository.registry]?.(repository.path, digest);
}
/** A digest in Markdown, with a link to its page if there is one. @param options.short for tables */
function linkedDigest(image, options = {}) {
	const shown = code(options.short === true ? shortDigest(image.digest) : image.digest);
	const page = imagePage(image);
	return page === void 0 ? shown : `[${shown}](${page})`;
}
export { atDigest as A, parseRepository as B, imageTimestamp as C, mediaTypes as D, isIndex as E, formatRepository as F, goArchitecture as G, shortDigest as H, isDigest as I, hostArchitecture as K, isTag as L, digestIn as M, digestOf as N, parseJson as O, formatReference as P, parseDigest as R, setTags as S, artifactTypeOf as T, architectureOfGo as U, sameRepository as V, architectures as W, readArtifact as _, plainPath as a, fallbackTag as b, readAuthFile as c, openInLayout as d, resolveInLayout as f, pushArtifact as g, findReferrer as h, layerEntries as i, atTag as j, parseManifest as k, inLayout as l, copyReferrer as m, rememberingClient as n, createRegistryClient as o, NotFoundError as p, decompressed as r, authFiles as s, linkedDigest as t, layoutReader as u, readReferrer as v, readImage as w, copyImage as x, titleAnnotation as y, parseReference as z };
