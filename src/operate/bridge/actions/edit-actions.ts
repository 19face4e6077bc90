import { holdAt } from '../../../guidance/operations.ts';
import { parseDuration } from '../../../host/time.ts';
import { describeMovedTags, followOfferOrWarn } from '../../../release/follow-offer.ts';
import { type Action, editFleet } from '../../../release/operations/edit-fleet.ts';
import { unfinishedRollouts } from '../../../release/operations/pause-rollout.ts';
import {
  actionInputs,
  changesOffer,
  type GivenName,
  kinds,
  readAction,
} from '../../../release/operations/read-action.ts';
import type { FleetState } from '../../../release/state/state.ts';
import type { BridgeAction, Field, FormValues } from './action.ts';

type Kind = Action['kind'];

const texts: Readonly<Record<Kind, { readonly title: string; readonly about: string }>> = {
  rollout: { title: 'Roll out', about: 'Gives a release a new rollout, from 0 % to all nodes.' },
  reschedule: {
    title: 'Reschedule',
    about: 'Moves the end of a rollout, and its start until it has begun. No node loses its offer.',
  },
  pause: { title: 'Pause', about: 'No further node is offered the release. The reached share is kept.' },
  resume: {
    title: 'Resume',
    about:
      'A paused rollout goes on at the share that it had reached; one that waits for a ring to do well opens the next ring.',
  },
  barrier: { title: 'Set a barrier', about: 'Nodes on older releases must pass through this one.' },
  deadend: { title: 'Mark a dead-end', about: 'Nodes on this release get no further update.' },
  withdraw: { title: 'Withdraw', about: 'The release is no longer offered to any node.' },
  hold: {
    title: 'Hold the fleet',
    about: 'No new release comes in, and rollouts are paused until the hold ends.',
  },
  'release-hold': {
    title: 'Release the hold',
    about: 'New releases may come in again, and what the hold paused goes on.',
  },
};

const fields: Readonly<Record<GivenName, Omit<Field, 'name' | 'required'>>> = {
  version: { label: 'Release', kind: 'release', hint: '' },
  start: { label: 'Start', kind: 'text', hint: 'now, +2h, tuesday 14:00 UTC, 2026-12-01T10:00Z' },
  end: { label: 'End', kind: 'text', hint: 'When every node is offered it: +12h, friday 18:00 UTC' },
  duration: { label: 'Duration', kind: 'text', hint: 'How long until every node is offered it: 48h, 7d' },
  reason: {
    label: 'Reason',
    kind: 'long text',
    hint: 'A sentence, or the address of an issue. It is public.',
  },
  for: { label: 'Ends after', kind: 'text', hint: 'It ends automatically after this time: 6h, 7d' },
  force: { label: 'Do it even if edit-updates would refuse (--force)', kind: 'check', hint: '' },
  'keep-rollouts': { label: 'Rollouts that have begun go on', kind: 'check', hint: '' },
};

/** Forms have them in this order. */
const fieldOrder = Object.keys(fields) as GivenName[];

/** What leaving the release out means. */
const allReleases: Partial<Record<Kind, string>> = {
  rollout: 'the newest release',
  reschedule: 'the only rollout that is not complete',
  pause: 'every rollout that is not complete',
  resume: 'everything that is paused, or else that waits for a ring',
};

const offered: Partial<Record<Kind, (state: FleetState, now: number) => boolean>> = {
  reschedule: (state, now) => unfinishedRollouts(state, now).length > 0,
  pause: (state, now) => unfinishedRollouts(state, now).length > 0,
  resume: ({ operations }) => (operations.paused ?? []).length + (operations.staged ?? []).length > 0,
  'release-hold': ({ operations }, now) => holdAt(operations, now) !== undefined,
};

/** The actions of edit-updates, from the list that its command line reads too. */
export const editActions: readonly BridgeAction[] = kinds.map((kind) => ({
  name: kind,
  ...texts[kind],
  fields: fieldsOf(kind),
  offered: (state, _, now) =>
    (kind === 'hold' || state.releases.releases.length > 0) && (offered[kind]?.(state, now) ?? true),
  run: async ({ project, order, values }) => {
    const action = readAction(kind, readGiven(values), order.now);
    const { summary, notes, warnings } = await editFleet(project.state, order, action, { rehearse: false });
    return { summary, notes, warnings };
  },
  ...(changesOffer.includes(kind)
    ? {
        afterwards: async ({ project, fleet }) =>
          describeMovedTags(await followOfferOrWarn(project, fleet.name)),
      }
    : {}),
}));

function fieldsOf(kind: Kind): Field[] {
  const { needs, may } = actionInputs[kind];
  return [...needs, ...may]
    .sort((one, other) => fieldOrder.indexOf(one) - fieldOrder.indexOf(other))
    .map((name) => {
      const hint = name === 'version' ? (allReleases[kind] ?? '') : fields[name].hint;
      return { name, ...fields[name], hint, required: needs.includes(name) };
    });
}

function readGiven(values: FormValues): Parameters<typeof readAction>[1] {
  const lasting = (name: string) => {
    const text = values.get(name);
    return text === undefined ? undefined : parseDuration(text, { field: `--${name}` });
  };
  return {
    version: values.get('version'),
    start: values.get('start'),
    end: values.get('end'),
    duration: lasting('duration'),
    reason: values.get('reason'),
    for: lasting('for'),
    force: values.has('force'),
    'keep-rollouts': values.has('keep-rollouts'),
  };
}
