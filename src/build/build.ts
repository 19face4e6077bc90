import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { externalStages, stagesOnBase } from '../containerfile/base.ts';
import { parseContainerfile } from '../containerfile/parse.ts';
import { withTemporaryFolder } from '../host/files.ts';
import type { Git } from '../host/git.ts';
import type { Log } from '../host/log.ts';
import { requireTools } from '../host/tools.ts';
import { type Architecture, goArchitecture } from '../registry/architecture.ts';
import { isLoopback } from '../registry/authentication.ts';
import type { Descriptor, RegistryClient } from '../registry/client.ts';
import { copyImage } from '../registry/copy.ts';
import { type Image, readImage } from '../registry/image.ts';
import { mediaTypes } from '../registry/manifest.ts';
import {
  atDigest,
  atTag,
  type DigestReference,
  digestOf,
  formatReference,
  formatRepository,
  type Repository,
  type TagReference,
} from '../registry/reference.ts';
import { confirmPush, keepBaseLayers } from './base-layers.ts';
import { createBuildah } from './buildah.ts';
import type { Candidate } from './candidate.ts';
import { materialiseContext } from './materialise.ts';

export interface BuildOptions {
  readonly git: Git;
  readonly config: Config;
  readonly client: RegistryClient;
  readonly candidate: Candidate;
  readonly log: Log;
  /** Environment for buildah: storage, credentials. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Makes sure that the test registry has the candidate's image under its build key's tag, and returns its digest:
 * of the image, or of an index where there are several architectures. Nothing is built where it is there already.
 * @returns `built`: whether buildah ran
 * @throws OutsideError when the build or a push fails
 */
export async function buildImage(options: BuildOptions): Promise<{ image: DigestReference; built: boolean }> {
  const { config, client, candidate } = options;
  const several = config.architectures.length > 1;
  const images: Array<{ architecture: Architecture; descriptor: Descriptor }> = [];
  let built = false;
  for (const architecture of config.architectures) {
    const tag = several ? `${candidate.tag}-${architecture}` : candidate.tag;
    const result = await ensureImage(options, architecture, tag);
    images.push({ architecture, descriptor: result.descriptor });
    built ||= result.built;
  }
  const [first] = images;
  const digest =
    several || first === undefined
      ? await putIndex(client, config.testImage, candidate.tag, images)
      : first.descriptor.digest;
  return { image: atDigest(config.testImage, digest), built };
}

async function ensureImage(
  options: BuildOptions,
  architecture: Architecture,
  tag: string,
): Promise<{ descriptor: Descriptor; built: boolean }> {
  const { config, client, candidate, log } = options;
  const target = atTag(config.testImage, tag);
  const { repository, digest } = candidate.base.reference;
  const base = await readImage(client, atDigest(repository, digest), architecture);
  const copyBase = (): Promise<unknown> =>
    log.task(`copying the base image to ${formatRepository(config.testImage)}`, () =>
      copyImage(client, {
        from: atDigest(repository, base.manifest.descriptor.digest),
        to: config.testImage,
        tags: [],
      }),
    );
  const built = (await client.resolve(target)) === undefined;
  if (built) {
    await copyBase();
    await buildAndPush(options, architecture, target, base);
  } else {
    log.info(`${formatReference(target)} is there already: nothing to build`);
  }
  // In every run: the next one finishes what one that ended after the push left to do.
  const descriptor = await keepBaseLayers({ client, base, copyBase, tag: target, architecture });
  return { descriptor, built };
}

async function buildAndPush(
  options: BuildOptions,
  architecture: Architecture,
  target: TagReference,
  base: Image,
): Promise<void> {
  const { git, config, client, candidate, log } = options;
  requireTools(['buildah']);
  await withTemporaryFolder('build', async (folder) => {
    const contextFolder = join(folder, 'context');
    await mkdir(contextFolder);
    await materialiseContext(git, candidate.context, contextFolder, candidate.committedAt);
    const containerfile = join(folder, 'Containerfile');
    const { text, isLocal } = containerfileToBuild(config, candidate, base);
    await writeFile(containerfile, text);
    const buildah = createBuildah({ folder, env: options.env ?? process.env, log });
    // An image's id in local storage is the digest of its config.
    const baseId = base.config.digest.replace('sha256:', '');
    const hadBase = await buildah.hasImage(baseId);
    let imageId: string | undefined;
    try {
      imageId = await buildah.build({
        containerfile,
        contextFolder,
        architecture,
        timestamp: candidate.committedAt,
        labels: {
          'com.coreos.stream': config.stream,
          'org.opencontainers.image.version': candidate.version,
        },
        annotations: annotationsOf(config, candidate, base),
        buildArguments: config.buildArguments,
        plainHttp: isLocal,
      });
      const digest = await buildah.push(
        imageId,
        target,
        isLoopback(new URL(`http://${config.testImage.registry}`)),
      );
      await confirmPush(client, target, digest);
    } finally {
      if (imageId !== undefined) await buildah.removeImage(imageId);
      if (!hadBase) await buildah.removeImage(baseId);
    }
  });
}

/**
 * buildah hands the base's annotations on. Those that speak of the base's own build must not stay: rpm-ostree takes
 * `created` from the annotation first (ostree-ext, container/store.rs), and would see every release as old as its base.
 */
function annotationsOf(config: Config, candidate: Candidate, base: Image): Record<string, string> {
  const { reference } = candidate.base;
  const inherited = base.manifest.json.annotations ?? {};
  return {
    'org.opencontainers.image.created': new Date(candidate.committedAt * 1000)
      .toISOString()
      .replace('.000Z', 'Z'),
    'org.opencontainers.image.version': candidate.version,
    // buildah would drop the tag, which is what people and other tools know the base by.
    'org.opencontainers.image.base.name': `${formatRepository(reference.repository)}:${reference.tag ?? config.base.tag}`,
    'org.opencontainers.image.base.digest': base.manifest.descriptor.digest,
    // Zincati before 0.0.31 knows the stream by this one only.
    ...('fedora-coreos.stream' in inherited ? { 'fedora-coreos.stream': config.stream } : {}),
  };
}

/**
 * The Containerfile with the base's digest written into it, so that a tag that moves in the meantime changes nothing;
 * and with the test repository in front of the digest. buildah hands a layer on unchanged only where it pulled it
 * from the registry that it pushes to; otherwise it compresses it again and uploads that (measured with 1.28).
 * `isLocal`: every image it names is in a loopback registry.
 */
function containerfileToBuild(
  config: Config,
  candidate: Candidate,
  base: Image,
): { text: string; isLocal: boolean } {
  const parsed = parseContainerfile(candidate.containerfile, config.containerfile);
  const image = formatReference(atDigest(config.testImage, base.manifest.descriptor.digest));
  const baseStages = stagesOnBase(parsed, config.base);
  const text = baseStages.reduceRight(
    (whole, { range }) => whole.slice(0, range.start) + image + whole.slice(range.end),
    candidate.containerfile,
  );
  const isLocal = externalStages(parsed)
    .map((stage) => (baseStages.includes(stage) ? image : stage.resolved))
    .every((name) => isLoopback(new URL(`http://${name}`)));
  return { text, isLocal };
}

async function putIndex(
  client: RegistryClient,
  repository: Repository,
  tag: string,
  images: ReadonlyArray<{ architecture: Architecture; descriptor: Descriptor }>,
): Promise<DigestReference['digest']> {
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: images.map(({ architecture, descriptor: { mediaType, digest, size } }) => ({
      mediaType,
      digest,
      size,
      platform: { architecture: goArchitecture(architecture), os: 'linux' },
    })),
  };
  const bytes = Buffer.from(JSON.stringify(index));
  const found = await client.resolve(atTag(repository, tag));
  if (found?.digest === digestOf(bytes)) return found.digest;
  return client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
}
