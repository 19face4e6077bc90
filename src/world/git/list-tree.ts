import { OutsideError } from '../../host/errors.ts';
import { isFullHash } from './full-hash.ts';
import type { Git } from './git.ts';

/** One file of a commit, as `git ls-tree` has it. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` (symbolic link) or `160000` (submodule). */
  readonly mode: string;
  readonly hash: string;
  readonly path: string;
}

/** The mode of a folder. */
const folder = '40000';
/** The mode of a submodule. */
const submodule = '160000';

/** Every file of a commit or tree, in git's order (by the bytes of the path). Submodules are in it. */
export async function listCommit(git: Git, commit: string): Promise<TreeEntry[]> {
  return walk(git, { mode: folder, hash: await treeOf(git, commit), path: '' });
}

/**
 * Files at or beneath a path in a commit or tree, without submodules.
 * @param path from the top of the repository; '' for all
 */
export async function listTree(git: Git, commit: string, path: string): Promise<TreeEntry[]> {
  const start = await findEntry(git, commit, path);
  const files = start === undefined ? [] : await walk(git, start);
  return files.filter(({ mode }) => mode !== submodule);
}

/**
 * What is at a path of a commit or tree.
 * @param path from the top of the repository; '' for the top itself
 * @returns undefined if there is nothing; mode `40000` for a folder
 */
export async function findEntry(git: Git, commit: string, path: string): Promise<TreeEntry | undefined> {
  let here: TreeEntry | undefined = { mode: folder, hash: await treeOf(git, commit), path: '' };
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    if (here === undefined || !isFolder(here)) return undefined;
    here = (await readTree(git, here)).find((entry) => nameOf(entry.path) === name);
  }
  return here;
}

/**
 * The paths of all files that differ between two commits or trees, in the order of their names. A renamed file is two paths.
 * Folders that are the same are not read.
 */
export async function changedPaths(git: Git, from: string, to: string): Promise<string[]> {
  const [one, other] = await Promise.all([treeOf(git, from), treeOf(git, to)]);
  const top = (hash: string): TreeEntry => ({ mode: folder, hash, path: '' });
  return (await differences(git, top(one), top(other))).sort();
}

async function differences(
  git: Git,
  one: TreeEntry | undefined,
  other: TreeEntry | undefined,
): Promise<string[]> {
  if (one?.hash === other?.hash && one?.mode === other?.mode) return [];
  const paths = [one, other].flatMap((each) => (each === undefined || isFolder(each) ? [] : [each.path]));
  const before = await entriesOf(git, one);
  const after = await entriesOf(git, other);
  const inside = [...new Set([...before.keys(), ...after.keys()])].map((path) =>
    differences(git, before.get(path), after.get(path)),
  );
  return [...new Set(paths), ...(await Promise.all(inside)).flat()];
}

async function entriesOf(git: Git, entry: TreeEntry | undefined): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = entry === undefined || !isFolder(entry) ? [] : await readTree(git, entry);
  return new Map(entries.map((each) => [each.path, each]));
}

export function isFolder({ mode }: TreeEntry): boolean {
  return mode === folder;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

async function walk(git: Git, from: TreeEntry): Promise<TreeEntry[]> {
  if (!isFolder(from)) return [from];
  const entries = await readTree(git, from);
  return (await Promise.all(entries.map((entry) => walk(git, entry)))).flat();
}

/** Trees that were read, by repository. A tree never changes. */
const trees = new WeakMap<Git, Map<string, readonly TreeEntry[]>>();
const mostTrees = 2_000;

/** The entries of a folder, with paths from the top. */
async function readTree(git: Git, { hash, path }: TreeEntry): Promise<readonly TreeEntry[]> {
  const known = trees.get(git) ?? new Map<string, readonly TreeEntry[]>();
  trees.set(git, known);
  let entries = known.get(hash);
  if (entries === undefined) {
    const object = await git.objects.read(hash);
    if (object?.kind !== 'tree') {
      throw new OutsideError(
        `reading ${hash} from git`,
        `it is ${object?.kind ?? 'missing'}, expected a folder`,
      );
    }
    entries = parseTree(object.bytes, hash.length / 2);
    known.set(hash, entries);
    if (known.size > mostTrees) known.delete(known.keys().next().value as string);
  }
  return path === '' ? entries : entries.map((entry) => ({ ...entry, path: `${path}/${entry.path}` }));
}

/**
 * The content of a tree object: for each entry its mode, a space, its name, a zero byte and the bytes of its hash.
 * @param hashBytes 20 for SHA-1, 32 for SHA-256
 */
function parseTree(bytes: Buffer, hashBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    const next = end + 1 + hashBytes;
    entries.push({
      mode: bytes.toString('latin1', at, space),
      path: bytes.toString('utf8', space + 1, end),
      hash: bytes.toString('hex', end + 1, next),
    });
    at = next;
  }
  return entries;
}

/** The tree of a commit, a tag or another name. */
async function treeOf(git: Git, name: string): Promise<string> {
  const question = `tree of ${name}`;
  const known = git.memory.get(question);
  if (known !== undefined) return known;
  const hash =
    (await git.objects.find(`${name}^{tree}`))?.hash ??
    (await git.run(['rev-parse', '--verify', `${name}^{tree}`]));
  if (isFullHash(name)) git.memory.set(question, hash);
  return hash;
}
