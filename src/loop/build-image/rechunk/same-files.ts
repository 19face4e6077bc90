import { createHash } from 'node:crypto';
import { OutsideError } from '../../../host/errors.ts';
import { layerEntries, plainPath, type TarHeader } from '../../../world/registry/layer.ts';

/** Opens one layer. */
export interface LayerSource {
  readonly what: string;
  readonly open: () => Promise<ReadableStream<Uint8Array>>;
}

/** Everything about the files of layers that lie on each other, without times. */
interface Files {
  /** By path. */
  readonly facts: ReadonlyMap<string, string>;
  /** The paths of each file with several, sorted. */
  readonly links: readonly string[];
}

const whiteout = /(^|\/)\.wh\.[^/]*$/;

/**
 * Checks that layers hold the same as the one that they were made of: the same paths, types, modes, owners, links,
 * extended attributes and content. Only times may differ. Whiteouts are in the first: there they hide nothing of
 * the others.
 * @returns how many files were compared
 * @throws OutsideError that names what differs
 */
export async function requireSameFiles(one: LayerSource, made: readonly LayerSource[]): Promise<number> {
  const before = await read([one]);
  const after = await read(made);
  const differing = [
    ...[...before.facts].filter(([path, fact]) => after.facts.get(path) !== fact).map(([path]) => path),
    ...[...after.facts.keys()].filter((path) => !before.facts.has(path)),
  ];
  const links = before.links.filter((each) => !after.links.includes(each));
  const more = after.links.filter((each) => !before.links.includes(each));
  const [path] = differing;
  if (path !== undefined) {
    throw failure(
      one,
      `${differing.length} of ${before.facts.size} files differ. The first: ${path} was ${before.facts.get(path) ?? 'not there'}, and is ${after.facts.get(path) ?? 'not there'}`,
    );
  }
  const [link] = [...links, ...more];
  if (link !== undefined) throw failure(one, `hard links differ: ${link}`);
  return before.facts.size;
}

function failure({ what }: LayerSource, problem: string): OutsideError {
  return new OutsideError(`splitting ${what}`, `the new layers do not hold the same files: ${problem}`);
}

async function read(layers: readonly LayerSource[]): Promise<Files> {
  const facts = new Map<string, string>();
  const groupOf = new Map<string, string>();
  for (const [index, { what, open }] of layers.entries()) {
    const own = new Map<string, string>();
    for await (const { header, path, content } of layerEntries(await open(), what)) {
      if (path === '') continue;
      if (index > 0 && whiteout.test(path)) {
        throw new OutsideError(`reading ${what}`, `it hides files of the layers below it: ${path}`);
      }
      const { type, linkname = '' } = header;
      // The same file under one more name.
      const target = type === 'link' ? plainPath(linkname) : path;
      const fact = type === 'link' ? own.get(target) : await factOf(header, content);
      if (fact === undefined) {
        throw new OutsideError(`reading ${what}`, `${path} is a link to ${target}, which is not in it`);
      }
      const earlier = facts.get(path);
      if (earlier !== undefined && earlier !== fact) {
        throw new OutsideError(`reading ${what}`, `${path} differs from that of a layer below it`);
      }
      own.set(path, fact);
      facts.set(path, fact);
      groupOf.set(path, `${index} ${target}`);
    }
  }
  return { facts, links: linksOf(groupOf) };
}

async function factOf(header: TarHeader, content: ReadableStream<Uint8Array>): Promise<string> {
  const { type, mode = 0, uid, gid, linkname, pax = {} } = header;
  const attributes = Object.entries(pax)
    .filter(([key]) => key.startsWith('SCHILY.xattr.') && !key.endsWith('.security.selinux'))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  // Archives by Go write a file type into the mode, others do not.
  const permissions = (mode & 0o7777).toString(8);
  return JSON.stringify([
    type,
    permissions,
    uid,
    gid,
    linkname,
    attributes,
    await contentHash(header, content),
  ]);
}

async function contentHash({ type, size }: TarHeader, content: ReadableStream<Uint8Array>): Promise<string> {
  if (type !== 'file' && type !== undefined) return '';
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return `${size} ${hash.digest('hex')}`;
}

function linksOf(groupOf: ReadonlyMap<string, string>): string[] {
  const groups = new Map<string, string[]>();
  for (const [path, group] of groupOf) {
    const members = groups.get(group) ?? [];
    members.push(path);
    groups.set(group, members);
  }
  return [...groups.values()]
    .filter((members) => members.length > 1)
    .map((members) => JSON.stringify(members.sort()))
    .sort();
}
