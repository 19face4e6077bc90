import type { Git } from '../../../src/world/git/git.ts';
import { notFound, type Route, refuse } from './answer.ts';
import { revision } from './git-data.ts';

/** A run as the emulator keeps it; tests end it by changing `conclusion`. */
export interface EmulatedRun {
  readonly workflow: string;
  readonly branch: string;
  readonly commit: string;
  conclusion: string | null;
}

/** Workflow runs: those that were dispatched, and those that a test adds. */
export function workflowRoutes(git: Git, runs: EmulatedRun[], serverUrl: string): Route {
  return async ({ method, route = '', query, body }) => {
    const [, workflow, what] = /^actions\/workflows\/([^/]+)\/(runs|dispatches)$/.exec(route) ?? [];
    if (workflow === undefined) return undefined;
    if (method === 'GET' && what === 'runs') {
      // GitHub knows a workflow that is on any branch.
      const branches = (await git.run(['for-each-ref', '--format=%(refname)', 'refs/heads'])).split('\n');
      const files = branches.filter(Boolean).map((each) => `${each}:.github/workflows/${workflow}\n`);
      const found = await git.run(['cat-file', '--batch-check=%(objecttype)'], { input: files.join('') });
      if (!found.split('\n').includes('blob')) return notFound;
      const wanted = runs.filter(
        (run) => run.workflow === workflow && run.commit === (query.get('head_sha') ?? run.commit),
      );
      return {
        status: 200,
        json: {
          total_count: wanted.length,
          workflow_runs: wanted.toReversed().map((run) => ({
            status: run.conclusion === null ? 'in_progress' : 'completed',
            conclusion: run.conclusion,
            html_url: `${serverUrl}/acme/os/actions/runs/${runs.indexOf(run) + 1}`,
            created_at: '2026-07-01T00:00:00Z',
          })),
        },
      };
    }
    if (method !== 'POST' || what !== 'dispatches') return undefined;
    const branch = String(body.ref ?? '');
    const commit = await revision(git, `refs/heads/${branch}`);
    if (commit === undefined) return refuse(422, `No ref found for: ${branch}`);
    const text = await git.try(['show', `${commit}:.github/workflows/${workflow}`]);
    if (text === undefined) return notFound;
    if (!text.includes('workflow_dispatch')) {
      return refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
    }
    runs.push({ workflow, branch, commit, conclusion: null });
    return { status: 204 };
  };
}
