import { buildGraph, type Graph } from '../graph.ts';
import type { Rollout, UpdateEntry } from '../metadata.ts';
import { nodeKeys } from '../node-keys.ts';
import type { Release } from '../releases.ts';
import { rolloutOf } from '../throttle.ts';

/** A release with its outgoing edges. */
export interface Place {
  readonly version: string;
  readonly age: number;
  readonly barrier: boolean;
  readonly deadend: boolean;
  /** Undefined: a node that has an edge here is offered it at once. */
  readonly rollout: Rollout | undefined;
  /** Where nodes may go from here, newest first: the order in which Zincati prefers them. */
  readonly targets: readonly number[];
}

/** All releases of a graph, in its order, with the edges that a node may take at some time. */
export function placesOf(
  releases: { readonly releases: readonly Pick<Release, 'version' | 'commits' | 'oci-images'>[] },
  updates: { readonly releases: readonly UpdateEntry[] },
  basearch: string,
): Place[] {
  const graph: Graph = buildGraph(releases, updates, { basearch, scheme: 'oci' });
  const ages = graph.nodes.map((node) => Number(node.metadata[nodeKeys.ageIndex]));
  const age = (position: number) => ages[position] as number;
  const targets = graph.nodes.map((): number[] => []);
  for (const [from, to] of graph.edges) {
    // Zincati refuses a target that is not newer.
    if (age(to) > age(from)) targets[from]?.push(to);
  }
  return graph.nodes.map((node, position) => ({
    version: node.version,
    age: age(position),
    barrier: node.metadata[nodeKeys.barrier] === 'true',
    deadend: node.metadata[nodeKeys.deadend] === 'true',
    rollout: rolloutOf(node),
    targets: (targets[position] as number[]).sort((one, other) => age(other) - age(one)),
  }));
}
