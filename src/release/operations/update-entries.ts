import { isDeepStrictEqual } from 'node:util';
import { tidy, type UpdateEntry, type UpdateMetadata } from '../../guidance/metadata.ts';
import { rolloutEnd } from '../../guidance/progress.ts';
import { strandedByTidying } from '../../guidance/update-paths.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { nearest } from '../../host/nearest.ts';
import { formatTime } from '../../host/time.ts';
import type { FleetState } from '../state/state.ts';

type Said = UpdateEntry['metadata'];

/** Position of a release; -1 if the fleet has no such release. */
export function ageOf(state: FleetState, version: string): number {
  return state.releases.releases.findIndex((release) => release.version === version);
}

/** @throws InputError for a version that the fleet does not have */
export function requireRelease(state: FleetState, fleet: string, version: string): string {
  if (ageOf(state, version) >= 0) return version;
  const versions = state.releases.releases.map((release) => release.version);
  const meant = nearest(version, versions);
  throw new InputError({
    field: '--version',
    problem: `fleet ${fleet} has no such release`,
    found: version,
    expected: versions.length === 0 ? 'a release: this fleet has none yet' : `one such as ${versions.at(-1)}`,
    ...defined({ remedy: meant && `Did you mean ${meant}?` }),
  });
}

/** What the update metadata says about a version: several entries for it are merged, as upstream merges them. */
export function metadataOf(updates: UpdateMetadata, version: string): Said {
  const all = updates.releases.filter((entry) => entry.version === version).map((entry) => entry.metadata);
  const rollouts = all.map(({ rollout }) => rollout).filter((rollout) => rollout !== undefined);
  return {
    ...(Object.assign({}, ...all) as Said),
    ...defined({
      rollout:
        rollouts.length < 2 ? undefined : (Object.assign({}, ...rollouts) as NonNullable<Said['rollout']>),
    }),
  };
}

/**
 * Changes what is said about one version. It then has one entry, or none if there is nothing to say. New entries are
 * inserted in the order of the releases, because of two completed rollouts upstream's clean() keeps the later one in
 * the list. Completed rollouts are removed as upstream does, unless nodes would lose their update path.
 * @param now UNIX seconds
 */
export function setMetadata(state: FleetState, version: string, said: Said, now: number): FleetState {
  const { updates } = state;
  const own = updates.releases.filter((entry) => entry.version === version);
  const nothing = [said.rollout, said.barrier, said.deadend].every((part) => part === undefined);
  const same =
    nothing && own.length === 0 ? true : own.length === 1 && isDeepStrictEqual(own[0]?.metadata, said);
  if (same) return state;
  const others = updates.releases.filter((entry) => entry.version !== version);
  const first = updates.releases.findIndex((entry) => entry.version === version);
  const age = ageOf(state, version);
  const newer = others.findIndex((entry) => ageOf(state, entry.version) > age);
  const at = first >= 0 ? first : newer >= 0 ? newer : others.length;
  // Unknown fields of the old entry are kept.
  const entry: UpdateEntry = { ...(own.at(-1) ?? { version }), version, metadata: said };
  const changed: UpdateMetadata = {
    ...updates,
    metadata: { ...updates.metadata, 'last-modified': formatTime(now) },
    releases: nothing ? others : [...others.slice(0, at), entry, ...others.slice(at)],
  };
  const tidied = tidy(changed, now);
  const { releases } = state;
  const harmless =
    strandedByTidying({ releases, updates: changed }, { releases, updates: tidied }, now).length === 0;
  return withRolloutEnd({ ...state, updates: harmless ? tidied : changed }, version, said);
}

/** The record keeps the end of a rollout after it is removed from the update metadata, so it follows each change. */
function withRolloutEnd(state: FleetState, version: string, { rollout }: Said): FleetState {
  const record = state.records[version];
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  if (record === undefined || end === undefined || record.rolloutEnd === end) return state;
  return { ...state, records: { ...state.records, [version]: { ...record, rolloutEnd: end } } };
}

/** Versions that must not be offered: withdrawn, or paused. */
export function withdrawnOrPaused({ operations }: FleetState): Set<string> {
  return new Set([...(operations.withdrawn ?? []), ...(operations.paused ?? [])].map((each) => each.version));
}

/**
 * A paused barrier is not in the update metadata and holds no node back, so nothing newer may be offered then.
 * @param version a release, or the version of one that is to be added
 * @throws InputError
 */
export function refuseAroundPausedBarrier(state: FleetState, fleet: string, version: string): void {
  const age = ageOf(state, version);
  const barrier = (state.operations.paused ?? []).find(
    (paused) =>
      paused.entry.metadata.barrier !== undefined && (age < 0 || ageOf(state, paused.version) < age),
  );
  if (barrier === undefined) return;
  throw new InputError({
    where: `fleet ${fleet}`,
    problem: `the barrier ${barrier.version} is paused (${barrier.reason}; by ${barrier.by}), and nodes would go around it`,
    found: version,
    remedy: `Resume it first (coxswain edit-updates --fleet ${fleet} --action resume), or roll out a newer release as the barrier instead of it.`,
  });
}
