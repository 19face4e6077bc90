import { existsSync, statfsSync } from 'node:fs';

const memory = '/dev/shm';
/** A container may have as little as 64 MiB there. */
const enoughBytes = 512 * 1024 * 1024;

/**
 * Keeps all temporary folders of a test file in memory, from now on. For files that write much to a registry: it flushes
 * each file to the disk, which takes half of their time.
 */
export function useMemory(): void {
  if (!existsSync(memory)) return;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize >= enoughBytes) process.env.TMPDIR = memory;
}
