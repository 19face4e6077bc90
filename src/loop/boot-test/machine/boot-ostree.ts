import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../../host/defined.ts';
import { OutsideError } from '../../../host/errors.ts';
import { exec } from '../../../host/exec.ts';
import type { InsideRoot } from '../../../host/inside-root.ts';
import type { Log } from '../../../host/log.ts';
import { requireTools } from '../../../host/tools.ts';
import type { DeployTool } from '../guest/deploy-tool.ts';
import { copyBootFiles, makeOstreeDisk, readBootEntries } from '../guest/ostree-disk.ts';
import { enterArgument, makeOstreeInitrd } from '../guest/ostree-initrd.ts';
import { deployImage, initSysroot, pullImage } from '../guest/ostree-sysroot.ts';
import { findSystemd } from '../guest/systemd.ts';
import type { ImageSource } from '../image-source.ts';
import type { BootReport } from '../report/boot-report.ts';
import type { BootOptions } from './boot-options.ts';
import { bootWithHarness } from './boot-with-harness.ts';
import { ignitionArguments, ignitionFiles } from './ignition.ts';
import { timed } from './machine-report.ts';
import { machineArguments } from './machine-types.ts';

/** A copy of an image in a folder, for a deploy tool. */
export interface FetchedImage {
  /** `FOLDER:TAG`, an OCI image layout. */
  readonly layout: string;
  /** What nodes call the image. */
  readonly target: string;
}

/** A disk that an image is deployed on with ostree, ready to boot. */
export interface OstreeDisk {
  readonly file: string;
  /** How long it took to make it. */
  readonly seconds: number;
  /** The tool that deployed it, for the report. */
  readonly tool: string;
  /** The ostree commit of a second image, in the repository of the disk and not deployed. */
  readonly pulled?: string;
}

/** Programs of this machine that the mode needs, besides those of every boot test. */
export const ostreeTools = ['skopeo', 'mkfs.ext4', 'e2fsck', 'debugfs', 'du'] as const;

/** Copies an image into a folder without changing its digest and its layers. */
export async function fetchImage(source: ImageSource, folder: string, log: Log): Promise<FetchedImage> {
  requireTools(['skopeo']);
  const layout = `${join(folder, 'image')}:image`;
  const insecure = source.plainHttp ? ['--src-tls-verify=false'] : [];
  await log.task(`copying ${source.name}`, () =>
    exec('skopeo', ['copy', '--quiet', '--preserve-digests', ...insecure, source.place, `oci:${layout}`], {
      doing: `copying ${source.name}`,
    }),
  );
  return { layout, target: source.storedAs ?? 'localhost/image:local' };
}

/**
 * Deploys an image with ostree on a new disk.
 * @param options.folder gets the disk; the caller removes it
 * @param options.next another image, which the machine will update to: it is put into the repository of the disk, as a
 * node downloads an update before it deploys it
 * @throws OutsideError if the image cannot be deployed
 */
export async function prepareOstreeDisk(options: {
  readonly image: FetchedImage;
  readonly next?: FetchedImage;
  readonly tool: DeployTool;
  readonly folder: string;
  readonly log: Log;
}): Promise<OstreeDisk> {
  const { image, next, tool, folder, log } = options;
  requireTools(ostreeTools);
  const file = join(folder, 'ostree.img');
  const sysroot = join(folder, 'sysroot');
  let pulled: string | undefined;
  const seconds = await timed(async () => {
    await initSysroot(sysroot);
    await deployImage(tool, { sysroot, ...image, log });
    if (next !== undefined) pulled = await pullImage(tool, { sysroot, layout: next.layout, log });
    await log.task('making the disk of the machine', () => makeOstreeDisk(sysroot, file));
    await rm(sysroot, { recursive: true });
  });
  return { file, seconds, tool: tool.name, ...defined({ pulled }) };
}

/**
 * Boots a disk as a boot loader would, with the image's own initramfs, and runs the tests.
 * @param about.root the image that this entry deploys
 * @param about.keep what the machine writes to the disk stays there
 * @param about.entry of the boot menu, from 0 (default: the newest)
 * @param about.ignition path of a configuration for Ignition; the machine then has its first boot
 */
export async function bootOstree(
  disk: OstreeDisk,
  options: BootOptions,
  about: {
    readonly root: InsideRoot;
    readonly keep: boolean;
    readonly entry?: number;
    readonly ignition?: string;
  },
): Promise<BootReport> {
  const entries = await readBootEntries(disk.file);
  const entry = entries[about.entry ?? 0];
  if (entry === undefined) {
    throw new OutsideError('reading the disk', `ostree left ${entries.length} boot entries on it`);
  }
  const { ignition } = about;
  return bootWithHarness(options, {
    image: { systemd: await findSystemd(about.root), rootType: 'ext4' },
    kernel: '',
    seconds: disk.seconds,
    prepare: async ({ busybox, settings, nonce, folder }) => {
      const initrd = join(folder, 'initrd');
      const boot = await copyBootFiles(disk.file, entry, folder);
      const { initramfs } = boot;
      await writeFile(initrd, await makeOstreeInitrd({ busybox, initramfs, settings, nonce }));
      return (common) =>
        machineArguments({
          ...common,
          kernel: boot.kernel,
          initrd,
          rootImage: disk.file,
          rootWrites: about.keep ? 'kept' : 'dropped',
          kernelArguments: [
            enterArgument,
            ...entry.options,
            ...(ignition === undefined ? [] : ignitionArguments),
            ...(options.kernelArguments ?? []),
          ],
          ...defined({ firmwareFiles: ignition === undefined ? undefined : ignitionFiles(ignition) }),
        });
    },
  });
}
