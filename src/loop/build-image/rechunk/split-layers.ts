import { createReadStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { messageOf, OutsideError } from '../../../host/errors.ts';
import { hashOfFile } from '../../../host/hash-file.ts';
import type { Log } from '../../../host/log.ts';
import { mostLayers } from '../../../project/configuration/rechunk.ts';
import { allowanceIn } from '../../../world/layers/root-of-layers.ts';
import { type PackedLayer, unpackLayer } from '../../../world/layers/unpack-layer.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import { readImage } from '../../../world/registry/image.ts';
import { decompressed } from '../../../world/registry/layer.ts';
import { inLayout, layoutReader } from '../../../world/registry/layout.ts';
import type { Digest } from '../../../world/registry/reference.ts';
import { configOf } from '../flat-base.ts';
import { type Splitter, splitImage, splitName } from './chunkah.ts';
import { layerOfPaths, type MadeLayer } from './layer-of-paths.ts';
import { requireSameFiles } from './same-files.ts';
import { listUnpacked, removeRefused, removeTimes } from './set-aside.ts';

export interface SplitOptions {
  readonly splitter: Splitter;
  /** The own layers become this many at most. */
  readonly maxLayers: number;
  /** How many the base has. */
  readonly layersOfBase: number;
  /** UNIX seconds from which the age of packages counts. */
  readonly epoch: number;
  readonly architecture: Architecture;
  /** Folder of blobs that gets the new layers. */
  readonly blobs: string;
  /** A folder that does not exist yet, for the work. */
  readonly work: string;
  readonly log: Log;
}

const historySchema = z.looseObject({
  history: z.array(z.looseObject({ comment: z.string().nullish() })).nullish(),
});

/**
 * Splits the layers that a build put on its base into layers by content, each where the layer was. They hold the same
 * files; only times become 0. A layer that chunkah knows nothing about stays one, without its times.
 * @throws OutsideError if chunkah fails, or makes something else of the files
 */
export async function splitLayers(own: readonly PackedLayer[], options: SplitOptions): Promise<MadeLayer[]> {
  const most = budget(own.length, options);
  await mkdir(options.work);
  const made: MadeLayer[] = [];
  for (const [index, layer] of own.entries()) {
    const work = join(options.work, String(index));
    made.push(...(await splitLayer(layer, { ...options, work, maxLayers: most })));
  }
  return made;
}

/** How many layers each of the own ones may become, so that the image has no more than storage takes. */
export function budget(
  ownLayers: number,
  { maxLayers, layersOfBase }: Pick<SplitOptions, 'maxLayers' | 'layersOfBase'>,
): number {
  const room = Math.min(maxLayers, mostLayers - layersOfBase);
  return Math.max(1, Math.floor(room / Math.max(1, ownLayers)));
}

async function splitLayer(layer: PackedLayer, options: SplitOptions): Promise<MadeLayer[]> {
  const { blobs, work, log } = options;
  const [root, output] = [join(work, 'files'), join(work, 'output')];
  for (const folder of [work, root, output]) await mkdir(folder);
  return log.task(`splitting ${layer.what}`, async () => {
    await unpackLayer(layer, root, await allowanceIn(work));
    const made = await layersOf(root, output, options);
    const stored = made.map(({ descriptor }) => ({
      what: `the new layer ${descriptor.digest}`,
      open: async () => fileStream(join(blobs, descriptor.digest.slice('sha256:'.length))),
    }));
    for (const [index, { open, what }] of stored.entries()) {
      const { hash } = await hashOfFile(await decompressed(await open(), what));
      if (hash !== made[index]?.diffId)
        throw new OutsideError(`splitting ${layer.what}`, `${what} is damaged`);
    }
    const files = await requireSameFiles(layer, stored);
    log.info(`${layer.what} is ${made.length} layers now: ${files} files compared, and all are the same`);
    return made;
  });
}

/** The layers of unpacked files. Those that chunkah does not take are removed. */
async function layersOf(root: string, output: string, options: SplitOptions): Promise<MadeLayer[]> {
  const { splitter, maxLayers, epoch, architecture, blobs, work } = options;
  const unpacked = listUnpacked(root);
  const pack = (name: string, paths: readonly Buffer[], content: string) =>
    layerOfPaths(root, paths, { blobs, work: join(work, name), content });
  if (unpacked.all.length === 0) return [];
  if (maxLayers < 2) return [await pack('all', unpacked.all, 'all files')];
  const first =
    unpacked.aside.length === 0 ? [] : [await pack('aside', unpacked.aside, 'removals and special files')];
  if (unpacked.rest.length === 0) return first;
  removeRefused(root, unpacked);
  removeTimes(root, unpacked);
  const order = { root, output, mostLayers: maxLayers - first.length, epoch, architecture };
  if (!(await splitter(order))) return [...first, await pack('rest', unpacked.rest, 'all files')];
  const split = await takeLayers(output, options);
  if (split.length > order.mostLayers) {
    throw new OutsideError(
      'splitting layers with chunkah',
      `it made ${split.length} layers, and at most ${order.mostLayers} were asked for`,
    );
  }
  return [...first, ...split];
}

/** Takes the layers out of the image that chunkah wrote. */
async function takeLayers(output: string, { architecture, blobs }: SplitOptions): Promise<MadeLayer[]> {
  const place = inLayout(splitImage({ output }), splitName);
  try {
    const image = await readImage(layoutReader, place, architecture);
    const { history } = historySchema.parse(await configOf(layoutReader, image, place.repository));
    const { layers } = image.manifest.json;
    if (layers.length === 0 || layers.length !== image.config.diffIds.length) {
      throw new Error(`${layers.length} layers, of which its config names ${image.config.diffIds.length}`);
    }
    const made: MadeLayer[] = [];
    for (const [index, descriptor] of layers.entries()) {
      const name = descriptor.digest.slice('sha256:'.length);
      await rename(join(splitImage({ output }), 'blobs/sha256', name), join(blobs, name));
      const { hash } = await hashOfFile(createReadStream(join(blobs, name)));
      if (hash !== descriptor.digest) throw new Error(`${descriptor.digest} has the content of ${hash}`);
      const diffId = image.config.diffIds[index] as Digest;
      made.push({ descriptor, diffId, content: history?.[index]?.comment ?? 'files' });
    }
    return made;
  } catch (error) {
    throw new OutsideError(
      'splitting layers with chunkah',
      `it ended without an error, and its image cannot be used: ${messageOf(error)}`,
      'Look at its output with --verbose.',
      { cause: error },
    );
  }
}

function fileStream(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
}
