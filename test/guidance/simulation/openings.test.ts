import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOpening, rolloutProgress } from '../../../src/guidance/progress.ts';
import { openingOf } from '../../../src/guidance/simulation/openings.ts';
import { start, warinesses } from '../histories.ts';

const rollouts = fc.record(
  {
    start_epoch: fc.integer({ min: start - 200_000, max: start + 200_000 }),
    start_percentage: fc.oneof(fc.constantFrom(0, 0.05, 0.3, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    duration_minutes: fc.oneof(fc.constantFrom(0, 1, 1440), fc.nat({ max: 50_000 })),
  },
  { requiredKeys: [] },
);

describe('the opening of a rollout', () => {
  it('is the second that halving finds', () => {
    fc.assert(
      fc.property(rollouts, warinesses, (rollout, wariness) => {
        const opening = openingOf(rollout, wariness);
        const longAgo = -1_000_000_000;
        if (wariness <= rolloutProgress(rollout, longAgo)) expect(opening).toBe(Number.NEGATIVE_INFINITY);
        else expect(opening).toBe(nextOpening(rollout, wariness, longAgo) ?? Number.POSITIVE_INFINITY);
      }),
      { numRuns: 3000 },
    );
  });

  it('is always for a barrier that does not roll out', () => {
    expect(openingOf(undefined, 1)).toBe(Number.NEGATIVE_INFINITY);
  });
});
