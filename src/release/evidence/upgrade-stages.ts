/** The stages of a rehearsal in their order; the folders of their tests have the same names. */
export const upgradeStages = ['before-upgrade', 'after-upgrade', 'after-rollback'] as const;
export type UpgradeStage = (typeof upgradeStages)[number];
