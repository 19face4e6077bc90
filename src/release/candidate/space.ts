import { tmpdir } from 'node:os';
import { type ContainerStorage, readContainerStorage } from '../../host/container-storage.ts';
import { requireSpace, type SpaceNeed } from '../../host/disk-space.ts';
import type { Image } from '../../world/registry/image.ts';

/** How much larger the files of an image are than its compressed layers: 2.5 to 3 times for Fedora CoreOS. */
const unpackedShare = 3;

/** Bytes of the compressed layers of an image. */
export function downloadSize(image: Image): number {
  return image.manifest.json.layers.reduce((sum, { size }) => sum + size, 0);
}

/** About how many bytes the files of an image take. */
export function unpackedSize(image: Image): number {
  return downloadSize(image) * unpackedShare;
}

/** About how many bytes an image takes in buildah's storage. */
export function storedSize(image: Image, { driver }: ContainerStorage): number {
  if (driver !== 'vfs') return unpackedSize(image);
  let below = 0;
  let sum = 0;
  for (const { size } of image.manifest.json.layers) {
    below += size * unpackedShare;
    sum += below;
  }
  return sum;
}

/** buildah's folder for downloads. It is TMPDIR, or else /var/tmp, whatever `tmpdir()` is. */
export function downloadFolder(env: NodeJS.ProcessEnv): string {
  return env.TMPDIR === undefined || env.TMPDIR === '' ? '/var/tmp' : env.TMPDIR;
}

/**
 * Makes sure that there is enough disk space to build on a base.
 * @param options.folder for the image, if it does not go to a registry
 * @param options.oneLayer the base has too many layers for buildah, and is made one layer first
 * @param options.isSplit the layers of the build are split by content afterwards
 * @throws InputError if there is too little
 */
export async function requireBuildSpace(
  base: Image,
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly folder?: string;
    readonly oneLayer?: boolean;
    readonly isSplit?: boolean;
  },
): Promise<void> {
  const storage = await readContainerStorage(options.env);
  const download = downloadSize(base);
  const { oneLayer = false, isSplit = false } = options;
  const stored = oneLayer ? unpackedSize(base) : storedSize(base, storage);
  const needs: SpaceNeed[] = [
    { folder: storage.folder, bytes: stored, what: 'the base image' },
    ...(oneLayer
      ? [{ folder: tmpdir(), bytes: 2 * unpackedSize(base), what: 'the base image as one layer' }]
      : []),
    // The whole image is written without compression, and its own files as they are and as new layers.
    ...(isSplit
      ? [{ folder: tmpdir(), bytes: 2 * unpackedSize(base), what: 'the image while it is split' }]
      : []),
    // The size of what a Containerfile adds is not known; the size of the base is a generous estimate.
    {
      folder: storage.folder,
      bytes: storage.driver === 'vfs' ? unpackedSize(base) : download,
      what: 'the build',
    },
    { folder: downloadFolder(options.env), bytes: download, what: 'downloads' },
    ...(options.folder === undefined
      ? []
      : [{ folder: options.folder, bytes: 2 * download, what: 'the image' }]),
  ];
  await requireSpace(needs);
}

/**
 * Makes sure that there is enough disk space to boot an image, and one more release if updates are rehearsed.
 * @throws InputError if there is too little
 */
export async function requireBootSpace(
  image: Image,
  options: { readonly env: NodeJS.ProcessEnv; readonly rehearses: boolean },
): Promise<void> {
  const storage = await readContainerStorage(options.env);
  const times = options.rehearses ? 2 : 1;
  await requireSpace([
    {
      folder: downloadFolder(options.env),
      bytes: times * unpackedSize(image),
      what: 'the files of the image',
    },
    // Made while the image's own programs run (bootc container lint, ostree container), and removed after each.
    { folder: storage.folder, bytes: unpackedSize(image), what: "a copy for the image's own programs" },
    { folder: tmpdir(), bytes: times * unpackedSize(image), what: 'the disk of the machine' },
  ]);
}
