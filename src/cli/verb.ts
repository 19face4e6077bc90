import type { Annotation } from '../host/annotation.ts';
import type { Log } from '../host/log.ts';
import type { Inputs, Values } from './inputs.ts';

/** What every verb gets besides its inputs. */
export interface Context {
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  /** Current time in UNIX seconds; `--now` replaces it in rehearsals. */
  readonly now: () => number;
  /** Standard output is for the answer as JSON alone; what a verb writes meanwhile goes to standard error. */
  readonly json?: boolean;
}

/** The answer of a verb. */
export interface Outcome<D = unknown> {
  /** For `--json` and for outputs of the action. */
  readonly data: D;
  /** For people, on standard output. */
  readonly text: string;
  /** The same for the job summary of a workflow run, as Markdown, with a heading of level 3. */
  readonly summary?: string;
  /** What a workflow run shows beside files of the checkout. */
  readonly annotations?: readonly Annotation[];
  /** Environment that later steps of the job get. */
  readonly environment?: Readonly<Record<string, string>>;
  /** 1: the verb worked and the answer is "no" (a test failed, a gate is red). 3: a part of it failed outside. */
  readonly exitCode?: 0 | 1 | 3;
}

/** One output of a verb's action. */
export interface Output<D> {
  /** One line for the table in the action's README. */
  readonly about: string;
  /** undefined is written as an empty text. */
  of(data: D): string | number | boolean | undefined;
}

export type Outputs<D = unknown> = Readonly<Record<string, Output<D>>>;

/** What the action of a verb has besides the verb's inputs and outputs. */
export interface ActionTraits {
  /** The machine is set up first (set-up-host). */
  readonly setUp?: boolean;
  /** It calls GitHub: an input `token`. */
  readonly token?: boolean;
}

/** A verb: one file in src/verbs/, its default export. */
export interface Verb<I extends Inputs = Inputs, D = unknown> {
  /** One line, starting with a verb in the imperative. */
  readonly summary: string;
  /** More for `--help`: a paragraph, examples. */
  readonly about?: string;
  readonly inputs: I;
  /** It writes something, and ends before its first write with --dry-run (host/dry-run.ts). A verb with an input of that name knows more. */
  readonly writes?: true;
  /** It reads files of images. If we are not root, the program is run again as root (host/root.ts). */
  readonly asRoot?: true | ((env: NodeJS.ProcessEnv) => boolean);
  run(inputs: Values<I>, context: Context): Promise<Outcome<D>>;
  /** Absent: the verb has no action. */
  readonly action?: ActionTraits;
  /** What later steps of a workflow can use; written after `run`, because the types come from its answer. */
  readonly outputs?: Outputs<D>;
}

/** Defines a verb and keeps the types of its inputs and of its answer. */
export function defineVerb<const I extends Inputs, D>(verb: Verb<I, D>): Verb<I> {
  return verb;
}

/** Whether a verb reads files of images in this run. */
export function needsRoot({ asRoot }: Pick<Verb, 'asRoot'>, env: NodeJS.ProcessEnv): boolean {
  return typeof asRoot === 'function' ? asRoot(env) : asRoot === true;
}
