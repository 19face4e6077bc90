import type { Git } from './git.ts';

/** One file of a commit, as `git ls-tree` has it. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` (symbolic link) or `160000` (submodule). */
  readonly mode: string;
  readonly hash: string;
  readonly path: string;
}

/** Every file of a commit or tree, in git's order (by the bytes of the path). Submodules are in it. */
export async function listCommit(git: Git, commit: string): Promise<TreeEntry[]> {
  return (await list(git, commit)).map(({ kind: _, ...entry }) => entry);
}

/**
 * Files at or beneath a path in a commit or tree, without submodules.
 * @param path from the top of the repository; '' for all
 */
export async function listTree(git: Git, commit: string, path: string): Promise<TreeEntry[]> {
  return (await list(git, commit, path))
    .filter(({ kind }) => kind === 'blob')
    .map(({ kind: _, ...entry }) => entry);
}

async function list(git: Git, commit: string, path = ''): Promise<(TreeEntry & { readonly kind: string })[]> {
  const only = path === '' ? [] : [path];
  const listing = await git.runOnObjects(['ls-tree', '-r', '-z', '--full-tree', commit, ...only], commit);
  return listing
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [, mode = '', kind = '', hash = '', name = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? [];
      return { mode, kind, hash, path: name };
    });
}
