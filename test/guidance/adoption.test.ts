import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Adoption,
  formatAdoption,
  mostDays,
  parseAdoption,
  type RingAdoption,
} from '../../src/guidance/adoption.ts';
import { adoptionCurve, adoptionShare, plannedShare, ringShare } from '../../src/guidance/adoption-share.ts';
import { rolloutProgress } from '../../src/guidance/progress.ts';
import { moments, start } from './histories.ts';

const day = 86_400;
const now = 1_800_000_000;
const versions = ['1', '2', '3'];

/** Ten nodes on 1, twenty on 2, sixty on 3 and ten on other images; half of each was last seen yesterday. */
const observed: Adoption = {
  fleet: 'testing',
  observedAt: now,
  window: { from: now - 3 * day, until: now },
  lastRequest: now - 60,
  method: 'exact',
  standardError: 0,
  nodes: 100,
  requests: { counted: 28_800, perNodeAndDay: 288, withoutNode: 0 },
  releases: [
    { version: '1', nodes: 10, lastSeen: [5, 5, 0] },
    { version: '2', nodes: 20, lastSeen: [10, 10, 0] },
    { version: '3', nodes: 60, lastSeen: [50, 10, 0] },
    { version: 'other', nodes: 10, lastSeen: [10, 0, 0] },
  ],
  rings: [
    { ring: 'canary', wariness: [0, 0], nodes: 20, releases: { '3': 20 }, cameBack: 0 },
    {
      ring: 'no ring',
      wariness: [1, 1],
      nodes: 80,
      releases: { '1': 10, '2': 20, '3': 40, other: 10 },
      cameBack: 0,
    },
  ],
  days: [{ day: '2027-01-15', nodes: 100, releases: { '3': 60, '2': 20, '1': 10, other: 10 } }],
  curves: { start: now - 2 * day, step: day, releases: { '3': [0, 20, 60], '2': [40, 60, 80] } },
  stuck: [{ kind: 'dead-end', version: '1', nodes: 10, reason: 'too old' }],
  cameBack: [],
  missing: [],
};

describe('adoptionShare', () => {
  const share = (version: string, days: number, at = now, of: Adoption | undefined = observed) =>
    adoptionShare(of, version, { versions, days, now: at });

  it('counts nodes on the release and on newer ones, and nodes on other images as not there', () => {
    expect(share('3', 3)).toMatchObject({ state: 'known', nodes: 60, of: 100, share: 0.6 });
    expect(share('2', 3)).toMatchObject({ nodes: 80, of: 100 });
    expect(share('1', 3)).toMatchObject({ nodes: 90, of: 100 });
  });

  it('leaves out nodes that were not seen in these days', () => {
    expect(share('3', 1)).toMatchObject({ nodes: 50, of: 75 });
  });

  it('gives a release that the fleet does not know no nodes', () => {
    expect(share('4', 3)).toMatchObject({ state: 'known', nodes: 0 });
  });

  it('does not know the share if nothing was counted, or only old requests, or too few days, or no node', () => {
    expect(adoptionShare(undefined, '3', { versions, days: 1, now })).toEqual({
      state: 'unknown',
      why: 'none',
    });
    expect(share('3', 2, now + 3 * day)).toMatchObject({ state: 'unknown', why: 'old', observedAt: now });
    expect(share('3', 2, now, { ...observed, lastRequest: now - 3 * day })).toMatchObject({ why: 'old' });
    expect(share('3', 4)).toMatchObject({ state: 'unknown', why: 'short' });
    expect(share('3', 3, now, { ...observed, releases: [] })).toMatchObject({ why: 'no nodes' });
  });

  it('says when the number is an estimate', () => {
    expect(share('3', 3, now, { ...observed, method: 'sample' })).toMatchObject({ isEstimate: true });
    expect(share('3', 3)).toMatchObject({ isEstimate: false });
  });

  it('is known for each ring', () => {
    const [canary, none] = observed.rings as [RingAdoption, RingAdoption];
    expect(ringShare(canary, '3', versions)).toBe(1);
    expect(ringShare(none, '3', versions)).toBe(0.5);
    expect(ringShare({ nodes: 0, releases: {} }, '3', versions)).toBeUndefined();
  });
});

describe('plannedShare', () => {
  const rings = fc.array(
    fc.record({
      nodes: fc.nat(1000),
      wariness: fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([one, other]): [number, number] => [Math.min(one, other), Math.max(one, other)]),
    }),
  );
  const rollout = { start_epoch: start, start_percentage: 0.1, duration_minutes: 1440 };

  it('grows from 0 to 1, and never falls', () => {
    fc.assert(
      fc.property(rings, moments, fc.nat(200_000), (list, at, later) => {
        const one = plannedShare(list, rollout, at);
        const other = plannedShare(list, rollout, at + later);
        expect(one).toBeGreaterThanOrEqual(0);
        expect(other).toBeGreaterThanOrEqual(one);
        expect(plannedShare(list, rollout, start + 2 * day)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is the progress of the rollout if the nodes are evenly spread', () => {
    for (const at of [start - 1, start, start + 3600, start + 2 * day]) {
      expect(plannedShare([{ nodes: 7 }], rollout, at)).toBeCloseTo(rolloutProgress(rollout, at), 12);
    }
  });

  it('jumps when a ring opens, and has the ring of wariness 0 before the start', () => {
    const later = { start_epoch: now, duration_minutes: 100 };
    expect(plannedShare(observed.rings, later, now - 1)).toBe(0.2);
    expect(plannedShare(observed.rings, later, now + 5999)).toBe(0.2);
    expect(plannedShare(observed.rings, later, now + 6001)).toBe(1);
  });
});

describe('adoptionCurve', () => {
  it('puts the observed share beside the planned one', () => {
    const rollout = { start_epoch: now - day, duration_minutes: 60 };
    expect(adoptionCurve(observed, '3', rollout)).toEqual([
      { at: now - 2 * day, planned: 0.2, observed: 0 },
      { at: now - day, planned: 0.2, observed: 0.2 },
      { at: now, planned: 1, observed: 0.6 },
    ]);
    expect(adoptionCurve(observed, '3', undefined)[0]).toEqual({
      at: now - 2 * day,
      planned: undefined,
      observed: 0,
    });
    expect(adoptionCurve(observed, '1', rollout)).toEqual([]);
  });
});

describe('parseAdoption', () => {
  it('reads what formatAdoption writes, and keeps lists of numbers on one line', () => {
    const stuck = [{ kind: 'paused', version: '1', nodes: 1, reason: 'see [1,  2]' }] as const;
    const text = formatAdoption({ ...observed, stuck });
    expect(parseAdoption(text, 'adoption.json')).toEqual({ ...observed, stuck });
    expect(text).toContain('"lastSeen": [50, 10, 0]');
  });

  it('names the field that is wrong', () => {
    const broken = JSON.stringify({ ...observed, releases: [{ version: '1', nodes: -1, lastSeen: [] }] });
    expect(() => parseAdoption(broken, 'adoption.json')).toThrow(/adoption.json:1:\d+: releases\[0\].nodes/);
    const days = Array.from({ length: mostDays + 2 }, () => observed.days[0]);
    expect(() => parseAdoption(JSON.stringify({ ...observed, days }), 'a')).toThrow(/at most 32 days/);
  });
});
