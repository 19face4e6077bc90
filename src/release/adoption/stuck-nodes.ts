import type { StuckKind } from '../../guidance/adoption.ts';
import { considerUpdate } from '../../guidance/choose.ts';
import { buildGraph, type Graph } from '../../guidance/graph.ts';
import { nodeKeys } from '../../guidance/node-keys.ts';
import { nextOpening } from '../../guidance/progress.ts';
import { rolloutOf, throttleGraph } from '../../guidance/throttle.ts';
import { defined } from '../../host/defined.ts';
import type { CountedFleet } from './fleet-counter.ts';

/** Why nodes on a release do not move on. */
export interface Obstacle {
  readonly kind: StuckKind;
  readonly behind?: string;
  readonly reason?: string;
  /** UNIX seconds from which on they could have moved: those who could only a short time ago are not stuck. */
  readonly since: number;
}

/** Time for an update and a reboot; many fleets reboot at night only. */
export const patience = 86_400;

/**
 * Finds why nodes of one wariness do not leave a release.
 * @param now UNIX seconds
 */
export function createObstacles(
  of: CountedFleet,
  now: number,
): (
  release: string,
  nodes: { readonly basearch: string; readonly wariness: number },
) => Obstacle | undefined {
  const complete = new Map<string, Graph>();
  const offered = new Map<string, Graph>();
  return (version, { basearch, wariness }) => {
    const graph = memo(complete, basearch, () =>
      buildGraph(of.releases, of.updates, { basearch, scheme: 'oci' }),
    );
    const key = `${basearch} ${wariness}`;
    const choice = considerUpdate(
      memo(offered, key, () => throttleGraph(graph, { now, wariness })),
      { version },
    );
    if (choice.kind === 'unknown') return { kind: 'not in the graph', since: 0 };
    if (choice.kind === 'dead-end') return { kind: 'dead-end', reason: choice.reason, since: 0 };
    if (choice.kind === 'none') return pausedAfter(of, version);
    const { target } = choice;
    const rollout = rolloutOf(target);
    // Asked for a moment before any rollout: a rollout that is open to the node then has always been.
    const opened = rollout === undefined ? undefined : nextOpening(rollout, wariness, 0);
    const isBarrier = target.metadata[nodeKeys.barrier] !== undefined;
    return {
      kind: isBarrier ? 'barrier' : 'offered',
      behind: target.version,
      ...defined({ reason: isBarrier ? target.metadata[nodeKeys.barrierReason] : undefined }),
      since: opened ?? 0,
    };
  };
}

function pausedAfter({ releases, operations }: CountedFleet, version: string): Obstacle | undefined {
  const age = (each: string) => releases.releases.findIndex((release) => release.version === each);
  const paused = operations?.paused
    ?.filter((each) => age(each.version) > age(version))
    .sort((one, other) => age(other.version) - age(one.version))[0];
  return paused === undefined
    ? undefined
    : { kind: 'paused', behind: paused.version, reason: paused.reason, since: 0 };
}

function memo<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
