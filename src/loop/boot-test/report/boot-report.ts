import type { AgentAnswer } from '../../../release/evidence/statement.ts';
import type { UpgradeStage } from '../../../release/evidence/upgrade-stages.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import type { Digest } from '../../../world/registry/reference.ts';
import type { BootMode } from '../machine/boot-modes.ts';

export type Accelerator = 'kvm' | 'tcg';

/** How a boot test ended. Only `passed` means that the machine reported that it was done, and everything was well. */
export type Verdict =
  | 'passed'
  | 'test-failed'
  | 'test-timed-out'
  /** The image lacks something that a node needs; nothing was booted. */
  | 'check-failed'
  /**
   * The image's systemd ended its boot in another state than `running`, because of units that are not allowed to fail.
   */
  | 'system-not-running'
  /** systemd could not boot: emergency or rescue mode. */
  | 'emergency-mode'
  /** The kernel killed processes because memory ran out. */
  | 'out-of-memory'
  /** A test failed, and a file system of the machine was full. */
  | 'out-of-disk'
  /** The image itself works, but machines that update from an earlier release do not. */
  | 'upgrade-failed'
  /** The image's kernel cannot mount a root file system here: a driver is missing. */
  | 'unbootable'
  | 'kernel-panic'
  /** The machine powered off, or rebooted, while a test ran. */
  | 'power-off-in-test'
  /** The machine powered off before all tests were done. */
  | 'early-exit'
  /** The machine was still running when its time was up, and was ended from outside. */
  | 'deadline'
  /** The machine ran, but had no port to report through. */
  | 'no-result-channel'
  /** The emulator itself failed. */
  | 'qemu-failed'
  /** Something in the machine wrote results in place of the harness, or interfered with it. */
  | 'untrusted-results';

export interface TestResult {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'timed-out';
  /** Absent if the test never exited. */
  readonly exitCode?: number;
  readonly seconds: number;
  /** What the test printed, both streams; only the end if it is long. */
  readonly output: string;
}

export interface SystemState {
  readonly manager: 'systemd' | 'none';
  /** What `systemctl is-system-running` says; `none` without systemd. */
  readonly state: string;
  /** The same after the tests; absent if the machine did not reach this point. */
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
  /** Tests that began, in order. One that was running when the machine ended counts as failed. */
  readonly tests: TestResult[];
  /** Absent if the machine did not reach this point. */
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
  /** What the image's own update agent says about the update to it; absent if it could not answer. */
  readonly agent?: AgentAnswer;
  /** Updates that were rehearsed; their tests are among the tests. */
  readonly upgrades?: readonly Rehearsal[];
  /** The phases follow one another without gaps, until the end of the machine. */
  readonly timeline: readonly Span[];
  /** SHA-256 of the files that identify a machine (machine-id, SSH host keys), by their names. */
  readonly identity: Readonly<Record<string, string>>;
  /** Path of what the machine wrote to its console. */
  readonly consoleLog: string;
  /** Path of the raw results. */
  readonly resultsLog: string;
  /** Path of the journal of systemd, if there was one. */
  readonly journalLog?: string;
}

/** An update from an earlier release and back, on one machine. */
export interface Rehearsal {
  readonly from: string;
  readonly digest: Digest;
  readonly passed: boolean;
  /** One sentence for people. */
  readonly explanation: string;
  /** The tests of all machines, named by the version that the machine comes from and the stage. */
  readonly tests: readonly TestResult[];
  readonly machines: ReadonlyArray<{ readonly stage: UpgradeStage; readonly report: BootReport }>;
}
