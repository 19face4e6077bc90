import type { UpdateEntry } from '../../src/guidance/metadata.ts';
import type { Release } from '../../src/guidance/releases.ts';
import { readRings } from '../../src/project/configuration/rings.ts';
import type { SiteInput } from '../../src/release/published/site.ts';

export const start = 1_784_728_800;

/**
 * A fleet that is about four years old: 200 releases for 4 architectures, a barrier for every tenth, one release rolling out;
 * 100 rings.
 */
export function sampleSite({ count = 200, fleets = 1, rings = 100 } = {}): SiteInput {
  const architectures = ['x86_64', 'aarch64', 's390x', 'ppc64le'];
  const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-22T14:00:00Z' } };
  const releases = Array.from({ length: count }, (_, index): Release => {
    const version = versionOf(index);
    return {
      version,
      metadata: `https://os.example.invalid/stable/builds/${version}/release.json`,
      'oci-images': architectures.map((architecture, each) => ({
        architecture,
        image: 'registry.example.invalid/acme/os:stable',
        'digest-ref': `registry.example.invalid/acme/os@sha256:${(index * 4 + each).toString(16).padStart(64, '0')}`,
      })),
    };
  });
  const updates: UpdateEntry[] = [
    ...Array.from({ length: count / 10 }, (_, index) => ({
      version: versionOf(index * 9 + 5),
      metadata: { barrier: { reason: 'https://os.example.invalid/why' } },
    })),
    { version: versionOf(count - 2), metadata: { rollout: { start_percentage: 1 } } },
    {
      version: versionOf(count - 1),
      metadata: { rollout: { start_epoch: start, start_percentage: 0, duration_minutes: 2880 } },
    },
  ];
  return {
    fleets: Array.from({ length: fleets }, (_, index) => ({
      name: index === 0 ? 'stable' : `stable-${index}`,
      state: { releases: { ...head, releases }, updates: { ...head, releases: updates } },
    })),
    architectures,
    rings: readRings(
      Object.fromEntries(
        Array.from({ length: rings }, (_, index) => [`ring-${index}`, index / Math.max(rings - 1, 1)]),
      ),
    ),
    stream: 'stable',
    now: start + 86_400,
    url: 'https://os.example.invalid/',
  };
}

export function versionOf(index: number): string {
  return `44.${20230101 + Math.floor(index / 25) * 100 + (index % 25)}.3.0-${index.toString(16).padStart(8, '0')}`;
}
