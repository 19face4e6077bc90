import { beforeEach, describe, expect, it } from 'vitest';
import type { Operations } from '../../src/guidance/operations.ts';
import type { PromotionAnswer } from '../../src/loop/open-promotion/promotion-answer.ts';
import openPromotion from '../../src/verbs/open-promotion.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const hour = 3600;
const head = 'coxswain-promote-testing-to-stable';

let project: TestProject;
let commit: string;

beforeEach(async () => {
  project = await createProject(registry.host, { time: now - 10 * hour });
  commit = await commitFiles(
    project.git,
    { 'etc/motd': 'new\n' },
    { message: 'Greet', time: now - 9 * hour },
  );
});

type Answer = Omit<PromotionAnswer, 'gates'> & {
  gates: { name: string; state: string; until?: string; note: string }[];
};

async function run(at: number, fleet?: string): Promise<Answer> {
  const inputs = {
    directory: project.git.directory,
    fleet,
    urgent: undefined,
    by: undefined,
    'first-release': false,
  };
  const { data } = await openPromotion.run(inputs, contextAt(at));
  return data as Answer;
}

function stateOf(answer: Answer, gate: string): string | undefined {
  return answer.gates.find(({ name }) => name === gate)?.state;
}

async function request() {
  const found = await project.forge.pullRequests.find({ head, base: 'stable' });
  if (found === undefined) throw new Error('no pull request is open');
  return found;
}

function refs(): Promise<string> {
  return project.git.run(['for-each-ref', '--format=%(refname) %(objectname)']);
}

/** Records a release whose commit is the newest; its rollout takes a day from now. */
function release(
  fleet: string,
  version: string,
  options: Omit<Parameters<typeof recordRelease>[2], 'version' | 'time'> = {},
): Promise<void> {
  const record = { commit, created: new Date((now - 9 * hour) * 1000).toISOString(), ...options.record };
  return recordRelease(project, fleet, { ...options, version, time: now, record });
}

describe('open-promotion', () => {
  it('opens one pull request for the commit of the release, and waits', async () => {
    await release('testing', '44.1-aa');
    const answer = await run(now + hour);
    expect(answer).toMatchObject({
      fleet: 'stable',
      from: 'testing',
      version: '44.1-aa',
      action: 'opened',
      pullRequest: 1,
      ready: false,
    });
    expect(answer.gates.map(({ name, state, until }) => [name, state, until])).toEqual([
      ['rollout in testing', 'waiting', '2026-07-26T17:20:00Z'],
      ['soak time', 'waiting', '2026-07-27T17:20:00Z'],
      ['evidence', 'green', undefined],
      ['newer than stable', 'green', undefined],
      ['merge', 'green', undefined],
      ['template', 'green', undefined],
    ]);
    expect(await project.git.run(['rev-parse', head])).toBe(commit);
    expect(await project.git.run(['status', '--porcelain'])).toBe('');
    expect(await request()).toMatchObject({ ready: false, title: 'Promote 44.1-aa from testing to stable' });
  });

  it('is ready after soak time and rollout, not a second earlier, and is updated in place', async () => {
    await release('testing', '44.1-aa');
    expect((await run(now + 48 * hour - 1)).ready).toBe(false);
    expect(await run(now + 48 * hour)).toMatchObject({ ready: true, action: 'updated', pullRequest: 1 });
    expect((await request()).ready).toBe(true);
  });

  it('waits for a rollout that is longer than the soak time', async () => {
    await release('testing', '44.1-aa', {
      metadata: { rollout: { start_epoch: now, duration_minutes: 72 * 60 } },
    });
    const early = await run(now + 50 * hour);
    expect([early.ready, stateOf(early, 'soak time'), stateOf(early, 'rollout in testing')]).toEqual([
      false,
      'green',
      'waiting',
    ]);
    expect((await run(now + 72 * hour + 1)).ready).toBe(true);
  });

  it('says what a reviewer needs to know', async () => {
    await release('stable', '44.0-00', { record: { created: '2026-07-01T00:00:00.000Z' } });
    await release('testing', '44.1-aa');
    await run(now + hour);
    const { body } = await request();
    for (const part of [
      '| version | `44.0-00` | `44.1-aa` |',
      '| base | `44.0` | `44.1` |',
      'it waits until 2026-07-27T17:20:00Z',
      `- ${commit.slice(0, 12)} Greet`,
      'nothing is built: the tested image becomes',
      // stable's own template, at the time from which the merge is possible: an hour later, for two days.
      '- starts: 2026-07-27T18:20:00Z',
      '- takes: 2 d',
    ]) {
      expect(body).toContain(part);
    }
  });

  it('changes nothing while nothing happens but time passing', async () => {
    await release('testing', '44.1-aa');
    await run(now + hour);
    const before = await refs();
    expect(await run(now + 2 * hour)).toMatchObject({ action: 'unchanged' });
    expect(await refs()).toBe(before);
    await run(now + 50 * hour);
    const ready = await refs();
    expect(await run(now + 90 * hour)).toMatchObject({ action: 'unchanged', ready: true });
    expect(await refs()).toBe(ready);
  });

  it('stays with the release that passed its gates, and moves on when the next one has', async () => {
    await release('testing', '44.1-aa');
    await run(now + 50 * hour);
    const first = commit;
    commit = await commitFiles(project.git, { 'etc/motd': 'newer\n' }, { time: now - 8 * hour });
    await release('testing', '44.2-bb', {
      metadata: { rollout: { start_epoch: now + 50 * hour, duration_minutes: 60 } },
    });
    expect(await run(now + 97 * hour)).toMatchObject({
      version: '44.1-aa',
      action: 'unchanged',
      pullRequest: 1,
      ready: true,
    });
    expect(await project.git.run(['rev-parse', head])).toBe(first);
    expect(await run(now + 98 * hour)).toMatchObject({
      version: '44.2-bb',
      action: 'updated',
      pullRequest: 1,
      ready: true,
    });
    expect(await project.git.run(['rev-parse', head])).toBe(commit);
  });

  it.each<[string, string, Parameters<typeof release>[2]]>([
    ['it was paused', 'rollout in testing', { metadata: null }],
    ['it is a dead-end', 'rollout in testing', { metadata: { deadend: { reason: 'broken' } } }],
    ['its rollout is held', 'rollout in testing', { metadata: { rollout: { start_percentage: 0.5 } } }],
    ['it has no evidence', 'evidence', { evidence: false }],
  ])('is not ready, however long it waits, when %s', async (_name, gate, options) => {
    await release('testing', '44.1-aa', options);
    const answer = await run(now + 1000 * hour);
    expect([answer.ready, stateOf(answer, gate)]).toEqual([false, 'red']);
    expect((await request()).body).toContain(`**Not to be merged yet**: ${gate}.`);
  });

  it('counts the soak time from the record when the rollout was removed by a clean-up', async () => {
    const metadata = { rollout: { start_percentage: 1 } };
    await release('testing', '44.1-aa', { metadata });
    expect(stateOf(await run(now + 47 * hour), 'soak time')).toBe('waiting');
    expect((await run(now + 48 * hour)).ready).toBe(true);
  });

  it('is not ready when the target runs something newer', async () => {
    await release('stable', '44.9-ff', { record: { created: new Date(now * 1000).toISOString() } });
    await release('testing', '44.1-aa');
    expect(stateOf(await run(now + 50 * hour), 'newer than stable')).toBe('red');
  });

  it('is not ready when the merge would conflict, until somebody solves that on its branch', async () => {
    await project.git.run(['switch', '--quiet', 'stable']);
    await commitFiles(project.git, { 'etc/motd': 'stable’s own\n' });
    await release('testing', '44.1-aa');
    const answer = await run(now + 50 * hour);
    expect(answer.gates.find(({ name }) => name === 'merge')).toMatchObject({
      state: 'red',
      note: 'conflicts in etc/motd',
    });

    await project.git.run(['switch', '--quiet', '--detach', head]);
    await project.git.run(['merge', '--quiet', '-s', 'ours', '-m', 'Solve', 'stable']);
    const solved = await project.git.run(['rev-parse', 'HEAD']);
    await project.git.run(['branch', '--force', head, solved]);
    await project.git.run(['switch', '--quiet', 'stable']);
    expect(await run(now + 50 * hour)).toMatchObject({ ready: true, action: 'updated' });
    expect(await project.git.run(['rev-parse', head])).toBe(solved);

    // The next release keeps that work.
    await project.git.run(['switch', '--quiet', 'testing']);
    commit = await commitFiles(project.git, { 'etc/issue': 'x\n' }, { time: now - 8 * hour });
    await release('testing', '44.2-bb');
    expect(stateOf(await run(now + 100 * hour), 'branch')).toBe('red');
    expect(await project.git.run(['rev-parse', head])).toBe(solved);
  });

  it('reports content that only the target has', async () => {
    await project.git.run(['switch', '--quiet', 'stable']);
    await commitFiles(project.git, { 'etc/banner': 'stable\n' });
    await release('testing', '44.1-aa');
    const answer = await run(now + 50 * hour);
    expect([answer.ready, stateOf(answer, 'image')]).toEqual([false, 'red']);
    const { body } = await request();
    expect(body).toContain('`stable` has content of its own: `etc/banner`.');
    expect(body).toContain('**another image** is built and tested for this pull request');
  });

  it('lets content of the target through that no image is made of', async () => {
    await project.git.run(['switch', '--quiet', 'stable']);
    await commitFiles(project.git, { '.github/CODEOWNERS': '* @acme/stable\n' });
    await release('testing', '44.1-aa');
    expect((await run(now + 50 * hour)).ready).toBe(true);
    expect((await request()).body).toContain('None of it is part of the image, so nothing is built');
  });

  it('is not ready when the target’s template is broken', async () => {
    commit = await commitFiles(project.git, { 'rollouts/stable.json.hbs': '{{nonsense}}' });
    await release('testing', '44.1-aa');
    const answer = await run(now + 50 * hour);
    expect([answer.ready, stateOf(answer, 'template')]).toEqual([false, 'red']);
    expect(answer.gates.at(-1)?.note).toContain('unknown variable, found "nonsense"');
  });

  it.each(['merge --quiet --no-ff -m Merge', 'merge --quiet --squash'])(
    'has nothing to do between `git %s` and the release',
    async (merge) => {
      await release('testing', '44.1-aa');
      await run(now + 50 * hour);
      await project.git.run(['switch', '--quiet', 'stable']);
      await project.git.run([...merge.split(' '), head]);
      if (merge.includes('squash')) await commitFiles(project.git, {}, { message: 'Squashed' });
      const answer = await run(now + 51 * hour);
      expect(answer).toMatchObject({ action: 'none', ready: false });
      expect(answer.reason).toContain('is merged into stable already');
      expect(await project.forge.pullRequests.list()).toMatchObject([{ state: 'merged' }]);
    },
  );

  it('waits while the target is held, and says for whom', async () => {
    await release('testing', '44.1-aa');
    const hold = { reason: 'freeze', by: 'Ada', at: now };
    const set = (operations: Operations) =>
      project.state.changeFleet('stable', 'Hold', (state) => ({ ...state, operations }));
    await set({ hold });
    const held = await run(now + 50 * hour);
    expect([held.ready, stateOf(held, 'hold of stable')]).toEqual([false, 'red']);
    expect((await request()).body).toContain('the fleet is held: freeze (by Ada on 2026-07-25T17:20:00Z)');
    await set({ hold: { ...hold, until: now + 51 * hour } });
    const waiting = await run(now + 50 * hour);
    expect(waiting.gates[0]).toMatchObject({ state: 'waiting', until: '2026-07-27T20:20:00Z' });
    expect(await run(now + 51 * hour)).toMatchObject({ ready: true });
  });

  it('says who paused or withdrew the release in the fleet before', async () => {
    await release('testing', '44.1-aa', { metadata: null });
    const said = { version: '44.1-aa', reason: 'boot loop', by: 'Ada', at: now };
    const set = (operations: Operations) =>
      project.state.changeFleet('testing', 'Steer', (state) => ({ ...state, operations }));
    const entry = { version: '44.1-aa', metadata: {} };
    await set({ paused: [{ ...said, entry, since: now, progress: 0.2 }] });
    expect((await run(now + 50 * hour)).gates[0]).toMatchObject({
      state: 'red',
      note: 'paused there by Ada: boot loop',
    });
    await set({ withdrawn: [said] });
    expect((await run(now + 50 * hour)).gates[0]?.note).toBe('withdrawn there by Ada: boot loop');
  });

  it('proposes a barrier first that the target still lacks', async () => {
    const created = (age: number) => ({ created: new Date((now - age * hour) * 1000).toISOString() });
    await release('testing', '44.1-aa', { record: created(30) });
    await release('stable', '44.1-aa', { record: created(30) });
    const metadata = { rollout: { start_percentage: 1 }, barrier: { reason: 'keys' } };
    await release('testing', '44.2-bb', { metadata, record: created(20) });
    const newest = await commitFiles(project.git, { 'etc/motd': 'newer\n' }, { time: now - 8 * hour });
    await release('testing', '44.3-cc', { record: { ...created(8), commit: newest } });
    expect(await run(now + 50 * hour)).toMatchObject({ version: '44.2-bb', action: 'opened', ready: true });
    await release('stable', '44.2-bb', { record: created(20) });
    expect(await run(now + 50 * hour)).toMatchObject({ version: '44.3-cc' });
  });

  it('closes its pull request when the target got the release in another way', async () => {
    await release('testing', '44.1-aa');
    await run(now + hour);
    await release('stable', '44.1-aa');
    expect(await run(now + 2 * hour)).toMatchObject({ action: 'closed', pullRequest: 1 });
    expect(await run(now + 2 * hour)).toMatchObject({
      action: 'none',
      reason: 'fleet stable has 44.1-aa already',
    });
  });

  it('has nothing to do before the first release', async () => {
    expect(await run(now)).toMatchObject({ action: 'none', reason: 'fleet testing has no release yet' });
    expect(await refs()).not.toContain('coxswain');
  });

  it('keeps one pull request when it runs several times at once', async () => {
    await release('testing', '44.1-aa');
    await Promise.all([run(now), run(now), run(now + 50 * hour)]);
    expect(await project.forge.pullRequests.list()).toHaveLength(1);
  });

  it('finishes what a run began that was killed before its pull request was opened', async () => {
    await release('testing', '44.1-aa');
    await project.forge.branches.setBranch({ branch: head, from: undefined, to: commit });
    expect(await run(now)).toMatchObject({ action: 'opened', pullRequest: 1 });
  });

  it.each([
    ['stabel', 'Did you mean stable?'],
    ['testing', 'fleet testing is promoted from no other'],
  ])('does not take --fleet %s', async (fleet, message) => {
    await expect(run(now, fleet)).rejects.toThrow(message);
  });

  it('answers for one fleet or for all', async () => {
    await release('testing', '44.1-aa');
    expect(await run(now, 'stable')).toMatchObject({ fleet: 'stable', promotions: [{ fleet: 'stable' }] });
  });
});
