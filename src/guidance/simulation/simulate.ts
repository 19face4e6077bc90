import type { Place } from './edges.ts';
import { NodeRun } from './follow-node.ts';
import type { SimulationResult } from './result.ts';
import { createScenario, type Scenario } from './scenario.ts';
import type { SimulationInput } from './simulation-input.ts';
import { Tally } from './tally.ts';

const curvePoints = 240;

/**
 * Follows each node of a fleet from update to update, event by event: when its next release opens to its wariness, when
 * it polls after that, when it may reboot; then the same from the release that it has reached. A node that was off
 * polls as soon as it is on, as Zincati does after each boot.
 * @throws InputError for a version that is not in the release index, or a fleet without releases
 */
export function simulateRollout(input: SimulationInput): SimulationResult {
  const scenario = createScenario(input);
  const tally = new Tally(scenario);
  let node = 0;
  for (const [place, [version, count]] of scenario.atStart.entries()) {
    for (let each = 0; each < count; each += 1) {
      new NodeRun(scenario, tally, node, place).follow(version);
      node += 1;
    }
  }
  return resultOf(scenario, tally);
}

function resultOf(scenario: Scenario, tally: Tally): SimulationResult {
  const { places, target, now, until, fleet, seed } = scenario;
  const { arrived, lastMove } = tally;
  const simulated = tally.stillWaiting ? until - now : lastMove;
  const initial = scenario.atStart.map(([, count]) => count);
  // The picture ends a little after its last change: what follows is a straight line.
  const { times, counts } = tally.moves.curve(
    initial,
    lastMove === 0 ? Math.min(simulated, 86_400) : Math.ceil(lastMove * 1.04),
    curvePoints,
  );
  const shown = [...places.keys()].filter(
    (position) => (initial[position] as number) > 0 || counts[position]?.some((count) => count > 0),
  );
  const reached = places.flatMap((place, position) => (place.age >= target.age ? [position] : []));
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
      const { version, barrier, deadend } = places[position] as Place;
      return {
        version,
        barrier,
        deadend,
        atStart: initial[position] as number,
        atEnd: tally.counts[position] as number,
      };
    }),
    curve: {
      times,
      counts: shown.map((position) => counts[position] as readonly number[]),
      adopted: times.map((_, index) =>
        reached.reduce((sum, position) => sum + (counts[position]?.[index] as number), 0),
      ),
    },
    barriers: passedBarriers(scenario, tally),
    missing: [...tally.missing.values()].sort((one, other) => other.nodes - one.nodes),
  };
}

/** @param arrivals seconds until each arrival, sorted */
function timesTo(arrivals: Int32Array, nodes: number): SimulationResult['timeTo'] {
  const timeTo = (share: number) => {
    const wanted = Math.ceil(share * nodes);
    return wanted > arrivals.length || wanted === 0 ? null : (arrivals[wanted - 1] as number);
  };
  return { half: timeTo(0.5), most: timeTo(0.95), all: timeTo(1) };
}

/** The barriers that nodes had before them, and when the last node passed each. */
function passedBarriers({ places, barriers, atStart }: Scenario, tally: Tally): SimulationResult['barriers'] {
  return barriers.flatMap((barrier) => {
    const { version, age } = places[barrier] as Place;
    const behind = (list: readonly number[]) =>
      places.reduce((sum, place, position) => sum + (place.age < age ? (list[position] as number) : 0), 0);
    const behindAtStart = behind(atStart.map(([, count]) => count));
    const behindAtEnd = behind(tally.counts);
    if (behindAtStart === 0) return [];
    const clearedAfter = behindAtEnd > 0 ? null : (tally.lastPassed.get(barrier) ?? null);
    return [{ version, behindAtStart, behindAtEnd, clearedAfter }];
  });
}
