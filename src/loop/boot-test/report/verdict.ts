import { defined } from '../../../host/defined.ts';
import type { TestFile } from '../guest/list-tests.ts';
import type { GuestRecord, GuestTest } from '../guest/protocol.ts';
import type { MachineRun } from '../machine/machine.ts';
import type { TestResult, Verdict } from './boot-report.ts';
import { type AllowedUnits, systemFinding } from './system-finding.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly explanation: string;
}

/**
 * What a run means. `allowed.modulesOf` is the version of the kernel that the image has modules of, if that is known. QEMU exits with 0 for success, kernel panic and early power-off alike. So only the guest's own
 * "done" is a success, and every other ending is a failure with a name.
 */
export function judge(
  run: Pick<MachineRun, 'record' | 'end' | 'complaints' | 'console'>,
  tests: readonly TestFile[],
  allowed: AllowedUnits & { readonly modulesOf?: string } = {},
): Judgement {
  const { record, end } = run;
  if (record.violation !== undefined) {
    return {
      verdict: 'untrusted-results',
      explanation: `Something in the machine interfered with the test harness, so nothing that it reported counts: ${record.violation}.`,
    };
  }
  if (record.done) {
    const { modulesOf } = allowed;
    return judgeModules(record, modulesOf) ?? judgeDone(record, tests, allowed);
  }
  const where = stage(record, tests);
  const panic = /Kernel panic - not syncing: (.*)/.exec(run.console)?.[1]?.trim();
  // The messages of mm/oom_kill.c, with and without a victim.
  if (/Out of memory: Killed process|System is deadlocked on memory/.test(run.console)) {
    return {
      verdict: 'out-of-memory',
      explanation: `The machine ran out of memory ${where}${panic === undefined ? '' : `, and its kernel panicked: ${panic}`}. ${moreMemory}`,
    };
  }
  if (panic !== undefined) {
    return { verdict: 'kernel-panic', explanation: `The kernel panicked ${where}: ${panic}` };
  }
  if (record.problem !== undefined) {
    return {
      verdict: 'unbootable',
      explanation: `The machine could not be set up: ${record.problem}.`,
    };
  }
  if (run.console.includes('coxswain: no result channel')) {
    return {
      verdict: 'no-result-channel',
      explanation:
        'The machine came up, but its kernel offered no port to report through: neither virtio_console nor a second serial port.',
    };
  }
  if (end.kind === 'flooded') {
    return {
      verdict: 'untrusted-results',
      explanation: `The machine wrote without end ${where}, to its console or its result channel; it was ended from outside.`,
    };
  }
  if (end.kind === 'closed') {
    return {
      verdict: 'early-exit',
      explanation: `The test harness in the machine was killed ${where}.`,
    };
  }
  if (end.kind === 'deadline') {
    return {
      verdict: 'deadline',
      explanation: `The machine reached its time limit ${where}; it was ended from outside.`,
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
    verdict: runningTest(record) === undefined ? 'early-exit' : 'power-off-in-test',
    explanation: `The machine powered off or rebooted ${where}.`,
  };
}

/** A machine like this one may need no module, but nodes do. */
function judgeModules({ kernel }: GuestRecord, modulesOf: string | undefined): Judgement | undefined {
  if (kernel === undefined || modulesOf === undefined || kernel === modulesOf) return undefined;
  return {
    verdict: 'unbootable',
    explanation: `The kernel that runs is ${kernel}, and the image has the modules of ${modulesOf}: a node could load none.`,
  };
}

const moreMemory = 'If the image is meant to need that much, raise boot-test.memory.';

function judgeDone(record: GuestRecord, tests: readonly TestFile[], allowed: AllowedUnits): Judgement {
  const results = testResults(record, tests);
  const named = (result: TestResult['result']) =>
    results.filter((test) => test.result === result).map(({ name }) => name);
  const [failed, late] = [named('failed'), named('timed-out')];
  const system = systemFinding(record, allowed);
  const starved = troubledTests(record, tests, 'out-of-memory');
  const full = troubledTests(record, tests, 'out-of-disk');
  const explanation = [
    system,
    failed.length === 0 ? undefined : `Failed: ${failed.join(', ')}.`,
    late.length === 0 ? undefined : `Not finished in time: ${late.join(', ')}.`,
    starved.length === 0
      ? undefined
      : `The kernel killed processes for lack of memory during ${starved.join(', ')}. ${moreMemory}`,
    full.length === 0
      ? undefined
      : `A file system was full after ${full.join(', ')}: what is written is kept in the machine's memory. ${moreMemory}`,
  ]
    .filter((finding) => finding !== undefined)
    .join(' ');
  if (system !== undefined) {
    return {
      verdict: record.systemState === 'maintenance' ? 'emergency-mode' : 'system-not-running',
      explanation,
    };
  }
  if (starved.length > 0) return { verdict: 'out-of-memory', explanation };
  if (full.length > 0) return { verdict: 'out-of-disk', explanation };
  if (failed.length > 0) return { verdict: 'test-failed', explanation };
  if (late.length > 0) return { verdict: 'test-timed-out', explanation };
  const count = results.length;
  const passed = count === 0 ? '' : count === 1 ? ' and its test passed' : ` and all ${count} tests passed`;
  return { verdict: 'passed', explanation: `The machine booted${passed}.` };
}

/** Tests that did not pass and have a note of this trouble. A test that passed caused it on purpose. */
function troubledTests(record: GuestRecord, tests: readonly TestFile[], trouble: string): string[] {
  return [...record.tests].flatMap(([index, test]) => {
    const troubled = test.notes.some((note) => note.split(' ')[0] === trouble);
    return troubled && resultOf(test) !== 'passed' ? [tests[index]?.name ?? `test ${index}`] : [];
  });
}

/** What the machine was doing, as the end of a sentence: `while 10-boots.sh ran`. */
function stage(record: GuestRecord, tests: readonly TestFile[]): string {
  const running = runningTest(record);
  if (running !== undefined) return `while ${tests[running]?.name ?? 'a test'} ran`;
  if (record.kernel === undefined) return 'before the tests could begin';
  if (record.systemState === undefined) return 'before systemd had finished its boot';
  return record.tests.size === 0 ? 'before the first test' : 'between two tests';
}

/** Position of the test that was still running. */
function runningTest(record: GuestRecord): number | undefined {
  return [...record.tests].find(([, test]) => test.end === undefined)?.[0];
}

export function resultOf({ end }: GuestTest): TestResult['result'] {
  if (end === undefined) return 'failed';
  if (end.timedOut) return 'timed-out';
  return end.code === 0 ? 'passed' : 'failed';
}

/** The tests that began. A test that did not end, because the machine ended, counts as failed. */
export function testResults(record: GuestRecord, tests: readonly TestFile[]): TestResult[] {
  return [...record.tests].flatMap(([index, test]): TestResult[] => {
    const name = tests[index]?.name;
    if (name === undefined) return [];
    if (test.end === undefined) return [{ name, result: 'failed', seconds: 0, output: '' }];
    const { timedOut, code, at } = test.end;
    return [
      {
        name,
        result: resultOf(test),
        ...defined({ exitCode: timedOut ? undefined : code }),
        seconds: Math.round((at - test.startedAt) * 100) / 100,
        output: test.output.text(),
      },
    ];
  });
}
