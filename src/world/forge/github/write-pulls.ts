import { z } from 'zod';
import { defined } from '../../../host/defined.ts';
import type { Log } from '../../../host/log.ts';
import { fitBody } from '../fit-body.ts';
import { type BranchStore, type PullRequests, StaleBranchError } from '../forge.ts';
import type { GitHubApi } from './api.ts';
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
import type { PullReader } from './read-pulls.ts';

interface Tools {
  readonly reader: PullReader;
  readonly branches: BranchStore;
  readonly log: Log;
}

type Wanted = Parameters<PullRequests['open']>[0];

/** Opens, changes and merges pull requests. Nothing is written if GitHub has it already: approvals stay. */
export function createPullWriter(
  api: GitHubApi,
  tools: Tools,
): Pick<PullRequests, 'open' | 'update' | 'merge'> {
  const { reader, log } = tools;

  const update: PullRequests['update'] = async (number, change) => {
    const patched = await patch(api, await reader.read(number), change);
    const names = patched.labels.map(({ name }) => name);
    const labels = [...(change.labels ?? []), ...names.filter((name) => name === notReadyLabel)];
    const relabel = change.labels !== undefined && !sameSet(labels, names);
    if (relabel) await replaceLabels(api, { number, labels, log });
    const turn = change.ready !== undefined && patched.state === 'open' && change.ready !== isReady(patched);
    if (turn) {
      await setReady(api, relabel ? await reader.read(number) : patched, change.ready === true, log);
    }
    return reader.toPullRequest(relabel || turn ? await reader.read(number) : patched);
  };

  return {
    update,
    open: async (wanted) => {
      let created: Created;
      try {
        created = await createDraftOrLabelled(api, wanted, log);
      } catch (error) {
        if (refusalOf(error)?.status !== 422) throw error;
        const existing = await reader.find(wanted);
        if (existing !== undefined) return update(existing.number, wanted);
        throw await whyNotOpened(tools.branches, wanted, error);
      }
      const { pull, labels } = created;
      if (labels.length > 0) await addLabels(api, { number: pull.number, labels, log });
      return reader.toPullRequest(await reader.read(pull.number));
    },
    merge: async (number, { head }) => {
      const pull = await reader.read(number);
      refuseToMerge(pull, await reader.toPullRequest(pull));
      try {
        await api.call({
          doing: `merging pull request #${number}`,
          route: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
          params: { pull_number: number, sha: head, merge_method: 'merge' },
          schema: z.unknown(),
        });
      } catch (error) {
        const now = await reader.read(number);
        if (stateOf(now) !== 'merged' && now.head.sha !== head)
          throw new StaleBranchError(now.head.ref, head, now.head.sha);
        if (stateOf(now) !== 'merged') throw error;
      }
      return reader.toPullRequest(await reader.read(number));
    },
  };
}

/** Sends what differs from what GitHub has. */
async function patch(
  api: GitHubApi,
  pull: Pull,
  change: Parameters<PullRequests['update']>[1],
): Promise<Pull> {
  const body = change.body === undefined ? undefined : fitBody(change.body);
  const params = defined({
    title: change.title === pull.title ? undefined : change.title,
    body: body === undefined || sameText(body, pull.body ?? '') ? undefined : body,
    state: pull.state === 'closed' ? undefined : change.state,
  });
  if (Object.keys(params).length === 0) return pull;
  return api.call({
    doing: `updating pull request #${pull.number}`,
    route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    params: { pull_number: pull.number, ...params },
    schema: pullSchema,
  });
}

async function setReady(api: GitHubApi, pull: Pull, ready: boolean, log: Log): Promise<void> {
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

interface Created {
  readonly pull: Pull;
  /** Labels to be added to the pull request. */
  readonly labels: readonly string[];
}

/** A repository without drafts gets a label in their place. */
async function createDraftOrLabelled(api: GitHubApi, wanted: Wanted, log: Log): Promise<Created> {
  try {
    return { pull: await create(api, wanted, !wanted.ready), labels: wanted.labels };
  } catch (error) {
    if (wanted.ready || !draftsRefused(error)) throw error;
    log.warn(
      `this repository has no drafts (they need a public repository or a paid plan): the label “${notReadyLabel}” says that the pull request is not to be merged yet`,
    );
    return { pull: await create(api, wanted, false), labels: [...wanted.labels, notReadyLabel] };
  }
}

function create(api: GitHubApi, wanted: Wanted, draft: boolean): Promise<Pull> {
  const { head, base, title, body } = wanted;
  return api.call({
    doing: `opening a pull request from ${head} into ${base}`,
    route: 'POST /repos/{owner}/{repo}/pulls',
    params: { head, base, title, body: fitBody(body), draft },
    schema: pullSchema,
  });
}
