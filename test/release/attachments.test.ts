import { beforeEach, describe, expect, it } from 'vitest';
import { copyAttachments } from '../../src/release/attachments.ts';
import { acceptanceType } from '../../src/release/evidence/acceptance.ts';
import { pushArtifact } from '../../src/world/registry/artifact.ts';
import { fallbackTag } from '../../src/world/registry/client.ts';
import { copyImage } from '../../src/world/registry/copy.ts';
import { type Manifest, mediaTypes } from '../../src/world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  parseRepository,
  type Repository,
} from '../../src/world/registry/reference.ts';
import { anonymous, pushSampleImage, testClient, testLogin, useRegistry } from '../support/registry.ts';

const registry = useRegistry();
const another = useRegistry({ login: true });
const client = testClient(async (repository) =>
  repository.registry === another.host ? testLogin : anonymous(repository),
);

let number = 0;
let from: Repository;
let image: DigestReference;
let manifest: Manifest;
beforeEach(async () => {
  number += 1;
  from = parseRepository(`${registry.host}/acme/from-${number}`);
  image = await pushSampleImage(client, from);
  manifest = await client.getManifest(image);
});

const places: readonly [string, () => Repository][] = [
  ['the same registry', () => parseRepository(`${registry.host}/acme/to-${number}`)],
  ['another registry, with a password', () => parseRepository(`${another.host}/acme/to-${number}`)],
];

/** As cosign attaches it: another image, found by its tag. */
async function cosignTag(where: Repository, digest: Digest, ending: string): Promise<Digest> {
  return (await pushSampleImage(client, where, { tag: `${digest.replace(':', '-')}.${ending}` })).digest;
}

function attach(artifactType: string, subject: Manifest['descriptor'], text: string) {
  const layers = [{ mediaType: 'text/plain', bytes: Buffer.from(text) }];
  return pushArtifact(client, { repository: from, artifactType, subject, layers });
}

describe.each(places)('copyAttachments to %s', (_name, place) => {
  it('copies SBOM, attestation, their signatures and cosign tags; a second run copies nothing', async () => {
    const to = place();
    const sbom = await attach('application/spdx+json', manifest.descriptor, 'sbom');
    const attestation = await attach('application/vnd.in-toto+json', manifest.descriptor, 'attestation');
    const ofSbom = await attach('application/vnd.dev.cosign.artifact.sig.v1+json', sbom, 'signature');
    const cosign = await cosignTag(from, image.digest, 'att');
    const signature = await cosignTag(from, image.digest, 'sig');
    await copyImage(client, { from: image, to, tags: [] });
    const copied = await copyAttachments(client, { manifest, from, to });
    expect(new Set(copied)).toEqual(new Set([sbom.digest, attestation.digest, ofSbom.digest, cosign]));
    const listed = await client.referrers(to, image.digest);
    expect(listed.map(({ digest, artifactType }) => `${artifactType} ${digest}`).sort()).toEqual(
      [`${sbom.artifactType} ${sbom.digest}`, `${attestation.artifactType} ${attestation.digest}`].sort(),
    );
    expect((await client.referrers(to, sbom.digest)).map(({ digest }) => digest)).toEqual([ofSbom.digest]);
    const tag = (ending: string) => atTag(to, `${image.digest.replace(':', '-')}.${ending}`);
    expect((await client.resolve(tag('att')))?.digest).toBe(cosign);
    // A signature is for the repository that it names: elsewhere nodes refuse it.
    expect(copied).not.toContain(signature);
    expect(await client.resolve(tag('sig'))).toBeUndefined();
    for (const digest of copied) {
      const original = await client.getManifest(atDigest(from, digest));
      const there = await client.getManifest(atDigest(to, digest));
      expect(Buffer.from(there.bytes).equals(original.bytes)).toBe(true);
    }
    expect(await copyAttachments(client, { manifest, from, to })).toEqual([]);
  });

  it('does not replace an attestation that was made at the destination', async () => {
    const to = place();
    await cosignTag(from, image.digest, 'att');
    const own = await cosignTag(to, image.digest, 'att');
    expect(await copyAttachments(client, { manifest, from, to })).toEqual([]);
    const tag = `${image.digest.replace(':', '-')}.att`;
    expect((await client.resolve(atTag(to, tag)))?.digest).toBe(own);
  });
});

describe('copyAttachments', () => {
  it('copies what is attached to the images of an index', async () => {
    const to = parseRepository(`${registry.host}/acme/to-${number}`);
    const child = { ...manifest.descriptor, platform: { architecture: 'amd64', os: 'linux' } };
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child] }),
    );
    const index = await client.putManifest(from, 'index', bytes, mediaTypes.ociIndex);
    const sbom = await attach('application/spdx+json', manifest.descriptor, 'of the image');
    const attestation = await cosignTag(from, index, 'att');
    const top = await client.getManifest(atDigest(from, index));
    expect(await copyAttachments(client, { manifest: top, from, to })).toEqual([attestation, sbom.digest]);
  });

  it('continues if something was deleted after it was listed', async () => {
    const to = parseRepository(`${registry.host}/acme/to-${number}`);
    const gone = await attach('application/spdx+json', manifest.descriptor, 'gone');
    const kept = await attach('application/spdx+json', manifest.descriptor, 'kept');
    await fetch(`http://${from.registry}/v2/${from.path}/manifests/${gone.digest}`, { method: 'DELETE' });
    expect(await copyAttachments(client, { manifest, from, to })).toEqual([kept.digest]);
  });

  it('believes the artifact about its type and its image, not a list that many may write', async () => {
    const to = parseRepository(`${registry.host}/acme/to-${number}`);
    const other = await client.getManifest(
      await pushSampleImage(client, from, { tag: 'other', labels: { a: 'b' } }),
    );
    const own = manifest.descriptor;
    const acceptance = await attach(acceptanceType, own, '{"fleet":"stable"}');
    const ofOther = await attach('application/spdx+json', other.descriptor, 'of another image');
    const manifests = [acceptance, ofOther].map((each) => ({
      ...each,
      artifactType: 'application/spdx+json',
    }));
    const list = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
    await client.putManifest(from, fallbackTag(own.digest), Buffer.from(list), mediaTypes.ociIndex);
    expect(await copyAttachments(client, { manifest, from, to })).toEqual([]);
    expect(await client.listTags(to)).toEqual([]);
  });
});
