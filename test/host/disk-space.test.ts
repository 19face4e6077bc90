import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireSpace } from '../../src/host/disk-space.ts';

describe('requireSpace', () => {
  it('adds up what goes to one disk, also into folders that do not exist yet', async () => {
    const { bavail, bsize } = await statfs(tmpdir());
    const most = { folder: tmpdir(), bytes: bavail * bsize * 0.6, what: 'one thing' };
    await requireSpace([most]);
    const rest = { folder: join(tmpdir(), 'coxswain-absent/below'), bytes: most.bytes, what: 'another' };
    await expect(requireSpace([most, rest])).rejects.toThrow(
      /not enough disk space, and nothing was begun, found .*GB free.*, expected about [\d.]+ GB \([\d.]+ GB for one thing in \S+, [\d.]+ GB for another in \S+absent\/below\).*TMPDIR/,
    );
  });
});
