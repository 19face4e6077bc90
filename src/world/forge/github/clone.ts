import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, messageOf } from '../../../host/errors.ts';
import type { Git } from '../../git/git.ts';
import { shortCommit } from '../../git/short-commit.ts';
import type { Sha } from '../forge.ts';

/** The objects of the checkout; missing ones are fetched from GitHub. */
export interface Clone {
  readonly git: Git;
  /** Makes the files of a commit (or tree) readable here. */
  fetchCommit(commit: Sha): Promise<void>;
  /** The same with the whole history of each. @throws InputError naming `fetch-depth: 0` if it cannot be fetched */
  fetchHistory(...commits: readonly Sha[]): Promise<void>;
}

/**
 * Reads are local: one `git fetch` replaces many REST calls, and git answers questions about history that REST
 * cannot. A checkout by actions/checkout has one commit without history; the rest is fetched when it is needed.
 * @param remote.url of the repository, for git
 */
export function openClone(
  git: Git,
  remote: { readonly url: string; readonly token: string | undefined },
): Clone {
  const whole = new Set<Sha>();
  let last: Promise<unknown> = Promise.resolve();

  /** Fetches run one after the other: git locks what they write. */
  function fetch(args: readonly string[], doing: string): Promise<void> {
    const next = last.then(async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await git.run(
            [
              ...quiet,
              'fetch',
              '--quiet',
              '--no-tags',
              '--no-write-fetch-head',
              '--no-recurse-submodules',
              ...args,
            ],
            { env: credentials(remote), doing },
          );
          return;
        } catch (error) {
          // Another process on this checkout may hold a lock, or have moved the boundary of a shallow clone; and a
          // commit that the API has just made may not be known to every server behind GitHub's address yet.
          if (attempt === 4 || !/\.lock|shallow|not our ref/.test(messageOf(error))) throw error;
          await sleep((0.2 + Math.random()) * 400 * attempt);
        }
      }
    });
    last = next.catch(() => {});
    return next;
  }

  const has = async (object: Sha) => (await git.try(['cat-file', '-e', object])) !== undefined;
  const isShallow = async () => (await git.run(['rev-parse', '--is-shallow-repository'])) === 'true';

  async function fetchCommit(commit: Sha): Promise<void> {
    if (await has(commit)) return;
    // A depth would make a complete clone a shallow one.
    const depth = (await isShallow()) ? ['--depth=1'] : [];
    await fetch([...depth, remote.url, commit], `fetching ${shortCommit(commit)} from GitHub`);
  }

  return {
    git,
    fetchCommit,
    fetchHistory: async (...commits) => {
      const missing = [...new Set(commits)].filter((commit) => !whole.has(commit));
      await Promise.all(missing.map(fetchCommit));
      if (missing.length > 0 && (await isShallow())) {
        try {
          await fetch(['--unshallow', remote.url, ...missing], 'fetching the history of the checkout');
        } catch (error) {
          throw new InputError(
            {
              where: git.directory,
              problem: `this checkout has no history, and fetching it failed: ${messageOf(error)}`,
              remedy: 'Check out the whole history: uses: actions/checkout with fetch-depth: 0.',
            },
            { cause: error },
          );
        }
      }
      for (const commit of missing) whole.add(commit);
    },
  };
}

/** A fetch must not start git's clean-up, which removes objects that no ref names yet. */
const quiet = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

/**
 * The token reaches git through the environment, because everybody on the machine can read arguments, and .git/config
 * stays. The empty value comes first: actions/checkout leaves a header of its own, and GitHub refuses two.
 */
function credentials({ url, token }: { readonly url: string; readonly token: string | undefined }) {
  const { origin } = new URL(url);
  const key = `http.${origin}/.extraheader`;
  const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  const settings: readonly (readonly [string, string])[] = [
    ['credential.helper', ''],
    ['http.followRedirects', 'false'],
    [key, ''],
    ...(token === undefined ? [] : [[key, header] as const]),
  ];
  const first = Number(process.env.GIT_CONFIG_COUNT ?? 0);
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(first + settings.length)],
    ...settings.flatMap(([name, value], index) => [
      [`GIT_CONFIG_KEY_${first + index}`, name],
      [`GIT_CONFIG_VALUE_${first + index}`, value],
    ]),
  ]);
}
