import { expect, it } from 'vitest';
import { rolloutCurve } from '../../../../src/release/published/dashboard/curve.ts';
import { rolloutViews } from '../../../../src/release/published/dashboard/rollout-view.ts';
import { stagedSite } from '../../../browser/sites.ts';

/** The newest rollout of a fleet, and its picture. */
function drawn(name: string) {
  const input = stagedSite();
  const fleet = input.fleets.find((each) => each.name === name);
  const times = { now: input.now, asOf: input.now };
  const [view] = fleet === undefined ? [] : rolloutViews(fleet, times);
  if (view === undefined) throw new Error(`no fleet ${name}`);
  return { view, picture: rolloutCurve(view, { ...times, rings: input.rings })?.html ?? '' };
}

it('draws a rollout that waits for a ring: what was offered, and how it goes on at the earliest', () => {
  const { picture } = drawn('waits');
  expect(picture).toContain(
    'held at 10 %, from 2026-07-22T15:00:00Z to 2026-07-29T06:00:00Z at the earliest',
  );
  expect(picture).toContain('dashed: at the earliest');
  expect(picture.match(/class="hollow" d="([^"]*)"/)?.[1]?.match(/M/g)).toHaveLength(2);
});

it('draws the time that rings waited, also when the rest goes by time', () => {
  const { view, picture } = drawn('by-time');
  expect(view.explanation.html).toContain('Every ring with a threshold did well. Complete ');
  expect(picture).not.toContain('dashed');
  expect(picture.match(/class="plan" d="([^"]*)"/)?.[1]?.match(/L/g)?.length).toBeGreaterThan(4);
});

it('draws a halted one to where it stopped', () => {
  const { picture } = drawn('halted');
  expect(picture).not.toContain('hollow');
  expect(picture).toMatch(/class="flat" d="M[\d. ]+H388"/);
});
