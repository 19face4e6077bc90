import { randomBytes } from 'node:crypto';
import { FleetCounter } from '../../release/adoption/fleet-counter.ts';
import { knownRings, tenthOf } from '../../release/adoption/known-rings.ts';
import { createKeyMaker, type NodeKey, saltLength } from '../../release/adoption/node-key.ts';
import type { Sighting } from '../../release/adoption/node-table.ts';
import { countLive } from '../../release/adoption/summary.ts';
import type { Guidance } from './fleet-source.ts';
import type { GraphQuery } from './graph-query.ts';
import type { Gauge } from './metrics.ts';

/** The nodes that ask this server, by what they run. */
export interface NodeCounts {
  see(guidance: Guidance, query: GraphQuery, now: number): void;
  /** Nodes of the last day. Labels are names of fleets and releases, never what a request says. */
  gauges(now: number): Gauge[];
}

const window = 86_400;
const cleanUpEvery = 3600;

/**
 * Counts nodes in the memory of this process: after a start the numbers grow for a day. Identifiers are hashed by a salt
 * that nobody knows.
 */
export function createNodeCounts(): NodeCounts {
  const hash = createKeyMaker(randomBytes(saltLength));
  const rings = knownRings([]);
  const counters = new Map<string, { readonly guidance: Guidance; readonly counter: FleetCounter }>();
  const key: NodeKey = { high: 0, low: 0 };
  const sighting: Sighting = { time: 0, release: 0, other: 0, place: 0 };
  let cleanedUp = 0;
  return {
    see(guidance, { node, basearch, wariness }, now) {
      if (node.uuid === '') return;
      const counter = counterOf(guidance);
      hash(Buffer.from(node.uuid), key);
      counter.identify(node.payload, node.version, sighting);
      sighting.time = now;
      sighting.place = counter.placeOf(tenthOf(rings, wariness), basearch);
      counter.count(key, sighting);
    },
    gauges(now) {
      if (now - cleanedUp > cleanUpEvery) {
        for (const { counter } of counters.values()) counter.table.forgetBefore(now - window);
        cleanedUp = now;
      }
      const live = [...counters].map(([fleet, { counter }]) => ({
        fleet,
        ...countLive(counter, now - window),
      }));
      return [
        {
          name: 'coxswain_nodes',
          help: 'Nodes that asked in the last 24 hours, by the release that they run.',
          values: live.flatMap(({ fleet, nodes }) =>
            nodes.map(({ ring, release, count }) => ({ labels: { fleet, ring, release }, value: count })),
          ),
        },
        {
          name: 'coxswain_nodes_came_back',
          help: 'Nodes that ran a newer release and now run an older one.',
          values: live.map(({ fleet, cameBack }) => ({ labels: { fleet }, value: cameBack })),
        },
        {
          name: 'coxswain_nodes_sampled_share',
          help: 'The share of the nodes that is kept, from which the numbers of nodes are estimated: 1 if they are exact.',
          values: live.map(({ fleet, share }) => ({ labels: { fleet }, value: share })),
        },
      ];
    },
  };

  function counterOf(guidance: Guidance): FleetCounter {
    const known = counters.get(guidance.fleet);
    if (known?.guidance === guidance) return known.counter;
    const counter = new FleetCounter(
      { ...guidance, rings },
      // Releases keep their positions, so what is known of nodes stays right with new guidance.
      { from: 0, until: Number.MAX_SAFE_INTEGER, isLive: true, ...(known && { table: known.counter.table }) },
    );
    counters.set(guidance.fleet, { guidance, counter });
    return counter;
  }
}
