import { z } from 'zod';
import type { Log } from '../../../host/log.ts';
import { fitBody } from '../fit-body.ts';
import {
  type BranchStore,
  type PullRequest,
  type PullRequests,
  type Sha,
  StaleBranchError,
} from '../forge.ts';
import type { GitHubApi } from './api.ts';
import { commentsOf, keyedComments, putComment, type WhoAmI } from './comments.ts';
import { draftsRefused, notReadyLabel, setDraft } from './drafts.ts';
import { refusalOf } from './failures.ts';
import { addLabels, replaceLabels } from './labels.ts';
import {
  isReady,
  type Pull,
  pullSchema,
  refuseToMerge,
  sameSet,
  sameText,
  stateOf,
  whyNotOpened,
} from './pull.ts';

/** What a workflow run knows of the pull request that it is for. */
export interface RunOfPullRequest {
  readonly number: number;
  /** GITHUB_SHA: the merge of the pull request into its base, which no branch has. */
  readonly commit: Sha;
}

/** Pull requests on GitHub. Nothing is written where it is so already: approvals stay. */
export function openGitHubPullRequests(
  api: GitHubApi,
  options: {
    readonly repository: string;
    readonly branches: BranchStore;
    readonly who: WhoAmI;
    readonly run: RunOfPullRequest | undefined;
    readonly log: Log;
  },
): PullRequests {
  const { repository, branches, who, run, log } = options;
  const owner = repository.split('/')[0] ?? '';

  const describe = async (pull: Pull): Promise<PullRequest> => {
    const labels = pull.labels.map(({ name }) => name);
    return {
      number: pull.number,
      title: pull.title,
      body: (pull.body ?? '').replaceAll('\r\n', '\n'),
      head: pull.head.ref,
      base: pull.base.ref,
      headCommit: pull.head.sha,
      state: stateOf(pull),
      ready: isReady(pull),
      labels: labels.filter((label) => label !== notReadyLabel),
      comments: commentsOf(await keyedComments(api, who, pull.number)),
    };
  };

  async function listPulls(params: Readonly<Record<string, unknown>>): Promise<Pull[]> {
    return api.all({
      doing: 'listing pull requests',
      route: 'GET /repos/{owner}/{repo}/pulls',
      params: { sort: 'created', direction: 'asc', ...params },
      schema: pullSchema,
    });
  }

  const read = (number: number): Promise<Pull> =>
    api.call({
      doing: `reading pull request #${number}`,
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      params: { pull_number: number },
      schema: pullSchema,
    });

  /** A fork can have branches of the same names. */
  const isOwn = ({ head }: Pull) => head.repo?.full_name.toLowerCase() === repository.toLowerCase();

  async function find({
    head,
    base,
  }: {
    readonly head: string;
    readonly base: string;
  }): Promise<PullRequest | undefined> {
    const pull = (await listPulls({ state: 'open', base, head: `${owner}:${head}` })).find(isOwn);
    return pull === undefined ? undefined : describe(pull);
  }

  async function setReady(pull: Pull, ready: boolean): Promise<void> {
    const labelled = pull.labels.some(({ name }) => name === notReadyLabel);
    if (ready && labelled) {
      const labels = pull.labels.map(({ name }) => name).filter((label) => label !== notReadyLabel);
      await replaceLabels(api, { number: pull.number, labels, log });
    }
    if (ready && pull.draft !== true) return;
    try {
      await setDraft(api, pull, !ready);
    } catch (error) {
      if (!draftsRefused(error)) throw error;
      await addLabels(api, { number: pull.number, labels: [notReadyLabel], log });
    }
  }

  const update: PullRequests['update'] = async (number, change) => {
    const pull = await read(number);
    const body = change.body === undefined ? undefined : fitBody(change.body);
    const patch = {
      ...(change.title === undefined || change.title === pull.title ? {} : { title: change.title }),
      ...(body === undefined || sameText(body, pull.body ?? '') ? {} : { body }),
      ...(change.state === undefined || pull.state === 'closed' ? {} : { state: change.state }),
    };
    const patched =
      Object.keys(patch).length === 0
        ? pull
        : await api.call({
            doing: `updating pull request #${number}`,
            route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
            params: { pull_number: number, ...patch },
            schema: pullSchema,
          });
    const names = patched.labels.map(({ name }) => name);
    const labels = [...(change.labels ?? []), ...names.filter((name) => name === notReadyLabel)];
    const relabel = change.labels !== undefined && !sameSet(labels, names);
    if (relabel) await replaceLabels(api, { number, labels, log });
    const turn = change.ready !== undefined && patched.state === 'open' && change.ready !== isReady(patched);
    if (turn) await setReady(relabel ? await read(number) : patched, change.ready === true);
    return describe(relabel || turn ? await read(number) : patched);
  };

  async function create(
    wanted: { readonly head: string; readonly base: string; readonly title: string; readonly body: string },
    draft: boolean,
  ): Promise<Pull> {
    const { head, base, title, body } = wanted;
    return api.call({
      doing: `opening a pull request from ${head} into ${base}`,
      route: 'POST /repos/{owner}/{repo}/pulls',
      params: { head, base, title, body: fitBody(body), draft },
      schema: pullSchema,
    });
  }

  const open: PullRequests['open'] = async (wanted) => {
    const labels = [...wanted.labels];
    let made: Pull;
    try {
      made = await create(wanted, !wanted.ready).catch((error: unknown) => {
        if (wanted.ready || !draftsRefused(error)) throw error;
        log.warn(
          `this repository has no drafts (they need a public repository or a paid plan): the label “${notReadyLabel}” says that the pull request is not to be merged yet`,
        );
        labels.push(notReadyLabel);
        return create(wanted, false);
      });
    } catch (error) {
      if (refusalOf(error)?.status !== 422) throw error;
      const there = await find(wanted);
      if (there !== undefined) return update(there.number, wanted);
      throw await whyNotOpened(branches, wanted, error);
    }
    if (labels.length > 0) await addLabels(api, { number: made.number, labels, log });
    return describe(await read(made.number));
  };

  return {
    list: async ({ state } = {}) => {
      const pulls = await listPulls({
        state: state === undefined ? 'all' : state === 'open' ? 'open' : 'closed',
      });
      const wanted = pulls.filter((pull) => state === undefined || stateOf(pull) === state);
      return Promise.all(wanted.map(describe));
    },
    find,
    latest: async ({ head, base }) => {
      const newest = await api.call({
        doing: 'looking for the last pull request',
        route: 'GET /repos/{owner}/{repo}/pulls',
        params: { state: 'all', base, head: `${owner}:${head}`, sort: 'created', direction: 'desc' },
        schema: z.array(pullSchema),
      });
      const pull = newest.find(isOwn);
      return pull === undefined ? undefined : describe(pull);
    },
    findByCommit: async (commit) => {
      if (run?.commit === commit) {
        const pull = await read(run.number);
        return pull.state === 'open' ? describe(pull) : undefined;
      }
      const pulls = await api.find({
        doing: `looking for the pull request of ${commit.slice(0, 12)}`,
        route: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
        params: { commit_sha: commit, per_page: 100 },
        schema: z.array(pullSchema),
      });
      const pull = pulls?.find(({ state, head }) => state === 'open' && head.sha === commit);
      return pull === undefined ? undefined : describe(pull);
    },
    open,
    update,
    comment: async (number, key, body) => {
      await putComment(api, who, { number, key, body });
      return true;
    },
    merge: async (number, { head }) => {
      const pull = await read(number);
      refuseToMerge(pull, await describe(pull));
      try {
        await api.call({
          doing: `merging pull request #${number}`,
          route: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
          params: { pull_number: number, sha: head, merge_method: 'merge' },
          schema: z.unknown(),
        });
      } catch (error) {
        const now = await read(number);
        if (stateOf(now) !== 'merged' && now.head.sha !== head)
          throw new StaleBranchError(now.head.ref, head, now.head.sha);
        if (stateOf(now) !== 'merged') throw error;
      }
      return describe(await read(number));
    },
  };
}
