import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Log, silentLog } from '../../src/host/log.ts';
import type { Forge } from '../../src/world/forge/forge.ts';
import { openGitForge } from '../../src/world/forge/git/git-forge.ts';
import { openGitHubForge } from '../../src/world/forge/github/github-forge.ts';
import type { GitHubRun } from '../../src/world/forge/github/run.ts';
import { Git } from '../../src/world/git/git.ts';
import { findRemote } from '../../src/world/git/remote.ts';
import { type GitHubServer, startGitHub } from './github-server.ts';
import { createRepository, keepForAllTests, temporaryFolder } from './repository.ts';

/** A forge to test, and the repository that it is about. */
export interface ForgeStage {
  readonly kind: Forge['kind'];
  /** A bare repository: everybody sees its branches. */
  readonly repository: Git;
  /** The branch `main`, with `a.txt` and `folder/b.txt`. */
  readonly base: string;
  /** Opens the forge as another run on another machine would. */
  open(): Promise<Forge>;
}

/** One emulated GitHub for all tests of a file; every stage has branches of its own. */
export function useGitHub(options: Parameters<typeof startGitHub>[0] = {}): () => GitHubServer {
  let running: GitHubServer | undefined;
  beforeAll(async () => {
    running = await startGitHub(options);
  });
  afterAll(() => running?.stop());
  return () => {
    if (running === undefined) throw new Error('the emulated GitHub is not running yet');
    return running;
  };
}

export function gitHubRun(github: GitHubServer, more: Partial<GitHubRun> = {}): GitHubRun {
  const { apiUrl, serverUrl, repository, token } = github;
  return { apiUrl, serverUrl, repository, token, pullRequest: undefined, readOnly: undefined, ...more };
}

/** The GitHub forge on a clone of its own, made by hand: no remote, no credential. @param log where warnings go */
export async function openTestGitHub(
  github: GitHubServer,
  options: { readonly log?: Log; readonly run?: Partial<GitHubRun>; readonly clone?: Git } = {},
): Promise<Forge> {
  const clone = options.clone ?? (await cloneOf(github.directory));
  return openGitHubForge(clone, gitHubRun(github, options.run), { log: options.log ?? silentLog, second: 5 });
}

export async function cloneOf(directory: string, args: readonly string[] = []): Promise<Git> {
  const folder = join(await temporaryFolder(), 'clone');
  await new Git('/').run(['clone', '--quiet', '--no-local', ...args, directory, folder]);
  return new Git(folder);
}

const files = [
  { path: 'a.txt', content: 'one\n' },
  { path: 'folder/b.txt', content: 'b\n' },
];

let first: Promise<{ readonly directory: string; readonly base: string }> | undefined;

/** The repository that all stages of a test file are copies of: to make one takes a dozen processes. */
async function firstRepository(): Promise<{ readonly directory: string; readonly base: string }> {
  const { directory } = await createRepository({ bare: true });
  keepForAllTests();
  const { branches } = await openGitForge(directory);
  const base = await branches.commit({ branch: 'main', parent: undefined, changes: files, message: 'Start' });
  return { directory, base };
}

export async function gitStage(): Promise<ForgeStage> {
  // Test files share this module, and the folders of a file are gone after its last test.
  if (first === undefined || !existsSync((await first).directory)) first = firstRepository();
  const { directory, base } = await first;
  const repository = new Git(await temporaryFolder());
  await cp(directory, repository.directory, { recursive: true });
  return { kind: 'git', repository, base, open: () => openGitForge(repository.directory) };
}

/** A bare repository as the remote of a fresh clone for each run. @param args of git clone @param at its address */
export async function remoteStage(
  options: { readonly args?: readonly string[]; readonly at?: (directory: string) => string } = {},
): Promise<ForgeStage> {
  const stage = await gitStage();
  const { directory } = stage.repository;
  // Real servers have this setting; without it, partial clones would be full ones.
  await stage.repository.run(['config', 'uploadpack.allowFilter', 'true']);
  const address = options.at?.(directory) ?? directory;
  return { ...stage, open: async () => openRemoteForge(await cloneOf(address, options.args)) };
}

/** The forge of a clone's remote. */
export async function openRemoteForge(clone: Git): Promise<Forge> {
  return openGitForge(clone.directory, await findRemote(clone, undefined));
}

/** The emulated GitHub without its branches, and so without open pull requests. */
export async function gitHubStage(github: GitHubServer): Promise<ForgeStage> {
  const repository = new Git(github.directory);
  const deletions = await repository.run(['for-each-ref', '--format=delete %(refname)']);
  await repository.run(['update-ref', '--stdin'], { input: deletions === '' ? '' : `${deletions}\n` });
  const headers = { authorization: `token ${github.token}` };
  await fetch(`${github.apiUrl}/repos/${github.repository}/pulls`, { headers });
  const { branches } = await openGitForge(github.directory);
  const base = await branches.commit({
    branch: 'main',
    parent: undefined,
    changes: files,
    message: `Start ${randomBytes(4).toString('hex')}`,
  });
  return { kind: 'github', repository, base, open: () => openTestGitHub(github) };
}
