import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { defined } from '../../../host/defined.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { requireTools } from '../../../host/tools.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import { findStaticBusybox } from '../guest/busybox.ts';
import type { GuestSettings, RootType } from '../guest/guest-scripts.ts';
import { makeToolsDisk } from '../guest/tools-disk.ts';
import type { BootReport } from '../report/boot-report.ts';
import { type BootOptions, guestSettings } from './boot-options.ts';
import { reportOf } from './machine-report.ts';
import { defaultProcessors, type MachineOptions, machineTypeOf } from './machine-types.ts';
import { runAccelerated } from './run-with-fallback.ts';

/** What the mode needs to put the harness into a machine. */
export interface Harness {
  /** The host's static busybox. */
  readonly busybox: string;
  readonly settings: GuestSettings;
  /** Begins each line of the harness. */
  readonly nonce: string;
  /** An empty folder for the files of the machine; removed at its end. */
  readonly folder: string;
}

/** The options of the machine that are the same in every mode. */
export type CommonMachine = Omit<MachineOptions, 'kernel' | 'initrd' | 'rootImage' | 'network'> &
  Required<Pick<MachineOptions, 'network'>>;

/** The machine of a mode, to run the tests in. */
export interface HarnessedMachine {
  /** systemd's path in the image, and the file system of its root. */
  readonly image: { readonly systemd: string | undefined; readonly rootType: RootType };
  /** The name of the kernel if the machine does not report one. */
  readonly kernel: string;
  /** The version of the kernel that the image has modules of, if that is known: no other may run. */
  readonly modulesOf?: string;
  /** How long it took to make the root of the machine. */
  readonly seconds: number;
  /** Makes what the machine starts from. @returns the command line of QEMU, without the program's name */
  readonly prepare: (harness: Harness) => Promise<(common: CommonMachine) => string[]>;
}

/**
 * Boots a machine with the harness in it, runs the tests and reports the result. All modes use it.
 * @throws InputError if something is missing on this host; OutsideError if one of its programs fails
 */
export async function bootWithHarness(options: BootOptions, machine: HarnessedMachine): Promise<BootReport> {
  const started = performance.now();
  const { architecture, outputFolder, tests, testsFolder } = options;
  const busybox = await requireBootTestTools(architecture, options.helper);
  await mkdir(outputFolder, { recursive: true });
  return withTemporaryFolder('machine', async (folder) => {
    const nonce = makeNonce();
    const settings = guestSettings(options, machine.image);
    const begun = performance.now();
    const making = makeToolsDisk({ busybox, tests, settings, ...defined({ testsFolder }) }, folder);
    const preparing = machine.prepare({ busybox, settings, nonce, folder });
    // Both run to their end, even if one of them fails, because the folder that they write to is removed afterwards.
    await Promise.allSettled([making, preparing]);
    const [toolsDisk, commandLine] = [await making, await preparing];
    const initrd = (performance.now() - begun) / 1000;
    const { run, used } = await runAccelerated({ ...options, nonce }, (accelerator, files) =>
      commandLine({
        ...files,
        architecture,
        accelerator,
        memoryMegabytes: options.memoryMegabytes ?? 1024,
        cpus: options.cpus ?? defaultProcessors(accelerator),
        network: options.network ?? 'closed',
        toolsDisk,
      }),
    );
    const total = machine.seconds + (performance.now() - started) / 1000;
    const seconds = { rootFilesystem: machine.seconds, initrd, total };
    const { kernel, modulesOf } = machine;
    return reportOf(options, run, { used, kernel, seconds, ...defined({ modulesOf }) });
  });
}

/** Begins each line of the harness: an image does not know it, and cannot guess 60 bits. */
function makeNonce(): string {
  return randomBytes(8).toString('hex').slice(1);
}

/**
 * Makes sure that this host can boot-test an architecture, before anything long begins.
 * @param helper a static busybox for that architecture; default: this machine's own, or a downloaded one
 * @returns path of the static busybox
 * @throws InputError with what to install
 */
export async function requireBootTestTools(architecture: Architecture, helper?: string): Promise<string> {
  requireTools([machineTypeOf(architecture).program, 'mkfs.erofs']);
  return findStaticBusybox(architecture, helper);
}
