import { isRehearsal } from '../../host/dry-run.ts';
import { InputError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import type { Git } from '../git/git.ts';
import { findRemote, type Remote } from '../git/remote.ts';
import { announceWrites } from './announce-writes.ts';
import type { Forge } from './forge.ts';
import { openGitForge } from './git/git-forge.ts';
import type { openGitHubForge as OpenGitHubForge } from './github/github-forge.ts';
import { findToken, type GitHubPlace, gitHubOf } from './github/github-remote.ts';
import { readGitHubRun, wantedForge } from './github/run.ts';
import { rehearseWrites } from './rehearse-writes.ts';
import { withoutToken } from './without-token.ts';

interface Options {
  /** COXSWAIN_FORGE (`git`, `github`), COXSWAIN_REMOTE, tokens, and the variables of a workflow run. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

/**
 * Opens the forge of a checkout. In a workflow run it is GitHub. Elsewhere it is the checkout's remote: GitHub if the
 * remote is there and a token is available, plain git if not. A checkout without a remote is its own forge.
 * @param git the top of the checkout
 * @throws InputError when it does not say which remote, or the wanted forge cannot be opened
 */
export async function openForge(git: Git, options: Options): Promise<Forge> {
  const forge = await openForgeOf(git, options);
  return isRehearsal() ? rehearseWrites(forge) : forge;
}

async function openForgeOf(git: Git, options: Options): Promise<Forge> {
  const { env, log } = options;
  const run = readGitHubRun(env);
  if (run !== undefined) {
    const forge = await openGitHub(git, run, options);
    // A workflow run writes to its own repository, as everybody expects.
    return env.GITHUB_ACTIONS === 'true' ? forge : announced(forge, log);
  }
  const wanted = wantedForge(env);
  const remote = await findRemote(git, env.COXSWAIN_REMOTE || undefined);
  const gitHub = remote === undefined || wanted === 'git' ? undefined : await gitHubOf(remote, env);
  if (remote === undefined || gitHub === undefined) {
    if (wanted === 'github') throw notOnGitHub(git, remote);
    const forge = await openGitForge(git, remote);
    return remote === undefined
      ? announceWrites(forge, `${forge.place} alone, not to a remote`, log)
      : announced(forge, log);
  }
  return openWithGitHub(git, remote, gitHub, options);
}

async function openWithGitHub(
  git: Git,
  remote: Remote,
  gitHub: GitHubPlace,
  options: Options,
): Promise<Forge> {
  const { env, log } = options;
  const token = await findToken(gitHub.host, env);
  if (token !== undefined || wantedForge(env) === 'github') {
    const run = { ...gitHub, token, pullRequest: undefined, readOnly: undefined };
    return announced(await openGitHub(git, run, options), log);
  }
  const forge = withoutToken(await openGitForge(git, remote), gitHub.host);
  return announceWrites(forge, `${forge.place} by git, because no token for GitHub was found`, log);
}

function announced(forge: Forge, log: Log): Forge {
  return announceWrites(forge, forge.place, log);
}

function notOnGitHub(git: Git, remote: Remote | undefined): InputError {
  return new InputError({
    where: git.directory,
    field: '--forge',
    problem:
      remote === undefined
        ? 'this checkout has no remote on GitHub'
        : `the address of its remote ${remote.name} is not on GitHub`,
    found: remote?.url ?? 'no remote',
    remedy: 'Name the remote with --remote, or set GITHUB_REPOSITORY=OWNER/NAME.',
  });
}

/** Loaded only when needed: GitHub's client takes a third of the whole time of a quick verb. */
async function openGitHub(...args: Parameters<typeof OpenGitHubForge>): Promise<Forge> {
  const { openGitHubForge } = await import('./github/github-forge.ts');
  return openGitHubForge(...args);
}
