import { describe, expect, it } from 'vitest';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import {
  describeUpstreamStatus,
  doubtOf,
  readDoubt,
  upstreamStatusOf,
} from '../../../src/release/upstream/upstream-state.ts';

const now = 1_785_000_000;
const order = ['1', '2', '3', '4'];
const complete = { rollout: { start_percentage: 1 } };
const half = { rollout: { start_epoch: now - 86_400, start_percentage: 0, duration_minutes: 2880 } };

function standing(said: Readonly<Record<string, UpdateEntry['metadata']>>, version = '4') {
  const updates = Object.entries(said).map(([each, metadata]) => ({ version: each, metadata }));
  return upstreamStatusOf({ order, updates }, version, now);
}

describe('the upstream state of a base', () => {
  it.each<[string, Readonly<Record<string, UpdateEntry['metadata']>>, string, string]>([
    ['rolled out', { '3': complete, '4': complete }, '4', 'offered'],
    ['rolling out', { '3': complete, '4': half }, '4', 'offered'],
    // How upstream pauses: the entry is gone.
    ['the newest without an entry', { '3': complete }, '4', 'paused'],
    ['two without an entry', { '2': complete }, '3', 'paused'],
    ['tidied away, as a newer one is complete', { '4': complete }, '2', 'past'],
    ['a plain barrier', { '2': { barrier: { reason: 'x' } }, '4': complete }, '2', 'past'],
    ['a dead-end', { '4': { ...complete, deadend: { reason: 'x' } } }, '4', 'deadend'],
    ['not in the index', { '4': complete }, '5', 'unlisted'],
  ])('%s', (_name, said, version, verdict) => {
    const found = standing(said, version);
    expect(found.verdict).toBe(verdict);
    expect(doubtOf(found)?.doubt).toBe(['offered', 'past'].includes(verdict) ? undefined : verdict);
  });

  it('shows progress to operators, and nothing that changes with time in the pull request', () => {
    const found = standing({ '4': { ...half, barrier: { reason: 'https://example.com/keys' } } });
    expect(found.progress).toBe(0.5);
    expect(describeUpstreamStatus(found)).toEqual([
      'upstream rolls it out, start 2026-07-24T17:20:00Z, complete 2026-07-26T17:20:00Z',
      'a barrier upstream, so the release built on it becomes a barrier, too: https://example.com/keys',
    ]);
  });

  it('knows what can be accepted', () => {
    expect(readDoubt('paused')).toBe('paused');
    expect(() => readDoubt('everything')).toThrow('--accept-upstream takes paused, deadend, unlisted');
  });
});
