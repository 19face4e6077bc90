import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAliases, aliasesOf } from '../../src/guidance/alias.ts';
import { offers } from '../../src/guidance/choose.ts';
import { buildGraph, type Graph } from '../../src/guidance/graph.ts';
import type { UpdateEntry } from '../../src/guidance/metadata.ts';
import type { Release } from '../../src/guidance/releases.ts';
import { throttleGraph } from '../../src/guidance/throttle.ts';
import { digestOf, type History, histories, moments, warinesses } from '../guidance/histories.ts';

/** The input from which a node computes its graph. */
interface Case {
  readonly releases: readonly Release[];
  readonly updates: readonly UpdateEntry[];
  readonly basearch: string;
  readonly wariness: number | null;
  readonly now: number;
}

const vectors = new URL('../../../shared/vectors/cincinnati.json', import.meta.url);

/** One run of jq for all inputs, with the functions that nodes have. */
async function jq(inputs: readonly string[], program: string): Promise<unknown[]> {
  const child = spawn('jq', ['-c', '-L', 'node/kit', `include "graph"; ${program}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // jq that stops at a mistake closes the pipe; its exit code says so below.
  child.stdin.on('error', () => undefined);
  const output = text(child.stdout);
  child.stdin.end(inputs.join('\n'));
  const [code] = await once(child, 'close');
  expect(code, 'exit code of jq').toBe(0);
  const lines = (await output).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

const onTheNode = (cases: readonly object[], then = '.') =>
  jq(
    cases.map((each) => JSON.stringify(each)),
    `graph(.releases; .updates; .basearch; .wariness; .now) | ${then}`,
  );

function rendered({ releases, updates, basearch, wariness, now }: Case): Graph {
  const complete = buildGraph({ releases }, { releases: updates }, { basearch, scheme: 'oci' });
  return wariness === null ? complete : throttleGraph(complete, { now, wariness });
}

/** The number of cases in which the two differ; the first one is shown. */
function differences(found: readonly unknown[], expected: readonly unknown[]): number {
  expect(found).toHaveLength(expected.length);
  const different = found.filter((each, index) => !isDeepStrictEqual(each, expected[index]));
  const at = found.indexOf(different[0]);
  if (different.length > 0) expect(found[at]).toEqual(expected[at]);
  return different.length;
}

const drawn = (count: number, seed: number): Case[] =>
  fc
    .sample(fc.tuple(histories, moments, warinesses, fc.constantFrom('x86_64', 'aarch64')), {
      numRuns: count,
      seed,
    })
    .map(([history, now, wariness, basearch]: [History, number, number, string]) => ({
      ...history,
      now,
      wariness,
      basearch,
    }));

describe('the graph that a node computes', () => {
  it.runIf(existsSync(vectors))('is what upstream answers, on all vectors', async () => {
    const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as {
      cases: (Case & { scope: { basearch: string; oci: boolean }; expected: Graph })[];
    };
    const oci = cases.filter(({ scope }) => scope.oci);
    expect(oci.length).toBeGreaterThan(20);
    const found = (await onTheNode(
      oci.map((each) => ({ ...each, basearch: each.scope.basearch })),
    )) as Graph[];
    const inOrder = ({ nodes, edges }: Graph) => ({ nodes, edges: edges.map(String).sort() });
    expect(
      differences(
        found.map(inOrder),
        oci.map(({ expected }) => inOrder(expected)),
      ),
    ).toBe(0);
    console.log(`local-graph: ${oci.length} vectors of upstream, 0 differences`);
  });

  it('is what render-graph prints, in 10,000 random histories', async () => {
    const cases = drawn(10_000, 14);
    const found = await onTheNode(cases);
    expect(differences(found, cases.map(rendered))).toBe(0);
    console.log(`local-graph: ${cases.length} random histories, 0 differences from render-graph`);
  }, 60_000);

  it('has an entry for each index digest, as the published graphs have', async () => {
    const cases = drawn(500, 15).map((each) => ({
      ...each,
      releases: each.releases.map((release, index) =>
        index % 3 === 0 ? release : { ...release, 'oci-index': digestOf(index + 5_000) },
      ),
    }));
    const program = '. as $graph | input as $indexes | $graph | with_aliases($indexes)';
    const stream = cases.flatMap((each) => [each, aliasesOf({ releases: each.releases })]);
    const found = await onTheNode(stream, program);
    expect(
      differences(
        found,
        cases.map((each) => addAliases(rendered(each), aliasesOf({ releases: each.releases }))),
      ),
    ).toBe(0);
  });

  it('offers what Zincati would take', async () => {
    const cases = drawn(1_000, 16);
    const found = await onTheNode(
      cases,
      '. as $graph | [.nodes[] | .payload as $own | $graph | offered($own) | .version?]',
    );
    const expected = cases.map((each) => {
      const graph = rendered(each);
      return graph.nodes.map(({ version }) => offers(graph, version)?.version ?? null);
    });
    expect(differences(found, expected)).toBe(0);
  });

  it('writes numbers as upstream does', async () => {
    const written = ['0', '-0', '1.0', '0.05', '1e-7', '1.25e-7', '1e21', '0.30000000000000004', '0.1230'];
    const expected = ['0', '-0', '1', '0.05', '0.0000001', '0.000000125', `1${'0'.repeat(21)}`];
    expect(await jq(written, 'plain_number')).toEqual([...expected, '0.30000000000000004', '0.123']);
  });
});
