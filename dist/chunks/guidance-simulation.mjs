import { C as rolloutProgress, X as buildGraph, et as nodeKeys, l as parseWhen, v as rolloutOf } from "./guidance.mjs";
import { Mt as formatTime, Vt as InputError, Wt as init_errors, jt as formatDuration, l as formatPercent } from "./host.mjs";
// src/guidance/simulation/openings.ts
/**
* The first second at which a release is offered to a wariness; -Infinity for always, Infinity for never.
* It gives the same answer as nextOpening of src/guidance in fewer steps, because it is called for each node of a
* fleet.
* @param rollout undefined for a release that is not throttled: a barrier without a rollout
*/
function openingOf(rollout, wariness) {
	if (rollout === void 0 || wariness <= 0) return Number.NEGATIVE_INFINITY;
	const start = rollout.start_epoch ?? 0;
	const startValue = rollout.start_percentage ?? 0;
	if (wariness <= rolloutProgress(rollout, start)) return start;
	if (rollout.duration_minutes === void 0) return Number.POSITIVE_INFINITY;
	const seconds = Math.max(rollout.duration_minutes, 1) * 60;
	const end = start + seconds;
	let opening = Math.min(end + 1, start + Math.ceil((wariness - startValue) / (1 - startValue) * seconds));
	while (opening <= end && wariness > rolloutProgress(rollout, opening)) opening += 1;
	while (opening > start + 1 && wariness <= rolloutProgress(rollout, opening - 1)) opening -= 1;
	return opening;
}
// src/guidance/simulation/polling.ts
const jitterSteps = 10;
function jitterStep(interval) {
	return Math.max(Math.floor(interval / 100), 1);
}
/** Seconds until the first poll of a node that has been polling for long: polls do not begin with our clock. */
function firstPoll(random, interval) {
	const step = jitterStep(interval);
	const longest = interval + jitterSteps * step;
	for (;;) {
		const length = interval + step * random.below(11);
		if (random.uniform() * longest < length) return random.below(length);
	}
}
/**
* The first poll at or after a moment, of a node that polls at `poll` and then every interval with jitter.
* For a distant moment many intervals are added at once, because their sum is close to normally distributed.
*/
function pollAtOrAfter(random, poll, moment, interval) {
	const step = jitterStep(interval);
	const longest = interval + jitterSteps * step;
	let at = poll;
	for (;;) {
		const count = Math.floor((moment - at) / longest);
		if (count < 16) break;
		const steps = Math.round(count * (jitterSteps / 2) + Math.sqrt(count * 10) * random.normal());
		at += count * interval + step * Math.min(count * jitterSteps, Math.max(0, steps));
	}
	while (at < moment) at += interval + step * random.below(11);
	return at;
}
// src/guidance/simulation/windows.ts
init_errors();
const dayNames = [
	"sun",
	"mon",
	"tue",
	"wed",
	"thu",
	"fri",
	"sat"
];
const daySeconds = 86400;
/**
* Reads `sat,sun 02:00-06:00 UTC`, `mon-fri 23:00-01:00 Europe/Berlin`, `daily 03:00-04:00 UTC`.
* @throws InputError
*/
function parseWindow(text, place = {}) {
	const words = text.trim().toLowerCase().replace(/\s*([,-])\s*/g, "$1").replace(/\s+/g, " ");
	const [, dayList, start, end, zone] = /^([a-z,-]+) (\d{1,2}:\d{2})-(\d{1,2}:\d{2}) (\S+)$/.exec(words) ?? [];
	const days = dayList === void 0 ? void 0 : readDays(dayList);
	if (days === void 0 || start === void 0 || end === void 0 || zone === void 0) throw new InputError({
		...place,
		problem: "not a reboot window",
		found: text,
		expected: "days, times and a zone, such as \"sat,sun 02:00-06:00 UTC\" or \"mon-fri 23:00-01:00 Europe/Berlin\""
	});
	const window = {
		days,
		start,
		end: end === "24:00" ? "00:00" : end,
		zone
	};
	for (const clock of [window.start, window.end]) parseWhen(`2026-01-01 ${clock} ${zone}`, 0, place);
	return window;
}
function readDays(list) {
	if (list === "daily") return [...dayNames.keys()];
	const days = /* @__PURE__ */ new Set();
	for (const part of list.split(",")) {
		const [first, last = first, ...rest] = part.split("-").map(readDay);
		if (first === void 0 || last === void 0 || rest.length > 0) return void 0;
		for (let day = first;; day = (day + 1) % 7) {
			days.add(day);
			if (day === last) break;
		}
	}
	return [...days].sort();
}
function readDay(name) {
	const day = dayNames.findIndex((known) => new RegExp(`^${known}[a-z]*$`).test(name));
	return day < 0 ? void 0 : day;
}
/** All windows between two moments, in UNIX seconds; those that touch are joined. */
function scheduleOf(windows, from, until) {
	const stretches = [];
	const firstDay = Math.floor(from / daySeconds) - 2;
	const lastDay = Math.floor(until / daySeconds) + 2;
	for (const window of windows) for (let day = firstDay; day <= lastDay; day += 1) {
		if (!window.days.includes((day + 4) % 7)) continue;
		const start = instant(day, window.start, window.zone);
		const sameDay = instant(day, window.end, window.zone);
		const end = sameDay > start ? sameDay : instant(day + 1, window.end, window.zone);
		stretches.push({
			start,
			end
		});
	}
	stretches.sort((one, other) => one.start - other.start);
	const joined = [];
	for (const stretch of stretches) {
		const last = joined.at(-1);
		if (last !== void 0 && stretch.start <= last.end) last.end = Math.max(last.end, stretch.end);
		else joined.push({ ...stretch });
	}
	return {
		starts: Float64Array.from(joined, ({ start }) => start),
		ends: Float64Array.from(joined, ({ end }) => end)
	};
}
function instant(day, clock, zone) {
	const date = (/* @__PURE__ */ new Date(day * daySeconds * 1e3)).toISOString().slice(0, 10);
	return parseWhen(`${date} ${clock} ${zone}`, 0);
}
/** The moment itself if it is inside a window, else the start of the next window; Infinity after the last. */
function windowAtOrAfter({ starts, ends }, moment) {
	let low = 0;
	let high = ends.length;
	while (low < high) {
		const middle = low + high >> 1;
		if (ends[middle] > moment) high = middle;
		else low = middle + 1;
	}
	const start = starts[low];
	return start === void 0 ? Number.POSITIVE_INFINITY : Math.max(start, moment);
}
// src/guidance/simulation/follow-node.ts
/** Follows one node from update to update, until it moves no more. */
var NodeRun = class {
	#scenario;
	#tally;
	#node;
	#wariness;
	#gone;
	#position;
	#isOff;
	#poll;
	/** The last moment for which we know whether the node is off. */
	#known;
	#hasArrived = false;
	/**
	* @param node its number, for onMove
	* @param startPlace its first place; the number of places for a release that is in no graph
	*/
	constructor(scenario, tally, node, startPlace) {
		const { random, fleet, now } = scenario;
		this.#scenario = scenario;
		this.#tally = tally;
		this.#node = node;
		this.#wariness = scenario.drawWariness();
		this.#gone = random.uniform() < fleet.gone;
		this.#isOff = scenario.off?.atStart() ?? false;
		this.#poll = now + firstPoll(random, fleet.poll);
		this.#position = startPlace;
		this.#known = now;
	}
	/** Counts in the tally what the node does. @param startVersion for a node that is in no graph */
	follow(startVersion) {
		const { places, target } = this.#scenario;
		const start = places[this.#position];
		if (start !== void 0 && start.age >= target.age) this.#arrive(0);
		let reason;
		while (reason === void 0) {
			const place = places[this.#position];
			if (place === void 0) reason = "not in the graph";
			else if (place.deadend) reason = "dead-end";
			else if (place.targets.length === 0) reason = "no path";
			else if (this.#gone) reason = "gone";
			else reason = this.#update(place);
		}
		if (!this.#hasArrived) this.#tally.miss(reason, places[this.#position]?.version ?? startVersion);
	}
	/** One update. Undefined if the node took it; otherwise the reason why it did not. */
	#update({ targets, version: from }) {
		const { places, random, fleet, until, schedule, off } = this.#scenario;
		let opening = Number.POSITIVE_INFINITY;
		for (const each of targets) opening = Math.min(opening, this.#seenOpening(places[each]));
		if (opening === Number.POSITIVE_INFINITY) return "never opened to it";
		this.#poll = pollAtOrAfter(random, this.#poll, opening, fleet.poll);
		for (;;) {
			if (!this.#waitUntilOn()) return this.#waits("off for now");
			if (this.#poll > until) return this.#waits("not its turn yet");
			const to = targets.find((each) => this.#seenOpening(places[each]) <= this.#poll);
			const offered = this.#poll;
			const reboot = rebootAfter(this.#scenario, this.#poll + fleet.staging);
			if (reboot > until) return this.#waits(schedule === void 0 ? "not its turn yet" : "no reboot window yet");
			if (off !== void 0 && reboot > this.#known && off.at(false, reboot - this.#known)) {
				this.#known = reboot;
				this.#isOff = true;
				this.#poll = reboot;
				continue;
			}
			const booted = reboot + fleet.reboot;
			if (booted > until) return this.#waits("not its turn yet");
			this.#known = booted;
			this.#isOff = false;
			this.#poll = booted;
			this.#move(to, {
				from,
				offered,
				booted
			});
			return;
		}
	}
	/** Moves the poll to a moment when the node is on. False if it is not on before the end. */
	#waitUntilOn() {
		const { off, until } = this.#scenario;
		if (off === void 0) return true;
		if (!off.at(this.#isOff, this.#poll - this.#known)) {
			this.#isOff = false;
			this.#known = this.#poll;
			return true;
		}
		this.#poll += Math.ceil(off.remaining());
		this.#isOff = false;
		this.#known = this.#poll;
		return this.#poll <= until;
	}
	#move(to, moved) {
		const { places, target, now, onMove } = this.#scenario;
		const { version, age } = places[to];
		const seconds = moved.booted - now;
		this.#tally.move(this.#position, to, seconds);
		onMove?.({
			node: this.#node,
			wariness: this.#wariness,
			to: version,
			...moved
		});
		this.#position = to;
		if (!this.#hasArrived && age >= target.age) this.#arrive(seconds);
	}
	#arrive(seconds) {
		this.#hasArrived = true;
		this.#tally.arrive(seconds);
	}
	#waits(reason) {
		this.#tally.stillWaiting = true;
		return reason;
	}
	/** When the node can see that a release has opened: static graphs are as old as their last rendering. */
	#seenOpening(place) {
		const opening = openingOf(place.rollout, this.#wariness);
		const { publishEvery } = this.#scenario.fleet;
		return publishEvery > 0 ? Math.ceil(opening / publishEvery) * publishEvery : opening;
	}
};
/** The first moment at which Zincati checks and finds that a node with a staged update may reboot. */
function rebootAfter({ schedule, until, random }, staged) {
	if (schedule === void 0) return staged;
	let check = staged;
	while (check <= until) {
		const open = windowAtOrAfter(schedule, check);
		if (open === check) return check;
		if (open === Number.POSITIVE_INFINITY) return open;
		check = pollAtOrAfter(random, check, open, 300);
	}
	return Number.POSITIVE_INFINITY;
}
// src/guidance/simulation/shares.ts
init_errors();
/** Reads `5%`, `12.5 %`; the answer is a fraction. @throws InputError */
function parseShare(text, place = {}) {
	const percent = /^(\d+(?:\.\d+)?) ?%$/.exec(text.trim())?.[1];
	const share = Number(percent) / 100;
	if (share >= 0 && share <= 1) return share;
	throw new InputError({
		...place,
		problem: "not a share",
		found: text,
		expected: "a percentage, such as 5%"
	});
}
/** Reads `WHAT=20%`; without a share it is all of them. @throws InputError */
function parseShareOf(text, place = {}) {
	const split = text.lastIndexOf("=");
	if (split < 0) return {
		of: text.trim(),
		share: 1
	};
	return {
		of: text.slice(0, split).trim(),
		share: parseShare(text.slice(split + 1), place)
	};
}
/**
* Whole numbers in the given proportions that add up to `total`, by largest remainder.
* @param shares not negative, not all 0
*/
function distribute(total, shares) {
	const sum = shares.reduce((one, other) => one + other, 0);
	const exact = shares.map((share) => share / sum * total);
	const counts = exact.map(Math.floor);
	const missing = total - counts.reduce((one, other) => one + other, 0);
	const byRemainder = [...exact.keys()].sort((one, other) => remainder(other) - remainder(one) || one - other);
	for (const index of byRemainder.slice(0, missing)) counts[index] = counts[index] + 1;
	return counts;
	function remainder(index) {
		return exact[index] % 1;
	}
}
/** What shares leave over. @throws InputError when they are more than everything */
function remainingShare(groups, field) {
	const sum = groups.reduce((total, { share }) => total + share, 0);
	if (sum > 1 + 1e-9) throw new InputError({
		field,
		problem: "the shares add up to more than all nodes",
		found: `${Math.round(sum * 1e6) / 1e4}%`,
		expected: "at most 100%"
	});
	return sum > 1 - 1e-9 ? 0 : 1 - sum;
}
// src/guidance/simulation/draws.ts
/** Gives each node its wariness. @throws InputError when the shares add up to more than all nodes */
function warinessDraw(groups, random) {
	const rest = remainingShare(groups, "--wariness");
	return () => {
		let rank = random.uniform();
		const hashed = Math.max(1e-6, random.uniform());
		if (rank < rest) return hashed;
		rank -= rest;
		for (const { wariness, share } of groups) {
			if (rank < share) return wariness === "uniform" ? hashed : wariness;
			rank -= share;
		}
		const last = groups.at(-1)?.wariness;
		return last === void 0 || last === "uniform" ? hashed : last;
	};
}
/**
* Nodes that go on and off for times that are exponentially distributed. So only the present state decides what comes
* next, and any period of time can be skipped.
*/
function offTimes({ share, mean }, random) {
	const meanOn = mean * (1 - share) / share;
	const rate = 1 / mean + 1 / meanOn;
	return {
		atStart: () => random.uniform() < share,
		/** Whether a node is off now that was off (or on) this many seconds ago. */
		at: (wasOff, seconds) => {
			const kept = Math.exp(-rate * Math.max(0, seconds));
			return random.uniform() < share + ((wasOff ? 1 : 0) - share) * kept;
		},
		/** Seconds until a node that is off is on again. */
		remaining: () => random.exponential(mean)
	};
}
// src/guidance/simulation/edges.ts
/** All releases of a graph, in its order, with the edges that a node may take at some time. */
function placesOf(releases, updates, basearch) {
	const graph = buildGraph(releases, updates, {
		basearch,
		scheme: "oci"
	});
	const ages = graph.nodes.map((node) => Number(node.metadata[nodeKeys.ageIndex]));
	const age = (position) => ages[position];
	const targets = graph.nodes.map(() => []);
	for (const [from, to] of graph.edges) if (age(to) > age(from)) targets[from]?.push(to);
	return graph.nodes.map((node, position) => ({
		version: node.version,
		age: age(position),
		barrier: node.metadata[nodeKeys.barrier] === "true",
		deadend: node.metadata[nodeKeys.deadend] === "true",
		rollout: rolloutOf(node),
		targets: targets[position].sort((one, other) => age(other) - age(one))
	}));
}
// src/guidance/simulation/random.ts
/** xoshiro128** 1.1 by Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c), seeded by splitmix32. */
function createRandom(seed) {
	let counter = seed | 0;
	let a = seedWord();
	let b = seedWord();
	let c = seedWord();
	let d = seedWord();
	return {
		uniform,
		below: (limit) => Math.floor(uniform() * limit),
		normal,
		exponential
	};
	function uniform() {
		const word = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
		const shifted = b << 9;
		c ^= a;
		d ^= b;
		b ^= c;
		a ^= d;
		c ^= shifted;
		d = rotateLeft(d, 11);
		return word / 4294967296;
	}
	/** Box and Muller; 1 - u is never 0. */
	function normal() {
		return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
	}
	function exponential(mean) {
		return -mean * Math.log(1 - uniform());
	}
	function seedWord() {
		counter = counter + 2654435769 | 0;
		let word = Math.imul(counter ^ counter >>> 16, 2246822507);
		word = Math.imul(word ^ word >>> 13, 3266489909);
		return word ^ word >>> 16;
	}
}
function rotateLeft(word, by) {
	return word << by | word >>> 32 - by;
}
// src/guidance/simulation/starting-places.ts
init_errors();
/** The place whose adoption is measured. */
function findTarget(places, input) {
	if (input.target !== void 0) {
		const position = places.findIndex(({ version }) => version === input.target);
		if (position >= 0) return position;
		throw unknownVersion(input.target, input, places);
	}
	const offered = places.flatMap(({ targets }) => targets);
	if (places.length === 0) throw new InputError({
		problem: "no release of this fleet has an image for this architecture",
		found: input.basearch
	});
	return offered.length === 0 ? places.length - 1 : Math.max(...new Set(offered));
}
/** Version and number of nodes per place; the last entry is for nodes whose release is in no graph. */
function startCounts(places, input, targetPlace) {
	const target = places[targetPlace];
	const older = places.flatMap((place, position) => place.age < target.age && places.findIndex(({ age }) => age === place.age) === position ? [position] : []);
	const shares = /* @__PURE__ */ new Map();
	let absent = "";
	const add = (position, share) => shares.set(position, (shares.get(position) ?? 0) + share);
	for (const { version, share } of input.fleet.start) {
		if (version === "spread") {
			for (const position of older) add(position, share / older.length);
			if (older.length === 0) add(targetPlace, share);
			continue;
		}
		const position = places.findIndex((place) => place.version === version);
		if (position >= 0) add(position, share);
		else {
			if (!input.releases.releases.some((release) => release.version === version)) throw unknownVersion(version, input, places);
			absent = absent === "" ? version : `${absent}, ${version}`;
			add(places.length, share);
		}
	}
	const rest = remainingShare(input.fleet.start, "--start");
	if (rest > 0) add(older.at(-1) ?? targetPlace, rest);
	const all = [...places.keys(), places.length];
	const counts = distribute(input.fleet.nodes, all.map((position) => shares.get(position) ?? 0));
	return all.map((position) => [places[position]?.version ?? absent, counts[position]]);
}
function unknownVersion(version, input, places) {
	const released = input.releases.releases.some((release) => release.version === version);
	const known = places.map((place) => place.version).slice(-5);
	return new InputError({
		problem: released ? `this release has no image for ${input.basearch}` : "this version is not in the release index",
		found: version,
		expected: `one of ${places.length > known.length ? "…, " : ""}${known.join(", ")}`
	});
}
// src/guidance/simulation/scenario.ts
const graceSeconds = 2419200;
/** @throws InputError for a version that is not in the release index, or a fleet without releases */
function createScenario(input) {
	const { fleet, now, seed, onMove } = input;
	const places = placesOf(input.releases, input.updates, input.basearch);
	const targetPlace = findTarget(places, input);
	const target = places[targetPlace];
	const until = now + (input.duration ?? defaultDuration(places, now));
	const random = createRandom(seed);
	return {
		places,
		target,
		now,
		until,
		fleet,
		schedule: fleet.windows.length === 0 ? void 0 : scheduleOf(fleet.windows, now, until + 600),
		barriers: places.flatMap((place, position) => place.barrier && place.age <= target.age ? [position] : []),
		atStart: startCounts(places, input, targetPlace),
		seed,
		random,
		drawWariness: warinessDraw(fleet.wariness, random),
		off: fleet.off.share > 0 && fleet.off.mean > 0 ? offTimes(fleet.off, random) : void 0,
		onMove
	};
}
/** Four weeks after the last change: a weekly window then opens four times. */
function defaultDuration(places, now) {
	const changes = places.flatMap(({ rollout }) => rollout === void 0 ? [] : [(rollout.start_epoch ?? 0) + 60 * (rollout.duration_minutes ?? 0)]);
	return Math.min(Math.max(0, ...changes.map((change) => change - now)) + graceSeconds, 2 ** 31 - 1);
}
// src/guidance/simulation/move-counts.ts
const columns$1 = 4096;
/**
* Keeps the change for each place and period of time. When a move is after the last column, each two columns become
* one: a week is kept in steps of five minutes, an hour in steps of a second.
*/
function createMoveCounts(places) {
	const changes = new Int32Array(places * columns$1);
	let width = 1;
	return {
		move(from, to, seconds) {
			let column = Math.ceil(seconds / width);
			while (column >= columns$1) {
				halve();
				column = Math.ceil(seconds / width);
			}
			changes[from * columns$1 + column] = changes[from * columns$1 + column] - 1;
			changes[to * columns$1 + column] = changes[to * columns$1 + column] + 1;
		},
		curve(initial, until, points) {
			const last = Math.min(4095, Math.ceil(until / width));
			const stride = Math.max(1, Math.ceil(last / points));
			const shown = Math.ceil(last / stride) + 1;
			const times = Array.from({ length: shown }, (_, index) => index * stride * width);
			return {
				times,
				counts: Array.from({ length: places }, (_, place) => {
					let count = initial[place];
					let column = 0;
					return times.map((_, index) => {
						for (; column <= Math.min(index * stride, 4095); column += 1) count += changes[place * columns$1 + column];
						return count;
					});
				})
			};
		}
	};
	function halve() {
		for (let place = 0; place < places; place += 1) {
			const base = place * columns$1;
			for (let column = 1; column < columns$1; column += 1) {
				const value = changes[base + column];
				if (value === 0) continue;
				changes[base + column] = 0;
				const merged = base + (column + 1 >> 1);
				changes[merged] = changes[merged] + value;
			}
		}
		width *= 2;
	}
}
// src/guidance/simulation/tally.ts
/** Counts what the nodes do, in memory that does not grow with their moves. */
var Tally = class {
	#scenario;
	moves;
	/** Nodes for each place, at this point of the simulation. */
	counts;
	/** For each barrier, seconds until the last node passed it. */
	lastPassed = /* @__PURE__ */ new Map();
	missing = /* @__PURE__ */ new Map();
	#arrivals;
	arrived = 0;
	/** Seconds until the last move of any node. */
	lastMove = 0;
	/** Some node would have moved if the simulation had gone on. */
	stillWaiting = false;
	constructor(scenario) {
		this.#scenario = scenario;
		this.moves = createMoveCounts(scenario.places.length + 1);
		this.counts = scenario.atStart.map(([, count]) => count);
		this.#arrivals = new Int32Array(scenario.fleet.nodes);
	}
	/** @param seconds since the start */
	move(from, to, seconds) {
		const { places, barriers } = this.#scenario;
		this.moves.move(from, to, seconds);
		this.counts[from] = this.counts[from] - 1;
		this.counts[to] = this.counts[to] + 1;
		for (const barrier of barriers) {
			const { age } = places[barrier];
			if (places[from].age < age && places[to].age >= age) this.lastPassed.set(barrier, Math.max(this.lastPassed.get(barrier) ?? 0, seconds));
		}
		this.lastMove = Math.max(this.lastMove, seconds);
	}
	/** A node reached the target, or a newer release, this many seconds after the start. */
	arrive(seconds) {
		this.#arrivals[this.arrived] = seconds;
		this.arrived += 1;
	}
	/** A node never reaches the target: it stays on this version. */
	miss(reason, version) {
		const key = `${reason} ${version}`;
		const known = this.missing.get(key);
		if (known === void 0) this.missing.set(key, {
			reason,
			version,
			nodes: 1
		});
		else known.nodes += 1;
	}
	/** Seconds until each arrival, sorted. */
	arrivals() {
		return this.#arrivals.subarray(0, this.arrived).sort();
	}
};
// src/guidance/simulation/simulate.ts
const curvePoints = 240;
/**
* Follows each node of a fleet from update to update, event by event: when its next release opens to its wariness, when
* it polls after that, when it may reboot; then the same from the release that it has reached. A node that was off
* polls as soon as it is on, as Zincati does after each boot.
* @throws InputError for a version that is not in the release index, or a fleet without releases
*/
function simulateRollout(input) {
	const scenario = createScenario(input);
	const tally = new Tally(scenario);
	let node = 0;
	for (const [place, [version, count]] of scenario.atStart.entries()) for (let each = 0; each < count; each += 1) {
		new NodeRun(scenario, tally, node, place).follow(version);
		node += 1;
	}
	return resultOf(scenario, tally);
}
function resultOf(scenario, tally) {
	const { places, target, now, until, fleet, seed } = scenario;
	const { arrived, lastMove } = tally;
	const simulated = tally.stillWaiting ? until - now : lastMove;
	const initial = scenario.atStart.map(([, count]) => count);
	const { times, counts } = tally.moves.curve(initial, lastMove === 0 ? Math.min(simulated, 86400) : Math.ceil(lastMove * 1.04), curvePoints);
	const shown = [...places.keys()].filter((position) => initial[position] > 0 || counts[position]?.some((count) => count > 0));
	const reached = places.flatMap((place, position) => place.age >= target.age ? [position] : []);
	const arrivals = tally.arrivals();
	return {
		nodes: fleet.nodes,
		seed,
		now,
		target: target.version,
		arrived,
		timeTo: timesTo(arrivals, fleet.nodes),
		lastArrival: arrivals.at(-1) ?? null,
		simulated,
		releases: shown.map((position) => {
			const { version, barrier, deadend } = places[position];
			return {
				version,
				barrier,
				deadend,
				atStart: initial[position],
				atEnd: tally.counts[position]
			};
		}),
		curve: {
			times,
			counts: shown.map((position) => counts[position]),
			adopted: times.map((_, index) => reached.reduce((sum, position) => sum + counts[position]?.[index], 0))
		},
		barriers: passedBarriers(scenario, tally),
		missing: [...tally.missing.values()].sort((one, other) => other.nodes - one.nodes)
	};
}
/** @param arrivals seconds until each arrival, sorted */
function timesTo(arrivals, nodes) {
	const timeTo = (share) => {
		const wanted = Math.ceil(share * nodes);
		return wanted > arrivals.length || wanted === 0 ? null : arrivals[wanted - 1];
	};
	return {
		half: timeTo(.5),
		most: timeTo(.95),
		all: timeTo(1)
	};
}
/** The barriers that nodes had before them, and when the last node passed each. */
function passedBarriers({ places, barriers, atStart }, tally) {
	return barriers.flatMap((barrier) => {
		const { version, age } = places[barrier];
		const behind = (list) => places.reduce((sum, place, position) => sum + (place.age < age ? list[position] : 0), 0);
		const behindAtStart = behind(atStart.map(([, count]) => count));
		const behindAtEnd = behind(tally.counts);
		if (behindAtStart === 0) return [];
		return [{
			version,
			behindAtStart,
			behindAtEnd,
			clearedAfter: behindAtEnd > 0 ? null : tally.lastPassed.get(barrier) ?? null
		}];
	});
}
// src/guidance/simulation/series.ts
/** The bands of a picture, newest release first; the smallest of the older ones become one. */
function seriesOf(result, most = 7) {
	const { releases, curve, target } = result;
	const all = releases.map(({ version, barrier }, index) => ({
		label: barrier ? `${version} (barrier)` : version,
		isTarget: version === target,
		counts: curve.counts[index]
	})).reverse();
	if (all.length <= most) return all;
	const peak = (series) => Math.max(...series.counts);
	const kept = new Set([...all].sort((one, other) => Number(other.isTarget) - Number(one.isTarget) || peak(other) - peak(one)).slice(0, most - 1));
	const others = all.filter((series) => !kept.has(series));
	const counts = curve.times.map((_, index) => others.reduce((sum, series) => sum + series.counts[index], 0));
	return [...all.filter((series) => kept.has(series)), {
		label: `${others.length} others`,
		isTarget: false,
		counts
	}];
}
/** Times for the labels of an axis, in seconds since the start, and how to write them. */
function timeTicks(until, most) {
	const hour = 3600;
	const steps = [
		60,
		300,
		900,
		1800,
		hour,
		2 * hour,
		3 * hour,
		6 * hour,
		12 * hour,
		24 * hour
	];
	const days = [
		2,
		3,
		7,
		14,
		28,
		56,
		91,
		182,
		365,
		730,
		1825,
		3650
	].map((count) => count * 24 * hour);
	const step = [...steps, ...days].find((each) => until / each <= most) ?? 175200 * hour;
	const [size, unit] = step < hour ? [60, "min"] : step < 24 * hour ? [hour, "h"] : [24 * hour, "d"];
	return Array.from({ length: Math.floor(until / step) + 1 }, (_, index) => ({
		seconds: index * step,
		label: `${index * step / size} ${unit}`
	}));
}
// src/guidance/simulation/ascii-curve.ts
const eighths = [
	" ",
	"▁",
	"▂",
	"▃",
	"▄",
	"▅",
	"▆",
	"▇",
	"█"
];
/** The share of nodes on the target over time, for a terminal. */
function asciiCurve(result, size = {}) {
	const { width = 64, height = 10 } = size;
	const { times, adopted } = result.curve;
	const until = Math.max(1, times.at(-1) ?? 1);
	const shares = Array.from({ length: width }, (_, column) => {
		const moment = (column + .5) / width * until;
		const index = times.findLastIndex((time) => time <= moment);
		return adopted[Math.max(0, index)] / result.nodes;
	});
	return `${[...Array.from({ length: height }, (_, line) => {
		const bottom = height - 1 - line;
		const label = axisLabel(line, height);
		const cells = shares.map((share) => {
			const filled = Math.round((share * height - bottom) * 8);
			const least = bottom === 0 && share > 0 ? 1 : 0;
			const most = bottom === height - 1 && share < 1 ? 7 : 8;
			return eighths[Math.min(most, Math.max(least, filled))];
		});
		return `${label.padStart(5)} ┤${cells.join("")}`.trimEnd();
	}), ...axis(until, width)].join("\n")}\n`;
}
function axisLabel(line, height) {
	if (line === 0) return "100 %";
	return line === Math.floor(height / 2) ? "50 %" : "";
}
function axis(until, width) {
	const ticks = timeTicks(until, Math.floor(width / 10)).map(({ seconds, label }) => ({
		column: Math.min(width - 1, Math.round(seconds / until * width)),
		label
	}));
	const line = Array.from({ length: width }, (_, column) => ticks.some((tick) => tick.column === column) ? "┬" : "─");
	let labels = "";
	for (const { column, label } of ticks) {
		const start = column - Math.floor(label.length / 2) + 7;
		if (start >= labels.length) labels = labels.padEnd(start) + label;
	}
	return [`  0 % └${line.join("")}`, labels];
}
// src/guidance/simulation/fleet-model.ts
/** Immediate reboots, always on, asking every five minutes. */
const defaultFleetModel = {
	nodes: 1e5,
	start: [],
	wariness: [],
	poll: 300,
	staging: 300,
	reboot: 120,
	windows: [],
	gone: 0,
	off: {
		share: 0,
		mean: 0
	},
	publishEvery: 0
};
// src/guidance/simulation/simulation-report.ts
const explanations = {
	"not in the graph": "their release has no image for this architecture",
	"dead-end": "their release is a dead-end",
	"no path": "no path leads on from their release",
	"never opened to it": "the next rollout ends before their wariness",
	"not its turn yet": "their turn had not come when the simulation ended",
	"no reboot window yet": "they wait for a reboot window",
	"off for now": "they were off when the simulation ended",
	gone: "they are off for ever"
};
/** The answer for people: figures, the curve, releases, barriers, and who never arrives. */
function describeSimulation(result) {
	const { nodes, now, target, arrived, timeTo, lastArrival } = result;
	const moment = (seconds) => `${formatDuration(seconds)} (${showTime(now + seconds)})`;
	const reach = (seconds) => seconds === null ? "not reached" : `after ${moment(seconds)}`;
	const figures = [
		["50 %", reach(timeTo.half)],
		["95 %", reach(timeTo.most)],
		["100 %", reach(timeTo.all)],
		...timeTo.all === null && lastArrival !== null ? [[formatPercent(arrived / nodes, 2), `${reach(lastArrival)}; the others never, or not in time`]] : []
	];
	const parts = [
		`${whole(nodes)} simulated nodes on the way to ${target}, from ${showTime(now)} on (seed ${result.seed}):`,
		columns(figures.map(([share = "", when = ""]) => [`  ${share}`, when])),
		asciiCurve(result).trimEnd(),
		columns([[
			"release",
			"at the start",
			"at the end",
			""
		], ...[...result.releases].reverse().map(({ version, atStart, atEnd, barrier, deadend }) => [
			version,
			`${whole(atStart)}`,
			`${whole(atEnd)}`,
			[barrier ? "barrier" : "", deadend ? "dead-end" : ""].filter((word) => word !== "").join(", ")
		])])
	];
	if (result.barriers.length > 0) parts.push(result.barriers.map(({ version, behindAtStart, behindAtEnd, clearedAfter }) => {
		const end = clearedAfter === null ? `${whole(behindAtEnd)} still are at the end` : `none ${reach(clearedAfter)}`;
		return `${whole(behindAtStart)} nodes were behind the barrier ${version}; ${end}.`;
	}).join("\n"));
	if (result.missing.length > 0) parts.push([`${whole(nodes - arrived)} nodes (${formatPercent((nodes - arrived) / nodes, 2)}) do not arrive:`, columns(result.missing.map(({ reason, version, nodes: count }) => [`  ${whole(count)}`, `on ${version}: ${explanations[reason]}`]))].join("\n"));
	return `${parts.join("\n\n")}\n`;
}
/** `1,000,000` */
function whole(count) {
	return count.toLocaleString("en-US");
}
/** `2026-07-22 14:00 UTC` */
function showTime(seconds) {
	return `${formatTime(seconds).slice(0, 16).replace("T", " ")} UTC`;
}
/** Numbers are aligned to the right, texts to the left. */
function columns(rows) {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const isNumber = (column) => rows.slice(1).every((row) => /^ *[\d,]+$/.test(row[column]));
	return rows.map((row) => row.map((cell, column) => {
		const width = widths[column];
		return isNumber(column) && rows.length > 1 ? cell.padStart(width) : cell.padEnd(width);
	}).join("  ").trimEnd()).join("\n");
}
// src/guidance/simulation/svg-chart.ts
const width = 960;
const plot = {
	left: 64,
	top: 92,
	width: 860,
	height: 330
};
const style = `
.ground{fill:#fff}.ink{fill:#17202b}.quiet{fill:#566373}.grid{stroke:#dce1e8}.axis{stroke:#8592a3}.mark{stroke:#17202b}.halo{stroke:#fff}
.edge{stroke:#fff}.s0{fill:#0a6ebd}.s1{fill:#e69f00}.s2{fill:#2a9d78}.s3{fill:#cc79a7}.s4{fill:#56b4e9}.s5{fill:#d55e00}.s6{fill:#a3adb9}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.title{font-size:19px;font-weight:600}.small{font-size:12.5px}.strong{font-weight:600}
@media (prefers-color-scheme:dark){
.ground{fill:#10151b}.ink{fill:#e6ebf1}.quiet{fill:#9eabba}.grid{stroke:#2d3844}.axis{stroke:#6c7a8b}.mark{stroke:#e6ebf1}.halo{stroke:#10151b}
.edge{stroke:#10151b}.s0{fill:#4aa3ec}.s1{fill:#f0b541}.s2{fill:#43b892}.s3{fill:#d794b9}.s4{fill:#2e7fae}.s5{fill:#e27a35}.s6{fill:#56616e}}
`.trim();
/**
* An SVG picture of which release nodes run over time: a stacked chart with the newest release at the bottom, so its
* edge shows its adoption.
*/
function svgChart(result) {
	const series = seriesOf(result);
	const { times } = result.curve;
	const until = Math.max(1, times.at(-1) ?? 1);
	const x = (seconds) => round(plot.left + seconds / until * plot.width);
	const y = (nodes) => round(plot.top + plot.height * (1 - nodes / result.nodes));
	const legend = legendOf(series);
	const height = plot.top + plot.height + 62 + legend.height;
	const title = `Adoption of ${result.target}`;
	const subtitle = `${whole(result.nodes)} simulated nodes from ${showTime(result.now)} on`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escapeXml(title)}</title>
<desc id="description">${escapeXml(`${subtitle}. ${marksOf(result).map(({ label }) => label).join("; ")}.`)}</desc>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="ink title" x="${plot.left}" y="34">${escapeXml(title)}</text>
<text class="quiet" x="${plot.left}" y="56">${escapeXml(subtitle)}</text>
${areas(series, times, x, y)}
${yAxis(y, result.nodes)}
${xAxis(until, x)}
${marks(result, x, y)}
<g transform="translate(0 ${plot.top + plot.height + 62})">
${legend.text}
</g>
</svg>
`;
}
/** The bands, from the bottom up; each moves in steps no finer than the picture shows. */
function areas(series, times, x, y) {
	const below = times.map(() => 0);
	return series.map(({ counts }, index) => {
		const lower = times.map((time, at) => `${x(time)},${y(below[at])}`);
		for (const [at, count] of counts.entries()) below[at] = below[at] + count;
		return `<path class="s${index} edge" stroke-width=".75" stroke-linejoin="round" d="M${times.map((time, at) => `${x(time)},${y(below[at])}`).join("L")}L${lower.reverse().join("L")}Z"/>`;
	}).join("\n");
}
function yAxis(y, nodes) {
	return [
		0,
		25,
		50,
		75,
		100
	].map((percent) => {
		const at = y(percent / 100 * nodes);
		return `<line class="${percent === 0 ? "axis" : "grid"}" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${at}" y2="${at}" stroke-opacity="${percent === 0 ? 1 : .55}"/>
<text class="quiet small" x="${plot.left - 10}" y="${at + 4}" text-anchor="end">${percent} %</text>`;
	}).join("\n").concat(`\n<text class="quiet small" x="${plot.left - 10}" y="${plot.top - 14}" text-anchor="end">nodes</text>`);
}
function xAxis(until, x) {
	const bottom = plot.top + plot.height;
	return `${timeTicks(until, 12).map(({ seconds, label }) => `<line class="axis" x1="${x(seconds)}" x2="${x(seconds)}" y1="${bottom}" y2="${bottom + 5}"/>
<text class="quiet small" x="${x(seconds)}" y="${bottom + 20}" text-anchor="middle">${label}</text>`).join("\n")}
<text class="quiet small" x="${plot.left + plot.width / 2}" y="${bottom + 42}" text-anchor="middle">time since the start of the simulation</text>`;
}
/** When the target reaches 50, 95 and 100 %: above the picture, with a line down to the edge. */
function marks(result, x, y) {
	let free = plot.left - 40;
	return marksOf(result).map(({ seconds, share, label }) => {
		const at = x(seconds);
		const half = label.length * 3.2;
		const middle = Math.min(plot.left + plot.width - half, Math.max(plot.left + half, at));
		const words = middle - half >= free;
		if (words) free = middle + half + 8;
		const line = `x1="${at}" x2="${at}" y1="${plot.top - 8}" y2="${y(share * result.nodes)}"`;
		return `<line class="halo" ${line} stroke-width="4" stroke-opacity=".75"/>\n<line class="mark" ${line} stroke-width="1.5"/>${words ? `\n<text class="ink small strong" x="${round(middle)}" y="${plot.top - 14}" text-anchor="middle">${escapeXml(label)}</text>` : ""}`;
	}).join("\n");
}
function marksOf(result) {
	const { half, most, all } = result.timeTo;
	return [
		{
			share: .5,
			seconds: half
		},
		{
			share: .95,
			seconds: most
		},
		{
			share: 1,
			seconds: all
		}
	].flatMap(({ share, seconds }) => seconds === null || seconds === 0 ? [] : [{
		share,
		seconds,
		label: `${share * 100} % after ${formatDuration(seconds)}`
	}]);
}
/** The legend: entries in rows, as wide as their texts. */
function legendOf(series) {
	let left = plot.left;
	let row = 0;
	return {
		text: series.map(({ label, isTarget }, index) => {
			const wide = 46 + label.length * (isTarget ? 9.2 : 8.4);
			if (left + wide > plot.left + plot.width && left > plot.left) {
				left = plot.left;
				row += 1;
			}
			const at = left;
			left += wide;
			return `<rect class="s${index}" x="${round(at)}" y="${row * 24 + 2}" width="14" height="14" rx="3"/>
<text class="ink${isTarget ? " strong" : ""}" x="${round(at + 21)}" y="${row * 24 + 14}">${escapeXml(label)}</text>`;
		}).join("\n"),
		height: (row + 1) * 24 + 14
	};
}
function round(value) {
	return Math.round(value * 10) / 10;
}
function escapeXml(text) {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;");
}
// src/guidance/simulation/simulation.ts
/**
* Simulates a rollout and draws it.
* @param input.fleet what differs from `defaultFleetModel`
*/
function simulate(input) {
	const result = simulateRollout({
		seed: 1,
		...input,
		fleet: {
			...defaultFleetModel,
			...input.fleet
		}
	});
	return {
		result,
		text: describeSimulation(result),
		curve: asciiCurve(result),
		svg: svgChart(result)
	};
}
export { parseShareOf as a, parseShare as i, defaultFleetModel as n, parseWindow as o, simulateRollout as r, simulate as t };
