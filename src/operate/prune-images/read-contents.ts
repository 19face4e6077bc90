import { OutsideError } from '../../host/errors.ts';
import { inParallel } from '../../host/parallel.ts';
import { subjectOfTag } from '../../release/tags.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { findSurely } from '../../world/registry/find-surely.ts';
import { isIndex, type Manifest } from '../../world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  formatReference,
  formatRepository,
  type Repository,
} from '../../world/registry/reference.ts';
import type { Contents, Held } from './contents.ts';
import { annotatedOrigin, type ImageOrigin } from './image-origin.ts';

/** What was read of a repository. */
export interface ReadContents extends Contents {
  /** Subjects of attached tags that exist although no tag points at them. */
  readonly untagged: ReadonlySet<Digest>;
  /** The builds of images by their annotations, and the common build of all images of an index. */
  readonly origins: ReadonlyMap<Digest, ImageOrigin>;
  /** The types of artifacts. */
  readonly artifactTypes: ReadonlyMap<Digest, string>;
}

const parallel = 8;

/**
 * Reads everything that tags, and the given digests, lead to. Registries do not list manifests that no tag leads to:
 * such manifests are neither seen nor deleted.
 * @param known digests that may exist without a tag
 * @throws OutsideError if the registry lists a tag and does not have it, or lists other tags at the end
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
    const reference = atTag(repository, tag);
    const found = await client.resolve(reference);
    if (found === undefined)
      throw contradiction(formatReference(reference), 'lists this tag, and does not have it');
    tags.set(tag, found.digest);
  });
  const manifests = new Map<Digest, Held>();
  const origins = new Map<Digest, ImageOrigin>();
  const artifactTypes = new Map<Digest, string>();
  const untagged = new Set<Digest>();
  const tagged = new Set(tags.values());
  const subjects = new Set(names.flatMap((tag) => subjectOfTag(tag) ?? []));
  let open: Digest[] = [...new Set([...tagged, ...known, ...subjects])];
  const asked = new Set(open);
  while (open.length > 0) {
    const found: Digest[] = [];
    await inParallel(open, parallel, async (digest) => {
      const manifest = await findSurely(client, atDigest(repository, digest));
      if (manifest === undefined) return;
      const held = await readHeld(client, repository, manifest);
      manifests.set(digest, held);
      const origin = annotatedOrigin(manifest);
      if (origin !== undefined) origins.set(digest, origin);
      const { artifactType } = manifest.json;
      if (artifactType !== undefined) artifactTypes.set(digest, artifactType);
      if (subjects.has(digest) && !tagged.has(digest)) untagged.add(digest);
      found.push(...held.children, ...held.referrers);
      report(`${manifests.size} manifests`);
    });
    open = [...new Set(found)].filter((digest) => !asked.has(digest));
    for (const digest of open) asked.add(digest);
  }
  for (const [digest, { children, referrers }] of manifests) {
    // An image of an index, or an attachment, needs no tag of its own.
    for (const each of [...children, ...referrers]) untagged.delete(each);
    const origin = sharedOrigin(children, origins);
    if (origin !== undefined) origins.set(digest, origin);
  }
  // A list may be old. What only the newest list names must be kept.
  const newer = (await client.listTags(repository)).find((tag) => !tags.has(tag));
  if (newer !== undefined) {
    throw contradiction(formatRepository(repository), `lists the tag ${newer}, and did not before`);
  }
  return { tags: inOrder(tags), manifests: inOrder(manifests), untagged, origins, artifactTypes };
}

function contradiction(where: string, answers: string): OutsideError {
  return new OutsideError(
    `reading ${where}`,
    `the registry ${answers}`,
    'Nothing was deleted. Run the same command again.',
  );
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

async function readHeld(
  client: RegistryClient,
  repository: Repository,
  { json, descriptor }: Manifest,
): Promise<Held> {
  return {
    descriptor,
    isIndex: isIndex(json),
    children: isIndex(json) ? json.manifests.map((each) => each.digest) : [],
    referrers: (await client.referrers(repository, descriptor.digest)).map((each) => each.digest),
  };
}
