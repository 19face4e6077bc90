import { defined } from '../../host/defined.ts';
import type { Log } from '../../host/log.ts';
import { createBlobs } from './blobs.ts';
import { type CredentialSource, credentialsFromFiles } from './credentials.ts';
import { createLists } from './lists.ts';
import { createManifests } from './manifests.ts';
import type { RegistryClient } from './registry-client.ts';
import { createTransport } from './transport.ts';

export type { CredentialSource, Credentials } from './credentials.ts';
export { fallbackTag } from './lists.ts';
export type { Descriptor, ImageIndex, ImageManifest, Manifest } from './manifest.ts';

export type { BlobContent, RegistryClient } from './registry-client.ts';

export interface RegistryClientOptions {
  /** Default: the files in which podman and docker keep logins. */
  readonly credentials?: CredentialSource;
  /** Names the credential files. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: Log;
  /** Milliseconds before each further attempt; also how many there are. */
  readonly retryDelays?: readonly number[];
}

export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const transport = createTransport({
    credentials: options.credentials ?? credentialsFromFiles(options.env),
    ...defined({ log: options.log, retryDelays: options.retryDelays }),
  });
  const manifests = createManifests(transport);
  return {
    counters: transport.counters,
    ...manifests,
    ...createBlobs(transport),
    ...createLists(transport, manifests.findManifest),
  };
}
