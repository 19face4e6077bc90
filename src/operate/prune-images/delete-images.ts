import { OutsideError } from '../../host/errors.ts';
import { subjectOfTag } from '../../release/tags.ts';
import { fallbackTag, type RegistryClient } from '../../world/registry/client.ts';
import { type Descriptor, mediaTypes } from '../../world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  formatReference,
  type Repository,
} from '../../world/registry/reference.ts';
import { type Contents, closureOf, keptWith } from './contents.ts';
import type { RepositoryPlan } from './plan-repository.ts';

/**
 * Deletes what was planned. A run that ends in between can always be finished: before an image with attachments or
 * children loses its tag, a list under its own `sha256-…` tag names everything that belongs to it. The next run finds
 * the rest by that list, and the list is deleted last.
 * @param requireUnchanged throws if the decision no longer holds
 */
export async function deleteImages(
  client: RegistryClient,
  { repository, contents, removed }: RepositoryPlan,
  requireUnchanged: () => Promise<void>,
): Promise<void> {
  const going = new Set(removed.map(({ digest }) => digest));
  const lists: { readonly digest: Digest; readonly tags: readonly string[] }[] = [];
  for (const { digest, tags } of removed) {
    if (tags.length === 0 || tags.some((tag) => subjectOfTag(tag) !== undefined)) continue;
    await requireUnchanged();
    const belongs = [...closureOf(contents, digest)].filter((each) => going.has(each));
    const findable = findableByTags(contents, belongs);
    if (belongs.every((each) => findable.has(each))) continue;
    const descriptors = belongs.flatMap((each) => contents.manifests.get(each)?.descriptor ?? []);
    const tag = fallbackTag(digest);
    lists.push({ digest: await putList(client, repository, tag, descriptors), tags: [tag] });
  }
  const replaced = new Set(lists.flatMap(({ tags }) => tags));
  for (const { digest, tags } of [...removed, ...lists]) {
    await requireUnchanged();
    await deleteManifest(
      client,
      repository,
      digest,
      lists.some((list) => list.digest === digest) ? tags : tags.filter((tag) => !replaced.has(tag)),
    );
  }
}

/** What can be found without the image: by the tags that name its digest, or the digests of what belongs to it. */
function findableByTags(contents: Contents, belongs: readonly Digest[]): ReadonlySet<Digest> {
  const tagged = [...contents.tags].filter(
    ([tag, digest]) => subjectOfTag(tag) !== undefined && belongs.includes(digest),
  );
  return keptWith(
    contents,
    tagged.map(([, digest]) => digest),
  );
}

async function putList(
  client: RegistryClient,
  repository: Repository,
  tag: string,
  descriptors: readonly Descriptor[],
): Promise<Digest> {
  const manifests = descriptors.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const list = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  const bytes = new TextEncoder().encode(JSON.stringify(list));
  const digest = await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
  const reference = atTag(repository, tag);
  const now = (await client.resolve(reference))?.digest;
  if (now === digest) return digest;
  throw new OutsideError(
    `pushing ${formatReference(reference)}`,
    `the registry accepted ${digest}, and has ${now ?? 'nothing'} there`,
    'Nothing was deleted from this repository. Run the same command again.',
  );
}

async function deleteManifest(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  tags: readonly string[],
): Promise<void> {
  // Deleting a manifest deletes its tags. If one of them is elsewhere now, somebody is at work here, or the registry
  // contradicts itself. What belongs to this image would be deleted next, and the image may be needed again.
  for (const tag of tags) {
    const now = (await client.resolve(atTag(repository, tag)))?.digest;
    if (now === undefined || now === digest) continue;
    throw new OutsideError(
      `deleting ${formatReference(atDigest(repository, digest))}`,
      `its tag ${tag} was moved to ${now} in the meantime`,
      'What was deleted until now was not needed. Run the same command again.',
    );
  }
  await client.deleteManifest(repository, digest);
  const reference = atDigest(repository, digest);
  if ((await client.resolve(reference)) === undefined) return;
  throw new OutsideError(
    `deleting ${formatReference(reference)}`,
    'the registry confirmed the deletion, and still has it',
    'What was deleted until now was not needed. Run the same command again.',
  );
}
