import { expect, it } from 'vitest';
import { OutsideError } from '../../../src/host/errors.ts';
import { silentLog } from '../../../src/host/log.ts';
import { editFleet } from '../../../src/release/operations/edit-fleet.ts';
import { eventOf, readPageFacts } from '../../../src/release/published/page-facts.ts';
import { createProject, recordRelease } from '../../support/project.ts';

const now = 1_785_000_000;

it('reads gates, commits and the page of the repository, and leaves out what cannot be read', async () => {
  // Nothing here asks a registry.
  const project = await createProject('127.0.0.1:9');
  await recordRelease(project, 'testing', { version: '44.1-bb', time: now });
  const order = { fleet: 'stable', by: 'Ada', now };
  await editFleet(project.state, order, { kind: 'hold', reason: 'a move' }, { rehearse: false });
  const read = (parts: Partial<typeof project>) =>
    Promise.all(
      ['testing', 'stable'].map(async (name) => ({ name, state: await project.state.readFleet(name) })),
    ).then((fleets) => readPageFacts({ ...project, ...parts, log: silentLog }, fleets, now));

  const { facts, events, repository } = await read({
    forge: { ...project.forge, page: 'https://x.invalid/a/b' },
  });
  expect(repository).toBe('https://x.invalid/a/b');
  expect(events?.[0]).toMatchObject({
    fleet: 'stable',
    summary: 'hold the fleet',
    reason: 'a move',
    by: 'Ada',
  });
  expect(events?.length).toBeGreaterThan(1);
  const { promotion } = facts.get('stable') ?? {};
  expect(promotion).toMatchObject({ from: 'testing', version: '44.1-bb' });
  expect(promotion?.gates).toContainEqual(expect.objectContaining({ name: 'hold of stable', state: 'red' }));
  expect(facts.get('testing')).not.toHaveProperty('promotion');
  expect(facts.get('testing')).not.toHaveProperty('ringLimits');
  const { config } = project;
  const testing = config.fleets.testing as NonNullable<typeof config.fleets.testing>;
  const successThreshold = { share: 0.9, nodes: 1, after: 3600 };
  const fleets = { ...config.fleets, testing: { ...testing, successThreshold } };
  const staged = await read({ config: { ...config, fleets } });
  expect(staged.facts.get('testing')?.ringLimits?.after).toBe(3600);

  const fail = async (): Promise<never> => {
    throw new OutsideError('reading', 'it answers nothing');
  };
  const branches = { ...project.forge.branches, newest: fail };
  const pullRequests = { ...project.forge.pullRequests, find: fail };
  const rest = await read({ readUpstream: fail, forge: { ...project.forge, branches, pullRequests } });
  expect(rest.events).toBeUndefined();
  expect(rest.facts.get('stable')).not.toHaveProperty('promotion');
});

it('reads the fleet, the reason and the name from a commit, and takes a subject of people as it is', () => {
  const commit = { sha: 'ff', parents: [], time: now };
  const message = 'stable: pause 1 at 5 %\n\nReason: too slow\nBy: Ada <a@example.invalid>\n';
  expect(eventOf({ ...commit, message }, ['testing', 'stable'])).toEqual({
    commit: 'ff',
    time: now,
    fleet: 'stable',
    summary: 'pause 1 at 5 %',
    reason: 'too slow',
    by: 'Ada <a@example.invalid>',
  });
  expect(eventOf({ ...commit, message: 'Revert "stable: x"' }, ['stable'])).toEqual({
    commit: 'ff',
    time: now,
    summary: 'Revert "stable: x"',
  });
});
