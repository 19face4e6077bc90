import { expect, it } from 'vitest';
import type { Status } from '../../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../../src/world/forge/git/git-forge.ts';
import { statusesRef } from '../../../../src/world/forge/git/statuses.ts';
import { commitFiles, createRepository } from '../../../support/repository.ts';

const pending: Status = { context: 'b', state: 'pending', description: 'soaks' };

async function start() {
  const git = await createRepository();
  const commit = await commitFiles(git, { 'a.txt': 'one\n' });
  return { git, commit, forge: await openGitForge(git.directory) };
}

it('keeps the newest status of each context, for each commit', async () => {
  const { git, commit, forge } = await start();
  const other = await commitFiles(git, { 'a.txt': 'two\n' });
  await forge.statuses.set(commit, pending);
  await forge.statuses.set(commit, { context: 'a', state: 'failure', description: 'held', url: 'x:y' });
  await forge.statuses.set(commit, { ...pending, state: 'success' });
  expect(await forge.statuses.list(commit)).toEqual([
    { context: 'a', state: 'failure', description: 'held', url: 'x:y' },
    { ...pending, state: 'success' },
  ]);
  expect(await forge.statuses.list(other)).toEqual([]);
});

it('writes nothing if nothing would change, and nothing that is too long for a forge', async () => {
  const { git, commit, forge } = await start();
  await forge.statuses.set(commit, pending);
  const before = await git.run(['rev-parse', statusesRef]);
  await forge.statuses.set(commit, pending);
  await expect(forge.statuses.set(commit, { ...pending, description: 'x'.repeat(141) })).rejects.toThrow();
  expect(await git.run(['rev-parse', statusesRef])).toBe(before);
});

it('loses nothing when several are set at once', async () => {
  const { commit, forge } = await start();
  await Promise.all(
    ['a', 'b', 'c', 'd'].map((context) => forge.statuses.set(commit, { ...pending, context })),
  );
  expect((await forge.statuses.list(commit)).map(({ context }) => context)).toEqual(['a', 'b', 'c', 'd']);
});
