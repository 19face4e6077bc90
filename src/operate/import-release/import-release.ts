import { addRelease, type Release } from '../../guidance/releases.ts';
import { documentation } from '../../host/documentation.ts';
import { InputError, OutsideError } from '../../host/errors.ts';
import { createdOf, isoTime } from '../../release/gates/promotable-image.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import type { EditContext } from '../../release/operations/fleet-edit.ts';
import type { Project } from '../../release/project.ts';
import { tagReader } from '../../release/read-tag.ts';
import type { FilePreview, FleetState } from '../../release/state/state.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { atTag, formatReference } from '../../world/registry/reference.ts';
import { buildsOf, type ExistingRelease, oldest, releasesOf } from './existing-builds.ts';
import { readExistingImages } from './existing-images.ts';

/** What import-release did. */
export interface ImportAnswer {
  readonly fleet: string;
  /** Versions that were added, oldest first. */
  readonly imported: readonly string[];
  /** Versions that the fleet had already. */
  readonly known: readonly string[];
  readonly notes: readonly string[];
  readonly changed: boolean;
  /** The commit of the state branch; undefined after a rehearsal. */
  readonly stateCommit: Sha | undefined;
  /** In a rehearsal: the files that would change. */
  readonly files?: readonly FilePreview[];
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
  const builds = buildsOf(await readExistingImages(client, config, references));
  const before = await state.readFleet(order.fleet);
  const newest = before.releases.releases.at(-1)?.version;
  const wanted = releasesOf(config, order.fleet, { builds, known: before.releases.releases });
  await refuseOlder(client, before, { fleet: order.fleet, wanted });
  const fresh = wanted.filter(({ isKnown }) => !isKnown);
  const imported = fresh.map(({ version }) => version);

  const change = (current: FleetState): FleetState => {
    if (current.releases.releases.at(-1)?.version !== newest) {
      throw new OutsideError(
        `importing into fleet ${order.fleet}`,
        'the fleet got another release meanwhile',
        'Run the same command again.',
      );
    }
    if (fresh.length === 0) return current;
    const releases = fresh.reduce(
      (index, { release }) => addRelease(index, release, order.now),
      current.releases,
    );
    return { ...current, releases };
  };
  const answer = {
    fleet: order.fleet,
    imported,
    known: wanted.filter(({ isKnown }) => isKnown).map(({ version }) => version),
    notes: await untagged({ config, client }, wanted),
  };
  if (rehearse) {
    const files = await state.previewFleet(order.fleet, change);
    return { ...answer, changed: files.length > 0, stateCommit: undefined, files };
  }
  const message = () => commitMessage(order, `import ${imported.join(', ')}`, undefined);
  const { changed, commit } = await state.changeFleet(order.fleet, message, change);
  return { ...answer, changed, stateCommit: commit };
}

/** A position in the release index is an age, and releases are only added at its end. */
async function refuseOlder(
  client: Project['client'],
  state: FleetState,
  { fleet, wanted }: { readonly fleet: string; readonly wanted: readonly ExistingRelease[] },
): Promise<void> {
  const added = wanted.filter(({ isKnown }) => !isKnown);
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
        remedy: `Import what nodes run before the first release of the fleet. Rebase nodes on older images to a release of the fleet (${documentation('nodes.md')}).`,
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
  const readTag = tagReader(client, config.image);
  for (const { version } of releases) {
    if ((await readTag(version)) !== undefined) continue;
    notes.push(
      `${formatReference(atTag(config.image, version))} does not exist: set it, because registries delete images without a tag`,
    );
  }
  return notes;
}
