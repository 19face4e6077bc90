import { InputError } from '../../../host/errors.ts';
import { exists } from '../../../host/files.ts';
import type { InsideRoot } from '../../../host/inside-root.ts';
import { findTool } from '../../../host/tools.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import { systemdVersion } from '../guest/systemd.ts';

/** UEFI firmware for a machine: its code, and the initial values of its variables. */
export interface Firmware {
  readonly code: string;
  readonly variables: string;
}

/** The paths in Debian, Ubuntu and Fedora. */
const knownFirmware: Partial<Readonly<Record<Architecture, readonly Firmware[]>>> = {
  x86_64: [
    { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
    { code: '/usr/share/OVMF/OVMF_CODE.fd', variables: '/usr/share/OVMF/OVMF_VARS.fd' },
    { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', variables: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
  ],
  aarch64: [{ code: '/usr/share/AAVMF/AAVMF_CODE.fd', variables: '/usr/share/AAVMF/AAVMF_VARS.fd' }],
};

/** `systemd.extra-unit.*` (systemd.system-credentials(7)): how the tests get into a machine without changing its disk. */
const neededSystemd = 256;

/**
 * Makes sure that an image can be installed on a disk and started from it, before anything long begins. It is installed
 * inside a virtual machine, so this machine needs no loop devices, no partitions and no containers.
 * @param about.root the image's root file system
 * @throws InputError that names everything that is missing
 */
export async function requireDiskMode(
  about: { readonly root: InsideRoot; readonly architecture: Architecture },
  env: NodeJS.ProcessEnv = process.env,
): Promise<Firmware> {
  const { root, architecture } = about;
  const candidates = knownFirmware[architecture] ?? [];
  const firmware = await firstOf(candidates, async ({ code, variables }) =>
    Boolean((await exists(code)) && (await exists(variables))),
  );
  const systemd = await systemdVersion(root);
  const programs = await missingPrograms(root);
  const problems = [
    findTool('skopeo', env) === undefined ? 'skopeo is not installed (package skopeo)' : undefined,
    firmware === undefined
      ? `UEFI firmware for ${architecture} cannot be found (packages ovmf, qemu-efi-aarch64)`
      : undefined,
    programs.length === 0 ? undefined : `the image has no ${programs.join(', ')}`,
    systemd !== undefined && systemd >= neededSystemd
      ? undefined
      : `the image has ${systemd === undefined ? 'no systemd' : `systemd ${systemd}`}, and its tests come in by what systemd ${neededSystemd} added`,
  ].filter((problem) => problem !== undefined);
  if (firmware !== undefined && problems.length === 0) return firmware;
  throw new InputError({
    field: 'mode',
    problem: `the image cannot be booted from a disk here: ${problems.join('; ')}`,
    found: 'disk',
    remedy: 'Provide what is missing, or use the mode direct, which needs none of it.',
  });
}

/** The programs that `bootc install to-disk` calls. Of each list of names, one is enough. */
const neededPrograms: ReadonlyArray<readonly string[]> = [
  ['/usr/bin/bootc'],
  ['/usr/bin/bootupctl', '/usr/bin/bootctl'],
  ['/usr/sbin/sfdisk', '/usr/bin/sfdisk', '/sbin/sfdisk'],
  ['/usr/sbin/mkfs.xfs', '/usr/bin/mkfs.xfs', '/sbin/mkfs.xfs'],
  ['/usr/bin/udevadm', '/usr/sbin/udevadm', '/bin/udevadm'],
];

async function missingPrograms(root: InsideRoot): Promise<string[]> {
  const missing: string[] = [];
  for (const places of neededPrograms) {
    const found = await firstOf(places, async (path) => (await root.resolve(path))?.kind === 'file');
    if (found === undefined) missing.push(places[0] as string);
  }
  return missing;
}

async function firstOf<T>(all: readonly T[], fits: (each: T) => Promise<boolean>): Promise<T | undefined> {
  for (const each of all) if (await fits(each)) return each;
  return undefined;
}
