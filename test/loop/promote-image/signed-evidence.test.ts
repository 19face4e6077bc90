import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { promoteImage } from '../../../src/loop/promote-image/promote-image.ts';
import { publishUpdates } from '../../../src/loop/publish-updates/publish-updates.ts';
import { startRollout } from '../../../src/loop/start-rollout/start-rollout.ts';
import { findFleet } from '../../../src/project/fleets.ts';
import { pushSealed, sealAcceptance } from '../../../src/release/attestations/acceptance.ts';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import { trustOf } from '../../../src/release/attestations/trust.ts';
import type { Candidate } from '../../../src/release/candidate/candidate.ts';
import { findAcceptance, missingEvidence } from '../../../src/release/evidence/acceptance.ts';
import { pushEvidence } from '../../../src/release/evidence/store.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import { type DigestReference, formatRepository } from '../../../src/world/registry/reference.ts';
import { buildAndTest } from '../../faults/stage.ts';
import { createProject, publishBase, recordRelease, type TestProject } from '../../support/project.ts';
import { pushSampleImage, useRegistry } from '../../support/registry.ts';
import { unsigned } from '../../support/trust.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const [own, stranger] = [makeKeyPair(), makeKeyPair()];

let project: TestProject;
let built: DigestReference;
let candidate: Candidate;
let site: string;
beforeEach(async () => {
  project = await createProject(registry.host, {
    time: now - 36_000,
    fleets: '  testing: {}',
    more: 'evidence: { signed-by: [keys/evidence.pub] }',
    files: { 'keys/evidence.pub': own.publicKey },
  });
  await publishBase(project, '44.20260621.3.1');
  // Its evidence has no signature.
  ({ built, candidate } = await buildAndTest(project));
  site = await mkdtemp(join(tmpdir(), 'coxswain-test-site-'));
});
afterEach(() => rm(site, { recursive: true, force: true }));

const signing = { COXSWAIN_EVIDENCE_KEY: own.privateKey };
const promote = (accept?: { reason: string; by: string }, env: NodeJS.ProcessEnv = signing) =>
  promoteImage(project, { fleet: 'testing', now, env, ...(accept === undefined ? {} : { accept }) });
const release = () => startRollout(project, { fleet: findFleet(project.config, 'testing'), now });
const publish = () => publishUpdates(project, { folder: site, fleets: [], now });

async function signEvidence(pair: { privateKey: string }, result: 'PASSED' | 'FAILED' = 'PASSED') {
  const { client } = project;
  const trust = pair === own ? trustOf(project) : unsigned;
  const { descriptor } = await client.getManifest(built);
  const evidence = {
    subject: { repository: formatRepository(built.repository), digest: built.digest },
    result,
    testsTree: candidate.testsTree,
    tests: [{ name: '10-boots.sh', result: result === 'PASSED' ? 'passed' : 'failed', seconds: 1 }],
    kernel: '6.1.0',
    architecture: 'x86_64',
    accelerator: 'tcg',
    startedAt: now - 1800,
    seconds: 3,
  } as const;
  const signer = await attestationSigner(trust, { COXSWAIN_EVIDENCE_KEY: pair.privateKey });
  await pushEvidence(client, built.repository, descriptor, evidence, signer);
}

describe('if the configuration says whose signature makes evidence count', () => {
  it('refuses unsigned evidence and that of a stranger, and writes nothing', async () => {
    await expect(promote()).rejects.toThrow(/no passing evidence: .* does not count \(it is not signed\)/);
    await signEvidence(stranger);
    await expect(promote()).rejects.toThrow(/it is not signed by keys\/evidence\.pub; and 1 more/);
    expect(await project.client.listTags(project.config.image)).toEqual([]);
  });

  it('promotes, rolls out and publishes with evidence by the key that is named', async () => {
    await signEvidence(own);
    await promote();
    await release();
    expect((await publish()).written).toContain('testing/releases.json');
  });

  it('takes an override only with a reason, records both, and then goes on', async () => {
    await promote({ reason: 'the runner has no key yet', by: 'Ada' });
    const about = { subjects: [built.digest], fleet: 'testing' };
    const known = await findAcceptance(project.client, project.config.image, about, trustOf(project));
    expect(known).toMatchObject({ reason: 'the runner has no key yet', by: 'Ada' });
    // It is recorded once: a second run finds it, and needs no key.
    expect((await promote({ reason: 'another one', by: 'Ada' }, {})).accepted?.reason).toBe(
      'the runner has no key yet',
    );
    await release();
    await publish();
  });

  it('takes no override that it cannot sign, and writes nothing', async () => {
    const override = { reason: 'the runner has no key yet', by: 'Ada' };
    await expect(promote(override, {})).rejects.toThrow(
      /it would not count: this run has no key or identity to sign it.*COXSWAIN_EVIDENCE_KEY/s,
    );
    await expect(promote(override, { COXSWAIN_EVIDENCE_KEY: stranger.privateKey })).rejects.toThrow(
      /would not count/,
    );
    expect(await project.client.listTags(project.config.image)).toEqual([]);
  });

  it('believes no override in production that is unsigned, by a stranger, or of another image', async () => {
    const { client, config } = project;
    const plant = async (subject: DigestReference, sealedFor: DigestReference, key?: string) => {
      const { descriptor } = await client.getManifest(subject);
      const record = {
        fleet: 'testing',
        reason: 'trust me',
        by: 'Eve',
        at: now,
        testsTree: candidate.testsTree,
      };
      const about = { repository: config.image, subject: sealedFor.digest, record };
      const trust = key === own.privateKey ? trustOf(project) : unsigned;
      const env = key === undefined ? {} : { COXSWAIN_EVIDENCE_KEY: key };
      const sealed = await sealAcceptance(missingEvidence, about, { trust, env });
      await pushSealed(client, config.image, descriptor, sealed);
    };
    const other = await pushSampleImage(client, config.image);
    await plant(built, built);
    await plant(built, built, stranger.privateKey);
    await plant(built, other, own.privateKey);
    await expect(promote()).rejects.toThrow(/no passing evidence/);
    const about = { subjects: [built.digest], fleet: 'testing' };
    expect(await findAcceptance(client, config.image, about, trustOf(project))).toBeUndefined();
    await plant(built, built, own.privateKey);
    expect((await promote()).accepted).toEqual({ reason: 'trust me', by: 'Eve' });
  });

  it('takes no override of a failed test, signed or not', async () => {
    await signEvidence(own, 'FAILED');
    await expect(promote({ reason: 'it is urgent', by: 'Ada' })).rejects.toThrow(/its boot test failed/);
  });

  it('publishes no release that somebody only wrote to the state branch', async () => {
    await signEvidence(own);
    await promote();
    await release();
    await publish();
    const planted = await pushSampleImage(project.client, project.config.image, { labels: { a: 'plant' } });
    await recordRelease(project, 'testing', { version: '99.1-planted', time: now, digest: planted.digest });
    await expect(publish()).rejects.toThrow(/99\.1-planted \(x86_64\): production has no evidence/);
  });
});
