import { InputError } from '../host/errors.ts';

/** A parsed JSON text that still knows the position of each value. */
export interface JsonText {
  readonly value: unknown;
  /** `file:line:column` of the value at a path, or of its nearest parent that exists. */
  placeOf(path: readonly PropertyKey[]): string;
}

type Visit = (path: readonly PropertyKey[], offset: number) => void;

const maximumDepth = 200;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const plainCharacters = /[^"\\\p{Cc}]+|[\u007f-\u009f]+/uy;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Reads JSON strictly. JSON.parse gives the value; a scan before it finds what JSON.parse does not report: line and
 * column of a mistake, and keys that occur twice. (serde refuses those; JSON.parse keeps the last one, so a bad merge
 * of two `rollout` objects would go unnoticed.)
 * @throws InputError with `where:line:column`
 */
export function readJson(text: string, where: string): JsonText {
  scan(text, where, () => {});
  return {
    value: JSON.parse(text) as unknown,
    placeOf(path) {
      let best = { depth: -1, offset: 0 };
      scan(text, where, (visited, offset) => {
        const deeper = visited.length > best.depth && visited.length <= path.length;
        if (deeper && visited.every((key, index) => key === path[index])) {
          best = { depth: visited.length, offset };
        }
      });
      return `${where}:${lineAndColumn(text, best.offset)}`;
    },
  };
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1) as string).length + 1}`;
}

function scan(text: string, where: string, visit: Visit): void {
  let at = 0;
  const path: PropertyKey[] = [];
  value();
  space();
  if (at < text.length) fail('the end of the file');

  function value(): void {
    space();
    visit(path, at);
    if (path.length > maximumDepth) fail(`at most ${maximumDepth} levels of nesting`);
    const character = text[at];
    if (character === '{') object();
    else if (character === '[') list();
    else if (character === '"') string();
    else if (!literal() && !take(numberPattern)) fail('a JSON value');
  }

  function object(): void {
    const seen = new Set<string>();
    at += 1;
    space();
    if (text[at] === '}') {
      at += 1;
      return;
    }
    for (;;) {
      space();
      const start = at;
      if (text[at] !== '"') fail('a key in double quotes');
      string();
      const key = JSON.parse(text.slice(start, at)) as string;
      if (seen.has(key)) {
        throw new InputError({
          where: `${where}:${lineAndColumn(text, start)}`,
          problem: 'this key occurs twice in one object',
          found: key,
          remedy: 'Keep one of the two.',
        });
      }
      seen.add(key);
      space();
      if (text[at] !== ':') fail("':' after the key");
      at += 1;
      path.push(key);
      value();
      path.pop();
      if (closes('}')) return;
    }
  }

  function list(): void {
    at += 1;
    space();
    if (text[at] === ']') {
      at += 1;
      return;
    }
    for (let index = 0; ; index += 1) {
      path.push(index);
      value();
      path.pop();
      if (closes(']')) return;
    }
  }

  /** After an entry: true at the closing bracket, false after a comma. */
  function closes(bracket: '}' | ']'): boolean {
    space();
    const character = text[at];
    if (character !== bracket && character !== ',') fail(`',' or '${bracket}'`);
    at += 1;
    if (character === bracket) return true;
    space();
    if (text[at] === bracket) fail('another entry: JSON takes no comma after the last one');
    return false;
  }

  function string(): void {
    at += 1;
    while (take(plainCharacters) || take(escapeSequence));
    if (text[at] !== '"') fail('a string that ends on its line, with known escapes');
    at += 1;
  }

  function literal(): boolean {
    const word = ['true', 'false', 'null'].find((each) => text.startsWith(each, at));
    at += word?.length ?? 0;
    return word !== undefined;
  }

  function take(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  }

  function space(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  }

  function fail(expected: string): never {
    throw new InputError({
      where: `${where}:${lineAndColumn(text, at)}`,
      problem: 'not valid JSON',
      found: at >= text.length ? 'the end of the file' : text.slice(at, at + 12).split('\n')[0],
      expected,
    });
  }
}
