import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { definedVariables } from '../host/defined.ts';
import { messageOf, OutsideError } from '../host/errors.ts';
import type { ExecOptions } from '../host/exec.ts';
import { findTool, requireTools } from '../host/tools.ts';

/**
 * Runs a program that gets no input, and shows each line of its output as it comes. It is GitHub's own
 * `@actions/exec`, started through a shell that closes the input, because version 3.0.0 has these faults:
 * - Without input it leaves the program's standard input open, so a program that asks a question waits forever. With
 *   input, also an empty one, this process crashes if the program ends without reading it.
 * - It reads its first parameter as a command line, so a path with a space would be two words.
 * - Its listeners for lines never get a last line without a line break. Those for data do.
 * @returns the exit code
 * @throws InputError if the program is not installed
 * @throws OutsideError on any exit code that is not allowed, with the last lines that the program printed
 */
export async function execLive(
  program: string,
  args: readonly string[],
  options: Pick<ExecOptions, 'env' | 'allow'> & { readonly onLine: (line: string) => void },
): Promise<number> {
  requireTools([program]);
  const output = new PassThrough();
  const last: string[] = [];
  const lines = createInterface({ input: output }).on('line', (line) => {
    options.onLine(line);
    last.push(line);
    if (last.length > 12) last.shift();
  });
  const end = once(lines, 'close');
  const doing = `running ${[program, ...args].join(' ')}`;
  const { exec } = await import('@actions/exec');
  const show = (data: Buffer) => output.write(data);
  let exitCode: number | null;
  // The form that GitHub's page shows as a command.
  options.onLine(`[command]${[program, ...args].join(' ')}`);
  try {
    exitCode = await exec(
      '/bin/sh',
      ['-c', 'exec "$0" "$@" </dev/null', findTool(program) as string, ...args],
      {
        env: { ...definedVariables(process.env), ...options.env },
        ignoreReturnCode: true,
        silent: true,
        listeners: { stdout: show, stderr: show },
      },
    );
  } catch (error) {
    throw new OutsideError(doing, messageOf(error));
  } finally {
    output.end();
    await end;
  }
  // Its type has no null, but a program that a signal ended has no exit code.
  if (exitCode === null || !(options.allow ?? [0]).includes(exitCode)) {
    const how = exitCode === null ? 'it was ended by a signal' : `exit code ${exitCode}`;
    throw new OutsideError(doing, [how, ...last.map((line) => `  ${line}`)].join('\n'));
  }
  return exitCode;
}
