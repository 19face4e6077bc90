import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { Candidate } from '../../release/candidate/candidate.ts';
import { isoTime, type PassedImage } from '../../release/gates/promotable-image.ts';
import type { Project } from '../../release/project.ts';
import { tagReader } from '../../release/read-tag.ts';
import type { FleetState } from '../../release/state/state.ts';
import { type PlannedTag, planTags } from '../../release/tags.ts';
import { imageTimestamp, readImage } from '../../world/registry/image.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  formatReference,
} from '../../world/registry/reference.ts';

interface MoveOptions extends Pick<Project, 'config' | 'client'> {
  readonly fleet: Fleet;
  readonly candidate: Candidate;
  readonly built: DigestReference;
  readonly passed: readonly PassedImage[];
  /** The fleet on the state branch. */
  readonly state: FleetState;
}

/** Which tags a promotion sets. */
export interface Moves {
  /** A tag leads to the image already, so the whole image is in production. */
  readonly inProduction: boolean;
  /** The tags to set, in this order. */
  readonly move: readonly string[];
  /** They point at the image afterwards. */
  readonly tags: readonly string[];
  /** Tags that are not moved: a newer image or another fleet has them, or the release was withdrawn. */
  readonly kept: readonly string[];
  readonly isWithdrawn: boolean;
}

/** Looks up where every tag points now, and decides which to set. Writes nothing. */
export async function planMoves(options: MoveOptions): Promise<Moves> {
  const { client, config, fleet, candidate, built, state } = options;
  const { version, base } = candidate;
  const planned = planTags(config, fleet, { version, baseVersion: base.version }, 'promote-image');
  const move: string[] = [];
  const kept: string[] = [];
  let inProduction = false;
  const readTag = tagReader(client, config.image);
  const isWithdrawn = state.operations.withdrawn?.some((each) => each.version === version) === true;
  const found = await Promise.all(planned.map(async (each) => ({ each, now: await readTag(each.tag) })));
  for (const { each, now } of found) {
    if (now === built.digest) inProduction = true;
    // A floating tag shows what the fleet offers, and a withdrawn release is no longer offered.
    if (isWithdrawn && each.rule !== 'fixed') kept.push(each.tag);
    else if (now === built.digest) continue;
    else if (now === undefined || (await mayMove(options, each, now))) move.push(each.tag);
    else kept.push(each.tag);
  }
  const tags = planned.map(({ tag }) => tag).filter((tag) => !kept.includes(tag));
  return { inProduction, move, tags, kept, isWithdrawn };
}

/** @throws InputError if a tag that this fleet needs cannot be set */
async function mayMove(options: MoveOptions, { tag, rule }: PlannedTag, now: Digest): Promise<boolean> {
  const { client, config, fleet, built, passed, state } = options;
  const firstRelease = state.releases.releases.length === 0;
  const where = formatReference(atTag(config.image, tag));
  if (rule === 'fixed') {
    throw new InputError({
      where,
      problem: 'this version is in production already, with another image; a version tag is never re-pointed',
      found: now,
      expected: built.digest,
      remedy: 'Change anything in the build, so that it gets a new version, then build and test it again.',
    });
  }
  if (rule === 'first') return false;
  // Another fleet may have set this tag before its owner had a release. The owner's first release takes it over.
  if (rule === 'fleet' && fleet.tag === config.stream && firstRelease) return true;
  const [first] = passed as readonly [PassedImage, ...PassedImage[]];
  const current = await readImage(client, atDigest(config.image, now), first.architecture);
  const currentCreated = imageTimestamp(current);
  if (currentCreated === undefined || first.created > currentCreated) return true;
  if (rule === 'newest') return false;
  // The state branch does not know that image yet: its promotion is in progress, or ended before the rollout.
  throw new InputError({
    where,
    field: 'created',
    problem: `fleet ${fleet.name} was promoted to an image that is as new or newer, ${now}`,
    found: isoTime(first.created),
    expected: `later than ${isoTime(currentCreated)}`,
    remedy: 'This commit was overtaken: promote the newer one, or a new commit on top of it.',
  });
}
