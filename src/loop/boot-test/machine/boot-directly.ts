import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import { InputError } from '../../../host/errors.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { insideRoot } from '../../../host/inside-root.ts';
import type { Log } from '../../../host/log.ts';
import { makeInitrd } from '../guest/initrd.ts';
import { isKernel, type Kernel, kernelFile, readModuleIndex, requireKernel } from '../guest/kernel.ts';
import { type ModuleIndex, orderModules } from '../guest/kernel-modules.ts';
import { makeRootImage, type RootImage } from '../guest/root-image.ts';
import { findSystemd } from '../guest/systemd.ts';
import type { BootReport } from '../report/boot-report.ts';
import type { BootOptions } from './boot-options.ts';
import { bootWithHarness } from './boot-with-harness.ts';
import { timed, unbooted } from './machine-report.ts';
import { machineArguments } from './machine-types.ts';

export { listTests, type TestFile } from '../guest/list-tests.ts';
export { withRootFilesystem } from '../guest/root-filesystem.ts';
export type { BootReport, TestResult, Verdict } from '../report/boot-report.ts';
export type { BootOptions, MachineSettings } from './boot-options.ts';

export interface BootTestOptions extends BootOptions {
  /** The image's root file system, which is read as root and not written to. */
  readonly root: string;
  /** Name of the image in messages. */
  readonly image: string;
}

/** An image that can boot more than once. Nobody may move its root file system meanwhile. */
export interface PreparedImage {
  readonly kernel: Kernel;
  /** The kernel as a file of this machine. */
  readonly kernelFile: string;
  readonly index: ModuleIndex;
  /** Path of systemd in the image. */
  readonly systemd: string | undefined;
  /** Disk with the root file system. */
  readonly rootImage: RootImage;
  /** How long it took to make the disk. */
  readonly seconds: number;
}

const requiredModules = ['virtio_pci', 'virtio_blk', 'erofs', 'overlay'];
const usefulModules = ['virtio_console'];

/**
 * Boots an unchanged root file system with its own kernel, runs the tests in it and reports the result. A machine
 * that fails is a result, not an error.
 * @throws InputError for an image without a kernel, and if something is missing on this host; OutsideError if one of its programs fails
 */
export async function runBootTest(options: BootTestOptions): Promise<BootReport> {
  const { root, image, log } = options;
  return withTemporaryFolder('boot', async (folder) =>
    bootPrepared(await prepareImage({ root, image, folder, log }), options),
  );
}

/**
 * Makes the files that a machine boots from.
 * @param options.folder gets the files; the caller removes it
 * @throws InputError for an image without a kernel
 */
export async function prepareImage(options: {
  readonly root: string;
  readonly image: string;
  readonly folder: string;
  readonly log: Log;
}): Promise<PreparedImage> {
  const { image, folder, log } = options;
  const root = insideRoot(options.root);
  const kernel = await requireKernel(root, image);
  const index = await readModuleIndex(root, kernel.modules);
  let rootImage: RootImage | undefined;
  const seconds = await timed(async () => {
    rootImage = await log.task('making the root file system of the machine', () =>
      makeRootImage(options.root, join(folder, 'root.img')),
    );
  });
  return {
    kernel,
    kernelFile: await kernelFile(kernel, folder),
    index,
    systemd: await findSystemd(root),
    rootImage: rootImage as RootImage,
    seconds,
  };
}

/** Finds what the kernel lacks to boot with these options, and the files of the modules that it needs. */
function modulesFor(image: PreparedImage, options: BootOptions) {
  const needsExt4 = options.state !== undefined || image.rootImage.type === 'ext4';
  const required = [...requiredModules, ...(needsExt4 ? ['ext4'] : [])];
  const { files, missing } = orderModules([...required, ...usefulModules], image.index);
  return { files, missing: missing.filter((name) => required.includes(name)) };
}

/** Why an image cannot be started at all; undefined if it can. */
async function obstacle(
  image: PreparedImage,
  missing: readonly string[],
  options: BootOptions,
): Promise<string | undefined> {
  if (missing.length > 0) {
    return `The image's kernel has no ${missing.join(', ')}: it cannot mount its root in a virtual machine.`;
  }
  if (image.systemd === undefined && options.init !== 'any') {
    return 'The image has no systemd (/usr/lib/systemd/systemd, or /sbin/init that leads to it). An image without it on purpose needs "init: any" below boot-test in coxswain.yaml.';
  }
  // QEMU would fail, and its error would not mention the image.
  if (!(await isKernel(image.kernelFile, options.architecture))) {
    return `The image's ${image.kernel.path} is not a kernel for ${options.architecture}: no boot loader would start it.`;
  }
  return undefined;
}

/** As `runBootTest`, with an image that was prepared before. */
export async function bootPrepared(image: PreparedImage, options: BootOptions): Promise<BootReport> {
  const started = performance.now();
  const { files: moduleFiles, missing } = modulesFor(image, options);
  const { kernel, rootImage, systemd } = image;
  const explanation = await obstacle(image, missing, options);
  if (explanation !== undefined) {
    await mkdir(options.outputFolder, { recursive: true });
    return unbooted(options, started, { verdict: 'unbootable', kernel: kernel.version, explanation });
  }
  return bootWithHarness(options, {
    image: { systemd, rootType: rootImage.type },
    kernel: kernel.version,
    ...defined({ modulesOf: kernel.unified === undefined ? kernel.version : kernel.unified.version }),
    seconds: image.seconds,
    prepare: async ({ busybox, settings, nonce, folder }) => {
      const initrd = join(folder, 'initrd');
      await writeFile(initrd, await makeInitrd({ busybox, kernel, moduleFiles, settings, nonce }));
      return (common) =>
        machineArguments({
          ...common,
          kernel: image.kernelFile,
          initrd,
          rootImage: rootImage.file,
          kernelArguments: [...unifiedArguments(kernel), ...(options.kernelArguments ?? [])],
          ...defined({ stateDisk: options.state?.disk, installation: options.installation }),
        });
    },
  });
}

const longestCommandLine = 2048;

/** The arguments in a unified kernel image. Consoles are always ours, because the report is made from them. */
function unifiedArguments({ unified, path }: Kernel): string[] {
  if (unified === undefined) return [];
  const { commandLine } = unified;
  if (commandLine.length > longestCommandLine || /[^ -~]/.test(commandLine)) {
    throw new InputError({
      where: path,
      problem: 'the command line of the unified kernel image is not one line of printable text',
      found: commandLine.slice(0, 100),
    });
  }
  return commandLine.split(/\s+/).filter((word) => word !== '' && !word.startsWith('console='));
}
