import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatStatement, type TestEvidence } from '../../../src/release/evidence/statement.ts';
import { findEvidence, passingEvidence, pushEvidence } from '../../../src/release/evidence/store.ts';
import { pushArtifact } from '../../../src/world/registry/artifact.ts';
import {
  createRegistryClient,
  type Descriptor,
  type RegistryClient,
} from '../../../src/world/registry/client.ts';
import {
  digestOf,
  formatRepository,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { pushSampleImage, startTestRegistry, testClient, useRegistry } from '../../support/registry.ts';

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
    expect(await findEvidence(client, repository, subject.digest)).toEqual([]);
    const descriptor = await pushEvidence(client, repository, subject, evidence());
    expect(await findEvidence(client, repository, subject.digest)).toEqual([
      { descriptor, evidence: evidence() },
    ]);
    expect(await findEvidence(client, repository, digestOf('other'))).toEqual([]);
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
    expect(await findEvidence(client, repository, subject.digest)).toEqual([]);
  });

  it('passes for the same tests only', async () => {
    await pushEvidence(client, repository, subject, evidence());
    expect((await passingEvidence(client, repository, subject.digest, tree))?.evidence.result).toBe('PASSED');
    expect(await passingEvidence(client, repository, subject.digest, 'c'.repeat(40))).toBeUndefined();
  });

  it('counts by its newest result', async () => {
    const startedAt = 1_784_642_400;
    await pushEvidence(
      client,
      repository,
      subject,
      evidence({ result: 'FAILED', startedAt: startedAt - 10 }),
    );
    expect(await passingEvidence(client, repository, subject.digest, tree)).toBeUndefined();
    await pushEvidence(client, repository, subject, evidence({ startedAt }));
    expect((await passingEvidence(client, repository, subject.digest, tree))?.evidence.startedAt).toBe(
      startedAt,
    );
    await pushEvidence(
      client,
      repository,
      subject,
      evidence({ result: 'FAILED', startedAt: startedAt + 10 }),
    );
    expect(await passingEvidence(client, repository, subject.digest, tree)).toBeUndefined();
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
    expect(await findEvidence(client, repository, subject.digest)).toEqual([]);
  });

  it('that is listed and deleted since does not block', async () => {
    const gone = await pushEvidence(client, repository, subject, evidence());
    const url = `http://${registry.host}/v2/${repository.path}/manifests/${gone.digest}`;
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(202);
    expect(await client.referrers(repository, subject.digest)).toHaveLength(1);
    expect(await findEvidence(client, repository, subject.digest)).toEqual([]);
  });

  it('is never treated as absent because the registry is', async () => {
    const short = await startTestRegistry();
    const there = parseRepository(`${short.host}/acme/os`);
    await short.stop();
    const impatient = createRegistryClient({ credentials: async () => undefined, retryDelays: [] });
    await expect(findEvidence(impatient, there, subject.digest)).rejects.toThrow(/not reachable/);
  });
});
