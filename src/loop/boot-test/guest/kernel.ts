import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../../host/errors.ts';
import type { InsideRoot } from '../../../host/inside-root.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import type { ModuleIndex } from './kernel-modules.ts';
import { readUnifiedKernel, type UnifiedKernel } from './uki.ts';

/** The kernel inside a root file system. */
export interface Kernel {
  readonly root: InsideRoot;
  /** `uname -r` of it. */
  readonly version: string;
  /** The folder of its modules inside the root. */
  readonly modules: string;
  /** Its path inside the root. */
  readonly path: string;
  /** Path of vmlinuz on this machine; undefined if the kernel is a part of a unified kernel image. */
  readonly file: string | undefined;
  readonly unified: UnifiedKernel | undefined;
}

const modulesFolder = '/usr/lib/modules';
const largestKernel = 512 * 1024 * 1024;
const largestUnified = 2 * 1024 * 1024 * 1024;

/**
 * Finds the kernels in the folder for a bootable container image: /usr/lib/modules/VERSION/vmlinuz (bootc's
 * documentation, "Bootable container images", section on the kernel).
 */
async function findKernels(root: InsideRoot, image: string): Promise<Kernel[]> {
  const kernels: Kernel[] = [];
  for (const version of await root.list(modulesFolder)) {
    const modules = `${modulesFolder}/${version}`;
    const path = `${modules}/vmlinuz`;
    const found = await root.resolve(path);
    if (found === undefined) continue;
    if (found.kind !== 'file' || found.size > largestKernel) {
      throw new InputError({
        where: `${image}: ${path}`,
        problem: 'the kernel of the image is not a file that a kernel can be in',
        found: found.kind === 'file' ? `${found.size} bytes` : found.kind,
        expected: `a regular file of at most ${largestKernel} bytes`,
      });
    }
    kernels.push({ root, version, modules, path, file: found.hostPath, unified: undefined });
  }
  return kernels.length > 0 ? kernels : findUnified(root);
}

/**
 * Unified kernel images, for an image without a separate kernel: beside the modules, or in the folders of boot
 * loaders.
 */
async function findUnified(root: InsideRoot): Promise<Kernel[]> {
  const versions = await root.list(modulesFolder);
  const folders = [
    ...versions.map((version) => `${modulesFolder}/${version}`),
    '/boot/EFI/Linux',
    '/efi/EFI/Linux',
  ];
  const kernels = new Map<string, Kernel>();
  for (const folder of folders) {
    for (const name of (await root.list(folder)).filter((each) => each.endsWith('.efi'))) {
      const path = `${folder}/${name}`;
      const bytes = await root.readFile(path, { largest: largestUnified });
      const unified = bytes === undefined ? undefined : readUnifiedKernel(bytes);
      if (unified === undefined) continue;
      const version = unified.version ?? (versions.length === 1 ? versions[0] : undefined) ?? name;
      const found = { root, version, path, file: undefined, unified };
      kernels.set(version, { ...found, modules: `${modulesFolder}/${version}` });
    }
  }
  return [...kernels.values()];
}

/**
 * The one kernel of an image.
 * @param image what the image is called in the message
 * @throws InputError if there is none, or more than one: such an image boots on no node
 */
export async function requireKernel(root: InsideRoot, image: string): Promise<Kernel> {
  const kernels = await findKernels(root, image);
  const [kernel] = kernels;
  if (kernel !== undefined && kernels.length === 1) return kernel;
  throw new InputError({
    where: image,
    problem: kernel === undefined ? 'the image has no kernel' : `the image has ${kernels.length} kernels`,
    found: kernels.map(({ version }) => version),
    expected: 'exactly one /usr/lib/modules/VERSION/vmlinuz, or one unified kernel image',
    remedy: 'Derive it from a bootable image, such as Fedora CoreOS, and neither add nor remove a kernel.',
  });
}

/**
 * The kernel as a file for QEMU.
 * @param folder gets the file, if a new one is needed; the caller removes it
 */
export async function kernelFile(kernel: Kernel, folder: string): Promise<string> {
  if (kernel.file !== undefined) return kernel.file;
  const file = join(folder, 'vmlinuz');
  await writeFile(file, kernel.unified?.kernel ?? '');
  return file;
}

/**
 * The bytes by which a boot loader recognises a kernel, at the position that the format of its architecture defines:
 * x86's "HdrS" (Linux, Documentation/arch/x86/boot.rst), arm64's "ARM\x64" (arch/arm64/booting.rst) or an archive of
 * one.
 */
const kernelMarks: Partial<
  Readonly<Record<Architecture, ReadonlyArray<{ readonly at: number; readonly mark: string }>>>
> = {
  x86_64: [{ at: 0x202, mark: 'HdrS' }],
  aarch64: [
    { at: 0x38, mark: 'ARM\x64' },
    { at: 0, mark: '\x1f\x8b' },
    { at: 4, mark: 'zimg' },
  ],
};

/** @returns whether a file may be a kernel of this architecture; true for one that we do not know */
export async function isKernel(file: string, architecture: Architecture): Promise<boolean> {
  const marks = kernelMarks[architecture];
  if (marks === undefined) return true;
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    return marks.some(({ at, mark }) => text.startsWith(mark, at));
  } finally {
    await handle.close();
  }
}

/** The header of x86's kernels: a mark, and the place of the version (Linux, Documentation/arch/x86/boot.rst). */
const header = { mark: 0x202, version: 0x20e, start: 0x200 };

/** The version that a kernel for x86 has in its header, as `uname -r` prints it; undefined if it has none. */
export async function versionInKernel(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r');
  try {
    const read = async (at: number, length: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    };
    const bytes = await read(header.mark, header.version + 2 - header.mark);
    if (bytes.toString('latin1', 0, 4) !== 'HdrS' || bytes.length < header.version + 2 - header.mark) {
      return undefined;
    }
    const place = bytes.readUInt16LE(header.version - header.mark);
    if (place === 0) return undefined;
    const text = (await read(header.start + place, 128)).toString('latin1');
    return /^[\x21-\x7e]+/.exec(text)?.[0];
  } finally {
    await handle.close();
  }
}

const largestIndex = 64 * 1024 * 1024;

/** @param modules the folder of a kernel's modules inside the root */
export async function readModuleIndex(root: InsideRoot, modules: string): Promise<ModuleIndex> {
  const read = async (name: string) =>
    (await root.readFile(`${modules}/${name}`, { largest: largestIndex }))?.toString('utf8') ?? '';
  return {
    dependencies: await read('modules.dep'),
    softDependencies: await read('modules.softdep'),
    aliases: await read('modules.alias'),
    builtin: await read('modules.builtin'),
  };
}
