import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../../src/host/log.ts';
import { type Splitter, withChunkah } from '../../../../src/loop/build-image/rechunk/chunkah.ts';
import { budget, splitLayers } from '../../../../src/loop/build-image/rechunk/split-layers.ts';
import { layerEntries } from '../../../../src/world/registry/layer.ts';
import { digestOf } from '../../../../src/world/registry/reference.ts';
import { chunkah, whyNoChunkah, withProgram } from '../../../support/chunkah.ts';
import { type RawEntry, rawImage, rawLayer } from '../../../support/raw-layers.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const folder = (name: string): RawEntry => ({ name, type: 'folder' });
const one: readonly RawEntry[] = [folder('opt'), { name: 'opt/one', content: 'one' }];
const two: readonly RawEntry[] = [folder('opt'), { name: 'opt/two', content: 'two' }];
const files = [...one, two[1] as RawEntry];

/** What chunkah would write: an image of these layers. */
const writes =
  (...layers: readonly (readonly RawEntry[])[]): Splitter =>
  async ({ output }) => {
    await rawImage(join(output, 'image'), layers.map(rawLayer), ['gzip'], 'split');
    return true;
  };

const knowsNothing: Splitter = async () => false;

async function split(own: readonly (readonly RawEntry[])[], splitter: Splitter, maxLayers = 64) {
  const place = await temporaryFolder();
  const blobs = join(place, 'blobs');
  await mkdir(blobs);
  const layers = own.map(rawLayer).map((bytes, index) => ({
    what: `layer ${index + 1}`,
    open: async () => new Blob([new Uint8Array(bytes)]).stream() as ReadableStream<Uint8Array>,
    diffId: digestOf(bytes),
  }));
  const more = { layersOfBase: 3, epoch: 0, architecture: 'x86_64', work: join(place, 'work') } as const;
  const made = await splitLayers(layers, { splitter, maxLayers, blobs, log: silentLog, ...more });
  const names = await Promise.all(
    made.map(async ({ descriptor }) => {
      const bytes = await readFile(join(blobs, descriptor.digest.slice('sha256:'.length)));
      expect(digestOf(bytes)).toBe(descriptor.digest);
      const found: string[] = [];
      const stream = new Blob([new Uint8Array(bytes)]).stream() as ReadableStream<Uint8Array>;
      for await (const { path } of layerEntries(stream, 'a layer')) found.push(path);
      return found;
    }),
  );
  return { names, digests: made.map(({ descriptor }) => descriptor.digest) };
}

describe('the own layers of an image', () => {
  it('become the layers that chunkah makes', async () => {
    expect((await split([files], writes(one, two))).names).toEqual([
      ['opt', 'opt/one'],
      ['opt', 'opt/two'],
    ]);
  });

  it('have removals, pipes and names that are not UTF-8 in a layer below the others', async () => {
    const strange = Buffer.from([...Buffer.from('opt/n'), 0xff]);
    const odd: RawEntry[] = [
      { name: 'opt/.wh.gone' },
      { name: 'opt/pipe', type: 'pipe' },
      { name: strange, type: 'folder' },
      { name: Buffer.concat([strange, Buffer.from('/inside')]), content: 'x' },
    ];
    const { names } = await split([[...files, ...odd]], writes(one, two));
    expect(names).toHaveLength(3);
    expect(names[0]).toEqual(expect.arrayContaining(['opt', 'opt/.wh.gone', 'opt/pipe']));
    expect(names[0]).toHaveLength(5);
  });

  it('are one layer each if chunkah knows nothing about them, and the same at any time', async () => {
    const first = await split([files, [folder('srv')]], knowsNothing);
    expect(first.names).toEqual([['opt', 'opt/one', 'opt/two'], ['srv']]);
    // buildah gives all files the time of the commit.
    const later = [files, [folder('srv')]].map((layer) =>
      layer.map((entry) => ({ ...entry, time: 1_800_000_000 })),
    );
    expect((await split(later, knowsNothing)).digests).toEqual(first.digests);
  });

  it('are not split if nothing is in them, or only removals', async () => {
    expect((await split([[]], knowsNothing)).names).toEqual([]);
    const never: Splitter = () => Promise.reject(new Error('asked'));
    expect((await split([[{ name: '.wh.gone' }]], never)).names).toEqual([['.wh.gone']]);
  });

  it('share the number of layers, of which storage takes 500', async () => {
    expect(budget(1, { maxLayers: 64, layersOfBase: 3 })).toBe(64);
    expect(budget(2, { maxLayers: 64, layersOfBase: 3 })).toBe(32);
    expect(budget(1, { maxLayers: 64, layersOfBase: 490 })).toBe(10);
    expect(budget(1, { maxLayers: 64, layersOfBase: 500 })).toBe(1);
    const never: Splitter = () => Promise.reject(new Error('asked'));
    expect((await split([files, files], never, 2)).names).toHaveLength(2);
  });

  it.skipIf(whyNoChunkah !== undefined)(
    `keep attributes, and follow those that name a component${whyNoChunkah === undefined ? '' : ` (skipped: ${whyNoChunkah})`}`,
    async () => {
      const component = { 'user.component': 'mine' };
      // cap_net_raw+ep (linux/capability.h, version 2).
      const capability = Buffer.from([1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      const layer: RawEntry[] = [
        { ...folder('opt'), mode: 0o2750, owner: [3, 4] },
        { name: 'opt/one', content: 'one', attributes: component },
        { name: 'opt/two', content: 'two', attributes: { 'user.bytes': 'a=b\nc' }, mode: 0o4755 },
        { name: 'opt/ping', content: 'p', attributes: { 'security.capability': capability } },
        { name: 'opt/again', type: 'hard', to: 'opt/two' },
        { name: 'opt/.wh.gone' },
      ];
      const env = withProgram(chunkah as string);
      const options = { env, log: silentLog, folder: await temporaryFolder() };
      const { names } = await withChunkah({ tool: 'chunkah', maxLayers: 9 }, options, (splitter) =>
        split([layer], splitter),
      );
      expect(names).toContainEqual(['opt', 'opt/one']);
      expect(names).toContainEqual(['opt', 'opt/again', 'opt/ping', 'opt/two']);
      expect(names[0]).toEqual(['opt', 'opt/.wh.gone']);
    },
  );

  const lies: Readonly<Record<string, readonly [Splitter, RegExp]>> = {
    'without an image': [async () => true, /its image cannot be used/],
    'with garbage in place of an image': [
      async ({ output }) => {
        await mkdir(join(output, 'image'));
        await writeFile(join(output, 'image/index.json'), '\u0000\u0001');
        return true;
      },
      /its image cannot be used/,
    ],
    'with an image without layers': [writes(), /its image cannot be used: 0 layers/],
    'with a damaged layer': [
      async (order) => {
        await writes(one, two)(order);
        const blobs = join(order.output, 'image/blobs/sha256');
        const name = digestOf(gzipSync(rawLayer(one))).slice('sha256:'.length);
        await writeFile(join(blobs, name), 'damaged');
        return true;
      },
      /has the content of/,
    ],
    'with a file too few': [writes(one), /1 of 3 files differ\. The first: opt\/two/],
    'with more layers than it may': [writes(one, two, files), /it made 3 layers, and at most 2/],
  };

  it.each(Object.keys(lies))('end the build if chunkah ends well %s', async (name) => {
    const [splitter, message] = lies[name] as readonly [Splitter, RegExp];
    await expect(split([files], splitter, name.includes('more layers') ? 2 : 64)).rejects.toThrow(message);
  });
});
