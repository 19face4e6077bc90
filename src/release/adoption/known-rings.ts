import type { Ring } from '../../project/configuration/rings.ts';

/** Nodes that ask for the same graphs, as adoption names them. */
export interface KnownRing {
  readonly name: string;
  /** Folders below `<fleet>/<basearch>/` with the graph of these nodes. */
  readonly folders: readonly string[];
  /** From and to; absent if it is not known. */
  readonly wariness?: readonly [from: number, to: number];
}

const tenths = Array.from({ length: 10 }, (_, index): KnownRing => {
  const wariness = [index / 10, (index + 1) / 10] as const;
  return { name: `wariness ${wariness[1]}`, folders: [], wariness };
});

/**
 * The rings by which nodes are counted: those of coxswain.yaml, all slices as one, and after them the tenths of the
 * nodes that ask serve-graph, which has no rings.
 */
export function knownRings(rings: readonly Ring[]): KnownRing[] {
  const slices = rings.filter(({ isSlice }) => isSlice);
  const others = rings.filter(({ isSlice }) => !isSlice);
  return [
    ...others.map(
      ({ name, folders, wariness }): KnownRing => ({
        name,
        folders,
        wariness: [wariness, wariness],
      }),
    ),
    ...sliced(slices.flatMap(({ folders }) => folders)),
    ...tenths,
  ];
}

/** The same for a site without coxswain.yaml: its folders with graphs, of unknown wariness. */
export function ringsOfFolders(folders: readonly string[]): KnownRing[] {
  const isSlice = (name: string) => /^slice-\d+$/.test(name);
  return [
    ...folders.filter((name) => !isSlice(name)).map((name): KnownRing => ({ name, folders: [name] })),
    { name: 'no ring', folders: [''], wariness: [1, 1] },
    ...sliced(folders.filter(isSlice)),
    ...tenths,
  ];
}

function sliced(folders: readonly string[]): KnownRing[] {
  return folders.length === 0 ? [] : [{ name: 'slices', folders, wariness: [0, 1] }];
}

/** The number of the tenth that a wariness belongs to. */
export function tenthOf(rings: readonly KnownRing[], wariness: number): number {
  const first = rings.length - tenths.length;
  // Also for a wariness that is not a number.
  const tenth = Math.ceil(Math.min(1, Math.max(0, wariness || 0)) * 10) - 1;
  return first + Math.max(0, tenth);
}
