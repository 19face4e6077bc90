import { InputError } from '../../../host/errors.ts';
import { Git } from '../../git/git.ts';
import type { Forge } from '../forge.ts';
import { openGitBranches } from './branches.ts';
import { openGitPullRequests } from './pull-requests.ts';
import { openGitStatuses } from './statuses.ts';

/**
 * The forge of one machine: a git repository and nothing else. Branches are its own branches (`refs/heads/…`),
 * pull requests
 * and statuses are records on refs; merging one is `git merge`.
 * @param directory a bare repository, or a folder inside a clone
 * @throws InputError when it is neither
 */
export async function openGitForge(directory: string): Promise<Forge> {
  const given = new Git(directory);
  const top =
    (await given.try(['rev-parse', '--show-toplevel'])) ??
    (await given.try(['rev-parse', '--absolute-git-dir']));
  if (top === undefined) throw new InputError({ where: directory, problem: 'not a git repository' });
  const git = new Git(top);
  const branches = openGitBranches(git);
  return {
    kind: 'git',
    branches,
    pullRequests: openGitPullRequests(git, branches),
    statuses: openGitStatuses(git),
  };
}
