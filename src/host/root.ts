import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeSignals } from './cleanup.ts';
import { readContainerStorage } from './container-storage.ts';
import { InputError, messageOf } from './errors.ts';
import { exec } from './exec.ts';
import { findTool, requireTools } from './tools.ts';

// The files of an image belong to many users; only root sees them as they are. Root of a user namespace is enough.
// Every user with subordinate IDs can become that. Otherwise sudo, if it asks for no password.

/** Set in the environment of the second run, so that there is never a third. */
const secondRun = 'COXSWAIN_RUNS_AS_ROOT';

/** How this user becomes root: what to put in front of a command. */
export interface WayToRoot {
  readonly kind: 'namespace' | 'sudo';
  readonly command: readonly string[];
}

/** What was found out about this machine; `problem` says why this method does not work. */
export interface Probed {
  readonly namespace: { readonly problem: string } | { readonly storageDriver: string };
  readonly sudo: { readonly problem: string } | 'works';
}

/**
 * A user namespace rather than sudo: what is written then belongs to the user. But sudo is better if buildah can only
 * copy whole file systems in a user namespace (storage driver vfs).
 * @throws InputError that says why neither works
 */
export function chooseWay({ namespace, sudo }: Probed, user: string): WayToRoot {
  const inNamespace: WayToRoot = { kind: 'namespace', command: ['buildah', 'unshare'] };
  if ('storageDriver' in namespace && (namespace.storageDriver !== 'vfs' || sudo !== 'works')) {
    return inNamespace;
  }
  if (sudo === 'works') return { kind: 'sudo', command: ['sudo', '-n', '--preserve-env'] };
  const problems = [
    `buildah unshare: ${'problem' in namespace ? namespace.problem : 'works'}`,
    `sudo: ${sudo.problem}`,
  ];
  throw new InputError({
    problem: `the files of an image are seen as they are by root only, and ${user} cannot become root here (${problems.join('; ')})`,
    remedy: `Give ${user} subordinate IDs (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}; package uidmap), allow it sudo without a password, or run this as root.`,
  });
}

/**
 * If this process is not root, runs its own command line again as root, and returns the exit code of that run.
 * @returns undefined if this process is root: continue
 * @throws InputError when this user cannot become root
 */
export async function runAgainAsRoot(): Promise<number | undefined> {
  if (process.getuid?.() === 0) return undefined;
  if (process.env[secondRun] !== undefined) {
    throw new InputError({ problem: `${process.env[secondRun]} was to make this process root, and did not` });
  }
  requireTools(['buildah']);
  const way = chooseWay(await probe(), userInfo().username);
  const [program = '', ...first] = way.command;
  // sudo replaces both by its own values.
  const kept = way.kind === 'sudo' ? ['env', ...keptBySudo()] : [];
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return runToItsEnd(findTool(program) ?? program, [...first, ...kept, ...again], {
    ...process.env,
    [secondRun]: way.command.join(' '),
  });
}

function keptBySudo(): string[] {
  return ['PATH', 'HOME'].flatMap((name) =>
    process.env[name] === undefined ? [] : [`${name}=${process.env[name]}`],
  );
}

/** It is tried, because reading settings is not enough: it depends on the kernel, profiles, files and packages. */
async function probe(): Promise<Probed> {
  return { namespace: await probeNamespace(), sudo: await probeSudo() };
}

/** One ID is not enough for the files of an image: then `buildah unshare` works, but building does not. */
const enoughIds = 65_536;

async function probeNamespace(): Promise<Probed['namespace']> {
  try {
    const { stdout } = await exec('buildah', ['unshare', 'cat', '/proc/self/uid_map']);
    const ids = stdout
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0);
    if (ids < enoughIds)
      return { problem: `this user has no subordinate IDs (${ids} in /proc/self/uid_map)` };
    return { storageDriver: (await readContainerStorage()).driver };
  } catch (error) {
    return { problem: lastLine(messageOf(error)) };
  }
}

async function probeSudo(): Promise<Probed['sudo']> {
  if (findTool('sudo') === undefined) return { problem: 'not installed' };
  try {
    await exec('sudo', ['-n', 'true']);
    return 'works';
  } catch (error) {
    return { problem: lastLine(messageOf(error)) };
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** How long the second run may take to clean up when it is interrupted. */
const graceMilliseconds = 30_000;

/** It has its own process group, which gets each signal once, because not all programs between us pass signals on. */
async function runToItsEnd(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(program, [...args], { stdio: 'inherit', detached: true, env });
  const signalGroup = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-(child.pid as number), signal);
    } catch {
      return false;
    }
  };
  let interrupted: NodeJS.Signals | undefined;
  // The programs that were asked before have made a signal end this process, which now waits for the second run.
  takeSignals();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted === undefined) signalGroup(signal);
      interrupted ??= signal;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (interrupted === undefined) return code ?? 1;
  // sudo or buildah may end before the program that cleans up.
  const until = performance.now() + graceMilliseconds;
  while (signalGroup(0) && performance.now() < until) await sleep(100);
  return { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[interrupted as 'SIGINT'];
}
