import { defined } from '../host/defined.ts';
import { parseDuration, parseTime } from '../host/time.ts';

/** One input of a verb: a flag on the command line, an input of its action. */
export interface Input<T> {
  readonly kind: 'flag' | 'one' | 'many';
  /** One line for `--help` and for the table in the action's README. */
  readonly about: string;
  /** What stands for the value in `--help`: `--image REF`. */
  readonly placeholder: string;
  readonly required: boolean;
  /** The default as people read it; for inputs that have one. */
  readonly fallback?: string;
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
export function duration(
  about: string,
  options: Common & { fallback?: string } = {},
): Input<number> | Optional<number> {
  return valueInput(about, { placeholder: 'DURATION', ...options }, (raw, name) =>
    parseDuration(raw, { field: `--${name}` }),
  );
}

/** A value that a function of the caller's reads; its error should name the input. */
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
