import type { Log } from '../../../host/log.ts';
import type { BranchStore, PullRequests } from '../forge.ts';
import type { GitHubApi } from './api.ts';
import { putComment, type WhoAmI } from './comments.ts';
import { createPullReader, type RunOfPullRequest } from './read-pulls.ts';
import { createPullWriter } from './write-pulls.ts';

/** Pull requests on GitHub. */
export function openGitHubPullRequests(
  api: GitHubApi,
  options: {
    readonly repository: string;
    readonly branches: BranchStore;
    readonly who: WhoAmI;
    readonly run: RunOfPullRequest | undefined;
    readonly log: Log;
  },
): PullRequests {
  const { branches, who, log } = options;
  const reader = createPullReader(api, options);
  const { list, find, latest, findByCommit } = reader;
  return {
    list,
    find,
    latest,
    findByCommit,
    ...createPullWriter(api, { reader, branches, log }),
    comment: async (number, key, body) => {
      await putComment(api, who, { number, key, body });
      return true;
    },
  };
}
