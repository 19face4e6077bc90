import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, type Graph } from '../../src/guidance/graph.ts';
import { nodeKeys } from '../../src/guidance/node-keys.ts';
import { rolloutEnd, rolloutPhase, rolloutProgress } from '../../src/guidance/progress.ts';
import { rolloutOf, throttleGraph } from '../../src/guidance/throttle.ts';
import { type History, histories, makeRelease, moments, start, versionOf, warinesses } from './histories.ts';

describe('throttleGraph', () => {
  it('offers more as time goes on, and never takes an offer back', () => {
    fc.assert(
      fc.property(histories, moments, fc.nat(500_000), warinesses, (history, now, later, wariness) => {
        const graph = graphOf(history);
        const then = edges(throttleGraph(graph, { now: now + later, wariness }));
        for (const edge of edges(throttleGraph(graph, { now, wariness }))) expect(then).toContain(edge);
      }),
    );
  });

  it('offers less to a node that is more wary', () => {
    fc.assert(
      fc.property(histories, moments, warinesses, warinesses, (history, now, one, other) => {
        const graph = graphOf(history);
        const bold = edges(throttleGraph(graph, { now, wariness: Math.min(one, other) }));
        for (const edge of edges(throttleGraph(graph, { now, wariness: Math.max(one, other) }))) {
          expect(bold).toContain(edge);
        }
      }),
    );
  });

  it('offers everything to wariness 0, also before the start', () => {
    fc.assert(
      fc.property(histories, moments, (history, now) => {
        const graph = graphOf(history);
        expect(throttleGraph(graph, { now, wariness: 0 })).toEqual(graph);
      }),
    );
  });

  it('lets dead-ends out of a graph that was not filtered before', () => {
    const graph = graphOf({
      releases: [makeRelease(0), makeRelease(1)],
      updates: [{ version: versionOf(0), metadata: { deadend: { reason: 'x' } } }],
    });
    const tampered: Graph = { ...graph, edges: [[0, 1]] };
    expect(throttleGraph(tampered, { now: start, wariness: 0 }).edges).toEqual([]);
  });

  it('keeps a node throttled that is a barrier and rolls out', () => {
    const graph = graphOf({
      releases: [makeRelease(0), makeRelease(1)],
      updates: [
        {
          version: versionOf(1),
          metadata: { barrier: { reason: 'x' }, rollout: { start_epoch: start, duration_minutes: 10 } },
        },
      ],
    });
    expect(throttleGraph(graph, { now: start + 60, wariness: 0.1 }).edges).toEqual([[0, 1]]);
    expect(throttleGraph(graph, { now: start + 59, wariness: 0.1 }).edges).toEqual([]);
  });
});

describe('rolloutOf', () => {
  const node = (metadata: Record<string, string>) => ({ version: 'a', payload: 'b', metadata });

  it('reads texts as upstream does: a text that is not a number counts as absent', () => {
    expect(rolloutOf(node({}))).toBeUndefined();
    const odd = {
      [nodeKeys.rollout]: 'true',
      [nodeKeys.startEpoch]: 'soon',
      [nodeKeys.startValue]: 'some',
      [nodeKeys.durationMinutes]: '-5',
    };
    expect(rolloutOf(node(odd))).toEqual({});
  });
});

describe('rolloutProgress', () => {
  const plan = { start_epoch: start, start_percentage: 0.2, duration_minutes: 100 };

  it.each([
    ['before the start', start - 1, 0],
    ['at the start', start, 0.2],
    ['half-way', start + 3000, 0.6],
    ['at the end', start + 6000, 1],
    ['after the end', start + 6001, 1],
  ])('%s', (_, now, expected) => expect(rolloutProgress(plan, now)).toBeCloseTo(expected, 12));

  it('does not progress without a duration, and begins long ago without a start', () => {
    expect(rolloutProgress({ start_percentage: 0.3 }, start)).toBe(0.3);
    expect(rolloutProgress({}, start)).toBe(0);
    expect(rolloutProgress({ duration_minutes: 1 }, start)).toBe(1);
  });

  it('treats an explicit duration of 0 as one minute', () => {
    expect(rolloutEnd({ start_epoch: start, duration_minutes: 0 })).toBe(start + 60);
    expect(rolloutProgress({ start_epoch: start, duration_minutes: 0 }, start + 30)).toBe(0.5);
  });

  it('names its phases', () => {
    expect(rolloutPhase(plan, start - 1)).toBe('scheduled');
    expect(rolloutPhase(plan, start)).toBe('in progress');
    expect(rolloutPhase(plan, start + 6001)).toBe('complete');
    expect(rolloutPhase({ start_percentage: 1 }, start)).toBe('complete');
    expect(rolloutPhase({ start_percentage: 0.3 }, start)).toBe('held');
  });
});

function graphOf(history: History): Graph {
  return buildGraph(history, { releases: history.updates }, { basearch: 'x86_64', scheme: 'oci' });
}

function edges(graph: Graph): string[] {
  return graph.edges.map(([from, to]) => `${from} → ${to}`);
}
