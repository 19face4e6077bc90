import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../host/errors.ts';
import { nearest } from '../host/nearest.ts';
import { flag, type Input, type Inputs, text, time, type Values } from './inputs.ts';

/** Inputs that every verb has on the command line. */
export const commonInputs = {
  now: time('pretend that it is this time (rehearsals, tests)'),
  json: flag('print the answer as JSON'),
  'json-file': text('also write the answer as JSON to this file', { placeholder: 'FILE' }),
  verbose: flag('say more'),
  quiet: flag('say only warnings and errors'),
  help: flag('show this help'),
} as const satisfies Inputs;

/** Inputs that may be given without their flag, in this order: `coxswain edit-updates stable pause`. */
const positionals = ['log', 'fleet', 'action', 'shell'];

/** The inputs of a verb that may be given without their flag. */
export function positionalInputs(inputs: Inputs): readonly string[] {
  return positionals.filter((name) => Object.hasOwn(inputs, name));
}

/**
 * Options before the verb go after it, as in `coxswain --directory os status`.
 * @param globals the options that may be there
 * @throws UsageError for any other option
 */
export function verbFirst(args: readonly string[], globals: Inputs): readonly string[] {
  let at = 0;
  for (let word = args[at]; word?.startsWith('-') === true; word = args[at]) {
    const [, name = '', value] = /^--([\w-]+)(=.*)?$/s.exec(word) ?? [];
    const input = Object.hasOwn(globals, name) ? globals[name] : undefined;
    if (input === undefined) throw unknownFlag(word.replace(/=.*/s, ''), globals);
    at += input.kind === 'flag' || value !== undefined ? 1 : 2;
  }
  return [...args.slice(at), ...args.slice(0, at)];
}

/**
 * Reads a command line by a verb's inputs.
 * @throws UsageError for an unknown, missing or repeated flag, and for an argument that belongs to none
 * @throws InputError for a value that its input does not accept
 */
export function readArguments<I extends Inputs>(inputs: I, args: readonly string[]): Values<I> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, input] of Object.entries(inputs)) {
    options[name] = { type: input.kind === 'flag' ? 'boolean' : 'string', multiple: input.kind === 'many' };
  }
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Record<string, string[]> = {};
  const stray: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') stray.push(token.value);
    if (token.kind !== 'option') continue;
    const input = Object.hasOwn(inputs, token.name) ? inputs[token.name] : undefined;
    if (input === undefined) throw unknownFlag(token.rawName, inputs);
    given[token.name] = [...(given[token.name] ?? []), readToken(token, input)];
  }
  placePositionals(stray, inputs, given);
  for (const [name, values] of Object.entries(given)) {
    if (inputs[name]?.kind === 'many' || values.length === 1) continue;
    throw new UsageError(`--${name} is given ${values.length} times: ${values.join(', ')}. Give it once`);
  }
  return readValues(inputs, given, (name) => `--${name}`);
}

function readToken(
  token: {
    readonly rawName: string;
    readonly value: string | undefined;
    readonly inlineValue: boolean | undefined;
  },
  input: Input<unknown>,
): string {
  const { rawName, value, inlineValue } = token;
  if (input.kind === 'flag') {
    if (value === undefined) return 'true';
    throw new UsageError(`${rawName} takes no value, found ${JSON.stringify(value)}`);
  }
  if (value === undefined || (inlineValue !== true && /^-./.test(value))) {
    const hint = value === undefined ? '' : `. For a value that begins with "-" write ${rawName}=${value}`;
    throw new UsageError(`${rawName} needs a value: ${rawName} ${input.placeholder}${hint}`);
  }
  return value;
}

function unknownFlag(rawName: string, inputs: Inputs): UsageError {
  const names = Object.keys(inputs);
  const meant = nearest(rawName.replace(/^-+/, ''), names);
  const what = `unknown option ${rawName}`;
  return new UsageError(meant === undefined ? what : `${what}. Did you mean --${meant}?`);
}

/** Gives arguments without a flag to the inputs that take them. */
function placePositionals(stray: readonly string[], inputs: Inputs, given: Record<string, string[]>): void {
  const places = positionalInputs(inputs).filter((name) => !Object.hasOwn(given, name));
  for (const argument of stray) {
    const name = places.shift();
    if (name === undefined) {
      throw new UsageError(`unexpected argument ${JSON.stringify(argument)}`);
    }
    given[name] = [...(given[name] ?? []), argument];
    // It takes all arguments that follow.
    if (inputs[name]?.kind === 'many') places.unshift(name);
  }
}

/**
 * Turns given texts into typed values.
 * @param spell writes the name of an input as the user wrote it: `--name`, or as in a workflow
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
