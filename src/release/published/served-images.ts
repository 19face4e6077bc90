import { addAliases, aliasesOf } from '../../guidance/alias.ts';
import { buildGraph } from '../../guidance/graph.ts';
import { InputError } from '../../host/errors.ts';
import { inParallel } from '../../host/parallel.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { parseReference } from '../../world/registry/reference.ts';
import type { SiteFleet } from './site.ts';

/** An image that a graph names. */
export interface NamedImage {
  readonly fleet: string;
  readonly version: string;
  readonly architecture: string;
  /** `repository@sha256:…` */
  readonly digestRef: string;
  /** A node may be offered it; otherwise nodes only update from it. */
  readonly target: boolean;
}

/** All images that the graphs of these fleets name, for every ring and at any time. */
export function namedImages(fleets: readonly SiteFleet[], architectures: readonly string[]): NamedImage[] {
  return fleets.flatMap(({ name, state }) =>
    architectures.flatMap((architecture) => {
      const graph = addAliases(
        buildGraph(state.releases, state.updates, { basearch: architecture, scheme: 'oci' }),
        aliasesOf(state.releases),
      );
      const targets = new Set(graph.edges.map(([, to]) => to));
      return graph.nodes.map((node, position) => ({
        fleet: name,
        version: node.version,
        architecture,
        digestRef: node.payload,
        target: targets.has(position),
      }));
    }),
  );
}

/** Requests at a time: fast, and below the limits of registries. */
const parallel = 8;

/**
 * Finds the images that production cannot serve, with one HEAD for each digest. Targets are always looked up; an
 * image that nodes only update from is not looked up again if it is published already.
 * @param published digest references that published graphs name
 */
export async function findUnserved(
  client: RegistryClient,
  images: readonly NamedImage[],
  published: ReadonlySet<string>,
): Promise<NamedImage[]> {
  const wanted = [
    ...new Set(
      images
        .filter((image) => image.target || !published.has(image.digestRef))
        .map((image) => image.digestRef),
    ),
  ];
  const missing = new Set<string>();
  await inParallel(wanted, parallel, async (digestRef) => {
    if ((await client.resolve(parseReference(digestRef))) === undefined) missing.add(digestRef);
  });
  return images.filter((image) => missing.has(image.digestRef));
}

/** @throws InputError that names every image */
export function refuseUnserved(missing: readonly NamedImage[]): void {
  const [first] = missing;
  if (first === undefined) return;
  const list = missing.map(
    ({ fleet, version, architecture, digestRef }) =>
      `\n  ${fleet} ${version} (${architecture}): ${digestRef}`,
  );
  throw new InputError({
    problem: `the registry cannot serve ${missing.length === 1 ? 'an image' : `${missing.length} images`} that graphs would name, so nothing was published:${list.join('')}\n`,
    remedy: `Push it there again by its digest (coxswain promote-image --fleet ${first.fleet} does so while the test registry has it), then publish again.`,
  });
}
