import { z } from 'zod';
import type { Log } from '../../../host/log.ts';
import type { GitHubApi } from './api.ts';
import { refusalOf } from './failures.ts';

interface Labels {
  readonly number: number;
  readonly labels: readonly string[];
  readonly log: Log;
}

/** Adds labels to a pull request; GitHub makes those that the repository does not have. */
export function addLabels(api: GitHubApi, wanted: Labels): Promise<void> {
  return write(api, 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels', wanted);
}

/** Makes these the labels of a pull request. */
export function replaceLabels(api: GitHubApi, wanted: Labels): Promise<void> {
  return write(api, 'PUT /repos/{owner}/{repo}/issues/{issue_number}/labels', wanted);
}

async function write(api: GitHubApi, route: string, { number, labels, log }: Labels): Promise<void> {
  try {
    await api.call({
      doing: `labelling pull request #${number}`,
      route,
      params: { issue_number: number, labels },
      schema: z.unknown(),
    });
  } catch (error) {
    // A label that the repository does not have yet needs more than pull-requests: write; the loop must not stop
    // because of that.
    if (refusalOf(error)?.status !== 403) throw error;
    log.warn(
      `pull request #${number} has no labels: GitHub lets this token set none. Add issues: write to the permissions of the job, or make the labels ${labels.join(', ')} by hand.`,
    );
  }
}
