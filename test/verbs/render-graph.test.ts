import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { verbHelp } from '../../src/cli/help.ts';
import { parseGraph } from '../../src/guidance/graph.ts';
import { InputError, UsageError } from '../../src/host/errors.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { silentLog } from '../../src/host/log.ts';
import renderGraph from '../../src/verbs/render-graph.ts';
import { makeRelease, start, versionOf } from '../guidance/histories.ts';
import { requireAnswer } from '../support/answers.ts';

const releases = [0, 1, 2].map((index) => makeRelease(index));
const updates = [
  {
    version: versionOf(2),
    metadata: { rollout: { start_epoch: start, start_percentage: 0, duration_minutes: 100 } },
  },
];

interface Run {
  readonly releases?: unknown;
  readonly updates?: unknown;
  readonly flags?: readonly string[];
  readonly now?: number;
}

async function run(options: Run = {}) {
  return withTemporaryFolder('render-graph', async (folder) => {
    const files = { releases: join(folder, 'releases.json'), updates: join(folder, 'updates.json') };
    const head = { stream: 'stable', metadata: {} };
    await writeFile(files.releases, textOf(options.releases ?? { ...head, releases }));
    await writeFile(files.updates, textOf(options.updates ?? { ...head, releases: updates }));
    const given = options.flags ?? [];
    const flags = Object.entries({ ...files, basearch: 'x86_64' }).flatMap(([name, value]) =>
      given.includes(`--${name}`) ? [] : [`--${name}`, value],
    );
    const warnings: string[] = [];
    const outcome = await renderGraph.run(readArguments(renderGraph.inputs, [...flags, ...given]), {
      log: { ...silentLog, warn: (message) => warnings.push(message) },
      env: {},
      now: () => options.now ?? start,
    });
    requireAnswer('render-graph', outcome.data);
    return { ...outcome, graph: parseGraph(outcome.text, 'stdout'), warnings };
  });
}

describe('render-graph', () => {
  it('prints the whole graph without a wariness, as text and as data', async () => {
    const { graph, text, data } = await run();
    expect(graph.edges).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(text).toBe(`${JSON.stringify(data, null, 2)}\n`);
  });

  it.each([
    ['0', start - 1, 2],
    ['1e-06', start, 0],
    ['0.5', start + 2999, 0],
    ['0.5', start + 3000, 2],
    ['1.0', start + 6001, 2],
  ])('with --wariness %s at %d has %d edges', async (wariness, now, edges) => {
    expect((await run({ flags: ['--wariness', wariness], now })).graph.edges).toHaveLength(edges);
  });

  it('throttles for a node that sends no wariness, by its node_uuid', async () => {
    // This one has a wariness of 0.2009.
    const flags = ['--node-uuid', 'DE35106B-6EC2-4688-B63A-FDDAA156679B'];
    expect((await run({ flags, now: start + 1205 })).graph.edges).toHaveLength(0);
    expect((await run({ flags, now: start + 1206 })).graph.edges).toHaveLength(2);
    await expect(run({ flags: [...flags, '--wariness', '1'] })).rejects.toThrow(UsageError);
  });

  it('makes the graph of ostree commits, too', async () => {
    const commits = releases.map((release, index) => ({
      ...release,
      commits: [{ architecture: 'x86_64', checksum: `c${index}` }],
    }));
    const { graph } = await run({ releases: { releases: commits }, flags: ['--scheme', 'checksum'] });
    expect(graph.nodes.map((node) => node.payload)).toEqual(['c0', 'c1', 'c2']);
  });

  it('reads minimal documents: no head, no URL of a release, null for absent', async () => {
    const bare = releases.map(({ metadata: _, ...release }) => ({ ...release, commits: null, extra: 1 }));
    const { graph } = await run({ releases: { releases: bare }, updates: { releases: updates, extra: 1 } });
    expect(graph.edges).toHaveLength(2);
  });

  it('warns of what has no effect, and of files that do not belong together', async () => {
    const { warnings } = await run({
      releases: { stream: 'stable', releases: [makeRelease(0), makeRelease(1, ['aarch64'])] },
      updates: {
        stream: 'testing',
        releases: [
          { version: '1.2.3', metadata: { rollout: {} } },
          { version: versionOf(1), metadata: { barrier: { reason: 'x' } } },
        ],
      },
    });
    expect(warnings).toEqual([
      'the release index is of stream stable, the update metadata of testing',
      '1.2.3 has an update entry but is not in the release index: no effect',
      `the barrier ${versionOf(1)} has nothing for x86_64: it holds no x86_64 node back`,
    ]);
    expect((await run()).warnings).toEqual([]);
  });

  it.each([
    ['a wariness above 1', { flags: ['--wariness', '1.5'] }, '--wariness: not a wariness, found "1.5"'],
    ['a wariness that is no number', { flags: ['--wariness', 'much'] }, 'a number from 0 to 1'],
    ['another scheme', { flags: ['--scheme', 'docker'] }, /--scheme: no such choice, found "docker"/],
    ['a Go architecture', { flags: ['--basearch', 'amd64'] }, /--basearch: .*x86_64/],
    ['a short node_uuid', { flags: ['--node-uuid', 'abc'] }, '32 hex digits'],
    [
      'a file that is not there',
      { flags: ['--updates', '/nowhere/updates.json'] },
      '--updates: this file does not exist',
    ],
    ['broken JSON', { updates: '{"releases": [}' }, /updates\.json:1:15: not valid JSON/],
    ['swapped files', { releases: { releases: updates }, updates: { releases } }, 'releases[0].metadata'],
    ['a version twice', { releases: { releases: [makeRelease(0), makeRelease(0)] } }, 'releases[1].version'],
    [
      'a percentage of 50',
      { updates: { releases: [{ version: 'a', metadata: { rollout: { start_percentage: 50 } } }] } },
      'releases[0].metadata.rollout.start_percentage: out of range, found 50',
    ],
  ])('refuses %s', async (_, options, message) => {
    const running = run(options);
    await expect(running).rejects.toThrow(message);
    await expect(running).rejects.toThrow(InputError);
  });

  it('explains itself', () => {
    expect(verbHelp('render-graph', renderGraph)).toContain(
      'Usage: coxswain render-graph --releases FILE --updates FILE --basearch ARCH [options]',
    );
  });

  const vectors = new URL('../../../shared/vectors/cincinnati.json', import.meta.url);
  it.skipIf(!existsSync(vectors))(
    'answers as fcos-cincinnati (skipped where the vectors are not here)',
    async () => {
      const { cases } = JSON.parse(readFileSync(vectors, 'utf8'));
      for (const each of cases) {
        const flags = ['--basearch', each.scope.basearch, '--scheme', each.scope.oci ? 'oci' : 'checksum'];
        const { graph } = await run({
          releases: { stream: each.scope.stream, metadata: {}, releases: each.releases },
          updates: { stream: each.scope.stream, releases: each.updates },
          flags: each.wariness === null ? flags : [...flags, '--wariness', String(each.wariness)],
          now: each.now,
        });
        expect(graph.nodes).toEqual(each.expected.nodes);
        expect([...graph.edges].sort()).toEqual([...each.expected.edges].sort());
      }
    },
  );
});

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
