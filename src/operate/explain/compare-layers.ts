import { createHash } from 'node:crypto';
import { defined } from '../../host/defined.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { type LayerEntry, layerEntries } from '../../world/registry/layer.ts';
import { formatRepository, type Repository } from '../../world/registry/reference.ts';

/** The properties of a file in a layer: name → value as text. */
export type FileFacts = Readonly<Record<string, string>>;

export interface ChangedFile {
  readonly path: string;
  /** Names of what differs, such as `content`, `mtime`. */
  readonly differs: readonly string[];
  readonly one: FileFacts;
  readonly other: FileFacts;
}

export interface LayerDifference {
  readonly onlyInOne: readonly string[];
  readonly onlyInOther: readonly string[];
  readonly changed: readonly ChangedFile[];
  /** The same files in another order. */
  readonly reordered: boolean;
}

/** A layer in a repository. */
export interface LayerPlace {
  readonly repository: Repository;
  readonly layer: Descriptor;
}

/** Streams two layers, and compares their files by all properties. */
export async function compareLayers(
  client: RegistryClient,
  one: LayerPlace,
  other: LayerPlace,
): Promise<LayerDifference> {
  const [ours, theirs] = await Promise.all([readFiles(client, one), readFiles(client, other)]);
  const changed: ChangedFile[] = [];
  for (const [path, facts] of ours) {
    const others = theirs.get(path);
    if (others === undefined) continue;
    const names = [...new Set([...Object.keys(facts), ...Object.keys(others)])];
    const differs = names.filter((name) => facts[name] !== others[name]);
    if (differs.length > 0) changed.push({ path, differs, one: facts, other: others });
  }
  const onlyInOne = [...ours.keys()].filter((path) => !theirs.has(path));
  const onlyInOther = [...theirs.keys()].filter((path) => !ours.has(path));
  const same = changed.length + onlyInOne.length + onlyInOther.length === 0;
  return {
    onlyInOne,
    onlyInOther,
    changed,
    reordered: same && [...ours.keys()].join('\0') !== [...theirs.keys()].join('\0'),
  };
}

async function readFiles(
  client: RegistryClient,
  { repository, layer }: LayerPlace,
): Promise<Map<string, FileFacts>> {
  const files = new Map<string, FileFacts>();
  const what = `${formatRepository(repository)}@${layer.digest}`;
  for await (const entry of layerEntries(await client.openBlob(repository, layer), what)) {
    files.set(entry.path, await factsOf(entry));
  }
  return files;
}

/** A difference in any of these changes the digest of the layer. */
async function factsOf({ header, content }: LayerEntry): Promise<FileFacts> {
  const attributes = Object.entries(header.pax ?? {}).filter(([name]) => name.startsWith('SCHILY.xattr.'));
  const isFile = header.type === 'file';
  return {
    type: header.type ?? 'file',
    mode: (header.mode ?? 0).toString(8),
    owner: `${header.uid ?? 0}:${header.gid ?? 0}`,
    names: `${header.uname ?? ''}:${header.gname ?? ''}`,
    mtime: header.mtime?.toISOString() ?? '',
    ...defined({
      link: header.linkname === undefined || header.linkname === '' ? undefined : header.linkname,
      size: isFile ? String(header.size) : undefined,
      content: isFile ? await hashOf(content) : undefined,
    }),
    ...Object.fromEntries(attributes.map(([name, value]) => [name.slice('SCHILY.'.length), value])),
  };
}

async function hashOf(content: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
