import { InputError } from '../../../host/errors.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import type { Accelerator } from '../report/boot-report.ts';

/** Name of the virtio-serial port that results go through. */
export const reportPortName = 'coxswain.results';
/** Name of the one that the journal goes through. */
export const journalPortName = 'coxswain.journal';

/** Serial numbers of the disks: the guest finds each by its own. */
export const diskNames = {
  root: 'coxswain-root',
  tools: 'coxswain-tools',
  state: 'coxswain-state',
  image: 'coxswain-image',
  target: 'coxswain-target',
} as const;

/** What differs between the machines we can boot. */
export interface MachineType {
  readonly program: string;
  readonly machine: string;
  /** Terminal of the console, and of the second serial port. */
  readonly consoleTerminal: string;
  readonly fallbackTerminal: string;
  /** Arguments that add the second serial port, on the character device `fallback`. */
  readonly fallbackArguments: readonly string[];
  /**
   * The processor when every instruction is emulated. It is the most capable one, because distributions need more than
   * QEMU's default.
   */
  readonly emulatedProcessor: string;
  /** Kernel arguments needed when every instruction is emulated. */
  readonly emulationArguments: readonly string[];
}

/** Measured with a tiny image, 5 boots each: 0.87 of the time without them. */
const emulationShortcuts = ['mitigations=off', 'nokaslr', 'cryptomgr.notests'] as const;

const machineTypes: Partial<Readonly<Record<Architecture, MachineType>>> = {
  x86_64: {
    program: 'qemu-system-x86_64',
    // microvm is not used: it starts a little faster, but did not end once in 17 boots.
    machine: 'q35',
    consoleTerminal: 'ttyS0',
    fallbackTerminal: 'ttyS1',
    fallbackArguments: ['-serial', 'chardev:fallback'],
    // Page tables with five levels only make emulation slower.
    emulatedProcessor: 'max,la57=off',
    // On a busy host the kernel's check of the timer fails, and it panics. Protections against other users of a
    // processor and self-tests of ciphers have no use under emulation, and take time.
    emulationArguments: ['no_timer_check', ...emulationShortcuts],
  },
  aarch64: {
    program: 'qemu-system-aarch64',
    machine: 'virt',
    consoleTerminal: 'ttyAMA0',
    fallbackTerminal: 'ttyS0',
    fallbackArguments: ['-device', 'pci-serial,chardev=fallback'],
    emulatedProcessor: 'max',
    emulationArguments: [...emulationShortcuts],
  },
};

/** @throws InputError for an architecture that cannot be boot-tested */
export function machineTypeOf(architecture: Architecture): MachineType {
  const type = machineTypes[architecture];
  if (type !== undefined) return type;
  throw new InputError({
    problem: 'boot tests do not know this architecture',
    found: architecture,
    expected: Object.keys(machineTypes).join(' or '),
  });
}

/** What a machine can reach: `closed` gives it an address and no connections, `user` whatever the host can reach. */
export const networks = ['closed', 'user'] as const;
export type Network = (typeof networks)[number];

/** Files that the console, the journal and the two result ports are written to. */
export interface MachineFiles {
  readonly console: string;
  readonly journal: string;
  readonly results: string;
  readonly fallback: string;
  /** A socket for commands to QEMU and events from it (QEMU Machine Protocol); absent: there is none. */
  readonly monitor?: string;
}

/** The disks of an installation, as files. */
export interface InstallationDisks {
  /** The image, an OCI image layout; the guest cannot write to it. */
  readonly image: string;
  /** What the image is installed on. */
  readonly target: string;
}

export interface MachineOptions extends MachineFiles {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly memoryMegabytes: number;
  readonly cpus: number;
  readonly kernel: string;
  readonly initrd: string;
  /** File with the root file system. */
  readonly rootImage: string;
  /** What happens to the guest's writes to it. Default: the guest cannot write to it. */
  readonly rootWrites?: 'dropped' | 'kept';
  /** Files of the host that the firmware shows to the guest (fw_cfg), by their names there. */
  readonly firmwareFiles?: Readonly<Record<string, string>>;
  /** File with the disk of the harness and the tests; the guest cannot write to it. */
  readonly toolsDisk: string;
  /** File with a disk that is kept after this machine ends: /var, and changes in /etc. */
  readonly stateDisk?: string;
  /** Disks of a machine that installs an image on another disk. */
  readonly installation?: InstallationDisks;
  /** Default: closed. */
  readonly network?: Network;
  /** More kernel arguments, after ours. */
  readonly kernelArguments?: readonly string[];
}

/** The command line of QEMU, without the program's name. */
export function machineArguments(options: MachineOptions): string[] {
  const type = machineTypeOf(options.architecture);
  const { accelerator } = options;
  return [
    '-nodefaults',
    '-no-user-config',
    '-no-reboot',
    ...['-display', 'none'],
    ...['-machine', type.machine],
    ...processorArguments(type, accelerator),
    ...['-smp', String(options.cpus)],
    ...['-m', `${options.memoryMegabytes}M`],
    ...['-kernel', options.kernel],
    ...['-initrd', options.initrd],
    ...['-append', kernelArguments(options)],
    ...portArguments(type, options),
    ...rootDisk(options),
    ...readOnlyDisk('tools', options.toolsDisk),
    ...(options.stateDisk === undefined ? [] : writableDisk('state', options.stateDisk)),
    ...installationDisks(options.installation),
    ...Object.entries(options.firmwareFiles ?? {}).flatMap(([name, file]) => [
      '-fw_cfg',
      `name=${name},file=${escaped(file)}`,
    ]),
    ...networkArguments(options.network ?? 'closed'),
  ];
}

/**
 * Emulated processors take turns in one thread: a second one makes a machine slower (a system with systemd took 128
 * seconds to boot on a busy computer, and 69 with one processor).
 */
export function defaultProcessors(accelerator: Accelerator): number {
  return accelerator === 'tcg' ? 1 : 2;
}

export function processorArguments(type: MachineType, accelerator: Accelerator): string[] {
  return [
    // QEMU's threads race: a processor runs code for ever that another one has just patched (7.2, a static key of the kernel).
    ...['-accel', accelerator === 'tcg' ? 'tcg,thread=single' : accelerator],
    ...['-cpu', accelerator === 'kvm' ? 'host' : type.emulatedProcessor],
  ];
}

/** A disk that the guest cannot write to. */
export function readOnlyDisk(name: keyof typeof diskNames, file: string): string[] {
  return [
    ...['-drive', `if=none,id=${name},format=raw,readonly=on,file=${escaped(file)}`],
    ...['-device', `virtio-blk-pci,drive=${name},serial=${diskNames[name]}`],
  ];
}

/** The console, and the ports that results and the journal go through. */
export function portArguments(type: MachineType, files: MachineFiles): string[] {
  const file = (id: string, path: string) => ['-chardev', `file,id=${id},path=${escaped(path)}`];
  return [
    ...file('console', files.console),
    ...['-serial', 'chardev:console'],
    ...file('fallback', files.fallback),
    ...type.fallbackArguments,
    ...file('results', files.results),
    ...['-device', 'virtio-serial-pci'],
    ...['-device', `virtserialport,chardev=results,name=${reportPortName},id=${reportPortName}`],
    ...file('journal', files.journal),
    ...['-device', `virtserialport,chardev=journal,name=${journalPortName}`],
    ...(files.monitor === undefined ? [] : ['-qmp', `unix:${escaped(files.monitor)},server=on,wait=off`]),
  ];
}

/** Closed: an interface that gets an address and no connections, for services that wait for the network. */
export function networkArguments(network: Network): string[] {
  return [
    ...['-netdev', `user,id=network${network === 'user' ? '' : ',restrict=on'}`],
    ...['-device', 'virtio-net-pci,netdev=network,romfile='],
    ...['-device', 'virtio-rng-pci'],
  ];
}

function rootDisk({ rootImage, rootWrites }: MachineOptions): string[] {
  if (rootWrites === undefined) return readOnlyDisk('root', rootImage);
  return writableDisk('root', rootImage, rootWrites === 'dropped' ? 'snapshot=on,' : '');
}

function installationDisks(disks: InstallationDisks | undefined): string[] {
  return disks === undefined
    ? []
    : [...readOnlyDisk('image', disks.image), ...writableDisk('target', disks.target)];
}

/** Writes have to survive the end of the machine, but not a crash of the host. */
function writableDisk(name: keyof typeof diskNames, file: string, more = ''): string[] {
  return [
    ...['-drive', `if=none,id=${name},format=raw,${more}cache=unsafe,file=${escaped(file)}`],
    ...['-device', `virtio-blk-pci,drive=${name},serial=${diskNames[name]}`],
  ];
}

/** Arguments of the kernel. They change nothing about the image, except that it ends instead of waiting. */
export function kernelArguments(
  options: Pick<MachineOptions, 'architecture' | 'accelerator' | 'kernelArguments'>,
): string {
  const type = machineTypeOf(options.architecture);
  return [
    `console=${type.consoleTerminal}`,
    'panic=-1',
    // Asks no questions on the console at a first boot.
    'systemd.firstboot=off',
    // Labels of SELinux are not kept in a container image: enforcing them would stop the boot.
    'enforcing=0',
    ...(options.accelerator === 'tcg' ? type.emulationArguments : []),
    ...(options.kernelArguments ?? []),
  ].join(' ');
}

/** QEMU separates options by commas; a comma in a value is written twice. */
export function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
