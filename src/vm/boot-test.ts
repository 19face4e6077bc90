import { existsSync } from 'node:fs';
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, withTemporaryFolder } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { requireTools } from '../host/tools.ts';
import type { Architecture } from '../registry/architecture.ts';
import { type ChosenAccelerator, chooseAccelerator } from './accelerator.ts';
import { findStaticBusybox } from './busybox.ts';
import type { Deployment, GuestSettings } from './guest-scripts.ts';
import { makeInitrd } from './initrd.ts';
import { type Kernel, readModuleIndex, requireKernel } from './kernel.ts';
import { logNames, type MachineRun, runMachine } from './machine.ts';
import { machineTypeOf, type Network } from './machine-types.ts';
import { type LoadOrder, type ModuleIndex, orderModules } from './modules.ts';
import type { GuestRecord } from './protocol.ts';
import type { Accelerator, BootReport, TestResult, Verdict } from './report.ts';
import { makeRootImage } from './root-filesystem.ts';
import { defaultTestSeconds, type TestFile } from './tests.ts';
import { timelineOf } from './timeline.ts';
import { judge, systemState, systemTest, testResults } from './verdict.ts';

export type { BootReport, TestResult, Verdict } from './report.ts';
export { withRootFilesystem } from './root-filesystem.ts';
export { listTests, type TestFile } from './tests.ts';

/** The machine to boot in, the same for every image of a run. */
export interface MachineSettings {
  readonly architecture: Architecture;
  /** Default: KVM where it works. */
  readonly accelerator?: Accelerator;
  /** Default: 1024. */
  readonly memoryMegabytes?: number;
  /** Default: 2. */
  readonly cpus?: number;
  /** Default: closed. */
  readonly network?: Network;
  /** For the kernel, after ours. */
  readonly kernelArguments?: readonly string[];
  /** A static busybox for the architecture of the guest. Default: this machine's own. */
  readonly helper?: string;
}

/** What is run in a machine. */
export interface BootOptions extends MachineSettings {
  /** In the order they run in. */
  readonly tests: readonly TestFile[];
  /** Its files lie beside the tests in the guest. */
  readonly testsFolder?: string;
  /** Units of systemd that may fail. */
  readonly allowedUnits?: readonly string[];
  /** How long the machine may run in all. Default: ten minutes and the time limits of all tests. */
  readonly deadlineSeconds?: number;
  /** For the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** A disk that outlives the machine, see state-disk.ts. */
  readonly state?: { readonly disk: string; readonly deployment: Deployment };
  /** Gets the logs; made when missing. */
  readonly outputFolder: string;
  readonly log: Log;
}

export interface BootTestOptions extends BootOptions {
  /** The image's root file system, read as root; nothing is written to it. */
  readonly root: string;
  /** What the image is called in messages. */
  readonly image: string;
}

/** An image made ready to boot, any number of times. Its root file system must stay mounted. */
export interface PreparedImage {
  readonly kernel: Kernel;
  readonly index: ModuleIndex;
  /** Path of systemd in the image. */
  readonly systemd: string | undefined;
  /** File with the root file system. */
  readonly rootImage: string;
  /** Making that file took so long. */
  readonly seconds: number;
}

const requiredModules = ['virtio_pci', 'virtio_blk', 'erofs', 'overlay'];
const usefulModules = ['virtio_console'];
const stateModules = ['ext4'];
/** A kernel under KVM prints its first line within a second; a broken KVM may never run it. */
const kvmSilenceSeconds = 30;

/**
 * Boots a root file system as it is, under its own kernel, runs the tests in it and says how that went. A machine
 * that fails is an answer, not an error.
 * @throws InputError for an image without a kernel, and when something is missing on this host; OutsideError when one of its programs fails
 */
export async function runBootTest(options: BootTestOptions): Promise<BootReport> {
  const { root, image, log } = options;
  return withTemporaryFolder('boot', async (folder) =>
    bootPrepared(await prepareImage({ root, image, folder, log }), options),
  );
}

/**
 * Makes what a machine boots from.
 * @param options.folder gets the file; the caller removes it
 * @throws InputError for an image without a kernel
 */
export async function prepareImage(options: {
  readonly root: string;
  readonly image: string;
  readonly folder: string;
  readonly log: Log;
}): Promise<PreparedImage> {
  const { root, image, folder, log } = options;
  requireTools(['mkfs.erofs']);
  const kernel = await requireKernel(root, image);
  const index = await readModuleIndex(kernel.modules);
  const rootImage = join(folder, 'root.erofs');
  const seconds = await timed(() =>
    log.task('making the root file system of the machine', () => makeRootImage(root, rootImage)),
  );
  return { kernel, index, systemd: await findSystemd(root), rootImage, seconds };
}

/** As `runBootTest`, with an image that was made ready before. */
export async function bootPrepared(image: PreparedImage, options: BootOptions): Promise<BootReport> {
  const started = performance.now();
  const { architecture, outputFolder, allowedUnits } = options;
  const busybox = await requireBootTestTools(architecture, options.helper);
  await mkdir(outputFolder, { recursive: true });
  const required = [...requiredModules, ...(options.state === undefined ? [] : stateModules)];
  const order = orderModules([...required, ...usefulModules], image.index);
  const missing = order.missing.filter((name) => required.includes(name));
  if (missing.length > 0) {
    return unbooted(options, started, {
      verdict: 'unbootable',
      kernel: image.kernel.version,
      explanation: `The image's kernel has no ${missing.join(', ')}: it cannot mount its root in a virtual machine.`,
    });
  }
  const chosen = await chooseAccelerator(architecture, options.accelerator);
  return withTemporaryFolder('machine', async (folder) => {
    const initrd = join(folder, 'initrd');
    const making = await timed(() => writeInitrd(options, { image, order, busybox, initrd }));
    const first = await boot(options, { image, initrd, chosen });
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
    const run = kvmFailed ? await boot(options, { image, initrd, chosen: used }) : first;
    const { firstTest, done } = run.milestones;
    const booted = firstTest ?? done ?? run.seconds;
    const system = systemState(run.record);
    const asTest = systemTest(run.record, allowedUnits);
    const paths = logPaths(outputFolder);
    const journalLog = join(outputFolder, logNames.journal);
    return {
      ...judge(run, options.tests, allowedUnits),
      tests: [...(asTest === undefined ? [] : [asTest]), ...testResults(run.record, options.tests)],
      ...(system === undefined ? {} : { system }),
      kernel: run.record.kernel ?? image.kernel.version,
      architecture,
      accelerator: used.accelerator,
      ...(used.note === undefined ? {} : { acceleratorNote: used.note }),
      seconds: {
        rootFilesystem: rounded(image.seconds),
        initrd: rounded(making),
        boot: rounded(booted),
        tests: rounded((done ?? run.seconds) - booted),
        total: rounded(image.seconds + (performance.now() - started) / 1000),
      },
      timeline: timelineOf(run, options.tests),
      identity: Object.fromEntries(run.record.identity),
      ...paths,
      ...(existsSync(journalLog) ? { journalLog } : {}),
    };
  });
}

/**
 * Makes sure that this host can boot-test an architecture, before anything long begins.
 * @param helper a static busybox for that architecture; default: this machine's own
 * @returns path of the static busybox
 * @throws InputError that says what to install
 */
export async function requireBootTestTools(architecture: Architecture, helper?: string): Promise<string> {
  requireTools([
    machineTypeOf(architecture).program,
    'mkfs.erofs',
    ...(helper === undefined ? ['busybox'] : []),
  ]);
  return findStaticBusybox(architecture, helper);
}

async function writeInitrd(
  options: BootOptions,
  parts: { image: PreparedImage; order: LoadOrder; busybox: string; initrd: string },
): Promise<void> {
  const { image } = parts;
  const settings: GuestSettings = {
    systemd: image.systemd,
    fallbackTerminal: machineTypeOf(options.architecture).fallbackTerminal,
    systemSeconds: Math.max(10, Math.min(300, Math.floor(deadlineOf(options) / 2))),
    environment: options.environment,
    tests: options.tests.map(({ name, timeoutSeconds }) => ({
      name,
      timeoutSeconds: timeoutSeconds ?? defaultTestSeconds,
    })),
    ...(options.state === undefined ? {} : { deployment: options.state.deployment }),
  };
  const archive = await makeInitrd({
    busybox: parts.busybox,
    modules: image.kernel.modules,
    moduleFiles: parts.order.files,
    tests: options.tests,
    ...(options.testsFolder === undefined ? {} : { testsFolder: options.testsFolder }),
    settings,
  });
  await writeFile(parts.initrd, archive);
}

async function boot(
  options: BootOptions,
  parts: { image: PreparedImage; initrd: string; chosen: ChosenAccelerator },
): Promise<MachineRun> {
  const { accelerator } = parts.chosen;
  const { network, state, kernelArguments } = options;
  return options.log.task(`boot test (${accelerator})`, (report) =>
    runMachine({
      machine: {
        architecture: options.architecture,
        accelerator,
        memoryMegabytes: options.memoryMegabytes ?? 1024,
        cpus: options.cpus ?? 2,
        kernel: parts.image.kernel.image,
        initrd: parts.initrd,
        rootImage: parts.image.rootImage,
        ...(network === undefined ? {} : { network }),
        ...(kernelArguments === undefined ? {} : { kernelArguments }),
        ...(state === undefined ? {} : { stateDisk: state.disk }),
      },
      outputFolder: options.outputFolder,
      deadlineSeconds: deadlineOf(options),
      ...(accelerator === 'kvm' ? { silenceSeconds: kvmSilenceSeconds } : {}),
      onProgress: (record) => report(progress(record, options.tests)),
    }),
  );
}

function deadlineOf({ deadlineSeconds, tests }: BootOptions): number {
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

/** The report on an image that never came to a machine. @param started by performance.now() */
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

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
