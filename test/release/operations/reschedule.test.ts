import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rolloutEnd, rolloutProgress } from '../../../src/guidance/progress.ts';
import { editState } from '../../../src/release/operations/edit-fleet.ts';
import { versionOf } from '../../guidance/histories.ts';
import { complete, fleetOf, half, now, order } from './fleet.ts';

const hour = 3600;

function move(state: ReturnType<typeof fleetOf>, given: { start?: number; end: number; version?: string }) {
  return editState(state, order, { kind: 'reschedule', ...given });
}

function rolloutOf(state: ReturnType<typeof fleetOf>, index: number) {
  return state.updates.releases.find(({ version }) => version === versionOf(index))?.metadata.rollout;
}

const scheduled = fleetOf(3, {
  1: complete,
  2: { rollout: { start_epoch: now + 6 * hour, start_percentage: 0, duration_minutes: 1440 } },
});

describe('reschedule', () => {
  it('moves start and end of a rollout before its start', () => {
    const { state, summary } = move(scheduled, { start: now + 2 * hour, end: now + 12 * hour });
    expect(summary).toBe(`reschedule ${versionOf(2)} to 2026-07-25T19:20:00Z until 2026-07-26T05:20:00Z`);
    expect(rolloutOf(state, 2)).toEqual({
      start_epoch: now + 2 * hour,
      start_percentage: 0,
      duration_minutes: 600,
    });
  });

  it('keeps the start if only the end is given, and changes nothing the second time', () => {
    const { state } = move(scheduled, { end: now + 12 * hour });
    expect(rolloutOf(state, 2)).toMatchObject({ start_epoch: now + 6 * hour, duration_minutes: 360 });
    expect(move(state, { end: now + 12 * hour }).state).toBe(state);
  });

  it('takes no offer back from a rollout in progress, and ends when it is told to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1439 }),
        fc.integer({ min: 60, max: 30 * 86_400 }),
        fc.integer({ min: 0, max: 30 * 86_400 }),
        (minutesAgo, left, later) => {
          const rollout = { start_epoch: now - minutesAgo * 60, start_percentage: 0, duration_minutes: 1440 };
          const before = fleetOf(2, { 0: complete, 1: { rollout } });
          const { state } = move(before, { end: now + left });
          const moved = rolloutOf(state, 1) ?? {};
          expect(rolloutProgress(moved, now)).toBeGreaterThanOrEqual(rolloutProgress(rollout, now));
          expect(rolloutProgress(moved, now) - rolloutProgress(rollout, now)).toBeLessThan(1e-5);
          expect(rolloutProgress(moved, now + later)).toBeGreaterThanOrEqual(rolloutProgress(moved, now));
          expect(Math.abs((rolloutEnd(moved) ?? 0) - (now + left))).toBeLessThanOrEqual(30);
        },
      ),
    );
  });

  it.each([
    ['a start after it has begun', half, { start: now + hour, end: now + 2 * hour }, 'has begun'],
    ['a start in the past', scheduled, { start: now - hour, end: now + hour }, 'this start is 1 h ago'],
    ['an end before the start', scheduled, { end: now + hour }, 'the end must come after the start'],
    ['an end in the past', half, { end: now - 1 }, 'the end must come after'],
    ['an end in a hundred years', half, { end: now + 100 * 365 * 86_400 }, 'too far away'],
    [
      'a complete rollout',
      fleetOf(3, { 2: complete }),
      { version: versionOf(2), end: now + hour },
      'is complete',
    ],
    ['a release without a rollout', half, { version: versionOf(0), end: now + hour }, 'has no rollout'],
    ['no rollout at all', fleetOf(1, {}), { end: now + hour }, 'no rollout that is scheduled'],
  ] as const)('refuses %s', (_, given, change, says) => {
    const state = 'rollout' in given ? fleetOf(3, { 1: complete, 2: given }) : given;
    expect(() => move(state, change)).toThrow(says);
  });

  it('accepts the old start again, as a form sends it, and refuses a paused rollout', () => {
    const running = fleetOf(3, { 1: complete, 2: half });
    const { state } = move(running, { start: now - 12 * hour, end: now + 4 * hour });
    expect(rolloutOf(state, 2)).toMatchObject({ start_epoch: now, duration_minutes: 240 });
    const paused = editState(running, order, { kind: 'pause', reason: 'boot loop' }).state;
    expect(() => move(paused, { version: versionOf(2), end: now + hour })).toThrow('Resume it first');
  });

  it('asks which one, if several rollouts are not complete', () => {
    const two = fleetOf(3, { 1: half, 2: half });
    expect(() => move(two, { end: now + hour })).toThrow('several rollouts');
    expect(move(two, { version: versionOf(1), end: now + hour }).summary).toContain(versionOf(1));
  });
});
