import { join } from 'node:path';
import { withTemporaryFolder } from '../../../host/files.ts';
import { type UpgradeStage, upgradeStages } from '../../../release/evidence/upgrade-stages.ts';
import type { Digest } from '../../../world/registry/reference.ts';
import type { UpgradeTests } from '../guest/list-tests.ts';
import { type BootOptions, bootPrepared, type PreparedImage } from '../machine/boot-directly.ts';
import type { BootReport, Rehearsal, TestResult } from '../report/boot-report.ts';
import { systemTestName } from '../report/system-finding.ts';
import { makeStateDisk } from './state-disk.ts';

/** The input of a rehearsal, in every mode. */
export interface RehearsalScript {
  /** The release that nodes update from. */
  readonly from: { readonly version: string; readonly digest: Digest };
  readonly candidate: { readonly version: string };
  readonly tests: UpgradeTests;
  /** As for any boot; the tests come from `tests`. */
  readonly machine: Omit<BootOptions, 'tests' | 'state'>;
}

export interface RehearsalOptions extends RehearsalScript {
  readonly from: RehearsalScript['from'] & { readonly image: PreparedImage };
  readonly candidate: RehearsalScript['candidate'] & { readonly image: PreparedImage };
}

/**
 * Takes one machine from an earlier release to the candidate and back, as ostree does: /var stays the machine's own,
 * changes in /etc win over the new image's defaults, and after the rollback /etc is as before.
 */
export async function rehearseUpgrade(options: RehearsalOptions): Promise<Rehearsal> {
  const { from, candidate } = options;
  return withTemporaryFolder('rehearsal', async (folder) => {
    const disk = join(folder, 'state');
    await makeStateDisk(disk);
    return rehearse(options, (stage, boot) => {
      const upgraded = stage === 'after-upgrade';
      const state = { disk, deployment: upgraded ? ('new' as const) : ('old' as const) };
      return bootPrepared(upgraded ? candidate.image : from.image, { ...boot, state });
    });
  });
}

/**
 * Takes one machine through the stages of an update.
 * @param bootStage boots the machine for a stage, with the tests of that stage
 */
export async function rehearse(
  script: RehearsalScript,
  bootStage: (stage: UpgradeStage, options: BootOptions) => Promise<BootReport>,
): Promise<Rehearsal> {
  const { from } = script;
  const machines: { stage: UpgradeStage; report: BootReport }[] = [];
  const tests: TestResult[] = [];
  const problems: string[] = [];
  let identity: BootReport['identity'] = {};
  for (const stage of upgradeStages) {
    const report = await bootStage(stage, stageOptions(script, stage));
    machines.push({ stage, report });
    const results = resultsOf(report, stage, identity);
    tests.push(...results.map((test) => ({ ...test, name: `upgrade from ${from.version}: ${test.name}` })));
    const problem = problemOf(report, results);
    if (problem !== undefined) problems.push(`${titles[stage]}: ${problem}`);
    // Without its state there is nothing to update; after a failed update, the rollback is still tested.
    if (stage === 'before-upgrade') {
      if (problem !== undefined) break;
      identity = report.identity;
    }
  }
  const passed = problems.length === 0;
  const explanation = passed
    ? `A machine on ${from.version} updates, keeps its state, and can go back.`
    : `From ${from.version}: ${problems.join(' ')}`;
  return { from: from.version, digest: from.digest, passed, explanation, tests, machines };
}

const titles: Readonly<Record<UpgradeStage, string>> = {
  'before-upgrade': 'before the upgrade',
  'after-upgrade': 'after the upgrade',
  'after-rollback': 'after the rollback',
};

function stageOptions(
  { from, candidate, tests, machine }: RehearsalScript,
  stage: UpgradeStage,
): BootOptions {
  return {
    ...machine,
    tests: tests[stage],
    outputFolder: join(machine.outputFolder, stage),
    environment: {
      ...machine.environment,
      COXSWAIN_STAGE: stage,
      COXSWAIN_FROM_VERSION: from.version,
      COXSWAIN_TO_VERSION: candidate.version,
    },
  };
}

/** The tests of a machine, and a check that it is still the same machine. */
function resultsOf(
  report: BootReport,
  stage: UpgradeStage,
  identity: BootReport['identity'],
): readonly TestResult[] {
  // The candidate is not judged by the units of the earlier release.
  const counted = report.tests.filter((test) => stage === 'after-upgrade' || test.name !== systemTestName);
  const named = counted.map((test) =>
    test.name === systemTestName ? { ...test, name: `${stage}/${test.name}` } : test,
  );
  if (stage === 'before-upgrade' || !isDone(report) || Object.keys(identity).length === 0) return named;
  return [...named, compareIdentity(stage, identity, report.identity)];
}

function compareIdentity(
  stage: UpgradeStage,
  before: BootReport['identity'],
  after: BootReport['identity'],
): TestResult {
  const lines = Object.entries(before).map(([name, hash]) => {
    if (after[name] === hash) return { name, line: `${name}: the same`, well: true };
    return { name, line: `${name}: ${after[name] === undefined ? 'gone' : 'another one'}`, well: false };
  });
  const well = lines.every((each) => each.well);
  return {
    name: `${stage}/identity`,
    result: well ? 'passed' : 'failed',
    exitCode: well ? 0 : 1,
    seconds: 0,
    output: `${lines.map(({ line }) => line).join('\n')}\n`,
  };
}

function isDone(report: BootReport): boolean {
  return [
    ...['passed', 'test-failed', 'test-timed-out', 'out-of-memory', 'out-of-disk'],
    ...['system-not-running', 'emergency-mode'],
  ].includes(report.verdict);
}

function problemOf(report: BootReport, results: readonly TestResult[]): string | undefined {
  if (!isDone(report)) return report.explanation;
  const failed = results.filter(({ result }) => result !== 'passed').map(({ name }) => name);
  return failed.length === 0 ? undefined : `${failed.join(', ')} failed.`;
}
