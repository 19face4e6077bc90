import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../../../src/host/log.ts';
import { findToken, gitHubOf } from '../../../src/world/forge/github/github-remote.ts';
import { openForge } from '../../../src/world/forge/open-forge.ts';
import type { Git } from '../../../src/world/git/git.ts';
import { cloneOf, gitStage } from '../../support/forges.ts';
import { createRepository, temporaryFolder } from '../../support/repository.ts';

async function repositoryAt(address: string | undefined): Promise<Git> {
  const git = await createRepository();
  if (address !== undefined) await git.run(['remote', 'add', 'origin', address]);
  return git;
}

const open = async (address: string | undefined, env: NodeJS.ProcessEnv, log: Log = silentLog) =>
  openForge(await repositoryAt(address), { env, log });

describe('the forge of a checkout', () => {
  const github = 'git@github.com:acme/os.git';

  it.each([
    ['the clone itself without a remote', undefined, {}, 'git', /^\/.*coxswain-test-/],
    [
      'the remote',
      'https://git.example.com/acme/os.git',
      {},
      'git',
      'origin (https://git.example.com/acme/os.git)',
    ],
    [
      'the clone itself if --remote is a dot',
      github,
      { COXSWAIN_REMOTE: '.', GH_TOKEN: 't' },
      'git',
      /^\/.*coxswain-test-/,
    ],
    ['GitHub with a token', github, { GH_TOKEN: 't' }, 'github', 'acme/os on github.com'],
    ['GitHub with the other token', github, { GITHUB_TOKEN: 't' }, 'github', 'acme/os on github.com'],
    ['GitHub’s branches by git without a token', github, {}, 'git', `origin (${github})`],
    [
      'git in spite of a token if --forge asks for it',
      github,
      { GH_TOKEN: 't', COXSWAIN_FORGE: 'git' },
      'git',
      `origin (${github})`,
    ],
    [
      'a server of one’s own with its token',
      'https://git.acme.example/acme/os',
      { GH_HOST: 'git.acme.example', GH_ENTERPRISE_TOKEN: 't' },
      'github',
      'acme/os on git.acme.example',
    ],
    [
      'what a workflow run says, whatever the remote',
      'https://git.example.com/acme/os.git',
      { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/other', GITHUB_TOKEN: 't' },
      'github',
      'acme/other on github.com',
    ],
    [
      'the remote in a workflow run if --forge asks for git',
      'https://git.example.com/acme/os.git',
      { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/other', COXSWAIN_FORGE: 'git' },
      'git',
      'origin (https://git.example.com/acme/os.git)',
    ],
  ])('is %s', async (_what, address, env, kind, place) => {
    const forge = await open(address, { PATH: process.env.PATH, ...env });
    expect(forge.kind).toBe(kind);
    expect(forge.place).toMatch(place);
  });

  it.each([
    ['no such forge', github, { COXSWAIN_FORGE: 'gitlab' }],
    ['this checkout has no remote on GitHub', undefined, { COXSWAIN_FORGE: 'github' }],
    ['its remote origin is not on GitHub', 'https://gitlab.com/acme/os', { COXSWAIN_FORGE: 'github' }],
    ['no such remote, found "other"', github, { COXSWAIN_REMOTE: 'other' }],
  ])('is refused: %s', async (message, address, env) => {
    await expect(open(address, env)).rejects.toThrow(message);
  });

  it('has no pull requests to show without a token, and says how to get one', async () => {
    const forge = await open(github, {});
    for (const ask of [
      forge.pullRequests.list(),
      forge.pullRequests.find({ head: 'a', base: 'b' }),
      forge.statuses.list('0'.repeat(40)),
    ]) {
      await expect(ask).rejects.toThrow(
        /are on GitHub, and no token for it was found.*gh auth login --hostname github\.com/,
      );
    }
  });

  it('is named in the log once, before its first write', async () => {
    const stage = await gitStage();
    const said: string[] = [];
    const log = { ...silentLog, info: (message: string) => void said.push(message) };
    const clone = await cloneOf(stage.repository.directory);
    const { branches } = await openForge(clone, { env: {}, log });
    await branches.resolve('main');
    expect(said).toEqual([]);
    const change = { changes: [{ path: 'x', content: 'x' }], message: 'x' };
    const first = await branches.commit({ branch: 'one', parent: undefined, ...change });
    await branches.commit({ branch: 'one', parent: first, ...change });
    expect(said).toEqual([`writing to origin (${stage.repository.directory})`]);
  });

  it('is said to be local if the checkout has no remote', async () => {
    const said: string[] = [];
    const log = { ...silentLog, info: (message: string) => void said.push(message) };
    const { branches, place } = await open(undefined, {}, log);
    await branches.commit({
      branch: 'one',
      parent: undefined,
      changes: [{ path: 'x', content: 'x' }],
      message: 'x',
    });
    expect(said).toEqual([`writing to ${place} alone, not to a remote`]);
  });
});

describe('a remote on GitHub', () => {
  const of = (url: string, env: NodeJS.ProcessEnv = {}) => gitHubOf({ name: 'origin', url, place: '' }, env);

  it.each([
    ['https://github.com/acme/os', 'acme/os'],
    ['https://github.com/acme/os.git', 'acme/os'],
    ['https://github.com/acme/os/', 'acme/os'],
    ['git@github.com:acme/os.git', 'acme/os'],
    ['ssh://git@github.com/acme/os.git', 'acme/os'],
    ['ssh://git@ssh.github.com:443/acme/os.git', 'acme/os'],
    ['https://GitHub.com/Acme/o.s.git', 'Acme/o.s'],
  ])('is recognised: %s', async (url, repository) => {
    expect(await of(url)).toEqual({
      host: 'github.com',
      repository,
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
    });
  });

  it.each([
    'https://github.com.evil.example/acme/os',
    'https://evil.example/github.com/acme/os',
    'https://notgithub.com/acme/os',
    'git@gitlab.com:acme/os.git',
    '/srv/github.com/acme/os.git',
    'file:///srv/github.com/acme/os.git',
    'https://github.com/acme',
    'https://github.com/acme/team/os',
  ])('is not: %s', async (url) => {
    expect(await of(url)).toBeUndefined();
  });

  it('may be on a server of one’s own, if GH_HOST, the run or gh’s logins name it', async () => {
    const url = 'https://git.acme.example/acme/os';
    const expected = { repository: 'acme/os', apiUrl: 'https://git.acme.example/api/v3' };
    expect(await of(url, { HOME: '/nowhere' })).toBeUndefined();
    expect(await of(url, { GH_HOST: 'git.acme.example' })).toMatchObject(expected);
    expect(await of(url, { GITHUB_SERVER_URL: 'https://git.acme.example' })).toMatchObject(expected);
    const home = await temporaryFolder();
    await mkdir(join(home, '.config/gh'), { recursive: true });
    await writeFile(join(home, '.config/gh/hosts.yml'), 'git.acme.example:\n    user: ada\n');
    expect(await of(url, { HOME: home })).toMatchObject(expected);
    expect(await of('git@acme.ghe.com:acme/os.git')).toMatchObject({ apiUrl: 'https://api.acme.ghe.com' });
  });
});

describe('the token for a host of GitHub', () => {
  it.each([
    ['github.com', { GH_TOKEN: 'a', GITHUB_TOKEN: 'b' }, 'a'],
    ['github.com', { GH_TOKEN: '', GITHUB_TOKEN: 'b' }, 'b'],
    ['github.com', { GH_ENTERPRISE_TOKEN: 'c' }, undefined],
    ['github.com', { GITHUB_TOKEN: 'b', GITHUB_SERVER_URL: 'https://git.acme.example' }, undefined],
    ['git.acme.example', { GH_TOKEN: 'a', GITHUB_TOKEN: 'b' }, undefined],
    ['git.acme.example', { GH_TOKEN: 'a', GH_ENTERPRISE_TOKEN: 'c' }, 'c'],
    ['git.acme.example', { GITHUB_TOKEN: 'b', GITHUB_SERVER_URL: 'https://git.acme.example' }, 'b'],
  ])('goes to %s only if it is for it: %j', async (host, env, expected) => {
    expect(await findToken(host, env)).toBe(expected);
  });

  it('comes from the program gh if the environment has none', async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'gh'),
      '#!/bin/sh\n[ "$*" = "auth token --hostname github.com" ] && echo from-gh\n',
    );
    await chmod(join(folder, 'gh'), 0o755);
    const before = process.env.PATH;
    process.env.PATH = `${folder}:${before}`;
    try {
      expect(await findToken('github.com', {})).toBe('from-gh');
      expect(await findToken('git.acme.example', {})).toBeUndefined();
    } finally {
      process.env.PATH = before;
    }
  });
});
