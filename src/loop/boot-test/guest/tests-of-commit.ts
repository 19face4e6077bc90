import { join, posix } from 'node:path';
import { InputError } from '../../../host/errors.ts';
import { materialiseContext } from '../../../release/candidate/materialise.ts';
import { upgradeStages } from '../../../release/evidence/upgrade-stages.ts';
import type { Git } from '../../../world/git/git.ts';
import { listCommit } from '../../../world/git/list-tree.ts';
import { shortCommit } from '../../../world/git/short-commit.ts';
import type { UpgradeTests } from './list-tests.ts';
import { listTests, type TestFile } from './list-tests.ts';

export interface CommittedTests {
  readonly files: readonly TestFile[];
  /** The tests of an update; all of them may be empty. */
  readonly upgrade: UpgradeTests;
  /** Hash of the git tree that holds them. */
  readonly tree: string;
}

/**
 * Writes the tests of a commit into an empty folder: what runs is then exactly what the tree's hash names, whatever
 * is in the work tree.
 * @param tests folder of the tests inside the repository
 * @throws InputError when there is nothing to run
 */
export async function readCommittedTests(
  git: Git,
  commit: string,
  tests: string,
  folder: string,
): Promise<CommittedTests> {
  const tree = await git.try(['rev-parse', '--verify', '--quiet', `${commit}:${tests}`]);
  if (tree === undefined) throw nothingToTest(tests, commit, 'the commit has no such folder');
  const entries = (await listCommit(git, commit)).flatMap(({ mode, hash, path }) => {
    const inside = posix.relative(tests, path);
    if (inside.startsWith('..')) return [];
    if (mode !== '100644' && mode !== '100755' && mode !== '120000') return [];
    return [{ mode, hash, path: inside } as const];
  });
  await materialiseContext(git, entries, folder, 0);
  const files = await listTests(folder, tests);
  if (files.length === 0) throw nothingToTest(tests, commit, 'the folder has no tests in this commit');
  const [before, after, rollback] = await Promise.all(
    upgradeStages.map(async (stage) =>
      (await listTests(join(folder, stage), `${tests}/${stage}`, folder)).map((test) => ({
        ...test,
        name: `${stage}/${test.name}`,
      })),
    ),
  );
  return {
    files,
    tree,
    upgrade: {
      'before-upgrade': before ?? [],
      'after-upgrade': after ?? [],
      'after-rollback': rollback ?? [],
    },
  };
}

function nothingToTest(tests: string, commit: string, found: string): InputError {
  return new InputError({
    where: `${tests}/ (commit ${shortCommit(commit)})`,
    problem: `nothing would be tested: ${found}`,
    expected: `files directly in ${tests}/ that end in .sh or are executable`,
    remedy: `Write ${tests}/10-boots.sh, which exits with 0 if all is well, and commit it.`,
  });
}
