import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { type Trust, trustOf } from '../../release/attestations/trust.ts';
import type { Project } from '../../release/project.ts';
import { findSbom } from '../../release/sbom/store.ts';
import type { ReleaseRecord } from '../../release/state/state.ts';
import { byName, identity } from '../../world/packages/compare.ts';
import {
  comparePackages,
  type Package,
  type PackageDifference,
  readPackages,
} from '../../world/packages/packages.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { parseReference } from '../../world/registry/reference.ts';

/** What a promotion changes in a node's packages, and where that is from. */
export interface PackageChanges {
  readonly difference: PackageDifference;
  /** `SBOM` if both releases have one whose signature counts, for every image; otherwise the images' own databases. */
  readonly source: 'SBOM' | 'rpm database';
  /** How many of the packages that were added or changed are not the base's; absent if that is not known. */
  readonly own?: number;
}

interface Content {
  readonly packages: readonly Package[];
  readonly fromSbom: boolean;
  /** Identities of the packages that the base does not have; undefined if that is not known. */
  readonly derived?: ReadonlySet<string>;
}

/**
 * Compares the SBOMs of two releases, every architecture. A convenience for reviewers: if it cannot be found out, the
 * promotion goes on without it.
 * @returns undefined if there is nothing to compare, or the images have no rpm database
 */
export async function packageChanges(
  project: Pick<Project, 'client' | 'log' | 'config' | 'root'>,
  before: ReleaseRecord | undefined,
  after: ReleaseRecord,
): Promise<PackageChanges | undefined> {
  const { client, log } = project;
  if (before === undefined) return undefined;
  const trust = trustOf(project);
  try {
    const [one, other] = await Promise.all([
      readContent(client, before, trust),
      readContent(client, after, trust),
    ]);
    if (one === undefined || other === undefined) return undefined;
    const difference = comparePackages(one.packages, other.packages);
    const { derived } = other;
    const come = [...difference.added, ...difference.upgraded.map((each) => each.after)];
    return {
      difference,
      source: one.fromSbom && other.fromSbom ? 'SBOM' : 'rpm database',
      ...(derived === undefined ? {} : { own: come.filter((each) => derived.has(identity(each))).length }),
    };
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
    log.warn(`the package changes are not listed: ${messageOf(error)}`);
    return undefined;
  }
}

/** The packages of all images of a release, each package once. */
async function readContent(
  client: RegistryClient,
  record: ReleaseRecord,
  trust: Trust,
): Promise<Content | undefined> {
  const packages = new Map<string, Package>();
  const derived = new Set<string>();
  let fromSbom = true;
  let isKnown = true;
  if (record.images.length === 0) return undefined;
  for (const { digestRef } of record.images) {
    const image = parseReference(digestRef);
    if (image.kind !== 'digest') return undefined;
    const sbom = await findSbom(client, image, trust);
    const found = sbom?.packages ?? (await readPackages(client, image));
    if (found === undefined) return undefined;
    fromSbom &&= sbom !== undefined;
    isKnown &&= sbom !== undefined && sbom.origins.size > 0;
    for (const each of found) {
      packages.set(identity(each), each);
      if (sbom?.origins.get(identity(each)) === 'derived') derived.add(identity(each));
    }
  }
  return { packages: [...packages.values()].sort(byName), fromSbom, ...(isKnown ? { derived } : {}) };
}
