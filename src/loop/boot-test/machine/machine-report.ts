import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import type { BootReport, TestResult, Verdict } from '../report/boot-report.ts';
import { systemState, systemTest } from '../report/system-finding.ts';
import { timelineOf } from '../report/timeline.ts';
import { judge, testResults } from '../report/verdict.ts';
import type { ChosenAccelerator } from './accelerator.ts';
import type { BootOptions } from './boot-options.ts';
import { logNames, type MachineRun } from './machine.ts';

/**
 * The report of a machine's run.
 * @param about.seconds that the preparation took, and everything until now
 */
export function reportOf(
  options: BootOptions,
  run: MachineRun,
  about: {
    readonly used: ChosenAccelerator;
    readonly kernel: string;
    /** The version of the kernel that the image has modules of, if that is known. */
    readonly modulesOf?: string;
    readonly seconds: Pick<BootReport['seconds'], 'rootFilesystem' | 'initrd' | 'total'>;
  },
): BootReport {
  const { architecture, outputFolder, tests } = options;
  const { used, kernel, seconds } = about;
  const { firstTest, done } = run.milestones;
  const booted = firstTest ?? done ?? run.seconds;
  const system = systemState(run.record);
  const asTest = systemTest(run.record, options);
  const journalLog = join(outputFolder, logNames.journal);
  return {
    ...judge(run, tests, { ...options, ...defined({ modulesOf: about.modulesOf }) }),
    tests: [...(asTest === undefined ? [] : [asTest]), ...testResults(run.record, tests)],
    ...defined({ system }),
    kernel: run.record.kernel ?? kernel,
    architecture,
    accelerator: used.accelerator,
    ...defined({ acceleratorNote: used.note }),
    seconds: {
      rootFilesystem: rounded(seconds.rootFilesystem),
      initrd: rounded(seconds.initrd),
      boot: rounded(booted),
      tests: rounded((done ?? run.seconds) - booted),
      total: rounded(seconds.total),
    },
    timeline: timelineOf(run, tests),
    identity: Object.fromEntries(run.record.identity),
    ...logPaths(outputFolder),
    ...defined({ journalLog: existsSync(journalLog) ? journalLog : undefined }),
  };
}

/** The report on an image that was not booted. @param started by performance.now() */
export async function unbooted(
  {
    architecture,
    outputFolder,
    accelerator,
  }: Pick<BootOptions, 'architecture' | 'outputFolder' | 'accelerator'>,
  started: number,
  finding: {
    readonly verdict: Verdict;
    readonly explanation: string;
    readonly kernel: string;
    readonly tests?: TestResult[];
  },
): Promise<BootReport> {
  const paths = logPaths(outputFolder);
  await Promise.all(Object.values(paths).map((path) => writeFile(path, '')));
  const total = rounded((performance.now() - started) / 1000);
  return {
    tests: [],
    ...finding,
    architecture,
    accelerator: accelerator ?? 'tcg',
    seconds: { rootFilesystem: 0, initrd: 0, boot: 0, tests: 0, total },
    timeline: [],
    identity: {},
    ...paths,
  };
}

function logPaths(folder: string): { consoleLog: string; resultsLog: string } {
  return { consoleLog: join(folder, logNames.console), resultsLog: join(folder, logNames.results) };
}

/** Measures the seconds that a task takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
