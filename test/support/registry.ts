import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';
import { type RegistryOptions, startRegistry } from '../../src/demo/registry-process.ts';
import { createRegistryClient, type RegistryClient } from '../../src/world/registry/client.ts';
import type { CredentialSource } from '../../src/world/registry/credentials.ts';
import { type ImageManifest, mediaTypes } from '../../src/world/registry/manifest.ts';
import {
  atDigest,
  type DigestReference,
  digestOf,
  type Repository,
} from '../../src/world/registry/reference.ts';

export interface TestRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly directory: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export const anonymous: CredentialSource = async () => undefined;

/** The login of a registry that was started with `login: true`. */
export const testLogin = { kind: 'password', username: 'tester', password: 'a-very-secret-word' } as const;
const testHtpasswd = 'tester:$2y$04$uWKyEQmPE5CA6QLUmmrwYue9DffIQyfxjC78QiWJNT1wn3v5XwPWG\n';

/** Starts a real registry in a temporary folder; `stop` ends it and removes the folder. */
export async function startTestRegistry(
  options: {
    readonly login?: boolean;
    readonly tls?: RegistryOptions['tls'];
    readonly token?: RegistryOptions['token'];
    /** The folder of another registry, for a second port to it. It is kept when this one stops. */
    readonly directory?: string;
  } = {},
): Promise<TestRegistry> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'coxswain-test-registry-')));
  const { login = false, tls, token } = options;
  const htpasswd = join(directory, 'htpasswd');
  if (login) await writeFile(htpasswd, testHtpasswd);
  const registry = await startRegistry({
    directory,
    logFile: join(directory, 'registry.log'),
    ...(login ? { htpasswd } : {}),
    ...(tls === undefined ? {} : { tls }),
    ...(token === undefined ? {} : { token }),
  });
  return {
    host: registry.host,
    directory,
    pid: registry.pid,
    stop: async () => {
      await registry.stop();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A registry for all tests of a file (or of the describe block it is called in). Read its fields inside tests only. */
export function useRegistry(options: Parameters<typeof startTestRegistry>[0] = {}): TestRegistry {
  let running: TestRegistry | undefined;
  beforeAll(async () => {
    running = await startTestRegistry(options);
  });
  afterAll(() => running?.stop());
  const now = (): TestRegistry => {
    if (running === undefined) throw new Error('the registry is not running yet');
    return running;
  };
  return {
    get host() {
      return now().host;
    },
    get directory() {
      return now().directory;
    },
    get pid() {
      return now().pid;
    },
    stop: () => now().stop(),
  };
}

/** A client that reads no credential files of the user, and gives up soon. */
export function testClient(credentials: CredentialSource = anonymous): RegistryClient {
  return createRegistryClient({ credentials, retryDelays: [5, 5] });
}

export interface SampleImage {
  readonly labels?: Readonly<Record<string, string>>;
  /** ISO 8601 */
  readonly created?: string;
  /** GOARCH */
  readonly architecture?: string;
  readonly layers?: readonly Uint8Array[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** The layers are compressed already. */
  readonly packed?: boolean;
  /** One entry for each layer, as buildah wants it of an image that it builds on. Default: none. */
  readonly history?: readonly { readonly created_by: string }[];
  readonly tag?: string;
}

/** Pushes a small valid image; without `layers` each call makes another digest. */
export async function pushSampleImage(
  client: RegistryClient,
  repository: Repository,
  sample: SampleImage = {},
): Promise<DigestReference> {
  const contents = sample.layers ?? [randomBytes(2_000), randomBytes(1_000)];
  const config = {
    architecture: sample.architecture ?? 'amd64',
    os: 'linux',
    created: sample.created ?? '2026-07-21T14:00:00Z',
    config: { Labels: sample.labels ?? {} },
    rootfs: { type: 'layers', diff_ids: contents.map((content) => digestOf(content)) },
    history: sample.history ?? [],
  };
  const [pushed, ...packed] = await Promise.all(
    [
      Buffer.from(JSON.stringify(config)),
      ...contents.map((each) => (sample.packed ? each : gzipSync(each))),
    ].map((bytes) => client.uploadBlob(repository, bytes)),
  );
  if (pushed === undefined) throw new Error('nothing was pushed');
  const layers = packed.map(({ digest, size }) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest,
    size,
  }));
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: pushed.digest, size: pushed.size },
    layers,
    ...(sample.annotations === undefined ? {} : { annotations: { ...sample.annotations } }),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  await client.putManifest(repository, sample.tag ?? digest, bytes, mediaTypes.ociManifest);
  return atDigest(repository, digest);
}

/** Pushes an image of these layers, compressed here unless they are `packed`. */
export async function pushLayers(
  client: RegistryClient,
  repository: Repository,
  tars: readonly Uint8Array[],
  options: { readonly packed?: boolean; readonly tag?: string; readonly created?: string } = {},
): Promise<DigestReference> {
  return pushSampleImage(client, repository, { layers: tars, ...options });
}
