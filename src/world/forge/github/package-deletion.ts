import { z } from 'zod';
import { InputError } from '../../../host/errors.ts';
import { type Digest, formatRepository, type Repository } from '../../registry/reference.ts';
import type { GitHubApi } from './api.ts';
import { refusalOf } from './failures.ts';

/** Deletes a manifest with its tags; one that does not exist is not an error. */
export type DeleteManifest = (repository: Repository, digest: Digest) => Promise<void>;

/** True for GitHub's own registries, which answer 405 to deletions by the registry's interface. @param serverUrl of the web pages */
export function isGitHubRegistry(host: string, serverUrl: string): boolean {
  return host === 'ghcr.io' || host === `containers.${new URL(serverUrl).host}`;
}

const versionSchema = z.object({ id: z.int(), name: z.string() });

/**
 * Deletion at ghcr.io: by the Packages API, where every manifest is a version whose name is its digest, whether it is
 * tagged, the image of an index, or attached to another one.
 * (https://docs.github.com/rest/packages/packages)
 * @param api of any repository: it brings the address and the token
 */
export function packageDeletion(api: GitHubApi): DeleteManifest {
  const places = new Map<string, Promise<Place>>();
  const versions = new Map<string, Promise<ReadonlyMap<string, number>>>();

  /** Reads the list again if it does not have the digest: it may have been pushed since. */
  async function idOf(repository: Repository, place: Place, digest: Digest): Promise<number | undefined> {
    const known = (await versions.get(repository.path))?.get(digest);
    if (known !== undefined) return known;
    const list = listVersions(api, repository, place);
    versions.set(repository.path, list);
    return (await list).get(digest);
  }

  return async (repository, digest) => {
    const [owner = ''] = repository.path.split('/');
    const place = places.get(owner) ?? findPlace(api, owner);
    places.set(owner, place);
    const id = await idOf(repository, await place, digest);
    if (id === undefined) return;
    const { route, params } = await place;
    try {
      await api.call({
        doing: `deleting ${formatRepository(repository)}@${digest}`,
        route: `DELETE ${route}/versions/{package_version_id}`,
        params: { ...params, package_name: nameOf(repository), package_version_id: id },
        schema: z.unknown(),
      });
    } catch (error) {
      // Somebody else deleted it meanwhile, or the answer to an earlier attempt was lost.
      if (refusalOf(error)?.status === 404) return;
      throw explain(error, repository);
    }
  };
}

interface Place {
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Packages of organizations and of people have routes of their own. */
async function findPlace(api: GitHubApi, owner: string): Promise<Place> {
  const { type } = await api.call({
    doing: `looking up ${owner}`,
    route: 'GET /users/{username}',
    params: { username: owner },
    schema: z.object({ type: z.string() }),
  });
  return type === 'Organization'
    ? { route: '/orgs/{org}/packages/container/{package_name}', params: { org: owner } }
    : { route: '/users/{username}/packages/container/{package_name}', params: { username: owner } };
}

async function listVersions(
  api: GitHubApi,
  repository: Repository,
  { route, params }: Place,
): Promise<ReadonlyMap<string, number>> {
  try {
    const list = await api.all({
      doing: `listing the versions of ${formatRepository(repository)}`,
      route: `GET ${route}/versions`,
      params: { ...params, package_name: nameOf(repository) },
      schema: versionSchema,
    });
    return new Map(list.map(({ id, name }) => [name, id]));
  } catch (error) {
    throw explain(error, repository);
  }
}

/** What follows the owner: a slash in it is part of the name. */
function nameOf({ path }: Repository): string {
  return path.slice(path.indexOf('/') + 1);
}

function explain(error: unknown, repository: Repository): unknown {
  const { status = 0, message = '' } = refusalOf(error) ?? {};
  if (![400, 403, 404].includes(status)) return error;
  const where = formatRepository(repository);
  if (status === 400) {
    return new InputError({ where, problem: `GitHub does not delete it: ${message}` }, { cause: error });
  }
  return new InputError(
    {
      where,
      problem: `this token may not delete packages (${message})`,
      remedy:
        'In a workflow: permissions: packages: write, and give the repository the role Admin in the settings of the package, Manage Actions access. Elsewhere: gh auth refresh --scopes read:packages,delete:packages.',
    },
    { cause: error },
  );
}
