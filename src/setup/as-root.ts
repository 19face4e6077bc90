import { InputError } from '../host/errors.ts';
import { type ExecOptions, type ExecResult, exec } from '../host/exec.ts';
import { findTool } from '../host/tools.ts';

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
  if (process.getuid?.() === 0) return exec(program, args, options);
  if (!(await canBeRoot())) {
    throw new InputError({
      problem: `this user may not become root, and ${program} has to run as root`,
      remedy:
        'Allow sudo without a password, or prepare the machine beforehand: coxswain set-up-host as root.',
    });
  }
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return exec('sudo', ['-n', 'env', ...env, findTool(program) ?? program, ...args], options);
}
