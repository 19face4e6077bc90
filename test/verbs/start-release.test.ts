import { beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { silentLog } from '../../src/host/log.ts';
import { openProject } from '../../src/release/project.ts';
import editUpdates from '../../src/verbs/edit-updates.ts';
import startRelease from '../../src/verbs/start-release.ts';
import { Git } from '../../src/world/git/git.ts';
import { gitHubStage, useGitHub } from '../support/forges.ts';
import { createProject, publishBase, recordRelease, type TestProject } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';

const registry = useRegistry();
const github = useGitHub();
const now = 1_785_000_000;
const day = 86_400;

let project: TestProject;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  project = await createProject(registry.host, { time: now - 10 * day });
  await publishBase(project, '44.20260621.3.1');
  await gitHubStage(github());
  github().runs.length = 0;
  const origin = new Git(github().directory);
  await commitFiles(project.git, { '.github/workflows/release.yml': 'on:\n  workflow_dispatch:\n' });
  await project.git.run(['push', '--quiet', '--force', origin.directory, 'testing', 'stable']);
  const { apiUrl, serverUrl, token, repository } = github();
  env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: apiUrl,
    GITHUB_SERVER_URL: serverUrl,
    GITHUB_TOKEN: token,
    XDG_CACHE_HOME: await temporaryFolder(),
  };
});

async function run(args: readonly string[] = []) {
  const all = ['--directory', project.git.directory, ...args];
  const outcome = await startRelease.run(readArguments(startRelease.inputs, all), {
    log: silentLog,
    env,
    now: () => now,
  });
  return outcome.data as { fleet: string; action: string; what: string }[];
}

const runOf = (conclusion: string | null, commit: string) =>
  github().runs.push({ workflow: 'release.yml', branch: 'testing', commit, conclusion });
const tip = () => project.git.run(['rev-parse', 'testing']);

async function edit(...args: string[]) {
  const all = ['--directory', project.git.directory, '--fleet', 'testing', '--reason', 'r', ...args];
  await editUpdates.run(readArguments(editUpdates.inputs, all), { log: silentLog, env, now: () => now });
}

describe('start-release', () => {
  it('starts the release of a merged commit once, on the branch of its fleet', async () => {
    expect(await run(['--fleet', 'testing'])).toMatchObject([{ action: 'started' }]);
    expect(github().runs).toMatchObject([
      { workflow: 'release.yml', branch: 'testing', commit: await tip() },
    ]);
    expect(await run(['--fleet', 'testing'])).toMatchObject([{ action: 'running' }]);
    expect(github().runs).toHaveLength(1);
  });

  it('starts nothing while the fleet is held, and goes on when the hold is over', async () => {
    await edit('--action', 'hold');
    expect(await run(['--fleet', 'testing'])).toMatchObject([
      { action: 'waiting', what: expect.stringMatching(/held: r/) },
    ]);
    expect(github().runs).toEqual([]);
    await edit('--action', 'release-hold');
    expect(await run(['--fleet', 'testing'])).toMatchObject([{ action: 'started' }]);
  });

  it('starts a failed release again twice, then names the run to look at', async () => {
    const commit = await tip();
    runOf('failure', commit);
    expect(await run(['--fleet', 'testing'])).toMatchObject([{ action: 'started' }]);
    for (const each of github().runs) each.conclusion = 'failure';
    runOf('failure', commit);
    expect(await run(['--fleet', 'testing'])).toMatchObject([
      { action: 'failed', what: expect.stringMatching(/after 3 runs: .*\/runs\/3/) },
    ]);
    expect(github().runs).toHaveLength(3);
  });

  it('leaves a fleet alone whose branch was only made, and not promoted to', async () => {
    expect(await run(['--fleet', 'stable'])).toMatchObject([{ action: 'waiting' }]);
    expect(github().runs).toEqual([]);
  });

  it('reports which trigger a release workflow lacks, and starts nothing', async () => {
    await commitFiles(project.git, { '.github/workflows/release.yml': 'on:\n  push:\n' });
    await project.git.run(['push', '--quiet', '--force', github().directory, 'testing']);
    await expect(run(['--fleet', 'testing'])).rejects.toThrow(/workflow_dispatch/);
    expect(github().runs).toEqual([]);
  });

  it('says what is to be released if the repository has no such workflow', async () => {
    expect(await run(['--fleet', 'testing', '--workflow', 'publish.yml'])).toMatchObject([
      { action: 'to-do', what: expect.stringContaining('the workflow publish.yml does not exist') },
    ]);
  });

  it('leaves a released commit alone', async () => {
    const started = await run(['--fleet', 'testing']);
    const version = /of (\S+) was/.exec(started[0]?.what ?? '')?.[1] ?? '';
    github().runs.length = 0;
    const opened = await openProject({ directory: project.git.directory, env, log: silentLog });
    await recordRelease({ ...project, state: opened.state }, 'testing', { version, time: now });
    expect(await run(['--fleet', 'testing'])).toMatchObject([{ action: 'released' }]);
    expect(github().runs).toEqual([]);
  });
});
