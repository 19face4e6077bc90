import { z } from 'zod';
import { InputError } from '../../../host/errors.ts';
import type { BranchStore, PullRequest, PullRequestState } from '../forge.ts';
import { notReadyLabel } from './drafts.ts';
import { refusalOf } from './failures.ts';

/** The fields of GitHub's pull request that we use. */
export const pullSchema = z.object({
  number: z.int().positive(),
  node_id: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
  labels: z.array(z.object({ name: z.string() })),
  head: z.object({
    ref: z.string(),
    sha: z.string(),
    repo: z.object({ full_name: z.string() }).nullish(),
  }),
  base: z.object({ ref: z.string() }),
});

export type Pull = z.infer<typeof pullSchema>;

/** @throws InputError for one that is not open, or a draft */
export function refuseToMerge(pull: Pull, { state, ready }: PullRequest): void {
  const where = `pull request #${pull.number}`;
  if (state !== 'open')
    throw new InputError({ where, problem: 'only an open one can be merged', found: state });
  if (!ready) throw new InputError({ where, problem: 'it is a draft, which cannot be merged' });
}

/** Neither a draft, nor labelled as one (in repositories without drafts). */
export function isReady({ draft, labels }: Pull): boolean {
  return draft !== true && labels.every(({ name }) => name !== notReadyLabel);
}

/** GitHub knows open and closed; a merged one has a merge time. */
export function stateOf(pull: Pull): PullRequestState {
  if (pull.state === 'open') return 'open';
  return pull.merged_at === null || pull.merged_at === undefined ? 'closed' : 'merged';
}

/** A clearer error than GitHub's “Validation Failed”, if we know the cause. */
export async function whyNotOpened(
  branches: BranchStore,
  wanted: { readonly head: string; readonly base: string },
  cause: unknown,
): Promise<unknown> {
  for (const branch of [wanted.head, wanted.base]) {
    if ((await branches.resolve(branch)) !== undefined) continue;
    return new InputError(
      { problem: `a pull request needs both branches, and branch ${branch} does not exist` },
      { cause },
    );
  }
  if (!/no commits between/i.test(refusalOf(cause)?.message ?? '')) return cause;
  return new InputError(
    {
      problem: `there is nothing to merge from ${wanted.head} into ${wanted.base}`,
      remedy: 'Everything on it is merged already.',
    },
    { cause },
  );
}

/** Compares without line endings: browsers write CRLF. */
export function sameText(one: string, other: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trim();
  return plain(one) === plain(other);
}

/** Whether two lists have the same texts, in any order. */
export function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return [...new Set(one)].sort().join('\n') === [...new Set(other)].sort().join('\n');
}
