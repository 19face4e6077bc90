import { type BigIntStats, lstatSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { InputError } from '../../host/errors.ts';

// Layers are put together from the highest to the lowest: what is there already hides what comes. So nothing is
// written twice, and a folder keeps the owner, mode and attributes of the highest layer that has it. Names are bytes.

/** What the layers above hide of the layers below, without having it themselves. */
export interface Hidden {
  /** Everything in this folder. */
  all: boolean;
  readonly names: Set<string>;
  readonly folders: Map<string, Hidden>;
}

export function nothingHidden(): Hidden {
  return { all: false, names: new Set(), folders: new Map() };
}

/** Whiteouts: OCI image specification, layer.md. */
const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/**
 * Moves the files of one layer under those of all layers above it. What they hide stays where it is.
 * @param target the root so far
 * @param layer a folder in the same file system, with the whiteouts as files
 * @param hidden grows by what this layer hides
 */
export function putUnder(target: string, layer: string, hidden: Hidden, what: string): void {
  const top = Buffer.from(layer);
  if (lstatSync(join(top, Buffer.from(opaque)), { throwIfNoEntry: false }) !== undefined) {
    throw new InputError({
      where: what,
      problem:
        'the layer hides the whole root of the layers below it (.wh..wh..opq), which container tools ignore',
      remedy: 'Build the image from scratch instead.',
    });
  }
  putFolder(Buffer.from(target), top, hidden);
}

function putFolder(target: Buffer, layer: Buffer, hidden: Hidden): void {
  const before = lstatSync(target, { bigint: true });
  const own = nothingHidden();
  for (const name of readdirSync(layer, { encoding: 'buffer' })) {
    const source = join(layer, name);
    const key = name.toString('latin1');
    const entry = lstatSync(source, { bigint: true });
    if (noteWhiteout(own, key, entry) || hidden.names.has(key)) continue;
    const place = join(target, name);
    const there = lstatSync(place, { throwIfNoEntry: false });
    if (there === undefined) {
      renameSync(source, place);
      if (entry.isDirectory()) takeWhiteouts(place, entry, () => folderIn(hidden, key));
    } else if (there.isDirectory() && !entry.isDirectory()) {
      folderIn(hidden, key).all = true;
    } else if (there.isDirectory()) {
      const below = folderIn(hidden, key);
      if (!below.all) putFolder(place, source, below);
    }
  }
  for (const name of own.names) hidden.names.add(name);
  hidden.all ||= own.all;
  restoreTimes(target, before);
}

/** Removes the whiteouts of a folder that was moved as a whole, and remembers them. */
function takeWhiteouts(folder: Buffer, before: BigIntStats, hidden: () => Hidden): void {
  let removed = false;
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const path = join(folder, name);
    const key = name.toString('latin1');
    const entry = lstatSync(path, { bigint: true });
    const own = nothingHidden();
    if (noteWhiteout(own, key, entry)) {
      rmSync(path, { recursive: true });
      removed = true;
      const here = hidden();
      here.all ||= own.all;
      for (const each of own.names) here.names.add(each);
    } else if (entry.isDirectory()) {
      takeWhiteouts(path, entry, () => folderIn(hidden(), key));
    }
  }
  if (removed) restoreTimes(folder, before);
}

/** @returns whether the entry is a whiteout, or other data of a union file system */
function noteWhiteout(own: Hidden, name: string, entry: BigIntStats): boolean {
  // As overlayfs itself writes one.
  if (entry.isCharacterDevice() && entry.rdev === 0n) {
    own.names.add(name);
    return true;
  }
  if (!name.startsWith(whiteout)) return false;
  if (name === opaque) own.all = true;
  else if (!name.startsWith('.wh..wh.')) own.names.add(name.slice(whiteout.length));
  return true;
}

function folderIn(hidden: Hidden, name: string): Hidden {
  const known = hidden.folders.get(name) ?? nothingHidden();
  hidden.folders.set(name, known);
  return known;
}

function restoreTimes(folder: Buffer, { atimeNs, mtimeNs }: BigIntStats): void {
  utimesSync(folder, Number(atimeNs) / 1e9, Number(mtimeNs) / 1e9);
}

function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
