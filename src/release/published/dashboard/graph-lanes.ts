import type { OfferRow } from './offer-table.ts';

/** All edges to one release. Positions are those of rows, the newest first. */
export interface Lane {
  readonly target: number;
  readonly sources: readonly number[];
  /** Whether every node of every source takes this way now, some of them, or none yet. */
  readonly open: 'all' | 'some' | 'none';
  /** How far from the row of releases it runs: 0 is the nearest. */
  readonly track: number;
}

/** The most lanes beside each other. */
export const mostTracks = 5;

/** Edges of a table of offers, as lanes that do not touch if there is room. */
export function graphLanes(rows: readonly OfferRow[]): Lane[] {
  const position = new Map(rows.map(({ newest }, index) => [newest, index]));
  const sources = new Map<number, { from: Set<number>; openTo: Set<string> }>();
  const add = (target: string | undefined, from: number, column?: number) => {
    const to = target === undefined ? undefined : position.get(target);
    if (to === undefined) return;
    const lane = sources.get(to) ?? { from: new Set(), openTo: new Set() };
    sources.set(to, lane);
    lane.from.add(from);
    if (column !== undefined) lane.openTo.add(`${from} ${column}`);
  };
  for (const [index, row] of rows.entries()) {
    add(row.finally, index);
    for (const [column, choice] of row.choices.entries()) {
      if (choice.kind === 'update') add(choice.target.version, index, column);
    }
  }
  const columns = rows[0]?.choices.length ?? 0;
  const lanes = [...sources].map(([target, { from, openTo }]) => {
    const all = openTo.size === from.size * columns;
    return {
      target,
      sources: [...from].sort((one, other) => one - other),
      open: all ? ('all' as const) : openTo.size === 0 ? ('none' as const) : ('some' as const),
    };
  });
  return withTracks(lanes);
}

/**
 * The row that a node on this row goes to next, once all rollouts are complete; undefined if it stays. It is always a
 * newer one, so a way ends.
 */
export function nextOf(rows: readonly OfferRow[], from: number): number | undefined {
  const goal = rows[from]?.finally;
  const next = rows.findIndex(({ newest }) => newest === goal);
  return next < 0 || next >= from ? undefined : next;
}

/** Short lanes come first and are the nearest. */
function withTracks(lanes: readonly Omit<Lane, 'track'>[]): Lane[] {
  const taken: [number, number][][] = [];
  const length = (lane: Omit<Lane, 'track'>) => Math.max(...lane.sources) - lane.target;
  return [...lanes]
    .sort((one, other) => length(one) - length(other) || one.target - other.target)
    .map((lane) => {
      const span: [number, number] = [lane.target, Math.max(...lane.sources)];
      const free = Array.from({ length: mostTracks }, (_, track) => track).find((track) =>
        (taken[track] ?? []).every(([low, high]) => span[1] <= low || span[0] >= high),
      );
      const track = free ?? mostTracks - 1;
      taken[track] = [...(taken[track] ?? []), span];
      return { ...lane, track };
    });
}
