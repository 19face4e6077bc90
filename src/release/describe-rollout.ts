import type { Rollout, UpdateEntry } from '../guidance/metadata.ts';
import { rolloutEnd } from '../guidance/progress.ts';
import { formatPercent } from '../host/percent.ts';
import { formatDuration, formatTime } from '../host/time.ts';

/**
 * An update entry in words: one line for each fact.
 * @param now UNIX seconds; if absent, times are without "in 2 h"
 */
export function describeEntry(entry: UpdateEntry, now?: number): string[] {
  const { rollout, barrier, deadend } = entry.metadata;
  return [
    ...(rollout === undefined ? ['not offered to any node'] : describeRollout(rollout, now)),
    ...(barrier === undefined
      ? []
      : [`barrier: older releases must pass through this one (${barrier.reason})`]),
    ...(deadend === undefined ? [] : [`dead-end: nodes on it get no further update (${deadend.reason})`]),
  ];
}

function describeRollout(rollout: Rollout, now: number | undefined): string[] {
  const start = rollout.start_epoch ?? 0;
  const share = rollout.start_percentage ?? 0;
  const end = rolloutEnd(rollout);
  const starts = start <= 0 ? 'at once' : `${formatTime(start)}${relative(start, now)}`;
  if (share >= 1) return [`offered to every node from its start: ${starts}`];
  if (end === undefined) return [`starts: ${starts}`, `stays at ${formatPercent(share)} of the nodes`];
  return [
    `starts: ${starts}${share > 0 ? `, with ${formatPercent(share)} of the nodes` : ''}`,
    `takes: ${formatDuration(end - start)}`,
    `complete: ${formatTime(end)}${relative(end, now)}`,
  ];
}

function relative(time: number, now: number | undefined): string {
  if (now === undefined) return '';
  if (time === now) return ' (now)';
  return time > now ? ` (in ${formatDuration(time - now)})` : ` (${formatDuration(now - time)} ago)`;
}
