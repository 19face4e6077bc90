import { OutsideError } from '../host/errors.ts';
import { copyReferrer, findReferrer } from '../world/registry/artifact.ts';
import type { RegistryClient } from '../world/registry/client.ts';
import { copyImage } from '../world/registry/copy.ts';
import { artifactTypeOf, isIndex, type Manifest } from '../world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  formatReference,
  formatRepository,
  type Repository,
} from '../world/registry/reference.ts';
import { acceptanceType } from './evidence/acceptance.ts';
import { statementMediaType } from './evidence/statement.ts';
import { acceptedVulnerabilitiesType } from './vulnerabilities/acceptance.ts';

/** One kind of thing that is attached to an image. */
interface AttachmentKind {
  readonly name: string;
  /** An artifact that refers to the image, or an image under a tag that cosign makes of the digest. */
  readonly foundBy: { readonly artifactType: string } | { readonly cosignEnding: string };
  /** Copied along with the image from one repository to another. */
  readonly carried: boolean;
}

/**
 * What Coxswain knows of attachments. Artifacts of every other type are copied too: SBOMs, provenance, signatures.
 * cosign's tags: cosign specs/SIGNATURE_SPEC.md, "Storage".
 */
const attachmentKinds: readonly AttachmentKind[] = [
  { name: 'evidence', foundBy: { artifactType: statementMediaType }, carried: true },
  // People who may write to production give it there. One from a test registry does not count.
  { name: 'acceptance of missing evidence', foundBy: { artifactType: acceptanceType }, carried: false },
  {
    name: 'acceptance of vulnerabilities',
    foundBy: { artifactType: acceptedVulnerabilitiesType },
    carried: false,
  },
  // Its payload names the repository that it was made for: nodes refuse it in another one (docs/signing.md).
  { name: 'cosign signature', foundBy: { cosignEnding: 'sig' }, carried: false },
  { name: 'cosign attestation', foundBy: { cosignEnding: 'att' }, carried: true },
  { name: 'cosign SBOM', foundBy: { cosignEnding: 'sbom' }, carried: true },
];

/** The endings of the tags that cosign makes of a digest. */
export const cosignEndings: readonly string[] = attachmentKinds.flatMap(({ foundBy }) =>
  'cosignEnding' in foundBy ? [foundBy.cosignEnding] : [],
);

const carriedEndings: readonly string[] = attachmentKinds.flatMap(({ foundBy, carried }) =>
  'cosignEnding' in foundBy && carried ? [foundBy.cosignEnding] : [],
);

function isCarried(artifactType: string | undefined): boolean {
  return !attachmentKinds.some(
    ({ foundBy, carried }) => !carried && 'artifactType' in foundBy && foundBy.artifactType === artifactType,
  );
}

/** Levels of referrers: a signature of an SBOM is a referrer of a referrer. */
const deepest = 3;

interface Move {
  readonly digest: Digest;
  readonly from: Repository;
  readonly to: Repository;
  /** What refers to it there, is not asked: everything is put. */
  readonly unasked: boolean;
}

/**
 * How often the attachments are read. One pass copies, one confirms; more are needed only if a list was out of date.
 */
const passes = 4;

/**
 * Copies what is attached to an image, and to each image of an index, byte for byte: everything that refers to it
 * (Referrers API or fallback tag), what refers to that, and cosign's tags except signatures. A cosign tag that the
 * destination already has stays as it is.
 *
 * One answer that says "nothing" proves nothing. So the lists of both sides are read again after each pass, until a
 * pass finds nothing to copy.
 * @param options.isNew the destination got the image a moment ago: its lists are read from the second pass on, and what
 * it has nevertheless is put again
 * @returns digests of what was put
 * @throws OutsideError if the destination does not keep what it accepted
 */
export async function copyAttachments(
  client: RegistryClient,
  options: {
    readonly manifest: Manifest;
    readonly from: Repository;
    readonly to: Repository;
    readonly isNew?: boolean;
  },
): Promise<Digest[]> {
  const { manifest, from, to, isNew = false } = options;
  const children = isIndex(manifest.json) ? manifest.json.manifests.map(({ digest }) => digest) : [];
  const subjects = new Set([manifest.descriptor.digest, ...children]);
  const copied = new Set<Digest>();
  for (let pass = 0; pass < passes; pass += 1) {
    const now: Digest[] = [];
    for (const digest of subjects) {
      const move = { digest, from, to, unasked: isNew && pass === 0 };
      const [referrers, tagged] = await Promise.all([
        copyReferrers(client, move, 1),
        copyCosignTags(client, move),
      ]);
      now.push(...referrers, ...tagged);
    }
    for (const digest of now) copied.add(digest);
    // The first pass may have read an old list, so a second one reads it again.
    if (now.length === 0 && pass > 0) return [...copied];
  }
  throw new OutsideError(
    `copying attachments to ${formatRepository(to)}`,
    'the registry does not list what it accepted',
    'Nothing was tagged. Run the same command again.',
  );
}

/** @throws OutsideError if a manifest is missing that was accepted */
async function requireKept(client: RegistryClient, repository: Repository, digest: Digest): Promise<void> {
  const reference = atDigest(repository, digest);
  if ((await client.resolve(reference)) !== undefined) return;
  throw new OutsideError(
    `pushing ${formatReference(reference)}`,
    'the registry accepted it, and does not have it',
    'Run the same command again.',
  );
}

async function copyReferrers(client: RegistryClient, move: Move, depth: number): Promise<Digest[]> {
  const { digest, from, to, unasked } = move;
  const wanted = (await client.referrers(from, digest)).filter(({ artifactType }) => isCarried(artifactType));
  if (wanted.length === 0) return [];
  const there = new Set(unasked ? [] : (await client.referrers(to, digest)).map((each) => each.digest));
  const copied: Digest[] = [];
  for (const each of wanted) {
    // A referrer is copied after everything that refers to it. If it exists, so does the rest.
    if (there.has(each.digest)) continue;
    if (depth < deepest) {
      copied.push(...(await copyReferrers(client, { ...move, digest: each.digest }, depth + 1)));
    }
    const listed = { repository: from, subject: digest, digest: each.digest };
    const manifest = await findReferrer(client, listed);
    // Many may write the list of a test registry, and a list may be wrong: what an artifact is, it says itself.
    if (manifest === undefined || manifest.json.subject?.digest !== digest) continue;
    if (!isCarried(artifactTypeOf(manifest))) continue;
    // It reads back what it put.
    await copyReferrer(client, { manifest, from, to });
    copied.push(each.digest);
  }
  return copied;
}

async function copyCosignTags(client: RegistryClient, { digest, from, to }: Move): Promise<Digest[]> {
  const copied = await Promise.all(
    carriedEndings.map(async (ending) => {
      const tag = `${digest.replace(':', '-')}.${ending}`;
      const source = await client.resolve(atTag(from, tag));
      if (source === undefined || (await client.resolve(atTag(to, tag))) !== undefined) return [];
      await copyImage(client, { from: atDigest(from, source.digest), to, tags: [tag] });
      await requireKept(client, to, source.digest);
      return [source.digest];
    }),
  );
  return copied.flat();
}
