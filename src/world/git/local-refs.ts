import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { type Sha, StaleBranchError } from '../forge/forge.ts';
import type { Git } from './git.ts';
import { type RefGuard, type RefMove, type RefStore, shortRef } from './ref-store.ts';
import { lockWatch } from './stale-lock.ts';

/** How often is tried; with the pauses, it is long enough to find out that a lock is stale. */
const attempts = 200;

/** The refs of a repository on this machine. A branch that a work tree has checked out is not moved. */
export function localRefs(git: Git): RefStore {
  return {
    read: (ref) => readRef(git, ref),
    move: async (move, guard) => {
      await refuseCheckedOut(git, move.ref);
      return guard === undefined ? moveRef(git, move) : moveRefWhile(git, move, guard);
    },
  };
}

/** The commit a full ref name (`refs/heads/main`) is at; undefined if there is no such ref. */
export async function readRef(git: Git, ref: string): Promise<Sha | undefined> {
  const object = await git.objects.find(ref);
  if (object !== undefined) return object.hash;
  // A ref may name an object that is not here.
  const found = await git.run(['rev-parse', '--verify', '--quiet', ref], { allow: [0, 1] });
  return found === '' ? undefined : found;
}

/**
 * Moves a ref, if it is still at `from`; creates it if `from` is undefined.
 * @throws StaleBranchError when it moved meanwhile
 * @throws OutsideError when git cannot write it
 */
export async function moveRef(git: Git, move: RefMove): Promise<void> {
  const { ref, from, to } = move;
  await untilUnlocked(
    () => git.run(['update-ref', ref, to, from ?? ''], { doing: `moving ${ref}` }),
    async () => {
      const now = await readRef(git, ref);
      if (now !== from) throw new StaleBranchError(shortRef(ref), from, now);
    },
  );
}

/**
 * Moves a ref like moveRef, if another one is still at the commit that the caller saw.
 * @throws StaleBranchError for the one that moved
 */
export async function moveRefWhile(git: Git, move: RefMove, guard: RefGuard): Promise<void> {
  const lines = [
    'start',
    `verify ${guard.ref} ${guard.at}`,
    `update ${move.ref} ${move.to} ${move.from ?? '0'.repeat(move.to.length)}`,
  ];
  await untilUnlocked(
    () =>
      git.run(['update-ref', '--stdin'], {
        input: [...lines, 'commit', ''].join('\n'),
        doing: `moving ${move.ref}`,
      }),
    async () => {
      for (const { ref, at } of [guard, { ref: move.ref, at: move.from }]) {
        const now = await readRef(git, ref);
        if (now !== at) throw new StaleBranchError(shortRef(ref), at, now);
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

/**
 * If we moved a checked-out branch, its work tree would look as if the user had reverted our commit.
 * @throws InputError
 */
async function refuseCheckedOut(git: Git, ref: string): Promise<void> {
  if (ref === shortRef(ref)) return;
  const listed = await git.run(['worktree', 'list', '--porcelain']);
  for (const block of listed.split('\n\n')) {
    const lines = block.split('\n');
    if (!lines.includes(`branch ${ref}`) || lines.some((line) => line.startsWith('prunable'))) continue;
    const folder = lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
    throw new InputError({
      ...defined({ where: folder }),
      problem: `branch ${shortRef(ref)} is checked out here, and Coxswain moves it`,
      remedy: 'Switch that work tree to another branch, then run this again.',
    });
  }
}
