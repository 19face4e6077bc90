import { beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { type Action, editFleet } from '../../src/release/operations/edit-fleet.ts';
import rollBack from '../../src/verbs/roll-back.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';

// test/loop/open-promotion/histories.test.ts tests what a roll-back does to nodes.

const now = 1_785_000_000;
const day = 86_400;
const registry = useRegistry();
let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host);
  const commit = await project.git.run(['rev-parse', 'testing']);
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 9 * day, record: { commit } });
});

async function run(...words: string[]) {
  const args = ['--fleet', 'testing', '--directory', project.git.directory, ...words];
  const outcome = await rollBack.run(readArguments(rollBack.inputs, args), contextAt(now));
  return { ...(outcome.data as { pullRequest?: number }), text: outcome.text };
}

const tip = () => project.git.try(['rev-parse', 'coxswain']);

describe('roll-back', () => {
  it('withdraws the newest release, and proposes the content of the one before it', async () => {
    const commit = await commitFiles(project.git, { 'etc/motd': 'worse\n' });
    await recordRelease(project, 'testing', { version: '1-bb', time: now - 5 * day, record: { commit } });
    const answer = await run('--reason', 'boot loop', '--by', 'Ada');
    expect(answer).toMatchObject({ insteadOf: '1-bb', restores: '1-aa', withdrawn: true, action: 'opened' });
    expect(answer.text).toContain(`pull request #${answer.pullRequest} opened: the content of 1-aa`);
    const [request] = await project.forge.pullRequests.list({ state: 'open' });
    expect(request).toMatchObject({ base: 'testing', number: answer.pullRequest });
  });

  it('says who acts by name, and never gives the mail address away', async () => {
    const commit = await commitFiles(project.git, { 'etc/motd': 'worse\n' });
    await recordRelease(project, 'testing', { version: '1-bb', time: now - 5 * day, record: { commit } });
    await project.git.run(['config', 'user.email', 'ada@secret.example']);
    await run('--reason', 'boot loop', '--by', 'Ada <ada@secret.example>');
    const [request] = await project.forge.pullRequests.list({ state: 'open' });
    expect(request?.body).toContain('(by Ada, ');
    const marker = await project.git.run(['show', 'coxswain-roll-back-testing:.coxswain/roll-back.json']);
    const state = await project.git.run(['show', 'coxswain:fleets/testing/operations.json']);
    for (const text of [request?.body, marker, state]) expect(text).not.toContain('secret.example');
  });

  it('keeps a barrier, also one that is paused: nodes would go around it', async () => {
    const commit = await commitFiles(project.git, { 'etc/motd': 'worse\n' });
    await recordRelease(project, 'testing', { version: '1-bb', time: now - 3600, record: { commit } });
    const act = (action: Action) =>
      editFleet(project.state, { fleet: 'testing', by: 'Ada', now }, action, { rehearse: false });
    await act({ kind: 'barrier', version: '1-bb', reason: 'new keys' });
    await expect(run('--reason', 'boot loop')).rejects.toThrow('1-bb is a barrier (new keys)');
    await act({ kind: 'pause', reason: 'boot loop' });
    const before = await tip();
    await expect(run('--reason', 'boot loop')).rejects.toThrow('1-bb is a barrier (new keys)');
    expect(await tip()).toBe(before);
    const { operations } = await project.state.readFleet('testing');
    expect(operations.paused?.[0]?.entry.metadata.barrier).toEqual({ reason: 'new keys' });
  });

  it.each([
    [['--reason', ' '], /needs a --reason/],
    [['--reason', 'bad'], /no release before 1-aa is good/],
    [['--reason', 'bad', '--version', '9-zz'], /9-zz/],
    [['--reason', 'bad', '--to', '9-zz'], /9-zz/],
  ])('refuses %j, and changes nothing', async (words, message) => {
    const before = await tip();
    await expect(run(...words)).rejects.toThrow(message);
    expect(await tip()).toBe(before);
    expect(await project.forge.pullRequests.list({ state: 'open' })).toEqual([]);
  });
});
