import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { requirePrinted } from './answers.ts';
import { cliFolder } from './build-cli.ts';

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** SIGKILL after this many milliseconds, also to children. */
  readonly killAfter?: number;
  /** SIGKILL once it settles, children included. */
  readonly killWhen?: Promise<unknown>;
  /** Ctrl-C once the error output has this. */
  readonly interruptOn?: RegExp;
}

/** Runs the built program as a user would: `cli(['watch-base'], { cwd })`. */
export function cli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(cliFolder, 'main.mjs'), ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      if (interrupted || options.interruptOn?.test(stderr) !== true) return;
      interrupted = true;
      process.kill(child.pid as number, 'SIGINT');
    });
    const kill = () => {
      try {
        process.kill(-(child.pid as number), 'SIGKILL');
      } catch {
        // it ended just now
      }
    };
    const timer = options.killAfter === undefined ? undefined : setTimeout(kill, options.killAfter);
    options.killWhen?.then(kill, reject);
    child.once('error', reject);
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      try {
        if (exitCode !== null && args.includes('--json')) requirePrinted(args, stdout);
        resolve({ exitCode, stdout, stderr });
      } catch (error) {
        reject(error);
      }
    });
  });
}
