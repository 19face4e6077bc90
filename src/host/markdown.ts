/** Text as a code block that nothing in the text can end. */
export function codeBlock(text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}text\n${text.trimEnd()}\n${fence}`;
}

/** Text as it is: no markup, no link, no mention. */
export function plainText(text: string): string {
  return (
    text
      .replace(/[\\@#`*_[\]|~]/g, '\\$&')
      // Last: the # of these is not to be escaped.
      .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/\s*\n\s*/g, ' ')
  );
}

/** Text in code type, inside a sentence or a table. */
export function code(text: string): string {
  const inner = text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
  const fence = '`'.repeat(Math.max(1, ...[...inner.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  const gap = /^`|`$/.test(inner) ? ' ' : '';
  return `${fence}${gap}${inner}${gap}${fence}`;
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
