import { join } from 'node:path';
import { exec } from '../../host/exec.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import type { Sha } from '../forge/forge.ts';
import type { Git } from './git.ts';
import { commitTree } from './write-objects.ts';

export type MergeResult =
  | { readonly result: 'clean'; readonly tree: Sha }
  | { readonly result: 'conflict'; readonly paths: readonly string[] }
  | { readonly result: 'unknown'; readonly why: string };

/** Computes the merge of a commit into another. Changes no branch and no work tree. */
export async function forecastMerge(git: Git, into: Sha, commit: Sha): Promise<MergeResult> {
  const { exitCode, stdout } = await exec(
    'git',
    ['-C', git.directory, 'merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', into, commit],
    { allow: [0, 1, 128, 129], doing: 'trying the merge' },
  );
  const [tree = '', ...paths] = stdout.split('\0').filter((part) => part !== '');
  if (exitCode === 0) return { result: 'clean', tree };
  if (exitCode === 1) return { result: 'conflict', paths: [...new Set(paths)] };
  return forecastByIndex(git, into, commit);
}

/**
 * Computes the merge as if `base` were the merge base, whatever the histories say. After a squash or a roll-back,
 * history names another merge base than the content has.
 */
export async function forecastMergeFrom(
  git: Git,
  sides: { readonly base: Sha; readonly into: Sha; readonly commit: Sha },
): Promise<MergeResult> {
  const asChild = async (commit: Sha, parents: readonly Sha[]) =>
    commitTree(git, { tree: `${commit}^{tree}`, parents, message: 'only to merge\n' });
  const base = await asChild(sides.base, []);
  return forecastMerge(git, await asChild(sides.into, [base]), await asChild(sides.commit, [base]));
}

/**
 * For git before 2.38, which has no `merge-tree --write-tree`. If each path changed on one side at most, the merge is
 * clean; otherwise only a merge of the contents could decide.
 */
export async function forecastByIndex(git: Git, into: Sha, commit: Sha): Promise<MergeResult> {
  const base = await git.run(['merge-base', into, commit], { allow: [0, 1] });
  if (base === '') return { result: 'unknown', why: 'the two branches share no history here' };
  return withTemporaryFolder('merge', async (folder) => {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await git.run(['read-tree', '-i', '-m', '--aggressive', base, into, commit], { env });
    const unmerged = await git.run(['ls-files', '--unmerged', '-z'], { env });
    if (unmerged !== '') {
      return {
        result: 'unknown',
        why: 'both sides changed the same files, and git before 2.38 cannot merge them without a work tree',
      };
    }
    return { result: 'clean', tree: await git.run(['write-tree'], { env }) };
  });
}
