import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import { withTemporaryFolder } from '../../../../src/host/files.ts';
import { initramfsProblem, readInitramfs } from '../../../../src/loop/boot-test/guest/initramfs.ts';
import { folder, writeNewc } from '../../../../src/loop/boot-test/guest/newc.ts';

const early = writeNewc([
  { path: 'kernel/x86/microcode/GenuineIntel.bin', content: 'TRAILER!!! of a kind', mode: 0o644 },
]);
const main = writeNewc([
  { path: 'usr', content: folder, mode: 0o755 },
  { path: 'usr/lib/ostree/ostree-prepare-root', content: Buffer.alloc(300_000, 7), mode: 0o755 },
  { path: 'init', content: '#!/bin/sh', mode: 0o755 },
]);

async function compressed(program: string, args: readonly string[]): Promise<Buffer> {
  return withTemporaryFolder('initramfs', async (place) => {
    await writeFile(join(place, 'in'), main);
    await exec('sh', ['-c', `${[program, ...args].join(' ')} <in >out`], { cwd: place });
    return readFile(join(place, 'out'));
  });
}

describe('readInitramfs', () => {
  it.each([
    ['gzip', []],
    ['xz', ['--check=crc32']],
    ['zstd', ['-q']],
    ['lz4', ['-l', '-q']],
  ])('reads archives one after the other, of which the last is compressed by %s', async (program, args) => {
    const whole = Buffer.concat([early, Buffer.alloc(512), await compressed(program, args)]);
    expect(await readInitramfs(whole)).toEqual({
      entries: 4,
      hasIgnition: false,
      hasInit: true,
      hasPrepareRoot: true,
      modulesOf: new Set(),
    });
  });

  it('reads one without compression', async () => {
    expect(await readInitramfs(Buffer.concat([early, main, Buffer.alloc(1000)]))).toMatchObject({
      entries: 4,
    });
  });
});

describe('initramfsProblem', () => {
  const needs = { prepareRoot: false };

  it('accepts what a node can boot with', async () => {
    expect(await initramfsProblem(main, { prepareRoot: true })).toBeUndefined();
  });

  it.each([
    ['nothing', undefined, /there is none/],
    ['an empty file', Buffer.alloc(0), /empty/],
    ['zeros', Buffer.alloc(4096), /empty/],
    ['garbage', Buffer.from('garbage'), /cannot be read: no cpio archive/],
    ['half of an archive', main.subarray(0, main.length / 2), /cut off|no cpio archive|damaged/],
    ['an archive without /init', early, /no \/init/],
    ['a damaged compression', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(100, 1)]), /cannot be/],
  ])('refuses %s', async (_title, bytes, message) => {
    expect(await initramfsProblem(bytes, needs)).toMatch(message);
  });

  it('wants ostree-prepare-root for nodes that mount their root by it', async () => {
    const bare = writeNewc([{ path: 'init', content: '', mode: 0o755 }]);
    expect(await initramfsProblem(bare, needs)).toBeUndefined();
    expect(await initramfsProblem(bare, { prepareRoot: true })).toMatch(/no ostree-prepare-root/);
  });

  it.each([
    ['lib/modules/6.1.0/kernel/fs/xfs.ko', undefined],
    ['usr/lib/modules/6.1.0/kernel/fs/xfs.ko.xz', undefined],
    ['usr/lib/modules/6.1.0/modules.dep', undefined],
    [
      'usr/lib/modules/6.0.9/kernel/fs/xfs.ko.zst',
      'it was made for another kernel: it has modules of 6.0.9, and none of 6.1.0',
    ],
  ])('with %s for the kernel 6.1.0: %s', async (path, expected) => {
    const file = (name: string) => ({ path: name, content: '', mode: 0o755 });
    const archive = writeNewc([file('init'), file(path)]);
    expect(await initramfsProblem(archive, { ...needs, version: '6.1.0' })).toBe(expected);
    expect(await initramfsProblem(archive, needs)).toBeUndefined();
  });
});
