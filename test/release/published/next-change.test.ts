import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOpening, rolloutProgress } from '../../../src/guidance/progress.ts';
import { readRings } from '../../../src/project/configuration/rings.ts';
import { nextChangeDue } from '../../../src/release/published/next-change.ts';
import { renderSite } from '../../../src/release/published/site.ts';
import { histories, moments, start, versionOf, warinesses } from '../../guidance/histories.ts';
import { fleetOf, siteInput } from './fleets.ts';

describe('nextChangeDue', () => {
  it('is the second at which a graph differs, and not one before', () => {
    let changes = 0;
    fc.assert(
      fc.property(histories, moments, warinesses, (history, now, wariness) => {
        const head = { stream: 'stable', metadata: { 'last-modified': '' } };
        const fleet = {
          name: 'stable',
          state: {
            releases: { ...head, releases: history.releases },
            updates: { ...head, releases: history.updates },
          },
        };
        const rings = readRings({ ring: wariness });
        const graphsAt = (moment: number) =>
          [...renderSite(siteInput({ fleets: [fleet], rings, now: moment }))].filter(([path]) =>
            path.endsWith('graph'),
          );
        const due = nextChangeDue([fleet], rings, now);
        if (due === undefined) {
          expect(graphsAt(now + 100_000_000)).toEqual(graphsAt(now));
        } else {
          changes += 1;
          expect(due).toBeGreaterThan(now);
          expect(graphsAt(due - 1)).toEqual(graphsAt(now));
          expect(graphsAt(due)).not.toEqual(graphsAt(now));
        }
      }),
      { numRuns: 300 },
    );
    expect(changes).toBeGreaterThan(30);
  });

  it('goes from ring to ring', () => {
    const { fleets, rings } = siteInput();
    const first = nextChangeDue(fleets, rings, start - 1);
    expect(first).toBe(start + 6000);
    expect(nextChangeDue(fleets, rings, start + 6000)).toBe(start + 30_000);
    expect(nextChangeDue(fleets, rings, start + 30_000)).toBe(start + 60_000);
    expect(nextChangeDue(fleets, rings, start + 60_000)).toBeUndefined();
  });

  it('has nothing due if no node can reach the release', () => {
    const alone = fleetOf('stable', 1, [
      { version: versionOf(0), metadata: { rollout: { start_epoch: start, duration_minutes: 10 } } },
    ]);
    expect(nextChangeDue([alone], readRings({}), start)).toBeUndefined();
  });
});

describe('nextOpening', () => {
  it('is the first second that is open', () => {
    const rollouts = fc.record(
      {
        start_epoch: fc.integer({ min: start - 5000, max: start + 5000 }),
        start_percentage: fc.double({ min: 0, max: 1, noNaN: true }),
        duration_minutes: fc.nat(200),
      },
      { requiredKeys: ['start_epoch'] },
    );
    fc.assert(
      fc.property(rollouts, warinesses, (rollout, wariness) => {
        const opening = nextOpening(rollout, wariness, start);
        if (opening === undefined) {
          const now = wariness <= rolloutProgress(rollout, start);
          expect(now || wariness > rolloutProgress(rollout, start + 1_000_000)).toBe(true);
        } else {
          expect(wariness <= rolloutProgress(rollout, opening)).toBe(true);
          expect(wariness > rolloutProgress(rollout, opening - 1)).toBe(true);
        }
      }),
    );
  });
});
