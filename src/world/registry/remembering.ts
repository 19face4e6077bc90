import type { RegistryClient } from './client.ts';
import type { Manifest } from './manifest.ts';
import { formatReference, formatRepository } from './reference.ts';

/**
 * The same client with a cache of what it read by digest, which never changes. For one run of a verb, which reads few
 * images. Not for reading back what was written: that must ask the registry.
 */
export function rememberingClient(client: RegistryClient): RegistryClient {
  const manifests = new Map<string, Promise<Manifest>>();
  const blobs = new Map<string, Promise<Uint8Array>>();
  return {
    ...client,
    getManifest: (reference) =>
      reference.kind === 'digest'
        ? remembered(manifests, formatReference(reference), () => client.getManifest(reference))
        : client.getManifest(reference),
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
