import type { MergeForecast } from '../forge/merge-trees.ts';
import { formatDuration, formatTime } from '../host/time.ts';
import { describeHold } from '../operations/hold.ts';
import type { FleetState, ReleaseRecord } from '../state/state.ts';
import type { UpdateEntry } from '../updates/metadata.ts';
import { holdAt, type Operations } from '../updates/operations.ts';
import { rolloutEnd, rolloutProgress } from '../updates/progress.ts';

/** One condition of a promotion. */
export interface Gate {
  readonly name: string;
  /** `waiting` opens by itself with time; `red` needs somebody; `unknown` does not hold anything up. */
  readonly state: 'green' | 'waiting' | 'red' | 'unknown';
  /** UNIX seconds at which a waiting gate opens, where that is known. */
  readonly until?: number;
  /** Says the same at any time, as long as nothing happens: it is part of a pull request's body. */
  readonly note: string;
}

/** True when nothing holds a promotion up. */
export function isReady(gates: readonly Gate[]): boolean {
  return gates.every((gate) => gate.state === 'green' || gate.state === 'unknown');
}

/** UNIX seconds: when the source fleet's nodes began to be offered the release. */
export function rolloutStart(record: ReleaseRecord, entry: UpdateEntry | undefined): number {
  const start = entry?.metadata.rollout?.start_epoch ?? 0;
  // A completed rollout is tidied to {"start_percentage": 1.0}: then only the record knows.
  return start > 0 ? start : (record.rolloutStart ?? record.recordedAt);
}

/** UNIX seconds at which the gates that only wait will all be open, as far as that is known. */
export function readyTime(record: ReleaseRecord, entry: UpdateEntry | undefined, soak: number): number {
  const { rollout } = entry?.metadata ?? {};
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  return Math.max(rolloutStart(record, entry) + soak, end ?? record.rolloutEnd ?? 0);
}

/** Nobody may have closed the target fleet. @param now UNIX seconds */
export function holdGate(target: string, operations: Operations, now: number): Gate[] {
  const hold = holdAt(operations, now);
  if (hold === undefined) return [];
  const note = `the fleet is held: ${describeHold(hold)}`;
  const name = `hold of ${target}`;
  return [
    hold.until === undefined
      ? { name, state: 'red', note }
      : { name, state: 'waiting', until: hold.until, note },
  ];
}

/** The source fleet's rollout must be complete. @param now UNIX seconds */
export function rolloutGate(
  source: string,
  options: {
    readonly version: string;
    readonly entry: UpdateEntry | undefined;
    readonly operations: Operations;
    readonly now: number;
  },
): Gate {
  const { version, entry, operations, now } = options;
  const name = `rollout in ${source}`;
  const withdrawn = operations.withdrawn?.find((each) => each.version === version);
  if (withdrawn !== undefined) {
    return { name, state: 'red', note: `withdrawn there by ${withdrawn.by}: ${withdrawn.reason}` };
  }
  const paused = operations.paused?.find((each) => each.version === version);
  if (paused !== undefined && entry?.metadata.rollout === undefined) {
    return { name, state: 'red', note: `paused there by ${paused.by}: ${paused.reason}` };
  }
  if (entry === undefined) {
    return { name, state: 'red', note: 'it is not offered to any node there: paused, or withdrawn' };
  }
  const { rollout, barrier, deadend } = entry.metadata;
  if (deadend !== undefined) {
    return { name, state: 'red', note: `it is a dead-end there: ${deadend.reason}` };
  }
  if (rollout === undefined) {
    return barrier === undefined
      ? { name, state: 'red', note: 'it is not offered to any node there' }
      : { name, state: 'green', note: 'a barrier, offered to every node' };
  }
  const end = rolloutEnd(rollout);
  if (rolloutProgress(rollout, now) >= 1) return { name, state: 'green', note: 'complete' };
  if (end !== undefined) {
    return { name, state: 'waiting', until: end, note: `complete on ${formatTime(end)}` };
  }
  const start = rollout.start_epoch ?? 0;
  return (rollout.start_percentage ?? 0) >= 1
    ? { name, state: 'waiting', until: start, note: `starts on ${formatTime(start)}` }
    : { name, state: 'red', note: 'held: it has no duration, so it will not go on by itself' };
}

/** The release must have run in the source fleet for a while. @param soak seconds; @param now UNIX seconds */
export function soakGate(options: {
  readonly record: ReleaseRecord;
  readonly entry: UpdateEntry | undefined;
  readonly soak: number;
  readonly now: number;
}): Gate {
  const { record, entry, soak, now } = options;
  const until = rolloutStart(record, entry) + soak;
  const name = 'soak time';
  const since = `${formatDuration(soak)} from the start of the rollout`;
  if (now >= until) return { name, state: 'green', note: `${since}: over since ${formatTime(until)}` };
  return { name, state: 'waiting', until, note: `${since}: over on ${formatTime(until)}` };
}

/** Each image must have its evidence. */
export function evidenceGate(record: ReleaseRecord): Gate {
  const missing = record.images.filter((image) => image.evidence === undefined);
  return missing.length === 0
    ? { name: 'evidence', state: 'green', note: 'every image passed its tests' }
    : {
        name: 'evidence',
        state: 'red',
        note: `none recorded for ${missing.map((image) => image.architecture).join(', ')}`,
      };
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
