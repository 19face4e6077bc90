/** Nodes of one wariness, and where they find their update graph. */
export interface Ring {
  /** The name that people read: `canary`, or `no ring`. */
  readonly name: string;
  /** 0 to 1: the lower, the earlier a release is offered. */
  readonly wariness: number;
  /** Folders below `<fleet>/<basearch>/` that hold its graph; the empty text is that folder itself. */
  readonly folders: readonly string[];
}

/** The ring of nodes that chose none: a release is offered to them when its rollout is complete. */
const noRing: Ring = { name: 'no ring', wariness: 1, folders: [''] };

/**
 * All rings, the earliest first, with the ring of nodes that chose none. A new kind of ring is added here and in the
 * schema; everything else reads this list.
 * @param written name → wariness, as in coxswain.yaml
 */
export function readRings(written: Readonly<Record<string, number>>): Ring[] {
  const named = Object.entries(written).map(
    ([name, wariness]): Ring => ({ name, wariness, folders: [name] }),
  );
  return [...named, noRing].sort((one, other) => one.wariness - other.wariness);
}

/** True for a ring that coxswain.yaml names. */
export function isNamed(ring: Ring): boolean {
  return ring !== noRing;
}
