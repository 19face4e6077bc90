import { defined } from '../host/defined.ts';
import { InputError } from '../host/errors.ts';
import { nearest } from '../host/nearest.ts';
import { parseDuration, parseTime } from '../host/time.ts';

/** One input of a verb: a flag on the command line, an input of its action. */
export interface Input<T> {
  readonly kind: 'flag' | 'one' | 'many';
  /** One line for `--help` and for the table in the action's README. */
  readonly about: string;
  /** Placeholder of the value in `--help`: `--image REF`. */
  readonly placeholder: string;
  readonly required: boolean;
  /** The default as people read it; for inputs that have one. */
  readonly fallback?: string;
  /** The values it accepts, if they are few: for completion in shells. */
  readonly choices?: readonly string[];
  /** Reads the raw text(s) that were given; only called when the input is present or has a fallback. */
  readonly read: (raw: readonly string[], name: string) => T;
}

export type Inputs = Readonly<Record<string, Input<unknown>>>;

/** `{ 'some-name': Input<T> }` → `{ 'some-name': T }` */
export type Values<I extends Inputs> = { readonly [K in keyof I]: I[K] extends Input<infer T> ? T : never };

interface Common {
  readonly placeholder?: string;
}

type Optional<T> = Input<T | undefined>;

/** A text that may be left out; an empty text counts as left out. */
export function text(about: string, options?: Common): Optional<string>;
export function text(
  about: string,
  options: Common & ({ fallback: string } | { required: true }),
): Input<string>;
export function text(
  about: string,
  options: Common & { fallback?: string; required?: true } = {},
): Input<string> | Optional<string> {
  return valueInput(about, options, (raw) => raw);
}

/** A point in time, as UNIX seconds or ISO 8601; read as UNIX seconds. */
export function time(about: string, options: Common = {}): Optional<number> {
  return valueInput(about, { placeholder: 'TIME', ...options }, (raw, name) =>
    parseTime(raw, { field: `--${name}` }),
  );
}

/** A duration such as `48h`; read as seconds. */
export function duration(about: string, options: Common & { fallback: string }): Input<number>;
export function duration(about: string, options?: Common): Optional<number>;
export function duration(
  about: string,
  options: Common & { fallback?: string } = {},
): Input<number> | Optional<number> {
  return valueInput(about, { placeholder: 'DURATION', ...options }, (raw, name) =>
    parseDuration(raw, { field: `--${name}` }),
  );
}

/** One of a few values. */
export function choice<const C extends string>(
  about: string,
  choices: readonly C[],
  options: Common & ({ fallback: C } | { required: true }),
): Input<C>;
export function choice<const C extends string>(
  about: string,
  choices: readonly C[],
  options?: Common,
): Optional<C>;
export function choice<const C extends string>(
  about: string,
  choices: readonly C[],
  options: Common & { fallback?: C; required?: true } = {},
): Input<C> | Optional<C> {
  const read = (raw: string, name: string) => readChoice(raw, choices, { field: `--${name}` });
  return { ...valueInput(about, options, read), choices };
}

/** @throws InputError that lists the choices and names the nearest */
export function readChoice<const C extends string>(
  raw: string,
  choices: readonly C[],
  place: { readonly field: string },
): C {
  const found = choices.find((each) => each === raw);
  if (found !== undefined) return found;
  const meant = nearest(raw, choices);
  throw new InputError({
    ...place,
    problem: 'no such choice',
    found: raw,
    expected: `${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}`,
    ...defined({ remedy: meant === undefined ? undefined : `Did you mean ${meant}?` }),
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** A whole number; `1_000_000` and `1,000,000` are read too. */
export function wholeNumber(
  about: string,
  range: Range,
  options: Common & { fallback: string },
): Input<number>;
export function wholeNumber(about: string, range: Range, options?: Common): Optional<number>;
export function wholeNumber(
  about: string,
  range: Range,
  options: Common & { fallback?: string } = {},
): Input<number> | Optional<number> {
  return valueInput(about, { placeholder: 'N', ...options }, (raw, name) => {
    const number = /^\d[\d_,]{0,20}$/.test(raw) ? Number(raw.replaceAll(/[_,]/g, '')) : Number.NaN;
    if (number >= range.from && number <= range.to) return number;
    throw new InputError({
      field: `--${name}`,
      problem: 'not a number in the range',
      found: raw,
      expected: `a whole number from ${range.from} to ${range.to}`,
    });
  });
}

/** A value that the caller's function reads; its error should name the input. */
export function parsed<T>(
  about: string,
  read: (raw: string, name: string) => T,
  options: Common & ({ fallback: string } | { required: true }),
): Input<T>;
export function parsed<T>(
  about: string,
  read: (raw: string, name: string) => T,
  options?: Common,
): Optional<T>;
export function parsed<T>(
  about: string,
  read: (raw: string, name: string) => T,
  options: Common & { fallback?: string; required?: true } = {},
): Input<T> | Optional<T> {
  return valueInput(about, options, read);
}

/** Present or absent. */
export function flag(about: string): Input<boolean> {
  return {
    kind: 'flag',
    about,
    placeholder: '',
    required: false,
    fallback: 'false',
    read: (raw) => raw[0] === 'true',
  };
}

/** May be given several times. */
export function many(about: string, options: Common = {}): Input<readonly string[]> {
  return {
    kind: 'many',
    about,
    placeholder: options.placeholder ?? 'TEXT',
    required: false,
    read: (raw) => raw,
  };
}

function valueInput<T>(
  about: string,
  options: Common & { fallback?: string; required?: true },
  read: (raw: string, name: string) => T,
): Input<T> {
  return {
    kind: 'one',
    about,
    placeholder: options.placeholder ?? 'TEXT',
    required: options.required ?? false,
    ...defined({ fallback: options.fallback }),
    read: (raw, name) => read(raw[0] as string, name),
  };
}
