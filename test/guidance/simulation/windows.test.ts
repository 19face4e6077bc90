import { describe, expect, it } from 'vitest';
import { parseWindow, scheduleOf, windowAtOrAfter } from '../../../src/guidance/simulation/windows.ts';
import { InputError } from '../../../src/host/errors.ts';

const at = (text: string) => Date.parse(text) / 1000;

function stretches(texts: readonly string[], from: string, until: string): string[] {
  const schedule = scheduleOf(
    texts.map((text) => parseWindow(text)),
    at(from),
    at(until),
  );
  const show = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16);
  return [...schedule.starts]
    .map((start, index) => [start, schedule.ends[index] as number] as const)
    .filter(([start, end]) => end > at(from) && start < at(until))
    .map(([start, end]) => `${show(start)} ${show(end)}`);
}

describe('reboot windows', () => {
  it('come round every week', () => {
    expect(stretches(['sat,sun 02:00-06:00 UTC'], '2026-07-22T00:00Z', '2026-08-02T00:00Z')).toEqual([
      '2026-07-25T02:00 2026-07-25T06:00',
      '2026-07-26T02:00 2026-07-26T06:00',
      '2026-08-01T02:00 2026-08-01T06:00',
    ]);
  });

  it('go on past midnight, and follow the clocks of their zone', () => {
    // Clocks in Berlin go back on 25 October 2026.
    expect(
      stretches(['Saturday - Sunday 23:00-01:00 Europe/Berlin'], '2026-10-24T12:00Z', '2026-10-26T12:00Z'),
    ).toEqual(['2026-10-24T21:00 2026-10-24T23:00', '2026-10-25T22:00 2026-10-26T00:00']);
  });

  it('are joined if they touch or overlap', () => {
    const texts = ['mon 02:00-04:00 UTC', 'mon 03:00-05:00 UTC', 'daily 05:00-06:00 UTC'];
    expect(stretches(texts, '2026-07-20T00:00Z', '2026-07-21T00:00Z')).toEqual([
      '2026-07-20T02:00 2026-07-20T06:00',
    ]);
    expect(stretches(['mon 00:00-24:00 UTC'], '2026-07-20T00:00Z', '2026-07-21T00:00Z')).toEqual([
      '2026-07-20T00:00 2026-07-21T00:00',
    ]);
  });

  it('are open from their first second to before their last', () => {
    const schedule = scheduleOf(
      [parseWindow('sat 02:00-06:00 UTC')],
      at('2026-07-22T00:00Z'),
      at('2026-07-27T00:00Z'),
    );
    const opens = at('2026-07-25T02:00Z');
    expect(windowAtOrAfter(schedule, opens - 5)).toBe(opens);
    expect(windowAtOrAfter(schedule, opens + 5)).toBe(opens + 5);
    expect(windowAtOrAfter(schedule, opens + 4 * 3600)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    'sat 02:00-06:00',
    'sat 02:00 UTC',
    'someday 02:00-06:00 UTC',
    'sat-sun-mon 02:00-06:00 UTC',
    'sat 02:00-25:00 UTC',
    'sat 02:00-06:00 Nowhere/Land',
  ])('are refused when they are not one: %s', (text) => {
    expect(() => parseWindow(text, { field: '--window' })).toThrow(InputError);
    expect(() => parseWindow(text, { field: '--window' })).toThrow(/^--window: /);
  });
});
