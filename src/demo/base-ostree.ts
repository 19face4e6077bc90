import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../host/errors.ts';
import { exec } from '../host/exec.ts';
import { exists, withTemporaryFolder } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { findTool, requireTools } from '../host/tools.ts';
import { fetchKernel, type KernelFiles } from './base-kernel.ts';
import { addKernelFiles, addNetworkFiles, makeHostKeysAtFirstBoot } from './base-roots.ts';
import { putInPlace } from './debian-packages.ts';
import { maintenanceUnits } from './needless-units.ts';

// A base image that is an ostree commit, as Fedora CoreOS is one: Debian's ostree, dracut, systemd and Ignition. Only
// Debian unstable ("sid") has versions that are new enough.

/** Raise it when the image is made differently, so that older ones in caches are not used. */
const recipe = 4;

const packages = [
  ...['systemd', 'systemd-sysv', 'udev', 'kmod', 'dbus', 'openssh-server', 'e2fsprogs'],
  ...['ostree', 'ostree-boot', 'dracut', 'dracut-network', 'ignition', 'policycoreutils', 'curl', 'zstd'],
];

/** The modules have only what a virtual machine needs, so that the initramfs stays small. */
const modules = [
  ...['virtio_pci', 'virtio_blk', 'virtio_console', 'virtio_net', 'virtio_rng'],
  ...['ext4', 'overlay', 'erofs', 'qemu_fw_cfg', 'autofs4', 'vfat', 'nls_ascii', 'nls_cp437', 'loop'],
];

/** Modules of dracut, besides what these need. */
const dracutModules = [
  ...['systemd', 'systemd-initrd', 'dracut-systemd', 'systemd-udevd', 'udev-rules', 'kernel-modules'],
  ...['rootfs-block', 'fs-lib', 'base', 'shutdown', 'ostree', 'ignition'],
];

/** An image in a folder of the cache: the same for all versions of a base image. */
export interface BaseLayout {
  /** Folder: an OCI image layout with one image, called `base`. */
  readonly layout: string;
  /** Distinguishes this image from all others (a part of a tag). */
  readonly key: string;
}

/**
 * Makes the ostree commit of a base image and writes it as a container image, or takes it from the cache.
 * @throws InputError without `ostree` or `ostree-deploy` (script/rust-tools builds it)
 */
export async function prepareOstreeBase(cacheFolder: string, log: Log): Promise<BaseLayout> {
  const kernel = await fetchKernel(cacheFolder, log);
  const key = `ostree-sid-${kernel.key}-r${recipe}`;
  const layout = join(cacheFolder, 'roots', `${key}.oci`);
  if (await exists(layout)) return { layout, key };
  requireTools(['mmdebstrap', 'ostree', 'chroot', 'unshare']);
  if (findTool('ostree-deploy') === undefined) {
    throw new InputError({
      problem: 'a program is not installed: ostree-deploy',
      remedy:
        'Run script/rust-tools ostree-deploy, and add the folder bin below the one that it prints to PATH.',
    });
  }
  await log.task('making an ostree base image (some minutes, once)', (report) =>
    withTemporaryFolder('base', async (folder) => {
      const root = join(folder, 'root');
      report('Debian sid');
      await installPackages(root);
      report('initramfs');
      await prepareSystem(root, kernel);
      report('ostree commit');
      await mkdir(dirname(layout), { recursive: true });
      const partial = `${layout}.${randomBytes(6).toString('hex')}`;
      try {
        await encapsulate(root, folder, partial);
        await putInPlace(partial, layout);
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    }),
  );
  return { layout, key };
}

async function installPackages(root: string): Promise<void> {
  await exec(
    'mmdebstrap',
    [
      '--variant=minbase',
      // The mirrors of a machine may be weeks behind.
      '--aptopt=Acquire::Check-Valid-Until "false"',
      `--include=${packages.join(',')}`,
      ...['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...['sid', root],
    ],
    { doing: 'making a root file system with mmdebstrap (Debian sid)' },
  );
}

/** Adds what is in the root besides Debian's packages, then makes its folders those of an ostree commit. */
async function prepareSystem(root: string, kernel: KernelFiles): Promise<void> {
  // The image has none, as a bootable container image: every machine makes its own on its first boot.
  await writeFile(join(root, 'etc/machine-id'), '');
  for (const name of ['etc/hostname', 'etc/resolv.conf', 'etc/.pwd.lock']) {
    await rm(join(root, name), { recursive: true, force: true });
  }
  await addEmptyPolicy(root);
  await makeHostKeysAtFirstBoot(root);
  await addNetworkFiles(root);
  for (const name of maintenanceUnits) await rm(join(root, 'usr/lib/systemd/system', name), { force: true });
  await mkdir(join(root, 'usr/lib/ostree'), { recursive: true });
  await writeFile(join(root, 'usr/lib/ostree/prepare-root.conf'), '[sysroot]\nreadonly=true\n');
  await addKernelFiles(root, kernel, modules);
  await makeInitramfs(root, kernel.version);
  await arrangeFolders(root);
}

/**
 * Debian's Ignition always labels the files that it writes. It needs a policy of SELinux for that; this one labels nothing.
 * Its configuration is removed after Ignition ran: ostree would rebuild the policy of each update, and this one has no
 * modules to build it from.
 */
async function addEmptyPolicy(root: string): Promise<void> {
  await writeFile(join(root, 'usr/lib/tmpfiles.d/coxswain-policy.conf'), 'r! /etc/selinux/config\n');
  const folder = join(root, 'etc/selinux');
  await mkdir(join(folder, 'empty/contexts/files'), { recursive: true });
  await writeFile(join(folder, 'config'), 'SELINUX=disabled\nSELINUXTYPE=empty\n');
  await writeFile(join(folder, 'empty/contexts/files/file_contexts'), '');
}

/** Runs the distribution's own dracut in the root; the mounts that it needs end with its mount namespace. */
async function makeInitramfs(root: string, version: string): Promise<void> {
  const dracut = [
    ...['dracut', '--force', '--reproducible', '--zstd', '--no-hostonly', '--no-hostonly-cmdline'],
    ...['--no-early-microcode', '-m', dracutModules.join(' '), '--drivers', modules.join(' ')],
    // What Ignition labels files with.
    ...['--install', 'setfiles'],
    ...['--kver', version, `/usr/lib/modules/${version}/initramfs.img`],
  ];
  const script = `set -e
mount -t proc proc "$0/proc"
mount -t sysfs sysfs "$0/sys"
mount --bind /dev "$0/dev"
exec chroot "$0" "$@"
`;
  await exec('unshare', ['--mount', 'sh', '-c', script, root, ...dracut], {
    doing: 'making an initramfs with dracut',
  });
  await exec('chmod', ['0644', join(root, `usr/lib/modules/${version}/initramfs.img`)]);
}

/** Links of the root of an ostree system (ostree's documentation, "Adapting existing mainstream distributions"). */
const links: Readonly<Record<string, string>> = {
  home: 'var/home',
  mnt: 'var/mnt',
  opt: 'var/opt',
  srv: 'var/srv',
  root: 'var/roothome',
  media: 'run/media',
  ostree: 'sysroot/ostree',
  'usr/local': '../var/usrlocal',
};

async function arrangeFolders(root: string): Promise<void> {
  const empty = ['var', 'boot', 'dev', 'proc', 'run', 'sys', 'tmp', 'sysroot'];
  for (const name of [...empty, ...Object.keys(links)]) {
    await rm(join(root, name), { recursive: true, force: true });
  }
  for (const name of empty) await mkdir(join(root, name));
  await exec('chmod', ['1777', join(root, 'tmp')]);
  for (const [name, target] of Object.entries(links)) await symlink(target, join(root, name));
  const folders = ['home', 'mnt', 'opt', 'srv', 'usrlocal', 'lib', 'log', 'cache'];
  await writeFile(
    join(root, 'usr/lib/tmpfiles.d/coxswain-base.conf'),
    `${folders.map((name) => `d /var/${name} 0755 root root -\n`).join('')}d /var/roothome 0700 root root -\n`,
  );
  await rename(join(root, 'etc'), join(root, 'usr/etc'));
}

/** The time of everything in the commit: the same root is the same commit. */
const timestamp = '2026-01-01T00:00:00Z';

async function encapsulate(root: string, folder: string, layout: string): Promise<void> {
  const repository = join(folder, 'repository');
  await exec('ostree', ['init', `--repo=${repository}`, '--mode=bare']);
  await exec('ostree', [
    ...['commit', `--repo=${repository}`, '--branch=base', '--subject=base', `--timestamp=${timestamp}`],
    `--tree=dir=${root}`,
  ]);
  const labels = ['containers.bootc=1', 'ostree.bootable=1'].flatMap((label) => ['--label', label]);
  await exec('ostree-deploy', [
    ...['container', 'encapsulate', '--compression-fast', `--repo=${repository}`, ...labels],
    ...['base', `oci:${layout}:base`],
  ]);
}
