/** Nodes of one wariness, and where they find their update graph. */
export interface Ring {
  /** The name that people read: `canary`, or `no ring`. */
  readonly name: string;
  /** 0 to 1: the lower, the earlier a release is offered. */
  readonly wariness: number;
  /** True for one of many equal slices of the nodes, which nodes take by the wariness that they drew. */
  readonly isSlice: boolean;
  /** Folders below `<fleet>/<basearch>/` that hold its graph; the empty text is that folder itself. */
  readonly folders: readonly string[];
}

/** No ring of coxswain.yaml can have this name: it has a space. */
const noRing = 'no ring';

/** The group of nodes whose owner set none (Fedora's Zincati: identity.group in 00-fedora-coreos.toml or its default). */
const defaultGroup = 'default';

/** The key in `rings` of coxswain.yaml that names no ring: its value is the number of slices. */
export const slicesKey = 'slices';

/** The most slices: each has a graph for each fleet and architecture. */
export const mostSlices = 1_000;

/** `slice-37`, of 100: nodes with a wariness above 0.36, up to 0.37. */
export function sliceName(number: number): string {
  return `slice-${number}`;
}

/**
 * All rings, the earliest first, with the ring of nodes that chose none: a release is offered to those when its rollout
 * is complete. Their graph is in the fleet's own folder, and in `default`, where `${group}` in a base_url leads. A new
 * kind of ring is added here and in the schema; everything else reads this list.
 * @param written name → wariness, and `slices` → how many, as in coxswain.yaml
 */
export function readRings(written: Readonly<Record<string, number>>): Ring[] {
  const { [slicesKey]: slices = 0, ...rings } = written;
  const named = Object.entries(rings).map(
    ([name, wariness]): Ring => ({ name, wariness, isSlice: false, folders: [name] }),
  );
  const sliced = Array.from({ length: slices }, (_, index): Ring => {
    const name = sliceName(index + 1);
    return { name, wariness: (index + 1) / slices, isSlice: true, folders: [name] };
  });
  const unnamed: Ring = {
    name: noRing,
    wariness: 1,
    isSlice: false,
    folders: Object.hasOwn(rings, defaultGroup) ? [''] : ['', defaultGroup],
  };
  return [...named, ...sliced, unnamed].sort((one, other) => one.wariness - other.wariness);
}

/** True for a ring that coxswain.yaml names. */
export function isNamed(ring: Ring): boolean {
  return ring.name !== noRing && !ring.isSlice;
}

/** True for a ring that a node can be put into: all except the one of nodes that chose none. */
export function isChosen(ring: Ring): boolean {
  return ring.name !== noRing;
}

/** Names in coxswain.yaml that a ring of another kind has too. */
export function sharedRingNames(rings: readonly Ring[]): string[] {
  const others = new Set(rings.filter((ring) => !isNamed(ring)).map(({ name }) => name));
  return rings.filter((ring) => isNamed(ring) && others.has(ring.name)).map(({ name }) => name);
}

/** The rings that are too many to list, in words; undefined if there are none. */
export function describeManyRings(rings: readonly Ring[]): string | undefined {
  const slices = rings.filter(({ isSlice }) => isSlice);
  if (slices.length === 0) return undefined;
  return `${slices.length} slices, ${slices[0]?.name} to ${slices.at(-1)?.name}: a node takes the one for the wariness that it drew (coxswain node-kit)`;
}

/** Rings whose nodes are counted together. */
export interface RingGroup {
  readonly name: string;
  /** As in Ring. */
  readonly folders: readonly string[];
  /** From (not included, if there is a range) and to; absent if it is not known. */
  readonly wariness?: readonly [from: number, to: number];
}

/** Each ring alone, and all slices as one group: there may be a thousand. */
export function groupRings(rings: readonly Ring[]): RingGroup[] {
  const slices = rings.filter(({ isSlice }) => isSlice);
  const others = rings.filter(({ isSlice }) => !isSlice);
  return [
    ...others.map(
      ({ name, folders, wariness }): RingGroup => ({ name, folders, wariness: [wariness, wariness] }),
    ),
    ...slicesAsOne(slices.flatMap(({ folders }) => folders)),
  ];
}

/** The same for a site without coxswain.yaml: its folders with graphs, most of them of unknown wariness. */
export function groupRingFolders(folders: readonly string[]): RingGroup[] {
  const isOfSlice = (name: string) => /^slice-\d+$/.test(name);
  const others = folders.filter((name) => !isOfSlice(name) && name !== defaultGroup);
  return [
    ...others.map((name): RingGroup => ({ name, folders: [name] })),
    { name: noRing, folders: ['', defaultGroup], wariness: [1, 1] },
    ...slicesAsOne(folders.filter(isOfSlice)),
  ];
}

function slicesAsOne(folders: readonly string[]): RingGroup[] {
  return folders.length === 0 ? [] : [{ name: slicesKey, folders, wariness: [0, 1] }];
}

/** The rings to show to people: a hundred slices are the first, the middle and the last. */
export function ringsToShow<R extends Pick<Ring, 'isSlice'>>(rings: readonly R[]): R[] {
  const slices = rings.filter(({ isSlice }) => isSlice);
  const shown = new Set([slices[0], slices[Math.ceil(slices.length / 2) - 1], slices.at(-1)]);
  return rings.filter((ring) => !ring.isSlice || shown.has(ring));
}
