import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { answerSchemaPath } from '../../src/cli/answer-schemas.ts';

// Answers of real runs are compared with the published schemas, and here a field that a schema does not name is wrong too.

/** The answer of a verb is not what its schema says. */
export class UnknownAnswer extends Error {
  override readonly name = 'UnknownAnswer';
}

/** Tests may change the current folder. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const validators = new Map<string, ValidateFunction>();

/** @throws UnknownAnswer if data is not the answer of a verb. @param name of the verb, or `error` or `dry-run` */
export function requireAnswer(name: string, data: unknown): void {
  const validate = validators.get(name) ?? compile(name);
  validators.set(name, validate);
  const written: unknown = JSON.parse(JSON.stringify(data ?? null));
  if (validate(written)) return;
  const problems = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  );
  throw new UnknownAnswer(
    `${answerSchemaPath(name)} does not allow what ${name} answers (run script/build?): ${problems.join('; ')}\n${JSON.stringify(written)}`,
  );
}

/** The same for what the program prints with --json. @param args of the program */
export function requirePrinted(args: readonly string[], stdout: string): void {
  const data: unknown = JSON.parse(stdout);
  const has = (field: string) => typeof data === 'object' && data !== null && field in data;
  const verb = args.find((word) => existsSync(join(root, `src/verbs/${word}.ts`)));
  const name = has('error') ? 'error' : has('would') ? 'dry-run' : verb;
  if (name !== undefined) requireAnswer(name, data);
}

function compile(name: string): ValidateFunction {
  const path = join(root, answerSchemaPath(name));
  if (!existsSync(path)) throw new UnknownAnswer(`${path} does not exist: run script/build`);
  const closed = JSON.parse(readFileSync(path, 'utf8'), (_, value: unknown) => {
    const isObject =
      typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';
    return isObject && 'properties' in value && !('additionalProperties' in value)
      ? { ...value, additionalProperties: false }
      : value;
  });
  return new Ajv2020({ allErrors: true }).compile(closed);
}
