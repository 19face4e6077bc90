import type { Architecture } from '../registry/architecture.ts';

export type Accelerator = 'kvm' | 'tcg';

/** How a boot test ended. Only `passed` means that the machine said it was done, and everything was well. */
export type Verdict =
  | 'passed'
  | 'test-failed'
  | 'test-timed-out'
  /** systemd of the image ended its boot in another state than `running`. */
  | 'system-not-running'
  /** The image's kernel cannot mount a root file system here: a driver is missing. */
  | 'unbootable'
  | 'kernel-panic'
  /** The machine powered off before it was done. */
  | 'early-exit'
  /** The machine was still running when its time was up, and was ended from outside. */
  | 'deadline'
  /** The machine ran, but had no port to report through. */
  | 'no-result-channel'
  /** The emulator itself failed. */
  | 'qemu-failed';

export interface TestResult {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'timed-out';
  /** Absent where the test never exited by itself. */
  readonly exitCode?: number;
  readonly seconds: number;
  /** What the test printed, both streams; the end of it where it is long. */
  readonly output: string;
}

export interface SystemState {
  readonly manager: 'systemd' | 'none';
  /** What `systemctl is-system-running` says; `none` without systemd. */
  readonly state: string;
  readonly failedUnits: string[];
  /** The last journal lines of each failed unit, and jobs that never finished. */
  readonly details: string;
}

export interface BootReport {
  readonly verdict: Verdict;
  /** One or two sentences for people: what happened, and where to look. */
  readonly explanation: string;
  /** Tests that began, in order. One that was under way when the machine ended counts as failed. */
  readonly tests: TestResult[];
  /** Absent when the machine never came so far. */
  readonly system?: SystemState;
  /** `uname -r`, or empty where nothing was booted. */
  readonly kernel: string;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** Why KVM was not used. */
  readonly acceleratorNote?: string;
  readonly seconds: {
    readonly rootFilesystem: number;
    readonly initrd: number;
    readonly boot: number;
    readonly tests: number;
    readonly total: number;
  };
  /** Path of what the machine wrote to its console. */
  readonly consoleLog: string;
  /** Path of the raw results. */
  readonly resultsLog: string;
}
