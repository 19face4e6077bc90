import { a as readCandidate, o as listCommit, p as findBuilt, u as refreshFileName } from "./build.mjs";
import { i as newestFor, n as pushAcceptance, r as findEvidence, t as findAcceptance } from "./evidence.mjs";
import { a as releaseCommit, n as findFleet } from "./fleets.mjs";
import { D as InputError, O as OutsideError } from "./host.mjs";
import { n as refuseHeldByFile, u as refuseHeld } from "./operations.mjs";
import { A as parseReference, C as atTag, E as formatRepository, S as atDigest, T as formatReference, m as setTags, n as copyAttached, o as imageTimestamp, p as copyImage, s as readImage, t as rememberingClient } from "./registry.mjs";
import { n as upgradeStarts, r as upgradeStages } from "./vm.mjs";
import { dirname, posix } from "node:path";
// src/production/gates.ts
/** Labels and evidence of one architecture's image. */
async function passImage(options, built, architecture) {
	const { client, config, candidate } = options;
	const image = await readImage(client, built, architecture);
	const where = formatReference(atDigest(built.repository, image.manifest.descriptor.digest));
	requireLabel(image, where, "com.coreos.stream", config.stream);
	requireLabel(image, where, "org.opencontainers.image.version", candidate.version);
	const created = imageTimestamp(image);
	if (created === void 0 || created <= 0) throw new InputError({
		where,
		field: "created",
		problem: "the image has no creation time, and nodes compare it to tell newer from older",
		found: image.config.created,
		remedy: "Build it with coxswain build-image, which sets the time of the commit."
	});
	return {
		architecture,
		image,
		created,
		...await requireEvidence(options, image, architecture, built.repository)
	};
}
function requireLabel(image, where, label, expected) {
	const found = image.config.labels[label];
	if (found === expected) return;
	throw new InputError({
		where,
		field: `label ${label}`,
		problem: found === void 0 ? "missing" : "not what this commit builds",
		...found === void 0 ? {} : { found },
		expected: JSON.stringify(expected),
		remedy: "The image under this build key was not made by coxswain build-image; build it again."
	});
}
/** The evidence is about the image itself, or about the index that lists it, for this architecture. */
async function requireEvidence(options, image, architecture, repository) {
	const { client, candidate, config, fleet } = options;
	const { digest } = image.manifest.descriptor;
	const all = [];
	const subjects = image.index === void 0 ? [digest] : [digest, image.index.digest];
	for (const subject of subjects) {
		const found = await findEvidence(client, repository, subject);
		all.push(...found.filter(({ evidence }) => evidence.architecture === architecture));
	}
	const newest = newestFor(all, candidate.testsTree);
	if (newest?.evidence.result === "PASSED") return { evidence: newest };
	if (newest === void 0 && !all.some(({ evidence }) => evidence.result === "FAILED")) {
		const { testsTree } = candidate;
		const accepted = (fleet === void 0 ? void 0 : await findAcceptance(client, config.image, {
			subjects,
			fleet,
			testsTree
		})) ?? options.accept;
		if (accepted !== void 0) return { accepted: {
			reason: accepted.reason,
			by: accepted.by
		} };
	}
	const failed = newest?.evidence.tests.filter(({ result }) => result !== "passed").map(({ name }) => name) ?? [];
	const reason = newest !== void 0 ? `its boot test failed${failed.length === 0 ? "" : ` (${failed.join(", ")})`}` : all.length > 0 ? "it was tested with other tests than this commit has" : "it was never boot-tested";
	throw new InputError({
		where: formatReference(atDigest(repository, digest)),
		problem: `no passing evidence: ${reason}`,
		expected: `a pass of the tests in git tree ${candidate.testsTree.slice(0, 12)}`,
		remedy: newest === void 0 ? "Run coxswain boot-test. Where that cannot be, and none failed, promote-image takes --accept-missing-evidence." : "Mend the image or the tests, and run coxswain boot-test."
	});
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
		const record = state.records[newest.version];
		const before = record === void 0 ? await releasedAt(options.client, released, architecture) : Date.parse(record.created) / 1e3;
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
/** For releases that somebody wrote into the index by hand, without a record. */
async function releasedAt(client, digestReference, architecture) {
	if (digestReference === void 0 || digestReference === "") return void 0;
	return imageTimestamp(await readImage(client, parseReference(digestReference), architecture));
}
function isoTime(seconds) {
	return (/* @__PURE__ */ new Date(seconds * 1e3)).toISOString();
}
// src/production/rehearsed.ts
/**
* Where a commit has tests of updates, the update from the release that the fleet has today must have been rehearsed:
* an image that was tested for another fleet, or before the fleet's newest release, says nothing about it.
* @throws InputError when it was not, for one of the architectures
*/
async function requireRehearsed(options) {
	const { config, fleet, state, version, passed } = options;
	if (!(config.bootTest.upgrades ?? await hasTestsOfUpdates(options))) return;
	for (const { architecture, image, evidence } of passed) {
		if (evidence === void 0) continue;
		const { digest } = image.manifest.descriptor;
		const payload = formatReference(atDigest(config.image, digest));
		const current = upgradeStarts(state, {
			version,
			payload,
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
// src/production/tags.ts
/**
* The tags of a promotion in the order they are set: those that only add something first, the fleet's own last, so
* that whoever follows the fleet's tag finds everything else in place, also after a crash in between.
*
* The stream label's tag: Zincati rebases the nodes of every fleet to `repository:<stream label>`, pinned to the
* digest, so the tag has to exist from the first promotion of any fleet. Where a fleet has that very tag, it is that
* fleet's: moved by a less careful fleet, it would hand testing's image to everyone who installs by the tag. Where no
* fleet has it, it follows the newest image of all fleets, so that no node of any fleet is newer than its own tag.
*/
function planTags(config, fleet, release) {
	const owned = Object.values(config.fleets).some(({ tag }) => tag === config.stream);
	return [
		{
			tag: release.version,
			rule: "fixed"
		},
		...config.symbolicTags ? [{
			tag: `${release.version}-${fleet.name}`,
			rule: "fixed"
		}] : [],
		{
			tag: release.baseVersion,
			rule: "newest"
		},
		{
			tag: config.stream,
			rule: owned ? "first" : "newest"
		},
		{
			tag: fleet.tag,
			rule: "fleet"
		}
	].filter(({ tag, rule }) => rule === "fleet" || tag !== fleet.tag);
}
// src/production/promote-image.ts
/**
* Copies the tested image of a commit on a fleet's branch to production and tags it for a fleet. Everything is checked before the first
* write; the order of writes is image, evidence and all else that refers to it, tags, so a tag never names an image that cannot be pulled or has no
* evidence beside it, whatever request is the last one. Run again, it does what is missing.
* @param options.now UNIX seconds
* @param options.accept lets the image pass without evidence; never with a test that failed
* @throws InputError when the image may not be promoted, or the fleet is held
*/
async function promoteImage(project, options) {
	const { config } = project;
	const client = rememberingClient(project.client);
	const requestsBefore = client.counters.requests;
	const fleet = findFleet(config, options.fleet);
	const state = await project.state.readFleet(fleet.name);
	refuseHeld(state, {
		fleet: fleet.name,
		now: options.now
	});
	await refuseHeldByFile(project.forge.branches, fleet, options.now);
	const candidate = await readCandidate({
		git: project.git,
		config,
		client,
		commit: await releaseCommit(project.forge.branches, fleet, options.commit)
	});
	const built = await requireBuilt(client, config, candidate);
	const passed = [];
	for (const architecture of config.architectures) passed.push(await passImage({
		client,
		config,
		candidate,
		fleet: fleet.name,
		accept: options.accept
	}, built, architecture));
	await requireNewer({
		client,
		config,
		fleet,
		state,
		passed
	});
	const { commit, version } = candidate;
	await requireRehearsed({
		git: project.git,
		config,
		commit,
		version,
		fleet,
		state,
		passed
	});
	const plan = await planMoves({
		client,
		config,
		fleet,
		candidate,
		built,
		passed,
		firstRelease: state.releases.releases.length === 0
	});
	const report = plan.inProduction ? {
		mounted: 0,
		copied: 0
	} : await copyImage(client, {
		from: built,
		to: config.image,
		tags: []
	});
	const manifest = await client.getManifest(built);
	const attached = await copyAttached(client, {
		manifest,
		from: config.testImage,
		to: config.image
	});
	const accepted = passed.find((each) => each.accepted !== void 0)?.accepted;
	const recorded = accepted !== void 0 && await recordAcceptance(client, {
		repository: config.image,
		subject: manifest.descriptor,
		acceptance: {
			...accepted,
			fleet: fleet.name,
			at: options.now,
			testsTree: candidate.testsTree
		}
	});
	await setTags(client, {
		manifest,
		repository: config.image,
		tags: plan.move
	});
	await readBack(project.client, config, {
		digest: built.digest,
		tags: plan.move,
		passed
	});
	return {
		fleet: fleet.name,
		version: candidate.version,
		digest: built.digest,
		image: formatReference(atTag(config.image, candidate.version)),
		images: passed.map(({ architecture, image }) => ({
			architecture,
			digestRef: formatReference(atDigest(config.image, image.manifest.descriptor.digest))
		})),
		tags: plan.tags,
		kept: plan.kept,
		changed: !plan.inProduction || plan.move.length > 0 || attached.length > 0 || recorded,
		...accepted === void 0 ? {} : { accepted },
		attached: attached.length,
		mounted: report.mounted,
		copied: report.copied,
		requests: client.counters.requests - requestsBefore
	};
}
/** start-rollout reads it from there, as it reads evidence. @returns whether it was written now */
async function recordAcceptance(client, options) {
	const { repository, subject, acceptance } = options;
	const { fleet, testsTree } = acceptance;
	if (await findAcceptance(client, repository, {
		subjects: [subject.digest],
		fleet,
		testsTree
	}) !== void 0) return false;
	await pushAcceptance(client, repository, subject, acceptance);
	return true;
}
async function requireBuilt(client, config, candidate) {
	const built = await findBuilt(client, config, candidate);
	if (built !== void 0) return built;
	throw new InputError({
		where: formatReference(atTag(config.testImage, candidate.tag)),
		problem: `the test registry has no image for commit ${candidate.commit.slice(0, 12)}`,
		remedy: "Run coxswain build-image and then coxswain boot-test."
	});
}
/** Looks where every tag points now, and decides which to set. Writes nothing. */
async function planMoves(options) {
	const { client, config, fleet, candidate, built } = options;
	const planned = planTags(config, fleet, {
		version: candidate.version,
		baseVersion: candidate.base.version
	});
	const move = [];
	const kept = [];
	let inProduction = false;
	for (const each of planned) {
		const now = (await client.resolve(atTag(config.image, each.tag)))?.digest;
		if (now === built.digest) {
			inProduction = true;
			continue;
		}
		if (now === void 0 || await mayMove(options, each, now)) move.push(each.tag);
		else kept.push(each.tag);
	}
	const tags = planned.map(({ tag }) => tag).filter((tag) => !kept.includes(tag));
	return {
		inProduction,
		move,
		tags,
		kept
	};
}
/** @throws InputError where a tag that has to be ours cannot be */
async function mayMove(options, { tag, rule }, now) {
	const { client, config, fleet, built, passed, firstRelease } = options;
	const where = formatReference(atTag(config.image, tag));
	if (rule === "fixed") throw new InputError({
		where,
		problem: "this version is in production already, with another image; a version tag is never re-pointed",
		found: now,
		expected: built.digest,
		remedy: "Change anything in the build, so that it gets a version of its own, and build and test it again."
	});
	if (rule === "first") return false;
	if (rule === "fleet" && fleet.tag === config.stream && firstRelease) return true;
	const [first] = passed;
	const current = await readImage(client, atDigest(config.image, now), first.architecture);
	const currentCreated = imageTimestamp(current);
	if (currentCreated === void 0 || first.created > currentCreated) return true;
	if (rule === "newest") return false;
	throw new InputError({
		where,
		field: "created",
		problem: `fleet ${fleet.name} was promoted to an image that is as new or newer, ${now}`,
		found: isoTime(first.created),
		expected: `later than ${isoTime(currentCreated)}`,
		remedy: "This commit was overtaken: promote the newer one, or a new commit on top of it."
	});
}
/** Believes the registry, not its answers to our writes. */
async function readBack(client, config, written) {
	if (written.tags.length === 0) return;
	const where = formatRepository(config.image);
	for (const { image } of written.passed) await client.getManifest(atDigest(config.image, image.manifest.descriptor.digest));
	for (const tag of written.tags) {
		const now = (await client.resolve(atTag(config.image, tag)))?.digest;
		if (now === written.digest) continue;
		throw new OutsideError(`tagging ${where}:${tag}`, `it was set to ${written.digest} and points at ${now ?? "nothing"} now: somebody else writes there too`);
	}
}
export { passImage as i, requireRehearsed as n, isoTime as r, promoteImage as t };
