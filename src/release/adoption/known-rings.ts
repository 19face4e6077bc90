import {
  groupRingFolders,
  groupRings,
  type Ring,
  type RingGroup,
} from '../../project/configuration/rings.ts';

/** Nodes that ask for the same graphs, as adoption names them. */
export type KnownRing = RingGroup;

const tenths = Array.from({ length: 10 }, (_, index): KnownRing => {
  const wariness = [index / 10, (index + 1) / 10] as const;
  return { name: `wariness ${wariness[1]}`, folders: [], wariness };
});

/**
 * The rings by which nodes are counted: those of coxswain.yaml, and after them the tenths of the nodes that ask
 * serve-graph, which has no rings.
 */
export function knownRings(rings: readonly Ring[]): KnownRing[] {
  return [...groupRings(rings), ...tenths];
}

/** The same for a site without coxswain.yaml. @param folders of graphs */
export function ringsOfFolders(folders: readonly string[]): KnownRing[] {
  return [...groupRingFolders(folders), ...tenths];
}

/** The number of the tenth that a wariness belongs to. */
export function tenthOf(rings: readonly KnownRing[], wariness: number): number {
  const first = rings.length - tenths.length;
  // Also for a wariness that is not a number.
  const tenth = Math.ceil(Math.min(1, Math.max(0, wariness || 0)) * 10) - 1;
  return first + Math.max(0, tenth);
}
