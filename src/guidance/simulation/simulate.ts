import { offTimes, warinessDraw } from './draws.ts';
import { type Place, placesOf } from './edges.ts';
import { createMoveCounts } from './move-counts.ts';
import { openingOf } from './openings.ts';
import { firstPoll, pollAtOrAfter, stagedTickSeconds } from './polling.ts';
import { createRandom } from './random.ts';
import type { MissingReason, SimulationResult } from './result.ts';
import type { SimulationInput } from './simulation-input.ts';
import { findTarget, startCounts } from './starting-places.ts';
import { scheduleOf, windowAtOrAfter } from './windows.ts';

const curvePoints = 240;
const graceSeconds = 28 * 86_400;

/**
 * Follows each node of a fleet from update to update, event by event: when its next release opens to its wariness, when
 * it polls after that, when it may reboot; then the same again from the release it has reached.
 * A node that comes back after it was off polls at once, as Zincati does after each boot.
 * @throws InputError for a version that is not in the release index, or a fleet without releases
 */
export function simulateRollout(input: SimulationInput): SimulationResult {
  const { fleet, now, seed, onMove } = input;
  const places = placesOf(input.releases, input.updates, input.basearch);
  const targetPlace = findTarget(places, input);
  const target = places[targetPlace] as Place;
  const duration = input.duration ?? defaultDuration(places, now);
  const until = now + duration;
  const schedule =
    fleet.windows.length === 0 ? undefined : scheduleOf(fleet.windows, now, until + 2 * stagedTickSeconds);
  const random = createRandom(seed);
  const drawWariness = warinessDraw(fleet.wariness, random);
  const off = fleet.off.share > 0 && fleet.off.mean > 0 ? offTimes(fleet.off, random) : undefined;

  // One place more, for nodes on releases that have no image for this architecture.
  const nowhere = places.length;
  const atStart = startCounts(places, input, targetPlace);
  const atEnd = atStart.map(([, count]) => count);
  const moves = createMoveCounts(places.length + 1);
  const arrivals = new Int32Array(fleet.nodes);
  let arrived = 0;
  let lastMove = 0;
  let stillWaiting = false;
  const missing = new Map<string, { reason: MissingReason; version: string; nodes: number }>();
  const lastPassed = new Map<number, number>();
  const barriers = places.flatMap((place, position) =>
    place.barrier && place.age <= target.age ? [position] : [],
  );

  let node = 0;
  for (const [index, [version, count]] of atStart.entries()) {
    for (let each = 0; each < count; each += 1) {
      follow(index, version);
      node += 1;
    }
  }
  return summarise();

  /** Leads one node through its updates. */
  function follow(startPlace: number, startVersion: string): void {
    const wariness = drawWariness();
    const gone = random.uniform() < fleet.gone;
    let position = startPlace;
    let isOff = off?.atStart() ?? false;
    let poll = now + firstPoll(random, fleet.poll);
    // The last moment at which we know whether it is off.
    let known = now;
    let hasArrived = false;
    let reason: MissingReason | undefined;
    if (position !== nowhere && (places[position] as Place).age >= target.age) arrive(0);
    while (reason === undefined) {
      const place = places[position];
      if (place === undefined) reason = 'not in the graph';
      else if (place.deadend) reason = 'dead-end';
      else if (place.targets.length === 0) reason = 'no way';
      else if (gone) reason = 'gone';
      else reason = update(place);
    }
    if (!hasArrived) miss(reason, places[position]?.version ?? startVersion);

    /** One update: undefined when it came about, else what kept the node. */
    function update({ targets, version: from }: Place): MissingReason | undefined {
      let opening = Number.POSITIVE_INFINITY;
      for (const each of targets) opening = Math.min(opening, seenOpening(places[each] as Place, wariness));
      if (opening === Number.POSITIVE_INFINITY) return 'never opened to it';
      poll = pollAtOrAfter(random, poll, opening, fleet.poll);
      for (;;) {
        if (!waitUntilOn()) return waits('off for now');
        if (poll > until) return waits('not its turn yet');
        const to = targets.find((each) => seenOpening(places[each] as Place, wariness) <= poll) as number;
        const offered = poll;
        const reboot = rebootAfter(poll + fleet.staging);
        if (reboot > until)
          return waits(schedule === undefined ? 'not its turn yet' : 'no reboot window yet');
        // What was staged is lost when a node goes off before it may reboot.
        if (off !== undefined && reboot > known && off.at(false, reboot - known)) {
          known = reboot;
          isOff = true;
          poll = reboot;
          continue;
        }
        const booted = reboot + fleet.reboot;
        if (booted > until) return waits('not its turn yet');
        known = booted;
        isOff = false;
        poll = booted;
        move(to, { from, offered, booted });
        return undefined;
      }
    }

    /** Moves the poll to when the node is on; false when it is not on before the end. */
    function waitUntilOn(): boolean {
      if (off === undefined) return true;
      if (!off.at(isOff, poll - known)) {
        isOff = false;
        known = poll;
        return true;
      }
      poll += Math.ceil(off.remaining());
      isOff = false;
      known = poll;
      return poll <= until;
    }

    function move(
      to: number,
      { from, offered, booted }: { from: string; offered: number; booted: number },
    ): void {
      const { version, age } = places[to] as Place;
      const seconds = booted - now;
      moves.move(position, to, seconds);
      atEnd[position] = (atEnd[position] as number) - 1;
      atEnd[to] = (atEnd[to] as number) + 1;
      for (const barrier of barriers) {
        const barrierAge = (places[barrier] as Place).age;
        if ((places[position] as Place).age < barrierAge && age >= barrierAge) {
          lastPassed.set(barrier, Math.max(lastPassed.get(barrier) ?? 0, seconds));
        }
      }
      lastMove = Math.max(lastMove, seconds);
      onMove?.({ node, wariness, from, to: version, offered, booted });
      position = to;
      if (!hasArrived && age >= target.age) arrive(seconds);
    }

    function arrive(seconds: number): void {
      hasArrived = true;
      arrivals[arrived] = seconds;
      arrived += 1;
    }
  }

  function waits(reason: MissingReason): MissingReason {
    stillWaiting = true;
    return reason;
  }

  /** When nodes get to see that a release has opened: static graphs are as old as their last rendering. */
  function seenOpening(place: Place, wariness: number): number {
    const opening = openingOf(place.rollout, wariness);
    const { publishEvery } = fleet;
    return publishEvery > 0 ? Math.ceil(opening / publishEvery) * publishEvery : opening;
  }

  /** The first moment at which Zincati looks and finds that a node with a staged update may reboot. */
  function rebootAfter(staged: number): number {
    if (schedule === undefined) return staged;
    let look = staged;
    while (look <= until) {
      const open = windowAtOrAfter(schedule, look);
      if (open === look) return look;
      if (open === Number.POSITIVE_INFINITY) return open;
      // A window shorter than the time between two looks may be missed.
      look = pollAtOrAfter(random, look, open, stagedTickSeconds);
    }
    return Number.POSITIVE_INFINITY;
  }

  function miss(reason: MissingReason, version: string): void {
    const key = `${reason} ${version}`;
    const known = missing.get(key);
    if (known === undefined) missing.set(key, { reason, version, nodes: 1 });
    else known.nodes += 1;
  }

  function summarise(): SimulationResult {
    const simulated = stillWaiting ? duration : lastMove;
    const initial = atStart.map(([, count]) => count);
    // The picture ends a little after its last change: what follows is a straight line.
    const { times, counts } = moves.curve(
      initial,
      lastMove === 0 ? Math.min(simulated, 86_400) : Math.ceil(lastMove * 1.04),
      curvePoints,
    );
    const shown = [...places.keys()].filter(
      (position) => (initial[position] as number) > 0 || counts[position]?.some((count) => count > 0),
    );
    const reached = places.flatMap((place, position) => (place.age >= target.age ? [position] : []));
    const sorted = arrivals.subarray(0, arrived).sort();
    const timeTo = (share: number) => {
      const wanted = Math.ceil(share * fleet.nodes);
      return wanted > arrived || wanted === 0 ? null : (sorted[wanted - 1] as number);
    };
    return {
      nodes: fleet.nodes,
      seed,
      now,
      target: target.version,
      arrived,
      timeTo: { half: timeTo(0.5), most: timeTo(0.95), all: timeTo(1) },
      lastArrival: sorted.at(-1) ?? null,
      simulated,
      releases: shown.map((position) => {
        const { version, barrier, deadend } = places[position] as Place;
        return {
          version,
          barrier,
          deadend,
          atStart: initial[position] as number,
          atEnd: atEnd[position] as number,
        };
      }),
      curve: {
        times,
        counts: shown.map((position) => counts[position] as readonly number[]),
        adopted: times.map((_, index) =>
          reached.reduce((sum, position) => sum + (counts[position]?.[index] as number), 0),
        ),
      },
      barriers: barriers.flatMap((barrier) => {
        const { version, age } = places[barrier] as Place;
        const behind = (list: readonly number[]) =>
          places.reduce(
            (sum, place, position) => sum + (place.age < age ? (list[position] as number) : 0),
            0,
          );
        const behindAtStart = behind(initial);
        const behindAtEnd = behind(atEnd);
        if (behindAtStart === 0) return [];
        const clearedAfter = behindAtEnd > 0 ? null : (lastPassed.get(barrier) ?? null);
        return [{ version, behindAtStart, behindAtEnd, clearedAfter }];
      }),
      missing: [...missing.values()].sort((one, other) => other.nodes - one.nodes),
    };
  }
}

/** Four weeks after the last change: weekly windows come round four times. */
function defaultDuration(places: readonly Place[], now: number): number {
  const changes = places.flatMap(({ rollout }) =>
    rollout === undefined ? [] : [(rollout.start_epoch ?? 0) + 60 * (rollout.duration_minutes ?? 0)],
  );
  // As long as a 32-bit number of seconds can say.
  return Math.min(Math.max(0, ...changes.map((change) => change - now)) + graceSeconds, 2 ** 31 - 1);
}
