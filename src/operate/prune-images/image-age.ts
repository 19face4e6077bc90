import { InputError } from '../../host/errors.ts';
import { architectureOfGo, architectures } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { imageTimestamp, readImage } from '../../world/registry/image.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import { atDigest, type Digest, type Repository } from '../../world/registry/reference.ts';

/**
 * Whether an image, and each image of an index, was created before a moment. The time is that of its commit: images
 * have no other. An image without a time counts as young.
 * @param before UNIX seconds
 */
export async function isCreatedBefore(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  before: number,
): Promise<boolean> {
  const manifest = await client.getManifest(atDigest(repository, digest));
  const images = isIndex(manifest.json) ? manifest.json.manifests : [manifest.descriptor];
  for (const image of images) {
    const created = await createdAt(client, repository, image.digest, image.platform?.architecture);
    if (created === undefined || created > before) return false;
  }
  return true;
}

/** @param goName GOARCH as an index says it; undefined if the image stands alone */
async function createdAt(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  goName: string | undefined,
): Promise<number | undefined> {
  const named = goName === undefined ? undefined : architectureOfGo(goName);
  for (const architecture of named === undefined ? architectures : [named]) {
    try {
      return imageTimestamp(await readImage(client, atDigest(repository, digest), architecture));
    } catch (error) {
      // It is for another architecture, or is not an image.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}
