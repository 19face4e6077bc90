import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exec } from '../host/exec.ts';
import { exists, withTemporaryFolder } from '../host/files.ts';
import { insideRoot } from '../host/inside-root.ts';
import type { Log } from '../host/log.ts';
import { findStaticBusybox } from '../loop/boot-test/guest/busybox.ts';
import { readModuleIndex } from '../loop/boot-test/guest/kernel.ts';
import { orderModules } from '../loop/boot-test/guest/kernel-modules.ts';
import { folder as newcFolder, writeNewc } from '../loop/boot-test/guest/newc.ts';
import { addAgent, addPrograms, findZincati } from './base-agent.ts';
import { fetchKernel, type KernelFiles } from './base-kernel.ts';
import { type ForeignPackages, putInPlace } from './debian-packages.ts';
import { removeNeedlessUnits } from './needless-units.ts';

/** `tiny`: busybox alone; `node`: with Zincati, and what the node kit needs, without systemd; `systemd`: as it is. */
export type BaseKind = 'tiny' | 'node' | 'systemd';

/** Raise it when a root is made differently, so that older tarballs in caches are not used. */
const recipes: Readonly<Record<BaseKind, number>> = { tiny: 4, node: 1, systemd: 4 };

/** What a virtual machine needs. A kernel has a hundred megabytes of others, which every test would unpack. */
const modulesOfMachines = [
  ...['virtio_pci', 'virtio_blk', 'virtio_console', 'virtio_net', 'virtio_rng'],
  ...['erofs', 'overlay', 'ext4', 'autofs4', 'loop', 'fuse', 'qemu_fw_cfg'],
];

/** A root file system without its version: the same for all versions of a base image. */
export interface BaseRoot {
  readonly tarball: string;
  /** Distinguishes this root from all others (a part of a tag). */
  readonly key: string;
}

/**
 * Makes the root file system of a kind of base image, or takes it from the cache.
 * @param foreign for another architecture than this machine's; only for the tiny kind
 */
export async function prepareRoot(
  kind: BaseKind,
  cacheFolder: string,
  log: Log,
  foreign?: ForeignPackages & { readonly busybox: string },
): Promise<BaseRoot> {
  const kernel = await fetchKernel(cacheFolder, log, foreign);
  const suite = kind === 'systemd' ? `${await hostSuite()}-` : '';
  // Fedora CoreOS has Zincati. It has to be built here, so the base is made without it if there is none.
  const agent = kind === 'tiny' ? undefined : findZincati(cacheFolder);
  const withAgent = agent === undefined ? '' : `-zincati-${await shortHash(agent)}`;
  const key = `${kind}-${suite}${kernel.key}${withAgent}-r${recipes[kind]}`;
  const tarball = join(cacheFolder, 'roots', `${key}.tar`);
  if (!(await exists(tarball))) {
    await log.task(`making the root file system of a ${kind} base image`, () =>
      withTemporaryFolder('base', async (folder) => {
        const root = join(folder, 'root');
        await mkdir(root);
        const busybox = foreign?.busybox ?? (await findStaticBusybox());
        await (kind === 'systemd' ? makeSystemdRoot(root, kernel) : makeTinyRoot(root, kernel, busybox));
        if (agent !== undefined) await addAgent(root, agent);
        if (kind === 'node')
          await addPrograms(root, ['/usr/bin/bash', ...(agent === undefined ? [] : [agent])]);
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
async function makeTinyRoot(root: string, kernel: KernelFiles, busybox: string): Promise<void> {
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
  await addKernel(root, kernel, { busybox, wanted: modulesOfMachines });
}

/** The smallest system with the distribution's own systemd. */
async function makeSystemdRoot(root: string, kernel: KernelFiles): Promise<void> {
  await rm(root, { recursive: true });
  await exec(
    'mmdebstrap',
    [
      '--variant=minbase',
      '--include=systemd,systemd-sysv,udev,kmod,dbus,openssh-server',
      ...['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      await hostSuite(),
      root,
    ],
    { doing: 'making a root file system with mmdebstrap' },
  );
  // The image has none, as a bootable container image: every machine makes its own on its first boot.
  await writeFile(join(root, 'etc/machine-id'), '');
  await rm(join(root, 'var/lib/dbus/machine-id'), { force: true });
  await makeHostKeysAtFirstBoot(root);
  await rm(join(root, 'etc/hostname'), { force: true });
  await rm(join(root, 'etc/resolv.conf'), { force: true });
  await addNetworkFiles(root);
  await removeNeedlessUnits(root);
  await addKernel(root, kernel, { busybox: await findStaticBusybox(), wanted: modulesOfMachines });
}

/** The packages made keys while they were installed: those would be the same on every machine. */
export async function makeHostKeysAtFirstBoot(root: string): Promise<void> {
  const folder = join(root, 'etc/ssh');
  for (const name of await readdir(folder)) if (name.startsWith('ssh_host_')) await rm(join(folder, name));
  const units = join(root, 'usr/lib/systemd/system');
  await writeFile(
    join(units, 'ssh-host-key.service'),
    `[Unit]
Description=SSH host key
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key
`,
  );
  await mkdir(join(units, 'multi-user.target.wants'), { recursive: true });
  await symlink('../ssh-host-key.service', join(units, 'multi-user.target.wants/ssh-host-key.service'));
}

/** `buildah build --network host` adds these two, empty, if they are missing, and the digest would depend on it. */
export async function addNetworkFiles(root: string): Promise<void> {
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost\n');
  await writeFile(join(root, 'etc/resolv.conf'), '');
}

/** Puts a kernel and our own initramfs into the folder for bootable container images. */
async function addKernel(
  root: string,
  kernel: KernelFiles,
  { busybox, wanted }: { readonly busybox: string; readonly wanted?: readonly string[] },
): Promise<void> {
  const folder = await addKernelFiles(root, kernel, wanted);
  await writeFile(join(folder, 'initramfs.img'), await initramfs(busybox));
}

/**
 * Puts a kernel into the folder for bootable container images.
 * @param wanted modules to keep (default: all)
 * @returns its folder, which has no initramfs yet
 */
export async function addKernelFiles(
  root: string,
  kernel: KernelFiles,
  wanted?: readonly string[],
): Promise<string> {
  const folder = join(root, 'usr/lib/modules', kernel.version);
  await mkdir(dirname(folder), { recursive: true });
  await cp(kernel.modules, folder, { recursive: true, filter: (path) => !/\/(build|source)$/.test(path) });
  await depmod(root, kernel.version);
  if (wanted !== undefined) {
    const kept = orderModules(
      wanted,
      await readModuleIndex(insideRoot(root), `/usr/lib/modules/${kernel.version}`),
    ).files;
    await rm(join(folder, 'kernel'), { recursive: true });
    for (const file of kept) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await copyFile(join(kernel.modules, file), join(folder, file));
    }
    await depmod(root, kernel.version);
  }
  await copyFile(kernel.image, join(folder, 'vmlinuz'));
  await chmod(join(folder, 'vmlinuz'), 0o644);
  return folder;
}

/** Boots whatever `root=` on the kernel's command line names; virtual machines with a driver built in need no more. */
async function initramfs(busybox: string): Promise<Buffer> {
  const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /dev /root
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs devtmpfs /dev
for word in $(/bin/busybox cat /proc/cmdline); do
  case "$word" in root=*) root="\${word#root=}" ;; esac
done
/bin/busybox mount -o ro "$root" /root && exec /bin/busybox switch_root /root /sbin/init
`;
  return writeNewc([
    { path: 'bin', content: newcFolder, mode: 0o755 },
    { path: 'bin/busybox', content: await readFile(busybox), mode: 0o755 },
    { path: 'init', content: init, mode: 0o755 },
  ]);
}

async function depmod(root: string, version: string): Promise<void> {
  await exec('depmod', ['--basedir', root, version]);
}

async function shortHash(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 12);
}

async function hostSuite(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8');
  return /^VERSION_CODENAME="?(\w+)"?$/m.exec(text)?.[1] ?? 'stable';
}
