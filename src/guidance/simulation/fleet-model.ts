import type { RebootWindow } from './windows.ts';

/** A fleet as the simulation sees it. Shares are fractions; all times are in seconds. */
export interface FleetModel {
  readonly nodes: number;
  /**
   * What the nodes run. `spread` is evenly over the releases older than the target; all other nodes run the release
   * before the target.
   */
  readonly start: readonly { readonly version: string; readonly share: number }[];
  /**
   * How wary they are: a number (a ring, or a setting of the nodes), or `uniform` for nodes that send none and get
   * theirs by upstream's hash, which is evenly spread. The rest is uniform.
   */
  readonly wariness: readonly { readonly wariness: number | 'uniform'; readonly share: number }[];
  /** Zincati's steady interval; its jitter of up to 10 % is added. */
  readonly poll: number;
  /** The time from the offer to the staged deployment, for download and unpacking. */
  readonly staging: number;
  /** The time from the reboot until the node runs again. */
  readonly reboot: number;
  /** When nodes may reboot. Without any window they reboot when an update is staged. */
  readonly windows: readonly RebootWindow[];
  /** Nodes that never come back. */
  readonly gone: number;
  /** Nodes that go off and on: at any moment this share is off, each time for this long on average. */
  readonly off: { readonly share: number; readonly mean: number };
  /** Seconds between two renderings of the static graphs; 0 if they are computed for each request. */
  readonly publishEvery: number;
}

/** Immediate reboots, always on, asking every five minutes. */
export const defaultFleetModel: FleetModel = {
  nodes: 100_000,
  start: [],
  wariness: [],
  poll: 300,
  staging: 300,
  reboot: 120,
  windows: [],
  gone: 0,
  off: { share: 0, mean: 0 },
  publishEvery: 0,
};
