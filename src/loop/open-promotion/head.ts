import type { Fleet } from '../../project/configuration/config.ts';
import { rollBackFileName } from '../../release/candidate/build-context.ts';
import { readMarker } from '../../release/candidate/roll-back-marker.ts';
import type { Gate } from '../../release/gates/gate.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import { promotionBranch } from '../../world/forge/branch-names.ts';
import type { FileChange, Forge, PullRequest, Sha } from '../../world/forge/forge.ts';
import { isOurs, ourMessage } from '../../world/forge/propose.ts';
import { forecastMerge, forecastMergeFrom, type MergeForecast } from '../../world/git/merge-trees.ts';
import { treeChanges } from '../../world/git/tree-changes.ts';
import { writeCommit } from '../../world/git/write-objects.ts';

/** Where the branch of a promotion is, or is to be. */
export interface PromotionHead {
  /** Where it is now. */
  readonly from: Sha | undefined;
  readonly to: Sha;
  /** What merging it gives. */
  readonly forecast: MergeForecast;
  readonly gates: readonly Gate[];
}

/**
 * Where the pull request's branch should be: at the release's commit, so that it can be merged in any way. Where
 * that would conflict only because earlier promotions were squashed, or would not bring the release because the target
 * was rolled back, a merge that we make ourselves. And where people put commits of their own on it (a solved conflict,
 * say) it stays theirs.
 */
export async function placeHead(
  { git, forge }: Pick<Project, 'git' | 'forge'>,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly from: FleetState;
    readonly to: FleetState;
    /** Of the release. */
    readonly commit: Sha;
    /** Where the target's branch is. */
    readonly tip: Sha;
    readonly open: PullRequest | undefined;
  },
): Promise<PromotionHead> {
  const { source, target, commit, tip, open } = options;
  const { branches } = forge;
  const head = promotionBranch(source.name, target.name);
  const there = await branches.resolve(head);
  await branches.bringHistory(tip, commit, ...(there === undefined ? [] : [there]));
  if (open !== undefined && there !== undefined && (await isTheirs(forge, { there, commit, tip }))) {
    const forecast = await forecastMerge(git, tip, there);
    if (await branches.isAncestor(commit, there)) return { from: there, to: there, forecast, gates: [] };
    const gate: Gate = {
      name: 'branch',
      state: 'red',
      note: `${head} has commits of its own and lacks ${commit.slice(0, 12)}: merge that into it, or delete the branch`,
    };
    return { from: there, to: there, forecast, gates: [gate] };
  }
  const natural = await forecastMerge(git, tip, commit);
  const marker = await readMarker(branches, tip);
  const rolledBack = marker?.fleet === target.name ? marker : undefined;
  const plain = { from: there, to: commit, forecast: natural, gates: [] };
  if (natural.result === 'clean' && rolledBack === undefined) return plain;
  // The content that the target has now, as the source has it: from there the two went different ways.
  const shared = rolledBack?.restores ?? options.to.releases.releases.at(-1)?.version ?? '';
  const base = options.from.records[shared]?.commit;
  if (base === undefined || !(await branches.isAncestor(base, commit))) return plain;
  // The mark of the target's roll-back ends here; the source may have one of its own.
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
  return { from: merged, to: merged, forecast, gates: [] };
}

/** Whether people have put commits of their own on the branch. */
async function isTheirs(
  { branches }: Forge,
  { there, commit, tip }: { readonly there: Sha; readonly commit: Sha; readonly tip: Sha },
): Promise<boolean> {
  const own = await branches.log({ from: commit, to: there });
  if (own.length === 0 || own[0] === undefined) return false;
  if (!isOurs(own[0])) return true;
  // Our own merge: what else is new in it came with the target.
  const target = new Set((await branches.log({ from: commit, to: tip })).map(({ sha }) => sha));
  return own.some((each) => !isOurs(each) && !target.has(each.sha));
}

/** The merge on the branch: the one that is there, where it is the same. */
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
  const message = ourMessage(`Merge ${commit.slice(0, 12)} for ${target.branch}`);
  return branches.commit({ branch: head, parent: there, from: tip, merges: [commit], changes, message });
}
