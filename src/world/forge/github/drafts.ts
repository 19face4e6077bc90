import { z } from 'zod';
import type { GitHubApi } from './api.ts';
import { refusalOf } from './failures.ts';

/** Says “draft” where GitHub has none: private repositories of free plans. */
export const notReadyLabel = 'coxswain: not ready';

export const markReady = `mutation($input: MarkPullRequestReadyForReviewInput!) {
  markPullRequestReadyForReview(input: $input) { pullRequest { isDraft } }
}`;

export const convertToDraft = `mutation($input: ConvertPullRequestToDraftInput!) {
  convertPullRequestToDraft(input: $input) { pullRequest { isDraft } }
}`;

/** REST opens drafts, and can neither end nor make one afterwards. GITHUB_TOKEN needs contents: write for it, too. */
export async function setDraft(
  api: GitHubApi,
  pull: { readonly number: number; readonly node_id: string },
  draft: boolean,
): Promise<void> {
  await api.graphql({
    doing: draft
      ? `making pull request #${pull.number} a draft`
      : `marking pull request #${pull.number} as ready`,
    operation: draft ? 'convertPullRequestToDraft' : 'markPullRequestReadyForReview',
    text: draft ? convertToDraft : markReady,
    variables: { input: { pullRequestId: pull.node_id } },
    schema: z.unknown(),
  });
}

/** GitHub's word for a repository whose plan has no drafts. */
export function draftsRefused(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal?.status === 422 && /drafts? pull requests? (?:are|is) not supported/i.test(refusal.message);
}
