import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { Git } from '../../src/world/git/git.ts';
import { findCommit } from '../../src/world/git/read-commit.ts';

const folders: string[] = [];
const kept: string[] = [];

afterEach(() => removeAll(folders));
afterAll(() => removeAll(kept));

async function removeAll(list: string[]): Promise<void> {
  await Promise.all(list.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** The folders that were made so far are for all tests of the file: they are gone after the last one. */
export function keepForAllTests(): void {
  kept.push(...folders.splice(0));
}

/** An empty folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-'));
  folders.push(folder);
  return folder;
}

/** Folders that were made until now stay after the test: the caller removes them. */
export function keepFolders(): string[] {
  return folders.splice(0);
}

/** A new git repository; `main`, or another branch, is its first one, without a commit. Gone after the test. */
export async function createRepository(
  options: { readonly bare?: boolean; readonly branch?: string } = {},
): Promise<Git> {
  const git = new Git(await temporaryFolder());
  await git.run([
    'init',
    '--quiet',
    '--initial-branch',
    options.branch ?? 'main',
    ...(options.bare === true ? ['--bare'] : []),
  ]);
  return git;
}

/** Writes files in the work tree (null removes) and commits everything, at a time of the test's choice. */
export async function commitFiles(
  git: Git,
  files: Readonly<Record<string, string | null>>,
  options: { readonly message?: string; readonly time?: number } = {},
): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(git.directory, path);
    if (text === null) {
      await rm(file);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await git.run(['add', '--all']);
  const date = options.time === undefined ? {} : at(options.time);
  await git.run(['commit', '--quiet', '--allow-empty', '--message', options.message ?? 'Change'], {
    env: date,
  });
  return (await findCommit(git, 'HEAD')) as string;
}

/** Environment that makes git commit at a time, in UNIX seconds. */
export function at(time: number): Record<string, string> {
  return { GIT_AUTHOR_DATE: `${time} +0000`, GIT_COMMITTER_DATE: `${time} +0000` };
}
