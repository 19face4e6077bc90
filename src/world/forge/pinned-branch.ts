import type { BranchStore, Sha } from './forge.ts';

/**
 * The same branches for readers, with one of them at the commit that was seen: what is read of it belongs together, and
 * nobody is asked where it is.
 * @param commit undefined: there is no such branch
 */
export function pinnedBranch(branches: BranchStore, name: string, commit: Sha | undefined): BranchStore {
  return { ...branches, resolve: async (other) => (other === name ? commit : branches.resolve(other)) };
}
