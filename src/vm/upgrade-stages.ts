import type { TestFile } from './tests.ts';

/** What happens to a machine in a rehearsal, in this order; also the folders of the tests for it. */
export const upgradeStages = ['before-upgrade', 'after-upgrade', 'after-rollback'] as const;
export type UpgradeStage = (typeof upgradeStages)[number];

export type UpgradeTests = Readonly<Record<UpgradeStage, readonly TestFile[]>>;

export function hasUpgradeTests(tests: UpgradeTests): boolean {
  return upgradeStages.some((stage) => tests[stage].length > 0);
}
