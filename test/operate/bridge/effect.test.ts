import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offers } from '../../../src/guidance/choose.ts';
import { buildGraph } from '../../../src/guidance/graph.ts';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { rolloutProgress } from '../../../src/guidance/progress.ts';
import { throttleGraph } from '../../../src/guidance/throttle.ts';
import { movedOpenings, offerChanges, strandedAfter } from '../../../src/operate/bridge/effect.ts';
import { adoptionCurve } from '../../../src/operate/bridge/simulated-adoption.ts';
import { readRings } from '../../../src/project/configuration/rings.ts';
import { editState } from '../../../src/release/operations/edit-fleet.ts';
import { withdrawnOrPaused } from '../../../src/release/operations/update-entries.ts';
import { versionOf } from '../../guidance/histories.ts';
import { complete, fleetOf, half, now, order } from '../../release/operations/fleet.ts';

const rings = readRings({ canary: 0.01, early: 0.3, late: 0.9 });
const options = { rings, now };
const nothing: UpdateEntry['metadata'] = {};
const running = fleetOf(4, { 1: complete, 2: nothing, 3: half });

/** Any guidance for four releases. */
const anyFleet = fc
  .array(
    fc.oneof(
      fc.constant(undefined),
      fc.constant(complete),
      fc.constant({ barrier: { reason: 'keys' } }),
      fc.constant({ deadend: { reason: 'lost' } }),
      fc.record({
        rollout: fc.record({
          start_epoch: fc.integer({ min: now - 90_000, max: now + 90_000 }),
          start_percentage: fc.constantFrom(0, 0.25),
          duration_minutes: fc.integer({ min: 1, max: 2880 }),
        }),
      }),
    ),
    { minLength: 4, maxLength: 4 },
  )
  .map((said) =>
    fleetOf(
      4,
      Object.fromEntries(
        said.flatMap((metadata, index) => (metadata === undefined ? [] : [[index, metadata]])),
      ),
    ),
  );

describe('offerChanges', () => {
  it('names every ring and release that a pause takes an offer from', () => {
    const { state } = editState(running, order, { kind: 'pause', reason: 'boot loop' });
    expect(offerChanges(running, state, options)).toEqual([
      {
        architectures: ['x86_64'],
        rings: ['canary', 'early'],
        changes: [
          {
            newest: versionOf(2),
            oldest: versionOf(1),
            count: 2,
            now: { before: versionOf(3), after: 'nothing' },
            end: { before: versionOf(3), after: 'nothing' },
          },
          {
            newest: versionOf(0),
            oldest: versionOf(0),
            count: 1,
            now: { before: versionOf(3), after: versionOf(1) },
            end: { before: versionOf(3), after: versionOf(1) },
          },
        ],
      },
      {
        architectures: ['x86_64'],
        rings: ['late', 'no ring'],
        changes: [
          expect.objectContaining({
            newest: versionOf(2),
            oldest: versionOf(1),
            now: { before: 'nothing', after: 'nothing' },
            end: { before: versionOf(3), after: 'nothing' },
          }),
          expect.objectContaining({
            newest: versionOf(0),
            end: { before: versionOf(3), after: versionOf(1) },
          }),
        ],
      },
    ]);
  });

  it('lists exactly the nodes that are offered something else, for any two states', () => {
    fc.assert(
      fc.property(anyFleet, anyFleet, (before, after) => {
        const listed = offerChanges(before, after, options);
        for (const { name, wariness } of rings) {
          const graph = ({ releases, updates }: typeof before, at: number) =>
            throttleGraph(buildGraph(releases, updates, { basearch: 'x86_64', scheme: 'oci' }), {
              now: at,
              wariness,
            });
          const changes = listed.filter((each) => each.rings.includes(name)).flatMap((each) => each.changes);
          for (let index = 0; index < 4; index += 1) {
            const version = versionOf(index);
            const row = changes.find(({ newest, count }) => {
              const top = Number(Array.from({ length: 4 }, (_, age) => versionOf(age)).indexOf(newest));
              return index <= top && index > top - count;
            });
            for (const [when, at] of [
              ['now', now],
              ['end', Number.MAX_SAFE_INTEGER],
            ] as const) {
              const was = offers(graph(before, at), version)?.version;
              const is = offers(graph(after, at), version)?.version;
              if (row === undefined) expect(is).toBe(was);
              else {
                if (was !== undefined) expect(row[when].before).toBe(was);
                if (is !== undefined) expect(row[when].after).toBe(is);
              }
            }
          }
        }
      }),
    );
  });

  it('is empty, as are moved openings, if nothing changes', () => {
    fc.assert(
      fc.property(anyFleet, (state) => {
        expect(offerChanges(state, state, options)).toEqual([]);
        expect(movedOpenings(state, state, options)).toEqual([]);
        expect(strandedAfter(state, state, new Set()).some(({ isNew }) => isNew)).toBe(false);
      }),
    );
  });
});

describe('movedOpenings', () => {
  it('says when each ring that still waits is offered the release after a move of its end', () => {
    const { state } = editState(running, order, { kind: 'reschedule', end: now + 86_400 });
    expect(movedOpenings(running, state, options)).toEqual([
      { version: versionOf(3), rings: ['late'], before: now + 34_560, after: now + 69_120 },
      { version: versionOf(3), rings: ['no ring'], before: now + 43_200, after: now + 86_400 },
    ]);
  });

  it('gives a moment at which the rollout has reached the ring, and not a minute earlier', () => {
    fc.assert(
      fc.property(anyFleet, (state) => {
        for (const {
          version,
          rings: [name],
          after,
        } of movedOpenings(fleetOf(4, {}), state, options)) {
          const entry = state.updates.releases.find((each) => each.version === version);
          const rollout = entry?.metadata.rollout;
          const wariness = rings.find((ring) => ring.name === name)?.wariness ?? 0;
          if (typeof after !== 'number' || rollout === undefined) continue;
          expect(rolloutProgress(rollout, after + 1)).toBeGreaterThanOrEqual(wariness);
          expect(rolloutProgress(rollout, after - 60)).toBeLessThan(wariness);
        }
      }),
    );
  });
});

describe('strandedAfter', () => {
  it('marks those that a change strands', () => {
    const { state } = editState(running, order, { kind: 'deadend', version: versionOf(0), reason: 'lost' });
    const { state: withdrawn } = editState(fleetOf(3, { 2: complete }), order, {
      kind: 'withdraw',
      version: versionOf(2),
      reason: 'bad',
      force: true,
    });
    expect(strandedAfter(running, state, new Set())).toEqual([]);
    const found = strandedAfter(fleetOf(3, { 2: complete }), withdrawn, withdrawnOrPaused(withdrawn));
    expect(found).toMatchObject([{ isNew: true, release: { version: versionOf(0), why: 'no path' } }]);
  });
});

describe('adoptionCurve', () => {
  it('rises to all nodes by a rollout, and stays at none without one', () => {
    const target = { basearch: 'x86_64', target: versionOf(3), now };
    const rising = adoptionCurve(running, target).shares;
    expect(rising.at(-1)).toBe(1);
    expect(rising.every((share, index) => index === 0 || share >= (rising[index - 1] as number))).toBe(true);
    expect(adoptionCurve(fleetOf(4, { 1: complete }), target).shares.at(-1)).toBe(0);
    expect(adoptionCurve(fleetOf(0, {}), target)).toEqual({ times: [0], shares: [0] });
  });
});
