import { InputError } from '../../../host/errors.ts';
import type { Log } from '../../../host/log.ts';
import type { Git } from '../../git/git.ts';
import { findRemote } from '../../git/remote.ts';
import { type GitHubApi, openGitHubApi } from './api.ts';
import { findToken, gitHubOf } from './github-remote.ts';
import { readGitHubRun } from './run.ts';

/** The API of the repository on GitHub that a checkout belongs to. */
export interface GitHubRepository {
  readonly api: GitHubApi;
  /** `owner/name` */
  readonly repository: string;
  /** The repository's page, without a slash at its end: settings are beneath it. */
  readonly page: string;
}

/**
 * Opens the repository on GitHub of a checkout: that of the workflow run, or of the checkout's remote.
 * @throws InputError if there is none, or no token for it
 */
export async function openGitHubRepository(
  git: Git,
  { env, log }: { readonly env: NodeJS.ProcessEnv; readonly log: Log },
): Promise<GitHubRepository> {
  const run = readGitHubRun(env);
  const remote = run === undefined ? await findRemote(git, env.COXSWAIN_REMOTE || undefined) : undefined;
  const place = run ?? (remote === undefined ? undefined : await gitHubOf(remote, env));
  if (place === undefined) {
    throw new InputError({
      where: git.directory,
      field: '--github',
      problem: 'this checkout has no remote on GitHub',
      remedy:
        'Run it in a clone of the repository on GitHub, or set GITHUB_REPOSITORY=OWNER/NAME and COXSWAIN_FORGE=github.',
    });
  }
  const { repository, serverUrl } = place;
  const token = 'token' in place ? place.token : await findToken(place.host, env);
  const api = openGitHubApi({ ...place, token, log });
  return { api, repository, page: `${serverUrl}/${repository}` };
}
