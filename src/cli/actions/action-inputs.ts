import { defined } from '../../host/defined.ts';
import { InputError, messageOf } from '../../host/errors.ts';
import { nearest } from '../../host/nearest.ts';
import { readValues } from '../arguments.ts';
import type { Input, Inputs, Values } from '../inputs.ts';

/** Inputs of actions that no verb has: the steps of action.yml use them. */
export const stepInputs: readonly string[] = ['token'];

/** How messages name an input of an action. */
export function spellInput(name: string): string {
  return `input ${name}`;
}

/**
 * Reads the inputs of an action as its verb defines them.
 * @param json the context `inputs` of the action, as JSON: texts, and from a caller with types booleans and numbers too
 * @throws InputError that names an unknown or malformed input and what it can be
 * @throws UsageError for one that is missing
 */
export function readActionInputs<I extends Inputs>(inputs: I, json: string): Values<I> {
  const given: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(parseObject(json))) {
    if (stepInputs.includes(name)) continue;
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input === undefined) throw unknownInput(name, Object.keys(inputs));
    given[name] = readInput(name, input, value);
  }
  return readValues(inputs, given, spellInput);
}

/** Replaces `--name` in a message by the name that this input has in a workflow. */
export function inWordsOfActions(message: string, inputs: Inputs): string {
  return message.replaceAll(/(?<![\w-])--([a-z][a-z-]*)/g, (flag, name: string) =>
    Object.hasOwn(inputs, name) ? spellInput(name) : flag,
  );
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new InputError({ field: 'COXSWAIN_INPUTS', problem: `this is not JSON: ${messageOf(error)}` });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new InputError({
    field: 'COXSWAIN_INPUTS',
    problem: 'the inputs of an action are an object',
    found: value,
    expected: '{"name": "value"}',
  });
}

function readInput(name: string, input: Input<unknown>, value: unknown): readonly string[] {
  if (value === null) return [];
  if (!['string', 'number', 'boolean'].includes(typeof value)) {
    throw new InputError({ field: spellInput(name), problem: 'not a text', found: value });
  }
  const text = String(value);
  if (input.kind === 'many') return text.split('\n').map((line) => line.trim());
  if (input.kind === 'one') return [text];
  const isFlag = ['', 'true', 'false'].includes(text.toLowerCase());
  if (isFlag) return [text.toLowerCase()];
  throw new InputError({
    field: spellInput(name),
    problem: `neither true nor false`,
    found: text,
    expected: 'true or false',
  });
}

function unknownInput(name: string, names: readonly string[]): InputError {
  const meant = nearest(name, names);
  return new InputError({
    field: spellInput(name),
    problem: 'this input does not exist',
    expected: `one of ${names.join(', ')}`,
    ...defined({ remedy: meant && `Did you mean ${meant}?` }),
  });
}
