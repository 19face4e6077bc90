import type { FleetState } from '../state/state.ts';

/** Who steers, why, and when. */
export interface EditContext {
  readonly fleet: string;
  readonly by: string;
  /** UNIX seconds. */
  readonly now: number;
}

/** The result of an action on a fleet's state. */
export interface FleetEdit {
  /** The same object if there was nothing to do. */
  readonly state: FleetState;
  /** What was done, or why there was nothing to do: a clause without a period. */
  readonly summary: string;
  /** The effect on nodes. */
  readonly notes?: readonly string[];
  /** Warnings for the operator. */
  readonly warnings?: readonly string[];
}
