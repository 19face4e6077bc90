import { type ExternalHold, type Hold, holdAt } from '../../guidance/operations.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { pauseForHold, resumeAfterHold } from './held-rollouts.ts';

/**
 * Keeps new releases out of a fleet, and pauses its rollouts.
 * @param order.duration seconds after which the hold ends automatically
 * @param order.keepRollouts rollouts that have begun go on
 */
export function hold(
  state: FleetState,
  order: EditContext & {
    readonly reason: string;
    readonly duration?: number | undefined;
    readonly keepRollouts?: boolean;
  },
): FleetEdit {
  const { reason, by, now, duration, keepRollouts = false } = order;
  const there = state.operations.hold;
  const inForce = there !== undefined && (there.until ?? Number.POSITIVE_INFINITY) > now;
  const asked = there?.until === undefined ? undefined : there.until - there.at;
  const same = inForce && there.reason === reason && asked === duration;
  const held: Hold = same
    ? there
    : { reason, by, at: now, ...defined({ until: duration === undefined ? undefined : now + duration }) };
  const next = same ? state : { ...state, operations: { ...state.operations, hold: held } };
  const stopped = keepRollouts ? { state: next, summary: [], warnings: [] } : pauseForHold(next, order);
  if (stopped.state === state) {
    return { state, summary: `the fleet is held already: ${describeHold(held)}` };
  }
  const until = held.until === undefined ? '' : ` until ${formatTime(held.until)}`;
  return {
    state: stopped.state,
    summary: [`hold the fleet${until}`, ...stopped.summary].join(', '),
    notes: [
      keepRollouts
        ? 'nothing is promoted into it, and no new release begins; rollouts that have begun go on'
        : 'nothing is promoted into it, no new release begins, and its rollouts are paused until the hold ends',
    ],
    warnings: stopped.warnings,
  };
}

/** Lets new releases in again and resumes what the hold paused, unless something else holds the fleet. */
export function releaseHold(state: FleetState, { now }: EditContext): FleetEdit {
  const { hold: there, ...rest } = state.operations;
  if (there === undefined) {
    const [stop] = state.operations.stops ?? [];
    return {
      state,
      summary:
        stop === undefined
          ? 'the fleet is not held'
          : `the fleet is held by the ${stop.source}: remove that (${stop.reason})`,
    };
  }
  const expired = (there.until ?? Number.POSITIVE_INFINITY) <= now ? ', which had ended already' : '';
  const resumed = resumeAfterHold({ ...state, operations: rest }, now);
  const summary = [`release the hold of ${there.by}${expired}`, ...resumed.summary].join(', ');
  const [stop] = rest.stops ?? [];
  return {
    state: resumed.state,
    summary,
    ...defined({
      warnings: stop === undefined ? undefined : [`the ${stop.source} still holds it: ${stop.reason}`],
    }),
  };
}

/**
 * Copies the holds that are set elsewhere (labels, files) to the state branch: a new one stops the fleet, a removed
 * one lets it go on.
 */
export function applyExternalHolds(
  state: FleetState,
  order: EditContext,
  found: readonly ExternalHold[],
): FleetEdit {
  const { fleet, now } = order;
  const known = state.operations.stops ?? [];
  const stops = found
    .filter((stop) => (stop.until ?? Number.POSITIVE_INFINITY) > now)
    .map((stop) => known.find((each) => sameExternalHold(each, stop)) ?? stop);
  const { stops: _, ...rest } = state.operations;
  const unchanged = stops.length === known.length && stops.every((stop) => known.includes(stop));
  const next = unchanged ? state : { ...state, operations: stops.length === 0 ? rest : { ...rest, stops } };
  const [first] = stops;
  const moved: { state: FleetState; summary: readonly string[]; warnings?: readonly string[] } =
    first === undefined ? resumeAfterHold(next, now) : pauseForHold(next, { ...first, fleet, now });
  if (moved.state === state) return { state, summary: 'nothing was held or released elsewhere' };
  const said = first === undefined ? 'release what was held elsewhere' : `hold the fleet (${first.source})`;
  return {
    state: moved.state,
    summary: [said, ...moved.summary].join(', '),
    warnings: moved.warnings ?? [],
  };
}

function sameExternalHold(one: ExternalHold, other: ExternalHold): boolean {
  return one.source === other.source && one.reason === other.reason && one.until === other.until;
}

/** @throws InputError when the fleet is held. */
export function refuseHeld(
  state: FleetState,
  options: { readonly fleet: string; readonly now: number },
): void {
  const { fleet, now } = options;
  const there = holdAt(state.operations, now);
  if (there === undefined) return;
  throw new InputError({
    notYet: true,
    where: `fleet ${fleet}`,
    problem: `the fleet is held, so nothing is promoted into it: ${describeHold(there)}`,
    remedy:
      state.operations.hold === undefined
        ? 'When that is over, remove what holds it, and run coxswain open-promotion.'
        : `When that is over: coxswain edit-updates --fleet ${fleet} --action release-hold`,
  });
}

/** `the kernel panics (Ada, 2026-07-21T14:00:00Z, until …)` */
export function describeHold({ reason, by, at, until }: Hold): string {
  return `${reason} (by ${by} on ${formatTime(at)}${until === undefined ? '' : `, until ${formatTime(until)}`})`;
}
