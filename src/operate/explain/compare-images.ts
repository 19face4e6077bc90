import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { comparePackages, type PackageDifference, readPackages } from '../../world/packages/packages.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import { parseJson } from '../../world/registry/manifest.ts';
import { atDigest, type Digest, formatReference, type Reference } from '../../world/registry/reference.ts';
import { compareLayers, type LayerDifference } from './compare-layers.ts';

export interface ExplainedLayer {
  /** From 1. */
  readonly position: number;
  readonly one: Digest | undefined;
  readonly other: Digest | undefined;
  /** The same files, byte for byte, compressed in another way. */
  readonly onlyCompression: boolean;
  /** Absent if one of the images has no such layer, or only the compression differs. */
  readonly files?: LayerDifference;
  /** The command that made it, from the image's history. */
  readonly madeBy: string | undefined;
}

export interface Explanation {
  readonly one: string;
  readonly other: string;
  readonly same: boolean;
  /** Paths into config and manifest whose values differ, with both. */
  readonly settings: readonly { readonly path: string; readonly one: unknown; readonly other: unknown }[];
  readonly layers: readonly ExplainedLayer[];
  /** Absent if an image has no rpm database, or it cannot be read here. */
  readonly packages?: PackageDifference;
}

/** The differences of two images for one architecture, down to the files of their layers. */
export async function compareImages(
  client: RegistryClient,
  references: { readonly one: Reference; readonly other: Reference },
  architecture: Architecture,
): Promise<Explanation> {
  const one = await readSide(client, references.one, architecture);
  const other = await readSide(client, references.other, architecture);
  const names = { one: formatReference(one.exact), other: formatReference(other.exact) };
  if (one.exact.digest === other.exact.digest) return { ...names, same: true, settings: [], layers: [] };
  const layers: ExplainedLayer[] = [];
  const count = Math.max(layersOf(one).length, layersOf(other).length);
  for (let index = 0; index < count; index += 1) {
    const explained = await explainLayer(client, one, other, index);
    if (explained !== undefined) layers.push(explained);
  }
  const packages = await packagesOf(client, one, other);
  return {
    ...names,
    same: false,
    settings: [
      ...differences('config', withoutLayers(one.config), withoutLayers(other.config)),
      ...differences('manifest.annotations', annotationsOf(one), annotationsOf(other)),
    ],
    layers,
    ...defined({ packages }),
  };
}

interface Side {
  readonly exact: ReturnType<typeof atDigest>;
  readonly image: Image;
  readonly config: unknown;
}

async function readSide(
  client: RegistryClient,
  reference: Reference,
  architecture: Architecture,
): Promise<Side> {
  const image = await readImage(client, reference, architecture);
  const exact = atDigest(reference.repository, image.manifest.descriptor.digest);
  const bytes = await client.getBlob(reference.repository, image.config.digest);
  return { exact, image, config: parseJson(bytes, formatReference(exact)) };
}

function layersOf({ image }: Side) {
  return image.manifest.json.layers;
}

function annotationsOf({ image }: Side): unknown {
  return image.manifest.json.annotations ?? {};
}

/** Layers are compared by their files, so differences of their digests are left out. */
function withoutLayers(config: unknown): unknown {
  if (typeof config !== 'object' || config === null) return config;
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'rootfs'));
}

async function explainLayer(
  client: RegistryClient,
  one: Side,
  other: Side,
  index: number,
): Promise<ExplainedLayer | undefined> {
  const [ours, theirs] = [layersOf(one)[index], layersOf(other)[index]];
  if (ours?.digest === theirs?.digest) return undefined;
  const place = {
    position: index + 1,
    one: ours?.digest,
    other: theirs?.digest,
    madeBy: commandOf(one.config, index),
  };
  if (ours === undefined || theirs === undefined) return { ...place, onlyCompression: false };
  if (one.image.config.diffIds[index] === other.image.config.diffIds[index]) {
    return { ...place, onlyCompression: true };
  }
  const files = await compareLayers(
    client,
    { repository: one.exact.repository, layer: ours },
    { repository: other.exact.repository, layer: theirs },
  );
  return { ...place, onlyCompression: false, files };
}

/** The history has an entry for each step; those without a layer are marked (OCI image specification, config.md). */
function commandOf(config: unknown, index: number): string | undefined {
  const history: unknown =
    typeof config === 'object' && config !== null ? Reflect.get(config, 'history') : [];
  if (!Array.isArray(history)) return undefined;
  const steps = history.filter((step: { empty_layer?: unknown } | null) => step?.empty_layer !== true);
  const command: unknown = steps[index]?.created_by;
  return typeof command === 'string' && command !== '' ? command : undefined;
}

async function packagesOf(
  client: RegistryClient,
  one: Side,
  other: Side,
): Promise<PackageDifference | undefined> {
  try {
    const before = await readPackages(client, one.exact);
    const after = before === undefined ? undefined : await readPackages(client, other.exact);
    return before === undefined || after === undefined ? undefined : comparePackages(before, after);
  } catch (error) {
    // Without the program rpm the files show the difference too.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function differences(path: string, one: unknown, other: unknown): Explanation['settings'][number][] {
  if (isTree(one) && isTree(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return keys.flatMap((key) => differences(`${path}.${key}`, one[key], other[key]));
  }
  return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ path, one, other }];
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
