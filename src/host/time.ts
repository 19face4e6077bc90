import { InputError } from './errors.ts';

/** The longest duration that is accepted: ten years. Anything longer is a mistake, and would overflow times. */
export const longestDuration = 3650 * 86_400;

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Reads a duration such as `48h`, `7d`, `90m`, `1d12h`; the answer is in whole seconds.
 * @throws InputError; `where` and `field` go into its message
 */
export function parseDuration(text: string, place: { where?: string; field?: string } = {}): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new InputError({
      ...place,
      problem: 'not a duration',
      found: text,
      expected: 'a number with a unit, such as 48h, 7d or 1d12h',
    });
  }
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit as string] as number),
    0,
  );
  if (seconds <= longestDuration) return seconds;
  throw new InputError({
    ...place,
    problem: 'this duration is too long',
    found: text,
    expected: `at most ${longestDuration / 86_400}d`,
  });
}

/** Seconds as people say them: `2 d 3 h`, `48 min`, `12 s`. */
export function formatDuration(seconds: number): string {
  const units: ReadonlyArray<readonly [string, number]> = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ];
  const rounded = Math.round(seconds);
  for (const [index, [unit, size]] of units.entries()) {
    if (rounded < size) continue;
    const next = units[index + 1];
    const rest = next === undefined ? 0 : Math.floor((rounded % size) / next[1]);
    return `${Math.floor(rounded / size)} ${unit}${next === undefined || rest === 0 ? '' : ` ${rest} ${next[0]}`}`;
  }
  return `${rounded} s`;
}

/**
 * Reads a point in time: UNIX seconds, or ISO 8601. The answer is in UNIX seconds.
 * @throws InputError, with a hint if the number looks like milliseconds
 */
export function parseTime(text: string, place: { where?: string; field?: string } = {}): number {
  if (/^\d+$/.test(text)) {
    const seconds = Number(text);
    if (seconds > 100_000_000_000) {
      throw new InputError({
        ...place,
        problem: 'this looks like milliseconds',
        found: text,
        expected: 'UNIX seconds',
        remedy: `Divide by 1000: ${Math.floor(seconds / 1000)}`,
      });
    }
    return seconds;
  }
  // A time of day without a zone would mean another moment on another machine.
  const unambiguous = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const parsed = unambiguous ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(parsed)) {
    throw new InputError({
      ...place,
      problem: 'not a time',
      found: text,
      expected: 'UNIX seconds, or ISO 8601 with a zone, such as 2026-07-21T14:00:00Z',
    });
  }
  requireDay(text, place);
  return Math.floor(parsed / 1000);
}

/**
 * Reads the day at the start of an ISO 8601 text. Date would read 30 February as 2 March.
 * @throws InputError for a day that does not exist
 */
export function requireDay(
  text: string,
  place: { where?: string; field?: string } = {},
): { readonly year: number; readonly month: number; readonly day: number } {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() === month - 1 && date.getUTCDate() === day) return { year, month, day };
  throw new InputError({ ...place, problem: 'this day does not exist', found: text });
}

/** UNIX seconds as upstream writes them in `last-modified`: `2026-07-21T14:07:12Z`. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
