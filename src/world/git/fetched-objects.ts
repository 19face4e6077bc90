import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, messageOf } from '../../host/errors.ts';
import type { Sha } from '../forge/forge.ts';
import type { Git } from './git.ts';
import { findCommit } from './read-commit.ts';
import { explainRemoteFailure, isTransient, remoteSeconds, runWithRemote } from './remote.ts';
import { shortCommit } from './short-commit.ts';

/** Makes commits readable by git in a clone. */
export interface Objects {
  /** Makes the files of a commit (or tree) readable. @throws InputError, OutsideError when it cannot be fetched */
  fetchCommit(commit: Sha): Promise<void>;
  /** Makes commits readable with their whole history. @throws InputError if that is not possible */
  fetchHistory(...commits: readonly Sha[]): Promise<void>;
  /** Makes a commit readable with the newest part of its history: `count` commits, or more. @throws as fetchCommit */
  fetchNewest(commit: Sha, count: number): Promise<void>;
  /** Like fetchCommit; false if the commit exists neither here nor at the remote. */
  findCommit(commit: Sha): Promise<boolean>;
}

/** Objects of a repository that has everything it will ever have. */
export function localObjects(git: Git): Objects {
  return {
    fetchCommit: async () => {},
    fetchHistory: async () => {},
    fetchNewest: async () => {},
    findCommit: async (commit) => (await findCommit(git, commit)) !== undefined,
  };
}

/** The remote has no such object. */
class UnknownObject extends Error {}

/** Where objects come from. */
interface Source {
  /** Remote name or address, for git. */
  readonly address: string;
  /** The same for people. */
  readonly place: string;
  /** Added to git's environment: credentials. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Objects of a clone; missing ones are fetched when they are needed. One `git fetch` replaces many calls, and git
 * answers questions about history. The clone may be shallow, partial, or one commit by actions/checkout.
 * @param from.remedy what to do if the history cannot be fetched
 */
export function fetchedObjects(git: Git, from: Source & { readonly remedy: string }): Objects {
  const { address, place, env = {} } = from;
  /** Commits whose history is complete here. */
  const complete = new Set<Sha>();
  const fetch = fetchQueue(git, from);

  const isShallow = async () => (await git.run(['rev-parse', '--is-shallow-repository'])) === 'true';

  /** Objects that are here, and those that git is asked about. Nothing of ours removes objects. */
  const here = new Map<Sha, Promise<boolean>>();

  function has(object: Sha): Promise<boolean> {
    const asked = here.get(object) ?? isHere(git, object);
    here.set(object, asked);
    void asked.then(
      (found) => found || here.delete(object),
      () => here.delete(object),
    );
    return asked;
  }

  /** @throws UnknownObject */
  async function fetchMissing(commit: Sha): Promise<void> {
    if (await has(commit)) return;
    // A depth would make a complete clone a shallow one.
    const depth = (await isShallow()) ? ['--depth=1'] : [];
    const doing = `fetching ${shortCommit(commit)} from ${place}`;
    try {
      await fetch([...depth, address, commit], doing);
    } catch (error) {
      if (!(error instanceof UnknownObject)) throw error;
      // A server may serve only what its branches have (git's protocol before version 2, as over ssh to a server that
      // does not accept GIT_PROTOCOL): then all of them.
      for (const depth of (await isShallow()) ? [[], ['--unshallow']] : [[]]) {
        await fetchBranches(depth, doing);
        if (await has(commit)) return;
      }
      throw error;
    }
  }

  /**
   * Fetches everything that branches lead to. The refs are listed first, because git accepts a pattern of refs only
   * together with a place to write refs to.
   */
  async function fetchBranches(depth: readonly string[], doing: string): Promise<void> {
    const listed = await runWithRemote(
      git,
      ['ls-remote', '--quiet', address, 'refs/heads/*', 'refs/coxswain/*'],
      { doing, seconds: remoteSeconds.short, env },
    );
    if (listed.exitCode !== 0) throw explainRemoteFailure(listed.stderr, { doing, place });
    const refs = listed.stdout.split('\n').flatMap((line) => line.split('\t')[1] ?? []);
    for (let start = 0; start < refs.length; start += refsAtOnce) {
      const first = start === 0 ? depth : [];
      await fetch([...first, address, ...refs.slice(start, start + refsAtOnce)], doing);
    }
  }

  async function fetchCommit(commit: Sha): Promise<void> {
    try {
      await fetchMissing(commit);
    } catch (error) {
      if (!(error instanceof UnknownObject)) throw error;
      throw explainRemoteFailure(error.message, {
        doing: `fetching ${shortCommit(commit)} from ${place}`,
        place,
      });
    }
  }

  return {
    fetchCommit,
    findCommit: async (commit) => {
      try {
        await fetchMissing(commit);
        return true;
      } catch (error) {
        if (error instanceof UnknownObject) return false;
        throw error;
      }
    },
    fetchNewest: async (commit, count) => {
      // A complete clone gets the whole history with a commit. A shallow one has only the commit itself.
      if (await isShallow()) {
        const doing = `fetching the newest commits before ${shortCommit(commit)} from ${place}`;
        await fetch([`--depth=${count}`, address, commit], doing);
      } else await fetchCommit(commit);
    },
    fetchHistory: async (...commits) => {
      const missing = [...new Set(commits)].filter((commit) => !complete.has(commit));
      await Promise.all(missing.map(fetchCommit));
      if (missing.length > 0 && (await isShallow())) {
        try {
          await fetch(['--unshallow', address, ...missing], 'fetching the history of the checkout');
        } catch (error) {
          throw new InputError(
            {
              where: git.directory,
              problem: `this checkout has no history, and fetching it failed: ${messageOf(error)}`,
              remedy: from.remedy,
            },
            { cause: error },
          );
        }
      }
      for (const commit of missing) complete.add(commit);
    },
  };
}

type Fetch = (args: readonly string[], doing: string) => Promise<void>;

/** `git fetch`, one after the other: git locks what it writes. */
function fetchQueue(git: Git, { place, env = {} }: Source): Fetch {
  let last: Promise<unknown> = Promise.resolve();
  const fetchNow: Fetch = async (args, doing) => {
    for (let attempt = 1; ; attempt += 1) {
      const { exitCode, stderr } = await runWithRemote(git, ['fetch', ...fetchOptions, ...args], {
        doing,
        seconds: remoteSeconds.long,
        env,
      });
      if (exitCode === 0) return;
      // Another process may hold a lock or have moved a shallow boundary; a forge's server may not have a new commit yet.
      if (attempt < 4 && (isTransient(stderr) || /\.lock|shallow|not our ref/.test(stderr))) {
        await sleep((0.2 + Math.random()) * 400 * attempt);
        continue;
      }
      if (unknownObject.test(stderr)) throw new UnknownObject(stderr);
      throw explainRemoteFailure(stderr, { doing, place });
    }
  };
  return (args, doing) => {
    const next = last.then(() => fetchNow(args, doing));
    last = next.catch(() => {});
    return next;
  };
}

/** Names of refs in one command line. */
const refsAtOnce = 500;

const fetchOptions = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'] as const;

const unknownObject = /not our ref|unadvertised object|couldn't find remote ref|no such remote ref/i;

/** In a partial clone git would fetch the object to answer. Newer versions of git can be told not to. */
async function isHere(git: Git, object: Sha): Promise<boolean> {
  return (await git.try(['cat-file', '-e', object], { env: { GIT_NO_LAZY_FETCH: '1' } })) !== undefined;
}
