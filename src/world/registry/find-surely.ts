import type { Manifest } from './manifest.ts';
import type { Reference } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';

/** Like findManifest, but that a manifest does not exist is believed only if two answers agree. */
export async function findSurely(
  client: Pick<RegistryClient, 'findManifest'>,
  reference: Reference,
): Promise<Manifest | undefined> {
  return (await client.findManifest(reference)) ?? (await client.findManifest(reference));
}
