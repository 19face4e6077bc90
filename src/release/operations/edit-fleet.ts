import { oneLine } from '../../host/one-line.ts';
import type { RingGates } from '../../project/configuration/ring-gates.ts';
import type { FilePreview, FleetState, State } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { hold, releaseHold } from './hold.ts';
import { markBarrier, markDeadend } from './mark-release.ts';
import { endExpiredPauses, pause, resume } from './pause-rollout.ts';
import { reschedule } from './reschedule.ts';
import { openNextRing, stepRings } from './ring-steps.ts';
import { rollOut } from './roll-out.ts';
import { withdraw } from './withdraw.ts';

/** One thing that an operator may do to a fleet. Durations in seconds, times in UNIX seconds. */
export type Action =
  | {
      readonly kind: 'rollout';
      readonly version?: string;
      readonly start: number;
      readonly duration: number;
      readonly force: boolean;
      readonly reason?: string;
    }
  | {
      readonly kind: 'reschedule';
      readonly version?: string;
      readonly start?: number;
      readonly end: number;
      readonly reason?: string;
    }
  | { readonly kind: 'pause'; readonly version?: string; readonly reason: string; readonly duration?: number }
  | { readonly kind: 'resume'; readonly version?: string; readonly reason?: string }
  | { readonly kind: 'barrier' | 'deadend'; readonly version: string; readonly reason: string }
  | { readonly kind: 'withdraw'; readonly version: string; readonly reason: string; readonly force: boolean }
  | {
      readonly kind: 'hold';
      readonly reason: string;
      readonly duration?: number;
      readonly keepRollouts?: boolean;
    }
  | { readonly kind: 'release-hold'; readonly reason?: string };

/** What an action did. */
export interface EditAnswer {
  readonly fleet: string;
  readonly action: Action['kind'];
  /** false: the state is as requested already. */
  readonly changed: boolean;
  readonly summary: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** Commit of the state branch; undefined if there is none, and after a rehearsal. */
  readonly stateCommit: string | undefined;
  /** In a rehearsal: the files that would change. */
  readonly files?: readonly FilePreview[];
}

/**
 * Applies an action to a fleet's state. It also ends pauses whose time is over, and opens rings whose time has come.
 * @param rings the rings that have to do well before the next ones open
 */
export function editState(
  before: FleetState,
  order: EditContext,
  action: Action,
  rings?: RingGates,
): FleetEdit {
  const current = endExpiredPauses(before, order.now);
  const edit = holdRingsBack(apply(current.state, order, action, rings), order.now, rings);
  if (current.done.length === 0) return edit;
  const done = edit.state === current.state ? [] : [edit.summary];
  return {
    ...edit,
    summary: [...done, ...current.done].join('; '),
    notes: edit.state === current.state ? [edit.summary] : (edit.notes ?? []),
  };
}

/**
 * Does an action: one commit on the state branch, or none if there is nothing to change.
 * @param options.rehearse report what would change, and change nothing
 * @throws InputError if the action is not possible
 */
export async function editFleet(
  state: State,
  order: EditContext,
  action: Action,
  options: { readonly rehearse: boolean },
): Promise<EditAnswer> {
  let edit: FleetEdit | undefined;
  const change = (before: FleetState) => {
    edit = editState(before, order, action, state.ringGates(order.fleet));
    return edit.state;
  };
  const answer = (rest: Pick<EditAnswer, 'changed' | 'stateCommit' | 'files'>): EditAnswer => ({
    fleet: order.fleet,
    action: action.kind,
    summary: edit?.summary ?? '',
    notes: edit?.notes ?? [],
    warnings: edit?.warnings ?? [],
    ...rest,
  });
  if (options.rehearse) {
    const files = await state.previewFleet(order.fleet, change);
    return answer({ changed: files.length > 0, stateCommit: undefined, files });
  }
  const message = () => commitMessage(order, edit?.summary ?? action.kind, action.reason);
  const { changed, commit } = await state.changeFleet(order.fleet, message, change);
  return answer({ changed, stateCommit: commit });
}

/** Subject, reason, who. */
export function commitMessage(order: EditContext, summary: string, reason: string | undefined): string {
  return [
    `${order.fleet}: ${summary}`,
    '',
    ...(reason === undefined ? [] : [`Reason: ${oneLine(reason)}`]),
    `By: ${order.by}`,
    '',
  ].join('\n');
}

function holdRingsBack(edit: FleetEdit, now: number, rings: RingGates | undefined): FleetEdit {
  const { state, done } = stepRings(edit.state, rings, { now });
  return state === edit.state ? edit : { ...edit, state, summary: [edit.summary, ...done].join('; ') };
}

function apply(
  state: FleetState,
  order: EditContext,
  action: Action,
  rings: RingGates | undefined,
): FleetEdit {
  switch (action.kind) {
    case 'rollout':
      return rollOut(state, { ...action, ...order });
    case 'reschedule':
      return reschedule(state, { ...action, ...order });
    case 'pause':
      return pause(state, { ...action, ...order });
    case 'resume': {
      const resumed = resume(state, { ...action, ...order });
      if (resumed.state !== state) return resumed;
      return openNextRing(state, { ...action, ...order, rings }) ?? resumed;
    }
    case 'barrier':
      return markBarrier(state, { ...action, ...order });
    case 'deadend':
      return markDeadend(state, { ...action, ...order });
    case 'withdraw':
      return withdraw(state, { ...action, ...order });
    case 'hold':
      return hold(state, { ...action, ...order });
    case 'release-hold':
      return releaseHold(state, order);
  }
}
