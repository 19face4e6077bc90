import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Verb } from '../../src/cli/verb.ts';
import type { Log } from '../../src/host/log.ts';
import { silentLog } from '../../src/host/log.ts';
import { publishUpdates } from '../../src/loop/publish-updates/publish-updates.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { openProject } from '../../src/release/project.ts';
import bootTest from '../../src/verbs/boot-test.ts';
import editUpdates from '../../src/verbs/edit-updates.ts';
import lintUpdates from '../../src/verbs/lint-updates.ts';
import openPromotion from '../../src/verbs/open-promotion.ts';
import pruneImages from '../../src/verbs/prune-images.ts';
import watchBase from '../../src/verbs/watch-base.ts';
import { Git } from '../../src/world/git/git.ts';
import { atDigest, type Digest } from '../../src/world/registry/reference.ts';
import { buildAndTest } from '../faults/stage.ts';
import { cli } from '../support/cli.ts';
import { cloneOf, gitHubStage, useGitHub } from '../support/forges.ts';
import { createProject, prove, publishBase, recordRelease, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';

// The verbs as steps of a workflow run call them. Their decisions are tested elsewhere; this tests what they do on
// GitHub.
const registry = useRegistry();
const github = useGitHub();
const now = 1_785_000_000;
const day = 86_400;
const head = 'coxswain-base-testing';

let project: TestProject;
/** The repository on GitHub, as people see it. */
let origin: Git;
let warnings: string[];
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  project = await createProject(registry.host, { time: now - 10 * day });
  await gitHubStage(github());
  origin = new Git(github().directory);
  await project.git.run(['push', '--quiet', '--force', origin.directory, 'testing', 'stable']);
  warnings = [];
  const { apiUrl, serverUrl, token, repository } = github();
  env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: apiUrl,
    GITHUB_SERVER_URL: serverUrl,
    GITHUB_TOKEN: token,
    XDG_CACHE_HOME: await temporaryFolder(),
  };
  github().requests.length = 0;
});

const log = (): Log => ({
  ...silentLog,
  warn: (text) => warnings.push(text),
  info: (text) => warnings.push(text),
});

async function run(
  verb: Verb,
  options: {
    readonly at?: number;
    readonly args?: readonly string[];
    readonly directory?: string;
    readonly env?: object;
  } = {},
) {
  const args = ['--directory', options.directory ?? project.git.directory, ...(options.args ?? [])];
  const outcome = await verb.run(readArguments(verb.inputs, args), {
    log: log(),
    env: { ...env, ...options.env },
    now: () => options.at ?? now,
  });
  return { ...outcome, data: outcome.data as Record<string, unknown> };
}

async function onGitHub() {
  return openProject({ directory: project.git.directory, env, log: log() });
}

const writes = () =>
  github().requests.filter(({ method, path }) => method !== 'GET' && !/graphql$|upload-pack$/.test(path));
const tip = (branch: string) => origin.run(['rev-parse', `refs/heads/${branch}`]);

describe('watch-base', () => {
  it('opens one pull request with a verified commit, and says that its workflows wait', async () => {
    const digest = await publishBase(project, '44.20260621.3.1');
    const { data } = await run(watchBase);
    expect(data).toMatchObject({ moved: true, action: 'opened' });
    const { forge } = await onGitHub();
    const request = await forge.pullRequests.find({ head, base: 'testing' });
    expect(request).toMatchObject({ title: 'Pin base image 44.20260621.3.1 (stream stable)', ready: true });
    expect(request?.labels).toEqual(['coxswain', 'base-image']);
    expect(await origin.run(['show', `${head}:Containerfile`])).toContain(`:44.20260621.3.1@${digest}`);
    expect(await origin.run(['log', '--format=%an', '-1', head])).toBe('github-actions[bot]');
    const commit = await fetch(`${github().apiUrl}/repos/acme/os/git/commits/${await tip(head)}`, {
      headers: { authorization: `token ${github().token}` },
    });
    expect(await commit.json()).toMatchObject({ verification: { verified: true } });
    expect(warnings).toEqual([
      expect.stringMatching(
        /written with the workflow's own GITHUB_TOKEN: no workflow starts for it.*github-tokens/,
      ),
    ]);
    // The checkout is not affected: no branch, no remote, no credential.
    expect(await project.git.run(['branch', '--format=%(refname:short)'])).toBe('stable\ntesting');
    expect(await project.git.run(['config', '--local', '--list'])).not.toMatch(/extraheader|github|token/i);
  });

  it('writes nothing when nothing has changed, so that approvals stay', async () => {
    await publishBase(project, '44.20260621.3.1');
    await run(watchBase);
    github().requests.length = 0;
    expect((await run(watchBase, { at: now + 60 })).data).toMatchObject({ action: 'unchanged' });
    expect(writes()).toEqual([]);
  });

  it('says nothing about waiting workflows if the token is from an App or a person', async () => {
    await publishBase(project, '44.20260621.3.1');
    await run(watchBase, { env: { GITHUB_TOKEN: github().tokens.app } });
    expect(warnings).toEqual([]);
  });

  it('works in a checkout without history, and keeps commits of people', async () => {
    await publishBase(project, '44.20260621.3.1');
    const shallow = await cloneOf(`file://${origin.directory}`, [
      '--depth=1',
      '--branch=testing',
      '--single-branch',
    ]);
    const directory = shallow.directory;
    await run(watchBase, { directory });
    const people = await cloneOf(origin.directory, ['--branch', head]);
    await commitFiles(people, { 'fix.txt': 'for the new base\n' });
    await people.run(['push', '--quiet', 'origin', head]);
    const to = await publishBase(project, '44.20260707.3.1');
    const later = await cloneOf(`file://${origin.directory}`, [
      '--depth=1',
      '--branch=testing',
      '--single-branch',
    ]);
    expect((await run(watchBase, { directory: later.directory })).data).toMatchObject({ action: 'updated' });
    expect(await origin.run(['show', `${head}:Containerfile`])).toContain(to);
    expect(await origin.run(['show', `${head}:fix.txt`])).toBe('for the new base');
  });

  it('leaves closed what a person closed, until it is reopened or the base moves on', async () => {
    await publishBase(project, '44.20260621.3.1');
    const number = (await run(watchBase)).data.pullRequest as number;
    const { forge } = await onGitHub();
    await forge.pullRequests.update(number, { state: 'closed' });
    const before = await tip(head);
    expect((await run(watchBase)).data).toMatchObject({ action: 'declined', pullRequest: number });
    expect(await tip(head)).toBe(before);
    const reopened = await fetch(`${github().apiUrl}/repos/acme/os/pulls/${number}`, {
      method: 'PATCH',
      headers: { authorization: `token ${github().tokens.person}` },
      body: JSON.stringify({ state: 'open' }),
    });
    expect(reopened.status).toBe(200);
    expect((await run(watchBase)).data).toMatchObject({ action: 'unchanged', pullRequest: number });
    await forge.pullRequests.update(number, { state: 'closed' });
    await publishBase(project, '44.20260707.3.1');
    expect((await run(watchBase)).data).toMatchObject({ action: 'opened', pullRequest: number + 1 });
  });

  it('opens one pull request when it runs three times at once', async () => {
    await publishBase(project, '44.20260621.3.1');
    const runs = await Promise.all([run(watchBase), run(watchBase), run(watchBase)]);
    expect(new Set(runs.map(({ data }) => data.pullRequest)).size).toBe(1);
    expect(await origin.run(['rev-list', '--count', `testing..${head}`])).toBe('1');
    expect((await run(watchBase)).data).toMatchObject({ action: 'unchanged' });
  });

  it.each([
    ['making the commit', /git\/commits$/, 'opened'],
    ['opening the pull request', /\/pulls$/, 'updated'],
  ])('finishes what a run began that ended after %s', async (_what, path, action) => {
    await publishBase(project, '44.20260621.3.1');
    github().inject({
      method: 'POST',
      path,
      status: 401,
      body: '{"message":"Bad credentials"}',
      after: true,
    });
    await expect(run(watchBase)).rejects.toThrow('GitHub does not accept the token (Bad credentials)');
    expect((await run(watchBase)).data).toMatchObject({ action });
    expect((await run(watchBase)).data).toMatchObject({ action: 'unchanged' });
    expect(await origin.run(['rev-list', '--count', `testing..${head}`])).toBe('1');
  });
});

describe('watch-base as the step of a workflow', () => {
  it('says in the job summary that its pull request waits, and never shows the token', async () => {
    await publishBase(project, '44.20260621.3.1');
    const summary = join(await temporaryFolder(), 'summary.md');
    await writeFile(summary, '');
    const { GITHUB_TOKEN = '', ...others } = env as Record<string, string>;
    const { exitCode, stdout, stderr } = await cli(['watch-base'], {
      cwd: project.git.directory,
      env: { ...others, GITHUB_TOKEN, GITHUB_STEP_SUMMARY: summary, COXSWAIN_INPUTS: '{}' },
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('::warning::pull request #');
    const told = await readFile(summary, 'utf8');
    expect(told).toMatch(
      /^> \[!WARNING\]\n> pull request #\u2060\d+ was written with the workflow's own GITHUB\\_TOKEN/m,
    );
    const mask = `::add-mask::${GITHUB_TOKEN}\n`;
    expect(`${stdout}${told}`.replace(mask, '')).not.toContain(GITHUB_TOKEN);
    expect(stdout.startsWith(mask)).toBe(true);
  });
});

describe('open-promotion and edit-updates', () => {
  it('keeps the state branch and the promotion on GitHub', async () => {
    const commit = await commitFiles(
      project.git,
      { 'etc/motd': 'new\n' },
      { message: 'Greet', time: now - 9 * 3600 },
    );
    await project.git.run(['push', '--quiet', origin.directory, 'testing']);
    const opened = await onGitHub();
    await recordRelease({ ...project, ...opened, readUpstream: project.readUpstream }, 'testing', {
      version: '44.1-aa',
      time: now,
      record: { commit, created: new Date((now - 9 * 3600) * 1000).toISOString() },
    });
    expect(await origin.run(['log', '-1', '--format=%s', 'coxswain'])).toBe('Release 44.1-aa');
    // As actions/checkout leaves it by default: one commit, no other branch, no history.
    const shallow = ['--depth=1', '--branch=testing', '--single-branch'];
    const { directory } = await cloneOf(`file://${origin.directory}`, shallow);
    expect((await run(openPromotion, { at: now + 3600, directory })).data).toMatchObject({
      action: 'opened',
      ready: false,
      gates: expect.arrayContaining([expect.objectContaining({ name: 'merge', state: 'green' })]),
    });
    const branches = { head: 'coxswain-promote-testing-to-stable', base: 'stable' };
    const { forge } = await onGitHub();
    expect(await forge.pullRequests.find(branches)).toMatchObject({ ready: false, headCommit: commit });
    expect((await run(openPromotion, { at: now + 3 * day })).data).toMatchObject({
      action: 'updated',
      ready: true,
    });
    expect(await forge.pullRequests.find(branches)).toMatchObject({ ready: true });

    const args = [
      '--fleet',
      'testing',
      '--action',
      'pause',
      '--reason',
      'https://example.com/1',
      '--by',
      'Ada',
    ];
    expect((await run(editUpdates, { at: now + 3600, args })).data).toMatchObject({ changed: true });
    expect(await origin.run(['rev-list', '--count', 'coxswain'])).toBe('2');
    expect(
      await project.git.try(['rev-parse', '--verify', '--quiet', 'refs/heads/coxswain']),
    ).toBeUndefined();
  }, 60_000);
});

describe('prune-images', () => {
  it('keeps what a pull request builds whose commit the checkout does not have', async () => {
    await publishBase(project, '44.1');
    await project.git.run(['switch', '--quiet', '--create', 'change']);
    await commitFiles(project.git, { 'etc/motd': 'proposed\n' }, { time: now - 60 * day });
    const proposed = await buildAndTest(project, 'change');
    await project.git.run(['switch', '--quiet', 'testing']);
    await commitFiles(project.git, { 'etc/motd': 'replaced since\n' }, { time: now - 60 * day });
    const dropped = (await buildAndTest(project, 'testing')).built;
    await commitFiles(project.git, { 'etc/motd': 'new\n' }, { time: now - 59 * day });
    await project.git.run(['push', '--quiet', '--force', origin.directory, 'change', 'testing']);
    // Two witnesses of what is released: the state branch, and what was published.
    const opened = await onGitHub();
    const released = await pushSampleImage(project.client, project.config.image, { labels: { n: '1' } });
    const version = '44.1-aaaaaaaa';
    const release = { version, time: now - 50 * day, digest: released.digest };
    await recordRelease({ ...project, state: opened.state }, 'testing', release);
    await publishUpdates(opened, { folder: await temporaryFolder(), fleets: [], now });
    const { forge } = opened;
    const wanted = { head: 'change', base: 'testing', title: 'Change', body: '', ready: true, labels: [] };
    await forge.pullRequests.open(wanted);
    const shallow = ['--depth=1', '--branch=testing', '--single-branch'];
    const { directory } = await cloneOf(`file://${origin.directory}`, shallow);
    await run(pruneImages, { directory, args: ['--delete', '--yes'] });
    const isThere = async (digest: Digest) =>
      (await project.client.resolve(atDigest(project.config.testImage, digest))) !== undefined;
    expect([await isThere(proposed.built.digest), await isThere(dropped.digest)]).toEqual([true, false]);
  }, 60_000);
});

describe('boot-test', () => {
  /**
   * A commit on a pull request whose image has passed these same tests: nothing is booted, and the pull request gets
   * a comment.
   */
  async function tested(): Promise<{ number: number; commit: string }> {
    await publishBase(project, '44.20260707.3.1');
    await project.git.run(['switch', '--quiet', '--create', 'change']);
    const commit = await commitFiles(project.git, { 'rollouts/note.txt': 'No input of the image.\n' });
    await project.git.run(['push', '--quiet', '--force', origin.directory, 'change']);
    const { git, config, client } = project;
    const candidate = await readCandidate({ git, config, client });
    const labels = {
      'org.opencontainers.image.version': candidate.version,
      'com.coreos.stream': 'stable',
      'containers.bootc': '1',
    };
    const image = await pushSampleImage(client, config.testImage, { tag: candidate.tag, labels });
    await prove(project, candidate, image, 'PASSED');
    const { forge } = await onGitHub();
    const { number } = await forge.pullRequests.open({
      head: 'change',
      base: 'testing',
      title: 'Change',
      body: '',
      ready: true,
      labels: [],
    });
    return { number, commit };
  }

  it('comments on the pull request of the commit', async () => {
    const { number } = await tested();
    expect((await run(bootTest)).data).toMatchObject({ skipped: true, pullRequest: number });
    const { forge } = await onGitHub();
    const request = await forge.pullRequests.find({ head: 'change', base: 'testing' });
    expect(request?.comments).toMatchObject([{ key: 'boot-test', body: expect.stringContaining('passed') }]);
    github().requests.length = 0;
    await run(bootTest);
    expect(writes()).toEqual([]);
  });

  it('writes nothing for a pull request from a fork, and says so', async () => {
    const { number, commit } = await tested();
    const event = join(await temporaryFolder(), 'event.json');
    const payload = { pull_request: { number, head: { repo: { full_name: 'eve/os' } } } };
    await writeFile(event, JSON.stringify(payload));
    const fork = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event, GITHUB_SHA: commit };
    github().requests.length = 0;
    warnings.length = 0;
    const { data, text } = await run(bootTest, { env: fork });
    expect(data).toMatchObject({ skipped: true });
    expect(data.pullRequest).toBeUndefined();
    expect(text).not.toContain('comment on pull request');
    expect(writes()).toEqual([]);
    expect(warnings).toEqual([
      `commenting on pull request #${number} is skipped: pull request #${number} comes from a fork, and the token of this run can only read`,
    ]);
    await expect(run(watchBase, { env: fork })).rejects.toThrow('the token of such a run can only read');
  });
});

describe('lint-updates', () => {
  it('judges the commit of a fork that no branch has, as a pull request to the state branch brings it', async () => {
    await recordRelease(project, 'testing', { version: '1-aa', time: now - day });
    await project.git.run(['push', '--quiet', origin.directory, 'coxswain']);
    const fork = await cloneOf(origin.directory, ['--branch', 'coxswain']);
    await commitFiles(fork, { 'fleets/testing/updates.json': '{ "releases": 7 }\n' });
    await fork.run(['push', '--quiet', 'origin', 'HEAD:refs/pull/9/head']);
    const commit = await fork.run(['rev-parse', 'HEAD']);
    const outcome = await run(lintUpdates, { args: ['--commit', commit, '--first-release'] });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.text).toMatch(/updates\.json/);
    expect((await run(lintUpdates, { args: ['--first-release'] })).exitCode).toBe(0);
  });
});
