import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit, type YAMLError } from 'yaml';
import type { InputProblem } from '../../host/errors.ts';

export type Path = ReadonlyArray<string | number>;

/** A YAML file as plain data, with the place of each field in the file. */
export interface SourceDocument {
  readonly value: unknown;
  /** The errors if the file cannot be read at all; `value` is then undefined. */
  readonly problems: readonly InputProblem[];
  /** `file:line:column` of a field's value; if the field is missing, of the nearest value around it. */
  placeOf(path: Path): string;
  /** `file:line:column` of a field's name. */
  placeOfKey(path: Path): string;
}

/** Reads YAML 1.2. Duplicate keys and unknown tags are problems too. */
export function readDocument(text: string, file: string): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems = [...document.errors, ...document.warnings].map(
    (error): InputProblem => ({ where: at(placeOfError(text, error)), ...explain(error) }),
  );
  // A JavaScript object loses a field of this name, so it would be ignored silently.
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== '__proto__') return;
      problems.push({
        where: at(startOf(key) ?? 0),
        problem: 'this name cannot be used',
        found: key.value,
        expected: 'another name',
      });
    },
  });
  let value: unknown;
  if (problems.length === 0) {
    try {
      value = document.toJS();
    } catch (error) {
      problems.push({ where: file, problem: `not usable as YAML: ${String(error)}` });
    }
  }
  const walk = (path: Path, wanted: 'key' | 'value'): string => {
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      let key: unknown;
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        [key, next] = [pair?.key, pair?.value];
      } else if (isSeq(node)) {
        next = node.items[Number(step)];
      }
      const isLast = index === path.length - 1;
      const found = isLast && wanted === 'key' ? key : next;
      const position = startOf(found) ?? startOf(key);
      if (position === undefined) break;
      offset = position;
      node = next;
    }
    return at(offset);
  };
  return {
    value,
    problems,
    placeOf: (path) => walk(path, 'value'),
    placeOfKey: (path) => walk(path, 'key'),
  };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** For a duplicate key the library gives the end of the entry before it. */
function placeOfError(text: string, error: YAMLError): number {
  if (error.code !== 'DUPLICATE_KEY') return error.pos[0];
  const blank = /\s*(?:#[^\n]*\n\s*)*/y;
  blank.lastIndex = error.pos[0];
  return error.pos[0] + (blank.exec(text)?.[0].length ?? 0);
}

function explain(error: YAMLError): Pick<InputProblem, 'problem' | 'remedy'> {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return { problem: 'this field occurs twice', remedy: 'Keep one of them.' };
    case 'TAB_AS_INDENT':
      return { problem: 'a tab cannot indent YAML', remedy: 'Use spaces.' };
    case 'MULTIPLE_DOCS':
      return { problem: 'a second YAML document begins here', remedy: 'Keep one document in the file.' };
    default:
      return { problem: `not YAML: ${error.message.replace(/\.$/, '')}` };
  }
}
