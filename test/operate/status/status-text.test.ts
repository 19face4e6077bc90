import { expect, it } from 'vitest';
import { reportFleet } from '../../../src/operate/status/status-text.ts';

it('says when a rollout starts, not when its first ring is offered it', () => {
  const now = 1_785_000_000;
  const hour = 3600;
  const { facts } = reportFleet(
    {
      fleet: 'stable',
      paused: [],
      rings: [],
      withdrawn: [],
      release: {
        version: '1',
        phase: 'scheduled',
        progress: 0,
        startsAt: now + 51 * hour,
        rings: [{ ring: 'early', wariness: 0.1, offered: false, offeredFrom: now + 55 * hour }],
      },
    },
    now,
  );
  expect(JSON.stringify(facts)).toContain('starts in 2 d 3 h');
  expect(JSON.stringify(facts)).toContain('early: in 2 d 7 h');
});

it('says who runs the release, who came back, and which ring the others wait for', () => {
  const { facts } = reportFleet(
    {
      fleet: 'stable',
      paused: [],
      withdrawn: [],
      rings: [{ version: '2', ring: 'canary', note: 'the rings after canary wait for it: 3 of 9' }],
      adoption: {
        observedAt: 1_785_000_000,
        nodes: 40,
        method: 'exact',
        onNewest: 3,
        rings: [
          { ring: 'canary', nodes: 9, onNewest: 3 },
          { ring: 'no ring', nodes: 31, onNewest: 0 },
        ],
        cameBack: 2,
        stuck: 1,
      },
    },
    1_785_000_000,
  );
  expect(facts).toContain('WAITS: 2, the rings after canary wait for it: 3 of 9');
  expect(facts).toContain(
    'adoption: 3 of 40 nodes run it (7.5 %), counted on 2026-07-25T17:20:00Z; canary 3 of 9, no ring 0 of 31; 2 CAME BACK to an older release; 1 do not move on',
  );
});
