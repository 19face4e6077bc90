import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defined } from '../../../host/defined.ts';
import { InputError } from '../../../host/errors.ts';
import { listTree } from '../../git/list-tree.ts';
import { type BranchStore, type FileChange, type Sha, StaleBranchError } from '../forge.ts';
import { readCommits } from '../git/branches.ts';
import type { GitHubApi } from './api.ts';
import type { Clone } from './clone.ts';
import { refusalOf, workflowFiles } from './failures.ts';

const objectSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) });
const refSchema = z.object({ object: objectSchema });

/**
 * Branches on GitHub. What is on them is read from the checkout, completed by git; commits are made through the API:
 * GitHub signs those of a bot that names neither author nor committer, so they are shown as verified.
 * (https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification,
 * “Signature verification for bots”.)
 */
export function openGitHubBranches(api: GitHubApi, clone: Clone): BranchStore {
  let seen = false;
  let repositoryId: Promise<string> | undefined;

  async function resolve(branch: string): Promise<Sha | undefined> {
    const doing = `looking up branch ${branch}`;
    const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
    const found = await api.find({ doing, route, params: { ref: `heads/${branch}` }, schema: refSchema });
    // GitHub also answers “not found” for a repository that a token may not see, which does not prove that the branch
    // is missing.
    if (found === undefined && !seen)
      await api.call({
        doing: 'looking up the repository',
        route: 'GET /repos/{owner}/{repo}',
        schema: z.object({}),
      });
    seen = true;
    return found?.object.sha;
  }

  /** Moves or creates a branch. @param move.force also if that drops commits */
  async function move(move: {
    readonly branch: string;
    readonly from: Sha | undefined;
    readonly to: Sha;
    readonly force: boolean;
  }): Promise<void> {
    const { branch, from, to } = move;
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (from === undefined) return await createRef(api, branch, to);
        repositoryId ??= nodeId(api);
        return await swapRef(api, await repositoryId, { ...move, from });
      } catch (error) {
        const now = await resolve(branch);
        // The answer was lost, but the branch moved.
        if (now === to) return;
        if (now !== from) throw new StaleBranchError(branch, from, now);
        // The branch is where we expect it, and GitHub refused: another writer held its lock, or GitHub never allows it.
        const retriable = [409, 422].includes(refusalOf(error)?.status ?? 0);
        if (attempt === 4 || !retriable) throw error;
        await sleep(Math.random() * 250 * attempt);
      }
    }
  }

  return {
    ...readCommits(clone.git, clone),
    resolve,
    commit: async ({ branch, parent, from = parent, merges = [], changes, message }) => {
      const tree = await writeTree(api, clone, from, changes);
      const { sha } = await api.call({
        doing: `committing to ${branch}`,
        route: 'POST /repos/{owner}/{repo}/git/commits',
        params: { message, tree, parents: [...(from === undefined ? [] : [from]), ...merges] },
        schema: objectSchema,
      });
      await move({ branch, from: parent, to: sha, force: from !== parent });
      return sha;
    },
    setBranch: async ({ branch, from, to }) => {
      if (from !== to) return move({ branch, from, to, force: true });
      const now = await resolve(branch);
      if (now !== to) throw new StaleBranchError(branch, from, now);
    },
  };
}

/** Fails if the branch exists: that makes it a compare-and-swap. */
async function createRef(api: GitHubApi, branch: string, sha: Sha): Promise<void> {
  await api.call({
    doing: `creating branch ${branch}`,
    route: 'POST /repos/{owner}/{repo}/git/refs',
    params: { ref: `refs/heads/${branch}`, sha },
    schema: z.unknown(),
  });
}

export const updateRefs = `mutation($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}`;

/**
 * REST cannot compare and swap: “update a reference” knows no old value. Without `force` it only makes sure that the
 * new commit descends from the current one. That also holds after somebody removed commits, and it never holds for a
 * branch that is rebuilt. GraphQL's updateRefs has `beforeOid`, and is atomic.
 * (https://docs.github.com/graphql/reference/mutations#updaterefs)
 */
async function swapRef(
  api: GitHubApi,
  repositoryId: string,
  move: { readonly branch: string; readonly from: Sha; readonly to: Sha; readonly force: boolean },
): Promise<void> {
  const update = {
    name: `refs/heads/${move.branch}`,
    beforeOid: move.from,
    afterOid: move.to,
    force: move.force,
  };
  await api.graphql({
    doing: `moving branch ${move.branch}`,
    operation: 'updateRefs',
    text: updateRefs,
    variables: { input: { repositoryId, refUpdates: [update] } },
    schema: z.unknown(),
  });
}

async function nodeId(api: GitHubApi): Promise<string> {
  const { node_id } = await api.call({
    doing: 'looking up the repository',
    route: 'GET /repos/{owner}/{repo}',
    schema: z.object({ node_id: z.string() }),
  });
  return node_id;
}

async function writeTree(
  api: GitHubApi,
  clone: Clone,
  from: Sha | undefined,
  changes: readonly FileChange[],
): Promise<Sha> {
  const { git } = clone;
  if (from !== undefined) await clone.fetchCommit(from);
  const base = from === undefined ? undefined : await git.run(['rev-parse', `${from}^{tree}`]);
  const entries = await Promise.all(
    changes.map(async ({ path, content, executable }) => {
      const there =
        from === undefined
          ? undefined
          : (await listTree(git, from, path)).find((entry) => entry.path === path);
      // GitHub refuses to delete a file that does not exist.
      if (content === null)
        return there === undefined ? [] : [{ path, mode: there.mode, type: 'blob', sha: null }];
      const mode = (executable ?? there?.mode === '100755') ? '100755' : '100644';
      return [{ path, mode, type: 'blob', ...(await contentOf(api, path, content)) }];
    }),
  );
  const tree = entries.flat();
  if (tree.length === 0 && base !== undefined) return base;
  if (tree.length === 0) throw new InputError({ problem: 'a first commit needs a file' });
  const workflow = changes.find(({ path }) => path.startsWith('.github/workflows/'))?.path;
  try {
    const { sha } = await api.call({
      doing: 'writing files to GitHub',
      route: 'POST /repos/{owner}/{repo}/git/trees',
      params: { tree, ...defined({ base_tree: base }) },
      schema: objectSchema,
    });
    return sha;
  } catch (error) {
    // Without the permission for workflow files, GitHub answers “not found” to the whole call.
    if (workflow === undefined || ![403, 404].includes(refusalOf(error)?.status ?? 0)) throw error;
    throw new InputError(workflowFiles(workflow), { cause: error });
  }
}

/** Text is sent with the tree; other bytes need a call of their own. */
async function contentOf(
  api: GitHubApi,
  path: string,
  content: Uint8Array | string,
): Promise<{ readonly content: string } | { readonly sha: Sha }> {
  if (typeof content === 'string') return { content };
  const text = Buffer.from(content).toString('utf8');
  if (Buffer.from(text).equals(content)) return { content: text };
  const { sha } = await api.call({
    doing: `writing ${path} to GitHub`,
    route: 'POST /repos/{owner}/{repo}/git/blobs',
    params: { content: Buffer.from(content).toString('base64'), encoding: 'base64' },
    schema: objectSchema,
  });
  return { sha };
}
