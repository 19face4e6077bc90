import { InputError } from '../host/errors.ts';
import { formatTime } from '../host/time.ts';
import type { FleetState } from '../state/state.ts';
import { type Hold, holdAt } from '../updates/operations.ts';
import type { Edited, Order } from './edited.ts';

/** Keeps new releases out of a fleet. @param order.duration seconds after which the hold ends by itself */
export function hold(
  state: FleetState,
  order: Order & { readonly reason: string; readonly duration?: number | undefined },
): Edited {
  const { reason, by, now, duration } = order;
  const there = holdAt(state.operations, now);
  if (there !== undefined && there.reason === reason) {
    const asked = there.until === undefined ? undefined : there.until - there.at;
    if (asked === duration) return { state, summary: `the fleet is held already: ${describeHold(there)}` };
  }
  const held: Hold = { reason, by, at: now, ...(duration === undefined ? {} : { until: now + duration }) };
  return {
    state: { ...state, operations: { ...state.operations, hold: held } },
    summary: `hold the fleet${held.until === undefined ? '' : ` until ${formatTime(held.until)}`}`,
    notes: [
      'nothing is promoted into it, and no new release begins; rollouts that have begun go on (--action pause stops those)',
    ],
  };
}

/** Lets new releases in again. */
export function releaseHold(state: FleetState, { now }: Order): Edited {
  const { hold: there, ...rest } = state.operations;
  if (there === undefined) return { state, summary: 'the fleet is not held' };
  const expired = holdAt(state.operations, now) === undefined ? ', which had ended already' : '';
  return { state: { ...state, operations: rest }, summary: `release the hold of ${there.by}${expired}` };
}

/** @throws InputError when the fleet is held. @param doing what is refused, as a clause about the fleet */
export function refuseHeld(
  state: FleetState,
  options: { readonly fleet: string; readonly now: number },
): void {
  const { fleet, now } = options;
  const there = holdAt(state.operations, now);
  if (there === undefined) return;
  throw new InputError({
    where: `fleet ${fleet}`,
    problem: `the fleet is held, so nothing is promoted into it: ${describeHold(there)}`,
    remedy: `When that is over: coxswain edit-updates --fleet ${fleet} --action release-hold`,
  });
}

/** `the kernel panics (Ada, 2026-07-21T14:00:00Z, until …)` */
export function describeHold({ reason, by, at, until }: Hold): string {
  return `${reason} (by ${by} on ${formatTime(at)}${until === undefined ? '' : `, until ${formatTime(until)}`})`;
}
