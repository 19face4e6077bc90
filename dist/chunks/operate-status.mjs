import { D as say, Gt as messageOf, Ht as OutsideError, Lt as defined, Mt as formatTime, S as exact, Wt as init_errors, jt as formatDuration, l as formatPercent, x as count } from "./host.mjs";
import { C as rolloutProgress, N as holdAt, S as rolloutPhase, b as nextOpening, x as rolloutEnd } from "./guidance.mjs";
import { $t as upstreamStatusOf, En as describeHold, Ma as parseReference, Si as ringsToShow, Tt as nextGate, Y as askFleetPolicy, gt as findPendingPromotion, ht as ringNotes, jn as metadataOf, wt as isReady } from "./shared.mjs";
init_errors();
/** Reads the status of a fleet; changes nothing. @param now UNIX seconds */
async function readFleetStatus(project, fleet, now) {
	const state = await project.state.readFleet(fleet.name);
	const version = state.releases.releases.at(-1)?.version;
	const hold = holdAt(state.operations, now);
	const nodes = await askNodes(project, fleet, {
		state,
		now
	});
	const promotion = await readPromotion(project, fleet, {
		to: state,
		now
	});
	return {
		fleet: fleet.name,
		...defined({ release: version === void 0 ? void 0 : releaseStatus(project, state, {
			version,
			now
		}) }),
		...defined({
			hold,
			nodes
		}),
		paused: state.operations.paused ?? [],
		rings: ringNotes(state, project.state.ringGates(fleet.name), now),
		withdrawn: state.operations.withdrawn ?? [],
		...defined({
			promotion,
			adoption: state.adoption === void 0 ? void 0 : adoptionStatus(state.adoption, version)
		})
	};
}
function adoptionStatus(observed, newest) {
	const { observedAt, nodes, method, releases, rings, cameBack, stuck } = observed;
	return {
		observedAt,
		nodes,
		method,
		onNewest: releases.find(({ version }) => version === newest)?.nodes ?? 0,
		rings: rings.map((each) => ({
			ring: each.ring,
			nodes: each.nodes,
			onNewest: each.releases[newest ?? ""] ?? 0
		})),
		cameBack: cameBack.reduce((sum, each) => sum + each.nodes, 0),
		stuck: stuck.reduce((sum, each) => sum + each.nodes, 0)
	};
}
/** About every image of the newest release: the first refusal counts. */
async function askNodes(project, fleet, { state, now }) {
	const images = state.releases.releases.at(-1)?.["oci-images"] ?? [];
	if (fleet.signing.length === 0 || images.length === 0) return void 0;
	try {
		for (const { "digest-ref": name } of images) {
			const image = parseReference(name);
			if (image.kind !== "digest") continue;
			const verdict = await askFleetPolicy(project, {
				fleet,
				image,
				now
			});
			if (!verdict.accepted) return verdict;
		}
		return { accepted: true };
	} catch (error) {
		if (!(error instanceof OutsideError)) throw error;
		return {
			accepted: "unknown",
			reason: messageOf(error)
		};
	}
}
function releaseStatus({ config, guidance }, state, { version, now }) {
	const record = state.records[version];
	const { rollout, barrier } = metadataOf(state.updates, version);
	const paused = state.operations.paused?.find((each) => each.version === version);
	const isWithdrawn = state.operations.withdrawn?.some((each) => each.version === version) === true;
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	const phase = rollout !== void 0 ? rolloutPhase(rollout, now) : paused !== void 0 ? "paused" : barrier !== void 0 ? "complete" : isWithdrawn ? "withdrawn" : "not offered";
	const progress = rollout !== void 0 ? rolloutProgress(rollout, now) : paused?.progress ?? (phase === "complete" ? 1 : 0);
	return {
		version,
		phase,
		progress,
		...defined({
			base: record?.baseVersion,
			recordedAt: record?.recordedAt,
			record,
			startsAt: phase === "scheduled" ? rollout?.start_epoch : void 0,
			completeAt: end === void 0 || end <= now ? void 0 : end
		}),
		rings: ringsToShow(config.rings).map(({ name: ring, wariness }) => {
			const offered = rollout === void 0 ? phase === "complete" : wariness <= progress;
			const from = rollout === void 0 || offered ? void 0 : nextOpening(rollout, wariness, now);
			return {
				ring,
				wariness,
				offered,
				...defined({ offeredFrom: from })
			};
		}),
		...defined({ upstream: guidance === void 0 || guidance instanceof Error || record === void 0 ? void 0 : upstreamStatusOf(guidance, record.baseVersion, now) })
	};
}
async function readPromotion(project, target, { to, now }) {
	const pending = await findPendingPromotion(project, target, {
		to,
		now,
		guidance: project.guidance
	});
	if (pending === void 0) return void 0;
	const { from, version, pullRequest, gates } = pending;
	const next = nextGate(gates);
	return {
		from,
		version,
		...defined({ pullRequest: pullRequest?.number }),
		ready: isReady(gates),
		...defined({ nextGate: next })
	};
}
// src/operate/status/status-text.ts
const barLength = 24;
/** One screen for people: a report for each fleet. @param now UNIX seconds */
function reportFleet(status, now) {
	const { fleet, release } = status;
	return {
		headline: `${fleet}: ${release === void 0 ? "no release yet" : titleOf(release)}`,
		facts: [
			release === void 0 ? void 0 : say`${exact(bar(release.progress))} ${progressOf(release, now)}`,
			release === void 0 || release.phase === "complete" ? void 0 : release.rings.map((ring) => ringOf(ring, now)).join(" · "),
			...remarks(status, now)
		]
	};
}
function titleOf({ version, base, recordedAt }) {
	const facts = [...base === void 0 ? [] : [`base ${base}`], ...recordedAt === void 0 ? [] : [`released ${formatTime(recordedAt)}`]];
	return `${version}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
}
function progressOf({ phase, progress, startsAt, completeAt }, now) {
	const share = `${Number((progress * 100).toFixed(1))} %`;
	const left = completeAt === void 0 ? "" : `, ${formatDuration(completeAt - now)} left`;
	if (phase === "complete") return "complete: offered to every node";
	if (phase === "withdrawn") return "withdrawn: offered to nobody";
	if (phase === "not offered") return "offered to nobody";
	if (phase === "scheduled") return `${share}, starts ${startsAt === void 0 ? "later" : `in ${formatDuration(startsAt - now)}`}${left}`;
	return `${share} ${phase}${left}`;
}
function ringOf({ ring, offered, offeredFrom }, now) {
	if (offered) return `${ring}: offered`;
	return `${ring}: ${offeredFrom === void 0 ? "not offered" : `in ${formatDuration(offeredFrom - now)}`}`;
}
/** What people should know: holds, pauses, exceptions, upstream, and what comes next. */
function remarks(status, now) {
	const { release, hold, paused, rings, adoption, withdrawn, nodes, promotion } = status;
	const { urgent, acceptedMissingEvidence: accepted, rollBack } = release?.record ?? {};
	const { acceptedVulnerabilities: found } = release?.record ?? {};
	const verdict = release?.upstream?.verdict;
	return [
		...hold === void 0 ? [] : [`HELD: ${describeHold(hold)}`],
		...paused.map(({ version, progress, reason, by, until }) => `paused: ${version} at ${Number((progress * 100).toFixed(1))} %: ${reason} (by ${by}${until === void 0 ? "" : `, until ${formatTime(until)}`})`),
		...rings.map(({ version, ring, note }) => `${ring === void 0 ? "rings" : "WAITS"}: ${version}, ${note}`),
		...adoption === void 0 ? [] : [adoptionOf(adoption)],
		...withdrawn.filter(({ version }) => version === release?.version).map(({ reason, by, at }) => `withdrawn: ${reason} (by ${by} on ${formatTime(at)})`),
		...nodes === void 0 ? [] : [nodesOf(nodes, status)],
		...urgent === void 0 ? [] : [`urgent: ${urgent.reason} (by ${urgent.by})`],
		...rollBack === void 0 ? [] : [`roll-back: the content of ${rollBack.restores} instead of ${rollBack.insteadOf}: ${rollBack.reason}`],
		...accepted === void 0 ? [] : [`without evidence: ${accepted.reason} (by ${accepted.by})`],
		...found === void 0 ? [] : [`vulnerabilities accepted: ${found.reason} (by ${found.by})`],
		...verdict === "paused" || verdict === "deadend" || verdict === "unlisted" ? [`upstream: base ${release?.base} is ${verdict === "deadend" ? "a dead-end" : verdict}`] : [],
		...promotion === void 0 ? [] : [nextOf(promotion, now)]
	];
}
function adoptionOf({ nodes, onNewest, rings, method, cameBack, stuck, observedAt }) {
	const share = nodes === 0 ? "" : ` (${formatPercent(onNewest / nodes)})`;
	const each = rings.filter((ring) => ring.nodes > 0).map((ring) => `${ring.ring} ${ring.onNewest} of ${ring.nodes}`);
	const more = [
		...each.length < 2 ? [] : [each.join(", ")],
		...cameBack === 0 ? [] : [`${cameBack} CAME BACK to an older release`],
		...stuck === 0 ? [] : [`${stuck} do not move on`]
	];
	return [`adoption: ${method === "sample" ? "about " : ""}${onNewest} of ${count(nodes, "node")} run it${share}, counted on ${formatTime(observedAt)}`, ...more].join("; ");
}
function nodesOf(answer, { fleet, release }) {
	if (answer.accepted === true) return `nodes of ${fleet} accept ${release?.version} by their policy`;
	if (answer.accepted === "unknown") return `whether nodes of ${fleet} accept it is not known: ${answer.reason}`;
	return `NODES REFUSE IT: by the policy of ${fleet}, ${answer.reason}`;
}
function nextOf({ from, version, pullRequest, ready, nextGate }, now) {
	const what = `next: ${version} from ${from}, ${pullRequest === void 0 ? "no pull request yet" : `pull request #${pullRequest}`}`;
	if (ready || nextGate === void 0) return `${what}: ready`;
	const when = nextGate.until === void 0 ? "" : ` (in ${formatDuration(nextGate.until - now)})`;
	return `${what}: ${nextGate.state === "red" ? "stopped by" : "waits for"} ${nextGate.name}: ${nextGate.note}${when}`;
}
function bar(share) {
	const full = Math.floor(share * barLength + 1e-9);
	return `${"█".repeat(full)}${"░".repeat(barLength - full)}`;
}
export { readFleetStatus as n, reportFleet as t };
