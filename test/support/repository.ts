import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Git } from '../../src/world/git/git.ts';
import { findCommit } from '../../src/world/git/read-commit.ts';
import { temporaryFolder } from './temporary-folders.ts';

export { keepFolders, keepForAllTests, temporaryFolder } from './temporary-folders.ts';

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
