import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { readFileIfThere, writeFileAtomically } from '../../host/files.ts';
import type { Log } from '../../host/log.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Image, imageTimestamp, readImage } from '../../world/registry/image.ts';
import { inLayout, layoutReader, openInLayout } from '../../world/registry/layout.ts';
import { type Descriptor, isIndex, mediaTypes, parseManifest } from '../../world/registry/manifest.ts';
import { type Digest, digestOf, formatReference, type Repository } from '../../world/registry/reference.ts';
import { ociLayerType } from './base-layers.ts';
import type { Buildah } from './buildah.ts';
import { configOf, type FlatBase, rootfs } from './flat-base.ts';
import type { Splitter } from './rechunk/chunkah.ts';
import { splitLayers } from './rechunk/split-layers.ts';

const historySchema = z.looseObject({ history: z.array(z.unknown()).nullish() });
const stepSchema = z.looseObject({});

/** What an image is on that does not go out as buildah has it. */
export interface OnLayers {
  readonly client: RegistryClient;
  readonly base: Image;
  /** A repository with the base's layers. */
  readonly baseIn: Repository;
  /** Absent: it was built on the base as it is. */
  readonly flat?: FlatBase;
  /** Absent: the layers of the build stay as they are. */
  readonly rechunk?: { readonly splitter: Splitter; readonly maxLayers: number };
  readonly architecture: Architecture;
  /** For files, until the build has ended. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * buildah for a flat base, or for an image whose own layers are split: it ships an image as what it is for nodes. That
 * is the layers of the real base, byte for byte, and those of the build above them. A flat layer stays here.
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
  const { client, base, baseIn, flat, architecture, folder, rechunk } = about;
  const layout = join(folder, 'built');
  await mkdir(layout, { recursive: true });
  const stored = inLayout(layout, 'image');
  // What is split is compressed then.
  await buildah.store(image, stored, { compressed: rechunk === undefined });
  const built = await readImage(layoutReader, stored, architecture);
  const below = flat === undefined ? base.config.diffIds : [flat.diffId];
  if (below.some((diffId, index) => built.config.diffIds[index] !== diffId)) {
    throw new InputError({
      where: formatReference(stored),
      problem: 'the image does not begin with the layers of its base',
      remedy: 'Do not squash it: nodes could share nothing between two releases.',
    });
  }
  const { own, history } = await ownOf(built, stored.repository, { ...about, layersBelow: below.length });
  const config = configOnLayers(
    await configOf(layoutReader, built, stored.repository),
    { base, config: await configOf(client, base, baseIn) },
    { diffIds: own.map(({ diffId }) => diffId), history },
  );
  const layers = own.map(({ descriptor }) => descriptor);
  const layersOfBase = base.manifest.json.layers.map((layer) => ({
    ...layer,
    mediaType: ociLayerType(layer.mediaType),
  }));
  const manifest = {
    ...built.manifest.json,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [...layersOfBase, ...layers],
  };
  return { config, manifest: Buffer.from(JSON.stringify(manifest)), own: layers, place: stored.repository };
}

interface Own {
  readonly own: readonly { readonly descriptor: Descriptor; readonly diffId: string }[];
  readonly history: readonly unknown[];
}

/** The layers that a build put on its base, split if that was asked for, and the history of them. */
async function ownOf(
  built: Image,
  place: Repository,
  about: OnLayers & { readonly layersBelow: number },
): Promise<Own> {
  const { base, baseIn, client, rechunk, architecture, folder, log, layersBelow } = about;
  const config = await configOf(layoutReader, built, place);
  // A flat base has one entry; otherwise the history begins with the base's.
  const earlier =
    about.flat === undefined ? (historyOf(await configOf(client, base, baseIn))?.length ?? 0) : 1;
  const steps = (historyOf(config) ?? []).slice(earlier);
  const { layers } = built.manifest.json;
  const own = layers.slice(layersBelow).map((descriptor, index) => ({
    descriptor,
    diffId: built.config.diffIds[layersBelow + index] ?? 'none',
  }));
  if (rechunk === undefined) return { own, history: steps };
  const split = await splitLayers(
    own.map(({ descriptor, diffId }, index) => ({
      what: `layer ${index + 1} of ${own.length} of the build`,
      open: () => openInLayout(place, descriptor),
      diffId,
    })),
    {
      ...rechunk,
      layersOfBase: base.config.diffIds.length,
      epoch: Math.floor(imageTimestamp(base) ?? 0),
      architecture,
      blobs: join('/', place.path, 'blobs/sha256'),
      work: join(folder, `split-${randomUUID()}`),
      log,
    },
  );
  const { created } = built.config;
  return {
    own: split,
    history: [
      ...steps.map((step) => ({ ...stepSchema.parse(step), empty_layer: true })),
      ...split.map(({ content }) => ({ ...defined({ created }), created_by: 'chunkah', comment: content })),
    ],
  };
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

/** The config of an image with all layers, and the whole history. */
function configOnLayers(
  config: Readonly<Record<string, unknown>>,
  below: { readonly base: Image; readonly config: Readonly<Record<string, unknown>> },
  own: { readonly diffIds: readonly string[]; readonly history: readonly unknown[] },
): Buffer {
  const { diffIds } = below.base.config;
  const earlier = historyOf(below.config) ?? diffIds.map(() => ({ created_by: 'base' }));
  return Buffer.from(
    JSON.stringify({
      ...config,
      rootfs: rootfs([...diffIds, ...own.diffIds]),
      history: [...earlier, ...own.history],
    }),
  );
}

function historyOf(config: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  return historySchema.parse(config).history ?? undefined;
}
