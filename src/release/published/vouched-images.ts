import type { Release } from '../../guidance/releases.ts';
import { InputError } from '../../host/errors.ts';
import { type Digest, parseReference } from '../../world/registry/reference.ts';
import { trustOf } from '../attestations/trust.ts';
import { findAcceptance } from '../evidence/acceptance.ts';
import { type FoundEvidence, findEvidence, newestOf } from '../evidence/store.ts';
import type { Project } from '../project.ts';
import type { SiteFleet } from './site.ts';

/**
 * If the configuration says whose signature makes evidence count, the state branch alone must not be enough to offer an
 * image to nodes: someone who can write to it could name any image. So every release that is offered for the first
 * time must have a signed pass beside its images in production, or an acceptance for this fleet.
 * @param published digest references that published graphs name
 * @throws InputError that names the release and the image
 */
export async function refuseUnvouched(
  project: Pick<Project, 'config' | 'client' | 'root'>,
  fleets: readonly SiteFleet[],
  published: ReadonlySet<string>,
): Promise<void> {
  if (project.config.evidence.signedBy.length === 0) return;
  for (const { name, state } of fleets) {
    // An imported release has no entry: nobody is sent to it.
    const offered = new Set(state.updates.releases.map(({ version }) => version));
    for (const release of state.releases.releases) {
      const isNew = (release['oci-images'] ?? []).some((image) => !published.has(image['digest-ref']));
      if (isNew && offered.has(release.version)) await requireVouched(project, name, release);
    }
  }
}

async function requireVouched(
  { config, client, root }: Pick<Project, 'config' | 'client' | 'root'>,
  fleet: string,
  release: Release,
): Promise<void> {
  const trust = trustOf({ config, root });
  const index = digestIn(release['oci-index']);
  for (const { architecture, 'digest-ref': name } of release['oci-images'] ?? []) {
    const subjects = [digestIn(name), index].filter((digest) => digest !== undefined);
    const all: FoundEvidence[] = [];
    for (const subject of subjects) all.push(...(await findEvidence(client, config.image, subject, trust)));
    const newest = newestOf(all.filter(({ evidence }) => evidence.architecture === architecture));
    if (newest?.evidence.result === 'PASSED') continue;
    if (newest === undefined && (await findAcceptance(client, config.image, { subjects, fleet }, trust)))
      continue;
    throw new InputError({
      where: `${fleet} ${release.version} (${architecture})`,
      problem:
        newest === undefined
          ? 'production has no evidence for this image that counts, so nothing was published'
          : 'the newest evidence of this image is of a failed test, so nothing was published',
      found: name,
      expected: 'a pass with a signature as evidence.signed-by in coxswain.yaml names it',
      remedy: `Run coxswain promote-image --fleet ${fleet}, which says what is missing. If this release is not yours, find out who wrote to ${config.stateBranch}.`,
    });
  }
}

function digestIn(name: string | undefined): Digest | undefined {
  if (name === undefined || name === '') return undefined;
  const reference = parseReference(name);
  return reference.kind === 'digest' ? reference.digest : undefined;
}
