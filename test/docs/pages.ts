import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  /** The word after the fence: console, yaml, text, … */
  readonly language: string;
  readonly text: string;
  /** HTML comments directly above it, as `name: value`. */
  readonly marks: ReadonlyArray<{ readonly name: string; readonly value: string }>;
}

/** One command of a console block, and what the page shows below it. */
export interface Command {
  readonly command: string;
  readonly shown: readonly string[];
}

/** Every page for users: README, docs/ without the decisions, the actions. */
export function pagesForUsers(): string[] {
  const under = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : under(path);
      return entry.name.endsWith('.md') ? [path] : [];
    });
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...under('docs'), ...under('actions')].sort();
}

/** The fenced blocks of a page. */
export function blocksOf(page: string, text = readFileSync(page, 'utf8')): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', fence = '', language = ''] = /^( *)(`{3,})([\w-]*)/.exec(lines[at] ?? '') ?? [];
    if (fence === '') continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end < 0) throw new Error(`${page}:${at + 1}: the block has no end`);
    const body = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ page, line: at + 1, language, text: body.join('\n'), marks: marksAbove(lines, at) });
    at = end;
  }
  return blocks;
}

function marksAbove(lines: readonly string[], fence: number): Block['marks'] {
  const marks: { name: string; value: string }[] = [];
  for (let at = fence - 1; at >= 0; at--) {
    const line = (lines[at] ?? '').trim();
    if (line === '') continue;
    const [, name, value] = /^<!-- ([a-z ]+): (.*) -->$/.exec(line) ?? [];
    if (name === undefined || value === undefined) break;
    marks.unshift({ name, value });
  }
  return marks;
}

/** The commands of a console block: lines that begin with `$ `, with the lines that continue them. */
export function commandsOf({ page, line, text }: Block): Command[] {
  const commands: { command: string; shown: string[] }[] = [];
  let continued = false;
  for (const each of text.split('\n')) {
    const last = commands.at(-1);
    if (continued && last !== undefined) last.command += `\n${each}`;
    else if (each.startsWith('$ ')) commands.push({ command: each.slice(2), shown: [] });
    else if (last === undefined) throw new Error(`${page}:${line}: a console block begins with "$ "`);
    else last.shown.push(each);
    continued = (continued || each.startsWith('$ ')) && each.endsWith('\\');
  }
  return commands;
}
