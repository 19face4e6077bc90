import { describe, expect, it } from 'vitest';
import { readBootEntry } from '../../../../src/loop/boot-test/guest/ostree-sysroot.ts';

// As ostree 2022.7 writes it.
const written = `title Debian GNU/Linux forky/sid (ostree:0)
version 1
options root=/dev/vda rootfstype=ext4 rw ostree=/ostree/boot.1/default/62a4/0
linux /boot/ostree/default-62a4/vmlinuz-6.1.0
initrd /boot/ostree/default-62a4/initramfs-6.1.0.img
`;

describe('a boot entry', () => {
  it('is read as a boot loader reads it, with paths below /boot', () => {
    expect(readBootEntry(written, 'ostree-1.conf')).toEqual({
      version: 1,
      kernel: 'ostree/default-62a4/vmlinuz-6.1.0',
      initrd: 'ostree/default-62a4/initramfs-6.1.0.img',
      options: ['root=/dev/vda', 'rootfstype=ext4', 'rw', 'ostree=/ostree/boot.1/default/62a4/0'],
    });
  });

  it('may have its paths on a boot partition of its own', () => {
    expect(readBootEntry(written.replaceAll(' /boot/', ' /'), 'ostree-1.conf').kernel).toBe(
      'ostree/default-62a4/vmlinuz-6.1.0',
    );
  });

  it.each(['linux', 'initrd', 'options'])('without %s boots nothing, and the file is named', (key) => {
    const text = written.replace(new RegExp(`^${key} .*\n`, 'm'), '');
    expect(() => readBootEntry(text, 'ostree-1.conf')).toThrow(/ostree-1\.conf.*lacks/s);
  });
});
