import { inParallel } from '../../host/parallel.ts';
import { subjectOfTag } from '../../release/tags.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import { atDigest, atTag, type Digest, type Repository } from '../../world/registry/reference.ts';
import type { Contents, Held } from './contents.ts';
import { annotatedOrigin, type ImageOrigin } from './image-origin.ts';

/** What was read of a repository. */
export interface ReadContents extends Contents {
  /** Subjects of attached tags that exist although no tag leads to them. */
  readonly untagged: ReadonlySet<Digest>;
  /** What annotations say of the builds of images, and of the one build of all images of an index. */
  readonly origins: ReadonlyMap<Digest, ImageOrigin>;
}

const parallel = 8;

/**
 * Reads everything that tags, and the given digests, lead to. Registries do not list manifests that no tag leads to:
 * such manifests are neither seen nor deleted.
 * @param known digests that may exist without a tag
 */
export async function readContents(
  client: RegistryClient,
  repository: Repository,
  known: Iterable<Digest>,
  report: (note: string) => void = () => {},
): Promise<ReadContents> {
  const names = await client.listTags(repository);
  const tags = new Map<string, Digest>();
  await inParallel(names, parallel, async (tag) => {
    const found = await client.resolve(atTag(repository, tag));
    if (found !== undefined) tags.set(tag, found.digest);
  });
  const manifests = new Map<Digest, Held>();
  const origins = new Map<Digest, ImageOrigin>();
  const untagged = new Set<Digest>();
  const tagged = new Set(tags.values());
  const subjects = names.flatMap((tag) => subjectOfTag(tag) ?? []);
  let open: Digest[] = [...new Set([...tagged, ...known, ...subjects])];
  const asked = new Set(open);
  while (open.length > 0) {
    const found: Digest[] = [];
    await inParallel(open, parallel, async (digest) => {
      const read = await readManifest(client, repository, digest);
      if (read === undefined) return;
      manifests.set(digest, read.held);
      if (read.origin !== undefined) origins.set(digest, read.origin);
      if (subjects.includes(digest) && !tagged.has(digest)) untagged.add(digest);
      found.push(...read.held.children, ...read.held.referrers);
      report(`${manifests.size} manifests`);
    });
    open = [...new Set(found)].filter((digest) => !asked.has(digest));
    for (const digest of open) asked.add(digest);
  }
  for (const [digest, { children, referrers }] of manifests) {
    // An image of an index, or an attachment, has no tag of its own and is no stray.
    for (const each of [...children, ...referrers]) untagged.delete(each);
    const origin = sharedOrigin(children, origins);
    if (origin !== undefined) origins.set(digest, origin);
  }
  return { tags: inOrder(tags), manifests: inOrder(manifests), untagged, origins };
}

/** The build of an index: that of all its images. */
function sharedOrigin(
  children: readonly Digest[],
  origins: ReadonlyMap<Digest, ImageOrigin>,
): ImageOrigin | undefined {
  const [first, ...others] = children.map((child) => origins.get(child));
  const isOne = others.every(
    (other) => other?.buildKey === first?.buildKey && other?.version === first?.version,
  );
  return isOne ? first : undefined;
}

/** Answers arrive in any order. The report must be the same each time. */
function inOrder<K extends string, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...map].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function readManifest(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
): Promise<{ readonly held: Held; readonly origin: ImageOrigin | undefined } | undefined> {
  const manifest = await client.findManifest(atDigest(repository, digest));
  if (manifest === undefined) return undefined;
  const children = isIndex(manifest.json) ? manifest.json.manifests.map((each) => each.digest) : [];
  const referrers = (await client.referrers(repository, digest)).map((each) => each.digest);
  return { held: { children, referrers }, origin: annotatedOrigin(manifest) };
}
