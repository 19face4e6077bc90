import { connectionFailure, TransientError } from './registry-failures.ts';

/** Seconds until an answer begins; with one more attempt, a registry that never answers costs less than a minute. */
export const defaultAnswerSeconds = 25;

/** Bytes per second of the slowest connection that we wait for. */
const slowestBytes = 64 * 1024;

/** How many seconds this many bytes may take. */
export function secondsFor(bytes: number, answerSeconds: number): number {
  return answerSeconds + bytes / slowestBytes;
}

/**
 * Passes a body through, as fast as its reader takes it. Only the time that we wait for the server counts.
 * @param options.count gets the length of each piece
 * @returns a stream that errors with a TransientError when the server is too slow, or the connection breaks
 */
export function watched(
  source: ReadableStream<Uint8Array>,
  options: {
    readonly doing: string;
    readonly host: string;
    readonly answerSeconds: number;
    readonly count?: (bytes: number) => void;
  },
): ReadableStream<Uint8Array> {
  const { doing, host, answerSeconds, count } = options;
  const reader = source.getReader();
  let received = 0;
  let waited = 0;

  async function read(): ReturnType<typeof reader.read> {
    const started = performance.now();
    const left = secondsFor(received, answerSeconds) * 1000 - waited;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const seconds = Math.round((waited + left) / 1000);
        reject(new TransientError(doing, `${host} sent only ${received} bytes in ${seconds} s`));
      }, left);
    });
    try {
      return await Promise.race([reader.read(), late]);
    } finally {
      clearTimeout(timer);
      waited += performance.now() - started;
    }
  }

  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await read();
        if (done) return controller.close();
        received += value.length;
        count?.(value.length);
        controller.enqueue(value);
      } catch (error) {
        reader.cancel(error).catch(() => {});
        controller.error(connectionFailure(doing, host, error));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
