import { z } from 'zod';
import { InputError } from '../../../host/errors.ts';
import type { Config } from '../../../project/configuration/config.ts';
import { refusalOf } from '../../../world/forge/github/failures.ts';
import type { GitHubRepository } from '../../../world/forge/github/open-repository.ts';
import { allowedActions, pullRequestsByActions, workflowFiles } from './actions-checks.ts';
import { branchRules, fleetBranches, labels, mergeMethod, secretNames } from './branch-checks.ts';
import { environments, packageVisibility, pagesSource } from './publishing-checks.ts';
import { type GitHubChecked, type SettingCheck, type SettingFinding, Unreadable } from './setting-check.ts';

/** All checks, in the order in which people meet the settings. */
const checks: readonly SettingCheck[] = [
  allowedActions,
  pullRequestsByActions,
  workflowFiles,
  fleetBranches,
  branchRules,
  mergeMethod,
  labels,
  secretNames,
  pagesSource,
  environments,
  packageVisibility,
];

const repositorySchema = z.object({
  default_branch: z.string(),
  private: z.boolean(),
  archived: z.boolean().optional(),
  allow_merge_commit: z.boolean().optional(),
});

/**
 * Checks every setting of a repository on GitHub that the suite depends on. It only reads.
 * @throws InputError if the repository itself cannot be read
 */
export async function examineGitHub(
  repository: GitHubRepository,
  config: Config,
): Promise<readonly SettingFinding[]> {
  const { api, page } = repository;
  const link = (path: string) => `${page}/${path}`;
  const read: GitHubChecked['read'] = async (what, route, schema, params = {}) => {
    try {
      return await api.find({ doing: `reading ${what}`, route, schema, params });
    } catch (failure) {
      const status = refusalOf(failure)?.status;
      if (status === 401 || status === 403) throw new Unreadable(what);
      throw failure;
    }
  };
  const about = await api.call({
    doing: `reading the settings of ${repository.repository}`,
    route: 'GET /repos/{owner}/{repo}',
    schema: repositorySchema,
  });
  if (about.archived === true) {
    throw new InputError({
      where: page,
      problem: 'this repository is archived: nothing can be written to it',
    });
  }
  const findings: SettingFinding[] = [];
  const secrets = await secretsOf(read).catch((failure: unknown) => {
    findings.push(unknown('secrets', failure, link('settings/secrets/actions')));
    return undefined;
  });
  const checked: GitHubChecked = {
    ...repository,
    config,
    defaultBranch: about.default_branch,
    isPrivate: about.private,
    mergeCommits: about.allow_merge_commit ?? true,
    secrets,
    read,
    link,
  };
  for (const check of checks) {
    try {
      findings.push(...(await check.run(checked)).map((found) => ({ ...found, check: check.name })));
    } catch (failure) {
      findings.push(unknown(check.name, failure, link('settings')));
    }
  }
  return findings;
}

/** A setting that may not be read is never treated as correct. @throws errors that are not about permissions */
function unknown(check: string, failure: unknown, where: string): SettingFinding {
  if (!(failure instanceof Unreadable)) throw failure;
  return {
    severity: 'unknown',
    check,
    where,
    message: `could not check: this token may not read ${failure.message}`,
    remedy: 'Run it with the token of an administrator of the repository (gh auth login).',
  };
}

async function secretsOf(read: GitHubChecked['read']): Promise<readonly string[] | undefined> {
  const found = await read(
    'the names of secrets',
    'GET /repos/{owner}/{repo}/actions/secrets',
    z.object({ secrets: z.array(z.object({ name: z.string() })) }),
    { per_page: 100 },
  );
  return found?.secrets.map(({ name }) => name);
}
