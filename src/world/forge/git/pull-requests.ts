import { z } from 'zod';
import { InputError } from '../../../host/errors.ts';
import { listTree } from '../../git/list-tree.ts';
import { readTexts } from '../../git/read-objects.ts';
import { RemoteError } from '../../git/remote.ts';
import { shortCommit } from '../../git/short-commit.ts';
import { writeCommit } from '../../git/write-objects.ts';
import type { BranchStore, PullRequest, PullRequestState, PullRequests, Sha } from '../forge.ts';
import { untilNotStale } from '../retry.ts';
import type { Repository } from './branches.ts';
import { mergePullRequest } from './merge.ts';

/** Pull requests of a repository without a forge: `<number>.json` each, in the tree of this ref. */
export const pullRequestsRef = 'refs/coxswain/pull-requests';

const sha = z.string().regex(/^[0-9a-f]{40,64}$/, 'expected a full commit name');

const recordSchema = z.looseObject({
  number: z.int().positive(),
  title: z.string(),
  body: z.string(),
  head: z.string().min(1),
  base: z.string().min(1),
  headCommit: sha,
  state: z.enum(['open', 'merged', 'closed']),
  ready: z.boolean(),
  labels: z.array(z.string()),
  comments: z.array(z.object({ key: z.string(), body: z.string() })),
});

interface Snapshot {
  readonly commit: Sha | undefined;
  /** The pull requests as the branches are now: their states and head commits are computed. */
  readonly requests: readonly PullRequest[];
  /** File name → text as stored. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Pull requests on plain git. People merge with git, and git reports that to nobody. So the state of an open one is
 * computed from the branches at each read, and stored once it is final (a later revert does not open it again).
 */
export function openGitPullRequests(repository: Repository, branches: BranchStore): PullRequests {
  const { git, refs } = repository;

  const list = async (filter: { readonly state?: PullRequestState } = {}): Promise<PullRequest[]> => {
    const requests = await recordStates();
    return requests.filter((request) => filter.state === undefined || request.state === filter.state);
  };

  /** Stores what is final. Someone who may only read gets the same answer, and the next writer stores it. */
  async function recordStates(): Promise<readonly PullRequest[]> {
    try {
      return await change('record the state of pull requests', async () => undefined);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      return (await read(repository, branches)).requests;
    }
  }

  /** Applies one change to the records, and again if it loses a race. Returns all pull requests afterwards. */
  async function change(
    message: string,
    apply: (requests: readonly PullRequest[]) => Promise<PullRequest | undefined>,
  ): Promise<PullRequest[]> {
    return untilNotStale(async () => {
      const before = await read(repository, branches);
      const changed = await apply(before.requests);
      const after =
        changed === undefined
          ? [...before.requests]
          : [...before.requests.filter((request) => request.number !== changed.number), changed].sort(
              (a, b) => a.number - b.number,
            );
      const changes = after
        .map((request) => ({ path: fileOf(request.number), content: format(request) }))
        .filter(({ path, content }) => before.texts.get(path) !== content);
      if (changes.length > 0) {
        const commit = await writeCommit(git, { parent: before.commit, changes, message });
        await refs.move({ ref: pullRequestsRef, from: before.commit, to: commit });
      }
      return after;
    });
  }

  return {
    list,
    find: async ({ head, base }) =>
      (await list({ state: 'open' })).find((request) => request.head === head && request.base === base),
    latest: async ({ head, base }) =>
      (await list()).findLast((request) => request.head === head && request.base === base),
    findByCommit: async (commit) =>
      (await list({ state: 'open' })).find((request) => request.headCommit === commit),
    open: async (wanted) => {
      const requests = await change(`open: ${wanted.title}`, async (known) => {
        const existing = known.find(
          ({ state, head, base }) => state === 'open' && head === wanted.head && base === wanted.base,
        );
        const headCommit = await mergeableHead(branches, wanted);
        return existing === undefined
          ? { ...wanted, number: nextNumber(known), headCommit, state: 'open', comments: [] }
          : { ...existing, ...wanted, headCommit };
      });
      return requests.find(
        ({ state, head, base }) => state === 'open' && head === wanted.head && base === wanted.base,
      ) as PullRequest;
    },
    update: async (number, wanted) => {
      const requests = await change(`update pull request ${number}`, async (known) => {
        const request = requireNumber(known, number);
        // If it was merged meanwhile, it stays merged.
        return {
          ...request,
          ...wanted,
          state: request.state === 'open' ? (wanted.state ?? 'open') : request.state,
        };
      });
      return requireNumber(requests, number);
    },
    merge: async (number, { head }) => {
      const merge = async () => mergePullRequest(repository, requireNumber(await list(), number), head);
      await untilNotStale(merge, requireNumber(await list(), number).base);
      return requireNumber(await list(), number);
    },
    comment: async (number, key, body) => {
      await change(`comment on pull request ${number}`, async (known) => {
        const request = requireNumber(known, number);
        const at = request.comments.findIndex((comment) => comment.key === key);
        return {
          ...request,
          comments: at < 0 ? [...request.comments, { key, body }] : request.comments.with(at, { key, body }),
        };
      });
      return true;
    },
  };
}

async function read(repository: Repository, branches: BranchStore): Promise<Snapshot> {
  const { git, refs, objects } = repository;
  const commit = await refs.read(pullRequestsRef);
  if (commit === undefined) return { commit, requests: [], texts: new Map() };
  await objects.fetchCommit(commit);
  const texts = await readTexts(git, await listTree(git, commit, ''));
  const records = [...texts].map(([file, text]) => {
    const where = `${pullRequestsRef} (commit ${shortCommit(commit)}): ${file}`;
    return parse(text, file, where);
  });
  const requests = await Promise.all(records.map((record) => withCurrentState(repository, branches, record)));
  return { commit, requests: requests.sort((a, b) => a.number - b.number), texts };
}

/** Computes the state of an open pull request. */
async function withCurrentState(
  { objects }: Repository,
  branches: BranchStore,
  request: PullRequest,
): Promise<PullRequest> {
  if (request.state !== 'open') return request;
  const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
  if (base !== undefined) {
    // The commit seen last comes first: the branch may already have our next commit.
    for (const commit of new Set([request.headCommit, head])) {
      if (commit === undefined || (commit !== head && !(await objects.findCommit(commit)))) continue;
      if (await branches.contains(base, commit)) return { ...request, headCommit: commit, state: 'merged' };
    }
  }
  if (head === undefined || base === undefined) return { ...request, state: 'closed' };
  return { ...request, headCommit: head };
}

async function mergeableHead(
  branches: BranchStore,
  request: { readonly head: string; readonly base: string },
): Promise<Sha> {
  const [head, base] = await Promise.all([branches.resolve(request.head), branches.resolve(request.base)]);
  if (head === undefined || base === undefined) {
    throw new InputError({
      problem: `a pull request needs both branches, and branch ${head === undefined ? request.head : request.base} does not exist`,
    });
  }
  if (await branches.contains(base, head)) {
    throw new InputError({
      problem: `there is nothing to merge from ${request.head} into ${request.base}`,
      remedy: 'Everything on it is merged already.',
    });
  }
  return head;
}

function requireNumber(requests: readonly PullRequest[], number: number): PullRequest {
  const found = requests.find((request) => request.number === number);
  if (found === undefined) throw new InputError({ problem: 'no such pull request', found: number });
  return found;
}

function nextNumber(requests: readonly PullRequest[]): number {
  return Math.max(0, ...requests.map((request) => request.number)) + 1;
}

function fileOf(number: number): string {
  return `${number}.json`;
}

/** Always in the same order, so an unchanged record is the same text. */
function format(request: PullRequest): string {
  const { number, title, state, ready, head, base, headCommit, labels, body, comments, ...others } = request;
  const ordered = { number, title, state, ready, head, base, headCommit, labels, body, comments, ...others };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function parse(text: string, file: string, where: string): PullRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      { where, problem: 'not JSON', expected: 'the record of a pull request' },
      { cause: error },
    );
  }
  const parsed = recordSchema.safeParse(json);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined)
    throw new InputError({ where, field: issue.path.join('.'), problem: issue.message });
  const record = parsed.data as PullRequest;
  if (fileOf(record.number) !== file) {
    throw new InputError({
      where,
      field: 'number',
      problem: 'not the number in the file name',
      found: record.number,
    });
  }
  return record;
}
