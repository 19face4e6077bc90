import { InputError } from '../../host/errors.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { Digest } from '../../world/registry/reference.ts';
import type { PublishedGuidance } from './published-guidance.ts';

/**
 * Makes sure that the state branch and what is published agree, before anything is deleted by the word of one of them.
 * A branch that is missing, old or mistyped in the configuration knows less than the published guidance.
 * @param published of any fleet, by any project
 * @throws InputError if the published guidance of a fleet is missing, or has a release that the state lacks
 */
export function requireWitnesses(
  stateBranch: string,
  fleets: Readonly<Record<string, FleetState>>,
  published: readonly PublishedGuidance[],
): void {
  const all = Object.entries(fleets);
  if (all.every(([, { releases }]) => releases.releases.length === 0)) {
    throw new InputError({
      where: stateBranch,
      problem: 'the state branch knows no release of any fleet, so nothing says which images are needed',
      remedy:
        'Fetch the state branch, or correct state-branch in coxswain.yaml. Before the first release there is nothing to delete.',
    });
  }
  for (const [fleet, { releases }] of all) {
    const versions = releases.releases.map(({ version }) => version);
    if (versions.length === 0) continue;
    const witness = published.find((each) => each.fleet === fleet);
    if (witness === undefined) {
      throw new InputError({
        where: `fleet ${fleet}`,
        problem: 'only the state branch knows its releases; deletion needs a second witness',
        remedy:
          'Run coxswain publish-updates with publish.oci: true: it puts the guidance into the registry.',
      });
    }
    const lost = [...witness.releases.keys()].find((version) => !versions.includes(version));
    if (lost !== undefined) {
      throw new InputError({
        where: `fleet ${fleet}`,
        problem: `the published guidance has release ${lost}, and the state branch does not`,
        found: witness.where,
        remedy: `Fetch ${stateBranch}, or restore it, before you delete anything.`,
      });
    }
  }
}

/**
 * The images that published guidance keeps: everything that another project's guidance names, and nothing that is ours.
 */
export function foreignDigests(
  fleets: Readonly<Record<string, FleetState>>,
  published: readonly PublishedGuidance[],
): readonly Digest[] {
  return published
    .filter(({ fleet }) => fleets[fleet] === undefined)
    .flatMap(({ releases }) => [...releases.values()].flat());
}

/** Versions that are not published yet. publish-updates would refuse them if their images were gone. */
export function unpublishedVersions(
  fleet: string,
  { releases }: FleetState,
  published: readonly PublishedGuidance[],
): readonly string[] {
  const known = published.find((each) => each.fleet === fleet)?.releases;
  return releases.releases.map(({ version }) => version).filter((version) => known?.has(version) !== true);
}
