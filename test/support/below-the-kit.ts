import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exec } from '../../src/host/exec.ts';
import { findTool } from '../../src/host/tools.ts';
import type { Entry } from './machines.ts';

// What is below the node kit in a virtual machine with systemd: the stand-in for rpm-ostree, its deployments, and
// servers on loopback in the place of the network.

/** Folder of the stand-in's state, which stays from boot to boot. */
export const standInState = '/var/lib/stand-in';

/** Where the first deployment of a machine comes from. */
export interface FirstDeployment {
  readonly reference: string;
  readonly digest: string;
}

/**
 * Makes the machine a node before the kit starts: its first boot puts the deployments in place, and each later boot
 * does what a boot does with them.
 * @param more shell commands of each boot, after that
 */
export function stageFiles(
  first: FirstDeployment,
  known: Readonly<Record<string, string>>,
  more = '',
): Record<string, string> {
  const stage = `set -e
state=${standInState}
ln -sfn $state /run/coxswain-stand-in
if [ ! -d $state ]; then
  mkdir -p $state
  cp -r /usr/lib/stand-in/. $state/
  : >$state/calls
  [ -e $state/tags ] || : >$state/tags
  printf 'REF=${first.reference}\\nDIGEST=${first.digest}\\nLOCKED=no\\n' >$state/booted
else
  rpm-ostree next-boot
fi
touch /run/ostree-booted
# On a node this folder can be written to.
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=777 tmpfs /sysroot
mkdir -m 777 -p /sysroot/ostree/deploy
chmod 777 /sysroot/ostree/deploy
${more}`;
  return {
    'usr/lib/stage.sh': stage,
    ...Object.fromEntries(Object.entries(known).map(([path, text]) => [`usr/lib/stand-in/${path}`, text])),
  };
}

/** The stage of `stageFiles` as a unit. */
export const stageUnit = `[Unit]
Before=coxswain-ring.service coxswain-join.service coxswain-health.service zincati.service network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /usr/lib/stage.sh
`;

/** A web server on loopback, with the files of a folder of the machine. */
export function siteUnit(port: number, folder: string): string {
  return `[Unit]
Before=network-online.target
[Service]
ExecStart=/usr/lib/busybox httpd -f -p 127.0.0.1:${port} -h ${folder}
`;
}

/** Files that start units with the machine. */
export function enabledUnits(units: Readonly<Record<string, string>>): Record<string, Entry> {
  const folder = 'usr/lib/systemd/system';
  return Object.fromEntries(
    Object.entries(units).flatMap(([name, text]): [string, Entry][] => [
      [`${folder}/${name}`, text],
      [`${folder}/multi-user.target.wants/${name}`, { to: `../${name}` }],
    ]),
  );
}

/** The text of the stand-in for rpm-ostree. */
export function standInProgram(): Promise<string> {
  return readFile(fileURLToPath(new URL('../../node/stand-in/rpm-ostree.sh', import.meta.url)), 'utf8');
}

/** Copies programs of this machine with their libraries: the root is of the same distribution. */
export async function addHostPrograms(root: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const program = findTool(name) ?? '';
    const { stdout } = await exec('ldd', [program]);
    const libraries = [...stdout.matchAll(/=> (\/\S+) /g)].map((match) => match[1] as string);
    for (const file of [program, ...libraries]) {
      const target = join(root, file.startsWith('/usr/') ? file : `/usr${file}`);
      // The root's own libraries stay: they belong together, and are shared with other roots.
      if (existsSync(target)) continue;
      await mkdir(dirname(target), { recursive: true });
      await copyFile(file, target);
    }
  }
}

/** The web server of `siteUnit`. */
export async function addBusybox(root: string): Promise<void> {
  await cp(findTool('busybox') ?? '', join(root, 'usr/lib/busybox'));
  await chmod(join(root, 'usr/lib/busybox'), 0o755);
}
