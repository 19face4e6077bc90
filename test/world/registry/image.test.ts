import { beforeAll, describe, expect, it } from 'vitest';
import type { RegistryClient } from '../../../src/world/registry/client.ts';
import { imageTimestamp, readImage } from '../../../src/world/registry/image.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import { atTag, digestOf, parseRepository, type Repository } from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';

const registry = useRegistry();
let client: RegistryClient;
let repository: Repository;
beforeAll(() => {
  client = testClient();
  repository = parseRepository(`${registry.host}/acme/os`);
});

/** Pushes an index of two images, and what BuildKit adds to one. */
async function pushIndex(tag: string) {
  const one = await pushSampleImage(client, repository, { architecture: 'amd64' });
  const other = await pushSampleImage(client, repository, { architecture: 'arm64' });
  const entry = async (digest: typeof one.digest, architecture: string, os = 'linux') => {
    const { descriptor } = await client.getManifest({ kind: 'digest', repository, digest });
    return { ...descriptor, platform: { architecture, os } };
  };
  const json = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [
      await entry(one.digest, 'unknown', 'unknown'),
      await entry(one.digest, 'amd64'),
      await entry(other.digest, 'arm64'),
    ],
  };
  const bytes = Buffer.from(JSON.stringify(json));
  await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
  return { one, other, digest: digestOf(bytes) };
}

describe('readImage', () => {
  it('reads labels, time, architecture and layers', async () => {
    const layers = [Buffer.from('lower'), Buffer.from('upper')];
    const labels = { 'com.coreos.stream': 'stable' };
    const pushed = await pushSampleImage(client, repository, {
      layers,
      labels,
      created: '2026-07-21T14:00:00.5Z',
    });
    const image = await readImage(client, pushed, 'x86_64');
    expect(image.manifest.descriptor.digest).toBe(pushed.digest);
    expect(image.config).toMatchObject({
      architecture: 'amd64',
      os: 'linux',
      created: '2026-07-21T14:00:00.5Z',
      labels,
      diffIds: layers.map(digestOf),
    });
    expect(image.index).toBeUndefined();
    expect(imageTimestamp(image)).toBe(Date.parse('2026-07-21T14:00:00.5Z') / 1000);
  });

  it('prefers the time in the annotation, as rpm-ostree does', async () => {
    const image = await readImage(client, await pushSampleImage(client, repository), 'x86_64');
    const json = {
      ...image.manifest.json,
      annotations: { 'org.opencontainers.image.created': '2030-01-01T00:00:00Z' },
    };
    expect(imageTimestamp({ ...image, manifest: { ...image.manifest, json } })).toBe(1893456000);
    expect(imageTimestamp({ ...image, config: { ...image.config, created: 'soon' } })).toBeUndefined();
  });

  it('walks an index to the architecture, and keeps the index', async () => {
    const { one, other, digest } = await pushIndex('multi');
    const reference = atTag(repository, 'multi');
    const amd64 = await readImage(client, reference, 'x86_64');
    expect(amd64.manifest.descriptor.digest).toBe(one.digest);
    expect(amd64.index?.digest).toBe(digest);
    expect((await readImage(client, reference, 'aarch64')).manifest.descriptor.digest).toBe(other.digest);
    await expect(readImage(client, reference, 's390x')).rejects.toThrow(
      /acme\/os:multi: this image is not made for s390x, found "x86_64, aarch64"/,
    );
  });

  it('refuses an image of another architecture', async () => {
    const pushed = await pushSampleImage(client, repository, { architecture: 'arm64' });
    await expect(readImage(client, pushed, 'x86_64')).rejects.toThrow(/not made for x86_64, found "aarch64"/);
  });
});
