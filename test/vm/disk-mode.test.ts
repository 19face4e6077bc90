import { describe, expect, it } from 'vitest';
import { firmwareMachineArguments, installArguments } from '../../src/vm/disk-mode.ts';

const image = `quay.example/acme/os@sha256:${'a'.repeat(64)}`;

describe('the command that installs an image on a disk', () => {
  it("is the image's own bootc, on a loopback file", () => {
    const args = installArguments({
      image,
      disk: '/tmp/disk.raw',
      architecture: 'x86_64',
      filesystem: 'xfs',
    });
    expect(args.slice(0, 3)).toEqual(['podman', 'run', '--rm']);
    expect(args).toContain('/tmp/disk.raw:/disk.raw');
    const inside = args.slice(args.indexOf(image) + 1);
    expect(inside.join(' ')).toBe(
      'bootc install to-disk --via-loopback --generic-image --wipe --filesystem xfs --karg console=ttyS0 --karg panic=-1 /disk.raw',
    );
  });

  it.each(['disk.raw', '/tmp/a:b', '/tmp/a,b'])('refuses the disk %s', (disk) => {
    expect(() => installArguments({ image, disk, architecture: 'x86_64', filesystem: 'xfs' })).toThrow(
      /cannot mount/,
    );
  });
});

describe('the machine that boots through the firmware', () => {
  const args = firmwareMachineArguments({
    architecture: 'aarch64',
    accelerator: 'kvm',
    memoryMegabytes: 2048,
    cpus: 2,
    network: 'closed',
    firmware: { code: '/fw/code,1.fd', variables: '/tmp/variables.fd' },
    disk: '/tmp/disk.raw',
    testsImage: '/tmp/tests.erofs',
    console: '/out/console.log',
    results: '/out/results.log',
  });

  it('has no kernel of its own, and leaves the disk as it was', () => {
    expect(args[0]).toBe('qemu-system-aarch64');
    for (const flag of ['-kernel', '-initrd', '-append']) expect(args).not.toContain(flag);
    expect(args).toContain('if=none,id=disk,format=raw,snapshot=on,file=/tmp/disk.raw');
    expect(args).toContain('if=pflash,unit=0,format=raw,readonly=on,file=/fw/code,,1.fd');
    expect(args).toContain('user,id=network,restrict=on');
  });

  it('brings the tests along without touching the image', () => {
    const credentials = args.filter((arg) => arg.includes('io.systemd.credential'));
    const texts = credentials.map((each) =>
      Buffer.from(each.slice(each.lastIndexOf('=', each.length - 3) + 1), 'base64').toString(),
    );
    expect(credentials[0]).toContain('systemd.extra-unit.coxswain.service=');
    expect(texts[0]).toMatch(/ExecStart=.*virtio-coxswain.*harness/);
    expect(texts[1]).toContain('Wants=coxswain.service');
    expect(args).toContain('virtio-blk-pci,drive=tests,serial=coxswain');
  });
});
