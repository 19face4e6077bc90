import { $ as formatTime, C as oneLine, Q as formatDuration, ct as InputError, dt as init_errors, et as longestDuration, i as formatPercent, it as defined, nt as parseTime, st as nearest, ut as UsageError, w as plainLine } from "./host.mjs";
import { d as looseObject, g as string, m as record$1, n as _enum, r as array, s as date, t as datetime, v as union } from "./zod.mjs";
import { C as rolloutProgress, N as holdAt, S as rolloutPhase, W as tidy, _ as strandedByTidying, b as nextOpening, d as reachedAt, f as shareAt, g as strandedBy, h as listStranded, l as parseWhen, n as judgeRing, u as firstStep, w as resumedRollout, x as rolloutEnd } from "./guidance.mjs";
import { t as require_dist } from "./yaml.mjs";
import { isDeepStrictEqual } from "node:util";
import { createHash } from "node:crypto";
// src/release/operations/staged-rollout.ts
init_errors();
var import_dist = require_dist();
/** How a release opens ring by ring; undefined if it does not. */
function stagedOf({ operations }, version) {
	return operations.staged?.find((each) => each.version === version);
}
/** Replaces what is known about one staged rollout; undefined forgets it. */
function withStaged(state, version, staged) {
	const { staged: list = [], ...rest } = state.operations;
	if (staged === void 0 && !list.some((each) => each.version === version)) return state;
	const others = list.filter((each) => each.version !== version);
	const next = staged === void 0 ? others : [...others, staged];
	return {
		...state,
		operations: next.length === 0 ? rest : {
			...rest,
			staged: next
		}
	};
}
/** The plan of a rollout that was paused moves by the length of the pause, as the rollout itself does. */
function withResumedPlan(state, version, stood) {
	const staged = stagedOf(state, version);
	if (staged === void 0) return state;
	return withStaged(state, version, {
		...staged,
		rollout: resumedRollout(staged.rollout, stood)
	});
}
// src/release/operations/update-entries.ts
/** Position of a release; -1 if the fleet has no such release. */
function ageOf(state, version) {
	return state.releases.releases.findIndex((release) => release.version === version);
}
/** @throws InputError for a version that the fleet does not have */
function requireRelease(state, fleet, version) {
	if (ageOf(state, version) >= 0) return version;
	const versions = state.releases.releases.map((release) => release.version);
	const meant = nearest(version, versions);
	throw new InputError({
		field: "--version",
		problem: `fleet ${fleet} has no such release`,
		found: version,
		expected: versions.length === 0 ? "a release: this fleet has none yet" : `one such as ${versions.at(-1)}`,
		...defined({ remedy: meant && `Did you mean ${meant}?` })
	});
}
/** What the update metadata says about a version: several entries for it are merged, as upstream merges them. */
function metadataOf(updates, version) {
	const all = updates.releases.filter((entry) => entry.version === version).map((entry) => entry.metadata);
	const rollouts = all.map(({ rollout }) => rollout).filter((rollout) => rollout !== void 0);
	return {
		...Object.assign({}, ...all),
		...defined({ rollout: rollouts.length < 2 ? void 0 : Object.assign({}, ...rollouts) })
	};
}
/**
* Changes what is said about one version. It then has one entry, or none if there is nothing to say. New entries are
* inserted in the order of the releases, because of two completed rollouts upstream's clean() keeps the later one in
* the list. Completed rollouts are removed as upstream does, unless nodes would lose their update path.
* @param now UNIX seconds
*/
function setMetadata(state, version, said, now) {
	const { updates } = state;
	const own = updates.releases.filter((entry) => entry.version === version);
	const nothing = [
		said.rollout,
		said.barrier,
		said.deadend
	].every((part) => part === void 0);
	if (nothing && own.length === 0 ? true : own.length === 1 && isDeepStrictEqual(own[0]?.metadata, said)) return state;
	const others = updates.releases.filter((entry) => entry.version !== version);
	const first = updates.releases.findIndex((entry) => entry.version === version);
	const age = ageOf(state, version);
	const newer = others.findIndex((entry) => ageOf(state, entry.version) > age);
	const at = first >= 0 ? first : newer >= 0 ? newer : others.length;
	const entry = {
		...own.at(-1) ?? { version },
		version,
		metadata: said
	};
	const changed = {
		...updates,
		metadata: {
			...updates.metadata,
			"last-modified": formatTime(now)
		},
		releases: nothing ? others : [
			...others.slice(0, at),
			entry,
			...others.slice(at)
		]
	};
	const tidied = tidy(changed, now);
	const { releases } = state;
	const harmless = strandedByTidying({
		releases,
		updates: changed
	}, {
		releases,
		updates: tidied
	}, now).length === 0;
	return withRolloutEnd({
		...state,
		updates: harmless ? tidied : changed
	}, version, said);
}
/** The record keeps the end of a rollout after it is removed from the update metadata, so it follows each change. */
function withRolloutEnd(state, version, { rollout }) {
	const record = state.records[version];
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	if (record === void 0 || end === void 0 || record.rolloutEnd === end) return state;
	return {
		...state,
		records: {
			...state.records,
			[version]: {
				...record,
				rolloutEnd: end
			}
		}
	};
}
/** Versions that must not be offered: withdrawn, or paused. */
function withdrawnOrPaused({ operations }) {
	return new Set([...operations.withdrawn ?? [], ...operations.paused ?? []].map((each) => each.version));
}
/**
* A paused barrier is not in the update metadata and holds no node back, so nothing newer may be offered then.
* @param version a release, or the version of one that is to be added
* @throws InputError
*/
function refuseAroundPausedBarrier(state, fleet, version) {
	const age = ageOf(state, version);
	const barrier = (state.operations.paused ?? []).find((paused) => paused.entry.metadata.barrier !== void 0 && (age < 0 || ageOf(state, paused.version) < age));
	if (barrier === void 0) return;
	throw new InputError({
		where: `fleet ${fleet}`,
		problem: `the barrier ${barrier.version} is paused (${barrier.reason}; by ${barrier.by}), and nodes would go around it`,
		found: version,
		remedy: `Resume it first (coxswain edit-updates --fleet ${fleet} --action resume), or roll out a newer release as the barrier instead of it.`
	});
}
init_errors();
/**
* Takes rollouts out of the update metadata, as upstream pauses, and remembers them: no further node is offered the
* release, and the reached share is kept.
* @param options.version default: every rollout that is not complete
* @param options.duration seconds after which it goes on automatically
*/
function pause(state, order) {
	const { fleet, version, now } = order;
	const known = state.operations.paused ?? [];
	if (version !== void 0) requireRelease(state, fleet, version);
	const open = unfinishedRollouts(state, now).filter((each) => version === void 0 || each === version);
	const again = known.filter((each) => version === void 0 || each.version === version);
	if (open.length === 0 && again.length === 0) throw nothingToPause(state, order);
	let next = state;
	const done = [];
	for (const each of open) {
		next = pauseOne(next, each, order);
		const { progress } = (next.operations.paused ?? []).find((paused) => paused.version === each);
		done.push(`pause ${each} at ${formatPercent(progress)}`);
	}
	for (const each of again.filter((paused) => !open.includes(paused.version))) {
		const said = renewPause(each, order);
		if (said === each) continue;
		next = withPaused(next, [...(next.operations.paused ?? []).map((paused) => paused.version === each.version ? said : paused)]);
		done.push(`go on pausing ${each.version}`);
	}
	const until = order.duration === void 0 ? "" : ` until ${formatTime(now + order.duration)}`;
	if (done.length === 0) {
		const [first] = again;
		return {
			state,
			summary: `${first.version} is paused already, since ${formatTime(first.since)} by ${first.by} (${first.reason})`
		};
	}
	return {
		state: next,
		summary: `${done.join(", ")}${until}`,
		notes: ["no further node is offered it; nodes that run it stay on it, and nodes that have it staged already will boot it"]
	};
}
/** Resumes paused rollouts at the share that they had. @param order.version default: all that are paused */
function resume(state, order) {
	const { fleet, version, now } = order;
	if (version !== void 0) requireRelease(state, fleet, version);
	const paused = (state.operations.paused ?? []).filter((each) => version === void 0 || each.version === version);
	if (paused.length === 0) return {
		state,
		summary: `${version ?? "nothing"} is ${version === void 0 ? "" : "not "}paused`
	};
	let next = state;
	const warnings = [];
	const done = [];
	for (const each of paused) {
		const restored = resumeOne(next, each, now);
		next = restored.state;
		done.push(restored.summary);
		if (metadataOf(next.updates, each.version).deadend !== void 0) warnings.push(`${each.version} is a dead-end: nodes that take it get no further update`);
	}
	return {
		state: next,
		summary: done.join(", "),
		warnings
	};
}
/** Resumes what was paused only until a time that has passed. The same object if there is none. */
function endExpiredPauses(state, now) {
	let next = state;
	const done = [];
	for (const each of state.operations.paused ?? []) {
		if (each.until === void 0 || each.until > now) continue;
		if (each.held === true && holdAt(state.operations, now) !== void 0) continue;
		const restored = resumeOne(next, each, now);
		next = restored.state;
		done.push(`${restored.summary}: the pause ended ${formatTime(each.until)}`);
	}
	return {
		state: next,
		done
	};
}
/** UNIX seconds at which the next pause ends automatically. */
function nextPauseEnd(state) {
	const times = (state.operations.paused ?? []).map(({ until }) => until).filter((until) => until !== void 0);
	return times.length === 0 ? void 0 : Math.min(...times);
}
/** Versions with a rollout that is not complete, oldest first. */
function unfinishedRollouts(state, now) {
	return [...new Set(state.updates.releases.map((entry) => entry.version))].filter((version) => {
		const { rollout } = metadataOf(state.updates, version);
		return rollout !== void 0 && rolloutPhase(rollout, now) !== "complete";
	}).sort((one, other) => ageOf(state, one) - ageOf(state, other));
}
/** Forgets a pause without restoring anything. */
function forgetPause(state, version) {
	const paused = state.operations.paused ?? [];
	const left = paused.filter((each) => each.version !== version);
	return left.length === paused.length ? state : withPaused(state, left);
}
/** Pauses one rollout. @throws InputError for a barrier that nodes would go around */
function pauseOne(state, version, order) {
	const { fleet, reason, by, now, duration, held } = order;
	const { rollout, barrier, ...kept } = metadataOf(state.updates, version);
	if (barrier !== void 0) refuseBeforeTargets(state, fleet, version);
	const paused = {
		version,
		entry: {
			version,
			metadata: { ...defined({
				rollout,
				barrier
			}) }
		},
		since: now,
		progress: rollout === void 0 ? 0 : rolloutProgress(rollout, now),
		reason,
		by,
		at: now,
		...defined({
			until: duration === void 0 ? void 0 : now + duration,
			held: held === true ? held : void 0
		})
	};
	const without = forgetPause(setMetadata(state, version, kept, now), version);
	return withPaused(without, [...without.operations.paused ?? [], paused]);
}
/**
* A barrier without its rollout is offered to all nodes at once, and without the barrier nodes go around it. So the
* whole entry is removed, which is possible while nothing newer is offered.
*/
function refuseBeforeTargets(state, fleet, version) {
	const age = ageOf(state, version);
	const newer = state.updates.releases.find(({ version: other, metadata }) => ageOf(state, other) > age && (metadata.rollout !== void 0 || metadata.barrier !== void 0));
	if (newer === void 0) return;
	throw new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} is a barrier, and while it is paused nodes would go around it to ${newer.version}`,
		remedy: `Pause or withdraw ${newer.version} first.`
	});
}
/** Resumes one rollout at the share that it had. */
function resumeOne(state, paused, now) {
	const { version, since, entry } = paused;
	const said = metadataOf(state.updates, version);
	const forgotten = forgetPause(state, version);
	if (said.rollout !== void 0) return {
		state: forgotten,
		summary: `forget the pause of ${version}: it is rolled out again`
	};
	const { rollout } = entry.metadata;
	const resumed = rollout === void 0 ? void 0 : resumedRollout(rollout, {
		since,
		now
	});
	const next = setMetadata(withResumedPlan(forgotten, version, {
		since,
		now
	}), version, {
		...entry.metadata,
		...defined({ rollout: resumed }),
		...said
	}, now);
	const at = resumed === void 0 ? 0 : rolloutProgress(resumed, now);
	return {
		state: next,
		summary: `resume ${version} at ${formatPercent(at)}`
	};
}
/** The same reason again changes nothing, so that the same command can be run again. */
function renewPause(paused, { reason, by, now, duration }) {
	const asked = paused.until === void 0 ? void 0 : paused.until - paused.at;
	if (paused.held !== true && paused.reason === reason && asked === duration) return paused;
	const { until: _, held: __, ...rest } = paused;
	return {
		...rest,
		reason,
		by,
		at: now,
		...defined({ until: duration === void 0 ? void 0 : now + duration })
	};
}
/** Replaces the list of paused rollouts. */
function withPaused(state, paused) {
	const { paused: _, ...rest } = state.operations;
	return {
		...state,
		operations: paused.length === 0 ? rest : {
			...rest,
			paused
		}
	};
}
function nothingToPause(state, { fleet, version, now }) {
	const about = version ?? state.releases.releases.at(-1)?.version;
	const { rollout, barrier } = about === void 0 ? {} : metadataOf(state.updates, about);
	const complete = rollout !== void 0 && rolloutPhase(rollout, now) === "complete";
	const problem = version === void 0 ? "no rollout is in progress: there is nothing to pause" : complete ? `the rollout of ${version} is complete: every node has been offered it` : barrier !== void 0 ? `${version} is a barrier without a rollout: every older node has been offered it` : `${version} is not offered to any node`;
	return new InputError({
		where: `fleet ${fleet}`,
		problem,
		...defined({ remedy: complete || barrier !== void 0 ? `To take ${about} back from nodes that do not run it yet: --action withdraw --version ${about}.` : void 0 })
	});
}
init_errors();
/** Pauses every rollout that is not complete until the hold ends. Pauses by operators are not changed. */
function pauseForHold(state, order) {
	const { now, reason, by } = order;
	const until = holdAt(state.operations, now)?.until;
	const duration = until === void 0 ? void 0 : until - now;
	const summary = [];
	const warnings = [];
	let next = state;
	for (const version of unfinishedRollouts(state, now).toReversed()) {
		try {
			next = pauseOne(next, version, {
				...order,
				duration,
				held: true
			});
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			warnings.push(`the rollout of ${version} goes on: ${error.details.problem}`);
			continue;
		}
		const progress = next.operations.paused?.find((each) => each.version === version)?.progress ?? 0;
		summary.push(`pause ${version} at ${formatPercent(progress)}`);
	}
	const paused = next.operations.paused ?? [];
	const restated = paused.map((each) => {
		if (each.held !== true || each.reason === reason && each.until === until) return each;
		const { until: _, ...rest } = each;
		return {
			...rest,
			reason,
			by,
			at: now,
			...defined({ until })
		};
	});
	if (restated.some((each, index) => each !== paused[index])) next = withPaused(next, restated);
	return {
		state: next,
		summary,
		warnings
	};
}
/** Resumes what a hold had paused, unless there is another hold. */
function resumeAfterHold(state, now) {
	if (holdAt(state.operations, now) !== void 0) return {
		state,
		summary: [],
		warnings: []
	};
	let next = state;
	const summary = [];
	for (const paused of (state.operations.paused ?? []).filter(({ held }) => held === true)) {
		const resumed = resumeOne(next, paused, now);
		next = resumed.state;
		summary.push(resumed.summary);
	}
	return {
		state: next,
		summary,
		warnings: []
	};
}
init_errors();
/**
* Keeps new releases out of a fleet, and pauses its rollouts.
* @param order.duration seconds after which the hold ends automatically
* @param order.keepRollouts rollouts that have begun go on
*/
function hold(state, order) {
	const { reason, by, now, duration, keepRollouts = false } = order;
	const there = state.operations.hold;
	const inForce = there !== void 0 && (there.until ?? Number.POSITIVE_INFINITY) > now;
	const asked = there?.until === void 0 ? void 0 : there.until - there.at;
	const same = inForce && there.reason === reason && asked === duration;
	const held = same ? there : {
		reason,
		by,
		at: now,
		...defined({ until: duration === void 0 ? void 0 : now + duration })
	};
	const next = same ? state : {
		...state,
		operations: {
			...state.operations,
			hold: held
		}
	};
	const stopped = keepRollouts ? {
		state: next,
		summary: [],
		warnings: []
	} : pauseForHold(next, order);
	if (stopped.state === state) return {
		state,
		summary: `the fleet is held already: ${describeHold(held)}`
	};
	const until = held.until === void 0 ? "" : ` until ${formatTime(held.until)}`;
	return {
		state: stopped.state,
		summary: [`hold the fleet${until}`, ...stopped.summary].join(", "),
		notes: [keepRollouts ? "nothing is promoted into it, and no new release begins; rollouts that have begun go on" : "nothing is promoted into it, no new release begins, and its rollouts are paused until the hold ends"],
		warnings: stopped.warnings
	};
}
/** Lets new releases in again and resumes what the hold paused, unless something else holds the fleet. */
function releaseHold(state, { now }) {
	const { hold: there, ...rest } = state.operations;
	if (there === void 0) {
		const [stop] = state.operations.stops ?? [];
		return {
			state,
			summary: stop === void 0 ? "the fleet is not held" : `the fleet is held by the ${stop.source}: remove that (${stop.reason})`
		};
	}
	const expired = (there.until ?? Number.POSITIVE_INFINITY) <= now ? ", which had ended already" : "";
	const resumed = resumeAfterHold({
		...state,
		operations: rest
	}, now);
	const summary = [`release the hold of ${there.by}${expired}`, ...resumed.summary].join(", ");
	const [stop] = rest.stops ?? [];
	return {
		state: resumed.state,
		summary,
		...defined({ warnings: stop === void 0 ? void 0 : [`the ${stop.source} still holds it: ${stop.reason}`] })
	};
}
/**
* Copies the holds that are set elsewhere (labels, files) to the state branch: a new one stops the fleet, a removed
* one lets it go on.
*/
function applyExternalHolds(state, order, found) {
	const { fleet, now } = order;
	const known = state.operations.stops ?? [];
	const stops = found.filter((stop) => (stop.until ?? Number.POSITIVE_INFINITY) > now).map((stop) => known.find((each) => sameExternalHold(each, stop)) ?? stop);
	const { stops: _, ...rest } = state.operations;
	const next = stops.length === known.length && stops.every((stop) => known.includes(stop)) ? state : {
		...state,
		operations: stops.length === 0 ? rest : {
			...rest,
			stops
		}
	};
	const [first] = stops;
	const moved = first === void 0 ? resumeAfterHold(next, now) : pauseForHold(next, {
		...first,
		fleet,
		now
	});
	if (moved.state === state) return {
		state,
		summary: "nothing was held or released elsewhere"
	};
	const said = first === void 0 ? "release what was held elsewhere" : `hold the fleet (${first.source})`;
	return {
		state: moved.state,
		summary: [said, ...moved.summary].join(", "),
		warnings: moved.warnings ?? []
	};
}
function sameExternalHold(one, other) {
	return one.source === other.source && one.reason === other.reason && one.until === other.until;
}
/** @throws InputError when the fleet is held. */
function refuseHeld(state, options) {
	const { fleet, now } = options;
	const there = holdAt(state.operations, now);
	if (there === void 0) return;
	throw new InputError({
		notYet: true,
		where: `fleet ${fleet}`,
		problem: `the fleet is held, so nothing is promoted into it: ${describeHold(there)}`,
		remedy: state.operations.hold === void 0 ? "When that is over, remove what holds it, and run coxswain open-promotion." : `When that is over: coxswain edit-updates --fleet ${fleet} --action release-hold`
	});
}
/** `the kernel panics (Ada, 2026-07-21T14:00:00Z, until …)` */
function describeHold({ reason, by, at, until }) {
	return `${reason} (by ${by} on ${formatTime(at)}${until === void 0 ? "" : `, until ${formatTime(until)}`})`;
}
// src/release/operations/mark-release.ts
init_errors();
/** Makes a release a barrier: older nodes must pass through it. */
function markBarrier(state, order) {
	const { fleet, version, reason, now } = order;
	requireRelease(state, fleet, version);
	const said = metadataOf(state.updates, version);
	if (said.deadend !== void 0) throw exclusive(fleet, version, "a dead-end", "a barrier", said.deadend.reason);
	const isPaused = state.operations.paused?.find((each) => each.version === version);
	const gone = isPaused ?? state.operations.withdrawn?.find((each) => each.version === version);
	if (gone !== void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `nobody is offered ${version} since ${formatTime(gone.at)} (${gone.reason}; by ${gone.by}), and older nodes must be offered a barrier`,
		remedy: `Roll it out first (--action ${isPaused === void 0 ? "rollout --force" : "resume"}), or make another release the barrier.`
	});
	if (said.barrier?.reason === reason) return {
		state,
		summary: `${version} is a barrier for this reason already`
	};
	const age = state.releases.releases.findIndex((release) => release.version === version);
	const older = state.releases.releases.slice(0, age).length;
	return {
		state: setMetadata(state, version, {
			...said,
			barrier: {
				...said.barrier,
				reason
			}
		}, now),
		summary: `make ${version} a barrier`,
		notes: [said.rollout === void 0 ? `every node on the ${older} older releases is offered it at once, and goes on from there` : `nodes on the ${older} older releases go to it, as its rollout lets them, and on from there`]
	};
}
/** Makes a release a dead-end: nodes on it get no further update. */
function markDeadend(state, order) {
	const { fleet, version, reason, now } = order;
	requireRelease(state, fleet, version);
	const said = metadataOf(state.updates, version);
	if (said.barrier !== void 0) throw exclusive(fleet, version, "a barrier", "a dead-end", said.barrier.reason);
	if (said.deadend?.reason === reason) return {
		state,
		summary: `${version} is a dead-end for this reason already`
	};
	return {
		state: setMetadata(state, version, {
			...said,
			deadend: {
				...said.deadend,
				reason
			}
		}, now),
		summary: `make ${version} a dead-end`,
		notes: ["nodes on it get no further update, and show the reason to everyone who logs in"],
		warnings: said.rollout === void 0 ? [] : [`${version} is still offered: more nodes go into this dead-end. --action withdraw stops that`]
	};
}
function exclusive(fleet, version, is, asked, reason) {
	return new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} is ${is} already (${reason}), and no release is both: nodes would have to update to a release that they cannot leave`,
		found: asked,
		remedy: "If the mark is wrong, remove it from updates.json by a commit on the state branch."
	});
}
init_errors();
/** A rollout that began in the past would be part of the way at once. UNIX seconds. @throws InputError */
function refusePastStart(start, now, remedy) {
	if (start >= now) return;
	throw new InputError({
		field: "--start",
		problem: `this start is ${formatDuration(now - start)} ago: part of the nodes would be offered it at once`,
		found: formatTime(start),
		expected: "now, or a later time",
		...defined({ remedy })
	});
}
// src/release/operations/reschedule.ts
init_errors();
/**
* Moves the end of a rollout, and its start until it has begun. A rollout in progress keeps the share of nodes that it
* has reached, and goes on from there in a straight line to the new end: no node loses its offer.
* @param order.version default: the only rollout that is not complete
* @param order.start UNIX seconds; default: as it is
* @param order.end UNIX seconds at which every node is offered the release; counted in whole minutes from the start
*/
function reschedule(state, order) {
	const { fleet, now, end } = order;
	const version = chooseRollout(state, order);
	const said = metadataOf(state.updates, version);
	const rollout = requireRollout(state, order, version);
	const phase = rolloutPhase(rollout, now);
	if (phase === "complete") throw new InputError({
		where: `fleet ${fleet}`,
		problem: `the rollout of ${version} is complete: every node is offered it`
	});
	const staged = rollout.duration_minutes === void 0 ? stagedOf(state, version) : void 0;
	const plan = staged?.rollout ?? rollout;
	const moved = phase === "scheduled" ? moveWhole(plan, order) : moveEnd(rollout, {
		...order,
		planned: rolloutEnd(plan)
	});
	if (moved === plan || moved === rollout) return {
		state,
		summary: `${version} is complete on ${formatTime(end)} already`
	};
	const reached = rolloutProgress(rollout, now);
	const newEnd = rolloutEnd(moved);
	return {
		state: staged === void 0 || phase === "scheduled" ? setMetadata(withStaged(state, version, void 0), version, {
			...said,
			rollout: moved
		}, now) : withStaged(state, version, {
			...staged,
			rollout: moved
		}),
		summary: phase === "scheduled" ? `reschedule ${version} to ${formatTime(moved.start_epoch)} until ${formatTime(newEnd)}` : `reschedule ${version}: from ${formatPercent(reached)} now to all nodes on ${formatTime(newEnd)}`,
		notes: phase === "scheduled" ? [] : ["nodes that are offered it already stay offered it; a soak time that counts from the start of the rollout counts from now"]
	};
}
function chooseRollout(state, { fleet, version, now }) {
	if (version !== void 0) return requireRelease(state, fleet, version);
	const open = unfinishedRollouts(state, now);
	const [only] = open;
	if (only !== void 0 && open.length === 1) return only;
	throw new InputError({
		field: "--version",
		problem: open.length === 0 ? `fleet ${fleet} has no rollout that is scheduled or in progress` : `fleet ${fleet} has several rollouts that are not complete`,
		expected: open.length === 0 ? "a rollout to move" : `one of ${open.join(", ")}`
	});
}
function requireRollout(state, { fleet }, version) {
	const { rollout } = metadataOf(state.updates, version);
	if (rollout !== void 0) return rollout;
	const paused = state.operations.paused?.find((each) => each.version === version);
	throw new InputError({
		where: `fleet ${fleet}`,
		problem: paused === void 0 ? `${version} has no rollout` : `the rollout of ${version} is paused (${paused.reason}; by ${paused.by})`,
		remedy: paused === void 0 ? "Give it one: --action rollout." : "Resume it first: --action resume."
	});
}
/** For a rollout before its start. */
function moveWhole(rollout, { now, start: wanted, end }) {
	const start = wanted ?? rollout.start_epoch ?? now;
	refusePastStart(start, now);
	refuseEnd(end, {
		after: start,
		now
	});
	const minutes = wholeMinutes$1(end - start);
	return start === rollout.start_epoch && minutes === rollout.duration_minutes ? rollout : {
		...rollout,
		start_epoch: start,
		duration_minutes: minutes
	};
}
/** For a rollout after its start. @param order.planned when it is to be complete until now */
function moveEnd(rollout, { now, start, end, planned: there }) {
	const begun = rollout.start_epoch ?? 0;
	if (start !== void 0 && start !== begun) throw new InputError({
		field: "--start",
		problem: "the rollout has begun, and its start cannot be moved: nodes would lose their offer",
		found: formatTime(start),
		expected: `${formatTime(begun)}, or no start`,
		remedy: "Move its end only. To begin again at 0 %: --action rollout --force."
	});
	refuseEnd(end, {
		after: now,
		now
	});
	if (there !== void 0 && Math.abs(there - end) < 30) return rollout;
	const reached = Math.min(1, Math.ceil(rolloutProgress(rollout, now) * 1e6) / 1e6);
	return {
		...rollout,
		start_epoch: now,
		start_percentage: reached,
		duration_minutes: wholeMinutes$1(end - now)
	};
}
function refuseEnd(end, { after, now }) {
	if (end > after && end <= now + 31536e4) return;
	throw new InputError({
		field: "--end",
		problem: end > after ? "this end is too far away" : "the end must come after the start, and after now",
		found: formatTime(end),
		expected: `a time after ${formatTime(after)}, in the next ${formatDuration(longestDuration)}`
	});
}
function wholeMinutes$1(seconds) {
	return Math.max(1, Math.round(seconds / 60));
}
// src/release/operations/ring-steps.ts
/**
* Moves the rollouts of a fleet from ring to ring. What the update metadata says afterwards opens no ring by time alone
* until all rings with a threshold have done well: so files that nobody renders again, and nodes that compute their own
* graph, hold the later rings back too. A rollout that a person wrote into the update metadata is held back likewise.
* @param options.fresh a release whose rollout is new, even if it says that it is complete
* @param options.judge default: no ring has done well
* @param options.now UNIX seconds
*/
function stepRings(before, rings, options) {
	const { now, fresh } = options;
	let state = before;
	const done = [];
	const unfinished = unfinishedRollouts(state, now);
	const versions = fresh === void 0 || unfinished.includes(fresh) ? unfinished : [...unfinished, fresh];
	for (const version of versions) {
		const step = stepOne(state, version, {
			...options,
			rings
		});
		state = step.state;
		done.push(...step.done);
	}
	return {
		state: forgetFinished(state, versions),
		done
	};
}
/** The rings that rollouts of a fleet wait for now, the oldest release first. @param now UNIX seconds */
function waitingRings(state, rings, now) {
	return unfinishedRollouts(state, now).flatMap((version) => {
		const staged = stagedOf(state, version);
		const { rollout } = metadataOf(state.updates, version);
		if (staged === void 0 || rollout === void 0) return [];
		const waiting = waitingRing(staged, rollout, {
			rings,
			now
		});
		return waiting === void 0 ? [] : [waiting];
	});
}
/** A person lets the ring pass that a rollout waits for. @returns undefined if none waits */
function openNextRing(state, order) {
	const { rings, now, by, reason = "opened by an operator" } = order;
	const passed = /* @__PURE__ */ new Set();
	const judge = ({ version }) => {
		if (passed.has(version) || (order.version ?? version) !== version) return void 0;
		passed.add(version);
		return {
			reason,
			by,
			at: now
		};
	};
	const steps = stepRings(state, rings, {
		now,
		judge
	});
	return passed.size === 0 ? void 0 : {
		state: steps.state,
		summary: steps.done.join(", ")
	};
}
function stepOne(state, version, context) {
	const { rings, now, judge } = context;
	const offered = metadataOf(state.updates, version).rollout;
	if (offered === void 0) return {
		state,
		done: []
	};
	const known = stagedOf(state, version);
	const gates = rings?.gates ?? [];
	const isReplaced = offered.duration_minutes !== void 0 && closedGates(known, gates).length > 0;
	const begun = known === void 0 || isReplaced ? begin(version, offered, {
		...context,
		gates
	}) : void 0;
	let staged = begun?.staged ?? (isReplaced ? void 0 : known);
	if (staged === void 0) return {
		state: withStaged(state, version, void 0),
		done: []
	};
	let rollout = begun?.rollout ?? offered;
	const done = begun === void 0 ? [] : [`${version} opens ring by ring`];
	for (let waiting = waitingRing(staged, rollout, context); waiting !== void 0;) {
		const verdict = judge?.(waiting, state);
		if (verdict === void 0) break;
		const passed = {
			ring: waiting.ring,
			...verdict
		};
		staged = {
			...staged,
			passed: [...staged.passed, passed],
			rollout: goOn(staged.rollout, waiting, now)
		};
		done.push(`pass ${waiting.ring} with ${version}`);
		waiting = waitingRing(staged, rollout, context);
	}
	const share = rollout.start_percentage ?? 0;
	const [next] = closedGates(staged, gates);
	if (next === void 0) {
		if (rollout.duration_minutes === void 0) {
			rollout = goOn(staged.rollout, { wariness: share }, now);
			staged = {
				...staged,
				rollout
			};
		}
	} else if ((rollout.start_epoch ?? 0) <= now) {
		const limits = {
			cap: next.wariness,
			steps: rings?.steps ?? []
		};
		const wanted = shareAt(staged.rollout, limits, share, now);
		if (wanted > share) {
			rollout = {
				...rollout,
				start_percentage: wanted
			};
			done.push(`open ${version} to ${formatPercent(wanted)}`);
		}
	}
	if (rollout !== offered) staged = {
		...staged,
		at: now
	};
	const after = staged === known ? state : withStaged(state, version, staged);
	return {
		state: setMetadata(after, version, {
			...metadataOf(after.updates, version),
			rollout
		}, now),
		done
	};
}
/** Makes a rollout one that opens ring by ring; undefined if no ring has to do well any more. */
function begin(version, plan, { rings, gates, now, fresh }) {
	const isNew = version === fresh || (plan.start_epoch ?? 0) >= now;
	const reached = rolloutProgress(plan, now);
	if (!isNew && plan.duration_minutes === void 0) return void 0;
	const staged = {
		version,
		rollout: plan,
		passed: isNew ? [] : gates.filter(({ wariness }) => wariness < reached).map(({ ring }) => ({
			ring,
			reason: "the rings after it were offered the release before it had a threshold",
			by: "coxswain",
			at: now
		})),
		at: now
	};
	const [next] = closedGates(staged, gates);
	if (next === void 0) return void 0;
	const limits = {
		cap: next.wariness,
		steps: rings?.steps ?? []
	};
	return {
		staged,
		rollout: isNew ? firstStep(plan, limits) : {
			start_epoch: plan.start_epoch ?? 0,
			start_percentage: reached
		}
	};
}
/** The gates that are closed, the earliest first. */
function closedGates(staged, gates) {
	if (staged === void 0) return [];
	const passed = new Set(staged.passed.map(({ ring }) => ring));
	return gates.filter(({ ring }) => !passed.has(ring)).sort((one, other) => one.wariness - other.wariness);
}
/** The ring that is offered the release, as planned, and did not do well yet. */
function waitingRing(staged, offered, { rings, now }) {
	const [next] = closedGates(staged, rings?.gates ?? []);
	if (next === void 0 || next.wariness > rolloutProgress(offered, now)) return void 0;
	const reached = reachedAt(staged.rollout, next.wariness);
	if (reached === void 0 || reached > now) return void 0;
	const since = Math.max(reached, staged.at, ...staged.passed.map(({ at }) => at));
	return {
		...next,
		version: staged.version,
		since
	};
}
/** The plan goes on from a wariness now, however long it waited there. */
function goOn(plan, { wariness }, now) {
	const since = reachedAt(plan, wariness);
	return since === void 0 ? plan : resumedRollout(plan, {
		since,
		now
	});
}
/** A rollout that is complete, withdrawn or removed needs no plan; a paused one goes on by it. */
function forgetFinished(state, unfinished) {
	const kept = /* @__PURE__ */ new Set([...unfinished, ...(state.operations.paused ?? []).map(({ version }) => version)]);
	return (state.operations.staged ?? []).filter(({ version }) => !kept.has(version)).reduce((next, { version }) => withStaged(next, version, void 0), state);
}
init_errors();
/**
* Withdraws a release: it is no longer offered to any node. It stays in the graph, so that nodes which run it can
* still update.
* @param order.force even if nodes then have no update path, or go around a barrier
* @throws InputError if nodes would lose their update path
*/
function withdraw(state, order) {
	const { fleet, version, reason, by, now, force } = order;
	requireRelease(state, fleet, version);
	const list = state.operations.withdrawn ?? [];
	const { rollout, barrier, ...kept } = metadataOf(state.updates, version);
	const offered = rollout !== void 0 || barrier !== void 0;
	const known = list.find((each) => each.version === version);
	const pausedEntry = state.operations.paused?.find((each) => each.version === version)?.entry.metadata;
	const wasBarrier = barrier ?? pausedEntry?.barrier;
	if (known !== void 0 && !offered && known.reason === reason) return {
		state,
		summary: `${version} is withdrawn already, since ${formatTime(known.at)} by ${known.by}`
	};
	if (wasBarrier !== void 0 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} is a barrier (${wasBarrier.reason}): without it, older nodes go straight to newer releases`,
		remedy: "Make a newer release with the same content the barrier first (--action barrier), or withdraw this one with --force."
	});
	const metadata = offered ? defined({
		rollout,
		barrier
	}) : pausedEntry;
	const entry = metadata === void 0 || Object.keys(metadata).length === 0 ? known?.entry : {
		version,
		metadata
	};
	const record = {
		version,
		reason,
		by,
		at: now,
		...defined({ entry })
	};
	const without = forgetPause(setMetadata(state, version, kept, now), version);
	const next = {
		...without,
		operations: {
			...without.operations,
			withdrawn: [...list.filter((each) => each.version !== version), record]
		}
	};
	const stranded = strandedBy(state, next, { retired: withdrawnOrPaused(next) });
	if (stranded.length > 0 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `without ${version}, no update is left for nodes on ${listStranded(stranded)}`,
		remedy: `Give them another release first (--action rollout --version ${stranded[0]?.goal} --duration …), or withdraw with --force.`
	});
	return {
		state: next,
		summary: `withdraw ${version}`,
		notes: ["it is no longer offered to any node; nodes that run it stay on it until a newer release is rolled out; they get that like any other node"],
		warnings: [...stranded.length === 0 ? [] : [`no way forward for nodes on ${listStranded(stranded)}`], ...wasBarrier === void 0 ? [] : [`it was a barrier (${wasBarrier.reason}): older nodes go around it now`]]
	};
}
/** Removes the mark that a release was withdrawn. */
function withoutWithdrawal(state, version) {
	const { withdrawn = [], ...rest } = state.operations;
	const left = withdrawn.filter((each) => each.version !== version);
	if (left.length === withdrawn.length) return state;
	return {
		...state,
		operations: left.length === 0 ? rest : {
			...rest,
			withdrawn: left
		}
	};
}
// src/release/operations/roll-out.ts
init_errors();
/**
* Gives a release a new rollout. Barrier and dead-end marks stay.
* @param order.version default: the fleet's newest release
* @param order.start UNIX seconds
* @param order.duration seconds, whole minutes
* @param order.force also for a withdrawn release, and to start again if the same rollout is in progress
*/
function rollOut(state, order) {
	const { fleet, start, duration, now, force } = order;
	const version = requireRelease(state, fleet, order.version ?? state.releases.releases.at(-1)?.version ?? "any release");
	const withdrawn = state.operations.withdrawn?.find((each) => each.version === version);
	if (withdrawn !== void 0 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `${version} was withdrawn on ${formatTime(withdrawn.at)} by ${withdrawn.by}: ${withdrawn.reason}`,
		remedy: "--force rolls it out anyway."
	});
	refuseAroundPausedBarrier(state, fleet, version);
	const said = metadataOf(state.updates, version);
	const rollout = {
		duration_minutes: Math.ceil(duration / 60),
		start_epoch: start,
		start_percentage: 0
	};
	const there = said.rollout;
	if (!force && there !== void 0 && sameButBegun(there, rollout, now)) return {
		state,
		summary: `${version} rolls out like that already, since ${formatTime(there.start_epoch ?? 0)}`
	};
	refusePastStart(start, now, "For a faster rollout, start now with a shorter --duration.");
	if (start > now + 31536e4) throw new InputError({
		field: "--start",
		problem: `this start is ${formatDuration(start - now)} away`,
		found: formatTime(start),
		expected: `a time in the next ${formatDuration(longestDuration)}`
	});
	const reached = there === void 0 ? 0 : rolloutProgress(there, now);
	if (reached >= 1 && !force) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `the rollout of ${version} is complete: every node is offered it. Another rollout would begin at 0 %, and withdraw the offer from every node that has not updated yet`,
		remedy: "If you want that: --force. To offer it to all nodes, do nothing."
	});
	const next = withoutWithdrawal(forgetPause(setMetadata(state, version, {
		...said,
		rollout
	}, now), version), version);
	const other = unfinishedRollouts(next, now).filter((each) => each !== version);
	return {
		state: next,
		summary: `${there === void 0 ? "roll out" : "roll out again"} ${version} from ${formatTime(start)} over ${formatDuration(duration)}`,
		warnings: [
			...other.length === 0 ? [] : [`another rollout is not complete yet: ${other.join(", ")}`],
			...reached === 0 ? [] : [`its rollout had reached ${formatPercent(reached)} of the nodes: it begins again at 0 %`],
			...said.deadend === void 0 ? [] : [`${version} is a dead-end: nodes that take it get no further update`]
		]
	};
}
function sameButBegun(there, wanted, now) {
	if (there.duration_minutes !== wanted.duration_minutes || (there.start_percentage ?? 0) !== 0) return false;
	if (there.start_epoch === wanted.start_epoch) return true;
	return rolloutPhase(there, now) === "in progress" && wanted.start_epoch === now;
}
// src/release/operations/edit-fleet.ts
/**
* Applies an action to a fleet's state. It also ends pauses whose time is over, and opens rings whose time has come.
* @param rings the rings that have to do well before the next ones open
*/
function editState(before, order, action, rings) {
	const current = endExpiredPauses(before, order.now);
	const edit = holdRingsBack(apply(current.state, order, action, rings), order.now, rings);
	if (current.done.length === 0) return edit;
	const done = edit.state === current.state ? [] : [edit.summary];
	return {
		...edit,
		summary: [...done, ...current.done].join("; "),
		notes: edit.state === current.state ? [edit.summary] : edit.notes ?? []
	};
}
/**
* Does an action: one commit on the state branch, or none if there is nothing to change.
* @param options.rehearse report what would change, and change nothing
* @throws InputError if the action is not possible
*/
async function editFleet(state, order, action, options) {
	let edit;
	const change = (before) => {
		edit = editState(before, order, action, state.ringGates(order.fleet));
		return edit.state;
	};
	const answer = (rest) => ({
		fleet: order.fleet,
		action: action.kind,
		summary: edit?.summary ?? "",
		notes: edit?.notes ?? [],
		warnings: edit?.warnings ?? [],
		...rest
	});
	if (options.rehearse) {
		const files = await state.previewFleet(order.fleet, change);
		return answer({
			changed: files.length > 0,
			stateCommit: void 0,
			files
		});
	}
	const message = () => commitMessage(order, edit?.summary ?? action.kind, action.reason);
	const { changed, commit } = await state.changeFleet(order.fleet, message, change);
	return answer({
		changed,
		stateCommit: commit
	});
}
/** Subject, reason, who. */
function commitMessage(order, summary, reason) {
	return [
		`${order.fleet}: ${summary}`,
		"",
		...reason === void 0 ? [] : [`Reason: ${oneLine(reason)}`],
		`By: ${order.by}`,
		""
	].join("\n");
}
function holdRingsBack(edit, now, rings) {
	const { state, done } = stepRings(edit.state, rings, { now });
	return state === edit.state ? edit : {
		...edit,
		state,
		summary: [edit.summary, ...done].join("; ")
	};
}
function apply(state, order, action, rings) {
	switch (action.kind) {
		case "rollout": return rollOut(state, {
			...action,
			...order
		});
		case "reschedule": return reschedule(state, {
			...action,
			...order
		});
		case "pause": return pause(state, {
			...action,
			...order
		});
		case "resume": {
			const resumed = resume(state, {
				...action,
				...order
			});
			if (resumed.state !== state) return resumed;
			return openNextRing(state, {
				...action,
				...order,
				rings
			}) ?? resumed;
		}
		case "barrier": return markBarrier(state, {
			...action,
			...order
		});
		case "deadend": return markDeadend(state, {
			...action,
			...order
		});
		case "withdraw": return withdraw(state, {
			...action,
			...order
		});
		case "hold": return hold(state, {
			...action,
			...order
		});
		case "release-hold": return releaseHold(state, order);
	}
}
// src/release/operations/operator.ts
init_errors();
/** A reason is a sentence or an address: it is shown on nodes, in tables, and in the subject of mails. */
const longestReason = 1e3;
/**
* An operator's text on one line, for commits, pull requests, the dashboard and terminals.
* @param field the flag that it comes from
* @throws InputError for control characters, which could steer a terminal, and for a text that is too long
*/
function readStatement(text, field) {
	const line = oneLine(text).replaceAll(/\s+/g, " ").trim();
	if (/[\p{Cc}\p{Bidi_Control}]/u.test(line)) throw new InputError({
		field,
		problem: "control characters cannot be part of this text",
		found: line.slice(0, 100),
		expected: "a sentence, or the URL of an issue"
	});
	if (line.length <= longestReason) return line;
	throw new InputError({
		field,
		problem: "this text is too long",
		found: `${line.length} characters`,
		expected: `at most ${longestReason}`,
		remedy: "Write the details into an issue, and give its URL."
	});
}
/** The same for a text that cannot be refused, such as a label: control characters are dropped, and the text is cut. */
function cleanStatement(text) {
	return plainLine(text, longestReason);
}
/**
* Name of the person who acts: as given, or git's identity. The mail address is left out, because the name appears in
* pull requests and on the public dashboard.
* @throws InputError if neither gives a name
*/
async function findOperator(git, given) {
	const said = given === void 0 ? "" : withoutAddress(readStatement(given, "--by"));
	if (said !== "") return said;
	const identity = await git.try([
		"-c",
		"user.useConfigOnly=true",
		"var",
		"GIT_AUTHOR_IDENT"
	]);
	const known = identity === void 0 ? "" : withoutAddress(identity.replace(/ \d+ [+-]\d{4}$/, ""));
	if (known !== "") return cleanStatement(known);
	throw new InputError({
		field: "--by",
		problem: "git does not know your name, and the commit must say who acts",
		remedy: "Say --by NAME, or git config user.name and user.email."
	});
}
/** `Ada <ada@example.com>` → `Ada` */
function withoutAddress(text) {
	return text.replaceAll(/<[^<>]*>/g, "").replaceAll(/\s+/g, " ").trim();
}
init_errors();
/** What each action needs, and what it takes besides: one list, also for help, completion and forms. */
const actionInputs = {
	rollout: {
		needs: ["duration"],
		may: [
			"version",
			"start",
			"reason",
			"force"
		]
	},
	reschedule: {
		needs: ["end"],
		may: [
			"version",
			"start",
			"reason"
		]
	},
	pause: {
		needs: ["reason"],
		may: ["version", "for"]
	},
	resume: {
		needs: [],
		may: ["version", "reason"]
	},
	barrier: {
		needs: ["version", "reason"],
		may: []
	},
	deadend: {
		needs: ["version", "reason"],
		may: []
	},
	withdraw: {
		needs: ["version", "reason"],
		may: ["force"]
	},
	hold: {
		needs: ["reason"],
		may: ["for", "keep-rollouts"]
	},
	"release-hold": {
		needs: [],
		may: ["reason"]
	}
};
/** Every action. */
const kinds = Object.keys(actionInputs);
/** After these actions a new node may get another release, so the floating tags have to follow. */
const changesOffer = [
	"rollout",
	"deadend",
	"withdraw",
	"release-hold"
];
const names = [
	"version",
	"start",
	"end",
	"duration",
	"reason",
	"for",
	"force",
	"keep-rollouts"
];
/**
* Reads an action from what a person gave.
* @param now UNIX seconds; times such as `+2h` count from it
* @throws UsageError for something that the action needs and does not get, or gets and does not take
* @throws InputError for a value that cannot be read
*/
function readAction(kind, given, now) {
	const { needs, may } = actionInputs[kind];
	for (const name of names) {
		const isGiven = given[name] !== void 0 && given[name] !== false;
		if (!isGiven && needs.includes(name)) throw new UsageError(`--action ${kind} needs --${name}`);
		if (isGiven && !needs.includes(name) && !may.includes(name)) throw new UsageError(`--action ${kind} takes no --${name}`);
	}
	const reason = readStatement(given.reason ?? "", "--reason");
	if (needs.includes("reason") && reason === "") throw new UsageError(`--action ${kind} needs a --reason`);
	const version = defined({ version: given.version });
	const why = defined({ reason: given.reason === void 0 ? void 0 : reason });
	const lasting = defined({ duration: given.for === void 0 ? void 0 : positive(given.for, "for") });
	const required = given.version ?? "";
	switch (kind) {
		case "rollout": return {
			kind,
			...version,
			...why,
			start: parseWhen(given.start ?? "now", now, { field: "--start" }),
			duration: wholeMinutes(given.duration ?? 0),
			force: given.force
		};
		case "reschedule": return {
			kind,
			...version,
			...why,
			...defined({ start: given.start === void 0 ? void 0 : parseWhen(given.start, now, { field: "--start" }) }),
			end: parseWhen(given.end ?? "", now, { field: "--end" })
		};
		case "pause": return {
			kind,
			...version,
			reason,
			...lasting
		};
		case "resume": return {
			kind,
			...version,
			...why
		};
		case "barrier":
		case "deadend": return {
			kind,
			version: required,
			reason
		};
		case "withdraw": return {
			kind,
			version: required,
			reason,
			force: given.force
		};
		case "hold": return {
			kind,
			reason,
			...lasting,
			keepRollouts: given["keep-rollouts"]
		};
		case "release-hold": return {
			kind,
			...why
		};
	}
}
function positive(seconds, name) {
	if (seconds > 0) return seconds;
	throw new InputError({
		field: `--${name}`,
		problem: "the time must be longer than 0",
		expected: "such as 6h"
	});
}
function wholeMinutes(seconds) {
	if (seconds > 0 && seconds % 60 === 0) return seconds;
	throw new InputError({
		field: "--duration",
		problem: "update metadata counts whole minutes, at least one",
		found: `${seconds} s`,
		expected: "such as 48h"
	});
}
init_errors();
const fileSchema = looseObject({
	reason: string().optional(),
	by: string().optional(),
	until: union([string(), date()]).optional()
});
/** Folder of the files that hold fleets. */
const holdFolder = ".coxswain/hold";
/** File that holds a fleet while it is on the fleet's branch. */
function holdFile(fleet) {
	return `${holdFolder}/${fleet}.yaml`;
}
/**
* Files that name no fleet. Hidden files and a README are allowed.
* @param names names of the files in the folder
*/
function unknownHoldFiles(names, fleets) {
	const known = fleets.map((fleet) => `${fleet}.yaml`);
	return names.filter((name) => !known.includes(name) && !name.startsWith(".") && !/^readme/i.test(name)).map((name) => {
		const meant = nearest(name.replace(/\.ya?ml$/i, ""), fleets);
		return {
			name,
			problem: `This file holds no fleet. The files that hold one are ${known.join(" and ")}.`,
			remedy: meant === void 0 ? "Give it the name of a fleet, or delete it." : `Did you mean ${meant}.yaml? Rename it, or delete it.`
		};
	});
}
/** What cannot be read in a hold file, as clauses; it holds the fleet anyway. */
function examineHoldFile(text) {
	let read;
	try {
		read = (0, import_dist.parse)(text);
	} catch {
		return ["it is not YAML"];
	}
	if (read === null || read === void 0 || typeof read === "string" && read.trim() !== "") return [];
	const said = fileSchema.safeParse(read);
	if (!said.success) return ["its fields are not reason, by and until"];
	const strange = Object.keys(said.data).filter((key) => ![
		"reason",
		"by",
		"until"
	].includes(key));
	const { until } = said.data;
	return [...strange.map((key) => `it has a field ${key}, which nothing reads`), ...until !== void 0 && readUntil(until) === void 0 ? ["its until is not a time, so the hold has no end"] : []];
}
/**
* The hold that a file on the fleet's branch asks for. The file alone is enough. Unreadable fields are ignored: a
* mistake in the file must not let a release through.
* @param now UNIX seconds
*/
async function findFileHold(branches, fleet, now) {
	const tip = await branches.resolve(fleet.branch);
	if (tip === void 0) return void 0;
	const path = holdFile(fleet.name);
	const text = await branches.readFile(tip, path);
	if (text === void 0) return void 0;
	const said = readHoldFile(text);
	const source = `file ${path} on branch ${fleet.branch}`;
	return {
		source,
		reason: cleanStatement(said.reason ?? "") || `see ${path}`,
		by: cleanStatement(said.by ?? "") || `the ${source}`,
		at: now,
		...defined({ until: said.until })
	};
}
function readHoldFile(text) {
	let read;
	try {
		read = (0, import_dist.parse)(text);
	} catch {
		return {};
	}
	if (typeof read === "string" && read.trim() !== "") return { reason: read.trim() };
	const said = fileSchema.safeParse(read);
	if (!said.success) return {};
	const { reason, by, until } = said.data;
	return defined({
		reason: reason?.trim() === "" ? void 0 : reason?.trim(),
		by: by?.trim() === "" ? void 0 : by?.trim(),
		until: until === void 0 ? void 0 : readUntil(until)
	});
}
/** @returns undefined if it is not a time */
function readUntil(until) {
	try {
		return until instanceof Date ? until.getTime() / 1e3 : parseTime(until);
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
/** Files in the folder of hold files on a fleet's branch that name no fleet. */
async function findUnknownHoldFiles(branches, fleet, fleets) {
	const tip = await branches.resolve(fleet.branch);
	if (tip === void 0) return [];
	return unknownHoldFiles((await branches.listFiles(tip, holdFolder)).map((path) => path.slice(15)), fleets);
}
/**
* @param options.fleets names of all fleets
* @param options.now UNIX seconds
* @throws InputError if a file on the fleet's branch holds it, whether open-promotion has seen that or not; also if a
*   hold file names no fleet: somebody may rely on it
*/
async function refuseHeldByFile(branches, fleet, { fleets, now }) {
	const [unknown] = await findUnknownHoldFiles(branches, fleet, fleets);
	if (unknown !== void 0) throw new InputError({
		where: `${holdFolder}/${unknown.name} on branch ${fleet.branch}`,
		problem: unknown.problem.replace(/\.$/, ""),
		remedy: unknown.remedy
	});
	const stop = await findFileHold(branches, fleet, now);
	if (stop === void 0 || (stop.until ?? Number.POSITIVE_INFINITY) <= now) return;
	throw new InputError({
		notYet: true,
		where: `fleet ${fleet.name}`,
		problem: `the fleet is held by the ${stop.source}: ${stop.reason}`,
		remedy: "Remove that file when the reason is gone."
	});
}
// src/release/operations/ring-notes.ts
/**
* What the rollouts of a fleet wait for that open ring by ring. It is what the state branch says: conditions of
* halt-when are not asked.
* @param now UNIX seconds
*/
function ringNotes(state, rings, now) {
	if (rings === void 0) return [];
	const versions = state.releases.releases.map(({ version }) => version);
	const waits = waitingRings(state, rings, now).map(({ version, ring, since }) => {
		const { note } = judgeRing(state.adoption, rings.threshold, {
			ring,
			version,
			versions,
			since,
			now
		});
		return {
			version,
			ring,
			note: `the rings after ${ring} wait for it: ${note}`
		};
	});
	const others = versions.flatMap((version) => {
		const staged = stagedOf(state, version);
		const { rollout } = metadataOf(state.updates, version);
		if (staged === void 0 || rollout === void 0 || rollout.duration_minutes !== void 0) return [];
		if (waits.some((each) => each.version === version)) return [];
		const share = rolloutProgress(rollout, now);
		const next = rings.steps.filter((step) => step > share).map((step) => nextOpening(staged.rollout, step, now)).filter((at) => at !== void 0);
		const at = next.length === 0 ? void 0 : Math.min(...next);
		return [{
			version,
			note: at === void 0 ? "it opens ring by ring, with the next run of coxswain watch-fleet" : `it opens ring by ring, the next one on ${formatTime(at)}`
		}];
	});
	return [...waits, ...others];
}
/** UNIX seconds at which it is worth to look again whether a ring may open; undefined if none waits. */
function nextRingLook(state, steps, now) {
	const times = (state.operations.staged ?? []).flatMap(({ version, rollout: plan }) => {
		const { rollout } = metadataOf(state.updates, version);
		if (rollout === void 0 || rollout.duration_minutes !== void 0) return [];
		const share = rolloutProgress(rollout, now);
		const next = steps.filter((step) => step > share).map((step) => nextOpening(plan, step, now));
		const hour = Math.floor(now / 3600 + 1) * 3600;
		return [...next.filter((at) => at !== void 0), hour];
	});
	return times.length === 0 ? void 0 : Math.min(...times);
}
init_errors();
/**
* Chooses the two releases.
* @param given.bad default: the fleet's newest release
* @param given.good default: the newest good release before it
* @throws InputError if there is no release to withdraw, or to go back to
*/
function planRollBack(state, fleet, given) {
	const versions = state.releases.releases.map(({ version }) => version);
	const find = (version, field) => {
		if (versions.includes(version)) return version;
		const meant = nearest(version, versions);
		throw new InputError({
			field,
			problem: `fleet ${fleet} has no such release`,
			found: version,
			...defined({ remedy: meant && `Did you mean ${meant}?` })
		});
	};
	const newest = versions.at(-1);
	if (newest === void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: "it has no release"
	});
	const bad = given.bad === void 0 ? newest : find(given.bad, "--version");
	const gone = withdrawnOrPaused(state);
	const isGood = (version) => state.records[version] !== void 0 && !gone.has(version) && metadataOf(state.updates, version).deadend === void 0;
	const good = given.good === void 0 ? versions.slice(0, versions.indexOf(bad)).findLast(isGood) : find(given.good, "--to");
	if (good === void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `no release before ${bad} is good`,
		remedy: `Stop it with coxswain edit-updates --fleet ${fleet} --action pause, and release a fix.`
	});
	const record = state.records[good];
	if (record === void 0 || ageOf(state, good) >= ageOf(state, bad)) throw new InputError({
		field: "--to",
		problem: record === void 0 ? "no record says what this release was made from" : `it is not before ${bad}`,
		found: good
	});
	return {
		bad,
		good: record
	};
}
/**
* Withdraws the bad release and its rollout. If nodes that are older than the good one would then have no update
* path, they are offered the good one again.
* @throws InputError for a barrier, paused or not: nodes would go around it
*/
function takeBack(before, order) {
	const { plan, reason } = order;
	const { bad, good } = plan;
	const paused = before.operations.paused?.find((each) => each.version === bad);
	const isBarrier = (metadataOf(before.updates, bad).barrier ?? paused?.entry.metadata.barrier) !== void 0;
	if (before.operations.withdrawn?.some((each) => each.version === bad) === true && !isOffered(before, bad)) return {
		state: before,
		summary: `${bad} is withdrawn already`,
		warnings: []
	};
	const withdrawn = withdraw(before, {
		...order,
		version: bad,
		reason,
		force: !isBarrier
	});
	const strandedIn = (state) => strandedBy(before, state, { retired: withdrawnOrPaused(state) });
	if (strandedIn(withdrawn.state).length === 0) return {
		state: withdrawn.state,
		summary: withdrawn.summary,
		warnings: []
	};
	const said = metadataOf(withdrawn.state.updates, good.version);
	const state = setMetadata(withdrawn.state, good.version, {
		...said,
		rollout: { start_percentage: 1 }
	}, order.now);
	const stranded = strandedIn(state);
	return {
		state,
		summary: `${withdrawn.summary}, and offer ${good.version} to every older node again`,
		warnings: stranded.length === 0 ? [] : [`no way forward for nodes on ${listStranded(stranded)}`]
	};
}
function isOffered(state, version) {
	const { rollout, barrier } = metadataOf(state.updates, version);
	return rollout !== void 0 || barrier !== void 0;
}
// src/release/operations/read-alert.ts
init_errors();
/** Alertmanager sends all alerts of a group at once; `max_alerts` limits them. */
const mostAlerts = 100;
const status = _enum(["firing", "resolved"], { error: "firing or resolved" });
const alertmanager = looseObject({
	version: string(),
	alerts: array(looseObject({
		status,
		labels: record$1(string(), string()).default({}),
		annotations: record$1(string(), string()).default({}),
		startsAt: datetime({ offset: true }).optional(),
		fingerprint: string().max(100).optional(),
		generatorURL: string().optional()
	})).min(1).max(mostAlerts)
});
const plain = looseObject({
	status: status.default("firing"),
	key: string().min(1).max(100).optional(),
	reason: string("a text is needed").min(1, "a text is needed")
});
/**
* Reads what a webhook says: Alertmanager's JSON, or `{"status": "firing", "reason": "…"}`.
* @param condition name of the condition that it is for
* @returns a finding for each alert
* @throws InputError for everything else
*/
function readAlert(payload, condition) {
	if (typeof payload === "object" && payload !== null && "alerts" in payload) {
		const { alerts } = parse(alertmanager, payload);
		return alerts.map((alert) => {
			const { labels, annotations, startsAt, fingerprint } = alert;
			const name = labels.alertname ?? "an alert";
			const text = annotations.summary ?? annotations.description ?? "";
			const began = startsAt === void 0 ? void 0 : Math.floor(Date.parse(startsAt) / 1e3);
			const since = began === void 0 ? "" : ` since ${formatTime(began)}`;
			return {
				condition,
				key: keyOf(fingerprint ?? JSON.stringify(Object.entries(labels).sort())),
				is: alert.status === "firing" ? "trouble" : "calm",
				evidence: cleanStatement(`${condition}: alert ${name} is ${alert.status}${since}${text === "" ? "" : `: ${text}`}`),
				...began === void 0 ? {} : { began }
			};
		});
	}
	const said = parse(plain, payload);
	return [{
		condition,
		key: keyOf(said.key ?? ""),
		is: said.status === "firing" ? "trouble" : "calm",
		evidence: cleanStatement(`${condition}: ${said.reason}`)
	}];
}
/** Text from outside is not kept as it is: the state branch is public, and a key is only compared. */
function keyOf(text) {
	return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
function parse(schema, payload) {
	const parsed = schema.safeParse(payload);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new InputError({
		where: "the alert",
		...issue === void 0 || issue.path.length === 0 ? {} : { field: issue.path.join(".") },
		problem: issue?.message ?? "not an alert",
		expected: "the JSON of Alertmanager, or {\"status\": \"firing\", \"reason\": \"why\"}"
	});
}
// src/release/operations/webhook-conditions.ts
init_errors();
/** Names of the conditions of a fleet that wait for an alert. */
function webhooksOf({ haltWhen }) {
	return haltWhen.flatMap(({ kind, name }) => kind === "webhook" ? [name] : []);
}
/**
* The condition that an alert is for.
* @param name as the alert says; not needed if the fleet has one webhook
* @param field where the name comes from
* @throws InputError if the fleet has no webhook, or none of this name, or several and the alert names none
*/
function webhookCondition(fleet, name, field) {
	const webhooks = webhooksOf(fleet);
	const [only] = webhooks;
	if (only === void 0) throw new InputError({
		field: `fleets.${fleet.name}.halt-when`,
		problem: `fleet ${fleet.name} has no webhook in halt-when, so no alert can halt it`,
		expected: "halt-when: [{ name: alerts, webhook: true }]"
	});
	if (name === void 0 && webhooks.length === 1) return only;
	if (name !== void 0 && webhooks.includes(name)) return name;
	throw new InputError({
		field,
		problem: name === void 0 ? `fleet ${fleet.name} has several webhooks in halt-when, and the alert names none of them` : `fleet ${fleet.name} has no webhook of this name in halt-when`,
		found: name ?? "nothing",
		expected: `${webhooks.length > 1 ? "one of " : ""}${webhooks.join(", ")}`
	});
}
init_errors();
/** How the reason of a pause by a condition starts. */
const haltPrefix = "halted:";
/**
* Pauses the rollouts of a fleet that are in progress if a condition is trouble. For each rollout and condition this
* happens once: what was recorded as trouble has to be clear before it can halt the rollout again. So a person who
* resumes a rollout is not overruled by the same old trouble.
*/
function applyFindings(before, order, findings, rules) {
	let state = recordCalm(before, findings, order.now);
	const warnings = [];
	const steps = [];
	const running = runningRollouts(state, order.now).toReversed();
	for (const version of running) {
		const fresh = troubles(findings, version).filter((finding) => !isKnown(state, version, finding));
		const [first] = fresh;
		if (first === void 0) continue;
		const reason = cleanStatement(`${haltPrefix} ${fresh.map(({ evidence }) => evidence).join("; ")}`);
		try {
			state = pauseOne(state, version, {
				...order,
				reason
			});
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			warnings.push(`the rollout of ${version} goes on: ${error.details.problem}`);
			continue;
		}
		for (const finding of fresh) state = record(state, version, finding, order.now);
		steps.push({
			version,
			condition: fresh.map(({ condition }) => condition).join(", "),
			what: "halted"
		});
	}
	for (const { version } of haltedRollouts(state)) for (const finding of troubles(findings, version)) if (!isKnown(state, version, finding)) state = record(state, version, finding, order.now);
	for (const paused of haltedRollouts(state)) {
		if (!mayResume(state, paused, {
			findings,
			rules,
			now: order.now
		})) continue;
		state = resumeOne(state, paused, order.now).state;
		const conditions = haltsOf(state, paused.version).map(({ condition }) => condition);
		steps.push({
			version: paused.version,
			condition: [...new Set(conditions)].join(", "),
			what: "resumed"
		});
	}
	if (state !== before) state = forgetOld(state, order.now);
	return {
		state,
		steps,
		warnings,
		summary: summaryOf(before, state, steps, rules)
	};
}
/** Rollouts that a condition has paused, and nobody else since. */
function haltedRollouts({ operations }) {
	return (operations.paused ?? []).filter(({ reason, version }) => reason.startsWith("halted:") && (operations.halts ?? []).some((halt) => halt.version === version));
}
/** What stopped the rollout of a release. */
function haltsOf({ operations }, version) {
	return (operations.halts ?? []).filter((halt) => halt.version === version);
}
/** Versions that are offered to some nodes, and not yet to all; oldest first. */
function runningRollouts(state, now) {
	return unfinishedRollouts(state, now).filter((version) => {
		const { rollout } = metadataOf(state.updates, version);
		return rollout !== void 0 && rolloutPhase(rollout, now) !== "scheduled";
	});
}
function troubles(findings, version) {
	return findings.filter((each) => each.is === "trouble" && (each.version ?? version) === version);
}
function isSame(halt, { condition, key, version = halt.version }) {
	return halt.condition === condition && halt.key === key && halt.version === version;
}
/** Whether this trouble has stopped the rollout before, and was not clear since: it did not begin again. */
function isKnown(state, version, finding) {
	return haltsOf(state, version).some((halt) => isSame(halt, finding) && halt.clear === void 0 && (finding.began ?? 0) <= halt.at);
}
function record(state, version, finding, now) {
	const { condition, key, evidence } = finding;
	const halt = {
		condition,
		version,
		...defined({ key }),
		reason: cleanStatement(evidence),
		at: now
	};
	return withHalts(state, [...(state.operations.halts ?? []).filter((each) => each.version !== version || !isSame(each, finding)), halt]);
}
/** Notes since when a trouble has been clear. */
function recordCalm(state, findings, now) {
	const halts = state.operations.halts ?? [];
	const isCalm = (halt) => findings.some((finding) => finding.is === "calm" && isSame(halt, finding));
	const next = halts.map((halt) => halt.clear === void 0 && isCalm(halt) ? {
		...halt,
		clear: now
	} : halt);
	return next.some((halt, index) => halt !== halts[index]) ? withHalts(state, next) : state;
}
function mayResume(state, paused, { findings, rules, now }) {
	if (holdAt(state.operations, now) !== void 0) return false;
	return haltsOf(state, paused.version).every((halt) => {
		const calm = rules.get(halt.condition);
		if (calm === void 0 || halt.clear === void 0) return false;
		const finding = findings.find((each) => isSame(halt, each));
		if (finding !== void 0 && finding.is !== "calm") return false;
		if (finding === void 0 && halt.key === void 0) return false;
		return now - Math.max(halt.clear, finding?.calmSince ?? 0) >= calm;
	});
}
/** A rollout that is complete, withdrawn or forgotten needs no memory: the history of the branch has it. */
function forgetOld(state, now) {
	const halts = state.operations.halts ?? [];
	const unfinished = /* @__PURE__ */ new Set([...unfinishedRollouts(state, now), ...(state.operations.paused ?? []).map(({ version }) => version)]);
	const left = halts.filter(({ version }) => unfinished.has(version) && ageOf(state, version) >= 0);
	return left.length === halts.length ? state : withHalts(state, left);
}
function withHalts(state, halts) {
	const { halts: _, ...rest } = state.operations;
	return {
		...state,
		operations: halts.length === 0 ? rest : {
			...rest,
			halts
		}
	};
}
function summaryOf(before, after, steps, rules) {
	if (after === before) return "nothing to do";
	const done = steps.map(({ version, condition, what }) => {
		const shares = (what === "halted" ? after : before).operations.paused ?? [];
		const share = formatPercent(shares.find((each) => each.version === version)?.progress ?? 0);
		const calm = Math.max(0, ...condition.split(", ").map((name) => rules.get(name) ?? 0));
		return what === "halted" ? `halt ${version} at ${share} (${condition})` : `resume ${version} at ${share}: ${condition} calm for ${formatDuration(calm)}`;
	});
	return done.length > 0 ? done.join(", ") : "note what halt-when found";
}
// src/release/operations/act-on-findings.ts
/**
* Pauses and resumes the rollouts of a fleet as the findings of its conditions demand: one commit, by compare-and-swap.
* The loser of a race judges again by the new state, so a trouble halts a rollout once.
* @throws as changeFleet
*/
async function actOnFindings(state, fleet, findings, order) {
	const context = {
		...order,
		fleet: fleet.name
	};
	const rules = resumeRules(fleet);
	let edit;
	const change = (before) => {
		edit = applyFindings(before, context, findings, rules);
		return edit.state;
	};
	const { changed, commit } = await state.changeFleet(fleet.name, () => messageOf(context, edit), change);
	if (edit === void 0) throw new Error(`fleet ${fleet.name} was not read`);
	return {
		edit,
		stateCommit: changed ? commit : void 0
	};
}
function resumeRules({ haltWhen }) {
	return new Map(haltWhen.flatMap(({ name, resumeAfter }) => resumeAfter === void 0 ? [] : [[name, resumeAfter]]));
}
function messageOf(context, edit) {
	const halted = edit?.steps.find(({ what }) => what === "halted");
	const paused = edit?.state.operations.paused?.find(({ version }) => version === halted?.version);
	const reason = paused?.reason.startsWith("halted:") === true ? paused.reason : void 0;
	return commitMessage(context, edit?.summary ?? "watch", reason);
}
export { refuseHeld as A, findOperator as C, stepRings as D, editFleet as E, metadataOf as F, refuseAroundPausedBarrier as I, setMetadata as L, nextPauseEnd as M, unfinishedRollouts as N, applyExternalHolds as O, ageOf as P, withdrawnOrPaused as R, cleanStatement as S, commitMessage as T, unknownHoldFiles as _, webhookCondition as a, kinds as b, planRollBack as c, ringNotes as d, examineHoldFile as f, refuseHeldByFile as g, holdFolder as h, runningRollouts as i, endExpiredPauses as j, describeHold as k, takeBack as l, findUnknownHoldFiles as m, haltedRollouts as n, webhooksOf as o, findFileHold as p, haltsOf as r, readAlert as s, actOnFindings as t, nextRingLook as u, actionInputs as v, readStatement as w, readAction as x, changesOffer as y, stagedOf as z };
