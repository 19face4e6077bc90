import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import planRun from '../../src/verbs/plan-run.ts';
import { buildAndTest } from '../faults/stage.ts';
import { contextAt, createProject, publishBase, type TestProject } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';

const registry = useRegistry();
let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host);
  await publishBase(project, '44.20260621.3.1');
});

async function run(name: string, ref: string, payload: unknown, ...words: string[]) {
  const file = join(await temporaryFolder(), 'event.json');
  await writeFile(file, JSON.stringify(payload));
  const inputs = readArguments(planRun.inputs, ['--directory', project.git.directory, ...words]);
  const commit = await project.git.run(['rev-parse', 'testing']);
  const env = { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: file, GITHUB_REF: ref, GITHUB_SHA: commit };
  return planRun.run(inputs, { ...contextAt(0), env });
}

describe('plan-run', () => {
  it('plans a build for a push whose image is not built, and none once it is built and tested', async () => {
    const push = () => run('push', 'refs/heads/testing', {});
    expect((await push()).data).toEqual({
      job: 'release',
      fork: false,
      fleet: 'testing',
      commit: await project.git.run(['rev-parse', 'testing']),
      matrix: [{ architecture: 'x86_64', runner: 'ubuntu-24.04' }],
    });
    await buildAndTest(project);
    const outcome = await push();
    expect(outcome.data).toMatchObject({ job: 'release', matrix: [] });
    expect(outcome.text).toBe('release to testing: its image is built and tested');
  });

  it('plans tests without credentials for a pull request from a fork, on the runner that is given', async () => {
    const repo = { full_name: 'acme/os' };
    const head = { ref: 'words', repo: { full_name: 'mallory/os' } };
    const payload = { repository: repo, pull_request: { number: 7, base: { ref: 'testing', repo }, head } };
    const outcome = await run('pull_request', 'refs/pull/7/merge', payload, '--runner', 'x86_64=own');
    expect(outcome.data).toMatchObject({ job: 'test', fork: true, matrix: [{ runner: 'own' }] });
    expect(outcome.text).toBe('build and test for testing, without credentials\n  x86_64 on own');
  });

  it('refuses to run outside of a workflow run', async () => {
    const inputs = readArguments(planRun.inputs, ['--directory', project.git.directory]);
    await expect(planRun.run(inputs, contextAt(0))).rejects.toThrow(/^GITHUB_EVENT_NAME: /);
  });
});
