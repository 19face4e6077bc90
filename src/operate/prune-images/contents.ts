import type { Digest } from '../../world/registry/reference.ts';

/** What a repository holds, as far as tags and references lead to it. */
export interface Contents {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly manifests: ReadonlyMap<Digest, Held>;
}

export interface Held {
  /** The images of an index. */
  readonly children: readonly Digest[];
  /** What refers to it: evidence, SBOMs, attestations. */
  readonly referrers: readonly Digest[];
}

/** `sha256-<hex>`, with cosign's ending or without: belongs to the digest it names. */
const attachedTag = /^sha256-([0-9a-f]{64})(\.[a-z]+)?$/;

/** The digest that a tag is about, for tags that are attached to an image by their name. */
export function subjectOfTag(tag: string): Digest | undefined {
  const hex = attachedTag.exec(tag)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** The roots, with all that they need to be whole, and all that is attached to any of it. */
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
 * What may go, in the order to delete it: an index before its images, an image before what is attached to it. So
 * nothing that is left is ever incomplete, and what an interrupted run leaves over is found by the next.
 */
export function removable(contents: Contents, roots: Iterable<Digest>): Digest[] {
  const kept = keptWith(contents, roots);
  const below = belowIn(contents);
  const seen = new Set<Digest>();
  const lastFirst: Digest[] = [];
  const visit = (digest: Digest): void => {
    if (seen.has(digest) || kept.has(digest) || !contents.manifests.has(digest)) return;
    seen.add(digest);
    for (const each of below(digest)) visit(each);
    lastFirst.push(digest);
  };
  for (const digest of contents.manifests.keys()) visit(digest);
  return lastFirst.reverse();
}

/** What belongs to a digest: its images, what refers to it, and what tags attach to it. */
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
