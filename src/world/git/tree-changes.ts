import type { BranchStore, FileChange, Sha } from '../forge/forge.ts';
import type { Git } from './git.ts';
import { findEntry } from './list-tree.ts';
import { readBlob } from './read-objects.ts';

/**
 * The changes that turn one commit's files into another's (or a tree's), byte for byte.
 * @param options.keep paths that stay as they are
 * @returns undefined if links or submodules differ: FileChange cannot express those
 */
export async function treeChanges(
  { git, branches }: { readonly git: Git; readonly branches: BranchStore },
  options: { readonly from: Sha; readonly to: Sha; readonly keep?: (path: string) => boolean },
): Promise<FileChange[] | undefined> {
  const changes: FileChange[] = [];
  for (const path of await branches.changedFiles(options.from, options.to)) {
    if (options.keep?.(path) === true) continue;
    const entry = await findEntry(git, options.to, path);
    if (entry === undefined) {
      changes.push({ path, content: null });
    } else if (!/^100/.test(entry.mode)) {
      return undefined;
    } else {
      const content = asText(await readBlob(git, entry.hash));
      changes.push({ path, content, executable: entry.mode === '100755' });
    }
  }
  return changes;
}

/** Text if it is UTF-8, because text can be compared with a branch's files. */
function asText(bytes: Buffer): string | Buffer {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) && !text.includes('\uFFFD') ? text : bytes;
}
