/** What the program's exit code means: one list, which the help shows too. In a workflow run a step only passes or fails. */
export const exitCodes = {
  done: { code: 0, about: 'done' },
  refused: { code: 1, about: 'refused: bad input, or the answer is no (findings, a failed test)' },
  usage: { code: 2, about: 'wrong usage of the command line' },
  outside: { code: 3, about: 'something outside failed (network, registry, another program): try again' },
  // EX_SOFTWARE of sysexits(3).
  defect: { code: 70, about: 'a defect in coxswain' },
} as const;

export type ErrorKind = 'input' | 'usage' | 'outside' | 'defect';

const kinds: Readonly<Record<string, Exclude<ErrorKind, 'defect'>>> = {
  InputError: 'input',
  UsageError: 'usage',
  OutsideError: 'outside',
};

/** What kind of error was thrown. By name, because each chunk of the bundle may have its own copy of a class. */
export function kindOf(error: unknown): ErrorKind {
  return error instanceof Error && Object.hasOwn(kinds, error.name)
    ? (kinds[error.name] as ErrorKind)
    : 'defect';
}

/** The exit code for something that was thrown. */
export function exitCodeOf(error: unknown): number {
  const kind = kindOf(error);
  return exitCodes[kind === 'input' ? 'refused' : kind].code;
}
