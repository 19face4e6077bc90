import type { Architecture } from '../../../world/registry/architecture.ts';
import { unitFile } from '../guest/guest-scripts.ts';
import type { Accelerator } from '../report/boot-report.ts';
import {
  escaped,
  type MachineFiles,
  machineTypeOf,
  type Network,
  networkArguments,
  portArguments,
  processorArguments,
  readOnlyDisk,
} from './machine-types.ts';

// Booting through the firmware: the image installs itself on a disk with its own bootc, and the machine starts from
// there, with its boot loader and its initramfs. Only command lines are made here; docs/boot-tests.md says which of
// them have been run.

export interface InstallOptions {
  /** The image as a transport and a place: `oci:/folder:name`. */
  readonly source: string;
  /** What nodes call the image. */
  readonly target: string;
  readonly architecture: Architecture;
  readonly filesystem: 'xfs' | 'ext4' | 'btrfs';
  /** More kernel arguments of the installation. */
  readonly kernelArguments?: readonly string[];
}

/**
 * The command that installs an image on a disk, whose device comes after it (bootc-install-to-disk(8)). With a source it
 * needs no container around it.
 */
export function installCommand(options: InstallOptions): string[] {
  const { source, target, architecture, filesystem } = options;
  const { consoleTerminal } = machineTypeOf(architecture);
  return [
    ...['bootc', 'install', 'to-disk'],
    ...['--source-imgref', source, '--target-imgref', target],
    ...['--generic-image', '--wipe'],
    ...['--filesystem', filesystem],
    // Kernel arguments are part of an installation, not of the image.
    ...['--karg', `console=${consoleTerminal}`],
    ...['--karg', 'panic=-1'],
    ...(options.kernelArguments ?? []).flatMap((each) => ['--karg', each]),
  ];
}

export interface FirmwareMachineOptions extends MachineFiles {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly memoryMegabytes: number;
  readonly cpus: number;
  readonly network: Network;
  /** The firmware's code, read only, and a copy of its variables for this machine. */
  readonly firmware: { readonly code: string; readonly variables: string };
  readonly disk: string;
  /** The tests with their harness: a read-only disk, which the unit mounts. */
  readonly toolsDisk: string;
  /** Begins each line of the harness. The image can read it: it is in the unit that starts the harness. */
  readonly nonce: string;
}

/** Systemd credential that adds a unit to a machine without touching its disk; needs systemd 256 in the image. */
const unitCredential = 'systemd.extra-unit.coxswain.service';
const dropInCredential = 'systemd.unit-dropin.multi-user.target';

/** The command line of QEMU, without the program's name, for a machine that starts from an installed disk. */
export function firmwareMachineArguments(options: FirmwareMachineOptions): string[] {
  const type = machineTypeOf(options.architecture);
  const { accelerator, firmware, network } = options;
  const credential = (name: string, value: string) =>
    `type=11,value=io.systemd.credential.binary:${name}=${Buffer.from(value).toString('base64')}`;
  return [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', type.machine],
    ...processorArguments(type, accelerator),
    ...['-smp', String(options.cpus), '-m', `${options.memoryMegabytes}M`],
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${escaped(firmware.code)}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${escaped(firmware.variables)}`],
    // What the machine writes is dropped, so the disk can be booted again as it was installed.
    ...['-drive', `if=none,id=disk,format=raw,snapshot=on,file=${escaped(options.disk)}`],
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=1'],
    ...readOnlyDisk('tools', options.toolsDisk),
    ...['-smbios', credential(unitCredential, unitFile(options.nonce))],
    ...['-smbios', credential(dropInCredential, '[Unit]\nWants=coxswain.service\n')],
    ...portArguments(type, options),
    ...networkArguments(network),
  ];
}
