import type { Rollout } from './metadata.ts';

/**
 * A rollout that was paused for a while and goes on: the same line, moved to the right by the length of the pause.
 * Progress goes on at the value it had (to the last bit: the numbers that it is computed from are the same), at the
 * same pace, and the rollout ends after the time that was left.
 *
 * A rollout that was paused before its start keeps that start, or starts now if that time has passed.
 * @param stood.since when it stopped, UNIX seconds
 * @param stood.now when it goes on, UNIX seconds
 */
export function resumedRollout(
  rollout: Rollout,
  stood: { readonly since: number; readonly now: number },
): Rollout {
  const start = rollout.start_epoch ?? 0;
  // It stays at one value, so nothing has to move.
  if (rollout.duration_minutes === undefined && start <= stood.since) return rollout;
  const shift = Math.max(0, stood.now - Math.max(stood.since, start));
  return shift === 0 ? rollout : { ...rollout, start_epoch: start + shift };
}
