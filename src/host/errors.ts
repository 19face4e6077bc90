/** What an error about someone's input says. Every part is optional except `problem`. */
export interface InputProblem {
  /** File, or file:line, or file:line:column. */
  readonly where?: string;
  /** Path of the field inside the file (`fleets.stable.soak`), or the flag (`--image`). */
  readonly field?: string;
  /** One sentence without a final period: what is wrong. */
  readonly problem: string;
  readonly found?: unknown;
  readonly expected?: string;
  /** What to do about it: a full sentence. */
  readonly remedy?: string;
  /** Nothing is wrong with the input: a gate is closed, and the same command may succeed later. */
  readonly notYet?: true;
}

/** The user's input is wrong: exit code 1, nothing was written. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly details: InputProblem;

  constructor(details: InputProblem, options?: ErrorOptions) {
    super(describeProblem(details), options);
    this.details = details;
  }
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something outside failed (network, registry, another program). Running again is safe. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';

  /**
   * @param tried what was attempted, as a gerund phrase: `pushing 127.0.0.1:5000/os:key-…`
   * @param happened what came back instead
   * @param remedy a full sentence; by default that a re-run is safe
   */
  constructor(
    tried: string,
    happened: string,
    remedy = 'Running the same command again is safe.',
    options?: ErrorOptions,
  ) {
    super(`${tried} failed: ${happened}. ${remedy}`, options);
  }
}

function describeProblem(details: InputProblem): string {
  const place = [details.where, details.field].filter((part) => part !== undefined).join(': ');
  const facts = [
    details.found === undefined ? undefined : `found ${quote(details.found)}`,
    details.expected === undefined ? undefined : `expected ${details.expected}`,
  ].filter((part) => part !== undefined);
  const sentence = [details.problem, ...facts].join(', ');
  return `${place === '' ? '' : `${place}: `}${sentence}.${details.remedy === undefined ? '' : ` ${details.remedy}`}`;
}

/** Renders a found value so that its type is visible, and short. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 197)}…` : text;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
