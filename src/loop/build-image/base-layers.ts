import { InputError, OutsideError } from '../../host/errors.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import { formatReference, type TagReference } from '../../world/registry/reference.ts';

/** Which layers of a derived image are the base's own, and whether they are equal byte for byte. */
export interface LayerComparison {
  /** The derived image's layers, with the base's layers in place of those that hold the same files. */
  readonly layers: readonly Descriptor[];
  readonly changed: boolean;
}

/**
 * Compares a derived image with its base. Uncompressed digests ("diff ids") prove that a layer is the base's; its
 * compressed form may still differ, because buildah may compress again when it pushes. Nodes would then download
 * everything again, although they have it.
 * @throws InputError when the derived image does not begin with the base's layers at all
 */
export function compareLayers(base: Image, derived: Image, where: string): LayerComparison {
  const isDerived = base.config.diffIds.every((diffId, index) => derived.config.diffIds[index] === diffId);
  if (!isDerived) {
    throw new InputError({
      where,
      problem: 'the image does not begin with the layers of its base',
      remedy: 'Do not squash it: nodes could share nothing between two releases.',
    });
  }
  const baseLayers = base.manifest.json.layers;
  const layers = derived.manifest.json.layers.map((layer, index): Descriptor => {
    const own = baseLayers[index];
    if (own === undefined || own.digest === layer.digest) return layer;
    return { ...own, mediaType: ociLayerType(own.mediaType) };
  });
  return { layers, changed: layers.some((layer, index) => layer !== derived.manifest.json.layers[index]) };
}

/**
 * Makes sure that a pushed image has its base's layers byte for byte, and returns its manifest's descriptor. If they
 * differ, a manifest that names the base's layers replaces it under the tag; a second run changes nothing.
 * @param options.copyBase puts the base's blobs into the repository
 */
export async function keepBaseLayers(options: {
  readonly client: RegistryClient;
  readonly base: Image;
  readonly copyBase: () => Promise<unknown>;
  readonly tag: TagReference;
  readonly architecture: Architecture;
}): Promise<Descriptor> {
  const { client, base, copyBase, tag, architecture } = options;
  const derived = await readImage(client, tag, architecture);
  const { layers, changed } = compareLayers(base, derived, formatReference(tag));
  if (!changed) return derived.manifest.descriptor;
  await copyBase();
  const { mediaType } = derived.manifest.descriptor;
  const bytes = Buffer.from(JSON.stringify({ ...derived.manifest.json, layers }));
  const digest = await client.putManifest(tag.repository, tag.tag, bytes, mediaType);
  return { mediaType, digest, size: bytes.length };
}

/** Fails unless the tag still points at the digest that was just pushed. */
export async function confirmPush(
  client: RegistryClient,
  tag: TagReference,
  expected: string,
): Promise<void> {
  const found = await client.resolve(tag);
  if (found?.digest === expected) return;
  throw new OutsideError(
    `pushing ${formatReference(tag)}`,
    `${expected} was pushed, and the registry has ${found?.digest ?? 'nothing'} under this tag`,
  );
}

/** Docker's names for the same layers: an OCI manifest names them in OCI's terms. */
export function ociLayerType(mediaType: string): string {
  return mediaType === 'application/vnd.docker.image.rootfs.diff.tar.gzip'
    ? 'application/vnd.oci.image.layer.v1.tar+gzip'
    : mediaType;
}
