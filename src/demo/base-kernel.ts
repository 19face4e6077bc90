import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../host/errors.ts';
import { exec } from '../host/exec.ts';
import { exists } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import {
  type DebianPackage,
  type ForeignPackages,
  putInPlace,
  unpackPackages,
  versionOf,
} from './debian-packages.ts';

/** A distribution kernel, unpacked. */
export interface KernelFiles {
  readonly version: string;
  /** Path of vmlinuz. */
  readonly image: string;
  /** Folder with kernel/ and modules.builtin (but no modules.dep). */
  readonly modules: string;
  /** Distinguishes this kernel's files from all others. */
  readonly key: string;
}

/**
 * The distribution's kernel for virtual machines, downloaded and unpacked (not installed), kept in the cache.
 * @throws InputError when apt knows none
 */
export async function fetchKernel(
  cacheFolder: string,
  log: Log,
  foreign?: ForeignPackages,
): Promise<KernelFiles> {
  const packages = await (foreign === undefined ? ownKernelPackages() : findKernelPackages(foreign));
  const key = packages.map(({ name, version }) => `${name}_${version}`.replace(/[^\w.+~-]/g, '_')).join('__');
  const folder = join(cacheFolder, 'kernels', key);
  if (!(await exists(folder))) {
    await log.task(`downloading ${packages.map(({ name }) => name).join(' and ')}`, async () => {
      await mkdir(join(cacheFolder, 'kernels'), { recursive: true });
      const partial = `${folder}.${randomBytes(6).toString('hex')}`;
      try {
        await unpackPackages(packages, partial, foreign);
        await putInPlace(partial, folder);
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    });
  }
  return { ...(await locate(folder)), key };
}

let known: Promise<DebianPackage[]> | undefined;

/** apt takes 1.5 seconds to answer, and its answer does not change while we run. */
function ownKernelPackages(): Promise<DebianPackage[]> {
  known ??= findKernelPackages();
  return known;
}

/** Packages with the kernel image, and with its modules if they are separate (Ubuntu). */
async function findKernelPackages(foreign?: ForeignPackages): Promise<DebianPackage[]> {
  const architecture = foreign?.architecture ?? (await exec('dpkg', ['--print-architecture'])).stdout.trim();
  const candidates = [`linux-image-cloud-${architecture}`, 'linux-image-virtual', 'linux-image-generic'];
  for (const candidate of candidates) {
    const image = (await dependsOf(candidate, foreign)).find((name) => /^linux-image-\d/.test(name));
    if (image === undefined) continue;
    const modules = (await dependsOf(image, foreign)).filter((name) => name.startsWith('linux-modules-'));
    return Promise.all(
      [image, ...modules].map(async (name) => ({ name, version: await versionOf(name, foreign) })),
    );
  }
  throw new InputError({
    problem: `apt knows no kernel for virtual machines (${candidates.join(', ')})`,
    remedy: 'Run apt-get update first.',
  });
}

async function dependsOf(name: string, foreign?: ForeignPackages): Promise<string[]> {
  const { stdout, exitCode } = await exec('apt-cache', ['depends', '--important', name], {
    allow: [0, 100],
    env: foreign?.env ?? {},
  });
  if (exitCode !== 0) return [];
  return [...stdout.matchAll(/^\s*\|?Depends: (\S+)$/gm)].map((match) => match[1] as string);
}

/** Merged and unmerged packages differ in where /lib is. */
async function locate(folder: string): Promise<{ version: string; image: string; modules: string }> {
  const above = (await exists(join(folder, 'usr/lib/modules'))) ? 'usr/lib/modules' : 'lib/modules';
  const [version] = await readdir(join(folder, above));
  if (version === undefined)
    throw new InputError({ where: folder, problem: 'no kernel modules in this package' });
  const modules = join(folder, above, version);
  const inside = join(modules, 'vmlinuz');
  return {
    version,
    modules,
    image: (await exists(inside)) ? inside : join(folder, `boot/vmlinuz-${version}`),
  };
}
