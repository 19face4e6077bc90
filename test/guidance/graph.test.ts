import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, displayFloat, formatGraph, type Graph, parseGraph } from '../../src/guidance/graph.ts';
import type { UpdateEntry } from '../../src/guidance/metadata.ts';
import { nodeKeys } from '../../src/guidance/node-keys.ts';
import type { Release } from '../../src/guidance/releases.ts';
import { throttleGraph } from '../../src/guidance/throttle.ts';
import {
  digestOf,
  type History,
  histories,
  makeRelease,
  moments,
  versionOf,
  warinesses,
} from './histories.ts';
import { oracle } from './oracle.ts';

interface Case {
  readonly name: string;
  readonly now: number;
  readonly scope: { readonly basearch: string; readonly oci: boolean };
  /** null: the graph builder's answer; a number: the policy engine's, for a client of that wariness. */
  readonly wariness: number | null;
  readonly releases: readonly Release[];
  readonly updates: readonly UpdateEntry[];
  readonly expected: Graph;
}

const vectorsFile = new URL('../../../shared/vectors/cincinnati.json', import.meta.url);
const haveVectors = existsSync(vectorsFile);

describe.skipIf(!haveVectors)(
  `answers of fcos-cincinnati itself${haveVectors ? '' : ' (skipped: ../shared/vectors/cincinnati.json is not here)'}`,
  () => {
    const { cases } = (haveVectors ? JSON.parse(readFileSync(vectorsFile, 'utf8')) : { cases: [] }) as {
      cases: Case[];
    };

    it.skipIf(!haveVectors)('has cases', () => expect(cases.length).toBeGreaterThan(30));

    it.each(cases)('$name', ({ releases, updates, scope, wariness, now, expected }) => {
      const scheme = scope.oci ? 'oci' : 'checksum';
      const built = buildGraph({ releases }, { releases: updates }, { basearch: scope.basearch, scheme });
      const graph = wariness === null ? built : throttleGraph(built, { now, wariness });
      expect(graph.nodes).toEqual(expected.nodes);
      expect(edgesOf(graph)).toEqual(edgesOf(expected));
      expect(graph.edges).toHaveLength(expected.edges.length);
    });
  },
);

describe('buildGraph', () => {
  it('agrees with a naive second implementation on random histories', () => {
    const runs = 12_000;
    let edges = 0;
    let close = 0;
    fc.assert(
      fc.property(
        histories,
        moments,
        warinesses,
        fc.constantFrom('x86_64', 'aarch64'),
        (history, now, wariness, basearch) => {
          const complete = graphOf(history, basearch);
          const plain = oracle(history, basearch);
          expect(complete.nodes.map((node) => node.version)).toEqual(plain.versions);
          expect(namedEdges(complete)).toEqual(plain.edges);
          const served = throttleGraph(complete, { now, wariness });
          const throttled = oracle(history, basearch, { now, wariness });
          const apart = (edge: string) => !throttled.close.has(edge.split(' → ')[1] ?? '');
          expect([...namedEdges(served)].filter(apart)).toEqual([...throttled.edges].filter(apart).sort());
          edges += complete.edges.length;
          close += throttled.close.size;
        },
      ),
      { numRuns: runs },
    );
    console.log(
      `${runs} random histories, ${edges} edges compared, ${close} rollouts too close to call left out`,
    );
    expect(edges).toBeGreaterThan(runs);
    expect(close).toBeLessThan(runs / 10);
  });

  it('never lets an edge jump a barrier, run backwards, or leave a dead-end', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const graph = graphOf(history);
        const barriers = [...graph.nodes.keys()].filter((at) => graph.nodes[at]?.metadata[nodeKeys.barrier]);
        for (const [from, to] of graph.edges) {
          expect(from).toBeLessThan(to);
          expect(barriers.filter((barrier) => from < barrier && barrier < to)).toEqual([]);
          expect(graph.nodes[from]?.metadata[nodeKeys.deadend]).toBeUndefined();
        }
      }),
    );
  });

  it('makes a node of every release that has an image for the architecture, with its place in the full list', () => {
    fc.assert(
      fc.property(histories, moments, warinesses, (history, now, wariness) => {
        const expected = [...history.releases.entries()]
          .filter(([, release]) => release['oci-images']?.some((image) => image.architecture === 'x86_64'))
          .map(([age, release]) => [release.version, String(age)]);
        const graph = throttleGraph(graphOf(history), { now, wariness });
        expect(graph.nodes.map((node) => [node.version, node.metadata[nodeKeys.ageIndex]])).toEqual(expected);
      }),
    );
  });

  it('keeps all edges among older releases when a release is added', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const before = { ...history, releases: history.releases.slice(0, -1) };
        const older = new Set(before.releases.map(({ version }) => version));
        const among = [...namedEdges(graphOf(history))].filter((edge) =>
          older.has(edge.split(' → ')[1] ?? ''),
        );
        expect(among).toEqual([...namedEdges(graphOf(before))]);
      }),
    );
  });

  it('takes the last image if an architecture occurs twice, and an empty digest-ref for none', () => {
    const image = (digest: string) => ({
      architecture: 'x86_64',
      image: 'quay.io/a/b:c',
      'digest-ref': digest,
    });
    const releases = [
      { ...makeRelease(0), 'oci-images': [image(digestOf(7)), image(digestOf(8)), image('')] },
      { ...makeRelease(1), 'oci-images': [image('')] },
    ];
    expect(graphOf({ releases, updates: [] }).nodes.map((node) => node.payload)).toEqual([digestOf(8)]);
  });

  it('makes the checksum graph of commits', () => {
    const releases = [
      makeRelease(0),
      { ...makeRelease(1), commits: [] },
      { ...makeRelease(2), commits: [{ architecture: 'x86_64', checksum: 'abc' }] },
    ];
    const graph = buildGraph({ releases }, { releases: [] }, { basearch: 'x86_64', scheme: 'checksum' });
    expect(graph.nodes).toEqual([
      {
        version: versionOf(2),
        metadata: { [nodeKeys.ageIndex]: '2', [nodeKeys.scheme]: 'checksum' },
        payload: 'abc',
      },
    ]);
  });

  it('applies all entries of a version, in order', () => {
    const version = versionOf(0);
    const updates = [
      { version, metadata: { rollout: { start_percentage: 0.5, duration_minutes: 60 } } },
      { version, metadata: { rollout: { start_percentage: 0.25 }, barrier: { reason: 'later' } } },
    ];
    expect(graphOf({ releases: [makeRelease(0)], updates }).nodes[0]?.metadata).toMatchObject({
      [nodeKeys.startValue]: '0.25',
      [nodeKeys.durationMinutes]: '60',
      [nodeKeys.barrierReason]: 'later',
    });
  });
});

describe('displayFloat', () => {
  it.each([
    [1, '1'],
    [0, '0'],
    [-0, '-0'],
    [0.3, '0.3'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.000001, '0.000001'],
    [1e-7, '0.0000001'],
    [1.25e-9, '0.00000000125'],
    [5e-324, `0.${'0'.repeat(323)}5`],
    [1e21, '1000000000000000000000'],
    [1.2345e21, '1234500000000000000000'],
    [-2.5e-8, '-0.000000025'],
  ])('writes %d as Rust does', (value, expected) => {
    expect(displayFloat(value)).toBe(expected);
  });

  it('loses nothing, and has no exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = displayFloat(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Object.is(Number(text), value)).toBe(true);
      }),
    );
  });
});

describe('parseGraph', () => {
  const graph = graphOf({ releases: [makeRelease(0), makeRelease(1)], updates: [] });

  it('reads what formatGraph writes', () => {
    expect(parseGraph(formatGraph(graph), 'graph')).toEqual(graph);
    expect(formatGraph(graph)).toMatch(/^\{\n {2}"nodes": \[\n[\s\S]*\]\n\}\n$/);
  });

  it.each([
    ['a node without payload', '"payload": "quay', '"other": "quay', 'nodes[0].payload'],
    ['a node without scheme', '"org.fedoraproject.coreos.scheme"', '"x"', 'nodes[0].metadata'],
    ['an age that is no number', '"0"', '"old"', 'nodes[0].metadata'],
    ['an edge to nowhere', '"edges": []', '"edges": [[0, 2]]', 'edges[0]'],
  ])('refuses %s', (_, from, to, field) => {
    expect(() => parseGraph(formatGraph(graph).replace(from, to), 'graph')).toThrow(field);
  });
});

function graphOf(history: History, basearch = 'x86_64'): Graph {
  return buildGraph(history, { releases: history.updates }, { basearch, scheme: 'oci' });
}

function edgesOf(graph: Graph): string[] {
  return graph.edges.map(([from, to]) => `${from} → ${to}`).sort();
}

function namedEdges(graph: Graph): Set<string> {
  const name = (at: number) => graph.nodes[at]?.version ?? 'nothing';
  return new Set(graph.edges.map(([from, to]) => `${name(from)} → ${name(to)}`).sort());
}
