import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { onInterrupt } from '../host/cleanup.ts';
import { exec } from '../host/exec.ts';
import { withTemporaryFolder } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { isLoopback } from '../world/loopback.ts';
import {
  atDigest,
  type DigestReference,
  formatRepository,
  parseDigest,
  type Repository,
} from '../world/registry/reference.ts';
import { addAgentFiles, findZincati } from './base-agent.ts';
import { type BaseLayout, prepareOstreeBase } from './base-ostree.ts';
import { type BaseRoot, prepareRoot, type BaseKind as RootKind } from './base-roots.ts';
import type { ForeignPackages } from './debian-packages.ts';

/** `ostree`: an ostree commit, as Fedora CoreOS is; the others are only root file systems. */
export type BaseKind = RootKind | 'ostree';

export interface BaseImageOptions {
  readonly kind: BaseKind;
  /** FCOS-like: `44.20260707.3.1`. Another version is another digest. */
  readonly version: string;
  readonly stream: string;
  readonly repository: Repository;
  readonly tag: string;
  /** For another architecture than this machine's; only for the tiny kind. */
  readonly foreign?: ForeignPackages & { readonly busybox: string };
  /** Default: `coxswain` in XDG_CACHE_HOME. */
  readonly cacheFolder?: string;
  readonly log: Log;
}

/**
 * Builds and pushes a bootable image in place of Fedora CoreOS: same labels, same layout (kernel in
 * /usr/lib/modules), same labels of the version. The root file system is one layer, common to all versions; the
 * version is a small second one. The same options give the same digest.
 */
export async function buildBaseImage(options: BaseImageOptions): Promise<DigestReference> {
  const { kind, version, log } = options;
  const cacheFolder = options.cacheFolder ?? defaultCacheFolder();
  const root =
    kind === 'ostree'
      ? await prepareOstreeBase(cacheFolder, log)
      : await prepareRoot(kind, cacheFolder, log, options.foreign);
  return log.task(`building the ${kind} base image ${version}`, async (report) => {
    report('root file system');
    const common = await importRoot(root);
    report(`pushing to ${formatRepository(options.repository)}:${options.tag}`);
    return withContainer(common, async (container) => {
      await withTemporaryFolder('version', async (folder) => {
        const release = join(folder, 'os-release');
        await writeFile(release, osRelease(kind, version));
        await exec('buildah', [
          'copy',
          '--quiet',
          '--chmod',
          '0644',
          container,
          release,
          '/usr/lib/os-release',
        ]);
        if (kind === 'ostree') await copyAgent(container, join(folder, 'agent'), cacheFolder);
      });
      const { foreign } = options;
      const architecture = foreign === undefined ? [] : ['--arch', foreign.architecture];
      await exec('buildah', [
        'config',
        ...labels(options),
        ...architecture,
        '--cmd',
        '/sbin/init',
        container,
      ]);
      // A reproducible image always has the same ID. A name of our own prevents another run from removing it during
      // our push.
      const name = `localhost/coxswain-base-build:${randomBytes(6).toString('hex')}`;
      const image = await commit(container, createdAt(version), name);
      try {
        return await push(image, options);
      } finally {
        await exec('buildah', ['rmi', name], { allow: [0, 1, 125] });
      }
    });
  });
}

/** Where downloads and root file systems are kept between runs. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME;
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'coxswain');
}

/** Fedora CoreOS has Zincati. It has to be built here, and the ostree commit takes minutes: it goes into the layer on it. */
async function copyAgent(container: string, folder: string, cacheFolder: string): Promise<void> {
  const agent = findZincati(cacheFolder);
  if (agent === undefined) return;
  await addAgentFiles(folder, agent);
  await exec('buildah', ['copy', '--quiet', container, folder, '/']);
}

/** The layer that all versions share, as an image in buildah's storage. */
async function importRoot(root: BaseRoot | BaseLayout): Promise<string> {
  const name = `localhost/coxswain-base:${createHash('sha256').update(root.key).digest('hex').slice(0, 16)}`;
  const known = await exec('buildah', ['inspect', '--type', 'image', name], { allow: [0, 1, 125] });
  if (known.exitCode === 0) return name;
  if ('layout' in root) {
    await exec('skopeo', ['copy', '--quiet', `oci:${root.layout}:base`, `containers-storage:${name}`]);
    return name;
  }
  await withContainer('scratch', async (container) => {
    await exec('buildah', ['add', '--quiet', container, root.tarball, '/']);
    await commit(container, createdAt(''), name);
  });
  return name;
}

async function withContainer<T>(from: string, work: (container: string) => Promise<T>): Promise<T> {
  const container = `coxswain-base-${randomBytes(6).toString('hex')}`;
  const remove = async () => {
    await exec('buildah', ['rm', container], { allow: [0, 1, 125] });
  };
  const forget = onInterrupt(remove);
  try {
    await exec('buildah', ['from', '--pull-never', '--quiet', '--name', container, from]);
    return await work(container);
  } finally {
    forget();
    await remove();
  }
}

/** Commits a container and returns the image's ID. */
async function commit(container: string, timestamp: number, name?: string): Promise<string> {
  return withTemporaryFolder('commit', async (folder) => {
    const file = join(folder, 'id');
    const flags = ['--quiet', '--format', 'oci', '--timestamp', String(timestamp), '--iidfile', file];
    await exec('buildah', ['commit', ...flags, container, ...(name === undefined ? [] : [name])]);
    return (await readFile(file, 'utf8')).trim();
  });
}

async function push(image: string, options: BaseImageOptions): Promise<DigestReference> {
  return withTemporaryFolder('push', async (folder) => {
    const file = join(folder, 'digest');
    const insecure = isLoopback(new URL(`http://${options.repository.registry}`))
      ? ['--tls-verify=false']
      : [];
    const place = `docker://${formatRepository(options.repository)}:${options.tag}`;
    await exec('buildah', ['push', '--quiet', ...insecure, '--digestfile', file, image, place]);
    return atDigest(options.repository, parseDigest((await readFile(file, 'utf8')).trim()));
  });
}

/** The labels of quay.io/fedora/fedora-coreos that programs read. */
function labels({ version, stream }: BaseImageOptions): string[] {
  return [
    'containers.bootc=1',
    'ostree.bootable=1',
    'com.coreos.osname=fedora-coreos',
    `com.coreos.stream=${stream}`,
    `org.opencontainers.image.version=${version}`,
    'org.opencontainers.image.title=Stand-in for Fedora CoreOS',
  ].flatMap((label) => ['--label', label]);
}

function osRelease(kind: BaseKind, version: string): string {
  return `NAME="Stand-in for Fedora CoreOS (${kind})"
ID=coxswain-base
VERSION="${version}"
VERSION_ID=${version}
OSTREE_VERSION='${version}'
PRETTY_NAME="Stand-in for Fedora CoreOS ${version}"
`;
}

/** Time of creation in UNIX seconds, from the date in an FCOS version, so that newer versions are newer images. */
function createdAt(version: string): number {
  const [, year, month, day, minor, patch] =
    /^\d+\.(\d{4})(\d{2})(\d{2})(?:\.(\d+))?(?:\.(\d+))?$/.exec(version) ?? [];
  if (year === undefined) return Date.UTC(2026, 0, 1) / 1000;
  return (
    Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000 +
    Number(minor ?? 0) * 3600 +
    Number(patch ?? 0) * 60
  );
}
