import { describe, expect, it } from 'vitest';
import { firstPoll, pollAtOrAfter } from '../../../src/guidance/simulation/polling.ts';
import { createRandom } from '../../../src/guidance/simulation/random.ts';

const draws = 20_000;

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

describe('polls', () => {
  it('come every 300 to 330 seconds, in steps of three', () => {
    const random = createRandom(1);
    const gaps = Array.from({ length: draws }, () => pollAtOrAfter(random, 0, 1, 300));
    expect([...new Set(gaps)].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 11 }, (_, index) => 300 + 3 * index),
    );
    expect(mean(gaps)).toBeCloseTo(315, 0);
  });

  it('begin anywhere within an interval', () => {
    const random = createRandom(2);
    const first = Array.from({ length: draws }, () => firstPoll(random, 300));
    expect(Math.min(...first)).toBe(0);
    expect(Math.max(...first)).toBeLessThan(330);
    expect(mean(first) / 157).toBeCloseTo(1, 1);
  });

  it.each([1_000, 5_300, 60_000, 200_000])(
    'are as far after a moment %i seconds away as if each had been drawn',
    (moment) => {
      const random = createRandom(3);
      const quick = Array.from({ length: draws }, () => pollAtOrAfter(random, 0, moment, 300) - moment);
      const slow = Array.from({ length: 4_000 }, () => {
        let at = 0;
        while (at < moment) at += 300 + 3 * random.below(11);
        return at - moment;
      });
      for (const late of quick) {
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(330);
      }
      // The means of this many draws are within 4 seconds of each other, except for one time in thousands.
      expect(Math.abs(mean(quick) - mean(slow))).toBeLessThan(6);
    },
  );

  it('is the given one if that is late enough', () => {
    expect(pollAtOrAfter(createRandom(4), 50, 50, 300)).toBe(50);
    expect(pollAtOrAfter(createRandom(4), 50, Number.NEGATIVE_INFINITY, 300)).toBe(50);
  });
});
