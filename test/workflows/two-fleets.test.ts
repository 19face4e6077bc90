import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defined } from '../../src/host/defined.ts';
import { parseRepository } from '../../src/world/registry/reference.ts';
import { findAct, skipWithoutAct } from '../support/act.ts';
import { pullPayload, pushPayload, schedulePayload, statePullPayload } from '../support/github-repository.ts';
import { testClient, useRegistry } from '../support/registry.ts';
import { createStory, moveBase, type Story } from '../support/workflow-story.ts';

// workflows-examples/two-fleets unchanged, except for the names of images: its own workflow files, run by a real
// runner, against a real registry, buildah, QEMU, and GitHub's API emulated. The tests are one story, each goes on from
// the last.

const act = findAct();
const schedule = '11 */6 * * *';
const minutes = 60_000;
const graphSchema = z.looseObject({
  nodes: z.array(z.looseObject({ version: z.string(), payload: z.string() })),
});

/** The workflow of docs/github.md for small users: the action at the top of this repository, and one more event. */
function wholeJob(): string {
  const text = readFileSync('docs/github.md', 'utf8');
  const block = /^```yaml\n(name: Coxswain\n.*?)^```$/ms.exec(text)?.[1] ?? '';
  return block.replace(/^on:$/m, 'on:\n  issues:');
}

describe.sequential('workflows-examples/two-fleets', () => {
  const registry = useRegistry();
  let story: Story;
  const base = () => `${registry.host}/fedora/fedora-coreos`;

  skipWithoutAct(act);
  beforeAll(async () => {
    if (act === undefined) return;
    await moveBase(base(), '44.20260621.3.1');
    story = await createStory(act, 'two-fleets', {
      example: 'two-fleets',
      replace: { 'quay.io/fedora/fedora-coreos': base(), 'ghcr.io/acme': registry.host },
      branches: ['testing', 'stable'],
      files: { '.github/workflows/whole-job.yml': wholeJob() },
    });
  });
  afterAll(() => story?.end());

  const branch = (name: string) => story.user.git.run(['rev-parse', `refs/heads/${name}`]);
  let firstPush: { readonly commit: string; readonly run: number };
  const testingTip = () => branch('testing');
  const graph = async (fleet: string) => graphSchema.parse(await story.published(`${fleet}/x86_64/v1/graph`));
  const onSchedule = async (days: number, workflow = 'watch.yml') =>
    story.run(workflow, {
      event: 'schedule',
      payload: schedulePayload(story.github, schedule),
      commit: await branch('testing'),
      days,
    });
  const onPush = (
    name: string,
    commit: string,
    days: number,
    { workflow = 'release.yml', again }: { workflow?: string; again?: { run: number; attempt: number } } = {},
  ) =>
    story.run(workflow, {
      event: 'push',
      payload: pushPayload(story.github, name, commit),
      commit,
      days,
      ...defined({ again }),
    });

  it('the base moves: one pull request that pins it', { timeout: 2 * minutes }, async () => {
    const run = await onSchedule(0);
    expect(run.jobs).toEqual(expect.arrayContaining([expect.stringMatching(/watch the base: success/)]));
    expect(run.passed).toBe(true);
    expect((await story.pull('testing')).title).toContain('44.20260621.3.1');
  });

  it('pull request: built, pushed, booted, evidence attached, commented', {
    timeout: 4 * minutes,
  }, async () => {
    const opened = await story.pull('testing');
    const run = await story.run('pull-request.yml', {
      event: 'pull_request',
      payload: pullPayload(story.github, opened),
      commit: await story.user.mergeCommit(opened),
      days: 0.1,
    });
    expect(run.passed).toBe(true);
    expect(run.jobs).toContainEqual(expect.stringMatching(/\/ok: success/));
    expect(run.summaries.join('')).toContain('### Boot test: passed');
    expect(await story.user.comments(opened.number)).toEqual([expect.stringContaining('Boot test: passed')]);
    await story.pull('testing');
  });

  it('push to testing, two runs at once: one release, published', { timeout: 3 * minutes }, async () => {
    const commit = await story.user.merge(await story.pull('testing'));
    const both = await Promise.all([onPush('testing', commit, 0.2), onPush('testing', commit, 0.2)]);
    expect(both.map(({ passed }) => passed)).toEqual([true, true]);
    firstPush = { commit, run: both[0].number };
    // The tested image is there: nothing is built or booted again.
    expect(
      both.map(({ jobs }) => jobs.filter((job) => /build|boot/.test(job) && !job.includes('skipped'))),
    ).toEqual([[], []]);
    expect((await graph('testing')).nodes).toHaveLength(1);
    expect((await graph('stable')).nodes).toHaveLength(0);
    const changes = await story.user.git.run(['log', '--format=%s', 'refs/heads/coxswain']);
    expect(changes.split('\n').filter((subject) => /release|roll/i.test(subject))).toHaveLength(1);
  });

  it('run again, all jobs: nothing is uploaded twice, and the site is deployed', {
    timeout: 3 * minutes,
  }, async () => {
    const { commit, run } = firstPush;
    expect((await onPush('testing', commit, 0.3, { again: { run, attempt: 2 } })).passed).toBe(true);
    expect((await graph('testing')).nodes).toHaveLength(1);
  });

  it('a run whose commit was overtaken says so and releases nothing', { timeout: 3 * minutes }, async () => {
    const commit = await story.user.git.run(['rev-parse', 'refs/heads/testing~1']);
    const run = await onPush('testing', commit, 0.3);
    expect(run.passed).toBe(true);
    expect(run.jobs.filter((job) => /release to|build|boot/.test(job) && !job.includes('skipped'))).toEqual(
      [],
    );
    expect(run.log).toMatch(/is no longer the newest of branch testing/);
    expect((await graph('testing')).nodes).toHaveLength(1);
  });

  it('started by hand on a branch that is released: nothing changes', { timeout: 3 * minutes }, async () => {
    const run = await story.run('release.yml', {
      event: 'workflow_dispatch',
      payload: { ...schedulePayload(story.github, ''), ref: 'refs/heads/testing' },
      commit: await branch('testing'),
      days: 0.4,
    });
    expect(run.passed).toBe(true);
    expect(run.jobs).toContainEqual(expect.stringMatching(/release to testing: success/));
    expect((await graph('testing')).nodes).toHaveLength(1);
  });

  it('three days later: promoted to stable, the same digest', { timeout: 3 * minutes }, async () => {
    expect((await onSchedule(3)).passed).toBe(true);
    const commit = await story.user.merge(await story.pull('stable'));
    expect((await onPush('stable', commit, 3.1)).passed).toBe(true);
    const [testing, stable] = [await graph('testing'), await graph('stable')];
    expect(stable.nodes).toEqual([expect.objectContaining({ payload: testing.nodes[0]?.payload })]);
    const tag = { kind: 'tag', repository: parseRepository(`${registry.host}/os`), tag: 'stable' } as const;
    expect(testing.nodes[0]?.payload).toBe(
      `${registry.host}/os@${(await testClient().resolve(tag))?.digest}`,
    );
  });

  it('the form: a pause is a commit, and public', { timeout: 2 * minutes }, async () => {
    const run = await story.run('operate.yml', {
      event: 'workflow_dispatch',
      payload: {
        ...schedulePayload(story.github, ''),
        ref: 'refs/heads/testing',
        inputs: {
          fleet: 'stable',
          action: 'pause',
          reason: `boots "slow"; $(touch x)\n::error::x`,
          for: '6h',
        },
      },
      commit: await branch('testing'),
      days: 3.3,
    });
    expect(run.passed).toBe(true);
    expect(run.jobs.filter((job) => job.includes('success'))).toHaveLength(3);
    const subject = await story.user.git.run(['log', '-1', '--format=%an: %s', 'refs/heads/coxswain']);
    expect(subject).toMatch(/pause/i);
    const updates = JSON.stringify(await story.published('stable/updates.json'));
    expect(updates).not.toContain('"start_epoch"');
  });

  it('a pull request to the state branch: judged, and the one required check reports', {
    timeout: 2 * minutes,
  }, async () => {
    const judge = async (branch: string, text: string, days: number) => {
      const pull = await story.user.propose({
        base: 'coxswain',
        branch,
        title: 'By hand',
        files: { 'fleets/stable/updates.json': text },
      });
      return story.run('pull-request.yml', {
        event: 'pull_request_target',
        payload: await statePullPayload(story.github, story.user, pull),
        commit: await testingTip(),
        days,
      });
    };
    const now = await story.user.git.run(['show', 'coxswain:fleets/stable/updates.json']);
    // git.run removes the final newline. With two newlines the file is another one, and the document is the same.
    const good = await judge('by-hand', `${now}\n\n`, 3.4);
    expect(good.jobs).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/lint the state branch: success/),
        expect.stringMatching(/\/ok: success/),
      ]),
    );
    expect(good.jobs.filter((job) => /build|boot/.test(job) && !job.includes('skipped'))).toEqual([]);
    const bad = await judge('by-mistake', '{ "stream": "stable", "releases": 7 }\n', 3.4);
    expect(bad.passed).toBe(false);
    expect(bad.jobs).toContainEqual(expect.stringMatching(/\/ok: failure/));
  });

  it('a newer base: the whole job in one step proposes it', { timeout: 2 * minutes }, async () => {
    await moveBase(base(), '44.20260707.3.1');
    const run = await onSchedule(4, 'whole-job.yml');
    expect(run.passed).toBe(true);
    expect((await story.pull('testing')).title).toContain('44.20260707.3.1');
  });

  it('the whole job: an image that is tested and released is left as it is', {
    timeout: 3 * minutes,
  }, async () => {
    const pull = await story.user.propose({
      base: 'testing',
      branch: 'words',
      title: 'Words',
      files: { 'README.md': 'Words.\n' },
    });
    const tested = await story.run('whole-job.yml', {
      event: 'pull_request',
      payload: pullPayload(story.github, pull),
      commit: await story.user.mergeCommit(pull),
      days: 4,
    });
    expect(tested.passed).toBe(true);
    const run = await onPush('testing', await story.user.merge(pull), 4.1, { workflow: 'whole-job.yml' });
    expect(run.passed).toBe(true);
    expect((await graph('testing')).nodes).toHaveLength(1);
  });

  it('the whole job says what it was not made for', { timeout: 2 * minutes }, async () => {
    const commit = await branch('testing');
    const branchRun = await onPush('feature', commit, 4, { workflow: 'whole-job.yml' });
    expect(branchRun.passed).toBe(false);
    expect(branchRun.log).toMatch(
      /no fleet is released from branch.*feature.*expected one of testing, stable/,
    );
    const issue = await story.run('whole-job.yml', {
      event: 'issues',
      payload: { action: 'opened' },
      commit,
      days: 4,
    });
    expect(issue.log).toMatch(/nothing to do for this event, found "issues"/);
  });

  it('no planted secret is anywhere', { timeout: 2 * minutes }, async () => {
    await story.expectNoLeak([registry.directory]);
  });
});
