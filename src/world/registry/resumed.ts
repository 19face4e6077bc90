import { TransientError } from './registry-failures.ts';
import type { ByteRange } from './request.ts';

/** A connection that breaks again before this many bytes came is not worth another one. */
const worthwhile = 1024 * 1024;

/**
 * A content that goes on where its connection broke: a layer can have gigabytes, and one broken connection would end
 * a boot test after minutes. The caller compares the whole content with its digest.
 * @param size bytes of the whole content
 * @param open gives all of it, or the rest
 */
export async function resumed(
  size: number,
  open: (rest?: ByteRange) => Promise<ReadableStream<Uint8Array>>,
): Promise<ReadableStream<Uint8Array>> {
  let reader = (await open()).getReader();
  let position = 0;
  // The first time, it does not matter how much came.
  let sinceBreak = worthwhile;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      for (;;) {
        try {
          const { done, value } = await reader.read();
          if (done) return controller.close();
          position += value.length;
          sinceBreak += value.length;
          return controller.enqueue(value);
        } catch (error) {
          if (!(error instanceof TransientError) || sinceBreak < worthwhile || position >= size) throw error;
          sinceBreak = 0;
          reader = (await open({ offset: position, length: size - position })).getReader();
        }
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
