import { defined } from '../../host/defined.ts';
import type { InputProblem } from '../../host/errors.ts';
import { InputError, quote } from '../../host/errors.ts';

/** What lint found at one place. An error must not be published; a warning should be checked by a person. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Name of the rule, kebab-case. */
  readonly rule: string;
  /** `file:line:column`, or only the file if no place in it is known. */
  readonly where: string;
  /** A sentence without a final period. */
  readonly message: string;
  /** What to do: full sentences. */
  readonly remedy?: string;
}

/** A problem that a schema or parser found, as an error. */
export function findingOf(rule: string, problem: InputProblem, file: string): Finding {
  const facts = [
    problem.found === undefined ? undefined : `found ${quote(problem.found)}`,
    problem.expected === undefined ? undefined : `expected ${problem.expected}`,
  ].filter((fact) => fact !== undefined);
  const field = problem.field === undefined ? '' : `${problem.field}: `;
  return {
    severity: 'error',
    rule,
    where: problem.where ?? file,
    message: `${field}${[problem.problem, ...facts].join(', ')}`,
    ...defined({ remedy: problem.remedy }),
  };
}

/** Runs a parser; what it refuses becomes a finding. */
export function tryTo<T>(
  rule: string,
  file: string,
  work: () => T,
): { readonly value?: T; readonly findings: Finding[] } {
  try {
    return { value: work(), findings: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { findings: [findingOf(rule, error.details, file)] };
  }
}
