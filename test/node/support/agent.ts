import { realpathSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findZincati as findProgram, stockSettings } from '../../../src/demo/base-agent.ts';
import { defaultCacheFolder } from '../../../src/demo/base-images.ts';
import { cannotRunMachines, type Machine } from './machine.ts';

/** The real Zincati: $ZINCATI, or the one that `script/rust-tools zincati` built. */
export const findZincati = () => findProgram(defaultCacheFolder());

/** Why Zincati cannot run here; undefined if it can. */
export function whyNoAgent(): string | undefined {
  if (cannotRunMachines !== undefined) return cannotRunMachines;
  return findZincati() === undefined
    ? 'no Zincati here (script/rust-tools zincati, or ZINCATI=PATH)'
    : undefined;
}

/** Zincati has no --version, and its agent says its version only to its own user: the folder of the build names it. */
export function zincatiVersion(program: string): string {
  return /\/zincati-(\d[\d.]*)\//.exec(realpathSync(program))?.[1] ?? `of unknown version (${program})`;
}

export async function installZincati(machine: Machine, program: string): Promise<void> {
  const place = join(machine.root, 'own-usr/libexec/zincati');
  await mkdir(dirname(place), { recursive: true });
  await copyFile(program, place);
  await chmod(place, 0o755);
  for (const [name, text] of Object.entries(stockSettings)) {
    await machine.write(`own-usr/lib/zincati/config.d/${name}`, text);
  }
}

/** Runs the agent until it rests for the given number of times, and ends it. @returns its log */
export async function runAgent(machine: Machine, rests = 1): Promise<string> {
  const child = machine.spawn(['/usr/libexec/zincati', 'agent', '-vvv']);
  let log = '';
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    const deadline = setTimeout(() => child.kill('SIGKILL'), 45_000);
    child.once('close', () => clearTimeout(deadline));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
      const seen = log.split('scheduling next agent refresh').length - 1;
      if (seen >= rests) child.kill('SIGTERM');
    });
  });
  await ended;
  return log;
}

/** What the agent did, in one line, from its log. */
export function outcomeOf(log: string): string {
  const staged = /update staged: (\S+)/.exec(log)?.[1];
  if (/update applied, waiting for reboot: (\S+)/.test(log) && staged !== undefined)
    return `update to ${staged}`;
  if (staged !== undefined) return `staged ${staged}`;
  if (/abandoned and blocked deployment/.test(log)) return 'abandoned';
  if (/failed to confirm stream/.test(log)) return 'not confirmed';
  if (/failed to stage deployment/.test(log)) return 'refused by rpm-ostree';
  if (/not found in the update graph/.test(log)) return 'not found';
  if (/failed to check Cincinnati/.test(log)) return 'error';
  const deadend = /detected as dead-end, reason: (.*)/.exec(log)?.[1];
  if (deadend !== undefined) return `dead-end: ${deadend}`;
  return /scheduling next agent refresh/.test(log) ? 'stays' : 'did not start';
}
