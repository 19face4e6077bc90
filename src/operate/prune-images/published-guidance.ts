import { parseReleaseIndex } from '../../guidance/releases.ts';
import { updatesArtifactType } from '../../release/published/fleet-artifact.ts';
import { readArtifact, titleAnnotation } from '../../world/registry/artifact.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import {
  atDigest,
  type Digest,
  formatReference,
  isDigest,
  type Repository,
} from '../../world/registry/reference.ts';
import type { ReadContents } from './read-contents.ts';

/** The guidance of one fleet, as the registry has it. */
export interface PublishedGuidance {
  readonly fleet: string;
  /** For messages. */
  readonly where: string;
  /** The digests of each release, by version. */
  readonly releases: ReadonlyMap<string, readonly Digest[]>;
}

/**
 * All published guidance in a repository, of any project. It is known by its type, not by its tag.
 * @throws InputError for guidance that cannot be read: what it names is not known then
 */
export async function readPublishedGuidance(
  client: RegistryClient,
  repository: Repository,
  contents: ReadContents,
): Promise<PublishedGuidance[]> {
  const found: PublishedGuidance[] = [];
  for (const [digest, artifactType] of contents.artifactTypes) {
    if (artifactType !== updatesArtifactType) continue;
    const reference = atDigest(repository, digest);
    const where = formatReference(reference);
    const { layers } = await readArtifact(client, reference);
    for (const { descriptor, bytes } of layers) {
      const title = descriptor.annotations?.[titleAnnotation] ?? '';
      if (!/^[^/]+\/releases\.json$/.test(title)) continue;
      const index = parseReleaseIndex(new TextDecoder().decode(bytes), `${where} ${title}`);
      const releases = new Map(
        index.releases.map((release) => [
          release.version,
          [...(release['oci-images'] ?? []).map((image) => image['digest-ref']), release['oci-index'] ?? '']
            .map((text) => text.slice(text.indexOf('@') + 1))
            .filter((text) => isDigest(text)),
        ]),
      );
      found.push({ fleet: title.slice(0, title.indexOf('/')), where, releases });
    }
  }
  return found;
}
