import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/demo/registry-process.ts';
import { InputError, OutsideError } from '../../../src/host/errors.ts';
import { createRegistryClient } from '../../../src/world/registry/client.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  digestOf,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, testLogin, useRegistry } from '../../support/registry.ts';

const absent: Digest = digestOf('never pushed');

describe('a registry open to all', () => {
  const registry = useRegistry();
  let repository: Repository;
  beforeAll(() => {
    repository = parseRepository(`${registry.host}/acme/os`);
  });

  it('resolves a tag with one request', async () => {
    const client = testClient();
    const pushed = await pushSampleImage(client, repository, { tag: 'stable' });
    const before = client.counters.requests;
    const descriptor = await client.resolve(atTag(repository, 'stable'));
    expect(client.counters.requests - before).toBe(1);
    const manifest = await client.getManifest(pushed);
    expect(descriptor).toEqual(manifest.descriptor);
    expect(descriptor).toEqual({
      mediaType: mediaTypes.ociManifest,
      digest: pushed.digest,
      size: manifest.bytes.length,
    });
  });

  it('distinguishes "no such tag" and "no such repository" from a failure', async () => {
    const client = testClient();
    expect(await client.resolve(atTag(repository, 'missing'))).toBeUndefined();
    expect(await client.resolve(atDigest(repository, absent))).toBeUndefined();
    expect(await client.findManifest(atTag(repository, 'missing'))).toBeUndefined();
    const nowhere = parseRepository(`${registry.host}/no/such`);
    expect(await client.listTags(nowhere)).toEqual([]);
    expect(await client.hasBlob(nowhere, absent)).toBe(false);
    const error: unknown = await client.getManifest(atTag(nowhere, 'x')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(/\/no\/such:x: not found: the registry has no such image/);
    await expect(client.getBlob(repository, absent)).rejects.toThrow(/not found/);
  });

  it('reads blobs back unchanged, whole and streamed', async () => {
    const client = testClient();
    const content = randomBytes(300_000);
    const descriptor = await client.uploadBlob(repository, content);
    expect(descriptor).toMatchObject({ digest: digestOf(content), size: content.length });
    expect(Buffer.from(await client.getBlob(repository, descriptor.digest)).equals(content)).toBe(true);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await client.openBlob(repository, descriptor)) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
  });

  it('uploads nothing that exists, with one request', async () => {
    const client = testClient();
    const content = randomBytes(1000);
    await client.uploadBlob(repository, content);
    const { requests, bytesSent } = { ...client.counters };
    await client.uploadBlob(repository, content);
    expect(client.counters).toMatchObject({ requests: requests + 1, bytesSent });
  });

  it('streams an upload without holding it in memory', async () => {
    const client = testClient();
    const piece = randomBytes(1024 * 1024);
    const pieces = 64;
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256');
    for (let index = 0; index < pieces; index++) hash.update(piece);
    const digest: Digest = `sha256:${hash.digest('hex')}`;
    let produced = 0;
    let sent = 0;
    let lead = 0;
    const open = async () =>
      new ReadableStream<Uint8Array>(
        {
          pull: (controller) => {
            sent = client.counters.bytesSent;
            lead = Math.max(lead, produced * piece.length - sent);
            if (produced === pieces) return controller.close();
            produced += 1;
            controller.enqueue(piece);
          },
        },
        { highWaterMark: 1 },
      );
    const size = piece.length * pieces;
    await client.uploadBlob(repository, { descriptor: { mediaType: 'x/y', digest, size }, open });
    expect(await client.hasBlob(repository, digest)).toBe(true);
    expect(client.counters.bytesSent).toBe(size);
    // At most a few pieces more were read from the source than were sent.
    expect(lead).toBeLessThan(4 * piece.length);
  });

  it('refuses an upload whose source does not match its digest', async () => {
    const client = testClient();
    const open = async () => new Blob([Buffer.from('other content')]).stream();
    const descriptor = { mediaType: 'x/y', digest: absent, size: 13 };
    await expect(client.uploadBlob(repository, { descriptor, open })).rejects.toThrow(
      /uploading sha256:[0-9a-f]+ to .* failed: .* 400: DIGEST_INVALID/,
    );
    expect(await client.hasBlob(repository, absent)).toBe(false);
  });

  it('mounts a blob of another repository, and reports if the registry did not', async () => {
    const client = testClient();
    const { digest } = await client.uploadBlob(repository, randomBytes(500));
    const other = parseRepository(`${registry.host}/acme/mounted`);
    const before = client.counters.requests;
    expect(await client.mountBlob(other, digest, repository)).toBe(true);
    expect(client.counters.requests - before).toBe(1);
    expect(await client.hasBlob(other, digest)).toBe(true);
    // The registry answers 202 and opens an upload here; it is closed again.
    expect(await client.mountBlob(other, absent, repository)).toBe(false);
    expect(await client.hasBlob(other, absent)).toBe(false);
    const elsewhere = parseRepository('quay.example/acme/os');
    expect(await client.mountBlob(other, digest, elsewhere)).toBe(false);
  });

  it('lists tags; an unknown repository has none', async () => {
    const client = testClient();
    const tagged = parseRepository(`${registry.host}/acme/tagged`);
    for (const tag of ['b', 'a']) await pushSampleImage(client, tagged, { tag });
    expect((await client.listTags(tagged)).sort()).toEqual(['a', 'b']);
  });

  it('does not push bytes under a digest that is not theirs', async () => {
    const client = testClient();
    await expect(
      client.putManifest(repository, absent, Buffer.from('{}'), mediaTypes.ociManifest),
    ).rejects.toThrow(/does not match its digest/);
  });

  it('reports what a registry refuses, in its own words and at once', async () => {
    const client = testClient();
    const before = client.counters.requests;
    await expect(
      client.putManifest(repository, 'bad', Buffer.from('no manifest'), mediaTypes.ociManifest),
    ).rejects.toThrow(/pushing .*os:bad failed: .* answered 4\d\d: MANIFEST_INVALID/);
    expect(client.counters.requests - before).toBe(1);
  });
});

describe('a registry that needs a login', () => {
  const registry = useRegistry({ login: true });
  const repository = () => parseRepository(`${registry.host}/acme/os`);

  it('logs in with the right name and password, once', async () => {
    const client = testClient(async () => testLogin);
    const pushed = await pushSampleImage(client, repository(), { tag: 'x' });
    const before = client.counters.requests;
    expect(await client.resolve(atTag(repository(), 'x'))).toMatchObject({ digest: pushed.digest });
    expect(client.counters.requests - before).toBe(1);
  });

  it('says that nobody is logged in', async () => {
    await expect(testClient().resolve(atTag(repository(), 'x'))).rejects.toThrow(
      /acme\/os:x: unauthorised: 127.* answered 401, and no credentials for it were found.*podman login 127/,
    );
  });

  it('says that the credentials were refused, without showing them', async () => {
    const wrong = { kind: 'password', username: 'tester', password: 'not-the-word' } as const;
    const client = testClient(async () => wrong);
    const error: unknown = await client.listTags(repository()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(/unauthorised: .* answered 401 to the credentials we have for it/);
    const basic = Buffer.from('tester:not-the-word').toString('base64');
    expect(JSON.stringify(error) + String(error)).not.toMatch(new RegExp(`not-the-word|${basic}`));
    // Once without, once with: a refusal is final.
    expect(client.counters.requests).toBe(2);
  });
});

describe('a registry that is not reachable', () => {
  it('is retried, then reported as not reachable', async () => {
    const port = await freePort();
    const messages: string[] = [];
    const client = createRegistryClient({
      credentials: async () => undefined,
      retryDelays: [5, 5],
      log: {
        info: (text) => messages.push(text),
        detail: () => {},
        warn: () => {},
        task: (_title, work) => work(() => {}),
      },
    });
    const error: unknown = await client
      .resolve(atTag(parseRepository(`127.0.0.1:${port}/os`), 'x'))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutsideError);
    expect(String(error)).toMatch(
      /reading 127\.0\.0\.1:\d+\/os:x failed: 127\.0\.0\.1:\d+ is not reachable: connection refused \(ECONNREFUSED\)/,
    );
    expect(client.counters.requests).toBe(3);
    expect(messages).toHaveLength(2);
    expect(messages[0]).toMatch(/not reachable.*Trying again in 0\.0 s/);
  });

  it('is not retried if the host does not exist', async () => {
    const client = testClient();
    await expect(client.resolve(atTag(parseRepository('no-such-host.invalid/os'), 'x'))).rejects.toThrow(
      /no-such-host\.invalid is not reachable/,
    );
  });
});
