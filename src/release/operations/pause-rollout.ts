import { holdAt, type PausedRollout } from '../../guidance/operations.ts';
import { resumedRollout } from '../../guidance/paused-rollout.ts';
import { rolloutPhase, rolloutProgress } from '../../guidance/progress.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatPercent } from '../../host/percent.ts';
import { formatTime } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { withResumedPlan } from './staged-rollout.ts';
import { ageOf, metadataOf, requireRelease, setMetadata } from './update-entries.ts';

/**
 * Takes rollouts out of the update metadata, as upstream pauses, and remembers them: no further node is offered the
 * release, and the reached share is kept.
 * @param options.version default: every rollout that is not complete
 * @param options.duration seconds after which it goes on automatically
 */
export function pause(
  state: FleetState,
  order: EditContext & {
    readonly reason: string;
    readonly version?: string | undefined;
    readonly duration?: number | undefined;
  },
): FleetEdit {
  const { fleet, version, now } = order;
  const known = state.operations.paused ?? [];
  if (version !== undefined) requireRelease(state, fleet, version);
  const open = unfinishedRollouts(state, now).filter((each) => version === undefined || each === version);
  const again = known.filter((each) => version === undefined || each.version === version);
  if (open.length === 0 && again.length === 0) throw nothingToPause(state, order);
  let next = state;
  const done: string[] = [];
  for (const each of open) {
    next = pauseOne(next, each, order);
    const { progress } = (next.operations.paused ?? []).find(
      (paused) => paused.version === each,
    ) as PausedRollout;
    done.push(`pause ${each} at ${formatPercent(progress)}`);
  }
  for (const each of again.filter((paused) => !open.includes(paused.version))) {
    const said = renewPause(each, order);
    if (said === each) continue;
    next = withPaused(next, [
      ...(next.operations.paused ?? []).map((paused) => (paused.version === each.version ? said : paused)),
    ]);
    done.push(`go on pausing ${each.version}`);
  }
  const until = order.duration === undefined ? '' : ` until ${formatTime(now + order.duration)}`;
  if (done.length === 0) {
    const [first] = again as [PausedRollout];
    return {
      state,
      summary: `${first.version} is paused already, since ${formatTime(first.since)} by ${first.by} (${first.reason})`,
    };
  }
  return {
    state: next,
    summary: `${done.join(', ')}${until}`,
    notes: [
      'no further node is offered it; nodes that run it stay on it, and nodes that have it staged already will boot it',
    ],
  };
}

/** Resumes paused rollouts at the share that they had. @param order.version default: all that are paused */
export function resume(
  state: FleetState,
  order: EditContext & { readonly version?: string | undefined },
): FleetEdit {
  const { fleet, version, now } = order;
  if (version !== undefined) requireRelease(state, fleet, version);
  const paused = (state.operations.paused ?? []).filter(
    (each) => version === undefined || each.version === version,
  );
  if (paused.length === 0) {
    return { state, summary: `${version ?? 'nothing'} is ${version === undefined ? '' : 'not '}paused` };
  }
  let next = state;
  const warnings: string[] = [];
  const done: string[] = [];
  for (const each of paused) {
    const restored = resumeOne(next, each, now);
    next = restored.state;
    done.push(restored.summary);
    if (metadataOf(next.updates, each.version).deadend !== undefined) {
      warnings.push(`${each.version} is a dead-end: nodes that take it get no further update`);
    }
  }
  return { state: next, summary: done.join(', '), warnings };
}

/** Resumes what was paused only until a time that has passed. The same object if there is none. */
export function endExpiredPauses(
  state: FleetState,
  now: number,
): { readonly state: FleetState; readonly done: readonly string[] } {
  let next = state;
  const done: string[] = [];
  for (const each of state.operations.paused ?? []) {
    if (each.until === undefined || each.until > now) continue;
    if (each.held === true && holdAt(state.operations, now) !== undefined) continue;
    // It is resumed from now, not from that time: the rollout continues at the share that it had, even if this runs
    // late.
    const restored = resumeOne(next, each, now);
    next = restored.state;
    done.push(`${restored.summary}: the pause ended ${formatTime(each.until)}`);
  }
  return { state: next, done };
}

/** UNIX seconds at which the next pause ends automatically. */
export function nextPauseEnd(state: FleetState): number | undefined {
  const times = (state.operations.paused ?? [])
    .map(({ until }) => until)
    .filter((until) => until !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Versions with a rollout that is not complete, oldest first. */
export function unfinishedRollouts(state: FleetState, now: number): string[] {
  const versions = [...new Set(state.updates.releases.map((entry) => entry.version))];
  return versions
    .filter((version) => {
      const { rollout } = metadataOf(state.updates, version);
      return rollout !== undefined && rolloutPhase(rollout, now) !== 'complete';
    })
    .sort((one, other) => ageOf(state, one) - ageOf(state, other));
}

/** Forgets a pause without restoring anything. */
export function forgetPause(state: FleetState, version: string): FleetState {
  const paused = state.operations.paused ?? [];
  const left = paused.filter((each) => each.version !== version);
  return left.length === paused.length ? state : withPaused(state, left);
}

/** Pauses one rollout. @throws InputError for a barrier that nodes would go around */
export function pauseOne(
  state: FleetState,
  version: string,
  order: EditContext & {
    readonly reason: string;
    readonly duration?: number | undefined;
    readonly held?: boolean;
  },
): FleetState {
  const { fleet, reason, by, now, duration, held } = order;
  const { rollout, barrier, ...kept } = metadataOf(state.updates, version);
  if (barrier !== undefined) refuseBeforeTargets(state, fleet, version);
  const paused: PausedRollout = {
    version,
    entry: {
      version,
      metadata: {
        ...defined({ rollout, barrier }),
      },
    },
    since: now,
    progress: rollout === undefined ? 0 : rolloutProgress(rollout, now),
    reason,
    by,
    at: now,
    ...defined({
      until: duration === undefined ? undefined : now + duration,
      held: held === true ? held : undefined,
    }),
  };
  const without = forgetPause(setMetadata(state, version, kept, now), version);
  return withPaused(without, [...(without.operations.paused ?? []), paused]);
}

/**
 * A barrier without its rollout is offered to all nodes at once, and without the barrier nodes go around it. So the
 * whole entry is removed, which is possible while nothing newer is offered.
 */
function refuseBeforeTargets(state: FleetState, fleet: string, version: string): void {
  const age = ageOf(state, version);
  const newer = state.updates.releases.find(
    ({ version: other, metadata }) =>
      ageOf(state, other) > age && (metadata.rollout !== undefined || metadata.barrier !== undefined),
  );
  if (newer === undefined) return;
  throw new InputError({
    where: `fleet ${fleet}`,
    problem: `${version} is a barrier, and while it is paused nodes would go around it to ${newer.version}`,
    remedy: `Pause or withdraw ${newer.version} first.`,
  });
}

/** Resumes one rollout at the share that it had. */
export function resumeOne(
  state: FleetState,
  paused: PausedRollout,
  now: number,
): { readonly state: FleetState; readonly summary: string } {
  const { version, since, entry } = paused;
  const said = metadataOf(state.updates, version);
  const forgotten = forgetPause(state, version);
  // Somebody started a new rollout by hand, which wins.
  if (said.rollout !== undefined) {
    return { state: forgotten, summary: `forget the pause of ${version}: it is rolled out again` };
  }
  const { rollout } = entry.metadata;
  const resumed = rollout === undefined ? undefined : resumedRollout(rollout, { since, now });
  const next = setMetadata(
    withResumedPlan(forgotten, version, { since, now }),
    version,
    { ...entry.metadata, ...defined({ rollout: resumed }), ...said },
    now,
  );
  const at = resumed === undefined ? 0 : rolloutProgress(resumed, now);
  return { state: next, summary: `resume ${version} at ${formatPercent(at)}` };
}

/** The same reason again changes nothing, so that the same command can be run again. */
function renewPause(
  paused: PausedRollout,
  {
    reason,
    by,
    now,
    duration,
  }: EditContext & { readonly reason: string; readonly duration?: number | undefined },
): PausedRollout {
  const asked = paused.until === undefined ? undefined : paused.until - paused.at;
  if (paused.held !== true && paused.reason === reason && asked === duration) return paused;
  // If an operator pauses what a hold had paused, it stays paused after the hold.
  const { until: _, held: __, ...rest } = paused;
  return {
    ...rest,
    reason,
    by,
    at: now,
    ...defined({ until: duration === undefined ? undefined : now + duration }),
  };
}

/** Replaces the list of paused rollouts. */
export function withPaused(state: FleetState, paused: readonly PausedRollout[]): FleetState {
  const { paused: _, ...rest } = state.operations;
  return { ...state, operations: paused.length === 0 ? rest : { ...rest, paused } };
}

function nothingToPause(
  state: FleetState,
  { fleet, version, now }: EditContext & { readonly version?: string | undefined },
): InputError {
  const about = version ?? state.releases.releases.at(-1)?.version;
  const { rollout, barrier } = about === undefined ? {} : metadataOf(state.updates, about);
  const complete = rollout !== undefined && rolloutPhase(rollout, now) === 'complete';
  const problem =
    version === undefined
      ? 'no rollout is in progress: there is nothing to pause'
      : complete
        ? `the rollout of ${version} is complete: every node has been offered it`
        : barrier !== undefined
          ? `${version} is a barrier without a rollout: every older node has been offered it`
          : `${version} is not offered to any node`;
  return new InputError({
    where: `fleet ${fleet}`,
    problem,
    ...defined({
      remedy:
        complete || barrier !== undefined
          ? `To take ${about} back from nodes that do not run it yet: --action withdraw --version ${about}.`
          : undefined,
    }),
  });
}
