import { holdAt } from '../../guidance/operations.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatPercent } from '../../host/percent.ts';
import type { FleetState } from '../state/state.ts';
import { pauseOne, resumeOne, unfinishedRollouts, withPaused } from './pause-rollout.ts';

/** The effect of a hold on the rollouts of its fleet. */
export interface HoldEffect {
  /** The same object if there was nothing to do. */
  readonly state: FleetState;
  /** Clauses. */
  readonly summary: readonly string[];
  readonly warnings: readonly string[];
}

/** Pauses every rollout that is not complete until the hold ends. Pauses by operators are not changed. */
export function pauseForHold(
  state: FleetState,
  order: {
    readonly fleet: string;
    readonly by: string;
    readonly now: number;
    readonly reason: string;
    readonly until?: number;
    readonly duration?: number | undefined;
  },
): HoldEffect {
  const { now, reason, by } = order;
  const hold = holdAt(state.operations, now);
  const until = hold?.until;
  const duration = until === undefined ? undefined : until - now;
  const summary: string[] = [];
  const warnings: string[] = [];
  let next = state;
  // Newest first, because a barrier cannot be paused while newer releases are offered.
  for (const version of unfinishedRollouts(state, now).toReversed()) {
    try {
      next = pauseOne(next, version, { ...order, duration, held: true });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      warnings.push(`the rollout of ${version} goes on: ${error.details.problem}`);
      continue;
    }
    const progress = next.operations.paused?.find((each) => each.version === version)?.progress ?? 0;
    summary.push(`pause ${version} at ${formatPercent(progress)}`);
  }
  const paused = next.operations.paused ?? [];
  const restated = paused.map((each) => {
    if (each.held !== true || (each.reason === reason && each.until === until)) return each;
    const { until: _, ...rest } = each;
    return { ...rest, reason, by, at: now, ...defined({ until }) };
  });
  if (restated.some((each, index) => each !== paused[index])) next = withPaused(next, restated);
  return { state: next, summary, warnings };
}

/** Resumes what a hold had paused, unless there is another hold. */
export function resumeAfterHold(state: FleetState, now: number): HoldEffect {
  if (holdAt(state.operations, now) !== undefined) return { state, summary: [], warnings: [] };
  let next = state;
  const summary: string[] = [];
  for (const paused of (state.operations.paused ?? []).filter(({ held }) => held === true)) {
    const resumed = resumeOne(next, paused, now);
    next = resumed.state;
    summary.push(resumed.summary);
  }
  return { state: next, summary, warnings: [] };
}
