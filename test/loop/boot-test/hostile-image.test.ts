import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../../src/host/exec.ts';
import { insideRoot } from '../../../src/host/inside-root.ts';
import { makeInitrd } from '../../../src/loop/boot-test/guest/initrd.ts';
import { kernelFile, readModuleIndex, requireKernel } from '../../../src/loop/boot-test/guest/kernel.ts';
import { orderModules } from '../../../src/loop/boot-test/guest/kernel-modules.ts';
import { writeNewc } from '../../../src/loop/boot-test/guest/newc.ts';
import { makeRootImage } from '../../../src/loop/boot-test/guest/root-image.ts';
import { findSystemd, readOsRelease, systemdVersion } from '../../../src/loop/boot-test/guest/systemd.ts';
import { checkKernel, checkLeftovers, checkLint } from '../../../src/loop/boot-test/image-check.ts';
import { temporaryFolder } from '../../support/repository.ts';

// An image in which every path that we read is a link to this machine. The content of this machine must not leak.

const canary = 'CANARY-OF-THE-HOST-7f3a';
let host: string;

beforeAll(async () => {
  host = await temporaryFolder();
  await mkdir(join(host, 'folder', canary), { recursive: true });
  await writeFile(join(host, 'folder', canary, `${canary}.txt`), canary);
  await writeFile(join(host, 'file'), `${canary}\n`);
  await writeFile(join(host, 'libsystemd-shared-999.so'), canary);
});

/** What a link out of an image can look like. */
const ways: Readonly<Record<string, (place: string, target: string) => string>> = {
  absolute: (_place, target) => target,
  'through the top': (_place, target) => `${'../'.repeat(40)}${target}`,
  'through a chain': () => '/chain',
};

async function hostileRoot(way: (place: string, target: string) => string) {
  const folder = await temporaryFolder();
  const link = async (place: string, target: string) => {
    await mkdir(dirname(join(folder, place)), { recursive: true });
    await symlink(way(place, target), join(folder, place));
  };
  await symlink(join(host, 'file'), join(folder, 'chain'));
  return { folder, link };
}

describe.each(Object.entries(ways))('an image with links to the host, %s', (_name, way) => {
  it('shows none of it in labels, checks and versions', async () => {
    const { folder, link } = await hostileRoot(way);
    for (const place of ['var', 'run', 'usr/lib/systemd', 'usr/lib64/systemd'])
      await link(place, join(host, 'folder'));
    for (const place of ['usr/lib/os-release', 'etc/os-release', 'usr/bin/bootc', 'sbin/init'])
      await link(place, join(host, 'file'));
    const root = insideRoot(folder);
    const found = [
      await checkLeftovers(root, 'fail'),
      await checkLint(root, () => Promise.reject(new Error('bootc was run'))),
      await readOsRelease(root),
      await findSystemd(root),
      await systemdVersion(root),
    ];
    expect(JSON.stringify(found)).not.toContain(canary);
    expect(found.slice(1)).toEqual([undefined, {}, undefined, undefined]);
  });

  it.each(['usr/lib/modules', 'usr/lib/modules/6.1', 'usr/lib/modules/6.1/vmlinuz'])(
    'has no kernel in %s',
    async (place) => {
      const { folder, link } = await hostileRoot(way);
      await link(place, join(host, place.endsWith('vmlinuz') ? 'file' : 'folder'));
      await expect(requireKernel(insideRoot(folder), 'x')).rejects.toThrow(/the image has no kernel/);
    },
  );

  it('brings none of it into the initrd, the kernel or the disk', async () => {
    const { folder, link } = await hostileRoot(way);
    const modules = 'usr/lib/modules/6.1';
    await mkdir(join(folder, modules, 'kernel'), { recursive: true });
    await writeFile(join(folder, modules, 'vmlinuz'), 'kernel');
    await writeFile(
      join(folder, modules, 'modules.dep'),
      ['kernel/erofs.ko:', 'kernel/overlay.ko.gz:', `../../../../../../../..${host}/file/ext4.ko:`].join(
        '\n',
      ),
    );
    await link(`${modules}/initramfs.img`, join(host, 'file'));
    await link(`${modules}/kernel/erofs.ko`, join(host, 'file'));
    await link(`${modules}/kernel/overlay.ko.gz`, join(host, 'file'));
    await link(`${modules}/modules.softdep`, join(host, 'file'));
    await link(`${modules}/modules.alias`, join(host, 'file'));
    await link(`${modules}/modules.builtin`, join(host, 'file'));
    const root = insideRoot(folder);
    const kernel = await requireKernel(root, 'x');
    const index = await readModuleIndex(root, kernel.modules);
    expect(JSON.stringify(index)).not.toContain(canary);
    expect(await readFile(await kernelFile(kernel, folder), 'utf8')).toBe('kernel');
    expect((await checkKernel(root, 'x')).output).toContain('there is none');
    const settings = {
      systemd: undefined,
      rootType: 'erofs',
      fallbackTerminal: 'ttyS1',
      systemSeconds: 1,
      environment: {},
      tests: [],
    } as const;
    const { files } = orderModules(['erofs', 'overlay', 'ext4'], index);
    expect(files).toHaveLength(3);
    for (const file of files) {
      await expect(
        makeInitrd({ busybox: '/bin/true', kernel, moduleFiles: [file], settings, nonce: 'n' }),
      ).rejects.toThrow(/a kernel module that the image does not have/);
    }
    const disk = join(await temporaryFolder(), 'disk');
    await makeRootImage(folder, disk);
    expect((await readFile(disk)).includes(canary)).toBe(false);
  });
});

describe('an image of extremes', () => {
  it('with devices, pipes and circles of links in these paths is read to its end', async () => {
    const folder = await temporaryFolder();
    const modules = join(folder, 'usr/lib/modules/6.1');
    await mkdir(modules, { recursive: true });
    await writeFile(join(modules, 'vmlinuz'), '');
    await writeFile(join(modules, 'initramfs.img'), writeNewc([{ path: 'init', content: '', mode: 0o755 }]));
    await exec('mkfifo', [join(modules, 'modules.dep'), join(folder, 'usr/lib/os-release')]);
    await exec('mknod', [join(modules, 'modules.alias'), 'c', '1', '5']);
    await symlink('modules.builtin', join(modules, 'modules.builtin'));
    await symlink('.', join(folder, 'var'));
    const root = insideRoot(folder);
    expect((await checkKernel(root, 'x')).result).toBe('passed');
    expect(await readModuleIndex(root, '/usr/lib/modules/6.1')).toEqual({
      dependencies: '',
      softDependencies: '',
      aliases: '',
      builtin: '',
    });
    expect(await readOsRelease(root)).toEqual({});
    expect((await checkLeftovers(root, 'warn')).result).toBe('passed');
  });

  it('whose modules become larger than any module is refused', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'usr/lib/modules/6.1'), { recursive: true });
    await writeFile(join(folder, 'usr/lib/modules/6.1/vmlinuz'), '');
    await exec('sh', ['-c', 'head -c 300M /dev/zero | gzip -1 >a.ko.gz'], {
      cwd: join(folder, 'usr/lib/modules/6.1'),
    });
    const kernel = await requireKernel(insideRoot(folder), 'x');
    const settings = {
      systemd: undefined,
      rootType: 'erofs',
      fallbackTerminal: 'ttyS1',
      systemSeconds: 1,
      environment: {},
      tests: [],
    } as const;
    await expect(
      makeInitrd({ busybox: '/bin/true', kernel, moduleFiles: ['a.ko.gz'], settings, nonce: 'n' }),
    ).rejects.toThrow(/becomes too large/);
  });
});
