import { holdAt } from '../../guidance/operations.ts';
import { InputError } from '../../host/errors.ts';
import { describeHold } from '../../release/operations/hold.ts';
import type { Project } from '../../release/project.ts';
import type { PullRequest, Sha } from '../../world/forge/forge.ts';
import { StaleBranchError } from '../../world/forge/forge.ts';

/** What became of a promotion that merges by itself. */
export interface Approval {
  readonly merged: boolean;
  /** Why it was not merged, or what somebody has to know now that it is. */
  readonly note?: string;
}

/**
 * Merges a promotion whose gates are all green, as they were judged: with its head, and with the state branch and the
 * target's branch where they were then. What is said in the very moment of the merge is noticed after it; the image is
 * promoted only by promote-image and start-rollout, which look for holds again, the last time as part of their own
 * compare-and-swap on the state branch. So a hold always wins.
 * @param judged.now UNIX seconds
 * @throws StaleBranchError where something moved since it was judged: judge again
 */
export async function mergeJudged(
  { forge, state }: Pick<Project, 'forge' | 'state'>,
  judged: {
    readonly request: PullRequest;
    readonly head: Sha;
    /** Branch → where it was when the gates were judged. */
    readonly seen: ReadonlyMap<string, Sha | undefined>;
    readonly fleet: string;
    readonly now: number;
  },
): Promise<Approval> {
  const { request, head, seen, fleet, now } = judged;
  for (const [branch, commit] of seen) {
    const there = await forge.branches.resolve(branch);
    if (there !== commit) throw new StaleBranchError(branch, commit, there);
  }
  try {
    await forge.pullRequests.merge(request.number, { head });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { merged: false, note: `it could not be merged: ${error.message}` };
  }
  const hold = holdAt((await state.readFleet(fleet)).operations, now);
  if (hold === undefined) return { merged: true };
  const note = `fleet ${fleet} was held in the moment of the merge: ${describeHold(hold)}. Nothing is promoted to its nodes until that is over; then promote-image and start-rollout do it.`;
  await forge.pullRequests.comment(request.number, 'held', `**Merged, and not promoted**: ${note}`);
  return { merged: true, note };
}
