import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/cli/actions/event/decide.ts';
import { readEvent, type WorkflowEvent } from '../../../../src/cli/actions/event/event.ts';
import { matrixOf } from '../../../../src/cli/actions/event/plan.ts';
import { parseConfig } from '../../../../src/project/configuration/config.ts';

const config = parseConfig(
  `image: ghcr.io/acme/os
base: quay.io/fedora/fedora-coreos:stable
architectures: [x86_64, aarch64]
fleets:
  testing: { branch: next }
  stable: { promote-from: testing, soak: 48h }
`,
  'coxswain.yaml',
);

/** Reads an event as the runner describes it. */
async function event(name: string, ref: string, payload: unknown): Promise<WorkflowEvent> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-event-'));
  try {
    const path = join(folder, 'event.json');
    await writeFile(path, JSON.stringify(payload));
    return await readEvent({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_REF: ref });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const repository = { full_name: 'acme/os', default_branch: 'next' };

function pull(base: string, from: string | undefined) {
  const head = { ref: 'words', repo: from === undefined ? null : { full_name: from } };
  return { repository, pull_request: { number: 7, base: { ref: base, repo: repository }, head } };
}

describe('what a workflow run does', () => {
  it.each([
    ['schedule', 'refs/heads/next', { repository }, { kind: 'watch' }],
    ['workflow_dispatch', 'refs/heads/anything', { repository }, { kind: 'watch' }],
    ['push', 'refs/heads/next', { repository }, { kind: 'release', fleet: { name: 'testing' } }],
    [
      'push',
      'refs/heads/stable',
      { repository, deleted: false },
      { kind: 'release', fleet: { name: 'stable' } },
    ],
    ['push', 'refs/heads/stable', { repository, deleted: true }, { kind: 'nothing' }],
    [
      'pull_request',
      'refs/pull/7/merge',
      pull('next', 'acme/os'),
      { kind: 'test', fork: false, fleet: { name: 'testing' } },
    ],
    ['pull_request', 'refs/pull/7/merge', pull('next', 'mallory/os'), { kind: 'test', fork: true }],
    // The repository of the head is deleted, so the pull request is not trusted.
    ['pull_request', 'refs/pull/7/merge', pull('next', undefined), { kind: 'test', fork: true }],
    ['pull_request', 'refs/pull/7/merge', pull('coxswain', 'acme/os'), { kind: 'nothing' }],
  ])('%s on %s', async (name, ref, payload, job) => {
    expect(decide(await event(name, ref, payload), config)).toMatchObject(job);
  });

  it.each([
    [
      'push',
      'refs/heads/testing',
      { repository },
      /no fleet is released from branch "testing", expected one of next, stable.*push: \{ branches: \[next, stable\] \}/,
    ],
    ['push', 'refs/tags/v1', { repository }, /nothing to do for this event, found "push"/],
    ['pull_request', 'refs/pull/7/merge', pull('main', 'acme/os'), /no fleet is released from branch "main"/],
    [
      'pull_request_target',
      'refs/heads/next',
      pull('next', 'mallory/os'),
      /use pull_request, which tests them without/,
    ],
    ['issues', 'refs/heads/next', {}, /nothing to do for this event, found "issues", expected schedule/],
    [
      'schedule',
      'refs/heads/other',
      { repository },
      /schedules on the default branch only.*found "other", expected next/,
    ],
    ['push', `refs/heads/$(touch x)";'\nx`, { repository }, /nothing to do|no fleet is released from branch/],
  ])('%s on %s is an error that says what to do', async (name, ref, payload, message) => {
    const read = await event(name, ref, payload);
    expect(() => decide(read, config)).toThrow(message);
  });

  it('outside of a workflow run there is no event', async () => {
    await expect(readEvent({})).rejects.toThrow(/this is not a workflow run/);
  });

  it('a payload of another shape is named', async () => {
    await expect(event('pull_request', 'x', { pull_request: { number: 'seven' } })).rejects.toThrow(
      /payload of the event pull_request has an unexpected shape/,
    );
  });
});

describe('the runners of a matrix', () => {
  it("are GitHub's own of each architecture, or others that are named", () => {
    expect(matrixOf(config, [], '--runner')).toEqual([
      { architecture: 'x86_64', runner: 'ubuntu-24.04' },
      { architecture: 'aarch64', runner: 'ubuntu-24.04-arm' },
    ]);
    expect(matrixOf(config, ['aarch64 = mine'], '--runner')[1]?.runner).toBe('mine');
  });

  it.each(['aarch64', 'arm64=mine', 'aarch64=', '__proto__=x'])('refuses %j', (entry) => {
    expect(() => matrixOf(config, [entry], '--runner')).toThrow(
      /^--runner: not an architecture and the label/,
    );
  });
});
