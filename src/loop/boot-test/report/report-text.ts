import { stripVTControlCharacters } from 'node:util';
import { plainText } from '../../../host/markdown.ts';
import { exact, type Report, reportMarkdown, say } from '../../../host/report.ts';
import type { TestEvidence } from '../../../release/evidence/statement.ts';
import type { BootReport, TestResult } from './boot-report.ts';

/** What comments, tables and evidence say about a test run, of now or of earlier. */
export interface TestedImage {
  /** `registry/path@sha256:…` */
  readonly image: string;
  readonly version: string | undefined;
  readonly evidence: TestEvidence;
  /** Only for a test that has just run. */
  readonly report?: BootReport;
  /** What that machine wrote to its console. */
  readonly console?: string;
}

/** GitHub's limit for a comment is 65,536 characters. */
const commentCharacters = 50_000;

/**
 * For the terminal, the job summary and the pull request. If the tests passed, the Markdown depends on the evidence
 * only: from the same evidence in the registry comes the same text.
 * @param more facts that the pull request does not get
 */
export function reportTested(
  { image, version, evidence, report, console }: TestedImage,
  more: Report['facts'] = [],
): Report {
  const failed = report === undefined || report.verdict === 'passed' ? undefined : report;
  const found = failed === undefined ? [] : troubles(failed, console);
  const share = Math.floor(commentCharacters / Math.max(1, found.length));
  return {
    headline: `Boot test: ${headline(evidence, report)}`,
    facts: [
      failed === undefined ? undefined : clean(failed.explanation),
      {
        head: ['test', 'result', 'time'],
        rows: evidence.tests.map((test) => [exact(test.name), outcome(test), `${test.seconds.toFixed(1)} s`]),
      },
      say`image: ${exact(image)}`,
      version === undefined ? undefined : say`version: ${exact(version)}`,
      { text: machineFacts(evidence, report), markdown: plainText(machineFacts(evidence)) },
      ...more,
      ...found.map(({ title, text }) => ({ title: clean(title), block: text.slice(-share) })),
    ],
  };
}

/** For the pull request, as Markdown. */
export function commentOn(tested: TestedImage): string {
  return reportMarkdown(reportTested(tested));
}

/** The end of the output, for the evidence: of what failed, or else of all tests. */
export function evidenceLog(report: BootReport, console: string): string {
  const parts =
    report.verdict === 'passed'
      ? report.tests.map(({ name, output }) => ({ title: name, text: output }))
      : [...troubles(report), { title: 'console', text: lastLines(console, 100) }];
  const share = Math.floor(commentCharacters / Math.max(1, parts.length));
  return parts.map(({ title, text }) => `--- ${title} ---\n${text.slice(-share).trimEnd()}\n`).join('');
}

function headline(evidence: TestEvidence, report: BootReport | undefined): string {
  if (evidence.result === 'PASSED') return 'passed';
  return report === undefined ? 'failed' : `failed (${report.verdict.replaceAll('-', ' ')})`;
}

function machineFacts(evidence: TestEvidence, report?: BootReport): string {
  const how = evidence.accelerator === 'kvm' ? 'KVM' : 'emulated';
  const note = report?.acceleratorNote === undefined ? '' : ` (${report.acceleratorNote})`;
  const system = report?.system;
  return [
    ...(evidence.kernel === '' ? [] : [`kernel ${evidence.kernel}`]),
    evidence.architecture,
    `${how}${note}`,
    ...modeFacts(evidence),
    ...agentFacts(evidence),
    ...(system?.manager === 'systemd' ? [`systemd: ${system.state}`] : []),
    ...(report === undefined ? [] : [`booted in ${report.seconds.boot.toFixed(1)} s`]),
    `${evidence.seconds.toFixed(1)} s in all`,
  ].join(', ');
}

/** How the machine started. */
function modeFacts({ mode }: TestEvidence): string[] {
  return mode === undefined ? [] : [`mode ${mode}`];
}

/** Whether the nodes' own agent would take the update. */
function agentFacts({ agent }: TestEvidence): string[] {
  if (agent === undefined) return [];
  return [agent === 'none' ? 'the image has no Zincati' : `the node's own agent ${agent}`];
}

function outcome(test: Pick<TestResult, 'result' | 'exitCode'>): string {
  if (test.result === 'failed')
    return test.exitCode === undefined ? 'cut off' : `failed (exit code ${test.exitCode})`;
  return test.result === 'passed' ? 'passed' : 'timed out';
}

interface Trouble {
  readonly title: string;
  readonly text: string;
}

const consoleLines = 20;

/** What a person who has to fix it should read first. */
function troubles(report: BootReport, console = ''): Trouble[] {
  const tests = report.tests
    // The state of systemd has its own section.
    .filter(({ result, name }) => result !== 'passed' && name !== 'systemd')
    .map((test) => ({ title: `${test.name}: ${outcome(test)}`, text: shownOutput(test) }));
  const system = report.system;
  const units = (system?.failedUnits ?? []).map((unit) => `failed: ${unit}`).join('\n');
  const ready = !report.tests.some(({ result, name }) => name === 'systemd' && result !== 'passed');
  // If a machine did not finish, the reason is at the end of its console.
  const done = [
    ...['passed', 'test-failed', 'test-timed-out', 'system-not-running', 'emergency-mode'],
    ...['check-failed', 'upgrade-failed', 'out-of-memory', 'out-of-disk'],
  ].includes(report.verdict);
  return [
    ...(ready || system === undefined
      ? []
      : [{ title: `systemd: ${system.state}`, text: clean(`${units}\n${system.details}`.trim()) }]),
    ...tests,
    ...(done || console === ''
      ? []
      : [{ title: 'the end of the console', text: lastLines(console, consoleLines) }]),
  ];
}

function shownOutput({ output, exitCode, result }: TestResult): string {
  if (output !== '') return clean(output);
  return result === 'failed' && exitCode === undefined
    ? '(its output was lost with the machine)'
    : '(no output)';
}

/** Output that a terminal or a web page shows as text, whatever a program wrote. */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

function lastLines(text: string, count: number): string {
  return clean(text).trimEnd().split('\n').slice(-count).join('\n');
}
