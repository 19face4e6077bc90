import type { RegistryClient } from '../../world/registry/client.ts';
import { atDigest, type Digest, type Repository } from '../../world/registry/reference.ts';
import type { Trust } from '../attestations/trust.ts';
import { type ImageScan, readScan } from './scan.ts';

/** What scanners say about the image of one architecture. */
export interface ScannedImage {
  readonly architecture: string;
  readonly scan: ImageScan;
}

/** An image of one architecture. */
interface OneImage {
  readonly architecture: string;
  readonly digest: Digest;
  /** The index that has it. */
  readonly index: Digest | undefined;
}

/**
 * Reads what scanners attached to images, in any of the repositories that have them. Only reports of the image itself
 * count: those of the index are of one of its images, and it is not known of which.
 */
export async function scanImages(
  client: RegistryClient,
  images: readonly OneImage[],
  options: { readonly repositories: readonly Repository[]; readonly trust: Trust },
): Promise<readonly ScannedImage[]> {
  const { repositories, trust } = options;
  const scanned: ScannedImage[] = [];
  for (const { architecture, digest, index } of images) {
    const places = repositories.map((repository) => atDigest(repository, digest));
    const digests = index === undefined ? [digest] : [digest, index];
    scanned.push({ architecture, scan: await readScan(client, places, { digests, trust }) });
  }
  return scanned;
}
