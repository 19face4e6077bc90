import { journalPortName, reportPortName } from '../machine/machine-types.ts';
import ended from './shell/ended.sh';
import firstProcess from './shell/first-process.sh';
import harness from './shell/harness.sh';
import init from './shell/init.sh';
import library from './shell/library.sh';
import start from './shell/start.sh';

// What runs inside the virtual machine: the files in shell/, and the settings that are made here. The host's static
// busybox interprets all of it: nothing here depends on a program of the image, except systemctl and journalctl.

/** Folder of the harness in the running guest. */
export const guestFolder = '/run/coxswain';
/** Folder of the commands for tests, see helpers.ts. */
export const helpersFolder = `${guestFolder}/helpers`;

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How much of the journal is sent: its end. */
const journalBytes = 4 * 1024 * 1024;

/** How much of a test's output is sent: its end. Lines of one letter become ten times as long on their way. */
const sentBytes = 1024 * 1024;

/**
 * Generators of systemd that only make sense on an installed machine. Fedora CoreOS's wants a partition labelled "boot"
 * for local-fs.target wherever /etc/fstab names none: systemd would wait 90 seconds for it, and go into emergency mode.
 */
const maskedGenerators = ['coreos-boot-mount-generator'];

export interface GuestSettings {
  /** Path of systemd in the image; without it the harness is the first process. */
  readonly systemd: string | undefined;
  /** Terminal of the second serial port: `ttyS1`. */
  readonly fallbackTerminal: string;
  /** How long systemd may take to finish its boot. */
  readonly systemSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly tests: ReadonlyArray<{ readonly name: string; readonly timeoutSeconds: number }>;
  /** The machine has a disk for /var and changes in /etc; absent: both are gone with it. */
  readonly deployment?: Deployment;
}

/**
 * Which changes in /etc a boot has, as ostree keeps them for each deployment: `old` its own; `new` those of the old one
 * when the new one came, and its own since.
 */
export type Deployment = 'old' | 'new';

/** /init of the initrd. It reads the other scripts from a folder `/coxswain` beside it. */
export const initScript: string = init;

/** The scripts of the running guest by their names in `guestFolder`, and what they read. */
export function guestScripts(settings: GuestSettings): Readonly<Record<string, string>> {
  return {
    settings: settingsText(settings),
    runs: runsText(settings),
    library,
    start,
    harness,
    'first-process': firstProcess,
    ended,
  };
}

/** The settings as shell text. */
export function settingsText(settings: GuestSettings): string {
  const values: Readonly<Record<string, string | number>> = {
    guest_folder: guestFolder,
    systemd: settings.systemd ?? '',
    deployment: settings.deployment ?? '',
    fallback_terminal: settings.fallbackTerminal,
    report_port: reportPortName,
    journal_port: journalPortName,
    system_path: systemPath,
    system_seconds: settings.systemSeconds,
    journal_bytes: journalBytes,
    sent_bytes: sentBytes,
    masked_generators: maskedGenerators.join(' '),
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `${lines.join('\n')}
with_environment() { exec env -i ${environmentWords(settings.environment)} "$@"; }
`;
}

/** One call of the harness's run_test for each test. */
function runsText({ tests }: GuestSettings): string {
  return tests
    .map(({ name, timeoutSeconds }, index) => `run_test ${index} ${quoted(name)} ${timeoutSeconds}\n`)
    .join('');
}

/** The unit that runs the harness; without default dependencies, so that it starts in emergency mode too. */
export function unitFile(): string {
  return `[Unit]
Description=Coxswain boot test
DefaultDependencies=no
Conflicts=shutdown.target

[Service]
Type=simple
ExecStart=${guestFolder}/busybox sh ${guestFolder}/harness
ExecStopPost=${guestFolder}/busybox sh ${guestFolder}/ended
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

/** One word of a shell command, whatever it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
