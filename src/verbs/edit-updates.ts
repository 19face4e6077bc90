import { directory } from '../cli/directory.ts';
import { firstRelease } from '../cli/first-release-input.ts';
import { choice, duration, flag, text } from '../cli/inputs.ts';
import { type StateChange, stateChangeFacts } from '../cli/state-change.ts';
import { defineVerb } from '../cli/verb.ts';
import { defined } from '../host/defined.ts';
import { type Report, renderReports } from '../host/report.ts';
import { findFleet } from '../project/fleets.ts';
import { describeMovedTags, followOfferOrWarn } from '../release/follow-offer.ts';
import { type EditAnswer, editFleet } from '../release/operations/edit-fleet.ts';
import { findOperator } from '../release/operations/operator.ts';
import { changesOffer, kinds, readAction } from '../release/operations/read-action.ts';
import { openProject } from '../release/project.ts';
import { showDifference } from '../release/state/difference.ts';

export default defineVerb({
  summary:
    'Steer a fleet: pause or resume a rollout, set barriers and dead-ends, withdraw a release, hold the fleet',
  about: `
Each action is one commit on the state branch that says who and why; the same action again changes nothing. Undo any
of them by git revert on that branch. publish-updates makes it public.

  rollout       give a release a (new) rollout: --duration 48h [--version V] [--start "tuesday 14:00 UTC"]
  reschedule    move the end of a rollout, and its start until it has begun: --end "friday 18:00 UTC" [--start WHEN]
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
    version: text(
      'the release; rollout: default the newest; reschedule: the only one; pause and resume: all',
      {
        placeholder: 'VERSION',
      },
    ),
    reason: text('why: for the commit, the dashboard and the nodes; preferably the URL of an issue'),
    start: text(
      'rollout and reschedule: when it starts, such as "now", "+2h", "next tuesday 14:00 UTC" (default: now)',
      {
        placeholder: 'WHEN',
      },
    ),
    end: text('reschedule: when every node is offered it, such as "+12h"', { placeholder: 'WHEN' }),
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
