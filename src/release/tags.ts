import type { Config, Fleet } from '../project/configuration/config.ts';

/**
 * How a tag of the production repository may be set:
 * - `fixed`: names one digest for ever.
 * - `fleet`: what the fleet runs; moves with each of its releases, to newer images only.
 * - `newest`: shared by fleets; moves to newer images only, and stays where another fleet brought it further.
 * - `first`: belongs to another fleet; set only while it does not exist.
 */
export type TagRule = 'fixed' | 'fleet' | 'newest' | 'first';

export interface PlannedTag {
  readonly tag: string;
  readonly rule: TagRule;
}

/**
 * The tags of a promotion in the order they are set: those that only add something first, the fleet's own last, so
 * that whoever follows the fleet's tag finds everything else in place, also after a crash in between.
 *
 * The stream label's tag: Zincati rebases the nodes of every fleet to `repository:<stream label>`, pinned to the
 * digest, so the tag has to exist from the first promotion of any fleet. Where a fleet has that very tag, it is that
 * fleet's: moved by a less careful fleet, it would hand testing's image to everyone who installs by the tag. Where no
 * fleet has it, it follows the newest image of all fleets, so that no node of any fleet is newer than its own tag.
 */
export function planTags(
  config: Config,
  fleet: Fleet,
  release: { readonly version: string; readonly baseVersion: string },
): PlannedTag[] {
  const owned = Object.values(config.fleets).some(({ tag }) => tag === config.stream);
  const planned: PlannedTag[] = [
    { tag: release.version, rule: 'fixed' },
    ...(config.symbolicTags ? [{ tag: `${release.version}-${fleet.name}`, rule: 'fixed' as const }] : []),
    // "Newest derived release on that base": promotion moves one digest along the fleets, so a later fleet finds it there.
    { tag: release.baseVersion, rule: 'newest' },
    { tag: config.stream, rule: owned ? 'first' : 'newest' },
    { tag: fleet.tag, rule: 'fleet' },
  ];
  return planned.filter(({ tag, rule }) => rule === 'fleet' || tag !== fleet.tag);
}
