import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Git } from '../../src/world/git/git.ts';
import type { GitHubServer } from './github-server.ts';
import { at } from './repository.ts';

// A user's repository on the emulated GitHub, and the events that GitHub would start workflows with.

const run = promisify(execFile);

const pullSchema = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  head: z.looseObject({ ref: z.string(), sha: z.string() }),
  base: z.looseObject({ ref: z.string() }),
});
export type Pull = z.infer<typeof pullSchema>;

export interface UserRepository {
  /** The bare one, on GitHub. */
  readonly git: Git;
  /** A checkout of a commit, as a person has it, with the remote origin of the real GitHub. */
  checkout(commit: string): Promise<string>;
  pulls(): Promise<Pull[]>;
  comments(number: number): Promise<string[]>;
  /** Commits a change on a new branch and opens a pull request. */
  propose(change: {
    readonly base: string;
    readonly branch: string;
    readonly title: string;
    readonly files: Readonly<Record<string, string>>;
  }): Promise<Pull>;
  /** Merges as a person does with the button. @returns the new commit */
  merge(pull: Pull): Promise<string>;
  /** What a pull request would be merged as; a workflow run for it works on this commit. */
  mergeCommit(pull: Pull): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Puts a folder's files into the repository, on each of the branches.
 * @param options.replace what is written otherwise in coxswain.yaml and the Containerfile: names of images
 * @param options.time of the commit, UNIX seconds
 */
export async function createUserRepository(
  github: GitHubServer,
  options: {
    readonly from: string;
    readonly replace: Readonly<Record<string, string>>;
    readonly branches: readonly string[];
    readonly files: Readonly<Record<string, string>>;
    readonly time: number;
  },
): Promise<UserRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-user-'));
  // The user who runs the jobs gets the checkouts in it.
  await chmod(folder, 0o711);
  const git = new Git(github.directory);
  const first = join(folder, 'first');
  await cp(options.from, first, { recursive: true });
  for (const path of ['coxswain.yaml', 'Containerfile']) {
    let text = await readFile(join(first, path), 'utf8');
    for (const [from, to] of Object.entries(options.replace)) text = text.replaceAll(from, to);
    await writeFile(join(first, path), text);
  }
  for (const [path, text] of Object.entries(options.files)) await writeFile(join(first, path), text);
  const own = new Git(first);
  await own.run(['init', '--quiet', '--initial-branch', options.branches[0] ?? 'main']);
  await own.run(['add', '--all']);
  await own.run(['commit', '--quiet', '--message', 'Start'], { env: at(options.time) });
  for (const branch of options.branches) {
    await own.run(['push', '--quiet', github.directory, `HEAD:refs/heads/${branch}`]);
  }
  let checkouts = 0;

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${github.apiUrl}/repos/${github.repository}${path}`, {
      method,
      headers: { authorization: `token ${github.tokens.person}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  return {
    git,
    checkout: async (commit) => {
      checkouts += 1;
      const path = join(folder, `checkout-${checkouts}`);
      await run('git', ['clone', '--quiet', '--no-checkout', github.directory, path]);
      const clone = new Git(path);
      await clone.run(['fetch', '--quiet', 'origin', commit]);
      await clone.run(['checkout', '--quiet', '--detach', commit]);
      await clone.run(['remote', 'set-url', 'origin', `https://github.com/${github.repository}.git`]);
      return path;
    },
    pulls: async () => z.array(pullSchema).parse(await call('GET', '/pulls?state=all')),
    comments: async (number) =>
      z
        .array(z.looseObject({ body: z.string() }))
        .parse(await call('GET', `/issues/${number}/comments`))
        .map(({ body }) => body),
    propose: async ({ base, branch, title, files }) => {
      checkouts += 1;
      const clone = new Git(join(folder, `change-${checkouts}`));
      await run('git', ['clone', '--quiet', '--branch', base, github.directory, clone.directory]);
      await clone.run(['switch', '--quiet', '--create', branch]);
      for (const [path, text] of Object.entries(files)) await writeFile(join(clone.directory, path), text);
      await clone.run(['add', '--all']);
      await clone.run(['commit', '--quiet', '--message', 'Change'], { env: at(options.time + 120) });
      await clone.run(['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
      return pullSchema.parse(await call('POST', '/pulls', { title, head: branch, base, body: title }));
    },
    merge: async (pull) => {
      await call('PUT', `/pulls/${pull.number}/merge`, { merge_method: 'merge', sha: pull.head.sha });
      return git.run(['rev-parse', `refs/heads/${pull.base.ref}`]);
    },
    mergeCommit: async (pull) => {
      const base = await git.run(['rev-parse', `refs/heads/${pull.base.ref}`]);
      const tree = await git.run(['merge-tree', '--write-tree', base, pull.head.sha]);
      const commit = await git.run(
        ['commit-tree', tree, '-p', base, '-p', pull.head.sha, '-m', `Merge #${pull.number}`],
        { env: at(options.time + 60) },
      );
      await git.run(['update-ref', `refs/pull/${pull.number}/merge`, commit]);
      return commit;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The payload of a pull request to the state branch: GitHub runs the default branch's workflow at its newest commit. */
export async function statePullPayload(github: GitHubServer, user: UserRepository, pull: Pull) {
  const payload = pullPayload(github, pull);
  const { base } = payload.pull_request;
  // act takes the commit of such a run from here; GitHub did so until December 2025.
  const sha = await user.git.run(['rev-parse', `refs/heads/${payload.repository.default_branch}`]);
  return { ...payload, pull_request: { ...payload.pull_request, base: { ...base, sha } } };
}

const sender = { login: 'ada' };

/** The payload of a push to a branch. */
export function pushPayload(github: GitHubServer, branch: string, commit: string) {
  return {
    ref: `refs/heads/${branch}`,
    after: commit,
    deleted: false,
    repository: repositoryOf(github),
    sender,
  };
}

/** The payload of a schedule. */
export function schedulePayload(github: GitHubServer, schedule: string) {
  return { schedule, repository: repositoryOf(github) };
}

/** The payload of a pull request. @param from the repository that its commits are in */
export function pullPayload(github: GitHubServer, pull: Pull, from = github.repository) {
  const repo = repositoryOf(github);
  return {
    action: 'opened',
    number: pull.number,
    repository: repo,
    sender,
    pull_request: {
      number: pull.number,
      title: pull.title,
      base: { ref: pull.base.ref, repo },
      head: { ref: pull.head.ref, sha: pull.head.sha, repo: { full_name: from } },
    },
  };
}

function repositoryOf(github: GitHubServer) {
  return { full_name: github.repository, default_branch: 'testing' };
}
