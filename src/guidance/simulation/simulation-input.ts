import type { UpdateEntry } from '../metadata.ts';
import type { Release } from '../releases.ts';
import type { FleetModel } from './fleet-model.ts';

/** What is simulated. */
export interface SimulationInput {
  readonly releases: { readonly releases: readonly Pick<Release, 'version' | 'commits' | 'oci-images'>[] };
  readonly updates: { readonly releases: readonly UpdateEntry[] };
  readonly basearch: string;
  readonly fleet: FleetModel;
  /** UNIX seconds at which the simulation starts. */
  readonly now: number;
  /** Seconds; by default four weeks more than the last rollout takes. It ends earlier if nothing more can happen. */
  readonly duration?: number;
  /** The release whose adoption is measured; by default the newest that any node can be offered. */
  readonly target?: string;
  /** A whole number: the same seed gives the same answer. */
  readonly seed: number;
  /** Called for each update of each node, for tests. */
  readonly onMove?: (move: NodeMove) => void;
}

export interface NodeMove {
  readonly node: number;
  readonly wariness: number;
  readonly from: string;
  readonly to: string;
  /** UNIX seconds at which the node was offered the update, and at which it had booted. */
  readonly offered: number;
  readonly booted: number;
}
