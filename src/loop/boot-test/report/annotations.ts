import type { Annotation } from '../../../host/annotation.ts';
import { defined } from '../../../host/defined.ts';
import type { BootReport } from './boot-report.ts';
import { clean } from './report-text.ts';

const shownCharacters = 2_000;

/**
 * One annotation for each failed test, at its file, or one for the machine if it failed itself.
 * @param testsFolder folder of the tests inside the repository
 */
export function annotationsOf(report: BootReport, testsFolder: string): Annotation[] {
  if (report.verdict === 'passed') return [];
  const failed = report.tests.filter(({ result }) => result !== 'passed');
  const machine = failed.length === 0 || report.tests.every(({ result }) => result === 'passed');
  return [
    ...(machine
      ? [{ level: 'error', title: `Boot test: ${report.verdict}`, message: report.explanation } as const]
      : []),
    ...failed.map(({ name, output, result }): Annotation => {
      const file = fileOf(name);
      return {
        level: 'error',
        ...defined({ file: file === undefined ? undefined : `${testsFolder}/${file}` }),
        title: `${name} ${result}`,
        message: clean(output).trim().slice(-shownCharacters) || report.explanation,
      };
    }),
  ];
}

/** The annotations as workflow commands of GitHub Actions, for a file that a step may print. */
export function formatAnnotations(report: BootReport, testsFolder: string): string[] {
  return annotationsOf(report, testsFolder).map(({ level, title, message, file }) =>
    command(level, { ...defined({ file }), title }, message),
  );
}

/**
 * `upgrade from 44.1: after-upgrade/10-a.sh` belongs to the file after-upgrade/10-a.sh; entries of the harness have no
 * file.
 */
function fileOf(name: string): string | undefined {
  const file = name.replace(/^upgrade from \S+: /, '');
  return /^check: |(^|\/)(systemd|identity)$/.test(file) ? undefined : file;
}

// GitHub's documentation, "Workflow commands": separators are escaped, more of them in properties than in the message.
function command(level: string, properties: Readonly<Record<string, string>>, message: string): string {
  const shown = Object.entries(properties).map(
    ([name, value]) => `${name}=${inMessage(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::${level} ${shown.join(',')}::${inMessage(message)}`;
}

function inMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
