import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/project/configuration/config.ts';
import { openState } from '../../src/release/state/state.ts';
import { findAct, skipWithoutAct } from '../support/act.ts';
import { openTestGitHub } from '../support/forges.ts';
import { schedulePayload } from '../support/github-repository.ts';
import { recordRelease, type TestProject } from '../support/project.ts';
import { pushSampleImage, testClient, useRegistry } from '../support/registry.ts';
import { createStory, type Story } from '../support/workflow-story.ts';

// The workflow Watch of workflows-examples/one-fleet, started by an alert. The release that rolls out is written to the
// state branch directly: that a release gets there is played by the other stories.

const act = findAct();
const day = 86_400;

describe.sequential('an alert by repository_dispatch', () => {
  const registry = useRegistry();
  let story: Story;

  skipWithoutAct(act);
  beforeAll(async () => {
    if (act === undefined) return;
    story = await createStory(act, 'halt', {
      example: 'one-fleet',
      defaultBranch: 'stable',
      replace: {
        'ghcr.io/acme': registry.host,
        'stable: {}': 'stable: { halt-when: [{ name: alerts, webhook: true }] }',
      },
      branches: ['stable'],
    });
  });
  afterAll(() => story?.end());

  it('halts the rollout, publishes that, and opens an issue; a malformed one changes nothing', {
    timeout: 180_000,
  }, async () => {
    const { git } = story.user;
    const config = parseConfig(await git.run(['show', 'stable:coxswain.yaml']), 'coxswain.yaml');
    const forge = await openTestGitHub(story.github);
    const project = { config, state: openState(forge.branches, config) } as TestProject;
    const { digest } = await pushSampleImage(testClient(), config.image, { tag: '1-bb' });
    const time = Math.floor(Date.now() / 1000) - 5 * day;
    await recordRelease(project, 'stable', { version: '1-bb', time, digest });
    const dispatch = async (payload: unknown) =>
      story.run('watch.yml', {
        event: 'repository_dispatch',
        payload: {
          ...schedulePayload(story.github, ''),
          action: 'coxswain-halt',
          client_payload: payload,
        },
        commit: await git.run(['rev-parse', 'refs/heads/stable']),
        days: 0.5,
      });
    const done = ({ jobs }: { readonly jobs: readonly string[] }) =>
      jobs.filter((job) => job.endsWith(': success'));

    const paused = async () => (await project.state.readFleet('stable')).operations.paused ?? [];

    const refused = await dispatch({ fleet: 'nope', reason: 'x' });
    expect(refused.passed).toBe(false);
    expect(refused.log).toMatch(/input alert fleet.*nope/);
    expect(await paused()).toEqual([]);

    const halted = await dispatch({ fleet: 'stable', reason: `disks "full"; $(touch x)\n::error::x` });
    expect(halted.passed, halted.log.slice(-3000)).toBe(true);
    expect(done(halted)).toEqual([
      expect.stringContaining('look for trouble'),
      expect.stringContaining('render the site'),
      expect.stringContaining('deploy'),
    ]);
    expect(await paused()).toMatchObject([
      { version: '1-bb', reason: expect.stringMatching(/^halted: alerts: disks "full"; \$\(touch x\)/) },
    ]);
    expect(JSON.stringify(await story.published('stable/updates.json'))).not.toContain('"start_epoch"');
    // The commit of the story is not released for half a day, which is an issue of its own.
    expect(await forge.issues?.list()).toMatchObject([
      { key: 'halt/stable', title: 'stable: the rollout of 1-bb was halted' },
      { key: 'overdue/stable' },
    ]);
  });
});
