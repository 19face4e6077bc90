import type { UrgentRelease } from '../../guidance/operations.ts';
import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { BranchStore, PullRequest, Sha } from '../../world/forge/forge.ts';
import { commitMessage } from '../operations/edit-fleet.ts';
import type { FleetState, State } from '../state/state.ts';
import type { Exception } from './gate.ts';
import { readLabel } from './steering-labels.ts';

/**
 * The entry that makes a release urgent: one for the release itself, or for a newer one that can only be reached
 * through it.
 */
export function urgencyOf(from: FleetState, to: FleetState, version: string): UrgentRelease | undefined {
  const age = (each: string) => from.releases.releases.findIndex((release) => release.version === each);
  const own = age(version);
  return own < 0 ? undefined : to.operations.urgent?.find((each) => age(each.version) >= own);
}

/** The same for what a fleet's branch builds, which has another version if the branch has content of its own. */
export async function urgencyOfBuild(
  branches: BranchStore,
  options: {
    readonly from: FleetState;
    readonly to: FleetState;
    readonly version: string;
    readonly commit: Sha;
  },
): Promise<UrgentRelease | undefined> {
  const { from, to, version, commit } = options;
  const known = urgencyOf(from, to, version);
  if (known !== undefined) return known;
  for (const each of to.operations.urgent ?? []) {
    if (await branches.contains(commit, each.commit)) return each;
  }
  return undefined;
}

/** Removes an urgent entry after the fleet has the release. @param done that entry */
export function withoutUrgency(state: FleetState, done: UrgentRelease | undefined): FleetState {
  const { urgent = [], ...rest } = state.operations;
  const left = urgent.filter((each) => each.version !== done?.version);
  if (left.length === urgent.length) return state;
  return { ...state, operations: left.length === 0 ? rest : { ...rest, urgent: left } };
}

/**
 * Records on the state branch that the source's newest release is urgent: by an operator, or by a label on the open
 * promotion, which counts until it is removed.
 * @param options.asked an operator's request
 * @param options.now UNIX seconds
 * @returns what is wrong with a label, if anything
 * @throws InputError if an operator asks and there is nothing to promote
 */
export async function recordUrgency(
  state: State,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly request: PullRequest | undefined;
    readonly asked: Exception | undefined;
    readonly now: number;
  },
): Promise<void> {
  const { source, target, request, asked, now } = options;
  const from = await state.readFleet(source.name);
  const newest = newestOffered(from);
  const label = readLabel(request, 'urgent');
  const said = asked ?? (label?.reason === '' ? undefined : label);
  let summary = '';
  await state.changeFleet(
    target.name,
    () =>
      commitMessage(
        { fleet: target.name, by: said?.by ?? 'coxswain open-promotion', now },
        summary,
        said?.reason,
      ),
    (before) => {
      const known = before.operations.urgent ?? [];
      const released = new Set(before.releases.releases.map(({ version }) => version));
      if (asked !== undefined && (newest === undefined || released.has(newest.version))) {
        throw new InputError({
          field: '--urgent',
          problem: `fleet ${source.name} has no release that ${target.name} lacks`,
        });
      }
      const kept = known.filter(
        (each) => !released.has(each.version) && (!isByLabel(each) || each.reason === label?.reason),
      );
      const isKnown = kept.some((each) => each.version === newest?.version && each.reason === said?.reason);
      const add = said !== undefined && newest !== undefined && !released.has(newest.version) && !isKnown;
      // Only one at a time: a new request is for the newest release.
      const urgent = add ? [{ ...newest, ...said, at: now }] : kept;
      if (urgent.length === known.length && urgent.every((each) => known.includes(each))) return before;
      summary = add ? `promote ${newest.version} as urgent` : 'nothing is urgent now';
      const { urgent: _, ...rest } = before.operations;
      return { ...before, operations: urgent.length === 0 ? rest : { ...rest, urgent } };
    },
  );
}

function isByLabel({ by }: UrgentRelease): boolean {
  return by.startsWith('a label on ');
}

function newestOffered(from: FleetState): { readonly version: string; readonly commit: Sha } | undefined {
  const gone = new Set((from.operations.withdrawn ?? []).map(({ version }) => version));
  const version = from.releases.releases.findLast((release) => !gone.has(release.version))?.version;
  const record = from.records[version ?? ''];
  return record === undefined ? undefined : { version: record.version, commit: record.commit };
}
