import { OutsideError } from '../../host/errors.ts';
import { type Digest, formatRepository, type Repository } from './reference.ts';
import { TransientError } from './registry-failures.ts';
import type { Answer, RepeatableStream, Transport } from './request.ts';
import { finishUpload, openSession, uploadLocation } from './upload-session.ts';

/** Large enough to make few requests, small enough to hold six of them in memory. */
export const chunkBytes = 16 * 1024 * 1024;

interface Session {
  readonly url: URL;
  /** Bytes that the registry has. */
  readonly stored: number;
}

/**
 * Uploads a blob in chunks (specification, "Pushing a blob in chunks"): a broken connection costs one chunk. Then
 * we ask the registry how far it got.
 * @throws LostSession if the registry lost what was sent: the caller starts again
 */
export async function uploadInChunks(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  content: RepeatableStream,
): Promise<void> {
  const doing = `uploading ${digest} to ${formatRepository(repository)} in chunks`;
  const opened = await openSession(transport, repository, doing);
  const least = Number(opened.headers.get('oci-chunk-min-length') ?? 0);
  const size = Math.max(chunkBytes, Number.isSafeInteger(least) ? least : 0);
  let session: Session = { url: uploadLocation(opened, doing), stored: 0 };
  while (session.stored < content.size) {
    session = await sendChunk(transport, { repository, session, content, size, doing });
  }
  await finishUpload(transport, repository, digest, session.url, new Uint8Array());
}

interface Chunk {
  readonly repository: Repository;
  readonly session: Session;
  readonly content: RepeatableStream;
  readonly size: number;
  readonly doing: string;
}

/** Sends the next chunk, with retries. */
async function sendChunk(transport: Transport, chunk: Chunk): Promise<Session> {
  let { session } = chunk;
  let broke = false;
  return transport.retrying(async () => {
    if (broke) session = await askSession(transport, chunk, session);
    broke = true;
    const { content, doing, repository } = chunk;
    const start = session.stored;
    if (start >= content.size) return session;
    const bytes = await readRange(content, start, Math.min(chunk.size, content.size - start), doing);
    const answer = await transport.send({
      method: 'PATCH',
      repository,
      push: true,
      url: session.url,
      doing,
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${start}-${start + bytes.length - 1}`,
      },
      body: bytes,
      once: true,
      answers: [202],
    });
    return { url: uploadLocation(answer, doing), stored: storedIn(answer) ?? start + bytes.length };
  });
}

/** How far a session got (specification, "Resuming an upload"). */
async function askSession(transport: Transport, chunk: Chunk, session: Session): Promise<Session> {
  const { repository, doing } = chunk;
  const answer = await transport.send({
    method: 'GET',
    repository,
    push: true,
    url: session.url,
    doing: `asking how far ${doing} got`,
    once: true,
    answers: [204, 400, 404, 416],
    mayLack: true,
  });
  const stored = storedIn(answer) ?? 0;
  if (answer.status !== 204 || stored < session.stored) throw new LostSession(doing);
  const url = answer.headers.has('location') ? uploadLocation(answer, doing) : session.url;
  return { url, stored };
}

/** This request is not retried alone: the session no longer exists, and what was sent is lost. */
export class LostSession extends OutsideError {
  constructor(doing: string) {
    super(doing, 'the registry no longer knows the upload');
  }
}

/** `Range: 0-1023`, or `bytes=0-1023`: the last byte that arrived. A fresh session says `0-0`. */
function storedIn(answer: Answer): number | undefined {
  const last = /(?:^|=)0-(\d+)$/.exec(answer.headers.get('range')?.trim() ?? '')?.[1];
  return last === undefined ? undefined : Number(last) === 0 ? 0 : Number(last) + 1;
}

async function readRange(
  content: RepeatableStream,
  offset: number,
  length: number,
  doing: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await content.open({ offset, length })) {
    chunks.push(chunk);
    size += chunk.length;
  }
  if (size !== length) {
    throw new TransientError(doing, `${length} bytes were expected, and ${size} came`);
  }
  return Buffer.concat(chunks);
}
