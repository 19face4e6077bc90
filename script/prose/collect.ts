import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseSync } from '@swc/core';

export type ProseKind = 'comment' | 'message' | 'test name' | 'document';

/** A piece of English in this repository. */
export interface Prose {
  readonly file: string;
  /** The line where it begins; the first is 1. */
  readonly line: number;
  readonly kind: ProseKind;
  readonly text: string;
}

/** Everything that people read, in a stable order. @param root top folder of a checkout */
export function collectProse(root: string): Prose[] {
  const top = resolve(root);
  return files(top)
    .sort()
    .flatMap((file) => proseOf(file, readFileSync(`${top}/${file}`, 'utf8')));
}

/** The prose of one file. @param file path inside the repository: decides how the text is read */
export function proseOf(file: string, text: string): Prose[] {
  const found = file.endsWith('.ts')
    ? [...commentsOfCode(text), ...stringsOf(file, text)]
    : file.endsWith('.md')
      ? paragraphs(text)
      : commentsOfScript(text);
  return found.map((piece) => ({ file, ...piece })).sort((a, b) => a.line - b.line);
}

type Piece = Omit<Prose, 'file'>;

const folders = ['src', 'script', 'test', 'docs', 'actions', '.github', 'node'];
const single = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', '.ci/run', 'action.yml'];
/** Made by script/build from texts that are read here, or written by others. */
const skipped = /\.(svg|json|xsd|png|hbs|lock|sarif)$|^actions\/.*action\.yml$|\/fixtures?\//;

function files(root: string): string[] {
  const list = (folder: string) =>
    readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length + 1));
  const top = readdirSync(root);
  return [
    ...folders.filter((folder) => top.includes(folder)).flatMap(list),
    ...single.filter((file) => file.includes('/') || top.includes(file)),
  ].filter((file) => !skipped.test(file));
}

/** Comments of one or more lines. Lines that are only for tools are left out. */
function commentsOfCode(text: string): Piece[] {
  return joined(
    text.split('\n').map((line) => {
      const found =
        /^\s*(?:\/\/+|\/\*\*?|\*(?!\/))(.*?)(?:\*\/)?$/.exec(line) ?? /[;,{)}\]] \/\/ (.*)$/.exec(line);
      const comment = found?.[1]?.trim();
      return comment === undefined || /^(biome|@ts-|#|<reference|eslint)/.test(comment) ? undefined : comment;
    }),
    'comment',
  );
}

function commentsOfScript(text: string): Piece[] {
  return joined(
    text.split('\n').map((line) => {
      const comment = (/^\s*# ?(.*)$/.exec(line) ?? /\s# (.*)$/.exec(line))?.[1]?.trim();
      return comment === undefined || /^(shellcheck|!|zizmor)/.test(comment) ? undefined : comment;
    }),
    'comment',
  );
}

/** Paragraphs and table rows of Markdown, without code. */
function paragraphs(text: string): Piece[] {
  let fenced = false;
  return joined(
    text.split('\n').map((line) => {
      if (/^\s*(```|~~~)/.test(line)) {
        fenced = !fenced;
        return undefined;
      }
      return fenced || /^\s*$|^<!--/.test(line) ? undefined : line.replaceAll(/`[^`]*`/g, '`…`').trim();
    }),
    'document',
  );
}

/** Neighbouring lines are one piece, except the rows of a table. */
function joined(lines: readonly (string | undefined)[], kind: ProseKind): Piece[] {
  const pieces: { line: number; kind: ProseKind; text: string }[] = [];
  let open: { line: number; kind: ProseKind; text: string } | undefined;
  for (const [index, line] of lines.entries()) {
    if (line === undefined || line === '') open = undefined;
    else if (open !== undefined && !/^(\||[-*] |#|@)/.test(line)) open.text += ` ${line}`;
    else {
      open = { line: index + 1, kind, text: line };
      pieces.push(open);
    }
  }
  return pieces;
}

/** Strings of several words: messages and help of the program, the names of tests. */
function stringsOf(file: string, text: string): Piece[] {
  const isTest = file.startsWith('test/');
  // With `;` the first token is at the first byte. swc numbers positions on from file to file, and a file begins at its
  // first token.
  const code = `;${text.replace(/^#!/, '//')}`;
  const bytes = Buffer.from(code);
  const tree: unknown = parseSync(code, { syntax: 'typescript', target: 'es2022' });
  const first = firstByte(tree);
  const lineAt = (position: number) =>
    bytes
      .subarray(0, Math.max(0, position - first))
      .toString('utf8')
      .split('\n').length;
  const pieces: Piece[] = [];
  const add = (node: Node, kind: ProseKind) => {
    const words = textOf(node);
    if (words !== undefined && /\p{L}+ \p{L}+ \p{L}+/u.test(words)) {
      pieces.push({ line: lineAt(node.span?.start ?? 0), kind, text: words });
    }
  };
  visit(tree, (node) => {
    if (!isTest) add(node, 'message');
    else if (node.type === 'CallExpression' && isTestCall(node)) {
      const name = (node.arguments as readonly { expression: Node }[])[0]?.expression;
      if (name !== undefined) add(name, 'test name');
    }
  });
  return pieces;
}

interface Node {
  readonly type: string;
  readonly span?: { readonly start: number };
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

function firstByte(tree: unknown): number {
  return isNode(tree) ? (tree.span?.start ?? 0) : 0;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, see);
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) see(value);
    for (const each of Object.values(value)) visit(each, see);
  }
}

function textOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return String(node.value);
  if (node.type !== 'TemplateLiteral') return undefined;
  const parts = node.quasis as readonly { readonly raw: string }[];
  return parts.map(({ raw }) => raw).join('…');
}

/** `it(…)`, `describe.each(…)(…)` and the like. */
function isTestCall(node: Node): boolean {
  let callee: unknown = node.callee;
  while (isNode(callee)) {
    if (callee.type === 'Identifier') return ['it', 'test', 'describe'].includes(String(callee.value));
    callee = callee.object ?? callee.callee;
  }
  return false;
}
