import { defined } from '../../host/defined.ts';
import { InputError, OutsideError } from '../../host/errors.ts';
import { type CopyReport, copyContent } from './copy.ts';
import { addToFallbackTag } from './fallback-tag.ts';
import { findSurely } from './find-surely.ts';
import {
  artifactTypeOf,
  type Descriptor,
  type ImageManifest,
  isIndex,
  type Manifest,
  mediaTypes,
  parseManifest,
} from './manifest.ts';
import {
  atDigest,
  type Digest,
  type DigestReference,
  digestOf,
  formatReference,
  formatRepository,
  type Reference,
  type Repository,
  shortDigest,
} from './reference.ts';
import type { RegistryClient } from './registry-client.ts';

/** Annotation with the file name of an artifact's layer, as `oras pull` uses it (OCI image spec, annotations). */
export const titleAnnotation = 'org.opencontainers.image.title';

export interface ArtifactLayer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ArtifactOptions {
  readonly repository: Repository;
  readonly artifactType: string;
  /** The manifest that the artifact is about. `client.referrers` then finds the artifact. */
  readonly subject?: Descriptor;
  readonly layers: readonly ArtifactLayer[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly tag?: string;
}

const emptyBytes = new TextEncoder().encode('{}');
const empty: Descriptor = {
  mediaType: mediaTypes.ociEmpty,
  digest: digestOf(emptyBytes),
  size: emptyBytes.length,
};

/**
 * Pushes an artifact as an OCI image manifest with an empty config (image specification 1.1, "Guidelines for Artifact
 * Usage"). The same input makes the same digest, and pushing it again changes nothing.
 */
export async function pushArtifact(client: RegistryClient, options: ArtifactOptions): Promise<Descriptor> {
  const { repository, artifactType, subject, layers, annotations, tag } = options;
  await client.uploadBlob(repository, emptyBytes);
  const pushed: Descriptor[] = [];
  const uploaded = new Set<Digest>();
  for (const layer of layers) {
    const digest = digestOf(layer.bytes);
    const size = layer.bytes.length;
    // A hundred rings have only a few different graphs.
    if (!uploaded.has(digest)) await client.uploadBlob(repository, layer.bytes);
    uploaded.add(digest);
    pushed.push({
      mediaType: layer.mediaType,
      digest,
      size,
      ...defined({ annotations: layer.annotations && { ...layer.annotations } }),
    });
  }
  const json: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType,
    config: empty,
    // At least one layer is required by many registries; the specification defines an empty one for this.
    layers: pushed.length === 0 ? [empty] : pushed,
    ...defined({
      subject: subject && plain(subject),
      annotations: annotations && { ...annotations },
    }),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const manifest = parseManifest(bytes, formatRepository(repository));
  await putListed(client, repository, manifest);
  if (tag !== undefined) await client.putManifest(repository, tag, bytes, mediaTypes.ociManifest);
  return listEntry(manifest);
}

/** An artifact with all its layers. */
export interface Artifact {
  readonly manifest: Manifest;
  readonly layers: readonly { readonly descriptor: Descriptor; readonly bytes: Uint8Array }[];
}

/** Reads an artifact with all its layers, verified. For small ones: everything is held in memory. */
export async function readArtifact(client: RegistryClient, reference: Reference): Promise<Artifact> {
  return readLayers(client, reference.repository, await client.getManifest(reference));
}

async function readLayers(
  client: RegistryClient,
  repository: Repository,
  manifest: Manifest,
): Promise<Artifact> {
  if (isIndex(manifest.json)) {
    throw new InputError({
      where: formatReference(atDigest(repository, manifest.descriptor.digest)),
      problem: 'an index, not an artifact',
    });
  }
  const layers: { descriptor: Descriptor; bytes: Uint8Array }[] = [];
  for (const descriptor of manifest.json.layers) {
    layers.push({ descriptor, bytes: await client.getBlob(repository, descriptor.digest) });
  }
  return { manifest, layers };
}

/** A referrer, as a list of referrers names it. */
export interface ListedReferrer {
  readonly repository: Repository;
  /** The manifest that the list belongs to. */
  readonly subject: Digest;
  readonly digest: Digest;
}

/**
 * Reads the manifest of a referrer that a list names.
 * @returns undefined if it was deleted after it was listed
 * @throws OutsideError when the registry lists it and does not have it: nothing may be believed then
 */
export async function findReferrer(
  client: RegistryClient,
  listed: ListedReferrer,
): Promise<Manifest | undefined> {
  const { repository, subject, digest } = listed;
  const reference = atDigest(repository, digest);
  const manifest = await findSurely(client, reference);
  if (manifest !== undefined) return manifest;
  // The list under a fallback tag keeps what was deleted; the registry's own does not.
  const again = await client.referrers(repository, subject);
  if (!again.some((each) => each.digest === digest)) return undefined;
  const fallback = await client.fallbackList(repository, subject);
  if (fallback?.entries.some((each) => each.digest === digest) === true) return undefined;
  throw new OutsideError(
    `reading ${formatReference(reference)}`,
    `${repository.registry} lists it as a referrer of ${shortDigest(subject)}, and does not have it`,
  );
}

/** Reads a referrer that a list names with all its layers. @returns and @throws like findReferrer */
export async function readReferrer(
  client: RegistryClient,
  listed: ListedReferrer,
): Promise<Artifact | undefined> {
  const manifest = await findReferrer(client, listed);
  return manifest === undefined ? undefined : readLayers(client, listed.repository, manifest);
}

/** Copies an artifact byte for byte to another repository, and lists it with its subject there. */
export async function copyArtifact(
  client: RegistryClient,
  options: { readonly from: DigestReference; readonly to: Repository },
): Promise<CopyReport> {
  const { from, to } = options;
  return copyReferrer(client, { manifest: await client.getManifest(from), from: from.repository, to });
}

/** The same for a manifest that was read. */
export async function copyReferrer(
  client: RegistryClient,
  options: { readonly manifest: Manifest; readonly from: Repository; readonly to: Repository },
): Promise<CopyReport> {
  const report: CopyReport = { mounted: 0, copied: 0, present: 0, bytes: 0 };
  await copyContent(client, options, report);
  await putListed(client, options.to, options.manifest);
  return report;
}

/**
 * Puts a manifest that has a subject, and makes sure that the list of the subject's referrers has it. A registry may
 * promise to keep that list (it answers OCI-Subject) and not keep it. So the list is read back, and if the entry is
 * missing, it goes to the list under the fallback tag.
 * @throws OutsideError when the registry accepted the manifest and does not have it
 */
async function putListed(client: RegistryClient, repository: Repository, manifest: Manifest): Promise<void> {
  const { bytes, descriptor, json } = manifest;
  const { listed } = await client.putReferrer(repository, bytes, descriptor.mediaType);
  const subject = json.subject?.digest;
  if (subject === undefined) return;
  if (listed) {
    const found = await client.referrers(repository, subject);
    if (found.some(({ digest }) => digest === descriptor.digest)) return;
  }
  const reference = atDigest(repository, descriptor.digest);
  if ((await client.resolve(reference)) === undefined) {
    throw new OutsideError(
      `pushing ${formatReference(reference)}`,
      'the registry accepted it, and does not have it',
    );
  }
  await addToFallbackTag(client, repository, subject, listEntry(manifest));
}

/** A manifest as a list of referrers shows it (distribution specification, "Listing Referrers"). */
function listEntry(manifest: Manifest): Descriptor {
  const { descriptor, json } = manifest;
  return {
    ...descriptor,
    ...defined({ artifactType: artifactTypeOf(manifest), annotations: json.annotations }),
  };
}

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
