import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exec } from '../../../host/exec.ts';
import { applets, type GuestSettings, guestScripts } from './guest-scripts.ts';
import { helpers } from './helpers.ts';
import type { TestFile } from './list-tests.ts';

export interface ToolsOptions {
  /** The host's static busybox. */
  readonly busybox: string;
  readonly tests: readonly TestFile[];
  /** A folder whose files are placed beside the tests in the guest. */
  readonly testsFolder?: string;
  readonly settings: GuestSettings;
}

/**
 * Makes the disk with the harness and the tests, which is `guestFolder` in the running guest. A machine gets it
 * read-only: no test can change later tests, or the harness.
 * @param folder an empty folder for the work; the caller removes it
 * @returns path of the disk
 */
export async function makeToolsDisk(options: ToolsOptions, folder: string): Promise<string> {
  const top = join(folder, 'tools');
  await writeTools(options, top);
  const disk = join(folder, 'tools.erofs');
  await exec('mkfs.erofs', ['--all-root', disk, top], { doing: 'making the disk with the tests' });
  return disk;
}

/** Writes the harness and the tests into a new folder. */
export async function writeTools(options: ToolsOptions, top: string): Promise<void> {
  const { settings, tests, testsFolder } = options;
  await mkdir(join(top, 'tests'), { recursive: true });
  await mkdir(join(top, 'helpers'));
  await mkdir(join(top, 'bin'));
  const write = async (path: string, content: string | Uint8Array) => {
    const place = join(top, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content, { mode: 0o755 });
    await chmod(place, 0o755);
  };
  await write('busybox', await readFile(options.busybox));
  for (const name of applets) await symlink('../busybox', join(top, 'bin', name));
  for (const [name, text] of Object.entries(guestScripts(settings))) await write(name, text);
  for (const [name, text] of Object.entries(helpers)) await write(`helpers/${name}`, text);
  if (testsFolder !== undefined) {
    await cp(testsFolder, join(top, 'tests'), { recursive: true, verbatimSymlinks: true });
    // Readable and executable, because tests may call any of these files.
    await exec('chmod', ['-R', 'a+rX,u+w', join(top, 'tests')]);
  }
  for (const { name, path } of tests) {
    // A link becomes a copy, which runs under the link's name.
    await rm(join(top, 'tests', name), { force: true });
    await write(join('tests', name), await readFile(path));
  }
}
