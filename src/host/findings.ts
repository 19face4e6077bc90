import { code, plainText, table } from './markdown.ts';
import { type Report, reportMarkdown, reportText } from './report.ts';

/** A finding of a verb that checks something. */
export interface ReportedFinding {
  readonly severity: string;
  /** The rule or the check. */
  readonly rule: string;
  /** A place in a file, or the address of what was checked. */
  readonly where: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/**
 * Findings as the texts of a verb's outcome: errors come first. The terminal shows the report after them, because its
 * end stays visible.
 */
export function renderFindings(
  findings: readonly ReportedFinding[],
  report: Report,
): { readonly text: string; readonly summary: string } {
  const sorted = findings.toSorted((one, other) => rank(one) - rank(other));
  return {
    text: [...sorted.flatMap(findingLines), reportText(report)].join('\n'),
    summary: [reportMarkdown(report), ...(sorted.length === 0 ? [] : [findingsTable(sorted)])].join('\n\n'),
  };
}

function rank({ severity }: ReportedFinding): number {
  return severity === 'error' ? 0 : 1;
}

/** A line, as compilers write it, with the remedy under it. */
function findingLines({ severity, rule, where, message, remedy }: ReportedFinding): string[] {
  return [`${where}: ${severity}: ${message} [${rule}]`, ...(remedy === undefined ? [] : [`    ${remedy}`])];
}

function findingsTable(findings: readonly ReportedFinding[]): string {
  return table(
    ['', 'where', 'what', 'what to do', 'rule'],
    findings.map(({ severity, where, message, remedy, rule }) => [
      severity,
      // The page on which to change a setting stays a link.
      /^https?:/.test(where) ? plainText(where) : code(where),
      plainText(message),
      plainText(remedy ?? ''),
      code(rule),
    ]),
  );
}
