import type { Rollout } from '../../guidance/metadata.ts';
import type { PassedRing, StagedRollout, Statement } from '../../guidance/operations.ts';
import { resumedRollout } from '../../guidance/paused-rollout.ts';
import { firstStep, type RingGate, reachedAt, shareAt } from '../../guidance/planned-steps.ts';
import { rolloutProgress } from '../../guidance/progress.ts';
import { formatPercent } from '../../host/percent.ts';
import type { RingGates } from '../../project/configuration/ring-gates.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { unfinishedRollouts } from './pause-rollout.ts';
import { stagedOf, withStaged } from './staged-rollout.ts';
import { metadataOf, setMetadata } from './update-entries.ts';

/** A ring whose success the rings after it wait for. */
export interface WaitingRing extends RingGate {
  readonly version: string;
  /** Since when it has been offered the release, UNIX seconds. */
  readonly since: number;
}

/** Says that a ring did well, and why; undefined if it did not, or nobody knows. */
export type JudgeRing = (waiting: WaitingRing, state: FleetState) => Statement | undefined;

/** The state afterwards, and what happened. The same state object if there was nothing to do. */
export interface RingSteps {
  readonly state: FleetState;
  /** Clauses. */
  readonly done: readonly string[];
}

/**
 * Moves the rollouts of a fleet from ring to ring. What the update metadata says afterwards opens no ring by time alone
 * until all rings with a threshold have done well: so files that nobody renders again, and nodes that compute their own
 * graph, hold the later rings back too. A rollout that a person wrote into the update metadata is held back likewise.
 * @param options.fresh a release whose rollout is new, even if it says that it is complete
 * @param options.judge default: no ring has done well
 * @param options.now UNIX seconds
 */
export function stepRings(
  before: FleetState,
  rings: RingGates | undefined,
  options: { readonly now: number; readonly fresh?: string; readonly judge?: JudgeRing },
): RingSteps {
  const { now, fresh } = options;
  let state = before;
  const done: string[] = [];
  const unfinished = unfinishedRollouts(state, now);
  const versions = fresh === undefined || unfinished.includes(fresh) ? unfinished : [...unfinished, fresh];
  for (const version of versions) {
    const step = stepOne(state, version, { ...options, rings });
    state = step.state;
    done.push(...step.done);
  }
  return { state: forgetFinished(state, versions), done };
}

/** The rings that rollouts of a fleet wait for now, the oldest release first. @param now UNIX seconds */
export function waitingRings(state: FleetState, rings: RingGates | undefined, now: number): WaitingRing[] {
  return unfinishedRollouts(state, now).flatMap((version) => {
    const staged = stagedOf(state, version);
    const { rollout } = metadataOf(state.updates, version);
    if (staged === undefined || rollout === undefined) return [];
    const waiting = waitingRing(staged, rollout, { rings, now });
    return waiting === undefined ? [] : [waiting];
  });
}

/** A person lets the ring pass that a rollout waits for. @returns undefined if none waits */
export function openNextRing(
  state: FleetState,
  order: EditContext & {
    readonly version?: string | undefined;
    readonly reason?: string;
    readonly rings: RingGates | undefined;
  },
): FleetEdit | undefined {
  const { rings, now, by, reason = 'opened by an operator' } = order;
  const passed = new Set<string>();
  const judge: JudgeRing = ({ version }) => {
    if (passed.has(version) || (order.version ?? version) !== version) return undefined;
    passed.add(version);
    return { reason, by, at: now };
  };
  const steps = stepRings(state, rings, { now, judge });
  return passed.size === 0 ? undefined : { state: steps.state, summary: steps.done.join(', ') };
}

interface StepContext {
  readonly rings: RingGates | undefined;
  readonly now: number;
  readonly fresh?: string;
  readonly judge?: JudgeRing;
}

function stepOne(state: FleetState, version: string, context: StepContext): RingSteps {
  const { rings, now, judge } = context;
  const offered = metadataOf(state.updates, version).rollout;
  if (offered === undefined) return { state, done: [] };
  const known = stagedOf(state, version);
  const gates = rings?.gates ?? [];
  // Somebody gave it a new rollout, which begins again at the first ring.
  const isReplaced = offered.duration_minutes !== undefined && closedGates(known, gates).length > 0;
  const begun =
    known === undefined || isReplaced ? begin(version, offered, { ...context, gates }) : undefined;
  let staged = begun?.staged ?? (isReplaced ? undefined : known);
  if (staged === undefined) return { state: withStaged(state, version, undefined), done: [] };
  let rollout = begun?.rollout ?? offered;
  const done = begun === undefined ? [] : [`${version} opens ring by ring`];

  for (let waiting = waitingRing(staged, rollout, context); waiting !== undefined; ) {
    const verdict = judge?.(waiting, state);
    if (verdict === undefined) break;
    const passed: PassedRing = { ring: waiting.ring, ...verdict };
    staged = { ...staged, passed: [...staged.passed, passed], rollout: goOn(staged.rollout, waiting, now) };
    done.push(`pass ${waiting.ring} with ${version}`);
    waiting = waitingRing(staged, rollout, context);
  }

  const share = rollout.start_percentage ?? 0;
  const [next] = closedGates(staged, gates);
  if (next === undefined) {
    // Every threshold is met: the rest goes by time, from the share that is offered now.
    if (rollout.duration_minutes === undefined) {
      rollout = goOn(staged.rollout, { wariness: share }, now);
      staged = { ...staged, rollout };
    }
  } else if ((rollout.start_epoch ?? 0) <= now) {
    const limits = { cap: next.wariness, steps: rings?.steps ?? [] };
    const wanted = shareAt(staged.rollout, limits, share, now);
    if (wanted > share) {
      rollout = { ...rollout, start_percentage: wanted };
      done.push(`open ${version} to ${formatPercent(wanted)}`);
    }
  }
  if (rollout !== offered) staged = { ...staged, at: now };
  const after = staged === known ? state : withStaged(state, version, staged);
  return {
    state: setMetadata(after, version, { ...metadataOf(after.updates, version), rollout }, now),
    done,
  };
}

/** Makes a rollout one that opens ring by ring; undefined if no ring has to do well any more. */
function begin(
  version: string,
  plan: Rollout,
  { rings, gates, now, fresh }: StepContext & { readonly gates: readonly RingGate[] },
): { readonly staged: StagedRollout; readonly rollout: Rollout } | undefined {
  const isNew = version === fresh || (plan.start_epoch ?? 0) >= now;
  const reached = rolloutProgress(plan, now);
  // A person wrote this share without a duration: it does not change.
  if (!isNew && plan.duration_minutes === undefined) return undefined;
  const passed: PassedRing[] = isNew
    ? []
    : gates
        .filter(({ wariness }) => wariness < reached)
        .map(({ ring }) => ({
          ring,
          reason: 'the rings after it were offered the release before it had a threshold',
          by: 'coxswain',
          at: now,
        }));
  const staged: StagedRollout = { version, rollout: plan, passed, at: now };
  const [next] = closedGates(staged, gates);
  if (next === undefined) return undefined;
  const limits = { cap: next.wariness, steps: rings?.steps ?? [] };
  const rollout = isNew
    ? firstStep(plan, limits)
    : { start_epoch: plan.start_epoch ?? 0, start_percentage: reached };
  return { staged, rollout };
}

/** The gates that are closed, the earliest first. */
function closedGates(staged: StagedRollout | undefined, gates: readonly RingGate[]): readonly RingGate[] {
  if (staged === undefined) return [];
  const passed = new Set(staged.passed.map(({ ring }) => ring));
  return gates.filter(({ ring }) => !passed.has(ring)).sort((one, other) => one.wariness - other.wariness);
}

/** The ring that is offered the release, as planned, and did not do well yet. */
function waitingRing(
  staged: StagedRollout,
  offered: Rollout,
  { rings, now }: Pick<StepContext, 'rings' | 'now'>,
): WaitingRing | undefined {
  const [next] = closedGates(staged, rings?.gates ?? []);
  if (next === undefined || next.wariness > rolloutProgress(offered, now)) return undefined;
  const reached = reachedAt(staged.rollout, next.wariness);
  if (reached === undefined || reached > now) return undefined;
  const since = Math.max(reached, staged.at, ...staged.passed.map(({ at }) => at));
  return { ...next, version: staged.version, since };
}

/** The plan goes on from a wariness now, however long it waited there. */
function goOn(plan: Rollout, { wariness }: { readonly wariness: number }, now: number): Rollout {
  const since = reachedAt(plan, wariness);
  return since === undefined ? plan : resumedRollout(plan, { since, now });
}

/** A rollout that is complete, withdrawn or removed needs no plan; a paused one goes on by it. */
function forgetFinished(state: FleetState, unfinished: readonly string[]): FleetState {
  const kept = new Set([...unfinished, ...(state.operations.paused ?? []).map(({ version }) => version)]);
  return (state.operations.staged ?? [])
    .filter(({ version }) => !kept.has(version))
    .reduce((next, { version }) => withStaged(next, version, undefined), state);
}
