import { describe, expect, it } from 'vitest';
import type { Forge } from '../../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../../src/world/forge/git/git-forge.ts';
import { pullRequestsRef } from '../../../../src/world/forge/git/pull-requests.ts';
import type { Git } from '../../../../src/world/git/git.ts';
import { commitFiles, createRepository } from '../../../support/repository.ts';

/** A repository on main, and a branch `change` that is one commit ahead. */
async function start(): Promise<{ git: Git; forge: Forge; base: string; head: string }> {
  const git = await createRepository();
  const base = await commitFiles(git, { 'a.txt': 'one\n', 'b.txt': 'b\n' });
  const forge = await openGitForge(git.directory);
  const head = await propose(forge, 'change', base, 'two\n');
  return { git, forge, base, head };
}

function propose(forge: Forge, branch: string, from: string, content: string): Promise<string> {
  return forge.branches.commit({
    branch,
    parent: undefined,
    from,
    changes: [{ path: 'a.txt', content }],
    message: `Propose ${content}`,
  });
}

const request = { head: 'change', base: 'main', title: 'Change', body: 'Why', ready: true, labels: ['x'] };

describe('pull requests on plain git', () => {
  it('opens, finds, updates and comments, and keeps it all in the repository', async () => {
    const { git, forge, head } = await start();
    const opened = await forge.pullRequests.open(request);
    expect(opened).toEqual({ ...request, number: 1, state: 'open', headCommit: head, comments: [] });

    await forge.pullRequests.update(1, { title: 'Better', ready: false });
    await forge.pullRequests.comment(1, 'result', 'failed');
    await forge.pullRequests.comment(1, 'other', 'hello');
    await forge.pullRequests.comment(1, 'result', 'passed');

    const again = (await openGitForge(git.directory)).pullRequests;
    const expected = {
      ...opened,
      title: 'Better',
      ready: false,
      comments: [
        { key: 'result', body: 'passed' },
        { key: 'other', body: 'hello' },
      ],
    };
    expect(await again.find({ head: 'change', base: 'main' })).toEqual(expected);
    expect(await again.findByCommit(head)).toEqual(expected);
    expect(await again.find({ head: 'main', base: 'change' })).toBeUndefined();
    expect(await git.run(['status', '--porcelain'])).toBe('');
  });

  it('writes nothing if nothing would change', async () => {
    const { git, forge } = await start();
    await forge.pullRequests.open(request);
    await forge.pullRequests.comment(1, 'key', 'body');
    const before = await git.run(['rev-parse', pullRequestsRef]);
    await forge.pullRequests.list();
    await forge.pullRequests.update(1, { title: request.title, labels: ['x'] });
    await forge.pullRequests.comment(1, 'key', 'body');
    await forge.pullRequests.open(request);
    expect(await git.run(['rev-parse', pullRequestsRef])).toBe(before);
  });

  it.each([
    ['a fast-forward', ['merge', '--quiet', '--ff-only', 'change']],
    ['a merge commit', ['merge', '--quiet', '--no-ff', '-m', 'Merge', 'change']],
  ])('is merged after %s, also when the branch is deleted afterwards', async (_name, merge) => {
    const { git, forge, head } = await start();
    await forge.pullRequests.open(request);
    await git.run(merge);
    await git.run(['branch', '--quiet', '-d', 'change']);
    expect(await forge.pullRequests.list()).toMatchObject([{ number: 1, state: 'merged', headCommit: head }]);
  });

  it('is merged after a squash onto a moved base, and stays merged after a revert', async () => {
    const { git, forge } = await start();
    await forge.pullRequests.open(request);
    await commitFiles(git, { 'b.txt': 'other work\n' });
    await git.run(['merge', '--quiet', '--squash', 'change']);
    const squash = await commitFiles(git, {}, { message: 'Squashed' });
    expect(await forge.pullRequests.list()).toMatchObject([{ state: 'merged' }]);
    await git.run(['revert', '--no-edit', squash]);
    expect(await forge.pullRequests.list({ state: 'open' })).toEqual([]);
    expect(await forge.pullRequests.list({ state: 'merged' })).toHaveLength(1);
  });

  it('is still open when the base has only part of it', async () => {
    const { git, forge, head } = await start();
    await forge.branches.commit({
      branch: 'change',
      parent: head,
      changes: [{ path: 'b.txt', content: 'more\n' }],
      message: 'More',
    });
    await forge.pullRequests.open(request);
    await commitFiles(git, { 'a.txt': 'two\n' });
    expect(await forge.pullRequests.list()).toMatchObject([{ state: 'open' }]);
  });

  it('is closed when its branch is deleted without a merge, and its number is not used again', async () => {
    const { git, forge, base } = await start();
    await forge.pullRequests.open(request);
    await git.run(['branch', '--quiet', '-D', 'change']);
    expect(await forge.pullRequests.list()).toMatchObject([{ number: 1, state: 'closed' }]);
    await propose(forge, 'change', base, 'three\n');
    expect(await forge.pullRequests.open(request)).toMatchObject({ number: 2, state: 'open' });
    expect(await forge.pullRequests.list()).toMatchObject([{ state: 'closed' }, { state: 'open' }]);
  });

  it('sees that the old one was merged although its branch already has the next proposal', async () => {
    const { git, forge, head } = await start();
    await forge.pullRequests.open(request);
    await git.run(['merge', '--quiet', 'change']);
    const next = await forge.branches.commit({
      branch: 'change',
      parent: head,
      changes: [{ path: 'a.txt', content: 'three\n' }],
      message: 'Next',
    });
    expect(await forge.pullRequests.open(request)).toMatchObject({ number: 2, headCommit: next });
    expect(await forge.pullRequests.list()).toMatchObject([
      { number: 1, state: 'merged', headCommit: head },
      { number: 2, state: 'open' },
    ]);
  });

  it('closes on request, but never what was merged', async () => {
    const { git, forge } = await start();
    await forge.pullRequests.open(request);
    await git.run(['merge', '--quiet', 'change']);
    expect(await forge.pullRequests.update(1, { state: 'closed' })).toMatchObject({ state: 'merged' });
    await forge.branches.setBranch({
      branch: 'other',
      from: undefined,
      to: await propose(forge, 'x', await git.run(['rev-parse', 'main']), 'three\n'),
    });
    await forge.pullRequests.open({ ...request, head: 'other' });
    expect(await forge.pullRequests.update(2, { state: 'closed' })).toMatchObject({ state: 'closed' });
    expect(await forge.pullRequests.list({ state: 'open' })).toEqual([]);
    // The change of the closed one is merged in another way: it stays closed.
    await commitFiles(git, { 'a.txt': 'three\n' });
    expect(await forge.pullRequests.list()).toMatchObject([{ state: 'merged' }, { state: 'closed' }]);
  });

  it.each([
    ['a branch that is missing', { head: 'none' }, 'branch none does not exist'],
    ['nothing to merge', { head: 'main', base: 'change' }, 'there is nothing to merge from main into change'],
  ])('does not open one for %s', async (_name, wrong, message) => {
    const { git, forge } = await start();
    await expect(forge.pullRequests.open({ ...request, ...wrong })).rejects.toThrow(message);
    expect(await git.try(['rev-parse', '--verify', pullRequestsRef])).toBeUndefined();
  });

  it('loses none of ten comments written at once', async () => {
    const { forge } = await start();
    await forge.pullRequests.open(request);
    const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
    await Promise.all(keys.map((key) => forge.pullRequests.comment(1, key, `body of ${key}`)));
    const [found] = await forge.pullRequests.list();
    expect(found?.comments.map((comment) => comment.key).sort()).toEqual(keys);
  }, 60_000);

  it('opens one pull request when two processes open it at once', async () => {
    const { git, forge } = await start();
    const other = await openGitForge(git.directory);
    await Promise.all([forge, other].map((each) => each.pullRequests.open(request)));
    expect(await forge.pullRequests.list()).toHaveLength(1);
  });

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['a wrong field', '{"number": 1, "title": 5}', 'title: Invalid input'],
  ])('says where a record is broken: %s', async (_name, text, message) => {
    const { git, forge } = await start();
    const blob = await git.run(['hash-object', '-w', '--stdin'], { input: text });
    const tree = await git.run(['mktree'], { input: `100644 blob ${blob}\t1.json\n` });
    const commit = await git.run(['commit-tree', tree, '-m', 'x']);
    await git.run(['update-ref', pullRequestsRef, commit]);
    const error = await forge.pullRequests.list().catch((thrown: unknown) => String(thrown));
    expect(error).toContain(`${pullRequestsRef} (commit ${commit.slice(0, 12)}): 1.json`);
    expect(error).toContain(message);
  });
});
