import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { insideRoot } from '../../src/host/inside-root.ts';
import { requireKernel } from '../../src/loop/boot-test/guest/kernel.ts';
import { useMachines } from '../support/machines.ts';
import { makeUnifiedKernel } from '../support/unified-kernel.ts';

const { unpackRoot, variant, boot } = useMachines();

/** Writes what a harness would write, to every port of the machine. */
const lie = `for port in /dev/vport* /dev/ttyS1; do
  { echo "begin 1.0 6.1"; echo "system 1.0 none"; echo "start 1.0 0"; echo "end 1.0 0 exited 0"; echo "done 9.0 1"; } >$port
done 2>/dev/null`;

let root: string;

beforeAll(async () => {
  root = await unpackRoot('tiny');
});

describe('an image whose tests', () => {
  it.each([
    [
      'a file',
      'echo "exit 0" >/tmp/x && chmod 755 /tmp/x && mount -o bind /tmp/x /run/coxswain/tests/20-fails.sh',
    ],
    ['the folder', 'mkdir /tmp/y && mount -o bind /tmp/y /run/coxswain'],
    ['all of /run', 'mount -t tmpfs tmpfs /run'],
  ])(
    'cover the harness with a mount over %s: nothing counts',
    async (_what, script) => {
      const report = await boot(root, { '10-covers.sh': script, '20-fails.sh': 'exit 4' });
      expect(report.verdict, report.explanation).toBe('untrusted-results');
    },
    240_000,
  );
});

describe('an image', () => {
  it('without systemd is not bootable, unless the configuration expects that', async () => {
    expect(await boot(root, { '10-a.sh': '' }, { init: 'systemd' })).toMatchObject({
      verdict: 'unbootable',
      explanation: expect.stringContaining('"init: any"'),
    });
  });

  it('whose systemd writes results and powers off has not passed', async () => {
    const other = await variant(root, 'liar', {
      'usr/lib/systemd/systemd': `#!/bin/sh\n${lie}\nsleep 1\npoweroff -f\n`,
    });
    expect((await boot(other, { '10-a.sh': '' })).verdict).toBe('early-exit');
  }, 240_000);

  it('whose systemd is another program is not running', async () => {
    const other = await variant(root, 'other', {
      'usr/lib/systemd/systemd': '#!/bin/sh\nwhile :; do sleep 1; done\n',
    });
    const report = await boot(other, { '10-a.sh': '' });
    expect(report.verdict, report.explanation).toBe('system-not-running');
    expect(report.explanation).toContain("and not the image's systemd");
  }, 240_000);

  it('may have its kernel behind an absolute link', async () => {
    const { modules } = await requireKernel(insideRoot(root), 'root');
    const other = await variant(root, 'linked', { [`${modules}/vmlinuz`]: { to: '/usr/kernel' } });
    await writeFile(join(other, 'usr/kernel'), await readFile(join(root, modules, 'vmlinuz')));
    expect((await boot(other, { '10-a.sh': '' })).verdict).toBe('passed');
  }, 240_000);

  it('may have a unified kernel image only', async () => {
    const { modules, version } = await requireKernel(insideRoot(root), 'root');
    const kernel = await readFile(join(root, modules, 'vmlinuz'));
    const unified = await variant(root, 'unified', {});
    await rm(join(unified, modules, 'vmlinuz'));
    await mkdir(join(unified, 'boot/EFI/Linux'), { recursive: true });
    await writeFile(
      join(unified, 'boot/EFI/Linux/linux.efi'),
      makeUnifiedKernel({
        '.linux': kernel,
        '.initrd': await readFile(join(root, modules, 'initramfs.img')),
        '.cmdline': 'quiet console=tty0 coxswain.unified=1',
        '.uname': version,
      }),
    );
    const report = await boot(unified, { '10-a.sh': 'grep -q coxswain.unified=1 /proc/cmdline' });
    expect(report.verdict, report.explanation).toBe('passed');
    expect(report.kernel).toBe(version);
  }, 240_000);

  it('may have names of 255 bytes, and files that consist of holes', async () => {
    const name = 'x'.repeat(255);
    const other = await variant(root, 'long', { [`usr/${name}`]: 'found\n', 'usr/holes': '' });
    await truncate(join(other, 'usr/holes'), 5 * 1024 ** 3);
    const report = await boot(other, {
      '10-a.sh': `grep -q found /usr/${name} && [ "$(stat -c %s /usr/holes)" = 5368709120 ]`,
    });
    expect(report.verdict, report.explanation).toBe('passed');
  }, 240_000);
});
