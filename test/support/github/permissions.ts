import { type Answer, refuse } from './answer.ts';

/** The permissions of a workflow's `permissions:`, with underscores as in the API. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export const everything: Permissions = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  statuses: 'write',
  actions: 'write',
  packages: 'write',
  attestations: 'write',
  metadata: 'read',
};

type Need = readonly (readonly [string, 'read' | 'write'])[];

/** What GitHub's reference says each endpoint needs; several: any one of them. */
export function permissionFor(method: string, route: string): Need {
  const level = method === 'GET' ? 'read' : 'write';
  if (/^pulls\/\d+\/merge$/.test(route)) return [['contents', 'write']];
  if (route.startsWith('pulls')) return [['pull_requests', level]];
  // Either permission is enough to put a label on a pull request; creating a label needs the one for issues.
  if (route.startsWith('labels')) return [['issues', level]];
  if (route.startsWith('issues'))
    return [
      ['issues', level],
      ['pull_requests', level],
    ];
  if (route.startsWith('attestations')) return [['attestations', level]];
  if (route.startsWith('actions')) return [['actions', level]];
  if (route.startsWith('statuses') || /^commits\/[^/]+\/status/.test(route)) return [['statuses', level]];
  if (/^commits\/[^/]+\/pulls$/.test(route)) return [['pull_requests', 'read']];
  if (/^(git|contents|commits|compare|branches|merges|tarball)\b/.test(route)) return [['contents', level]];
  return [['metadata', 'read']];
}

export function allows(permissions: Permissions, need: Need): boolean {
  return need.some(([name, level]) => permissions[name] === 'write' || permissions[name] === level);
}

/** The answer to a token that lacks all of them, with the header that names them. */
export function forbidden(need: Need, kind: 'integration' | 'personal access token'): Answer {
  return {
    ...refuse(403, `Resource not accessible by ${kind}`),
    headers: {
      'x-accepted-github-permissions': need.map(([name, level]) => `${name}=${level}`).join('; '),
    },
  };
}
