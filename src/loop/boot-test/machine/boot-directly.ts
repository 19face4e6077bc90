import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import { isMissing, withTemporaryFolder } from '../../../host/files.ts';
import type { Log } from '../../../host/log.ts';
import { requireTools } from '../../../host/tools.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import { findStaticBusybox } from '../guest/busybox.ts';
import { makeInitrd } from '../guest/initrd.ts';
import { type Kernel, readModuleIndex, requireKernel } from '../guest/kernel.ts';
import { type ModuleIndex, orderModules } from '../guest/kernel-modules.ts';
import { makeRootImage } from '../guest/root-filesystem.ts';
import type { BootReport } from '../report/report.ts';
import { type BootOptions, guestSettings } from './boot-options.ts';
import { reportOf, timed, unbooted } from './machine-report.ts';
import { machineArguments, machineTypeOf } from './machine-types.ts';
import { runAccelerated } from './run-with-fallback.ts';

export { withRootFilesystem } from '../guest/root-filesystem.ts';
export { listTests, type TestFile } from '../guest/tests.ts';
export type { BootReport, TestResult, Verdict } from '../report/report.ts';
export type { BootOptions, MachineSettings } from './boot-options.ts';

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
  const { architecture, outputFolder } = options;
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
  return withTemporaryFolder('machine', async (folder) => {
    const initrd = join(folder, 'initrd');
    const making = await timed(async () => {
      const { tests, testsFolder } = options;
      const archive = await makeInitrd({
        busybox,
        modules: image.kernel.modules,
        moduleFiles: order.files,
        tests,
        ...defined({ testsFolder }),
        settings: guestSettings(options, image.systemd),
      });
      await writeFile(initrd, archive);
    });
    const { network, state, kernelArguments } = options;
    const { run, used } = await runAccelerated(options, (accelerator, files) =>
      machineArguments({
        ...files,
        architecture,
        accelerator,
        memoryMegabytes: options.memoryMegabytes ?? 1024,
        cpus: options.cpus ?? 2,
        kernel: image.kernel.image,
        initrd,
        rootImage: image.rootImage,
        ...defined({ network, kernelArguments }),
        ...(state === undefined ? {} : { stateDisk: state.disk }),
      }),
    );
    return reportOf(options, run, {
      used,
      kernel: image.kernel.version,
      seconds: {
        rootFilesystem: image.seconds,
        initrd: making,
        total: image.seconds + (performance.now() - started) / 1000,
      },
    });
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
