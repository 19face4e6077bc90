import { getExecOutput } from '@actions/exec';
import { OutsideError } from './errors.ts';
import { findTool, requireTools } from './tools.ts';

export interface ExecOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
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
  const path = findTool(program) ?? program;
  const env = { ...definedEnv(process.env), ...options.env };
  const { onLine } = options;
  const result = await getExecOutput(`"${path}"`, [...args], {
    silent: true,
    ignoreReturnCode: true,
    env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? {} : { input: Buffer.from(options.input) }),
    ...(onLine === undefined ? {} : { listeners: { stdline: onLine, errline: onLine } }),
  });
  if (!(options.allow ?? [0]).includes(result.exitCode)) {
    const doing = options.doing ?? `running ${[program, ...args].join(' ')}`;
    throw new OutsideError(doing, `exit code ${result.exitCode}${lastLines(result.stderr || result.stdout)}`);
  }
  return result;
}

function definedEnv(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n').slice(-12);
  return lines.join('') === '' ? '' : `\n  ${lines.join('\n  ')}\n`;
}
