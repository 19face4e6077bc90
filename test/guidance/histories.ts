import fc from 'fast-check';
import type { UpdateEntry } from '../../src/guidance/metadata.ts';
import type { Release } from '../../src/guidance/releases.ts';

/** The history of a fleet: releases, oldest first, and their guidance. */
export interface History {
  readonly releases: readonly Release[];
  readonly updates: readonly UpdateEntry[];
}

export const start = 1_784_728_800;

export function digestOf(index: number, architecture = 'x86_64'): string {
  const digits = `${index.toString(16)}${architecture === 'x86_64' ? '0' : '1'}`;
  return `quay.io/example/os@sha256:${digits.padStart(64, '0')}`;
}

export function makeRelease(
  index: number,
  architectures: readonly string[] = ['x86_64', 'aarch64'],
): Release {
  const version = versionOf(index);
  return {
    version,
    metadata: `https://example.invalid/builds/${version}/release.json`,
    'oci-images': architectures.map((architecture) => ({
      architecture,
      image: 'quay.io/example/os:stable',
      'digest-ref': digestOf(index, architecture),
    })),
  };
}

export function versionOf(index: number): string {
  return `44.2026${String(Math.floor(index / 28) + 1).padStart(2, '0')}${String((index % 28) + 1).padStart(2, '0')}.3.0`;
}

const rollout = fc.record(
  {
    start_epoch: fc.integer({ min: start - 200_000, max: start + 200_000 }),
    start_percentage: fc.oneof(fc.constantFrom(0, 0.05, 0.3, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    duration_minutes: fc.oneof(fc.constantFrom(0, 1, 1440, 2880), fc.nat({ max: 5000 })),
  },
  { requiredKeys: [] },
);

const reason = fc.record({ reason: fc.constantFrom('', 'https://example.invalid/why', 'because') });

const entryMetadata: fc.Arbitrary<UpdateEntry['metadata']> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ rollout }) },
  { weight: 2, arbitrary: fc.record({ barrier: reason }) },
  { weight: 1, arbitrary: fc.record({ deadend: reason }) },
  { weight: 2, arbitrary: fc.record({ rollout, barrier: reason, deadend: reason }, { requiredKeys: [] }) },
);

/** Histories with gaps: releases without an architecture, or without images at all; entries for unknown versions. */
export const histories: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      architectures: fc.oneof(
        { weight: 8, arbitrary: fc.constant<readonly string[] | undefined>(['x86_64', 'aarch64']) },
        fc.constantFrom<readonly string[] | undefined>(['x86_64'], ['aarch64'], [], undefined),
      ),
      entries: fc.oneof(
        { weight: 2, arbitrary: fc.constant<UpdateEntry['metadata'][]>([]) },
        { weight: 1, arbitrary: fc.array(entryMetadata, { maxLength: 2 }) },
      ),
    }),
    { maxLength: 16, size: 'max' },
  )
  .map((drawn) => ({
    releases: drawn.map(({ architectures }, index) => {
      const { 'oci-images': images, ...release } = makeRelease(index, architectures);
      return architectures === undefined || images === undefined
        ? release
        : { ...release, 'oci-images': images };
    }),
    updates: [
      ...drawn.flatMap(({ entries }, index) =>
        entries.map((metadata) => ({ version: versionOf(index), metadata })),
      ),
      { version: 'not.a.release', metadata: { barrier: { reason: 'nobody is here' } } },
    ],
  }));

export const moments = fc.integer({ min: start - 400_000, max: start + 700_000 });
export const warinesses = fc.oneof(
  fc.constantFrom(0, 0.000001, 0.001, 0.25, 0.5, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
