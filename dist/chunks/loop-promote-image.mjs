import { $ as beforeWriting, Ht as OutsideError, Lt as defined, Vt as InputError, Wt as init_errors, f as allInOrder } from "./host.mjs";
import { A as requireRehearsed, Ai as requireBuildKey, Bt as passImage, Ca as atDigest, D as signImage, Da as formatReference, Di as findBuilt, Dn as refuseHeld, Gi as sealAcceptance, Ha as findFleet, Hi as findAcceptance, Ht as requireNewer, In as followOffer, J as rememberingClient, Ka as releaseCommit, Li as planTags, N as tagReader, O as signedDigests, Qr as readCandidate, Ui as missingEvidence, Vi as foundVulnerabilities, Wi as pushSealed, Y as askFleetPolicy, _a as imageTimestamp, ea as fleetKeys, k as refuseVulnerable, la as copyImage, ln as refuseFrozen, qa as shortCommit, ra as signingKeys, rn as refuseHeldByFile, ua as setTags, va as readImage, wa as atTag, zi as copyAttachments, zr as trustOf, zt as isoTime } from "./shared.mjs";
init_errors();
/** Looks up where every tag points now, and decides which to set. Writes nothing. */
async function planMoves(options) {
	const { client, config, fleet, candidate, built, state } = options;
	const { version, base } = candidate;
	const planned = planTags(config, fleet, {
		version,
		baseVersion: base.version
	}, "promote-image");
	const move = [];
	const kept = [];
	let inProduction = false;
	const readTag = tagReader(client, config.image);
	const isWithdrawn = state.operations.withdrawn?.some((each) => each.version === version) === true;
	const found = await Promise.all(planned.map(async (each) => ({
		each,
		now: await readTag(each.tag)
	})));
	for (const { each, now } of found) {
		if (now === built.digest) inProduction = true;
		if (isWithdrawn && each.rule !== "fixed") kept.push(each.tag);
		else if (now === built.digest) continue;
		else if (now === void 0 || await mayMove(options, each, now)) move.push(each.tag);
		else kept.push(each.tag);
	}
	const tags = planned.map(({ tag }) => tag).filter((tag) => !kept.includes(tag));
	return {
		inProduction,
		move,
		tags,
		kept,
		isWithdrawn
	};
}
/** @throws InputError if a tag that this fleet needs cannot be set */
async function mayMove(options, { tag, rule }, now) {
	const { client, config, fleet, built, passed, state } = options;
	const firstRelease = state.releases.releases.length === 0;
	const where = formatReference(atTag(config.image, tag));
	if (rule === "fixed") throw new InputError({
		where,
		problem: "this version is in production already, with another image; a version tag is never re-pointed",
		found: now,
		expected: built.digest,
		remedy: "Change anything in the build, so that it gets a new version, then build and test it again."
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
// src/loop/promote-image/read-back.ts
init_errors();
/**
* Asks production what the tags that were just set point at, because the answer to a write proves nothing.
* @throws OutsideError if one leads elsewhere
*/
async function requireTagsAt(client, repository, written) {
	const found = await Promise.all(written.tags.map(async (tag) => {
		const reference = atTag(repository, tag);
		return {
			reference,
			now: (await client.resolve(reference))?.digest
		};
	}));
	for (const { reference, now } of found) {
		if (now === written.digest) continue;
		throw new OutsideError(`tagging ${formatReference(reference)}`, `it was set to ${written.digest}, and points at ${now ?? "nothing"} now`, "Another run may write there too. Run the same command again.");
	}
}
// src/loop/promote-image/promote-image.ts
init_errors();
/**
* Copies the tested image of a commit on a fleet's branch to production, and tags it for the fleet. Everything is
* checked before the first write. The order of writes is: image, attachments, signatures, tags. So a tag never names an
* image that cannot be pulled, has no evidence, or lacks a signature of its fleet, even if the run ends after any of
* its requests. A second run does what is missing.
* @param options.now UNIX seconds
* @param options.accept lets the image pass without evidence, but never with a failed test
* @param options.acceptVulnerabilities lets it pass with what scanners found
* @throws InputError if the image may not be promoted, or the fleet is held
*/
async function promoteImage(project, options) {
	const { config } = project;
	const client = rememberingClient(project.client);
	const requestsBefore = client.counters.requests;
	const fleet = findFleet(config, options.fleet);
	const { branches } = project.forge;
	const [state, , releasedCommit] = await allInOrder([
		readUnheld(project, fleet, options.now),
		refuseHeldByFile(branches, fleet, {
			fleets: Object.keys(config.fleets),
			now: options.now
		}),
		releaseCommit(branches, fleet, options.commit)
	]);
	const candidate = await readCandidate({
		git: project.git,
		config,
		client,
		commit: releasedCommit
	});
	const isReleased = state.releases.releases.some((release) => release.version === candidate.version);
	if (!isReleased) await refuseFrozen(project, {
		fleet,
		state,
		commit: candidate.commit,
		exception: options.freezeException,
		now: options.now
	});
	const built = await requireBuilt(client, config, candidate);
	const { root } = project;
	const passed = await passImages({
		client,
		config,
		root,
		candidate,
		fleet: fleet.name,
		accept: options.accept
	}, built);
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
	const vulnerable = isReleased ? void 0 : await refuseVulnerable({
		...project,
		client
	}, {
		fleet,
		built,
		passed,
		accept: options.acceptVulnerabilities,
		now: options.now
	});
	const keys = await signingKeys(await fleetKeys(root, fleet, options.now), {
		fleet: fleet.name,
		env: options.env ?? {}
	});
	const plan = await planMoves({
		client,
		config,
		fleet,
		candidate,
		built,
		passed,
		state
	});
	if (!plan.inProduction || plan.move.length > 0) beforeWriting(() => {
		const tags = plan.move.length === 0 ? "no tag moves" : `tags that move: ${plan.move.join(", ")}`;
		const copied = plan.inProduction ? "it is there already" : `copied from ${formatReference(built)}`;
		return `promote ${version} to ${formatReference(atDigest(config.image, built.digest))}; ${copied}; ${tags}; signatures: ${keys.length}`;
	});
	const overrides = await sealOverrides(project, {
		fleet: fleet.name,
		subject: built.digest,
		testsTree: candidate.testsTree,
		passed,
		vulnerable,
		now: options.now,
		env: options.env ?? {}
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
	const attached = await copyAttachments(client, {
		manifest,
		from: config.testImage,
		to: config.image,
		isNew: !plan.inProduction
	});
	for (const sealed of overrides) await pushSealed(client, config.image, manifest.descriptor, sealed);
	const unsigned = client.counters.requests;
	const signatures = await signImage(project.client, {
		repository: config.image,
		digests: signedDigests(manifest),
		keys
	});
	let signingRequests = client.counters.requests - unsigned;
	const changed = !plan.inProduction || plan.move.length > 0 || attached.length > 0 || overrides.length > 0 || signatures > 0;
	if (changed) await passImages({
		client: project.client,
		config,
		root,
		candidate,
		fleet: fleet.name
	}, atDigest(config.image, built.digest));
	await setTags(client, {
		manifest,
		repository: config.image,
		tags: plan.move
	});
	await requireTagsAt(project.client, config.image, {
		digest: built.digest,
		tags: plan.move
	});
	const tagged = client.counters.requests;
	const acceptedByNodes = await requireAccepted(project, {
		fleet,
		digests: signedDigests(manifest),
		now: options.now
	});
	signingRequests += client.counters.requests - tagged;
	if (plan.isWithdrawn) await followOffer(project, fleet.name);
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
		changed,
		...defined({
			accepted: acceptedIn(passed),
			acceptedVulnerabilities: withoutRecorded(vulnerable)
		}),
		attached: attached.length,
		signed: keys.map(({ file }) => file),
		signatures,
		acceptedByNodes,
		mounted: report.mounted,
		copied: report.copied,
		requests: client.counters.requests - requestsBefore,
		signingRequests
	};
}
/** The fleet on the state branch. @throws InputError if it is held there */
async function readUnheld(project, fleet, now) {
	const state = await project.state.readFleet(fleet.name);
	refuseHeld(state, {
		fleet: fleet.name,
		now
	});
	return state;
}
function withoutRecorded(vulnerable) {
	if (vulnerable === void 0) return void 0;
	const { reason, by, accepts } = vulnerable;
	return {
		reason,
		by,
		accepts
	};
}
/**
* Asks the policy of the fleet's nodes about what was promoted: the index, and each architecture's image.
* @returns how many digests they accept; 0 if the fleet does not sign
* @throws OutsideError if they would refuse one
*/
async function requireAccepted(project, about) {
	const { fleet, digests, now } = about;
	if (fleet.signing.length === 0) return 0;
	for (const digest of digests) {
		const image = atDigest(project.config.image, digest);
		const verdict = await askFleetPolicy(project, {
			fleet,
			image,
			now
		});
		if (verdict.accepted) continue;
		throw new OutsideError(`asking the policy of ${fleet.name}'s nodes about ${formatReference(image)}`, `they refuse it, because ${verdict.reason}`, "Run the same command again, and find out who else writes to production.");
	}
	return digests.length;
}
/** Labels and evidence of every architecture's image. @throws InputError as passImage does */
async function passImages(gate, image) {
	const passed = [];
	for (const architecture of gate.config.architectures) passed.push(await passImage(gate, image, architecture));
	return passed;
}
function acceptedIn(passed) {
	return passed.find((each) => each.accepted !== void 0)?.accepted;
}
/** What is accepted in this run and not yet recorded in production, from which start-rollout reads it. */
async function sealOverrides(project, about) {
	const { config, client } = project;
	const { fleet, subject, testsTree, passed, vulnerable, now, env } = about;
	const repository = config.image;
	const signing = {
		trust: trustOf(project),
		env
	};
	const sealed = [];
	const accepted = acceptedIn(passed);
	if (accepted !== void 0 && await findAcceptance(client, repository, {
		subjects: [subject],
		fleet,
		testsTree
	}, signing.trust) === void 0) {
		const record = {
			...accepted,
			fleet,
			at: now,
			testsTree
		};
		sealed.push(await sealAcceptance(missingEvidence, {
			repository,
			subject,
			record
		}, signing));
	}
	if (vulnerable?.recorded === false) {
		const { reason, by, accepts } = vulnerable;
		const record = {
			reason,
			by,
			accepts: [...accepts],
			fleet,
			at: now
		};
		sealed.push(await sealAcceptance(foundVulnerabilities, {
			repository,
			subject,
			record
		}, signing));
	}
	return sealed;
}
async function requireBuilt(client, config, candidate) {
	const built = await findBuilt(client, config, candidate);
	if (built !== void 0) {
		await requireBuildKey(client, built, candidate.key);
		return built;
	}
	throw new InputError({
		where: formatReference(atTag(config.testImage, candidate.tag)),
		problem: `the test registry has no image for commit ${shortCommit(candidate.commit)}`,
		remedy: "Run coxswain build-image and then coxswain boot-test."
	});
}
export { promoteImage as t };
