import { refreshFileName } from '../../release/candidate/build-context.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { Forge, PullRequest, Sha } from '../../world/forge/forge.ts';
import { closedKey } from '../../world/forge/propose-changes.ts';
import { samePackages } from '../../world/packages/packages.ts';
import { compareBuiltPackages } from './built-packages.ts';

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
  const { forge } = project;
  const { pullRequest, tip, state } = options;
  const commit = pullRequest.headCommit;
  // We closed it once, and a person has opened it again.
  if (pullRequest.comments.some(({ key }) => key === closedKey)) return undefined;
  // If somebody added a change, it is about more than packages.
  if ((await forge.branches.changedFiles(tip, commit)).join() !== refreshFileName) return undefined;
  const built = await compareBuiltPackages(project, { commit, state });
  if (built === undefined || !samePackages(built.difference)) return undefined;
  return `Closed: ${noEffect}. The new build \`${built.candidate.version}\` has the same ${built.count} packages as release \`${built.release}\`.`;
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
