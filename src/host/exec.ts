import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { defined } from './defined.ts';
import { OutsideError } from './errors.ts';
import { findTool, requireTools } from './tools.ts';

export interface ExecOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** A stream may get its content while the program runs. */
  readonly input?: string | Uint8Array | Readable;
  /** Called with each whole line of both outputs as soon as it is written. */
  readonly onLine?: (line: string) => void;
  /** Exit codes that are an answer, not a failure. Default: only 0. */
  readonly allow?: readonly number[];
  /** What the failure message says was tried. Default: the command line. */
  readonly doing?: string;
  /** The program is ended after this many seconds. Default: no limit. */
  readonly seconds?: number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, without a shell.
 * @throws InputError when the program is not installed
 * @throws OutsideError on any other exit code, with the last lines it printed, and when its time is over
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
  const result = await withinTime(running, options.seconds);
  if (result === undefined) {
    const doing = options.doing ?? `running ${[program, ...args].join(' ')}`;
    throw new OutsideError(doing, `${program} did not end within ${options.seconds} s`);
  }
  const exitCode = result.exitCode ?? undefined;
  if (exitCode === undefined || !(options.allow ?? [0]).includes(exitCode)) {
    const doing = options.doing ?? `running ${[program, ...args].join(' ')}`;
    const end = exitCode === undefined ? (result.signal ?? result.shortMessage) : `exit code ${exitCode}`;
    throw new OutsideError(doing, `${end}${lastLines(result.stderr || result.stdout)}`);
  }
  return { exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** Seconds between asking a program to end and killing it. */
const graceSeconds = 2;

/**
 * Ends a program whose time is over. Its children may keep its output open, so nothing waits for that.
 * @returns undefined if it was ended
 */
async function withinTime<T>(
  running: Promise<T> & Pick<ChildProcess, 'kill' | 'stdout' | 'stderr' | 'exitCode'>,
  seconds: number | undefined,
): Promise<T | undefined> {
  if (seconds === undefined) return running;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      running.kill('SIGTERM');
      setTimeout(() => running.kill('SIGKILL'), graceSeconds * 1000).unref();
      running.stdout?.destroy();
      running.stderr?.destroy();
      resolve(undefined);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([running, over]);
  } finally {
    clearTimeout(timer);
  }
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n').slice(-12);
  return lines.join('') === '' ? '' : `\n  ${lines.join('\n  ')}\n`;
}
