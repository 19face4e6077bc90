import { buildGraph } from '../../guidance/graph.ts';
import { architecturesOf } from '../../guidance/update-paths.ts';
import { ageOf, metadataOf, setMetadata, withdrawnOrPaused } from '../operations/update-entries.ts';
import type { FleetState } from '../state/state.ts';
import type { UpstreamGuidance } from './guidance.ts';
import { upstreamSays } from './upstream-state.ts';

/** A release of the base that upstream marked. */
export interface UpstreamMark {
  readonly version: string;
  readonly reason: string;
}

/** A release that became a barrier, because its base is one. */
export interface InheritedBarrier extends UpstreamMark {
  /** The fleet's; `version` is the base's. */
  readonly release: string;
}

/** Upstream's barriers or dead-ends strictly between two releases of the base, oldest first. */
export function upstreamMarksBetween(
  guidance: UpstreamGuidance,
  kind: 'barrier' | 'deadend',
  range: { readonly from: string; readonly to: string },
): UpstreamMark[] {
  const from = guidance.order.indexOf(range.from);
  const to = guidance.order.indexOf(range.to);
  // A version that is not in the list is neither before nor after any other.
  if (from < 0 || to < 0) return [];
  return guidance.order.slice(from + 1, Math.max(from + 1, to)).flatMap((version) => {
    const said = upstreamSays(guidance, version)[kind];
    return said === undefined ? [] : [{ version, reason: said.reason }];
  });
}

/**
 * Versions of the base's barriers that a node passes on its way from a fleet's newest release to a new one, the new
 * one's base included; what a template knows as `barriersCrossed`.
 */
export function barriersCrossed(
  guidance: UpstreamGuidance | undefined,
  before: FleetState,
  base: string,
): readonly string[] {
  const newest = before.releases.releases.at(-1)?.version;
  if (guidance === undefined || newest === undefined) return [];
  const from = baseOf(before, newest);
  const between = upstreamMarksBetween(guidance, 'barrier', { from, to: base }).map(({ version }) => version);
  const isOne = base !== from && upstreamSays(guidance, base).barrier !== undefined;
  return isOne ? [...between, base] : between;
}

/** The release of the base that a release of a fleet is built on. */
export function baseOf(state: Pick<FleetState, 'records'>, version: string): string {
  return state.records[version]?.baseVersion ?? version.replace(/-[0-9a-f]{8}$/, '');
}

/** An edge by which nodes would go around a barrier of the base. */
export interface BarrierBypass {
  readonly from: string;
  readonly to: string;
  readonly barrier: UpstreamMark;
}

/** Edges of a fleet's graphs, on any architecture, that go around a barrier of the base. */
export function findBarrierBypasses(state: FleetState, guidance: UpstreamGuidance): BarrierBypass[] {
  const found = new Map<string, BarrierBypass>();
  for (const { detour } of bypassesByArchitecture(state, guidance)) {
    found.set(`${detour.from} ${detour.to} ${detour.barrier.version}`, detour);
  }
  return [...found.values()];
}

/**
 * Makes barriers of the base barriers of the fleet: the release that is added, if its base is one; and earlier
 * releases, if upstream marked their base only later and nodes would go around it.
 * @param added the version that is being added; it is in the state already
 * @returns the new state, what was marked, and the edges around barriers that no release of the fleet can close
 */
export function inheritBarriers(
  before: FleetState,
  options: { readonly guidance: UpstreamGuidance; readonly added: string; readonly now: number },
): {
  readonly state: FleetState;
  readonly marked: readonly InheritedBarrier[];
  readonly open: readonly BarrierBypass[];
} {
  const { guidance, added, now } = options;
  const marked: InheritedBarrier[] = [];
  let state = before;
  const mark = (release: string, { version, reason }: UpstreamMark) => {
    state = setMetadata(state, release, { ...metadataOf(state.updates, release), barrier: { reason } }, now);
    marked.push({ version, reason, release });
  };
  const base = baseOf(before, added);
  const reason = upstreamSays(guidance, base).barrier?.reason;
  const onBase = (each: string) =>
    baseOf(state, each) === base && metadataOf(state.updates, each).barrier !== undefined;
  // A rebuild on a barrier's base needs no second barrier: older nodes go through the first.
  if (
    reason !== undefined &&
    !versionsOf(state).some((each) => each !== added && onBase(each)) &&
    !onBase(added)
  ) {
    if (canBeBarrier(state, added)) mark(added, { version: base, reason });
  }
  for (;;) {
    const closed = bypassesByArchitecture(state, guidance).some(({ detour, architecture }) => {
      const candidate = findBridge(state, detour, architecture);
      if (candidate === undefined) return false;
      mark(candidate, detour.barrier);
      return true;
    });
    if (!closed) break;
  }
  return { state, marked, open: findBarrierBypasses(state, guidance) };
}

/** The newest release on the barrier's base in between that may become a barrier. */
function findBridge(state: FleetState, detour: BarrierBypass, architecture: string): string | undefined {
  const [from, to] = [ageOf(state, detour.from), ageOf(state, detour.to)];
  return versionsOf(state)
    .slice(from + 1, to)
    .findLast(
      (version) =>
        baseOf(state, version) === detour.barrier.version &&
        metadataOf(state.updates, version).barrier === undefined &&
        canBeBarrier(state, version) &&
        state.releases.releases
          .find((release) => release.version === version)
          ?.['oci-images']?.some((image) => image.architecture === architecture) === true,
    );
}

function canBeBarrier(state: FleetState, version: string): boolean {
  return metadataOf(state.updates, version).deadend === undefined && !withdrawnOrPaused(state).has(version);
}

function versionsOf(state: FleetState): string[] {
  return state.releases.releases.map(({ version }) => version);
}

function bypassesByArchitecture(
  state: FleetState,
  guidance: UpstreamGuidance,
): { readonly detour: BarrierBypass; readonly architecture: string }[] {
  return architecturesOf(state).flatMap((architecture) => {
    const graph = buildGraph(state.releases, state.updates, { basearch: architecture, scheme: 'oci' });
    const versions = graph.nodes.map(({ version }) => version);
    return graph.edges.flatMap(([start, end]) => {
      const [from, to] = [versions[start] as string, versions[end] as string];
      const range = { from: baseOf(state, from), to: baseOf(state, to) };
      return upstreamMarksBetween(guidance, 'barrier', range).map((barrier) => ({
        detour: { from, to, barrier },
        architecture,
      }));
    });
  });
}
