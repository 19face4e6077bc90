import { z } from 'zod';
import { createRegistryClient } from '../../../world/registry/client.ts';
import { atTag, formatRepository } from '../../../world/registry/reference.ts';
import { NotFoundError } from '../../../world/registry/registry-failures.ts';
import { error, type Found, type GitHubChecked, type SettingCheck, warning } from './setting-check.ts';

/** Settings → Pages. */
export const pagesSource: SettingCheck = {
  name: 'pages',
  run: async ({ read, link, config }) => {
    const { url } = config.publish;
    if (url !== undefined && !/\.github\.io\//.test(url)) return [];
    // Without publish.url it is unknown whether the site is there, but the workflows deploy to it unless they say otherwise.
    const [found, why] =
      url === undefined
        ? [warning, 'the workflows publish there, unless they have pages: false']
        : [error, 'coxswain.yaml publishes there'];
    const page = link('settings/pages');
    const set = await read(
      'the settings of Pages',
      'GET /repos/{owner}/{repo}/pages',
      z.object({
        build_type: z.string().nullish(),
        html_url: z.string().optional(),
        public: z.boolean().optional(),
      }),
    );
    if (set === undefined) {
      return [found(page, `GitHub Pages is off, and ${why}`, 'Choose the source GitHub Actions.')];
    }
    if (set.build_type === 'legacy') {
      return [
        found(
          page,
          'GitHub Pages is built from a branch, so deployments by workflows are refused',
          'Choose the source GitHub Actions.',
        ),
      ];
    }
    if (url !== undefined && set.public === false) {
      return [
        error(
          page,
          'the site is private: nodes have no login for it',
          'Make the site public, or publish to another web server.',
        ),
      ];
    }
    return [];
  },
};

const environmentsSchema = z.object({
  environments: z.array(
    z.object({
      name: z.string(),
      protection_rules: z.array(z.object({ type: z.string() })).optional(),
      deployment_branch_policy: z
        .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
        .nullish(),
    }),
  ),
});

/** Settings → Environments: which branches may deploy, and who approves. */
export const environments: SettingCheck = {
  name: 'environments',
  run: async (checked) => {
    const { read, link, config } = checked;
    const found = await read(
      'the environments',
      'GET /repos/{owner}/{repo}/environments',
      environmentsSchema,
    );
    if (found === undefined) return [];
    const fleets = Object.values(config.fleets);
    const findings: Found[] = [];
    for (const environment of found.environments) {
      const { name } = environment;
      const fleet = fleets.find((each) => each.name === name);
      const needed =
        name === 'github-pages'
          ? fleets.map(({ branch }) => branch)
          : fleet === undefined
            ? []
            : [fleet.branch];
      const open = await openBranches(checked, environment, needed);
      const shut = needed.filter((branch) => !open.includes(branch));
      if (shut.length === 0) continue;
      findings.push(
        error(
          link('settings/environments'),
          `the environment ${name} does not allow ${shut.join(' and ')}, which ${name === 'github-pages' ? 'publish' : 'releases'} through it`,
          'Add the branch to its deployment branches.',
        ),
      );
    }
    for (const { name, promoteFrom, approve } of fleets) {
      if (promoteFrom === undefined || approve === 'auto') continue;
      const rules = found.environments.find((each) => each.name === name)?.protection_rules ?? [];
      if (rules.some(({ type }) => type === 'required_reviewers')) continue;
      findings.push(
        warning(
          link('settings/environments'),
          `releases of fleet ${name} need no approval: the environment ${name} has no required reviewers`,
          'Add reviewers, unless merging the promotion is approval enough.',
        ),
      );
    }
    return findings;
  },
};

/** Which of some branches may deploy to an environment. */
async function openBranches(
  { read }: GitHubChecked,
  environment: z.infer<typeof environmentsSchema>['environments'][number],
  branches: readonly string[],
): Promise<readonly string[]> {
  const policy = environment.deployment_branch_policy;
  if (policy === null || policy === undefined || branches.length === 0) return branches;
  if (policy.custom_branch_policies) {
    const set = await read(
      `the branches of the environment ${environment.name}`,
      'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies',
      z.object({ branch_policies: z.array(z.object({ name: z.string() })) }),
      { environment_name: environment.name },
    );
    const patterns = set?.branch_policies ?? [];
    return branches.filter((branch) => patterns.some(({ name }) => matches(name, branch)));
  }
  const guarded: string[] = [];
  for (const branch of branches) {
    const schema = z.object({ protected: z.boolean() });
    const found = await read(`branch ${branch}`, 'GET /repos/{owner}/{repo}/branches/{branch}', schema, {
      branch,
    });
    if (found?.protected === true) guarded.push(branch);
  }
  return guarded;
}

/** GitHub's patterns for branches: `*` is everything but a slash, `**` everything. */
export function matches(pattern: string, branch: string): boolean {
  const expression = pattern
    .split(/(\*\*|\*|\?)/)
    .map((part) =>
      part === '**'
        ? '.*'
        : part === '*'
          ? '[^/]*'
          : part === '?'
            ? '[^/]'
            : part.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${expression}$`).test(branch);
}

/** Nodes have no login, so they must be able to pull without one. */
export const packageVisibility: SettingCheck = {
  name: 'package-visibility',
  run: async ({ config, repository }) => {
    const client = createRegistryClient({ credentials: async () => undefined, retryDelays: [] });
    const name = formatRepository(config.image);
    const page =
      config.image.registry === 'ghcr.io'
        ? `https://github.com/orgs/${repository.split('/')[0]}/packages`
        : `https://${config.image.registry}`;
    try {
      await client.resolve(atTag(config.image, config.stream));
      return [];
    } catch (failure) {
      if (failure instanceof NotFoundError) return [];
      return [
        warning(
          page,
          `${name} does not answer without a login (${failure instanceof Error ? (failure.message.split('\n')[0] ?? '') : 'no answer'})`,
          'Make the package public, or give every node a pull secret in /etc/ostree/auth.json. A new package of an organization is private, and nodes get 401.',
        ),
      ];
    }
  },
};
