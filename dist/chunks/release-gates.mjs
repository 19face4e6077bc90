import { $ as formatTime, Q as formatDuration, ct as InputError, dt as init_errors, i as formatPercent, it as defined, l as count } from "./host.mjs";
import { A as atDigest, C as imageTimestamp, P as formatReference, W as architectures, w as readImage, z as parseReference } from "./world-registry.mjs";
import { A as shortCommit } from "./world-git.mjs";
import { i as findFleet } from "./project.mjs";
import { o as refreshFileName } from "./release-candidate.mjs";
import { C as rolloutProgress, N as holdAt, o as adoptionShare, x as rolloutEnd } from "./guidance.mjs";
import { a as examineEvidence, n as testDemands, p as findAcceptance, s as newestFor } from "./release-evidence.mjs";
import { s as trustOf } from "./release-attestations.mjs";
import { a as findAcceptedVulnerabilities, n as isAbove, t as scanImages } from "./release-vulnerabilities.mjs";
import { t as j } from "./croner.mjs";
import { h as rollBackBranch, m as promotionBranch, p as baseBranch } from "./world-forge.mjs";
import { d as upstreamStatusOf, s as doubtOf } from "./release-upstream.mjs";
import { F as metadataOf, O as applyExternalHolds, P as ageOf, S as cleanStatement, T as commitMessage, h as holdFolder, k as describeHold, m as findUnknownHoldFiles, p as findFileHold } from "./release-operations.mjs";
// src/release/gates/freeze.ts
init_errors();
/**
* The freeze at a moment, if any; of several, the one that ends last. A window includes its first second and not its
* last. When clocks are put forward, a time that does not exist counts as the moment of the change. When they are put
* back, a time that comes twice counts as the first of the two.
* @param now UNIX seconds
*/
function freezeAt(windows, now) {
	return windows.map((window) => openWindow(window, now)).filter((freeze) => freeze !== void 0).sort((one, other) => endOf(other) - endOf(one))[0];
}
const longestChain = 100;
/**
* The first moment from `now` on that is in no window, also if windows follow one another without a gap.
* @returns undefined if there is none
*/
function thawTime(windows, now) {
	let moment = now;
	for (let count = 0; count < longestChain; count += 1) {
		const freeze = freezeAt(windows, moment);
		if (freeze === void 0) return moment;
		if (freeze.until === void 0) return void 0;
		moment = freeze.until;
	}
}
function openWindow(window, now) {
	const [begun] = cron(window.start, window).previousRuns(1, /* @__PURE__ */ new Date((now + 1) * 1e3));
	if (begun === void 0) return void 0;
	const until = endAfter(window, begun);
	return until === void 0 || now < until ? {
		window,
		until
	} : void 0;
}
function endAfter(window, begun) {
	if ("seconds" in window.end) return begun.getTime() / 1e3 + window.end.seconds;
	const end = cron(window.end.until, window).nextRun(begun);
	return end === null ? void 0 : end.getTime() / 1e3;
}
function cron(schedule, { timeZone }) {
	return new j(schedule, {
		timezone: timeZone,
		paused: true
	});
}
function endOf({ until }) {
	return until ?? Number.POSITIVE_INFINITY;
}
// src/release/gates/steering-labels.ts
/**
* What a label on a pull request says: `urgent: CVE-2026-1234`.
* @returns `reason` is empty if none is given; undefined if there is no such label
*/
function readLabel(request, name) {
	const label = request?.labels.find((each) => each === name || each.startsWith(`${name}:`));
	if (request === void 0 || label === void 0) return void 0;
	return {
		reason: cleanStatement(label.slice(name.length + 1)),
		by: `a label on pull request #${request.number}`
	};
}
// src/release/gates/refuse-frozen.ts
/**
* Why a freeze keeps a release out, as a clause. A freeze counts for every fleet, promoted or not.
* @returns undefined if no freeze window is open, or if there is an exception: an operator's, or the label
*   `freeze-exception: WHY` on the pull request that brought the commit
*/
async function findFreeze({ forge }, release) {
	const { fleet, now, exception = "" } = release;
	const freeze = freezeAt(fleet.freeze, now);
	if (freeze === void 0 || exception !== "" || await isExcepted(forge, release)) return void 0;
	const until = thawTime(fleet.freeze, now);
	return `the fleet is frozen: ${freeze.window.reason}${until === void 0 ? ", without an end" : `, until ${formatTime(until)}`}`;
}
/** @throws InputError if a freeze keeps the release out; nothing was written */
async function refuseFrozen(project, release) {
	const problem = await findFreeze(project, release);
	if (problem === void 0) return;
	throw new InputError({
		notYet: true,
		where: `fleet ${release.fleet.name}`,
		problem,
		remedy: "Run it again after that (coxswain start-release does). If it cannot wait: --freeze-exception WHY, or the label \"freeze-exception: WHY\" on the pull request."
	});
}
/** Whether one of our pull requests that brought the commit has the label, and a reason. */
async function isExcepted({ branches, pullRequests }, { fleet, state, commit }) {
	const heads = [
		baseBranch(fleet.name),
		rollBackBranch(fleet.name),
		...fleet.promoteFrom === void 0 ? [] : [promotionBranch(fleet.promoteFrom, fleet.name)]
	];
	const newest = state.records[state.releases.releases.at(-1)?.version ?? ""]?.commit;
	for (const head of heads) {
		const request = await pullRequests.latest({
			head,
			base: fleet.branch
		});
		if (request?.state !== "merged") continue;
		if ((readLabel(request, "freeze-exception")?.reason ?? "") === "") continue;
		const brought = await branches.contains(commit, request.headCommit);
		const spent = newest !== void 0 && await branches.contains(newest, request.headCommit);
		if (brought && !spent) return true;
	}
	return false;
}
init_errors();
/**
* The entry that makes a release urgent: one for the release itself, or for a newer one that can only be reached
* through it.
*/
function urgencyOf(from, to, version) {
	const age = (each) => from.releases.releases.findIndex((release) => release.version === each);
	const own = age(version);
	return own < 0 ? void 0 : to.operations.urgent?.find((each) => age(each.version) >= own);
}
/** The same for what a fleet's branch builds, which has another version if the branch has content of its own. */
async function urgencyOfBuild(branches, options) {
	const { from, to, version, commit } = options;
	const known = urgencyOf(from, to, version);
	if (known !== void 0) return known;
	for (const each of to.operations.urgent ?? []) if (await branches.contains(commit, each.commit)) return each;
}
/** Removes an urgent entry after the fleet has the release. @param done that entry */
function withoutUrgency(state, done) {
	const { urgent = [], ...rest } = state.operations;
	const left = urgent.filter((each) => each.version !== done?.version);
	if (left.length === urgent.length) return state;
	return {
		...state,
		operations: left.length === 0 ? rest : {
			...rest,
			urgent: left
		}
	};
}
/**
* Records on the state branch that the source's newest release is urgent: by an operator, or by a label on the open
* promotion, which counts until it is removed.
* @param options.asked an operator's request
* @param options.now UNIX seconds
* @returns what is wrong with a label, if anything
* @throws InputError if an operator asks and there is nothing to promote
*/
async function recordUrgency(state, options) {
	const { source, target, request, asked, now } = options;
	const newest = newestOffered(await state.readFleet(source.name));
	const label = readLabel(request, "urgent");
	const said = asked ?? (label?.reason === "" ? void 0 : label);
	let summary = "";
	await state.changeFleet(target.name, () => commitMessage({
		fleet: target.name,
		by: said?.by ?? "coxswain open-promotion",
		now
	}, summary, said?.reason), (before) => {
		const known = before.operations.urgent ?? [];
		const released = new Set(before.releases.releases.map(({ version }) => version));
		if (asked !== void 0 && (newest === void 0 || released.has(newest.version))) throw new InputError({
			field: "--urgent",
			problem: `fleet ${source.name} has no release that ${target.name} lacks`
		});
		const kept = known.filter((each) => !released.has(each.version) && (!isByLabel(each) || each.reason === label?.reason));
		const isKnown = kept.some((each) => each.version === newest?.version && each.reason === said?.reason);
		const add = said !== void 0 && newest !== void 0 && !released.has(newest.version) && !isKnown;
		const urgent = add ? [{
			...newest,
			...said,
			at: now
		}] : kept;
		if (urgent.length === known.length && urgent.every((each) => known.includes(each))) return before;
		summary = add ? `promote ${newest.version} as urgent` : "nothing is urgent now";
		const { urgent: _, ...rest } = before.operations;
		return {
			...before,
			operations: urgent.length === 0 ? rest : {
				...rest,
				urgent
			}
		};
	});
}
function isByLabel({ by }) {
	return by.startsWith("a label on ");
}
function newestOffered(from) {
	const gone = new Set((from.operations.withdrawn ?? []).map(({ version }) => version));
	const version = from.releases.releases.findLast((release) => !gone.has(release.version))?.version;
	const record = from.records[version ?? ""];
	return record === void 0 ? void 0 : {
		version: record.version,
		commit: record.commit
	};
}
// src/release/gates/promotable-image.ts
init_errors();
/** Labels and evidence of one architecture's image. */
async function passImage(options, built, architecture) {
	const { client, config, candidate } = options;
	const image = await readImage(client, built, architecture);
	const where = formatReference(atDigest(built.repository, image.manifest.descriptor.digest));
	requireLabel(image, where, "com.coreos.stream", config.stream);
	requireLabel(image, where, "org.opencontainers.image.version", candidate.version);
	return {
		architecture,
		image,
		created: requireCreated(image, where, "Build it with coxswain build-image, which sets the time of the commit."),
		...await requireEvidence(options, image, architecture, built.repository)
	};
}
/** UNIX seconds at which an image was created. @throws InputError with the remedy if the image does not say it */
function requireCreated(image, where, remedy) {
	const created = imageTimestamp(image);
	if (created !== void 0 && created > 0) return created;
	throw new InputError({
		where,
		field: "created",
		problem: "the image has no creation time, and nodes compare it to find out which image is newer",
		found: image.config.created,
		remedy
	});
}
function requireLabel(image, where, label, expected) {
	const found = image.config.labels[label];
	if (found === expected) return;
	throw new InputError({
		where,
		field: `label ${label}`,
		problem: found === void 0 ? "missing" : "not what this commit builds",
		...defined({ found }),
		expected: JSON.stringify(expected),
		remedy: "The image under this build key was not made by coxswain build-image; build it again."
	});
}
/** The evidence is about the image itself, or about the index that lists it, for this architecture. */
async function requireEvidence(options, image, architecture, repository) {
	const { client, candidate, config, fleet } = options;
	const { digest } = image.manifest.descriptor;
	const trust = trustOf(options);
	const all = [];
	const refused = [];
	const subjects = image.index === void 0 ? [digest] : [digest, image.index.digest];
	const isOfThis = ({ evidence }) => evidence.architecture === architecture;
	for (const subject of subjects) {
		const examined = await examineEvidence(client, repository, subject, trust);
		all.push(...examined.found.filter(isOfThis));
		refused.push(...examined.refused.filter(isOfThis));
	}
	const { testsTree } = candidate;
	const demands = testDemands(config);
	const newest = newestFor(all, testsTree, demands);
	if (newest?.evidence.result === "PASSED") return { evidence: newest };
	const failedOnce = [...all, ...refused].some(({ evidence }) => evidence.result === "FAILED");
	if (newest === void 0 && !failedOnce) {
		const accepted = (fleet === void 0 ? void 0 : await findAcceptance(client, config.image, {
			subjects,
			fleet,
			testsTree
		}, trust)) ?? options.accept;
		if (accepted !== void 0) return { accepted: {
			reason: accepted.reason,
			by: accepted.by
		} };
	}
	throw new InputError({
		where: formatReference(atDigest(repository, digest)),
		problem: `no passing evidence: ${whyNone({
			newest,
			all,
			refused,
			demands
		})}`,
		expected: `a pass of the tests in git tree ${shortCommit(testsTree)}, by the settings of boot-test in ${config.file}`,
		remedy: newest === void 0 ? "Run coxswain boot-test. If that is not possible and no test failed, promote-image takes --accept-missing-evidence." : "Fix the image or the tests, and run coxswain boot-test."
	});
}
function whyNone(evidence) {
	const { newest, all, refused, demands } = evidence;
	if (newest !== void 0) {
		const failed = newest.evidence.tests.filter(({ result }) => result !== "passed").map(({ name }) => name);
		return `its boot test failed${failed.length === 0 ? "" : ` (${failed.join(", ")})`}`;
	}
	const last = refused.at(-1);
	if (last !== void 0) {
		const others = refused.length - 1;
		return `the evidence that it has does not count (${last.reason}${others === 0 ? "" : `; and ${others} more`})`;
	}
	const { mode } = demands;
	const others = new Set(all.map(({ evidence }) => evidence.mode ?? "unknown"));
	if (mode !== void 0 && others.size > 0 && !others.has(mode)) return `it was tested in the mode ${[...others].join(" and ")}, and boot-test.mode is ${mode}`;
	return all.length > 0 ? "it was tested with other tests than this commit has" : "it was never boot-tested";
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
		const before = await createdOf(options.client, state, newest.version, {
			architecture,
			"digest-ref": released ?? ""
		});
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
/** When an image of a release was created, in UNIX seconds. Releases that were imported have no record. */
async function createdOf(client, state, version, image) {
	const record = state.records[version];
	if (record !== void 0) return Date.parse(record.created) / 1e3;
	const architecture = architectures.find((each) => each === image.architecture);
	if (architecture === void 0 || image["digest-ref"] === "") return void 0;
	return imageTimestamp(await readImage(client, parseReference(image["digest-ref"]), architecture));
}
function isoTime(seconds) {
	return (/* @__PURE__ */ new Date(seconds * 1e3)).toISOString();
}
// src/release/gates/external-holds.ts
/** The hold that a label on the fleet's open promotion asks for. */
function findLabelHold(request, now) {
	const label = readLabel(request, "hold");
	if (request === void 0 || label === void 0) return void 0;
	return {
		source: `label on pull request #${request.number}`,
		reason: label.reason || `see pull request #${request.number}`,
		by: label.by,
		at: now
	};
}
/** The open promotion into a fleet, if any. */
async function findPromotion({ forge }, fleet) {
	if (fleet.promoteFrom === void 0) return void 0;
	const head = promotionBranch(fleet.promoteFrom, fleet.name);
	return forge.pullRequests.find({
		head,
		base: fleet.branch
	});
}
/**
* Makes the holds that are set by files and labels those of the state branch: from there they stop promotions and
* rollouts, and everybody sees them.
* @param now UNIX seconds
*/
async function syncExternalHolds(project, fleet, now) {
	const found = [await findFileHold(project.forge.branches, fleet, now), findLabelHold(await findPromotion(project, fleet), now)].filter((stop) => stop !== void 0);
	const [first] = found;
	const order = {
		fleet: fleet.name,
		by: first?.by ?? "coxswain open-promotion",
		now
	};
	let warnings = [];
	let summary = "";
	const message = () => commitMessage(order, summary, first?.reason);
	await project.state.changeFleet(fleet.name, message, (state) => {
		const edit = applyExternalHolds(state, order, found);
		({summary} = edit);
		warnings = edit.warnings ?? [];
		return edit.state;
	});
	const unknown = await findUnknownHoldFiles(project.forge.branches, fleet, Object.keys(project.config.fleets));
	return [...warnings, ...unknown.map(({ name, problem, remedy }) => `${holdFolder}/${name} on branch ${fleet.branch}: ${problem} ${remedy}`)];
}
// src/release/gates/gate.ts
/** True if no gate holds the promotion back. */
function isReady(gates) {
	return gates.every((gate) => gate.state === "green" || gate.state === "unknown");
}
/**
* The gate that a promotion waits for: first one that needs a person, then the one that opens last.
* @returns undefined if the promotion is ready
*/
function nextGate(gates) {
	const red = gates.find((gate) => gate.state === "red");
	if (red !== void 0) return red;
	const opens = (gate) => gate.until ?? Number.POSITIVE_INFINITY;
	return gates.filter((gate) => gate.state === "waiting").sort((one, other) => opens(other) - opens(one))[0];
}
// src/release/gates/merge-gates.ts
/** The merge must not need a person's decision. */
function mergeGate(forecast) {
	if (forecast.result === "clean") return {
		state: "green",
		note: "no conflicts"
	};
	if (forecast.result === "unknown") return {
		state: "unknown",
		note: forecast.why
	};
	return {
		state: "red",
		note: `conflicts in ${forecast.paths.join(", ")}`
	};
}
/** If the merge gives another image than the source's, that image must be built and tested before the merge. */
function imageGate(image) {
	return image === void 0 ? void 0 : {
		state: image.tested ? "green" : "red",
		note: image.note
	};
}
/** The target's rollout template must render. */
function templateGate(template) {
	return template.problem === void 0 ? {
		state: "green",
		note: `${template.path} renders`
	} : {
		state: "red",
		note: template.problem
	};
}
/** If people added commits to the promotion's branch, it must still contain the release. */
function branchGate(outdatedBranch, commit) {
	if (outdatedBranch === void 0) return void 0;
	return {
		state: "red",
		note: `${outdatedBranch} has commits of its own and lacks ${shortCommit(commit)}: merge that into it, or delete the branch`
	};
}
// src/release/gates/source-gates.ts
/** The window of `coxswain observe`, if nobody says another. */
const defaultWindowDays = 14;
/** UNIX seconds of the first offer of the release to nodes of the source fleet. */
function rolloutStart({ record, state }) {
	const start = metadataOf(state.updates, record.version).rollout?.start_epoch ?? 0;
	return start > 0 ? start : record.rolloutStart ?? record.recordedAt;
}
/** UNIX seconds at which the rollout in the source fleet is, or was, complete; undefined for one that does not end. */
function rolloutCompletion({ record, state }) {
	const { rollout } = metadataOf(state.updates, record.version);
	return (rollout === void 0 ? void 0 : rolloutEnd(rollout)) ?? record.rolloutEnd;
}
/** An urgent release does not wait for a gate that only needs time. */
function skippedIfUrgent(verdict, { urgent }) {
	if (verdict.state !== "waiting" || urgent === void 0) return verdict;
	return {
		state: "green",
		note: `skipped as urgent: ${urgent.reason} (by ${urgent.by})`
	};
}
/** The rollout must be complete, and nothing may be wrong with the release. */
function rolloutGate(release, now) {
	const { version } = release.record;
	const { operations, updates } = release.state;
	const red = (note) => ({
		state: "red",
		note
	});
	const withdrawn = operations.withdrawn?.find((each) => each.version === version);
	if (withdrawn !== void 0) return red(`withdrawn there by ${withdrawn.by}: ${withdrawn.reason}`);
	const { rollout, barrier, deadend } = metadataOf(updates, version);
	const paused = operations.paused?.find((each) => each.version === version);
	if (paused !== void 0 && rollout === void 0) return red(`paused there by ${paused.by}: ${paused.reason}`);
	if (deadend !== void 0) return red(`it is a dead-end there: ${deadend.reason}`);
	if (rollout === void 0) {
		if (barrier !== void 0) return {
			state: "green",
			note: "a barrier, offered to every node"
		};
		return wasCompleted(release, now) ? {
			state: "green",
			note: "complete, and followed by newer releases"
		} : red("it is not offered to any node there: paused, or withdrawn");
	}
	const end = rolloutEnd(rollout);
	if (rolloutProgress(rollout, now) >= 1) return {
		state: "green",
		note: "complete"
	};
	if (end !== void 0) return {
		state: "waiting",
		until: end,
		note: `complete on ${formatTime(end)}`
	};
	if (operations.staged?.some((each) => each.version === version) === true) return {
		state: "waiting",
		note: `at ${formatPercent(rolloutProgress(rollout, now))}: it opens ring by ring, as each one does well`
	};
	const start = rollout.start_epoch ?? 0;
	return (rollout.start_percentage ?? 0) >= 1 ? {
		state: "waiting",
		until: start,
		note: `starts on ${formatTime(start)}`
	} : red("held: it has no duration, so it will not go on automatically");
}
/** Completed rollouts are removed when a newer one completes; the record has the time at which this one did. */
function wasCompleted({ record, state }, now) {
	if (record.rolloutEnd === void 0 || record.rolloutEnd > now) return false;
	const age = ageOf(state, record.version);
	return state.updates.releases.some(({ version }) => {
		const { rollout } = metadataOf(state.updates, version);
		return ageOf(state, version) > age && rollout !== void 0 && rolloutProgress(rollout, now) >= 1;
	});
}
/** UNIX seconds at which it has soaked; undefined if the rollout that it is counted from has no end. */
function soakEnd(release, { soak, soakAfter }) {
	if (soakAfter === "start") return rolloutStart(release) + soak;
	const end = rolloutCompletion(release);
	return end === void 0 ? void 0 : end + soak;
}
/** The release must have run in the source fleet for a while. */
function soakGate(release, target, now) {
	const until = soakEnd(release, target);
	const since = `${formatDuration(target.soak)} from the ${target.soakAfter === "start" ? "start" : "end"} of the rollout`;
	if (until === void 0) return {
		state: "waiting",
		note: `${since}, which has no end`
	};
	if (now >= until) return {
		state: "green",
		note: `${since}: over since ${formatTime(until)}`
	};
	return {
		state: "waiting",
		until,
		note: `${since}: over on ${formatTime(until)}`
	};
}
/** Enough nodes of the source fleet must run the release, or a newer one. Does not apply if none are required. */
function adoptionGate({ record, state }, { source, target, now }) {
	if (target.adoption === void 0) return void 0;
	const { share: needed, days } = target.adoption;
	const versions = state.releases.releases.map(({ version }) => version);
	const found = adoptionShare(state.adoption, record.version, {
		versions,
		days,
		now
	});
	if (found.state === "unknown") return {
		state: "waiting",
		note: unknownAdoption(found, source, days)
	};
	const { share, of, observedAt, isEstimate } = found;
	return {
		state: share >= needed ? "green" : "waiting",
		note: `${isEstimate ? "about " : ""}${formatPercent(share)} of ${count(of, "node")} run it or a newer release, ${formatPercent(needed)} needed; counted on ${formatTime(observedAt)}`
	};
}
function unknownAdoption({ why, observedAt }, source, days) {
	const command = `coxswain observe --log LOG --fleet ${source} --window ${Math.max(days, defaultWindowDays)}d --record`;
	const at = observedAt === void 0 ? "" : formatTime(observedAt);
	switch (why) {
		case "none": return `not known, because nobody counted the nodes of ${source}: ${command}`;
		case "old": return `not known, because the newest request that was counted (on ${at}) is older than ${days} d: ${command}`;
		case "short": return `not known, because fewer than ${days} d were counted (on ${at}): ${command}`;
		case "no nodes": return `not known, because no node was seen in ${days} d (counted on ${at}): ${command}`;
	}
}
/** Each image must have its evidence. */
function evidenceGate(record) {
	const missing = record.images.filter((image) => image.evidence === void 0);
	if (missing.length === 0) return {
		state: "green",
		note: "every image passed its tests"
	};
	const of = missing.map((image) => image.architecture).join(", ");
	const accepted = record.acceptedMissingEvidence;
	if (accepted !== void 0) return {
		state: "green",
		note: `none for ${of}, accepted: ${accepted.reason} (by ${accepted.by})`
	};
	return {
		state: "red",
		note: `none recorded for ${of}`
	};
}
// src/release/gates/target-gates.ts
/** Nobody may hold the fleet. @param now UNIX seconds */
function holdGate(operations, now) {
	const hold = holdAt(operations, now);
	if (hold === void 0) return void 0;
	const note = `the fleet is held: ${describeHold(hold)}`;
	return hold.until === void 0 ? {
		state: "red",
		note
	} : {
		state: "waiting",
		until: hold.until,
		note
	};
}
/**
* No freeze window may be open. Does not apply to a fleet without such windows.
* @param exception what a label says; `reason` is empty if the label gives none
* @param now UNIX seconds
*/
function freezeGate(target, exception, now) {
	if (target.freeze.length === 0) return void 0;
	const freeze = freezeAt(target.freeze, now);
	if (freeze === void 0) return {
		state: "green",
		note: "no freeze"
	};
	const until = thawTime(target.freeze, now);
	const what = `${freeze.window.reason}${until === void 0 ? ": without an end" : `: until ${formatTime(until)}`}`;
	if (exception !== void 0 && exception.reason !== "") return {
		state: "green",
		note: `${what}; excepted: ${exception.reason} (by ${exception.by})`
	};
	const note = exception === void 0 ? what : `${what}; the label needs a reason: freeze-exception: WHY`;
	return until === void 0 ? {
		state: "red",
		note
	} : {
		state: "waiting",
		until,
		note
	};
}
/**
* Upstream must offer the base, or have offered it.
* @param guidance undefined if the base has none; an error if it cannot be read
* @param now UNIX seconds
*/
function upstreamGate(guidance, baseVersion, now) {
	if (guidance === void 0) return void 0;
	if (guidance instanceof Error) return {
		state: "red",
		note: "the guidance of the base cannot be read: see the run of open-promotion"
	};
	const doubt = doubtOf(upstreamStatusOf(guidance, baseVersion, now));
	return doubt === void 0 ? {
		state: "green",
		note: `upstream offers ${baseVersion}, or has offered it`
	} : {
		state: "red",
		note: doubt.why
	};
}
/** `created` must grow along the target's releases, too: rpm-ostree refuses an update to an older image. */
function orderGate(record, target, state) {
	const newest = state.records[state.releases.releases.at(-1)?.version ?? ""];
	return newest === void 0 || Date.parse(record.created) > Date.parse(newest.created) ? {
		state: "green",
		note: `created ${record.created}`
	} : {
		state: "red",
		note: `${target} has ${newest.version}, created ${newest.created}: nodes would refuse the older image`
	};
}
// src/release/gates/vulnerability-gate.ts
const named = 5;
/** @param now UNIX seconds */
function findObjections(rule, images, now) {
	const missing = images.flatMap(({ architecture, scan }) => "missing" in scan ? [{
		name: `no report: ${architecture}`,
		missing: `${scan.missing} to the image for ${architecture}`
	}] : []);
	const refused = aboveLimit(rule, images).filter(({ id }) => !((exceptionFor(rule, id)?.until ?? 0) > now));
	return [...missing, ...refused.map((vulnerability) => ({
		name: vulnerability.id,
		vulnerability
	}))];
}
/** Objections as one clause. */
function describeObjections(rule, objections) {
	const missing = objections.flatMap((each) => each.missing ?? []);
	const refused = objections.flatMap((each) => each.vulnerability ?? []);
	const ended = refused.flatMap(({ id }) => {
		const until = exceptionFor(rule, id)?.until;
		return until === void 0 ? [] : [`the exception for ${id} ended on ${formatTime(until)}`];
	});
	return [
		...missing.length === 0 ? [] : [`${missing.join("; ")}: attach SARIF or CycloneDX to the digest`],
		...refused.length === 0 ? [] : [`above ${rule.noneAbove}: ${listed(refused)}`],
		...ended
	].join("; ");
}
/**
* No vulnerability above the limit, in the image of any architecture, without an exception that is still valid.
* @param images of the release that would be promoted; an error if the registry cannot say
* @param now UNIX seconds
*/
function vulnerabilityGate(rule, images, now) {
	if (rule === void 0) return void 0;
	const red = (note) => ({
		state: "red",
		note
	});
	if (images instanceof Error) return red(`the registry cannot say what scanners found: ${images.message}`);
	if (images === void 0 || images.length === 0) return red("no image was built yet that could be scanned");
	const objections = findObjections(rule, images, now);
	if (objections.length > 0) return red(describeObjections(rule, objections));
	const accepted = aboveLimit(rule, images).flatMap(({ id }) => {
		const exception = exceptionFor(rule, id);
		return exception === void 0 ? [] : [`${id} is accepted until ${formatTime(exception.until)}: ${exception.reason}`];
	});
	return {
		state: "green",
		note: [`none above ${rule.noneAbove}`, ...accepted].join("; ")
	};
}
function aboveLimit(rule, images) {
	return unique(images).filter(({ severity }) => isAbove(severity, rule.noneAbove));
}
function exceptionFor(rule, id) {
	return rule.exceptions.find((each) => each.id.toLowerCase() === id.toLowerCase());
}
/** Each vulnerability of several architectures once. */
function unique(images) {
	const all = images.flatMap(({ scan }) => "missing" in scan ? [] : scan.found);
	return [...new Map(all.map((each) => [each.id, each])).values()];
}
function listed(all) {
	return [...all.slice(0, named).map(({ id, severity, packages: [first] }) => {
		const facts = [severity === "unknown" ? "of unknown severity" : severity, first];
		return `${id.slice(0, 60)} (${facts.filter((part) => part !== void 0).join(", ").slice(0, 80)})`;
	}), ...all.length > named ? [`and ${all.length - named} more`] : []].join(", ");
}
// src/release/gates/promotion-gates.ts
/**
* Every condition of a promotion, in the order in which people see them. This is the only list: open-promotion
* evaluates all gates, `status` those that need neither the merge nor the registry, and the choice of the release
* those that need only the release.
*/
const promotionGates = [
	{
		name: ({ source }) => `hold of ${source}`,
		needs: "state",
		evaluate: ({ release, now }) => holdGate(release.state.operations, now)
	},
	{
		name: ({ target }) => `hold of ${target.name}`,
		needs: "state",
		evaluate: ({ to, now }) => holdGate(to.operations, now)
	},
	{
		name: () => "freeze",
		needs: "state",
		evaluate: ({ target, freezeException, now }) => freezeGate(target, freezeException, now)
	},
	{
		name: ({ source }) => `rollout in ${source}`,
		needs: "release",
		evaluate: ({ release, now }) => skippedIfUrgent(rolloutGate(release, now), release)
	},
	{
		name: () => "soak time",
		needs: "release",
		evaluate: ({ release, target, now }) => skippedIfUrgent(soakGate(release, target, now), release)
	},
	{
		name: ({ source }) => `adoption in ${source}`,
		needs: "release",
		evaluate: (facts) => {
			const verdict = adoptionGate(facts.release, facts);
			return verdict === void 0 ? void 0 : skippedIfUrgent(verdict, facts.release);
		}
	},
	{
		name: () => "evidence",
		needs: "release",
		evaluate: ({ release }) => evidenceGate(release.record)
	},
	{
		name: () => "base upstream",
		needs: "state",
		evaluate: ({ guidance, release, now }) => upstreamGate(guidance, release.record.baseVersion, now)
	},
	{
		name: ({ target }) => `newer than ${target.name}`,
		needs: "state",
		evaluate: ({ release, target, to }) => orderGate(release.record, target.name, to)
	},
	{
		name: () => "merge",
		needs: "merge",
		evaluate: ({ forecast }) => mergeGate(forecast)
	},
	{
		name: () => "image",
		needs: "registry",
		evaluate: ({ mergedImage }) => imageGate(mergedImage)
	},
	{
		name: () => "vulnerabilities",
		needs: "registry",
		evaluate: ({ target, scans, now }) => vulnerabilityGate(target.vulnerabilities, scans, now)
	},
	{
		name: () => "template",
		needs: "merge",
		evaluate: ({ template }) => templateGate(template)
	},
	{
		name: () => "branch",
		needs: "merge",
		evaluate: ({ outdatedBranch, release }) => branchGate(outdatedBranch, release.record.commit)
	}
];
/** The gates that need only what the source fleet knows about a release. */
function evaluateReleaseGates(facts) {
	return evaluate((gate) => gate.needs === "release" ? resultOf(gate, facts) : void 0);
}
/** The gates that need neither the merge nor the registry. */
function evaluateStateGates(facts) {
	return evaluate((gate) => gate.needs === "release" || gate.needs === "state" ? resultOf(gate, facts) : void 0);
}
/** All gates. */
function evaluateAllGates(facts) {
	return evaluate((gate) => resultOf(gate, facts));
}
function evaluate(resultFor) {
	return promotionGates.map(resultFor).filter((result) => result !== void 0);
}
function resultOf(gate, facts) {
	const verdict = gate.evaluate(facts);
	return verdict === void 0 ? void 0 : {
		name: gate.name(facts),
		...verdict
	};
}
// src/release/gates/choose-release.ts
/**
* The newest release that has passed its own gates, so that a source that releases faster than its releases soak
* still promotes. Until one has passed, the one that will pass first. If every release waits for a person, the
* newest, so that people see why. A barrier that the target lacks comes before all newer releases.
* @returns undefined if the source has no release
*/
function chooseRelease(from, to, options) {
	const newest = from.releases.releases.at(-1)?.version;
	if (newest === void 0) return void 0;
	const candidates = untilBarrier(from, pendingReleases(from, to), to);
	const urgent = (version) => urgencyOf(from, to, version);
	const releases = candidates.map((record) => ({
		record,
		state: from,
		urgent: urgent(record.version)
	}));
	const chosen = releases.findLast((release) => isReady(evaluateReleaseGates({
		...options,
		source: "",
		release
	}))) ?? releases.map((release) => ({
		...release,
		at: earliestTime(release, options)
	})).filter(({ at }) => at !== void 0).sort((one, other) => one.at - other.at)[0] ?? releases.at(-1);
	return chosen === void 0 ? {
		version: newest,
		urgent: void 0
	} : {
		version: chosen.record.version,
		urgent: chosen.urgent
	};
}
/**
* The time at which all waiting gates of the release will be open.
* @returns UNIX seconds; undefined if a gate needs a person
*/
function earliestTime(release, { target, now }) {
	if (evaluateReleaseGates({
		source: "",
		target,
		release,
		now
	}).some((gate) => gate.state === "red" || gate.state === "waiting" && gate.until === void 0)) return;
	if (release.urgent !== void 0) return now;
	return Math.max(soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0);
}
/** Releases that the target may still get, oldest first. */
function pendingReleases(from, to) {
	const newest = to.records[to.releases.releases.at(-1)?.version ?? ""];
	const known = new Set(to.releases.releases.map(({ version }) => version));
	const gone = new Set((from.operations.withdrawn ?? []).map(({ version }) => version));
	return from.releases.releases.map(({ version }) => from.records[version]).filter((record) => record !== void 0).filter(({ version, created }) => !known.has(version) && !gone.has(version) && metadataOf(from.updates, version).deadend === void 0 && (newest === void 0 || Date.parse(created) > Date.parse(newest.created)));
}
/**
* The source's nodes all went through its barriers, so the target's nodes must too, unless this is their first
* release.
*/
function untilBarrier(from, pending, to) {
	if (to.releases.releases.length === 0) return pending;
	const barrier = pending.findIndex(({ version }) => metadataOf(from.updates, version).barrier !== void 0);
	return barrier < 0 ? pending : pending.slice(0, barrier + 1);
}
/**
* The release that will be promoted into a fleet next; undefined if there is none.
* @param options.to state of the fleet
* @param options.guidance of the base: undefined if it has none, an error if it cannot be read
* @param options.now UNIX seconds
*/
async function findPendingPromotion(project, target, options) {
	const { config, state } = project;
	const { to, now, guidance } = options;
	if (target.promoteFrom === void 0) return void 0;
	const source = findFleet(config, target.promoteFrom);
	const from = await state.readFleet(source.name);
	const chosen = chooseRelease(from, to, {
		target,
		now
	});
	const record = from.records[chosen?.version ?? ""];
	if (record === void 0 || to.releases.releases.some(({ version }) => version === record.version)) return;
	const request = await findPromotion(project, target);
	const gates = evaluateStateGates({
		source: source.name,
		target,
		release: {
			record,
			state: from,
			urgent: chosen?.urgent
		},
		to,
		freezeException: readLabel(request, "freeze-exception"),
		guidance,
		now
	});
	return {
		from: source.name,
		version: record.version,
		gates,
		...defined({ pullRequest: request })
	};
}
// src/release/gates/refuse-vulnerable.ts
init_errors();
/**
* The gate of vulnerabilities at the merge: the pull request shows it, and what was attached or found since counts too.
* @param options.accept lets the release pass; an acceptance that production has for the same objections does, too
* @returns what was accepted, if that was necessary
* @throws InputError if a vulnerability keeps the release out of the fleet
*/
async function refuseVulnerable(project, options) {
	const { client, config } = project;
	const { fleet, built, passed, accept, now } = options;
	const rule = fleet.vulnerabilities;
	if (rule === void 0) return void 0;
	const images = passed.map(({ architecture, image }) => ({
		architecture,
		digest: image.manifest.descriptor.digest,
		index: image.index?.digest
	}));
	const trust = trustOf(project);
	const repositories = [config.testImage, config.image];
	const objections = findObjections(rule, await scanImages(client, images, {
		repositories,
		trust
	}), now);
	if (objections.length === 0) return void 0;
	const accepts = objections.map(({ name }) => name);
	const about = {
		subject: built.digest,
		fleet: fleet.name
	};
	const known = (await findAcceptedVulnerabilities(client, config.image, about, trust)).find((each) => accepts.every((name) => each.accepts.includes(name)));
	if (known !== void 0) return {
		reason: known.reason,
		by: known.by,
		accepts,
		recorded: true
	};
	if (accept !== void 0) return {
		reason: accept.reason,
		by: accept.by,
		accepts,
		recorded: false
	};
	throw new InputError({
		where: formatReference(built),
		problem: `fleet ${fleet.name} does not take it: ${describeObjections(rule, objections)}`,
		expected: `a report of a scanner for each architecture, and nothing above ${rule.noneAbove}`,
		remedy: `Fix the image, or add an exception with an end to fleets.${fleet.name}.vulnerabilities in coxswain.yaml. If it cannot wait, promote-image takes --accept-vulnerabilities WHY, and records it.`
	});
}
export { readLabel as C, refuseFrozen as S, thawTime as T, requireNewer as _, unique as a, withoutUrgency as b, soakEnd as c, findPromotion as d, syncExternalHolds as f, requireCreated as g, passImage as h, evaluateAllGates as i, isReady as l, isoTime as m, findPendingPromotion as n, rolloutCompletion as o, createdOf as p, chooseRelease as r, rolloutStart as s, refuseVulnerable as t, nextGate as u, recordUrgency as v, freezeAt as w, findFreeze as x, urgencyOfBuild as y };
