import { readArguments } from '../../src/cli/arguments.ts';
import { commandLineInputs, withForgeInputs } from '../../src/cli/directory.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { messageOf } from '../../src/host/errors.ts';
import { createLog } from '../../src/host/log.ts';
import type { CliResult } from './cli.ts';

/**
 * Runs a verb in this process and answers as program.ts does: for tests of what a verb says, if a process of its own adds
 * nothing but the time of its start. What program.ts itself does is tested with `cli` (cli.ts).
 * @param args without the verb and without --directory
 * @param directory the checkout
 */
export async function inProcess(verb: Verb, args: readonly string[], directory: string): Promise<CliResult> {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) > 0 };
  const stderr = () => written.join('');
  try {
    const values = readArguments(commandLineInputs(verb), [...args, '--directory', directory]);
    const outcome = await verb.run(values, {
      log: createLog({ stream: stream as unknown as NodeJS.WriteStream }),
      env: withForgeInputs(process.env, values),
      now: () => Math.floor(Date.now() / 1000),
    });
    return { exitCode: outcome.exitCode ?? 0, stdout: outcome.text, stderr: stderr() };
  } catch (error) {
    // A defect shows its stack, which no message may have.
    const code = exitCodeOf(error);
    const stack = code === 70 && error instanceof Error ? `\n${error.stack}` : '';
    return { exitCode: code, stdout: '', stderr: `${stderr()}error: ${messageOf(error)}${stack}\n` };
  }
}
