import { beforeAll, describe, expect, it } from 'vitest';
import { copyArtifact, pushArtifact, readArtifact } from '../../../src/world/registry/artifact.ts';
import { fallbackTag, type RegistryClient } from '../../../src/world/registry/client.ts';
import { isIndex, mediaTypes } from '../../../src/world/registry/manifest.ts';
import { atDigest, atTag, parseRepository, type Repository } from '../../../src/world/registry/reference.ts';
import type { ReferrerList } from '../../../src/world/registry/referrer-list.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';

const registry = useRegistry();
let client: RegistryClient;
let repository: Repository;
beforeAll(() => {
  client = testClient();
  repository = parseRepository(`${registry.host}/acme/os`);
});

const artifactType = 'application/vnd.example.note';
const note = (text: string) => ({ mediaType: 'text/plain', bytes: Buffer.from(text) });

async function subjectImage() {
  const pushed = await pushSampleImage(client, repository);
  return (await client.getManifest(pushed)).descriptor;
}

async function texts(subject: { digest: `sha256:${string}` }, where = repository): Promise<string[]> {
  const found = await client.referrers(where, subject.digest, artifactType);
  const artifacts = await Promise.all(
    found.map((each) => readArtifact(client, atDigest(where, each.digest))),
  );
  return artifacts.flatMap(({ layers }) => layers.map(({ bytes }) => Buffer.from(bytes).toString())).sort();
}

describe('pushArtifact', () => {
  it('uploads equal layers once, and lists each of them', async () => {
    let uploads = 0;
    const counting: RegistryClient = {
      ...client,
      uploadBlob: (...args) => {
        uploads += 1;
        return client.uploadBlob(...args);
      },
    };
    const layers = ['a', 'b', 'c'].map((title) => ({ ...note('the same'), annotations: { title } }));
    const { digest } = await pushArtifact(counting, { repository, artifactType, layers });
    // The empty configuration, and one layer.
    expect(uploads).toBe(2);
    const read = await readArtifact(client, atDigest(repository, digest));
    expect(read.layers.map(({ descriptor }) => descriptor.annotations?.title)).toEqual(['a', 'b', 'c']);
  });

  it('pushes an OCI 1.1 artifact that reads back the same', async () => {
    const annotations = { 'org.example.key': 'value' };
    const descriptor = await pushArtifact(client, {
      repository,
      artifactType,
      layers: [{ ...note('one'), annotations }, note('two')],
      annotations,
      tag: 'updates-stable',
    });
    expect(descriptor).toMatchObject({ artifactType, annotations, mediaType: mediaTypes.ociManifest });
    const { manifest, layers } = await readArtifact(client, atTag(repository, 'updates-stable'));
    expect(manifest.descriptor.digest).toBe(descriptor.digest);
    expect(manifest.json).toMatchObject({
      artifactType,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 },
    });
    expect(layers.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['one', 'two']);
    expect(layers[0]?.descriptor).toMatchObject({ mediaType: 'text/plain', annotations });
  });

  it('lists it with its subject, and lists nothing twice when pushed again', async () => {
    const subject = await subjectImage();
    expect(await client.referrers(repository, subject.digest)).toEqual([]);
    const options = { repository, artifactType, subject, layers: [note('a')] };
    const first = await pushArtifact(client, options);
    expect(await pushArtifact(client, options)).toEqual(first);
    expect(await client.referrers(repository, subject.digest)).toEqual([first]);
    expect(await client.referrers(repository, subject.digest, 'other/type')).toEqual([]);
    // This registry has no Referrers API, so the list is really the tag.
    const index = await client.getManifest(atTag(repository, fallbackTag(subject.digest)));
    expect(isIndex(index.json) && index.json.manifests).toEqual([first]);
  });

  it('loses no entry among many writers in this process', async () => {
    const subject = await subjectImage();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(
      names.map((name) =>
        pushArtifact(testClient(), { repository, artifactType, subject, layers: [note(name)] }),
      ),
    );
    expect(await texts(subject)).toEqual(names);
  });

  it('puts its entry back when another writer replaced the list, and keeps the other one', async () => {
    const subject = await subjectImage();
    const tag = fallbackTag(subject.digest);
    const rival = await pushArtifact(client, { repository, artifactType, subject, layers: [note('rival')] });
    const rivalsList = (await client.getManifest(atTag(repository, tag))).bytes;
    const existing = await pushArtifact(client, {
      repository,
      artifactType,
      subject,
      layers: [note('existing')],
    });
    let replaced = 0;
    const raced: RegistryClient = {
      ...client,
      putManifest: async (...args) => {
        const digest = await client.putManifest(...args);
        if (args[1] === tag && replaced === 0) {
          replaced += 1;
          // A rival that read the list before we wrote writes only what it knew.
          await client.putManifest(repository, tag, rivalsList, mediaTypes.ociIndex);
        }
        return digest;
      },
    };
    const ours = await pushArtifact(raced, { repository, artifactType, subject, layers: [note('ours')] });
    expect(replaced).toBe(1);
    const listed = (await client.referrers(repository, subject.digest)).map(({ digest }) => digest);
    expect(listed.sort()).toEqual([rival.digest, existing.digest, ours.digest].sort());
  });

  it.each([
    ['the list is not there', () => undefined],
    ['the list is empty', (list: ReferrerList) => ({ ...list, json: { ...list.json, manifests: [] } })],
    [
      'the newest entry is not in the list',
      (list: ReferrerList) => ({
        ...list,
        json: { ...list.json, manifests: list.json.manifests.slice(0, -1) },
      }),
    ],
  ])('keeps the other entries although one answer says that %s', async (_what, lie) => {
    for (const lyingAt of [1, 2]) {
      const subject = await subjectImage();
      const options = { repository, artifactType, subject };
      for (const text of ['a', 'b']) await pushArtifact(client, { ...options, layers: [note(text)] });
      let asked = 0;
      const lying: RegistryClient = {
        ...client,
        fallbackList: async (...args) => {
          asked += 1;
          const list = await client.fallbackList(...args);
          return asked === lyingAt && list !== undefined ? lie(list) : list;
        },
      };
      await pushArtifact(lying, { ...options, layers: [note('c')] });
      expect(await texts(subject), `answer ${lyingAt}`).toEqual(['a', 'b', 'c']);
    }
  });

  it('does not overwrite something else under the fallback tag', async () => {
    const subject = await subjectImage();
    const tag = fallbackTag(subject.digest);
    const image = await client.getManifest(atDigest(repository, subject.digest));
    await client.putManifest(repository, tag, image.bytes, image.descriptor.mediaType);
    await expect(
      pushArtifact(client, { repository, artifactType, subject, layers: [note('x')] }),
    ).rejects.toThrow(/this tag is reserved/);
    expect(await client.resolve(atTag(repository, tag))).toMatchObject({ digest: subject.digest });
  });
});

describe('copyArtifact', () => {
  it('lists the same bytes with the same subject in another repository', async () => {
    const subject = await subjectImage();
    const pushed = await pushArtifact(client, {
      repository,
      artifactType,
      subject,
      layers: [note('carried')],
    });
    const to = parseRepository(`${registry.host}/acme/production`);
    await copyArtifact(client, { from: atDigest(repository, pushed.digest), to });
    expect(await client.referrers(to, subject.digest)).toEqual([pushed]);
    expect(await texts(subject, to)).toEqual(['carried']);
  });
});
