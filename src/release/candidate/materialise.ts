import { chmod, lutimes, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../host/errors.ts';
import type { Git } from '../../world/git/git.ts';
import { readBlobs } from '../../world/git/read-objects.ts';
import type { ContextEntry } from './build-context.ts';

/**
 * Writes the build context into an empty folder: exactly the hashed files, from git's objects, whatever the work
 * tree, the umask, and git's settings for line ends and filters are. Times are the commit's.
 * @throws InputError for a file that git keeps elsewhere (Git LFS)
 */
export async function materialiseContext(
  git: Git,
  context: readonly ContextEntry[],
  folder: string,
  committedAt: number,
): Promise<void> {
  const folders = new Set<string>([folder]);
  for (const { path } of context) {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent))
      folders.add(join(folder, parent));
  }
  for (const each of folders) await mkdir(each, { recursive: true });
  const byHash = groupByHash(context);
  // Symbolic links come last, so that no file is written through one.
  const links: Array<{ path: string; target: Buffer }> = [];
  await readBlobs(git, [...byHash.keys()], async (hash, bytes) => {
    for (const { path, mode } of byHash.get(hash) ?? []) {
      if (mode === '120000') {
        links.push({ path, target: bytes });
        continue;
      }
      refuseLargeFilePointer(path, bytes);
      const file = join(folder, path);
      await writeFile(file, bytes, { flag: 'wx' });
      await chmod(file, mode === '100755' ? 0o755 : 0o644);
      await utimes(file, committedAt, committedAt);
    }
  });
  for (const { path, target } of links) {
    await symlink(target, join(folder, path));
    await lutimes(join(folder, path), committedAt, committedAt);
  }
  for (const each of [...folders].reverse()) {
    await chmod(each, 0o755);
    await utimes(each, committedAt, committedAt);
  }
}

function groupByHash(context: readonly ContextEntry[]): Map<string, ContextEntry[]> {
  const groups = new Map<string, ContextEntry[]>();
  for (const entry of context) groups.set(entry.hash, [...(groups.get(entry.hash) ?? []), entry]);
  return groups;
}

/** Otherwise the image would get three lines of text instead of the file. */
function refuseLargeFilePointer(path: string, bytes: Buffer): void {
  if (bytes.length > 1024 || !bytes.toString('latin1').startsWith('version https://git-lfs.github.com/spec/'))
    return;
  throw new InputError({
    where: path,
    problem: 'this file is in Git LFS: the commit holds only a pointer to it',
    remedy: `Commit the file itself, fetch it in the Containerfile, or name ${path} in .containerignore.`,
  });
}
