import { beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/guidance/lint/lint.ts';
import lintUpdates from '../../src/verbs/lint-updates.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';

// A Tuesday.
const now = Date.parse('2026-07-21T14:00:00Z') / 1000;
const day = 86_400;

let project: TestProject;

beforeEach(async () => {
  project = await createProject('127.0.0.1:9');
  const rollout = { start_percentage: 1 };
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 9 * day, metadata: { rollout } });
  await recordRelease(project, 'testing', { version: '1-bb', time: now });
});

interface Answer {
  readonly commit: string;
  readonly against: string | null;
  readonly errors: readonly (Finding & { fleet?: string })[];
  readonly warnings: readonly (Finding & { fleet?: string })[];
  readonly text: string;
  readonly exitCode: number | undefined;
}

async function run(options: { commit?: string; against?: string; fleet?: string[] } = {}): Promise<Answer> {
  const { commit, against, fleet = [] } = options;
  const outcome = await lintUpdates.run(
    { 'first-release': false, directory: project.git.directory, commit, against, fleet, 'time-zone': 'UTC' },
    contextAt(now),
  );
  return { ...(outcome.data as Answer), text: outcome.text, exitCode: outcome.exitCode };
}

/** Edits files on a branch, as somebody would in a pull request. */
async function edit(
  branch: string,
  changes: Readonly<Record<string, (text: string) => string | null>>,
): Promise<string> {
  const { branches } = project.forge;
  const parent = (await branches.resolve(branch)) ?? (await branches.resolve('coxswain'));
  const files = await Promise.all(
    Object.entries(changes).map(async ([path, change]) => ({
      path,
      content: change((await branches.readFile(parent ?? '', path)) ?? ''),
    })),
  );
  const there = await branches.resolve(branch);
  return branches.commit({
    branch,
    parent: there,
    ...(parent === undefined ? {} : { from: parent }),
    changes: files,
    message: 'By hand',
  });
}

const updates = 'fleets/testing/updates.json';

describe('lint-updates', () => {
  it('has nothing to say about what the verbs wrote', async () => {
    expect(await run()).toMatchObject({ errors: [], warnings: [], exitCode: 0 });
    expect((await run()).text).toContain('no finding');
    await project.git.run(['branch', 'first', 'coxswain^']);
    expect(await run({ commit: 'first' })).toMatchObject({ against: null, errors: [], warnings: [] });
  });

  it('judges a branch against where it left the state branch: errors and warnings apart, with places', async () => {
    const base = await project.git.run(['rev-parse', 'coxswain']);
    await edit('change', {
      [updates]: (text) =>
        text.replace('"1-bb"', '"1-bc"').replace('"start_percentage": 1.0', '"start_percentage": 0.5'),
    });
    // The state branch goes on meanwhile.
    await recordRelease(project, 'stable', { version: '1-aa', time: now });
    const answer = await run({ commit: 'change' });
    expect(answer.against).toBe(base);
    expect(answer.errors).toMatchObject([
      { fleet: 'testing', rule: 'unknown-release', where: `${updates}:16:18`, remedy: 'Did you mean 1-bb?' },
    ]);
    expect(answer.warnings.map(({ rule }) => rule)).toContain('goes-back');
    expect(answer.exitCode).toBe(1);
    expect(answer.text).toMatch(
      /^fleets\/testing\/updates\.json:16:18: error: no release 1-bc: .*\[unknown-release\]\n {4}Did you mean 1-bb\?$/m,
    );
    expect(answer.text).toMatch(
      /^lint-updates: 1 error, \d warnings?\n {2}[0-9a-f]{12} against [0-9a-f]{12}$/m,
    );
  });

  it('passes with warnings alone', async () => {
    await edit('coxswain', {
      [updates]: (text) => text.replace(`"start_epoch": ${now}`, `"start_epoch": ${now + 4 * day}`),
    });
    expect(await run()).toMatchObject({ errors: [], warnings: [{ rule: 'weekend' }], exitCode: 0 });
  });

  it('finds files that do not belong there, wrong records, and removed ones', async () => {
    const record = 'fleets/testing/records/1-bb.json';
    await edit('coxswain', {
      'fleets/testing/update.json': () => '{}',
      'fleets/testin/updates.json': () => '{}',
      'notes.txt': () => 'x',
      [record]: (text) => text.replace(/"created": "[^"]*"/, '"created": "2020-01-01T00:00:00Z"'),
      'fleets/testing/records/1-aa.json': () => null,
    });
    const { errors, warnings } = await run();
    expect(errors.map(({ rule, where, remedy }) => [rule, where, remedy])).toEqual([
      ['unknown-fleet', 'fleets/testin/updates.json', 'Did you mean testing?'],
      ['unknown-file', 'fleets/testing/update.json', 'Did you mean updates.json?'],
      ['record-rewritten', record, 'Put the old value back: a release is made once.'],
      ['record-removed', 'fleets/testing/records/1-aa.json', 'Put it back: a release is never removed.'],
    ]);
    expect(warnings).toMatchObject([{ rule: 'unknown-file', where: 'notes.txt' }]);
    expect((await run({ fleet: ['stable'] })).errors).toEqual([]);
  });

  it('finds an image that is older than the release before it', async () => {
    await edit('coxswain', {
      'fleets/testing/records/1-bb.json': (text) =>
        text.replace(/"created": "[^"]*"/, '"created": "2020-01-01T00:00:00Z"'),
    });
    expect((await run()).errors).toMatchObject([{ rule: 'record-rewritten' }, { rule: 'created-goes-back' }]);
  });

  it('says which commit it does not know', async () => {
    await expect(run({ commit: 'nowhere' })).rejects.toThrow('--commit: this commit cannot be found');
    await expect(run({ against: 'nowhere' })).rejects.toThrow('--against: this commit cannot be found');
  });
});
