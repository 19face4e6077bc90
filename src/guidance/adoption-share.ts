import { type Adoption, otherRelease, type RingAdoption } from './adoption.ts';
import type { Rollout } from './metadata.ts';
import { rolloutProgress } from './progress.ts';

const daySeconds = 86_400;

/** The share of a fleet's nodes that run a release or a newer one, or why it is not known. */
export type AdoptionShare =
  | {
      readonly state: 'known';
      /** 0 to 1. */
      readonly share: number;
      /** Nodes that run it, or a newer release. */
      readonly nodes: number;
      /** All nodes that were seen in these days. */
      readonly of: number;
      /** When it was counted, UNIX seconds. */
      readonly observedAt: number;
      readonly isEstimate: boolean;
    }
  | {
      readonly state: 'unknown';
      /** `none`: never counted; `old`: counted longer ago than these days; `short`: fewer days were counted. */
      readonly why: 'none' | 'old' | 'short' | 'no nodes';
      readonly observedAt?: number;
    };

/**
 * The share of the nodes seen in the last days that run a release, or a newer one. Nodes on images that the fleet
 * does not know count as nodes that do not run it.
 * @param options.versions all releases of the fleet, in the order of its release index
 * @param options.days whole days, at least 1
 * @param options.now UNIX seconds
 */
export function adoptionShare(
  observed: Adoption | undefined,
  version: string,
  options: { readonly versions: readonly string[]; readonly days: number; readonly now: number },
): AdoptionShare {
  const { versions, days, now } = options;
  if (observed === undefined) return { state: 'unknown', why: 'none' };
  const { observedAt } = observed;
  // The last request, not the time of counting: old logs that are counted today say nothing about today.
  const newest = Math.min(observedAt, observed.lastRequest ?? observedAt);
  if (newest < now - days * daySeconds) return { state: 'unknown', why: 'old', observedAt };
  if (observed.window.until - observed.window.from < days * daySeconds)
    return { state: 'unknown', why: 'short', observedAt };
  const isThere = newerThan(versions, version);
  let nodes = 0;
  let of = 0;
  for (const release of observed.releases) {
    const seen = sum(release.lastSeen.slice(0, days));
    of += seen;
    if (isThere(release.version)) nodes += seen;
  }
  if (of === 0) return { state: 'unknown', why: 'no nodes', observedAt };
  const isEstimate = observed.method === 'sample';
  return { state: 'known', share: nodes / of, nodes, of, observedAt, isEstimate };
}

/** The same for the nodes of one ring, over the whole window; undefined if it has no nodes. */
export function ringShare(
  { releases, nodes }: Pick<RingAdoption, 'releases' | 'nodes'>,
  version: string,
  versions: readonly string[],
): number | undefined {
  if (nodes === 0) return undefined;
  const isThere = newerThan(versions, version);
  return sum(Object.entries(releases).map(([each, count]) => (isThere(each) ? count : 0))) / nodes;
}

/** A point of the planned and the observed curve of a release. Shares are 0 to 1. */
export interface CurvePoint {
  /** UNIX seconds. */
  readonly at: number;
  /** The share of the nodes to which the rollout offers the release; undefined without a rollout. */
  readonly planned: number | undefined;
  /** The share of the nodes that ran it, or a newer release, by then. */
  readonly observed: number;
}

/**
 * The observed curve of a release beside the planned one, oldest point first; empty if the release has no curve.
 * @param rollout of that release; undefined if it has none
 */
export function adoptionCurve(
  observed: Adoption,
  version: string,
  rollout: Rollout | undefined,
): CurvePoint[] {
  const { start, step, releases } = observed.curves;
  const counts = releases[version];
  if (counts === undefined || observed.nodes === 0) return [];
  return counts.map((count, index) => {
    const at = start + index * step;
    return {
      at,
      planned: rollout === undefined ? undefined : plannedShare(observed.rings, rollout, at),
      observed: Math.min(1, count / observed.nodes),
    };
  });
}

/**
 * The share of the observed nodes to which a rollout offers its release at a moment: nodes of a ring get it at the same
 * time, all others one after the other. Nodes whose wariness is not known count as evenly spread.
 * @param now UNIX seconds
 */
export function plannedShare(
  rings: readonly Pick<RingAdoption, 'wariness' | 'nodes'>[],
  rollout: Rollout,
  now: number,
): number {
  const progress = rolloutProgress(rollout, now);
  const all = sum(rings.map(({ nodes }) => nodes));
  if (all === 0) return progress;
  return sum(rings.map(({ wariness = [0, 1], nodes }) => nodes * offeredShare(wariness, progress))) / all;
}

/** Also before the start, where progress is 0, nodes of wariness 0 are offered the release, as upstream does it. */
function offeredShare([from, to]: readonly [number, number], progress: number): number {
  if (progress >= to) return 1;
  return to > from ? Math.max(0, (progress - from) / (to - from)) : 0;
}

/** Tells whether a release is this one or a newer one of the fleet. */
function newerThan(versions: readonly string[], version: string): (other: string) => boolean {
  const age = versions.indexOf(version);
  const there = new Set(age < 0 ? [] : versions.slice(age));
  return (other) => other !== otherRelease && there.has(other);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
