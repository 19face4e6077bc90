import { diskNames, journalPortName, reportPortName } from '../machine/machine-types.ts';
import firstProcess from './shell/first-process.sh';
import harness from './shell/harness.sh';
import init from './shell/init.sh';
import library from './shell/library.sh';
import mergeEtc from './shell/merge-etc.sh';
import runTest from './shell/run-test.sh';
import state from './shell/state.sh';
import system from './shell/system.sh';
import unitStart from './shell/unit-start.sh';

// What runs inside the virtual machine: the files in shell/, and the settings that are made here. The host's static
// busybox interprets all of it, so nothing here depends on a program of the image, except systemctl and journalctl.

/** Folder of the harness in the running guest. */
export const guestFolder = '/run/coxswain';
/** Folder of the commands for tests, see helpers.ts. */
export const helpersFolder = `${guestFolder}/helpers`;

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How much of the end of the journal is sent. */
const journalBytes = 4 * 1024 * 1024;

/** How much of the end of a test's output is sent. The protocol makes a line of one letter twenty times as long. */
const sentBytes = 256 * 1024;

/**
 * Generators of systemd that only make sense on an installed machine. Fedora CoreOS's requires a partition labelled
 * "boot" for local-fs.target if /etc/fstab names none: systemd would wait 90 seconds for it, and go into emergency
 * mode.
 */
const maskedGenerators = ['coreos-boot-mount-generator'];

export interface GuestSettings {
  /** Path of systemd in the image; without it our own process is the first one. */
  readonly systemd: string | undefined;
  /** File system of the disk with the root. */
  readonly rootType: RootType;
  /** Terminal of the second serial port: `ttyS1`. */
  readonly fallbackTerminal: string;
  /** How long systemd may take to finish its boot. */
  readonly systemSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly tests: ReadonlyArray<{ readonly name: string; readonly timeoutSeconds: number }>;
  /** The machine has a disk for /var and changes in /etc; absent: both are lost when it ends. */
  readonly deployment?: Deployment;
}

/** File systems that a root can have. */
export type RootType = 'erofs' | 'ext4';

/**
 * Which changes in /etc a boot has. ostree keeps them for each deployment: `old` has its own; `new` has those that
 * the old one had when the new one was deployed, and its own since then.
 */
export type Deployment = 'old' | 'new';

/** /init of the initrd in the mode direct. */
export const initScript: string = init;

/** The files that /init reads, by their names in the folder `/coxswain` beside it. */
export function initrdScripts(settings: GuestSettings): Readonly<Record<string, string>> {
  return {
    settings: settingsText(settings),
    library,
    state,
    'merge-etc': mergeEtc,
    harness: `exec /tools/busybox sh /tools/harness\n`,
  };
}

/** The scripts of the running guest and the files that they read, by their names in `guestFolder`. */
export function guestScripts(settings: GuestSettings): Readonly<Record<string, string>> {
  return {
    settings: settingsText(settings),
    runs: runsText(settings),
    library,
    system,
    'run-test': runTest,
    harness,
    'first-process': firstProcess,
    'unit-start': unitStart,
  };
}

/** The programs of busybox that the scripts and the commands for tests call. */
export const applets = [
  ...[
    'awk',
    'cat',
    'chmod',
    'chown',
    'cut',
    'date',
    'df',
    'env',
    'find',
    'grep',
    'head',
    'ln',
    'ls',
    'mkdir',
  ],
  ...[
    'mount',
    'nsenter',
    'poweroff',
    'printf',
    'ps',
    'rm',
    'sed',
    'setsid',
    'sh',
    'sha256sum',
    'sleep',
    'sort',
  ],
  ...[
    'stat',
    'stty',
    'sync',
    'tail',
    'test',
    'timeout',
    'tr',
    'true',
    'umount',
    'uname',
    'unshare',
    'usleep',
    'wc',
  ],
] as const;

/** The settings as shell text. */
export function settingsText(settings: GuestSettings): string {
  const values: Readonly<Record<string, string | number>> = {
    guest_folder: guestFolder,
    systemd: settings.systemd ?? '',
    root_type: settings.rootType,
    deployment: settings.deployment ?? '',
    fallback_terminal: settings.fallbackTerminal,
    report_port: reportPortName,
    journal_port: journalPortName,
    system_path: systemPath,
    system_seconds: settings.systemSeconds,
    journal_bytes: journalBytes,
    sent_bytes: sentBytes,
    masked_generators: maskedGenerators.join(' '),
    tools_disk: diskNames.tools,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `${lines.join('\n')}
with_environment() {
  exec setsid nsenter -t 1 -m -r "$guest_folder/busybox" env -i ${environmentWords(settings.environment)} "$@"
}
`;
}

/** One call of the harness's run_test for each test. */
function runsText({ tests }: GuestSettings): string {
  return tests
    .map(({ name, timeoutSeconds }, index) => `run_test ${index} ${quoted(name)} ${timeoutSeconds}\n`)
    .join('');
}

/**
 * The unit that runs the harness if the image's own initramfs began the boot; without default dependencies, so that
 * it starts in emergency mode too. The disk with the tools is mounted first.
 */
export function unitFile(nonce: string): string {
  return `[Unit]
Description=Coxswain boot test
DefaultDependencies=no
Conflicts=shutdown.target

[Service]
ExecStartPre=/bin/sh -c 'mkdir -p ${guestFolder} && mount -o ro /dev/disk/by-id/virtio-${diskNames.tools} ${guestFolder}'
ExecStart=${guestFolder}/busybox sh ${guestFolder}/unit-start ${nonce}
ExecStopPost=${guestFolder}/busybox poweroff -f
OOMScoreAdjust=-900
`;
}

function environmentWords(environment: Readonly<Record<string, string>>): string {
  const all = {
    PATH: `${systemPath}:${helpersFolder}`,
    HOME: '/root',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    ...environment,
  };
  return Object.entries(all)
    .map(([name, value]) => quoted(`${name}=${value}`))
    .join(' ');
}

/** Quotes any text as one word of a shell command. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
