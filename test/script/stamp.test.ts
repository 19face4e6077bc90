import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ours } from '../../src/project/init/ours.ts';
import { Git } from '../../src/world/git/git.ts';

const run = promisify(execFile);
let folder: string;
let git: Git;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-test-stamp-'));
  git = new Git(folder);
  const here = new Git('.');
  const files = (await here.run(['ls-files', '--cached', '--others', '--exclude-standard'])).split('\n');
  for (const file of files.filter((each) => !each.startsWith('dist/')))
    await cp(file, join(folder, file), { recursive: true }).catch(() => {});
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await git.run(['init', '--quiet', '--initial-branch', 'main']);
  await git.run(['add', '--all', '.', ':!node_modules']);
  await git.run(['commit', '--quiet', '--message', 'Start']);
  await git.run(['config', 'status.showUntrackedFiles', 'no']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('script/stamp', () => {
  it('makes a fork call itself, everywhere, by one command', { timeout: 120_000 }, async () => {
    const { stdout } = await run('script/stamp', ['Acme/my-coxswain', 'v2.0.0'], { cwd: folder });
    const release = stdout.trim();
    expect(await git.run(['rev-parse', 'HEAD~1'])).toBe(release);
    const left = await git
      .run(['grep', '-l', ours.repository, '--', ':!test', ':!.changeset'])
      .catch(() => '');
    expect(left).toBe('');
    const calls = (await git.run(['grep', '-h', 'uses: Acme/my-coxswain', '--', ':!test'])).split('\n');
    expect(calls.length).toBeGreaterThan(60);
    for (const call of calls) expect(call).toMatch(/@[0-9a-f]{40} # v2\.0\.0$/);
    expect(await git.run(['grep', '-h', 'uses: Acme', '--', 'workflows-examples'])).toContain(release);
  });

  it('changes nothing if it runs again on what is stamped, but the commits', {
    timeout: 120_000,
  }, async () => {
    const before = await git.run(['ls-files', '-s', 'src', 'action.yml', 'docs/style.md']);
    await run('script/stamp', ['--workflows', 'Acme/my-coxswain', 'v2.0.1'], { cwd: folder });
    expect(await git.run(['ls-files', '-s', 'src', 'action.yml', 'docs/style.md'])).toBe(before);
  });

  it.each([
    [],
    ['acme'],
    ['acme/x', '1.2.3'],
    ['acme/x;y', 'v1.2.3'],
    ['--callers', 'nothing', 'acme/x', 'v1.2.3'],
  ])('refuses %j', async (...words) => {
    const failed = await run('script/stamp', words, { cwd: folder }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 2 });
  });
});
