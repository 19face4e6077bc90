import { createHash } from 'node:crypto';

/** The digest of a stream's content, and its length in bytes. */
export async function hashOfFile(
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly hash: `sha256:${string}`; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { hash: `sha256:${hash.digest('hex')}`, size };
}
