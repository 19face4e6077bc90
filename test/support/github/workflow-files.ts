import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../../../src/world/git/git.ts';

// GitHub refuses commits with new content of workflow files from tokens without the permission `workflows`, which
// GITHUB_TOKEN can never have. A file that a branch has already, byte for byte, passes.

const folder = '.github/workflows';

/** The path of a workflow file that a commit and its new ancestors bring; undefined if all are known. */
export async function newWorkflowFile(git: Git, commit: string): Promise<string | undefined> {
  const commits = await git.try(['rev-list', commit, '--not', '--branches', '--tags']);
  const branches = ((await git.try(['for-each-ref', '--format=%(refname)', 'refs/heads'])) ?? '').split('\n');
  for (const each of (commits ?? '').split('\n').filter((line) => line !== '')) {
    const listed = (await git.run(['ls-tree', '-r', each, `${folder}/`])).split('\n').filter(Boolean);
    for (const line of listed) {
      const [facts = '', path = ''] = line.split('\t');
      if (!(await isKnown(git, branches, path, facts.split(' ')[2] ?? ''))) return path;
    }
  }
  return undefined;
}

async function isKnown(git: Git, branches: readonly string[], path: string, blob: string): Promise<boolean> {
  for (const branch of branches.filter((name) => name !== '')) {
    if ((await git.try(['rev-parse', '--verify', '--quiet', `${branch}:${path}`])) === blob) return true;
  }
  return false;
}

/** GitHub's words, in all its interfaces. */
export function workflowRefusal(path: string): string {
  return `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`;
}

/** Makes `git push` refuse the same, by a hook that reads from the environment what the token may do. */
export async function guardPushes(git: Git): Promise<void> {
  const hook = join(git.directory, 'hooks/update');
  await writeFile(
    hook,
    `#!/bin/sh
# update REF OLD NEW
[ "\${TEST_MAY_WRITE_WORKFLOWS-yes}" = no ] || exit 0
case "$3" in *[!0]*) ;; *) exit 0 ;; esac
for commit in $(git rev-list "$3" --not --branches --tags); do
  git ls-tree -r "$commit" ${folder}/ | while read -r mode type blob path; do
    for branch in $(git for-each-ref --format='%(refname)' refs/heads); do
      [ "$(git rev-parse --verify --quiet "$branch:$path")" != "$blob" ] || continue 2
    done
    echo "${workflowRefusal('$path').replaceAll('`', '\\`')}" >&2
    exit 1
  done || exit 1
done
`,
  );
  await chmod(hook, 0o755);
}
