import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openGitForge } from '../../../../src/world/forge/git/git-forge.ts';
import { Git } from '../../../../src/world/git/git.ts';
import { commitFiles, createRepository, temporaryFolder } from '../../../support/repository.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('branches of a git repository', () => {
  it('commits onto a branch of a clone without touching its work tree or index', async () => {
    const git = await createRepository();
    const first = await commitFiles(git, { 'a.txt': 'a\n', 'folder/b.txt': 'b\n' });
    await git.run(['branch', 'other']);
    const { branches } = await openGitForge(join(git.directory, 'folder'));

    const made = await branches.commit({
      branch: 'other',
      parent: first,
      changes: [
        { path: 'folder/b.txt', content: null },
        { path: 'folder/c.txt', content: 'c, without a line end' },
        { path: 'a.txt/now-a-folder', content: 'x\n' },
      ],
      message: 'Subject\n\nBody with "quotes" and ü\n',
    });

    expect(await branches.resolve('other')).toBe(made);
    expect(await branches.listFiles(made, '')).toEqual(['a.txt/now-a-folder', 'folder/c.txt']);
    expect(await branches.readFile(made, 'folder/c.txt')).toBe('c, without a line end');
    expect(await branches.readFile(made, 'folder')).toBeUndefined();
    expect(await branches.log({ from: first, to: made })).toMatchObject([
      { sha: made, parents: [first], message: 'Subject\n\nBody with "quotes" and ü' },
    ]);
    expect(await git.run(['status', '--porcelain'])).toBe('');
    expect(await readFile(join(git.directory, 'folder/b.txt'), 'utf8')).toBe('b\n');
  });

  it('works in a bare repository, from the first commit on', async () => {
    const git = await createRepository({ bare: true });
    const { branches } = await openGitForge(git.directory);
    expect(await branches.resolve('main')).toBeUndefined();
    // main is what HEAD of the bare repository names; without a work tree nobody has it checked out.
    const first = await branches.commit({
      branch: 'main',
      parent: undefined,
      changes: [{ path: 'x/y', content: new Uint8Array([0x6f, 0x6b]) }],
      message: 'First',
    });
    const second = await branches.commit({
      branch: 'main',
      parent: first,
      changes: [{ path: 'z', content: '' }],
      message: 'Second',
    });
    expect(await branches.readFolder(second, '')).toEqual(
      new Map([
        ['x/y', 'ok'],
        ['z', ''],
      ]),
    );
    expect([await branches.isAncestor(first, second), await branches.isAncestor(second, first)]).toEqual([
      true,
      false,
    ]);
  });

  it('refuses to move a branch that some work tree has checked out, and names that work tree', async () => {
    const git = await createRepository();
    const tip = await commitFiles(git, { a: '1' });
    const second = join(await temporaryFolder(), 'second');
    await git.run(['worktree', 'add', '--quiet', '-b', 'other', second]);
    const { branches } = await openGitForge(git.directory);
    const change = { parent: tip, changes: [{ path: 'a', content: '2' }], message: 'Ours' };
    await expect(branches.commit({ branch: 'main', ...change })).rejects.toThrow(
      `${git.directory}: branch main is checked out here, and Coxswain moves it. Switch that work tree`,
    );
    await expect(branches.commit({ branch: 'other', ...change })).rejects.toThrow(second);
    await expect(branches.setBranch({ branch: 'other', from: tip, to: tip })).rejects.toThrow(second);
    expect(await branches.resolve('other')).toBe(tip);
  });

  it('commits as the user, or as Coxswain if git has no user name', async () => {
    const git = await createRepository({ bare: true });
    for (const role of ['AUTHOR', 'COMMITTER']) {
      vi.stubEnv(`GIT_${role}_NAME`, undefined);
      vi.stubEnv(`GIT_${role}_EMAIL`, undefined);
    }
    vi.stubEnv('EMAIL', undefined);
    const commit = async (content: string) => {
      const { branches } = await openGitForge(git.directory);
      const parent = await branches.resolve('main');
      await branches.commit({ branch: 'main', parent, changes: [{ path: 'a', content }], message: 'x' });
    };
    await commit('1');
    await git.run(['config', 'user.name', 'Ada']);
    await git.run(['config', 'user.email', 'ada@example.invalid']);
    await commit('2');
    expect(await git.run(['log', '--format=%an <%ae> %cn <%ce>', 'main'])).toBe(
      'Ada <ada@example.invalid> Ada <ada@example.invalid>\nCoxswain <coxswain@localhost> Coxswain <coxswain@localhost>',
    );
  });

  it('reports a folder that is not a repository', async () => {
    const folder = await temporaryFolder();
    await expect(openGitForge(folder)).rejects.toThrow(`${folder}: not a git repository`);
  });

  it('lets exactly one of many concurrent commits win', async () => {
    const git = await createRepository({ bare: true });
    const { branches } = await openGitForge(git.directory);
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        branches.commit({
          branch: 'main',
          parent: undefined,
          changes: [{ path: 'who', content: String(index) }],
          message: 'x',
        }),
      ),
    );
    const won = results.filter((result) => result.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(results.filter((result) => result.status === 'rejected').map(({ reason }) => reason.name)).toEqual(
      Array(7).fill('StaleBranchError'),
    );
    expect(await new Git(git.directory).run(['rev-list', '--count', 'main'])).toBe('1');
  });
});
