import type { Rollout } from '../../guidance/metadata.ts';
import { rolloutPhase, rolloutProgress } from '../../guidance/progress.ts';
import { InputError } from '../../host/errors.ts';
import { formatPercent } from '../../host/percent.ts';
import { formatDuration, formatTime, longestDuration } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { refusePastStart } from './past-start.ts';
import { forgetPause, unfinishedRollouts } from './pause-rollout.ts';
import { metadataOf, refuseAroundPausedBarrier, requireRelease, setMetadata } from './update-entries.ts';
import { withoutWithdrawal } from './withdraw.ts';

/**
 * Gives a release a new rollout. Barrier and dead-end marks stay.
 * @param order.version default: the fleet's newest release
 * @param order.start UNIX seconds
 * @param order.duration seconds, whole minutes
 * @param order.force also for a withdrawn release, and to start again if the same rollout is in progress
 */
export function rollOut(
  state: FleetState,
  order: EditContext & {
    readonly version?: string | undefined;
    readonly start: number;
    readonly duration: number;
    readonly force: boolean;
  },
): FleetEdit {
  const { fleet, start, duration, now, force } = order;
  const version = requireRelease(
    state,
    fleet,
    order.version ?? state.releases.releases.at(-1)?.version ?? 'any release',
  );
  const withdrawn = state.operations.withdrawn?.find((each) => each.version === version);
  if (withdrawn !== undefined && !force) {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `${version} was withdrawn on ${formatTime(withdrawn.at)} by ${withdrawn.by}: ${withdrawn.reason}`,
      remedy: '--force rolls it out anyway.',
    });
  }
  refuseAroundPausedBarrier(state, fleet, version);
  const said = metadataOf(state.updates, version);
  const rollout: Rollout = {
    duration_minutes: Math.ceil(duration / 60),
    start_epoch: start,
    start_percentage: 0,
  };
  const there = said.rollout;
  // In a second run "now" means a later second: the requested rollout is in progress already.
  if (!force && there !== undefined && sameButBegun(there, rollout, now)) {
    return {
      state,
      summary: `${version} rolls out like that already, since ${formatTime(there.start_epoch ?? 0)}`,
    };
  }
  refusePastStart(start, now, 'For a faster rollout, start now with a shorter --duration.');
  if (start > now + longestDuration) {
    throw new InputError({
      field: '--start',
      problem: `this start is ${formatDuration(start - now)} away`,
      found: formatTime(start),
      expected: `a time in the next ${formatDuration(longestDuration)}`,
    });
  }
  const reached = there === undefined ? 0 : rolloutProgress(there, now);
  if (reached >= 1 && !force) {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `the rollout of ${version} is complete: every node is offered it. Another rollout would begin at 0 %, and withdraw the offer from every node that has not updated yet`,
      remedy: 'If you want that: --force. To offer it to all nodes, do nothing.',
    });
  }
  const next = withoutWithdrawal(
    forgetPause(setMetadata(state, version, { ...said, rollout }, now), version),
    version,
  );
  const other = unfinishedRollouts(next, now).filter((each) => each !== version);
  return {
    state: next,
    summary: `${there === undefined ? 'roll out' : 'roll out again'} ${version} from ${formatTime(start)} over ${formatDuration(duration)}`,
    warnings: [
      ...(other.length === 0 ? [] : [`another rollout is not complete yet: ${other.join(', ')}`]),
      ...(reached === 0
        ? []
        : [`its rollout had reached ${formatPercent(reached)} of the nodes: it begins again at 0 %`]),
      ...(said.deadend === undefined
        ? []
        : [`${version} is a dead-end: nodes that take it get no further update`]),
    ],
  };
}

function sameButBegun(there: Rollout, wanted: Rollout, now: number): boolean {
  if (there.duration_minutes !== wanted.duration_minutes || (there.start_percentage ?? 0) !== 0) return false;
  if (there.start_epoch === wanted.start_epoch) return true;
  return rolloutPhase(there, now) === 'in progress' && wanted.start_epoch === now;
}
