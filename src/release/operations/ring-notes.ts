import { nextOpening, rolloutProgress } from '../../guidance/progress.ts';
import { judgeRing } from '../../guidance/ring-success.ts';
import { formatTime } from '../../host/time.ts';
import type { RingGates } from '../../project/configuration/ring-gates.ts';
import type { FleetState } from '../state/state.ts';
import { waitingRings } from './ring-steps.ts';
import { stagedOf } from './staged-rollout.ts';
import { metadataOf } from './update-entries.ts';

/** What a rollout that opens ring by ring waits for. */
export interface RingNote {
  readonly version: string;
  /** The ring that has to do well first; absent: the next ring opens when its time has come. */
  readonly ring?: string;
  /** A clause. */
  readonly note: string;
}

/**
 * What the rollouts of a fleet wait for that open ring by ring. It is what the state branch says: conditions of
 * halt-when are not asked.
 * @param now UNIX seconds
 */
export function ringNotes(state: FleetState, rings: RingGates | undefined, now: number): RingNote[] {
  if (rings === undefined) return [];
  const versions = state.releases.releases.map(({ version }) => version);
  const waits = waitingRings(state, rings, now).map(({ version, ring, since }): RingNote => {
    const { note } = judgeRing(state.adoption, rings.threshold, { ring, version, versions, since, now });
    return { version, ring, note: `the rings after ${ring} wait for it: ${note}` };
  });
  const others = versions.flatMap((version): RingNote[] => {
    const staged = stagedOf(state, version);
    const { rollout } = metadataOf(state.updates, version);
    if (staged === undefined || rollout === undefined || rollout.duration_minutes !== undefined) return [];
    if (waits.some((each) => each.version === version)) return [];
    const share = rolloutProgress(rollout, now);
    const next = rings.steps
      .filter((step) => step > share)
      .map((step) => nextOpening(staged.rollout, step, now))
      .filter((at) => at !== undefined);
    const at = next.length === 0 ? undefined : Math.min(...next);
    return [
      {
        version,
        note:
          at === undefined
            ? 'it opens ring by ring, with the next run of coxswain watch-fleet'
            : `it opens ring by ring, the next one on ${formatTime(at)}`,
      },
    ];
  });
  return [...waits, ...others];
}

/** UNIX seconds at which it is worth to look again whether a ring may open; undefined if none waits. */
export function nextRingLook(
  state: Pick<FleetState, 'updates' | 'operations'>,
  steps: readonly number[],
  now: number,
): number | undefined {
  const times = (state.operations.staged ?? []).flatMap(({ version, rollout: plan }) => {
    const { rollout } = metadataOf(state.updates, version);
    if (rollout === undefined || rollout.duration_minutes !== undefined) return [];
    const share = rolloutProgress(rollout, now);
    const next = steps.filter((step) => step > share).map((step) => nextOpening(plan, step, now));
    // A ring that waits for another one has no time: somebody looks every hour.
    const hour = Math.floor(now / 3600 + 1) * 3600;
    return [...next.filter((at) => at !== undefined), hour];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}
