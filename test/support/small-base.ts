import { readFileSync } from 'node:fs';
import { findTool } from '../../src/host/tools.ts';
import type { RegistryClient } from '../../src/world/registry/client.ts';
import { mediaTypes } from '../../src/world/registry/manifest.ts';
import type { Repository } from '../../src/world/registry/reference.ts';
import { type RawEntry, rawLayer } from './raw-layers.ts';

/** The lowest layer of the smallest base that RUN works on. */
export function busyboxLayer(more: readonly RawEntry[] = []): Buffer {
  const busybox = readFileSync(findTool('busybox') ?? 'busybox');
  const programs = ['sh', 'ls', 'cat', 'rm', 'mkdir', 'ln', 'chmod', 'chown', 'mkfifo', 'head', 'echo'];
  return rawLayer([
    ...['bin', 'etc'].map((name) => ({ name, type: 'folder' }) as const),
    { name: 'bin/busybox', content: busybox, mode: 0o755 },
    ...programs.map((name) => ({ name: `bin/${name}`, type: 'link', to: 'busybox' }) as const),
    ...['etc/hosts', 'etc/resolv.conf'].map((name) => ({ name, content: '' })),
    ...more,
  ]);
}

export interface SmallBase {
  readonly version: string;
  readonly layers: readonly Buffer[];
  /** GOARCH. Default: amd64; an index, if there are several. */
  readonly architectures?: readonly string[];
}

/** Pushes a base as stock tools know it, under the tag `stable`. @returns the digests of its layers */
export async function pushBase(
  client: RegistryClient,
  repository: Repository,
  { architectures = ['amd64'], ...base }: SmallBase,
): Promise<readonly string[]> {
  const images = [];
  for (const architecture of architectures) {
    const { layers, digest, size } = await pushImage(client, repository, { ...base, architecture });
    images.push({
      layers,
      mediaType: mediaTypes.ociManifest,
      digest,
      size,
      platform: { architecture, os: 'linux' },
    });
  }
  if (images.length > 1) {
    const manifests = images.map(({ layers: _, ...entry }) => entry);
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
    const bytes = Buffer.from(JSON.stringify(index));
    await client.putManifest(repository, 'stable', bytes, mediaTypes.ociIndex);
  }
  return images[0]?.layers ?? [];
}

async function pushImage(
  client: RegistryClient,
  repository: Repository,
  base: Omit<SmallBase, 'architectures'> & { readonly architecture: string },
) {
  const layers = [];
  for (const bytes of base.layers) {
    const { digest, size } = await client.uploadBlob(repository, bytes);
    layers.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size });
  }
  const config = Buffer.from(
    JSON.stringify({
      architecture: base.architecture,
      os: 'linux',
      created: '2026-07-07T12:00:00Z',
      config: {
        Env: ['PATH=/usr/bin:/bin', 'A=b'],
        Cmd: ['/sbin/init'],
        StopSignal: 'SIGRTMIN+3',
        Labels: {
          'com.coreos.stream': 'stable',
          'containers.bootc': '1',
          'ostree.bootable': '1',
          'ostree.commit': '0'.repeat(64),
          'org.opencontainers.image.version': base.version,
        },
      },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      history: layers.map((_, index) => ({ created_by: `step ${index}` })),
    }),
  );
  const described = await client.uploadBlob(repository, config);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: described.digest, size: config.length },
    layers,
    annotations: { 'fedora-coreos.stream': 'stable' },
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = await client.putManifest(repository, 'stable', bytes, mediaTypes.ociManifest);
  return { digest, size: bytes.length, layers: layers.map((layer) => layer.digest) };
}
