import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import {
  formatBillOfMaterials,
  type ImageContent,
  readBillOfMaterials,
} from '../../../src/release/sbom/bill-of-materials.ts';
import { findSbom, pushSbom, sbomArtifactType } from '../../../src/release/sbom/store.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import { identity } from '../../../src/world/packages/compare.ts';
import type { Package } from '../../../src/world/packages/package.ts';
import { pushArtifact } from '../../../src/world/registry/artifact.ts';
import { atDigest, type Digest, digestOf, parseRepository } from '../../../src/world/registry/reference.ts';
import { createProject } from '../../support/project.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';
import { aPackage } from '../../support/rpm.ts';
import { unsigned } from '../../support/trust.ts';

const repository = parseRepository('registry.example/acme/os');
const digest = digestOf('an image');
const packages = ['bash-5.2-1.fc44', 'libstdc++-14.2-1.fc44', 'runc-2:1.1.0~rc1-3.fc44'].map(aPackage);

function content(more: Partial<ImageContent> = {}): ImageContent {
  return {
    image: atDigest(repository, digest),
    version: '44.20260707.3.1-3f9a1c02',
    architecture: 'x86_64',
    created: 1_785_000_000,
    packages,
    system: { id: 'fedora', version: '44' },
    base: { image: atDigest(repository, digestOf('the base')), packages: packages.slice(0, 2) },
    ...more,
  };
}

describe('an SBOM', () => {
  it('names each package as scanners know it, and whether it is of the base', async () => {
    const bom = JSON.parse(await formatBillOfMaterials(content()));
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: expect.stringMatching(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      metadata: {
        timestamp: '2026-07-25T17:20:00.000Z',
        component: { type: 'container', hashes: [{ alg: 'SHA-256', content: digest.slice(7) }] },
      },
    });
    // No list of vulnerabilities: it would look like the answer of a scanner that found none.
    expect(bom.vulnerabilities).toBeUndefined();
    const shown = bom.components.map(
      ({ name, purl, properties }: { name: string; purl?: string; properties?: { value: string }[] }) => [
        name,
        purl,
        properties?.[0]?.value,
      ],
    );
    expect(shown.sort()).toEqual([
      ['bash', 'pkg:rpm/fedora/bash@5.2-1.fc44?arch=noarch&distro=fedora-44', 'base'],
      ['fedora', undefined, undefined],
      ['libstdc++', 'pkg:rpm/fedora/libstdc%2B%2B@14.2-1.fc44?arch=noarch&distro=fedora-44', 'base'],
      ['runc', 'pkg:rpm/fedora/runc@1.1.0~rc1-3.fc44?arch=noarch&distro=fedora-44&epoch=2', 'derived'],
    ]);
  });

  it('is the same text for the same image, whatever the order of the packages', async () => {
    const text = await formatBillOfMaterials(content());
    expect(await formatBillOfMaterials(content({ packages: packages.toReversed() }))).toBe(text);
  });

  it('gives back every package that was written', async () => {
    const part = fc.stringMatching(/^[A-Za-z0-9._+~^]{1,8}$/);
    const one: fc.Arbitrary<Package> = fc.record(
      {
        name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,12}$/),
        epoch: fc.integer({ min: 1, max: 20 }),
        version: part,
        release: part,
        architecture: fc.constantFrom('x86_64', 'noarch', 'i686'),
      },
      { requiredKeys: ['name', 'version', 'release', 'architecture'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(one, { selector: identity, maxLength: 8 }), async (list) => {
        const text = await formatBillOfMaterials(content({ packages: list, base: undefined as never }));
        const read = readBillOfMaterials(JSON.parse(text), digest);
        const ids = (some: readonly Package[]) => some.map(identity).sort();
        expect(ids(read?.packages ?? [])).toEqual(ids(list));
      }),
      { numRuns: 50 },
    );
  });

  it('of another image, or by another tool, is not read', async () => {
    const bom = JSON.parse(await formatBillOfMaterials(content()));
    expect(readBillOfMaterials(bom, digestOf('another image'))).toBeUndefined();
    bom.metadata.tools[0].name = 'trivy';
    expect(readBillOfMaterials(bom, digest)).toBeUndefined();
    expect(readBillOfMaterials('CycloneDX', digest)).toBeUndefined();
  });
});

describe('an SBOM in the registry', () => {
  const registry = useRegistry();

  it('counts if it is signed by whose signature counts, and is found without a signature otherwise', async () => {
    const client = testClient();
    const [own, stranger] = [makeKeyPair(), makeKeyPair()];
    const { root, config } = await createProject(registry.host, {
      fleets: '  testing: {}',
      more: 'evidence: { signed-by: [keys/evidence.pub] }',
      files: { 'keys/evidence.pub': own.publicKey },
    });
    const trust = { ...config.evidence, root };
    const pushed: { digest: Digest } = await pushSampleImage(client, config.image, { labels: { n: 'sbom' } });
    const image = atDigest(config.image, pushed.digest);
    const { descriptor: subject } = await client.getManifest(image);
    const text = await formatBillOfMaterials(content({ image }));
    const push = async (pair?: { privateKey: string }) => {
      const env = pair === undefined ? {} : { COXSWAIN_EVIDENCE_KEY: pair.privateKey };
      const signer = await attestationSigner(pair === stranger ? unsigned : trust, env);
      await pushSbom(client, { image, subject, text, signer });
    };
    // Of another tool, and not JSON: neither is ours.
    for (const body of ['{"bomFormat":"CycloneDX"}', '{"bomFormat":']) {
      const layers = [{ mediaType: sbomArtifactType, bytes: Buffer.from(body) }];
      await pushArtifact(client, {
        repository: config.image,
        artifactType: sbomArtifactType,
        subject,
        layers,
      });
    }
    expect(await findSbom(client, image, unsigned)).toBeUndefined();
    await push();
    const known = await client.referrers(config.image, image.digest);
    await push();
    expect(await client.referrers(config.image, image.digest)).toHaveLength(known.length);
    expect((await findSbom(client, image, unsigned))?.packages).toHaveLength(packages.length);
    expect(await findSbom(client, image, trust)).toBeUndefined();
    await push(stranger);
    expect(await findSbom(client, image, trust)).toBeUndefined();
    await push(own);
    const found = await findSbom(client, image, trust);
    expect([...(found?.origins.values() ?? [])].sort()).toEqual(['base', 'base', 'derived']);
  });
});
