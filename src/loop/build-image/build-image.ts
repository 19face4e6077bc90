import { beforeWriting } from '../../host/dry-run.ts';
import { requireTools } from '../../host/tools.ts';
import { tagFor } from '../../release/candidate/built.ts';
import { requireBuildSpace } from '../../release/candidate/space.ts';
import { isLoopback } from '../../world/loopback.ts';
import { type Architecture, goArchitecture } from '../../world/registry/architecture.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { copyImage } from '../../world/registry/copy.ts';
import { readImage } from '../../world/registry/image.ts';
import { mediaTypes } from '../../world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  digestOf,
  formatReference,
  formatRepository,
  type Repository,
} from '../../world/registry/reference.ts';
import { confirmPush, keepBaseLayers } from './base-layers.ts';
import { type BuildOptions, withBuilt } from './build-one.ts';
import { isDeep } from './flat-base.ts';
import { restoreFromProduction } from './from-production.ts';
import { requireChunkah } from './rechunk/chunkah.ts';

/**
 * Makes sure that the test registry has the candidate's image under its build key's tag, and returns its digest: of
 * the image, or of an index if there are several architectures. An existing image is not built again, so machines of
 * each architecture can build their own image, and a last run joins them. With `options.architecture` only that image
 * is made, and no index.
 * @returns `built`: whether buildah ran; `joined`: whether an index was written
 * @throws OutsideError when the build or a push fails; then there is no index either
 */
export async function buildImage(
  options: BuildOptions,
): Promise<{ image: DigestReference; built: boolean; joined: boolean }> {
  const { config, client, candidate } = options;
  const wanted = options.architecture === undefined ? config.architectures : [options.architecture];
  const images: Array<{ architecture: Architecture; descriptor: Descriptor }> = [];
  let built = false;
  await restoreFromProduction(options);
  for (const architecture of wanted) {
    const result = await ensureImage(options, architecture, tagFor(config, candidate, architecture));
    images.push({ architecture, descriptor: result.descriptor });
    built ||= result.built;
  }
  const [first] = images;
  const several = config.architectures.length > 1 && options.architecture === undefined;
  const { digest, joined } =
    several || first === undefined
      ? await putIndex(client, config.testImage, candidate.tag, images)
      : { digest: first.descriptor.digest, joined: false };
  return { image: atDigest(config.testImage, digest), built, joined };
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
    requireTools(['buildah']);
    const tools = { client, env: options.env ?? process.env };
    if (config.rechunk !== undefined) await requireChunkah(config.rechunk, tools);
    beforeWriting(
      () => `build ${candidate.version} for ${architecture}, and push it as ${formatReference(target)}`,
    );
    await requireBuildSpace(base, {
      env: tools.env,
      oneLayer: isDeep(base),
      isSplit: config.rechunk !== undefined,
    });
    await copyBase();
    const plainHttp = isLoopback(new URL(`http://${config.testImage.registry}`));
    await withBuilt(options, { architecture, base, baseIn: config.testImage }, async (buildah, name) => {
      await confirmPush(client, target, await buildah.push(name, target, plainHttp));
    });
  } else {
    log.info(`${formatReference(target)} is there already: nothing to build`);
  }
  // This is done in every run, because the run before may have ended after its push.
  const descriptor = await keepBaseLayers({ client, base, copyBase, tag: target, architecture });
  if (built) await options.onBuilt?.({ architecture, descriptor });
  return { descriptor, built };
}

async function putIndex(
  client: RegistryClient,
  repository: Repository,
  tag: string,
  images: ReadonlyArray<{ architecture: Architecture; descriptor: Descriptor }>,
): Promise<{ digest: Digest; joined: boolean }> {
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
  if (found?.digest === digestOf(bytes)) return { digest: found.digest, joined: false };
  return { digest: await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex), joined: true };
}
