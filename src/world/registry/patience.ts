import type { Readable } from 'node:stream';
import { connectionFailure, TransientError } from './registry-failures.ts';

/** Seconds until an answer begins; with one more attempt, a registry that never answers costs less than a minute. */
export const defaultAnswerSeconds = 25;

/** Bytes per second of the slowest connection that we wait for. */
const slowestBytes = 64 * 1024;

/** How many seconds this many bytes may take. */
export function secondsFor(bytes: number, answerSeconds: number): number {
  return answerSeconds + bytes / slowestBytes;
}

/** How long we wait for a body, and what its errors say. */
export interface Watch {
  readonly doing: string;
  readonly host: string;
  readonly answerSeconds: number;
  /** Gets the length of each piece. */
  readonly count?: (bytes: number) => void;
}

/**
 * The pieces of a body, as fast as its reader takes them. Only the time that we wait for the server counts.
 * @throws TransientError when the server is too slow, or the connection breaks
 */
export async function* piecesOf(source: Readable, watch: Watch): AsyncGenerator<Uint8Array> {
  const { doing, host, answerSeconds, count } = watch;
  const pieces: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]();
  let received = 0;
  let waited = 0;

  async function next(): Promise<IteratorResult<Uint8Array>> {
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
      return await Promise.race([pieces.next(), late]);
    } finally {
      clearTimeout(timer);
      waited += performance.now() - started;
    }
  }

  let ended = false;
  try {
    for (;;) {
      const { done, value } = await next();
      ended = done === true;
      if (done === true) return;
      received += value.length;
      count?.(value.length);
      yield value;
    }
  } catch (error) {
    throw connectionFailure(doing, host, error);
  } finally {
    // Nobody else listens to it, and destroying it may end in an error that was reported already.
    if (!ended) source.on('error', () => {}).destroy();
  }
}

/** The same as a stream; cancelling it closes the connection. */
export function watched(source: Readable, watch: Watch): ReadableStream<Uint8Array> {
  const pieces = piecesOf(source, watch);
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: async () => {
      source.on('error', () => {}).destroy();
      await pieces.return(undefined);
    },
  });
}
