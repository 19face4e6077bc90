import { describe, expect, it } from 'vitest';
import { formatOperations, parseOperations } from '../../../src/guidance/operations.ts';
import { editState } from '../../../src/release/operations/edit-fleet.ts';
import { applyFindings, type HaltFinding, haltedRollouts } from '../../../src/release/operations/halt.ts';
import type { FleetState } from '../../../src/release/state/state.ts';
import { versionOf } from '../../guidance/histories.ts';
import { complete, fleetOf, half, now, order } from './fleet.ts';

const finding = (
  is: HaltFinding['is'],
  condition = 'errors',
  more: Partial<HaltFinding> = {},
): HaltFinding => ({
  condition,
  is,
  evidence: `${condition}: up is 7, above 5`,
  ...more,
});
const trouble = finding('trouble');
const calm = finding('calm');
const rolling = () => fleetOf(2, { 0: complete, 1: half });
const newest = versionOf(1);

/** One tick, an hour after the one before. */
function tick(
  state: FleetState,
  findings: readonly HaltFinding[],
  options: { readonly at?: number; readonly resumeAfter?: number } = {},
) {
  const { at = now, resumeAfter } = options;
  const rules = new Map(resumeAfter === undefined ? [] : [['errors', resumeAfter]]);
  return applyFindings(state, { ...order, now: at }, findings, rules);
}

const resume = (state: FleetState) => editState(state, order, { kind: 'resume' }).state;

describe('a condition that is trouble', () => {
  it('pauses the rollout in progress, with the evidence as its reason', () => {
    const { state, steps, summary } = tick(rolling(), [trouble]);
    expect(steps).toEqual([{ version: newest, condition: 'errors', what: 'halted' }]);
    expect(summary).toBe(`halt ${newest} at 50 % (errors)`);
    expect(state.operations.paused).toMatchObject([
      { version: newest, reason: 'halted: errors: up is 7, above 5', progress: 0.5, by: order.by },
    ]);
    expect(parseOperations(formatOperations(state.operations) ?? '', 'x')).toEqual(state.operations);
  });

  it.each(['calm', 'pending'] as const)('changes nothing if it is %s', (is) => {
    const before = rolling();
    expect(tick(before, [finding(is)]).state).toBe(before);
  });

  it('pauses neither a complete rollout nor a scheduled one', () => {
    const scheduled = { rollout: { ...half.rollout, start_epoch: now + 60 } };
    for (const said of [complete, scheduled]) {
      const before = fleetOf(2, { 0: complete, 1: said });
      expect(tick(before, [trouble]).state).toBe(before);
    }
  });

  it('pauses it once: the next tick changes nothing', () => {
    const { state } = tick(rolling(), [trouble]);
    expect(tick(state, [trouble]).state).toBe(state);
  });

  it('does not overrule a person who resumes, until it was clear', () => {
    const resumed = resume(tick(rolling(), [trouble]).state);
    const again = tick(resumed, [trouble]);
    expect(again.state).toBe(resumed);
    expect(tick(tick(resumed, [finding('pending')]).state, [trouble]).state).toBe(resumed);
    const { state: clear } = tick(resumed, [calm]);
    expect(clear.operations.paused).toBeUndefined();
    expect(tick(clear, [trouble]).steps).toMatchObject([{ what: 'halted' }]);
  });

  it('does not overrule a person who resumes when two were trouble, or the second came later', () => {
    const other = finding('trouble', 'latency');
    const both = resume(tick(rolling(), [trouble, other]).state);
    expect(tick(both, [trouble, other]).state).toBe(both);
    const later = resume(tick(tick(rolling(), [trouble]).state, [trouble, other]).state);
    expect(tick(later, [trouble, other]).state).toBe(later);
    expect(tick(later, [trouble, finding('trouble', 'third')]).steps).toMatchObject([{ condition: 'third' }]);
  });

  it('halts the rollout of the next release too', () => {
    const { state } = tick(rolling(), [trouble]);
    const next = fleetOf(3, { 0: complete, 2: half });
    const released = { ...next, operations: state.operations };
    const { steps } = tick(released, [trouble]);
    expect(steps).toMatchObject([{ version: versionOf(2), what: 'halted' }]);
  });

  it('pauses a barrier after what is newer, and says what it cannot pause', () => {
    const barrier = { ...half, barrier: { reason: 'why' } };
    const { steps } = tick(fleetOf(3, { 0: complete, 1: barrier, 2: half }), [trouble]);
    expect(steps.map(({ version }) => version)).toEqual([versionOf(2), versionOf(1)]);
    const stuck = tick(fleetOf(3, { 1: barrier, 2: complete }), [trouble]);
    expect(stuck.warnings).toEqual([expect.stringContaining('goes on')]);
    expect(stuck.steps).toEqual([]);
  });

  it('leaves what a person paused as it is', () => {
    const paused = editState(rolling(), order, { kind: 'pause', reason: 'lunch' }).state;
    expect(tick(paused, [trouble]).state).toBe(paused);
  });

  it('forgets old halts when their rollouts are over', () => {
    const { state } = tick(rolling(), [trouble]);
    const withdrawn = editState(state, order, {
      kind: 'withdraw',
      version: newest,
      reason: 'bad',
      force: true,
    }).state;
    const next = { ...fleetOf(3, { 0: complete, 2: half }), operations: withdrawn.operations };
    const halts = tick(next, [trouble]).state.operations.halts ?? [];
    expect(halts.map(({ version }) => version)).toEqual([versionOf(2)]);
  });
});

describe('a rollout that a condition has halted', () => {
  const halted = () => tick(rolling(), [trouble]).state;
  const hour = 3600;

  it('is resumed only by a person, if nothing else is configured', () => {
    const cleared = tick(halted(), [calm]).state;
    expect(tick(cleared, [calm], { at: now + 100 * hour }).state).toBe(cleared);
  });

  it('goes on after the configured calm, at the share that it had', () => {
    const cleared = tick(halted(), [calm], { at: now + hour, resumeAfter: 2 * hour }).state;
    const early = tick(cleared, [calm], { at: now + 3 * hour - 1, resumeAfter: 2 * hour });
    expect(early.state).toBe(cleared);
    const { state, steps, summary } = tick(cleared, [calm], { at: now + 3 * hour, resumeAfter: 2 * hour });
    expect(steps).toEqual([{ version: newest, condition: 'errors', what: 'resumed' }]);
    expect(summary).toBe(`resume ${newest} at 50 %: errors calm for 2 h`);
    expect(state.operations.paused).toBeUndefined();
    expect(tick(state, [trouble], { at: now + 4 * hour, resumeAfter: 2 * hour }).steps).toMatchObject([
      { what: 'halted' },
    ]);
  });

  it('does not go on while it cannot be asked, is pending, or was not calm all the time', () => {
    const cleared = tick(halted(), [calm], { at: now, resumeAfter: hour }).state;
    const at = now + 10 * hour;
    for (const findings of [[], [finding('pending')], [finding('calm', 'errors', { calmSince: at - 60 })]]) {
      expect(tick(cleared, findings, { at, resumeAfter: hour }).steps).toEqual([]);
    }
    const again = tick(cleared, [trouble], { at, resumeAfter: hour }).state;
    expect(haltedRollouts(again)).toHaveLength(1);
    expect(tick(again, [], { at: at + 10 * hour, resumeAfter: hour }).state).toBe(again);
  });

  it('does not go on if a person paused it again for another reason, or holds the fleet', () => {
    const at = now + 10 * hour;
    const cleared = tick(halted(), [calm], { resumeAfter: hour }).state;
    const kept = editState(cleared, order, { kind: 'pause', reason: 'looking into it' }).state;
    expect(tick(kept, [calm], { at, resumeAfter: hour }).steps).toEqual([]);
    const held = editState(cleared, order, { kind: 'hold', reason: 'wait' }).state;
    expect(tick(held, [calm], { at, resumeAfter: hour }).steps).toEqual([]);
  });
});
