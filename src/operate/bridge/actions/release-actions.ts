import { UsageError } from '../../../host/errors.ts';
import { startRollout } from '../../../loop/start-rollout/start-rollout.ts';
import { findFleet } from '../../../project/fleets.ts';
import { describeEntry } from '../../../release/describe-rollout.ts';
import { findPromotion } from '../../../release/gates/external-holds.ts';
import { recordUrgency } from '../../../release/gates/urgent.ts';
import { readStatement } from '../../../release/operations/operator.ts';
import { readDoubt } from '../../../release/upstream/upstream-state.ts';
import type { BridgeAction, Field, FormValues } from './action.ts';

const reason: Field = {
  name: 'reason',
  label: 'Reason',
  kind: 'long text',
  required: true,
  hint: 'A sentence, or the address of an issue. It is public.',
};

/** As start-rollout: the image of the fleet's branch becomes a release. */
export const startAction: BridgeAction = {
  name: 'start-rollout',
  title: 'Start the rollout of a new release',
  about:
    'The promoted image of the fleet’s branch becomes a release, and its template decides how it rolls out.',
  fields: [
    {
      name: 'commit',
      label: 'Commit',
      kind: 'text',
      required: false,
      hint: 'A commit of the fleet’s branch; empty: its newest',
    },
    {
      name: 'accept-upstream',
      label: 'Accept what upstream says about the base',
      kind: 'text',
      required: false,
      hint: 'paused, deadend or unlisted, if upstream holds the base back',
    },
    {
      name: 'freeze-exception',
      label: 'Freeze exception',
      kind: 'long text',
      required: false,
      hint: 'Why it is released although the fleet is frozen',
    },
  ],
  offered: () => true,
  run: async ({ project, fleet, order, values }) => {
    const answer = await startRollout(project, {
      fleet,
      commit: values.get('commit'),
      now: order.now,
      accept: words(values.get('accept-upstream')).map(readDoubt),
      freezeException: readStatement(values.get('freeze-exception') ?? '', '--freeze-exception'),
    });
    return {
      summary: answer.changed ? `release ${answer.version}` : `${answer.version} is a release already`,
      notes: [
        ...(answer.entry === undefined ? [] : describeEntry(answer.entry, order.now)),
        ...answer.inherited.map(
          ({ version, base, reason: why }) => `${version} becomes a barrier, as its base ${base} is (${why})`,
        ),
      ].map(String),
      warnings: [],
    };
  },
};

/** As open-promotion --urgent: the source's newest release need not soak. */
export const urgentAction: BridgeAction = {
  name: 'urgent',
  title: 'Promote as urgent',
  about:
    'The newest release of the source fleet is promoted without its soak time. The other gates still count.',
  fields: [reason],
  offered: (_, fleet) => fleet.promoteFrom !== undefined,
  run: async ({ project, fleet, order, values }) => {
    const why = requireReason(values, 'urgent');
    await recordUrgency(project.state, {
      source: findFleet(project.config, fleet.promoteFrom ?? ''),
      target: fleet,
      request: await findPromotion(project, fleet),
      asked: { reason: why, by: order.by },
      now: order.now,
    });
    return {
      notes: ['coxswain open-promotion, or its next run, promotes it'],
      warnings: [],
      summary: 'it is urgent already, for this reason',
    };
  },
};

/** What roll-back does as a whole; src/verbs/ passes it in, because verbs in operate/ do not import each other. */
export type RollBack = (
  work: Parameters<BridgeAction['run']>[0],
  given: { readonly bad: string | undefined; readonly good: string | undefined; readonly reason: string },
) => ReturnType<BridgeAction['run']>;

/** As roll-back: the release is withdrawn, and a pull request restores an earlier content as a new one. */
export function rollBackAction(rollBack: RollBack): BridgeAction {
  return {
    name: 'roll-back',
    title: 'Roll back',
    about:
      'Withdraws a release, and proposes the content of an earlier one as a new release, because nodes do not downgrade.',
    fields: [
      {
        name: 'version',
        label: 'Release to withdraw',
        kind: 'release',
        required: false,
        hint: 'the newest release',
      },
      {
        name: 'to',
        label: 'Release whose content is restored',
        kind: 'release',
        required: false,
        hint: 'the newest good release before it',
      },
      reason,
    ],
    offered: (state) => state.releases.releases.length > 1,
    run: (work) =>
      rollBack(work, {
        bad: work.values.get('version'),
        good: work.values.get('to'),
        reason: requireReason(work.values, 'roll-back'),
      }),
  };
}

function requireReason(values: FormValues, name: string): string {
  const why = readStatement(values.get('reason') ?? '', '--reason');
  if (why === '') throw new UsageError(`${name} needs a --reason`);
  return why;
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
}
