import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import type { InsideRoot } from '../../../host/inside-root.ts';
import type { UpgradeStage } from '../../../release/evidence/upgrade-stages.ts';
import type { TestFile } from '../guest/list-tests.ts';
import { settleDisk } from '../guest/ostree-disk.ts';
import { unverified } from '../guest/ostree-sysroot.ts';
import checkSteps from '../guest/shell/ostree-back.sh';
import deploySteps from '../guest/shell/ostree-deploy.sh';
import rollbackSteps from '../guest/shell/ostree-rollback.sh';
import { bootOstree, type OstreeDisk } from '../machine/boot-ostree.ts';
import type { BootReport, Rehearsal } from '../report/boot-report.ts';
import { type RehearsalScript, rehearse } from './rehearsal.ts';

/**
 * What the harness does at the end of each stage, as a test of that name. No user's test does the update.
 */
const steps: Readonly<Record<UpgradeStage, { readonly name: string; readonly text: string }>> = {
  'before-upgrade': { name: 'ostree-deploy', text: deploySteps },
  'after-upgrade': { name: 'ostree-rollback', text: rollbackSteps },
  'after-rollback': { name: 'ostree-back', text: checkSteps },
};

/** A deployment writes a whole /etc and syncs the disk. */
const stepSeconds = 600;

/**
 * As `rehearseUpgrade`, on a real ostree system: the machine itself deploys the candidate beside its release, with its
 * own ostree, and goes back by it.
 * @param about.disk has the earlier release deployed and the candidate pulled; the machine writes to it
 * @param about.target what nodes call the candidate
 * @param about.folder an empty folder for the work; the caller removes it
 */
export async function rehearseOnOstree(
  script: RehearsalScript,
  about: {
    readonly disk: OstreeDisk;
    readonly target: string;
    readonly roots: { readonly from: InsideRoot; readonly candidate: InsideRoot };
    readonly folder: string;
    readonly ignition?: string;
  },
): Promise<Rehearsal> {
  const { disk, roots, folder, ignition } = about;
  const values = {
    COXSWAIN_OSTREE_COMMIT: disk.pulled ?? '',
    COXSWAIN_OSTREE_ORIGIN: unverified(`registry:${about.target}`),
  };
  let stay = false;
  return rehearse(script, async (stage, options) => {
    if (stage !== 'before-upgrade') await settleDisk(disk.file);
    const report = await bootOstree(
      disk,
      {
        ...options,
        environment: { ...options.environment, ...values },
        tests: [...options.tests, await stepOf(stage, folder)],
      },
      {
        root: stage === 'after-upgrade' ? roots.candidate : roots.from,
        keep: true,
        // The second entry of the boot menu, if the new release did not reach the rollback.
        entry: stage === 'after-rollback' && stay ? 1 : 0,
        ...defined({ ignition: stage === 'before-upgrade' ? ignition : undefined }),
      },
    );
    stay = stage === 'after-upgrade' && !stepPassed(report, stage);
    return report;
  });
}

async function stepOf(stage: UpgradeStage, folder: string): Promise<TestFile> {
  const { name, text } = steps[stage];
  const path = join(folder, name);
  await writeFile(path, text);
  return { name: `${stage}/${name}`, path, timeoutSeconds: stepSeconds };
}

function stepPassed({ tests }: BootReport, stage: UpgradeStage): boolean {
  return tests.some(({ name, result }) => name === `${stage}/${steps[stage].name}` && result === 'passed');
}
