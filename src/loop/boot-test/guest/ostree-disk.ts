import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OutsideError } from '../../../host/errors.ts';
import { exec } from '../../../host/exec.ts';
import { type BootEntry, readBootEntry } from './ostree-sysroot.ts';

// A disk with an ostree system root: one ext4 file system in a file. It is made and read without being mounted, so no
// loop device and no partition is needed.

/** How much a machine may write; the file needs only the space that is written. */
const freeBytes = 8 * 1024 ** 3;

/** Makes the disk of a system root, with owners, modes, links and extended attributes as they are. */
export async function makeOstreeDisk(sysroot: string, file: string): Promise<void> {
  const { stdout } = await exec('du', ['--summarize', '--block-size=1', sysroot]);
  const used = Number.parseInt(stdout, 10);
  const handle = await open(file, 'w');
  await handle.truncate(Math.ceil((used * 1.2 + freeBytes) / 2 ** 20) * 2 ** 20);
  await handle.close();
  await exec(
    'mkfs.ext4',
    [
      ...['-q', '-F', '-L', 'root', '-m', '0'],
      ...['-E', 'lazy_itable_init=1,lazy_journal_init=1', '-d', sysroot, file],
    ],
    { doing: 'making a disk of the ostree system root' },
  );
}

/** Applies what a machine left in the journal of the file system, because it ended without unmounting. */
export async function settleDisk(disk: string): Promise<void> {
  // 1 means that errors were corrected (e2fsck(8)); replaying a journal does not count as an error.
  await exec('e2fsck', ['-p', '-E', 'journal_only', disk], {
    allow: [0, 1],
    doing: 'reading the disk that the machine left',
  });
}

/** The boot entries of a disk, newest first: what a boot loader would offer. */
export async function readBootEntries(disk: string): Promise<BootEntry[]> {
  const folder = '/boot/loader/entries';
  const listed = await debugfs(disk, `ls -p ${folder}`);
  // /inode/mode/user/group/name/size/
  const names = listed.split('\n').flatMap((line) => {
    const name = line.split('/')[5] ?? '';
    return /^[\w.-]+\.conf$/.test(name) ? [name] : [];
  });
  const entries = await Promise.all(
    names.map(async (name) =>
      readBootEntry(await debugfs(disk, `cat ${folder}/${name}`), `${folder}/${name}`),
    ),
  );
  if (entries.length === 0) throw new OutsideError('reading the disk', 'ostree left no boot entry on it');
  return entries.sort((a, b) => b.version - a.version);
}

/** Copies the kernel and the initramfs of a boot entry from a disk. */
export async function copyBootFiles(
  disk: string,
  entry: BootEntry,
  folder: string,
): Promise<{ readonly kernel: string; readonly initramfs: string }> {
  const files = { kernel: join(folder, 'vmlinuz'), initramfs: join(folder, 'initramfs') };
  await copyOut(disk, `/boot/${entry.kernel}`, files.kernel);
  await copyOut(disk, `/boot/${entry.initrd}`, files.initramfs);
  return files;
}

async function copyOut(disk: string, path: string, to: string): Promise<void> {
  if (/[^\w./+~-]/.test(path))
    throw new OutsideError('reading the disk', `a path with unsupported characters: ${path}`);
  await debugfs(disk, `dump ${path} ${to}`);
  if ((await stat(to)).size === 0) throw new OutsideError('reading the disk', `${path} does not exist`);
}

/** debugfs(8) exits with 0 for a command that fails. */
async function debugfs(disk: string, command: string): Promise<string> {
  const { stdout, stderr } = await exec('debugfs', ['-R', command, disk], { doing: `reading ${disk}` });
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('debugfs '));
  if (complaints.length > 0) throw new OutsideError(`reading the disk (${command})`, complaints.join('; '));
  return stdout;
}
