import type { Descriptor } from '../world/registry/client.ts';
import type { Image } from '../world/registry/image.ts';

/** What a node downloads to update from one image to another: the layers that it does not have. */
export interface Download {
  readonly bytes: number;
  /** The lowest first. */
  readonly layers: readonly DownloadedLayer[];
  /** Bytes of the layers that the node has. */
  readonly shared: number;
}

export interface DownloadedLayer {
  /** From 1, in the new image. */
  readonly position: number;
  readonly digest: string;
  readonly bytes: number;
  /** Undefined if the base is not known. */
  readonly of: 'base' | 'derived' | undefined;
}

/**
 * Compares the layers of two images by their digests, as a node does (ostree-ext keeps a layer under its digest).
 * @param base the base of the new image, if it is known
 */
export function downloadBetween(from: Image, to: Image, base?: Image): Download {
  const has = new Set<string>(layersOf(from).map(({ digest }) => digest));
  const inBase = base === undefined ? undefined : new Set<string>(layersOf(base).map(({ digest }) => digest));
  const layers: DownloadedLayer[] = [];
  let shared = 0;
  for (const [index, { digest, size }] of layersOf(to).entries()) {
    if (has.has(digest)) shared += size;
    else {
      const of = inBase === undefined ? undefined : inBase.has(digest) ? 'base' : 'derived';
      layers.push({ position: index + 1, digest, bytes: size, of });
    }
    // A layer that comes twice is downloaded once.
    has.add(digest);
  }
  return { bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0), layers, shared };
}

function layersOf({ manifest }: Image): readonly Descriptor[] {
  return manifest.json.layers;
}

/** In one line: `12.3 MB in 4 of 67 layers (base 10.0 MB, derived 2.3 MB)`. */
export function describeDownload({ bytes, layers }: Download, to: Image): string {
  const size = (of: DownloadedLayer['of']) =>
    inMegabytes(layers.filter((layer) => layer.of === of).reduce((sum, layer) => sum + layer.bytes, 0));
  const parts =
    layers.length === 0 || layers.some(({ of }) => of === undefined)
      ? ''
      : ` (base ${size('base')}, derived ${size('derived')})`;
  return `${inMegabytes(bytes)} in ${layers.length} of ${layersOf(to).length} layers${parts}`;
}

export function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
