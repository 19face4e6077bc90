import { beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/host/errors.ts';
import { silentLog } from '../../../src/host/log.ts';
import { restoreFromProduction } from '../../../src/loop/build-image/from-production.ts';
import { promoteImage } from '../../../src/loop/promote-image/promote-image.ts';
import { buildKeyAnnotation } from '../../../src/release/candidate/build-key.ts';
import { findBuilt } from '../../../src/release/candidate/built.ts';
import { type Candidate, readCandidate } from '../../../src/release/candidate/candidate.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import { atTag, type Digest, sameRepository } from '../../../src/world/registry/reference.ts';
import { createProject, prove, publishBase, type TestProject } from '../../support/project.ts';
import { pushSampleImage, type SampleImage, useRegistry } from '../../support/registry.ts';
import { commitFiles } from '../../support/repository.ts';

const registry = useRegistry();
const now = 1_785_000_000;
let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host, { time: now - 7200 });
  await publishBase(project, '44.20260621.3.1');
});

function candidateNow(): Promise<Candidate> {
  const { git, config, client } = project;
  return readCandidate({ git, config, client, commit: 'testing' });
}

/** An image as build-image makes it. */
function sampleOf(candidate: Candidate): SampleImage {
  return {
    created: new Date(candidate.committedAt * 1000).toISOString(),
    labels: {
      'org.opencontainers.image.version': candidate.version,
      'com.coreos.stream': project.config.stream,
    },
    annotations: { [buildKeyAnnotation]: candidate.key },
  };
}

/** Promotes what the branch builds. Then the test registry loses it. */
async function promotedAndLost(sample: (candidate: Candidate) => SampleImage = sampleOf): Promise<Digest> {
  const { client, config } = project;
  const candidate = await candidateNow();
  const built = await pushSampleImage(client, config.testImage, { tag: candidate.tag, ...sample(candidate) });
  await prove(project, candidate, built, 'PASSED');
  await promoteImage(project, { fleet: 'testing', now });
  await client.deleteManifest(config.testImage, built.digest);
  return built.digest;
}

function restore(candidate: Candidate): Promise<boolean> {
  return restoreFromProduction({ ...project, candidate, log: silentLog });
}

describe('an image that was promoted, and that the test registry has lost', () => {
  it('is brought back with its evidence, so that a later commit of the same build promotes the same digest', async () => {
    const digest = await promotedAndLost();
    const before = await candidateNow();
    await commitFiles(project.git, { 'rollouts/testing.json.hbs': '{}\n' }, { time: now });
    const candidate = await candidateNow();
    expect([candidate.key, candidate.committedAt]).toEqual([before.key, now]);
    await expect(promoteImage(project, { fleet: 'testing', now })).rejects.toThrow(/has no image for commit/);
    expect(await restore(candidate)).toBe(true);
    expect((await findBuilt(project.client, project.config, candidate))?.digest).toBe(digest);
    expect(await promoteImage(project, { fleet: 'testing', now })).toMatchObject({ digest, changed: false });
    expect(await restore(candidate)).toBe(false);
  });

  it('is brought back for every architecture', async () => {
    const { client, config } = project;
    const candidate = await candidateNow();
    const children = await Promise.all(
      ['amd64', 'arm64'].map(async (architecture) => {
        const image = await pushSampleImage(client, config.image, { ...sampleOf(candidate), architecture });
        const { descriptor } = await client.getManifest(image);
        return { ...descriptor, platform: { architecture, os: 'linux' } };
      }),
    );
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: children }),
    );
    await client.putManifest(config.image, candidate.version, bytes, mediaTypes.ociIndex);
    const several = { ...config, architectures: ['x86_64', 'aarch64'] as const };
    const restored = await restoreFromProduction({
      client,
      config: { ...several, architectures: ['x86_64', 'aarch64'] },
      candidate,
      log: silentLog,
    });
    expect(restored).toBe(true);
    for (const [index, architecture] of several.architectures.entries()) {
      const tag = atTag(config.testImage, `${candidate.tag}-${architecture}`);
      expect((await client.resolve(tag))?.digest).toBe(children[index]?.digest);
    }
  });

  it('is built again if production has another image under the version, or none', async () => {
    expect(await restore(await candidateNow())).toBe(false);
    const candidate = await candidateNow();
    await pushSampleImage(project.client, project.config.image, {
      ...sampleOf(candidate),
      tag: candidate.version,
      annotations: {
        [buildKeyAnnotation]: candidate.key.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      },
    });
    expect(await restore(await candidateNow())).toBe(false);
    expect(await findBuilt(project.client, project.config, await candidateNow())).toBeUndefined();
  });

  it('is built again if production may not be read', async () => {
    await promotedAndLost();
    const { client } = project;
    const closed: typeof client = {
      ...client,
      findManifest: async (reference) => {
        // The test registry is open.
        if (!sameRepository(reference.repository, project.config.image))
          return client.findManifest(reference);
        throw new InputError({ problem: 'unauthorised' });
      },
    };
    const candidate = await candidateNow();
    expect(await restoreFromProduction({ ...project, client: closed, candidate, log: silentLog })).toBe(
      false,
    );
  });
});
