import { defined } from '../../../host/defined.ts';
import { documentation } from '../../../host/documentation.ts';
import { InputError } from '../../../host/errors.ts';
import type { Log } from '../../../host/log.ts';
import type { Git } from '../../git/git.ts';
import type { BranchStore, Forge, PullRequests, Statuses } from '../forge.ts';
import { openGitHubApi } from './api.ts';
import { openGitHubAttestations } from './attestations.ts';
import { openGitHubBranches } from './branches.ts';
import { openClone } from './clone.ts';
import { whoAmI } from './comments.ts';
import { openGitHubIssues } from './issues.ts';
import { openGitHubPullRequests } from './pull-requests.ts';
import type { GitHubRun } from './run.ts';
import { openGitHubStatuses } from './statuses.ts';
import { openWorkflowRuns } from './workflow-runs.ts';

/**
 * GitHub, or a GitHub Enterprise Server. Nothing is requested before the first call, so a verb that needs no forge
 * needs no token.
 * @param git the checkout; objects that it has are not fetched
 * @param options.second milliseconds that stand for a second of waiting
 */
export function openGitHubForge(
  git: Git,
  run: GitHubRun,
  options: { readonly log: Log; readonly second?: number },
): Forge {
  const { log } = options;
  const { repository, serverUrl, token, readOnly } = run;
  const api = openGitHubApi({ ...run, ...options });
  const who = whoAmI(api);
  const branches = openGitHubBranches(api, openClone(git, { url: `${serverUrl}/${repository}`, token }));
  const pullRequests = openGitHubPullRequests(api, { repository, branches, who, run: run.pullRequest, log });
  const isWorkflowsToken = async () => (await who())?.replace(/\[bot\]$/, '') === 'github-actions';
  const forge = {
    kind: 'github',
    place: `${repository} on ${new URL(serverUrl).host}`,
    page: `${serverUrl}/${repository}`,
    branches,
    pullRequests: {
      ...pullRequests,
      merge: async (number, expected) => {
        const merged = await pullRequests.merge(number, expected);
        if (await isWorkflowsToken()) {
          log.warn(
            `pull request #${number} was merged with the workflow's own GITHUB_TOKEN: GitHub starts no workflow for that push, so start the release of ${merged.base} by hand. With the token of a GitHub App it starts automatically: ${documentation('github-tokens.md')}`,
          );
        }
        return merged;
      },
    },
    statuses: openGitHubStatuses(api),
    workflowRuns: openWorkflowRuns(api),
    issues: openGitHubIssues(api),
    attestations: openGitHubAttestations(api),
    announce: async ({ number }) => {
      if (!(await isWorkflowsToken())) return;
      const what = `pull request #${number} was written with the workflow's own GITHUB_TOKEN`;
      // https://docs.github.com/actions/concepts/security/github_token: since 2026 on github.com, runs wait for approval.
      const then =
        new URL(serverUrl).hostname === 'github.com'
          ? 'its workflows wait until somebody with write access presses “Approve workflows to run” in it'
          : 'no workflow starts for it until somebody closes and reopens it';
      log.warn(
        `${what}: ${then}. With the token of a GitHub App they start automatically: ${documentation('github-tokens.md')}`,
      );
    },
  } satisfies Forge;
  return readOnly === undefined ? forge : readOnlyForge(forge, readOnly, log);
}

/** Reads as before. What only informs people is skipped, with a line in the log; what the loop needs is refused. */
function readOnlyForge(forge: Forge, why: string, log: Log): Forge {
  const refuse = (what: string) => async (): Promise<never> => {
    throw new InputError({
      problem: `${what} is not possible: ${why}, and the token of such a run can only read`,
      remedy: 'Run this on the branch itself, for example on a schedule or after the merge.',
    });
  };
  const skip = (what: string) => {
    log.info(`${what} is skipped: ${why}, and the token of this run can only read`);
    return false;
  };
  const branches: BranchStore = {
    ...forge.branches,
    commit: refuse('committing'),
    setBranch: refuse('moving a branch'),
  };
  const pullRequests: PullRequests = {
    ...forge.pullRequests,
    open: refuse('opening a pull request'),
    update: refuse('changing a pull request'),
    merge: refuse('merging'),
    comment: async (number) => skip(`commenting on pull request #${number}`),
  };
  const statuses: Statuses = {
    list: forge.statuses.list,
    set: async (_, { context }) => void skip(`setting status ${context}`),
  };
  return {
    kind: forge.kind,
    place: forge.place,
    ...defined({ page: forge.page }),
    branches,
    pullRequests,
    statuses,
  };
}
