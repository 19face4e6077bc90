import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { baseBranch, promotionBranch, rollBackBranch } from '../../world/forge/branch-names.ts';
import type { Sha } from '../../world/forge/forge.ts';
import type { Project } from '../project.ts';
import type { FleetState } from '../state/state.ts';
import { freezeAt, thawTime } from './freeze.ts';
import { readLabel } from './steering-labels.ts';

/** A release that a freeze may keep out. */
interface FrozenRelease {
  readonly fleet: Fleet;
  /** State of the fleet. */
  readonly state: FleetState;
  /** What is to be released. */
  readonly commit: Sha;
  /** An operator's reason to release in a freeze. */
  readonly exception?: string | undefined;
  /** UNIX seconds. */
  readonly now: number;
}

/**
 * Why a freeze keeps a release out, as a clause. A freeze counts for every fleet, promoted or not.
 * @returns undefined if no freeze window is open, or if there is an exception: an operator's, or the label
 *   `freeze-exception: WHY` on the pull request that brought the commit
 */
export async function findFreeze(
  { forge }: Pick<Project, 'forge'>,
  release: FrozenRelease,
): Promise<string | undefined> {
  const { fleet, now, exception = '' } = release;
  const freeze = freezeAt(fleet.freeze, now);
  if (freeze === undefined || exception !== '' || (await isExcepted(forge, release))) return undefined;
  const until = thawTime(fleet.freeze, now);
  return `the fleet is frozen: ${freeze.window.reason}${until === undefined ? ', without an end' : `, until ${formatTime(until)}`}`;
}

/** @throws InputError if a freeze keeps the release out; nothing was written */
export async function refuseFrozen(project: Pick<Project, 'forge'>, release: FrozenRelease): Promise<void> {
  const problem = await findFreeze(project, release);
  if (problem === undefined) return;
  throw new InputError({
    notYet: true,
    where: `fleet ${release.fleet.name}`,
    problem,
    remedy:
      'Run it again after that (coxswain start-release does). If it cannot wait: --freeze-exception WHY, or the label "freeze-exception: WHY" on the pull request.',
  });
}

/** Whether one of our pull requests that brought the commit has the label, and a reason. */
async function isExcepted(
  { branches, pullRequests }: Project['forge'],
  { fleet, state, commit }: FrozenRelease,
): Promise<boolean> {
  const heads = [
    baseBranch(fleet.name),
    rollBackBranch(fleet.name),
    ...(fleet.promoteFrom === undefined ? [] : [promotionBranch(fleet.promoteFrom, fleet.name)]),
  ];
  const newest = state.records[state.releases.releases.at(-1)?.version ?? '']?.commit;
  for (const head of heads) {
    const request = await pullRequests.latest({ head, base: fleet.branch });
    if (request?.state !== 'merged') continue;
    if ((readLabel(request, 'freeze-exception')?.reason ?? '') === '') continue;
    const brought = await branches.contains(commit, request.headCommit);
    // The exception of an earlier release does not count again.
    const spent = newest !== undefined && (await branches.contains(newest, request.headCommit));
    if (brought && !spent) return true;
  }
  return false;
}
