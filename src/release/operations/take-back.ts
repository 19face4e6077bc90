import { listStranded, strandedBy } from '../../guidance/update-paths.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { nearest } from '../../host/nearest.ts';
import type { FleetState, ReleaseRecord } from '../state/state.ts';
import type { EditContext } from './fleet-edit.ts';
import { ageOf, metadataOf, setMetadata, withdrawnOrPaused } from './update-entries.ts';
import { withdraw } from './withdraw.ts';

/** The release that is withdrawn, and the one whose content is restored. */
export interface RollBackPlan {
  readonly bad: string;
  readonly good: ReleaseRecord;
}

/**
 * Chooses the two releases.
 * @param given.bad default: the fleet's newest release
 * @param given.good default: the newest good release before it
 * @throws InputError if there is no release to withdraw, or to go back to
 */
export function planRollBack(
  state: FleetState,
  fleet: string,
  given: { readonly bad: string | undefined; readonly good: string | undefined },
): RollBackPlan {
  const versions = state.releases.releases.map(({ version }) => version);
  const find = (version: string, field: string) => {
    if (versions.includes(version)) return version;
    const meant = nearest(version, versions);
    throw new InputError({
      field,
      problem: `fleet ${fleet} has no such release`,
      found: version,
      ...defined({ remedy: meant && `Did you mean ${meant}?` }),
    });
  };
  const newest = versions.at(-1);
  if (newest === undefined) throw new InputError({ where: `fleet ${fleet}`, problem: 'it has no release' });
  const bad = given.bad === undefined ? newest : find(given.bad, '--version');
  const gone = withdrawnOrPaused(state);
  const isGood = (version: string) =>
    state.records[version] !== undefined &&
    !gone.has(version) &&
    metadataOf(state.updates, version).deadend === undefined;
  const good =
    given.good === undefined
      ? versions.slice(0, versions.indexOf(bad)).findLast(isGood)
      : find(given.good, '--to');
  if (good === undefined) {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `no release before ${bad} is good`,
      remedy: `Stop it with coxswain edit-updates --fleet ${fleet} --action pause, and release a fix.`,
    });
  }
  const record = state.records[good];
  if (record === undefined || ageOf(state, good) >= ageOf(state, bad)) {
    throw new InputError({
      field: '--to',
      problem:
        record === undefined ? 'no record says what this release was made from' : `it is not before ${bad}`,
      found: good,
    });
  }
  return { bad, good: record };
}

/**
 * Withdraws the bad release and its rollout. If nodes that are older than the good one would then have no update
 * path, they are offered the good one again.
 * @throws InputError for a barrier, paused or not: nodes would go around it
 */
export function takeBack(
  before: FleetState,
  order: EditContext & { readonly plan: RollBackPlan; readonly reason: string },
): { readonly state: FleetState; readonly summary: string; readonly warnings: readonly string[] } {
  const { plan, reason } = order;
  const { bad, good } = plan;
  const paused = before.operations.paused?.find((each) => each.version === bad);
  const isBarrier = (metadataOf(before.updates, bad).barrier ?? paused?.entry.metadata.barrier) !== undefined;
  // A second run keeps the first reason.
  if (before.operations.withdrawn?.some((each) => each.version === bad) === true && !isOffered(before, bad)) {
    return { state: before, summary: `${bad} is withdrawn already`, warnings: [] };
  }
  const withdrawn = withdraw(before, { ...order, version: bad, reason, force: !isBarrier });
  const strandedIn = (state: FleetState) => strandedBy(before, state, { retired: withdrawnOrPaused(state) });
  if (strandedIn(withdrawn.state).length === 0) {
    return { state: withdrawn.state, summary: withdrawn.summary, warnings: [] };
  }
  const said = metadataOf(withdrawn.state.updates, good.version);
  const state = setMetadata(
    withdrawn.state,
    good.version,
    { ...said, rollout: { start_percentage: 1 } },
    order.now,
  );
  const stranded = strandedIn(state);
  return {
    state,
    summary: `${withdrawn.summary}, and offer ${good.version} to every older node again`,
    warnings: stranded.length === 0 ? [] : [`no way forward for nodes on ${listStranded(stranded)}`],
  };
}

function isOffered(state: FleetState, version: string): boolean {
  const { rollout, barrier } = metadataOf(state.updates, version);
  return rollout !== undefined || barrier !== undefined;
}
