import { n as findFleet, r as fleetTip } from "./fleets.mjs";
import { g as forecastMergeFrom, h as forecastMerge, i as ourMessage, m as untilNotStale, o as proposeCommit, r as isOurs, s as withdrawProposal, t as treeChanges, u as promotionBranch, v as StaleBranchError, x as writeCommit, y as commitTree } from "./forge.mjs";
import { A as messageOf, C as formatDuration, D as InputError, O as OutsideError, i as table$1, r as plainText, w as formatTime } from "./host.mjs";
import { a as commitMessage, c as describeHold, g as saidOf, l as mirrorStops, p as ageOf, t as findFileStop } from "./operations.mjs";
import { _ as nextOpening, b as rolloutProgress, j as holdAt, v as rolloutEnd } from "./updates.mjs";
import { i as renderFleetTemplate, n as describeEntry, r as findTemplate } from "./rollout.mjs";
import { c as doubtOf, f as standingOf, r as barriersCrossed } from "./upstream.mjs";
import { t as j } from "./croner.mjs";
import { a as readCandidate, c as readTextBlob, d as rollBackFileName, f as selectContext, l as ignoreFileNames, o as listCommit, p as findBuilt } from "./build.mjs";
import { n as readMarker } from "./roll-back.mjs";
import { i as passImage } from "./production.mjs";
import { a as comparePackages, i as describePackages, r as countPackages, t as readPackages } from "./packages.mjs";
import { A as parseReference, E as formatRepository } from "./registry.mjs";
import { r as findEvidence } from "./evidence.mjs";
// src/promotion/gates.ts
/** True when nothing holds a promotion up. */
function isReady(gates) {
	return gates.every((gate) => gate.state === "green" || gate.state === "unknown");
}
/** The gate that a promotion waits for: one that needs somebody first, then the last to open; undefined when ready. */
function nextGate(gates) {
	const red = gates.find((gate) => gate.state === "red");
	if (red !== void 0) return red;
	const open = (gate) => gate.until ?? Number.POSITIVE_INFINITY;
	return gates.filter((gate) => gate.state === "waiting").sort((one, other) => open(other) - open(one))[0];
}
// src/promotion/source-gates.ts
/** UNIX seconds: when the source fleet's nodes began to be offered the release. */
function rolloutStart({ record, state }) {
	const start = saidOf(state.updates, record.version).rollout?.start_epoch ?? 0;
	return start > 0 ? start : record.rolloutStart ?? record.recordedAt;
}
/** UNIX seconds at which the rollout in the source fleet is, or was, complete; undefined for one that does not end. */
function rolloutCompletion({ record, state }) {
	const { rollout } = saidOf(state.updates, record.version);
	return (rollout === void 0 ? void 0 : rolloutEnd(rollout)) ?? record.rolloutEnd;
}
/** UNIX seconds at which the gates that only wait will all be open; undefined where somebody has to do something. */
function earnedTime(release, target, now) {
	if (sourceGates(release, {
		source: "",
		target,
		now
	}).some((gate) => gate.state === "red" || gate.state === "waiting" && gate.until === void 0)) return;
	const moments = [soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0];
	return release.urgent === void 0 ? Math.max(...moments) : now;
}
/** All gates of the source fleet. @param now UNIX seconds */
function sourceGates(release, options) {
	const { source, target, now } = options;
	return [
		rolloutGate(release, source, now),
		soakGate(release, target, now),
		evidenceGate(release.record)
	].map((gate) => release.urgent === void 0 ? gate : withoutWaiting(gate, release.urgent));
}
/** An urgent release waits for nothing that only takes time. */
function withoutWaiting(gate, { reason, by }) {
	if (gate.state !== "waiting") return gate;
	return {
		name: gate.name,
		state: "green",
		note: `skipped as urgent: ${reason} (by ${by})`
	};
}
/** The rollout must be complete, and nothing may be wrong with the release. */
function rolloutGate(release, source, now) {
	const name = `rollout in ${source}`;
	const { version } = release.record;
	const { operations, updates } = release.state;
	const red = (note) => ({
		name,
		state: "red",
		note
	});
	const withdrawn = operations.withdrawn?.find((each) => each.version === version);
	if (withdrawn !== void 0) return red(`withdrawn there by ${withdrawn.by}: ${withdrawn.reason}`);
	const { rollout, barrier, deadend } = saidOf(updates, version);
	const paused = operations.paused?.find((each) => each.version === version);
	if (paused !== void 0 && rollout === void 0) return red(`paused there by ${paused.by}: ${paused.reason}`);
	if (deadend !== void 0) return red(`it is a dead-end there: ${deadend.reason}`);
	if (rollout === void 0) {
		if (barrier !== void 0) return {
			name,
			state: "green",
			note: "a barrier, offered to every node"
		};
		return wasCompleted(release, now) ? {
			name,
			state: "green",
			note: "complete, and followed by newer releases"
		} : red("it is not offered to any node there: paused, or withdrawn");
	}
	const end = rolloutEnd(rollout);
	if (rolloutProgress(rollout, now) >= 1) return {
		name,
		state: "green",
		note: "complete"
	};
	if (end !== void 0) return {
		name,
		state: "waiting",
		until: end,
		note: `complete on ${formatTime(end)}`
	};
	const start = rollout.start_epoch ?? 0;
	return (rollout.start_percentage ?? 0) >= 1 ? {
		name,
		state: "waiting",
		until: start,
		note: `starts on ${formatTime(start)}`
	} : red("held: it has no duration, so it will not go on by itself");
}
/** Completed rollouts are tidied away when a newer one completes; the record knows when this one did. */
function wasCompleted({ record, state }, now) {
	if (record.rolloutEnd === void 0 || record.rolloutEnd > now) return false;
	const age = ageOf(state, record.version);
	return state.updates.releases.some(({ version }) => {
		const { rollout } = saidOf(state.updates, version);
		return ageOf(state, version) > age && rollout !== void 0 && rolloutProgress(rollout, now) >= 1;
	});
}
/** UNIX seconds at which it has soaked; undefined where the rollout it is counted from has no end. */
function soakEnd(release, { soak, soakAfter }) {
	if (soakAfter === "start") return rolloutStart(release) + soak;
	const end = rolloutCompletion(release);
	return end === void 0 ? void 0 : end + soak;
}
/** The release must have run in the source fleet for a while. */
function soakGate(release, target, now) {
	const name = "soak time";
	const until = soakEnd(release, target);
	const since = `${formatDuration(target.soak)} from the ${target.soakAfter === "start" ? "start" : "end"} of the rollout`;
	if (until === void 0) return {
		name,
		state: "waiting",
		note: `${since}, which has no end`
	};
	if (now >= until) return {
		name,
		state: "green",
		note: `${since}: over since ${formatTime(until)}`
	};
	return {
		name,
		state: "waiting",
		until,
		note: `${since}: over on ${formatTime(until)}`
	};
}
/** Each image must have its evidence. */
function evidenceGate(record) {
	const name = "evidence";
	const missing = record.images.filter((image) => image.evidence === void 0);
	if (missing.length === 0) return {
		name,
		state: "green",
		note: "every image passed its tests"
	};
	const of = missing.map((image) => image.architecture).join(", ");
	const accepted = record.acceptedMissingEvidence;
	if (accepted !== void 0) return {
		name,
		state: "green",
		note: `none for ${of}, accepted: ${accepted.reason} (by ${accepted.by})`
	};
	return {
		name,
		state: "red",
		note: `none recorded for ${of}`
	};
}
// src/promotion/labels.ts
/**
* What a label on a pull request says: `urgent: CVE-2026-1234`.
* @returns `reason` is empty where none is given; undefined where there is no such label
*/
function readLabel(request, name) {
	const label = request?.labels.find((each) => each === name || each.startsWith(`${name}:`));
	if (request === void 0 || label === void 0) return void 0;
	return {
		reason: label.slice(name.length + 1).trim(),
		by: `a label on pull request #${request.number}`
	};
}
// src/promotion/urgent.ts
/** What makes a release urgent: it was said of it, or of a newer one that it is on the way to. */
function urgencyOf(from, to, version) {
	const age = (each) => from.releases.releases.findIndex((release) => release.version === each);
	const own = age(version);
	return own < 0 ? void 0 : to.operations.urgent?.find((each) => age(each.version) >= own);
}
/** The same for what a fleet's branch builds, which has another version where the branch has content of its own. */
async function urgencyOfBuild(branches, options) {
	const { from, to, version, commit } = options;
	const known = urgencyOf(from, to, version);
	if (known !== void 0) return known;
	for (const each of to.operations.urgent ?? []) if (await branches.contains(commit, each.commit)) return each;
}
/** Forgets what was urgent once the fleet has it. @param done that entry */
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
* promotion, which counts as long as it is there.
* @param options.asked what an operator says now
* @param options.now UNIX seconds
* @returns what is wrong with a label, if anything
* @throws InputError where an operator asks, and there is nothing to promote
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
		summary = add ? `promote ${newest.version} as urgent` : "nothing is urgent any more";
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
// src/promotion/choose-release.ts
/**
* The newest release that has earned it: a source that releases faster than its releases soak still promotes. As long
* as none has, the one that will be the first; where nothing but a person can help, the newest, so that people see
* why. A barrier that the target has still to take comes before all that is newer.
* @returns undefined where the source has no release at all
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
	const chosen = releases.findLast((release) => isReady(sourceGates(release, {
		source: "",
		...options
	}))) ?? releases.map((release) => ({
		...release,
		at: earnedTime(release, options.target, options.now)
	})).filter(({ at }) => at !== void 0).sort((one, other) => one.at - other.at)[0] ?? releases.at(-1);
	return chosen === void 0 ? {
		version: newest,
		urgent: void 0
	} : {
		version: chosen.record.version,
		urgent: chosen.urgent
	};
}
/** Releases that the target may still get, oldest first. */
function pendingReleases(from, to) {
	const newest = to.records[to.releases.releases.at(-1)?.version ?? ""];
	const known = new Set(to.releases.releases.map(({ version }) => version));
	const gone = new Set((from.operations.withdrawn ?? []).map(({ version }) => version));
	return from.releases.releases.map(({ version }) => from.records[version]).filter((record) => record !== void 0).filter(({ version, created }) => !known.has(version) && !gone.has(version) && saidOf(from.updates, version).deadend === void 0 && (newest === void 0 || Date.parse(created) > Date.parse(newest.created)));
}
/** The source's nodes all went through its barriers, so the target's must, too; a first release has none before it. */
function untilBarrier(from, pending, to) {
	if (to.releases.releases.length === 0) return pending;
	const barrier = pending.findIndex(({ version }) => saidOf(from.updates, version).barrier !== void 0);
	return barrier < 0 ? pending : pending.slice(0, barrier + 1);
}
// src/promotion/approve.ts
/**
* Merges a promotion whose gates are all green, as they were judged: with its head, and with the state branch and the
* target's branch where they were then. What is said in the very moment of the merge is noticed after it; the image is
* promoted only by promote-image and start-rollout, which look for holds again, the last time as part of their own
* compare-and-swap on the state branch. So a hold always wins.
* @param judged.now UNIX seconds
* @throws StaleBranchError where something moved since it was judged: judge again
*/
async function mergeJudged({ forge, state }, judged) {
	const { request, head, seen, fleet, now } = judged;
	for (const [branch, commit] of seen) {
		const there = await forge.branches.resolve(branch);
		if (there !== commit) throw new StaleBranchError(branch, commit, there);
	}
	try {
		await forge.pullRequests.merge(request.number, { head });
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return {
			merged: false,
			note: `it could not be merged: ${error.message}`
		};
	}
	const hold = holdAt((await state.readFleet(fleet)).operations, now);
	if (hold === void 0) return { merged: true };
	const note = `fleet ${fleet} was held in the moment of the merge: ${describeHold(hold)}. Nothing is promoted to its nodes until that is over; then promote-image and start-rollout do it.`;
	await forge.pullRequests.comment(request.number, "held", `**Merged, and not promoted**: ${note}`);
	return {
		merged: true,
		note
	};
}
// src/promotion/outlook.ts
/** Whether and when, in a sentence: the same at any time, as long as nothing happens. */
function outlook(gates) {
	if (isReady(gates)) return "Nothing holds it: it is ready to be merged.";
	const red = gates.filter((gate) => gate.state === "red").map((gate) => gate.name);
	if (red.length > 0) return `**Not to be merged yet**: ${red.join(", ")}.`;
	const waiting = gates.filter((gate) => gate.state === "waiting");
	const names = waiting.map((gate) => gate.name).join(", ");
	const until = Math.max(...waiting.map((gate) => gate.until ?? Number.POSITIVE_INFINITY));
	return Number.isFinite(until) ? `**Not to be merged yet**: it waits until ${formatTime(until)} (${names}).` : `**Not to be merged yet**: it waits (${names}).`;
}
// src/promotion/commit-status.ts
/** The gates as a commit status, which branch protection can require. One context a target: a commit may go to several. */
function promotionStatus(target, gates) {
	const text = outlook(gates).replaceAll("**", "");
	return {
		context: `coxswain/promotion/${target}`,
		state: isReady(gates) ? "success" : gates.some(({ state }) => state === "red") ? "failure" : "pending",
		description: text.length <= 140 ? text : `${text.slice(0, 139)}…`
	};
}
// src/promotion/forecast-rollout.ts
/** Renders the target's template. The gate is red where it does not render. */
async function forecastRollout({ config, branches }, options) {
	const { target, record, commit, before, guidance, urgent, at } = options;
	const name = "template";
	const { version, baseVersion } = record;
	const template = await findTemplate(branches, {
		fleet: target,
		commit,
		urgent
	});
	const digests = Object.fromEntries(record.images.map(({ architecture, digestRef }) => [architecture, digestRef.slice(digestRef.indexOf("@") + 1)]));
	try {
		const entry = await renderFleetTemplate(branches, {
			config,
			fleet: {
				...target,
				template
			},
			commit,
			release: {
				version,
				baseVersion,
				digests,
				previousVersion: before.releases.releases.at(-1)?.version,
				barriersCrossed: barriersCrossed(guidance, before, baseVersion)
			},
			now: at
		});
		return {
			gate: {
				name,
				state: "green",
				note: `${template} renders`
			},
			forecast: {
				entry,
				at,
				template
			}
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return {
			gate: {
				name,
				state: "red",
				note: error.message.split("\n")[0] ?? ""
			},
			forecast: void 0
		};
	}
}
// src/promotion/freeze.ts
/**
* The freeze that lasts longest of those that a moment is in, if any. A window holds its first second and not its
* last. Clocks that are put forward: a time that does not exist is the moment of the change. Clocks that are put back:
* a time that comes twice is its first one.
* @param now UNIX seconds
*/
function freezeAt(windows, now) {
	return windows.map((window) => openWindow(window, now)).filter((freeze) => freeze !== void 0).sort((one, other) => endOf(other) - endOf(one))[0];
}
const longestChain = 100;
/**
* The first moment from `now` on that is in no window, also where windows follow one another without a gap.
* @returns undefined where there is none
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
// src/promotion/head.ts
/**
* Where the pull request's branch should be: at the release's commit, so that it can be merged in any way. Where
* that would conflict only because earlier promotions were squashed, or would not bring the release because the target
* was rolled back, a merge that we make ourselves. And where people put commits of their own on it (a solved conflict,
* say) it stays theirs.
*/
async function placeHead({ git, forge }, options) {
	const { source, target, commit, tip, open } = options;
	const { branches } = forge;
	const head = promotionBranch(source.name, target.name);
	const there = await branches.resolve(head);
	await branches.bringHistory(tip, commit, ...there === void 0 ? [] : [there]);
	if (open !== void 0 && there !== void 0 && await isTheirs(forge, {
		there,
		commit,
		tip
	})) {
		const forecast = await forecastMerge(git, tip, there);
		if (await branches.isAncestor(commit, there)) return {
			from: there,
			to: there,
			forecast,
			gates: []
		};
		return {
			from: there,
			to: there,
			forecast,
			gates: [{
				name: "branch",
				state: "red",
				note: `${head} has commits of its own and lacks ${commit.slice(0, 12)}: merge that into it, or delete the branch`
			}]
		};
	}
	const natural = await forecastMerge(git, tip, commit);
	const marker = await readMarker(branches, tip);
	const rolledBack = marker?.fleet === target.name ? marker : void 0;
	const plain = {
		from: there,
		to: commit,
		forecast: natural,
		gates: []
	};
	if (natural.result === "clean" && rolledBack === void 0) return plain;
	const shared = rolledBack?.restores ?? options.to.releases.releases.at(-1)?.version ?? "";
	const base = options.from.records[shared]?.commit;
	if (base === void 0 || !await branches.isAncestor(base, commit)) return plain;
	const mark = await branches.readFile(commit, ".coxswain/roll-back.json") ?? null;
	const into = await writeCommit(git, {
		parent: tip,
		changes: [{
			path: rollBackFileName,
			content: mark
		}],
		message: "only to merge\n"
	});
	const forecast = await forecastMergeFrom(git, {
		base,
		into,
		commit
	});
	if (forecast.result !== "clean") return {
		...plain,
		forecast
	};
	const changes = await treeChanges({
		git,
		branches
	}, {
		from: tip,
		to: forecast.tree
	});
	if (changes === void 0) return plain;
	const merged = await mergedHead(forge, {
		head,
		there,
		commit,
		tip,
		changes,
		target,
		tree: forecast.tree
	});
	return {
		from: merged,
		to: merged,
		forecast,
		gates: []
	};
}
/** Whether people have put commits of their own on the branch. */
async function isTheirs({ branches }, { there, commit, tip }) {
	const own = await branches.log({
		from: commit,
		to: there
	});
	if (own.length === 0 || own[0] === void 0) return false;
	if (!isOurs(own[0])) return true;
	const target = new Set((await branches.log({
		from: commit,
		to: tip
	})).map(({ sha }) => sha));
	return own.some((each) => !isOurs(each) && !target.has(each.sha));
}
/** The merge on the branch: the one that is there, where it is the same. */
async function mergedHead({ branches }, options) {
	const { head, there, commit, tip, tree, changes, target } = options;
	if (there !== void 0 && await branches.isAncestor(tip, there) && await branches.isAncestor(commit, there)) {
		if ((await branches.changedFiles(tree, there)).length === 0) return there;
	}
	const message = ourMessage(`Merge ${commit.slice(0, 12)} for ${target.branch}`);
	return branches.commit({
		branch: head,
		parent: there,
		from: tip,
		merges: [commit],
		changes,
		message
	});
}
// src/promotion/merged-build.ts
/**
* Whether merging gives what the source fleet runs. Where the target has content of its own that is part of the image,
* the other image has to be built and tested before the merge: the workflow of the pull request does that.
* @param merge.tree content of the merge
* @param merge.parents commits that the merge would have
*/
async function readMergedBuild({ git, config, client }, merge) {
	const { release, tree, different, parents } = merge;
	if (different.length === 0) return {
		same: true,
		different,
		gates: []
	};
	const [before, after] = [await inputsOf(git, config, release), await inputsOf(git, config, tree)];
	if (before === after) return {
		same: true,
		different,
		gates: []
	};
	const name = "image";
	try {
		const commit = await commitTree(git, {
			tree,
			parents,
			message: "only to see what it builds\n"
		});
		const candidate = await readCandidate({
			git,
			config,
			client,
			commit
		});
		const { version } = candidate;
		const built = await findBuilt(client, config, candidate);
		if (built === void 0) return {
			same: false,
			version,
			different,
			gates: [{
				name,
				state: "red",
				note: `the merge builds another image, ${version}, which is not in the test registry yet`
			}]
		};
		try {
			for (const architecture of config.architectures) await passImage({
				client,
				config,
				candidate
			}, built, architecture);
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			return {
				same: false,
				version,
				different,
				gates: [{
					name,
					state: "red",
					note: `the merge builds another image, ${version}: ${error.details.problem}`
				}]
			};
		}
		return {
			same: false,
			version,
			different,
			gates: [{
				name,
				state: "green",
				note: `the merge builds another image, ${version}: built and tested`
			}]
		};
	} catch (error) {
		if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
		return {
			same: false,
			different,
			gates: [{
				name,
				state: "red",
				note: "the merge builds another image, and the registry cannot tell whether it was tested"
			}]
		};
	}
}
/** All files of a commit (or tree) that decide the image, and the tests that it has to pass. */
async function inputsOf(git, config, commit) {
	const entries = await listCommit(git, commit);
	const own = {
		containerfile: config.containerfile,
		tests: config.tests,
		templates: Object.values(config.fleets).map(({ template }) => template)
	};
	const isInput = ({ path }) => [
		config.containerfile,
		".coxswain/refresh",
		".coxswain/roll-back.json"
	].includes(path) || path.startsWith(`${config.tests}/`);
	const context = selectContext(entries, own, await readIgnoreFile(git, entries));
	return JSON.stringify([context, entries.filter(isInput)]);
}
async function readIgnoreFile(git, entries) {
	const entry = ignoreFileNames.map((path) => entries.find((each) => each.path === path)).find((each) => each !== void 0);
	return entry === void 0 ? void 0 : {
		path: entry.path,
		text: await readTextBlob(git, entry)
	};
}
// src/promotion/package-changes.ts
/**
* What a promotion changes in a node's packages. A convenience for reviewers: where it cannot be told, nothing else
* waits for it.
* @returns undefined where there is nothing to compare, or the images have no rpm database
*/
async function packageChanges({ client, log }, before, after) {
	const image = (record) => {
		const reference = parseReference(record?.images[0]?.digestRef ?? "");
		return reference.kind === "digest" ? reference : void 0;
	};
	if (before === void 0) return void 0;
	const [old, next] = [image(before), image(after)];
	if (old === void 0 || next === void 0) return void 0;
	try {
		const [one, other] = await Promise.all([readPackages(client, old), readPackages(client, next)]);
		return one === void 0 || other === void 0 ? void 0 : comparePackages(one, other);
	} catch (error) {
		if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
		log.warn(`the package changes are not told: ${messageOf(error)}`);
		return;
	}
}
// src/promotion/markdown.ts
/** A table; the first row is its head; cells are Markdown already. */
function table([head = [], ...rows]) {
	return table$1(head, rows);
}
function code(text) {
	return text === void 0 ? "none" : `\`${text}\``;
}
/** Folded away: a line that opens. */
function folded(summary, content) {
	return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
/** A list that is cut where it becomes long. */
function list(items, longest) {
	const rest = items.length - longest;
	return [...items.slice(0, longest), ...rest > 0 ? [`… and ${rest} more`] : []].map((item) => `- ${item}`).join("\n");
}
/** `2026-07-22 14:00 UTC` */
function minute(seconds) {
	return `${(/* @__PURE__ */ new Date(seconds * 1e3)).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
// src/promotion/rollout-tables.ts
const barLength = 20;
/**
* How the rollout went in the source fleet: when which share of its nodes was offered the release. The same at any
* time, as long as nobody steers it.
*/
function describeSourceRollout(release) {
	const { record, state } = release;
	const start = rolloutStart(release);
	const end = rolloutCompletion(release);
	const { rollout } = saidOf(state.updates, record.version);
	const paused = state.operations.paused?.find((each) => each.version === record.version);
	if (paused !== void 0) return `Paused at ${percent(paused.progress)} on ${minute(paused.since)} by ${plainText(`${paused.by}: ${paused.reason}`)}`;
	if (end === void 0 || end <= start) return (rollout?.start_percentage ?? 0) >= 1 ? `Offered to every node at once, on ${minute(start)}.` : "It has no duration: the share of nodes stays where it is.";
	const line = rollout?.duration_minutes === void 0 ? {
		start_epoch: start,
		start_percentage: 0,
		duration_minutes: (end - start) / 60
	} : rollout;
	const rows = [
		0,
		.25,
		.5,
		.75,
		1
	].map((part) => {
		const at = Math.round(start + part * (end - start));
		const share = rolloutProgress(line, at);
		return `${minute(at)}  ${bar(share)} ${percent(share).padStart(6)}`;
	});
	return `Over ${formatDuration(end - start)}, the share of nodes that was offered it:\n\n\`\`\`\n${rows.join("\n")}\n\`\`\``;
}
/** Who is offered a release when, ring by ring: nodes ask for their ring's wariness. */
function describeOffers(config, rollout, from) {
	return table([[
		"ring",
		"wariness",
		"offered from"
	], ...[...Object.entries(config.rings), ["no ring", 1]].sort(([, one], [, other]) => one - other).map(([ring, wariness]) => {
		const open = wariness <= rolloutProgress(rollout, from) ? from : nextOpening(rollout, wariness, from);
		return [
			ring,
			String(wariness),
			open === void 0 ? "never, by this rollout" : minute(open)
		];
	})]);
}
function bar(share) {
	const full = Math.round(share * barLength);
	return `${"█".repeat(full)}${"░".repeat(barLength - full)}`;
}
function percent(share) {
	return `${Number((share * 100).toFixed(1))} %`;
}
// src/promotion/proposal.ts
const shownCommits = 30;
const shownFiles = 50;
const namedFiles = 10;
const longestPackages = 3e4;
/** The pull request of a promotion. It says the same as long as nothing happens but time passing. */
function promotionProposal(facts) {
	const { source, target, release, gates } = facts;
	const { version } = release.record;
	const urgent = release.urgent === void 0 ? "" : "Urgent: ";
	return {
		head: promotionBranch(source.name, target.name),
		base: target.branch,
		title: `${urgent}Promote ${version} from ${source.name} to ${target.name}`,
		body: promotionBody(facts),
		ready: isReady(gates),
		labels: ["coxswain", "promotion"]
	};
}
function promotionBody(facts) {
	const { source, target, release, gates, forecast, packages, commits, files } = facts;
	const { record, urgent } = release;
	return `${[
		`Release \`${record.version}\`, which fleet \`${source.name}\` runs, for fleet \`${target.name}\`. ${outlook(gates)}`,
		...urgent === void 0 ? [] : [`> **Urgent**, so it does not soak: ${plainText(`${urgent.reason} (by ${urgent.by})`)}`],
		versionTable(facts),
		`### Gates\n\n${table([[
			"",
			"gate",
			""
		], ...gates.map((gate) => [
			gateMarks[gate.state],
			gate.name,
			plainText(gate.note)
		])])}`,
		`### What a merge does\n\n${whatMergeDoes(facts)}\n\n${digests(facts)}`,
		...forecast === void 0 ? [] : [offers(facts, forecast)],
		`### How it went in ${source.name}\n\n${describeSourceRollout(release)}`,
		`### Tests\n\n${facts.evidence.map((line) => `- ${line}`).join("\n")}`,
		`### What changes\n\n${changes({
			packages,
			commits,
			files
		})}`,
		`### The way back\n\n${wayBack(facts)}`
	].join("\n\n")}\n`;
}
/** How a gate's state is shown in Markdown. */
const gateMarks = {
	green: "✅",
	waiting: "⏳",
	red: "❌",
	unknown: "❔"
};
function versionTable({ config, target, release, current, packages }) {
	const { record } = release;
	return table([
		[
			"",
			`${target.name} now`,
			"proposed"
		],
		[
			"version",
			code(current?.version),
			code(record.version)
		],
		[
			"base",
			code(current?.baseVersion),
			code(record.baseVersion)
		],
		...config.architectures.map((architecture) => [
			`digest ${architecture}`,
			code(shorten(digestOf(current, architecture))),
			code(shorten(digestOf(record, architecture)))
		]),
		[
			"created",
			current?.created ?? "none",
			record.created
		],
		...packages === void 0 ? [] : [[
			"packages",
			"",
			countPackages(packages)
		]]
	]);
}
function whatMergeDoes({ config, source, target, build }) {
	const tag = `\`${formatRepository(config.image)}:${target.tag}\``;
	const approval = target.approve === "auto" ? " It is merged by itself when all gates are green." : "";
	if (build === void 0) return `Where the merged content builds the same, the image that ${source.name} runs becomes ${tag}, byte for byte; otherwise a new one is built and tested first.${approval}`;
	if (build.different.length === 0) return `The merged content is what ${source.name} runs, so nothing is built: the tested image becomes ${tag}, byte for byte.${approval}`;
	const named = build.different.slice(0, namedFiles).map((path) => `\`${path}\``);
	const more = build.different.length > namedFiles ? ` and ${build.different.length - namedFiles} more` : "";
	const own = `\`${target.branch}\` has content of its own: ${named.join(", ")}${more}.`;
	return build.same ? `${own} None of it is part of the image, so nothing is built: the tested image becomes ${tag}, byte for byte.${approval}` : `${own} That is part of the image or of its tests: **another image**${build.version === void 0 ? "" : `, ${code(build.version)},`} is built and tested for this pull request before it is merged; what ${source.name} ran is not what ${target.name} gets.${approval}`;
}
function offers({ config, target }, { entry, at, template }) {
	const { rollout } = entry.metadata;
	return [
		`### Who of ${target.name} is offered it when`,
		`Merged on ${minute(at)}, \`${template}\` renders to:`,
		describeEntry(entry).map((fact) => `- ${fact}`).join("\n"),
		...rollout === void 0 ? [] : [describeOffers(config, rollout, at)],
		folded("The entry in updates.json", `\`\`\`json\n${JSON.stringify(entry, null, 2)}\n\`\`\``)
	].join("\n\n");
}
function changes(what) {
	const { packages, commits, files } = what;
	const subjects = commits.map(({ sha, message }) => `${sha.slice(0, 12)} ${plainText(message.split("\n")[0] ?? "")}`);
	const packageText = packages === void 0 ? "" : describePackages(packages);
	return [
		...packages === void 0 ? [] : [folded(`Packages: ${countPackages(packages)}`, packageText.length <= longestPackages ? packageText : `Too many to list here: ${countPackages(packages)}.`)],
		folded(`Files: ${files.length}`, list(files.map((path) => `\`${path}\``), shownFiles)),
		list(subjects, shownCommits)
	].join("\n\n");
}
function wayBack({ target, current }) {
	const stop = `\`coxswain edit-updates --fleet ${target.name} --action pause --reason WHY\` stops the rollout where it is.`;
	return current === void 0 ? `${stop} This is the first release of ${target.name}: there is nothing to go back to.` : `${stop} \`coxswain roll-back --fleet ${target.name} --reason WHY\` takes the release back, and proposes the content of \`${current.version}\` as a new release: nodes do not go back to an older one by themselves.`;
}
/** `sha256:952c72d6ce3a…`: who compares by eye looks no further, and the table stays narrow. */
function shorten(digest) {
	return digest === void 0 ? void 0 : `${digest.slice(0, 19)}…`;
}
/** Every digest in full, now and then. */
function digests({ config, target, release, current }) {
	return folded("Digests", config.architectures.flatMap((architecture) => [`${architecture}, ${target.name} now: ${code(digestOf(current, architecture))}`, `${architecture}, proposed: ${code(digestOf(release.record, architecture))}`]).map((line) => `- ${line}`).join("\n"));
}
function digestOf(record, architecture) {
	const reference = record?.images.find((image) => image.architecture === architecture)?.digestRef;
	return reference?.slice(reference.indexOf("@") + 1);
}
// src/promotion/stops.ts
/** The hold that a label on the fleet's open promotion asks for. */
function findLabelStop(request, now) {
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
async function bringStops(project, fleet, now) {
	const found = [await findFileStop(project.forge.branches, fleet, now), findLabelStop(await findPromotion(project, fleet), now)].filter((stop) => stop !== void 0);
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
		const edited = mirrorStops(state, order, found);
		({summary} = edited);
		warnings = edited.warnings ?? [];
		return edited.state;
	});
	return warnings;
}
// src/promotion/target-gates.ts
/** Nobody may have closed a fleet. @param now UNIX seconds */
function holdGate(fleet, operations, now) {
	const hold = holdAt(operations, now);
	if (hold === void 0) return [];
	const note = `the fleet is held: ${describeHold(hold)}`;
	const name = `hold of ${fleet}`;
	return [hold.until === void 0 ? {
		name,
		state: "red",
		note
	} : {
		name,
		state: "waiting",
		until: hold.until,
		note
	}];
}
/**
* It must not be a time in which nothing is promoted; no gate for a fleet without such times.
* @param exception what a label says; `reason` empty where it gives none
* @param now UNIX seconds
*/
function freezeGate(target, exception, now) {
	if (target.freeze.length === 0) return [];
	const name = "freeze";
	const freeze = freezeAt(target.freeze, now);
	if (freeze === void 0) return [{
		name,
		state: "green",
		note: "no freeze"
	}];
	const until = thawTime(target.freeze, now);
	const what = `${freeze.window.reason}${until === void 0 ? ": without an end" : `: until ${formatTime(until)}`}`;
	if (exception !== void 0 && exception.reason !== "") return [{
		name,
		state: "green",
		note: `${what}; excepted: ${exception.reason} (by ${exception.by})`
	}];
	const note = exception === void 0 ? what : `${what}; the label needs a reason: freeze-exception: WHY`;
	return [until === void 0 ? {
		name,
		state: "red",
		note
	} : {
		name,
		state: "waiting",
		until,
		note
	}];
}
/**
* Upstream must stand by the base.
* @param guidance undefined where the base has none; an error where it cannot be read
* @param now UNIX seconds
*/
function upstreamGate(guidance, baseVersion, now) {
	const name = "base upstream";
	if (guidance === void 0) return [];
	if (guidance instanceof Error) return [{
		name,
		state: "red",
		note: "the guidance of the base cannot be read: see the run of open-promotion"
	}];
	const doubt = doubtOf(standingOf(guidance, baseVersion, now));
	return doubt === void 0 ? [{
		name,
		state: "green",
		note: `upstream stands by ${baseVersion}`
	}] : [{
		name,
		state: "red",
		note: doubt.why
	}];
}
/** `created` must grow along the target's releases, too, or rpm-ostree refuses the update. */
function orderGate(record, target, state) {
	const name = `newer than ${target}`;
	const newest = state.records[state.releases.releases.at(-1)?.version ?? ""];
	return newest === void 0 || Date.parse(record.created) > Date.parse(newest.created) ? {
		name,
		state: "green",
		note: `created ${record.created}`
	} : {
		name,
		state: "red",
		note: `${target} has ${newest.version}, created ${newest.created}: nodes would refuse the older image`
	};
}
/** The merge must not need anybody's judgement. */
function mergeGate(forecast) {
	const name = "merge";
	if (forecast.result === "clean") return {
		name,
		state: "green",
		note: "no conflicts"
	};
	if (forecast.result === "unknown") return {
		name,
		state: "unknown",
		note: forecast.why
	};
	return {
		name,
		state: "red",
		note: `conflicts in ${forecast.paths.join(", ")}`
	};
}
// src/promotion/test-evidence.ts
/** One line of Markdown for each image: what was tested, and with which result. */
async function describeEvidence({ client, log }, record) {
	const lines = [];
	for (const { architecture, digestRef, evidence } of record.images) {
		const short = evidence === void 0 ? "none" : `\`${evidence}\``;
		const found = evidence === void 0 ? void 0 : await find(digestRef, evidence);
		lines.push(`${architecture}: ${found === void 0 ? `evidence ${short}` : `${describe(found)} Evidence ${short}`}`);
	}
	return lines;
	async function find(digestRef, evidence) {
		const reference = parseReference(digestRef);
		if (reference.kind !== "digest") return void 0;
		try {
			return (await findEvidence(client, reference.repository, reference.digest)).find(({ descriptor }) => descriptor.digest === evidence);
		} catch (error) {
			if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
			log.warn(`the test evidence is not told: ${messageOf(error)}`);
			return;
		}
	}
}
function describe({ evidence }) {
	const { result, tests, seconds, kernel, accelerator, upgrades = [] } = evidence;
	const failed = tests.filter((test) => test.result !== "passed").length;
	const count = `${tests.length} ${tests.length === 1 ? "test" : "tests"}${failed === 0 ? "" : `, ${failed} not passed`}`;
	const from = upgrades.map((upgrade) => `\`${upgrade.from}\``).join(", ");
	const rehearsed = from === "" ? "" : `, updates rehearsed from ${from}`;
	return `**${result}**: ${count} in ${formatDuration(seconds)} on Linux ${kernel} (${accelerator})${rehearsed}.`;
}
// src/promotion/propose-release.ts
/** Judges the gates of a release, and keeps the pull request that says so. */
async function propose(project, options) {
	const { config, forge, log } = project;
	const { source, target, release, tip, to, now, stateCommit } = options;
	const { record, state: from, urgent } = release;
	const { branches } = forge;
	const open = await findPromotion(project, target);
	const head = await placeHead(project, {
		source,
		target,
		from,
		to,
		commit: record.commit,
		tip,
		open
	});
	const tree = head.forecast.result === "clean" ? head.forecast.tree : void 0;
	const guidance = await readGuidance(project.readUpstream, log);
	const { gate, forecast } = await forecastRollout({
		config,
		branches
	}, {
		target,
		record,
		commit: tree ?? record.commit,
		before: to,
		guidance: guidance instanceof Error ? void 0 : guidance,
		urgent: urgent !== void 0,
		at: readyTime(release, target, now)
	});
	const build = tree === void 0 ? void 0 : await readMergedBuild(project, {
		release: record.commit,
		tree,
		parents: [tip, head.to],
		different: await branches.changedFiles(record.commit, tree)
	});
	const gates = [
		...holdGate(source.name, from.operations, now),
		...holdGate(target.name, to.operations, now),
		...freezeGate(target, readLabel(open, "freeze-exception"), now),
		...sourceGates(release, {
			source: source.name,
			target,
			now
		}),
		...upstreamGate(guidance, record.baseVersion, now),
		orderGate(record, target.name, to),
		mergeGate(head.forecast),
		...build?.gates ?? [],
		gate,
		...head.gates
	];
	const current = to.records[to.releases.releases.at(-1)?.version ?? ""];
	const proposal = promotionProposal({
		config,
		source,
		target,
		release,
		current,
		gates,
		commits: await branches.log({
			from: tip,
			to: head.to
		}),
		files: await branches.changedFiles(tip, tree ?? head.to),
		build,
		packages: await packageChanges(project, current, record),
		evidence: await describeEvidence(project, record),
		forecast
	});
	const { action, pullRequest } = await proposeCommit(forge, proposal, head);
	await forge.statuses.set(head.to, promotionStatus(target.name, gates));
	const ready = isReady(gates);
	const answer = {
		fleet: target.name,
		from: source.name,
		version: record.version,
		action,
		pullRequest: pullRequest.number,
		ready,
		gates,
		...urgent === void 0 ? {} : { urgent: {
			reason: urgent.reason,
			by: urgent.by
		} }
	};
	if (!ready || target.approve !== "auto") return answer;
	const { merged, note } = await mergeJudged(project, {
		request: pullRequest,
		head: head.to,
		seen: /* @__PURE__ */ new Map([[config.stateBranch, stateCommit], [target.branch, tip]]),
		fleet: target.name,
		now
	});
	return {
		...answer,
		action: merged ? "merged" : action,
		...note === void 0 ? {} : { note }
	};
}
/** UNIX seconds at which it can be merged at the earliest, as far as that is known. */
function readyTime(release, target, now) {
	const earned = release.urgent === void 0 ? Math.max(soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0) : release.urgent.at;
	return thawTime(target.freeze, earned) ?? Math.max(earned, now);
}
async function readGuidance(readUpstream, log) {
	try {
		return await readUpstream();
	} catch (error) {
		if (!(error instanceof OutsideError)) throw error;
		log.warn(messageOf(error));
		return error;
	}
}
// src/promotion/open-promotion.ts
/** Fleets that are promoted from another one. @throws InputError for one that is not */
function promotionTargets(config, name) {
	if (name === void 0) return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom !== void 0);
	const fleet = findFleet(config, name);
	if (fleet.promoteFrom !== void 0) return [fleet];
	throw new InputError({
		field: "--fleet",
		problem: `fleet ${name} is promoted from no other: it has no promote-from in ${config.file}`,
		found: name
	});
}
/**
* Keeps the pull request by which a fleet gets what its source fleet runs; merges it where that is asked for and all
* gates are green.
* @param options.now UNIX seconds
* @param options.urgent why the source's newest release need not soak
*/
async function openPromotion(project, target, options) {
	const { config, forge, state, log } = project;
	const { now } = options;
	const source = findFleet(config, target.promoteFrom ?? "", `fleets.${target.name}.promote-from`);
	for (const fleet of [source, target]) for (const warning of await bringStops(project, fleet, now)) log.warn(`${fleet.name}: ${warning}`);
	await recordUrgency(state, {
		source,
		target,
		request: await findPromotion(project, target),
		asked: options.urgent,
		now
	});
	return untilNotStale(() => promote(project, {
		source,
		target,
		now
	}, forge));
}
async function promote(project, edge, forge) {
	const { config, state } = project;
	const { source, target, now } = edge;
	const stateCommit = await forge.branches.resolve(config.stateBranch);
	const [from, to] = [await state.readFleet(source.name), await state.readFleet(target.name)];
	const tip = await fleetTip(forge.branches, target);
	const chosen = chooseRelease(from, to, {
		target,
		now
	});
	const record = chosen === void 0 ? void 0 : recordOf(config, from, source, chosen.version);
	const nothing = await nothingToPromote(forge, {
		source,
		target,
		record,
		tip,
		to
	});
	if (record === void 0 || nothing !== void 0) {
		const branches = {
			head: promotionBranch(source.name, target.name),
			base: target.branch
		};
		const { action, pullRequest } = await withdrawProposal(forge, branches, `Closed: ${nothing}.`);
		return {
			fleet: target.name,
			from: source.name,
			version: record?.version,
			action,
			pullRequest: pullRequest?.number,
			ready: false,
			gates: [],
			...nothing === void 0 ? {} : { reason: nothing }
		};
	}
	const release = {
		record,
		state: from,
		urgent: chosen?.urgent
	};
	return propose(project, {
		...edge,
		release,
		tip,
		to,
		stateCommit
	});
}
function recordOf(config, state, source, version) {
	const record = state.records[version];
	if (record !== void 0) return record;
	throw new InputError({
		where: `${config.stateBranch}: fleets/${source.name}/records/${version}.json`,
		problem: `release ${version} has no record, so nobody knows which commit to promote`,
		remedy: "Release a new version with coxswain start-rollout."
	});
}
/** Why there is nothing to promote, as a clause. */
async function nothingToPromote(forge, options) {
	const { source, target, record, tip, to } = options;
	if (record === void 0) return `fleet ${source.name} has no release yet`;
	if (to.releases.releases.some((release) => release.version === record.version)) return `fleet ${target.name} has ${record.version} already`;
	if (await forge.branches.contains(tip, record.commit)) return `${record.version} is merged into ${target.branch} already; promote-image and start-rollout for ${target.name} do the rest`;
}
export { orderGate as a, gateMarks as c, urgencyOfBuild as d, withoutUrgency as f, nextGate as g, isReady as h, holdGate as i, outlook as l, sourceGates as m, promotionTargets as n, upstreamGate as o, readLabel as p, freezeGate as r, findPromotion as s, openPromotion as t, chooseRelease as u };
