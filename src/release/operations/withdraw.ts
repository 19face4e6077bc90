import type { WithdrawnRelease } from '../../guidance/operations.ts';
import { listStranded, strandedBy } from '../../guidance/update-paths.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';
import type { EditContext, FleetEdit } from './fleet-edit.ts';
import { forgetPause } from './pause-rollout.ts';
import { metadataOf, requireRelease, setMetadata, withdrawnOrPaused } from './update-entries.ts';

/**
 * Withdraws a release: it is no longer offered to any node. It stays in the graph, so that nodes which run it can
 * still update.
 * @param order.force even if nodes then have no update path, or go around a barrier
 * @throws InputError if nodes would lose their update path
 */
export function withdraw(
  state: FleetState,
  order: EditContext & { readonly version: string; readonly reason: string; readonly force: boolean },
): FleetEdit {
  const { fleet, version, reason, by, now, force } = order;
  requireRelease(state, fleet, version);
  const list = state.operations.withdrawn ?? [];
  const { rollout, barrier, ...kept } = metadataOf(state.updates, version);
  const offered = rollout !== undefined || barrier !== undefined;
  const known = list.find((each) => each.version === version);
  const pausedEntry = state.operations.paused?.find((each) => each.version === version)?.entry.metadata;
  const wasBarrier = barrier ?? pausedEntry?.barrier;
  if (known !== undefined && !offered && known.reason === reason) {
    return {
      state,
      summary: `${version} is withdrawn already, since ${formatTime(known.at)} by ${known.by}`,
    };
  }
  if (wasBarrier !== undefined && !force) {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `${version} is a barrier (${wasBarrier.reason}): without it, older nodes go straight to newer releases`,
      remedy:
        'Make a newer release with the same content the barrier first (--action barrier), or withdraw this one with --force.',
    });
  }
  const metadata = offered ? defined({ rollout, barrier }) : pausedEntry;
  const entry =
    metadata === undefined || Object.keys(metadata).length === 0 ? known?.entry : { version, metadata };
  const record: WithdrawnRelease = { version, reason, by, at: now, ...defined({ entry }) };
  const without = forgetPause(setMetadata(state, version, kept, now), version);
  const next: FleetState = {
    ...without,
    operations: {
      ...without.operations,
      withdrawn: [...list.filter((each) => each.version !== version), record],
    },
  };
  const stranded = strandedBy(state, next, { retired: withdrawnOrPaused(next) });
  if (stranded.length > 0 && !force) {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `without ${version}, no update is left for nodes on ${listStranded(stranded)}`,
      remedy: `Give them another release first (--action rollout --version ${stranded[0]?.goal} --duration …), or withdraw with --force.`,
    });
  }
  return {
    state: next,
    summary: `withdraw ${version}`,
    notes: [
      'it is no longer offered to any node; nodes that run it stay on it until a newer release is rolled out; they get that like any other node',
    ],
    warnings: [
      ...(stranded.length === 0 ? [] : [`no way forward for nodes on ${listStranded(stranded)}`]),
      ...(wasBarrier === undefined
        ? []
        : [`it was a barrier (${wasBarrier.reason}): older nodes go around it now`]),
    ],
  };
}

/** Removes the mark that a release was withdrawn. */
export function withoutWithdrawal(state: FleetState, version: string): FleetState {
  const { withdrawn = [], ...rest } = state.operations;
  const left = withdrawn.filter((each) => each.version !== version);
  if (left.length === withdrawn.length) return state;
  return { ...state, operations: left.length === 0 ? rest : { ...rest, withdrawn: left } };
}
