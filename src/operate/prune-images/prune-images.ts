import { InputError, OutsideError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { awaitedDigests, digestsOf, neededDigests } from '../../release/needed-images.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import { isBuildTag, isVersionTag, type TaggedFleet } from '../../release/tags.ts';
import type { DeleteManifest } from '../../world/forge/github/package-deletion.ts';
import { type Digest, formatRepository, type Repository } from '../../world/registry/reference.ts';
import { currentBuilds } from './current-builds.ts';
import { deleteImages } from './delete-images.ts';
import { recordedOrigins } from './image-origin.ts';
import { ownBuilds } from './own-builds.ts';
import { planRepository, type RepositoryPlan } from './plan-repository.ts';
import { type PublishedGuidance, readPublishedGuidance, readSiteGuidance } from './published-guidance.ts';
import { readContents } from './read-contents.ts';
import { foreignDigests, requireWitnesses, unpublishedVersions } from './witness.ts';

type Parts = Pick<Project, 'config' | 'git' | 'forge' | 'state' | 'client'>;
type States = Readonly<Record<string, FleetState>>;

export interface PruneOptions {
  /** Images that are younger than this many seconds are kept. */
  readonly olderThan: number;
  /** Number of each fleet's newest releases that are kept, besides those that its guidance needs. Default: all. */
  readonly releases?: number | undefined;
  /** UNIX seconds. */
  readonly now: number;
  readonly report?: (note: string) => void;
  /** How manifests of a repository are deleted if its registry does not delete by the registry's interface. */
  readonly deletionIn?: (repository: Repository) => Promise<DeleteManifest | undefined>;
}

/** What was deleted from one repository, or would be. */
export interface PrunedRepository extends Pick<RepositoryPlan, 'removed' | 'kept'> {
  readonly repository: string;
}

/** What may be deleted, and the deletion. */
export interface PrunePlan {
  readonly repositories: readonly PrunedRepository[];
  /**
   * Deletes everything in the plan. After an interruption a new plan finishes the work.
   * @throws OutsideError if the state branch has moved since, or the registry does not do what it confirms
   * @throws InputError if the registry allows no deletions
   */
  remove(): Promise<void>;
}

/**
 * Finds what is not needed in the production repository and the test registry: manifests, and their tags with them. A
 * registry frees the disk space of blobs by its own garbage collection. Everything is decided before the first
 * deletion.
 * @throws InputError if the state branch and the published guidance do not agree
 * @throws OutsideError if the registry contradicts itself
 */
export async function planPruning(project: Parts, options: PruneOptions): Promise<PrunePlan> {
  const { config, forge, client } = project;
  const commit = await forge.branches.resolve(config.stateBranch);
  const plans = await planAll(project, options);
  const requireUnchanged = async () => {
    if ((await forge.branches.resolve(config.stateBranch)) === commit) return;
    throw new OutsideError(
      'pruning',
      'the state branch moved after this run decided what to keep',
      'Nothing that was needed is deleted. Run the same command again.',
    );
  };
  return {
    repositories: plans.map(({ repository, removed, kept }) => ({
      repository: formatRepository(repository),
      removed,
      kept,
    })),
    remove: async () => {
      for (const plan of plans) {
        if (plan.removed.length === 0) continue;
        const deleteManifest = (await options.deletionIn?.(plan.repository)) ?? client.deleteManifest;
        await deleteImages({ ...client, deleteManifest }, plan, requireUnchanged);
      }
    },
  };
}

async function planAll(project: Parts, options: PruneOptions): Promise<RepositoryPlan[]> {
  const { config, client } = project;
  const states = await readStates(project);
  const named = Object.keys(states).map((name): TaggedFleet => config.fleets[name] ?? { name, tag: name });
  const all = Object.values(states);
  const recorded = recordedOrigins(config, states);
  const shared = {
    before: options.now - options.olderThan,
    recorded,
    isOwnBuild: ownBuilds(project, new Set([...recorded.values()].map(({ buildKey }) => buildKey))),
  };
  const contents = await readContents(client, config.image, neededDigests(all), options.report);
  const site = await readSiteGuidance(config, Object.keys(states));
  const published = [...(await readPublishedGuidance(client, config.image, contents)), ...site.published];
  requireWitnesses(config.stateBranch, states, published, site.silence);
  const production = await planRepository(client, {
    ...shared,
    repository: config.image,
    contents,
    needed: neededInProduction(states, published, options),
    isOwnTag: (tag, { version }) => isVersionTag(config, tag, { version, fleets: named }),
  });
  const needed = new Set([
    ...awaitedDigests(states, promotionsOf(Object.values(config.fleets))),
    ...(await currentBuilds(project)),
  ]);
  const test = await planRepository(client, {
    ...shared,
    repository: config.testImage,
    contents: await readContents(client, config.testImage, needed, options.report),
    needed,
    isOwnTag: (tag, { buildKey }) => isBuildTag(tag, buildKey),
  });
  return [production, test];
}

function neededInProduction(
  states: States,
  published: readonly PublishedGuidance[],
  { releases }: PruneOptions,
): ReadonlySet<Digest> {
  const unpublished = Object.entries(states).flatMap(([fleet, state]) => [
    ...digestsOf(state, new Set(unpublishedVersions(fleet, state, published))),
  ]);
  return new Set([
    ...neededDigests(Object.values(states), releases),
    ...unpublished,
    ...foreignDigests(states, published),
  ]);
}

function promotionsOf(fleets: readonly Fleet[]): { readonly from: string; readonly to: string }[] {
  return fleets.flatMap(({ name, promoteFrom }) =>
    promoteFrom === undefined ? [] : [{ from: promoteFrom, to: name }],
  );
}

/** Every fleet that the state branch knows, even if it is no longer configured: its nodes still exist. */
async function readStates({ config, forge, state }: Parts): Promise<States> {
  const commit = await forge.branches.resolve(config.stateBranch);
  if (commit === undefined) {
    throw new InputError({
      where: config.stateBranch,
      problem: 'this branch does not exist, so nothing says which images are needed',
      remedy: 'Fetch the state branch, or correct state-branch in coxswain.yaml.',
    });
  }
  const paths = await forge.branches.listFiles(commit, 'fleets');
  const names = new Set([...Object.keys(config.fleets), ...paths.map((path) => path.split('/')[1] ?? '')]);
  const states: Record<string, FleetState> = {};
  for (const name of names) if (name !== '') states[name] = await state.readFleet(name);
  return states;
}
