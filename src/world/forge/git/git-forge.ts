import { InputError } from '../../../host/errors.ts';
import { fetchedObjects, localObjects } from '../../git/fetched-objects.ts';
import { Git } from '../../git/git.ts';
import { localRefs } from '../../git/local-refs.ts';
import type { Remote } from '../../git/remote.ts';
import { remoteRefs } from '../../git/remote-refs.ts';
import type { Forge } from '../forge.ts';
import { openGitBranches, type Repository } from './branches.ts';
import { openGitPullRequests } from './pull-requests.ts';
import { openGitStatuses } from './statuses.ts';

/**
 * A git repository as a forge: branches are its branches; pull requests and statuses are records on refs of its own;
 * merging one is `git merge`.
 * @param directory a bare repository, or a folder inside a clone
 * @param remote whose branches these are; undefined: those of the repository itself
 * @throws InputError when `directory` is in no repository
 */
export async function openGitForge(directory: string, remote?: Remote): Promise<Forge> {
  const given = new Git(directory);
  const top =
    (await given.try(['rev-parse', '--show-toplevel'])) ??
    (await given.try(['rev-parse', '--absolute-git-dir']));
  if (top === undefined) throw new InputError({ where: directory, problem: 'not a git repository' });
  const git = new Git(top);
  const repository = remote === undefined ? localRepository(git) : remoteRepository(git, remote);
  const branches = openGitBranches(repository);
  return {
    kind: 'git',
    place: repository.place,
    branches,
    pullRequests: openGitPullRequests(repository, branches),
    statuses: openGitStatuses(repository),
  };
}

function localRepository(git: Git): Repository {
  return { git, refs: localRefs(git), objects: localObjects(git), place: git.directory };
}

function remoteRepository(git: Git, remote: Remote): Repository {
  const objects = fetchedObjects(git, {
    address: remote.name,
    place: remote.place,
    remedy: `Fetch the whole history: git fetch --unshallow ${remote.name}`,
  });
  return { git, objects, refs: remoteRefs(git, remote, objects), place: remote.place };
}
