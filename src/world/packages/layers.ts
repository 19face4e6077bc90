import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { RegistryClient } from '../registry/client.ts';
import { layerEntries, plainPath } from '../registry/layer.ts';
import type { Descriptor, ImageManifest } from '../registry/manifest.ts';
import { formatRepository, type Repository } from '../registry/reference.ts';
import { companionFiles, databaseFiles, databaseFolders } from './rpm-database.ts';

/**
 * Bytes of an unpacked database file. The largest of Fedora's are a fifth of this. A limit is needed because a file of
 * zeros can be compressed to a thousandth.
 */
const maximumDatabaseBytes = 1024 * 1024 * 1024;

/** What one layer says about the database. */
interface SearchResult {
  /** Path of the database in it. */
  readonly database?: string;
  /** Files of the database's folder that are links to others of the same layer (ostree's): path → target. */
  readonly links: ReadonlyMap<string, string>;
  /** This layer removes the database of the layers below. */
  readonly removed: boolean;
}

/**
 * Fetches the rpm database of an image, and no more than is needed to find it: it searches the layers from the top
 * down, and stops at the first that has it.
 * @param folder gets the files
 * @returns false if the image has none
 */
export async function fetchDatabase(
  client: RegistryClient,
  options: {
    readonly repository: Repository;
    readonly manifest: ImageManifest;
    readonly folder: string;
    /** Largest size of an unpacked file. Default: 1 GiB. */
    readonly maximumBytes?: number;
  },
): Promise<boolean> {
  const { repository, manifest, folder, maximumBytes = maximumDatabaseBytes } = options;
  for (const layer of [...manifest.layers].reverse()) {
    const seen = await searchLayer(client, { repository, layer, folder, maximumBytes });
    if (seen.database !== undefined) {
      // The content has another name, which came earlier in the stream.
      if (seen.links.size > 0)
        await fetchLinked(client, { repository, layer, folder, maximumBytes, links: seen.links });
      return true;
    }
    if (seen.removed) return false;
  }
  return false;
}

interface LayerPlace {
  readonly repository: Repository;
  readonly layer: Descriptor;
  readonly folder: string;
  readonly maximumBytes: number;
}

async function searchLayer(client: RegistryClient, place: LayerPlace): Promise<SearchResult> {
  const { folder, maximumBytes } = place;
  const links = new Map<string, string>();
  let database: string | undefined;
  let removed = false;
  for await (const { path, header, content } of openLayer(client, place)) {
    const [directory, name] = split(path);
    if (hides(path)) removed = true;
    if (!isDatabaseFolder(directory) || !isWanted(name) || outranks(database, directory)) continue;
    if (header.type === 'file') await save(content, join(folder, name), maximumBytes);
    else if (header.type === 'link' && header.linkname !== undefined) {
      links.set(name, plainPath(header.linkname));
    } else continue;
    if ((databaseFiles as readonly string[]).includes(name)) database = path;
  }
  return { ...defined({ database }), links, removed };
}

async function fetchLinked(
  client: RegistryClient,
  place: LayerPlace & { readonly links: ReadonlyMap<string, string> },
): Promise<void> {
  const names = new Map([...place.links].map(([name, target]) => [target, name]));
  for await (const { path, header, content } of openLayer(client, place)) {
    const name = names.get(path);
    if (name === undefined || header.type !== 'file') continue;
    await save(content, join(place.folder, name), place.maximumBytes);
    names.delete(path);
    if (names.size === 0) return;
  }
}

async function* openLayer(client: RegistryClient, { repository, layer }: LayerPlace) {
  yield* layerEntries(
    await client.openBlob(repository, layer),
    `${formatRepository(repository)}@${layer.digest}`,
  );
}

/** @throws InputError when there is more than a database can have */
function save(content: ReadableStream<Uint8Array>, file: string, maximum: number): Promise<void> {
  return pipeline(
    Readable.from(limited(content as AsyncIterable<Uint8Array>, basename(file), maximum)),
    createWriteStream(file),
  );
}

async function* limited(content: AsyncIterable<Uint8Array>, name: string, maximum: number) {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > maximum) {
      throw new InputError({
        where: name,
        problem: 'the rpm database of this image is too large to be one',
        found: `more than ${maximum} bytes`,
      });
    }
    yield chunk;
  }
}

function split(path: string): [directory: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}

function isDatabaseFolder(directory: string): boolean {
  return (databaseFolders as readonly string[]).includes(directory);
}

function isWanted(name: string): boolean {
  return [...databaseFiles, ...companionFiles].some((each) => each === name);
}

/** The database that was found before is in a folder that rpm prefers. */
function outranks(found: string | undefined, directory: string): boolean {
  if (found === undefined) return false;
  const rank = (each: string) => (databaseFolders as readonly string[]).indexOf(each);
  return rank(split(found)[0]) < rank(directory);
}

/** A whiteout of a database, of its folder, or of one above (OCI image specification, layer.md, "Whiteouts"). */
function hides(path: string): boolean {
  const [directory, name] = split(path);
  if (!name.startsWith('.wh.')) return false;
  const gone = name === '.wh..wh..opq' ? directory : `${directory}/${name.slice('.wh.'.length)}`;
  return databaseFolders.some((folder) =>
    databaseFiles.some((file) => `${folder}/${file}` === gone || `${folder}/`.startsWith(`${gone}/`)),
  );
}
