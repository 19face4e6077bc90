import type { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { InputError, type InputProblem } from '../../host/errors.ts';
import { nearest } from '../../host/nearest.ts';
import { haltConditionSchema } from './halt-schema.ts';
import { configSchema } from './schema.ts';
import type { Path, SourceDocument } from './yaml-document.ts';

/** One error that reports every problem of a file, in the order of the file. */
export function errorOf(file: string, problems: readonly InputProblem[]): InputError {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) return new InputError(first);
  const lines = [...problems]
    .sort((one, other) => lineOf(one) - lineOf(other))
    .map((problem) => `\n  ${new InputError(problem).message}`);
  return new InputError({
    where: file,
    problem: `${problems.length} problems${lines.join('').replace(/\.$/, '')}`,
  });
}

function lineOf(problem: InputProblem): number {
  return Number(/:(\d+):\d+$/.exec(problem.where ?? '')?.[1] ?? 0);
}

/** The field as people write it: `fleets.stable.soak`, `architectures[0]`. */
export function fieldName(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

type Issue = z.core.$ZodIssue;

/** The problems that the schema found, each with place, found value and remedy. */
export function problemsOf(issues: readonly Issue[], document: SourceDocument): InputProblem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, document));
}

function problemsOfIssue(issue: Issue, document: SourceDocument): InputProblem[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const found = valueAt(document.value, path);
  const here = {
    where: document.placeOf(path),
    ...defined({ field: path.length === 0 ? undefined : fieldName(path) }),
  };
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, path, document));
    case 'invalid_key':
      return [
        {
          ...here,
          where: document.placeOfKey(path),
          problem: 'this name cannot be used',
          found: path.at(-1),
          expected: issue.issues.map(expectationOf).join(' and '),
        },
      ];
    case 'invalid_type':
      if (found === undefined && path.length > 0) {
        return [{ ...here, problem: 'this field is missing', expected: expectedType(issue.expected) }];
      }
      return [
        {
          ...here,
          problem: 'the wrong type of value',
          found,
          // A schema's own text is better than the name of its type.
          expected: issue.message.startsWith('Invalid input') ? expectedType(issue.expected) : issue.message,
          ...defined({
            remedy:
              issue.expected === 'string' &&
              issue.message.startsWith('Invalid input') &&
              found !== null &&
              typeof found !== 'object'
                ? 'Put it in quotes.'
                : undefined,
          }),
        },
      ];
    case 'invalid_union': {
      // People want to know what is wrong with the kind of value that they wrote, not that another kind is possible
      // too.
      const inner =
        issue.errors.find((errors) =>
          errors.some((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
        ) ??
        issue.errors.find((errors) =>
          errors.some((each) => each.code !== 'invalid_type' || each.expected !== 'null'),
        );
      return (inner ?? []).flatMap((each) =>
        problemsOfIssue({ ...each, path: [...issue.path, ...each.path] } as Issue, document),
      );
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const meant = typeof found === 'string' ? (goNames[found] ?? nearest(found, allowed)) : undefined;
      return [
        {
          ...here,
          problem: 'not one of the possible values',
          found,
          expected: allowed.join(', '),
          ...defined({ remedy: meant && `Did you mean ${meant}?` }),
        },
      ];
    }
    default:
      return [{ ...here, problem: 'this value cannot be used', found, expected: expectationOf(issue) }];
  }
}

/** People write GOARCH names although FCOS has names of its own. */
const goNames: Readonly<Record<string, string>> = { amd64: 'x86_64', x64: 'x86_64', arm64: 'aarch64' };

function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'array') return `at least ${issue.minimum}`;
      return issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} or more`;
    case 'too_big':
      return issue.origin === 'string' ? `at most ${issue.maximum} characters` : `${issue.maximum} or less`;
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields with values',
  record: 'names with values',
};

function expectedType(type: string): string {
  return typeNames[type] ?? type;
}

function unknownField(key: string, path: Path, document: SourceDocument): InputProblem {
  const known = knownFields(path);
  const meant = nearest(key, known);
  return {
    where: document.placeOfKey([...path, key]),
    field: fieldName([...path, key]),
    problem: 'this field does not exist',
    ...(meant === undefined
      ? { expected: `one of ${known.join(', ')}` }
      : { remedy: `Did you mean ${meant}?` }),
  };
}

function knownFields(path: Path): string[] {
  const { shape } = configSchema;
  if (path.length === 0) return Object.keys(shape);
  if (path[0] === 'fleets' && path[2] === 'halt-when') {
    const { prometheus, 'behind-plan': behind, 'came-back': back } = haltConditionSchema.shape;
    if (path[4] === 'prometheus') return Object.keys(prometheus.unwrap().shape);
    if (path[4] === 'behind-plan') return Object.keys(behind.unwrap().shape);
    if (path[4] === 'came-back') return Object.keys(back.unwrap().shape);
    return Object.keys(haltConditionSchema.shape);
  }
  if (path[0] === 'fleets' && path[2] === 'success-threshold') {
    return Object.keys(shape.fleets.valueType.unwrap().shape['success-threshold'].unwrap().shape);
  }
  if (path[0] === 'fleets') return Object.keys(shape.fleets.valueType.unwrap().shape);
  if (path[0] === 'upstream') return ['updates', 'releases'];
  if (path[0] === 'boot-test') return Object.keys(shape['boot-test'].unwrap().shape);
  return Object.keys(shape.publish.unwrap().shape);
}

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}
