import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  confirmedBranches,
  OtherChangeError,
  StateMovedError,
} from '../../../src/operate/bridge/pinned-branches.ts';
import { createProject, recordRelease, type TestProject } from '../../support/project.ts';
import { signIn, startBridge, type TestBridge } from './support.ts';

// What each action commits is in test/browser/bridge.test.ts. These are the ways in which a confirmation is not done.

const start = 1_785_000_000;
let now = start;
let project: TestProject;
let ada: TestBridge;
let grace: TestBridge;

beforeEach(async () => {
  now = start;
  project = await createProject('127.0.0.1:9');
  const rollout = { start_percentage: 1 };
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 360_000, metadata: { rollout } });
  await recordRelease(project, 'testing', { version: '1-bb', time: now - 43_200 });
  ada = await startBridge(project, { now: () => now });
  grace = await startBridge(project, { now: () => now, by: 'Grace' });
});
afterEach(() => Promise.all([ada.stop(), grace.stop()]));

const tip = () => project.git.run(['rev-parse', 'coxswain']);
const message = async () => (await project.git.run(['log', '-1', '--format=%B', 'coxswain'])).trimEnd();

describe('a confirmation', () => {
  it('makes exactly the commit that the preview showed, also some minutes later, and only once', async () => {
    const { preview, confirm } = await signIn(ada);
    const { page, id } = await preview('testing', 'pause', { reason: 'boot loop', for: '6h' });
    const shown = /<h2>Commit message<\/h2><pre[^>]*>([^<]*)<\/pre>/.exec(page.body)?.[1]?.trimEnd();
    const before = await tip();
    now += 600;
    const [one, other] = await Promise.all([confirm(id), confirm(id)]);
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(one.body).toContain(await tip());
    expect(await message()).toBe(shown);
    expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
    const { operations } = await project.state.readFleet('testing');
    expect(operations.paused).toMatchObject([{ since: start, until: start + 6 * 3600 }]);
  });

  it('of two operators at the same moment is done for one, and the other sees what changed', async () => {
    const [first, second] = await Promise.all([signIn(ada), signIn(grace)]);
    const hold = await first.preview('testing', 'hold', { reason: 'by Ada' });
    const barrier = await second.preview('testing', 'barrier', { version: '1-aa', reason: 'by Grace' });
    const before = await tip();
    const answers = await Promise.all([first.confirm(hold.id), second.confirm(barrier.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
    const lost = answers.find(({ status }) => status === 409)?.body ?? '';
    expect(lost).toContain('Nothing was applied');
    expect(lost).toContain((await message()).split('\n')[0]);
    expect(lost).toContain('Show a new preview');
  });

  it('is refused if another fleet changed, too: the person did not see that state', async () => {
    const { preview, confirm } = await signIn(ada);
    const { id } = await preview('testing', 'hold', { reason: 'x' });
    await recordRelease(project, 'stable', { version: '1-aa', time: now });
    const before = await tip();
    expect((await confirm(id)).status).toBe(409);
    expect(await tip()).toBe(before);
  });

  it('is refused for a preview that is too old', async () => {
    const { preview, confirm } = await signIn(ada);
    const { id } = await preview('testing', 'pause', { reason: 'boot loop' });
    const before = await tip();
    now += 16 * 60;
    const { status, body } = await confirm(id);
    expect(status).toBe(409);
    expect(body).toContain('The preview is too old');
    expect(await tip()).toBe(before);
  });

  it('needs a tick if lint finds an error: nodes that the change strands', async () => {
    await recordRelease(project, 'testing', { version: '1-cc', time: now - 60, metadata: null });
    const { preview, confirm } = await signIn(ada);
    const values = { version: '1-bb', reason: 'bad', force: 'yes' };
    const { page, id } = await preview('testing', 'withdraw', values);
    expect(page.body).toContain('Do it although lint finds an error');
    expect(page.body).toMatch(/<strong>new:<\/strong> nodes on <code>1-aa<\/code>/);
    const before = await tip();
    const refused = await confirm(id);
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('Tick the box');
    expect(await tip()).toBe(before);
    expect((await confirm(id, { 'accept-errors': 'yes' })).status).toBe(200);
    expect(await message()).toBe('testing: withdraw 1-bb\n\nReason: bad\nBy: Ada');
  });

  it('of a preview that nobody made is answered with a page, and changes nothing', async () => {
    const { confirm, preview } = await signIn(ada);
    const before = await tip();
    expect((await confirm('00000000-0000-0000-0000-000000000000')).status).toBe(404);
    const { page } = await preview('testing', 'resume');
    expect(page.body).toContain('There is nothing to change');
    expect(await tip()).toBe(before);
  });
});

describe('a form', () => {
  it.each([
    ['pause', {}, 'needs --reason', 'reason'],
    ['rollout', { duration: 'soon' }, 'not a duration', 'duration'],
    ['rollout', { duration: '48h', start: 'yesterday' }, 'not a time', 'start'],
    ['barrier', { version: '9-zz', reason: 'x' }, 'fleet testing has no such release', 'version'],
    ['reschedule', { version: '1-bb', end: '2020-01-01T00:00Z' }, 'the end must come after', 'end'],
    ['roll-back', { version: '1-aa', reason: 'x' }, 'no release before 1-aa is good', undefined],
  ] as const)('says what is wrong beside what was filled in: %s %j', async (action, values, says, field) => {
    const { preview } = await signIn(ada);
    const before = await tip();
    const { page } = await preview('testing', action, values);
    expect(page.status).toBe(422);
    expect(page.body).toContain(says);
    if (field !== undefined)
      expect(page.body).toMatch(new RegExp(`name="${field}"[^>]* aria-invalid="true"`));
    for (const value of Object.values(values)) expect(page.body).toContain(value);
    expect(await tip()).toBe(before);
  });

  it('shows text of others as text', async () => {
    const { preview, get, confirm } = await signIn(ada);
    const attack = '<script>alert(1)</script>"><img src=x onerror=alert(1)>';
    const { page, id } = await preview('testing', 'hold', { reason: attack });
    await confirm(id);
    for (const { body } of [page, await get(ada.root), await get(`${ada.root}done/${id}`)]) {
      expect(body).not.toContain('<script>alert');
      expect(body).not.toContain('<img');
    }
  });
});

describe('confirmedBranches', () => {
  const branch = 'coxswain';
  const change = { changes: [{ path: 'README.md', content: 'x\n' }], message: 'x' };
  const at = async () => (await project.forge.branches.resolve(branch)) as string;
  const pinned = async (commit: string) =>
    confirmedBranches(project.forge.branches, {
      stateBranch: branch,
      at: commit,
      expected: change,
      onCommit: () => undefined,
    });

  it('refuses another change than the expected one, and a second one', async () => {
    const before = await at();
    const branches = await pinned(before);
    const commit = (message: string) => branches.commit({ branch, parent: before, ...change, message });
    await expect(commit('y')).rejects.toThrow(OtherChangeError);
    expect(await tip()).toBe(before);
    await commit('x');
    await expect(commit('x')).rejects.toThrow(OtherChangeError);
    expect(await branches.resolve(branch)).toBe(await tip());
  });

  it('refuses a branch that moved, whatever parent the caller names', async () => {
    const before = await at();
    const branches = await pinned(before);
    await recordRelease(project, 'testing', { version: '1-cc', time: now });
    const moved = await tip();
    await expect(branches.commit({ branch, parent: moved, ...change })).rejects.toThrow(StateMovedError);
    expect(await tip()).toBe(moved);
  });
});
