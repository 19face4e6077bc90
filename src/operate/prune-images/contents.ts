import { subjectOfTag } from '../../release/tags.ts';
import type { Descriptor } from '../../world/registry/manifest.ts';
import type { Digest } from '../../world/registry/reference.ts';

/** The part of a repository's content that can be reached from tags and references. */
export interface Contents {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly manifests: ReadonlyMap<Digest, Held>;
}

export interface Held {
  /** The descriptor in the index. Absent only in tests of the order. */
  readonly descriptor?: Descriptor;
  readonly isIndex?: boolean;
  /** The images of an index. */
  readonly children: readonly Digest[];
  /** What refers to it: evidence, SBOMs, attestations. */
  readonly referrers: readonly Digest[];
}

/** The roots, everything that they need to be complete, and everything that is attached to any of these. */
export function keptWith(contents: Contents, roots: Iterable<Digest>): ReadonlySet<Digest> {
  const below = belowIn(contents);
  const kept = new Set<Digest>();
  const open = [...roots];
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    if (kept.has(digest)) continue;
    kept.add(digest);
    open.push(...below(digest));
  }
  return kept;
}

/**
 * What may be deleted, in the order of deletion: an index before its images, an image before its attachments, and the
 * list of attachments last. So no remaining image is ever incomplete, and what a list names can be found while the
 * list exists.
 */
export function removable(contents: Contents, roots: Iterable<Digest>): Digest[] {
  const kept = keptWith(contents, roots);
  const below = belowIn(contents);
  const lists = listsIn(contents);
  const seen = new Set<Digest>();
  const lastFirst: Digest[] = [];
  const visit = (digest: Digest): void => {
    if (seen.has(digest) || kept.has(digest) || !contents.manifests.has(digest)) return;
    seen.add(digest);
    for (const each of below(digest)) visit(each);
    lastFirst.push(digest);
  };
  for (const digest of contents.manifests.keys()) visit(digest);
  const order = lastFirst.reverse();
  return [...order.filter((digest) => !lists.has(digest)), ...order.filter((digest) => lists.has(digest))];
}

/** Everything that belongs to a digest, without the digest itself. */
export function closureOf(contents: Contents, digest: Digest): ReadonlySet<Digest> {
  const closure = new Set(keptWith(contents, [digest]));
  closure.delete(digest);
  return closure;
}

/** The lists under attached tags: indexes that belong to a digest by their tag. */
export function listsIn({ tags, manifests }: Contents): ReadonlySet<Digest> {
  return new Set(
    [...tags]
      .filter(([tag, digest]) => subjectOfTag(tag) !== undefined && manifests.get(digest)?.isIndex === true)
      .map(([, digest]) => digest),
  );
}

/** What belongs to a digest: its images, its referrers, and what tags attach to it. */
function belowIn(contents: Contents): (digest: Digest) => Digest[] {
  const byTag = new Map<Digest, Digest[]>();
  for (const [tag, digest] of contents.tags) {
    const subject = subjectOfTag(tag);
    if (subject !== undefined) byTag.set(subject, [...(byTag.get(subject) ?? []), digest]);
  }
  return (digest) => {
    const held = contents.manifests.get(digest);
    return [...(held?.children ?? []), ...(held?.referrers ?? []), ...(byTag.get(digest) ?? [])];
  };
}
