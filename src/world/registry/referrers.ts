import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import { findSurely } from './find-surely.ts';
import { artifactTypeOf, bareType, type Descriptor, mediaTypes } from './manifest.ts';
import type { Manifests } from './manifests.ts';
import { readPages } from './pages.ts';
import { atDigest, atTag, type Digest, formatRepository, type Repository } from './reference.ts';
import { fallbackTag, parseReferrerList, type ReferrerList } from './referrer-list.ts';
import type { RegistryClient } from './registry-client.ts';
import { TransientError } from './registry-failures.ts';
import type { Transport } from './request.ts';

/**
 * The part of a client that finds what refers to a digest: the Referrers API, and the fallback tag of registries that
 * lack it. That an API is missing is believed only for a repository that exists, and only if two answers agree.
 */
export function createReferrers(
  transport: Transport,
  manifests: Pick<Manifests, 'findContent' | 'findManifest' | 'resolve'>,
  log: Log,
): Pick<RegistryClient, 'referrers' | 'fallbackList'> {
  /** Registries that have answered by the API. */
  const withApi = new Set<string>();
  /** Registries that lack it, and repositories whose lists are under fallback tags. */
  const withoutApi = new Set<string>();
  const warned = new Set<string>();
  /** What a list does not say about a referrer, by its digest. */
  const described = new Map<Digest, Pick<Descriptor, 'artifactType' | 'annotations'>>();

  async function referrers(
    repository: Repository,
    digest: Digest,
    artifactType?: string,
  ): Promise<Descriptor[]> {
    const where = formatRepository(repository);
    const ask = () => askApi(repository, digest, artifactType);
    const lacks = () => withoutApi.has(where) || withoutApi.has(repository.registry);
    const lists = lacks() ? undefined : await ask();
    // Filtering on the server is optional, so it is always done here.
    const found = await usable(repository, lists ?? [], artifactType);
    if (found.length > 0) return found;
    // A registry may answer by the API, and keep nothing there: "none" needs both.
    const fallback = await fallbackList(repository, digest);
    if (fallback !== undefined) {
      if (lists === undefined) withoutApi.add(where);
      return usable(repository, [fallback], artifactType);
    }
    if (lists !== undefined || lacks()) return [];
    const again = await ask();
    if (again === undefined) await learnFromMissingApi(repository, digest);
    return usable(repository, again ?? [], artifactType);
  }

  /**
   * Two answers agree that there is no API. A repository that does not exist yet gives the same answer.
   * @throws TransientError if the registry has the API, and the image exists
   */
  async function learnFromMissingApi(repository: Repository, digest: Digest): Promise<void> {
    const what = `${formatRepository(repository)}@${digest}`;
    if ((await manifests.resolve(atDigest(repository, digest))) === undefined) return;
    if (withApi.has(repository.registry)) {
      throw new TransientError(
        `listing what refers to ${what}`,
        `${repository.registry} has a Referrers API, and does not answer by it for an image that exists`,
      );
    }
    withoutApi.add(repository.registry);
  }

  async function askApi(
    repository: Repository,
    digest: Digest,
    artifactType: string | undefined,
  ): Promise<ReferrerList[] | undefined> {
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
      ({ status, headers }) =>
        status === 200 && bareType(headers.get('content-type') ?? '') === mediaTypes.ociIndex,
    );
    if (!supported) return undefined;
    withApi.add(repository.registry);
    return pages.map(({ body }) => parseReferrerList(body, what));
  }

  async function fallbackList(repository: Repository, digest: Digest): Promise<ReferrerList | undefined> {
    const where = `${formatRepository(repository)}:${fallbackTag(digest)}`;
    const content = await manifests.findContent(atTag(repository, fallbackTag(digest)));
    if (content === undefined) return undefined;
    return parseReferrerList(content, where);
  }

  /** The entries that we can read, each once. @throws InputError for one that is wanted and cannot be read */
  async function usable(
    repository: Repository,
    lists: readonly ReferrerList[],
    artifactType: string | undefined,
  ): Promise<Descriptor[]> {
    for (const { digest, problem, artifactType: type } of lists.flatMap(({ odd }) => odd)) {
      const where = `${formatRepository(repository)}@${digest}`;
      const text = `this referrer cannot be read (${problem})`;
      if (artifactType !== undefined && type === artifactType) {
        throw new InputError({ where, problem: text, remedy: 'Delete it, or attach it again.' });
      }
      if (!warned.has(where)) log.warn(`${where}: ${text}: it is left out`);
      warned.add(where);
    }
    const entries = await Promise.all(
      lists.flatMap((list) => list.entries).map((entry) => describe(repository, entry)),
    );
    const wanted = entries.filter(
      (entry) => artifactType === undefined || entry.artifactType === artifactType,
    );
    return [...new Map(wanted.map((entry) => [entry.digest, entry])).values()];
  }

  /**
   * go-containerregistry, and so cosign, lists an artifact under the fallback tag by the type of its empty config, and
   * without its annotations. What it is, only its manifest says then.
   */
  async function describe(repository: Repository, entry: Descriptor): Promise<Descriptor> {
    const { artifactType, digest } = entry;
    if (artifactType !== undefined && artifactType !== mediaTypes.ociEmpty) return entry;
    const known = described.get(digest);
    if (known !== undefined) return { ...entry, ...known };
    const reference = atDigest(repository, digest);
    try {
      const manifest = await findSurely(manifests, reference);
      // A fallback tag keeps entries of what was deleted.
      if (manifest === undefined) return entry;
      const found = defined({
        artifactType: artifactTypeOf(manifest),
        annotations: manifest.json.annotations,
      });
      described.set(digest, found);
      return { ...entry, ...found };
    } catch (error) {
      // It is there, and it is not an artifact that we can read.
      if (error instanceof InputError) return entry;
      throw error;
    }
  }

  return { referrers, fallbackList };
}
