import { createHash } from 'node:crypto';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';

/** Content address. Registries know other algorithms too; everything we read and write is sha256. */
export type Digest = `sha256:${string}`;

/** A repository, without tag or digest: `{ registry: 'quay.io', path: 'fedora/fedora-coreos' }`. */
export interface Repository {
  /** Host, with `:port` if there is one. */
  readonly registry: string;
  readonly path: string;
}

export interface TagReference {
  readonly kind: 'tag';
  readonly repository: Repository;
  readonly tag: string;
}

export interface DigestReference {
  readonly kind: 'digest';
  readonly repository: Repository;
  readonly digest: Digest;
  /** For people only: `name:tag@digest` means the digest, wherever the tag points now. */
  readonly tag?: string;
}

export type Reference = TagReference | DigestReference;

/** The place of a text, for errors about it. */
export interface Place {
  readonly where?: string;
  readonly field?: string;
}

// Grammar of the OCI distribution specification, section "Pulling manifests".
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
// The distribution specification: hosts and paths of more than 255 characters are not portable.
const longestRepository = 255;
const largestPort = 65_535;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const registryPattern =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;

/** @throws InputError unless the text is `sha256:` and 64 lower-case hex digits */
export function parseDigest(text: string, place: Place = {}): Digest {
  if (!isDigest(text)) {
    throw new InputError({
      ...place,
      problem: 'not a digest',
      found: text,
      expected: 'sha256: and 64 lower-case hex digits',
    });
  }
  return text;
}

export function isDigest(text: string): text is Digest {
  return digestPattern.test(text);
}

/** True for a text that may be a tag (at most 128 letters, digits, `_`, `.` and `-`). */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** The digest in a text such as `host/path@sha256:…`: what follows the `@`. Nothing is checked. */
export function digestIn(reference: string): string {
  return reference.slice(reference.indexOf('@') + 1);
}

/** `sha256:952c72d6ce3a`: enough to compare two digests by eye, and short enough for a table. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** The digest of some bytes; of the UTF-8 form of a text. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * Reads `quay.io/fedora/fedora-coreos`.
 * @throws InputError; also for a text that has a tag or a digest
 */
export function parseRepository(text: string, place: Place = {}): Repository {
  const { repository, tag, digest } = splitReference(text, place);
  const extra = digest === undefined ? tag && `:${tag}` : `@${digest}`;
  if (extra !== undefined) {
    throw new InputError({
      ...place,
      problem: `a repository has no ${digest === undefined ? 'tag' : 'digest'}`,
      found: text,
      expected: formatRepository(repository),
      remedy: `Leave out ${extra}.`,
    });
  }
  return repository;
}

/**
 * Reads `host/path:tag`, `host/path@sha256:…` or `host/path:tag@sha256:…`. The host is required: a short name
 * (`fedora-coreos:stable`) means another image on every machine.
 * @throws InputError
 */
export function parseReference(text: string, place: Place = {}): Reference {
  const { repository, tag, digest } = splitReference(text, place);
  if (digest !== undefined) return { kind: 'digest', repository, digest, ...defined({ tag }) };
  if (tag !== undefined) return { kind: 'tag', repository, tag };
  throw new InputError({
    ...place,
    problem: 'this image has neither a tag nor a digest',
    found: text,
    expected: `${formatRepository(repository)}:TAG or ${formatRepository(repository)}@sha256:…`,
  });
}

export function formatRepository(repository: Repository): string {
  return `${repository.registry}/${repository.path}`;
}

export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.kind === 'digest' ? `@${reference.digest}` : '';
  return `${formatRepository(reference.repository)}${tag}${digest}`;
}

export function atDigest(repository: Repository, digest: Digest): DigestReference {
  return { kind: 'digest', repository, digest };
}

export function atTag(repository: Repository, tag: string): TagReference {
  return { kind: 'tag', repository, tag };
}

export function sameRepository(one: Repository, other: Repository): boolean {
  return one.registry === other.registry && one.path === other.path;
}

interface Parts {
  readonly repository: Repository;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

function splitReference(text: string, place: Place): Parts {
  const scheme = /^[a-z-]+:\/\//.exec(text)?.[0];
  if (scheme !== undefined) {
    throw new InputError({
      ...place,
      problem: 'an image name has no scheme',
      found: text,
      expected: text.slice(scheme.length),
      remedy: `Leave out ${scheme}`,
    });
  }
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1), place);
  // A colon before the last slash belongs to the registry's port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const repository = splitName(name, text, place);
  if (tag !== undefined && !isTag(tag)) {
    throw new InputError({
      ...place,
      problem: 'not a tag',
      found: tag,
      expected: 'at most 128 letters, digits, "_", "." and "-", not starting with "." or "-"',
    });
  }
  return { repository, tag, digest };
}

function splitName(name: string, text: string, place: Place): Repository {
  if (name.length > longestRepository) {
    throw new InputError({
      ...place,
      problem: 'this image name is too long',
      found: `${name.length} characters`,
      expected: `at most ${longestRepository} characters`,
    });
  }
  const slash = name.indexOf('/');
  const registry = slash < 0 ? '' : name.slice(0, slash);
  if (!/[.:]/.test(registry) && registry !== 'localhost') {
    throw new InputError({
      ...place,
      problem: 'this image name has no registry host',
      found: text,
      expected: `a full name, such as quay.io/${slash < 0 ? 'example/' : ''}${name || 'os'}`,
    });
  }
  if (!registryPattern.test(registry)) {
    throw new InputError({
      ...place,
      problem: 'not a registry host',
      found: registry,
      expected: 'host or host:port',
    });
  }
  const port = Number(/:(\d+)$/.exec(registry)?.[1] ?? 443);
  if (port < 1 || port > largestPort) {
    throw new InputError({
      ...place,
      problem: 'this is not a port',
      found: port,
      expected: `1 to ${largestPort}`,
    });
  }
  const path = name.slice(slash + 1);
  if (!pathPattern.test(path)) {
    throw new InputError({
      ...place,
      problem: 'not a repository path',
      found: path,
      expected: 'lower-case letters and digits, separated by single ".", "_", "-" and "/"',
      ...defined({
        remedy: pathPattern.test(path.toLowerCase()) ? `Write ${path.toLowerCase()}` : undefined,
      }),
    });
  }
  // Docker Hub's official images live under library/, and docker.io/debian is how people write them.
  const host = registry.toLowerCase();
  return { registry: host, path: host === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
}
