import { fetchedObjects, type Objects } from '../../git/fetched-objects.ts';
import type { Git } from '../../git/git.ts';

/** The checkout, whose missing objects are fetched from GitHub. */
export interface Clone extends Objects {
  readonly git: Git;
}

/** @param remote.url of the repository, for git */
export function openClone(
  git: Git,
  remote: { readonly url: string; readonly token: string | undefined },
): Clone {
  const objects = fetchedObjects(git, {
    address: remote.url,
    place: 'GitHub',
    env: credentials(remote),
    remedy: 'Check out the whole history: uses: actions/checkout with fetch-depth: 0.',
  });
  return { git, ...objects };
}

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
