import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { readRings } from '../../../src/project/configuration/rings.ts';
import type { SiteFleet, SiteInput } from '../../../src/release/published/site.ts';
import { makeRelease, start, versionOf } from '../../guidance/histories.ts';

export const lastModified = '2026-07-22T14:00:00Z';

/** A fleet with this many releases. */
export function fleetOf(name: string, count: number, updates: readonly UpdateEntry[]): SiteFleet {
  const releases = Array.from({ length: count }, (_, index) => makeRelease(index));
  const head = { stream: 'stable', metadata: { 'last-modified': lastModified } };
  return { name, state: { releases: { ...head, releases }, updates: { ...head, releases: updates } } };
}

/** Two fleets: in testing release 3 is rolling out over 1000 minutes from `start`, in stable release 1 is complete. */
export function siteInput(more: Partial<SiteInput> = {}): SiteInput {
  return {
    fleets: [
      fleetOf('testing', 4, [
        { version: versionOf(0), metadata: { deadend: { reason: 'https://example.invalid/dead' } } },
        { version: versionOf(1), metadata: { barrier: { reason: 'new keys' } } },
        { version: versionOf(2), metadata: { rollout: { start_percentage: 1 } } },
        { version: versionOf(3), metadata: { rollout: { start_epoch: start, duration_minutes: 1000 } } },
      ]),
      fleetOf('stable', 2, [{ version: versionOf(1), metadata: { rollout: { start_percentage: 1 } } }]),
    ],
    architectures: ['x86_64', 'aarch64'],
    rings: readRings({ canary: 0, early: 0.1, broad: 0.5, late: 1 }),
    stream: 'stable',
    now: start + 15_000,
    url: 'https://example.invalid/os',
    ...more,
  };
}
