import { describe, expect, it } from 'vitest';
import { chooseUpdate, considerUpdate, offers } from '../../src/guidance/choose.ts';
import { buildGraph, type Graph } from '../../src/guidance/graph.ts';
import { digestOf, makeRelease, versionOf } from './histories.ts';

const graph = buildGraph(
  { releases: [0, 1, 2, 3, 4].map((index) => makeRelease(index)) },
  {
    releases: [
      { version: versionOf(1), metadata: { deadend: { reason: 'install again' } } },
      { version: versionOf(2), metadata: { barrier: { reason: 'x' }, rollout: { start_percentage: 1 } } },
      { version: versionOf(3), metadata: { rollout: { start_percentage: 1 } } },
      { version: versionOf(4), metadata: { rollout: { start_percentage: 1 } } },
    ],
  },
  { basearch: 'x86_64', scheme: 'oci' },
);

describe('considerUpdate', () => {
  it('takes the newest target', () => {
    expect(offers(graph, versionOf(2))?.version).toBe(versionOf(4));
    expect(chooseUpdate(graph, digestOf(2))?.version).toBe(versionOf(4));
  });

  it('stops at a barrier first', () => {
    expect(offers(graph, versionOf(0))?.version).toBe(versionOf(2));
  });

  it('distinguishes a dead-end, an up-to-date node and an unknown node', () => {
    expect(considerUpdate(graph, { version: versionOf(1) })).toEqual({
      kind: 'dead-end',
      reason: 'install again',
    });
    expect(considerUpdate(graph, { version: versionOf(4) })).toEqual({ kind: 'none' });
    expect(considerUpdate(graph, { payload: digestOf(0).replace('quay.io', 'ghcr.io') })).toEqual({
      kind: 'unknown',
    });
    expect(chooseUpdate(graph, 'nowhere')).toBeUndefined();
  });

  it('goes by age, not by position, and refuses to go back', () => {
    const reversed: Graph = {
      nodes: graph.nodes.toReversed(),
      edges: [
        [2, 0],
        [2, 1],
        [0, 4],
      ],
    };
    expect(offers(reversed, versionOf(2))?.version).toBe(versionOf(4));
    expect(offers(reversed, versionOf(4))).toBeUndefined();
  });
});
