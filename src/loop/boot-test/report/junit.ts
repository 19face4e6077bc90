import type { BootReport, TestResult } from './boot-report.ts';
import { clean } from './report-text.ts';

/**
 * The results as JUnit XML, in the order and with the attributes that the common schema (JUnit.xsd of Apache Ant's
 * tasks) asks for. An ending that is not the failure of a test is an error of a test case of its own.
 * @param about.startedAt UNIX seconds
 */
export function formatJunit(
  report: Pick<BootReport, 'verdict' | 'explanation' | 'tests' | 'seconds' | 'kernel' | 'architecture'>,
  about: { readonly image: string; readonly version: string | undefined; readonly startedAt: number },
): string {
  const { tests, verdict } = report;
  const failures = tests.filter(({ result }) => result !== 'passed').length;
  const machineFailed = verdict !== 'passed' && failures === 0;
  const suite = attributes({
    name: `boot test of ${about.version ?? about.image}`,
    package: 'coxswain',
    id: '0',
    timestamp: new Date(about.startedAt * 1000).toISOString().slice(0, 19),
    hostname: 'localhost',
    tests: String(tests.length + 1),
    failures: String(failures),
    errors: machineFailed ? '1' : '0',
    time: report.seconds.total.toFixed(2),
  });
  const properties = {
    image: about.image,
    kernel: report.kernel,
    architecture: report.architecture,
    verdict,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite ${suite}>
    <properties>
${Object.entries(properties)
  .filter(([, value]) => value !== '')
  .map(([name, value]) => `      <property ${attributes({ name, value })}/>`)
  .join('\n')}
    </properties>
    <testcase ${attributes({ classname: 'coxswain.machine', name: 'machine', time: report.seconds.boot.toFixed(2) })}>${
      machineFailed
        ? `<error ${attributes({ message: report.explanation, type: verdict })}>${escaped(report.explanation)}</error>`
        : ''
    }</testcase>
${tests.map(testCase).join('\n')}
    <system-out>${escaped(tests.map(({ name, output }) => `--- ${name} ---\n${output}`).join('\n'))}</system-out>
    <system-err></system-err>
  </testsuite>
</testsuites>
`;
}

function testCase({ name, result, seconds, output, exitCode }: TestResult): string {
  const head = `    <testcase ${attributes({ classname: 'coxswain.tests', name, time: seconds.toFixed(2) })}`;
  if (result === 'passed') return `${head}/>`;
  const message =
    result === 'timed-out'
      ? 'not finished in time'
      : exitCode === undefined
        ? 'cut off with the machine'
        : `exit code ${exitCode}`;
  return `${head}><failure ${attributes({ message, type: result })}>${escaped(output)}</failure></testcase>`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

/** XML 1.0 cannot hold control characters, not even escaped; nor half of a surrogate pair. */
function escaped(text: string): string {
  return clean(text)
    .replace(
      /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    )
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
