import type { Rollout } from '../metadata.ts';
import { rolloutProgress } from '../progress.ts';

/**
 * The first second at which a release is offered to a wariness; -Infinity for always, Infinity for never.
 * It gives the same answer as nextOpening of src/guidance in fewer steps, because it is called for each node of a
 * fleet.
 * @param rollout undefined for a release that is not throttled: a barrier without a rollout
 */
export function openingOf(rollout: Rollout | undefined, wariness: number): number {
  // No progress is below 0, not even before the start.
  if (rollout === undefined || wariness <= 0) return Number.NEGATIVE_INFINITY;
  const start = rollout.start_epoch ?? 0;
  const startValue = rollout.start_percentage ?? 0;
  if (wariness <= rolloutProgress(rollout, start)) return start;
  if (rollout.duration_minutes === undefined) return Number.POSITIVE_INFINITY;
  const seconds = Math.max(rollout.duration_minutes, 1) * 60;
  const end = start + seconds;
  // The straight line may be wrong by a second, because upstream rounds.
  let opening = Math.min(end + 1, start + Math.ceil(((wariness - startValue) / (1 - startValue)) * seconds));
  while (opening <= end && wariness > rolloutProgress(rollout, opening)) opening += 1;
  while (opening > start + 1 && wariness <= rolloutProgress(rollout, opening - 1)) opening -= 1;
  return opening;
}
