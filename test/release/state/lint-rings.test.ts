import { expect, it } from 'vitest';
import { formatUpdateMetadata, type Rollout } from '../../../src/guidance/metadata.ts';
import { lintRings } from '../../../src/release/state/lint-rings.ts';

const now = 1_785_000_000;
const rings = {
  threshold: { share: 0.9, nodes: 1, after: 0 },
  gates: [
    { ring: 'canary', wariness: 0.001 },
    { ring: 'early', wariness: 0.1 },
  ],
  steps: [0.001, 0.1, 1],
};

function texts(rollout: Rollout, passed: readonly string[] = []) {
  const updates = {
    stream: 'stable',
    metadata: { 'last-modified': '2026-07-21T14:00:00Z' },
    releases: [{ version: '2', metadata: { rollout } }],
  };
  const statements = passed.map((ring) => ({ ring, reason: 'fine', by: 'test', at: now }));
  const staged = [{ version: '2', rollout, passed: statements, at: now }];
  return {
    updates: { file: 'updates.json', text: formatUpdateMetadata(updates) },
    operations: { file: 'operations.json', text: JSON.stringify({ staged }) },
  };
}

const judge = (after: Rollout, before: Rollout, passed: readonly string[] = []) =>
  lintRings(texts(after, passed), texts(before, passed), { rings, now }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
const at = (share: number): Rollout => ({ start_epoch: now - 60, start_percentage: share });

it('refuses a change that opens a ring before the rings ahead of it did well', () => {
  expect(judge(at(0.5), at(0.001))).toEqual([
    'error: 2 would be offered to 50 % of the nodes, and ring canary did not do well with it',
  ]);
  expect(judge(at(0.5), at(0.1), ['canary'])).toHaveLength(1);
  expect(judge({ start_epoch: now, duration_minutes: 60 }, at(0.001))).toEqual([
    'warning: the rollout of 2 goes by time, and ring canary has to do well first: publish-updates makes it wait there',
  ]);
});

it('accepts what opens no further ring, or only rings whose turn it is', () => {
  expect(judge(at(0.001), at(0))).toEqual([]);
  expect(judge(at(0.5), at(0.5))).toEqual([]);
  expect(judge(at(0.1), at(0.001), ['canary'])).toEqual([]);
  expect(judge(at(0.5), at(0.1), ['canary', 'early'])).toEqual([]);
  expect(lintRings(texts(at(0.5)), texts(at(0)), { rings: undefined, now })).toEqual([]);
});
