import { describe, expect, it } from 'vitest';
import { moduleName, orderModules } from '../../../../src/loop/boot-test/guest/kernel-modules.ts';

const index = {
  dependencies: `kernel/fs/erofs/erofs.ko.xz: kernel/lib/libcrc32c.ko.xz
kernel/lib/libcrc32c.ko.xz:
kernel/arch/x86/crypto/crc32c-intel.ko.xz:
kernel/crypto/crc32c_generic.ko.xz:
kernel/drivers/block/virtio_blk.ko.xz: kernel/drivers/virtio/virtio.ko.xz kernel/drivers/virtio/virtio_ring.ko.xz
kernel/drivers/virtio/virtio.ko.xz: kernel/drivers/virtio/virtio_ring.ko.xz
kernel/drivers/virtio/virtio_ring.ko.xz:
`,
  softDependencies: `# a comment
softdep libcrc32c pre: crc32c post: something-else
softdep virtio_blk pre: not-there
`,
  aliases: `alias crc32c crc32c_intel
alias crc32c crc32c_generic
alias pci:v00001AF4d*sv*sd*bc*sc*i* virtio_pci
`,
  builtin: 'kernel/fs/overlayfs/overlay.ko\nkernel/drivers/virtio/virtio-pci.ko\n',
};

describe('orderModules', () => {
  it('puts every module after what it needs, each once', () => {
    expect(orderModules(['virtio_blk'], index)).toEqual({
      files: [
        'kernel/drivers/virtio/virtio_ring.ko.xz',
        'kernel/drivers/virtio/virtio.ko.xz',
        'kernel/drivers/block/virtio_blk.ko.xz',
      ],
      missing: [],
    });
  });

  it('loads all that a soft dependency may mean, before the module that wants it', () => {
    expect(orderModules(['erofs'], index).files).toEqual([
      'kernel/arch/x86/crypto/crc32c-intel.ko.xz',
      'kernel/crypto/crc32c_generic.ko.xz',
      'kernel/lib/libcrc32c.ko.xz',
      'kernel/fs/erofs/erofs.ko.xz',
    ]);
  });

  it('wants no file for what is built into the kernel, whichever dash its name has', () => {
    expect(orderModules(['overlay', 'virtio_pci'], index)).toEqual({ files: [], missing: [] });
  });

  it('names what the kernel does not have', () => {
    expect(orderModules(['erofs', 'squashfs'], index).missing).toEqual(['squashfs']);
    const none = { dependencies: '', softDependencies: '', aliases: '', builtin: '' };
    expect(orderModules(['erofs'], none)).toEqual({ files: [], missing: ['erofs'] });
  });

  it('survives soft dependencies in a circle', () => {
    const circle = { ...index, softDependencies: 'softdep virtio pre: virtio_blk\n' };
    expect(orderModules(['virtio_blk'], circle).files).toHaveLength(3);
  });
});

describe('moduleName', () => {
  it.each([
    ['kernel/a/crc32c-intel.ko.xz', 'crc32c_intel'],
    ['erofs.ko', 'erofs'],
    ['x/y.ko.zst', 'y'],
  ])('%s is %s', (path, name) => {
    expect(moduleName(path)).toBe(name);
  });
});
