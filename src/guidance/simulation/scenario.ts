import { offTimes, warinessDraw } from './draws.ts';
import { type Place, placesOf } from './edges.ts';
import type { FleetModel } from './fleet-model.ts';
import { stagedTickSeconds } from './polling.ts';
import { createRandom, type Random } from './random.ts';
import type { NodeMove, SimulationInput } from './simulation-input.ts';
import { findTarget, startCounts } from './starting-places.ts';
import { type Schedule, scheduleOf } from './windows.ts';

const graceSeconds = 28 * 86_400;

/** What stays the same for all nodes of one simulation. */
export interface Scenario {
  readonly places: readonly Place[];
  /** The release whose adoption is measured. */
  readonly target: Place;
  /** UNIX seconds at which the simulation starts, and at which it ends. */
  readonly now: number;
  readonly until: number;
  readonly fleet: FleetModel;
  /** Undefined: nodes may reboot at any time. */
  readonly schedule: Schedule | undefined;
  /** Positions of the barriers up to the target. */
  readonly barriers: readonly number[];
  /** Version and number of nodes for each place, and last for nodes on releases that are in no graph. */
  readonly atStart: ReadonlyArray<readonly [version: string, count: number]>;
  readonly seed: number;
  readonly random: Random;
  readonly drawWariness: () => number;
  /** Undefined: nodes are always on. */
  readonly off: ReturnType<typeof offTimes> | undefined;
  readonly onMove: ((move: NodeMove) => void) | undefined;
}

/** @throws InputError for a version that is not in the release index, or a fleet without releases */
export function createScenario(input: SimulationInput): Scenario {
  const { fleet, now, seed, onMove } = input;
  const places = placesOf(input.releases, input.updates, input.basearch);
  const targetPlace = findTarget(places, input);
  const target = places[targetPlace] as Place;
  const until = now + (input.duration ?? defaultDuration(places, now));
  const random = createRandom(seed);
  return {
    places,
    target,
    now,
    until,
    fleet,
    schedule:
      fleet.windows.length === 0 ? undefined : scheduleOf(fleet.windows, now, until + 2 * stagedTickSeconds),
    barriers: places.flatMap((place, position) =>
      place.barrier && place.age <= target.age ? [position] : [],
    ),
    atStart: startCounts(places, input, targetPlace),
    seed,
    random,
    drawWariness: warinessDraw(fleet.wariness, random),
    off: fleet.off.share > 0 && fleet.off.mean > 0 ? offTimes(fleet.off, random) : undefined,
    onMove,
  };
}

/** Four weeks after the last change: a weekly window then opens four times. */
function defaultDuration(places: readonly Place[], now: number): number {
  const changes = places.flatMap(({ rollout }) =>
    rollout === undefined ? [] : [(rollout.start_epoch ?? 0) + 60 * (rollout.duration_minutes ?? 0)],
  );
  // The largest number of seconds that 32 bits can hold.
  return Math.min(Math.max(0, ...changes.map((change) => change - now)) + graceSeconds, 2 ** 31 - 1);
}
