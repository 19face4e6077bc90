import { z } from 'zod';
import type { GitHubApi } from './api.ts';
import { refusalOf } from './failures.ts';

/** Stands for “draft” in repositories without drafts: private ones on free plans. */
export const notReadyLabel = 'coxswain: not ready';

export const markReady = `mutation($input: MarkPullRequestReadyForReviewInput!) {
  markPullRequestReadyForReview(input: $input) { pullRequest { isDraft } }
}`;

export const convertToDraft = `mutation($input: ConvertPullRequestToDraftInput!) {
  convertPullRequestToDraft(input: $input) { pullRequest { isDraft } }
}`;

/** REST can open drafts, but cannot change that afterwards. GITHUB_TOKEN also needs contents: write for it. */
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

/** GitHub's answer if the repository's plan has no drafts. */
export function draftsRefused(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal?.status === 422 && /drafts? pull requests? (?:are|is) not supported/i.test(refusal.message);
}
