import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import { reportIncidents } from '../../../src/operate/watch-fleet/report-incidents.ts';
import { type Config, type Fleet, parseConfig } from '../../../src/project/configuration/config.ts';
import { actOnFindings } from '../../../src/release/operations/act-on-findings.ts';
import { editState } from '../../../src/release/operations/edit-fleet.ts';
import { formatStamp, stampPath } from '../../../src/release/published/stamp.ts';
import { openState, type State } from '../../../src/release/state/state.ts';
import { baseBranch } from '../../../src/world/forge/branch-names.ts';
import type { Forge } from '../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../src/world/forge/git/git-forge.ts';
import { gitHubStage, openTestGitHub, useGitHub } from '../../support/forges.ts';
import { createProject, recordRelease, type TestProject } from '../../support/project.ts';
import { keepForAllTests, temporaryFolder } from '../../support/repository.ts';
import { serveSite } from '../../support/site-server.ts';

const now = 1_785_000_000;
const hour = 3600;

// The contract of the requests themselves is tested in test/world/forge/contract-github.test.ts.
const github = useGitHub();

/** One fleet and one branch for each test, so that all share a repository and its issues. */
const names = ['halted', 'twice', 'unseen', 'late', 'base', 'site'] as const;
const config: Config = parseConfig(
  `image: 127.0.0.1:9/os
base: 127.0.0.1:9/fcos:stable
fleets:
${names.map((name) => `  ${name}: { halt-when: [{ name: alerts, webhook: true }] }`).join('\n')}`,
  'coxswain.yaml',
);
let forge: Forge;
let state: State;

beforeAll(async () => {
  const stage = await gitHubStage(github());
  const { branches } = await openGitForge(github().directory);
  const parent = await branches.commit({
    branch: 'main',
    parent: stage.base,
    changes: ['release.yml', 'pull-request.yml'].map((name) => ({
      path: `.github/workflows/${name}`,
      content: 'on: push\n',
    })),
    message: 'Add workflows',
  });
  for (const branch of names) await branches.setBranch({ branch, from: undefined, to: parent });
  forge = await onThisMachine(await stage.open());
  state = openState(forge.branches, config);
  keepForAllTests();
});

/** What GitHub's API knows about branches is read from the repository itself: it takes a tenth of the time. */
async function onThisMachine(gitHub: Forge): Promise<Forge> {
  return { ...gitHub, branches: (await openGitForge(github().directory)).branches };
}

const fleetNamed = (name: string): Fleet => config.fleets[name] as Fleet;
const release = (fleet: string) =>
  recordRelease({ state, config } as TestProject, fleet, { version: '1-bb', time: now - 12 * hour });

const report = (
  fleet: string,
  options: { readonly at?: number; readonly by?: Forge; readonly url?: string } = {},
) => {
  const { at = now, by: with_ = forge, url } = options;
  const publish = { ...config.publish, ...(url === undefined ? {} : { url }) };
  return reportIncidents({ config: { ...config, publish }, forge: with_, state }, [fleetNamed(fleet)], {
    by: 'watch',
    now: at,
    log: silentLog,
  });
};

const trouble = {
  condition: 'alerts',
  key: 'a',
  is: 'trouble',
  evidence: 'alerts: <b>disks</b> are full',
} as const;
const haltOf = (of: State, fleet: Fleet) => actOnFindings(of, fleet, [trouble], { by: 'watch', now });
const resume = (of: State, fleet: string) =>
  of.changeFleet(
    fleet,
    'Resume',
    (before) => editState(before, { fleet, by: 'Ada', now }, { kind: 'resume' }).state,
  );
const whats = (steps: readonly { what: string; title: string }[]) =>
  steps.map(({ what, title }) => `${what} ${title}`);
const issuesOf = async (fleet: string) =>
  ((await forge.issues?.list()) ?? []).filter(({ key }) => key.endsWith(`/${fleet}`));

describe('a failure', () => {
  it('gets one issue, which is found again, and is closed when the failure is over', async () => {
    await release('halted');
    expect((await report('halted')).issues).toEqual([]);
    await haltOf(state, fleetNamed('halted'));
    const title = 'halted: the rollout of 1-bb was halted';
    expect(whats((await report('halted')).issues)).toEqual([`opened ${title}`]);
    // Another run, on another machine and by another token.
    const other = await openTestGitHub(github(), { run: { token: github().tokens.person } });
    expect((await report('halted', { by: await onThisMachine(other) })).issues).toEqual([]);
    const [issue] = await issuesOf('halted');
    expect(issue).toMatchObject({ key: 'halt/halted', title });
    expect(issue?.body).not.toContain('<b>');
    await resume(state, 'halted');
    expect(whats((await report('halted')).issues)).toEqual([`closed ${title}`]);
    expect(await issuesOf('halted')).toEqual([]);
  });

  it('has one issue after the next run, also if the answer to the first was lost', async () => {
    await release('twice');
    await haltOf(state, fleetNamed('twice'));
    // The issue is opened, the answer is lost, and the request is sent again.
    github().inject({ method: 'POST', path: /\/issues$/, status: 0, after: true });
    await report('twice');
    expect(await issuesOf('twice')).toHaveLength(2);
    await report('twice');
    expect(await issuesOf('twice')).toHaveLength(1);
    github().inject({ method: 'GET', path: /\/issues$/, status: 403 });
    expect((await report('twice')).failures).toHaveLength(1);
    expect(whats((await report('twice')).issues)).toEqual([]);
  });

  it('does not close what it could not look at, nor issues of people', async () => {
    const { apiUrl, repository, tokens } = github();
    const headers = { authorization: `token ${tokens.person}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ title: 'Mine', body: '<!-- coxswain issue: halt/unseen -->\nmine' });
    await fetch(`${apiUrl}/repos/${repository}/issues`, { method: 'POST', headers, body });
    await forge.issues?.open({ key: 'release/unseen', title: 'It failed', body: 'x' });
    await forge.issues?.open({ key: 'release/other', title: 'Another fleet', body: 'x' });
    github().inject({ path: /\/actions\/workflows\//, status: 403 });
    expect((await report('unseen')).issues).toEqual([]);
    expect((await forge.issues?.list())?.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['release/unseen', 'release/other']),
    );
  });

  it('of a release is found, and a release that nobody starts', async () => {
    const commit = (await forge.branches.resolve('late')) ?? '';
    const at = (await forge.branches.commitTime(commit)) + 7 * hour;
    expect(whats((await report('late', { at })).issues)).toEqual([
      expect.stringMatching(/^opened late: the release of \w+ is overdue$/),
    ]);
    github().runs.push({ workflow: 'release.yml', branch: 'late', commit, conclusion: 'failure' });
    const { incidents, issues } = await report('late', { at });
    expect(incidents.map(({ key }) => key)).toEqual(['release/late']);
    expect(incidents[0]?.body).toContain('/actions/runs/');
    expect(issues.map(({ what }) => what)).toEqual(['opened', 'closed']);
    github().runs.push({ workflow: 'release.yml', branch: 'late', commit, conclusion: null });
    expect((await report('late', { at })).issues).toEqual([]);
    github().runs.push({ workflow: 'release.yml', branch: 'late', commit, conclusion: 'success' });
    expect((await report('late', { at })).issues.map(({ what }) => what)).toEqual(['closed']);
    expect(await issuesOf('late')).toEqual([]);
  });

  it('of the pull request of a base is one issue, which names the newest run, until it is green', async () => {
    const head = baseBranch('base');
    const content = (text: string) => [{ path: 'Containerfile', content: `FROM ${text}\n` }];
    const from = (await forge.branches.resolve('base')) ?? '';
    const first = await forge.branches.commit({
      branch: head,
      parent: undefined,
      from,
      changes: content('one'),
      message: 'Move the base',
    });
    const request = { head, base: 'base', title: 'Move to <i>44</i>', body: '', ready: true, labels: [] };
    const { number } = await forge.pullRequests.open(request);
    const ran = (commit: string, conclusion: string | null) =>
      github().runs.push({ workflow: 'pull-request.yml', branch: head, commit, conclusion });
    const title = 'base: the new base does not pass';

    ran(first, null);
    expect((await report('base')).issues).toEqual([]);
    ran(first, 'failure');
    expect(whats((await report('base')).issues)).toEqual([`opened ${title}`]);
    expect((await report('base')).issues).toEqual([]);
    const [issue] = await issuesOf('base');
    expect(issue?.key).toBe('base/base');
    expect(issue?.body).toContain(`Pull request #${number} (Move to &#60;i&#62;44&#60;/i&#62;) is red: `);

    const second = await forge.branches.commit({
      branch: head,
      parent: first,
      changes: content('two'),
      message: 'Move the base',
    });
    // Neither a commit without a run nor a run that goes on closes the issue of the last one.
    expect((await report('base')).issues).toEqual([]);
    ran(second, null);
    expect((await report('base')).issues).toEqual([]);
    expect(await issuesOf('base')).toHaveLength(1);
    ran(second, 'failure');
    expect(whats((await report('base')).issues)).toEqual([`updated ${title}`]);
    expect((await issuesOf('base')).map((each) => each.number)).toEqual([issue?.number]);
    ran(second, 'success');
    expect(whats((await report('base')).issues)).toEqual([`closed ${title}`]);
    ran(second, 'failure');
    expect(whats((await report('base')).issues)).toEqual([`opened ${title}`]);
    await forge.pullRequests.update(number, { state: 'closed' });
    expect(whats((await report('base')).issues)).toEqual([`closed ${title}`]);
  });

  it('of a publication is one issue six hours after it was due, until the site has changed', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, stampPath('site'));
    await mkdir(join(folder, 'site'));
    const due = (nextChange: number | undefined) =>
      writeFile(file, formatStamp({ published: now - 20 * hour, nextChange }));
    const site = await serveSite(folder);
    const { url } = site;
    const title = 'site: the publication is overdue';
    try {
      await due(now - 6 * hour + 1);
      expect((await report('site', { url })).issues).toEqual([]);
      await due(now - 6 * hour);
      expect(whats((await report('site', { url })).issues)).toEqual([`opened ${title}`]);
      expect((await report('site', { url, at: now + hour })).issues).toEqual([]);
      await due(now - 5 * hour);
      expect(whats((await report('site', { url, at: now + 2 * hour })).issues)).toEqual([`updated ${title}`]);
      // A site that does not answer, or answers something else, is neither late nor in time.
      await writeFile(file, '<html>');
      expect((await report('site', { url })).issues).toEqual([]);
      await rm(file);
      expect((await report('site', { url })).issues).toEqual([]);
      expect(await issuesOf('site')).toHaveLength(1);
      await due(undefined);
      expect(whats((await report('site', { url })).issues)).toEqual([`closed ${title}`]);
    } finally {
      await site.stop();
    }
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
    const testing = project.config.fleets.testing as Fleet;
    const noted = { ...project.config, notifyCommand: [program, '$(touch x)'] };
    const tell = (of: Config) =>
      reportIncidents({ ...project, config: of }, [testing], { by: 'watch', now, log: silentLog });
    await haltOf(project.state, testing);
    for (let run = 0; run < 2; run++) {
      expect((await tell(noted)).failures).toEqual([]);
    }
    const said = (await readFile(join(folder, 'said'), 'utf8')).trim().split('\n');
    expect(said[0]).toBe('opened $(touch x) halt/testing');
    expect(JSON.parse(said[1] ?? '')).toMatchObject({
      event: 'opened',
      fleet: 'testing',
      key: 'halt/testing',
    });
    expect(said).toHaveLength(2);
    await resume(project.state, 'testing');
    const failing = { ...noted, notifyCommand: ['false'] };
    expect((await tell(failing)).failures).toEqual([expect.stringContaining('running false')]);
    for (let run = 0; run < 2; run++) await tell(noted);
    const all = (await readFile(join(folder, 'said'), 'utf8')).trim().split('\n');
    expect(all.filter((line) => line.startsWith('over '))).toHaveLength(1);
  });
});
