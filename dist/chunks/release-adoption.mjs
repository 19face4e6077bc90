import { Lt as defined } from "./host.mjs";
import { F as noOperations, J as otherRelease, X as buildGraph, b as nextOpening, et as nodeKeys, i as considerUpdate, ut as architectures, v as rolloutOf, y as throttleGraph } from "./guidance.mjs";
import { vi as groupRingFolders, yi as groupRings } from "./shared.mjs";
import { createHmac } from "node:crypto";
/**
* Finds why nodes of one wariness do not leave a release.
* @param now UNIX seconds
*/
function createObstacles(of, now) {
	const complete = /* @__PURE__ */ new Map();
	const offered = /* @__PURE__ */ new Map();
	return (version, { basearch, wariness }) => {
		const graph = memo(complete, basearch, () => buildGraph(of.releases, of.updates, {
			basearch,
			scheme: "oci"
		}));
		const key = `${basearch} ${wariness}`;
		const choice = considerUpdate(memo(offered, key, () => throttleGraph(graph, {
			now,
			wariness
		})), { version });
		if (choice.kind === "unknown") return {
			kind: "not in the graph",
			since: 0
		};
		if (choice.kind === "dead-end") return {
			kind: "dead-end",
			reason: choice.reason,
			since: 0
		};
		if (choice.kind === "none") return pausedAfter(of, version);
		const { target } = choice;
		const rollout = rolloutOf(target);
		const opened = rollout === void 0 ? void 0 : nextOpening(rollout, wariness, 0);
		const isBarrier = target.metadata[nodeKeys.barrier] !== void 0;
		return {
			kind: isBarrier ? "barrier" : "offered",
			behind: target.version,
			...defined({ reason: isBarrier ? target.metadata[nodeKeys.barrierReason] : void 0 }),
			since: opened ?? 0
		};
	};
}
function pausedAfter({ releases, operations }, version) {
	const age = (each) => releases.releases.findIndex((release) => release.version === each);
	const paused = operations?.paused?.filter((each) => age(each.version) > age(version)).sort((one, other) => age(other.version) - age(one.version))[0];
	return paused === void 0 ? void 0 : {
		kind: "paused",
		behind: paused.version,
		reason: paused.reason,
		since: 0
	};
}
function memo(known, key, make) {
	const value = known.get(key) ?? make();
	known.set(key, value);
	return value;
}
const daySeconds$2 = 86400;
const hourSeconds = 3600;
const curvePoints = 48;
/** What the counter knows, as numbers of nodes. @param observedAt UNIX seconds */
function summarize(counter, observedAt) {
	const { of, table, from, until } = counter;
	const times = 2 ** table.level;
	const versions = [otherRelease, ...of.releases.releases.map(({ version }) => version)];
	const rows = liveRows(counter);
	const days = countDays(counter, rows, versions);
	const seenDays = sum(days.map(({ nodes }) => nodes));
	const counted = sum(counter.requests.map((each) => each.count()));
	return {
		fleet: of.fleet,
		observedAt,
		window: {
			from,
			until
		},
		...defined({ lastRequest: counter.lastRequest === 0 ? void 0 : counter.lastRequest }),
		method: table.level === 0 ? "exact" : "sample",
		standardError: table.level === 0 ? 0 : round(Math.sqrt((1 - 1 / times) / Math.max(1, rows.length)), 5),
		nodes: rows.length * times,
		requests: {
			counted,
			perNodeAndDay: seenDays === 0 ? 0 : round(counted / seenDays, 1),
			withoutNode: counter.withoutNode
		},
		releases: countReleases(counter, rows, versions),
		rings: countRings(counter, rows, versions),
		days,
		curves: countCurves(counter, rows, versions),
		stuck: findStuck(counter, rows, versions, observedAt),
		cameBack: findCameBack(counter, rows, versions),
		missing: [...counter.missing].map(([path, { requests, nodes }]) => ({
			path,
			nodes: nodes.count(),
			requests
		})).sort((one, other) => other.nodes - one.nodes || compare(one.path, other.path)).slice(0, 50)
	};
}
/** @param since UNIX seconds: nodes that did not ask since then are left out */
function countLive({ of, table }, since) {
	const times = 2 ** table.level;
	const versions = [otherRelease, ...of.releases.releases.map(({ version }) => version)];
	const counts = of.rings.map(() => new Uint32Array(versions.length));
	let cameBack = 0;
	for (let row = 0; row < table.size; row += 1) {
		if (table.last[row] < since) continue;
		const release = table.release[row];
		const list = counts[Math.floor(table.place[row] / architectures.length)];
		list[release] = list[release] + 1;
		if (release > 0 && table.top[row] > release && table.topLast[row] >= since) cameBack += times;
	}
	return {
		nodes: of.rings.flatMap(({ name }, ring) => Object.entries(namedCounts(counts[ring], versions, times)).map(([release, count]) => ({
			ring: name,
			release,
			count
		}))),
		cameBack,
		share: 1 / times
	};
}
/** Whether the node ran a newer release in the window than it runs now. */
function hasComeBack({ table, from }, row) {
	const release = table.release[row];
	return release > 0 && table.top[row] > release && table.topLast[row] >= from;
}
/** The rows of nodes that were seen in the window. */
function liveRows({ table, from }) {
	const rows = new Uint32Array(table.size);
	let live = 0;
	for (let row = 0; row < table.size; row += 1) {
		if (table.last[row] < from) continue;
		rows[live] = row;
		live += 1;
	}
	return rows.subarray(0, live);
}
function countReleases({ table, from, until }, rows, versions) {
	const times = 2 ** table.level;
	const length = Math.ceil((until - from) / daySeconds$2);
	const seen = versions.map(() => new Array(length).fill(0));
	for (const row of rows) {
		const day = Math.floor((until - 1 - table.last[row]) / daySeconds$2);
		const list = seen[table.release[row]];
		list[day] = list[day] + times;
	}
	const all = versions.map((version, release) => {
		const lastSeen = seen[release];
		return {
			version,
			nodes: sum(lastSeen),
			lastSeen
		};
	});
	return [...all.slice(1), ...all.slice(0, 1)].filter(({ nodes }) => nodes > 0);
}
function countRings(counter, rows, versions) {
	const { of, table } = counter;
	const times = 2 ** table.level;
	const counts = of.rings.map(() => new Uint32Array(versions.length));
	const back = new Uint32Array(of.rings.length);
	for (const row of rows) {
		const ring = Math.floor(table.place[row] / architectures.length);
		const list = counts[ring];
		const release = table.release[row];
		list[release] = list[release] + 1;
		if (hasComeBack(counter, row)) back[ring] = back[ring] + 1;
	}
	return of.rings.map(({ name, wariness }, ring) => {
		const list = counts[ring];
		return {
			ring: name,
			...defined({ wariness }),
			nodes: sum([...list]) * times,
			releases: namedCounts(list, versions, times),
			cameBack: back[ring] * times
		};
	}).filter(({ nodes }) => nodes > 0);
}
function countDays({ table }, rows, versions) {
	const times = 2 ** table.level;
	const days = [];
	for (let day = 0; day < table.days; day += 1) {
		const counts = new Uint32Array(versions.length);
		let nodes = 0;
		for (const row of rows) {
			const release = table.byDay[row * table.days + day];
			if (release === 0) continue;
			counts[release - 1] = counts[release - 1] + 1;
			nodes += 1;
		}
		if (nodes === 0) continue;
		days.push({
			day: (/* @__PURE__ */ new Date((table.firstDay + day) * daySeconds$2 * 1e3)).toISOString().slice(0, 10),
			nodes: nodes * times,
			releases: namedCounts(counts, versions, times)
		});
	}
	return days;
}
function countCurves({ table, from, until }, rows, versions) {
	const times = 2 ** table.level;
	const step = Math.max(1, Math.ceil((until - from) / curvePoints / hourSeconds)) * hourSeconds;
	const points = Math.floor((until - from) / step);
	const start = until - points * step;
	const releases = {};
	for (const [curve, release] of table.curves.entries()) {
		const arrived = new Array(points + 1).fill(0);
		for (const row of rows) {
			const at = table.arrivals[row * table.curves.length + curve];
			if (at === 0) continue;
			const point = Math.max(0, Math.ceil((at - start) / step));
			arrived[point] = arrived[point] + times;
		}
		for (let point = 1; point <= points; point += 1) arrived[point] = arrived[point] + arrived[point - 1];
		if (arrived[points] > 0) releases[versions[release]] = arrived;
	}
	return {
		start,
		step,
		releases
	};
}
function findStuck(counter, rows, versions, now) {
	const { of, table, others } = counter;
	const times = 2 ** table.level;
	const obstacles = createObstacles(of, now);
	const known = /* @__PURE__ */ new Map();
	const found = /* @__PURE__ */ new Map();
	for (const row of rows) {
		const release = table.release[row];
		if (release === 0) {
			add({ kind: "not in the graph" }, others[table.other[row]]);
			continue;
		}
		const place = table.place[row];
		const key = place * versions.length + release;
		const version = versions[release];
		if (!known.has(key)) {
			const basearch = architectures[place % architectures.length];
			const wariness = of.rings[Math.floor(place / architectures.length)]?.wariness?.[1] ?? 1;
			known.set(key, obstacles(version, {
				basearch,
				wariness
			}));
		}
		const obstacle = known.get(key);
		if (obstacle === void 0) continue;
		const isOffered = obstacle.kind === "barrier" || obstacle.kind === "offered";
		const since = Math.max(obstacle.since, arrival(row, release));
		if (isOffered && table.last[row] - since <= 86400) continue;
		add(obstacle, version);
	}
	return [...found].sort(([one, { nodes }], [other, { nodes: more }]) => more - nodes || compare(one, other)).map(([, entry]) => entry).slice(0, 50);
	/** When the node came to its release, as well as it is known. */
	function arrival(row, release) {
		const curve = table.curves.indexOf(release);
		const at = curve < 0 ? 0 : table.arrivals[row * table.curves.length + curve];
		return at === 0 ? table.first[row] : at;
	}
	function add({ kind, behind, reason }, version) {
		const key = `${kind}\n${version}\n${behind ?? ""}`;
		const entry = found.get(key) ?? {
			kind,
			version,
			...defined({
				behind,
				reason
			}),
			nodes: 0
		};
		entry.nodes += times;
		found.set(key, entry);
	}
}
function findCameBack(counter, rows, versions) {
	const { table } = counter;
	const times = 2 ** table.level;
	const pairs = /* @__PURE__ */ new Map();
	for (const row of rows) {
		if (!hasComeBack(counter, row)) continue;
		const pair = table.top[row] * versions.length + table.release[row];
		pairs.set(pair, (pairs.get(pair) ?? 0) + times);
	}
	return [...pairs].map(([pair, nodes]) => ({
		from: versions[Math.floor(pair / versions.length)],
		to: versions[pair % versions.length],
		nodes
	})).sort((one, other) => other.nodes - one.nodes || compare(one.from + one.to, other.from + other.to)).slice(0, 50);
}
/** The order must not depend on that of the logs. */
function compare(one, other) {
	return one < other ? -1 : Number(one > other);
}
function namedCounts(counts, versions, times) {
	const named = {};
	for (const [release, nodes] of counts.entries()) if (nodes > 0) named[versions[release]] = nodes * times;
	return named;
}
function sum(numbers) {
	return numbers.reduce((total, number) => total + number, 0);
}
function round(value, digits) {
	return Number(value.toFixed(digits));
}
// src/release/adoption/distinct-sample.ts
/** @param limit how many are kept at most; the error of the estimate is about 1 / √(limit / 2) */
function createDistinctSample(limit) {
	let slots = /* @__PURE__ */ new Uint32Array(128);
	let hasZero = 0;
	let used = 0;
	let level = 0;
	return {
		add(high, low) {
			if (!isKept(high, level)) return;
			if (high === 0 && low === 0) {
				hasZero = 1;
				return;
			}
			if (!insert(slots, high, low)) return;
			used += 1;
			if (used > limit) halve();
			else if (used * 4 > slots.length) slots = rebuilt(slots, slots.length * 2, level);
		},
		count: () => (used + hasZero) * 2 ** level,
		get level() {
			return level;
		},
		*kept() {
			if (hasZero === 1) yield [0, 0];
			for (let at = 0; at < slots.length; at += 2) {
				const high = slots[at];
				const low = slots[at + 1];
				if (high !== 0 || low !== 0) yield [high, low];
			}
		}
	};
	function halve() {
		while (used > limit) {
			level += 1;
			slots = rebuilt(slots, slots.length, level);
			used = 0;
			for (let at = 0; at < slots.length; at += 2) used += slots[at] !== 0 || slots[at + 1] !== 0 ? 1 : 0;
		}
	}
}
/** Whether a sample at this level has a thing: its first bits are zero. */
function isKept(high, level) {
	return level === 0 || high >>> 32 - level === 0;
}
/** @returns false if it is there already */
function insert(slots, high, low) {
	const mask = slots.length / 2 - 1;
	for (let slot = low & mask;; slot = slot + 1 & mask) {
		const at = slot * 2;
		if (slots[at] === 0 && slots[at + 1] === 0) {
			slots[at] = high;
			slots[at + 1] = low;
			return true;
		}
		if (slots[at] === high && slots[at + 1] === low) return false;
	}
}
function rebuilt(before, length, level) {
	const slots = new Uint32Array(length);
	for (let at = 0; at < before.length; at += 2) {
		const high = before[at];
		const low = before[at + 1];
		if ((high !== 0 || low !== 0) && isKept(high, level)) insert(slots, high, low);
	}
	return slots;
}
// src/release/adoption/node-table.ts
const daySeconds$1 = 86400;
const firstCapacity = 1024;
/**
* What is known about each node, in columns of numbers. Every column is the least or the greatest of what was seen, so
* neither the order of requests nor seeing one twice makes a difference. Above the limit only nodes with a hash below
* a threshold are kept (see distinct-sample.ts).
*/
var NodeTable = class {
	firstDay;
	days;
	curves;
	#limit;
	#slots = new Int32Array(2 * firstCapacity).fill(-1);
	#capacity = firstCapacity;
	/** Nodes that are kept: rows 0 to size - 1. */
	size = 0;
	/** Each kept node stands for 2^level nodes. */
	level = 0;
	/** Rows were moved or removed this often: numbers of rows from before are wrong. */
	generation = 0;
	high = new Uint32Array(firstCapacity);
	low = new Uint32Array(firstCapacity);
	/** UNIX seconds of the first and the last request. */
	first = new Uint32Array(firstCapacity);
	last = new Uint32Array(firstCapacity);
	/** What the last request said, as in Sighting. */
	release = new Uint16Array(firstCapacity);
	other = new Uint16Array(firstCapacity);
	place = new Uint16Array(firstCapacity);
	/** The newest release that was seen, and the last request from it. */
	top = new Uint16Array(firstCapacity);
	topLast = new Uint32Array(firstCapacity);
	/** For each day: 0 for not seen, otherwise the newest release as in Sighting, and 1. */
	byDay;
	/** For each curve: UNIX seconds of the first request from that release or a newer one; 0 for never. */
	arrivals;
	constructor({ limit, from, days, curves }) {
		this.#limit = limit;
		this.firstDay = Math.floor(from / daySeconds$1);
		this.days = days === 0 ? 0 : days + 1;
		this.curves = curves;
		this.byDay = new Uint16Array(firstCapacity * this.days);
		this.arrivals = new Uint32Array(firstCapacity * curves.length);
	}
	/** The row of a node; it is added if it is new. @returns -1 if the node is not in the sample */
	rowOf({ high, low }) {
		if (!isKept(high, this.level)) return -1;
		const mask = this.#slots.length - 1;
		let slot = low & mask;
		for (;; slot = slot + 1 & mask) {
			const row = this.#slots[slot];
			if (row < 0) break;
			if (this.high[row] === high && this.low[row] === low) return row;
		}
		if (this.size >= this.#limit) {
			this.#halve();
			return this.rowOf({
				high,
				low
			});
		}
		if (this.size === this.#capacity) {
			this.#grow();
			return this.rowOf({
				high,
				low
			});
		}
		const row = this.size;
		this.size += 1;
		this.#slots[slot] = row;
		this.high[row] = high;
		this.low[row] = low;
		return row;
	}
	/** Records a request of the node in this row. */
	see(row, { time, release, other, place }) {
		const last = this.last[row];
		if (last === 0 || time < this.first[row]) this.first[row] = time;
		if (time > last || time === last && this.#isGreater(row, release, other, place)) {
			this.last[row] = time;
			this.release[row] = release;
			this.other[row] = other;
			this.place[row] = place;
		}
		const top = this.top[row];
		if (release > top) {
			this.top[row] = release;
			this.topLast[row] = time;
		} else if (release === top && time > this.topLast[row]) this.topLast[row] = time;
		if (this.days > 0) {
			const at = row * this.days + Math.floor(time / daySeconds$1) - this.firstDay;
			if (release + 1 > this.byDay[at]) this.byDay[at] = release + 1;
		}
		if (release > 0) this.#arrive(row, time, release);
	}
	/** Removes nodes whose last request is older. @param time UNIX seconds */
	forgetBefore(time) {
		this.#keep((row) => this.last[row] >= time);
	}
	#arrive(row, time, release) {
		const { curves } = this;
		for (let curve = curves.length - 1; curve >= 0; curve -= 1) {
			if (release < curves[curve]) continue;
			const at = row * curves.length + curve;
			const known = this.arrivals[at];
			if (known !== 0 && known <= time) return;
			this.arrivals[at] = time;
		}
	}
	/** Of two requests in one second, the greater one counts: any rule does, but it must not depend on their order. */
	#isGreater(row, release, other, place) {
		return (release - this.release[row] || other - this.other[row] || place - this.place[row]) > 0;
	}
	#halve() {
		while (this.size >= this.#limit) {
			this.level += 1;
			this.#keep((row) => isKept(this.high[row], this.level));
		}
	}
	#keep(wanted) {
		let kept = 0;
		for (let row = 0; row < this.size; row += 1) {
			if (!wanted(row)) continue;
			if (kept !== row) this.#move(row, kept);
			kept += 1;
		}
		this.#clear(kept, this.size);
		this.size = kept;
		this.generation += 1;
		this.#index();
	}
	#move(from, to) {
		for (const column of this.#columns()) column[to] = column[from];
		const { days, curves } = this;
		this.byDay.copyWithin(to * days, from * days, (from + 1) * days);
		this.arrivals.copyWithin(to * curves.length, from * curves.length, (from + 1) * curves.length);
	}
	#clear(from, to) {
		for (const column of this.#columns()) column.fill(0, from, to);
		this.byDay.fill(0, from * this.days, to * this.days);
		this.arrivals.fill(0, from * this.curves.length, to * this.curves.length);
	}
	#columns() {
		const { high, low, first, last, release, other, place, top, topLast } = this;
		return [
			high,
			low,
			first,
			last,
			release,
			other,
			place,
			top,
			topLast
		];
	}
	#grow() {
		const capacity = Math.min(this.#capacity * 2, Math.max(this.#limit, firstCapacity));
		const words = (before, width = 1) => {
			const after = new Uint32Array(capacity * width);
			after.set(before);
			return after;
		};
		const halves = (before, width = 1) => {
			const after = new Uint16Array(capacity * width);
			after.set(before);
			return after;
		};
		this.high = words(this.high);
		this.low = words(this.low);
		this.first = words(this.first);
		this.last = words(this.last);
		this.release = halves(this.release);
		this.other = halves(this.other);
		this.place = halves(this.place);
		this.top = halves(this.top);
		this.topLast = words(this.topLast);
		this.byDay = halves(this.byDay, this.days);
		this.arrivals = words(this.arrivals, this.curves.length);
		this.#capacity = capacity;
		this.#index();
	}
	/** Makes the index again, with at least two slots for each row. */
	#index() {
		let slots = 2;
		while (slots < 2 * this.#capacity) slots *= 2;
		this.#slots = new Int32Array(slots).fill(-1);
		const mask = slots - 1;
		for (let row = 0; row < this.size; row += 1) {
			let slot = this.low[row] & mask;
			while (this.#slots[slot] >= 0) slot = slot + 1 & mask;
			this.#slots[slot] = row;
		}
	}
};
// src/release/adoption/fleet-counter.ts
/** Up to here, every node is kept. */
const exactNodes = 1e6;
const daySeconds = 86400;
const mostOthers = 1e3;
const mostMissing = 200;
const longestName = 120;
const requestSample = 4096;
const missingSample = 1024;
/** Counts the nodes of one fleet from their requests, in bounded memory. */
var FleetCounter = class {
	of;
	operations;
	from;
	until;
	table;
	/** Names of images that the fleet does not know. The first stands for all that are too many to name. */
	others = ["other"];
	/** For each day of the window, the different requests of nodes. */
	requests;
	missing = /* @__PURE__ */ new Map();
	/** Requests for missing graphs of which too many are known already. */
	missingMore = 0;
	withoutNode = 0;
	lastRequest = 0;
	#payloads;
	#versions;
	#otherNumbers = /* @__PURE__ */ new Map();
	constructor(of, options) {
		const { from, until, limit = exactNodes, isLive } = options;
		this.of = of;
		this.operations = of.operations ?? noOperations;
		this.from = from;
		this.until = until;
		const { releases } = of.releases;
		const newest = Array.from({ length: Math.min(8, releases.length) }, (_, index) => {
			return releases.length - Math.min(8, releases.length) + index + 1;
		});
		const days = Math.min(31, Math.ceil((until - from) / daySeconds));
		this.table = options.table ?? new NodeTable({
			limit,
			from,
			days: isLive === true ? 0 : days,
			curves: isLive === true ? [] : newest
		});
		this.requests = Array.from({ length: isLive === true ? 0 : days + 1 }, () => createDistinctSample(requestSample));
		this.#versions = new Map(releases.map(({ version }, index) => [version, index + 1]));
		this.#payloads = new Map(releases.flatMap((release, index) => [
			...(release["oci-images"] ?? []).map((image) => image["digest-ref"]),
			release["oci-index"] ?? "",
			...(release.commits ?? []).map(({ checksum }) => checksum)
		].filter((payload) => payload !== "").map((payload) => [payload, index + 1])));
	}
	/**
	* Finds the release that a node runs, as Zincati looks itself up: by exactly its payload. Fills in `release` and `other`.
	* @param payload os_checksum; empty if the request has none
	* @param version os_version
	*/
	identify(payload, version, into) {
		const known = payload === "" ? this.#versions.get(version) : this.#payloads.get(payload);
		into.release = known ?? 0;
		into.other = known === void 0 ? this.#numberOfOther(payload, version) : 0;
	}
	/** Number of a ring and an architecture. @param basearch one that is not known counts as the first */
	placeOf(ring, basearch) {
		const index = architectures.indexOf(basearch);
		return ring * architectures.length + Math.max(0, index);
	}
	/** @returns the row of the node, -1 if it is not in the sample */
	count(key, sighting) {
		const row = this.table.rowOf(key);
		if (row >= 0) this.countRow(row, sighting);
		return row;
	}
	/** The same for a node whose row is known, in the table's present generation. */
	countRow(row, sighting) {
		this.table.see(row, sighting);
	}
	/**
	* Counts a request of any node, also of one that is not in the sample.
	* @param high @param low 64 bits that differ from node to node
	*/
	countRequest(high, low, time) {
		if (time > this.lastRequest) this.lastRequest = time;
		const day = this.requests[Math.floor(time / daySeconds) - this.table.firstDay];
		if (day === void 0) return;
		const mixed = mix(high ^ mix(time));
		day.add(mix(mixed ^ low), mixed);
	}
	/** @param path without the query @param key of the node, if it says who it is */
	countMissing(path, key) {
		const name = cleanName(path);
		let missing = this.missing.get(name);
		if (missing === void 0) {
			if (this.missing.size >= mostMissing) {
				this.missingMore += 1;
				return;
			}
			missing = {
				requests: 0,
				nodes: createDistinctSample(missingSample)
			};
			this.missing.set(name, missing);
		}
		missing.requests += 1;
		if (key !== void 0) missing.nodes.add(key.high, key.low);
	}
	#numberOfOther(payload, version) {
		const name = cleanName(this.#versions.has(version) ? `${version} (another image: ${payload})` : version || payload || "?");
		const known = this.#otherNumbers.get(name);
		if (known !== void 0) return known;
		if (this.others.length > mostOthers) return 0;
		this.others.push(name);
		this.#otherNumbers.set(name, this.others.length - 1);
		return this.others.length - 1;
	}
};
/** Text from outside as a short name on one line, without characters that a terminal could obey. */
function cleanName(text) {
	const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu, "�");
	return plain.length > longestName ? `${plain.slice(0, 119)}…` : plain;
}
/** Spreads 32 bits evenly (the finalizer of MurmurHash3). */
function mix(bits) {
	let mixed = bits;
	mixed = Math.imul(mixed ^ mixed >>> 16, 2246822507);
	mixed = Math.imul(mixed ^ mixed >>> 13, 3266489909);
	return (mixed ^ mixed >>> 16) >>> 0;
}
// src/release/adoption/known-rings.ts
const tenths = Array.from({ length: 10 }, (_, index) => {
	const wariness = [index / 10, (index + 1) / 10];
	return {
		name: `wariness ${wariness[1]}`,
		folders: [],
		wariness
	};
});
/**
* The rings by which nodes are counted: those of coxswain.yaml, and after them the tenths of the nodes that ask
* serve-graph, which has no rings.
*/
function knownRings(rings) {
	return [...groupRings(rings), ...tenths];
}
/** The same for a site without coxswain.yaml. @param folders of graphs */
function ringsOfFolders(folders) {
	return [...groupRingFolders(folders), ...tenths];
}
/** The number of the tenth that a wariness belongs to. */
function tenthOf(rings, wariness) {
	const first = rings.length - tenths.length;
	const tenth = Math.ceil(Math.min(1, Math.max(0, wariness || 0)) * 10) - 1;
	return first + Math.max(0, tenth);
}
// src/release/adoption/node-key.ts
/**
* Hashes node identifiers.
* @param salt at least saltLength bytes; with the same salt a node has the same key
*/
function createKeyMaker(salt) {
	return (identifier, key) => {
		const digest = createHmac("sha256", salt).update(identifier).digest();
		key.high = digest.readUInt32LE(0);
		key.low = digest.readUInt32LE(4);
	};
}
export { FleetCounter as a, tenthOf as i, knownRings as n, countLive as o, ringsOfFolders as r, summarize as s, createKeyMaker as t };
