import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/host/log.ts';
import { publishUpdates } from '../../src/loop/publish-updates/publish-updates.ts';
import { type PrunedRepository, planPruning } from '../../src/operate/prune-images/prune-images.ts';
import promoteImage from '../../src/verbs/promote-image.ts';
import pruneImages from '../../src/verbs/prune-images.ts';
import startRollout from '../../src/verbs/start-rollout.ts';
import { openGitHubApi } from '../../src/world/forge/github/api.ts';
import { isGitHubRegistry, packageDeletion } from '../../src/world/forge/github/package-deletion.ts';
import { atDigest, atTag, type Digest, type Repository } from '../../src/world/registry/reference.ts';
import { buildAndTest } from '../faults/stage.ts';
import { useGitHub } from '../support/forges.ts';
import { type Ghcr, startGhcr } from '../support/ghcr.ts';
import { useMemory } from '../support/in-memory.ts';
import {
  buildAnnotations,
  contextAt,
  createProject,
  publishBase,
  type TestProject,
} from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';
import { type SiteServer, serveSite } from '../support/site-server.ts';

useMemory();
const registry = useRegistry();
const day = 86_400;
const now = 1_785_000_000;
let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host, { time: now - 100 * day, more: 'symbolic-tags: true\n' });
  await publishBase(project, '44.1');
});

/** The second witness of what is released. */
async function publish(): Promise<void> {
  await publishUpdates(project, { folder: await temporaryFolder(), fleets: [], now });
}

async function prune(options: { readonly remove?: boolean; readonly releases?: number } = {}) {
  await publish();
  const { data, text } = await pruneImages.run(
    {
      'first-release': false,
      directory: project.git.directory,
      delete: options.remove ?? false,
      yes: true,
      'older-than': 30 * day,
      releases: options.releases,
    },
    contextAt(now),
  );
  const { repositories } = data as { repositories: PrunedRepository[] };
  const [production, test] = repositories as [PrunedRepository, PrunedRepository];
  return { production, test, text };
}

async function commit(daysAgo: number): Promise<void> {
  await commitFiles(project.git, { 'etc/motd': `${daysAgo}\n` }, { time: now - daysAgo * day });
}

async function release(daysAgo: number): Promise<{ readonly digest: Digest; readonly version: string }> {
  await commit(daysAgo);
  const { candidate, built } = await buildAndTest(project);
  const inputs = { directory: project.git.directory, fleet: 'testing', commit: undefined };
  await promoteImage.run(
    {
      ...inputs,
      'first-release': false,
      'freeze-exception': undefined,
      'accept-missing-evidence': undefined,
      'accept-vulnerabilities': undefined,
      by: undefined,
    },
    contextAt(now - daysAgo * day),
  );
  await startRollout.run(
    { ...inputs, 'first-release': false, 'freeze-exception': undefined, 'accept-upstream': [] },
    contextAt(now - daysAgo * day),
  );
  return { digest: built.digest, version: candidate.version };
}

async function isThere(repository: Repository, digest: Digest): Promise<boolean> {
  return (await project.client.resolve(atDigest(repository, digest))) !== undefined;
}

/** Every tag, its digest, and what refers to that. */
async function everything(repository: Repository): Promise<string[]> {
  const { client } = project;
  const lines: string[] = [];
  for (const tag of await client.listTags(repository)) {
    const digest = (await client.resolve(atTag(repository, tag)))?.digest;
    lines.push(`${tag} ${digest}`);
  }
  return lines.sort();
}

describe('prune-images', () => {
  it('shows what would be deleted, and deletes it only if asked to', async () => {
    const { image, testImage } = project.config;
    const first = await release(90);
    await release(60);
    await commit(50);
    const abandoned = await buildAndTest(project);
    await commit(40);
    await publish();
    const before = [await everything(image), await everything(testImage)];
    const shown = await prune();
    expect([await everything(image), await everything(testImage)]).toEqual(before);
    expect(shown.text).toContain('--delete does');
    // They are released in testing, and stable will still get them: both stay, although they are old.
    expect(shown.production.removed).toEqual([]);
    const tags = shown.test.removed.flatMap((each) => each.tags);
    expect(tags[0]).toBe(abandoned.candidate.tag);
    // The evidence of the image, its list and its signature are deleted too.
    expect(shown.test.removed).toHaveLength(4);

    const done = await prune({ remove: true });
    expect(done.test.removed).toEqual(shown.test.removed);
    expect(await isThere(testImage, abandoned.built.digest)).toBe(false);
    expect(await isThere(testImage, first.digest)).toBe(true);
    expect((await everything(testImage)).some((line) => line.includes(abandoned.built.digest.slice(7)))).toBe(
      false,
    );
    expect((await prune({ remove: true })).test.removed).toEqual([]);
  });

  it('keeps every release unless a number is given; then what guidance, roll-back and floating tags need', async () => {
    const { image } = project.config;
    const releases = [];
    for (const daysAgo of [90, 80, 70, 60]) releases.push(await release(daysAgo));
    const [barrier, unneeded, previous, newest] = releases;
    if (!barrier || !unneeded || !previous || !newest) throw new Error();
    await project.state.changeFleet('testing', 'Barrier', (state) => ({
      ...state,
      updates: {
        ...state.updates,
        releases: [
          { version: barrier.version, metadata: { barrier: { reason: 'keys' } } },
          ...state.updates.releases.filter(({ version }) => version === newest.version),
        ],
      },
    }));
    expect((await prune()).production.removed).toEqual([]);
    const { production } = await prune({ remove: true, releases: 2 });
    expect(production.removed[0]).toMatchObject({
      digest: unneeded.digest,
      tags: expect.arrayContaining([unneeded.version, `${unneeded.version}-testing`]),
    });
    const there = await Promise.all(releases.map(({ digest }) => isThere(image, digest)));
    expect(there).toEqual([true, false, true, true]);
    expect((await project.client.referrers(image, barrier.digest)).length).toBeGreaterThan(0);
    expect((await prune({ remove: true, releases: 2 })).production.removed).toEqual([]);
  });

  it('keeps young images, what branches and pull requests build now, and what others tagged', async () => {
    const { image, testImage } = project.config;
    const { client, git, forge } = project;
    await release(90);
    const young = await pushSampleImage(client, testImage, {
      tag: `key-${'a'.repeat(16)}`,
      annotations: buildAnnotations({ key: 'a'.repeat(64), version: '44.1-aaaaaaaa' }),
      created: new Date((now - day) * 1000).toISOString(),
    });
    const foreign = await pushSampleImage(client, image, { tag: 'nightly', created: '2020-01-01T00:00:00Z' });
    const timeless = await pushSampleImage(client, testImage, {
      tag: `key-${'b'.repeat(16)}`,
      annotations: buildAnnotations({ key: 'b'.repeat(64), version: '44.1-bbbbbbbb' }),
      created: 'never',
    });
    await commit(50);
    const head = await buildAndTest(project);
    await git.run(['switch', '--quiet', '--create', 'change']);
    await commit(49);
    const proposed = await buildAndTest(project, 'change');
    await forge.pullRequests.open({
      head: 'change',
      base: 'testing',
      title: 'Change',
      body: '',
      ready: true,
      labels: [],
    });
    await git.run(['switch', '--quiet', 'testing']);
    const { production, test } = await prune({ remove: true });
    expect([production.removed, test.removed]).toEqual([[], []]);
    for (const digest of [young.digest, timeless.digest, head.built.digest, proposed.built.digest]) {
      expect(await isThere(testImage, digest)).toBe(true);
    }
    expect(await isThere(image, foreign.digest)).toBe(true);
  });

  describe('refuses, and deletes nothing,', () => {
    const expectRefusal = async (message: RegExp) => {
      const { image, testImage } = project.config;
      const before = [await everything(image), await everything(testImage)];
      const inputs = {
        'first-release': false,
        delete: true,
        yes: true,
        'older-than': 30 * day,
        releases: undefined,
      };
      await expect(
        pruneImages.run({ ...inputs, directory: project.git.directory }, contextAt(now)),
      ).rejects.toMatchObject({ name: 'InputError', message: expect.stringMatching(message) });
      expect([await everything(image), await everything(testImage)]).toEqual(before);
    };

    it('without the state branch', async () => {
      await release(90);
      await publish();
      await project.git.run(['branch', '--move', project.config.stateBranch, 'elsewhere']);
      await expectRefusal(/this branch does not exist/);
    });

    it('before the guidance is published, the second witness', async () => {
      await release(90);
      await expectRefusal(/fleet testing: only the state branch knows its releases.*publish-updates/);
    });

    it('if the state branch lost a release that is published', async () => {
      await release(90);
      const { stateBranch } = project.config;
      const old = await project.git.run(['rev-parse', stateBranch]);
      const { version } = await release(80);
      await publish();
      await project.git.run(['branch', '--force', stateBranch, old]);
      await expectRefusal(new RegExp(`guidance has release ${version}, and the state branch does not`));
    });
  });

  it('keeps what another project built in the same repository, and what its guidance names', async () => {
    const { image } = project.config;
    const { client } = project;
    await release(90);
    const version = '44.1-aaaaaaaa';
    const created = '2020-01-01T00:00:00Z';
    const other = { key: 'a'.repeat(64), version, commit: 'b'.repeat(40) };
    const built = await pushSampleImage(client, image, {
      tag: version,
      annotations: buildAnnotations(other),
      created,
    });
    // Built from a commit of this repository, promoted and never released.
    const commit = await project.git.run(['rev-parse', 'HEAD']);
    const own = { key: 'c'.repeat(64), version: '44.1-cccccccc', commit };
    const stale = await pushSampleImage(client, image, {
      tag: own.version,
      annotations: buildAnnotations(own),
      created,
    });
    const { production } = await prune({ remove: true });
    expect(production.removed.map(({ digest }) => digest)).toEqual([stale.digest]);
    expect(await isThere(image, built.digest)).toBe(true);
  });

  it('stops at an image whose tag was moved in the meantime, and deletes nothing that belongs to it', async () => {
    await release(90);
    await publish();
    const { client, git, config } = project;
    const { image } = config;
    const own = {
      key: 'c'.repeat(64),
      version: '44.1-cccccccc',
      commit: await git.run(['rev-parse', 'HEAD']),
    };
    const stale = await pushSampleImage(client, image, {
      tag: own.version,
      annotations: buildAnnotations(own),
      created: '2020-01-01T00:00:00Z',
    });
    const signature = await pushSampleImage(client, image, {
      tag: `${stale.digest.replace(':', '-')}.sig`,
      layers: [Buffer.from('a signature')],
    });
    const { remove } = await planPruning(project, { olderThan: 30 * day, now });
    // Somebody pushes another image under that tag between the decision and the deletion.
    const other = await pushSampleImage(client, image, { tag: 'other', layers: [Buffer.from('other')] });
    const { bytes, descriptor } = await client.getManifest(other);
    await client.putManifest(image, own.version, bytes, descriptor.mediaType);
    await expect(remove()).rejects.toThrow(
      new RegExp(`deleting .*@${stale.digest} failed: its tag ${own.version} was moved to ${other.digest}`),
    );
    expect(await isThere(image, stale.digest)).toBe(true);
    expect(await isThere(image, signature.digest)).toBe(true);
  });

  it('with --releases, leaves a state that can be published into an empty folder', async () => {
    // With one fleet, the stream label follows that fleet. As the tag of a fleet without a release, it would keep the
    // oldest image.
    project = await createProject(registry.host, { time: now - 100 * day, fleets: '  testing: {}' });
    await publishBase(project, '44.1');
    const releases: { readonly digest: Digest; readonly version: string }[] = [];
    for (const daysAgo of [90, 80, 70]) releases.push(await release(daysAgo));
    await project.state.changeFleet('testing', 'Forget the first rollout', (state) => ({
      ...state,
      updates: {
        ...state.updates,
        releases: state.updates.releases.filter(({ version }) => version !== releases[0]?.version),
      },
    }));
    const { production } = await prune({ remove: true, releases: 2 });
    expect(production.removed[0]?.digest).toBe(releases[0]?.digest);
    await publish();
  });

  describe('without the artifact, with a site at publish.url', () => {
    let site: SiteServer;
    beforeEach(async () => {
      site = await serveSite(await temporaryFolder());
      const more = `publish: { url: "${site.url}", oci: false }\n`;
      project = await createProject(registry.host, { time: now - 100 * day, more, fleets: '  testing: {}' });
      await publishBase(project, '44.1');
    });
    afterEach(() => site.stop());

    const publishHere = (folder: string) =>
      publishUpdates(project, { folder, fleets: [], now }).finally(() => {
        site.folder = folder;
      });
    const pruneNow = (releases?: number) =>
      pruneImages.run(
        {
          'first-release': false,
          directory: project.git.directory,
          delete: true,
          yes: true,
          'older-than': 30 * day,
          releases,
        },
        contextAt(now),
      );

    it('takes the site for the second witness, and refuses if it is silent, or knows more', async () => {
      const { image } = project.config;
      const first = await release(90);
      await expect(pruneNow()).rejects.toThrow(/deletion needs a second witness/);
      await publishHere(site.folder);
      const { stateBranch } = project.config;
      const old = await project.git.run(['rev-parse', stateBranch]);
      const second = await release(80);
      await publishHere(site.folder);
      await project.git.run(['branch', '--force', stateBranch, old]);
      await expect(pruneNow()).rejects.toThrow(`the published guidance has release ${second.version}`);
      await site.stop();
      await expect(pruneNow()).rejects.toThrow(/http.* gives no answer/);
      for (const { digest } of [first, second]) expect(await isThere(image, digest)).toBe(true);
    });

    it('with --releases, leaves a state that can be published into an empty folder', async () => {
      const { image } = project.config;
      const releases: { readonly digest: Digest; readonly version: string }[] = [];
      for (const daysAgo of [90, 80, 70]) releases.push(await release(daysAgo));
      await project.state.changeFleet('testing', 'Forget the first rollout', (state) => ({
        ...state,
        updates: {
          ...state.updates,
          releases: state.updates.releases.filter(({ version }) => version !== releases[0]?.version),
        },
      }));
      await publishHere(site.folder);
      await pruneNow(2);
      expect(await isThere(image, releases[0]?.digest as Digest)).toBe(false);
      await publishHere(await temporaryFolder());
      const index = await (await fetch(`${site.url}testing/releases.json`)).text();
      for (const { version } of releases) expect(index).toContain(version);
    });
  });

  it.each(['nightly-20260101', 'hotfix-20251231', 'rescue-deadbeef'])(
    'keeps an old image under the tag %s of a user, which looks like a version',
    async (tag) => {
      const { image } = project.config;
      await release(90);
      const foreign = await pushSampleImage(project.client, image, { tag, created: '2020-01-01T00:00:00Z' });
      const { production } = await prune({ remove: true });
      expect(production.removed).toEqual([]);
      expect(await isThere(image, foreign.digest)).toBe(true);
    },
  );

  it('removes what an interrupted run left over, and nothing of an image that has lost its tag', async () => {
    const { testImage } = project.config;
    const { client } = project;
    await release(90);
    await commit(50);
    const gone = await buildAndTest(project);
    await commit(40);
    await client.deleteManifest(testImage, gone.built.digest);
    const untagged = await pushSampleImage(client, testImage, { created: '2020-01-01T00:00:00Z' });
    const signature = await pushSampleImage(client, testImage, {
      tag: `${untagged.digest.replace(':', '-')}.sig`,
    });
    const { test } = await prune({ remove: true });
    expect(
      test.removed.flatMap(({ tags }) => tags).every((tag) => tag.includes(gone.built.digest.slice(7))),
    ).toBe(true);
    expect(test.removed.length).toBeGreaterThan(1);
    expect(await isThere(testImage, untagged.digest)).toBe(true);
    expect(await isThere(testImage, signature.digest)).toBe(true);
  });
});

describe('prune-images at ghcr.io', { timeout: 90_000 }, () => {
  const github = useGitHub({ tokens: { ghs_reads: { login: 'a[bot]', permissions: { packages: 'read' } } } });
  let ghcr: Ghcr;
  beforeAll(async () => {
    ghcr = await startGhcr(() => registry.host);
  });
  afterAll(() => ghcr.stop());

  const deletionBy = (token: string) => {
    const { apiUrl, serverUrl, repository } = github();
    const api = openGitHubApi({ apiUrl, serverUrl, repository, token, log: silentLog, second: 10 });
    return async () => packageDeletion(api);
  };
  const plan = (token: string) =>
    planPruning(project, { olderThan: 30 * day, now, deletionIn: deletionBy(token) });
  const digests = ({ path }: Repository) => (ghcr.versions(path) ?? []).map(({ name }) => name);

  beforeEach(async () => {
    project = await createProject(ghcr.host, { time: now - 100 * day });
    await publishBase(project, '44.1');
    github().packages = ghcr;
  });

  it('promotes though a mount is refused with 403, and deletes an image, its list and evidence as versions', async () => {
    const { testImage } = project.config;
    await release(60);
    expect(ghcr.refused).toContain('403 POST blobs');
    await commit(50);
    const abandoned = await buildAndTest(project);
    await commit(40);
    await publish();
    const before = digests(testImage);
    const { repositories, remove } = await plan(github().token);
    const removed = repositories.flatMap((each) => each.removed.map(({ digest }) => digest));
    expect(removed.length).toBeGreaterThanOrEqual(3);
    ghcr.refused.length = 0;
    await remove();
    // Nothing was asked of the registry's own deletion, and nothing of the image is left as an untagged version.
    expect(ghcr.refused.filter((line) => line.startsWith('405'))).toEqual([]);
    expect(digests(testImage)).toEqual(before.filter((digest) => !removed.includes(digest as Digest)));
    expect(await isThere(testImage, abandoned.built.digest)).toBe(false);
    const left = (ghcr.versions(testImage.path) ?? []).flatMap(({ tags }) => tags);
    expect(left).not.toContain(`sha256-${abandoned.built.digest.slice(7)}`);
    expect((await plan(github().token)).repositories.flatMap((each) => each.removed)).toEqual([]);
  });

  it('says what the token lacks, and deletes nothing', async () => {
    await release(60);
    await commit(50);
    await buildAndTest(project);
    await commit(40);
    await publish();
    const before = digests(project.config.testImage);
    await expect((await plan('ghs_reads')).remove()).rejects.toThrow(
      /may not delete packages.*permissions: packages: write.*delete:packages/s,
    );
    // A list that names what belongs to the image may have been pushed before.
    expect(digests(project.config.testImage)).toEqual(expect.arrayContaining(before));
  });

  it('deletes by the Packages API at GitHub alone', () => {
    expect(isGitHubRegistry('ghcr.io', 'https://github.com')).toBe(true);
    expect(isGitHubRegistry('containers.ghe.example.com', 'https://ghe.example.com')).toBe(true);
    expect(isGitHubRegistry('containers.other.com', 'https://ghe.example.com')).toBe(false);
    expect(isGitHubRegistry('quay.io', 'https://github.com')).toBe(false);
  });
});
