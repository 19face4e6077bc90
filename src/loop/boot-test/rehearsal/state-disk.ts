import { open } from 'node:fs/promises';
import { exec } from '../../../host/exec.ts';

/** Largest size of the disk; the file needs only the space that is written. */
const megabytes = 8192;

/** Makes an empty disk that is kept when a machine ends, for /var and the changes in /etc. */
export async function makeStateDisk(file: string): Promise<void> {
  const handle = await open(file, 'w');
  await handle.truncate(megabytes * 1024 * 1024);
  await handle.close();
  await exec('mkfs.ext4', ['-q', '-F', '-L', 'state', '-E', 'lazy_itable_init=1,lazy_journal_init=1', file], {
    doing: 'making a disk for /var',
  });
}
