import { B as withTemporaryFolder, ct as InputError, dt as init_errors, i as formatPercent, it as defined, pt as quote, q as exec, st as nearest } from "./host.mjs";
import { d as looseObject, g as string, l as int, m as record, n as _enum, o as custom, p as object, r as array } from "./zod.mjs";
import { F as formatRepository, I as isDigest, W as architectures } from "./world-registry.mjs";
import { A as shortCommit } from "./world-git.mjs";
import { A as parseReleaseIndex, B as formatUpdateMetadata, C as rolloutProgress, D as formatReleaseIndex, E as emptyReleaseIndex, F as noOperations, L as parseOperations, M as formatOperations, S as rolloutPhase, U as parseUpdateMetadata, Y as parseAdoption, nt as openObject, q as formatAdoption, rt as readDocument, z as emptyUpdateMetadata } from "./guidance.mjs";
import { t as ringGatesOf } from "./project-configuration.mjs";
import { x as untilNotStale } from "./world-forge.mjs";
import { n as tryTo, t as lintGuidance } from "./guidance-lint.mjs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
// src/release/state/release-record.ts
init_errors();
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
	/** Start of the first rollout, UNIX seconds; the update metadata no longer has it after a clean-up. */
	rolloutStart: int().nonnegative().optional(),
	/** When the first rollout was planned to be complete, UNIX seconds. */
	rolloutEnd: int().nonnegative().optional(),
	images: array(imageSchema).min(1),
	/** The fleet that had this version before. */
	promotedFrom: string().optional(),
	/** One of its images has no evidence: the reason, and who accepted it. */
	acceptedMissingEvidence: object({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** Scanners found more than the fleet allows, or a report is missing: why it was accepted, and by whom. */
	acceptedVulnerabilities: object({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** It did not soak, for this reason. */
	urgent: looseObject({
		reason: string().min(1),
		by: string().min(1)
	}).optional(),
	/** It restores the content of an earlier release. */
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
/** The text as it is on the state branch: indent of two spaces, a final newline. */
function formatRecord(record) {
	return `${JSON.stringify(record, null, 2)}\n`;
}
// src/release/state/fleet-files.ts
init_errors();
/** Folder of a fleet on the state branch. */
function fleetFolder(fleet) {
	return `fleets/${fleet}`;
}
/**
* Reads a fleet's files, and refuses files that contradict each other: people may edit them, and a mistake must not
* reach a node.
* @param files path on the state branch → text
* @throws InputError naming branch, commit, file and field
*/
function parseFleet(files, options) {
	const { fleet, config, commit } = options;
	const folder = fleetFolder(fleet);
	const place = (file) => `${config.stateBranch} (commit ${commit === void 0 ? "none" : shortCommit(commit)}): ${file}`;
	const releasesFile = `${folder}/releases.json`;
	const updatesFile = `${folder}/updates.json`;
	const operationsFile = `${folder}/operations.json`;
	const adoptionFile = `${folder}/adoption.json`;
	const releasesText = files.get(releasesFile);
	const updatesText = files.get(updatesFile);
	const records = {};
	for (const [path, text] of files) {
		if ([
			releasesFile,
			updatesFile,
			operationsFile,
			adoptionFile
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
	for (const list of [
		"paused",
		"staged",
		"withdrawn"
	]) for (const [index, { version }] of (operations[list] ?? []).entries()) {
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
			remedy: `Restore it at its old position (git log ${config.stateBranch} -- ${releasesFile}).`
		});
	}
	const adoptionText = files.get(adoptionFile);
	if (adoptionText === void 0) return {
		releases,
		updates,
		records,
		operations
	};
	const adoption = parseAdoption(adoptionText, place(adoptionFile));
	expectSame(place(adoptionFile), "fleet", adoption.fleet, fleet);
	return {
		releases,
		updates,
		records,
		operations,
		adoption
	};
}
/**
* The files that differ. A part that is the same object keeps its text and format.
* @throws Error if the change removes or reorders releases, which no caller may do
*/
function changedFleetFiles(fleet, before, after, files) {
	refuseLoss(fleet, before, after);
	const folder = fleetFolder(fleet);
	const wanted = /* @__PURE__ */ new Map();
	if (after.releases !== before.releases) wanted.set(`${folder}/releases.json`, formatReleaseIndex(after.releases));
	if (after.updates !== before.updates) wanted.set(`${folder}/updates.json`, formatUpdateMetadata(after.updates));
	if (after.operations !== before.operations) wanted.set(`${folder}/operations.json`, formatOperations(after.operations) ?? null);
	if (after.adoption !== before.adoption) wanted.set(`${folder}/adoption.json`, after.adoption === void 0 ? null : formatAdoption(after.adoption));
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
		expected: "releases.json, updates.json, operations.json, adoption.json and records/<version>.json only",
		remedy: "Remove it with a commit on that branch."
	});
}
function expectSame(where, field, found, expected) {
	if (found !== expected) throw new InputError({
		where,
		field,
		problem: "this file is not expected here",
		found,
		expected: JSON.stringify(expected)
	});
}
// src/release/state/state.ts
/**
* Opens the state branch, which may not exist yet.
* @param confirmFirstRelease is asked about every fleet that has no release on it; default: such a fleet is new
*/
function openState(branches, config, confirmFirstRelease) {
	const branch = config.stateBranch;
	async function read(fleet) {
		const commit = await branches.resolve(branch);
		const files = commit === void 0 ? /* @__PURE__ */ new Map() : await branches.readFolder(commit, fleetFolder(fleet));
		const state = parseFleet(files, {
			fleet,
			config,
			commit
		});
		if (state.releases.releases.length === 0) await confirmFirstRelease?.(fleet, { branchExists: commit !== void 0 });
		return {
			commit,
			files,
			state
		};
	}
	return {
		readFleet: async (fleet) => (await read(fleet)).state,
		readTexts: async (fleet) => (await read(fleet)).files,
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
				content: stateReadme
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
		ringGates: (fleet) => ringGatesOf(config, fleet),
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
/** README.md of the state branch. */
const stateReadme = `# State of the fleets

Coxswain keeps on this branch what every fleet runs and how updates reach it. It shares no history with the
branches your images are built from.

    fleets/<fleet>/releases.json            the fleet's releases, oldest first (FCOS release index)
    fleets/<fleet>/updates.json             rollouts, barriers and dead-ends (FCOS update metadata)
    fleets/<fleet>/operations.json          what operators paused, held and withdrew, and why
    fleets/<fleet>/adoption.json            how many nodes run what, if coxswain observe records it
    fleets/<fleet>/records/<version>.json   where each release came from: commit, build key, images, evidence

Every change is a commit. To steer updates, run \`coxswain edit-updates\`, or edit \`updates.json\` here in a pull request
that \`coxswain lint-updates\` judges; \`coxswain publish-updates\` then turns it into the files that nodes read. Releases are only ever
added, at the end: removing or reordering them would strand nodes.
`;
// src/release/state/difference.ts
/** What would change, as `git diff` shows it. */
async function showDifference(files) {
	if (files.length === 0) return "";
	return withTemporaryFolder("difference", async (folder) => {
		const shown = [];
		for (const { path, before, after } of files) {
			for (const [side, text] of [["a", before], ["b", after]]) {
				if (text === void 0) continue;
				const file = join(folder, side, path);
				await mkdir(dirname(file), { recursive: true });
				await writeFile(file, text);
			}
			const side = (name, text) => text === void 0 ? "/dev/null" : `${name}/${path}`;
			const { stdout } = await exec("git", [
				"diff",
				"--no-index",
				"--no-color",
				"--no-ext-diff",
				"--no-prefix",
				side("a", before),
				side("b", after)
			], {
				cwd: folder,
				allow: [0, 1]
			});
			shown.push(stdout.replaceAll(/^(?:index|diff --git) .*\n/gm, ""));
		}
		return shown.join("");
	});
}
/**
* Finds changed rollouts that would open a ring before the rings ahead of it did well. What cannot be read is reported
* by other rules.
* @param now UNIX seconds
*/
function lintRings(after, before, options) {
	const { rings, now } = options;
	const { updates } = after;
	const said = read(after);
	if (rings === void 0 || updates === void 0 || said === void 0) return [];
	const old = read(before);
	return [...said.rollouts].flatMap(([version, rollout]) => {
		const was = old?.rollouts.get(version);
		if (rolloutPhase(rollout, now) === "complete" && rollout.start_epoch === void 0) return [];
		if (isDeepStrictEqual(was, rollout)) return [];
		const passed = said.operations.staged?.find((each) => each.version === version)?.passed ?? [];
		const next = rings.gates.find(({ ring }) => !passed.some((each) => each.ring === ring));
		const reaches = rollout.duration_minutes === void 0 ? rollout.start_percentage ?? 0 : 1;
		const reached = was === void 0 ? 0 : rolloutProgress(was, now);
		if (next === void 0 || reaches <= Math.max(next.wariness, reached)) return [];
		const goesByTime = rollout.duration_minutes !== void 0;
		return [{
			severity: goesByTime ? "warning" : "error",
			rule: "ring-before-success",
			where: updates.file,
			message: goesByTime ? `the rollout of ${version} goes by time, and ring ${next.ring} has to do well first: publish-updates makes it wait there` : `${version} would be offered to ${formatPercent(reaches)} of the nodes, and ring ${next.ring} did not do well with it`,
			remedy: "To open the next ring anyway: edit-updates --action resume."
		}];
	});
}
function read(texts) {
	const { updates, operations } = texts;
	if (updates === void 0) return void 0;
	try {
		const rollouts = parseUpdateMetadata(updates.text, updates.file).releases.flatMap(({ version, metadata }) => metadata.rollout === void 0 ? [] : [[version, metadata.rollout]]);
		return {
			rollouts: new Map(rollouts),
			operations: operations === void 0 ? {} : parseOperations(operations.text, operations.file)
		};
	} catch {
		return;
	}
}
// src/release/state/lint-state.ts
init_errors();
const knownFiles = [
	"releases.json",
	"updates.json",
	"operations.json",
	"adoption.json"
];
/**
* Checks the state branch, and a change of it.
* @param options.fleets names; none for all
* @param options.now UNIX seconds
*/
function lintState(after, before, options) {
	const { config, fleets } = options;
	const names = Object.keys(config.fleets);
	const strays = [...after.keys()].flatMap((path) => lintPlace(path, names));
	return [...fleets.length === 0 ? [{
		fleet: void 0,
		findings: strays
	}] : [], ...names.filter((name) => fleets.length === 0 || fleets.includes(name)).map((fleet) => ({
		fleet,
		findings: lintFleet(fleet, after, before, options)
	}))];
}
function lintFleet(fleet, after, before, options) {
	const guidance = lintGuidance(textsOf(fleet, after), textsOf(fleet, before), {
		stream: options.config.stream,
		now: options.now,
		timeZone: options.timeZone,
		repository: formatRepository(options.config.image)
	});
	const rings = lintRings(textsOf(fleet, after), textsOf(fleet, before), {
		rings: ringGatesOf(options.config, fleet),
		now: options.now
	});
	return [
		...guidance,
		...rings,
		...lintRecords(fleet, after, before),
		...lintAdoption(fleet, after)
	];
}
function lintAdoption(fleet, files) {
	const file = `${fleetFolder(fleet)}/adoption.json`;
	const text = files.get(file);
	return text === void 0 ? [] : tryTo("adoption", file, () => parseAdoption(text, file)).findings;
}
function textsOf(fleet, files) {
	const textOf = (name) => {
		const file = `${fleetFolder(fleet)}/${name}`;
		const text = files.get(file);
		return text === void 0 ? void 0 : {
			file,
			text
		};
	};
	return {
		releases: textOf("releases.json"),
		updates: textOf("updates.json"),
		operations: textOf("operations.json")
	};
}
/** Records say where releases come from. Promotion and the order of releases depend on them. */
function lintRecords(fleet, after, before) {
	const findings = [];
	const folder = `${fleetFolder(fleet)}/records/`;
	const records = /* @__PURE__ */ new Map();
	for (const [path, text] of after) {
		if (!path.startsWith(folder) || !path.endsWith(".json")) continue;
		const read = tryTo("record", path, () => parseRecord(text, path));
		findings.push(...read.findings);
		const version = path.slice(folder.length, -5);
		if (read.value === void 0) continue;
		records.set(version, read.value);
		findings.push(...lintRewritten(path, read.value, before.get(path)));
		if (read.value.version !== version || read.value.fleet !== fleet) findings.push({
			severity: "error",
			rule: "record",
			where: path,
			message: `this is the record of ${read.value.version} in ${read.value.fleet}`
		});
	}
	for (const path of before.keys()) {
		if (!path.startsWith(folder) || after.has(path)) continue;
		findings.push({
			severity: "error",
			rule: "record-removed",
			where: path,
			message: "the record of a release is gone",
			remedy: "Put it back: a release is never removed."
		});
	}
	const releasesFile = `${fleetFolder(fleet)}/releases.json`;
	const versions = versionsIn(after.get(releasesFile));
	if (versions === void 0) return findings;
	for (const version of records.keys()) {
		if (versions.includes(version)) continue;
		findings.push({
			severity: "error",
			rule: "release-removed",
			where: `${folder}${version}.json`,
			message: `this release is not in ${releasesFile}`
		});
	}
	let newest;
	for (const version of versions) {
		const record = records.get(version);
		if (record === void 0) continue;
		if (newest !== void 0 && Date.parse(record.created) <= Date.parse(newest.created)) findings.push({
			severity: "error",
			rule: "created-goes-back",
			where: `${folder}${version}.json`,
			message: `created ${record.created}, not after ${newest.version} before it (${newest.created}): rpm-ostree on the nodes would refuse it as a downgrade`
		});
		newest = record;
	}
	return findings;
}
/** The facts of a record that never change. */
const fixedFacts = [
	"commit",
	"buildKey",
	"baseVersion",
	"created",
	"recordedAt",
	"images"
];
function lintRewritten(where, record, before) {
	const old = before === void 0 ? void 0 : tryTo("record", where, () => parseRecord(before, where)).value;
	if (old === void 0) return [];
	return fixedFacts.filter((fact) => !isDeepStrictEqual(old[fact], record[fact])).map((fact) => ({
		severity: "error",
		rule: "record-rewritten",
		where,
		message: `${fact} of ${record.version} was ${quote(old[fact])} and is ${quote(record[fact])}`,
		remedy: "Put the old value back: a release is made once."
	}));
}
/** undefined if the file cannot be read: another rule reports that. */
function versionsIn(text) {
	if (text === void 0) return [];
	try {
		return JSON.parse(text).releases?.map((release) => String(release.version));
	} catch {
		return;
	}
}
/** A file that no fleet uses. */
function lintPlace(path, fleets) {
	const [top, fleet = "", ...rest] = path.split("/");
	if (top !== "fleets") return path === "README.md" ? [] : [{
		severity: "warning",
		rule: "unknown-file",
		where: path,
		message: "nothing reads this file"
	}];
	if (!fleets.includes(fleet)) {
		const meant = nearest(fleet, fleets);
		return [{
			severity: "error",
			rule: "unknown-fleet",
			where: path,
			message: `coxswain.yaml has no fleet ${fleet}: nothing reads this file`,
			...defined({ remedy: meant && `Did you mean ${meant}?` })
		}];
	}
	const name = rest.join("/");
	if (knownFiles.some((each) => each === name) || /^records\/[^/]+\.json$/.test(name)) return [];
	const meant = nearest(name, knownFiles);
	return [{
		severity: "error",
		rule: "unknown-file",
		where: path,
		message: "this file does not belong here, and every verb refuses the branch because of it",
		remedy: meant === void 0 ? "A fleet has releases.json, updates.json, operations.json, adoption.json and records/<version>.json." : `Did you mean ${meant}?`
	}];
}
// src/release/state/state-bundle.ts
init_errors();
const schema = openObject("an object {files}", { files: record(string(), string({ error: "the text of a file" }), { error: "the files by path" }) });
/** Title of that file in the artifact. */
function bundlePath(fleet) {
	return `${fleet}/state.json`;
}
/** @param texts path on the state branch → text */
function formatBundle(texts) {
	const files = Object.fromEntries([...texts].sort(([one], [other]) => one < other ? -1 : 1));
	return `${JSON.stringify({ files }, null, 2)}\n`;
}
/** @throws InputError if this is not such a document, or has a file outside the fleet's folder */
function parseBundle(text, options) {
	const { fleet, where } = options;
	const { files } = readDocument(schema, text, { where });
	const texts = new Map(Object.entries(files));
	for (const path of texts.keys()) {
		const parts = path.split("/");
		if (path.startsWith(`${fleetFolder(fleet)}/`) && parts.every((part) => part !== "" && !/^\.|[\\\0]/.test(part))) continue;
		throw new InputError({
			where,
			field: "files",
			problem: "a file outside the folder of the fleet",
			found: path
		});
	}
	return texts;
}
export { showDifference as a, fleetFolder as c, lintState as i, parseFleet as l, formatBundle as n, openState as o, parseBundle as r, stateReadme as s, bundlePath as t, parseRecord as u };
