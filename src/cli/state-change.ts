import type { Fact } from '../host/report.ts';
import { shortCommit } from '../world/git/short-commit.ts';

/** How an operator's change of the state branch was made. */
export interface StateChange {
  /** With --dry-run: nothing was written. */
  readonly rehearse: boolean;
  /** In a rehearsal: what would change, as `diff` shows it. */
  readonly difference: string;
  /** Who made it. */
  readonly by: string;
}

/** The last facts that a verb says about such a change. @param answer.stateCommit undefined after a rehearsal */
export function stateChangeFacts(
  { changed, stateCommit }: { readonly changed: boolean; readonly stateCommit: string | undefined },
  { rehearse, difference, by }: StateChange,
): (Fact | undefined)[] {
  return [
    changed && !rehearse
      ? `by ${by}, commit ${shortCommit(stateCommit ?? '')}; public with the next publish-updates`
      : undefined,
    // After a real change, everyone can see the difference in the commit.
    rehearse ? { block: difference } : undefined,
  ];
}
