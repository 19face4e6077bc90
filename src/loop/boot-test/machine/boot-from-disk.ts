import { chmod, copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import { exec } from '../../../host/exec.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { harnessEntries } from '../guest/initrd.ts';
import { requireKernel } from '../guest/kernel.ts';
import { folder as isFolder } from '../guest/newc.ts';
import { makeRootImage } from '../guest/root-filesystem.ts';
import type { BootReport } from '../report/report.ts';
import { requireBootTestTools } from './boot-directly.ts';
import { type BootOptions, guestSettings } from './boot-options.ts';
import { firmwareMachineArguments, installArguments } from './disk-image.ts';
import { type Firmware, requireDiskMode } from './disk-needs.ts';
import { reportOf, timed } from './machine-report.ts';
import { runAccelerated } from './run-with-fallback.ts';

/** What an installation may grow to; the file takes only what is written. */
const diskGigabytes = 16;

/**
 * As `runBootTest`, by way of the boot loader: the image installs itself on a disk with its own bootc, and the machine
 * starts from there through its firmware.
 * @param options.imageId in the storage that buildah and podman share
 * @throws InputError when something is missing, of this host or of the image
 */
export async function runDiskTest(
  options: BootOptions & {
    readonly root: string;
    readonly image: string;
    readonly imageId: string;
    readonly foreign: boolean;
  },
): Promise<BootReport> {
  const started = performance.now();
  const { root, architecture, foreign, log } = options;
  const firmware = await requireDiskMode({ root, architecture, foreign });
  const busybox = await requireBootTestTools(architecture, options.helper);
  const kernel = await requireKernel(root, options.image);
  await mkdir(options.outputFolder, { recursive: true });
  return withTemporaryFolder('disk', async (folder) => {
    const [disk, testsImage] = [join(folder, 'disk.raw'), join(folder, 'tests.erofs')];
    const installing = await timed(() =>
      log.task('installing the image on a disk', () => install(options, disk)),
    );
    const making = await timed(() => makeTestsImage(options, busybox, folder, testsImage));
    const variables = await freshVariables(firmware, folder);
    const { run, used } = await runAccelerated(options, (accelerator, files) =>
      firmwareMachineArguments({
        ...files,
        architecture,
        accelerator,
        memoryMegabytes: options.memoryMegabytes ?? 1024,
        cpus: options.cpus ?? 2,
        network: options.network ?? 'closed',
        firmware: { code: firmware.code, variables },
        disk,
        testsImage,
      }),
    );
    const total = (performance.now() - started) / 1000;
    const seconds = { rootFilesystem: installing, initrd: making, total };
    return reportOf(options, run, { used, kernel: kernel.version, seconds });
  });
}

async function install(
  options: Pick<BootOptions, 'architecture' | 'kernelArguments'> & { readonly imageId: string },
  disk: string,
): Promise<void> {
  const handle = await open(disk, 'w');
  await handle.truncate(diskGigabytes * 1e9);
  await handle.close();
  const { architecture, imageId, kernelArguments = [] } = options;
  const [program = '', ...args] = installArguments({
    image: imageId,
    disk,
    architecture,
    filesystem: 'xfs',
    kernelArguments,
  });
  await exec(program, args, { doing: 'installing the image on a disk (bootc install to-disk)' });
}

/** The harness and the tests as a disk: what in the other mode comes in the initrd. */
async function makeTestsImage(
  options: BootOptions,
  busybox: string,
  folder: string,
  file: string,
): Promise<void> {
  const { tests, testsFolder } = options;
  const entries = await harnessEntries({
    busybox,
    tests,
    ...defined({ testsFolder }),
    settings: guestSettings(options, '/usr/lib/systemd/systemd'),
  });
  for (const { path, content, mode } of entries) {
    const place = join(folder, path);
    if (content === isFolder) {
      await mkdir(place, { recursive: true });
      continue;
    }
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content as string | Uint8Array);
    await chmod(place, mode);
  }
  await makeRootImage(join(folder, 'coxswain'), file);
}

/** The firmware writes to its variables: each machine has its own. */
async function freshVariables(firmware: Firmware, folder: string): Promise<string> {
  const file = join(folder, 'variables.fd');
  await copyFile(firmware.variables, file);
  await chmod(file, 0o600);
  return file;
}
