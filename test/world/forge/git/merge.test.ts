import { beforeEach, describe, expect, it } from 'vitest';
import { type Forge, StaleBranchError } from '../../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../../src/world/forge/git/git-forge.ts';
import type { Git } from '../../../../src/world/git/git.ts';
import { moveRefWhile } from '../../../../src/world/git/local-refs.ts';
import { commitFiles, createRepository } from '../../../support/repository.ts';

let git: Git;
let forge: Forge;
let base: string;
let head: string;
const request = { head: 'change', base: 'main', title: 'Change', body: 'Why', ready: true, labels: [] };

beforeEach(async () => {
  git = await createRepository();
  base = await commitFiles(git, { 'a.txt': 'one\n', 'b.txt': 'b\n' });
  // A branch that is checked out is not moved.
  await git.run(['switch', '--quiet', '--create', 'elsewhere']);
  forge = await openGitForge(git.directory);
  head = await commit('change', undefined, base, { 'a.txt': 'two\n' });
});

function commit(branch: string, parent: string | undefined, from: string, files: Record<string, string>) {
  const changes = Object.entries(files).map(([path, content]) => ({ path, content }));
  return forge.branches.commit({ branch, parent, from, changes, message: 'Change' });
}

describe('merging a pull request on plain git', () => {
  it('makes a merge commit, and the pull request is merged', async () => {
    await forge.pullRequests.open(request);
    expect(await forge.pullRequests.merge(1, { head })).toMatchObject({ state: 'merged', headCommit: head });
    const shown = await git.run(['log', '-1', '--format=%P %s', 'main']);
    expect(shown).toBe(`${base} ${head} Merge pull request #1: Change`);
    expect(await git.run(['show', 'main:a.txt'])).toBe('two');
    expect(await git.run(['status', '--porcelain'])).toBe('');
  });

  it('refuses a branch that moved since it was read', async () => {
    await forge.pullRequests.open(request);
    await commit('change', head, head, { 'a.txt': 'three\n' });
    await expect(forge.pullRequests.merge(1, { head })).rejects.toThrow(StaleBranchError);
    expect(await forge.branches.resolve('main')).toBe(base);
  });

  it('refuses a branch that moves during the merge', async () => {
    const moved = await commit('change', head, head, { 'a.txt': 'three\n' });
    const main = { ref: 'refs/heads/main', from: base, to: head };
    await expect(moveRefWhile(git, main, { ref: 'refs/heads/change', at: head })).rejects.toThrow(
      `change is at ${moved}`,
    );
    expect(await forge.branches.resolve('main')).toBe(base);
  });

  it('merges into the newest commit of the base', async () => {
    await forge.pullRequests.open(request);
    const moved = await commit('main', base, base, { 'b.txt': 'other\n' });
    await forge.pullRequests.merge(1, { head });
    expect(await git.run(['log', '-1', '--format=%P', 'main'])).toBe(`${moved} ${head}`);
    expect(await git.run(['show', 'main:b.txt'])).toBe('other');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a draft', () => forge.pullRequests.update(1, { ready: false }), 'it is a draft'],
    ['a closed one', () => forge.pullRequests.update(1, { state: 'closed' }), 'only an open one'],
    ['a conflict', () => commit('main', base, base, { 'a.txt': 'x\n' }), 'it conflicts in a.txt'],
    ['a checked-out base', () => git.run(['switch', '--quiet', 'main']), 'main is checked out here'],
  ])('refuses %s', async (_name, prepare, problem) => {
    await forge.pullRequests.open(request);
    await prepare();
    const before = await forge.branches.resolve('main');
    await expect(forge.pullRequests.merge(1, { head })).rejects.toThrow(problem);
    expect(await forge.branches.resolve('main')).toBe(before);
  });
});
