import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Aliases, addAliases } from '../../src/guidance/alias.ts';
import { chooseUpdate } from '../../src/guidance/choose.ts';
import { buildGraph } from '../../src/guidance/graph.ts';
import { throttleGraph } from '../../src/guidance/throttle.ts';
import { type History, histories, makeRelease, moments, versionOf, warinesses } from './histories.ts';

const indexOf = (version: string) =>
  `quay.io/example/os@sha256:${Buffer.from(version).toString('hex').padEnd(64, 'f')}`;
const scope = { basearch: 'x86_64', scheme: 'oci' } as const;

describe('addAliases', () => {
  it('gives a node that reports the index the same updates, and sends no node there', () => {
    const releases = [0, 1, 2].map((each) => makeRelease(each));
    const updates = [{ version: versionOf(2), metadata: { rollout: { start_percentage: 1 } } }];
    const graph = addAliases(buildGraph({ releases }, { releases: updates }, scope), {
      [versionOf(1)]: indexOf(versionOf(1)),
    });
    expect(graph.nodes.map((node) => node.version)).toEqual([0, 1, 1, 2].map(versionOf));
    expect(graph.edges).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(chooseUpdate(graph, indexOf(versionOf(1)))?.version).toBe(versionOf(2));
  });

  it('changes nothing if the index is the image itself, or the version is unknown', () => {
    const releases = [makeRelease(0)];
    const graph = buildGraph({ releases }, { releases: [] }, scope);
    const own = graph.nodes[0]?.payload ?? '';
    expect(addAliases(graph, { [versionOf(0)]: own, 'no-such': indexOf('x') })).toBe(graph);
    expect(addAliases(graph, { constructor: 'x' })).toBe(graph);
  });

  it('keeps every offer of every history, and offers an alias just what its release is offered', () => {
    const someAliased = fc.tuple(histories, fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }));
    fc.assert(
      fc.property(someAliased, moments, warinesses, ([history, chosen], now, wariness) => {
        const aliases: Aliases = Object.fromEntries(
          chosen.flatMap((yes, each) => (yes ? [[versionOf(each), indexOf(versionOf(each))]] : [])),
        );
        const plain = throttleGraph(graphOf(history), { now, wariness });
        const graph = addAliases(plain, aliases);
        const payloads = new Set(plain.nodes.map((node) => node.payload));
        for (const [, to] of graph.edges) expect(payloads).toContain(graph.nodes[to]?.payload);
        for (const node of plain.nodes) {
          const offered = chooseUpdate(plain, node.payload)?.payload;
          expect(chooseUpdate(graph, node.payload)?.payload).toBe(offered);
          const alias = aliases[node.version];
          if (alias !== undefined) expect(chooseUpdate(graph, alias)?.payload).toBe(offered);
        }
      }),
    );
  });

  it('never moves a node when a release is added', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const aliases = Object.fromEntries(
          history.releases.map(({ version }) => [version, indexOf(version)]),
        );
        const before = addAliases(graphOf(history), aliases).nodes.map((node) => node.payload);
        const longer = { ...history, releases: [...history.releases, makeRelease(history.releases.length)] };
        const after = addAliases(graphOf(longer), aliases).nodes.map((node) => node.payload);
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });

  function graphOf({ releases, updates }: History) {
    return buildGraph({ releases }, { releases: updates }, scope);
  }
});
