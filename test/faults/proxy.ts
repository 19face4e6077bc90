import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to one request (`outage`: to that and all later ones). */
export const faults = [
  /** 500, and the registry never hears of the request. */
  'error',
  /** The connection breaks before the registry hears of the request, and so do all after it: as a crash there. */
  'outage',
  /** The registry does as it was told, and the connection breaks before its answer. */
  'lost answer',
  /** The connection breaks in the middle of the answer. */
  'cut',
  /** The answer comes later than those of later requests. */
  'delay',
  /** The answer names another digest, and its body has a wrong byte. */
  'wrong digest',
  /** Some web server's page in place of the answer. */
  'web page',
] as const;

export type Fault = (typeof faults)[number];

export interface FaultProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Methods of the requests since the last call of `arm` or `disarm`. */
  readonly requests: readonly string[];
  /** The at-th request from now (the first is 1) meets the fault. */
  arm(fault: Fault, at: number): void;
  disarm(): void;
  stop(): Promise<void>;
}

/** Stands in front of a registry, and passes everything on as it is, but for the fault. */
export async function startFaultProxy(registry: () => string): Promise<FaultProxy> {
  let armed: { readonly fault: Fault; readonly at: number } | undefined;
  let requests: string[] = [];
  const server = createServer((incoming, answer) => {
    requests.push(incoming.method ?? '');
    const fault =
      armed !== undefined &&
      (requests.length === armed.at || (armed.fault === 'outage' && requests.length > armed.at))
        ? armed.fault
        : undefined;
    handle(registry(), incoming, answer, fault).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    arm: (fault, at) => {
      armed = { fault, at };
      requests = [];
    },
    disarm: () => {
      armed = undefined;
      requests = [];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  registry: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const body = await readAll(incoming);
  if (fault === 'outage') return void incoming.socket.destroy();
  if (fault === 'error') {
    return void answer.writeHead(500, { 'content-type': 'application/json' }).end('{"errors":[]}');
  }
  if (fault === 'web page') {
    return void answer.writeHead(404, { 'content-type': 'text/html' }).end('<html>Not here</html>');
  }
  const real = await forward(registry, incoming, body);
  if (fault === 'delay') await sleep(30);
  if (fault === 'lost answer') return void incoming.socket.destroy();
  const headers = { ...real.headers };
  let content = real.body;
  if (fault === 'wrong digest') {
    if (headers['docker-content-digest'] !== undefined) {
      headers['docker-content-digest'] = `sha256:${'0'.repeat(64)}`;
    }
    content = Buffer.from(content);
    const middle = content.length >> 1;
    if (content.length > 0) content[middle] = (content[middle] as number) ^ 1;
  }
  answer.writeHead(real.status, headers);
  if (fault === 'cut') {
    answer.write(content.subarray(0, content.length >> 1), () => incoming.socket.destroy());
    return;
  }
  answer.end(content);
}

interface RealAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(registry: string, incoming: IncomingMessage, body: Buffer): Promise<RealAnswer> {
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

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
