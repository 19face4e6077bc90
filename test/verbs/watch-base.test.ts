import { beforeEach, describe, expect, it } from 'vitest';
import { type BaseAnswer, watchBase as look } from '../../src/loop/watch-base/watch-base.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import type { Doubt } from '../../src/release/upstream/upstream-state.ts';
import watchBase from '../../src/verbs/watch-base.ts';
import { pullRequestsRef } from '../../src/world/forge/git/pull-requests.ts';
import type { Package } from '../../src/world/packages/package.ts';
import { pushPackages } from '../../src/world/packages/recorded.ts';
import { mediaTypes } from '../../src/world/registry/manifest.ts';
import type { Digest, Repository } from '../../src/world/registry/reference.ts';
import {
  contextAt,
  createProject,
  publishBase,
  recordRelease,
  type TestProject,
} from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';
import { aPackage } from '../support/rpm.ts';
import { useUpstream } from '../support/upstream.ts';

const registry = useRegistry();
const upstream = useUpstream();
const now = 1_785_000_000;
const day = 86_400;
const head = 'coxswain-base-testing';

let project: TestProject;
let cache: string;

beforeEach(async () => {
  project = await createProject(registry.host);
  cache = await temporaryFolder();
});

async function run(
  at = now,
  options: { readonly version?: string; readonly accept?: readonly string[]; readonly again?: boolean } = {},
): Promise<BaseAnswer> {
  const inputs = {
    directory: project.git.directory,
    'base-version': options.version,
    'accept-upstream': options.accept ?? [],
    'propose-again': options.again ?? false,
    'first-release': false,
  };
  const { data } = await watchBase.run(inputs, { ...contextAt(at), env: { XDG_CACHE_HOME: cache } });
  return data as BaseAnswer;
}

function show(place: string): Promise<string> {
  return project.git.run(['show', place]);
}

/** Everything that a verb could have changed. */
function refs(): Promise<string> {
  return project.git.run(['for-each-ref', '--format=%(refname) %(objectname)']);
}

function merge(): Promise<string> {
  return project.git.run(['merge', '--quiet', '--no-ff', '-m', 'Merge', head]);
}

/** Pins the base by the verb itself, and merges that. */
async function pinned(version: string): Promise<string> {
  const digest = await publishBase(project, version);
  await run();
  await merge();
  return digest;
}

/** Makes the state branch say that testing's newest build is from a certain time. */
function release(time: number): Promise<void> {
  return recordRelease(project, 'testing', { version: `1-${time}`, time });
}

/** Pushes an index over amd64 and arm64, and points the base's tag at it. @param arm what the arm64 image holds */
async function publishIndex(version: string, { arm }: { readonly arm: string }): Promise<Digest> {
  const { client, base } = project;
  const labels = { 'org.opencontainers.image.version': version, 'com.coreos.stream': 'stable' };
  const manifests = [];
  for (const [architecture, more] of [
    ['amd64', {}],
    ['arm64', { 'org.example.content': arm }],
  ] as const) {
    const image = await pushSampleImage(client, base, {
      architecture,
      created: '2026-07-07T12:00:00Z',
      layers: [Buffer.from(architecture)],
      labels: { ...labels, ...more },
    });
    const { descriptor } = await client.getManifest(image);
    manifests.push({ ...descriptor, platform: { architecture, os: 'linux' } });
  }
  const text = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
  return client.putManifest(base, 'stable', Buffer.from(text), mediaTypes.ociIndex);
}

describe('watch-base', () => {
  it('pins a base that is not pinned, under its version tag, in one pull request', async () => {
    const digest = await publishBase(project, '44.20260621.3.1');
    const answer = await run();
    expect(answer).toMatchObject({
      moved: true,
      base: { to: digest, toVersion: '44.20260621.3.1' },
      pullRequest: 1,
      action: 'opened',
    });
    expect(answer.base.from).toBeUndefined();
    const name = `${registry.host}/${project.base.path}`;
    expect(await show(`${head}:Containerfile`)).toBe(`FROM ${name}:44.20260621.3.1@${digest}\nRUN true`);
    expect(await project.git.run(['rev-list', '--count', `testing..${head}`])).toBe('1');
    expect(await project.git.run(['diff', '--name-only', 'testing', head])).toBe('Containerfile');
    expect(await project.git.run(['status', '--porcelain'])).toBe('');
    const [request] = await project.forge.pullRequests.list();
    expect(request).toMatchObject({
      title: 'Pin base image 44.20260621.3.1 (stream stable)',
      base: 'testing',
      ready: true,
    });
  });

  it('explains a move in FCOS terms', async () => {
    const from = await pinned('44.20260621.3.1');
    const to = await publishBase(project, '44.20260707.3.1', { created: '2026-07-08T09:00:00Z' });
    expect(await run()).toMatchObject({
      moved: true,
      base: { from, to, fromVersion: '44.20260621.3.1', toVersion: '44.20260707.3.1' },
      action: 'opened',
      pullRequest: 2,
    });
    const request = await project.forge.pullRequests.find({ head, base: 'testing' });
    expect(request?.title).toBe('Base image 44.20260621.3.1 → 44.20260707.3.1 (stream stable)');
    for (const part of [
      from,
      to,
      'Of the base, a node downloads 0.0 MB in 2 of 2 layers',
      '44.20260621.3.1',
      '2026-07-08T09:00:00Z',
      'Fleet `stable`',
      '2 d after',
    ]) {
      expect(request?.body).toContain(part);
    }
  });

  it('changes nothing when it is run again, and asks the registry once when the base has not moved', async () => {
    await publishBase(project, '44.20260621.3.1');
    await run();
    const before = await refs();
    expect(await run(now + day)).toMatchObject({ action: 'unchanged', pullRequest: 1 });
    expect(await refs()).toBe(before);
    await merge();
    const requests = project.client.counters.requests;
    await look(project, { now });
    expect(project.client.counters.requests - requests).toBe(1);
    expect(await run()).toMatchObject({
      moved: false,
      action: 'none',
      base: { fromVersion: '44.20260621.3.1', toVersion: '44.20260621.3.1' },
    });
  });

  it('updates the one pull request when the base moves again before the merge', async () => {
    await pinned('44.20260621.3.1');
    await publishBase(project, '44.20260707.3.1');
    await run();
    const to = await publishBase(project, '44.20260720.3.0');
    expect(await run()).toMatchObject({ action: 'updated', pullRequest: 2, base: { to } });
    expect(await project.git.run(['rev-list', '--count', `testing..${head}`])).toBe('1');
    expect(await project.forge.pullRequests.list({ state: 'open' })).toMatchObject([
      { number: 2, title: expect.stringContaining('44.20260720.3.0') },
    ]);
  });

  it('rebuilds its branch when the fleet’s branch moves', async () => {
    await publishBase(project, '44.20260621.3.1');
    await run();
    const tip = await commitFiles(project.git, { 'tests/20-more.sh': 'x\n' });
    expect(await run()).toMatchObject({ action: 'updated', pullRequest: 1 });
    expect(await project.git.run(['rev-parse', `${head}^`])).toBe(tip);
    expect(await run()).toMatchObject({ action: 'unchanged' });
  });

  it('keeps commits that people added to its branch', async () => {
    await publishBase(project, '44.20260621.3.1');
    await run();
    const added = await project.forge.branches.commit({
      branch: head,
      parent: await project.forge.branches.resolve(head),
      changes: [{ path: 'fix.txt', content: 'for the new base\n' }],
      message: 'Fix',
    });
    await commitFiles(project.git, { 'other.txt': 'x\n' });
    expect(await run()).toMatchObject({ action: 'unchanged' });
    const to = await publishBase(project, '44.20260707.3.1');
    expect(await run()).toMatchObject({ action: 'updated', pullRequest: 1 });
    expect(await project.git.run(['rev-parse', `${head}^`])).toBe(added);
    expect(await show(`${head}:Containerfile`)).toContain(to);
    expect(await show(`${head}:fix.txt`)).toBe('for the new base');
  });

  it('closes its pull request when the base moves back', async () => {
    const first = await pinned('44.20260621.3.1');
    await publishBase(project, '44.20260707.3.1');
    await run();
    const { bytes, descriptor } = await project.client.getManifest({
      kind: 'digest',
      repository: project.base,
      digest: first as `sha256:${string}`,
    });
    await project.client.putManifest(project.base, 'stable', bytes, descriptor.mediaType);
    expect(await run()).toMatchObject({ moved: false, action: 'closed', pullRequest: 2 });
    const [, closed] = await project.forge.pullRequests.list();
    expect(closed).toMatchObject({ state: 'closed', comments: [{ key: 'closed' }] });
    expect(await run()).toMatchObject({ action: 'none' });
    expect((await run()).pullRequest).toBeUndefined();
  });

  describe('when a person has closed its pull request', () => {
    const close = (number: number) => project.forge.pullRequests.update(number, { state: 'closed' });

    beforeEach(async () => {
      await pinned('44.20260621.3.1');
      await publishBase(project, '44.20260707.3.1');
      await run();
      await close(2);
    });

    it('leaves it closed, and its branch alone, until the base moves on', async () => {
      await commitFiles(project.git, { 'other.txt': 'x\n' });
      const before = await refs();
      expect(await run()).toMatchObject({ moved: true, action: 'declined', pullRequest: 2 });
      expect(await refs()).toBe(before);
      await publishBase(project, '44.20260720.3.0');
      expect(await run()).toMatchObject({ action: 'opened', pullRequest: 3 });
    });

    it('proposes it once more if asked to, and lets it be closed once more', async () => {
      expect(await run(now, { again: true })).toMatchObject({ action: 'opened', pullRequest: 3 });
      expect(await run()).toMatchObject({ action: 'unchanged', pullRequest: 3 });
      await close(3);
      expect(await run()).toMatchObject({ action: 'declined', pullRequest: 3 });
    });

    it('treats a deleted branch in the same way', async () => {
      await run(now, { again: true });
      await project.git.run(['branch', '--quiet', '-D', head]);
      expect(await run()).toMatchObject({ action: 'declined', pullRequest: 3 });
      expect(await project.git.try(['rev-parse', '--verify', '--quiet', head])).toBeUndefined();
    });

    it('says so to people', async () => {
      const inputs = {
        directory: project.git.directory,
        'base-version': undefined,
        'accept-upstream': [],
        'propose-again': false,
        'first-release': false,
      };
      const { text, summary } = await watchBase.run(inputs, contextAt(now));
      expect(text).toContain('pull request #2 declined');
      for (const words of [text, summary]) expect(words).toContain('stays closed until the base moves on');
    });
  });

  it('has nothing to do when somebody pinned the new base elsewhere', async () => {
    await publishBase(project, '44.20260621.3.1');
    await run();
    await commitFiles(project.git, { Containerfile: `${await show(`${head}:Containerfile`)}\n` });
    expect(await run()).toMatchObject({ moved: false, action: 'none' });
    expect(await project.forge.pullRequests.list()).toMatchObject([{ state: 'merged' }]);
  });

  it.each([
    ['there is none', { versionTag: false }, ':stable@'],
    ['the version names another build', {}, ':stable@'],
  ])('keeps the stream tag in the pin when %s for the version tag', async (name, options, expected) => {
    if (name !== 'there is none') await publishBase(project, '44.20260621.3.1');
    const digest = await publishBase(project, '44.20260621.3.1', { ...options, versionTag: false });
    await run();
    expect(await show(`${head}:Containerfile`)).toContain(`${expected}${digest}`);
  });

  it('still proposes the new base when the registry has pruned the old one', async () => {
    const from = await pinned('44.20260621.3.1');
    await publishBase(project, '44.20260707.3.1');
    const name = `http://${registry.host}/v2/${project.base.path}/manifests/${from}`;
    expect((await fetch(name, { method: 'DELETE' })).status).toBe(202);
    expect(await run()).toMatchObject({ action: 'opened', base: { from, fromVersion: '44.20260621.3.1' } });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a base tag that does not exist',
      async () => undefined,
      'base: the registry answers, and has no such tag',
    ],
    [
      'a base without a version',
      () => publishBase(project, 'x', { versionTag: false, labels: {} }),
      'org.opencontainers.image.version: the base image has no such label',
    ],
    [
      'a branch without a Containerfile',
      async () => {
        await publishBase(project, '1');
        await commitFiles(project.git, { Containerfile: null });
      },
      'branch testing has no such file',
    ],
    [
      'a fleet without a branch',
      async () => {
        await publishBase(project, '1');
        await project.git.run(['switch', '--quiet', 'stable']);
        await project.git.run(['branch', '--quiet', '-D', 'testing']);
      },
      'fleets.testing.branch: this repository has no such branch',
    ],
  ])('says what is wrong and changes nothing: %s', async (_name, prepare, message) => {
    await prepare();
    const before = await refs();
    await expect(run()).rejects.toThrow(message);
    expect(await refs()).toBe(before);
  });

  it.each([
    ['before its pull request was opened', [pullRequestsRef]],
    ['before anything was written', [pullRequestsRef, `refs/heads/${head}`]],
  ])('finishes what a run began that was killed %s', async (_name, lost) => {
    await publishBase(project, '44.20260621.3.1');
    await run();
    for (const ref of lost) await project.git.run(['update-ref', '-d', ref]);
    expect(await run()).toMatchObject({ action: 'opened', pullRequest: 1 });
    expect(await run()).toMatchObject({ action: 'unchanged', pullRequest: 1 });
  });

  it('opens no pull request when only another architecture of the index changed', async () => {
    const first = await publishIndex('44.20260621.3.1', { arm: 'one' });
    await run();
    await merge();
    const second = await publishIndex('44.20260621.3.1', { arm: 'two' });
    expect(second).not.toBe(first);
    expect(await run()).toMatchObject({ moved: false, action: 'none', otherArchitectures: true });
    expect(await project.forge.pullRequests.list({ state: 'open' })).toEqual([]);
    await publishIndex('44.20260707.3.1', { arm: 'two' });
    expect(await run()).toMatchObject({ moved: true, action: 'opened' });
  });

  it('opens one pull request when it runs twice at once', async () => {
    await publishBase(project, '44.20260621.3.1');
    await Promise.all([run(), run(), run()]);
    expect(await project.forge.pullRequests.list()).toHaveLength(1);
    expect(await project.git.run(['rev-list', '--count', `testing..${head}`])).toBe('1');
    expect(await run()).toMatchObject({ action: 'unchanged' });
  });

  describe('when the newest build is old', () => {
    const builtAt = now - 8 * day;

    beforeEach(async () => {
      await pinned('44.20260621.3.1');
      await release(builtAt);
    });

    it('proposes a rebuild by a date in a file, once', async () => {
      expect(await run()).toMatchObject({ moved: false, action: 'opened', pullRequest: 2 });
      expect(await show(`${head}:.coxswain/refresh`)).toBe(
        new Date(now * 1000).toISOString().replace('.000', ''),
      );
      expect(await project.git.run(['diff', '--name-only', 'testing', head])).toBe('.coxswain/refresh');
      const before = await refs();
      expect(await run(now + day)).toMatchObject({ action: 'unchanged' });
      expect(await refs()).toBe(before);
    });

    it('renews the date when the proposal itself has become too old', async () => {
      await run();
      expect(await run(now + 8 * day)).toMatchObject({ action: 'updated', pullRequest: 2 });
    });

    it('proposes a rebuild that a person has closed again when the build is older by another period', async () => {
      await run();
      await project.forge.pullRequests.update(2, { state: 'closed' });
      expect(await run(now + day)).toMatchObject({ action: 'declined', pullRequest: 2 });
      expect(await run(builtAt + 15 * day)).toMatchObject({ action: 'opened', pullRequest: 3 });
    });

    it('waits for the build after the merge, then for the next time', async () => {
      await run();
      await merge();
      expect(await run(now + 60)).toMatchObject({ action: 'none' });
      await release(now + 120);
      expect(await run(now + 6 * day)).toMatchObject({ action: 'none' });
      expect(await run(now + 9 * day)).toMatchObject({ action: 'opened', pullRequest: 3 });
    });

    it('withdraws the proposal when there is a newer build for another reason', async () => {
      await run();
      await release(now);
      expect(await run()).toMatchObject({ action: 'closed', pullRequest: 2 });
    });

    it('turns it into a repin when the base moves', async () => {
      await run();
      await publishBase(project, '44.20260707.3.1');
      expect(await run()).toMatchObject({ moved: true, action: 'updated', pullRequest: 2 });
      expect(await project.git.run(['diff', '--name-only', 'testing', head])).toBe('Containerfile');
    });
  });

  describe('when a rebuild is there', () => {
    const builtAt = now - 8 * day;
    const packages = ['bash-5.2-1.fc44', 'zlib-1.3-2.fc44'].map(aPackage);

    /** An image with a recorded list of packages. */
    async function image(repository: Repository, tag: string, list: readonly Package[]): Promise<Digest> {
      const { client } = project;
      const pushed = await pushSampleImage(client, repository, { tag });
      await pushPackages(client, repository, (await client.getManifest(pushed)).descriptor, list);
      return pushed.digest;
    }

    /** A release with these packages, and a proposed rebuild. */
    beforeEach(async () => {
      await pinned('44.20260621.3.1');
      const digest = await image(project.config.image, '1-a', packages);
      await recordRelease(project, 'testing', { version: '1-a', time: builtAt, digest });
      expect(await run()).toMatchObject({ action: 'opened', pullRequest: 2 });
    });

    /** What CI builds for the pull request. */
    async function build(list: readonly Package[]): Promise<void> {
      const { git, config, client } = project;
      const { tag } = await readCandidate({ git, config, client, commit: head });
      await image(config.testImage, tag, list);
    }

    it('is closed as no effective change if its packages are those of the release', async () => {
      expect(await run(now + 60)).toMatchObject({ action: 'unchanged', pullRequest: 2 });
      await build(packages);
      const answer = await run(now + 120);
      expect(answer).toMatchObject({ action: 'closed', pullRequest: 2 });
      expect(answer.noChange).toMatch(/no effective change.* has the same 2 packages as release `1-a`/);
      const [closed] = (await project.forge.pullRequests.list({ state: 'closed' })).slice(-1);
      expect(closed?.comments.map(({ body }) => body).join()).toContain('no effective change');
    });

    it('is not proposed again before the next is due', async () => {
      await build(packages);
      await run(now + 60);
      expect(await run(now + 3 * day)).toMatchObject({ action: 'none' });
      expect(await run(now + 8 * day)).toMatchObject({ action: 'opened', pullRequest: 3 });
    });

    it('stays open if a package changed', async () => {
      await build(['bash-5.2-2.fc44', 'zlib-1.3-2.fc44'].map(aPackage));
      expect(await run(now + 60)).toMatchObject({ action: 'unchanged', pullRequest: 2 });
    });

    it('stays open if somebody added a change', async () => {
      const { git } = project;
      await git.run(['switch', '--quiet', head]);
      await commitFiles(git, { 'etc/motd': 'new\n' });
      await git.run(['switch', '--quiet', 'testing']);
      await build(packages);
      expect(await run(now + 60)).toMatchObject({ action: 'unchanged', pullRequest: 2 });
    });
  });

  describe('when the image on the proposed base is built', () => {
    const labels = (version: string, kernel: string) => ({
      'org.opencontainers.image.version': version,
      'com.coreos.stream': 'stable',
      'ostree.linux': `${kernel}.x86_64`,
    });
    const push = async (repository: Repository, tag: string, list: readonly string[]) => {
      const { client } = project;
      const pushed = await pushSampleImage(client, repository, { tag });
      const { descriptor } = await client.getManifest(pushed);
      await pushPackages(client, repository, descriptor, list.map(aPackage));
      return pushed.digest;
    };
    const bodyOf = async () => (await project.forge.pullRequests.find({ head, base: 'testing' }))?.body ?? '';

    it('says first the kernel and then the packages, compared with the newest release', async () => {
      const { config, git, client } = project;
      const old = labels('44.20260621.3.1', '6.14.9-300.fc44');
      await publishBase(project, '44.20260621.3.1', { labels: old });
      await run();
      await git.run(['merge', '--quiet', head]);
      const digest = await push(config.image, '1-a', ['kernel-6.14.9-300.fc44', 'bash-5.2-1.fc44']);
      await recordRelease(project, 'testing', { version: '1-a', time: now - day, digest });
      const next = labels('44.20260707.3.1', '6.15.2-300.fc44');
      await publishBase(project, '44.20260707.3.1', { labels: next });
      expect(await run()).toMatchObject({ action: 'opened' });
      expect(await bodyOf()).toContain(
        '### What changes\n\n- **Kernel**: `6.14.9-300.fc44.x86_64` → `6.15.2-300.fc44.x86_64`\n- Packages: listed here once',
      );
      const { tag } = await readCandidate({ git, config, client, commit: head });
      await push(config.testImage, tag, ['kernel-6.15.2-300.fc44', 'bash-5.2-1.fc44', 'jq-1.8-1.fc44']);
      expect(await run(now + 60)).toMatchObject({ action: 'updated' });
      const body = await bodyOf();
      expect(body).toContain(
        '- **Kernel**: `6.14.9-300.fc44` → `6.15.2-300.fc44`\n- Packages, compared with release `1-a`: 1 package upgraded, 1 added',
      );
      expect(body).toMatch(/\| `kernel` \| `6\.14\.9-300\.fc44` \| `6\.15\.2-300\.fc44` \|/);
      expect(body.indexOf('### What changes')).toBeLessThan(body.indexOf('### What happens next'));
      expect(await run(now + 120)).toMatchObject({ action: 'unchanged' });
    });

    it('compares no packages of an image on another base than the proposed one', async () => {
      const { config, git, client } = project;
      await pinned('44.20260621.3.1');
      const digest = await push(config.image, '1-a', ['bash-5.2-1.fc44']);
      await recordRelease(project, 'testing', { version: '1-a', time: now - day, digest });
      await publishBase(project, '44.20260707.3.1');
      await run();
      const { tag } = await readCandidate({ git, config, client, commit: head });
      await push(config.testImage, tag, ['bash-5.3-1.fc44']);
      await publishBase(project, '44.20260721.3.1');
      await run(now + 60);
      expect(await bodyOf()).toContain('- Packages: listed here once the image of this branch is built');
    });
  });

  it('proposes no rebuild before the first release', async () => {
    await pinned('44.20260621.3.1');
    expect(await run(now + 365 * day)).toMatchObject({ action: 'none' });
  });

  describe('with update guidance of the base', () => {
    const [old, barrier, newer, newest] = [
      '44.20260621.3.1',
      '44.20260707.3.1',
      '44.20260720.3.0',
      '44.20260803.3.0',
    ];
    const all = [old, barrier, newer, newest];
    const complete = { rollout: { start_percentage: 1 } };
    const running = { rollout: { start_epoch: now - day, start_percentage: 0, duration_minutes: 2880 } };
    const keys = { barrier: { reason: 'https://example.com/keys' } };

    beforeEach(async () => {
      upstream.say(all, { [newer]: complete, [newest]: running });
      upstream.requests.length = 0;
      project = await createProject(registry.host, { more: upstream.yaml });
      await pinned(old);
    });

    it('says what upstream does with the new base, in words that do not change with time', async () => {
      upstream.say(all, { [newer]: { deadend: { reason: 'lost' } }, [newest]: running });
      await publishBase(project, newest);
      expect(await run()).toMatchObject({
        action: 'opened',
        upstream: { verdict: 'offered', progress: 0.5 },
      });
      const request = await project.forge.pullRequests.find({ head, base: 'testing' });
      expect(request?.body).toContain(
        '- upstream rolls it out, start 2026-07-24T17:20:00Z, complete 2026-07-26T17:20:00Z\n',
      );
      expect(request?.body).toContain(`- passes the dead-end ${newer}: lost`);
      expect(request?.ready).toBe(true);
      expect(await run(now + 3600)).toMatchObject({ action: 'unchanged' });
    });

    it('reads nothing of upstream while the base has not moved', async () => {
      upstream.requests.length = 0;
      expect(await run()).toMatchObject({ moved: false });
      expect(upstream.requests).toEqual([]);
    });

    it('proposes a barrier on the way first, then the newer base', async () => {
      upstream.say(all, { [barrier]: keys, [newest]: complete });
      const on = await publishBase(project, barrier);
      const to = await publishBase(project, newest);
      expect(await run()).toMatchObject({
        action: 'opened',
        base: { to: on, toVersion: barrier },
        upstream: { verdict: 'past', barrier: keys.barrier.reason },
      });
      const request = await project.forge.pullRequests.find({ head, base: 'testing' });
      expect(request?.body).toContain(`is a barrier upstream, on the way to ${newest}`);
      expect(await show(`${head}:Containerfile`)).toContain(`:${barrier}@${on}`);
      expect(await run()).toMatchObject({ action: 'unchanged' });
      await merge();
      expect(await run()).toMatchObject({ action: 'opened', base: { to, toVersion: newest } });
    });

    it('says which base it cannot find by its version', async () => {
      upstream.say(all, { [barrier]: keys, [newest]: complete });
      await publishBase(project, newest);
      await expect(run()).rejects.toThrow(`:${barrier}: the registry answers, and has no such tag`);
    });

    it('proposes the given version, as a draft if that skips a barrier', async () => {
      upstream.say(all, { [barrier]: keys, [newest]: complete });
      const on = await publishBase(project, barrier);
      const to = await publishBase(project, newer);
      await publishBase(project, newest);
      expect(await run(now, { version: newer })).toMatchObject({ base: { to, toVersion: newer } });
      const request = await project.forge.pullRequests.find({ head, base: 'testing' });
      expect(request?.ready).toBe(false);
      expect(request?.body).toContain(`coxswain watch-base --base-version ${barrier}`);
      expect(await run(now, { version: barrier })).toMatchObject({ action: 'updated', base: { to: on } });
      expect((await project.forge.pullRequests.find({ head, base: 'testing' }))?.ready).toBe(true);
      await expect(run(now, { version: '1.2.3' })).rejects.toThrow('has no such tag');
    });

    it.each<[Doubt, Record<string, object>, string]>([
      ['paused', { [newer]: complete }, 'to nobody: its rollout is paused, or not announced yet'],
      ['deadend', { [newest]: { ...complete, deadend: { reason: 'lost' } } }, 'a dead-end: lost'],
    ])('does not propose a base that upstream has %s, unless asked to', async (doubt, updates, why) => {
      upstream.say(all, updates);
      const to = await publishBase(project, newest);
      const held = await run();
      expect(held).toMatchObject({ moved: true, action: 'none', base: { to, toVersion: newest } });
      expect(held.blocked).toContain(why);
      expect(await project.forge.pullRequests.list({ state: 'open' })).toEqual([]);
      expect(await run(now, { accept: [doubt] })).toMatchObject({ action: 'opened' });
      const request = await project.forge.pullRequests.find({ head, base: 'testing' });
      expect(request?.body).toContain(why);
      // Without --accept-upstream the proposal is withdrawn.
      expect(await run()).toMatchObject({ action: 'closed' });
    });

    it('closes its proposal when upstream pauses that base, and leaves one of another base alone', async () => {
      await publishBase(project, newer);
      expect(await run()).toMatchObject({ action: 'opened', pullRequest: 2 });
      await publishBase(project, newest);
      upstream.say(all, { [newer]: complete });
      expect(await run()).toMatchObject({
        action: 'unchanged',
        pullRequest: 2,
        upstream: { verdict: 'paused' },
      });
      upstream.say(all, { [newer]: complete, [newest]: running });
      expect(await run()).toMatchObject({ action: 'updated', pullRequest: 2 });
      upstream.say(all, { [newer]: complete });
      expect(await run()).toMatchObject({ action: 'closed', pullRequest: 2 });
      const [, closed] = await project.forge.pullRequests.list();
      expect(closed?.comments[0]?.body).toContain('upstream offers base');
    });

    it('changes nothing when upstream cannot be read', async () => {
      await publishBase(project, newest);
      const before = await refs();
      upstream.misbehave((_, response) => response.writeHead(404).end());
      await expect(run()).rejects.toThrow('Without it the barriers of the base are not known');
      expect(await refs()).toBe(before);
    });
  });
});
