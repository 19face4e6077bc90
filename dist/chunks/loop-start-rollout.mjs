import { R as addUpdate, T as addRelease, x as rolloutEnd } from "./guidance.mjs";
import { Lt as defined, Vt as InputError, Wt as init_errors, f as allInOrder } from "./host.mjs";
import { $t as upstreamStatusOf, Bi as findAcceptedVulnerabilities, Bt as passImage, Ca as atDigest, Da as formatReference, Dn as refuseHeld, Ft as buildReleasePath, Gt as inheritBarriers, It as buildReleaseUrl, Ka as releaseCommit, Mn as refuseAroundPausedBarrier, Qr as readCandidate, Qt as refuseDoubtful, Ta as digestIn, Tn as stepRings, Ut as refuseBarrierBypasses, Wt as barriersCrossed, gn as readMarker, ln as refuseFrozen, on as urgencyOfBuild, qa as shortCommit, rn as refuseHeldByFile, sn as withoutUrgency, ti as refreshFileName, wa as atTag, zr as trustOf, zt as isoTime } from "./shared.mjs";
import { n as renderFleetTemplate, t as findTemplate } from "./release-rollout-entry.mjs";
init_errors();
/** The release's place in the release index. */
function releaseOf(config, fleet, version, images) {
	return {
		"oci-images": images.map((image) => ({
			architecture: image.architecture,
			image: formatReference(atTag(config.image, config.stream)),
			"digest-ref": formatReference(atDigest(config.image, digestOf(image)))
		})),
		...indexOf(config, images),
		version,
		metadata: config.publish.url === void 0 ? buildReleasePath(fleet.name, version) : buildReleaseUrl({
			url: config.publish.url,
			fleet: fleet.name,
			version
		})
	};
}
/** All architectures come from one image: an index over them, or the only manifest itself. */
function indexOf(config, [first]) {
	const index = first?.image.index;
	return index === void 0 ? {} : { "oci-index": formatReference(atDigest(config.image, index.digest)) };
}
/** Where the release comes from, for the state branch. */
function recordOf(options) {
	const { config, fleet, candidate, images, entry, promotedFrom, urgent, rollBack, now } = options;
	const { acceptedVulnerabilities } = options;
	const { rollout } = entry.metadata;
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	const accepted = images.find((image) => image.accepted !== void 0)?.accepted;
	return {
		version: candidate.version,
		fleet: fleet.name,
		commit: candidate.commit,
		buildKey: candidate.key,
		baseVersion: candidate.base.version,
		created: isoTime(Math.max(...images.map((image) => image.created))),
		recordedAt: now,
		...defined({ rolloutStart: rollout === void 0 ? void 0 : Math.max(rollout.start_epoch ?? 0, 0) || now }),
		...defined({ rolloutEnd: end }),
		images: images.map((image) => ({
			architecture: image.architecture,
			image: formatReference(atTag(config.image, candidate.version)),
			digestRef: formatReference(atDigest(config.image, digestOf(image))),
			...defined({ evidence: image.evidence?.descriptor.digest })
		})),
		...defined({
			promotedFrom,
			acceptedMissingEvidence: accepted,
			acceptedVulnerabilities
		}),
		...defined({ urgent: urgent === void 0 ? void 0 : {
			reason: urgent.reason,
			by: urgent.by
		} }),
		...defined({ rollBack: rollBack === void 0 ? void 0 : aboutRollBack(rollBack) })
	};
}
/**
* The marker stays on the branch until a newer release is promoted. Only the first release with it is the roll-back.
*/
function newRollBack(state, fleet, marker) {
	if (marker?.fleet !== fleet.name) return void 0;
	return Object.values(state.records).some(({ rollBack }) => rollBack?.insteadOf === marker.insteadOf && rollBack.restores === marker.restores) ? void 0 : marker;
}
function aboutRollBack({ insteadOf, restores, reason, by }) {
	return {
		insteadOf,
		restores,
		reason,
		by
	};
}
/** rpm-ostree refuses images that are older than the running one: nodes would never update to such a release. */
function refuseOlder(state, { fleet, version, images }) {
	const previous = state.releases.releases.at(-1)?.version;
	const record = previous === void 0 ? void 0 : state.records[previous];
	const created = Math.min(...images.map((image) => image.created));
	if (record === void 0 || created > Date.parse(record.created) / 1e3) return;
	throw new InputError({
		where: `fleet ${fleet.name}`,
		field: "created",
		problem: `release ${version} is not newer than ${previous}, and rpm-ostree on the nodes would refuse it as a downgrade`,
		found: isoTime(created),
		expected: `after ${record.created}`,
		remedy: `Make a new commit on ${fleet.branch} that builds something else (for example a revert with a new date in ${refreshFileName}), and build and promote that.`
	});
}
/** Digest of the manifest for one architecture, never of an index: nodes report this one. */
function digestOf({ image }) {
	return image.manifest.descriptor.digest;
}
// src/loop/start-rollout/production-image.ts
init_errors();
/**
* Reads a candidate's images back from production, and checks again what promote-image checked: tags and evidence
* can have changed since.
* @throws InputError when one does not exist (it was not promoted), or must not be offered to nodes
*/
async function readProductionImages(client, options) {
	const { config, root, fleet, candidate } = options;
	const reference = atTag(config.image, candidate.version);
	const found = await client.resolve(reference);
	if (found === void 0) throw new InputError({
		where: formatReference(reference),
		problem: `commit ${shortCommit(candidate.commit)} of ${fleet.branch} builds this version, and production does not have it`,
		remedy: `Promote it first: coxswain promote-image --fleet ${fleet.name}`
	});
	const passed = [];
	for (const architecture of config.architectures) passed.push(await passImage({
		client,
		config,
		root,
		candidate,
		fleet: fleet.name
	}, atDigest(config.image, found.digest), architecture));
	return passed;
}
// src/loop/start-rollout/start-rollout.ts
/**
* Records the image of a fleet's branch as a release of that fleet, and starts its rollout: one commit on the state
* branch.
* @param options.commit a commit on the fleet's branch; default: its newest
* @param options.now UNIX seconds
* @param options.accept reasons of upstream to hold the base back that do not stop this release
* @throws InputError if the image is not in production, must not follow the release before it, or would lead nodes
*   around a barrier of the base
* @throws OutsideError if the base's own guidance cannot be read
*/
async function startRollout(project, options) {
	const { config, git, client, forge, state } = project;
	const { fleet, now } = options;
	const [from, seenAt] = await allInOrder([releaseCommit(forge.branches, fleet, options.commit), forge.branches.resolve(config.stateBranch)]);
	const candidate = await readCandidate({
		git,
		config,
		client,
		commit: from
	});
	const { version, commit } = candidate;
	const seen = state.at(seenAt);
	const before = await seen.readFleet(fleet.name);
	if (hasRelease(before, version)) return answer({
		fleet,
		version,
		commit,
		changed: false,
		stateCommit: seenAt,
		state: before,
		inherited: []
	});
	refuseHeld(before, {
		fleet: fleet.name,
		now
	});
	await refuseHeldByFile(forge.branches, fleet, {
		fleets: Object.keys(config.fleets),
		now
	});
	await refuseFrozen(project, {
		fleet,
		state: before,
		commit,
		exception: options.freezeException,
		now
	});
	const images = await readProductionImages(client, {
		config,
		root: project.root,
		fleet,
		candidate
	});
	const guidance = await project.readUpstream();
	if (guidance !== void 0) refuseDoubtful(upstreamStatusOf(guidance, candidate.base.version, now), {
		accept: options.accept ?? [],
		where: `fleet ${fleet.name}`
	});
	const source = fleet.promoteFrom === void 0 ? void 0 : await seen.readFleet(fleet.promoteFrom);
	const promotedFrom = source !== void 0 && hasRelease(source, version) ? fleet.promoteFrom : void 0;
	const digests = Object.fromEntries(images.map((image) => [image.architecture, digestOf(image)]));
	const urgent = source === void 0 ? void 0 : await urgencyOfBuild(forge.branches, {
		from: source,
		to: before,
		version,
		commit
	});
	const rollBack = newRollBack(before, fleet, await readMarker(forge.branches, commit));
	const template = await findTemplate(forge.branches, {
		fleet,
		commit,
		urgent: urgent !== void 0
	});
	const entry = await renderFleetTemplate(forge.branches, {
		config,
		fleet: {
			...fleet,
			template
		},
		commit,
		release: {
			version,
			baseVersion: candidate.base.version,
			digests,
			previousVersion: before.releases.releases.at(-1)?.version,
			barriersCrossed: barriersCrossed(guidance, before, candidate.base.version)
		},
		now
	});
	const record = recordOf({
		config,
		fleet,
		candidate,
		images,
		entry,
		promotedFrom,
		acceptedVulnerabilities: await readAcceptedVulnerabilities(project, fleet, images),
		urgent,
		rollBack,
		now
	});
	const added = {
		fleet,
		version,
		images,
		release: releaseOf(config, fleet, version, images),
		entry,
		record,
		urgent,
		guidance,
		source,
		rings: state.ringGates(fleet.name),
		now
	};
	let after = before;
	let inherited = [];
	const { changed, commit: stateCommit } = await state.changeFleet(fleet.name, () => releaseMessage({
		fleet,
		version,
		commit,
		inherited
	}), (current) => {
		({state: after, inherited} = hasRelease(current, version) ? {
			state: current,
			inherited: []
		} : addToFleet(current, added));
		return after;
	});
	return answer({
		fleet,
		version,
		commit,
		changed,
		stateCommit,
		state: after,
		inherited
	});
}
/** What promote-image recorded beside the image: the newest acceptance is of what counted at the promotion. */
async function readAcceptedVulnerabilities(parts, fleet, [first]) {
	const { client, config } = parts;
	if (fleet.vulnerabilities === void 0 || first === void 0) return void 0;
	const about = {
		subject: (first.image.index ?? first.image.manifest.descriptor).digest,
		fleet: fleet.name
	};
	const newest = (await findAcceptedVulnerabilities(client, config.image, about, trustOf(parts))).at(-1);
	return newest && {
		reason: newest.reason,
		by: newest.by
	};
}
/** The fleet with the release at its end. @throws InputError if the release must not follow those before it */
function addToFleet(current, added) {
	const { fleet, version, images, release, entry, record, urgent, guidance, source, rings, now } = added;
	refuseHeld(current, {
		fleet: fleet.name,
		now
	});
	refuseAroundPausedBarrier(current, fleet.name, version);
	refuseOlder(current, {
		fleet,
		version,
		images
	});
	const state = withoutUrgency({
		...current,
		releases: addRelease(current.releases, release, now),
		updates: addUpdate(current.updates, entry, now),
		records: {
			...current.records,
			[version]: record
		}
	}, urgent);
	const inSteps = (fleetState) => stepRings(fleetState, rings, {
		now,
		fresh: version
	}).state;
	if (guidance === void 0) return {
		state: inSteps(state),
		inherited: []
	};
	const result = inheritBarriers(state, {
		guidance,
		added: version,
		now
	});
	refuseBarrierBypasses(result, {
		fleet,
		version,
		source
	});
	const inherited = result.marked.map(({ version: base, reason, release: marked }) => ({
		version: marked,
		base,
		reason
	}));
	return {
		state: inSteps(result.state),
		inherited
	};
}
function hasRelease(state, version) {
	return state.releases.releases.some((release) => release.version === version);
}
function releaseMessage(release) {
	const { fleet, version, commit, inherited } = release;
	const barriers = inherited.map((each) => `Barrier: ${each.version}, as upstream's ${each.base} (${each.reason})\n`);
	return `${fleet.name}: release ${version}\n\nSource: ${commit}\n${barriers.join("")}`;
}
function answer(options) {
	const { fleet, version, commit, changed, stateCommit, state, inherited } = options;
	const release = state.releases.releases.find((each) => each.version === version);
	return {
		fleet: fleet.name,
		version,
		commit,
		changed,
		stateCommit,
		digests: Object.fromEntries((release?.["oci-images"] ?? []).map((image) => [image.architecture, digestIn(image["digest-ref"])])),
		entry: state.updates.releases.find((each) => each.version === version),
		inherited
	};
}
export { startRollout as t };
