/** Nodes of one wariness, and where they find their update graph. */
export interface Ring {
  /** The name that people read: `canary`, or `no ring`. */
  readonly name: string;
  /** 0 to 1: the lower, the earlier a release is offered. */
  readonly wariness: number;
  /** Folders below `<fleet>/<basearch>/` that hold its graph; the empty text is that folder itself. */
  readonly folders: readonly string[];
}

/** No ring of coxswain.yaml can have this name: it has a space. */
const noRing = 'no ring';

/** The group of nodes whose owner set none (Fedora's Zincati: identity.group in 00-fedora-coreos.toml or its default). */
const defaultGroup = 'default';

/**
 * All rings, the earliest first, with the ring of nodes that chose none: a release is offered to those when its rollout
 * is complete. They find their graph without a folder, and in `default`, where `${group}` in a base_url leads them. A new
 * kind of ring is added here and in the schema; everything else reads this list.
 * @param written name → wariness, as in coxswain.yaml
 */
export function readRings(written: Readonly<Record<string, number>>): Ring[] {
  const named = Object.entries(written).map(
    ([name, wariness]): Ring => ({ name, wariness, folders: [name] }),
  );
  const unnamed: Ring = {
    name: noRing,
    wariness: 1,
    folders: Object.hasOwn(written, defaultGroup) ? [''] : ['', defaultGroup],
  };
  return [...named, unnamed].sort((one, other) => one.wariness - other.wariness);
}

/** True for a ring that coxswain.yaml names. */
export function isNamed(ring: Ring): boolean {
  return ring.name !== noRing;
}
