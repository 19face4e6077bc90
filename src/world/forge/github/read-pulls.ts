import { z } from 'zod';
import { shortCommit } from '../../git/short-commit.ts';
import type { PullRequest, PullRequests, Sha } from '../forge.ts';
import type { GitHubApi } from './api.ts';
import { commentsOf, keyedComments, type WhoAmI } from './comments.ts';
import { notReadyLabel } from './drafts.ts';
import { isReady, type Pull, pullSchema, stateOf } from './pull.ts';

/** What a workflow run knows about the pull request that it runs for. */
export interface RunOfPullRequest {
  readonly number: number;
  /** GITHUB_SHA: the merge of the pull request into its base, which no branch has. */
  readonly commit: Sha;
}

/** Reads pull requests of one repository on GitHub. */
export interface PullReader extends Pick<PullRequests, 'list' | 'find' | 'latest' | 'findByCommit'> {
  /** One pull request as GitHub has it. */
  read(number: number): Promise<Pull>;
  /** The same in our own terms, with our comments. */
  toPullRequest(pull: Pull): Promise<PullRequest>;
}

export function createPullReader(
  api: GitHubApi,
  options: {
    readonly repository: string;
    readonly who: WhoAmI;
    readonly run: RunOfPullRequest | undefined;
  },
): PullReader {
  const { repository, who, run } = options;
  const owner = repository.split('/')[0] ?? '';

  /** A fork can have branches of the same names. */
  const isOwn = ({ head }: Pull) => head.repo?.full_name.toLowerCase() === repository.toLowerCase();

  const toPullRequest = async (pull: Pull): Promise<PullRequest> => {
    const labels = pull.labels.map(({ name }) => name);
    return {
      number: pull.number,
      title: pull.title,
      body: (pull.body ?? '').replaceAll('\r\n', '\n'),
      head: pull.head.ref,
      base: pull.base.ref,
      headCommit: pull.head.sha,
      state: stateOf(pull),
      ready: isReady(pull),
      labels: labels.filter((label) => label !== notReadyLabel),
      comments: commentsOf(await keyedComments(api, who, pull.number)),
    };
  };

  const toPullRequestIfAny = (pull: Pull | undefined) =>
    pull === undefined ? undefined : toPullRequest(pull);

  const read = (number: number): Promise<Pull> =>
    api.call({
      doing: `reading pull request #${number}`,
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      params: { pull_number: number },
      schema: pullSchema,
    });

  const listPulls = (params: Readonly<Record<string, unknown>>): Promise<Pull[]> =>
    api.all({
      doing: 'listing pull requests',
      route: 'GET /repos/{owner}/{repo}/pulls',
      params: { sort: 'created', direction: 'asc', ...params },
      schema: pullSchema,
    });

  return {
    read,
    toPullRequest,
    list: async ({ state } = {}) => {
      const pulls = await listPulls({
        state: state === undefined ? 'all' : state === 'open' ? 'open' : 'closed',
      });
      const wanted = pulls.filter((pull) => state === undefined || stateOf(pull) === state);
      return Promise.all(wanted.map(toPullRequest));
    },
    find: async ({ head, base }) => {
      const pulls = await listPulls({ state: 'open', base, head: `${owner}:${head}` });
      return toPullRequestIfAny(pulls.find(isOwn));
    },
    latest: async ({ head, base }) => {
      const newest = await api.call({
        doing: 'looking for the last pull request',
        route: 'GET /repos/{owner}/{repo}/pulls',
        params: { state: 'all', base, head: `${owner}:${head}`, sort: 'created', direction: 'desc' },
        schema: z.array(pullSchema),
      });
      return toPullRequestIfAny(newest.find(isOwn));
    },
    findByCommit: async (commit) => {
      if (run?.commit === commit) {
        const pull = await read(run.number);
        return toPullRequestIfAny(pull.state === 'open' ? pull : undefined);
      }
      const pulls = await api.find({
        doing: `looking for the pull request of ${shortCommit(commit)}`,
        route: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
        params: { commit_sha: commit, per_page: 100 },
        schema: z.array(pullSchema),
      });
      return toPullRequestIfAny(pulls?.find(({ state, head }) => state === 'open' && head.sha === commit));
    },
  };
}
