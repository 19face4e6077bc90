import { type Halt, holdAt, type PausedRollout } from '../../guidance/operations.ts';
import { rolloutPhase } from '../../guidance/progress.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatPercent } from '../../host/percent.ts';
import { formatDuration } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { cleanStatement } from './operator.ts';
import { pauseOne, resumeOne, unfinishedRollouts } from './pause-rollout.ts';
import { ageOf, metadataOf } from './update-entries.ts';

/** How the reason of a pause by a condition starts. */
export const haltPrefix = 'halted:';

/** What was found out about one condition. If nothing could be found out, there is none. */
export interface HaltFinding {
  readonly condition: string;
  /** Which trouble, if the condition knows several. */
  readonly key?: string;
  /** The release that it is about; absent: all that roll out. */
  readonly version?: string;
  /** pending: neither trouble nor calm, such as trouble that has not lasted long enough. */
  readonly is: 'trouble' | 'pending' | 'calm';
  /** What was measured: a clause. */
  readonly evidence: string;
  /** When the trouble began, if somebody else counts that, UNIX seconds. */
  readonly began?: number;
  /** Since when it has been calm without a gap, UNIX seconds; absent: not known. */
  readonly calmSince?: number;
}

/** A rollout that a condition stopped, or one that went on after a calm. */
export interface HaltStep {
  readonly version: string;
  readonly condition: string;
  readonly what: 'halted' | 'resumed';
}

/** The state afterwards, and what happened. The same state object if there was nothing to do. */
export interface HaltEdit extends FleetEdit {
  readonly steps: readonly HaltStep[];
}

/** How long each condition has to be calm before the rollout goes on automatically, by name; seconds. */
export type ResumeRules = ReadonlyMap<string, number>;

/**
 * Pauses the rollouts of a fleet that are in progress if a condition is trouble. For each rollout and condition this
 * happens once: what was recorded as trouble has to be clear before it can halt the rollout again. So a person who
 * resumes a rollout is not overruled by the same old trouble.
 */
export function applyFindings(
  before: FleetState,
  order: EditContext,
  findings: readonly HaltFinding[],
  rules: ResumeRules,
): HaltEdit {
  let state = recordCalm(before, findings, order.now);
  const warnings: string[] = [];
  const steps: HaltStep[] = [];
  // Newest first, because a barrier cannot be paused while newer releases are offered.
  const running = runningRollouts(state, order.now).toReversed();
  for (const version of running) {
    const fresh = troubles(findings, version).filter((finding) => !isKnown(state, version, finding));
    const [first] = fresh;
    if (first === undefined) continue;
    const reason = cleanStatement(`${haltPrefix} ${fresh.map(({ evidence }) => evidence).join('; ')}`);
    try {
      state = pauseOne(state, version, { ...order, reason });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      warnings.push(`the rollout of ${version} goes on: ${error.details.problem}`);
      continue;
    }
    for (const finding of fresh) state = record(state, version, finding, order.now);
    steps.push({ version, condition: fresh.map(({ condition }) => condition).join(', '), what: 'halted' });
  }
  // A person who resumes a halted rollout knows all of its troubles, also those that came while it was paused.
  for (const { version } of haltedRollouts(state)) {
    for (const finding of troubles(findings, version)) {
      if (!isKnown(state, version, finding)) state = record(state, version, finding, order.now);
    }
  }
  for (const paused of haltedRollouts(state)) {
    if (!mayResume(state, paused, { findings, rules, now: order.now })) continue;
    const resumed = resumeOne(state, paused, order.now);
    state = resumed.state;
    const conditions = haltsOf(state, paused.version).map(({ condition }) => condition);
    steps.push({ version: paused.version, condition: [...new Set(conditions)].join(', '), what: 'resumed' });
  }
  if (state !== before) state = forgetOld(state, order.now);
  return { state, steps, warnings, summary: summaryOf(before, state, steps, rules) };
}

/** Rollouts that a condition has paused, and nobody else since. */
export function haltedRollouts({ operations }: Pick<FleetState, 'operations'>): PausedRollout[] {
  return (operations.paused ?? []).filter(
    ({ reason, version }) =>
      reason.startsWith(haltPrefix) && (operations.halts ?? []).some((halt) => halt.version === version),
  );
}

/** What stopped the rollout of a release. */
export function haltsOf({ operations }: Pick<FleetState, 'operations'>, version: string): Halt[] {
  return (operations.halts ?? []).filter((halt) => halt.version === version);
}

/** Versions that are offered to some nodes, and not yet to all; oldest first. */
export function runningRollouts(state: FleetState, now: number): string[] {
  return unfinishedRollouts(state, now).filter((version) => {
    const { rollout } = metadataOf(state.updates, version);
    return rollout !== undefined && rolloutPhase(rollout, now) !== 'scheduled';
  });
}

function troubles(findings: readonly HaltFinding[], version: string): HaltFinding[] {
  return findings.filter((each) => each.is === 'trouble' && (each.version ?? version) === version);
}

function isSame(halt: Halt, { condition, key, version = halt.version }: HaltFinding): boolean {
  return halt.condition === condition && halt.key === key && halt.version === version;
}

/** Whether this trouble has stopped the rollout before, and was not clear since: it did not begin again. */
function isKnown(state: FleetState, version: string, finding: HaltFinding): boolean {
  return haltsOf(state, version).some(
    (halt) => isSame(halt, finding) && halt.clear === undefined && (finding.began ?? 0) <= halt.at,
  );
}

function record(state: FleetState, version: string, finding: HaltFinding, now: number): FleetState {
  const { condition, key, evidence } = finding;
  const halt: Halt = { condition, version, ...defined({ key }), reason: cleanStatement(evidence), at: now };
  const others = (state.operations.halts ?? []).filter(
    (each) => each.version !== version || !isSame(each, finding),
  );
  return withHalts(state, [...others, halt]);
}

/** Notes since when a trouble has been clear. */
function recordCalm(state: FleetState, findings: readonly HaltFinding[], now: number): FleetState {
  const halts = state.operations.halts ?? [];
  const isCalm = (halt: Halt) => findings.some((finding) => finding.is === 'calm' && isSame(halt, finding));
  const next = halts.map((halt) =>
    halt.clear === undefined && isCalm(halt) ? { ...halt, clear: now } : halt,
  );
  return next.some((halt, index) => halt !== halts[index]) ? withHalts(state, next) : state;
}

function mayResume(
  state: FleetState,
  paused: PausedRollout,
  {
    findings,
    rules,
    now,
  }: { readonly findings: readonly HaltFinding[]; readonly rules: ResumeRules; readonly now: number },
): boolean {
  if (holdAt(state.operations, now) !== undefined) return false;
  return haltsOf(state, paused.version).every((halt) => {
    const calm = rules.get(halt.condition);
    if (calm === undefined || halt.clear === undefined) return false;
    const finding = findings.find((each) => isSame(halt, each));
    // A webhook tells once that it is over; every other condition has to be calm now.
    if (finding !== undefined && finding.is !== 'calm') return false;
    if (finding === undefined && halt.key === undefined) return false;
    return now - Math.max(halt.clear, finding?.calmSince ?? 0) >= calm;
  });
}

/** A rollout that is complete, withdrawn or forgotten needs no memory: the history of the branch has it. */
function forgetOld(state: FleetState, now: number): FleetState {
  const halts = state.operations.halts ?? [];
  const unfinished = new Set([
    ...unfinishedRollouts(state, now),
    ...(state.operations.paused ?? []).map(({ version }) => version),
  ]);
  const left = halts.filter(({ version }) => unfinished.has(version) && ageOf(state, version) >= 0);
  return left.length === halts.length ? state : withHalts(state, left);
}

function withHalts(state: FleetState, halts: readonly Halt[]): FleetState {
  const { halts: _, ...rest } = state.operations;
  return { ...state, operations: halts.length === 0 ? rest : { ...rest, halts } };
}

function summaryOf(
  before: FleetState,
  after: FleetState,
  steps: readonly HaltStep[],
  rules: ResumeRules,
): string {
  if (after === before) return 'nothing to do';
  const done = steps.map(({ version, condition, what }) => {
    const shares = (what === 'halted' ? after : before).operations.paused ?? [];
    const share = formatPercent(shares.find((each) => each.version === version)?.progress ?? 0);
    const calm = Math.max(0, ...condition.split(', ').map((name) => rules.get(name) ?? 0));
    return what === 'halted'
      ? `halt ${version} at ${share} (${condition})`
      : `resume ${version} at ${share}: ${condition} calm for ${formatDuration(calm)}`;
  });
  return done.length > 0 ? done.join(', ') : 'note what halt-when found';
}
