import { type Graph, parseGraph } from '../../guidance/graph.ts';
import { InputError } from '../../host/errors.ts';
import { graphPath } from './paths.ts';
import type { NamedImage } from './served-images.ts';
import type { SiteFleet } from './site.ts';

/** Reads one published file; undefined where it is not there. */
export type ReadPublished = (path: string) => Promise<string | undefined>;

/**
 * The graph that is published for a fleet and architecture now.
 * What cannot be read as a graph is as good as nothing: no node can use it either.
 */
async function publishedGraph(
  read: ReadPublished,
  fleet: string,
  basearch: string,
): Promise<Graph | undefined> {
  const path = graphPath({ fleet, basearch });
  const text = await read(path);
  if (text === undefined) return undefined;
  try {
    return parseGraph(text, path);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/**
 * Looks at what is published now.
 * @returns digest references that the published graphs name
 * @throws InputError when publishing would take a node out of a graph, or give it another place: nodes on that
 *   release would be lost
 */
export async function readPublished(
  read: ReadPublished,
  options: {
    readonly fleets: readonly SiteFleet[];
    readonly architectures: readonly string[];
    /** What the next graphs name. */
    readonly images: readonly NamedImage[];
  },
): Promise<Set<string>> {
  const { fleets, architectures, images } = options;
  const published = new Set<string>();
  for (const { name } of fleets) {
    for (const architecture of architectures) {
      const graph = await publishedGraph(read, name, architecture);
      const next = images.filter((image) => image.fleet === name && image.architecture === architecture);
      for (const [position, node] of (graph?.nodes ?? []).entries()) {
        published.add(node.payload);
        if (next[position]?.version === node.version && next[position].digestRef === node.payload) continue;
        throw new InputError({
          where: graphPath({ fleet: name, basearch: architecture }),
          field: `nodes[${position}]`,
          problem: 'the published graph has a release that the state branch has not, or has elsewhere',
          found: `${node.version} ${node.payload}`,
          remedy:
            'A release is never removed or reordered. Put the state branch right (was it reset?), or publish to another folder.',
        });
      }
    }
  }
  return published;
}
