import { Cron } from 'croner';
import type { FreezeWindow } from '../../project/configuration/freeze-windows.ts';

/** A window that is open, and when it closes. */
export interface Freeze {
  readonly window: FreezeWindow;
  /** UNIX seconds; undefined for one that never ends. */
  readonly until: number | undefined;
}

/**
 * The freeze at a moment, if any; of several, the one that ends last. A window includes its first second and not its
 * last. When clocks are put forward, a time that does not exist counts as the moment of the change. When they are put
 * back, a time that comes twice counts as the first of the two.
 * @param now UNIX seconds
 */
export function freezeAt(windows: readonly FreezeWindow[], now: number): Freeze | undefined {
  return windows
    .map((window) => openWindow(window, now))
    .filter((freeze) => freeze !== undefined)
    .sort((one, other) => endOf(other) - endOf(one))[0];
}

// Reached if windows follow one another without end; a hundred of them take years.
const longestChain = 100;

/**
 * The first moment from `now` on that is in no window, also if windows follow one another without a gap.
 * @returns undefined if there is none
 */
export function thawTime(windows: readonly FreezeWindow[], now: number): number | undefined {
  let moment = now;
  for (let count = 0; count < longestChain; count += 1) {
    const freeze = freezeAt(windows, moment);
    if (freeze === undefined) return moment;
    if (freeze.until === undefined) return undefined;
    moment = freeze.until;
  }
  return undefined;
}

function openWindow(window: FreezeWindow, now: number): Freeze | undefined {
  // The library searches strictly before or after a moment. One second is added, so that a window that begins at this
  // moment counts.
  const [begun] = cron(window.start, window).previousRuns(1, new Date((now + 1) * 1000));
  if (begun === undefined) return undefined;
  const until = endAfter(window, begun);
  return until === undefined || now < until ? { window, until } : undefined;
}

function endAfter(window: FreezeWindow, begun: Date): number | undefined {
  if ('seconds' in window.end) return begun.getTime() / 1000 + window.end.seconds;
  const end = cron(window.end.until, window).nextRun(begun);
  return end === null ? undefined : end.getTime() / 1000;
}

function cron(schedule: string, { timeZone }: FreezeWindow): Cron {
  return new Cron(schedule, { timezone: timeZone, paused: true });
}

function endOf({ until }: Freeze): number {
  return until ?? Number.POSITIVE_INFINITY;
}
