import { expect, it } from 'vitest';
import { reportFleet } from '../../../src/operate/status/status-text.ts';

it('says when a rollout starts, not when its first ring is offered it', () => {
  const now = 1_785_000_000;
  const hour = 3600;
  const { facts } = reportFleet(
    {
      fleet: 'stable',
      paused: [],
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
