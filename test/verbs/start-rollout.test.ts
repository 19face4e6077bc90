import { beforeEach, describe, expect, it } from 'vitest';
import { formatRepository } from '../../src/registry/reference.ts';
import type { RolloutAnswer } from '../../src/rollout/start-rollout.ts';
import startRollout from '../../src/verbs/start-rollout.ts';
import {
  contextAt,
  createProject,
  promote,
  promoteIndex,
  prove,
  publishBase,
  type TestProject,
} from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const hour = 3600;
const time = now - 10 * hour;

let project: TestProject;

beforeEach(async () => {
  project = await createProject(registry.host, {
    time,
    more: 'publish: { url: "https://acme.example.com/os" }\n',
  });
  await publishBase(project, '44.20260621.3.1');
});

async function run(
  options: { readonly fleet?: string; readonly commit?: string; readonly at?: number } = {},
): Promise<{ data: RolloutAnswer; text: string }> {
  const { fleet = 'testing', commit, at = now } = options;
  const inputs = { directory: project.git.directory, fleet, commit };
  const { data, text } = await startRollout.run(inputs, contextAt(at));
  return { data: data as RolloutAnswer, text };
}

function stateTip(): Promise<string | undefined> {
  return project.git.try(['rev-parse', '--verify', '--quiet', 'coxswain']);
}

/** One more commit on testing, promoted. */
async function nextRelease(at: number): Promise<ReturnType<typeof promote>> {
  await commitFiles(project.git, { 'etc/motd': `${at}\n` }, { time: at });
  return promote(project, 'testing');
}

describe('start-rollout', () => {
  it('adds release, rollout and record in one commit on the state branch', async () => {
    const { candidate, image } = await promote(project, 'testing');
    const { data, text } = await run();
    const { version } = candidate;
    expect(data).toMatchObject({
      fleet: 'testing',
      version,
      changed: true,
      digests: { x86_64: image.digest },
    });
    expect(await project.git.run(['rev-list', '--count', 'coxswain'])).toBe('1');

    const state = await project.state.readFleet('testing');
    const name = `${registry.host}/${project.config.image.path}`;
    expect(state.releases.releases).toEqual([
      {
        version,
        metadata: `https://acme.example.com/os/testing/builds/${version}/release.json`,
        'oci-images': [
          { architecture: 'x86_64', image: `${name}:stable`, 'digest-ref': `${name}@${image.digest}` },
        ],
      },
    ]);
    expect(state.updates.releases).toEqual([
      {
        version,
        metadata: { rollout: { start_epoch: now, start_percentage: 0, duration_minutes: 24 * 60 } },
      },
    ]);
    expect(state.records[version]).toMatchObject({
      commit: candidate.commit,
      buildKey: candidate.key,
      baseVersion: '44.20260621.3.1',
      created: new Date(time * 1000).toISOString(),
      recordedAt: now,
      images: [{ image: `${name}:${version}`, digestRef: `${name}@${image.digest}` }],
    });
    expect(text).toContain(`${version} is a release of fleet testing now`);
    expect(text).toContain('starts: 2026-07-25T17:20:00Z (now)');
    expect(text).toContain('complete: 2026-07-26T17:20:00Z (in 1 d)');
  });

  it('records the manifest of each architecture, not the index over them', async () => {
    project = await createProject(registry.host, { time, more: 'architectures: [x86_64, aarch64]\n' });
    await publishBase(project, '44.20260621.3.1');
    const { candidate, images, index } = await promoteIndex(project, 'testing');
    const { data } = await run();
    expect(data.digests).toEqual(images);
    expect(Object.values(images)).not.toContain(index);
    const { releases, records } = await project.state.readFleet('testing');
    expect(releases.releases[0]?.['oci-index']).toBe(`${formatRepository(project.config.image)}@${index}`);
    expect(releases.releases[0]?.['oci-images']?.map((image) => image['digest-ref'].split('@')[1])).toEqual(
      Object.values(images),
    );
    expect(records[candidate.version]?.images).toMatchObject([
      { architecture: 'x86_64', evidence: expect.stringMatching(/^sha256:/) },
      { architecture: 'aarch64', evidence: expect.stringMatching(/^sha256:/) },
    ]);
  });

  it('changes nothing the second time, although the template now says another time', async () => {
    await promote(project, 'testing');
    await run();
    const before = await stateTip();
    const { data, text } = await run({ at: now + hour });
    expect(data).toMatchObject({ changed: false, stateCommit: before });
    expect(text).toContain('already; nothing changed');
    expect(await stateTip()).toBe(before);
  });

  it('takes the template from the commit, not from the work tree', async () => {
    await promote(project, 'testing');
    await project.git.run(['switch', '--quiet', 'stable']);
    await project.git.run(['rm', '--quiet', 'rollouts/testing.json.hbs']);
    expect((await run()).data.changed).toBe(true);
  });

  it('gives a template all it may want to know', async () => {
    await promote(project, 'testing');
    const first = (await run()).data.version;
    await commitFiles(
      project.git,
      {
        'rollouts/testing.json.hbs': `{"version": "{{version}}", "metadata": {"barrier": {"reason":
          "{{previousVersion}} {{baseVersion}} {{fleet}} {{stream}} {{image}} {{digests.x86_64}} {{now}}"}}}`,
      },
      { time: time + 1 },
    );
    const { image } = await nextRelease(time + 2);
    const { data } = await run({ at: now + 5 });
    expect(data.entry?.metadata.barrier?.reason).toBe(
      `${first} 44.20260621.3.1 testing stable ${registry.host}/${project.config.image.path} ${image.digest} ${now + 5}`,
    );
  });

  it('releases the same digest to the next fleet, and says where it came from', async () => {
    const { candidate, image } = await promote(project, 'testing');
    await run();
    const { data } = await run({ fleet: 'stable', at: now + 60 * hour });
    expect(data).toMatchObject({
      version: candidate.version,
      changed: true,
      digests: { x86_64: image.digest },
    });
    const { records, updates } = await project.state.readFleet('stable');
    expect(records[candidate.version]).toMatchObject({ fleet: 'stable', promotedFrom: 'testing' });
    // The fleet's own template: an hour later.
    expect(updates.releases[0]?.metadata.rollout?.start_epoch).toBe(now + 61 * hour);
  });

  it('appends: the first release stays the first', async () => {
    await promote(project, 'testing');
    const first = (await run()).data.version;
    await nextRelease(time + 1);
    const second = (await run({ at: now + 1 })).data.version;
    const { releases } = await project.state.readFleet('testing');
    expect(releases.releases.map((release) => release.version)).toEqual([first, second]);
  });

  it('releases an older commit of the branch when asked to', async () => {
    await promote(project, 'testing');
    const commit = await project.git.run(['rev-parse', 'testing']);
    await commitFiles(project.git, { 'etc/motd': 'x\n' }, { time: time + 1 });
    expect((await run({ commit })).data).toMatchObject({ commit, changed: true });
    const foreign = await project.forge.branches.commit({
      branch: 'other',
      parent: undefined,
      from: commit,
      changes: [{ path: 'a', content: 'a' }],
      message: 'x',
    });
    await expect(run({ commit: foreign })).rejects.toThrow('--commit: this commit is not on branch testing');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['it was not promoted', async () => undefined, 'coxswain promote-image --fleet testing'],
    ['it has no evidence', () => promote(project, 'testing', { result: null }), 'it was never boot-tested'],
    ['its tests failed', () => promote(project, 'testing', { result: 'FAILED' }), 'its boot test failed'],
    [
      'a later test failed',
      async () => {
        const { candidate, image } = await promote(project, 'testing');
        await prove(project, candidate, image, 'FAILED', 1_784_000_100);
      },
      'its boot test failed',
    ],
    [
      'its version label is inherited from the base',
      () =>
        promote(project, 'testing', {
          labels: { 'org.opencontainers.image.version': '44.20260621.3.1', 'com.coreos.stream': 'stable' },
        }),
      'label org.opencontainers.image.version: not what this commit builds, found "44.20260621.3.1", expected "44.20260621.3.1-',
    ],
    ['its time is zero', () => promote(project, 'testing', { created: '1970-01-01T00:00:00Z' }), 'created'],
    [
      'the template is broken',
      async () => {
        await commitFiles(
          project.git,
          { 'rollouts/testing.json.hbs': '{"version": "{{verison}}"}' },
          { time },
        );
        await promote(project, 'testing');
      },
      'rollouts/testing.json.hbs (commit',
    ],
    [
      'the template is missing',
      async () => {
        await commitFiles(project.git, { 'rollouts/testing.json.hbs': null }, { time });
        await promote(project, 'testing');
      },
      'fleets.testing.template: this commit has no such file',
    ],
  ])('refuses, and writes nothing, when %s', async (_name, prepare, message) => {
    await prepare();
    await expect(run()).rejects.toThrow(message);
    expect(await stateTip()).toBeUndefined();
  });

  it.each([
    ['older than', time - 1],
    ['as old as', time],
  ])('refuses an image that is %s the release before it', async (_name, at) => {
    await promote(project, 'testing');
    await run();
    const before = await stateTip();
    await nextRelease(at);
    await expect(run()).rejects.toThrow('rpm-ostree on the nodes would refuse it as a downgrade');
    expect(await stateTip()).toBe(before);
  });

  it('knows its fleets', async () => {
    await expect(run({ fleet: 'testin' })).rejects.toThrow('Did you mean testing?');
  });

  it('adds one release when it runs twice at once', async () => {
    await promote(project, 'testing');
    const both = await Promise.all([run(), run({ at: now + 1 })]);
    expect(both.filter(({ data }) => data.changed)).toHaveLength(1);
    expect((await project.state.readFleet('testing')).releases.releases).toHaveLength(1);
    expect(await project.git.run(['rev-list', '--count', 'coxswain'])).toBe('1');
  });

  it('loses neither release when two fleets start at once', async () => {
    await promote(project, 'testing');
    await Promise.all([run(), run({ fleet: 'stable' })]);
    for (const fleet of ['testing', 'stable']) {
      expect((await project.state.readFleet(fleet)).releases.releases).toHaveLength(1);
    }
  });
});
