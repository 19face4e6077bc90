import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defined } from '../../host/defined.ts';
import type { RegistryClient } from '../registry/client.ts';
import { layerEntries, plainPath } from '../registry/layer.ts';
import type { Descriptor, ImageManifest } from '../registry/manifest.ts';
import { formatRepository, type Repository } from '../registry/reference.ts';
import { companionFiles, databaseFiles, databaseFolders } from './rpm-database.ts';

/** What one layer says about the database. */
interface Sighting {
  /** Path of the database in it. */
  readonly database?: string;
  /** Files of the database's folder that are links to others of the same layer (ostree's): path → target. */
  readonly links: ReadonlyMap<string, string>;
  /** This layer takes away what those below have. */
  readonly removed: boolean;
}

/**
 * Fetches the rpm database of an image, and no more than is needed to find it: layers are looked through from the
 * topmost down, and one that has it is the last.
 * @param folder gets the files
 * @returns whether there is one
 */
export async function fetchDatabase(
  client: RegistryClient,
  options: { readonly repository: Repository; readonly manifest: ImageManifest; readonly folder: string },
): Promise<boolean> {
  const { repository, manifest, folder } = options;
  for (const layer of [...manifest.layers].reverse()) {
    const seen = await lookThrough(client, { repository, layer, folder });
    if (seen.database !== undefined) {
      // Its content lies under another name, which has gone by before we knew.
      if (seen.links.size > 0) await fetchLinked(client, { repository, layer, folder, links: seen.links });
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
}

async function lookThrough(client: RegistryClient, place: LayerPlace): Promise<Sighting> {
  const { folder } = place;
  const links = new Map<string, string>();
  let database: string | undefined;
  let removed = false;
  for await (const { path, header, content } of openLayer(client, place)) {
    const [directory, name] = split(path);
    if (hides(path)) removed = true;
    if (!isDatabaseFolder(directory) || !isWanted(name) || outranks(database, directory)) continue;
    if (header.type === 'file') await save(content, join(folder, name));
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
    await save(content, join(place.folder, name));
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

function save(content: ReadableStream<Uint8Array>, file: string): Promise<void> {
  return pipeline(Readable.from(content as AsyncIterable<Uint8Array>), createWriteStream(file));
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

/** What was found already is in a folder that rpm looks at first. */
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
