import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { prepareRoot } from '../../src/demo/base-roots.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';

/**
 * Makes the root file system of a Debian (by mmdebstrap) with this machine's Node.js and npm, and nothing else of this
 * machine: no git, no buildah, no file of this repository. It begins with the root of the demo's base, which is in
 * the cache, so nothing is fetched for it.
 */
async function makeEmptyMachine(root: string, tarball: string): Promise<void> {
  const { stdout: modules } = await exec('npm', ['root', '--global']);
  const without = ['./usr/lib/modules/*', './usr/lib/modules', './var/lib/apt/lists/*'];
  await exec('tar', [
    ...['--extract', '--numeric-owner', '--file', tarball, '--directory', root],
    ...without.map((path) => `--exclude=${path}`),
  ]);
  await cp(await realpath(process.execPath), join(root, 'usr/bin/node'));
  await cp(join(modules.trim(), 'npm'), join(root, 'usr/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/bin/npm'));
}

/**
 * Runs a shell script in a root file system, as root, without a network.
 * @throws OutsideError unless it exits with 0
 */
export async function runIn(root: string, script: string): Promise<{ stdout: string; stderr: string }> {
  const inside = `mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" env -i HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -euc "$1"`;
  const apart = ['--mount', '--net', '--pid', '--fork', '--kill-child', 'sh', '-c'];
  return exec('unshare', [...apart, inside, root, script]);
}

const withoutRights = ['setpriv', '--reuid=1234', '--regid=1234', '--clear-groups'];
const asOwnRoot = [...withoutRights, 'unshare', '--user', '--map-root-user'];

/** Whether a user without rights may be root in a namespace of their own here. Some systems forbid that. */
export const hasRootless =
  process.getuid?.() === 0 && spawnSync('env', [...asOwnRoot, 'chroot', '/', 'true']).status === 0;

/**
 * Runs a shell script in a root file system as rootless podman does: root inside is the user 1234 outside.
 * @param folder with the folders `root`, which is empty, and `work`, which is /work inside
 */
export async function runRootless(root: string, folder: string, script: string): Promise<{ stdout: string }> {
  const inside = `mount --rbind "$0" "$1/root"
for each in dev proc; do mount --rbind /$each "$1/root/$each"; done
mount --bind "$1/work" "$1/root/work"
exec ${asOwnRoot.join(' ')} chroot "$1/root" env -i HOME=/tmp PATH=/usr/bin:/bin sh -euc "cd /work; $2"`;
  return exec('unshare', ['--mount', 'sh', '-euc', inside, root, folder, script]);
}

/** The same as an image in buildah's storage, made once for each version of Node.js. */
export async function importEmptyMachine(): Promise<string> {
  const { key, tarball } = await prepareRoot('systemd', defaultCacheFolder(), silentLog);
  const hash = createHash('sha256').update(`${key} ${process.version} 1`).digest('hex').slice(0, 16);
  const image = `localhost/coxswain-empty-machine:${hash}`;
  const known = await exec('buildah', ['inspect', '--type', 'image', image], { allow: [0, 1, 125] });
  if (known.exitCode === 0) return image;
  const { stdout } = await exec('buildah', ['from', 'scratch']);
  const container = stdout.trim();
  try {
    // Directly into the layer: a copy of the files would take as long again.
    const { stdout: root } = await exec('buildah', ['mount', container]);
    await makeEmptyMachine(root.trim(), tarball);
    await exec('buildah', ['commit', '--quiet', container, image]);
  } finally {
    await exec('buildah', ['rm', container], { allow: [0, 1, 125] });
  }
  return image;
}
