import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { nodePolicy } from '../../../src/release/signatures/containers-policy.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import { askNodePolicy } from '../../../src/release/signatures/node-verdict.ts';
import { signImage } from '../../../src/release/signatures/sign-manifests.ts';
import { removeSignatures, signatureReference } from '../../../src/release/signatures/signature-tag.ts';
import type { SigningKey } from '../../../src/release/signatures/signing-keys.ts';
import { signerOf } from '../../../src/release/signatures/simple-signing.ts';
import { copyImage } from '../../../src/world/registry/copy.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import {
  atDigest,
  type Digest,
  formatReference,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { askPolicy, findPolicyOracle, skipWithoutOracle } from '../../support/image-policy.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';

// What we sign, checked by the code that nodes run: go.podman.io/image.

const oracle = findPolicyOracle();
const registry = useRegistry();
const client = testClient();
let count = 0;
let repository: Repository;
let child: Digest;
let index: Digest;

function pair(): SigningKey {
  const { privateKey, publicKey } = makeKeyPair();
  return {
    file: 'keys/test.pub',
    key: createPublicKey(publicKey),
    signer: signerOf(createPrivateKey(privateKey)),
  };
}

beforeEach(async () => {
  count += 1;
  repository = parseRepository(`${registry.host}/signed-${count}/os`);
  ({ child, index } = await pushIndex(repository));
});

async function pushIndex(to: Repository) {
  const image = await pushSampleImage(client, to, { labels: { n: String(count) } });
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          mediaType: mediaTypes.ociManifest,
          digest: image.digest,
          size: (await client.getManifest(atDigest(to, image.digest))).bytes.length,
          platform: { architecture: 'amd64', os: 'linux' },
        },
      ],
    }),
  );
  return { child: image.digest, index: await client.putManifest(to, 'v1', bytes, mediaTypes.ociIndex) };
}

const sign = (keys: readonly SigningKey[], digests: readonly Digest[] = [index, child], where = repository) =>
  signImage(client, { repository: where, digests, keys });

async function judge(
  trusted: readonly SigningKey[],
  digest: Digest,
  options: { readonly where?: Repository; readonly policy?: object; readonly registries?: string } = {},
) {
  const { where = repository } = options;
  const files = { ...nodePolicy(where, trusted), ...options };
  const { accepted, said } = await askPolicy(
    oracle as string,
    files,
    formatReference(atDigest(where, digest)),
  );
  // Our own reader of the same rules must agree in every case.
  expect([await askNodePolicy(client, files, atDigest(where, digest)), said]).toMatchObject([
    { accepted },
    said,
  ]);
  return accepted;
}

describe('a node with the policy of its fleet', () => {
  skipWithoutOracle(oracle);

  it('accepts what the fleet signed, by the index and by the architecture', async () => {
    const key = pair();
    expect(await sign([key])).toBe(2);
    expect([await judge([key], index), await judge([key], child)]).toEqual([true, true]);
  });

  it('refuses an image without a signature', async () => {
    expect([await judge([pair()], index), await judge([pair()], child)]).toEqual([false, false]);
  });

  it('refuses what another fleet signed: promotion is a signature', async () => {
    const [testing, stable] = [pair(), pair()];
    await sign([testing]);
    expect(await judge([stable], child)).toBe(false);
    await sign([stable]);
    expect([await judge([stable], child), await judge([testing], child)]).toEqual([true, true]);
  });

  it('refuses the architecture if only the index is signed', async () => {
    const key = pair();
    await sign([key], [index]);
    expect([await judge([key], index), await judge([key], child)]).toEqual([true, false]);
  });

  it('refuses the index if only the architecture is signed', async () => {
    const key = pair();
    await sign([key], [child]);
    expect([await judge([key], index), await judge([key], child)]).toEqual([false, true]);
  });

  it('refuses a signature that was copied from another repository', async () => {
    const key = pair();
    await sign([key]);
    const other = parseRepository(`${registry.host}/copied-${count}/os`);
    await copyImage(client, { from: atDigest(repository, index), to: other, tags: [] });
    for (const digest of [index, child]) {
      const from = await client.resolve(signatureReference({ repository, digest }));
      const tag = `${digest.replace(':', '-')}.sig`;
      await copyImage(client, { from: atDigest(repository, from?.digest as Digest), to: other, tags: [tag] });
    }
    expect(await judge([key], child, { where: other })).toBe(false);
    await sign([key], [index, child], other);
    expect(await judge([key], child, { where: other })).toBe(true);
  });

  it('refuses a signature that was put beside another image', async () => {
    const key = pair();
    await sign([key]);
    const other = await pushSampleImage(client, repository, { labels: { other: String(count) } });
    const from = await client.resolve(signatureReference({ repository, digest: child }));
    await copyImage(client, {
      from: atDigest(repository, from?.digest as Digest),
      to: repository,
      tags: [`${other.digest.replace(':', '-')}.sig`],
    });
    expect(await judge([key], other.digest)).toBe(false);
  });

  it('refuses a signature by a key that only says it is the fleet’s', async () => {
    const [fleet, attacker] = [pair(), pair()];
    await sign([attacker]);
    expect(await judge([fleet], child)).toBe(false);
  });

  describe('while keys change', () => {
    it('accepts by the old key, by the new one, and by both', async () => {
      const [before, after] = [pair(), pair()];
      await sign([before]);
      expect(await sign([before, after])).toBe(2);
      expect([
        await judge([before], child),
        await judge([after], child),
        await judge([before, after], child),
      ]).toEqual([true, true, true]);
    });

    it('accepts an image that only the new key signed, if the policy has both', async () => {
      const [before, after] = [pair(), pair()];
      await sign([after]);
      expect([await judge([before, after], child), await judge([before], child)]).toEqual([true, false]);
    });

    it('refuses by the old key once its signatures are removed, and leaves the others', async () => {
      const [before, after] = [pair(), pair()];
      await sign([before, after]);
      for (const digest of [index, child]) {
        expect(await removeSignatures(client, { repository, digest }, [before.key])).toBe(1);
      }
      expect([await judge([before], child), await judge([after], child)]).toEqual([false, true]);
    });
  });

  describe('with other shapes of policy', () => {
    const name = () => `${repository.registry}/${repository.path}`;
    const requirement = (key: SigningKey, identity?: object) => ({
      type: 'sigstoreSigned',
      keyData: Buffer.from(key.key.export({ type: 'spki', format: 'pem' })).toString('base64'),
      ...identity,
    });
    const policyOf = (requirements: readonly object[]) => ({
      policy: { default: [{ type: 'reject' }], transports: { docker: { [name()]: requirements } } },
    });

    it.each([
      ['matchRepository', { signedIdentity: { type: 'matchRepository' } }, true],
      [
        'exactRepository of production',
        () => ({ signedIdentity: { type: 'exactRepository', dockerRepository: name() } }),
        true,
      ],
      [
        'exactRepository of another',
        { signedIdentity: { type: 'exactRepository', dockerRepository: 'ghcr.io/acme/os' } },
        false,
      ],
      // The payload names a repository without a tag, as cosign's do: only rules about the repository fit.
      ['no identity, asked by digest', {}, false],
      ['matchRepoDigestOrExact', { signedIdentity: { type: 'matchRepoDigestOrExact' } }, false],
    ] as const)('%s', async (_, identity, accepted) => {
      const key = pair();
      await sign([key]);
      const extra = typeof identity === 'function' ? identity() : identity;
      expect(await judge([key], child, policyOf([requirement(key, extra)]))).toBe(accepted);
    });

    it('asks for both if two requirements stand side by side', async () => {
      const [one, other] = [pair(), pair()];
      const both = () =>
        policyOf(
          [one, other].map((key) => requirement(key, { signedIdentity: { type: 'matchRepository' } })),
        );
      await sign([one]);
      expect(await judge([one], child, both())).toBe(false);
      await sign([other]);
      expect(await judge([one], child, both())).toBe(true);
    });

    it('sees no signature without use-sigstore-attachments', async () => {
      const key = pair();
      await sign([key]);
      expect(await judge([key], child, { registries: 'docker: {}\n' })).toBe(false);
    });

    it('refuses everything by default if it says so', async () => {
      const key = pair();
      await sign([key]);
      expect(await judge([key], child, { policy: { default: [{ type: 'reject' }] } })).toBe(false);
    });
  });

  describe('with a wrong payload', () => {
    async function plant(
      change: (layer: { payload: string; signature: string }) => { payload: string; signature: string },
      key: SigningKey,
    ) {
      const payload = JSON.stringify({
        critical: {
          identity: { 'docker-reference': `${repository.registry}/${repository.path}` },
          image: { 'docker-manifest-digest': child },
          type: 'cosign container image signature',
        },
        optional: null,
      });
      const lie = change({ payload, signature: await key.signer(Buffer.from(payload)) });
      const blob = await client.uploadBlob(repository, Buffer.from(lie.payload));
      const config = await client.uploadBlob(
        repository,
        Buffer.from('{"rootfs":{"type":"layers","diff_ids":[]}}'),
      );
      const manifest = {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.size },
        layers: [
          {
            mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
            digest: blob.digest,
            size: blob.size,
            annotations: { 'dev.cosignproject.cosign/signature': lie.signature },
          },
        ],
      };
      await client.putManifest(
        repository,
        `${child.replace(':', '-')}.sig`,
        Buffer.from(JSON.stringify(manifest)),
        mediaTypes.ociManifest,
      );
    }

    it('accepts a correct payload (those below differ from it in one thing each)', async () => {
      const key = pair();
      await plant((layer) => layer, key);
      expect(await judge([key], child)).toBe(true);
    });

    it.each([
      [
        'a payload about another digest',
        (l: { payload: string; signature: string }) => ({
          ...l,
          payload: l.payload.replace(/sha256:../, 'sha256:00'),
        }),
      ],
      [
        'a signature cut short',
        (l: { payload: string; signature: string }) => ({ ...l, signature: l.signature.slice(0, 40) }),
      ],
      ['a signature of nothing', (l: { payload: string; signature: string }) => ({ ...l, signature: '' })],
      [
        'a payload with a blank more',
        (l: { payload: string; signature: string }) => ({ ...l, payload: ` ${l.payload}` }),
      ],
    ])('refuses %s', async (_, change) => {
      const key = pair();
      await plant(change, key);
      expect(await judge([key], child)).toBe(false);
      // Signing repairs it, because the existing one is not our signature.
      expect(await sign([key])).toBe(2);
      expect(await judge([key], child)).toBe(true);
    });

    it('refuses a key of another kind than nodes check', async () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
      const other: SigningKey = { file: 'x', key: publicKey as KeyObject, signer: signerOf(privateKey) };
      await plant((layer) => layer, other);
      expect(await judge([pair()], child)).toBe(false);
    });
  });
});
