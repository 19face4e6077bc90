import { Ht as OutsideError, Lt as defined, Vt as InputError, Wt as init_errors, p as inParallel } from "./host.mjs";
import { Ca as atDigest, Da as formatReference, Di as findBuilt, Fi as isBuildTag, G as digestsOf, Ii as isVersionTag, Ja as isFullHash, K as neededDigests, L as readLastPublished, Mi as buildKeyAnnotation, Ni as revisionAnnotation, Oa as formatRepository, Qr as readCandidate, Ri as subjectOfTag, Rn as promotedDigest, Vn as filesAtUrl, W as awaitedDigests, _a as imageTimestamp, ba as mediaTypes, ca as fallbackTag, da as findSurely, ii as findCommit, ka as isDigest, oa as readArtifact, va as readImage, wa as atTag, ya as isIndex } from "./shared.mjs";
import { A as parseReleaseIndex, lt as architectureOfGo, ut as architectures } from "./guidance.mjs";
// src/operate/prune-images/current-builds.ts
init_errors();
/** The images that the fleets' branches and the open pull requests build now, as the test registry has them. */
async function currentBuilds(project) {
	const { config, forge, git, client } = project;
	const heads = [...await Promise.all(Object.values(config.fleets).map(({ branch }) => forge.branches.resolve(branch))), ...(await forge.pullRequests.list({ state: "open" })).map(({ headCommit }) => headCommit)];
	const found = [];
	for (const commit of new Set(heads.filter((head) => head !== void 0))) {
		await forge.branches.fetchCommit(commit);
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
// src/operate/prune-images/contents.ts
/** The roots, everything that they need to be complete, and everything that is attached to any of these. */
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
* What may be deleted, in the order of deletion: an index before its images, an image before its attachments, and the
* list of attachments last. So no remaining image is ever incomplete, and what a list names can be found while the
* list exists.
*/
function removable(contents, roots) {
	const kept = keptWith(contents, roots);
	const below = belowIn(contents);
	const lists = listsIn(contents);
	const seen = /* @__PURE__ */ new Set();
	const lastFirst = [];
	const visit = (digest) => {
		if (seen.has(digest) || kept.has(digest) || !contents.manifests.has(digest)) return;
		seen.add(digest);
		for (const each of below(digest)) visit(each);
		lastFirst.push(digest);
	};
	for (const digest of contents.manifests.keys()) visit(digest);
	const order = lastFirst.reverse();
	return [...order.filter((digest) => !lists.has(digest)), ...order.filter((digest) => lists.has(digest))];
}
/** Everything that belongs to a digest, without the digest itself. */
function closureOf(contents, digest) {
	const closure = new Set(keptWith(contents, [digest]));
	closure.delete(digest);
	return closure;
}
/** The lists under attached tags: indexes that belong to a digest by their tag. */
function listsIn({ tags, manifests }) {
	return new Set([...tags].filter(([tag, digest]) => subjectOfTag(tag) !== void 0 && manifests.get(digest)?.isIndex === true).map(([, digest]) => digest));
}
/** What belongs to a digest: its images, its referrers, and what tags attach to it. */
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
// src/operate/prune-images/delete-images.ts
init_errors();
/**
* Deletes what was planned. A run that ends in between can always be finished: before an image with attachments or
* children loses its tag, a list under its own `sha256-…` tag names everything that belongs to it. The next run finds
* the rest by that list, and the list is deleted last.
* @param requireUnchanged throws if the decision no longer holds
*/
async function deleteImages(client, { repository, contents, removed }, requireUnchanged) {
	const going = new Set(removed.map(({ digest }) => digest));
	const lists = [];
	for (const { digest, tags } of removed) {
		if (tags.length === 0 || tags.some((tag) => subjectOfTag(tag) !== void 0)) continue;
		await requireUnchanged();
		const belongs = [...closureOf(contents, digest)].filter((each) => going.has(each));
		const findable = findableByTags(contents, belongs);
		if (belongs.every((each) => findable.has(each))) continue;
		const descriptors = belongs.flatMap((each) => contents.manifests.get(each)?.descriptor ?? []);
		const tag = fallbackTag(digest);
		lists.push({
			digest: await putList(client, repository, tag, descriptors),
			tags: [tag]
		});
	}
	const replaced = new Set(lists.flatMap(({ tags }) => tags));
	for (const { digest, tags } of [...removed, ...lists]) {
		await requireUnchanged();
		await deleteManifest(client, repository, digest, lists.some((list) => list.digest === digest) ? tags : tags.filter((tag) => !replaced.has(tag)));
	}
}
/** What can be found without the image: by the tags that name its digest, or the digests of what belongs to it. */
function findableByTags(contents, belongs) {
	return keptWith(contents, [...contents.tags].filter(([tag, digest]) => subjectOfTag(tag) !== void 0 && belongs.includes(digest)).map(([, digest]) => digest));
}
async function putList(client, repository, tag, descriptors) {
	const manifests = descriptors.map(({ mediaType, digest, size }) => ({
		mediaType,
		digest,
		size
	}));
	const list = {
		schemaVersion: 2,
		mediaType: mediaTypes.ociIndex,
		manifests
	};
	const bytes = new TextEncoder().encode(JSON.stringify(list));
	const digest = await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
	const reference = atTag(repository, tag);
	const now = (await client.resolve(reference))?.digest;
	if (now === digest) return digest;
	throw new OutsideError(`pushing ${formatReference(reference)}`, `the registry accepted ${digest}, and has ${now ?? "nothing"} there`, "Nothing was deleted from this repository. Run the same command again.");
}
async function deleteManifest(client, repository, digest, tags) {
	for (const tag of tags) {
		const now = (await client.resolve(atTag(repository, tag)))?.digest;
		if (now === void 0 || now === digest) continue;
		throw new OutsideError(`deleting ${formatReference(atDigest(repository, digest))}`, `its tag ${tag} was moved to ${now} in the meantime`, "What was deleted until now was not needed. Run the same command again.");
	}
	await client.deleteManifest(repository, digest);
	const reference = atDigest(repository, digest);
	if (await client.resolve(reference) === void 0) return;
	throw new OutsideError(`deleting ${formatReference(reference)}`, "the registry confirmed the deletion, and still has it", "What was deleted until now was not needed. Run the same command again.");
}
const versionAnnotation = "org.opencontainers.image.version";
/** What an image's annotations say of its build; undefined for an image that build-image did not make. */
function annotatedOrigin({ json }) {
	const { [buildKeyAnnotation]: buildKey, [versionAnnotation]: version, [revisionAnnotation]: revision } = json.annotations ?? {};
	if (buildKey === void 0 || version === void 0) return void 0;
	return {
		version,
		buildKey,
		...defined({ revision })
	};
}
/** What the state branch says of the builds of its releases: by the digest of each image, and of the index over them. */
function recordedOrigins(config, fleets) {
	const origins = /* @__PURE__ */ new Map();
	for (const { releases, records } of Object.values(fleets)) for (const release of releases.releases) {
		const record = records[release.version];
		if (record === void 0) continue;
		const { version, buildKey } = record;
		const images = record.images.map(({ digestRef }) => digestRef.slice(digestRef.indexOf("@") + 1));
		for (const digest of [...images, promotedDigest(config, release)]) if (digest !== void 0 && isDigest(digest)) origins.set(digest, {
			version,
			buildKey
		});
	}
	return origins;
}
// src/operate/prune-images/own-builds.ts
/**
* A check whether this project made a build. Another project may use the same repository, and its images carry the same
* kind of tags. A build is ours if the state branch recorded it, or if it was made from a commit of this repository.
*/
function ownBuilds({ git, forge }, recordedKeys) {
	const known = /* @__PURE__ */ new Map();
	const isCommitHere = async (commit) => {
		const exists = async () => await findCommit(git, commit) !== void 0;
		if (await exists()) return true;
		await forge.branches.fetchCommit(commit).catch(() => {});
		return exists();
	};
	return async ({ buildKey, revision }) => {
		if (recordedKeys.has(buildKey)) return true;
		if (revision === void 0 || !isFullHash(revision)) return false;
		const asked = known.get(revision) ?? isCommitHere(revision);
		known.set(revision, asked);
		return asked;
	};
}
// src/operate/prune-images/image-age.ts
init_errors();
/**
* Whether an image, and each image of an index, was created before a moment. The time is that of its commit: images
* have no other. An image without a time counts as young.
* @param before UNIX seconds
*/
async function isCreatedBefore(client, repository, digest, before) {
	const manifest = await client.getManifest(atDigest(repository, digest));
	const images = isIndex(manifest.json) ? manifest.json.manifests : [manifest.descriptor];
	for (const image of images) {
		const created = await createdAt(client, repository, image.digest, image.platform?.architecture);
		if (created === void 0 || created > before) return false;
	}
	return true;
}
/** @param goName GOARCH as an index says it; undefined if the image stands alone */
async function createdAt(client, repository, digest, goName) {
	const named = goName === void 0 ? void 0 : architectureOfGo(goName);
	for (const architecture of named === void 0 ? architectures : [named]) try {
		return imageTimestamp(await readImage(client, atDigest(repository, digest), architecture));
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
	}
}
// src/operate/prune-images/plan-repository.ts
/** Decides what to delete, and writes nothing. */
async function planRepository(client, rule) {
	const { repository, contents, needed } = rule;
	const roots = /* @__PURE__ */ new Set([...needed, ...contents.untagged]);
	for (const [tag, digest] of contents.tags) {
		if (subjectOfTag(tag) !== void 0 || roots.has(digest)) continue;
		if (!await isOwnImage(rule, tag, digest) || !await isCreatedBefore(client, repository, digest, rule.before)) roots.add(digest);
	}
	const removed = removable(contents, roots).map((digest) => ({
		digest,
		tags: [...contents.tags].filter(([, each]) => each === digest).map(([tag]) => tag)
	}));
	return {
		repository,
		contents,
		removed,
		kept: contents.manifests.size - removed.length
	};
}
async function isOwnImage(rule, tag, digest) {
	const origin = rule.recorded.get(digest) ?? rule.contents.origins.get(digest);
	return origin !== void 0 && rule.isOwnTag(tag, origin) && rule.isOwnBuild(origin);
}
// src/operate/prune-images/published-guidance.ts
/**
* All published guidance in a repository, of any project. It is known by its type, not by its tag.
* @throws InputError for guidance that cannot be read, because then what it names is not known
*/
async function readPublishedGuidance(client, repository, contents) {
	const found = [];
	for (const [digest, artifactType] of contents.artifactTypes) {
		if (artifactType !== "application/vnd.coxswain.updates.v1+json") continue;
		const reference = atDigest(repository, digest);
		const where = formatReference(reference);
		const { layers } = await readArtifact(client, reference);
		for (const { descriptor, bytes } of layers) {
			const title = descriptor.annotations?.["org.opencontainers.image.title"] ?? "";
			if (!/^[^/]+\/releases\.json$/.test(title)) continue;
			const index = new TextDecoder().decode(bytes);
			found.push(guidanceIn(index, {
				fleet: title.slice(0, title.indexOf("/")),
				where: `${where} ${title}`
			}));
		}
	}
	return found;
}
/** Asks the site. One that gives no answer is not an error here: the registry may have the guidance too. */
async function readSiteGuidance({ publish }, fleets) {
	if (publish.url === void 0) return {
		published: [],
		silence: void 0
	};
	const site = filesAtUrl(publish.url);
	const published = [];
	let silence;
	for (const fleet of fleets) {
		const heard = await readLastPublished(site, fleet);
		if (heard.answer === "published") published.push(guidanceIn(heard.last.releases, {
			fleet,
			where: heard.last.where
		}));
		if (heard.answer === "none") silence = `${heard.where} gives no answer: ${heard.why.replace(/\.$/, "")}`;
	}
	return {
		published,
		silence
	};
}
function guidanceIn(index, { fleet, where }) {
	return {
		fleet,
		where,
		releases: new Map(parseReleaseIndex(index, where).releases.map((release) => [release.version, [...(release["oci-images"] ?? []).map((image) => image["digest-ref"]), release["oci-index"] ?? ""].map((text) => text.slice(text.indexOf("@") + 1)).filter((text) => isDigest(text))]))
	};
}
// src/operate/prune-images/read-contents.ts
init_errors();
const parallel = 8;
/**
* Reads everything that tags, and the given digests, lead to. Registries do not list manifests that no tag leads to:
* such manifests are neither seen nor deleted.
* @param known digests that may exist without a tag
* @throws OutsideError if the registry lists a tag and does not have it, or lists other tags at the end
*/
async function readContents(client, repository, known, report = () => {}) {
	const names = await client.listTags(repository);
	const tags = /* @__PURE__ */ new Map();
	await inParallel(names, parallel, async (tag) => {
		const reference = atTag(repository, tag);
		const found = await client.resolve(reference);
		if (found === void 0) throw contradiction(formatReference(reference), "lists this tag, and does not have it");
		tags.set(tag, found.digest);
	});
	const manifests = /* @__PURE__ */ new Map();
	const origins = /* @__PURE__ */ new Map();
	const artifactTypes = /* @__PURE__ */ new Map();
	const untagged = /* @__PURE__ */ new Set();
	const tagged = new Set(tags.values());
	const subjects = new Set(names.flatMap((tag) => subjectOfTag(tag) ?? []));
	let open = [.../* @__PURE__ */ new Set([
		...tagged,
		...known,
		...subjects
	])];
	const asked = new Set(open);
	while (open.length > 0) {
		const found = [];
		await inParallel(open, parallel, async (digest) => {
			const manifest = await findSurely(client, atDigest(repository, digest));
			if (manifest === void 0) return;
			const held = await readHeld(client, repository, manifest);
			manifests.set(digest, held);
			const origin = annotatedOrigin(manifest);
			if (origin !== void 0) origins.set(digest, origin);
			const { artifactType } = manifest.json;
			if (artifactType !== void 0) artifactTypes.set(digest, artifactType);
			if (subjects.has(digest) && !tagged.has(digest)) untagged.add(digest);
			found.push(...held.children, ...held.referrers);
			report(`${manifests.size} manifests`);
		});
		open = [...new Set(found)].filter((digest) => !asked.has(digest));
		for (const digest of open) asked.add(digest);
	}
	for (const [digest, { children, referrers }] of manifests) {
		for (const each of [...children, ...referrers]) untagged.delete(each);
		const origin = sharedOrigin(children, origins);
		if (origin !== void 0) origins.set(digest, origin);
	}
	const newer = (await client.listTags(repository)).find((tag) => !tags.has(tag));
	if (newer !== void 0) throw contradiction(formatRepository(repository), `lists the tag ${newer}, and did not before`);
	return {
		tags: inOrder(tags),
		manifests: inOrder(manifests),
		untagged,
		origins,
		artifactTypes
	};
}
function contradiction(where, answers) {
	return new OutsideError(`reading ${where}`, `the registry ${answers}`, "Nothing was deleted. Run the same command again.");
}
/** The build of an index: that of all its images. */
function sharedOrigin(children, origins) {
	const [first, ...others] = children.map((child) => origins.get(child));
	return others.every((other) => other?.buildKey === first?.buildKey && other?.version === first?.version) ? first : void 0;
}
/** Answers arrive in any order. The report must be the same each time. */
function inOrder(map) {
	return new Map([...map].sort(([one], [other]) => one < other ? -1 : 1));
}
async function readHeld(client, repository, { json, descriptor }) {
	return {
		descriptor,
		isIndex: isIndex(json),
		children: isIndex(json) ? json.manifests.map((each) => each.digest) : [],
		referrers: (await client.referrers(repository, descriptor.digest)).map((each) => each.digest)
	};
}
// src/operate/prune-images/witness.ts
init_errors();
/**
* Makes sure that the state branch and what is published agree, before anything is deleted because of one of them.
* A branch that is missing, old or mistyped in the configuration has less than the published guidance.
* @param published of any fleet, by any project, in the registry and at the site
* @param silence why the site gives no answer
* @throws InputError if the published guidance of a fleet is missing everywhere, or has a release that the state lacks
*/
function requireWitnesses(stateBranch, fleets, published, silence) {
	const all = Object.entries(fleets);
	if (all.every(([, { releases }]) => releases.releases.length === 0)) throw new InputError({
		where: stateBranch,
		problem: "the state branch knows no release of any fleet, so nothing says which images are needed",
		remedy: "Fetch the state branch, or correct state-branch in coxswain.yaml. Before the first release there is nothing to delete."
	});
	for (const [fleet, { releases }] of all) {
		const versions = releases.releases.map(({ version }) => version);
		if (versions.length === 0) continue;
		const witnesses = published.filter((each) => each.fleet === fleet);
		if (witnesses.length === 0) throw new InputError({
			where: `fleet ${fleet}`,
			problem: `only the state branch knows its releases; deletion needs a second witness${silence === void 0 ? "" : ` (${silence})`}`,
			remedy: "Publish the guidance: coxswain publish-updates puts it into the registry (publish.oci: true), and into the folder that is served at publish.url."
		});
		for (const witness of witnesses) {
			const lost = [...witness.releases.keys()].find((version) => !versions.includes(version));
			if (lost === void 0) continue;
			throw new InputError({
				where: `fleet ${fleet}`,
				problem: `the published guidance has release ${lost}, and the state branch does not`,
				found: witness.where,
				remedy: `Fetch ${stateBranch}, or restore it, before you delete anything.`
			});
		}
	}
}
/**
* The images that published guidance protects: everything that another project's guidance names, and nothing of ours.
*/
function foreignDigests(fleets, published) {
	return published.filter(({ fleet }) => fleets[fleet] === void 0).flatMap(({ releases }) => [...releases.values()].flat());
}
/** Versions that are not published yet. publish-updates would refuse them if their images were gone. */
function unpublishedVersions(fleet, { releases }, published) {
	const known = published.filter((each) => each.fleet === fleet);
	return releases.releases.map(({ version }) => version).filter((version) => !known.some((each) => each.releases.has(version)));
}
// src/operate/prune-images/prune-images.ts
init_errors();
/**
* Finds what is not needed in the production repository and the test registry: manifests, and their tags with them. A
* registry frees the disk space of blobs by its own garbage collection. Everything is decided before the first
* deletion.
* @throws InputError if the state branch and the published guidance do not agree
* @throws OutsideError if the registry contradicts itself
*/
async function planPruning(project, options) {
	const { config, forge, client } = project;
	const commit = await forge.branches.resolve(config.stateBranch);
	const plans = await planAll(project, options);
	const requireUnchanged = async () => {
		if (await forge.branches.resolve(config.stateBranch) === commit) return;
		throw new OutsideError("pruning", "the state branch moved after this run decided what to keep", "Nothing that was needed is deleted. Run the same command again.");
	};
	return {
		repositories: plans.map(({ repository, removed, kept }) => ({
			repository: formatRepository(repository),
			removed,
			kept
		})),
		remove: async () => {
			for (const plan of plans) {
				if (plan.removed.length === 0) continue;
				const deleteManifest = await options.deletionIn?.(plan.repository) ?? client.deleteManifest;
				await deleteImages({
					...client,
					deleteManifest
				}, plan, requireUnchanged);
			}
		}
	};
}
async function planAll(project, options) {
	const { config, client } = project;
	const states = await readStates(project);
	const named = Object.keys(states).map((name) => config.fleets[name] ?? {
		name,
		tag: name
	});
	const all = Object.values(states);
	const recorded = recordedOrigins(config, states);
	const shared = {
		before: options.now - options.olderThan,
		recorded,
		isOwnBuild: ownBuilds(project, new Set([...recorded.values()].map(({ buildKey }) => buildKey)))
	};
	const contents = await readContents(client, config.image, neededDigests(all), options.report);
	const site = await readSiteGuidance(config, Object.keys(states));
	const published = [...await readPublishedGuidance(client, config.image, contents), ...site.published];
	requireWitnesses(config.stateBranch, states, published, site.silence);
	const production = await planRepository(client, {
		...shared,
		repository: config.image,
		contents,
		needed: neededInProduction(states, published, options),
		isOwnTag: (tag, { version }) => isVersionTag(config, tag, {
			version,
			fleets: named
		})
	});
	const needed = /* @__PURE__ */ new Set([...awaitedDigests(states, promotionsOf(Object.values(config.fleets))), ...await currentBuilds(project)]);
	return [production, await planRepository(client, {
		...shared,
		repository: config.testImage,
		contents: await readContents(client, config.testImage, needed, options.report),
		needed,
		isOwnTag: (tag, { buildKey }) => isBuildTag(tag, buildKey)
	})];
}
function neededInProduction(states, published, { releases }) {
	const unpublished = Object.entries(states).flatMap(([fleet, state]) => [...digestsOf(state, new Set(unpublishedVersions(fleet, state, published)))]);
	return /* @__PURE__ */ new Set([
		...neededDigests(Object.values(states), releases),
		...unpublished,
		...foreignDigests(states, published)
	]);
}
function promotionsOf(fleets) {
	return fleets.flatMap(({ name, promoteFrom }) => promoteFrom === void 0 ? [] : [{
		from: promoteFrom,
		to: name
	}]);
}
/** Every fleet that the state branch knows, even if it is no longer configured: its nodes still exist. */
async function readStates({ config, forge, state }) {
	const commit = await forge.branches.resolve(config.stateBranch);
	if (commit === void 0) throw new InputError({
		where: config.stateBranch,
		problem: "this branch does not exist, so nothing says which images are needed",
		remedy: "Fetch the state branch, or correct state-branch in coxswain.yaml."
	});
	const paths = await forge.branches.listFiles(commit, "fleets");
	const names = /* @__PURE__ */ new Set([...Object.keys(config.fleets), ...paths.map((path) => path.split("/")[1] ?? "")]);
	const states = {};
	for (const name of names) if (name !== "") states[name] = await state.readFleet(name);
	return states;
}
export { planPruning as t };
