import { z } from 'zod';
import { defined } from '../host/defined.ts';
import { InputError, type InputProblem } from '../host/errors.ts';
import { readJson } from './json.ts';

// In the schemas of this folder the message of an issue is the text after "expected"; `params` may replace the problem
// and add a remedy.
const issueNotes = z.object({ problem: z.string().optional(), remedy: z.string().optional() });

/**
 * Reads a JSON document by a schema. The answer is the parsed JSON itself, not the schema's copy of it: fields
 * that the schema does not know, and the order of keys, survive. Upstream's serde reads null as "absent" in the fields
 * of `nullable`, so null is dropped there.
 * @throws InputError with `where:line:column` and the path of the field
 */
export function readDocument<T>(
  schema: z.ZodType<T>,
  text: string,
  options: { readonly where: string; readonly nullable?: ReadonlySet<string> },
): T {
  const json = readJson(text, options.where);
  const value = options.nullable === undefined ? json.value : withoutNulls(json.value, options.nullable);
  checkValue(schema, value, json.placeOf);
  return value as T;
}

/**
 * Checks a value by a schema.
 * @param placeOf gives the place of the value at a path; without it only the field is named
 * @throws InputError for the first thing that is wrong
 */
export function checkValue(
  schema: z.ZodType,
  value: unknown,
  placeOf?: (path: readonly PropertyKey[]) => string,
): void {
  const [first] = findProblems(schema, value, placeOf);
  if (first !== undefined) throw new InputError(first);
}

/** Everything that is wrong with a value, by a schema. @param placeOf as for checkValue */
export function findProblems(
  schema: z.ZodType,
  value: unknown,
  placeOf?: (path: readonly PropertyKey[]) => string,
): InputProblem[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map((issue) => problemOf(issue, value, placeOf));
}

function problemOf(
  issue: z.core.$ZodIssue,
  value: unknown,
  placeOf: ((path: readonly PropertyKey[]) => string) | undefined,
): InputProblem {
  const found = valueAt(value, issue.path);
  const notes = issueNotes.safeParse(issue.code === 'custom' ? issue.params : undefined);
  const problem = notes.data?.problem ?? (found === undefined ? 'missing' : 'not a valid value');
  return {
    ...defined({ where: placeOf === undefined ? undefined : placeOf(issue.path) }),
    ...defined({ field: issue.path.length === 0 ? undefined : fieldPath(issue.path) }),
    problem,
    ...defined({ found }),
    expected: issue.message,
    ...defined({ remedy: notes.data?.remedy === undefined ? undefined : notes.data.remedy }),
  };
}

/** `releases[3].metadata.rollout` */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** A text that must not be empty. */
export function someText(expected: string): z.ZodString {
  return z.string({ error: expected }).min(1, { error: expected });
}

/** An object of which only these fields are checked. */
export function openObject<S extends z.ZodRawShape>(expected: string, shape: S) {
  return z.looseObject(shape, { error: expected });
}

/** The head that releases.json and updates.json share. */
export const documentHead = {
  stream: someText('the name of a stream, such as "stable"'),
  metadata: openObject('an object such as {"last-modified": "2026-07-21T14:07:12Z"}', {
    'last-modified': z.string({ error: 'a time, such as "2026-07-21T14:07:12Z"' }),
  }),
};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

/** The value without those of the named fields that are null. */
export function withoutNulls(value: unknown, keys: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutNulls(each, keys));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => each !== null || !keys.has(key))
      .map(([key, each]) => [key, withoutNulls(each, keys)]),
  );
}
