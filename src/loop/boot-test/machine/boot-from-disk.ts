import { chmod, copyFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../../host/exec.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { insideRoot } from '../../../host/inside-root.ts';
import { requireKernel } from '../guest/kernel.ts';
import { findSystemd } from '../guest/systemd.ts';
import type { BootReport } from '../report/boot-report.ts';
import type { BootOptions } from './boot-options.ts';
import { bootWithHarness } from './boot-with-harness.ts';
import { firmwareMachineArguments, installArguments } from './disk-image.ts';
import { type Firmware, requireDiskMode } from './disk-needs.ts';
import { timed } from './machine-report.ts';

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
  const { architecture, foreign, log } = options;
  const root = insideRoot(options.root);
  const firmware = await requireDiskMode({ root, architecture, foreign });
  const kernel = await requireKernel(root, options.image);
  const systemd = await findSystemd(root);
  return withTemporaryFolder('disk', async (installation) => {
    const disk = join(installation, 'disk.raw');
    const seconds = await timed(() =>
      log.task('installing the image on a disk', () => install(options, disk)),
    );
    return bootWithHarness(options, {
      image: { systemd, rootType: 'erofs' },
      kernel: kernel.version,
      seconds,
      prepare: async ({ nonce, folder }) => {
        const variables = await freshVariables(firmware, folder);
        return (common) =>
          firmwareMachineArguments({ ...common, firmware: { code: firmware.code, variables }, disk, nonce });
      },
    });
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
