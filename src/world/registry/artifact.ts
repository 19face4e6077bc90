import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../../host/defined.ts';
import { InputError, OutsideError } from '../../host/errors.ts';
import { fallbackTag, type RegistryClient } from './client.ts';
import { type CopyReport, copyContent } from './copy.ts';
import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  isIndex,
  type Manifest,
  mediaTypes,
  parseManifest,
} from './manifest.ts';
import {
  atTag,
  type Digest,
  type DigestReference,
  digestOf,
  formatReference,
  formatRepository,
  type Reference,
  type Repository,
} from './reference.ts';

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
  /** What the artifact is about: it is then found with `client.referrers`. */
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
  for (const layer of layers) {
    const { digest, size } = await client.uploadBlob(repository, layer.bytes);
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
    // At least one layer is required by many registries; the empty one is the specification's stand-in.
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

/** Reads an artifact with all its layers, verified. For small ones: everything is held in memory. */
export async function readArtifact(
  client: RegistryClient,
  reference: Reference,
): Promise<{ manifest: Manifest; layers: { descriptor: Descriptor; bytes: Uint8Array }[] }> {
  const manifest = await client.getManifest(reference);
  if (isIndex(manifest.json)) {
    throw new InputError({
      where: formatReference(reference),
      problem: 'an index, not an artifact',
    });
  }
  const layers: { descriptor: Descriptor; bytes: Uint8Array }[] = [];
  for (const descriptor of manifest.json.layers) {
    layers.push({ descriptor, bytes: await client.getBlob(reference.repository, descriptor.digest) });
  }
  return { manifest, layers };
}

/** Copies an artifact byte for byte to another repository, and lists it with its subject there. */
export async function copyArtifact(
  client: RegistryClient,
  options: { readonly from: DigestReference; readonly to: Repository },
): Promise<CopyReport> {
  const report: CopyReport = { mounted: 0, copied: 0, present: 0, bytes: 0 };
  const manifest = await client.getManifest(options.from);
  await copyContent(client, { manifest, from: options.from.repository, to: options.to }, report);
  await putListed(client, options.to, manifest);
  return report;
}

async function putListed(client: RegistryClient, repository: Repository, manifest: Manifest): Promise<void> {
  const { listed } = await client.putReferrer(repository, manifest.bytes, manifest.descriptor.mediaType);
  const { subject } = manifest.json;
  if (subject !== undefined && !listed) {
    await inSequence(`${formatRepository(repository)}@${subject.digest}`, () =>
      addToFallbackTag(client, repository, subject.digest, listEntry(manifest)),
    );
  }
}

/** A manifest as a list of referrers shows it (distribution specification, "Listing Referrers"). */
function listEntry(manifest: Manifest): Descriptor {
  const { json, descriptor } = manifest;
  const artifactType = json.artifactType ?? (isIndex(json) ? undefined : json.config.mediaType);
  return {
    ...descriptor,
    ...defined({ artifactType, annotations: json.annotations }),
  };
}

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

const fallbackAttempts = 10;

/**
 * Adds an entry to the list under the fallback tag. Registries have no compare-and-swap for tags, so two writers that
 * read the same list lose one entry. Each therefore reads again after the time that a rival's read and write may
 * take, and adds what is missing: the writer whose entry was lost puts it back.
 */
async function addToFallbackTag(
  client: RegistryClient,
  repository: Repository,
  subject: Digest,
  entry: Descriptor,
): Promise<void> {
  const tag = fallbackTag(subject);
  let wanted: Descriptor[] = [entry];
  for (let attempt = 0; attempt < fallbackAttempts; attempt++) {
    const started = performance.now();
    const current = await readList(client, repository, tag);
    const there = current.manifests;
    const missing = wanted.filter(({ digest }) => !there.some((each) => each.digest === digest));
    if (missing.length === 0) return;
    wanted = [...there, ...missing];
    const bytes = new TextEncoder().encode(JSON.stringify({ ...current, manifests: wanted }));
    await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
    const took = performance.now() - started;
    await sleep(Math.max(40, took * 2) * (1 + Math.random()));
  }
  throw new OutsideError(
    `adding ${entry.digest} to the list ${formatRepository(repository)}:${tag}`,
    'other writers kept replacing the list',
  );
}

async function readList(client: RegistryClient, repository: Repository, tag: string): Promise<ImageIndex> {
  const reference = atTag(repository, tag);
  const manifest = await client.findManifest(reference);
  if (manifest === undefined) return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] };
  if (isIndex(manifest.json)) return manifest.json;
  throw new InputError({
    where: formatReference(reference),
    problem: 'this tag is reserved for the referrers of an image, and holds something else',
    remedy: 'Move that content to another tag.',
  });
}

const queues = new Map<string, Promise<void>>();

/** Writers inside this process run one after the other, so they do not race. */
async function inSequence(key: string, work: () => Promise<void>): Promise<void> {
  const previous = queues.get(key) ?? Promise.resolve();
  const turn = previous.then(work, work);
  const tail = turn.then(
    () => {},
    () => {},
  );
  queues.set(key, tail);
  try {
    await turn;
  } finally {
    if (queues.get(key) === tail) queues.delete(key);
  }
}
