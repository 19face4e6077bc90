import { holdAt, type Operations } from '../../guidance/operations.ts';
import { formatTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { describeHold } from '../operations/hold.ts';
import type { FleetState, ReleaseRecord } from '../state/state.ts';
import type { UpstreamGuidance } from '../upstream/guidance.ts';
import { doubtOf, upstreamStatusOf } from '../upstream/upstream-state.ts';
import { freezeAt, thawTime } from './freeze.ts';
import type { Exception, GateVerdict } from './gate.ts';

// What must be true of the fleet that a release is promoted to.

/** Nobody may hold the fleet. @param now UNIX seconds */
export function holdGate(operations: Operations, now: number): GateVerdict | undefined {
  const hold = holdAt(operations, now);
  if (hold === undefined) return undefined;
  const note = `the fleet is held: ${describeHold(hold)}`;
  return hold.until === undefined ? { state: 'red', note } : { state: 'waiting', until: hold.until, note };
}

/**
 * No freeze window may be open. Does not apply to a fleet without such windows.
 * @param exception what a label says; `reason` is empty if the label gives none
 * @param now UNIX seconds
 */
export function freezeGate(
  target: Fleet,
  exception: Exception | undefined,
  now: number,
): GateVerdict | undefined {
  if (target.freeze.length === 0) return undefined;
  const freeze = freezeAt(target.freeze, now);
  if (freeze === undefined) return { state: 'green', note: 'no freeze' };
  const until = thawTime(target.freeze, now);
  const what = `${freeze.window.reason}${until === undefined ? ': without an end' : `: until ${formatTime(until)}`}`;
  if (exception !== undefined && exception.reason !== '') {
    return { state: 'green', note: `${what}; excepted: ${exception.reason} (by ${exception.by})` };
  }
  const note = exception === undefined ? what : `${what}; the label needs a reason: freeze-exception: WHY`;
  return until === undefined ? { state: 'red', note } : { state: 'waiting', until, note };
}

/**
 * Upstream must offer the base, or have offered it.
 * @param guidance undefined if the base has none; an error if it cannot be read
 * @param now UNIX seconds
 */
export function upstreamGate(
  guidance: UpstreamGuidance | Error | undefined,
  baseVersion: string,
  now: number,
): GateVerdict | undefined {
  if (guidance === undefined) return undefined;
  if (guidance instanceof Error) {
    return {
      state: 'red',
      note: 'the guidance of the base cannot be read: see the run of open-promotion',
    };
  }
  const doubt = doubtOf(upstreamStatusOf(guidance, baseVersion, now));
  return doubt === undefined
    ? { state: 'green', note: `upstream offers ${baseVersion}, or has offered it` }
    : { state: 'red', note: doubt.why };
}

/** `created` must grow along the target's releases, too: rpm-ostree refuses an update to an older image. */
export function orderGate(record: ReleaseRecord, target: string, state: FleetState): GateVerdict {
  const newest = state.records[state.releases.releases.at(-1)?.version ?? ''];
  return newest === undefined || Date.parse(record.created) > Date.parse(newest.created)
    ? { state: 'green', note: `created ${record.created}` }
    : {
        state: 'red',
        note: `${target} has ${newest.version}, created ${newest.created}: nodes would refuse the older image`,
      };
}
