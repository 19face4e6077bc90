import { beforeEach, describe, expect, it } from 'vitest';
import { type Forge, StaleBranchError } from '../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../src/world/forge/git/git-forge.ts';
import { untilNotStale } from '../../../src/world/forge/retry.ts';
import { type ForgeStage, gitHubStage, gitStage, remoteStage, useGitHub } from '../../support/forges.ts';

const github = useGitHub();

// What verbs rely on in every forge. What only one of them can do is tested elsewhere.
describe.each<[string, () => Promise<ForgeStage>]>([
  ['plain git', gitStage],
  ['a remote of plain git', () => remoteStage()],
  [
    'a remote, from shallow clones',
    () => remoteStage({ args: ['--depth=1'], at: (path) => `file://${path}` }),
  ],
  ['GitHub', () => gitHubStage(github())],
])('on %s', (_name, start) => {
  let stage: ForgeStage;
  let forge: Forge;

  beforeEach(async () => {
    stage = await start();
    forge = await stage.open();
  });

  const show = (place: string) => stage.repository.run(['show', place]);
  const tip = (branch: string) => stage.repository.run(['rev-parse', `refs/heads/${branch}`]);
  const propose = (content: string, branch = 'change', from = stage.base, path = 'a.txt') =>
    forge.branches.commit({
      branch,
      parent: undefined,
      from,
      changes: [{ path, content }],
      message: `Propose ${content}`,
    });
  const wanted = { head: 'change', base: 'main', title: 'Change', body: 'Why', ready: true, labels: ['x'] };
  /** Git as people use it. */
  const people = async () => (await openGitForge(stage.repository.directory)).branches;

  describe('branches', () => {
    it('commits changes, deletions and modes, and reads them back', async () => {
      const first = await (await people()).commit({
        branch: 'other',
        parent: undefined,
        from: stage.base,
        changes: [{ path: 'run.sh', content: 'old\n', executable: true }],
        message: 'Theirs',
      });
      const made = await forge.branches.commit({
        branch: 'other',
        parent: first,
        changes: [
          { path: 'folder/b.txt', content: null },
          { path: 'folder/none.txt', content: null },
          { path: 'folder/c.txt', content: 'c, ü, without a line end' },
          { path: 'run.sh', content: 'new\n' },
          { path: 'bytes', content: new Uint8Array([0xff, 0x00, 0x0a]) },
          { path: 'new.sh', content: '#!/bin/sh\n', executable: true },
        ],
        message: 'Subject\n\nBody with "quotes", $(x) and ü\n',
      });
      expect(await tip('other')).toBe(made);
      const { branches } = await stage.open();
      expect(await branches.listFiles(made, '')).toEqual([
        'a.txt',
        'bytes',
        'folder/c.txt',
        'new.sh',
        'run.sh',
      ]);
      expect(await branches.listFiles(made, 'folder')).toEqual(['folder/c.txt']);
      expect(await branches.readFile(made, 'folder/c.txt')).toBe('c, ü, without a line end');
      expect(await branches.readFile(made, 'folder')).toBeUndefined();
      await expect(branches.readFile(made, 'bytes')).rejects.toThrow('bytes: this file is not UTF-8 text');
      expect(await branches.readFolder(made, 'folder')).toEqual(
        new Map([['folder/c.txt', 'c, ü, without a line end']]),
      );
      const modes = (await stage.repository.run(['ls-tree', made]))
        .split('\n')
        .map((line) => line.slice(0, 6));
      expect(modes).toEqual(['100644', '100644', '040000', '100755', '100755']);
      expect(await branches.log({ from: first, to: made })).toMatchObject([
        { sha: made, parents: [first], message: 'Subject\n\nBody with "quotes", $(x) and ü' },
      ]);
      expect(await branches.changedFiles(first, made)).toEqual(
        ['bytes', 'folder/b.txt', 'folder/c.txt', 'new.sh', 'run.sh'].sort(),
      );
      expect(await branches.commitTime(made)).toBeGreaterThan(1_700_000_000);
    });

    it('starts a branch without history', async () => {
      expect(await forge.branches.resolve('state')).toBeUndefined();
      const first = await forge.branches.commit({
        branch: 'state',
        parent: undefined,
        changes: [{ path: 'x/y', content: 'ok' }],
        message: 'First',
      });
      expect(await stage.repository.run(['rev-list', '--parents', 'state'])).toBe(first);
      expect(await forge.branches.isAncestor(stage.base, first)).toBe(false);
      expect(await forge.branches.contains(stage.base, first)).toBe(false);
    });

    it.each([
      ['another commit', (base: string) => base],
      ['a branch that should not exist', () => undefined],
    ])('refuses to commit over %s, and changes nothing', async (_case, choose) => {
      const theirs = await (await people()).commit({
        branch: 'other',
        parent: undefined,
        from: stage.base,
        changes: [{ path: 'a.txt', content: 'theirs' }],
        message: 'Theirs',
      });
      const parent = choose(stage.base);
      const changes = [{ path: 'a.txt', content: 'ours' }];
      for (const from of [parent ?? stage.base, theirs]) {
        await expect(
          forge.branches.commit({ branch: 'other', parent, from, changes, message: 'Ours' }),
        ).rejects.toBeInstanceOf(StaleBranchError);
      }
      await expect(
        forge.branches.setBranch({ branch: 'other', from: parent, to: stage.base }),
      ).rejects.toBeInstanceOf(StaleBranchError);
      expect(await tip('other')).toBe(theirs);
    });

    it('does not restore commits that somebody removed meanwhile', async () => {
      const second = await propose('two\n');
      await stage.repository.run(['update-ref', 'refs/heads/change', stage.base]);
      // It is still a fast-forward: only the old value shows the difference.
      await expect(
        forge.branches.commit({
          branch: 'change',
          parent: second,
          changes: [{ path: 'a.txt', content: 'three\n' }],
          message: 'x',
        }),
      ).rejects.toBeInstanceOf(StaleBranchError);
      expect(await tip('change')).toBe(stage.base);
    });

    it('rebuilds a branch on another commit, and moves one', async () => {
      const old = await propose('two\n');
      const made = await forge.branches.commit({
        branch: 'change',
        parent: old,
        from: stage.base,
        changes: [{ path: 'a.txt', content: 'three\n' }],
        message: 'Again',
      });
      expect(await stage.repository.run(['rev-parse', `${made}^`])).toBe(stage.base);
      await forge.branches.setBranch({ branch: 'change', from: made, to: old });
      await forge.branches.setBranch({ branch: 'change', from: old, to: old });
      await forge.branches.setBranch({ branch: 'new', from: undefined, to: old });
      expect([await tip('change'), await tip('new')]).toEqual([old, old]);
    });

    it('makes a merge commit with both histories', async () => {
      const head = await propose('two\n');
      const tip = await (await people()).commit({
        branch: 'main',
        parent: stage.base,
        changes: [{ path: 'folder/b.txt', content: 'theirs\n' }],
        message: 'Theirs',
      });
      const made = await forge.branches.commit({
        branch: 'change',
        parent: head,
        from: tip,
        merges: [head],
        changes: [{ path: 'a.txt', content: 'two\n' }],
        message: 'Merge',
      });
      expect(await stage.repository.run(['show', '--no-patch', '--format=%P', made])).toBe(`${tip} ${head}`);
      expect(await forge.branches.isAncestor(head, made)).toBe(true);
      expect(await forge.branches.changedFiles(tip, made)).toEqual(['a.txt']);
    });

    it('recognises a squash merge by its content', async () => {
      const head = await propose('two\n');
      const squashed = await (await people()).commit({
        branch: 'main',
        parent: stage.base,
        changes: [{ path: 'a.txt', content: 'two\n' }],
        message: 'Squashed',
      });
      expect(await forge.branches.contains(stage.base, head)).toBe(false);
      expect(await forge.branches.contains(squashed, head)).toBe(true);
      expect(await forge.branches.isAncestor(head, squashed)).toBe(false);
      expect(await forge.branches.isAncestor(stage.base, squashed)).toBe(true);
    });

    it('lets ten writers at once lose nothing', async () => {
      const writers = await Promise.all(Array.from({ length: 10 }, () => stage.open()));
      await Promise.all(
        writers.map(({ branches }, index) =>
          untilNotStale(async () => {
            const parent = await branches.resolve('state');
            const log = parent === undefined ? '' : ((await branches.readFile(parent, 'log')) ?? '');
            const changes = [{ path: 'log', content: `${log}${index}\n` }];
            await branches.commit({ branch: 'state', parent, changes, message: `Writer ${index}` });
          }),
        ),
      );
      const lines = (await show('state:log')).split('\n').sort();
      expect(lines).toEqual(Array.from({ length: 10 }, (_each, index) => String(index)).sort());
      expect(await stage.repository.run(['rev-list', '--count', 'state'])).toBe('10');
    }, 180_000);
  });

  describe('pull requests', () => {
    it('opens, finds, updates and comments, and another run sees it all', async () => {
      const head = await propose('two\n');
      const opened = await forge.pullRequests.open(wanted);
      expect(opened).toEqual({
        ...wanted,
        number: opened.number,
        state: 'open',
        headCommit: head,
        comments: [],
      });
      const { number } = opened;

      await forge.pullRequests.update(number, { title: 'Better', ready: false, labels: ['x', 'y'] });
      for (const [key, body] of [
        ['result', 'failed'],
        ['other', 'hello'],
        ['result', 'passed'],
      ] as const)
        expect(await forge.pullRequests.comment(number, key, body)).toBe(true);

      const again = (await stage.open()).pullRequests;
      const expected = {
        ...opened,
        title: 'Better',
        ready: false,
        labels: ['x', 'y'],
        comments: [
          { key: 'result', body: 'passed' },
          { key: 'other', body: 'hello' },
        ],
      };
      expect(await again.find({ head: 'change', base: 'main' })).toEqual(expected);
      expect(await again.latest({ head: 'change', base: 'main' })).toEqual(expected);
      expect(await again.findByCommit(head)).toEqual(expected);
      expect(await again.findByCommit(stage.base)).toBeUndefined();
      expect(await again.find({ head: 'main', base: 'change' })).toBeUndefined();
      expect(await again.update(number, { ready: true })).toMatchObject({ ready: true, labels: ['x', 'y'] });
    });

    it('has one pull request for two branches, even if it is opened twice', async () => {
      await propose('two\n');
      const openers = await Promise.all([1, 2, 3].map(() => stage.open()));
      const all = await Promise.all(openers.map((each) => each.pullRequests.open(wanted)));
      expect(new Set(all.map(({ number }) => number)).size).toBe(1);
      const again = await forge.pullRequests.open({ ...wanted, title: 'Other' });
      expect(again).toMatchObject({ number: all[0]?.number, title: 'Other' });
    });

    it('opens drafts, and says why it cannot open one', async () => {
      await expect(forge.pullRequests.open(wanted)).rejects.toThrow('branch change does not exist');
      await forge.branches.setBranch({ branch: 'change', from: undefined, to: stage.base });
      await expect(forge.pullRequests.open(wanted)).rejects.toThrow(
        'there is nothing to merge from change into main',
      );
      await propose('two\n', 'more');
      expect(await forge.pullRequests.open({ ...wanted, head: 'more', ready: false })).toMatchObject({
        ready: false,
      });
    });

    it('sees what people do: commits, a merge, a deleted branch', async () => {
      const first = await propose('two\n');
      const { number } = await forge.pullRequests.open(wanted);
      const added = await (await people()).commit({
        branch: 'change',
        parent: first,
        changes: [{ path: 'fix.txt', content: 'x' }],
        message: 'Fix',
      });
      expect(await forge.pullRequests.find(wanted)).toMatchObject({ number, headCommit: added });
      await stage.repository.run(['update-ref', 'refs/heads/main', added]);
      expect(await forge.pullRequests.find(wanted)).toBeUndefined();
      expect(await forge.pullRequests.latest(wanted)).toMatchObject({
        number,
        state: 'merged',
        headCommit: added,
      });
      expect(await forge.pullRequests.update(number, { state: 'closed' })).toMatchObject({ state: 'merged' });

      await forge.branches.setBranch({ branch: 'change', from: added, to: added });
      const next = await forge.branches.commit({
        branch: 'change',
        parent: added,
        changes: [{ path: 'a.txt', content: 'next\n' }],
        message: 'Next',
      });
      const second = await forge.pullRequests.open(wanted);
      expect(second).toMatchObject({ headCommit: next, state: 'open' });
      await stage.repository.run(['update-ref', '-d', 'refs/heads/change']);
      expect(await forge.pullRequests.latest(wanted)).toMatchObject({
        number: second.number,
        state: 'closed',
      });
    });

    it('closes on request', async () => {
      const head = await propose('two\n');
      const { number } = await forge.pullRequests.open(wanted);
      expect(await forge.pullRequests.update(number, { state: 'closed' })).toMatchObject({ state: 'closed' });
      expect(await forge.pullRequests.findByCommit(head)).toBeUndefined();
      expect(await forge.pullRequests.list({ state: 'open' })).toEqual([]);
      expect((await forge.pullRequests.list({ state: 'closed' })).map((each) => each.number)).toContain(
        number,
      );
    });

    it('merges by a merge commit, if the branch is still at the expected commit', async () => {
      const head = await propose('two\n');
      const { number } = await forge.pullRequests.open({ ...wanted, ready: false });
      await expect(forge.pullRequests.merge(number, { head })).rejects.toThrow('a draft');
      await forge.pullRequests.update(number, { ready: true });
      await expect(forge.pullRequests.merge(number, { head: stage.base })).rejects.toBeInstanceOf(
        StaleBranchError,
      );
      expect(await tip('main')).toBe(stage.base);
      expect(await forge.pullRequests.merge(number, { head })).toMatchObject({
        state: 'merged',
        headCommit: head,
      });
      expect(await stage.repository.run(['show', '--no-patch', '--format=%P', 'main'])).toBe(
        `${stage.base} ${head}`,
      );
      await expect(forge.pullRequests.merge(number, { head })).rejects.toThrow(
        'only an open one can be merged',
      );
    });

    it('does not merge a conflict', async () => {
      const head = await propose('two\n');
      const { number } = await forge.pullRequests.open(wanted);
      const theirs = await (await people()).commit({
        branch: 'main',
        parent: stage.base,
        changes: [{ path: 'a.txt', content: 'theirs\n' }],
        message: 'Theirs',
      });
      await expect(forge.pullRequests.merge(number, { head })).rejects.toThrow(/conflict/);
      expect(await tip('main')).toBe(theirs);
    });
  });

  it('keeps one status for each context of a commit', async () => {
    const { statuses } = forge;
    const status = { context: 'coxswain/b', state: 'pending', description: 'waits' } as const;
    await statuses.set(stage.base, status);
    await statuses.set(stage.base, {
      context: 'coxswain/a',
      state: 'failure',
      description: '',
      url: 'https://a.example/',
    });
    await statuses.set(stage.base, { ...status, state: 'success' });
    expect(await (await stage.open()).statuses.list(stage.base)).toEqual([
      { context: 'coxswain/a', state: 'failure', description: '', url: 'https://a.example/' },
      { ...status, state: 'success' },
    ]);
    await expect(statuses.set(stage.base, { ...status, description: 'x'.repeat(141) })).rejects.toThrow(
      'longer',
    );
  });
});
