import type { Git } from '../../../src/world/git/git.ts';
import { notFound, page, type Route, refuse } from './answer.ts';
import { revision } from './git-data.ts';

/** Commit statuses: every one that was ever set, the newest first. @param url of the repository in the API */
export function statusRoutes(git: Git, url: string): Route {
  const statuses = new Map<string, Record<string, unknown>[]>();
  return async ({ method, route = '', query, body, login }) => {
    const wanted = /^statuses\/([0-9a-f]+)$/.exec(route)?.[1];
    if (method === 'POST' && wanted !== undefined) {
      if ((await revision(git, `${wanted}^{commit}`)) === undefined)
        return refuse(422, `No commit found for SHA: ${wanted}`);
      if (String(body.description ?? '').length > 140)
        return refuse(422, 'Validation Failed', [
          {
            resource: 'Status',
            code: 'custom',
            message: 'description is too long (maximum is 140 characters)',
          },
        ]);
      const status = {
        id: [...statuses.values()].flat().length + 1,
        state: body.state,
        context: body.context ?? 'default',
        description: body.description ?? null,
        target_url: body.target_url ?? null,
        created_at: new Date().toISOString(),
        creator: { login },
      };
      statuses.set(wanted, [status, ...(statuses.get(wanted) ?? [])]);
      return { status: 201, json: status };
    }
    const [, name, kind] = /^commits\/([^/]+)\/(status(?:es)?)$/.exec(route) ?? [];
    if (method !== 'GET' || name === undefined) return undefined;
    const sha = await revision(git, `${name}^{commit}`);
    if (sha === undefined) return notFound;
    const all = statuses.get(sha) ?? [];
    if (kind === 'statuses') return page(all, query, `${url}/${route}`);
    const newest = all.filter(
      (status, at) => all.findIndex(({ context }) => context === status.context) === at,
    );
    const state = newest.some((status) => status.state === 'failure' || status.state === 'error')
      ? 'failure'
      : newest.length > 0 && newest.every((status) => status.state === 'success')
        ? 'success'
        : 'pending';
    return { status: 200, json: { state, sha, total_count: newest.length, statuses: newest } };
  };
}
