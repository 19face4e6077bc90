import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { InputError } from './errors.ts';

/** The Debian and Ubuntu package of each program that we call. */
const packages: Readonly<Record<string, string>> = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  buildah: 'buildah',
  busybox: 'busybox-static',
  cpio: 'cpio',
  'docker-registry': 'docker-registry',
  depmod: 'kmod',
  dpkg: 'dpkg',
  'dpkg-deb': 'dpkg',
  git: 'git',
  'fuse-overlayfs': 'fuse-overlayfs',
  gzip: 'gzip',
  'mkfs.erofs': 'erofs-utils',
  debugfs: 'e2fsprogs',
  du: 'coreutils',
  e2fsck: 'e2fsprogs',
  'mkfs.ext4': 'e2fsprogs',
  mmdebstrap: 'mmdebstrap',
  modprobe: 'kmod',
  newuidmap: 'uidmap',
  'qemu-system-aarch64': 'qemu-system-arm',
  'qemu-system-x86_64': 'qemu-system-x86',
  rpm: 'rpm',
  sbverify: 'sbsigntool',
  skopeo: 'skopeo',
  slirp4netns: 'slirp4netns',
  mount: 'mount',
  unshare: 'util-linux',
  xmllint: 'libxml2-utils',
  xz: 'xz-utils',
  zstd: 'zstd',
};

/** Fedora packages that have another name than Debian's. */
const fedoraPackages: Readonly<Record<string, string>> = {
  'busybox-static': 'busybox',
  'qemu-system-arm': 'qemu-system-aarch64-core',
  'qemu-system-x86': 'qemu-system-x86-core',
  mount: 'util-linux-core',
  sbsigntool: 'sbsigntools',
  uidmap: 'shadow-utils',
  'util-linux': 'util-linux-core',
  'xz-utils': 'xz',
};

/** The Fedora package of a program. */
export function fedoraPackageOf(program: string): string {
  const debian = packageOf(program);
  return fedoraPackages[debian] ?? debian;
}

/** The Debian package of a program. */
export function packageOf(program: string): string {
  return packages[program] ?? program;
}

/** Where programs were found, by PATH and name: a verb starts the same few programs dozens of times. */
const found = new Map<string, string>();

/** Full path of a program, looked up in PATH and the system folders that a user's PATH may lack. */
export function findTool(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  // A path is looked up nowhere, as in a shell.
  if (name.includes('/')) return isExecutable(name) ? name : undefined;
  const question = `${env.PATH ?? ''}\0${name}`;
  const known = found.get(question);
  if (known !== undefined && isExecutable(known)) return known;
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].filter(
    (folder) => folder !== '',
  );
  for (const folder of folders) {
    const path = join(folder, name);
    if (!isExecutable(path)) continue;
    found.set(question, path);
    return path;
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes sure that programs are installed, before any work begins.
 * @throws InputError that names every missing program and the packages that contain them
 */
export function requireTools(names: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const missing = names.filter((name) => findTool(name, env) === undefined);
  if (missing.length === 0) return;
  const wanted = [...new Set(missing.map(packageOf))];
  throw new InputError({
    problem: `${missing.length === 1 ? 'a program is' : 'programs are'} not installed: ${missing.join(', ')}`,
    remedy: `On Debian or Ubuntu: apt-get install --no-install-recommends ${wanted.join(' ')}`,
  });
}
