import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../../host/exec.ts';
import { installScript, installTestName } from '../guest/install-script.ts';
import type { ImageSource } from '../image-source.ts';
import { makeStateDisk } from '../rehearsal/state-disk.ts';
import type { BootReport } from '../report/boot-report.ts';
import { bootPrepared, prepareImage } from './boot-directly.ts';
import type { BootOptions } from './boot-options.ts';
import { fetchImage } from './boot-ostree.ts';
import { installCommand } from './disk-image.ts';

/** Largest size of an installation; the file needs only the space that is written. */
const diskGigabytes = 16;
const leastMegabytes = 2048;
const timeoutSeconds = 2400;

/**
 * Installs an image on a new disk. The image's own bootc does it, in a virtual machine that was booted from the image: it
 * has the partitions, udev and the rights that bootc needs, whatever this machine is.
 * @param about.folder an empty folder for the work; the caller removes it
 * @returns the disk, or the report of a machine that did not install the image
 */
export async function installInMachine(
  options: BootOptions,
  about: {
    readonly root: string;
    readonly image: string;
    readonly source: ImageSource;
    readonly folder: string;
  },
): Promise<{ readonly disk: string } | { readonly failed: BootReport }> {
  const { folder, source, root, image } = about;
  const { log, architecture, kernelArguments } = options;
  const { layout, target } = await fetchImage(source, folder, log);
  const separator = layout.lastIndexOf(':');
  const [layoutFolder, name] = [layout.slice(0, separator), layout.slice(separator + 1)];
  const disks = {
    image: join(folder, 'image.erofs'),
    target: join(folder, 'disk.raw'),
    state: join(folder, 'state'),
  };
  await exec('mkfs.erofs', ['--all-root', disks.image, layoutFolder], {
    doing: 'making a disk with the image',
  });
  const handle = await open(disks.target, 'w');
  await handle.truncate(diskGigabytes * 1e9);
  await handle.close();
  // What bootc downloads goes through /var/tmp.
  await makeStateDisk(disks.state);
  const script = join(folder, 'install');
  const commandFor = (from: string) =>
    installCommand({
      source: from,
      target: `registry:${target}`,
      architecture,
      filesystem: 'xfs',
      ...(kernelArguments === undefined ? {} : { kernelArguments }),
    });
  await writeFile(script, installScript(commandFor, name));
  const prepared = join(folder, 'prepared');
  await mkdir(prepared);
  const { testsFolder: _, deadlineSeconds: __, ...machine } = options;
  const report = await bootPrepared(await prepareImage({ root, image, folder: prepared, log }), {
    ...machine,
    memoryMegabytes: Math.max(leastMegabytes, options.memoryMegabytes ?? 0),
    tests: [{ name: installTestName, path: script, timeoutSeconds }],
    state: { disk: disks.state, deployment: 'old' },
    installation: { image: disks.image, target: disks.target },
    outputFolder: join(options.outputFolder, 'installation'),
  });
  // The units of this machine are not judged: it only has to install.
  const test = report.tests.find((each) => each.name === installTestName);
  if (test?.result === 'passed') return { disk: disks.target };
  return { failed: test === undefined ? report : failedInstallation(report, test.output) };
}

function failedInstallation(report: BootReport, output: string): BootReport {
  const [last = 'it printed nothing'] = output.trim().split('\n').slice(-1);
  return {
    ...report,
    verdict: 'unbootable',
    explanation: `The image could not be installed on a disk by its own bootc: ${last}`,
  };
}
