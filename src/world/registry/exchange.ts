import { defined } from '../../host/defined.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import { exchange } from '../http/http-exchange.ts';
import { secondsFor } from './patience.ts';
import { connectionFailure, NoAnswerError } from './registry-failures.ts';
import type { Counters, RegistryRequest } from './request.ts';

/** A stream gets more seconds, because the registry checks the content before it answers. */
const streamSeconds = 300;

/** Sends one HTTP request. Follows no redirect, and accepts any status. */
export type Exchange = (
  target: URL,
  request: Pick<RegistryRequest, 'doing' | 'headers' | 'body'> & { readonly method: string },
) => Promise<HttpAnswer>;

/**
 * @param counters every request is counted there
 * @param answerSeconds until an answer begins; a body that is sent may take longer, by its size
 */
export function createExchange(counters: Counters, answerSeconds: number): Exchange {
  return async (target, request) => {
    counters.requests += 1;
    const { body } = request;
    const abort = new AbortController();
    const streamed = body !== undefined && !(body instanceof Uint8Array);
    const content = streamed ? counted(await body.open(), (bytes) => (counters.bytesSent += bytes)) : body;
    if (content instanceof Uint8Array) counters.bytesSent += content.length;
    const sent = streamed ? body.size : (body?.length ?? 0);
    const seconds = secondsFor(sent, answerSeconds + (streamed ? streamSeconds : 0));
    const late = () =>
      abort.abort(
        new NoAnswerError(request.doing, `no answer from ${target.host} in ${Math.round(seconds)} s`),
      );
    const timer = setTimeout(late, seconds * 1000);
    try {
      return await exchange(target, {
        method: request.method,
        signal: abort.signal,
        headers: {
          // Digests are of the stored bytes: no proxy may compress them.
          'accept-encoding': 'identity',
          'user-agent': 'coxswain',
          ...request.headers,
          ...defined({ 'content-length': streamed ? String(body.size) : undefined }),
        },
        ...defined({ body: content }),
      });
    } catch (error) {
      throw connectionFailure(request.doing, target.host, error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Counts the bytes that pass. */
async function* counted(
  source: ReadableStream<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    count(chunk.length);
    yield chunk;
  }
}
