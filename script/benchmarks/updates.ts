import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { buildGraph, formatGraph } from '../../src/guidance/graph.ts';
import { formatReleaseIndex, parseReleaseIndex } from '../../src/guidance/releases.ts';
import { simulate } from '../../src/guidance/simulation/simulation.ts';
import { parseWindow } from '../../src/guidance/simulation/windows.ts';
import { throttleGraph } from '../../src/guidance/throttle.ts';
import { warinessOf } from '../../src/guidance/wariness.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { createGraphAnswers } from '../../src/operate/serve-graph/graph-answers.ts';
import { nextChangeDue } from '../../src/release/published/next-change.ts';
import { writeSite } from '../../src/release/published/publishers/folder.ts';
import { renderSite } from '../../src/release/published/site.ts';
import { load } from './load.ts';
import { best, type Figure, rate } from './measure.ts';
import { sampleSite, start, versionOf } from './sample-site.ts';

/** The guidance engine, the site, the simulation and the server. */
export async function benchUpdates(report: (figure: Figure) => void): Promise<void> {
  const site = sampleSite();
  const [fleet] = site.fleets;
  if (fleet === undefined) throw new Error('the sample has a fleet');
  const { releases, updates } = fleet.state;
  const scope = { basearch: 'x86_64', scheme: 'oci' } as const;
  const complete = buildGraph(releases, updates, scope);
  const asked = { now: start + 86_400, wariness: 0.3 };

  report({
    what: 'graph of 200 releases: build, throttle, write',
    value: rate(1, () => formatGraph(throttleGraph(buildGraph(releases, updates, scope), asked))),
    unit: '/s',
  });
  report({ what: 'graph: build', value: rate(1, () => buildGraph(releases, updates, scope)), unit: '/s' });
  report({
    what: 'graph: throttle for a node',
    value: rate(1, () => throttleGraph(complete, asked)),
    unit: '/s',
  });
  const answers = createGraphAnswers({ releases, updates });
  report({
    what: "graph: serve-graph's answer for a node",
    value: rate(1, () => answers.answer(scope, asked)),
    unit: '/s',
  });
  let node = 0;
  report({
    what: 'wariness of a node_uuid',
    value: rate(1, () => {
      node += 1;
      return warinessOf(uuidOf(node % 1000));
    }),
    unit: '/s',
  });
  const text = formatReleaseIndex(releases);
  report({
    what: `releases.json read and checked (${Math.round(text.length / 1024)} KiB)`,
    value: rate(1, () => parseReleaseIndex(text, 'releases.json')),
    unit: '/s',
  });

  const files = renderSite(site);
  const size = [...files.values()].reduce((sum, content) => sum + content.length, 0) / 2 ** 20;
  report({
    what: `site, 200 releases × 4 architectures × 100 rings: render (${files.size} files, ${Math.round(size)} MiB)`,
    value: await best(3, () => renderSite(site)),
    unit: 's',
  });
  await withTemporaryFolder('bench', async (folder) => {
    report({
      what: '… write to an empty folder',
      value: await best(1, () => writeSite(folder, files)),
      unit: 's',
    });
    report({
      what: '… write again, nothing changed',
      value: await best(2, () => writeSite(folder, files)),
      unit: 's',
    });
    report({
      what: '… find when the next change is due',
      value: await best(3, () => nextChangeDue(site.fleets, site.rings, site.now)),
      unit: 's',
    });
    await benchSimulation(report);
    await benchServer(folder, report);
  });

  async function benchSimulation(tell: typeof report): Promise<void> {
    const input = { releases, updates, basearch: 'x86_64', now: start };
    const nodes = 1_000_000;
    tell({
      what: 'simulation of a million nodes, one hop, always on',
      value: await best(3, () => simulate({ ...input, fleet: { nodes } })),
      unit: 's',
    });
    tell({
      what: '… all releases, 20 barriers, weekly window, 5 % off at a time',
      value: await best(3, () =>
        simulate({
          ...input,
          fleet: {
            nodes,
            start: [
              { version: 'spread', share: 0.5 },
              { version: versionOf(198), share: 0.5 },
            ],
            windows: [parseWindow('sat,sun 02:00-06:00 UTC')],
            gone: 0.02,
            off: { share: 0.05, mean: 43_200 },
          },
        }),
      ),
      unit: 's',
    });
  }
}

/** serve-graph as it is run, in a process of its own; each request comes from another node. */
async function benchServer(site: string, report: (figure: Figure) => void): Promise<void> {
  const program = fileURLToPath(new URL('bench-cli/main.mjs', import.meta.url));
  const args = [
    program,
    'serve-graph',
    '--site',
    site,
    '--listen',
    '127.0.0.1:0',
    '--quiet',
    '--now',
    String(start + 86_400),
  ];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  try {
    const url = await new Promise<URL>((resolve, reject) => {
      server.stdout.once('data', (chunk: Buffer) => resolve(new URL(chunk.toString().trim())));
      void ended.then(() => reject(new Error('serve-graph ended')));
    });
    const uuids = Array.from({ length: 1000 }, (_, index) => uuidOf(index));
    const path = (n: number) =>
      `/stable/v1/graph?basearch=x86_64&stream=stable&oci=true&group=default&platform=metal&node_uuid=${uuids[n % uuids.length]}`;
    const common = { connections: 16, path, status: 200 };
    await load(url, { ...common, requests: 3000 });
    // Half-way through the rollout there are two graphs, one for each half of the nodes.
    const etags = await Promise.all(
      [0, 1].map(async (wariness) => {
        const response = await fetch(new URL(`${path(0)}&rollout_wariness=${wariness}`, url));
        await response.arrayBuffer();
        return response.headers.get('etag');
      }),
    );
    const runs = [
      { what: 'plain', requests: 20_000, headers: [], status: 200 },
      { what: 'gzip', requests: 30_000, headers: ['accept-encoding: gzip'], status: 200 },
      {
        what: 'not modified',
        requests: 30_000,
        headers: [`if-none-match: ${etags.join(', ')}`],
        status: 304,
      },
    ];
    for (const { what, ...run } of runs) {
      const { rate: perSecond, median, p99, bytes } = await load(url, { ...common, ...run });
      const each = `${Math.round((bytes / run.requests / 1024) * 10) / 10} KiB`;
      report({
        what: `serve-graph, 16 connections, ${what} (${each} each)`,
        value: perSecond,
        unit: 'requests/s',
      });
      report({ what: '… median', value: median * 1000, unit: 'ms' });
      report({ what: '… 99th percentile', value: p99 * 1000, unit: 'ms' });
    }
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

function uuidOf(index: number): string {
  return createHash('md5').update(String(index)).digest('hex');
}
