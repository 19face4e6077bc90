import { o as readCandidate } from "./build.mjs";
import { I as atDigest, L as atTag, nt as InputError, s as releaseCommit, z as formatReference } from "./base.mjs";
import { n as isoTime, r as passImage } from "./production.mjs";
import { n as buildReleasePath, r as buildReleaseUrl } from "./publish.mjs";
import { r as addRelease, s as addUpdate } from "./cli.mjs";
import { g as rolloutEnd } from "./demo.mjs";
import { i as renderFleetTemplate } from "./promotion.mjs";
// src/rollout/production-image.ts
/**
* Reads a candidate's images back from production, and checks again what promote-image checked: tags and evidence
* can have changed since.
* @throws InputError when one is not there (it was not promoted), or must not be offered to nodes
*/
async function readProductionImages(client, options) {
	const { config, fleet, candidate } = options;
	const reference = atTag(config.image, candidate.version);
	const found = await client.resolve(reference);
	if (found === void 0) throw new InputError({
		where: formatReference(reference),
		problem: `commit ${candidate.commit.slice(0, 12)} of ${fleet.branch} builds this version, and production does not have it`,
		remedy: `Promote it first: coxswain promote-image --fleet ${fleet.name}`
	});
	const passed = [];
	for (const architecture of config.architectures) passed.push(await passImage({
		client,
		config,
		candidate
	}, atDigest(config.image, found.digest), architecture));
	return passed;
}
// src/rollout/start-rollout.ts
/**
* Makes what a fleet's branch builds a release of that fleet, and starts its rollout: one commit on the state branch.
* @param options.commit a commit on the fleet's branch; default: its newest
* @param options.now UNIX seconds
* @throws InputError when the image is not in production, or must not follow the release before it
*/
async function startRollout(project, options) {
	const { config, git, client, forge, state } = project;
	const { fleet, now } = options;
	const source = await releaseCommit(forge.branches, fleet, options.commit);
	const candidate = await readCandidate({
		git,
		config,
		client,
		commit: source
	});
	const { version, commit } = candidate;
	const before = await state.readFleet(fleet.name);
	if (hasRelease(before, version)) return answer({
		fleet,
		version,
		commit,
		changed: false,
		stateCommit: await forge.branches.resolve(config.stateBranch),
		state: before
	});
	const images = await readProductionImages(client, {
		config,
		fleet,
		candidate
	});
	const upstream = fleet.promoteFrom === void 0 ? void 0 : await state.readFleet(fleet.promoteFrom);
	const promotedFrom = upstream !== void 0 && hasRelease(upstream, version) ? fleet.promoteFrom : void 0;
	const digests = Object.fromEntries(images.map((image) => [image.architecture, digestOf(image)]));
	const entry = await renderFleetTemplate(forge.branches, {
		config,
		fleet,
		commit,
		release: {
			version,
			baseVersion: candidate.base.version,
			digests,
			previousVersion: before.releases.releases.at(-1)?.version
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
		now
	});
	const release = releaseOf(config, fleet, version, images);
	let after = before;
	const { changed, commit: stateCommit } = await state.changeFleet(fleet.name, `${fleet.name}: release ${version}\n\nSource: ${commit}\n`, (current) => {
		after = current;
		if (hasRelease(current, version)) return current;
		refuseOlder(current, {
			fleet,
			version,
			images
		});
		after = {
			releases: addRelease(current.releases, release, now),
			updates: addUpdate(current.updates, entry, now),
			records: {
				...current.records,
				[version]: record
			}
		};
		return after;
	});
	return answer({
		fleet,
		version,
		commit,
		changed,
		stateCommit,
		state: after
	});
}
function hasRelease(state, version) {
	return state.releases.releases.some((release) => release.version === version);
}
/** rpm-ostree refuses images that are older than the running one; a node would be stuck before such a release. */
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
		remedy: `Make a new commit on ${fleet.branch} (a revert, say), and build and promote that.`
	});
}
function releaseOf(config, fleet, version, images) {
	return {
		"oci-images": images.map((image) => ({
			architecture: image.architecture,
			image: formatReference(atTag(config.image, config.stream)),
			"digest-ref": formatReference(atDigest(config.image, digestOf(image)))
		})),
		version,
		metadata: config.publish.url === void 0 ? buildReleasePath(fleet.name, version) : buildReleaseUrl({
			url: config.publish.url,
			fleet: fleet.name,
			version
		})
	};
}
function recordOf(options) {
	const { config, fleet, candidate, images, entry, promotedFrom, now } = options;
	const { rollout } = entry.metadata;
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	return {
		version: candidate.version,
		fleet: fleet.name,
		commit: candidate.commit,
		buildKey: candidate.key,
		baseVersion: candidate.base.version,
		created: isoTime(Math.max(...images.map((image) => image.created))),
		recordedAt: now,
		...rollout === void 0 ? {} : { rolloutStart: Math.max(rollout.start_epoch ?? 0, 0) || now },
		...end === void 0 ? {} : { rolloutEnd: end },
		images: images.map((image) => ({
			architecture: image.architecture,
			image: formatReference(atTag(config.image, candidate.version)),
			digestRef: formatReference(atDigest(config.image, digestOf(image))),
			evidence: image.evidence.descriptor.digest
		})),
		...promotedFrom === void 0 ? {} : { promotedFrom }
	};
}
function answer(options) {
	const { fleet, version, commit, changed, stateCommit, state } = options;
	const release = state.releases.releases.find((each) => each.version === version);
	return {
		fleet: fleet.name,
		version,
		commit,
		changed,
		stateCommit,
		digests: Object.fromEntries((release?.["oci-images"] ?? []).map((image) => [image.architecture, image["digest-ref"].slice(image["digest-ref"].indexOf("@") + 1)])),
		entry: state.updates.releases.find((each) => each.version === version)
	};
}
/** Of the manifest for one architecture, never of an index: what nodes know it by. */
function digestOf({ image }) {
	return image.manifest.descriptor.digest;
}
export { startRollout as t };
