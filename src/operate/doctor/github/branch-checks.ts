import { z } from 'zod';
import { error, type Found, type SettingCheck, warning } from './setting-check.ts';

const rulesSchema = z.array(
  z.object({
    type: z.string(),
    parameters: z
      .object({ required_status_checks: z.array(z.object({ context: z.string() })).optional() })
      .optional(),
  }),
);

const requiredCheck = 'image / ok';

/** Every fleet has its branch. */
export const fleetBranches: SettingCheck = {
  name: 'fleet-branches',
  run: async ({ read, link, config }) => {
    const findings: Found[] = [];
    for (const { name, branch } of Object.values(config.fleets)) {
      const found = await read(
        `branch ${branch}`,
        'GET /repos/{owner}/{repo}/branches/{branch}',
        z.object({ name: z.string() }),
        { branch },
      );
      if (found !== undefined) continue;
      findings.push(
        error(
          link('branches'),
          `fleet ${name} is released from branch ${branch}, which does not exist`,
          `Make it: git push origin HEAD:refs/heads/${branch}`,
        ),
      );
    }
    return findings;
  },
};

/** Rules that stop the suite from writing its state, and missing rules that should require its checks. */
export const branchRules: SettingCheck = {
  name: 'branch-rules',
  run: async ({ read, link, config }) => {
    const page = link('settings/rules');
    const rulesOf = (branch: string) =>
      read(
        `the rules of branch ${branch}`,
        'GET /repos/{owner}/{repo}/rules/branches/{branch}',
        rulesSchema,
        { branch },
      );
    const findings: Found[] = [];
    const ofState = (await rulesOf(config.stateBranch)) ?? [];
    const closed = ofState.find(({ type }) =>
      ['pull_request', 'required_status_checks', 'update', 'required_signatures', 'creation'].includes(type),
    );
    if (closed !== undefined) {
      findings.push(
        error(
          page,
          `a rule (${closed.type}) keeps workflows from writing the state branch ${config.stateBranch}`,
          'Leave the state branch out of the rule, or let GitHub Actions and your App bypass it.',
        ),
      );
    }
    if (!ofState.some(({ type }) => type === 'deletion')) {
      findings.push(
        warning(
          page,
          `anybody who may push can delete the state branch ${config.stateBranch}`,
          'Add a rule for it: restrict deletions, block force pushes.',
        ),
      );
    }
    for (const { branch } of Object.values(config.fleets)) {
      const rules = (await rulesOf(branch)) ?? [];
      const checks = rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? []);
      if (!checks.some(({ context }) => context === requiredCheck)) {
        findings.push(
          warning(
            page,
            `pull requests into ${branch} can be merged without the check ${requiredCheck}`,
            `Require the status check ${requiredCheck} for ${branch}.`,
          ),
        );
      }
      if (rules.some(({ type }) => type === 'required_linear_history')) {
        findings.push(
          error(
            page,
            `${branch} accepts no merge commits, and a promotion is one`,
            'Remove the rule for a linear history from the branches of fleets.',
          ),
        );
      }
    }
    return findings;
  },
};

/** Promotions are merge commits, which show what earlier promotions brought. */
export const mergeMethod: SettingCheck = {
  name: 'merge-method',
  run: async ({ mergeCommits, config, link }) =>
    mergeCommits || Object.values(config.fleets).every(({ approve }) => approve === 'manual')
      ? []
      : [
          error(
            link('settings'),
            'merge commits are not allowed, and approve: auto needs them for promotions',
            'Allow merge commits: General, Pull Requests.',
          ),
        ],
};

/** Labels that steer and mark pull requests. */
export const labels: SettingCheck = {
  name: 'labels',
  run: async ({ read, link }) => {
    const there =
      (await read('the labels', 'GET /repos/{owner}/{repo}/labels', z.array(z.object({ name: z.string() })), {
        per_page: 100,
      })) ?? [];
    const missing = ['coxswain', 'base-image', 'promotion'].filter(
      (name) => !there.some((label) => label.name === name),
    );
    return missing.length === 0
      ? []
      : [
          warning(
            link('labels'),
            `labels are missing: ${missing.join(', ')}`,
            'Make them, or give the jobs issues: write, which lets them create labels when they are needed.',
          ),
        ];
  },
};

/** Names of secrets that belong together, or that the configuration needs. */
export const secretNames: SettingCheck = {
  name: 'secrets',
  run: async ({ secrets, config, link }) => {
    if (secrets === undefined) return [];
    const page = link('settings/secrets/actions');
    const has = (name: string) => secrets.includes(name);
    const findings: Found[] = [];
    for (const [one, other] of [
      ['COXSWAIN_APP_CLIENT_ID', 'COXSWAIN_APP_PRIVATE_KEY'],
      ['REGISTRY_USERNAME', 'REGISTRY_PASSWORD'],
      ['TEST_REGISTRY_USERNAME', 'TEST_REGISTRY_PASSWORD'],
    ] as const) {
      if (has(one) === has(other)) continue;
      const [there, missing] = has(one) ? [one, other] : [other, one];
      findings.push(error(page, `there is a secret ${there} and no ${missing}`, `Add ${missing}.`));
    }
    if (config.image.registry !== 'ghcr.io' && !has('REGISTRY_USERNAME') && !has('REGISTRY_PASSWORD')) {
      findings.push(
        warning(
          page,
          `no secret REGISTRY_USERNAME, so pushes to ${config.image.registry} are anonymous`,
          'Add REGISTRY_USERNAME and REGISTRY_PASSWORD; secrets of an organization are not seen here.',
        ),
      );
    }
    return findings;
  },
};
