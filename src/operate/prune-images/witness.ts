import { InputError } from '../../host/errors.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { Digest } from '../../world/registry/reference.ts';
import type { PublishedGuidance } from './published-guidance.ts';

/**
 * Makes sure that the state branch and what is published agree, before anything is deleted because of one of them.
 * A branch that is missing, old or mistyped in the configuration has less than the published guidance.
 * @param published of any fleet, by any project, in the registry and at the site
 * @param silence why the site gives no answer
 * @throws InputError if the published guidance of a fleet is missing everywhere, or has a release that the state lacks
 */
export function requireWitnesses(
  stateBranch: string,
  fleets: Readonly<Record<string, FleetState>>,
  published: readonly PublishedGuidance[],
  silence?: string,
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
    const witnesses = published.filter((each) => each.fleet === fleet);
    if (witnesses.length === 0) {
      throw new InputError({
        where: `fleet ${fleet}`,
        problem: `only the state branch knows its releases; deletion needs a second witness${silence === undefined ? '' : ` (${silence})`}`,
        remedy:
          'Publish the guidance: coxswain publish-updates puts it into the registry (publish.oci: true), and into the folder that is served at publish.url.',
      });
    }
    for (const witness of witnesses) {
      const lost = [...witness.releases.keys()].find((version) => !versions.includes(version));
      if (lost === undefined) continue;
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
 * The images that published guidance protects: everything that another project's guidance names, and nothing of ours.
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
  const known = published.filter((each) => each.fleet === fleet);
  return releases.releases
    .map(({ version }) => version)
    .filter((version) => !known.some((each) => each.releases.has(version)));
}
