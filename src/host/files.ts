import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { onInterrupt } from './cleanup.ts';
import { InputError } from './errors.ts';
import { temporaryPrefix } from './temporary-names.ts';

/**
 * Runs `work` with a temporary folder that is gone afterwards, also after an error or Ctrl-C.
 * @param place where it is made; for much data not in memory
 */
export async function withTemporaryFolder<T>(
  prefix: string,
  work: (folder: string) => Promise<T>,
  place = tmpdir(),
): Promise<T> {
  const folder = await mkdtemp(join(place, temporaryPrefix(prefix)));
  const remove = () => rm(folder, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  try {
    return await work(folder);
  } finally {
    forget();
    await remove();
  }
}

/**
 * Makes a folder and those above it. Not by `mkdir({ recursive: true })`, which never ends in a file system that
 * refuses to make a folder with the error "not found" (/proc).
 */
export async function makeFolder(path: string, attempts = 12): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const above = dirname(path);
    if (codeOf(error) !== 'ENOENT' || above === path || attempts === 0) throw error;
    await makeFolder(above, attempts - 1);
    // Another process may make it at the same time, or remove the folder above while that is empty.
    await makeFolder(path, attempts - 1);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Why a place cannot be written to, in words; undefined for errors of another kind. */
const unwritable: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder cannot be made',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EBUSY: 'it is a folder that is in use',
  ENOTEMPTY: 'it is a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'the path is a circle of links',
  ENOSPC: 'the disk is full',
};

/**
 * Writes a whole file or nothing: readers see the old content or the new, never half of it.
 * @throws InputError for a place that cannot be written to
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeWhole(path, content);
  } catch (error) {
    const why = unwritable[codeOf(error) ?? ''];
    if (why === undefined) throw error;
    throw new InputError({ where: path, problem: `the file cannot be written: ${why}` }, { cause: error });
  }
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A file's text, or undefined if the file does not exist. Other errors are thrown. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a path exists; links are followed. Errors other than "no such file" are thrown. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** True for "no such file or directory". */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
