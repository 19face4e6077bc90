import { InputError } from '../../host/errors.ts';
import { parseWhen } from '../template/template-times.ts';

/** When nodes may reboot: weekly, as Zincati's periodic strategy. */
export interface RebootWindow {
  /** 0 for Sunday to 6 for Saturday: the days on which it begins. */
  readonly days: readonly number[];
  /** `02:00` */
  readonly start: string;
  /** If it is not later than `start`, it is on the next day. */
  readonly end: string;
  /** `UTC`, `Europe/Berlin` */
  readonly zone: string;
}

/** Periods of time, in order and not touching each other, in UNIX seconds. */
export interface Schedule {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

interface Place {
  readonly where?: string;
  readonly field?: string;
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const daySeconds = 86_400;

/**
 * Reads `sat,sun 02:00-06:00 UTC`, `mon-fri 23:00-01:00 Europe/Berlin`, `daily 03:00-04:00 UTC`.
 * @throws InputError
 */
export function parseWindow(text: string, place: Place = {}): RebootWindow {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/\s*([,-])\s*/g, '$1')
    .replace(/\s+/g, ' ');
  const [, dayList, start, end, zone] =
    /^([a-z,-]+) (\d{1,2}:\d{2})-(\d{1,2}:\d{2}) (\S+)$/.exec(words) ?? [];
  const days = dayList === undefined ? undefined : readDays(dayList);
  if (days === undefined || start === undefined || end === undefined || zone === undefined) {
    throw new InputError({
      ...place,
      problem: 'not a reboot window',
      found: text,
      expected:
        'days, times and a zone, such as "sat,sun 02:00-06:00 UTC" or "mon-fri 23:00-01:00 Europe/Berlin"',
    });
  }
  // 24:00 is how people write the end of a day.
  const window = { days, start, end: end === '24:00' ? '00:00' : end, zone };
  for (const clock of [window.start, window.end]) parseWhen(`2026-01-01 ${clock} ${zone}`, 0, place);
  return window;
}

function readDays(list: string): number[] | undefined {
  if (list === 'daily') return [...dayNames.keys()];
  const days = new Set<number>();
  for (const part of list.split(',')) {
    const [first, last = first, ...rest] = part.split('-').map(readDay);
    if (first === undefined || last === undefined || rest.length > 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days].sort();
}

function readDay(name: string): number | undefined {
  const day = dayNames.findIndex((known) => new RegExp(`^${known}[a-z]*$`).test(name));
  return day < 0 ? undefined : day;
}

/** All windows between two moments, in UNIX seconds; those that touch are joined. */
export function scheduleOf(windows: readonly RebootWindow[], from: number, until: number): Schedule {
  const stretches: { start: number; end: number }[] = [];
  // Two days more on each side: a local day may begin 14 hours before or after ours, and a window may last until the
  // next day.
  const firstDay = Math.floor(from / daySeconds) - 2;
  const lastDay = Math.floor(until / daySeconds) + 2;
  for (const window of windows) {
    for (let day = firstDay; day <= lastDay; day += 1) {
      // 1 January 1970 was a Thursday.
      if (!window.days.includes((day + 4) % 7)) continue;
      const start = instant(day, window.start, window.zone);
      const sameDay = instant(day, window.end, window.zone);
      const end = sameDay > start ? sameDay : instant(day + 1, window.end, window.zone);
      stretches.push({ start, end });
    }
  }
  stretches.sort((one, other) => one.start - other.start);
  const joined: { start: number; end: number }[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    if (last !== undefined && stretch.start <= last.end) last.end = Math.max(last.end, stretch.end);
    else joined.push({ ...stretch });
  }
  return {
    starts: Float64Array.from(joined, ({ start }) => start),
    ends: Float64Array.from(joined, ({ end }) => end),
  };
}

function instant(day: number, clock: string, zone: string): number {
  const date = new Date(day * daySeconds * 1000).toISOString().slice(0, 10);
  return parseWhen(`${date} ${clock} ${zone}`, 0);
}

/** The moment itself if it is inside a window, else the start of the next window; Infinity after the last. */
export function windowAtOrAfter({ starts, ends }: Schedule, moment: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > moment) high = middle;
    else low = middle + 1;
  }
  const start = starts[low];
  return start === undefined ? Number.POSITIVE_INFINITY : Math.max(start, moment);
}
