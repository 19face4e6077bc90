import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { type Digest, digestOf, isDigest } from './reference.ts';

export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** Sent as Accept with every manifest request. A registry may convert or refuse types that are missing here. */
export const manifestMediaTypes: readonly string[] = [
  mediaTypes.ociManifest,
  mediaTypes.ociIndex,
  mediaTypes.dockerManifest,
  mediaTypes.dockerIndex,
];

const indexMediaTypes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerIndex];

const digestSchema = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), {
  message: 'not a sha256 digest',
});

// Loose everywhere: unknown fields must survive.
export const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest: digestSchema,
  size: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
  artifactType: z.string().optional(),
  platform: z
    .looseObject({ architecture: z.string(), os: z.string(), variant: z.string().optional() })
    .optional(),
});

const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  subject: descriptorSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  manifests: z.array(descriptorSchema),
  subject: descriptorSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** Points at content by digest (OCI image specification, descriptor.md). Size is in bytes. */
export type Descriptor = z.infer<typeof descriptorSchema>;
/** One image for one architecture, or an artifact. */
export type ImageManifest = z.infer<typeof manifestSchema>;
/** A list of manifests: one image for several architectures, or a list of referrers. */
export type ImageIndex = z.infer<typeof indexSchema>;

export interface Manifest {
  readonly descriptor: Descriptor;
  /** The bytes exactly as served, of which the digest is made. */
  readonly bytes: Uint8Array;
  readonly json: ImageManifest | ImageIndex;
}

export function isIndex(json: ImageManifest | ImageIndex): json is ImageIndex {
  return 'manifests' in json;
}

/** The type of an artifact, as lists of referrers show it (distribution specification, "Listing Referrers"). */
export function artifactTypeOf({ json }: Pick<Manifest, 'json'>): string | undefined {
  return json.artifactType ?? (isIndex(json) ? undefined : json.config.mediaType);
}

/**
 * Reads a manifest or an index.
 * @param where the reference, for the error
 * @param contentType media type in the registry's answer; used if the document names none
 * @throws InputError when it is neither
 */
export function parseManifest(bytes: Uint8Array, where: string, contentType?: string): Manifest {
  const value = parseJson(bytes, where);
  refuseBoth(value, where);
  const declared = mediaTypeIn(value) ?? (contentType === undefined ? undefined : bareType(contentType));
  const known =
    declared !== undefined && manifestMediaTypes.includes(declared) ? declared : inferMediaType(value);
  if (known === undefined) {
    throw new InputError({
      where,
      problem: 'not an image manifest or index',
      ...defined({ found: declared }),
      expected: 'an OCI or Docker (schema 2) manifest or index',
    });
  }
  const parsed = indexMediaTypes.includes(known)
    ? indexSchema.safeParse(value)
    : manifestSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError({
      where,
      field: issue?.path.join('.') ?? '',
      problem: `not a valid manifest: ${issue?.message ?? 'wrong shape'}`,
    });
  }
  const descriptor: Descriptor = { mediaType: known, digest: digestOf(bytes), size: bytes.length };
  return { descriptor, bytes, json: parsed.data };
}

/**
 * A document that is a manifest and an index at once means different images to different readers (CVE-2021-41190).
 * @throws InputError
 */
function refuseBoth(value: unknown, where: string): void {
  if (typeof value !== 'object' || value === null || !('manifests' in value)) return;
  const other = ['layers', 'config'].find((field) => field in value);
  if (other === undefined) return;
  throw new InputError({
    where,
    field: other,
    problem: 'this document is a manifest and an index at once: it has manifests as well',
  });
}

/** Reads JSON from bytes. @throws InputError */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InputError({ where, problem: 'not JSON' }, { cause: error });
  }
}

function mediaTypeIn(value: unknown): string | undefined {
  return typeof value === 'object' &&
    value !== null &&
    'mediaType' in value &&
    typeof value.mediaType === 'string'
    ? value.mediaType
    : undefined;
}

// mediaType is optional in OCI documents, and some servers answer application/json or nothing.
function inferMediaType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('manifests' in value) return mediaTypes.ociIndex;
  if ('config' in value && 'layers' in value) return mediaTypes.ociManifest;
  return undefined;
}

/** A Content-Type without its parameters, in lower case. */
export function bareType(contentType: string): string {
  return (contentType.split(';')[0] as string).trim().toLowerCase();
}
