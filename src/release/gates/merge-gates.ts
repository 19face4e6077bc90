import type { MergeResult } from '../../world/git/merge-trees.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import type { GateVerdict } from './gate.ts';

// What must be true of the merge itself.

/** The merge builds another image than the source's. */
export interface MergedImage {
  /** It is built, and passed its tests. */
  readonly tested: boolean;
  readonly note: string;
}

/** The merge must not need a person's decision. */
export function mergeGate(forecast: MergeResult): GateVerdict {
  if (forecast.result === 'clean') return { state: 'green', note: 'no conflicts' };
  if (forecast.result === 'unknown') return { state: 'unknown', note: forecast.why };
  return { state: 'red', note: `conflicts in ${forecast.paths.join(', ')}` };
}

/** If the merge gives another image than the source's, that image must be built and tested before the merge. */
export function imageGate(image: MergedImage | undefined): GateVerdict | undefined {
  return image === undefined ? undefined : { state: image.tested ? 'green' : 'red', note: image.note };
}

/** The target's rollout template must render. */
export function templateGate(template: {
  readonly path: string;
  readonly problem: string | undefined;
}): GateVerdict {
  return template.problem === undefined
    ? { state: 'green', note: `${template.path} renders` }
    : { state: 'red', note: template.problem };
}

/** If people added commits to the promotion's branch, it must still contain the release. */
export function branchGate(outdatedBranch: string | undefined, commit: string): GateVerdict | undefined {
  if (outdatedBranch === undefined) return undefined;
  return {
    state: 'red',
    note: `${outdatedBranch} has commits of its own and lacks ${shortCommit(commit)}: merge that into it, or delete the branch`,
  };
}
