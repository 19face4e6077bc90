import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRepository } from '../../src/world/registry/reference.ts';
import { findAct, skipWithoutAct } from '../support/act.ts';
import { type Pull, pullPayload, pushPayload } from '../support/github-repository.ts';
import { testClient, testLogin, useRegistry } from '../support/registry.ts';
import { createStory, moveBase, type Story } from '../support/workflow-story.ts';

// workflows-examples/own-registry, with registries that ask for a name and a password, and a pull request from a fork
// with malicious names.

const act = findAct();
const minutes = 60_000;
const trace = join(tmpdir(), 'coxswain-injected');
// What git takes as the name of a branch, and what a shell would run in it.
const branch = `words"$(touch\${IFS}${trace}-branch)";'\`touch\${IFS}${trace}-tick\`'`;
const title = `Words $(touch ${trace}-title) "'\`touch ${trace}-title\`\n::add-path::/tmp\n::set-output name=x::y`;

describe.sequential('a pull request from a fork', () => {
  const open = useRegistry();
  const closed = useRegistry({ login: true });
  let story: Story;
  let pull: Pull;
  const repository = () => parseRepository(`${closed.host}/acme/os-test`);
  const client = testClient(async ({ registry }) => (registry === closed.host ? testLogin : undefined));

  skipWithoutAct(act);
  beforeAll(async () => {
    if (act === undefined) return;
    const base = `${open.host}/fedora/fedora-coreos`;
    await moveBase(base, '44.20260621.3.1');
    story = await createStory(act, 'own-registry', {
      example: 'own-registry',
      replace: {
        'quay.io/fedora/fedora-coreos': base,
        'test-registry.example.com/acme/os': `${closed.host}/acme/os-test`,
        'registry.example.com/acme/os': `${closed.host}/acme/os`,
      },
      branches: ['testing', 'stable'],
      secrets: {
        REGISTRY_USERNAME: testLogin.username,
        REGISTRY_PASSWORD: testLogin.password,
        TEST_REGISTRY_USERNAME: testLogin.username,
        TEST_REGISTRY_PASSWORD: testLogin.password,
      },
    });
    pull = await story.user.propose({
      base: 'testing',
      branch,
      title,
      files: { 'rootfs/etc/motd.d/50-derived.motd': 'Words from a fork.\n' },
    });
  });
  afterAll(() => story?.end());

  it('is built and booted without a credential, and nothing is pushed', {
    timeout: 4 * minutes,
  }, async () => {
    const run = await story.run('pull-request.yml', {
      event: 'pull_request',
      payload: pullPayload(story.github, pull, 'mallory/os'),
      commit: await story.user.mergeCommit(pull),
      days: 0,
      secrets: {},
    });
    expect(run.passed).toBe(true);
    expect(run.jobs.filter((job) => job.endsWith(': success'))).toEqual([
      expect.stringContaining('plan'),
      expect.stringContaining('of a fork'),
      expect.stringContaining('ok'),
    ]);
    expect(run.summaries.join('\n')).toContain('### Boot test: passed');
    expect(await client.listTags(repository())).toEqual([]);
  });

  it('merged, it is built and tested again, with credentials, and released', {
    timeout: 5 * minutes,
  }, async () => {
    const commit = await story.user.merge(pull);
    const run = await story.run('release.yml', {
      event: 'push',
      payload: pushPayload(story.github, 'testing', commit),
      commit,
      days: 0.1,
    });
    expect(run.passed).toBe(true);
    const verbs = run.steps.flatMap(
      (step) => /coxswain\/actions\/([a-z-]+)@\w+: success/.exec(step)?.[1] ?? [],
    );
    expect(verbs.filter((verb) => !['log-in', 'plan-run'].includes(verb))).toEqual([
      'build-image',
      'boot-test',
      'promote-image',
      'start-rollout',
      'publish-updates',
    ]);
    expect(await client.listTags(parseRepository(`${closed.host}/acme/os`))).toContain('testing');
  });

  it('ran nothing of what its branch and title say', () => {
    for (const end of ['branch', 'tick', 'title']) expect(existsSync(`${trace}-${end}`)).toBe(false);
  });

  it('no planted secret is anywhere', { timeout: 2 * minutes }, async () => {
    await story.expectNoLeak([open.directory, closed.directory].map((folder) => join(folder, 'storage')));
  });
});
