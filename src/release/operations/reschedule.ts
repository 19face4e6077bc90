import type { Rollout } from '../../guidance/metadata.ts';
import { rolloutEnd, rolloutPhase, rolloutProgress } from '../../guidance/progress.ts';
import { InputError } from '../../host/errors.ts';
import { formatPercent } from '../../host/percent.ts';
import { formatDuration, formatTime, longestDuration } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { refusePastStart } from './past-start.ts';
import { unfinishedRollouts } from './pause-rollout.ts';
import { stagedOf, withStaged } from './staged-rollout.ts';
import { metadataOf, requireRelease, setMetadata } from './update-entries.ts';

type Order = EditContext & {
  readonly version?: string | undefined;
  readonly start?: number | undefined;
  readonly end: number;
};

/**
 * Moves the end of a rollout, and its start until it has begun. A rollout in progress keeps the share of nodes that it
 * has reached, and goes on from there in a straight line to the new end: no node loses its offer.
 * @param order.version default: the only rollout that is not complete
 * @param order.start UNIX seconds; default: as it is
 * @param order.end UNIX seconds at which every node is offered the release; counted in whole minutes from the start
 */
export function reschedule(state: FleetState, order: Order): FleetEdit {
  const { fleet, now, end } = order;
  const version = chooseRollout(state, order);
  const said = metadataOf(state.updates, version);
  const rollout = requireRollout(state, order, version);
  const phase = rolloutPhase(rollout, now);
  if (phase === 'complete') {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `the rollout of ${version} is complete: every node is offered it`,
    });
  }
  const staged = rollout.duration_minutes === undefined ? stagedOf(state, version) : undefined;
  const plan = staged?.rollout ?? rollout;
  const moved =
    phase === 'scheduled'
      ? moveWhole(plan, order)
      : moveEnd(rollout, { ...order, planned: rolloutEnd(plan) });
  if (moved === plan || moved === rollout) {
    return { state, summary: `${version} is complete on ${formatTime(end)} already` };
  }
  const reached = rolloutProgress(rollout, now);
  const newEnd = rolloutEnd(moved) as number;
  const next =
    staged === undefined || phase === 'scheduled'
      ? // Before its start it opens ring by ring again, from the first.
        setMetadata(withStaged(state, version, undefined), version, { ...said, rollout: moved }, now)
      : // Only the plan moves: rings that wait for others stay closed.
        withStaged(state, version, { ...staged, rollout: moved });
  return {
    state: next,
    summary:
      phase === 'scheduled'
        ? `reschedule ${version} to ${formatTime(moved.start_epoch as number)} until ${formatTime(newEnd)}`
        : `reschedule ${version}: from ${formatPercent(reached)} now to all nodes on ${formatTime(newEnd)}`,
    notes:
      phase === 'scheduled'
        ? []
        : [
            'nodes that are offered it already stay offered it; a soak time that counts from the start of the rollout counts from now',
          ],
  };
}

function chooseRollout(state: FleetState, { fleet, version, now }: Order): string {
  if (version !== undefined) return requireRelease(state, fleet, version);
  const open = unfinishedRollouts(state, now);
  const [only] = open;
  if (only !== undefined && open.length === 1) return only;
  throw new InputError({
    field: '--version',
    problem:
      open.length === 0
        ? `fleet ${fleet} has no rollout that is scheduled or in progress`
        : `fleet ${fleet} has several rollouts that are not complete`,
    expected: open.length === 0 ? 'a rollout to move' : `one of ${open.join(', ')}`,
  });
}

function requireRollout(state: FleetState, { fleet }: Order, version: string): Rollout {
  const { rollout } = metadataOf(state.updates, version);
  if (rollout !== undefined) return rollout;
  const paused = state.operations.paused?.find((each) => each.version === version);
  throw new InputError({
    where: `fleet ${fleet}`,
    problem:
      paused === undefined
        ? `${version} has no rollout`
        : `the rollout of ${version} is paused (${paused.reason}; by ${paused.by})`,
    remedy: paused === undefined ? 'Give it one: --action rollout.' : 'Resume it first: --action resume.',
  });
}

/** For a rollout before its start. */
function moveWhole(rollout: Rollout, { now, start: wanted, end }: Order): Rollout {
  const start = wanted ?? rollout.start_epoch ?? now;
  refusePastStart(start, now);
  refuseEnd(end, { after: start, now });
  const minutes = wholeMinutes(end - start);
  const same = start === rollout.start_epoch && minutes === rollout.duration_minutes;
  return same ? rollout : { ...rollout, start_epoch: start, duration_minutes: minutes };
}

/** For a rollout after its start. @param order.planned when it is to be complete until now */
function moveEnd(
  rollout: Rollout,
  { now, start, end, planned: there }: Order & { readonly planned: number | undefined },
): Rollout {
  const begun = rollout.start_epoch ?? 0;
  if (start !== undefined && start !== begun) {
    throw new InputError({
      field: '--start',
      problem: 'the rollout has begun, and its start cannot be moved: nodes would lose their offer',
      found: formatTime(start),
      expected: `${formatTime(begun)}, or no start`,
      remedy: 'Move its end only. To begin again at 0 %: --action rollout --force.',
    });
  }
  refuseEnd(end, { after: now, now });
  if (there !== undefined && Math.abs(there - end) < 30) return rollout;
  // Rounded up, because nodes would lose their offer by a lower share.
  const reached = Math.min(1, Math.ceil(rolloutProgress(rollout, now) * 1e6) / 1e6);
  return {
    ...rollout,
    start_epoch: now,
    start_percentage: reached,
    duration_minutes: wholeMinutes(end - now),
  };
}

function refuseEnd(end: number, { after, now }: { readonly after: number; readonly now: number }): void {
  if (end > after && end <= now + longestDuration) return;
  throw new InputError({
    field: '--end',
    problem: end > after ? 'this end is too far away' : 'the end must come after the start, and after now',
    found: formatTime(end),
    expected: `a time after ${formatTime(after)}, in the next ${formatDuration(longestDuration)}`,
  });
}

function wholeMinutes(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60));
}
