import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../src/guidance/metadata.ts';
import { rolloutProgress } from '../../src/guidance/progress.ts';
import { type CoursePoint, reachedBy, stagedCourse } from '../../src/guidance/staged-course.ts';
import type { RingGates } from '../../src/project/configuration/ring-gates.ts';
import { stepRings } from '../../src/release/operations/ring-steps.ts';
import { metadataOf } from '../../src/release/operations/update-entries.ts';
import type { FleetState } from '../../src/release/state/state.ts';
import { complete, fleetOf, now } from '../release/operations/fleet.ts';
import { versionOf } from './histories.ts';

const hour = 3600;
const after = 6 * hour;
const newest = versionOf(1);
const gates = [
  { ring: 'canary', wariness: 0.1 },
  { ring: 'broad', wariness: 0.5 },
];
const limits = { gates, steps: [0.1, 0.3, 0.5, 1], after };
/** A percent an hour. */
const plan: Rollout = { start_epoch: now, start_percentage: 0, duration_minutes: 6000 };
const entry = (share: number): Rollout => ({ start_epoch: now + 10 * hour, start_percentage: share });
const hours = (points: readonly CoursePoint[]) =>
  points.map(({ at, share }) => [Math.round((at - now) / hour), share]);

describe('the course of a rollout that opens ring by ring', () => {
  it('stays at the first ring, and goes on after its time at the earliest, with a stay at each ring', () => {
    const staged = { version: newest, rollout: plan, passed: [], at: now };
    const { known, earliest } = stagedCourse(staged, entry(0.1), { ...limits, now: now + 12 * hour });
    expect(hours(known)).toEqual([
      [10, 0.1],
      [12, 0.1],
    ]);
    expect(hours(earliest)).toEqual([
      [12, 0.1],
      [16, 0.1],
      [56, 0.5],
      [62, 0.5],
      [112, 1],
    ]);
    expect(reachedBy(earliest, 0.3)).toBeCloseTo(now + 36 * hour, 0);
  });

  it('shows how long a ring waited, and that a ring that is late may open now', () => {
    const passed = [{ ring: 'canary', reason: 'well', by: 'test', at: now + 40 * hour }];
    const moved = { ...plan, start_epoch: now + 30 * hour };
    const staged = { version: newest, rollout: moved, passed, at: now + 80 * hour };
    const { known, earliest } = stagedCourse(staged, entry(0.5), { ...limits, now: now + 99 * hour });
    expect(hours(known)).toEqual([
      [10, 0.1],
      [40, 0.1],
      [80, 0.5],
      [99, 0.5],
    ]);
    expect(hours(earliest)).toEqual([
      [99, 0.5],
      [149, 1],
    ]);
  });

  it('is a line to the end once every ring did well, and ends at the pause', () => {
    const passed = gates.map(({ ring }, index) => ({
      ring,
      reason: 'well',
      by: 'test',
      at: now + (20 + 50 * index) * hour,
    }));
    const rollout = { ...plan, start_epoch: now + 20 * hour };
    const staged = { version: newest, rollout, passed, at: now + 70 * hour };
    const options = { ...limits, now: now + 80 * hour };
    const going = stagedCourse(staged, rollout, options);
    expect(going.earliest).toEqual([]);
    expect(hours(going.known)).toEqual([
      [20, 0.1],
      [60, 0.5],
      [70, 0.5],
      [120, 1],
    ]);
    const stopped = stagedCourse({ ...staged, passed: [] }, entry(0.1), {
      ...options,
      stopped: now + 15 * hour,
    });
    expect(stopped.earliest).toEqual([]);
    expect(hours(stopped.known).at(-1)).toEqual([15, 0.1]);
  });

  it('knows nothing of a rollout in the future, and never ends one that ends nowhere', () => {
    const later = { start_epoch: now + 5 * hour, start_percentage: 0.3 };
    const staged = { version: newest, rollout: later, passed: [], at: now };
    const offered = { start_epoch: now + 5 * hour, start_percentage: 0.1 };
    const { known, earliest } = stagedCourse(staged, offered, { ...limits, now });
    expect(known).toEqual([]);
    expect(hours(earliest)).toEqual([
      [5, 0.1],
      [11, 0.1],
    ]);
  });

  it('is what watch-fleet does if every ring does well at once, with any rings and any plan', () => {
    const wariness = fc.integer({ min: 0, max: 999 }).map((each) => each / 1000);
    const world = fc.record({
      gates: fc.array(wariness, { minLength: 1, maxLength: 3 }),
      others: fc.array(wariness, { maxLength: 3 }),
      from: fc.oneof(fc.constant(0), wariness),
      minutes: fc.integer({ min: 1, max: 5000 }),
      look: fc.integer({ min: 0, max: 100 * hour }),
    });
    fc.assert(
      fc.property(world, ({ gates: given, others, from, minutes, look }) => {
        const of: RingGates = {
          threshold: { share: 1, nodes: 1, after },
          gates: [...new Set(given)].map((each, index) => ({ ring: `ring-${index}`, wariness: each })),
          steps: [...new Set([...given, ...others, 1])],
        };
        const asked = { start_epoch: now, start_percentage: from, duration_minutes: minutes };
        const offeredAt = (state: FleetState, at: number) =>
          rolloutProgress(metadataOf(state.updates, newest).rollout ?? {}, at);
        const tick = 1800;
        let state = stepRings(fleetOf(2, { 0: complete, 1: { rollout: asked } }), of, {
          now,
          fresh: newest,
        }).state;
        let course: readonly CoursePoint[] | undefined;
        for (let at = now; at < now + 150 * hour; at += tick) {
          state = stepRings(state, of, {
            now: at,
            judge: (waiting) =>
              at >= waiting.since + after ? { reason: 'well', by: 'test', at } : undefined,
          }).state;
          const staged = state.operations.staged?.[0];
          const offered = metadataOf(state.updates, newest).rollout;
          if (at >= now + look && course === undefined && staged !== undefined && offered !== undefined) {
            const seen = stagedCourse(staged, offered, { gates: of.gates, steps: of.steps, after, now: at });
            course = seen.earliest;
            expect(seen.known.every(({ share }) => share <= 1)).toBe(true);
          }
          if (course === undefined || course.length === 0) continue;
          // It is never ahead of the course, and each ring is at most a few looks late.
          // A wariness of 0 is offered everything before it begins.
          const steps = of.steps.filter((step) => step > 0);
          const opened = steps.filter((step) => step <= offeredAt(state, at));
          for (const step of opened) expect(reachedBy(course, step)).toBeLessThanOrEqual(at + 2);
          for (const step of steps.filter((each) => !opened.includes(each)))
            expect(reachedBy(course, step)).toBeGreaterThan(at - 8 * tick);
        }
      }),
      { numRuns: 25 },
    );
  });
});
