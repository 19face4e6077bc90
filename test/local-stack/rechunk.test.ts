import { spawn } from 'node:child_process';
import { existsSync, writeSync } from 'node:fs';
import { chmod, cp, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { formatTable } from '../../src/demo/table.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { inRegistry, packedLayers } from '../../src/loop/boot-test/image-source.ts';
import { buildImage } from '../../src/loop/build-image/build-image.ts';
import { buildLocally } from '../../src/loop/build-image/local.ts';
import { explainSize } from '../../src/operate/explain/explain-size.ts';
import { type Config, parseConfig } from '../../src/project/configuration/config.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { downloadBetween, inMegabytes } from '../../src/release/download-size.ts';
import type { Git } from '../../src/world/git/git.ts';
import { makeRootOfLayers } from '../../src/world/layers/root-of-layers.ts';
import { type Image, readImage } from '../../src/world/registry/image.ts';
import { atDigest, type DigestReference, parseRepository } from '../../src/world/registry/reference.ts';
import { cliFolder } from '../support/build-cli.ts';
import { chunkah, pushTool, whyNoChunkah, withProgram } from '../support/chunkah.ts';
import { ownStorage } from '../support/own-storage.ts';
import { rawLayer } from '../support/raw-layers.ts';
import { testClient, useRegistry } from '../support/registry.ts';
import { commitFiles, createRepository, temporaryFolder } from '../support/repository.ts';
import { makeRpmTree, noise, type TreePackage } from '../support/rpm-tree.ts';
import { busyboxLayer, pushBase } from '../support/small-base.ts';

// The own layer of an image, split by the real chunkah: real packages, a real registry, a real build.

const registry = useRegistry();
const client = testClient();

const packages: readonly TreePackage[] = Array.from({ length: 12 }, (_, index) => ({
  name: `package-${index}`,
  version: '1',
  size: 400_000 * (1 + (index % 4)),
}));

/** Everything that an own layer may have besides packages. */
const run = [
  'rm /etc/gone',
  'rm -r /etc/old && mkdir /etc/old && echo new >/etc/old/new',
  'mkdir -p /opt/mine && echo mine >/opt/mine/file && ln /opt/mine/file /opt/mine/again',
  'ln -s ../nowhere /opt/mine/link && chmod 4711 /opt/mine/file && chown 7:8 /opt/mine/file',
  'chmod 1777 /opt/mine && mkfifo /opt/mine/pipe && echo >"$(printf "/opt/mine/n\\377")"',
].join(' && ');

const sizes: string[][] = [];
let env: NodeJS.ProcessEnv = {};
beforeEach(async () => {
  env = { ...withProgram(chunkah ?? 'chunkah'), ...(await ownStorage()) };
});
afterAll(() => {
  if (sizes.length === 0) return;
  const title = ['what a node downloads', 'not split', 'layers', 'split', 'layers'];
  writeSync(2, `\n${formatTable(title, sizes)}\n`);
});

async function pushVersion(name: string, version: string, number: number): Promise<readonly string[]> {
  const old = ['etc/gone', 'etc/old/one', 'etc/old/two'].map((each) => ({ name: each, content: each }));
  const below = busyboxLayer([{ name: 'etc/old', type: 'folder' }, ...old]);
  const data = (which: string) => rawLayer([{ name: `base-${which}`, content: noise(which, 3_000_000) }]);
  const layers = [below, data('same'), data(`version ${number}`)];
  return pushBase(client, parseRepository(`${registry.host}/${name}`), { version, layers });
}

/** A repository whose Containerfile adds packages, as dnf does. */
async function project(base: string, list: readonly TreePackage[]): Promise<Git> {
  const git = await createRepository();
  await setPackages(git, list);
  await commitFiles(
    git,
    {
      Containerfile: `FROM ${registry.host}/${base}:stable\nCOPY tree/ /\nRUN ${run}\nENV MINE=yes\nENTRYPOINT ["/sbin/mine"]\n`,
    },
    { time: 1_790_000_000 },
  );
  return git;
}

async function setPackages(git: Git, list: readonly TreePackage[]): Promise<void> {
  const tree = await makeRpmTree(await temporaryFolder(), list);
  await cp(tree, join(git.directory, 'tree'), { recursive: true });
}

function settingsOf(base: string, more: string, to: string): Config {
  const places = `image: ${registry.host}/os\ntest-image: ${registry.host}/${to}\n`;
  const text = `${places}base: ${registry.host}/${base}:stable\nfleets: { testing: {} }\n${more}`;
  return parseConfig(text, 'coxswain.yaml');
}

async function start(git: Git, base: string, more: string, to: string) {
  const config = settingsOf(base, more, to);
  const candidate = await readCandidate({ git, config, client });
  return buildImage({ config, git, client, candidate, env, log: silentLog });
}

async function build(git: Git, base: string, more = '', to = 'os-test'): Promise<Image> {
  const made = await start(git, base, more, to);
  expect(made.built).toBe(true);
  return readImage(client, made.image, 'x86_64');
}

const repository = () => parseRepository(`${registry.host}/os-test`);

/** The files of an image, unpacked by us and read by GNU tar, without times. */
async function filesOf(image: Image): Promise<string> {
  const place = atDigest(repository(), image.manifest.descriptor.digest);
  const layers = await packedLayers(inRegistry(place), { architecture: 'x86_64', log: silentLog });
  const root = await makeRootOfLayers(layers, await temporaryFolder());
  const tar = join(await temporaryFolder(), 'files.tar');
  const form = ['--format=posix', '--pax-option=exthdr.name=%f,delete=atime,delete=ctime', '--sort=name'];
  const attributes = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--mtime=@0'];
  const args = ['--create', ...form, ...attributes, `--file=${tar}`, '--directory', root, '.'];
  await exec('tar', args, { env: { LC_ALL: 'C' } });
  const { stdout: listing } = await exec('tar', ['--list', '--verbose', '--numeric-owner', '--file', tar]);
  return `${listing}${(await exec('sha256sum', [tar])).stdout.split(' ')[0]}`;
}

async function configOf(image: Image): Promise<Record<string, unknown>> {
  const bytes = await client.getBlob(repository(), image.config.digest);
  return JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
}

const own = (image: Image, below: readonly string[]) => image.manifest.json.layers.slice(below.length);

function note(what: string, plain: readonly [Image, Image], split: readonly [Image, Image]): void {
  const columns = [plain, split].flatMap(([from, to]) => {
    const { bytes, layers } = downloadBetween(from, to);
    return [inMegabytes(bytes), `${layers.length} of ${to.manifest.json.layers.length}`];
  });
  sizes.push([what, ...columns]);
}

/** PATH without the folders that have chunkah. */
function withoutChunkah(): string {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !existsSync(join(folder, 'chunkah')))
    .join(delimiter);
}

describe('a build that is ended while chunkah of an image runs', () => {
  it('leaves no container and no file of ours', async () => {
    await pushVersion('ended', '44.20260707.3.1', 1);
    const image = `${registry.host}/sleeper:1`;
    const storage = await ownStorage();
    const buildah = async (...args: string[]) =>
      (await exec('buildah', args, { env: storage })).stdout.trim();
    const slow = await temporaryFolder();
    await writeFile(
      join(slow, 'chunkah'),
      '#!/bin/sh\necho asleep >/coxswain/output/here\nexec /bin/busybox sleep 600\n',
    );
    await chmod(join(slow, 'chunkah'), 0o755);
    const place = `${registry.host}/ended:stable`;
    const container = await buildah('from', '--quiet', '--tls-verify=false', place);
    await buildah('copy', '--quiet', container, join(slow, 'chunkah'), '/bin/chunkah');
    const id = await buildah('commit', '--quiet', container);
    await buildah('rm', container);
    await buildah('push', '--tls-verify=false', id, `docker://${image}`);

    const git = await createRepository();
    const config = `image: ${registry.host}/os\ntest-image: ${registry.host}/ended-test\nbase: ${place}\nfleets: { testing: {} }\nrechunk: { image: "${image}" }\n`;
    await commitFiles(git, { Containerfile: `FROM ${place}\nRUN echo one >/one\n`, 'coxswain.yaml': config });
    const TMPDIR = await temporaryFolder();
    const child = spawn(process.execPath, [join(cliFolder, 'main.mjs'), 'build-image'], {
      cwd: git.directory,
      env: { ...process.env, ...storage, TMPDIR },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const isThere = async () =>
      (await readdir(TMPDIR, { recursive: true })).some((name) => name.endsWith('/output/here'));
    while (!(await isThere())) {
      expect(child.exitCode).toBeNull();
      await sleep(100);
    }
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(await buildah('containers', '--all', '--quiet')).toBe('');
    // A buildah that is killed leaves its own.
    expect((await readdir(TMPDIR)).filter((name) => !name.startsWith('buildah'))).toEqual([]);
  }, 120_000);
});

describe('without chunkah', () => {
  it('is one error before anything is built or written', async () => {
    await pushVersion('missing', '44.20260707.3.1', 1);
    const git = await createRepository();
    await commitFiles(git, { Containerfile: `FROM ${registry.host}/missing:stable\nRUN ${run}\n` });
    env = { PATH: withoutChunkah() };
    const failed = build(git, 'missing', `rechunk: chunkah\n`, 'missing-test');
    await expect(failed).rejects.toThrow(/^rechunk: a program is not installed: chunkah/);
    expect((await fetch(`http://${registry.host}/v2/missing-test/tags/list`)).status).toBe(404);
  });
});

describe.skipIf(whyNoChunkah !== undefined)(
  `an own layer, split by chunkah${whyNoChunkah === undefined ? '' : ` (skipped: ${whyNoChunkah})`}`,
  () => {
    it('has the same files and the same config, on the layers of the base', async () => {
      const below = await pushVersion('same', '44.20260707.3.1', 1);
      const git = await project('same', packages);
      const plain = await build(git, 'same');
      const split = await build(git, 'same', 'rechunk: chunkah\n');
      expect(own(plain, below)).toHaveLength(1);
      expect(split.manifest.json.layers.slice(0, below.length).map(({ digest }) => digest)).toEqual(below);
      // Each package, what no package has (with the small database), and removals.
      expect(own(split, below)).toHaveLength(packages.length + 2);
      expect(await filesOf(split)).toBe(await filesOf(plain));

      const { rootfs, history, ...config } = await configOf(split);
      const { rootfs: _, history: steps, ...unsplit } = await configOf(plain);
      const version = 'org.opencontainers.image.version';
      const labelsOf = (of: Record<string, unknown>) =>
        (of.config as { Labels: Record<string, string> }).Labels;
      expect(labelsOf(config)).toMatchObject({ 'containers.bootc': '1', 'com.coreos.stream': 'stable' });
      expect(labelsOf(config)[version]).not.toBe(labelsOf(unsplit)[version]);
      delete labelsOf(config)[version];
      delete labelsOf(unsplit)[version];
      expect(config).toEqual(unsplit);
      // As many entries with files as layers, or tools refuse the image.
      const layersOf = (list: unknown) =>
        (list as { empty_layer?: boolean }[]).filter(({ empty_layer }) => empty_layer !== true);
      expect(layersOf(history)).toHaveLength((rootfs as { diff_ids: unknown[] }).diff_ids.length);
      expect(layersOf(steps)).toHaveLength(below.length + 1);
      const annotations = ({ manifest }: Image) => {
        const { 'coxswain.build-key': _key, [version]: _version, ...rest } = manifest.json.annotations ?? {};
        return rest;
      };
      expect(annotations(split)).toEqual(annotations(plain));
      // Another tool reads it too.
      const digest = split.manifest.descriptor.digest;
      const place = `docker://${registry.host}/os-test@${digest}`;
      await exec('buildah', ['pull', '--quiet', '--tls-verify=false', place], {
        env: env as Record<string, string>,
      });
    }, 600_000);

    it('costs nodes nothing if nothing changed, and one package if one changed', async () => {
      const below = await pushVersion('sizes', '44.20260707.3.1', 1);
      const git = await project('sizes', packages);
      const both = async (): Promise<readonly [Image, Image]> => [
        await build(git, 'sizes'),
        await build(git, 'sizes', 'rechunk: chunkah\n'),
      ];
      const first = await both();
      await commitFiles(git, { '.coxswain/refresh': 'again\n' }, { time: 1_790_604_800 });
      const refreshed = await both();
      note('refresh, same packages', [first[0], refreshed[0]], [first[1], refreshed[1]]);
      expect(downloadBetween(first[1], refreshed[1]).bytes).toBe(0);

      await pushVersion('sizes', '44.20260720.3.0', 2);
      await commitFiles(git, { '.coxswain/refresh': 'and again\n' }, { time: 1_791_209_600 });
      const moved = await both();
      note('base moved by one layer', [refreshed[0], moved[0]], [refreshed[1], moved[1]]);
      const move = downloadBetween(refreshed[1], moved[1]);
      expect(move.layers.map(({ position }) => position)).toEqual([below.length]);
      // What is the base's is known by its digests, as before.
      const [one, other] = [refreshed[1], moved[1]].map(({ manifest }) =>
        atDigest(repository(), manifest.descriptor.digest),
      ) as [DigestReference, DigestReference];
      expect((await explainSize(client, { one, other }, 'x86_64')).summary).toBe(
        '3.0 MB in 1 of 17 layers (base 3.0 MB, derived 0.0 MB)',
      );

      const [changed, ...others] = packages;
      await setPackages(git, [{ ...(changed as TreePackage), version: '2' }, ...others]);
      await commitFiles(git, {}, { time: 1_791_814_400 });
      const updated = await both();
      note('one package of 12 updated', [moved[0], updated[0]], [moved[1], updated[1]]);
      const update = downloadBetween(moved[1], updated[1]);
      // The package, and the database.
      expect(update.layers.length).toBeLessThanOrEqual(3);
    }, 600_000);

    it('is split by the chunkah of an image, with nothing installed', async () => {
      const below = await pushVersion('tool', '44.20260707.3.1', 1);
      const git = await project('tool', packages.slice(0, 3));
      const image = `${registry.host}/chunkah:1`;
      await pushTool(image);
      const installed = await build(git, 'tool', 'rechunk: chunkah\n');
      env = { ...process.env, PATH: withoutChunkah(), ...(await ownStorage()) };
      const pulled = await build(git, 'tool', `rechunk: { image: "${image}" }\n`);
      const layers = (of: Image) => own(of, below).map(({ digest }) => digest);
      expect(layers(pulled)).toEqual(layers(installed));
      const { stdout } = await exec('buildah', ['containers', '--quiet'], {
        env: env as Record<string, string>,
      });
      expect(stdout).toBe('');
    }, 600_000);

    it('is split for each architecture, whatever this machine is', async () => {
      const name = parseRepository(`${registry.host}/two`);
      const version = '44.20260707.3.1';
      const architectures = ['amd64', 'arm64'];
      const below = await pushBase(client, name, { version, layers: [busyboxLayer()], architectures });
      const git = await createRepository();
      await setPackages(git, packages.slice(0, 3));
      await commitFiles(git, { Containerfile: `FROM ${registry.host}/two:stable\nCOPY tree/ /\n` });
      const more = 'rechunk: chunkah\narchitectures: [x86_64, aarch64]\n';
      const { image } = await start(git, 'two', more, 'two-test');
      const [here, there] = [
        await readImage(client, image, 'x86_64'),
        await readImage(client, image, 'aarch64'),
      ];
      expect(there.config.architecture).toBe('arm64');
      expect(there.manifest.descriptor.digest).not.toBe(here.manifest.descriptor.digest);
      // Packages without machine code are shared.
      expect(own(there, below)).toEqual(own(here, below));
      expect(own(here, below)).toHaveLength(3 + 1);
    }, 600_000);

    it('is split above a base that is too deep for buildah, and in a folder', async () => {
      const layers = Array.from({ length: 129 }, (_, index) =>
        rawLayer([{ name: 'etc/newest', content: `${index}` }]),
      );
      const name = parseRepository(`${registry.host}/deep`);
      const below = await pushBase(client, name, {
        version: '44.20260707.3.1',
        layers: [busyboxLayer(), ...layers],
      });
      const git = await createRepository();
      await setPackages(git, packages.slice(0, 3));
      await commitFiles(git, { Containerfile: `FROM ${registry.host}/deep:stable\nCOPY tree/ /\n` });
      const pushed = await build(git, 'deep', 'rechunk: chunkah\n', 'deep-test');
      const folder = await temporaryFolder();
      const settings = settingsOf('deep', 'rechunk: chunkah\n', 'deep-test');
      const candidate = await readCandidate({ git, config: settings, client });
      const options = { config: settings, git, client, candidate, env, log: silentLog, folder };
      const [stored] = await buildLocally(options);
      expect(stored).toMatchObject({ built: true, digest: pushed.manifest.descriptor.digest });
      expect(pushed.manifest.json.layers.slice(0, below.length).map(({ digest }) => digest)).toEqual(below);
      expect(own(pushed, below)).toHaveLength(3 + 1);
    }, 600_000);

    it('is the same image if the same commit is built again', async () => {
      await pushVersion('again', '44.20260707.3.1', 1);
      const git = await project('again', packages.slice(0, 3));
      const once = await build(git, 'again', 'rechunk: { max-layers: 5 }\n');
      expect(once.manifest.json.layers.length).toBeLessThanOrEqual(3 + 5);
      env = { ...withProgram(chunkah ?? 'chunkah'), ...(await ownStorage()) };
      const other = await build(git, 'again', 'rechunk: { max-layers: 5 }\n', 'again-test');
      expect(other.manifest.descriptor.digest).toBe(once.manifest.descriptor.digest);
    }, 600_000);
  },
);
