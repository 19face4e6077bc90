import { z } from 'zod';
import { documentation } from '../../../host/documentation.ts';
import { ours } from '../../../project/init/ours.ts';
import {
  error,
  type Found,
  type GitHubChecked,
  type SettingCheck,
  Unreadable,
  warning,
} from './setting-check.ts';

const permissionsSchema = z.object({
  enabled: z.boolean(),
  allowed_actions: z.string().optional(),
  sha_pinning_required: z.boolean().optional(),
});
const selectedSchema = z.object({
  github_owned_allowed: z.boolean(),
  verified_allowed: z.boolean().optional(),
  patterns_allowed: z.array(z.string()).default([]),
});

/** Settings → Actions → General. */
export const allowedActions: SettingCheck = {
  name: 'allowed-actions',
  run: async (checked) => {
    const { read, link } = checked;
    const page = link('settings/actions');
    const set = await read(
      'the permissions of Actions',
      'GET /repos/{owner}/{repo}/actions/permissions',
      permissionsSchema,
    );
    if (set === undefined) throw new Unreadable('the permissions of Actions');
    if (!set.enabled) return [error(page, 'Actions are switched off', 'Allow them: Actions permissions.')];
    const findings: Found[] = [];
    const unpinned = set.sha_pinning_required === true ? await unpinnedCalls(checked) : [];
    if (unpinned.length > 0) {
      findings.push(
        error(
          page,
          `actions have to be pinned by a full commit, and these are not: ${unpinned.join(', ')}`,
          'Pin them by their commits. For ours, take the lines that coxswain init --directory NEW-FOLDER writes.',
        ),
      );
    }
    if (set.allowed_actions === 'local_only') {
      findings.push(
        error(
          page,
          'only actions of this owner are allowed',
          `Allow actions by GitHub, and ${ours.repository}/*@*.`,
        ),
      );
    }
    if (set.allowed_actions !== 'selected') return findings;
    const selected = await read(
      'the list of allowed actions',
      'GET /repos/{owner}/{repo}/actions/permissions/selected-actions',
      selectedSchema,
    );
    if (selected === undefined) return findings;
    if (!selected.github_owned_allowed) {
      findings.push(
        error(
          page,
          'actions by GitHub are not allowed, such as actions/checkout',
          'Allow actions created by GitHub.',
        ),
      );
    }
    if (
      !selected.patterns_allowed.some(
        (pattern) => pattern.toLowerCase().startsWith(ours.repository) || pattern.startsWith('*'),
      )
    ) {
      findings.push(
        error(
          page,
          'actions and workflows of Coxswain are not on the list of allowed ones',
          `Add ${ours.repository}/*@* to the list.`,
        ),
      );
    }
    return findings;
  },
};

/** What the workflows on the default branch call by a tag or a branch. */
async function unpinnedCalls({ read, defaultBranch }: GitHubChecked): Promise<readonly string[]> {
  const texts = await Promise.all(
    workflowNames.map(async (name) => {
      const file = await read(
        `.github/workflows/${name}.yml`,
        'GET /repos/{owner}/{repo}/contents/{+path}',
        z.object({ content: z.string() }),
        { path: `.github/workflows/${name}.yml`, ref: defaultBranch },
      );
      return Buffer.from(file?.content ?? '', 'base64').toString('utf8');
    }),
  );
  const calls = texts.flatMap((text) =>
    [...text.matchAll(/^\s*(?:- )?uses: *([^\s#]+@[^\s#]+)/gm)].map(([, call = '']) => call),
  );
  return [...new Set(calls.filter((call) => !/@[0-9a-f]{40}$/.test(call)))];
}

/** Settings → Actions → General → Workflow permissions. */
export const pullRequestsByActions: SettingCheck = {
  name: 'pull-requests-by-actions',
  run: async ({ read, link, secrets }) => {
    const set = await read(
      'the permissions of workflows',
      'GET /repos/{owner}/{repo}/actions/permissions/workflow',
      z.object({ can_approve_pull_request_reviews: z.boolean() }),
    );
    const app = secrets?.includes('COXSWAIN_APP_CLIENT_ID') === true;
    if (set === undefined) throw new Unreadable('the permissions of workflows');
    if (set.can_approve_pull_request_reviews || app) return [];
    return [
      error(
        link('settings/actions'),
        'workflows may not open pull requests, so no base and no promotion is proposed',
        `Allow GitHub Actions to create and approve pull requests, or give the workflows a GitHub App (${documentation('github-tokens.md')}).`,
      ),
    ];
  },
};

const workflowsSchema = z.object({ workflows: z.array(z.object({ path: z.string(), state: z.string() })) });

const workflowNames = ['watch', 'pull-request', 'release', 'operate'] as const;

/** Checks that the four files of init exist, and that GitHub runs them. */
export const workflowFiles: SettingCheck = {
  name: 'workflows',
  run: async ({ read, link, defaultBranch }) => {
    const found = await read(
      'the workflows',
      'GET /repos/{owner}/{repo}/actions/workflows',
      workflowsSchema,
      { per_page: 100 },
    );
    if (found === undefined) return [];
    return workflowNames.flatMap((name) => {
      const path = `.github/workflows/${name}.yml`;
      const workflow = found.workflows.find((each) => each.path === path);
      if (workflow === undefined) {
        return [
          warning(
            link('actions'),
            `${path} does not exist on ${defaultBranch}`,
            'Write it with coxswain init, unless your own workflows do its work.',
          ),
        ];
      }
      if (workflow.state === 'active') return [];
      const why =
        workflow.state === 'disabled_inactivity'
          ? 'GitHub switched it off: nothing happened in the repository for 60 days'
          : `it is switched off (${workflow.state})`;
      return [
        error(
          link(`actions/workflows/${name}.yml`),
          `${path} does not run: ${why}`,
          'Enable the workflow on this page.',
        ),
      ];
    });
  },
};
