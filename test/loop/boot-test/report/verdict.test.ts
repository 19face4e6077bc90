import { describe, expect, it } from 'vitest';
import { createGuestReader } from '../../../../src/loop/boot-test/guest/protocol.ts';
import type { Verdict } from '../../../../src/loop/boot-test/report/boot-report.ts';
import { systemTest } from '../../../../src/loop/boot-test/report/system-finding.ts';
import { judge, testResults } from '../../../../src/loop/boot-test/report/verdict.ts';

const tests = ['10-a.sh', '20-b.sh'].map((name) => ({ name, path: `/tests/${name}` }));
const begun = ['begin 3.0 6.1.0', 'system 4.0 running'];
const firstPassed = [...begun, 'start 5.0 0', 'end 5.5 0 exited 0'];
const ended = ['after 7.5 running', 'done 8.0 2'];
const bothEnded = (second: string) => [...firstPassed, 'start 6.0 1', `end 7.0 1 ${second}`, ...ended];
const poweredOff = { kind: 'exited', code: 0, signal: null } as const;
const done = { kind: 'done' } as const;
const deadline = { kind: 'deadline' } as const;
const panic = '[    9.1] Kernel panic - not syncing: sysrq triggered crash\n[    9.2] ---[ end ]---';

function recordOf(lines: readonly string[], count = tests.length) {
  const { record, read } = createGuestReader({ nonce: 'n', tests: count });
  for (const line of lines) read('port', `n ${line}`);
  return record;
}

interface Case {
  readonly lines: readonly string[];
  readonly end?: Parameters<typeof judge>[0]['end'];
  readonly console?: string;
  readonly complaints?: string;
}

const cases: ReadonlyArray<readonly [string, Case, Verdict, RegExp]> = [
  ['all well', { lines: bothEnded('exited 0'), end: done }, 'passed', /all 2 tests passed/],
  ['done, and QEMU already gone', { lines: bothEnded('exited 0'), end: poweredOff }, 'passed', /passed/],
  ['a test failed', { lines: bothEnded('exited 3'), end: done }, 'test-failed', /Failed: 20-b\.sh/],
  ['a test hung', { lines: bothEnded('timed-out 143'), end: done }, 'test-timed-out', /in time: 20-b\.sh/],
  [
    'done without the results of a test',
    { lines: [...firstPassed, ...ended], end: done },
    'untrusted-results',
    /tests are missing: "after/,
  ],
  [
    'units failed while the tests ran',
    {
      lines: [
        ...bothEnded('exited 0').slice(0, -2),
        'after 7.5 degraded',
        'failed-unit late.service',
        'done 8.0 2',
      ],
      end: done,
    },
    'system-not-running',
    /After the tests, .*"degraded" \(failed since the boot: late\.service\)/,
  ],
  [
    'a unit that is restarted again and again',
    {
      lines: [
        ...bothEnded('exited 0').slice(0, -2),
        'after 7.5 running',
        'restarts steady.service 1 running',
        'restarts flapping.service 31 auto-restart',
        'done 8.0 2',
      ],
      end: done,
    },
    'system-not-running',
    /again and again: flapping\.service \(31 times\)\.$/,
  ],
  [
    'a first process that is not systemd',
    {
      lines: ['begin 3.0 6.1', 'system 4.0 sh-is-not-systemd', ...bothEnded('exited 0').slice(2)],
      end: done,
    },
    'system-not-running',
    /first process of the machine is sh, and not the image's systemd/,
  ],
  [
    'a machine that covers the tests',
    { lines: [...firstPassed, 'tampered /run/coxswain'], end: done },
    'untrusted-results',
    /covered the files of the harness in \/run\/coxswain/,
  ],
  ['a flood', { lines: begun, end: { kind: 'flooded' } }, 'untrusted-results', /wrote without end/],
  [
    'systemd degraded',
    {
      lines: [
        'begin 3.0 6.1',
        'system 4.0 degraded',
        'failed-unit x.service',
        ...bothEnded('exited 0').slice(2),
      ],
      end: done,
    },
    'system-not-running',
    /"degraded" \(failed: x\.service\)/,
  ],
  [
    'emergency mode',
    { lines: ['begin 3.0 6.1', 'system 4.0 maintenance', ...bothEnded('exited 0').slice(2)], end: done },
    'emergency-mode',
    /could not boot/,
  ],
  [
    'no systemd',
    { lines: ['begin 3.0 6.1', 'system 4.0 none', ...bothEnded('exited 0').slice(2)], end: done },
    'passed',
    /passed/,
  ],
  [
    'off with exit code 0 after one test',
    { lines: firstPassed },
    'early-exit',
    /powered off or rebooted between/,
  ],
  [
    'off while a test ran',
    { lines: [...firstPassed, 'start 6.0 1'] },
    'power-off-in-test',
    /while 20-b\.sh ran/,
  ],
  ['off before anything', { lines: [] }, 'early-exit', /before the tests could begin/],
  [
    'harness killed',
    { lines: [...firstPassed, 'start 6.0 1'], end: { kind: 'closed' } },
    'early-exit',
    /harness.*while 20-b\.sh ran/,
  ],
  [
    'panic while a test ran',
    { lines: [...firstPassed, 'start 6.0 1'], console: panic },
    'kernel-panic',
    /while 20-b\.sh ran: sysrq triggered crash/,
  ],
  ['panic without a root', { lines: [], console: panic }, 'kernel-panic', /before the tests could begin/],
  ['panic, then a hang', { lines: begun, end: deadline, console: panic }, 'kernel-panic', /sysrq/],
  [
    'panic on the console of a machine that finished',
    { lines: bothEnded('exited 0'), end: done, console: panic },
    'passed',
    /passed/,
  ],
  [
    'deadline in a test',
    { lines: [...firstPassed, 'start 6.0 1'], end: deadline },
    'deadline',
    /while 20-b\.sh ran/,
  ],
  [
    'deadline before systemd was ready',
    { lines: ['begin 3.0 6.1'], end: deadline },
    'deadline',
    /before systemd had finished/,
  ],
  [
    'memory ran out in a failing test',
    {
      lines: [...firstPassed, 'start 6.0 1', 'note 1 out-of-memory', 'end 7.0 1 exited 137', ...ended],
      end: done,
    },
    'out-of-memory',
    /Failed: 20-b\.sh\. The kernel killed processes for lack of memory during 20-b\.sh\. .*boot-test\.memory/,
  ],
  [
    'memory ran out in a test that meant it',
    {
      lines: [...firstPassed, 'start 6.0 1', 'note 1 out-of-memory', 'end 7.0 1 exited 0', ...ended],
      end: done,
    },
    'passed',
    /passed/,
  ],
  [
    'memory ran out, and took the machine along',
    { lines: begun, end: deadline, console: 'Out of memory: Killed process 77 (x)' },
    'out-of-memory',
    /before the first test/,
  ],
  [
    'a disk full',
    {
      lines: [...firstPassed, 'start 6.0 1', 'note 1 out-of-disk /var', 'end 7.0 1 exited 1', ...ended],
      end: done,
    },
    'out-of-disk',
    /full after 20-b\.sh/,
  ],
  ['deadline before the tests', { lines: begun, end: deadline }, 'deadline', /before the first test/],
  [
    'no root file system',
    { lines: ['problem 2.0 the kernel cannot mount erofs'] },
    'unbootable',
    /cannot mount erofs/,
  ],
  ['no port', { lines: [], console: 'coxswain: no result channel' }, 'no-result-channel', /virtio_console/],
  [
    'QEMU refused',
    { lines: [], end: { kind: 'exited', code: 1, signal: null }, complaints: 'qemu: bad machine\n' },
    'qemu-failed',
    /exit code 1.*bad machine/,
  ],
  [
    'QEMU aborted',
    { lines: begun, end: { kind: 'exited', code: null, signal: 'SIGABRT' } },
    'qemu-failed',
    /SIGABRT/,
  ],
  [
    'QEMU ended by somebody',
    { lines: begun, complaints: 'qemu: terminating on signal 15 from pid 4\n' },
    'qemu-failed',
    /from outside.*signal 15/,
  ],
  ['a processor that never ran', { lines: [], end: { kind: 'silent' } }, 'qemu-failed', /never printed/],
];

describe('judge', () => {
  it.each(cases)('%s', (_title, given, verdict, explanation) => {
    const judgement = judge(
      {
        record: recordOf(given.lines),
        end: given.end ?? poweredOff,
        console: given.console ?? '',
        complaints: given.complaints ?? '',
      },
      tests,
    );
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.explanation).toMatch(explanation);
  });

  it.each([
    ['6.1.0', 'passed'],
    ['6.1.0-2', 'unbootable'],
  ] as const)('of a kernel 6.1.0 with the modules of %s: %s', (modulesOf, verdict) => {
    const run = { record: recordOf(bothEnded('exited 0')), end: done, console: '', complaints: '' };
    expect(judge(run, tests, { modulesOf }).verdict).toBe(verdict);
  });
});

describe('testResults', () => {
  it('distinguishes passed, failed, timed out, and cut off with the machine', () => {
    const record = recordOf([...firstPassed, 'start 6.0 1']);
    expect(testResults(record, tests)).toEqual([
      { name: '10-a.sh', result: 'passed', exitCode: 0, seconds: 0.5, output: '' },
      { name: '20-b.sh', result: 'failed', seconds: 0, output: '' },
    ]);
    expect(testResults(recordOf(bothEnded('exited 3')), tests)[1]).toMatchObject({
      result: 'failed',
      exitCode: 3,
    });
    expect(testResults(recordOf(bothEnded('timed-out 143')), tests)[1]).not.toHaveProperty('exitCode');
  });
});

describe('the state of systemd as a test', () => {
  const degraded = recordOf(
    [
      'mark 2.0 root',
      'begin 3.0 6.1.0',
      'system 4.5 degraded',
      'failed-unit a.service',
      'failed-unit b.mount',
      'after 4.8 degraded',
      'failed-unit a.service',
      'failed-unit b.mount',
      'done 5.0 0',
    ],
    0,
  );
  const end = { record: degraded, end: done, console: '', complaints: '' };

  it('fails for a failed unit, and names it', () => {
    expect(systemTest(degraded, { allowedUnits: ['a'] })).toEqual({
      name: 'systemd',
      result: 'failed',
      exitCode: 1,
      seconds: 2.5,
      output: 'degraded\nfailed, which is allowed: a.service\nfailed: b.mount\n',
    });
    expect(judge(end, [], { allowedUnits: ['a'] })).toMatchObject({
      verdict: 'system-not-running',
      explanation: expect.stringMatching(/\(failed: b\.mount\)/),
    });
  });

  it('passes if all failed units may fail, and only in that state', () => {
    const allowed = { allowedUnits: ['a.service', 'b.mount'] };
    expect(systemTest(degraded, allowed)?.result).toBe('passed');
    expect(judge(end, [], allowed).verdict).toBe('passed');
    const starting = recordOf(['begin 3.0 6.1.0', 'system 4.5 starting', 'failed-unit a.service']);
    expect(systemTest(starting, allowed)?.result).toBe('failed');
    const unnamed = recordOf(['begin 3.0 6.1.0', 'system 4.5 degraded']);
    expect(systemTest(unnamed, allowed)?.result).toBe('failed');
  });

  it('allows units that cannot work in such a machine, gives the reason, and names those that work', () => {
    const knownFailures = [
      { unit: 'a.service', reason: 'it needs a disk' },
      { unit: 'b.mount', reason: 'it needs one too' },
      { unit: 'fine.service', reason: 'it needs a moon' },
    ];
    expect(systemTest(degraded, { knownFailures })).toMatchObject({
      result: 'passed',
      output: `degraded
a.service fails here: it needs a disk
b.mount fails here: it needs one too
fine.service may fail here, and did not
`,
    });
    expect(judge(end, [], { knownFailures }).verdict).toBe('passed');
  });

  it('does not exist without systemd', () => {
    expect(systemTest(recordOf(['begin 3.0 6.1.0', 'system 3.1 none']))).toBeUndefined();
    expect(systemTest(recordOf(['begin 3.0 6.1.0']))).toBeUndefined();
  });
});
