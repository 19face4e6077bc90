import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryFolder } from '../../host/files.ts';
import type { FileChange, Sha } from '../forge/forge.ts';
import type { Git } from './git.ts';
import { findEntry } from './list-tree.ts';

/**
 * Writes a commit that no ref names yet. Works in a bare repository. It uses an index file of its own, so the index of
 * a clone is not touched.
 */
export async function writeCommit(
  git: Git,
  commit: {
    readonly parent: Sha | undefined;
    /** Further parents. */
    readonly merges?: readonly Sha[] | undefined;
    readonly changes: readonly FileChange[];
    readonly message: string;
  },
): Promise<Sha> {
  const tree = await writeTree(git, commit.parent, commit.changes);
  const parents = [...(commit.parent === undefined ? [] : [commit.parent]), ...(commit.merges ?? [])];
  return commitTree(git, { tree, parents, message: commit.message });
}

/** Writes a commit of an existing tree; no ref names it yet. */
export async function commitTree(
  git: Git,
  commit: { readonly tree: Sha; readonly parents: readonly Sha[]; readonly message: string },
): Promise<Sha> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  return git.run(['commit-tree', commit.tree, ...parents, '-F', '-'], {
    input: commit.message,
    env: await identity(git),
  });
}

async function writeTree(git: Git, parent: Sha | undefined, changes: readonly FileChange[]): Promise<Sha> {
  return withTemporaryFolder('index', async (folder) => {
    const blobs = await writeBlobs(git, folder, changes);
    const lines = await Promise.all(
      changes.map((change, index) => indexLine(git, parent, change, blobs[index])),
    );
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    if (parent !== undefined) await git.run(['read-tree', parent], { env });
    await git.run(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return git.run(['write-tree'], { env });
  });
}

/**
 * Writes the new contents by one git process.
 * @returns for each change the hash of its content; undefined if it removes a file
 */
async function writeBlobs(
  git: Git,
  folder: string,
  changes: readonly FileChange[],
): Promise<(Sha | undefined)[]> {
  const files: string[] = [];
  for (const { content } of changes) {
    if (content === null) continue;
    const file = join(folder, `${files.length}`);
    await writeFile(file, content);
    files.push(file);
  }
  if (files.length === 0) return [];
  const hashes = await git.run(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
    input: files.map((file) => `${file}\n`).join(''),
  });
  const written = hashes.split('\n');
  return changes.map(({ content }) => (content === null ? undefined : written.shift()));
}

/** A line for `update-index --index-info`; mode 0 removes. */
async function indexLine(
  git: Git,
  parent: Sha | undefined,
  change: FileChange,
  blob: Sha | undefined,
): Promise<string> {
  if (blob === undefined) return `0 ${'0'.repeat(parent?.length ?? 40)}\t${change.path}\0`;
  const executable =
    change.executable ??
    (parent !== undefined && (await findEntry(git, parent, change.path))?.mode === '100755');
  return `${executable ? '100755' : '100644'} ${blob}\t${change.path}\0`;
}

const identities = new WeakMap<Git, Promise<Record<string, string>>>();

/** Environment that names Coxswain if git has no user name; git's own guess is useless. */
function identity(git: Git): Promise<Record<string, string>> {
  const known = identities.get(git) ?? readIdentity(git);
  identities.set(git, known);
  return known;
}

async function readIdentity(git: Git): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const role of ['AUTHOR', 'COMMITTER']) {
    const known = await git.try(['-c', 'user.useConfigOnly=true', 'var', `GIT_${role}_IDENT`]);
    if (known !== undefined) continue;
    env[`GIT_${role}_NAME`] = 'Coxswain';
    env[`GIT_${role}_EMAIL`] = 'coxswain@localhost';
  }
  return env;
}
