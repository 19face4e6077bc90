import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../../host/errors.ts';
import { isMissing, readFileIfThere } from '../../../host/files.ts';
import type { ModuleIndex } from './kernel-modules.ts';

/** The kernel inside a root file system. */
export interface Kernel {
  /** `uname -r` of it. */
  readonly version: string;
  /** Path of vmlinuz on the host. */
  readonly image: string;
  /** The folder of its modules on the host. */
  readonly modules: string;
}

/**
 * Finds the kernels where a bootable container image has its one: /usr/lib/modules/VERSION/vmlinuz
 * (bootc's documentation, "Bootable container images", section on the kernel).
 */
async function findKernels(root: string): Promise<Kernel[]> {
  const folder = join(root, 'usr/lib/modules');
  const versions = await list(folder);
  const kernels: Kernel[] = [];
  for (const version of versions.sort()) {
    const modules = join(folder, version);
    if ((await list(modules)).includes('vmlinuz'))
      kernels.push({ version, image: join(modules, 'vmlinuz'), modules });
  }
  return kernels;
}

/**
 * The one kernel of an image.
 * @param image what the image is called in the message
 * @throws InputError when there is none, or more than one: such an image boots on no node
 */
export async function requireKernel(root: string, image: string): Promise<Kernel> {
  const kernels = await findKernels(root);
  const [kernel] = kernels;
  if (kernel !== undefined && kernels.length === 1) return kernel;
  throw new InputError({
    where: image,
    problem: kernel === undefined ? 'the image has no kernel' : `the image has ${kernels.length} kernels`,
    found: kernels.map(({ version }) => version),
    expected: 'exactly one /usr/lib/modules/VERSION/vmlinuz',
    remedy: 'Derive it from a bootable image, such as Fedora CoreOS, and take no kernel out of or into it.',
  });
}

export async function readModuleIndex(modules: string): Promise<ModuleIndex> {
  const read = async (name: string) => (await readFileIfThere(join(modules, name))) ?? '';
  return {
    dependencies: await read('modules.dep'),
    softDependencies: await read('modules.softdep'),
    aliases: await read('modules.alias'),
    builtin: await read('modules.builtin'),
  };
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
