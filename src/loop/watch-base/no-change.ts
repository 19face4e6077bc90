import { InputError } from '../../host/errors.ts';
import { refreshFileName } from '../../release/candidate/build-context.ts';
import { findBuilt } from '../../release/candidate/built.ts';
import { readCandidate } from '../../release/candidate/candidate.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { Forge, PullRequest, Sha } from '../../world/forge/forge.ts';
import { closedKey } from '../../world/forge/propose-changes.ts';
import { comparePackages, readPackages, samePackages } from '../../world/packages/packages.ts';
import { type DigestReference, parseReference } from '../../world/registry/reference.ts';

const noEffect = 'no effective change';

type Parts = Pick<Project, 'config' | 'git' | 'forge' | 'client'>;

/**
 * Whether a proposed refresh has no effect: its build exists, and has exactly the packages of the fleet's newest
 * release. If they cannot be compared (not built yet, no rpm database), it has an effect.
 * @param options.tip where the fleet's branch is
 * @returns why it is to be closed, for people
 */
export async function withoutEffect(
  project: Parts,
  options: { readonly pullRequest: PullRequest; readonly tip: Sha; readonly state: FleetState },
): Promise<string | undefined> {
  const { client, config, git, forge } = project;
  const { pullRequest, tip, state } = options;
  const commit = pullRequest.headCommit;
  // We closed it once, and a person has opened it again.
  if (pullRequest.comments.some(({ key }) => key === closedKey)) return undefined;
  // If somebody added a change, it is about more than packages.
  if ((await forge.branches.changedFiles(tip, commit)).join() !== refreshFileName) return undefined;
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
    if (!samePackages(comparePackages(before, after))) return undefined;
    return `Closed: ${noEffect}. The new build \`${candidate.version}\` has the same ${after.length} packages as release \`${newest.version}\`.`;
  } catch (error) {
    // The commit or an image is missing, which does not matter for a refresh.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Whether we closed the pull request of this same commit because it had no effect. */
export async function cameToNothing(
  forge: Forge,
  branches: { readonly head: string; readonly base: string },
  commit: Sha | undefined,
): Promise<boolean> {
  const last = await forge.pullRequests.latest(branches);
  if (last?.state !== 'closed' || last.headCommit !== commit) return false;
  return last.comments.some(({ body }) => body.includes(noEffect));
}
