import { chmod, copyFile, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import { exec } from '../../../host/exec.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { insideRoot } from '../../../host/inside-root.ts';
import { requireKernel } from '../guest/kernel.ts';
import { findSystemd } from '../guest/systemd.ts';
import { makeToolsDisk } from '../guest/tools-disk.ts';
import type { BootReport } from '../report/report.ts';
import { makeNonce, requireBootTestTools } from './boot-directly.ts';
import { type BootOptions, guestSettings } from './boot-options.ts';
import { firmwareMachineArguments, installArguments } from './disk-image.ts';
import { type Firmware, requireDiskMode } from './disk-needs.ts';
import { reportOf, timed } from './machine-report.ts';
import { runAccelerated } from './run-with-fallback.ts';

/** Largest size of an installation; the file needs only the space that is written. */
const diskGigabytes = 16;

/**
 * As `runBootTest`, but through the boot loader: the image installs itself on a disk with its own bootc, and the
 * machine starts from there through its firmware.
 * @param options.imageId in the storage that buildah and podman share
 * @throws InputError when this host or the image lacks something
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
  const { architecture, foreign, log } = options;
  const root = insideRoot(options.root);
  const firmware = await requireDiskMode({ root, architecture, foreign });
  const busybox = await requireBootTestTools(architecture, options.helper);
  const kernel = await requireKernel(root, options.image);
  await mkdir(options.outputFolder, { recursive: true });
  return withTemporaryFolder('disk', async (folder) => {
    const disk = join(folder, 'disk.raw');
    const nonce = makeNonce();
    const installing = await timed(() =>
      log.task('installing the image on a disk', () => install(options, disk)),
    );
    const systemd = await findSystemd(root);
    let toolsDisk = '';
    const making = await timed(async () => {
      const { tests, testsFolder } = options;
      const settings = guestSettings(options, { systemd, rootType: 'erofs' });
      toolsDisk = await makeToolsDisk({ busybox, tests, settings, ...defined({ testsFolder }) }, folder);
    });
    const variables = await freshVariables(firmware, folder);
    const { run, used } = await runAccelerated({ ...options, nonce }, (accelerator, files) =>
      firmwareMachineArguments({
        ...files,
        architecture,
        accelerator,
        memoryMegabytes: options.memoryMegabytes ?? 1024,
        cpus: options.cpus ?? 2,
        network: options.network ?? 'closed',
        firmware: { code: firmware.code, variables },
        disk,
        toolsDisk,
        nonce,
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

/** The firmware writes to its variables: each machine has its own. */
async function freshVariables(firmware: Firmware, folder: string): Promise<string> {
  const file = join(folder, 'variables.fd');
  await copyFile(firmware.variables, file);
  await chmod(file, 0o600);
  return file;
}
