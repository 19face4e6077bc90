import { holdAt } from '../../guidance/operations.ts';
import { InputError } from '../../host/errors.ts';
import { describeHold } from '../../release/operations/hold.ts';
import type { Project } from '../../release/project.ts';
import type { PullRequest, Sha } from '../../world/forge/forge.ts';
import { StaleBranchError } from '../../world/forge/forge.ts';

/** The result of a promotion that merges automatically. */
export interface Approval {
  readonly merged: boolean;
  /** Why it was not merged, or what to know now that it is merged. */
  readonly note?: string;
}

/**
 * Merges a promotion whose gates are all green, if its head, the state branch and the target's branch have not moved
 * since the gates were evaluated. A hold that is set at the moment of the merge is noticed afterwards. But the image
 * is promoted only by promote-image and start-rollout, which check for holds again, the last time as part of their
 * own compare-and-swap on the state branch. So a hold always wins.
 * @param judged.now UNIX seconds
 * @throws StaleBranchError if something moved since then: evaluate the gates again
 */
export async function mergeJudged(
  { forge, state }: Pick<Project, 'forge' | 'state'>,
  judged: {
    readonly request: PullRequest;
    readonly head: Sha;
    /** Branch → its commit when the gates were evaluated. */
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
  const note = `fleet ${fleet} was held at the moment of the merge: ${describeHold(hold)}. Nothing is promoted to its nodes until the hold ends; then promote-image and start-rollout do it.`;
  await forge.pullRequests.comment(request.number, 'held', `**Merged, and not promoted**: ${note}`);
  return { merged: true, note };
}
