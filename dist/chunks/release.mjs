import { $ as formatTime, Q as formatDuration, ct as InputError, dt as init_errors, i as formatPercent, lt as OutsideError } from "./host.mjs";
import { A as atDigest, E as isIndex, F as formatRepository, I as isDigest, L as isTag, M as digestIn, P as formatReference, T as artifactTypeOf, V as sameRepository, W as architectures, h as findReferrer, j as atTag, m as copyReferrer, x as copyImage, z as parseReference } from "./world-registry.mjs";
import { n as openCheckout } from "./project.mjs";
import { x as rolloutEnd } from "./guidance.mjs";
import { d as statementMediaType, f as acceptanceType } from "./release-evidence.mjs";
import { y as tagPrefixes } from "./project-configuration.mjs";
import { i as acceptedVulnerabilitiesType } from "./release-vulnerabilities.mjs";
import { o as openState } from "./release-state.mjs";
import { f as upstreamReader } from "./release-upstream.mjs";
import { n as openWitnesses, t as firstReleaseCheck } from "./release-witnesses.mjs";
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
* @returns digests of what the destination did not have
* @throws OutsideError if the destination does not keep what it accepted
*/
async function copyAttachments(client, options) {
	const { manifest, from, to } = options;
	const children = isIndex(manifest.json) ? manifest.json.manifests.map(({ digest }) => digest) : [];
	const subjects = /* @__PURE__ */ new Set([manifest.descriptor.digest, ...children]);
	const copied = /* @__PURE__ */ new Set();
	for (let pass = 0; pass < passes; pass += 1) {
		const now = [];
		for (const digest of subjects) {
			now.push(...await copyReferrers(client, {
				digest,
				from,
				to
			}, 1));
			now.push(...await copyCosignTags(client, {
				digest,
				from,
				to
			}));
		}
		for (const digest of now) copied.add(digest);
		if (now.length === 0 && pass > 0) return [...copied];
		for (const digest of now) await requireKept(client, to, digest);
	}
	throw new OutsideError(`copying attachments to ${formatRepository(to)}`, "the registry does not list what it accepted", "Nothing was tagged. Run the same command again.");
}
/** @throws OutsideError if a manifest is missing that was accepted */
async function requireKept(client, repository, digest) {
	const reference = atDigest(repository, digest);
	if (await client.resolve(reference) !== void 0) return;
	throw new OutsideError(`pushing ${formatReference(reference)}`, "the registry accepted it, and does not have it", "Run the same command again.");
}
async function copyReferrers(client, { digest, from, to }, depth) {
	const wanted = (await client.referrers(from, digest)).filter(({ artifactType }) => isCarried(artifactType));
	if (wanted.length === 0) return [];
	const there = new Set((await client.referrers(to, digest)).map((each) => each.digest));
	const copied = [];
	for (const each of wanted) {
		if (there.has(each.digest)) continue;
		if (depth < deepest) copied.push(...await copyReferrers(client, {
			digest: each.digest,
			from,
			to
		}, depth + 1));
		const listed = {
			repository: from,
			subject: digest,
			digest: each.digest
		};
		const manifest = await findReferrer(client, listed);
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
	const digests = fleet.releases.releases.filter(({ version }) => versions.has(version)).flatMap((release) => [...(release["oci-images"] ?? []).map((image) => image["digest-ref"]), ...release["oci-index"] === void 0 ? [] : [release["oci-index"]]]).map((reference) => digestIn(reference));
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
export { copyAttachments as S, guidanceTag as _, awaitedDigests as a, planTags as b, neededVersions as c, followOffer as d, followOfferOrWarn as f, buildTagOf as g, buildTag as h, inMegabytes as i, describeEntry as l, openProject as m, describeDownload as n, digestsOf as o, promotedDigest as p, downloadBetween as r, neededDigests as s, tagReader as t, describeMovedTags as u, isBuildTag as v, subjectOfTag as x, isVersionTag as y };
