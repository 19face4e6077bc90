import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  formatReference,
  isTag,
  type Reference,
} from '../../world/registry/reference.ts';
import { NotFoundError } from '../../world/registry/registry-failures.ts';

/** A build of the base, as messages name it. */
export interface BaseBuild {
  readonly digest: Digest;
  /** Label org.opencontainers.image.version; unknown if the registry no longer has that build. */
  readonly version: string | undefined;
  /** ISO 8601. */
  readonly created: string | undefined;
  /** Label ostree.linux, which rpm-ostree writes: the release of its kernel, with the architecture. */
  readonly kernel?: string | undefined;
  /** For the first configured architecture; unknown as the version is. */
  readonly image?: Image;
}

/** A build that can be pinned. */
export interface NewBase extends BaseBuild {
  readonly version: string;
  readonly pin: DigestReference & { readonly tag: string };
}

const versionLabel = 'org.opencontainers.image.version';
const kernelLabel = 'ostree.linux';

/** What the base's tag points at now, by one HEAD. @throws InputError when there is no such tag */
export async function resolveBase(client: RegistryClient, config: Config): Promise<Digest> {
  const found = await client.resolve(config.base);
  if (found !== undefined) return found.digest;
  throw new InputError({
    where: config.file,
    field: 'base',
    problem: 'the registry answers, and has no such tag',
    found: formatReference(config.base),
    remedy: 'Correct the name, or push the tag first.',
  });
}

/**
 * Reads the build that the base's tag points at.
 * @throws InputError when it lacks its version, or one of the architectures: a pull request could not be built
 */
export async function readNewBase(client: RegistryClient, config: Config, digest: Digest): Promise<NewBase> {
  const { repository } = config.base;
  const images = await Promise.all(
    config.architectures.map((architecture) => readImage(client, atDigest(repository, digest), architecture)),
  );
  const version = images[0]?.config.labels[versionLabel];
  if (version === undefined || version === '') {
    throw new InputError({
      where: formatReference({ ...config.base, kind: 'digest', digest }),
      field: versionLabel,
      problem: 'the base image has no such label, and the version of a derived image begins with it',
      remedy: 'Use a base that has it: every Fedora CoreOS image does.',
    });
  }
  // FCOS publishes each release under its version too. People learn more from that than from the stream.
  const published = isTag(version) ? await client.resolve(atTag(repository, version)) : undefined;
  const tag = published?.digest === digest ? version : config.base.tag;
  const [image] = images;
  const created = image?.config.created;
  const kernel = image?.config.labels[kernelLabel];
  const pin = { kind: 'digest', repository, tag, digest } as const;
  return { digest, version, created, kernel, ...defined({ image }), pin };
}

/** Reads the build that is pinned now, if it can still be found. */
export async function readPinnedBase(
  client: RegistryClient,
  config: Config,
  pinned: Reference,
): Promise<BaseBuild | undefined> {
  if (pinned.kind !== 'digest') return undefined;
  const { repository, digest } = pinned;
  try {
    const image = await readImage(client, atDigest(repository, digest), config.architectures[0]);
    return {
      digest,
      version: image.config.labels[versionLabel] ?? versionOfTag(config, pinned),
      created: image.config.created,
      kernel: image.config.labels[kernelLabel],
      image,
    };
  } catch (error) {
    // Registries delete old builds. A new one must still be proposed.
    if (!(error instanceof NotFoundError)) throw error;
    return { digest, version: versionOfTag(config, pinned), created: undefined };
  }
}

/**
 * Whether two builds of the base have the same images for all configured architectures.
 * @returns false also if the registry no longer has the older build
 */
export async function sameImages(
  client: RegistryClient,
  config: Config,
  from: Digest,
  to: Digest,
): Promise<boolean> {
  const digestsOf = (digest: Digest) =>
    Promise.all(
      config.architectures.map(async (architecture) => {
        const image = await readImage(client, atDigest(config.base.repository, digest), architecture);
        return image.manifest.descriptor.digest;
      }),
    );
  try {
    const [before, after] = [await digestsOf(from), await digestsOf(to)];
    return before.every((digest, index) => digest === after[index]);
  } catch (error) {
    // The build lacks an architecture, or was deleted: the code below finds out which.
    if (error instanceof InputError || error instanceof NotFoundError) return false;
    throw error;
  }
}

/** The version in the tag of a pin; no request is made. */
export function versionOfTag(config: Config, pinned: Reference): string | undefined {
  return pinned.tag === config.base.tag ? undefined : pinned.tag;
}
