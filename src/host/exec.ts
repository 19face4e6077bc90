import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { defined } from './defined.ts';
import { OutsideError } from './errors.ts';
import { findTool, requireTools } from './tools.ts';

export interface ExecOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Called with each full line of either output as it comes. */
  readonly onLine?: (line: string) => void;
  /** Exit codes that are an answer, not a failure. Default: only 0. */
  readonly allow?: readonly number[];
  /** What the failure message says was tried. Default: the command line. */
  readonly doing?: string;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, without a shell.
 * @throws InputError when the program is not installed
 * @throws OutsideError on any other exit code, with the last lines it printed
 */
export async function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  requireTools([program]);
  const running = execa(findTool(program) ?? program, args, {
    reject: false,
    stripFinalNewline: false,
    ...defined({ env: options.env, cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  });
  const { onLine } = options;
  if (onLine !== undefined) {
    for (const stream of [running.stdout, running.stderr]) {
      createInterface({ input: stream }).on('line', onLine);
    }
  }
  const result = await running;
  const exitCode = result.exitCode ?? undefined;
  if (exitCode === undefined || !(options.allow ?? [0]).includes(exitCode)) {
    const doing = options.doing ?? `running ${[program, ...args].join(' ')}`;
    const end = exitCode === undefined ? (result.signal ?? result.shortMessage) : `exit code ${exitCode}`;
    throw new OutsideError(doing, `${end}${lastLines(result.stderr || result.stdout)}`);
  }
  return { exitCode, stdout: result.stdout, stderr: result.stderr };
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n').slice(-12);
  return lines.join('') === '' ? '' : `\n  ${lines.join('\n  ')}\n`;
}
