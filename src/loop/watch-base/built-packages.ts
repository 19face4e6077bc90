import { InputError } from '../../host/errors.ts';
import { findBuilt } from '../../release/candidate/built.ts';
import { type Candidate, readCandidate } from '../../release/candidate/candidate.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { comparePackages, type PackageDifference, readPackages } from '../../world/packages/packages.ts';
import { type DigestReference, parseReference } from '../../world/registry/reference.ts';

export interface BuiltPackages {
  readonly candidate: Candidate;
  /** The fleet's newest release, with which it is compared. */
  readonly release: string;
  readonly difference: PackageDifference;
  /** How many packages the new image has. */
  readonly count: number;
}

/**
 * The packages of the image that a proposed commit builds, compared with those of the fleet's newest release.
 * @returns undefined if they cannot be compared: nothing is released or built yet, or an image has no rpm database
 */
export async function compareBuiltPackages(
  { client, config, git }: Pick<Project, 'client' | 'config' | 'git'>,
  { commit, state }: { readonly commit: Sha; readonly state: FleetState },
): Promise<BuiltPackages | undefined> {
  const newest = state.releases.releases.at(-1);
  const released = newest?.['oci-index'] ?? newest?.['oci-images']?.[0]?.['digest-ref'];
  if (newest === undefined || released === undefined || released === '') return undefined;
  try {
    const candidate = await readCandidate({ git, config, client, commit });
    const built = await findBuilt(client, config, candidate);
    if (built === undefined) return undefined;
    const before = await readPackages(client, parseReference(released) as DigestReference);
    const after = await readPackages(client, built);
    if (before === undefined || after === undefined) return undefined;
    const difference = comparePackages(before, after);
    return { candidate, release: newest.version, difference, count: after.length };
  } catch (error) {
    // The commit or an image is missing: a proposal does not depend on it.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
