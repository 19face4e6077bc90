import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, withTemporaryFolder } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { requireTools } from '../host/tools.ts';
import type { Architecture } from '../registry/architecture.ts';
import { type ChosenAccelerator, chooseAccelerator } from './accelerator.ts';
import { findStaticBusybox } from './busybox.ts';
import type { GuestSettings } from './guest-scripts.ts';
import { makeInitrd } from './initrd.ts';
import { type Kernel, readModuleIndex, requireKernel } from './kernel.ts';
import { logNames, type MachineRun, runMachine } from './machine.ts';
import { machineTypeOf } from './machine-types.ts';
import { type LoadOrder, orderModules } from './modules.ts';
import type { GuestRecord } from './protocol.ts';
import type { Accelerator, BootReport, Verdict } from './report.ts';
import { makeRootImage } from './root-filesystem.ts';
import { defaultTestSeconds, type TestFile } from './tests.ts';
import { judge, systemState, testResults } from './verdict.ts';

export type { BootReport, TestResult, Verdict } from './report.ts';
export { withRootFilesystem } from './root-filesystem.ts';
export { listTests, type TestFile } from './tests.ts';

export interface BootTestOptions {
  /** The image's root file system, read as root; nothing is written to it. */
  readonly root: string;
  /** In the order they run in. */
  readonly tests: readonly TestFile[];
  /** Its files lie beside the tests in the guest. */
  readonly testsFolder?: string;
  readonly architecture: Architecture;
  /** Default: KVM where it works. */
  readonly accelerator?: Accelerator;
  /** Default: 1024. */
  readonly memoryMegabytes?: number;
  /** Default: 2. */
  readonly cpus?: number;
  /** How long the machine may run in all. Default: ten minutes and the time limits of all tests. */
  readonly deadlineSeconds?: number;
  /** What the image is called in messages. */
  readonly image: string;
  /** For the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gets the logs; made when missing. */
  readonly outputFolder: string;
  readonly log: Log;
}

const requiredModules = ['virtio_pci', 'virtio_blk', 'erofs', 'overlay'];
const usefulModules = ['virtio_console'];
/** A kernel under KVM prints its first line within a second; a broken KVM may never run it. */
const kvmSilenceSeconds = 30;

/**
 * Boots a root file system as it is, under its own kernel, runs the tests in it and says how that went. A machine
 * that fails is an answer, not an error.
 * @throws InputError for an image without a kernel, and when something is missing on this host; OutsideError when one of its programs fails
 */
export async function runBootTest(options: BootTestOptions): Promise<BootReport> {
  const started = performance.now();
  const { architecture, outputFolder, log } = options;
  const busybox = await requireBootTestTools(architecture);
  const kernel = await requireKernel(options.root, options.image);
  await mkdir(outputFolder, { recursive: true });
  const order = orderModules([...requiredModules, ...usefulModules], await readModuleIndex(kernel.modules));
  const missing = order.missing.filter((name) => requiredModules.includes(name));
  if (missing.length > 0) {
    return nothingBooted(options, started, {
      verdict: 'unbootable',
      kernel: kernel.version,
      explanation: `The image's kernel has no ${missing.join(', ')}: it cannot mount its root in a virtual machine.`,
    });
  }
  const chosen = await chooseAccelerator(architecture, options.accelerator);
  return withTemporaryFolder('boot', async (folder) => {
    const rootImage = join(folder, 'root.erofs');
    const rootFilesystem = await timed(() =>
      log.task('making the root file system of the machine', () => makeRootImage(options.root, rootImage)),
    );
    const initrd = join(folder, 'initrd');
    const making = await timed(() => writeInitrd(options, { kernel, order, busybox, initrd }));
    const first = await boot(options, { kernel, initrd, rootImage, chosen });
    // A processor that KVM sets up but never runs, or that makes QEMU abort: the probe cannot know all of these.
    const kvmFailed =
      chosen.accelerator === 'kvm' &&
      options.accelerator === undefined &&
      !first.console.includes('Linux version');
    const used: ChosenAccelerator = kvmFailed
      ? {
          accelerator: 'tcg',
          note: `KVM is there but does not work: ${judge(first, options.tests).explanation}`,
        }
      : chosen;
    const run = kvmFailed ? await boot(options, { kernel, initrd, rootImage, chosen: used }) : first;
    const { firstTest, done } = run.milestones;
    const booted = firstTest ?? done ?? run.seconds;
    const system = systemState(run.record);
    return {
      ...judge(run, options.tests),
      tests: testResults(run.record, options.tests),
      ...(system === undefined ? {} : { system }),
      kernel: run.record.kernel ?? kernel.version,
      architecture,
      accelerator: used.accelerator,
      ...(used.note === undefined ? {} : { acceleratorNote: used.note }),
      seconds: {
        rootFilesystem: rounded(rootFilesystem),
        initrd: rounded(making),
        boot: rounded(booted),
        tests: rounded((done ?? run.seconds) - booted),
        total: rounded((performance.now() - started) / 1000),
      },
      ...logPaths(outputFolder),
    };
  });
}

/**
 * Makes sure that this host can boot-test an architecture, before anything long begins.
 * @returns path of the static busybox
 * @throws InputError that says what to install
 */
export async function requireBootTestTools(architecture: Architecture): Promise<string> {
  requireTools([machineTypeOf(architecture).program, 'mkfs.erofs', 'busybox']);
  return findStaticBusybox(architecture);
}

async function writeInitrd(
  options: BootTestOptions,
  parts: { kernel: Kernel; order: LoadOrder; busybox: string; initrd: string },
): Promise<void> {
  const systemd = await findSystemd(options.root);
  const settings: GuestSettings = {
    systemd,
    fallbackTerminal: machineTypeOf(options.architecture).fallbackTerminal,
    systemSeconds: Math.max(10, Math.min(300, Math.floor(deadlineOf(options) / 2))),
    environment: options.environment,
    tests: options.tests.map(({ name, timeoutSeconds }) => ({
      name,
      timeoutSeconds: timeoutSeconds ?? defaultTestSeconds,
    })),
  };
  const archive = await makeInitrd({
    busybox: parts.busybox,
    modules: parts.kernel.modules,
    moduleFiles: parts.order.files,
    tests: options.tests,
    ...(options.testsFolder === undefined ? {} : { testsFolder: options.testsFolder }),
    settings,
  });
  await writeFile(parts.initrd, archive);
}

async function boot(
  options: BootTestOptions,
  parts: { kernel: Kernel; initrd: string; rootImage: string; chosen: ChosenAccelerator },
): Promise<MachineRun> {
  const { accelerator } = parts.chosen;
  return options.log.task(`boot test (${accelerator})`, (report) =>
    runMachine({
      machine: {
        architecture: options.architecture,
        accelerator,
        memoryMegabytes: options.memoryMegabytes ?? 1024,
        cpus: options.cpus ?? 2,
        kernel: parts.kernel.image,
        initrd: parts.initrd,
        rootImage: parts.rootImage,
      },
      outputFolder: options.outputFolder,
      deadlineSeconds: deadlineOf(options),
      ...(accelerator === 'kvm' ? { silenceSeconds: kvmSilenceSeconds } : {}),
      onProgress: (record) => report(progress(record, options.tests)),
    }),
  );
}

function deadlineOf({ deadlineSeconds, tests }: BootTestOptions): number {
  return (
    deadlineSeconds ??
    tests.reduce((sum, { timeoutSeconds }) => sum + (timeoutSeconds ?? defaultTestSeconds), 600)
  );
}

function progress(record: GuestRecord, tests: readonly TestFile[]): string {
  const current = record.tests.size - 1;
  if (record.done) return 'done';
  if (current >= 0) return `test ${current + 1} of ${tests.length}: ${tests[current]?.name ?? ''}`;
  return record.kernel === undefined ? 'kernel' : 'waiting for the system';
}

/** Path of systemd in the image; undefined where it has none. */
async function findSystemd(root: string): Promise<string | undefined> {
  for (const path of ['/usr/lib/systemd/systemd', '/lib/systemd/systemd']) {
    try {
      if ((await lstat(join(root, path))).isFile()) return path;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

async function nothingBooted(
  { architecture, outputFolder, accelerator }: BootTestOptions,
  started: number,
  finding: { verdict: Verdict; explanation: string; kernel: string },
): Promise<BootReport> {
  const paths = logPaths(outputFolder);
  await Promise.all(Object.values(paths).map((path) => writeFile(path, '')));
  const total = rounded((performance.now() - started) / 1000);
  return {
    ...finding,
    tests: [],
    architecture,
    accelerator: accelerator ?? 'tcg',
    seconds: { rootFilesystem: 0, initrd: 0, boot: 0, tests: 0, total },
    ...paths,
  };
}

function logPaths(folder: string): { consoleLog: string; resultsLog: string } {
  return { consoleLog: join(folder, logNames.console), resultsLog: join(folder, logNames.results) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
