import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initRepository } from '../../src/project/init/init.ts';
import { findAct, skipWithoutAct } from '../support/act.ts';
import { pushPayload } from '../support/github-repository.ts';
import { makeUser, type OtherUser, whyNoUser } from '../support/other-user.ts';
import { useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';
import { createStory, moveBase, type Story } from '../support/workflow-story.ts';

// What the two long stories do not play: one fleet, an owner with capitals, and what init writes for three fleets, one of
// them on a branch with a slash. One run each: a push to a fleet's branch builds, boots, releases and publishes.

const act = findAct();
const minutes = 60_000;

describe.sequential('a first push is built, booted, released and published', () => {
  const registry = useRegistry();
  const stories: Story[] = [];
  let runner: OtherUser | undefined;
  const base = () => `${registry.host}/fedora/fedora-coreos`;

  skipWithoutAct(act);
  beforeAll(async () => {
    if (act !== undefined) await moveBase(base(), '44.20260621.3.1');
  });
  afterAll(async () => {
    for (const story of stories) await story.end();
    await runner?.remove();
  });

  async function release(story: Story, branch: string, graph: string): Promise<void> {
    stories.push(story);
    const commit = await story.user.git.run(['rev-parse', `refs/heads/${branch}`]);
    const run = await story.run('release.yml', {
      event: 'push',
      payload: pushPayload(story.github, branch, commit),
      commit,
      days: 0,
    });
    expect(run.passed, run.log.slice(-3000)).toBe(true);
    for (const job of ['build', 'boot test', 'release to', 'deploy'])
      expect(run.jobs).toContainEqual(expect.stringMatching(new RegExp(`${job}.*: success`)));
    expect(await story.published(graph)).toMatchObject({ nodes: [expect.anything()] });
  }

  it('workflows-examples/one-fleet, of an owner with capitals', { timeout: 6 * minutes }, async () => {
    const story = await createStory(act ?? '', 'one-fleet', {
      example: 'one-fleet',
      repository: 'Acme/OS',
      defaultBranch: 'stable',
      replace: { 'quay.io/fedora/fedora-coreos': base(), 'ghcr.io/acme': `${registry.host}/one` },
      branches: ['stable'],
    });
    await release(story, 'stable', 'stable/x86_64/v1/graph');
  });

  it('what init writes for three fleets, the first on a branch with a slash; no job is root', {
    timeout: 6 * minutes,
  }, async ({ skip }) => {
    const reason = whyNoUser();
    if (reason !== undefined) skip(`no other user to run jobs as: ${reason}`);
    runner = await makeUser(`cx-runner-${process.pid}`);
    const folder = await temporaryFolder();
    await initRepository(folder, {
      image: `${registry.host}/three/os`,
      testImage: `${registry.host}/three/os-test`,
      base: `${base()}:stable`,
      stream: 'stable',
      architectures: ['x86_64'],
      fleets: ['next', 'testing', 'stable'],
      branch: 'release/next',
    });
    // The secrets of a registry with a login: this one has none.
    expect(existsSync(join(folder, '.github/workflows/release.yml'))).toBe(true);
    const story = await createStory(act ?? '', 'three-fleets', {
      example: folder,
      defaultBranch: 'release/next',
      replace: {},
      branches: ['release/next', 'testing', 'stable'],
      runAs: runner,
    });
    await rm(folder, { recursive: true, force: true });
    await release(story, 'release/next', 'next/x86_64/v1/graph');
  });
});
