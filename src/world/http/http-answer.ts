import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** With the header `location`, the answer sends the client there. */
export const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/** The headers of an answer; names in small letters or not. */
export class AnswerHeaders implements Iterable<readonly [string, string]> {
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    const value = this.#headers[name.toLowerCase()];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  *[Symbol.iterator](): Generator<readonly [string, string]> {
    for (const name of Object.keys(this.#headers)) yield [name, this.get(name) ?? ''];
  }
}

/** An HTTP answer whose body has not been read yet. It must be read to its end, or discarded. */
export class HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: AnswerHeaders;
  readonly body: Readable;
  readonly #message: IncomingMessage;
  readonly #url: URL;

  constructor(message: IncomingMessage, url: URL, body?: Readable) {
    this.#message = message;
    this.#url = url;
    this.status = message.statusCode ?? 0;
    this.statusText = message.statusMessage ?? '';
    this.url = url.href;
    this.headers = new AnswerHeaders(message.headers);
    this.body = body ?? (hasBody(message) ? decoded(message, this.headers.get('content-encoding')) : message);
    // Readers get the error; a body that nobody reads must not end the program.
    this.body.on('error', () => {});
  }

  /** The same answer, for another reader, after these bytes were read from it. */
  withBody(bytes: Uint8Array): HttpAnswer {
    return new HttpAnswer(this.#message, this.#url, Readable.from([bytes], { objectMode: false }));
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** Lets go of a body that nobody wants. A short one is read, so that the connection is kept. */
  discard(): void {
    if (Number(this.headers.get('content-length') ?? 0) > 64 * 1024) this.body.destroy();
    else this.body.resume();
  }

  /** The whole body. @throws TooLong if it has more bytes than the limit */
  async bytes(limit = Number.POSITIVE_INFINITY): Promise<Buffer<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limit) throw new TooLong(`the answer has more than ${limit} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async text(limit?: number): Promise<string> {
    return new TextDecoder().decode(await this.bytes(limit));
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, length } = await this.bytes();
    return buffer.slice(byteOffset, byteOffset + length);
  }
}

/** An answer that is longer than its reader wants. */
export class TooLong extends Error {
  override name = 'TooLong';
}

/** An answer without a body may still name the encoding that one would have. */
function hasBody(message: IncomingMessage & { readonly req?: { readonly method?: string } }): boolean {
  if (message.req?.method === 'HEAD' || message.headers['content-length'] === '0') return false;
  return message.statusCode !== 204 && message.statusCode !== 304;
}

function decoded(message: Readable, encoding: string | null): Readable {
  if (encoding === null || encoding === 'identity') return message;
  const decoder =
    encoding === 'br' ? createBrotliDecompress() : /^(x-)?gzip$/.test(encoding) ? createGunzip() : undefined;
  if (decoder === undefined) return message;
  message.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => message.destroy());
  return message.pipe(decoder);
}
