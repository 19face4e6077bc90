import type { FleetState } from '../state/state.ts';

/** Who steers, why, and when. */
export interface EditContext {
  readonly fleet: string;
  readonly by: string;
  /** UNIX seconds. */
  readonly now: number;
}

/** What an action makes of a fleet's state. */
export interface FleetEdit {
  /** The very same object where there was nothing to do. */
  readonly state: FleetState;
  /** What was done, or why there was nothing to do: a clause without a period. */
  readonly summary: string;
  /** What follows from it for nodes. */
  readonly notes?: readonly string[];
  /** What the operator should think twice about. */
  readonly warnings?: readonly string[];
}
