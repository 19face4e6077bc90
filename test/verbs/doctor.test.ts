import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/host/log.ts';
import { promoteImage } from '../../src/loop/promote-image/promote-image.ts';
import { publishUpdates } from '../../src/loop/publish-updates/publish-updates.ts';
import { startRollout } from '../../src/loop/start-rollout/start-rollout.ts';
import { floatingTagsCheck } from '../../src/operate/doctor/checks/floating-tags.ts';
import type { Examination } from '../../src/operate/doctor/doctor.ts';
import { parseConfig } from '../../src/project/configuration/config.ts';
import { pushSealed, sealAcceptance } from '../../src/release/attestations/acceptance.ts';
import { missingEvidence } from '../../src/release/evidence/acceptance.ts';
import { filesInFolder } from '../../src/release/published/published-files.ts';
import doctor from '../../src/verbs/doctor.ts';
import { Git } from '../../src/world/git/git.ts';
import { isIndex } from '../../src/world/registry/manifest.ts';
import { atDigest, atTag, formatRepository, parseDigest } from '../../src/world/registry/reference.ts';
import { buildAndTest, now } from '../faults/stage.ts';
import { useMemory } from '../support/in-memory.ts';
import { contextAt, createProject, publishBase, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';
import { unsigned } from '../support/trust.ts';

// One good site, and broken copies of it.

useMemory();
const registry = useRegistry();
const url = 'https://acme.example.com/os/';
let good: Site;
let copies = 0;

interface Site {
  /** With coxswain.yaml. */
  readonly directory: string;
  readonly site: string;
  readonly project: TestProject;
  readonly versions: readonly string[];
}

beforeAll(async () => {
  const made = await createProject(registry.host, {
    time: now - 9 * 86_400,
    more: `publish: { url: "${url}" }\n`,
  });
  // The test's own repository is deleted after the first test; this one is kept.
  const directory = join(registry.directory, 'repository');
  await cp(made.git.directory, directory, { recursive: true });
  const { openGitForge } = await import('../../src/world/forge/git/git-forge.ts');
  const { openState } = await import('../../src/release/state/state.ts');
  const forge = await openGitForge(directory);
  const project: TestProject = {
    ...made,
    git: new Git(directory),
    forge,
    state: openState(forge.branches, made.config),
  };
  const fleet = project.config.fleets.testing;
  if (fleet === undefined) throw new Error('no fleet');
  await publishBase(project, '44.20260621.3.1');
  const versions: string[] = [];
  for (const time of [now - 8 * 86_400, now - 43_200]) {
    await commitFiles(project.git, { 'etc/motd': `${time}\n` }, { time });
    versions.push((await buildAndTest(project)).candidate.version);
    await promoteImage(project, { fleet: 'testing', now: time });
    await startRollout(project, { fleet, now: time });
  }
  const site = join(registry.directory, 'site');
  await publishUpdates({ ...project, log: silentLog }, { folder: site, fleets: [], now, firstRelease: true });
  good = { directory, site, project, versions };
});

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A copy of the good site; its images are the same ones. */
async function copyOf(): Promise<Site> {
  copies += 1;
  const folder = join(registry.directory, `copy-${copies}`);
  folders.push(folder);
  await mkdir(folder);
  await cp(good.site, join(folder, 'site'), { recursive: true });
  await cp(join(good.directory, 'coxswain.yaml'), join(folder, 'coxswain.yaml'));
  return { ...good, directory: folder, site: join(folder, 'site') };
}

async function examine(
  place: Site,
  options: {
    at?: number;
    site?: string;
    oci?: boolean;
    baseUrl?: string[];
    fleet?: string[];
    nodes?: string[];
  } = {},
) {
  const { at = now, oci = false, baseUrl = [], fleet = [], nodes = [] } = options;
  const inputs = {
    site: oci ? undefined : (options.site ?? place.site),
    oci,
    github: false,
    fleet,
    'base-url': baseUrl,
    'node-reference': nodes,
    grace: 1800,
    directory: place.directory,
  };
  const { data, text, exitCode } = await doctor.run(inputs, contextAt(at));
  return { ...(data as Examination), text, exitCode };
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
}

/** Edits one file of the site by its JSON. */
function editJson(file: string, change: (value: never) => unknown): Promise<void> {
  return edit(file, (text) => `${JSON.stringify(change(JSON.parse(text) as never), null, 2)}\n`);
}

const graphs = ['', 'default/', 'early/', 'late/'].map((folder) => `x86_64/${folder}v1/graph`);

/** Puts one digest in the place of another, everywhere. */
async function replaceEverywhere(place: Site, from: string, to: string): Promise<void> {
  for (const file of ['releases.json', ...graphs]) {
    await edit(join(place.site, 'testing', file), (text) => text.replaceAll(from, to));
  }
}

async function digestOf(version: string): Promise<string> {
  const { client, config } = good.project;
  return (await client.resolve(atTag(config.image, version)))?.digest ?? '';
}

async function deleteManifest(digest: string): Promise<void> {
  const { path } = good.project.config.image;
  await fetch(`http://${registry.host}/v2/${path}/manifests/${digest}`, { method: 'DELETE' });
}

async function newImage(options: Parameters<typeof pushSampleImage>[2]): Promise<string> {
  const { client, config } = good.project;
  return (await pushSampleImage(client, config.image, options)).digest;
}

const labelsOf = (version: string) => ({
  'org.opencontainers.image.version': version,
  'com.coreos.stream': 'stable',
});

/** Serves a folder as any web server does. */
async function withServer<T>(folder: string, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, answer) => {
    readFile(join(folder, decodeURIComponent(request.url ?? ''))).then(
      (content) => answer.end(content),
      () => answer.writeHead(404, { 'content-type': 'text/html' }).end('<html>Not here</html>'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('doctor over HTTP', () => {
  it('has no finding on a good site, and finds what is not served', async () => {
    await withServer(good.site, async (address) => {
      expect(await examine(good, { site: address })).toMatchObject({ findings: [], exitCode: 0, images: 2 });
    });
    const place = await copyOf();
    await rm(join(place.site, 'testing/x86_64/early'), { recursive: true });
    await withServer(place.site, async (address) => {
      const { findings } = await examine(place, { site: address });
      expect(findings.map(({ check }) => check)).toEqual(['missing-file']);
    });
  });

  it('fails if there is no answer, which is not a finding', async () => {
    await expect(examine(good, { site: 'http://127.0.0.1:9/' })).rejects.toThrow(/127\.0\.0\.1/);
  });
});

describe('doctor on a good site', () => {
  it('has no finding, for the folder and for the artifacts', async () => {
    const found = await examine(good, {
      baseUrl: [`${url}testing/\${basearch}/`, `${url}testing/\${basearch}/\${group}/`],
    });
    expect(found.findings).toEqual([]);
    expect(found).toMatchObject({ exitCode: 0, releases: 2, images: 2, fleets: ['testing', 'stable'] });
    expect(found.text).toMatch(/: no finding\n {2}testing, stable: 2 releases, 2 images in graphs$/);
    expect((await examine(good, { oci: true })).findings).toEqual([]);
  });
});

describe('doctor refuses, before it asks anybody,', () => {
  it.each([
    ['a base_url without its slash', `${url}testing/\${basearch}`, /does not end in a slash/],
    ['a variable that Zincati does not know', `${url}testing/\${arch}/`, /no variable \$\{arch\}.*It knows/],
    ['a base_url of another site', 'https://old.example.com/testing/x86_64/', /not below .*publish\.url/],
    ['a base_url that is no URL', 'testing/x86_64/', /not the URL of a web server/],
  ])('%s', async (_what, baseUrl, message) => {
    // Nobody listens there: a question would fail.
    const asked = examine(good, { site: 'http://127.0.0.1:9/', baseUrl: [baseUrl] });
    await expect(asked).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(message),
    });
  });

  it('a node reference by tag, which does not say what the node runs', async () => {
    const nodes = ['ostree-unverified-registry:ghcr.io/acme/os:stable'];
    await expect(examine(good, { site: 'http://127.0.0.1:9/', nodes })).rejects.toThrow(
      /--node-reference: a tag does not say .*expected ghcr\.io\/acme\/os@sha256:….*rpm-ostree status/,
    );
  });

  it('a folder that does not exist', async () => {
    await expect(examine(good, { site: join(good.site, 'nowhere') })).rejects.toThrow(
      /--site: no such folder/,
    );
  });
});

describe('doctor has one finding, with a remedy, for', () => {
  it.each<[string, string, (place: Site) => Promise<Parameters<typeof examine>[1] | undefined>]>([
    [
      'a file that is not there',
      'missing-file',
      async ({ site }) => {
        await rm(join(site, 'testing/x86_64/late/v1/graph'));
        return undefined;
      },
    ],
    [
      'a file that is cut off',
      'unreadable-file',
      async ({ site }) => {
        await edit(join(site, 'testing/x86_64/v1/graph'), (text) => text.slice(0, 100));
        return undefined;
      },
    ],
    [
      'a release index that is cut off',
      'unreadable-file',
      async ({ site }) => {
        await edit(join(site, 'testing/releases.json'), (text) => text.slice(0, 100));
        return undefined;
      },
    ],
    [
      'a ring that a publisher forgot',
      'stale-graph',
      async ({ site }) => {
        await editJson(join(site, 'testing/x86_64/early/v1/graph'), (graph: object) => ({
          ...graph,
          edges: [],
        }));
        return undefined;
      },
    ],
    [
      'a site that nobody has published for long',
      'stale-graph',
      async () => ({ at: now + 13 * 3600, fleet: ['testing'] }),
    ],
    ['a base_url that leads nowhere', 'base-url', async () => ({ baseUrl: [`${url}tests/\${basearch}/`] })],
    [
      'a site that is served without TLS',
      'base-url',
      async ({ directory }) => {
        await edit(join(directory, 'coxswain.yaml'), (text) => text.replace('https:', 'http:'));
        return undefined;
      },
    ],
    [
      'an image that production does not have',
      'unservable',
      async (place) => {
        await replaceEverywhere(
          place,
          await digestOf(place.versions[1] as string),
          `sha256:${'1'.repeat(64)}`,
        );
        return undefined;
      },
    ],
    [
      'a payload of another repository',
      'payload',
      async (place) => {
        const digest = await digestOf(place.versions[1] as string);
        const name = `${registry.host}/${place.project.config.image.path}`;
        await replaceEverywhere(place, `${name}@${digest}`, `${name}-test@${digest}`);
        return undefined;
      },
    ],
  ])('%s', async (_what, check, damage) => {
    const place = await copyOf();
    const found = await examine(place, await damage(place));
    // An old site also says that it is late.
    const checks = [...new Set(found.findings.map((each) => each.check))].filter(
      (each) => each !== 'overdue',
    );
    expect(checks, found.text).toEqual([check]);
    expect(found.exitCode).toBe(1);
    expect(found.findings[0]?.remedy).toMatch(/\.$/);
    expect(found.text).toMatch(new RegExp(`: error: .*\\[${check}\\]$`, 'm'));
  });

  it('nodes on an image that no graph has, however rpm-ostree writes it', async () => {
    const repository = formatRepository(good.project.config.image);
    const known = `${repository}@${await digestOf(good.versions[0] as string)}`;
    const lost = `${repository}@sha256:${'5'.repeat(64)}`;
    const prefixes = [
      '',
      'docker://',
      'ostree-unverified-registry:',
      'ostree-unverified-image:docker://',
      'ostree-image-signed:docker://',
      'ostree-image-signed:registry:',
      'ostree-remote-registry:fedora:',
      'ostree-remote-image:fedora:docker://',
    ];
    const found = await examine(good, { nodes: prefixes.map((prefix) => `${prefix}${known}`) });
    expect(found.findings).toEqual([]);
    const missing = await examine(good, {
      nodes: [
        known,
        `ostree-unverified-registry:${lost}`,
        `quay.io/fedora/fedora-coreos@sha256:${'6'.repeat(64)}`,
      ],
    });
    expect(missing.findings).toMatchObject([
      { check: 'node-reference', where: lost, remedy: expect.stringContaining('coxswain import-release') },
      { check: 'node-reference', remedy: expect.stringContaining('node.migrate-from') },
    ]);
    expect(missing.exitCode).toBe(1);
  });

  it('ages that do not grow, beside the graph being no longer the right one', async () => {
    const place = await copyOf();
    for (const file of graphs) {
      await edit(join(place.site, 'testing', file), (text) =>
        text.replace('age_index":"1"', 'age_index":"0"'),
      );
    }
    const found = await examine(place);
    expect(new Set(found.findings.map(({ check }) => check))).toEqual(new Set(['ages', 'stale-graph']));
  });

  it('another stream in the configuration, with all that follows from it', async () => {
    const place = await copyOf();
    await edit(join(place.directory, 'coxswain.yaml'), (text) => `${text}stream: next\n`);
    expect(parseConfig(await readFile(join(place.directory, 'coxswain.yaml'), 'utf8'), 'x').stream).toBe(
      'next',
    );
    const found = await examine(place, { fleet: ['testing'] });
    expect(new Set(found.findings.map(({ check }) => check))).toEqual(
      new Set(['stream', 'stream-label', 'stream-tag']),
    );
  });

  it.each<[string, string, (version: string) => Promise<string>]>([
    [
      'a label that is not the version',
      'version-label',
      (version) =>
        newImage({
          tag: version,
          created: '2026-07-25T12:00:00Z',
          labels: labelsOf('44.20260621.3.1-00000000'),
        }),
    ],
    [
      'an image older than the one before',
      'created',
      (version) => newImage({ tag: version, created: '2020-01-01T00:00:00Z', labels: labelsOf(version) }),
    ],
    [
      'an image without evidence',
      'evidence',
      (version) => newImage({ tag: version, created: '2026-07-25T12:00:00Z', labels: labelsOf(version) }),
    ],
    [
      'an image that no tag holds',
      'version-tag',
      (version) => newImage({ created: '2026-07-25T12:00:00Z', labels: labelsOf(version) }),
    ],
    [
      'an image that lacks a layer',
      'unservable',
      async (version) => {
        const digest = await newImage({
          tag: version,
          created: '2026-07-25T12:00:00Z',
          labels: labelsOf(version),
        });
        const { client, config } = good.project;
        const { json } = await client.getManifest(atDigest(config.image, parseDigest(digest)));
        const layer = isIndex(json) ? undefined : json.layers[0]?.digest;
        const url = `http://${registry.host}/v2/${config.image.path}/blobs/${layer}`;
        expect((await fetch(url, { method: 'DELETE' })).status).toBe(202);
        return digest;
      },
    ],
  ])('%s', async (_what, check, make) => {
    const place = await copyOf();
    const { client, config } = place.project;
    const version = place.versions[1] as string;
    const before = await client.getManifest(atTag(config.image, version));
    try {
      await replaceEverywhere(place, before.descriptor.digest, await make(version));
      const found = await examine(place);
      // An image made here was never tested.
      const checks = [...new Set(found.findings.map((each) => each.check))].filter(
        (each) => check === 'evidence' || each !== 'evidence',
      );
      expect(checks, found.text).toEqual([check]);
      expect(found.exitCode).toBe(1);
    } finally {
      await client.putManifest(config.image, version, before.bytes, before.descriptor.mediaType);
    }
  });

  it('no image without evidence, if somebody has accepted that', async () => {
    const place = await copyOf();
    const { client, config } = place.project;
    const version = place.versions[1] as string;
    const before = await client.getManifest(atTag(config.image, version));
    const image = parseDigest(
      await newImage({ tag: version, created: '2026-07-25T12:00:00Z', labels: labelsOf(version) }),
    );
    try {
      await replaceEverywhere(place, before.descriptor.digest, image);
      const checks = async () => (await examine(place)).findings.map(({ check }) => check);
      expect(await checks()).toEqual(['evidence']);
      const { descriptor } = await client.getManifest(atDigest(config.image, image));
      const acceptance = { reason: 'no machine', by: 'Ada', at: now, testsTree: '0'.repeat(40) };
      const accept = async (fleet: string) => {
        const about = { repository: config.image, subject: image, record: { ...acceptance, fleet } };
        const sealed = await sealAcceptance(missingEvidence, about, { trust: unsigned, env: {} });
        await pushSealed(client, config.image, descriptor, sealed);
      };
      await accept('stable');
      expect(await checks()).toEqual(['evidence']);
      await accept('testing');
      expect(await checks()).toEqual([]);
    } finally {
      await client.putManifest(config.image, version, before.bytes, before.descriptor.mediaType);
    }
  });

  it('a node of no release, which retention would delete', async () => {
    const place = await copyOf();
    const version = place.versions[0] as string;
    const stray = await newImage({ created: '2020-01-01T00:00:00Z', labels: labelsOf(version) });
    for (const file of graphs) {
      await editJson(join(place.site, 'testing', file), (graph: { nodes: object[]; edges: number[][] }) => ({
        nodes: graph.nodes.map((node, index) =>
          index === 0
            ? { ...node, payload: `${formatRepository(place.project.config.image)}@${stray}` }
            : node,
        ),
        edges: graph.edges,
      }));
    }
    const { findings } = await examine(place, { fleet: ['testing'] });
    expect(findings.map(({ check }) => check)).toContain('retention');
  });

  it('an old image that production has lost: a warning, for nobody is sent there', async () => {
    const place = await copyOf();
    const { client, config } = place.project;
    const version = place.versions[0] as string;
    const before = await client.getManifest(atTag(config.image, version));
    // The tags of the image are deleted with it.
    const newest = await client.getManifest(atTag(config.image, place.versions[1] as string));
    await client.putManifest(config.image, 'stable', newest.bytes, newest.descriptor.mediaType);
    await deleteManifest(before.descriptor.digest);
    try {
      const { findings, exitCode } = await examine(place);
      expect(findings.map(({ check, severity }) => `${severity} ${check}`)).toEqual(['warning lost-image']);
      expect(exitCode).toBe(0);
    } finally {
      await client.putManifest(config.image, version, before.bytes, before.descriptor.mediaType);
    }
  });
});

describe('doctor finds, although the site has no contradiction,', () => {
  const checksOf = async (place: Site, options: Parameters<typeof examine>[1] = {}) => {
    const { findings, exitCode } = await examine(place, options);
    expect(exitCode).toBe(findings.some(({ severity }) => severity === 'error') ? 1 : 0);
    return findings.map(({ check }) => check);
  };

  /** Takes releases out of every file, as a publication from a reset state branch would. */
  async function keep(place: Site, count: number): Promise<void> {
    const folder = join(place.site, 'testing');
    interface List {
      releases: { version: string }[];
    }
    const kept = place.versions.slice(0, count);
    for (const file of ['releases.json', 'updates.json']) {
      await editJson(join(folder, file), (document: List) => ({
        ...document,
        releases: document.releases.filter(({ version }) => kept.includes(version)),
      }));
    }
    for (const file of graphs) {
      await editJson(join(folder, file), (graph: { nodes: unknown[] }) => ({
        nodes: graph.nodes.slice(0, count),
        edges: [],
      }));
    }
  }

  it('a release that it lost', async () => {
    const place = await copyOf();
    await keep(place, 1);
    expect(await checksOf(place)).toEqual(['lost-releases']);
  });

  it('that it was emptied', async () => {
    const place = await copyOf();
    await keep(place, 0);
    expect(await checksOf(place)).toEqual(['emptied', 'lost-releases']);
  });

  it('that the whole of it is too old, by the clock', async () => {
    const place = await copyOf();
    const { 'next-change': due } = JSON.parse(
      await readFile(join(place.site, 'testing/published.json'), 'utf8'),
    ) as { 'next-change': string };
    const at = Date.parse(due) / 1000;
    expect(await checksOf(place, { at: at + 1800 })).not.toContain('overdue');
    expect(await checksOf(place, { at: at + 1801 })).toContain('overdue');
  });

  it('that its rollouts are older than those of the artifact', async () => {
    const place = await copyOf();
    const folder = join(place.site, 'testing');
    await edit(join(folder, 'published.json'), (text) =>
      text.replace(/"published": "\d+/, '"published": "2020'),
    );
    await editJson(join(folder, 'updates.json'), (document: object) => ({ ...document, releases: [] }));
    for (const file of graphs) {
      const graph = JSON.parse(await readFile(join(folder, file), 'utf8')) as object;
      await writeFile(join(folder, file), JSON.stringify({ ...graph, edges: [] }));
    }
    expect(await checksOf(place, { at: now + 7200 })).toContain('old-site');
  });

  it('a floating tag on a withdrawn release', async () => {
    const { project, versions } = good;
    const { config } = project;
    const version = versions.at(-1) ?? '';
    const texts = new Map(await project.state.readTexts('testing'));
    const subject = { fleet: 'testing', ...(await project.state.readFleet('testing')) };
    const tools = { ...project, files: filesInFolder(good.site), witnesses: [], now, grace: 1800 };
    const run = (state: ReadonlyMap<string, string>) =>
      floatingTagsCheck.run(
        {
          ...subject,
          stamp: undefined,
          heard: [],
          graphs: [],
          withState: {
            where: 'the artifact',
            versions,
            digestRefs: new Set(),
            texts: state,
            hasState: true,
            releases: '',
            updates: undefined,
            stamp: undefined,
          },
        },
        tools,
      );
    expect(await run(texts)).toEqual([]);
    const withdrawn = [{ version, reason: 'boot loop', by: 'Ada', at: now }];
    texts.set('fleets/testing/operations.json', JSON.stringify({ withdrawn }));
    const problems = await run(texts);
    const { host } = registry;
    expect(problems.map(({ where }) => where).sort()).toEqual(
      ['44.20260621.3.1', 'stable', 'testing'].map((tag) => `${host}/${config.image.path}:${tag}`),
    );
  });

  it('guidance of another project in the same repository', async () => {
    const { client, config } = good.project;
    const { bytes, descriptor } = await client.getManifest(atTag(config.image, 'updates-testing'));
    await client.putManifest(config.image, 'updates-other', bytes, descriptor.mediaType);
    expect(await checksOf(await copyOf())).toEqual(['other-project']);
  });
});
