import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { onInterrupt } from './cleanup.ts';
import { defined } from './defined.ts';
import { findTool, requireTools } from './tools.ts';

export interface LongProcess {
  readonly pid: number;
  /** Settles when the process has ended, with its exit code (null when a signal ended it). */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGTERM, then SIGKILL after the grace time. Settles when the process is gone. */
  stop(graceMilliseconds?: number): Promise<void>;
}

/**
 * Starts a program that outlives this call (a registry, a virtual machine), and writes its output to a file. It is
 * stopped on Ctrl-C and SIGTERM of this process, and killed when this process is; otherwise the caller stops it.
 * @throws InputError when the program is not installed
 */
export async function startProcess(
  program: string,
  args: readonly string[],
  options: {
    readonly logFile: string;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<LongProcess> {
  requireTools([program]);
  const log = openSync(options.logFile, 'a');
  const path = findTool(program) ?? program;
  // If we are killed we cannot end it, so the kernel does. setpriv keeps the process id.
  const dyingWithUs = findTool('setpriv');
  const [file, ...prefix] =
    dyingWithUs === undefined ? [path] : [dyingWithUs, '--pdeathsig', 'KILL', '--', path];
  // It has its own session, so that a Ctrl-C at the terminal reaches only us, and we stop it in the right order.
  const child = spawn(file as string, [...prefix, ...args], {
    stdio: ['ignore', log, log],
    detached: true,
    env: { ...process.env, ...options.env },
    ...defined({ cwd: options.cwd }),
  });
  closeSync(log);
  let gone = false;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      gone = true;
      forget();
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const stop = async (graceMilliseconds = 5_000): Promise<void> => {
    if (gone) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
    await ended;
    clearTimeout(timer);
  };
  const forget = onInterrupt(() => stop(1_000));
  return { pid: child.pid as number, ended, stop };
}
