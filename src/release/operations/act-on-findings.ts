import type { Fleet } from '../../project/configuration/config.ts';
import type { FleetState, State } from '../state/state.ts';
import { commitMessage } from './edit-fleet.ts';
import type { EditContext } from './fleet-edit.ts';
import { applyFindings, type HaltEdit, type HaltFinding, haltPrefix, type ResumeRules } from './halt.ts';

/** What a halt did to a fleet. */
export interface HaltAnswer {
  readonly edit: HaltEdit;
  /** Commit of the state branch, if it changed. */
  readonly stateCommit: string | undefined;
}

/**
 * Pauses and resumes the rollouts of a fleet as the findings of its conditions demand: one commit, by compare-and-swap.
 * The loser of a race judges again by the new state, so a trouble halts a rollout once.
 * @throws as changeFleet
 */
export async function actOnFindings(
  state: State,
  fleet: Fleet,
  findings: readonly HaltFinding[],
  order: Omit<EditContext, 'fleet'>,
): Promise<HaltAnswer> {
  const context = { ...order, fleet: fleet.name };
  const rules = resumeRules(fleet);
  let edit: HaltEdit | undefined;
  const change = (before: FleetState) => {
    edit = applyFindings(before, context, findings, rules);
    return edit.state;
  };
  const { changed, commit } = await state.changeFleet(fleet.name, () => messageOf(context, edit), change);
  if (edit === undefined) throw new Error(`fleet ${fleet.name} was not read`);
  return { edit, stateCommit: changed ? commit : undefined };
}

function resumeRules({ haltWhen }: Fleet): ResumeRules {
  return new Map(
    haltWhen.flatMap(({ name, resumeAfter }) =>
      resumeAfter === undefined ? [] : [[name, resumeAfter] as const],
    ),
  );
}

function messageOf(context: EditContext, edit: HaltEdit | undefined): string {
  const halted = edit?.steps.find(({ what }) => what === 'halted');
  const paused = edit?.state.operations.paused?.find(({ version }) => version === halted?.version);
  const reason = paused?.reason.startsWith(haltPrefix) === true ? paused.reason : undefined;
  return commitMessage(context, edit?.summary ?? 'watch', reason);
}
