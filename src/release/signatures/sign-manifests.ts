import { inParallel } from '../../host/parallel.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { isIndex, type Manifest } from '../../world/registry/manifest.ts';
import type { Digest, Repository } from '../../world/registry/reference.ts';
import { addSignature } from './signature-tag.ts';
import type { SigningKey } from './signing-keys.ts';

/** The digests that nodes may ask for: the index, and each architecture's manifest, which is what Zincati deploys. */
export function signedDigests(manifest: Manifest): readonly Digest[] {
  const children = isIndex(manifest.json) ? manifest.json.manifests.map(({ digest }) => digest) : [];
  return [...new Set([manifest.descriptor.digest, ...children])];
}

/**
 * Signs an image in a repository by each key: the index and each architecture. A second run adds what is missing.
 * @returns how many signatures were added
 */
export async function signImage(
  client: RegistryClient,
  options: {
    readonly repository: Repository;
    readonly digests: readonly Digest[];
    readonly keys: readonly SigningKey[];
  },
): Promise<number> {
  const { repository, digests, keys } = options;
  let added = 0;
  await inParallel(digests, 4, async (digest) => {
    // One key after the other: they share a manifest.
    for (const { key, signer } of keys) {
      if (await addSignature(client, { repository, digest }, { key, signer })) added += 1;
    }
  });
  return added;
}
