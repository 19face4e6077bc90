import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError } from '../../../host/errors.ts';

const dependabot = 'dependabot[bot]';

/** What a workflow run was started by, as far as it decides what to do. */
export type WorkflowEvent =
  | {
      readonly kind: 'schedule' | 'workflow_dispatch';
      readonly branch: string;
      readonly defaultBranch: string | undefined;
    }
  | {
      readonly kind: 'pull_request';
      readonly number: number;
      /** The branch that it is to be merged into. */
      readonly base: string;
      /** Its commits are in another repository, or it is Dependabot's: there are no credentials. */
      readonly fork: boolean;
    }
  | { readonly kind: 'push'; readonly branch: string; readonly deleted: boolean }
  | { readonly kind: 'other'; readonly name: string };

const repositorySchema = z.looseObject({
  full_name: z.string().optional(),
  default_branch: z.string().optional(),
});
const payloadSchema = z.looseObject({
  deleted: z.boolean().optional(),
  repository: repositorySchema.optional(),
  pull_request: z
    .looseObject({
      number: z.number().int().positive(),
      base: z.looseObject({ ref: z.string(), repo: repositorySchema.nullish() }),
      // The repository of a head is gone once the fork is deleted.
      head: z.looseObject({ ref: z.string(), repo: repositorySchema.nullish() }),
    })
    .optional(),
});

/**
 * Reads the event of a workflow run from the runner's environment (docs.github.com, "Variables reference").
 * @throws InputError outside of a workflow run
 */
export async function readEvent(env: NodeJS.ProcessEnv): Promise<WorkflowEvent> {
  const name = env.GITHUB_EVENT_NAME ?? '';
  const path = env.GITHUB_EVENT_PATH ?? '';
  if (name === '' || path === '') {
    throw new InputError({
      field: 'GITHUB_EVENT_NAME',
      problem: 'this is no workflow run: the runner names no event',
      remedy: 'On a machine of your own, run the verbs one by one.',
    });
  }
  const payload = payloadSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!payload.success) {
    throw new InputError({
      where: path,
      problem: `the payload of the event ${name} has an unexpected shape`,
    });
  }
  return eventOf(name, payload.data, env);
}

function eventOf(
  name: string,
  payload: z.infer<typeof payloadSchema>,
  env: NodeJS.ProcessEnv,
): WorkflowEvent {
  const branch = /^refs\/heads\/(.+)$/.exec(env.GITHUB_REF ?? '')?.[1];
  const { pull_request: pull, repository, deleted = false } = payload;
  if ((name === 'schedule' || name === 'workflow_dispatch') && branch !== undefined) {
    return { kind: name, branch, defaultBranch: repository?.default_branch };
  }
  if (name === 'push' && branch !== undefined) return { kind: 'push', branch, deleted };
  if (name === 'pull_request' && pull !== undefined) {
    const own = pull.base.repo?.full_name ?? repository?.full_name;
    // Runs that Dependabot causes get no secrets and a token that can only read, like those of forks.
    const fork = pull.head.repo?.full_name !== own || own === undefined || env.GITHUB_ACTOR === dependabot;
    return { kind: 'pull_request', number: pull.number, base: pull.base.ref, fork };
  }
  return { kind: 'other', name };
}
