import { defined } from '../host/defined.ts';
import { beforeWriting } from '../host/dry-run.ts';
import { InputError } from '../host/errors.ts';
import { exec } from '../host/exec.ts';
import type { Log } from '../host/log.ts';
import { fedoraPackageOf, findTool, packageOf } from '../host/tools.ts';
import { findStaticBusybox } from '../loop/boot-test/guest/busybox.ts';
import { type Architecture, hostArchitecture } from '../world/registry/architecture.ts';
import { fetchPinnedTool, pinOf } from '../world/tools/tool-cache.ts';
import { asRootLive, canBeRoot } from './as-root.ts';
import { type KvmAccess, openKvm } from './kvm.ts';
import { type PreparedVerb, programsOf } from './needs.ts';

export interface SetUp {
  /** Packages that were installed, by the names that this machine's package manager knows. */
  readonly installed: readonly string[];
  /** The static busybox for machines of another architecture: a path in the tool cache. */
  readonly helper?: string;
  /** The state of /dev/kvm; only if a machine will be booted. */
  readonly kvm?: KvmAccess;
}

/**
 * Prepares a runner for verbs: installs the packages of missing programs, downloads a helper for machines of another
 * architecture, and opens /dev/kvm. If nothing is missing, it does nothing.
 * @throws InputError if something is missing and this user cannot install it
 * @throws OutsideError if a download fails, or is not what it has to be
 */
export async function setUp(options: {
  readonly verbs: readonly PreparedVerb[];
  readonly architecture: Architecture;
  /** Address of a folder that has the packages of `pinned-tools.ts`, for networks that reach no mirror of Debian. */
  readonly toolMirror?: string;
  readonly log: Log;
}): Promise<SetUp> {
  const { verbs, architecture, toolMirror, log } = options;
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
  const helper =
    boots && architecture !== hostArchitecture()
      ? await log.task(`fetching a static busybox for ${architecture}`, () =>
          fetchPinnedTool(pinOf('busybox-static', architecture), defined({ mirror: toolMirror })),
        )
      : undefined;
  return { installed, ...defined({ helper, kvm: boots ? await openKvm() : undefined }) };
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
  beforeWriting(() => `install the packages ${packages.join(' ')}`);
  await log.task(`installing ${packages.join(' ')}`, () =>
    manager === 'dnf' ? installByDnf(packages, log.info) : installByApt(packages, log.info),
  );
}

async function installByDnf(packages: readonly string[], onLine: (line: string) => void): Promise<void> {
  const args = ['--assumeyes', '--setopt=install_weak_deps=False', 'install', ...packages];
  await asRootLive('dnf', args, { onLine });
}

async function installByApt(packages: readonly string[], onLine: (line: string) => void): Promise<void> {
  const live = { env: { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' }, onLine };
  // Another apt-get may be running on a fresh runner, and mirrors fail sometimes.
  const patient = ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];
  const known = await exec('apt-cache', ['show', ...packages], { allow: [0, 100] });
  if (known.exitCode !== 0) await asRootLive('apt-get', [...patient, 'update'], live);
  const args = [...patient, 'install', '--yes', '--no-install-recommends', ...packages];
  if ((await asRootLive('apt-get', args, { ...live, allow: [0, 100] })) === 0) return;
  // The lists of a runner's image are as old as the image, and name packages that may be deleted.
  await asRootLive('apt-get', [...patient, 'update'], live);
  await asRootLive('apt-get', args, live);
}
