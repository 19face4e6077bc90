import { $ as formatTime, Q as formatDuration, ct as InputError, dt as init_errors, i as formatPercent, it as defined, pt as quote, st as nearest } from "./host.mjs";
import { C as rolloutProgress, I as operationsSchema, K as updateMetadata, O as nullableReleaseFields, S as rolloutPhase, V as nullableEntryFields, W as tidy, _ as strandedByTidying, at as withoutNulls, g as strandedBy, h as listStranded, j as releaseIndex, m as findStranded, ot as readJson, tt as findProblems, x as rolloutEnd } from "./guidance.mjs";
import { isDeepStrictEqual } from "node:util";
init_errors();
/** A problem that a schema or parser found, as an error. */
function findingOf(rule, problem, file) {
	const facts = [problem.found === void 0 ? void 0 : `found ${quote(problem.found)}`, problem.expected === void 0 ? void 0 : `expected ${problem.expected}`].filter((fact) => fact !== void 0);
	const field = problem.field === void 0 ? "" : `${problem.field}: `;
	return {
		severity: "error",
		rule,
		where: problem.where ?? file,
		message: `${field}${[problem.problem, ...facts].join(", ")}`,
		...defined({ remedy: problem.remedy })
	};
}
/** Runs a parser; what it refuses becomes a finding. */
function tryTo(rule, file, work) {
	try {
		return {
			value: work(),
			findings: []
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return { findings: [findingOf(rule, error.details, file)] };
	}
}
/** Reads the files of a fleet and lists every problem in them. */
function readSources(texts) {
	const releases = readSource(texts.releases, releaseIndex, nullableReleaseFields);
	const updates = readSource(texts.updates, updateMetadata, nullableEntryFields);
	const operations = readSource(texts.operations, operationsSchema, /* @__PURE__ */ new Set());
	return {
		sources: { ...defined({
			releases: releases.source,
			updates: updates.source,
			operations: operations.source
		}) },
		findings: [
			...releases.findings,
			...updates.findings,
			...operations.findings
		]
	};
}
function readSource(source, schema, nullable) {
	if (source === void 0) return { findings: [] };
	const { file, text } = source;
	const read = tryTo("json", file, () => readJson(text, file));
	if (read.value === void 0) return { findings: read.findings };
	const { placeOf } = read.value;
	const value = withoutNulls(read.value.value, nullable);
	const problems = findProblems(schema, value, placeOf);
	if (problems.length > 0) return { findings: problems.map((each) => findingOf("format", each, file)) };
	return {
		source: {
			value,
			placeOf
		},
		findings: []
	};
}
/** Checks each entry alone, and against the releases that it names. */
function* lintEntries({ releases, updates, operations }) {
	if (updates === void 0) return;
	const versions = releases?.value.releases.map(({ version }) => version) ?? [];
	const first = /* @__PURE__ */ new Map();
	for (const [index, { version, metadata }] of updates.value.releases.entries()) {
		const at = (...path) => updates.placeOf([
			"releases",
			index,
			...path
		]);
		if (releases !== void 0 && !versions.includes(version)) {
			const meant = nearest(version, versions);
			const what = metadata.barrier !== void 0 ? "barrier" : metadata.deadend !== void 0 ? "dead-end" : "rollout";
			yield {
				severity: "error",
				rule: "unknown-release",
				where: at("version"),
				message: `no release ${version}: this ${what} has no effect`,
				remedy: meant === void 0 ? "A version is released by start-rollout." : `Did you mean ${meant}?`
			};
		}
		const earlier = first.get(version);
		if (earlier !== void 0) yield {
			severity: "error",
			rule: "second-entry",
			where: at("version"),
			message: `releases[${earlier}] is about ${version} already; upstream's tools read the two as one, and refuse to write that`,
			remedy: "Make one entry of them."
		};
		first.set(version, earlier ?? index);
		yield* lintMarks(version, metadata, at);
		yield* lintRollout(metadata, at, operations?.value.staged?.some((each) => each.version === version) === true);
		const withdrawn = operations?.value.withdrawn?.find((each) => each.version === version);
		const isTarget = metadata.rollout !== void 0 || metadata.barrier !== void 0;
		if (withdrawn !== void 0 && isTarget) yield {
			severity: "warning",
			rule: "offered-although-withdrawn",
			where: at(),
			message: `${version} was withdrawn by ${withdrawn.by} (${withdrawn.reason}), and is offered by this entry`,
			remedy: "Remove the entry, or remove the release from \"withdrawn\" in operations.json."
		};
		const paused = operations?.value.paused?.find((each) => each.version === version);
		if (paused !== void 0 && isTarget) yield {
			severity: "warning",
			rule: "offered-although-paused",
			where: at(),
			message: `${version} is paused by ${paused.by} (${paused.reason}), and is offered by this entry`,
			remedy: "Use edit-updates --action resume, or remove it from \"paused\" in operations.json."
		};
	}
	for (const list of [
		"paused",
		"staged",
		"withdrawn"
	]) for (const [index, { version }] of (operations?.value[list] ?? []).entries()) {
		if (releases === void 0 || versions.includes(version)) continue;
		const meant = nearest(version, versions);
		yield {
			severity: "error",
			rule: "unknown-release",
			where: operations?.placeOf([
				list,
				index,
				"version"
			]) ?? "",
			message: `no release ${version}`,
			...defined({ remedy: meant && `Did you mean ${meant}?` })
		};
	}
}
function* lintMarks(version, { rollout, barrier, deadend }, at) {
	if (barrier !== void 0 && deadend !== void 0) yield {
		severity: "error",
		rule: "barrier-and-deadend",
		where: at("metadata", "deadend"),
		message: `${version} is a barrier and a dead-end: older nodes have to go there, and get no further`,
		remedy: "Keep one of the two."
	};
	if (deadend !== void 0 && deadend.reason.trim() === "") yield {
		severity: "error",
		rule: "no-reason",
		where: at("metadata", "deadend", "reason"),
		message: `the dead-end ${version} has no reason, and its nodes show it to everyone who logs in`,
		remedy: "Say why, preferably with the URL of an explanation."
	};
	if (barrier !== void 0 && barrier.reason.trim() === "") yield {
		severity: "warning",
		rule: "no-reason",
		where: at("metadata", "barrier", "reason"),
		message: `the barrier ${version} has no reason`
	};
	if (deadend !== void 0 && rollout !== void 0) yield {
		severity: "warning",
		rule: "offered-deadend",
		where: at("metadata", "rollout"),
		message: `${version} is a dead-end and still offered: nodes that take it get no further update`
	};
	if ([
		rollout,
		barrier,
		deadend
	].every((part) => part === void 0)) yield {
		severity: "warning",
		rule: "empty-entry",
		where: at("metadata"),
		message: `nothing is said about ${version} here: the entry has no effect`,
		remedy: "rollout, barrier and deadend are the fields that upstream reads."
	};
}
const rolloutFields = /* @__PURE__ */ new Set([
	"start_epoch",
	"start_percentage",
	"duration_minutes"
]);
const metadataFields = /* @__PURE__ */ new Set([
	"rollout",
	"barrier",
	"deadend"
]);
/** @param staged it opens ring by ring, so it has no duration on purpose */
function* lintRollout(metadata, at, staged) {
	for (const key of Object.keys(metadata).filter((each) => !metadataFields.has(each))) yield unknownField(key, metadataFields, at("metadata", key));
	const { rollout } = metadata;
	if (rollout === void 0) return;
	for (const key of Object.keys(rollout).filter((each) => !rolloutFields.has(each))) yield unknownField(key, rolloutFields, at("metadata", "rollout", key));
	if (rollout.duration_minutes === 0) yield {
		severity: "warning",
		rule: "no-duration",
		where: at("metadata", "rollout", "duration_minutes"),
		message: "the specification reads 0 as \"no progress\", but the graph as one minute: every node is offered it"
	};
	if (!staged && rollout.duration_minutes === void 0 && (rollout.start_percentage ?? 0) < 1) yield {
		severity: "warning",
		rule: "no-duration",
		where: at("metadata", "rollout"),
		message: `without a duration the rollout stays at ${Number(((rollout.start_percentage ?? 0) * 100).toFixed(1))} % for ever`
	};
}
function unknownField(key, known, where) {
	const meant = nearest(key, [...known]);
	return {
		severity: "warning",
		rule: "unknown-field",
		where,
		message: `upstream does not know the field ${key}: it has no effect`,
		...defined({ remedy: meant && `Did you mean ${meant}?` })
	};
}
// src/guidance/lint/history.ts
/**
* Releases are only added, and only at the end: nodes look themselves up in this list, and a position in it is an
* age.
*/
function* lintHistory({ releases, updates }, before) {
	const old = before.releases?.value.releases ?? [];
	if (releases !== void 0) {
		const list = releases.value.releases;
		let expected = 0;
		for (const [position, release] of old.entries()) {
			const at = list.findIndex(({ version }) => version === release.version);
			if (at < 0) {
				yield {
					severity: "error",
					rule: "release-removed",
					where: releases.placeOf(["releases", Math.min(position, list.length - 1)]),
					message: `release ${release.version} is gone: nodes on it could no longer find themselves, and would never update again`,
					remedy: "Put it back where it was. To offer it to nobody, withdraw it."
				};
				continue;
			}
			if (at < expected) yield {
				severity: "error",
				rule: "release-reordered",
				where: releases.placeOf(["releases", at]),
				message: `release ${release.version} stands at position ${at}, before releases that it came after: ages are positions`,
				remedy: "Releases stay where they are; new ones come at the end."
			};
			else expected = at + 1;
			if (!isDeepStrictEqual(list[at], release)) yield {
				severity: "error",
				rule: "release-rewritten",
				where: releases.placeOf(["releases", at]),
				message: `release ${release.version} has other content than before`,
				remedy: "A version always names the same build: a new build is a new release."
			};
		}
		const known = new Set(old.map(({ version }) => version));
		const last = list.findLastIndex(({ version }) => known.has(version));
		for (const [at, { version }] of list.entries()) {
			if (known.has(version) || at > last) continue;
			yield {
				severity: "error",
				rule: "release-reordered",
				where: releases.placeOf(["releases", at]),
				message: `release ${version} is new, and comes before older ones`,
				remedy: "New releases come at the end."
			};
		}
	}
	for (const { version, metadata } of before.updates?.value.releases ?? []) {
		if (metadata.barrier === void 0 || updates === void 0) continue;
		if (updates.value.releases.filter((entry) => entry.version === version).some((entry) => entry.metadata.barrier !== void 0)) continue;
		yield {
			severity: "warning",
			rule: "barrier-removed",
			where: updates.placeOf(["releases"]),
			message: `${version} is no longer a barrier (${metadata.barrier.reason}): older nodes go around it`
		};
	}
}
// src/guidance/lint/images.ts
/**
* Checks what releases say about their images.
* @param repository where all images must be, as in `repository@sha256:…`; images that were published elsewhere before
*   stay as they are
*/
function* lintImages({ releases }, before, repository) {
	if (releases === void 0) return;
	const known = new Set((before.releases?.value.releases ?? []).flatMap((release) => (release["oci-images"] ?? []).map((image) => image["digest-ref"])));
	const owners = /* @__PURE__ */ new Map();
	for (const [index, release] of releases.value.releases.entries()) {
		const { version } = release;
		const images = release["oci-images"] ?? [];
		const at = (...path) => releases.placeOf([
			"releases",
			index,
			"oci-images",
			...path
		]);
		if (images.length === 0 || images.some((image) => image["digest-ref"] === "")) yield {
			severity: "error",
			rule: "no-image",
			where: at(),
			message: `release ${version} lacks an image, so no node could find itself or update to it`
		};
		for (const [position, { architecture, "digest-ref": digestRef }] of images.entries()) {
			if (images.findIndex((other) => other.architecture === architecture) < position) yield {
				severity: "error",
				rule: "second-image",
				where: at(position, "architecture"),
				message: `release ${version} has two images for ${architecture}: upstream uses the last, and nodes on the other do not find themselves`,
				remedy: "Keep one image for each architecture."
			};
			if (digestRef === "") continue;
			const key = `${architecture} ${digestRef}`;
			const owner = owners.get(key);
			if (owner !== void 0 && owner !== version) yield {
				severity: "error",
				rule: "shared-image",
				where: at(position, "digest-ref"),
				message: `release ${version} has the image of release ${owner}: nodes on it believe that they run ${owner}`,
				remedy: "One image is one release of a fleet."
			};
			owners.set(key, owner ?? version);
			if (repository === void 0 || known.has(digestRef)) continue;
			if (digestRef.slice(0, digestRef.indexOf("@")) !== repository) yield {
				severity: "error",
				rule: "other-repository",
				where: at(position, "digest-ref"),
				message: `release ${version} has an image of another repository: ${digestRef}`,
				remedy: `Nodes are offered images of ${repository} only (image in coxswain.yaml).`
			};
		}
	}
}
// src/guidance/lint/reachability.ts
/** Checks that nodes on every release, on every architecture, can reach the newest release. */
function* lintPaths(after, before, now) {
	const { releases, updates, operations } = after;
	if (releases === void 0 || updates === void 0) return;
	const guidance = {
		releases: releases.value,
		updates: updates.value
	};
	const takenBack = (before.updates?.value.releases ?? []).filter((entry) => isTarget(entry) && !updates.value.releases.some((each) => each.version === entry.version && isTarget(each)));
	const retired = new Set([
		...takenBack,
		...operations?.value.withdrawn ?? [],
		...operations?.value.paused ?? []
	].map(({ version }) => version));
	/** The place of the entry for a version, else of the list of entries. */
	const placeOf = (version) => {
		const index = updates.value.releases.findLastIndex((entry) => entry.version === version);
		return updates.placeOf(index < 0 ? ["releases"] : ["releases", index]);
	};
	const known = /* @__PURE__ */ new Set();
	for (const group of byEnd(findStranded(guidance))) {
		const [first] = group;
		for (const each of group) known.add(`${each.version} ${each.architecture}`);
		yield {
			severity: "error",
			rule: "stranded",
			where: placeOf(first.why === "dead-end" ? first.end : first.goal),
			message: first.why === "dead-end" ? `nodes on ${listStranded(group)} end on the dead-end ${first.end} and never get ${first.goal}` : `nodes on ${listStranded(group)} never get to ${first.goal}`
		};
	}
	const news = (before.releases === void 0 || before.updates === void 0 ? [] : strandedBy({
		releases: before.releases.value,
		updates: before.updates.value
	}, guidance, { retired })).filter((each) => !known.has(`${each.version} ${each.architecture}`));
	if (news.length > 0) yield {
		severity: "error",
		rule: "stranded",
		where: placeOf(news[0]?.end ?? ""),
		message: `after this change, nodes on ${listStranded(news)} have no update path`,
		remedy: `Keep a rollout for ${news[0]?.goal}, or for a release that they may have instead.`
	};
	if (releases.value.releases.length > 0 && retired.size === 0 && !offersAnything(guidance)) yield {
		severity: "warning",
		rule: "nothing-offered",
		where: updates.placeOf(["releases"]),
		message: "no release has a rollout: no node is offered anything"
	};
	const tidied = {
		...guidance,
		updates: tidy(updates.value, now)
	};
	const harmed = strandedByTidying(guidance, tidied, now);
	if (harmed.length > 0) yield {
		severity: "warning",
		rule: "lost-by-tidying",
		where: placeOf(harmed[0]?.goal ?? ""),
		message: `when the next release is added, completed rollouts are removed, as upstream does, all except the last: nodes on ${listStranded(harmed)} then have no release to update to`,
		remedy: "The release that is kept has no image for their architecture, or lies behind a barrier that is still rolling out."
	};
}
function offersAnything({ updates }) {
	return updates.releases.some(isTarget);
}
function isTarget({ metadata: { rollout, barrier } }) {
	return rollout !== void 0 || barrier !== void 0;
}
function byEnd(stranded) {
	const groups = /* @__PURE__ */ new Map();
	for (const each of stranded) {
		const key = each.why === "dead-end" ? `dead-end ${each.end}` : "no path";
		groups.set(key, [...groups.get(key) ?? [], each]);
	}
	return [...groups.values()];
}
// src/guidance/lint/times.ts
/** Checks the changed rollouts: when they start, how far they jump, and whether they overlap. */
function* lintTimes({ updates }, before, options) {
	if (updates === void 0) return;
	const { now, timeZone } = options;
	const open = [];
	for (const [index, { version, metadata }] of updates.value.releases.entries()) {
		const { rollout } = metadata;
		if (rollout === void 0) continue;
		const where = updates.placeOf([
			"releases",
			index,
			"metadata",
			"rollout",
			"start_epoch"
		]);
		const was = rolloutIn(before, version);
		const changed = !isDeepStrictEqual(was, rollout);
		const start = rollout.start_epoch ?? 0;
		const end = rolloutEnd(rollout);
		if (rolloutPhase(rollout, now) !== "complete" && end !== void 0) open.push({
			version,
			start,
			end,
			where,
			changed
		});
		if (!changed) continue;
		const paused = before.operations?.value.paused?.find((each) => each.version === version);
		yield* lintJump({
			version,
			rollout,
			reached: paused?.progress ?? (was === void 0 ? 0 : rolloutProgress(was, now)),
			wasOpen: was !== void 0 || paused !== void 0,
			now,
			where
		});
		if (start > 0 && paused === void 0 && start >= now && isWeekend(start, timeZone)) yield {
			severity: "warning",
			rule: "weekend",
			where,
			message: `the rollout of ${version} starts on a ${weekdayOf(start, timeZone)} (${formatTime(start)}; in ${timeZone})`,
			remedy: "Perhaps nobody is at work if it goes wrong. Upstream starts on Tuesdays, 14:00 UTC."
		};
	}
	for (const [index, one] of open.entries()) for (const other of open.slice(index + 1)) {
		if (!(one.changed || other.changed) || one.start >= other.end || other.start >= one.end) continue;
		yield {
			severity: "warning",
			rule: "overlap",
			where: other.changed ? other.where : one.where,
			message: `the rollouts of ${one.version} and ${other.version} overlap from ${formatTime(Math.max(one.start, other.start))} to ${formatTime(Math.min(one.end, other.end))}`,
			remedy: "Nodes that are early take both, one after the other. Pause or withdraw the older one if that is not intended."
		};
	}
}
function* lintJump(options) {
	const { version, rollout, reached, wasOpen, now, where } = options;
	const start = rollout.start_epoch ?? 0;
	const share = rolloutProgress(rollout, now);
	if (!(rollout.start_epoch === void 0 && rollout.duration_minutes === void 0) && start < now && share > reached + .001) yield {
		severity: "warning",
		rule: "start-in-the-past",
		where,
		message: `the start of ${version} (${formatTime(start)}) is ${formatDuration(now - start)} ago: ${formatPercent(share)} of the nodes are offered it at once, up from ${formatPercent(reached)}`
	};
	if (wasOpen && share < reached - .001) yield {
		severity: "warning",
		rule: "goes-back",
		where,
		message: `${version} was offered to ${formatPercent(reached)} of the nodes, and is to be offered to ${formatPercent(share)}: those that took it stay on it`
	};
}
function rolloutIn({ updates }, version) {
	return updates?.value.releases.findLast((entry) => entry.version === version && entry.metadata.rollout !== void 0)?.metadata.rollout;
}
function weekdayOf(seconds, timeZone) {
	return new Intl.DateTimeFormat("en-US", {
		timeZone,
		weekday: "long"
	}).format(seconds * 1e3);
}
function isWeekend(seconds, timeZone) {
	return ["Saturday", "Sunday"].includes(weekdayOf(seconds, timeZone));
}
// src/guidance/lint/lint.ts
/**
* Checks the guidance of one fleet, and how it changed from the guidance before it.
* @param options.stream the files must belong to it
* @param options.now UNIX seconds
* @param options.repository where all images must be; default: anywhere
* @param options.timeZone decides what a weekend is, such as `Europe/Berlin`
* @returns findings in the order of the files; none for unchanged values that may be old (a start in the past)
*/
function lintGuidance(after, before, options) {
	const { sources, findings } = readSources(after);
	const { sources: old } = readSources(before);
	const { releases, updates } = sources;
	const streams = [releases, updates].flatMap((source) => source === void 0 || source.value.stream === options.stream ? [] : [{
		severity: "error",
		rule: "stream",
		where: source.placeOf(["stream"]),
		message: `this is of stream ${source.value.stream}, and coxswain.yaml is of ${options.stream}`
	}]);
	const gone = ["releases", "updates"].flatMap((name) => before[name] === void 0 || after[name] !== void 0 ? [] : [{
		severity: "error",
		rule: "file-removed",
		where: before[name].file,
		message: "this file is gone, and nodes depend on what it says",
		remedy: "Put it back."
	}]);
	return [
		...findings,
		...gone,
		...streams,
		...lintImages(sources, old, options.repository),
		...lintHistory(sources, old),
		...lintEntries(sources),
		...lintTimes(sources, old, options),
		...lintPaths(sources, old, options.now)
	];
}
export { tryTo as n, lintGuidance as t };
