import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { metadataOf, requireRelease, setMetadata } from './update-entries.ts';

type MarkContext = EditContext & { readonly version: string; readonly reason: string };

/** Makes a release a barrier: older nodes must pass through it. */
export function markBarrier(state: FleetState, order: MarkContext): FleetEdit {
  const { fleet, version, reason, now } = order;
  requireRelease(state, fleet, version);
  const said = metadataOf(state.updates, version);
  if (said.deadend !== undefined)
    throw exclusive(fleet, version, 'a dead-end', 'a barrier', said.deadend.reason);
  const isPaused = state.operations.paused?.find((each) => each.version === version);
  const gone = isPaused ?? state.operations.withdrawn?.find((each) => each.version === version);
  if (gone !== undefined) {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `nobody is offered ${version} since ${formatTime(gone.at)} (${gone.reason}; by ${gone.by}), and older nodes must be offered a barrier`,
      remedy: `Roll it out first (--action ${isPaused === undefined ? 'rollout --force' : 'resume'}), or make another release the barrier.`,
    });
  }
  if (said.barrier?.reason === reason) {
    return { state, summary: `${version} is a barrier for this reason already` };
  }
  const age = state.releases.releases.findIndex((release) => release.version === version);
  const older = state.releases.releases.slice(0, age).length;
  return {
    state: setMetadata(state, version, { ...said, barrier: { ...said.barrier, reason } }, now),
    summary: `make ${version} a barrier`,
    notes: [
      said.rollout === undefined
        ? `every node on the ${older} older releases is offered it at once, and goes on from there`
        : `nodes on the ${older} older releases go to it, as its rollout lets them, and on from there`,
    ],
  };
}

/** Makes a release a dead-end: nodes on it get no further update. */
export function markDeadend(state: FleetState, order: MarkContext): FleetEdit {
  const { fleet, version, reason, now } = order;
  requireRelease(state, fleet, version);
  const said = metadataOf(state.updates, version);
  if (said.barrier !== undefined)
    throw exclusive(fleet, version, 'a barrier', 'a dead-end', said.barrier.reason);
  if (said.deadend?.reason === reason) {
    return { state, summary: `${version} is a dead-end for this reason already` };
  }
  return {
    state: setMetadata(state, version, { ...said, deadend: { ...said.deadend, reason } }, now),
    summary: `make ${version} a dead-end`,
    notes: ['nodes on it get no further update, and show the reason to everyone who logs in'],
    warnings:
      said.rollout === undefined
        ? []
        : [`${version} is still offered: more nodes go into this dead-end. --action withdraw stops that`],
  };
}

function exclusive(fleet: string, version: string, is: string, asked: string, reason: string): InputError {
  return new InputError({
    where: `fleet ${fleet}`,
    problem: `${version} is ${is} already (${reason}), and no release is both: nodes would have to update to a release that they cannot leave`,
    found: asked,
    remedy: 'If the mark is wrong, remove it from updates.json by a commit on the state branch.',
  });
}
