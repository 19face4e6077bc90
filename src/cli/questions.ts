import { UsageError } from '../host/errors.ts';

/** Asks a person at a terminal. */
export interface Questions {
  /** @param problemOf says what is wrong with an answer; undefined: it is accepted */
  text(
    message: string,
    options: { readonly suggestion: string; readonly problemOf: (answer: string) => string | undefined },
  ): Promise<string>;
  choose<const C extends string>(
    message: string,
    choices: ReadonlyArray<{ readonly value: C; readonly about: string }>,
  ): Promise<C>;
}

/** Whether a person is there to answer: a pipe, a file and a workflow run never are. */
export function canAsk(env: NodeJS.ProcessEnv): boolean {
  return (
    process.stdin.isTTY === true &&
    process.stderr.isTTY === true &&
    env.TERM !== 'dumb' &&
    (env.CI ?? '') === ''
  );
}

/** Questions on the terminal. They are written to standard error, so that standard output stays the answer. */
export async function askOnTerminal(): Promise<Questions> {
  // Loaded only when somebody is asked.
  const { select, text } = await import('@clack/prompts');
  const output = process.stderr;
  /** Ctrl-C is a symbol. */
  function answered(answer: string | symbol): string {
    if (typeof answer === 'string') return answer;
    throw new UsageError('cancelled, and nothing was written');
  }
  return {
    text: async (message, { suggestion, problemOf }) =>
      answered(
        await text({
          message,
          output,
          ...(suggestion === '' ? {} : { placeholder: suggestion, defaultValue: suggestion }),
          validate: (answer) => problemOf(answer === undefined || answer === '' ? suggestion : answer),
        }),
      ),
    choose: async (message, choices) => {
      const options = choices.map(({ value, about }) => ({ value: value as string, label: about }));
      const answer = answered(await select({ message, output, options }));
      return (
        choices.find(({ value }) => value === answer)?.value ?? (choices[0] as (typeof choices)[0]).value
      );
    },
  };
}
