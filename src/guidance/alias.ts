import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import type { Release } from './releases.ts';

/** Other names that nodes may know a release by: version → payload. */
export type Aliases = Readonly<Record<string, string>>;

/** The indexes of releases for several architectures. */
export function aliasesOf(index: {
  readonly releases: readonly Pick<Release, 'version' | 'oci-index'>[];
}): Aliases {
  return Object.fromEntries(
    index.releases.flatMap(({ version, 'oci-index': payload }) =>
      payload === undefined || payload === '' ? [] : [[version, payload]],
    ),
  );
}

/**
 * Adds entries for nodes that report another digest than the one the graph gives their release: a node that was
 * installed by a tag of an image for several architectures may report the digest of its index, and Zincati looks
 * itself up by exact text (zincati src/cincinnati/mod.rs). An alias comes after its release in the list. It has the
 * same age and the same outgoing edges, and no incoming edge: no node is sent to it.
 *
 * Upstream has no such thing; apply it to a graph that is throttled already.
 */
export function addAliases(graph: Graph, aliases: Aliases): Graph {
  const nodes: GraphNode[] = [];
  // The new position of each node of the graph, and of its alias.
  const moved: number[] = [];
  const aliasOf: Array<number | undefined> = [];
  for (const node of graph.nodes) {
    moved.push(nodes.push(node) - 1);
    const payload = Object.hasOwn(aliases, node.version) ? aliases[node.version] : undefined;
    aliasOf.push(
      payload === undefined || payload === node.payload ? undefined : nodes.push({ ...node, payload }) - 1,
    );
  }
  if (nodes.length === graph.nodes.length) return graph;
  const edges = graph.edges.flatMap(([from, to]): GraphEdge[] => {
    const target = moved[to] as number;
    const alias = aliasOf[from];
    const edge: GraphEdge = [moved[from] as number, target];
    return alias === undefined ? [edge] : [edge, [alias, target]];
  });
  return { nodes, edges };
}
