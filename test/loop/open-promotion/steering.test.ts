import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import { mergeJudged } from '../../../src/loop/open-promotion/approve.ts';
import { openPromotion } from '../../../src/loop/open-promotion/open-promotion.ts';
import { findFleet } from '../../../src/project/fleets.ts';
import { editFleet } from '../../../src/release/operations/edit-fleet.ts';
import { useRegistry } from '../../support/registry.ts';
import { hour, now, openStage, type Stage } from './stage.ts';

const registry = useRegistry();
const auto = '  testing: {}\n  stable: { promote-from: testing, soak: 48h, approve: auto }';
let stage: Stage;

/** testing and stable with a release each, and a newer one in testing since `now`. */
async function start(fleets?: string): Promise<{ readonly first: string; readonly next: string }> {
  stage = await openStage(registry.host, fleets);
  const first = await stage.release('testing', -300);
  await stage.release('stable', -200);
  await stage.change('testing', { 'etc/motd': 'new\n' }, -1);
  return { first, next: await stage.release('testing', 0) };
}

function label(...labels: string[]): Promise<unknown> {
  return stage.forge.pullRequests.update(1, { labels });
}

function status(commit: string) {
  return stage.forge.statuses.list(commit);
}

describe('a commit status', () => {
  it('shows the gates on the head of the pull request, so that branch protection can require them', async () => {
    await start();
    await stage.open(1);
    const head = await stage.git.run(['rev-parse', 'testing']);
    expect(await status(head)).toEqual([
      {
        context: 'coxswain/promotion/stable',
        state: 'pending',
        description:
          'Not to be merged yet: it waits until 2026-07-27T17:20:00Z (rollout in testing, soak time).',
      },
    ]);
    await editFleet(
      stage.state,
      { fleet: 'stable', by: 'Ada', now },
      { kind: 'hold', reason: 'x' },
      { rehearse: false },
    );
    await stage.open(1);
    expect(await status(head)).toMatchObject([{ state: 'failure' }]);
    await editFleet(
      stage.state,
      { fleet: 'stable', by: 'Ada', now },
      { kind: 'release-hold' },
      { rehearse: false },
    );
    await stage.open(48);
    expect(await status(head)).toMatchObject([{ state: 'success' }]);
  });
});

describe('approve: auto', () => {
  it('merges when all gates are green, not before, and the same image is released', async () => {
    const { next } = await start(auto);
    expect(await stage.open(47)).toMatchObject({ action: 'opened', ready: false });
    expect(await stage.open(48)).toMatchObject({ action: 'merged', pullRequest: 1, ready: true });
    expect(await stage.forge.pullRequests.list()).toMatchObject([{ state: 'merged' }]);
    expect(await stage.open(49)).toMatchObject({ action: 'none' });
    expect(await stage.release('stable', 49)).toBe(next);
  });

  it('evaluates again when the state moves between the check and the merge: a hold wins', async () => {
    await start(auto);
    await stage.open(1);
    const { branches } = stage.forge;
    let resolved = 0;
    // The hold comes after all gates were evaluated, at the last read of the state branch.
    const forge = {
      ...stage.forge,
      branches: {
        ...branches,
        resolve: async (branch: string) => {
          if (branch === stage.config.stateBranch && ++resolved === 2) {
            await editFleet(
              stage.state,
              { fleet: 'stable', by: 'Ada', now },
              { kind: 'hold', reason: 'stop' },
              { rehearse: false },
            );
          }
          return branches.resolve(branch);
        },
      },
    };
    const tip = await branches.resolve('stable');
    const project = { ...stage, forge, log: silentLog };
    const answer = await openPromotion(project, findFleet(stage.config, 'stable'), { now: now + 50 * hour });
    expect(resolved).toBeGreaterThan(1);
    expect(answer).toMatchObject({ ready: false, action: 'updated' });
    expect(answer.gates[0]).toMatchObject({ name: 'hold of stable', state: 'red' });
    expect(await branches.resolve('stable')).toBe(tip);
  });

  it('reports a hold that came at the moment of the merge, and no node gets the release', async () => {
    await start(auto);
    await stage.open(1);
    await stage.forge.pullRequests.update(1, { ready: true });
    const [request] = await stage.forge.pullRequests.list();
    if (request === undefined) throw new Error('no pull request');
    const { pullRequests } = stage.forge;
    const forge = {
      ...stage.forge,
      pullRequests: {
        ...pullRequests,
        merge: async (number: number, expected: { head: string }) => {
          await editFleet(
            stage.state,
            { fleet: 'stable', by: 'Ada', now },
            { kind: 'hold', reason: 'stop' },
            { rehearse: false },
          );
          return pullRequests.merge(number, expected);
        },
      },
    };
    const seen = new Map<string, string | undefined>();
    const judged = { request, head: request.headCommit, seen, fleet: 'stable', now };
    const { merged, note } = await mergeJudged({ forge, state: stage.state }, judged);
    expect([merged, note]).toEqual([
      true,
      expect.stringContaining('was held at the moment of the merge: stop'),
    ]);
    const [after] = await pullRequests.list();
    expect(after?.comments[0]?.body).toContain('**Merged, and not promoted**');
    await expect(stage.release('stable', 50)).rejects.toThrow('the fleet is held');
  });

  it('does not merge a branch that moved after its gates were evaluated', async () => {
    await start(auto);
    await stage.open(1);
    const { branches } = stage.forge;
    const [request] = await stage.forge.pullRequests.list();
    if (request === undefined) throw new Error('no pull request');
    const judged = { request, head: request.headCommit, fleet: 'stable', now };
    const seen = new Map([['stable', await branches.resolve('stable')]]);
    await stage.change('stable', { 'etc/issue': 'x\n' }, 2);
    await expect(mergeJudged(stage, { ...judged, seen })).rejects.toThrow('stable is at');
  });
});

describe('holds', () => {
  /** The share of the target's own release that is offered: it starts after one hour and takes 48. */
  const paused = async () => (await stage.state.readFleet('stable')).operations.paused ?? [];

  it('by a label: the promotion waits, the running rollout is paused, and both go on afterwards', async () => {
    stage = await openStage(registry.host);
    await stage.release('testing', -100);
    await stage.release('stable', -2);
    await stage.change('testing', { 'etc/motd': 'new\n' }, -1);
    await stage.release('testing', 0);
    await stage.open(1);
    await label('hold: boot loop');
    const held = await stage.open(2);
    expect(held.gates[0]).toMatchObject({ name: 'hold of stable', state: 'red' });
    expect(held.gates[0]?.note).toContain('boot loop (by a label on pull request #1');
    expect(await paused()).toMatchObject([
      { reason: 'boot loop', by: 'a label on pull request #1', held: true },
    ]);
    await expect(stage.release('stable', 3)).resolves.toBeDefined(); // it has that release already
    await label();
    expect(stage.gate(await stage.open(4), 'hold of stable')).toBeUndefined();
    expect(await paused()).toEqual([]);
  });

  it('by a file on the branch of the fleet, with reason, name and end', async () => {
    await start();
    const file = '.coxswain/hold/stable.yaml';
    const until = new Date((now + 70 * hour) * 1000).toISOString();
    await stage.change('stable', { [file]: `reason: audit\nby: Grace\nuntil: ${until}\n` }, 1);
    const held = await stage.open(60);
    expect(held.gates[0]).toMatchObject({
      name: 'hold of stable',
      state: 'waiting',
      note: expect.stringMatching(/audit \(by Grace on .*, until 2026-07-28T15:20:00Z\)/),
    });
    expect(stage.gate(await stage.open(70), 'hold of stable')).toBeUndefined();
  });

  it('by a file that cannot be read, also before it is copied to the state branch', async () => {
    await start();
    await stage.open(48);
    await stage.merge('testing', 'stable');
    await stage.change('stable', { '.coxswain/hold/stable.yaml': ': {broken\n' }, 49);
    await expect(stage.release('stable', 50)).rejects.toThrow(
      'fleet stable: the fleet is held by the file .coxswain/hold/stable.yaml on branch stable',
    );
    await stage.change('stable', { '.coxswain/hold/stable.yaml': null }, 51);
    expect(await stage.release('stable', 52)).toBe(await stage.version('testing'));
  });

  it('of the source fleet stops what comes from it', async () => {
    await start();
    const order = { fleet: 'testing', by: 'Ada', now };
    await editFleet(
      stage.state,
      order,
      { kind: 'hold', reason: 'x', keepRollouts: true },
      { rehearse: false },
    );
    expect(stage.gate(await stage.open(50), 'hold of testing')).toBe('red');
  });
});

describe('the emergency lane', () => {
  const urgentTemplate = `{
  "version": "{{version}}",
  "metadata": { "rollout": { "start_epoch": {{start "now"}}, "start_percentage": 0.5, "duration_minutes": 60 } }
}
`;

  it.each(['operator', 'label'])('skips the soak time by an %s, and records it', async (who) => {
    stage = await openStage(registry.host);
    await stage.change('testing', { 'rollouts/stable.urgent.json.hbs': urgentTemplate }, -400);
    await stage.release('testing', -300);
    await stage.open(-200);
    await stage.merge('testing', 'stable');
    await stage.release('stable', -200);
    await stage.change('testing', { 'etc/motd': 'mended\n' }, -1);
    const mended = await stage.release('testing', 0);
    expect(await stage.open(0.1)).toMatchObject({ ready: false });
    if (who === 'label') await label('urgent: CVE-2026-1');
    const by = who === 'label' ? 'a label on pull request #2' : 'Ada';
    if (who === 'label') await stage.forge.pullRequests.update(2, { labels: ['urgent: CVE-2026-1'] });
    const options = who === 'label' ? {} : { fleet: 'stable', urgent: 'CVE-2026-1' };
    const answer = await stage.open(0.2, options);
    expect(answer).toMatchObject({ ready: true, version: mended, urgent: { reason: 'CVE-2026-1', by } });
    // The next run does not forget it.
    expect(await stage.open(0.3)).toMatchObject({ ready: true, action: 'unchanged' });
    const [request] = await stage.forge.pullRequests.list({ state: 'open' });
    expect(request?.title).toBe(`Urgent: Promote ${mended} from testing to stable`);
    expect(request?.body).toContain('rollouts/stable.urgent.json.hbs renders');

    await stage.merge('testing', 'stable');
    expect(await stage.release('stable', 0.4)).toBe(mended);
    const { records, updates, operations } = await stage.state.readFleet('stable');
    expect(records[mended]?.urgent).toEqual({ reason: 'CVE-2026-1', by });
    expect(updates.releases.at(-1)?.metadata.rollout).toMatchObject({ duration_minutes: 60 });
    expect(operations.urgent).toBeUndefined();
  });

  it('ends with its label, and needs something to promote', async () => {
    await start();
    await stage.open(1);
    await label('urgent: CVE');
    expect(await stage.open(1)).toMatchObject({ ready: true });
    await label('urgent');
    expect(await stage.open(1)).toMatchObject({ ready: false });
    await stage.open(48);
    await stage.merge('testing', 'stable');
    await stage.release('stable', 49);
    await expect(stage.open(50, { fleet: 'stable', urgent: 'CVE' })).rejects.toThrow(
      '--urgent: fleet testing has no release that stable lacks',
    );
  });
});
