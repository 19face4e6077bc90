import { InputError } from '../../../host/errors.ts';
import { forecastMerge } from '../../git/merge-trees.ts';
import { refOf } from '../../git/ref-store.ts';
import { commitTree } from '../../git/write-objects.ts';
import { type PullRequest, type Sha, StaleBranchError } from '../forge.ts';
import type { Repository } from './branches.ts';

/**
 * Merges a pull request's branch into its base by a merge commit, without a work tree.
 * @param head commit at which the caller saw the branch
 * @throws StaleBranchError for the head if it moved, for the base if another writer was first
 * @throws InputError as PullRequests.merge
 */
export async function mergePullRequest(
  { git, refs, objects }: Repository,
  request: PullRequest,
  head: Sha,
): Promise<void> {
  const where = `pull request #${request.number}`;
  if (request.state !== 'open') {
    throw new InputError({
      where,
      problem: 'only an open one can be merged',
      found: request.state,
    });
  }
  if (!request.ready) throw new InputError({ where, problem: 'it is a draft, which cannot be merged' });
  if (request.headCommit !== head) throw new StaleBranchError(request.head, head, request.headCommit);
  const base = await refs.read(refOf(request.base));
  if (base === undefined) throw new StaleBranchError(request.base, undefined, undefined);
  await objects.fetchHistory(base, head);
  const forecast = await forecastMerge(git, base, head);
  if (forecast.result !== 'clean') {
    throw new InputError({
      where,
      problem: forecast.result === 'conflict' ? `it conflicts in ${forecast.paths.join(', ')}` : forecast.why,
      remedy: `Merge ${request.base} into ${request.head} by hand.`,
    });
  }
  const merged = await commitTree(git, {
    tree: forecast.tree,
    parents: [base, head],
    message: `Merge pull request #${request.number}: ${request.title}\n`,
  });
  await refs.move(
    { ref: refOf(request.base), from: base, to: merged },
    { ref: refOf(request.head), at: head },
  );
}
