import { InputError, OutsideError } from '../host/errors.ts';
import type { Log } from '../host/log.ts';
import type { Config } from '../project/configuration/config.ts';
import { atDigest, atTag, type Digest, formatReference } from '../world/registry/reference.ts';
import type { Project } from './project.ts';
import { promotedDigest } from './promoted-digest.ts';
import type { FleetState } from './state/state.ts';
import { planTags, type TagRule } from './tags.ts';

type States = Readonly<Record<string, FleetState>>;

/** A tag that was moved. */
export interface MovedTag {
  readonly tag: string;
  readonly from: Digest;
  readonly to: Digest;
  /** The release that the tag leads to now. */
  readonly version: string;
}

/** A release that has a floating tag. */
interface TaggedImage {
  readonly version: string;
  readonly digest: Digest;
  /** Milliseconds; 0 for a release without a record. */
  readonly created: number;
  readonly rule: TagRule;
  /** A new node may get it by this tag: it is neither withdrawn nor a dead-end. */
  readonly offered: boolean;
  /** It is one of its fleet's newest two. */
  readonly recent: boolean;
}

/**
 * The releases that each floating tag may lead to, oldest first. A fleet's own tag follows that fleet alone. The stream
 * label and a base version follow all fleets: a release that one of them has withdrawn is not offered by them.
 */
export function floatingTags(config: Config, states: States): ReadonlyMap<string, readonly TaggedImage[]> {
  const badAnywhere = new Set(Object.values(states).flatMap(notOffered));
  const tags = new Map<string, TaggedImage[]>();
  for (const fleet of Object.values(config.fleets)) {
    const state = states[fleet.name];
    if (state === undefined) continue;
    const bad = new Set(notOffered(state));
    const releases = state.releases.releases;
    for (const [index, release] of releases.entries()) {
      const digest = promotedDigest(config, release);
      if (digest === undefined) continue;
      const { version } = release;
      const record = state.records[version];
      const about = record === undefined ? { version } : { version, baseVersion: record.baseVersion };
      for (const { tag, rule } of planTags(config, fleet, about, 'promote-image')) {
        if (rule === 'fixed') continue;
        const image: TaggedImage = {
          version,
          digest,
          created: record === undefined ? 0 : Date.parse(record.created),
          rule,
          offered: !(rule === 'fleet' ? bad : badAnywhere).has(version),
          recent: index >= releases.length - 2,
        };
        tags.set(tag, [...(tags.get(tag) ?? []), image]);
      }
    }
  }
  return new Map([...tags].map(([tag, images]) => [tag, inOrder(images)]));
}

/** A tag that a fleet owns follows its owner, once that has a release. */
function inOrder(images: readonly TaggedImage[]): readonly TaggedImage[] {
  const owned = images.filter(({ rule }) => rule === 'fleet');
  return owned.length > 0 ? owned : images.toSorted((one, other) => one.created - other.created);
}

/** Versions that a new node of the fleet must not get. */
function notOffered({ operations, updates }: FleetState): string[] {
  const deadends = updates.releases.filter(({ metadata }) => metadata.deadend !== undefined);
  return [...(operations.withdrawn ?? []), ...deadends].map(({ version }) => version);
}

/**
 * Moves the floating tags to what the fleets offer now. The state branch says what that is, and the tags follow. Verbs
 * call it after they changed the state. A second call does what a first one left undone.
 *
 * A tag moves only off a withdrawn or dead-end release, or on to a newer one. The tag of a fleet without a release moves
 * only off such a release. A tag stays if it does not exist or leads to an image that is not a release yet:
 * promote-image sets it.
 * @param fleet whose state was changed; default: all
 * @throws OutsideError if the registry does not answer
 */
export async function followOffer(
  project: Pick<Project, 'config' | 'client' | 'state' | 'log'>,
  fleet?: string,
): Promise<MovedTag[]> {
  const { config, client, log } = project;
  const { states, complete } = await readStates(project, fleet);
  const moved: MovedTag[] = [];
  for (const [tag, images] of floatingTags(config, states)) {
    // A fleet that cannot be read may have releases that a shared tag should lead to.
    if (!complete && !images.every(({ rule }) => rule === 'fleet')) continue;
    if (images.every(({ offered, recent }) => offered && !recent)) continue;
    const reference = atTag(config.image, tag);
    const now = (await client.resolve(reference))?.digest;
    const current = images.findLast(({ digest }) => digest === now);
    if (now === undefined || current === undefined) continue;
    // Another fleet's tag moves only off a withdrawn release: a newer image of this fleet may be less tested.
    if (current.rule === 'first' && current.offered) continue;
    const best = images.findLast(({ offered }) => offered);
    if (best === undefined) {
      if (images.some(({ recent }) => recent)) warnStuck(log, formatReference(reference), current.version);
      continue;
    }
    if (best.digest === now) continue;
    const { bytes, descriptor } = await client.getManifest(atDigest(config.image, best.digest));
    await client.putManifest(config.image, tag, bytes, descriptor.mediaType);
    await requireMoved(project, tag, best.digest);
    moved.push({ tag, from: now, to: best.digest, version: best.version });
  }
  return moved;
}

/**
 * The same for verbs that have changed the state by now: a registry that does not answer must not hide that. The tags
 * follow when publish-updates runs.
 */
export async function followOfferOrWarn(
  project: Pick<Project, 'config' | 'client' | 'state' | 'log'>,
  fleet: string,
): Promise<MovedTag[]> {
  try {
    return await followOffer(project, fleet);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    project.log.warn(
      `the change is made, and the floating tags could not follow it: ${error.message} publish-updates moves them, too.`,
    );
    return [];
  }
}

function warnStuck(log: Log, reference: string, version: string): void {
  log.warn(
    `${reference} still leads to ${version}, which is no longer offered: no other release may have this tag`,
  );
}

async function requireMoved(
  { config, client }: Pick<Project, 'config' | 'client'>,
  tag: string,
  digest: Digest,
): Promise<void> {
  const reference = atTag(config.image, tag);
  const now = (await client.resolve(reference))?.digest;
  if (now === digest) return;
  throw new OutsideError(
    `tagging ${formatReference(reference)}`,
    `it was set to ${digest}, and points at ${now ?? 'nothing'} now`,
    'Run the same command again.',
  );
}

/** @returns complete: every configured fleet could be read */
async function readStates(
  { config, state, log }: Pick<Project, 'config' | 'state' | 'log'>,
  fleet: string | undefined,
): Promise<{ readonly states: States; readonly complete: boolean }> {
  const states: Record<string, FleetState> = {};
  let complete = true;
  for (const name of Object.keys(config.fleets)) {
    try {
      states[name] = await state.readFleet(name);
    } catch (error) {
      if (name === fleet || !(error instanceof InputError)) throw error;
      log.warn(`the tags that all fleets share stay as they are: ${error.message}`);
      complete = false;
    }
  }
  return { states, complete };
}

/** One line for each moved tag, for people. */
export function describeMovedTags(moved: readonly MovedTag[]): string[] {
  return moved.map(({ tag, version }) => `tag ${tag} leads to ${version} now`);
}
