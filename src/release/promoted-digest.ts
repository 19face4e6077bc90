import type { Release } from '../guidance/releases.ts';
import type { Config } from '../project/configuration/config.ts';
import { type Digest, parseReference, sameRepository } from '../world/registry/reference.ts';

/**
 * The digest that the tags of a release point at in the production repository: that of the index, or of the only
 * image. Undefined for a release of another repository.
 */
export function promotedDigest(config: Pick<Config, 'image'>, release: Release): Digest | undefined {
  const images = (release['oci-images'] ?? []).map((image) => image['digest-ref']);
  const text = release['oci-index'] || (images.length === 1 ? images[0] : undefined);
  if (text === undefined || text === '') return undefined;
  const reference = parseReference(text);
  const isOurs = reference.kind === 'digest' && sameRepository(reference.repository, config.image);
  return isOurs ? reference.digest : undefined;
}
