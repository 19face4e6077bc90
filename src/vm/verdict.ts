import type { MachineRun } from './machine.ts';
import type { GuestRecord } from './protocol.ts';
import type { SystemState, TestResult, Verdict } from './report.ts';
import type { TestFile } from './tests.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly explanation: string;
}

/**
 * What a run means. QEMU exits with 0 for success, kernel panic and early power-off alike: only the guest's own
 * "done" counts as done, and everything else is a failure that gets a name.
 */
export function judge(
  run: Pick<MachineRun, 'record' | 'end' | 'complaints' | 'console'>,
  tests: readonly TestFile[],
): Judgement {
  const { record, end } = run;
  if (record.done) return judgeDone(record, tests);
  const where = stage(record, tests);
  const panic = /Kernel panic - not syncing: (.*)/.exec(run.console)?.[1]?.trim();
  if (panic !== undefined) {
    return { verdict: 'kernel-panic', explanation: `The kernel panicked ${where}: ${panic}` };
  }
  if (record.problem !== undefined) {
    return {
      verdict: 'unbootable',
      explanation: `The image's root file system could not be mounted: ${record.problem}.`,
    };
  }
  if (run.console.includes('coxswain: no result channel')) {
    return {
      verdict: 'no-result-channel',
      explanation:
        'The machine came up, but its kernel offered no port to report through: neither virtio_console nor a second serial port.',
    };
  }
  if (end.kind === 'deadline') {
    return {
      verdict: 'deadline',
      explanation: `The machine's time was up ${where}; it was ended from outside.`,
    };
  }
  if (end.kind === 'silent') {
    return {
      verdict: 'qemu-failed',
      explanation: 'The machine was started, but its kernel never printed anything.',
    };
  }
  if (end.kind === 'exited' && end.code !== 0) {
    const said = run.complaints.trim().split('\n').slice(-3).join('; ');
    const how = end.signal === null ? `exit code ${end.code}` : end.signal;
    return {
      verdict: 'qemu-failed',
      explanation: `QEMU itself failed (${how})${said === '' ? '' : `: ${said}`}.`,
    };
  }
  // QEMU exits with 0 then, too (softmmu/runstate.c, qemu_kill_report).
  const killed = /terminating on signal .*/.exec(run.complaints)?.[0];
  if (killed !== undefined) {
    return { verdict: 'qemu-failed', explanation: `QEMU was ended from outside ${where}: ${killed}.` };
  }
  return {
    verdict: 'early-exit',
    explanation: record.ended
      ? `The test harness in the machine was killed ${where}.`
      : `The machine powered off or rebooted ${where}.`,
  };
}

function judgeDone(record: GuestRecord, tests: readonly TestFile[]): Judgement {
  const results = testResults(record, tests);
  const named = (result: TestResult['result']) =>
    results.filter((test) => test.result === result).map(({ name }) => name);
  const [failed, late] = [named('failed'), named('timed-out')];
  const lost = tests.length - results.length;
  const findings = [
    systemFinding(record),
    failed.length === 0 ? undefined : `Failed: ${failed.join(', ')}.`,
    late.length === 0 ? undefined : `Not finished in time: ${late.join(', ')}.`,
    lost === 0 ? undefined : `The results of ${lost} tests did not arrive.`,
  ].filter((finding) => finding !== undefined);
  const explanation = findings.join(' ');
  if (systemFinding(record) !== undefined) return { verdict: 'system-not-running', explanation };
  if (failed.length > 0) return { verdict: 'test-failed', explanation };
  if (late.length > 0) return { verdict: 'test-timed-out', explanation };
  if (lost > 0) return { verdict: 'no-result-channel', explanation };
  return {
    verdict: 'passed',
    explanation: `The machine booted and ${results.length === 1 ? 'its test' : `all ${results.length} tests`} passed.`,
  };
}

function systemFinding(record: GuestRecord): string | undefined {
  const state = record.systemState;
  if (state === 'running' || state === 'none') return undefined;
  const units = record.failedUnits.length === 0 ? '' : ` (failed: ${record.failedUnits.join(', ')})`;
  return `systemd ended its boot in the state "${state ?? 'unknown'}"${units}.`;
}

/** Where in its life the machine was: continues "… ". */
function stage(record: GuestRecord, tests: readonly TestFile[]): string {
  const running = [...record.tests].find(([, test]) => test.end === undefined);
  if (running !== undefined) return `while ${tests[running[0]]?.name ?? 'a test'} ran`;
  if (record.kernel === undefined) return 'before the tests could begin';
  if (record.systemState === undefined) return 'before systemd had finished its boot';
  return record.tests.size === 0 ? 'before the first test' : 'between two tests';
}

/** The tests that began. One without an end was cut off with the machine: failed. */
export function testResults(record: GuestRecord, tests: readonly TestFile[]): TestResult[] {
  return [...record.tests].flatMap(([index, test]): TestResult[] => {
    const name = tests[index]?.name;
    if (name === undefined) return [];
    if (test.end === undefined) return [{ name, result: 'failed', seconds: 0, output: '' }];
    const { timedOut, code, at } = test.end;
    return [
      {
        name,
        result: timedOut ? 'timed-out' : code === 0 ? 'passed' : 'failed',
        ...(timedOut ? {} : { exitCode: code }),
        seconds: Math.round((at - test.startedAt) * 100) / 100,
        output: test.output.text(),
      },
    ];
  });
}

export function systemState(record: GuestRecord): SystemState | undefined {
  if (record.systemState === undefined) return undefined;
  return {
    manager: record.systemState === 'none' ? 'none' : 'systemd',
    state: record.systemState,
    failedUnits: [...record.failedUnits],
    details: record.details.join('\n'),
  };
}
