import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseGraph } from '../../src/guidance/graph.ts';
import { silentLog } from '../../src/host/log.ts';
import { publishUpdates } from '../../src/loop/publish-updates/publish-updates.ts';
import { editState } from '../../src/release/operations/edit-fleet.ts';
import type { State } from '../../src/release/state/state.ts';
import publish from '../../src/verbs/publish-updates.ts';
import { pushArtifact, readArtifact } from '../../src/world/registry/artifact.ts';
import type { RegistryClient } from '../../src/world/registry/client.ts';
import { atTag, type Digest } from '../../src/world/registry/reference.ts';
import { useMemory } from '../support/in-memory.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';

useMemory();
const registry = useRegistry();
const now = 1_785_000_000;
const hour = 3600;
const time = now - 100 * hour;

let project: TestProject;
let site: string;

beforeEach(async () => {
  project = await createProject(registry.host, { time });
  site = await temporaryFolder();
});

interface Answer {
  written: string[];
  unchanged: string[];
  artifacts: { fleet: string; reference: string; digest: Digest; changed: boolean }[];
  nextChange: string | null;
  resumed: { fleet: string; what: string }[];
  tagged: string[];
}

async function run(
  options: {
    at?: number;
    fleet?: string[];
    output?: string;
    fromOci?: string[];
    directory?: string;
    replace?: string;
  } = {},
): Promise<Answer & { text: string }> {
  const { at = now, fleet = [], output = site } = options;
  const { data, text } = await publish.run(
    {
      'first-release': false,
      directory: options.directory ?? project.git.directory,
      output,
      fleet,
      'from-oci': options.fromOci ?? [],
      'replace-published': options.replace,
      by: options.replace === undefined ? undefined : 'Ada',
    },
    contextAt(at),
  );
  return { ...(data as Answer), text };
}

/** Pushes an image to production and releases it to testing: its rollout takes a day. */
async function release(start: number): Promise<{ version: string; digest: Digest }> {
  const version = `1-${start}`;
  const { digest } = await pushSampleImage(project.client, project.config.image, { tag: version });
  await recordRelease(project, 'testing', { version, time: start, digest });
  return { version, digest };
}

async function graph(ring = '', folder = site) {
  return parseGraph(await readFile(join(folder, `testing/x86_64/${ring}v1/graph`), 'utf8'), 'graph');
}

async function listFiles(folder = site): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

async function removeImage(digest: string): Promise<void> {
  const { path } = project.config.image;
  const answer = await fetch(`http://${registry.host}/v2/${path}/manifests/${digest}`, { method: 'DELETE' });
  expect(answer.status).toBe(202);
}

describe('publish-updates --from-oci', () => {
  const artifact = () => `${registry.host}/${project.config.image.path}:updates-testing`;

  it('writes exactly the files that were published, without a checkout', async () => {
    await release(now);
    await run();
    const elsewhere = await temporaryFolder();
    const answer = await run({ fromOci: [artifact()], output: elsewhere, directory: elsewhere });
    const published = (await listFiles()).filter((path) => path.startsWith('testing/'));
    expect([...answer.written].sort()).toEqual(published);
    for (const path of published) {
      expect(await readFile(join(elsewhere, path), 'utf8')).toBe(await readFile(join(site, path), 'utf8'));
    }
    expect((await run({ fromOci: [artifact()], output: elsewhere })).written).toEqual([]);
  });

  it('never puts older files in the place of newer ones', async () => {
    await release(now - hour);
    await run();
    const old = await project.client.getManifest(atTag(project.config.image, 'updates-testing'));
    await release(now);
    await run();
    await project.client.putManifest(
      project.config.image,
      'updates-testing',
      old.bytes,
      old.descriptor.mediaType,
    );
    await expect(run({ fromOci: [artifact()] })).rejects.toThrow(/older than .*nodes on release 1-/);
  });

  it.each([
    ['a file outside of the fleet', 'other/releases.json', '{}'],
    ['a file outside of the folder', 'testing/../../evil', 'x'],
    ['a hidden file', 'testing/.htaccess', 'x'],
    ['a file of no kind that we know', 'testing/index.php', 'x'],
    ['a graph that no node could read', 'testing/x86_64/v1/graph', '{"nodes":[{}],"edges":[]}'],
  ])('writes nothing of an artifact with %s', async (_, title, text) => {
    await run();
    const { client, config } = project;
    const { layers } = await readArtifact(client, atTag(config.image, 'updates-testing'));
    await pushArtifact(client, {
      repository: config.image,
      artifactType: 'application/vnd.coxswain.updates.v1+json',
      layers: [
        ...layers.map(({ descriptor, bytes }) => ({
          mediaType: descriptor.mediaType,
          bytes,
          annotations: descriptor.annotations ?? {},
        })),
        {
          mediaType: 'application/json',
          bytes: Buffer.from(text),
          annotations: { 'org.opencontainers.image.title': title },
        },
      ],
      tag: 'updates-testing',
    });
    const elsewhere = await temporaryFolder();
    await expect(run({ fromOci: [artifact()], output: elsewhere })).rejects.toMatchObject({
      name: 'InputError',
    });
    expect(await listFiles(elsewhere)).toEqual([]);
  });

  it('refuses anything but such an artifact', async () => {
    await release(now);
    const image = `${registry.host}/${project.config.image.path}:1-${now}`;
    await expect(run({ fromOci: [image] })).rejects.toThrow(/not an artifact that publish-updates has made/);
  });
});

describe('symbolic tags', () => {
  it('are added for barriers and dead-ends if the configuration asks for them, and never moved', async () => {
    project = await createProject(registry.host, { time, more: 'symbolic-tags: true\n' });
    const one = await release(now - hour);
    const other = await release(now);
    await run();
    await project.state.changeFleet('testing', 'Marks', (state) => ({
      ...state,
      updates: {
        ...state.updates,
        releases: [
          { version: one.version, metadata: { barrier: { reason: 'keys' } } },
          { version: other.version, metadata: { rollout: {}, deadend: { reason: 'lost' } } },
        ],
      },
    }));
    const { tagged, text } = await run();
    expect(tagged).toEqual([`${one.version}-testing-barrier`, `${other.version}-testing-deadend`]);
    expect(text).toContain(`tagged ${one.version}-testing-barrier`);
    const { client, config } = project;
    const resolve = async (tag = '') => (await client.resolve(atTag(config.image, tag)))?.digest;
    expect([await resolve(tagged[0]), await resolve(tagged[1])]).toEqual([one.digest, other.digest]);
    expect((await run()).tagged).toEqual([]);
    const manifest = await client.getManifest(atTag(config.image, other.version));
    await client.putManifest(config.image, tagged[0] ?? '', manifest.bytes, manifest.descriptor.mediaType);
    await run();
    expect(await resolve(tagged[0])).toBe(other.digest);
  });
});

describe('publish-updates', () => {
  it('writes the files of every fleet, and the same files as artifacts', async () => {
    const { version, digest } = await release(now);
    const answer = await run();
    expect(await listFiles()).toEqual([
      'feed.xml',
      'index.html',
      ...['stable', 'testing'].flatMap((fleet) => [
        ...(fleet === 'testing' ? [`testing/builds/${version}/release.json`] : []),
        `${fleet}/published.json`,
        `${fleet}/releases.json`,
        `${fleet}/updates.json`,
        `${fleet}/x86_64/default/v1/graph`,
        `${fleet}/x86_64/early/v1/graph`,
        `${fleet}/x86_64/late/v1/graph`,
        `${fleet}/x86_64/v1/graph`,
      ]),
    ]);
    expect([...answer.written].sort()).toEqual(await listFiles());
    const name = `${registry.host}/${project.config.image.path}`;
    expect((await graph()).nodes).toMatchObject([{ version, payload: `${name}@${digest}` }]);

    expect(answer.artifacts).toMatchObject([
      { fleet: 'testing', reference: `${name}:updates-testing`, changed: true },
      { fleet: 'stable', reference: `${name}:updates-stable`, changed: true },
    ]);
    const { manifest, layers } = await readArtifact(
      project.client,
      atTag(project.config.image, 'updates-testing'),
    );
    expect(manifest.json).toMatchObject({ artifactType: 'application/vnd.coxswain.updates.v1+json' });
    const titled = layers.map(({ descriptor, bytes }) => [
      descriptor.annotations?.['org.opencontainers.image.title'],
      Buffer.from(bytes).toString(),
    ]);
    const onDisk = (await listFiles()).filter((path) => path.startsWith('testing/'));
    const { 'testing/state.json': state, ...files } = Object.fromEntries(titled);
    expect(files).toEqual(
      Object.fromEntries(
        await Promise.all(onDisk.map(async (path) => [path, await readFile(join(site, path), 'utf8')])),
      ),
    );
    expect(JSON.parse(state ?? '')).toEqual({
      files: Object.fromEntries(await project.state.readTexts('testing')),
    });
  });

  it('changes nothing when it is run again', async () => {
    await release(now);
    const first = await run();
    const before = await stat(join(site, 'testing/x86_64/v1/graph'));
    const again = await run();
    expect(again.written).toEqual([]);
    expect(again.unchanged).toHaveLength(first.written.length);
    expect(again.artifacts.map(({ changed }) => changed)).toEqual([false, false]);
    expect(again.artifacts.map(({ digest }) => digest)).toEqual(first.artifacts.map(({ digest }) => digest));
    expect((await stat(join(site, 'testing/x86_64/v1/graph'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('opens each ring in its time, and says when the next one is due', async () => {
    await release(now - 50 * hour);
    const { version } = await release(now);
    const offered = async (ring: string) => (await graph(ring)).edges.length > 0;
    // A rollout of 24 hours: `early` (0.1) is offered it after 2.4 hours, all nodes at its end.
    const first = await run({ at: now + 60 });
    expect([await offered('early/'), await offered('')]).toEqual([false, false]);
    const due = Date.parse(first.nextChange ?? '') / 1000;
    // Upstream's floating-point line may reach 0.1 a second late.
    expect([0, 1]).toContain(due - (now + 2.4 * hour));
    expect((await run({ at: due - 1 })).written).not.toContain('testing/x86_64/early/v1/graph');

    const second = await run({ at: due });
    expect([await offered('early/'), await offered('')]).toEqual([true, false]);
    expect(second.written).toContain('testing/x86_64/early/v1/graph');
    expect(second.written).not.toContain('testing/x86_64/v1/graph');
    expect(second.written).not.toContain('testing/releases.json');
    expect(second.artifacts).toMatchObject([
      { fleet: 'testing', changed: true },
      { fleet: 'stable', changed: false },
    ]);

    const last = await run({ at: now + 25 * hour });
    expect((await graph()).nodes[(await graph()).edges[0]?.[1] ?? -1]?.version).toBe(version);
    expect(last.nextChange).toBeNull();
    expect(last.text).toContain('no further change is due');
  });

  it('publishes only the fleets it is asked for', async () => {
    const { written, artifacts } = await run({ fleet: ['stable'] });
    expect(written.filter((path) => path.startsWith('testing/'))).toEqual([]);
    expect(written).toContain('stable/x86_64/v1/graph');
    expect(artifacts.map(({ fleet }) => fleet)).toEqual(['stable']);
    await expect(run({ fleet: ['stabel'] })).rejects.toThrow('Did you mean stable?');
  });

  it('pushes no artifact if the configuration does not want it', async () => {
    project = await createProject(registry.host, { time, more: 'publish: { oci: false }\n' });
    expect((await run()).artifacts).toEqual([]);
    expect(await project.client.listTags(project.config.image)).toEqual([]);
  });

  describe('when production cannot serve an image', () => {
    it('publishes nothing, and names it', async () => {
      const { version, digest } = await release(now);
      await removeImage(digest);
      const answer = run();
      await expect(answer).rejects.toThrow(`testing ${version} (x86_64): `);
      await expect(answer).rejects.toThrow(digest);
      expect(await listFiles()).toEqual([]);
      expect(await project.client.resolve(atTag(project.config.image, 'updates-testing'))).toBeUndefined();
    });

    it('leaves what is published as it is', async () => {
      await release(now - 50 * hour);
      await run({ at: now - 49 * hour });
      const before = await readFile(join(site, 'testing/x86_64/v1/graph'), 'utf8');
      const { digest } = await release(now);
      await removeImage(digest);
      await expect(run({ at: now + 25 * hour })).rejects.toThrow(digest);
      expect(await readFile(join(site, 'testing/x86_64/v1/graph'), 'utf8')).toBe(before);
    });

    it('stops offering no less when a published target is lost', async () => {
      await release(now - 50 * hour);
      const { digest } = await release(now);
      await run();
      await removeImage(digest);
      await expect(run({ at: now + hour })).rejects.toThrow(digest);
    });

    it.each([
      ['in the folder', () => site],
      ['in the artifact only', () => temporaryFolder()],
    ])(
      'keeps an old release that was published before (%s): nodes on it must find themselves',
      async (_name, folder) => {
        const old = await release(now - 50 * hour);
        await run({ at: now - 49 * hour });
        await release(now);
        await removeImage(old.digest);
        const output = await folder();
        await run({ at: now + 25 * hour, output });
        expect((await graph('', output)).nodes).toHaveLength(2);
      },
    );

    it('looks targets up each time, and old releases only once', async () => {
      await release(now - 50 * hour);
      await release(now);
      const requests = async () => {
        const before = project.client.counters.requests;
        const config = { ...project.config, publish: { oci: false, signedBy: [] } };
        await publishUpdates({ ...project, config, log: silentLog }, { folder: site, fleets: [], now });
        return project.client.counters.requests - before;
      };
      // The first request is for the artifact of each fleet, the last ones are for three floating tags.
      expect([await requests(), await requests()]).toEqual([2 + 2 + 3, 2 + 1 + 3]);
    });
  });

  it('refuses to lose a published release when the state branch was reset', async () => {
    await release(now - 50 * hour);
    const before = await project.git.run(['rev-parse', 'coxswain']);
    await release(now);
    await run();
    await project.git.run(['update-ref', 'refs/heads/coxswain', before]);
    // In the folder of last time, and in an empty one as on a hosted runner: the artifact has the releases.
    for (const output of [site, await temporaryFolder()]) {
      const answer = run({ output });
      await expect(answer).rejects.toThrow(
        /fleet testing: this publishes less than .*release 1-\d+ is gone/s,
      );
    }
    expect((await graph()).nodes).toHaveLength(2);
  });

  it('publishes less only for a reason, which the state branch records, and only once', async () => {
    await release(now - 50 * hour);
    const before = await project.git.run(['rev-parse', 'coxswain']);
    await release(now);
    await run();
    await project.git.run(['update-ref', 'refs/heads/coxswain', before]);
    await expect(run({ replace: '' })).rejects.toThrow(/--replace-published/);
    const answer = await run({ at: now + 60, replace: 'the second one never existed' });
    expect(answer.written).toContain('testing/releases.json');
    expect((await graph()).nodes).toHaveLength(1);
    const { operations } = await project.state.readFleet('testing');
    expect(operations.replaced).toEqual([
      { reason: 'the second one never existed', by: 'Ada', at: now + 60 },
    ]);
    expect(await project.git.run(['log', '-1', '--format=%B', 'coxswain'])).toMatch(
      /replace what was published.*the second one never existed/s,
    );
    expect((await run({ at: now + 120 })).artifacts.map(({ changed }) => changed)).toEqual([false, false]);
    // What is published from now on is compared again.
    const replaced = await project.git.run(['rev-parse', 'coxswain']);
    await release(now + hour);
    await run({ at: now + hour });
    await project.git.run(['update-ref', 'refs/heads/coxswain', replaced]);
    await expect(run({ at: now + hour })).rejects.toThrow(/publishes less than/);
  });

  it('refuses to leave out a fleet that has releases, unless somebody says why', async () => {
    await release(now);
    await run();
    const { git } = project;
    const yaml = await readFile(join(git.directory, 'coxswain.yaml'), 'utf8');
    // A misspelt name, or a fleet that was taken out.
    await writeFile(
      join(git.directory, 'coxswain.yaml'),
      yaml.replace(/ {2}testing: \{\}\n {2}stable: .*\n/, '  stable: {}\n'),
    );
    const files = await listFiles();
    await expect(run()).rejects.toThrow(
      /coxswain\.yaml: fleets: branch coxswain has 1 releases of fleet testing, which is not configured/,
    );
    expect(await listFiles()).toEqual(files);
    const output = await temporaryFolder();
    await run({ at: now + 60, replace: 'the lab is closed', output });
    expect((await listFiles(output)).filter((path) => path.startsWith('testing/'))).toEqual([]);
    const { operations } = await project.state.readFleet('testing');
    expect(operations.replaced).toEqual([{ reason: 'the lab is closed', by: 'Ada', at: now + 60 }]);
    // Its artifact stays: operators who still have nodes there can restore it.
    expect(await project.client.resolve(atTag(project.config.image, 'updates-testing'))).toBeDefined();
    await run({ at: now + 120, output });
  });

  it('writes nothing from a dirty state branch', async () => {
    await release(now);
    await project.forge.branches.commit({
      branch: 'coxswain',
      parent: await project.forge.branches.resolve('coxswain'),
      changes: [{ path: 'fleets/stable/updates.json', content: '{' }],
      message: 'By hand',
    });
    await expect(run()).rejects.toThrow('fleets/stable/updates.json');
    expect(await listFiles()).toEqual([]);
  });

  describe('with a rollout that is paused for two hours', () => {
    beforeEach(async () => {
      await release(now - 12 * hour);
      await project.state.changeFleet('testing', 'Pause', (state) => {
        const order = { fleet: 'testing', by: 'Ada', now };
        return editState(state, order, { kind: 'pause', reason: 'x', duration: 2 * hour }).state;
      });
    });

    const tip = () => project.git.run(['rev-parse', 'coxswain']);

    it('counts its end among the changes that are due, and does nothing until then', async () => {
      const before = await tip();
      expect(await run()).toMatchObject({ nextChange: '2026-07-25T19:20:00Z', resumed: [] });
      expect((await graph('early/')).edges).toEqual([]);
      expect(await run({ at: now + 2 * hour - 1 })).toMatchObject({ written: [], resumed: [] });
      expect(await tip()).toBe(before);
    });

    it('resumes it at the same share, by one commit, after that time', async () => {
      const before = await tip();
      const answer = await run({ at: now + 5 * hour });
      expect(answer.resumed).toMatchObject([{ fleet: 'testing' }]);
      expect(answer.text).toContain('testing: resume');
      const { updates, operations } = await project.state.readFleet('testing');
      expect(operations).toEqual({});
      // Half-way through the day of the rollout.
      expect(updates.releases.at(-1)?.metadata.rollout?.start_epoch).toBe(now - 7 * hour);
      expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
      expect(await project.git.run(['log', '-1', '--format=%B', 'coxswain'])).toContain(
        'By: coxswain publish-updates',
      );
      expect(await run({ at: now + 5 * hour })).toMatchObject({ written: [], resumed: [] });
      expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
    });

    it('resumes once, however many publish at the time', async () => {
      const answers = await Promise.all(
        [1, 2, 3].map(async () => run({ at: now + 3 * hour, output: await temporaryFolder() })),
      );
      expect(answers.flatMap(({ resumed }) => resumed)).toHaveLength(1);
      expect(await project.git.run(['rev-list', '--count', 'coxswain'])).toBe('3');
    });
  });

  it('finishes what a killed run began', async () => {
    const { version } = await release(now);
    await run();
    // As if killed after the first file, and in the middle of another.
    await writeFile(join(site, 'testing/x86_64/v1/graph'), '{"nodes": [');
    const answer = await run();
    expect(answer.written).toEqual(['testing/x86_64/v1/graph']);
    expect((await graph()).nodes[0]?.version).toBe(version);
  });

  it.each(['reads the state', 'looks images up'])(
    'ends with the newest state when somebody releases and publishes after it %s',
    async (when) => {
      await release(now - 50 * hour);
      let interfered = false;
      const interfere = async () => {
        if (interfered) return;
        interfered = true;
        await release(now);
        await run();
      };
      const state: State = {
        ...project.state,
        at: (commit) => {
          const seen = project.state.at(commit);
          return {
            ...seen,
            readFleet: async (fleet) => {
              const found = await seen.readFleet(fleet);
              if (when === 'reads the state') await interfere();
              return found;
            },
          };
        },
      };
      const client: RegistryClient = {
        ...project.client,
        resolve: async (reference) => {
          if (when === 'looks images up') await interfere();
          return project.client.resolve(reference);
        },
      };
      await publishUpdates({ ...project, state, client, log: silentLog }, { folder: site, fleets: [], now });
      expect((await graph()).nodes).toHaveLength(2);
      const { layers } = await readArtifact(project.client, atTag(project.config.image, 'updates-testing'));
      const published = layers.find(({ descriptor }) =>
        descriptor.annotations?.['org.opencontainers.image.title']?.endsWith('/releases.json'),
      );
      expect(JSON.parse(Buffer.from(published?.bytes ?? []).toString()).releases).toHaveLength(2);
    },
  );
});
