import { defined } from '../host/defined.ts';
import { InputError } from '../host/errors.ts';
import { exec } from '../host/exec.ts';
import type { Log } from '../host/log.ts';
import { fedoraPackageOf, findTool, packageOf } from '../host/tools.ts';
import { findStaticBusybox } from '../loop/boot-test/guest/busybox.ts';
import type { Architecture } from '../world/registry/architecture.ts';
import { asRoot, canBeRoot } from './as-root.ts';
import { type KvmAccess, openKvm } from './kvm.ts';
import { type PreparedVerb, programsOf } from './needs.ts';

export interface SetUp {
  /** Packages that were installed, by the names that this machine's package manager knows. */
  readonly installed: readonly string[];
  /** The state of /dev/kvm; only if a machine will be booted. */
  readonly kvm?: KvmAccess;
}

/**
 * Prepares a runner for verbs: installs the packages of missing programs, and opens /dev/kvm. If nothing is missing,
 * it does nothing.
 * @throws InputError if something is missing and this user cannot install it
 */
export async function setUp(options: {
  readonly verbs: readonly PreparedVerb[];
  readonly architecture: Architecture;
  readonly log: Log;
}): Promise<SetUp> {
  const { verbs, architecture, log } = options;
  const user = process.getuid?.() !== 0;
  const boots = verbs.includes('boot-test');
  const programs = verbs.flatMap((verb) => programsOf(verb, { architecture, user }));
  const missing = programs.filter((program) => findTool(program) === undefined);
  // A busybox that needs the system's libraries cannot run inside a guest.
  if (boots && !(await hasStaticBusybox())) missing.push('busybox');
  const manager = ['apt-get', 'dnf'].find((name) => findTool(name) !== undefined);
  const nameOf = manager === 'dnf' ? fedoraPackageOf : packageOf;
  const installed = [...new Set(missing.map(nameOf))].sort();
  if (installed.length > 0) await install(installed, manager, log);
  return { installed, ...defined({ kvm: boots ? await openKvm() : undefined }) };
}

async function hasStaticBusybox(): Promise<boolean> {
  if (findTool('busybox') === undefined) return false;
  return findStaticBusybox().then(
    () => true,
    () => false,
  );
}

async function install(packages: readonly string[], manager: string | undefined, log: Log): Promise<void> {
  if (manager === undefined || !(await canBeRoot())) {
    const whose = manager === 'dnf' ? 'Fedora' : 'Debian';
    throw new InputError({
      problem: `programs are missing, and cannot be installed here: the ${whose} packages ${packages.join(' ')}`,
      remedy: 'Install them on the runner beforehand.',
    });
  }
  if (manager === 'dnf') {
    const args = ['--assumeyes', '--quiet', '--setopt=install_weak_deps=False', 'install', ...packages];
    await log.task(`installing ${packages.join(' ')}`, () => asRoot('dnf', args));
    return;
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  // Another apt-get may be running on a fresh runner, and mirrors fail sometimes.
  const patient = ['-qq', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];
  await log.task(`installing ${packages.join(' ')}`, async () => {
    const known = await exec('apt-cache', ['show', ...packages], { allow: [0, 100] });
    if (known.exitCode !== 0) await asRoot('apt-get', [...patient, 'update'], { env });
    const args = [...patient, 'install', '--yes', '--no-install-recommends', ...packages];
    const first = await asRoot('apt-get', args, { env, allow: [0, 100] });
    if (first.exitCode === 0) return;
    // The lists of a runner's image are as old as the image, and name packages that may be deleted.
    await asRoot('apt-get', [...patient, 'update'], { env });
    await asRoot('apt-get', args, { env });
  });
}
