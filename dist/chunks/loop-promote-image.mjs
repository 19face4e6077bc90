import { D as InputError, O as OutsideError } from "./host.mjs";
import { o as releaseCommit, r as findFleet } from "./project.mjs";
import { c as findBuilt, r as readCandidate } from "./release-candidate.mjs";
import { n as findAcceptance, r as pushAcceptance, t as requireRehearsed } from "./release-evidence.mjs";
import { n as passImage, r as requireNewer, t as isoTime } from "./release-gates.mjs";
import { l as refuseHeld, n as refuseHeldByFile } from "./release-operations.mjs";
import { t as planTags } from "./release.mjs";
import { C as atTag, E as formatRepository, S as atDigest, T as formatReference, _ as imageTimestamp, c as copyImage, l as setTags, n as copyAttached, t as rememberingClient, v as readImage } from "./world-registry.mjs";
// src/loop/promote-image/promote-image.ts
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
export { promoteImage as t };
