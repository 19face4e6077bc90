/** What happens to a machine in a rehearsal, in this order; also the folders of the tests for it. */
export const upgradeStages = ['before-upgrade', 'after-upgrade', 'after-rollback'] as const;
export type UpgradeStage = (typeof upgradeStages)[number];
