import { $ as formatTime, F as cacheFolder, V as writeFileAtomically, ct as InputError, dt as init_errors, ft as messageOf, it as defined, lt as OutsideError, ut as UsageError, z as readFileIfThere } from "./host.mjs";
import { g as string, p as object, r as array } from "./zod.mjs";
import { A as shortCommit } from "./world-git.mjs";
import { C as rolloutProgress, H as parseGraphUpdates, S as rolloutPhase, X as buildGraph, it as someText, nt as openObject, p as architecturesOf, rt as readDocument, x as rolloutEnd } from "./guidance.mjs";
import { a as fetchWhole, o as init_fetch_whole } from "./world-http.mjs";
import { F as metadataOf, L as setMetadata, P as ageOf, R as withdrawnOrPaused } from "./release-operations.mjs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createHash } from "node:crypto";
init_errors();
init_fetch_whole();
const patience = 3e4;
const entrySchema = object({
	url: string(),
	etag: string(),
	body: string()
});
/** Folder for answers between runs: `$XDG_CACHE_HOME/coxswain/upstream`. */
function upstreamCache(env) {
	return cacheFolder("upstream", env);
}
/**
* Reads a document by HTTP. A cached copy is used only if the server confirms by its ETag that it has not changed: an
* old copy could lack the newest barrier.
* @param options.parse reads the text; a text that it refuses is not cached
* @throws OutsideError that says what was tried
*/
async function cachedGet(url, options) {
	const { parse, cacheFolder, log, retryDelays = [500, 2e3] } = options;
	const file = join(cacheFolder, `${createHash("sha256").update(url).digest("hex")}.json`);
	const known = await readEntry(file, url);
	const delays = retryDelays.values();
	for (;;) {
		const answer = await request(url, known?.etag);
		if (answer.kind === "unchanged" && known !== void 0) {
			log.detail(`${url} has not changed`);
			return parseAnswer(url, known.body, parse);
		}
		if (answer.kind === "text") {
			const value = parseAnswer(url, answer.body, parse);
			if (answer.etag !== void 0) await keep(file, {
				url,
				etag: answer.etag,
				body: answer.body
			}, log);
			return value;
		}
		const happened = answer.kind === "unchanged" ? "it answered \"not changed\" to a request without an ETag" : answer.happened;
		const delay = answer.kind === "failed" && answer.passing ? delays.next().value : void 0;
		if (delay === void 0) throw failure(url, happened);
		await setTimeout(delay);
	}
}
async function request(url, etag) {
	try {
		const response = await fetchWhole(url, {
			headers: {
				accept: "application/json",
				...defined({ "if-none-match": etag })
			},
			timeout: patience
		});
		if (response.status === 304) return { kind: "unchanged" };
		if (response.ok) return {
			kind: "text",
			body: await response.text(),
			etag: response.headers.get("etag") ?? void 0
		};
		response.discard();
		return {
			kind: "failed",
			happened: `the server answered ${response.status}`,
			passing: response.status >= 500 || response.status === 429
		};
	} catch (error) {
		const cause = error instanceof Error && error.cause !== void 0 ? error.cause : error;
		return {
			kind: "failed",
			happened: messageOf(cause),
			passing: true
		};
	}
}
function parseAnswer(url, text, parse) {
	try {
		return parse(text);
	} catch (error) {
		throw failure(url, `the answer is not update guidance: ${messageOf(error)}`);
	}
}
function failure(url, happened) {
	return new OutsideError(`reading the base's own update guidance from ${url}`, happened, "Without it the barriers of the base are not known. Running the same command again is safe; the address is \"upstream\" in coxswain.yaml, and \"upstream: none\" switches this off.");
}
async function readEntry(file, url) {
	try {
		const entry = entrySchema.safeParse(JSON.parse(await readFileIfThere(file) ?? "null"));
		return entry.data?.url === url ? entry.data : void 0;
	} catch {
		return;
	}
}
async function keep(file, entry, log) {
	try {
		await writeFileAtomically(file, JSON.stringify(entry));
	} catch (error) {
		log.detail(`cannot keep a copy in ${file}: ${messageOf(error)}`);
	}
}
const index = openObject("a release index: {releases}", { releases: array(openObject("a release: {version}", { version: someText("a version") }), { error: "the list of releases, oldest first" }).min(1, { error: "at least one release" }) });
/** A way to read upstream's guidance, at most once. */
function upstreamReader(config, context) {
	let reading;
	return () => {
		reading ??= read(config, context);
		return reading;
	};
}
async function read({ upstream }, { env, log, retryDelays }) {
	if (upstream === void 0) return void 0;
	const options = {
		cacheFolder: upstreamCache(env),
		log,
		...defined({ retryDelays })
	};
	const [order, updates] = await Promise.all([cachedGet(upstream.releases, {
		...options,
		parse: (text) => readDocument(index, text, { where: "releases.json" }).releases.map(({ version }) => version)
	}), cachedGet(upstream.updates, {
		...options,
		parse: (text) => parseGraphUpdates(text, "updates.json").releases
	})]);
	return {
		order,
		updates
	};
}
init_errors();
/** States of a base that is not built on unless somebody accepts it. */
const doubts = [
	"paused",
	"deadend",
	"unlisted"
];
/** Reads a value of `--accept-upstream`. @throws UsageError */
function readDoubt(text) {
	const known = doubts.find((doubt) => doubt === text);
	if (known !== void 0) return known;
	throw new UsageError(`--accept-upstream takes ${doubts.join(", ")}, not ${JSON.stringify(text)}`);
}
/** @param now UNIX seconds */
function upstreamStatusOf(guidance, version, now) {
	const position = guidance.order.indexOf(version);
	const { rollout, barrier, deadend } = upstreamSays(guidance, version);
	const newer = guidance.updates.some((entry) => entry.metadata.rollout !== void 0 && guidance.order.indexOf(entry.version) > position);
	return {
		version,
		verdict: deadend !== void 0 ? "deadend" : position < 0 ? "unlisted" : rollout !== void 0 ? "offered" : barrier !== void 0 || newer ? "past" : "paused",
		...defined({
			rollout,
			progress: rollout === void 0 ? void 0 : rolloutProgress(rollout, now),
			barrier: barrier?.reason,
			deadend: deadend?.reason
		})
	};
}
/** Why this release of the base must not be built on; undefined if it may be. */
function doubtOf({ version, verdict, deadend }) {
	switch (verdict) {
		case "deadend": return {
			doubt: "deadend",
			why: `upstream has made base ${version} a dead-end: ${deadend}`
		};
		case "paused": return {
			doubt: "paused",
			why: `upstream offers base ${version}, its newest release, to nobody: its rollout is paused, or not announced yet`
		};
		case "unlisted": return {
			doubt: "unlisted",
			why: `upstream's release index does not have base ${version}, or not yet`
		};
		default: return;
	}
}
/** @throws InputError for a base that upstream itself holds back, unless that is accepted */
function refuseDoubtful(status, options) {
	const found = doubtOf(status);
	if (found === void 0 || options.accept.includes(found.doubt)) return;
	throw new InputError({
		where: options.where,
		problem: found.why,
		remedy: `Wait for upstream, or continue anyway with --accept-upstream ${found.doubt}.`
	});
}
/** What upstream does with it, for a pull request: the same words at any time unless upstream changes something. */
function describeUpstreamStatus(status) {
	const doubt = doubtOf(status);
	const { rollout, barrier } = status;
	return [
		...doubt === void 0 ? [] : [`**${doubt.why}**`],
		...rollout === void 0 ? [] : [describeRollout(rollout)],
		...status.verdict === "past" && barrier === void 0 ? ["upstream offers a newer release instead"] : [],
		...barrier === void 0 ? [] : [`a barrier upstream, so the release built on it becomes a barrier, too: ${barrier}`]
	];
}
/** `43 %, started …, complete …` */
function describeRollout(rollout, now) {
	const start = rollout.start_epoch ?? 0;
	const end = rolloutEnd(rollout);
	const share = now === void 0 ? void 0 : rolloutProgress(rollout, now);
	const phase = now === void 0 ? void 0 : rolloutPhase(rollout, now);
	return [
		(rollout.start_percentage ?? 0) >= 1 && end === void 0 ? "upstream offers it to every node" : "upstream rolls it out",
		...share === void 0 || phase === "complete" ? [] : [`${Number((share * 100).toFixed(1))} % now`],
		...start <= 0 ? [] : [`start ${formatTime(start)}`],
		...end === void 0 ? [] : [`complete ${formatTime(end)}`]
	].join(", ");
}
/** Everything that upstream says about a version. */
function upstreamSays({ updates }, version) {
	return Object.assign({}, ...updates.filter((entry) => entry.version === version).map((entry) => entry.metadata));
}
// src/release/upstream/inherited-barriers.ts
/** Upstream's barriers or dead-ends strictly between two releases of the base, oldest first. */
function upstreamMarksBetween(guidance, kind, range) {
	const from = guidance.order.indexOf(range.from);
	const to = guidance.order.indexOf(range.to);
	if (from < 0 || to < 0) return [];
	return guidance.order.slice(from + 1, Math.max(from + 1, to)).flatMap((version) => {
		const said = upstreamSays(guidance, version)[kind];
		return said === void 0 ? [] : [{
			version,
			reason: said.reason
		}];
	});
}
/**
* Versions of the base's barriers that a node passes on its way from a fleet's newest release to a new one, the new
* one's base included; what a template knows as `barriersCrossed`.
*/
function barriersCrossed(guidance, before, base) {
	const newest = before.releases.releases.at(-1)?.version;
	if (guidance === void 0 || newest === void 0) return [];
	const from = baseOf(before, newest);
	const between = upstreamMarksBetween(guidance, "barrier", {
		from,
		to: base
	}).map(({ version }) => version);
	return base !== from && upstreamSays(guidance, base).barrier !== void 0 ? [...between, base] : between;
}
/** The release of the base that a release of a fleet is built on. */
function baseOf(state, version) {
	return state.records[version]?.baseVersion ?? version.replace(/-[0-9a-f]{8}$/, "");
}
/** Edges of a fleet's graphs, on any architecture, that go around a barrier of the base. */
function findBarrierBypasses(state, guidance) {
	const found = /* @__PURE__ */ new Map();
	for (const { detour } of bypassesByArchitecture(state, guidance)) found.set(`${detour.from} ${detour.to} ${detour.barrier.version}`, detour);
	return [...found.values()];
}
/**
* Makes barriers of the base barriers of the fleet: the release that is added, if its base is one; and earlier
* releases, if upstream marked their base only later and nodes would go around it.
* @param added the version that is being added; it is in the state already
* @returns the new state, what was marked, and the edges around barriers that no release of the fleet can close
*/
function inheritBarriers(before, options) {
	const { guidance, added, now } = options;
	const marked = [];
	let state = before;
	const mark = (release, { version, reason }) => {
		state = setMetadata(state, release, {
			...metadataOf(state.updates, release),
			barrier: { reason }
		}, now);
		marked.push({
			version,
			reason,
			release
		});
	};
	const base = baseOf(before, added);
	const reason = upstreamSays(guidance, base).barrier?.reason;
	const onBase = (each) => baseOf(state, each) === base && metadataOf(state.updates, each).barrier !== void 0;
	if (reason !== void 0 && !versionsOf(state).some((each) => each !== added && onBase(each)) && !onBase(added)) {
		if (canBeBarrier(state, added)) mark(added, {
			version: base,
			reason
		});
	}
	for (;;) if (!bypassesByArchitecture(state, guidance).some(({ detour, architecture }) => {
		const candidate = findBridge(state, detour, architecture);
		if (candidate === void 0) return false;
		mark(candidate, detour.barrier);
		return true;
	})) break;
	return {
		state,
		marked,
		open: findBarrierBypasses(state, guidance)
	};
}
/** The newest release on the barrier's base in between that may become a barrier. */
function findBridge(state, detour, architecture) {
	const [from, to] = [ageOf(state, detour.from), ageOf(state, detour.to)];
	return versionsOf(state).slice(from + 1, to).findLast((version) => baseOf(state, version) === detour.barrier.version && metadataOf(state.updates, version).barrier === void 0 && canBeBarrier(state, version) && state.releases.releases.find((release) => release.version === version)?.["oci-images"]?.some((image) => image.architecture === architecture) === true);
}
function canBeBarrier(state, version) {
	return metadataOf(state.updates, version).deadend === void 0 && !withdrawnOrPaused(state).has(version);
}
function versionsOf(state) {
	return state.releases.releases.map(({ version }) => version);
}
function bypassesByArchitecture(state, guidance) {
	return architecturesOf(state).flatMap((architecture) => {
		const graph = buildGraph(state.releases, state.updates, {
			basearch: architecture,
			scheme: "oci"
		});
		const versions = graph.nodes.map(({ version }) => version);
		return graph.edges.flatMap(([start, end]) => {
			const [from, to] = [versions[start], versions[end]];
			return upstreamMarksBetween(guidance, "barrier", {
				from: baseOf(state, from),
				to: baseOf(state, to)
			}).map((barrier) => ({
				detour: {
					from,
					to,
					barrier
				},
				architecture
			}));
		});
	});
}
// src/release/upstream/barrier-bypasses.ts
init_errors();
/**
* @param options.source the fleet that this one is promoted from
* @throws InputError that names the release that has to come first
*/
function refuseBarrierBypasses(result, options) {
	const [detour] = result.open;
	if (detour === void 0) return;
	const { fleet, version } = options;
	const { barrier, from } = detour;
	const base = (each) => `${each} (on base ${baseOf(result.state, each)})`;
	throw new InputError({
		where: `fleet ${fleet.name}`,
		problem: `you need a release on base ${barrier.version} before ${version}: that base is a barrier upstream (${barrier.reason}), and nodes on ${base(from)} would go around it to ${base(detour.to)}`,
		remedy: remedy(barrier.version, options)
	});
}
function remedy(needed, { fleet, source }) {
	const there = Object.values(source?.records ?? {}).find((record) => record.baseVersion === needed);
	if (there !== void 0) return `Fleet ${fleet.promoteFrom} has ${there.version} on it: promote that first (commit ${shortCommit(there.commit)}).`;
	return `coxswain watch-base --base-version ${needed} makes the pull request for it${fleet.promoteFrom === void 0 ? "" : `, and promote it from ${fleet.promoteFrom} to ${fleet.name}`}. If no node is that old, mark those releases instead: coxswain edit-updates --fleet ${fleet.name} --action deadend for the older releases.`;
}
export { describeRollout as a, doubts as c, upstreamStatusOf as d, upstreamReader as f, upstreamMarksBetween as i, readDoubt as l, barriersCrossed as n, describeUpstreamStatus as o, inheritBarriers as r, doubtOf as s, refuseBarrierBypasses as t, refuseDoubtful as u };
