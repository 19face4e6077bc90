import { InputError } from '../../host/errors.ts';
import { parseDuration, parseTime, requireDay } from '../../host/time.ts';

interface Place {
  readonly where?: string;
  readonly field?: string;
}

interface CalendarDay {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const examples =
  '"now", "+2h", "tomorrow 14:00 UTC", "next tuesday 2 pm Europe/Berlin", "2026-07-21T14:00:00Z"';
const dayMilliseconds = 86_400_000;

/**
 * Reads a point in time as people write it; the answer is in UNIX seconds.
 *
 * `now` · `+2h` · UNIX seconds · ISO 8601 with a zone · or a day, a time of day and a zone, in any order:
 * `today`, `tomorrow`, `tuesday` (the next time it is that day and time, may be today), `next tuesday` (never today),
 * `2026-07-21`; `14:00`, `2 pm`; `UTC` or a name such as `Europe/Berlin`. The zone is never guessed.
 *
 * A time that daylight saving skips is read as if the clock had not been changed yet (02:30 becomes 03:30), one that
 * occurs twice as the first of the two.
 * @param now UNIX seconds
 * @throws InputError
 */
export function parseWhen(text: string, now: number, place: Place = {}): number {
  const words = text.trim().replace(/\s+/g, ' ').toLowerCase();
  if (words === 'now') return now;
  const later = /^(?:\+|in )\s*(.+)$/.exec(words)?.[1];
  if (later !== undefined) return now + parseDuration(later.replaceAll(' ', ''), place);
  if (/^\d+$/.test(words)) return parseTime(words, place);
  if (/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:\d{2})$/.test(words)) {
    requireDay(words, place);
    return parseTime(text.trim().toUpperCase(), place);
  }
  return parseDayAndTime(words, { text, now, place });
}

function parseDayAndTime(
  words: string,
  { text, now, place }: { readonly text: string; readonly now: number; readonly place: Place },
): number {
  // Each part is removed from the text; the rest must be the zone.
  let rest = words.replace(/^(\d{4}-\d{2}-\d{2})t/, '$1 ').replace(/\bat\b/, ' ');
  const take = (pattern: RegExp) => {
    const match = pattern.exec(rest);
    if (match !== null) rest = rest.replace(match[0], ' ');
    return match;
  };
  const date = take(/\b\d{4}-\d{2}-\d{2}\b/);
  const relative = take(/\b(?:today|tomorrow)\b/)?.[0];
  const weekday = take(/\b(next )?(sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?\b/);
  const clock =
    take(/\b(\d{1,2})(?::(\d{2}))?(?::(\d{2}))? ?([ap]m)\b/) ?? take(/\b(\d{1,2}):(\d{2})(?::(\d{2}))?\b/);
  const zone = rest.replaceAll(',', ' ').trim();
  if (
    [date, relative, weekday].filter((part) => part !== null && part !== undefined).length !== 1 ||
    clock === null
  ) {
    throw notATime(text, place);
  }
  const { hour, minute, second } = readClock(clock, text, place);
  const format = zoneFormat(zone, text, place);
  const at = (day: CalendarDay) => Date.UTC(day.year, day.month - 1, day.day, hour, minute, second);
  const resolve = (day: CalendarDay) => Math.floor(instantOf(at(day), format) / 1000);
  if (date !== null) return resolve(requireDay(date[0], place));

  const today = localParts(now * 1000, format);
  if (weekday !== null) {
    const wanted = weekdays.findIndex((name) => name.startsWith((weekday[2] as string).slice(0, 3)));
    const days = (wanted - today.weekday + 7) % 7;
    if (weekday[1] !== undefined) return resolve(plusDays(today, days === 0 ? 7 : days));
    const soonest = resolve(plusDays(today, days));
    return soonest >= now ? soonest : resolve(plusDays(today, days + 7));
  }
  if (relative === 'tomorrow') return resolve(plusDays(today, 1));
  const moment = resolve(today);
  if (moment < now) {
    throw new InputError({
      ...place,
      problem: 'this time has passed already today',
      found: text,
      remedy: 'Say "now", or "tomorrow" with a time.',
    });
  }
  return moment;
}

function readClock(
  [, hours = '', minutes = '0', seconds = '0', half]: RegExpExecArray,
  text: string,
  place: Place,
): { hour: number; minute: number; second: number } {
  const said = Number(hours);
  const possible = half === undefined ? said <= 23 : said >= 1 && said <= 12;
  if (!possible || Number(minutes) > 59 || Number(seconds) > 59) throw notATime(text, place);
  const hour = half === undefined ? said : (said % 12) + (half === 'pm' ? 12 : 0);
  return { hour, minute: Number(minutes), second: Number(seconds) };
}

function plusDays({ year, month, day }: CalendarDay, days: number): CalendarDay {
  const moved = new Date(Date.UTC(year, month - 1, day + days));
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

function zoneFormat(zone: string, text: string, place: Place): Intl.DateTimeFormat {
  if (zone === '') {
    throw new InputError({
      ...place,
      problem: 'the time zone is missing',
      found: text,
      remedy: 'Add UTC, or a zone such as Europe/Berlin.',
    });
  }
  // Abbreviations such as EST or IST mean different things to different people.
  if (!/^(?:utc|gmt|z|[a-z]+(?:[/_+-][a-z0-9]+)+)$/.test(zone)) throw notATime(text, place);
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone === 'z' ? 'UTC' : zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError({
      ...place,
      problem: 'unknown time zone',
      found: zone,
      expected: 'UTC, or a name such as Europe/Berlin',
    });
  }
}

/**
 * The instant at which clocks of a zone show a local time.
 * @param local the local time as if it were UTC, in milliseconds; the answer, too, is in milliseconds
 */
function instantOf(local: number, format: Intl.DateTimeFormat): number {
  const before = offsetAt(local - dayMilliseconds, format);
  const after = offsetAt(local + dayMilliseconds, format);
  const readings = [local - before, local - after].filter(
    (instant) => instant + offsetAt(instant, format) === local,
  );
  return readings.length === 0 ? local - before : Math.min(...readings);
}

function offsetAt(instant: number, format: Intl.DateTimeFormat): number {
  const parts = localParts(instant, format);
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return shown - Math.floor(instant / 1000) * 1000;
}

function localParts(instant: number, format: Intl.DateTimeFormat) {
  const shown = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) as number;
  const day = { year: part('year'), month: part('month'), day: part('day') };
  return {
    ...day,
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
    weekday: new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay(),
  };
}

function notATime(text: string, place: Place): InputError {
  return new InputError({ ...place, problem: 'not a time', found: text, expected: `such as ${examples}` });
}
