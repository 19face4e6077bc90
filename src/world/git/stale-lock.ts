import { stat, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../../host/errors.ts';

/** Milliseconds after which an unchanged lock is stale. git itself holds one for a few milliseconds. */
const staleAfter = 5000;

/** The lock file in git's error message, if there is one. */
export function lockIn(error: unknown): string | undefined {
  const file = /Unable to create '([^']+\.lock)': File exists/.exec(messageOf(error))?.[1];
  return file === undefined ? undefined : resolve(file);
}

/**
 * Watches the locks that git runs into. A killed git leaves its lock behind, and git never removes it, so
 * people would have to.
 * @param within locks elsewhere are not touched
 * @returns a function that receives git's error (or its text), removes the lock in it if it is stale, and says whether to try again
 */
export function lockWatch(within = '/'): (error: unknown) => Promise<boolean> {
  let watched: { readonly file: string; readonly id: string; readonly since: number } | undefined;
  return async (error) => {
    const file = lockIn(error);
    if (file === undefined || !isInside(file, within)) return false;
    const id = await identity(file);
    if (id === undefined) return true;
    if (watched?.file !== file || watched.id !== id) watched = { file, id, since: performance.now() };
    else if (performance.now() - watched.since > staleAfter && (await identity(file)) === id) {
      await unlink(file).catch(() => {});
      watched = undefined;
    }
    return true;
  };
}

function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Distinguishes a lock from the next one of the same name. */
async function identity(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.ino} ${found.mtimeNs}`;
}
