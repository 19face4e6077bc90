import { defined } from '../../host/defined.ts';
import { type Log, silentLog } from '../../host/log.ts';
import { createBlobs } from './blobs.ts';
import { type CredentialSource, credentialsFromFiles } from './credentials.ts';
import { createTags } from './list-tags.ts';
import { createManifests } from './manifests.ts';
import { createReferrers } from './referrers.ts';
import type { RegistryClient } from './registry-client.ts';
import { createTransport } from './transport.ts';

export type { CredentialSource, Credentials } from './credentials.ts';
export type { Descriptor, ImageIndex, ImageManifest, Manifest } from './manifest.ts';
export { fallbackTag } from './referrer-list.ts';

export type { BlobContent, RegistryClient } from './registry-client.ts';

export interface RegistryClientOptions {
  /** Default: the files in which podman and docker keep logins. */
  readonly credentials?: CredentialSource;
  /** Names the credential files. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: Log;
  /** Milliseconds before each further attempt; also how many there are. */
  readonly retryDelays?: readonly number[];
  /** Seconds until an answer begins. Default: 25. */
  readonly answerSeconds?: number;
}

export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const transport = createTransport({
    credentials: options.credentials ?? credentialsFromFiles(options.env),
    ...defined({ log: options.log, retryDelays: options.retryDelays, answerSeconds: options.answerSeconds }),
  });
  const manifests = createManifests(transport);
  return {
    counters: transport.counters,
    ...manifests,
    ...createBlobs(transport),
    ...createTags(transport),
    ...createReferrers(transport, manifests, options.log ?? silentLog),
  };
}
