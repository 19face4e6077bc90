import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import { formatAnnotations } from '../../../../src/loop/boot-test/report/annotations.ts';
import type { BootReport } from '../../../../src/loop/boot-test/report/boot-report.ts';
import { formatJunit } from '../../../../src/loop/boot-test/report/junit.ts';
import { drawTimeline } from '../../../../src/loop/boot-test/report/timeline-picture.ts';

const report: BootReport = {
  verdict: 'test-failed',
  explanation: 'Failed: 20-b.sh.',
  tests: [
    { name: 'check: labels', result: 'failed', exitCode: 1, seconds: 0, output: 'no label x\n' },
    { name: '10-a.sh', result: 'passed', exitCode: 0, seconds: 0.5, output: 'fine\n' },
    {
      name: '20-b.sh',
      result: 'failed',
      exitCode: 3,
      seconds: 1.25,
      output: '<a> & "b" ]]>\u001b[31m\u0000 \ud800 100%\r\nend\n',
    },
    { name: '30-c.sh', result: 'timed-out', seconds: 2, output: '' },
    {
      name: 'upgrade from 44.1: after-upgrade/10-d.sh',
      result: 'failed',
      exitCode: 1,
      seconds: 1,
      output: 'x',
    },
  ],
  kernel: '6.1.0',
  architecture: 'x86_64',
  accelerator: 'tcg',
  seconds: { rootFilesystem: 0.1, initrd: 0.1, boot: 5, tests: 2, total: 7.24 },
  timeline: [],
  identity: {},
  consoleLog: '/out/console.log',
  resultsLog: '/out/results.log',
};
const about = { image: 'quay.example/acme/os@sha256:1', version: '44.1-ab', startedAt: 1_784_000_000 };

describe('JUnit XML', () => {
  it('has every test, what failed, and only characters that XML knows', () => {
    const xml = formatJunit(report, about);
    expect(xml).toContain('tests="6" failures="4" errors="0" time="7.24"');
    expect(xml).toContain('timestamp="2026-07-14T03:33:20"');
    expect(xml).toContain('<testcase classname="coxswain.tests" name="10-a.sh" time="0.50"/>');
    expect(xml).toContain(
      '<failure message="exit code 3" type="failed">&#60;a&#62; &#38; "b" ]]&#62; \ufffd 100%\nend\n</failure>',
    );
    expect(xml).toContain('<failure message="not finished in time" type="timed-out">');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  });

  it('has an error if the machine failed and no test did', () => {
    const panicked: BootReport = { ...report, tests: [], verdict: 'kernel-panic', explanation: 'Oh "no".' };
    const xml = formatJunit(panicked, about);
    expect(xml).toContain('tests="1" failures="0" errors="1"');
    expect(xml).toContain('<error message="Oh &quot;no&quot;." type="kernel-panic">');
    expect(formatJunit({ ...panicked, verdict: 'passed' }, about)).toContain('errors="0"');
  });
});

describe('JUnit XML, by the schema of Apache Ant', () => {
  const failing = { ...report, tests: [] as BootReport['tests'] };
  it.each<[string, BootReport]>([
    ['tests that failed, and odd output', report],
    ['a pass', { ...report, verdict: 'passed', tests: report.tests.slice(1, 2) }],
    ['no test at all', { ...failing, verdict: 'kernel-panic', explanation: 'Oh "no" & <that>.\nAgain.' }],
    ['nothing that was booted', { ...failing, verdict: 'check-failed', kernel: '' }],
  ])('is valid for %s', async (_name, each) => {
    expect(await schemaProblems(formatJunit(each, about))).toBe('');
  });

  it('is a check that a wrong file does not pass', async () => {
    const xml = formatJunit(report, about);
    expect(await schemaProblems(xml.replace(' hostname="localhost"', ''))).toMatch(/hostname.* required/);
    expect(await schemaProblems(xml.replace('T03:33:20', 'T03:33:20.5'))).toMatch(/timestamp/);
  });
});

async function schemaProblems(xml: string): Promise<string> {
  const schema = fileURLToPath(new URL('../../../support/junit.xsd', import.meta.url));
  const { exitCode, stderr } = await exec('xmllint', ['--noout', '--schema', schema, '-'], {
    input: xml,
    allow: [0, 1, 3, 4],
  });
  return exitCode === 0 ? '' : stderr;
}

describe('annotations', () => {
  it('point at the file of each failed test, on one line each', () => {
    expect(formatAnnotations(report, 'tests')).toEqual([
      '::error title=check%3A labels failed::no label x',
      '::error file=tests/20-b.sh,title=20-b.sh failed::<a> & "b" ]]> \ud800 100%25%0Aend',
      '::error file=tests/30-c.sh,title=30-c.sh timed-out::Failed: 20-b.sh.',
      '::error file=tests/after-upgrade/10-d.sh,title=upgrade from 44.1%3A after-upgrade/10-d.sh failed::x',
    ]);
  });

  it('name the machine if no test failed, and nothing if all is well', () => {
    const panicked: BootReport = {
      ...report,
      tests: [],
      verdict: 'kernel-panic',
      explanation: 'It panicked.',
    };
    expect(formatAnnotations(panicked, 'tests')).toEqual([
      '::error title=Boot test%3A kernel-panic::It panicked.',
    ]);
    expect(formatAnnotations({ ...panicked, verdict: 'passed' }, 'tests')).toEqual([]);
  });
});

describe('the timeline picture', () => {
  it('has a bar for each span, on one scale, red for what failed', () => {
    const svg = drawTimeline('Boot <test>', [
      {
        title: 'boot test',
        spans: [
          { kind: 'kernel', name: 'kernel', from: 0, to: 2 },
          { kind: 'test', name: '10-<a>.sh', from: 2, to: 4, result: 'failed' },
        ],
      },
    ]);
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)".*?fill="(#\w+)"/g)];
    expect(bars.map(([, x, width]) => [Number(x), Number(width)])).toEqual([
      [260, 315],
      [575, 315],
    ]);
    expect(bars[1]?.[3]).toBe('#c8322b');
    expect(svg).not.toContain('<a>');
    expect(svg).not.toContain('<test>');
  });
});
