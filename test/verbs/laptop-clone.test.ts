import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Git } from '../../src/world/git/git.ts';
import { type CliOptions, cli } from '../support/cli.ts';
import { cloneOf } from '../support/forges.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { createProject, recordRelease } from '../support/project.ts';
import { createRepository } from '../support/repository.ts';

// Steering needs git alone: there is no registry in these tests. These are whole processes, as an operator starts them.
const host = '127.0.0.1:9';
const now = 1_785_000_000;
const hour = 3600;

let bare: Git;
let server: GitServer;

beforeEach(async () => {
  const project = await createProject(host);
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 100 * hour });
  await recordRelease(project, 'testing', { version: '1-bb', time: now - 12 * hour });
  await recordRelease(project, 'stable', { version: '1-aa', time: now - 12 * hour });
  bare = await createRepository({ bare: true });
  await bare.run(['symbolic-ref', 'HEAD', 'refs/heads/testing']);
  await project.git.run(['push', '--quiet', bare.directory, 'refs/heads/*:refs/heads/*']);
  server = await startGitServer(bare.directory);
});

afterEach(() => server.stop());

const laptop = (...args: readonly string[]) => cloneOf(server.url, args);

function edit(clone: Git, words: readonly string[], options: Pick<CliOptions, 'killWhen'> = {}) {
  const args = ['edit-updates', '--by', 'Ada', '--now', String(now), ...words];
  return cli(args, { cwd: clone.directory, env: { COXSWAIN_FORGE: '' }, ...options });
}

const pause = ['--fleet', 'testing', '--action', 'pause', '--reason', 'boot loop'];
const operations = async (fleet: string) =>
  JSON.parse(await bare.run(['show', `coxswain:fleets/${fleet}/operations.json`])) as unknown;
const subjects = async () => (await bare.run(['log', '--format=%s', 'coxswain'])).split('\n');

describe('a fleet that is steered from a clone', () => {
  it.each([
    ['fresh', []],
    ['shallow', ['--depth=1']],
  ])('is paused at the remote, from a %s one', async (_what, args) => {
    const clone = await laptop(...args);
    const answer = await edit(clone, pause);
    expect(answer.stderr).toBe(`writing to origin (${server.url})\n`);
    expect(answer).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('testing: pause 1-bb') });
    expect(await operations('testing')).toMatchObject({ paused: [{ version: '1-bb' }] });
    expect(await clone.try(['rev-parse', '--verify', 'refs/heads/coxswain'])).toBeUndefined();
    // A second run sees the first, although the clone has no state branch of its own.
    expect((await edit(await laptop(), pause)).stdout).toContain('nothing changed');
  });

  it('is not changed by an old state branch that the clone happens to have', async () => {
    const clone = await laptop();
    await clone.run(['branch', 'coxswain', 'origin/coxswain~1']);
    const old = await clone.run(['rev-parse', 'coxswain']);
    expect((await edit(clone, pause)).exitCode).toBe(0);
    expect(await operations('testing')).toMatchObject({ paused: [{ version: '1-bb' }] });
    expect(await clone.run(['rev-parse', 'coxswain'])).toBe(old);
  });

  it('keeps the changes of two operators at once', async () => {
    const hold = ['--fleet', 'stable', '--action', 'hold', '--reason', 'freeze', '--for', '7d'];
    const answers = await Promise.all([edit(await laptop(), pause), edit(await laptop(), hold)]);
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await operations('testing')).toMatchObject({ paused: [{ version: '1-bb' }] });
    expect(await operations('stable')).toMatchObject({ hold: { reason: 'freeze' } });
  });

  it('keeps the changes of ten clones that race', async () => {
    const clones = await Promise.all(Array.from({ length: 10 }, () => laptop()));
    const answers = await Promise.all(
      clones.map((clone, index) =>
        edit(clone, [
          ...['--fleet', index % 2 === 0 ? 'testing' : 'stable', '--action', 'hold'],
          ...['--reason', `reason ${index}`, '--for', `${index + 1}d`],
        ]),
      ),
    );
    expect(answers.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`)).toEqual(
      answers.map(() => `0 writing to origin (${server.url})\n`),
    );
    // Each hold replaces the one before: all ten commits are there, one after the other.
    const reasons = (await bare.run(['log', '--format=%b', 'coxswain'])).match(/reason \d/g) ?? [];
    expect([...reasons].sort()).toEqual(clones.map((_, index) => `reason ${index}`));
  }, 240_000);

  it('is paused once by a run that was killed during its push, and the next one', async () => {
    // The server waits between the push and the answer.
    const hook = join(bare.directory, 'hooks/pre-receive');
    await writeFile(hook, `#!/bin/sh\necho seen > "${bare.directory}/seen"\nsleep 3\n`);
    await chmod(hook, 0o755);
    const clone = await laptop();
    const seen = expect
      .poll(() => readFile(join(bare.directory, 'seen'), 'utf8').catch(() => ''), { timeout: 50_000 })
      .toBe('seen\n');
    await edit(clone, pause, { killWhen: seen });
    const again = await edit(clone, pause);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(await operations('testing')).toMatchObject({ paused: [{ version: '1-bb' }] });
    expect((await subjects()).filter((subject) => subject.startsWith('testing: pause'))).toHaveLength(1);
  }, 60_000);

  it('stays as it is if the remote cannot be reached, and the operator is told', async () => {
    const clone = await laptop();
    await clone.run(['branch', 'coxswain', 'origin/coxswain']);
    const before = await clone.run(['rev-parse', 'coxswain']);
    await server.stop();
    const answer = await edit(clone, pause);
    expect(answer).toMatchObject({ exitCode: 3, stdout: '' });
    expect(answer.stderr).toMatch(/error: reading the branches of origin \(http.*failed.*safe/s);
    expect(await clone.run(['rev-parse', 'coxswain'])).toBe(before);
  });

  it('can still be changed in the clone alone, and the verb says so', async () => {
    const clone = await laptop();
    await clone.run(['branch', 'coxswain', 'origin/coxswain']);
    const before = await bare.run(['rev-parse', 'coxswain']);
    const answer = await edit(clone, [...pause, '--remote', '.']);
    expect(answer.stderr).toBe(`writing to ${clone.directory} alone, not to a remote\n`);
    expect(await bare.run(['rev-parse', 'coxswain'])).toBe(before);
  });

  it('is not changed at a remote that does not exist', async () => {
    const answer = await edit(await laptop(), [...pause, '--remote', 'upstream']);
    expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
    expect(answer.stderr).toContain('--remote: no such remote, found "upstream", expected origin');
  });
});
