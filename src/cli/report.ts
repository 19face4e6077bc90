import { code, plainText, table } from '../host/markdown.ts';

/** One fact. It has two forms if the terminal and the job summary show it differently. */
export type Fact = string | { readonly text: string; readonly markdown: string };

/** What a verb tells people. The terminal and the job summary show the same facts. */
export interface Report {
  /** What happened, in one line without a period. */
  readonly headline: string;
  readonly facts: readonly Fact[];
}

/** For the terminal: the headline, and an indented line for each fact. */
export function reportText({ headline, facts }: Report): string {
  return [headline, ...facts.map((fact) => `  ${typeof fact === 'string' ? fact : fact.text}`)].join('\n');
}

/** For a job summary: a heading, and a list item for each fact. */
export function reportMarkdown({ headline, facts }: Report): string {
  const items = facts.map((fact) => `- ${typeof fact === 'string' ? plainText(fact) : fact.markdown}`);
  return [`### ${plainText(headline)}`, ...(items.length === 0 ? [] : [items.join('\n')])].join('\n\n');
}

/** A finding of a verb that checks something. */
export interface ReportedFinding {
  readonly severity: string;
  /** The rule or the check. */
  readonly rule: string;
  readonly where: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** Findings for the terminal: a line for each, with the remedy under it. */
export function findingsText(findings: readonly ReportedFinding[]): string[] {
  return findings.flatMap(({ severity, rule, where, message, remedy }) => [
    `${where}: ${severity}: ${message} [${rule}]`,
    ...(remedy === undefined ? [] : [`    ${remedy}`]),
  ]);
}

/** Findings for a job summary: a table. */
export function findingsMarkdown(findings: readonly ReportedFinding[]): string {
  return table(
    ['', 'where', 'what', 'rule'],
    findings.map(({ severity, where, message, remedy, rule }) => [
      severity,
      code(where),
      plainText(remedy === undefined ? message : `${message} ${remedy}`),
      code(rule),
    ]),
  );
}

/** `1 error`, `2 errors` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
