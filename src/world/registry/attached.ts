import { copyArtifact } from './artifact.ts';
import type { RegistryClient } from './client.ts';
import { copyImage } from './copy.ts';
import { NotFoundError } from './failures.ts';
import { isIndex, type Manifest } from './manifest.ts';
import { atDigest, atTag, type Digest, type Repository } from './reference.ts';

/** What cosign puts beside a digest under a tag of its own (cosign specs/SIGNATURE_SPEC.md, "Storage"). */
const cosignEndings = ['sig', 'att', 'sbom'] as const;

/** Levels of referrers: a signature of an SBOM is a referrer of a referrer. */
const deepest = 3;

/**
 * Copies what is attached to an image, and to each image of an index, byte for byte: everything that refers to it
 * (Referrers API or fallback tag: evidence, SBOM, attestations), with what refers to that, and cosign's tags.
 * A cosign tag that exists at the destination is not changed: it may hold signatures made for that repository.
 * @returns digests of what was copied
 */
export async function copyAttached(
  client: RegistryClient,
  options: { readonly manifest: Manifest; readonly from: Repository; readonly to: Repository },
): Promise<Digest[]> {
  const { manifest, from, to } = options;
  const children = isIndex(manifest.json) ? manifest.json.manifests.map(({ digest }) => digest) : [];
  const copied: Digest[] = [];
  for (const digest of new Set([manifest.descriptor.digest, ...children])) {
    copied.push(...(await copyReferrers(client, { digest, from, to, depth: 1 })));
    copied.push(...(await copyCosignTags(client, { digest, from, to })));
  }
  return copied;
}

async function copyReferrers(
  client: RegistryClient,
  options: {
    readonly digest: Digest;
    readonly from: Repository;
    readonly to: Repository;
    readonly depth: number;
  },
): Promise<Digest[]> {
  const { digest, from, to, depth } = options;
  const wanted = await client.referrers(from, digest);
  if (wanted.length === 0) return [];
  const there = new Set((await client.referrers(to, digest)).map((each) => each.digest));
  const copied: Digest[] = [];
  for (const each of wanted) {
    // If it is there, so are its own referrers: those are copied first.
    if (there.has(each.digest)) continue;
    if (depth < deepest) {
      copied.push(...(await copyReferrers(client, { digest: each.digest, from, to, depth: depth + 1 })));
    }
    try {
      await copyArtifact(client, { from: atDigest(from, each.digest), to });
    } catch (error) {
      // It was deleted after it was listed.
      if (error instanceof NotFoundError) continue;
      throw error;
    }
    copied.push(each.digest);
  }
  return copied;
}

async function copyCosignTags(
  client: RegistryClient,
  options: { readonly digest: Digest; readonly from: Repository; readonly to: Repository },
): Promise<Digest[]> {
  const { digest, from, to } = options;
  const copied = await Promise.all(
    cosignEndings.map(async (ending) => {
      const tag = `${digest.replace(':', '-')}.${ending}`;
      const source = await client.resolve(atTag(from, tag));
      if (source === undefined || (await client.resolve(atTag(to, tag))) !== undefined) return [];
      await copyImage(client, { from: atDigest(from, source.digest), to, tags: [tag] });
      return [source.digest];
    }),
  );
  return copied.flat();
}
