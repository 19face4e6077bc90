import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceSigner } from '../../../src/project/configuration/config.ts';
import {
  findAcceptances,
  pushSealed,
  type SealedAcceptance,
  sealAcceptance,
} from '../../../src/release/attestations/acceptance.ts';
import type { Trust } from '../../../src/release/attestations/trust.ts';
import {
  type AcceptedVulnerabilities,
  foundVulnerabilities,
} from '../../../src/release/vulnerabilities/acceptance.ts';
import type { Descriptor } from '../../../src/world/registry/manifest.ts';
import { atDigest, type Digest, parseRepository } from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';
import { type RunClaims, type Sigstore, startSigstore } from '../../support/sigstore.ts';
import { temporaryFolder } from '../../support/temporary-folders.ts';

// What a person accepts, signed by the identity of a workflow run. Fulcio and Rekor are those of @sigstore/mock, on loopback.

const registry = useRegistry();
const client = testClient();
const run: RunClaims = {
  repository: 'acme/os',
  workflow: 'acme/os/.github/workflows/release.yml@refs/heads/testing',
  ref: 'refs/heads/testing',
};
const workflow: EvidenceSigner = {
  kind: 'workflow',
  repository: 'acme/os',
  workflow: 'acme/os/.github/workflows/release.yml',
  refs: ['refs/heads/testing'],
};
const record: AcceptedVulnerabilities = {
  fleet: 'testing',
  reason: 'not reachable here',
  by: 'Anna',
  at: 1_785_000_000,
  accepts: ['CVE-2026-1'],
};
let sigstore: Sigstore;
let trust: Trust;
let image: Descriptor;

beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());
beforeEach(async () => {
  const root = await temporaryFolder();
  await writeFile(join(root, 'root.json'), JSON.stringify(sigstore.trustedRoot));
  const place = { fulcio: sigstore.url, rekor: sigstore.url, trustedRoot: 'root.json' };
  trust = { root, signedBy: [workflow], sigstore: place };
  image = await newImage();
});

const repository = () => parseRepository(`${registry.host}/acme/os`);
async function newImage(): Promise<Descriptor> {
  const { digest } = await pushSampleImage(client, repository());
  return (await client.getManifest(atDigest(repository(), digest))).descriptor;
}
const seal = (env: NodeJS.ProcessEnv, by: Trust = trust, subject: Digest = image.digest) =>
  sealAcceptance(foundVulnerabilities, { repository: repository(), subject, record }, { trust: by, env });
const attach = (sealed: SealedAcceptance) => pushSealed(client, repository(), image, sealed);
const find = (fleet = 'testing') =>
  findAcceptances(
    client,
    foundVulnerabilities,
    { repository: repository(), subject: image.digest, fleet },
    trust,
  );

describe('an acceptance that a workflow run signs', () => {
  it('counts for its image and its fleet if evidence.signed-by names the workflow', async () => {
    await attach(await seal(sigstore.runAs(run)));
    expect(await find()).toEqual([record]);
    expect(await find('stable')).toEqual([]);
  });

  it.each<[string, Partial<RunClaims>]>([
    ['another workflow', { workflow: 'acme/os/.github/workflows/other.yml@refs/heads/testing' }],
    ['another branch', { workflow: `${workflow.workflow}@refs/heads/feature`, ref: 'refs/heads/feature' }],
    ['another repository', { repository: 'fork/os', workflow: run.workflow.replace('acme', 'fork') }],
  ])('is refused before it is written if it is a run of %s', async (_, claims) => {
    await expect(seal(sigstore.runAs({ ...run, ...claims }))).rejects.toThrow(
      /it would not count: signed by .*evidence\.signed-by/s,
    );
  });

  it('does not count if somebody else puts it there, by a run that is not named', async () => {
    const stranger: RunClaims = {
      ...run,
      repository: 'fork/os',
      workflow: run.workflow.replace('acme', 'fork'),
    };
    const named = {
      ...workflow,
      repository: 'fork/os',
      workflow: 'fork/os/.github/workflows/release.yml',
    } as const;
    await attach(await seal(sigstore.runAs(stranger), { ...trust, signedBy: [named] }));
    expect(await find()).toEqual([]);
  });

  it('does not count if it is about another image', async () => {
    const other = await newImage();
    await attach(await seal(sigstore.runAs(run), trust, other.digest));
    expect(await find()).toEqual([]);
  });

  it('does not count without a signature', async () => {
    await attach(await seal({}, { ...trust, signedBy: [] }));
    expect(await find()).toEqual([]);
  });

  it('needs an identity: a run without one is refused', async () => {
    await expect(seal({})).rejects.toThrow(/no key or identity to sign it/);
  });
});
