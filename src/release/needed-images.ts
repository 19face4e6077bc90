import type { UpdateMetadata } from '../guidance/metadata.ts';
import type { Operations } from '../guidance/operations.ts';
import type { ReleaseIndex } from '../guidance/releases.ts';
import { type Digest, digestIn, isDigest } from '../world/registry/reference.ts';

/** What is known of a fleet: from the state branch, or of what is published of it. */
export interface KnownFleet {
  readonly releases: Pick<ReleaseIndex, 'releases'>;
  readonly updates: Pick<UpdateMetadata, 'releases'>;
  readonly operations?: Pick<Operations, 'paused'>;
}

/** Fewer would leave nothing to roll back to. */
export const fewestReleases = 2;

/**
 * The versions whose images a fleet needs:
 * - all versions with an update entry: those that any node can be offered at any time, barriers and dead-ends;
 * - what is paused, which is offered again once it is resumed;
 * - the newest releases: what nodes run, and may be rolled back to.
 *
 * Without `newest` it is every release: then every image in a graph stays, also those that nodes only update from.
 */
export function neededVersions(
  { releases, updates, operations }: KnownFleet,
  newest?: number,
): ReadonlySet<string> {
  const all = releases.releases.map(({ version }) => version);
  return new Set([
    ...(newest === undefined ? all : all.slice(-Math.max(newest, fewestReleases))),
    ...updates.releases.map(({ version }) => version),
    ...(operations?.paused ?? []).map(({ version }) => version),
  ]);
}

/** Digests of the images of these versions, and of the indexes over them. */
export function digestsOf(fleet: KnownFleet, versions: ReadonlySet<string>): ReadonlySet<Digest> {
  const digests = fleet.releases.releases
    .filter(({ version }) => versions.has(version))
    .flatMap((release) => [
      ...(release['oci-images'] ?? []).map((image) => image['digest-ref']),
      ...(release['oci-index'] === undefined ? [] : [release['oci-index']]),
    ])
    .map((reference) => digestIn(reference));
  return new Set(digests.filter((digest): digest is Digest => isDigest(digest)));
}

/** What a production repository must keep for all of its fleets. */
export function neededDigests(fleets: readonly KnownFleet[], newest?: number): ReadonlySet<Digest> {
  return new Set(fleets.flatMap((fleet) => [...digestsOf(fleet, neededVersions(fleet, newest))]));
}

/**
 * What the test registry must keep: the images that still have to be promoted from one fleet to another, because
 * promotion copies them from there, and each fleet's newest.
 */
export function awaitedDigests(
  fleets: Readonly<Record<string, KnownFleet>>,
  promotions: readonly { readonly from: string; readonly to: string }[],
): ReadonlySet<Digest> {
  const awaited = new Set<Digest>();
  const add = (fleet: KnownFleet, versions: readonly string[]) => {
    for (const digest of digestsOf(fleet, new Set(versions))) awaited.add(digest);
  };
  for (const fleet of Object.values(fleets)) {
    add(
      fleet,
      fleet.releases.releases.slice(-1).map(({ version }) => version),
    );
  }
  for (const { from, to } of promotions) {
    const source = fleets[from];
    if (source === undefined) continue;
    const had = new Set(fleets[to]?.releases.releases.map(({ version }) => version));
    const versions = source.releases.releases.map(({ version }) => version);
    add(source, versions.slice(versions.findLastIndex((version) => had.has(version)) + 1));
  }
  return awaited;
}
