import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';
import { floors } from './floors.ts';
import { importRules } from './import-rules.ts';
import { readImports, roomOf } from './imports.ts';
import { circlesOf } from './walls.ts';

export interface Figures {
  readonly files: number;
  /** Folders and files at the top of src/. */
  readonly rooms: number;
  /** Pairs of rooms of which one imports the other. */
  readonly arrows: number;
  readonly circles: number;
  /** Imports of a room on the same floor or on a higher one; absent if the rooms are not those of the floors. */
  readonly upward: number | undefined;
  readonly longestFile: { readonly lines: number; readonly file: string };
  readonly longestFunction: { readonly lines: number; readonly name: string; readonly file: string };
  readonly functionsOver120Lines: number;
  /** `...(x === undefined ? {} : { x })` and the like. */
  readonly conditionalSpreads: number;
}

/** Counts rooms, arrows, circles and the like. @param root top folder of a checkout, of any layout */
export async function countFigures(root: string): Promise<Figures> {
  const { modules, summary } = await readImports(root, importRules());
  const arrows = new Map<string, readonly [string, string]>();
  for (const { source, dependencies } of modules.filter((module) => module.source.startsWith('src/'))) {
    for (const { resolved } of dependencies.filter((each) => each.resolved.startsWith('src/'))) {
      const pair = [roomOf(source), roomOf(resolved)] as const;
      if (pair[0] !== pair[1]) arrows.set(pair.join(' → '), pair);
    }
  }
  const known = new Set(floors.flat());
  const rooms = readdirSync(`${root}/src`);
  const files = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const sources = files.map((file) => ({ file, text: readFileSync(`${root}/src/${file}`, 'utf8') }));
  const functions = sources.flatMap(({ file, text }) => functionsOf(file, text));
  const longest = functions.reduce((one, other) => (other.lines > one.lines ? other : one));
  const lengths = sources.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }));
  return {
    files: files.length,
    rooms: rooms.length,
    arrows: arrows.size,
    circles: circlesOf(summary.violations).length,
    upward: rooms.every((room) => known.has(room))
      ? [...arrows.values()].filter(([from, to]) => floorOf(to) <= floorOf(from)).length
      : undefined,
    longestFile: lengths.reduce((one, other) => (other.lines > one.lines ? other : one)),
    longestFunction: longest,
    functionsOver120Lines: functions.filter(({ lines }) => lines > 120).length,
    conditionalSpreads: sources.reduce((sum, { text }) => sum + spreadsIn(text), 0),
  };
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

export function spreadsIn(text: string): number {
  return [
    ...text.matchAll(/\.\.\.\([^()]*(?:\([^()]*\)[^()]*)*\?\s*\{\}\s*:|\.\.\.\([^;]{0,200}?:\s*\{\}\s*\)/g),
  ].length;
}

interface Measured {
  readonly file: string;
  readonly name: string;
  readonly lines: number;
}

interface Node {
  readonly type?: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly identifier?: { readonly value?: string };
  readonly body?: unknown;
}

/** Functions and methods with a body; arrow functions too. */
function functionsOf(file: string, text: string): Measured[] {
  // With `;` the first token is at the first byte. swc numbers positions on from file to file, and a file begins at its
  // first token.
  const code = `;${text.replace(/^#!/, '//')}`;
  const bytes = Buffer.from(code);
  const tree = parseSync(code, { syntax: 'typescript', target: 'es2022' });
  const found: Measured[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const node: Node = value;
    if (node.span !== undefined && node.body !== undefined && /Function|Method/.test(node.type ?? '')) {
      const { start, end } = node.span;
      const lines = bytes
        .subarray(start - tree.span.start, end - tree.span.start)
        .toString()
        .split('\n').length;
      found.push({ file: `src/${file}`, name: node.identifier?.value ?? 'an anonymous function', lines });
    }
    Object.values(value).forEach(visit);
  };
  visit(tree);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await countFigures(resolve(process.argv[2] ?? '.')), null, 2));
}
