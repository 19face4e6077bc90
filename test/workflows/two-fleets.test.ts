import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBaseImage } from '../../src/demo/base-images.ts';
import { silentLog } from '../../src/host/log.ts';
import { parseRepository } from '../../src/registry/reference.ts';
import { createRunner, findAct, type Runner, type WorkflowRun } from '../support/act.ts';
import {
  createUserRepository,
  pullPayload,
  pushPayload,
  schedulePayload,
  type UserRepository,
} from '../support/github-repository.ts';
import { type GitHubServer, startGitHub } from '../support/github-server.ts';
import { testClient, useRegistry } from '../support/registry.ts';

// workflows-examples/two-fleets as it is, but for the names of images: its own workflow files, run by a real runner,
// against a real registry, buildah, QEMU, and GitHub's API emulated. The steps build on each other.

const act = findAct();
const output = resolve('test-output/workflows/two-fleets');
const planted = { environment: 'planted-in-the-environment-5d1f', secret: 'planted-as-a-secret-77ac' };
const day = 86_400;
const start = Math.floor(Date.now() / 1000) - 5 * day;
const minutes = 60_000;

describe.skipIf(act === undefined).sequential('workflows-examples/two-fleets (act is needed)', () => {
  const registry = useRegistry();
  let github: GitHubServer;
  let runner: Runner;
  let user: UserRepository;
  const runs: WorkflowRun[] = [];

  beforeAll(async () => {
    await rm(output, { recursive: true, force: true });
    await mkdir(output, { recursive: true });
    github = await startGitHub({ defaultBranch: 'testing' });
    runner = await createRunner(act as string);
    await moveBase('44.20260621.3.1');
    user = await createUserRepository(github, {
      from: 'workflows-examples/two-fleets',
      replace: {
        'quay.io/fedora/fedora-coreos': `${registry.host}/fedora/fedora-coreos`,
        'ghcr.io/acme': registry.host,
      },
      branches: ['testing', 'stable'],
      time: start,
    });
  });
  afterAll(async () => {
    await user?.remove();
    await runner?.remove();
    await github?.stop();
  });

  async function moveBase(version: string) {
    await buildBaseImage({
      kind: 'tiny',
      version,
      stream: 'stable',
      repository: parseRepository(`${registry.host}/fedora/fedora-coreos`),
      tag: 'stable',
      log: silentLog,
    });
  }

  /** Runs one of the repository's workflows as GitHub would, `days` after the story began. */
  async function workflow(
    name: string,
    event: {
      readonly event: string;
      readonly payload: unknown;
      readonly commit: string;
      readonly days: number;
    },
  ): Promise<WorkflowRun> {
    const run = await runner.run({
      checkout: await user.checkout(event.commit),
      workflow: name,
      event: event.event,
      payload: event.payload,
      env: {
        GITHUB_API_URL: github.apiUrl,
        GITHUB_SERVER_URL: github.serverUrl,
        COXSWAIN_NOW: String(start + Math.round(event.days * day)),
        TEST_ARTIFACTS: join(output, 'artifacts'),
        TEST_SITE: join(output, 'site'),
        PLANTED: planted.environment,
      },
      secrets: { GITHUB_TOKEN: github.token, PLANTED: planted.secret },
    });
    runs.push(run);
    const title = `${String(runs.length).padStart(2, '0')}-${name.replace('.yml', '')}`;
    await writeFile(join(output, `${title}.log`), run.log);
    await writeFile(join(output, `${title}.md`), run.summaries.join('\n'));
    console.log(`${title}\n${run.steps.map((step) => `    ${step}`).join('\n')}`);
    return run;
  }

  const branch = (name: string) => user.git.run(['rev-parse', `refs/heads/${name}`]);

  async function pull(base: string) {
    const found = (await user.pulls()).filter((each) => each.base.ref === base && each.state === 'open');
    expect(found).toHaveLength(1);
    const [only] = found;
    if (only === undefined) throw new Error('no pull request');
    await writeFile(
      join(output, `pull-request-${only.number}.md`),
      `# ${only.title}\n\n${only.body ?? ''}\n`,
    );
    return only;
  }

  it(
    'the base moves: one pull request that pins it',
    async () => {
      const run = await workflow('watch.yml', {
        event: 'schedule',
        payload: schedulePayload(github, '11 */6 * * *'),
        commit: await branch('testing'),
        days: 0,
      });
      expect(run.jobs).toEqual(expect.arrayContaining([expect.stringMatching(/base.*: success/)]));
      expect(run.passed).toBe(true);
      expect((await pull('testing')).title).toContain('44.20260621.3.1');
    },
    2 * minutes,
  );

  it(
    'pull request: built, pushed to the test registry, booted, evidence attached, told',
    async () => {
      const opened = await pull('testing');
      const run = await workflow('pull-request.yml', {
        event: 'pull_request',
        payload: pullPayload(github, opened),
        commit: await user.mergeCommit(opened),
        days: 0.1,
      });
      expect(run.passed).toBe(true);
      expect(run.summaries.join('')).toContain('### Boot test: passed');
      expect(await user.comments(opened.number)).toEqual([expect.stringContaining('Boot test: passed')]);
    },
    4 * minutes,
  );

  it(
    'push to testing: promoted, rolled out, published',
    async () => {
      const commit = await user.merge(await pull('testing'));
      const run = await workflow('release.yml', {
        event: 'push',
        payload: pushPayload(github, 'testing', commit),
        commit,
        days: 0.2,
      });
      expect(run.passed).toBe(true);
      expect(run.steps.join('\n')).not.toContain('build-image');
      const graph = JSON.parse(await readFile(join(output, 'site/testing/x86_64/v1/graph'), 'utf8'));
      expect(graph.nodes).toHaveLength(1);
    },
    2 * minutes,
  );

  it(
    'days later: the promotion is ready, and merged it gives stable the same digest',
    async () => {
      const watched = await workflow('watch.yml', {
        event: 'schedule',
        payload: schedulePayload(github, '11 */6 * * *'),
        commit: await branch('testing'),
        days: 3,
      });
      expect(watched.passed).toBe(true);
      const commit = await user.merge(await pull('stable'));
      const run = await workflow('release.yml', {
        event: 'push',
        payload: pushPayload(github, 'stable', commit),
        commit,
        days: 3.1,
      });
      expect(run.passed).toBe(true);
      const payloads = await Promise.all(
        ['testing', 'stable'].map(async (fleet) => {
          const graph = JSON.parse(await readFile(join(output, `site/${fleet}/x86_64/v1/graph`), 'utf8'));
          return graph.nodes[0].payload as string;
        }),
      );
      expect(payloads[0]).toMatch(/@sha256:/);
      expect(payloads[1]).toBe(payloads[0]);
      const client = testClient();
      const tag = await client.resolve({
        kind: 'tag',
        repository: parseRepository(`${registry.host}/os`),
        tag: 'stable',
      });
      expect(payloads[0]).toContain(tag?.digest);
    },
    3 * minutes,
  );
});
