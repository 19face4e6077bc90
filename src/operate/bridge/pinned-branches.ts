import { isDeepStrictEqual } from 'node:util';
import { type BranchStore, type FileChange, type Sha, StaleBranchError } from '../../world/forge/forge.ts';

/** A commit on the state branch that an action makes, or would make. */
export interface StateCommit {
  readonly changes: readonly FileChange[];
  readonly message: string;
}

/** The state branch is no longer at the commit that the person saw. Nothing was written. */
export class StateMovedError extends Error {
  override readonly name = 'StateMovedError';
}

/** The action would now do something else than its preview showed. Nothing was written. */
export class OtherChangeError extends Error {
  override readonly name = 'OtherChangeError';
}

/**
 * The branches as an action's preview sees them: the state branch stays at one commit, what would be committed to it is
 * noted, and nothing is written.
 * @param options.at commit of the state branch
 */
export function rehearsedBranches(
  branches: BranchStore,
  options: { readonly stateBranch: string; readonly at: Sha | undefined },
): { readonly branches: BranchStore; readonly commits: readonly StateCommit[] } {
  const commits: StateCommit[] = [];
  const { stateBranch, at } = options;
  const refuse = (branch: string) => {
    throw new Error(`a preview must not write to the branch ${branch}`);
  };
  return {
    commits,
    branches: {
      ...branches,
      resolve: async (branch) => (branch === stateBranch ? at : branches.resolve(branch)),
      commit: async ({ branch, changes, message }) => {
        if (branch !== stateBranch) refuse(branch);
        commits.push({ changes, message });
        return at ?? '0'.repeat(40);
      },
      setBranch: async ({ branch }) => refuse(branch),
    },
  };
}

/**
 * The branches as a confirmed action sees them: one commit on the state branch, exactly the one of the preview, on
 * exactly the commit that the preview was made of. It is never applied to another state.
 */
export function confirmedBranches(
  branches: BranchStore,
  options: {
    readonly stateBranch: string;
    readonly at: Sha | undefined;
    readonly expected: StateCommit;
    readonly onCommit: (commit: Sha) => void;
  },
): BranchStore {
  const { stateBranch, at, expected, onCommit } = options;
  let now = at;
  let made = false;
  return {
    ...branches,
    resolve: async (branch) => (branch === stateBranch ? now : branches.resolve(branch)),
    commit: async (commit) => {
      if (commit.branch !== stateBranch) return branches.commit(commit);
      const { changes, message } = commit;
      if (made || !isDeepStrictEqual({ changes, message }, expected)) {
        throw new OtherChangeError('the action would now make another change than its preview showed');
      }
      made = true;
      try {
        now = await branches.commit({ ...commit, parent: at });
      } catch (error) {
        // Not a StaleBranchError: callers would read the new state and apply the action to that.
        if (!(error instanceof StaleBranchError)) throw error;
        throw new StateMovedError(error.message, { cause: error });
      }
      onCommit(now);
      return now;
    },
  };
}
