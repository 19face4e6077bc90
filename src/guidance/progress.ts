import type { Rollout } from './metadata.ts';

/**
 * How far a rollout is: 0 to 1, upstream's throttle value (policy::throttle_rollouts). A node is offered the release
 * when its wariness is not above it.
 *
 * Upstream's rules: 0 before the start; 1 after the end; a straight line between; without a duration it stays at
 * start_percentage. An explicit duration of 0 counts as one minute (the specification says "no progress"). The order
 * of the operations is upstream's, too: in the last second rounding decides which nodes are offered it.
 * @param now UNIX seconds
 */
export function rolloutProgress(rollout: Rollout, now: number): number {
  const start = rollout.start_epoch ?? 0;
  const startValue = rollout.start_percentage ?? 0;
  if (now < start) return 0;
  const end = rolloutEnd(rollout);
  if (end === undefined) return startValue;
  if (now > end) return 1;
  const rate = (1 - startValue) / (end - start);
  // Rounding may give a value slightly above 1; that does no harm, because no wariness is above 1.
  return Math.min(1, startValue + rate * (now - start));
}

/** UNIX seconds at which a rollout ends, or undefined for one that has no duration. */
export function rolloutEnd(rollout: Rollout): number | undefined {
  if (rollout.duration_minutes === undefined) return undefined;
  return (rollout.start_epoch ?? 0) + Math.max(rollout.duration_minutes, 1) * 60;
}

/** The state of a rollout in a word. `held` is a rollout without a duration, short of 1: it stays where it is. */
export type RolloutPhase = 'scheduled' | 'in progress' | 'held' | 'complete';

/** @param now UNIX seconds */
export function rolloutPhase(rollout: Rollout, now: number): RolloutPhase {
  if (now < (rollout.start_epoch ?? 0)) return 'scheduled';
  if (rolloutProgress(rollout, now) >= 1) return 'complete';
  return rollout.duration_minutes === undefined ? 'held' : 'in progress';
}

/**
 * The first second after `now` at which a rollout opens to a wariness, or undefined when it is open already or never
 * will be.
 * @param now UNIX seconds
 */
export function nextOpening(rollout: Rollout, wariness: number, now: number): number | undefined {
  const isOpen = (moment: number) => wariness <= rolloutProgress(rollout, moment);
  if (isOpen(now)) return undefined;
  const start = rollout.start_epoch ?? 0;
  const end = rolloutEnd(rollout);
  if (end === undefined) return now < start && isOpen(start) ? start : undefined;
  // Progress never falls, so halving finds the second; a formula would have to undo upstream's rounding.
  let closed = now;
  let open = end + 1;
  while (open - closed > 1) {
    const middle = Math.floor((closed + open) / 2);
    if (isOpen(middle)) open = middle;
    else closed = middle;
  }
  return open;
}
