import { OutsideError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { HaltCondition } from '../../project/configuration/halt-conditions.ts';
import { actOnFindings } from '../../release/operations/act-on-findings.ts';
import {
  type HaltFinding,
  type HaltStep,
  haltedRollouts,
  runningRollouts,
} from '../../release/operations/halt.ts';
import { stagedOf } from '../../release/operations/staged-rollout.ts';
import { metadataOf } from '../../release/operations/update-entries.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { PrometheusCredentials } from '../../world/prometheus/credentials.ts';
import { askPrometheus } from './ask-prometheus.ts';
import { judgeAdoption, type WatchedRollout } from './judge-adoption.ts';
import { type Objection, openRings, type RingReport } from './open-rings.ts';

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
  /** Rings that rollouts wait for, and what is known about them. */
  readonly rings: readonly RingReport[];
  /** Rings that were opened now: clauses. */
  readonly opened: readonly string[];
  /** Commit of the state branch, if it changed. */
  readonly stateCommit: string | undefined;
}

const nothingFound = {
  conditions: [],
  steps: [],
  halted: [],
  summary: '',
  warnings: [],
  rings: [],
  opened: [],
  stateCommit: undefined,
} satisfies Omit<FleetWatch, 'fleet'>;

/** What can be asked now, and by which means. */
export interface WatchContext {
  readonly credentials: PrometheusCredentials | undefined;
  /** UNIX seconds. */
  readonly now: number;
  /** Who acts, for the commit. */
  readonly by: string;
  /** What an alert said about conditions of this fleet. */
  readonly alert?: readonly HaltFinding[] | undefined;
}

/**
 * Evaluates halt-when of a fleet once, and pauses its rollouts if a condition is trouble: one commit on the state
 * branch. What cannot be asked is reported and changes nothing. Then it opens the rings whose time has come, if those
 * before them did well.
 * @throws InputError for a dirty state branch
 */
export async function watchFleet(
  project: Pick<Project, 'state'>,
  fleet: Fleet,
  context: WatchContext,
): Promise<FleetWatch> {
  const { now, by } = context;
  const { name, haltWhen } = fleet;
  const rings = project.state.ringGates(name);
  if (haltWhen.length === 0 && rings === undefined) return { ...nothingFound, fleet: name };
  const state = await project.state.readFleet(name);
  const watched = watchedRollouts(state, now);
  const asked = await Promise.all(
    haltWhen.map((condition) => {
      const told = (context.alert ?? []).filter((finding) => finding.condition === condition.name);
      // An alert counts at any time: one that is over during a pause has to be noted.
      if (told.length > 0) return found(...told);
      return watched.length > 0
        ? ask(condition, { state, watched, context })
        : notAsked(condition, 'no rollout is in progress');
    }),
  );
  const findings = asked.flatMap((each) => each.findings);
  const { edit, stateCommit } = await actOnFindings(project.state, fleet, findings, { by, now });
  const order = { fleet: name, by, now };
  const opened =
    rings === undefined
      ? nothingFound
      : await openRings(project.state, order, { rings, objection: objectionOf(asked) });
  const done = stateCommit === undefined ? [] : [edit.summary];
  return {
    fleet: name,
    conditions: asked.flatMap(({ reports }) => reports),
    steps: edit.steps,
    halted: haltedRollouts(edit.state).map(({ version }) => version),
    summary: [...done, ...opened.opened].join(', ') || edit.summary,
    warnings: edit.warnings ?? [],
    rings: opened.rings,
    opened: opened.opened,
    stateCommit: opened.stateCommit ?? stateCommit,
  };
}

/** Only what is calm does not object: what cannot be asked never counts as health. A webhook reports trouble itself. */
function objectionOf(asked: readonly Asked[]): Objection {
  return (version) => {
    const unasked = asked.flatMap(({ reports }) => reports.filter(({ is }) => is === 'unknown'));
    const found = asked.flatMap(({ findings }) => findings);
    const trouble = found.filter((each) => each.is !== 'calm' && (each.version ?? version) === version);
    return unasked[0] === undefined
      ? trouble[0]?.evidence
      : `${unasked[0].condition} is not known: ${unasked[0].what}`;
  };
}

interface Asked {
  readonly reports: readonly ConditionReport[];
  readonly findings: readonly HaltFinding[];
}

async function ask(
  condition: HaltCondition,
  {
    state,
    watched,
    context,
  }: {
    readonly state: FleetState;
    readonly watched: readonly WatchedRollout[];
    readonly context: WatchContext;
  },
): Promise<Asked> {
  const { credentials, now } = context;
  switch (condition.kind) {
    case 'webhook':
      return notAsked(condition, 'a request tells');
    case 'behind-plan':
    case 'came-back': {
      const judged = judgeAdoption(state.adoption, condition, watched, now);
      return 'unknown' in judged ? unknown(condition, judged.unknown) : found(...judged.findings);
    }
    case 'prometheus':
      try {
        return found(await askPrometheus(condition, { now, credentials }));
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
        return unknown(condition, `could not ask: ${error.message}`);
      }
  }
}

function found(...findings: readonly HaltFinding[]): Asked {
  return {
    findings,
    reports: findings.map(({ condition, is, evidence }) => ({ condition, is, what: evidence })),
  };
}

function unknown({ name }: HaltCondition, what: string): Asked {
  return { findings: [], reports: [{ condition: name, is: 'unknown', what }] };
}

function notAsked({ name }: HaltCondition, what: string): Asked {
  return { findings: [], reports: [{ condition: name, is: 'not asked', what }] };
}

/** Rollouts in progress, and halted ones as they stand. */
function watchedRollouts(state: FleetState, now: number): WatchedRollout[] {
  const running = runningRollouts(state, now).flatMap((version) => {
    const { rollout } = metadataOf(state.updates, version);
    if (rollout === undefined) return [];
    const staged = rollout.duration_minutes === undefined ? stagedOf(state, version) : undefined;
    // What a ring was offered before it opened is nothing.
    return [{ version, rollout: staged === undefined ? rollout : { ...rollout, start_epoch: staged.at } }];
  });
  const halted = haltedRollouts(state).map(({ version, progress }) => ({
    version,
    rollout: { start_epoch: 0, start_percentage: progress },
  }));
  return [...running, ...halted];
}
