import { createHash } from 'node:crypto';
import { cp, mkdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { prepareRoot } from '../../src/demo/base-roots.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';

/**
 * Makes the root file system of a Debian (by mmdebstrap) with this machine's Node.js and npm, and nothing else of this
 * machine: no git, no buildah, no file of this repository. It begins with the root of the demo's base, which is in
 * the cache, so nothing is fetched for it.
 * @param root a folder that does not exist yet
 */
export async function makeEmptyMachine(root: string): Promise<void> {
  const { tarball } = await prepareRoot('systemd', defaultCacheFolder(), silentLog);
  const { stdout: modules } = await exec('npm', ['root', '--global']);
  await mkdir(root, { recursive: true });
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

/**
 * The same as an image in buildah's storage, made once for each version of Node.js.
 * @param root a folder that does not exist yet
 */
export async function importEmptyMachine(root: string): Promise<string> {
  const { key } = await prepareRoot('systemd', defaultCacheFolder(), silentLog);
  const hash = createHash('sha256').update(`${key} ${process.version} 1`).digest('hex').slice(0, 16);
  const image = `localhost/coxswain-empty-machine:${hash}`;
  const known = await exec('buildah', ['inspect', '--type', 'image', image], { allow: [0, 1, 125] });
  if (known.exitCode === 0) return image;
  await makeEmptyMachine(root);
  const { stdout } = await exec('buildah', ['from', 'scratch']);
  const container = stdout.trim();
  try {
    await exec('buildah', ['copy', '--quiet', container, root, '/']);
    await exec('buildah', ['commit', '--quiet', container, image]);
  } finally {
    await exec('buildah', ['rm', container], { allow: [0, 1, 125] });
  }
  return image;
}
