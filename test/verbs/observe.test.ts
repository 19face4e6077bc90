import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { type Adoption, parseAdoption } from '../../src/guidance/adoption.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { silentLog } from '../../src/host/log.ts';
import type { Observation } from '../../src/operate/observe/observe.ts';
import { createAccessLog } from '../../src/operate/serve-graph/access-log.ts';
import { createGraphServer } from '../../src/operate/serve-graph/graph-server.ts';
import { createMetrics } from '../../src/operate/serve-graph/metrics.ts';
import { createNodeCounts } from '../../src/operate/serve-graph/node-counts.ts';
import { openSite } from '../../src/operate/serve-graph/served-site.ts';
import { folderSource } from '../../src/operate/serve-graph/site-folder.ts';
import observe from '../../src/verbs/observe.ts';
import openPromotion from '../../src/verbs/open-promotion.ts';
import { listen, stopServer } from '../../src/world/http/listen.ts';
import { makeRelease, start, versionOf } from '../guidance/histories.ts';
import { writeFleet } from '../operate/serve-graph/support.ts';
import { contextAt, createProject, recordRelease } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';

const registry = useRegistry();
const day = 86_400;

afterEach(() => {
  process.exitCode = undefined;
});

async function run(args: readonly string[], now: number, env: NodeJS.ProcessEnv = {}) {
  const outcome = await observe.run(readArguments(observe.inputs, args), {
    ...contextAt(now),
    env: { XDG_CACHE_HOME: await temporaryFolder(), ...env },
  });
  return { ...outcome, data: outcome.data as Observation };
}

describe('observe', () => {
  it('counts the nodes that asked serve-graph, from its own log, as the server itself counts them', () =>
    withTemporaryFolder('observe', async (folder) => {
      const site = join(folder, 'site');
      await writeFleet(site, 'stable');
      const now = start + 3000;
      const metrics = createMetrics(start);
      const served = await openSite(folderSource(site), { log: silentLog, metrics, now: () => now });
      const log = join(folder, 'access.log');
      const accessLog = createAccessLog(log, silentLog);
      const server = createGraphServer({
        site: served,
        metrics,
        nodes: createNodeCounts(),
        onAnswered: (request) => accessLog.add(request, now),
        now: () => now,
        ready: () => true,
      });
      const url = await listen(server, { host: '127.0.0.1', port: 0 });
      const ask = async (node: number, release: number, path = 'stable/v1/graph') => {
        const image = makeRelease(release)['oci-images']?.[0]?.['digest-ref'] ?? '';
        const query = new URLSearchParams({
          basearch: 'x86_64',
          stream: 'stable',
          oci: 'true',
          node_uuid: node.toString(16).padStart(32, '0'),
          os_version: versionOf(release),
          os_checksum: image,
          rollout_wariness: String(node / 100),
        });
        await (await fetch(`${url}${path}?${query}`)).text();
      };
      try {
        for (let node = 0; node < 20; node += 1) {
          await ask(node, 1);
          if (node < 15) await ask(node, 2);
          if (node < 2) await ask(node, 1);
        }
        await ask(7, 2, 'stabel/v1/graph');
        const shown = await (await fetch(`${url}metrics`)).text();
        // All of it was in one second, in which the newest release counts.
        expect(shown).toContain(
          `coxswain_nodes{fleet="stable",ring="wariness 0.1",release="${versionOf(2)}"} 11`,
        );
        expect(shown).toContain(
          `coxswain_nodes{fleet="stable",ring="wariness 0.2",release="${versionOf(1)}"} 5`,
        );
        expect(shown).toContain('coxswain_nodes_came_back{fleet="stable"} 0');
        expect(shown).not.toContain('0000000000000007');
      } finally {
        await stopServer(server, 1000);
      }
      await accessLog.flush();
      await expect(run(['--log', `${log}.2`, '--site', site], now)).rejects.toThrow(
        /--log: this file or folder does not exist/,
      );
      const { data, text } = await run(['--log', log, '--site', site], now + 10);
      expect(data.fleets[0]).toMatchObject({
        fleet: 'stable',
        nodes: 20,
        releases: [
          { version: versionOf(1), nodes: 5 },
          { version: versionOf(2), nodes: 15 },
        ],
        missing: [{ path: '/stabel/v1/graph', nodes: 1, requests: 1 }],
      });
      expect(text).toContain('stable: 20 nodes in the last 14 days');
      expect(text).toMatch(new RegExp(`${versionOf(2)} +15 +75 % +15`));
      expect(text).toMatch(
        /warning: 1 request of 1 node for a graph that does not exist: \/stabel\/v1\/graph/,
      );
      expect(text).toMatch(/read 39 lines of 1 log \(JSON lines\), with 38 requests for graphs/);
    }));

  it('records the numbers on the state branch, and so opens the gate of adoption', async () => {
    const now = 1_785_000_000;
    const project = await createProject(registry.host, {
      fleets: '  testing: {}\n  stable: { promote-from: testing, adoption: 90 % }',
      time: now - 3 * day,
    });
    const commit = await commitFiles(
      project.git,
      { 'etc/motd': 'new\n' },
      { message: 'Greet', time: now - 2 * day },
    );
    const record = { commit, created: new Date((now - 2 * day) * 1000).toISOString() };
    const rollout = { start_epoch: now - 2 * day, duration_minutes: 60 };
    await recordRelease(project, 'testing', {
      version: '44.1-aa',
      time: now - 2 * day,
      record,
      metadata: { rollout },
    });
    const image = (await project.state.readFleet('testing')).releases.releases[0]?.['oci-images']?.[0]?.[
      'digest-ref'
    ];
    const folder = await temporaryFolder();
    const log = join(folder, 'access.log');
    const line = (node: number, release: string) =>
      `203.0.113.${node} - - [25/Jul/2026:17:00:0${node % 10} +0000] "GET /os/testing/x86_64/early/v1/graph?node_uuid=${String(node).padStart(32, '0')}&os_checksum=${encodeURIComponent(release)}&os_version=44.1-aa HTTP/1.1" 200 1 "-" "-"\n`;
    const directory = project.git.directory;

    async function gate() {
      const { data } = await openPromotion.run(
        { directory, fleet: undefined, urgent: undefined, by: undefined, 'first-release': false },
        contextAt(now),
      );
      return (data as { gates: { name: string; state: string; note: string }[] }).gates.find(
        ({ name }) => name === 'adoption in testing',
      );
    }

    expect(await gate()).toMatchObject({ state: 'waiting', note: expect.stringContaining('nobody counted') });
    const nodes = Array.from({ length: 10 }, (_, node) =>
      line(node, node < 8 ? (image ?? '') : 'x/y@sha256:0'),
    );
    await writeFile(log, nodes.join(''));
    const args = ['--log', log, '--fleet', 'testing', '--directory', directory];
    const without = await run(args, now);
    expect(without.data.fleets[0]).toMatchObject({ nodes: 10 });
    expect((await project.state.readFleet('testing')).adoption).toBeUndefined();

    expect((await run([...args, '--record'], now)).text).toMatch(
      /testing: recorded on the state branch, commit [0-9a-f]{12}/,
    );
    expect(await gate()).toMatchObject({
      state: 'waiting',
      note: expect.stringMatching(/^80 % of 10 nodes/),
    });
    const text = await project.git.run(['show', 'coxswain:fleets/testing/adoption.json']);
    expect(parseAdoption(text, 'x') satisfies Adoption).toEqual(without.data.fleets[0]);
    for (const secret of ['203.0.113', '00000000000000']) expect(text).not.toContain(secret);

    await writeFile(log, Array.from({ length: 10 }, (_, node) => line(node, image ?? '')).join(''));
    await run([...args, '--record'], now);
    expect(await gate()).toMatchObject({ state: 'green', note: expect.stringMatching(/^100 % of 10 nodes/) });
    const proposed = await project.forge.pullRequests.find({
      head: 'coxswain-promote-testing-to-stable',
      base: 'stable',
    });
    expect(proposed?.body).toMatch(/Who runs it in testing/);
    expect(proposed?.body).toMatch(/\| 2026-07-25 17:\d\d UTC \| 100 % \| 100 % \|/);
    // A second run over the same log has nothing new to say.
    expect((await run([...args, '--record'], now)).text).toContain('has these numbers already');
  });

  it('makes its salt once, readable by its owner only, and takes none that could be guessed', async () => {
    const folder = await temporaryFolder();
    await writeFleet(join(folder, 'site'), 'stable');
    const log = join(folder, 'log');
    await writeFile(log, '203.0.113.9 - - [25/Jul/2026:17:00:00 +0000] "GET / HTTP/1.1" 200 1\n');
    const args = ['--log', log, '--site', join(folder, 'site')];
    const env = { XDG_CACHE_HOME: folder };
    await run(args, start, env);
    const file = join(folder, 'coxswain/observe/salt');
    const salt = await readFile(file);
    expect(salt).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await run(args, start, env);
    expect(await readFile(file)).toEqual(salt);
    await expect(run(args, start, { COXSWAIN_OBSERVE_SALT: 'secret' })).rejects.toThrow(
      /COXSWAIN_OBSERVE_SALT: this salt is too short.*found "6 characters"/,
    );
  });

  it.each([
    [[], /--log is required/],
    [['--log', 'x', '--window', '90m'], /--window: not a window in whole days/],
    [['--log', 'x', '--window', '32d'], /expected 1d to 31d/],
    [['--log', 'x', '--field', 'url'], /--field: not the name of a field.*one of time, uri, query, status/],
    [['--log', 'x', '--site', 'y', '--record'], /--record and --site exclude each other/],
  ])('refuses %j', async (args, problem) => {
    await expect(run(args, start)).rejects.toThrow(problem);
  });
});
