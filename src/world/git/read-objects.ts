import { InputError, OutsideError } from '../../host/errors.ts';
import type { Git } from './git.ts';
import type { TreeEntry } from './list-tree.ts';

/**
 * Reads blobs by hash, byte for byte (no end-of-line conversion, no filters), one after the other so that only
 * one is in memory at a time.
 * @throws OutsideError when git does not have one of them
 */
export async function readBlobs(
  git: Git,
  hashes: readonly string[],
  each: (hash: string, bytes: Buffer) => Promise<void>,
): Promise<void> {
  for (const hash of hashes) await each(hash, await readBlob(git, hash));
}

/** Reads one blob. @throws OutsideError when git does not have it */
export async function readBlob(git: Git, hash: string): Promise<Buffer> {
  const object = await git.objects.read(hash);
  if (object?.kind === 'blob') return object.bytes;
  throw new OutsideError(`reading ${hash} from git`, `it is ${object?.kind ?? 'missing'}, expected a file`);
}

/**
 * A file's text, for files that have to be text.
 * @throws InputError when the bytes are not UTF-8
 */
export async function readTextBlob(git: Git, entry: TreeEntry): Promise<string> {
  return decode(await readBlob(git, entry.hash), entry);
}

/**
 * Texts of several files.
 * @returns path → text
 * @throws InputError naming the file that is not UTF-8 text
 */
export async function readTexts(git: Git, entries: readonly TreeEntry[]): Promise<Map<string, string>> {
  const texts = await Promise.all(
    entries.map(async (entry) => {
      const known = git.memory.get(entry.hash);
      if (known !== undefined) return known;
      const text = await readTextBlob(git, entry);
      git.memory.set(entry.hash, text);
      return text;
    }),
  );
  return new Map(entries.map(({ path }, index) => [path, texts[index] as string]));
}

function decode(bytes: Buffer, entry: TreeEntry): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InputError({ where: entry.path, problem: 'this file is not UTF-8 text' }, { cause: error });
  }
}
