import { InputError } from '../../host/errors.ts';
import { type Descriptor, descriptorSchema, manifestMediaTypes, mediaTypes, parseJson } from './manifest.ts';
import { type Digest, isDigest } from './reference.ts';

/** A list of referrers: an image index, whose entries others write as well. */
export interface ReferrerList {
  /** The whole document, with entries that we cannot read. */
  readonly json: { readonly manifests: readonly unknown[] } & Readonly<Record<string, unknown>>;
  readonly entries: readonly Descriptor[];
  readonly odd: readonly OddEntry[];
}

/** An entry that we cannot read: another digest algorithm, a field that is missing or wrong, an old kind of artifact. */
export interface OddEntry {
  /** The digest as the entry has it; `unnamed` if it has none. */
  readonly digest: string;
  readonly artifactType: string | undefined;
  readonly problem: string;
}

/** The tag that lists the referrers of a digest in a registry without the Referrers API. */
export function fallbackTag(digest: Digest): string {
  return digest.replace(':', '-');
}

export const emptyReferrerList: ReferrerList = {
  json: { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] },
  entries: [],
  odd: [],
};

/**
 * Reads a list of referrers (OCI distribution specification, "Listing Referrers"). One odd entry does not make the
 * list unreadable.
 * @param where for the error
 * @throws InputError when it is not an index at all
 */
export function parseReferrerList(bytes: Uint8Array, where: string): ReferrerList {
  const json = parseJson(bytes, where);
  if (!isList(json)) {
    throw new InputError({
      where,
      problem: 'this tag is reserved for the referrers of an image, and holds something else',
      remedy: 'Move that content to another tag.',
    });
  }
  const entries: Descriptor[] = [];
  const odd: OddEntry[] = [];
  for (const value of json.manifests) {
    const parsed = descriptorSchema.safeParse(value);
    const known = parsed.success && manifestMediaTypes.includes(parsed.data.mediaType);
    if (known) entries.push(parsed.data);
    else odd.push(describeOdd(value, parsed.error?.issues[0]));
  }
  return { json, entries, odd };
}

function isList(value: unknown): value is ReferrerList['json'] {
  return (
    typeof value === 'object' &&
    value !== null &&
    'manifests' in value &&
    Array.isArray(value.manifests) &&
    (!('mediaType' in value) || value.mediaType === mediaTypes.ociIndex)
  );
}

function describeOdd(
  value: unknown,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): OddEntry {
  const fields =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const text = (name: string) => {
    const field = fields[name];
    return typeof field === 'string' ? field : undefined;
  };
  const digest = text('digest');
  const problem =
    issue !== undefined
      ? `${issue.path.map(String).join('.') || 'entry'}: ${issue.message}`
      : `${text('mediaType') ?? 'no media type'} is not a manifest that we know`;
  return {
    digest: digest === undefined ? 'unnamed' : isDigest(digest) ? digest : digest.slice(0, 80),
    artifactType: text('artifactType'),
    problem,
  };
}
