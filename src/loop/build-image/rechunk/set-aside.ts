import { lstatSync, lutimesSync, readdirSync, rmSync, type Stats } from 'node:fs';

/** A path of an unpacked layer: bytes, without a slash at the start, folders before what they hold. */
interface Place {
  readonly path: Buffer;
  readonly stats: Stats;
}

/** What a layer has, as its files were unpacked. */
export interface Unpacked {
  /** Everything. */
  readonly all: readonly Buffer[];
  /** What chunkah refuses, and the folders above it. Empty if there is nothing of the kind. */
  readonly aside: readonly Buffer[];
  /** What chunkah takes. */
  readonly rest: readonly Buffer[];
}

const whiteout = Buffer.from('.wh.');

/**
 * Lists an unpacked layer. chunkah refuses devices, pipes and names that are not UTF-8, and it would put a whiteout into
 * any of its layers. An opaque folder would then hide the layers below it.
 */
export function listUnpacked(root: string): Unpacked {
  const places = [...below(Buffer.from(root), Buffer.alloc(0))];
  const wanted = new Set<string>();
  for (const { path, stats } of places) {
    if (!isRefused(path, stats)) continue;
    for (let each: Buffer | undefined = path; each !== undefined; each = folderOf(each)) {
      wanted.add(each.toString('latin1'));
    }
  }
  const paths = places.map(({ path }) => path);
  return {
    all: paths,
    aside: paths.filter((path) => wanted.has(path.toString('latin1'))),
    rest: places.filter(({ path, stats }) => !isRefused(path, stats)).map(({ path }) => path),
  };
}

/** Removes from an unpacked layer what chunkah refuses. Folders above it stay. */
export function removeRefused(root: string, { aside }: Unpacked): void {
  for (const path of aside) {
    const file = under(root, path);
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats !== undefined && isRefused(path, stats)) rmSync(file, { recursive: true });
  }
}

/**
 * Gives every file the time 0, which it has on nodes anyway (ostree keeps none). The time of the commit, which buildah
 * gives them, would make another layer of the same content.
 */
export function removeTimes(root: string, { rest }: Unpacked): void {
  for (const path of rest) lutimesSync(under(root, path), 0, 0);
}

function isRefused(path: Buffer, stats: Stats): boolean {
  const name = path.subarray(path.lastIndexOf('/') + 1);
  if (name.subarray(0, whiteout.length).equals(whiteout)) return true;
  // Of the whole path: what is in a folder stays in it.
  if (!Buffer.from(path.toString('utf8')).equals(path)) return true;
  return !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink();
}

function* below(root: Buffer, path: Buffer): Generator<Place> {
  const names = readdirSync(path.length === 0 ? root : under(root, path), { encoding: 'buffer' });
  for (const name of names.sort(Buffer.compare)) {
    const each = path.length === 0 ? name : Buffer.concat([path, Buffer.from('/'), name]);
    const stats = lstatSync(under(root, each));
    yield { path: each, stats };
    if (stats.isDirectory()) yield* below(root, each);
  }
}

function folderOf(path: Buffer): Buffer | undefined {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? undefined : path.subarray(0, slash);
}

function under(root: string | Buffer, path: Buffer): Buffer {
  return Buffer.concat([Buffer.from(root), Buffer.from('/'), path]);
}
