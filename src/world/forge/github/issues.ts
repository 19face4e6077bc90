import { z } from 'zod';
import { fitBody } from '../fit-body.ts';
import type { Issues, TrackedIssue } from '../forge.ts';
import type { GitHubApi } from './api.ts';

/**
 * The label of our issues. Only people with write access can set it, so nobody else can make an issue that we take for
 * ours: a mark alone can be written by anyone.
 */
export const issueLabel = 'coxswain';

const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  pull_request: z.unknown().optional(),
});

/** Issues on GitHub, found again by a label and a hidden mark. Reading needs `issues: read`, the rest `issues: write`. */
export function openGitHubIssues(api: GitHubApi): Issues {
  return {
    list: async () => {
      const found = await api.all({
        doing: 'reading the issues',
        route: 'GET /repos/{owner}/{repo}/issues',
        params: { state: 'open', labels: issueLabel, sort: 'created', direction: 'asc' },
        schema: issueSchema,
      });
      // GitHub lists pull requests as issues too.
      return found
        .filter((issue) => issue.pull_request === undefined)
        .flatMap((issue) => readIssue(issue) ?? []);
    },
    open: async ({ key, title, body }) => {
      const opened = await api.call({
        doing: `opening the issue ${JSON.stringify(title)}`,
        route: 'POST /repos/{owner}/{repo}/issues',
        params: { title, body: textOf(key, body), labels: [issueLabel] },
        schema: issueSchema,
      });
      return { number: opened.number, key, title, body, url: opened.html_url };
    },
    update: async ({ number, key }, { title, body }) => {
      await api.call({
        doing: `changing issue #${number}`,
        route: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
        params: { issue_number: number, title, body: textOf(key, body) },
        schema: z.unknown(),
      });
    },
    close: async ({ number }, reason) => {
      await api.call({
        doing: `commenting on issue #${number}`,
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        params: { issue_number: number, body: reason },
        schema: z.unknown(),
      });
      await api.call({
        doing: `closing issue #${number}`,
        route: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
        params: { issue_number: number, state: 'closed', state_reason: 'completed' },
        schema: z.unknown(),
      });
    },
  };
}

function textOf(key: string, body: string): string {
  return fitBody(`<!-- coxswain issue: ${key} -->\n${body}`);
}

function readIssue({
  number,
  title,
  body,
  html_url: url,
}: z.infer<typeof issueSchema>): TrackedIssue | undefined {
  const text = (body ?? '').replaceAll('\r\n', '\n');
  const [mark = '', key] = /^<!-- coxswain issue: ([\w./-]+) -->\n/.exec(text) ?? [];
  return key === undefined ? undefined : { number, key, title, body: text.slice(mark.length), url };
}
