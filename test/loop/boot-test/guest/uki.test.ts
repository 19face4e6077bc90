import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insideRoot } from '../../../../src/host/inside-root.ts';
import { kernelFile, requireKernel } from '../../../../src/loop/boot-test/guest/kernel.ts';
import { readUnifiedKernel } from '../../../../src/loop/boot-test/guest/uki.ts';
import { temporaryFolder } from '../../../support/repository.ts';
import { makeUnifiedKernel } from '../../../support/unified-kernel.ts';

const parts = {
  '.linux': 'the kernel',
  '.initrd': 'the initramfs',
  '.cmdline': 'root=LABEL=root rw console=tty0\0\0',
  '.uname': '6.12.0-1.fc44.x86_64',
};

describe('readUnifiedKernel', () => {
  it('takes kernel, initramfs, command line and version from the sections', () => {
    const found = readUnifiedKernel(makeUnifiedKernel(parts));
    expect(found?.kernel.toString()).toBe('the kernel');
    expect(found?.initrd?.toString()).toBe('the initramfs');
    expect(found).toMatchObject({
      commandLine: 'root=LABEL=root rw console=tty0',
      version: '6.12.0-1.fc44.x86_64',
    });
  });

  it('is undefined for another file, and never throws, whatever the bytes are', () => {
    expect(readUnifiedKernel(Buffer.from('MZ'))).toBeUndefined();
    expect(readUnifiedKernel(makeUnifiedKernel({ '.text': 'x' }))).toBeUndefined();
    const whole = makeUnifiedKernel(parts);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const damaged = Buffer.from(whole.subarray(0, length));
        if (at < damaged.length) damaged[at] = byte;
        readUnifiedKernel(damaged);
      }),
    );
  });

  it('believes no version that is a path', () => {
    expect(
      readUnifiedKernel(makeUnifiedKernel({ ...parts, '.uname': '../../etc' }))?.version,
    ).toBeUndefined();
  });
});

describe('an image with a unified kernel image only', () => {
  it.each(['usr/lib/modules/6.12.0-1.fc44.x86_64/linux.efi', 'boot/EFI/Linux/linux.efi'])(
    'has its kernel in %s',
    async (path) => {
      const folder = await temporaryFolder();
      await mkdir(join(folder, 'usr/lib/modules/6.12.0-1.fc44.x86_64'), { recursive: true });
      await mkdir(join(folder, 'boot/EFI/Linux'), { recursive: true });
      await writeFile(join(folder, path), makeUnifiedKernel(parts));
      const kernel = await requireKernel(insideRoot(folder), 'x');
      expect(kernel).toMatchObject({
        version: '6.12.0-1.fc44.x86_64',
        modules: '/usr/lib/modules/6.12.0-1.fc44.x86_64',
        file: undefined,
      });
      const file = await kernelFile(kernel, folder);
      expect(await readFile(file, 'utf8')).toBe('the kernel');
    },
  );
});
