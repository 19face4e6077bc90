import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import mergeEtc from '../../../../src/loop/boot-test/guest/shell/merge-etc.sh';
import { temporaryFolder } from '../../../support/repository.ts';

/** Text, a link or a folder, each with a mode; or nothing. */
type Entry =
  | string
  | { readonly to: string }
  | 'FOLDER'
  | { readonly text: string; readonly mode: number }
  | undefined;
type Tree = Readonly<Record<string, Entry>>;

async function write(top: string, tree: Tree): Promise<void> {
  for (const [path, entry] of Object.entries(tree)) {
    const place = join(top, path);
    await rm(place, { recursive: true, force: true });
    if (entry === undefined) continue;
    await mkdir(dirname(place), { recursive: true });
    if (entry === 'FOLDER') await mkdir(place);
    else if (typeof entry === 'string') await writeFile(place, entry);
    else if ('to' in entry) await symlink(entry.to, place);
    else {
      await writeFile(place, entry.text);
      await chmod(place, entry.mode);
    }
  }
}

async function read(top: string, below = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(join(top, below))).sort()) {
    const path = join(below, name);
    const entry = await lstat(join(top, path));
    if (entry.isDirectory()) Object.assign(found, { [path]: 'folder' }, await read(top, path));
    else if (entry.isSymbolicLink()) found[path] = `-> ${await readlink(join(top, path))}`;
    else found[path] = `${await readFile(join(top, path), 'utf8')} ${(entry.mode & 0o777).toString(8)}`;
  }
  return found;
}

/**
 * An installation of `image` that `machine` changes, and that is updated to an image with the differences in `next`.
 */
async function merge(image: Tree, machine: Tree, next: Tree) {
  const folder = await temporaryFolder();
  const place = (name: string) => join(folder, name);
  for (const name of ['defaults', 'current', 'image', 'work']) await mkdir(place(name));
  for (const name of ['defaults', 'current', 'image']) await write(place(name), image);
  await write(place('current'), machine);
  await write(place('image'), next);
  const places = ['defaults', 'current', 'image', 'new', 'work'].map((name) => `'${place(name)}'`).join(' ');
  const { stdout, exitCode } = await exec('busybox', ['sh'], {
    input: `umask 022\nfail() { echo "$1"; exit 7; }\n${mergeEtc}\nmerge_etc ${places}`,
    allow: [0, 7],
  });
  return exitCode === 7 ? { refused: stdout.trim() } : { etc: await read(place('new')) };
}

describe('the merge of /etc in a rehearsal', () => {
  it('keeps what the machine changed, added and removed, and takes all else from the new image', async () => {
    const image = {
      'a.conf': 'old',
      'b.conf': 'old',
      'c.conf': 'old',
      'd/e.conf': 'old',
      link: { to: 'a.conf' },
    };
    const { etc } = await merge(
      image,
      {
        'a.conf': 'mine',
        'new.conf': 'mine',
        'c.conf': undefined,
        'd/f g.conf': 'mine',
        link: { to: 'b.conf' },
      },
      { 'a.conf': 'new', 'b.conf': 'new', 'c.conf': 'new', 'd/e.conf': 'new' },
    );
    expect(etc).toEqual({
      'a.conf': 'mine 644',
      'b.conf': 'new 644',
      d: 'folder',
      'd/e.conf': 'new 644',
      'd/f g.conf': 'mine 644',
      link: '-> b.conf',
      'new.conf': 'mine 644',
    });
  });

  it('takes the new file for one that was rewritten with the same content', async () => {
    expect((await merge({ a: 'same' }, { a: 'same' }, { a: 'new' })).etc).toEqual({ a: 'new 644' });
  });

  it('keeps a file of which only the mode was changed', async () => {
    const changed = await merge({ a: 'same' }, { a: { text: 'same', mode: 0o600 } }, { a: 'new' });
    expect(changed.etc).toEqual({ a: 'same 600' });
  });

  it('refuses a changed file if the new image has a folder of that name', async () => {
    const { refused } = await merge({ foo: 'old' }, { foo: 'mine' }, { foo: 'FOLDER', 'foo/x': 'new' });
    expect(refused).toBe(
      '/etc cannot be merged: the machine changed the file foo, and the new image has a folder there',
    );
    expect((await merge({ foo: 'old' }, {}, { foo: 'FOLDER' })).etc).toEqual({ foo: 'folder' });
  });

  it('merges a folder that was removed and made again, file by file', async () => {
    const { etc } = await merge(
      { 'foo.d/a': 'old', 'foo.d/b': 'old' },
      { 'foo.d': 'FOLDER', 'foo.d/mine': 'mine' },
      { 'foo.d/b': 'new', 'foo.d/c': 'new' },
    );
    expect(etc).toEqual({ 'foo.d': 'folder', 'foo.d/c': 'new 644', 'foo.d/mine': 'mine 644' });
  });

  it('makes folders again that the new image no longer has, and replaces a file by a folder of the machine', async () => {
    const { etc } = await merge(
      { 'gone/a': 'old', b: 'old' },
      { 'gone/deep/mine': 'mine', b: undefined, 'b/c': 'mine' },
      { gone: undefined, b: 'new' },
    );
    expect(etc).toEqual({
      b: 'folder',
      'b/c': 'mine 644',
      gone: 'folder',
      'gone/deep': 'folder',
      'gone/deep/mine': 'mine 644',
    });
  });

  it('refuses names with a line break, which it could not keep apart', async () => {
    expect((await merge({}, { 'a\nb': 'mine' }, {})).refused).toMatch(/line break/);
  });
});
