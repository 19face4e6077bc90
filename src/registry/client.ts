import { InputError, OutsideError } from '../host/errors.ts';
import type { Log } from '../host/log.ts';
import { type CredentialSource, credentialsFromFiles } from './credentials.ts';
import { notARegistry } from './failures.ts';
import {
  bareType,
  type Descriptor,
  isIndex,
  type Manifest,
  manifestMediaTypes,
  mediaTypes,
  parseJson,
  parseManifest,
} from './manifest.ts';
import { readPages } from './pages.ts';
import {
  atDigest,
  atTag,
  type Digest,
  digestOf,
  formatReference,
  formatRepository,
  isDigest,
  type Reference,
  type Repository,
  sameRepository,
} from './reference.ts';
import {
  type Answer,
  type ByteRange,
  type Counters,
  createTransport,
  type RepeatableStream,
  type Transport,
} from './transport.ts';
import { upload } from './upload.ts';
import { cancelUpload } from './upload-session.ts';
import { part, verified, wrongBytes } from './verified.ts';

export type { CredentialSource, Credentials } from './credentials.ts';
export type { Descriptor, ImageIndex, ImageManifest, Manifest } from './manifest.ts';

/** Content that is streamed: `open` starts it anew, for another attempt. */
export interface BlobContent {
  readonly descriptor: Descriptor;
  /** Without a range all of it. */
  open(range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
}

/**
 * A client of the OCI distribution specification 1.1. Every method throws
 * InputError for what the user can put right (no such image, not allowed, not a registry), and
 * OutsideError for what happened on the way (not reachable, a server's fault, wrong bytes).
 */
export interface RegistryClient {
  /** What a reference points at now, by one HEAD; undefined where the registry has no such thing. */
  resolve(reference: Reference): Promise<Descriptor | undefined>;
  /** Reads a manifest or index and verifies its digest. */
  getManifest(reference: Reference): Promise<Manifest>;
  /** Like getManifest; undefined where the registry has no such thing. */
  findManifest(reference: Reference): Promise<Manifest | undefined>;
  /** Puts a manifest's exact bytes under a tag or its digest. */
  putManifest(
    repository: Repository,
    tagOrDigest: string,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<Digest>;
  /**
   * Puts a manifest that has a subject, by its digest.
   * `listed`: the registry keeps the list of referrers itself (it answered OCI-Subject).
   */
  putReferrer(
    repository: Repository,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<{ digest: Digest; listed: boolean }>;
  /**
   * Deletes a manifest, and with it every tag on it; one that is not there is as good as deleted.
   * @throws InputError where the registry does not let anyone delete
   */
  deleteManifest(repository: Repository, digest: Digest): Promise<void>;
  hasBlob(repository: Repository, digest: Digest): Promise<boolean>;
  /** Reads a small blob whole (at most 64 MiB) and verifies it. */
  getBlob(repository: Repository, digest: Digest): Promise<Uint8Array>;
  /**
   * Opens a blob; the stream errors at its end when digest or size are wrong. A part of it cannot be told right from
   * wrong: that is up to who puts it together.
   */
  openBlob(
    repository: Repository,
    descriptor: Descriptor,
    range?: ByteRange,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Uploads a blob unless it is there (`absent`: the caller has looked). A stream is never held in memory. */
  uploadBlob(
    repository: Repository,
    content: Uint8Array | BlobContent,
    options?: { readonly absent?: boolean },
  ): Promise<Descriptor>;
  /** Takes a blob over from another repository of the same registry; false where that did not work. */
  mountBlob(repository: Repository, digest: Digest, from: Repository): Promise<boolean>;
  /** All tags; none for a repository that does not exist. */
  listTags(repository: Repository): Promise<string[]>;
  /** Manifests whose subject is the digest: by the Referrers API, else by the fallback tag. */
  referrers(repository: Repository, digest: Digest, artifactType?: string): Promise<Descriptor[]>;
  readonly counters: Readonly<Counters>;
}

export interface RegistryClientOptions {
  /** Default: the files that podman and docker log in to. */
  readonly credentials?: CredentialSource;
  /** Names the credential files. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: Log;
  /** Milliseconds before each further attempt; also how many there are. */
  readonly retryDelays?: readonly number[];
}

const octets = 'application/octet-stream';

/** The tag under which referrers of a digest are listed where a registry lacks the Referrers API. */
export function fallbackTag(digest: Digest): string {
  return digest.replace(':', '-');
}

export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const transport = createTransport({
    credentials: options.credentials ?? credentialsFromFiles(options.env),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.retryDelays === undefined ? {} : { retryDelays: options.retryDelays }),
  });
  /** Registries seen to lack the Referrers API. */
  const withoutReferrers = new Set<string>();

  async function resolve(reference: Reference): Promise<Descriptor | undefined> {
    const answer = await manifestRequest(transport, 'HEAD', reference, [200, 404, 405]);
    if (answer.status === 404) return undefined;
    const digest = answer.headers.get('docker-content-digest') ?? '';
    const size = answer.headers.get('content-length') ?? '';
    const mediaType = bareType(answer.headers.get('content-type') ?? '');
    if (
      answer.status !== 200 ||
      !isDigest(digest) ||
      !/^\d+$/.test(size) ||
      !manifestMediaTypes.includes(mediaType)
    ) {
      return (await findManifest(reference))?.descriptor;
    }
    requireDigest(reference, digest);
    return { mediaType, digest, size: Number(size) };
  }

  async function findManifest(reference: Reference): Promise<Manifest | undefined> {
    const answer = await manifestRequest(transport, 'GET', reference, [200, 404]);
    return answer.status === 404 ? undefined : readManifest(reference, answer);
  }

  async function putAnywhere(
    repository: Repository,
    tagOrDigest: string,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<Answer> {
    const digest = digestOf(bytes);
    const reference = isDigest(tagOrDigest)
      ? atDigest(repository, tagOrDigest)
      : atTag(repository, tagOrDigest);
    requireDigest(reference, digest);
    const what = formatReference(reference);
    const answer = await transport.send({
      method: 'PUT',
      repository,
      push: true,
      url: transport.url(
        repository,
        `manifests/${isDigest(tagOrDigest) ? tagOrDigest : encodeURIComponent(tagOrDigest)}`,
      ),
      doing: `pushing ${what}`,
      what,
      headers: { 'content-type': mediaType },
      body: bytes,
      answers: [201],
    });
    const stored = answer.headers.get('docker-content-digest');
    if (stored !== null && stored !== digest) {
      throw new OutsideError(`pushing ${what}`, `the registry stored ${stored} in place of ${digest}`);
    }
    return answer;
  }

  async function deleteManifest(repository: Repository, digest: Digest): Promise<void> {
    const what = `${formatRepository(repository)}@${digest}`;
    const answer = await transport.send({
      method: 'DELETE',
      repository,
      push: true,
      remove: true,
      url: transport.url(repository, `manifests/${digest}`),
      doing: `deleting ${what}`,
      what,
      answers: [200, 202, 204, 404, 405],
    });
    if (answer.status !== 405) return;
    throw new InputError({
      where: formatRepository(repository),
      problem: 'this registry does not delete images when asked by its standard interface',
      remedy: "Delete them by the registry's own means: --json lists their digests.",
    });
  }

  async function hasBlob(repository: Repository, digest: Digest): Promise<boolean> {
    const answer = await transport.send({
      method: 'HEAD',
      repository,
      push: false,
      url: transport.url(repository, `blobs/${digest}`),
      doing: `looking for ${formatRepository(repository)}@${digest}`,
      answers: [200, 404],
    });
    return answer.status === 200;
  }

  async function getBlob(repository: Repository, digest: Digest): Promise<Uint8Array> {
    const what = `${formatRepository(repository)}@${digest}`;
    const answer = await transport.send({ ...blobRequest(transport, repository, digest), method: 'GET' });
    const found = digestOf(answer.body);
    if (found !== digest) throw wrongBytes(what, found);
    return answer.body;
  }

  async function openBlob(
    repository: Repository,
    descriptor: Descriptor,
    range?: ByteRange,
  ): Promise<ReadableStream<Uint8Array>> {
    const what = `${formatRepository(repository)}@${descriptor.digest}`;
    const request = { ...blobRequest(transport, repository, descriptor.digest), method: 'GET' } as const;
    if (range === undefined) return verified((await transport.stream(request)).body, descriptor, what);
    const { offset, length } = range;
    const answer = await transport.stream({
      ...request,
      headers: { range: `bytes=${offset}-${offset + length - 1}` },
      answers: [200, 206],
    });
    // A registry may answer with the whole blob all the same.
    return answer.status === 206 ? answer.body : part(answer.body, range);
  }

  async function uploadBlob(
    repository: Repository,
    content: Uint8Array | BlobContent,
    known: { readonly absent?: boolean } = {},
  ): Promise<Descriptor> {
    const descriptor =
      content instanceof Uint8Array
        ? { mediaType: octets, digest: digestOf(content), size: content.length }
        : content.descriptor;
    if (!known.absent && (await hasBlob(repository, descriptor.digest))) return descriptor;
    const body: Uint8Array | RepeatableStream =
      content instanceof Uint8Array
        ? content
        : { size: descriptor.size, open: (range) => content.open(range) };
    await upload(transport, repository, descriptor.digest, body);
    return descriptor;
  }

  async function mountBlob(repository: Repository, digest: Digest, from: Repository): Promise<boolean> {
    if (repository.registry !== from.registry) return false;
    if (sameRepository(repository, from)) return hasBlob(repository, digest);
    const doing = `mounting ${digest} of ${formatRepository(from)} in ${formatRepository(repository)}`;
    const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from.path)}`;
    const answer = await transport.send({
      method: 'POST',
      repository,
      push: true,
      alsoPull: from,
      url: transport.url(repository, `blobs/uploads/?${query}`),
      doing,
      answers: [201, 202],
    });
    if (answer.status === 201) return true;
    // 202 is an upload session: the registry did not mount. Left open, it would take up space there.
    await cancelUpload(transport, repository, answer, doing);
    return false;
  }

  async function listTags(repository: Repository): Promise<string[]> {
    const doing = `listing the tags of ${formatRepository(repository)}`;
    const pages = await readPages(transport, {
      repository,
      first: transport.url(repository, 'tags/list'),
      doing,
      answers: [200, 404],
    });
    return pages
      .filter((page) => page.status === 200)
      .flatMap((page) => {
        const value = parseJson(page.body, formatRepository(repository));
        const tags = typeof value === 'object' && value !== null && 'tags' in value ? value.tags : undefined;
        // null is how CNCF distribution writes "none".
        if (tags === null) return [];
        if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
        throw notARegistry(repository.registry, 'its answer holds no list of tags');
      });
  }

  async function referrers(
    repository: Repository,
    digest: Digest,
    artifactType?: string,
  ): Promise<Descriptor[]> {
    const all =
      (await fromApi(repository, digest, artifactType)) ?? (await fromFallbackTag(repository, digest));
    // Filtering on the server is optional, so it is done here in any case.
    return artifactType === undefined ? all : all.filter((each) => each.artifactType === artifactType);
  }

  async function fromApi(
    repository: Repository,
    digest: Digest,
    artifactType: string | undefined,
  ): Promise<Descriptor[] | undefined> {
    if (withoutReferrers.has(repository.registry)) return undefined;
    const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
    const what = `${formatRepository(repository)}@${digest}`;
    const pages = await readPages(transport, {
      repository,
      first: transport.url(repository, `referrers/${digest}${query}`),
      doing: `listing what refers to ${what}`,
      answers: [200, 400, 404, 405, 501],
      mayLack: true,
    });
    const supported = pages.every(
      (page) =>
        page.status === 200 && bareType(page.headers.get('content-type') ?? '') === mediaTypes.ociIndex,
    );
    if (!supported) {
      withoutReferrers.add(repository.registry);
      return undefined;
    }
    return pages.flatMap((page) => {
      const { json } = parseManifest(page.body, what, mediaTypes.ociIndex);
      return isIndex(json) ? json.manifests : [];
    });
  }

  async function fromFallbackTag(repository: Repository, digest: Digest): Promise<Descriptor[]> {
    const index = await findManifest(atTag(repository, fallbackTag(digest)));
    return index !== undefined && isIndex(index.json) ? index.json.manifests : [];
  }

  return {
    counters: transport.counters,
    resolve,
    getManifest: async (reference) =>
      readManifest(reference, await manifestRequest(transport, 'GET', reference, [200])),
    findManifest,
    putManifest: async (repository, tagOrDigest, bytes, mediaType) => {
      await putAnywhere(repository, tagOrDigest, bytes, mediaType);
      return digestOf(bytes);
    },
    putReferrer: async (repository, bytes, mediaType) => {
      const digest = digestOf(bytes);
      const answer = await putAnywhere(repository, digest, bytes, mediaType);
      return { digest, listed: answer.headers.has('oci-subject') };
    },
    deleteManifest,
    hasBlob,
    getBlob,
    openBlob,
    uploadBlob,
    mountBlob,
    listTags,
    referrers,
  };
}

function manifestRequest(
  transport: Transport,
  method: 'HEAD' | 'GET',
  reference: Reference,
  answers: readonly number[],
): Promise<Answer> {
  const { repository } = reference;
  const what = formatReference(reference);
  return transport.send({
    method,
    repository,
    push: false,
    url: transport.url(
      repository,
      `manifests/${reference.kind === 'digest' ? reference.digest : encodeURIComponent(reference.tag)}`,
    ),
    doing: `reading ${what}`,
    what,
    headers: { accept: manifestMediaTypes.join(', ') },
    answers,
  });
}

function readManifest(reference: Reference, answer: Answer): Manifest {
  const what = formatReference(reference);
  const contentType = answer.headers.get('content-type') ?? undefined;
  if (contentType !== undefined && bareType(contentType) === 'text/html') {
    throw notARegistry(reference.repository.registry, 'it answered with an HTML page');
  }
  const found = digestOf(answer.body);
  const promised = answer.headers.get('docker-content-digest');
  if (reference.kind === 'digest' && found !== reference.digest) throw wrongBytes(what, found);
  if (reference.kind === 'tag' && promised !== null && promised !== found) throw wrongBytes(what, found);
  return parseManifest(answer.body, what, contentType);
}

function requireDigest(reference: Reference, digest: Digest): void {
  if (reference.kind === 'digest' && reference.digest !== digest)
    throw wrongBytes(formatReference(reference), digest);
}

function blobRequest(transport: Transport, repository: Repository, digest: Digest) {
  const what = `${formatRepository(repository)}@${digest}`;
  return {
    repository,
    push: false,
    url: transport.url(repository, `blobs/${digest}`),
    doing: `reading ${what}`,
    what,
    answers: [200],
  };
}
