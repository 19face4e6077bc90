import type { Fleet } from '../../project/configuration/config.ts';
import { rollBackFileName } from '../../release/candidate/build-context.ts';
import { readMarker } from '../../release/candidate/roll-back-marker.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import { promotionBranch } from '../../world/forge/branch-names.ts';
import type { FileChange, Forge, PullRequest, Sha } from '../../world/forge/forge.ts';
import { isOurs, ourMessage } from '../../world/forge/propose-changes.ts';
import { forecastMerge, forecastMergeFrom, type MergeResult } from '../../world/git/merge-trees.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import { treeChanges } from '../../world/git/tree-changes.ts';
import { writeCommit } from '../../world/git/write-objects.ts';

/** The commit of a promotion's branch, and the one that it should have. */
export interface PromotionBranch {
  /** The commit that it has now. */
  readonly from: Sha | undefined;
  readonly to: Sha;
  /** The content after a merge. */
  readonly forecast: MergeResult;
  /** The branch's name if it has commits of people and lacks the release. */
  readonly outdated?: string;
}

/**
 * Decides where the pull request's branch should be:
 * - normally at the release's commit, so that it can be merged in any way;
 * - at a merge that we make, if merging the commit would conflict only because earlier promotions were squashed, or
 *   would not bring the release because the target was rolled back;
 * - where it is, if people added commits to it, such as a resolved conflict.
 */
export async function planPromotionBranch(
  { git, forge }: Pick<Project, 'git' | 'forge'>,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly from: FleetState;
    readonly to: FleetState;
    /** Commit of the release. */
    readonly commit: Sha;
    /** Commit of the target's branch. */
    readonly tip: Sha;
    readonly open: PullRequest | undefined;
  },
): Promise<PromotionBranch> {
  const { source, target, commit, tip, open } = options;
  const { branches } = forge;
  const head = promotionBranch(source.name, target.name);
  const there = await branches.resolve(head);
  await branches.fetchHistory(tip, commit, ...(there === undefined ? [] : [there]));
  if (open !== undefined && there !== undefined && (await isTheirs(forge, { there, commit, tip }))) {
    const forecast = await forecastMerge(git, tip, there);
    if (await branches.isAncestor(commit, there)) return { from: there, to: there, forecast };
    return { from: there, to: there, forecast, outdated: head };
  }
  const natural = await forecastMerge(git, tip, commit);
  const marker = await readMarker(branches, tip);
  const rolledBack = marker?.fleet === target.name ? marker : undefined;
  const plain = { from: there, to: commit, forecast: natural };
  if (natural.result === 'clean' && rolledBack === undefined) return plain;
  // The source's commit with the content that the target has now. The two diverged from there.
  const shared = rolledBack?.restores ?? options.to.releases.releases.at(-1)?.version ?? '';
  const base = options.from.records[shared]?.commit;
  if (base === undefined || !(await branches.isAncestor(base, commit))) return plain;
  // The promotion ends the target's roll-back, so its marker is removed; the source may have its own.
  const mark = (await branches.readFile(commit, rollBackFileName)) ?? null;
  const into = await writeCommit(git, {
    parent: tip,
    changes: [{ path: rollBackFileName, content: mark }],
    message: 'only to merge\n',
  });
  const forecast = await forecastMergeFrom(git, { base, into, commit });
  if (forecast.result !== 'clean') return { ...plain, forecast };
  const changes = await treeChanges({ git, branches }, { from: tip, to: forecast.tree });
  if (changes === undefined) return plain;
  const merged = await mergedHead(forge, { head, there, commit, tip, changes, target, tree: forecast.tree });
  return { from: merged, to: merged, forecast };
}

/** Whether people have put commits of their own on the branch. */
async function isTheirs(
  { branches }: Forge,
  { there, commit, tip }: { readonly there: Sha; readonly commit: Sha; readonly tip: Sha },
): Promise<boolean> {
  const own = await branches.log({ from: commit, to: there });
  if (own.length === 0 || own[0] === undefined) return false;
  if (!isOurs(own[0])) return true;
  // This is our own merge: all its other new commits came from the target.
  const target = new Set((await branches.log({ from: commit, to: tip })).map(({ sha }) => sha));
  return own.some((each) => !isOurs(each) && !target.has(each.sha));
}

/** Makes the merge on the branch, unless the branch has it already. */
async function mergedHead(
  { branches }: Forge,
  options: {
    readonly head: string;
    readonly there: Sha | undefined;
    readonly commit: Sha;
    readonly tip: Sha;
    readonly tree: Sha;
    readonly changes: readonly FileChange[];
    readonly target: Fleet;
  },
): Promise<Sha> {
  const { head, there, commit, tip, tree, changes, target } = options;
  if (
    there !== undefined &&
    (await branches.isAncestor(tip, there)) &&
    (await branches.isAncestor(commit, there))
  ) {
    if ((await branches.changedFiles(tree, there)).length === 0) return there;
  }
  const message = ourMessage(`Merge ${shortCommit(commit)} for ${target.branch}`);
  return branches.commit({ branch: head, parent: there, from: tip, merges: [commit], changes, message });
}
