import type { Config, Fleet } from '../project/configuration/config.ts';
import { tagPrefixes } from '../project/configuration/tag-prefixes.ts';
import { type Architecture, architectures } from '../world/registry/architecture.ts';
import { type Digest, isDigest, isTag } from '../world/registry/reference.ts';
import { cosignEndings } from './attachments.ts';

// Every tag that Coxswain sets. The same lists write a tag and recognise it: nothing is recognised by its shape.

/**
 * How a tag of the production repository may be set:
 * - `fixed`: always names the same digest.
 * - `fleet`: what the fleet runs; promotion moves it to newer images only.
 * - `newest`: shared by fleets; promotion moves it to newer images only, and leaves it if another fleet moved it further.
 * - `first`: belongs to another fleet; set only while it does not exist.
 */
export type TagRule = 'fixed' | 'fleet' | 'newest' | 'first';

/** The facts about a release that its tags are made of. */
export interface TaggedRelease {
  readonly version: string;
  /** Unknown for a release without a record. */
  readonly baseVersion?: string;
  readonly barrier?: boolean;
  readonly deadend?: boolean;
}

/** The part of a fleet that its tags are made of. */
export type TaggedFleet = Pick<Fleet, 'name' | 'tag'>;

/** One kind of tag that a release has in the production repository. */
interface ReleaseTag {
  readonly setBy: 'promote-image' | 'publish-updates';
  rule(config: Config, fleet: TaggedFleet): TagRule;
  /** Only with `symbolic-tags: true`. */
  readonly symbolic?: true;
  write(about: {
    readonly config: Config;
    readonly fleet: TaggedFleet;
    readonly release: TaggedRelease;
  }): string | undefined;
}

/**
 * The tags of a release, in the order in which they are set. Tags that only add something come first, and the fleet's
 * own tag comes last: when the fleet's tag moves, everything else exists, even after a crash.
 *
 * The stream label's tag: Zincati rebases the nodes of every fleet to `repository:<stream label>`, pinned to the
 * digest, so the tag must exist from the first promotion of any fleet. If a fleet has that tag, the tag is that
 * fleet's: if another fleet moved it, everyone who installs by the tag could get testing's image. If no fleet has it,
 * the tag follows the newest image of all fleets, so no node of any fleet is newer than its own tag.
 */
const releaseTags: readonly ReleaseTag[] = [
  { setBy: 'promote-image', rule: () => 'fixed', write: ({ release }) => release.version },
  {
    setBy: 'promote-image',
    rule: () => 'fixed',
    symbolic: true,
    write: ({ release, fleet }) => `${release.version}-${fleet.name}`,
  },
  // "Newest derived release on that base". Promotion moves one digest along the fleets: a later fleet finds the tag set.
  { setBy: 'promote-image', rule: () => 'newest', write: ({ release }) => release.baseVersion },
  {
    setBy: 'promote-image',
    rule: (config, fleet) => (streamTagOwner(config, fleet) === undefined ? 'newest' : 'first'),
    write: ({ config, fleet }) => (fleet.tag === config.stream ? undefined : config.stream),
  },
  { setBy: 'promote-image', rule: () => 'fleet', write: ({ fleet }) => fleet.tag },
  {
    setBy: 'publish-updates',
    rule: () => 'fixed',
    symbolic: true,
    write: ({ release, fleet }) => (release.barrier ? `${release.version}-${fleet.name}-barrier` : undefined),
  },
  {
    setBy: 'publish-updates',
    rule: () => 'fixed',
    symbolic: true,
    write: ({ release, fleet }) => (release.deadend ? `${release.version}-${fleet.name}-deadend` : undefined),
  },
];

/** The fleet, other than the given one, whose own tag is the stream label. */
function streamTagOwner(config: Config, fleet: TaggedFleet): Fleet | undefined {
  return Object.values(config.fleets).find(({ name, tag }) => tag === config.stream && name !== fleet.name);
}

export interface PlannedTag {
  readonly tag: string;
  readonly rule: TagRule;
}

/** The tags that a verb sets for a release of a fleet, in the order in which they are set. */
export function planTags(
  config: Config,
  fleet: TaggedFleet,
  release: TaggedRelease,
  setBy: ReleaseTag['setBy'],
): PlannedTag[] {
  const planned: PlannedTag[] = [];
  for (const kind of releaseTags) {
    if (kind.setBy !== setBy || (kind.symbolic && !config.symbolicTags)) continue;
    const tag = kind.write({ config, fleet, release });
    if (tag !== undefined && isTag(tag)) planned.push({ tag, rule: kind.rule(config, fleet) });
  }
  return planned;
}

/** Whether a tag is one that names this release of one of these fleets and never moves. */
export function isVersionTag(
  config: Config,
  tag: string,
  about: { readonly version: string; readonly fleets: readonly TaggedFleet[] },
): boolean {
  const release = { version: about.version, barrier: true, deadend: true };
  return releaseTags.some((kind) =>
    about.fleets.some(
      (fleet) => kind.rule(config, fleet) === 'fixed' && kind.write({ config, fleet, release }) === tag,
    ),
  );
}

/** The tag of a fleet's published guidance. */
export function guidanceTag(fleet: string): string {
  return `${tagPrefixes.guidance}${fleet}`;
}

/** The tags that people and nodes follow: the stream label, and for each fleet its own tag and its guidance. */
export function followedTags(config: Config, fleets: readonly TaggedFleet[]): ReadonlySet<string> {
  return new Set([config.stream, ...fleets.flatMap(({ name, tag }) => [tag, guidanceTag(name)])]);
}

/** The tag of a built image in the test registry: the first 16 hex digits of its build key. */
export function buildTag(key: string): string {
  return `${tagPrefixes.build}${key.slice(0, 16)}`;
}

/** The tag of one architecture's image, beside the tag of the index over all of them. */
export function buildTagOf(tag: string, architecture: Architecture): string {
  return `${tag}-${architecture}`;
}

/** Whether a tag of the test registry is one of the build with this key. */
export function isBuildTag(tag: string, key: string): boolean {
  const whole = buildTag(key);
  return tag === whole || architectures.some((architecture) => tag === buildTagOf(whole, architecture));
}

/**
 * The digest that a tag belongs to by its name. The name is the digest, with `-` for `:`: alone for a list of
 * referrers (OCI distribution specification, "Referrers Tag Schema"), with an ending for what cosign attaches.
 */
export function subjectOfTag(tag: string): Digest | undefined {
  const digest = tag.replace('-', ':').split('.')[0] ?? '';
  if (!isDigest(digest)) return undefined;
  const name = digest.replace(':', '-');
  const known = [name, ...cosignEndings.map((ending) => `${name}.${ending}`)];
  return known.includes(tag) ? digest : undefined;
}
