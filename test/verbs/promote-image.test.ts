import { beforeEach, describe, expect, it } from 'vitest';
import { defined } from '../../src/host/defined.ts';
import { promoteImage } from '../../src/loop/promote-image/promote-image.ts';
import type { Promotion } from '../../src/loop/promote-image/promotion.ts';
import { type Candidate, readCandidate } from '../../src/release/candidate/candidate.ts';
import type { TestEvidence } from '../../src/release/evidence/statement.ts';
import { passingEvidence, pushEvidence } from '../../src/release/evidence/store.ts';
import promoteImageVerb from '../../src/verbs/promote-image.ts';
import startRollout from '../../src/verbs/start-rollout.ts';
import { goArchitecture } from '../../src/world/registry/architecture.ts';
import { pushArtifact } from '../../src/world/registry/artifact.ts';
import type { RegistryClient } from '../../src/world/registry/client.ts';
import { type Descriptor, mediaTypes } from '../../src/world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type DigestReference,
  digestOf,
  formatRepository,
} from '../../src/world/registry/reference.ts';
import { useMemory } from '../support/in-memory.ts';
import {
  buildAnnotations,
  contextAt,
  createProject,
  prove,
  publishBase,
  type TestProject,
} from '../support/project.ts';
import { startReferrersRegistry } from '../support/referrers-registry.ts';
import { pushSampleImage, type SampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';
import { unsigned } from '../support/trust.ts';

useMemory();
const registry = useRegistry();
const now = 1_785_000_000;
const time = now - 36_000;
const baseVersion = '44.20260621.3.1';

let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host, { time });
  await publishBase(project, baseVersion);
});

async function run(
  fleet = 'testing',
  commit: string | undefined = undefined,
  accept: { readonly reason?: string; readonly by?: string } = {},
): Promise<{ data: Promotion; text: string }> {
  const inputs = {
    directory: project.git.directory,
    fleet,
    commit,
    'freeze-exception': undefined,
    'accept-missing-evidence': accept.reason,
    'accept-vulnerabilities': undefined,
    by: accept.by,
    'first-release': false,
  };
  const { data, text } = await promoteImageVerb.run(inputs, contextAt(now));
  return { data: data as Promotion, text };
}

/** What build-image and boot-test leave behind. */
async function buildAndTest(
  options: {
    readonly branch?: string;
    readonly sample?: SampleImage;
    readonly result?: 'PASSED' | 'FAILED' | null;
    readonly mode?: TestEvidence['mode'];
  } = {},
): Promise<{ candidate: Candidate; built: DigestReference }> {
  const { git, config, client } = project;
  const candidate = await readCandidate({ git, config, client, commit: options.branch ?? 'testing' });
  const built = await pushSampleImage(client, config.testImage, {
    tag: candidate.tag,
    created: new Date(candidate.committedAt * 1000).toISOString(),
    labels: {
      'org.opencontainers.image.version': candidate.version,
      'com.coreos.stream': config.stream,
    },
    annotations: buildAnnotations(candidate),
    ...options.sample,
  });
  if (options.result !== null)
    await bootTest(candidate, built, options.result ?? 'PASSED', defined({ mode: options.mode }));
  return { candidate, built };
}

async function bootTest(
  candidate: Candidate,
  built: DigestReference,
  result: 'PASSED' | 'FAILED',
  more: Partial<Pick<TestEvidence, 'mode' | 'upgrades' | 'startedAt'>> = {},
) {
  const { client } = project;
  const { descriptor } = await client.getManifest(built);
  await pushEvidence(client, built.repository, descriptor, {
    subject: { repository: formatRepository(built.repository), digest: built.digest },
    result,
    testsTree: candidate.testsTree,
    tests: [{ name: '10-boots.sh', result: result === 'PASSED' ? 'passed' : 'failed', seconds: 1 }],
    kernel: '6.1.0',
    architecture: 'x86_64',
    accelerator: 'tcg',
    startedAt: now - 3600,
    seconds: 3,
    ...more,
  });
}

async function nextCommit(at: number, branch = 'testing'): Promise<void> {
  await project.git.run(['switch', '--quiet', branch]);
  await commitFiles(project.git, { 'etc/motd': `${branch} ${at}\n` }, { time: at });
}

/** Every tag of production, and where it points. */
async function production(): Promise<Record<string, string>> {
  const { client, config } = project;
  const entries: [string, string][] = [];
  for (const tag of await client.listTags(config.image)) {
    if (tag.startsWith('sha256-')) continue;
    entries.push([tag, (await client.resolve(atTag(config.image, tag)))?.digest ?? 'nothing']);
  }
  return Object.fromEntries(entries.sort());
}

async function rollOut(fleet = 'testing'): Promise<void> {
  await startRollout.run(
    {
      directory: project.git.directory,
      fleet,
      commit: undefined,
      'freeze-exception': undefined,
      'first-release': false,
      'accept-upstream': [],
    },
    contextAt(now),
  );
}

async function expectRefusal(message: RegExp, fleet = 'testing', commit?: string): Promise<void> {
  const before = await production();
  await expect(run(fleet, commit)).rejects.toMatchObject({
    name: 'InputError',
    message: expect.stringMatching(message),
  });
  expect(await production()).toEqual(before);
}

describe('promote-image', () => {
  it('is refused in a freeze, also of a fleet that is promoted from no other', async () => {
    project = await createProject(registry.host, {
      time,
      more: 'freeze: [{ start: 2026-07-25, until: 2026-07-26, reason: summer fair }]\n',
    });
    await publishBase(project, baseVersion);
    await buildAndTest();
    await expect(run()).rejects.toThrow('the fleet is frozen: summer fair, until 2026-07-26T00:00:00Z');
    expect(await project.client.resolve(atTag(project.config.image, 'testing'))).toBeUndefined();
  });

  it('puts the same image, its evidence and its tags into production', async () => {
    const { candidate, built } = await buildAndTest();
    const { data, text } = await run();
    expect(data).toMatchObject({
      fleet: 'testing',
      version: candidate.version,
      digest: built.digest,
      changed: true,
      mounted: 3,
      copied: 0,
      kept: [],
      tags: [candidate.version, baseVersion, 'stable', 'testing'],
    });
    expect(data.image).toBe(`${registry.host}/${project.config.image.path}:${candidate.version}`);
    expect(data.images).toEqual([
      {
        architecture: 'x86_64',
        digestRef: `${registry.host}/${project.config.image.path}@${built.digest}`,
      },
    ]);
    expect(await production()).toEqual({
      [candidate.version]: built.digest,
      [baseVersion]: built.digest,
      stable: built.digest,
      testing: built.digest,
    });
    const { client, config } = project;
    const original = await client.getManifest(built);
    const promoted = await client.getManifest(atDigest(config.image, built.digest));
    expect(Buffer.from(promoted.bytes).equals(original.bytes)).toBe(true);
    expect(
      await passingEvidence(client, atDigest(config.image, built.digest), candidate.testsTree, unsigned),
    ).toBeDefined();
    expect(text).toContain('promoted ');
  });

  it('copies what is attached to the image before any tag names the image', async () => {
    const { built } = await buildAndTest();
    const { client, config } = project;
    const { descriptor } = await client.getManifest(built);
    const sbom = await pushArtifact(client, {
      repository: config.testImage,
      artifactType: 'application/spdx+json',
      subject: descriptor,
      layers: [{ mediaType: 'application/spdx+json', bytes: Buffer.from('{}') }],
    });
    const tag = `${built.digest.replace(':', '-')}.att`;
    const attestation = await pushSampleImage(client, config.testImage, { tag });
    const { data, text } = await run();
    // Evidence, SBOM and attestation.
    expect(data.attached).toBe(3);
    expect(text).toContain('3 attached');
    expect((await client.referrers(config.image, built.digest)).map(({ digest }) => digest)).toContain(
      sbom.digest,
    );
    expect(await client.resolve(atTag(config.image, tag))).toMatchObject({ digest: attestation.digest });
  });

  it('does nothing the second time, with few requests, and says so', async () => {
    await buildAndTest();
    await run();
    const before = await production();
    const { data, text } = await run();
    expect(data).toMatchObject({ changed: false, mounted: 0, copied: 0 });
    expect(text).toContain('is promoted already; nothing changed');
    // Absence is believed only if two answers agree, attachments are listed twice, and a fleet without a release is
    // asked for its artifact.
    expect(data.requests).toBeLessThan(30);
    expect(await production()).toEqual(before);
  });

  it('asks again for a tag that the registry lists, because another run may have set it in between', async () => {
    await buildAndTest();
    await run();
    const before = await production();
    const { client } = project;
    /** Answers that the fleet's tag does not exist, so often. */
    const forgetful = (times: number): RegistryClient => {
      let left = times;
      const resolve: RegistryClient['resolve'] = async (reference) => {
        const isTag = reference.kind === 'tag' && reference.tag === 'testing';
        if (!isTag || left === 0) return client.resolve(reference);
        left -= 1;
        return undefined;
      };
      return { ...client, resolve };
    };
    const promote = (times: number) =>
      promoteImage({ ...project, client: forgetful(times) }, { fleet: 'testing', now });
    expect(await promote(1)).toMatchObject({ changed: false });
    await expect(promote(2)).rejects.toThrow(
      /os:testing failed: the registry lists this tag, and then answers that it does not exist/,
    );
    expect(await production()).toEqual(before);
  });

  it.each([2, 4, 7, 8, 10, 12])('finishes what a crash at write %i left behind', async (crashAt) => {
    const { candidate, built } = await buildAndTest();
    let writes = 0;
    const dying = failingClient(project.client, () => {
      writes += 1;
      if (writes === crashAt) throw new Error('power cut');
    });
    const crashed = await promoteImage({ ...project, client: dying }, { fleet: 'testing', now }).then(
      () => false,
      () => true,
    );
    // Every tag that exists by now names a complete image with its evidence.
    for (const digest of Object.values(await production())) {
      expect(digest).toBe(built.digest);
      const evidence = await passingEvidence(
        project.client,
        atDigest(project.config.image, built.digest),
        candidate.testsTree,
        unsigned,
      );
      expect(evidence).toBeDefined();
    }
    const { data } = await run();
    expect(crashed).toBe(true);
    expect(data.changed).toBe(true);
    expect(Object.keys(await production()).sort()).toEqual([...data.tags].sort());
  });

  describe('refuses, and writes nothing,', () => {
    it('a fleet that does not exist', () =>
      expectRefusal(/no such fleet, found "testign".*Did you mean testing/, 'testign'));

    it('a commit without an image in the test registry', () =>
      expectRefusal(
        /os-test:key-[0-9a-f]{16}: the test registry has no image.*build-image and then coxswain boot-test/,
      ));

    it('an image that was never tested', async () => {
      await buildAndTest({ result: null });
      await expectRefusal(/no passing evidence: it was never boot-tested.*Run coxswain boot-test/);
    });

    it('an image whose test failed', async () => {
      await buildAndTest({ result: 'FAILED' });
      await expectRefusal(/no passing evidence: its boot test failed \(10-boots\.sh\)/);
    });

    it('an image that passed other tests than the commit has', async () => {
      const { built, candidate } = await buildAndTest();
      await commitFiles(project.git, { 'tests/20-more.sh': '#!/bin/sh\n' }, { time: time + 1 });
      const { git, config, client } = project;
      // The same inputs build the same image: only its evidence is out of date.
      expect((await readCandidate({ git, config, client })).key).toBe(candidate.key);
      await expectRefusal(/no passing evidence: it was tested with other tests/);
      await bootTest(await readCandidate({ git, config, client }), built, 'PASSED');
      expect((await run()).data.digest).toBe(built.digest);
    });

    it('an image that passed in another mode than the configuration asks for', async () => {
      const text = await project.git.run(['show', 'HEAD:coxswain.yaml']);
      const strict = text.replace('init: any', 'init: any, mode: ostree');
      await commitFiles(project.git, { 'coxswain.yaml': strict }, { time: time + 1 });
      await nextCommit(time + 2);
      const { candidate, built } = await buildAndTest({ mode: 'direct' });
      await expectRefusal(
        /no passing evidence: it was tested in the mode direct, and boot-test\.mode is ostree/,
      );
      await bootTest(candidate, built, 'PASSED', { mode: 'ostree' });
      expect((await run()).data.digest).toBe(built.digest);
    });

    it('an image whose update from what the fleet has today was not rehearsed, if there are tests for it', async () => {
      await commitFiles(project.git, { 'tests/before-upgrade/README.md': '' }, { time: time + 1 });
      const first = await buildAndTest();
      await run();
      await rollOut();
      await nextCommit(time + 2);
      await buildAndTest();
      // No tests of updates: nothing is asked for.
      await run();
      const test = { 'tests/before-upgrade/10-state.sh': '#!/bin/sh\n' };
      await commitFiles(project.git, test, { time: time + 3 });
      await nextCommit(time + 4);
      const { candidate, built } = await buildAndTest();
      const from = first.candidate.version;
      await expectRefusal(
        new RegExp(
          `update from ${from}, which fleet testing has now, was not rehearsed on x86_64, found "no rehearsal".*boot-test --fleet testing`,
        ),
      );
      const elsewhere = { from: '44.1-other', digest: digestOf('other'), result: 'PASSED' } as const;
      await bootTest(candidate, built, 'PASSED', { upgrades: [elsewhere], startedAt: now - 3000 });
      await expectRefusal(/was not rehearsed.*found "rehearsals from 44\.1-other"/);
      const rehearsed = { from, digest: first.built.digest, result: 'PASSED' } as const;
      await bootTest(candidate, built, 'PASSED', { upgrades: [elsewhere, rehearsed], startedAt: now - 2000 });
      expect((await run()).data.digest).toBe(built.digest);
      await rollOut();
      // A release that exists already needs no rehearsal.
      expect((await run()).data.changed).toBe(false);
    });

    it.each([
      [
        'com.coreos.stream',
        'next',
        /label com\.coreos\.stream: not what this commit builds, found "next", expected "stable"/,
      ],
      [
        'org.opencontainers.image.version',
        baseVersion,
        /label org\.opencontainers\.image\.version: not what/,
      ],
    ])('an image with another label %s', async (label, value, message) => {
      const { git, config, client } = project;
      const { version } = await readCandidate({ git, config, client });
      const labels = {
        'com.coreos.stream': 'stable',
        'org.opencontainers.image.version': version,
        [label]: value,
      };
      await buildAndTest({ sample: { labels } });
      await expectRefusal(message);
    });

    it('an image without a time of creation', async () => {
      await buildAndTest({ sample: { created: '1970-01-01T00:00:00Z' } });
      await expectRefusal(/created: the image has no creation time/);
    });

    it.each([0, -1])('an image not newer than the newest release (%i s later)', async (later) => {
      const { candidate } = await buildAndTest();
      await run();
      await rollOut();
      await nextCommit(time + later);
      await buildAndTest();
      await expectRefusal(new RegExp(`not newer than the newest release, ${candidate.version}: .*downgrade`));
    });

    it('a version that production has with another digest', async () => {
      const { candidate, built } = await buildAndTest();
      const { client, config } = project;
      const other = await pushSampleImage(client, config.image, { tag: candidate.version });
      await expectRefusal(
        new RegExp(`never re-pointed, found "${other.digest}", expected "?${built.digest}`),
      );
    });

    it('an image of another build whose key begins alike', async () => {
      const { git, config, client } = project;
      const candidate = await readCandidate({ git, config, client });
      const other = `${candidate.key.slice(0, 16)}${'0'.repeat(48)}`;
      // Its labels are right: only the whole key distinguishes it.
      await buildAndTest({ sample: { annotations: buildAnnotations({ ...candidate, key: other }) } });
      await expectRefusal(
        new RegExp(`the image is of another build, found "${other}", expected ${candidate.key}`),
      );
    });

    it('an image without a build key', async () => {
      await buildAndTest({ sample: { annotations: {} } });
      await expectRefusal(/the image has no build key/);
    });

    it("a commit that is not on the fleet's branch, whatever is checked out", async () => {
      await nextCommit(time + 60);
      await buildAndTest();
      const ahead = await project.git.run(['rev-parse', 'testing']);
      await expectRefusal(/^--commit: this commit is not on branch stable/, 'stable', ahead);
      await expectRefusal(/the test registry has no image for commit/, 'stable');
    });

    it('a commit that was overtaken before its rollout was recorded', async () => {
      await buildAndTest();
      await nextCommit(time + 60);
      const { built } = await buildAndTest();
      await run();
      const overtaken = await project.git.run(['rev-parse', 'testing~1']);
      await expectRefusal(
        /os:testing: created: fleet testing was promoted to an image that is as new or newer/,
        'testing',
        overtaken,
      );
      expect((await production()).testing).toBe(built.digest);
    });
  });

  describe('along the fleets', () => {
    it('promotes the same digest with no more than its tags', async () => {
      const { candidate, built } = await buildAndTest();
      await run();
      await rollOut();
      await project.git.run(['switch', '--quiet', 'stable']);
      const { data } = await run('stable');
      expect(data).toMatchObject({ digest: built.digest, mounted: 0, copied: 0, changed: false });
      expect(data.tags).toEqual([candidate.version, baseVersion, 'stable']);
    });

    it('leaves the stream tag to the fleet that has that tag', async () => {
      const first = await buildAndTest();
      await run();
      await rollOut();
      await nextCommit(time + 60);
      const second = await buildAndTest();
      const { data, text } = await run();
      expect(data.kept).toEqual(['stable']);
      expect(text).toMatch(/because a newer image or another fleet has them: stable/);
      expect(await production()).toMatchObject({
        stable: first.built.digest,
        testing: second.built.digest,
        [baseVersion]: second.built.digest,
      });
      await project.git.run(['switch', '--quiet', 'stable']);
      await project.git.run(['merge', '--quiet', '--ff-only', 'testing']);
      expect((await run('stable')).data).toMatchObject({
        changed: true,
        tags: expect.arrayContaining(['stable']),
      });
      expect((await production()).stable).toBe(second.built.digest);
    });

    it('gives the owner its stream tag, also for an older image than the one that it replaces', async () => {
      await nextCommit(time + 60);
      await buildAndTest();
      await run();
      await project.git.run(['switch', '--quiet', 'stable']);
      const older = await buildAndTest({ branch: 'stable' });
      const { data } = await run('stable');
      expect(data.kept).toEqual([baseVersion]);
      expect((await production()).stable).toBe(older.built.digest);
    });

    it('moves a stream tag that no fleet owns to the newest image of all fleets', async () => {
      project = await createProject(registry.host, { time, more: 'stream: next\n' });
      await publishBase(project, baseVersion);
      const first = await buildAndTest();
      await run();
      expect((await production()).next).toBe(first.built.digest);
      await nextCommit(time + 60);
      const second = await buildAndTest();
      await run();
      expect((await production()).next).toBe(second.built.digest);
      // The careful fleet comes later: it gets its own tag, and does not move the shared one.
      await project.git.run(['switch', '--quiet', 'stable']);
      const { data } = await run('stable');
      expect(data.kept).toEqual([baseVersion, 'next']);
      expect(await production()).toMatchObject({ next: second.built.digest, stable: first.built.digest });
    });

    it('adds the symbolic tag where the configuration asks for it', async () => {
      project = await createProject(registry.host, { time, more: 'symbolic-tags: true\n' });
      await publishBase(project, baseVersion);
      const { candidate, built } = await buildAndTest();
      const { data } = await run();
      expect(data.tags[1]).toBe(`${candidate.version}-testing`);
      expect((await production())[`${candidate.version}-testing`]).toBe(built.digest);
    });
  });
});

describe('missing evidence', () => {
  const accept = { reason: 'no  machine\nto test on', by: 'Ada' };

  it('is accepted for a reason, which is recorded with the release and the person', async () => {
    const { candidate, built } = await buildAndTest({ result: null });
    await expectRefusal(/--accept-missing-evidence/);
    const { data, text } = await run('testing', undefined, accept);
    expect(data.accepted).toEqual({ reason: 'no machine to test on', by: 'Ada' });
    expect(text).toContain('warning: no evidence of its tests: accepted by Ada: no machine to test on');
    expect((await production()).testing).toBe(built.digest);
    await rollOut();
    const record = (await project.state.readFleet('testing')).records[candidate.version];
    expect(record?.acceptedMissingEvidence).toEqual({ reason: 'no machine to test on', by: 'Ada' });
    expect(record?.images.map(({ evidence }) => evidence)).toEqual([undefined]);
  });

  it('need not be accepted twice, and the first reason stays', async () => {
    await buildAndTest({ result: null });
    await run('testing', undefined, accept);
    expect((await run()).data).toMatchObject({ changed: false, accepted: { by: 'Ada' } });
    const again = await run('testing', undefined, { reason: 'because', by: 'Bob' });
    expect(again.data).toMatchObject({ changed: false, accepted: { by: 'Ada' } });
  });

  it('is accepted for one fleet, and no other', async () => {
    await buildAndTest({ result: null });
    await run('testing', undefined, accept);
    await expectRefusal(/it was never boot-tested/, 'stable');
  });

  it('is never accepted if a test failed, of this commit or an earlier one', async () => {
    await buildAndTest({ result: 'FAILED' });
    await expect(run('testing', undefined, accept)).rejects.toThrow(/its boot test failed/);
    await commitFiles(project.git, { 'tests/10-boots.sh': '#!/bin/sh\ntrue\n' }, { time: time + 60 });
    await expect(run('testing', undefined, accept)).rejects.toThrow(/tested with other tests/);
  });

  it('is never accepted where the test of another architecture failed, whatever production has', async () => {
    // Production does not exist yet: this registry answers 404 to the list of referrers there.
    const withApi = await startReferrersRegistry(() => registry.host);
    try {
      project = await createProject(withApi.host, { time, more: 'architectures: [x86_64, aarch64]\n' });
      await publishBase(project, baseVersion);
      const { git, config, client } = project;
      const candidate = await readCandidate({ git, config, client, commit: 'testing' });
      const manifests: Descriptor[] = [];
      for (const architecture of ['x86_64', 'aarch64'] as const) {
        const platform = { architecture: goArchitecture(architecture), os: 'linux' };
        const image = await pushSampleImage(client, config.testImage, {
          architecture: platform.architecture,
          created: new Date(candidate.committedAt * 1000).toISOString(),
          labels: {
            'org.opencontainers.image.version': candidate.version,
            'com.coreos.stream': config.stream,
          },
          annotations: buildAnnotations(candidate),
        });
        manifests.push({ ...(await client.getManifest(image)).descriptor, platform });
      }
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
      const digest = await client.putManifest(
        config.testImage,
        candidate.tag,
        Buffer.from(JSON.stringify(index)),
        mediaTypes.ociIndex,
      );
      const built = atDigest(config.testImage, digest);
      await expectRefusal(/no passing evidence: it was never boot-tested/);
      await prove(project, candidate, built, 'FAILED', undefined, 'aarch64');
      await expect(run('testing', undefined, accept)).rejects.toThrow(/its boot test failed/);
      await expect(production()).resolves.toEqual({});
    } finally {
      await withApi.stop();
    }
  });

  it('counts for nothing once there is evidence', async () => {
    const { candidate, built } = await buildAndTest({ result: null });
    await run('testing', undefined, accept);
    await bootTest(candidate, built, 'PASSED');
    expect((await run()).data.accepted).toBeUndefined();
    await rollOut();
    const record = (await project.state.readFleet('testing')).records[candidate.version];
    expect(record?.acceptedMissingEvidence).toBeUndefined();
    expect(record?.images[0]?.evidence).toBeDefined();
  });
});

/** A client that reports every write before it is done. */
function failingClient(client: RegistryClient, beforeWrite: () => void): RegistryClient {
  const guarded =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      beforeWrite();
      return write(...args);
    };
  return {
    ...client,
    putManifest: guarded(client.putManifest),
    putReferrer: guarded(client.putReferrer),
    mountBlob: guarded(client.mountBlob),
    uploadBlob: guarded(client.uploadBlob),
  };
}
