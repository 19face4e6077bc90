import { isAncestor, mergeBase } from '../../git/ancestry.ts';
import type { Objects } from '../../git/fetched-objects.ts';
import type { Git } from '../../git/git.ts';
import { changedPaths, listTree } from '../../git/list-tree.ts';
import { readCommitTime } from '../../git/read-commit.ts';
import { readTexts } from '../../git/read-objects.ts';
import { type RefStore, refOf } from '../../git/ref-store.ts';
import { writeCommit } from '../../git/write-objects.ts';
import type { BranchStore, Commit, Sha } from '../forge.ts';

/** git log in one format, whatever the user's settings. */
const plainLog = ['-c', 'log.showSignature=false', 'log', '--no-color', '--no-decorate'];

/** A repository that git works in, the refs that everybody works on, and a way to read their commits. */
export interface Repository {
  readonly git: Git;
  readonly refs: RefStore;
  readonly objects: Objects;
  /** Where the refs are: a folder, or `origin (ADDRESS)`. */
  readonly place: string;
}

/** Branches by git's plumbing. Commits are made in `git`, then a ref moves to them. */
export function openGitBranches({ git, refs, objects }: Repository): BranchStore {
  return {
    ...readCommits(git, objects),
    resolve: (branch) => refs.read(refOf(branch)),
    commit: async ({ branch, parent, from = parent, merges, changes, message }) => {
      if (from !== undefined) await objects.fetchCommit(from);
      const sha = await writeCommit(git, { parent: from, merges, changes, message });
      await refs.move({ ref: refOf(branch), from: parent, to: sha });
      return sha;
    },
    setBranch: ({ branch, from, to }) => refs.move({ ref: refOf(branch), from, to }),
  };
}

/** Reads commits, which are fetched before. */
export function readCommits(
  git: Git,
  objects: Objects,
): Omit<BranchStore, 'resolve' | 'commit' | 'setBranch'> {
  const { fetchCommit, fetchHistory, findCommit } = objects;
  return {
    fetchCommit,
    fetchHistory,
    readFile: async (commit, path) => {
      await fetchCommit(commit);
      const entries = (await listTree(git, commit, path)).filter((entry) => entry.path === path);
      return (await readTexts(git, entries)).get(path);
    },
    listFiles: async (commit, folder) => {
      await fetchCommit(commit);
      return (await listTree(git, commit, folder)).map((entry) => entry.path).sort();
    },
    readFolder: async (commit, folder) => {
      await fetchCommit(commit);
      return readTexts(git, await listTree(git, commit, folder));
    },
    isAncestor: async (ancestor, descendant) => {
      await fetchHistory(descendant);
      // When the whole history is here, a commit that does not exist here is not part of it.
      return (await findCommit(ancestor)) && isAncestor(git, ancestor, descendant);
    },
    contains: async (base, head) => {
      await fetchHistory(base, head);
      return contains(git, base, head);
    },
    commitTime: async (commit) => {
      await fetchCommit(commit);
      return readCommitTime(git, commit);
    },
    log: async ({ from, to }) => {
      await fetchHistory(from, to);
      return log(git, [to, `^${from}`]);
    },
    newest: async (commit, count) => {
      await objects.fetchNewest(commit, count);
      return log(git, ['--first-parent', `--max-count=${count}`, commit]);
    },
    changedFiles: async (from, to) => {
      await Promise.all([fetchCommit(from), fetchCommit(to)]);
      return changedPaths(git, from, to);
    },
  };
}

/**
 * After a squash or a rebase the base has other commits than the pull request, so the history does not show it. The
 * content does: every path that `head` changed since the merge base is the same in `base`.
 */
async function contains(git: Git, base: Sha, head: Sha): Promise<boolean> {
  const common = await mergeBase(git, base, head);
  if (common === head) return true;
  if (common === undefined) return false;
  const different = new Set(await changedPaths(git, head, base));
  return !(await changedPaths(git, common, head)).some((path) => different.has(path));
}

async function log(git: Git, range: readonly string[]): Promise<Commit[]> {
  const listed = await git.run([...plainLog, '-z', '--format=%H%n%P%n%ct%n%B', ...range]);
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
