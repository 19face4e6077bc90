import { Cron } from 'croner';
import { InputError } from '../../host/errors.ts';
import { parseDuration, requireDay } from '../../host/time.ts';

/** A time in which nothing is promoted, repeated or once. */
export interface FreezeWindow {
  readonly reason: string;
  /** Cron with five fields, or one moment (`2026-12-18T00:00:00`), in the time zone. */
  readonly start: string;
  /** What ends it: the same form as start, or seconds that pass (whatever the clocks do). */
  readonly end: { readonly until: string } | { readonly seconds: number };
  /** IANA name. */
  readonly timeZone: string;
}

interface Written {
  readonly start: string;
  readonly until?: string | undefined;
  readonly duration?: string | undefined;
  readonly 'time-zone': string;
  readonly reason: string;
}

type Place = { readonly where: string; readonly field: string };

/** @throws InputError for a schedule, time zone or end that makes no sense */
export function readFreezeWindow(written: Written, place: Place): FreezeWindow {
  const timeZone = readTimeZone(written['time-zone'], place);
  const start = readSchedule(written.start, timeZone, { ...place, field: `${place.field}.start` });
  const { until, duration, reason } = written;
  if ((until === undefined) === (duration === undefined)) {
    throw new InputError({
      ...place,
      problem:
        until === undefined ? 'this freeze has no end' : 'this freeze has two ends, until and duration',
      expected: 'either until or duration',
    });
  }
  if (until !== undefined) {
    const field = `${place.field}.until`;
    const end = readSchedule(until, timeZone, { ...place, field });
    refuseEndBeforeStart({ start, end, found: until }, { ...place, field });
    return { reason, start, end: { until: end }, timeZone };
  }
  const durationPlace = { ...place, field: `${place.field}.duration` };
  const seconds = parseDuration(duration ?? '', durationPlace);
  if (seconds === 0) {
    throw new InputError({
      ...durationPlace,
      problem: 'this freeze takes no time',
      found: duration,
      expected: 'a duration such as 64h',
    });
  }
  return { reason, start, end: { seconds }, timeZone };
}

/** A moment as readSchedule writes it; everything else is cron. */
const momentForm = /^\d{4}-\d{2}-\d{2}T/;

function refuseEndBeforeStart(
  { start, end, found }: { readonly start: string; readonly end: string; readonly found: string },
  place: Place,
): void {
  if (!momentForm.test(end)) return;
  // With a schedule as its start, the freeze would begin again after its only end, and never end.
  if (!momentForm.test(start)) {
    throw new InputError({
      ...place,
      problem: 'a freeze that repeats cannot end at one moment',
      found,
      expected: 'cron with five fields, or a duration instead of until',
    });
  }
  if (end > start) return;
  throw new InputError({
    ...place,
    problem: 'this freeze ends before it starts',
    found,
    expected: `later than ${start}`,
  });
}

function readTimeZone(name: string, place: Place): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    throw new InputError(
      {
        ...place,
        field: `${place.field}.time-zone`,
        problem: 'this time zone does not exist',
        found: name,
        expected: 'an IANA name, such as Europe/Berlin or UTC',
      },
      { cause: error },
    );
  }
}

function readSchedule(text: string, timeZone: string, place: Place): string {
  const moment = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::00)?)?$/.exec(text.trim());
  // A window of some seconds is never what somebody wants.
  const isCron = text.trim().split(/\s+/).length === 5;
  const schedule = moment === null ? text.trim() : `${moment[1]}T${moment[2] ?? '00:00'}:00`;
  const problem = (error?: unknown): InputError =>
    new InputError(
      {
        ...place,
        problem: 'not a time of a freeze',
        found: text,
        expected:
          'cron with five fields, such as "0 16 * * 5" (fridays at 16:00), or a moment, such as 2026-12-18T00:00',
      },
      { cause: error },
    );
  if (moment === null && !isCron) throw problem();
  if (moment !== null) requireDay(schedule, place);
  let next: Date | undefined;
  try {
    next = new Cron(schedule, { timezone: timeZone, paused: true }).nextRun(new Date(0)) ?? undefined;
  } catch (error) {
    throw problem(error);
  }
  if (next !== undefined) return schedule;
  throw new InputError({ ...place, problem: 'this time never comes', found: text });
}
