import { beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { EditAnswer } from '../../src/release/operations/edit-fleet.ts';
import editUpdates from '../../src/verbs/edit-updates.ts';
import promoteImage from '../../src/verbs/promote-image.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';

// Steering needs git alone; the floating tags follow in the registry, if it has them.
const registry = useRegistry();
const now = 1_785_000_000;
const hour = 3600;

let project: TestProject;

beforeEach(async () => {
  project = await createProject(registry.host);
  const rollout = { start_percentage: 1 };
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 100 * hour, metadata: { rollout } });
  await recordRelease(project, 'testing', { version: '1-bb', time: now - 12 * hour });
});

async function run(words: string, at = now): Promise<EditAnswer & { text: string }> {
  const args = [...words.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? (match[2] as string));
  const inputs = readArguments(editUpdates.inputs, [
    '--fleet',
    'testing',
    '--directory',
    project.git.directory,
    ...args,
  ]);
  const { data, text } = await editUpdates.run(inputs, contextAt(at));
  return { ...(data as EditAnswer), text };
}

const tip = () => project.git.run(['rev-parse', 'coxswain']);
const message = async () => (await project.git.run(['log', '-1', '--format=%B', 'coxswain'])).trimEnd();
const file = (name: string) => project.git.try(['show', `coxswain:fleets/testing/${name}`]);
const entries = async () => (await project.state.readFleet('testing')).updates.releases;

describe('edit-updates', () => {
  it('pauses by one commit that says who and why, and resumes at the same share', async () => {
    const before = await tip();
    const updates = await file('updates.json');
    const answer = await run('--action pause --reason "boot loop" --for 6h');
    expect(answer).toMatchObject({
      changed: true,
      summary: expect.stringContaining('pause 1-bb at 50 % until'),
    });
    expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
    expect(await message()).toBe(
      'testing: pause 1-bb at 50 % until 2026-07-25T23:20:00Z\n\nReason: boot loop\nBy: Test',
    );
    expect(answer.stateCommit).toBe(await tip());
    expect((await entries()).map(({ version }) => version)).toEqual(['1-aa']);
    expect(JSON.parse((await file('operations.json')) ?? '')).toMatchObject({
      paused: [{ version: '1-bb' }],
    });

    await run('--action resume --by Grace');
    expect(await message()).toBe('testing: resume 1-bb at 50 %\n\nBy: Grace');
    // No time has passed: everything is as before, except for the time of the change.
    expect(await file('operations.json')).toBeUndefined();
    expect((await file('updates.json'))?.replace(/"last-modified.*/, '')).toBe(
      updates?.replace(/"last-modified.*/, ''),
    );
  });

  it.each([
    '--action pause --reason "boot loop"',
    '--action rollout --version 1-bb --duration 48h --start "2026-07-28 14:00 UTC"',
    '--action rollout --duration 48h',
    '--action barrier --version 1-aa --reason keys',
    '--action deadend --version 1-aa --reason lost',
    '--action withdraw --version 1-bb --reason bad',
    '--action hold --reason freeze --for 7d',
  ])('makes one commit, and none the second time: %s', async (words) => {
    const before = await tip();
    expect(await run(words)).toMatchObject({ changed: true });
    const after = await tip();
    expect(await project.git.run(['rev-parse', `${after}^`])).toBe(before);
    const again = await run(words, now + 30);
    expect(again).toMatchObject({ changed: false, stateCommit: after });
    expect(again.text).toContain('nothing changed');
    expect(await tip()).toBe(after);
  });

  it('is undone by git revert', async () => {
    const before = await project.git.run(['rev-parse', 'coxswain^{tree}']);
    await run('--action withdraw --version 1-bb --reason bad');
    await project.git.run(['switch', '--quiet', 'coxswain']);
    await project.git.run(['revert', '--no-edit', 'HEAD']);
    await project.git.run(['switch', '--quiet', 'testing']);
    expect(await project.git.run(['rev-parse', 'coxswain^{tree}'])).toBe(before);
  });

  it('shows with --dry-run what would change, and changes nothing', async () => {
    const before = await tip();
    const answer = await run('--action withdraw --version 1-bb --reason bad --dry-run');
    expect(answer).toMatchObject({ changed: true, dryRun: true });
    expect(answer.text).toContain('testing: would withdraw 1-bb');
    expect(answer.text).toMatch(/^-\s+"version": "1-bb",$/m);
    expect(answer.text).toContain('--- /dev/null\n+++ b/fleets/testing/operations.json\n');
    expect(answer.text).not.toMatch(/^index /m);
    expect(await tip()).toBe(before);
    expect((await run('--action resume --dry-run')).text).toContain('nothing would change');
  });

  it('reads starts in words', async () => {
    await run('--action rollout --start "next tuesday 14:00 UTC" --duration 24h');
    expect((await entries()).at(-1)?.metadata.rollout).toEqual({
      duration_minutes: 1440,
      start_epoch: Date.parse('2026-07-28T14:00:00Z') / 1000,
      start_percentage: 0,
    });
  });

  it.each([
    ['--action pauze', 'Did you mean pause?'],
    ['--action pause', '--action pause needs --reason'],
    ['--action pause --reason " "', '--action pause needs a --reason'],
    ['--action rollout', '--action rollout needs --duration'],
    ['--action rollout --duration 90s', 'update metadata counts whole minutes'],
    ['--action rollout --duration 1h --start soon', '--start: not a time'],
    ['--action barrier --reason x', '--action barrier needs --version'],
    ['--action barrier --version 1-ab --reason x', 'Did you mean 1-aa?'],
    ['--action resume --force', '--action resume takes no --force'],
    ['--action hold --reason x --for 0s', '--for: the time must be longer than 0'],
  ])('says what is wrong, and changes nothing: %s', async (words, expected) => {
    const before = await tip();
    await expect(run(words)).rejects.toThrow(expected);
    expect(await tip()).toBe(before);
  });

  it('loses none of several operators at once', async () => {
    await Promise.all([
      run('--action hold --reason freeze'),
      run('--action barrier --version 1-aa --reason keys'),
      run('--action pause --reason "boot loop"'),
    ]);
    const { operations } = await project.state.readFleet('testing');
    expect(operations).toMatchObject({ hold: { reason: 'freeze' }, paused: [{ version: '1-bb' }] });
    expect((await entries())[0]?.metadata.barrier).toEqual({ reason: 'keys' });
    expect(await project.git.run(['rev-list', '--count', 'coxswain'])).toBe('5');
  });
});

describe('a held fleet', () => {
  beforeEach(async () => {
    await project.state.changeFleet('stable', 'Hold', (state) => ({
      ...state,
      operations: { hold: { reason: 'freeze', by: 'Ada', at: now, until: now + hour } },
    }));
  });

  const promote = (at: number) =>
    promoteImage.run(
      {
        'first-release': true,
        directory: project.git.directory,
        fleet: 'stable',
        commit: undefined,
        'freeze-exception': undefined,
        'accept-missing-evidence': undefined,
        'accept-vulnerabilities': undefined,
        by: undefined,
      },
      contextAt(at),
    );

  it('is promoted nothing into, until the hold ends', async () => {
    const refusal = promote(now + 60);
    await expect(refusal).rejects.toThrow(
      'fleet stable: the fleet is held, so nothing is promoted into it: freeze (by Ada on 2026-07-25T17:20:00Z, until 2026-07-25T18:20:00Z)',
    );
    await expect(refusal).rejects.toThrow('coxswain edit-updates --fleet stable --action release-hold');
    // Then it fails at the next step, because this registry has no base.
    await expect(promote(now + hour)).rejects.toThrow('the base image was not found');
  });
});
