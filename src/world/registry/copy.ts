import { inParallel } from '../../host/parallel.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, isIndex, type Manifest } from './manifest.ts';
import { atDigest, type Digest, type DigestReference, type Repository, sameRepository } from './reference.ts';
import type { ByteRange } from './request.ts';

/** What happened to the blobs, each counted once. */
export interface CopyReport {
  /** Mounted inside the registry, nothing sent. */
  mounted: number;
  copied: number;
  /** Existed at the destination. */
  present: number;
  /** Bytes of the copied ones. */
  bytes: number;
}

/** How many mounts run at the same time: each is only a request and its answer. */
const parallelMounts = 16;
/** How many blobs are copied between registries at the same time. */
const parallelStreams = 8;

/**
 * Copies an image or an index with all its images, byte for byte, and then tags it in the given order. Blobs come
 * before the manifest that names them, so every manifest at the destination is complete, also after a crash.
 */
export async function copyImage(
  client: RegistryClient,
  options: { readonly from: DigestReference; readonly to: Repository; readonly tags: readonly string[] },
): Promise<CopyReport> {
  const { from, to, tags } = options;
  const report: CopyReport = { mounted: 0, copied: 0, present: 0, bytes: 0 };
  const manifest = await client.getManifest(from);
  if (!sameRepository(from.repository, to)) {
    await copyContent(client, { manifest, from: from.repository, to }, report);
    await putBytes(client, to, manifest, manifest.descriptor.digest);
  }
  await setTags(client, { manifest, repository: to, tags });
  return report;
}

/** Sets tags in the given order on a manifest that the repository has. */
export async function setTags(
  client: RegistryClient,
  options: {
    readonly manifest: Manifest;
    readonly repository: Repository;
    readonly tags: readonly string[];
  },
): Promise<void> {
  for (const tag of options.tags) await putBytes(client, options.repository, options.manifest, tag);
}

/** Everything below a manifest: the images of an index, the config and layers of an image. */
export async function copyContent(
  client: RegistryClient,
  options: { readonly manifest: Manifest; readonly from: Repository; readonly to: Repository },
  report: CopyReport,
  seen: Set<Digest> = new Set(),
): Promise<void> {
  const { manifest, from, to } = options;
  const { json } = manifest;
  if (isIndex(json)) {
    for (const child of json.manifests) {
      if (seen.has(child.digest)) continue;
      seen.add(child.digest);
      const image = await client.getManifest(atDigest(from, child.digest));
      await copyContent(client, { manifest: image, from, to }, report, seen);
      await putBytes(client, to, image, image.descriptor.digest);
    }
    return;
  }
  const blobs = [json.config, ...json.layers].filter((blob) => {
    const first = !seen.has(blob.digest);
    seen.add(blob.digest);
    return first;
  });
  const parallel = from.registry === to.registry ? parallelMounts : parallelStreams;
  await inParallel(blobs, parallel, async (blob) => {
    const how = await copyBlob(client, blob, from, to);
    report[how] += 1;
    if (how === 'copied') report.bytes += blob.size;
  });
}

async function copyBlob(
  client: RegistryClient,
  blob: Descriptor,
  from: Repository,
  to: Repository,
): Promise<'mounted' | 'copied' | 'present'> {
  if (from.registry === to.registry && (await client.mountBlob(to, blob.digest, from))) return 'mounted';
  const content = { descriptor: blob, open: (range?: ByteRange) => client.openBlob(from, blob, range) };
  return client.ensureBlob(to, content);
}

function putBytes(client: RegistryClient, to: Repository, manifest: Manifest, name: string): Promise<Digest> {
  return client.putManifest(to, name, manifest.bytes, manifest.descriptor.mediaType);
}
