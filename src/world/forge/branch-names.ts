// No slash: `coxswain/…` could not exist beside the state branch `coxswain`, as git keeps branches like files.

/** The branch on which watch-base proposes changes to a fleet's branch. */
export function baseBranch(fleet: string): string {
  return `coxswain-base-${fleet}`;
}

/** The branch on which open-promotion proposes what one fleet runs to the next fleet. */
export function promotionBranch(source: string, target: string): string {
  return `coxswain-promote-${source}-to-${target}`;
}

/** The branch on which roll-back proposes an earlier content to a fleet's branch. */
export function rollBackBranch(fleet: string): string {
  return `coxswain-roll-back-${fleet}`;
}
