import type { StagedRollout } from '../../guidance/operations.ts';
import { resumedRollout } from '../../guidance/paused-rollout.ts';
import type { FleetState } from '../state/state.ts';

/** How a release opens ring by ring; undefined if it does not. */
export function stagedOf(
  { operations }: Pick<FleetState, 'operations'>,
  version: string,
): StagedRollout | undefined {
  return operations.staged?.find((each) => each.version === version);
}

/** Replaces what is known about one staged rollout; undefined forgets it. */
export function withStaged(
  state: FleetState,
  version: string,
  staged: StagedRollout | undefined,
): FleetState {
  const { staged: list = [], ...rest } = state.operations;
  if (staged === undefined && !list.some((each) => each.version === version)) return state;
  const others = list.filter((each) => each.version !== version);
  const next = staged === undefined ? others : [...others, staged];
  return { ...state, operations: next.length === 0 ? rest : { ...rest, staged: next } };
}

/** The plan of a rollout that was paused moves by the length of the pause, as the rollout itself does. */
export function withResumedPlan(
  state: FleetState,
  version: string,
  stood: { readonly since: number; readonly now: number },
): FleetState {
  const staged = stagedOf(state, version);
  if (staged === undefined) return state;
  return withStaged(state, version, { ...staged, rollout: resumedRollout(staged.rollout, stood) });
}
