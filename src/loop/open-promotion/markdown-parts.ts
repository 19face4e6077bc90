import { code as markdownCode, table as markdownTable } from '../../host/markdown.ts';

/** A table; the first row is its head; cells are Markdown already. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return markdownTable(head, rows);
}

export function code(text: string | undefined): string {
  return text === undefined ? 'none' : markdownCode(text);
}

/** A collapsed section under a title. */
export function folded(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A list that is cut if it is long. */
export function list(items: readonly string[], longest: number): string {
  const rest = items.length - longest;
  return [...items.slice(0, longest), ...(rest > 0 ? [`… and ${rest} more`] : [])]
    .map((item) => `- ${item}`)
    .join('\n');
}

/** `2026-07-22 14:00 UTC` */
export function minute(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
