import type { Architecture } from '../world/registry/architecture.ts';

const emulators: Partial<Readonly<Record<Architecture, string>>> = {
  x86_64: 'qemu-system-x86_64',
  aarch64: 'qemu-system-aarch64',
};

/** The verbs that need more than Node.js and git on the machine. */
export const preparedVerbs = ['build-image', 'boot-test'] as const;
export type PreparedVerb = (typeof preparedVerbs)[number];

/**
 * Programs that a verb starts.
 * @param user an unprivileged user's buildah needs the tools that map user ids
 */
export function programsOf(
  verb: PreparedVerb,
  { architecture, user }: { readonly architecture: Architecture; readonly user: boolean },
): string[] {
  const build = ['buildah', 'git', 'slirp4netns', ...(user ? ['newuidmap', 'fuse-overlayfs'] : [])];
  if (verb === 'build-image') return build;
  const emulator = emulators[architecture];
  return [
    ...build,
    'mkfs.erofs',
    'mkfs.ext4',
    'cpio',
    'modprobe',
    'xz',
    'zstd',
    'busybox',
    ...(emulator === undefined ? [] : [emulator]),
  ];
}
