import type { Log } from '../host/log.ts';
import type { Inputs, Values } from './inputs.ts';

/** What every verb is given besides its inputs. */
export interface Context {
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  /** Current time in UNIX seconds; `--now` replaces it in rehearsals. */
  readonly now: () => number;
}

/** What a verb answers. */
export interface Outcome {
  /** For `--json` and for outputs of the action. */
  readonly data: unknown;
  /** For people, on standard output. */
  readonly text: string;
  /** 1 when the verb worked and the answer is "no" (a test failed, a gate is red). */
  readonly exitCode?: 0 | 1;
}

/** A verb: one file in src/verbs/, its default export. */
export interface Verb<I extends Inputs = Inputs> {
  /** One line, starting with a verb in the imperative. */
  readonly summary: string;
  /** More for `--help`: a paragraph, examples. */
  readonly about?: string;
  readonly inputs: I;
  run(inputs: Values<I>, context: Context): Promise<Outcome>;
}

/** Keeps the types of the inputs while a verb is written down. */
export function defineVerb<const I extends Inputs>(verb: Verb<I>): Verb<I> {
  return verb;
}
