import { OutsideError } from '../host/errors.ts';
import { chunkBytes, LostSession, uploadInChunks } from './chunked-upload.ts';
import { PassingFailure } from './failures.ts';
import { type Digest, formatRepository, type Repository } from './reference.ts';
import type { RepeatableStream, Transport } from './request.ts';
import { finishUpload, openSession, uploadLocation } from './upload-session.ts';

/**
 * Uploads a blob: in one request, which every registry takes. Where that breaks off and there is much to lose, in
 * chunks from then on; a registry that does not take those gets it whole again.
 */
export async function upload(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  body: Uint8Array | RepeatableStream,
): Promise<void> {
  const doing = `uploading ${digest} to ${formatRepository(repository)}`;
  const large = body instanceof Uint8Array || body.size <= chunkBytes ? undefined : body;
  let inChunks = false;
  let chunksRefused = false;
  await transport.retrying(async () => {
    if (inChunks && large !== undefined && !chunksRefused) {
      try {
        return await uploadInChunks(transport, repository, digest, large);
      } catch (error) {
        if (error instanceof PassingFailure || !(error instanceof OutsideError)) throw error;
        chunksRefused = !(error instanceof LostSession);
        throw new PassingFailure(doing, error.message, { cause: error });
      }
    }
    inChunks = true;
    // A session that broke cannot be told apart from one that is half done: each attempt opens its own.
    const open = () => openSession(transport, repository, doing);
    if (body instanceof Uint8Array) {
      const location = uploadLocation(await open(), doing);
      return finishUpload(transport, repository, digest, location, body);
    }
    await withEarlyStart(body, async (started) => {
      const location = uploadLocation(await open(), doing);
      await finishUpload(transport, repository, digest, location, started);
    });
  });
}

/** Opens content while its session is being opened: one round trip less to wait for. */
async function withEarlyStart(
  content: RepeatableStream,
  work: (started: RepeatableStream) => Promise<void>,
): Promise<void> {
  let early: Promise<ReadableStream<Uint8Array>> | undefined = content.open();
  // It is told when it is used.
  early.catch(() => {});
  try {
    await work({
      size: content.size,
      open: (range) => {
        const first = early;
        early = undefined;
        return range === undefined && first !== undefined ? first : content.open(range);
      },
    });
  } finally {
    const unused = await early?.catch(() => undefined);
    await unused?.cancel().catch(() => {});
  }
}
