import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { type Architecture, architectureOfGo, goArchitecture } from './architecture.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, type ImageManifest, isIndex, type Manifest, parseJson } from './manifest.ts';
import { atDigest, type Digest, formatReference, type Reference } from './reference.ts';

export interface ImageConfig {
  /** GOARCH: amd64, arm64, … */
  readonly architecture: string;
  readonly os: string;
  /** ISO 8601. */
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  readonly digest: Digest;
}

export interface Image {
  readonly manifest: Manifest & { readonly json: ImageManifest };
  readonly config: ImageConfig;
  /** The index, if the reference points at one. */
  readonly index?: Descriptor;
}

const configSchema = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  created: z.string().nullish(),
  config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
});

/** The methods that reading an image needs; a folder of images has them too (layout.ts). */
export type ImageReader = Pick<RegistryClient, 'getManifest' | 'getBlob'>;

/**
 * Reads the image that a reference means for one architecture, through an index if there is one.
 * @throws InputError when there is no such image, or none for the architecture
 */
export async function readImage(
  client: ImageReader,
  reference: Reference,
  architecture: Architecture,
): Promise<Image> {
  const where = formatReference(reference);
  const top = await client.getManifest(reference);
  if (!isIndex(top.json)) return withConfig(client, reference, architecture, top, {});
  const wanted = goArchitecture(architecture);
  const entry = top.json.manifests.find(
    ({ platform }) => platform?.architecture === wanted && platform.os === 'linux',
  );
  if (entry === undefined) {
    throw new InputError({
      where,
      problem: `this image is not made for ${architecture}`,
      found: architecturesOf(top.json.manifests).join(', '),
    });
  }
  const manifest = await client.getManifest(atDigest(reference.repository, entry.digest));
  return withConfig(client, reference, architecture, manifest, { index: top.descriptor });
}

/**
 * The time by which rpm-ostree decides what is older (`--disallow-downgrade`): the manifest's annotation
 * org.opencontainers.image.created, else the config's `created` (ostree-ext, container/store.rs). UNIX seconds with
 * fractions; undefined if the image has neither, or it is not a time.
 */
export function imageTimestamp(image: Image): number | undefined {
  const text = image.manifest.json.annotations?.['org.opencontainers.image.created'] ?? image.config.created;
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

async function withConfig(
  client: ImageReader,
  reference: Reference,
  architecture: Architecture,
  manifest: Manifest,
  index: { index?: Descriptor },
): Promise<Image> {
  const where = formatReference(reference);
  const { json } = manifest;
  if (isIndex(json)) throw new InputError({ where, problem: 'an index inside an index' });
  const bytes = await client.getBlob(reference.repository, json.config.digest);
  const parsed = configSchema.safeParse(parseJson(bytes, `${where} (config)`));
  if (!parsed.success) {
    throw new InputError({
      where,
      field: `config.${parsed.error.issues[0]?.path.join('.') ?? ''}`,
      problem: 'not a bootable image: its config is not an image config',
      found: json.artifactType ?? json.config.mediaType,
    });
  }
  const { data } = parsed;
  if (data.architecture !== goArchitecture(architecture)) {
    throw new InputError({
      where,
      problem: `this image is not made for ${architecture}`,
      found: architectureOfGo(data.architecture) ?? data.architecture,
    });
  }
  return {
    manifest: { ...manifest, json },
    config: {
      architecture: data.architecture,
      os: data.os,
      labels: data.config?.Labels ?? {},
      diffIds: data.rootfs.diff_ids,
      digest: json.config.digest,
      ...defined({ created: data.created ?? undefined }),
    },
    ...index,
  };
}

function architecturesOf(manifests: readonly Descriptor[]): string[] {
  return manifests.flatMap(({ platform }) =>
    // BuildKit lists its attestations as "unknown/unknown".
    platform === undefined || platform.os !== 'linux'
      ? []
      : [architectureOfGo(platform.architecture) ?? platform.architecture],
  );
}
