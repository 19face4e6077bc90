import { open } from 'node:fs/promises';
import { exec } from '../../../host/exec.ts';
import { requireTools } from '../../../host/tools.ts';
import type { RootType } from './guest-scripts.ts';
import { requireRoot } from './root-filesystem.ts';

/** A file with a hole of this size needs another file system than erofs. */
const largeHole = 64 * 1024 * 1024;

/** A root file system as a disk in a file. */
export interface RootImage {
  readonly file: string;
  readonly type: RootType;
}

/**
 * Makes a disk of a root file system, with owners, modes and extended attributes as they are: erofs, which is the
 * fastest, or ext4 for what mkfs.erofs 1.5 cannot do: names of 255 bytes, and files that consist of holes.
 */
export async function makeRootImage(root: string, file: string): Promise<RootImage> {
  requireRoot();
  const doing = 'making a file system image of the root';
  if (!(await needsExt4(root))) {
    requireTools(['mkfs.erofs']);
    await exec('mkfs.erofs', [file, root], { doing });
    return { file, type: 'erofs' };
  }
  const { stdout } = await exec('du', ['--summarize', '--one-file-system', '--block-size=1', root]);
  const used = Number.parseInt(stdout, 10);
  const handle = await open(file, 'w');
  // The file needs only the space that is written.
  await handle.truncate(Math.ceil(used * 1.5) + 512 * 1024 * 1024);
  await handle.close();
  const options = ['-q', '-F', '-O', '^has_journal', '-m', '0', '-i', '8192', '-L', 'root', '-d', root];
  await exec('mkfs.ext4', [...options, file], { doing });
  return { file, type: 'ext4' };
}

async function needsExt4(root: string): Promise<boolean> {
  const large = ['-type', 'f', '-size', `+${largeHole / 1024}k`, '-printf', '%s %b\\n'];
  const long = ['-regextype', 'posix-extended', '-regex', '.*/[^/]{255}', '-printf', 'long\\n'];
  const { stdout } = await exec('find', [root, '-xdev', '(', ...large, '-o', ...long, ')'], {
    env: { LC_ALL: 'C' },
  });
  return stdout.split('\n').some((line) => {
    const [size, blocks] = line.split(' ').map(Number);
    return line === 'long' || (size !== undefined && blocks !== undefined && size - blocks * 512 > largeHole);
  });
}
