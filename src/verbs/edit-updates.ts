import { directory } from '../cli/directory.ts';
import { firstRelease } from '../cli/first-release-input.ts';
import { choice, duration, flag, text } from '../cli/inputs.ts';
import { type StateChange, stateChangeFacts } from '../cli/state-change.ts';
import { defineVerb } from '../cli/verb.ts';
import { parseWhen } from '../guidance/template/template-times.ts';
import { defined } from '../host/defined.ts';
import { InputError, UsageError } from '../host/errors.ts';
import { type Report, renderReports } from '../host/report.ts';
import { showDifference } from '../operate/edit-updates/difference.ts';
import { findFleet } from '../project/fleets.ts';
import { describeMovedTags, followOfferOrWarn } from '../release/follow-offer.ts';
import { type Action, type EditAnswer, editFleet } from '../release/operations/edit-fleet.ts';
import { findOperator, readStatement } from '../release/operations/operator.ts';
import { openProject } from '../release/project.ts';

const kinds: readonly Action['kind'][] = [
  'rollout',
  'pause',
  'resume',
  'barrier',
  'deadend',
  'withdraw',
  'hold',
  'release-hold',
];

/** After these actions a new node may get another release, so the floating tags have to follow. */
const changesOffer: readonly Action['kind'][] = ['rollout', 'deadend', 'withdraw', 'release-hold'];

interface Given {
  readonly version: string | undefined;
  readonly start: string | undefined;
  readonly duration: number | undefined;
  readonly reason: string | undefined;
  readonly for: number | undefined;
  readonly force: boolean;
  readonly 'keep-rollouts': boolean;
}

/** The inputs of each action besides --by and --dry-run. */
const takes: Readonly<
  Record<Action['kind'], { readonly needs: readonly (keyof Given)[]; readonly may: readonly (keyof Given)[] }>
> = {
  rollout: { needs: ['duration'], may: ['version', 'start', 'reason', 'force'] },
  pause: { needs: ['reason'], may: ['version', 'for'] },
  resume: { needs: [], may: ['version', 'reason'] },
  barrier: { needs: ['version', 'reason'], may: [] },
  deadend: { needs: ['version', 'reason'], may: [] },
  withdraw: { needs: ['version', 'reason'], may: ['force'] },
  hold: { needs: ['reason'], may: ['for', 'keep-rollouts'] },
  'release-hold': { needs: [], may: ['reason'] },
};

export default defineVerb({
  summary:
    'Steer a fleet: pause or resume a rollout, set barriers and dead-ends, withdraw a release, hold the fleet',
  about: `
Each action is one commit on the state branch that says who and why; the same action again changes nothing. Undo any
of them by git revert on that branch. publish-updates makes it public.

  rollout       give a release a (new) rollout: --duration 48h [--version V] [--start "tuesday 14:00 UTC"]
  pause         stop a rollout where it is: --reason WHY [--version V] [--for 6h: then it goes on automatically]
  resume        go on at the share of nodes that was reached: [--version V]
  barrier       older nodes must pass through a release: --version V --reason WHY
  deadend       nodes on a release get no further update: --version V --reason WHY
  withdraw      a release is no longer offered to any node: --version V --reason WHY [--force]
  hold          nothing is promoted into the fleet, and its rollouts are paused: --reason WHY [--for 7d]
  release-hold  new releases may come in again, and what the hold paused goes on

  coxswain edit-updates --fleet stable --action pause --reason "boot loop on arm" --for 6h`,
  inputs: {
    fleet: text('the fleet to steer', { placeholder: 'NAME', required: true }),
    action: choice(`what to do: ${kinds.join(', ')}`, kinds, { placeholder: 'ACTION', required: true }),
    version: text('the release; rollout: default the newest; pause and resume: default all', {
      placeholder: 'VERSION',
    }),
    reason: text('why: for the commit, the dashboard and the nodes; preferably the URL of an issue'),
    start: text('rollout: when it starts, such as "now", "+2h", "next tuesday 14:00 UTC" (default: now)', {
      placeholder: 'WHEN',
    }),
    duration: duration('rollout: how long until every node is offered it, such as 48h'),
    for: duration('pause and hold: ends automatically after this time'),
    by: text('who does it (default: the name that git knows)', { placeholder: 'NAME' }),
    force: flag(
      'withdraw: even if nodes lose their update path; rollout: also of a withdrawn release, or from the start again',
    ),
    'keep-rollouts': flag('hold: rollouts that have begun go on'),
    'dry-run': flag('show what would change, and change nothing'),
    'first-release': firstRelease,
    directory,
  },
  run: async (inputs, context) => {
    const project = await openProject({
      directory: inputs.directory,
      env: context.env,
      log: context.log,
      firstRelease: inputs['first-release'],
    });
    const fleet = findFleet(project.config, inputs.fleet).name;
    const now = context.now();
    const action = readAction(inputs.action, inputs, now);
    const by = await findOperator(project.git, inputs.by);
    const rehearse = inputs['dry-run'];
    const answer = await editFleet(project.state, { fleet, by, now }, action, { rehearse });
    // This is done even if nothing changed now: an earlier run may have ended before it moved the tags.
    const movedTags =
      rehearse || !changesOffer.includes(action.kind) ? [] : await followOfferOrWarn(project, fleet);
    const told = { ...answer, notes: [...answer.notes, ...describeMovedTags(movedTags)] };
    const difference = await showDifference(answer.files ?? []);
    return {
      data: { ...told, movedTags, ...defined({ dryRun: rehearse ? true : undefined }) },
      ...renderReports(reportOn(told, { rehearse, difference, by })),
      annotations: answer.warnings.map((message) => ({ level: 'warning', title: 'edit-updates', message })),
    };
  },
  action: { token: true },
  outputs: {
    changed: { about: 'false when the state was as requested already', of: ({ changed }) => changed },
    summary: { about: 'what was done, in one line', of: ({ summary }) => summary },
    commit: { about: 'commit of the state branch now', of: ({ stateCommit }) => stateCommit },
  },
});

function reportOn(answer: EditAnswer, change: StateChange): Report {
  const { fleet, changed, summary, notes, warnings } = answer;
  const { rehearse } = change;
  const done = changed
    ? `${rehearse ? 'would ' : ''}${summary}`
    : `${summary}; ${rehearse ? 'nothing would change' : 'nothing changed'}`;
  return {
    headline: `${fleet}: ${done}`,
    facts: [...warnings.map((warning) => ({ warning })), ...notes, ...stateChangeFacts(answer, change)],
  };
}

function readAction(kind: Action['kind'], given: Given, now: number): Action {
  const { needs, may } = takes[kind];
  for (const name of ['version', 'start', 'duration', 'reason', 'for', 'force', 'keep-rollouts'] as const) {
    const isGiven = given[name] !== undefined && given[name] !== false;
    if (!isGiven && needs.includes(name)) throw new UsageError(`--action ${kind} needs --${name}`);
    if (isGiven && !needs.includes(name) && !may.includes(name)) {
      throw new UsageError(`--action ${kind} takes no --${name}`);
    }
  }
  const reason = readStatement(given.reason ?? '', '--reason');
  if (needs.includes('reason') && reason === '') throw new UsageError(`--action ${kind} needs a --reason`);
  const version = defined({ version: given.version });
  const why = defined({ reason: given.reason === undefined ? undefined : reason });
  const lasting = defined({ duration: given.for === undefined ? undefined : positive(given.for, 'for') });
  const required = given.version ?? '';
  switch (kind) {
    case 'rollout':
      return {
        kind,
        ...version,
        ...why,
        start: parseWhen(given.start ?? 'now', now, { field: '--start' }),
        duration: wholeMinutes(given.duration ?? 0),
        force: given.force,
      };
    case 'pause':
      return { kind, ...version, reason, ...lasting };
    case 'resume':
      return { kind, ...version, ...why };
    case 'barrier':
    case 'deadend':
      return { kind, version: required, reason };
    case 'withdraw':
      return { kind, version: required, reason, force: given.force };
    case 'hold':
      return { kind, reason, ...lasting, keepRollouts: given['keep-rollouts'] };
    case 'release-hold':
      return { kind, ...why };
  }
}

function positive(seconds: number, name: string): number {
  if (seconds > 0) return seconds;
  throw new InputError({
    field: `--${name}`,
    problem: 'the time must be longer than 0',
    expected: 'such as 6h',
  });
}

function wholeMinutes(seconds: number): number {
  if (seconds > 0 && seconds % 60 === 0) return seconds;
  throw new InputError({
    field: '--duration',
    problem: 'update metadata counts whole minutes, at least one',
    found: `${seconds} s`,
    expected: 'such as 48h',
  });
}
