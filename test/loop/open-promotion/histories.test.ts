import { describe, expect, it } from 'vitest';
import { considerUpdate } from '../../../src/guidance/choose.ts';
import { buildGraph } from '../../../src/guidance/graph.ts';
import { throttleGraph } from '../../../src/guidance/throttle.ts';
import { readCandidate } from '../../../src/release/candidate/candidate.ts';
import rollBack from '../../../src/verbs/roll-back.ts';
import { contextAt, prove } from '../../support/project.ts';
import { pushSampleImage, useRegistry } from '../../support/registry.ts';
import { hour, now, openStage, type Stage } from './stage.ts';

const registry = useRegistry();

/** A new release of testing at an hour, promoted to stable two days later. */
async function promoteNext(stage: Stage, hours: number, how: 'merge' | 'squash' | 'rebase', text: string) {
  await stage.change('testing', { 'etc/motd': text }, hours - 1);
  const version = await stage.release('testing', hours);
  expect(await stage.open(hours + 48)).toMatchObject({ ready: true, version });
  await stage.merge('testing', 'stable', how);
  expect(await stage.release('stable', hours + 49)).toBe(version);
  return version;
}

describe('a promotion is merged in any way, over and over', () => {
  it.each(['merge', 'squash', 'rebase'] as const)('%s', async (how) => {
    const stage = await openStage(registry.host);
    // Each one changes the same line, so git alone would report a conflict for the second one after a squash.
    for (const [round, hours] of [-400, -300].entries()) {
      await promoteNext(stage, hours, how, `round ${round}\n`);
    }
    expect(await stage.forge.pullRequests.list()).toMatchObject([1, 2].map(() => ({ state: 'merged' })));
    // If nothing changed, nothing moves, and approvals stay.
    await stage.change('testing', { 'etc/motd': 'last\n' }, -2);
    await stage.release('testing', -1);
    await stage.open(0);
    const head = await stage.forge.branches.resolve('coxswain-promote-testing-to-stable');
    expect(await stage.open(1)).toMatchObject({ action: 'unchanged' });
    expect(await stage.forge.branches.resolve('coxswain-promote-testing-to-stable')).toBe(head);
  });
});

describe('a target with content of its own', () => {
  it('gets another image, which is built and tested before its pull request is ready', async () => {
    const stage = await openStage(registry.host);
    await stage.change('stable', { 'etc/banner': 'stable\n' }, -500);
    await stage.change('testing', { 'etc/motd': 'new\n' }, -2);
    const version = await stage.release('testing', -1);
    const waiting = await stage.open(48);
    expect([waiting.ready, stage.gate(waiting, 'image')]).toEqual([false, 'red']);
    const note = waiting.gates.find(({ name }) => name === 'image')?.note ?? '';
    const own = /another image, (\S+),/.exec(note)?.[1];
    expect(own).not.toBe(version);

    // What the workflow of the pull request does: build and test the result of the merge.
    const { git, config, client } = stage;
    await git.run(['switch', '--quiet', '--detach', 'stable']);
    await git.run(['merge', '--quiet', '-m', 'Test', 'coxswain-promote-testing-to-stable']);
    const candidate = await readCandidate({ git, config, client });
    expect(candidate.version).toBe(own);
    const image = await pushSampleImage(client, config.testImage, {
      tag: candidate.tag,
      created: new Date(candidate.committedAt * 1000).toISOString(),
      labels: { 'org.opencontainers.image.version': candidate.version, 'com.coreos.stream': config.stream },
    });
    expect(stage.gate(await stage.open(48), 'image')).toBe('red');
    await prove(stage, candidate, image, 'PASSED');
    expect(await stage.open(48)).toMatchObject({ ready: true });
    const [request] = await stage.forge.pullRequests.list({ state: 'open' });
    expect(request?.body).toContain(`**another image**, \`${own}\`, is built and tested`);
  });
});

describe('chains of fleets', () => {
  const fleets = `  testing: {}
  stable-eu: { promote-from: testing, soak: 48h, branch: eu }
  stable-us: { promote-from: testing, soak: 72h, branch: us }
  lts: { promote-from: stable-eu, soak: 24h }`;

  it('have one pull request for each edge, each with its own gates', async () => {
    const stage = await openStage(registry.host, fleets);
    await stage.change('testing', { 'etc/motd': 'new\n' }, -2);
    const version = await stage.release('testing', 0);
    const first = (await stage.open(48)) as unknown as {
      promotions: { fleet: string; ready: boolean; reason?: string }[];
    };
    expect(first.promotions.map(({ fleet, ready, reason }) => [fleet, ready, reason])).toEqual([
      ['stable-eu', true, undefined],
      ['stable-us', false, undefined],
      ['lts', false, 'fleet stable-eu has no release yet'],
    ]);
    // The same commit goes to two fleets, so it has a status for each.
    const statuses = await stage.forge.statuses.list(await stage.git.run(['rev-parse', 'testing']));
    expect(statuses.map(({ context, state }) => [context, state])).toEqual([
      ['coxswain/promotion/stable-eu', 'success'],
      ['coxswain/promotion/stable-us', 'pending'],
    ]);
    await stage.git.run(['branch', '--force', 'eu', 'coxswain-promote-testing-to-stable-eu']);
    expect(await stage.release('stable-eu', 49)).toBe(version);
    expect(await stage.open(99, { fleet: 'lts' })).toMatchObject({ ready: true, version, from: 'stable-eu' });
    expect(await stage.open(99, { fleet: 'stable-us' })).toMatchObject({ ready: true, version });
  });
});

describe('roll-back', () => {
  const run = async (stage: Stage, hours: number, other: { version?: string; to?: string } = {}) => {
    const inputs = {
      fleet: 'stable',
      reason: 'boot loop',
      by: 'Ada',
      version: undefined,
      to: undefined,
      ...other,
    };
    const context = contextAt(now + hours * hour);
    const { data } = await rollBack.run(
      { 'first-release': false, directory: stage.git.directory, ...inputs },
      context,
    );
    return data as {
      action: string;
      reason?: string;
      restores: string;
      insteadOf: string;
      withdrawn: boolean;
      pullRequest?: number;
    };
  };

  /** What a node of stable on a version is offered, when all rollouts are complete. */
  async function offered(stage: Stage, version: string, hours: number): Promise<string | undefined> {
    const { releases, updates } = await stage.state.readFleet('stable');
    const graph = throttleGraph(buildGraph(releases, updates, { basearch: 'x86_64', scheme: 'oci' }), {
      now: now + hours * hour,
      wariness: 1,
    });
    const node = graph.nodes.find((each) => each.version === version);
    const choice = considerUpdate(graph, { payload: node?.payload ?? '' });
    return choice.kind === 'update' ? choice.target.version : undefined;
  }

  it.each(['merge', 'squash'] as const)('to the end, where promotions are merged by %s', async (how) => {
    const stage = await openStage(registry.host);
    const oldest = await promoteNext(stage, -500, how, 'oldest\n');
    const good = await promoteNext(stage, -400, how, 'good\n');
    const bad = await promoteNext(stage, -300, how, 'bad\n');
    // A policy that is newer than the good release stays.
    await stage.change('stable', { 'rollouts/notes.md': 'newer\n' }, -240);

    const answer = await run(stage, -230);
    expect(answer).toMatchObject({ insteadOf: bad, restores: good, withdrawn: true, action: 'opened' });
    expect(await run(stage, -229)).toMatchObject({ withdrawn: false, action: 'unchanged' });
    // No node updates to the bad release; nodes on an older one still get the good one.
    expect(await offered(stage, good, -229)).toBeUndefined();
    expect(await offered(stage, oldest, -229)).toBe(good);
    expect(await offered(stage, bad, -229)).toBeUndefined();
    const [request] = await stage.forge.pullRequests.list({ state: 'open' });
    expect(request).toMatchObject({ base: 'stable', ready: true, labels: ['coxswain', 'roll-back'] });
    expect(request?.body).toContain(`\`${bad}\` was withdrawn from fleet \`stable\`: **boot loop**`);
    expect(request?.body).toContain('Nodes do not downgrade');
    expect(request?.body).toContain('fleet `testing` is still offered it'.replace('fleet', 'Fleet'));

    await stage.forge.pullRequests.merge(request?.number ?? 0, { head: request?.headCommit ?? '' });
    expect((await run(stage, -228)).reason).toContain('is merged into stable already');
    expect(await stage.git.run(['show', 'stable:etc/motd'])).toBe('good');
    expect(await stage.git.run(['show', 'stable:rollouts/notes.md'])).toBe('newer');
    const back = await stage.release('stable', -220);
    expect([oldest, good, bad]).not.toContain(back);
    const { records } = await stage.state.readFleet('stable');
    expect(records[back]?.rollBack).toEqual({
      insteadOf: bad,
      restores: good,
      reason: 'boot loop',
      by: 'Ada',
    });
    expect(Date.parse(records[back]?.created ?? '')).toBeGreaterThan(Date.parse(records[bad]?.created ?? ''));
    for (const version of [oldest, good, bad]) expect(await offered(stage, version, -100)).toBe(back);

    // The fix in testing is promoted unchanged, although stable's content is different.
    await stage.change('testing', { 'etc/issue': 'mended\n' }, 4000); // forge's own merge commits have the real time
    const mended = await stage.release('testing', 4001);
    const last = await stage.open(4049);
    expect(last.gates.filter(({ state }) => state !== 'green')).toEqual([]);
    expect(last).toMatchObject({ ready: true, version: mended });
    await stage.merge('testing', 'stable', how);
    expect(await stage.git.run(['show', 'stable:etc/motd'])).toBe('bad');
    expect(await stage.release('stable', 4050)).toBe(mended);
    expect((await stage.state.readFleet('stable')).records[mended]?.rollBack).toBeUndefined();
    expect(await stage.git.run(['show', 'stable:rollouts/notes.md'])).toBe('newer');
  });

  it('says what it cannot do, and changes nothing', async () => {
    const stage = await openStage(registry.host);
    await expect(run(stage, 0)).rejects.toThrow('fleet stable: it has no release');
    const only = await promoteNext(stage, -500, 'merge', 'one\n');
    await expect(run(stage, 0)).rejects.toThrow(`no release before ${only} is good`);
    await expect(run(stage, 0, { to: only })).rejects.toThrow(`--to: it is not before ${only}`);
    await expect(run(stage, 0, { version: `${only}0` })).rejects.toThrow(`Did you mean ${only}?`);
    expect((await stage.state.readFleet('stable')).operations).toEqual({});
  });
});
