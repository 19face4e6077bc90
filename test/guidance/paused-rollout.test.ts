import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../src/guidance/metadata.ts';
import { formatUpdateMetadata, parseUpdateMetadata } from '../../src/guidance/metadata.ts';
import { resumedRollout } from '../../src/guidance/paused-rollout.ts';
import { rolloutEnd, rolloutProgress } from '../../src/guidance/progress.ts';
import { start } from './histories.ts';

const rollouts: fc.Arbitrary<Rollout> = fc.record(
  {
    start_epoch: fc.integer({ min: start - 100_000, max: start + 100_000 }),
    start_percentage: fc.double({ min: 0, max: 1, noNaN: true }),
    duration_minutes: fc.nat({ max: 5000 }),
  },
  { requiredKeys: ['start_epoch'] },
);
const moments = fc.integer({ min: start - 150_000, max: start + 400_000 });
const lengths = fc.nat({ max: 10_000_000 });

describe('a rollout that was paused', () => {
  it('goes on at the value that it had, never falls, and ends after the time that was left', () => {
    fc.assert(
      fc.property(rollouts, moments, lengths, fc.array(lengths), (rollout, since, length, later) => {
        const now = since + length;
        const written = resumedRollout(rollout, { since, now });
        // The rollout as it is read from the file.
        const entry = { version: '1', metadata: { rollout: written } };
        const text = formatUpdateMetadata({
          stream: 's',
          metadata: { 'last-modified': '' },
          releases: [entry],
        });
        const resumed = parseUpdateMetadata(text, 'x').releases[0]?.metadata.rollout as Rollout;
        const begun = since >= (rollout.start_epoch ?? 0);
        const value = rolloutProgress(rollout, since);
        if (begun && value < 1) {
          expect(rolloutProgress(resumed, now)).toBe(value);
          const end = rolloutEnd(rollout);
          if (end === undefined) expect(rolloutEnd(resumed)).toBeUndefined();
          else expect((rolloutEnd(resumed) as number) - now).toBe(end - since);
        }
        if (!begun) {
          expect(resumed.start_epoch).toBe(Math.max(now, rollout.start_epoch as number));
          expect(resumed.duration_minutes).toBe(rollout.duration_minutes);
        }
        // Each second adds the same share as before: the same line, moved.
        let before = value;
        for (const after of [0, ...later].sort((one, other) => one - other)) {
          const there = rolloutProgress(resumed, now + after);
          expect(there).toBeGreaterThanOrEqual(before);
          before = there;
          if (begun) expect(there).toBe(rolloutProgress(rollout, since + after));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('loses nothing over many pauses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9_000 }), lengths), { maxLength: 20 }),
        (pauses) => {
          let rollout: Rollout = { start_epoch: start, start_percentage: 0, duration_minutes: 10_000 };
          let now = start;
          let run = 0;
          for (const [running, paused] of pauses) {
            now += running;
            run += running;
            rollout = resumedRollout(rollout, { since: now, now: now + paused });
            now += paused;
          }
          expect(rolloutProgress(rollout, now)).toBe(
            rolloutProgress({ start_epoch: 0, start_percentage: 0, duration_minutes: 10_000 }, run),
          );
        },
      ),
    );
  });
});
