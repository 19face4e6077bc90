import { type AdoptionShare, adoptionShare } from '../../guidance/adoption-share.ts';
import type { UrgentRelease } from '../../guidance/operations.ts';
import { rolloutEnd, rolloutProgress } from '../../guidance/progress.ts';
import { formatPercent } from '../../host/percent.ts';
import { count } from '../../host/report.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { ageOf, metadataOf } from '../operations/update-entries.ts';
import type { FleetState, ReleaseRecord } from '../state/state.ts';
import type { GateVerdict } from './gate.ts';

// What a release has to pass in the source fleet.

/** The window of `coxswain observe`, if nobody says another. */
const defaultWindowDays = 14;

/** A release of the source fleet, and everything that is known about it there. */
export interface SourceRelease {
  readonly record: ReleaseRecord;
  /** The source fleet. */
  readonly state: FleetState;
  /** It need not soak. */
  readonly urgent?: UrgentRelease | undefined;
}

/** UNIX seconds of the first offer of the release to nodes of the source fleet. */
export function rolloutStart({ record, state }: SourceRelease): number {
  const start = metadataOf(state.updates, record.version).rollout?.start_epoch ?? 0;
  // A completed rollout is shortened to {"start_percentage": 1.0}: then only the record has its times.
  return start > 0 ? start : (record.rolloutStart ?? record.recordedAt);
}

/** UNIX seconds at which the rollout in the source fleet is, or was, complete; undefined for one that does not end. */
export function rolloutCompletion({ record, state }: SourceRelease): number | undefined {
  const { rollout } = metadataOf(state.updates, record.version);
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  return end ?? record.rolloutEnd;
}

/** An urgent release does not wait for a gate that only needs time. */
export function skippedIfUrgent(verdict: GateVerdict, { urgent }: SourceRelease): GateVerdict {
  if (verdict.state !== 'waiting' || urgent === undefined) return verdict;
  return { state: 'green', note: `skipped as urgent: ${urgent.reason} (by ${urgent.by})` };
}

/** The rollout must be complete, and nothing may be wrong with the release. */
export function rolloutGate(release: SourceRelease, now: number): GateVerdict {
  const { version } = release.record;
  const { operations, updates } = release.state;
  const red = (note: string): GateVerdict => ({ state: 'red', note });
  const withdrawn = operations.withdrawn?.find((each) => each.version === version);
  if (withdrawn !== undefined) return red(`withdrawn there by ${withdrawn.by}: ${withdrawn.reason}`);
  const { rollout, barrier, deadend } = metadataOf(updates, version);
  const paused = operations.paused?.find((each) => each.version === version);
  if (paused !== undefined && rollout === undefined) {
    return red(`paused there by ${paused.by}: ${paused.reason}`);
  }
  if (deadend !== undefined) return red(`it is a dead-end there: ${deadend.reason}`);
  if (rollout === undefined) {
    if (barrier !== undefined) return { state: 'green', note: 'a barrier, offered to every node' };
    return wasCompleted(release, now)
      ? { state: 'green', note: 'complete, and followed by newer releases' }
      : red('it is not offered to any node there: paused, or withdrawn');
  }
  const end = rolloutEnd(rollout);
  if (rolloutProgress(rollout, now) >= 1) return { state: 'green', note: 'complete' };
  if (end !== undefined) {
    return { state: 'waiting', until: end, note: `complete on ${formatTime(end)}` };
  }
  if (operations.staged?.some((each) => each.version === version) === true) {
    return {
      state: 'waiting',
      note: `at ${formatPercent(rolloutProgress(rollout, now))}: it opens ring by ring, as each one does well`,
    };
  }
  const start = rollout.start_epoch ?? 0;
  return (rollout.start_percentage ?? 0) >= 1
    ? { state: 'waiting', until: start, note: `starts on ${formatTime(start)}` }
    : red('held: it has no duration, so it will not go on automatically');
}

/** Completed rollouts are removed when a newer one completes; the record has the time at which this one did. */
function wasCompleted({ record, state }: SourceRelease, now: number): boolean {
  if (record.rolloutEnd === undefined || record.rolloutEnd > now) return false;
  const age = ageOf(state, record.version);
  return state.updates.releases.some(({ version }) => {
    const { rollout } = metadataOf(state.updates, version);
    return ageOf(state, version) > age && rollout !== undefined && rolloutProgress(rollout, now) >= 1;
  });
}

/** UNIX seconds at which it has soaked; undefined if the rollout that it is counted from has no end. */
export function soakEnd(release: SourceRelease, { soak, soakAfter }: Fleet): number | undefined {
  if (soakAfter === 'start') return rolloutStart(release) + soak;
  const end = rolloutCompletion(release);
  return end === undefined ? undefined : end + soak;
}

/** The release must have run in the source fleet for a while. */
export function soakGate(release: SourceRelease, target: Fleet, now: number): GateVerdict {
  const until = soakEnd(release, target);
  const since = `${formatDuration(target.soak)} from the ${target.soakAfter === 'start' ? 'start' : 'end'} of the rollout`;
  if (until === undefined) return { state: 'waiting', note: `${since}, which has no end` };
  if (now >= until) return { state: 'green', note: `${since}: over since ${formatTime(until)}` };
  return { state: 'waiting', until, note: `${since}: over on ${formatTime(until)}` };
}

/** Enough nodes of the source fleet must run the release, or a newer one. Does not apply if none are required. */
export function adoptionGate(
  { record, state }: SourceRelease,
  { source, target, now }: { readonly source: string; readonly target: Fleet; readonly now: number },
): GateVerdict | undefined {
  if (target.adoption === undefined) return undefined;
  const { share: needed, days } = target.adoption;
  const versions = state.releases.releases.map(({ version }) => version);
  const found = adoptionShare(state.adoption, record.version, { versions, days, now });
  if (found.state === 'unknown') return { state: 'waiting', note: unknownAdoption(found, source, days) };
  const { share, of, observedAt, isEstimate } = found;
  return {
    state: share >= needed ? 'green' : 'waiting',
    note: `${isEstimate ? 'about ' : ''}${formatPercent(share)} of ${count(of, 'node')} run it or a newer release, ${formatPercent(needed)} needed; counted on ${formatTime(observedAt)}`,
  };
}

function unknownAdoption(
  { why, observedAt }: Extract<AdoptionShare, { readonly state: 'unknown' }>,
  source: string,
  days: number,
): string {
  const command = `coxswain observe --log LOG --fleet ${source} --window ${Math.max(days, defaultWindowDays)}d --record`;
  const at = observedAt === undefined ? '' : formatTime(observedAt);
  switch (why) {
    case 'none':
      return `not known, because nobody counted the nodes of ${source}: ${command}`;
    case 'old':
      return `not known, because the newest request that was counted (on ${at}) is older than ${days} d: ${command}`;
    case 'short':
      return `not known, because fewer than ${days} d were counted (on ${at}): ${command}`;
    case 'no nodes':
      return `not known, because no node was seen in ${days} d (counted on ${at}): ${command}`;
  }
}

/** Each image must have its evidence. */
export function evidenceGate(record: ReleaseRecord): GateVerdict {
  const missing = record.images.filter((image) => image.evidence === undefined);
  if (missing.length === 0) return { state: 'green', note: 'every image passed its tests' };
  const of = missing.map((image) => image.architecture).join(', ');
  const accepted = record.acceptedMissingEvidence;
  if (accepted !== undefined) {
    const note = `none for ${of}, accepted: ${accepted.reason} (by ${accepted.by})`;
    return { state: 'green', note };
  }
  return { state: 'red', note: `none recorded for ${of}` };
}
