import { OutsideError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { awaitedDigests, neededDigests } from '../../release/needed-images.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import { isBuildTag, isVersionTag, type TaggedFleet } from '../../release/tags.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atTag, type Digest, formatRepository, type Repository } from '../../world/registry/reference.ts';
import { currentBuilds } from './current-builds.ts';
import { recordedOrigins } from './image-origin.ts';
import { planRepository, type RepositoryPlan } from './plan-repository.ts';

type Parts = Pick<Project, 'config' | 'git' | 'forge' | 'state' | 'client'>;

export interface PruneOptions {
  /** Images that are younger than this many seconds stay. */
  readonly olderThan: number;
  /** Number of each fleet's newest releases that stay, besides those that its guidance needs. Default: all. */
  readonly releases?: number | undefined;
  /** false: delete nothing. */
  readonly remove: boolean;
  /** UNIX seconds. */
  readonly now: number;
  readonly report?: (note: string) => void;
}

/** What was deleted from one repository, or would be. */
export interface PrunedRepository extends Pick<RepositoryPlan, 'removed' | 'kept'> {
  readonly repository: string;
}

/**
 * Deletes what nobody needs from the production repository and the test registry: manifests, and their tags with
 * them. A registry frees the disk space of blobs by its own garbage collection. Everything is decided before the first
 * deletion. If the state branch moves meanwhile, the verb stops.
 * @throws InputError if the registry does not allow deletions
 */
export async function pruneImages(project: Parts, options: PruneOptions): Promise<PrunedRepository[]> {
  const { config, forge } = project;
  const commit = await forge.branches.resolve(config.stateBranch);
  const plans = await planAll(project, options);
  for (const { repository, removed } of options.remove ? plans : []) {
    for (const { digest, tags } of removed) {
      if ((await forge.branches.resolve(config.stateBranch)) !== commit) {
        throw new OutsideError(
          'pruning',
          'the state branch moved after this run decided what to keep',
          'Nothing that was needed is deleted. Run the same command again.',
        );
      }
      await removeManifest(project.client, repository, digest, tags);
    }
  }
  return plans.map(({ repository, removed, kept }) => ({
    repository: formatRepository(repository),
    removed,
    kept,
  }));
}

async function planAll(project: Parts, options: PruneOptions): Promise<RepositoryPlan[]> {
  const { config, client } = project;
  const fleets = await readFleets(project);
  const named = Object.keys(fleets).map((name): TaggedFleet => config.fleets[name] ?? { name, tag: name });
  const shared = { before: options.now - options.olderThan, recorded: recordedOrigins(config, fleets) };
  const production = await planRepository(
    client,
    {
      ...shared,
      repository: config.image,
      needed: neededDigests(Object.values(fleets), options.releases),
      isOwnTag: (tag, { version }) => isVersionTag(config, tag, { version, fleets: named }),
    },
    options.report,
  );
  const test = await planRepository(
    client,
    {
      ...shared,
      repository: config.testImage,
      needed: new Set([
        ...awaitedDigests(fleets, promotionsOf(Object.values(config.fleets))),
        ...(await currentBuilds(project)),
      ]),
      isOwnTag: (tag, { buildKey }) => isBuildTag(tag, buildKey),
    },
    options.report,
  );
  return [production, test];
}

function promotionsOf(fleets: readonly Fleet[]): { readonly from: string; readonly to: string }[] {
  return fleets.flatMap(({ name, promoteFrom }) =>
    promoteFrom === undefined ? [] : [{ from: promoteFrom, to: name }],
  );
}

/** Every fleet that the state branch knows, even if it is no longer configured: its nodes still exist. */
async function readFleets({ config, forge, state }: Parts): Promise<Record<string, FleetState>> {
  const commit = await forge.branches.resolve(config.stateBranch);
  const paths = commit === undefined ? [] : await forge.branches.listFiles(commit, 'fleets');
  const names = new Set([...Object.keys(config.fleets), ...paths.map((path) => path.split('/')[1] ?? '')]);
  const fleets: Record<string, FleetState> = {};
  for (const name of names) if (name !== '') fleets[name] = await state.readFleet(name);
  return fleets;
}

async function removeManifest(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  tags: readonly string[],
): Promise<void> {
  // Deleting a manifest deletes its tags. If somebody has moved one of them, the manifest stays.
  for (const tag of tags) {
    const now = (await client.resolve(atTag(repository, tag)))?.digest;
    if (now !== undefined && now !== digest) return;
  }
  await client.deleteManifest(repository, digest);
}
