import { z } from 'zod';
import { openObject, readDocument, someText } from './document.ts';
import type { UpdateEntry } from './metadata.ts';
import { nodeKeys } from './node-keys.ts';
import type { Release } from './releases.ts';

/** A release in the update graph (Cincinnati v1). */
export interface GraphNode {
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** `repository@sha256:…` (scheme oci) or an ostree checksum. */
  readonly payload: string;
}

/** From node, to node: positions in `nodes`. */
export type GraphEdge = readonly [from: number, to: number];

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphScope {
  readonly basearch: string;
  readonly scheme: 'oci' | 'checksum';
}

/**
 * The graph that fcos-cincinnati's graph builder makes of these inputs (Graph::from_metadata in commons/src/graph.rs
 * at 95388bdf), before throttling. Each quirk is upstream's, and a comment names it.
 */
export function buildGraph(
  releases: { readonly releases: readonly Pick<Release, 'version' | 'commits' | 'oci-images'>[] },
  updates: { readonly releases: readonly UpdateEntry[] },
  scope: GraphScope,
): Graph {
  const nodes: GraphNode[] = [];
  for (const [age, release] of releases.releases.entries()) {
    const payload = payloadOf(release, scope);
    // The whole release is left out of this architecture's graph. Ages are still positions in the full list.
    if (payload === undefined) continue;
    const metadata: Record<string, string> = {
      [nodeKeys.ageIndex]: String(age),
      [nodeKeys.scheme]: scope.scheme,
    };
    // All entries of a version apply, in order. Entries for versions without a node have no effect.
    for (const entry of updates.releases) {
      if (entry.version === release.version) Object.assign(metadata, describeEntry(entry));
    }
    nodes.push({ version: release.version, metadata: sortedByKey(metadata), payload });
  }
  return withoutWaysOutOfDeadends({ nodes, edges: computeEdges(nodes) });
}

/** Removes the edges that leave dead-ends. A dead-end may still be a target. */
export function withoutWaysOutOfDeadends(graph: Graph): Graph {
  const deadend = graph.nodes.map((node) => node.metadata[nodeKeys.deadend] === 'true');
  return { nodes: graph.nodes, edges: graph.edges.filter(([from]) => !deadend[from]) };
}

/** The graph as it is published: Zincati loads all of it at each poll, so without spaces. */
export function formatPublishedGraph(graph: Graph): string {
  return `${JSON.stringify(graph)}\n`;
}

/** The graph for people: indent of two spaces, final newline. */
export function formatGraph(graph: Graph): string {
  return `${JSON.stringify(graph, null, 2)}\n`;
}

const position = z.int({ error: 'the position of a node' }).nonnegative({ error: 'the position of a node' });

const servedGraph = openObject('a graph: {nodes, edges}', {
  nodes: z.array(
    openObject('a node: {version, metadata, payload}', {
      version: someText('a version'),
      payload: someText('repository@sha256:… or a checksum'),
      metadata: z
        .record(z.string(), z.string({ error: 'a text: in a graph all metadata are texts' }), {
          error: 'an object of texts',
        })
        .refine((metadata) => /^\d+$/.test(metadata[nodeKeys.ageIndex] ?? ''), {
          error: `a whole number in ${nodeKeys.ageIndex}`,
          params: { problem: 'a node without a usable age' },
        })
        .refine((metadata) => metadata[nodeKeys.scheme] !== undefined, {
          error: `oci or checksum in ${nodeKeys.scheme}`,
          params: { problem: 'a node without a scheme' },
        }),
    }),
    { error: 'the list of nodes' },
  ),
  edges: z.array(z.tuple([position, position], { error: 'a pair of positions' }), {
    error: 'the list of edges',
  }),
}).superRefine(({ nodes, edges }, context) => {
  const index = edges.findIndex((edge) => edge.some((end) => end >= nodes.length));
  if (index < 0) return;
  context.addIssue({
    code: 'custom',
    path: ['edges', index],
    message: `positions below ${nodes.length}`,
    params: { problem: 'this edge ends at a node that does not exist' },
  });
});

/**
 * Reads a served graph as strictly as Zincati: one node without version, payload, scheme or age makes the whole graph
 * invalid.
 * @throws InputError with line, column and field
 */
export function parseGraph(text: string, where: string): Graph {
  return readDocument(servedGraph, text, { where }) as Graph;
}

/** Upstream takes the last match if an architecture occurs twice, and treats an empty text as absent. */
function payloadOf(
  release: Pick<Release, 'commits' | 'oci-images'>,
  { basearch, scheme }: GraphScope,
): string | undefined {
  const payloads =
    scheme === 'oci'
      ? release['oci-images']
          ?.filter((each) => each.architecture === basearch)
          .map((each) => each['digest-ref'])
      : release.commits?.filter((each) => each.architecture === basearch).map((each) => each.checksum);
  return payloads?.findLast((payload) => payload !== '');
}

function describeEntry({ metadata: { rollout, barrier, deadend } }: UpdateEntry): Record<string, string> {
  const described: Record<string, string> = {};
  if (deadend !== undefined) {
    described[nodeKeys.deadend] = 'true';
    described[nodeKeys.deadendReason] = deadend.reason || 'generic';
  }
  if (barrier !== undefined) {
    described[nodeKeys.barrier] = 'true';
    described[nodeKeys.barrierReason] = barrier.reason || 'generic';
  }
  if (rollout !== undefined) {
    // `"rollout": {}` makes a target too, which is never offered above wariness 0.
    described[nodeKeys.rollout] = 'true';
    if (rollout.start_epoch !== undefined) described[nodeKeys.startEpoch] = String(rollout.start_epoch);
    if (rollout.start_percentage !== undefined) {
      described[nodeKeys.startValue] = displayFloat(rollout.start_percentage);
    }
    if (rollout.duration_minutes !== undefined) {
      described[nodeKeys.durationMinutes] = String(rollout.duration_minutes);
    }
  }
  return described;
}

/**
 * A double as Rust's Display writes it: the shortest digits that read back, as in JavaScript, but never with an
 * exponent, and with the sign of a negative zero.
 */
export function displayFloat(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const plain =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : `${digits.slice(0, point).padEnd(point, '0')}${digits.length > point ? `.${digits.slice(point)}` : ''}`;
  return value < 0 ? `-${plain}` : plain;
}

/** Positions in `nodes`, not ages, decide: a barrier that has no image for this architecture holds no node back. */
function computeEdges(nodes: readonly GraphNode[]): GraphEdge[] {
  const positions = [...nodes.keys()];
  const rollouts = positions.filter((position) => hasKey(position, nodeKeys.rollout));
  const barriers = positions.filter((position) => hasKey(position, nodeKeys.barrier));
  const edges: GraphEdge[] = [];
  // Rollouts, newest first: edges from every release back to the last barrier before them, and from that barrier.
  for (const target of rollouts.toReversed()) {
    const previousBarrier = barriers.findLast((barrier) => barrier < target) ?? 0;
    for (let from = previousBarrier; from < target; from += 1) edges.push([from, target]);
  }
  // Barriers: edges from every release back to the barrier before. A barrier that is also a rollout has its edges
  // already.
  let start = 0;
  for (const target of barriers) {
    if (!rollouts.includes(target))
      for (let from = start; from < target; from += 1) edges.push([from, target]);
    start = target;
  }
  return edges;

  function hasKey(position: number, key: string): boolean {
    return nodes[position]?.metadata[key] !== undefined;
  }
}

function sortedByKey(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
