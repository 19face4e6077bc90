import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { insideRoot } from '../../../../src/host/inside-root.ts';
import { startProcess } from '../../../../src/host/process.ts';
import {
  firmwareMachineArguments,
  installArguments,
} from '../../../../src/loop/boot-test/machine/disk-image.ts';
import { requireDiskMode } from '../../../../src/loop/boot-test/machine/disk-needs.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const image = `quay.example/acme/os@sha256:${'a'.repeat(64)}`;

describe('the command that installs an image on a disk', () => {
  it("is the image's own bootc, on a loopback file", () => {
    const args = installArguments({
      image,
      disk: '/tmp/disk.raw',
      architecture: 'x86_64',
      filesystem: 'xfs',
      kernelArguments: ['mitigations=off'],
    });
    expect(args.slice(0, 3)).toEqual(['podman', 'run', '--rm']);
    expect(args).toContain('/tmp/disk.raw:/disk.raw');
    const inside = args.slice(args.indexOf(image) + 1);
    expect(inside.join(' ')).toBe(
      'bootc install to-disk --via-loopback --generic-image --wipe --filesystem xfs --karg console=ttyS0 --karg panic=-1 --karg mitigations=off /disk.raw',
    );
  });

  it.each(['disk.raw', '/tmp/a:b', '/tmp/a,b'])('refuses the disk %s', (disk) => {
    expect(() => installArguments({ image, disk, architecture: 'x86_64', filesystem: 'xfs' })).toThrow(
      /cannot mount/,
    );
  });
});

describe('what a boot from a disk needs', () => {
  it('is named all at once, of the machine and of the image', async () => {
    const root = await temporaryFolder();
    const needs = { root: insideRoot(root), architecture: 'x86_64', foreign: true } as const;
    const env = { PATH: root, _CONTAINERS_ROOTLESS_UID: '1000' };
    await expect(requireDiskMode(needs, env)).rejects.toThrow(
      /mode: the image cannot be booted from a disk here: podman is not installed.*user namespace.*x86_64, and its bootc cannot run here; the image has no \/usr\/bin\/bootc, \/usr\/bin\/bootupctl, \/usr\/sbin\/sfdisk, \/usr\/sbin\/mkfs\.xfs, \/usr\/bin\/udevadm; the image has no systemd.*mode direct/,
    );
  });

  it('is loop devices, udev and partitions of GPT too, of the machine that installs', async () => {
    const [root, machine] = [await temporaryFolder(), await temporaryFolder()];
    const needs = { root: insideRoot(root), architecture: 'x86_64', foreign: false } as const;
    const found = () => requireDiskMode(needs, { PATH: root }, machine);
    await expect(found()).rejects.toThrow(/no loop devices; udev does not run/);
    for (const name of ['dev', 'run/udev', 'proc']) await mkdir(join(machine, name), { recursive: true });
    await writeFile(join(machine, 'dev/loop-control'), '');
    await writeFile(join(machine, 'proc/config.gz'), gzipSync('# CONFIG_EFI_PARTITION is not set\n'));
    await expect(found()).rejects.toThrow(/does not know partitions of GPT/);
    await writeFile(join(machine, 'proc/config.gz'), gzipSync('CONFIG_EFI_PARTITION=y\n'));
    await expect(found()).rejects.not.toThrow(/GPT|udev does|loop devices/);
  });

  it('sees what an image has', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await mkdir(join(root, 'usr/lib/systemd'), { recursive: true });
    await writeFile(join(root, 'usr/bin/bootc'), '');
    // Debian has it in a folder for the architecture.
    await mkdir(join(root, 'usr/lib/x86_64-linux-gnu/systemd'), { recursive: true });
    await writeFile(join(root, 'usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so'), '');
    const needs = { root: insideRoot(root), architecture: 's390x', foreign: false } as const;
    const found = requireDiskMode(needs, { PATH: root });
    await expect(found).rejects.toThrow(/no UEFI firmware for s390x.*systemd 252, and its tests/);
    await expect(found).rejects.not.toThrow(/bootc cannot|no \/usr\/bin\/bootc|user namespace/);
    await rename(
      join(root, 'usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so'),
      join(root, 'usr/lib/systemd/libsystemd-shared-258.3-1.fc44.so'),
    );
    await expect(requireDiskMode(needs, { PATH: root })).rejects.not.toThrow(/its tests come in/);
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
    toolsDisk: '/tmp/tests.erofs',
    nonce: '0123456789ab',
    console: '/out/console.log',
    results: '/out/results.log',
    journal: '/out/journal.log',
    fallback: '/out/fallback.log',
  });

  it('has no kernel of its own, and leaves the disk as it was', () => {
    expect(args).toContain('virt');
    for (const flag of ['-kernel', '-initrd', '-append']) expect(args).not.toContain(flag);
    expect(args).toContain('if=none,id=disk,format=raw,snapshot=on,file=/tmp/disk.raw');
    expect(args).toContain('if=pflash,unit=0,format=raw,readonly=on,file=/fw/code,,1.fd');
    expect(args).toContain('user,id=network,restrict=on');
  });

  it('is one that QEMU makes: it takes the whole command line', async () => {
    const folder = await temporaryFolder();
    const file = (name: string) => join(folder, name);
    for (const name of ['code', 'variables', 'disk', 'tests']) {
      await writeFile(file(name), Buffer.alloc(4 * 1024 * 1024));
    }
    const here = firmwareMachineArguments({
      architecture: 'x86_64',
      accelerator: 'tcg',
      memoryMegabytes: 128,
      cpus: 1,
      network: 'closed',
      firmware: { code: file('code'), variables: file('variables') },
      disk: file('disk'),
      toolsDisk: file('tests'),
      nonce: '0123456789ab',
      console: file('console.log'),
      results: file('results.log'),
      journal: file('journal.log'),
      fallback: file('fallback.log'),
    });
    // QEMU only reads its arguments and does not start the machine: a wrong argument ends it at once.
    const qemu = await startProcess('qemu-system-x86_64', [...here, '-S'], { logFile: file('qemu.log') });
    const end = await Promise.race([qemu.ended, sleep(2_000)]);
    await qemu.stop(1_000);
    expect(end, await readFile(file('qemu.log'), 'utf8')).toBeUndefined();
  });

  it('brings the tests along without touching the image', () => {
    const credentials = args.filter((arg) => arg.includes('io.systemd.credential'));
    const texts = credentials.map((each) =>
      Buffer.from(each.slice(each.lastIndexOf('=', each.length - 3) + 1), 'base64').toString(),
    );
    expect(credentials[0]).toContain('systemd.extra-unit.coxswain.service=');
    expect(texts[0]).toMatch(
      /ExecStartPre=.*virtio-coxswain-tools .*\nExecStart=.*unit-start 0123456789ab\nExecStopPost=\/run\/coxswain\/busybox poweroff/,
    );
    expect(texts[1]).toContain('Wants=coxswain.service');
    expect(args).toContain('virtio-blk-pci,drive=tools,serial=coxswain-tools');
  });
});
