import { OutsideError } from '../../host/errors.ts';
import { chunkBytes, LostSession, uploadInChunks } from './chunked-upload.ts';
import { type Digest, formatRepository, type Repository } from './reference.ts';
import { TransientError } from './registry-failures.ts';
import type { Answer, RepeatableStream, Transport } from './request.ts';
import { finishUpload, openSession, uploadLocation } from './upload-session.ts';

/**
 * Uploads a blob in one request, which every registry accepts. If that breaks off and the blob is large, it continues
 * in chunks; a registry that refuses chunks gets the whole blob again.
 * @param opened a session for the first attempt
 */
export async function upload(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  body: Uint8Array | RepeatableStream,
  opened?: Answer,
): Promise<void> {
  const doing = `uploading ${digest} to ${formatRepository(repository)}`;
  const large = body instanceof Uint8Array || body.size <= chunkBytes ? undefined : body;
  let unused = opened;
  let inChunks = false;
  let chunksRefused = false;
  await transport.retrying(async () => {
    if (inChunks && large !== undefined && !chunksRefused) {
      try {
        return await uploadInChunks(transport, repository, digest, large);
      } catch (error) {
        if (error instanceof TransientError || !(error instanceof OutsideError)) throw error;
        chunksRefused = !(error instanceof LostSession);
        throw new TransientError(doing, error.message, { cause: error });
      }
    }
    inChunks = true;
    // Nothing says how far a broken session got, so each attempt opens a new one.
    const session = unused ?? (await openSession(transport, repository, doing));
    unused = undefined;
    return finishUpload(transport, repository, digest, uploadLocation(session, doing), body);
  });
}
