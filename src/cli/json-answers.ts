import { type InputProblem, messageOf } from '../host/errors.ts';
import { type ErrorKind, exitCodeOf, kindOf } from './exit-code.ts';

/** What is printed with --json instead of the answer of a verb that failed. */
export interface ErrorAnswer {
  /** An error about input has its parts too, if they are known. */
  readonly error: Partial<InputProblem> & {
    readonly kind: ErrorKind;
    /** The exit code of the program. */
    readonly exitCode: number;
    /** The whole error, for people. */
    readonly message: string;
  };
}

/** What is printed with --json at the end of a rehearsal (--dry-run). Nothing was written. */
export interface RehearsalAnswer {
  readonly dryRun: true;
  /** What would have been written first. */
  readonly would: string;
}

/** An error, for programs. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const known = { kind: kindOf(error), exitCode: exitCodeOf(error), message: messageOf(error) };
  return { error: { ...known, ...detailsOf(error) } };
}

/** By name, because each chunk of the bundle may have its own copy of a class. */
function detailsOf(error: unknown): Partial<InputProblem> {
  if (!(error instanceof Error) || error.name !== 'InputError') return {};
  return (error as { details?: InputProblem }).details ?? {};
}

/** The end of a rehearsal, for programs. */
export function rehearsalAnswer({ message }: Error): RehearsalAnswer {
  return { dryRun: true, would: message };
}
