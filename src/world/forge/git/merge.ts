import { InputError } from '../../../host/errors.ts';
import type { Git } from '../../git/git.ts';
import { forecastMerge } from '../../git/merge-trees.ts';
import { moveRefWhile, readRef } from '../../git/refs.ts';
import { commitTree } from '../../git/write-objects.ts';
import { type PullRequest, type Sha, StaleBranchError } from '../forge.ts';
import { refOf, refuseCheckedOut } from './branches.ts';

/**
 * Merges a pull request's branch into its base by a merge commit, without a work tree.
 * @param head commit at which the caller saw the branch
 * @throws StaleBranchError for the head if it moved, for the base if another writer was first
 * @throws InputError as PullRequests.merge
 */
export async function mergePullRequest(git: Git, request: PullRequest, head: Sha): Promise<void> {
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
  const base = await readRef(git, refOf(request.base));
  if (base === undefined) throw new StaleBranchError(request.base, undefined, undefined);
  await refuseCheckedOut(git, request.base);
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
  await moveRefWhile(
    git,
    { ref: refOf(request.base), from: base, to: merged },
    { ref: refOf(request.head), at: head },
  );
}
