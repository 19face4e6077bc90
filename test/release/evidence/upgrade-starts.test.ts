import { describe, expect, it } from 'vitest';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { upgradeStarts } from '../../../src/release/evidence/upgrade-starts.ts';

const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-22T14:00:00Z' } };
const payload = (version: string) =>
  `quay.example/acme/os@sha256:${version.replace(/\D/g, '').padStart(64, '0')}`;

function starts(
  versions: readonly string[],
  entries: readonly UpdateEntry[],
  candidate = '44.9',
  basearch = 'x86_64',
) {
  const releases = versions.map((version) => ({
    version,
    metadata: 'https://example.invalid/release.json',
    'oci-images': [{ architecture: 'x86_64', image: 'quay.example/acme/os', 'digest-ref': payload(version) }],
  }));
  return upgradeStarts(
    { releases: { ...head, releases }, updates: { ...head, releases: [...entries] } },
    { version: candidate, payload: payload(candidate), basearch },
  ).map(({ version, why }) => [version, why]);
}

const barrier = (version: string): UpdateEntry => ({
  version,
  metadata: { barrier: { reason: 'https://example.invalid/why' } },
});
const deadend = (version: string): UpdateEntry => ({
  version,
  metadata: { deadend: { reason: 'https://example.invalid/why' } },
});

describe('upgradeStarts', () => {
  it('are the current release and the last barrier', () => {
    const versions = ['44.1', '44.2', '44.3', '44.4'];
    expect(starts(versions, [])).toEqual([['44.4', 'current release']]);
    expect(starts(versions, [barrier('44.1'), barrier('44.2')])).toEqual([
      ['44.4', 'current release'],
      ['44.2', 'last barrier'],
    ]);
    expect(starts(versions, [barrier('44.4')])).toEqual([['44.4', 'current release']]);
  });

  it('are never dead-ends: nothing leads away from them', () => {
    expect(starts(['44.1', '44.2'], [deadend('44.2')])).toEqual([['44.1', 'current release']]);
  });

  it('are those before it, where the candidate is released already', () => {
    expect(starts(['44.1', '44.2', '44.3'], [], '44.2')).toEqual([['44.1', 'current release']]);
    expect(starts(['44.1'], [], '44.1')).toEqual([]);
  });

  it('are none for a fleet without releases, or without any for the architecture', () => {
    expect(starts([], [])).toEqual([]);
    expect(starts(['44.1'], [], '44.9', 'aarch64')).toEqual([]);
  });
});
