import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import { folder, writeNewc } from '../../../../src/loop/boot-test/guest/newc.ts';

describe('writeNewc', () => {
  it('writes what cpio unpacks: names and contents of any length, modes, folders', async () => {
    const names = ['a', 'ab', 'abc', 'abcd', 'abcde'];
    const archive = writeNewc([
      { path: 'd', content: folder, mode: 0o700 },
      ...names.map((name, length) => ({ path: `d/${name}`, content: 'x'.repeat(length), mode: 0o640 })),
      { path: 'run', content: Buffer.from([0, 255, 10]), mode: 0o755 },
    ]);
    const place = await mkdtemp(join(tmpdir(), 'coxswain-newc-'));
    try {
      await writeFile(join(place, 'archive'), archive);
      await exec('cpio', ['--extract', '--quiet', '--file', join(place, 'archive')], { cwd: place });
      for (const [length, name] of names.entries())
        expect(await readFile(join(place, 'd', name), 'utf8')).toBe('x'.repeat(length));
      expect(await readFile(join(place, 'run'))).toEqual(Buffer.from([0, 255, 10]));
      expect((await stat(join(place, 'run'))).mode & 0o7777).toBe(0o755);
      expect((await stat(join(place, 'd'))).mode & 0o7777).toBe(0o700);
    } finally {
      await rm(place, { recursive: true });
    }
  });
});
