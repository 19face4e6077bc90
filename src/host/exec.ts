import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { onInterrupt } from './cleanup.ts';
import { defined } from './defined.ts';
import { messageOf, OutsideError } from './errors.ts';
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
  const { onLine, input, seconds } = options;
  const doing = options.doing ?? `running ${[program, ...args].join(' ')}`;
  const child = spawn(findTool(program) ?? program, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...defined({ cwd: options.cwd }),
  }) as ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };
  const forget = endWithUs(child);
  try {
    const result = await withinTime(child, seconds, runToEnd(child, input, onLine));
    if (result === undefined) throw new OutsideError(doing, `${program} did not end within ${seconds} s`);
    const { exitCode, end, stdout, stderr } = result;
    if (exitCode === undefined || !(options.allow ?? [0]).includes(exitCode)) {
      throw new OutsideError(doing, `${end}${lastLines(stderr || stdout)}`);
    }
    return { exitCode, stdout, stderr };
  } finally {
    forget();
  }
}

interface Ended extends Omit<ExecResult, 'exitCode'> {
  /** undefined if a signal ended it, or it was not run to its end. */
  readonly exitCode: number | undefined;
  /** How it ended, for an error. */
  readonly end: string;
}

/** More output than this would fill the memory. */
const maximumBytes = 100_000_000;

/** @returns when the program has ended and its output is closed */
function runToEnd(
  child: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable },
  input: ExecOptions['input'],
  onLine: ExecOptions['onLine'],
): Promise<Ended> {
  let failure: string | undefined;
  const fail = (problem: string) => {
    failure ??= problem;
    child.kill();
  };
  const read = (stream: Readable): Buffer[] => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maximumBytes) fail(`it printed more than ${maximumBytes} bytes`);
      else chunks.push(chunk);
    });
    if (onLine !== undefined) createInterface({ input: stream }).on('line', onLine);
    return chunks;
  };
  const [stdout, stderr] = [read(child.stdout), read(child.stderr)];
  if (child.stdin !== null && input !== undefined) {
    // A program may end without reading its input.
    child.stdin.on('error', () => {});
    if (input instanceof Readable) {
      input.once('error', (error) => fail(messageOf(error)));
      input.pipe(child.stdin);
    } else child.stdin.end(input);
  }
  return new Promise((resolve) => {
    const textOf = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
    const settle = (exitCode: number | undefined, end: string) =>
      resolve({ exitCode, end, stdout: textOf(stdout), stderr: textOf(stderr) });
    child.once('error', (error) => settle(undefined, messageOf(error)));
    child.once('close', (code, signal) => {
      if (failure !== undefined) settle(undefined, failure);
      else settle(code ?? undefined, code === null ? String(signal) : `exit code ${code}`);
    });
  });
}

const running = new Set<ChildProcess>();

/** The program is ended when this process ends before it. @returns a function to call when it has ended */
function endWithUs(child: ChildProcess): () => void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  const forget = onInterrupt(() => {
    child.kill();
  });
  return () => {
    forget();
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  };
}

function endAll(): void {
  for (const child of running) child.kill();
}

/** Seconds between asking a program to end and killing it. */
const graceSeconds = 2;

/**
 * Ends a program whose time is over. Its children may keep its output open, so nothing waits for that.
 * @returns undefined if it was ended
 */
async function withinTime<T>(
  child: ChildProcess,
  seconds: number | undefined,
  ended: Promise<T>,
): Promise<T | undefined> {
  if (seconds === undefined) return ended;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), graceSeconds * 1000).unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(undefined);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([ended, over]);
  } finally {
    clearTimeout(timer);
  }
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n').slice(-12);
  return lines.join('') === '' ? '' : `\n  ${lines.join('\n  ')}\n`;
}
