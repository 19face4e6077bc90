import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../../../host/errors.ts';
import { withoutTrailingSlashes } from '../../../host/one-line.ts';
import type { RunOfPullRequest } from './read-pulls.ts';

/** GitHub as the environment of a workflow run describes it. */
export interface GitHubRun {
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly repository: string;
  readonly token: string | undefined;
  /** Set in runs for a pull request. */
  readonly pullRequest: RunOfPullRequest | undefined;
  /** Why the token of this run can only read; undefined if it depends on the job's permissions. */
  readonly readOnly: string | undefined;
}

const eventSchema = z.object({
  pull_request: z.object({
    number: z.int(),
    head: z.object({ repo: z.object({ full_name: z.string() }).nullish() }),
  }),
});

/** The forge that --forge or COXSWAIN_FORGE asks for; undefined: none. @throws InputError for any other */
export function wantedForge(env: NodeJS.ProcessEnv): 'git' | 'github' | undefined {
  const wanted = env.COXSWAIN_FORGE ?? '';
  if (wanted === '') return undefined;
  if (wanted === 'git' || wanted === 'github') return wanted;
  throw new InputError({
    field: '--forge (COXSWAIN_FORGE)',
    problem: 'no such forge',
    found: wanted,
    expected: 'git or github',
  });
}

/**
 * Reads which repository on GitHub a workflow run works on. Elsewhere GITHUB_REPOSITORY can name it together with
 * COXSWAIN_FORGE=github.
 * (https://docs.github.com/actions/reference/workflows-and-actions/variables)
 * @returns undefined if the remote of the checkout decides
 */
export function readGitHubRun(env: NodeJS.ProcessEnv): GitHubRun | undefined {
  const wanted = wantedForge(env);
  const inRun = env.GITHUB_ACTIONS === 'true';
  const named = wanted === 'github' && (env.GITHUB_REPOSITORY ?? '') !== '';
  if (wanted === 'git' || (!inRun && !named)) return undefined;
  const repository = env.GITHUB_REPOSITORY ?? '';
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new InputError({
      field: 'GITHUB_REPOSITORY',
      problem: 'not the name of a repository on GitHub',
      found: repository,
      expected: 'OWNER/NAME',
    });
  }
  return {
    apiUrl: address(env.GITHUB_API_URL, 'GITHUB_API_URL', 'https://api.github.com'),
    serverUrl: address(env.GITHUB_SERVER_URL, 'GITHUB_SERVER_URL', 'https://github.com'),
    repository,
    token: env.GITHUB_TOKEN,
    ...aboutPullRequest(env, repository),
  };
}

function address(text: string | undefined, field: string, fallback: string): string {
  if (text === undefined || text === '') return fallback;
  if (URL.canParse(text)) return withoutTrailingSlashes(text);
  throw new InputError({ field, problem: 'not an address', found: text, expected: 'https://…' });
}

/**
 * GitHub gives runs for a fork's pull request, and those that Dependabot causes, a token that can only read, whatever
 * the workflow's permissions say. `pull_request_target` is different: it runs the base's own workflow.
 */
function aboutPullRequest(
  env: NodeJS.ProcessEnv,
  repository: string,
): Pick<GitHubRun, 'pullRequest' | 'readOnly'> {
  const nothing = { pullRequest: undefined, readOnly: undefined };
  if (env.GITHUB_EVENT_NAME !== 'pull_request' || env.GITHUB_EVENT_PATH === undefined) return nothing;
  const event = eventSchema.safeParse(JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8')));
  if (!event.success) return nothing;
  const { number, head } = event.data.pull_request;
  // The repository of a fork may no longer exist.
  const fork = head.repo?.full_name.toLowerCase() !== repository.toLowerCase();
  return {
    pullRequest: { number, commit: env.GITHUB_SHA ?? '' },
    readOnly: fork
      ? `pull request #${number} comes from a fork`
      : env.GITHUB_ACTOR === 'dependabot[bot]'
        ? 'Dependabot caused this run'
        : undefined,
  };
}
