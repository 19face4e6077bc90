import { z } from 'zod';
import { defined } from '../../../host/defined.ts';
import { shortCommit } from '../../git/short-commit.ts';
import { type Status, type Statuses, statusLength } from '../forge.ts';
import type { GitHubApi } from './api.ts';

const statusSchema = z.object({
  context: z.string(),
  state: z.enum(['success', 'pending', 'failure', 'error']),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});

/** Commit statuses on GitHub, which keeps every one that was ever set, at most 1000 a context. */
export function openGitHubStatuses(api: GitHubApi): Statuses {
  async function list(commit: string): Promise<Status[]> {
    const all = await api.all({
      doing: `reading the statuses of ${shortCommit(commit)}`,
      route: 'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
      params: { ref: commit },
      schema: statusSchema,
    });
    const newest = new Map<string, Status>();
    for (const { context, state, description, target_url } of all) {
      if (newest.has(context)) continue;
      newest.set(context, {
        context,
        state: state === 'error' ? 'failure' : state,
        description: description ?? '',
        ...defined({ url: target_url || undefined }),
      });
    }
    return [...newest.values()].sort((one, other) => (one.context < other.context ? -1 : 1));
  }

  return {
    list,
    set: async (commit, status) => {
      const { context, state, description, url } = status;
      if (description.length > statusLength)
        throw new Error(`the description of status ${context} is longer than ${statusLength}`);
      const now = (await list(commit)).find((each) => each.context === context);
      if (now?.state === state && now.description === description && now.url === url) return;
      await api.call({
        doing: `setting status ${context}`,
        route: 'POST /repos/{owner}/{repo}/statuses/{sha}',
        params: {
          sha: commit,
          context,
          state,
          description,
          ...defined({ target_url: url }),
        },
        schema: z.unknown(),
      });
    },
  };
}
