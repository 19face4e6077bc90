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
 * @param place a bare repository, or a folder inside a clone; a Git that is used elsewhere too: its repository
 * @param remote whose branches these are; undefined: those of the repository itself
 * @throws InputError when a given folder is in no repository
 */
export async function openGitForge(place: string | Git, remote?: Remote): Promise<Forge> {
  const git = typeof place === 'string' ? await openRepository(place) : place;
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

async function openRepository(directory: string): Promise<Git> {
  const given = new Git(directory);
  const top =
    (await given.try(['rev-parse', '--show-toplevel'])) ??
    (await given.try(['rev-parse', '--absolute-git-dir']));
  if (top === undefined) throw new InputError({ where: directory, problem: 'not a git repository' });
  return new Git(top);
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
