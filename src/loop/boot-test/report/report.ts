import type { UpgradeStage } from '../../../release/evidence/upgrade-stages.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import type { Digest } from '../../../world/registry/reference.ts';
import type { BootMode } from '../machine/boot-modes.ts';

export type Accelerator = 'kvm' | 'tcg';

/** How a boot test ended. Only `passed` means that the machine said it was done, and everything was well. */
export type Verdict =
  | 'passed'
  | 'test-failed'
  | 'test-timed-out'
  /** The image lacks what a node needs of it; nothing was booted. */
  | 'check-failed'
  /** systemd of the image ended its boot in another state than `running`, for units that are not allowed to fail. */
  | 'system-not-running'
  /** systemd gave up on booting: emergency or rescue mode. */
  | 'emergency-mode'
  /** The kernel killed processes because memory ran out. */
  | 'out-of-memory'
  /** A test failed, and a file system of the machine was full. */
  | 'out-of-disk'
  /** The image itself is well, but machines that come from an earlier release are not. */
  | 'upgrade-failed'
  /** The image's kernel cannot mount a root file system here: a driver is missing. */
  | 'unbootable'
  | 'kernel-panic'
  /** The machine powered off, or rebooted, while a test ran. */
  | 'power-off-in-test'
  /** The machine powered off before it was done. */
  | 'early-exit'
  /** The machine was still running when its time was up, and was ended from outside. */
  | 'deadline'
  /** The machine ran, but had no port to report through. */
  | 'no-result-channel'
  /** The emulator itself failed. */
  | 'qemu-failed'
  /** Something in the machine wrote results that are not the harness's, or reached for the harness. */
  | 'untrusted-results';

export interface TestResult {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'timed-out';
  /** Absent where the test never exited. */
  readonly exitCode?: number;
  readonly seconds: number;
  /** What the test printed, both streams; only the end if it is long. */
  readonly output: string;
}

export interface SystemState {
  readonly manager: 'systemd' | 'none';
  /** What `systemctl is-system-running` says; `none` without systemd. */
  readonly state: string;
  /** The same after the tests; absent if the machine did not come so far. */
  readonly stateAfter?: string;
  readonly failedUnits: string[];
  /** The last journal lines of each failed unit, and jobs that never finished. */
  readonly details: string;
}

/** What the machine was busy with, in seconds from the start of QEMU. */
export interface Span {
  readonly kind: 'machine' | 'kernel' | 'initrd' | 'system' | 'test' | 'end';
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Of a test. */
  readonly result?: TestResult['result'];
}

export interface BootReport {
  /** Absent: nothing was booted. */
  readonly mode?: BootMode;
  readonly verdict: Verdict;
  /** One or two sentences for people: what happened, and where to look. */
  readonly explanation: string;
  /** Tests that began, in order. One that was under way when the machine ended counts as failed. */
  readonly tests: TestResult[];
  /** Absent when the machine never came so far. */
  readonly system?: SystemState;
  /** `uname -r`, or empty if nothing was booted. */
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
  /** Updates that were rehearsed; their tests are among the tests. */
  readonly upgrades?: readonly Rehearsal[];
  /** Without gaps, until the end of the machine. */
  readonly timeline: readonly Span[];
  /** SHA-256 of the files that make a machine the one it is (machine-id, SSH host keys), by their names. */
  readonly identity: Readonly<Record<string, string>>;
  /** Path of what the machine wrote to its console. */
  readonly consoleLog: string;
  /** Path of the raw results. */
  readonly resultsLog: string;
  /** Path of the journal of systemd, if there was one. */
  readonly journalLog?: string;
}

/** An update from an earlier release and back, as one machine lived through it. */
export interface Rehearsal {
  readonly from: string;
  readonly digest: Digest;
  readonly passed: boolean;
  /** One sentence for people. */
  readonly explanation: string;
  /** Of all machines, each named by the version it comes from and what was done. */
  readonly tests: readonly TestResult[];
  readonly machines: ReadonlyArray<{ readonly stage: UpgradeStage; readonly report: BootReport }>;
}
