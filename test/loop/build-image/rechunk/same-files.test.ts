import { describe, expect, it } from 'vitest';
import { requireSameFiles } from '../../../../src/loop/build-image/rechunk/same-files.ts';
import { type RawEntry, rawLayer } from '../../../support/raw-layers.ts';

const source = (entries: readonly RawEntry[], what = 'the layer') => ({
  what,
  open: async () => new Blob([new Uint8Array(rawLayer(entries))]).stream(),
});

const folder = (name: string): RawEntry => ({ name, type: 'folder' });
const bin: readonly RawEntry[] = [
  folder('usr'),
  { name: 'usr/tool', content: 'tool', mode: 0o755, attributes: { 'user.note': 'yes' } },
  { name: 'usr/also', type: 'hard', to: 'usr/tool' },
];
const etc: readonly RawEntry[] = [
  folder('etc'),
  { name: 'etc/file', content: 'file', owner: [7, 8] },
  { name: 'etc/link', type: 'link', to: 'file' },
];
const removals: readonly RawEntry[] = [folder('etc'), { name: 'etc/.wh.gone' }];
const before = [...bin, ...etc, { name: 'etc/.wh.gone' }];

const compare = (...layers: readonly (readonly RawEntry[])[]) =>
  requireSameFiles(
    source(before),
    layers.map((entries, index) => source(entries, `new layer ${index + 1}`)),
  );

describe('layers that another layer was split into', () => {
  it('hold the same files, in any of them', async () => {
    expect(await compare(removals, bin, etc)).toBe(7);
    expect(await compare(removals, etc, bin)).toBe(7);
    expect(await compare(before)).toBe(7);
  });

  const changed = (name: string, change: Partial<RawEntry>) =>
    [...bin, ...etc].map((entry) => (entry.name === name ? { ...entry, ...change } : entry));
  const lies: Readonly<Record<string, readonly (readonly RawEntry[])[]>> = {
    'lose a file': [removals, bin, etc.slice(0, 2)],
    'lose a removal': [bin, etc],
    'have one file more': [removals, bin, etc, [folder('etc'), { name: 'etc/more' }]],
    'change content': [removals, changed('etc/file', { content: 'fill' })],
    'change a mode': [removals, changed('usr/tool', { mode: 0o4755 })],
    'change the mode of a folder': [removals, changed('usr', { mode: 0o700 })],
    'change an owner': [removals, changed('etc/file', { owner: [0, 8] })],
    'change a link': [removals, changed('etc/link', { to: 'other' })],
    'change an attribute': [removals, changed('usr/tool', { attributes: { 'user.note': 'no' } })],
    'lose an attribute': [removals, changed('usr/tool', { attributes: {} })],
    'make a file of a link': [removals, changed('etc/link', { type: 'file' })],
    'part a hard link': [removals, etc, bin.slice(0, 2), [folder('usr'), { ...bin[1], name: 'usr/also' }]],
    'make a hard link of two files': [
      removals,
      bin,
      [...etc, { name: 'etc/link', type: 'hard', to: 'etc/file' }],
    ],
    'have a folder in two ways': [removals, bin, etc, [{ ...folder('etc'), mode: 0o700 }]],
    'hide files of layers below': [bin, etc, removals],
    'link to another layer': [removals, etc, bin.slice(0, 2), [folder('usr'), bin[2] as RawEntry]],
  };

  it.each(Object.keys(lies))('are refused if they %s', async (name) => {
    await expect(compare(...(lies[name] ?? []))).rejects.toThrow(/failed: /);
  });
});
