import { p as untilNotStale } from "./world-forge.mjs";
import { a as custom, d as object, l as looseObject, m as string, n as _enum, r as array, s as int } from "./zod.mjs";
import { A as parseOperations, C as parseReleaseIndex, I as parseUpdateMetadata, M as emptyUpdateMetadata, N as formatUpdateMetadata, O as noOperations, T as formatOperations, b as formatReleaseIndex, y as emptyReleaseIndex } from "./guidance.mjs";
import { D as InputError } from "./host.mjs";
import { D as isDigest, P as architectures } from "./world-registry.mjs";
// src/release/state/release-record.ts
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
	/** Start of the first rollout, UNIX seconds; tidied update metadata does not say it any more. */
	rolloutStart: int().nonnegative().optional(),
	/** When the first rollout was planned to be complete, UNIX seconds. */
	rolloutEnd: int().nonnegative().optional(),
	images: array(imageSchema).min(1),
	/** The fleet that had this version before. */
	promotedFrom: string().optional(),
	/** Some image of it has no evidence, and this is why and by whose word it was promoted all the same. */
	acceptedMissingEvidence: object({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** It did not soak, for this reason. */
	urgent: looseObject({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** It brings back the content of an earlier release. */
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
/** As it is on the state branch: two spaces, a final newline. */
function formatRecord(record) {
	return `${JSON.stringify(record, null, 2)}\n`;
}
// src/release/state/fleet-files.ts
/** Folder of a fleet on the state branch. */
function fleetFolder(fleet) {
	return `fleets/${fleet}`;
}
/**
* Reads a fleet's files, and refuses what does not fit together: people may edit them, and a slip there must not
* reach a node.
* @param files path on the state branch → text
* @throws InputError naming branch, commit, file and field
*/
function parseFleet(files, options) {
	const { fleet, config, commit } = options;
	const folder = fleetFolder(fleet);
	const place = (file) => `${config.stateBranch} (commit ${commit?.slice(0, 12) ?? "none"}): ${file}`;
	const releasesFile = `${folder}/releases.json`;
	const updatesFile = `${folder}/updates.json`;
	const operationsFile = `${folder}/operations.json`;
	const releasesText = files.get(releasesFile);
	const updatesText = files.get(updatesFile);
	const records = {};
	for (const [path, text] of files) {
		if ([
			releasesFile,
			updatesFile,
			operationsFile
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
	for (const list of ["paused", "withdrawn"]) for (const [index, { version }] of (operations[list] ?? []).entries()) {
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
			remedy: `Put it back where it was (git log ${config.stateBranch} -- ${releasesFile}).`
		});
	}
	return {
		releases,
		updates,
		records,
		operations
	};
}
/**
* The files that differ. A part that is the very same object keeps its text, however somebody formatted it.
* @throws Error where the change removes or reorders releases: no caller may
*/
function changedFleetFiles(fleet, before, after, files) {
	refuseLoss(fleet, before, after);
	const folder = fleetFolder(fleet);
	const wanted = /* @__PURE__ */ new Map();
	if (after.releases !== before.releases) wanted.set(`${folder}/releases.json`, formatReleaseIndex(after.releases));
	if (after.updates !== before.updates) wanted.set(`${folder}/updates.json`, formatUpdateMetadata(after.updates));
	if (after.operations !== before.operations) wanted.set(`${folder}/operations.json`, formatOperations(after.operations) ?? null);
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
		expected: "releases.json, updates.json, operations.json and records/<version>.json only",
		remedy: "Remove it with a commit on that branch."
	});
}
function expectSame(where, field, found, expected) {
	if (found !== expected) throw new InputError({
		where,
		field,
		problem: "this does not belong here",
		found,
		expected: JSON.stringify(expected)
	});
}
// src/release/state/state.ts
/** Opens the state branch, which may not exist yet. */
function openState(branches, config) {
	const branch = config.stateBranch;
	async function read(fleet) {
		const commit = await branches.resolve(branch);
		const files = commit === void 0 ? /* @__PURE__ */ new Map() : await branches.readFolder(commit, fleetFolder(fleet));
		return {
			commit,
			files,
			state: parseFleet(files, {
				fleet,
				config,
				commit
			})
		};
	}
	return {
		readFleet: async (fleet) => (await read(fleet)).state,
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
				content: readme
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
const readme = `# State of the fleets

Coxswain keeps on this branch what every fleet runs and how updates reach it. It shares no history with the
branches your images are built from.

    fleets/<fleet>/releases.json            the fleet's releases, oldest first (FCOS release index)
    fleets/<fleet>/updates.json             rollouts, barriers and dead-ends (FCOS update metadata)
    fleets/<fleet>/operations.json          what operators paused, held and withdrew, and why
    fleets/<fleet>/records/<version>.json   where each release came from: commit, build key, images, evidence

Every change is a commit. To steer updates, run \`coxswain edit-updates\`, or edit \`updates.json\` here in a pull request
that \`coxswain lint-updates\` judges; \`coxswain publish-updates\` then turns it into the files that nodes read. Releases are only ever
added, at the end: removing or reordering them would strand nodes.
`;
export { fleetFolder as n, parseRecord as r, openState as t };
