import { describe, expect, it } from 'vitest';
import { forecastByIndex, forecastMerge } from '../../../src/world/git/merge-trees.ts';
import { commitFiles, createRepository } from '../../support/repository.ts';

const lines = (first: string, last: string) => `${first}\n${'same\n'.repeat(10)}${last}\n`;

async function diverge(ours: Record<string, string>, theirs: Record<string, string>) {
  const git = await createRepository();
  await commitFiles(git, { a: lines('1', '1'), b: 'b\n' });
  await git.run(['switch', '--quiet', '--create', 'other']);
  const other = await commitFiles(git, theirs);
  await git.run(['switch', '--quiet', 'main']);
  return { git, into: await commitFiles(git, ours), other };
}

describe('the forecast of a merge', () => {
  it('gives the tree that git merge makes', async () => {
    const { git, into, other } = await diverge({ a: lines('2', '1') }, { a: lines('1', '2'), c: 'c\n' });
    const forecast = await forecastMerge(git, into, other);
    await git.run(['merge', '--quiet', '--no-edit', 'other']);
    expect(forecast).toEqual({ result: 'clean', tree: await git.run(['rev-parse', 'HEAD^{tree}']) });
  });

  it('names the files in conflict', async () => {
    const { git, into, other } = await diverge(
      { a: lines('2', '1'), b: 'x\n' },
      { a: lines('3', '1'), b: 'y\n' },
    );
    expect(await forecastMerge(git, into, other)).toEqual({ result: 'conflict', paths: ['a', 'b'] });
    expect(await git.run(['status', '--porcelain'])).toBe('');
  });

  it('works without merge-tree if no file was changed on both sides', async () => {
    const { git, into, other } = await diverge({ b: 'x\n' }, { a: lines('1', '2') });
    expect(await forecastByIndex(git, into, other)).toEqual(await forecastMerge(git, into, other));
  });

  it('without merge-tree, says that it cannot decide if a file was changed on both sides', async () => {
    const { git, into, other } = await diverge({ a: lines('2', '1') }, { a: lines('1', '2') });
    expect(await forecastByIndex(git, into, other)).toMatchObject({ result: 'unknown' });
  });

  it('knows nothing about unrelated histories', async () => {
    const git = await createRepository();
    const into = await commitFiles(git, { a: '1' });
    await git.run(['switch', '--quiet', '--orphan', 'other']);
    const other = await commitFiles(git, { b: '1' });
    expect(await forecastMerge(git, into, other)).toMatchObject({ result: 'unknown' });
  });
});
