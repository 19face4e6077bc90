import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import { reportIncidents } from '../../../src/operate/watch-fleet/report-incidents.ts';
import { type Config, parseConfig } from '../../../src/project/configuration/config.ts';
import { actOnFindings } from '../../../src/release/operations/act-on-findings.ts';
import { editState } from '../../../src/release/operations/edit-fleet.ts';
import { openState, type State } from '../../../src/release/state/state.ts';
import type { Forge } from '../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../src/world/forge/git/git-forge.ts';
import { gitHubStage, openTestGitHub } from '../../support/forges.ts';
import { type Contract, openContract } from '../../support/github/contract.ts';
import { type GitHubServer, startGitHub } from '../../support/github-server.ts';
import { createProject, recordRelease, type TestProject } from '../../support/project.ts';
import { temporaryFolder } from '../../support/repository.ts';

const now = 1_785_000_000;
const hour = 3600;
const order = { fleet: 'testing', by: 'Ada', now };

let contract: Contract;
let github: GitHubServer;

beforeAll(async () => {
  contract = openContract('api.github.com');
  github = await startGitHub({ contract });
});
afterAll(() => github.stop());

const config = (more = ''): Config =>
  parseConfig(
    `image: 127.0.0.1:9/os
base: 127.0.0.1:9/fcos:stable
fleets:
  testing: { branch: main, halt-when: [{ name: alerts, webhook: true }] }
${more}`,
    'coxswain.yaml',
  );

async function stage(): Promise<{ forge: Forge; state: State }> {
  const { open } = await gitHubStage(github);
  const forge = await open();
  const state = openState(forge.branches, config());
  const project = { state, config: config() } as TestProject;
  const time = now - 12 * hour;
  await recordRelease(project, 'testing', { version: '1-bb', time });
  return { forge, state };
}

const report = (forge: Forge, state: State, options: { at?: number; config?: Config } = {}) =>
  reportIncidents({ config: options.config ?? config(), forge, state }, Object.values(config().fleets), {
    by: 'watch',
    now: options.at ?? now,
    log: silentLog,
  });

const trouble = {
  condition: 'alerts',
  key: 'a',
  is: 'trouble',
  evidence: 'alerts: <b>disks</b> are full',
} as const;
const halt = (state: State) =>
  actOnFindings(state, config().fleets.testing as never, [trouble], { by: 'watch', now });
const whats = (steps: readonly { what: string; title: string }[]) =>
  steps.map(({ what, title }) => `${what} ${title}`);

describe('a failure', () => {
  it('gets one issue, which is found again, and is closed when the failure is over', async () => {
    const { forge, state } = await stage();
    expect((await report(forge, state)).issues).toEqual([]);
    await halt(state);
    const title = 'testing: the rollout of 1-bb was halted';
    expect(whats((await report(forge, state)).issues)).toEqual([`opened ${title}`]);
    // Another run, on another machine and by another token.
    const other = await openTestGitHub(github, { run: { token: github.tokens.person } });
    expect((await report(other, state)).issues).toEqual([]);
    const [issue] = (await forge.issues?.list()) ?? [];
    expect(issue).toMatchObject({ key: 'halt/testing', title });
    expect(issue?.body).not.toContain('<b>');
    await state.changeFleet(
      'testing',
      'Resume',
      (before) => editState(before, order, { kind: 'resume' }).state,
    );
    expect(whats((await report(forge, state)).issues)).toEqual([`closed ${title}`]);
    expect(await forge.issues?.list()).toEqual([]);
    expect(contract.violations).toEqual([]);
  });

  it('has one issue after the next run, also if the answer to the first was lost', async () => {
    const { forge, state } = await stage();
    await halt(state);
    // The issue is opened, the answer is lost, and the request is sent again.
    github.inject({ method: 'POST', path: /\/issues$/, status: 0, after: true });
    await report(forge, state);
    expect(await forge.issues?.list()).toHaveLength(2);
    await report(forge, state);
    expect(await forge.issues?.list()).toHaveLength(1);
    github.inject({ method: 'GET', path: /\/issues$/, status: 403 });
    expect((await report(forge, state)).failures).toHaveLength(1);
    expect(whats((await report(forge, state)).issues)).toEqual([]);
  });

  it('does not close what it could not look at, nor issues of people', async () => {
    const { forge, state } = await stage();
    await report(forge, state);
    const { apiUrl, repository, tokens } = github;
    const headers = { authorization: `token ${tokens.person}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ title: 'Mine', body: '<!-- coxswain issue: halt/testing -->\nmine' });
    await fetch(`${apiUrl}/repos/${repository}/issues`, { method: 'POST', headers, body });
    await forge.issues?.open({ key: 'release/testing', title: 'It failed', body: 'x' });
    await forge.issues?.open({ key: 'release/other', title: 'Another fleet', body: 'x' });
    github.inject({ path: /\/actions\/workflows\//, status: 403 });
    const { issues } = await report(forge, state);
    expect(issues).toEqual([]);
    expect((await forge.issues?.list())?.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['release/testing', 'release/other']),
    );
  });

  it('of a release is found, and a release that nobody starts', async () => {
    const { forge, state } = await stage();
    const { branches } = await openGitForge(github.directory);
    const commit = await branches.commit({
      branch: 'main',
      parent: await branches.resolve('main'),
      changes: [{ path: '.github/workflows/release.yml', content: 'on: push\n' }],
      message: 'Add a workflow',
    });
    const late = (await forge.branches.commitTime(commit)) + 7 * hour;
    expect((await report(forge, state, { at: late })).incidents.map(({ key }) => key)).toEqual([
      'overdue/testing',
    ]);
    github.runs.push({ workflow: 'release.yml', branch: 'main', commit, conclusion: 'failure' });
    const { incidents } = await report(forge, state, { at: late });
    expect(incidents.map(({ key }) => key)).toEqual(['release/testing']);
    expect(incidents[0]?.body).toContain('/actions/runs/');
  });
});

describe('notify.command', () => {
  it('is run once when something begins and once when it is over, with the facts on standard input', async () => {
    const project = await createProject('127.0.0.1:9', {
      fleets: '  testing: { halt-when: [{ name: alerts, webhook: true }] }',
    });
    await recordRelease(project, 'testing', { version: '1-bb', time: now - 12 * hour });
    const folder = await temporaryFolder();
    const program = join(folder, 'page.sh');
    await writeFile(
      program,
      `#!/bin/sh\necho "$COXSWAIN_EVENT $1 $COXSWAIN_INCIDENT" >> ${folder}/said\ncat >> ${folder}/said\n`,
    );
    await chmod(program, 0o755);
    const { forge, state } = project;
    const noted = { ...project.config, notifyCommand: [program, '$(touch x)'] };
    await halt(state);
    for (let run = 0; run < 2; run++) {
      expect((await report(forge, state, { config: noted })).failures).toEqual([]);
    }
    const said = (await readFile(join(folder, 'said'), 'utf8')).trim().split('\n');
    expect(said[0]).toBe('opened $(touch x) halt/testing');
    expect(JSON.parse(said[1] ?? '')).toMatchObject({
      event: 'opened',
      fleet: 'testing',
      key: 'halt/testing',
    });
    expect(said).toHaveLength(2);
    await state.changeFleet(
      'testing',
      'Resume',
      (before) => editState(before, order, { kind: 'resume' }).state,
    );
    const failing = { ...noted, notifyCommand: ['false'] };
    expect((await report(forge, state, { config: failing })).failures).toEqual([
      expect.stringContaining('running false'),
    ]);
    for (let run = 0; run < 2; run++) await report(forge, state, { config: noted });
    const all = (await readFile(join(folder, 'said'), 'utf8')).trim().split('\n');
    expect(all.filter((line) => line.startsWith('over '))).toHaveLength(1);
  });
});
