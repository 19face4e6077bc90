import { describe, expect, it } from 'vitest';
import { reportText } from '../../../../src/host/report.ts';
import type { BootReport, TestResult } from '../../../../src/loop/boot-test/report/boot-report.ts';
import {
  commentOn,
  evidenceLog,
  reportTested,
  type TestedImage,
} from '../../../../src/loop/boot-test/report/report-text.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;
const passed: TestResult = {
  name: '10-boots.sh',
  result: 'passed',
  exitCode: 0,
  seconds: 0.31,
  output: 'hello\n',
};

function tested(tests: readonly TestResult[], more: Partial<BootReport> = {}): TestedImage {
  const well = tests.every(({ result }) => result === 'passed') && more.verdict === undefined;
  const report: BootReport = {
    verdict: well ? 'passed' : 'test-failed',
    explanation: well ? 'All well.' : 'Failed: 20-b.sh.',
    tests: [...tests],
    kernel: '6.1.0',
    architecture: 'x86_64',
    accelerator: 'tcg',
    seconds: { rootFilesystem: 0.1, initrd: 0.1, boot: 5, tests: 2, total: 7.24 },
    consoleLog: '/out/console.log',
    timeline: [],
    identity: {},
    resultsLog: '/out/results.log',
    ...more,
  };
  return {
    image: `127.0.0.1:5000/acme/os-test@${digest}`,
    version: '44.1-abcdef01',
    report,
    evidence: {
      subject: { repository: '127.0.0.1:5000/acme/os-test', digest },
      result: well ? 'PASSED' : 'FAILED',
      testsTree: 'b'.repeat(40),
      tests: tests.map(({ output: _output, ...rest }) => rest),
      kernel: '6.1.0',
      architecture: 'x86_64',
      accelerator: 'tcg',
      startedAt: 1,
      seconds: 7.24,
    },
  };
}

const textOf = (image: TestedImage) => reportText(reportTested(image));

const failing = (output: string): TestResult => ({
  name: '20-b.sh',
  result: 'failed',
  exitCode: 3,
  seconds: 1,
  output,
});

describe('the comment', () => {
  it('of a pass says the same from evidence found later', () => {
    const { report: _report, ...later } = tested([passed]);
    expect(commentOn(tested([passed]))).toBe(commentOn(later));
    expect(commentOn(later)).toMatch(/^### Boot test: passed\n/);
    expect(commentOn(later)).toContain('| `10-boots.sh` | passed | 0.3 s |');
    expect(commentOn(later)).not.toContain('<details');
  });

  it('shows what a failing test said, folded open', () => {
    const comment = commentOn(tested([passed, failing('no such unit\n')]));
    expect(comment).toMatch(/^### Boot test: failed \(test failed\)\n/);
    expect(comment).toContain('| `20-b.sh` | failed (exit code 3) | 1.0 s |');
    expect(comment).toContain(
      '<details open><summary>20-b.sh: failed (exit code 3)</summary>\n\n```text\nno such unit\n```',
    );
    expect(comment).not.toContain('hello');
  });

  it('keeps output inside its block, and the terminal out of it', () => {
    const comment = commentOn(tested([failing('````\n</details> @everyone\u001b[31mred\u001b[0m\u0007\n')]));
    expect(comment).toContain('`````text\n````\n</details> @everyonered\n`````');
  });

  it('stays within the limit of GitHub, and shows the end of each output', () => {
    const tests = Array.from({ length: 30 }, (_, index) => ({
      ...failing(`${'x'.repeat(60_000)} the end of ${index}\n`),
      name: `${index}.sh`,
    }));
    const comment = commentOn(tested(tests));
    expect(comment.length).toBeLessThan(65_536);
    for (const index of tests.keys()) expect(comment).toContain(`the end of ${index}\n`);
  });

  it('names failed units, also when all tests passed', () => {
    const system = {
      manager: 'systemd',
      state: 'degraded',
      failedUnits: ['x.service'],
      details: 'x.service: oh',
    } as const;
    const state: TestResult = { name: 'systemd', result: 'failed', exitCode: 1, seconds: 2, output: 'x' };
    const comment = commentOn(
      tested([state, passed], {
        verdict: 'system-not-running',
        system: { ...system, failedUnits: ['x.service'] },
      }),
    );
    expect(comment).toContain('systemd: degraded');
    expect(comment).toContain('failed: x.service\nx.service: oh');
  });
});

describe('the text for a terminal', () => {
  it('of a pass is a short table', () => {
    expect(textOf(tested([passed]))).toBe(`Boot test: passed
  10-boots.sh  passed  0.3 s
  image: 127.0.0.1:5000/acme/os-test@${digest}
  version: 44.1-abcdef01
  kernel 6.1.0, x86_64, emulated, booted in 5.0 s, 7.2 s in all`);
  });

  it.each([
    ['agrees', "the node's own agent agrees"],
    ['disagrees', "the node's own agent disagrees"],
    ['none', 'the image has no Zincati'],
  ] as const)('says what the update agent of the image answered: %s', (agent, words) => {
    const one = tested([passed]);
    const asked = { ...one, evidence: { ...one.evidence, agent } };
    expect(textOf(asked)).toContain(words);
    expect(commentOn(asked)).toContain(words);
  });

  it('of a failure ends in the output', () => {
    const text = textOf(tested([passed, failing('no such unit\n')], { acceleratorNote: 'no /dev/kvm' }));
    expect(text).toContain('emulated (no /dev/kvm)');
    expect(text).toMatch(/--- 20-b\.sh: failed \(exit code 3\) ---\nno such unit$/);
  });
});

describe('a machine that was not done', () => {
  const cutOff: TestResult = { name: '20-b.sh', result: 'failed', seconds: 0, output: '' };
  const lost = {
    ...tested([passed, cutOff], { verdict: 'kernel-panic' }),
    console: 'boot\n\u001b[1mKernel panic\n',
  };

  it('shows the end of its console, on the terminal and in the comment', () => {
    expect(textOf(lost)).toMatch(/--- the end of the console ---\nboot\nKernel panic$/);
    expect(commentOn(lost)).toContain(
      '<summary>the end of the console</summary>\n\n```text\nboot\nKernel panic\n```',
    );
  });

  it('does not call the test that it took along a test without output', () => {
    expect(textOf(lost)).toContain('20-b.sh      cut off');
    expect(textOf(lost)).toContain('(its output was lost with the machine)');
  });
});

describe('the log in the evidence', () => {
  it('is bounded, and ends with the console if the machine failed', () => {
    const { report } = tested([failing('x'.repeat(100_000))], { verdict: 'kernel-panic' });
    const log = evidenceLog(report as BootReport, `${'boot\n'.repeat(5_000)}Kernel panic`);
    expect(log.length).toBeLessThan(60_000);
    expect(log).toMatch(/--- console ---\n(boot\n)+Kernel panic\n$/);
  });
});
