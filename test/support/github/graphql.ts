import type { Git } from '../../../src/world/git/git.ts';
import { type Answer, type Call, refuse } from './answer.ts';
import { revision, ruleViolation, swap } from './git-data.ts';
import { allows, type Permissions } from './permissions.ts';
import type { Pull, Settings } from './pulls.ts';
import { newWorkflowFile } from './workflow-files.ts';

interface RefUpdate {
  readonly name: string;
  readonly afterOid: string;
  readonly beforeOid?: string;
  readonly force?: boolean;
}

/** The few operations that we use; `test/forge/github-graphql.test.ts` checks their texts against GitHub's schema. */
export async function answerGraphql(
  git: Git,
  call: Call,
  rules: {
    readonly permissions: Permissions;
    readonly settings: Settings;
    readonly ruled: (ref: string) => boolean;
  },
): Promise<Answer> {
  const query = String(call.body.query);
  const variables = (call.body.variables ?? {}) as Record<string, unknown>;
  const input = (variables.input ?? variables) as Record<string, unknown>;
  const data = (value: unknown): Answer => ({ status: 200, json: { data: value } });
  const fail = (type: string, message: string, path: string): Answer => ({
    status: 200,
    json: { data: { [path]: null }, errors: [{ type, path: [path], message }] },
  });
  const needs = (path: string, ...names: string[]) =>
    names.every((name) => allows(rules.permissions, [[name, 'write']]))
      ? undefined
      : fail('FORBIDDEN', 'Resource not accessible by integration', path);

  if (/\bviewer\b/.test(query)) return data({ viewer: { login: call.login } });
  if (/\bupdateRefs\b/.test(query)) {
    const missing = needs('updateRefs', 'contents');
    if (missing !== undefined) return missing;
    for (const { name, afterOid, beforeOid, force } of input.refUpdates as RefUpdate[]) {
      const now = await revision(git, name);
      // Whatever is wrong with the refs, GitHub says no more than this (github.com/orgs/community/discussions/213655).
      const failed = {
        status: 200,
        json: {
          data: { updateRefs: null },
          errors: [
            {
              path: ['updateRefs'],
              message: `Something went wrong while executing your query. Please include \`${now ?? 'none'}\` when reporting this issue.`,
            },
          ],
        },
      };
      if (rules.ruled(name)) return fail('UNPROCESSABLE', ruleViolation, 'updateRefs');
      if (now === undefined || (beforeOid !== undefined && beforeOid !== now)) return failed;
      if ((await revision(git, `${afterOid}^{commit}`)) === undefined) return failed;
      if (force !== true && (await git.try(['merge-base', '--is-ancestor', now, afterOid])) === undefined)
        return failed;
      if (!call.mayWriteWorkflows && (await newWorkflowFile(git, afterOid)) !== undefined)
        return fail('FORBIDDEN', 'Resource not accessible by integration', 'updateRefs');
      if (!(await swap(git, name, now, afterOid))) return failed;
    }
    return data({ updateRefs: { clientMutationId: null } });
  }
  for (const [operation, draft] of [
    ['markPullRequestReadyForReview', false],
    ['convertPullRequestToDraft', true],
  ] as const) {
    if (!query.includes(operation)) continue;
    const missing = needs(operation, 'contents', 'pull_requests');
    if (missing !== undefined) return missing;
    if (draft && !rules.settings.drafts)
      return fail('UNPROCESSABLE', 'Draft pull requests are not supported in this repository.', operation);
    const all = (await call.ask('GET', 'pulls?state=all&per_page=100')).json as Pull[];
    const pull = all.find((each) => each.node_id === input.pullRequestId);
    if (pull === undefined) return fail('NOT_FOUND', 'Could not resolve to a node', operation);
    await call.ask('PATCH', `pulls/${pull.number}`, { draft });
    return data({ [operation]: { pullRequest: { isDraft: draft } } });
  }
  return refuse(400, `the emulated GitHub does not know this query: ${query}`);
}
