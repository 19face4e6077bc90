import type { Sha } from '../forge/forge.ts';
import type { Git } from './git.ts';
import { parentsOf } from './read-commit.ts';

/** Commits that are read here before git is asked: one process of git takes the time of some dozens of them. */
const near = 32;

/**
 * The best common ancestor of two commits whose history is here.
 * @returns undefined if they share none; one of them if there are several
 * @throws OutsideError if git does not have a commit
 */
export async function mergeBase(git: Git, one: Sha, other: Sha): Promise<Sha | undefined> {
  if (await isNear(git, one, other)) return one;
  if (await isNear(git, other, one)) return other;
  const common = await git.run(['merge-base', one, other], { allow: [0, 1] });
  return common === '' ? undefined : common;
}

/** Whether a commit is, or is an ancestor of, another one whose history is here. */
export async function isAncestor(git: Git, ancestor: Sha, descendant: Sha): Promise<boolean> {
  return (await mergeBase(git, ancestor, descendant)) === ancestor;
}

/** True if the nearest commits of a history contain this one. False proves nothing. */
async function isNear(git: Git, ancestor: Sha, descendant: Sha): Promise<boolean> {
  const seen = new Set([descendant]);
  for (const commit of seen) {
    if (commit === ancestor) return true;
    if (seen.size >= near) return seen.has(ancestor);
    for (const parent of await parentsOf(git, commit)) seen.add(parent);
  }
  return false;
}
