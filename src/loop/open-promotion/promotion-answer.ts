import type { Exception, GateResult } from '../../release/gates/gate.ts';
import type { ProposalAction } from '../../world/forge/propose-changes.ts';

/** What was found and done for one target fleet. */
export interface PromotionAnswer {
  /** The target. */
  readonly fleet: string;
  /** The source. */
  readonly from: string;
  /**
   * The source's newest release that passed its own gates, if there is one; before that, barriers that the target
   * lacks.
   */
  readonly version: string | undefined;
  readonly action: ProposalAction | 'merged';
  readonly pullRequest: number | undefined;
  readonly ready: boolean;
  readonly gates: readonly GateResult[];
  /** Why it does not soak. */
  readonly urgent?: Exception;
  /** Why there is nothing to promote. */
  readonly reason?: string;
  /** What to know about a merge that was tried. */
  readonly note?: string;
}
