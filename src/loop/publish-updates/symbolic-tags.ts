import type { Release } from '../../guidance/releases.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { Project } from '../../release/project.ts';
import type { SiteFleet } from '../../release/published/site.ts';
import {
  atDigest,
  atTag,
  type Digest,
  formatReference,
  isDigest,
  isTag,
  parseReference,
  sameRepository,
} from '../../world/registry/reference.ts';

/**
 * Tags the barriers and dead-ends of a fleet: `<version>-<fleet>-barrier`, `<version>-<fleet>-deadend`. Only ever
 * adds: a tag of a mark that was taken back stays, since registries do not let go of a tag without its image.
 * @returns the tags that were set now
 */
export async function tagLandmarks(
  parts: Pick<Project, 'config' | 'client' | 'log'>,
  fleet: SiteFleet,
): Promise<string[]> {
  const { config, client, log } = parts;
  const set: string[] = [];
  if (!config.symbolicTags) return set;
  for (const { version, metadata } of fleet.state.updates.releases) {
    const endings = [
      ...(metadata.barrier === undefined ? [] : ['barrier']),
      ...(metadata.deadend === undefined ? [] : ['deadend']),
    ];
    const release = fleet.state.releases.releases.find((each) => each.version === version);
    const digest = release === undefined ? undefined : imageIn(config, release);
    for (const ending of digest === undefined ? [] : endings) {
      const tag = `${version}-${fleet.name}-${ending}`;
      if (!isTag(tag) || digest === undefined) continue;
      const now = (await client.resolve(atTag(config.image, tag)))?.digest;
      if (now === digest) continue;
      if (now !== undefined) {
        log.warn(
          `${formatReference(atTag(config.image, tag))} leads to ${now}, not to ${digest}: left as it is`,
        );
        continue;
      }
      const manifest = await client.findManifest(atDigest(config.image, digest));
      if (manifest === undefined) continue;
      await client.putManifest(config.image, tag, manifest.bytes, manifest.descriptor.mediaType);
      set.push(tag);
    }
  }
  return set;
}

/** What the version's own tag leads to: the index, or the only image. */
function imageIn(config: Config, release: Release): Digest | undefined {
  const images = (release['oci-images'] ?? []).map((image) => image['digest-ref']);
  const text = release['oci-index'] || (images.length === 1 ? images[0] : undefined);
  if (text === undefined || text === '') return undefined;
  const reference = parseReference(text);
  if (reference.kind !== 'digest' || !sameRepository(reference.repository, config.image)) return undefined;
  return isDigest(reference.digest) ? reference.digest : undefined;
}
