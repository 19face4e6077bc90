import { Lt as defined, Mt as formatTime, U as readFileIfThere, Vt as InputError, Wt as init_errors, jt as formatDuration } from "./host.mjs";
import { $ as parseGraph, A as parseReleaseIndex, B as formatUpdateMetadata, D as formatReleaseIndex, P as nextHoldEnd, U as parseUpdateMetadata } from "./guidance.mjs";
import { Bn as openWitnesses, Ca as atDigest, Cn as commitMessage, Da as formatReference, In as followOffer, L as readLastPublished, Li as planTags, On as endExpiredPauses, Ot as parseStamp, R as bundlePath, Rn as promotedDigest, Tn as stepRings, Un as filesInFolder, Vn as filesAtUrl, _ as nextChangeDue, b as checkOwnFolder, f as refuseUnvouched, ft as lintState, g as publishEverywhere, h as refuseUnserved, kn as nextPauseEnd, kt as stampPath, m as namedImages, mt as readPageFacts, oa as readArtifact, p as findUnserved, q as neededVersions, ua as setTags, v as pinState, wa as atTag, x as notPublished, y as publishToFolder, z as formatBundle } from "./shared.mjs";
import { t as renderSite } from "./release-site.mjs";
import { join } from "node:path";
// src/loop/publish-updates/from-artifact.ts
init_errors();
/**
* Writes the files of a fleet's artifact to a folder, exactly as publish-updates wrote them: for a web server that can
* read the registry and has no checkout. Everything is read and checked before the first file is written.
* @throws InputError if publish-updates did not make the artifact, or if it is older than the folder: nodes on the
*   releases that it lacks would be lost
*/
async function publishFromArtifact(client, reference, folder) {
	const where = formatReference(reference);
	const { manifest, layers } = await readArtifact(client, reference);
	if (manifest.json.artifactType !== "application/vnd.coxswain.updates.v1+json") throw notPublished(where, manifest.json.artifactType ?? "an image");
	const files = /* @__PURE__ */ new Map();
	for (const { descriptor, bytes } of layers) files.set(descriptor.annotations?.["org.opencontainers.image.title"] ?? "", new TextDecoder().decode(bytes));
	const fleet = [...files.keys()][0]?.split("/")[0] ?? "";
	files.delete(bundlePath(fleet));
	for (const [path, text] of files) checkFile(path, text, {
		fleet,
		where
	});
	const releases = files.get(`${fleet}/releases.json`);
	if (releases === void 0 || !files.has(`${fleet}/updates.json`)) throw notPublished(where, `the files ${[...files.keys()].join(", ")}`);
	await refuseLoss(join(folder, fleet, "releases.json"), releases, where);
	return {
		fleet,
		...await publishToFolder(folder, files)
	};
}
/** The registry's content becomes files here, so each path must belong to this fleet and be of a known kind. */
function checkFile(path, text, about) {
	const { fleet, where } = about;
	const parts = path.split("/");
	if (!(parts.length > 1 && parts.every((part) => part !== "" && !/^\.|[\\\0]/.test(part))) || parts[0] !== fleet) throw notPublished(where, `a file ${JSON.stringify(path)}`);
	const file = `${where} ${path}`;
	const name = parts.slice(1).join("/");
	if (name === "releases.json") parseReleaseIndex(text, file);
	else if (name === "updates.json") parseUpdateMetadata(text, file);
	else if (name === "published.json") parseStamp(text, file);
	else if (/(^|\/)v1\/graph$/.test(name)) parseGraph(text, file);
	else if (!/^builds\/[^/]+\/release\.json$/.test(name)) throw notPublished(where, `a file ${path}`);
}
/** A release is never removed or moved: an older artifact must not replace newer files. */
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
		remedy: "Run coxswain publish-updates in a checkout: it pushes a new artifact."
	});
}
init_errors();
/** Two clocks may differ by this many seconds. */
const clockTolerance = 600;
/**
* Refuses to publish less than was published last, and everything that lint-updates calls an error.
* @param options.now UNIX seconds
* @param options.firstRelease a place that gives no answer does not matter
* @throws InputError that names every problem
*/
function refuseLess(fleetToCompare, options) {
	const { fleet, texts } = fleetToCompare;
	for (const last of publishedTo(fleetToCompare)) {
		const lost = errorsOf(texts, last.texts, {
			...options,
			fleet
		});
		if (lost.length > 0) throw refusal(fleet, `this publishes less than ${last.where} has`, lost, lessRemedy);
	}
	const own = errorsOf(texts, /* @__PURE__ */ new Map(), {
		...options,
		fleet
	});
	if (own.length > 0) throw refusal(fleet, `branch ${options.config.stateBranch} has errors`, own, fixRemedy);
	requireAnswer(fleetToCompare, options.firstRelease);
}
const fixRemedy = "Correct the files by a commit on the state branch; coxswain lint-updates judges it.";
const lessRemedy = "If the state branch lost something, restore it: git reflog, or coxswain restore-state. If this is what you want, publish with --replace-published REASON.";
/**
* The time to publish at. A clock that is a little slow continues from the time of the last publication.
* @throws InputError if this clock is much earlier: offers would be withdrawn
*/
function publicationTime(fleets, now) {
	let time = now;
	for (const fleet of fleets) for (const { where, stamp } of publishedTo(fleet)) {
		if (stamp === void 0 || stamp.published <= time) continue;
		if (stamp.published - now > clockTolerance) throw new InputError({
			where: `fleet ${fleet.fleet}`,
			problem: `the clock of this machine (${formatTime(now)}) is ${formatDuration(stamp.published - now)} behind the last publication (${formatTime(stamp.published)} at ${where}), so that offers would be withdrawn`,
			remedy: "Set the clock. If the last publication had the wrong time, publish with --replace-published REASON."
		});
		time = stamp.published;
	}
	return time;
}
/** What was published, without guidance that an operator has replaced since. */
function publishedTo({ heard, replacedAt }) {
	return heard.flatMap((each) => each.answer === "published" ? [each.last] : []).filter(({ stamp }) => replacedAt === void 0 || stamp !== void 0 && stamp.published >= replacedAt);
}
/** If no place knows the releases, all must have answered: one that gives no answer may know more. */
function requireAnswer({ fleet, heard, releases }, firstRelease) {
	if (firstRelease || releases === 0) return;
	if (heard.some((each) => each.answer === "published" && each.last.versions.length > 0)) return;
	const silent = heard.find((each) => each.answer === "none");
	if (silent === void 0) return;
	throw new InputError({
		where: `fleet ${fleet}`,
		problem: `no place that could be read has releases of this fleet, and ${silent.where} gives no answer, but may have some (${silent.why.replace(/\.$/, "")})`,
		remedy: "Run the same command again when it answers. If nothing is published there, or it cannot be read from here, add --first-release."
	});
}
function errorsOf(texts, before, options) {
	const { config, fleet, now } = options;
	return lintState(texts, before, {
		config,
		fleets: [fleet],
		now,
		timeZone: "UTC"
	}).flatMap(({ findings }) => findings).filter(({ severity }) => severity === "error").map(({ where, message, rule }) => `${where}: ${message} [${rule}]`);
}
function refusal(fleet, problem, list, remedy) {
	const shown = list.slice(0, 10);
	const more = list.length > shown.length ? [`and ${list.length - shown.length} more`] : [];
	return new InputError({
		where: `fleet ${fleet}`,
		problem: `${problem}, so nothing was published:${[...shown, ...more].map((line) => `\n  ${line}`).join("")}`,
		remedy
	});
}
// src/loop/publish-updates/replacement.ts
init_errors();
/**
* Records on the state branch that what was published may be replaced by less: one commit for each fleet. From then on
* older publications are not compared with.
*/
async function recordReplacement({ state, config, forge }, { reason, by }, { fleets, now }) {
	const removed = fleets.length === 0 ? await removedFleets({
		config,
		forge
	}) : [];
	const chosen = fleets.length === 0 ? Object.keys(config.fleets) : fleets;
	for (const fleet of [...chosen, ...removed]) {
		const message = commitMessage({
			fleet,
			by,
			now
		}, "replace what was published", reason);
		await state.changeFleet(fleet, message, (before) => {
			const replaced = before.operations.replaced ?? [];
			return {
				...before,
				operations: {
					...before.operations,
					replaced: [...replaced, {
						reason,
						by,
						at: now
					}]
				}
			};
		});
	}
}
/** When an operator last replaced what was published for a fleet, UNIX seconds. */
function replacedAt({ operations }) {
	return operations.replaced?.at(-1)?.at;
}
/**
* Refuses to leave out a fleet that has releases and is no longer in the configuration: a whole site is deployed, so
* its graphs would be gone. @throws InputError
*/
async function refuseRemovedFleets(project) {
	const { state, config } = project;
	for (const fleet of await removedFleets(project)) {
		const known = await state.readFleet(fleet);
		if (known.releases.releases.length === 0 || replacedAt(known) !== void 0) continue;
		throw new InputError({
			where: config.file,
			field: "fleets",
			problem: `branch ${config.stateBranch} has ${known.releases.releases.length} releases of fleet ${fleet}, which is not configured: its graphs would no longer be published`,
			expected: `fleet ${fleet}, or another fleet that the state branch knows`,
			remedy: "If the fleet has no nodes any longer, publish once with --replace-published REASON."
		});
	}
}
/** Fleets on the state branch that coxswain.yaml does not name. */
async function removedFleets({ config, forge }) {
	const commit = await forge.branches.resolve(config.stateBranch);
	const paths = commit === void 0 ? [] : await forge.branches.listFiles(commit, "fleets");
	return [...new Set(paths.map((path) => path.split("/")[1] ?? ""))].filter((name) => name !== "" && config.fleets[name] === void 0);
}
// src/loop/publish-updates/symbolic-tags.ts
/**
* Tags the barriers and dead-ends of a fleet. It only adds tags. If a mark was removed, its tag stays, because
* registries do not delete a tag without its image.
* @returns the tags that were set now
*/
async function tagMarkedReleases(project, fleet) {
	const { config } = project;
	const set = [];
	for (const { version, metadata } of fleet.state.updates.releases) {
		const marks = {
			barrier: metadata.barrier !== void 0,
			deadend: metadata.deadend !== void 0
		};
		const release = fleet.state.releases.releases.find((each) => each.version === version);
		const digest = release === void 0 ? void 0 : promotedDigest(config, release);
		if (digest === void 0) continue;
		const tagged = {
			name: fleet.name,
			tag: config.fleets[fleet.name]?.tag ?? fleet.name
		};
		for (const { tag } of planTags(config, tagged, {
			version,
			...marks
		}, "publish-updates")) if (await setOnce(project, tag, digest)) set.push(tag);
	}
	return set;
}
/** Sets a tag that never moves. @returns whether it was set now */
async function setOnce({ config, client, log }, tag, digest) {
	const reference = atTag(config.image, tag);
	const now = (await client.resolve(reference))?.digest;
	if (now === digest) return false;
	if (now !== void 0) {
		log.warn(`${formatReference(reference)} leads to ${now}, not to ${digest}. It stays as it is.`);
		return false;
	}
	const manifest = await client.findManifest(atDigest(config.image, digest));
	if (manifest === void 0) return false;
	await setTags(client, {
		manifest,
		repository: config.image,
		tags: [tag]
	});
	return true;
}
// src/loop/publish-updates/publish-once.ts
/** Publishes the state branch as it is now. @param names the fleets to publish @throws as publishUpdates */
async function publishOnce(project, options, names) {
	const { config, client } = project;
	const { firstRelease = false, folder } = options;
	await refuseRemovedFleets(project);
	const all = [];
	for (const name of Object.keys(config.fleets)) all.push(await readFleet(project, name, options));
	const chosen = all.filter(({ name }) => names.includes(name));
	const now = publicationTime(chosen, options.now);
	for (const fleet of chosen) refuseLess(fleet, {
		config,
		now,
		firstRelease
	});
	await checkImages(project, chosen);
	const { architectures, rings, stream, publish } = config;
	const stamps = new Map(chosen.map((fleet) => [fleet.name, stampOf(fleet, project, now)]));
	const { facts, ...page } = await readPageFacts(project, all, now);
	const fleets = all.map(({ name, state }) => ({
		name,
		state,
		...defined({
			stamp: stamps.get(name),
			facts: facts.get(name)
		})
	}));
	const files = renderSite({
		fleets,
		architectures,
		rings,
		stream,
		now,
		url: publish.url,
		...page
	});
	const filesOf = (name) => [...files].filter(([path]) => path.startsWith(`${name}/`));
	const others = new Set(all.filter((fleet) => !chosen.includes(fleet)).flatMap(({ name }) => filesOf(name).map(([path]) => path)));
	const published = await publishEverywhere({
		config,
		client,
		root: project.root,
		signer: options.signer,
		now,
		folder,
		site: new Map([...files].filter(([path]) => !others.has(path))),
		fleets: new Map(chosen.map(({ name, texts }) => [name, new Map([...filesOf(name), [bundlePath(name), formatBundle(texts)]])]))
	});
	const tagged = [];
	for (const fleet of chosen) tagged.push(...await tagMarkedReleases(project, fleet));
	const due = [...stamps.values()].flatMap(({ nextChange }) => nextChange === void 0 ? [] : [nextChange]);
	return {
		...published,
		tagged,
		nextChange: due.length === 0 ? void 0 : Math.min(...due)
	};
}
async function readFleet({ state, config, client }, name, { folder, replace }) {
	const fleet = await state.readFleet(name);
	const places = [filesInFolder(folder), ...openWitnesses(config, client)];
	return {
		name,
		fleet: name,
		state: fleet,
		texts: await state.readTexts(name),
		releases: fleet.releases.releases.length,
		replacedAt: replace === void 0 ? replacedAt(fleet) : Number.POSITIVE_INFINITY,
		heard: await Promise.all(places.map((place) => readLastPublished(place, name)))
	};
}
/** A publication without a change keeps the time of the previous one. */
function stampOf(fleet, { config }, now) {
	const moments = [
		nextChangeDue([fleet], config.rings, now),
		nextPauseEnd(fleet.state),
		nextHoldEnd(fleet.state.operations, now)
	].filter((moment) => moment !== void 0);
	const nextChange = moments.length === 0 ? void 0 : Math.min(...moments);
	const bundle = formatBundle(fleet.texts);
	const releases = formatReleaseIndex(fleet.state.releases);
	const updates = formatUpdateMetadata(fleet.state.updates);
	const same = publishedTo(fleet).filter((last) => last.releases === releases && last.updates === updates).filter((last) => !last.hasState || formatBundle(last.texts) === bundle).flatMap(({ stamp }) => stamp?.nextChange === nextChange && stamp !== void 0 ? [stamp.published] : []);
	return {
		published: same.length === 0 ? now : Math.max(...same),
		nextChange
	};
}
async function checkImages({ config, root, client, log }, fleets) {
	const images = namedImages(fleets, config.architectures);
	const published = new Set(fleets.flatMap((fleet) => publishedTo(fleet).flatMap(({ digestRefs }) => [...digestRefs])));
	const missing = await findUnserved(client, images, published);
	const kept = new Map(fleets.map(({ name, state }) => [name, neededVersions(state, 2)]));
	const mayBeLost = ({ fleet, version, target }) => !target && kept.get(fleet)?.has(version) !== true;
	refuseUnserved(missing.filter((image) => !mayBeLost(image)));
	await refuseUnvouched({
		config,
		client,
		root
	}, fleets, published);
	for (const { fleet, version, digestRef } of missing.filter(mayBeLost)) log.warn(`${fleet}: the registry has lost ${digestRef} (release ${version}). No node is offered it; nodes on it still get updates.`);
}
// src/loop/publish-updates/publish-updates.ts
/**
* Resumes rollouts whose pause has ended, opens rings whose time has come, then publishes the state branch: files in a folder, and an artifact for each
* fleet.
* @throws InputError, before anything is published, for a dirty state branch, for an image that production cannot
*   serve, and for guidance that is less than what was published last
*/
async function publishUpdates(project, options) {
	const { forge, config } = project;
	await checkOwnFolder(options.folder);
	const written = /* @__PURE__ */ new Set();
	const artifacts = /* @__PURE__ */ new Map();
	const tagged = /* @__PURE__ */ new Set();
	const resumed = [];
	if (options.replace !== void 0) await recordReplacement(project, options.replace, options);
	for (;;) {
		const settled = await settleAll(project, options);
		resumed.push(...settled.resumed);
		const { commit } = settled;
		const hasMoved = async () => await forge.branches.resolve(config.stateBranch) !== commit;
		const pinned = pinState(project, commit);
		let answer;
		try {
			answer = await publishOnce(pinned, options, chosenFleets(config, options));
		} catch (error) {
			if (await hasMoved()) continue;
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
		if (await hasMoved()) continue;
		await followOffer(pinned);
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
/** What of a fleet is due: pauses that have ended, rings that open. */
function settle(current, { state, fleet, now }) {
	const settled = endExpiredPauses(current, now);
	const steps = stepRings(settled.state, state.ringGates(fleet), { now });
	return {
		state: steps.state,
		done: [...settled.done, ...steps.done]
	};
}
/** Writes what is due. @returns the commit of the state branch then, and what went on */
async function settleAll(project, options) {
	const { config, forge, state } = project;
	const { now } = options;
	const seen = await forge.branches.resolve(config.stateBranch);
	const pinned = state.at(seen);
	const resumed = [];
	let commit = seen;
	for (const fleet of chosenFleets(config, options)) {
		const current = await pinned.readFleet(fleet);
		if (settle(current, {
			state,
			fleet,
			now
		}).state === current) continue;
		const changed = await settleRollouts(state, fleet, now);
		commit = changed.commit;
		if (changed.what !== void 0) resumed.push({
			fleet,
			what: changed.what
		});
	}
	return {
		commit,
		resumed
	};
}
/** @returns what went on, undefined if nothing did */
async function settleRollouts(state, fleet, now) {
	let done = [];
	const change = (current) => {
		const settled = settle(current, {
			state,
			fleet,
			now
		});
		done = settled.done;
		return settled.state;
	};
	const order = {
		fleet,
		by: "coxswain publish-updates",
		now
	};
	const { commit } = await state.changeFleet(fleet, () => commitMessage(order, done.join("; "), void 0), change);
	return {
		commit,
		what: done.length === 0 ? void 0 : done.join("; ")
	};
}
// src/loop/publish-updates/site-is-behind.ts
/**
* Whether the site at publish.url has something else than the folder. The stamp says when a graph changes next, so it
* is enough to compare three small files of each fleet, and the dashboard, which shows the rest. A site that gives no answer counts as behind: it is deployed
* again.
*/
async function siteIsBehind(config, folder) {
	const { url } = config.publish;
	if (url === void 0) return true;
	const [site, own] = [filesAtUrl(url), filesInFolder(folder)];
	const paths = [...Object.keys(config.fleets).flatMap((fleet) => [
		stampPath(fleet),
		`${fleet}/releases.json`,
		`${fleet}/updates.json`
	]), "index.html"];
	try {
		return !(await Promise.all(paths.map(async (path) => await site.read(path) === await own.read(path)))).every(Boolean);
	} catch {
		return true;
	}
}
export { publishUpdates as n, publishFromArtifact as r, siteIsBehind as t };
