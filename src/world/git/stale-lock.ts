import { stat, unlink } from 'node:fs/promises';
import { messageOf } from '../../host/errors.ts';

/** Milliseconds that a lock must have been there, the same all along. git itself holds one for some milliseconds. */
const staleAfter = 5000;

/** The lock file that git ran into, if that is what its error says. */
export function lockIn(error: unknown): string | undefined {
  return /Unable to create '([^']+\.lock)': File exists/.exec(messageOf(error))?.[1];
}

/**
 * Watches the locks that git runs into. A git that was killed leaves its lock behind, and no other ever takes it
 * away: who runs the verb again would have to do it by hand.
 * @returns a function that takes an error of git's, removes the lock in it once that is stale, and says whether to
 * try again
 */
export function lockWatch(): (error: unknown) => Promise<boolean> {
  let watched: { readonly file: string; readonly id: string; readonly since: number } | undefined;
  return async (error) => {
    const file = lockIn(error);
    if (file === undefined) return false;
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

/** Tells a lock from the next one of the same name. */
async function identity(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.ino} ${found.mtimeNs}`;
}
