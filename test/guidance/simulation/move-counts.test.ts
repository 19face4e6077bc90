import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMoveCounts } from '../../../src/guidance/simulation/move-counts.ts';

describe('counts of moves', () => {
  it('are exact at the times they are shown for, however far the moves spread', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            from: fc.nat({ max: 2 }),
            to: fc.nat({ max: 2 }),
            seconds: fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 10_000 }), fc.nat({ max: 2_000_000_000 })),
          }),
          { maxLength: 40 },
        ),
        fc.integer({ min: 1, max: 300 }),
        (moves, points) => {
          const counts = createMoveCounts(3);
          for (const { from, to, seconds } of moves) counts.move(from, to, seconds);
          const until = Math.max(0, ...moves.map(({ seconds }) => seconds));
          const curve = counts.curve([100, 100, 100], until, points);
          expect(curve.times.at(-1)).toBeGreaterThanOrEqual(until);
          expect(curve.times.length).toBeLessThanOrEqual(points + 1);
          for (const [index, time] of curve.times.entries()) {
            const expected = [100, 100, 100];
            for (const { from, to } of moves.filter(({ seconds }) => seconds <= time)) {
              expected[from] = (expected[from] as number) - 1;
              expected[to] = (expected[to] as number) + 1;
            }
            expect(curve.counts.map((each) => each[index])).toEqual(expected);
          }
        },
      ),
    );
  });
});
