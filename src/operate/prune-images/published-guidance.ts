import { parseReleaseIndex } from '../../guidance/releases.ts';
import type { Config } from '../../project/configuration/config.ts';
import { updatesArtifactType } from '../../release/published/fleet-artifact.ts';
import { readLastPublished } from '../../release/published/last-published.ts';
import { filesAtUrl } from '../../release/published/published-files.ts';
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

/** The guidance of one fleet, as one place has it: the registry, or the site. */
export interface PublishedGuidance {
  readonly fleet: string;
  /** For messages. */
  readonly where: string;
  /** The digests of each release, by version. */
  readonly releases: ReadonlyMap<string, readonly Digest[]>;
}

/**
 * All published guidance in a repository, of any project. It is known by its type, not by its tag.
 * @throws InputError for guidance that cannot be read, because then what it names is not known
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
      const index = new TextDecoder().decode(bytes);
      found.push(
        guidanceIn(index, { fleet: title.slice(0, title.indexOf('/')), where: `${where} ${title}` }),
      );
    }
  }
  return found;
}

/** What the site at publish.url says of fleets, and why it says nothing. */
export interface SiteGuidance {
  readonly published: readonly PublishedGuidance[];
  /** For messages; undefined if there is no site, or if it answers. */
  readonly silence: string | undefined;
}

/** Asks the site. One that gives no answer is not an error here: the registry may have the guidance too. */
export async function readSiteGuidance(
  { publish }: Pick<Config, 'publish'>,
  fleets: readonly string[],
): Promise<SiteGuidance> {
  if (publish.url === undefined) return { published: [], silence: undefined };
  const site = filesAtUrl(publish.url);
  const published: PublishedGuidance[] = [];
  let silence: string | undefined;
  for (const fleet of fleets) {
    const heard = await readLastPublished(site, fleet);
    if (heard.answer === 'published') {
      published.push(guidanceIn(heard.last.releases, { fleet, where: heard.last.where }));
    }
    if (heard.answer === 'none') silence = `${heard.where} gives no answer: ${heard.why.replace(/\.$/, '')}`;
  }
  return { published, silence };
}

function guidanceIn(
  index: string,
  { fleet, where }: { readonly fleet: string; readonly where: string },
): PublishedGuidance {
  const releases = new Map(
    parseReleaseIndex(index, where).releases.map((release) => [
      release.version,
      [...(release['oci-images'] ?? []).map((image) => image['digest-ref']), release['oci-index'] ?? '']
        .map((text) => text.slice(text.indexOf('@') + 1))
        .filter((text) => isDigest(text)),
    ]),
  );
  return { fleet, where, releases };
}
