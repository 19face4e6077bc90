import { packTar, type TarEntry, type TarHeader } from 'modern-tar';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/operate/explain/compare-images.ts';
import explain from '../../src/verbs/explain.ts';
import type { RegistryClient } from '../../src/world/registry/client.ts';
import {
  type DigestReference,
  formatReference,
  parseRepository,
  type Repository,
} from '../../src/world/registry/reference.ts';
import { contextAt } from '../support/project.ts';
import { pushSampleImage, type SampleImage, testClient, useRegistry } from '../support/registry.ts';

const registry = useRegistry();
let client: RegistryClient;
let repository: Repository;
beforeEach(() => {
  client = testClient();
  repository = parseRepository(`${registry.host}/acme/os`);
});

const at = new Date('2026-07-07T12:00:00Z');

function file(name: string, body: string, header: Partial<TarHeader> = {}): TarEntry {
  return { header: { name, size: body.length, type: 'file', mtime: at, mode: 0o644, ...header }, body };
}

const base = [file('usr/bin/bash', 'bash'), file('usr/share/doc', 'text')];

async function push(
  layers: readonly (readonly TarEntry[])[],
  more: SampleImage = {},
): Promise<DigestReference> {
  const tars = await Promise.all(layers.map((entries) => packTar(entries)));
  return pushSampleImage(client, repository, { layers: tars, ...more });
}

async function run(one: DigestReference, other: DigestReference) {
  const inputs = {
    image: formatReference(one),
    with: formatReference(other),
    size: false,
    architecture: 'x86_64' as const,
  };
  const { data, text, exitCode } = await explain.run(inputs, contextAt(0));
  return { ...(data as Explanation), text, exitCode };
}

describe('explain', () => {
  it('says so if both are one image', async () => {
    const image = await push([base]);
    expect(await run(image, image)).toMatchObject({
      same: true,
      exitCode: 0,
      text: expect.stringMatching(/^the same image/),
    });
  });

  it('names the layer, the files, and what differs in each', async () => {
    const one = await push([
      base,
      [
        file('etc/motd', 'Monday'),
        file('etc/time', 'same'),
        file('etc/mode', 'same'),
        file('etc/owner', 'same'),
        file('etc/gone', 'x'),
        file('etc/labelled', 'same', { pax: { 'SCHILY.xattr.security.selinux': 'etc_t' } }),
        { header: { name: 'etc/link', size: 0, type: 'symlink', linkname: 'a', mtime: at } },
        file('etc/becomes-a-link', '', {}),
        file('etc/equal', 'same'),
      ],
    ]);
    const other = await push([
      base,
      [
        file('./etc/motd', 'Tuesday'),
        file('etc/time', 'same', { mtime: new Date('2026-07-08T12:00:00Z') }),
        file('etc/mode', 'same', { mode: 0o755 }),
        file('etc/owner', 'same', { uid: 5 }),
        file('etc/labelled', 'same', { pax: { 'SCHILY.xattr.security.selinux': 'bin_t' } }),
        { header: { name: 'etc/link', size: 0, type: 'symlink', linkname: 'b', mtime: at } },
        { header: { name: 'etc/becomes-a-link', size: 0, type: 'symlink', linkname: 'c', mtime: at } },
        file('etc/equal', 'same'),
        file('etc/new', 'x'),
      ],
    ]);
    const { layers, text, exitCode } = await run(one, other);
    expect(exitCode).toBe(1);
    expect(layers.map(({ position }) => position)).toEqual([2]);
    const { changed = [], onlyInOne, onlyInOther } = layers[0]?.files ?? {};
    expect(Object.fromEntries(changed.map(({ path, differs }) => [path, differs]))).toEqual({
      'etc/motd': ['size', 'content'],
      'etc/time': ['mtime'],
      'etc/mode': ['mode'],
      'etc/owner': ['owner'],
      'etc/labelled': ['xattr.security.selinux'],
      'etc/link': ['link'],
      'etc/becomes-a-link': expect.arrayContaining(['type', 'link', 'content']),
    });
    expect([onlyInOne, onlyInOther]).toEqual([['etc/gone'], ['etc/new']]);
    expect(text).toContain('layer 2: 9 files differ');
    expect(text).toContain('etc/mode: mode 644 → 755');
    expect(text).toContain('etc/new: only in B');
  });

  it('reports other settings, and the same files compressed in another way', async () => {
    const tar = await packTar(base);
    const one = await pushSampleImage(client, repository, { layers: [tar] });
    const manifest = await client.getManifest(one);
    const other = await pushSampleImage(client, repository, {
      layers: [tar],
      created: '2026-07-22T14:00:00Z',
      labels: { a: 'b' },
      annotations: { note: 'x' },
    });
    const settings = (await run(one, other)).settings.map(({ path }) => path);
    expect(settings).toEqual(['config.created', 'config.config.Labels.a', 'manifest.annotations.note']);
    // The same config, but with an uncompressed layer.
    const { digest, size } = await client.uploadBlob(repository, tar);
    const json = {
      ...manifest.json,
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size }],
    };
    const plain = await client.putManifest(
      repository,
      'plain',
      Buffer.from(JSON.stringify(json)),
      manifest.descriptor.mediaType,
    );
    const { layers, text } = await run(one, { kind: 'digest', repository, digest: plain });
    expect(layers).toMatchObject([{ position: 1, onlyCompression: true }]);
    expect(text).toContain('layer 1: the same files, compressed in another way');
  });

  it('reports a layer that only one of them has, and files in another order', async () => {
    const one = await push([base]);
    const other = await push([[...base].reverse(), [file('etc/new', 'x')]]);
    const { text } = await run(one, other);
    expect(text).toContain('layer 1: no file differs\n  the same files in another order');
    expect(text).toContain('layer 2: only in B');
  });

  it('cuts a long list, and says so', async () => {
    const many = (body: string) => Array.from({ length: 60 }, (_, index) => file(`etc/${index}`, body));
    const { text, layers } = await run(await push([many('a')]), await push([many('b')]));
    expect(layers[0]?.files?.changed).toHaveLength(60);
    expect(text).toContain('… and 20 more');
  });
});

describe('explain --size', () => {
  const layer = (bytes: number, fill: string) => Buffer.alloc(bytes, fill);
  const size = async (one: DigestReference, other: DigestReference) => {
    const names = { image: formatReference(one), with: formatReference(other) };
    return explain.run({ ...names, size: true, architecture: 'x86_64' as const }, contextAt(0));
  };

  it('counts the layers that a node does not have, of the base and of the derived image', async () => {
    const [kept, oldBase, newBase] = [layer(5_000_000, 'k'), layer(10, 'o'), layer(2_000_000, 'n')];
    const base = await pushSampleImage(client, repository, { layers: [kept, newBase], packed: true });
    const annotations = {
      'org.opencontainers.image.base.name': `${registry.host}/acme/os:stable`,
      'org.opencontainers.image.base.digest': base.digest,
    };
    const own = layer(300_000, 'd');
    const before = await pushSampleImage(client, repository, { layers: [kept, oldBase, own], packed: true });
    const after = await pushSampleImage(client, repository, {
      layers: [kept, newBase, own, layer(400_000, 'e')],
      packed: true,
      annotations,
    });
    const { data, text, exitCode } = await size(before, after);
    expect(data).toMatchObject({
      download: {
        bytes: 2_400_000,
        shared: 5_300_000,
        layers: [
          { position: 2, bytes: 2_000_000, of: 'base' },
          { position: 4, bytes: 400_000, of: 'derived' },
        ],
      },
    });
    expect(text).toContain(
      'a node downloads 2.4 MB in 2 of 4 layers (base 2.0 MB, derived 0.4 MB); it has 5.3 MB already',
    );
    expect(exitCode ?? 0).toBe(0);
  });

  it('is nothing for a refresh whose packages did not change, and needs no base', async () => {
    const layers = [layer(1000, 'a'), layer(1000, 'b')];
    const one = await pushSampleImage(client, repository, { layers, packed: true });
    const other = await pushSampleImage(client, repository, {
      layers,
      packed: true,
      created: '2026-08-01T00:00:00Z',
      annotations: {
        'org.opencontainers.image.base.name': `${registry.host}/acme/os:stable`,
        'org.opencontainers.image.base.digest': `sha256:${'0'.repeat(64)}`,
      },
    });
    expect((await size(one, other)).text).toContain(
      'a node downloads 0.0 MB in 0 of 2 layers; it has 0.0 MB already',
    );
    const { text } = await size(
      one,
      await pushSampleImage(client, repository, { layers: [layer(2_500_000, 'c')], packed: true }),
    );
    expect(text).toContain('a node downloads 2.5 MB in 1 of 1 layers; it has');
    expect(text).toContain('  layer 1  2.5 MB');
  });
});
