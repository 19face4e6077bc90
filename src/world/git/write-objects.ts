import { randomBytes } from 'node:crypto';
import { OutsideError } from '../../host/errors.ts';
import type { FileChange, Sha } from '../forge/forge.ts';
import { isFullHash } from './full-hash.ts';
import type { Git } from './git.ts';
import { identityEnvironment, readIdentity, type Signature } from './identity.ts';
import { findEntry } from './list-tree.ts';

/**
 * Writes a commit that no ref names yet, by one `git fast-import`. Works in a bare repository, and touches neither the
 * index nor the work tree of a clone. Hooks and signing are for what people commit.
 * @throws OutsideError if git cannot write it, or a path could not be in a work tree
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
  const { parent, merges = [], changes } = commit;
  const { author, committer } = await readIdentity(git);
  // git makes commits for a ref. This one is deleted before it is written.
  const ref = `refs/coxswain/new/${randomBytes(8).toString('hex')}`;
  const stream: (string | Buffer)[] = [
    `commit ${ref}\nmark :1\nauthor ${signed(author)}\ncommitter ${signed(committer)}\n`,
    ...data(commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`),
    ...(parent === undefined ? [] : [`from ${parent}\n`]),
    ...merges.map((merge) => `merge ${merge}\n`),
  ];
  // A file may replace a folder of the same name.
  for (const { path, content } of changes) if (content === null) stream.push(`D ${quoted(path)}\n`);
  for (const change of changes) {
    if (change.content === null) continue;
    const mode = (await isExecutable(git, parent, change)) ? '100755' : '100644';
    stream.push(`M ${mode} inline ${quoted(change.path)}\n`, ...data(change.content));
  }
  stream.push(`get-mark :1\nreset ${ref}\nfrom ${'0'.repeat(parent?.length ?? 40)}\n\ndone\n`);
  const written = await git.run(['fast-import', '--quiet', '--done'], {
    input: Buffer.concat(stream.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))),
    doing: 'writing a commit',
  });
  if (isFullHash(written)) return written;
  throw new OutsideError('writing a commit', `git fast-import answered ${JSON.stringify(written)}`);
}

/** Writes a commit of an existing tree; no ref names it yet. */
export async function commitTree(
  git: Git,
  commit: { readonly tree: Sha; readonly parents: readonly Sha[]; readonly message: string },
): Promise<Sha> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  return git.run(['commit-tree', commit.tree, ...parents, '-F', '-'], {
    input: commit.message,
    env: identityEnvironment(await readIdentity(git)),
  });
}

function data(content: string | Uint8Array): (string | Buffer)[] {
  const bytes = Buffer.from(content);
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

/** As in C, which git also understands for names that need no quotes. */
function quoted(path: string): string {
  if (path.split('/').some((part) => /^(?:\.{0,2}|\.git)$/i.test(part)) || path.includes('\0')) {
    throw new OutsideError('writing a commit', `${JSON.stringify(path)} cannot be the path of a file`);
  }
  return `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** A file keeps its mode, unless the change says another one. */
async function isExecutable(git: Git, parent: Sha | undefined, change: FileChange): Promise<boolean> {
  if (change.executable !== undefined) return change.executable;
  return parent !== undefined && (await findEntry(git, parent, change.path))?.mode === '100755';
}

/** As git stores it. */
function signed({ who, when }: Signature): string {
  return `${who} ${when ?? `${Math.floor(Date.now() / 1000)} +0000`}`;
}
