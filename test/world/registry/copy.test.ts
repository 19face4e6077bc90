import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { copyImage } from '../../../src/world/registry/copy.ts';
import { readImage } from '../../../src/world/registry/image.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  digestOf,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';

const registry = useRegistry();
const another = useRegistry({ login: true });
let from: Repository;
let to: Repository;
beforeAll(() => {
  from = parseRepository(`${registry.host}/acme/os-test`);
  to = parseRepository(`${registry.host}/acme/os`);
});

const bothClient = () =>
  testClient(async (repository) =>
    repository.registry === another.host
      ? { kind: 'password', username: 'tester', password: 'a-very-secret-word' }
      : undefined,
  );

describe('copyImage in one registry', () => {
  it('needs 2 requests and one for each blob, and sends no blob', async () => {
    const source = await pushSampleImage(testClient(), from);
    const client = testClient();
    const report = await copyImage(client, { from: source, to, tags: [] });
    // 2 layers and the config.
    expect(report).toEqual({ mounted: 3, copied: 0, present: 0, bytes: 0 });
    expect(client.counters.requests).toBe(2 + 3);
    const original = await client.getManifest(source);
    expect(client.counters.bytesSent).toBe(original.bytes.length);
    const copied = await client.getManifest(atDigest(to, source.digest));
    expect(Buffer.from(copied.bytes).equals(original.bytes)).toBe(true);
    await readImage(client, atDigest(to, source.digest), 'x86_64');
  });

  it('sets the tags in the given order, after everything else', async () => {
    const client = testClient();
    const source = await pushSampleImage(client, from);
    const calls: string[] = [];
    const recording = {
      ...client,
      putManifest: (...args: Parameters<typeof client.putManifest>) => {
        calls.push(args[1]);
        return client.putManifest(...args);
      },
      mountBlob: (...args: Parameters<typeof client.mountBlob>) => {
        calls.push('blob');
        return client.mountBlob(...args);
      },
    };
    await copyImage(recording, { from: source, to, tags: ['44.1-abc', 'stable', 'testing'] });
    expect(calls).toEqual(['blob', 'blob', 'blob', source.digest, '44.1-abc', 'stable', 'testing']);
    for (const tag of ['44.1-abc', 'stable', 'testing']) {
      expect(await client.resolve(atTag(to, tag))).toMatchObject({ digest: source.digest });
    }
  });

  it('tags inside one repository without touching blobs', async () => {
    const client = testClient();
    const source = await pushSampleImage(client, from);
    const before = client.counters.requests;
    await copyImage(client, { from: source, to: from, tags: ['again'] });
    expect(client.counters.requests - before).toBe(2);
    expect(await client.resolve(atTag(from, 'again'))).toMatchObject({ digest: source.digest });
  });

  it('falls back to copying where the registry does not mount', async () => {
    const client = testClient();
    const source = await pushSampleImage(client, from);
    const target = parseRepository(`${registry.host}/acme/unmounted`);
    const stubborn = { ...client, mountBlob: async () => false };
    const report = await copyImage(stubborn, { from: source, to: target, tags: [] });
    expect(report).toMatchObject({ mounted: 0, copied: 3, present: 0 });
    await readImage(client, atDigest(target, source.digest), 'x86_64');
  });

  it('leaves no manifest behind when a blob fails, and finishes when run again', async () => {
    const client = testClient();
    const source = await pushSampleImage(client, from);
    const target = parseRepository(`${registry.host}/acme/crashed`);
    let mounts = 0;
    const dying = {
      ...client,
      mountBlob: async (...args: Parameters<typeof client.mountBlob>) => {
        mounts += 1;
        if (mounts === 2) throw new Error('power cut');
        return client.mountBlob(...args);
      },
    };
    await expect(copyImage(dying, { from: source, to: target, tags: ['x'] })).rejects.toThrow('power cut');
    expect(await client.resolve(atDigest(target, source.digest))).toBeUndefined();
    expect(await client.resolve(atTag(target, 'x'))).toBeUndefined();
    await copyImage(client, { from: source, to: target, tags: ['x'] });
    expect(await client.resolve(atTag(target, 'x'))).toMatchObject({ digest: source.digest });
  });

  it('copies an index, its images first', async () => {
    const client = testClient();
    const manifests = [];
    for (const architecture of ['amd64', 'arm64']) {
      const { digest } = await pushSampleImage(client, from, { architecture });
      const { descriptor } = await client.getManifest(atDigest(from, digest));
      manifests.push({ ...descriptor, platform: { architecture, os: 'linux' } });
    }
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }),
    );
    await client.putManifest(from, 'multi', bytes, mediaTypes.ociIndex);
    const report = await copyImage(client, { from: atDigest(from, digestOf(bytes)), to, tags: ['multi'] });
    expect(report.mounted).toBe(6);
    const copied = await readImage(client, atTag(to, 'multi'), 'aarch64');
    expect(copied.manifest.descriptor.digest).toBe(manifests[1]?.digest);
    expect(copied.index?.digest).toBe(digestOf(bytes));
  });
});

describe('copyImage between registries', () => {
  it('streams what is missing, byte for byte, and nothing twice', async () => {
    const source = await pushSampleImage(testClient(), from, {
      layers: [randomBytes(2_000_000), randomBytes(10)],
    });
    const target = parseRepository(`${another.host}/acme/os`);
    const client = bothClient();
    const report = await copyImage(client, { from: source, to: target, tags: ['x'] });
    expect(report).toMatchObject({ mounted: 0, copied: 3, present: 0 });
    const image = await readImage(client, atDigest(target, source.digest), 'x86_64');
    const blobs = [image.manifest.json.config, ...image.manifest.json.layers];
    expect(report.bytes).toBe(blobs.reduce((sum, blob) => sum + blob.size, 0));
    for (const { digest } of blobs) await client.getBlob(target, digest);

    const again = bothClient();
    expect(await copyImage(again, { from: source, to: target, tags: ['x'] })).toEqual({
      mounted: 0,
      copied: 0,
      present: 3,
      bytes: 0,
    });
    expect(again.counters.bytesSent).toBeLessThan(5_000);
  });
});
