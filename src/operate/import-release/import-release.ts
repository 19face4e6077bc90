import { addRelease, type Release } from '../../guidance/releases.ts';
import { InputError, OutsideError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import { createdOf, isoTime } from '../../release/gates/promotable-image.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import type { EditContext } from '../../release/operations/fleet-edit.ts';
import type { Project } from '../../release/project.ts';
import { buildReleasePath, buildReleaseUrl } from '../../release/published/paths.ts';
import type { FilePreview, FleetState } from '../../release/state/state.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { atDigest, atTag, formatReference } from '../../world/registry/reference.ts';
import { type ExistingImage, readExistingImages } from './existing-images.ts';

/** What import-release did. */
export interface ImportAnswer {
  readonly fleet: string;
  /** Versions that were added, oldest first. */
  readonly imported: readonly string[];
  /** Versions that the fleet had already. */
  readonly known: readonly string[];
  readonly notes: readonly string[];
  readonly changed: boolean;
  /** Where the state branch is; undefined after a rehearsal. */
  readonly stateCommit: Sha | undefined;
  /** In a rehearsal: the files that would change. */
  readonly files?: readonly FilePreview[];
}

/** A release that is made of images that exist. */
interface ExistingRelease {
  readonly version: string;
  readonly images: readonly ExistingImage[];
  readonly release: Release;
}

type Parts = Pick<Project, 'config' | 'client' | 'state'>;

/**
 * Adds images that nodes run already to a fleet, as its oldest releases: by one commit on the state branch. They get no
 * update entry, so no node is sent to them. Nodes on them find themselves, and get what is released next.
 * @param options.references images of the production repository, by tag or digest, in any order
 * @throws InputError if nodes could not use one of them, or if the fleet has a newer release
 */
export async function importRelease(
  { config, client, state }: Parts,
  options: {
    readonly order: EditContext;
    readonly references: readonly string[];
    readonly rehearse: boolean;
  },
): Promise<ImportAnswer> {
  const { order, references, rehearse } = options;
  const images = await readExistingImages(client, config, references);
  const wanted = releasesOf(config, order.fleet, images);
  const before = await state.readFleet(order.fleet);
  const newest = before.releases.releases.at(-1)?.version;
  await refuseOlder(client, before, { fleet: order.fleet, wanted });

  let imported: readonly string[] = [];
  const change = (current: FleetState): FleetState => {
    if (current.releases.releases.at(-1)?.version !== newest) {
      throw new OutsideError(
        `importing into fleet ${order.fleet}`,
        'the fleet got another release meanwhile',
        'Run the same command again.',
      );
    }
    const fresh = wanted.filter(({ version, release }) => !isKnown(current, version, release));
    imported = fresh.map(({ version }) => version);
    if (fresh.length === 0) return current;
    const releases = fresh.reduce(
      (index, { release }) => addRelease(index, release, order.now),
      current.releases,
    );
    return { ...current, releases };
  };
  const answer = (rest: Pick<ImportAnswer, 'changed' | 'stateCommit' | 'files'>): ImportAnswer => ({
    fleet: order.fleet,
    imported,
    known: wanted.map(({ version }) => version).filter((version) => !imported.includes(version)),
    notes: [],
    ...rest,
  });
  const notes = await untagged({ config, client }, wanted);
  if (rehearse) {
    const files = await state.previewFleet(order.fleet, change);
    return { ...answer({ changed: files.length > 0, stateCommit: undefined, files }), notes };
  }
  const message = () => commitMessage(order, `import ${imported.join(', ')}`, undefined);
  const { changed, commit } = await state.changeFleet(order.fleet, message, change);
  return { ...answer({ changed, stateCommit: commit }), notes };
}

/** The images by version, oldest first. Each architecture may have been given as an image of its own. */
function releasesOf(config: Config, fleet: string, images: readonly ExistingImage[]): ExistingRelease[] {
  return [...groupBy(images, ({ version }) => version)]
    .map(([version, all]) => {
      const own = withoutRepetition(version, all);
      return { version, images: own, release: releaseOf(config, fleet, version, own) };
    })
    .toSorted((one, other) => oldest(one.images) - oldest(other.images));
}

/** @throws InputError if two images for one architecture have the same version */
function withoutRepetition(version: string, images: readonly ExistingImage[]): ExistingImage[] {
  return [...groupBy(images, ({ architecture }) => architecture).values()].map((same) => {
    const [first, ...others] = same as readonly [ExistingImage, ...ExistingImage[]];
    const other = others.find(({ digest }) => digest !== first.digest);
    if (other === undefined) return same.find(({ index }) => index !== undefined) ?? first;
    throw new InputError({
      field: '--image',
      problem: `two images for ${first.architecture} have the version ${version}, and a version names one build`,
      found: `${first.digest} and ${other.digest}`,
      remedy:
        'Import the one that more nodes run, and rebase the others to a release of the fleet (docs/nodes.md).',
    });
  });
}

function releaseOf(
  config: Config,
  fleet: string,
  version: string,
  images: readonly ExistingImage[],
): Release {
  const { url } = config.publish;
  const index = images.find((image) => image.index !== undefined)?.index;
  return {
    'oci-images': images.map(({ architecture, digest }) => ({
      architecture,
      image: formatReference(atTag(config.image, config.stream)),
      'digest-ref': formatReference(atDigest(config.image, digest)),
    })),
    ...(index === undefined ? {} : { 'oci-index': formatReference(atDigest(config.image, index)) }),
    version,
    metadata: url === undefined ? buildReleasePath(fleet, version) : buildReleaseUrl({ url, fleet, version }),
  };
}

/** The same images. start-rollout may have recorded them. @throws InputError for other images of this version */
function isKnown(state: FleetState, version: string, release: Release): boolean {
  const known = state.releases.releases.find((each) => each.version === version);
  if (known === undefined) return false;
  const digests = (each: Release) =>
    (each['oci-images'] ?? []).map((image) => `${image.architecture} ${image['digest-ref']}`);
  const own = digests(known);
  const other = digests(release).find((digest) => !own.includes(digest));
  if (other === undefined) return true;
  throw new InputError({
    field: '--image',
    problem: `release ${version} of this fleet has other images`,
    found: other,
    expected: own.join(', '),
    remedy:
      'A version names one build. Rebase nodes on this image to a release of the fleet (docs/nodes.md).',
  });
}

/** A position in the release index is an age, and releases are only added at its end. */
async function refuseOlder(
  client: Project['client'],
  state: FleetState,
  { fleet, wanted }: { readonly fleet: string; readonly wanted: readonly ExistingRelease[] },
): Promise<void> {
  const added = wanted.filter(({ version, release }) => !isKnown(state, version, release));
  const newest = state.releases.releases.at(-1);
  let before = newest === undefined ? undefined : await timeOf(client, state, newest);
  for (const { version, images } of added) {
    const from = oldest(images);
    if (before !== undefined && from <= before.created) {
      throw new InputError({
        where: `fleet ${fleet}`,
        field: 'created',
        problem: `${version} is not newer than ${before.version}, after which it would come, and nodes never go back`,
        found: isoTime(from),
        expected: `after ${isoTime(before.created)}`,
        remedy:
          'Import what nodes run before the first release of the fleet. Rebase nodes on older images to a release of the fleet (docs/nodes.md).',
      });
    }
    before = { version, created: Math.max(...images.map(({ created }) => created)) };
  }
}

/** The time of the newest image of a release; undefined if it is not known. */
async function timeOf(
  client: Project['client'],
  state: FleetState,
  release: Release,
): Promise<{ readonly version: string; readonly created: number } | undefined> {
  const times = await Promise.all(
    (release['oci-images'] ?? []).map((image) => createdOf(client, state, release.version, image)),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : { version: release.version, created: Math.max(...known) };
}

/** Registries delete what has no tag. */
async function untagged(
  { config, client }: Pick<Parts, 'config' | 'client'>,
  releases: readonly ExistingRelease[],
): Promise<string[]> {
  const notes: string[] = [];
  for (const { version } of releases) {
    const tag = atTag(config.image, version);
    if ((await client.resolve(tag)) !== undefined) continue;
    notes.push(
      `${formatReference(tag)} does not exist: set it, because registries delete images without a tag`,
    );
  }
  return notes;
}

function oldest(images: readonly ExistingImage[]): number {
  return Math.min(...images.map(({ created }) => created));
}

/** The items by key, in the order in which the keys first occur. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
