import { constants } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from './errors.ts';
import { isMissing } from './files.ts';

/** What a path in a root file system leads to, when all symbolic links are followed inside that root. */
export interface Resolved {
  /** Path inside the root, without a symbolic link: `/usr/lib/systemd/systemd`. */
  readonly path: string;
  /** Path on this machine, without a symbolic link below the root. */
  readonly hostPath: string;
  readonly kind: 'file' | 'folder' | 'other';
  /** In bytes. */
  readonly size: number;
}

/** A root file system that we do not trust, read without ever leaving it. */
export interface InsideRoot {
  /** On this machine. */
  readonly folder: string;
  /** Follows a path; undefined for one that does not exist, or whose links lead in a circle. */
  resolve(path: string): Promise<Resolved | undefined>;
  /**
   * Reads a file; undefined unless it is a regular file that exists.
   * @throws InputError for a file larger than `largest`
   */
  readFile(path: string, options: { readonly largest: number }): Promise<Buffer | undefined>;
  /** The names in a folder, sorted; empty for one that does not exist. */
  list(path: string): Promise<string[]>;
}

/** The kernel's own limit (path_resolution(7)). */
const mostLinks = 40;
const mostParts = 4_096;

/**
 * Opens a root file system whose content is not ours: absolute links, and `..` above the top, stay inside it, as for a
 * process whose root it is (openat2(2), RESOLVE_IN_ROOT). Devices and pipes are never opened. The tree must not change
 * meanwhile.
 */
export function insideRoot(folder: string): InsideRoot {
  const resolve = (path: string) => resolveIn(folder, path);
  return {
    folder,
    resolve,
    readFile: async (path, { largest }) => {
      const found = await resolve(path);
      if (found?.kind !== 'file') return undefined;
      if (found.size > largest) {
        throw new InputError({
          where: path,
          problem: 'a file of the image is too large',
          found: found.size,
          expected: `at most ${largest} bytes`,
        });
      }
      const file = await open(
        found.hostPath,
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
      try {
        return await file.readFile();
      } finally {
        await file.close();
      }
    },
    list: async (path) => {
      const found = await resolve(path);
      return found?.kind === 'folder' ? (await readdir(found.hostPath)).sort() : [];
    },
  };
}

async function resolveIn(root: string, path: string): Promise<Resolved | undefined> {
  const waiting = path.split('/').reverse();
  const reached: string[] = [];
  let links = 0;
  for (let parts = 0; waiting.length > 0; parts += 1) {
    if (parts > mostParts) return undefined;
    const part = waiting.pop() as string;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      reached.pop();
      continue;
    }
    const hostPath = join(root, ...reached, part);
    const entry = await entryAt(hostPath);
    if (entry === undefined) return undefined;
    if (!entry.isSymbolicLink()) {
      // A path below a file does not exist.
      if (!entry.isDirectory() && waiting.some((each) => each !== '' && each !== '.')) return undefined;
      reached.push(part);
      continue;
    }
    links += 1;
    if (links > mostLinks) return undefined;
    const target = await readlink(hostPath);
    if (target.startsWith('/')) reached.length = 0;
    waiting.push(...target.split('/').reverse());
  }
  const hostPath = join(root, ...reached);
  const entry = await entryAt(hostPath);
  if (entry === undefined) return undefined;
  const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
  return { path: `/${reached.join('/')}`, hostPath, kind, size: entry.size };
}

async function entryAt(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (isMissing(error) || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}
