import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startRegistry } from '../../src/demo/registry-process.ts';
import { createRegistryClient, type RegistryClient } from '../../src/world/registry/client.ts';
import { mediaTypes } from '../../src/world/registry/manifest.ts';
import { type Digest, digestOf, type Repository } from '../../src/world/registry/reference.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

/** Two registries behind counting proxies, and a user's repository. */
export interface RegistryStage {
  readonly first: CountingProxy;
  readonly second: CountingProxy;
  /** The checkout. */
  readonly directory: string;
  readonly client: RegistryClient;
  git(...args: string[]): string;
  writeFiles(files: Readonly<Record<string, string>>): Promise<void>;
}

export async function withRegistryStage(work: (stage: RegistryStage) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const proxies: CountingProxy[] = [];
    for (const name of ['first', 'second']) {
      const registry = await startRegistry({
        directory: join(folder, name),
        logFile: join(folder, `${name}.log`),
      });
      stops.push(() => registry.stop());
      const proxy = await startCountingProxy(registry.host);
      stops.push(() => proxy.stop());
      proxies.push(proxy);
    }
    const [first, second] = proxies as [CountingProxy, CountingProxy];
    const directory = join(folder, 'os');
    await mkdir(directory);
    const git = (...args: string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.invalid', '-C', directory, ...args],
        {
          encoding: 'utf8',
        },
      ).trim();
    git('init', '--quiet', '--initial-branch', 'testing', '.');
    const writeFiles = async (files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), text);
      }
    };
    const client = createRegistryClient({ credentials: async () => undefined });
    await work({ first, second, directory, client, git, writeFiles });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Pushes an image with as many layers as Fedora CoreOS has. Its layers are smaller. */
export async function pushLayeredImage(
  client: RegistryClient,
  repository: Repository,
  options: {
    readonly layers: number;
    readonly layerBytes: number;
    readonly tag: string;
    readonly created: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  },
): Promise<Digest> {
  const layers = [];
  for (let index = 0; index < options.layers; index += 1) {
    const { digest, size } = await client.uploadBlob(repository, randomBytes(options.layerBytes));
    layers.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size });
  }
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: options.created,
      config: { Labels: options.labels },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      history: layers.map(() => ({ created: options.created })),
    }),
  );
  const { digest, size } = await client.uploadBlob(repository, config);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest, size },
      layers,
      annotations: options.annotations,
    }),
  );
  await client.putManifest(repository, options.tag, manifest, mediaTypes.ociManifest);
  return digestOf(manifest);
}
