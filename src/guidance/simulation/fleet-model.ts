import type { RebootWindow } from './windows.ts';

/** A fleet as the simulation sees it. Shares are fractions; all times are in seconds. */
export interface FleetModel {
  readonly nodes: number;
  /**
   * What the nodes run. `spread` is evenly over the releases older than the target; what the shares leave over runs the
   * release before the target.
   */
  readonly start: readonly { readonly version: string; readonly share: number }[];
  /**
   * How wary they are: a number (a ring, or a setting of the nodes), or `uniform` for nodes that send none and get
   * theirs by upstream's hash, which is evenly spread. What the shares leave over is uniform.
   */
  readonly wariness: readonly { readonly wariness: number | 'uniform'; readonly share: number }[];
  /** Zincati's steady interval; its jitter of up to 10 % is added. */
  readonly poll: number;
  /** From the offer to the staged deployment: download and unpacking. */
  readonly staging: number;
  /** From the reboot until the node is back. */
  readonly reboot: number;
  /** None: nodes reboot when an update is staged. */
  readonly windows: readonly RebootWindow[];
  /** Nodes that never come back. */
  readonly gone: number;
  /** Nodes that come and go: at any moment this share is off, each time for this long on average. */
  readonly off: { readonly share: number; readonly mean: number };
  /** Graphs are static files that are rendered only so often; 0 when they are computed for each request. */
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
