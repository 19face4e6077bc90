import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defined } from '../../../src/host/defined.ts';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import type { Trust } from '../../../src/release/attestations/trust.ts';
import { formatStatement, type TestEvidence } from '../../../src/release/evidence/statement.ts';
import {
  evidenceSoFar,
  examineEvidence,
  findEvidence,
  passingEvidence,
  pushEvidence,
} from '../../../src/release/evidence/store.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import { pushArtifact, readArtifact } from '../../../src/world/registry/artifact.ts';
import {
  createRegistryClient,
  type Descriptor,
  type RegistryClient,
} from '../../../src/world/registry/client.ts';
import {
  atDigest,
  type Digest,
  digestOf,
  formatRepository,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { pushSampleImage, startTestRegistry, testClient, useRegistry } from '../../support/registry.ts';
import { unsigned } from '../../support/trust.ts';

const registry = useRegistry();
const tree = 'b'.repeat(40);
let client: RegistryClient;
let repository: Repository;
let subject: Descriptor;
beforeAll(() => {
  client = testClient();
  repository = parseRepository(`${registry.host}/acme/os-test`);
});
beforeEach(async () => {
  subject = (await client.getManifest(await pushSampleImage(client, repository))).descriptor;
});

function evidence(changes: Partial<TestEvidence> = {}): TestEvidence {
  return {
    subject: { repository: formatRepository(repository), digest: subject.digest },
    result: 'PASSED',
    testsTree: tree,
    tests: [{ name: 'a.sh', result: 'passed', seconds: 1 }],
    kernel: '6.1',
    architecture: 'x86_64',
    accelerator: 'tcg',
    startedAt: 1_784_642_400,
    seconds: 3,
    ...changes,
  };
}

describe('evidence', () => {
  it('is found with the image it is about, and with no other', async () => {
    expect(await findEvidence(client, repository, subject.digest, unsigned)).toEqual([]);
    const descriptor = await pushEvidence(client, repository, subject, evidence());
    expect(await findEvidence(client, repository, subject.digest, unsigned)).toEqual([
      { descriptor, evidence: evidence() },
    ]);
    expect(await findEvidence(client, repository, digestOf('other'), unsigned)).toEqual([]);
  });

  it('is not pushed for another image than the one it names', async () => {
    await expect(
      pushEvidence(
        client,
        repository,
        subject,
        evidence({ subject: { repository: 'x', digest: digestOf('other') } }),
      ),
    ).rejects.toThrow(/about another image/);
    expect(await findEvidence(client, repository, subject.digest, unsigned)).toEqual([]);
  });

  it('passes for the same tests only', async () => {
    await pushEvidence(client, repository, subject, evidence());
    expect(
      (await passingEvidence(client, atDigest(repository, subject.digest), tree, unsigned))?.evidence.result,
    ).toBe('PASSED');
    expect(
      await passingEvidence(client, atDigest(repository, subject.digest), 'c'.repeat(40), unsigned),
    ).toBeUndefined();
  });

  it('passes for the same settings only; old evidence does not name them', async () => {
    const found = async (settings: string) =>
      passingEvidence(client, atDigest(repository, subject.digest), tree, unsigned, { settings });
    const [one, other] = ['1', '2'].map((digit) => digit.repeat(64)) as [string, string];
    await pushEvidence(client, repository, subject, evidence({ settings: one }));
    expect((await found(one))?.evidence.settings).toBe(one);
    expect(await found(other)).toBeUndefined();
    await pushEvidence(client, repository, subject, evidence({ startedAt: 1_784_642_300 }));
    expect((await found(other))?.evidence.settings).toBeUndefined();
  });

  it('passes in the mode that is asked for only, and a failure counts in every mode', async () => {
    const found = async (mode?: TestEvidence['mode']) => {
      const image = atDigest(repository, subject.digest);
      const passing = await passingEvidence(client, image, tree, unsigned, {
        settings: '1'.repeat(64),
        ...defined({ mode }),
      });
      return passing?.evidence.mode ?? (passing === undefined ? 'none' : 'unknown');
    };
    await pushEvidence(client, repository, subject, evidence());
    expect([await found(), await found('direct')]).toEqual(['unknown', 'none']);
    await pushEvidence(client, repository, subject, evidence({ mode: 'ostree', startedAt: 1_784_642_410 }));
    await pushEvidence(client, repository, subject, evidence({ mode: 'direct', startedAt: 1_784_642_420 }));
    expect([await found(), await found('ostree'), await found('direct'), await found('disk')]).toEqual([
      ...['direct', 'ostree', 'direct', 'none'],
    ]);
    const startedAt = 1_784_642_430;
    await pushEvidence(
      client,
      repository,
      subject,
      evidence({ result: 'FAILED', mode: 'direct', startedAt }),
    );
    expect([await found(), await found('ostree')]).toEqual(['none', 'none']);
  });

  it('counts by its newest result', async () => {
    const startedAt = 1_784_642_400;
    await pushEvidence(
      client,
      repository,
      subject,
      evidence({ result: 'FAILED', startedAt: startedAt - 10 }),
    );
    expect(
      await passingEvidence(client, atDigest(repository, subject.digest), tree, unsigned),
    ).toBeUndefined();
    await pushEvidence(client, repository, subject, evidence({ startedAt }));
    expect(
      (await passingEvidence(client, atDigest(repository, subject.digest), tree, unsigned))?.evidence
        .startedAt,
    ).toBe(startedAt);
    await pushEvidence(
      client,
      repository,
      subject,
      evidence({ result: 'FAILED', startedAt: startedAt + 10 }),
    );
    expect(
      await passingEvidence(client, atDigest(repository, subject.digest), tree, unsigned),
    ).toBeUndefined();
  });

  it('counts a failure that a pass does not follow, whatever time the runners wrote', async () => {
    const at = 1_784_642_400;
    const image = atDigest(repository, subject.digest);
    const counted = async () => (await passingEvidence(client, image, tree, unsigned))?.evidence;
    const soFar = () => evidenceSoFar(client, repository, [subject.digest], unsigned);
    const test = async (result: TestEvidence['result'], startedAt: number, follows?: readonly Digest[]) =>
      pushEvidence(
        client,
        repository,
        subject,
        evidence({ result, startedAt, follows: follows ?? (await soFar()) }),
      );
    // The clock of the runner that passed is 40 minutes ahead.
    await test('PASSED', at + 2400);
    expect(await counted()).toBeDefined();
    const beforeFailure = await soFar();
    await test('FAILED', at + 600);
    expect(await counted()).toBeUndefined();
    // It ran beside the failed one, so it does not prove that the fault is gone.
    await test('PASSED', at + 3000, beforeFailure);
    expect(await counted()).toBeUndefined();
    // Its clock is an hour behind.
    await test('PASSED', at - 3000);
    expect(await counted()).toMatchObject({ startedAt: at - 3000 });
    // Another set of tests failed later: it counts for those, not for these.
    await pushEvidence(
      client,
      repository,
      subject,
      evidence({ result: 'FAILED', testsTree: 'c'.repeat(40), startedAt: at + 9000, follows: await soFar() }),
    );
    expect(await counted()).toMatchObject({ startedAt: at - 3000 });
  });

  it('is not what others attach, nor a statement about another image, nor a malformed one', async () => {
    const attach = (content: string, annotations = {}) =>
      pushArtifact(client, {
        repository,
        artifactType: 'application/vnd.in-toto+json',
        subject,
        layers: [{ mediaType: 'application/vnd.in-toto+json', bytes: Buffer.from(content) }],
        annotations,
      });
    const foreign = evidence({ subject: { repository: 'x', digest: digestOf('other') } });
    await attach(formatStatement(foreign));
    await attach('{"predicateType":"https://slsa.dev/provenance/v1"}');
    await attach(formatStatement(evidence()).replace('"PASSED"', '"EXCELLENT"'));
    await attach('not json');
    await attach('{}', { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' });
    expect(await client.referrers(repository, subject.digest)).toHaveLength(5);
    expect(await findEvidence(client, repository, subject.digest, unsigned)).toEqual([]);
  });

  it('that is listed and deleted since does not block', async () => {
    const gone = await pushEvidence(client, repository, subject, evidence());
    const url = `http://${registry.host}/v2/${repository.path}/manifests/${gone.digest}`;
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(202);
    expect(await client.referrers(repository, subject.digest)).toHaveLength(1);
    expect(await findEvidence(client, repository, subject.digest, unsigned)).toEqual([]);
  });

  it('is never treated as absent because the registry is', async () => {
    const short = await startTestRegistry();
    const there = parseRepository(`${short.host}/acme/os`);
    await short.stop();
    const impatient = createRegistryClient({ credentials: async () => undefined, retryDelays: [] });
    await expect(findEvidence(impatient, there, subject.digest, unsigned)).rejects.toThrow(/not reachable/);
  });
});

describe('evidence if the configuration says whose signature counts', () => {
  const [own, other] = [makeKeyPair(), makeKeyPair()];
  let root: string;
  let trust: Trust;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'coxswain-test-evidence-'));
    await writeFile(join(root, 'own.pub'), own.publicKey);
    trust = { ...unsigned, root, signedBy: [{ kind: 'key', file: 'own.pub' }] };
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const push = async (privateKey: string | undefined, changes: Partial<TestEvidence> = {}) => {
    const env = privateKey === undefined ? {} : { COXSWAIN_EVIDENCE_KEY: privateKey };
    // A stranger does not ask the configuration.
    const signer = await attestationSigner(privateKey === other.privateKey ? unsigned : trust, env);
    return pushEvidence(client, repository, subject, evidence(changes), signer);
  };
  const passing = () => passingEvidence(client, atDigest(repository, subject.digest), tree, trust);

  it('counts with that signature, and says who signed', async () => {
    await push(own.privateKey);
    expect(await passing()).toMatchObject({ signedBy: 'own.pub', evidence: { result: 'PASSED' } });
    // A reader that needs no signature reads it too.
    expect(await findEvidence(client, repository, subject.digest, unsigned)).toHaveLength(1);
  });

  it('does not count without a signature, nor by a stranger who may push there, and says why', async () => {
    await push(undefined);
    await push(other.privateKey, { seconds: 4 });
    expect(await passing()).toBeUndefined();
    const { found, refused } = await examineEvidence(client, repository, subject.digest, trust);
    expect(found).toEqual([]);
    expect(refused.map(({ reason }) => reason).sort()).toEqual([
      'it is not signed',
      'it is not signed by own.pub',
    ]);
  });

  it('does not count if it is the signed pass of another image', async () => {
    await push(own.privateKey);
    const [listed] = await client.referrers(repository, subject.digest);
    const artifact = await readArtifact(client, atDigest(repository, listed?.digest as Digest));
    const stranger = await client.getManifest(
      await pushSampleImage(client, repository, { labels: { another: 'image' } }),
    );
    await pushArtifact(client, {
      repository,
      artifactType: artifact.manifest.json.artifactType as string,
      subject: stranger.descriptor,
      layers: artifact.layers.map(({ descriptor, bytes }) => ({ mediaType: descriptor.mediaType, bytes })),
    });
    expect(await findEvidence(client, repository, stranger.descriptor.digest, trust)).toEqual([]);
  });

  it('does not count if an older signed pass is replayed beside a newer signed failure', async () => {
    const { startedAt } = evidence();
    await push(own.privateKey, { startedAt });
    await push(own.privateKey, {
      startedAt: startedAt + 60,
      result: 'FAILED',
      tests: [{ name: 'a.sh', result: 'failed', seconds: 1 }],
    });
    // A stranger pushes the old pass once more.
    const passed = (await findEvidence(client, repository, subject.digest, trust))[0];
    const artifact = await readArtifact(client, atDigest(repository, passed?.descriptor.digest as Digest));
    await pushArtifact(client, {
      repository,
      artifactType: artifact.manifest.json.artifactType as string,
      subject,
      layers: artifact.layers.map(({ descriptor, bytes }) => ({ mediaType: descriptor.mediaType, bytes })),
      annotations: { replayed: 'yes' },
    });
    expect(await passing()).toBeUndefined();
  });
});
