import type { Descriptor } from './manifest.ts';
import { type Digest, digestOf, formatRepository, type Repository, sameRepository } from './reference.ts';
import type { BlobContent, RegistryClient } from './registry-client.ts';
import type { ByteRange, RepeatableStream, Transport } from './request.ts';
import { resumed } from './resumed.ts';
import { upload } from './upload.ts';
import { cancelUpload } from './upload-session.ts';
import { part, verified, wrongBytes } from './verified.ts';

type Blobs = Pick<
  RegistryClient,
  'hasBlob' | 'getBlob' | 'openBlob' | 'uploadBlob' | 'ensureBlob' | 'mountBlob'
>;

const octets = 'application/octet-stream';

/** The part of a client that is about blobs. */
export function createBlobs(transport: Transport): Blobs {
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
    const openPart = async (wanted: ByteRange) => {
      const { offset, length } = wanted;
      const answer = await transport.stream({
        ...request,
        headers: { range: `bytes=${offset}-${offset + length - 1}` },
        answers: [200, 206],
      });
      // A registry may ignore the range.
      return answer.status === 206 ? answer.body : part(answer.body, wanted);
    };
    if (range !== undefined) return openPart(range);
    const content = await resumed(descriptor.size, async (rest) =>
      rest === undefined ? (await transport.stream(request)).body : openPart(rest),
    );
    return verified(content, descriptor, what);
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

  async function ensureBlob(repository: Repository, content: BlobContent): Promise<'present' | 'copied'> {
    const { digest, size } = content.descriptor;
    const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(repository.path)}`;
    const answer = await transport.send({
      method: 'POST',
      repository,
      push: true,
      url: transport.url(repository, `blobs/uploads/?${query}`),
      doing: `looking for ${digest} in ${formatRepository(repository)}`,
      answers: [201, 202, 400, 403, 404, 405],
      mayLack: true,
    });
    if (answer.status === 201) return 'present';
    const session = answer.status === 202 ? answer : undefined;
    // A registry that refuses the mount is asked with HEAD.
    if (session === undefined && (await hasBlob(repository, digest))) return 'present';
    const body = { size, open: (range?: ByteRange) => content.open(range) };
    await upload(transport, repository, digest, body, session);
    return 'copied';
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
      // A registry may let an account read and write both repositories, and still refuse (ghcr.io: 403).
      answers: [201, 202, 400, 401, 403, 404, 405],
      mayLack: true,
    });
    if (answer.status === 201) return true;
    if (answer.status !== 202) return false;
    // With 202 the registry did not mount the blob, but opened an upload session. It is closed, because an open one
    // takes space.
    await cancelUpload(transport, repository, answer, doing);
    return false;
  }

  return { hasBlob, getBlob, openBlob, uploadBlob, ensureBlob, mountBlob };
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
