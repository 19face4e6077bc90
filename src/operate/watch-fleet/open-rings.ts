import { judgeRing, type RingVerdict } from '../../guidance/ring-success.ts';
import type { RingGates } from '../../project/configuration/ring-gates.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import type { EditContext } from '../../release/operations/fleet-edit.ts';
import { haltsOf } from '../../release/operations/halt.ts';
import { stepRings, type WaitingRing } from '../../release/operations/ring-steps.ts';
import type { FleetState, State } from '../../release/state/state.ts';

/** What was found out about a ring that a rollout waits for. */
export interface RingReport extends RingVerdict {
  readonly version: string;
  readonly ring: string;
}

/** What happened to rollouts that open ring by ring. */
export interface OpenedRings {
  readonly rings: readonly RingReport[];
  /** Clauses: what was opened. */
  readonly opened: readonly string[];
  /** Commit of the state branch, if it changed. */
  readonly stateCommit: string | undefined;
}

/** Why a condition of halt-when speaks against going on with a release; undefined if it does not. */
export type Objection = (version: string) => string | undefined;

/**
 * Opens the rings whose time has come, if the rings before them did well: one commit, by compare-and-swap. A ring did
 * well if its nodes run the release, and no condition of halt-when objects: one that cannot be asked objects too.
 */
export async function openRings(
  state: State,
  order: EditContext,
  about: { readonly rings: RingGates; readonly objection: Objection },
): Promise<OpenedRings> {
  const { rings } = about;
  const { fleet, by, now } = order;
  let reports: RingReport[] = [];
  let opened: readonly string[] = [];
  const { changed, commit } = await state.changeFleet(
    fleet,
    () => commitMessage(order, opened.join(', '), whyOf(reports)),
    (before) => {
      reports = [];
      const steps = stepRings(before, rings, {
        now,
        judge: (waiting, current) => {
          const verdict = judge(waiting, current, { ...about, now });
          reports.push({ version: waiting.version, ring: waiting.ring, ...verdict });
          return verdict.is === 'well' ? { reason: verdict.note, by, at: now } : undefined;
        },
      });
      opened = steps.done;
      return steps.state;
    },
  );
  return { rings: reports, opened, stateCommit: changed ? commit : undefined };
}

function judge(
  { version, ring, since }: WaitingRing,
  state: FleetState,
  {
    rings: { threshold },
    objection,
    now,
  }: { readonly rings: RingGates; readonly objection: Objection; readonly now: number },
): RingVerdict {
  const versions = state.releases.releases.map((release) => release.version);
  const verdict = judgeRing(state.adoption, threshold, { ring, version, versions, since, now });
  if (verdict.is !== 'well') return verdict;
  const halt = haltsOf(state, version).find(({ clear }) => clear === undefined);
  const against =
    halt === undefined
      ? objection(version)
      : `${halt.condition} was trouble, and is not over: ${halt.reason}`;
  return against === undefined ? verdict : { is: 'waiting', note: `${verdict.note}; but ${against}` };
}

function whyOf(reports: readonly RingReport[]): string | undefined {
  const notes = reports.filter(({ is }) => is === 'well').map(({ note }) => note);
  return notes.length === 0 ? undefined : notes.join('; ');
}
