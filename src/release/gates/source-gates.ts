import type { UrgentRelease } from '../../guidance/operations.ts';
import { rolloutEnd, rolloutProgress } from '../../guidance/progress.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { ageOf, saidOf } from '../operations/entries.ts';
import type { FleetState, ReleaseRecord } from '../state/state.ts';
import type { Exception, Gate } from './gate.ts';

// What a release has to go through in the fleet before.

/** A release of the source fleet, and all that is known there. */
export interface SourceRelease {
  readonly record: ReleaseRecord;
  /** The source fleet. */
  readonly state: FleetState;
  /** It need not soak. */
  readonly urgent?: UrgentRelease | undefined;
}

/** UNIX seconds: when the source fleet's nodes began to be offered the release. */
export function rolloutStart({ record, state }: SourceRelease): number {
  const start = saidOf(state.updates, record.version).rollout?.start_epoch ?? 0;
  // A completed rollout is tidied to {"start_percentage": 1.0}: then only the record knows.
  return start > 0 ? start : (record.rolloutStart ?? record.recordedAt);
}

/** UNIX seconds at which the rollout in the source fleet is, or was, complete; undefined for one that does not end. */
export function rolloutCompletion({ record, state }: SourceRelease): number | undefined {
  const { rollout } = saidOf(state.updates, record.version);
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  return end ?? record.rolloutEnd;
}

/** UNIX seconds at which the gates that only wait will all be open; undefined where somebody has to do something. */
export function earnedTime(release: SourceRelease, target: Fleet, now: number): number | undefined {
  const gates = sourceGates(release, { source: '', target, now });
  if (gates.some((gate) => gate.state === 'red' || (gate.state === 'waiting' && gate.until === undefined))) {
    return undefined;
  }
  const moments = [soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0];
  return release.urgent === undefined ? Math.max(...moments) : now;
}

/** All gates of the source fleet. @param now UNIX seconds */
export function sourceGates(
  release: SourceRelease,
  options: { readonly source: string; readonly target: Fleet; readonly now: number },
): Gate[] {
  const { source, target, now } = options;
  return [
    rolloutGate(release, source, now),
    soakGate(release, target, now),
    evidenceGate(release.record),
  ].map((gate) => (release.urgent === undefined ? gate : withoutWaiting(gate, release.urgent)));
}

/** An urgent release waits for nothing that only takes time. */
function withoutWaiting(gate: Gate, { reason, by }: Exception): Gate {
  if (gate.state !== 'waiting') return gate;
  return { name: gate.name, state: 'green', note: `skipped as urgent: ${reason} (by ${by})` };
}

/** The rollout must be complete, and nothing may be wrong with the release. */
function rolloutGate(release: SourceRelease, source: string, now: number): Gate {
  const name = `rollout in ${source}`;
  const { version } = release.record;
  const { operations, updates } = release.state;
  const red = (note: string): Gate => ({ name, state: 'red', note });
  const withdrawn = operations.withdrawn?.find((each) => each.version === version);
  if (withdrawn !== undefined) return red(`withdrawn there by ${withdrawn.by}: ${withdrawn.reason}`);
  const { rollout, barrier, deadend } = saidOf(updates, version);
  const paused = operations.paused?.find((each) => each.version === version);
  if (paused !== undefined && rollout === undefined) {
    return red(`paused there by ${paused.by}: ${paused.reason}`);
  }
  if (deadend !== undefined) return red(`it is a dead-end there: ${deadend.reason}`);
  if (rollout === undefined) {
    if (barrier !== undefined) return { name, state: 'green', note: 'a barrier, offered to every node' };
    return wasCompleted(release, now)
      ? { name, state: 'green', note: 'complete, and followed by newer releases' }
      : red('it is not offered to any node there: paused, or withdrawn');
  }
  const end = rolloutEnd(rollout);
  if (rolloutProgress(rollout, now) >= 1) return { name, state: 'green', note: 'complete' };
  if (end !== undefined) {
    return { name, state: 'waiting', until: end, note: `complete on ${formatTime(end)}` };
  }
  const start = rollout.start_epoch ?? 0;
  return (rollout.start_percentage ?? 0) >= 1
    ? { name, state: 'waiting', until: start, note: `starts on ${formatTime(start)}` }
    : red('held: it has no duration, so it will not go on by itself');
}

/** Completed rollouts are tidied away when a newer one completes; the record knows when this one did. */
function wasCompleted({ record, state }: SourceRelease, now: number): boolean {
  if (record.rolloutEnd === undefined || record.rolloutEnd > now) return false;
  const age = ageOf(state, record.version);
  return state.updates.releases.some(({ version }) => {
    const { rollout } = saidOf(state.updates, version);
    return ageOf(state, version) > age && rollout !== undefined && rolloutProgress(rollout, now) >= 1;
  });
}

/** UNIX seconds at which it has soaked; undefined where the rollout it is counted from has no end. */
export function soakEnd(release: SourceRelease, { soak, soakAfter }: Fleet): number | undefined {
  if (soakAfter === 'start') return rolloutStart(release) + soak;
  const end = rolloutCompletion(release);
  return end === undefined ? undefined : end + soak;
}

/** The release must have run in the source fleet for a while. */
function soakGate(release: SourceRelease, target: Fleet, now: number): Gate {
  const name = 'soak time';
  const until = soakEnd(release, target);
  const since = `${formatDuration(target.soak)} from the ${target.soakAfter === 'start' ? 'start' : 'end'} of the rollout`;
  if (until === undefined) return { name, state: 'waiting', note: `${since}, which has no end` };
  if (now >= until) return { name, state: 'green', note: `${since}: over since ${formatTime(until)}` };
  return { name, state: 'waiting', until, note: `${since}: over on ${formatTime(until)}` };
}

/** Each image must have its evidence. */
function evidenceGate(record: ReleaseRecord): Gate {
  const name = 'evidence';
  const missing = record.images.filter((image) => image.evidence === undefined);
  if (missing.length === 0) return { name, state: 'green', note: 'every image passed its tests' };
  const of = missing.map((image) => image.architecture).join(', ');
  const accepted = record.acceptedMissingEvidence;
  if (accepted !== undefined) {
    const note = `none for ${of}, accepted: ${accepted.reason} (by ${accepted.by})`;
    return { name, state: 'green', note };
  }
  return { name, state: 'red', note: `none recorded for ${of}` };
}
