import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { promoteImage } from '../../../src/loop/promote-image/promote-image.ts';
import { publishUpdates } from '../../../src/loop/publish-updates/publish-updates.ts';
import { startRollout } from '../../../src/loop/start-rollout/start-rollout.ts';
import { findFleet } from '../../../src/project/fleets.ts';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import { trustOf } from '../../../src/release/attestations/trust.ts';
import type { Candidate } from '../../../src/release/candidate/candidate.ts';
import { findAcceptance } from '../../../src/release/evidence/acceptance.ts';
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

const promote = (accept?: { reason: string; by: string }) =>
  promoteImage(project, { fleet: 'testing', now, ...(accept === undefined ? {} : { accept }) });
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
    const known = await findAcceptance(project.client, project.config.image, {
      subjects: [built.digest],
      fleet: 'testing',
    });
    expect(known).toMatchObject({ reason: 'the runner has no key yet', by: 'Ada' });
    await release();
    await publish();
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
