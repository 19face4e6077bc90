import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../../src/guidance/metadata.ts';
import { formatOperations, parseOperations } from '../../../src/guidance/operations.ts';
import { rolloutProgress } from '../../../src/guidance/progress.ts';
import type { RingGates } from '../../../src/project/configuration/ring-gates.ts';
import { type Action, editState } from '../../../src/release/operations/edit-fleet.ts';
import { type JudgeRing, stepRings, waitingRings } from '../../../src/release/operations/ring-steps.ts';
import { metadataOf } from '../../../src/release/operations/update-entries.ts';
import type { FleetState } from '../../../src/release/state/state.ts';
import { versionOf } from '../../guidance/histories.ts';
import { complete, fleetOf, now, order } from './fleet.ts';

const hour = 3600;
const newest = versionOf(1);
const gatesOf = (gates: Readonly<Record<string, number>>, steps: readonly number[]): RingGates => ({
  threshold: { share: 0.9, nodes: 1, after: 0 },
  gates: Object.entries(gates).map(([ring, wariness]) => ({ ring, wariness })),
  steps,
});
/** canary 0.001 and broad 0.5 have to do well; early 0.1 and the rest do not. */
const rings = gatesOf({ canary: 0.001, broad: 0.5 }, [0.001, 0.1, 0.5, 1]);
/** A hundred hours from now. */
const plan: Rollout = { start_epoch: now + hour, start_percentage: 0, duration_minutes: 6000 };
const fleet = (rollout: Rollout) => fleetOf(2, { 0: complete, 1: { rollout } });
const well: JudgeRing = (waiting) => ({ reason: `${waiting.ring} is fine`, by: 'test', at: waiting.since });
const rolloutOf = (state: FleetState) => metadataOf(state.updates, newest).rollout as Rollout;
const shareAt = (state: FleetState, at: number) => rolloutProgress(rolloutOf(state), at);
const step = (state: FleetState, at: number, judge?: JudgeRing, of: RingGates | undefined = rings) =>
  stepRings(state, of, { now: at, ...(judge === undefined ? {} : { judge }) }).state;
const edit = (state: FleetState, action: Action, at = now) =>
  editState(state, { ...order, now: at }, action, rings);
const begun = step(fleet(plan), now);
const canaryWell: JudgeRing = (waiting, state) =>
  waiting.ring === 'canary' ? well(waiting, state) : undefined;
/** canary did well, early is open, and broad has opened a few hours ago. */
const atBroad = [...Array(60).keys()].reduce(
  (state, each) => step(state, now + each * hour, canaryWell),
  begun,
);

describe('a rollout of a fleet with a success-threshold', () => {
  it('is the first ring only, without a duration, until that ring did well', () => {
    expect(rolloutOf(begun)).toEqual({ start_epoch: now + hour + 360, start_percentage: 0.001 });
    expect(shareAt(begun, now + hour)).toBe(0);
    expect(shareAt(begun, now + 10_000 * hour)).toBe(0.001);
    expect(step(begun, now + 500 * hour)).toBe(begun);
    expect(parseOperations(formatOperations(begun.operations) ?? '', 'x')).toEqual(begun.operations);
  });

  it('opens the rings in between by time, and waits again at the next threshold', () => {
    expect(shareAt(atBroad, now + 10_000 * hour)).toBe(0.5);
    expect(waitingRings(atBroad, rings, now + 60 * hour)).toMatchObject([{ ring: 'broad', version: newest }]);
    const { passed } = atBroad.operations.staged?.[0] ?? {};
    expect(passed).toMatchObject([{ ring: 'canary', reason: 'canary is fine', by: 'test' }]);
  });

  it('goes by time once all rings did well, from the share that it had', () => {
    const late = now + 500 * hour;
    const state = step(atBroad, late, well);
    expect(waitingRings(state, rings, late)).toEqual([]);
    expect(rolloutOf(state).duration_minutes).toBe(6000);
    expect(shareAt(state, late)).toBeCloseTo(0.5, 6);
    expect(shareAt(state, late)).toBeGreaterThanOrEqual(0.5);
    expect(shareAt(state, late + 50 * hour + 60)).toBe(1);
    expect(step(state, late + hour)).toBe(state);
    expect(step(state, late + 60 * hour).operations.staged).toBeUndefined();
  });

  it('passes one ring for one order of a person, whatever is known of it', () => {
    const at = now + 70 * hour;
    expect(edit(begun, { kind: 'resume' }).state).toBe(begun);
    const { state, summary } = edit(begun, { kind: 'resume', reason: 'seen it run' }, at);
    expect(summary).toContain(`pass canary with ${newest}`);
    expect(shareAt(state, at)).toBe(0.001);
    expect(state.operations.staged?.[0]?.passed).toMatchObject([{ reason: 'seen it run', by: order.by }]);
    // The plan waited too: the next ring is not open at once.
    expect(shareAt(step(state, at + 9 * hour), at + 9 * hour)).toBe(0.001);
    expect(shareAt(step(state, at + 11 * hour), at + 11 * hour)).toBe(0.1);
  });

  it('is paused, halted and resumed like any other, and its plan moves by the pause', () => {
    const at = now + 12 * hour;
    const paused = edit(step(begun, at, well), { kind: 'pause', reason: 'lunch' }, at).state;
    expect(metadataOf(paused.updates, newest).rollout).toBeUndefined();
    expect(step(paused, at + 100 * hour, well)).toBe(paused);
    const { state } = edit(paused, { kind: 'resume' }, at + 100 * hour);
    expect(shareAt(state, at + 100 * hour)).toBe(0.001);
    expect(shareAt(step(state, at + 109 * hour, well), at + 109 * hour)).toBe(0.001);
    expect(shareAt(step(state, at + 111 * hour, well), at + 111 * hour)).toBe(0.1);
  });

  it('stays closed when its end is moved, and the plan ends then', () => {
    const at = now + 60 * hour;
    const { state } = edit(atBroad, { kind: 'reschedule', end: at + 2 * hour }, at);
    expect(shareAt(state, at + 10_000 * hour)).toBe(0.5);
    const passed = step(state, at + hour, well);
    expect(shareAt(passed, at + 4 * hour)).toBe(1);
    const earlier = edit(begun, { kind: 'reschedule', start: now + 60, end: now + 2 * hour }).state;
    expect(shareAt(earlier, now + 100 * hour)).toBe(0.001);
    expect(rolloutOf(earlier).start_epoch).toBeLessThan(now + 2 * hour);
  });

  it('begins again at the first ring if it is rolled out again, and is forgotten if it is withdrawn', () => {
    const at = now + 60 * hour;
    const again = edit(atBroad, { kind: 'rollout', start: at, duration: 86_400, force: true }, at).state;
    expect(shareAt(again, at + 1000 * hour)).toBe(0.001);
    expect(again.operations.staged?.[0]?.passed).toEqual([]);
    const gone = edit(atBroad, { kind: 'withdraw', version: newest, reason: 'bad', force: true }, at).state;
    expect(gone.operations.staged).toBeUndefined();
  });

  it('is held back likewise if it is complete at once, or somebody wrote it into the update metadata', () => {
    const { state } = stepRings(fleet({ start_percentage: 1 }), rings, { now, fresh: newest });
    expect(shareAt(state, now + 1000 * hour)).toBe(0.001);
    const next = step(state, now, well);
    expect(shareAt(next, now + 1000 * hour)).toBe(0.5);
    const half: Rollout = { start_epoch: now - 20 * hour, start_percentage: 0, duration_minutes: 6000 };
    const written = step(fleet(half), now);
    expect(shareAt(written, now + 1000 * hour)).toBeCloseTo(0.2, 6);
    expect(written.operations.staged?.[0]?.passed).toMatchObject([{ ring: 'canary' }]);
  });

  it('goes by time if the threshold is taken out of coxswain.yaml', () => {
    const at = now + 500 * hour;
    const { state } = stepRings(atBroad, undefined, { now: at });
    expect(shareAt(state, at)).toBeCloseTo(0.5, 6);
    expect(shareAt(state, at + 51 * hour)).toBe(1);
  });
});

describe('at any moment, with any rings, any plan and any runs of watch-fleet', () => {
  const wariness = fc.integer({ min: 0, max: 999 }).map((each) => each / 1000);
  const world = fc.record({
    gates: fc.array(wariness, { minLength: 1, maxLength: 4 }),
    others: fc.array(wariness, { maxLength: 4 }),
    plan: fc.record({
      start_epoch: fc.integer({ min: now, max: now + 50 * hour }),
      start_percentage: fc.oneof(fc.constant(0), wariness),
      duration_minutes: fc.integer({ min: 0, max: 5000 }),
    }),
    ticks: fc.array(fc.record({ after: fc.integer({ min: 0, max: 40 * hour }), isWell: fc.boolean() }), {
      maxLength: 12,
    }),
    later: fc.integer({ min: 0, max: 1000 * hour }),
  });

  it('no ring is open before those with a threshold did well, nor before the plan, and none closes again', () => {
    fc.assert(
      fc.property(world, ({ gates, others, plan: asked, ticks, later }) => {
        const named = Object.fromEntries(gates.map((each, index) => [`gate-${index}`, each]));
        const of = gatesOf(named, [...new Set([...gates, ...others, 1])]);
        let state = step(fleet(asked), now, undefined, of);
        let at = now;
        let reached = 0;
        for (const { after, isWell } of ticks) {
          at += after;
          state = step(state, at, isWell ? well : undefined, of);
          const passed = state.operations.staged?.[0]?.passed.map(({ ring }) => ring) ?? Object.keys(named);
          const closed = of.gates.filter(({ ring }) => !passed.includes(ring));
          const limit = Math.min(1, ...closed.map((gate) => gate.wariness));
          const share = shareAt(state, at);
          expect(share).toBeGreaterThanOrEqual(reached);
          expect(share).toBeLessThanOrEqual(rolloutProgress(asked, at));
          // Nobody comes back for a long time: what is published opens nothing more.
          if (closed.length > 0) expect(shareAt(state, at + later)).toBeLessThanOrEqual(limit);
          reached = share;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a rollout whose rings all do well is complete in the end', () => {
    fc.assert(
      fc.property(world, ({ gates, others, plan: asked }) => {
        const named = Object.fromEntries(gates.map((each, index) => [`gate-${index}`, each]));
        const of = gatesOf(named, [...new Set([...gates, ...others, 1])]);
        let state = step(fleet(asked), now, undefined, of);
        for (let tick = 0; tick < 40; tick += 1) state = step(state, now + tick * 5 * hour, well, of);
        expect(shareAt(state, now + 200 * hour)).toBe(1);
        expect(state.operations.staged).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});
