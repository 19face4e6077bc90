import type { RegistryClient } from './client.ts';
import type { Manifest } from './manifest.ts';
import { atDigest, formatReference, formatRepository, type Repository } from './reference.ts';

/**
 * The same client with a cache of what it read by digest, which never changes. For one run of a verb, which reads few
 * images. Not for reading back what was written: that must ask the registry.
 */
export function rememberingClient(client: RegistryClient): RegistryClient {
  const manifests = new Map<string, Promise<Manifest>>();
  const blobs = new Map<string, Promise<Uint8Array>>();
  /** Of a tag too: what it led to is known by its digest then. */
  function known(repository: Repository, manifest: Manifest): Manifest {
    const reference = formatReference(atDigest(repository, manifest.descriptor.digest));
    if (!manifests.has(reference)) manifests.set(reference, Promise.resolve(manifest));
    return manifest;
  }
  return {
    ...client,
    getManifest: async (reference) =>
      reference.kind === 'digest'
        ? remembered(manifests, formatReference(reference), () => client.getManifest(reference))
        : known(reference.repository, await client.getManifest(reference)),
    findManifest: async (reference) => {
      const there = reference.kind === 'digest' ? manifests.get(formatReference(reference)) : undefined;
      if (there !== undefined) return there;
      const found = await client.findManifest(reference);
      return found === undefined ? undefined : known(reference.repository, found);
    },
    getBlob: (repository, digest) =>
      remembered(blobs, `${formatRepository(repository)}@${digest}`, () =>
        client.getBlob(repository, digest),
      ),
  };
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const there = known.get(key);
  if (there !== undefined) return there;
  const reading = read();
  known.set(key, reading);
  reading.catch(() => known.delete(key));
  return reading;
}
