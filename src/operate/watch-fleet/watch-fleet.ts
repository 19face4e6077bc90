import { OutsideError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { HaltCondition } from '../../project/configuration/halt-conditions.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import {
  applyFindings,
  type HaltEdit,
  type HaltFinding,
  type HaltStep,
  haltedRollouts,
  haltPrefix,
  runningRollouts,
} from '../../release/operations/halt.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { PrometheusCredentials } from '../../world/prometheus/credentials.ts';
import { askPrometheus } from './ask-prometheus.ts';

/** What was found out about one condition of a fleet. */
export interface ConditionReport {
  readonly condition: string;
  readonly is: HaltFinding['is'] | 'unknown' | 'not asked';
  /** What was measured, or why nothing was. */
  readonly what: string;
}

/** What was found out about one fleet, and done. */
export interface FleetWatch {
  readonly fleet: string;
  readonly conditions: readonly ConditionReport[];
  /** Rollouts that were halted or resumed now. */
  readonly steps: readonly HaltStep[];
  /** Rollouts that are halted now, whenever that was. */
  readonly halted: readonly string[];
  readonly summary: string;
  readonly warnings: readonly string[];
  /** Commit of the state branch, if it changed. */
  readonly stateCommit: string | undefined;
}

/** What can be asked now, and by which means. */
export interface WatchContext {
  readonly credentials: PrometheusCredentials | undefined;
  /** UNIX seconds. */
  readonly now: number;
  /** Who acts, for the commit. */
  readonly by: string;
}

/**
 * Evaluates halt-when of a fleet once, and pauses its rollouts if a condition is trouble: one commit on the state
 * branch. What cannot be asked is reported and changes nothing.
 * @throws InputError for a dirty state branch
 */
export async function watchFleet(
  project: Pick<Project, 'state'>,
  fleet: Fleet,
  context: WatchContext,
): Promise<FleetWatch> {
  const { now, by } = context;
  const { name, haltWhen } = fleet;
  const state = await project.state.readFleet(name);
  const watched = runningRollouts(state, now).length + haltedRollouts(state).length > 0;
  const asked = await Promise.all(
    haltWhen.map(
      async (condition): Promise<Asked> =>
        watched ? ask(condition, context) : { report: notAsked(condition, 'no rollout is in progress') },
    ),
  );
  const findings = asked.flatMap(({ finding }) => finding ?? []);
  const rules = resumeRules(haltWhen);
  let edit: HaltEdit | undefined;
  const order = { fleet: name, by, now };
  const change = (before: FleetState) => {
    edit = applyFindings(before, order, findings, rules);
    return edit.state;
  };
  const { changed, commit } = await project.state.changeFleet(name, () => messageOf(order, edit), change);
  return {
    fleet: name,
    conditions: asked.map(({ report }) => report),
    steps: edit?.steps ?? [],
    halted: haltedRollouts(edit?.state ?? state).map(({ version }) => version),
    summary: edit?.summary ?? '',
    warnings: edit?.warnings ?? [],
    stateCommit: changed ? commit : undefined,
  };
}

/** How long each condition has to be calm before a rollout goes on automatically. */
export function resumeRules(conditions: readonly HaltCondition[]): ReadonlyMap<string, number> {
  return new Map(
    conditions.flatMap(({ name, resumeAfter }) =>
      resumeAfter === undefined ? [] : [[name, resumeAfter] as const],
    ),
  );
}

function messageOf(
  order: { readonly fleet: string; readonly by: string; readonly now: number },
  edit: HaltEdit | undefined,
): string {
  const halted = edit?.steps.find(({ what }) => what === 'halted');
  const paused = edit?.state.operations.paused?.find(({ version }) => version === halted?.version);
  const reason = paused?.reason.startsWith(haltPrefix) === true ? paused.reason : undefined;
  return commitMessage(order, edit?.summary ?? 'watch', reason);
}

interface Asked {
  readonly report: ConditionReport;
  readonly finding?: HaltFinding;
}

async function ask(condition: HaltCondition, { credentials, now }: WatchContext): Promise<Asked> {
  if (condition.kind !== 'prometheus') return { report: notAsked(condition, 'a webhook tells') };
  try {
    const finding = await askPrometheus(condition, { now, credentials });
    return { finding, report: { condition: condition.name, is: finding.is, what: finding.evidence } };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { report: { condition: condition.name, is: 'unknown', what: `could not ask: ${error.message}` } };
  }
}

function notAsked({ name }: HaltCondition, what: string): ConditionReport {
  return { condition: name, is: 'not asked', what };
}
