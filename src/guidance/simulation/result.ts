/** Why a node does not reach the target. */
export type MissingReason =
  /** It runs a release that has no image for this architecture. */
  | 'not in the graph'
  /** It runs a release that is a dead-end. */
  | 'dead-end'
  /** No path leads on from its release. */
  | 'no path'
  /** The rollout of the next release ends before its wariness. */
  | 'never opened to it'
  /** The simulation ended before its turn came. */
  | 'not its turn yet'
  /** The simulation ended before it could reboot. */
  | 'no reboot window yet'
  /** It was off for now when the simulation ended. */
  | 'off for now'
  /** It is off for ever. */
  | 'gone';

export interface SimulationResult {
  readonly nodes: number;
  readonly seed: number;
  /** UNIX seconds. */
  readonly now: number;
  readonly target: string;
  /** Nodes that ran the target, or a newer release, in the end. */
  readonly arrived: number;
  /** Seconds until this share of all nodes ran the target or newer; null: not within the simulation. */
  readonly timeTo: {
    readonly half: number | null;
    readonly most: number | null;
    readonly all: number | null;
  };
  /** Seconds until the last node that arrives has arrived; null when none does. */
  readonly lastArrival: number | null;
  /** Seconds that were simulated: until nothing more could happen, or the time was up. */
  readonly simulated: number;
  /** Releases that any node ran at any time, oldest first. */
  readonly releases: readonly {
    readonly version: string;
    readonly barrier: boolean;
    readonly deadend: boolean;
    readonly atStart: number;
    readonly atEnd: number;
  }[];
  /** Nodes at evenly spaced times; each list of counts belongs to the release of the same position. */
  readonly curve: {
    /** Seconds since `now`. */
    readonly times: readonly number[];
    readonly counts: readonly (readonly number[])[];
    /** Nodes on the target or newer. */
    readonly adopted: readonly number[];
  };
  /** Barriers up to the target that nodes had to pass. */
  readonly barriers: readonly {
    readonly version: string;
    /** Nodes on older releases. */
    readonly behindAtStart: number;
    readonly behindAtEnd: number;
    /** Seconds until nobody was behind it; null: not within the simulation. */
    readonly clearedAfter: number | null;
  }[];
  readonly missing: readonly {
    readonly reason: MissingReason;
    readonly version: string;
    readonly nodes: number;
  }[];
}
