import type { Input, Inputs } from '../inputs.ts';

/** One proposal for the word under the cursor. */
export interface Candidate {
  readonly value: string;
  /** One line, for shells that show it. */
  readonly about: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** The shell should propose files too. */
  readonly files: boolean;
}

/** What completion asks about the program and the checkout. */
export interface CompletionSources {
  /** Verbs, with their summaries. */
  verbs(): Promise<readonly Candidate[]>;
  /** The inputs of a verb on the command line; undefined if there is no such verb. */
  inputsOf(verb: string): Promise<Inputs | undefined>;
  /** The inputs that the verb accepts without their flag, in order. */
  positionals(inputs: Inputs): readonly string[];
  /** Fleets of the checkout in this folder. */
  fleets(directory: string): Promise<readonly string[]>;
  /** Versions of a fleet, or of all fleets, newest first. */
  versions(directory: string, fleet: string | undefined): Promise<readonly string[]>;
}

const nothing: Completion = { candidates: [], files: false };

/**
 * Proposes completions for the last word of a command line.
 * @param given the words after the program's name, the unfinished one last. A shell that splits words at `=` (bash) may
 *   pass `--fleet`, `=`, `st`
 */
export async function complete(given: readonly string[], sources: CompletionSources): Promise<Completion> {
  const [verb = '', ...rest] = given;
  if (given.length <= 1) return words(verb, await sources.verbs());
  const known = verb === 'help' ? undefined : await sources.inputsOf(verb);
  if (known === undefined) {
    const isHelp = verb === 'help' && rest.length === 1;
    return isHelp ? words(rest[0] ?? '', await sources.verbs()) : nothing;
  }
  const last = rest.at(-1) === '=' ? '' : (rest.at(-1) ?? '');
  const line = readLine(
    rest.slice(0, -1).filter((word) => word !== '='),
    known,
  );
  const [, name, start] = /^--([\w-]+)=(.*)$/s.exec(last) ?? [];
  if (name !== undefined && start !== undefined) {
    const found = await valuesOf(name, known, start, line, sources);
    return {
      ...found,
      candidates: found.candidates.map((each) => ({ ...each, value: `--${name}=${each.value}` })),
    };
  }
  if (line.open !== undefined) return valuesOf(line.open, known, last, line, sources);
  if (last.startsWith('-')) return flags(last, known, line.given);
  const places = sources.positionals(known).filter((place) => !line.given.has(place));
  const place = places[line.strayCount] ?? places.findLast((each) => known[each]?.kind === 'many');
  const values = place === undefined ? nothing : await valuesOf(place, known, last, line, sources);
  return values.candidates.length > 0 || last !== '' ? values : flags(last, known, line.given);
}

interface Line {
  /** Flags that were given, with their last value. */
  readonly given: ReadonlyMap<string, string>;
  /** The flag that waits for its value. */
  readonly open: string | undefined;
  readonly stray: readonly string[];
  readonly strayCount: number;
}

function readLine(done: readonly string[], inputs: Inputs): Line {
  const given = new Map<string, string>();
  const stray: string[] = [];
  let open: string | undefined;
  for (const word of done) {
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (open !== undefined) {
      given.set(open, word);
      open = undefined;
    } else if (name === undefined) stray.push(word);
    else if (value !== undefined || inputs[name]?.kind === 'flag') given.set(name, value ?? '');
    else open = name;
  }
  return { given, open, stray, strayCount: stray.length };
}

async function valuesOf(
  name: string,
  inputs: Inputs,
  start: string,
  line: Line,
  sources: CompletionSources,
): Promise<Completion> {
  const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (input === undefined) return nothing;
  const directory = line.given.get('directory') ?? '.';
  const values = async (): Promise<readonly string[]> => {
    if (input.choices !== undefined) return input.choices;
    if (name === 'fleet') return sources.fleets(directory);
    const [first] = sources.positionals(inputs)[0] === 'fleet' ? line.stray : [];
    return name === 'version' ? sources.versions(directory, line.given.get('fleet') ?? first) : [];
  };
  const found = (await values()).map((value) => ({ value, about: input.about }));
  return { ...words(start, found), files: found.length === 0 && takesFiles(input) };
}

function takesFiles({ placeholder }: Input<unknown>): boolean {
  return /FILE|FOLDER|DIR/.test(placeholder);
}

/** Flags that may still be given. */
function flags(start: string, inputs: Inputs, given: ReadonlyMap<string, string>): Completion {
  const open = Object.entries(inputs).filter(([name, { kind }]) => kind === 'many' || !given.has(name));
  return words(
    start,
    open.map(([name, { about }]) => ({ value: `--${name}`, about })),
  );
}

function words(start: string, all: readonly Candidate[]): Completion {
  return { candidates: all.filter(({ value }) => value.startsWith(start)), files: false };
}
