import { considerUpdate } from '../../guidance/choose.ts';
import { buildGraph } from '../../guidance/graph.ts';
import { rolloutEnd, rolloutProgress } from '../../guidance/progress.ts';
import { throttleGraph } from '../../guidance/throttle.ts';
import {
  architecturesOf,
  findStranded,
  type Guidance,
  type StrandedRelease,
  strandedBy,
} from '../../guidance/update-paths.ts';
import { type Ring, ringsToShow } from '../../project/configuration/rings.ts';

/** What a node gets, in words: `44.1-aa`, `nothing`, `dead-end`. */
export type Offer = string;

/** What differs for neighbouring releases whose nodes all see the same change. */
export interface OfferChange {
  readonly newest: string;
  readonly oldest: string;
  readonly count: number;
  /** Right away. */
  readonly now: { readonly before: Offer; readonly after: Offer };
  /** When every rollout is complete. */
  readonly end: { readonly before: Offer; readonly after: Offer };
}

/** Rings and architectures whose nodes all see the same changes. */
export interface OfferChanges {
  readonly architectures: readonly string[];
  readonly rings: readonly string[];
  /** Newest first. */
  readonly changes: readonly OfferChange[];
}

/** When a release is offered to a ring. */
export interface Opening {
  readonly version: string;
  readonly rings: readonly string[];
  /** UNIX seconds; `open` already, or `never` by this rollout. */
  readonly before: number | 'open' | 'never';
  readonly after: number | 'open' | 'never';
}

const inTheEnd = Number.MAX_SAFE_INTEGER;

/**
 * Who is offered something else after a change of the guidance.
 * @param options.now UNIX seconds
 */
export function offerChanges(
  before: Guidance,
  after: Guidance,
  options: { readonly rings: readonly Ring[]; readonly now: number },
): OfferChanges[] {
  const groups = new Map<
    string,
    { architectures: Set<string>; rings: Set<string>; changes: OfferChange[] }
  >();
  for (const architecture of architecturesOf(after)) {
    const graphs = {
      before: buildGraph(before.releases, before.updates, { basearch: architecture, scheme: 'oci' }),
      after: buildGraph(after.releases, after.updates, { basearch: architecture, scheme: 'oci' }),
    };
    for (const { wariness, names } of ringGroups(options.rings)) {
      const seen = (side: 'before' | 'after', now: number) => throttleGraph(graphs[side], { now, wariness });
      const views = {
        now: { before: seen('before', options.now), after: seen('after', options.now) },
        end: { before: seen('before', inTheEnd), after: seen('after', inTheEnd) },
      };
      const changes = changesOf(
        graphs.after.nodes.map(({ version }) => version),
        new Set(graphs.before.nodes.map(({ version }) => version)),
        views,
      );
      if (changes.length === 0) continue;
      const key = JSON.stringify(changes);
      const group = groups.get(key) ?? { architectures: new Set(), rings: new Set(), changes };
      group.architectures.add(architecture);
      for (const name of names) group.rings.add(name);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ architectures, rings, changes }) => ({
    architectures: [...architectures],
    rings: [...rings],
    changes,
  }));
}

type Views = Readonly<
  Record<'now' | 'end', Readonly<Record<'before' | 'after', ReturnType<typeof throttleGraph>>>>
>;

/** @param known releases that nodes may run: the others are new */
function changesOf(versions: readonly string[], known: ReadonlySet<string>, views: Views): OfferChange[] {
  const offer = (graph: Views['now']['before'], version: string): Offer => {
    const choice = considerUpdate(graph, { version });
    if (choice.kind === 'update') return choice.target.version;
    return choice.kind === 'none' ? 'nothing' : choice.kind === 'dead-end' ? 'dead-end' : 'not in the graph';
  };
  const changes: OfferChange[] = [];
  let touching = false;
  for (const version of versions.toReversed()) {
    const now = { before: offer(views.now.before, version), after: offer(views.now.after, version) };
    const end = { before: offer(views.end.before, version), after: offer(views.end.after, version) };
    const differs = now.before !== now.after || end.before !== end.after;
    if (!known.has(version) || !differs) {
      touching = false;
      continue;
    }
    const last = changes.at(-1);
    if (
      touching &&
      last !== undefined &&
      JSON.stringify([last.now, last.end]) === JSON.stringify([now, end])
    ) {
      changes[changes.length - 1] = { ...last, oldest: version, count: last.count + 1 };
    } else changes.push({ newest: version, oldest: version, count: 1, now, end });
    touching = true;
  }
  return changes;
}

/** Rings of one wariness see the same. */
function ringGroups(
  rings: readonly Ring[],
): { readonly wariness: number; readonly names: readonly string[] }[] {
  const groups = new Map<number, string[]>();
  for (const { name, wariness } of ringsToShow(rings)) {
    groups.set(wariness, [...(groups.get(wariness) ?? []), name]);
  }
  return [...groups].map(([wariness, names]) => ({ wariness, names }));
}

/** The moments at which a release opens to a ring, if a change moves them. */
export function movedOpenings(
  before: Guidance,
  after: Guidance,
  options: { readonly rings: readonly Ring[]; readonly now: number },
): Opening[] {
  const versions = [...new Set(after.updates.releases.map(({ version }) => version))];
  return versions.flatMap((version) =>
    ringGroups(options.rings).flatMap(({ wariness, names }) => {
      const was = openingOf(before, version, { wariness, now: options.now });
      const is = openingOf(after, version, { wariness, now: options.now });
      return was === is ? [] : [{ version, rings: names, before: was, after: is }];
    }),
  );
}

function openingOf(
  { updates }: Guidance,
  version: string,
  { wariness, now }: { readonly wariness: number; readonly now: number },
): Opening['before'] {
  const entries = updates.releases.filter((entry) => entry.version === version);
  const rollouts = entries.map(({ metadata }) => metadata.rollout).filter((each) => each !== undefined);
  if (rollouts.length === 0) {
    return entries.some(({ metadata }) => metadata.barrier !== undefined) ? 'open' : 'never';
  }
  const rollout = Object.assign({}, ...rollouts) as (typeof rollouts)[number];
  if (wariness <= rolloutProgress(rollout, now)) return 'open';
  const start = rollout.start_epoch ?? 0;
  const end = rolloutEnd(rollout);
  const from = rollout.start_percentage ?? 0;
  if (end === undefined) return wariness <= from && start > now ? start : 'never';
  if (wariness <= from) return start;
  return Math.ceil(start + ((wariness - from) / (1 - from)) * (end - start));
}

/**
 * Releases whose nodes have no way to the newest release after a change, and which of them the change strands.
 * @param retired versions that no node is to be offered again
 */
export function strandedAfter(
  before: Guidance,
  after: Guidance,
  retired: ReadonlySet<string>,
): { readonly release: StrandedRelease; readonly isNew: boolean }[] {
  const key = ({ version, architecture }: StrandedRelease) => `${architecture} ${version}`;
  const known = new Set(findStranded(before).map(key));
  const found = new Map(
    [...findStranded(after), ...strandedBy(before, after, { retired })].map((each) => [key(each), each]),
  );
  return [...found].map(([name, release]) => ({ release, isNew: !known.has(name) }));
}
