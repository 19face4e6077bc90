import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, formatGraph } from '../../../src/guidance/graph.ts';
import { throttleGraph } from '../../../src/guidance/throttle.ts';
import { createGraphAnswers } from '../../../src/operate/serve-graph/graph-answers.ts';
import { histories, makeRelease, moments, start, versionOf, warinesses } from '../../guidance/histories.ts';

const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-22T14:00:00Z' } };

describe('cached answers', () => {
  it('are equal to newly computed ones, for any order of requests', () => {
    const requests = fc.array(
      fc.record({
        now: moments,
        wariness: fc.oneof(warinesses, fc.constant(Number.NaN)),
        basearch: fc.constantFrom('x86_64', 'aarch64', 's390x'),
        scheme: fc.constantFrom<('oci' | 'checksum')[]>('oci', 'checksum'),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(histories, requests, ({ releases, updates }, asked) => {
        const guidance = { releases: { ...head, releases }, updates: { ...head, releases: updates } };
        const answers = createGraphAnswers(guidance);
        for (const { now, wariness, ...scope } of asked) {
          const answer = answers.answer(scope, { now, wariness });
          const graph = throttleGraph(buildGraph(guidance.releases, guidance.updates, scope), {
            now,
            wariness,
          });
          expect(answer.body.toString()).toBe(formatGraph(graph));
          if (answer.gzip !== undefined) expect(gunzipSync(answer.gzip)).toEqual(answer.body);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('have a tag that depends on the content alone', () => {
    const guidance = {
      releases: { ...head, releases: [makeRelease(0), makeRelease(1)] },
      updates: {
        ...head,
        releases: [
          { version: versionOf(1), metadata: { rollout: { start_epoch: start, duration_minutes: 100 } } },
        ],
      },
    };
    const scope = { basearch: 'x86_64', scheme: 'oci' } as const;
    const tag = (wariness: number, now: number) =>
      createGraphAnswers(guidance).answer(scope, { wariness, now }).etag;
    expect(tag(0.1, start + 3000)).toBe(tag(0.4, start + 3001));
    expect(tag(0.1, start + 3000)).not.toBe(tag(0.9, start + 3000));
  });
});
