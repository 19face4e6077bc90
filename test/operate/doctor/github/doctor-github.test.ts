import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../../src/host/log.ts';
import { examineGitHub } from '../../../../src/operate/doctor/github/doctor-github.ts';
import { matches } from '../../../../src/operate/doctor/github/publishing-checks.ts';
import { type Config, parseConfig } from '../../../../src/project/configuration/config.ts';
import { ours } from '../../../../src/project/init/ours.ts';
import { workflowFiles } from '../../../../src/project/init/workflow-files.ts';
import { openGitHubApi } from '../../../../src/world/forge/github/api.ts';
import { Git } from '../../../../src/world/git/git.ts';
import { parseRepository } from '../../../../src/world/registry/reference.ts';
import { goodSettings, type RepositorySettings } from '../../../support/github/settings.ts';
import { type GitHubServer, startGitHub } from '../../../support/github-server.ts';
import { pushSampleImage, testClient, useRegistry } from '../../../support/registry.ts';
import { commitFiles, createRepository } from '../../../support/repository.ts';

const registry = useRegistry();
let github: GitHubServer;
let config: Config;
let settings: RepositorySettings;

beforeAll(async () => {
  github = await startGitHub({ defaultBranch: 'testing' });
  config = parseConfig(
    `image: ${registry.host}/acme/os
base: quay.io/fedora/fedora-coreos:stable
fleets:
  testing: {}
  stable: { promote-from: testing }
publish: { url: "https://acme.github.io/os/" }
`,
    'coxswain.yaml',
  );
  const git = await createRepository();
  // What init writes passes, and one file of somebody else does not.
  const written = Object.fromEntries(workflowFiles(config, ours).map(({ path, text }) => [path, text]));
  const operate = '.github/workflows/operate.yml';
  const other = `${written[operate]}  other:\n    steps:\n      - uses: acme/tools@v1\n`;
  await commitFiles(git, { 'coxswain.yaml': 'x\n', ...written, [operate]: other });
  for (const branch of ['testing', 'stable'])
    await git.run(['push', '--quiet', github.directory, `HEAD:refs/heads/${branch}`]);
  await pushSampleImage(testClient(), parseRepository(`${registry.host}/acme/os`), { tag: 'stable' });
});
afterAll(() => github?.stop());
beforeEach(() => {
  settings = goodSettings(['testing', 'stable'], 'coxswain');
  settings.secrets.push('REGISTRY_USERNAME', 'REGISTRY_PASSWORD');
  github.administered = settings;
});

async function examine(of: Config = config) {
  const { apiUrl, serverUrl, repository, tokens } = github;
  const api = openGitHubApi({
    apiUrl,
    serverUrl,
    repository,
    token: tokens.person,
    log: silentLog,
    second: 10,
  });
  return examineGitHub({ api, repository, page: `${serverUrl}/${repository}` }, of);
}

type Breakage = readonly [
  name: string,
  spoil: (set: RepositorySettings) => void,
  check: string,
  severity: string,
  message: RegExp,
];

const breakages: readonly Breakage[] = [
  [
    'Actions switched off',
    (set) => Object.assign(set.actions, { enabled: false }),
    'allowed-actions',
    'error',
    /switched off/,
  ],
  [
    'only local actions',
    (set) => Object.assign(set.actions, { allowed_actions: 'local_only' }),
    'allowed-actions',
    'error',
    /only actions of this owner/,
  ],
  [
    'pins required',
    (set) => Object.assign(set.actions, { sha_pinning_required: true }),
    'allowed-actions',
    'error',
    /pinned by a full commit, and these are not: acme\/tools@v1$/,
  ],
  [
    'selected actions without ours',
    (set) => {
      set.actions.allowed_actions = 'selected';
      set.selectedActions.patterns_allowed = ['docker/*'];
    },
    'allowed-actions',
    'error',
    /not on the list/,
  ],
  [
    "selected actions without GitHub's own",
    (set) => {
      set.actions.allowed_actions = 'selected';
      set.selectedActions.github_owned_allowed = false;
    },
    'allowed-actions',
    'error',
    /actions\/checkout/,
  ],
  [
    'no pull requests by Actions, and no App',
    (set) => {
      set.workflowPermissions.can_approve_pull_request_reviews = false;
      set.secrets = set.secrets.filter((name) => !name.includes('APP'));
    },
    'pull-requests-by-actions',
    'error',
    /may not open pull requests/,
  ],
  [
    'a workflow switched off by idleness',
    (set) => Object.assign(set.workflows[0] ?? {}, { state: 'disabled_inactivity' }),
    'workflows',
    'error',
    /watch\.yml does not run.*60 days/,
  ],
  [
    'a workflow switched off by hand',
    (set) => Object.assign(set.workflows[2] ?? {}, { state: 'disabled_manually' }),
    'workflows',
    'error',
    /release\.yml does not run/,
  ],
  [
    'a workflow that is missing',
    (set) => set.workflows.pop(),
    'workflows',
    'warning',
    /operate\.yml does not exist on/,
  ],
  [
    'the state branch behind pull requests',
    (set) => set.rules.coxswain?.push({ type: 'pull_request' }),
    'branch-rules',
    'error',
    /pull_request.*state branch coxswain/,
  ],
  [
    'the state branch behind checks',
    (set) => set.rules.coxswain?.push({ type: 'required_status_checks' }),
    'branch-rules',
    'error',
    /required_status_checks.*state branch/,
  ],
  [
    'a state branch that anybody may delete',
    (set) => {
      set.rules.coxswain = [];
    },
    'branch-rules',
    'warning',
    /can delete the state branch/,
  ],
  [
    'a fleet without the required check',
    (set) => {
      set.rules.stable = [];
    },
    'branch-rules',
    'warning',
    /into stable.*image \/ ok/,
  ],
  [
    'a linear history',
    (set) => set.rules.stable?.push({ type: 'required_linear_history' }),
    'branch-rules',
    'error',
    /accepts no merge commits/,
  ],
  ['labels that are missing', (set) => set.labels.pop(), 'labels', 'warning', /promotion/],
  [
    'half an App',
    (set) => {
      set.secrets = set.secrets.filter((name) => name !== 'COXSWAIN_APP_PRIVATE_KEY');
    },
    'secrets',
    'error',
    /no COXSWAIN_APP_PRIVATE_KEY/,
  ],
  [
    'a registry without a login',
    (set) => {
      set.secrets = set.secrets.filter((name) => !name.startsWith('REGISTRY'));
    },
    'secrets',
    'warning',
    /anonymous/,
  ],
  [
    'half a login',
    (set) => {
      set.secrets = set.secrets.filter((name) => name !== 'REGISTRY_USERNAME');
    },
    'secrets',
    'error',
    /no REGISTRY_USERNAME/,
  ],
  [
    'Pages off',
    (set) => {
      set.pages = undefined;
    },
    'pages',
    'error',
    /Pages is off/,
  ],
  [
    'Pages from a branch',
    (set) => Object.assign(set.pages ?? {}, { build_type: 'legacy' }),
    'pages',
    'error',
    /from a branch/,
  ],
  [
    'a private site',
    (set) => Object.assign(set.pages ?? {}, { public: false }),
    'pages',
    'error',
    /site is private/,
  ],
  [
    'Pages open to the default branch alone',
    (set) => {
      set.deploymentBranches['github-pages'] = ['testing'];
    },
    'environments',
    'error',
    /github-pages does not allow stable/,
  ],
  [
    'an environment for protected branches only',
    (set) =>
      Object.assign(set.environments[0] ?? {}, {
        deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
      }),
    'environments',
    'error',
    /does not allow testing and stable/,
  ],
  [
    'a fleet without reviewers',
    (set) => Object.assign(set.environments[2] ?? {}, { protection_rules: [] }),
    'environments',
    'warning',
    /need no approval/,
  ],
];

describe('doctor --github', () => {
  it('finds nothing in a repository that is set as docs/github.md says', async () => {
    expect(await examine()).toEqual([]);
  });

  it.each(breakages)(
    '%s: one finding, with the page to change it',
    async (_, spoil, check, severity, message) => {
      spoil(settings);
      expect(await examine()).toEqual([
        {
          check,
          severity,
          message: expect.stringMatching(message),
          remedy: expect.stringMatching(/^[A-Z].*\.$/s),
          where: expect.stringContaining(`${github.serverUrl}/acme/os/`),
        },
      ]);
    },
  );

  it('reports a fleet without its branch', async () => {
    const more = parseConfig(
      `image: ${registry.host}/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { testing: {}, next: {} }\n`,
      'coxswain.yaml',
    );
    settings.rules.next = settings.rules.testing ?? [];
    settings.deploymentBranches['github-pages']?.push('next');
    expect(await examine(more)).toMatchObject([
      { check: 'fleet-branches', message: expect.stringMatching(/branch next, which does not exist/) },
    ]);
  });

  it('reports an approval by auto that the merge methods do not allow', async () => {
    const auto = parseConfig(
      `image: ${registry.host}/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { testing: {}, stable: { promote-from: testing, approve: auto } }\n`,
      'coxswain.yaml',
    );
    settings.repository.allow_merge_commit = false;
    expect(await examine(auto)).toMatchObject([{ check: 'merge-method', severity: 'error' }]);
  });

  it('reports an image that nodes cannot pull without a login', async () => {
    const hidden = parseConfig(
      `image: 127.0.0.1:1/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { testing: {} }\n`,
      'coxswain.yaml',
    );
    expect(await examine(hidden)).toMatchObject([
      { check: 'package-visibility', message: expect.stringMatching(/without a login/) },
    ]);
  });

  it('says "could not check" of what the token may not read, and goes on with the rest', async () => {
    settings.forbidden = /^actions\/(permissions|secrets)|^environments/;
    settings.labels.pop();
    const findings = await examine();
    expect(findings.filter(({ severity }) => severity === 'unknown').map(({ check }) => check)).toEqual([
      'secrets',
      'allowed-actions',
      'pull-requests-by-actions',
      'environments',
    ]);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'labels' }));
  });

  it('writes nothing', async () => {
    github.requests.length = 0;
    await examine();
    expect(github.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it.each([
    ['release/*', 'release/stable', true],
    ['release/*', 'release/a/b', false],
    ['release/**', 'release/a/b', true],
    ['stable', 'unstable', false],
    ['v1.0', 'v1x0', false],
  ])('reads the branch pattern %s as GitHub does: %s is %s', (pattern, branch, fits) => {
    expect(matches(pattern, branch)).toBe(fits);
  });

  it('opens no repository that is not on GitHub', async () => {
    const { openGitHubRepository } = await import('../../../../src/world/forge/github/open-repository.ts');
    const git = new Git((await createRepository()).directory);
    await expect(openGitHubRepository(git, { env: {}, log: silentLog })).rejects.toThrow(
      /no remote on GitHub/,
    );
  });
});
