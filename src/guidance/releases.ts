import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { InputError } from '../host/errors.ts';
import { formatTime } from '../host/time.ts';
import { checkValue, documentHead, openObject, readDocument, someText } from './document.ts';

/** An ostree commit of a release, for one architecture. */
export interface ReleaseCommit {
  readonly architecture: string;
  readonly checksum: string;
}

/** The container image of a release, for one architecture. */
export interface ReleaseImage {
  readonly architecture: string;
  /** By tag, for people: `quay.io/fedora/fedora-coreos:stable`. */
  readonly image: string;
  /** `repository@sha256:…` of the per-architecture manifest: what Zincati compares, letter by letter. */
  readonly 'digest-ref': string;
}

/** One release. Fields that are not named here survive reading and writing. */
export interface Release {
  readonly version: string;
  /** URL of the release's own release.json. */
  readonly metadata: string;
  readonly commits?: readonly ReleaseCommit[];
  readonly 'oci-images'?: readonly ReleaseImage[];
  /**
   * `repository@sha256:…` of the index over the architectures, if there is one. Upstream does not have this field:
   * its tools ignore it. Nodes that were installed by a tag may report this digest (see alias.ts).
   */
  readonly 'oci-index'?: string;
}

/** releases.json, oldest release first: the position is a release's age. */
export interface ReleaseIndex {
  readonly stream: string;
  readonly note?: string;
  readonly metadata: { readonly 'last-modified': string };
  readonly releases: readonly Release[];
}

// A tag before the digest is refused: Zincati drops it from its side of the comparison, so such a node would
// never find itself.
const digestReference = /^[^\s@/]+(?:\/[^\s@:/]+)+@sha256:[0-9a-f]{64}$|^[^\s@:/]+@sha256:[0-9a-f]{64}$/;

const architecture = someText('an architecture, such as "x86_64"');

const digestRef = z
  .string({ error: 'repository@sha256: and 64 hex digits' })
  .refine((text) => text === '' || digestReference.test(text), {
    error: 'repository@sha256: and 64 hex digits, without a tag',
  });

const releaseFields = {
  version: someText('a version, such as "44.20260707.3.1"'),
  commits: z
    .array(
      openObject('an object {architecture, checksum}', {
        architecture,
        checksum: z.string({ error: 'an ostree checksum' }),
      }),
      { error: 'a list of {architecture, checksum}' },
    )
    .optional(),
  'oci-images': z
    .array(
      openObject('an object {architecture, image, digest-ref}', {
        architecture,
        image: z.string({ error: 'an image by tag, such as "quay.io/acme/os:stable"' }),
        // To upstream's graph builder an empty digest-ref means "no image", so it is not refused here.
        'digest-ref': digestRef,
      }),
      { error: 'a list of {architecture, image, digest-ref}' },
    )
    .optional(),
  'oci-index': digestRef.optional(),
};

const release = openObject('a release: {version, metadata, oci-images}', {
  ...releaseFields,
  metadata: z.string({ error: "the URL of the release's release.json" }),
});

/** releases.json; unknown fields pass. */
export const releaseIndex = openObject('a release index: {stream, metadata, releases}', {
  ...documentHead,
  note: z.string({ error: 'a text' }).optional(),
  releases: releaseList(release),
});

const graphReleases = openObject('a release index: {stream, metadata, releases}', {
  stream: documentHead.stream.optional(),
  releases: releaseList(openObject('a release: {version, metadata, oci-images}', releaseFields)),
});

function releaseList<R extends z.ZodType<{ version: string }>>(each: R) {
  return z.array(each, { error: 'the list of releases, oldest first' }).superRefine((list, context) => {
    const firstAt = new Map<string, number>();
    for (const [index, { version }] of list.entries()) {
      const first = firstAt.get(version);
      if (first !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [index, 'version'],
          message: 'each version once',
          params: {
            problem: `releases[${first}] has this version already`,
            remedy: 'A version names one build: remove the entry that was added by mistake.',
          },
        });
      }
      firstAt.set(version, first ?? index);
    }
  });
}

/** Fields of a release index in which upstream's serde reads null as "absent". */
export const nullableReleaseFields: ReadonlySet<string> = new Set(['commits', 'oci-images', 'note']);

/**
 * Reads a release index (upstream's releases.json); fields that are not known survive.
 * @param where the file's name, for messages
 * @throws InputError with line, column and field: broken JSON, a wrong type, a version that occurs twice,
 *   a digest-ref other than repository@sha256:…
 */
export function parseReleaseIndex(text: string, where: string): ReleaseIndex {
  return readDocument(releaseIndex, text, { where, nullable: nullableReleaseFields }) as ReleaseIndex;
}

/**
 * Reads only what the graph depends on: upstream's graph builder reads only `releases` too. As strict as
 * parseReleaseIndex about that part.
 */
export function parseGraphReleases(
  text: string,
  where: string,
): { readonly stream?: string; readonly releases: readonly Omit<Release, 'metadata'>[] } {
  return readDocument(graphReleases, text, { where, nullable: nullableReleaseFields }) as ReturnType<
    typeof parseGraphReleases
  >;
}

/** The text as upstream writes it: indent of two spaces, final newline. */
export function formatReleaseIndex(index: ReleaseIndex): string {
  return `${JSON.stringify(index, null, 2)}\n`;
}

/** An index without releases. @param now UNIX seconds */
export function emptyReleaseIndex(stream: string, now: number): ReleaseIndex {
  return { stream, metadata: { 'last-modified': formatTime(now) }, releases: [] };
}

/**
 * Appends a release. Nothing is ever changed or moved: positions are ages, and nodes look themselves up in this list.
 * For a release that exists already, returns the same object.
 * @param now UNIX seconds, for `last-modified`
 * @throws InputError when the version exists with other content, or an image belongs to another release
 *   (Zincati takes the first node with its payload, so it would treat its node as that release)
 */
export function addRelease(index: ReleaseIndex, added: Release, now: number): ReleaseIndex {
  checkValue(release, added);
  const known = index.releases.find(({ version }) => version === added.version);
  if (known !== undefined) {
    if (isDeepStrictEqual(known, added)) return index;
    throw new InputError({
      field: `release ${added.version}`,
      problem: 'this version is in the release index already, with other content',
      found: added,
      expected: JSON.stringify(known),
      remedy: 'A version always names the same build: a new build needs a new version.',
    });
  }
  for (const image of added['oci-images'] ?? []) {
    const owner = index.releases.find((each) => each['oci-images']?.some((other) => sameImage(other, image)));
    if (owner !== undefined && image['digest-ref'] !== '') {
      throw new InputError({
        field: `release ${added.version}`,
        problem: `its ${image.architecture} image is release ${owner.version} already`,
        found: image['digest-ref'],
        remedy: 'One image is one release of a fleet: promote an image that was built for this version.',
      });
    }
  }
  return {
    ...index,
    metadata: { ...index.metadata, 'last-modified': formatTime(now) },
    releases: [...index.releases, added],
  };
}

function sameImage(one: ReleaseImage, other: ReleaseImage): boolean {
  return one.architecture === other.architecture && one['digest-ref'] === other['digest-ref'];
}
