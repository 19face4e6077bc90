import type { Graph, GraphNode } from './graph.ts';
import { nodeKeys } from './node-keys.ts';

/** What Zincati does with a graph. */
export type Choice =
  /** The node does not find itself: no update, and no word about dead-ends; it keeps asking. */
  | { readonly kind: 'unknown' }
  /** It tells its users that it gets no further updates. */
  | { readonly kind: 'dead-end'; readonly reason: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'update'; readonly target: GraphNode };

/**
 * Zincati's choice (find_update in src/cincinnati/mod.rs): it looks for the first node with exactly its own payload,
 * and takes the newest of the targets it has an edge to, by age_index; a target that is not newer is refused
 * (allow_downgrade is off by default).
 * @param graph already throttled for this client
 * @param booted `payload` as the node knows its image; `version` is for people
 */
export function considerUpdate(
  graph: Graph,
  booted: { readonly payload: string } | { readonly version: string },
): Choice {
  const from = graph.nodes.findIndex((node) =>
    'payload' in booted ? node.payload === booted.payload : node.version === booted.version,
  );
  const current = graph.nodes[from];
  if (current === undefined) return { kind: 'unknown' };
  const target = graph.edges
    .filter(([source]) => source === from)
    .map(([, to]) => graph.nodes[to])
    .filter((node) => node !== undefined)
    .sort(newestFirst)[0];
  if (target !== undefined && ageOf(target) > ageOf(current)) return { kind: 'update', target };
  if (current.metadata[nodeKeys.deadend] === 'true') {
    return { kind: 'dead-end', reason: current.metadata[nodeKeys.deadendReason] ?? 'generic' };
  }
  return { kind: 'none' };
}

/** The release that a node with this payload is offered, or undefined. @param graph throttled for the node */
export function chooseUpdate(graph: Graph, payload: string): GraphNode | undefined {
  return targetOf(considerUpdate(graph, { payload }));
}

/** The release that a node on this version is offered, or undefined. @param graph throttled for the node */
export function offers(graph: Graph, version: string): GraphNode | undefined {
  return targetOf(considerUpdate(graph, { version }));
}

function targetOf(choice: Choice): GraphNode | undefined {
  return choice.kind === 'update' ? choice.target : undefined;
}

function ageOf(node: GraphNode): number {
  return Number(node.metadata[nodeKeys.ageIndex]);
}

/** Sorts by age, then version, then payload, as Zincati does. */
function newestFirst(one: GraphNode, other: GraphNode): number {
  return (
    ageOf(other) - ageOf(one) ||
    compareTexts(other.version, one.version) ||
    compareTexts(other.payload, one.payload)
  );
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
