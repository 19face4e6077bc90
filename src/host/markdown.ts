import { oneLine } from './one-line.ts';

// The one place in which text from outside becomes Markdown: what a guest, a registry, a commit or a person writes is
// shown as text and never acts as markup.

/** Text as a code block that nothing in the text can end. */
export function codeBlock(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${text.trimEnd()}\n${fence}`;
}

/**
 * Plain text: no markup, no mention of a person, no reference to an issue. Addresses stay links, as GitHub makes them.
 * GitHub looks for mentions and references after Markdown is read, so a backslash does not stop them: a word joiner
 * does.
 */
export function plainText(text: string): string {
  return (
    oneLine(text)
      .trim()
      .replace(/[\\`*_[\]|~]/g, '\\$&')
      .replace(/[@#](?=\w)/g, '$&\u2060')
      // Characters that begin a list, a heading, a rule or a quotation at the start of a line.
      .replace(/^(?=[-+#=]|\d{1,9}[.)](\s|$))/, '\u200b')
      // Last, because the # of these must not be escaped.
      .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

/** Text in code type, inside a sentence or a table. */
export function code(text: string): string {
  const inner = oneLine(text).replaceAll('|', '\\|');
  const fence = '`'.repeat(longestRun(inner) + 1);
  const gap = /^`|`$/.test(inner) || inner.trim() !== inner ? ' ' : '';
  return `${fence}${gap}${inner}${gap}${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
