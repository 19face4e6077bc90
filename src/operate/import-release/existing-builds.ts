import type { Release } from '../../guidance/releases.ts';
import { defined } from '../../host/defined.ts';
import type { Config } from '../../project/configuration/config.ts';
import { buildReleasePath, buildReleaseUrl } from '../../release/published/file-paths.ts';
import { atDigest, atTag, digestIn, formatReference } from '../../world/registry/reference.ts';
import type { ExistingImage } from './existing-images.ts';

/** Images of one build, for one architecture each. */
type Build = readonly ExistingImage[];

/** A release that is made of images that exist. */
export interface ExistingRelease {
  readonly version: string;
  readonly images: Build;
  readonly release: Release;
  /** The fleet has it already. */
  readonly isKnown: boolean;
}

/**
 * The builds that these images are of, oldest first. Each architecture may have been given as an image of its own:
 * images of one version that are for different architectures are one build.
 */
export function buildsOf(images: readonly ExistingImage[]): Build[] {
  const builds: ExistingImage[][] = [];
  for (const image of images.toSorted(
    (one, other) =>
      Number(one.index === undefined) - Number(other.index === undefined) || one.created - other.created,
  )) {
    if (builds.flat().some(({ digest }) => digest === image.digest)) continue;
    const build = builds.find(
      ([first, ...rest]) =>
        first?.version === image.version &&
        first.index === image.index &&
        [first, ...rest].every(({ architecture }) => architecture !== image.architecture),
    );
    if (build === undefined) builds.push([image]);
    else build.push(image);
  }
  return builds.toSorted((one, other) => oldest(one) - oldest(other));
}

/**
 * The builds as releases of a fleet. Builds that took their version from the same base have the same label: the first
 * one has it as its version, and the others get a part of their digest, because a version names one build. Nodes find
 * themselves by the digest alone.
 */
export function releasesOf(
  config: Config,
  fleet: string,
  { builds, known }: { readonly builds: readonly Build[]; readonly known: readonly Release[] },
): ExistingRelease[] {
  const taken = new Set(known.map(({ version }) => version));
  return builds.map((images) => {
    const same = known.find((release) => images.every(({ digest }) => digestsOf(release).includes(digest)));
    const version = same?.version ?? freeVersion(images, taken);
    taken.add(version);
    return {
      version,
      images,
      release: same ?? releaseOf(config, fleet, version, images),
      isKnown: same !== undefined,
    };
  });
}

/** UNIX seconds. */
export function oldest(images: Build): number {
  return Math.min(...images.map(({ created }) => created));
}

function freeVersion(images: Build, taken: ReadonlySet<string>): string {
  const [first] = images as readonly [ExistingImage, ...ExistingImage[]];
  if (!taken.has(first.version)) return first.version;
  const digest = first.index ?? first.digest;
  return `${first.version}-${digest.slice('sha256:'.length, 'sha256:'.length + 8)}`;
}

function digestsOf(release: Release): string[] {
  return (release['oci-images'] ?? []).map((image) => digestIn(image['digest-ref']));
}

function releaseOf(config: Config, fleet: string, version: string, images: Build): Release {
  const { url } = config.publish;
  const index = images[0]?.index;
  return {
    'oci-images': images.map(({ architecture, digest }) => ({
      architecture,
      image: formatReference(atTag(config.image, config.stream)),
      'digest-ref': formatReference(atDigest(config.image, digest)),
    })),
    ...defined({
      'oci-index': index === undefined ? undefined : formatReference(atDigest(config.image, index)),
    }),
    version,
    metadata: url === undefined ? buildReleasePath(fleet, version) : buildReleaseUrl({ url, fleet, version }),
  };
}
