import { InputError } from '../host/errors.ts';
import { type ExecOptions, type ExecResult, exec } from '../host/exec.ts';
import { findTool } from '../host/tools.ts';
import { execLive } from './exec-live.ts';

/** True if commands can run as root without a question: as root, or by a sudo that asks for no password. */
export async function canBeRoot(): Promise<boolean> {
  if (process.getuid?.() === 0) return true;
  if (findTool('sudo') === undefined) return false;
  return (await exec('sudo', ['-n', 'true'], { allow: [0, 1] })).exitCode === 0;
}

/** Runs a program as root. @throws InputError if this user cannot */
export async function asRoot(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const command = await commandAsRoot(program, args, options.env);
  return exec(command.program, command.args, options);
}

/** The same for a program that takes long: people see its output as it comes. @returns the exit code */
export async function asRootLive(
  program: string,
  args: readonly string[],
  options: Parameters<typeof execLive>[2],
): Promise<number> {
  const command = await commandAsRoot(program, args, options.env);
  return execLive(command.program, command.args, options);
}

async function commandAsRoot(program: string, args: readonly string[], env: ExecOptions['env'] = {}) {
  if (process.getuid?.() === 0) return { program, args };
  if (!(await canBeRoot())) {
    throw new InputError({
      problem: `this user may not become root, and ${program} has to run as root`,
      remedy:
        'Allow sudo without a password, or prepare the machine beforehand: coxswain set-up-host as root.',
    });
  }
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return { program: 'sudo', args: ['-n', 'env', ...variables, findTool(program) ?? program, ...args] };
}
