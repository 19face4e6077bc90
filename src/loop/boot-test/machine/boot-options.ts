import { defined } from '../../../host/defined.ts';
import type { Log } from '../../../host/log.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import type { Deployment, GuestSettings, RootType } from '../guest/guest-scripts.ts';
import { defaultTestSeconds, type TestFile } from '../guest/list-tests.ts';
import type { Accelerator } from '../report/boot-report.ts';
import type { KnownFailure } from '../report/known-failures.ts';
import { type InstallationDisks, machineTypeOf, type Network } from './machine-types.ts';

/** What the first process of an image must be. */
export const initKinds = ['systemd', 'any'] as const;
export type InitKind = (typeof initKinds)[number];

/** The machine to boot in, the same for every image of a run. */
export interface MachineSettings {
  readonly architecture: Architecture;
  /** Default: KVM if it works. */
  readonly accelerator?: Accelerator;
  /** Default: 1024. */
  readonly memoryMegabytes?: number;
  /** Default: 2, or 1 if the machine is emulated. */
  readonly cpus?: number;
  /** Default: closed. */
  readonly network?: Network;
  /** Kernel arguments after ours. */
  readonly kernelArguments?: readonly string[];
  /** A static busybox for the architecture of the guest. Default: this machine's own. */
  readonly helper?: string;
}

/** What is run in a machine. */
export interface BootOptions extends MachineSettings {
  /** In the order in which they run. */
  readonly tests: readonly TestFile[];
  /** Its files are placed beside the tests in the guest. */
  readonly testsFolder?: string;
  /** `any`: the image has no systemd, on purpose. Default: systemd. */
  readonly init?: InitKind;
  /** Units of systemd that may fail. */
  readonly allowedUnits?: readonly string[];
  /** Units that cannot work in a machine of a boot test; see known-failures.ts. */
  readonly knownFailures?: readonly KnownFailure[];
  /** How long the machine may run in all. Default: ten minutes and the time limits of all tests. */
  readonly deadlineSeconds?: number;
  /** For the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** A disk that is kept after the machine ends, see state-disk.ts. */
  readonly state?: { readonly disk: string; readonly deployment: Deployment };
  /** The machine installs an image on a disk. */
  readonly installation?: InstallationDisks;
  /** Gets the logs; created if missing. */
  readonly outputFolder: string;
  readonly log: Log;
}

/** How long a machine may run. */
export function deadlineOf({ deadlineSeconds, tests }: BootOptions): number {
  return (
    deadlineSeconds ??
    tests.reduce((sum, { timeoutSeconds }) => sum + (timeoutSeconds ?? defaultTestSeconds), 600)
  );
}

/** How long systemd may take to come up. A deadline that was asked for may give a slow machine more time. */
function systemSeconds(options: BootOptions): number {
  const half = Math.floor(deadlineOf(options) / 2);
  return Math.max(10, options.deadlineSeconds === undefined ? Math.min(300, half) : half);
}

/** What the harness in the machine needs to know. @param image.systemd its path in the image; undefined without one */
export function guestSettings(
  options: BootOptions,
  image: { readonly systemd: string | undefined; readonly rootType: RootType },
): GuestSettings {
  return {
    ...image,
    fallbackTerminal: machineTypeOf(options.architecture).fallbackTerminal,
    systemSeconds: systemSeconds(options),
    environment: options.environment,
    tests: options.tests.map(({ name, timeoutSeconds }) => ({
      name,
      timeoutSeconds: timeoutSeconds ?? defaultTestSeconds,
    })),
    ...defined({ deployment: options.state?.deployment }),
  };
}
