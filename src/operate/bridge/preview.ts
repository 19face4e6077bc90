import { randomUUID } from 'node:crypto';
import { architecturesOf } from '../../guidance/update-paths.ts';
import { findFleet } from '../../project/fleets.ts';
import { withdrawnOrPaused } from '../../release/operations/update-entries.ts';
import type { Project } from '../../release/project.ts';
import { showDifference } from '../../release/state/difference.ts';
import { type FleetFindings, lintState } from '../../release/state/lint-state.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { ActionAnswer, BridgeAction, FormValues } from './actions/action.ts';
import { movedOpenings, type OfferChanges, type Opening, offerChanges, strandedAfter } from './effect.ts';
import { rehearsedBranches, type StateCommit } from './pinned-branches.ts';
import { type AdoptionCurve, adoptionCurve } from './simulated-adoption.ts';
import { fleetOf, readSnapshot, type Snapshot, withChanges } from './state-snapshot.ts';

/** What a person asked for. */
export interface Wish {
  readonly action: BridgeAction;
  readonly fleet: string;
  readonly values: FormValues;
  readonly by: string;
  /** UNIX seconds. */
  readonly now: number;
}

/** What an action would do to one state. */
export interface Preview {
  readonly id: string;
  readonly wish: Wish;
  /** The state that it was made of. */
  readonly base: Snapshot['commit'];
  readonly answer: ActionAnswer;
  /** undefined: there is nothing to change. */
  readonly effect: Effect | undefined;
}

export interface Effect {
  readonly commit: StateCommit;
  /** As `git diff` shows it. */
  readonly difference: string;
  readonly findings: FleetFindings['findings'];
  readonly offers: readonly OfferChanges[];
  readonly openings: readonly Opening[];
  readonly stranded: ReturnType<typeof strandedAfter>;
  /** undefined for a fleet without a release. */
  readonly curve: EffectCurve | undefined;
}

export interface EffectCurve {
  readonly target: string;
  readonly architecture: string;
  readonly before: AdoptionCurve;
  readonly after: AdoptionCurve;
}

/**
 * Runs an action on the newest state of the remote without writing anything, and describes what it would change.
 * @throws InputError if the action is not possible
 */
export async function makePreview(project: Project, wish: Wish): Promise<Preview> {
  const { config, forge } = project;
  const { action, now, by } = wish;
  const fleet = findFleet(config, wish.fleet);
  const snapshot = await readSnapshot(project);
  const { branches, commits } = rehearsedBranches(forge.branches, {
    stateBranch: config.stateBranch,
    at: snapshot.commit,
  });
  const answer = await action.run({
    project: { ...project, forge: { ...forge, branches }, state: project.openStateOn(branches) },
    fleet,
    order: { fleet: fleet.name, by, now },
    values: wish.values,
    rehearse: true,
  });
  const [commit] = commits;
  return {
    id: randomUUID(),
    wish,
    base: snapshot.commit,
    answer,
    effect: commit === undefined ? undefined : await effectOf(project, { wish, snapshot, commit }),
  };
}

async function effectOf(
  { config }: Pick<Project, 'config'>,
  change: { readonly wish: Wish; readonly snapshot: Snapshot; readonly commit: StateCommit },
): Promise<Effect> {
  const { wish, snapshot, commit } = change;
  const { fleet, now } = wish;
  const files = withChanges(snapshot.files, commit.changes);
  const before = fleetOf(snapshot, config, fleet);
  const after = fleetOf({ commit: snapshot.commit, files }, config, fleet);
  const options = { rings: config.rings, now };
  const judged = lintState(files, snapshot.files, { config, fleets: [fleet], now, timeZone: 'UTC' });
  return {
    commit,
    difference: await showDifference(
      commit.changes.map(({ path, content }) => ({
        path,
        before: snapshot.files.get(path),
        after: content === null ? undefined : String(content),
      })),
    ),
    findings: judged.flatMap(({ findings }) => findings),
    offers: offerChanges(before, after, options),
    openings: movedOpenings(before, after, options),
    stranded: strandedAfter(before, after, withdrawnOrPaused(after)),
    curve: curveOf({ before, after }, wish),
  };
}

/** Of the release that the action is about; by default the newest. */
function curveOf(
  { before, after }: { readonly before: FleetState; readonly after: FleetState },
  { values, now }: Wish,
): EffectCurve | undefined {
  const known = after.releases.releases.map(({ version }) => version);
  const target = known.find((version) => version === values.get('version')) ?? known.at(-1);
  const [architecture] = architecturesOf(after);
  if (target === undefined || architecture === undefined) return undefined;
  const options = { basearch: architecture, target, now };
  return {
    target,
    architecture,
    before: adoptionCurve(before, options),
    after: adoptionCurve(after, options),
  };
}
