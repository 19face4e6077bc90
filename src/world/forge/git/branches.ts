import { defined } from '../../../host/defined.ts';
import { InputError } from '../../../host/errors.ts';
import type { Git } from '../../git/git.ts';
import { listTree } from '../../git/list-tree.ts';
import { readTexts } from '../../git/read-texts.ts';
import { moveRef, readRef } from '../../git/refs.ts';
import { writeCommit } from '../../git/write-objects.ts';
import type { BranchStore, Commit, Sha } from '../forge.ts';

/** git log in one format, whatever the user's settings. */
const plainLog = ['-c', 'log.showSignature=false', 'log', '--no-color', '--no-decorate'];

/** Branches of a repository on this machine, by git's plumbing. */
export function openGitBranches(git: Git): BranchStore {
  return {
    resolve: (branch) => readRef(git, refOf(branch)),
    fetchCommit: async () => {},
    fetchHistory: async () => {},
    readFile: async (commit, path) => {
      const entries = (await listTree(git, commit, path)).filter((entry) => entry.path === path);
      return (await readTexts(git, entries)).get(path);
    },
    listFiles: async (commit, folder) =>
      (await listTree(git, commit, folder)).map((entry) => entry.path).sort(),
    readFolder: async (commit, folder) => readTexts(git, await listTree(git, commit, folder)),
    commit: async ({ branch, parent, from = parent, merges, changes, message }) => {
      await refuseCheckedOut(git, branch);
      const sha = await writeCommit(git, { parent: from, merges, changes, message });
      await moveRef(git, { ref: refOf(branch), from: parent, to: sha });
      return sha;
    },
    setBranch: async ({ branch, from, to }) => {
      await refuseCheckedOut(git, branch);
      await moveRef(git, { ref: refOf(branch), from, to });
    },
    isAncestor: (ancestor, descendant) => isAncestor(git, ancestor, descendant),
    contains: (base, head) => contains(git, base, head),
    commitTime: async (commit) => Number(await git.run([...plainLog, '-1', '--format=%ct', commit])),
    log: ({ from, to }) => log(git, from, to),
    changedFiles: async (from, to) => [...(await changedFiles(git, from, to))].sort(),
  };
}

/** The full ref name of a branch. */
export function refOf(branch: string): string {
  return `refs/heads/${branch}`;
}

/**
 * If we moved a checked-out branch, its work tree would look as if the user had reverted our commit.
 * @throws InputError
 */
export async function refuseCheckedOut(git: Git, branch: string): Promise<void> {
  const listed = await git.run(['worktree', 'list', '--porcelain']);
  for (const block of listed.split('\n\n')) {
    const lines = block.split('\n');
    if (!lines.includes(`branch ${refOf(branch)}`) || lines.some((line) => line.startsWith('prunable')))
      continue;
    const folder = lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
    throw new InputError({
      ...defined({ where: folder }),
      problem: `branch ${branch} is checked out here, and Coxswain moves it`,
      remedy: 'Switch that work tree to another branch, then run this again.',
    });
  }
}

async function isAncestor(git: Git, ancestor: Sha, descendant: Sha): Promise<boolean> {
  const common = await git.run(['merge-base', ancestor, descendant], { allow: [0, 1] });
  return common === ancestor;
}

/**
 * After a squash or a rebase the base has other commits than the pull request, so history cannot answer. Content can:
 * every path that `head` changed since the merge base is the same in `base`.
 */
async function contains(git: Git, base: Sha, head: Sha): Promise<boolean> {
  const common = await git.run(['merge-base', base, head], { allow: [0, 1] });
  if (common === head) return true;
  if (common === '') return false;
  const [changed, different] = await Promise.all([
    changedFiles(git, common, head),
    changedFiles(git, head, base),
  ]);
  return ![...changed].some((path) => different.has(path));
}

async function changedFiles(git: Git, from: Sha, to: Sha): Promise<Set<string>> {
  const listed = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to]);
  return new Set(listed.split('\0').filter((path) => path !== ''));
}

async function log(git: Git, from: Sha, to: Sha): Promise<Commit[]> {
  const listed = await git.run([...plainLog, '-z', '--format=%H%n%P%n%ct%n%B', to, `^${from}`]);
  return listed
    .split('\0')
    .filter((text) => text !== '')
    .map((text) => {
      const [sha = '', parents = '', time = '', ...message] = text.split('\n');
      return {
        sha,
        parents: parents.split(' ').filter((parent) => parent !== ''),
        time: Number(time),
        message: message.join('\n').trimEnd(),
      };
    });
}
