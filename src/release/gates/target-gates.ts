import { holdAt, type Operations } from '../../guidance/operations.ts';
import { formatTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { MergeForecast } from '../../world/git/merge-trees.ts';
import { describeHold } from '../operations/hold.ts';
import type { FleetState, ReleaseRecord } from '../state/state.ts';
import type { UpstreamGuidance } from '../upstream/guidance.ts';
import { doubtOf, standingOf } from '../upstream/upstream-state.ts';
import { freezeAt, thawTime } from './freeze.ts';
import type { Exception, Gate } from './gate.ts';

// What must be true where a release goes to.

/** Nobody may have closed a fleet. @param now UNIX seconds */
export function holdGate(fleet: string, operations: Operations, now: number): Gate[] {
  const hold = holdAt(operations, now);
  if (hold === undefined) return [];
  const note = `the fleet is held: ${describeHold(hold)}`;
  const name = `hold of ${fleet}`;
  return [
    hold.until === undefined
      ? { name, state: 'red', note }
      : { name, state: 'waiting', until: hold.until, note },
  ];
}

/**
 * It must not be a time in which nothing is promoted; no gate for a fleet without such times.
 * @param exception what a label says; `reason` empty where it gives none
 * @param now UNIX seconds
 */
export function freezeGate(target: Fleet, exception: Exception | undefined, now: number): Gate[] {
  if (target.freeze.length === 0) return [];
  const name = 'freeze';
  const freeze = freezeAt(target.freeze, now);
  if (freeze === undefined) return [{ name, state: 'green', note: 'no freeze' }];
  const until = thawTime(target.freeze, now);
  const what = `${freeze.window.reason}${until === undefined ? ': without an end' : `: until ${formatTime(until)}`}`;
  if (exception !== undefined && exception.reason !== '') {
    const note = `${what}; excepted: ${exception.reason} (by ${exception.by})`;
    return [{ name, state: 'green', note }];
  }
  const note = exception === undefined ? what : `${what}; the label needs a reason: freeze-exception: WHY`;
  return [until === undefined ? { name, state: 'red', note } : { name, state: 'waiting', until, note }];
}

/**
 * Upstream must stand by the base.
 * @param guidance undefined where the base has none; an error where it cannot be read
 * @param now UNIX seconds
 */
export function upstreamGate(
  guidance: UpstreamGuidance | Error | undefined,
  baseVersion: string,
  now: number,
): Gate[] {
  const name = 'base upstream';
  if (guidance === undefined) return [];
  if (guidance instanceof Error) {
    return [
      { name, state: 'red', note: 'the guidance of the base cannot be read: see the run of open-promotion' },
    ];
  }
  const doubt = doubtOf(standingOf(guidance, baseVersion, now));
  return doubt === undefined
    ? [{ name, state: 'green', note: `upstream stands by ${baseVersion}` }]
    : [{ name, state: 'red', note: doubt.why }];
}

/** `created` must grow along the target's releases, too, or rpm-ostree refuses the update. */
export function orderGate(record: ReleaseRecord, target: string, state: FleetState): Gate {
  const name = `newer than ${target}`;
  const newest = state.records[state.releases.releases.at(-1)?.version ?? ''];
  return newest === undefined || Date.parse(record.created) > Date.parse(newest.created)
    ? { name, state: 'green', note: `created ${record.created}` }
    : {
        name,
        state: 'red',
        note: `${target} has ${newest.version}, created ${newest.created}: nodes would refuse the older image`,
      };
}

/** The merge must not need anybody's judgement. */
export function mergeGate(forecast: MergeForecast): Gate {
  const name = 'merge';
  if (forecast.result === 'clean') return { name, state: 'green', note: 'no conflicts' };
  if (forecast.result === 'unknown') return { name, state: 'unknown', note: forecast.why };
  return { name, state: 'red', note: `conflicts in ${forecast.paths.join(', ')}` };
}
