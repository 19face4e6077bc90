import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { insideRoot } from '../../../host/inside-root.ts';
import { requireKernel } from '../guest/kernel.ts';
import { findSystemd } from '../guest/systemd.ts';
import type { ImageSource } from '../image-source.ts';
import type { BootReport } from '../report/boot-report.ts';
import type { BootOptions } from './boot-options.ts';
import { bootWithHarness } from './boot-with-harness.ts';
import { firmwareMachineArguments } from './disk-image.ts';
import { type Firmware, requireDiskMode } from './disk-needs.ts';
import { installInMachine } from './install-in-machine.ts';

/**
 * As `runBootTest`, but through the boot loader: the image installs itself on a disk with its own bootc, inside a virtual
 * machine, and a second machine starts from that disk through its firmware.
 * @throws InputError when this host or the image lacks something
 */
export async function runDiskTest(
  options: BootOptions & { readonly root: string; readonly image: string; readonly source: ImageSource },
): Promise<BootReport> {
  const { architecture, image, source, log, ...rest } = options;
  const root = insideRoot(options.root);
  const firmware = await requireDiskMode({ root, architecture });
  const kernel = await requireKernel(root, image);
  const systemd = await findSystemd(root);
  return withTemporaryFolder('disk', async (folder) => {
    const started = performance.now();
    const installed = await log.task('installing the image on a disk, in a machine', () =>
      installInMachine({ ...rest, architecture, log }, { root: options.root, image, source, folder }),
    );
    if ('failed' in installed) return installed.failed;
    return bootWithHarness(options, {
      image: { systemd, rootType: 'erofs' },
      kernel: kernel.version,
      ...defined({ modulesOf: kernel.unified === undefined ? kernel.version : kernel.unified.version }),
      seconds: (performance.now() - started) / 1000,
      prepare: async ({ nonce, folder: machineFolder }) => {
        const variables = await freshVariables(firmware, machineFolder);
        return (common) =>
          firmwareMachineArguments({
            ...common,
            firmware: { code: firmware.code, variables },
            disk: installed.disk,
            nonce,
          });
      },
    });
  });
}

/** The firmware writes to its variables: each machine has its own. */
async function freshVariables(firmware: Firmware, folder: string): Promise<string> {
  const file = join(folder, 'variables.fd');
  await copyFile(firmware.variables, file);
  await chmod(file, 0o600);
  return file;
}
