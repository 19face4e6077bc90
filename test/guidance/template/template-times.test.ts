import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWhen } from '../../../src/guidance/template/template-times.ts';
import { InputError } from '../../../src/host/errors.ts';

// A Wednesday, 14:00 UTC.
const now = seconds('2026-07-22T14:00:00Z');

describe('parseWhen', () => {
  it.each([
    ['now', '2026-07-22T14:00:00Z'],
    ['+2h', '2026-07-22T16:00:00Z'],
    ['+ 1d12h', '2026-07-24T02:00:00Z'],
    ['in 90m', '2026-07-22T15:30:00Z'],
    ['1784728800', '2026-07-22T14:00:00Z'],
    ['2026-08-01T06:00:00Z', '2026-08-01T06:00:00Z'],
    ['2026-08-01t06:00z', '2026-08-01T06:00:00Z'],
    ['2026-08-01T06:00+02:00', '2026-08-01T04:00:00Z'],
    ['2026-08-01 06:00 UTC', '2026-08-01T06:00:00Z'],
    ['2026-08-01T06:00 Europe/Berlin', '2026-08-01T04:00:00Z'],
    ['today 15:00 UTC', '2026-07-22T15:00:00Z'],
    ['tomorrow 14:00 UTC', '2026-07-23T14:00:00Z'],
    ['2 PM UTC tomorrow', '2026-07-23T14:00:00Z'],
    ['tomorrow at 12 am UTC', '2026-07-23T00:00:00Z'],
    ['tomorrow 12:30pm UTC', '2026-07-23T12:30:00Z'],
    ['next tuesday 14:00 UTC', '2026-07-28T14:00:00Z'],
    ['Next Tuesday,  14:00  Europe/Berlin', '2026-07-28T12:00:00Z'],
    ['wednesday 14:00 UTC', '2026-07-22T14:00:00Z'],
    ['wednesday 13:59 UTC', '2026-07-29T13:59:00Z'],
    ['next wednesday 15:00 UTC', '2026-07-29T15:00:00Z'],
    ['thu 09:00:30 UTC', '2026-07-23T09:00:30Z'],
    ['saturday 09:00 America/New_York', '2026-07-25T13:00:00Z'],
    ['tomorrow 06:00 Asia/Kolkata', '2026-07-23T00:30:00Z'],
    // In Auckland it is Thursday already.
    ['tomorrow 09:00 Pacific/Auckland', '2026-07-23T21:00:00Z'],
    ['next thursday 09:00 Pacific/Auckland', '2026-07-29T21:00:00Z'],
    ['2026-12-01 09:00 Etc/GMT+5', '2026-12-01T14:00:00Z'],
  ])('reads %j', (text, expected) => {
    expect(iso(parseWhen(text, now))).toBe(expected);
  });

  describe('across daylight saving', () => {
    it.each([
      ['2026-03-29 01:59 Europe/Berlin', '2026-03-29T00:59:00Z'],
      ['2026-03-29 03:00 Europe/Berlin', '2026-03-29T01:00:00Z'],
      ['2026-10-25 01:59 Europe/Berlin', '2026-10-24T23:59:00Z'],
      ['2026-10-25 03:00 Europe/Berlin', '2026-10-25T02:00:00Z'],
      ['2026-11-01 00:30 America/New_York', '2026-11-01T04:30:00Z'],
      ['2026-11-01 02:00 America/New_York', '2026-11-01T07:00:00Z'],
      ['2026-04-05 03:00 Australia/Lord_Howe', '2026-04-04T16:30:00Z'],
    ])('reads %j', (text, expected) => expect(iso(parseWhen(text, now))).toBe(expected));

    it('takes a time that is skipped as if the clock had not been changed', () => {
      expect(iso(parseWhen('2026-03-29 02:30 Europe/Berlin', now))).toBe('2026-03-29T01:30:00Z');
    });

    it('takes the first of a time that occurs twice', () => {
      expect(iso(parseWhen('2026-10-25 02:30 Europe/Berlin', now))).toBe('2026-10-25T00:30:00Z');
    });

    it('keeps the hour of the day when the change lies between now and then', () => {
      const saturday = seconds('2026-10-24T12:00:00Z');
      expect(iso(parseWhen('tomorrow 14:00 Europe/Berlin', saturday))).toBe('2026-10-25T13:00:00Z');
      expect(iso(parseWhen('next tuesday 14:00 Europe/Berlin', saturday))).toBe('2026-10-27T13:00:00Z');
    });
  });

  it('agrees with the clock on the wall, in any zone at any time', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }), (zone, moment) => {
        const clock = new Intl.DateTimeFormat('sv-SE', {
          timeZone: zone,
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        const shown = clock.format(moment * 1000);
        expect(clock.format(parseWhen(`${shown} ${zone}`, now) * 1000)).toBe(shown);
      }),
    );
  });

  it('never answers with the past for a weekday', () => {
    fc.assert(
      fc.property(fc.integer({ min: now, max: now + 40_000_000 }), (moment) => {
        const when = parseWhen('tuesday 14:00 Europe/Berlin', moment);
        expect(when).toBeGreaterThanOrEqual(moment);
        expect(when - moment).toBeLessThan(8 * 86_400);
      }),
    );
  });

  it.each([
    ['tomorrow 14:00', 'the time zone is missing'],
    ['2026-08-01T06:00', 'the time zone is missing'],
    ['tomorrow UTC', 'not a time'],
    ['14:00 UTC', 'not a time'],
    ['', 'not a time'],
    ['soon', 'not a time'],
    ['tomorrow tuesday 14:00 UTC', 'not a time'],
    ['tomorrow 25:00 UTC', 'not a time'],
    ['tomorrow 13 pm UTC', 'not a time'],
    ['tomorrow 14:00 EST', 'not a time'],
    ['tomorrow 14:00 Europe/Bonn', 'unknown time zone'],
    ['2026-02-30 14:00 UTC', 'this day does not exist'],
    ['2026-02-30T14:00:00Z', 'this day does not exist'],
    ['today 13:00 UTC', 'this time has passed already'],
    ['+soon', 'not a duration'],
    ['1784728800000', 'milliseconds'],
  ])('refuses %j', (text, problem) => {
    const read = () => parseWhen(text, now, { where: 'stable.json.hbs:3:5' });
    expect(read).toThrow(InputError);
    expect(read).toThrow(problem);
    expect(read).toThrow('stable.json.hbs:3:5: ');
  });
});

function seconds(text: string): number {
  return Date.parse(text) / 1000;
}

function iso(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000Z', 'Z');
}
