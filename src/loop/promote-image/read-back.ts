import { OutsideError } from '../../host/errors.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atTag, type Digest, formatReference, type Repository } from '../../world/registry/reference.ts';

/**
 * Asks production what the tags that were just set point at, because the answer to a write proves nothing.
 * @throws OutsideError if one leads elsewhere
 */
export async function requireTagsAt(
  client: RegistryClient,
  repository: Repository,
  written: { readonly digest: Digest; readonly tags: readonly string[] },
): Promise<void> {
  const found = await Promise.all(
    written.tags.map(async (tag) => {
      const reference = atTag(repository, tag);
      return { reference, now: (await client.resolve(reference))?.digest };
    }),
  );
  for (const { reference, now } of found) {
    if (now === written.digest) continue;
    throw new OutsideError(
      `tagging ${formatReference(reference)}`,
      `it was set to ${written.digest}, and points at ${now ?? 'nothing'} now`,
      'Another run may write there too. Run the same command again.',
    );
  }
}
