import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onInterrupt } from '../host/cleanup.ts';
import { InputError, OutsideError } from '../host/errors.ts';
import { styled } from '../host/log.ts';

/** One row of the table at the end. */
export interface Step {
  readonly name: string;
  readonly what: string;
  readonly seconds: number;
}

/** Shows commands as a user would type them, and their output line by line. */
export interface Stage {
  readonly steps: readonly Step[];
  chapter(title: string): void;
  note(text: string): void;
  /** Measures one step of the story; `what` is its text in the table. */
  step<T>(name: string, work: () => Promise<{ readonly what: string; readonly value: T }>): Promise<T>;
  /** Runs a command and shows it. @throws OutsideError on an exit code that is not expected */
  command(
    shown: string,
    program: string,
    args: readonly string[],
    options: CommandOptions,
  ): Promise<CommandResult>;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that the story expects. Default: only 0. */
  readonly expect?: readonly number[];
  /** The command's own output is not shown. */
  readonly silent?: boolean;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** A stage that writes to one stream, for people. */
export function createStage(stream: NodeJS.WriteStream): Stage {
  const steps: Step[] = [];
  const write = (line: string) => stream.write(`${line}\n`);
  return {
    steps,
    chapter: (title) =>
      write(`\n${styled('bold', `── ${title} ${'─'.repeat(Math.max(3, 76 - title.length))}`, stream)}`),
    note: (text) => write(text),
    step: async (name, work) => {
      const started = performance.now();
      const { what, value } = await work();
      steps.push({ name, what, seconds: (performance.now() - started) / 1000 });
      return value;
    },
    command: async (shown, program, args, options) => {
      write(styled('cyan', `$ ${shown}`, stream));
      const result = await runShowing(program, args, options, (line) => {
        if (!options.silent) write(styled('dim', `  ${line}`, stream));
      });
      if (!(options.expect ?? [0]).includes(result.exitCode)) {
        throw new OutsideError(
          shown,
          `exit code ${result.exitCode}${options.silent ? `\n${result.output}` : ', see above'}`,
        );
      }
      return result;
    },
  };
}

async function runShowing(
  program: string,
  args: readonly string[],
  options: CommandOptions,
  show: (line: string) => void,
): Promise<CommandResult> {
  const child = spawn(program, [...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      show(line);
    });
  }
  const closed = new Promise<number>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new InputError({ problem: `cannot run ${program}: ${error.message}` })),
    );
    child.once('close', (code) => resolve(code ?? 1));
  });
  const forget = onInterrupt(async () => {
    child.kill('SIGTERM');
    await closed;
  });
  try {
    return { exitCode: await closed, output: lines.join('\n') };
  } finally {
    forget();
  }
}
