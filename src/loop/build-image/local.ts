import { requireTools } from '../../host/tools.ts';
import { localTag } from '../../release/candidate/built.ts';
import { requireBuildSpace } from '../../release/candidate/space.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import { readImage } from '../../world/registry/image.ts';
import { inLayout, layoutReader, resolveInLayout } from '../../world/registry/layout.ts';
import { atDigest, type Digest, formatReference } from '../../world/registry/reference.ts';
import { compareLayers } from './base-layers.ts';
import { type BuildOptions, withBuilt } from './build-one.ts';
import { isDeep } from './flat-base.ts';
import { requireChunkah } from './rechunk/chunkah.ts';

/** An image in a folder. */
export interface LocalImage {
  readonly architecture: Architecture;
  readonly digest: Digest;
  /** `oci:FOLDER:TAG`, as buildah and skopeo know it. */
  readonly image: string;
  readonly built: boolean;
}

/**
 * Builds the candidate into a folder (an OCI image layout), for those who may not write to the test registry. Only
 * the base is read from a registry, and nothing is written to one. Layers may be compressed differently than in the
 * test registry, so the digests cannot be compared with an image that is built there.
 * @throws OutsideError when the build fails
 */
export async function buildLocally(
  options: BuildOptions & { readonly folder: string },
): Promise<LocalImage[]> {
  const { config, client, candidate, log } = options;
  const wanted = options.architecture === undefined ? config.architectures : [options.architecture];
  const images: LocalImage[] = [];
  for (const architecture of wanted) {
    const target = inLayout(options.folder, localTag(candidate, architecture));
    const image = formatReference(target);
    const there = await resolveInLayout(target);
    if (there !== undefined) {
      log.info(`${image} is there already: nothing to build`);
      images.push({ architecture, digest: there, image, built: false });
      continue;
    }
    const { repository, digest } = candidate.base.reference;
    const base = await readImage(client, atDigest(repository, digest), architecture);
    requireTools(['buildah']);
    const tools = { client, env: options.env ?? process.env };
    if (config.rechunk !== undefined) await requireChunkah(config.rechunk, tools);
    await requireBuildSpace(base, {
      ...{ env: tools.env, folder: options.folder, oneLayer: isDeep(base) },
      isSplit: config.rechunk !== undefined,
    });
    const made = await withBuilt(options, { architecture, base, baseIn: repository }, (buildah, name) =>
      buildah.store(name, target),
    );
    // The same image would be refused in the test registry, so this reports it now.
    compareLayers(base, await readImage(layoutReader, target, architecture), image);
    images.push({ architecture, digest: made, image, built: true });
  }
  return images;
}
