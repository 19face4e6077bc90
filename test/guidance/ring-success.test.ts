import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Adoption } from '../../src/guidance/adoption.ts';
import { judgeRing } from '../../src/guidance/ring-success.ts';

const now = 1_800_000_000;
const hour = 3600;
const threshold = { share: 0.9, nodes: 5, after: 6 * hour };
const about = { ring: 'canary', version: '2', versions: ['1', '2', '3'], since: now - 8 * hour, now };

/** @param releases nodes of the ring by release */
function observed(releases: Readonly<Record<string, number>>, more: Partial<Adoption> = {}): Adoption {
  const nodes = Object.values(releases).reduce((sum, each) => sum + each, 0);
  return {
    fleet: 'testing',
    observedAt: now,
    window: { from: now - 14 * 86_400, until: now },
    lastRequest: now,
    method: 'exact',
    standardError: 0,
    nodes,
    requests: { counted: nodes, perNodeAndDay: 288, withoutNode: 0 },
    releases: [],
    rings: [{ ring: 'canary', wariness: [0, 0], nodes, releases, cameBack: 0 }],
    days: [],
    curves: { start: now, step: hour, releases: {} },
    stuck: [],
    cameBack: [],
    missing: [],
    ...more,
  };
}

describe('a ring', () => {
  it('did well if enough of its nodes run the release or a newer one', () => {
    const verdict = judgeRing(observed({ '1': 1, '2': 8, '3': 1 }), threshold, about);
    expect(verdict).toEqual({
      is: 'well',
      note: 'canary: 90 % of 10 nodes run it or a newer release, 90 % needed; counted on 2027-01-15T08:00:00Z',
    });
    expect(judgeRing(observed({ '1': 2, '2': 8 }), threshold, about).is).toBe('waiting');
    expect(judgeRing(observed({ other: 2, '2': 8 }), threshold, about).is).toBe('waiting');
  });

  it('waits until it has been offered the release for its time, whatever is counted', () => {
    const early = judgeRing(observed({ '2': 10 }), threshold, { ...about, since: now - 5 * hour });
    expect(early).toMatchObject({ is: 'waiting', note: expect.stringContaining('judged after 6 h') });
  });

  it.each<[string, Adoption | undefined, string]>([
    ['nothing was counted', undefined, 'nobody counted its nodes'],
    ['too few nodes were seen', observed({ '2': 4 }), '4 nodes seen, 5 needed'],
    ['no node was seen', observed({}), '0 nodes seen'],
    ['the ring is not in it', observed({ '2': 10 }, { rings: [] }), '0 nodes seen'],
    [
      'it ends before the ring had its time',
      observed({ '2': 10 }, { lastRequest: now - 3 * hour }),
      'before the ring had its time',
    ],
    [
      'old logs were counted today',
      observed({ '2': 10 }, { lastRequest: now - 40 * hour }),
      'before the ring had its time',
    ],
    ['it has no request', observed({ '2': 10 }, { lastRequest: 0 }), 'ends without a request'],
    [
      'it is from the future',
      observed({ '2': 10 }, { observedAt: now + 9 * hour, lastRequest: now + 9 * hour }),
      'from the future',
    ],
  ])('is not known to do well if %s', (_, adoption, note) => {
    expect(judgeRing(adoption, threshold, about)).toMatchObject({
      is: 'unknown',
      note: expect.stringContaining(note),
    });
  });

  it('is not known to do well by what was counted more than a day ago', () => {
    const old = observed({ '2': 10 }, { lastRequest: now - 30 * hour });
    expect(judgeRing(old, threshold, { ...about, since: now - 90 * hour })).toMatchObject({
      is: 'unknown',
      note: expect.stringContaining('too old'),
    });
  });

  it('never does well with fewer nodes or a lower share than is needed', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), (on, off, lost) => {
        const verdict = judgeRing(observed({ '1': off, '2': on, other: lost }), threshold, about);
        const all = on + off + lost;
        expect(verdict.is === 'well').toBe(all >= 5 && on * 10 >= all * 9);
      }),
    );
  });
});
