import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { noOperations } from '../../../src/guidance/operations.ts';
import type { FleetState } from '../../../src/release/state/state.ts';
import { makeRelease, versionOf } from '../../guidance/histories.ts';

export const now = 1_785_000_000;
export const order = { fleet: 'testing', by: 'Ada <ada@example.com>', now };

/** A fleet with this many releases, and entries for some of them, by index. */
export function fleetOf(
  count: number,
  said: Readonly<Record<number, UpdateEntry['metadata']>>,
  architectures: readonly string[] = ['x86_64'],
): FleetState {
  return {
    releases: {
      stream: 'stable',
      metadata: { 'last-modified': '2026-07-21T14:00:00Z' },
      releases: Array.from({ length: count }, (_, index) => makeRelease(index, architectures)),
    },
    updates: {
      stream: 'stable',
      metadata: { 'last-modified': '2026-07-21T14:00:00Z' },
      releases: Object.entries(said).map(([index, metadata]) => ({
        version: versionOf(Number(index)),
        metadata,
      })),
    },
    records: {},
    operations: noOperations,
  };
}

export const complete = { rollout: { start_percentage: 1 } };

/** Half-way through a day. */
export const half = {
  rollout: { duration_minutes: 1440, start_epoch: now - 43_200, start_percentage: 0 },
};
