import type { UrgentRelease } from '../../guidance/operations.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { metadataOf } from '../operations/update-entries.ts';
import type { FleetState, ReleaseRecord } from '../state/state.ts';
import { isReady } from './gate.ts';
import { evaluateReleaseGates } from './promotion-gates.ts';
import { rolloutCompletion, type SourceRelease, soakEnd } from './source-gates.ts';
import { urgencyOf } from './urgent.ts';

/** Chooses the release of the source fleet that is proposed. */
export interface ChosenRelease {
  readonly version: string;
  readonly urgent: UrgentRelease | undefined;
}

/**
 * The newest release that has passed its own gates, so that a source that releases faster than its releases soak
 * still promotes. Until one has passed, the one that will pass first. If every release waits for a person, the
 * newest, so that people see why. A barrier that the target lacks comes before all newer releases.
 * @returns undefined if the source has no release
 */
export function chooseRelease(
  from: FleetState,
  to: FleetState,
  options: { readonly target: Fleet; readonly now: number },
): ChosenRelease | undefined {
  const newest = from.releases.releases.at(-1)?.version;
  if (newest === undefined) return undefined;
  const candidates = untilBarrier(from, pendingReleases(from, to), to);
  const urgent = (version: string) => urgencyOf(from, to, version);
  const releases = candidates.map((record) => ({ record, state: from, urgent: urgent(record.version) }));
  const chosen =
    releases.findLast((release) => isReady(evaluateReleaseGates({ ...options, source: '', release }))) ??
    releases
      .map((release) => ({ ...release, at: earliestTime(release, options) }))
      .filter(({ at }) => at !== undefined)
      .sort((one, other) => (one.at as number) - (other.at as number))[0] ??
    releases.at(-1);
  return chosen === undefined
    ? { version: newest, urgent: undefined }
    : { version: chosen.record.version, urgent: chosen.urgent };
}

/**
 * The time at which all waiting gates of the release will be open.
 * @returns UNIX seconds; undefined if a gate needs a person
 */
function earliestTime(
  release: SourceRelease,
  { target, now }: { readonly target: Fleet; readonly now: number },
): number | undefined {
  const gates = evaluateReleaseGates({ source: '', target, release, now });
  if (gates.some((gate) => gate.state === 'red' || (gate.state === 'waiting' && gate.until === undefined))) {
    return undefined;
  }
  if (release.urgent !== undefined) return now;
  return Math.max(soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0);
}

/** Releases that the target may still get, oldest first. */
function pendingReleases(from: FleetState, to: FleetState): ReleaseRecord[] {
  const newest = to.records[to.releases.releases.at(-1)?.version ?? ''];
  const known = new Set(to.releases.releases.map(({ version }) => version));
  const gone = new Set((from.operations.withdrawn ?? []).map(({ version }) => version));
  return from.releases.releases
    .map(({ version }) => from.records[version])
    .filter((record) => record !== undefined)
    .filter(
      ({ version, created }) =>
        !known.has(version) &&
        !gone.has(version) &&
        metadataOf(from.updates, version).deadend === undefined &&
        (newest === undefined || Date.parse(created) > Date.parse(newest.created)),
    );
}

/**
 * The source's nodes all went through its barriers, so the target's nodes must too, unless this is their first
 * release.
 */
function untilBarrier(
  from: FleetState,
  pending: readonly ReleaseRecord[],
  to: FleetState,
): readonly ReleaseRecord[] {
  if (to.releases.releases.length === 0) return pending;
  const barrier = pending.findIndex(({ version }) => metadataOf(from.updates, version).barrier !== undefined);
  return barrier < 0 ? pending : pending.slice(0, barrier + 1);
}
