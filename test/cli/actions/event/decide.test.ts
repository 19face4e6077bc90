import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decide, type Purpose } from '../../../../src/cli/actions/event/decide.ts';
import { readEvent } from '../../../../src/cli/actions/event/event.ts';
import { parseConfig } from '../../../../src/project/configuration/config.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const config = parseConfig(
  `image: ghcr.io/acme/os
test-image: ghcr.io/acme/os-test
base: quay.io/fedora/fedora-coreos:stable
stream: stable
fleets:
  testing: {}
  stable: { promote-from: testing }
`,
  'coxswain.yaml',
);

interface Given {
  readonly event: string;
  readonly ref?: string;
  readonly actor?: string;
  readonly payload?: Record<string, unknown>;
}

const commit = '0123456789012345678901234567890123456789';

async function decideFor(
  { event, ref = 'refs/heads/testing', actor = 'ada', payload = {} }: Given,
  purpose?: Purpose,
) {
  const path = join(await temporaryFolder(), 'event.json');
  await writeFile(
    path,
    JSON.stringify({ repository: { full_name: 'acme/os', default_branch: 'testing' }, ...payload }),
  );
  const env = {
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: path,
    GITHUB_REF: ref,
    GITHUB_SHA: commit,
    GITHUB_ACTOR: actor,
  };
  return decide(await readEvent(env), config, purpose);
}

function pullRequest(options: { base?: string; from?: string | null } = {}): Given {
  const { base = 'testing', from = 'acme/os' } = options;
  return {
    event: 'pull_request',
    ref: 'refs/pull/7/merge',
    payload: {
      pull_request: {
        number: 7,
        base: { ref: base, repo: { full_name: 'acme/os' } },
        head: { ref: 'topic', repo: from === null ? null : { full_name: from } },
      },
    },
  };
}

describe('what a workflow run does', () => {
  it('watches on a schedule and by hand', async () => {
    expect(await decideFor({ event: 'schedule' })).toEqual({ kind: 'watch' });
    expect(await decideFor({ event: 'workflow_dispatch', ref: 'refs/heads/stable' })).toEqual({
      kind: 'watch',
    });
  });

  it('hands an alert to watch-fleet, whatever is in it, and takes no other type of dispatch', async () => {
    const alert = { fleet: 'stable', reason: '$(reboot)' };
    const given = (action: unknown, client_payload: unknown) =>
      decideFor({ event: 'repository_dispatch', payload: { action, client_payload } });
    expect(await given('coxswain-halt', alert)).toEqual({ kind: 'halt', alert: JSON.stringify(alert) });
    expect(await given('coxswain-halt', undefined)).toEqual({ kind: 'halt', alert: '{}' });
    await expect(given('rebuild', alert)).rejects.toThrow(/found "rebuild", expected coxswain-halt/);
    await expect(given(7, alert)).rejects.toThrow(/nothing to do for this event/);
  });

  it('tests a pull request for the fleet that it goes to', async () => {
    expect(await decideFor(pullRequest({ base: 'stable' }))).toMatchObject({
      kind: 'test',
      fleet: { name: 'stable' },
      fork: false,
    });
  });

  it.each([
    ['of a fork', pullRequest({ from: 'eve/os' })],
    ['of a fork that is gone', pullRequest({ from: null })],
    ['of Dependabot', { ...pullRequest(), actor: 'dependabot[bot]' }],
  ])('tests the pull request %s without credentials', async (_, given) => {
    expect(await decideFor(given)).toMatchObject({ kind: 'test', fork: true });
  });

  it("releases a fleet by hand if the workflow is for releases, and only from a fleet's branch", async () => {
    const start = (ref: string) => decideFor({ event: 'workflow_dispatch', ref }, 'release');
    expect(await start('refs/heads/stable')).toMatchObject({
      kind: 'release',
      fleet: { name: 'stable' },
      commit,
    });
    await expect(start('refs/heads/topic')).rejects.toThrow(/topic.*testing, stable/s);
  });

  it('tests the group of a merge queue with credentials, for the fleet that it goes to', async () => {
    const payload = { merge_group: { base_ref: 'refs/heads/stable', head_sha: commit } };
    const ref = 'refs/heads/gh-readonly-queue/stable/pr-7-0123';
    expect(await decideFor({ event: 'merge_group', ref, payload })).toMatchObject({
      kind: 'test',
      fleet: { name: 'stable' },
      fork: false,
    });
  });

  it('releases nothing from a new branch of a fleet with promote-from: its content passed no gate', async () => {
    const made = (ref: string) => decideFor({ event: 'push', ref, payload: { created: true } });
    expect(await made('refs/heads/stable')).toMatchObject({
      kind: 'nothing',
      reason: expect.stringContaining('passed no gate'),
    });
    expect(await made('refs/heads/testing')).toMatchObject({ kind: 'release' });
  });

  it("releases the commit of a push to a fleet's branch, and does nothing when the branch is deleted", async () => {
    expect(await decideFor({ event: 'push', ref: 'refs/heads/stable' })).toMatchObject({
      kind: 'release',
      fleet: { name: 'stable' },
      commit,
    });
    expect(await decideFor({ event: 'push', payload: { deleted: true } })).toMatchObject({
      kind: 'nothing',
    });
  });

  it('judges a pull request into the state branch by the event that runs there, and by no other', async () => {
    expect(await decideFor(pullRequest({ base: 'coxswain' }))).toMatchObject({ kind: 'nothing' });
    const into = (base: string): Given => {
      const { payload } = pullRequest({ from: 'eve/os' });
      const { pull_request: pull } = payload as { pull_request: { head: object } };
      const proposed = { ...pull, base: { ref: base }, head: { ...pull.head, sha: commit } };
      return { event: 'pull_request_target', payload: { pull_request: proposed } };
    };
    expect(await decideFor(into('coxswain'))).toEqual({ kind: 'lint', commit });
    await expect(decideFor(into('testing'))).rejects.toThrow(/use pull_request.*branches: \[coxswain\]/s);
  });

  it.each([
    ['a schedule off the default branch', { event: 'schedule', ref: 'refs/heads/stable' }, 'testing'],
    ['a push to no fleet', { event: 'push', ref: 'refs/heads/main' }, 'branches: [testing, stable]'],
    ['a pull request into no fleet', pullRequest({ base: '$(touch x)\n"' }), 'no fleet is released from'],
    ['a tag', { event: 'push', ref: 'refs/tags/v1' }, 'nothing to do for this event'],
    ['an event of another kind', { event: 'issue_comment' }, 'push to the branch of a fleet'],
    ['a trigger that hands out credentials', { event: 'pull_request_target' }, 'use pull_request'],
  ])('refuses %s, and says what to do', async (_, given, said) => {
    await expect(decideFor(given)).rejects.toThrow(said);
  });

  it('says so outside of a workflow run, and for an unreadable payload', async () => {
    await expect(readEvent({})).rejects.toThrow('this is not a workflow run');
    await expect(
      decideFor({ event: 'pull_request', payload: { pull_request: { number: 'x' } } }),
    ).rejects.toThrow('unexpected shape');
  });
});
