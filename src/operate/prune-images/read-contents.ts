import { inParallel } from '../../host/parallel.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import { atDigest, atTag, type Digest, type Repository } from '../../world/registry/reference.ts';
import { type Contents, type Held, subjectOfTag } from './contents.ts';

const parallel = 8;

/**
 * Reads all that tags, and the digests given, lead to. Registries do not list what no tag leads to: such things are
 * neither seen nor touched.
 * @param also digests that may be there without a tag
 * @returns with `untagged`: subjects of attached tags that are there though no tag leads to them
 */
export async function readContents(
  client: RegistryClient,
  repository: Repository,
  also: Iterable<Digest>,
  report: (note: string) => void = () => {},
): Promise<Contents & { readonly untagged: ReadonlySet<Digest> }> {
  const names = await client.listTags(repository);
  const tags = new Map<string, Digest>();
  await inParallel(names, parallel, async (tag) => {
    const found = await client.resolve(atTag(repository, tag));
    if (found !== undefined) tags.set(tag, found.digest);
  });
  const manifests = new Map<Digest, Held>();
  const untagged = new Set<Digest>();
  const tagged = new Set(tags.values());
  const subjects = names.flatMap((tag) => subjectOfTag(tag) ?? []);
  let open: Digest[] = [...new Set([...tagged, ...also, ...subjects])];
  const asked = new Set(open);
  while (open.length > 0) {
    const found: Digest[] = [];
    await inParallel(open, parallel, async (digest) => {
      const held = await readHeld(client, repository, digest);
      if (held === undefined) return;
      manifests.set(digest, held);
      if (subjects.includes(digest) && !tagged.has(digest)) untagged.add(digest);
      found.push(...held.children, ...held.referrers);
      report(`${manifests.size} manifests`);
    });
    open = [...new Set(found)].filter((digest) => !asked.has(digest));
    for (const digest of open) asked.add(digest);
  }
  // An image of an index has no tag of its own, and is no stray.
  for (const { children, referrers } of manifests.values()) {
    for (const digest of [...children, ...referrers]) untagged.delete(digest);
  }
  return { tags: inOrder(tags), manifests: inOrder(manifests), untagged };
}

/** Answers come in any order; what is told of them should be the same each time. */
function inOrder<K extends string, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...map].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function readHeld(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
): Promise<Held | undefined> {
  const manifest = await client.findManifest(atDigest(repository, digest));
  if (manifest === undefined) return undefined;
  const children = isIndex(manifest.json) ? manifest.json.manifests.map((each) => each.digest) : [];
  const referrers = (await client.referrers(repository, digest)).map((each) => each.digest);
  return { children, referrers };
}
