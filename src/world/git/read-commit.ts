import { isFullHash } from './full-hash.ts';
import type { Git } from './git.ts';

/**
 * The commit that a name stands for.
 * @param name a hash, also a short one, a branch, a tag, `HEAD` and the like
 * @returns its hash; undefined if there is no such commit
 */
export async function findCommit(git: Git, name: string): Promise<string | undefined> {
  const object = await git.objects.find(`${name}^{commit}`);
  if (object !== undefined) return object.hash;
  return git.try(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
}

/** When a commit was made (the committer's time), in UNIX seconds. @param commit a full hash */
export async function readCommitTime(git: Git, commit: string): Promise<number> {
  const object = isFullHash(commit) ? await git.objects.find(commit) : undefined;
  const [, time] = /^committer .*> (\d+) [+-]\d+$/m.exec(object?.bytes.toString() ?? '') ?? [];
  if (object?.kind === 'commit' && time !== undefined) return Number(time);
  const line = await git.run(['rev-list', '--max-count=1', '--timestamp', commit]);
  return Number(line.split(' ')[0]);
}

/**
 * The parents of a commit, as it names them: they may be missing here.
 * @param commit a full hash
 * @returns none for a commit that is not here
 */
export async function parentsOf(git: Git, commit: string): Promise<string[]> {
  const object = isFullHash(commit) ? await git.objects.find(commit) : undefined;
  if (object?.kind !== 'commit') return [];
  const [header = ''] = object.bytes.toString('latin1').split('\n\n', 1);
  return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent);
}
