import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError, messageOf } from '../../../host/errors.ts';

const dependabot = 'dependabot[bot]';

/** The part of a run's event that decides what the run does. */
export type WorkflowEvent =
  | {
      readonly kind: 'schedule';
      readonly branch: string;
      readonly defaultBranch: string | undefined;
    }
  | { readonly kind: 'workflow_dispatch'; readonly branch: string; readonly commit: string }
  | {
      readonly kind: 'pull_request';
      readonly number: number;
      /** The branch that it would be merged into. */
      readonly base: string;
      /** Its commits are in another repository, or it is Dependabot's: there are no credentials. */
      readonly fork: boolean;
    }
  /**
   * The workflow comes from the default branch, whatever branch the pull request is for: no file of the pull request is
   * run.
   */
  | {
      readonly kind: 'pull_request_target';
      readonly base: string;
      /** Its newest commit. */
      readonly commit: string;
    }
  /** Somebody called the API of GitHub. The payload is text from outside. */
  | { readonly kind: 'repository_dispatch'; readonly type: string; readonly payload: unknown }
  /** A merge queue tests what the branch would become. */
  | { readonly kind: 'merge_group'; readonly base: string }
  | {
      readonly kind: 'push';
      readonly branch: string;
      /** The commit that the branch was moved to. */
      readonly commit: string;
      /** The push created the branch. */
      readonly created: boolean;
      readonly deleted: boolean;
    }
  | { readonly kind: 'other'; readonly name: string };

const repositorySchema = z.looseObject({
  full_name: z.string().optional(),
  default_branch: z.string().optional(),
});
const payloadSchema = z.looseObject({
  /** With repository_dispatch: its type. */
  action: z.unknown().optional(),
  client_payload: z.unknown().optional(),
  created: z.boolean().optional(),
  deleted: z.boolean().optional(),
  merge_group: z.looseObject({ base_ref: z.string() }).optional(),
  repository: repositorySchema.optional(),
  pull_request: z
    .looseObject({
      number: z.number().int().positive(),
      base: z.looseObject({ ref: z.string(), repo: repositorySchema.nullish() }),
      // The repository of a head no longer exists after the fork is deleted.
      head: z.looseObject({ ref: z.string(), sha: z.string().optional(), repo: repositorySchema.nullish() }),
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
      problem: 'this is not a workflow run: no runner gave an event',
      remedy: 'On a machine of your own, run the verbs one by one.',
    });
  }
  const payload = payloadSchema.safeParse(await readPayload(path));
  if (!payload.success) {
    throw new InputError({
      where: path,
      problem: `the payload of the event ${name} has an unexpected shape`,
    });
  }
  return eventOf(name, payload.data, env);
}

async function readPayload(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InputError({
      where: path,
      field: 'GITHUB_EVENT_PATH',
      problem: `the payload of the event cannot be read: ${messageOf(error)}`,
      expected: 'a file with JSON, as the runner writes it',
    });
  }
}

function eventOf(
  name: string,
  payload: z.infer<typeof payloadSchema>,
  env: NodeJS.ProcessEnv,
): WorkflowEvent {
  const branch = branchOf(env.GITHUB_REF);
  const commit = env.GITHUB_SHA ?? '';
  const { pull_request: pull, merge_group: group, repository, created = false, deleted = false } = payload;
  if (name === 'schedule' && branch !== undefined) {
    return { kind: name, branch, defaultBranch: repository?.default_branch };
  }
  if (name === 'workflow_dispatch' && branch !== undefined) return { kind: name, branch, commit };
  if (name === 'push' && branch !== undefined) return { kind: 'push', branch, commit, created, deleted };
  const queued = branchOf(group?.base_ref);
  if (name === 'merge_group' && queued !== undefined) return { kind: 'merge_group', base: queued };
  if (name === 'pull_request' && pull !== undefined) {
    const own = pull.base.repo?.full_name ?? repository?.full_name;
    // Runs that Dependabot causes get no secrets and a token that can only read, like those of forks.
    const fork = pull.head.repo?.full_name !== own || own === undefined || env.GITHUB_ACTOR === dependabot;
    return { kind: 'pull_request', number: pull.number, base: pull.base.ref, fork };
  }
  if (name === 'repository_dispatch' && typeof payload.action === 'string') {
    return { kind: name, type: payload.action, payload: payload.client_payload ?? {} };
  }
  if (name === 'pull_request_target' && pull?.head.sha !== undefined) {
    return { kind: name, base: pull.base.ref, commit: pull.head.sha };
  }
  return { kind: 'other', name };
}

function branchOf(ref: string | undefined): string | undefined {
  return /^refs\/heads\/(.+)$/.exec(ref ?? '')?.[1];
}
