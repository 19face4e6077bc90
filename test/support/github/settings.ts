import { ours } from '../../../src/project/init/ours.ts';
import type { Git } from '../../../src/world/git/git.ts';
import { notFound, type Route, refuse } from './answer.ts';
import { revision } from './git-data.ts';

/** Settings of a repository, as administrators set them; each test changes the setting that it tests. */
export interface RepositorySettings {
  repository: Record<string, unknown>;
  actions: Record<string, unknown>;
  selectedActions: Record<string, unknown>;
  workflowPermissions: Record<string, unknown>;
  workflows: { path: string; state: string }[];
  pages: Record<string, unknown> | undefined;
  environments: Record<string, unknown>[];
  deploymentBranches: Record<string, string[]>;
  rules: Record<string, unknown[]>;
  protectedBranches: string[];
  labels: string[];
  secrets: string[];
  /** Routes that this token may not read. */
  forbidden: RegExp | undefined;
}

/** A repository in which everything is as docs/github.md says. */
export function goodSettings(fleets: readonly string[], stateBranch: string): RepositorySettings {
  return {
    repository: { private: false, allow_merge_commit: true },
    actions: { enabled: true, allowed_actions: 'all', sha_pinning_required: false },
    selectedActions: {
      github_owned_allowed: true,
      verified_allowed: false,
      patterns_allowed: [`${ours.repository}/*@*`],
    },
    workflowPermissions: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: true },
    workflows: ['watch', 'pull-request', 'release', 'operate'].map((name) => ({
      path: `.github/workflows/${name}.yml`,
      state: 'active',
    })),
    pages: { build_type: 'workflow', public: true },
    environments: [
      {
        name: 'github-pages',
        protection_rules: [],
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      },
      ...fleets.map((name) => ({
        name,
        protection_rules: [{ type: 'required_reviewers' }],
        deployment_branch_policy: null,
      })),
    ],
    deploymentBranches: { 'github-pages': [...fleets] },
    rules: {
      [stateBranch]: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
      ...Object.fromEntries(
        fleets.map((name) => [
          name,
          [
            {
              type: 'required_status_checks',
              parameters: { required_status_checks: [{ context: 'image / ok' }] },
            },
          ],
        ]),
      ),
    },
    protectedBranches: [],
    labels: ['coxswain', 'base-image', 'promotion'],
    secrets: ['COXSWAIN_APP_CLIENT_ID', 'COXSWAIN_APP_PRIVATE_KEY'],
    forbidden: undefined,
  };
}

/** Answers the API's questions about settings, while there are any. */
export function settingsRoutes(git: Git, settings: () => RepositorySettings | undefined): Route {
  return async ({ method, route }) => {
    const set = settings();
    if (set === undefined || method !== 'GET' || route === undefined) return undefined;
    if (set.forbidden?.test(route) === true) return refuse(403, 'Resource not accessible by integration');
    const json = (value: unknown) => (value === undefined ? notFound : { status: 200, json: value });
    const branches = /^environments\/([^/]+)\/deployment-branch-policies$/.exec(route)?.[1];
    if (branches !== undefined)
      return json({ branch_policies: (set.deploymentBranches[branches] ?? []).map((name) => ({ name })) });
    const rules = /^rules\/branches\/(.+)$/.exec(route)?.[1];
    if (rules !== undefined) return json(set.rules[rules] ?? []);
    const branch = /^branches\/(.+)$/.exec(route)?.[1];
    if (branch !== undefined) {
      if ((await revision(git, `refs/heads/${branch}`)) === undefined) return notFound;
      return json({ name: branch, protected: set.protectedBranches.includes(branch) });
    }
    switch (route) {
      case 'actions/permissions':
        return json(set.actions);
      case 'actions/permissions/selected-actions':
        return json(set.selectedActions);
      case 'actions/permissions/workflow':
        return json(set.workflowPermissions);
      case 'actions/workflows':
        return json({ total_count: set.workflows.length, workflows: set.workflows });
      case 'actions/secrets':
        return json({ total_count: set.secrets.length, secrets: set.secrets.map((name) => ({ name })) });
      case 'pages':
        return json(set.pages);
      case 'environments':
        return json({ total_count: set.environments.length, environments: set.environments });
      case 'labels':
        return json(set.labels.map((name) => ({ name })));
      default:
        return undefined;
    }
  };
}
