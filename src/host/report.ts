import { code, codeBlock, plainText, table } from './markdown.ts';

// What a verb tells people is said once, as a report. The terminal and the job summary of a workflow run show the same
// facts, each in its own form.

/** Words in both forms. */
export interface Words {
  readonly text: string;
  readonly markdown: string;
}

/** Something to say: a text without markup, or words in both forms. */
export type Sentence = string | Words;

export type Fact =
  /** An indented line; a list item. */
  | Sentence
  /** A line that stands out. */
  | { readonly warning: Sentence }
  /** Rows, aligned on the terminal; a table under `head`. */
  | { readonly head: readonly string[]; readonly rows: readonly (readonly Sentence[])[] }
  /** Many lines, such as names of files; folded in a job summary. */
  | { readonly title: string; readonly lines: readonly string[] }
  /** Output or a difference, as it is. Under a title it can be folded in a job summary. */
  | { readonly block: string; readonly title?: string };

export interface Report {
  /** What it is about and what happened, in one line without a period: `stable: promoted …` */
  readonly headline: Sentence;
  /** undefined is left out. */
  readonly facts: readonly (Fact | undefined)[];
}

/** A sentence with values: say`pushed ${exact(reference)}`. */
export function say(parts: TemplateStringsArray, ...values: readonly (Sentence | number)[]): Words {
  const words = values.map((value) => wordsOf(typeof value === 'number' ? String(value) : value));
  return {
    text: String.raw({ raw: parts }, ...words.map(({ text }) => text)),
    markdown: String.raw({ raw: parts }, ...words.map(({ markdown }) => markdown)),
  };
}

/** A value that people copy, such as a digest or a command: in code type in a job summary. */
export function exact(value: string): Words {
  return { text: value, markdown: code(value) };
}

/** Values that people copy, one after the other. */
export function exactly(values: readonly string[], separator = ', '): Words {
  return { text: values.join(separator), markdown: values.map(code).join(separator) };
}

/** `1 error`, `2 errors` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The texts of a verb's outcome. Several reports, one for each fleet for example, follow one another. */
export function renderReports(...reports: readonly Report[]): {
  readonly text: string;
  readonly summary: string;
} {
  return {
    text: reports.map(reportText).join('\n'),
    summary: reports.map(reportMarkdown).join('\n\n'),
  };
}

/** For the terminal: the headline, and the facts indented under it. */
export function reportText({ headline, facts }: Report): string {
  return [
    wordsOf(headline).text,
    ...facts.flatMap((fact) => (fact === undefined ? [] : factLines(fact))),
  ].join('\n');
}

/** For a job summary and a comment: a heading of level 3, and under it lists, tables and code blocks. */
export function reportMarkdown({ headline, facts }: Report): string {
  const blocks = [`### ${wordsOf(headline).markdown}`];
  let items: string[] = [];
  const endList = () => {
    if (items.length > 0) blocks.push(items.join('\n'));
    items = [];
  };
  for (const fact of facts) {
    if (fact === undefined) continue;
    if (isSentence(fact)) items.push(`- ${wordsOf(fact).markdown}`);
    else {
      endList();
      blocks.push(...factBlocks(fact));
    }
  }
  endList();
  return blocks.join('\n\n');
}

function factLines(fact: Fact): string[] {
  if (isSentence(fact)) return [`  ${wordsOf(fact).text}`];
  if ('warning' in fact) return [`  warning: ${wordsOf(fact.warning).text}`];
  if ('rows' in fact) return alignedRows(fact.rows).map((row) => `  ${row}`);
  if ('lines' in fact) return fact.lines.map((line) => `  ${line}`);
  if (fact.block.trim() === '') return [];
  return ['', ...(fact.title === undefined ? [] : [`--- ${fact.title} ---`]), fact.block.trimEnd()];
}

function factBlocks(fact: Exclude<Fact, Sentence>): string[] {
  if ('warning' in fact) return [`> [!WARNING]\n> ${wordsOf(fact.warning).markdown}`];
  if ('rows' in fact) {
    const rows = fact.rows.map((row) => row.map((cell) => wordsOf(cell).markdown));
    return rows.length === 0 ? [] : [table(fact.head, rows)];
  }
  if ('lines' in fact) return fact.lines.length === 0 ? [] : [section(fact.title, fact.lines.join('\n'), '')];
  if (fact.block.trim() === '') return [];
  return [fact.title === undefined ? codeBlock(fact.block) : section(fact.title, fact.block, ' open')];
}

/** A section that a reader can open and close. */
function section(title: string, text: string, state: '' | ' open'): string {
  return `<details${state}><summary>${plainText(title)}</summary>\n\n${codeBlock(text)}\n\n</details>`;
}

function alignedRows(rows: readonly (readonly Sentence[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => wordsOf(cell).text));
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  );
  return texts.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function isSentence(fact: Fact): fact is Sentence {
  return typeof fact === 'string' || 'markdown' in fact;
}

function wordsOf(sentence: Sentence): Words {
  return typeof sentence === 'string' ? { text: sentence, markdown: plainText(sentence) } : sentence;
}
