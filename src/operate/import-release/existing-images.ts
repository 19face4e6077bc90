import { defined } from '../../host/defined.ts';
import { documentation } from '../../host/documentation.ts';
import { InputError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import { requireCreated } from '../../release/gates/promotable-image.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import {
  atDigest,
  type Digest,
  formatReference,
  formatRepository,
  parseReference,
  type Reference,
  sameRepository,
} from '../../world/registry/reference.ts';

const versionLabel = 'org.opencontainers.image.version';
const streamLabel = 'com.coreos.stream';

/** An image that nodes run, for one architecture. */
export interface ExistingImage {
  readonly architecture: Architecture;
  readonly version: string;
  readonly digest: Digest;
  /** Digest of the index that it was found in. */
  readonly index?: Digest;
  /** UNIX seconds. */
  readonly created: number;
}

/**
 * Reads images that nodes run from the production repository.
 * @param references as people write them, by tag or digest
 * @throws InputError for an image on which no node of this project could find itself, or could update
 */
export async function readExistingImages(
  client: RegistryClient,
  config: Config,
  references: readonly string[],
): Promise<ExistingImage[]> {
  const parsed = references.map((text) => readOwnReference(text, config));
  const images: ExistingImage[] = [];
  for (const reference of parsed) images.push(...(await readOne(client, config, reference)));
  return images;
}

function readOwnReference(text: string, config: Config): Reference {
  const reference = parseReference(text, { field: '--image' });
  if (sameRepository(reference.repository, config.image)) return reference;
  throw new InputError({
    field: '--image',
    problem: 'this image is in another repository, and graphs name only images of the production repository',
    found: text,
    expected: `an image of ${formatRepository(config.image)}`,
    remedy: `Nodes that run it change over by node.migrate-from in coxswain.yaml (coxswain node-kit).`,
  });
}

async function readOne(
  client: RegistryClient,
  config: Config,
  reference: Reference,
): Promise<ExistingImage[]> {
  const where = formatReference(reference);
  const { json, descriptor } = await client.getManifest(reference);
  // From here on the image is read by its digest, because a tag can move meanwhile.
  const pinned = atDigest(reference.repository, descriptor.digest);
  const images: ExistingImage[] = [];
  let refused: unknown;
  for (const architecture of config.architectures) {
    try {
      const image = await readImage(client, pinned, architecture);
      images.push(describeImage(image, architecture, { where, config }));
    } catch (error) {
      // One image is for one architecture, and an old index may lack those that were added later.
      if (!(error instanceof InputError) || !/not made for/.test(error.details.problem)) throw error;
      refused = error;
    }
  }
  if (images.length > 0) return images;
  throw new InputError(
    {
      where,
      problem: `this ${isIndex(json) ? 'index has no image' : 'image is not'} for an architecture of this project`,
      expected: `architectures: ${config.architectures.join(', ')}`,
      remedy: 'Correct architectures in coxswain.yaml, or import another image.',
    },
    { cause: refused },
  );
}

function describeImage(
  image: Image,
  architecture: Architecture,
  { where, config }: { readonly where: string; readonly config: Config },
): ExistingImage {
  const { labels } = image.config;
  const version = labels[versionLabel] ?? '';
  if (version.trim() === '') {
    throw new InputError({
      where,
      field: `label ${versionLabel}`,
      problem: 'missing, and it is the version that nodes report',
      remedy: `Nodes cannot find themselves by this image. Rebase them to a release of the fleet (${documentation('nodes.md')}).`,
    });
  }
  if (labels[streamLabel] !== config.stream) {
    throw new InputError({
      where,
      field: `label ${streamLabel}`,
      problem:
        labels[streamLabel] === undefined
          ? 'missing, and Zincati does not start without it'
          : 'Zincati refuses an update to another stream, so nodes on this image would never update',
      ...defined({ found: labels[streamLabel] }),
      expected: JSON.stringify(config.stream),
      remedy: `Set stream in coxswain.yaml to it, or rebase these nodes to a release of the fleet (${documentation('nodes.md')}).`,
    });
  }
  return {
    architecture,
    version,
    digest: image.manifest.descriptor.digest,
    created: requireCreated(
      image,
      where,
      `Rebase the nodes on it to a release of the fleet (${documentation('nodes.md')}).`,
    ),
    ...defined({ index: image.index?.digest }),
  };
}
