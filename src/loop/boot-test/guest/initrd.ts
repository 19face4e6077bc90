import { copyFile, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../../../host/errors.ts';
import { exec } from '../../../host/exec.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { type GuestSettings, guestScripts, initScript, unitFile } from './guest-scripts.ts';
import { helpers } from './helpers.ts';
import { type ArchiveEntry, folder, writeNewc } from './newc.ts';
import type { TestFile } from './tests.ts';

export interface InitrdOptions {
  /** The host's static busybox. */
  readonly busybox: string;
  /** Module folder of the kernel on the host. */
  readonly modules: string;
  /** Paths in that folder, in the order of loading. */
  readonly moduleFiles: readonly string[];
  readonly tests: readonly TestFile[];
  /** A folder whose files lie beside the tests in the guest. */
  readonly testsFolder?: string;
  readonly settings: GuestSettings;
}

/** Makes the first root file system of the guest: an uncompressed archive, which every kernel reads. */
export async function makeInitrd(options: InitrdOptions): Promise<Buffer> {
  const modules = await readModules(options.modules, options.moduleFiles);
  const folders = ['bin', 'dev', 'proc', 'sys', 'run', 'lower', 'writable', 'state', 'root', 'modules'];
  return writeNewc([
    ...folders.map((path): ArchiveEntry => ({ path, content: folder, mode: 0o755 })),
    { path: 'bin/busybox', content: await readFile(options.busybox), mode: 0o755 },
    ...modules.map(({ name, content }): ArchiveEntry => ({ path: `modules/${name}`, content, mode: 0o644 })),
    { path: 'modules/order', content: modules.map(({ name }) => `${name}\n`).join(''), mode: 0o644 },
    { path: 'init', content: initScript, mode: 0o755 },
    ...(await harnessEntries(options)),
  ]);
}

/** The harness and the tests, in a folder `coxswain`: what becomes `guestFolder` in the running guest. */
export async function harnessEntries(
  options: Pick<InitrdOptions, 'busybox' | 'tests' | 'testsFolder' | 'settings'>,
): Promise<ArchiveEntry[]> {
  const { settings, tests } = options;
  const beside = options.testsFolder === undefined ? [] : await filesBelow(options.testsFolder);
  const named = new Set(tests.map(({ name }) => `coxswain/tests/${name}`));
  const script = (path: string, content: string): ArchiveEntry => ({ path, content, mode: 0o755 });
  const copies = tests.map(async ({ name, path }): Promise<ArchiveEntry> => {
    return { path: `coxswain/tests/${name}`, content: await readFile(path), mode: 0o755 };
  });
  return [
    ...['coxswain', 'coxswain/helpers', 'coxswain/tests'].map(
      (path): ArchiveEntry => ({ path, content: folder, mode: 0o755 }),
    ),
    { path: 'coxswain/busybox', content: await readFile(options.busybox), mode: 0o755 },
    ...Object.entries(guestScripts(settings)).map(([name, text]) => script(`coxswain/${name}`, text)),
    ...Object.entries(helpers).map(([name, text]) => script(`coxswain/helpers/${name}`, text)),
    { path: 'coxswain/coxswain.service', content: unitFile(), mode: 0o644 },
    ...beside.filter(({ path }) => !named.has(path)),
    ...(await Promise.all(copies)),
  ];
}

async function filesBelow(top: string, below = ''): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for (const entry of await readdir(join(top, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) {
      entries.push({ path: `coxswain/tests/${path}`, content: folder, mode: 0o755 });
      entries.push(...(await filesBelow(top, path)));
    } else if (entry.isFile()) {
      // Readable and executable: which of them tests call is theirs to say.
      entries.push({ path: `coxswain/tests/${path}`, content: await readFile(join(top, path)), mode: 0o755 });
    }
  }
  return entries;
}

interface ModuleFile {
  /** Of the file in the archive, without the ending of a compression. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** Reads module files, decompressed: the small insmod of the guest knows no compression. */
async function readModules(modules: string, files: readonly string[]): Promise<ModuleFile[]> {
  return withTemporaryFolder('modules', async (temporary) => {
    const result: ModuleFile[] = [];
    for (const file of files) {
      const name = basename(file).replace(/\.(xz|zst|gz)$/, '');
      result.push({ name, content: await readModule(join(modules, file), temporary) });
    }
    return result;
  });
}

async function readModule(path: string, temporary: string): Promise<Uint8Array> {
  const [, ending] = /\.ko(?:\.(\w+))?$/.exec(path) ?? [];
  if (ending === undefined) return readFile(path);
  if (ending === 'gz') return gunzipSync(await readFile(path));
  const tool = { xz: 'xz', zst: 'zstd' }[ending];
  if (tool === undefined)
    throw new InputError({ where: path, problem: 'unknown compression of a kernel module' });
  const copy = join(temporary, basename(path));
  await copyFile(path, copy);
  await exec(tool, ['-d', '-q', ...(tool === 'zstd' ? ['--rm'] : []), copy]);
  return readFile(copy.slice(0, -ending.length - 1));
}
