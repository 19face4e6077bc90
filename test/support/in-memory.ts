import { existsSync, statfsSync } from 'node:fs';

// For test files that write much to a registry: it flushes each file to the disk, which takes half of their time. With
// this import, all temporary folders of the file are in memory.

const memory = '/dev/shm';
/** A container may have as little as 64 MiB there. */
const enoughBytes = 512 * 1024 * 1024;

if (existsSync(memory)) {
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize >= enoughBytes) process.env.TMPDIR = memory;
}
