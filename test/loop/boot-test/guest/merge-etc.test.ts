import { describe, expect, it } from 'vitest';
import { mergeByRehearsal, type Tree } from '../../../support/etc-merge.ts';

const merge = (image: Tree, machine: Tree, next: Tree) => mergeByRehearsal({ image, machine, next });

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

  it('refuses a removed file if a folder above it is a file in the new image', async () => {
    const { refused } = await merge({ 'a/b/c': 'old' }, { 'a/b/c': undefined }, { a: 'new' });
    expect(refused).toBe(
      '/etc cannot be merged: the machine removed a/b/c, and in the new image a is not a folder',
    );
    expect((await merge({ 'a/b': 'old' }, { a: undefined }, { a: undefined })).etc).toEqual({});
  });

  it('knows the first file of an empty folder', async () => {
    expect((await merge({}, { a: 'mine' }, {})).etc).toEqual({ a: 'mine 644' });
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
