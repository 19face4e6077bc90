/** What the program's exit code means: one list, which the help shows too. In a workflow run a step only passes or fails. */
export const exitCodes = {
  done: { code: 0, about: 'done' },
  refused: { code: 1, about: 'refused: bad input, or the answer is no (findings, a failed test)' },
  usage: { code: 2, about: 'wrong usage of the command line' },
  outside: { code: 3, about: 'something outside failed (network, registry, another program): try again' },
  notReady: { code: 4, about: 'not ready: the fleet is held or frozen; the same command may succeed later' },
  // EX_SOFTWARE of sysexits(3).
  defect: { code: 70, about: 'a defect in coxswain' },
} as const;

export type ErrorKind = 'input' | 'usage' | 'outside' | 'not-ready' | 'defect';

const kinds: Readonly<Record<string, 'input' | 'usage' | 'outside'>> = {
  InputError: 'input',
  UsageError: 'usage',
  OutsideError: 'outside',
};

/** What kind of error was thrown. By name, because each chunk of the bundle may have its own copy of a class. */
export function kindOf(error: unknown): ErrorKind {
  if (!(error instanceof Error) || !Object.hasOwn(kinds, error.name)) return 'defect';
  return isNotYet(error) ? 'not-ready' : (kinds[error.name] as ErrorKind);
}

function isNotYet(error: Error): boolean {
  const { details } = error as { details?: { notYet?: unknown } };
  return details?.notYet === true;
}

const codes: Readonly<Record<ErrorKind, number>> = {
  input: exitCodes.refused.code,
  usage: exitCodes.usage.code,
  outside: exitCodes.outside.code,
  'not-ready': exitCodes.notReady.code,
  defect: exitCodes.defect.code,
};

/** The exit code for something that was thrown. */
export function exitCodeOf(error: unknown): number {
  return codes[kindOf(error)];
}
