import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readContainerStorage } from '../../src/host/container-storage.ts';
import { exec } from '../../src/host/exec.ts';
import { type Log, silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { buildImage } from '../../src/loop/build-image/build-image.ts';
import { buildLocally } from '../../src/loop/build-image/local.ts';
import { type Config, parseConfig } from '../../src/project/configuration/config.ts';
import { findBuiltFor } from '../../src/release/candidate/built.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import type { Git } from '../../src/world/git/git.ts';
import { type Image, readImage } from '../../src/world/registry/image.ts';
import { inLayout, layoutReader } from '../../src/world/registry/layout.ts';
import { isIndex, mediaTypes } from '../../src/world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  formatReference,
  formatRepository,
  parseRepository,
  type Repository,
} from '../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../support/registry.ts';
import { commitFiles, createRepository } from '../support/repository.ts';

const registry = useRegistry();
const otherRegistry = useRegistry();
const client = testClient();
const committedAt = 1_750_000_000;
const containerfile = `ARG GREETING=none
COPY rootfs /
RUN ls -1 / > /seen && echo "$GREETING" > /greeting
`;

let folder = '';
let storages = 0;
let repositories = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-test-build-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An environment with a container storage of its own, empty. */
async function freshStorage(): Promise<Record<string, string>> {
  storages += 1;
  const place = join(folder, `storage-${storages}`);
  await mkdir(place);
  const file = join(place, 'storage.conf');
  await writeFile(
    file,
    `[storage]\ndriver = "overlay"\ngraphroot = "${place}/graph"\nrunroot = "${place}/run"\n`,
  );
  return { CONTAINERS_STORAGE_CONF: file };
}

/** Everything that local storage holds: images and working containers. */
async function leftovers(env: Record<string, string>): Promise<string> {
  const images = await exec('buildah', ['images', '--all', '--quiet'], { env });
  const containers = await exec('buildah', ['containers', '--all', '--quiet'], { env });
  return images.stdout + containers.stdout;
}

/**
 * The smallest base that RUN works on, with annotations as FCOS has them. Its layer is compressed by another gzip
 * than buildah's, so a layer that buildah compresses again has another digest.
 */
async function pushBase(repository: Repository, version: string): Promise<DigestReference> {
  const root = join(folder, `base-${version}`);
  await mkdir(join(root, 'bin'), { recursive: true });
  await mkdir(join(root, 'etc'));
  await exec('cp', [findTool('busybox') ?? 'busybox', join(root, 'bin/busybox')]);
  for (const name of ['sh', 'ls']) await exec('ln', ['-s', 'busybox', join(root, 'bin', name)]);
  for (const name of ['hosts', 'resolv.conf', `release-${version}`])
    await writeFile(join(root, 'etc', name), '');
  const env = await freshStorage();
  const container = (await exec('buildah', ['from', 'scratch'], { env })).stdout.trim();
  await exec('buildah', ['copy', '--quiet', container, root, '/'], { env });
  const labels = {
    'containers.bootc': '1',
    'com.coreos.stream': 'stable',
    'org.opencontainers.image.version': version,
  };
  await exec(
    'buildah',
    [
      'config',
      ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
      '--annotation=org.opencontainers.image.created=2020-01-01T00:00:00Z',
      '--annotation=fedora-coreos.stream=stable',
      container,
    ],
    { env },
  );
  const destination = `docker://${formatRepository(repository)}:made`;
  await exec('buildah', ['commit', '--quiet', '--rm', '--tls-verify=false', container, destination], { env });
  const made = await readImage(client, atTag(repository, 'made'), 'x86_64');
  return repack(made, repository, repository, 'stable', 1);
}

/** Pushes an image again with its first layer compressed at another gzip level. */
async function repack(
  image: Image,
  from: Repository,
  to: Repository,
  tag: string,
  level: number,
): Promise<DigestReference> {
  const { json } = image.manifest;
  const [layer, ...layers] = json.layers;
  if (layer === undefined) throw new Error('no layer');
  const packed = gzipSync(gunzipSync(await client.getBlob(from, layer.digest)), { level });
  const { digest, size } = await client.uploadBlob(to, packed);
  const manifest = { ...json, layers: [{ ...layer, digest, size }, ...layers] };
  return atDigest(
    to,
    await client.putManifest(to, tag, Buffer.from(JSON.stringify(manifest)), mediaTypes.ociManifest),
  );
}

interface Setting {
  git: Git;
  config: Config;
  base: Repository;
  baseDigest: DigestReference;
}

async function setting(
  options: { testHost?: string; lines?: string; files?: Record<string, string> } = {},
): Promise<Setting> {
  repositories += 1;
  const base = parseRepository(`${registry.host}/build-${repositories}/fcos`);
  const baseDigest = await pushBase(base, `44.${repositories}`);
  const git = await createRepository();
  await commitFiles(
    git,
    {
      Containerfile: `FROM ${formatRepository(base)}:stable\n${options.lines ?? containerfile}`,
      'rootfs/hello': 'hello\n',
      'rootfs/tests/kept': '',
      'coxswain.yaml': '',
      'tests/x.sh': '',
      ...options.files,
    },
    { time: committedAt },
  );
  const config = parseConfig(
    `image: ${registry.host}/build-${repositories}/os
test-image: ${options.testHost ?? registry.host}/build-${repositories}/os-test
base: ${formatRepository(base)}:stable
stream: ours
build-arguments: { GREETING: "good day; $(true)" }
fleets: { stable: {} }
`,
    'coxswain.yaml',
  );
  return { git, config, base, baseDigest };
}

async function build({ git, config }: Setting, env: Record<string, string>, log: Log = silentLog) {
  const candidate = await readCandidate({ git, config, client });
  const told: Digest[] = [];
  const result = await buildImage({
    git,
    config,
    client,
    candidate,
    log,
    env: { ...process.env, ...env },
    onBuilt: async ({ descriptor }) => void told.push(descriptor.digest),
  });
  // Provenance is attached to what this run built, one image for each architecture, and to nothing else.
  const { json } = await client.getManifest(result.image);
  const images = isIndex(json) ? json.manifests.map(({ digest }) => digest) : [result.image.digest];
  expect(told).toEqual(result.built ? images : []);
  return { candidate, ...result, read: () => readImage(client, result.image, 'x86_64') };
}

/** The files that an image's last layer has. */
async function lastLayer(image: Image, repository: Repository): Promise<Map<string, string>> {
  const layer = image.manifest.json.layers.at(-1);
  const place = await mkdtemp(join(folder, 'layer-'));
  await writeFile(
    join(place, 'layer.tar'),
    gunzipSync(await client.getBlob(repository, layer?.digest as Digest)),
  );
  const names = (await exec('tar', ['-tf', join(place, 'layer.tar')])).stdout.trim().split('\n');
  const files = new Map<string, string>();
  for (const name of names.filter((each) => !each.endsWith('/'))) {
    files.set(name, (await exec('tar', ['-xOf', join(place, 'layer.tar'), name])).stdout);
  }
  return files;
}

async function deleteManifest(reference: DigestReference): Promise<void> {
  const { repository, digest } = reference;
  const url = `http://${repository.registry}/v2/${repository.path}/manifests/${digest}`;
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(202);
}

describe('building an image', () => {
  it('pushes what the commit says, with the right labels, times and base', async () => {
    const here = await setting();
    await writeFile(join(here.git.directory, 'rootfs/hello'), 'not committed');
    const env = await freshStorage();
    const { candidate, image, built, read } = await build(here, env);
    expect(built).toBe(true);
    expect(image.repository).toEqual(here.config.testImage);
    expect((await client.resolve(atTag(here.config.testImage, candidate.tag)))?.digest).toBe(image.digest);
    const derived = await read();
    expect(derived.config).toMatchObject({
      architecture: 'amd64',
      created: '2025-06-15T15:06:40Z',
      labels: {
        'containers.bootc': '1',
        'com.coreos.stream': 'ours',
        'org.opencontainers.image.version': candidate.version,
      },
    });
    expect(derived.manifest.json.annotations).toMatchObject({
      'org.opencontainers.image.created': '2025-06-15T15:06:40Z',
      'org.opencontainers.image.version': candidate.version,
      'org.opencontainers.image.base.name': `${formatRepository(here.base)}:stable`,
      'org.opencontainers.image.base.digest': here.baseDigest.digest,
      'fedora-coreos.stream': 'ours',
    });
    const files = await lastLayer(derived, image.repository);
    expect(Object.fromEntries(files)).toMatchObject({
      hello: 'hello\n',
      'tests/kept': '',
      greeting: 'good day; $(true)\n',
    });
    expect(files.get('seen')?.split('\n')).toContain('hello');
    expect(await leftovers(env)).toBe('');
  });

  it('keeps the base layers byte for byte, in the registry of the base and in another', async () => {
    for (const host of [registry.host, otherRegistry.host]) {
      const here = await setting({ testHost: host });
      const base = await readImage(client, here.baseDigest, 'x86_64');
      const derived = await (await build(here, await freshStorage())).read();
      const layers = derived.manifest.json.layers.map(({ digest }) => digest);
      expect(layers.slice(0, 1)).toEqual(base.manifest.json.layers.map(({ digest }) => digest));
      expect(layers.length).toBe(2);
    }
  }, 90_000);

  it('builds nothing the second time, even without buildah', async () => {
    const here = await setting();
    const first = await build(here, await freshStorage());
    const said: string[] = [];
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      const candidate = first.candidate;
      const again = await buildImage({
        ...here,
        client,
        candidate,
        log: { ...silentLog, info: (message) => said.push(message) },
      });
      expect(again).toEqual({ image: first.image, built: false, joined: false });
    } finally {
      process.env.PATH = path;
    }
    expect(said.join()).toContain(
      `${formatReference(atTag(here.config.testImage, first.candidate.tag))} is there already`,
    );
  });

  it('gives the same digest again from the same inputs, in fresh storage', async () => {
    const here = await setting();
    const first = await build(here, await freshStorage());
    await deleteManifest(first.image);
    await exec('sleep', ['1.1']);
    const second = await build(here, await freshStorage());
    expect(second).toMatchObject({ built: true, image: first.image });
  });

  it('restores the base layers if they were compressed again, and finishes what a crash left', async () => {
    const here = await setting();
    const first = await build(here, await freshStorage());
    const { tag } = first.candidate;
    const wrong = await repack(await first.read(), here.config.testImage, here.config.testImage, tag, 9);
    expect(wrong.digest).not.toBe(first.image.digest);
    const second = await build(here, {});
    expect(second).toMatchObject({ built: false, image: first.image });
    expect((await client.resolve(atTag(here.config.testImage, tag)))?.digest).toBe(first.image.digest);
  });

  it('runs twice at a time in one storage: one digest, nobody is disturbed, and nothing is left behind', async () => {
    const here = await setting();
    const env = await freshStorage();
    const digests = new Set<string>();
    for (const round of ['one', 'two', 'three', 'four']) {
      // Each pulls the base from a repository of its own.
      const runs = ['a', 'b'].map((name) => {
        const path = `${here.config.testImage.path}-${round}-${name}`;
        return build(
          { ...here, config: { ...here.config, testImage: { ...here.config.testImage, path } } },
          env,
        );
      });
      for (const { built, image } of await Promise.all(runs)) {
        expect(built, round).toBe(true);
        digests.add(image.digest);
      }
      expect(await leftovers(env), round).toBe('');
    }
    expect([...digests]).toHaveLength(1);
  }, 300_000);

  it('leaves a base that was there before, and gives the same digest whatever it is called there', async () => {
    const here = await setting();
    const first = await build(here, await freshStorage());
    await deleteManifest(first.image);
    const env = await freshStorage();
    const mine = `${formatRepository(here.base)}:stable`;
    await exec('buildah', ['pull', '--quiet', '--tls-verify=false', mine], { env });
    const before = await exec('buildah', ['images', '--all', '--no-trunc'], { env });
    const second = await build(here, env);
    expect(second).toMatchObject({ built: true, image: first.image });
    const after = await exec('buildah', ['images', '--all', '--no-trunc'], { env });
    expect(after.stdout.split('\n').map((line) => line.split(/\s+/)[0])).toEqual(
      before.stdout.split('\n').map((line) => line.split(/\s+/)[0]),
    );
  });

  it('gets the base again if a run was killed while it pulled it', async () => {
    const here = await setting();
    const env = await freshStorage();
    await exec(
      'buildah',
      ['pull', '--quiet', '--tls-verify=false', `${formatRepository(here.base)}:stable`],
      { env },
    );
    // So SIGKILL was seen to leave an image.
    const storage = await readContainerStorage({ ...process.env, ...env });
    const manifests = (await readdir(storage.folder, { recursive: true })).filter((path) =>
      /-images\/[0-9a-f]{64}\/manifest$/.test(path),
    );
    expect(manifests).toHaveLength(1);
    for (const path of manifests) await rm(join(storage.folder, path));
    expect(await build(here, env)).toMatchObject({ built: true });
    expect(await leftovers(env)).toBe('');
  });

  it('builds on the base that is in the key, though the tag moves in between', async () => {
    const here = await setting();
    const candidate = await readCandidate({ ...here, client });
    await pushBase(here.base, '99.1');
    const env = await freshStorage();
    const { image } = await buildImage({
      ...here,
      client,
      candidate,
      log: silentLog,
      env: { ...process.env, ...env },
    });
    const derived = await readImage(client, image, 'x86_64');
    const base = await readImage(client, here.baseDigest, 'x86_64');
    expect(derived.config.diffIds.slice(0, 1)).toEqual(base.config.diffIds);
    expect(derived.config.labels['org.opencontainers.image.version']).toBe(candidate.version);
  });

  it('builds several stages on one base, and leaves nothing of them behind', async () => {
    const here = await setting({ lines: 'x' });
    const name = `${formatRepository(here.base)}:stable`;
    await commitFiles(here.git, {
      Containerfile: `ARG BASE=${name}\nFROM \${BASE} AS make\nRUN echo made > /made\nFROM \${BASE} AS os\nCOPY --from=make /made /made\nFROM os\nRUN ls /made && echo seen > /seen\n`,
    });
    const env = await freshStorage();
    const { read, image } = await build(here, env);
    const derived = await read();
    expect(derived.manifest.json.layers.length).toBe(3);
    expect(Object.fromEntries(await lastLayer(derived, image.repository))).toMatchObject({ seen: 'seen\n' });
    expect(await leftovers(env)).toBe('');
  }, 90_000);

  it('shows the end of what buildah printed when a step fails, and leaves nothing behind', async () => {
    const here = await setting({ lines: 'RUN echo one thing && echo went wrong >&2 && exit 3\n' });
    const env = await freshStorage();
    await expect(build(here, env)).rejects.toThrowError(
      /^building the image for x86_64 failed: buildah ended with exit code [1-9][\s\S]*STEP 2\/\d+: RUN echo one[\s\S]*one thing[\s\S]*went wrong/,
    );
    expect(await leftovers(env)).toBe('');
    const candidate = await readCandidate({ ...here, client });
    expect(await client.resolve(atTag(here.config.testImage, candidate.tag))).toBeUndefined();
  });

  it('refuses an image that does not begin with the layers of its base', async () => {
    const here = await setting();
    const candidate = await readCandidate({ ...here, client });
    await pushSampleImage(client, here.config.testImage, { tag: candidate.tag });
    await expect(build(here, {})).rejects.toThrowError(
      /os-test:key-\w{16}: the image does not begin with the layers of its base/,
    );
  });

  it('makes an index of several architectures', async () => {
    const { here, config } = await twoArchitectures('COPY rootfs /\n');
    const first = await build({ ...here, config }, await freshStorage());
    const pushed = await client.getManifest(first.image);
    expect(
      isIndex(pushed.json) && pushed.json.manifests.map(({ platform }) => platform?.architecture),
    ).toEqual(['amd64', 'arm64']);
    for (const architecture of config.architectures) {
      const image = await readImage(client, first.image, architecture);
      expect(image.config.labels['org.opencontainers.image.version']).toBe(first.candidate.version);
    }
    expect(await build({ ...here, config }, {})).toMatchObject({ built: false, image: first.image });
  });

  it('builds one architecture at a time, and joins what it finds without building', async () => {
    const { here, config } = await twoArchitectures('COPY rootfs /\n');
    const { tag } = await readCandidate({ ...here, client });
    const arm = await buildFor('aarch64', { ...here, config }, await freshStorage());
    const ofKey = await readCandidate({ ...here, config, client });
    expect(await tags(config.testImage)).toEqual([`${ofKey.tag}-aarch64`]);
    expect(ofKey.tag).not.toBe(tag);
    const intel = await buildFor('x86_64', { ...here, config }, await freshStorage());
    expect(await tags(config.testImage)).toEqual([`${ofKey.tag}-aarch64`, `${ofKey.tag}-x86_64`]);
    const found = await findBuiltFor(client, config, ofKey, 'aarch64');
    expect(found).toEqual(arm.image);
    const joined = await build({ ...here, config }, { PATH: '/nowhere' });
    expect(joined.built).toBe(false);
    const { json } = await client.getManifest(joined.image);
    expect(isIndex(json) && json.manifests.map(({ digest }) => digest)).toEqual([
      intel.image.digest,
      arm.image.digest,
    ]);
  });

  it('leaves no index if the build of one architecture fails', async () => {
    const { here, config } = await twoArchitectures('RUN true\n');
    const { tag } = await readCandidate({ ...here, config, client });
    await expect(build({ ...here, config }, await freshStorage())).rejects.toThrow(/building .* for aarch64/);
    expect(await tags(config.testImage)).toEqual([`${tag}-x86_64`]);
  });
});

describe('a build into a folder', () => {
  it('needs no test registry, builds once, and is the image that the commit says', async () => {
    const here = await setting();
    const place = await mkdtemp(join(folder, 'layout-'));
    const candidate = await readCandidate({ ...here, client });
    // Nothing listens on this port.
    const config = { ...here.config, testImage: parseRepository('127.0.0.1:1/acme/os-test') };
    const env = { ...process.env, ...(await freshStorage()) };
    const options = { git: here.git, config, client, candidate, log: silentLog, env, folder: place };
    const [made, ...others] = await buildLocally(options);
    expect(others).toEqual([]);
    expect(made).toMatchObject({
      architecture: 'x86_64',
      built: true,
      image: `oci:${place}:${candidate.tag}-x86_64`,
    });
    const name = inLayout(place, `${candidate.tag}-x86_64`);
    const image = await readImage(layoutReader, name, 'x86_64');
    expect(image.manifest.descriptor.digest).toBe(made?.digest);
    expect(image.config.labels).toMatchObject({
      'com.coreos.stream': 'ours',
      'org.opencontainers.image.version': candidate.version,
    });
    expect(await buildLocally(options)).toEqual([{ ...made, built: false }]);
    expect(await leftovers(env as Record<string, string>)).toBe('');
    await expect(readImage(layoutReader, inLayout(place, 'other'), 'x86_64')).rejects.toThrow(
      /oci:\/.*:other: this folder does not have this image.*build-image --local/,
    );
    expect(() => inLayout('/tmp/a:b', 'x')).toThrow(/may not contain a colon/);
    const config2 = join(place, 'blobs', image.config.digest.replace(':', '/'));
    await writeFile(config2, (await readFile(config2, 'utf8')).replace('ours', 'owns'));
    await expect(readImage(layoutReader, name, 'x86_64')).rejects.toThrow(/does not match its name/);
  });
});

/** A project whose base exists for two architectures; no program runs on the second one. */
async function twoArchitectures(lines: string): Promise<{ here: Setting; config: Config }> {
  const here = await setting({ lines });
  const arm = await pushSampleImage(client, here.base, {
    architecture: 'arm64',
    layers: [await emptyTar()],
    labels: { 'org.opencontainers.image.version': '44.1' },
  });
  const entries = [
    { reference: here.baseDigest, architecture: 'amd64' },
    { reference: arm, architecture: 'arm64' },
  ];
  const manifests = await Promise.all(
    entries.map(async ({ reference, architecture }) => ({
      ...(await client.getManifest(reference)).descriptor,
      platform: { architecture, os: 'linux' },
    })),
  );
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  await client.putManifest(here.base, 'stable', index, mediaTypes.ociIndex);
  return { here, config: { ...here.config, architectures: ['x86_64', 'aarch64'] } };
}

async function buildFor(
  architecture: 'x86_64' | 'aarch64',
  { git, config }: Setting,
  env: Record<string, string>,
) {
  const candidate = await readCandidate({ git, config, client });
  const all = { ...process.env, ...env };
  return buildImage({ git, config, client, candidate, architecture, log: silentLog, env: all });
}

/** Tags of images, sorted. */
async function tags(repository: Repository): Promise<string[]> {
  return (await client.listTags(repository)).filter((tag) => tag.startsWith('key-')).sort();
}

async function emptyTar(): Promise<Buffer> {
  const place = await mkdtemp(join(folder, 'empty-'));
  await exec('tar', ['-cf', join(place, 'x.tar'), '-C', place, '--files-from', '/dev/null']);
  return readFile(join(place, 'x.tar'));
}
