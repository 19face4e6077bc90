import { defined } from '../../host/defined.ts';
import { InputError, type InputProblem } from '../../host/errors.ts';

/** Something in a checkout that would fail, or be ignored, later. */
export interface Finding {
  /** Name of the check. */
  readonly check: string;
  /** `error`: a run would fail, or do something unintended. */
  readonly severity: 'error' | 'warning';
  /** `path`, `path:line` or `path:line:column`, relative to the top of the checkout. */
  readonly where: string;
  /** A sentence. */
  readonly message: string;
  /** What to do about it: a sentence. */
  readonly remedy?: string;
}

/** A finding, before the check's name is known. */
export type Found = Omit<Finding, 'check'>;

/** The problem as a finding. @param fallback the place, if the problem names none */
export function errorOf(problem: InputProblem, fallback: string): Found {
  const { where, remedy, ...rest } = problem;
  return {
    severity: 'error',
    where: where ?? fallback,
    message: new InputError(rest).message,
    ...defined({ remedy }),
  };
}

/** What a function throws about bad input, as findings; none if it throws nothing. */
export function errorsOf(fallback: string, judge: () => void): Found[] {
  try {
    judge();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [errorOf(error.details, fallback)];
  }
}
