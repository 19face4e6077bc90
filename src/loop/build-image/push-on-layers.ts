import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import { readFileIfThere, writeFileAtomically } from '../../host/files.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import { inLayout, layoutReader, openInLayout } from '../../world/registry/layout.ts';
import { type Descriptor, isIndex, mediaTypes, parseManifest } from '../../world/registry/manifest.ts';
import { type Digest, digestOf, formatReference, type Repository } from '../../world/registry/reference.ts';
import { ociLayerType } from './base-layers.ts';
import type { Buildah } from './buildah.ts';
import { configOf, type FlatBase, rootfs } from './flat-base.ts';

const historySchema = z.looseObject({ history: z.array(z.unknown()).nullish() });

/** What an image is on that was built on a flat base. */
export interface OnLayers {
  readonly client: RegistryClient;
  readonly base: Image;
  /** A repository with the base's layers. */
  readonly baseIn: Repository;
  readonly flat: FlatBase;
  readonly architecture: Architecture;
  /** For files, until the build has ended. */
  readonly folder: string;
}

/**
 * buildah for a flat base: it ships an image as what it is for nodes. That is the layers of the real base, byte for
 * byte, and those of the build above them. The flat layer stays here.
 */
export function shippingOnLayers(buildah: Buildah, about: OnLayers): Buildah {
  return {
    ...buildah,
    push: async (image, to) => {
      const made = await onLayers(buildah, image, about);
      for (const layer of made.own) {
        const open: Parameters<RegistryClient['uploadBlob']>[1] = {
          descriptor: layer,
          open: (range) => openInLayout(made.place, layer, range),
        };
        await about.client.uploadBlob(to.repository, open);
      }
      await about.client.uploadBlob(to.repository, made.config);
      await about.client.putManifest(to.repository, to.tag, made.manifest, mediaTypes.ociManifest);
      return digestOf(made.manifest);
    },
    store: async (image, to) => {
      const made = await onLayers(buildah, image, about);
      await addToFolder(`/${to.repository.path}`, to.tag, made, about);
      return digestOf(made.manifest);
    },
  };
}

interface Shipped {
  readonly config: Buffer;
  readonly manifest: Buffer;
  /** The layers of the build, and the folder that has them. */
  readonly own: readonly Descriptor[];
  readonly place: Repository;
}

/** @throws InputError if the image is not on the base */
async function onLayers(buildah: Buildah, image: string, about: OnLayers): Promise<Shipped> {
  const { client, base, baseIn, flat, architecture } = about;
  const layout = join(about.folder, 'built');
  await mkdir(layout, { recursive: true });
  const stored = inLayout(layout, 'image');
  await buildah.store(image, stored);
  const built = await readImage(layoutReader, stored, architecture);
  if (built.config.diffIds[0] !== flat.diffId) {
    throw new InputError({
      where: formatReference(stored),
      problem: 'the image does not begin with the layers of its base',
      remedy: 'Do not squash it: nodes could share nothing between two releases.',
    });
  }
  const own = built.manifest.json.layers.slice(1);
  const config = configOnLayers(built, await configOf(layoutReader, built, stored.repository), {
    base,
    config: await configOf(client, base, baseIn),
  });
  const below = base.manifest.json.layers.map((layer) => ({
    ...layer,
    mediaType: ociLayerType(layer.mediaType),
  }));
  const manifest = {
    ...built.manifest.json,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [...below, ...own],
  };
  return { config, manifest: Buffer.from(JSON.stringify(manifest)), own, place: stored.repository };
}

/** Adds an image to an OCI image layout, as `buildah push oci:FOLDER:TAG` does. */
async function addToFolder(
  folder: string,
  tag: string,
  { config, manifest, own, place }: Shipped,
  { client, base, baseIn }: OnLayers,
): Promise<void> {
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const fileOf = (digest: Digest) => join(blobs, digest.slice('sha256:'.length));
  for (const layer of base.manifest.json.layers) {
    const content = Readable.fromWeb(
      (await client.openBlob(baseIn, layer)) as Parameters<typeof Readable.fromWeb>[0],
    );
    await pipeline(content, createWriteStream(fileOf(layer.digest)));
  }
  for (const { digest } of own) {
    await copyFile(join('/', place.path, 'blobs', digest.replace(':', '/')), fileOf(digest));
  }
  for (const bytes of [config, manifest]) await writeFile(fileOf(digestOf(bytes)), bytes);
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const file = join(folder, 'index.json');
  const before = await readFileIfThere(file);
  const index =
    before === undefined ? undefined : parseManifest(Buffer.from(before), file, mediaTypes.ociIndex);
  const others = index !== undefined && isIndex(index.json) ? index.json.manifests : [];
  const name = 'org.opencontainers.image.ref.name';
  const entry = {
    mediaType: mediaTypes.ociManifest,
    digest: digestOf(manifest),
    size: manifest.length,
    annotations: { [name]: tag },
  };
  const manifests = [...others.filter(({ annotations }) => annotations?.[name] !== tag), entry];
  await writeFileAtomically(file, JSON.stringify({ schemaVersion: 2, manifests }));
}

/** The config of an image on a flat base, as it is on the real one: all layers, and the whole history. */
function configOnLayers(
  built: Image,
  config: Readonly<Record<string, unknown>>,
  below: { readonly base: Image; readonly config: Readonly<Record<string, unknown>> },
): Buffer {
  const { diffIds } = below.base.config;
  const earlier = historySchema.parse(below.config).history ?? diffIds.map(() => ({ created_by: 'base' }));
  const own = (historySchema.parse(config).history ?? []).slice(1);
  return Buffer.from(
    JSON.stringify({
      ...config,
      rootfs: rootfs([...diffIds, ...built.config.diffIds.slice(1)]),
      history: [...earlier, ...own],
    }),
  );
}
