/** A unit of a distribution that cannot work in the machine of a boot test, although it works on a node. */
export interface KnownFailure {
  readonly unit: string;
  /** Why it fails in such a machine. The text follows "fails here: ". */
  readonly reason: string;
  /** First and last release of the distribution that it is about; absent: no limit. */
  readonly from?: number;
  readonly to?: number;
  /** It works in a machine that was deployed with ostree. */
  readonly needsDeployment?: true;
}

/**
 * For Fedora CoreOS: such a machine has no boot partition and no labels of SELinux, and in the mode direct no ostree deployment (the units' own sources; fedora-coreos-tracker 1485, 2072, 2136 and 2139 for the boot loader).
 */
const fedoraCoreOs: readonly KnownFailure[] = [
  {
    unit: 'bootloader-update.service',
    reason: 'it updates the boot loader on the disk of /boot, and the machine has no such disk',
    from: 43,
  },
  {
    unit: 'bootupd.service',
    reason: 'it manages the boot loader on the disk of /boot, and the machine has no such disk',
  },
  {
    unit: 'rpm-ostreed.service',
    reason: 'it needs the ostree repository in /sysroot, and the machine has no deployment',
    needsDeployment: true,
  },
  {
    unit: 'zincati.service',
    reason:
      'it asks rpm-ostree for the booted deployment, and the machine has none: it is started again and again',
    needsDeployment: true,
  },
  {
    unit: 'coreos-fix-selinux-labels.service',
    reason: 'a container image has no labels of SELinux, and the root of the machine cannot be written to',
  },
];

/** For which images the units of Fedora CoreOS that cannot work are allowed to fail. */
export const knownFailureSettings = ['auto', 'none'] as const;
export type KnownFailureSetting = (typeof knownFailureSettings)[number];

/**
 * The units of an image's distribution that cannot work in the machine of a mode.
 * @param osRelease what /etc/os-release of the image says
 */
export function knownFailuresOf(
  osRelease: Readonly<Record<string, string>>,
  mode: 'direct' | 'ostree',
): readonly KnownFailure[] {
  if (!isFedoraCoreOs(osRelease)) return [];
  const release = Number.parseInt(osRelease.VERSION_ID ?? '', 10);
  return fedoraCoreOs.filter(
    ({ from = 0, to = Number.POSITIVE_INFINITY, needsDeployment }) =>
      !(release < from) && !(release > to) && !(mode === 'ostree' && needsDeployment),
  );
}

/** Fedora CoreOS, or an image that is derived from it (os-release(5), VARIANT_ID). */
export function isFedoraCoreOs({ ID, VARIANT_ID }: Readonly<Record<string, string>>): boolean {
  return ID === 'fedora' && VARIANT_ID === 'coreos';
}
