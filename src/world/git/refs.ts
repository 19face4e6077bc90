import { setTimeout as sleep } from 'node:timers/promises';
import { type Sha, StaleBranchError } from '../forge/forge.ts';
import type { Git } from './git.ts';
import { lockWatch } from './stale-lock.ts';

/** Enough, with the pauses between them, to find out that a lock is stale. */
const attempts = 200;

/** The commit a full ref name (`refs/heads/main`) is at; undefined if there is no such ref. */
export async function readRef(git: Git, ref: string): Promise<Sha | undefined> {
  const found = await git.run(['rev-parse', '--verify', '--quiet', ref], { allow: [0, 1] });
  return found === '' ? undefined : found;
}

/**
 * Moves a ref, if it is still at `from`; creates it if `from` is undefined.
 * @throws StaleBranchError when it moved meanwhile
 * @throws OutsideError when git cannot write it
 */
export async function moveRef(
  git: Git,
  move: { readonly ref: string; readonly from: Sha | undefined; readonly to: Sha },
): Promise<void> {
  const { ref, from, to } = move;
  await untilUnlocked(
    () => git.run(['update-ref', ref, to, from ?? ''], { doing: `moving ${ref}` }),
    async () => {
      const now = await readRef(git, ref);
      if (now !== from) throw new StaleBranchError(shortName(ref), from, now);
    },
  );
}

/**
 * Moves a ref like moveRef, if another one is still at the commit that the caller saw.
 * @throws StaleBranchError for the one that moved
 */
export async function moveRefWhile(
  git: Git,
  move: { readonly ref: string; readonly from: Sha; readonly to: Sha },
  guard: { readonly ref: string; readonly at: Sha },
): Promise<void> {
  const lines = ['start', `verify ${guard.ref} ${guard.at}`, `update ${move.ref} ${move.to} ${move.from}`];
  await untilUnlocked(
    () =>
      git.run(['update-ref', '--stdin'], {
        input: [...lines, 'commit', ''].join('\n'),
        doing: `moving ${move.ref}`,
      }),
    async () => {
      for (const { ref, at } of [guard, { ref: move.ref, at: move.from }]) {
        const now = await readRef(git, ref);
        if (now !== at) throw new StaleBranchError(shortName(ref), at, now);
      }
    },
  );
}

/**
 * Tries again while another process holds a lock that git needs.
 * @param check throws if a ref moved
 */
async function untilUnlocked(move: () => Promise<unknown>, check: () => Promise<void>): Promise<void> {
  const isLocked = lockWatch();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await move();
      return;
    } catch (error) {
      await check();
      if (attempt === attempts || !(await isLocked(error))) throw error;
      await sleep(Math.random() * 200);
    }
  }
}

/** `refs/heads/main` → `main`; other refs keep their whole name. */
function shortName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}
