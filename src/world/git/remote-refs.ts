import { setTimeout as sleep } from 'node:timers/promises';
import { plainLine } from '../../host/one-line.ts';
import { type Sha, StaleBranchError } from '../forge/forge.ts';
import type { Objects } from './fetched-objects.ts';
import type { Git } from './git.ts';
import { type RefGuard, type RefMove, type RefStore, shortRef } from './ref-store.ts';
import {
  explainRemoteFailure,
  isTransient,
  type Remote,
  RemoteError,
  remoteSeconds,
  runWithRemote,
} from './remote.ts';
import { lockWatch } from './stale-lock.ts';

/** Attempts of a push that the remote did not refuse for good; with the pauses enough for a lock to become stale. */
const pushAttempts = 12;
const readAttempts = 3;

/**
 * The refs of a remote. Every read asks the remote; every move is a push that names the old value
 * (`--force-with-lease`), and the server compares it again when it writes. Local branches and work trees are never
 * touched.
 * @param objects finds out whether a push whose answer was lost arrived
 */
export function remoteRefs(git: Git, remote: Remote, objects: Objects): RefStore {
  const read = batched((refs) => listRemote(git, remote, refs));

  async function move(wanted: RefMove, guard?: RefGuard): Promise<void> {
    // A push that moves nothing is not compared by the server.
    if (wanted.from === wanted.to) return requireAt(wanted.ref, wanted.to);
    const doing = `moving ${shortRef(wanted.ref)} at ${remote.place}`;
    const folder = localFolder(remote.url);
    const isLocked = folder === undefined ? async () => false : lockWatch(folder);
    for (let attempt = 1; ; attempt += 1) {
      const failure = await push(git, remote, wanted, guard, doing);
      if (failure === undefined || (await hasArrived(wanted, failure))) return;
      if (guard !== undefined) await requireAt(guard.ref, guard.at);
      const again = (await isLocked(failure)) || isTransient(failure) || isRace(failure);
      if (!again || attempt === pushAttempts) throw explainPushFailure(failure, doing, remote.place);
      await sleep((0.5 + Math.random()) * 200 * attempt);
    }
  }

  async function requireAt(ref: string, expected: Sha): Promise<void> {
    const now = await read(ref);
    if (now !== expected) throw new StaleBranchError(shortRef(ref), expected, now);
  }

  /**
   * Looks at the ref after a failed push.
   * @returns true if the push arrived and only the answer was lost; false if the ref did not move
   * @throws StaleBranchError if somebody else moved it
   */
  async function hasArrived({ ref, from, to }: RefMove, failure: string): Promise<boolean> {
    const now = await read(ref);
    if (now === to) return true;
    if (now === from) return false;
    const answered = /\[(?:remote )?rejected\]/.test(failure);
    if (now !== undefined && !answered) {
      // Perhaps ours arrived, and another writer went on from there.
      await objects.fetchHistory(now);
      if ((await git.try(['merge-base', '--is-ancestor', to, now])) !== undefined) return true;
    }
    throw new StaleBranchError(shortRef(ref), from, now);
  }

  return { read, move };
}

/** @returns undefined if the push succeeded; else what git and the remote said */
async function push(
  git: Git,
  remote: Remote,
  { ref, from, to }: RefMove,
  guard: RefGuard | undefined,
  doing: string,
): Promise<string | undefined> {
  const guards = guard === undefined ? [] : [{ ref: guard.ref, from: guard.at, to: guard.at }];
  const moves = [...guards, { ref, from, to }];
  const { exitCode, stdout, stderr } = await runWithRemote(
    git,
    [
      'push',
      '--porcelain',
      // Hooks of the clone are for what people push; these commits do not come from its work tree.
      '--no-verify',
      '--no-follow-tags',
      '--recurse-submodules=no',
      ...(moves.length > 1 ? ['--atomic'] : []),
      // An empty value means that the ref must not exist.
      ...moves.map((each) => `--force-with-lease=${each.ref}:${each.from ?? ''}`),
      remote.name,
      ...moves.map((each) => `${each.to}:${each.ref}`),
    ],
    { doing, seconds: remoteSeconds.long },
  );
  if (exitCode === 0) return undefined;
  const rejected = stdout.split('\n').filter((line) => line.startsWith('!'));
  return [stderr.trimEnd(), ...rejected].join('\n');
}

/** Where refs of a remote are now, by one connection. */
async function listRemote(
  git: Git,
  remote: Remote,
  refs: readonly string[],
): Promise<ReadonlyMap<string, Sha>> {
  const doing = `reading the branches of ${remote.place}`;
  for (let attempt = 1; ; attempt += 1) {
    const { exitCode, stdout, stderr } = await runWithRemote(
      git,
      ['ls-remote', '--quiet', remote.name, ...refs],
      { doing, seconds: remoteSeconds.short },
    );
    if (exitCode === 0) {
      const lines = stdout.split('\n').filter((line) => line !== '');
      return new Map(lines.map((line) => line.split('\t').reverse() as [string, Sha]));
    }
    if (attempt === readAttempts || !isTransient(stderr))
      throw explainRemoteFailure(stderr, { doing, place: remote.place });
    await sleep((0.5 + Math.random()) * 500 * attempt);
  }
}

/** Answers all questions of one turn of the event loop with one request for the list of refs. */
function batched(
  list: (refs: readonly string[]) => Promise<ReadonlyMap<string, Sha>>,
): (ref: string) => Promise<Sha | undefined> {
  let waiting: { readonly refs: Set<string>; readonly answer: Promise<ReadonlyMap<string, Sha>> } | undefined;
  return async (ref) => {
    if (waiting === undefined) {
      const refs = new Set<string>();
      const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        waiting = undefined;
        return list([...refs]);
      });
      waiting = { refs, answer };
    }
    waiting.refs.add(ref);
    return (await waiting.answer).get(ref);
  };
}

/** Another writer was faster, or held a lock: what the remote says then. */
function isRace(failure: string): boolean {
  return /stale info|fetch first|failed to update ref|cannot lock ref|incorrect old value|already exists|failed to lock/i.test(
    failure,
  );
}

function explainPushFailure(failure: string, doing: string, place: string): Error {
  const refused = /\[remote rejected\].*\((.*)\)/.exec(failure)?.[1];
  if (refused === undefined || isRace(failure)) return explainRemoteFailure(failure, { doing, place });
  return new RemoteError({
    problem: `${doing} failed: the remote refuses it (${refused})${wordsOfRemote(failure)}`,
    remedy:
      'Its hooks or branch protection decide that: let this login push to that branch. Nothing was changed; running the same command again is safe.',
  });
}

/** What a hook or the server itself said: `: error: GH006: Protected branch update failed`. */
function wordsOfRemote(failure: string): string {
  const lines = [...failure.matchAll(/^remote: *(.*\S)/gm)].map(([, line = '']) => line);
  const words = plainLine(lines.join(' '), 300);
  return words === '' ? '' : `: ${words}`;
}

/** The folder of a remote on this machine, for locks that a killed git left there; undefined for any other remote. */
function localFolder(url: string): string | undefined {
  if (url.startsWith('file://')) return decodeURIComponent(new URL(url).pathname);
  return url.startsWith('/') ? url : undefined;
}
