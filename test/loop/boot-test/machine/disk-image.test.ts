import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { insideRoot } from '../../../../src/host/inside-root.ts';
import { startProcess } from '../../../../src/host/process.ts';
import { installScript } from '../../../../src/loop/boot-test/guest/install-script.ts';
import {
  firmwareMachineArguments,
  installCommand,
} from '../../../../src/loop/boot-test/machine/disk-image.ts';
import { requireDiskMode } from '../../../../src/loop/boot-test/machine/disk-needs.ts';
import { temporaryFolder } from '../../../support/repository.ts';

describe('the command that installs an image on a disk', () => {
  it("is the image's own bootc, from a layout in the machine, under the name that nodes use", () => {
    const args = installCommand({
      source: 'oci:/run/coxswain-image:image',
      target: `registry:quay.example/acme/os@sha256:${'a'.repeat(64)}`,
      architecture: 'x86_64',
      filesystem: 'xfs',
      kernelArguments: ['mitigations=off'],
    });
    expect(args.join(' ')).toBe(
      `bootc install to-disk --source-imgref oci:/run/coxswain-image:image --target-imgref registry:quay.example/acme/os@sha256:${'a'.repeat(64)} --generic-image --wipe --filesystem xfs --karg console=ttyS0 --karg panic=-1 --karg mitigations=off`,
    );
  });

  it('is one script, in which no word of the command means anything else to a shell', () => {
    const script = installScript((source) => ['bootc', source, "it's $HOME"], 'image');
    expect(script).toContain(`install() { 'bootc' 'oci:/run/coxswain-image:image' 'it'\\''s $HOME' "$@"; }`);
  });
});

describe('what a boot from a disk needs', () => {
  it('is named all at once, of the machine and of the image', async () => {
    const root = await temporaryFolder();
    await expect(
      requireDiskMode({ root: insideRoot(root), architecture: 's390x' }, { PATH: root }),
    ).rejects.toThrow(
      /mode: the image cannot be booted from a disk here: skopeo is not installed.*UEFI firmware for s390x cannot be found.*; the image has no \/usr\/bin\/bootc, \/usr\/bin\/bootupctl, \/usr\/sbin\/sfdisk, \/usr\/sbin\/mkfs\.xfs, \/usr\/bin\/udevadm; the image has no systemd.*mode direct/,
    );
  });

  it('sees what an image has', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await mkdir(join(root, 'usr/lib/systemd'), { recursive: true });
    await writeFile(join(root, 'usr/bin/bootc'), '');
    // Debian has it in a folder for the architecture.
    await mkdir(join(root, 'usr/lib/x86_64-linux-gnu/systemd'), { recursive: true });
    await writeFile(join(root, 'usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so'), '');
    const needs = { root: insideRoot(root), architecture: 's390x' } as const;
    const found = requireDiskMode(needs, { PATH: root });
    await expect(found).rejects.toThrow(
      /UEFI firmware for s390x cannot be found.*systemd 252, and its tests/,
    );
    await expect(found).rejects.not.toThrow(/no \/usr\/bin\/bootc/);
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
