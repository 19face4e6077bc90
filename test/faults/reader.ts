import { execFileSync } from 'node:child_process';
import { createHash, type Hash, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

// What can be seen of a project from outside, read by plain HTTP, git and files. It shares no code with the writers.

export interface Place {
  /** The registry itself, not the proxy before it. */
  readonly registry: string;
  /** repositoriesIn its folder. */
  readonly storage: string;
  /** The name by which images are published. */
  readonly publicName: string;
  readonly production: string;
  readonly test: string;
  /** Git directory. */
  readonly repository: string;
  readonly stateBranch: string;
  readonly site: string;
  /** Tags of production that belong to other fleets than the tested one. */
  readonly foreignTags: readonly string[];
  /** The test registry may have lost images, and is compared too. */
  readonly testIsPruned?: boolean;
  /** Public key (PEM) of the fleets; absent: they do not sign. */
  readonly publicKey?: string;
}

export interface Seen {
  /**
   * Production: tag → digest; tag of signatures → how many, because no two signatures by one key are equal. Lists of
   * referrers are left out, because their order does not matter.
   */
  readonly tags: Readonly<Record<string, string>>;
  /** Production: subject → digests that refer to it. */
  readonly referrers: Readonly<Record<string, readonly string[]>>;
  /** State branch: path → text. */
  readonly state: Readonly<Record<string, string>>;
  /** Published: path → text. */
  readonly site: Readonly<Record<string, string>>;
  /** Every tag of the test registry, if it is pruned. */
  readonly testTags?: readonly string[];
}

const accept = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

interface Blob {
  digest: string;
  annotations?: Record<string, string>;
}
interface Document {
  config?: Blob;
  layers?: Blob[];
  manifests?: Blob[];
  subject?: Blob;
  artifactType?: string;
}

/** Reads everything; throws when a tag points at something incomplete. */
export function look(place: Place): Promise<Seen> {
  return lookWith(openReader(place));
}

async function lookWith(reader: Reader): Promise<Seen> {
  const { place } = reader;
  const tags: Record<string, string> = {};
  const referrers: Record<string, string[]> = {};
  for (const tag of await tagList(reader, place.production)) {
    const found = await manifest(reader, place.production, tag);
    if (found === undefined) throw new Error(`tag ${tag} is listed and not there`);
    if (/^sha256-[0-9a-f]{64}$/.test(tag)) {
      referrers[tag] = (found.json.manifests ?? []).map(({ digest }) => digest).sort();
      // prune-images deletes an image, then its attachments, and their list last: by the list the next run finds them.
      const subject = await manifest(reader, place.production, tag.replace('-', ':'));
      if (place.testIsPruned && subject === undefined) continue;
    } else {
      const isSignature = place.publicKey !== undefined && tag.endsWith('.sig');
      tags[tag] = isSignature ? `${found.json.layers?.length} signatures` : found.digest;
    }
    await requireWhole(reader, place.production, found.json);
  }
  const testTags = place.testIsPruned ? { testTags: (await tagList(reader, place.test)).sort() } : {};
  return { tags, referrers, state: stateFiles(place), site: await siteFiles(place.site), ...testTags };
}

/** The places where DESIGN.md's invariants 1 to 3 do not hold. */
export async function brokenInvariants(place: Place, before: Seen): Promise<string[]> {
  const broken: string[] = [];
  const reader = openReader(place);
  let seen: Seen;
  try {
    seen = await lookWith(reader);
  } catch (error) {
    return [`something is not whole: ${String(error)}`];
  }
  // 1. No published graph names an image that production cannot serve.
  const published = { ...seen.site, ...(await artifactFiles(reader, seen)) };
  for (const [path, text] of Object.entries(published)) {
    if (!path.endsWith('/graph')) continue;
    const { nodes } = JSON.parse(text) as { nodes: { version: string; payload: string }[] };
    for (const { payload } of nodes) {
      const [name, digest = ''] = payload.split('@');
      if (name !== place.publicName) broken.push(`${path} names ${payload}, of another repository`);
      const served = await manifest(reader, place.production, digest);
      if (served === undefined) broken.push(`${path} names ${payload}, which production does not have`);
      else if (served.digest !== digest) broken.push(`${path}: ${payload} is served as ${served.digest}`);
      else await requireWhole(reader, place.production, served.json);
    }
  }
  // 2. Only digests with passing evidence are tagged, byte for byte as tested.
  for (const [tag, digest] of Object.entries(seen.tags)) {
    if (tag.startsWith('updates-') || tag.endsWith('.sig')) continue;
    if (!(await hasPassed(reader, digest, seen.referrers[digest.replace(':', '-')] ?? []))) {
      broken.push(`tag ${tag} is on ${digest}, which has no passing evidence beside it`);
    }
    if (place.publicKey !== undefined && !(await isSigned(reader, digest, place.publicKey))) {
      broken.push(`tag ${tag} is on ${digest}, which its fleet's key did not sign`);
    }
    const here = await manifest(reader, place.production, digest);
    const tested = await manifest(reader, place.test, digest);
    if (tested === undefined && place.testIsPruned) continue;
    if (here?.text !== tested?.text) broken.push(`tag ${tag} is not on the bytes that were tested`);
  }
  // 3. A version tag is never re-pointed; a release never removed or reordered; `created` grows.
  for (const [tag, digest] of Object.entries(before.tags)) {
    // A pruned version does not exist; it never points elsewhere.
    const isPruned = place.testIsPruned === true && seen.tags[tag] === undefined;
    if (/-[0-9a-f]{8}$/.test(tag) && seen.tags[tag] !== digest && !isPruned) {
      broken.push(`version tag ${tag} was on ${digest} and is on ${seen.tags[tag]}`);
    }
  }
  // A fleet's tag belongs to that fleet: an installation by it must not get the image of a less careful fleet.
  for (const tag of place.foreignTags) {
    if (before.tags[tag] !== undefined && seen.tags[tag] !== before.tags[tag])
      broken.push(`tag ${tag} of another fleet was on ${before.tags[tag]} and is on ${seen.tags[tag]}`);
  }
  for (const [path, text] of [...Object.entries(before.state), ...Object.entries(before.site)]) {
    const now = seen.state[path] ?? seen.site[path];
    if (path.endsWith('releases.json') && !extendsList(versions(text, 'releases'), versions(now, 'releases')))
      broken.push(`${path} lost or moved a release`);
    if (path.endsWith('/graph') && !extendsList(versions(text, 'nodes'), versions(now, 'nodes')))
      broken.push(`${path} lost or moved a node`);
  }
  for (const [path, text] of Object.entries(seen.state)) {
    if (!path.endsWith('releases.json')) continue;
    const fleet = path.split('/')[1];
    const created = versions(text, 'releases').map((version) => {
      const record = seen.state[`fleets/${fleet}/records/${version}.json`] ?? '{}';
      return Date.parse((JSON.parse(record) as { created: string }).created);
    });
    if (created.some((time, index) => !(time > (created[index - 1] ?? 0))))
      broken.push(`${path}: created does not grow: ${created.join(', ')}`);
  }
  return broken;
}

function versions(text: string | undefined, key: 'releases' | 'nodes'): string[] {
  if (text === undefined) return [];
  return (
    (JSON.parse(text) as Record<string, { version: string }[]>)[key]?.map(({ version }) => version) ?? []
  );
}

function extendsList(before: readonly string[], now: readonly string[]): boolean {
  return before.every((version, index) => now[index] === version);
}

async function hasPassed(reader: Reader, digest: string, listed: readonly string[]): Promise<boolean> {
  for (const each of listed) {
    const artifact = await manifest(reader, reader.place.production, each);
    if (artifact?.json.artifactType !== 'application/vnd.in-toto+json') continue;
    const blob = artifact.json.layers?.[0]?.digest ?? '';
    const text = (await get(reader, `${reader.place.production}/blobs/${blob}`)).text;
    const statement = JSON.parse(text) as {
      subject: { digest: { sha256: string } }[];
      predicate: { result: string };
    };
    const about = statement.subject.some((subject) => `sha256:${subject.digest.sha256}` === digest);
    if (about && statement.predicate.result === 'PASSED') return true;
  }
  return false;
}

/** As a node's policy reads it: a signature in production, by this key, of this digest under this name. */
async function isSigned(reader: Reader, digest: string, publicKey: string): Promise<boolean> {
  const { production, publicName } = reader.place;
  const found = await manifest(reader, production, `${digest.replace(':', '-')}.sig`);
  for (const layer of found?.json.layers ?? []) {
    const { text } = await get(reader, `${production}/blobs/${layer.digest}`);
    const signature = layer.annotations?.['dev.cosignproject.cosign/signature'] ?? '';
    const { critical } = JSON.parse(text) as {
      critical: { identity: Record<string, string>; image: Record<string, string> };
    };
    const name = critical.identity['docker-reference'] ?? '';
    const isOurs = critical.image['docker-manifest-digest'] === digest && name.startsWith(publicName);
    if (isOurs && verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64')))
      return true;
  }
  return false;
}

/** The files inside of `updates-<fleet>` artifacts. */
async function artifactFiles(reader: Reader, seen: Seen): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [tag, digest] of Object.entries(seen.tags)) {
    if (!tag.startsWith('updates-')) continue;
    const artifact = await manifest(reader, reader.place.production, digest);
    for (const { digest: blob, annotations } of artifact?.json.layers ?? []) {
      const title = annotations?.['org.opencontainers.image.title'] ?? '';
      if (!title.endsWith('/graph')) continue;
      files[`oci:${title}`] = (await get(reader, `${reader.place.production}/blobs/${blob}`)).text;
    }
  }
  return files;
}

async function requireWhole(reader: Reader, repository: string, document: Document): Promise<void> {
  for (const { digest } of document.manifests ?? []) {
    const child = await manifest(reader, repository, digest);
    if (child === undefined) throw new Error(`${repository}@${digest} is listed and not there`);
    await requireWhole(reader, repository, child.json);
  }
  const blobs = [...(document.config === undefined ? [] : [document.config]), ...(document.layers ?? [])];
  for (const { digest } of blobs) {
    const { status } = await get(reader, `${repository}/blobs/${digest}`, 'HEAD');
    if (status !== 200) throw new Error(`${repository}@${digest} is missing: ${status}`);
  }
}

async function manifest(
  reader: Reader,
  repository: string,
  name: string,
): Promise<{ digest: string; text: string; json: Document } | undefined> {
  const { status, text } = await get(reader, `${repository}/manifests/${name}`);
  if (status === 404) return undefined;
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { digest, text, json: JSON.parse(text) as Document };
}

async function tagList(reader: Reader, repository: string): Promise<string[]> {
  const { text } = await get(reader, `${repository}/tags/list`);
  const { tags } = JSON.parse(text) as { tags?: string[] | null };
  return tags ?? [];
}

interface Reader {
  readonly place: Place;
  readonly answers: Map<string, Promise<{ status: number; text: string }>>;
}

/** What a registry with this content answered. Most disturbed runs end in one of a few contents. */
const answersOf = new Map<string, Reader['answers']>();

function openReader(place: Place): Reader {
  const { storage, production, test } = place;
  const content = createHash('sha256').update(place.registry);
  for (const repository of [production, test]) addLinks(content, join(storage, repository));
  const key = content.digest('hex');
  const answers = answersOf.get(key) ?? new Map();
  answersOf.set(key, answers);
  return { place, answers };
}

/** The folder of a registry's repositories. @param directory of the registry itself */
export function repositoriesIn(directory: string): string {
  return join(directory, 'storage/docker/registry/v2/repositories');
}

/** All that a repository has: its registry keeps no content there, but files that name the content. */
function addLinks(hash: Hash, folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (name === 'link') hash.update(`${path} ${readFileSync(path, 'utf8')}\n`);
    else if (name !== '_uploads') addLinks(hash, path);
  }
}

function get(reader: Reader, path: string, method = 'GET'): Promise<{ status: number; text: string }> {
  const key = `${method} ${path}`;
  const known = reader.answers.get(key);
  if (known !== undefined) return known;
  const asked = ask(`http://${reader.place.registry}/v2/${path}`, method);
  reader.answers.set(key, asked);
  asked.catch(() => reader.answers.delete(key));
  return asked;
}

const agent = new Agent({ keepAlive: true });

function ask(url: string, method: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    request(url, { method, agent, headers: { accept } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('error', reject).once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .once('error', reject)
      .end();
  });
}

/** Files of trees that were read before: a tree never changes. Commits differ from run to run by their times. */
const trees = new Map<string, Record<string, string>>();
const treeOf = new Map<string, string>();

function stateFiles({ repository, stateBranch }: Place): Record<string, string> {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const ref = join(repository, '.git/refs/heads', stateBranch);
  if (!existsSync(ref)) return {};
  const commit = readFileSync(ref, 'utf8').trim();
  const tree = treeOf.get(commit) ?? git('rev-parse', `${commit}^{tree}`).trim();
  treeOf.set(commit, tree);
  let files = trees.get(tree);
  if (files === undefined) {
    const paths = git('ls-tree', '-r', '--name-only', tree).split('\n').filter(Boolean);
    files = Object.fromEntries(paths.map((path) => [path, git('show', `${tree}:${path}`)]));
    trees.set(tree, files);
  }
  return files;
}

async function siteFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files[file.slice(folder.length + 1)] = await readFile(file, 'utf8');
  }
  return files;
}
