import { isDeepStrictEqual } from 'node:util';
import { formatPercent } from '../../host/percent.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import type { Rollout } from '../metadata.ts';
import { rolloutEnd, rolloutPhase, rolloutProgress } from '../progress.ts';
import type { FleetSources } from './documents.ts';
import type { Finding } from './lint-finding.ts';

/** Checks the changed rollouts: when they start, how far they jump, and whether they overlap. */
export function* lintTimes(
  { updates }: FleetSources,
  before: FleetSources,
  options: { readonly now: number; readonly timeZone: string },
): Generator<Finding> {
  if (updates === undefined) return;
  const { now, timeZone } = options;
  const open: { version: string; start: number; end: number; where: string; changed: boolean }[] = [];
  for (const [index, { version, metadata }] of updates.value.releases.entries()) {
    const { rollout } = metadata;
    if (rollout === undefined) continue;
    const where = updates.placeOf(['releases', index, 'metadata', 'rollout', 'start_epoch']);
    const was = rolloutIn(before, version);
    const changed = !isDeepStrictEqual(was, rollout);
    const start = rollout.start_epoch ?? 0;
    const end = rolloutEnd(rollout);
    if (rolloutPhase(rollout, now) !== 'complete' && end !== undefined) {
      open.push({ version, start, end, where, changed });
    }
    if (!changed) continue;
    const paused = before.operations?.value.paused?.find((each) => each.version === version);
    const reached = paused?.progress ?? (was === undefined ? 0 : rolloutProgress(was, now));
    yield* lintJump({
      version,
      rollout,
      reached,
      wasOpen: was !== undefined || paused !== undefined,
      now,
      where,
    });
    if (start > 0 && paused === undefined && start >= now && isWeekend(start, timeZone)) {
      yield {
        severity: 'warning',
        rule: 'weekend',
        where,
        message: `the rollout of ${version} starts on a ${weekdayOf(start, timeZone)} (${formatTime(start)}; in ${timeZone})`,
        remedy: 'Perhaps nobody is at work if it goes wrong. Upstream starts on Tuesdays, 14:00 UTC.',
      };
    }
  }
  for (const [index, one] of open.entries()) {
    for (const other of open.slice(index + 1)) {
      if (!(one.changed || other.changed) || one.start >= other.end || other.start >= one.end) continue;
      yield {
        severity: 'warning',
        rule: 'overlap',
        where: other.changed ? other.where : one.where,
        message: `the rollouts of ${one.version} and ${other.version} overlap from ${formatTime(Math.max(one.start, other.start))} to ${formatTime(Math.min(one.end, other.end))}`,
        remedy:
          'Nodes that are early take both, one after the other. Pause or withdraw the older one if that is not intended.',
      };
    }
  }
}

function* lintJump(options: {
  readonly version: string;
  readonly rollout: Rollout;
  /** Share of nodes that it had been offered to before. */
  readonly reached: number;
  readonly wasOpen: boolean;
  readonly now: number;
  readonly where: string;
}): Generator<Finding> {
  const { version, rollout, reached, wasOpen, now, where } = options;
  const start = rollout.start_epoch ?? 0;
  const share = rolloutProgress(rollout, now);
  // A completed rollout in upstream's short form has no times.
  const tidied = rollout.start_epoch === undefined && rollout.duration_minutes === undefined;
  if (!tidied && start < now && share > reached + 0.001) {
    yield {
      severity: 'warning',
      rule: 'start-in-the-past',
      where,
      message: `the start of ${version} (${formatTime(start)}) is ${formatDuration(now - start)} ago: ${formatPercent(share)} of the nodes are offered it at once, up from ${formatPercent(reached)}`,
    };
  }
  if (wasOpen && share < reached - 0.001) {
    yield {
      severity: 'warning',
      rule: 'goes-back',
      where,
      message: `${version} was offered to ${formatPercent(reached)} of the nodes, and is to be offered to ${formatPercent(share)}: those that took it stay on it`,
    };
  }
}

function rolloutIn({ updates }: FleetSources, version: string): Rollout | undefined {
  return updates?.value.releases.findLast(
    (entry) => entry.version === version && entry.metadata.rollout !== undefined,
  )?.metadata.rollout;
}

function weekdayOf(seconds: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'long' }).format(seconds * 1000);
}

function isWeekend(seconds: number, timeZone: string): boolean {
  return ['Saturday', 'Sunday'].includes(weekdayOf(seconds, timeZone));
}
