import { buildGraph, type Graph } from './graph.ts';
import type { UpdateEntry } from './metadata.ts';
import { nodeKeys } from './node-keys.ts';
import type { Release } from './releases.ts';
import { throttleGraph } from './throttle.ts';

/** The two documents that graphs are made from. */
export interface Guidance {
  readonly releases: { readonly releases: readonly Pick<Release, 'version' | 'commits' | 'oci-images'>[] };
  readonly updates: { readonly releases: readonly UpdateEntry[] };
}

/** A release whose nodes cannot reach the newest release that they are meant to get. */
export interface StrandedRelease {
  readonly version: string;
  readonly architecture: string;
  /** The version where its nodes end up; their own version if they cannot move at all. */
  readonly end: string;
  /** The version that they should reach. */
  readonly goal: string;
  readonly why: 'no path' | 'dead-end';
}

/** Architectures that any release has an image for, sorted. */
export function architecturesOf({ releases }: Pick<Guidance, 'releases'>): string[] {
  const found = releases.releases.flatMap((release) =>
    (release['oci-images'] ?? []).map((each) => each.architecture),
  );
  return [...new Set(found)].sort();
}

/** A time after the end of every rollout. */
const inTheEnd = Number.MAX_SAFE_INTEGER;

/** Where nodes end up, as the node that is offered each release last sees it. */
interface Ends {
  readonly versions: readonly string[];
  /** For each release, by its position, the version where its nodes end up. */
  readonly ends: readonly number[];
  readonly deadends: readonly boolean[];
  readonly targets: ReadonlySet<number>;
}

/** As Zincati, it takes the newest target at each step, without looking further. */
function findEnds(guidance: Guidance, basearch: string, now = inTheEnd): Ends {
  const complete = buildGraph(guidance.releases, guidance.updates, { basearch, scheme: 'oci' });
  const graph: Graph = throttleGraph(complete, { now, wariness: 1 });
  const next = graph.nodes.map((_, position) => position);
  for (const [from, to] of graph.edges) if (to > (next[from] as number)) next[from] = to;
  const ends: number[] = [...next];
  for (let position = next.length - 1; position >= 0; position -= 1) {
    const step = next[position] as number;
    if (step !== position) ends[position] = ends[step] as number;
  }
  return {
    versions: graph.nodes.map(({ version }) => version),
    ends,
    deadends: graph.nodes.map((node) => node.metadata[nodeKeys.deadend] === 'true'),
    targets: new Set(graph.edges.map(([, to]) => to)),
  };
}

/**
 * Releases whose nodes cannot reach the newest release that all nodes are offered in the end, although these releases
 * are older and not dead-ends.
 */
export function findStranded(guidance: Guidance): StrandedRelease[] {
  return architecturesOf(guidance).flatMap((architecture) => {
    const { versions, ends, deadends, targets } = findEnds(guidance, architecture);
    const goal = Math.max(-1, ...targets);
    return versions.flatMap((version, position) => {
      const end = ends[position] as number;
      if (position >= goal || deadends[position] || end === goal) return [];
      return [
        {
          version,
          architecture,
          end: versions[end] as string,
          goal: versions[goal] as string,
          why: deadends[end] ? ('dead-end' as const) : ('no path' as const),
        },
      ];
    });
  });
}

/**
 * Releases that have no update path after a change of the guidance: they had one, and now have none, or one into a
 * dead-end, although there is a newer release that is neither retired nor a dead-end.
 * @param options.retired versions that no node is to be offered again
 * @param options.now UNIX seconds; by default a time at which no rollout makes any more progress
 */
export function strandedBy(
  before: Guidance,
  after: Guidance,
  options: { readonly retired?: ReadonlySet<string>; readonly now?: number } = {},
): StrandedRelease[] {
  const { retired = new Set(), now = inTheEnd } = options;
  return architecturesOf(after).flatMap((architecture) => {
    const was = findEnds(before, architecture, now);
    const is = findEnds(after, architecture, now);
    const goal = is.versions.findLastIndex((version, at) => !retired.has(version) && !is.deadends[at]);
    return is.versions.flatMap((version, position) => {
      if (position >= goal || is.deadends[position]) return [];
      const earlier = was.versions.indexOf(version);
      const end = is.ends[position] as number;
      const couldMove = earlier >= 0 && was.ends[earlier] !== earlier;
      const gotStuck = earlier >= 0 && was.deadends[was.ends[earlier] as number] === true;
      const cannotMove = end === position;
      const stuck = is.deadends[end] === true;
      if (!couldMove || gotStuck || !(cannotMove || stuck)) return [];
      return [
        {
          version,
          architecture,
          end: is.versions[end] as string,
          goal: is.versions[goal] as string,
          why: stuck ? ('dead-end' as const) : ('no path' as const),
        },
      ];
    });
  });
}

/**
 * Releases that have no update path after the clean-up. There are two cases, which upstream has too: the completed
 * rollout that is kept has no image for an architecture; or it comes after a barrier that is itself still rolling out,
 * and nodes before that have to wait.
 * @param now UNIX seconds
 */
export function strandedByTidying(guidance: Guidance, tidied: Guidance, now: number): StrandedRelease[] {
  const all = [...strandedBy(guidance, tidied), ...strandedBy(guidance, tidied, { now })];
  return all.filter(
    (one, index) =>
      all.findIndex((other) => other.version === one.version && other.architecture === one.architecture) ===
      index,
  );
}

/** `44.1-aa (x86_64, aarch64), 44.2-bb (x86_64)` */
export function listStranded(stranded: readonly StrandedRelease[]): string {
  const byVersion = new Map<string, string[]>();
  for (const { version, architecture } of stranded) {
    byVersion.set(version, [...(byVersion.get(version) ?? []), architecture]);
  }
  return [...byVersion].map(([version, names]) => `${version} (${names.join(', ')})`).join(', ');
}
