import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../../host/errors.ts';
import { compressionOf, decompress } from './compression.ts';
import { type GuestSettings, initrdScripts, initScript } from './guest-scripts.ts';
import type { Kernel } from './kernel.ts';
import { type ArchiveEntry, folder, writeNewc } from './newc.ts';

export interface InitrdOptions {
  /** The host's static busybox. */
  readonly busybox: string;
  readonly kernel: Kernel;
  /** Paths in the folder of its modules, in the order of loading. */
  readonly moduleFiles: readonly string[];
  readonly settings: GuestSettings;
  /** Begins each line that the harness writes. */
  readonly nonce: string;
}

/** Makes the first root file system of the guest: an uncompressed archive, which every kernel reads. */
export async function makeInitrd(options: InitrdOptions): Promise<Buffer> {
  const modules = await readModules(options.kernel, options.moduleFiles);
  const folders = [
    ...['bin', 'dev', 'proc', 'sys', 'run', 'root', 'modules'],
    ...['coxswain', 'keep', 'state', 'tools', 'writable'],
  ];
  return writeNewc([
    ...folders.map((path): ArchiveEntry => ({ path, content: folder, mode: 0o755 })),
    { path: 'bin/busybox', content: await readFile(options.busybox), mode: 0o755 },
    ...modules.map(({ name, content }): ArchiveEntry => ({ path: `modules/${name}`, content, mode: 0o644 })),
    { path: 'modules/order', content: modules.map(({ name }) => `${name}\n`).join(''), mode: 0o644 },
    { path: 'nonce', content: `${options.nonce}\n`, mode: 0o600 },
    { path: 'init', content: initScript, mode: 0o755 },
    ...Object.entries(initrdScripts(options.settings)).map(
      ([name, content]): ArchiveEntry => ({ path: `coxswain/${name}`, content, mode: 0o644 }),
    ),
  ]);
}

interface ModuleFile {
  /** Name of the file in the archive, without the ending of a compression. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** Reads module files, decompressed: the small insmod of the guest knows no compression. */
async function readModules(kernel: Kernel, files: readonly string[]): Promise<ModuleFile[]> {
  const result: ModuleFile[] = [];
  for (const [index, file] of files.entries()) {
    // Numbered: modules.dep may name two files of the same name.
    const name = `${String(index).padStart(3, '0')}-${basename(file).replace(/\.(xz|zst|gz)$/, '')}`;
    result.push({ name, content: await readModule(kernel, file) });
  }
  return result;
}

const largestModule = 256 * 1024 * 1024;

async function readModule(kernel: Kernel, file: string): Promise<Uint8Array> {
  const path = `${kernel.modules}/${file}`;
  const [, ending] = /\.ko(?:\.(\w+))?$/.exec(file) ?? [];
  const compression = ending === undefined ? undefined : compressionOf(ending);
  if (ending !== undefined && compression === undefined) {
    throw new InputError({ where: path, problem: 'unknown compression of a kernel module' });
  }
  const content = await kernel.root.readFile(path, { largest: largestModule });
  if (content === undefined) {
    throw new InputError({
      where: path,
      problem: 'modules.dep names a kernel module that the image does not have',
    });
  }
  return compression === undefined ? content : decompress(compression, content, largestModule);
}
