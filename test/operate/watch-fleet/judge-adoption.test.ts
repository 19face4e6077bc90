import { describe, expect, it } from 'vitest';
import type { Adoption } from '../../../src/guidance/adoption.ts';
import { type AdoptionCondition, judgeAdoption } from '../../../src/operate/watch-fleet/judge-adoption.ts';

const now = 1_800_000_000;
const hour = 3600;
/** Ten hours in, of twenty: half of the nodes should run it. */
const watched = [
  { version: '2', rollout: { start_epoch: now - 10 * hour, start_percentage: 0, duration_minutes: 1200 } },
];

/** @param counts nodes on release 2 at each full hour of the last ten hours, the newest last */
function observed(counts: readonly number[], more: Partial<Adoption> = {}): Adoption {
  return {
    fleet: 'testing',
    observedAt: now,
    window: { from: now - 10 * hour, until: now },
    lastRequest: now,
    method: 'exact',
    standardError: 0,
    nodes: 100,
    requests: { counted: 1000, perNodeAndDay: 288, withoutNode: 0 },
    releases: [
      { version: '1', nodes: 60, lastSeen: [60] },
      { version: '2', nodes: 40, lastSeen: [40] },
    ],
    rings: [{ ring: 'slices', wariness: [0, 1], nodes: 100, releases: { '1': 60, '2': 40 }, cameBack: 0 }],
    days: [],
    curves: { start: now - (counts.length - 1) * hour, step: hour, releases: { '2': counts } },
    stuck: [],
    cameBack: [],
    missing: [],
    ...more,
  };
}

const behind: AdoptionCondition = { name: 'behind', kind: 'behind-plan', by: 0.2, for: 3 * hour };
const judge = (of: Adoption | undefined, condition: AdoptionCondition = behind, at = now) =>
  judgeAdoption(of, condition, watched, at);
/** As planned: five nodes of a hundred each hour. */
const planned = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50];

describe('adoption behind the plan', () => {
  it('is calm while nodes follow, or are behind by less', () => {
    expect(judge(observed(planned))).toMatchObject({ findings: [{ is: 'calm', version: '2' }] });
    expect(judge(observed(planned.map((each) => Math.max(0, each - 19))))).toMatchObject({
      findings: [{ is: 'calm' }],
    });
  });

  it('is trouble if it was behind by as much for the whole time', () => {
    const stuck = planned.map((each, at) => (at < 7 ? each : 15));
    expect(judge(observed(stuck))).toEqual({
      findings: [
        {
          condition: 'behind',
          version: '2',
          is: 'trouble',
          evidence:
            'behind: 15 % of 100 nodes run 2, planned 50 %, 20 % or more behind for 3 h, at 2027-01-15T08:00:00Z',
        },
      ],
    });
    expect(judge(observed(stuck.with(8, 39)))).toMatchObject({ findings: [{ is: 'pending' }] });
  });

  it('is not trouble before a release was counted', () => {
    const none = observed([], { curves: { start: now, step: hour, releases: {} } });
    expect(judge(none)).toMatchObject({ findings: [{ is: 'pending' }] });
  });
});

describe('nodes that came back', () => {
  const back = (nodes: number, from = '2') => observed(planned, { cameBack: [{ from, to: '1', nodes }] });
  const byNodes: AdoptionCondition = { name: 'back', kind: 'came-back', from: { nodes: 3 } };
  const byShare: AdoptionCondition = { name: 'back', kind: 'came-back', from: { share: 0.2 } };

  it('are trouble from a number of nodes on', () => {
    expect(judge(back(2), byNodes)).toMatchObject({ findings: [{ is: 'calm' }] });
    expect(judge(back(3), byNodes)).toMatchObject({
      findings: [
        {
          is: 'trouble',
          evidence: expect.stringContaining('3 of 43 nodes that ran 2 run an older release again'),
        },
      ],
    });
  });

  it('are trouble from a share of the nodes that had the release on', () => {
    expect(judge(back(9), byShare)).toMatchObject({ findings: [{ is: 'calm' }] });
    expect(judge(back(10), byShare)).toMatchObject({ findings: [{ is: 'trouble' }] });
  });

  it('are not trouble if they ran another release', () => {
    expect(judge(back(50, '9'), byNodes)).toMatchObject({ findings: [{ is: 'calm' }] });
  });
});

describe.each([behind, { name: 'back', kind: 'came-back', from: { nodes: 1 } } as const])(
  'a count for $kind',
  (condition) => {
    it.each<[string, Adoption | undefined]>([
      ['was never made', undefined],
      ['is old', observed(planned, { observedAt: now - 30 * hour })],
      ['was made today from old logs', observed(planned, { lastRequest: now - 30 * hour })],
      ['has no nodes', observed(planned, { nodes: 0 })],
      ['has no request', (({ lastRequest: _, ...rest }) => rest)(observed(planned))],
    ])('decides nothing if it %s', (_what, of) => {
      expect(judge(of, condition)).toHaveProperty('unknown');
    });
  },
);
