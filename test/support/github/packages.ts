import type { Ghcr } from '../ghcr.ts';
import { type Answer, notFound, page, refuse } from './answer.ts';
import { allows, forbidden, type Permissions } from './permissions.ts';

/** The Packages API for containers. @param url of the API */
export async function answerPackages(
  ghcr: Ghcr,
  call: {
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly url: string;
    readonly rights: Permissions;
  },
): Promise<Answer | undefined> {
  const { method, path, query, url, rights } = call;
  const login = /^\/users\/([^/]+)$/.exec(path)?.[1];
  if (login !== undefined && ghcr.owners().includes(login)) {
    return { status: 200, json: { login, type: 'Organization' } };
  }
  const [, owner = '', name = '', id] =
    /^\/(?:orgs|users)\/([^/]+)\/packages\/container\/([^/]+)\/versions(?:\/(\d+))?$/.exec(path) ?? [];
  if (owner === '') return undefined;
  const need = [['packages', method === 'GET' ? 'read' : 'write']] as const;
  if (!allows(rights, need)) return forbidden(need, 'integration');
  const repository = `${owner}/${decodeURIComponent(name)}`;
  const versions = ghcr.versions(repository);
  if (versions === undefined) return refuse(404, 'Package not found.');
  if (method === 'GET' && id === undefined) {
    const list = versions.map((version) => ({
      id: version.id,
      name: version.name,
      url: `${url}${path}/${version.id}`,
      package_html_url: `https://github.com/orgs/${owner}/packages/container/package/${name}`,
      created_at: '2026-07-01T00:00:00Z',
      updated_at: '2026-07-01T00:00:00Z',
      metadata: { package_type: 'container', container: { tags: [...version.tags] } },
    }));
    return page(list, query, `${url}${path}`);
  }
  const version = versions.find((each) => String(each.id) === id);
  if (method !== 'DELETE' || version === undefined) return notFound;
  const tagged = versions.filter(({ tags }) => tags.length > 0);
  if (tagged.length === 1 && tagged[0] === version) {
    return refuse(
      400,
      'You cannot delete the last tagged version of a package. You must delete the package instead.',
    );
  }
  await ghcr.deleteVersion(repository, version.id);
  return { status: 204 };
}
