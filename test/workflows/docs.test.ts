import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { findAct, skipWithoutAct } from '../support/act.ts';
import { cli } from '../support/cli.ts';
import { goodSettings, type RepositorySettings } from '../support/github/settings.ts';
import { pullPayload, pushPayload, schedulePayload } from '../support/github-repository.ts';
import { useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';
import { createStory, moveBase, type Story } from '../support/workflow-story.ts';

// docs/github.md, "Set up", followed word by word in a repository that has the settings of a new one. The other
// paragraphs of that page are played by the tests that are named at the end.

const act = findAct();
const minutes = 60_000;
const page = readFileSync('docs/github.md', 'utf8');

/** The numbered steps of a section, each on one line. */
function stepsOf(section: string): string[] {
  const text = new RegExp(`^## ${section}\\n(.*?)^## `, 'ms').exec(page)?.[1] ?? '';
  return text
    .split(/^\d+\. /m)
    .slice(1)
    .map((step) =>
      step
        .replace(/\n\n[\s\S]*/, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    );
}

/** Bold words at the beginning of the page's paragraphs. */
const paragraphs = [...page.matchAll(/^\*\*([^*]+?)\.?\*\*/gm)].map(([, words]) => words);

describe.sequential('docs/github.md, Set up, step by step', () => {
  const registry = useRegistry();
  let story: Story;
  let settings: RepositorySettings;
  const base = () => `${registry.host}/fedora/fedora-coreos`;
  const steps = stepsOf('Set up');

  skipWithoutAct(act);
  beforeAll(async () => {
    if (act !== undefined) await moveBase(base(), '44.20260621.3.1');
  });
  afterAll(() => story?.end());

  const branch = (name: string) => story.user.git.run(['rev-parse', `refs/heads/${name}`]);
  const watch = async (days: number) =>
    story.run('watch.yml', {
      event: 'workflow_dispatch',
      payload: { ...schedulePayload(story.github, ''), ref: 'refs/heads/testing' },
      commit: await branch('testing'),
      days,
    });

  const release = (commit: string, days: number) =>
    story.run('release.yml', {
      event: 'push',
      payload: pushPayload(story.github, 'testing', commit),
      commit,
      days,
    });

  /** What `coxswain doctor --github` finds, in a clone and with the token of an administrator. */
  async function doctor(): Promise<string[]> {
    const { apiUrl, serverUrl, repository, tokens } = story.github;
    const clone = await story.user.checkout(await branch('testing'));
    const { stdout } = await cli(['doctor', '--github', '--json'], {
      cwd: clone,
      env: {
        GH_TOKEN: tokens.person,
        GITHUB_TOKEN: tokens.person,
        COXSWAIN_FORGE: 'github',
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: apiUrl,
        GITHUB_SERVER_URL: serverUrl,
      },
    });
    const { findings } = JSON.parse(stdout) as { findings: { check: string; severity: string }[] };
    // A repository that was just made has warnings, too: nobody reviews, no check is required.
    const wanted = findings.filter(({ severity, check }) => severity === 'error' || check === 'pages');
    return [...new Set(wanted.map(({ check }) => check))].sort();
  }

  it('1. in a clone, coxswain init; the first branch is pushed, and the others are made from it', {
    timeout: 2 * minutes,
  }, async () => {
    expect(steps).toHaveLength(5);
    expect(steps[0]).toMatch(
      /^In a clone: `coxswain init`\. It finds out the image's name from the remote\. Commit and push the first fleet's branch \(the default branch\), and make the other fleets' branches from it\./,
    );
    const clone = await temporaryFolder();
    await exec('git', ['init', '--quiet', '--initial-branch', 'testing', clone]);
    await exec('git', ['-C', clone, 'remote', 'add', 'origin', 'https://github.com/acme/os.git']);
    expect(await cli(['init'], { cwd: clone })).toMatchObject({ exitCode: 0 });
    await rm(join(clone, '.git'), { recursive: true });
    story = await createStory(act ?? '', 'docs', {
      example: clone,
      replace: { 'quay.io/fedora/fedora-coreos': base(), 'ghcr.io/acme': registry.host },
      branches: ['testing', 'stable'],
    });
    settings = {
      ...goodSettings(['testing', 'stable'], 'coxswain'),
      pages: undefined,
      environments: [],
      deploymentBranches: {},
      rules: {},
      labels: [],
      secrets: [],
    };
    settings.workflowPermissions.can_approve_pull_request_reviews = false;
    Object.assign(story.github.settings, { actionsMayOpenPullRequests: false });
    story.github.administered = settings;
    expect(await doctor()).toEqual(expect.arrayContaining(['pages', 'pull-requests-by-actions']));
  });

  it('2. Pages by GitHub Actions, and the environment is open to the branch of each fleet', {
    timeout: 2 * minutes,
  }, async () => {
    expect(steps[1]).toMatch(
      /^Settings → Pages: source \*\*GitHub Actions\*\*\. Then Settings → Environments → `github-pages` → Deployment branches: add the branch of each fleet/,
    );
    settings.pages = { build_type: 'workflow', public: true };
    // GitHub makes the environment, open to the default branch alone, when the source is chosen.
    settings.environments = goodSettings([], 'coxswain').environments;
    settings.deploymentBranches = { 'github-pages': ['testing'] };
    expect(await doctor()).toContain('environments');
    settings.deploymentBranches = { 'github-pages': ['testing', 'stable'] };
    expect(await doctor()).not.toContain('environments');
    expect(await doctor()).not.toContain('pages');
  });

  it('3. pull requests by Actions: without that, the first watch fails and names the setting', {
    timeout: 3 * minutes,
  }, async () => {
    expect(steps[2]).toBe(
      'Settings → Actions → General: *Allow GitHub Actions to create and approve pull requests*.',
    );
    const refused = await watch(0);
    expect(refused.passed).toBe(false);
    expect(refused.log).toContain('Allow GitHub Actions to create and approve pull requests');
    settings.workflowPermissions.can_approve_pull_request_reviews = true;
    Object.assign(story.github.settings, { actionsMayOpenPullRequests: true });
    expect(await doctor()).not.toContain('pull-requests-by-actions');
  });

  it('4. without an App everything works too, and a person presses a button', () => {
    expect(steps[3]).toMatch(
      /Without an App everything works too, but a person has to press a button in each pull request\.$/,
    );
    expect(settings.secrets).toEqual([]);
  });

  it('5. Watch, run by hand: the first pull request pins the base, and merging it is the first release', {
    timeout: 6 * minutes,
  }, async () => {
    expect(steps[4]).toBe(
      'Actions → Watch → Run workflow. The first pull request pins the base; merging it is the first release.',
    );
    expect((await watch(0.1)).passed).toBe(true);
    const opened = await story.pull('testing');
    const checked = await story.run('pull-request.yml', {
      event: 'pull_request',
      payload: pullPayload(story.github, opened),
      commit: await story.user.mergeCommit(opened),
      days: 0.2,
    });
    expect(checked.passed).toBe(true);
    expect(checked.jobs).toContainEqual(expect.stringMatching(/\/ok: success/));
    const commit = await story.user.merge(opened);
    const released = await release(commit, 0.3);
    expect(released.passed).toBe(true);
    expect(await story.published('testing/x86_64/v1/graph')).toMatchObject({
      nodes: [{ version: expect.stringMatching(/^44\.20260621\.3\.1/) }],
    });
    expect(await doctor()).toEqual([]);
  });

  it('Labels: one on the pull request of a promotion starts the workflow Watch', {
    timeout: 2 * minutes,
  }, async () => {
    const pull = await story.user.propose({
      base: 'stable',
      branch: 'coxswain-promote-stable',
      title: 'Promote',
      files: { 'README.md': 'Labelled.\n' },
    });
    const before = story.github.runs.length;
    const run = await story.run('watch.yml', {
      event: 'pull_request',
      payload: { ...pullPayload(story.github, pull), action: 'labeled' },
      commit: await branch('testing'),
      days: 0.4,
    });
    expect(run.passed, run.log.slice(-2000)).toBe(true);
    expect(run.jobs.filter((job) => !job.includes('skipped'))).toEqual([
      expect.stringMatching(/label: success/),
    ]);
    expect(story.github.runs.slice(before)).toMatchObject([{ workflow: 'watch.yml', branch: 'testing' }]);
  });

  it('Another place than GitHub Pages: the files are an artifact, and nothing is deployed', {
    timeout: 4 * minutes,
  }, async () => {
    const text = await story.user.git.run(['show', 'testing:.github/workflows/release.yml']);
    const pull = await story.user.propose({
      base: 'testing',
      branch: 'elsewhere',
      title: 'Publish elsewhere',
      files: {
        '.github/workflows/release.yml': `${text.replace(/^ {4}with:$/m, '    with:\n      pages: false')}\n`,
      },
    });
    const commit = await story.user.merge(pull);
    const run = await release(commit, 0.5);
    expect(run.passed, run.log.slice(-2000)).toBe(true);
    expect(run.jobs.filter((job) => /deploy/.test(job) && !job.includes('skipped'))).toEqual([]);
    const site = await filesBelow(join(story.output, 'artifacts/site'));
    expect(site).toEqual(expect.arrayContaining(['testing/x86_64/v1/graph', 'stable/updates.json']));
  });
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

describe('the other paragraphs of docs/github.md', () => {
  /** Which test plays each of them, by its name. */
  const played: Readonly<Record<string, readonly [file: string, test: string]>> = {
    'One required check': [
      'test/workflows/two-fleets.test.ts',
      'a pull request to the state branch: judged, and the one required check reports',
    ],
    Approval: [
      'test/workflows/two-fleets.test.ts',
      'a run whose commit was overtaken says so and releases nothing',
    ],
    'By hand': [
      'test/workflows/two-fleets.test.ts',
      'started by hand on a branch that is released: nothing changes',
    ],
    'A new fleet': [
      'test/cli/actions/event/decide.test.ts',
      'releases nothing from a new branch of a fleet with promote-from: its content passed no gate',
    ],
    Labels: [
      'test/workflows/docs.test.ts',
      'Labels: one on the pull request of a promotion starts the workflow Watch',
    ],
    Trouble: [
      'test/workflows/halt.test.ts',
      'halts the rollout, publishes that, and opens an issue; a malformed one changes nothing',
    ],
    'Run again': [
      'test/workflows/two-fleets.test.ts',
      'run again, all jobs: nothing is uploaded twice, and the site is deployed',
    ],
    'One after the other': [
      'test/workflows/two-fleets.test.ts',
      'push to testing, two runs at once: one release, published',
    ],
    Forks: ['test/workflows/fork.test.ts', 'is built and booted without a credential, and nothing is pushed'],
    'Other runners': ['test/setup/set-up.test.ts', 'uses sudo without a password if the user is not root'],
    'What `RUN` can reach': [
      'test/local-stack/isolation.test.ts',
      'reaches the machine by its address, but not its loopback',
    ],
    'Another place than GitHub Pages': [
      'test/workflows/docs.test.ts',
      'Another place than GitHub Pages: the files are an artifact, and nothing is deployed',
    ],
  };
  /** A calculation: GitHub's prices cannot be played. */
  const notPlayed = ['Minutes'];

  it('each is played by a test that exists', () => {
    expect(paragraphs.toSorted()).toEqual([...Object.keys(played), ...notPlayed].toSorted());
    for (const [file, test] of Object.values(played))
      expect(readFileSync(file, 'utf8'), file).toContain(`it('${test}'`);
  });
});
