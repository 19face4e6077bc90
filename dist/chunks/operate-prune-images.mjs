import { D as InputError, O as OutsideError, a as inParallel } from "./host.mjs";
import { c as findBuilt, r as readCandidate } from "./release-candidate.mjs";
import { a as awaitedDigests, o as neededDigests } from "./release.mjs";
import { C as atTag, E as formatRepository, N as architectureOfGo, S as atDigest, _ as imageTimestamp, v as readImage, y as isIndex } from "./world-registry.mjs";
// src/operate/prune-images/contents.ts
/** `sha256-<hex>`, with cosign's ending or without: belongs to the digest it names. */
const attachedTag = /^sha256-([0-9a-f]{64})(\.[a-z]+)?$/;
/** The digest that a tag is about, for tags that are attached to an image by their name. */
function subjectOfTag(tag) {
	const hex = attachedTag.exec(tag)?.[1];
	return hex === void 0 ? void 0 : `sha256:${hex}`;
}
/** The roots, with all that they need to be whole, and all that is attached to any of it. */
function keptWith(contents, roots) {
	const below = belowIn(contents);
	const kept = /* @__PURE__ */ new Set();
	const open = [...roots];
	for (let digest = open.pop(); digest !== void 0; digest = open.pop()) {
		if (kept.has(digest)) continue;
		kept.add(digest);
		open.push(...below(digest));
	}
	return kept;
}
/**
* What may go, in the order to delete it: an index before its images, an image before what is attached to it. So
* nothing that is left is ever incomplete, and what an interrupted run leaves over is found by the next.
*/
function removable(contents, roots) {
	const kept = keptWith(contents, roots);
	const below = belowIn(contents);
	const seen = /* @__PURE__ */ new Set();
	const lastFirst = [];
	const visit = (digest) => {
		if (seen.has(digest) || kept.has(digest) || !contents.manifests.has(digest)) return;
		seen.add(digest);
		for (const each of below(digest)) visit(each);
		lastFirst.push(digest);
	};
	for (const digest of contents.manifests.keys()) visit(digest);
	return lastFirst.reverse();
}
/** What belongs to a digest: its images, what refers to it, and what tags attach to it. */
function belowIn(contents) {
	const byTag = /* @__PURE__ */ new Map();
	for (const [tag, digest] of contents.tags) {
		const subject = subjectOfTag(tag);
		if (subject !== void 0) byTag.set(subject, [...byTag.get(subject) ?? [], digest]);
	}
	return (digest) => {
		const held = contents.manifests.get(digest);
		return [
			...held?.children ?? [],
			...held?.referrers ?? [],
			...byTag.get(digest) ?? []
		];
	};
}
// src/operate/prune-images/read-contents.ts
const parallel = 8;
/**
* Reads all that tags, and the digests given, lead to. Registries do not list what no tag leads to: such things are
* neither seen nor touched.
* @param also digests that may be there without a tag
* @returns with `untagged`: subjects of attached tags that are there though no tag leads to them
*/
async function readContents(client, repository, also, report = () => {}) {
	const names = await client.listTags(repository);
	const tags = /* @__PURE__ */ new Map();
	await inParallel(names, parallel, async (tag) => {
		const found = await client.resolve(atTag(repository, tag));
		if (found !== void 0) tags.set(tag, found.digest);
	});
	const manifests = /* @__PURE__ */ new Map();
	const untagged = /* @__PURE__ */ new Set();
	const tagged = new Set(tags.values());
	const subjects = names.flatMap((tag) => subjectOfTag(tag) ?? []);
	let open = [.../* @__PURE__ */ new Set([
		...tagged,
		...also,
		...subjects
	])];
	const asked = new Set(open);
	while (open.length > 0) {
		const found = [];
		await inParallel(open, parallel, async (digest) => {
			const held = await readHeld(client, repository, digest);
			if (held === void 0) return;
			manifests.set(digest, held);
			if (subjects.includes(digest) && !tagged.has(digest)) untagged.add(digest);
			found.push(...held.children, ...held.referrers);
			report(`${manifests.size} manifests`);
		});
		open = [...new Set(found)].filter((digest) => !asked.has(digest));
		for (const digest of open) asked.add(digest);
	}
	for (const { children, referrers } of manifests.values()) for (const digest of [...children, ...referrers]) untagged.delete(digest);
	return {
		tags: inOrder(tags),
		manifests: inOrder(manifests),
		untagged
	};
}
/** Answers come in any order; what is told of them should be the same each time. */
function inOrder(map) {
	return new Map([...map].sort(([one], [other]) => one < other ? -1 : 1));
}
async function readHeld(client, repository, digest) {
	const manifest = await client.findManifest(atDigest(repository, digest));
	if (manifest === void 0) return void 0;
	return {
		children: isIndex(manifest.json) ? manifest.json.manifests.map((each) => each.digest) : [],
		referrers: (await client.referrers(repository, digest)).map((each) => each.digest)
	};
}
// src/operate/prune-images/prune-images.ts
/**
* Deletes what nobody needs from the production repository and the test registry: manifests, and with them their
* tags. What blobs took up, a registry frees by its own garbage collection. Everything is decided before the first
* deletion, and decided anew where the state branch moves meanwhile.
* @throws InputError for a registry that does not let anyone delete
*/
async function pruneImages(project, options) {
	const { config, forge } = project;
	const commit = await forge.branches.resolve(config.stateBranch);
	const unmoved = async () => await forge.branches.resolve(config.stateBranch) === commit;
	const fleets = await readFleets(project);
	const production = await plan(project, options, {
		repository: config.image,
		needed: neededDigests(Object.values(fleets), options.releases),
		isOurs: (tag) => isVersionTag(tag, config) && !isStandingTag(tag, config)
	});
	const promotions = Object.values(config.fleets).flatMap(({ name, promoteFrom }) => promoteFrom === void 0 ? [] : [{
		from: promoteFrom,
		to: name
	}]);
	const plans = [production, await plan(project, options, {
		repository: config.testImage,
		needed: /* @__PURE__ */ new Set([...awaitedDigests(fleets, promotions), ...await currentBuilds(project)]),
		isOurs: (tag) => /^key-[0-9a-f]{16}(-[a-z0-9_]+)?$/.test(tag)
	})];
	if (options.remove) for (const each of plans) for (const { digest, tags } of each.removed) {
		if (!await unmoved()) throw new OutsideError("pruning", "the state branch has moved since it was decided what to keep", "What was deleted until then was not needed. Run the same command again.");
		await removeManifest(project.client, each.place, digest, tags);
	}
	return plans.map(({ place, removed, kept }) => ({
		repository: formatRepository(place),
		removed,
		kept
	}));
}
async function plan({ client }, options, rule) {
	const { repository, needed, isOurs } = rule;
	const contents = await readContents(client, repository, needed, options.report);
	const roots = /* @__PURE__ */ new Set([...needed, ...contents.untagged]);
	for (const [tag, digest] of contents.tags) {
		if (subjectOfTag(tag) !== void 0 || roots.has(digest)) continue;
		if (!isOurs(tag) || !await isOld(client, repository, digest, options)) roots.add(digest);
	}
	const removed = removable(contents, roots).map((digest) => ({
		digest,
		tags: [...contents.tags].filter(([, each]) => each === digest).map(([tag]) => tag)
	}));
	return {
		place: repository,
		removed,
		kept: contents.manifests.size - removed.length
	};
}
/** By the time its commit was made, the only one that an image has. What has none is not taken for old. */
async function isOld(client, repository, digest, { now, olderThan }) {
	const manifest = await client.findManifest(atDigest(repository, digest));
	if (manifest === void 0) return false;
	const entries = isIndex(manifest.json) ? manifest.json.manifests : [manifest.descriptor];
	for (const { digest: each, platform } of entries) {
		const created = await createdAt(client, repository, each, platform?.architecture);
		if (created === void 0 || created > now - olderThan) return false;
	}
	return true;
}
async function createdAt(client, repository, digest, goName) {
	const known = goName === void 0 ? void 0 : architectureOfGo(goName);
	for (const architecture of known === void 0 ? [
		"x86_64",
		"aarch64",
		"s390x",
		"ppc64le"
	] : [known]) try {
		return imageTimestamp(await readImage(client, atDigest(repository, digest), architecture));
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
	}
}
/** Every fleet that the state branch knows, also one that is not configured any more: its nodes are still there. */
async function readFleets({ config, forge, state }) {
	const commit = await forge.branches.resolve(config.stateBranch);
	const paths = commit === void 0 ? [] : await forge.branches.listFiles(commit, "fleets");
	const names = /* @__PURE__ */ new Set([...Object.keys(config.fleets), ...paths.map((path) => path.split("/")[1] ?? "")]);
	const fleets = {};
	for (const name of names) if (name !== "") fleets[name] = await state.readFleet(name);
	return fleets;
}
/** What the fleets' branches and the open pull requests build now. */
async function currentBuilds(project) {
	const { config, forge, git, client } = project;
	const heads = [...await Promise.all(Object.values(config.fleets).map(({ branch }) => forge.branches.resolve(branch))), ...(await forge.pullRequests.list({ state: "open" })).map(({ headCommit }) => headCommit)];
	const found = [];
	for (const commit of new Set(heads.filter((head) => head !== void 0))) {
		await forge.branches.bring(commit);
		const candidate = await readCandidate({
			git,
			config,
			client,
			commit
		}).catch((error) => {
			if (error instanceof InputError) return void 0;
			throw error;
		});
		const built = candidate === void 0 ? void 0 : await findBuilt(client, config, candidate);
		if (built !== void 0) found.push(built.digest);
	}
	return found;
}
/** A version, a version's symbolic tag, or a base version: what promotion sets once and never moves back. */
function isVersionTag(tag, { fleets }) {
	const names = Object.keys(fleets).map((name) => name.replaceAll(".", "\\."));
	return new RegExp(`^.+-[0-9a-f]{8}(-(${names.join("|")})(-barrier|-deadend)?)?$`).test(tag);
}
/** Tags that people follow. */
function isStandingTag(tag, { fleets, stream }) {
	return tag === stream || Object.values(fleets).some((fleet) => fleet.tag === tag || tag === `updates-${fleet.name}`);
}
async function removeManifest(client, repository, digest, tags) {
	for (const tag of tags) {
		const now = (await client.resolve(atTag(repository, tag)))?.digest;
		if (now !== void 0 && now !== digest) return;
	}
	await client.deleteManifest(repository, digest);
}
export { pruneImages as t };
