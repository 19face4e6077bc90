import { beforeEach, describe, expect, it } from 'vitest';
import type { RolloutAnswer } from '../../src/loop/start-rollout/start-rollout.ts';
import { type Action, editState } from '../../src/release/operations/edit-fleet.ts';
import startRollout from '../../src/verbs/start-rollout.ts';
import { formatRepository } from '../../src/world/registry/reference.ts';
import { useMemory } from '../support/in-memory.ts';
import {
  contextAt,
  createProject,
  promote,
  promoteIndex,
  prove,
  publishBase,
  recordRelease,
  type TestProject,
} from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';
import { useUpstream } from '../support/upstream.ts';

useMemory();
const registry = useRegistry();
const upstream = useUpstream();
const now = 1_785_000_000;
const hour = 3600;
const time = now - 10 * hour;

let project: TestProject;
let cache: string;

beforeEach(async () => {
  cache = await temporaryFolder();
  project = await createProject(registry.host, {
    time,
    more: 'publish: { url: "https://acme.example.com/os" }\n',
  });
  await publishBase(project, '44.20260621.3.1');
});

async function run(
  options: {
    readonly fleet?: string;
    readonly commit?: string;
    readonly at?: number;
    readonly accept?: readonly string[];
    readonly exception?: string;
  } = {},
): Promise<{ data: RolloutAnswer; text: string }> {
  const { fleet = 'testing', commit, at = now, accept = [], exception } = options;
  const inputs = {
    directory: project.git.directory,
    fleet,
    commit,
    'freeze-exception': exception,
    'accept-upstream': accept,
    'first-release': true,
  };
  const { data, text } = await startRollout.run(inputs, { ...contextAt(at), env: { XDG_CACHE_HOME: cache } });
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

describe('a freeze of a fleet that is promoted from no other', () => {
  const thaw = Date.parse('2026-07-26T00:00:00Z') / 1000;
  beforeEach(async () => {
    project = await createProject(registry.host, {
      time,
      more: 'freeze: [{ start: 2026-07-25, until: 2026-07-26, reason: summer fair }]\n',
    });
    await publishBase(project, '44.20260621.3.1');
    await promote(project, 'testing');
  });

  it('keeps its releases out until it ends, and an exception with a reason lets one in', async () => {
    await expect(run()).rejects.toThrow(
      'fleet testing: the fleet is frozen: summer fair, until 2026-07-26T00:00:00Z',
    );
    await expect(run({ exception: ' ' })).rejects.toThrow('the fleet is frozen');
    expect(await stateTip()).toBeUndefined();
    expect((await run({ at: thaw })).data.changed).toBe(true);
    // A release that the fleet already has is not subject to a freeze.
    expect((await run()).data.changed).toBe(false);
    await nextRelease(time + 1);
    await expect(run()).rejects.toThrow('the fleet is frozen');
    expect((await run({ exception: 'CVE-2026-1' })).data.changed).toBe(true);
  });

  it('accepts once what a pull request with a reason in its label brought', async () => {
    const { forge, git } = project;
    const head = 'coxswain-base-testing';
    const merge = async (labels: readonly string[], content: string) => {
      await git.run(['switch', '--quiet', '--force-create', head, 'testing']);
      await commitFiles(git, { 'etc/motd': content }, { time: time + content.length });
      // The forge moves testing, so it must not be checked out.
      await git.run(['switch', '--quiet', 'stable']);
      const request = await forge.pullRequests.open({
        head,
        base: 'testing',
        title: 'Base',
        body: '',
        ready: true,
        labels: ['coxswain', ...labels],
      });
      await forge.pullRequests.merge(request.number, { head: await git.run(['rev-parse', head]) });
      await git.run(['switch', '--quiet', 'testing']);
      await promote(project, 'testing');
    };
    await merge(['freeze-exception: CVE-2026-1'], 'a');
    expect((await run()).data.changed).toBe(true);
    await nextRelease(time + 50);
    await expect(run()).rejects.toThrow('the fleet is frozen');
    await merge(['freeze-exception'], 'abc');
    await expect(run()).rejects.toThrow('the fleet is frozen');
  });
});

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
    expect(text).toContain(`testing: ${version} is a release now`);
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

  it('gives a template all its variables', async () => {
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

  describe('into a fleet that operators steer', () => {
    const steer = (action: Action) =>
      project.state.changeFleet(
        'testing',
        'Steer',
        (state) => editState(state, { fleet: 'testing', by: 'Ada', now }, action).state,
      );

    it('is refused while the fleet is held, and says by whom', async () => {
      await promote(project, 'testing');
      await steer({ kind: 'hold', reason: 'freeze', duration: hour });
      await expect(run()).rejects.toThrow(
        'the fleet is held, so nothing is promoted into it: freeze (by Ada',
      );
      expect((await project.state.readFleet('testing')).releases.releases).toEqual([]);
      expect((await run({ at: now + hour })).data.changed).toBe(true);
    });

    it('is refused if a hold file names no fleet, and says which was meant', async () => {
      await commitFiles(project.git, { '.coxswain/hold/testin.yaml': 'reason: x\n' }, { time });
      await promote(project, 'testing');
      await expect(run()).rejects.toThrow('Did you mean testing.yaml?');
      expect(await stateTip()).toBeUndefined();
    });

    it('keeps what is paused, and is refused if that is a barrier', async () => {
      await promote(project, 'testing');
      const { version } = (await run()).data;
      await steer({ kind: 'pause', reason: 'x' });
      await nextRelease(time + 1);
      expect((await run({ at: now + 1 })).data.changed).toBe(true);
      expect((await project.state.readFleet('testing')).operations.paused).toMatchObject([{ version }]);
      await steer({ kind: 'barrier', version: (await run()).data.version, reason: 'keys' });
      await steer({ kind: 'pause', reason: 'x' });
      await nextRelease(time + 2);
      await expect(run({ at: now + 2 })).rejects.toThrow(
        'is paused (x; by Ada), and nodes would go around it',
      );
    });
  });

  describe('with update guidance of the base', () => {
    const [old, barrier, newest] = ['44.20260621.3.1', '44.20260707.3.1', '44.20260720.3.0'];
    const keys = { reason: 'https://example.com/keys' };
    const complete = { rollout: { start_percentage: 1 } };

    beforeEach(async () => {
      upstream.say([old, barrier, newest], { [barrier]: { barrier: keys }, [newest]: complete });
      project = await createProject(registry.host, { time, more: upstream.yaml });
    });

    /** Promotes a build on a base. */
    async function on(base: string, at: number) {
      await publishBase(project, base);
      return nextRelease(at);
    }

    async function barriers(fleet = 'testing') {
      const { updates } = await project.state.readFleet(fleet);
      return updates.releases
        .filter(({ metadata }) => metadata.barrier !== undefined)
        .map(({ version, metadata }) => `${version.split('-')[0]} ${metadata.barrier?.reason}`);
    }

    it('makes a release on a barrier of the base a barrier, for the same reason', async () => {
      await on(old, time);
      await run();
      await on(barrier, time + 1);
      const { data, text } = await run({ at: now + 1 });
      expect(data.inherited).toEqual([{ version: data.version, base: barrier, reason: keys.reason }]);
      expect(text).toContain('barrier: older releases must pass through this one (https://example.com/keys)');
      expect(await barriers()).toEqual([`${barrier} ${keys.reason}`]);
      expect(await project.git.run(['log', '-1', '--format=%B', 'coxswain'])).toContain(
        `Barrier: ${data.version}, as upstream's ${barrier} (${keys.reason})`,
      );
      expect((await run({ at: now + 2 })).data).toMatchObject({ changed: false });
      await on(newest, time + 2);
      expect((await run({ at: now + 3 })).data).toMatchObject({ changed: true, inherited: [] });
    });

    it('gives a template the barriers that are crossed, so that such rollouts can take longer', async () => {
      await commitFiles(
        project.git,
        {
          'rollouts/testing.json.hbs':
            `{"version": "{{version}}", "metadata": {"rollout": { "start_epoch": {{now}}, "duration_minutes":
            {{#if barriersCrossed}}{{minutes "72h"}}{{else}}{{minutes "24h"}}{{/if}} }}}`.replace(
              '}}}',
              '} } }',
            ),
        },
        { time },
      );
      const minutes = async (base: string, at: number) => {
        await on(base, time + at);
        return (await run({ at: now + at })).data.entry?.metadata.rollout?.duration_minutes;
      };
      expect([await minutes(old, 1), await minutes(barrier, 2), await minutes(newest, 3)]).toEqual([
        1440, 4320, 1440,
      ]);
    });

    it('refuses to skip a barrier, and says what to build', async () => {
      await on(old, time);
      await run();
      await on(newest, time + 1);
      const before = await stateTip();
      const refusal = run({ at: now + 1 });
      await expect(refusal).rejects.toThrow(`you need a release on base ${barrier} before ${newest}-`);
      await expect(refusal).rejects.toThrow(`coxswain watch-base --base-version ${barrier}`);
      expect(await stateTip()).toBe(before);
      // The release that it asks for is accepted, and then the refused one too.
      await on(barrier, time + 2);
      expect((await run({ at: now + 2 })).data.changed).toBe(true);
      await on(newest, time + 3);
      expect((await run({ at: now + 3 })).data.changed).toBe(true);
    });

    it('names the release of the fleet before that has to be promoted first', async () => {
      await on(old, time);
      await run();
      await run({ fleet: 'stable' }).catch(() => undefined);
      await recordRelease(project, 'stable', { version: `${old}-00000000`, time: time - hour });
      await on(barrier, time + 1);
      const { version } = (await run({ at: now + 1 })).data;
      await on(newest, time + 2);
      await run({ at: now + 2 });
      await project.git.run(['switch', '--quiet', 'stable']);
      await project.git.run(['merge', '--quiet', '--no-ff', '-m', 'Merge', 'testing']);
      await expect(run({ fleet: 'stable', at: now + 3 })).rejects.toThrow(
        `Fleet testing has ${version} on it: promote that first`,
      );
    });

    it('adds a barrier that upstream announced late', async () => {
      upstream.say([old, barrier, newest], { [newest]: complete });
      await on(old, time);
      await run();
      await on(barrier, time + 1);
      const late = (await run({ at: now + 1 })).data;
      expect(late.inherited).toEqual([]);
      upstream.say([old, barrier, newest], { [barrier]: { barrier: keys }, [newest]: complete });
      await on(newest, time + 2);
      const { data, text } = await run({ at: now + 2 });
      expect(data.inherited).toMatchObject([{ version: late.version, base: barrier }]);
      expect(text).toContain(`${late.version} is a barrier now`);
      expect(await barriers()).toEqual([`${barrier} ${keys.reason}`]);
    });

    it.each([
      ['paused', [old, newest], { [old]: complete }],
      ['deadend', [old, newest], { [newest]: { ...complete, deadend: { reason: 'lost' } } }],
      ['unlisted', [old], { [old]: complete }],
    ])('refuses a base that upstream has %s, unless asked to', async (doubt, order, updates) => {
      upstream.say(order, updates);
      await on(newest, time);
      await expect(run()).rejects.toThrow(`continue anyway with --accept-upstream ${doubt}`);
      expect(await stateTip()).toBeUndefined();
      expect((await run({ accept: [doubt] })).data.changed).toBe(true);
      await expect(run({ accept: ['all'] })).rejects.toThrow('--accept-upstream takes');
    });

    it('releases nothing while upstream cannot be read', async () => {
      await on(old, time);
      upstream.misbehave((_, response) => response.writeHead(404).end());
      await expect(run()).rejects.toThrow('the server answered 404');
      expect(await stateTip()).toBeUndefined();
    });
  });
});
