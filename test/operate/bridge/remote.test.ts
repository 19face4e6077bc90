import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openState } from '../../../src/release/state/state.ts';
import type { Forge } from '../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../src/world/forge/git/git-forge.ts';
import { Git } from '../../../src/world/git/git.ts';
import { gitHubStage, openRemoteForge, openTestGitHub } from '../../support/forges.ts';
import { startGitServer } from '../../support/git-server.ts';
import { openContract } from '../../support/github/contract.ts';
import { startGitHub } from '../../support/github-server.ts';
import { createProject, recordRelease, type TestProject } from '../../support/project.ts';
import { createRepository, temporaryFolder } from '../../support/repository.ts';
import { signIn, startBridge, type TestBridge } from './support.ts';

const now = 1_785_000_000;
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** Two operators on two machines, and the repository that both change. */
interface Place {
  readonly bare: Git;
  readonly operators: readonly TestProject[];
}

async function onServer(): Promise<Place> {
  const local = await createProject('127.0.0.1:9');
  const bare = await createRepository({ bare: true, branch: 'testing' });
  await local.git.run(['push', '--quiet', bare.directory, '--all']);
  const server = await startGitServer(bare.directory);
  stops.push(server.stop);
  const clone = async () => {
    const folder = await temporaryFolder();
    await local.git.run(['clone', '--quiet', server.url, folder]);
    return openRemoteForge(new Git(folder));
  };
  return { bare, operators: [await operator(local, await clone()), await operator(local, await clone())] };
}

async function onGitHub(): Promise<Place> {
  const local = await createProject('127.0.0.1:9');
  const github = await startGitHub({ contract: openContract('api.github.com') });
  stops.push(github.stop);
  await gitHubStage(github);
  const open = () => openTestGitHub(github, { run: { token: github.tokens.person } });
  return {
    bare: new Git(github.directory),
    operators: [await operator(local, await open()), await operator(local, await open())],
  };
}

async function operator(local: TestProject, forge: Forge): Promise<TestProject> {
  return { ...local, forge, state: openState(forge.branches, local.config) };
}

async function bridges({ operators }: Place) {
  const [first] = operators as [TestProject];
  await recordRelease(first, 'testing', { version: '1-bb', time: now - 43_200 });
  const started: TestBridge[] = [];
  for (const [index, project] of operators.entries()) {
    started.push(await startBridge(project, { now: () => now, by: ['Ada', 'Grace'][index] ?? '' }));
  }
  stops.push(...started.map(({ stop }) => stop));
  return Promise.all(started.map(signIn));
}

const tip = ({ bare }: Place) => bare.run(['rev-parse', 'coxswain']);

describe.each([
  ['a git server', onServer],
  ['GitHub', onGitHub],
] as const)('two operators whose state branch is on %s', (_, open) => {
  it('change it one after the other, and the one who lost the race sees that and loses nothing', async () => {
    const place = await open();
    const [ada, grace] = (await bridges(place)) as [
      Awaited<ReturnType<typeof signIn>>,
      Awaited<ReturnType<typeof signIn>>,
    ];
    const wishes = [
      { by: ada, fleet: 'testing', action: 'pause', values: { version: '1-bb', reason: 'by Ada' } },
      { by: grace, fleet: 'testing', action: 'hold', values: { reason: 'by Grace', 'keep-rollouts': 'yes' } },
    ] as const;
    const before = await tip(place);
    const previews = await Promise.all(
      wishes.map(({ by, fleet, action, values }) => by.preview(fleet, action, values)),
    );
    expect(await tip(place)).toBe(before);
    const answers = await Promise.all(wishes.map(({ by }, index) => by.confirm(previews[index]?.id ?? '')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await place.bare.run(['rev-parse', 'coxswain^'])).toBe(before);
    const loser = answers.findIndex(({ status }) => status === 409);
    expect(answers[loser]?.body).toContain('Nothing was applied');
    const { by, fleet, action, values } = wishes[loser] as (typeof wishes)[number];
    const { id } = await by.preview(fleet, action, values);
    expect((await by.confirm(id)).status).toBe(200);
    const { branches } = await openGitForge(place.bare.directory);
    const [{ config }] = place.operators as [TestProject];
    const { operations } = await openState(branches, config).readFleet('testing');
    expect(operations).toMatchObject({
      paused: [{ reason: 'by Ada', by: 'Ada' }],
      hold: { reason: 'by Grace', by: 'Grace' },
    });
  });
});

it('a push that the server refuses is answered with its reason, and the same preview can be confirmed later', async () => {
  const place = await onServer();
  const [ada] = (await bridges(place)) as [Awaited<ReturnType<typeof signIn>>];
  const { id } = await ada.preview('testing', 'pause', { version: '1-bb', reason: 'boot loop' });
  const before = await tip(place);
  const hook = join(place.bare.directory, 'hooks/pre-receive');
  await writeFile(hook, '#!/bin/sh\necho "only on weekdays" >&2\nexit 1\n');
  await chmod(hook, 0o755);
  const refused = await ada.confirm(id);
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.body).toContain('only on weekdays');
  expect(await tip(place)).toBe(before);
  await rm(hook);
  expect((await ada.confirm(id)).status).toBe(200);
  expect(await place.bare.run(['rev-parse', 'coxswain^'])).toBe(before);
});
