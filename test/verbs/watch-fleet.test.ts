import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Adoption } from '../../src/guidance/adoption.ts';
import { parseGraph } from '../../src/guidance/graph.ts';
import type { FleetWatch } from '../../src/operate/watch-fleet/watch-fleet.ts';
import { editState } from '../../src/release/operations/edit-fleet.ts';
import watch from '../../src/verbs/watch-fleet.ts';
import { type AnsweringServer, matrixOf, startAnsweringServer } from '../support/answering-server.ts';
import { requireAnswer } from '../support/answers.ts';
import { cli } from '../support/cli.ts';
import { useMemory } from '../support/in-memory.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { noPrometheus, startPrometheus, type TestPrometheus } from '../support/prometheus.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';

useMemory();

const hour = 3600;
const fleetsWith = (conditions: string) => `  testing:
    halt-when:
${conditions}
  stable: { promote-from: testing, soak: 48h }`;

interface Answer {
  readonly fleets: readonly FleetWatch[];
  readonly written: number | null;
}

async function run(
  project: TestProject,
  now: number,
  options: { readonly output?: string; readonly alert?: string; readonly env?: NodeJS.ProcessEnv } = {},
) {
  const outcome = await watch.run(
    {
      fleet: ['testing'],
      every: undefined,
      alert: options.alert,
      output: options.output,
      directory: project.git.directory,
    },
    { ...contextAt(now), env: options.env ?? {} },
  );
  requireAnswer('watch-fleet', outcome.data);
  return { ...outcome, data: outcome.data as Answer };
}

const stateCommit = (project: TestProject) => project.git.run(['rev-parse', 'refs/heads/coxswain']);
const subjects = async (project: TestProject) =>
  (await project.git.run(['log', '--format=%s', 'coxswain'])).split('\n');

describe.skipIf(noPrometheus !== undefined)(
  `a rollout watched by a real Prometheus${noPrometheus === undefined ? '' : `: ${noPrometheus}`}`,
  () => {
    const registry = useRegistry();
    let prometheus: TestPrometheus;

    beforeAll(async () => {
      prometheus = await startPrometheus();
    });
    afterAll(() => prometheus?.stop());

    it('is halted within one tick of a planted metric, exactly once, and no longer offered', async () => {
      await prometheus.set(0);
      const start = Math.floor(Date.now() / 1000);
      const now = () => Math.floor(Date.now() / 1000) + 1;
      const project = await createProject(registry.host, {
        time: start - 100 * hour,
        fleets: fleetsWith(`      - name: failed-boots
        prometheus: { url: "${prometheus.url}", query: sum(trouble), above: 5, for: 0s }`),
      });
      const site = await temporaryFolder();
      for (const begun of [start - 60 * hour, start - 12 * hour]) {
        const { digest } = await pushSampleImage(project.client, project.config.image, { tag: `1-${begun}` });
        await recordRelease(project, 'testing', { version: `1-${begun}`, time: begun, digest });
      }
      const offers = async () =>
        parseGraph(await readFile(join(site, 'testing/x86_64/early/v1/graph'), 'utf8'), 'graph').edges.length;

      const healthy = await run(project, now(), { output: site });
      expect(healthy.exitCode).toBe(0);
      expect(healthy.data.fleets[0]?.conditions).toMatchObject([
        {
          condition: 'failed-boots',
          is: 'calm',
          what: expect.stringContaining('sum(trouble) is 0, not above 5'),
        },
      ]);
      expect(await offers()).toBe(1);

      await prometheus.set(7);
      const halted = await run(project, now(), { output: site });
      expect(halted).toMatchObject({
        exitCode: 0,
        annotations: [{ message: expect.stringContaining('is halted') }],
      });
      expect(halted.text).toContain(`testing: halt 1-${start - 12 * hour} at 50 % (failed-boots)`);
      expect(await offers()).toBe(0);
      const { paused } = (await project.state.readFleet('testing')).operations;
      expect(paused).toMatchObject([
        {
          by: 'coxswain watch-fleet',
          reason: expect.stringMatching(
            /^halted: failed-boots: sum\(trouble\) is 7, above 5, at 20\S+Z \(127\.0\.0\.1:\d+\)$/,
          ),
        },
      ]);

      const commit = await stateCommit(project);
      const again = await run(project, now(), { output: site });
      expect(again.text).toContain('stays halted');
      expect(await stateCommit(project)).toBe(commit);

      const order = { fleet: 'testing', by: 'Ada', now: now() };
      await project.state.changeFleet(
        'testing',
        'Resume',
        (before) => editState(before, order, { kind: 'resume' }).state,
      );
      const resumed = await stateCommit(project);
      expect((await run(project, now(), { output: site })).text).toContain('nothing to halt');
      expect(await stateCommit(project)).toBe(resumed);
      expect(await offers()).toBe(1);

      await prometheus.set(0);
      await run(project, now(), { output: site });
      await prometheus.set(9);
      expect((await run(project, now(), { output: site })).text).toContain('halt 1-');
      expect(await offers()).toBe(0);
    });

    it('is not touched by what a real Prometheus refuses, or answers with several series, nothing or NaN', async () => {
      await prometheus.set(7);
      const now = Math.floor(Date.now() / 1000) + 1;
      const queries = {
        error: 'sum(',
        several: 'trouble',
        nothing: 'absent_metric',
        nan: 'sum(trouble) * NaN',
        inf: 'sum(trouble) / 0',
        text: '"x"',
      };
      const project = await createProject(registry.host, {
        fleets: fleetsWith(
          Object.entries(queries)
            .map(
              ([name, query]) =>
                `      - { name: ${name}, prometheus: { url: "${prometheus.url}", query: ${JSON.stringify(query)}, above: 5, for: 0s } }`,
            )
            .join('\n'),
        ),
      });
      await recordRelease(project, 'testing', { version: '1-aa', time: now - 12 * hour });
      const commit = await stateCommit(project);
      const { data, exitCode } = await run(project, now);
      expect(exitCode).toBe(3);
      const said = data.fleets[0]?.conditions.map(({ is, what }) => `${is}: ${what}`);
      expect(said).toEqual([
        expect.stringMatching(/^unknown: could not ask: .*parse error/),
        expect.stringMatching(/^unknown: could not ask: .*2 series/),
        expect.stringMatching(/^unknown: could not ask: .*no value/),
        expect.stringMatching(/^unknown: could not ask: .*the newest value is NaN/),
        expect.stringMatching(/^unknown: could not ask: .*the newest value is Infinity/),
        expect.stringMatching(/^unknown: could not ask: .*invalid expression type "string"/),
      ]);
      expect(await stateCommit(project)).toBe(commit);
    });
  },
);

const noAdoption: Adoption = {
  fleet: 'testing',
  observedAt: 0,
  window: { from: 0, until: 0 },
  method: 'exact',
  standardError: 0,
  nodes: 10,
  requests: { counted: 10, perNodeAndDay: 1, withoutNode: 0 },
  releases: [],
  rings: [],
  days: [],
  curves: { start: 0, step: hour, releases: {} },
  stuck: [],
  cameBack: [],
  missing: [],
};

describe('watch-fleet', () => {
  const registry = useRegistry();
  const now = 1_785_000_000;
  let server: AnsweringServer;
  let project: TestProject;

  beforeAll(async () => {
    server = await startAnsweringServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    server.requests.length = 0;
    server.answer = (_, response) => void response.end(matrixOf([[now, '7']]));
    project = await createProject('127.0.0.1:9', {
      fleets: fleetsWith(
        `      - { name: errors, prometheus: { url: "${server.url}", query: errors, above: 5, for: 0s } }`,
      ),
    });
    await recordRelease(project, 'testing', { version: '1-aa', time: now - 60 * hour });
    await recordRelease(project, 'testing', { version: '1-bb', time: now - 12 * hour });
  });

  it('halts a rollout once if two runs see the trouble at the same time', async () => {
    const runs = await Promise.all([run(project, now), run(project, now), run(project, now)]);
    expect(runs.flatMap(({ data }) => data.fleets.flatMap(({ steps }) => steps))).toHaveLength(1);
    expect((await subjects(project)).filter((subject) => subject.includes('halt 1-bb'))).toHaveLength(1);
  });

  it('asks nothing while no rollout is in progress', async () => {
    const { data } = await run(project, now + 100 * hour);
    expect(data.fleets[0]?.conditions).toMatchObject([{ is: 'not asked' }]);
    expect(server.requests).toEqual([]);
  });

  it('changes nothing and fails as outside, as a whole process, if the server is broken', async () => {
    server.answer = (_, response) => void response.writeHead(500).end('<html>');
    const commit = await stateCommit(project);
    const args = ['watch-fleet', '--fleet', 'testing', '--now', String(now)];
    const answer = await cli(args, { cwd: project.git.directory });
    expect(answer).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/unknown +could not ask: .* 500/),
    });
    expect(await stateCommit(project)).toBe(commit);
  });

  it('says before its first write what it would do, with --dry-run', async () => {
    const commit = await stateCommit(project);
    const args = ['watch-fleet', '--dry-run', '--now', String(now)];
    const answer = await cli(args, { cwd: project.git.directory });
    expect(answer).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('halt 1-bb at 50 %') });
    expect(await stateCommit(project)).toBe(commit);
  });

  it('goes on with --every until it is interrupted, also after a run that failed', async () => {
    let asked = 0;
    server.answer = (_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end();
      else response.end(matrixOf([[now, '7']]));
    };
    const args = ['watch-fleet', '--every', '1s', '--now', String(now), '--json'];
    const answer = await cli(args, {
      cwd: project.git.directory,
      interruptOn: /stays halted/,
    });
    expect(answer).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"stoppedBy": "SIGINT"') });
    expect(await subjects(project)).toContain('testing: halt 1-bb at 50 % (errors)');
  });

  it('halts by an alert in the same commit, although the Prometheus of another condition gives no answer', async () => {
    server.answer = (_, response) => void response.writeHead(500).end();
    const { git, state } = await createProject('127.0.0.1:9', {
      fleets: fleetsWith(
        `      - { name: errors, prometheus: { url: "${server.url}", query: errors, above: 5, for: 0s } }
      - { name: alerts, webhook: true }`,
      ),
    });
    const alerted = { ...project, git, state };
    await recordRelease(alerted, 'testing', { version: '1-bb', time: now - 12 * hour });
    const alert = JSON.stringify({ fleet: 'testing', reason: 'disks fill up' });
    const halted = await run(alerted, now, { alert });
    expect(halted).toMatchObject({
      exitCode: 3,
      data: {
        fleets: [
          {
            steps: [{ version: '1-bb', condition: 'alerts', what: 'halted' }],
            conditions: [{ is: 'unknown' }, { condition: 'alerts', is: 'trouble' }],
          },
        ],
      },
    });
    const commit = await stateCommit(alerted);
    expect((await run(alerted, now, { alert })).data.fleets[0]?.steps).toEqual([]);
    const elsewhere = { fleet: ['stable'], every: undefined, output: undefined, directory: git.directory };
    await expect(watch.run({ ...elsewhere, alert }, { ...contextAt(now), env: {} })).rejects.toThrow(
      /--alert fleet.*leaves out/s,
    );
    expect(await stateCommit(alerted)).toBe(commit);
  });

  it('opens the next ring only after the one before did well, also in what is published', async () => {
    const fleets = (more: string) =>
      `  testing: { success-threshold: { adoption: 90 %, nodes: 3, after: 1h }${more} }`;
    const staged = await createProject(registry.host, {
      rings: 'rings: { canary: 0.0, early: 0.5 }',
      fleets: fleets(
        ', halt-when: [{ name: errors, prometheus: { url: "URL", query: errors, above: 5, for: 0s } }]',
      ).replace('URL', server.url),
    });
    const site = await temporaryFolder();
    for (const [version, begun] of [
      ['1-aa', now - 60 * hour],
      ['1-bb', now],
    ] as const) {
      const { digest } = await pushSampleImage(staged.client, staged.config.image, { tag: version });
      await recordRelease(staged, 'testing', { version, time: begun, digest });
    }
    const offersIn = async (ring: string) =>
      parseGraph(await readFile(join(site, `testing/x86_64/${ring}/v1/graph`), 'utf8'), 'graph').edges.length;
    const look = async (at: number, value = '1') => {
      server.answer = (_, response) => void response.end(matrixOf([[at, value]]));
      const { data, text } = await run(staged, at, { output: site });
      const [watched] = data.fleets;
      return { rings: watched?.rings, text, early: await offersIn('early') };
    };

    expect(await look(now)).toMatchObject({ early: 0, rings: [{ ring: 'canary', is: 'waiting' }] });
    // Nobody counted: the plan would be over by far, and the ring is closed.
    const unknown = await look(now + 99 * hour);
    expect(unknown).toMatchObject({ early: 0, rings: [{ ring: 'canary', is: 'unknown' }] });
    expect(await offersIn('canary')).toBe(1);
    const updates = await readFile(join(site, 'testing/updates.json'), 'utf8');
    expect(updates).not.toContain('duration_minutes');

    const at = now + 102 * hour;
    const counted = (on: number, moment: number) => ({
      ...noAdoption,
      observedAt: moment,
      lastRequest: moment,
      rings: [{ ring: 'canary', nodes: 10, releases: { '1-aa': 10 - on, '1-bb': on }, cameBack: 0 }],
    });
    const record = (adoption: Adoption) =>
      staged.state.changeFleet('testing', 'Count', (state) => ({ ...state, adoption }));
    await record(counted(8, at));
    expect(await look(at)).toMatchObject({ early: 0, rings: [{ is: 'waiting' }] });
    await record(counted(9, at + hour));
    // A condition that cannot be asked does not count as health.
    expect(await look(at + hour, 'NaN')).toMatchObject({
      early: 0,
      rings: [{ is: 'waiting', note: expect.stringContaining('errors is not known') }],
    });
    const opened = await look(at + 2 * hour);
    expect(opened).toMatchObject({ rings: [{ is: 'well' }] });
    expect(opened.text).toContain('pass canary with 1-bb');
    const said = await staged.git.run(['log', '-1', '--format=%B', 'coxswain']);
    expect(said).toMatch(/Reason: canary: 90 % of 10 nodes run it .*\nBy: coxswain watch-fleet/);
    // From canary's share on, the rest of the plan goes by time.
    expect(await look(at + 15 * hour)).toMatchObject({ early: 1 });
  });

  it('refuses an alert with --every, because an alert comes once', async () => {
    const args = ['watch-fleet', '--alert', '{}', '--every', '1m'];
    expect(await cli(args, { cwd: project.git.directory })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/without --every/),
    });
  });

  it('refuses credentials without the server that may get them', async () => {
    await expect(run(project, now, { env: { COXSWAIN_PROMETHEUS_TOKEN: 'secret' } })).rejects.toThrow(
      /COXSWAIN_PROMETHEUS_ORIGIN/,
    );
  });
});
