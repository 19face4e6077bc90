import { InputError, OutsideError } from '../../host/errors.ts';
import { bareType, type Descriptor, type Manifest, manifestMediaTypes, parseManifest } from './manifest.ts';
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
} from './reference.ts';
import type { RegistryClient } from './registry-client.ts';
import { notARegistry } from './registry-failures.ts';
import type { Answer, Transport } from './request.ts';
import { wrongBytes } from './verified.ts';

export interface Manifests
  extends Pick<
    RegistryClient,
    'resolve' | 'getManifest' | 'findManifest' | 'putManifest' | 'putReferrer' | 'deleteManifest'
  > {
  /** The verified bytes of a manifest, not parsed; undefined if the registry has no such thing. */
  findContent(reference: Reference): Promise<Uint8Array | undefined>;
}

/** The part of a client that is about manifests and tags. */
export function createManifests(transport: Transport): Manifests {
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

  return {
    resolve,
    getManifest: async (reference) =>
      readManifest(reference, await manifestRequest(transport, 'GET', reference, [200])),
    findManifest,
    findContent: async (reference) => {
      const answer = await manifestRequest(transport, 'GET', reference, [200, 404]);
      return answer.status === 404 ? undefined : verifiedContent(reference, answer);
    },
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
  const contentType = answer.headers.get('content-type') ?? undefined;
  return parseManifest(verifiedContent(reference, answer), formatReference(reference), contentType);
}

/** @throws when it is not what was asked for */
function verifiedContent(reference: Reference, answer: Answer): Uint8Array {
  const what = formatReference(reference);
  const contentType = answer.headers.get('content-type') ?? undefined;
  if (contentType !== undefined && bareType(contentType) === 'text/html') {
    throw notARegistry(reference.repository.registry, 'it answered with an HTML page');
  }
  const found = digestOf(answer.body);
  const promised = answer.headers.get('docker-content-digest');
  if (reference.kind === 'digest' && found !== reference.digest) throw wrongBytes(what, found);
  if (reference.kind === 'tag' && promised !== null && promised !== found) throw wrongBytes(what, found);
  return answer.body;
}

function requireDigest(reference: Reference, digest: Digest): void {
  if (reference.kind === 'digest' && reference.digest !== digest)
    throw wrongBytes(formatReference(reference), digest);
}
