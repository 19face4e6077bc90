import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf, UsageError } from '../host/errors.ts';
import { flag, type Inputs, text, time, type Values } from './inputs.ts';

/** Inputs that every verb has on the command line. */
export const commonInputs = {
  now: time('pretend that it is this time (rehearsals, tests)'),
  json: flag('print the answer as JSON'),
  'json-file': text('also write the answer as JSON to this file', { placeholder: 'FILE' }),
  verbose: flag('say more'),
  quiet: flag('say only warnings and errors'),
  help: flag('show this help'),
} as const satisfies Inputs;

/**
 * Reads a command line by a verb's inputs.
 * @throws UsageError for an unknown or missing flag
 * @throws InputError for a value that its input does not take
 */
export function readArguments<I extends Inputs>(inputs: I, args: readonly string[]): Values<I> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, input] of Object.entries(inputs)) {
    options[name] = { type: input.kind === 'flag' ? 'boolean' : 'string', multiple: input.kind === 'many' };
  }
  let given: Record<string, unknown>;
  try {
    given = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  return readValues(inputs, given, (name) => `--${name}`);
}

/**
 * Turns given texts into typed values.
 * @param spell how an input's name is written where the user wrote it
 */
export function readValues<I extends Inputs>(
  inputs: I,
  given: Readonly<Record<string, unknown>>,
  spell: (name: string) => string,
): Values<I> {
  const values: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const raw = [given[name]]
      .flat()
      .map(String)
      .filter((text) => text !== '' && text !== 'undefined');
    if (raw.length === 0 && input.fallback !== undefined) raw.push(input.fallback);
    if (raw.length === 0 && input.required)
      throw new UsageError(`${spell(name)} is required: ${input.about}`);
    values[name] = raw.length === 0 && input.kind !== 'many' ? undefined : input.read(raw, name);
  }
  return values as Values<I>;
}
