import { describe, expect, it } from 'vitest';
import { requireBootSpace, requireBuildSpace, storedSize } from '../../../src/release/candidate/space.ts';
import { readImage } from '../../../src/world/registry/image.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import { atDigest, parseRepository } from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';

const registry = useRegistry();
const client = testClient();

/** An image with this size of its layers in the manifest: no registry checks that. */
async function imageOf(bytes: number) {
  const repository = parseRepository(`${registry.host}/large`);
  const small = await readImage(client, await pushSampleImage(client, repository), 'x86_64');
  const { json } = small.manifest;
  const layers = json.layers.map((layer) => ({ ...layer, size: bytes }));
  const manifest = Buffer.from(JSON.stringify({ ...json, layers }));
  const digest = await client.putManifest(repository, 'large', manifest, mediaTypes.ociManifest);
  return readImage(client, atDigest(repository, digest), 'x86_64');
}

describe('the disk space of an image', () => {
  it('is refused before work begins, part by part', async () => {
    const image = await imageOf(1e14);
    const { env } = process;
    await expect(requireBuildSpace(image, { env, folder: '/nowhere/image' })).rejects.toThrow(
      /not enough disk space.* for the base image in \S+, 200000\.0 GB for the build in .* for downloads in .*400000\.0 GB for the image in \/nowhere\/image/,
    );
    await expect(requireBootSpace(image, { env, rehearses: true })).rejects.toThrow(
      /not enough disk space.* for the disk of the machine/,
    );
  });

  it('counts the copies of an image whose layers are split', async () => {
    const image = await imageOf(1e14);
    const { env } = process;
    await expect(requireBuildSpace(image, { env, isSplit: true })).rejects.toThrow(
      / 1200000\.0 GB for the image while it is split in /,
    );
    await expect(requireBuildSpace(image, { env })).rejects.not.toThrow(/split/);
  });

  it('is enough for a small one', async () => {
    const image = await imageOf(1000);
    const { env } = process;
    await requireBuildSpace(image, { env });
    await requireBootSpace(image, { env, rehearses: true });
  });

  it('grows with each layer if the storage copies them', async () => {
    const image = await imageOf(1000);
    expect(storedSize(image, { folder: '', driver: 'overlay' })).toBe(6000);
    expect(storedSize(image, { folder: '', driver: 'vfs' })).toBe(3000 + 6000);
  });
});
