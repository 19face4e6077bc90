import { z } from 'zod';
import type { WorkflowRun, WorkflowRuns } from '../forge.ts';
import type { GitHubApi } from './api.ts';

const runsSchema = z.object({
  workflow_runs: z.array(
    z.object({
      status: z.string().nullable(),
      conclusion: z.string().nullable(),
      html_url: z.string(),
      created_at: z.string(),
    }),
  ),
});

/**
 * Runs of workflows. GITHUB_TOKEN may start one by dispatch, though its pushes start none (docs.github.com, "Triggering
 * a workflow from a workflow"). Reading needs `actions: read`, starting `actions: write`.
 */
export function openWorkflowRuns(api: GitHubApi): WorkflowRuns {
  return {
    list: async ({ workflow, commit }) => {
      const found = await api.find({
        doing: `reading the runs of ${workflow}`,
        route: 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
        params: { workflow_id: workflow, head_sha: commit, per_page: 20 },
        schema: runsSchema,
      });
      return found?.workflow_runs.map(readRun);
    },
    start: async ({ workflow, branch }) => {
      await api.call({
        doing: `starting ${workflow} on ${branch}`,
        route: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
        params: { workflow_id: workflow, ref: branch },
        schema: z.unknown(),
      });
    },
  };
}

function readRun(run: z.infer<typeof runsSchema>['workflow_runs'][number]): WorkflowRun {
  return {
    state: run.status !== 'completed' ? 'running' : run.conclusion === 'success' ? 'success' : 'failure',
    url: run.html_url,
  };
}
