import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { considerUpdate } from '../../../src/guidance/choose.ts';
import { buildGraph } from '../../../src/guidance/graph.ts';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { nodeKeys } from '../../../src/guidance/node-keys.ts';
import { rolloutProgress } from '../../../src/guidance/progress.ts';
import { defaultFleetModel, type FleetModel } from '../../../src/guidance/simulation/fleet-model.ts';
import { simulateRollout } from '../../../src/guidance/simulation/simulate.ts';
import type { NodeMove, SimulationInput } from '../../../src/guidance/simulation/simulation-input.ts';
import { parseWindow } from '../../../src/guidance/simulation/windows.ts';
import { throttleGraph } from '../../../src/guidance/throttle.ts';
import { InputError } from '../../../src/host/errors.ts';
import { histories, makeRelease, moments, start, versionOf } from '../histories.ts';

type Given = Partial<Omit<SimulationInput, 'fleet'>> & {
  readonly count?: number;
  readonly entries?: readonly UpdateEntry[];
  readonly fleet?: Partial<FleetModel>;
};

function run({ count = 4, entries = [], fleet, ...more }: Given = {}) {
  return simulateRollout({
    releases: { releases: Array.from({ length: count }, (_, index) => makeRelease(index)) },
    updates: { releases: entries },
    basearch: 'x86_64',
    now: start,
    seed: 1,
    ...more,
    fleet: { ...defaultFleetModel, nodes: 2000, ...fleet },
  });
}

const rolling = (index: number, minutes: number, more = {}): UpdateEntry => ({
  version: versionOf(index),
  metadata: { rollout: { start_epoch: start, start_percentage: 0, duration_minutes: minutes }, ...more },
});
const complete = (index: number): UpdateEntry => ({
  version: versionOf(index),
  metadata: { rollout: { start_percentage: 1 } },
});
const barrier = (index: number): UpdateEntry => ({
  version: versionOf(index),
  metadata: { barrier: { reason: 'keys' } },
});
const deadend = (index: number): UpdateEntry => ({
  version: versionOf(index),
  metadata: { deadend: { reason: 'broken' } },
});

/** Polls all the time, and reboots at once. */
const instant: Partial<FleetModel> = { poll: 1, staging: 0, reboot: 0 };

const anyFleet: fc.Arbitrary<Partial<FleetModel>> = fc.record({
  nodes: fc.integer({ min: 1, max: 60 }),
  start: fc.constant([{ version: 'spread', share: 1 }]),
  poll: fc.constantFrom(1, 60, 300, 3600),
  staging: fc.constantFrom(0, 300),
  reboot: fc.constantFrom(0, 120),
  gone: fc.constantFrom(0, 0.1),
  off: fc.constantFrom({ share: 0, mean: 0 }, { share: 0.3, mean: 3600 }),
  wariness: fc.constantFrom<FleetModel['wariness']>(
    [],
    [{ wariness: 0.1, share: 1 }],
    [
      { wariness: 0, share: 0.3 },
      { wariness: 1, share: 0.3 },
    ],
  ),
  windows: fc.constantFrom([], [parseWindow('daily 02:00-03:00 UTC')]),
  publishEvery: fc.constantFrom(0, 3600),
});

describe('a simulated rollout, whatever the history and the fleet', () => {
  it('keeps every node, and accounts for all that do not arrive', () => {
    fc.assert(
      fc.property(histories, moments, anyFleet, fc.nat(), ({ releases, updates }, now, fleet, seed) => {
        fc.pre(
          releases.some((release) => release['oci-images']?.some((image) => image.architecture === 'x86_64')),
        );
        const result = run({ releases: { releases }, updates: { releases: updates }, now, fleet, seed });
        const { counts, times, adopted } = result.curve;
        const sums = times.map((_, index) => counts.reduce((sum, each) => sum + (each[index] as number), 0));
        expect(new Set(sums)).toEqual(new Set([fleet.nodes]));
        expect(counts.flat().every((count) => count >= 0)).toBe(true);
        expect(result.releases.reduce((sum, { atStart }) => sum + atStart, 0)).toBe(fleet.nodes);
        expect(result.releases.map(({ atEnd }) => atEnd)).toEqual(counts.map((each) => each.at(-1)));
        expect(adopted.at(-1)).toBe(result.arrived);
        expect(adopted).toEqual([...adopted].sort((one, other) => one - other));
        const missing = result.missing.reduce((sum, { nodes }) => sum + nodes, 0);
        expect(missing + result.arrived).toBe(fleet.nodes);
      }),
      { numRuns: 200 },
    );
  });

  it('moves a node only to what Zincati would have taken when it was told, and so never around a barrier', () => {
    let moves = 0;
    fc.assert(
      fc.property(histories, moments, anyFleet, fc.nat(), ({ releases, updates }, now, fleet, seed) => {
        fc.pre(
          releases.some((release) => release['oci-images']?.some((image) => image.architecture === 'x86_64')),
        );
        const graph = buildGraph({ releases }, { releases: updates }, { basearch: 'x86_64', scheme: 'oci' });
        const barriers = graph.nodes.flatMap((node, position) =>
          node.metadata[nodeKeys.barrier] === 'true' ? [position] : [],
        );
        const positionOf = (version: string) => graph.nodes.findIndex((node) => node.version === version);
        const onMove = (move: NodeMove) => {
          moves += 1;
          const { publishEvery = 0 } = fleet;
          const seen =
            publishEvery === 0 ? move.offered : Math.floor(move.offered / publishEvery) * publishEvery;
          const served = throttleGraph(graph, { now: seen, wariness: move.wariness });
          expect(considerUpdate(served, { version: move.from })).toMatchObject({
            kind: 'update',
            target: { version: move.to },
          });
          const [from, to] = [positionOf(move.from), positionOf(move.to)];
          expect(barriers.filter((position) => position > from && position < to)).toEqual([]);
          expect(move.booted).toBeGreaterThanOrEqual(
            move.offered + (fleet.staging as number) + (fleet.reboot as number),
          );
        };
        run({ releases: { releases }, updates: { releases: updates }, now, fleet, seed, onMove });
      }),
      { numRuns: 200 },
    );
    expect(moves).toBeGreaterThan(1000);
  });

  it('gives the same answer for the same seed, and another for another', () => {
    const fleet = { gone: 0.05, off: { share: 0.1, mean: 7200 } };
    const one = run({ entries: [rolling(3, 600)], fleet, seed: 7 });
    expect(run({ entries: [rolling(3, 600)], fleet, seed: 7 })).toEqual(one);
    expect(run({ entries: [rolling(3, 600)], fleet, seed: 8 }).curve).not.toEqual(one.curve);
  });
});

describe('adoption', () => {
  it.each([
    { start_epoch: start, start_percentage: 0, duration_minutes: 600 },
    { start_epoch: start - 9000, start_percentage: 0.2, duration_minutes: 600 },
    { start_epoch: start + 4000, start_percentage: 0.1, duration_minutes: 90 },
    { start_epoch: start, start_percentage: 0.4 },
  ])('follows the throttle where wariness is uniform and polls are frequent: %o', (rollout) => {
    const nodes = 40_000;
    const entries = [{ version: versionOf(3), metadata: { rollout } }];
    const { curve } = run({ entries, fleet: { ...instant, nodes } });
    expect(curve.times.length).toBeGreaterThan(rollout.duration_minutes === undefined ? 0 : 50);
    // Dvoretzky, Kiefer, Wolfowitz: a distance above this has a probability below one in ten million.
    const bound = Math.sqrt(Math.log(2e7) / (2 * nodes));
    for (const [index, seconds] of curve.times.entries()) {
      // Polls come every second, with up to ten seconds of jitter.
      if (seconds < 11) continue;
      const before = rolloutProgress(rollout, start + seconds - 11);
      const now = rolloutProgress(rollout, start + seconds);
      const share = (curve.adopted[index] as number) / nodes;
      expect(share).toBeGreaterThan(before - bound);
      expect(share).toBeLessThan(now + bound);
    }
  });

  it('says when half, most and all nodes have arrived', () => {
    const { timeTo, lastArrival } = run({ entries: [rolling(3, 600)], fleet: { ...instant, nodes: 20_000 } });
    expect((timeTo.half as number) / 36_000).toBeCloseTo(0.5, 1);
    expect((timeTo.most as number) / 36_000).toBeCloseTo(0.95, 1);
    expect(timeTo.all).toBe(lastArrival);
    expect(timeTo.all as number).toBeGreaterThan(35_900);
  });

  it('counts nodes that run the target already as arrived from the start', () => {
    const { arrived, timeTo } = run({
      entries: [complete(3)],
      fleet: { start: [{ version: versionOf(3), share: 1 }] },
    });
    expect({ arrived, timeTo }).toEqual({ arrived: 2000, timeTo: { half: 0, most: 0, all: 0 } });
  });

  it('takes a poll, the staging and a reboot for each step, barriers first', () => {
    const paths = new Map<number, NodeMove[]>();
    run({
      entries: [barrier(1), barrier(2), complete(3)],
      fleet: { nodes: 50, start: [{ version: versionOf(0), share: 1 }] },
      onMove: (move) => paths.set(move.node, [...(paths.get(move.node) ?? []), move]),
    });
    expect(paths.size).toBe(50);
    for (const path of paths.values()) {
      expect(path.map(({ to }) => to)).toEqual([versionOf(1), versionOf(2), versionOf(3)]);
      expect((path[0] as NodeMove).offered).toBeLessThan(start + 330);
      // Zincati asks at once after a boot.
      expect((path[1] as NodeMove).offered).toBe((path[0] as NodeMove).booted);
      expect((path[0] as NodeMove).booted - (path[0] as NodeMove).offered).toBe(300 + 120);
    }
  });

  it('waits for a reboot window, and misses none that is long enough', () => {
    const booted: number[] = [];
    run({
      // The first day is a Wednesday, 14:00.
      entries: [rolling(3, 60)],
      fleet: { windows: [parseWindow('sat 02:00-03:00 UTC')], nodes: 300 },
      onMove: (move) => booted.push(move.booted),
    });
    expect(booted).toHaveLength(300);
    const opens = Date.UTC(2026, 6, 25, 2) / 1000;
    expect(Math.min(...booted)).toBeGreaterThanOrEqual(opens + 120);
    expect(Math.max(...booted)).toBeLessThanOrEqual(opens + 330 + 120);
  });

  it('lets a node that is off when its window opens wait for the next', () => {
    const booted: number[] = [];
    run({
      entries: [complete(3)],
      // Nodes are off for a day on average: one that is off on Saturday at two stays off until the window has closed.
      fleet: { windows: [parseWindow('sat 02:00-02:30 UTC')], off: { share: 0.4, mean: 86_400 } },
      onMove: (move) => booted.push(move.booted),
    });
    const closes = Date.UTC(2026, 6, 25, 2, 30) / 1000;
    expect(booted.filter((moment) => moment < closes + 420).length / 2000).toBeCloseTo(0.6, 1);
  });

  it('moves rings at once when their static graph is rendered', () => {
    const offered: number[] = [];
    run({
      entries: [rolling(3, 600)],
      fleet: { ...instant, wariness: [{ wariness: 0.1, share: 1 }], publishEvery: 3600, nodes: 100 },
      onMove: (move) => offered.push(move.offered),
    });
    // The release is offered after one of ten hours, at 15:00, when the graph is rendered too.
    expect(Math.min(...offered)).toBe(start + 3600);
    expect(Math.max(...offered)).toBeLessThan(start + 3600 + 12);
  });
});

describe('nodes that do not arrive', () => {
  const only = (version: string) => [{ version, share: 1 }];

  it.each([
    ['dead-end', 'a dead-end', [deadend(0), complete(3)], { start: only(versionOf(0)) }],
    [
      'never opened to it',
      'a rollout that is held',
      [{ version: versionOf(3), metadata: { rollout: {} } }],
      {},
    ],
    ['gone', 'being off for ever', [complete(3)], { gone: 1 }],
  ])('%s: %s', (reason, _why, entries, fleet) => {
    const { arrived, missing } = run({ entries, fleet });
    expect(arrived).toBe(0);
    expect(missing).toEqual([{ reason, version: expect.any(String), nodes: 2000 }]);
  });

  it('no path: a release that nothing leads to', () => {
    const { missing, timeTo } = run({ entries: [complete(2)], target: versionOf(3) });
    expect(missing).toEqual([{ reason: 'no path', version: versionOf(2), nodes: 2000 }]);
    expect(timeTo.half).toBeNull();
  });

  it('not its turn yet: the simulation is shorter than the rollout', () => {
    const { arrived, missing } = run({ entries: [rolling(3, 600)], duration: 18_000, fleet: instant });
    expect(arrived / 2000).toBeCloseTo(0.5, 1);
    expect(missing).toEqual([{ reason: 'not its turn yet', version: versionOf(2), nodes: 2000 - arrived }]);
  });

  it('no reboot window yet: it comes after the end', () => {
    const windows = [parseWindow('sat 02:00-03:00 UTC')];
    const { missing } = run({ entries: [complete(3)], duration: 7200, fleet: { windows } });
    expect(missing).toEqual([{ reason: 'no reboot window yet', version: versionOf(2), nodes: 2000 }]);
  });

  it('not in the graph: no image for their architecture', () => {
    const releases = { releases: [makeRelease(0, ['aarch64']), makeRelease(1), makeRelease(2)] };
    const fleet = { start: [{ version: versionOf(0), share: 0.25 }] };
    const { arrived, missing } = run({ releases, entries: [complete(2)], fleet });
    expect(arrived).toBe(1500);
    expect(missing).toEqual([{ reason: 'not in the graph', version: versionOf(0), nodes: 500 }]);
  });

  it('off for now: about the share that is off, when the time is short', () => {
    const fleet = { off: { share: 0.3, mean: 1_000_000 }, nodes: 20_000 };
    const { missing } = run({ entries: [complete(3)], duration: 3600, fleet });
    expect(missing[0]?.reason).toBe('off for now');
    expect((missing[0]?.nodes as number) / 20_000).toBeCloseTo(0.3, 1);
  });

  it('counts who is behind a barrier, and until when', () => {
    const share = { start: [{ version: versionOf(0), share: 0.4 }] };
    const passed = run({ entries: [barrier(1), complete(3)], fleet: share });
    expect(passed.barriers).toEqual([
      { version: versionOf(1), behindAtStart: 800, behindAtEnd: 0, clearedAfter: expect.any(Number) },
    ]);
    const stuck = run({ entries: [deadend(0), barrier(1), complete(3)], fleet: share });
    expect(stuck.barriers[0]).toMatchObject({ behindAtStart: 800, behindAtEnd: 800, clearedAfter: null });
  });
});

describe('what is asked for', () => {
  it.each([
    [
      'a start that is no release',
      { fleet: { start: [{ version: '44.1', share: 1 }] } },
      /not in the release index/,
    ],
    ['a target without an image', { target: '44.1' }, /not in the release index/],
    [
      'shares above 100 %',
      {
        fleet: {
          start: [
            { version: versionOf(0), share: 0.7 },
            { version: 'spread', share: 0.4 },
          ],
        },
      },
      /--start: the shares add up to more than all nodes, found "110%"/,
    ],
    ['an architecture without releases', { basearch: 's390x' }, /no release of this fleet has an image/],
  ])('refuses %s', (_what, given, message) => {
    expect(() => run({ entries: [complete(3)], ...given })).toThrow(InputError);
    expect(() => run({ entries: [complete(3)], ...given })).toThrow(message);
  });

  it('gives exactly the requested shares to the requested releases', () => {
    const { releases } = run({
      entries: [complete(3)],
      fleet: {
        nodes: 1001,
        start: [
          { version: versionOf(0), share: 0.25 },
          { version: 'spread', share: 0.3 },
        ],
      },
    });
    expect(releases.map(({ atStart }) => atStart)).toEqual([350, 100, 551, 0]);
  });
});
