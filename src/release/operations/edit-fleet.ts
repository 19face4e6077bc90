import type { FilePreview, FleetState, State } from '../state/state.ts';
import { markBarrier, markDeadend } from './barriers.ts';
import type { Edited, Order } from './fleet-edit.ts';
import { hold, releaseHold } from './hold.ts';
import { pause, resume, settle } from './pause-rollout.ts';
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
  /** false: things are as asked for already. */
  readonly changed: boolean;
  readonly summary: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** Where the state branch is; undefined where there is none, and after a rehearsal. */
  readonly stateCommit: string | undefined;
  /** In a rehearsal: the files that would change. */
  readonly files?: readonly FilePreview[];
}

/** Applies an action to a fleet's state. Pauses that are over are ended by it, too. */
export function editState(before: FleetState, order: Order, action: Action): Edited {
  const settled = settle(before, order.now);
  const edited = apply(settled.state, order, action);
  if (settled.done.length === 0) return edited;
  const done = edited.state === settled.state ? [] : [edited.summary];
  return {
    ...edited,
    summary: [...done, ...settled.done].join('; '),
    notes: edited.state === settled.state ? [edited.summary] : (edited.notes ?? []),
  };
}

/**
 * Does an action: one commit on the state branch, or none where there is nothing to change.
 * @param options.rehearse say what would change, and change nothing
 * @throws InputError where the action is not possible
 */
export async function editFleet(
  state: State,
  order: Order,
  action: Action,
  options: { readonly rehearse: boolean },
): Promise<EditAnswer> {
  let edited: Edited | undefined;
  const change = (before: FleetState) => {
    edited = editState(before, order, action);
    return edited.state;
  };
  const answer = (rest: Pick<EditAnswer, 'changed' | 'stateCommit' | 'files'>): EditAnswer => ({
    fleet: order.fleet,
    action: action.kind,
    summary: edited?.summary ?? '',
    notes: edited?.notes ?? [],
    warnings: edited?.warnings ?? [],
    ...rest,
  });
  if (options.rehearse) {
    const files = await state.previewFleet(order.fleet, change);
    return answer({ changed: files.length > 0, stateCommit: undefined, files });
  }
  const message = () => commitMessage(order, edited?.summary ?? action.kind, action.reason);
  const { changed, commit } = await state.changeFleet(order.fleet, message, change);
  return answer({ changed, stateCommit: commit });
}

/** Subject, reason, who. */
export function commitMessage(order: Order, summary: string, reason: string | undefined): string {
  return [
    `${order.fleet}: ${summary}`,
    '',
    ...(reason === undefined ? [] : [`Reason: ${reason.replaceAll(/\s*\n\s*/g, ' ')}`]),
    `By: ${order.by}`,
    '',
  ].join('\n');
}

function apply(state: FleetState, order: Order, action: Action): Edited {
  switch (action.kind) {
    case 'rollout':
      return rollOut(state, { ...action, ...order });
    case 'pause':
      return pause(state, { ...action, ...order });
    case 'resume':
      return resume(state, { ...action, ...order });
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
