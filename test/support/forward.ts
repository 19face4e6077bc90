import { type IncomingMessage, request } from 'node:http';

/** What the real registry answered. */
export interface RealAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Hands a request on to a real registry. @param registry `127.0.0.1:PORT` */
export function forward(registry: string, incoming: IncomingMessage, body: Buffer): Promise<RealAnswer> {
  return new Promise((resolve, reject) => {
    const [host, port] = registry.split(':');
    // The Host header stays, so that the registry sends uploads back here.
    const outgoing = request(
      { host, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (response) => {
        readAll(response).then((content) => {
          const { statusCode = 502, headers } = response;
          resolve({ status: statusCode, headers, body: content });
        }, reject);
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** The whole body of a request or an answer. */
export async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
