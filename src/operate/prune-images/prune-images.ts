import { InputError, OutsideError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import { findBuilt } from '../../release/candidate/built.ts';
import { readCandidate } from '../../release/candidate/candidate.ts';
import { awaitedDigests, neededDigests } from '../../release/needed-images.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import { architectureOfGo } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { imageTimestamp, readImage } from '../../world/registry/image.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  formatRepository,
  type Repository,
} from '../../world/registry/reference.ts';
import { removable, subjectOfTag } from './contents.ts';
import { readContents } from './read-contents.ts';

/** A subset of the verbs' Project. */
type Parts = Pick<Project, 'config' | 'git' | 'forge' | 'client' | 'state'>;

export interface PruneOptions {
  /** Images younger than so many seconds stay whatever they are. */
  readonly olderThan: number;
  /** Releases of each fleet that stay beside those that its guidance needs; left out, all of them. */
  readonly releases?: number | undefined;
  /** Without it, nothing is deleted. */
  readonly remove: boolean;
  /** UNIX seconds. */
  readonly now: number;
  readonly report?: (note: string) => void;
}

/** One repository, pruned or to be pruned. */
export interface PrunedRepository {
  readonly repository: string;
  /** In the order they are deleted in. */
  readonly removed: readonly { readonly digest: Digest; readonly tags: readonly string[] }[];
  /** How many manifests stay. */
  readonly kept: number;
}

/**
 * Deletes what nobody needs from the production repository and the test registry: manifests, and with them their
 * tags. What blobs took up, a registry frees by its own garbage collection. Everything is decided before the first
 * deletion, and decided anew where the state branch moves meanwhile.
 * @throws InputError for a registry that does not let anyone delete
 */
export async function pruneImages(project: Parts, options: PruneOptions): Promise<PrunedRepository[]> {
  const { config, forge } = project;
  const commit = await forge.branches.resolve(config.stateBranch);
  const unmoved = async () => (await forge.branches.resolve(config.stateBranch)) === commit;
  const fleets = await readFleets(project);
  const production = await plan(project, options, {
    repository: config.image,
    needed: neededDigests(Object.values(fleets), options.releases),
    isOurs: (tag) => isVersionTag(tag, config) && !isStandingTag(tag, config),
  });
  const promotions = Object.values(config.fleets).flatMap(({ name, promoteFrom }) =>
    promoteFrom === undefined ? [] : [{ from: promoteFrom, to: name }],
  );
  const test = await plan(project, options, {
    repository: config.testImage,
    needed: new Set([...awaitedDigests(fleets, promotions), ...(await currentBuilds(project))]),
    isOurs: (tag) => /^key-[0-9a-f]{16}(-[a-z0-9_]+)?$/.test(tag),
  });
  const plans = [production, test];
  if (options.remove) {
    for (const each of plans) {
      for (const { digest, tags } of each.removed) {
        if (!(await unmoved())) {
          throw new OutsideError(
            'pruning',
            'the state branch has moved since it was decided what to keep',
            'What was deleted until then was not needed. Run the same command again.',
          );
        }
        await removeManifest(project.client, each.place, digest, tags);
      }
    }
  }
  return plans.map(({ place, removed, kept }) => ({ repository: formatRepository(place), removed, kept }));
}

interface Plan extends Omit<PrunedRepository, 'repository'> {
  readonly place: Repository;
}

interface Rule {
  readonly repository: Repository;
  /** Stay whatever their age. */
  readonly needed: ReadonlySet<Digest>;
  /** The kind of tag whose image may go. An image under any other tag stays. */
  readonly isOurs: (tag: string) => boolean;
}

async function plan({ client }: Parts, options: PruneOptions, rule: Rule): Promise<Plan> {
  const { repository, needed, isOurs } = rule;
  const contents = await readContents(client, repository, needed, options.report);
  const roots = new Set<Digest>([...needed, ...contents.untagged]);
  for (const [tag, digest] of contents.tags) {
    if (subjectOfTag(tag) !== undefined || roots.has(digest)) continue;
    if (!isOurs(tag) || !(await isOld(client, repository, digest, options))) roots.add(digest);
  }
  const removed = removable(contents, roots).map((digest) => ({
    digest,
    tags: [...contents.tags].filter(([, each]) => each === digest).map(([tag]) => tag),
  }));
  return { place: repository, removed, kept: contents.manifests.size - removed.length };
}

/** By the time its commit was made, the only one that an image has. What has none is not taken for old. */
async function isOld(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  { now, olderThan }: PruneOptions,
): Promise<boolean> {
  const manifest = await client.findManifest(atDigest(repository, digest));
  if (manifest === undefined) return false;
  const entries = isIndex(manifest.json) ? manifest.json.manifests : [manifest.descriptor];
  for (const { digest: each, platform } of entries) {
    const created = await createdAt(client, repository, each, platform?.architecture);
    if (created === undefined || created > now - olderThan) return false;
  }
  return true;
}

async function createdAt(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  goName: string | undefined,
): Promise<number | undefined> {
  const known = goName === undefined ? undefined : architectureOfGo(goName);
  for (const architecture of known === undefined
    ? (['x86_64', 'aarch64', 's390x', 'ppc64le'] as const)
    : [known]) {
    try {
      return imageTimestamp(await readImage(client, atDigest(repository, digest), architecture));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}

/** Every fleet that the state branch knows, also one that is not configured any more: its nodes are still there. */
async function readFleets({ config, forge, state }: Parts): Promise<Record<string, FleetState>> {
  const commit = await forge.branches.resolve(config.stateBranch);
  const paths = commit === undefined ? [] : await forge.branches.listFiles(commit, 'fleets');
  const names = new Set([...Object.keys(config.fleets), ...paths.map((path) => path.split('/')[1] ?? '')]);
  const fleets: Record<string, FleetState> = {};
  for (const name of names) if (name !== '') fleets[name] = await state.readFleet(name);
  return fleets;
}

/** What the fleets' branches and the open pull requests build now. */
async function currentBuilds(project: Parts): Promise<Digest[]> {
  const { config, forge, git, client } = project;
  const heads = [
    ...(await Promise.all(Object.values(config.fleets).map(({ branch }) => forge.branches.resolve(branch)))),
    ...(await forge.pullRequests.list({ state: 'open' })).map(({ headCommit }) => headCommit),
  ];
  const found: Digest[] = [];
  for (const commit of new Set(heads.filter((head) => head !== undefined))) {
    await forge.branches.fetchCommit(commit);
    // A head that builds nothing, or is not here (a fork's), has no image either: its own is young.
    const candidate = await readCandidate({ git, config, client, commit }).catch((error: unknown) => {
      if (error instanceof InputError) return undefined;
      throw error;
    });
    const built = candidate === undefined ? undefined : await findBuilt(client, config, candidate);
    if (built !== undefined) found.push(built.digest);
  }
  return found;
}

/** A version, a version's symbolic tag, or a base version: what promotion sets once and never moves back. */
function isVersionTag(tag: string, { fleets }: Config): boolean {
  const names = Object.keys(fleets).map((name) => name.replaceAll('.', '\\.'));
  return new RegExp(`^.+-[0-9a-f]{8}(-(${names.join('|')})(-barrier|-deadend)?)?$`).test(tag);
}

/** Tags that people follow. */
function isStandingTag(tag: string, { fleets, stream }: Config): boolean {
  return (
    tag === stream ||
    Object.values(fleets).some((fleet) => fleet.tag === tag || tag === `updates-${fleet.name}`)
  );
}

async function removeManifest(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  tags: readonly string[],
): Promise<void> {
  // With a manifest go the tags on it: a tag that was moved meanwhile is somebody's.
  for (const tag of tags) {
    const now = (await client.resolve(atTag(repository, tag)))?.digest;
    if (now !== undefined && now !== digest) return;
  }
  await client.deleteManifest(repository, digest);
}
