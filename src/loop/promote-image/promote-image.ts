import { defined } from '../../host/defined.ts';
import { InputError, OutsideError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { findFleet, releaseCommit } from '../../project/fleets.ts';
import { findBuilt } from '../../release/candidate/built.ts';
import { type Candidate, readCandidate } from '../../release/candidate/candidate.ts';
import {
  type Acceptance,
  type AcceptedBy,
  findAcceptance,
  pushAcceptance,
} from '../../release/evidence/acceptance.ts';
import { requireRehearsed } from '../../release/evidence/rehearsed.ts';
import { isoTime, type PassedImage, passImage, requireNewer } from '../../release/gates/promotable-image.ts';
import { refuseHeld } from '../../release/operations/hold.ts';
import { refuseHeldByFile } from '../../release/operations/hold-file.ts';
import type { Project } from '../../release/project.ts';
import { type PlannedTag, planTags } from '../../release/tags.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import { copyAttached } from '../../world/registry/attached.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { copyImage, setTags } from '../../world/registry/copy.ts';
import { imageTimestamp, readImage } from '../../world/registry/image.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  formatReference,
  formatRepository,
  type Repository,
} from '../../world/registry/reference.ts';
import { rememberingClient } from '../../world/registry/remembering.ts';

/** What promotion works on; a subset of the verbs' Project. */
export type PromotionProject = Pick<Project, 'config' | 'git' | 'forge' | 'client' | 'state'>;

export interface Promotion {
  readonly fleet: string;
  readonly version: string;
  /** Of the image, or of the index over its architectures. */
  readonly digest: Digest;
  /** `repository:version` */
  readonly image: string;
  /** For each architecture what nodes will know it by, as read back from production. */
  readonly images: readonly { readonly architecture: string; readonly digestRef: string }[];
  /** Tags that point at the digest now. */
  readonly tags: readonly string[];
  /** Tags that were left alone, because another fleet's or a newer image has them. */
  readonly kept: readonly string[];
  /** Whether anything was written. */
  readonly changed: boolean;
  /** Missing evidence was accepted: why, and by whom. */
  readonly accepted?: AcceptedBy;
  /** Evidence, signatures, SBOMs and whatever else refers to the image that were not in production yet. */
  readonly attached: number;
  readonly mounted: number;
  readonly copied: number;
  readonly requests: number;
}

/**
 * Copies the tested image of a commit on a fleet's branch to production and tags it for a fleet. Everything is checked before the first
 * write; the order of writes is image, evidence and all else that refers to it, tags, so a tag never names an image that cannot be pulled or has no
 * evidence beside it, whatever request is the last one. Run again, it does what is missing.
 * @param options.now UNIX seconds
 * @param options.accept lets the image pass without evidence; never with a test that failed
 * @throws InputError when the image may not be promoted, or the fleet is held
 */
export async function promoteImage(
  project: PromotionProject,
  options: {
    readonly fleet: string;
    readonly commit?: string | undefined;
    readonly accept?: AcceptedBy | undefined;
    readonly now: number;
  },
): Promise<Promotion> {
  const { config } = project;
  const client = rememberingClient(project.client);
  const requestsBefore = client.counters.requests;
  const fleet = findFleet(config, options.fleet);
  const state = await project.state.readFleet(fleet.name);
  refuseHeld(state, { fleet: fleet.name, now: options.now });
  await refuseHeldByFile(project.forge.branches, fleet, options.now);
  const candidate = await readCandidate({
    git: project.git,
    config,
    client,
    commit: await releaseCommit(project.forge.branches, fleet, options.commit),
  });
  const built = await requireBuilt(client, config, candidate);
  const passed: PassedImage[] = [];
  for (const architecture of config.architectures) {
    passed.push(
      await passImage(
        { client, config, candidate, fleet: fleet.name, accept: options.accept },
        built,
        architecture,
      ),
    );
  }
  await requireNewer({ client, config, fleet, state, passed });
  const { commit, version } = candidate;
  await requireRehearsed({ git: project.git, config, commit, version, fleet, state, passed });
  const plan = await planMoves({
    client,
    config,
    fleet,
    candidate,
    built,
    passed,
    firstRelease: state.releases.releases.length === 0,
  });

  const report = plan.inProduction
    ? { mounted: 0, copied: 0 }
    : await copyImage(client, { from: built, to: config.image, tags: [] });
  const manifest = await client.getManifest(built);
  const attached = await copyAttached(client, { manifest, from: config.testImage, to: config.image });
  const accepted = passed.find((each) => each.accepted !== undefined)?.accepted;
  const recorded =
    accepted !== undefined &&
    (await recordAcceptance(client, {
      repository: config.image,
      subject: manifest.descriptor,
      acceptance: { ...accepted, fleet: fleet.name, at: options.now, testsTree: candidate.testsTree },
    }));
  await setTags(client, { manifest, repository: config.image, tags: plan.move });
  await readBack(project.client, config, { digest: built.digest, tags: plan.move, passed });
  return {
    fleet: fleet.name,
    version: candidate.version,
    digest: built.digest,
    image: formatReference(atTag(config.image, candidate.version)),
    images: passed.map(({ architecture, image }) => ({
      architecture,
      digestRef: formatReference(atDigest(config.image, image.manifest.descriptor.digest)),
    })),
    tags: plan.tags,
    kept: plan.kept,
    changed: !plan.inProduction || plan.move.length > 0 || attached.length > 0 || recorded,
    ...defined({ accepted }),
    attached: attached.length,
    mounted: report.mounted,
    copied: report.copied,
    requests: client.counters.requests - requestsBefore,
  };
}

/** start-rollout reads it from there, as it reads evidence. @returns whether it was written now */
async function recordAcceptance(
  client: RegistryClient,
  options: {
    readonly repository: Repository;
    readonly subject: Descriptor;
    readonly acceptance: Acceptance;
  },
): Promise<boolean> {
  const { repository, subject, acceptance } = options;
  const { fleet, testsTree } = acceptance;
  const known = await findAcceptance(client, repository, { subjects: [subject.digest], fleet, testsTree });
  if (known !== undefined) return false;
  await pushAcceptance(client, repository, subject, acceptance);
  return true;
}

async function requireBuilt(
  client: RegistryClient,
  config: Config,
  candidate: Candidate,
): Promise<DigestReference> {
  const built = await findBuilt(client, config, candidate);
  if (built !== undefined) return built;
  throw new InputError({
    where: formatReference(atTag(config.testImage, candidate.tag)),
    problem: `the test registry has no image for commit ${shortCommit(candidate.commit)}`,
    remedy: 'Run coxswain build-image and then coxswain boot-test.',
  });
}

interface Moves {
  /** The version's tag is there, so the whole image is. */
  readonly inProduction: boolean;
  readonly move: readonly string[];
  readonly tags: readonly string[];
  readonly kept: readonly string[];
}

/** Looks where every tag points now, and decides which to set. Writes nothing. */
async function planMoves(
  options: Pick<Project, 'config' | 'client'> & {
    readonly fleet: Fleet;
    readonly candidate: Candidate;
    readonly built: DigestReference;
    readonly passed: readonly PassedImage[];
    readonly firstRelease: boolean;
  },
): Promise<Moves> {
  const { client, config, fleet, candidate, built } = options;
  const planned = planTags(config, fleet, {
    version: candidate.version,
    baseVersion: candidate.base.version,
  });
  const move: string[] = [];
  const kept: string[] = [];
  let inProduction = false;
  for (const each of planned) {
    const now = (await client.resolve(atTag(config.image, each.tag)))?.digest;
    if (now === built.digest) {
      inProduction = true;
      continue;
    }
    if (now === undefined || (await mayMove(options, each, now))) move.push(each.tag);
    else kept.push(each.tag);
  }
  const tags = planned.map(({ tag }) => tag).filter((tag) => !kept.includes(tag));
  return { inProduction, move, tags, kept };
}

/** @throws InputError where a tag that has to be ours cannot be */
async function mayMove(
  options: Parameters<typeof planMoves>[0],
  { tag, rule }: PlannedTag,
  now: Digest,
): Promise<boolean> {
  const { client, config, fleet, built, passed, firstRelease } = options;
  const where = formatReference(atTag(config.image, tag));
  if (rule === 'fixed') {
    throw new InputError({
      where,
      problem: 'this version is in production already, with another image; a version tag is never re-pointed',
      found: now,
      expected: built.digest,
      remedy:
        'Change anything in the build, so that it gets a version of its own, and build and test it again.',
    });
  }
  if (rule === 'first') return false;
  // Another fleet may have set this tag for want of an owner; the owner's first release takes it whatever its age.
  if (rule === 'fleet' && fleet.tag === config.stream && firstRelease) return true;
  const [first] = passed as readonly [PassedImage, ...PassedImage[]];
  const current = await readImage(client, atDigest(config.image, now), first.architecture);
  const currentCreated = imageTimestamp(current);
  if (currentCreated === undefined || first.created > currentCreated) return true;
  if (rule === 'newest') return false;
  // The state branch does not know that image yet: its promotion is under way, or broke off before the rollout.
  throw new InputError({
    where,
    field: 'created',
    problem: `fleet ${fleet.name} was promoted to an image that is as new or newer, ${now}`,
    found: isoTime(first.created),
    expected: `later than ${isoTime(currentCreated)}`,
    remedy: 'This commit was overtaken: promote the newer one, or a new commit on top of it.',
  });
}

/** Believes the registry, not its answers to our writes. */
async function readBack(
  client: RegistryClient,
  config: Config,
  written: { digest: Digest; tags: readonly string[]; passed: readonly PassedImage[] },
): Promise<void> {
  if (written.tags.length === 0) return;
  const where = formatRepository(config.image);
  for (const { image } of written.passed) {
    await client.getManifest(atDigest(config.image, image.manifest.descriptor.digest));
  }
  for (const tag of written.tags) {
    const now = (await client.resolve(atTag(config.image, tag)))?.digest;
    if (now === written.digest) continue;
    throw new OutsideError(
      `tagging ${where}:${tag}`,
      `it was set to ${written.digest} and points at ${now ?? 'nothing'} now: somebody else writes there too`,
    );
  }
}
