import { beforeEach, describe, expect, it } from 'vitest';
import type { RestoreAnswer } from '../../src/operate/restore-state/restore-state.ts';
import editUpdates from '../../src/verbs/edit-updates.ts';
import publish from '../../src/verbs/publish-updates.ts';
import restore from '../../src/verbs/restore-state.ts';
import status from '../../src/verbs/status.ts';
import { pushArtifact } from '../../src/world/registry/artifact.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const day = 86_400;

let project: TestProject;
let directory: string;
/** Every file on the state branch, as it was published. */
let tree: string;

beforeEach(async () => {
  project = await createProject(registry.host, { time: now - 20 * day });
  directory = project.git.directory;
  for (const [index, fleet] of ['testing', 'testing', 'stable'].entries()) {
    const version = `1-${index}`;
    const { digest } = await pushSampleImage(project.client, project.config.image, { tag: version });
    await recordRelease(project, fleet, { version, time: now - (3 - index) * 3600, digest });
  }
  // A person formats a file in their own way, and pauses a rollout: neither is in the published documents.
  await byHand('fleets/testing/updates.json', (text) => `${JSON.stringify(JSON.parse(text))}\n`);
  await edit('testing', { action: 'pause', reason: 'boot löop' });
  await publishNow();
  tree = await project.git.run(['rev-parse', 'coxswain^{tree}']);
});

async function byHand(path: string, change: (text: string) => string | null): Promise<void> {
  const { branches } = project.forge;
  const parent = await branches.resolve('coxswain');
  const content = change((await branches.readFile(parent ?? '', path)) ?? '');
  await branches.commit({ branch: 'coxswain', parent, changes: [{ path, content }], message: 'By hand' });
}

async function edit(fleet: string, given: { action: 'pause' | 'resume'; reason?: string }): Promise<void> {
  await editUpdates.run(
    {
      directory,
      fleet,
      action: given.action,
      version: undefined,
      reason: given.reason,
      start: undefined,
      end: undefined,
      duration: undefined,
      for: undefined,
      by: 'Ada',
      force: false,
      'keep-rollouts': false,
      'dry-run': false,
      'first-release': false,
    },
    contextAt(now),
  );
}

async function publishNow(): Promise<void> {
  await publish.run(
    {
      directory,
      output: await temporaryFolder(),
      fleet: [],
      'from-oci': [],
      'replace-published': undefined,
      by: undefined,
      'first-release': false,
    },
    contextAt(now),
  );
}

async function run(fleet: string[] = [], dryRun = false): Promise<RestoreAnswer & { text: string }> {
  const { data, text } = await restore.run({ directory, fleet, 'dry-run': dryRun }, contextAt(now));
  return { ...(data as RestoreAnswer), text };
}

const treeNow = () => project.git.run(['rev-parse', 'coxswain^{tree}']);
const deleteBranch = () => project.git.run(['update-ref', '-d', 'refs/heads/coxswain']);

describe('restore-state', () => {
  it('restores a deleted state branch from the artifacts alone, byte for byte', async () => {
    await deleteBranch();
    const lost = status.run({ directory, fleet: undefined, 'first-release': true }, contextAt(now));
    await expect(lost).rejects.toThrow(
      /branch coxswain does not exist, but .*updates-testing has 2 releases/,
    );
    await expect(lost).rejects.toThrow('coxswain restore-state');
    const answer = await run();
    expect(answer.fleets).toMatchObject([
      { fleet: 'testing', outcome: 'restored', releases: 2 },
      { fleet: 'stable', outcome: 'restored', releases: 1 },
    ]);
    expect(await treeNow()).toBe(tree);
    expect(await run()).toMatchObject({
      changed: false,
      fleets: [{ outcome: 'complete' }, { outcome: 'complete' }],
    });
    await publishNow();
    expect(await project.git.run(['rev-list', '--count', 'coxswain'])).toBe('1');
  });

  it('restores a branch that was reset, by a commit on top', async () => {
    await project.git.run(['update-ref', 'refs/heads/coxswain', 'coxswain~4']);
    const before = await project.git.run(['rev-parse', 'coxswain']);
    expect((await run([], true)).changed).toBe(true);
    expect(await project.git.run(['rev-parse', 'coxswain'])).toBe(before);
    expect((await run()).changed).toBe(true);
    expect(await treeNow()).toBe(tree);
    expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
  });

  it('restores lost records, and keeps operations that are newer than the artifact', async () => {
    await byHand('fleets/testing/records/1-0.json', () => null);
    await edit('testing', { action: 'resume' });
    expect((await run()).fleets).toMatchObject([{ outcome: 'restored' }, { outcome: 'complete' }]);
    const { records, operations } = await project.state.readFleet('testing');
    expect(Object.keys(records)).toEqual(['1-0', '1-1']);
    expect(operations).toEqual({});
  });

  it('restores only the fleet it is asked for', async () => {
    await deleteBranch();
    await run(['stable']);
    const paths = (await project.git.run(['ls-tree', '-r', '--name-only', 'coxswain'])).split('\n');
    expect(paths).toEqual([
      'README.md',
      'fleets/stable/records/1-2.json',
      'fleets/stable/releases.json',
      'fleets/stable/updates.json',
    ]);
  });

  it('restores nothing over other releases', async () => {
    await recordRelease(project, 'testing', { version: '1-9', time: now });
    const before = await treeNow();
    await expect(run()).rejects.toThrow(/has release 1-9 at position 2, and .* has none there/);
    expect(await treeNow()).toBe(before);
  });

  it('refuses an artifact that would write outside the folder of its fleet', async () => {
    const { client, config } = project;
    await pushArtifact(client, {
      repository: config.image,
      artifactType: 'application/vnd.coxswain.updates.v1+json',
      layers: [
        {
          mediaType: 'application/json',
          bytes: Buffer.from('{"files":{"fleets/testing/../../Containerfile":"FROM evil"}}'),
          annotations: { 'org.opencontainers.image.title': 'testing/state.json' },
        },
      ],
      tag: 'updates-testing',
    });
    await deleteBranch();
    await expect(run()).rejects.toThrow('a file outside the folder of the fleet');
    expect(await project.git.try(['rev-parse', '--verify', 'coxswain'])).toBeUndefined();
  });

  it('says so if no artifact has the state', async () => {
    project = await createProject(registry.host);
    directory = project.git.directory;
    await expect(run()).rejects.toThrow('no artifact has the state of a fleet');
  });
});
