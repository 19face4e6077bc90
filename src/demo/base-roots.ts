import { randomBytes } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exec } from '../host/exec.ts';
import { withTemporaryFolder } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { findStaticBusybox } from '../vm/busybox.ts';
import { readModuleIndex } from '../vm/kernel.ts';
import { orderModules } from '../vm/modules.ts';
import { exists, fetchKernel, type KernelFiles, putInPlace } from './base-kernel.ts';

export type BaseKind = 'tiny' | 'systemd';

/** Raised when the way a root is made changes: older tarballs in caches are then not used. */
const recipes: Readonly<Record<BaseKind, number>> = { tiny: 3, systemd: 2 };

/** A root file system without its version: the same for all versions of a base image. */
export interface BaseRoot {
  readonly tarball: string;
  /** Tells this root from any other (a part of a tag). */
  readonly key: string;
}

/** Makes the root file system of a kind of base image, or takes it from the cache. */
export async function prepareRoot(kind: BaseKind, cacheFolder: string, log: Log): Promise<BaseRoot> {
  const kernel = await fetchKernel(cacheFolder, log);
  const suite = kind === 'systemd' ? `${await hostSuite()}-` : '';
  const key = `${kind}-${suite}${kernel.key}-r${recipes[kind]}`;
  const tarball = join(cacheFolder, 'roots', `${key}.tar`);
  if (!(await exists(tarball))) {
    await log.task(`making the root file system of a ${kind} base image`, () =>
      withTemporaryFolder('base', async (folder) => {
        const root = join(folder, 'root');
        await mkdir(root);
        await (kind === 'tiny' ? makeTinyRoot(root, kernel) : makeSystemdRoot(root, kernel));
        await makeTarball(root, tarball);
      }),
    );
  }
  return { tarball, key };
}

async function makeTarball(root: string, tarball: string): Promise<void> {
  await mkdir(dirname(tarball), { recursive: true });
  const partial = `${tarball}.${randomBytes(6).toString('hex')}`;
  try {
    const empty = ['dev', 'proc', 'sys', 'run', 'tmp'].map((name) => `--exclude=./${name}/*`);
    await exec('tar', [
      '--create',
      `--file=${partial}`,
      `--directory=${root}`,
      '--numeric-owner',
      '--sort=name',
      '--xattrs',
      ...empty,
      '.',
    ]);
    await putInPlace(partial, tarball);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Busybox and a kernel with the few modules that a virtual machine needs. */
async function makeTinyRoot(root: string, kernel: KernelFiles): Promise<void> {
  for (const folder of [
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'etc',
    'root',
    'var',
    'dev',
    'proc',
    'sys',
    'run',
    'tmp',
  ])
    await mkdir(join(root, folder), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  for (const name of ['bin', 'sbin', 'lib']) await symlink(`usr/${name}`, join(root, name));
  const busybox = await findStaticBusybox();
  await copyFile(busybox, join(root, 'usr/bin/busybox'));
  await chmod(join(root, 'usr/bin/busybox'), 0o755);
  const { stdout } = await exec('busybox', ['--list']);
  for (const applet of stdout
    .trim()
    .split('\n')
    .filter((name) => name !== 'busybox' && name !== 'init'))
    await symlink('busybox', join(root, 'usr/bin', applet));
  await symlink('../bin/busybox', join(root, 'usr/sbin/init'));
  await symlink('../usr/lib/os-release', join(root, 'etc/os-release'));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\n');
  await addNetworkFiles(root);
  const wanted = [
    'virtio_pci',
    'virtio_blk',
    'virtio_console',
    'virtio_net',
    'virtio_rng',
    'erofs',
    'overlay',
  ];
  await addKernel(root, kernel, wanted);
}

/** The distribution's own systemd, as small as it comes. */
async function makeSystemdRoot(root: string, kernel: KernelFiles): Promise<void> {
  await rm(root, { recursive: true });
  await exec(
    'mmdebstrap',
    [
      '--variant=minbase',
      '--include=systemd,systemd-sysv,udev,kmod,dbus',
      ...['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      await hostSuite(),
      root,
    ],
    { doing: 'making a root file system with mmdebstrap' },
  );
  // As in a bootable container image: every machine makes its own on its first boot.
  await writeFile(join(root, 'etc/machine-id'), '');
  await rm(join(root, 'var/lib/dbus/machine-id'), { force: true });
  await rm(join(root, 'etc/hostname'), { force: true });
  await rm(join(root, 'etc/resolv.conf'), { force: true });
  await addNetworkFiles(root);
  await addKernel(root, kernel);
}

/** `buildah build --network host` adds these two, empty, where they are missing: the digest would depend on it. */
async function addNetworkFiles(root: string): Promise<void> {
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost\n');
  await writeFile(join(root, 'etc/resolv.conf'), '');
}

/** Puts a kernel where bootable container images have it. @param wanted modules to keep (default: all) */
async function addKernel(root: string, kernel: KernelFiles, wanted?: readonly string[]): Promise<void> {
  const folder = join(root, 'usr/lib/modules', kernel.version);
  await mkdir(dirname(folder), { recursive: true });
  await cp(kernel.modules, folder, { recursive: true, filter: (path) => !/\/(build|source)$/.test(path) });
  await depmod(root, kernel.version);
  if (wanted !== undefined) {
    const kept = orderModules(wanted, await readModuleIndex(folder)).files;
    await rm(join(folder, 'kernel'), { recursive: true });
    for (const file of kept) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await copyFile(join(kernel.modules, file), join(folder, file));
    }
    await depmod(root, kernel.version);
  }
  await copyFile(kernel.image, join(folder, 'vmlinuz'));
  await chmod(join(folder, 'vmlinuz'), 0o644);
}

async function depmod(root: string, version: string): Promise<void> {
  await exec('depmod', ['--basedir', root, version]);
}

async function hostSuite(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8');
  return /^VERSION_CODENAME="?(\w+)"?$/m.exec(text)?.[1] ?? 'stable';
}
