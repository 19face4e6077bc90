import { describe, expect, it } from 'vitest';
import { type FreezeWindow, readFreezeWindow } from '../../../src/project/configuration/freeze-windows.ts';
import { freezeAt, thawTime } from '../../../src/release/gates/freeze.ts';

type Written = { start: string; until?: string; duration?: string; zone?: string };

function window({ start, until, duration, zone = 'Europe/Berlin' }: Written): FreezeWindow {
  const written = { start, until, duration, 'time-zone': zone, reason: 'why' };
  return readFreezeWindow(written, { where: 'file', field: 'freeze[0]' });
}

const seconds = (text: string) => Date.parse(text) / 1000;
const time = (moment: number | undefined) =>
  moment === undefined ? 'never' : new Date(moment * 1000).toISOString().slice(0, 16);

const weekend = { start: '0 16 * * 5', until: '0 8 * * 1' };
const night = { start: '0 22 * * *', until: '0 6 * * *' };
const yearEnd = { start: '0 0 18 12 *', until: '0 8 4 1 *' };

describe('a freeze window', () => {
  // The local time counts; Berlin is at UTC+1 in winter, at UTC+2 in summer.
  it.each<[string, Written, string, string | undefined]>([
    ['weekend, a second before', weekend, '2026-07-17T13:59:59Z', undefined],
    ['weekend, its first second', weekend, '2026-07-17T14:00:00Z', '2026-07-20T06:00'],
    ['weekend, its last second', weekend, '2026-07-20T05:59:59Z', '2026-07-20T06:00'],
    ['weekend, over', weekend, '2026-07-20T06:00:00Z', undefined],
    ['weekend in winter', weekend, '2026-01-16T15:00:00Z', '2026-01-19T07:00'],
    ['weekend that loses an hour', weekend, '2026-03-28T12:00:00Z', '2026-03-30T06:00'],
    [
      'the same by duration lasts its 64 hours',
      { start: '0 16 * * 5', duration: '64h' },
      '2026-03-28T12:00:00Z',
      '2026-03-30T07:00',
    ],
    ['weekend that gains an hour', weekend, '2026-10-24T12:00:00Z', '2026-10-26T07:00'],
    [
      'the same by duration, an hour early',
      { start: '0 16 * * 5', duration: '64h' },
      '2026-10-24T12:00:00Z',
      '2026-10-26T06:00',
    ],
    ['before midnight', night, '2026-07-20T20:30:00Z', '2026-07-21T04:00'],
    ['after midnight', night, '2026-07-21T01:00:00Z', '2026-07-21T04:00'],
    ['at noon', night, '2026-07-21T10:00:00Z', undefined],
    ['the night that the clocks go forward', night, '2026-03-29T03:59:59Z', '2026-03-29T04:00'],
    ['the night that the clocks go back', night, '2026-10-25T03:30:00Z', '2026-10-25T05:00'],
    [
      'a start that the change of clocks skips',
      { start: '30 2 29 3 *', duration: '2h' },
      '2026-03-29T01:00:00Z',
      '2026-03-29T03:00',
    ],
    ['not before that', { start: '30 2 29 3 *', duration: '2h' }, '2026-03-29T00:59:59Z', undefined],
    [
      'a start that comes twice counts once',
      { start: '30 2 25 10 *', duration: '30m' },
      '2026-10-25T01:35:00Z',
      undefined,
    ],
    [
      'an end that the change of clocks skips',
      { start: '0 0 29 3 *', until: '30 2 29 3 *' },
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00',
    ],
    ['old year', yearEnd, '2026-12-31T22:00:00Z', '2027-01-04T07:00'],
    ['new year', yearEnd, '2027-01-02T12:00:00Z', '2027-01-04T07:00'],
    ['before it all', yearEnd, '2026-12-17T22:59:59Z', undefined],
    ['after it all', yearEnd, '2027-01-04T07:00:00Z', undefined],
    [
      'the 29th of February by duration',
      { start: '0 0 29 2 *', duration: '1d' },
      '2028-02-29T12:00:00Z',
      '2028-02-29T23:00',
    ],
    [
      'one moment to another',
      { start: '2026-12-18', until: '2027-01-04T08:00' },
      '2026-12-24T12:00:00Z',
      '2027-01-04T07:00',
    ],
    [
      'long after that',
      { start: '2026-12-18', until: '2027-01-04T08:00' },
      '2027-12-24T12:00:00Z',
      undefined,
    ],
    [
      'in New York, forward on another day',
      { ...night, zone: 'America/New_York' },
      '2026-03-08T09:59:59Z',
      '2026-03-08T10:00',
    ],
    [
      'in Kathmandu, at UTC+5:45',
      { start: '0 9 * * *', until: '0 17 * * *', zone: 'Asia/Kathmandu' },
      '2026-07-20T03:15:00Z',
      '2026-07-20T11:15',
    ],
    [
      'south of the equator',
      { ...night, zone: 'Australia/Lord_Howe' },
      '2026-10-03T18:59:59Z',
      '2026-10-03T19:00',
    ],
    ['in UTC', { ...night, zone: 'UTC' }, '2026-03-29T05:30:00Z', '2026-03-29T06:00'],
  ])('%s', (_name, written, at, until) => {
    const freeze = freezeAt([window(written)], seconds(at));
    expect(freeze === undefined ? undefined : time(freeze.until)).toBe(until);
  });

  it('without an end in the future never ends', () => {
    // The configuration refuses such a window; the function must not loop if it meets one.
    const closed: FreezeWindow = {
      reason: 'why',
      start: '2026-12-18T00:00:00',
      end: { until: '2026-12-01T00:00:00' },
      timeZone: 'Europe/Berlin',
    };
    expect(freezeAt([closed], seconds('2027-06-01T00:00:00Z'))).toMatchObject({ until: undefined });
    expect(thawTime([closed], seconds('2027-06-01T00:00:00Z'))).toBeUndefined();
  });
});

describe('the thaw', () => {
  it('is after the last of windows that follow one another', () => {
    const windows = [window(weekend), window({ start: '0 8 * * 1', duration: '4h' })];
    expect(time(thawTime(windows, seconds('2026-07-18T12:00:00Z')))).toBe('2026-07-20T10:00');
    expect(freezeAt(windows, seconds('2026-07-18T12:00:00Z'))?.until).toBe(seconds('2026-07-20T06:00:00Z'));
  });

  it('is now if nothing is frozen, and never if everything is', () => {
    const now = seconds('2026-07-15T12:00:00Z');
    expect(thawTime([window(weekend)], now)).toBe(now);
    expect(thawTime([window({ start: '0 0 * * *', duration: '1d' })], now)).toBeUndefined();
  });
});

describe('a freeze in coxswain.yaml', () => {
  it.each<[Written, string]>([
    [{ start: '0 16 * * 5' }, 'freeze[0]: this freeze has no end, expected either until or duration'],
    [{ ...weekend, duration: '1h' }, 'this freeze has two ends'],
    [{ ...weekend, zone: 'Europe/Nowhere' }, 'freeze[0].time-zone: this time zone does not exist'],
    [{ start: '60 0 * * *', duration: '1h' }, 'freeze[0].start: not a time of a freeze, found "60 0 * * *"'],
    [{ start: '0 0 0 * * *', duration: '1h' }, 'expected cron with five fields'],
    [{ start: '0 16 * * 5', until: 'monday' }, 'freeze[0].until: not a time of a freeze'],
    [{ start: '0 0 31 2 *', duration: '1h' }, 'this time never comes'],
  ])('%j is refused', (written, problem) => {
    expect(() => window(written)).toThrow(problem);
  });
});
