import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packTar, type TarEntry } from 'modern-tar';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import { copyAttachments } from '../../../src/release/attachments.ts';
import { fetchDatabase } from '../../../src/world/packages/layers.ts';
import { comparePackages, readPackages, recordPackages } from '../../../src/world/packages/packages.ts';
import { packagesArtifactType, pushPackages } from '../../../src/world/packages/recorded.ts';
import { packagesOfRoot } from '../../../src/world/packages/rpm-database.ts';
import { pushArtifact } from '../../../src/world/registry/artifact.ts';
import type { RegistryClient } from '../../../src/world/registry/client.ts';
import { copyImage } from '../../../src/world/registry/copy.ts';
import { isIndex, mediaTypes } from '../../../src/world/registry/manifest.ts';
import {
  atDigest,
  type DigestReference,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { pushLayers, testClient, useRegistry } from '../../support/registry.ts';
import { temporaryFolder } from '../../support/repository.ts';
import { aPackage, databaseBytes } from '../../support/rpm.ts';

const registry = useRegistry();
const before = ['bash-5.1-1.fc44', 'kernel-6.1-1', 'kernel-6.2-1', 'runc-2:1.1.0-3.fc44'].map(aPackage);
const after = ['bash-5.2-1.fc44', 'kernel-6.2-1', 'runc-2:1.1.0-3.fc44'].map(aPackage);
let folder: string;
let oldDatabase: Uint8Array;
let newDatabase: Uint8Array;
let client: RegistryClient;
let repository: Repository;
let run = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-test-rpm-'));
  await mkdir(join(folder, 'before'));
  await mkdir(join(folder, 'after'));
  [oldDatabase, newDatabase] = await Promise.all([
    databaseBytes(join(folder, 'before'), before),
    databaseBytes(join(folder, 'after'), after),
  ]);
  client = testClient();
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  run += 1;
  repository = parseRepository(`${registry.host}/acme/os-${run}`);
});

function file(name: string, body: Uint8Array | string = 'x'): TarEntry {
  return { header: { name, size: body.length, type: 'file' }, body };
}

async function push(...layers: (readonly TarEntry[])[]): Promise<DigestReference> {
  const tars = await Promise.all(layers.map((entries) => packTar(entries)));
  return pushLayers(client, repository, tars);
}

describe('the packages of a root file system', () => {
  it.each(['usr/share/rpm', 'usr/lib/sysimage/rpm', 'var/lib/rpm'])(
    'are read if the database is in %s',
    async (place) => {
      const root = await temporaryFolder();
      await mkdir(join(root, place), { recursive: true });
      await writeFile(join(root, place, 'rpmdb.sqlite'), oldDatabase);
      expect(await packagesOfRoot(root)).toEqual(before);
    },
  );

  it('are unknown if there is no database', async () => {
    expect(await packagesOfRoot(await temporaryFolder())).toBeUndefined();
  });

  it('are never read from outside it, even through links', async () => {
    const root = await temporaryFolder();
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'rpmdb.sqlite'), oldDatabase);
    await mkdir(join(root, 'usr/share/rpm'), { recursive: true });
    await mkdir(join(root, 'var/lib'), { recursive: true });
    await symlink(outside, join(root, 'var/lib/rpm'));
    await symlink(join(outside, 'rpmdb.sqlite'), join(root, 'usr/share/rpm/rpmdb.sqlite'));
    expect(await packagesOfRoot(root)).toBeUndefined();
  });

  it('are read without changing it', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'usr/share/rpm'), { recursive: true });
    await writeFile(join(root, 'usr/share/rpm/rpmdb.sqlite'), oldDatabase);
    const copy = await temporaryFolder();
    await cp(root, copy, { recursive: true });
    await packagesOfRoot(root);
    expect(spawnSync('diff', ['-r', root, copy]).status).toBe(0);
  });
});

describe('the packages of an image in a registry', () => {
  it('are read from its topmost layer that has the database', async () => {
    const image = await push(
      [file('usr/share/rpm/rpmdb.sqlite', oldDatabase)],
      [file('./usr/share/rpm/rpmdb.sqlite', newDatabase), file('usr/bin/new')],
      [file('etc/motd')],
    );
    expect(await readPackages(client, image)).toEqual(after);
  });

  it('do not need the layers below', async () => {
    const image = await push(
      [file('usr/share/rpm/rpmdb.sqlite', oldDatabase), file('usr/lib/large', 'x'.repeat(3_000_000))],
      [file('usr/share/rpm/rpmdb.sqlite', newDatabase)],
    );
    const opened: string[] = [];
    const watching: RegistryClient = {
      ...client,
      openBlob: (place, descriptor) => {
        opened.push(descriptor.digest);
        return client.openBlob(place, descriptor);
      },
    };
    await readPackages(watching, image);
    expect(opened).toHaveLength(1);
  });

  it('are found if the database is a link to an ostree object', async () => {
    const object = 'sysroot/ostree/repo/objects/ab/cdef.file';
    const link: TarEntry = {
      header: { name: 'usr/share/rpm/rpmdb.sqlite', size: 0, type: 'link', linkname: `./${object}` },
    };
    const image = await push([file(object, oldDatabase), link, file('usr/bin/bash')], [file('etc/motd')]);
    expect(await readPackages(client, image)).toEqual(before);
  });

  it('are read from layers in zstd too', async () => {
    const tar = await packTar([file('usr/share/rpm/rpmdb.sqlite', oldDatabase)]);
    const packed = spawnSync('zstd', ['--stdout'], { input: tar, maxBuffer: 1e9 }).stdout;
    const image = await pushLayers(client, repository, [packed], { packed: true });
    expect(await readPackages(client, image)).toEqual(before);
  });

  it.each([
    ['the file', 'usr/share/rpm/.wh.rpmdb.sqlite'],
    ['a folder above', 'usr/share/.wh.rpm'],
    ['all in the folder', 'usr/share/rpm/.wh..wh..opq'],
  ])('are unknown if a layer removes %s', async (_, whiteout) => {
    const image = await push([file('usr/share/rpm/rpmdb.sqlite', oldDatabase)], [file(whiteout, '')]);
    expect(await readPackages(client, image)).toBeUndefined();
  });

  it('are unknown if there is no database', async () => {
    expect(await readPackages(client, await push([file('etc/motd')]))).toBeUndefined();
  });

  it('of an index are those of all its images', async () => {
    const one = await push([file('usr/share/rpm/rpmdb.sqlite', oldDatabase)]);
    const other = await push([file('usr/share/rpm/rpmdb.sqlite', newDatabase)]);
    const manifests = await Promise.all(
      [one, other].map(async (each) => (await client.getManifest(each)).descriptor),
    );
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }),
    );
    const digest = await client.putManifest(repository, 'index', bytes, mediaTypes.ociIndex);
    expect(
      (await readPackages(client, atDigest(repository, digest)))?.map(
        ({ name, version }) => `${name} ${version}`,
      ),
    ).toEqual(['bash 5.1', 'bash 5.2', 'kernel 6.1', 'kernel 6.2', 'runc 1.1.0']);
  });

  it('are not unpacked if the database is larger than one can be', async () => {
    const image = await push([file('usr/share/rpm/rpmdb.sqlite', new Uint8Array(5000))]);
    const { json } = await client.getManifest(image);
    if (isIndex(json)) throw new Error('one image was pushed');
    const target = await temporaryFolder();
    const options = { repository, manifest: json, folder: target };
    await expect(fetchDatabase(client, { ...options, maximumBytes: 4999 })).rejects.toThrow(
      'rpmdb.sqlite: the rpm database of this image is too large to be one, found "more than 4999 bytes"',
    );
    expect((await stat(join(target, 'rpmdb.sqlite'))).size).toBeLessThan(5000);
    expect(await fetchDatabase(client, { ...options, maximumBytes: 5000 })).toBe(true);
  });

  it('name the damaged layer', async () => {
    const image = await pushLayers(client, repository, [Buffer.from('not a tar archive'.repeat(100))]);
    await expect(readPackages(client, image)).rejects.toThrow(/not a tar archive/);
  });
});

describe('a recorded list', () => {
  async function recorded(): Promise<DigestReference> {
    const image = await push([file('etc/motd')]);
    const root = await temporaryFolder();
    await mkdir(join(root, 'usr/share/rpm'), { recursive: true });
    await writeFile(join(root, 'usr/share/rpm/rpmdb.sqlite'), oldDatabase);
    const { descriptor } = await client.getManifest(image);
    const options = { repository, subject: descriptor, root, log: silentLog };
    await recordPackages(client, options);
    await recordPackages(client, options);
    return image;
  }

  it('is read in place of the image', async () => {
    const image = await recorded();
    expect(await readPackages(client, image)).toEqual(before);
    expect(await client.referrers(repository, image.digest)).toHaveLength(1);
  });

  it('is optional: a database that rpm cannot read is only a warning', async () => {
    const image = await push([file('etc/motd')]);
    const root = await temporaryFolder();
    await mkdir(join(root, 'usr/share/rpm'), { recursive: true });
    await writeFile(join(root, 'usr/share/rpm/rpmdb.sqlite'), 'no database');
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (text: string) => warnings.push(text) };
    const { descriptor } = await client.getManifest(image);
    await recordPackages(client, { repository, subject: descriptor, root, log });
    expect(warnings.join()).toContain('not recorded');
    expect(await client.referrers(repository, image.digest)).toEqual([]);
  });

  it('is copied with the image', async () => {
    const from = await recorded();
    const to = parseRepository(`${registry.host}/acme/production-${run}`);
    await copyImage(client, { from, to, tags: ['1'] });
    await copyAttachments(client, { manifest: await client.getManifest(from), from: repository, to });
    expect(await readPackages(client, atDigest(to, from.digest))).toEqual(before);
  });

  it('that cannot be read is ignored', async () => {
    const image = await push([file('usr/share/rpm/rpmdb.sqlite', newDatabase)]);
    const { descriptor } = await client.getManifest(image);
    await pushArtifact(client, {
      repository,
      artifactType: packagesArtifactType,
      subject: descriptor,
      layers: [{ mediaType: packagesArtifactType, bytes: Buffer.from('{"packages":[{"name":1}]}') }],
    });
    expect((await readPackages(client, image))?.length).toBe(3);
  });

  it('makes two images comparable in far less than two seconds', async () => {
    const many = Array.from({ length: 600 }, (_, index) => aPackage(`package${index}-1.${index}-1.fc44`));
    const image = await push([file('etc/motd')]);
    const newer = await push([file('etc/issue')]);
    await pushPackages(client, repository, (await client.getManifest(image)).descriptor, many);
    const changed = many.map((each, index) => (index % 10 === 0 ? { ...each, release: '2.fc44' } : each));
    await pushPackages(client, repository, (await client.getManifest(newer)).descriptor, changed);
    const started = performance.now();
    const [one, other] = await Promise.all([readPackages(client, image), readPackages(client, newer)]);
    expect(comparePackages(one ?? [], other ?? []).upgraded).toHaveLength(60);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
