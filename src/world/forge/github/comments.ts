import { z } from 'zod';
import { fitBody } from '../fit-body.ts';
import type { PullRequest } from '../forge.ts';
import type { GitHubApi } from './api.ts';
import { refusalOf } from './failures.ts';

const commentSchema = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});

export const viewer = 'query { viewer { login } }';

/**
 * The login behind the token, such as `github-actions[bot]`; asked once. The REST API has it for people only.
 * @returns undefined if GitHub does not say
 */
export type WhoAmI = () => Promise<string | undefined>;

export function whoAmI(api: GitHubApi): WhoAmI {
  let asked: Promise<string | undefined> | undefined;
  return () => {
    asked ??= api
      .graphql({
        doing: 'asking whose token this is',
        operation: 'viewer',
        text: viewer,
        schema: z.object({ viewer: z.object({ login: z.string() }) }),
      })
      .then(
        (data) => data.viewer.login,
        (error: unknown) => {
          if (refusalOf(error) === undefined) throw error;
          return undefined;
        },
      );
    return asked;
  };
}

/** Our comments begin with a hidden mark that holds their key. */
function markOf(key: string): string {
  return `<!-- coxswain: ${key} -->\n`;
}

interface KeyedComment {
  readonly id: number;
  readonly key: string;
  readonly body: string;
}

/** Our comments on a pull request, in the order of GitHub. Anybody can write a mark, so only comments by our own login count. */
export async function keyedComments(api: GitHubApi, who: WhoAmI, number: number): Promise<KeyedComment[]> {
  const comments = await api.all({
    doing: `reading the comments on pull request #${number}`,
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    params: { issue_number: number },
    schema: commentSchema,
  });
  const marked = comments.flatMap(({ id, body, user }) => {
    const [mark = '', key] = /^<!-- coxswain: ([\w./-]+) -->\r?\n/.exec(body ?? '') ?? [];
    const text = (body ?? '').slice(mark.length).replaceAll('\r\n', '\n');
    return key === undefined ? [] : [{ id, key, body: text, login: user?.login ?? '' }];
  });
  if (marked.length === 0) return [];
  const own = await who();
  // If GitHub does not tell our login, a bot counts as us: people cannot write as one.
  const isOwn = ({ login }: { readonly login: string }) =>
    own === undefined ? login.endsWith('[bot]') : plainLogin(login) === plainLogin(own);
  return marked.filter(isOwn).map(({ id, key, body }) => ({ id, key, body }));
}

/** REST writes `name[bot]`, GraphQL in places only `name`. */
function plainLogin(login: string): string {
  return login.replace(/\[bot\]$/, '').toLowerCase();
}

/** The comments as a pull request lists them. */
export function commentsOf(comments: readonly KeyedComment[]): PullRequest['comments'] {
  return comments.map(({ key, body }) => ({ key, body }));
}

/** Writes a comment, or replaces the one with this key; writes nothing if nothing would change. */
export async function putComment(
  api: GitHubApi,
  who: WhoAmI,
  comment: { readonly number: number; readonly key: string; readonly body: string },
): Promise<void> {
  const { number, key } = comment;
  const body = fitBody(`${markOf(key)}${comment.body}`);
  const [first, ...others] = (await keyedComments(api, who, number)).filter((each) => each.key === key);
  if (first === undefined) {
    await api.call({
      doing: `commenting on pull request #${number}`,
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      params: { issue_number: number, body },
      schema: z.unknown(),
    });
    return;
  }
  if (`${markOf(key)}${first.body}`.trim() !== body.trim()) {
    await api.call({
      doing: `changing the comment on pull request #${number}`,
      route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      params: { comment_id: first.id, body },
      schema: z.unknown(),
    });
  }
  // Two runs at the same time, or a lost answer, leave two comments. One for each key is kept.
  for (const { id } of others) {
    await api.find({
      doing: `removing a second comment from pull request #${number}`,
      route: 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
      params: { comment_id: id },
      schema: z.unknown(),
    });
  }
}
