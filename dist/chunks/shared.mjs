import { n as __esmMin, o as __toESM, r as __exportAll } from "./rolldown-runtime.mjs";
import { t as cacheFolder } from "./start.mjs";
import { C as tuple, E as toJSONSchema, S as string, T as unknown, _ as looseObject, a as j, b as record$1, c as _enum, d as boolean, f as custom, g as literal, h as int, i as require_dist, l as array, m as discriminatedUnion, n as require_ignore, o as xsalsa20poly1305, p as date, r as require_main, s as datetime, t as createTarDecoder, u as base64, v as number, w as union, x as strictObject, y as object } from "./libraries.mjs";
import { $ as beforeWriting, Bt as nearest, F as withoutTrailingSlashes, Ft as parseTime, G as writeFileAtomically, Gt as messageOf$1, Ht as OutsideError, It as requireDay, Kt as quote, L as silentLog, Lt as defined, Mt as formatTime, N as oneLine, Nt as longestDuration, O as code$1, P as plainLine, Pt as parseDuration, U as readFileIfThere, Ut as UsageError, V as isMissing, Vt as InputError, W as withTemporaryFolder, Wt as init_errors, b as requireTools, et as isRehearsal, f as allInOrder, g as exec, h as readContainerStorage, jt as formatDuration, l as formatPercent, m as requireSpace, p as inParallel, v as findTool, x as count } from "./host.mjs";
import { A as parseReleaseIndex, B as formatUpdateMetadata, C as rolloutProgress, D as formatReleaseIndex, E as emptyReleaseIndex, F as noOperations, H as parseGraphUpdates, I as operationsSchema, K as updateMetadata, L as parseOperations, M as formatOperations, N as holdAt, O as nullableReleaseFields, S as rolloutPhase, U as parseUpdateMetadata, V as nullableEntryFields, W as tidy, X as buildGraph, Y as parseAdoption, _ as strandedByTidying, at as withoutNulls, b as nextOpening, ct as aliasesOf, d as reachedAt, dt as goArchitecture, et as nodeKeys, f as shareAt, g as strandedBy, h as listStranded, it as someText, j as releaseIndex, l as parseWhen, lt as architectureOfGo, m as findStranded, n as judgeRing, nt as openObject, o as adoptionShare, ot as readJson, p as architecturesOf$1, q as formatAdoption, rt as readDocument$1, st as addAliases, tt as findProblems, u as firstStep, ut as architectures, v as rolloutOf, w as resumedRollout, x as rolloutEnd, z as emptyUpdateMetadata } from "./guidance.mjs";
import { createRequire } from "node:module";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, posix, resolve, sep } from "node:path";
import { chmod, copyFile, lstat, lutimes, mkdir, open, readFile, readdir, realpath, rm, stat, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, scryptSync, sign as sign$1, verify } from "node:crypto";
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { BlockList, isIP } from "node:net";
import { pipeline } from "node:stream/promises";
// src/world/git/full-hash.ts
init_errors();
/** Whether a text is the whole hash of an object, of SHA-1 or SHA-256. */
function isFullHash(text) {
	return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
// src/world/git/short-commit.ts
/** The first 12 digits of a commit (or tree), as messages show it. */
function shortCommit(commit) {
	return commit.slice(0, 12);
}
// src/project/fleets.ts
/** The fleet that a flag names. @throws InputError */
function findFleet(config, name, field = "--fleet") {
	const fleet = Object.hasOwn(config.fleets, name) ? config.fleets[name] : void 0;
	if (fleet !== void 0) return fleet;
	const names = Object.keys(config.fleets);
	const meant = nearest(name, names);
	throw new InputError({
		field,
		problem: `${config.file} has no such fleet`,
		found: name,
		expected: `one of ${names.join(", ")}`,
		...defined({ remedy: meant && `Did you mean ${meant}?` })
	});
}
/** Fleets that get no releases from another fleet: a change of the base is proposed to these. */
function entryFleets(config) {
	return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom === void 0);
}
/** Fleets that are promoted from this one. */
function nextFleets(config, fleet) {
	return Object.values(config.fleets).filter((other) => other.promoteFrom === fleet.name);
}
/** The commit that a fleet's branch is at; git in the checkout can read it. @throws InputError when there is no such branch */
async function fleetTip(branches, fleet) {
	const tip = await branches.resolve(fleet.branch);
	if (tip !== void 0) {
		await branches.fetchCommit(tip);
		return tip;
	}
	throw new InputError({
		field: `fleets.${fleet.name}.branch`,
		problem: "this repository has no such branch",
		found: fleet.branch,
		remedy: `Create it from another branch: git branch ${fleet.branch} …, and with a remote: git push origin ${fleet.branch}.`
	});
}
/**
* Why a commit can no longer be released; undefined while it is the newest of the fleet's branch. A run that waited
* for its reviewers finds out here that another change was merged meanwhile, which they did not see.
*/
async function overtaken(branches, fleet, commit) {
	const tip = await fleetTip(branches, fleet);
	if (tip === commit) return void 0;
	return `commit ${shortCommit(commit)} is no longer the newest of branch ${fleet.branch}. ${shortCommit(tip)} is the newest, and has a run of its own`;
}
/**
* The commit that a release of a fleet is made from.
* @param commit one on the fleet's branch; default: its newest
* @throws InputError for a commit that is not on the branch: it would bypass the fleet's review
*/
async function releaseCommit(branches, fleet, commit) {
	if (commit !== void 0 && !isFullHash(commit)) throw new InputError({
		field: "--commit",
		problem: "not a full commit name",
		found: commit,
		expected: "40 (SHA-256: 64) hexadecimal digits, as git rev-parse prints them"
	});
	const tip = await fleetTip(branches, fleet);
	if (commit === void 0) return tip;
	if (await branches.isAncestor(commit, tip)) return commit;
	throw new InputError({
		field: "--commit",
		problem: `this commit is not on branch ${fleet.branch}, which fleet ${fleet.name} is released from`,
		found: commit,
		remedy: `Merge it into ${fleet.branch} first.`
	});
}
// src/release/candidate/space.ts
/** How much larger the files of an image are than its compressed layers: 2.5 to 3 times for Fedora CoreOS. */
const unpackedShare = 3;
/** Bytes of the compressed layers of an image. */
function downloadSize(image) {
	return image.manifest.json.layers.reduce((sum, { size }) => sum + size, 0);
}
/** About how many bytes the files of an image take. */
function unpackedSize(image) {
	return downloadSize(image) * unpackedShare;
}
/** About how many bytes an image takes in buildah's storage. */
function storedSize(image, { driver }) {
	if (driver !== "vfs") return unpackedSize(image);
	let below = 0;
	let sum = 0;
	for (const { size } of image.manifest.json.layers) {
		below += size * unpackedShare;
		sum += below;
	}
	return sum;
}
/** buildah's folder for downloads. It is TMPDIR, or else /var/tmp, whatever `tmpdir()` is. */
function downloadFolder(env) {
	return env.TMPDIR === void 0 || env.TMPDIR === "" ? "/var/tmp" : env.TMPDIR;
}
/**
* Makes sure that there is enough disk space to build on a base.
* @param options.folder for the image, if it does not go to a registry
* @param options.oneLayer the base has too many layers for buildah, and is made one layer first
* @param options.isSplit the layers of the build are split by content afterwards
* @throws InputError if there is too little
*/
async function requireBuildSpace(base, options) {
	const storage = await readContainerStorage(options.env);
	const download = downloadSize(base);
	const { oneLayer = false, isSplit = false } = options;
	const stored = oneLayer ? unpackedSize(base) : storedSize(base, storage);
	const needs = [
		{
			folder: storage.folder,
			bytes: stored,
			what: "the base image"
		},
		...oneLayer ? [{
			folder: tmpdir(),
			bytes: 2 * unpackedSize(base),
			what: "the base image as one layer"
		}] : [],
		...isSplit ? [{
			folder: tmpdir(),
			bytes: 2 * unpackedSize(base),
			what: "the image while it is split"
		}] : [],
		{
			folder: storage.folder,
			bytes: storage.driver === "vfs" ? unpackedSize(base) : download,
			what: "the build"
		},
		{
			folder: downloadFolder(options.env),
			bytes: download,
			what: "downloads"
		},
		...options.folder === void 0 ? [] : [{
			folder: options.folder,
			bytes: 2 * download,
			what: "the image"
		}]
	];
	await requireSpace(needs);
}
/**
* Makes sure that there is enough disk space to boot an image, and one more release if updates are rehearsed.
* @throws InputError if there is too little
*/
async function requireBootSpace(image, options) {
	const storage = await readContainerStorage(options.env);
	const times = options.rehearses ? 2 : 1;
	await requireSpace([
		{
			folder: downloadFolder(options.env),
			bytes: times * unpackedSize(image),
			what: "the files of the image"
		},
		{
			folder: storage.folder,
			bytes: unpackedSize(image),
			what: "a copy for the image's own programs"
		},
		{
			folder: tmpdir(),
			bytes: times * unpackedSize(image),
			what: "the disk of the machine"
		}
	]);
}
// src/release/evidence/upgrade-starts.ts
/** What a fleet publishes when the candidate is its newest release, and its rollout is complete. */
function withCandidate(fleet, candidate) {
	const { basearch, version, payload } = candidate;
	const known = fleet.releases.releases;
	const position = known.findIndex((release) => release.version === version);
	const before = position < 0 ? known : known.slice(0, position);
	const image = {
		architecture: basearch,
		image: payload,
		"digest-ref": payload
	};
	const rolledOut = {
		version,
		metadata: { rollout: { start_percentage: 1 } }
	};
	return {
		releases: { releases: [...before, {
			version,
			"oci-images": [image]
		}] },
		updates: { releases: [...fleet.updates.releases, rolledOut] }
	};
}
/**
* The releases from which nodes of a fleet may update to a candidate, by the fleet's own update graph with the
* candidate added: the newest release, and the last barrier, which every older node passes through.
*/
function upgradeStarts(fleet, candidate) {
	const { basearch, payload } = candidate;
	const { releases, updates } = withCandidate(fleet, candidate);
	const { nodes, edges } = buildGraph(releases, updates, {
		basearch,
		scheme: "oci"
	});
	const last = nodes.length - 1;
	const sources = edges.filter(([, to]) => to === last).map(([from]) => from);
	const current = Math.max(-1, ...sources);
	const barrier = Math.max(-1, ...sources.filter((source) => nodes[source]?.metadata[nodeKeys.barrier] === "true"));
	const starts = [];
	const add = (index, why) => {
		const node = nodes[index];
		if (node === void 0 || starts.some(({ version: each }) => each === node.version)) return;
		if (node.payload !== payload) starts.push({
			version: node.version,
			payload: node.payload,
			why
		});
	};
	add(current, "current release");
	add(barrier, "last barrier");
	return starts;
}
init_errors();
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
function digestIn$1(reference) {
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
	annotations: record$1(string(), string()).optional(),
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
	annotations: record$1(string(), string()).optional()
});
const indexSchema = looseObject({
	schemaVersion: literal(2),
	mediaType: string().optional(),
	artifactType: string().optional(),
	manifests: array(descriptorSchema),
	subject: descriptorSchema.optional(),
	annotations: record$1(string(), string()).optional()
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
const configSchema$1 = looseObject({
	architecture: string(),
	os: string(),
	created: string().nullish(),
	config: looseObject({ Labels: record$1(string(), string()).nullish() }).nullish(),
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
	const parsed = configSchema$1.safeParse(parseJson(bytes, `${where} (config)`));
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
// src/release/evidence/upgrade-stages.ts
/** The stages of a rehearsal in their order; the folders of their tests have the same names. */
const upgradeStages = [
	"before-upgrade",
	"after-upgrade",
	"after-rollback"
];
// src/world/git/read-objects.ts
init_errors();
/**
* Reads blobs by hash, byte for byte (no end-of-line conversion, no filters), one after the other so that only
* one is in memory at a time.
* @throws OutsideError when git does not have one of them
*/
async function readBlobs(git, hashes, each) {
	for (const hash of hashes) await each(hash, await readBlob$1(git, hash));
}
/** Reads one blob. @throws OutsideError when git does not have it */
async function readBlob$1(git, hash) {
	const object = await git.objects.read(hash);
	if (object?.kind === "blob") return object.bytes;
	throw new OutsideError(`reading ${hash} from git`, `it is ${object?.kind ?? "missing"}, expected a file`);
}
/**
* A file's text, for files that have to be text.
* @throws InputError when the bytes are not UTF-8
*/
async function readTextBlob(git, entry) {
	return decode(await readBlob$1(git, entry.hash), entry);
}
/**
* Texts of several files.
* @returns path → text
* @throws InputError naming the file that is not UTF-8 text
*/
async function readTexts(git, entries) {
	const texts = await Promise.all(entries.map(async (entry) => {
		const known = git.memory.get(entry.hash);
		if (known !== void 0) return known;
		const text = await readTextBlob(git, entry);
		git.memory.set(entry.hash, text);
		return text;
	}));
	return new Map(entries.map(({ path }, index) => [path, texts[index]]));
}
function decode(bytes, entry) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch (error) {
		throw new InputError({
			where: entry.path,
			problem: "this file is not UTF-8 text"
		}, { cause: error });
	}
}
// src/release/candidate/materialise.ts
init_errors();
/**
* Writes the build context into an empty folder: exactly the hashed files, from git's objects, whatever the work
* tree, the umask, and git's settings for line ends and filters are. Times are the commit's.
* @throws InputError for a file that git keeps elsewhere (Git LFS)
*/
async function materialiseContext(git, context, folder, committedAt) {
	const folders = /* @__PURE__ */ new Set([folder]);
	for (const { path } of context) for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) folders.add(join(folder, parent));
	for (const each of folders) await mkdir(each, { recursive: true });
	const byHash = groupByHash(context);
	const links = [];
	await readBlobs(git, [...byHash.keys()], async (hash, bytes) => {
		for (const { path, mode } of byHash.get(hash) ?? []) {
			if (mode === "120000") {
				links.push({
					path,
					target: bytes
				});
				continue;
			}
			refuseLargeFilePointer(path, bytes);
			const file = join(folder, path);
			await writeFile(file, bytes, { flag: "wx" });
			await chmod(file, mode === "100755" ? 493 : 420);
			await utimes(file, committedAt, committedAt);
		}
	});
	for (const { path, target } of links) {
		await symlink(target, join(folder, path));
		await lutimes(join(folder, path), committedAt, committedAt);
	}
	for (const each of [...folders].reverse()) {
		await chmod(each, 493);
		await utimes(each, committedAt, committedAt);
	}
}
function groupByHash(context) {
	const groups = /* @__PURE__ */ new Map();
	for (const entry of context) groups.set(entry.hash, [...groups.get(entry.hash) ?? [], entry]);
	return groups;
}
/** Otherwise the image would get three lines of text instead of the file. */
function refuseLargeFilePointer(path, bytes) {
	if (bytes.length > 1024 || !bytes.toString("latin1").startsWith("version https://git-lfs.github.com/spec/")) return;
	throw new InputError({
		where: path,
		problem: "this file is in Git LFS: the commit holds only a pointer to it",
		remedy: `Commit the file itself, fetch it in the Containerfile, or name ${path} in .containerignore.`
	});
}
// src/world/git/list-tree.ts
init_errors();
/** The mode of a folder. */
const folder = "40000";
/** The mode of a submodule. */
const submodule = "160000";
/** Every file of a commit or tree, in git's order (by the bytes of the path). Submodules are in it. */
async function listCommit(git, commit) {
	return walk(git, {
		mode: folder,
		hash: await treeOf(git, commit),
		path: ""
	});
}
/**
* Files at or beneath a path in a commit or tree, without submodules.
* @param path from the top of the repository; '' for all
*/
async function listTree(git, commit, path) {
	const start = await findEntry(git, commit, path);
	return (start === void 0 ? [] : await walk(git, start)).filter(({ mode }) => mode !== submodule);
}
/**
* What is at a path of a commit or tree.
* @param path from the top of the repository; '' for the top itself
* @returns undefined if there is nothing; mode `40000` for a folder
*/
async function findEntry(git, commit, path) {
	let here = {
		mode: folder,
		hash: await treeOf(git, commit),
		path: ""
	};
	for (const name of path.split("/").filter((part) => part !== "" && part !== ".")) {
		if (here === void 0 || !isFolder(here)) return void 0;
		here = (await readTree(git, here)).find((entry) => nameOf$5(entry.path) === name);
	}
	return here;
}
/**
* The paths of all files that differ between two commits or trees, in the order of their names. A renamed file is two paths.
* Folders that are the same are not read.
*/
async function changedPaths(git, from, to) {
	const [one, other] = await Promise.all([treeOf(git, from), treeOf(git, to)]);
	const top = (hash) => ({
		mode: folder,
		hash,
		path: ""
	});
	return (await differences(git, top(one), top(other))).sort();
}
async function differences(git, one, other) {
	if (one?.hash === other?.hash && one?.mode === other?.mode) return [];
	const paths = [one, other].flatMap((each) => each === void 0 || isFolder(each) ? [] : [each.path]);
	const before = await entriesOf(git, one);
	const after = await entriesOf(git, other);
	const inside = [.../* @__PURE__ */ new Set([...before.keys(), ...after.keys()])].map((path) => differences(git, before.get(path), after.get(path)));
	return [...new Set(paths), ...(await Promise.all(inside)).flat()];
}
async function entriesOf(git, entry) {
	const entries = entry === void 0 || !isFolder(entry) ? [] : await readTree(git, entry);
	return new Map(entries.map((each) => [each.path, each]));
}
function isFolder({ mode }) {
	return mode === folder;
}
function nameOf$5(path) {
	return path.slice(path.lastIndexOf("/") + 1);
}
async function walk(git, from) {
	if (!isFolder(from)) return [from];
	const entries = await readTree(git, from);
	return (await Promise.all(entries.map((entry) => walk(git, entry)))).flat();
}
/** Trees that were read, by repository. A tree never changes. */
const trees = /* @__PURE__ */ new WeakMap();
const mostTrees = 2e3;
/** The entries of a folder, with paths from the top. */
async function readTree(git, { hash, path }) {
	const known = trees.get(git) ?? /* @__PURE__ */ new Map();
	trees.set(git, known);
	let entries = known.get(hash);
	if (entries === void 0) {
		const object = await git.objects.read(hash);
		if (object?.kind !== "tree") throw new OutsideError(`reading ${hash} from git`, `it is ${object?.kind ?? "missing"}, expected a folder`);
		entries = parseTree(object.bytes, hash.length / 2);
		known.set(hash, entries);
		if (known.size > mostTrees) known.delete(known.keys().next().value);
	}
	return path === "" ? entries : entries.map((entry) => ({
		...entry,
		path: `${path}/${entry.path}`
	}));
}
/**
* The content of a tree object: for each entry its mode, a space, its name, a zero byte and the bytes of its hash.
* @param hashBytes 20 for SHA-1, 32 for SHA-256
*/
function parseTree(bytes, hashBytes) {
	const entries = [];
	for (let at = 0; at < bytes.length;) {
		const space = bytes.indexOf(32, at);
		const end = bytes.indexOf(0, space);
		const next = end + 1 + hashBytes;
		entries.push({
			mode: bytes.toString("latin1", at, space),
			path: bytes.toString("utf8", space + 1, end),
			hash: bytes.toString("hex", end + 1, next)
		});
		at = next;
	}
	return entries;
}
/** The tree of a commit, a tag or another name. */
async function treeOf(git, name) {
	const question = `tree of ${name}`;
	const known = git.memory.get(question);
	if (known !== void 0) return known;
	const hash = (await git.objects.find(`${name}^{tree}`))?.hash ?? await git.run([
		"rev-parse",
		"--verify",
		`${name}^{tree}`
	]);
	if (isFullHash(name)) git.memory.set(question, hash);
	return hash;
}
// src/world/registry/find-surely.ts
/** Like findManifest, but that a manifest does not exist is believed only if two answers agree. */
async function findSurely(client, reference) {
	return await client.findManifest(reference) ?? await client.findManifest(reference);
}
// src/project/configuration/tag-prefixes.ts
/** Prefixes of the tags that Coxswain sets besides versions. A fleet's own tag must not start with one of them. */
const tagPrefixes = {
	/** The published guidance of a fleet. */
	guidance: "updates-",
	/** A built image in the test registry. */
	build: "key-",
	/** What is attached to an image by its digest. */
	attached: "sha256-"
};
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
const attempts$3 = 10;
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
	for (let attempt = 0; attempt < attempts$3; attempt++) {
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
			subject: subject && plain$3(subject),
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
	const manifest = await findSurely(client, reference);
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
function plain$3({ mediaType, digest, size }) {
	return {
		mediaType,
		digest,
		size
	};
}
// src/release/signatures/command-signer.ts
init_errors();
const patience$2 = 6e4;
/** A signature has at most 72 bytes; a longer output is not a signature. */
const longestAnswer = 4096;
/**
* Signs by a program: for keys that never leave a KMS or a token. The program gets the payload on standard input, and the
* public key whose private half is to sign in COXSWAIN_SIGNING_PUBLIC_KEY; it writes the signature, DER or base64 of it.
* @param command program and arguments, separated by blanks; no shell reads it
*/
function commandSigner(command, options) {
	const [program = "", ...args] = command.trim().split(/\s+/);
	const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !/^COXSWAIN_(SIGNING|EVIDENCE|GUIDANCE)_(KEY|PASSPHRASE)$/.test(name)));
	return async (payload) => {
		const answer = await run(program, args, payload, {
			...env,
			COXSWAIN_SIGNING_PUBLIC_KEY: options.publicKey
		});
		if (answer[0] === 48) return answer.toString("base64");
		return answer.toString("latin1").trim();
	};
}
function run(program, args, payload, env) {
	const doing = `signing by ${program}`;
	return new Promise((done, failed) => {
		const child = spawn(program, args, {
			env,
			stdio: [
				"pipe",
				"pipe",
				"pipe"
			],
			timeout: patience$2
		});
		const answer = [];
		let size = 0;
		let said = "";
		child.stdout.on("data", (chunk) => {
			size += chunk.length;
			if (size <= longestAnswer) answer.push(chunk);
			else child.kill();
		});
		child.stderr.on("data", (chunk) => {
			said = `${said}${chunk}`.slice(-500);
		});
		child.stdin.on("error", () => {});
		child.on("error", (error) => {
			failed(error.code === "ENOENT" ? new InputError({
				field: "COXSWAIN_SIGNING_COMMAND",
				problem: "this program cannot be found",
				found: program
			}) : new OutsideError(doing, error.message));
		});
		child.on("close", (code, signal) => {
			if (code === 0 && size > 0 && size <= longestAnswer) return done(Buffer.concat(answer));
			const how = signal !== null ? `it was ended by ${signal}${signal === "SIGTERM" ? ` after ${patience$2 / 1e3} seconds` : ""}` : code === 0 ? `it wrote ${size} bytes, which is not a signature` : `exit code ${code}`;
			failed(new OutsideError(doing, [how, said.trim()].filter((part) => part !== "").join(": ")));
		});
		child.stdin.end(payload);
	});
}
// src/release/signatures/cosign-key.ts
init_errors();
/** The PEM labels of cosign and the older sigstore tools. */
const label = /-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----([^-]*)-----END/;
const fileSchema$2 = object({
	kdf: object({
		name: literal("scrypt"),
		params: object({
			N: int().min(2).max(1048576),
			r: int().min(1).max(32),
			p: int().min(1).max(16)
		}),
		salt: base64()
	}),
	cipher: object({
		name: literal("nacl/secretbox"),
		nonce: base64()
	}),
	ciphertext: base64()
});
function isCosignKey(pem) {
	return label.test(pem);
}
/** Opens cosign's encrypted private key. @returns PKCS#8 in DER @throws InputError for a wrong passphrase or file */
function decryptCosignKey(pem, passphrase, where) {
	const refuse = (problem) => new InputError({
		where,
		problem
	});
	let written;
	try {
		written = JSON.parse(Buffer.from(label.exec(pem)?.[1] ?? "", "base64").toString());
	} catch {
		throw refuse("the encrypted private key is incomplete");
	}
	const file = fileSchema$2.safeParse(written);
	if (!file.success) throw refuse("the encrypted private key is in a form that cosign does not write");
	const { kdf, cipher, ciphertext } = file.data;
	const { N, r, p } = kdf.params;
	try {
		const key = scryptSync(passphrase, Buffer.from(kdf.salt, "base64"), 32, {
			N,
			r,
			p,
			maxmem: 256 * N * r
		});
		return xsalsa20poly1305(key, Buffer.from(cipher.nonce, "base64")).decrypt(Buffer.from(ciphertext, "base64"));
	} catch {
		throw refuse("the private key does not open with this passphrase");
	}
}
init_errors();
/** Makes a pair on the curve P-256, the only one that nodes check. */
function makeKeyPair(passphrase) {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
	const encryption = passphrase === void 0 ? {} : {
		cipher: "aes-256-cbc",
		passphrase
	};
	return {
		privateKey: privateKey.export({
			type: "pkcs8",
			format: "pem",
			...encryption
		}).toString(),
		publicKey: publicPem(publicKey)
	};
}
function publicPem(key) {
	return key.export({
		type: "spki",
		format: "pem"
	}).toString();
}
/** Whether two public keys are the same. */
function sameKey(one, other) {
	return one.equals(other);
}
/**
* Reads a public key.
* @param where how messages name the file
* @throws InputError for anything but a P-256 public key, also for a private one
*/
function readPublicKey(pem, where) {
	if (/PRIVATE KEY/.test(pem)) throw new InputError({
		where,
		problem: "this is a private key, and a public one is expected",
		remedy: "Replace it now, and make a new pair (coxswain make-key): a private key in a repository is not secret."
	});
	try {
		return requireP256(createPublicKey(pem), where);
	} catch (error) {
		if (error instanceof InputError) throw error;
		throw new InputError({
			where,
			problem: "not a public key",
			expected: "PEM: -----BEGIN PUBLIC KEY-----",
			remedy: "coxswain make-key writes one beside its private key."
		});
	}
}
/**
* Reads a private key: PKCS#8 or SEC1 in PEM, encrypted or not, or cosign's own encrypted file.
* @param options.where how messages name its source; never the key itself
* @param options.passphraseIn the variable that holds the passphrase
* @throws InputError that does not contain any of the key
*/
function readPrivateKey(pem, options) {
	const { where, passphrase } = options;
	const encrypted = /ENCRYPTED/.test(pem);
	if (encrypted && passphrase === void 0) throw new InputError({
		where,
		problem: "the private key is encrypted, and no passphrase is set",
		remedy: `Put the passphrase into ${options.passphraseIn ?? "COXSWAIN_SIGNING_PASSPHRASE"}.`
	});
	if (isCosignKey(pem)) {
		const der = decryptCosignKey(pem, passphrase ?? "", where);
		return requireP256(createPrivateKey({
			key: Buffer.from(der),
			format: "der",
			type: "pkcs8"
		}), where);
	}
	try {
		return requireP256(createPrivateKey({
			key: pem,
			...defined({ passphrase: encrypted ? passphrase : void 0 })
		}), where);
	} catch (error) {
		if (error instanceof InputError) throw error;
		throw new InputError({
			where,
			problem: encrypted ? "the private key does not open with this passphrase" : "not a private key",
			expected: "PEM: -----BEGIN PRIVATE KEY-----, or an encrypted one with its passphrase"
		});
	}
}
function requireP256(key, where) {
	const curve = key.asymmetricKeyDetails?.namedCurve;
	if (key.asymmetricKeyType === "ec" && curve === "prime256v1") return key;
	throw new InputError({
		where,
		problem: "nodes check signatures by one kind of key only",
		found: [key.asymmetricKeyType, curve].filter((part) => part !== void 0).join(" "),
		expected: "ECDSA on the curve P-256",
		remedy: "coxswain make-key makes such a pair."
	});
}
// src/release/signatures/simple-signing.ts
/** The bytes that are signed. The same image makes the same bytes. */
function payloadOf({ repository, digest }) {
	return new TextEncoder().encode(JSON.stringify({
		critical: {
			identity: { "docker-reference": formatRepository(repository) },
			image: { "docker-manifest-digest": digest },
			type: "cosign container image signature"
		},
		optional: null
	}));
}
function signerOf(key) {
	return async (payload) => sign$1("sha256", payload, key).toString("base64");
}
/** Whether a signature over these bytes is by this key. False for anything that is not a signature. */
function isSignedBy(publicKey, payload, signature) {
	try {
		return verify("sha256", payload, publicKey, Buffer.from(signature, "base64"));
	} catch {
		return false;
	}
}
/** The public half of a private key. */
function publicHalf(privateKey) {
	return createPublicKey(privateKey);
}
init_errors();
/**
* The keys that releases of a fleet are signed by at a time: none if the fleet does not sign. A key whose `until` has
* passed no longer signs.
* @param root top folder of the checkout
* @param now UNIX seconds
* @throws InputError for a file that is missing or holds no public key
*/
async function fleetKeys(root, fleet, now) {
	const active = fleet.signing.filter(({ until }) => until === void 0 || now < until);
	return Promise.all(active.map(async ({ file }) => ({
		file,
		key: await readKeyFile(root, file)
	})));
}
/**
* Reads a public key that coxswain.yaml names.
* @throws InputError for a file that is missing or holds no public key
*/
async function readKeyFile(root, file) {
	return readPublicKey(await readKeyText(root, file), file);
}
/**
* The text of a public key that coxswain.yaml names, of any kind.
* @param told.field the field that names it
* @param told.remedy what to do if the file is missing. Default: make a pair.
* @throws InputError for a file that does not exist
*/
async function readKeyText(root, file, told = {}) {
	try {
		return await readFile(join(root, file), "utf8");
	} catch (error) {
		if (!isMissing(error)) throw error;
		throw new InputError({
			where: file,
			...defined({ field: told.field }),
			problem: "coxswain.yaml names this public key, and the file does not exist",
			remedy: told.remedy ?? "coxswain make-key makes a pair. Commit the public key."
		});
	}
}
/**
* The signers of a fleet: each of its keys with its private half from the environment, never from an argument.
* - COXSWAIN_SIGNING_KEY: the private key in PEM; several, one after the other, while keys change
* - COXSWAIN_SIGNING_KEY_FILE: the same in a file, such as /dev/fd/3
* - COXSWAIN_SIGNING_PASSPHRASE: opens them if they are encrypted
* - COXSWAIN_SIGNING_COMMAND: a program that signs in their place (a KMS, a token)
* @throws InputError if a key of the fleet has no private half here
*/
async function signingKeys(keys, options) {
	if (keys.length === 0) return [];
	const { env, fleet } = options;
	const own = await privateKeys(env, "COXSWAIN_SIGNING");
	const command = env.COXSWAIN_SIGNING_COMMAND;
	return keys.map(({ file, key }) => {
		const found = own.find((each) => sameKey(publicHalf(each), key));
		if (found !== void 0) return {
			file,
			key,
			signer: signerOf(found)
		};
		if (command !== void 0 && command.trim() !== "") return {
			file,
			key,
			signer: commandSigner(command, {
				env,
				publicKey: publicPem(key)
			})
		};
		throw new InputError({
			where: file,
			problem: `releases of fleet ${fleet} are signed by this key, and its private half is not in the environment`,
			found: own.length === 0 ? "no private key" : `${own.length} other private key${own.length === 1 ? "" : "s"}`,
			expected: "the private key in COXSWAIN_SIGNING_KEY (or COXSWAIN_SIGNING_KEY_FILE, COXSWAIN_SIGNING_COMMAND)",
			remedy: "In a workflow, keep it as a secret of the environment that is named as the fleet."
		});
	});
}
const onePem = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/g;
/**
* The private keys of the environment: NAME_KEY, NAME_KEY_FILE, opened by NAME_PASSPHRASE.
* @param name the start of the variables' names
*/
async function privateKeys(env, name) {
	const passphrase = env[`${name}_PASSPHRASE`];
	const sources = [[`${name}_KEY`, env[`${name}_KEY`] ?? ""]];
	const file = env[`${name}_KEY_FILE`] ?? "";
	if (file !== "") sources.push([`${name}_KEY_FILE`, await readSecretFile(file, `${name}_KEY_FILE`)]);
	return sources.flatMap(([where = "", text = ""]) => {
		if (text.trim() === "") return [];
		return (text.match(onePem) ?? [text]).map((pem) => readPrivateKey(pem, {
			where,
			passphraseIn: `${name}_PASSPHRASE`,
			...defined({ passphrase: passphrase === void 0 || passphrase === "" ? void 0 : passphrase })
		}));
	});
}
async function readSecretFile(path, where) {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		throw new InputError({
			where,
			problem: "the private key cannot be read",
			found: error.code ?? "unknown"
		});
	}
}
// src/release/attestations/run-identity.ts
const githubIssuer = "https://token.actions.githubusercontent.com";
const server = "https://github.com";
const repositoryField = "1.3.6.1.4.1.57264.1.12";
const refField = "1.3.6.1.4.1.57264.1.14";
/** What the libraries' certificate says, in our words. */
function identityOf(identity) {
	const field = (oid) => {
		const found = identity?.oids?.find((each) => each.oid?.id.join(".") === oid);
		return found === void 0 ? void 0 : readText(found.value);
	};
	return {
		issuer: identity?.extensions?.issuer,
		workflow: identity?.subjectAlternativeName,
		repository: field(repositoryField),
		ref: field(refField)
	};
}
/** A short UTF8String in DER: tag, length of one or two bytes, text. */
function readText(der) {
	if (der[0] !== 12 || der[1] === void 0) return void 0;
	const start = der[1] < 128 ? 2 : der[1] === 129 ? 3 : der[1] === 130 ? 4 : void 0;
	return start === void 0 ? void 0 : der.subarray(start).toString("utf8");
}
/** @returns why this is not a run that the configuration trusts; undefined if it is */
function mismatch(found, wanted) {
	if (found.issuer !== githubIssuer) return `its signer was not known to GitHub, but to ${found.issuer ?? "nobody"}`;
	if (found.repository !== `${server}/${wanted.repository}`) return `it is signed by a run of ${withoutServer(found.repository)}, not of ${wanted.repository}`;
	if (!isWorkflow(found.workflow ?? "", `${server}/${wanted.workflow}`)) return `it is signed by the workflow ${withoutServer(found.workflow)}, not by ${wanted.workflow}`;
	if (found.ref === void 0 || !wanted.refs.some((pattern) => matches(found.ref ?? "", pattern))) return `it is signed by a run for ${found.ref ?? "no ref"}, not for ${wanted.refs.join(" or ")}`;
}
/** The name of a ref may have an `@` too, such as the tag `v1@x`, which is not `v1`: so the whole text is compared. */
function isWorkflow(found, wanted) {
	return wanted.includes("@") ? found === wanted : found.startsWith(`${wanted}@refs/`);
}
function withoutServer(url) {
	return url?.replace(`${server}/`, "") ?? "nothing";
}
/** `*` stands for one or more characters, except slashes. */
function matches(ref, pattern) {
	const parts = pattern.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"));
	return new RegExp(`^${parts.join("[^/]+")}$`).test(ref);
}
// src/release/attestations/bundle.ts
init_errors();
/** Media type of a bundle, and artifact type of a referrer that is one. */
const bundleMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** Type of what is signed: an in-toto statement. */
const payloadType$1 = "application/vnd.in-toto+json";
/**
* Opens a sigstore bundle that holds an in-toto statement. If the configuration says whose signature counts, the
* signature is verified first. Without that, a bundle counts as much as a statement without a signature.
* @throws InputError if a file that the configuration names is missing or wrong
*/
async function openBundle(bytes, trust) {
	const { bundleFromJSON, isBundleWithDsseEnvelope } = await import("./dist3.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	let bundle;
	let statement;
	try {
		bundle = bundleFromJSON(JSON.parse(new TextDecoder().decode(bytes)));
		if (!isBundleWithDsseEnvelope(bundle) || bundle.content.dsseEnvelope.payloadType !== "application/vnd.in-toto+json") return { refused: "it does not hold a signed statement" };
		statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString());
	} catch (error) {
		return { refused: `it is not a sigstore bundle (${messageOf$1(error)})` };
	}
	if (trust.signedBy.length === 0) return { statement };
	const reasons = [];
	for (const signer of trust.signedBy) {
		const reason = await refusal$1(bundle, signer, trust);
		if (reason === void 0) return {
			statement,
			signedBy: nameOf$4(signer)
		};
		reasons.push(reason);
	}
	return {
		statement,
		refused: [...new Set(reasons)].join("; ")
	};
}
function nameOf$4(signer) {
	return signer.kind === "key" ? signer.file : `${signer.repository}: ${signer.workflow}`;
}
/** @returns why the bundle is not by this signer; undefined if it is */
async function refusal$1(bundle, signer, trust) {
	const isByKey = bundle.verificationMaterial.content.$case === "publicKey";
	if (signer.kind === "key") {
		if (!isByKey) return `it is not signed by ${signer.file}`;
		return await isSignedByKey(bundle, signer.file, trust) ? void 0 : `it is not signed by ${signer.file}`;
	}
	if (isByKey) return `it is signed by a key, not by a workflow of ${signer.repository}`;
	const verifier = await identityVerifier(trust);
	const { toSignedEntity } = await import("./dist6.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	try {
		const { identity } = verifier.verify(toSignedEntity(bundle));
		return mismatch(identityOf(identity), signer);
	} catch (error) {
		return `its signature cannot be verified (${messageOf$1(error)})`;
	}
}
async function isSignedByKey(bundle, file, trust) {
	const publicKey = await readKeyFile(trust.root, file);
	const { toSignedEntity, toTrustMaterial, Verifier } = await import("./dist6.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const { TrustedRoot } = await import("./dist2.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const material = toTrustMaterial(TrustedRoot.fromJSON({}), () => ({
		publicKey,
		validFor: () => true
	}));
	try {
		const entity = {
			...toSignedEntity(bundle),
			tlogEntries: [],
			timestamps: []
		};
		new Verifier(material, {
			tlogThreshold: 0,
			timestampThreshold: 0
		}).verify(entity);
		return true;
	} catch {
		return false;
	}
}
/** Verifies certificates of Fulcio: issued by it, logged, and used while they were valid. */
async function identityVerifier({ root, sigstore }) {
	const { toTrustMaterial, Verifier } = await import("./dist6.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const { TrustedRoot } = await import("./dist2.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const file = sigstore.trustedRoot;
	const written = file === void 0 ? await publicRoot() : await readRoot(join(root, file), file);
	try {
		return new Verifier(toTrustMaterial(TrustedRoot.fromJSON(written)));
	} catch (error) {
		throw new InputError({
			where: file ?? "trusted root",
			problem: `not a trusted root of Sigstore (${messageOf$1(error)})`,
			expected: "the JSON of cosign trusted-root create, or gh attestation trusted-root"
		});
	}
}
async function publicRoot() {
	return (await import("./sigstore-public-root.mjs")).default;
}
async function readRoot(path, file) {
	try {
		return JSON.parse(await readFile(path, "utf8"));
	} catch (error) {
		if (!isMissing(error) && !(error instanceof SyntaxError)) throw error;
		throw new InputError({
			where: file,
			field: "evidence.sigstore.trusted-root",
			problem: isMissing(error) ? "this file does not exist" : "not JSON",
			expected: "the JSON of cosign trusted-root create, or gh attestation trusted-root"
		});
	}
}
// src/world/http/http-answer.ts
/** An answer without a body may still name the encoding that one would have. */
function hasBody(message) {
	if (message.req?.method === "HEAD" || message.headers["content-length"] === "0") return false;
	return message.statusCode !== 204 && message.statusCode !== 304;
}
function decoded(message, encoding) {
	if (encoding === null || encoding === "identity") return message;
	const decoder = encoding === "br" ? createBrotliDecompress() : /^(x-)?gzip$/.test(encoding) ? createGunzip() : void 0;
	if (decoder === void 0) return message;
	message.once("error", (error) => decoder.destroy(error));
	decoder.once("close", () => message.destroy());
	return message.pipe(decoder);
}
var redirectStatuses, AnswerHeaders, HttpAnswer, TooLong;
var init_http_answer = __esmMin((() => {
	redirectStatuses = [
		301,
		302,
		303,
		307,
		308
	];
	AnswerHeaders = class {
		#headers;
		constructor(headers) {
			this.#headers = headers;
		}
		get(name) {
			const value = this.#headers[name.toLowerCase()];
			return value === void 0 ? null : Array.isArray(value) ? value.join(", ") : value;
		}
		has(name) {
			return this.get(name) !== null;
		}
		*[Symbol.iterator]() {
			for (const name of Object.keys(this.#headers)) yield [name, this.get(name) ?? ""];
		}
	};
	HttpAnswer = class HttpAnswer {
		status;
		statusText;
		url;
		headers;
		body;
		#message;
		#url;
		constructor(message, url, body) {
			this.#message = message;
			this.#url = url;
			this.status = message.statusCode ?? 0;
			this.statusText = message.statusMessage ?? "";
			this.url = url.href;
			this.headers = new AnswerHeaders(message.headers);
			this.body = body ?? (hasBody(message) ? decoded(message, this.headers.get("content-encoding")) : message);
			this.body.on("error", () => {});
		}
		/** The same answer, for another reader, after these bytes were read from it. */
		withBody(bytes) {
			return new HttpAnswer(this.#message, this.#url, Readable.from([bytes], { objectMode: false }));
		}
		get ok() {
			return this.status >= 200 && this.status < 300;
		}
		/** Lets go of a body that nobody wants. A short one is read, so that the connection is kept. */
		discard() {
			if (Number(this.headers.get("content-length") ?? 0) > 65536) this.body.destroy();
			else this.body.resume();
		}
		/** The whole body. @throws TooLong if it has more bytes than the limit */
		async bytes(limit = Number.POSITIVE_INFINITY) {
			const chunks = [];
			let size = 0;
			for await (const chunk of this.body) {
				size += chunk.length;
				if (size > limit) throw new TooLong(`the answer has more than ${limit} bytes`);
				chunks.push(chunk);
			}
			return Buffer.concat(chunks);
		}
		async text(limit) {
			return new TextDecoder().decode(await this.bytes(limit));
		}
		async json() {
			return JSON.parse(await this.text());
		}
		async arrayBuffer() {
			const { buffer, byteOffset, length } = await this.bytes();
			return buffer.slice(byteOffset, byteOffset + length);
		}
	};
	TooLong = class extends Error {
		name = "TooLong";
	};
}));
// src/world/loopback.ts
/** True for this machine's own addresses: plain HTTP is used with no other, and no proxy is asked for them. */
function isLoopback(url) {
	const host = url.hostname;
	return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
var init_loopback = __esmMin((() => {}));
// src/world/http/proxies.ts
/**
* HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go's programs read them: buildah and skopeo run in the same jobs. The names
* in small letters count first, as for curl. This machine's own addresses are never asked through a proxy.
* @throws InputError for a proxy that is not http or https, when it is needed
*/
function proxiesOf(env) {
	return (target) => {
		const name = target.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
		const text = (env[name.toLowerCase()] || env[name] || "").trim();
		if (text === "" || isLoopback(target)) return void 0;
		if (isExcepted$1(target, env.no_proxy || env.NO_PROXY || "")) return void 0;
		return readProxy(text, name);
	};
}
/** A proxy without its password, for messages. */
function proxyName({ protocol, host }) {
	return `${protocol}//${host}`;
}
function readProxy(text, name) {
	const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
	const url = URL.canParse(full) ? new URL(full) : void 0;
	if (url !== void 0 && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return url;
	throw new InputError({
		field: name,
		problem: "not a proxy that coxswain can use",
		found: text.replace(/\/\/[^/]*@/, "//…@"),
		expected: "http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; https:// if the proxy itself speaks TLS"
	});
}
/** Whether NO_PROXY names the host: itself, a domain over it, an address, a network such as 10.0.0.0/8, or `*`. */
function isExcepted$1(target, list) {
	const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
	const port = target.port || (target.protocol === "https:" ? "443" : "80");
	return list.toLowerCase().split(/[\s,]+/).filter((entry) => entry !== "").some((entry) => {
		if (entry === "*") return true;
		const [, bracketed, plain, wanted] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
		const name = bracketed ?? plain ?? entry;
		if (wanted !== void 0 && wanted !== port) return false;
		return isIP(host) === 0 ? isDomainOf(host, name) : isInNetwork(host, name);
	});
}
/** `example.com` also means the hosts below it; `.example.com` means only those. */
function isDomainOf(host, name) {
	const below = name.replace(/^\*?(?=\.)/, "");
	return below.startsWith(".") ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}
function isInNetwork(address, name) {
	const [network = "", prefix] = name.split("/");
	const version = isIP(network);
	if (version === 0 || version !== isIP(address)) return false;
	if (prefix === void 0) return network === address;
	const bits = Number(prefix);
	const most = version === 4 ? 32 : 128;
	if (!Number.isInteger(bits) || bits < 0 || bits > most) return false;
	const family = version === 4 ? "ipv4" : "ipv6";
	const networks = new BlockList();
	networks.addSubnet(network, bits, family);
	return networks.check(address, family);
}
var init_proxies = __esmMin((() => {
	init_errors();
}));
// src/world/http/http-exchange.ts
/**
* Sends one request over a connection that is kept for the next one. Follows no redirect, and accepts any status.
* @throws ConnectionError, or the reason of the signal, or what the body threw
*/
async function exchange(target, request) {
	const proxy = proxyOf(request.env ?? process.env)(target);
	try {
		return await attempt(target, request, proxy);
	} catch (error) {
		if (error instanceof ClosedConnection && ["GET", "HEAD"].includes(request.method)) return attempt(target, request, proxy);
		throw error;
	}
}
async function attempt(target, request, proxy) {
	const { method, body, signal } = request;
	signal?.throwIfAborted();
	const tunnelled = proxy !== void 0 && target.protocol === "https:";
	const { url, headers } = placeOf(target, {
		...lengthOf(body),
		...request.headers
	}, proxy);
	const isSecure = url.protocol === "https:";
	const sent = (isSecure ? https() : http).request(url, {
		method,
		headers,
		agent: tunnelled ? await tunnelTo(proxy) : isSecure ? secureAgent() : plain$2,
		...tunnelled ? { timeout: proxyPatience } : {},
		...proxy !== void 0 && !tunnelled ? { path: withoutUser$1(target).href } : {}
	});
	let message;
	const abort = () => (message ?? sent).destroy(signal?.reason);
	signal?.addEventListener("abort", abort, { once: true });
	let fromBody;
	const answer = new Promise((resolve, reject) => {
		sent.once("response", resolve);
		sent.on("error", (error) => {
			if (signal?.aborted === true) return reject(signal.reason);
			if (fromBody !== void 0) return reject(fromBody);
			reject(new (sent.reusedSocket && codeOf$1(error) === "ECONNRESET" ? ClosedConnection : ConnectionError)(error, proxy));
		});
	});
	if (body === void 0 || typeof body === "string" || body instanceof Uint8Array) sent.end(body);
	else pump(body, sent).catch((error) => {
		fromBody = error;
		sent.destroy(error instanceof Error ? error : new Error(messageOf$1(error)));
	});
	message = await answer;
	message.once("close", () => {
		signal?.removeEventListener("abort", abort);
		if (!sent.writableEnded) sent.destroy();
	});
	return new HttpAnswer(message, target);
}
/** node:http leaves it out for a DELETE; the server then reads the body as the next request. */
function lengthOf(body) {
	if (typeof body !== "string" && !(body instanceof Uint8Array)) return {};
	return { "content-length": String(Buffer.byteLength(body)) };
}
/** Writes as fast as the server reads. */
async function pump(body, sent) {
	for await (const chunk of body) {
		if (sent.destroyed) return;
		if (!sent.write(chunk)) await drained(sent);
	}
	sent.end();
}
function drained(sent) {
	return new Promise((resolve) => {
		const done = () => {
			sent.off("drain", done).off("close", done);
			resolve();
		};
		sent.on("drain", done).on("close", done);
	});
}
/** The address that gets the request: a proxy forwards plain HTTP, and opens a tunnel for HTTPS. */
function placeOf(target, headers, proxy) {
	if (proxy === void 0 || target.protocol === "https:") return {
		url: target,
		headers
	};
	const { username, password } = proxy;
	const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return {
		url: withoutUser$1(proxy),
		headers: {
			...headers,
			host: target.host,
			...login === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` }
		}
	};
}
function secureAgent() {
	secure ??= new (https()).Agent(options);
	return secure;
}
async function tunnelTo(proxy) {
	const { HttpsProxyAgent } = await import("./hpagent2.mjs");
	let tunnel = tunnels.get(proxy.href);
	if (tunnel === void 0) {
		tunnel = new HttpsProxyAgent({
			...options,
			proxy
		});
		tunnels.set(proxy.href, tunnel);
	}
	return tunnel;
}
function proxyOf(env) {
	if (known?.env !== env) known = {
		env,
		proxyOf: proxiesOf(env)
	};
	return known.proxyOf;
}
function withoutUser$1(url) {
	const clean = new URL(url);
	clean.username = "";
	clean.password = "";
	return clean;
}
/** hpagent knows only the status that the proxy answered. */
function explain$2(error) {
	const message = messageOf$1(error instanceof AggregateError ? error.errors[0] : error);
	const status = /^Bad response: (\d+)$/.exec(message)?.[1];
	if (status === void 0) return message;
	return status === "407" ? "the proxy answered 407: it wants a user name and password, or other ones" : `the proxy answered ${status} instead of connecting`;
}
function codeOf$1(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
var load, http, https, ConnectionError, options, proxyPatience, plain$2, secure, tunnels, ClosedConnection, known;
var init_http_exchange = __esmMin((() => {
	init_errors();
	init_http_answer();
	init_proxies();
	load = createRequire(import.meta.url);
	http = load("node:http");
	https = () => load("node:https");
	ConnectionError = class extends Error {
		name = "ConnectionError";
		/** `http://proxy:3128`, if one was used. */
		proxy;
		/** The message without the proxy. */
		reason;
		constructor(cause, proxy) {
			const through = proxy === void 0 ? "" : ` (through the proxy ${proxyName(proxy)})`;
			const reason = explain$2(cause);
			super(`${reason}${through}`, { cause });
			this.reason = reason;
			this.proxy = proxy === void 0 ? void 0 : proxyName(proxy);
		}
	};
	options = {
		keepAlive: true,
		timeout: 3e4
	};
	proxyPatience = 3e4;
	plain$2 = new http.Agent(options);
	tunnels = /* @__PURE__ */ new Map();
	ClosedConnection = class extends ConnectionError {};
}));
// src/world/http/fetch-whole.ts
/**
* Like the global fetch for what is read whole, but over our own connections (`http-exchange.ts` says why). Redirects
* are followed, those of a write only within its origin; the authorization goes to the first origin only.
* @throws ConnectionError; Error with the name TimeoutError
*/
async function fetchWhole(address, options = {}) {
	const { method = "GET", redirect = "follow", timeout = 6e4, body } = options;
	let headers = {
		"accept-encoding": "gzip, br",
		"user-agent": "coxswain",
		...lowerCase(options.headers ?? {})
	};
	const signal = AbortSignal.timeout(timeout);
	let target = new URL(address);
	for (let hop = 0;; hop += 1) {
		const answer = await exchange(target, {
			method,
			headers,
			signal,
			...defined({ body })
		});
		const location = answer.headers.get("location");
		if (redirect === "manual" || location === null || hop === maximumRedirects$1) return answer;
		const next = new URL(location, target);
		if (!isFollowed(method, answer.status, next.origin === target.origin)) return answer;
		answer.discard();
		if (!/^https?:$/.test(next.protocol)) throw new Error(`${target.host} redirected to ${next.protocol}`);
		if (next.origin !== target.origin) {
			const { authorization: _, cookie: __, ...others } = headers;
			headers = others;
		}
		target = next;
	}
}
/** GitHub answers writes to a renamed repository with 307. They are sent nowhere else. */
function isFollowed(method, status, sameOrigin) {
	if (method === "GET" || method === "HEAD") return redirectStatuses.includes(status);
	return sameOrigin && (status === 307 || status === 308);
}
function lowerCase(headers) {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
var maximumRedirects$1;
var init_fetch_whole = __esmMin((() => {
	init_http_answer();
	init_http_exchange();
	maximumRedirects$1 = 10;
}));
// src/release/attestations/sign.ts
init_errors();
init_fetch_whole();
/** How long one request to Fulcio or Rekor may take. */
const patience$1 = {
	timeout: 3e4,
	retry: 2
};
/** Bytes of the answer with a token, which has a few thousand. */
const largestToken = 262144;
const evidenceNames = {
	variables: "COXSWAIN_EVIDENCE",
	field: "evidence.signed-by",
	what: "evidence"
};
/**
* The signer for evidence that this run has:
* - COXSWAIN_EVIDENCE_KEY, COXSWAIN_EVIDENCE_KEY_FILE, COXSWAIN_EVIDENCE_PASSPHRASE: a private key, as for releases
* - COXSWAIN_EVIDENCE_COMMAND: a program that signs, for the first key in the configuration
* - in a workflow run with `id-token: write`, if the configuration names a workflow: a certificate of Fulcio for the run
* @param names for something else than evidence: other variables
* @returns undefined if there is none
* @throws InputError for a key that cannot be read, or that the configuration does not name
*/
async function attestationSigner(trust, env, { variables, field, what } = evidenceNames) {
	const files = trust.signedBy.flatMap((signer) => signer.kind === "key" ? [signer.file] : []);
	const publicKeys = await Promise.all(files.map(async (file) => ({
		file,
		key: await readKeyFile(trust.root, file)
	})));
	const [own] = await privateKeys(env, variables);
	if (own !== void 0) {
		const half = publicHalf(own);
		const named = publicKeys.find(({ key }) => sameKey(key, half));
		if (named === void 0 && trust.signedBy.length > 0) throw new InputError({
			where: `${variables}_KEY`,
			problem: `${what} that this key signs would not count`,
			found: "a private key whose public half coxswain.yaml does not name",
			expected: `the private half of ${files.length === 0 ? `a key in ${field}` : files.join(" or ")}`
		});
		return keySigner(named?.file ?? `${variables}_KEY`, signerOf(own), publicPem(half));
	}
	const command = env[`${variables}_COMMAND`] ?? "";
	const [first] = publicKeys;
	if (command.trim() !== "" && first !== void 0) {
		const publicKey = publicPem(first.key);
		return keySigner(first.file, commandSigner(command, {
			env,
			publicKey
		}), publicKey);
	}
	const workflow = trust.signedBy.find((signer) => signer.kind === "workflow");
	const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
	if (workflow === void 0 || url === void 0 || token === void 0) return void 0;
	return runSigner(trust, {
		url,
		token
	});
}
/** The same environment without what signs: for programs that run code of others. */
function withoutSigningSecrets(env) {
	const secret = /^(COXSWAIN_(EVIDENCE|GUIDANCE|SIGNING)_|ACTIONS_ID_TOKEN_REQUEST_)/;
	return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.test(name)));
}
function keySigner(name, signer, publicKey) {
	return {
		name,
		sign: async (statement) => {
			const { bundleToJSON, toDSSEBundle } = await import("./dist3.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const { dsse } = await import("./dist4.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const artifact = Buffer.from(statement);
			const signature = Buffer.from(await signer(dsse.preAuthEncoding(payloadType$1, artifact)), "base64");
			const bundle = toDSSEBundle({
				artifact,
				artifactType: payloadType$1,
				signature,
				keyHint: hintOf(publicKey)
			});
			for (const each of bundle.content.dsseEnvelope.signatures) each.keyid = "";
			return Buffer.from(`${JSON.stringify({
				...bundleToJSON(bundle),
				mediaType: bundleMediaType
			})}\n`);
		}
	};
}
/** As cosign writes it: a hash of the key. */
function hintOf(publicKey) {
	const der = createPublicKey(publicKey).export({
		type: "spki",
		format: "der"
	});
	return createHash("sha256").update(der).digest("base64");
}
/** Signs by a key that lives for one signature, certified by Fulcio for this workflow run, and logged in Rekor. */
function runSigner({ sigstore }, request) {
	return {
		name: "this workflow run",
		certified: true,
		sign: async (statement) => {
			const { bundleToJSON } = await import("./dist3.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const { DSSEBundleBuilder, FulcioSigner, RekorWitness } = await import("./dist5.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
			const { fulcio, rekor } = sigstore;
			const builder = new DSSEBundleBuilder({
				signer: new FulcioSigner({
					fulcioBaseURL: fulcio,
					identityProvider: { getToken: () => identityToken(request) },
					...patience$1
				}),
				witnesses: [new RekorWitness({
					rekorBaseURL: rekor,
					entryType: "dsse",
					...patience$1
				})]
			});
			try {
				const bundle = await builder.create({
					data: Buffer.from(statement),
					type: payloadType$1
				});
				return Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);
			} catch (error) {
				if (error instanceof OutsideError) throw error;
				const { code = "unknown error", cause } = error;
				if (cause instanceof OutsideError) throw cause;
				const why = cause === void 0 ? code : `${code}: ${messageOf$1(cause)}`;
				throw new OutsideError(`signing evidence by ${fulcio} and ${rekor}`, why);
			}
		}
	};
}
const tokenSchema$1 = object({ value: string().min(1) });
/** The token by which GitHub says which run this is. @throws OutsideError that does not contain it */
async function identityToken({ url, token }) {
	const doing = "asking GitHub for the run's identity token";
	try {
		const address = new URL(url);
		address.searchParams.set("audience", "sigstore");
		const answer = await fetchWhole(address, {
			headers: {
				authorization: `Bearer ${token}`,
				accept: "application/json"
			},
			timeout: patience$1.timeout
		});
		if (!answer.ok) throw new OutsideError(doing, `HTTP ${answer.status}`);
		const body = tokenSchema$1.safeParse(JSON.parse(await answer.text(largestToken)));
		if (!body.success) throw new OutsideError(doing, "the answer has no token");
		return body.data.value;
	} catch (error) {
		if (error instanceof OutsideError) throw error;
		throw new OutsideError(doing, messageOf$1(error));
	}
}
// src/release/attestations/acceptance.ts
init_errors();
/** Fields that every acceptance has. */
const acceptanceFields = {
	fleet: string().min(1),
	/** Why, in one line. */
	reason: string().min(1),
	/** Who. */
	by: string().min(1),
	/** UNIX seconds. */
	at: int().nonnegative()
};
/**
* Signs an acceptance as evidence is signed, if this run has a signer. Nothing is written to the registry.
* @param about the image, and the repository that it is accepted in
* @throws InputError if the acceptance would not count
*/
async function sealAcceptance(kind, about, { trust, env }) {
	const { artifactType, predicateType } = kind;
	const signer = await attestationSigner(trust, env);
	if (signer === void 0) {
		if (trust.signedBy.length > 0) throw wouldNotCount(kind.what, "this run has no key or identity to sign it");
		return {
			artifactType,
			layer: {
				mediaType: artifactType,
				bytes: Buffer.from(`${JSON.stringify(about.record)}\n`)
			}
		};
	}
	const statement = {
		_type: "https://in-toto.io/Statement/v1",
		subject: [{
			name: formatRepository(about.repository),
			digest: { sha256: about.subject.slice(7) }
		}],
		predicateType,
		predicate: about.record
	};
	const bytes = await signer.sign(`${JSON.stringify(statement)}\n`);
	await requireCounts(kind.what, bytes, {
		trust,
		signer
	});
	return {
		artifactType,
		layer: {
			mediaType: bundleMediaType,
			bytes
		}
	};
}
/** A run's identity is known only from its certificate, so the result is judged as a reader will judge it. */
async function requireCounts(what, bytes, { trust, signer }) {
	const opened = await openBundle(bytes, trust);
	if ("refused" in opened) throw wouldNotCount(what, `signed by ${signer.name}, ${opened.refused}`);
}
function wouldNotCount(what, problem) {
	return new InputError({
		where: what,
		field: "evidence.signed-by",
		problem: `it would not count: ${problem}`,
		expected: "a signature as evidence.signed-by in coxswain.yaml names it",
		remedy: "Set COXSWAIN_EVIDENCE_KEY or COXSWAIN_EVIDENCE_COMMAND, or run it in the workflow that evidence.signed-by names. Nothing was written."
	});
}
/** Attaches a sealed acceptance to the image that it is about. */
function pushSealed(client, repository, subject, { artifactType, layer }) {
	return pushArtifact(client, {
		repository,
		artifactType,
		subject,
		layers: [layer]
	});
}
/** The acceptances of one kind for an image and a fleet that count, oldest first. */
async function findAcceptances(client, kind, about, trust) {
	const { repository, subject, fleet } = about;
	const found = [];
	for (const { digest } of await client.referrers(repository, subject, kind.artifactType)) {
		const layer = (await readReferrer(client, {
			repository,
			subject,
			digest
		}))?.layers[0];
		if (layer === void 0) continue;
		const record = kind.schema.safeParse(await recordIn(kind, layer, {
			subject,
			trust
		})).data;
		if (record?.fleet === fleet) found.push(record);
	}
	return found.sort((one, other) => one.at - other.at);
}
const statementSchema$1 = looseObject({
	predicateType: string(),
	subject: array(looseObject({ digest: looseObject({ sha256: string().optional() }) })),
	predicate: unknown()
});
/** @returns undefined for what does not count */
async function recordIn({ predicateType }, layer, { subject, trust }) {
	if (layer.descriptor.mediaType !== "application/vnd.dev.sigstore.bundle.v0.3+json") return trust.signedBy.length === 0 ? parseOrUndefined(layer.bytes) : void 0;
	const opened = await openBundle(layer.bytes, trust);
	if ("refused" in opened) return void 0;
	const statement = statementSchema$1.safeParse(opened.statement).data;
	if (statement?.predicateType !== predicateType) return void 0;
	return statement.subject.some(({ digest: { sha256 } }) => `sha256:${sha256}` === subject) ? statement.predicate : void 0;
}
function parseOrUndefined(bytes) {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return;
	}
}
// src/release/evidence/acceptance.ts
/** Attached to an image in production: somebody accepts it for a fleet without evidence. */
const acceptanceType = "application/vnd.coxswain.accepted-missing-evidence.v1+json";
const missingEvidence = {
	what: "the acceptance of missing evidence",
	artifactType: acceptanceType,
	predicateType: "urn:coxswain:accepted-missing-evidence:v1",
	schema: object({
		...acceptanceFields,
		/** Git tree of the tests that were not run. */
		testsTree: string()
	})
};
/**
* The first that was given for one of these images, for this fleet and these tests; undefined if there is none.
* @param trust whose signature counts
*/
async function findAcceptance(client, repository, about, trust) {
	const { subjects, fleet, testsTree } = about;
	const found = [];
	for (const subject of subjects) found.push(...(await findAcceptances(client, missingEvidence, {
		repository,
		subject,
		fleet
	}, trust)).filter((each) => testsTree === void 0 || each.testsTree === testsTree));
	return found.sort((one, other) => one.at - other.at)[0];
}
init_errors();
const agentAnswers = [
	"agrees",
	"disagrees",
	"none"
];
/** in-toto Attestation Framework, spec/v1/statement.md */
const statementType$1 = "https://in-toto.io/Statement/v1";
/** spec/predicates/test-result.md */
const testResultType = "https://in-toto.io/attestation/test-result/v0.1";
/** Media type of a statement without an envelope. */
const statementMediaType = "application/vnd.in-toto+json";
/**
* The facts the predicate has no field for. The framework's parsing rules let a producer add a field named by a URI,
* if it does not change what the other fields mean: verifiers that do not know it still read the result.
*/
const bootTestField = "urn:coxswain:boot-test:v1";
/** What a result cannot prove; it is part of the evidence, for those who rely on it. */
const limits = "The image cannot reach the files of the harness, but the harness runs on the image's kernel and asks the image's systemctl. A malicious image can change its kernel, its systemd, or the memory of the harness as root, and so report false results.";
const runSchema = object({
	name: string(),
	result: _enum([
		"passed",
		"failed",
		"timed-out"
	]),
	seconds: number().nonnegative(),
	exitCode: int().exactOptional()
});
const detailsSchema = looseObject({
	tests: array(runSchema),
	kernel: string(),
	architecture: _enum(architectures),
	accelerator: _enum(["kvm", "tcg"]),
	mode: _enum([
		"direct",
		"ostree",
		"disk"
	]).exactOptional(),
	startedAt: datetime(),
	seconds: number().nonnegative(),
	follows: array(string().refine((text) => isDigest(text), "not a digest")).exactOptional(),
	upgrades: array(object({
		from: string(),
		digest: string().refine(isDigest, "not a digest"),
		result: _enum(["PASSED", "FAILED"])
	})).optional(),
	agent: _enum(agentAnswers).exactOptional(),
	log: string().optional()
});
const gitTree = string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "not a git tree hash");
const sha256$1 = string().regex(/^[0-9a-f]{64}$/, "not a sha256 hash");
const statementSchema = looseObject({
	_type: literal(statementType$1),
	predicateType: literal(testResultType),
	subject: tuple([looseObject({
		name: string(),
		digest: looseObject({ sha256: sha256$1 })
	})]),
	predicate: looseObject({
		result: _enum([
			"PASSED",
			"WARNED",
			"FAILED"
		]),
		url: string().optional(),
		configuration: array(looseObject({
			name: string().optional(),
			digest: looseObject({
				gitTree: gitTree.optional(),
				sha256: sha256$1.optional()
			}).optional()
		})),
		passedTests: array(string()).default([]),
		warnedTests: array(string()).default([]),
		failedTests: array(string()).default([]),
		[bootTestField]: detailsSchema
	})
});
/**
* Writes evidence as an in-toto statement.
* @throws InputError when result and tests contradict each other
*/
function formatStatement(evidence) {
	const { subject, result, testsTree, settings, tests, startedAt, log, ...facts } = evidence;
	requireConsistent(evidence, "evidence");
	const names = (passed) => tests.filter((test) => test.result === "passed" === passed).map(({ name }) => name);
	const statement = {
		_type: statementType$1,
		subject: [{
			name: subject.repository,
			digest: { sha256: subject.digest.slice(7) }
		}],
		predicateType: testResultType,
		predicate: {
			result,
			...defined({ url: facts.run }),
			configuration: [{
				name: "tests",
				digest: { gitTree: gitTree.parse(testsTree) }
			}, ...settings === void 0 ? [] : [{
				name: "settings",
				digest: { sha256: sha256$1.parse(settings) }
			}]],
			passedTests: names(true),
			warnedTests: [],
			failedTests: names(false),
			[bootTestField]: {
				tests,
				kernel: facts.kernel,
				architecture: facts.architecture,
				accelerator: facts.accelerator,
				...defined({ mode: facts.mode }),
				startedAt: formatTime(startedAt),
				seconds: facts.seconds,
				...defined({ follows: facts.follows && [...facts.follows] }),
				...defined({
					upgrades: facts.upgrades,
					agent: facts.agent
				}),
				limits,
				...defined({ log: log === void 0 ? void 0 : log.slice(-65536) })
			}
		}
	};
	return `${JSON.stringify(statement, void 0, 2)}\n`;
}
/** True for a statement with the predicate that `parseStatement` reads; there are many other kinds. */
function isTestResult(value) {
	return typeof value === "object" && value !== null && "predicateType" in value && value.predicateType === "https://in-toto.io/attestation/test-result/v0.1";
}
/** @throws InputError when the value is not such a statement, or contradicts itself */
function parseStatement(value, where) {
	const parsed = statementSchema.safeParse(value);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw new InputError({
			where,
			field: issue?.path.join(".") ?? "",
			problem: `not evidence of a boot test: ${issue?.message ?? "wrong shape"}`
		});
	}
	const { subject, predicate } = parsed.data;
	const [{ name, digest }] = subject;
	const details = predicate[bootTestField];
	const digestOf = (name) => predicate.configuration.find((each) => each.name === name)?.digest;
	const testsTree = digestOf("tests")?.gitTree;
	const imageDigest = `sha256:${digest.sha256}`;
	if (testsTree === void 0 || !isDigest(imageDigest) || predicate.result === "WARNED") throw new InputError({
		where,
		problem: "not evidence of a boot test: no tests are named, or the result is WARNED"
	});
	const evidence = {
		subject: {
			repository: name,
			digest: imageDigest
		},
		result: predicate.result,
		testsTree,
		...defined({ settings: digestOf("settings")?.sha256 }),
		tests: details.tests,
		kernel: details.kernel,
		architecture: details.architecture,
		accelerator: details.accelerator,
		...defined({ mode: details.mode }),
		startedAt: Date.parse(details.startedAt) / 1e3,
		seconds: details.seconds,
		...defined({ follows: details.follows }),
		...defined({ upgrades: details.upgrades === void 0 ? void 0 : details.upgrades }),
		...defined({
			agent: details.agent,
			run: linkOf(predicate.url),
			log: details.log
		})
	};
	requireConsistent(evidence, where);
	const failed = evidence.tests.filter((test) => test.result !== "passed").map((test) => test.name);
	if (predicate.failedTests.join("\n") !== failed.join("\n")) throw new InputError({
		where,
		problem: "the failed tests differ from the test results",
		found: predicate.failedTests
	});
	return evidence;
}
/** It becomes a link in pull requests, so nothing that could be more than an address is one. */
function linkOf(url) {
	return url !== void 0 && /^https?:\/\/[\w.:/?=&%~-]{1,500}$/.test(url) ? url : void 0;
}
function requireConsistent(evidence, where) {
	const failed = evidence.tests.find((test) => test.result !== "passed");
	if (evidence.result === "PASSED" && failed !== void 0) throw new InputError({
		where,
		problem: `the result is PASSED, and the test ${failed.name} ${failed.result}`
	});
	const refused = evidence.upgrades?.find((upgrade) => upgrade.result !== "PASSED");
	if (evidence.result === "PASSED" && refused !== void 0) throw new InputError({
		where,
		problem: `the result is PASSED, and the update from ${refused.from} failed`
	});
}
// src/release/vulnerabilities/acceptance.ts
/** Attached to an image in production: somebody accepts for a fleet what scanners found. */
const acceptedVulnerabilitiesType = "application/vnd.coxswain.accepted-vulnerabilities.v1+json";
const foundVulnerabilities = {
	what: "the acceptance of vulnerabilities",
	artifactType: acceptedVulnerabilitiesType,
	predicateType: "urn:coxswain:accepted-vulnerabilities:v1",
	schema: object({
		...acceptanceFields,
		/** What is accepted, and nothing else: names of objections (gates/vulnerability-gate.ts). */
		accepts: array(string().min(1))
	})
};
/**
* All that were given for an image and a fleet, oldest first.
* @param trust whose signature counts
*/
function findAcceptedVulnerabilities(client, repository, about, trust) {
	return findAcceptances(client, foundVulnerabilities, {
		repository,
		...about
	}, trust);
}
// src/release/attachments.ts
init_errors();
/**
* What Coxswain knows of attachments. Artifacts of every other type are copied too: SBOMs, provenance, signatures.
* cosign's tags: cosign specs/SIGNATURE_SPEC.md, "Storage".
*/
const attachmentKinds = [
	{
		name: "evidence",
		foundBy: { artifactType: statementMediaType },
		carried: true
	},
	{
		name: "acceptance of missing evidence",
		foundBy: { artifactType: acceptanceType },
		carried: false
	},
	{
		name: "acceptance of vulnerabilities",
		foundBy: { artifactType: acceptedVulnerabilitiesType },
		carried: false
	},
	{
		name: "cosign signature",
		foundBy: { cosignEnding: "sig" },
		carried: false
	},
	{
		name: "cosign attestation",
		foundBy: { cosignEnding: "att" },
		carried: true
	},
	{
		name: "cosign SBOM",
		foundBy: { cosignEnding: "sbom" },
		carried: true
	}
];
/** The endings of the tags that cosign makes of a digest. */
const cosignEndings = attachmentKinds.flatMap(({ foundBy }) => "cosignEnding" in foundBy ? [foundBy.cosignEnding] : []);
const carriedEndings = attachmentKinds.flatMap(({ foundBy, carried }) => "cosignEnding" in foundBy && carried ? [foundBy.cosignEnding] : []);
function isCarried(artifactType) {
	return !attachmentKinds.some(({ foundBy, carried }) => !carried && "artifactType" in foundBy && foundBy.artifactType === artifactType);
}
/** Levels of referrers: a signature of an SBOM is a referrer of a referrer. */
const deepest = 3;
/**
* How often the attachments are read. One pass copies, one confirms; more are needed only if a list was out of date.
*/
const passes = 4;
/**
* Copies what is attached to an image, and to each image of an index, byte for byte: everything that refers to it
* (Referrers API or fallback tag), what refers to that, and cosign's tags except signatures. A cosign tag that the
* destination already has stays as it is.
*
* One answer that says "nothing" proves nothing. So the lists of both sides are read again after each pass, until a
* pass finds nothing to copy.
* @param options.isNew the destination got the image a moment ago: its lists are read from the second pass on, and what
* it has nevertheless is put again
* @returns digests of what was put
* @throws OutsideError if the destination does not keep what it accepted
*/
async function copyAttachments(client, options) {
	const { manifest, from, to, isNew = false } = options;
	const children = isIndex(manifest.json) ? manifest.json.manifests.map(({ digest }) => digest) : [];
	const subjects = /* @__PURE__ */ new Set([manifest.descriptor.digest, ...children]);
	const copied = /* @__PURE__ */ new Set();
	for (let pass = 0; pass < passes; pass += 1) {
		const now = [];
		for (const digest of subjects) {
			const move = {
				digest,
				from,
				to,
				unasked: isNew && pass === 0
			};
			const [referrers, tagged] = await Promise.all([copyReferrers(client, move, 1), copyCosignTags(client, move)]);
			now.push(...referrers, ...tagged);
		}
		for (const digest of now) copied.add(digest);
		if (now.length === 0 && pass > 0) return [...copied];
	}
	throw new OutsideError(`copying attachments to ${formatRepository(to)}`, "the registry does not list what it accepted", "Nothing was tagged. Run the same command again.");
}
/** @throws OutsideError if a manifest is missing that was accepted */
async function requireKept(client, repository, digest) {
	const reference = atDigest(repository, digest);
	if (await client.resolve(reference) !== void 0) return;
	throw new OutsideError(`pushing ${formatReference(reference)}`, "the registry accepted it, and does not have it", "Run the same command again.");
}
async function copyReferrers(client, move, depth) {
	const { digest, from, to, unasked } = move;
	const wanted = (await client.referrers(from, digest)).filter(({ artifactType }) => isCarried(artifactType));
	if (wanted.length === 0) return [];
	const there = new Set(unasked ? [] : (await client.referrers(to, digest)).map((each) => each.digest));
	const copied = [];
	for (const each of wanted) {
		if (there.has(each.digest)) continue;
		if (depth < deepest) copied.push(...await copyReferrers(client, {
			...move,
			digest: each.digest
		}, depth + 1));
		const manifest = await findReferrer(client, {
			repository: from,
			subject: digest,
			digest: each.digest
		});
		if (manifest === void 0 || manifest.json.subject?.digest !== digest) continue;
		if (!isCarried(artifactTypeOf(manifest))) continue;
		await copyReferrer(client, {
			manifest,
			from,
			to
		});
		copied.push(each.digest);
	}
	return copied;
}
async function copyCosignTags(client, { digest, from, to }) {
	return (await Promise.all(carriedEndings.map(async (ending) => {
		const tag = `${digest.replace(":", "-")}.${ending}`;
		const source = await client.resolve(atTag(from, tag));
		if (source === void 0 || await client.resolve(atTag(to, tag)) !== void 0) return [];
		await copyImage(client, {
			from: atDigest(from, source.digest),
			to,
			tags: [tag]
		});
		await requireKept(client, to, source.digest);
		return [source.digest];
	}))).flat();
}
// src/release/tags.ts
/**
* The tags of a release, in the order in which they are set. Tags that only add something come first, and the fleet's
* own tag comes last: when the fleet's tag moves, everything else exists, even after a crash.
*
* The stream label's tag: Zincati rebases the nodes of every fleet to `repository:<stream label>`, pinned to the
* digest, so the tag must exist from the first promotion of any fleet. If a fleet has that tag, the tag is that
* fleet's: if another fleet moved it, everyone who installs by the tag could get testing's image. If no fleet has it,
* the tag follows the newest image of all fleets, so no node of any fleet is newer than its own tag.
*/
const releaseTags = [
	{
		setBy: "promote-image",
		rule: () => "fixed",
		write: ({ release }) => release.version
	},
	{
		setBy: "promote-image",
		rule: () => "fixed",
		symbolic: true,
		write: ({ release, fleet }) => `${release.version}-${fleet.name}`
	},
	{
		setBy: "promote-image",
		rule: () => "newest",
		write: ({ release }) => release.baseVersion
	},
	{
		setBy: "promote-image",
		rule: (config, fleet) => streamTagOwner(config, fleet) === void 0 ? "newest" : "first",
		write: ({ config, fleet }) => fleet.tag === config.stream ? void 0 : config.stream
	},
	{
		setBy: "promote-image",
		rule: () => "fleet",
		write: ({ fleet }) => fleet.tag
	},
	{
		setBy: "publish-updates",
		rule: () => "fixed",
		symbolic: true,
		write: ({ release, fleet }) => release.barrier ? `${release.version}-${fleet.name}-barrier` : void 0
	},
	{
		setBy: "publish-updates",
		rule: () => "fixed",
		symbolic: true,
		write: ({ release, fleet }) => release.deadend ? `${release.version}-${fleet.name}-deadend` : void 0
	}
];
/** The fleet, other than the given one, whose own tag is the stream label. */
function streamTagOwner(config, fleet) {
	return Object.values(config.fleets).find(({ name, tag }) => tag === config.stream && name !== fleet.name);
}
/** The tags that a verb sets for a release of a fleet, in the order in which they are set. */
function planTags(config, fleet, release, setBy) {
	const planned = [];
	for (const kind of releaseTags) {
		if (kind.setBy !== setBy || kind.symbolic && !config.symbolicTags) continue;
		const tag = kind.write({
			config,
			fleet,
			release
		});
		if (tag !== void 0 && isTag(tag)) planned.push({
			tag,
			rule: kind.rule(config, fleet)
		});
	}
	return planned;
}
/** Whether a tag is one that names this release of one of these fleets and never moves. */
function isVersionTag(config, tag, about) {
	const release = {
		version: about.version,
		barrier: true,
		deadend: true
	};
	return releaseTags.some((kind) => about.fleets.some((fleet) => kind.rule(config, fleet) === "fixed" && kind.write({
		config,
		fleet,
		release
	}) === tag));
}
/** The tag of a fleet's published guidance. */
function guidanceTag(fleet) {
	return `${tagPrefixes.guidance}${fleet}`;
}
/** The tag of a built image in the test registry: the first 16 hex digits of its build key. */
function buildTag(key) {
	return `${tagPrefixes.build}${key.slice(0, 16)}`;
}
/** The tag of one architecture's image, beside the tag of the index over all of them. */
function buildTagOf(tag, architecture) {
	return `${tag}-${architecture}`;
}
/** Whether a tag of the test registry is one of the build with this key. */
function isBuildTag(tag, key) {
	const whole = buildTag(key);
	return tag === whole || architectures.some((architecture) => tag === buildTagOf(whole, architecture));
}
/**
* The digest that a tag belongs to by its name. The name is the digest, with `-` for `:`: alone for a list of
* referrers (OCI distribution specification, "Referrers Tag Schema"), with an ending for what cosign attaches.
*/
function subjectOfTag(tag) {
	const digest = tag.replace("-", ":").split(".")[0] ?? "";
	if (!isDigest(digest)) return void 0;
	const name = digest.replace(":", "-");
	return [name, ...cosignEndings.map((ending) => `${name}.${ending}`)].includes(tag) ? digest : void 0;
}
// src/release/candidate/build-key.ts
/** Annotation of every image that we build: the whole build key. The version has eight digits of it. */
const buildKeyAnnotation = "coxswain.build-key";
/**
* The commit that an image was built from (OCI image specification, annotations.md). If it were inherited, it would
* be the base's.
*/
const revisionAnnotation = "org.opencontainers.image.revision";
/**
* The build key: sha256, as 64 hex digits, of a text with one line for each input, each ending in a newline:
* ```
* coxswain build key 1
* containerfile <sha256 of its bytes>
* base <digest>
* stream <JSON string>
* architecture <name>                           sorted
* argument <JSON string> <JSON string>          sorted by name
* rechunk <tool> <most layers> <JSON string>    only if the own layer is split; the image of the tool, or ""
* refresh <sha256 of the marker's bytes>        only if there is one
* roll-back <sha256 of the marker's bytes>      only if there is one
* file <git mode> <git blob hash> <JSON string> sorted by path
* ```
* Sorted means by UTF-16 code units. The number in the first line changes with the form; it is part of the key,
* so that keys of different forms are never equal. The commit, its time and its branch are not in it: the same tree
* has the same key on every branch.
*/
function buildKey(inputs) {
	return sha256([
		"coxswain build key 1",
		`containerfile ${sha256(inputs.containerfile)}`,
		`base ${inputs.baseDigest}`,
		`stream ${JSON.stringify(inputs.stream)}`,
		...[...inputs.architectures].sort(compare).map((architecture) => `architecture ${architecture}`),
		...Object.entries(inputs.buildArguments).sort(([one], [other]) => compare(one, other)).map(([name, value]) => `argument ${JSON.stringify(name)} ${JSON.stringify(value)}`),
		...inputs.rechunk === void 0 ? [] : [rechunkLine(inputs.rechunk)],
		...inputs.refresh === void 0 ? [] : [`refresh ${sha256(inputs.refresh)}`],
		...inputs.rollBack === void 0 ? [] : [`roll-back ${sha256(inputs.rollBack)}`],
		...[...inputs.context].sort((one, other) => compare(one.path, other.path)).map(({ mode, hash, path }) => `file ${mode} ${hash} ${JSON.stringify(path)}`)
	].map((line) => `${line}\n`).join(""));
}
function rechunkLine({ tool, maxLayers, image }) {
	return `rechunk ${tool} ${maxLayers} ${JSON.stringify(image ?? "")}`;
}
/** localeCompare is not used, because the order has to be the same on every machine. */
function compare(one, other) {
	return one < other ? -1 : one > other ? 1 : 0;
}
function sha256(content) {
	return createHash("sha256").update(content).digest("hex");
}
init_errors();
/**
* The built image, if the test registry has one for this build key: an index of several architectures.
* @throws InputError if the image under the tag has another build key: the tag holds only a part of it
*/
async function findBuilt(client, config, candidate) {
	return findUnder(client, atTag(config.testImage, candidate.tag), candidate.key);
}
/** The built image of one architecture. It can exist before the index does. @throws as findBuilt */
async function findBuiltFor(client, config, candidate, architecture) {
	const built = await findBuilt(client, config, candidate);
	if (built !== void 0) return built;
	const tag = tagFor(config, candidate, architecture);
	return findUnder(client, atTag(config.testImage, tag), candidate.key);
}
async function findUnder(client, tag, key) {
	const found = await findSurely(client, tag);
	if (found === void 0) return void 0;
	const built = atDigest(tag.repository, found.descriptor.digest);
	for (const annotated of await annotatedKeys(client, tag.repository, found)) if (annotated !== void 0 && annotated !== key) throw otherKey(formatReference(tag), annotated, key);
	return built;
}
/**
* Makes sure that an image carries the whole build key, and each image of an index.
* @throws InputError if one does not
*/
async function requireBuildKey(client, built, key) {
	const manifest = await client.getManifest(built);
	for (const annotated of await annotatedKeys(client, built.repository, manifest)) if (annotated !== key) throw otherKey(formatReference(built), annotated, key);
}
async function annotatedKeys(client, repository, { json }) {
	if (!isIndex(json)) return [json.annotations?.[buildKeyAnnotation]];
	const children = json.manifests.map(({ digest }) => client.getManifest(atDigest(repository, digest)));
	return (await Promise.all(children)).map((child) => child.json.annotations?.[buildKeyAnnotation]);
}
function otherKey(where, found, expected) {
	return new InputError({
		where,
		field: `annotation ${buildKeyAnnotation}`,
		problem: found === void 0 ? "the image has no build key" : "the image is of another build",
		...defined({ found }),
		expected,
		remedy: "Delete this image from the test registry, then run coxswain build-image and coxswain boot-test."
	});
}
/** The tag of one architecture's image. With several architectures, the build key's own tag is for the index. */
function tagFor(config, candidate, architecture) {
	return config.architectures.length > 1 ? buildTagOf(candidate.tag, architecture) : candidate.tag;
}
/** The name of an image in a folder, made of build key and architecture: the same for one architecture and several. */
function localTag(candidate, architecture) {
	return buildTagOf(candidate.tag, architecture);
}
// src/project/configuration/read-fields.ts
init_errors();
/** Seconds after which a build is too old. */
function readRefresh(text, place) {
	const seconds = parseDuration(text, place);
	if (seconds > 0) return seconds;
	throw new InputError({
		...place,
		problem: "every build would be too old at once",
		found: text,
		expected: "such as 7d"
	});
}
/** Seconds that a machine may run. */
function readDeadline(text, place) {
	const seconds = parseDuration(text, place);
	if (seconds > 0) return seconds;
	throw new InputError({
		...place,
		problem: "a machine needs some time",
		found: text,
		expected: "such as 20m"
	});
}
/** The base image, by a tag. */
function readBase$1(text, place) {
	const reference = parseReference(text, place);
	if (reference.kind === "tag") return reference;
	throw new InputError({
		...place,
		problem: "the base is the tag to follow, not a digest",
		found: text,
		expected: "repository:tag, such as quay.io/fedora/fedora-coreos:stable",
		remedy: "The digest that is built on is pinned in the Containerfile."
	});
}
/** Zincati joins its base address with `v1/graph` and drops what follows the last slash: so the slash is required. */
function readUrl$1(text, place) {
	if (text === void 0) return void 0;
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url !== void 0 && (url.username !== "" || url.password !== "")) throw new InputError({
		...place,
		problem: "an address with a user name or a password would be published",
		expected: `only ${url.protocol}//${url.host}${url.pathname}`
	});
	if (url === void 0 || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") throw new InputError({
		...place,
		problem: "not an address that files can be published at",
		found: text,
		expected: "http:// or https://, without ? and #, such as https://acme.github.io/os/"
	});
	return text.endsWith("/") ? text : `${text}/`;
}
/** `./rollouts//x` → `rollouts/x`: git knows paths only in this form. */
function tidyPath(path) {
	return path.split("/").filter((step) => step !== "" && step !== ".").join("/");
}
// src/project/configuration/upstream-guidance.ts
init_errors();
const fedoraStreams = /* @__PURE__ */ new Set([
	"stable",
	"testing",
	"next"
]);
/** Fedora publishes guidance for its three production streams, and only for its own images. */
function defaultUpstream(base) {
	if (formatRepository(base.repository) !== "quay.io/fedora/fedora-coreos") return void 0;
	if (!fedoraStreams.has(base.tag)) return void 0;
	return {
		updates: `https://builds.coreos.fedoraproject.org/updates/${base.tag}.json`,
		releases: `https://builds.coreos.fedoraproject.org/prod/streams/${base.tag}/releases.json`
	};
}
/** @throws InputError if it is not an address */
function readAddress(text, place) {
	if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
	throw new InputError({
		...place,
		problem: "not an address of http:// or https://",
		found: text,
		expected: "http:// or https://"
	});
}
// src/project/configuration/base-signature.ts
/** Where Fedora publishes the signatures of its images; nodes of Fedora CoreOS look there too. */
const fedoraLookaside = "https://builds.coreos.fedoraproject.org/prod/signatures/oci";
/** Fedora signs only its own images, so every other base is verified only if the configuration says by which key. */
function readBaseSignature(written, base, place) {
	if (written === "none") return { kind: "none" };
	if (written === void 0) return formatRepository(base.repository) === "quay.io/fedora/fedora-coreos" ? {
		kind: "gpg",
		lookaside: fedoraLookaside
	} : { kind: "none" };
	if ("cosign-keys" in written) return {
		kind: "cosign",
		files: written["cosign-keys"].map(tidyPath)
	};
	const { lookaside = fedoraLookaside, "gpg-keys": files } = written;
	return {
		kind: "gpg",
		lookaside: readAddress(lookaside, place("lookaside")).replace(/\/+$/, ""),
		...files === void 0 ? {} : { files: files.map(tidyPath) }
	};
}
// src/project/configuration/freeze-windows.ts
init_errors();
/** @throws InputError for a schedule, time zone or end that makes no sense */
function readFreezeWindow(written, place) {
	const timeZone = readTimeZone(written["time-zone"], place);
	const start = readSchedule(written.start, timeZone, {
		...place,
		field: `${place.field}.start`
	});
	const { until, duration, reason } = written;
	if (until === void 0 === (duration === void 0)) throw new InputError({
		...place,
		problem: until === void 0 ? "this freeze has no end" : "this freeze has two ends, until and duration",
		expected: "either until or duration"
	});
	if (until !== void 0) {
		const field = `${place.field}.until`;
		const end = readSchedule(until, timeZone, {
			...place,
			field
		});
		refuseEndBeforeStart({
			start,
			end,
			found: until
		}, {
			...place,
			field
		});
		return {
			reason,
			start,
			end: { until: end },
			timeZone
		};
	}
	const durationPlace = {
		...place,
		field: `${place.field}.duration`
	};
	const seconds = parseDuration(duration ?? "", durationPlace);
	if (seconds === 0) throw new InputError({
		...durationPlace,
		problem: "this freeze takes no time",
		found: duration,
		expected: "a duration such as 64h"
	});
	return {
		reason,
		start,
		end: { seconds },
		timeZone
	};
}
/** A moment as readSchedule writes it; everything else is cron. */
const momentForm = /^\d{4}-\d{2}-\d{2}T/;
function refuseEndBeforeStart({ start, end, found }, place) {
	if (!momentForm.test(end)) return;
	if (!momentForm.test(start)) throw new InputError({
		...place,
		problem: "a freeze that repeats cannot end at one moment",
		found,
		expected: "cron with five fields, or a duration instead of until"
	});
	if (end > start) return;
	throw new InputError({
		...place,
		problem: "this freeze ends before it starts",
		found,
		expected: `later than ${start}`
	});
}
function readTimeZone(name, place) {
	try {
		return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
	} catch (error) {
		throw new InputError({
			...place,
			field: `${place.field}.time-zone`,
			problem: "this time zone does not exist",
			found: name,
			expected: "an IANA name, such as Europe/Berlin or UTC"
		}, { cause: error });
	}
}
function readSchedule(text, timeZone, place) {
	const moment = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::00)?)?$/.exec(text.trim());
	const isCron = text.trim().split(/\s+/).length === 5;
	const schedule = moment === null ? text.trim() : `${moment[1]}T${moment[2] ?? "00:00"}:00`;
	const problem = (error) => new InputError({
		...place,
		problem: "not a time of a freeze",
		found: text,
		expected: "cron with five fields, such as \"0 16 * * 5\" (fridays at 16:00), or a moment, such as 2026-12-18T00:00"
	}, { cause: error });
	if (moment === null && !isCron) throw problem();
	if (moment !== null) requireDay(schedule, place);
	let next;
	try {
		next = new j(schedule, {
			timezone: timeZone,
			paused: true
		}).nextRun(/* @__PURE__ */ new Date(0)) ?? void 0;
	} catch (error) {
		throw problem(error);
	}
	if (next !== void 0) return schedule;
	throw new InputError({
		...place,
		problem: "this time never comes",
		found: text
	});
}
init_errors();
const kinds$1 = [
	"prometheus",
	"behind-plan",
	"came-back",
	"webhook"
];
/** The longest time that a condition may look back: Prometheus keeps 15 days by default. */
const longest$1 = 1209600;
/**
* Reads one entry of `halt-when`.
* @throws InputError that names the field
*/
function readHaltCondition(written, place) {
	const given = kinds$1.filter((kind) => written[kind] !== void 0);
	const [kind] = given;
	if (kind === void 0 || given.length > 1) throw new InputError({
		...place,
		problem: "a condition has one of these fields",
		found: given.length === 0 ? "none of them" : given.join(", "),
		expected: `one of ${kinds$1.join(", ")}`
	});
	const resumeAfter = readTime(written["resume-after"], {
		...place,
		field: `${place.field}.resume-after`
	});
	if (resumeAfter === 0) throw new InputError({
		...place,
		field: `${place.field}.resume-after`,
		problem: "a rollout would be resumed at once",
		found: written["resume-after"],
		expected: "such as 2h; leave it out if only a person may resume"
	});
	return {
		name: written.name,
		...defined({ resumeAfter }),
		...readTrigger(written, {
			...place,
			field: `${place.field}.${kind}`
		})
	};
}
function readTrigger(written, place) {
	if (written.prometheus !== void 0) return {
		kind: "prometheus",
		prometheus: readPrometheus(written.prometheus, place)
	};
	const behind = written["behind-plan"];
	if (behind !== void 0) {
		const time = readTime(behind.for, {
			...place,
			field: `${place.field}.for`
		}) ?? 0;
		return {
			kind: "behind-plan",
			by: behind.by / 100,
			for: time
		};
	}
	const back = written["came-back"];
	if (back === void 0) return { kind: "webhook" };
	const { nodes, share } = back;
	if (nodes !== void 0 && share === void 0) return {
		kind: "came-back",
		from: { nodes }
	};
	if (share !== void 0 && nodes === void 0) return {
		kind: "came-back",
		from: { share: share / 100 }
	};
	throw new InputError({
		...place,
		problem: "from how many nodes on?",
		found: back,
		expected: "nodes or share, one of them"
	});
}
function readPrometheus(written, place) {
	const { above, below } = written;
	if (above === void 0 === (below === void 0)) throw new InputError({
		...place,
		problem: "which values are trouble?",
		found: above === void 0 ? "no threshold" : "two thresholds",
		expected: "above or below, one of them"
	});
	return {
		url: readUrl$1(written.url, {
			...place,
			field: `${place.field}.url`
		}) ?? "",
		query: written.query.trim(),
		threshold: above === void 0 ? {
			side: "below",
			value: below ?? 0
		} : {
			side: "above",
			value: above
		},
		for: readTime(written.for, {
			...place,
			field: `${place.field}.for`
		}) ?? 0
	};
}
function readTime(text, place) {
	if (text === void 0) return void 0;
	const seconds = parseDuration(text, place);
	if (seconds <= longest$1) return seconds;
	throw new InputError({
		...place,
		problem: "this is longer than servers keep values",
		found: text,
		expected: `at most ${longest$1 / 86400}d`
	});
}
// src/project/configuration/duration-form.ts
/** How people write a duration. */
const durationForm = "a number with a unit, such as 48h, 7d or 1d12h";
/** `48h`, `7d`, `1d12h`: what parseDuration of src/host/time.ts reads. */
const duration = string(durationForm).regex(/^(\d+[smhdw])+$/, durationForm);
// src/project/configuration/halt-schema.ts
/** A percentage above 0. */
const share = number().gt(0).max(100);
const prometheus = strictObject({
	url: string().describe("Address of the server, without /api/v1: Prometheus, or what answers like it (Thanos, Mimir, VictoriaMetrics)."),
	query: string().min(1, "a query, such as sum(rate(boot_failures_total[5m]))").max(2e3).describe("PromQL that gives one number. Several series count as no answer: use sum, max or the like."),
	above: number().optional().describe("Trouble is a value above this one. Use this or below, not both."),
	below: number().optional().describe("Trouble is a value below this one. Use this or above, not both."),
	for: duration.default("5m").describe("How long every value has to be beyond the threshold; 0s: the newest value is enough.")
}).describe("A query of a Prometheus server.");
/** One entry of `halt-when` as it is written. */
const haltConditionSchema = strictObject({
	name: string().max(63).regex(/^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/, "letters, digits, \".\", \"_\" and \"-\", starting and ending with a letter or a digit").describe("Name of the condition: for the reason of the pause, the issue and the webhook."),
	prometheus: prometheus.optional(),
	"behind-plan": strictObject({
		by: share.describe("How many of a hundred nodes fewer than planned run the release."),
		for: duration.default("6h").describe("How long it has to be so.")
	}).optional().describe("The adoption that coxswain observe has written stays behind the plan of the rollout."),
	"came-back": strictObject({
		nodes: int().min(1).optional().describe("From this many nodes on. Use this or share, not both."),
		share: share.optional().describe("From this many of a hundred nodes that had the release on. Use this or nodes, not both.")
	}).optional().describe("Nodes that ran the new release, and run the old one again, as coxswain observe has seen."),
	webhook: literal(true, "true").optional().describe("Something else says so: a repository_dispatch of the type coxswain-halt, or a request to serve-graph."),
	"resume-after": duration.optional().describe("Resume automatically when it has been calm for this long. Default: only a person resumes.")
}).describe("One condition: a name, and one of prometheus, behind-plan, came-back and webhook.");
/** `halt-when` of a fleet as it is written. */
const haltWhenSchema = array(haltConditionSchema, "a list of conditions: [{ name: failed-boots, prometheus: { … } }]").default([]).describe("When the rollouts of this fleet are paused automatically. coxswain watch-fleet looks.");
// src/project/configuration/format-version.ts
var import_dist = require_dist();
/** A file without a version is of the first one. */
const firstVersion = 1;
/**
* What brings a file from one version to the next, by the version that it starts from. Each changes the text, so that comments
* and order stay. Version 1 is the first, so there is none yet.
*/
const steps = {};
/** A file that was written for a newer program; undefined if this one can read it. */
function newerVersion({ value, placeOf }) {
	const found = versionOf(value);
	if (typeof found !== "number" || !Number.isInteger(found) || found <= 1) return void 0;
	return {
		where: placeOf(["version"]),
		field: "version",
		problem: "this file is of a newer version than this program reads",
		found,
		expected: `1 or older`,
		remedy: "Install a newer Coxswain: coxswain --version shows yours."
	};
}
function versionOf(value) {
	return typeof value === "object" && value !== null && "version" in value ? value.version : void 0;
}
/**
* Brings the text of coxswain.yaml to the newest version, with its comments.
* @param text can be read as YAML
* @returns the same text if it is of the newest version and says so
*/
function migrateConfigText(text) {
	const document = (0, import_dist.parseDocument)(text);
	const written = versionOf(document.toJS());
	let migrated = text;
	for (let version = typeof written === "number" ? written : firstVersion; version < 1; version++) migrated = steps[version]?.(migrated) ?? migrated;
	if (written !== void 0 || !(0, import_dist.isMap)(document.contents)) return migrated;
	const at = (document.contents.items[0]?.key)?.range?.[0] ?? 0;
	return `${migrated.slice(0, at)}version: 1\n${migrated.slice(at)}`;
}
// src/project/configuration/node-parts.ts
/** The parts of the node kit; each can be left out. A new part is added here, and its units in operate/node-kit. */
const nodeParts = [
	"ring",
	"local-graph",
	"join",
	"migrate",
	"trust",
	"reboots",
	"guard",
	"autobuilder",
	"health"
];
const rechunkSchema = union([literal("chunkah"), strictObject({
	tool: literal("chunkah").default("chunkah").describe("The program that splits."),
	"max-layers": int().min(2).max(500).default(64).describe("The own layer of an image becomes this many at most."),
	image: string().optional().describe("Image that has the program: buildah pulls and runs it, so nothing has to be installed. With a digest, the layers are the same until you change it. Default: the installed program.")
})], "chunkah, or { tool: chunkah, max-layers: 64, image: quay.io/coreos/chunkah@sha256:… }").describe("Splits what the Containerfile adds to the base into layers by package, so that nodes download only packages that changed: chunkah, or {tool: chunkah, max-layers: 64, image: REF}. Part of the build key. Default: one layer.");
/**
* What the field says, with every default filled in.
* @param placeOf where the field, or one field in it, is written
* @throws InputError for an image without a registry, or without a tag and a digest
*/
function readRechunk(written, placeOf) {
	if (written === "chunkah") return {
		tool: "chunkah",
		maxLayers: 64
	};
	const { tool, image } = written;
	if (image !== void 0) parseReference(image, placeOf("image"));
	return {
		tool,
		maxLayers: written["max-layers"],
		...defined({ image })
	};
}
// src/project/configuration/rings.ts
/** No ring of coxswain.yaml can have this name: it has a space. */
const noRing = "no ring";
/** The group of nodes whose owner set none (Fedora's Zincati: identity.group in 00-fedora-coreos.toml or its default). */
const defaultGroup = "default";
/** The key in `rings` of coxswain.yaml that names no ring: its value is the number of slices. */
const slicesKey = "slices";
/** The most slices: each has a graph for each fleet and architecture. */
const mostSlices = 1e3;
/** `slice-37`, of 100: nodes with a wariness above 0.36, up to 0.37. */
function sliceName(number) {
	return `slice-${number}`;
}
/**
* All rings, the earliest first, with the ring of nodes that chose none: a release is offered to those when its rollout
* is complete. Their graph is in the fleet's own folder, and in `default`, where `${group}` in a base_url leads. A new
* kind of ring is added here and in the schema; everything else reads this list.
* @param written name → wariness, and `slices` → how many, as in coxswain.yaml
*/
function readRings(written) {
	const { [slicesKey]: slices = 0, ...rings } = written;
	const named = Object.entries(rings).map(([name, wariness]) => ({
		name,
		wariness,
		isSlice: false,
		folders: [name]
	}));
	const sliced = Array.from({ length: slices }, (_, index) => {
		const name = sliceName(index + 1);
		return {
			name,
			wariness: (index + 1) / slices,
			isSlice: true,
			folders: [name]
		};
	});
	const unnamed = {
		name: noRing,
		wariness: 1,
		isSlice: false,
		folders: Object.hasOwn(rings, defaultGroup) ? [""] : ["", defaultGroup]
	};
	return [
		...named,
		...sliced,
		unnamed
	].sort((one, other) => one.wariness - other.wariness);
}
/** True for a ring that coxswain.yaml names. */
function isNamed(ring) {
	return ring.name !== noRing && !ring.isSlice;
}
/** True for a ring that a node can be put into: all except the one of nodes that chose none. */
function isChosen(ring) {
	return ring.name !== noRing;
}
/** Names in coxswain.yaml that a ring of another kind has too. */
function sharedRingNames(rings) {
	const others = new Set(rings.filter((ring) => !isNamed(ring)).map(({ name }) => name));
	return rings.filter((ring) => isNamed(ring) && others.has(ring.name)).map(({ name }) => name);
}
/** The rings that are too many to list, in words; undefined if there are none. */
function describeManyRings(rings) {
	const slices = rings.filter(({ isSlice }) => isSlice);
	if (slices.length === 0) return void 0;
	return `${slices.length} slices, ${slices[0]?.name} to ${slices.at(-1)?.name}: a node takes the one for the wariness that it drew (coxswain node-kit)`;
}
/** Each ring alone, and all slices as one group: there may be a thousand. */
function groupRings(rings) {
	const slices = rings.filter(({ isSlice }) => isSlice);
	return [...rings.filter(({ isSlice }) => !isSlice).map(({ name, folders, wariness }) => ({
		name,
		folders,
		wariness: [wariness, wariness]
	})), ...slicesAsOne(slices.flatMap(({ folders }) => folders))];
}
/** The same for a site without coxswain.yaml: its folders with graphs, most of them of unknown wariness. */
function groupRingFolders(folders) {
	const isOfSlice = (name) => /^slice-\d+$/.test(name);
	return [
		...folders.filter((name) => !isOfSlice(name) && name !== defaultGroup).map((name) => ({
			name,
			folders: [name]
		})),
		{
			name: noRing,
			folders: ["", defaultGroup],
			wariness: [1, 1]
		},
		...slicesAsOne(folders.filter(isOfSlice))
	];
}
function slicesAsOne(folders) {
	return folders.length === 0 ? [] : [{
		name: slicesKey,
		folders,
		wariness: [0, 1]
	}];
}
/** The rings to show to people: a hundred slices are the first, the middle and the last. */
function ringsToShow(rings) {
	const slices = rings.filter(({ isSlice }) => isSlice);
	const shown = /* @__PURE__ */ new Set([
		slices[0],
		slices[Math.ceil(slices.length / 2) - 1],
		slices.at(-1)
	]);
	return rings.filter((ring) => !ring.isSlice || shown.has(ring));
}
// src/project/configuration/schema.ts
/** A path inside the repository, with slashes. */
const path = string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\\0]+$/, "a path inside the repository, relative to its top folder, without \"..\"");
/**
* Fleet and ring names are path segments of published addresses, and Zincati's `group`, by which a node may pick its
* ring, allows only these characters (`^[a-zA-Z0-9.-]+$`).
*/
const name = string().max(63).regex(/^(?!.*\.\.)(?!.*\.lock$)[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9-])?$/, "letters, digits, \".\" and \"-\", starting with a letter or a digit, without \"..\", and not ending in \".\" or \".lock\"");
/** Rules of git-check-ref-format. */
const branch = string().max(200).regex(/^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock\/))(?!@$)[^\s~^:?*[\\\p{Cc}]+(?<![/.])(?<!\.lock)$/u, "a branch name that git accepts");
const soakForm = "a duration, and what it is counted from: 48h, 48h after start, 7d after complete";
const adoptionForm = "a share of the nodes, and the days in which they were seen: 90 %, or 90 % in 14d";
const shareForm = "a share of the nodes: 90 %";
const successThreshold = strictObject({
	adoption: string(shareForm).regex(/^\d{1,3}(\.\d+)? ?%$/, shareForm).describe("The share of the nodes of a ring that have to run the release, or a newer one: 90 %. coxswain observe --record counts them."),
	nodes: int().min(1).default(1).describe("How many nodes of a ring have to be seen: fewer prove nothing, and the next ring stays closed."),
	after: duration.default("6h").describe("How long a ring has to be offered the release before it is judged."),
	rings: array(name).min(1).optional().describe("The rings that have to do well. Default: all rings of coxswain.yaml with a wariness below 1.")
});
const freezeWindow = strictObject({
	start: string().describe("When it begins: cron with five fields (\"0 16 * * 5\"), or one moment, such as 2026-12-18T00:00."),
	until: string().optional().describe("When it ends, in the same form. Use this or duration, not both."),
	duration: duration.optional().describe("How long it takes, such as 64h. Use this or until, not both."),
	"time-zone": string().default("UTC").describe("IANA time zone of start and until, such as Europe/Berlin."),
	reason: string().min(1, "a text that says why").describe("Why: shown wherever a promotion waits for it.")
}).describe("A time in which nothing is promoted.");
const freeze = array(freezeWindow, "a list of windows: [{ start: \"0 16 * * 5\", until: \"0 8 * * 1\", reason: weekend }]").default([]);
const vulnerabilities = strictObject({
	"none-above": _enum([
		"none",
		"low",
		"medium",
		"high"
	]).describe("The highest severity that an image may have. A vulnerability of unknown severity is above it."),
	exceptions: array(strictObject({
		id: string().min(1).describe("Id of the vulnerability, as the scanner writes it: CVE-2026-12345."),
		until: string().describe("When this ends, such as 2027-01-31: the gate is red again then."),
		reason: string().min(1, "a text that says why").describe("Why it is accepted.")
	}).describe("A vulnerability that is accepted for some time.")).default([]).describe("Vulnerabilities that are accepted for some time.")
}).describe("A promotion to this fleet needs the report of a scanner (SARIF or CycloneDX), attached to the image, without a vulnerability above a severity.");
const fleet = strictObject({
	branch: branch.optional().describe("A merge to this branch is promoted to this fleet. Default: the name of the fleet."),
	tag: string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, "at most 128 letters, digits, \"_\", \".\" and \"-\", not starting with \".\" or \"-\"").optional().describe("Tag in the production repository that follows this fleet. Default: the name of the fleet."),
	template: path.optional().describe("Handlebars template of the update entry of a release. Default: rollouts/<name of the fleet>.json.hbs."),
	"promote-from": string().optional().describe("Fleet whose releases are proposed to this one by a pull request."),
	soak: string(soakForm).regex(/^(\d+[smhdw])+( after (start|complete))?$/, soakForm).default("0s").describe("How long a release has to run in the source fleet first: 48h (or 48h after start) from the start of its rollout there, 48h after complete from its end."),
	adoption: string(adoptionForm).regex(/^\d{1,3}(\.\d+)? ?%( in \d{1,2}d)?$/, adoptionForm).optional().describe("The share of the nodes of the source fleet that have to run a release, or a newer one, before it is promoted: 90 % (of the nodes seen in the last 7 days), or 90 % in 14d. coxswain observe --record counts them."),
	approve: _enum(["manual", "auto"]).default("manual").describe("auto: a promotion to this fleet is merged as soon as all of its gates are green."),
	signing: strictObject({ keys: array(union([path, strictObject({
		file: path.describe("Public key, PEM, as coxswain make-key writes it."),
		until: string().optional().describe("When this key stops signing, such as 2027-03-01: the end of a change of keys.")
	})])).min(1, "at least one public key").describe("Public keys, as files of this repository. A release is signed by each of them.") }).optional().describe("promote-image signs what is promoted to this fleet, in the format that nodes check. The private keys come from the environment."),
	vulnerabilities: vulnerabilities.optional(),
	freeze: freeze.describe("Times in which nothing is promoted to this fleet, besides those of all fleets."),
	"halt-when": haltWhenSchema,
	"success-threshold": successThreshold.optional().describe("A rollout opens ring by ring, and the next ring opens only if the ones before it did well. coxswain watch-fleet looks.")
}).describe("One fleet: a branch and the nodes that follow it. Everything has a default: testing: {}");
const bootTest = strictObject({
	mode: _enum([
		"direct",
		"ostree",
		"disk"
	]).optional().describe("How the machine starts: ostree as a real ostree deployment, by the image's own initramfs; direct by the kernel of the image alone; disk from an installation that bootc makes, through UEFI firmware (needs firmware, and bootc in the image). Default: direct."),
	ignition: string().min(1).optional().describe("File of this repository with a configuration for Ignition, which the machine gets at its first boot. Needs the mode ostree, and Ignition in the initramfs of the image."),
	init: _enum(["systemd", "any"]).default("systemd").describe("What the first process must be: systemd of the image, or any for an image that has none on purpose."),
	"known-failures": _enum(["auto", "none"]).default("auto").describe("auto: on images of Fedora CoreOS, units that cannot work in the machine of a boot test may fail. The report names each, with the reason. none: no unit may, but those in allow-failed-units."),
	memory: int().min(128).max(1048576).default(1024).describe("The machine's memory in megabytes."),
	cpus: int().min(1).max(64).optional().describe("The machine's processors. Default: 2, or 1 if the machine is emulated, because QEMU emulates them one after the other."),
	network: _enum(["closed", "user"]).default("closed").describe("What the machine reaches: closed gives it an address and no connections, user whatever the runner reaches."),
	deadline: duration.optional().describe("How long one machine may run in all. Default: ten minutes and the time limits of all tests."),
	"kernel-arguments": array(string().regex(/^[\x21-\x7e]+$/, "one argument, without spaces: name=value")).default([]).describe("Arguments for the kernel besides those that the machine needs, such as those your nodes have."),
	leftovers: _enum(["warn", "fail"]).default("warn").describe("What to do about files in /var and /run of the image: machines that update never get them."),
	upgrades: boolean().optional().describe("Rehearse the update from the releases that nodes have. Default: if there are tests in before-upgrade, after-upgrade or after-rollback."),
	"secure-boot": strictObject({ certificates: array(path).min(1).describe("Certificates in PEM, as files of this repository. One of them is enough.") }).optional().describe("Who has to have signed the kernel, or the unified kernel image: checked by sbverify before the boot. Default: it need not be signed.")
}).describe("The virtual machine that images are tested in, and what is checked besides your tests.");
const repositoryName = string().regex(/^[\w.-]+\/[\w.-]+$/, "owner/name");
const signerForm = "a public key of this repository, or { repository, workflow, refs }";
const signers = array(union([path, strictObject({
	repository: repositoryName.describe("Repository on GitHub that the run belongs to: acme/os"),
	workflow: string().regex(/^([\w.-]+\/[\w.-]+\/)?\.github\/workflows\/[^@\s/]+\.ya?ml(@\S+)?$/, ".github/workflows/NAME.yml, or owner/name/.github/workflows/NAME.yml, with @ref if the ref has to be this one").describe("Workflow whose job signs: a file of the repository, or a reusable workflow of another repository, such as acme/ci/.github/workflows/build.yml@refs/tags/v1."),
	refs: array(string().regex(/^refs\/\S+$/, "such as refs/heads/main or refs/pull/*/merge")).min(1).describe("Refs that the run may be for. * stands for a part without slashes.")
})], signerForm), signerForm).min(1, "at least one signer");
const evidence = strictObject({
	"signed-by": signers.describe("Whose signature makes evidence count. Evidence by anyone else, or without a signature, does not."),
	sigstore: strictObject({
		fulcio: string().default("https://fulcio.sigstore.dev").describe("Address of Fulcio."),
		rekor: string().default("https://rekor.sigstore.dev").describe("Address of Rekor."),
		"trusted-root": path.optional().describe("File of this repository with their keys and certificates. Default: those of the public instance.")
	}).prefault({}).describe("The services by which a workflow run signs without a key. Default: the public instance of Sigstore.")
}).describe("Whose signature makes the results of boot tests count. Without it, they count without a signature.");
const node = strictObject({
	parts: array(_enum(nodeParts)).min(1).default([
		"ring",
		"join",
		"trust",
		"reboots",
		"autobuilder",
		"health"
	]).describe("The parts of the node kit that coxswain node-kit writes."),
	reboots: union([
		literal("immediate"),
		strictObject({ windows: array(string()).min(1).describe("When nodes may reboot into an update, such as \"sat,sun 02:00-06:00 UTC\".") }),
		strictObject({ "fleet-lock": string().describe("Address of a FleetLock server, which decides who may reboot.") })
	]).default("immediate").describe("Zincati's update strategy: immediate, {windows: [...]} or {fleet-lock: URL}."),
	"migrate-from": array(string().regex(/^\S+$/, "a pattern without spaces, such as fedora:* or ghcr.io/old/os")).default([]).describe("What hosts may run now so that the part migrate brings them to their fleet: patterns as in a shell.")
}).describe("What coxswain node-kit puts on nodes.");
/** coxswain.yaml as it is written. The JSON Schema for editors is made from this too. */
const configSchema = strictObject({
	version: literal(1).optional().describe("Version of the format of this file. A file without it is of version 1. coxswain init --migrate brings an older file to the newest version."),
	image: string().describe("Production repository, without a tag: where fleets get their images. ghcr.io/acme/os"),
	"test-image": string().optional().describe("Repository that images are pushed to before they are tested. It may be in another registry. Default: image with -test at its end."),
	base: string().describe("Base image with the tag to follow, such as quay.io/fedora/fedora-coreos:stable"),
	"base-signature": union([
		literal("none"),
		strictObject({
			"gpg-keys": array(path).min(1).optional().describe("OpenPGP public keys, as files of this repository. Default: Fedora's."),
			lookaside: string().optional().describe("Address below which the signatures are. Default: Fedora's.")
		}),
		strictObject({ "cosign-keys": array(path).min(1).describe("Public keys of cosign, as files of this repository. One of them is enough.") })
	]).optional().describe("Who has to have signed the base before it is proposed or built on: {gpg-keys: [...], lookaside: URL}, {cosign-keys: [...]}, or none. Default: Fedora's keys, for quay.io/fedora/fedora-coreos; none for any other base."),
	upstream: union([literal("none"), strictObject({
		updates: string().describe("Address of the base's update metadata (updates.json)."),
		releases: string().describe("Address of the base's release index (releases.json).")
	})]).optional().describe("Where the base's own update guidance is read, so that its barriers become yours: {updates: URL, releases: URL}, or none. Default: Fedora's, for quay.io/fedora/fedora-coreos with the tag stable, testing or next; none for any other base."),
	stream: string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, "a text that may be a tag: letters, digits, \"_\", \".\" and \"-\"").optional().describe("Value of the label com.coreos.stream in every build, the same for all fleets: Zincati follows a tag of this name in the production repository. Default: the tag of base."),
	architectures: array(_enum(architectures)).min(1).default(["x86_64"]).describe("Architectures to build, by the names that Fedora CoreOS uses."),
	refresh: duration.default("7d").describe("Build again when the last build is older than this, even if the base did not move."),
	containerfile: path.default("Containerfile").describe("Path of the Containerfile."),
	"build-arguments": record$1(string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of letters, digits and \"_\""), string()).default({}).describe("Values for ARG instructions. They are part of the build key."),
	rechunk: rechunkSchema.optional(),
	tests: path.default("tests").describe("Folder of the tests that run inside the booted image; exit code 0 passes."),
	"allow-failed-units": array(string().regex(/^[^\s/]+$/, "the name of a unit, such as chronyd.service")).default([]).describe("Units of systemd that may fail in a boot test: those that have no use in a virtual machine."),
	"boot-test": bootTest.prefault({}),
	evidence: evidence.optional(),
	"state-branch": branch.default("coxswain").describe("Branch that holds releases and rollouts of all fleets."),
	fleets: record$1(name, fleet.nullable()).describe("The fleets by name, the first to get a release first."),
	freeze: freeze.describe("Times in which nothing is promoted to any fleet."),
	rings: record$1(name, number().min(0).max(mostSlices)).default({}).superRefine((rings, context) => {
		for (const [key, value] of Object.entries(rings)) {
			const place = {
				path: [key],
				input: value
			};
			if (key !== "slices" && value > 1) context.addIssue({
				...place,
				code: "too_big",
				origin: "number",
				maximum: 1,
				inclusive: true
			});
			else if (key === "slices" && (!Number.isInteger(value) || value < 2)) {
				const message = `how many slices: a whole number from 2 to ${mostSlices}`;
				context.addIssue({
					...place,
					code: "custom",
					message
				});
			}
		}
	}).describe("Named values of rollout_wariness, each with its own update graph: 0 gets an update first, 1 when the rollout is complete. slices: 100 makes a hundred graphs, slice-1 to slice-100, for rollouts without jumps."),
	publish: strictObject({
		url: string().optional().describe("Address at which the published files can be read, such as https://acme.github.io/os/"),
		oci: boolean().default(true).describe("Also publish the files as an OCI artifact, under the tag updates-<fleet> of image."),
		"signed-by": signers.optional().describe("publish-updates signs the artifact; doctor and restore-state accept none without a signature of one of these. For audits: nodes do not check it.")
	}).prefault({}).describe("Where update guidance is published."),
	notify: strictObject({ command: array(string().regex(/^[^\0]+$/, "a text")).min(1).optional().describe("Program and arguments that coxswain watch-fleet runs when something begins, changes or is over. It gets the facts as JSON on standard input and in variables.") }).prefault({}).describe("How failures are reported, besides the issues on GitHub."),
	node: node.prefault({}),
	"symbolic-tags": boolean().default(false).describe("Also tag releases as <version>-<fleet>, <version>-<fleet>-barrier and <version>-<fleet>-deadend.")
}).meta({
	title: "Coxswain configuration",
	description: "coxswain.yaml: what is built, for which fleets, and where update guidance is published"
});
/** Where the schema of this major version can always be read: for SchemaStore, and for editors without a checkout. */
const configSchemaAddress = "https://raw.githubusercontent.com/coxswain-os/coxswain/v1/schema/coxswain.schema.json";
/**
* The JSON Schema of coxswain.yaml, for completion in editors. Draft 7: what yaml-language-server knows best.
* It cannot say everything that parseConfig checks (references between fields).
*/
function configJsonSchema() {
	const { $schema, ...rest } = toJSONSchema(configSchema, {
		io: "input",
		target: "draft-7"
	});
	return {
		$schema,
		$id: configSchemaAddress,
		...rest
	};
}
init_errors();
/** One error that reports every problem of a file, in the order of the file. */
function errorOf(file, problems) {
	const [first] = problems;
	if (first !== void 0 && problems.length === 1) return new InputError(first);
	const lines = [...problems].sort((one, other) => lineOf(one) - lineOf(other)).map((problem) => `\n  ${new InputError(problem).message}`);
	return new InputError({
		where: file,
		problem: `${problems.length} problems${lines.join("").replace(/\.$/, "")}`
	});
}
function lineOf(problem) {
	return Number(/:(\d+):\d+$/.exec(problem.where ?? "")?.[1] ?? 0);
}
/** The field as people write it: `fleets.stable.soak`, `architectures[0]`. */
function fieldName(path) {
	return path.map((step, index) => typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${step}`).join("");
}
/** The problems that the schema found, each with place, found value and remedy. */
function problemsOf(issues, document) {
	return issues.flatMap((issue) => problemsOfIssue(issue, document));
}
function problemsOfIssue(issue, document) {
	const path = issue.path.filter((step) => typeof step !== "symbol");
	const found = valueAt(document.value, path);
	const here = {
		where: document.placeOf(path),
		...defined({ field: path.length === 0 ? void 0 : fieldName(path) })
	};
	switch (issue.code) {
		case "unrecognized_keys": return issue.keys.map((key) => unknownField$1(key, path, document));
		case "invalid_key": return [{
			...here,
			where: document.placeOfKey(path),
			problem: "this name cannot be used",
			found: path.at(-1),
			expected: issue.issues.map(expectationOf).join(" and ")
		}];
		case "invalid_type":
			if (found === void 0 && path.length > 0) return [{
				...here,
				problem: "this field is missing",
				expected: expectedType(issue.expected)
			}];
			return [{
				...here,
				problem: "the wrong type of value",
				found,
				expected: issue.message.startsWith("Invalid input") ? expectedType(issue.expected) : issue.message,
				...defined({ remedy: issue.expected === "string" && issue.message.startsWith("Invalid input") && found !== null && typeof found !== "object" ? "Put it in quotes." : void 0 })
			}];
		case "invalid_union": return (issue.errors.find((errors) => errors.some((each) => each.path.length > 0 || each.code === "unrecognized_keys")) ?? issue.errors.find((errors) => errors.some((each) => each.code !== "invalid_type" || each.expected !== "null")) ?? []).flatMap((each) => problemsOfIssue({
			...each,
			path: [...issue.path, ...each.path]
		}, document));
		case "invalid_value": {
			const allowed = issue.values.map(String);
			const meant = typeof found === "string" ? goNames[found] ?? nearest(found, allowed) : void 0;
			return [{
				...here,
				problem: "not one of the possible values",
				found,
				expected: allowed.join(", "),
				...defined({ remedy: meant && `Did you mean ${meant}?` })
			}];
		}
		default: return [{
			...here,
			problem: "this value cannot be used",
			found,
			expected: expectationOf(issue)
		}];
	}
}
/** People write GOARCH names although FCOS has names of its own. */
const goNames = {
	amd64: "x86_64",
	x64: "x86_64",
	arm64: "aarch64"
};
function expectationOf(issue) {
	switch (issue.code) {
		case "too_small":
			if (issue.origin === "array") return `at least ${issue.minimum}`;
			return issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} or more`;
		case "too_big": return issue.origin === "string" ? `at most ${issue.maximum} characters` : `${issue.maximum} or less`;
		default: return issue.message;
	}
}
const typeNames = {
	string: "a text",
	number: "a number",
	boolean: "true or false",
	array: "a list",
	object: "fields with values",
	record: "names with values"
};
function expectedType(type) {
	return typeNames[type] ?? type;
}
function unknownField$1(key, path, document) {
	const known = knownFields(path);
	const meant = nearest(key, known);
	return {
		where: document.placeOfKey([...path, key]),
		field: fieldName([...path, key]),
		problem: "this field does not exist",
		...meant === void 0 ? { expected: `one of ${known.join(", ")}` } : { remedy: `Did you mean ${meant}?` }
	};
}
function knownFields(path) {
	const { shape } = configSchema;
	if (path.length === 0) return Object.keys(shape);
	if (path[0] === "fleets" && path[2] === "halt-when") {
		const { prometheus, "behind-plan": behind, "came-back": back } = haltConditionSchema.shape;
		if (path[4] === "prometheus") return Object.keys(prometheus.unwrap().shape);
		if (path[4] === "behind-plan") return Object.keys(behind.unwrap().shape);
		if (path[4] === "came-back") return Object.keys(back.unwrap().shape);
		return Object.keys(haltConditionSchema.shape);
	}
	if (path[0] === "fleets" && path[2] === "success-threshold") return Object.keys(shape.fleets.valueType.unwrap().shape["success-threshold"].unwrap().shape);
	if (path[0] === "fleets") return Object.keys(shape.fleets.valueType.unwrap().shape);
	if (path[0] === "upstream") return ["updates", "releases"];
	if (path[0] === "boot-test") return Object.keys(shape["boot-test"].unwrap().shape);
	return Object.keys(shape.publish.unwrap().shape);
}
function valueAt(value, path) {
	let current = value;
	for (const step of path) {
		if (typeof current !== "object" || current === null) return void 0;
		current = current[step];
	}
	return current;
}
// src/project/configuration/required-adoption.ts
init_errors();
const defaultAdoptionDays = 7;
/** `90 %`, `90 % in 14d` */
function readAdoption(text, place) {
	const [, percent = "", days = String(defaultAdoptionDays)] = /^([\d.]+) ?%(?: in (\d+)d)?$/.exec(text) ?? [];
	const required = {
		share: Number(percent) / 100,
		days: Number(days)
	};
	const isPossible = required.share > 0 && required.share <= 1;
	if (isPossible && required.days >= 1 && required.days <= 31) return required;
	throw new InputError({
		...place,
		problem: isPossible ? "adoption is not counted over so many days" : "not a share of the nodes",
		found: text,
		expected: `more than 0 % and at most 100 %, in 1d to 31d`
	});
}
// src/project/configuration/success-threshold.ts
/** Reads `success-threshold`. @throws InputError that names the field */
function readRingSuccess(written, place) {
	const { share } = readAdoption(written.adoption, {
		...place,
		field: `${place.field}.adoption`
	});
	const after = parseDuration(written.after, {
		...place,
		field: `${place.field}.after`
	});
	const { nodes, rings } = written;
	return {
		share,
		nodes,
		after,
		...rings === void 0 ? {} : { rings }
	};
}
init_errors();
/**
* The configuration that the file describes, with every default filled in.
* @param about.problems gets what is wrong with single fields
* @returns undefined if there is a problem
*/
function buildConfig(written, about) {
	const { file, document, problems } = about;
	const read = (path, reader) => {
		try {
			return reader({
				where: document.placeOf(path),
				field: fieldName(path)
			});
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			problems.push(error.details);
			return;
		}
	};
	const image = read(["image"], (place) => parseRepository(written.image, place));
	const testImage = read(["test-image"], (place) => parseRepository(written["test-image"] ?? `${written.image}-test`, place));
	const base = read(["base"], (place) => readBase$1(written.base, place));
	const upstream = readUpstream(written, base, read);
	const baseSignature = read(["base-signature"], (place) => base === void 0 ? void 0 : readBaseSignature(written["base-signature"], base, (name) => ({
		...place,
		field: `${place.field}.${name}`
	})));
	const refresh = read(["refresh"], (place) => readRefresh(written.refresh, place));
	const { rechunk: splits } = written;
	const rechunk = read(["rechunk"], (place) => splits === void 0 ? void 0 : readRechunk(splits, (name) => ({
		...place,
		field: `${place.field}.${name}`
	})));
	const bootTest = readBootTest(written, read);
	const evidence = readEvidence$1(written, read);
	const url = read(["publish", "url"], (place) => readUrl$1(written.publish.url, place));
	const freeze = readFreeze(written.freeze, ["freeze"], read);
	const fleets = Object.entries(written.fleets).map(([name, fleet]) => readFleet(name, fleet, {
		freeze,
		read
	}));
	const [firstArchitecture, ...architectures] = [...new Set(written.architectures)];
	if (problems.length > 0 || image === void 0 || testImage === void 0 || base === void 0 || baseSignature === void 0 || refresh === void 0 || firstArchitecture === void 0) return;
	return {
		file,
		image,
		testImage,
		base,
		baseSignature,
		...defined({ upstream }),
		stream: written.stream ?? base.tag,
		architectures: [firstArchitecture, ...architectures],
		refresh,
		containerfile: tidyPath(written.containerfile),
		buildArguments: written["build-arguments"],
		...defined({ rechunk }),
		tests: tidyPath(written.tests),
		bootTest,
		evidence,
		stateBranch: written["state-branch"],
		fleets: Object.fromEntries(fleets.filter((fleet) => fleet !== void 0).map((fleet) => [fleet.name, fleet])),
		rings: readRings(written.rings),
		publish: {
			...defined({ url }),
			oci: written.publish.oci,
			signedBy: (written.publish["signed-by"] ?? []).map(readSigner)
		},
		notifyCommand: written.notify.command ?? [],
		node: {
			parts: written.node.parts,
			reboots: written.node.reboots,
			migrateFrom: written.node["migrate-from"]
		},
		symbolicTags: written["symbolic-tags"]
	};
}
/** The addresses of the base's own guidance; undefined if no guidance is inherited. */
function readUpstream({ upstream }, base, read) {
	if (upstream === "none") return void 0;
	if (upstream === void 0) return base === void 0 ? void 0 : defaultUpstream(base);
	const updates = read(["upstream", "updates"], (place) => readAddress(upstream.updates, place));
	const releases = read(["upstream", "releases"], (place) => readAddress(upstream.releases, place));
	return updates === void 0 || releases === void 0 ? void 0 : {
		updates,
		releases
	};
}
function readBootTest(written, read) {
	const { mode, ignition, deadline, upgrades, ...given } = written["boot-test"];
	const deadlineSeconds = read(["boot-test", "deadline"], (place) => deadline === void 0 ? void 0 : readDeadline(deadline, place));
	return {
		...defined({
			mode,
			ignition: ignition === void 0 ? void 0 : tidyPath(ignition),
			deadlineSeconds,
			upgrades,
			cpus: given.cpus
		}),
		init: given.init,
		knownFailures: given["known-failures"],
		allowedUnits: written["allow-failed-units"],
		memoryMegabytes: given.memory,
		network: given.network,
		kernelArguments: given["kernel-arguments"],
		leftovers: given.leftovers,
		secureBoot: (given["secure-boot"]?.certificates ?? []).map(tidyPath)
	};
}
function readEvidence$1({ evidence }, read) {
	const sigstore = evidence?.sigstore;
	const address = (name, otherwise) => read([
		"evidence",
		"sigstore",
		name
	], (place) => readAddress((sigstore?.[name] ?? otherwise).replace(/\/+$/, ""), place)) ?? otherwise;
	const trustedRoot = sigstore?.["trusted-root"];
	return {
		signedBy: (evidence?.["signed-by"] ?? []).map(readSigner),
		sigstore: {
			fulcio: address("fulcio", "https://fulcio.sigstore.dev"),
			rekor: address("rekor", "https://rekor.sigstore.dev"),
			...defined({ trustedRoot: trustedRoot === void 0 ? void 0 : tidyPath(trustedRoot) })
		}
	};
}
function readSigner(signer) {
	if (typeof signer === "string") return {
		kind: "key",
		file: tidyPath(signer)
	};
	const { repository, workflow, refs } = signer;
	return {
		kind: "workflow",
		repository,
		workflow: workflow.startsWith(".github/") ? `${repository}/${workflow}` : workflow,
		refs
	};
}
/** @param common.freeze the windows of all fleets */
function readFleet(name, fleet, common) {
	const { read } = common;
	const [soakText = "", soakAfter] = (fleet?.soak ?? "0s").split(" after ");
	const soak = read([
		"fleets",
		name,
		"soak"
	], (place) => parseDuration(soakText, place));
	const own = readFreeze(fleet?.freeze ?? [], [
		"fleets",
		name,
		"freeze"
	], read);
	const signing = readSigning(fleet?.signing?.keys ?? [], [
		"fleets",
		name,
		"signing",
		"keys"
	], read);
	const vulnerabilities = readVulnerabilityRule(fleet?.vulnerabilities, ["fleets", name], read);
	const haltWhen = readHaltWhen(fleet?.["halt-when"] ?? [], [
		"fleets",
		name,
		"halt-when"
	], read);
	const required = fleet?.adoption;
	const adoption = required === void 0 ? void 0 : read([
		"fleets",
		name,
		"adoption"
	], (place) => readAdoption(required, place));
	const success = fleet?.["success-threshold"];
	const successThreshold = success === void 0 ? void 0 : read([
		"fleets",
		name,
		"success-threshold"
	], (place) => readRingSuccess(success, place));
	if (soak === void 0) return void 0;
	return {
		name,
		branch: fleet?.branch ?? name,
		tag: fleet?.tag ?? name,
		template: tidyPath(fleet?.template ?? `rollouts/${name}.json.hbs`),
		...defined({ promoteFrom: fleet?.["promote-from"] }),
		soak,
		soakAfter: soakAfter === "complete" ? "complete" : "start",
		...defined({ adoption }),
		approve: fleet?.approve ?? "manual",
		signing,
		...defined({ vulnerabilities }),
		freeze: [...common.freeze, ...own],
		haltWhen,
		...defined({ successThreshold })
	};
}
function readHaltWhen(conditions, path, read) {
	return conditions.map((condition, index) => read([...path, index], (place) => readHaltCondition(condition, place))).filter((condition) => condition !== void 0);
}
function readFreeze(windows, path, read) {
	return windows.map((window, index) => read([...path, index], (place) => readFreezeWindow(window, place))).filter((window) => window !== void 0);
}
function readSigning(keys, path, read) {
	return keys.map((key, index) => {
		const { file, until: day } = typeof key === "string" ? {
			file: key,
			until: void 0
		} : key;
		const until = read([
			...path,
			index,
			"until"
		], (place) => day === void 0 ? void 0 : parseTime(day, place));
		return {
			file: tidyPath(file),
			...defined({ until })
		};
	});
}
function readVulnerabilityRule(written, path, read) {
	if (written === void 0) return void 0;
	const exceptions = written.exceptions.map(({ id, until: day, reason }, index) => {
		return {
			id,
			until: read([
				...path,
				"vulnerabilities",
				"exceptions",
				index,
				"until"
			], (place) => parseTime(day, place)) ?? 0,
			reason
		};
	});
	return {
		noneAbove: written["none-above"],
		exceptions
	};
}
/** Checks that concern more than one field: everything that would otherwise fail late, or overwrite something. */
function checkConfig(config, document) {
	const at = (path) => ({
		where: document.placeOf(path),
		field: fieldName(path)
	});
	const atKey = (path) => ({
		where: document.placeOfKey(path),
		field: fieldName(path)
	});
	return [
		...repositoryProblems(config, at),
		...Object.keys(config.fleets).flatMap((name) => nameProblems(name, "fleet", atKey(["fleets", name]))),
		...config.rings.filter(isNamed).flatMap(({ name }) => nameProblems(name, "ring", atKey(["rings", name]))),
		...sameNameProblems(Object.keys(config.fleets), "fleet", (name) => atKey(["fleets", name])),
		...sameNameProblems(config.rings.filter(isNamed).map(({ name }) => name), "ring", (name) => atKey(["rings", name])),
		...sharedRingNames(config.rings).map((name) => ({
			...atKey(["rings", name]),
			problem: "a ring cannot have this name: there is another ring of this name",
			found: name,
			expected: "another name"
		})),
		...fleetProblems(config, at),
		...branchProblems(config, at),
		...promotionProblems(config, at),
		...haltProblems(config, at),
		...ringSuccessProblems(config, at)
	];
}
function repositoryProblems(config, at) {
	const problems = [];
	if (sameRepository(config.image, config.testImage)) problems.push({
		...at(["test-image"]),
		problem: "this is the production repository too",
		found: formatRepository(config.testImage),
		expected: "another repository",
		remedy: "Untested images must not be in the repository that fleets pull from."
	});
	for (const [field, repository] of [["image", config.image], ["test-image", config.testImage]]) if (sameRepository(repository, config.base.repository)) problems.push({
		...at([field]),
		problem: "this is the repository of the base image too",
		found: formatRepository(repository),
		expected: `another one than in base (${formatReference(config.base)})`
	});
	return problems;
}
/**
* Names that mean something else in published addresses: `<fleet>/<basearch>/v1/graph`,
* `<fleet>/<basearch>/<ring>/v1/graph`, `<fleet>/releases.json`, `index.html`, `feed.xml`, and the files of FCOS's own servers.
*/
const publishedNames = /* @__PURE__ */ new Set([
	"v1",
	"builds",
	"graph",
	...architectures
]);
function nameProblems(name, kind, place) {
	if (kind === "fleet" && name.toLowerCase() === "github-pages") return [{
		...place,
		problem: "a fleet cannot have this name: it is the environment that GitHub Pages deploys to",
		found: name,
		remedy: "Workflows release a fleet in the environment of its name. Choose another name."
	}];
	if (!publishedNames.has(name.toLowerCase()) && !/\.(html|json|xml)$/i.test(name)) return [];
	return [{
		...place,
		problem: `a ${kind} cannot have this name: it is part of published addresses`,
		found: name,
		expected: `a name that does not end in .html, .json or .xml, and is none of ${[...publishedNames].join(", ")}`
	}];
}
/** Many file systems and some web servers ignore case. */
function sameNameProblems(names, kind, placeOf) {
	return names.flatMap((name, index) => {
		const other = names.slice(0, index).find((each) => each.toLowerCase() === name.toLowerCase());
		if (other === void 0) return [];
		return [{
			...placeOf(name),
			problem: `the name differs from the ${kind} ${other} only in upper and lower case`,
			found: name,
			expected: "another name"
		}];
	});
}
/** Git keeps branches like files: `a` and `a/b` cannot both exist. */
function branchProblems({ fleets, stateBranch }, at) {
	const branches = [{
		branch: stateBranch,
		path: ["state-branch"]
	}, ...Object.values(fleets).map(({ name, branch }) => ({
		branch,
		path: [
			"fleets",
			name,
			"branch"
		]
	}))];
	return branches.flatMap(({ branch, path }) => {
		const parent = branches.find((other) => branch.startsWith(`${other.branch}/`));
		if (parent === void 0) return [];
		return [{
			...at(path),
			problem: `git cannot have this branch and the branch ${parent.branch}`,
			found: branch,
			expected: `a branch that does not start with ${parent.branch}/`
		}];
	});
}
function fleetProblems(config, at) {
	const problems = [];
	const fleets = Object.values(config.fleets);
	if (fleets.length === 0) problems.push({
		...at(["fleets"]),
		problem: "it has no fleet",
		expected: "at least one, such as stable: {}"
	});
	for (const [index, fleet] of fleets.entries()) {
		const field = (name) => [
			"fleets",
			fleet.name,
			name
		];
		const before = fleets.slice(0, index);
		const sameBranch = before.find((other) => other.branch === fleet.branch);
		if (sameBranch !== void 0) problems.push({
			...at(field("branch")),
			problem: `the fleet ${sameBranch.name} is on this branch already`,
			found: fleet.branch,
			expected: "a branch of its own"
		});
		const sameTag = before.find((other) => other.tag === fleet.tag);
		if (sameTag !== void 0) problems.push({
			...at(field("tag")),
			problem: `the fleet ${sameTag.name} has this tag already`,
			found: fleet.tag,
			expected: "a tag of its own"
		});
		if (fleet.branch === config.stateBranch) problems.push({
			...at(field("branch")),
			problem: "this is the state branch, which no fleet can be on",
			found: fleet.branch,
			remedy: "Give the fleet another branch, or set state-branch."
		});
		const prefixes = Object.values(tagPrefixes);
		if (/^\d+\.\d{8}\./.test(fleet.tag) || prefixes.some((prefix) => fleet.tag.startsWith(prefix))) problems.push({
			...at(field("tag")),
			problem: "Coxswain uses tags of this form for versions, evidence and published files",
			found: fleet.tag,
			expected: `not a version, and not a text that starts with ${prefixes.join(", ")}`
		});
	}
	return problems;
}
function promotionProblems(config, at) {
	const problems = [];
	const names = Object.keys(config.fleets);
	for (const fleet of Object.values(config.fleets)) {
		const place = at([
			"fleets",
			fleet.name,
			"promote-from"
		]);
		if (fleet.promoteFrom === void 0) {
			if (fleet.soak > 0) problems.push({
				...at([
					"fleets",
					fleet.name,
					"soak"
				]),
				problem: "soak means nothing without promote-from",
				remedy: "Add promote-from, or leave soak out."
			});
			if (fleet.adoption !== void 0) problems.push({
				...at([
					"fleets",
					fleet.name,
					"adoption"
				]),
				problem: "adoption means nothing without promote-from",
				remedy: "Add promote-from, or leave adoption out."
			});
			if (fleet.approve === "auto") problems.push({
				...at([
					"fleets",
					fleet.name,
					"approve"
				]),
				problem: "nothing is promoted to this fleet, so nothing can be approved",
				remedy: "Add promote-from, or leave approve out."
			});
		} else if (!names.includes(fleet.promoteFrom)) {
			const meant = nearest(fleet.promoteFrom, names);
			problems.push({
				...place,
				problem: "this fleet does not exist",
				found: fleet.promoteFrom,
				expected: `one of ${names.join(", ")}`,
				...defined({ remedy: meant && `Did you mean ${meant}?` })
			});
		} else {
			const cycle = cycleFrom(fleet, config.fleets);
			if (cycle !== void 0 && names.find((name) => cycle.includes(name)) === fleet.name) problems.push({
				...place,
				problem: "the promotions form a circle",
				found: [...cycle, fleet.name].join(" ← "),
				expected: "one fleet that is promoted from no other"
			});
		}
	}
	return problems;
}
/** The state branch knows a condition by its name. */
function haltProblems({ fleets }, at) {
	return Object.values(fleets).flatMap(({ name: fleet, haltWhen }) => haltWhen.flatMap(({ name }, index) => {
		if (haltWhen.findIndex((other) => other.name === name) === index) return [];
		return [{
			...at([
				"fleets",
				fleet,
				"halt-when",
				index,
				"name"
			]),
			problem: "another condition of this fleet has this name",
			found: name,
			expected: "a name of its own"
		}];
	}));
}
/** A threshold of a ring that does not exist, or has none after it, would never hold anything back. */
function ringSuccessProblems({ fleets, rings }, at) {
	const known = rings.filter((ring) => isNamed(ring) && ring.wariness < 1).map(({ name }) => name);
	return Object.values(fleets).flatMap(({ name: fleet, successThreshold }) => {
		if (successThreshold === void 0) return [];
		const path = [
			"fleets",
			fleet,
			"success-threshold"
		];
		if (known.length === 0) return [{
			...at(path),
			problem: "no ring opens before the others",
			expected: "a ring with a wariness below 1, such as rings: { canary: 0, early: 0.1 }"
		}];
		return (successThreshold.rings ?? []).flatMap((ring, index) => {
			if (known.includes(ring)) return [];
			const meant = nearest(ring, known);
			return [{
				...at([
					...path,
					"rings",
					index
				]),
				problem: rings.some(({ name }) => name === ring) ? "no ring opens after this one" : "this ring does not exist",
				found: ring,
				expected: `one of ${known.join(", ")}`,
				...defined({ remedy: meant && `Did you mean ${meant}?` })
			}];
		});
	});
}
/** The fleets of the circle that a fleet is part of, itself first; undefined when it is in none. */
function cycleFrom(start, fleets) {
	const visited = [start.name];
	let next = start.promoteFrom;
	while (next !== void 0 && !visited.includes(next)) {
		visited.push(next);
		next = fleets[next]?.promoteFrom;
	}
	return next === start.name ? visited : void 0;
}
// src/project/configuration/yaml-document.ts
/** Reads YAML 1.2. Duplicate keys and unknown tags are problems too. */
function readDocument(text, file) {
	const lines = new import_dist.LineCounter();
	const document = (0, import_dist.parseDocument)(text, {
		lineCounter: lines,
		prettyErrors: false
	});
	const at = (offset) => {
		const { line, col } = lines.linePos(offset);
		return `${file}:${line}:${col}`;
	};
	const problems = [...document.errors, ...document.warnings].map((error) => ({
		where: at(placeOfError(text, error)),
		...explain$1(error)
	}));
	(0, import_dist.visit)(document, { Pair: (_, { key }) => {
		if (!(0, import_dist.isScalar)(key) || key.value !== "__proto__") return;
		problems.push({
			where: at(startOf(key) ?? 0),
			problem: "this name cannot be used",
			found: key.value,
			expected: "another name"
		});
	} });
	let value;
	if (problems.length === 0) try {
		value = document.toJS();
	} catch (error) {
		problems.push({
			where: file,
			problem: `not usable as YAML: ${String(error)}`
		});
	}
	const walk = (path, wanted) => {
		let node = document.contents;
		let offset = startOf(node) ?? 0;
		for (const [index, step] of path.entries()) {
			let key;
			let next;
			if ((0, import_dist.isMap)(node)) {
				const pair = node.items.find((item) => (0, import_dist.isScalar)(item.key) && String(item.key.value) === String(step));
				[key, next] = [pair?.key, pair?.value];
			} else if ((0, import_dist.isSeq)(node)) next = node.items[Number(step)];
			const position = startOf(index === path.length - 1 && wanted === "key" ? key : next) ?? startOf(key);
			if (position === void 0) break;
			offset = position;
			node = next;
		}
		return at(offset);
	};
	return {
		value,
		problems,
		placeOf: (path) => walk(path, "value"),
		placeOfKey: (path) => walk(path, "key")
	};
}
function startOf(node) {
	return node?.range?.[0];
}
/** For a duplicate key the library gives the end of the entry before it. */
function placeOfError(text, error) {
	if (error.code !== "DUPLICATE_KEY") return error.pos[0];
	const blank = /\s*(?:#[^\n]*\n\s*)*/y;
	blank.lastIndex = error.pos[0];
	return error.pos[0] + (blank.exec(text)?.[0].length ?? 0);
}
function explain$1(error) {
	switch (error.code) {
		case "DUPLICATE_KEY": return {
			problem: "this field occurs twice",
			remedy: "Keep one of them."
		};
		case "TAB_AS_INDENT": return {
			problem: "a tab cannot indent YAML",
			remedy: "Use spaces."
		};
		case "MULTIPLE_DOCS": return {
			problem: "a second YAML document begins here",
			remedy: "Keep one document in the file."
		};
		default: return { problem: `not YAML: ${error.message.replace(/\.$/, "")}` };
	}
}
// src/project/configuration/config.ts
init_errors();
/** Name of the configuration file, at the top of the user's repository. */
const configFileName = "coxswain.yaml";
/** Path of the template for urgent releases, if it exists: `rollouts/stable.urgent.json.hbs`. */
function urgentTemplate({ template }) {
	const ending = /(\.json)?\.hbs$/.exec(template)?.[0] ?? "";
	return `${template.slice(0, template.length - ending.length)}.urgent${ending}`;
}
/**
* Reads the text of coxswain.yaml.
* @param file how messages name the file
* @throws InputError that lists every problem of the file
*/
function parseConfig(text, file) {
	const read = examineConfig(text, file);
	if (read.config === void 0) throw errorOf(file, read.problems);
	return read.config;
}
/** Reads the text of coxswain.yaml, or lists every problem of it. @param file how messages name the file */
function examineConfig(text, file) {
	const document = readDocument(text, file);
	if (document.problems.length > 0) return {
		config: void 0,
		problems: document.problems
	};
	if (document.value === null || document.value === void 0) return {
		config: void 0,
		problems: [{
			where: file,
			problem: "the file is empty",
			expected: "image, base and fleets",
			remedy: "coxswain init --image REF writes one to start with."
		}]
	};
	const newer = newerVersion(document);
	if (newer !== void 0) return {
		config: void 0,
		problems: [newer]
	};
	const written = configSchema.safeParse(document.value);
	if (!written.success) return {
		config: void 0,
		problems: problemsOf(written.error.issues, document)
	};
	const problems = [];
	const config = buildConfig(written.data, {
		file,
		document,
		problems
	});
	if (config === void 0) return {
		config,
		problems
	};
	const found = checkConfig(config, document);
	return found.length === 0 ? { config } : {
		config: void 0,
		problems: found
	};
}
/**
* Reads coxswain.yaml from the top folder of a checkout.
* @throws InputError when it is missing, or as parseConfig
*/
async function readConfig(directory) {
	return parseConfig(await readConfigText(directory), configFileName);
}
/** The text of coxswain.yaml in the top folder of a checkout. @throws InputError if the file cannot be read */
async function readConfigText(directory) {
	const where = join(directory, configFileName);
	const text = await readFileIfThere(where).catch((error) => {
		throw new InputError({
			where,
			problem: `the file cannot be read: ${messageOf$1(error)}`,
			expected: "a text file"
		}, { cause: error });
	});
	if (text !== void 0) return text;
	throw new InputError({
		where,
		problem: "this file does not exist",
		remedy: "coxswain init --image REF writes one to start with."
	});
}
// src/project/containerfile/expand.ts
var import_main = require_main();
/** Text of a range of the file with line continuations (and comment lines inside them) removed. */
function sourceText(file, start, end, escapeCharacter) {
	const characters = [];
	const continuation = new RegExp(`${escapeCharacter === "`" ? "`" : "\\\\"}[ \\t]*\\r?\\n(?:[ \\t]*#[^\\n]*\\n)*`, "y");
	for (let offset = start; offset < end; offset++) {
		continuation.lastIndex = offset;
		const skipped = continuation.exec(file);
		if (skipped === null) characters.push({
			character: file.charAt(offset),
			offset
		});
		else offset += skipped[0].length - 1;
	}
	return characters;
}
/** The characters as a text. */
function plain$1(text) {
	return text.map(({ character }) => character).join("");
}
/**
* Expands `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME-word}`, as FROM and ARG do (Dockerfile reference,
* "Environment replacement"); quotes around words are removed. A name that `lookUp` does not know stays as written,
* so that messages show it.
*/
function expand(text, lookUp) {
	const written = plain$1(text);
	const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?-)([^${}]*))?\})/y;
	const result = [];
	for (let index = 0; index < text.length; index++) {
		const current = text[index];
		if (current.character === "\"" || current.character === "'") continue;
		variable.lastIndex = index;
		const match = variable.exec(written);
		if (match === null) {
			result.push(current);
			continue;
		}
		const [whole, bare, braced, operator, word = ""] = match;
		const known = lookUp(bare ?? braced);
		const isSet = known !== void 0 && (operator !== ":-" || known.length > 0);
		const wordStart = index + whole.length - 1 - word.length;
		if (isSet) result.push(...known);
		else if (operator !== void 0) result.push(...text.slice(wordStart, wordStart + word.length));
		else result.push(...text.slice(index, index + whole.length));
		index += whole.length - 1;
	}
	return result;
}
/** The names of the variables that a text mentions. */
function variableNames(text) {
	return [...plain$1(text).matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1]);
}
// src/project/containerfile/mask.ts
/**
* A copy of a Containerfile for dockerfile-ast to read. Every character keeps its offset, and two constructs that the
* library reads wrongly are masked:
* - `RUN cat 3<<EOF`: a here-document with a file descriptor, which it does not see, so that a `FROM` inside
*   the document would count as an instruction;
* - `RUN echo "a <<EOF b"`: quoted, so not a here-document, but the library takes the rest of the file as its text.
*/
function maskForParser(text) {
	return text.replace(/(?<=[ \t])\d+(?=<<-?["']?[A-Za-z_])/g, (digits) => " ".repeat(digits.length)).replace(/(["'])(?:(?!\1).)*?[ \t]<<(?:(?!\1).)*\1/g, (quoted) => quoted.replaceAll("<<", "__"));
}
init_errors();
/**
* Reads the stages of a Containerfile.
* @throws InputError when there is no FROM, or a FROM without an image
*/
function parseContainerfile(text, file) {
	const parsed = import_main.DockerfileParser.parse(maskForParser(text));
	const escapeCharacter = parsed.getEscapeCharacter();
	const offsets = lineOffsets(text);
	const offsetOf = (position) => (offsets[position.line] ?? text.length) + position.character;
	const globals = /* @__PURE__ */ new Map();
	const expandHere = (written) => ({
		value: expand(written, (name) => globals.get(name)?.value),
		variables: variableNames(written).flatMap((name) => [name, ...globals.get(name)?.variables ?? []])
	});
	for (const instruction of parsed.getInitialARGs()) for (const argument of instruction.getArguments()) {
		const range = argument.getRange();
		const whole = sourceText(text, offsetOf(range.start), offsetOf(range.end), escapeCharacter);
		const equals = plain$1(whole).indexOf("=");
		if (equals < 0) globals.set(plain$1(whole), {
			value: void 0,
			variables: []
		});
		else globals.set(plain$1(whole.slice(0, equals)), expandHere(whole.slice(equals + 1)));
	}
	const [first, ...rest] = parsed.getFROMs().map((from) => {
		const range = from.getImageRange();
		const place = range?.start ?? from.getRange().start;
		const where = `${file}:${place.line + 1}:${place.character + 1}`;
		if (range === null) throw new InputError({
			where,
			problem: "FROM names no image",
			expected: "FROM repository:tag"
		});
		const start = offsetOf(range.start);
		const end = offsetOf(range.end);
		const written = sourceText(text, start, end, escapeCharacter);
		const { value, variables } = expandHere(written);
		const platform = from.getFlags().find((flag) => flag.getName() === "platform")?.getValue();
		const alias = from.getBuildStage();
		return {
			image: plain$1(written),
			resolved: plain$1(value),
			...defined({ platform: platform == null ? void 0 : platform }),
			...defined({ alias: alias === null ? void 0 : alias }),
			range: {
				start,
				end
			},
			where,
			source: value,
			variables
		};
	});
	if (first === void 0) throw new InputError({
		where: file,
		problem: "it has no FROM",
		expected: "FROM followed by the base image of coxswain.yaml"
	});
	return {
		file,
		text,
		stages: [first, ...rest]
	};
}
/** Offset at which each line starts, lines ending as the library counts them (`\n`, `\r\n`, a lone `\r`). */
function lineOffsets(text) {
	return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)];
}
// src/project/containerfile/base.ts
init_errors();
/**
* Finds the FROM that the image is derived from: the last stage's, followed through stage names.
* The base counts as configured when it is the configured tag, or any digest of the configured repository.
* @throws InputError when the last stage comes from anything else
*/
function findBase(parsed, base) {
	let index = parsed.stages.length - 1;
	let stage = parsed.stages[index];
	for (;;) {
		const wanted = stage.resolved.toLowerCase();
		const above = parsed.stages.slice(0, index).findLastIndex((each) => each.alias?.toLowerCase() === wanted);
		if (above < 0) break;
		index = above;
		stage = parsed.stages[index];
	}
	const reference = referenceToBase(stage, base);
	if (reference === void 0) throw new InputError({
		where: stage.where,
		field: "FROM",
		problem: "the image is not derived from the configured base",
		found: stage.resolved,
		expected: `${formatReference(base)}, or a digest of ${formatRepository(base.repository)}`,
		remedy: `Write FROM ${formatReference(base)} here, or change base in coxswain.yaml.`
	});
	return {
		stage,
		reference
	};
}
/**
* Pins the base: every FROM that names the configured base gets `repository:tag@digest`, so that a build stage on the
* same base (for kernel modules, for example) moves with it. Nothing else in the file changes, and pinning twice
* changes nothing. If the reference comes from an ARG's default, the default is changed.
* @throws InputError as findBase; and for a reference that is composed in a way that cannot be rewritten
*/
function repinBase(text, file, base, pin) {
	const parsed = parseContainerfile(text, file);
	findBase(parsed, base);
	const target = {
		kind: "digest",
		repository: base.repository,
		...pin
	};
	const edits = /* @__PURE__ */ new Map();
	const affected = stagesOnBase(parsed, base);
	for (const stage of affected) {
		const edit = editOf(stage, target);
		const other = edits.get(edit.start);
		if (other !== void 0 && other.end !== edit.end) throw cannotRewrite(stage, target);
		edits.set(edit.start, edit);
	}
	const changed = [...edits.values()].sort((one, other) => other.start - one.start).reduce((whole, { start, end, text: insert }) => whole.slice(0, start) + insert + whole.slice(end), text);
	checkRewritten(parsed, parseContainerfile(changed, file), affected, target);
	return changed;
}
/** The edit that gives a stage's reference another tag and digest: what follows the repository is replaced. */
function editOf(stage, target) {
	const suffix = `:${target.tag}@${target.digest}`;
	const length = repositoryLength(stage.resolved);
	const kept = isContiguous(stage.source.slice(length)) ? 0 : 1;
	const replaced = stage.source.slice(length + kept);
	const [first, last] = [replaced[0], replaced.at(-1)];
	const colonStays = kept === 0 || stage.resolved.charAt(length) === ":";
	if (first === void 0 || last === void 0 || !colonStays || !isContiguous(replaced)) throw cannotRewrite(stage, target);
	return {
		start: first.offset,
		end: last.offset + 1,
		text: suffix.slice(kept)
	};
}
function isContiguous(text) {
	return text.every(({ offset }, index) => index === 0 || offset === (text[index - 1]?.offset ?? 0) + 1);
}
/** Length of the repository in a reference: where `:tag` or `@digest` begins. */
function repositoryLength(reference) {
	const at = reference.indexOf("@");
	const named = at < 0 ? reference : reference.slice(0, at);
	const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
	return colon < 0 ? named.length : colon;
}
/** The stages that begin with an image, not with another stage and not with nothing. */
function externalStages(parsed) {
	return parsed.stages.filter((stage, index) => {
		const wanted = stage.resolved.toLowerCase();
		return !parsed.stages.slice(0, index).some((each) => each.alias?.toLowerCase() === wanted) && wanted !== "scratch";
	});
}
/** The stages that begin with the configured base. */
function stagesOnBase(parsed, base) {
	return externalStages(parsed).filter((stage) => referenceToBase(stage, base) !== void 0);
}
function referenceToBase(stage, base) {
	let reference;
	try {
		reference = parseReference(stage.resolved);
	} catch {
		return;
	}
	if (!sameRepository(reference.repository, base.repository)) return void 0;
	return reference.kind === "digest" || reference.tag === base.tag ? reference : void 0;
}
/** An ARG may be used by several FROMs: those that do not name the base must not change. */
function checkRewritten(before, after, affected, target) {
	for (const [index, stage] of before.stages.entries()) {
		const pinned = `${stage.resolved.slice(0, repositoryLength(stage.resolved))}:${target.tag}@${target.digest}`;
		const expected = affected.includes(stage) ? pinned : stage.resolved;
		if (after.stages[index]?.resolved !== expected) throw cannotRewrite(stage, target);
	}
}
function cannotRewrite(stage, target) {
	return new InputError({
		where: stage.where,
		field: "FROM",
		problem: "the base cannot be pinned here: its tag is composed from several places, or shared with another FROM",
		found: stage.image,
		expected: "one reference, or one ARG that holds it",
		remedy: `Write FROM ${formatReference(target)} by hand, or ARG BASE=… with FROM \${BASE}.`
	});
}
// src/world/git/read-commit.ts
/**
* The commit that a name stands for.
* @param name a hash, also a short one, a branch, a tag, `HEAD` and the like
* @returns its hash; undefined if there is no such commit
*/
async function findCommit(git, name) {
	const object = await git.objects.find(`${name}^{commit}`);
	if (object !== void 0) return object.hash;
	return git.try([
		"rev-parse",
		"--verify",
		"--quiet",
		"--end-of-options",
		`${name}^{commit}`
	]);
}
/** When a commit was made (the committer's time), in UNIX seconds. @param commit a full hash */
async function readCommitTime(git, commit) {
	const object = isFullHash(commit) ? await git.objects.find(commit) : void 0;
	const [, time] = /^committer .*> (\d+) [+-]\d+$/m.exec(object?.bytes.toString() ?? "") ?? [];
	if (object?.kind === "commit" && time !== void 0) return Number(time);
	const line = await git.run([
		"rev-list",
		"--max-count=1",
		"--timestamp",
		commit
	]);
	return Number(line.split(" ")[0]);
}
/**
* The parents of a commit, as it names them: they may be missing here.
* @param commit a full hash
* @returns none for a commit that is not here
*/
async function parentsOf(git, commit) {
	const object = isFullHash(commit) ? await git.objects.find(commit) : void 0;
	if (object?.kind !== "commit") return [];
	const [header = ""] = object.bytes.toString("latin1").split("\n\n", 1);
	return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = ""]) => parent);
}
// src/release/candidate/build-context.ts
var import_ignore = /* @__PURE__ */ __toESM(require_ignore(), 1);
init_errors();
/** The ignore files that are looked for at the top of the repository; the first one counts, as with buildah. */
const ignoreFileNames = [".containerignore", ".dockerignore"];
/** A one-line file that watch-base commits to force a rebuild. Part of the build key, never of the context. */
const refreshFileName = ".coxswain/refresh";
/** What `roll-back` commits to make an old content a new build. Part of the build key, never of the context. */
const rollBackFileName = ".coxswain/roll-back.json";
/**
* Chooses the files of a commit that the build can see, from which the build key is made.
*
* Ignore patterns mean what they mean to Docker (moby's pattern matcher). In addition, these are left out unless a
* pattern with `!` asks for them: the Containerfile (the key has it as an input of its own), the tests, rollouts/ and
* the fleets' templates, .github/, .gitignore, .gitattributes and the ignore files. coxswain.yaml and .coxswain/ are
* always left out. So an edit of any of these rebuilds nothing.
* @throws InputError for an unusable pattern, a submodule in the context, or a path that is not UTF-8
*/
function selectContext(entries, own, ignoreFile) {
	const isIgnored = ignoreMatcher(own, ignoreFile);
	return entries.filter(({ path }) => path !== "coxswain.yaml" && !path.startsWith(".coxswain/") && !isIgnored(path)).map(({ path, mode, hash }) => {
		if (path.includes("�")) throw new InputError({
			where: path,
			problem: "the name of this file is not UTF-8",
			remedy: "Rename it."
		});
		if (mode === "160000") throw new InputError({
			where: path,
			problem: "a git submodule cannot be part of the build context: its files are not in this repository",
			remedy: `Copy the files, fetch them in the Containerfile, or name ${path} in .containerignore.`
		});
		if (mode !== "100644" && mode !== "100755" && mode !== "120000") throw new InputError({
			where: path,
			problem: "this kind of file cannot be built",
			found: mode
		});
		return {
			path,
			mode,
			hash
		};
	});
}
function ignoreMatcher(own, ignoreFile) {
	const ours = [
		own.containerfile,
		own.tests,
		...own.templates,
		"rollouts",
		".github",
		".gitignore",
		".gitattributes",
		".gitmodules",
		...ignoreFileNames
	];
	const matcher = (0, import_ignore.default)({ ignorecase: false }).add(ours.map(escapePattern));
	for (const [index, line] of (ignoreFile?.text.replace(/^\uFEFF/, "") ?? "").split(/\r?\n/).entries()) try {
		(0, import_ignore.default)({ ignorecase: false }).add(line).ignores("x");
		matcher.add(line);
	} catch (error) {
		throw new InputError({
			where: `${ignoreFile?.path}:${index + 1}`,
			problem: `not a pattern: ${messageOf$1(error)}`,
			found: line
		}, { cause: error });
	}
	return (path) => matcher.ignores(path);
}
function escapePattern(path) {
	return path.replaceAll(/[\\*?[\]!#{}()+^|]/g, "\\$&");
}
init_errors();
/**
* Reads what a commit would build: everything from the commit, nothing from the work tree.
* @throws InputError for a missing or wrong Containerfile, a base that does not exist or may not be pulled
* @throws OutsideError when the base's registry cannot be reached
*/
async function readCandidate(options) {
	const { git, config, client } = options;
	const commit = await resolveCommit(git, options.commit ?? "HEAD");
	const entries = await listCommit(git, commit);
	const containerfile = await readTextBlob(git, findContainerfile(entries, config, commit));
	const parsed = parseContainerfile(containerfile, config.containerfile);
	const { reference } = findBase(parsed, config.base);
	for (const each of stagesOnBase(parsed, config.base)) refuseOverriddenBase(each, config);
	const base = await readBase(client, config, reference);
	const context = selectContext(entries, {
		containerfile: config.containerfile,
		tests: config.tests,
		templates: Object.values(config.fleets).flatMap((fleet) => [fleet.template, urgentTemplate(fleet)])
	}, await readIgnoreFile(git, entries));
	const marker = async (path) => {
		const entry = entries.find((each) => each.path === path);
		return entry === void 0 ? void 0 : readBlob$1(git, entry.hash);
	};
	const [refresh, rollBack] = [await marker(refreshFileName), await marker(rollBackFileName)];
	const key = buildKey({
		containerfile: Buffer.from(containerfile),
		baseDigest: base.reference.digest,
		context,
		buildArguments: config.buildArguments,
		stream: config.stream,
		architectures: config.architectures,
		...defined({
			rechunk: config.rechunk,
			refresh,
			rollBack
		})
	});
	return {
		commit,
		committedAt: await readCommitTime(git, commit),
		base: {
			...base,
			pinned: reference.kind === "digest"
		},
		key,
		tag: buildTag(key),
		version: `${base.version}-${key.slice(0, 8)}`,
		testsTree: await readTestsTree(git, commit, config.tests),
		containerfile,
		context,
		unpinned: unpinnedImages(parsed, config)
	};
}
async function resolveCommit(git, name) {
	const commit = await findCommit(git, name);
	if (commit !== void 0) return commit;
	throw new InputError({
		where: git.directory,
		problem: "this commit cannot be found",
		found: name,
		remedy: name === "HEAD" ? "Commit something first: what is built is always a commit." : "Fetch it first."
	});
}
function findContainerfile(entries, config, commit) {
	const entry = entries.find(({ path }) => path === config.containerfile);
	if (entry?.mode === "100644" || entry?.mode === "100755") return entry;
	const other = entries.find(({ path }) => /^(containerfile|dockerfile)$/i.test(path));
	throw new InputError({
		where: config.containerfile,
		problem: entry === void 0 ? `commit ${shortCommit(commit)} has no such file` : "the Containerfile is not a plain file",
		remedy: entry === void 0 && other !== void 0 ? `Set containerfile: ${other.path} in coxswain.yaml.` : "Add it and commit it; coxswain init writes one to start with."
	});
}
/** `--build-arg` also replaces the default of an ARG in a FROM, so the base would not be the one in the key. */
function refuseOverriddenBase(stage, config) {
	const name = stage.variables.find((variable) => variable in config.buildArguments);
	if (name === void 0) return;
	throw new InputError({
		where: config.file,
		field: `build-arguments.${name}`,
		problem: `this would replace the base image, which ${stage.where} takes from the ARG ${name}`,
		remedy: "Rename one of the two."
	});
}
async function readBase(client, config, written) {
	const reference = await pinnedReference(client, written);
	const architecture = config.architectures[0];
	const version = (await readImage(client, atDigest(reference.repository, reference.digest), architecture)).config.labels["org.opencontainers.image.version"];
	if (version === void 0 || version === "") throw new InputError({
		where: formatReference(reference),
		field: "org.opencontainers.image.version",
		problem: "the base image has no such label, and the version of a derived image begins with it",
		remedy: "Use a base that has it: every Fedora CoreOS image does."
	});
	if (!isTag(`${version}-00000000`)) throw new InputError({
		where: formatReference(reference),
		field: "org.opencontainers.image.version",
		problem: "the version of the base image cannot be part of a tag",
		found: version,
		expected: "letters, digits, \"_\", \".\" and \"-\", as in 44.20260707.3.1"
	});
	return {
		reference,
		version
	};
}
async function pinnedReference(client, written) {
	if (written.kind === "digest") return written;
	const found = await client.resolve(written);
	if (found === void 0) throw new InputError({
		where: formatReference(written),
		problem: "the base image was not found: the registry answers, and has no such tag",
		remedy: "Check base in coxswain.yaml and FROM in the Containerfile."
	});
	const digest = found.digest;
	return {
		kind: "digest",
		repository: written.repository,
		tag: written.tag,
		digest
	};
}
async function readIgnoreFile(git, entries) {
	for (const path of ignoreFileNames) {
		const entry = entries.find((each) => each.path === path);
		if (entry !== void 0) return {
			path,
			text: await readTextBlob(git, entry)
		};
	}
}
async function readTestsTree(git, commit, folder) {
	const entry = await findEntry(git, commit, folder);
	if (entry === void 0) return git.run([
		"hash-object",
		"-t",
		"tree",
		"--stdin"
	], { input: "" });
	if (isFolder(entry)) return entry.hash;
	throw new InputError({
		where: folder,
		field: "tests",
		problem: "not a folder",
		found: "a file",
		expected: "a folder"
	});
}
function unpinnedImages(parsed, config) {
	const ofBase = stagesOnBase(parsed, config.base);
	const images = externalStages(parsed).filter((stage) => !ofBase.includes(stage) && !stage.resolved.includes("@sha256:")).map((stage) => stage.resolved);
	return [...new Set(images)];
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
	const told = chain.find((each) => each instanceof ConnectionError)?.reason ?? messageOf$1(chain.at(-1));
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
// src/world/registry/patience.ts
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
const entrySchema$1 = looseObject({
	auth: string().optional(),
	username: string().optional(),
	password: string().optional(),
	identitytoken: string().optional()
});
const fileSchema$1 = looseObject({
	auths: record$1(string(), entrySchema$1).optional(),
	credHelpers: record$1(string(), string()).optional(),
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
	const credentials = entry === void 0 ? void 0 : readEntry$1(entry.value, path, entry.key);
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
	const parsed = fileSchema$1.safeParse(value);
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
function readEntry$1(entry, path, key) {
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
	const parsed = helperAnswerSchema.safeParse(jsonOrUndefined$2(result.stdout));
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
function jsonOrUndefined$2(text) {
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
		return answer.status === 404 ? void 0 : readManifest$1(reference, answer);
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
		getManifest: async (reference) => readManifest$1(reference, await manifestRequest(transport, "GET", reference, [200])),
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
function readManifest$1(reference, answer) {
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
			const manifest = await findSurely(manifests, reference);
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
			scope: scopesOf$1(purpose).join(" "),
			...defined({ service })
		});
		else {
			if (service !== void 0) url.searchParams.set("service", service);
			for (const scope of scopesOf$1(purpose)) url.searchParams.append("scope", scope);
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
		const parsed = tokenSchema.safeParse(jsonOrUndefined$1(answer.body));
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
function scopesOf$1(purpose) {
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
	return [purpose.repository.registry, ...scopesOf$1(purpose)].join(" ");
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
function jsonOrUndefined$1(bytes) {
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
init_http_answer();
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
// src/release/attestations/keep-at-forge.ts
/**
* The same signer; what a workflow run signs without a key, the forge gets too. GitHub accepts nothing that a key signed.
* The copy is for people and for `gh attestation verify`: Coxswain reads only the registry. So without the permission
* one line says it, and nothing fails.
*/
function keepAtForge(signer, forge, log) {
	const { attestations } = forge;
	if (signer?.certified !== true || attestations === void 0) return signer;
	let refused = false;
	return {
		...signer,
		sign: async (statement) => {
			const bundle = await signer.sign(statement);
			const reason = refused ? void 0 : await attestations.keep(bundle);
			if (reason !== void 0) {
				refused = true;
				log.info(`GitHub keeps no attestation of its own: ${reason}. The signed one is in the registry.`);
			}
			return bundle;
		}
	};
}
/** https://slsa.dev/spec/v1.0/provenance */
const provenanceType = "https://slsa.dev/provenance/v1";
const statementType = "https://in-toto.io/Statement/v1";
/** What the fields of externalParameters mean: docs/signing.md. */
const buildType = "urn:coxswain:build-image:v1";
/** How an image came to be, as SLSA provenance: base, commit, builder and parameters. */
function formatProvenance(build) {
	const { config, candidate, architecture, digest, startedAt, finishedAt } = build;
	const { base, commit, key, version } = candidate;
	const run = runOf(build.env);
	const hash = (of) => ({ sha256: of.slice(7) });
	return `${JSON.stringify({
		_type: statementType,
		subject: [{
			name: formatRepository(config.testImage),
			digest: hash(digest)
		}],
		predicateType: provenanceType,
		predicate: {
			buildDefinition: {
				buildType,
				externalParameters: {
					containerfile: config.containerfile,
					buildArguments: config.buildArguments,
					architecture,
					stream: config.stream,
					...defined({ rechunk: config.rechunk })
				},
				internalParameters: {
					buildKey: key,
					version
				},
				resolvedDependencies: [{
					...defined({ uri: run?.source }),
					name: "source",
					digest: { gitCommit: commit }
				}, {
					uri: `docker://${formatReference(atDigest(base.reference.repository, base.reference.digest))}`,
					name: "base",
					digest: hash(base.reference.digest)
				}]
			},
			runDetails: {
				builder: { id: run?.workflow ?? "urn:coxswain:build-image:local" },
				metadata: {
					...defined({ invocationId: run?.invocation }),
					startedOn: formatTime(startedAt),
					finishedOn: formatTime(finishedAt)
				}
			}
		}
	})}\n`;
}
/** The address of the workflow run of GitHub that this is; undefined on any other machine. */
function runAddress(env) {
	return runOf(env)?.invocation;
}
/** The workflow run of GitHub that this is; undefined on any other machine. */
function runOf(env) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_WORKFLOW_REF: workflow } = env;
	if (server === void 0 || repository === void 0 || workflow === void 0) return void 0;
	const { GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt = "1", GITHUB_REF: ref } = env;
	return {
		source: `git+${server}/${repository}${ref === void 0 ? "" : `@${ref}`}`,
		workflow: `${server}/${workflow}`,
		invocation: id === void 0 ? void 0 : `${server}/${repository}/actions/runs/${id}/attempts/${attempt}`
	};
}
// src/release/attestations/trust.ts
function trustOf({ config, root }) {
	return {
		...config.evidence,
		root
	};
}
// src/release/attestations/push-statement.ts
/** Shows the kind of statement in lists of referrers, as BuildKit does. */
const predicateAnnotation = "in-toto.io/predicate-type";
/** The same for bundles, as cosign does (specs/BUNDLE_SPEC.md). */
const bundlePredicateAnnotation = "dev.sigstore.bundle.predicateType";
const bundleContentAnnotation = "dev.sigstore.bundle.content";
/**
* Attaches an in-toto statement to an image: as a sigstore bundle if there is a signer, else without a signature.
* @param options.statement the text of the statement; its subject is `options.subject`
*/
async function pushStatement(client, options) {
	const { repository, subject, predicateType, statement, signer } = options;
	const annotations = {
		[predicateAnnotation]: predicateType,
		...signer === void 0 ? {} : {
			[bundleContentAnnotation]: "dsse-envelope",
			[bundlePredicateAnnotation]: predicateType
		}
	};
	const artifactType = signer === void 0 ? payloadType$1 : bundleMediaType;
	return pushArtifact(client, {
		repository,
		artifactType,
		subject,
		layers: [{
			mediaType: artifactType,
			bytes: signer === void 0 ? new TextEncoder().encode(statement) : await signer.sign(statement),
			annotations
		}],
		annotations
	});
}
init_errors();
/**
* Attaches evidence to an image: as a sigstore bundle if there is a signer, else as a statement without a signature.
* @throws InputError when the evidence is about another digest, or contradicts itself
*/
async function pushEvidence(client, repository, subject, evidence, signer) {
	if (evidence.subject.digest !== subject.digest) throw new InputError({
		problem: "this evidence is about another image",
		found: evidence.subject.digest,
		expected: subject.digest
	});
	const statement = formatStatement(evidence);
	return pushStatement(client, {
		repository,
		subject,
		predicateType: testResultType,
		statement,
		signer
	});
}
/**
* The evidence attached to a digest, oldest first. What others attached, and statements that are malformed or about
* another digest, do not count. "None" is believed only if two answers agree, because the missing evidence may be of
* a failed test.
* @param trust whose signature counts: evidence without it is set aside
* @throws OutsideError if the registry does not answer
*/
async function examineEvidence(client, repository, digest, trust) {
	const found = [];
	const refused = [];
	const list = async () => (await client.referrers(repository, digest)).filter(mayBeEvidence);
	const first = await list();
	for (const descriptor of first.length > 0 ? first : await list()) {
		const read = await readEvidence(client, {
			repository,
			subject: digest,
			digest: descriptor.digest
		}, trust);
		if (read?.evidence.subject.digest !== digest) continue;
		const { evidence, refused: reason, signedBy } = read;
		if (reason === void 0) found.push({
			descriptor,
			evidence,
			...defined({ signedBy })
		});
		else refused.push({
			descriptor,
			evidence,
			reason
		});
	}
	return {
		found: found.sort(byTime),
		refused: refused.sort(byTime)
	};
}
/** The same, without what does not count. */
async function findEvidence(client, repository, digest, trust) {
	return (await examineEvidence(client, repository, digest, trust)).found;
}
function mayBeEvidence({ artifactType, annotations }) {
	if (artifactType !== "application/vnd.in-toto+json" && artifactType !== "application/vnd.dev.sigstore.bundle.v0.3+json") return false;
	const kind = annotations?.["in-toto.io/predicate-type"] ?? annotations?.["dev.sigstore.bundle.predicateType"];
	return kind === void 0 || kind === "https://in-toto.io/attestation/test-result/v0.1";
}
/**
* Digests of all evidence that images have now, whether it counts or not: what a test that begins now follows.
* @param subjects an image, and the index that lists it
*/
async function evidenceSoFar(client, repository, subjects, trust) {
	const known = [];
	for (const subject of subjects) {
		const { found, refused } = await examineEvidence(client, repository, subject, trust);
		known.push(...[...found, ...refused].map(({ descriptor }) => descriptor.digest));
	}
	return known;
}
/**
* The newest evidence for a digest and these same tests (and settings), if it says that they passed. A failure counts more
* than a pass, unless the pass comes after it (comesAfter).
*/
async function passingEvidence(client, image, testsTree, trust, demands) {
	const newest = newestFor(await findEvidence(client, image.repository, image.digest, trust), testsTree, demands);
	return newest?.evidence.result === "PASSED" ? newest : void 0;
}
/**
* The newest of several pieces of evidence that is about these tests.
* @param demands the evidence is also about these settings, or older than their record. A pass is in this mode; a
* failure counts in every mode
*/
function newestFor(all, testsTree, { settings, mode } = {}) {
	const bySettings = ({ evidence }) => settings === void 0 || evidence.settings === void 0 || evidence.settings === settings;
	const inMode = ({ evidence }) => mode === void 0 || evidence.mode === mode || evidence.result === "FAILED";
	return newestOf(all.filter((each) => each.evidence.testsTree === testsTree && bySettings(each) && inMode(each)));
}
/**
* The newest of several pieces of evidence, whatever was tested: the newest pass that comes after every failure, else the
* newest failure that no pass comes after.
*/
function newestOf(all) {
	const sorted = [...all].sort(byTime);
	const failures = sorted.filter(({ evidence }) => evidence.result === "FAILED");
	const passes = sorted.filter(({ evidence }) => evidence.result === "PASSED");
	const pass = passes.findLast((each) => failures.every((failure) => comesAfter(each, failure)));
	if (pass !== void 0) return pass;
	return failures.findLast((failure) => !passes.some((each) => comesAfter(each, failure))) ?? failures.at(-1);
}
/**
* Whether a pass comes after a failure. Each runner writes its own time, and a clock that is ahead would hide a failure that
* comes later. So a pass of the same tests and settings must name the failure among the evidence that it follows: it can only
* know what existed when its test began. The times decide for other tests, and for old evidence, which names nothing.
*/
function comesAfter(pass, failure) {
	const { follows, testsTree, settings } = pass.evidence;
	const isSameTest = failure.evidence.testsTree === testsTree && failure.evidence.settings === settings;
	if (follows !== void 0 && isSameTest) return follows.includes(failure.descriptor.digest);
	return byTime(failure, pass) < 0;
}
function byTime(one, other) {
	const difference = one.evidence.startedAt - other.evidence.startedAt;
	if (difference !== 0) return difference;
	return Number(one.evidence.result === "FAILED") - Number(other.evidence.result === "FAILED");
}
/** @returns undefined for what is not evidence */
async function readEvidence(client, listed, trust) {
	const where = formatReference(atDigest(listed.repository, listed.digest));
	const layer = (await readReferrer(client, listed))?.layers.find(({ descriptor }) => [statementMediaType, bundleMediaType].includes(descriptor.mediaType));
	if (layer === void 0) return void 0;
	try {
		if (layer.descriptor.mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json") {
			const { statement, ...rest } = await openBundle(layer.bytes, trust);
			return isTestResult(statement) ? {
				evidence: parseStatement(statement, where),
				...rest
			} : void 0;
		}
		const value = parseJson(layer.bytes, where);
		if (!isTestResult(value)) return void 0;
		const evidence = parseStatement(value, where);
		return trust.signedBy.length === 0 ? { evidence } : {
			evidence,
			refused: "it is not signed"
		};
	} catch (error) {
		if (error instanceof InputError && error.details.where === where) return void 0;
		throw error;
	}
}
/**
* The hash of the settings that decide whether an image passes: what may fail, and how its machine is started. They are
* in coxswain.yaml, which is not a part of the image. So two commits with other settings build the same image, and a
* pass by the settings of one must not count for the other. How large or fast the machine is does not matter.
* @returns 64 hex digits
*/
function testSettings({ bootTest }) {
	const { init, allowedUnits, knownFailures, kernelArguments, leftovers, secureBoot, ignition } = bootTest;
	const settings = {
		init,
		allowedUnits: [...allowedUnits].sort(),
		knownFailures,
		kernelArguments,
		leftovers,
		secureBoot: [...secureBoot].sort(),
		ignition: ignition ?? null
	};
	return createHash("sha256").update(JSON.stringify(settings)).digest("hex");
}
/**
* What evidence has to be about, to count for a commit with this configuration. The mode is not a part of the hash,
* because without one in the configuration a pass in any mode counts.
* @param mode takes precedence over the configuration
*/
function testDemands({ bootTest }, mode = bootTest.mode) {
	return {
		settings: testSettings({ bootTest }),
		...defined({ mode })
	};
}
// src/world/packages/rpm-version.ts
/**
* Compares two versions (or releases) as rpm does: negative if `one` is older, 0 if they are equal.
* The rules are rpm's own (rpm-version(7)): runs of digits and of letters are compared one by one, digits
* as numbers, and numbers are newer than letters; anything else only separates; `~` is older than the end (1.0~rc1 < 1.0),
* `^` is newer than the end and older than more of a version (1.0 < 1.0^git1 < 1.0.1).
*/
function compareVersionText(one, other) {
	const ours = partsOf(one);
	const theirs = partsOf(other);
	for (let index = 0;; index++) {
		const our = ours[index];
		const their = theirs[index];
		if (our === void 0 && their === void 0) return 0;
		const difference = compareParts(our, their);
		if (difference !== 0) return difference;
	}
}
/** Epoch, then version, then release. */
function comparePackageVersions(one, other) {
	return (one.epoch ?? 0) - (other.epoch ?? 0) || compareVersionText(one.version, other.version) || compareVersionText(one.release, other.release);
}
function partsOf(version) {
	return version.match(/[0-9]+|[A-Za-z]+|[~^]/g) ?? [];
}
function compareParts(our, their) {
	if (our === their) return 0;
	if (our === "~" || their === "~") return our === "~" ? -1 : 1;
	if (our === void 0) return -1;
	if (their === void 0) return 1;
	if (our === "^" || their === "^") return our === "^" ? -1 : 1;
	const numeric = /^[0-9]/.test(our);
	if (numeric !== /^[0-9]/.test(their)) return numeric ? 1 : -1;
	return numeric ? compareNumbers(our, their) : sign(our, their);
}
/** Numbers may have any length: dates and commit counts can be too large for an exact JavaScript number. */
function compareNumbers(our, their) {
	const [left, right] = [our.replace(/^0+/, ""), their.replace(/^0+/, "")];
	return left.length === right.length ? sign(left, right) : left.length - right.length;
}
function sign(left, right) {
	return left === right ? 0 : left < right ? -1 : 1;
}
// src/world/packages/compare.ts
/**
* Compares two sets of packages. A package can be installed in several versions (kernel) or for several
* architectures: it is matched with its own architecture first, newest with newest.
*/
function comparePackages(before, after) {
	const same = new Set(before.map(identity$1));
	const kept = new Set(after.map(identity$1).filter((each) => same.has(each)));
	let removed = before.filter((each) => !kept.has(identity$1(each)));
	let added = after.filter((each) => !kept.has(identity$1(each)));
	const changes = [];
	for (const keyOf of [({ name, architecture }) => `${name} ${architecture}`, nameOf$3]) {
		const pairs = pairUp(removed, added, keyOf);
		changes.push(...pairs);
		removed = removed.filter((each) => !pairs.some((pair) => pair.before === each));
		added = added.filter((each) => !pairs.some((pair) => pair.after === each));
	}
	const direction = ({ before: old, after: now }) => comparePackageVersions(now, old);
	changes.sort((one, other) => byName(one.after, other.after));
	return {
		added: [...added].sort(byName),
		removed: [...removed].sort(byName),
		upgraded: changes.filter((change) => direction(change) >= 0),
		downgraded: changes.filter((change) => direction(change) < 0)
	};
}
/** Whether there is any difference at all. */
function samePackages({ added, removed, upgraded, downgraded }) {
	return added.length + removed.length + upgraded.length + downgraded.length === 0;
}
/** By name, then architecture, then version. */
function byName(one, other) {
	return compareText(one.name, other.name) || compareText(one.architecture, other.architecture) || comparePackageVersions(one, other) || compareText(identity$1(one), identity$1(other));
}
/** A text that is equal for equal packages only. */
function identity$1({ name, epoch, version, release, architecture }) {
	return `${name} ${epoch ?? 0}:${version}-${release} ${architecture}`;
}
function pairUp(removed, added, keyOf) {
	const gone = grouped(removed, keyOf);
	const come = grouped(added, keyOf);
	return [...gone].flatMap(([key, olds]) => {
		const news = come.get(key) ?? [];
		return olds.slice(0, news.length).map((before, index) => ({
			name: before.name,
			before,
			after: news[index]
		}));
	});
}
function grouped(packages, keyOf) {
	const groups = /* @__PURE__ */ new Map();
	const newestFirst = [...packages].sort((one, other) => -comparePackageVersions(one, other));
	for (const each of newestFirst) {
		const key = keyOf(each);
		groups.set(key, [...groups.get(key) ?? [], each]);
	}
	return groups;
}
function nameOf$3({ name }) {
	return name;
}
function compareText(one, other) {
	return one === other ? 0 : one < other ? -1 : 1;
}
// src/world/packages/package.ts
/** `EPOCH:VERSION-RELEASE`, the epoch only if there is one. */
function fullVersion({ epoch, version, release }) {
	return `${epoch === void 0 ? "" : `${epoch}:`}${version}-${release}`;
}
/** The names of our properties (CycloneDX Property Taxonomy: each producer has a prefix of its own). */
const originProperty = "coxswain:origin";
const baseProperty = "coxswain:base";
const toolName = "coxswain";
/**
* Writes the SBOM of an image as CycloneDX JSON. It is a pure function of the image, so the same image always has the
* same bytes: no random serial number, and the time is that of the image.
*/
async function formatBillOfMaterials(content) {
	const [Models, { ComponentType }, { JSON: Json, JsonSerializer }, { Spec1dot6 }] = await Promise.all([
		import("./models.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1)),
		import("./enums.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1)),
		import("./index.node.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1)),
		import("./spec.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1))
	]);
	const { image, version, architecture, created, system, base } = content;
	const purls = await purlsOf(content);
	const ofBase = base?.packages === void 0 ? void 0 : new Set(base.packages.map(identity$1));
	const component = new Models.Component(ComponentType.Container, formatRepository(image.repository), {
		bomRef: image.digest,
		version,
		hashes: new Models.HashDictionary([["SHA-256", image.digest.slice(7)]]),
		properties: new Models.PropertyRepository([new Models.Property("coxswain:architecture", architecture), ...base === void 0 ? [] : [new Models.Property(baseProperty, formatReference(base.image))]])
	});
	const packages = content.packages.map((each, index) => {
		const origin = ofBase === void 0 ? void 0 : ofBase.has(identity$1(each)) ? "base" : "derived";
		return new Models.Component(ComponentType.Library, each.name, {
			version: fullVersion(each),
			bomRef: identity$1(each),
			...defined({ purl: purls[index] }),
			properties: new Models.PropertyRepository(origin === void 0 ? [] : [new Models.Property(originProperty, origin)])
		});
	});
	const bom = new Models.Bom({
		serialNumber: serialNumberOf(image.digest),
		metadata: new Models.Metadata({
			timestamp: /* @__PURE__ */ new Date(created * 1e3),
			component,
			tools: new Models.Tools({ tools: new Models.ToolRepository([new Models.Tool({ name: toolName })]) })
		}),
		components: new Models.ComponentRepository([...system.id === "" ? [] : [new Models.Component(ComponentType.OperatingSystem, system.id, {
			bomRef: "operating-system",
			version: system.version
		})], ...packages])
	});
	return `${new JsonSerializer(new Json.Normalize.Factory(Spec1dot6)).serialize(bom, { sortLists: true })}\n`;
}
/** Package URLs, as scanners match them: `pkg:rpm/fedora/bash@5.2-1.fc44?arch=x86_64&distro=fedora-44`. */
async function purlsOf({ packages, system }) {
	const { PackageURL } = await import("./packageurl-js2.mjs").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const vendor = system.id === "" ? void 0 : system.id;
	return packages.map(({ name, epoch, version, release, architecture }) => {
		const qualifiers = {
			arch: architecture,
			...defined({
				epoch: epoch === void 0 ? void 0 : String(epoch),
				distro: vendor === void 0 ? void 0 : `${vendor}-${system.version}`
			})
		};
		return new PackageURL("rpm", vendor, name, `${version}-${release}`, qualifiers, void 0).toString();
	});
}
/** An identifier in the form of a UUID (RFC 9562, version 8: the bits are ours), from the digest alone. */
function serialNumberOf(digest) {
	const hex = createHash("sha256").update(`coxswain sbom ${digest}`).digest("hex");
	return `urn:uuid:${[...[
		hex.slice(0, 8),
		hex.slice(8, 12),
		`8${hex.slice(13, 16)}`,
		`8${hex.slice(17, 20)}`
	], hex.slice(20, 32)].join("-")}`;
}
const schema$3 = object({
	bomFormat: literal("CycloneDX"),
	metadata: object({
		component: object({ hashes: array(object({
			alg: string(),
			content: string()
		})) }),
		tools: array(object({ name: string() }))
	}),
	components: array(object({
		type: string(),
		name: string().min(1),
		version: string().optional(),
		purl: string().optional(),
		properties: array(object({
			name: string(),
			value: string().optional()
		})).optional()
	}))
});
/**
* Reads an SBOM that we wrote for an image.
* @returns undefined for anything else: another tool's, one of another image, or a damaged one
*/
function readBillOfMaterials(value, digest) {
	const read = schema$3.safeParse(value).data;
	if (read === void 0 || !read.metadata.tools.some(({ name }) => name === toolName)) return void 0;
	if (`sha256:${read.metadata.component.hashes.find(({ alg }) => alg === "SHA-256")?.content}` !== digest) return void 0;
	const packages = [];
	const origins = /* @__PURE__ */ new Map();
	for (const each of read.components) {
		if (each.purl?.startsWith("pkg:rpm/") !== true) continue;
		const found = packageOf(each.name, each.version ?? "", each.purl);
		if (found === void 0) return void 0;
		packages.push(found);
		const origin = each.properties?.find(({ name }) => name === originProperty)?.value;
		if (origin === "base" || origin === "derived") origins.set(identity$1(found), origin);
	}
	return {
		packages,
		origins
	};
}
function packageOf(name, text, purl) {
	const [, epoch, version, release] = /^(?:(\d+):)?([^-]+)-([^-]+)$/.exec(text) ?? [];
	if (version === void 0 || release === void 0) return void 0;
	const architecture = new URLSearchParams(purl.split("?")[1]).get("arch");
	if (architecture === null) return void 0;
	return {
		name,
		...defined({ epoch: epoch === void 0 ? void 0 : Number(epoch) }),
		version,
		release,
		architecture
	};
}
/** Attached to an image: the list of its packages. It is copied with the image, like everything attached. */
const packagesArtifactType = "application/vnd.coxswain.packages.v1+json";
const listSchema = object({ packages: array(object({
	name: string().min(1),
	epoch: int().positive().optional(),
	version: string(),
	release: string(),
	architecture: string()
})) });
/** Attaches the list; the same list again changes nothing. */
function pushPackages(client, repository, subject, packages) {
	const list = { packages: [...packages].sort(byName).map(({ name, epoch, version, release, architecture }) => ({
		name,
		...defined({ epoch }),
		version,
		release,
		architecture
	})) };
	return pushArtifact(client, {
		repository,
		artifactType: packagesArtifactType,
		subject,
		layers: [{
			mediaType: packagesArtifactType,
			bytes: Buffer.from(`${JSON.stringify(list)}\n`)
		}]
	});
}
/** The list that is attached to an image; undefined if there is none, or none can be read. */
async function recordedPackages(client, image) {
	const { repository, digest } = image;
	for (const descriptor of await client.referrers(repository, digest, packagesArtifactType)) {
		const layer = (await readReferrer(client, {
			repository,
			subject: digest,
			digest: descriptor.digest
		}))?.layers.find((each) => each.descriptor.mediaType === packagesArtifactType);
		const parsed = listSchema.safeParse(layer === void 0 ? void 0 : jsonOrUndefined(layer.bytes));
		if (parsed.success) return parsed.data.packages.map(({ epoch, ...each }) => ({
			...each,
			...defined({ epoch })
		}));
	}
}
/** The value of a JSON text, which is not checked yet; undefined if it is not JSON. */
function jsonOrUndefined(bytes) {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return;
	}
}
const schema$2 = looseObject({
	predicateType: string(),
	subject: array(looseObject({ digest: looseObject({ sha256: string().optional() }) })),
	predicate: unknown()
});
/**
* The statements of one kind that are attached to an image. What is damaged, or about another image, is left out.
* @param trust whose signature counts: the others are `refused`
* @throws OutsideError if the registry does not answer
*/
async function readStatements(client, image, predicateType, trust) {
	const { repository, digest: subject } = image;
	const found = [];
	for (const { digest } of (await client.referrers(repository, subject)).filter(isOf(predicateType))) {
		const layer = (await readReferrer(client, {
			repository,
			subject,
			digest
		}))?.layers.find(({ descriptor }) => [payloadType$1, bundleMediaType].includes(descriptor.mediaType));
		if (layer === void 0) continue;
		const opened = layer.descriptor.mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json" ? await openBundle(layer.bytes, trust) : withoutSignature(layer.bytes, trust);
		const statement = schema$2.safeParse(opened.statement).data;
		if (statement?.predicateType !== predicateType) continue;
		if (!statement.subject.some(({ digest: { sha256 } }) => `sha256:${sha256}` === subject)) continue;
		const { signedBy, refused } = {
			signedBy: void 0,
			refused: void 0,
			...opened
		};
		found.push({
			predicate: statement.predicate,
			...defined({
				signedBy,
				refused
			})
		});
	}
	return found;
}
function isOf(predicateType) {
	return ({ artifactType, annotations }) => {
		if (artifactType !== "application/vnd.in-toto+json" && artifactType !== "application/vnd.dev.sigstore.bundle.v0.3+json") return false;
		const kind = annotations?.["in-toto.io/predicate-type"] ?? annotations?.["dev.sigstore.bundle.predicateType"];
		return kind === void 0 || kind === predicateType;
	};
}
function withoutSignature(bytes, trust) {
	let statement;
	try {
		statement = JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return { statement };
	}
	return trust.signedBy.length === 0 ? { statement } : {
		statement,
		refused: "it is not signed"
	};
}
// src/release/sbom/store.ts
/** CycloneDX in JSON as it is: scanners and `oras` find it by this type. */
const sbomArtifactType = "application/vnd.cyclonedx+json";
/** The same inside a signed statement, as `cosign attest --type cyclonedx` writes it. */
const sbomPredicateType = "https://cyclonedx.org/bom";
/**
* Attaches an SBOM to one architecture's image: as it is, for scanners, and as a signed statement if there is a signer.
* The same SBOM again changes nothing.
* @param options.text what formatBillOfMaterials wrote for this image
*/
async function pushSbom(client, options) {
	const { image, subject, text, signer } = options;
	const { repository, digest } = image;
	await pushArtifact(client, {
		repository,
		artifactType: sbomArtifactType,
		subject,
		layers: [{
			mediaType: sbomArtifactType,
			bytes: Buffer.from(text)
		}]
	});
	if (signer === void 0) return;
	const statement = {
		_type: "https://in-toto.io/Statement/v1",
		subject: [{
			name: formatRepository(repository),
			digest: { sha256: digest.slice(7) }
		}],
		predicateType: sbomPredicateType,
		predicate: JSON.parse(text)
	};
	await pushStatement(client, {
		repository,
		subject,
		predicateType: sbomPredicateType,
		statement: `${JSON.stringify(statement)}\n`,
		signer
	});
}
/**
* The SBOM that we attached to an image. If the configuration says whose signature counts, only a signed one.
* @returns undefined if there is none that counts
*/
async function findSbom(client, image, trust) {
	if (trust.signedBy.length > 0) {
		for (const { predicate, refused } of await readStatements(client, image, sbomPredicateType, trust)) {
			const sbom = refused === void 0 ? readBillOfMaterials(predicate, image.digest) : void 0;
			if (sbom !== void 0) return sbom;
		}
		return;
	}
	const { repository, digest: subject } = image;
	for (const { digest } of await client.referrers(repository, subject, sbomArtifactType)) {
		const artifact = await readReferrer(client, {
			repository,
			subject,
			digest
		});
		for (const { descriptor, bytes } of artifact?.layers ?? []) {
			if (descriptor.mediaType !== "application/vnd.cyclonedx+json") continue;
			const sbom = readBillOfMaterials(jsonOrUndefined(bytes), subject);
			if (sbom !== void 0) return sbom;
		}
	}
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
/**
* Folders that may have the rpm database: that of rpm-ostree, that of Fedora (or a link to it), and that of other
* distributions.
*/
const databaseFolders = [
	"usr/share/rpm",
	"usr/lib/sysimage/rpm",
	"var/lib/rpm"
];
/** The database in each of rpm's formats (sqlite, ndb, Berkeley), with what sqlite has not moved into it yet. */
const databaseFiles = [
	"rpmdb.sqlite",
	"Packages.db",
	"Packages"
];
const companionFiles = ["rpmdb.sqlite-wal", "Index.db"];
const notPackages = "gpg-pubkey";
const format$2 = "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\n";
/**
* The packages of a root file system; undefined if it has no rpm database. Nothing of the image is run or changed.
* @param root nothing outside it is read, wherever its links lead
* @throws InputError when it has one, and the program rpm is not installed here
*/
async function packagesOfRoot(root) {
	for (const folder of databaseFolders) {
		const path = join(root, folder);
		if (!await isInside$1(root, path) || !await hasDatabase(path)) continue;
		return withTemporaryFolder("rpm", async (copy) => {
			for (const name of [...databaseFiles, ...companionFiles]) if (await isPlainFile(join(path, name))) await copyFile(join(path, name), join(copy, name));
			return queryDatabase(copy);
		});
	}
}
/**
* Asks rpm itself, so that every format that rpm reads is read as rpm does.
* @param folder with the database files; locks are left in it
* @returns by name
*/
async function queryDatabase(folder) {
	const home = join(folder, "home");
	await mkdir(home, { recursive: true });
	const { stdout } = await exec("rpm", [
		"--dbpath",
		folder,
		"--nosignature",
		"--nodigest",
		"--query",
		"--all",
		"--queryformat",
		format$2
	], {
		env: {
			HOME: home,
			LC_ALL: "C"
		},
		doing: "reading an rpm database"
	});
	return stdout.split("\n").filter((line) => line !== "").map(readLine).filter(({ name }) => name !== notPackages).sort(byName);
}
function readLine(line) {
	const [name = "", epoch = "0", version = "", release = "", architecture = ""] = line.split("	");
	return {
		name,
		...defined({ epoch: Number(epoch) || void 0 }),
		version,
		release,
		architecture
	};
}
async function hasDatabase(folder) {
	for (const name of databaseFiles) if (await isPlainFile(join(folder, name))) return true;
	return false;
}
async function isPlainFile(path) {
	try {
		return (await lstat(path)).isFile();
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
async function isInside$1(root, path) {
	try {
		return `${await realpath(path)}${sep}`.startsWith(`${await realpath(root)}${sep}`);
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
init_errors();
/**
* Bytes of an unpacked database file. The largest of Fedora's are a fifth of this. A limit is needed because a file of
* zeros can be compressed to a thousandth.
*/
const maximumDatabaseBytes = 1073741824;
/**
* Fetches the rpm database of an image, and no more than is needed to find it: it searches the layers from the top
* down, and stops at the first that has it.
* @param folder gets the files
* @returns false if the image has none
*/
async function fetchDatabase(client, options) {
	const { repository, manifest, folder, maximumBytes = maximumDatabaseBytes } = options;
	for (const layer of [...manifest.layers].reverse()) {
		const seen = await searchLayer(client, {
			repository,
			layer,
			folder,
			maximumBytes
		});
		if (seen.database !== void 0) {
			if (seen.links.size > 0) await fetchLinked(client, {
				repository,
				layer,
				folder,
				maximumBytes,
				links: seen.links
			});
			return true;
		}
		if (seen.removed) return false;
	}
	return false;
}
async function searchLayer(client, place) {
	const { folder, maximumBytes } = place;
	const links = /* @__PURE__ */ new Map();
	let database;
	let removed = false;
	for await (const { path, header, content } of openLayer(client, place)) {
		const [directory, name] = split(path);
		if (hides(path)) removed = true;
		if (!isDatabaseFolder(directory) || !isWanted(name) || outranks(database, directory)) continue;
		if (header.type === "file") await save(content, join(folder, name), maximumBytes);
		else if (header.type === "link" && header.linkname !== void 0) links.set(name, plainPath(header.linkname));
		else continue;
		if (databaseFiles.includes(name)) database = path;
	}
	return {
		...defined({ database }),
		links,
		removed
	};
}
async function fetchLinked(client, place) {
	const names = new Map([...place.links].map(([name, target]) => [target, name]));
	for await (const { path, header, content } of openLayer(client, place)) {
		const name = names.get(path);
		if (name === void 0 || header.type !== "file") continue;
		await save(content, join(place.folder, name), place.maximumBytes);
		names.delete(path);
		if (names.size === 0) return;
	}
}
async function* openLayer(client, { repository, layer }) {
	yield* layerEntries(await client.openBlob(repository, layer), `${formatRepository(repository)}@${layer.digest}`);
}
/** @throws InputError when there is more than a database can have */
function save(content, file, maximum) {
	return pipeline(Readable.from(limited(content, basename(file), maximum)), createWriteStream(file));
}
async function* limited(content, name, maximum) {
	let size = 0;
	for await (const chunk of content) {
		size += chunk.length;
		if (size > maximum) throw new InputError({
			where: name,
			problem: "the rpm database of this image is too large to be one",
			found: `more than ${maximum} bytes`
		});
		yield chunk;
	}
}
function split(path) {
	const slash = path.lastIndexOf("/");
	return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}
function isDatabaseFolder(directory) {
	return databaseFolders.includes(directory);
}
function isWanted(name) {
	return [...databaseFiles, ...companionFiles].some((each) => each === name);
}
/** The database that was found before is in a folder that rpm prefers. */
function outranks(found, directory) {
	if (found === void 0) return false;
	const rank = (each) => databaseFolders.indexOf(each);
	return rank(split(found)[0]) < rank(directory);
}
/** A whiteout of a database, of its folder, or of one above (OCI image specification, layer.md, "Whiteouts"). */
function hides(path) {
	const [directory, name] = split(path);
	if (!name.startsWith(".wh.")) return false;
	const gone = name === ".wh..wh..opq" ? directory : `${directory}/${name.slice(4)}`;
	return databaseFolders.some((folder) => databaseFiles.some((file) => `${folder}/${file}` === gone || `${folder}/`.startsWith(`${gone}/`)));
}
// src/world/packages/package-changes.ts
/** Longer lists are cut: a pull request's text has a limit (GitHub's: 65,536 characters). */
const longestList = 200;
/** The difference as Markdown, a table of what changed version and a line each for what was added and removed. */
function describePackages(difference) {
	const { added, removed, upgraded, downgraded } = difference;
	const blocks = [
		table("upgraded", upgraded),
		table("downgraded", downgraded),
		list("added", added),
		list("removed", removed)
	].filter((block) => block !== "");
	return blocks.length === 0 ? "No package changed." : blocks.join("\n\n");
}
/** `3 packages upgraded, 1 added`; `no package changed` */
function countPackages({ added, removed, upgraded, downgraded }) {
	const [first, ...rest] = [
		["upgraded", uniqueChanges(upgraded).length],
		["downgraded", uniqueChanges(downgraded).length],
		["added", uniqueNames(added).length],
		["removed", uniqueNames(removed).length]
	].filter(([, count]) => count > 0);
	if (first === void 0) return "no package changed";
	return [`${first[1]} ${first[1] === 1 ? "package" : "packages"} ${first[0]}`, ...rest.map(([word, count]) => `${count} ${word}`)].join(", ");
}
function table(title, changes) {
	const rows = uniqueChanges(changes);
	if (rows.length === 0) return "";
	const lines = rows.slice(0, longestList).map(([name, before, after]) => `| ${code(name)} | ${code(before)} | ${code(after)} |`);
	return [
		`| ${title} (${rows.length}) | before | after |`,
		"|---|---|---|",
		...lines,
		...rest(rows.length, "| … and ", " more | | |")
	].join("\n");
}
function list(title, packages) {
	const names = uniqueNames(packages);
	if (names.length === 0) return "";
	const shown = names.slice(0, longestList).map(code).join(", ");
	return `${title} (${names.length}): ${shown}${rest(names.length, ", … and ", " more").join("")}`;
}
function rest(count, before, after) {
	return count > longestList ? [`${before}${count - longestList}${after}`] : [];
}
/** A package that changed alike for every architecture is one row. */
function uniqueChanges(changes) {
	const rows = /* @__PURE__ */ new Map();
	for (const { name, before, after } of changes) {
		const moved = before.architecture !== after.architecture;
		const row = [
			name,
			`${fullVersion(before)}${moved ? `.${before.architecture}` : ""}`,
			`${fullVersion(after)}${moved ? `.${after.architecture}` : ""}`
		];
		rows.set(row.join(" "), row);
	}
	return [...rows.values()];
}
function uniqueNames(packages) {
	return [...new Set(packages.map((each) => `${each.name} ${fullVersion(each)}`))];
}
/** Names and versions come out of an image: nothing in them is Markdown. */
function code(text) {
	return `\`${text.replace(/[`|\r\n]/g, "")}\``;
}
// src/world/packages/packages.ts
init_errors();
/**
* The rpm packages of an image, by name. For an index they are those of all its images, each package once. Read from
* the list that was attached when the image was built (`recordPackages`). If there is none, they are read from the
* image's own database; only the layers above it are fetched.
* @returns undefined if the image has no rpm database
* @throws InputError when there is no such image, or no list and no program rpm here; OutsideError
*/
async function readPackages(client, image) {
	const recorded = await recordedPackages(client, image);
	if (recorded !== void 0) return recorded;
	const { json } = await client.getManifest(image);
	if (!isIndex(json)) return withTemporaryFolder("rpm", async (folder) => {
		return await fetchDatabase(client, {
			repository: image.repository,
			manifest: json,
			folder
		}) ? queryDatabase(folder) : void 0;
	});
	const lists = (await Promise.all(json.manifests.map(({ digest }) => readPackages(client, atDigest(image.repository, digest))))).filter((list) => list !== void 0);
	if (lists.length === 0) return void 0;
	return [...new Map(lists.flat().map((one) => [identity$1(one), one])).values()].sort(byName);
}
/**
* Attaches the list of an image's packages to it, while its files are on this machine. This is for speed only: a list
* that was not recorded is read from the image later, so a missing program rpm is only a warning.
* @param options.root the image's root file system
* @returns the packages; undefined if they cannot be read, or the image has no rpm database
*/
async function recordPackages(client, options) {
	const { repository, subject, root, log } = options;
	const recorded = await recordedPackages(client, atDigest(repository, subject.digest));
	if (recorded !== void 0) return recorded;
	const packages = await packagesOfImage(root, log);
	if (packages !== void 0) await pushPackages(client, repository, subject, packages);
	return packages;
}
/**
* The packages of an image whose files are on this machine. What cannot be read is a warning.
* @param root the image's root file system
*/
async function packagesOfImage(root, log) {
	if (findTool("rpm") === void 0) {
		log.warn("the packages of the image are not recorded: the program rpm is not installed (apt-get install rpm)");
		return;
	}
	return packagesOfRoot(root).catch((error) => {
		if (!(error instanceof OutsideError)) throw error;
		log.warn(`the packages of the image are not recorded: ${error.message}`);
	});
}
// src/world/git/remote.ts
init_errors();
/**
* Finds the remote to work with.
* @param wanted its name; `.` is the clone itself. Default: `origin`, else the only one
* @returns undefined for the clone itself: it has no remote, or `.` is wanted
* @throws InputError when there is no remote of that name, or nothing says which of several
*/
async function findRemote(git, wanted) {
	if (wanted === ".") return void 0;
	const addresses = await fetchAddresses(git);
	const names = [...addresses.keys()];
	if (wanted === void 0 && names.length === 0) return void 0;
	const only = names.length === 1 ? names[0] : void 0;
	const name = wanted ?? (names.includes("origin") ? "origin" : only);
	if (name === void 0 || !names.includes(name)) throw new InputError({
		where: git.directory,
		field: "--remote",
		problem: wanted === void 0 ? "several remotes, and none is named origin" : "no such remote",
		found: wanted ?? names.join(", "),
		expected: [...names, ". (this clone alone)"].join(", ")
	});
	const url = withoutCredentials(addresses.get(name) ?? await git.run([
		"remote",
		"get-url",
		name
	]));
	return {
		name,
		url,
		place: `${name} (${url})`
	};
}
/** Each remote, and where git fetches from (`NAME, tab, ADDRESS (fetch)`; in a partial clone a filter follows). */
async function fetchAddresses(git) {
	const addresses = /* @__PURE__ */ new Map();
	for (const line of (await git.run(["remote", "--verbose"])).split("\n")) {
		const [name = "", rest = ""] = line.split("	");
		const [, address] = /^(.*) \(fetch\)(?: \[[^\]]*\])?$/.exec(rest) ?? [];
		if (name !== "") addresses.set(name, addresses.get(name) ?? address);
	}
	return addresses;
}
/** Removes the user and password of an address, wherever it stands in a text. */
function withoutCredentials(text) {
	return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/@\s']*@/gi, "$1");
}
/** Seconds for a command that only asks or sends a little, and for one that may move many objects. */
const remoteSeconds = {
	short: 60,
	long: 900
};
const settings = [
	["http.lowSpeedLimit", "1"],
	["http.lowSpeedTime", "45"],
	["gc.auto", "0"],
	["maintenance.auto", "false"]
].flatMap(([name, value]) => ["-c", `${name}=${value}`]);
/**
* Runs a git command that talks to a remote. Credentials are git's own business (helpers, ssh agent, netrc); nothing
* asks for a password on the terminal over http.
* @param options.env added to the environment
* @returns also for a failure: the caller decides
* @throws OutsideError when the remote does not answer in time
*/
async function runWithRemote(git, args, options) {
	const { doing, seconds, env = {} } = options;
	return exec("git", [
		"-C",
		git.directory,
		...settings,
		...args
	], {
		doing,
		seconds,
		env: {
			GIT_TERMINAL_PROMPT: "0",
			LC_ALL: "C",
			...env
		},
		allow: anyExit
	});
}
const anyExit = Array.from({ length: 256 }, (_, code) => code);
/** A remote refuses, for a reason that people can fix. */
var RemoteError = class extends InputError {};
/**
* The error for a git command that failed at a remote.
* @param text what git wrote to standard error
* @param place of the remote, for messages
* @returns RemoteError for what people can fix; OutsideError, which says that a re-run is safe, for the rest
*/
function explainRemoteFailure(text, call) {
	const { doing, place } = call;
	const said = lastLines(withoutCredentials(text));
	const known = explanations.find(({ pattern }) => pattern.test(text));
	if (known === void 0) return new OutsideError(doing, `${place} answered: ${said}`);
	if ("isOutside" in known) return new OutsideError(doing, `${known.problem} (${said})`, known.remedy);
	return new RemoteError({
		problem: `${doing} failed: ${known.problem} (${said})`,
		remedy: known.remedy
	});
}
const explanations = [
	{
		pattern: /Host key verification failed/i,
		problem: "ssh does not know the host",
		remedy: "Connect once by hand (ssh HOST), compare the key, and run this again."
	},
	{
		pattern: /authentication failed|could not read (?:username|password)|terminal prompts disabled|permission denied \(|error: 40[13]\b|access denied|not allowed to push/i,
		problem: "the remote does not accept the login, or there is none",
		remedy: "Log in as git does: a credential helper (git config credential.helper), an ssh key, or a token. A git fetch or git push of your own must work first."
	},
	{
		pattern: /does not appear to be a git repository|repository .*not found|error: 404\b|project you were looking for/i,
		problem: "no repository at this address, or this login may not see it",
		remedy: "Check the address with git remote -v, and that your login may read it."
	},
	{
		pattern: /could not resolve host|name or service not known/i,
		isOutside: true,
		problem: "the name of the host cannot be resolved",
		remedy: "Check the address with git remote -v, and the network. Nothing was changed; running the same command again is safe."
	}
];
/** True for failures that may not happen again a moment later. */
function isTransient(text) {
	return /error: 5\d\d\b|connection (?:was )?(?:reset|closed)|early EOF|hung up unexpectedly|RPC failed|gnutls_handshake|timed out/i.test(text);
}
function lastLines(text) {
	return text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !/^hint:/.test(line)).slice(-6).join("; ");
}
/**
* Logs the place that a run writes to, before its first write and only once.
* @param where phrase such as `origin (https://git.example.com/acme/os)`
*/
function announceWrites(forge, where, log) {
	let announced = false;
	const first = (write) => (...args) => {
		if (!announced) log.info(`writing to ${where}`);
		announced = true;
		return write(...args);
	};
	const { branches, pullRequests, statuses, workflowRuns, issues } = forge;
	return {
		...forge,
		branches: {
			...branches,
			commit: first(branches.commit),
			setBranch: first(branches.setBranch)
		},
		pullRequests: {
			...pullRequests,
			open: first(pullRequests.open),
			update: first(pullRequests.update),
			comment: first(pullRequests.comment),
			merge: first(pullRequests.merge)
		},
		statuses: {
			...statuses,
			set: first(statuses.set)
		},
		...defined({
			workflowRuns: workflowRuns && {
				...workflowRuns,
				start: first(workflowRuns.start)
			},
			issues: issues && {
				...issues,
				open: first(issues.open),
				update: first(issues.update),
				close: first(issues.close)
			}
		})
	};
}
// src/world/git/fetched-objects.ts
init_errors();
/** Objects of a repository that has everything it will ever have. */
function localObjects(git) {
	return {
		fetchCommit: async () => {},
		fetchHistory: async () => {},
		fetchNewest: async () => {},
		findCommit: async (commit) => await findCommit(git, commit) !== void 0
	};
}
/** The remote has no such object. */
var UnknownObject = class extends Error {};
/**
* Objects of a clone; missing ones are fetched when they are needed. One `git fetch` replaces many calls, and git
* answers questions about history. The clone may be shallow, partial, or one commit by actions/checkout.
* @param from.remedy what to do if the history cannot be fetched
*/
function fetchedObjects(git, from) {
	const { address, place, env = {} } = from;
	/** Commits whose history is complete here. */
	const complete = /* @__PURE__ */ new Set();
	const fetch = fetchQueue(git, from);
	const isShallow = async () => await git.run(["rev-parse", "--is-shallow-repository"]) === "true";
	/** Objects that are here, and those that git is asked about. Nothing of ours removes objects. */
	const here = /* @__PURE__ */ new Map();
	function has(object) {
		const asked = here.get(object) ?? isHere(git, object);
		here.set(object, asked);
		asked.then((found) => found || here.delete(object), () => here.delete(object));
		return asked;
	}
	/** @throws UnknownObject */
	async function fetchMissing(commit) {
		if (await has(commit)) return;
		const depth = await isShallow() ? ["--depth=1"] : [];
		const doing = `fetching ${shortCommit(commit)} from ${place}`;
		try {
			await fetch([
				...depth,
				address,
				commit
			], doing);
		} catch (error) {
			if (!(error instanceof UnknownObject)) throw error;
			for (const depth of await isShallow() ? [[], ["--unshallow"]] : [[]]) {
				await fetchBranches(depth, doing);
				if (await has(commit)) return;
			}
			throw error;
		}
	}
	/**
	* Fetches everything that branches lead to. The refs are listed first, because git accepts a pattern of refs only
	* together with a place to write refs to.
	*/
	async function fetchBranches(depth, doing) {
		const listed = await runWithRemote(git, [
			"ls-remote",
			"--quiet",
			address,
			"refs/heads/*",
			"refs/coxswain/*"
		], {
			doing,
			seconds: remoteSeconds.short,
			env
		});
		if (listed.exitCode !== 0) throw explainRemoteFailure(listed.stderr, {
			doing,
			place
		});
		const refs = listed.stdout.split("\n").flatMap((line) => line.split("	")[1] ?? []);
		for (let start = 0; start < refs.length; start += refsAtOnce) await fetch([
			...start === 0 ? depth : [],
			address,
			...refs.slice(start, start + refsAtOnce)
		], doing);
	}
	async function fetchCommit(commit) {
		try {
			await fetchMissing(commit);
		} catch (error) {
			if (!(error instanceof UnknownObject)) throw error;
			throw explainRemoteFailure(error.message, {
				doing: `fetching ${shortCommit(commit)} from ${place}`,
				place
			});
		}
	}
	return {
		fetchCommit,
		findCommit: async (commit) => {
			try {
				await fetchMissing(commit);
				return true;
			} catch (error) {
				if (error instanceof UnknownObject) return false;
				throw error;
			}
		},
		fetchNewest: async (commit, count) => {
			if (await isShallow()) {
				const doing = `fetching the newest commits before ${shortCommit(commit)} from ${place}`;
				await fetch([
					`--depth=${count}`,
					address,
					commit
				], doing);
			} else await fetchCommit(commit);
		},
		fetchHistory: async (...commits) => {
			const missing = [...new Set(commits)].filter((commit) => !complete.has(commit));
			await Promise.all(missing.map(fetchCommit));
			if (missing.length > 0 && await isShallow()) try {
				await fetch([
					"--unshallow",
					address,
					...missing
				], "fetching the history of the checkout");
			} catch (error) {
				throw new InputError({
					where: git.directory,
					problem: `this checkout has no history, and fetching it failed: ${messageOf$1(error)}`,
					remedy: from.remedy
				}, { cause: error });
			}
			for (const commit of missing) complete.add(commit);
		}
	};
}
/** `git fetch`, one after the other: git locks what it writes. */
function fetchQueue(git, { place, env = {} }) {
	let last = Promise.resolve();
	const fetchNow = async (args, doing) => {
		for (let attempt = 1;; attempt += 1) {
			const { exitCode, stderr } = await runWithRemote(git, [
				"fetch",
				...fetchOptions,
				...args
			], {
				doing,
				seconds: remoteSeconds.long,
				env
			});
			if (exitCode === 0) return;
			if (attempt < 4 && (isTransient(stderr) || /\.lock|shallow|not our ref/.test(stderr))) {
				await setTimeout$1((.2 + Math.random()) * 400 * attempt);
				continue;
			}
			if (unknownObject.test(stderr)) throw new UnknownObject(stderr);
			throw explainRemoteFailure(stderr, {
				doing,
				place
			});
		}
	};
	return (args, doing) => {
		const next = last.then(() => fetchNow(args, doing));
		last = next.catch(() => {});
		return next;
	};
}
/** Names of refs in one command line. */
const refsAtOnce = 500;
const fetchOptions = [
	"--quiet",
	"--no-tags",
	"--no-write-fetch-head",
	"--no-recurse-submodules"
];
const unknownObject = /not our ref|unadvertised object|couldn't find remote ref|no such remote ref/i;
/** In a partial clone git would fetch the object to answer. Newer versions of git can be told not to. */
async function isHere(git, object) {
	return await git.try([
		"cat-file",
		"-e",
		object
	], { env: { GIT_NO_LAZY_FETCH: "1" } }) !== void 0;
}
// src/world/git/memory.ts
/** How many answers are kept, and how many characters each may have. */
const most = 1e3;
const longest = 1e5;
/** The newest short answers of git about objects: objects never change, so an answer stays right. */
var Memory = class {
	#answers = /* @__PURE__ */ new Map();
	get(question) {
		return this.#answers.get(question);
	}
	set(question, answer) {
		if (answer.length > longest) return;
		this.#answers.set(question, answer);
		if (this.#answers.size > most) this.#answers.delete(this.#answers.keys().next().value);
	}
};
// src/world/git/object-reader.ts
init_errors();
/** Milliseconds without a question after which the process ends. */
const idle = 1e3;
/**
* Reads objects by one `git cat-file --batch` that goes on running: to start git takes longer than to read. It reads a ref
* again for each question, and finds objects that other processes add. It never keeps our own process running.
*/
var ObjectReader = class {
	#directory;
	#process;
	#timer;
	constructor(directory) {
		this.#directory = directory;
	}
	/**
	* @param name a hash, a full ref name, or an expression such as `HEAD^{commit}`
	* @returns undefined if git has no such object, or the name is ambiguous
	* @throws OutsideError if git cannot read
	*/
	read(name) {
		if (name === "" || name.includes("\n")) return Promise.resolve(void 0);
		const process = this.#process ?? this.#start();
		clearTimeout(this.#timer);
		if (process.questions.length === 0) keepRunning(process, true);
		return new Promise((answer, fail) => {
			process.questions.push({
				answer,
				fail
			});
			process.child.stdin.write(`${name}\n`);
		});
	}
	/** Like `read`; undefined also if git cannot read. For questions that are asked otherwise then. */
	find(name) {
		return this.read(name).catch(() => void 0);
	}
	#start() {
		const child = spawn(findTool("git") ?? "git", [
			"-C",
			this.#directory,
			"cat-file",
			"--batch"
		], {
			stdio: [
				"pipe",
				"pipe",
				"pipe"
			],
			env: {
				...process.env,
				LC_ALL: "C",
				GIT_TERMINAL_PROMPT: "0"
			}
		});
		const started = {
			child,
			questions: []
		};
		const { questions } = started;
		this.#process = started;
		keepRunning(started, false);
		let complaint = "";
		child.stderr.on("data", (data) => {
			complaint = (complaint + data.toString()).slice(-2e3);
		});
		const answers = answerParser();
		child.stdout.on("data", (data) => {
			for (const object of answers(data)) questions.shift()?.answer(object);
			if (questions.length === 0) this.#rest(started);
		});
		const end = (why) => {
			if (this.#process === started) this.#process = void 0;
			for (const { fail } of questions.splice(0)) fail(new OutsideError("reading objects from git", complaint.trim() || why));
		};
		child.once("error", ({ message }) => end(message));
		child.once("close", (code) => end(`git ended with exit code ${code}`));
		child.stdin.on("error", () => {});
		return started;
	}
	#rest(process) {
		keepRunning(process, false);
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			if (this.#process === process) this.#process = void 0;
			process.child.stdin.end();
		}, idle).unref();
	}
};
/** Whether our own process waits for this one. */
function keepRunning({ child }, wait) {
	const how = wait ? "ref" : "unref";
	child[how]();
	for (const stream of [
		child.stdin,
		child.stdout,
		child.stderr
	]) stream[how]?.();
}
/** Splits the output of `cat-file --batch` into answers; undefined: there is no such object. */
function answerParser() {
	let held = [];
	let length = 0;
	let header;
	const take = (count) => {
		const all = Buffer.concat(held, length);
		held = [all.subarray(count)];
		length -= count;
		return all.subarray(0, count);
	};
	return (data) => {
		held.push(data);
		length += data.length;
		const answers = [];
		for (;;) if (header === void 0) {
			const all = held.length === 1 ? held[0] : Buffer.concat(held, length);
			held = [all];
			const end = all.indexOf(10);
			if (end < 0) return answers;
			const line = take(end + 1).toString("utf8", 0, end);
			const [, hash = "", kind = "", size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
			if (size === void 0) answers.push(void 0);
			else header = {
				hash,
				kind,
				size: Number(size)
			};
		} else {
			if (length <= header.size) return answers;
			const { hash, kind, size } = header;
			answers.push({
				hash,
				kind,
				bytes: take(size + 1).subarray(0, size)
			});
			header = void 0;
		}
	};
}
// src/world/git/git.ts
/** Environment that makes git's output the same for every user. */
const neutral = {
	GIT_TERMINAL_PROMPT: "0",
	LC_ALL: "C"
};
/** Runs git in one repository. */
var Git = class {
	directory;
	/** What git said about objects: by the hash of a blob, its text; by a question about a commit, the answer. */
	memory = new Memory();
	objects;
	/** @param directory a work tree, a folder inside one, or a bare repository */
	constructor(directory) {
		this.directory = directory;
		this.objects = new ObjectReader(directory);
	}
	/** Runs `git ARGS` and returns standard output without its final newline. @throws OutsideError */
	async run(args, options = {}) {
		return (await exec("git", [
			"-C",
			this.directory,
			...args
		], {
			...options,
			env: {
				...neutral,
				...options.env
			}
		})).stdout.replace(/\n$/, "");
	}
	/** Runs `git ARGS`; undefined if it answers with exit code 1 or 128 ("no such thing"). */
	async try(args, options = {}) {
		const result = await exec("git", [
			"-C",
			this.directory,
			...args
		], {
			...options,
			env: {
				...neutral,
				...options.env
			},
			allow: [
				0,
				1,
				128
			]
		});
		return result.exitCode === 0 ? result.stdout.replace(/\n$/, "") : void 0;
	}
};
// src/world/forge/forge.ts
/** A compare-and-swap failed: somebody else moved the branch first. Read again, apply again. */
var StaleBranchError = class extends Error {
	name = "StaleBranchError";
	branch;
	constructor(branch, expected, found) {
		super(`${branch} is at ${found ?? "nothing"}, no longer at ${expected ?? "nothing"}`);
		this.branch = branch;
	}
};
// src/world/git/ref-store.ts
/** The full ref name of a branch. */
function refOf(branch) {
	return `refs/heads/${branch}`;
}
/** `refs/heads/main` → `main`; other refs keep their whole name. */
function shortRef(ref) {
	return ref.replace(/^refs\/heads\//, "");
}
// src/world/git/stale-lock.ts
init_errors();
/** Milliseconds after which an unchanged lock is stale. git itself holds one for a few milliseconds. */
const staleAfter = 5e3;
/** The lock file in git's error message, if there is one. */
function lockIn(error) {
	const file = /Unable to create '([^']+\.lock)': File exists/.exec(messageOf$1(error))?.[1];
	return file === void 0 ? void 0 : resolve(file);
}
/**
* Watches the locks that git runs into. A killed git leaves its lock behind, and git never removes it, so
* people would have to.
* @param within locks elsewhere are not touched
* @returns a function that receives git's error (or its text), removes the lock in it if it is stale, and says whether to try again
*/
function lockWatch(within = "/") {
	let watched;
	return async (error) => {
		const file = lockIn(error);
		if (file === void 0 || !isInside(file, within)) return false;
		const id = await identity(file);
		if (id === void 0) return true;
		if (watched?.file !== file || watched.id !== id) watched = {
			file,
			id,
			since: performance.now()
		};
		else if (performance.now() - watched.since > staleAfter && await identity(file) === id) {
			await unlink(file).catch(() => {});
			watched = void 0;
		}
		return true;
	};
}
function isInside(file, folder) {
	return file.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
/** Distinguishes a lock from the next one of the same name. */
async function identity(file) {
	const found = await stat(file, { bigint: true }).catch(() => void 0);
	return found === void 0 ? void 0 : `${found.ino} ${found.mtimeNs}`;
}
init_errors();
/** How often is tried; with the pauses, it is long enough to find out that a lock is stale. */
const attempts$2 = 200;
/** The refs of a repository on this machine. A branch that a work tree has checked out is not moved. */
function localRefs(git) {
	return {
		read: (ref) => readRef(git, ref),
		move: async (move, guard) => {
			await refuseCheckedOut(git, move.ref);
			return guard === void 0 ? moveRef(git, move) : moveRefWhile(git, move, guard);
		}
	};
}
/** The commit a full ref name (`refs/heads/main`) is at; undefined if there is no such ref. */
async function readRef(git, ref) {
	const object = await git.objects.find(ref);
	if (object !== void 0) return object.hash;
	const found = await git.run([
		"rev-parse",
		"--verify",
		"--quiet",
		ref
	], { allow: [0, 1] });
	return found === "" ? void 0 : found;
}
/**
* Moves a ref, if it is still at `from`; creates it if `from` is undefined.
* @throws StaleBranchError when it moved meanwhile
* @throws OutsideError when git cannot write it
*/
async function moveRef(git, move) {
	const { ref, from, to } = move;
	await untilUnlocked(() => git.run([
		"update-ref",
		ref,
		to,
		from ?? ""
	], { doing: `moving ${ref}` }), async () => {
		const now = await readRef(git, ref);
		if (now !== from) throw new StaleBranchError(shortRef(ref), from, now);
	});
}
/**
* Moves a ref like moveRef, if another one is still at the commit that the caller saw.
* @throws StaleBranchError for the one that moved
*/
async function moveRefWhile(git, move, guard) {
	const lines = [
		"start",
		`verify ${guard.ref} ${guard.at}`,
		`update ${move.ref} ${move.to} ${move.from ?? "0".repeat(move.to.length)}`
	];
	await untilUnlocked(() => git.run(["update-ref", "--stdin"], {
		input: [
			...lines,
			"commit",
			""
		].join("\n"),
		doing: `moving ${move.ref}`
	}), async () => {
		for (const { ref, at } of [guard, {
			ref: move.ref,
			at: move.from
		}]) {
			const now = await readRef(git, ref);
			if (now !== at) throw new StaleBranchError(shortRef(ref), at, now);
		}
	});
}
/**
* Tries again while another process holds a lock that git needs.
* @param check throws if a ref moved
*/
async function untilUnlocked(move, check) {
	const isLocked = lockWatch();
	for (let attempt = 1;; attempt += 1) try {
		await move();
		return;
	} catch (error) {
		await check();
		if (attempt === attempts$2 || !await isLocked(error)) throw error;
		await setTimeout$1(Math.random() * 200);
	}
}
/**
* If we moved a checked-out branch, its work tree would look as if the user had reverted our commit.
* @throws InputError
*/
async function refuseCheckedOut(git, ref) {
	if (ref === shortRef(ref)) return;
	const listed = await git.run([
		"worktree",
		"list",
		"--porcelain"
	]);
	for (const block of listed.split("\n\n")) {
		const lines = block.split("\n");
		if (!lines.includes(`branch ${ref}`) || lines.some((line) => line.startsWith("prunable"))) continue;
		const folder = lines.find((line) => line.startsWith("worktree "))?.slice(9);
		throw new InputError({
			...defined({ where: folder }),
			problem: `branch ${shortRef(ref)} is checked out here, and Coxswain moves it`,
			remedy: "Switch that work tree to another branch, then run this again."
		});
	}
}
// src/world/git/remote-refs.ts
/** Attempts of a push that the remote did not refuse for good; with the pauses enough for a lock to become stale. */
const pushAttempts = 12;
const readAttempts = 3;
/**
* The refs of a remote. Every read asks the remote; every move is a push that names the old value
* (`--force-with-lease`), and the server compares it again when it writes. Local branches and work trees are never
* touched.
* @param objects finds out whether a push whose answer was lost arrived
*/
function remoteRefs(git, remote, objects) {
	const read = batched((refs) => listRemote(git, remote, refs));
	async function move(wanted, guard) {
		if (wanted.from === wanted.to) return requireAt(wanted.ref, wanted.to);
		const doing = `moving ${shortRef(wanted.ref)} at ${remote.place}`;
		const folder = localFolder(remote.url);
		const isLocked = folder === void 0 ? async () => false : lockWatch(folder);
		for (let attempt = 1;; attempt += 1) {
			const failure = await push(git, remote, wanted, guard, doing);
			if (failure === void 0 || await hasArrived(wanted, failure)) return;
			if (guard !== void 0) await requireAt(guard.ref, guard.at);
			if (!(await isLocked(failure) || isTransient(failure) || isRace(failure)) || attempt === pushAttempts) throw explainPushFailure(failure, doing, remote.place);
			await setTimeout$1((.5 + Math.random()) * 200 * attempt);
		}
	}
	async function requireAt(ref, expected) {
		const now = await read(ref);
		if (now !== expected) throw new StaleBranchError(shortRef(ref), expected, now);
	}
	/**
	* Looks at the ref after a failed push.
	* @returns true if the push arrived and only the answer was lost; false if the ref did not move
	* @throws StaleBranchError if somebody else moved it
	*/
	async function hasArrived({ ref, from, to }, failure) {
		const now = await read(ref);
		if (now === to) return true;
		if (now === from) return false;
		const answered = /\[(?:remote )?rejected\]/.test(failure);
		if (now !== void 0 && !answered) {
			await objects.fetchHistory(now);
			if (await git.try([
				"merge-base",
				"--is-ancestor",
				to,
				now
			]) !== void 0) return true;
		}
		throw new StaleBranchError(shortRef(ref), from, now);
	}
	return {
		read,
		move
	};
}
/** @returns undefined if the push succeeded; else what git and the remote said */
async function push(git, remote, { ref, from, to }, guard, doing) {
	const moves = [...guard === void 0 ? [] : [{
		ref: guard.ref,
		from: guard.at,
		to: guard.at
	}], {
		ref,
		from,
		to
	}];
	const { exitCode, stdout, stderr } = await runWithRemote(git, [
		"push",
		"--porcelain",
		"--no-verify",
		"--no-follow-tags",
		"--recurse-submodules=no",
		...moves.length > 1 ? ["--atomic"] : [],
		...moves.map((each) => `--force-with-lease=${each.ref}:${each.from ?? ""}`),
		remote.name,
		...moves.map((each) => `${each.to}:${each.ref}`)
	], {
		doing,
		seconds: remoteSeconds.long
	});
	if (exitCode === 0) return void 0;
	const rejected = stdout.split("\n").filter((line) => line.startsWith("!"));
	return [stderr.trimEnd(), ...rejected].join("\n");
}
/** Where refs of a remote are now, by one connection. */
async function listRemote(git, remote, refs) {
	const doing = `reading the branches of ${remote.place}`;
	for (let attempt = 1;; attempt += 1) {
		const { exitCode, stdout, stderr } = await runWithRemote(git, [
			"ls-remote",
			"--quiet",
			remote.name,
			...refs
		], {
			doing,
			seconds: remoteSeconds.short
		});
		if (exitCode === 0) {
			const lines = stdout.split("\n").filter((line) => line !== "");
			return new Map(lines.map((line) => line.split("	").reverse()));
		}
		if (attempt === readAttempts || !isTransient(stderr)) throw explainRemoteFailure(stderr, {
			doing,
			place: remote.place
		});
		await setTimeout$1((.5 + Math.random()) * 500 * attempt);
	}
}
/** Answers all questions of one turn of the event loop with one request for the list of refs. */
function batched(list) {
	let waiting;
	return async (ref) => {
		if (waiting === void 0) {
			const refs = /* @__PURE__ */ new Set();
			waiting = {
				refs,
				answer: new Promise((resolve) => setImmediate(resolve)).then(() => {
					waiting = void 0;
					return list([...refs]);
				})
			};
		}
		waiting.refs.add(ref);
		return (await waiting.answer).get(ref);
	};
}
/** Another writer was faster, or held a lock: what the remote says then. */
function isRace(failure) {
	return /stale info|fetch first|failed to update ref|cannot lock ref|incorrect old value|already exists|failed to lock/i.test(failure);
}
function explainPushFailure(failure, doing, place) {
	const refused = /\[remote rejected\].*\((.*)\)/.exec(failure)?.[1];
	if (refused === void 0 || isRace(failure)) return explainRemoteFailure(failure, {
		doing,
		place
	});
	return new RemoteError({
		problem: `${doing} failed: the remote refuses it (${refused})${wordsOfRemote(failure)}`,
		remedy: "Its hooks or branch protection decide that: let this login push to that branch. Nothing was changed; running the same command again is safe."
	});
}
/** What a hook or the server itself said: `: error: GH006: Protected branch update failed`. */
function wordsOfRemote(failure) {
	const lines = [...failure.matchAll(/^remote: *(.*\S)/gm)].map(([, line = ""]) => line);
	const words = plainLine(lines.join(" "), 300);
	return words === "" ? "" : `: ${words}`;
}
/** The folder of a remote on this machine, for locks that a killed git left there; undefined for any other remote. */
function localFolder(url) {
	if (url.startsWith("file://")) return decodeURIComponent(new URL(url).pathname);
	return url.startsWith("/") ? url : void 0;
}
// src/world/git/ancestry.ts
/** Commits that are read here before git is asked: one process of git takes the time of some dozens of them. */
const near = 32;
/**
* The best common ancestor of two commits whose history is here.
* @returns undefined if they share none; one of them if there are several
* @throws OutsideError if git does not have a commit
*/
async function mergeBase(git, one, other) {
	if (await isNear(git, one, other)) return one;
	if (await isNear(git, other, one)) return other;
	const common = await git.run([
		"merge-base",
		one,
		other
	], { allow: [0, 1] });
	return common === "" ? void 0 : common;
}
/** Whether a commit is, or is an ancestor of, another one whose history is here. */
async function isAncestor(git, ancestor, descendant) {
	return await mergeBase(git, ancestor, descendant) === ancestor;
}
/** True if the nearest commits of a history contain this one. False proves nothing. */
async function isNear(git, ancestor, descendant) {
	const seen = /* @__PURE__ */ new Set([descendant]);
	for (const commit of seen) {
		if (commit === ancestor) return true;
		if (seen.size >= near) return seen.has(ancestor);
		for (const parent of await parentsOf(git, commit)) seen.add(parent);
	}
	return false;
}
// src/world/git/identity.ts
/** git's own guess, of a machine without a user name, is useless. */
const ours = {
	name: "Coxswain",
	address: "coxswain@localhost"
};
const identities = /* @__PURE__ */ new WeakMap();
/** The user's name and address as git knows them; Coxswain's if git has none. Asked once for a repository. */
function readIdentity(git) {
	const known = identities.get(git) ?? askBoth(git);
	identities.set(git, known);
	return known;
}
/** The environment in which git uses this identity. */
function identityEnvironment({ author, committer }) {
	return {
		GIT_AUTHOR_NAME: nameOf$2(author),
		GIT_AUTHOR_EMAIL: addressOf(author),
		GIT_COMMITTER_NAME: nameOf$2(committer),
		GIT_COMMITTER_EMAIL: addressOf(committer)
	};
}
async function askBoth(git) {
	const [author, committer] = await Promise.all([ask(git, "AUTHOR"), ask(git, "COMMITTER")]);
	return {
		author,
		committer
	};
}
async function ask(git, role) {
	const answer = await git.try([
		"-c",
		"user.useConfigOnly=true",
		"var",
		`GIT_${role}_IDENT`
	]);
	const [, who = `${ours.name} <${ours.address}>`, when] = /^(.* <.*>) (\d+ [+-]\d+)$/.exec(answer ?? "") ?? [];
	return {
		who,
		...process.env[`GIT_${role}_DATE`] === void 0 || when === void 0 ? {} : { when }
	};
}
function nameOf$2({ who }) {
	return who.slice(0, who.lastIndexOf(" <"));
}
function addressOf({ who }) {
	return who.slice(who.lastIndexOf("<") + 1, -1);
}
// src/world/git/write-objects.ts
init_errors();
/**
* Writes a commit that no ref names yet, by one `git fast-import`. Works in a bare repository, and touches neither the
* index nor the work tree of a clone. Hooks and signing are for what people commit.
* @throws OutsideError if git cannot write it, or a path could not be in a work tree
*/
async function writeCommit(git, commit) {
	const { parent, merges = [], changes } = commit;
	const { author, committer } = await readIdentity(git);
	const ref = `refs/coxswain/new/${randomBytes(8).toString("hex")}`;
	const stream = [
		`commit ${ref}\nmark :1\nauthor ${signed(author)}\ncommitter ${signed(committer)}\n`,
		...data(commit.message.endsWith("\n") ? commit.message : `${commit.message}\n`),
		...parent === void 0 ? [] : [`from ${parent}\n`],
		...merges.map((merge) => `merge ${merge}\n`)
	];
	for (const { path, content } of changes) if (content === null) stream.push(`D ${quoted(path)}\n`);
	for (const change of changes) {
		if (change.content === null) continue;
		const mode = await isExecutable(git, parent, change) ? "100755" : "100644";
		stream.push(`M ${mode} inline ${quoted(change.path)}\n`, ...data(change.content));
	}
	stream.push(`get-mark :1\nreset ${ref}\nfrom ${"0".repeat(parent?.length ?? 40)}\n\ndone\n`);
	const written = await git.run([
		"fast-import",
		"--quiet",
		"--done"
	], {
		input: Buffer.concat(stream.map((part) => typeof part === "string" ? Buffer.from(part) : part)),
		doing: "writing a commit"
	});
	if (isFullHash(written)) return written;
	throw new OutsideError("writing a commit", `git fast-import answered ${JSON.stringify(written)}`);
}
/** Writes a commit of an existing tree; no ref names it yet. */
async function commitTree(git, commit) {
	const parents = commit.parents.flatMap((parent) => ["-p", parent]);
	return git.run([
		"commit-tree",
		commit.tree,
		...parents,
		"-F",
		"-"
	], {
		input: commit.message,
		env: identityEnvironment(await readIdentity(git))
	});
}
function data(content) {
	const bytes = Buffer.from(content);
	return [
		`data ${bytes.length}\n`,
		bytes,
		"\n"
	];
}
/** As in C, which git also understands for names that need no quotes. */
function quoted(path) {
	if (path.split("/").some((part) => /^(?:\.{0,2}|\.git)$/i.test(part)) || path.includes("\0")) throw new OutsideError("writing a commit", `${JSON.stringify(path)} cannot be the path of a file`);
	return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
/** A file keeps its mode, unless the change says another one. */
async function isExecutable(git, parent, change) {
	if (change.executable !== void 0) return change.executable;
	return parent !== void 0 && (await findEntry(git, parent, change.path))?.mode === "100755";
}
/** As git stores it. */
function signed({ who, when }) {
	return `${who} ${when ?? `${Math.floor(Date.now() / 1e3)} +0000`}`;
}
// src/world/forge/git/branches.ts
/** git log in one format, whatever the user's settings. */
const plainLog = [
	"-c",
	"log.showSignature=false",
	"log",
	"--no-color",
	"--no-decorate"
];
/** Branches by git's plumbing. Commits are made in `git`, then a ref moves to them. */
function openGitBranches({ git, refs, objects }) {
	return {
		...readCommits(git, objects),
		resolve: (branch) => refs.read(refOf(branch)),
		commit: async ({ branch, parent, from = parent, merges, changes, message }) => {
			if (from !== void 0) await objects.fetchCommit(from);
			const sha = await writeCommit(git, {
				parent: from,
				merges,
				changes,
				message
			});
			await refs.move({
				ref: refOf(branch),
				from: parent,
				to: sha
			});
			return sha;
		},
		setBranch: ({ branch, from, to }) => refs.move({
			ref: refOf(branch),
			from,
			to
		})
	};
}
/** Reads commits, which are fetched before. */
function readCommits(git, objects) {
	const { fetchCommit, fetchHistory, findCommit } = objects;
	return {
		fetchCommit,
		fetchHistory,
		readFile: async (commit, path) => {
			await fetchCommit(commit);
			return (await readTexts(git, (await listTree(git, commit, path)).filter((entry) => entry.path === path))).get(path);
		},
		listFiles: async (commit, folder) => {
			await fetchCommit(commit);
			return (await listTree(git, commit, folder)).map((entry) => entry.path).sort();
		},
		readFolder: async (commit, folder) => {
			await fetchCommit(commit);
			return readTexts(git, await listTree(git, commit, folder));
		},
		isAncestor: async (ancestor, descendant) => {
			await fetchHistory(descendant);
			return await findCommit(ancestor) && isAncestor(git, ancestor, descendant);
		},
		contains: async (base, head) => {
			await fetchHistory(base, head);
			return contains(git, base, head);
		},
		commitTime: async (commit) => {
			await fetchCommit(commit);
			return readCommitTime(git, commit);
		},
		log: async ({ from, to }) => {
			await fetchHistory(from, to);
			return log(git, [to, `^${from}`]);
		},
		newest: async (commit, count) => {
			await objects.fetchNewest(commit, count);
			return log(git, [
				"--first-parent",
				`--max-count=${count}`,
				commit
			]);
		},
		changedFiles: async (from, to) => {
			await Promise.all([fetchCommit(from), fetchCommit(to)]);
			return changedPaths(git, from, to);
		}
	};
}
/**
* After a squash or a rebase the base has other commits than the pull request, so the history does not show it. The
* content does: every path that `head` changed since the merge base is the same in `base`.
*/
async function contains(git, base, head) {
	const common = await mergeBase(git, base, head);
	if (common === head) return true;
	if (common === void 0) return false;
	const different = new Set(await changedPaths(git, head, base));
	return !(await changedPaths(git, common, head)).some((path) => different.has(path));
}
async function log(git, range) {
	return (await git.run([
		...plainLog,
		"-z",
		"--format=%H%n%P%n%ct%n%B",
		...range
	])).split("\0").filter((text) => text !== "").map((text) => {
		const [sha = "", parents = "", time = "", ...message] = text.split("\n");
		return {
			sha,
			parents: parents.split(" ").filter((parent) => parent !== ""),
			time: Number(time),
			message: message.join("\n").trimEnd()
		};
	});
}
// src/world/forge/retry.ts
init_errors();
const attempts$1 = 40;
/**
* Runs a read-apply-write step until its compare-and-swap succeeds. One writer wins each round, so there need be only
* as many rounds as writers. The pauses are random, and grow with the time that a step takes, so losers do not slow
* the others down.
* @param step reads again each time
* @param moves the branch that may move. Default: any
* @throws StaleBranchError if another branch moved
* @throws OutsideError when it failed 40 times
*/
async function untilNotStale(step, moves) {
	for (let attempt = 1;; attempt += 1) {
		const started = performance.now();
		try {
			return await step();
		} catch (error) {
			if (!(error instanceof StaleBranchError) || moves !== void 0 && error.branch !== moves) throw error;
			if (attempt === attempts$1) throw new OutsideError(`changing ${error.branch}`, `somebody else changed it first, ${attempts$1} times in a row`, void 0, { cause: error });
			const took = performance.now() - started;
			await setTimeout$1(Math.random() * took * Math.min(8, 2 ** attempt));
		}
	}
}
// src/world/git/merge-trees.ts
/** Computes the merge of a commit into another. Changes no branch and no work tree. */
async function forecastMerge(git, into, commit) {
	const { exitCode, stdout } = await exec("git", [
		"-C",
		git.directory,
		"merge-tree",
		"--write-tree",
		"--name-only",
		"--no-messages",
		"-z",
		into,
		commit
	], {
		allow: [
			0,
			1,
			128,
			129
		],
		doing: "trying the merge"
	});
	const [tree = "", ...paths] = stdout.split("\0").filter((part) => part !== "");
	if (exitCode === 0) return {
		result: "clean",
		tree
	};
	if (exitCode === 1) return {
		result: "conflict",
		paths: [...new Set(paths)]
	};
	return forecastByIndex(git, into, commit);
}
/**
* Computes the merge as if `base` were the merge base, whatever the histories say. After a squash or a roll-back,
* history names another merge base than the content has.
*/
async function forecastMergeFrom(git, sides) {
	const asChild = async (commit, parents) => commitTree(git, {
		tree: `${commit}^{tree}`,
		parents,
		message: "only to merge\n"
	});
	const base = await asChild(sides.base, []);
	return forecastMerge(git, await asChild(sides.into, [base]), await asChild(sides.commit, [base]));
}
/**
* For git before 2.38, which has no `merge-tree --write-tree`. If each path changed on one side at most, the merge is
* clean; otherwise only a merge of the contents could decide.
*/
async function forecastByIndex(git, into, commit) {
	const base = await git.run([
		"merge-base",
		into,
		commit
	], { allow: [0, 1] });
	if (base === "") return {
		result: "unknown",
		why: "the two branches share no history here"
	};
	return withTemporaryFolder("merge", async (folder) => {
		const env = { GIT_INDEX_FILE: join(folder, "index") };
		await git.run([
			"read-tree",
			"-i",
			"-m",
			"--aggressive",
			base,
			into,
			commit
		], { env });
		if (await git.run([
			"ls-files",
			"--unmerged",
			"-z"
		], { env }) !== "") return {
			result: "unknown",
			why: "both sides changed the same files, and git before 2.38 cannot merge them without a work tree"
		};
		return {
			result: "clean",
			tree: await git.run(["write-tree"], { env })
		};
	});
}
// src/world/forge/git/merge.ts
init_errors();
/**
* Merges a pull request's branch into its base by a merge commit, without a work tree.
* @param head commit at which the caller saw the branch
* @throws StaleBranchError for the head if it moved, for the base if another writer was first
* @throws InputError as PullRequests.merge
*/
async function mergePullRequest({ git, refs, objects }, request, head) {
	const where = `pull request #${request.number}`;
	if (request.state !== "open") throw new InputError({
		where,
		problem: "only an open one can be merged",
		found: request.state
	});
	if (!request.ready) throw new InputError({
		where,
		problem: "it is a draft, which cannot be merged"
	});
	if (request.headCommit !== head) throw new StaleBranchError(request.head, head, request.headCommit);
	const base = await refs.read(refOf(request.base));
	if (base === void 0) throw new StaleBranchError(request.base, void 0, void 0);
	await objects.fetchHistory(base, head);
	const forecast = await forecastMerge(git, base, head);
	if (forecast.result !== "clean") throw new InputError({
		where,
		problem: forecast.result === "conflict" ? `it conflicts in ${forecast.paths.join(", ")}` : forecast.why,
		remedy: `Merge ${request.base} into ${request.head} by hand.`
	});
	const merged = await commitTree(git, {
		tree: forecast.tree,
		parents: [base, head],
		message: `Merge pull request #${request.number}: ${request.title}\n`
	});
	await refs.move({
		ref: refOf(request.base),
		from: base,
		to: merged
	}, {
		ref: refOf(request.head),
		at: head
	});
}
// src/world/forge/git/pull-requests.ts
init_errors();
/** Pull requests of a repository without a forge: `<number>.json` each, in the tree of this ref. */
const pullRequestsRef = "refs/coxswain/pull-requests";
const sha = string().regex(/^[0-9a-f]{40,64}$/, "expected a full commit name");
const recordSchema$1 = looseObject({
	number: int().positive(),
	title: string(),
	body: string(),
	head: string().min(1),
	base: string().min(1),
	headCommit: sha,
	state: _enum([
		"open",
		"merged",
		"closed"
	]),
	ready: boolean(),
	labels: array(string()),
	comments: array(object({
		key: string(),
		body: string()
	}))
});
/**
* Pull requests on plain git. People merge with git, and git reports that to nobody. So the state of an open one is
* computed from the branches at each read, and stored once it is final (a later revert does not open it again).
*/
function openGitPullRequests(repository, branches) {
	const { git, refs } = repository;
	const list = async (filter = {}) => {
		return (await recordStates()).filter((request) => filter.state === void 0 || request.state === filter.state);
	};
	/** Stores what is final. Someone who may only read gets the same answer, and the next writer stores it. */
	async function recordStates() {
		try {
			return await change("record the state of pull requests", async () => void 0);
		} catch (error) {
			if (!(error instanceof RemoteError)) throw error;
			return (await read$2(repository, branches)).requests;
		}
	}
	/** Applies one change to the records, and again if it loses a race. Returns all pull requests afterwards. */
	async function change(message, apply) {
		return untilNotStale(async () => {
			const before = await read$2(repository, branches);
			const changed = await apply(before.requests);
			const after = changed === void 0 ? [...before.requests] : [...before.requests.filter((request) => request.number !== changed.number), changed].sort((a, b) => a.number - b.number);
			const changes = after.map((request) => ({
				path: fileOf(request.number),
				content: format$1(request)
			})).filter(({ path, content }) => before.texts.get(path) !== content);
			if (changes.length > 0) {
				const commit = await writeCommit(git, {
					parent: before.commit,
					changes,
					message
				});
				await refs.move({
					ref: pullRequestsRef,
					from: before.commit,
					to: commit
				});
			}
			return after;
		});
	}
	return {
		list,
		find: async ({ head, base }) => (await list({ state: "open" })).find((request) => request.head === head && request.base === base),
		latest: async ({ head, base }) => (await list()).findLast((request) => request.head === head && request.base === base),
		findByCommit: async (commit) => (await list({ state: "open" })).find((request) => request.headCommit === commit),
		open: async (wanted) => {
			return (await change(`open: ${wanted.title}`, async (known) => {
				const existing = known.find(({ state, head, base }) => state === "open" && head === wanted.head && base === wanted.base);
				const headCommit = await mergeableHead(branches, wanted);
				return existing === void 0 ? {
					...wanted,
					number: nextNumber(known),
					headCommit,
					state: "open",
					comments: []
				} : {
					...existing,
					...wanted,
					headCommit
				};
			})).find(({ state, head, base }) => state === "open" && head === wanted.head && base === wanted.base);
		},
		update: async (number, wanted) => {
			return requireNumber(await change(`update pull request ${number}`, async (known) => {
				const request = requireNumber(known, number);
				return {
					...request,
					...wanted,
					state: request.state === "open" ? wanted.state ?? "open" : request.state
				};
			}), number);
		},
		merge: async (number, { head }) => {
			const merge = async () => mergePullRequest(repository, requireNumber(await list(), number), head);
			await untilNotStale(merge, requireNumber(await list(), number).base);
			return requireNumber(await list(), number);
		},
		comment: async (number, key, body) => {
			await change(`comment on pull request ${number}`, async (known) => {
				const request = requireNumber(known, number);
				const at = request.comments.findIndex((comment) => comment.key === key);
				return {
					...request,
					comments: at < 0 ? [...request.comments, {
						key,
						body
					}] : request.comments.with(at, {
						key,
						body
					})
				};
			});
			return true;
		}
	};
}
async function read$2(repository, branches) {
	const { git, refs, objects } = repository;
	const commit = await refs.read(pullRequestsRef);
	if (commit === void 0) return {
		commit,
		requests: [],
		texts: /* @__PURE__ */ new Map()
	};
	await objects.fetchCommit(commit);
	const texts = await readTexts(git, await listTree(git, commit, ""));
	const records = [...texts].map(([file, text]) => {
		return parse$5(text, file, `${pullRequestsRef} (commit ${shortCommit(commit)}): ${file}`);
	});
	return {
		commit,
		requests: (await Promise.all(records.map((record) => withCurrentState(repository, branches, record)))).sort((a, b) => a.number - b.number),
		texts
	};
}
/** Computes the state of an open pull request. */
async function withCurrentState({ objects }, branches, request) {
	if (request.state !== "open") return request;
	const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
	if (base !== void 0) for (const commit of /* @__PURE__ */ new Set([request.headCommit, head])) {
		if (commit === void 0 || commit !== head && !await objects.findCommit(commit)) continue;
		if (await branches.contains(base, commit)) return {
			...request,
			headCommit: commit,
			state: "merged"
		};
	}
	if (head === void 0 || base === void 0) return {
		...request,
		state: "closed"
	};
	return {
		...request,
		headCommit: head
	};
}
async function mergeableHead(branches, request) {
	const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
	if (head === void 0 || base === void 0) throw new InputError({ problem: `a pull request needs both branches, and branch ${head === void 0 ? request.head : request.base} does not exist` });
	if (await branches.contains(base, head)) throw new InputError({
		problem: `there is nothing to merge from ${request.head} into ${request.base}`,
		remedy: "Everything on it is merged already."
	});
	return head;
}
function requireNumber(requests, number) {
	const found = requests.find((request) => request.number === number);
	if (found === void 0) throw new InputError({
		problem: "no such pull request",
		found: number
	});
	return found;
}
function nextNumber(requests) {
	return Math.max(0, ...requests.map((request) => request.number)) + 1;
}
function fileOf(number) {
	return `${number}.json`;
}
/** Always in the same order, so an unchanged record is the same text. */
function format$1(request) {
	const { number, title, state, ready, head, base, headCommit, labels, body, comments, ...others } = request;
	const ordered = {
		number,
		title,
		state,
		ready,
		head,
		base,
		headCommit,
		labels,
		body,
		comments,
		...others
	};
	return `${JSON.stringify(ordered, null, 2)}\n`;
}
function parse$5(text, file, where) {
	let json;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON",
			expected: "the record of a pull request"
		}, { cause: error });
	}
	const parsed = recordSchema$1.safeParse(json);
	const issue = parsed.error?.issues[0];
	if (issue !== void 0) throw new InputError({
		where,
		field: issue.path.join("."),
		problem: issue.message
	});
	const record = parsed.data;
	if (fileOf(record.number) !== file) throw new InputError({
		where,
		field: "number",
		problem: "not the number in the file name",
		found: record.number
	});
	return record;
}
init_errors();
/** Statuses of a repository without a forge: `<commit>.json` each, in the tree of this ref. */
const statusesRef = "refs/coxswain/statuses";
const statusesSchema = array(object({
	context: string().min(1),
	state: _enum([
		"success",
		"pending",
		"failure"
	]),
	description: string(),
	url: string().optional()
}));
/** Commit statuses on plain git: records on a ref of their own. */
function openGitStatuses({ git, refs, objects }) {
	async function read(commit) {
		const tip = await refs.read(statusesRef);
		if (tip !== void 0) await objects.fetchCommit(tip);
		const path = `${commit}.json`;
		const text = tip === void 0 ? void 0 : (await readTexts(git, await listTree(git, tip, path))).get(path);
		return {
			tip,
			statuses: text === void 0 ? [] : parse$4(text, path)
		};
	}
	return {
		list: async (commit) => (await read(commit)).statuses,
		set: (commit, status) => untilNotStale(async () => {
			if (status.description.length > 140) throw new Error(`the description of status ${status.context} is longer than 140`);
			const { tip, statuses } = await read(commit);
			const [before, content] = [statuses, [...statuses.filter(({ context }) => context !== status.context), status].sort((one, other) => one.context < other.context ? -1 : 1)].map(format);
			if (before === content) return;
			const made = await writeCommit(git, {
				parent: tip,
				changes: [{
					path: `${commit}.json`,
					content
				}],
				message: `${status.context}: ${status.state}`
			});
			await refs.move({
				ref: statusesRef,
				from: tip,
				to: made
			});
		})
	};
}
/** Always in the same order, so unchanged statuses are the same text. */
function format(statuses) {
	const ordered = statuses.map(({ context, state, description, url }) => ({
		context,
		state,
		description,
		...defined({ url })
	}));
	return `${JSON.stringify(ordered, null, 2)}\n`;
}
function parse$4(text, file) {
	const where = `${statusesRef}: ${file}`;
	try {
		return statusesSchema.parse(JSON.parse(text));
	} catch (error) {
		throw new InputError({
			where,
			problem: "not the statuses of a commit"
		}, { cause: error });
	}
}
// src/world/forge/git/git-forge.ts
init_errors();
/**
* A git repository as a forge: branches are its branches; pull requests and statuses are records on refs of its own;
* merging one is `git merge`.
* @param place a bare repository, or a folder inside a clone; a Git that is used elsewhere too: its repository
* @param remote whose branches these are; undefined: those of the repository itself
* @throws InputError when a given folder is in no repository
*/
async function openGitForge(place, remote) {
	const git = typeof place === "string" ? await openRepository(place) : place;
	const repository = remote === void 0 ? localRepository(git) : remoteRepository(git, remote);
	const branches = openGitBranches(repository);
	return {
		kind: "git",
		place: repository.place,
		branches,
		pullRequests: openGitPullRequests(repository, branches),
		statuses: openGitStatuses(repository)
	};
}
async function openRepository(directory) {
	const given = new Git(directory);
	const top = await given.try(["rev-parse", "--show-toplevel"]) ?? await given.try(["rev-parse", "--absolute-git-dir"]);
	if (top === void 0) throw new InputError({
		where: directory,
		problem: "not a git repository"
	});
	return new Git(top);
}
function localRepository(git) {
	return {
		git,
		refs: localRefs(git),
		objects: localObjects(git),
		place: git.directory
	};
}
function remoteRepository(git, remote) {
	const objects = fetchedObjects(git, {
		address: remote.name,
		place: remote.place,
		remedy: `Fetch the whole history: git fetch --unshallow ${remote.name}`
	});
	return {
		git,
		objects,
		refs: remoteRefs(git, remote, objects),
		place: remote.place
	};
}
// src/world/forge/github/github-remote.ts
/**
* The repository on GitHub that a remote's address names: https, ssh, or `git@HOST:OWNER/NAME`.
* A host is GitHub's if it is github.com, a name beneath ghe.com, or one that GH_HOST, GITHUB_SERVER_URL or the
* configuration of the program gh names.
* @returns undefined for any other remote
*/
async function gitHubOf({ url }, env) {
	const found = addressPattern.exec(url)?.groups;
	const host = found?.host ?? found?.scpHost;
	const repository = found?.repository;
	if (host === void 0 || repository === void 0) return void 0;
	const name = host.toLowerCase().replace(/^ssh\.(?=github\.com$)/, "");
	if (name === "github.com") return {
		host: name,
		repository,
		serverUrl: "https://github.com",
		apiUrl: "https://api.github.com"
	};
	const serverUrl = `https://${name}`;
	if (name.endsWith(".ghe.com")) return {
		host: name,
		repository,
		serverUrl,
		apiUrl: `https://api.${name}`
	};
	return [env.GH_HOST, hostOf(env.GITHUB_SERVER_URL)].includes(name) || await ghKnows(name, env) ? {
		host: name,
		repository,
		serverUrl,
		apiUrl: `${serverUrl}/api/v3`
	} : void 0;
}
/** `https://HOST/OWNER/NAME.git`, `ssh://git@HOST:22/OWNER/NAME`, `git@HOST:OWNER/NAME`. */
const addressPattern = /^(?:(?:https?|ssh|git):\/\/(?:[^@/]*@)?(?<host>[^/:]+)(?::\d+)?\/|(?:[^@/:]+@)?(?<scpHost>[^/:]+):)(?<repository>[\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/;
/**
* A token for a host of GitHub, as the program gh finds one: from the environment, then from its own login.
* A token in the environment goes to the host that it is meant for, and to no other.
* (https://cli.github.com/manual/gh_help_environment)
*/
async function findToken(host, env) {
	const ofServer = hostOf(env.GITHUB_SERVER_URL) === host ? env.GITHUB_TOKEN : void 0;
	const token = (host === "github.com" || host.endsWith(".ghe.com") ? [env.GH_TOKEN, hostOf(env.GITHUB_SERVER_URL) === void 0 ? env.GITHUB_TOKEN : ofServer] : [
		env.GH_ENTERPRISE_TOKEN,
		env.GITHUB_ENTERPRISE_TOKEN,
		ofServer
	]).find((each) => each !== void 0 && each !== "");
	if (token !== void 0 || findTool("gh") === void 0) return token;
	const { exitCode, stdout } = await exec("gh", [
		"auth",
		"token",
		"--hostname",
		host
	], {
		doing: "asking gh for a token",
		seconds: ghSeconds,
		allow: [
			0,
			1,
			2,
			4
		]
	});
	return exitCode === 0 && stdout.trim() !== "" ? stdout.trim() : void 0;
}
/** gh may ask a keyring, which may ask a person. */
const ghSeconds = 30;
function hostOf(url) {
	return url !== void 0 && URL.canParse(url) ? new URL(url).hostname : void 0;
}
/** Whether the program gh has a login for a host. */
async function ghKnows(host, env) {
	const config = env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), ".config");
	const folder = env.GH_CONFIG_DIR ?? join(config, "gh");
	return (await readFile(join(folder, "hosts.yml"), "utf8").catch(() => "")).split("\n").some((line) => line.trimEnd() === `${host}:`);
}
// src/world/forge/github/run.ts
init_errors();
const eventSchema = object({ pull_request: object({
	number: int(),
	head: object({ repo: object({ full_name: string() }).nullish() })
}) });
/** The forge that --forge or COXSWAIN_FORGE asks for; undefined: none. @throws InputError for any other */
function wantedForge(env) {
	const wanted = env.COXSWAIN_FORGE ?? "";
	if (wanted === "") return void 0;
	if (wanted === "git" || wanted === "github") return wanted;
	throw new InputError({
		field: "--forge (COXSWAIN_FORGE)",
		problem: "no such forge",
		found: wanted,
		expected: "git or github"
	});
}
/**
* Reads which repository on GitHub a workflow run works on. Elsewhere GITHUB_REPOSITORY can name it together with
* COXSWAIN_FORGE=github.
* (https://docs.github.com/actions/reference/workflows-and-actions/variables)
* @returns undefined if the remote of the checkout decides
*/
function readGitHubRun(env) {
	const wanted = wantedForge(env);
	const inRun = env.GITHUB_ACTIONS === "true";
	const named = wanted === "github" && (env.GITHUB_REPOSITORY ?? "") !== "";
	if (wanted === "git" || !inRun && !named) return void 0;
	const repository = env.GITHUB_REPOSITORY ?? "";
	if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new InputError({
		field: "GITHUB_REPOSITORY",
		problem: "not the name of a repository on GitHub",
		found: repository,
		expected: "OWNER/NAME"
	});
	return {
		apiUrl: address(env.GITHUB_API_URL, "GITHUB_API_URL", "https://api.github.com"),
		serverUrl: address(env.GITHUB_SERVER_URL, "GITHUB_SERVER_URL", "https://github.com"),
		repository,
		token: env.GITHUB_TOKEN,
		...aboutPullRequest(env, repository)
	};
}
function address(text, field, fallback) {
	if (text === void 0 || text === "") return fallback;
	if (URL.canParse(text)) return withoutTrailingSlashes(text);
	throw new InputError({
		field,
		problem: "not an address",
		found: text,
		expected: "https://…"
	});
}
/**
* GitHub gives runs for a fork's pull request, and those that Dependabot causes, a token that can only read, whatever
* the workflow's permissions say. `pull_request_target` is different: it runs the base's own workflow.
*/
function aboutPullRequest(env, repository) {
	const nothing = {
		pullRequest: void 0,
		readOnly: void 0
	};
	if (env.GITHUB_EVENT_NAME !== "pull_request" || env.GITHUB_EVENT_PATH === void 0) return nothing;
	const event = eventSchema.safeParse(JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8")));
	if (!event.success) return nothing;
	const { number, head } = event.data.pull_request;
	const fork = head.repo?.full_name.toLowerCase() !== repository.toLowerCase();
	return {
		pullRequest: {
			number,
			commit: env.GITHUB_SHA ?? ""
		},
		readOnly: fork ? `pull request #${number} comes from a fork` : env.GITHUB_ACTOR === "dependabot[bot]" ? "Dependabot caused this run" : void 0
	};
}
/** A forge whose writes end a rehearsal; in every other run it is the same forge. */
function rehearseWrites(forge) {
	const { branches, pullRequests, statuses, workflowRuns, issues, attestations } = forge;
	const { place } = forge;
	const guarded = (write, what) => (...args) => {
		beforeWriting(() => `${what(...args)} (${place})`);
		return write(...args);
	};
	return {
		...forge,
		branches: {
			...branches,
			commit: guarded(branches.commit, ({ branch, message, changes }) => {
				const [subject = ""] = message.split("\n");
				return `commit to the branch ${branch}: ${JSON.stringify(subject)}, files: ${changes.map(({ path }) => path).join(", ")}`;
			}),
			setBranch: guarded(branches.setBranch, ({ branch, to }) => `set the branch ${branch} to ${to}`)
		},
		pullRequests: {
			...pullRequests,
			open: guarded(pullRequests.open, ({ title, head, base }) => `open the pull request ${JSON.stringify(title)}, ${head} into ${base}`),
			update: guarded(pullRequests.update, (number) => `update pull request #${number}`),
			comment: guarded(pullRequests.comment, (number) => `comment on pull request #${number}`),
			merge: guarded(pullRequests.merge, (number) => `merge pull request #${number}`)
		},
		statuses: {
			...statuses,
			set: guarded(statuses.set, (commit, { context }) => `set the status ${context} of commit ${commit}`)
		},
		...defined({
			workflowRuns: workflowRuns && {
				...workflowRuns,
				start: guarded(workflowRuns.start, ({ workflow, branch }) => `start the workflow ${workflow} on ${branch}`)
			},
			attestations: attestations && { keep: guarded(attestations.keep, () => "write an attestation") },
			issues: issues && {
				...issues,
				open: guarded(issues.open, ({ title }) => `open the issue ${JSON.stringify(title)}`),
				update: guarded(issues.update, ({ number }) => `update issue #${number}`),
				close: guarded(issues.close, ({ number }) => `close issue #${number}`)
			}
		})
	};
}
// src/world/forge/without-token.ts
init_errors();
/**
* A repository on GitHub by plain git, because there is no token: branches work, and that is enough to steer a fleet.
* Its pull requests and statuses are on GitHub, so they are refused: an empty list would be wrong.
*/
function withoutToken(forge, host) {
	const refuse = (what) => async () => {
		throw new InputError({
			where: forge.place,
			problem: `${what} of this repository are on GitHub, and no token for it was found`,
			expected: "a token in GH_TOKEN or GITHUB_TOKEN, or a login of the program gh",
			remedy: `Log in: gh auth login --hostname ${host}. With --forge git, records on the remote take their place.`
		});
	};
	const pullRequests = refuse("pull requests");
	const statuses = refuse("statuses");
	return {
		...forge,
		pullRequests: {
			list: pullRequests,
			find: pullRequests,
			latest: pullRequests,
			findByCommit: pullRequests,
			open: pullRequests,
			update: pullRequests,
			comment: pullRequests,
			merge: pullRequests
		},
		statuses: {
			set: statuses,
			list: statuses
		}
	};
}
// src/world/forge/open-forge.ts
init_errors();
/**
* Opens the forge of a checkout. In a workflow run it is GitHub. Elsewhere it is the checkout's remote: GitHub if the
* remote is there and a token is available, plain git if not. A checkout without a remote is its own forge.
* @param git the top of the checkout
* @throws InputError when it does not say which remote, or the wanted forge cannot be opened
*/
async function openForge(git, options) {
	const forge = await openForgeOf(git, options);
	return isRehearsal() ? rehearseWrites(forge) : forge;
}
async function openForgeOf(git, options) {
	const { env, log } = options;
	const run = readGitHubRun(env);
	if (run !== void 0) {
		const forge = await openGitHub(git, run, options);
		return env.GITHUB_ACTIONS === "true" ? forge : announced(forge, log);
	}
	const wanted = wantedForge(env);
	const remote = await findRemote(git, env.COXSWAIN_REMOTE || void 0);
	const gitHub = remote === void 0 || wanted === "git" ? void 0 : await gitHubOf(remote, env);
	if (remote === void 0 || gitHub === void 0) {
		if (wanted === "github") throw notOnGitHub(git, remote);
		const forge = await openGitForge(git, remote);
		return remote === void 0 ? announceWrites(forge, `${forge.place} alone, not to a remote`, log) : announced(forge, log);
	}
	return openWithGitHub(git, remote, gitHub, options);
}
async function openWithGitHub(git, remote, gitHub, options) {
	const { env, log } = options;
	const token = await findToken(gitHub.host, env);
	if (token !== void 0 || wantedForge(env) === "github") return announced(await openGitHub(git, {
		...gitHub,
		token,
		pullRequest: void 0,
		readOnly: void 0
	}, options), log);
	const forge = withoutToken(await openGitForge(git, remote), gitHub.host);
	return announceWrites(forge, `${forge.place} by git, because no token for GitHub was found`, log);
}
function announced(forge, log) {
	return announceWrites(forge, forge.place, log);
}
function notOnGitHub(git, remote) {
	return new InputError({
		where: git.directory,
		field: "--forge",
		problem: remote === void 0 ? "this checkout has no remote on GitHub" : `the address of its remote ${remote.name} is not on GitHub`,
		found: remote?.url ?? "no remote",
		remedy: "Name the remote with --remote, or set GITHUB_REPOSITORY=OWNER/NAME."
	});
}
/** Loaded only when needed: GitHub's client takes a third of the whole time of a quick verb. */
async function openGitHub(...args) {
	const { openGitHubForge } = await import("./github-forge.mjs");
	return openGitHubForge(...args);
}
// src/project/checkout.ts
init_errors();
/**
* Opens the checkout that holds `directory`, and its forge: see openForge.
* @throws InputError when it is not in a git repository, coxswain.yaml is missing or wrong, or the forge is unclear
*/
async function openCheckout(options) {
	const root = await findRoot(options.directory);
	const config = await readConfig(root);
	const git = new Git(root);
	return {
		root,
		config,
		git,
		forge: await openForge(git, options),
		client: createRegistryClient({
			env: options.env,
			log: options.log
		}),
		log: options.log
	};
}
/** Top folder of the checkout that holds a directory. @throws InputError outside a git repository */
async function findRoot(directory) {
	const root = await new Git(directory).try(["rev-parse", "--show-toplevel"]);
	if (root !== void 0) return root;
	throw new InputError({
		field: "--directory",
		problem: existsSync(directory) ? "not inside a git work tree" : "this folder does not exist",
		found: directory,
		remedy: "Run this in a clone of your repository, or make one: git init, then coxswain init."
	});
}
// src/project/configuration/ring-gates.ts
/** undefined for a fleet whose rollouts open by time alone. */
function ringGatesOf({ rings, fleets }, fleet) {
	const threshold = fleets[fleet]?.successThreshold;
	if (threshold === void 0) return void 0;
	return {
		threshold,
		gates: rings.filter((ring) => isNamed(ring) && ring.wariness < 1).filter(({ name }) => threshold.rings?.includes(name) ?? true).map(({ name, wariness }) => ({
			ring: name,
			wariness
		})),
		steps: [...new Set(rings.map(({ wariness }) => wariness))]
	};
}
// src/world/forge/pinned-branch.ts
/**
* The same branches for readers, with one of them at the commit that was seen: what is read of it belongs together, and
* nobody is asked where it is.
* @param commit undefined: there is no such branch
*/
function pinnedBranch(branches, name, commit) {
	return {
		...branches,
		resolve: async (other) => other === name ? commit : branches.resolve(other)
	};
}
// src/release/state/release-record.ts
init_errors();
const digest = custom((value) => typeof value === "string" && isDigest(value), { message: "not a sha256 digest" });
const imageSchema = looseObject({
	architecture: _enum(architectures),
	/** `repository:tag`, the tag being the release's version. */
	image: string().min(1),
	/** `repository@digest` of the manifest for this architecture, as read back from production. */
	digestRef: string().regex(/^[^@]+@sha256:[0-9a-f]{64}$/, "not repository@sha256:…"),
	/** Digest of the evidence that this image passed the tests. */
	evidence: digest.optional()
});
const recordSchema = looseObject({
	version: string().min(1),
	fleet: string().min(1),
	/** Source commit, on the fleet's branch. */
	commit: string().regex(/^[0-9a-f]{40,64}$/, "not a full commit name"),
	buildKey: string().regex(/^[0-9a-f]{64}$/, "not a build key (64 hex digits)"),
	baseVersion: string().min(1),
	/** The image's own creation time, ISO 8601: grows strictly along a fleet's releases. */
	created: string().refine((text) => !Number.isNaN(Date.parse(text)), "not an ISO 8601 time"),
	/** When the release was recorded, UNIX seconds. */
	recordedAt: int().nonnegative(),
	/** Start of the first rollout, UNIX seconds; the update metadata no longer has it after a clean-up. */
	rolloutStart: int().nonnegative().optional(),
	/** When the first rollout was planned to be complete, UNIX seconds. */
	rolloutEnd: int().nonnegative().optional(),
	images: array(imageSchema).min(1),
	/** The fleet that had this version before. */
	promotedFrom: string().optional(),
	/** One of its images has no evidence: the reason, and who accepted it. */
	acceptedMissingEvidence: object({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** Scanners found more than the fleet allows, or a report is missing: why it was accepted, and by whom. */
	acceptedVulnerabilities: object({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** It did not soak, for this reason. */
	urgent: looseObject({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** It restores the content of an earlier release. */
	rollBack: looseObject({
		insteadOf: string().min(1),
		restores: string().min(1),
		reason: string().min(1),
		by: string().min(1)
	}).optional()
});
/** @throws InputError naming file and field */
function parseRecord(text, where) {
	let json;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON",
			expected: "the record of a release"
		}, { cause: error });
	}
	const parsed = recordSchema.safeParse(json);
	const issue = parsed.error?.issues[0];
	if (issue !== void 0 || parsed.data === void 0) throw new InputError({
		where,
		field: issue?.path.join(".") ?? "",
		problem: `not the record of a release: ${issue?.message ?? "wrong shape"}`
	});
	return parsed.data;
}
/** The text as it is on the state branch: indent of two spaces, a final newline. */
function formatRecord(record) {
	return `${JSON.stringify(record, null, 2)}\n`;
}
// src/release/state/fleet-files.ts
init_errors();
/** Folder of a fleet on the state branch. */
function fleetFolder(fleet) {
	return `fleets/${fleet}`;
}
/**
* Reads a fleet's files, and refuses files that contradict each other: people may edit them, and a mistake must not
* reach a node.
* @param files path on the state branch → text
* @throws InputError naming branch, commit, file and field
*/
function parseFleet(files, options) {
	const { fleet, config, commit } = options;
	const folder = fleetFolder(fleet);
	const place = (file) => `${config.stateBranch} (commit ${commit === void 0 ? "none" : shortCommit(commit)}): ${file}`;
	const releasesFile = `${folder}/releases.json`;
	const updatesFile = `${folder}/updates.json`;
	const operationsFile = `${folder}/operations.json`;
	const adoptionFile = `${folder}/adoption.json`;
	const releasesText = files.get(releasesFile);
	const updatesText = files.get(updatesFile);
	const records = {};
	for (const [path, text] of files) {
		if ([
			releasesFile,
			updatesFile,
			operationsFile,
			adoptionFile
		].includes(path)) continue;
		const version = /^records\/([^/]+)\.json$/.exec(path.slice(folder.length + 1))?.[1];
		if (version === void 0) throw unexpected(place(path));
		const record = parseRecord(text, place(path));
		expectSame(place(path), "version", record.version, version);
		expectSame(place(path), "fleet", record.fleet, fleet);
		records[version] = record;
	}
	const releases = releasesText === void 0 ? emptyReleaseIndex(config.stream, 0) : parseReleaseIndex(releasesText, place(releasesFile));
	const updates = updatesText === void 0 ? emptyUpdateMetadata(config.stream, 0) : parseUpdateMetadata(updatesText, place(updatesFile));
	expectSame(place(releasesFile), "stream", releases.stream, config.stream);
	expectSame(place(updatesFile), "stream", updates.stream, config.stream);
	const versions = /* @__PURE__ */ new Set();
	for (const [index, release] of releases.releases.entries()) {
		const field = `releases[${index}]`;
		const images = release["oci-images"] ?? [];
		if (images.length === 0 || images.some((image) => image["digest-ref"] === "")) throw new InputError({
			where: place(releasesFile),
			field: `${field}.oci-images`,
			problem: `release ${release.version} lacks an image, so no node could find itself or update to it`,
			expected: "one {architecture, image, digest-ref} for each architecture"
		});
		versions.add(release.version);
	}
	for (const [index, entry] of updates.releases.entries()) {
		if (versions.has(entry.version)) continue;
		throw new InputError({
			where: place(updatesFile),
			field: `releases[${index}].version`,
			problem: `fleet ${fleet} has no such release, so this entry would have no effect`,
			found: entry.version,
			expected: "a version that releases.json has"
		});
	}
	const operationsText = files.get(operationsFile);
	const operations = operationsText === void 0 ? noOperations : parseOperations(operationsText, place(operationsFile));
	for (const list of [
		"paused",
		"staged",
		"withdrawn"
	]) for (const [index, { version }] of (operations[list] ?? []).entries()) {
		if (versions.has(version)) continue;
		throw new InputError({
			where: place(operationsFile),
			field: `${list}[${index}].version`,
			problem: `fleet ${fleet} has no such release`,
			found: version,
			expected: "a version that releases.json has"
		});
	}
	for (const version of Object.keys(records)) {
		if (versions.has(version)) continue;
		throw new InputError({
			where: place(releasesFile),
			field: "releases",
			problem: `release ${version} has a record but is missing here; a release is never removed`,
			remedy: `Restore it at its old position (git log ${config.stateBranch} -- ${releasesFile}).`
		});
	}
	const adoptionText = files.get(adoptionFile);
	if (adoptionText === void 0) return {
		releases,
		updates,
		records,
		operations
	};
	const adoption = parseAdoption(adoptionText, place(adoptionFile));
	expectSame(place(adoptionFile), "fleet", adoption.fleet, fleet);
	return {
		releases,
		updates,
		records,
		operations,
		adoption
	};
}
/**
* The files that differ. A part that is the same object keeps its text and format.
* @throws Error if the change removes or reorders releases, which no caller may do
*/
function changedFleetFiles(fleet, before, after, files) {
	refuseLoss(fleet, before, after);
	const folder = fleetFolder(fleet);
	const wanted = /* @__PURE__ */ new Map();
	if (after.releases !== before.releases) wanted.set(`${folder}/releases.json`, formatReleaseIndex(after.releases));
	if (after.updates !== before.updates) wanted.set(`${folder}/updates.json`, formatUpdateMetadata(after.updates));
	if (after.operations !== before.operations) wanted.set(`${folder}/operations.json`, formatOperations(after.operations) ?? null);
	if (after.adoption !== before.adoption) wanted.set(`${folder}/adoption.json`, after.adoption === void 0 ? null : formatAdoption(after.adoption));
	for (const [version, record] of Object.entries(after.records)) if (record !== before.records[version]) wanted.set(`${folder}/records/${version}.json`, formatRecord(record));
	return [...wanted].filter(([path, content]) => (files.get(path) ?? null) !== content).map(([path, content]) => ({
		path,
		content
	}));
}
function refuseLoss(fleet, before, after) {
	for (const [index, release] of before.releases.releases.entries()) {
		if (after.releases.releases[index]?.version === release.version) continue;
		throw new Error(`a change to fleet ${fleet} removes or reorders release ${release.version}`);
	}
	for (const version of Object.keys(before.records)) if (after.records[version] === void 0) throw new Error(`a change to fleet ${fleet} removes the record of ${version}`);
}
function unexpected(where) {
	return new InputError({
		where,
		problem: "an unexpected file on the state branch",
		expected: "releases.json, updates.json, operations.json, adoption.json and records/<version>.json only",
		remedy: "Remove it with a commit on that branch."
	});
}
function expectSame(where, field, found, expected) {
	if (found !== expected) throw new InputError({
		where,
		field,
		problem: "this file is not expected here",
		found,
		expected: JSON.stringify(expected)
	});
}
// src/release/state/state.ts
/**
* Opens the state branch, which may not exist yet.
* @param confirmFirstRelease is asked about every fleet that has no release on it; default: such a fleet is new
*/
function openState(branches, config, confirmFirstRelease) {
	const branch = config.stateBranch;
	async function read(fleet) {
		const commit = await branches.resolve(branch);
		const files = commit === void 0 ? /* @__PURE__ */ new Map() : await branches.readFolder(commit, fleetFolder(fleet));
		const state = parseFleet(files, {
			fleet,
			config,
			commit
		});
		if (state.releases.releases.length === 0) await confirmFirstRelease?.(fleet, { branchExists: commit !== void 0 });
		return {
			commit,
			files,
			state
		};
	}
	return {
		readFleet: async (fleet) => (await read(fleet)).state,
		readTexts: async (fleet) => (await read(fleet)).files,
		changeFleet: (fleet, message, change) => untilNotStale(async () => {
			const { commit, files, state } = await read(fleet);
			const after = change(state);
			const changes = after === state ? [] : changedFleetFiles(fleet, state, after, files);
			if (changes.length === 0) return {
				changed: false,
				commit
			};
			if (commit === void 0) changes.push({
				path: "README.md",
				content: stateReadme
			});
			const said = typeof message === "string" ? message : message();
			return {
				changed: true,
				commit: await branches.commit({
					branch,
					parent: commit,
					changes,
					message: said
				})
			};
		}),
		ringGates: (fleet) => ringGatesOf(config, fleet),
		at: (commit) => ({
			...openState(pinnedBranch(branches, branch, commit), config, confirmFirstRelease),
			changeFleet: () => Promise.reject(/* @__PURE__ */ new Error("the state of one commit cannot be changed"))
		}),
		previewFleet: async (fleet, change) => {
			const { files, state } = await read(fleet);
			const after = change(state);
			return (after === state ? [] : changedFleetFiles(fleet, state, after, files)).map(({ path, content }) => ({
				path,
				before: files.get(path),
				after: content === null ? void 0 : String(content)
			}));
		}
	};
}
/** README.md of the state branch. */
const stateReadme = `# State of the fleets

Coxswain keeps on this branch what every fleet runs and how updates reach it. It shares no history with the
branches your images are built from.

    fleets/<fleet>/releases.json            the fleet's releases, oldest first (FCOS release index)
    fleets/<fleet>/updates.json             rollouts, barriers and dead-ends (FCOS update metadata)
    fleets/<fleet>/operations.json          what operators paused, held and withdrew, and why
    fleets/<fleet>/adoption.json            how many nodes run what, if coxswain observe records it
    fleets/<fleet>/records/<version>.json   where each release came from: commit, build key, images, evidence

Every change is a commit. To steer updates, run \`coxswain edit-updates\`, or edit \`updates.json\` here in a pull request
that \`coxswain lint-updates\` judges; \`coxswain publish-updates\` then turns it into the files that nodes read. Releases are only ever
added, at the end: removing or reordering them would strand nodes.
`;
init_errors();
init_fetch_whole();
const patience = 3e4;
const entrySchema = object({
	url: string(),
	etag: string(),
	body: string()
});
/** Folder for answers between runs: `$XDG_CACHE_HOME/coxswain/upstream`. */
function upstreamCache(env) {
	return cacheFolder("upstream", env);
}
/**
* Reads a document by HTTP. A cached copy is used only if the server confirms by its ETag that it has not changed: an
* old copy could lack the newest barrier.
* @param options.parse reads the text; a text that it refuses is not cached
* @throws OutsideError that says what was tried
*/
async function cachedGet(url, options) {
	const { parse, cacheFolder, log, retryDelays = [500, 2e3] } = options;
	const file = join(cacheFolder, `${createHash("sha256").update(url).digest("hex")}.json`);
	const known = await readEntry(file, url);
	const delays = retryDelays.values();
	for (;;) {
		const answer = await request(url, known?.etag);
		if (answer.kind === "unchanged" && known !== void 0) {
			log.detail(`${url} has not changed`);
			return parseAnswer(url, known.body, parse);
		}
		if (answer.kind === "text") {
			const value = parseAnswer(url, answer.body, parse);
			if (answer.etag !== void 0) await keep(file, {
				url,
				etag: answer.etag,
				body: answer.body
			}, log);
			return value;
		}
		const happened = answer.kind === "unchanged" ? "it answered \"not changed\" to a request without an ETag" : answer.happened;
		const delay = answer.kind === "failed" && answer.passing ? delays.next().value : void 0;
		if (delay === void 0) throw failure(url, happened);
		await setTimeout$1(delay);
	}
}
async function request(url, etag) {
	try {
		const response = await fetchWhole(url, {
			headers: {
				accept: "application/json",
				...defined({ "if-none-match": etag })
			},
			timeout: patience
		});
		if (response.status === 304) return { kind: "unchanged" };
		if (response.ok) return {
			kind: "text",
			body: await response.text(),
			etag: response.headers.get("etag") ?? void 0
		};
		response.discard();
		return {
			kind: "failed",
			happened: `the server answered ${response.status}`,
			passing: response.status >= 500 || response.status === 429
		};
	} catch (error) {
		const cause = error instanceof Error && error.cause !== void 0 ? error.cause : error;
		return {
			kind: "failed",
			happened: messageOf$1(cause),
			passing: true
		};
	}
}
function parseAnswer(url, text, parse) {
	try {
		return parse(text);
	} catch (error) {
		throw failure(url, `the answer is not update guidance: ${messageOf$1(error)}`);
	}
}
function failure(url, happened) {
	return new OutsideError(`reading the base's own update guidance from ${url}`, happened, "Without it the barriers of the base are not known. Running the same command again is safe; the address is \"upstream\" in coxswain.yaml, and \"upstream: none\" switches this off.");
}
async function readEntry(file, url) {
	try {
		const entry = entrySchema.safeParse(JSON.parse(await readFileIfThere(file) ?? "null"));
		return entry.data?.url === url ? entry.data : void 0;
	} catch {
		return;
	}
}
async function keep(file, entry, log) {
	try {
		await writeFileAtomically(file, JSON.stringify(entry));
	} catch (error) {
		log.detail(`cannot keep a copy in ${file}: ${messageOf$1(error)}`);
	}
}
const index = openObject("a release index: {releases}", { releases: array(openObject("a release: {version}", { version: someText("a version") }), { error: "the list of releases, oldest first" }).min(1, { error: "at least one release" }) });
/** A way to read upstream's guidance, at most once. */
function upstreamReader(config, context) {
	let reading;
	return () => {
		reading ??= read$1(config, context);
		return reading;
	};
}
async function read$1({ upstream }, { env, log, retryDelays }) {
	if (upstream === void 0) return void 0;
	const options = {
		cacheFolder: upstreamCache(env),
		log,
		...defined({ retryDelays })
	};
	const [order, updates] = await Promise.all([cachedGet(upstream.releases, {
		...options,
		parse: (text) => readDocument$1(index, text, { where: "releases.json" }).releases.map(({ version }) => version)
	}), cachedGet(upstream.updates, {
		...options,
		parse: (text) => parseGraphUpdates(text, "updates.json").releases
	})]);
	return {
		order,
		updates
	};
}
// src/world/refuse-credentials.ts
init_errors();
/**
* Refuses an address with a user name or a password in it: messages and logs would repeat it. `fetch` refuses such an
* address too, and its error prints the password.
* @throws InputError, which does not repeat them
*/
function refuseCredentials(url, field) {
	if (url.username === "" && url.password === "") return;
	throw new InputError({
		field,
		problem: "this address has a user name or a password in it",
		found: `${url.protocol}//…@${url.host}${url.pathname}`,
		remedy: "Serve the files without a login, or copy them to a folder and name that."
	});
}
// src/release/published/fleet-artifact.ts
/** Each layer is one file. Its title is the file's path, which is what `oras pull` expects. */
const updatesArtifactType = "application/vnd.coxswain.updates.v1+json";
/** `<image>:updates-<fleet>` */
function artifactReference(config, fleet) {
	return atTag(config.image, `updates-${fleet}`);
}
// src/release/published/published-files.ts
init_errors();
init_fetch_whole();
const timeoutMilliseconds = 3e4;
function filesInFolder(folder) {
	return {
		where: folder,
		whereIs: () => folder,
		read: (path) => readFileIfThere(join(folder, path))
	};
}
/** @throws InputError if this is not the URL of a web server */
function filesAtUrl(site) {
	const base = URL.parse(site.endsWith("/") ? site : `${site}/`);
	if (base === null || !["http:", "https:"].includes(base.protocol)) throw new InputError({
		field: "--site",
		problem: "not a folder, and not a URL",
		found: site
	});
	refuseCredentials(base, "--site");
	return {
		where: base.href,
		whereIs: () => base.href,
		read: (path) => readUrl(new URL(encodePath(path), base))
	};
}
/**
* The artifacts `<image>:updates-<fleet>`. Each manifest is read once, and each file when it is needed.
* @param chosen fleet → the artifact to read, in place of the one that the tag has
*/
function filesInArtifacts(client, config, chosen = /* @__PURE__ */ new Map()) {
	const manifests = /* @__PURE__ */ new Map();
	const placeOf = (fleet) => {
		const digest = chosen.get(fleet);
		return digest === void 0 ? artifactReference(config, fleet) : atDigest(config.image, digest);
	};
	const whereIs = (fleet) => formatReference(artifactReference(config, fleet));
	return {
		where: `${formatRepository(config.image)}:updates-…`,
		whereIs,
		read: async (path) => {
			const fleet = path.split("/")[0];
			const asked = manifests.get(fleet) ?? client.findManifest(placeOf(fleet));
			manifests.set(fleet, asked);
			const manifest = await asked;
			if (manifest === void 0 || isIndex(manifest.json)) return void 0;
			const layer = manifest.json.layers.find((each) => each.annotations?.[titleAnnotation] === path);
			if (layer === void 0) return void 0;
			return new TextDecoder().decode(await client.getBlob(config.image, layer.digest));
		}
	};
}
function encodePath(path) {
	return path.split("/").map(encodeURIComponent).join("/");
}
async function readUrl(url) {
	const tried = `reading ${url.href}`;
	let response;
	try {
		response = await fetchWhole(url, { timeout: timeoutMilliseconds });
		if (response.status === 200) return await response.text();
		response.discard();
	} catch (error) {
		const cause = error instanceof Error && error.cause !== void 0 ? `: ${messageOf$1(error.cause)}` : "";
		throw new OutsideError(tried, `${messageOf$1(error)}${cause}`, void 0, { cause: error });
	}
	if (response.status === 404 || response.status === 410) return void 0;
	throw new OutsideError(tried, `the server answered ${response.status}`);
}
// src/release/witnesses/testimony.ts
init_errors();
/**
* The places, besides the state branch, that know what was published: the artifact in the registry, and the site at
* publish.url if there is one.
*/
function openWitnesses(config, client) {
	const { url } = config.publish;
	return [filesInArtifacts(client, config), ...url === void 0 ? [] : [filesAtUrl(url)]];
}
/** Asks one witness about a fleet. A witness that cannot be read gives no answer: that is not an error here. */
async function askWitness(files, fleet) {
	const witness = files.whereIs(fleet);
	try {
		const path = `${fleet}/releases.json`;
		const text = await files.read(path);
		if (text === void 0) return {
			witness,
			answer: "nothing"
		};
		const versions = parseReleaseIndex(text, path).releases.map(({ version }) => version);
		return versions.length === 0 ? {
			witness,
			answer: "no release"
		} : {
			witness,
			answer: "releases",
			versions
		};
	} catch (error) {
		if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
		return {
			witness,
			answer: "none",
			why: messageOf$1(error)
		};
	}
}
// src/release/witnesses/first-release.ts
init_errors();
/**
* Decides whether a fleet without any release on the state branch is really new. A fresh clone, a typo in
* `state-branch` and a deleted branch look the same as a new fleet, so the other witnesses are asked. Each fleet is
* asked about once.
* @param options.firstRelease the operator says that it is new: a witness that gives no answer then does not matter
*/
function firstReleaseCheck(options) {
	const asked = /* @__PURE__ */ new Map();
	return (fleet, state) => {
		const answer = asked.get(fleet) ?? confirm(fleet, state.branchExists, options);
		asked.set(fleet, answer);
		return answer;
	};
}
async function confirm(fleet, branchExists, { config, witnesses, firstRelease, log }) {
	const branch = config.stateBranch;
	const heard = await Promise.all(witnesses.map((witness) => askWitness(witness, fleet)));
	const knowing = heard.find((testimony) => testimony.answer === "releases");
	if (knowing !== void 0) throw lostState({
		fleet,
		branch,
		branchExists,
		knowing
	});
	const silent = heard.find((testimony) => testimony.answer === "none");
	const isSettled = branchExists && heard.some(({ answer }) => answer === "no release");
	if (silent !== void 0 && !firstRelease && !isSettled) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `branch ${branch} has no release of this fleet, and ${silent.witness} gives no answer, so that this may not be its first release (${silent.why.replace(/\.$/, "")})`,
		remedy: "Run the same command again when it answers. If this is the first release of the fleet, add --first-release."
	});
	const names = [`branch ${branch}`, ...heard.filter(({ answer }) => answer !== "none").map(nameOf$1)];
	log.info(`fleet ${fleet}: first release (no release in ${names.join(", ")})`);
}
function nameOf$1({ witness }) {
	return witness;
}
function lostState(facts) {
	const { fleet, branch, branchExists, knowing } = facts;
	const { witness, versions } = knowing;
	const count = versions.length === 1 ? "1 release" : `${versions.length} releases`;
	return new InputError({
		where: `fleet ${fleet}`,
		problem: `${branchExists ? `branch ${branch} has no release of this fleet` : `branch ${branch} does not exist`}, but ${witness} has ${count} (the newest is ${versions.at(-1)})`,
		remedy: `Fetch the branch (git fetch origin ${branch}:${branch}), or correct state-branch in coxswain.yaml. If the branch was lost, restore it: coxswain restore-state.`
	});
}
// src/release/project.ts
/**
* Opens the checkout that holds `directory`, and the state branch of its forge.
* @param options.firstRelease a fleet that seems new is accepted as new, even if a witness gives no answer
* @throws as openCheckout does
*/
async function openProject(options) {
	const checkout = await openCheckout(options);
	const { config, client, log } = checkout;
	const confirmFirstRelease = firstReleaseCheck({
		config,
		witnesses: openWitnesses(config, client),
		firstRelease: options.firstRelease === true,
		log
	});
	const openStateOn = (branches) => openState(branches, config, confirmFirstRelease);
	return {
		...checkout,
		state: openStateOn(checkout.forge.branches),
		openStateOn,
		readUpstream: upstreamReader(config, options)
	};
}
// src/release/promoted-digest.ts
/**
* The digest that the tags of a release point at in the production repository: that of the index, or of the only
* image. Undefined for a release of another repository.
*/
function promotedDigest(config, release) {
	const images = (release["oci-images"] ?? []).map((image) => image["digest-ref"]);
	const text = release["oci-index"] || (images.length === 1 ? images[0] : void 0);
	if (text === void 0 || text === "") return void 0;
	const reference = parseReference(text);
	return reference.kind === "digest" && sameRepository(reference.repository, config.image) ? reference.digest : void 0;
}
// src/release/follow-offer.ts
init_errors();
/**
* The releases that each floating tag may lead to, oldest first. A fleet's own tag follows that fleet alone. The stream
* label and a base version follow all fleets: a release that one of them has withdrawn is not offered by them.
*/
function floatingTags(config, states) {
	const badAnywhere = new Set(Object.values(states).flatMap(notOffered));
	const tags = /* @__PURE__ */ new Map();
	for (const fleet of Object.values(config.fleets)) {
		const state = states[fleet.name];
		if (state === void 0) continue;
		const bad = new Set(notOffered(state));
		const releases = state.releases.releases;
		for (const [index, release] of releases.entries()) {
			const digest = promotedDigest(config, release);
			if (digest === void 0) continue;
			const { version } = release;
			const record = state.records[version];
			const about = record === void 0 ? { version } : {
				version,
				baseVersion: record.baseVersion
			};
			for (const { tag, rule } of planTags(config, fleet, about, "promote-image")) {
				if (rule === "fixed") continue;
				const image = {
					version,
					digest,
					created: record === void 0 ? 0 : Date.parse(record.created),
					rule,
					offered: !(rule === "fleet" ? bad : badAnywhere).has(version),
					recent: index >= releases.length - 2
				};
				tags.set(tag, [...tags.get(tag) ?? [], image]);
			}
		}
	}
	return new Map([...tags].map(([tag, images]) => [tag, inOrder(images)]));
}
/** A tag that a fleet owns follows its owner, once that has a release. */
function inOrder(images) {
	const owned = images.filter(({ rule }) => rule === "fleet");
	return owned.length > 0 ? owned : images.toSorted((one, other) => one.created - other.created);
}
/** Versions that a new node of the fleet must not get. */
function notOffered({ operations, updates }) {
	const deadends = updates.releases.filter(({ metadata }) => metadata.deadend !== void 0);
	return [...operations.withdrawn ?? [], ...deadends].map(({ version }) => version);
}
/**
* Moves the floating tags to what the fleets offer now. The state branch says what that is, and the tags follow. Verbs
* call it after they changed the state. A second call does what a first one left undone.
*
* A tag moves only off a withdrawn or dead-end release, or on to a newer one. The tag of a fleet without a release moves
* only off such a release. A tag stays if it does not exist or leads to an image that is not a release yet:
* promote-image sets it.
* @param fleet whose state was changed; default: all
* @throws OutsideError if the registry does not answer
*/
async function followOffer(project, fleet) {
	const { config, client, log } = project;
	const { states, complete } = await readStates(project, fleet);
	const moved = [];
	for (const [tag, images] of floatingTags(config, states)) {
		if (!complete && !images.every(({ rule }) => rule === "fleet")) continue;
		if (images.every(({ offered, recent }) => offered && !recent)) continue;
		const reference = atTag(config.image, tag);
		const now = (await client.resolve(reference))?.digest;
		const current = images.findLast(({ digest }) => digest === now);
		if (now === void 0 || current === void 0) continue;
		if (current.rule === "first" && current.offered) continue;
		const best = images.findLast(({ offered }) => offered);
		if (best === void 0) {
			if (images.some(({ recent }) => recent)) warnStuck(log, formatReference(reference), current.version);
			continue;
		}
		if (best.digest === now) continue;
		const { bytes, descriptor } = await client.getManifest(atDigest(config.image, best.digest));
		await client.putManifest(config.image, tag, bytes, descriptor.mediaType);
		await requireMoved(project, tag, best.digest);
		moved.push({
			tag,
			from: now,
			to: best.digest,
			version: best.version
		});
	}
	return moved;
}
/**
* The same for verbs that have changed the state by now: a registry that does not answer must not hide that. The tags
* follow when publish-updates runs.
*/
async function followOfferOrWarn(project, fleet) {
	try {
		return await followOffer(project, fleet);
	} catch (error) {
		if (!(error instanceof OutsideError)) throw error;
		project.log.warn(`the change is made, and the floating tags could not follow it: ${error.message} publish-updates moves them, too.`);
		return [];
	}
}
function warnStuck(log, reference, version) {
	log.warn(`${reference} still leads to ${version}, which is no longer offered: no other release may have this tag`);
}
async function requireMoved({ config, client }, tag, digest) {
	const reference = atTag(config.image, tag);
	const now = (await client.resolve(reference))?.digest;
	if (now === digest) return;
	throw new OutsideError(`tagging ${formatReference(reference)}`, `it was set to ${digest}, and points at ${now ?? "nothing"} now`, "Run the same command again.");
}
/** @returns complete: every configured fleet could be read */
async function readStates({ config, state, log }, fleet) {
	const states = {};
	let complete = true;
	for (const name of Object.keys(config.fleets)) try {
		states[name] = await state.readFleet(name);
	} catch (error) {
		if (name === fleet || !(error instanceof InputError)) throw error;
		log.warn(`the tags that all fleets share stay as they are: ${error.message}`);
		complete = false;
	}
	return {
		states,
		complete
	};
}
/** One line for each moved tag, for people. */
function describeMovedTags(moved) {
	return moved.map(({ tag, version }) => `tag ${tag} leads to ${version} now`);
}
// src/release/operations/staged-rollout.ts
/** How a release opens ring by ring; undefined if it does not. */
function stagedOf({ operations }, version) {
	return operations.staged?.find((each) => each.version === version);
}
/** Replaces what is known about one staged rollout; undefined forgets it. */
function withStaged(state, version, staged) {
	const { staged: list = [], ...rest } = state.operations;
	if (staged === void 0 && !list.some((each) => each.version === version)) return state;
	const others = list.filter((each) => each.version !== version);
	const next = staged === void 0 ? others : [...others, staged];
	return {
		...state,
		operations: next.length === 0 ? rest : {
			...rest,
			staged: next
		}
	};
}
/** The plan of a rollout that was paused moves by the length of the pause, as the rollout itself does. */
function withResumedPlan(state, version, stood) {
	const staged = stagedOf(state, version);
	if (staged === void 0) return state;
	return withStaged(state, version, {
		...staged,
		rollout: resumedRollout(staged.rollout, stood)
	});
}
init_errors();
/** Position of a release; -1 if the fleet has no such release. */
function ageOf(state, version) {
	return state.releases.releases.findIndex((release) => release.version === version);
}
/** @throws InputError for a version that the fleet does not have */
function requireRelease(state, fleet, version) {
	if (ageOf(state, version) >= 0) return version;
	const versions = state.releases.releases.map((release) => release.version);
	const meant = nearest(version, versions);
	throw new InputError({
		field: "--version",
		problem: `fleet ${fleet} has no such release`,
		found: version,
		expected: versions.length === 0 ? "a release: this fleet has none yet" : `one such as ${versions.at(-1)}`,
		...defined({ remedy: meant && `Did you mean ${meant}?` })
	});
}
/** What the update metadata says about a version: several entries for it are merged, as upstream merges them. */
function metadataOf(updates, version) {
	const all = updates.releases.filter((entry) => entry.version === version).map((entry) => entry.metadata);
	const rollouts = all.map(({ rollout }) => rollout).filter((rollout) => rollout !== void 0);
	return {
		...Object.assign({}, ...all),
		...defined({ rollout: rollouts.length < 2 ? void 0 : Object.assign({}, ...rollouts) })
	};
}
/**
* Changes what is said about one version. It then has one entry, or none if there is nothing to say. New entries are
* inserted in the order of the releases, because of two completed rollouts upstream's clean() keeps the later one in
* the list. Completed rollouts are removed as upstream does, unless nodes would lose their update path.
* @param now UNIX seconds
*/
function setMetadata(state, version, said, now) {
	const { updates } = state;
	const own = updates.releases.filter((entry) => entry.version === version);
	const nothing = [
		said.rollout,
		said.barrier,
		said.deadend
	].every((part) => part === void 0);
	if (nothing && own.length === 0 ? true : own.length === 1 && isDeepStrictEqual(own[0]?.metadata, said)) return state;
	const others = updates.releases.filter((entry) => entry.version !== version);
	const first = updates.releases.findIndex((entry) => entry.version === version);
	const age = ageOf(state, version);
	const newer = others.findIndex((entry) => ageOf(state, entry.version) > age);
	const at = first >= 0 ? first : newer >= 0 ? newer : others.length;
	const entry = {
		...own.at(-1) ?? { version },
		version,
		metadata: said
	};
	const changed = {
		...updates,
		metadata: {
			...updates.metadata,
			"last-modified": formatTime(now)
		},
		releases: nothing ? others : [
			...others.slice(0, at),
			entry,
			...others.slice(at)
		]
	};
	const tidied = tidy(changed, now);
	const { releases } = state;
	const harmless = strandedByTidying({
		releases,
		updates: changed
	}, {
		releases,
		updates: tidied
	}, now).length === 0;
	return withRolloutEnd({
		...state,
		updates: harmless ? tidied : changed
	}, version, said);
}
/** The record keeps the end of a rollout after it is removed from the update metadata, so it follows each change. */
function withRolloutEnd(state, version, { rollout }) {
	const record = state.records[version];
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	if (record === void 0 || end === void 0 || record.rolloutEnd === end) return state;
	return {
		...state,
		records: {
			...state.records,
			[version]: {
				...record,
				rolloutEnd: end
			}
		}
	};
}
/** Versions that must not be offered: withdrawn, or paused. */
function withdrawnOrPaused({ operations }) {
	return new Set([...operations.withdrawn ?? [], ...operations.paused ?? []].map((each) => each.version));
}
/**
* A paused barrier is not in the update metadata and holds no node back, so nothing newer may be offered then.
* @param version a release, or the version of one that is to be added
* @throws InputError
*/
function refuseAroundPausedBarrier(state, fleet, version) {
	const age = ageOf(state, version);
	const barrier = (state.operations.paused ?? []).find((paused) => paused.entry.metadata.barrier !== void 0 && (age < 0 || ageOf(state, paused.version) < age));
	if (barrier === void 0) return;
	throw new InputError({
		where: `fleet ${fleet}`,
		problem: `the barrier ${barrier.version} is paused (${barrier.reason}; by ${barrier.by}), and nodes would go around it`,
		found: version,
		remedy: `Resume it first (coxswain edit-updates --fleet ${fleet} --action resume), or roll out a newer release as the barrier instead of it.`
	});
}
init_errors();
/**
* Takes rollouts out of the update metadata, as upstream pauses, and remembers them: no further node is offered the
* release, and the reached share is kept.
* @param options.version default: every rollout that is not complete
* @param options.duration seconds after which it goes on automatically
*/
function pause(state, order) {
	const { fleet, version, now } = order;
	const known = state.operations.paused ?? [];
	if (version !== void 0) requireRelease(state, fleet, version);
	const open = unfinishedRollouts(state, now).filter((each) => version === void 0 || each === version);
	const again = known.filter((each) => version === void 0 || each.version === version);
	if (open.length === 0 && again.length === 0) throw nothingToPause(state, order);
	let next = state;
	const done = [];
	for (const each of open) {
		next = pauseOne(next, each, order);
		const { progress } = (next.operations.paused ?? []).find((paused) => paused.version === each);
		done.push(`pause ${each} at ${formatPercent(progress)}`);
	}
	for (const each of again.filter((paused) => !open.includes(paused.version))) {
		const said = renewPause(each, order);
		if (said === each) continue;
		next = withPaused(next, [...(next.operations.paused ?? []).map((paused) => paused.version === each.version ? said : paused)]);
		done.push(`go on pausing ${each.version}`);
	}
	const until = order.duration === void 0 ? "" : ` until ${formatTime(now + order.duration)}`;
	if (done.length === 0) {
		const [first] = again;
		return {
			state,
			summary: `${first.version} is paused already, since ${formatTime(first.since)} by ${first.by} (${first.reason})`
		};
	}
	return {
		state: next,
		summary: `${done.join(", ")}${until}`,
		notes: ["no further node is offered it; nodes that run it stay on it, and nodes that have it staged already will boot it"]
	};
}
/** Resumes paused rollouts at the share that they had. @param order.version default: all that are paused */
function resume(state, order) {
	const { fleet, version, now } = order;
	if (version !== void 0) requireRelease(state, fleet, version);
	const paused = (state.operations.paused ?? []).filter((each) => version === void 0 || each.version === version);
	if (paused.length === 0) return {
		state,
		summary: `${version ?? "nothing"} is ${version === void 0 ? "" : "not "}paused`
	};
	let next = state;
	const warnings = [];
	const done = [];
	for (const each of paused) {
		const restored = resumeOne(next, each, now);
		next = restored.state;
		done.push(restored.summary);
		if (metadataOf(next.updates, each.version).deadend !== void 0) warnings.push(`${each.version} is a dead-end: nodes that take it get no further update`);
	}
	return {
		state: next,
		summary: done.join(", "),
		warnings
	};
}
/** Resumes what was paused only until a time that has passed. The same object if there is none. */
function endExpiredPauses(state, now) {
	let next = state;
	const done = [];
	for (const each of state.operations.paused ?? []) {
		if (each.until === void 0 || each.until > now) continue;
		if (each.held === true && holdAt(state.operations, now) !== void 0) continue;
		const restored = resumeOne(next, each, now);
		next = restored.state;
		done.push(`${restored.summary}: the pause ended ${formatTime(each.until)}`);
	}
	return {
		state: next,
		done
	};
}
/** UNIX seconds at which the next pause ends automatically. */
function nextPauseEnd(state) {
	const times = (state.operations.paused ?? []).map(({ until }) => until).filter((until) => until !== void 0);
	return times.length === 0 ? void 0 : Math.min(...times);
}
/** Versions with a rollout that is not complete, oldest first. */
function unfinishedRollouts(state, now) {
	return [...new Set(state.updates.releases.map((entry) => entry.version))].filter((version) => {
		const { rollout } = metadataOf(state.updates, version);
		return rollout !== void 0 && rolloutPhase(rollout, now) !== "complete";
	}).sort((one, other) => ageOf(state, one) - ageOf(state, other));
}
/** Forgets a pause without restoring anything. */
function forgetPause(state, version) {
	const paused = state.operations.paused ?? [];
	const left = paused.filter((each) => each.version !== version);
	return left.length === paused.length ? state : withPaused(state, left);
}
/** Pauses one rollout. @throws InputError for a barrier that nodes would go around */
function pauseOne(state, version, order) {
	const { fleet, reason, by, now, duration, held } = order;
	const { rollout, barrier, ...kept } = metadataOf(state.updates, version);
	if (barrier !== void 0) refuseBeforeTargets(state, fleet, version);
	const paused = {
		version,
		entry: {
			version,
			metadata: { ...defined({
				rollout,
				barrier
			}) }
		},
		since: now,
		progress: rollout === void 0 ? 0 : rolloutProgress(rollout, now),
		reason,
		by,
		at: now,
		...defined({
			until: duration === void 0 ? void 0 : now + duration,
			held: held === true ? held : void 0
		})
	};
	const without = forgetPause(setMetadata(state, version, kept, now), version);
	return withPaused(without, [...without.operations.paused ?? [], paused]);
}
/**
* A barrier without its rollout is offered to all nodes at once, and without the barrier nodes go around it. So the
* whole entry is removed, which is possible while nothing newer is offered.
*/
function refuseBeforeTargets(state, fleet, version) {
	const age = ageOf(state, version);
	const newer = state.updates.releases.find(({ version: other, metadata }) => ageOf(state, other) > age && (metadata.rollout !== void 0 || metadata.barrier !== void 0));
	if (newer === void 0) return;
	throw new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} is a barrier, and while it is paused nodes would go around it to ${newer.version}`,
		remedy: `Pause or withdraw ${newer.version} first.`
	});
}
/** Resumes one rollout at the share that it had. */
function resumeOne(state, paused, now) {
	const { version, since, entry } = paused;
	const said = metadataOf(state.updates, version);
	const forgotten = forgetPause(state, version);
	if (said.rollout !== void 0) return {
		state: forgotten,
		summary: `forget the pause of ${version}: it is rolled out again`
	};
	const { rollout } = entry.metadata;
	const resumed = rollout === void 0 ? void 0 : resumedRollout(rollout, {
		since,
		now
	});
	const next = setMetadata(withResumedPlan(forgotten, version, {
		since,
		now
	}), version, {
		...entry.metadata,
		...defined({ rollout: resumed }),
		...said
	}, now);
	const at = resumed === void 0 ? 0 : rolloutProgress(resumed, now);
	return {
		state: next,
		summary: `resume ${version} at ${formatPercent(at)}`
	};
}
/** The same reason again changes nothing, so that the same command can be run again. */
function renewPause(paused, { reason, by, now, duration }) {
	const asked = paused.until === void 0 ? void 0 : paused.until - paused.at;
	if (paused.held !== true && paused.reason === reason && asked === duration) return paused;
	const { until: _, held: __, ...rest } = paused;
	return {
		...rest,
		reason,
		by,
		at: now,
		...defined({ until: duration === void 0 ? void 0 : now + duration })
	};
}
/** Replaces the list of paused rollouts. */
function withPaused(state, paused) {
	const { paused: _, ...rest } = state.operations;
	return {
		...state,
		operations: paused.length === 0 ? rest : {
			...rest,
			paused
		}
	};
}
function nothingToPause(state, { fleet, version, now }) {
	const about = version ?? state.releases.releases.at(-1)?.version;
	const { rollout, barrier } = about === void 0 ? {} : metadataOf(state.updates, about);
	const complete = rollout !== void 0 && rolloutPhase(rollout, now) === "complete";
	const problem = version === void 0 ? "no rollout is in progress: there is nothing to pause" : complete ? `the rollout of ${version} is complete: every node has been offered it` : barrier !== void 0 ? `${version} is a barrier without a rollout: every older node has been offered it` : `${version} is not offered to any node`;
	return new InputError({
		where: `fleet ${fleet}`,
		problem,
		...defined({ remedy: complete || barrier !== void 0 ? `To take ${about} back from nodes that do not run it yet: --action withdraw --version ${about}.` : void 0 })
	});
}
init_errors();
/** Pauses every rollout that is not complete until the hold ends. Pauses by operators are not changed. */
function pauseForHold(state, order) {
	const { now, reason, by } = order;
	const until = holdAt(state.operations, now)?.until;
	const duration = until === void 0 ? void 0 : until - now;
	const summary = [];
	const warnings = [];
	let next = state;
	for (const version of unfinishedRollouts(state, now).toReversed()) {
		try {
			next = pauseOne(next, version, {
				...order,
				duration,
				held: true
			});
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			warnings.push(`the rollout of ${version} goes on: ${error.details.problem}`);
			continue;
		}
		const progress = next.operations.paused?.find((each) => each.version === version)?.progress ?? 0;
		summary.push(`pause ${version} at ${formatPercent(progress)}`);
	}
	const paused = next.operations.paused ?? [];
	const restated = paused.map((each) => {
		if (each.held !== true || each.reason === reason && each.until === until) return each;
		const { until: _, ...rest } = each;
		return {
			...rest,
			reason,
			by,
			at: now,
			...defined({ until })
		};
	});
	if (restated.some((each, index) => each !== paused[index])) next = withPaused(next, restated);
	return {
		state: next,
		summary,
		warnings
	};
}
/** Resumes what a hold had paused, unless there is another hold. */
function resumeAfterHold(state, now) {
	if (holdAt(state.operations, now) !== void 0) return {
		state,
		summary: [],
		warnings: []
	};
	let next = state;
	const summary = [];
	for (const paused of (state.operations.paused ?? []).filter(({ held }) => held === true)) {
		const resumed = resumeOne(next, paused, now);
		next = resumed.state;
		summary.push(resumed.summary);
	}
	return {
		state: next,
		summary,
		warnings: []
	};
}
init_errors();
/**
* Keeps new releases out of a fleet, and pauses its rollouts.
* @param order.duration seconds after which the hold ends automatically
* @param order.keepRollouts rollouts that have begun go on
*/
function hold(state, order) {
	const { reason, by, now, duration, keepRollouts = false } = order;
	const there = state.operations.hold;
	const inForce = there !== void 0 && (there.until ?? Number.POSITIVE_INFINITY) > now;
	const asked = there?.until === void 0 ? void 0 : there.until - there.at;
	const same = inForce && there.reason === reason && asked === duration;
	const held = same ? there : {
		reason,
		by,
		at: now,
		...defined({ until: duration === void 0 ? void 0 : now + duration })
	};
	const next = same ? state : {
		...state,
		operations: {
			...state.operations,
			hold: held
		}
	};
	const stopped = keepRollouts ? {
		state: next,
		summary: [],
		warnings: []
	} : pauseForHold(next, order);
	if (stopped.state === state) return {
		state,
		summary: `the fleet is held already: ${describeHold(held)}`
	};
	const until = held.until === void 0 ? "" : ` until ${formatTime(held.until)}`;
	return {
		state: stopped.state,
		summary: [`hold the fleet${until}`, ...stopped.summary].join(", "),
		notes: [keepRollouts ? "nothing is promoted into it, and no new release begins; rollouts that have begun go on" : "nothing is promoted into it, no new release begins, and its rollouts are paused until the hold ends"],
		warnings: stopped.warnings
	};
}
/** Lets new releases in again and resumes what the hold paused, unless something else holds the fleet. */
function releaseHold(state, { now }) {
	const { hold: there, ...rest } = state.operations;
	if (there === void 0) {
		const [stop] = state.operations.stops ?? [];
		return {
			state,
			summary: stop === void 0 ? "the fleet is not held" : `the fleet is held by the ${stop.source}: remove that (${stop.reason})`
		};
	}
	const expired = (there.until ?? Number.POSITIVE_INFINITY) <= now ? ", which had ended already" : "";
	const resumed = resumeAfterHold({
		...state,
		operations: rest
	}, now);
	const summary = [`release the hold of ${there.by}${expired}`, ...resumed.summary].join(", ");
	const [stop] = rest.stops ?? [];
	return {
		state: resumed.state,
		summary,
		...defined({ warnings: stop === void 0 ? void 0 : [`the ${stop.source} still holds it: ${stop.reason}`] })
	};
}
/**
* Copies the holds that are set elsewhere (labels, files) to the state branch: a new one stops the fleet, a removed
* one lets it go on.
*/
function applyExternalHolds(state, order, found) {
	const { fleet, now } = order;
	const known = state.operations.stops ?? [];
	const stops = found.filter((stop) => (stop.until ?? Number.POSITIVE_INFINITY) > now).map((stop) => known.find((each) => sameExternalHold(each, stop)) ?? stop);
	const { stops: _, ...rest } = state.operations;
	const next = stops.length === known.length && stops.every((stop) => known.includes(stop)) ? state : {
		...state,
		operations: stops.length === 0 ? rest : {
			...rest,
			stops
		}
	};
	const [first] = stops;
	const moved = first === void 0 ? resumeAfterHold(next, now) : pauseForHold(next, {
		...first,
		fleet,
		now
	});
	if (moved.state === state) return {
		state,
		summary: "nothing was held or released elsewhere"
	};
	const said = first === void 0 ? "release what was held elsewhere" : `hold the fleet (${first.source})`;
	return {
		state: moved.state,
		summary: [said, ...moved.summary].join(", "),
		warnings: moved.warnings ?? []
	};
}
function sameExternalHold(one, other) {
	return one.source === other.source && one.reason === other.reason && one.until === other.until;
}
/** @throws InputError when the fleet is held. */
function refuseHeld(state, options) {
	const { fleet, now } = options;
	const there = holdAt(state.operations, now);
	if (there === void 0) return;
	throw new InputError({
		notYet: true,
		where: `fleet ${fleet}`,
		problem: `the fleet is held, so nothing is promoted into it: ${describeHold(there)}`,
		remedy: state.operations.hold === void 0 ? "When that is over, remove what holds it, and run coxswain open-promotion." : `When that is over: coxswain edit-updates --fleet ${fleet} --action release-hold`
	});
}
/** `the kernel panics (Ada, 2026-07-21T14:00:00Z, until …)` */
function describeHold({ reason, by, at, until }) {
	return `${reason} (by ${by} on ${formatTime(at)}${until === void 0 ? "" : `, until ${formatTime(until)}`})`;
}
// src/release/operations/mark-release.ts
init_errors();
/** Makes a release a barrier: older nodes must pass through it. */
function markBarrier(state, order) {
	const { fleet, version, reason, now } = order;
	requireRelease(state, fleet, version);
	const said = metadataOf(state.updates, version);
	if (said.deadend !== void 0) throw exclusive(fleet, version, "a dead-end", "a barrier", said.deadend.reason);
	const isPaused = state.operations.paused?.find((each) => each.version === version);
	const gone = isPaused ?? state.operations.withdrawn?.find((each) => each.version === version);
	if (gone !== void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `nobody is offered ${version} since ${formatTime(gone.at)} (${gone.reason}; by ${gone.by}), and older nodes must be offered a barrier`,
		remedy: `Roll it out first (--action ${isPaused === void 0 ? "rollout --force" : "resume"}), or make another release the barrier.`
	});
	if (said.barrier?.reason === reason) return {
		state,
		summary: `${version} is a barrier for this reason already`
	};
	const age = state.releases.releases.findIndex((release) => release.version === version);
	const older = state.releases.releases.slice(0, age).length;
	return {
		state: setMetadata(state, version, {
			...said,
			barrier: {
				...said.barrier,
				reason
			}
		}, now),
		summary: `make ${version} a barrier`,
		notes: [said.rollout === void 0 ? `every node on the ${older} older releases is offered it at once, and goes on from there` : `nodes on the ${older} older releases go to it, as its rollout lets them, and on from there`]
	};
}
/** Makes a release a dead-end: nodes on it get no further update. */
function markDeadend(state, order) {
	const { fleet, version, reason, now } = order;
	requireRelease(state, fleet, version);
	const said = metadataOf(state.updates, version);
	if (said.barrier !== void 0) throw exclusive(fleet, version, "a barrier", "a dead-end", said.barrier.reason);
	if (said.deadend?.reason === reason) return {
		state,
		summary: `${version} is a dead-end for this reason already`
	};
	return {
		state: setMetadata(state, version, {
			...said,
			deadend: {
				...said.deadend,
				reason
			}
		}, now),
		summary: `make ${version} a dead-end`,
		notes: ["nodes on it get no further update, and show the reason to everyone who logs in"],
		warnings: said.rollout === void 0 ? [] : [`${version} is still offered: more nodes go into this dead-end. --action withdraw stops that`]
	};
}
function exclusive(fleet, version, is, asked, reason) {
	return new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} is ${is} already (${reason}), and no release is both: nodes would have to update to a release that they cannot leave`,
		found: asked,
		remedy: "If the mark is wrong, remove it from updates.json by a commit on the state branch."
	});
}
init_errors();
/** A rollout that began in the past would be part of the way at once. UNIX seconds. @throws InputError */
function refusePastStart(start, now, remedy) {
	if (start >= now) return;
	throw new InputError({
		field: "--start",
		problem: `this start is ${formatDuration(now - start)} ago: part of the nodes would be offered it at once`,
		found: formatTime(start),
		expected: "now, or a later time",
		...defined({ remedy })
	});
}
// src/release/operations/reschedule.ts
init_errors();
/**
* Moves the end of a rollout, and its start until it has begun. A rollout in progress keeps the share of nodes that it
* has reached, and goes on from there in a straight line to the new end: no node loses its offer.
* @param order.version default: the only rollout that is not complete
* @param order.start UNIX seconds; default: as it is
* @param order.end UNIX seconds at which every node is offered the release; counted in whole minutes from the start
*/
function reschedule(state, order) {
	const { fleet, now, end } = order;
	const version = chooseRollout(state, order);
	const said = metadataOf(state.updates, version);
	const rollout = requireRollout(state, order, version);
	const phase = rolloutPhase(rollout, now);
	if (phase === "complete") throw new InputError({
		where: `fleet ${fleet}`,
		problem: `the rollout of ${version} is complete: every node is offered it`
	});
	const staged = rollout.duration_minutes === void 0 ? stagedOf(state, version) : void 0;
	const plan = staged?.rollout ?? rollout;
	const moved = phase === "scheduled" ? moveWhole(plan, order) : moveEnd(rollout, {
		...order,
		planned: rolloutEnd(plan)
	});
	if (moved === plan || moved === rollout) return {
		state,
		summary: `${version} is complete on ${formatTime(end)} already`
	};
	const reached = rolloutProgress(rollout, now);
	const newEnd = rolloutEnd(moved);
	return {
		state: staged === void 0 || phase === "scheduled" ? setMetadata(withStaged(state, version, void 0), version, {
			...said,
			rollout: moved
		}, now) : withStaged(state, version, {
			...staged,
			rollout: moved
		}),
		summary: phase === "scheduled" ? `reschedule ${version} to ${formatTime(moved.start_epoch)} until ${formatTime(newEnd)}` : `reschedule ${version}: from ${formatPercent(reached)} now to all nodes on ${formatTime(newEnd)}`,
		notes: phase === "scheduled" ? [] : ["nodes that are offered it already stay offered it; a soak time that counts from the start of the rollout counts from now"]
	};
}
function chooseRollout(state, { fleet, version, now }) {
	if (version !== void 0) return requireRelease(state, fleet, version);
	const open = unfinishedRollouts(state, now);
	const [only] = open;
	if (only !== void 0 && open.length === 1) return only;
	throw new InputError({
		field: "--version",
		problem: open.length === 0 ? `fleet ${fleet} has no rollout that is scheduled or in progress` : `fleet ${fleet} has several rollouts that are not complete`,
		expected: open.length === 0 ? "a rollout to move" : `one of ${open.join(", ")}`
	});
}
function requireRollout(state, { fleet }, version) {
	const { rollout } = metadataOf(state.updates, version);
	if (rollout !== void 0) return rollout;
	const paused = state.operations.paused?.find((each) => each.version === version);
	throw new InputError({
		where: `fleet ${fleet}`,
		problem: paused === void 0 ? `${version} has no rollout` : `the rollout of ${version} is paused (${paused.reason}; by ${paused.by})`,
		remedy: paused === void 0 ? "Give it one: --action rollout." : "Resume it first: --action resume."
	});
}
/** For a rollout before its start. */
function moveWhole(rollout, { now, start: wanted, end }) {
	const start = wanted ?? rollout.start_epoch ?? now;
	refusePastStart(start, now);
	refuseEnd(end, {
		after: start,
		now
	});
	const minutes = wholeMinutes$1(end - start);
	return start === rollout.start_epoch && minutes === rollout.duration_minutes ? rollout : {
		...rollout,
		start_epoch: start,
		duration_minutes: minutes
	};
}
/** For a rollout after its start. @param order.planned when it is to be complete until now */
function moveEnd(rollout, { now, start, end, planned: there }) {
	const begun = rollout.start_epoch ?? 0;
	if (start !== void 0 && start !== begun) throw new InputError({
		field: "--start",
		problem: "the rollout has begun, and its start cannot be moved: nodes would lose their offer",
		found: formatTime(start),
		expected: `${formatTime(begun)}, or no start`,
		remedy: "Move its end only. To begin again at 0 %: --action rollout --force."
	});
	refuseEnd(end, {
		after: now,
		now
	});
	if (there !== void 0 && Math.abs(there - end) < 30) return rollout;
	const reached = Math.min(1, Math.ceil(rolloutProgress(rollout, now) * 1e6) / 1e6);
	return {
		...rollout,
		start_epoch: now,
		start_percentage: reached,
		duration_minutes: wholeMinutes$1(end - now)
	};
}
function refuseEnd(end, { after, now }) {
	if (end > after && end <= now + 31536e4) return;
	throw new InputError({
		field: "--end",
		problem: end > after ? "this end is too far away" : "the end must come after the start, and after now",
		found: formatTime(end),
		expected: `a time after ${formatTime(after)}, in the next ${formatDuration(longestDuration)}`
	});
}
function wholeMinutes$1(seconds) {
	return Math.max(1, Math.round(seconds / 60));
}
// src/release/operations/ring-steps.ts
/**
* Moves the rollouts of a fleet from ring to ring. What the update metadata says afterwards opens no ring by time alone
* until all rings with a threshold have done well: so files that nobody renders again, and nodes that compute their own
* graph, hold the later rings back too. A rollout that a person wrote into the update metadata is held back likewise.
* @param options.fresh a release whose rollout is new, even if it says that it is complete
* @param options.judge default: no ring has done well
* @param options.now UNIX seconds
*/
function stepRings(before, rings, options) {
	const { now, fresh } = options;
	let state = before;
	const done = [];
	const unfinished = unfinishedRollouts(state, now);
	const versions = fresh === void 0 || unfinished.includes(fresh) ? unfinished : [...unfinished, fresh];
	for (const version of versions) {
		const step = stepOne(state, version, {
			...options,
			rings
		});
		state = step.state;
		done.push(...step.done);
	}
	return {
		state: forgetFinished(state, versions),
		done
	};
}
/** The rings that rollouts of a fleet wait for now, the oldest release first. @param now UNIX seconds */
function waitingRings(state, rings, now) {
	return unfinishedRollouts(state, now).flatMap((version) => {
		const staged = stagedOf(state, version);
		const { rollout } = metadataOf(state.updates, version);
		if (staged === void 0 || rollout === void 0) return [];
		const waiting = waitingRing(staged, rollout, {
			rings,
			now
		});
		return waiting === void 0 ? [] : [waiting];
	});
}
/** A person lets the ring pass that a rollout waits for. @returns undefined if none waits */
function openNextRing(state, order) {
	const { rings, now, by, reason = "opened by an operator" } = order;
	const passed = /* @__PURE__ */ new Set();
	const judge = ({ version }) => {
		if (passed.has(version) || (order.version ?? version) !== version) return void 0;
		passed.add(version);
		return {
			reason,
			by,
			at: now
		};
	};
	const steps = stepRings(state, rings, {
		now,
		judge
	});
	return passed.size === 0 ? void 0 : {
		state: steps.state,
		summary: steps.done.join(", ")
	};
}
function stepOne(state, version, context) {
	const { rings, now, judge } = context;
	const offered = metadataOf(state.updates, version).rollout;
	if (offered === void 0) return {
		state,
		done: []
	};
	const known = stagedOf(state, version);
	const gates = rings?.gates ?? [];
	const isReplaced = offered.duration_minutes !== void 0 && closedGates(known, gates).length > 0;
	const begun = known === void 0 || isReplaced ? begin(version, offered, {
		...context,
		gates
	}) : void 0;
	let staged = begun?.staged ?? (isReplaced ? void 0 : known);
	if (staged === void 0) return {
		state: withStaged(state, version, void 0),
		done: []
	};
	let rollout = begun?.rollout ?? offered;
	const done = begun === void 0 ? [] : [`${version} opens ring by ring`];
	for (let waiting = waitingRing(staged, rollout, context); waiting !== void 0;) {
		const verdict = judge?.(waiting, state);
		if (verdict === void 0) break;
		const passed = {
			ring: waiting.ring,
			...verdict
		};
		staged = {
			...staged,
			passed: [...staged.passed, passed],
			rollout: goOn(staged.rollout, waiting, now)
		};
		done.push(`pass ${waiting.ring} with ${version}`);
		waiting = waitingRing(staged, rollout, context);
	}
	const share = rollout.start_percentage ?? 0;
	const [next] = closedGates(staged, gates);
	if (next === void 0) {
		if (rollout.duration_minutes === void 0) {
			rollout = goOn(staged.rollout, { wariness: share }, now);
			staged = {
				...staged,
				rollout
			};
		}
	} else if ((rollout.start_epoch ?? 0) <= now) {
		const limits = {
			cap: next.wariness,
			steps: rings?.steps ?? []
		};
		const wanted = shareAt(staged.rollout, limits, share, now);
		if (wanted > share) {
			rollout = {
				...rollout,
				start_percentage: wanted
			};
			done.push(`open ${version} to ${formatPercent(wanted)}`);
		}
	}
	if (rollout !== offered) staged = {
		...staged,
		at: now
	};
	const after = staged === known ? state : withStaged(state, version, staged);
	return {
		state: setMetadata(after, version, {
			...metadataOf(after.updates, version),
			rollout
		}, now),
		done
	};
}
/** Makes a rollout one that opens ring by ring; undefined if no ring has to do well any more. */
function begin(version, plan, { rings, gates, now, fresh }) {
	const isNew = version === fresh || (plan.start_epoch ?? 0) >= now;
	const reached = rolloutProgress(plan, now);
	if (!isNew && plan.duration_minutes === void 0) return void 0;
	const staged = {
		version,
		rollout: plan,
		passed: isNew ? [] : gates.filter(({ wariness }) => wariness < reached).map(({ ring }) => ({
			ring,
			reason: "the rings after it were offered the release before it had a threshold",
			by: "coxswain",
			at: now
		})),
		at: now
	};
	const [next] = closedGates(staged, gates);
	if (next === void 0) return void 0;
	const limits = {
		cap: next.wariness,
		steps: rings?.steps ?? []
	};
	return {
		staged,
		rollout: isNew ? firstStep(plan, limits) : {
			start_epoch: plan.start_epoch ?? 0,
			start_percentage: reached
		}
	};
}
/** The gates that are closed, the earliest first. */
function closedGates(staged, gates) {
	if (staged === void 0) return [];
	const passed = new Set(staged.passed.map(({ ring }) => ring));
	return gates.filter(({ ring }) => !passed.has(ring)).sort((one, other) => one.wariness - other.wariness);
}
/** The ring that is offered the release, as planned, and did not do well yet. */
function waitingRing(staged, offered, { rings, now }) {
	const [next] = closedGates(staged, rings?.gates ?? []);
	if (next === void 0 || next.wariness > rolloutProgress(offered, now)) return void 0;
	const reached = reachedAt(staged.rollout, next.wariness);
	if (reached === void 0 || reached > now) return void 0;
	const since = Math.max(reached, staged.at, ...staged.passed.map(({ at }) => at));
	return {
		...next,
		version: staged.version,
		since
	};
}
/** The plan goes on from a wariness now, however long it waited there. */
function goOn(plan, { wariness }, now) {
	const since = reachedAt(plan, wariness);
	return since === void 0 ? plan : resumedRollout(plan, {
		since,
		now
	});
}
/** A rollout that is complete, withdrawn or removed needs no plan; a paused one goes on by it. */
function forgetFinished(state, unfinished) {
	const kept = /* @__PURE__ */ new Set([...unfinished, ...(state.operations.paused ?? []).map(({ version }) => version)]);
	return (state.operations.staged ?? []).filter(({ version }) => !kept.has(version)).reduce((next, { version }) => withStaged(next, version, void 0), state);
}
init_errors();
/**
* Withdraws a release: it is no longer offered to any node. It stays in the graph, so that nodes which run it can
* still update.
* @param order.force even if nodes then have no update path, or go around a barrier
* @throws InputError if nodes would lose their update path
*/
function withdraw(state, order) {
	const { fleet, version, reason, by, now, force } = order;
	requireRelease(state, fleet, version);
	const list = state.operations.withdrawn ?? [];
	const { rollout, barrier, ...kept } = metadataOf(state.updates, version);
	const offered = rollout !== void 0 || barrier !== void 0;
	const known = list.find((each) => each.version === version);
	const pausedEntry = state.operations.paused?.find((each) => each.version === version)?.entry.metadata;
	const wasBarrier = barrier ?? pausedEntry?.barrier;
	if (known !== void 0 && !offered && known.reason === reason) return {
		state,
		summary: `${version} is withdrawn already, since ${formatTime(known.at)} by ${known.by}`
	};
	if (wasBarrier !== void 0 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} is a barrier (${wasBarrier.reason}): without it, older nodes go straight to newer releases`,
		remedy: "Make a newer release with the same content the barrier first (--action barrier), or withdraw this one with --force."
	});
	const metadata = offered ? defined({
		rollout,
		barrier
	}) : pausedEntry;
	const entry = metadata === void 0 || Object.keys(metadata).length === 0 ? known?.entry : {
		version,
		metadata
	};
	const record = {
		version,
		reason,
		by,
		at: now,
		...defined({ entry })
	};
	const without = forgetPause(setMetadata(state, version, kept, now), version);
	const next = {
		...without,
		operations: {
			...without.operations,
			withdrawn: [...list.filter((each) => each.version !== version), record]
		}
	};
	const stranded = strandedBy(state, next, { retired: withdrawnOrPaused(next) });
	if (stranded.length > 0 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `without ${version}, no update is left for nodes on ${listStranded(stranded)}`,
		remedy: `Give them another release first (--action rollout --version ${stranded[0]?.goal} --duration …), or withdraw with --force.`
	});
	return {
		state: next,
		summary: `withdraw ${version}`,
		notes: ["it is no longer offered to any node; nodes that run it stay on it until a newer release is rolled out; they get that like any other node"],
		warnings: [...stranded.length === 0 ? [] : [`no way forward for nodes on ${listStranded(stranded)}`], ...wasBarrier === void 0 ? [] : [`it was a barrier (${wasBarrier.reason}): older nodes go around it now`]]
	};
}
/** Removes the mark that a release was withdrawn. */
function withoutWithdrawal(state, version) {
	const { withdrawn = [], ...rest } = state.operations;
	const left = withdrawn.filter((each) => each.version !== version);
	if (left.length === withdrawn.length) return state;
	return {
		...state,
		operations: left.length === 0 ? rest : {
			...rest,
			withdrawn: left
		}
	};
}
// src/release/operations/roll-out.ts
init_errors();
/**
* Gives a release a new rollout. Barrier and dead-end marks stay.
* @param order.version default: the fleet's newest release
* @param order.start UNIX seconds
* @param order.duration seconds, whole minutes
* @param order.force also for a withdrawn release, and to start again if the same rollout is in progress
*/
function rollOut(state, order) {
	const { fleet, start, duration, now, force } = order;
	const version = requireRelease(state, fleet, order.version ?? state.releases.releases.at(-1)?.version ?? "any release");
	const withdrawn = state.operations.withdrawn?.find((each) => each.version === version);
	if (withdrawn !== void 0 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} was withdrawn on ${formatTime(withdrawn.at)} by ${withdrawn.by}: ${withdrawn.reason}`,
		remedy: "--force rolls it out anyway."
	});
	refuseAroundPausedBarrier(state, fleet, version);
	const said = metadataOf(state.updates, version);
	const rollout = {
		duration_minutes: Math.ceil(duration / 60),
		start_epoch: start,
		start_percentage: 0
	};
	const there = said.rollout;
	if (!force && there !== void 0 && sameButBegun(there, rollout, now)) return {
		state,
		summary: `${version} rolls out like that already, since ${formatTime(there.start_epoch ?? 0)}`
	};
	refusePastStart(start, now, "For a faster rollout, start now with a shorter --duration.");
	if (start > now + 31536e4) throw new InputError({
		field: "--start",
		problem: `this start is ${formatDuration(start - now)} away`,
		found: formatTime(start),
		expected: `a time in the next ${formatDuration(longestDuration)}`
	});
	const reached = there === void 0 ? 0 : rolloutProgress(there, now);
	if (reached >= 1 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `the rollout of ${version} is complete: every node is offered it. Another rollout would begin at 0 %, and withdraw the offer from every node that has not updated yet`,
		remedy: "If you want that: --force. To offer it to all nodes, do nothing."
	});
	const next = withoutWithdrawal(forgetPause(setMetadata(state, version, {
		...said,
		rollout
	}, now), version), version);
	const other = unfinishedRollouts(next, now).filter((each) => each !== version);
	return {
		state: next,
		summary: `${there === void 0 ? "roll out" : "roll out again"} ${version} from ${formatTime(start)} over ${formatDuration(duration)}`,
		warnings: [
			...other.length === 0 ? [] : [`another rollout is not complete yet: ${other.join(", ")}`],
			...reached === 0 ? [] : [`its rollout had reached ${formatPercent(reached)} of the nodes: it begins again at 0 %`],
			...said.deadend === void 0 ? [] : [`${version} is a dead-end: nodes that take it get no further update`]
		]
	};
}
function sameButBegun(there, wanted, now) {
	if (there.duration_minutes !== wanted.duration_minutes || (there.start_percentage ?? 0) !== 0) return false;
	if (there.start_epoch === wanted.start_epoch) return true;
	return rolloutPhase(there, now) === "in progress" && wanted.start_epoch === now;
}
// src/release/operations/edit-fleet.ts
/**
* Applies an action to a fleet's state. It also ends pauses whose time is over, and opens rings whose time has come.
* @param rings the rings that have to do well before the next ones open
*/
function editState(before, order, action, rings) {
	const current = endExpiredPauses(before, order.now);
	const edit = holdRingsBack(apply(current.state, order, action, rings), order.now, rings);
	if (current.done.length === 0) return edit;
	const done = edit.state === current.state ? [] : [edit.summary];
	return {
		...edit,
		summary: [...done, ...current.done].join("; "),
		notes: edit.state === current.state ? [edit.summary] : edit.notes ?? []
	};
}
/**
* Does an action: one commit on the state branch, or none if there is nothing to change.
* @param options.rehearse report what would change, and change nothing
* @throws InputError if the action is not possible
*/
async function editFleet(state, order, action, options) {
	let edit;
	const change = (before) => {
		edit = editState(before, order, action, state.ringGates(order.fleet));
		return edit.state;
	};
	const answer = (rest) => ({
		fleet: order.fleet,
		action: action.kind,
		summary: edit?.summary ?? "",
		notes: edit?.notes ?? [],
		warnings: edit?.warnings ?? [],
		...rest
	});
	if (options.rehearse) {
		const files = await state.previewFleet(order.fleet, change);
		return answer({
			changed: files.length > 0,
			stateCommit: void 0,
			files
		});
	}
	const message = () => commitMessage(order, edit?.summary ?? action.kind, action.reason);
	const { changed, commit } = await state.changeFleet(order.fleet, message, change);
	return answer({
		changed,
		stateCommit: commit
	});
}
/** Subject, reason, who. */
function commitMessage(order, summary, reason) {
	return [
		`${order.fleet}: ${summary}`,
		"",
		...reason === void 0 ? [] : [`Reason: ${oneLine(reason)}`],
		`By: ${order.by}`,
		""
	].join("\n");
}
function holdRingsBack(edit, now, rings) {
	const { state, done } = stepRings(edit.state, rings, { now });
	return state === edit.state ? edit : {
		...edit,
		state,
		summary: [edit.summary, ...done].join("; ")
	};
}
function apply(state, order, action, rings) {
	switch (action.kind) {
		case "rollout": return rollOut(state, {
			...action,
			...order
		});
		case "reschedule": return reschedule(state, {
			...action,
			...order
		});
		case "pause": return pause(state, {
			...action,
			...order
		});
		case "resume": {
			const resumed = resume(state, {
				...action,
				...order
			});
			if (resumed.state !== state) return resumed;
			return openNextRing(state, {
				...action,
				...order,
				rings
			}) ?? resumed;
		}
		case "barrier": return markBarrier(state, {
			...action,
			...order
		});
		case "deadend": return markDeadend(state, {
			...action,
			...order
		});
		case "withdraw": return withdraw(state, {
			...action,
			...order
		});
		case "hold": return hold(state, {
			...action,
			...order
		});
		case "release-hold": return releaseHold(state, order);
	}
}
// src/release/operations/operator.ts
init_errors();
/** A reason is a sentence or an address: it is shown on nodes, in tables, and in the subject of mails. */
const longestReason = 1e3;
/**
* An operator's text on one line, for commits, pull requests, the dashboard and terminals.
* @param field the flag that it comes from
* @throws InputError for control characters, which could steer a terminal, and for a text that is too long
*/
function readStatement(text, field) {
	const line = oneLine(text).replaceAll(/\s+/g, " ").trim();
	if (/[\p{Cc}\p{Bidi_Control}]/u.test(line)) throw new InputError({
		field,
		problem: "control characters cannot be part of this text",
		found: line.slice(0, 100),
		expected: "a sentence, or the URL of an issue"
	});
	if (line.length <= longestReason) return line;
	throw new InputError({
		field,
		problem: "this text is too long",
		found: `${line.length} characters`,
		expected: `at most ${longestReason}`,
		remedy: "Write the details into an issue, and give its URL."
	});
}
/** The same for a text that cannot be refused, such as a label: control characters are dropped, and the text is cut. */
function cleanStatement(text) {
	return plainLine(text, longestReason);
}
/**
* Name of the person who acts: as given, or git's identity. The mail address is left out, because the name appears in
* pull requests and on the public dashboard.
* @throws InputError if neither gives a name
*/
async function findOperator(git, given) {
	const said = given === void 0 ? "" : withoutAddress(readStatement(given, "--by"));
	if (said !== "") return said;
	const identity = await git.try([
		"-c",
		"user.useConfigOnly=true",
		"var",
		"GIT_AUTHOR_IDENT"
	]);
	const known = identity === void 0 ? "" : withoutAddress(identity.replace(/ \d+ [+-]\d{4}$/, ""));
	if (known !== "") return cleanStatement(known);
	throw new InputError({
		field: "--by",
		problem: "git does not know your name, and the commit must say who acts",
		remedy: "Say --by NAME, or git config user.name and user.email."
	});
}
/** `Ada <ada@example.com>` → `Ada` */
function withoutAddress(text) {
	return text.replaceAll(/<[^<>]*>/g, "").replaceAll(/\s+/g, " ").trim();
}
init_errors();
/** What each action needs, and what it takes besides: one list, also for help, completion and forms. */
const actionInputs = {
	rollout: {
		needs: ["duration"],
		may: [
			"version",
			"start",
			"reason",
			"force"
		]
	},
	reschedule: {
		needs: ["end"],
		may: [
			"version",
			"start",
			"reason"
		]
	},
	pause: {
		needs: ["reason"],
		may: ["version", "for"]
	},
	resume: {
		needs: [],
		may: ["version", "reason"]
	},
	barrier: {
		needs: ["version", "reason"],
		may: []
	},
	deadend: {
		needs: ["version", "reason"],
		may: []
	},
	withdraw: {
		needs: ["version", "reason"],
		may: ["force"]
	},
	hold: {
		needs: ["reason"],
		may: ["for", "keep-rollouts"]
	},
	"release-hold": {
		needs: [],
		may: ["reason"]
	}
};
/** Every action. */
const kinds = Object.keys(actionInputs);
/** After these actions a new node may get another release, so the floating tags have to follow. */
const changesOffer = [
	"rollout",
	"deadend",
	"withdraw",
	"release-hold"
];
const names = [
	"version",
	"start",
	"end",
	"duration",
	"reason",
	"for",
	"force",
	"keep-rollouts"
];
/**
* Reads an action from what a person gave.
* @param now UNIX seconds; times such as `+2h` count from it
* @throws UsageError for something that the action needs and does not get, or gets and does not take
* @throws InputError for a value that cannot be read
*/
function readAction(kind, given, now) {
	const { needs, may } = actionInputs[kind];
	for (const name of names) {
		const isGiven = given[name] !== void 0 && given[name] !== false;
		if (!isGiven && needs.includes(name)) throw new UsageError(`--action ${kind} needs --${name}`);
		if (isGiven && !needs.includes(name) && !may.includes(name)) throw new UsageError(`--action ${kind} takes no --${name}`);
	}
	const reason = readStatement(given.reason ?? "", "--reason");
	if (needs.includes("reason") && reason === "") throw new UsageError(`--action ${kind} needs a --reason`);
	const version = defined({ version: given.version });
	const why = defined({ reason: given.reason === void 0 ? void 0 : reason });
	const lasting = defined({ duration: given.for === void 0 ? void 0 : positive(given.for, "for") });
	const required = given.version ?? "";
	switch (kind) {
		case "rollout": return {
			kind,
			...version,
			...why,
			start: parseWhen(given.start ?? "now", now, { field: "--start" }),
			duration: wholeMinutes(given.duration ?? 0),
			force: given.force
		};
		case "reschedule": return {
			kind,
			...version,
			...why,
			...defined({ start: given.start === void 0 ? void 0 : parseWhen(given.start, now, { field: "--start" }) }),
			end: parseWhen(given.end ?? "", now, { field: "--end" })
		};
		case "pause": return {
			kind,
			...version,
			reason,
			...lasting
		};
		case "resume": return {
			kind,
			...version,
			...why
		};
		case "barrier":
		case "deadend": return {
			kind,
			version: required,
			reason
		};
		case "withdraw": return {
			kind,
			version: required,
			reason,
			force: given.force
		};
		case "hold": return {
			kind,
			reason,
			...lasting,
			keepRollouts: given["keep-rollouts"]
		};
		case "release-hold": return {
			kind,
			...why
		};
	}
}
function positive(seconds, name) {
	if (seconds > 0) return seconds;
	throw new InputError({
		field: `--${name}`,
		problem: "the time must be longer than 0",
		expected: "such as 6h"
	});
}
function wholeMinutes(seconds) {
	if (seconds > 0 && seconds % 60 === 0) return seconds;
	throw new InputError({
		field: "--duration",
		problem: "update metadata counts whole minutes, at least one",
		found: `${seconds} s`,
		expected: "such as 48h"
	});
}
// src/release/candidate/roll-back-marker.ts
init_errors();
const markerSchema = looseObject({
	/** The fleet that is rolled back. Promotions copy the file to other fleets, and it has no effect there. */
	fleet: string().min(1),
	/** Version that is withdrawn. */
	insteadOf: string().min(1),
	/** Version whose content is restored. */
	restores: string().min(1),
	reason: string().min(1),
	by: string().min(1),
	/** ISO 8601. */
	at: string().min(1)
});
/** The marker in a commit; undefined if there is none. @throws InputError */
async function readMarker(branches, commit) {
	const text = await branches.readFile(commit, rollBackFileName);
	if (text === void 0) return void 0;
	const where = `${rollBackFileName} (commit ${shortCommit(commit)})`;
	let json;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON"
		}, { cause: error });
	}
	const parsed = markerSchema.safeParse(json);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new InputError({
		where,
		field: issue?.path.join(".") ?? "",
		problem: `not what coxswain roll-back writes: ${issue?.message}`
	});
}
function formatMarker({ fleet, insteadOf, restores, reason, by, at }) {
	return `${JSON.stringify({
		fleet,
		insteadOf,
		restores,
		reason,
		by,
		at
	}, null, 2)}\n`;
}
// src/world/forge/branch-names.ts
/** The branch on which watch-base proposes changes to a fleet's branch. */
function baseBranch(fleet) {
	return `coxswain-base-${fleet}`;
}
/** The branch on which open-promotion proposes what one fleet runs to the next fleet. */
function promotionBranch(source, target) {
	return `coxswain-promote-${source}-to-${target}`;
}
/** The branch on which roll-back proposes an earlier content to a fleet's branch. */
function rollBackBranch(fleet) {
	return `coxswain-roll-back-${fleet}`;
}
// src/release/gates/freeze.ts
/**
* The freeze at a moment, if any; of several, the one that ends last. A window includes its first second and not its
* last. When clocks are put forward, a time that does not exist counts as the moment of the change. When they are put
* back, a time that comes twice counts as the first of the two.
* @param now UNIX seconds
*/
function freezeAt(windows, now) {
	return windows.map((window) => openWindow(window, now)).filter((freeze) => freeze !== void 0).sort((one, other) => endOf(other) - endOf(one))[0];
}
const longestChain = 100;
/**
* The first moment from `now` on that is in no window, also if windows follow one another without a gap.
* @returns undefined if there is none
*/
function thawTime(windows, now) {
	let moment = now;
	for (let count = 0; count < longestChain; count += 1) {
		const freeze = freezeAt(windows, moment);
		if (freeze === void 0) return moment;
		if (freeze.until === void 0) return void 0;
		moment = freeze.until;
	}
}
function openWindow(window, now) {
	const [begun] = cron(window.start, window).previousRuns(1, /* @__PURE__ */ new Date((now + 1) * 1e3));
	if (begun === void 0) return void 0;
	const until = endAfter(window, begun);
	return until === void 0 || now < until ? {
		window,
		until
	} : void 0;
}
function endAfter(window, begun) {
	if ("seconds" in window.end) return begun.getTime() / 1e3 + window.end.seconds;
	const end = cron(window.end.until, window).nextRun(begun);
	return end === null ? void 0 : end.getTime() / 1e3;
}
function cron(schedule, { timeZone }) {
	return new j(schedule, {
		timezone: timeZone,
		paused: true
	});
}
function endOf({ until }) {
	return until ?? Number.POSITIVE_INFINITY;
}
// src/release/gates/steering-labels.ts
/**
* What a label on a pull request says: `urgent: CVE-2026-1234`.
* @returns `reason` is empty if none is given; undefined if there is no such label
*/
function readLabel(request, name) {
	const label = request?.labels.find((each) => each === name || each.startsWith(`${name}:`));
	if (request === void 0 || label === void 0) return void 0;
	return {
		reason: cleanStatement(label.slice(name.length + 1)),
		by: `a label on pull request #${request.number}`
	};
}
// src/release/gates/refuse-frozen.ts
init_errors();
/**
* Why a freeze keeps a release out, as a clause. A freeze counts for every fleet, promoted or not.
* @returns undefined if no freeze window is open, or if there is an exception: an operator's, or the label
*   `freeze-exception: WHY` on the pull request that brought the commit
*/
async function findFreeze({ forge }, release) {
	const { fleet, now, exception = "" } = release;
	const freeze = freezeAt(fleet.freeze, now);
	if (freeze === void 0 || exception !== "" || await isExcepted(forge, release)) return void 0;
	const until = thawTime(fleet.freeze, now);
	return `the fleet is frozen: ${freeze.window.reason}${until === void 0 ? ", without an end" : `, until ${formatTime(until)}`}`;
}
/** @throws InputError if a freeze keeps the release out; nothing was written */
async function refuseFrozen(project, release) {
	const problem = await findFreeze(project, release);
	if (problem === void 0) return;
	throw new InputError({
		notYet: true,
		where: `fleet ${release.fleet.name}`,
		problem,
		remedy: "Run it again after that (coxswain start-release does). If it cannot wait: --freeze-exception WHY, or the label \"freeze-exception: WHY\" on the pull request."
	});
}
/** Whether one of our pull requests that brought the commit has the label, and a reason. */
async function isExcepted({ branches, pullRequests }, { fleet, state, commit }) {
	const heads = [
		baseBranch(fleet.name),
		rollBackBranch(fleet.name),
		...fleet.promoteFrom === void 0 ? [] : [promotionBranch(fleet.promoteFrom, fleet.name)]
	];
	const newest = state.records[state.releases.releases.at(-1)?.version ?? ""]?.commit;
	for (const head of heads) {
		const request = await pullRequests.latest({
			head,
			base: fleet.branch
		});
		if (request?.state !== "merged") continue;
		if ((readLabel(request, "freeze-exception")?.reason ?? "") === "") continue;
		const brought = await branches.contains(commit, request.headCommit);
		const spent = newest !== void 0 && await branches.contains(newest, request.headCommit);
		if (brought && !spent) return true;
	}
	return false;
}
// src/release/gates/urgent.ts
init_errors();
/**
* The entry that makes a release urgent: one for the release itself, or for a newer one that can only be reached
* through it.
*/
function urgencyOf(from, to, version) {
	const age = (each) => from.releases.releases.findIndex((release) => release.version === each);
	const own = age(version);
	return own < 0 ? void 0 : to.operations.urgent?.find((each) => age(each.version) >= own);
}
/** The same for what a fleet's branch builds, which has another version if the branch has content of its own. */
async function urgencyOfBuild(branches, options) {
	const { from, to, version, commit } = options;
	const known = urgencyOf(from, to, version);
	if (known !== void 0) return known;
	for (const each of to.operations.urgent ?? []) if (await branches.contains(commit, each.commit)) return each;
}
/** Removes an urgent entry after the fleet has the release. @param done that entry */
function withoutUrgency(state, done) {
	const { urgent = [], ...rest } = state.operations;
	const left = urgent.filter((each) => each.version !== done?.version);
	if (left.length === urgent.length) return state;
	return {
		...state,
		operations: left.length === 0 ? rest : {
			...rest,
			urgent: left
		}
	};
}
/**
* Records on the state branch that the source's newest release is urgent: by an operator, or by a label on the open
* promotion, which counts until it is removed.
* @param options.asked an operator's request
* @param options.now UNIX seconds
* @returns what is wrong with a label, if anything
* @throws InputError if an operator asks and there is nothing to promote
*/
async function recordUrgency(state, options) {
	const { source, target, request, asked, now } = options;
	const newest = newestOffered(await state.readFleet(source.name));
	const label = readLabel(request, "urgent");
	const said = asked ?? (label?.reason === "" ? void 0 : label);
	let summary = "";
	await state.changeFleet(target.name, () => commitMessage({
		fleet: target.name,
		by: said?.by ?? "coxswain open-promotion",
		now
	}, summary, said?.reason), (before) => {
		const known = before.operations.urgent ?? [];
		const released = new Set(before.releases.releases.map(({ version }) => version));
		if (asked !== void 0 && (newest === void 0 || released.has(newest.version))) throw new InputError({
			field: "--urgent",
			problem: `fleet ${source.name} has no release that ${target.name} lacks`
		});
		const kept = known.filter((each) => !released.has(each.version) && (!isByLabel(each) || each.reason === label?.reason));
		const isKnown = kept.some((each) => each.version === newest?.version && each.reason === said?.reason);
		const add = said !== void 0 && newest !== void 0 && !released.has(newest.version) && !isKnown;
		const urgent = add ? [{
			...newest,
			...said,
			at: now
		}] : kept;
		if (urgent.length === known.length && urgent.every((each) => known.includes(each))) return before;
		summary = add ? `promote ${newest.version} as urgent` : "nothing is urgent now";
		const { urgent: _, ...rest } = before.operations;
		return {
			...before,
			operations: urgent.length === 0 ? rest : {
				...rest,
				urgent
			}
		};
	});
}
function isByLabel({ by }) {
	return by.startsWith("a label on ");
}
function newestOffered(from) {
	const gone = new Set((from.operations.withdrawn ?? []).map(({ version }) => version));
	const version = from.releases.releases.findLast((release) => !gone.has(release.version))?.version;
	const record = from.records[version ?? ""];
	return record === void 0 ? void 0 : {
		version: record.version,
		commit: record.commit
	};
}
init_errors();
const fileSchema = looseObject({
	reason: string().optional(),
	by: string().optional(),
	until: union([string(), date()]).optional()
});
/** Folder of the files that hold fleets. */
const holdFolder = ".coxswain/hold";
/** File that holds a fleet while it is on the fleet's branch. */
function holdFile(fleet) {
	return `${holdFolder}/${fleet}.yaml`;
}
/**
* Files that name no fleet. Hidden files and a README are allowed.
* @param names names of the files in the folder
*/
function unknownHoldFiles(names, fleets) {
	const known = fleets.map((fleet) => `${fleet}.yaml`);
	return names.filter((name) => !known.includes(name) && !name.startsWith(".") && !/^readme/i.test(name)).map((name) => {
		const meant = nearest(name.replace(/\.ya?ml$/i, ""), fleets);
		return {
			name,
			problem: `This file holds no fleet. The files that hold one are ${known.join(" and ")}.`,
			remedy: meant === void 0 ? "Give it the name of a fleet, or delete it." : `Did you mean ${meant}.yaml? Rename it, or delete it.`
		};
	});
}
/** What cannot be read in a hold file, as clauses; it holds the fleet anyway. */
function examineHoldFile(text) {
	let read;
	try {
		read = (0, import_dist.parse)(text);
	} catch {
		return ["it is not YAML"];
	}
	if (read === null || read === void 0 || typeof read === "string" && read.trim() !== "") return [];
	const said = fileSchema.safeParse(read);
	if (!said.success) return ["its fields are not reason, by and until"];
	const strange = Object.keys(said.data).filter((key) => ![
		"reason",
		"by",
		"until"
	].includes(key));
	const { until } = said.data;
	return [...strange.map((key) => `it has a field ${key}, which nothing reads`), ...until !== void 0 && readUntil(until) === void 0 ? ["its until is not a time, so the hold has no end"] : []];
}
/**
* The hold that a file on the fleet's branch asks for. The file alone is enough. Unreadable fields are ignored: a
* mistake in the file must not let a release through.
* @param now UNIX seconds
*/
async function findFileHold(branches, fleet, now) {
	const tip = await branches.resolve(fleet.branch);
	if (tip === void 0) return void 0;
	const path = holdFile(fleet.name);
	const text = await branches.readFile(tip, path);
	if (text === void 0) return void 0;
	const said = readHoldFile(text);
	const source = `file ${path} on branch ${fleet.branch}`;
	return {
		source,
		reason: cleanStatement(said.reason ?? "") || `see ${path}`,
		by: cleanStatement(said.by ?? "") || `the ${source}`,
		at: now,
		...defined({ until: said.until })
	};
}
function readHoldFile(text) {
	let read;
	try {
		read = (0, import_dist.parse)(text);
	} catch {
		return {};
	}
	if (typeof read === "string" && read.trim() !== "") return { reason: read.trim() };
	const said = fileSchema.safeParse(read);
	if (!said.success) return {};
	const { reason, by, until } = said.data;
	return defined({
		reason: reason?.trim() === "" ? void 0 : reason?.trim(),
		by: by?.trim() === "" ? void 0 : by?.trim(),
		until: until === void 0 ? void 0 : readUntil(until)
	});
}
/** @returns undefined if it is not a time */
function readUntil(until) {
	try {
		return until instanceof Date ? until.getTime() / 1e3 : parseTime(until);
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
/** Files in the folder of hold files on a fleet's branch that name no fleet. */
async function findUnknownHoldFiles(branches, fleet, fleets) {
	const tip = await branches.resolve(fleet.branch);
	if (tip === void 0) return [];
	return unknownHoldFiles((await branches.listFiles(tip, holdFolder)).map((path) => path.slice(15)), fleets);
}
/**
* @param options.fleets names of all fleets
* @param options.now UNIX seconds
* @throws InputError if a file on the fleet's branch holds it, whether open-promotion has seen that or not; also if a
*   hold file names no fleet: somebody may rely on it
*/
async function refuseHeldByFile(branches, fleet, { fleets, now }) {
	const [[unknown], stop] = await allInOrder([findUnknownHoldFiles(branches, fleet, fleets), findFileHold(branches, fleet, now)]);
	if (unknown !== void 0) throw new InputError({
		where: `${holdFolder}/${unknown.name} on branch ${fleet.branch}`,
		problem: unknown.problem.replace(/\.$/, ""),
		remedy: unknown.remedy
	});
	if (stop === void 0 || (stop.until ?? Number.POSITIVE_INFINITY) <= now) return;
	throw new InputError({
		notYet: true,
		where: `fleet ${fleet.name}`,
		problem: `the fleet is held by the ${stop.source}: ${stop.reason}`,
		remedy: "Remove that file when the reason is gone."
	});
}
init_errors();
/** States of a base that is not built on unless somebody accepts it. */
const doubts = [
	"paused",
	"deadend",
	"unlisted"
];
/** Reads a value of `--accept-upstream`. @throws UsageError */
function readDoubt(text) {
	const known = doubts.find((doubt) => doubt === text);
	if (known !== void 0) return known;
	throw new UsageError(`--accept-upstream takes ${doubts.join(", ")}, not ${JSON.stringify(text)}`);
}
/** @param now UNIX seconds */
function upstreamStatusOf(guidance, version, now) {
	const position = guidance.order.indexOf(version);
	const { rollout, barrier, deadend } = upstreamSays(guidance, version);
	const newer = guidance.updates.some((entry) => entry.metadata.rollout !== void 0 && guidance.order.indexOf(entry.version) > position);
	return {
		version,
		verdict: deadend !== void 0 ? "deadend" : position < 0 ? "unlisted" : rollout !== void 0 ? "offered" : barrier !== void 0 || newer ? "past" : "paused",
		...defined({
			rollout,
			progress: rollout === void 0 ? void 0 : rolloutProgress(rollout, now),
			barrier: barrier?.reason,
			deadend: deadend?.reason
		})
	};
}
/** Why this release of the base must not be built on; undefined if it may be. */
function doubtOf({ version, verdict, deadend }) {
	switch (verdict) {
		case "deadend": return {
			doubt: "deadend",
			why: `upstream has made base ${version} a dead-end: ${deadend}`
		};
		case "paused": return {
			doubt: "paused",
			why: `upstream offers base ${version}, its newest release, to nobody: its rollout is paused, or not announced yet`
		};
		case "unlisted": return {
			doubt: "unlisted",
			why: `upstream's release index does not have base ${version}, or not yet`
		};
		default: return;
	}
}
/** @throws InputError for a base that upstream itself holds back, unless that is accepted */
function refuseDoubtful(status, options) {
	const found = doubtOf(status);
	if (found === void 0 || options.accept.includes(found.doubt)) return;
	throw new InputError({
		where: options.where,
		problem: found.why,
		remedy: `Wait for upstream, or continue anyway with --accept-upstream ${found.doubt}.`
	});
}
/** What upstream does with it, for a pull request: the same words at any time unless upstream changes something. */
function describeUpstreamStatus(status) {
	const doubt = doubtOf(status);
	const { rollout, barrier } = status;
	return [
		...doubt === void 0 ? [] : [`**${doubt.why}**`],
		...rollout === void 0 ? [] : [describeRollout$1(rollout)],
		...status.verdict === "past" && barrier === void 0 ? ["upstream offers a newer release instead"] : [],
		...barrier === void 0 ? [] : [`a barrier upstream, so the release built on it becomes a barrier, too: ${barrier}`]
	];
}
/** `43 %, started …, complete …` */
function describeRollout$1(rollout, now) {
	const start = rollout.start_epoch ?? 0;
	const end = rolloutEnd(rollout);
	const share = now === void 0 ? void 0 : rolloutProgress(rollout, now);
	const phase = now === void 0 ? void 0 : rolloutPhase(rollout, now);
	return [
		(rollout.start_percentage ?? 0) >= 1 && end === void 0 ? "upstream offers it to every node" : "upstream rolls it out",
		...share === void 0 || phase === "complete" ? [] : [`${Number((share * 100).toFixed(1))} % now`],
		...start <= 0 ? [] : [`start ${formatTime(start)}`],
		...end === void 0 ? [] : [`complete ${formatTime(end)}`]
	].join(", ");
}
/** Everything that upstream says about a version. */
function upstreamSays({ updates }, version) {
	return Object.assign({}, ...updates.filter((entry) => entry.version === version).map((entry) => entry.metadata));
}
// src/release/upstream/inherited-barriers.ts
/** Upstream's barriers or dead-ends strictly between two releases of the base, oldest first. */
function upstreamMarksBetween(guidance, kind, range) {
	const from = guidance.order.indexOf(range.from);
	const to = guidance.order.indexOf(range.to);
	if (from < 0 || to < 0) return [];
	return guidance.order.slice(from + 1, Math.max(from + 1, to)).flatMap((version) => {
		const said = upstreamSays(guidance, version)[kind];
		return said === void 0 ? [] : [{
			version,
			reason: said.reason
		}];
	});
}
/**
* Versions of the base's barriers that a node passes on its way from a fleet's newest release to a new one, the new
* one's base included; what a template knows as `barriersCrossed`.
*/
function barriersCrossed(guidance, before, base) {
	const newest = before.releases.releases.at(-1)?.version;
	if (guidance === void 0 || newest === void 0) return [];
	const from = baseOf(before, newest);
	const between = upstreamMarksBetween(guidance, "barrier", {
		from,
		to: base
	}).map(({ version }) => version);
	return base !== from && upstreamSays(guidance, base).barrier !== void 0 ? [...between, base] : between;
}
/** The release of the base that a release of a fleet is built on. */
function baseOf(state, version) {
	return state.records[version]?.baseVersion ?? version.replace(/-[0-9a-f]{8}$/, "");
}
/** Edges of a fleet's graphs, on any architecture, that go around a barrier of the base. */
function findBarrierBypasses(state, guidance) {
	const found = /* @__PURE__ */ new Map();
	for (const { detour } of bypassesByArchitecture(state, guidance)) found.set(`${detour.from} ${detour.to} ${detour.barrier.version}`, detour);
	return [...found.values()];
}
/**
* Makes barriers of the base barriers of the fleet: the release that is added, if its base is one; and earlier
* releases, if upstream marked their base only later and nodes would go around it.
* @param added the version that is being added; it is in the state already
* @returns the new state, what was marked, and the edges around barriers that no release of the fleet can close
*/
function inheritBarriers(before, options) {
	const { guidance, added, now } = options;
	const marked = [];
	let state = before;
	const mark = (release, { version, reason }) => {
		state = setMetadata(state, release, {
			...metadataOf(state.updates, release),
			barrier: { reason }
		}, now);
		marked.push({
			version,
			reason,
			release
		});
	};
	const base = baseOf(before, added);
	const reason = upstreamSays(guidance, base).barrier?.reason;
	const onBase = (each) => baseOf(state, each) === base && metadataOf(state.updates, each).barrier !== void 0;
	if (reason !== void 0 && !versionsOf(state).some((each) => each !== added && onBase(each)) && !onBase(added)) {
		if (canBeBarrier(state, added)) mark(added, {
			version: base,
			reason
		});
	}
	for (;;) if (!bypassesByArchitecture(state, guidance).some(({ detour, architecture }) => {
		const candidate = findBridge(state, detour, architecture);
		if (candidate === void 0) return false;
		mark(candidate, detour.barrier);
		return true;
	})) break;
	return {
		state,
		marked,
		open: findBarrierBypasses(state, guidance)
	};
}
/** The newest release on the barrier's base in between that may become a barrier. */
function findBridge(state, detour, architecture) {
	const [from, to] = [ageOf(state, detour.from), ageOf(state, detour.to)];
	return versionsOf(state).slice(from + 1, to).findLast((version) => baseOf(state, version) === detour.barrier.version && metadataOf(state.updates, version).barrier === void 0 && canBeBarrier(state, version) && state.releases.releases.find((release) => release.version === version)?.["oci-images"]?.some((image) => image.architecture === architecture) === true);
}
function canBeBarrier(state, version) {
	return metadataOf(state.updates, version).deadend === void 0 && !withdrawnOrPaused(state).has(version);
}
function versionsOf(state) {
	return state.releases.releases.map(({ version }) => version);
}
function bypassesByArchitecture(state, guidance) {
	return architecturesOf$1(state).flatMap((architecture) => {
		const graph = buildGraph(state.releases, state.updates, {
			basearch: architecture,
			scheme: "oci"
		});
		const versions = graph.nodes.map(({ version }) => version);
		return graph.edges.flatMap(([start, end]) => {
			const [from, to] = [versions[start], versions[end]];
			return upstreamMarksBetween(guidance, "barrier", {
				from: baseOf(state, from),
				to: baseOf(state, to)
			}).map((barrier) => ({
				detour: {
					from,
					to,
					barrier
				},
				architecture
			}));
		});
	});
}
// src/release/upstream/barrier-bypasses.ts
init_errors();
/**
* @param options.source the fleet that this one is promoted from
* @throws InputError that names the release that has to come first
*/
function refuseBarrierBypasses(result, options) {
	const [detour] = result.open;
	if (detour === void 0) return;
	const { fleet, version } = options;
	const { barrier, from } = detour;
	const base = (each) => `${each} (on base ${baseOf(result.state, each)})`;
	throw new InputError({
		where: `fleet ${fleet.name}`,
		problem: `you need a release on base ${barrier.version} before ${version}: that base is a barrier upstream (${barrier.reason}), and nodes on ${base(from)} would go around it to ${base(detour.to)}`,
		remedy: remedy(barrier.version, options)
	});
}
function remedy(needed, { fleet, source }) {
	const there = Object.values(source?.records ?? {}).find((record) => record.baseVersion === needed);
	if (there !== void 0) return `Fleet ${fleet.promoteFrom} has ${there.version} on it: promote that first (commit ${shortCommit(there.commit)}).`;
	return `coxswain watch-base --base-version ${needed} makes the pull request for it${fleet.promoteFrom === void 0 ? "" : `, and promote it from ${fleet.promoteFrom} to ${fleet.name}`}. If no node is that old, mark those releases instead: coxswain edit-updates --fleet ${fleet.name} --action deadend for the older releases.`;
}
init_errors();
/** Labels and evidence of one architecture's image. */
async function passImage(options, built, architecture) {
	const { client, config, candidate } = options;
	const image = await readImage(client, built, architecture);
	const where = formatReference(atDigest(built.repository, image.manifest.descriptor.digest));
	requireLabel(image, where, "com.coreos.stream", config.stream);
	requireLabel(image, where, "org.opencontainers.image.version", candidate.version);
	return {
		architecture,
		image,
		created: requireCreated(image, where, "Build it with coxswain build-image, which sets the time of the commit."),
		...await requireEvidence(options, image, architecture, built.repository)
	};
}
/** UNIX seconds at which an image was created. @throws InputError with the remedy if the image does not say it */
function requireCreated(image, where, remedy) {
	const created = imageTimestamp(image);
	if (created !== void 0 && created > 0) return created;
	throw new InputError({
		where,
		field: "created",
		problem: "the image has no creation time, and nodes compare it to find out which image is newer",
		found: image.config.created,
		remedy
	});
}
function requireLabel(image, where, label, expected) {
	const found = image.config.labels[label];
	if (found === expected) return;
	throw new InputError({
		where,
		field: `label ${label}`,
		problem: found === void 0 ? "missing" : "not what this commit builds",
		...defined({ found }),
		expected: JSON.stringify(expected),
		remedy: "The image under this build key was not made by coxswain build-image; build it again."
	});
}
/** The evidence is about the image itself, or about the index that lists it, for this architecture. */
async function requireEvidence(options, image, architecture, repository) {
	const { client, candidate, config, fleet } = options;
	const { digest } = image.manifest.descriptor;
	const trust = trustOf(options);
	const all = [];
	const refused = [];
	const subjects = image.index === void 0 ? [digest] : [digest, image.index.digest];
	const isOfThis = ({ evidence }) => evidence.architecture === architecture;
	for (const subject of subjects) {
		const examined = await examineEvidence(client, repository, subject, trust);
		all.push(...examined.found.filter(isOfThis));
		refused.push(...examined.refused.filter(isOfThis));
	}
	const { testsTree } = candidate;
	const demands = testDemands(config);
	const newest = newestFor(all, testsTree, demands);
	if (newest?.evidence.result === "PASSED") return { evidence: newest };
	const failedOnce = [...all, ...refused].some(({ evidence }) => evidence.result === "FAILED");
	if (newest === void 0 && !failedOnce) {
		const accepted = (fleet === void 0 ? void 0 : await findAcceptance(client, config.image, {
			subjects,
			fleet,
			testsTree
		}, trust)) ?? options.accept;
		if (accepted !== void 0) return { accepted: {
			reason: accepted.reason,
			by: accepted.by
		} };
	}
	throw new InputError({
		where: formatReference(atDigest(repository, digest)),
		problem: `no passing evidence: ${whyNone({
			newest,
			all,
			refused,
			demands
		})}`,
		expected: `a pass of the tests in git tree ${shortCommit(testsTree)}, by the settings of boot-test in ${config.file}`,
		remedy: newest === void 0 ? "Run coxswain boot-test. If that is not possible and no test failed, promote-image takes --accept-missing-evidence." : "Fix the image or the tests, and run coxswain boot-test."
	});
}
function whyNone(evidence) {
	const { newest, all, refused, demands } = evidence;
	if (newest !== void 0) {
		const failed = newest.evidence.tests.filter(({ result }) => result !== "passed").map(({ name }) => name);
		return `its boot test failed${failed.length === 0 ? "" : ` (${failed.join(", ")})`}`;
	}
	const last = refused.at(-1);
	if (last !== void 0) {
		const others = refused.length - 1;
		return `the evidence that it has does not count (${last.reason}${others === 0 ? "" : `; and ${others} more`})`;
	}
	const { mode } = demands;
	const others = new Set(all.map(({ evidence }) => evidence.mode ?? "unknown"));
	if (mode !== void 0 && others.size > 0 && !others.has(mode)) return `it was tested in the mode ${[...others].join(" and ")}, and boot-test.mode is ${mode}`;
	return all.length > 0 ? "it was tested with other tests than this commit has" : "it was never boot-tested";
}
/**
* `created` grows strictly along a fleet's releases: `rpm-ostree deploy --disallow-downgrade`, which Zincati uses,
* refuses anything else, on every node.
*/
async function requireNewer(options) {
	const { state, passed, fleet } = options;
	const newest = state.releases.releases.at(-1);
	if (newest === void 0) return;
	for (const { image, created, architecture } of passed) {
		const released = newest["oci-images"]?.find((each) => each.architecture === architecture)?.["digest-ref"];
		if (released?.endsWith(`@${image.manifest.descriptor.digest}`)) continue;
		const before = await createdOf(options.client, state, newest.version, {
			architecture,
			"digest-ref": released ?? ""
		});
		if (before === void 0 || created > before) continue;
		throw new InputError({
			where: `fleet ${fleet.name}`,
			field: "created",
			problem: `the image is not newer than the newest release, ${newest.version}: nodes would refuse it as a downgrade`,
			found: isoTime(created),
			expected: `later than ${isoTime(before)}`,
			remedy: `Promote a commit that builds something else, and was made after that one: a new date in ${refreshFileName} is enough.`
		});
	}
}
/** When an image of a release was created, in UNIX seconds. Releases that were imported have no record. */
async function createdOf(client, state, version, image) {
	const record = state.records[version];
	if (record !== void 0) return Date.parse(record.created) / 1e3;
	const architecture = architectures.find((each) => each === image.architecture);
	if (architecture === void 0 || image["digest-ref"] === "") return void 0;
	return imageTimestamp(await readImage(client, parseReference(image["digest-ref"]), architecture));
}
function isoTime(seconds) {
	return (/* @__PURE__ */ new Date(seconds * 1e3)).toISOString();
}
// src/release/published/file-paths.ts
/** Path of a fleet's graph. @param options.folder one of a ring's folders; default: the graph of no ring */
function graphPath(options) {
	const { fleet, basearch, folder = "" } = options;
	return `${fleet}/${basearch}/${folder === "" ? "" : `${folder}/`}v1/graph`;
}
/** Path of the release.json of one release. */
function buildReleasePath(fleet, version) {
	return `${fleet}/builds/${fileNameOf(version)}/release.json`;
}
/**
* URL of the release.json of one release: what `metadata` in the release index holds.
* @param options.url where the files are served
*/
function buildReleaseUrl(options) {
	const path = buildReleasePath(options.fleet, options.version);
	return `${withSlash(options.url)}${path.split("/").map(encodeURIComponent).join("/")}`;
}
/**
* The value of Zincati's `cincinnati.base_url`. It ends in a slash: Zincati joins `v1/graph` to it as a browser
* would, and without the slash the last part would be replaced.
* @param basearch an architecture, or `${basearch}` for Zincati to fill in
*/
function baseUrl(options) {
	return `${withSlash(options.url)}${graphPath(options).replace(/v1\/graph$/, "")}`;
}
/** To upstream's tools a version is any text, so this turns it into one safe file name. */
function fileNameOf(version) {
	const safe = encodeURIComponent(version).replaceAll("%2B", "+");
	return /^\.+$/.test(safe) ? safe.replaceAll(".", "%2E") : safe;
}
function withSlash(url) {
	return url.endsWith("/") ? url : `${url}/`;
}
// src/release/describe-rollout.ts
/**
* An update entry in words: one line for each fact.
* @param now UNIX seconds; if absent, times are without "in 2 h"
*/
function describeEntry(entry, now) {
	const { rollout, barrier, deadend } = entry.metadata;
	return [
		...rollout === void 0 ? ["not offered to any node"] : describeRollout(rollout, now),
		...barrier === void 0 ? [] : [`barrier: older releases must pass through this one (${barrier.reason})`],
		...deadend === void 0 ? [] : [`dead-end: nodes on it get no further update (${deadend.reason})`]
	];
}
function describeRollout(rollout, now) {
	const start = rollout.start_epoch ?? 0;
	const share = rollout.start_percentage ?? 0;
	const end = rolloutEnd(rollout);
	const starts = start <= 0 ? "at once" : `${formatTime(start)}${relative(start, now)}`;
	if (share >= 1) return [`offered to every node from its start: ${starts}`];
	if (end === void 0) return [`starts: ${starts}`, `stays at ${formatPercent(share)} of the nodes`];
	return [
		`starts: ${starts}${share > 0 ? `, with ${formatPercent(share)} of the nodes` : ""}`,
		`takes: ${formatDuration(end - start)}`,
		`complete: ${formatTime(end)}${relative(end, now)}`
	];
}
function relative(time, now) {
	if (now === void 0) return "";
	if (time === now) return " (now)";
	return time > now ? ` (in ${formatDuration(time - now)})` : ` (${formatDuration(now - time)} ago)`;
}
// src/release/gates/external-holds.ts
/** The hold that a label on the fleet's open promotion asks for. */
function findLabelHold(request, now) {
	const label = readLabel(request, "hold");
	if (request === void 0 || label === void 0) return void 0;
	return {
		source: `label on pull request #${request.number}`,
		reason: label.reason || `see pull request #${request.number}`,
		by: label.by,
		at: now
	};
}
/** The open promotion into a fleet, if any. */
async function findPromotion({ forge }, fleet) {
	if (fleet.promoteFrom === void 0) return void 0;
	const head = promotionBranch(fleet.promoteFrom, fleet.name);
	return forge.pullRequests.find({
		head,
		base: fleet.branch
	});
}
/**
* Makes the holds that are set by files and labels those of the state branch: from there they stop promotions and
* rollouts, and everybody sees them.
* @param now UNIX seconds
*/
async function syncExternalHolds(project, fleet, now) {
	const found = [await findFileHold(project.forge.branches, fleet, now), findLabelHold(await findPromotion(project, fleet), now)].filter((stop) => stop !== void 0);
	const [first] = found;
	const order = {
		fleet: fleet.name,
		by: first?.by ?? "coxswain open-promotion",
		now
	};
	let warnings = [];
	let summary = "";
	const message = () => commitMessage(order, summary, first?.reason);
	await project.state.changeFleet(fleet.name, message, (state) => {
		const edit = applyExternalHolds(state, order, found);
		({summary} = edit);
		warnings = edit.warnings ?? [];
		return edit.state;
	});
	const unknown = await findUnknownHoldFiles(project.forge.branches, fleet, Object.keys(project.config.fleets));
	return [...warnings, ...unknown.map(({ name, problem, remedy }) => `${holdFolder}/${name} on branch ${fleet.branch}: ${problem} ${remedy}`)];
}
// src/release/published/build-release.ts
/**
* The release.json of one release, in the format of upstream's file for each build (stream-metadata-go, package
* release), without disk images, which derived releases do not have.
*/
function formatBuildRelease(release, state, stream) {
	const recordedAt = state.records?.[release.version]?.recordedAt;
	const architectures = {};
	const describe = (architecture, fields) => {
		architectures[architecture] = {
			...architectures[architecture],
			...fields
		};
	};
	for (const { architecture, checksum } of release.commits ?? []) describe(architecture, { commit: checksum });
	for (const image of release["oci-images"] ?? []) describe(image.architecture, { "oci-image": {
		image: image.image,
		"digest-ref": image["digest-ref"]
	} });
	const document = {
		release: release.version,
		stream,
		metadata: { "last-modified": recordedAt === void 0 ? state.releases.metadata["last-modified"] : formatTime(recordedAt) },
		architectures
	};
	return `${JSON.stringify(document, null, 2)}\n`;
}
// src/release/published/stamp.ts
init_errors();
const moment = datetime({ error: "a time in ISO 8601, such as 2026-07-22T14:00:00Z" });
const schema$1 = openObject("an object {published, next-change}", {
	published: moment,
	"next-change": moment.nullable()
});
/** Path of a fleet's published.json. */
function stampPath(fleet) {
	return `${fleet}/published.json`;
}
function formatStamp({ published, nextChange }) {
	const document = {
		published: formatTime(published),
		"next-change": nextChange === void 0 ? null : formatTime(nextChange)
	};
	return `${JSON.stringify(document, null, 2)}\n`;
}
/** @throws InputError naming file and field */
function parseStamp(text, where) {
	const read = readDocument$1(schema$1, text, { where });
	const next = read["next-change"];
	return {
		published: seconds(read.published),
		nextChange: next === null ? void 0 : seconds(next)
	};
}
/** undefined if there is no such file, or it cannot be read. */
function readStamp(text, where) {
	if (text === void 0) return void 0;
	try {
		return parseStamp(text, where);
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
function seconds(text) {
	return Math.floor(Date.parse(text) / 1e3);
}
// src/release/state/difference.ts
/** What would change, as `git diff` shows it. */
async function showDifference(files) {
	if (files.length === 0) return "";
	return withTemporaryFolder("difference", async (folder) => {
		const shown = [];
		for (const { path, before, after } of files) {
			for (const [side, text] of [["a", before], ["b", after]]) {
				if (text === void 0) continue;
				const file = join(folder, side, path);
				await mkdir(dirname(file), { recursive: true });
				await writeFile(file, text);
			}
			const side = (name, text) => text === void 0 ? "/dev/null" : `${name}/${path}`;
			const { stdout } = await exec("git", [
				"diff",
				"--no-index",
				"--no-color",
				"--no-ext-diff",
				"--no-prefix",
				side("a", before),
				side("b", after)
			], {
				cwd: folder,
				allow: [0, 1]
			});
			shown.push(stdout.replaceAll(/^(?:index|diff --git) .*\n/gm, ""));
		}
		return shown.join("");
	});
}
// src/release/gates/gate.ts
/** True if no gate holds the promotion back. */
function isReady(gates) {
	return gates.every((gate) => gate.state === "green" || gate.state === "unknown");
}
/**
* The gate that a promotion waits for: first one that needs a person, then the one that opens last.
* @returns undefined if the promotion is ready
*/
function nextGate(gates) {
	const red = gates.find((gate) => gate.state === "red");
	if (red !== void 0) return red;
	const opens = (gate) => gate.until ?? Number.POSITIVE_INFINITY;
	return gates.filter((gate) => gate.state === "waiting").sort((one, other) => opens(other) - opens(one))[0];
}
// src/release/gates/merge-gates.ts
/** The merge must not need a person's decision. */
function mergeGate(forecast) {
	if (forecast.result === "clean") return {
		state: "green",
		note: "no conflicts"
	};
	if (forecast.result === "unknown") return {
		state: "unknown",
		note: forecast.why
	};
	return {
		state: "red",
		note: `conflicts in ${forecast.paths.join(", ")}`
	};
}
/** If the merge gives another image than the source's, that image must be built and tested before the merge. */
function imageGate(image) {
	return image === void 0 ? void 0 : {
		state: image.tested ? "green" : "red",
		note: image.note
	};
}
/** The target's rollout template must render. */
function templateGate(template) {
	return template.problem === void 0 ? {
		state: "green",
		note: `${template.path} renders`
	} : {
		state: "red",
		note: template.problem
	};
}
/** If people added commits to the promotion's branch, it must still contain the release. */
function branchGate(outdatedBranch, commit) {
	if (outdatedBranch === void 0) return void 0;
	return {
		state: "red",
		note: `${outdatedBranch} has commits of its own and lacks ${shortCommit(commit)}: merge that into it, or delete the branch`
	};
}
// src/release/gates/source-gates.ts
/** The window of `coxswain observe`, if nobody says another. */
const defaultWindowDays = 14;
/** UNIX seconds of the first offer of the release to nodes of the source fleet. */
function rolloutStart({ record, state }) {
	const start = metadataOf(state.updates, record.version).rollout?.start_epoch ?? 0;
	return start > 0 ? start : record.rolloutStart ?? record.recordedAt;
}
/** UNIX seconds at which the rollout in the source fleet is, or was, complete; undefined for one that does not end. */
function rolloutCompletion({ record, state }) {
	const { rollout } = metadataOf(state.updates, record.version);
	return (rollout === void 0 ? void 0 : rolloutEnd(rollout)) ?? record.rolloutEnd;
}
/** An urgent release does not wait for a gate that only needs time. */
function skippedIfUrgent(verdict, { urgent }) {
	if (verdict.state !== "waiting" || urgent === void 0) return verdict;
	return {
		state: "green",
		note: `skipped as urgent: ${urgent.reason} (by ${urgent.by})`
	};
}
/** The rollout must be complete, and nothing may be wrong with the release. */
function rolloutGate(release, now) {
	const { version } = release.record;
	const { operations, updates } = release.state;
	const red = (note) => ({
		state: "red",
		note
	});
	const withdrawn = operations.withdrawn?.find((each) => each.version === version);
	if (withdrawn !== void 0) return red(`withdrawn there by ${withdrawn.by}: ${withdrawn.reason}`);
	const { rollout, barrier, deadend } = metadataOf(updates, version);
	const paused = operations.paused?.find((each) => each.version === version);
	if (paused !== void 0 && rollout === void 0) return red(`paused there by ${paused.by}: ${paused.reason}`);
	if (deadend !== void 0) return red(`it is a dead-end there: ${deadend.reason}`);
	if (rollout === void 0) {
		if (barrier !== void 0) return {
			state: "green",
			note: "a barrier, offered to every node"
		};
		return wasCompleted(release, now) ? {
			state: "green",
			note: "complete, and followed by newer releases"
		} : red("it is not offered to any node there: paused, or withdrawn");
	}
	const end = rolloutEnd(rollout);
	if (rolloutProgress(rollout, now) >= 1) return {
		state: "green",
		note: "complete"
	};
	if (end !== void 0) return {
		state: "waiting",
		until: end,
		note: `complete on ${formatTime(end)}`
	};
	if (operations.staged?.some((each) => each.version === version) === true) return {
		state: "waiting",
		note: `at ${formatPercent(rolloutProgress(rollout, now))}: it opens ring by ring, as each one does well`
	};
	const start = rollout.start_epoch ?? 0;
	return (rollout.start_percentage ?? 0) >= 1 ? {
		state: "waiting",
		until: start,
		note: `starts on ${formatTime(start)}`
	} : red("held: it has no duration, so it will not go on automatically");
}
/** Completed rollouts are removed when a newer one completes; the record has the time at which this one did. */
function wasCompleted({ record, state }, now) {
	if (record.rolloutEnd === void 0 || record.rolloutEnd > now) return false;
	const age = ageOf(state, record.version);
	return state.updates.releases.some(({ version }) => {
		const { rollout } = metadataOf(state.updates, version);
		return ageOf(state, version) > age && rollout !== void 0 && rolloutProgress(rollout, now) >= 1;
	});
}
/** UNIX seconds at which it has soaked; undefined if the rollout that it is counted from has no end. */
function soakEnd(release, { soak, soakAfter }) {
	if (soakAfter === "start") return rolloutStart(release) + soak;
	const end = rolloutCompletion(release);
	return end === void 0 ? void 0 : end + soak;
}
/** The release must have run in the source fleet for a while. */
function soakGate(release, target, now) {
	const until = soakEnd(release, target);
	const since = `${formatDuration(target.soak)} from the ${target.soakAfter === "start" ? "start" : "end"} of the rollout`;
	if (until === void 0) return {
		state: "waiting",
		note: `${since}, which has no end`
	};
	if (now >= until) return {
		state: "green",
		note: `${since}: over since ${formatTime(until)}`
	};
	return {
		state: "waiting",
		until,
		note: `${since}: over on ${formatTime(until)}`
	};
}
/** Enough nodes of the source fleet must run the release, or a newer one. Does not apply if none are required. */
function adoptionGate({ record, state }, { source, target, now }) {
	if (target.adoption === void 0) return void 0;
	const { share: needed, days } = target.adoption;
	const versions = state.releases.releases.map(({ version }) => version);
	const found = adoptionShare(state.adoption, record.version, {
		versions,
		days,
		now
	});
	if (found.state === "unknown") return {
		state: "waiting",
		note: unknownAdoption(found, source, days)
	};
	const { share, of, observedAt, isEstimate } = found;
	return {
		state: share >= needed ? "green" : "waiting",
		note: `${isEstimate ? "about " : ""}${formatPercent(share)} of ${count(of, "node")} run it or a newer release, ${formatPercent(needed)} needed; counted on ${formatTime(observedAt)}`
	};
}
function unknownAdoption({ why, observedAt }, source, days) {
	const command = `coxswain observe --log LOG --fleet ${source} --window ${Math.max(days, defaultWindowDays)}d --record`;
	const at = observedAt === void 0 ? "" : formatTime(observedAt);
	switch (why) {
		case "none": return `not known, because nobody counted the nodes of ${source}: ${command}`;
		case "old": return `not known, because the newest request that was counted (on ${at}) is older than ${days} d: ${command}`;
		case "short": return `not known, because fewer than ${days} d were counted (on ${at}): ${command}`;
		case "no nodes": return `not known, because no node was seen in ${days} d (counted on ${at}): ${command}`;
	}
}
/** Each image must have its evidence. */
function evidenceGate(record) {
	const missing = record.images.filter((image) => image.evidence === void 0);
	if (missing.length === 0) return {
		state: "green",
		note: "every image passed its tests"
	};
	const of = missing.map((image) => image.architecture).join(", ");
	const accepted = record.acceptedMissingEvidence;
	if (accepted !== void 0) return {
		state: "green",
		note: `none for ${of}, accepted: ${accepted.reason} (by ${accepted.by})`
	};
	return {
		state: "red",
		note: `none recorded for ${of}`
	};
}
// src/release/gates/target-gates.ts
/** Nobody may hold the fleet. @param now UNIX seconds */
function holdGate(operations, now) {
	const hold = holdAt(operations, now);
	if (hold === void 0) return void 0;
	const note = `the fleet is held: ${describeHold(hold)}`;
	return hold.until === void 0 ? {
		state: "red",
		note
	} : {
		state: "waiting",
		until: hold.until,
		note
	};
}
/**
* No freeze window may be open. Does not apply to a fleet without such windows.
* @param exception what a label says; `reason` is empty if the label gives none
* @param now UNIX seconds
*/
function freezeGate(target, exception, now) {
	if (target.freeze.length === 0) return void 0;
	const freeze = freezeAt(target.freeze, now);
	if (freeze === void 0) return {
		state: "green",
		note: "no freeze"
	};
	const until = thawTime(target.freeze, now);
	const what = `${freeze.window.reason}${until === void 0 ? ": without an end" : `: until ${formatTime(until)}`}`;
	if (exception !== void 0 && exception.reason !== "") return {
		state: "green",
		note: `${what}; excepted: ${exception.reason} (by ${exception.by})`
	};
	const note = exception === void 0 ? what : `${what}; the label needs a reason: freeze-exception: WHY`;
	return until === void 0 ? {
		state: "red",
		note
	} : {
		state: "waiting",
		until,
		note
	};
}
/**
* Upstream must offer the base, or have offered it.
* @param guidance undefined if the base has none; an error if it cannot be read
* @param now UNIX seconds
*/
function upstreamGate(guidance, baseVersion, now) {
	if (guidance === void 0) return void 0;
	if (guidance instanceof Error) return {
		state: "red",
		note: "the guidance of the base cannot be read: see the run of open-promotion"
	};
	const doubt = doubtOf(upstreamStatusOf(guidance, baseVersion, now));
	return doubt === void 0 ? {
		state: "green",
		note: `upstream offers ${baseVersion}, or has offered it`
	} : {
		state: "red",
		note: doubt.why
	};
}
/** `created` must grow along the target's releases, too: rpm-ostree refuses an update to an older image. */
function orderGate(record, target, state) {
	const newest = state.records[state.releases.releases.at(-1)?.version ?? ""];
	return newest === void 0 || Date.parse(record.created) > Date.parse(newest.created) ? {
		state: "green",
		note: `created ${record.created}`
	} : {
		state: "red",
		note: `${target} has ${newest.version}, created ${newest.created}: nodes would refuse the older image`
	};
}
// src/release/vulnerabilities/severity.ts
/** From the least severe to the most severe. */
const severities = [
	"none",
	"low",
	"medium",
	"high",
	"critical"
];
/** Whether a severity is above a limit. */
function isAbove(severity, limit) {
	return severity === "unknown" || severities.indexOf(severity) > severities.indexOf(limit);
}
/** The most severe of several; `unknown` only if nothing else is known. */
function worst(all) {
	return all.filter((each) => each !== "unknown").toSorted((one, other) => severities.indexOf(other) - severities.indexOf(one))[0] ?? "unknown";
}
/** A word of a scanner, in any case; `info` and the like are `none`. */
function severityOf(word) {
	const lower = word?.toLowerCase();
	if (lower === "info" || lower === "negligible") return "none";
	return severities.find((each) => each === lower) ?? "unknown";
}
/** The ranges of CVSS v3 and v4 ("Qualitative Severity Rating Scale"). */
function severityOfScore(score) {
	if (!(score >= 0 && score <= 10)) return "unknown";
	if (score === 0) return "none";
	if (score < 4) return "low";
	if (score < 7) return "medium";
	return score < 9 ? "high" : "critical";
}
// src/release/gates/vulnerability-gate.ts
const named = 5;
/** @param now UNIX seconds */
function findObjections(rule, images, now) {
	const missing = images.flatMap(({ architecture, scan }) => "missing" in scan ? [{
		name: `no report: ${architecture}`,
		missing: `${scan.missing} to the image for ${architecture}`
	}] : []);
	const refused = aboveLimit(rule, images).filter(({ id }) => !((exceptionFor(rule, id)?.until ?? 0) > now));
	return [...missing, ...refused.map((vulnerability) => ({
		name: vulnerability.id,
		vulnerability
	}))];
}
/** Objections as one clause. */
function describeObjections(rule, objections) {
	const missing = objections.flatMap((each) => each.missing ?? []);
	const refused = objections.flatMap((each) => each.vulnerability ?? []);
	const ended = refused.flatMap(({ id }) => {
		const until = exceptionFor(rule, id)?.until;
		return until === void 0 ? [] : [`the exception for ${id} ended on ${formatTime(until)}`];
	});
	return [
		...missing.length === 0 ? [] : [`${missing.join("; ")}: attach SARIF or CycloneDX to the digest`],
		...refused.length === 0 ? [] : [`above ${rule.noneAbove}: ${listed(refused)}`],
		...ended
	].join("; ");
}
/**
* No vulnerability above the limit, in the image of any architecture, without an exception that is still valid.
* @param images of the release that would be promoted; an error if the registry cannot say
* @param now UNIX seconds
*/
function vulnerabilityGate(rule, images, now) {
	if (rule === void 0) return void 0;
	const red = (note) => ({
		state: "red",
		note
	});
	if (images instanceof Error) return red(`the registry cannot say what scanners found: ${images.message}`);
	if (images === void 0 || images.length === 0) return red("no image was built yet that could be scanned");
	const objections = findObjections(rule, images, now);
	if (objections.length > 0) return red(describeObjections(rule, objections));
	const accepted = aboveLimit(rule, images).flatMap(({ id }) => {
		const exception = exceptionFor(rule, id);
		return exception === void 0 ? [] : [`${id} is accepted until ${formatTime(exception.until)}: ${exception.reason}`];
	});
	return {
		state: "green",
		note: [`none above ${rule.noneAbove}`, ...accepted].join("; ")
	};
}
function aboveLimit(rule, images) {
	return unique(images).filter(({ severity }) => isAbove(severity, rule.noneAbove));
}
function exceptionFor(rule, id) {
	return rule.exceptions.find((each) => each.id.toLowerCase() === id.toLowerCase());
}
/** Each vulnerability of several architectures once. */
function unique(images) {
	const all = images.flatMap(({ scan }) => "missing" in scan ? [] : scan.found);
	return [...new Map(all.map((each) => [each.id, each])).values()];
}
function listed(all) {
	return [...all.slice(0, named).map(({ id, severity, packages: [first] }) => {
		const facts = [severity === "unknown" ? "of unknown severity" : severity, first];
		return `${id.slice(0, 60)} (${facts.filter((part) => part !== void 0).join(", ").slice(0, 80)})`;
	}), ...all.length > named ? [`and ${all.length - named} more`] : []].join(", ");
}
// src/release/gates/promotion-gates.ts
/**
* Every condition of a promotion, in the order in which people see them. This is the only list: open-promotion
* evaluates all gates, `status` those that need neither the merge nor the registry, and the choice of the release
* those that need only the release.
*/
const promotionGates = [
	{
		name: ({ source }) => `hold of ${source}`,
		needs: "state",
		evaluate: ({ release, now }) => holdGate(release.state.operations, now)
	},
	{
		name: ({ target }) => `hold of ${target.name}`,
		needs: "state",
		evaluate: ({ to, now }) => holdGate(to.operations, now)
	},
	{
		name: () => "freeze",
		needs: "state",
		evaluate: ({ target, freezeException, now }) => freezeGate(target, freezeException, now)
	},
	{
		name: ({ source }) => `rollout in ${source}`,
		needs: "release",
		evaluate: ({ release, now }) => skippedIfUrgent(rolloutGate(release, now), release)
	},
	{
		name: () => "soak time",
		needs: "release",
		evaluate: ({ release, target, now }) => skippedIfUrgent(soakGate(release, target, now), release)
	},
	{
		name: ({ source }) => `adoption in ${source}`,
		needs: "release",
		evaluate: (facts) => {
			const verdict = adoptionGate(facts.release, facts);
			return verdict === void 0 ? void 0 : skippedIfUrgent(verdict, facts.release);
		}
	},
	{
		name: () => "evidence",
		needs: "release",
		evaluate: ({ release }) => evidenceGate(release.record)
	},
	{
		name: () => "base upstream",
		needs: "state",
		evaluate: ({ guidance, release, now }) => upstreamGate(guidance, release.record.baseVersion, now)
	},
	{
		name: ({ target }) => `newer than ${target.name}`,
		needs: "state",
		evaluate: ({ release, target, to }) => orderGate(release.record, target.name, to)
	},
	{
		name: () => "merge",
		needs: "merge",
		evaluate: ({ forecast }) => mergeGate(forecast)
	},
	{
		name: () => "image",
		needs: "registry",
		evaluate: ({ mergedImage }) => imageGate(mergedImage)
	},
	{
		name: () => "vulnerabilities",
		needs: "registry",
		evaluate: ({ target, scans, now }) => vulnerabilityGate(target.vulnerabilities, scans, now)
	},
	{
		name: () => "template",
		needs: "merge",
		evaluate: ({ template }) => templateGate(template)
	},
	{
		name: () => "branch",
		needs: "merge",
		evaluate: ({ outdatedBranch, release }) => branchGate(outdatedBranch, release.record.commit)
	}
];
/** The gates that need only what the source fleet knows about a release. */
function evaluateReleaseGates(facts) {
	return evaluate((gate) => gate.needs === "release" ? resultOf(gate, facts) : void 0);
}
/** The gates that need neither the merge nor the registry. */
function evaluateStateGates(facts) {
	return evaluate((gate) => gate.needs === "release" || gate.needs === "state" ? resultOf(gate, facts) : void 0);
}
/** All gates. */
function evaluateAllGates(facts) {
	return evaluate((gate) => resultOf(gate, facts));
}
function evaluate(resultFor) {
	return promotionGates.map(resultFor).filter((result) => result !== void 0);
}
function resultOf(gate, facts) {
	const verdict = gate.evaluate(facts);
	return verdict === void 0 ? void 0 : {
		name: gate.name(facts),
		...verdict
	};
}
// src/release/gates/choose-release.ts
/**
* The newest release that has passed its own gates, so that a source that releases faster than its releases soak
* still promotes. Until one has passed, the one that will pass first. If every release waits for a person, the
* newest, so that people see why. A barrier that the target lacks comes before all newer releases.
* @returns undefined if the source has no release
*/
function chooseRelease(from, to, options) {
	const newest = from.releases.releases.at(-1)?.version;
	if (newest === void 0) return void 0;
	const candidates = untilBarrier(from, pendingReleases(from, to), to);
	const urgent = (version) => urgencyOf(from, to, version);
	const releases = candidates.map((record) => ({
		record,
		state: from,
		urgent: urgent(record.version)
	}));
	const chosen = releases.findLast((release) => isReady(evaluateReleaseGates({
		...options,
		source: "",
		release
	}))) ?? releases.map((release) => ({
		...release,
		at: earliestTime(release, options)
	})).filter(({ at }) => at !== void 0).sort((one, other) => one.at - other.at)[0] ?? releases.at(-1);
	return chosen === void 0 ? {
		version: newest,
		urgent: void 0
	} : {
		version: chosen.record.version,
		urgent: chosen.urgent
	};
}
/**
* The time at which all waiting gates of the release will be open.
* @returns UNIX seconds; undefined if a gate needs a person
*/
function earliestTime(release, { target, now }) {
	if (evaluateReleaseGates({
		source: "",
		target,
		release,
		now
	}).some((gate) => gate.state === "red" || gate.state === "waiting" && gate.until === void 0)) return;
	if (release.urgent !== void 0) return now;
	return Math.max(soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0);
}
/** Releases that the target may still get, oldest first. */
function pendingReleases(from, to) {
	const newest = to.records[to.releases.releases.at(-1)?.version ?? ""];
	const known = new Set(to.releases.releases.map(({ version }) => version));
	const gone = new Set((from.operations.withdrawn ?? []).map(({ version }) => version));
	return from.releases.releases.map(({ version }) => from.records[version]).filter((record) => record !== void 0).filter(({ version, created }) => !known.has(version) && !gone.has(version) && metadataOf(from.updates, version).deadend === void 0 && (newest === void 0 || Date.parse(created) > Date.parse(newest.created)));
}
/**
* The source's nodes all went through its barriers, so the target's nodes must too, unless this is their first
* release.
*/
function untilBarrier(from, pending, to) {
	if (to.releases.releases.length === 0) return pending;
	const barrier = pending.findIndex(({ version }) => metadataOf(from.updates, version).barrier !== void 0);
	return barrier < 0 ? pending : pending.slice(0, barrier + 1);
}
/**
* The release that will be promoted into a fleet next; undefined if there is none.
* @param options.to state of the fleet
* @param options.guidance of the base: undefined if it has none, an error if it cannot be read
* @param options.now UNIX seconds
*/
async function findPendingPromotion(project, target, options) {
	const { config, state } = project;
	const { to, now, guidance } = options;
	if (target.promoteFrom === void 0) return void 0;
	const source = findFleet(config, target.promoteFrom);
	const from = await state.readFleet(source.name);
	const chosen = chooseRelease(from, to, {
		target,
		now
	});
	const record = from.records[chosen?.version ?? ""];
	if (record === void 0 || to.releases.releases.some(({ version }) => version === record.version)) return;
	const request = await findPromotion(project, target);
	const gates = evaluateStateGates({
		source: source.name,
		target,
		release: {
			record,
			state: from,
			urgent: chosen?.urgent
		},
		to,
		freezeException: readLabel(request, "freeze-exception"),
		guidance,
		now
	});
	return {
		from: source.name,
		version: record.version,
		gates,
		...defined({ pullRequest: request })
	};
}
// src/release/operations/ring-notes.ts
/**
* What the rollouts of a fleet wait for that open ring by ring. It is what the state branch says: conditions of
* halt-when are not asked.
* @param now UNIX seconds
*/
function ringNotes(state, rings, now) {
	if (rings === void 0) return [];
	const versions = state.releases.releases.map(({ version }) => version);
	const waits = waitingRings(state, rings, now).map(({ version, ring, since }) => {
		const { note } = judgeRing(state.adoption, rings.threshold, {
			ring,
			version,
			versions,
			since,
			now
		});
		return {
			version,
			ring,
			note: `the rings after ${ring} wait for it: ${note}`
		};
	});
	const others = versions.flatMap((version) => {
		const staged = stagedOf(state, version);
		const { rollout } = metadataOf(state.updates, version);
		if (staged === void 0 || rollout === void 0 || rollout.duration_minutes !== void 0) return [];
		if (waits.some((each) => each.version === version)) return [];
		const share = rolloutProgress(rollout, now);
		const next = rings.steps.filter((step) => step > share).map((step) => nextOpening(staged.rollout, step, now)).filter((at) => at !== void 0);
		const at = next.length === 0 ? void 0 : Math.min(...next);
		return [{
			version,
			note: at === void 0 ? "it opens ring by ring, with the next run of coxswain watch-fleet" : `it opens ring by ring, the next one on ${formatTime(at)}`
		}];
	});
	return [...waits, ...others];
}
/** UNIX seconds at which it is worth to look again whether a ring may open; undefined if none waits. */
function nextRingLook(state, steps, now) {
	const times = (state.operations.staged ?? []).flatMap(({ version, rollout: plan }) => {
		const { rollout } = metadataOf(state.updates, version);
		if (rollout === void 0 || rollout.duration_minutes !== void 0) return [];
		const share = rolloutProgress(rollout, now);
		const next = steps.filter((step) => step > share).map((step) => nextOpening(plan, step, now));
		const hour = Math.floor(now / 3600 + 1) * 3600;
		return [...next.filter((at) => at !== void 0), hour];
	});
	return times.length === 0 ? void 0 : Math.min(...times);
}
init_errors();
/** So many commits of the state branch are read. */
const newestCommits = 200;
/**
* Reads what the dashboard shows beside the state of the fleets. What cannot be read is left out, with a line in the
* log: a page must never stop a publication.
* @param now UNIX seconds
*/
async function readPageFacts(project, fleets, now) {
	const { config, forge, log } = project;
	const guidance = await project.readUpstream().catch((error) => {
		if (error instanceof OutsideError || error instanceof InputError) return error;
		throw error;
	});
	const facts = /* @__PURE__ */ new Map();
	for (const { name, state } of fleets) {
		const fleet = config.fleets[name];
		if (fleet !== void 0) facts.set(name, await factsOf(project, fleet, {
			state,
			guidance,
			now
		}));
	}
	const events = await orNothing(log, "who did what", () => readEvents(project));
	return {
		facts,
		...defined({
			events,
			repository: forge.page
		})
	};
}
async function factsOf(project, fleet, about) {
	const { state, guidance, now } = about;
	const pending = await orNothing(project.log, `the next promotion into ${fleet.name}`, () => findPendingPromotion(project, fleet, {
		to: state,
		guidance,
		now
	}));
	const freeze = freezeAt(fleet.freeze, now);
	const rings = ringGatesOf(project.config, fleet.name);
	const base = state.records[state.releases.releases.at(-1)?.version ?? ""]?.baseVersion;
	return defined({
		promotion: pending === void 0 ? void 0 : {
			from: pending.from,
			version: pending.version,
			gates: pending.gates,
			...defined({ pullRequest: pending.pullRequest?.number })
		},
		freeze: freeze === void 0 ? void 0 : {
			reason: freeze.window.reason,
			...defined({ until: freeze.until })
		},
		upstream: guidance === void 0 || guidance instanceof Error || base === void 0 ? void 0 : upstreamStatusOf(guidance, base, now),
		rings: rings === void 0 ? void 0 : ringNotes(state, rings, now),
		ringLimits: rings === void 0 ? void 0 : {
			gates: rings.gates,
			steps: rings.steps,
			after: rings.threshold.after
		},
		deadlines: fleet.signing.flatMap(({ file, until }) => until === void 0 ? [] : [{
			what: `The key ${file} no longer signs`,
			at: until
		}])
	});
}
/** The newest commits of the state branch, newest first. */
async function readEvents({ config, forge }) {
	const commit = await forge.branches.resolve(config.stateBranch);
	if (commit === void 0) return [];
	return (await forge.branches.newest(commit, newestCommits)).map((each) => eventOf(each, Object.keys(config.fleets)));
}
/** What a commit of the state branch says, as commitMessage writes it; people write commits there too. */
function eventOf({ sha, time, message }, fleets) {
	const [subject = "", ...lines] = message.split("\n");
	const fleet = fleets.find((name) => subject.startsWith(`${name}: `));
	const line = (name) => lines.find((each) => each.startsWith(`${name}: `))?.slice(name.length + 2).trim();
	return {
		commit: sha,
		time,
		summary: fleet === void 0 ? subject : subject.slice(fleet.length + 2),
		...defined({
			fleet,
			reason: line("Reason"),
			by: line("By")
		})
	};
}
async function orNothing(log, what, read) {
	try {
		return await read();
	} catch (error) {
		if (!(error instanceof OutsideError || error instanceof InputError)) throw error;
		log.detail(`the dashboard is published without ${what}: ${messageOf$1(error)}`);
		return;
	}
}
init_errors();
/** A problem that a schema or parser found, as an error. */
function findingOf(rule, problem, file) {
	const facts = [problem.found === void 0 ? void 0 : `found ${quote(problem.found)}`, problem.expected === void 0 ? void 0 : `expected ${problem.expected}`].filter((fact) => fact !== void 0);
	const field = problem.field === void 0 ? "" : `${problem.field}: `;
	return {
		severity: "error",
		rule,
		where: problem.where ?? file,
		message: `${field}${[problem.problem, ...facts].join(", ")}`,
		...defined({ remedy: problem.remedy })
	};
}
/** Runs a parser; what it refuses becomes a finding. */
function tryTo(rule, file, work) {
	try {
		return {
			value: work(),
			findings: []
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return { findings: [findingOf(rule, error.details, file)] };
	}
}
/** Reads the files of a fleet and lists every problem in them. */
function readSources(texts) {
	const releases = readSource(texts.releases, releaseIndex, nullableReleaseFields);
	const updates = readSource(texts.updates, updateMetadata, nullableEntryFields);
	const operations = readSource(texts.operations, operationsSchema, /* @__PURE__ */ new Set());
	return {
		sources: { ...defined({
			releases: releases.source,
			updates: updates.source,
			operations: operations.source
		}) },
		findings: [
			...releases.findings,
			...updates.findings,
			...operations.findings
		]
	};
}
function readSource(source, schema, nullable) {
	if (source === void 0) return { findings: [] };
	const { file, text } = source;
	const read = tryTo("json", file, () => readJson(text, file));
	if (read.value === void 0) return { findings: read.findings };
	const { placeOf } = read.value;
	const value = withoutNulls(read.value.value, nullable);
	const problems = findProblems(schema, value, placeOf);
	if (problems.length > 0) return { findings: problems.map((each) => findingOf("format", each, file)) };
	return {
		source: {
			value,
			placeOf
		},
		findings: []
	};
}
/** Checks each entry alone, and against the releases that it names. */
function* lintEntries({ releases, updates, operations }) {
	if (updates === void 0) return;
	const versions = releases?.value.releases.map(({ version }) => version) ?? [];
	const first = /* @__PURE__ */ new Map();
	for (const [index, { version, metadata }] of updates.value.releases.entries()) {
		const at = (...path) => updates.placeOf([
			"releases",
			index,
			...path
		]);
		if (releases !== void 0 && !versions.includes(version)) {
			const meant = nearest(version, versions);
			const what = metadata.barrier !== void 0 ? "barrier" : metadata.deadend !== void 0 ? "dead-end" : "rollout";
			yield {
				severity: "error",
				rule: "unknown-release",
				where: at("version"),
				message: `no release ${version}: this ${what} has no effect`,
				remedy: meant === void 0 ? "A version is released by start-rollout." : `Did you mean ${meant}?`
			};
		}
		const earlier = first.get(version);
		if (earlier !== void 0) yield {
			severity: "error",
			rule: "second-entry",
			where: at("version"),
			message: `releases[${earlier}] is about ${version} already; upstream's tools read the two as one, and refuse to write that`,
			remedy: "Make one entry of them."
		};
		first.set(version, earlier ?? index);
		yield* lintMarks(version, metadata, at);
		yield* lintRollout(metadata, at, operations?.value.staged?.some((each) => each.version === version) === true);
		const withdrawn = operations?.value.withdrawn?.find((each) => each.version === version);
		const isTarget = metadata.rollout !== void 0 || metadata.barrier !== void 0;
		if (withdrawn !== void 0 && isTarget) yield {
			severity: "warning",
			rule: "offered-although-withdrawn",
			where: at(),
			message: `${version} was withdrawn by ${withdrawn.by} (${withdrawn.reason}), and is offered by this entry`,
			remedy: "Remove the entry, or remove the release from \"withdrawn\" in operations.json."
		};
		const paused = operations?.value.paused?.find((each) => each.version === version);
		if (paused !== void 0 && isTarget) yield {
			severity: "warning",
			rule: "offered-although-paused",
			where: at(),
			message: `${version} is paused by ${paused.by} (${paused.reason}), and is offered by this entry`,
			remedy: "Use edit-updates --action resume, or remove it from \"paused\" in operations.json."
		};
	}
	for (const list of [
		"paused",
		"staged",
		"withdrawn"
	]) for (const [index, { version }] of (operations?.value[list] ?? []).entries()) {
		if (releases === void 0 || versions.includes(version)) continue;
		const meant = nearest(version, versions);
		yield {
			severity: "error",
			rule: "unknown-release",
			where: operations?.placeOf([
				list,
				index,
				"version"
			]) ?? "",
			message: `no release ${version}`,
			...defined({ remedy: meant && `Did you mean ${meant}?` })
		};
	}
}
function* lintMarks(version, { rollout, barrier, deadend }, at) {
	if (barrier !== void 0 && deadend !== void 0) yield {
		severity: "error",
		rule: "barrier-and-deadend",
		where: at("metadata", "deadend"),
		message: `${version} is a barrier and a dead-end: older nodes have to go there, and get no further`,
		remedy: "Keep one of the two."
	};
	if (deadend !== void 0 && deadend.reason.trim() === "") yield {
		severity: "error",
		rule: "no-reason",
		where: at("metadata", "deadend", "reason"),
		message: `the dead-end ${version} has no reason, and its nodes show it to everyone who logs in`,
		remedy: "Say why, preferably with the URL of an explanation."
	};
	if (barrier !== void 0 && barrier.reason.trim() === "") yield {
		severity: "warning",
		rule: "no-reason",
		where: at("metadata", "barrier", "reason"),
		message: `the barrier ${version} has no reason`
	};
	if (deadend !== void 0 && rollout !== void 0) yield {
		severity: "warning",
		rule: "offered-deadend",
		where: at("metadata", "rollout"),
		message: `${version} is a dead-end and still offered: nodes that take it get no further update`
	};
	if ([
		rollout,
		barrier,
		deadend
	].every((part) => part === void 0)) yield {
		severity: "warning",
		rule: "empty-entry",
		where: at("metadata"),
		message: `nothing is said about ${version} here: the entry has no effect`,
		remedy: "rollout, barrier and deadend are the fields that upstream reads."
	};
}
const rolloutFields = /* @__PURE__ */ new Set([
	"start_epoch",
	"start_percentage",
	"duration_minutes"
]);
const metadataFields = /* @__PURE__ */ new Set([
	"rollout",
	"barrier",
	"deadend"
]);
/** @param staged it opens ring by ring, so it has no duration on purpose */
function* lintRollout(metadata, at, staged) {
	for (const key of Object.keys(metadata).filter((each) => !metadataFields.has(each))) yield unknownField(key, metadataFields, at("metadata", key));
	const { rollout } = metadata;
	if (rollout === void 0) return;
	for (const key of Object.keys(rollout).filter((each) => !rolloutFields.has(each))) yield unknownField(key, rolloutFields, at("metadata", "rollout", key));
	if (rollout.duration_minutes === 0) yield {
		severity: "warning",
		rule: "no-duration",
		where: at("metadata", "rollout", "duration_minutes"),
		message: "the specification reads 0 as \"no progress\", but the graph as one minute: every node is offered it"
	};
	if (!staged && rollout.duration_minutes === void 0 && (rollout.start_percentage ?? 0) < 1) yield {
		severity: "warning",
		rule: "no-duration",
		where: at("metadata", "rollout"),
		message: `without a duration the rollout stays at ${Number(((rollout.start_percentage ?? 0) * 100).toFixed(1))} % for ever`
	};
}
function unknownField(key, known, where) {
	const meant = nearest(key, [...known]);
	return {
		severity: "warning",
		rule: "unknown-field",
		where,
		message: `upstream does not know the field ${key}: it has no effect`,
		...defined({ remedy: meant && `Did you mean ${meant}?` })
	};
}
// src/guidance/lint/history.ts
/**
* Releases are only added, and only at the end: nodes look themselves up in this list, and a position in it is an
* age.
*/
function* lintHistory({ releases, updates }, before) {
	const old = before.releases?.value.releases ?? [];
	if (releases !== void 0) {
		const list = releases.value.releases;
		let expected = 0;
		for (const [position, release] of old.entries()) {
			const at = list.findIndex(({ version }) => version === release.version);
			if (at < 0) {
				yield {
					severity: "error",
					rule: "release-removed",
					where: releases.placeOf(["releases", Math.min(position, list.length - 1)]),
					message: `release ${release.version} is gone: nodes on it could no longer find themselves, and would never update again`,
					remedy: "Put it back where it was. To offer it to nobody, withdraw it."
				};
				continue;
			}
			if (at < expected) yield {
				severity: "error",
				rule: "release-reordered",
				where: releases.placeOf(["releases", at]),
				message: `release ${release.version} stands at position ${at}, before releases that it came after: ages are positions`,
				remedy: "Releases stay where they are; new ones come at the end."
			};
			else expected = at + 1;
			if (!isDeepStrictEqual(list[at], release)) yield {
				severity: "error",
				rule: "release-rewritten",
				where: releases.placeOf(["releases", at]),
				message: `release ${release.version} has other content than before`,
				remedy: "A version always names the same build: a new build is a new release."
			};
		}
		const known = new Set(old.map(({ version }) => version));
		const last = list.findLastIndex(({ version }) => known.has(version));
		for (const [at, { version }] of list.entries()) {
			if (known.has(version) || at > last) continue;
			yield {
				severity: "error",
				rule: "release-reordered",
				where: releases.placeOf(["releases", at]),
				message: `release ${version} is new, and comes before older ones`,
				remedy: "New releases come at the end."
			};
		}
	}
	for (const { version, metadata } of before.updates?.value.releases ?? []) {
		if (metadata.barrier === void 0 || updates === void 0) continue;
		if (updates.value.releases.filter((entry) => entry.version === version).some((entry) => entry.metadata.barrier !== void 0)) continue;
		yield {
			severity: "warning",
			rule: "barrier-removed",
			where: updates.placeOf(["releases"]),
			message: `${version} is no longer a barrier (${metadata.barrier.reason}): older nodes go around it`
		};
	}
}
// src/guidance/lint/images.ts
/**
* Checks what releases say about their images.
* @param repository where all images must be, as in `repository@sha256:…`; images that were published elsewhere before
*   stay as they are
*/
function* lintImages({ releases }, before, repository) {
	if (releases === void 0) return;
	const known = new Set((before.releases?.value.releases ?? []).flatMap((release) => (release["oci-images"] ?? []).map((image) => image["digest-ref"])));
	const owners = /* @__PURE__ */ new Map();
	for (const [index, release] of releases.value.releases.entries()) {
		const { version } = release;
		const images = release["oci-images"] ?? [];
		const at = (...path) => releases.placeOf([
			"releases",
			index,
			"oci-images",
			...path
		]);
		if (images.length === 0 || images.some((image) => image["digest-ref"] === "")) yield {
			severity: "error",
			rule: "no-image",
			where: at(),
			message: `release ${version} lacks an image, so no node could find itself or update to it`
		};
		for (const [position, { architecture, "digest-ref": digestRef }] of images.entries()) {
			if (images.findIndex((other) => other.architecture === architecture) < position) yield {
				severity: "error",
				rule: "second-image",
				where: at(position, "architecture"),
				message: `release ${version} has two images for ${architecture}: upstream uses the last, and nodes on the other do not find themselves`,
				remedy: "Keep one image for each architecture."
			};
			if (digestRef === "") continue;
			const key = `${architecture} ${digestRef}`;
			const owner = owners.get(key);
			if (owner !== void 0 && owner !== version) yield {
				severity: "error",
				rule: "shared-image",
				where: at(position, "digest-ref"),
				message: `release ${version} has the image of release ${owner}: nodes on it believe that they run ${owner}`,
				remedy: "One image is one release of a fleet."
			};
			owners.set(key, owner ?? version);
			if (repository === void 0 || known.has(digestRef)) continue;
			if (digestRef.slice(0, digestRef.indexOf("@")) !== repository) yield {
				severity: "error",
				rule: "other-repository",
				where: at(position, "digest-ref"),
				message: `release ${version} has an image of another repository: ${digestRef}`,
				remedy: `Nodes are offered images of ${repository} only (image in coxswain.yaml).`
			};
		}
	}
}
// src/guidance/lint/reachability.ts
/** Checks that nodes on every release, on every architecture, can reach the newest release. */
function* lintPaths(after, before, now) {
	const { releases, updates, operations } = after;
	if (releases === void 0 || updates === void 0) return;
	const guidance = {
		releases: releases.value,
		updates: updates.value
	};
	const takenBack = (before.updates?.value.releases ?? []).filter((entry) => isTarget(entry) && !updates.value.releases.some((each) => each.version === entry.version && isTarget(each)));
	const retired = new Set([
		...takenBack,
		...operations?.value.withdrawn ?? [],
		...operations?.value.paused ?? []
	].map(({ version }) => version));
	/** The place of the entry for a version, else of the list of entries. */
	const placeOf = (version) => {
		const index = updates.value.releases.findLastIndex((entry) => entry.version === version);
		return updates.placeOf(index < 0 ? ["releases"] : ["releases", index]);
	};
	const known = /* @__PURE__ */ new Set();
	for (const group of byEnd(findStranded(guidance))) {
		const [first] = group;
		for (const each of group) known.add(`${each.version} ${each.architecture}`);
		yield {
			severity: "error",
			rule: "stranded",
			where: placeOf(first.why === "dead-end" ? first.end : first.goal),
			message: first.why === "dead-end" ? `nodes on ${listStranded(group)} end on the dead-end ${first.end} and never get ${first.goal}` : `nodes on ${listStranded(group)} never get to ${first.goal}`
		};
	}
	const news = (before.releases === void 0 || before.updates === void 0 ? [] : strandedBy({
		releases: before.releases.value,
		updates: before.updates.value
	}, guidance, { retired })).filter((each) => !known.has(`${each.version} ${each.architecture}`));
	if (news.length > 0) yield {
		severity: "error",
		rule: "stranded",
		where: placeOf(news[0]?.end ?? ""),
		message: `after this change, nodes on ${listStranded(news)} have no update path`,
		remedy: `Keep a rollout for ${news[0]?.goal}, or for a release that they may have instead.`
	};
	if (releases.value.releases.length > 0 && retired.size === 0 && !offersAnything(guidance)) yield {
		severity: "warning",
		rule: "nothing-offered",
		where: updates.placeOf(["releases"]),
		message: "no release has a rollout: no node is offered anything"
	};
	const tidied = {
		...guidance,
		updates: tidy(updates.value, now)
	};
	const harmed = strandedByTidying(guidance, tidied, now);
	if (harmed.length > 0) yield {
		severity: "warning",
		rule: "lost-by-tidying",
		where: placeOf(harmed[0]?.goal ?? ""),
		message: `when the next release is added, completed rollouts are removed, as upstream does, all except the last: nodes on ${listStranded(harmed)} then have no release to update to`,
		remedy: "The release that is kept has no image for their architecture, or lies behind a barrier that is still rolling out."
	};
}
function offersAnything({ updates }) {
	return updates.releases.some(isTarget);
}
function isTarget({ metadata: { rollout, barrier } }) {
	return rollout !== void 0 || barrier !== void 0;
}
function byEnd(stranded) {
	const groups = /* @__PURE__ */ new Map();
	for (const each of stranded) {
		const key = each.why === "dead-end" ? `dead-end ${each.end}` : "no path";
		groups.set(key, [...groups.get(key) ?? [], each]);
	}
	return [...groups.values()];
}
// src/guidance/lint/times.ts
/** Checks the changed rollouts: when they start, how far they jump, and whether they overlap. */
function* lintTimes({ updates }, before, options) {
	if (updates === void 0) return;
	const { now, timeZone } = options;
	const open = [];
	for (const [index, { version, metadata }] of updates.value.releases.entries()) {
		const { rollout } = metadata;
		if (rollout === void 0) continue;
		const where = updates.placeOf([
			"releases",
			index,
			"metadata",
			"rollout",
			"start_epoch"
		]);
		const was = rolloutIn(before, version);
		const changed = !isDeepStrictEqual(was, rollout);
		const start = rollout.start_epoch ?? 0;
		const end = rolloutEnd(rollout);
		if (rolloutPhase(rollout, now) !== "complete" && end !== void 0) open.push({
			version,
			start,
			end,
			where,
			changed
		});
		if (!changed) continue;
		const paused = before.operations?.value.paused?.find((each) => each.version === version);
		yield* lintJump({
			version,
			rollout,
			reached: paused?.progress ?? (was === void 0 ? 0 : rolloutProgress(was, now)),
			wasOpen: was !== void 0 || paused !== void 0,
			now,
			where
		});
		if (start > 0 && paused === void 0 && start >= now && isWeekend(start, timeZone)) yield {
			severity: "warning",
			rule: "weekend",
			where,
			message: `the rollout of ${version} starts on a ${weekdayOf(start, timeZone)} (${formatTime(start)}; in ${timeZone})`,
			remedy: "Perhaps nobody is at work if it goes wrong. Upstream starts on Tuesdays, 14:00 UTC."
		};
	}
	for (const [index, one] of open.entries()) for (const other of open.slice(index + 1)) {
		if (!(one.changed || other.changed) || one.start >= other.end || other.start >= one.end) continue;
		yield {
			severity: "warning",
			rule: "overlap",
			where: other.changed ? other.where : one.where,
			message: `the rollouts of ${one.version} and ${other.version} overlap from ${formatTime(Math.max(one.start, other.start))} to ${formatTime(Math.min(one.end, other.end))}`,
			remedy: "Nodes that are early take both, one after the other. Pause or withdraw the older one if that is not intended."
		};
	}
}
function* lintJump(options) {
	const { version, rollout, reached, wasOpen, now, where } = options;
	const start = rollout.start_epoch ?? 0;
	const share = rolloutProgress(rollout, now);
	if (!(rollout.start_epoch === void 0 && rollout.duration_minutes === void 0) && start < now && share > reached + .001) yield {
		severity: "warning",
		rule: "start-in-the-past",
		where,
		message: `the start of ${version} (${formatTime(start)}) is ${formatDuration(now - start)} ago: ${formatPercent(share)} of the nodes are offered it at once, up from ${formatPercent(reached)}`
	};
	if (wasOpen && share < reached - .001) yield {
		severity: "warning",
		rule: "goes-back",
		where,
		message: `${version} was offered to ${formatPercent(reached)} of the nodes, and is to be offered to ${formatPercent(share)}: those that took it stay on it`
	};
}
function rolloutIn({ updates }, version) {
	return updates?.value.releases.findLast((entry) => entry.version === version && entry.metadata.rollout !== void 0)?.metadata.rollout;
}
function weekdayOf(seconds, timeZone) {
	return new Intl.DateTimeFormat("en-US", {
		timeZone,
		weekday: "long"
	}).format(seconds * 1e3);
}
function isWeekend(seconds, timeZone) {
	return ["Saturday", "Sunday"].includes(weekdayOf(seconds, timeZone));
}
// src/guidance/lint/lint.ts
/**
* Checks the guidance of one fleet, and how it changed from the guidance before it.
* @param options.stream the files must belong to it
* @param options.now UNIX seconds
* @param options.repository where all images must be; default: anywhere
* @param options.timeZone decides what a weekend is, such as `Europe/Berlin`
* @returns findings in the order of the files; none for unchanged values that may be old (a start in the past)
*/
function lintGuidance(after, before, options) {
	const { sources, findings } = readSources(after);
	const { sources: old } = readSources(before);
	const { releases, updates } = sources;
	const streams = [releases, updates].flatMap((source) => source === void 0 || source.value.stream === options.stream ? [] : [{
		severity: "error",
		rule: "stream",
		where: source.placeOf(["stream"]),
		message: `this is of stream ${source.value.stream}, and coxswain.yaml is of ${options.stream}`
	}]);
	const gone = ["releases", "updates"].flatMap((name) => before[name] === void 0 || after[name] !== void 0 ? [] : [{
		severity: "error",
		rule: "file-removed",
		where: before[name].file,
		message: "this file is gone, and nodes depend on what it says",
		remedy: "Put it back."
	}]);
	return [
		...findings,
		...gone,
		...streams,
		...lintImages(sources, old, options.repository),
		...lintHistory(sources, old),
		...lintEntries(sources),
		...lintTimes(sources, old, options),
		...lintPaths(sources, old, options.now)
	];
}
// src/release/state/lint-rings.ts
/**
* Finds changed rollouts that would open a ring before the rings ahead of it did well. What cannot be read is reported
* by other rules.
* @param now UNIX seconds
*/
function lintRings(after, before, options) {
	const { rings, now } = options;
	const { updates } = after;
	const said = read(after);
	if (rings === void 0 || updates === void 0 || said === void 0) return [];
	const old = read(before);
	return [...said.rollouts].flatMap(([version, rollout]) => {
		const was = old?.rollouts.get(version);
		if (rolloutPhase(rollout, now) === "complete" && rollout.start_epoch === void 0) return [];
		if (isDeepStrictEqual(was, rollout)) return [];
		const passed = said.operations.staged?.find((each) => each.version === version)?.passed ?? [];
		const next = rings.gates.find(({ ring }) => !passed.some((each) => each.ring === ring));
		const reaches = rollout.duration_minutes === void 0 ? rollout.start_percentage ?? 0 : 1;
		const reached = was === void 0 ? 0 : rolloutProgress(was, now);
		if (next === void 0 || reaches <= Math.max(next.wariness, reached)) return [];
		const goesByTime = rollout.duration_minutes !== void 0;
		return [{
			severity: goesByTime ? "warning" : "error",
			rule: "ring-before-success",
			where: updates.file,
			message: goesByTime ? `the rollout of ${version} goes by time, and ring ${next.ring} has to do well first: publish-updates makes it wait there` : `${version} would be offered to ${formatPercent(reaches)} of the nodes, and ring ${next.ring} did not do well with it`,
			remedy: "To open the next ring anyway: edit-updates --action resume."
		}];
	});
}
function read(texts) {
	const { updates, operations } = texts;
	if (updates === void 0) return void 0;
	try {
		const rollouts = parseUpdateMetadata(updates.text, updates.file).releases.flatMap(({ version, metadata }) => metadata.rollout === void 0 ? [] : [[version, metadata.rollout]]);
		return {
			rollouts: new Map(rollouts),
			operations: operations === void 0 ? {} : parseOperations(operations.text, operations.file)
		};
	} catch {
		return;
	}
}
init_errors();
const knownFiles = [
	"releases.json",
	"updates.json",
	"operations.json",
	"adoption.json"
];
/**
* Checks the state branch, and a change of it.
* @param options.fleets names; none for all
* @param options.now UNIX seconds
*/
function lintState(after, before, options) {
	const { config, fleets } = options;
	const names = Object.keys(config.fleets);
	const strays = [...after.keys()].flatMap((path) => lintPlace(path, names));
	return [...fleets.length === 0 ? [{
		fleet: void 0,
		findings: strays
	}] : [], ...names.filter((name) => fleets.length === 0 || fleets.includes(name)).map((fleet) => ({
		fleet,
		findings: lintFleet(fleet, after, before, options)
	}))];
}
function lintFleet(fleet, after, before, options) {
	const guidance = lintGuidance(textsOf(fleet, after), textsOf(fleet, before), {
		stream: options.config.stream,
		now: options.now,
		timeZone: options.timeZone,
		repository: formatRepository(options.config.image)
	});
	const rings = lintRings(textsOf(fleet, after), textsOf(fleet, before), {
		rings: ringGatesOf(options.config, fleet),
		now: options.now
	});
	return [
		...guidance,
		...rings,
		...lintRecords(fleet, after, before),
		...lintAdoption(fleet, after)
	];
}
function lintAdoption(fleet, files) {
	const file = `${fleetFolder(fleet)}/adoption.json`;
	const text = files.get(file);
	return text === void 0 ? [] : tryTo("adoption", file, () => parseAdoption(text, file)).findings;
}
function textsOf(fleet, files) {
	const textOf = (name) => {
		const file = `${fleetFolder(fleet)}/${name}`;
		const text = files.get(file);
		return text === void 0 ? void 0 : {
			file,
			text
		};
	};
	return {
		releases: textOf("releases.json"),
		updates: textOf("updates.json"),
		operations: textOf("operations.json")
	};
}
/** Records say where releases come from. Promotion and the order of releases depend on them. */
function lintRecords(fleet, after, before) {
	const findings = [];
	const folder = `${fleetFolder(fleet)}/records/`;
	const records = /* @__PURE__ */ new Map();
	for (const [path, text] of after) {
		if (!path.startsWith(folder) || !path.endsWith(".json")) continue;
		const read = tryTo("record", path, () => parseRecord(text, path));
		findings.push(...read.findings);
		const version = path.slice(folder.length, -5);
		if (read.value === void 0) continue;
		records.set(version, read.value);
		findings.push(...lintRewritten(path, read.value, before.get(path)));
		if (read.value.version !== version || read.value.fleet !== fleet) findings.push({
			severity: "error",
			rule: "record",
			where: path,
			message: `this is the record of ${read.value.version} in ${read.value.fleet}`
		});
	}
	for (const path of before.keys()) {
		if (!path.startsWith(folder) || after.has(path)) continue;
		findings.push({
			severity: "error",
			rule: "record-removed",
			where: path,
			message: "the record of a release is gone",
			remedy: "Put it back: a release is never removed."
		});
	}
	const releasesFile = `${fleetFolder(fleet)}/releases.json`;
	const versions = versionsIn(after.get(releasesFile));
	if (versions === void 0) return findings;
	for (const version of records.keys()) {
		if (versions.includes(version)) continue;
		findings.push({
			severity: "error",
			rule: "release-removed",
			where: `${folder}${version}.json`,
			message: `this release is not in ${releasesFile}`
		});
	}
	let newest;
	for (const version of versions) {
		const record = records.get(version);
		if (record === void 0) continue;
		if (newest !== void 0 && Date.parse(record.created) <= Date.parse(newest.created)) findings.push({
			severity: "error",
			rule: "created-goes-back",
			where: `${folder}${version}.json`,
			message: `created ${record.created}, not after ${newest.version} before it (${newest.created}): rpm-ostree on the nodes would refuse it as a downgrade`
		});
		newest = record;
	}
	return findings;
}
/** The facts of a record that never change. */
const fixedFacts = [
	"commit",
	"buildKey",
	"baseVersion",
	"created",
	"recordedAt",
	"images"
];
function lintRewritten(where, record, before) {
	const old = before === void 0 ? void 0 : tryTo("record", where, () => parseRecord(before, where)).value;
	if (old === void 0) return [];
	return fixedFacts.filter((fact) => !isDeepStrictEqual(old[fact], record[fact])).map((fact) => ({
		severity: "error",
		rule: "record-rewritten",
		where,
		message: `${fact} of ${record.version} was ${quote(old[fact])} and is ${quote(record[fact])}`,
		remedy: "Put the old value back: a release is made once."
	}));
}
/** undefined if the file cannot be read: another rule reports that. */
function versionsIn(text) {
	if (text === void 0) return [];
	try {
		return JSON.parse(text).releases?.map((release) => String(release.version));
	} catch {
		return;
	}
}
/** A file that no fleet uses. */
function lintPlace(path, fleets) {
	const [top, fleet = "", ...rest] = path.split("/");
	if (top !== "fleets") return path === "README.md" ? [] : [{
		severity: "warning",
		rule: "unknown-file",
		where: path,
		message: "nothing reads this file"
	}];
	if (!fleets.includes(fleet)) {
		const meant = nearest(fleet, fleets);
		return [{
			severity: "error",
			rule: "unknown-fleet",
			where: path,
			message: `coxswain.yaml has no fleet ${fleet}: nothing reads this file`,
			...defined({ remedy: meant && `Did you mean ${meant}?` })
		}];
	}
	const name = rest.join("/");
	if (knownFiles.some((each) => each === name) || /^records\/[^/]+\.json$/.test(name)) return [];
	const meant = nearest(name, knownFiles);
	return [{
		severity: "error",
		rule: "unknown-file",
		where: path,
		message: "this file does not belong here, and every verb refuses the branch because of it",
		remedy: meant === void 0 ? "A fleet has releases.json, updates.json, operations.json, adoption.json and records/<version>.json." : `Did you mean ${meant}?`
	}];
}
init_errors();
/**
* Chooses the two releases.
* @param given.bad default: the fleet's newest release
* @param given.good default: the newest good release before it
* @throws InputError if there is no release to withdraw, or to go back to
*/
function planRollBack(state, fleet, given) {
	const versions = state.releases.releases.map(({ version }) => version);
	const find = (version, field) => {
		if (versions.includes(version)) return version;
		const meant = nearest(version, versions);
		throw new InputError({
			field,
			problem: `fleet ${fleet} has no such release`,
			found: version,
			...defined({ remedy: meant && `Did you mean ${meant}?` })
		});
	};
	const newest = versions.at(-1);
	if (newest === void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: "it has no release"
	});
	const bad = given.bad === void 0 ? newest : find(given.bad, "--version");
	const gone = withdrawnOrPaused(state);
	const isGood = (version) => state.records[version] !== void 0 && !gone.has(version) && metadataOf(state.updates, version).deadend === void 0;
	const good = given.good === void 0 ? versions.slice(0, versions.indexOf(bad)).findLast(isGood) : find(given.good, "--to");
	if (good === void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `no release before ${bad} is good`,
		remedy: `Stop it with coxswain edit-updates --fleet ${fleet} --action pause, and release a fix.`
	});
	const record = state.records[good];
	if (record === void 0 || ageOf(state, good) >= ageOf(state, bad)) throw new InputError({
		field: "--to",
		problem: record === void 0 ? "no record says what this release was made from" : `it is not before ${bad}`,
		found: good
	});
	return {
		bad,
		good: record
	};
}
/**
* Withdraws the bad release and its rollout. If nodes that are older than the good one would then have no update
* path, they are offered the good one again.
* @throws InputError for a barrier, paused or not: nodes would go around it
*/
function takeBack(before, order) {
	const { plan, reason } = order;
	const { bad, good } = plan;
	const paused = before.operations.paused?.find((each) => each.version === bad);
	const isBarrier = (metadataOf(before.updates, bad).barrier ?? paused?.entry.metadata.barrier) !== void 0;
	if (before.operations.withdrawn?.some((each) => each.version === bad) === true && !isOffered(before, bad)) return {
		state: before,
		summary: `${bad} is withdrawn already`,
		warnings: []
	};
	const withdrawn = withdraw(before, {
		...order,
		version: bad,
		reason,
		force: !isBarrier
	});
	const strandedIn = (state) => strandedBy(before, state, { retired: withdrawnOrPaused(state) });
	if (strandedIn(withdrawn.state).length === 0) return {
		state: withdrawn.state,
		summary: withdrawn.summary,
		warnings: []
	};
	const said = metadataOf(withdrawn.state.updates, good.version);
	const state = setMetadata(withdrawn.state, good.version, {
		...said,
		rollout: { start_percentage: 1 }
	}, order.now);
	const stranded = strandedIn(state);
	return {
		state,
		summary: `${withdrawn.summary}, and offer ${good.version} to every older node again`,
		warnings: stranded.length === 0 ? [] : [`no way forward for nodes on ${listStranded(stranded)}`]
	};
}
function isOffered(state, version) {
	const { rollout, barrier } = metadataOf(state.updates, version);
	return rollout !== void 0 || barrier !== void 0;
}
// src/world/forge/fit-body.ts
/** Longest text of a pull request or a comment on GitHub, in characters. */
const bodyLimit = 65536;
/**
* Cuts a Markdown text that is too long, and says so at its end. It is cut between paragraphs: never inside a table, a
* fenced block or a `<details>`.
* @param tail kept after the cut, such as a hidden marker
*/
function fitBody(body, options = {}) {
	const { tail = "", limit = bodyLimit } = options;
	if (body.length + tail.length <= limit) return `${body}${tail}`;
	const note = `> **Cut here**: this text has ${body.length} characters, more than GitHub accepts. The workflow run has the rest.\n`;
	const room = limit - note.length - tail.length - 2;
	return `${body.slice(0, cutAt(body, room)).trimEnd()}\n\n${note}${tail}`;
}
/** The last place up to `room` between two paragraphs; if there is none, between two lines. */
function cutAt(body, room) {
	let at = 0;
	let fence;
	let details = 0;
	let best = 0;
	for (const line of body.slice(0, room).split("\n")) {
		const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
		if (mark !== void 0 && fence === void 0) fence = mark;
		else if (mark !== void 0 && fence !== void 0 && mark.startsWith(fence)) fence = void 0;
		if (fence === void 0) details += (line.match(/<details\b/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
		if (line.trim() === "" && fence === void 0 && details <= 0) best = at;
		at += line.length + 1;
	}
	return best > 0 ? best : body.lastIndexOf("\n", room);
}
// src/world/forge/propose-changes.ts
/** Last line of the messages of our own commits on branches that we propose. */
const trailer = "Proposed-by: coxswain";
/**
* Proposes changes to a branch by ONE pull request: its branch is one commit on top of `tip`, rebuilt whenever
* it is not. Commits that people added to it while it is open are kept; ours then goes on top of theirs.
* If it is killed and run again, it continues.
* @param change.tip commit of the base branch
* @param change.again also if a person declined it
*/
async function proposeChanges(forge, proposal, change) {
	const declined = change.again === true ? void 0 : await findDeclined(forge, proposal);
	if (declined !== void 0) return {
		action: "declined",
		pullRequest: declined
	};
	return keepPullRequest(forge, proposal, await untilNotStale(() => placeChanges(forge, proposal, change)));
}
/**
* Proposes to merge a commit as it is, by ONE pull request.
* @param move.from commit at which the caller saw the branch of the pull request
* @throws StaleBranchError when it is elsewhere by now
*/
async function proposeCommit(forge, proposal, move) {
	const moved = move.from !== move.to;
	if (moved) await forge.branches.setBranch({
		branch: proposal.head,
		...move
	});
	return keepPullRequest(forge, proposal, moved);
}
/**
* Closes the pull request, if it is open. Its branch stays: the next proposal uses it again.
* @param reason goes into a comment
*/
async function withdrawProposal(forge, branches, reason) {
	const open = await forge.pullRequests.find(branches);
	if (open === void 0) return {
		action: "none",
		pullRequest: void 0
	};
	await forge.pullRequests.comment(open.number, closedKey, reason);
	return {
		action: "closed",
		pullRequest: await forge.pullRequests.update(open.number, { state: "closed" })
	};
}
/** Key of our comment on a pull request that we close. One that a person closed has none. */
const closedKey = "closed";
const reopened = "Open again.";
function wasWithdrawn({ comments }) {
	return comments.some(({ key, body }) => key === "closed" && body.trim() !== reopened);
}
/** A hidden line that says what a pull request is about. */
function subjectMark({ subject }) {
	return subject === void 0 ? "" : `\n<!-- coxswain proposes: ${subject} -->\n`;
}
/** The last pull request, if it was about the same and a person closed it. Its branch is left alone, so people can reopen it. */
async function findDeclined(forge, proposal) {
	if (proposal.subject === void 0) return void 0;
	const last = await forge.pullRequests.latest(proposal);
	if (last?.state !== "closed" || wasWithdrawn(last)) return void 0;
	return last.body.includes(subjectMark(proposal).trim()) ? last : void 0;
}
/** @returns whether the branch moved */
async function placeChanges(forge, proposal, { tip, changes }) {
	const { branches } = forge;
	const branch = proposal.head;
	const message = ourMessage(proposal.title);
	const open = await forge.pullRequests.find(proposal);
	const there = await branches.resolve(branch);
	if (there === void 0) {
		await branches.commit({
			branch,
			parent: void 0,
			from: tip,
			changes,
			message
		});
		return true;
	}
	const ahead = await branches.log({
		from: tip,
		to: there
	});
	if (open !== void 0 && !ahead.every(isOurs)) {
		if (await hasChanges(branches, there, changes)) return false;
		await branches.commit({
			branch,
			parent: there,
			changes,
			message
		});
		return true;
	}
	if (await hasOnlyChanges(branches, {
		tip,
		there,
		changes
	})) return false;
	await branches.commit({
		branch,
		parent: there,
		from: tip,
		changes,
		message
	});
	return true;
}
/** The message of a commit that we may replace later. */
function ourMessage(subject) {
	return `${subject}\n\n${trailer}\n`;
}
/** Whether a commit is one that we made for a proposal. */
function isOurs(commit) {
	return commit.message.split("\n").includes(trailer);
}
async function hasChanges(branches, commit, changes) {
	if (changes.some(({ content }) => content !== null && typeof content !== "string")) return false;
	const found = await Promise.all(changes.map(({ path }) => branches.readFile(commit, path)));
	return changes.every(({ content }, index) => (found[index] ?? null) === content);
}
async function hasOnlyChanges(branches, { tip, there, changes }) {
	const wanted = new Set(changes.map(({ path }) => path));
	return (await branches.changedFiles(tip, there)).filter((path) => !wanted.has(path)).length === 0 && await hasChanges(branches, there, changes);
}
async function keepPullRequest(forge, proposal, moved) {
	const { head, base, title, ready } = proposal;
	const body = fitBody(proposal.body, { tail: subjectMark(proposal) });
	const open = await forge.pullRequests.find(proposal);
	if (open === void 0) {
		const labels = proposal.labels;
		const pullRequest = await forge.pullRequests.open({
			head,
			base,
			title,
			body,
			ready,
			labels
		});
		await forge.announce?.(pullRequest);
		return {
			action: "opened",
			pullRequest
		};
	}
	if (wasWithdrawn(open)) await forge.pullRequests.comment(open.number, closedKey, reopened);
	if (moved) await forge.announce?.(open);
	const labels = [.../* @__PURE__ */ new Set([...open.labels, ...proposal.labels])];
	if (open.title === title && open.body.trim() === body.trim() && open.ready === ready && labels.length === open.labels.length) return {
		action: moved ? "updated" : "unchanged",
		pullRequest: open
	};
	return {
		action: "updated",
		pullRequest: await forge.pullRequests.update(open.number, {
			title,
			body,
			ready,
			labels
		})
	};
}
// src/world/git/tree-changes.ts
/**
* The changes that turn one commit's files into another's (or a tree's), byte for byte.
* @param options.keep paths that stay as they are
* @returns undefined if links or submodules differ: FileChange cannot express those
*/
async function treeChanges({ git, branches }, options) {
	const changes = [];
	for (const path of await branches.changedFiles(options.from, options.to)) {
		if (options.keep?.(path) === true) continue;
		const entry = await findEntry(git, options.to, path);
		if (entry === void 0) changes.push({
			path,
			content: null
		});
		else if (!/^100/.test(entry.mode)) return;
		else {
			const content = asText(await readBlob$1(git, entry.hash));
			changes.push({
				path,
				content,
				executable: entry.mode === "100755"
			});
		}
	}
	return changes;
}
/** Text if it is UTF-8, because text can be compared with a branch's files. */
function asText(bytes) {
	const text = bytes.toString("utf8");
	return Buffer.from(text).equals(bytes) && !text.includes("�") ? text : bytes;
}
// src/world/http/listen.ts
init_errors();
/** Reads `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:0`. @throws InputError */
function parseListenAddress(text, field) {
	const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text) ?? [];
	const host = bracketed ?? plain;
	if (host !== void 0 && Number(digits) <= 65535) return {
		host,
		port: Number(digits)
	};
	throw new InputError({
		field,
		problem: "not an address to listen on",
		found: text,
		expected: "HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080; port 0 takes a free one"
	});
}
/** Starts to listen. @returns the URL, with the port that was taken */
async function listen(server, { host, port }) {
	await new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen({
			host,
			port
		}, () => {
			server.off("error", reject);
			resolve();
		});
	}).catch((error) => {
		throw new OutsideError(`listening on ${host}:${port}`, messageOf$1(error), "Choose another address with --listen, or stop the program that uses it.", { cause: error });
	});
	const taken = server.address();
	return `http://${taken.family === "IPv6" ? `[${taken.address}]` : taken.address}:${taken.port}/`;
}
/** Accepts no more connections, lets requests finish for this long, then cuts them. */
async function stopServer(server, graceMilliseconds) {
	const timer = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
	await new Promise((resolve) => {
		server.close(() => resolve());
	});
	clearTimeout(timer);
}
// src/release/signatures/containers-policy.ts
/**
* The policy of a node: images of the production repository need a signature by one of the keys, for this same
* repository; everything else is accepted as Fedora's own policy does. Several keys are for the time of a change of
* keys.
*/
function nodePolicy(repository, keys) {
	const data = keys.map(({ key }) => Buffer.from(publicPem(key)).toString("base64"));
	const [first] = data;
	const signed = {
		type: "sigstoreSigned",
		...data.length === 1 ? { keyData: first } : { keyDatas: data },
		signedIdentity: { type: "matchRepository" }
	};
	const name = formatRepository(repository);
	return {
		policy: {
			default: [{ type: "insecureAcceptAnything" }],
			transports: { docker: { [name]: [signed] } }
		},
		registries: `docker:\n  ${name}:\n    use-sigstore-attachments: true\n`
	};
}
// src/release/signatures/signature-tag.ts
init_errors();
const payloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
const signatureAnnotation = "dev.cosignproject.cosign/signature";
const configType = "application/vnd.oci.image.config.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
/** Payloads have a few hundred bytes; anything larger is not a payload. */
const largestPayload = 65536;
const attempts = 5;
/** The tag of the signatures of an image. */
function signatureReference({ repository, digest }) {
	return atTag(repository, `${digest.replace(":", "-")}.sig`);
}
/** The signatures of an image by any signer; those of other formats are left out. */
async function readSignatures(client, image) {
	const found = [];
	for (const layer of (await readManifest(client, image))?.layers ?? []) {
		const signature = layer.annotations?.[signatureAnnotation];
		if (layer.mediaType !== payloadType || signature === void 0 || layer.size > largestPayload) continue;
		found.push({
			layer,
			signature,
			payload: await client.getBlob(image.repository, layer.digest)
		});
	}
	return found;
}
/** Whether one of the signatures is by the key and says what nodes check: this repository, this digest. */
function isSigned(signatures, image, key) {
	const expected = payloadOf(image);
	return signatures.some(({ payload, signature }) => Buffer.compare(payload, expected) === 0 && isSignedBy(key, payload, signature));
}
/**
* Adds a signature, and reads it back. Those of others stay. Registries have no compare-and-swap for tags: a signature
* that another writer removed is added again.
* @returns whether anything was written: an image that the key has signed is left as it is
*/
async function addSignature(client, image, by) {
	const payload = payloadOf(image);
	let written = false;
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		if (isSigned(await readSignatures(client, image), image, by.key)) return written;
		const signature = await by.signer(payload);
		if (!isSignedBy(by.key, payload, signature)) throw new OutsideError(`signing ${image.digest}`, "the new signature does not match the public key that coxswain.yaml names");
		const { digest, size } = await client.uploadBlob(image.repository, payload);
		await write(client, image, {
			mediaType: payloadType,
			digest,
			size,
			annotations: { [signatureAnnotation]: signature }
		});
		written = true;
	}
	throw new OutsideError(`signing ${formatReference(signatureReference(image))}`, "the registry does not keep the signature, or other writers keep replacing it");
}
/** Removes the signatures by some keys. @returns how many */
async function removeSignatures(client, image, keys) {
	const manifest = await readManifest(client, image);
	if (manifest === void 0) return 0;
	const gone = (await readSignatures(client, image)).filter(({ payload, signature }) => keys.some((key) => isSignedBy(key, payload, signature)));
	if (gone.length === 0) return 0;
	await put(client, image, manifest.layers.filter((layer) => !gone.some((each) => each.signature === layer.annotations?.[signatureAnnotation])));
	return gone.length;
}
async function write(client, image, layer) {
	await put(client, image, [...(await readManifest(client, image))?.layers ?? [], layer]);
}
async function put(client, image, layers) {
	const { repository } = image;
	const config = new TextEncoder().encode(JSON.stringify({
		architecture: "",
		os: "",
		config: {},
		rootfs: {
			type: "layers",
			diff_ids: layers.map(({ digest }) => digest)
		}
	}));
	const { digest, size } = await client.uploadBlob(repository, config);
	const manifest = {
		schemaVersion: 2,
		mediaType: manifestType,
		config: {
			mediaType: configType,
			digest,
			size
		},
		layers
	};
	const reference = signatureReference(image);
	const bytes = new TextEncoder().encode(JSON.stringify(manifest));
	if (reference.kind === "tag") await client.putManifest(repository, reference.tag, bytes, manifestType);
}
async function readManifest(client, image) {
	const reference = signatureReference(image);
	const manifest = await client.findManifest(reference) ?? await readAgain(client, reference);
	return manifest === void 0 || isIndex(manifest.json) ? void 0 : manifest.json;
}
/**
* One wrong 404 must not make us replace the signatures of others with ours, nor report that nodes refuse an image.
* @returns undefined if the registry has nothing there by two answers
*/
async function readAgain(client, reference) {
	if (await client.resolve(reference) === void 0) return void 0;
	const manifest = await client.findManifest(reference);
	if (manifest !== void 0) return manifest;
	throw new OutsideError(`reading ${formatReference(reference)}`, "the registry has it, and says in two other answers that it does not");
}
// src/release/signatures/node-verdict.ts
init_errors();
const identitySchema = discriminatedUnion("type", [
	object({ type: literal("matchRepository") }),
	object({
		type: literal("exactRepository"),
		dockerRepository: string()
	}),
	object({ type: literal("matchExact") }),
	object({ type: literal("matchRepoDigestOrExact") })
]);
const requirementSchema = discriminatedUnion("type", [
	object({ type: literal("insecureAcceptAnything") }),
	object({ type: literal("reject") }),
	object({
		type: literal("sigstoreSigned"),
		keyData: base64().optional(),
		keyDatas: array(base64()).optional(),
		signedIdentity: identitySchema.default({ type: "matchRepoDigestOrExact" })
	})
]);
const policySchema = object({
	default: array(requirementSchema).min(1),
	transports: object({ docker: record$1(string(), array(unknown()).min(1)).optional() }).optional()
});
const registriesSchema = object({ docker: record$1(string(), object({ "use-sigstore-attachments": boolean().optional() })).nullish() });
/** signature/payload.go of containers/image: nothing else may be in it. */
const payloadSchema = strictObject({
	critical: strictObject({
		identity: strictObject({ "docker-reference": string() }),
		image: strictObject({ "docker-manifest-digest": string() }),
		type: literal("cosign container image signature")
	}),
	optional: unknown().optional()
});
/**
* Asks the policy that a fleet's nodes have now whether they accept an image. A fleet without keys accepts everything.
* @param about.now UNIX seconds
*/
async function askFleetPolicy({ client, config, root }, about) {
	const keys = await fleetKeys(root, about.fleet, about.now);
	if (keys.length === 0) return { accepted: true };
	return askNodePolicy(client, nodePolicy(config.image, keys), about.image);
}
/**
* Asks a node's policy whether it accepts an image.
* @throws InputError for a policy that this cannot read
*/
async function askNodePolicy(client, { policy, registries }, image) {
	const name = formatRepository(image.repository);
	let signatures;
	for (const requirement of requirementsFor(policy, `${name}@${image.digest}`)) {
		if (requirement.type === "insecureAcceptAnything") continue;
		if (requirement.type === "reject") return {
			accepted: false,
			reason: "the policy refuses everything there"
		};
		signatures ??= looksForSignatures(registries, name) ? await readSignatures(client, image) : [];
		const verdict = judge(requirement, signatures, image);
		if (!verdict.accepted) return verdict;
	}
	return { accepted: true };
}
function requirementsFor(policy, name) {
	const read = policySchema.safeParse(policy);
	if (!read.success) throw unreadable("policy.json", read.error);
	const scopes = read.data.transports?.docker ?? {};
	const scope = scopesOf(name).find((each) => scopes[each] !== void 0);
	const requirements = array(requirementSchema).safeParse(scope === void 0 ? read.data.default : scopes[scope]);
	if (!requirements.success) throw unreadable("policy.json", requirements.error);
	return requirements.data;
}
function unreadable(where, { issues: [issue] }) {
	return new InputError({
		where,
		field: issue?.path.join(".") ?? "",
		problem: `this part of a node's policy is not known here: ${issue?.message ?? "wrong shape"}`
	});
}
/** The whole name, its repository, and each place above it; the most exact first. "" is everything. */
function scopesOf(name) {
	const [repository = ""] = name.split("@");
	const parts = repository.split("/");
	return [
		name,
		...parts.map((_, index) => parts.slice(0, parts.length - index).join("/")),
		""
	];
}
function looksForSignatures(registries, name) {
	const read = registriesSchema.safeParse((0, import_dist.parse)(registries));
	if (!read.success) throw unreadable("registries.d", read.error);
	const places = read.data.docker ?? {};
	const place = scopesOf(name).find((each) => places[each] !== void 0);
	return place !== void 0 && places[place]?.["use-sigstore-attachments"] === true;
}
function judge({ keyData, keyDatas = [], signedIdentity }, signatures, image) {
	const keys = [...keyData === void 0 ? [] : [keyData], ...keyDatas].map(readKey);
	if (signatures.length === 0) return {
		accepted: false,
		reason: "it has no signature that nodes read"
	};
	const reasons = signatures.map((signature) => refusal(signature, {
		keys,
		signedIdentity,
		image
	}));
	if (reasons.includes(void 0)) return { accepted: true };
	return {
		accepted: false,
		reason: [...new Set(reasons)].join("; ")
	};
}
function readKey(data) {
	try {
		return createPublicKey(Buffer.from(data, "base64").toString());
	} catch {
		throw new InputError({
			where: "policy.json",
			field: "keyData",
			problem: "not a public key"
		});
	}
}
/** @returns why this signature does not help; undefined if it does */
function refusal({ payload, signature }, wanted) {
	const { keys, signedIdentity, image } = wanted;
	if (!keys.some((key) => isSignedBy(key, payload, signature))) return "it is signed by other keys";
	const read = readPayload(payload);
	if (read === void 0) return "what was signed is not in the form that nodes read";
	if (read.critical.image["docker-manifest-digest"] !== image.digest) return "the signature is of another image";
	const signed = withoutTag(read.critical.identity["docker-reference"]);
	if (signed !== (signedIdentity.type === "exactRepository" ? signedIdentity.dockerRepository : formatRepository(image.repository))) return `the signature is for ${signed}`;
	if (signedIdentity.type === "matchRepository" || signedIdentity.type === "exactRepository") return void 0;
	return "the policy compares tags, and the signature names a repository";
}
function readPayload(payload) {
	try {
		return payloadSchema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data;
	} catch {
		return;
	}
}
function withoutTag(reference) {
	return reference.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}
// src/world/registry/remembering.ts
/**
* The same client with a cache of what it read by digest, which never changes. For one run of a verb, which reads few
* images. Not for reading back what was written: that must ask the registry.
*/
function rememberingClient(client) {
	const manifests = /* @__PURE__ */ new Map();
	const blobs = /* @__PURE__ */ new Map();
	/** Of a tag too: what it led to is known by its digest then. */
	function known(repository, manifest) {
		const reference = formatReference(atDigest(repository, manifest.descriptor.digest));
		if (!manifests.has(reference)) manifests.set(reference, Promise.resolve(manifest));
		return manifest;
	}
	return {
		...client,
		getManifest: async (reference) => reference.kind === "digest" ? remembered(manifests, formatReference(reference), () => client.getManifest(reference)) : known(reference.repository, await client.getManifest(reference)),
		findManifest: async (reference) => {
			const there = reference.kind === "digest" ? manifests.get(formatReference(reference)) : void 0;
			if (there !== void 0) return there;
			const found = await client.findManifest(reference);
			return found === void 0 ? void 0 : known(reference.repository, found);
		},
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
/**
* The versions whose images a fleet needs:
* - all versions with an update entry: those that any node can be offered at any time, barriers and dead-ends;
* - what is paused, which is offered again once it is resumed;
* - the newest releases: what nodes run, and may be rolled back to.
*
* Without `newest` it is every release: then every image in a graph stays, also those that nodes only update from.
*/
function neededVersions({ releases, updates, operations }, newest) {
	const all = releases.releases.map(({ version }) => version);
	return /* @__PURE__ */ new Set([
		...newest === void 0 ? all : all.slice(-Math.max(newest, 2)),
		...updates.releases.map(({ version }) => version),
		...(operations?.paused ?? []).map(({ version }) => version)
	]);
}
/** Digests of the images of these versions, and of the indexes over them. */
function digestsOf(fleet, versions) {
	const digests = fleet.releases.releases.filter(({ version }) => versions.has(version)).flatMap((release) => [...(release["oci-images"] ?? []).map((image) => image["digest-ref"]), ...release["oci-index"] === void 0 ? [] : [release["oci-index"]]]).map((reference) => digestIn$1(reference));
	return new Set(digests.filter((digest) => isDigest(digest)));
}
/** What a production repository must keep for all of its fleets. */
function neededDigests(fleets, newest) {
	return new Set(fleets.flatMap((fleet) => [...digestsOf(fleet, neededVersions(fleet, newest))]));
}
/**
* What the test registry must keep: the images that still have to be promoted from one fleet to another, because
* promotion copies them from there, and each fleet's newest.
*/
function awaitedDigests(fleets, promotions) {
	const awaited = /* @__PURE__ */ new Set();
	const add = (fleet, versions) => {
		for (const digest of digestsOf(fleet, new Set(versions))) awaited.add(digest);
	};
	for (const fleet of Object.values(fleets)) add(fleet, fleet.releases.releases.slice(-1).map(({ version }) => version));
	for (const { from, to } of promotions) {
		const source = fleets[from];
		if (source === void 0) continue;
		const had = new Set(fleets[to]?.releases.releases.map(({ version }) => version));
		const versions = source.releases.releases.map(({ version }) => version);
		add(source, versions.slice(versions.findLastIndex((version) => had.has(version)) + 1));
	}
	return awaited;
}
// src/release/published/guidance-signature.ts
init_errors();
/** What is signed about an artifact of guidance: docs/signing.md. */
const guidancePredicateType = "urn:coxswain:guidance:v1";
const predicateSchema = object({ fleet: string() });
/** Whose signature guidance needs; nobody's if `signedBy` is empty. */
function guidanceTrust({ config, root }) {
	return {
		signedBy: config.publish.signedBy,
		sigstore: config.evidence.sigstore,
		root
	};
}
/**
* The signer for guidance that this run has: COXSWAIN_GUIDANCE_KEY and so on, as for evidence.
* @returns undefined if the configuration does not ask for signatures
* @throws InputError if it does, and this run cannot sign
*/
async function guidanceSigner(place, env) {
	const trust = guidanceTrust(place);
	if (trust.signedBy.length === 0) return void 0;
	const signer = await attestationSigner(trust, env, {
		variables: "COXSWAIN_GUIDANCE",
		field: "publish.signed-by",
		what: "guidance"
	});
	if (signer !== void 0) return signer;
	throw new InputError({
		where: place.config.file,
		field: "publish.signed-by",
		problem: "guidance has to be signed, and this run cannot sign",
		found: "no key",
		expected: "a private key in COXSWAIN_GUIDANCE_KEY, or a workflow run with id-token: write that publish.signed-by names"
	});
}
/** Asks about one artifact of a fleet. */
async function judgeGuidance(client, place, about) {
	const { fleet, digest } = about;
	const image = atDigest(place.config.image, digest);
	const reasons = [];
	for (const each of await readStatements(client, image, guidancePredicateType, guidanceTrust(place))) {
		const named = predicateSchema.safeParse(each.predicate).data?.fleet;
		if (each.refused !== void 0) reasons.push(each.refused);
		else if (named !== fleet) reasons.push(`it is for fleet ${named ?? "nobody"}`);
		else if (each.signedBy !== void 0) return { signedBy: each.signedBy };
	}
	return { refused: reasons.length === 0 ? "it has no signature" : [...new Set(reasons)].join("; ") };
}
/**
* Signs the artifact of a fleet, unless it has a signature that counts. The tag is not needed for this: it is set
* afterwards, so that it never names guidance without a signature.
* @param about.files path → text, as they are in the artifact
* @param about.now UNIX seconds
*/
async function signGuidance(client, place, about) {
	const { fleet, digest, files, signer, now } = about;
	const { config } = place;
	if ("signedBy" in await judgeGuidance(client, place, {
		fleet,
		digest
	})) return false;
	const { descriptor: subject } = await client.getManifest(atDigest(config.image, digest));
	const statement = {
		_type: "https://in-toto.io/Statement/v1",
		subject: [{
			name: formatReference(artifactReference(config, fleet)),
			digest: { sha256: digest.slice(7) }
		}],
		predicateType: guidancePredicateType,
		predicate: {
			fleet,
			signedAt: formatTime(now),
			files: Object.fromEntries([...files].map(([path, text]) => [path, digestOf(text)]))
		}
	};
	await pushStatement(client, {
		repository: config.image,
		subject,
		predicateType: guidancePredicateType,
		statement: `${JSON.stringify(statement)}\n`,
		signer
	});
	return true;
}
/**
* Refuses the artifact of a fleet that lacks a signature that counts, if the configuration asks for one.
* @returns the digest that was examined; undefined if none was
*/
async function requireSignedGuidance(client, place, fleet) {
	if (place.config.publish.signedBy.length === 0) return void 0;
	const reference = artifactReference(place.config, fleet);
	const found = await client.resolve(reference);
	if (found === void 0) return void 0;
	const verdict = await judgeGuidance(client, place, {
		fleet,
		digest: found.digest
	});
	if ("signedBy" in verdict) return found.digest;
	throw new InputError({
		where: formatReference(reference),
		problem: `this guidance does not count: ${verdict.refused}`,
		expected: "a signature of one that publish.signed-by names",
		remedy: "Find out who wrote it. coxswain publish-updates signs what it publishes."
	});
}
// src/release/state/state-bundle.ts
init_errors();
const schema = openObject("an object {files}", { files: record$1(string(), string({ error: "the text of a file" }), { error: "the files by path" }) });
/** Title of that file in the artifact. */
function bundlePath(fleet) {
	return `${fleet}/state.json`;
}
/** @param texts path on the state branch → text */
function formatBundle(texts) {
	const files = Object.fromEntries([...texts].sort(([one], [other]) => one < other ? -1 : 1));
	return `${JSON.stringify({ files }, null, 2)}\n`;
}
/** @throws InputError if this is not such a document, or has a file outside the fleet's folder */
function parseBundle(text, options) {
	const { fleet, where } = options;
	const { files } = readDocument$1(schema, text, { where });
	const texts = new Map(Object.entries(files));
	for (const path of texts.keys()) {
		const parts = path.split("/");
		if (path.startsWith(`${fleetFolder(fleet)}/`) && parts.every((part) => part !== "" && !/^\.|[\\\0]/.test(part))) continue;
		throw new InputError({
			where,
			field: "files",
			problem: "a file outside the folder of the fleet",
			found: path
		});
	}
	return texts;
}
// src/release/published/last-published.ts
init_errors();
/** Reads what a place has published for a fleet. A place that cannot be read gives no answer. */
async function readLastPublished(files, fleet) {
	const where = files.whereIs(fleet);
	try {
		const releases = await files.read(`${fleet}/releases.json`);
		if (releases === void 0) return {
			answer: "nothing",
			where
		};
		const index = parseReleaseIndex(releases, `${where} ${fleet}/releases.json`);
		const updates = await files.read(`${fleet}/updates.json`);
		const bundle = await files.read(bundlePath(fleet));
		const stamp = readStamp(await files.read(stampPath(fleet)), stampPath(fleet));
		const folder = fleetFolder(fleet);
		const documents = new Map(index.releases.length === 0 ? [] : [[`${folder}/releases.json`, releases], ...updates === void 0 ? [] : [[`${folder}/updates.json`, updates]]]);
		return {
			answer: "published",
			last: {
				where,
				versions: index.releases.map(({ version }) => version),
				digestRefs: new Set(index.releases.flatMap((release) => [...(release["oci-images"] ?? []).map((image) => image["digest-ref"]), ...release["oci-index"] === void 0 ? [] : [release["oci-index"]]])),
				texts: bundle === void 0 ? documents : parseBundle(bundle, {
					fleet,
					where
				}),
				hasState: bundle !== void 0,
				releases,
				updates,
				stamp
			}
		};
	} catch (error) {
		if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
		return {
			answer: "none",
			where,
			why: messageOf$1(error)
		};
	}
}
// src/release/download-size.ts
/**
* Compares the layers of two images by their digests, as a node does (ostree-ext keeps a layer under its digest).
* @param base the base of the new image, if it is known
*/
function downloadBetween(from, to, base) {
	const has = new Set(layersOf(from).map(({ digest }) => digest));
	const inBase = base === void 0 ? void 0 : new Set(layersOf(base).map(({ digest }) => digest));
	const layers = [];
	let shared = 0;
	for (const [index, { digest, size }] of layersOf(to).entries()) {
		if (has.has(digest)) shared += size;
		else {
			const of = inBase === void 0 ? void 0 : inBase.has(digest) ? "base" : "derived";
			layers.push({
				position: index + 1,
				digest,
				bytes: size,
				of
			});
		}
		has.add(digest);
	}
	return {
		bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
		layers,
		shared
	};
}
function layersOf({ manifest }) {
	return manifest.json.layers;
}
/** In one line: `12.3 MB in 4 of 67 layers (base 10.0 MB, derived 2.3 MB)`. */
function describeDownload({ bytes, layers }, to) {
	const size = (of) => inMegabytes(layers.filter((layer) => layer.of === of).reduce((sum, layer) => sum + layer.bytes, 0));
	const parts = layers.length === 0 || layers.some(({ of }) => of === void 0) ? "" : ` (base ${size("base")}, derived ${size("derived")})`;
	return `${inMegabytes(bytes)} in ${layers.length} of ${layersOf(to).length} layers${parts}`;
}
function inMegabytes(bytes) {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}
// src/release/read-tag.ts
init_errors();
/**
* Reads the tags of a repository. That a tag does not exist is confirmed by a second witness, the list of all tags, which
* is read at most once. If it names the tag, the registry is asked again: another run may have set the tag between the
* two answers.
* @returns a function that gives the digest of a tag, and undefined if it does not exist; it throws OutsideError if the
* registry contradicts itself
*/
function tagReader(client, repository) {
	let list;
	return async (tag) => {
		const reference = atTag(repository, tag);
		const first = await client.resolve(reference);
		if (first !== void 0) return first.digest;
		list ??= client.listTags(repository);
		if (!(await list).includes(tag)) return void 0;
		const second = await client.resolve(reference);
		if (second !== void 0) return second.digest;
		throw new OutsideError(`reading ${formatReference(reference)}`, "the registry lists this tag, and then answers that it does not exist", "Nothing was written. Run the same command again.");
	};
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
	const shown = code$1(options.short === true ? shortDigest(image.digest) : image.digest);
	const page = imagePage(image);
	return page === void 0 ? shown : `[${shown}](${page})`;
}
/**
* Reads a report in SARIF 2.1.0 or CycloneDX.
* @param digests the image, and indexes that have it: a report that names others is about another image
*/
function readReport(value, digests) {
	const head = looseObject({
		bomFormat: unknown().optional(),
		version: unknown().optional()
	}).safeParse(value).data;
	if (head === void 0) return { refused: "it is neither SARIF nor CycloneDX" };
	if (head.bomFormat === "CycloneDX") return readCycloneDx(value, digests);
	if (head.version === "2.1.0") return readSarif(value, digests);
	return { refused: "it is neither SARIF 2.1.0 nor CycloneDX" };
}
const text = string().max(1e3);
const maybe = text.optional().catch(void 0);
const cycloneDx = looseObject({
	components: array(looseObject({
		"bom-ref": maybe,
		name: maybe,
		version: maybe
	})).optional(),
	metadata: looseObject({
		timestamp: maybe,
		component: looseObject({
			version: maybe,
			purl: maybe,
			properties: array(looseObject({
				name: maybe,
				value: maybe
			})).optional()
		}).optional(),
		tools: unknown().optional()
	}).optional(),
	vulnerabilities: array(looseObject({
		id: text.min(1),
		ratings: array(looseObject({
			severity: maybe,
			score: number().optional().catch(void 0)
		})).optional(),
		affects: array(looseObject({ ref: maybe })).optional(),
		analysis: looseObject({ state: maybe }).optional()
	})).optional()
});
/** States of CycloneDX in which a vulnerability does not affect the image. */
const harmless = [
	"resolved",
	"resolved_with_pedigree",
	"false_positive",
	"not_affected"
];
function readCycloneDx(value, digests) {
	const read = cycloneDx.safeParse(value);
	if (!read.success) return { refused: `it is not CycloneDX as scanners write it (${problemOf(read.error)})` };
	const { components = [], metadata, vulnerabilities } = read.data;
	if (vulnerabilities === void 0) return void 0;
	const { version, purl, properties = [] } = metadata?.component ?? {};
	const stranger = otherImage(digestsIn([
		version,
		purl,
		...properties.filter(isRepositoryDigest).map((each) => each.value)
	]), digests);
	if (stranger !== void 0) return stranger;
	const names = new Map(components.map((each) => [each["bom-ref"], packageName(each.name, each.version)]));
	const isCleared = ({ analysis }) => harmless.includes(analysis?.state ?? "");
	return {
		tool: toolOf(metadata?.tools),
		...defined({ at: timeOf(metadata?.timestamp) }),
		found: vulnerabilities.filter((each) => !isCleared(each)).map(({ id, ratings = [], affects = [] }) => ({
			id,
			severity: worst(ratings.map(severityOfRating)),
			packages: affects.flatMap(({ ref }) => {
				const name = names.get(ref) ?? ref;
				return name === void 0 ? [] : [name];
			})
		})),
		cleared: vulnerabilities.filter(isCleared).map(({ id }) => id),
		onlyClears: components.length === 0 && vulnerabilities.length > 0 && vulnerabilities.every(({ analysis }) => analysis)
	};
}
function severityOfRating({ severity, score }) {
	const said = severityOf(severity);
	return said === "unknown" && score !== void 0 ? severityOfScore(score) : said;
}
/** Trivy's name for `repository@digest` of what it scanned. */
function isRepositoryDigest({ name }) {
	return name?.endsWith(":RepoDigest") === true;
}
const level = looseObject({
	id: text.min(1),
	properties: looseObject({
		"security-severity": union([text, number()]).optional().catch(void 0),
		tags: array(unknown()).optional().catch(void 0)
	}).optional()
});
const sarif = looseObject({ runs: array(looseObject({
	tool: looseObject({ driver: looseObject({
		name: text,
		rules: array(level).optional()
	}) }),
	results: array(looseObject({
		ruleId: maybe,
		suppressions: array(looseObject({ status: maybe })).optional(),
		message: looseObject({ text: string().optional() }).optional()
	})).optional(),
	invocations: array(looseObject({ endTimeUtc: maybe })).optional(),
	properties: looseObject({ repoDigests: array(text).optional().catch(void 0) }).optional()
})) });
function readSarif(value, digests) {
	const read = sarif.safeParse(value);
	if (!read.success) return { refused: `it is not SARIF as scanners write it (${problemOf(read.error)})` };
	const { runs } = read.data;
	if (runs.length === 0 || runs.some(({ results }) => results === void 0)) return { refused: "it has no results, not even an empty list" };
	const stranger = otherImage(digestsIn(runs.flatMap((run) => run.properties?.repoDigests ?? [])), digests);
	if (stranger !== void 0) return stranger;
	const found = /* @__PURE__ */ new Map();
	const cleared = /* @__PURE__ */ new Set();
	for (const { tool, results = [] } of runs) {
		const rules = new Map((tool.driver.rules ?? []).map((rule) => [rule.id, rule]));
		for (const { ruleId, suppressions = [], message } of results) {
			if (ruleId === void 0) return { refused: "one of its results has no ruleId" };
			const id = idIn(ruleId);
			if (suppressions.some(({ status }) => status === void 0 || status === "accepted")) {
				cleared.add(id);
				continue;
			}
			const known = found.get(id) ?? {
				severities: [],
				packages: /* @__PURE__ */ new Set()
			};
			known.severities.push(severityOfRule(rules.get(ruleId)));
			const name = /^Package: (\S+)$/m.exec(message?.text ?? "")?.[1];
			if (name !== void 0) known.packages.add(name);
			found.set(id, known);
		}
	}
	const at = runs.flatMap(({ invocations = [] }) => invocations.map(({ endTimeUtc }) => timeOf(endTimeUtc))).filter((time) => time !== void 0).sort((one, other) => other - one)[0];
	return {
		tool: [...new Set(runs.map(({ tool }) => tool.driver.name))].join(" and "),
		...defined({ at }),
		found: [...found].map(([id, { severities, packages }]) => ({
			id,
			severity: severities.includes("unknown") ? "unknown" : worst(severities),
			packages: [...packages]
		})),
		cleared: [...cleared].filter((id) => !found.has(id)),
		onlyClears: false
	};
}
/** GitHub's field for the score, else a word among the tags, as Trivy writes both. */
function severityOfRule(rule) {
	const score = rule?.properties?.["security-severity"];
	if (score !== void 0 && score !== "") return severityOfScore(Number(score));
	return worst((rule?.properties?.tags ?? []).map((tag) => severityOf(typeof tag === "string" ? tag : "")));
}
/** Grype adds the package to the id: `CVE-2026-1234-openssl`. */
function idIn(ruleId) {
	return /^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})/.exec(ruleId)?.[0] ?? ruleId;
}
function digestsIn(texts) {
	return texts.flatMap((each) => each?.replaceAll("%3A", ":").match(/sha256:[0-9a-f]{64}/g) ?? []);
}
function otherImage(named, digests) {
	if (named.length === 0 || named.some((each) => digests.includes(each))) return void 0;
	return { refused: `it is about another image, ${named[0]?.slice(0, 19)}` };
}
function toolOf(tools) {
	const list = array(looseObject({ name: text }));
	return (union([list, looseObject({ components: list }).transform(({ components }) => components)]).safeParse(tools).data ?? []).map(({ name }) => name).join(" and ") || "a scanner without a name";
}
function timeOf(written) {
	const milliseconds = Date.parse(written ?? "");
	return Number.isNaN(milliseconds) ? void 0 : Math.floor(milliseconds / 1e3);
}
function packageName(name, version) {
	return [name, version].filter((part) => part !== void 0).join(" ") || void 0;
}
function problemOf({ issues: [issue] }) {
	return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "wrong shape"}`;
}
/** Artifact types of reports, as Trivy's plugin `referrer` and the examples of ORAS write them. */
const sarifArtifactType = "application/sarif+json";
/** For `cosign attest --type`: the address by which SARIF files name their schema. */
const sarifPredicateType = "https://json.schemastore.org/sarif-2.1.0.json";
const artifactTypes = [sarifArtifactType, sbomArtifactType];
const predicateTypes = [sarifPredicateType, sbomPredicateType];
/** Reports of large images have a few megabytes. They are held in memory. */
const largest = 33554432;
const createdAnnotations = ["org.opencontainers.image.created", "org.opencontainers.artifact.created"];
/**
* Reads the reports that scanners attached to an image, in each repository that has it. Of each scanner the newest counts; one without a time counts
* always. If the configuration says whose signature counts, only signed reports do.
* @param places the image, in one repository or several
* @param options.digests the image, and indexes that have it
* @throws OutsideError if the registry does not answer
*/
async function readScan(client, places, options) {
	const { digests, trust } = options;
	const read = [];
	for (const image of places) {
		const reports = trust.signedBy.length > 0 ? await signedReports(client, image, options) : await plainReports(client, image, digests);
		read.push(...reports);
	}
	const reports = [];
	const refused = [];
	for (const each of read) {
		if (each === void 0) continue;
		if ("refused" in each) refused.push(each.refused);
		else reports.push(each);
	}
	const counted = newestOfEach(reports);
	const lists = counted.filter(({ onlyClears }) => !onlyClears);
	if (lists.length === 0) {
		const reasons = [...new Set(refused)];
		return { missing: reasons.length === 0 ? "no report of a scanner is attached" : `no report that is attached counts: ${reasons.join("; ")}` };
	}
	return {
		found: merge(lists, new Set(counted.flatMap(({ cleared, onlyClears }) => onlyClears ? cleared : []))),
		tools: [...new Set(lists.map(({ tool }) => tool))],
		refused: [...new Set(refused)]
	};
}
async function plainReports(client, image, digests) {
	const { repository, digest: subject } = image;
	const listed = (await client.referrers(repository, subject)).filter(({ artifactType }) => artifactTypes.includes(artifactType ?? ""));
	const reports = [];
	for (const descriptor of listed) {
		const manifest = await findReferrer(client, {
			repository,
			subject,
			digest: descriptor.digest
		});
		const layer = manifest === void 0 || isIndex(manifest.json) ? void 0 : manifest.json.layers[0];
		if (layer === void 0) continue;
		if (layer.size > largest) {
			reports.push({ refused: `it has ${layer.size} bytes, more than ${largest}` });
			continue;
		}
		const value = parse$1(await client.getBlob(repository, layer.digest));
		reports.push(value === void 0 ? { refused: "it is not JSON, or it is cut off" } : dated(readReport(value, digests), descriptor));
	}
	return reports;
}
async function signedReports(client, image, { digests, trust }) {
	const reports = [];
	for (const type of predicateTypes) for (const { predicate, refused } of await readStatements(client, image, type, trust)) {
		const report = readReport(predicate, digests);
		reports.push(refused === void 0 || report === void 0 ? report : { refused });
	}
	if (reports.some((each) => each !== void 0)) return reports;
	return (await plainReports(client, image, digests)).map((each) => each && { refused: "it is not signed" });
}
/** A report without a time has that of its artifact, if there is one. */
function dated(report, { annotations }) {
	if (report === void 0 || "refused" in report || report.at !== void 0) return report;
	const written = createdAnnotations.map((name) => annotations?.[name]).find((each) => each !== void 0);
	const milliseconds = Date.parse(written ?? "");
	return {
		...report,
		...defined({ at: Number.isNaN(milliseconds) ? void 0 : milliseconds / 1e3 })
	};
}
function newestOfEach(reports) {
	return reports.filter(({ tool, at, onlyClears }) => {
		if (at === void 0) return true;
		return !reports.some((other) => other.tool === tool && other.onlyClears === onlyClears && (other.at ?? 0) > at);
	});
}
/** Each vulnerability once, as severe as any report says. */
function merge(reports, cleared) {
	const all = /* @__PURE__ */ new Map();
	for (const each of reports.flatMap(({ found }) => found)) {
		if (cleared.has(each.id)) continue;
		const known = all.get(each.id);
		all.set(each.id, {
			id: each.id,
			severity: known === void 0 ? each.severity : worst([known.severity, each.severity]),
			packages: [.../* @__PURE__ */ new Set([...known?.packages ?? [], ...each.packages])]
		});
	}
	return [...all.values()].sort((one, other) => one.id < other.id ? -1 : 1);
}
function parse$1(bytes) {
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		return;
	}
}
// src/release/vulnerabilities/scanned-image.ts
/**
* Reads what scanners attached to images, in any of the repositories that have them. Only reports of the image itself
* count: those of the index are of one of its images, and it is not known of which.
*/
async function scanImages(client, images, options) {
	const { repositories, trust } = options;
	const scanned = [];
	for (const { architecture, digest, index } of images) {
		const places = repositories.map((repository) => atDigest(repository, digest));
		const digests = index === void 0 ? [digest] : [digest, index];
		scanned.push({
			architecture,
			scan: await readScan(client, places, {
				digests,
				trust
			})
		});
	}
	return scanned;
}
// src/release/evidence/rehearsed.ts
init_errors();
/**
* If a commit has tests of updates, the update from the fleet's current release must have been rehearsed: a test for
* another fleet, or from before the fleet's newest release, does not prove it.
* @throws InputError when it was not, for one of the architectures
*/
async function requireRehearsed(options) {
	const { config, fleet, state, version, passed } = options;
	if (!(config.bootTest.upgrades ?? await hasTestsOfUpdates(options))) return;
	for (const { architecture, image, evidence } of passed) {
		if (evidence === void 0) continue;
		const { digest } = image.manifest.descriptor;
		const current = upgradeStarts(state, {
			version,
			payload: formatReference(atDigest(config.image, digest)),
			basearch: architecture
		}).find(({ why }) => why === "current release");
		if (current === void 0) continue;
		const from = parseReference(current.payload, { where: `release ${current.version} of ${fleet.name}` });
		if (from.kind === "digest" && from.digest === digest) continue;
		if (evidence.evidence.upgrades?.some((upgrade) => from.kind === "digest" && upgrade.digest === from.digest && upgrade.result === "PASSED") === true) continue;
		const known = evidence.evidence.upgrades?.map((upgrade) => upgrade.from) ?? [];
		throw new InputError({
			where: formatReference(atDigest(config.testImage, digest)),
			problem: `the update from ${current.version}, which fleet ${fleet.name} has now, was not rehearsed on ${architecture}`,
			found: known.length === 0 ? "no rehearsal" : `rehearsals from ${known.join(", ")}`,
			remedy: `Run coxswain boot-test --fleet ${fleet.name} again.`
		});
	}
}
async function hasTestsOfUpdates({ git, config, commit }) {
	const folders = upgradeStages.map((stage) => posix.join(config.tests, stage));
	return (await listCommit(git, commit)).some(({ path, mode }) => folders.includes(dirname(path)) && (path.endsWith(".sh") || mode === "100755"));
}
// src/release/gates/refuse-vulnerable.ts
init_errors();
/**
* The gate of vulnerabilities at the merge: the pull request shows it, and what was attached or found since counts too.
* @param options.accept lets the release pass; an acceptance that production has for the same objections does, too
* @returns what was accepted, if that was necessary
* @throws InputError if a vulnerability keeps the release out of the fleet
*/
async function refuseVulnerable(project, options) {
	const { client, config } = project;
	const { fleet, built, passed, accept, now } = options;
	const rule = fleet.vulnerabilities;
	if (rule === void 0) return void 0;
	const images = passed.map(({ architecture, image }) => ({
		architecture,
		digest: image.manifest.descriptor.digest,
		index: image.index?.digest
	}));
	const trust = trustOf(project);
	const objections = findObjections(rule, await scanImages(client, images, {
		repositories: [config.testImage, config.image],
		trust
	}), now);
	if (objections.length === 0) return void 0;
	const accepts = objections.map(({ name }) => name);
	const about = {
		subject: built.digest,
		fleet: fleet.name
	};
	const known = (await findAcceptedVulnerabilities(client, config.image, about, trust)).find((each) => accepts.every((name) => each.accepts.includes(name)));
	if (known !== void 0) return {
		reason: known.reason,
		by: known.by,
		accepts,
		recorded: true
	};
	if (accept !== void 0) return {
		reason: accept.reason,
		by: accept.by,
		accepts,
		recorded: false
	};
	throw new InputError({
		where: formatReference(built),
		problem: `fleet ${fleet.name} does not take it: ${describeObjections(rule, objections)}`,
		expected: `a report of a scanner for each architecture, and nothing above ${rule.noneAbove}`,
		remedy: `Fix the image, or add an exception with an end to fleets.${fleet.name}.vulnerabilities in coxswain.yaml. If it cannot wait, promote-image takes --accept-vulnerabilities WHY, and records it.`
	});
}
// src/release/signatures/sign-manifests.ts
/** The digests that nodes may ask for: the index, and each architecture's manifest, which is what Zincati deploys. */
function signedDigests(manifest) {
	const children = isIndex(manifest.json) ? manifest.json.manifests.map(({ digest }) => digest) : [];
	return [.../* @__PURE__ */ new Set([manifest.descriptor.digest, ...children])];
}
/**
* Signs an image in a repository by each key: the index and each architecture. A second run adds what is missing.
* @returns how many signatures were added
*/
async function signImage(client, options) {
	const { repository, digests, keys } = options;
	let added = 0;
	await inParallel(digests, 4, async (digest) => {
		for (const { key, signer } of keys) if (await addSignature(client, {
			repository,
			digest
		}, {
			key,
			signer
		})) added += 1;
	});
	return added;
}
// src/world/forge/github/failures.ts
init_errors();
/** GitHub's refusal behind an error that explainFailure made; undefined if there was no answer. */
function refusalOf(error) {
	const cause = error instanceof Error && error.cause !== void 0 ? error.cause : error;
	if (!(cause instanceof Error) || !("status" in cause) || typeof cause.status !== "number") return void 0;
	const response = "response" in cause ? cause.response : void 0;
	if (response === void 0) return void 0;
	const headers = response.headers ?? {};
	return {
		status: cause.status,
		message: wordsOf(response.data) ?? cause.message,
		headers
	};
}
/**
* Turns a failed call into an error that people can act on. Whatever the workflow, the repository's settings or the
* token lacks is an InputError; everything else is an OutsideError, and a re-run is safe.
* @param call.doing gerund phrase
* @param call.route `POST /repos/{owner}/{repo}/pulls`, or the name of a GraphQL operation
*/
function explainFailure(error, call) {
	const refusal = refusalOf(error);
	const cause = { cause: error };
	if (refusal === void 0) return new OutsideError(call.doing, messageOf$1(error), void 0, cause);
	const { status, message, headers } = refusal;
	const where = `GitHub, ${call.repository}`;
	if (status === 401) return new InputError({
		where,
		field: "GITHUB_TOKEN",
		problem: `${call.doing} failed: GitHub does not accept the token (${message})`,
		remedy: "It may have expired: tokens of a GitHub App live for an hour. Give the step a new one, or ${{ github.token }}."
	}, cause);
	if (/not permitted to create or approve pull requests/i.test(message)) return new InputError({
		where,
		problem: `${call.doing} failed: GitHub Actions may not open pull requests in this repository`,
		remedy: "Allow it in Settings → Actions → General → Workflow permissions → “Allow GitHub Actions to create and approve pull requests” (an organization may have to allow it first), or use the token of a GitHub App."
	}, cause);
	if (isRateLimit(refusal)) return new OutsideError(call.doing, `GitHub limits the rate of requests (${message})`, `Running the same command again ${waitOf(refusal)} is safe.`, cause);
	if (status === 403 && /without [`'"]?workflows?[`'"]? permission/i.test(message)) return new InputError({
		where,
		...workflowFiles(".github/workflows")
	}, cause);
	if (status === 403 && /resource not accessible/i.test(message)) return new InputError({
		where,
		...missingPermission(call, headers["x-accepted-github-permissions"])
	}, cause);
	if (/repository rule violations/i.test(message)) return new InputError({
		where,
		problem: `${call.doing} failed: a rule of the repository forbids it (${message.replaceAll(/\s+/g, " ").trim()})`,
		remedy: "Leave the branches that workflows write (the state branch, coxswain-…) out of the rule, or let GitHub Actions and your App bypass it: Settings → Rules → Rulesets. coxswain doctor --github names the rule."
	}, cause);
	if (status === 404) return new InputError({
		where,
		problem: `${call.doing} failed: GitHub finds nothing there, or the token may not see it`,
		remedy: `Check that ${call.repository} is the right repository, and that the token is for it.`
	}, cause);
	if (status === 422 || status === 403 || status === 405 || status === 409) return new InputError({
		where,
		problem: `${call.doing} failed: ${message}`
	}, cause);
	return new OutsideError(call.doing, `GitHub answers ${status}: ${message}`, void 0, cause);
}
/** The error for a commit that changes workflows. @param path the file, or the folder */
function workflowFiles(path) {
	return {
		problem: `the commit changes ${path}, and GITHUB_TOKEN may never change that`,
		remedy: "Use the token of a GitHub App with the permission workflows: write, or make that change by hand."
	};
}
/** The permission that each call needs, if GitHub does not name it. */
const permissions = [
	[/^(?:PUT .*\/merge|updateRefs)$/, "contents=write"],
	[/^(?:markPullRequestReadyForReview|convertPullRequestToDraft)$/, "contents=write,pull_requests=write"],
	[/^GET .*\/pulls/, "pull_requests=read"],
	[/^[A-Z]+ .*\/(?:pulls|issues)/, "pull_requests=write"],
	[/^POST .*\/attestations$/, "attestations=write"],
	[/^POST .*\/statuses\//, "statuses=write"],
	[/^GET .*\/statuses$/, "statuses=read"],
	[/^GET /, "contents=read"],
	[/^[A-Z]+ /, "contents=write"]
];
function missingPermission(call, accepted) {
	const sets = (accepted ?? "").split(";").map((set) => set.trim());
	const known = permissions.find(([pattern]) => pattern.test(call.route))?.[1] ?? "contents=write";
	const lines = (sets.find((set) => set.includes("pull_requests=")) ?? (sets[0] === "" ? known : sets[0] ?? known)).split(",").map((each) => each.trim().replaceAll("_", "-").replace("=", ": ")).filter((line) => line !== "");
	const list = lines.join(", ");
	if (call.token.startsWith("github_pat_") || call.token.startsWith("ghp_")) return {
		problem: `${call.doing} failed: the personal access token lacks ${list}`,
		remedy: `Give it that repository permission: Settings → Developer settings → Fine-grained tokens.`
	};
	const workflows = /(?:git\/refs|updateRefs)$/.test(call.route) ? " If the job has it, the commits change .github/workflows, and GITHUB_TOKEN may never change those: use the token of a GitHub App with workflows: write." : "";
	return {
		problem: `${call.doing} failed: the token lacks the permission ${list}`,
		remedy: `Add to the job: permissions:\n${lines.map((line) => `      ${line}`).join("\n")}\n(for the token of a GitHub App: give the app that permission). Runs for pull requests from forks and by Dependabot can only read, whatever the workflow says.${workflows}`
	};
}
function isRateLimit({ status, message, headers }) {
	return status === 429 || status === 403 && (headers["x-ratelimit-remaining"] === "0" || /rate limit|abuse detection/i.test(message));
}
function waitOf({ headers }) {
	const after = Number(headers["retry-after"]);
	if (after > 0) return `in ${after} s`;
	const reset = Number(headers["x-ratelimit-reset"]);
	return reset > 0 ? `after ${(/* @__PURE__ */ new Date(reset * 1e3)).toISOString().replace(".000", "")}` : "in some minutes";
}
/** `message`, and what its `errors` add. HTML (from a proxy) is cut to one line. */
function wordsOf(data) {
	if (typeof data === "string") {
		const text = data.replaceAll(/<[^<>]*>/g, " ").replaceAll(/\s+/g, " ");
		return text.trim() === "" ? void 0 : `${text.trim().slice(0, 120)}`;
	}
	if (typeof data !== "object" || data === null || !("message" in data)) return void 0;
	const more = ("errors" in data && Array.isArray(data.errors) ? data.errors : []).map((error) => {
		if (typeof error === "string") return error;
		if (typeof error !== "object" || error === null) return "";
		if ("message" in error) return String(error.message);
		return "field" in error && "code" in error ? `${error.field} is ${error.code}` : "";
	});
	return [String(data.message), ...more.filter((text) => text !== "")].join(": ");
}
// src/world/forge/github/package-deletion.ts
init_errors();
/** True for GitHub's own registries, which answer 405 to deletions by the registry's interface. @param serverUrl of the web pages */
function isGitHubRegistry(host, serverUrl) {
	return host === "ghcr.io" || host === `containers.${new URL(serverUrl).host}`;
}
const versionSchema = object({
	id: int(),
	name: string()
});
/**
* Deletion at ghcr.io: by the Packages API, where every manifest is a version whose name is its digest, whether it is
* tagged, the image of an index, or attached to another one.
* (https://docs.github.com/rest/packages/packages)
* @param api of any repository: it brings the address and the token
*/
function packageDeletion(api) {
	const places = /* @__PURE__ */ new Map();
	const versions = /* @__PURE__ */ new Map();
	/** Reads the list again if it does not have the digest: it may have been pushed since. */
	async function idOf(repository, place, digest) {
		const known = (await versions.get(repository.path))?.get(digest);
		if (known !== void 0) return known;
		const list = listVersions(api, repository, place);
		versions.set(repository.path, list);
		return (await list).get(digest);
	}
	return async (repository, digest) => {
		const [owner = ""] = repository.path.split("/");
		const place = places.get(owner) ?? findPlace(api, owner);
		places.set(owner, place);
		const id = await idOf(repository, await place, digest);
		if (id === void 0) return;
		const { route, params } = await place;
		try {
			await api.call({
				doing: `deleting ${formatRepository(repository)}@${digest}`,
				route: `DELETE ${route}/versions/{package_version_id}`,
				params: {
					...params,
					package_name: nameOf(repository),
					package_version_id: id
				},
				schema: unknown()
			});
		} catch (error) {
			if (refusalOf(error)?.status === 404) return;
			throw explain(error, repository);
		}
	};
}
/** Packages of organizations and of people have routes of their own. */
async function findPlace(api, owner) {
	const { type } = await api.call({
		doing: `looking up ${owner}`,
		route: "GET /users/{username}",
		params: { username: owner },
		schema: object({ type: string() })
	});
	return type === "Organization" ? {
		route: "/orgs/{org}/packages/container/{package_name}",
		params: { org: owner }
	} : {
		route: "/users/{username}/packages/container/{package_name}",
		params: { username: owner }
	};
}
async function listVersions(api, repository, { route, params }) {
	try {
		const list = await api.all({
			doing: `listing the versions of ${formatRepository(repository)}`,
			route: `GET ${route}/versions`,
			params: {
				...params,
				package_name: nameOf(repository)
			},
			schema: versionSchema
		});
		return new Map(list.map(({ id, name }) => [name, id]));
	} catch (error) {
		throw explain(error, repository);
	}
}
/** What follows the owner: a slash in it is part of the name. */
function nameOf({ path }) {
	return path.slice(path.indexOf("/") + 1);
}
function explain(error, repository) {
	const { status = 0, message = "" } = refusalOf(error) ?? {};
	if (![
		400,
		403,
		404
	].includes(status)) return error;
	const where = formatRepository(repository);
	if (status === 400) return new InputError({
		where,
		problem: `GitHub does not delete it: ${message}`
	}, { cause: error });
	return new InputError({
		where,
		problem: `this token may not delete packages (${message})`,
		remedy: "In a workflow: permissions: packages: write, and give the repository the role Admin in the settings of the package, Manage Actions access. Elsewhere: gh auth refresh --scopes read:packages,delete:packages."
	}, { cause: error });
}
// src/release/published/not-published.ts
init_errors();
/** The error for a reference that does not point at published guidance. @param found what it points at */
function notPublished(where, found) {
	return new InputError({
		where,
		field: "--from-oci",
		problem: "not an artifact that publish-updates has made",
		found,
		expected: "a reference such as registry.example/os:updates-stable"
	});
}
// src/release/published/publishers/own-folder.ts
init_errors();
/** Checks a folder as checkOwnFolder does, and creates it. @returns the folder, without links in its path */
async function openOwnFolder(folder) {
	await checkOwnFolder(folder);
	return createFolder(folder);
}
/**
* Makes sure that a folder holds published files only. Everything in it becomes public, so files of a commit, links,
* and folders with other files are refused.
* @throws InputError; changes nothing
*/
async function checkOwnFolder(folder) {
	const kind = await kindOf(folder);
	if (kind === void 0) return refuseCommitted(folder);
	if (kind !== "folder") throw refused(folder, `this is a ${kind}`, "a folder");
	await refuseCommitted(folder);
	const entries = await readdir(folder, {
		withFileTypes: true,
		recursive: true
	});
	const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
	if (odd !== void 0) throw refused(join(odd.parentPath, odd.name), odd.isSymbolicLink() ? "a link in the folder to publish to" : "not a file or a folder", "files only: what a link leads to would be published");
	const files = entries.filter((entry) => entry.isFile() && !isTemporary(entry.name));
	if (files.length > 0 && !files.some(({ name }) => ourNames.includes(name))) throw refused(folder, "this folder has files, and none that publish-updates wrote", "an empty folder, or a new one");
}
/** Names of the files that publish-updates writes first. */
const ourNames = [
	"release.json",
	"releases.json",
	"updates.json",
	"graph"
];
/** No run takes this long for one file: what is older was left by a killed run. In milliseconds. */
const leftAfter = 6e5;
/** Removes what killed runs left half-written. A file of a run that goes on beside this one is younger, and stays. */
async function removeTemporaryFiles(folder) {
	for (const entry of await readdir(folder, {
		withFileTypes: true,
		recursive: true
	})) {
		if (!entry.isFile() || !isTemporary(entry.name)) continue;
		const file = join(entry.parentPath, entry.name);
		if (await isOlder(file)) await rm(file, { force: true });
	}
}
async function isOlder(file) {
	try {
		return (await lstat(file)).mtimeMs < Date.now() - leftAfter;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
/** As writeFileAtomically names them. */
function isTemporary(name) {
	return /^\..+\.[0-9a-f]{12}$/.test(name);
}
async function kindOf(path) {
	try {
		const found = await lstat(path);
		return found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "file";
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
/** One folder after the other: if a file system refuses (/proc), Node's own recursion never ends. */
async function createFolder(folder) {
	const parent = dirname(folder);
	if (parent !== folder && await kindOf(parent) === void 0) await createFolder(parent);
	try {
		await mkdir(folder);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw new OutsideError(`creating ${folder}`, error instanceof Error ? error.message : String(error));
	}
	return realpath(folder);
}
/** A committed folder would publish whatever a pull request adds to it. */
async function refuseCommitted(folder) {
	let existing = dirname(folder);
	while (await kindOf(existing) !== "folder" && dirname(existing) !== existing) existing = dirname(existing);
	const [first] = (await new Git(existing).try([
		"ls-files",
		"-z",
		"--",
		folder
	]) ?? "").split("\0");
	if (first === void 0 || first === "") return;
	throw refused(folder, `files in this folder are committed (${basename(first) === first ? first : join(existing, first)})`, "a folder that is not part of a commit", "Choose another folder with --output, or remove this one from the repository (git rm -r), and put it into .gitignore.");
}
function refused(where, problem, expected, remedy = "Choose another folder with --output.") {
	return new InputError({
		where,
		field: "--output",
		problem,
		expected,
		remedy
	});
}
// src/release/published/publishers/folder.ts
init_errors();
/** Writes the files to a folder, for a web server or a bucket. */
const folderPublisher = {
	isWanted: () => true,
	publish: async ({ folder, site }) => ({
		...await publishToFolder(folder, site),
		artifacts: []
	})
};
/**
* Writes files to a folder that has only published files, and removes what killed runs left in it.
* @throws InputError if the folder has other files; as writeSite
*/
async function publishToFolder(folder, files) {
	beforeWriting(() => `bring the site in ${folder} up to date (${files.size} files)`);
	const own = await openOwnFolder(folder);
	const answer = await writeSite(own, files);
	await removeTemporaryFiles(own);
	return answer;
}
/**
* Writes files in their order, each one whole or not at all. Files that are already right stay as they are. Files that
* are not in the list stay too: a node may still ask for the graph of a ring that was removed.
* @param files path → content, as renderSite returns it
* @throws OutsideError if a file cannot be written
*/
async function writeSite(folder, files) {
	const written = [];
	const unchanged = [];
	for (const [path, content] of files) {
		if (path.split("/").some((part) => part === "" || part === "." || part === "..")) throw new Error(`the site has a file outside its folder: ${JSON.stringify(path)}`);
		const file = join(folder, path);
		try {
			if (await readFileIfThere(file) === content) {
				unchanged.push(path);
				continue;
			}
			await writeFileAtomically(file, content);
		} catch (error) {
			throw new OutsideError(`writing ${file}`, messageOf$1(error), void 0, { cause: error });
		}
		written.push(path);
	}
	return {
		written,
		unchanged
	};
}
// src/release/state/pinned-state.ts
/**
* The project for readers, with its state branch at one commit: what is read of it belongs together, and the remote is
* not asked again where the branch is. Its state cannot be changed.
* @param commit undefined: the branch does not exist
*/
function pinState(project, commit) {
	const { config, forge, state } = project;
	const branches = pinnedBranch(forge.branches, config.stateBranch, commit);
	return {
		...project,
		forge: {
			...forge,
			branches
		},
		state: state.at(commit)
	};
}
// src/release/published/next-change.ts
/**
* The first second after `now` at which any published graph differs from what it is now, or undefined if only a
* change of the state will make it differ. Before that second it is useless to render again. While a ring waits for
* the success of another one, it is the next full hour.
* @param now UNIX seconds
*/
function nextChangeDue(fleets, rings, now) {
	const warinesses = new Set(rings.map(({ wariness }) => wariness));
	const moments = fleets.flatMap(({ state: { releases, updates } }) => {
		return [...new Set(releases.releases.flatMap((release) => release["oci-images"]?.map((each) => each.architecture) ?? []))].flatMap((basearch) => {
			const graph = buildGraph(releases, updates, {
				basearch,
				scheme: "oci"
			});
			return [...new Set(graph.edges.map(([, to]) => to))].map((to) => graph.nodes[to]).flatMap((node) => {
				const rollout = node === void 0 ? void 0 : rolloutOf(node);
				if (rollout === void 0) return [];
				return [...warinesses].map((wariness) => nextOpening(rollout, wariness, now));
			});
		});
	});
	const looks = fleets.map(({ state: { updates, operations = {} } }) => nextRingLook({
		updates,
		operations
	}, [...warinesses], now));
	const due = [...moments, ...looks].filter((moment) => moment !== void 0);
	return due.length === 0 ? void 0 : due.reduce((one, other) => Math.min(one, other));
}
// src/release/published/publishers/oci-artifact.ts
/** Pushes one artifact for each fleet: `<image>:updates-<fleet>`. */
const artifactPublisher = {
	isWanted: ({ publish }) => publish.oci,
	publish: async (publication) => {
		const artifacts = [];
		for (const [fleet, files] of publication.fleets) artifacts.push(await pushFleet(publication, fleet, files));
		return {
			written: [],
			unchanged: [],
			artifacts
		};
	}
};
/** Pushes a fleet's files, unless the registry has exactly the same. */
async function pushFleet({ config, client, root, signer, now }, fleet, files) {
	const place = artifactReference(config, fleet);
	const reference = formatReference(place);
	const contents = [...files].map(([title, text]) => ({
		title,
		bytes: Buffer.from(text)
	}));
	const wanted = contents.map(({ title, bytes }) => `${title} ${digestOf(bytes)}`);
	const current = await client.findManifest(place);
	const found = current === void 0 || isIndex(current.json) ? [] : current.json.layers.map((layer) => `${layer.annotations?.[titleAnnotation]} ${layer.digest}`);
	if (current !== void 0 && found.join("\n") === wanted.join("\n")) {
		const { digest } = current.descriptor;
		return {
			fleet,
			reference,
			digest,
			changed: signer !== void 0 && await signGuidance(client, {
				config,
				root
			}, {
				fleet,
				digest,
				files,
				signer,
				now
			})
		};
	}
	const { digest } = await pushArtifact(client, {
		repository: config.image,
		artifactType: updatesArtifactType,
		layers: contents.map(({ title, bytes }) => ({
			mediaType: "application/json",
			bytes,
			annotations: { [titleAnnotation]: title }
		})),
		...signer === void 0 ? { tag: place.tag } : {}
	});
	if (signer !== void 0) {
		await signGuidance(client, {
			config,
			root
		}, {
			fleet,
			digest,
			files,
			signer,
			now
		});
		const { bytes, descriptor } = await client.getManifest(atDigest(config.image, digest));
		await client.putManifest(config.image, place.tag, bytes, descriptor.mediaType);
	}
	return {
		fleet,
		reference,
		digest,
		changed: true
	};
}
// src/release/published/publishers/publishers.ts
/** All publishers, in the order in which they publish. A new one is one file, and one entry here. */
const publishers = [folderPublisher, artifactPublisher];
/** Publishes to every place that the configuration asks for. */
async function publishEverywhere(publication) {
	const done = [];
	for (const publisher of publishers) if (publisher.isWanted(publication.config)) done.push(await publisher.publish(publication));
	return {
		written: done.flatMap(({ written }) => written),
		unchanged: done.flatMap(({ unchanged }) => unchanged),
		artifacts: done.flatMap(({ artifacts }) => artifacts)
	};
}
// src/release/published/served-images.ts
init_errors();
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
/** Requests at a time: fast, and below the limits of registries. */
const parallel = 8;
/**
* Finds the images that production cannot serve, with one HEAD for each digest. Targets are always looked up; an
* image that nodes only update from is not looked up again if it is published already.
* @param published digest references that published graphs name
*/
async function findUnserved(client, images, published) {
	const wanted = [...new Set(images.filter((image) => image.target || !published.has(image.digestRef)).map((image) => image.digestRef))];
	const missing = /* @__PURE__ */ new Set();
	await inParallel(wanted, parallel, async (digestRef) => {
		if (await client.resolve(parseReference(digestRef)) === void 0) missing.add(digestRef);
	});
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
// src/release/published/vouched-images.ts
init_errors();
/**
* If the configuration says whose signature makes evidence count, the state branch alone must not be enough to offer an
* image to nodes: someone who can write to it could name any image. So every release that is offered for the first
* time must have a signed pass beside its images in production, or an acceptance for this fleet.
* @param published digest references that published graphs name
* @throws InputError that names the release and the image
*/
async function refuseUnvouched(project, fleets, published) {
	if (project.config.evidence.signedBy.length === 0) return;
	for (const { name, state } of fleets) {
		const offered = new Set(state.updates.releases.map(({ version }) => version));
		for (const release of state.releases.releases) if ((release["oci-images"] ?? []).some((image) => !published.has(image["digest-ref"])) && offered.has(release.version)) await requireVouched(project, name, release);
	}
}
async function requireVouched({ config, client, root }, fleet, release) {
	const trust = trustOf({
		config,
		root
	});
	const index = digestIn(release["oci-index"]);
	for (const { architecture, "digest-ref": name } of release["oci-images"] ?? []) {
		const subjects = [digestIn(name), index].filter((digest) => digest !== void 0);
		const all = [];
		for (const subject of subjects) all.push(...await findEvidence(client, config.image, subject, trust));
		const newest = newestOf(all.filter(({ evidence }) => evidence.architecture === architecture));
		if (newest?.evidence.result === "PASSED") continue;
		if (newest === void 0 && await findAcceptance(client, config.image, {
			subjects,
			fleet
		}, trust)) continue;
		throw new InputError({
			where: `${fleet} ${release.version} (${architecture})`,
			problem: newest === void 0 ? "production has no evidence for this image that counts, so nothing was published" : "the newest evidence of this image is of a failed test, so nothing was published",
			found: name,
			expected: "a pass with a signature as evidence.signed-by in coxswain.yaml names it",
			remedy: `Run coxswain promote-image --fleet ${fleet}, which says what is missing. If this release is not yours, find out who wrote to ${config.stateBranch}.`
		});
	}
}
function digestIn(name) {
	if (name === void 0 || name === "") return void 0;
	const reference = parseReference(name);
	return reference.kind === "digest" ? reference.digest : void 0;
}
// src/release/operations/read-alert.ts
init_errors();
/** Alertmanager sends all alerts of a group at once; `max_alerts` limits them. */
const mostAlerts = 100;
const status = _enum(["firing", "resolved"], { error: "firing or resolved" });
const alertmanager = looseObject({
	version: string(),
	alerts: array(looseObject({
		status,
		labels: record$1(string(), string()).default({}),
		annotations: record$1(string(), string()).default({}),
		startsAt: datetime({ offset: true }).optional(),
		fingerprint: string().max(100).optional(),
		generatorURL: string().optional()
	})).min(1).max(mostAlerts)
});
const plain = looseObject({
	status: status.default("firing"),
	key: string().min(1).max(100).optional(),
	reason: string("a text is needed").min(1, "a text is needed")
});
/**
* Reads what a webhook says: Alertmanager's JSON, or `{"status": "firing", "reason": "…"}`.
* @param condition name of the condition that it is for
* @returns a finding for each alert
* @throws InputError for everything else
*/
function readAlert(payload, condition) {
	if (typeof payload === "object" && payload !== null && "alerts" in payload) {
		const { alerts } = parse(alertmanager, payload);
		return alerts.map((alert) => {
			const { labels, annotations, startsAt, fingerprint } = alert;
			const name = labels.alertname ?? "an alert";
			const text = annotations.summary ?? annotations.description ?? "";
			const began = startsAt === void 0 ? void 0 : Math.floor(Date.parse(startsAt) / 1e3);
			const since = began === void 0 ? "" : ` since ${formatTime(began)}`;
			return {
				condition,
				key: keyOf(fingerprint ?? JSON.stringify(Object.entries(labels).sort())),
				is: alert.status === "firing" ? "trouble" : "calm",
				evidence: cleanStatement(`${condition}: alert ${name} is ${alert.status}${since}${text === "" ? "" : `: ${text}`}`),
				...began === void 0 ? {} : { began }
			};
		});
	}
	const said = parse(plain, payload);
	return [{
		condition,
		key: keyOf(said.key ?? ""),
		is: said.status === "firing" ? "trouble" : "calm",
		evidence: cleanStatement(`${condition}: ${said.reason}`)
	}];
}
/** Text from outside is not kept as it is: the state branch is public, and a key is only compared. */
function keyOf(text) {
	return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
function parse(schema, payload) {
	const parsed = schema.safeParse(payload);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new InputError({
		where: "the alert",
		...issue === void 0 || issue.path.length === 0 ? {} : { field: issue.path.join(".") },
		problem: issue?.message ?? "not an alert",
		expected: "the JSON of Alertmanager, or {\"status\": \"firing\", \"reason\": \"why\"}"
	});
}
// src/release/operations/webhook-conditions.ts
init_errors();
/** Names of the conditions of a fleet that wait for an alert. */
function webhooksOf({ haltWhen }) {
	return haltWhen.flatMap(({ kind, name }) => kind === "webhook" ? [name] : []);
}
/**
* The condition that an alert is for.
* @param name as the alert says; not needed if the fleet has one webhook
* @param field where the name comes from
* @throws InputError if the fleet has no webhook, or none of this name, or several and the alert names none
*/
function webhookCondition(fleet, name, field) {
	const webhooks = webhooksOf(fleet);
	const [only] = webhooks;
	if (only === void 0) throw new InputError({
		field: `fleets.${fleet.name}.halt-when`,
		problem: `fleet ${fleet.name} has no webhook in halt-when, so no alert can halt it`,
		expected: "halt-when: [{ name: alerts, webhook: true }]"
	});
	if (name === void 0 && webhooks.length === 1) return only;
	if (name !== void 0 && webhooks.includes(name)) return name;
	throw new InputError({
		field,
		problem: name === void 0 ? `fleet ${fleet.name} has several webhooks in halt-when, and the alert names none of them` : `fleet ${fleet.name} has no webhook of this name in halt-when`,
		found: name ?? "nothing",
		expected: `${webhooks.length > 1 ? "one of " : ""}${webhooks.join(", ")}`
	});
}
init_errors();
/** How the reason of a pause by a condition starts. */
const haltPrefix = "halted:";
/**
* Pauses the rollouts of a fleet that are in progress if a condition is trouble. For each rollout and condition this
* happens once: what was recorded as trouble has to be clear before it can halt the rollout again. So a person who
* resumes a rollout is not overruled by the same old trouble.
*/
function applyFindings(before, order, findings, rules) {
	let state = recordCalm(before, findings, order.now);
	const warnings = [];
	const steps = [];
	const running = runningRollouts(state, order.now).toReversed();
	for (const version of running) {
		const fresh = troubles(findings, version).filter((finding) => !isKnown(state, version, finding));
		const [first] = fresh;
		if (first === void 0) continue;
		const reason = cleanStatement(`${haltPrefix} ${fresh.map(({ evidence }) => evidence).join("; ")}`);
		try {
			state = pauseOne(state, version, {
				...order,
				reason
			});
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			warnings.push(`the rollout of ${version} goes on: ${error.details.problem}`);
			continue;
		}
		for (const finding of fresh) state = record(state, version, finding, order.now);
		steps.push({
			version,
			condition: fresh.map(({ condition }) => condition).join(", "),
			what: "halted"
		});
	}
	for (const { version } of haltedRollouts(state)) for (const finding of troubles(findings, version)) if (!isKnown(state, version, finding)) state = record(state, version, finding, order.now);
	for (const paused of haltedRollouts(state)) {
		if (!mayResume(state, paused, {
			findings,
			rules,
			now: order.now
		})) continue;
		state = resumeOne(state, paused, order.now).state;
		const conditions = haltsOf(state, paused.version).map(({ condition }) => condition);
		steps.push({
			version: paused.version,
			condition: [...new Set(conditions)].join(", "),
			what: "resumed"
		});
	}
	if (state !== before) state = forgetOld(state, order.now);
	return {
		state,
		steps,
		warnings,
		summary: summaryOf(before, state, steps, rules)
	};
}
/** Rollouts that a condition has paused, and nobody else since. */
function haltedRollouts({ operations }) {
	return (operations.paused ?? []).filter(({ reason, version }) => reason.startsWith("halted:") && (operations.halts ?? []).some((halt) => halt.version === version));
}
/** What stopped the rollout of a release. */
function haltsOf({ operations }, version) {
	return (operations.halts ?? []).filter((halt) => halt.version === version);
}
/** Versions that are offered to some nodes, and not yet to all; oldest first. */
function runningRollouts(state, now) {
	return unfinishedRollouts(state, now).filter((version) => {
		const { rollout } = metadataOf(state.updates, version);
		return rollout !== void 0 && rolloutPhase(rollout, now) !== "scheduled";
	});
}
function troubles(findings, version) {
	return findings.filter((each) => each.is === "trouble" && (each.version ?? version) === version);
}
function isSame(halt, { condition, key, version = halt.version }) {
	return halt.condition === condition && halt.key === key && halt.version === version;
}
/** Whether this trouble has stopped the rollout before, and was not clear since: it did not begin again. */
function isKnown(state, version, finding) {
	return haltsOf(state, version).some((halt) => isSame(halt, finding) && halt.clear === void 0 && (finding.began ?? 0) <= halt.at);
}
function record(state, version, finding, now) {
	const { condition, key, evidence } = finding;
	const halt = {
		condition,
		version,
		...defined({ key }),
		reason: cleanStatement(evidence),
		at: now
	};
	return withHalts(state, [...(state.operations.halts ?? []).filter((each) => each.version !== version || !isSame(each, finding)), halt]);
}
/** Notes since when a trouble has been clear. */
function recordCalm(state, findings, now) {
	const halts = state.operations.halts ?? [];
	const isCalm = (halt) => findings.some((finding) => finding.is === "calm" && isSame(halt, finding));
	const next = halts.map((halt) => halt.clear === void 0 && isCalm(halt) ? {
		...halt,
		clear: now
	} : halt);
	return next.some((halt, index) => halt !== halts[index]) ? withHalts(state, next) : state;
}
function mayResume(state, paused, { findings, rules, now }) {
	if (holdAt(state.operations, now) !== void 0) return false;
	return haltsOf(state, paused.version).every((halt) => {
		const calm = rules.get(halt.condition);
		if (calm === void 0 || halt.clear === void 0) return false;
		const finding = findings.find((each) => isSame(halt, each));
		if (finding !== void 0 && finding.is !== "calm") return false;
		if (finding === void 0 && halt.key === void 0) return false;
		return now - Math.max(halt.clear, finding?.calmSince ?? 0) >= calm;
	});
}
/** A rollout that is complete, withdrawn or forgotten needs no memory: the history of the branch has it. */
function forgetOld(state, now) {
	const halts = state.operations.halts ?? [];
	const unfinished = /* @__PURE__ */ new Set([...unfinishedRollouts(state, now), ...(state.operations.paused ?? []).map(({ version }) => version)]);
	const left = halts.filter(({ version }) => unfinished.has(version) && ageOf(state, version) >= 0);
	return left.length === halts.length ? state : withHalts(state, left);
}
function withHalts(state, halts) {
	const { halts: _, ...rest } = state.operations;
	return {
		...state,
		operations: halts.length === 0 ? rest : {
			...rest,
			halts
		}
	};
}
function summaryOf(before, after, steps, rules) {
	if (after === before) return "nothing to do";
	const done = steps.map(({ version, condition, what }) => {
		const shares = (what === "halted" ? after : before).operations.paused ?? [];
		const share = formatPercent(shares.find((each) => each.version === version)?.progress ?? 0);
		const calm = Math.max(0, ...condition.split(", ").map((name) => rules.get(name) ?? 0));
		return what === "halted" ? `halt ${version} at ${share} (${condition})` : `resume ${version} at ${share}: ${condition} calm for ${formatDuration(calm)}`;
	});
	return done.length > 0 ? done.join(", ") : "note what halt-when found";
}
// src/release/operations/act-on-findings.ts
/**
* Pauses and resumes the rollouts of a fleet as the findings of its conditions demand: one commit, by compare-and-swap.
* The loser of a race judges again by the new state, so a trouble halts a rollout once.
* @throws as changeFleet
*/
async function actOnFindings(state, fleet, findings, order) {
	const context = {
		...order,
		fleet: fleet.name
	};
	const rules = resumeRules(fleet);
	let edit;
	const change = (before) => {
		edit = applyFindings(before, context, findings, rules);
		return edit.state;
	};
	const { changed, commit } = await state.changeFleet(fleet.name, () => messageOf(context, edit), change);
	if (edit === void 0) throw new Error(`fleet ${fleet.name} was not read`);
	return {
		edit,
		stateCommit: changed ? commit : void 0
	};
}
function resumeRules({ haltWhen }) {
	return new Map(haltWhen.flatMap(({ name, resumeAfter }) => resumeAfter === void 0 ? [] : [[name, resumeAfter]]));
}
function messageOf(context, edit) {
	const halted = edit?.steps.find(({ what }) => what === "halted");
	const paused = edit?.state.operations.paused?.find(({ version }) => version === halted?.version);
	const reason = paused?.reason.startsWith("halted:") === true ? paused.reason : void 0;
	return commitMessage(context, edit?.summary ?? "watch", reason);
}
// src/world/http/no-undici.ts
/**
* Stands in for undici under `@actions/http-client` (rolldown.config.ts): a second HTTP stack of 700 kB. The client takes
* only this class from it, for a function that GitHub's octokit called and that nobody calls here.
*/
var ProxyAgent = class {
	constructor() {
		throw new Error("the bundle has no undici: use src/world/http/http-exchange.ts, which knows proxies");
	}
};
// src/release/attestations/fetch-for-sigstore.ts
var fetch_for_sigstore_exports = /* @__PURE__ */ __exportAll({ default: () => fetchForSigstore });
/**
* Stands in for make-fetch-happen under `@sigstore/sign` (rolldown.config.ts, test/support/sigstore.ts): that client brings a
* megabyte of caches and proxies, of which signing uses nothing but one POST with a time limit.
*/
function fetchForSigstore(url, options = {}) {
	const { method, headers, body, timeout } = options;
	return fetchWhole(url, {
		method,
		headers,
		body,
		timeout
	});
}
var init_fetch_for_sigstore = __esmMin((() => {
	init_fetch_whole();
}));
// src/release/attestations/sigstore-public-root.json
var sigstore_public_root_default = {
	mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
	tlogs: [{
		"baseUrl": "https://rekor.sigstore.dev",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==",
			"keyDetails": "PKIX_ECDSA_P256_SHA_256",
			"validFor": { "start": "2021-01-12T11:53:27Z" }
		},
		"logId": { "keyId": "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=" }
	}, {
		"baseUrl": "https://log2025-1.rekor.sigstore.dev",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=",
			"keyDetails": "PKIX_ED25519",
			"validFor": { "start": "2025-09-23T00:00:00Z" }
		},
		"logId": { "keyId": "zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=" }
	}],
	certificateAuthorities: [{
		"subject": {
			"organization": "sigstore.dev",
			"commonName": "sigstore"
		},
		"uri": "https://fulcio.sigstore.dev",
		"certChain": { "certificates": [{ "rawBytes": "MIIB+DCCAX6gAwIBAgITNVkDZoCiofPDsy7dfm6geLbuhzAKBggqhkjOPQQDAzAqMRUwEwYDVQQKEwxzaWdzdG9yZS5kZXYxETAPBgNVBAMTCHNpZ3N0b3JlMB4XDTIxMDMwNzAzMjAyOVoXDTMxMDIyMzAzMjAyOVowKjEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MREwDwYDVQQDEwhzaWdzdG9yZTB2MBAGByqGSM49AgEGBSuBBAAiA2IABLSyA7Ii5k+pNO8ZEWY0ylemWDowOkNa3kL+GZE5Z5GWehL9/A9bRNA3RbrsZ5i0JcastaRL7Sp5fp/jD5dxqc/UdTVnlvS16an+2Yfswe/QuLolRUCrcOE2+2iA5+tzd6NmMGQwDgYDVR0PAQH/BAQDAgEGMBIGA1UdEwEB/wQIMAYBAf8CAQEwHQYDVR0OBBYEFMjFHQBBmiQpMlEk6w2uSu1KBtPsMB8GA1UdIwQYMBaAFMjFHQBBmiQpMlEk6w2uSu1KBtPsMAoGCCqGSM49BAMDA2gAMGUCMH8liWJfMui6vXXBhjDgY4MwslmN/TJxVe/83WrFomwmNf056y1X48F9c4m3a3ozXAIxAKjRay5/aj/jsKKGIkmQatjI8uupHr/+CxFvaJWmpYqNkLDGRU+9orzh5hI2RrcuaQ==" }] },
		"validFor": {
			"start": "2021-03-07T03:20:29Z",
			"end": "2022-12-31T23:59:59.999Z"
		}
	}, {
		"subject": {
			"organization": "sigstore.dev",
			"commonName": "sigstore"
		},
		"uri": "https://fulcio.sigstore.dev",
		"certChain": { "certificates": [{ "rawBytes": "MIICGjCCAaGgAwIBAgIUALnViVfnU0brJasmRkHrn/UnfaQwCgYIKoZIzj0EAwMwKjEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MREwDwYDVQQDEwhzaWdzdG9yZTAeFw0yMjA0MTMyMDA2MTVaFw0zMTEwMDUxMzU2NThaMDcxFTATBgNVBAoTDHNpZ3N0b3JlLmRldjEeMBwGA1UEAxMVc2lnc3RvcmUtaW50ZXJtZWRpYXRlMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE8RVS/ysH+NOvuDZyPIZtilgUF9NlarYpAd9HP1vBBH1U5CV77LSS7s0ZiH4nE7Hv7ptS6LvvR/STk798LVgMzLlJ4HeIfF3tHSaexLcYpSASr1kS0N/RgBJz/9jWCiXno3sweTAOBgNVHQ8BAf8EBAMCAQYwEwYDVR0lBAwwCgYIKwYBBQUHAwMwEgYDVR0TAQH/BAgwBgEB/wIBADAdBgNVHQ4EFgQU39Ppz1YkEZb5qNjpKFWixi4YZD8wHwYDVR0jBBgwFoAUWMAeX5FFpWapesyQoZMi0CrFxfowCgYIKoZIzj0EAwMDZwAwZAIwPCsQK4DYiZYDPIaDi5HFKnfxXx6ASSVmERfsynYBiX2X6SJRnZU84/9DZdnFvvxmAjBOt6QpBlc4J/0DxvkTCqpclvziL6BCCPnjdlIB3Pu3BxsPmygUY7Ii2zbdCdliiow=" }, { "rawBytes": "MIIB9zCCAXygAwIBAgIUALZNAPFdxHPwjeDloDwyYChAO/4wCgYIKoZIzj0EAwMwKjEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MREwDwYDVQQDEwhzaWdzdG9yZTAeFw0yMTEwMDcxMzU2NTlaFw0zMTEwMDUxMzU2NThaMCoxFTATBgNVBAoTDHNpZ3N0b3JlLmRldjERMA8GA1UEAxMIc2lnc3RvcmUwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAAT7XeFT4rb3PQGwS4IajtLk3/OlnpgangaBclYpsYBr5i+4ynB07ceb3LP0OIOZdxexX69c5iVuyJRQ+Hz05yi+UF3uBWAlHpiS5sh0+H2GHE7SXrk1EC5m1Tr19L9gg92jYzBhMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBRYwB5fkUWlZql6zJChkyLQKsXF+jAfBgNVHSMEGDAWgBRYwB5fkUWlZql6zJChkyLQKsXF+jAKBggqhkjOPQQDAwNpADBmAjEAj1nHeXZp+13NWBNa+EDsDP8G1WWg1tCMWP/WHPqpaVo0jhsweNFZgSs0eE7wYI4qAjEA2WB9ot98sIkoF3vZYdd3/VtWB5b9TNMea7Ix/stJ5TfcLLeABLE4BNJOsQ4vnBHJ" }] },
		"validFor": { "start": "2022-04-13T20:06:15Z" }
	}],
	ctlogs: [{
		"baseUrl": "https://ctfe.sigstore.dev/test",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbfwR+RJudXscgRBRpKX1XFDy3PyudDxz/SfnRi1fT8ekpfBd2O1uoz7jr3Z8nKzxA69EUQ+eFCFI3zeubPWU7w==",
			"keyDetails": "PKIX_ECDSA_P256_SHA_256",
			"validFor": {
				"start": "2021-03-14T00:00:00Z",
				"end": "2022-10-31T23:59:59.999Z"
			}
		},
		"logId": { "keyId": "CGCS8ChS/2hF0dFrJ4ScRWcYrBY9wzjSbea8IgY2b3I=" }
	}, {
		"baseUrl": "https://ctfe.sigstore.dev/2022",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiPSlFi0CmFTfEjCUqF9HuCEcYXNKAaYalIJmBZ8yyezPjTqhxrKBpMnaocVtLJBI1eM3uXnQzQGAJdJ4gs9Fyw==",
			"keyDetails": "PKIX_ECDSA_P256_SHA_256",
			"validFor": { "start": "2022-10-20T00:00:00Z" }
		},
		"logId": { "keyId": "3T0wasbHETJjGR4cmWc3AqJKXrjePK3/h4pygC8p7o4=" }
	}],
	timestampAuthorities: [{
		"subject": {
			"organization": "sigstore.dev",
			"commonName": "sigstore-tsa-selfsigned"
		},
		"uri": "https://timestamp.sigstore.dev/api/v1/timestamp",
		"certChain": { "certificates": [{ "rawBytes": "MIICEDCCAZagAwIBAgIUOhNULwyQYe68wUMvy4qOiyojiwwwCgYIKoZIzj0EAwMwOTEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MSAwHgYDVQQDExdzaWdzdG9yZS10c2Etc2VsZnNpZ25lZDAeFw0yNTA0MDgwNjU5NDNaFw0zNTA0MDYwNjU5NDNaMC4xFTATBgNVBAoTDHNpZ3N0b3JlLmRldjEVMBMGA1UEAxMMc2lnc3RvcmUtdHNhMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE4ra2Z8hKNig2T9kFjCAToGG30jky+WQv3BzL+mKvh1SKNR/UwuwsfNCg4sryoYAd8E6isovVA3M4aoNdm9QDi50Z8nTEyvqgfDPtTIwXItfiW/AFf1V7uwkbkAoj0xxco2owaDAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0OBBYEFIn9eUOHz9BlRsMCRscsc1t9tOsDMB8GA1UdIwQYMBaAFJjsAe9/u1H/1JUeb4qImFMHic6/MBYGA1UdJQEB/wQMMAoGCCsGAQUFBwMIMAoGCCqGSM49BAMDA2gAMGUCMDtpsV/6KaO0qyF/UMsX2aSUXKQFdoGTptQGc0ftq1csulHPGG6dsmyMNd3JB+G3EQIxAOajvBcjpJmKb4Nv+2Taoj8Uc5+b6ih6FXCCKraSqupe07zqswMcXJTe1cExvHvvlw==" }, { "rawBytes": "MIIB9zCCAXygAwIBAgIUV7f0GLDOoEzIh8LXSW80OJiUp14wCgYIKoZIzj0EAwMwOTEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MSAwHgYDVQQDExdzaWdzdG9yZS10c2Etc2VsZnNpZ25lZDAeFw0yNTA0MDgwNjU5NDNaFw0zNTA0MDYwNjU5NDNaMDkxFTATBgNVBAoTDHNpZ3N0b3JlLmRldjEgMB4GA1UEAxMXc2lnc3RvcmUtdHNhLXNlbGZzaWduZWQwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAAQUQNtfRT/ou3YATa6wB/kKTe70cfJwyRIBovMnt8RcJph/COE82uyS6FmppLLL1VBPGcPfpQPYJNXzWwi8icwhKQ6W/Qe2h3oebBb2FHpwNJDqo+TMaC/tdfkv/ElJB72jRTBDMA4GA1UdDwEB/wQEAwIBBjASBgNVHRMBAf8ECDAGAQH/AgEAMB0GA1UdDgQWBBSY7AHvf7tR/9SVHm+KiJhTB4nOvzAKBggqhkjOPQQDAwNpADBmAjEAwGEGrfGZR1cen1R8/DTVMI943LssZmJRtDp/i7SfGHmGRP6gRbuj9vOK3b67Z0QQAjEAuT2H673LQEaHTcyQSZrkp4mX7WwkmF+sVbkYY5mXN+RMH13KUEHHOqASaemYWK/E" }] },
		"validFor": { "start": "2025-07-04T00:00:00Z" }
	}]
};
export { listen as $, init_http_answer as $i, openForge as $n, refuseOverriddenBase as $r, upstreamStatusOf as $t, requireRehearsed as A, isTag as Aa, requireBuildKey as Ai, unfinishedRollouts as An, samePackages as Ar, formatBuildRelease as At, parseBundle as B, requireBuildSpace as Ba, findAcceptedVulnerabilities as Bi, openWitnesses as Bn, formatProvenance as Br, passImage as Bt, packageDeletion as C, atDigest as Ca, sliceName as Ci, commitMessage as Cn, plainPath as Cr, soakEnd as Ct, signImage as D, formatReference as Da, findBuilt as Di, refuseHeld as Dn, byName as Dr, formatStamp as Dt, workflowFiles as E, digestOf as Ea, defaultUpstream as Ei, describeHold as En, formatBillOfMaterials as Er, showDifference as Et, downloadBetween as F, shortDigest as Fa, isBuildTag as Fi, describeMovedTags as Fn, newestOf as Fr, buildReleasePath as Ft, digestsOf as G, overtaken as Ga, sealAcceptance as Gi, updatesArtifactType as Gn, authFiles as Gr, inheritBarriers as Gt, judgeGuidance as H, findFleet as Ha, findAcceptance as Hi, filesInArtifacts as Hn, runAddress as Hr, requireNewer as Ht, inMegabytes as I, upgradeStarts as Ia, isVersionTag as Ii, followOffer as In, passingEvidence as Ir, buildReleaseUrl as It, rememberingClient as J, isFullHash as Ja, fetchWhole as Ji, fleetFolder as Jn, layoutReader as Jr, describeUpstreamStatus as Jt, neededDigests as K, releaseCommit as Ka, attestationSigner as Ki, refuseCredentials as Kn, readAuthFile as Kr, upstreamMarksBetween as Kt, readLastPublished as L, withCandidate as La, planTags as Li, followOfferOrWarn as Ln, pushEvidence as Lr, graphPath as Lt, linkedDigest as M, parseReference as Ma, buildKeyAnnotation as Mi, refuseAroundPausedBarrier as Mn, testSettings as Mr, syncExternalHolds as Mt, tagReader as N, parseRepository as Na, revisionAnnotation as Ni, withdrawnOrPaused as Nn, evidenceSoFar as Nr, describeEntry as Nt, signedDigests as O, formatRepository as Oa, findBuiltFor as Oi, endExpiredPauses as On, comparePackages as Or, parseStamp as Ot, describeDownload as P, sameRepository as Pa, guidanceTag as Pi, stagedOf as Pn, findEvidence as Pr, baseUrl as Pt, nodePolicy as Q, TooLong as Qi, openCheckout as Qn, readCandidate as Qr, refuseDoubtful as Qt, bundlePath as R, downloadFolder as Ra, subjectOfTag as Ri, promotedDigest as Rn, pushStatement as Rr, createdOf as Rt, isGitHubRegistry as S, parseManifest as Sa, ringsToShow as Si, readStatement as Sn, layerEntries as Sr, rolloutStart as St, refusalOf as T, digestIn$1 as Ta, migrateConfigText as Ti, stepRings as Tn, pushSbom as Tr, nextGate as Tt, requireSignedGuidance as U, fleetTip as Ua, missingEvidence as Ui, filesInFolder as Un, keepAtForge as Ur, refuseBarrierBypasses as Ut, guidanceSigner as V, entryFleets as Va, foundVulnerabilities as Vi, filesAtUrl as Vn, provenanceType as Vr, requireCreated as Vt, awaitedDigests as W, nextFleets as Wa, pushSealed as Wi, artifactReference as Wn, createRegistryClient as Wr, barriersCrossed as Wt, askNodePolicy as X, init_loopback as Xi, parseRecord as Xn, resolveInLayout as Xr, doubts as Xt, askFleetPolicy as Y, init_fetch_whole as Yi, parseFleet as Yn, openInLayout as Yr, doubtOf as Yt, removeSignatures as Z, isLoopback as Zi, findRoot as Zn, NotFoundError as Zr, readDoubt as Zt, nextChangeDue as _, imageTimestamp as _a, describeManyRings as _i, actionInputs as _n, readPackages as _r, chooseRelease as _t, actOnFindings as a, readPublicKey as aa, externalStages as ai, recordUrgency as an, forecastMergeFrom as ar, ourMessage as at, checkOwnFolder as b, mediaTypes as ba, isChosen as bi, readAction as bn, describePackages as br, severities as bt, runningRollouts as c, fallbackTag as ca, stagesOnBase as ci, findFreeze as cn, commitTree as cr, withdrawProposal as ct, readAlert as d, findSurely as da, examineConfig as di, thawTime as dn, Git as dr, takeBack as dt, fleetKeys as ea, ignoreFileNames as ei, examineHoldFile as en, readGitHubRun as er, parseListenAddress as et, refuseUnvouched as f, listCommit as fa, parseConfig as fi, baseBranch as fn, fetchedObjects as fr, lintState as ft, publishEverywhere as g, upgradeStages as ga, configJsonSchema as gi, readMarker as gn, runWithRemote as gr, findPendingPromotion as gt, refuseUnserved as h, readTextBlob as ha, urgentTemplate as hi, formatMarker as hn, remoteSeconds as hr, ringNotes as ht, ProxyAgent as i, makeKeyPair as ia, findCommit as ii, unknownHoldFiles as in, forecastMerge as ir, isOurs as it, scanImages as j, parseDigest as ja, tagFor as ji, metadataOf as jn, testDemands as jr, findPromotion as jt, refuseVulnerable as k, isDigest as ka, localTag as ki, nextPauseEnd as kn, identity$1 as kr, stampPath as kt, webhookCondition as l, copyImage as la, parseContainerfile as li, refuseFrozen as ln, writeCommit as lr, fitBody as lt, namedImages as m, materialiseContext as ma, readConfigText as mi, rollBackBranch as mn, findRemote as mr, readPageFacts as mt, fetch_for_sigstore_exports as n, readKeyText as na, rollBackFileName as ni, holdFolder as nn, gitHubOf as nr, treeChanges as nt, haltedRollouts as o, readArtifact as oa, findBase as oi, urgencyOfBuild as on, untilNotStale as or, proposeChanges as ot, findUnserved as p, listTree as pa, readConfig as pi, promotionBranch as pn, explainRemoteFailure as pr, tryTo as pt, neededVersions as q, shortCommit as qa, withoutSigningSecrets as qi, stateReadme as qn, inLayout as qr, describeRollout$1 as qt, init_fetch_for_sigstore as r, signingKeys as ra, selectContext as ri, refuseHeldByFile as rn, openGitForge as rr, closedKey as rt, haltsOf as s, titleAnnotation as sa, repinBase as si, withoutUrgency as sn, readCommits as sr, proposeCommit as st, sigstore_public_root_default as t, readKeyFile as ta, refreshFileName as ti, findFileHold as tn, findToken as tr, stopServer as tt, webhooksOf as u, setTags as ua, configFileName as ui, readLabel as un, StaleBranchError as ur, planRollBack as ut, pinState as v, readImage as va, groupRingFolders as vi, changesOffer as vn, recordPackages as vr, evaluateAllGates as vt, explainFailure as w, atTag as wa, nodeParts as wi, editFleet as wn, findSbom as wr, isReady as wt, notPublished as x, parseJson as xa, isNamed as xi, findOperator as xn, decompressed as xr, rolloutCompletion as xt, publishToFolder as y, isIndex as ya, groupRings as yi, kinds as yn, countPackages as yr, unique as yt, formatBundle as z, requireBootSpace as za, copyAttachments as zi, openProject as zn, trustOf as zr, isoTime as zt };
