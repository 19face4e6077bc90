import { OutsideError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { PassedImage } from '../../release/gates/promotable-image.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atDigest, atTag, type Digest, formatRepository } from '../../world/registry/reference.ts';

/**
 * Asks production for what was written: the answer to a write proves nothing.
 * @throws OutsideError if a tag leads elsewhere
 */
export async function readBack(
  client: RegistryClient,
  config: Config,
  written: { digest: Digest; tags: readonly string[]; passed: readonly PassedImage[] },
): Promise<void> {
  if (written.tags.length === 0) return;
  const where = formatRepository(config.image);
  for (const { image } of written.passed) {
    await client.getManifest(atDigest(config.image, image.manifest.descriptor.digest));
  }
  for (const tag of written.tags) {
    const now = (await client.resolve(atTag(config.image, tag)))?.digest;
    if (now === written.digest) continue;
    throw new OutsideError(
      `tagging ${where}:${tag}`,
      `it was set to ${written.digest} and points at ${now ?? 'nothing'} now: somebody else writes there too`,
    );
  }
}
