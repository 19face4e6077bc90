import { describe, expect, it } from 'vitest';
import { formatDuration, formatTime, parseDuration, parseTime } from '../../src/host/time.ts';

describe('parseDuration', () => {
  it.each([
    ['48h', 172_800],
    ['7d', 604_800],
    ['90m', 5400],
    ['1d12h', 129_600],
    ['30s', 30],
    ['2w', 1_209_600],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '48', 'h', '-2h', '1.5h', '48h!', '2 h'])('refuses %j', (text) => {
    expect(() => parseDuration(text, { field: 'soak' })).toThrow(/^soak: not a duration, found/);
  });
});

describe('parseDuration of impossible durations', () => {
  it.each([`${'9'.repeat(400)}d`, '3651d', '700000d'])('refuses %s, which nobody means', (text) => {
    expect(() => parseDuration(text, { field: '--for' })).toThrow(
      /^--for: this duration is too long.*at most 3650d/,
    );
  });
});

describe('parseTime', () => {
  it('reads UNIX seconds and ISO 8601', () => {
    expect(parseTime('1784728800')).toBe(1_784_728_800);
    expect(parseTime('2026-07-22T14:00:00Z')).toBe(1_784_728_800);
    expect(parseTime('2026-07-22T16:00:00+02:00')).toBe(1_784_728_800);
  });

  it('recognises milliseconds and says what to do', () => {
    expect(() => parseTime('1784728800000')).toThrow(/milliseconds.*Divide by 1000: 1784728800/);
  });

  it.each([
    '',
    'soon',
    '12/24/2026',
    '2026-02-30',
    '2026-02-29',
    '2026-04-31T10:00:00Z',
    '2026-13-45',
    '2026-07-21T14:00',
  ])('refuses %j', (text) => {
    expect(() => parseTime(text)).toThrow(/not a time|this day does not exist/);
  });
});

describe('formatting', () => {
  it.each([
    [12, '12 s'],
    [60, '1 min'],
    [2880, '48 min'],
    [3600, '1 h'],
    [5400, '1 h 30 min'],
    [183_600, '2 d 3 h'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('writes times as upstream writes last-modified', () => {
    expect(formatTime(1_784_728_800)).toBe('2026-07-22T14:00:00Z');
  });
});
