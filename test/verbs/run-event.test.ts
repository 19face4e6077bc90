import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import runEvent from '../../src/verbs/run-event.ts';
import { buildAndTest } from '../faults/stage.ts';
import {
  contextAt,
  createProject,
  publishBase,
  recordRelease,
  type TestProject,
} from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';

const registry = useRegistry();
const now = 1_785_000_000;
let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host, { time: now - 86_400 });
  await publishBase(project, '44.20260621.3.1');
});

async function run(name: string, ref: string, payload: unknown = {}) {
  const folder = await temporaryFolder();
  const file = join(folder, 'event.json');
  await writeFile(file, JSON.stringify(payload));
  const output = join(folder, 'site');
  const inputs = readArguments(runEvent.inputs, ['--directory', project.git.directory, '--output', output]);
  const commit = await project.git.run(['rev-parse', 'testing']);
  const env = { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: file, GITHUB_REF: ref, GITHUB_SHA: commit };
  return { outcome: await runEvent.run(inputs, { ...contextAt(now), env }), output };
}

describe('run-event', () => {
  it('promotes, records and publishes a push whose image is built and tested', async () => {
    const { candidate } = await buildAndTest(project);
    const { outcome, output } = await run('push', 'refs/heads/testing');
    expect(outcome.data).toMatchObject({ job: 'release', fleet: 'testing', site: output });
    expect(outcome.exitCode).toBe(0);
    const { releases } = await project.state.readFleet('testing');
    expect(releases.releases.map(({ version }) => version)).toEqual([candidate.version]);
  });

  it('halts a rollout for an alert, publishes that, and fails for an alert that is none', async () => {
    const halting = await createProject(registry.host, {
      time: now - 86_400,
      fleets: '  testing: { halt-when: [{ name: alerts, webhook: true }] }',
    });
    const { digest } = await pushSampleImage(halting.client, halting.config.image, { tag: '1-aa' });
    await recordRelease(halting, 'testing', { version: '1-aa', time: now - 3600, digest });
    project = halting;
    const alerted = (client_payload: unknown) =>
      run('repository_dispatch', 'refs/heads/testing', { action: 'coxswain-halt', client_payload });
    const wrong = await alerted({ fleet: 'stabel', reason: 'disks' });
    expect(wrong.outcome).toMatchObject({ exitCode: 1, data: { job: 'halt', site: undefined } });
    const { outcome, output } = await alerted({ fleet: 'testing', reason: 'disks fill up' });
    expect(outcome).toMatchObject({ exitCode: 0, data: { job: 'halt', site: output } });
    expect(await readFile(join(output, 'testing/updates.json'), 'utf8')).not.toContain('start_epoch');
  });

  it('only watches the base on a schedule until something is released', async () => {
    const { outcome } = await run('schedule', 'refs/heads/testing');
    expect(outcome.data).toMatchObject({ job: 'watch', site: undefined, answers: [expect.anything()] });
  });
});
