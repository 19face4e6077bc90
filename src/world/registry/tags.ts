import { notARegistry } from './failures.ts';
import { bareType, type Descriptor, isIndex, mediaTypes, parseJson, parseManifest } from './manifest.ts';
import { readPages } from './pages.ts';
import { atTag, type Digest, formatRepository, type Repository } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';
import type { Transport } from './request.ts';

/** The tag that lists the referrers of a digest in a registry without the Referrers API. */
export function fallbackTag(digest: Digest): string {
  return digest.replace(':', '-');
}

/** The part of a client that lists: tags, and what refers to a digest. */
export function createLists(
  transport: Transport,
  findManifest: RegistryClient['findManifest'],
): Pick<RegistryClient, 'listTags' | 'referrers'> {
  /** Registries that answered without the Referrers API. */
  const withoutReferrers = new Set<string>();

  async function listTags(repository: Repository): Promise<string[]> {
    const doing = `listing the tags of ${formatRepository(repository)}`;
    const pages = await readPages(transport, {
      repository,
      first: transport.url(repository, 'tags/list'),
      doing,
      answers: [200, 404],
    });
    return pages
      .filter((page) => page.status === 200)
      .flatMap((page) => {
        const value = parseJson(page.body, formatRepository(repository));
        const tags = typeof value === 'object' && value !== null && 'tags' in value ? value.tags : undefined;
        // null is how CNCF distribution writes "none".
        if (tags === null) return [];
        if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
        throw notARegistry(repository.registry, 'its answer holds no list of tags');
      });
  }

  async function referrers(
    repository: Repository,
    digest: Digest,
    artifactType?: string,
  ): Promise<Descriptor[]> {
    const all =
      (await fromApi(repository, digest, artifactType)) ?? (await fromFallbackTag(repository, digest));
    // Filtering on the server is optional, so it is always done here.
    return artifactType === undefined ? all : all.filter((each) => each.artifactType === artifactType);
  }

  async function fromApi(
    repository: Repository,
    digest: Digest,
    artifactType: string | undefined,
  ): Promise<Descriptor[] | undefined> {
    if (withoutReferrers.has(repository.registry)) return undefined;
    const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
    const what = `${formatRepository(repository)}@${digest}`;
    const pages = await readPages(transport, {
      repository,
      first: transport.url(repository, `referrers/${digest}${query}`),
      doing: `listing what refers to ${what}`,
      answers: [200, 400, 404, 405, 501],
      mayLack: true,
    });
    const supported = pages.every(
      (page) =>
        page.status === 200 && bareType(page.headers.get('content-type') ?? '') === mediaTypes.ociIndex,
    );
    if (!supported) {
      withoutReferrers.add(repository.registry);
      return undefined;
    }
    return pages.flatMap((page) => {
      const { json } = parseManifest(page.body, what, mediaTypes.ociIndex);
      return isIndex(json) ? json.manifests : [];
    });
  }

  async function fromFallbackTag(repository: Repository, digest: Digest): Promise<Descriptor[]> {
    const index = await findManifest(atTag(repository, fallbackTag(digest)));
    return index !== undefined && isIndex(index.json) ? index.json.manifests : [];
  }

  return { listTags, referrers };
}
